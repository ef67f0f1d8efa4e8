//! Where the readers put what they found: rows of the list tables, with limits and counted troubles.
//!
//! Must not know any format.

use super::{ListLimits, ListRead, Text, chain, dates};
use bonafide_facts::cell::Time;
use bonafide_facts::place::{Place, RowId};
use bonafide_facts::tables::world::{ListAddress, ListDate, ListEntry, ListIdentifier, ListName, ListProgramme};
use bonafide_facts::text::printable;
use bonafide_facts::{Severity, Trouble};
use std::collections::HashMap;

/// Collects rows of one list.
pub(crate) struct Rows<'l> {
    pub(crate) read: ListRead,
    pub(crate) limits: &'l ListLimits,
    /// Place of each entry and of its own name, by its id.
    ids: HashMap<String, (usize, usize)>,
    current: Current,
    hidden: u64,
    large: u64,
    many: u64,
}

/// What the entry that rows were last added to has so far.
#[derive(Default)]
struct Current {
    id: String,
    /// Place of each name.
    names: HashMap<String, usize>,
    identifiers: usize,
    addresses: usize,
    dates: usize,
}

/// Most bytes of one value; a longer one is left out and counted.
const VALUE_BYTES: usize = 64 << 10;
/// Most names, identifiers, addresses and dates of one entry, each; more are left out and counted.
const VALUES: usize = 4_096;

/// The entry that rows are added to.
#[derive(Debug, Clone)]
pub(crate) struct At {
    pub(crate) id: String,
    pub(crate) row: i64,
}

/// The value without what surrounds it; `None` for OFAC's `-0-` and other ways to say nothing.
fn text(value: &str) -> Option<String> {
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!value.is_empty() && value != "-0-").then(|| value.to_owned())
}

impl<'l> Rows<'l> {
    pub(crate) fn new(limits: &'l ListLimits) -> Self {
        Self { read: ListRead::default(), limits, ids: HashMap::new(), current: Current::default(), hidden: 0, large: 0, many: 0 }
    }

    /// A trouble at a line; beyond the limit they are only counted.
    pub(crate) fn trouble(&mut self, file: &Text, line: u64, severity: Severity, code: &str, what: String, mend: &str) {
        if self.read.troubles.len() < self.limits.troubles {
            self.read.troubles.push(Trouble::new(severity, code, Some(Place::line(&file.name, line)), what, mend));
        } else {
            self.hidden += 1;
        }
    }

    /// Keeps troubles that were found below the rows, within the limit.
    pub(crate) fn tell(&mut self, troubles: Vec<Trouble>) {
        for trouble in troubles {
            if self.read.troubles.len() < self.limits.troubles {
                self.read.troubles.push(trouble);
            } else {
                self.hidden += trouble.count;
            }
        }
    }

    /// The value, when there is one of bearable size.
    fn value(&mut self, value: &str) -> Option<String> {
        let value = text(value)?;
        if value.len() > VALUE_BYTES {
            self.large += 1;
            return None;
        }
        Some(value)
    }

    /// Whether the entry may have one more of what `count` counts; the rest is counted as left out.
    fn room(&mut self, at: &At, count: fn(&mut Current) -> &mut usize) -> bool {
        self.turn_to(at);
        let count = count(&mut self.current);
        *count += 1;
        let room = *count <= VALUES;
        self.many += u64::from(!room);
        room
    }

    fn turn_to(&mut self, at: &At) {
        if self.current.id != at.id {
            self.current = Current { id: at.id.clone(), ..Current::default() };
        }
    }

    /// Begins an entry; `None` (and a trouble) when it has no id or name, or its id was seen before.
    pub(crate) fn entry(&mut self, file: &Text, line: u64, id: &str, schema: &str, name: &str) -> Option<At> {
        let (Some(id), Some(name)) = (self.value(id), self.value(name)) else {
            let what = format!(
                "entry without {} that can be read: `{}`",
                if id.trim().is_empty() { "id" } else { "name" },
                printable(if id.is_empty() { name } else { id }, 60)
            );
            self.trouble(file, line, Severity::Warning, "list-entry", what, "look the entry up at the publisher; it was left out");
            return None;
        };
        if self.read.entries.len() >= self.limits.entries {
            self.trouble(
                file,
                line,
                Severity::Warning,
                "list-limit",
                format!("more than {} entries; the rest is left out", self.limits.entries),
                "raise the limit",
            );
            return None;
        }
        if self.ids.contains_key(&id) {
            self.trouble(
                file,
                line,
                Severity::Warning,
                "list-twice",
                format!("entry `{}` comes twice", printable(&id, 60)),
                "the first is kept",
            );
            return None;
        }
        let row = RowId::new(file.number, line).0;
        self.ids.insert(id.clone(), (self.read.entries.len(), self.read.names.len()));
        self.read.entries.push(ListEntry {
            row_id: row,
            entry_id: Some(id.clone()),
            list: Some(self.read.list.clone()),
            schema: Some(schema.to_owned()),
            name: Some(name.clone()),
            ..ListEntry::default()
        });
        let at = At { id, row };
        self.name(&at, &name, "primary", "strong");
        Some(at)
    }

