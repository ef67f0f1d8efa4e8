//! Damages small invented lists of every form in seeded ways, and says what no reader may do with them: panic, hold more rows than there are bytes, tell
//! troubles without end, or answer twice differently.
//!
//! Must not know what a right answer is.

use bonafide_facts::{Files, Trouble};
use bonafide_intake::lists::{ListLimits, ListRead, read_parts};
use std::path::Path;

/// SplitMix64 (Steele, Lea, Flood 2014): every run has its own stream, so that any one can be repeated alone.
pub struct Dice(u64);

impl Dice {
    /// The stream of one run.
    pub fn new(seed: u64, form: usize, run: u64) -> Self {
        let mut dice = Self(seed ^ (form as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ run.wrapping_mul(0xd134_2543_de82_ef95));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `below` (0 when that is 0).
    pub fn below(&mut self, below: usize) -> usize {
        usize::try_from(self.next() % below.max(1) as u64).unwrap_or(0)
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// The files of a list: name and bytes.
pub type Parts = Vec<(String, Vec<u8>)>;

/// A form of list and its undamaged files.
pub struct Form {
    /// Shown.
    pub name: &'static str,
    /// Each seed: (file name, bytes) of its parts.
    pub seeds: Vec<Parts>,
    /// Elements, lines and cells of the seeds.
    pieces: Vec<Vec<u8>>,
}

/// Name of a form, and how the fixtures of it begin and end.
const FORMS: [(&str, &str, &str); 10] = [
    ("un-xml", "un", ".xml"),
    ("ofac-advanced", "ofac_advanced", ".xml"),
    ("ofac-xml", "ofac_plain", ".xml"),
    ("eu-fsf", "eu_fsf", ".xml"),
    ("uk-xml", "uk", ".xml"),
    ("uk-csv", "uk_csv", ".csv"),
    ("own-csv", "own", ".csv"),
    ("ftm", "ftm", ".jsonl"),
    ("ofac-csv", "ofac_csv", "_csv"),
    ("any", "", ""),
];

/// The forms with their seeds: every fixture whose name begins and ends as the form says. The last form takes all of them as seeds under any name.
///
/// # Errors
/// When the folder cannot be read or a form has no seed.
pub fn forms(fixtures: &Path) -> std::io::Result<Vec<Form>> {
    let mut paths: Vec<_> = std::fs::read_dir(fixtures)?.map(|item| Ok(item?.path())).collect::<std::io::Result<_>>()?;
    paths.retain(|path| path.extension().is_none_or(|ending| ending != "expected"));
    paths.sort();
    let mut forms = Vec::new();
    for (name, begins, ends) in FORMS {
        let mut seeds = Vec::new();
        for path in &paths {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if file.starts_with(begins) && file.ends_with(ends) {
                seeds.push(parts(path, &file)?);
            }
        }
        if seeds.is_empty() {
            return Err(std::io::Error::other(format!("no fixture of the form {name}")));
        }
        let pieces = seeds.iter().flatten().flat_map(|(_, bytes)| pieces(bytes)).collect();
        forms.push(Form { name, seeds, pieces });
    }
    Ok(forms)
}

fn parts(path: &Path, file: &str) -> std::io::Result<Parts> {
    if !path.is_dir() {
        return Ok(vec![(file.to_owned(), std::fs::read(path)?)]);
    }
    let mut parts = Vec::new();
    for item in std::fs::read_dir(path)? {
        let path = item?.path();
        parts.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), std::fs::read(&path)?));
    }
    // The main file first: it is the longest.
    parts.sort_by_key(|(name, bytes)| (std::cmp::Reverse(bytes.len()), name.clone()));
    Ok(parts)
}

/// The parts of a list that its reader knows: elements, lines and cells.
pub fn pieces(seed: &[u8]) -> Vec<Vec<u8>> {
    let mut found: Vec<&[u8]> = seed.split(|byte| *byte == b'\n').collect();
    for (open, close) in [(b'<', b'>'), (b'"', b'"'), (b',', b','), (b'>', b'<')] {
        let mut at = 0;
        while let Some(from) = seed[at..].iter().position(|byte| *byte == open).map(|from| at + from) {
            let Some(to) = seed[from + 1..].iter().position(|byte| *byte == close).map(|to| from + 1 + to) else { break };
            found.push(&seed[from..=to]);
            at = if open == close { to } else { to + 1 };
        }
    }
    found.retain(|part| !part.is_empty() && part.len() < 400);
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(<[u8]>::to_vec).collect()
}

/// What breaks readers wherever it stands.
pub const TRAPS: [&[u8]; 44] = [
    b"<",
    b">",
    b"&",
    b"\"",
    b"'",
    b"\n",
    b"\r",
    b"\0",
    b"\0\0\0\0",
    b"\x1a",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<?xml version=\"1.0\" encoding=\"utf-7\"?>",
    b"<?",
    b"</",
    b"/>",
    b"<a:b xmlns:a=\"\" a:b=\"\" a:b=\"\">",
    b"&a;",
    b"&#x110000;",
    b"&#0;",
    b"&#xD800;",
    b"&#99999999999999999999;",
    b"&amp;lt;",
    b"{\"",
    b"{\"schema\":",
    b"[[[[[[[[",
    b"\\ud800",
    b"|||",
    b";;;;",
    b"] [",
    b"-0-",
    b",,,,,,,,,,,,,",
    b"DOB circa 29 Feb 1964; POB ; a.k.a. ''; alt. Passport ; nationality",
    b"Digital Currency Address - ",
    "\u{202e}\u{0301}\u{200b}".as_bytes(),
    "ß\u{1f1f0}İK".as_bytes(),
    "\u{feff}\u{fffd}\u{10ffff}".as_bytes(),
];

/// Numbers and dates that are no number and no date that can be.
const EXTREMES: [&str; 28] = [
    "0",
    "-1",
    "00000000000000000000",
    "2147483648",
    "9223372036854775808",
    "99999999999999999999999999999999999999",
    "1e308",
    "1e999",
    "NaN",
    "0000",
    "9999",
    "10000",
    "0000-00-00",
    "9999-99-99",
    "2999-12-31",
    "1000-01-01",
    "-0001-01-01",
    "31/02/1960",
    "30 Feb 1960",
    "29 Feb 1900",
    "circa 2999",
    "circa 1000",
    "29/02/2999",
    "1950 to 1940",
    "circa circa circa circa 1950",
    "dd/mm/yyyy",
    "262143-01-01",
    "1950-01-01T99:99:99Z",
];

const LAUGHS: &[u8] = b"<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e SYSTEM \"file:///etc/passwd\">]>";

/// Most bytes of a damaged file.
const MOST: usize = 16 << 10;

/// The files of one run: a seed of the form, damaged one to six times; one in 256 grows beyond what one value may be.
pub fn damaged(form: &Form, all: &[Form], dice: &mut Dice) -> Parts {
    let mut parts = form.seeds[dice.below(form.seeds.len())].clone();
    // Half of the runs keep the file well-formed, so that what lies behind the first check is reached as well.
    let gentle = dice.below(2) == 0;
    for _ in 0..1 + dice.below(6) {
        let which = dice.below(parts.len());
        if gentle {
            disturb(dice, &mut parts[which].1, form);
        } else {
            damage(dice, &mut parts[which].1, form, all);
        }
    }
    match dice.below(256) {
        0 => huge(dice, &mut parts[0].1),
        1 => drop(parts.remove(dice.below(parts.len()))),
        2 => parts.push(("more.csv".to_owned(), all[dice.below(all.len())].seeds[0][0].1.clone())),
        _ => {}
    }
    parts
}

fn damage(dice: &mut Dice, bytes: &mut Vec<u8>, form: &Form, all: &[Form]) {
    let at = dice.below(bytes.len() + 1);
    let end = (at + dice.below(120)).min(bytes.len());
    match dice.below(20) {
        0 | 1 if at < bytes.len() => bytes[at] = u8::try_from(dice.below(256)).unwrap_or(0),
        2 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        3 if dice.below(3) == 0 => bytes.truncate(at.max(1)),
        4 | 5 => put(bytes, at, at, dice.of(&TRAPS)),
        6 => put(bytes, at, at, &bytes[at..end].repeat(1 + dice.below(8))),
        7 => drop(bytes.drain(at..end)),
        // A part of the list put where another one stands, or repeated until it nests or overflows.
        8 | 9 => put(bytes, at, end, &form.pieces[dice.below(form.pieces.len())]),
        10 => put(bytes, at, at, &form.pieces[dice.below(form.pieces.len())].repeat(1 + dice.below(100))),
        11 => {
            let other = &all[dice.below(all.len())].pieces;
            put(bytes, at, at, &other[dice.below(other.len())]);
        }
        12 => swap_tags(dice, bytes),
        13 | 14 => extreme(dice, bytes),
        15 if dice.below(4) == 0 => bytes.iter_mut().filter(|byte| byte.is_ascii_digit()).for_each(|byte| *byte = b'9'),
        16 if dice.below(4) == 0 => encoded(dice, bytes),
        17 => bomb(dice, bytes),
        18 => nest(dice, bytes),
        _ => cell(dice, bytes, form),
    }
    bytes.truncate(MOST);
}

/// Text that is a trap within a cell and leaves the file well-formed.
const TEXTS: [&str; 20] = [
    "-0-",
    ";",
    "|",
    "] [",
    "&a;",
    "&#0;",
    "'",
    "(",
    ")",
    "DOB circa 29 Feb 1964; POB ; a.k.a. ''; alt. Passport ; nationality",
    "Digital Currency Address - XBT 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "Digital Currency Address - ",
    "IMO IMO IMO",
    "alt. alt. DOB 1950 to 1940",
    "Secondary sanctions risk: ; Linked To: X",
    "issued 1 expires 2",
    "\u{202e}\u{0301}\u{200b}",
    "ß\u{1f1f0}İK",
    "\u{feff}\u{fffd}\u{10ffff}",
    "00/00/0000",
];

/// Changes what a file says and not its form: cells, numbers, whole elements and lines.
fn disturb(dice: &mut Dice, bytes: &mut Vec<u8>, form: &Form) {
    match dice.below(8) {
        0 | 1 => extreme(dice, bytes),
        2..=4 => {
            let Some((from, to)) = a_cell(dice, bytes) else { return };
            let piece = &form.pieces[dice.below(form.pieces.len())];
            let inner =
                piece.get(1..piece.len() - 1).filter(|inner| !inner.iter().any(|byte| matches!(byte, b'<' | b'>' | b'"' | b',' | b'&')));
            match (dice.below(3), inner) {
                (0, Some(inner)) => put(bytes, from, to, inner),
                (1, _) => drop(bytes.drain(from..to)),
                _ => put(bytes, from, from, dice.of(&TEXTS).as_bytes()),
            }
        }
        5 => {
            let Some((from, to)) = a_whole(dice, bytes) else { return };
            put(bytes, from, from, &bytes[from..to].repeat(1 + dice.below(20)));
        }
        6 => drop(a_whole(dice, bytes).map(|(from, to)| drop(bytes.drain(from..to)))),
        _ => {
            let (Some(one), Some(other)) = (a_whole(dice, bytes), a_whole(dice, bytes)) else { return };
            let (one, other) = if one.0 <= other.0 { (one, other) } else { (other, one) };
            if one.1 <= other.0 {
                let (first, second) = (bytes[one.0..one.1].to_vec(), bytes[other.0..other.1].to_vec());
                put(bytes, other.0, other.1, &first);
                put(bytes, one.0, one.1, &second);
            }
        }
    }
}

/// The text between two borders.
fn a_cell(dice: &mut Dice, bytes: &[u8]) -> Option<(usize, usize)> {
    let xml = bytes.starts_with(b"<");
    let at = dice.below(bytes.len() + 1);
    let opens = |byte: &u8| if xml { *byte == b'>' } else { matches!(byte, b'"' | b',') };
    let closes = |byte: &u8| matches!(byte, b'<' | b'"' | b',' | b'\n');
    let from = bytes[at..].iter().position(opens).map(|from| at + from + 1)?;
    Some((from, bytes[from..].iter().position(closes).map_or(bytes.len(), |to| from + to)))
}

/// A whole element of XML, or a whole line below the first.
fn a_whole(dice: &mut Dice, bytes: &[u8]) -> Option<(usize, usize)> {
    let at = dice.below(bytes.len() + 1);
    if !bytes.starts_with(b"<") {
        let from = bytes[at..].iter().position(|byte| *byte == b'\n').map(|from| at + from + 1)?;
        return Some((from, bytes[from..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |to| from + to + 1)));
    }
    let from = bytes[at..].windows(2).position(|two| two[0] == b'<' && two[1].is_ascii_alphabetic()).map(|from| at + from)?;
    let end = bytes[from..].iter().position(|byte| *byte == b'>').map(|end| from + end)?;
    if bytes[end - 1] == b'/' {
        return Some((from, end + 1));
    }
    let name = bytes[from + 1..end].split(u8::is_ascii_whitespace).next()?;
    let close = [b"</", name, b">"].concat();
    bytes[end..].windows(close.len()).position(|part| part == close).map(|to| (from, end + to + close.len()))
}

fn put(bytes: &mut Vec<u8>, from: usize, to: usize, piece: &[u8]) {
    drop(bytes.splice(from..to.max(from), piece.iter().take(MOST).copied()));
}

/// Where elements begin and end: `<` to behind `>`.
fn tags(bytes: &[u8]) -> Vec<(usize, usize)> {
    let opens = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'<').map(|(at, _)| at).take(600);
    opens.filter_map(|from| bytes[from..].iter().take(300).position(|byte| *byte == b'>').map(|to| (from, from + to + 1))).collect()
}

