//! Legal forms in a name become one word each, wherever they stand and however they are misspelt: they say little, so a slip in them must not weigh like a
//! word that differs.
//!
//! Must not know which forms there are: that is `wordlists/names/legal_forms.csv`.

use super::letters::Script;
use super::wordlist::WORDLISTS;
use super::{Role, Schema, Word, letter_bits, word};
use crate::compare::edit;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// Letters from which on a word of a legal form is recognised with a slip in it: shorter ones are too near to other words.
const LONG: usize = 7;
/// Letters of two words of legal forms written as one, at least.
const GLUED: usize = 5;

struct LegalWords {
    all: FxHashSet<&'static str>,
    /// The long ones, with their letters.
    long: Vec<(&'static str, u64)>,
}

static LEGAL_WORDS: LazyLock<LegalWords> = LazyLock::new(|| {
    let all: FxHashSet<&'static str> = WORDLISTS.legal.values().flatten().flat_map(|(phrase, _)| phrase.iter().copied()).collect();
    let mut long: Vec<(&str, u64)> = all.iter().filter(|text| text.len() >= LONG).map(|text| (*text, letter_bits(text))).collect();
    long.sort_unstable();
    LegalWords { all, long }
});

/// Whether a word is part of the phrase of a legal form, alone or not: "closed", "stock".
pub(crate) fn is_part_of_form(text: &str) -> bool {
    LEGAL_WORDS.all.contains(text)
}

/// Legal forms become one word each, longest phrase first; a name that is nothing but legal form keeps its words.
pub(super) fn mark(words: &mut Vec<Word>, schema: Schema) {
    if schema == Schema::Person {
        return;
    }
    part_glued(words);
    let meant: Vec<&str> = words.iter().map(meant).collect();
    let mut marks: Vec<(usize, usize, &'static str)> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let phrases = WORDLISTS.legal.get(meant[at]);
        let longest = phrases.into_iter().flatten().find(|(phrase, _)| meant[at..].starts_with(phrase));
        match longest {
            Some((phrase, form)) if phrase.len() > 1 || schema != Schema::Unknown || words[at].text.len() > 2 => {
                marks.push((at, phrase.len(), form));
                at += phrase.len();
            }
            _ => at += 1,
        }
    }
    let marked: usize = marks.iter().map(|(_, len, _)| len).sum();
    if marked >= words.len() {
        return;
    }
    for (start, len, form) in marks.into_iter().rev() {
        let printed = words[start..start + len].iter().map(|word| word.printed.as_str()).collect::<Vec<_>>().join(" ");
        let whole = Word { role: Role::Legal, group: form, ..word(&printed, format!("{form}."), Script::Letters) };
        words.splice(start..start + len, [whole]);
    }
}

/// The word of a legal form that a word is, or is but for a slip behind its first letter; the word itself otherwise.
fn meant(word: &Word) -> &str {
    let text = word.text.as_str();
    if text.len() + 1 < LONG || word.script != Script::Letters || LEGAL_WORDS.all.contains(text) {
        return text;
    }
    let near = |(legal, letters): &&(&'static str, u64)| {
        legal.as_bytes()[0] == text.as_bytes()[0]
            && legal.len().abs_diff(text.len()) <= 1
            && (letters ^ word.letters).count_ones() <= 2
            && edit::distance(legal, text, 1.0) <= 1.0
    };
    LEGAL_WORDS.long.iter().find(near).map_or(text, |(legal, _)| *legal)
}

/// "Companylimited" is two words.
fn part_glued(words: &mut Vec<Word>) {
    for at in (0..words.len()).rev() {
        let text = words[at].text.as_str();
        if text.len() < GLUED || !text.is_ascii() || LEGAL_WORDS.all.contains(text) {
            continue;
        }
        let both = |cut: &usize| LEGAL_WORDS.all.contains(&text[..*cut]) && LEGAL_WORDS.all.contains(&text[*cut..]);
        if let Some(cut) = (2..text.len() - 1).find(both) {
            let halves = [&text[..cut], &text[cut..]].map(|half| word(&words[at].printed, half.to_owned(), Script::Letters));
            words.splice(at..=at, halves);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Form, Role, Schema};

    #[test]
    fn a_slip_or_a_lost_space_keeps_the_form() {
        for name in
            ["Penza Bearing Limited Liabolity Company", "Penza Bearing Companylimited", "Penza Bearing Coltd", "Penza Bearing Corporatin"]
        {
            let form = Form::read(name, Schema::Company);
            let parts: Vec<&str> = form.words.iter().filter(|word| word.role == Role::Part).map(|word| word.text.as_str()).collect();
            assert_eq!(parts, ["penza", "bearing"], "{name}");
        }
        let form = Form::read("Molding Partners", Schema::Company);
        assert!(form.words.iter().any(|word| word.text == "molding"), "another first letter is another word");
    }

    #[test]
    fn a_form_by_its_whole_name_is_one_word() {
        for name in [
            "Societatea cu Răspundere Limitată Penza",
            "Penza Spółka z ograniczoną odpowiedzialnością",
            "Penza Korlátolt felelősségű társaság",
            "Društvo s ograničenom odgovornošću Penza",
            "Товариство з обмеженою відповідальністю «Пенза»",
            "Penza Société à Responsabilité Limitée",
        ] {
            let form = Form::read(name, Schema::Company);
            let parts: Vec<&str> = form.words.iter().filter(|word| word.role == Role::Part).map(|word| word.text.as_str()).collect();
            assert_eq!(parts, ["penza"], "{name}");
        }
    }
}
