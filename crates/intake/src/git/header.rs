//! One commit object taken apart, as written.
//!
//! Must not know repositories or people. The object is taken apart here so that an odd time or name costs that one field, not the commit.

use crate::cell::time::offset;
use bonafide_facts::cell::Time;
use bonafide_facts::digest::sha256;
use encoding_rs::WINDOWS_1252;
use gix::ObjectId;

/// Seconds of the last moment of the year 9999: later times are nonsense of a broken clock.
const LAST_SECOND: i64 = 253_402_300_799;

/// Author or committer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Person {
    /// As written.
    pub name: String,
    /// As written, without brackets.
    pub email: String,
    /// When, with the offset as written; `None` when it is no time.
    pub at: Option<Time>,
    /// The time as written.
    pub time_text: String,
    /// Whether the offset is none that can be (it is then left out).
    pub odd_offset: bool,
}

/// A commit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header {
    pub tree: Option<String>,
    pub parents: Vec<ObjectId>,
    pub author: Person,
    pub committer: Person,
    /// First 16 hex digits of the SHA-256 of the message, blanks at its ends cut; `None` when it is empty.
    pub message_hash: Option<String>,
}

impl Header {
    /// Takes a commit object apart.
    pub(crate) fn parse(data: &[u8]) -> Result<Self, String> {
        let mut header = Self::default();
        let end = memchr::memmem::find(data, b"\n\n");
        let (head, message) = end.map_or((data, &b""[..]), |end| (&data[..end], &data[end + 2..]));
        for line in head.split(|byte| *byte == b'\n') {
            let Some(blank) = line.iter().position(|byte| *byte == b' ') else { continue };
            let (word, rest) = (&line[..blank], &line[blank + 1..]);
            match word {
                b"tree" if header.tree.is_none() => header.tree = Some(text(rest)),
                b"parent" => header.parents.push(ObjectId::from_hex(rest).map_err(|_| "a parent is no object id".to_owned())?),
                b"author" if header.author == Person::default() => header.author = person(rest),
                b"committer" if header.committer == Person::default() => header.committer = person(rest),
                _ => {}
            }
        }
        let message = message.trim_ascii();
        header.message_hash = (!message.is_empty()).then(|| sha256(message).chars().take(16).collect());
        Ok(header)
    }

    /// What is odd about its times, when something is.
    pub(crate) fn odd(&self) -> Option<String> {
        let odd = |person: &Person| person.odd_offset || (person.at.is_none() && !person.time_text.is_empty());
        [&self.author, &self.committer].into_iter().find(|person| odd(person)).map(|person| person.time_text.clone())
    }
}

/// Names in old histories are not always UTF-8.
fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), str::to_owned)
}

/// `Name <email> seconds offset`; the name may hold anything but a line break.
fn person(line: &[u8]) -> Person {
    let line = text(line);
    let (Some(open), Some(close)) = (line.find('<'), line.rfind('>')) else {
        return Person { name: line.trim().to_owned(), ..Person::default() };
    };
    if close < open {
        return Person { name: line.trim().to_owned(), ..Person::default() };
    }
    let time_text = line[close + 1..].trim().to_owned();
    let (seconds, zone) = time_text.split_once(' ').unwrap_or((&time_text, ""));
    let offset_minutes = Some(zone.trim()).filter(|zone| zone.len() == 5).and_then(offset);
    let seconds: Option<i64> = seconds.parse().ok().filter(|seconds| (-LAST_SECOND..=LAST_SECOND).contains(seconds));
    let at = seconds.map(|seconds| Time { micros: seconds * 1_000_000, offset_minutes });
    let odd_offset = at.is_some() && offset_minutes.is_none();
    Person { name: line[..open].trim().to_owned(), email: line[open + 1..close].trim().to_owned(), at, time_text, odd_offset }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_people_cost_only_the_odd_part() {
        let table = [
            ("A B <a@b.c> 1700000000 +0900", "A B", "a@b.c", Some((1_700_000_000, Some(540)))),
            ("<> 0 -0000", "", "", Some((0, Some(0)))),
            ("X <x@y> 4294967296 -1130", "X", "x@y", Some((4_294_967_296, Some(-690)))),
            ("X <x@y> 1 +9959", "X", "x@y", Some((1, None))),
            ("X <x@y> -5 +051800", "X", "x@y", Some((-5, None))),
            ("X <x@y> soon", "X", "x@y", None),
            ("X <x@y> 99999999999999 +0000", "X", "x@y", None),
            ("no brackets", "no brackets", "", None),
        ];
        for (line, name, email, at) in table {
            let person = person(line.as_bytes());
            assert_eq!((person.name.as_str(), person.email.as_str()), (name, email), "{line}");
            let expected = at.map(|(seconds, offset_minutes)| Time { micros: seconds * 1_000_000, offset_minutes });
            assert_eq!(person.at, expected, "{line}");
        }
        assert_eq!(person(b"Jos\xe9 <j@x.y> 1 +0000").name, "José");
    }
}