fn swap_tags(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let tags = tags(bytes);
    let (one, other) = (dice.below(tags.len()), dice.below(tags.len()));
    let (Some(one), Some(other)) = (tags.get(one.min(other)), tags.get(one.max(other))) else { return };
    if one.1 <= other.0 {
        let (first, second) = (bytes[one.0..one.1].to_vec(), bytes[other.0..other.1].to_vec());
        put(bytes, other.0, other.1, &first);
        put(bytes, one.0, one.1, &second);
    }
}

/// A number or a date becomes an extreme one.
fn extreme(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let Some(from) = (0..8).map(|_| dice.below(bytes.len().max(1))).find(|at| bytes.get(*at).is_some_and(u8::is_ascii_digit)) else {
        return;
    };
    let of_date = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'/');
    let start = bytes[..from].iter().rposition(|byte| !of_date(byte)).map_or(0, |at| at + 1);
    let end = bytes[from..].iter().position(|byte| !of_date(byte)).map_or(bytes.len(), |at| from + at);
    put(bytes, start, end, dice.of(&EXTREMES).as_bytes());
}

/// The whole file in another encoding, with or without its mark.
fn encoded(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let marked = dice.below(2) == 0;
    *bytes = match dice.below(5) {
        0 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        1 => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        2 => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
        3 => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        _ => text.bytes().map(|byte| byte ^ 0x80).collect(),
    };
    if marked {
        put(bytes, 0, 0, [&b"\xff\xfe"[..], b"\xfe\xff", b"\xef\xbb\xbf", b"\xff\xfe\0\0"][dice.below(4)]);
    }
}

