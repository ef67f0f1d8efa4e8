//! The score of OFAC's own search tool, as its FAQ describes it: names are looked at when a part of each begins with the same letter and is at least half
//! alike by edits; then the whole name is compared by Jaro-Winkler, and each queried part by Jaro-Winkler and Soundex; the higher of the two counts.
//!
//! Source: OFAC FAQ 249 ("How is the Score calculated?"). What it leaves open was read off published pairs of query, listed name and score: spaces do not
//! count in the whole comparison, its common prefix is five letters and its halves go to the even number, a score of parts is rounded up, a queried part
//! that nothing answers counts as zero, and parts of two letters do not count beside longer ones. The bench prints how many of the published scores are equal.
//!
//! Seven of 164 differ. Three lone parts that sound alike score 2 to 3 points higher there (ESCOBAR against ESSABAR, O'BRIEN against OBORON, HUSSEIN against
//! HUSSAINI), and four pairs fit no composite (a Putin's 81 against a Polin, three of an Escobar). Tried in vain: 3,900 kinds of Jaro-Winkler (windows, counts
//! of swapped letters, prefixes of 3 to 8, scales, Winkler's similar letters and long names, SimMetrics) under four roundings and four gates of parts, each
//! crossed with each for the whole name, and 5,500 mixtures with likeness by Soundex (equal, SQL's DIFFERENCE, of the codes).
//!
//! Must not know the other algorithm.

use crate::normal::letters::latin;

/// Parts that sound alike by Soundex count at any likeness; others from this likeness, with the same initial and no great difference in length.
const LIKE: f64 = 0.86;
/// The shorter part's letters over the longer's, at least, for parts that do not sound alike.
const LENGTHS: f64 = 0.6;

/// Score of a queried against a listed name, 0 to 100.
#[must_use]
pub fn score(query: &str, listed: &str) -> u8 {
    let (left, right) = (whole(query), whole(listed));
    if left.is_empty() || right.is_empty() {
        return 0;
    }
    let (asked, given) = (parts(query), parts(listed));
    if !asked.iter().any(|part| given.iter().any(|other| looked_at(part, other))) {
        return 0;
    }
    let by_whole = (jaro_winkler(&left, &right, 5) * 100.0).round_ties_even();
    let by_parts = (mean_of_parts(&asked, &given) * 100.0).ceil();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let percent = by_whole.max(by_parts).min(100.0) as u8;
    percent
}

/// The name as one word: without spaces and most punctuation, but with its hyphens.
fn whole(name: &str) -> String {
    let clipped: String = name.chars().take(300).collect();
    let words = clipped.split(char::is_whitespace).map(|word| word.split('-').map(latin).collect::<Vec<_>>().join("-"));
    words.collect()
}

fn parts(name: &str) -> Vec<String> {
    name.chars()
        .take(300)
        .collect::<String>()
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '.' | '/'))
        .map(latin)
        .filter(|part| !part.is_empty())
        .take(16)
        .collect()
}

/// Whether a queried and a listed part bring two names together: the same first letter, and edits in at most half the letters of the longer.
fn looked_at(part: &str, other: &str) -> bool {
    part.as_bytes()[0] == other.as_bytes()[0] && 2 * edits(part.as_bytes(), other.as_bytes()) <= part.len().max(other.len())
}

/// Letters put in, left out or changed, at least, between two words (Levenshtein).
fn edits(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (place, other) in right.iter().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[place + 1];
            row[place + 1] = changed.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[right.len()]
}

/// Mean over the queried parts of the best listed part; a part that has none counts as 0.
fn mean_of_parts(query: &[String], listed: &[String]) -> f64 {
    let counted: Vec<&String> = query.iter().filter(|part| part.len() > 2).collect();
    let counted = if counted.is_empty() { query.iter().collect() } else { counted };
    let sum: f64 = counted.iter().map(|part| listed.iter().map(|other| part_score(part, other)).fold(0.0, f64::max)).sum();
    #[allow(clippy::cast_precision_loss)]
    let mean = sum / counted.len().max(1) as f64;
    mean
}

