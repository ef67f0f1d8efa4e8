//! Disguises of listed names: invisible characters put in and letters replaced by look-alikes never lose a hit. Over names of the real list when it is
//! there, with a seed.

#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::public_pairs::read;
use super::*;
use crate::index::entry::{Entry, EntryName, NameKind};

/// Letters and what is drawn like them. Source: Unicode Technical Standard 39, confusables.txt.
const ALIKE: &[(char, &str)] = &[
    ('a', "аαɑａ𝐚"),
    ('c', "сϲｃ"),
    ('e', "еｅ𝒆"),
    ('h', "һհ"),
    ('i', "іιｉ"),
    ('j', "јϳ"),
    ('k', "кκ"),
    ('n', "ոｎ"),
    ('o', "оοօ𝗼"),
    ('p', "рρ"),
    ('s', "ѕｓ"),
    ('u', "սυ"),
    ('v', "νѵ"),
    ('x', "хχ"),
    ('y', "уγү"),
    ('A', "АΑＡ"),
    ('B', "ВΒ"),
    ('C', "СϹ"),
    ('E', "ЕΕ"),
    ('H', "НΗ"),
    ('I', "ІΙ"),
    ('J', "Ј"),
    ('K', "КΚ"),
    ('M', "МΜ"),
    ('N', "ΝＮ"),
    ('O', "ОΟ"),
    ('P', "РΡ"),
    ('S', "Ѕ"),
    ('T', "ТΤ"),
    ('X', "ХΧ"),
    ('Y', "ΥҮ"),
    ('Z', "Ζ"),
];
/// Code points that nobody sees, of every range that is taken out.
const HIDDEN: &[char] = &[
    '\u{0}',
    '\u{7}',
    '\u{1b}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{115f}',
    '\u{17b4}',
    '\u{180b}',
    '\u{180e}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{202a}',
    '\u{202e}',
    '\u{2060}',
    '\u{2063}',
    '\u{2066}',
    '\u{2069}',
    '\u{206f}',
    '\u{3164}',
    '\u{fe00}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{ffa0}',
    '\u{fff9}',
    '\u{1bca0}',
    '\u{1d173}',
    '\u{e000}',
    '\u{e0001}',
    '\u{e0061}',
    '\u{f0000}',
];

struct Dice(u64);

impl Dice {
    /// A 64-bit LCG (Knuth, TAOCP 2, 3.3.4).
    fn below(&mut self, size: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % size
    }
}

#[test]
fn no_disguise_loses_a_hit() {
    let Some(text) = read("lists/ofac/sdn_2026-07-11.csv") else { return };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let rows = reader.records().map(Result::unwrap).step_by(5);
    let entries: Vec<Entry> = rows
        .map(|row| Entry {
            id: row[0].to_owned(),
            list: "sdn".into(),
            schema: Schema::from_word(&row[1]),
            names: vec![EntryName { printed: row[2].to_owned(), kind: NameKind::Primary }],
            ..Entry::default()
        })
        .collect();
    let index = Index::build(entries.clone());
    let mut searcher = Searcher::new(&index);
    let mut ask = |name: String, schema| -> Vec<(String, f64)> {
        let hits = searcher.screen(&Query { name, schema, ..Query::default() }, &Options::default());
        hits.into_iter().map(|hit| (hit.entry_id, hit.score)).collect()
    };
    let (mut dice, mut lost) = (Dice(2026), Vec::new());
    for _ in 0..400 {
        let entry = &entries[dice.below(entries.len())];
        let name = &entry.names[0].printed;
        let plain = ask(name.clone(), entry.schema);
        let mut hidden: Vec<char> = name.chars().collect();
        for _ in 0..=dice.below(12) {
            hidden.insert(dice.below(hidden.len() + 1), HIDDEN[dice.below(HIDDEN.len())]);
        }
        let hidden: String = hidden.into_iter().collect();
        assert_eq!(plain, ask(hidden.clone(), entry.schema), "{name} / {hidden:?}");
        // The first letter of a word stays, of a person's name the first letter only: a word wholly of another alphabet is that alphabet's elsewhere.
        let mut inside = false;
        let alike = name.chars().enumerate().map(|(at, c)| {
            let first = !std::mem::replace(&mut inside, c.is_alphanumeric());
            let others = ALIKE.iter().find(|(letter, _)| *letter == c).map(|(_, others)| others.chars().collect::<Vec<char>>());
            match others {
                Some(others) if at > 0 && (entry.schema == Schema::Person || !first) && dice.below(3) > 0 => {
                    others[dice.below(others.len())]
                }
                _ => c,
            }
        });
        let alike: String = alike.collect();
        let found = ask(alike.clone(), entry.schema);
        let gone = plain.iter().filter(|(id, _)| !found.iter().any(|(other, _)| other == id));
        lost.extend(gone.map(|(id, score)| format!("{name} / {alike}: {id} at {score:.3} is lost, found {found:?}")));
    }
    assert!(lost.is_empty(), "{} hits lost:\n{}", lost.len(), lost.join("\n"));
}