/// Entities that stand for entities, before the root, and a use of them.
fn bomb(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let at = dice.below(bytes.len() + 1);
    put(bytes, at, at, [&b"&d;&d;&d;"[..], b"&e;", b"%e;", b"&a;"][dice.below(4)]);
    let head = bytes.iter().position(|byte| *byte == b'>').map_or(0, |at| at + 1);
    put(bytes, head, head, LAUGHS);
}

/// An opening tag, bracket or quote over and over.
fn nest(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let at = dice.below(bytes.len() + 1);
    let tags = tags(bytes);
    let piece = match tags.get(dice.below(tags.len())) {
        Some((from, to)) if dice.below(4) > 0 => bytes[*from..*to].to_vec(),
        _ => [&b"["[..], b"{\"a\":", b"\"", b"(", b"<a>", b"\"\",", b"<!--"][dice.below(7)].to_vec(),
    };
    put(bytes, at, at, &piece.repeat(1 + dice.below(200)));
}

/// The text of a cell becomes that of another, nothing, or a trap.
fn cell(dice: &mut Dice, bytes: &mut Vec<u8>, form: &Form) {
    let borders = |byte: &u8| matches!(byte, b'<' | b'>' | b'"' | b',' | b'\n' | b'|' | b';');
    let at = dice.below(bytes.len() + 1);
    let Some(from) = bytes[at..].iter().position(borders).map(|from| at + from + 1) else { return };
    let to = bytes[from..].iter().position(borders).map_or(bytes.len(), |to| from + to);
    match dice.below(3) {
        0 => drop(bytes.drain(from..to)),
        1 => put(bytes, from, to, dice.of(&TRAPS)),
        _ => {
            let piece = &form.pieces[dice.below(form.pieces.len())];
            put(bytes, from, to, piece.get(1..piece.len() - 1).unwrap_or(piece));
        }
    }
}

