//! What changed between two versions of a list, entry by entry and fact by fact.
//!
//! Must not know how names are compared.

use bonafide_facts::text::printable;
use bonafide_facts::{Files, Trouble};
use bonafide_intake::lists::{ListLimits, ListRead, read_list};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// One entry that appeared, changed or vanished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Entry id.
    pub id: String,
    /// Its name, the newer one.
    pub name: String,
    /// `appeared`, `changed` or `vanished`.
    pub how: &'static str,
    /// Facts that only the newer version has; empty for an entry that appeared or vanished.
    pub gained: Vec<String>,
    /// Facts that only the older version has; for an entry that vanished, between which days.
    pub lost: Vec<String>,
}

impl Change {
    /// How, and the facts, in one line.
    #[must_use]
    pub fn why(&self) -> String {
        let mut facts: Vec<String> = self.gained.iter().map(|fact| format!("+ {fact}")).collect();
        facts.extend(self.lost.iter().map(|fact| format!("- {fact}")));
        let shown = facts.iter().take(6).cloned().collect::<Vec<_>>().join("; ");
        let more = if facts.len() > 6 { format!("; and {} more", facts.len() - 6) } else { String::new() };
        if shown.is_empty() { format!("entry {}", self.how) } else { format!("entry {}: {shown}{more}", self.how) }
    }
}

/// Name and facts of each entry.
fn facts(read: &ListRead) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
    let mut entries: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for row in &read.entries {
        let (name, known) = entries.entry(text(&row.entry_id)).or_default();
        *name = text(&row.name);
        known.insert(format!("name {name}"));
        known.insert(format!("kind {}", text(&row.schema)));
        known.extend(row.remarks.iter().map(|remarks| format!("remarks {remarks}")));
        let day = |time: &bonafide_facts::cell::Time| time.to_string().chars().take(10).collect::<String>();
        known.extend(row.listed_from.iter().map(|from| format!("listed from {}", day(from))));
        known.extend(row.listed_to.iter().map(|to| format!("listed to {}", day(to))));
    }
    let mut add = |id: &Option<String>, fact: String| {
        if let Some((_, known)) = id.as_ref().and_then(|id| entries.get_mut(id)) {
            known.insert(fact);
        }
    };
    read.names.iter().for_each(|row| add(&row.entry_id, format!("name {}{}", text(&row.name), if row.strength.as_deref() == Some("weak") { " (weak)" } else { "" })));
    read.identifiers.iter().for_each(|row| add(&row.entry_id, format!("{} {}", text(&row.kind), text(&row.value))));
    read.dates.iter().for_each(|row| add(&row.entry_id, format!("{} {} to {}", text(&row.what), text(&row.earliest), text(&row.latest))));
    read.programmes.iter().for_each(|row| add(&row.entry_id, format!("programme {}", text(&row.programme))));
    for row in &read.addresses {
        let kind = row.kind.clone().unwrap_or_else(|| "address".to_owned()).replace('_', " ");
        let parts: Vec<String> = [&row.address, &row.city, &row.country].into_iter().flatten().cloned().collect();
        add(&row.entry_id, format!("{kind} {}", parts.join(", ")));
    }
    entries
}

/// Entries that appeared, changed or vanished: first those of the newer list by id, then those that vanished.
#[must_use]
pub fn changes(before: &ListRead, after: &ListRead) -> Vec<Change> {
    let gone = match (&before.published, &after.published) {
        (Some(from), Some(to)) => vec![format!("on the list of {from}, no longer on that of {to}")],
        _ => Vec::new(),
    };
    let (before, after) = (facts(before), facts(after));
    let mut changes = Vec::new();
    for (id, (name, known)) in &after {
        let change = |how, gained, lost| Change { id: id.clone(), name: name.clone(), how, gained, lost };
        match before.get(id) {
            None => changes.push(change("appeared", Vec::new(), Vec::new())),
            Some((_, earlier)) if earlier != known => {
                let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> { one.difference(other).cloned().collect() };
                changes.push(change("changed", only(known, earlier), only(earlier, known)));
            }
            Some(_) => {}
        }
    }
    let vanished = before.iter().filter(|(id, _)| !after.contains_key(*id));
    changes.extend(vanished.map(|(id, (name, _))| Change { id: id.clone(), name: name.clone(), how: "vanished", gained: Vec::new(), lost: gone.clone() }));
    changes
}

/// The changes of two files, folders or snapshots as text.
///
/// # Errors
/// When either cannot be read.
pub fn show(before: &Path, after: &Path) -> Result<String, Trouble> {
    let read = |path: &Path| read_list(path, &mut Files::default(), &ListLimits::default());
    let changes = changes(&read(before)?, &read(after)?);
    let count = |how: &str| changes.iter().filter(|change| change.how == how).count();
    let mut text = format!("{} appeared, {} changed, {} vanished\n", count("appeared"), count("changed"), count("vanished"));
    for change in &changes {
        let _ = writeln!(text, "{:<9} {:<14} {}", change.how, printable(&change.id, 40), printable(&change.name, 100));
        for (sign, facts) in [('+', &change.gained), ('-', &change.lost)] {
            for fact in facts {
                let _ = writeln!(text, "            {sign} {}", printable(fact, 160));
            }
        }
    }
    Ok(text)
}