fn part_score(part: &str, other: &str) -> f64 {
    let alike = jaro_winkler(part, other, 4);
    #[allow(clippy::cast_precision_loss)]
    let lengths = part.len().min(other.len()) as f64 / part.len().max(other.len()) as f64;
    let near = alike >= LIKE && lengths >= LENGTHS && part.as_bytes()[0] == other.as_bytes()[0];
    if near || soundex(part) == soundex(other) { alike } else { 0.0 }
}

/// Jaro-Winkler similarity of two ASCII texts (prefix scale 0.1, `prefix` letters at most), 0 to 1.
#[must_use]
pub fn jaro_winkler(left: &str, right: &str, prefix: usize) -> f64 {
    let (a, b) = (left.as_bytes(), right.as_bytes());
    if a == b {
        return 1.0;
    }
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; b.len()];
    let mut matched: Vec<u8> = Vec::new();
    for (at, letter) in a.iter().enumerate() {
        let window = at.saturating_sub(reach)..(at + reach + 1).min(b.len());
        if let Some(place) = window.into_iter().find(|place| !taken[*place] && b[*place] == *letter) {
            taken[place] = true;
            matched.push(*letter);
        }
    }
    if matched.is_empty() {
        return 0.0;
    }
    let other: Vec<u8> = b.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(letter, _)| *letter).collect();
    let swaps = matched.iter().zip(&other).filter(|(x, y)| x != y).count();
    #[allow(clippy::cast_precision_loss)]
    let (m, half, la, lb) = (matched.len() as f64, swaps as f64 / 2.0, a.len() as f64, b.len() as f64);
    let jaro = (m / la + m / lb + (m - half) / m) / 3.0;
    let common = a.iter().zip(b).take(prefix).take_while(|(x, y)| x == y).count();
    #[allow(clippy::cast_precision_loss)]
    let bonus = common as f64 * 0.1 * (1.0 - jaro);
    jaro + bonus
}

/// American Soundex of an ASCII word: a letter and three digits. Source: US National Archives, "The Soundex Indexing System".
#[must_use]
pub fn soundex(word: &str) -> String {
    let code = |letter: u8| match letter {
        b'b' | b'f' | b'p' | b'v' => b'1',
        b'c' | b'g' | b'j' | b'k' | b'q' | b's' | b'x' | b'z' => b'2',
        b'd' | b't' => b'3',
        b'l' => b'4',
        b'm' | b'n' => b'5',
        b'r' => b'6',
        _ => b'0',
    };
    let Some(first) = word.bytes().next() else { return String::new() };
    let mut out = vec![first.to_ascii_uppercase()];
    let mut last = code(first);
    for letter in word.bytes().skip(1) {
        let digit = code(letter);
        if digit != b'0' && digit != last {
            out.push(digit);
        }
        // h and w do not part equal codes, vowels do.
        if !matches!(letter, b'h' | b'w') {
            last = digit;
        }
        if out.len() == 4 {
            break;
        }
    }
    out.resize(4, b'0');
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_of_the_parts() {
        // Winkler 1990; US National Archives.
        assert!((jaro_winkler("martha", "marhta", 4) - 0.961_1).abs() < 1e-3);
        assert!((jaro_winkler("dixon", "dicksonx", 4) - 0.813_3).abs() < 1e-3);
        for (word, code) in
            [("washington", "W252"), ("lee", "L000"), ("gutierrez", "G362"), ("pfister", "P236"), ("jackson", "J250"), ("tymczak", "T522")]
        {
            assert_eq!(soundex(word), code, "{word}");
        }
    }

    #[test]
    fn names_without_a_part_in_common_are_not_looked_at() {
        assert_eq!(edits(b"kitten", b"sitting"), 3);
        assert_eq!(score("JANEROE", "JANE ROE"), 100, "jane is half of janeroe");
        assert_eq!(score("ALROE", "AL ROE"), 0, "neither al nor roe is half of alroe");
    }

    #[test]
    fn order_and_middle_names_do_not_matter() {
        assert_eq!(score("JANE ROE", "ROE, Jane"), 100);
        assert_eq!(score("JANE ROE", "ROE, Jane Alice"), 100);
        assert_eq!(score("JANE ROE", "MAKHARADZE, Jane"), 50, "half the name is there");
        assert!(score("JANE ROE", "MAKHARADZE, Zurab") < 75);
    }
}