/// One cell beyond what a value may be, or so many that an entry may not have them.
fn huge(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let at = dice.below(bytes.len() + 1);
    grow(
        bytes,
        at,
        [&b"x"[..], b"a|", b"1;", b"9", "é".as_bytes(), b"DOB 1960; ", b"\",\"", b"[]", b"\n1,", b"<a/>"][dice.below(10)],
        70 << 10,
    );
}

/// Repeats a piece to `size` bytes.
pub fn grow(bytes: &mut Vec<u8>, at: usize, piece: &[u8], size: usize) {
    drop(bytes.splice(at..at, piece.repeat(size / piece.len())));
}

/// The limits of a run: the shipped ones, or such as small files reach.
pub fn limits(dice: &mut Dice) -> ListLimits {
    match dice.below(2) {
        0 => ListLimits::default(),
        _ => ListLimits { record_bytes: 1 << 12, depth: 12, entries: 8, troubles: 5, ..ListLimits::default() },
    }
}

/// Reads, as the program does.
///
/// # Errors
/// What the reader says.
pub fn read(parts: &[(String, Vec<u8>)], limits: &ListLimits) -> Result<ListRead, Trouble> {
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    read_parts(&parts, &mut Files::default(), limits)
}

/// The law an answer breaks; `None` when all is well.
pub fn broken_law(parts: &[(String, Vec<u8>)], limits: &ListLimits, answer: &Result<ListRead, Trouble>) -> Option<String> {
    let size: usize = parts.iter().map(|(_, bytes)| bytes.len()).sum();
    let list = match answer {
        Ok(list) => list,
        Err(trouble) if trouble.what.is_empty() || trouble.mend.is_empty() => return Some("an error says nothing".to_owned()),
        Err(_) => return None,
    };
    let rows =
        list.entries.len() + list.names.len() + list.identifiers.len() + list.addresses.len() + list.dates.len() + list.programmes.len();
    if rows > size {
        return Some(format!("{rows} rows of {size} bytes"));
    }
    if list.entries.len() > limits.entries || list.troubles.len() > limits.troubles + 2 * parts.len() + 3 {
        return Some(format!("{} entries, {} troubles", list.entries.len(), list.troubles.len()));
    }
    let nameless = list.entries.iter().any(|entry| entry.name.is_none() || entry.entry_id.is_none());
    let bad_day = list.dates.iter().any(|date| date.earliest > date.latest || date.earliest.as_ref().is_none_or(|day| day.len() != 10));
    (nameless || bad_day).then(|| "an entry without name or id, or a span that ends before it begins".to_owned())
}
