//! The embedded wordlists, read once: a comment header with the source, a header line, then rows with commas between.
//!
//! Must not know what a word means to a comparison.

use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

macro_rules! embedded {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/names/", $file))
    };
}

/// Data rows of an embedded wordlist: cells of each line after the comments and the header line.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1).map(|line| line.split(',').collect())
}

fn pairs(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    rows(text).filter_map(|cells| Some((*cells.first()?, *cells.get(1)?)))
}

/// All tables, built once per process.
#[derive(Debug)]
pub struct Wordlists {
    /// Letter of another alphabet -> Latin.
    pub letters: FxHashMap<char, &'static str>,
    /// Letter of the Arabic script -> consonant class (empty = falls away).
    pub abjad: FxHashMap<char, &'static str>,
    /// Common name part in the Arabic script (letters folded) -> Latin spellings.
    pub arabic: FxHashMap<String, Vec<&'static str>>,
    /// Legal-form phrases (words) -> group, longest phrases first per first word.
    pub legal: FxHashMap<&'static str, Vec<(Vec<&'static str>, &'static str)>>,
    /// Forms of address and ranks.
    pub titles: FxHashSet<&'static str>,
    /// Small words inside names.
    pub particles: FxHashSet<&'static str>,
    /// Those of them that stand between a child and a parent.
    pub descent: FxHashSet<&'static str>,
    /// Pet form -> full names.
    pub nicknames: FxHashMap<&'static str, Vec<&'static str>>,
    /// Full name or word -> its pet forms and abbreviations.
    pub short_of: FxHashMap<&'static str, Vec<&'static str>>,
    /// Abbreviated company word -> full words.
    pub abbreviations: FxHashMap<&'static str, Vec<&'static str>>,
    /// Name part -> share of bearers, per 100,000, where it is commonest.
    pub commonness: FxHashMap<&'static str, f32>,
    /// Rows of `korean_spellings.csv`: part, letter, spellings.
    pub korean_spellings: Vec<Vec<&'static str>>,
    /// Rows of `korean_surnames.csv`: hangul, per 100,000, spellings.
    pub korean_surnames: Vec<Vec<&'static str>>,
    /// Chinese character -> Hokkien spellings, the first names the syllable.
    pub hokkien: FxHashMap<char, Vec<&'static str>>,
    /// Chinese character -> (mandarin, korean, cantonese, vietnamese), each with spaces between several.
    pub han: FxHashMap<char, [&'static str; 4]>,
}

/// The tables.
pub static WORDLISTS: LazyLock<Wordlists> = LazyLock::new(Wordlists::read);

impl Wordlists {
    fn read() -> Self {
        let first = |text: &str| text.chars().next().unwrap_or('\0');
        let mut legal: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (phrase, form) in pairs(embedded!("legal_forms.csv")) {
            let words: Vec<&str> = phrase.split(' ').collect();
            legal.entry(words[0]).or_default().push((words, form));
        }
        legal.values_mut().for_each(|phrases| phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len())));
        let mut nicknames: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
        for (short, full) in pairs(embedded!("nicknames.csv")) {
            nicknames.entry(short).or_default().extend(full.split(' '));
        }
        let mut short_of: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (short, full) in &nicknames {
            full.iter().for_each(|full| short_of.entry(*full).or_default().push(*short));
        }
        let mut abbreviations: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
        for (short, full) in pairs(embedded!("abbreviations.csv")) {
            short_of.entry(full).or_default().push(short);
            abbreviations.entry(short).or_default().push(full);
        }
        short_of.values_mut().for_each(|shorts| shorts.sort_unstable());
        Self {
            short_of,
            letters: pairs(embedded!("letters.csv")).map(|(letter, latin)| (first(letter), latin)).collect(),
            abjad: pairs(embedded!("abjad.csv")).map(|(letter, class)| (first(letter), class)).collect(),
            arabic: pairs(embedded!("arabic_names.csv"))
                .map(|(arabic, latin)| (arabic_letters(arabic), latin.split(' ').collect()))
                .collect(),
            legal,
            titles: rows(embedded!("titles.csv")).map(|cells| cells[0]).collect(),
            particles: rows(embedded!("particles.csv")).map(|cells| cells[0]).collect(),
            descent: rows(embedded!("particles.csv")).filter(|cells| cells.get(1) == Some(&"descent")).map(|cells| cells[0]).collect(),
            nicknames,
            abbreviations,
            commonness: pairs(embedded!("name_commonness.csv"))
                .chain(pairs(embedded!("common_romanised.csv")))
                .filter_map(|(name, share)| Some((name, share.parse().ok()?)))
                .collect(),
            hokkien: pairs(embedded!("hokkien_readings.csv"))
                .flat_map(|(characters, spellings)| characters.chars().map(move |c| (c, spellings.split(' ').collect())))
                .collect(),
            korean_spellings: rows(embedded!("korean_spellings.csv")).collect(),
            korean_surnames: rows(embedded!("korean_surnames.csv")).collect(),
            han: rows(embedded!("han_readings.csv"))
                .filter_map(|cells| Some((first(cells[0]), [*cells.get(1)?, *cells.get(2)?, *cells.get(3)?, *cells.get(4)?])))
                .collect(),
        }
    }
}

/// The letters of a word in the Arabic script without the variants that one writer uses and the next does not: hamza carriers, Persian yeh and kaf, ta marbuta.
#[must_use]
pub fn arabic_letters(word: &str) -> String {
    let folded = word.chars().filter_map(|c| match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' | 'ی' | 'ئ' | 'ے' | 'ې' => Some('ي'),
        'ک' => Some('ك'),
        'ة' | 'ۀ' | 'ە' | 'ہ' | 'ھ' => Some('ه'),
        'ؤ' => Some('و'),
        'ء' => None,
        c if super::letters::script(c) == super::letters::Script::Abjad && !c.is_alphabetic() => None,
        c => Some(c),
    });
    folded.collect()
}

#[cfg(test)]
mod tests {
    use super::WORDLISTS;

    #[test]
    fn every_list_is_read() {
        let lists = &*WORDLISTS;
        assert_eq!(lists.letters.get(&'щ'), Some(&"shch"));
        assert_eq!(lists.abjad.get(&'خ'), Some(&"x"));
        assert!(lists.titles.contains("mullah") && lists.particles.contains("al"));
        assert!(lists.nicknames["vova"].contains(&"vladimir"));
        assert_eq!(lists.abbreviations["intl"], ["international", "internacional"]);
        assert_eq!(lists.han[&'李'][1], "리 이");
        assert!(lists.commonness["nguyen"] > 1000.0 && lists.korean_surnames.len() > 80 && lists.korean_spellings.len() > 45);
    }
}
