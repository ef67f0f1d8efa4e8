//! Characters to plain letters: invisible characters out, compatibility forms unfolded, look-alikes of another alphabet put
//! back, marks off, other alphabets in Latin.
//!
//! Must not know what a name is.

use super::wordlist::WORDLISTS;
use bonafide_facts::text::is_invisible;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Writing systems that are read differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Script {
    /// Latin, Cyrillic, Greek and all that romanises letter by letter.
    Letters,
    /// Arabic script: short vowels are not written.
    Abjad,
    /// Hangul syllables.
    Hangul,
    /// Chinese characters.
    Han,
}

/// The script of a letter.
#[must_use]
pub fn script(c: char) -> Script {
    match c {
        '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{08A0}'..='\u{08FF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' => {
            Script::Abjad
        }
        '\u{AC00}'..='\u{D7A3}' => Script::Hangul,
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}' | '々' => Script::Han,
        _ => Script::Letters,
    }
}

/// Invisible characters out, then Unicode compatibility form NFKC, at most `limit` characters (the rest is cut off and the
/// second value says so).
#[must_use]
pub fn visible(text: &str, limit: usize) -> (String, bool) {
    // A scan budget keeps 10 MB of zero-width characters from costing more than a glance.
    let budget = text.char_indices().nth(limit * 16).map_or(text.len(), |(at, _)| at);
    let mut clean = text[..budget].chars().map(before_folding).filter(|c| !is_invisible(*c)).nfkc();
    let kept: String = clean.by_ref().take(limit).collect();
    let cut = budget < text.len() || clean.next().is_some();
    (kept, cut)
}

/// White space as a space; the lunate sigma as the Cyrillic letter of its sound and form: NFKC would make an ordinary sigma of what is drawn like a c.
fn before_folding(c: char) -> char {
    match c {
        'ϲ' => 'с',
        'Ϲ' => 'С',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// A word of [`Script::Letters`] in lower-case ASCII letters and digits. A word that mixes alphabets has its look-alike
/// letters put back into Latin first ("Кim" -> "kim").
#[must_use]
pub fn latin(word: &str) -> String {
    if word.is_ascii() {
        return word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    let mixed = word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(has_look_alikes);
    let mut out = String::with_capacity(word.len());
    for printed in word.chars() {
        if let Some(same) = mixed.then(|| drawn_like(printed)).flatten() {
            out.push(same);
            continue;
        }
        for c in printed.to_lowercase() {
            match WORDLISTS.letters.get(&c) {
                Some(latin) => out.push_str(latin),
                None => plain(c, &mut out),
            }
        }
    }
    out.retain(|c| c.is_ascii_alphanumeric());
    out
}

/// The Latin letters a word would be if every letter were a look-alike; `None` when one is not, or when it has none of another alphabet.
#[must_use]
pub fn disguised(word: &str) -> Option<String> {
    if !word.chars().any(has_look_alikes) {
        return None;
    }
    word.chars().map(|c| if c.is_ascii_alphanumeric() { Some(c.to_ascii_lowercase()) } else { drawn_like(c) }).collect()
}

/// Cyrillic, Greek and Armenian letters.
fn has_look_alikes(c: char) -> bool {
    matches!(c, '\u{0370}'..='\u{058F}' | '\u{1F00}'..='\u{1FFF}')
}

/// The Latin letter, lower-case, that a letter of either case is drawn like: a Greek capital may be drawn like another letter than its small form.
fn drawn_like(c: char) -> Option<char> {
    look_alike(c).or_else(|| c.to_lowercase().next().and_then(look_alike))
}

/// The Latin letter that a lower-case Cyrillic, Greek or Armenian letter, or a Greek capital, is drawn like.
/// Source: Unicode Technical Standard 39, confusables.txt 16.0 (single letters).
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'ь' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ё' | 'ε' => 'e',
        'һ' => 'h',
        'н' => 'h',
        'і' | 'ї' | 'ι' => 'i',
        'ј' | 'ϳ' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ѵ' | 'ν' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'в' | 'β' => 'b',
        'μ' | 'ս' => 'u',
        'Η' | 'հ' => 'h',
        'Ν' | 'ո' => 'n',
        'Μ' => 'm',
        'Ζ' => 'z',
        'Υ' | 'Ү' | 'ү' => 'y',
        'օ' => 'o',
        'զ' => 'q',
        'ց' => 'g',
        _ => return None,
    })
}

fn plain(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c);
        return;
    }
    for part in std::iter::once(c).nfd().filter(|part| !is_combining_mark(*part)) {
        match WORDLISTS.letters.get(&part) {
            Some(latin) => out.push_str(latin),
            None => out.extend(any_ascii::any_ascii_char(part).chars().map(|c| c.to_ascii_lowercase())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguises_fall_off() {
        assert_eq!(visible("K\u{200b}i\u{00ad}m", 99).0, "Kim");
        assert_eq!(latin("Ｋｉｍ".nfkc().collect::<String>().as_str()), "kim");
        assert_eq!(latin("Кim"), "kim", "a Cyrillic К among Latin letters");
        assert_eq!(disguised("ОСАМА").as_deref(), Some("ocama"));
        assert_eq!(latin("ΜAHMOUD"), "mahmoud", "a Greek capital mu");
        assert_eq!(latin("ΝΗa"), "nha", "Greek capitals nu and eta");
        assert_eq!(disguised("Щука"), None);
        assert_eq!(visible(&"\u{200b}".repeat(1 << 20), 64), (String::new(), true));
    }

    #[test]
    fn other_alphabets_become_latin() {
        for (word, expected) in [
            ("Щербаков", "shcherbakov"),
            ("Юрий", "yuriy"),
            ("Łukasz", "lukasz"),
            ("Żółć", "zolc"),
            ("Ağaoğlu", "agaoglu"),
            ("İsrafil", "israfil"),
            ("Nguyễn", "nguyen"),
            ("Đỗ", "do"),
        ] {
            assert_eq!(latin(word), expected);
        }
    }
}
