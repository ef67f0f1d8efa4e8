//! The mark of a hit: a digest of all that was compared of the subject, and one of all that is listed of the entry. A decision on a hit names it, and holds
//! while both stay the same.
//!
//! Must not know decisions.

use super::place::{Place, PlaceKind};
use crate::index::entry::{Days, Entry};
use crate::normal::Schema;
use bonafide_facts::digest::sha256;
use std::fmt::Write as _;

/// Hex digits of each half: 80 bits, more than anybody can search for another text of the same mark.
const DIGITS: usize = 20;

/// What was compared of a subject.
#[derive(Debug, Clone, Copy, Default)]
pub struct Compared<'a> {
    /// Every name.
    pub names: &'a [String],
    /// What is named.
    pub schema: Schema,
    /// Birth (or founding).
    pub birth: Option<&'a Days>,
    /// (kind, canonical value).
    pub identifiers: &'a [(String, String)],
    /// Towns.
    pub places: &'a [Place],
}

/// `<subject>-<entry>`, twenty hex digits each. The order of names, identifiers and places does not matter.
#[must_use]
pub fn mark(subject: &Compared, entry: &Entry) -> String {
    format!("{}-{}", of_subject(subject), of_entry(entry))
}

/// The half of a mark that is the subject's.
#[must_use]
pub fn of_subject(subject: &Compared) -> String {
    let mut text = Parts::default();
    text.all("name", subject.names.iter().map(|name| name.trim().to_owned()));
    text.all("schema", std::iter::once(schema(subject.schema).to_owned()));
    text.all("birth", subject.birth.iter().map(|days| days_text(days)));
    text.all("identifier", subject.identifiers.iter().map(|(kind, value)| format!("{kind}:{value}")));
    text.all("place", subject.places.iter().map(place_text));
    text.digest()
}

/// The half of a mark that is the entry's: everything that is listed of it.
#[must_use]
pub fn of_entry(entry: &Entry) -> String {
    let mut text = Parts::default();
    text.all("name", entry.names.iter().map(|name| format!("{:?} {}", name.kind, name.printed)));
    text.all("schema", std::iter::once(schema(entry.schema).to_owned()));
    text.all("birth", entry.births.iter().map(days_text));
    text.all("identifier", entry.identifiers.iter().map(|(kind, value)| format!("{kind}:{value}")));
    text.all("programme", entry.programmes.iter().cloned());
    text.all("place", entry.places.iter().map(place_text));
    text.all("listed", [&entry.listed_from, &entry.listed_to].into_iter().flatten().cloned());
    text.digest()
}

fn schema(schema: Schema) -> &'static str {
    match schema {
        Schema::Person => "person",
        Schema::Company => "company",
        Schema::Vessel => "vessel",
        Schema::Unknown => "",
    }
}

fn days_text(days: &Days) -> String {
    format!("{} {}", days.earliest, days.latest)
}

fn place_text(place: &Place) -> String {
    let kind = if place.kind == PlaceKind::Birth { "birth" } else { "address" };
    format!("{kind} {}", place.words.join(" "))
}

/// Texts with their lengths, so that no text passes for two.
#[derive(Default)]
struct Parts(String);

impl Parts {
    fn all(&mut self, what: &str, texts: impl Iterator<Item = String>) {
        let mut texts: Vec<String> = texts.collect();
        texts.sort_unstable();
        texts.dedup();
        for text in texts {
            let _ = writeln!(self.0, "{what} {} {text}", text.len());
        }
    }

    fn digest(&self) -> String {
        sha256(self.0.as_bytes()).chars().take(DIGITS).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::entry::{EntryName, NameKind};

    #[test]
    fn a_mark_changes_with_what_was_compared_and_with_nothing_else() {
        let names = ["Zurab Makharadze".to_owned(), "Zura".to_owned()];
        let turned = ["Zura".to_owned(), "Zurab Makharadze".to_owned()];
        let subject = Compared { names: &names, schema: Schema::Person, ..Compared::default() };
        let entry = Entry { names: vec![EntryName { printed: "MAKHARADZE, Zurab".into(), kind: NameKind::Primary }], ..Entry::default() };
        let before = mark(&subject, &entry);
        assert_eq!(before, mark(&Compared { names: &turned, ..subject }, &entry));
        let born = Days { earliest: "1970-01-01".into(), latest: "1970-12-31".into() };
        let halves = |mark: &str| mark.split_once('-').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let (left, right) = halves(&before);
        let (other, same) = halves(&mark(&Compared { birth: Some(&born), ..subject }, &entry));
        assert!(other != left && same == right);
        let (same, other) = halves(&mark(&subject, &Entry { listed_to: Some("2026-01-01".into()), ..entry }));
        assert!(same == left && other != right);
    }
}
