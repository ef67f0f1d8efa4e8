//! What two organisations may hold against each other without showing it: each identifier and each sampled résumé shingle as a
//! slow hash under a key both agreed on. Equal tokens are an overlap; a token alone says nothing to whoever lacks the key.
//!
//! Must not know files. What this protects against, and what not, stands in docs/guides/link.md.

use super::Settings;
use super::uses;
use crate::documents::read;
use bonafide_facts::{Tables, Trouble};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Words of a shingle.
const SHINGLE_WORDS: usize = 8;
/// Smallest shingle hashes kept of a document: near-duplicates share most of them.
const SHINGLES: usize = 16;
/// Shingles that two documents share before it is said: fewer is boilerplate.
pub const SHINGLES_SHARED: usize = 4;
/// A key must have at least so many bytes.
pub const KEY_BYTES: usize = 16;
/// bcrypt's cost: 2^10 rounds of key setup, some tens of milliseconds a token.
pub const COST: u32 = 10;
/// Most tokens of one sheet.
pub const MAX_TOKENS: usize = 1_000_000;

/// Lower-case hexadecimal, 48 digits.
pub type Token = String;

/// Whose value a token stands for; never leaves the house.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Own {
    /// The subject.
    pub subject_id: String,
    /// The kind of the value, or `shingle`.
    pub kind: String,
    /// The document of a shingle, by row; 0 for identifiers.
    pub row: i64,
}

/// The agreed key and what this exchange is called; both sides must use the same.
#[derive(Clone)]
pub struct Agreement {
    key: [u8; 32],
    salt: [u8; 16],
    cost: u32,
}

impl Agreement {
    /// From the key's bytes and the name of the exchange (parties and day, say): a token of one exchange is none of another.
    ///
    /// # Errors
    /// When the key is shorter than [`KEY_BYTES`] or the cost is not 4 to 16.
    pub fn new(key: &[u8], pairing: &str, cost: u32) -> Result<Self, Trouble> {
        if key.len() < KEY_BYTES {
            let what = format!("the key has {} bytes, fewer than {KEY_BYTES}", key.len());
            return Err(Trouble::error(
                "short-key",
                None,
                what,
                "draw it at random, for example `openssl rand -base64 32`, and hand it over in person",
            ));
        }
        if !(4..=16).contains(&cost) {
            return Err(Trouble::error(
                "bad-cost",
                None,
                format!("the cost {cost} is not 4 to 16"),
                "10 is usual; both sides need the same",
            ));
        }
        let mut salt = [0; 16];
        salt.copy_from_slice(&Sha256::new().chain_update(b"bonafide exchange salt\0").chain_update(pairing.as_bytes()).finalize()[..16]);
        let key = Sha256::new().chain_update(b"bonafide exchange key\0").chain_update(key).finalize().into();
        Ok(Self { key, salt, cost })
    }

    /// The token of a value of a kind.
    #[must_use]
    pub fn token(&self, kind: &str, value: &str) -> Token {
        // bcrypt reads 72 bytes, so the key and the value come to it as one digest.
        let inner = Sha256::new()
            .chain_update(self.key)
            .chain_update(kind.as_bytes())
            .chain_update(b"\0")
            .chain_update(value.as_bytes())
            .finalize();
        bonafide_facts::digest::hex(&bcrypt::bcrypt(self.cost, self.salt, bonafide_facts::digest::hex(&inner).as_bytes()))
    }

    /// A token that stands for nothing, told from no other without the key.
    fn padding(&self, at: usize) -> Token {
        let half = |part: u8| {
            Sha256::new().chain_update(self.key).chain_update(b"padding").chain_update([part]).chain_update(at.to_le_bytes()).finalize()
        };
        bonafide_facts::digest::hex(&half(0)[..24])
    }
}

/// The tokens of all subjects' strong identifiers and documents, with whose they are.
///
/// # Errors
/// When there are more than [`MAX_TOKENS`] different values.
pub fn tokens(tables: &Tables, settings: &Settings, agreement: &Agreement) -> Result<BTreeMap<Token, BTreeSet<Own>>, Trouble> {
    let mut values: BTreeMap<(String, String), BTreeSet<Own>> = BTreeMap::new();
    uses::each_value(tables, settings, &mut |subject, kind, value| {
        // Places and weak values would tell much and join nobody.
        if settings.of(kind).hard || settings.of(kind).kind == "phone" {
            let kind = settings.of(kind).kind.clone();
            let own = Own { subject_id: subject.to_owned(), kind: kind.clone(), row: 0 };
            values.entry((kind, value)).or_default().insert(own);
        }
    });
    let documents = read::read(tables);
    for doc in &documents.docs {
        for shingle in shingles(doc.text) {
            let subject_id = documents.subjects.get(doc.subject as usize).map_or(String::new(), |id| (*id).to_owned());
            values.entry(("shingle".to_owned(), shingle)).or_default().insert(Own { subject_id, kind: "shingle".to_owned(), row: doc.row });
        }
    }
    if values.len() > MAX_TOKENS {
        let what = format!("{} different values, more than {MAX_TOKENS}", values.len());
        return Err(Trouble::error("too-many-tokens", None, what, "exchange in parts, each with its own name"));
    }
    Ok(values.into_iter().map(|((kind, value), own)| (agreement.token(&kind, &value), own)).collect())
}