    /// Whether an entry of that id was read.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.ids.contains_key(id)
    }

    /// Changes the last begun entry.
    pub(crate) fn last(&mut self) -> Option<&mut ListEntry> {
        self.read.entries.last_mut()
    }

    /// Says of the name that an entry began with what it is, and gives the entry its own name when that is another one.
    pub(crate) fn rename(&mut self, at: &At, name: &str, role: &str, strength: &str) {
        self.turn_to(at);
        let (Some((entry, own)), Some(this)) = (self.ids.get_mut(&at.id), self.current.names.get(name)) else { return };
        if role == "primary" {
            if let Some(row) = self.read.names.get_mut(*own) {
                row.role = Some("alias".to_owned());
            }
            *own = *this;
            if let Some(entry) = self.read.entries.get_mut(*entry) {
                entry.name = Some(name.to_owned());
            }
        }
        if let Some(row) = self.read.names.get_mut(*this) {
            (row.role, row.strength) = (Some(role.to_owned()), Some(strength.to_owned()));
        }
    }

    /// Says when an entry came on the list and left it (`YYYY-MM-DD`); the earliest beginning counts, and the latest end.
    pub(crate) fn listed(&mut self, at: &At, from: Option<&str>, to: Option<&str>) {
        let (from, to) = (from.and_then(midnight), to.and_then(midnight));
        let Some((place, _)) = self.ids.get(&at.id) else { return };
        if let Some(entry) = self.read.entries.get_mut(*place) {
            let earlier =
                |known: &Option<Time>| known.as_ref().is_none_or(|known| from.as_ref().is_some_and(|from| from.micros < known.micros));
            if from.is_some() && earlier(&entry.listed_from) {
                entry.listed_from = from;
            }
            if to.is_some() && entry.listed_to.as_ref().is_none_or(|known| to.as_ref().is_some_and(|to| to.micros > known.micros)) {
                entry.listed_to = to;
            }
        }
    }

    /// Adds a name, once.
    pub(crate) fn name(&mut self, at: &At, name: &str, role: &str, strength: &str) {
        let Some(name) = self.value(name) else { return };
        self.turn_to(at);
        if self.current.names.len() >= VALUES {
            self.many += 1;
        } else if !self.current.names.contains_key(&name) {
            self.current.names.insert(name.clone(), self.read.names.len());
            self.read.names.push(ListName {
                row_id: at.row,
                entry_id: Some(at.id.clone()),
                name: Some(name),
                role: Some(role.to_owned()),
                strength: Some(strength.to_owned()),
            });
        }
    }

    /// Adds an identifier; the chain of a wallet comes from the address, and one that is of no chain is said.
    pub(crate) fn identifier(&mut self, file: &Text, at: &At, kind: &str, value: &str, country: Option<&str>) {
        // A ship's number is the same with and without the words before it.
        let value = if kind == "imo" { value.trim().trim_start_matches("IMO").trim_start_matches([' ', ':']) } else { value };
        let Some(value) = self.value(value) else { return };
        let chain = (kind == "wallet").then(|| chain::read(&value));
        let row = ListIdentifier {
            row_id: at.row,
            entry_id: Some(at.id.clone()),
            kind: Some(kind.to_owned()),
            value: Some(value),
            country: country.and_then(text),
            chain: chain.and_then(Result::ok).map(str::to_owned),
        };
        // Of the same entry on another line it is the same fact.
        let same = |known: &ListIdentifier| ListIdentifier { row_id: row.row_id, ..known.clone() } == row;
        if self.read.identifiers.iter().rev().take(64).filter(|known| known.value == row.value).any(same)
            || !self.room(at, |of| &mut of.identifiers)
        {
            return;
        }
        if let Some(Err(refused)) = chain {
            let shown = printable(row.value.as_deref().unwrap_or(""), 80);
            let what = format!("entry `{}`: wallet `{shown}`: {}", printable(&at.id, 40), refused.sentence());
            let line = RowId(at.row).line();
            self.trouble(
                file,
                line,
                Severity::Note,
                "list-wallet",
                what,
                "compare it with the publisher's page; it is kept as printed, without a chain",
            );
        }
        self.read.identifiers.push(row);
    }

    /// Adds an address when any part is there.
    pub(crate) fn address(&mut self, at: &At, address: &str, city: &str, country: &str) {
        self.place(at, address, city, country, "address");
    }

    /// Adds where a person was born when any part is there.
    pub(crate) fn born_in(&mut self, at: &At, city: &str, country: &str) {
        self.place(at, "", city, country, "birth_place");
    }

    fn place(&mut self, at: &At, address: &str, city: &str, country: &str, kind: &str) {
        let (address, city, country) = (self.value(address), self.value(city), self.value(country));
        if address.is_none() && city.is_none() && country.is_none() {
            return;
        }
        let row = ListAddress { row_id: at.row, entry_id: Some(at.id.clone()), address, city, country, kind: Some(kind.to_owned()) };
        let same = |known: &ListAddress| ListAddress { row_id: row.row_id, ..known.clone() } == row;
        let near = |known: &&ListAddress| known.entry_id == row.entry_id && known.address == row.address;
        if !self.read.addresses.iter().rev().take(64).filter(near).any(same) && self.room(at, |of| &mut of.addresses) {
            self.read.addresses.push(row);
        }
    }

    /// Adds programmes written in one cell (`] [`, `|` or `;` between).
    pub(crate) fn programmes(&mut self, at: &At, cell: &str) {
        if cell.len() > VALUE_BYTES {
            self.large += 1;
            return;
        }
        for programme in cell.split(['|', ';', '[', ']']).filter_map(text) {
            let known = |row: &ListProgramme| row.entry_id.as_ref() == Some(&at.id) && row.programme.as_ref() == Some(&programme);
            if !self.read.programmes.iter().rev().take(16).any(known) {
                self.read.programmes.push(ListProgramme { row_id: at.row, entry_id: Some(at.id.clone()), programme: Some(programme) });
            }
        }
    }

    /// Adds a date as printed; one that cannot be read is a trouble.
    pub(crate) fn date(&mut self, file: &Text, line: u64, at: &At, what: &str, printed: &str) {
        let Some(printed) = text(printed) else { return };
        match dates::read(&printed) {
            Some(span) => self.span(at, what, &span),
            None => self.no_date(file, line, at, what, &printed),
        }
    }

    /// Says that a date cannot be read.
    pub(crate) fn no_date(&mut self, file: &Text, line: u64, at: &At, what: &str, printed: &str) {
        let what = format!("entry `{}`: the date of {what} `{}` cannot be read", printable(&at.id, 40), printable(printed, 60));
        self.trouble(file, line, Severity::Note, "list-date", what, "screening goes on without this date");
    }

    /// Adds a span of days.
    pub(crate) fn span(&mut self, at: &At, what: &str, span: &dates::Span) {
        let row = ListDate {
            row_id: at.row,
            entry_id: Some(at.id.clone()),
            what: Some(what.to_owned()),
            earliest: Some(span.earliest.clone()),
            latest: Some(span.latest.clone()),
            precision: Some(span.precision.to_owned()),
        };
        let same = |known: &ListDate| ListDate { row_id: row.row_id, ..known.clone() } == row;
        if !self.read.dates.iter().rev().take(64).filter(|known| known.entry_id == row.entry_id).any(same)
            && self.room(at, |of| &mut of.dates)
        {
            self.read.dates.push(row);
        }
    }

    /// The rows, with a last trouble that counts those not shown.
    pub(crate) fn finish(mut self) -> ListRead {
        let mut left_out = |count: u64, what: String| {
            if count > 0 {
                self.read.troubles.push(Trouble::warning("list-value", None, what, "look at the file: no publisher prints such an entry"));
            }
        };
        left_out(self.large, format!("{} values longer than {VALUE_BYTES} bytes were left out", self.large));
        left_out(self.many, format!("{} values beyond {VALUES} of one entry were left out", self.many));
        if self.hidden > 0 {
            let what = format!("{} more troubles of this list are not shown", self.hidden);
            self.read.troubles.push(Trouble::note("list-troubles", None, what, "mend the first ones and read the list again"));
        }
        self.read
    }
}

/// Midnight UTC of the first day that a printed date may mean; `None` when it is no date.
pub(crate) fn first_day(printed: &str) -> Option<Time> {
    dates::read(printed).and_then(|span| midnight(&span.earliest))
}

/// Midnight UTC of a `YYYY-MM-DD` day.
pub(crate) fn midnight(day: &str) -> Option<Time> {
    let date = chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    Some(Time { micros: date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros(), offset_minutes: None })
}
