//! The score of OFAC's own search tool, as its FAQ describes it: the whole name by Jaro-Winkler, and each queried part by Jaro-Winkler and Soundex; the
//! higher of the two counts.
//!
//! Source: OFAC FAQ 249 ("How is the Score calculated?"). What it leaves open was read off published pairs of query, listed name and score: spaces do not
//! count in the whole comparison, its common prefix is five letters and its halves go to the even number, a score of parts is rounded up, a queried part
//! that nothing answers counts as zero, and parts of two letters do not count beside longer ones. The bench prints how many of the published scores are equal.
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
    let by_whole = (jaro_winkler(&left, &right, 5) * 100.0).round_ties_even();
    let by_parts = (mean_of_parts(&parts(query), &parts(listed)) * 100.0).ceil();
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
    fn order_and_middle_names_do_not_matter() {
        assert_eq!(score("JANE ROE", "ROE, Jane"), 100);
        assert_eq!(score("JANE ROE", "ROE, Jane Alice"), 100);
        assert_eq!(score("JANE ROE", "MAKHARADZE, Jane"), 50, "half the name is there");
        assert!(score("JANE ROE", "MAKHARADZE, Zurab") < 75);
    }
}