/// What is sent: the tokens, sorted, filled up to the next power of two so that their number tells little.
#[must_use]
pub fn sheet(own: &BTreeMap<Token, BTreeSet<Own>>, agreement: &Agreement, secret: &str) -> BTreeSet<Token> {
    let mut sheet: BTreeSet<Token> = own.keys().cloned().collect();
    let full = sheet.len().max(16).next_power_of_two();
    // Padding differs between the parties, or it would look like an overlap.
    let from = usize::try_from(u64::from_str_radix(&bonafide_facts::digest::sha256(secret.as_bytes())[..12], 16).unwrap_or(0)).unwrap_or(0);
    (0..).map(|at| agreement.padding(from.wrapping_add(at))).take(full - sheet.len()).for_each(|token| {
        sheet.insert(token);
    });
    sheet
}

/// One line of what both hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Overlap {
    /// One's own subject.
    pub subject_id: String,
    /// Kind of the value, or `text`.
    pub kind: String,
    /// Values (or shingles of one document) that the other holds too.
    pub shared: usize,
}

/// Which of one's own subjects hold a value that the other side holds too. Single shingles say nothing and are left out.
#[must_use]
pub fn overlap(own: &BTreeMap<Token, BTreeSet<Own>>, theirs: &BTreeSet<Token>) -> Vec<Overlap> {
    let mut counts: BTreeMap<(String, String, i64), usize> = BTreeMap::new();
    for one in own.iter().filter(|(token, _)| theirs.contains(*token)).flat_map(|(_, owners)| owners) {
        *counts.entry((one.subject_id.clone(), one.kind.clone(), one.row)).or_default() += 1;
    }
    let enough = |kind: &str, shared: usize| kind != "shingle" || shared >= SHINGLES_SHARED;
    let told = |((subject_id, kind, _), shared): ((String, String, i64), usize)| Overlap {
        subject_id,
        kind: if kind == "shingle" { "text".to_owned() } else { kind },
        shared,
    };
    let mut rows: Vec<Overlap> = counts.into_iter().filter(|((_, kind, _), shared)| enough(kind, *shared)).map(told).collect();
    rows.sort();
    rows
}

/// The smallest shingle hashes of a text, as text.
fn shingles(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let hash = |words: &[&str]| bonafide_facts::digest::sha256(words.join(" ").as_bytes());
    let all: BTreeSet<String> = words.windows(SHINGLE_WORDS).map(hash).collect();
    all.into_iter().take(SHINGLES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_facts::tables::who::{Document, Identifier};

    const TEXT: &str = "Built a payments platform with a team of five, moved it to another region without a pause, and wrote the tests that \
        nobody had asked for; later led the search rewrite, cut its latency by half, and taught two juniors how the index is laid out on disk.";

    fn folder(subject: &str, mail: &str, text: &str) -> Tables {
        let mut tables = Tables::default();
        let id = |kind: &str, value: &str| Identifier {
            subject_id: Some(subject.into()),
            kind: Some(kind.into()),
            value: Some(value.into()),
            ..Default::default()
        };
        tables
            .add_rows(&[id("email", mail), id("address", "12 Main Street, Springfield"), id("wallet", &format!("w-{subject}-0001"))])
            .unwrap();
        tables
            .add_rows(&[Document { subject_id: Some(subject.into()), text: Some(text.into()), row_id: 7, ..Default::default() }])
            .unwrap();
        tables
    }

    fn agreed(pairing: &str) -> Agreement {
        Agreement::new(b"a key of sixteen+ bytes", pairing, 4).unwrap()
    }

    #[test]
    fn both_learn_the_overlap_and_nothing_else() {
        let settings = Settings::default();
        let agreement = agreed("left and right, 2026-02-01");
        let left = tokens(&folder("a", "Jane.Doe+x@gmail.com", TEXT), &settings, &agreement).unwrap();
        let right = tokens(&folder("b", "janedoe@gmail.com", &format!("Hello. {TEXT}")), &settings, &agreement).unwrap();
        let (send_left, send_right) = (sheet(&left, &agreement, "left's own"), sheet(&right, &agreement, "right's own"));
        let found = overlap(&left, &send_right);
        assert_eq!(
            found.iter().map(|row| (row.subject_id.as_str(), row.kind.as_str())).collect::<Vec<_>>(),
            [("a", "email"), ("a", "text")]
        );
        assert_eq!(overlap(&right, &send_left).len(), 2, "the other learns the same of its own");
        assert!(send_left.len().is_power_of_two() && send_left.len() > left.len());
        assert!(send_left.iter().all(|token| token.len() == 48 && token.bytes().all(|byte| byte.is_ascii_hexdigit())));
        assert_eq!(
            send_left.intersection(&send_right).count(),
            left.keys().filter(|token| right.contains_key(*token)).count(),
            "padding never meets"
        );
        assert!(!left.values().flatten().any(|own| own.kind == "address"), "places are not exchanged");
    }

    #[test]
    fn another_key_or_another_exchange_gives_other_tokens() {
        let one = agreed("left and right").token("email", "a@mail.test");
        assert_ne!(one, agreed("left and third").token("email", "a@mail.test"));
        assert_ne!(one, Agreement::new(b"another key of 16 bytes", "left and right", 4).unwrap().token("email", "a@mail.test"));
        assert_ne!(one, agreed("left and right").token("phone", "a@mail.test"));
        assert_eq!(one, agreed("left and right").token("email", "a@mail.test"));
        assert!(Agreement::new(b"short", "x", 4).is_err() && Agreement::new(b"a key of sixteen+ bytes", "x", 3).is_err());
    }

    #[test]
    fn a_few_common_shingles_say_nothing() {
        let settings = Settings::default();
        let agreement = agreed("x");
        let left = tokens(&folder("a", "a@mail.test", TEXT), &settings, &agreement).unwrap();
        let other =
            "one two three four five six seven eight nine ten built a payments platform with a team of five and then something else";
        let right = tokens(&folder("b", "b@mail.test", other), &settings, &agreement).unwrap();
        assert_eq!(overlap(&left, &sheet(&right, &agreement, "r")), []);
    }
}
