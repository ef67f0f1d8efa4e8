//! A table of persons, column by column: every different value once, with how often it stands.
//!
//! Must not know how values are compared.

use super::settings::{By, Comparison, Form, Part, PersonSettings};
use crate::documents::words_mix as mix;
use rustc_hash::FxHashMap;

/// No value.
pub const NONE: u32 = u32::MAX;

/// One column.
#[derive(Debug, Default)]
pub struct Column {
    /// Number of the comparison in the settings.
    pub comparison: usize,
    /// Each different value in its compared form.
    pub values: Vec<Box<str>>,
    /// Letters (a to z, digits folded in) of each value, one bit each.
    pub masks: Vec<u64>,
    /// Records with each value.
    pub counts: Vec<u32>,
    /// The value of each record; [`NONE`] when missing.
    pub of: Vec<u32>,
    numbers: FxHashMap<Box<str>, u32>,
}

/// The records. Columns in the order of the settings; those without a header are absent.
#[derive(Debug, Default)]
pub struct Records {
    /// Columns that are there.
    pub columns: Vec<Column>,
    /// Records.
    pub len: usize,
}

impl Records {
    /// No records yet, of these roles (in the order in which `push` gets the cells).
    ///
    /// # Errors
    /// The first role the settings do not know.
    pub fn new(settings: &PersonSettings, roles: &[String]) -> Result<Self, String> {
        let column = |role: &String| {
            let comparison = settings.comparisons.iter().position(|one| one.role == *role).ok_or_else(|| role.clone())?;
            Ok(Column { comparison, ..Column::default() })
        };
        Ok(Self { columns: roles.iter().map(column).collect::<Result<_, String>>()?, len: 0 })
    }

    /// Adds a record: one cell for each role.
    pub fn push<'a>(&mut self, settings: &PersonSettings, cells: impl Iterator<Item = &'a str>) {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(&form(&settings.comparisons[column.comparison], cell));
        }
        self.len += 1;
    }

    /// The column of a role.
    #[must_use]
    pub fn column(&self, settings: &PersonSettings, role: &str) -> Option<usize> {
        self.columns.iter().position(|column| settings.comparisons[column.comparison].role == role)
    }
}

impl Column {
    fn push(&mut self, value: &str) {
        if value.is_empty() {
            self.of.push(NONE);
            return;
        }
        let at = match self.numbers.get(value) {
            Some(at) => *at,
            None => {
                let at = u32::try_from(self.values.len()).unwrap_or(NONE);
                self.values.push(value.into());
                self.masks.push(mask(value));
                self.counts.push(0);
                self.numbers.insert(value.into(), at);
                at
            }
        };
        self.counts[at as usize] += 1;
        self.of.push(at);
    }

    /// The value of a record.
    #[must_use]
    pub fn text(&self, record: usize) -> Option<&str> {
        self.values.get(self.of[record] as usize).map(AsRef::as_ref)
    }
}

fn mask(value: &str) -> u64 {
    value.bytes().fold(0, |mask, byte| mask | 1 << (byte & 63))
}

/// Longest value that is compared, in characters.
const LONGEST: usize = 64;

fn form(comparison: &Comparison, cell: &str) -> String {
    let cell: String = cell.chars().take(LONGEST * 2).collect();
    if bonafide_facts::identifier::is_filler(&cell) {
        return String::new();
    }
    let folded = if cell.is_ascii() { cell.to_ascii_lowercase() } else { any_ascii::any_ascii(&cell).to_ascii_lowercase() };
    let mut out = match comparison.form {
        Form::Word => folded.chars().filter(char::is_ascii_alphanumeric).collect(),
        Form::Code => folded.chars().filter(char::is_ascii_alphanumeric).collect(),
        Form::Date => folded.chars().filter(char::is_ascii_digit).collect(),
        Form::Text => folded.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "),
    };
    out.truncate(LONGEST);
    out
}

/// First letter, then consonants with doubles once: `smith` and `smyth` meet.
fn sound(value: &str) -> u64 {
    let mut last = 0;
    value.bytes().enumerate().fold(7, |hash, (at, byte)| {
        let byte = match byte {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h' | b'w' if at > 0 => return hash,
            b'c' | b'q' | b'k' => b'k',
            b'z' | b's' => b's',
            b'd' | b't' => b't',
            b'm' | b'n' => b'n',
            b'b' | b'p' => b'p',
            b'v' | b'f' => b'f',
            other => other,
        };
        if byte == last {
            return hash;
        }
        last = byte;
        mix(hash ^ u64::from(byte))
    })
}

fn whole(value: &str) -> u64 {
    value.bytes().fold(11, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// The hash of a key for every record; 0 = the record has none.
#[must_use]
pub fn keys(records: &Records, settings: &PersonSettings, parts: &[Part]) -> Option<Vec<u64>> {
    let mut out = vec![1_u64; records.len];
    for part in parts {
        let column = &records.columns[records.column(settings, &part.of)?];
        if part.by == By::Names {
            let other = &records.columns[records.column(settings, "surname")?];
            let (a, b): (Vec<u64>, Vec<u64>) =
                (column.values.iter().map(|value| whole(value)).collect(), other.values.iter().map(|value| whole(value)).collect());
            for (record, key) in out.iter_mut().enumerate() {
                let (Some(x), Some(y)) = (a.get(column.of[record] as usize), b.get(other.of[record] as usize)) else {
                    *key = 0;
                    continue;
                };
                *key = if *key == 0 { 0 } else { mix(*key ^ x.wrapping_add(*y)) };
            }
            continue;
        }
        let of_value: Vec<u64> = column.values.iter().map(|value| part_of(value, part)).collect();
        for (record, key) in out.iter_mut().enumerate() {
            let value = of_value.get(column.of[record] as usize).copied().unwrap_or(0);
            *key = if *key == 0 || value == 0 { 0 } else { mix(key.rotate_left(17) ^ value) | 1 };
        }
    }
    Some(out)
}

fn part_of(value: &str, part: &Part) -> u64 {
    let cut = |from: usize, to: usize| value.get(from..to).map_or(0, whole);
    match part.by {
        By::Whole | By::Names => whole(value),
        By::Head => whole(value.get(..part.limit.min(value.len())).unwrap_or(value)),
        By::Sound => sound(value),
        By::Year => cut(0, 4),
        By::Day => cut(4, 8),
    }
}
