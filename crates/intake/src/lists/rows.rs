//! Where the readers put what they found: rows of the list tables, with limits and counted troubles.
//!
//! Must not know any format.

use super::{ListLimits, ListRead, Text, chain, dates};
use bonafide_facts::cell::Time;
use bonafide_facts::place::{Place, RowId};
use bonafide_facts::tables::world::{ListAddress, ListDate, ListEntry, ListIdentifier, ListName, ListProgramme};
use bonafide_facts::text::printable;
use bonafide_facts::{Severity, Trouble};
use std::collections::HashSet;

/// Collects rows of one list.
pub(crate) struct Rows<'l> {
    pub(crate) read: ListRead,
    pub(crate) limits: &'l ListLimits,
    ids: HashSet<String>,
    names: HashSet<(String, String)>,
    hidden: u64,
}

/// The entry that rows are added to.
#[derive(Debug, Clone)]
pub(crate) struct At {
    pub(crate) id: String,
    pub(crate) row: i64,
}

fn text(value: &str) -> Option<String> {
    let value = value.trim();
    (!value.is_empty() && value != "-0-").then(|| value.to_owned())
}

impl<'l> Rows<'l> {
    pub(crate) fn new(limits: &'l ListLimits) -> Self {
        Self { read: ListRead::default(), limits, ids: HashSet::new(), names: HashSet::new(), hidden: 0 }
    }

    /// A trouble at a line; beyond the limit they are only counted.
    pub(crate) fn trouble(&mut self, file: &Text, line: u64, severity: Severity, code: &str, what: String, mend: &str) {
        if self.read.troubles.len() < self.limits.troubles {
            self.read.troubles.push(Trouble::new(severity, code, Some(Place::line(&file.name, line)), what, mend));
        } else {
            self.hidden += 1;
        }
    }

    /// Begins an entry; `None` (and a trouble) when it has no id or name, or its id was seen before.
    pub(crate) fn entry(&mut self, file: &Text, line: u64, id: &str, schema: &str, name: &str) -> Option<At> {
        let (Some(id), Some(name)) = (text(id), text(name)) else {
            let what = format!(
                "entry without {}: `{}`",
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
        if !self.ids.insert(id.clone()) {
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
        self.ids.contains(id)
    }

    /// Changes the last begun entry.
    pub(crate) fn last(&mut self) -> Option<&mut ListEntry> {
        self.read.entries.last_mut()
    }

    /// Adds a name, once.
    pub(crate) fn name(&mut self, at: &At, name: &str, role: &str, strength: &str) {
        let Some(name) = text(name) else { return };
        if self.names.insert((at.id.clone(), name.clone())) {
            self.read.names.push(ListName {
                row_id: at.row,
                entry_id: Some(at.id.clone()),
                name: Some(name),
                role: Some(role.to_owned()),
                strength: Some(strength.to_owned()),
            });
        }
    }

    /// Adds an identifier; the chain of a wallet comes from the address.
    pub(crate) fn identifier(&mut self, at: &At, kind: &str, value: &str, country: Option<&str>) {
        let Some(value) = text(value) else { return };
        let chain = (kind == "wallet").then(|| chain::of(&value)).flatten().map(str::to_owned);
        let row = ListIdentifier {
            row_id: at.row,
            entry_id: Some(at.id.clone()),
            kind: Some(kind.to_owned()),
            value: Some(value),
            country: country.and_then(text),
            chain,
        };
        if !self.read.identifiers.iter().rev().take(64).any(|known| *known == row) {
            self.read.identifiers.push(row);
        }
    }

    /// Adds an address when any part is there.
    pub(crate) fn address(&mut self, at: &At, address: &str, city: &str, country: &str) {
        let (address, city, country) = (text(address), text(city), text(country));
        if address.is_some() || city.is_some() || country.is_some() {
            self.read.addresses.push(ListAddress { row_id: at.row, entry_id: Some(at.id.clone()), address, city, country });
        }
    }

    /// Adds programmes written in one cell (`] [`, `|` or `;` between).
    pub(crate) fn programmes(&mut self, at: &At, cell: &str) {
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
            None => {
                let what = format!("entry `{}`: date `{}` cannot be read", printable(&at.id, 40), printable(&printed, 60));
                self.trouble(file, line, Severity::Note, "list-date", what, "screening goes on without this date");
            }
        }
    }

    /// Adds a span of days.
    pub(crate) fn span(&mut self, at: &At, what: &str, span: &dates::Span) {
        self.read.dates.push(ListDate {
            row_id: at.row,
            entry_id: Some(at.id.clone()),
            what: Some(what.to_owned()),
            earliest: Some(span.earliest.clone()),
            latest: Some(span.latest.clone()),
            precision: Some(span.precision.to_owned()),
        });
    }

    /// The rows, with a last trouble that counts those not shown.
    pub(crate) fn finish(mut self) -> ListRead {
        if self.hidden > 0 {
            let what = format!("{} more troubles of this list are not shown", self.hidden);
            self.read.troubles.push(Trouble::note("list-troubles", None, what, "mend the first ones and read the list again"));
        }
        self.read
    }
}

/// Midnight UTC of a `YYYY-MM-DD` day.
pub(crate) fn midnight(day: &str) -> Option<Time> {
    let date = chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    Some(Time { micros: date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros(), offset_minutes: None })
}
