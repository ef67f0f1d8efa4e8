//! The score of OFAC's own search tool, as its FAQ describes it: Jaro-Winkler on the whole name and on its parts, parts that sound alike by Soundex.
//!
//! Source: OFAC FAQ 5 and Sanctions List Search release notes ("How is the Score calculated?"). The tool's exact combination is not published; the
//! distance of this one from 170 published pairs is printed by the bench. Must not know the other algorithm.

use crate::normal::letters::latin;

/// Score of a queried against a listed name, 0 to 100.
#[must_use]
pub fn score(query: &str, listed: &str) -> u8 {
    let (query, listed) = (parts(query), parts(listed));
    if query.is_empty() || listed.is_empty() {
        return 0;
    }
    let whole = jaro_winkler(&query.join(" "), &listed.join(" "));
    let rotated = jaro_winkler(&query.join(" "), &rotate(&listed).join(" "));
    let by_parts = mean_of_parts(&query, &listed);
    let best = whole.max(rotated).max(by_parts);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let percent = (best * 100.0).round() as u8;
    percent
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

fn rotate(parts: &[String]) -> Vec<String> {
    parts.iter().skip(1).chain(parts.first()).cloned().collect()
}

/// Mean over the queried parts of the best listed part; parts of one or two letters do not count beside longer ones.
fn mean_of_parts(query: &[String], listed: &[String]) -> f64 {
    let counted: Vec<&String> = query.iter().filter(|part| part.len() > 2).collect();
    let counted = if counted.is_empty() { query.iter().collect() } else { counted };
    let best = |part: &String| -> f64 {
        let each = listed.iter().map(|other| {
            let alike = jaro_winkler(part, other);
            // Parts that neither sound alike nor nearly coincide do not count as the same part.
            if soundex(part) == soundex(other) || alike >= 0.9 { alike } else { alike * 0.75 }
        });
        each.fold(0.0, f64::max)
    };
    let sum: f64 = counted.iter().map(|part| best(part)).sum();
    #[allow(clippy::cast_precision_loss)]
    let mean = sum / counted.len() as f64;
    mean
}

/// Jaro-Winkler similarity of two ASCII texts (prefix scale 0.1, four letters), 0 to 1.
#[must_use]
pub fn jaro_winkler(left: &str, right: &str) -> f64 {
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
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    #[allow(clippy::cast_precision_loss)]
    let bonus = prefix as f64 * 0.1 * (1.0 - jaro);
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
        assert!((jaro_winkler("martha", "marhta") - 0.961_1).abs() < 1e-3);
        assert!((jaro_winkler("dixon", "dicksonx") - 0.813_3).abs() < 1e-3);
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
        assert!(score("JANE ROE", "MAKHARADZE, Zurab") < 75);
    }
}
