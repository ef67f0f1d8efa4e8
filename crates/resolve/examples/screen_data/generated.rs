//! Generated lists of any size and queries on them, each from a seeded generator. Several kinds, so that nothing is fitted to one: what makes a large list
//! slow differs between words that are all rare, words that a tenth of the names share, and names that many entries bear.
//!
//! All names are invented: words are drawn from the wordlist of common name parts, or made of syllables or letters.

use bonafide_resolve::index::entry::{Entry, EntryName, NameKind};
use bonafide_resolve::normal::Schema;
use bonafide_resolve::normal::wordlist::WORDLISTS;
use bonafide_resolve::screen::Query;

/// Kinds of list.
pub const KINDS: &[(&str, Make)] = &[
    ("made of syllables", syllables),
    ("common words drawn by rank (Zipf), a quarter companies", ranked),
    ("300 given names x 700 family names", crossed),
    ("letters drawn at random", letters),
];

/// The name and kind of one entry.
pub type Make = fn(&mut Dice) -> (String, Schema);

/// A 64-bit LCG (Knuth, TAOCP 2, 3.3.4), and the words that names are drawn from.
pub struct Dice {
    state: u64,
    /// Common name parts, the commonest first.
    words: Vec<&'static str>,
    /// Running sums of the weights of their ranks.
    sums: Vec<f64>,
}

impl Dice {
    fn new(seed: u64) -> Self {
        let mut words: Vec<(&str, f32)> = WORDLISTS.commonness.iter().map(|(word, share)| (*word, *share)).collect();
        words.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        let words: Vec<&str> = words.into_iter().map(|(word, _)| word).collect();
        let mut sum = 0.0;
        let sums = (0..u32::try_from(words.len()).unwrap_or(0)).map(|rank| {
            sum += 1.0 / (f64::from(rank) + 3.0);
            sum
        });
        let sums = sums.collect();
        Self { state: seed, words, sums }
    }

    fn below(&mut self, size: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.state >> 33).unwrap_or(0) % size.max(1)
    }

    fn ranked(&mut self) -> &'static str {
        #[allow(clippy::cast_precision_loss)]
        let drawn = self.below(1 << 30) as f64 / f64::from(1 << 30) * self.sums.last().copied().unwrap_or(0.0);
        let at = self.sums.partition_point(|sum| *sum < drawn);
        self.words[at.min(self.words.len() - 1)]
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }
}

/// A list of `size` entries and `queries` queries: a half of listed names, of those a half with a slip or other order; the rest made as the list was.
pub fn generated(make: Make, size: usize, queries: usize) -> (Vec<Entry>, Vec<Query>) {
    let mut dice = Dice::new(11);
    let names: Vec<(String, Schema)> = (0..size).map(|_| make(&mut dice)).collect();
    let asked = (0..queries).map(|at| {
        let (name, schema) = match at % 4 {
            0 => names[dice.below(size)].clone(),
            1 => {
                let (name, schema) = names[dice.below(size)].clone();
                (slipped(&name, &mut dice), schema)
            }
            _ => make(&mut dice),
        };
        Query { name, schema, ..Query::default() }
    });
    let asked: Vec<Query> = asked.collect();
    let entry = |(at, (printed, schema)): (usize, (String, Schema))| Entry {
        id: format!("gen-{at}"),
        list: "generated".into(),
        schema,
        names: vec![EntryName { printed, kind: NameKind::Primary }],
        ..Entry::default()
    };
    (names.into_iter().enumerate().map(entry).collect(), asked)
}

/// A letter left out, doubled or replaced, or the words turned about.
fn slipped(name: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = dice.below(letters.len());
    match dice.below(4) {
        0 if letters.len() > 4 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 => letters[at] = char::from(b'a' + u8::try_from(dice.below(26)).unwrap_or(0)),
        _ => return name.split(' ').rev().collect::<Vec<_>>().join(" "),
    }
    letters.into_iter().collect()
}

/// Few syllables make common words, more make rare ones.
fn syllables(dice: &mut Dice) -> (String, Schema) {
    const ONSETS: &[&str] = &["b", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "sh", "t", "v", "y", "z", "kr"];
    const RIMES: &[&str] = &["a", "ar", "e", "en", "i", "in", "o", "or", "u", "un", "al", "ek", "ir", "os", "am"];
    let words = 2 + usize::from(dice.below(3) == 0);
    let word = |dice: &mut Dice| {
        let length = 2 + usize::from(dice.below(3) > 0) + usize::from(dice.below(5) == 0);
        (0..length).map(|_| [dice.pick(ONSETS), dice.pick(RIMES)].concat()).collect::<String>()
    };
    ((0..words).map(|_| word(dice)).collect::<Vec<_>>().join(" "), Schema::Person)
}

/// People and companies of words that a few make up most of; some initials and aliases of one word.
fn ranked(dice: &mut Dice) -> (String, Schema) {
    const TRADES: &[&str] = &["general", "international", "global", "petroleum", "shipping", "construction", "investment", "industrial"];
    const ENDS: &[&str] = &["trading", "company", "group", "holding", "services", "import export", "trading company"];
    const FORMS: &[&str] = &["LLC", "Ltd", "Co", "GmbH", "JSC", "SA", ""];
    if dice.below(4) == 0 {
        let name = [dice.ranked(), dice.pick(TRADES), dice.pick(ENDS), dice.pick(FORMS)];
        return (name.join(" ").trim().to_owned(), Schema::Company);
    }
    let name = match dice.below(20) {
        0 => dice.ranked().to_owned(),
        1 => format!("{} {}. {}", dice.ranked(), char::from(b'a' + u8::try_from(dice.below(26)).unwrap_or(0)), dice.ranked()),
        2..=6 => format!("{} {} {}", dice.ranked(), dice.ranked(), dice.ranked()),
        _ => format!("{}, {}", dice.ranked(), dice.ranked()),
    };
    (name, Schema::Person)
}

/// So few words that each full name is borne several times.
fn crossed(dice: &mut Dice) -> (String, Schema) {
    let (given, family) = (dice.below(300), 300 + dice.below(700));
    (format!("{} {}", dice.words[given], dice.words[family]), Schema::Person)
}

/// No word is like a name.
fn letters(dice: &mut Dice) -> (String, Schema) {
    let word =
        |dice: &mut Dice| (0..4 + dice.below(6)).map(|_| char::from(b'a' + u8::try_from(dice.below(26)).unwrap_or(0))).collect::<String>();
    (format!("{} {}", word(dice), word(dice)), Schema::Person)
}
