//! Two values of one kind of fact: names, days of birth, addresses, phones, mailboxes, documents. A score each; no weights.
//!
//! Must not know what a likeness is worth.

use bonafide_facts::identifier::{address, email, phone};

/// A day of birth as far as it is told: year (four digits, or two), month, day.
pub type Day = (u32, u32, u32);

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Every way to read a date; first the one in the order written in the United States, when the text does not tell. Empty when it is no date.
#[must_use]
pub fn days(text: &str) -> Vec<Day> {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let [a, b, c] = parts.as_slice() else { return Vec::new() };
    let named = |part: &str| MONTHS.iter().position(|name| part.starts_with(name)).and_then(|at| u32::try_from(at + 1).ok());
    let number = |part: &str| part.parse::<u32>().ok();
    let read = match (named(a), named(b), a.len()) {
        (Some(month), _, _) => vec![(number(c), Some(month), number(b))],
        (_, Some(month), _) => vec![(number(c), Some(month), number(a))],
        (_, _, 4) => vec![(number(a), number(b), number(c))],
        _ => vec![(number(c), number(a), number(b)), (number(c), number(b), number(a))],
    };
    let mut days: Vec<Day> = read.into_iter().filter_map(|(year, month, day)| Some((year?, month?, day?))).collect();
    days.retain(|(_, month, day)| (1..=12).contains(month) && (1..=31).contains(day));
    days.dedup();
    days
}

/// How two dates agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayAgreement {
    /// No two parts.
    Other,
    /// Two of three parts.
    Slip,
    /// When day and month are exchanged.
    Turned,
    /// The same.
    Same,
}

/// Compares two dates in all their readings.
#[must_use]
pub fn dates(left: &[Day], right: &[Day]) -> Option<DayAgreement> {
    let year = |a: u32, b: u32| a == b || ((a < 100 || b < 100) && a % 100 == b % 100);
    let one = |(at, a): (usize, &Day), (with, b): (usize, &Day)| {
        let (y, m, d) = (year(a.0, b.0), a.1 == b.1, a.2 == b.2);
        match (y && m && d, u8::from(y) + u8::from(m) + u8::from(d)) {
            // Two ambiguous dates written alike agree in their first readings.
            (true, _) if at == with || left.len() == 1 || right.len() == 1 => DayAgreement::Same,
            (true, _) => DayAgreement::Turned,
            (_, 2) => DayAgreement::Slip,
            _ if y && a.1 == b.2 && a.2 == b.1 => DayAgreement::Turned,
            _ => DayAgreement::Other,
        }
    };
    left.iter().enumerate().flat_map(|a| right.iter().enumerate().map(move |b| one(a, b))).max()
}

/// Words of an address, abbreviations written out, in order and each once.
#[must_use]
pub fn address_words(text: &str) -> Vec<String> {
    let plain = any_ascii::any_ascii(text).to_lowercase().replace("strasse", " street").replace("p.o.", "po");
    let mut words: Vec<String> =
        address::canonical(&plain).split(' ').filter(|word| !word.is_empty() && *word != "number").map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// How alike two addresses are, 0 to 1: words in common of the shorter one. Without a number in common (house, box, postcode), or with house
/// numbers only on one side, at most half.
#[must_use]
pub fn addresses(left: &[String], right: &[String]) -> f64 {
    let weight = |word: &str| if word.bytes().any(|byte| byte.is_ascii_digit()) { 1.5 } else { 1.0 };
    let alike = |a: &str, b: &str| a == b || (a.len() > 4 && b.len() > 4 && crate::link::person::within(a.as_bytes(), b.as_bytes(), 1));
    let all = |words: &[String]| words.iter().map(|word| weight(word)).sum::<f64>();
    let shared: Vec<&String> = left.iter().filter(|a| right.iter().any(|b| alike(a, b))).collect();
    let common: f64 = shared.iter().map(|word| weight(word)).sum();
    let share = common / all(left).min(all(right)).max(1.0);
    let numbers = shared.iter().filter(|word| word.bytes().any(|byte| byte.is_ascii_digit())).count();
    if numbers == 0 { share.min(0.4) } else { share }
}

/// Digits of a phone, its country's prefix and zeros in front gone as far as they show.
#[must_use]
pub fn phone_digits(text: &str) -> String {
    phone::canonical(text).trim_start_matches(['+', '0']).to_owned()
}

/// Whether two phones end alike: `Some(true)` in ten digits or all of them, `Some(false)` in at least seven with one side shorter.
#[must_use]
pub fn phones(left: &str, right: &str) -> Option<bool> {
    let same = left.bytes().rev().zip(right.bytes().rev()).take_while(|(a, b)| a == b).count();
    let short = left.len().min(right.len());
    // Zeros written before the area (national form) stand between country and area.
    (same >= 7 && same + 1 >= short).then_some(same >= 9)
}

/// The mailbox of "Name <box@domain>" or a plain address; empty when there is none.
#[must_use]
pub fn mailbox(text: &str) -> String {
    let inner = text.rsplit_once('<').map_or(text, |(_, rest)| rest.split('>').next().unwrap_or(rest));
    let found = email::canonical(inner);
    if found.contains('@') { found } else { String::new() }
}

/// A generation written behind a name (junior, senior, second…), by number.
#[must_use]
pub fn generation(name: &str) -> Option<u8> {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // A lone letter is an initial, not a numeral, unless it ends the name.
    let numeral = |at: usize| match words[at] {
        "sr" | "senior" => Some(0),
        "jr" | "junior" => Some(10),
        "i" if at + 1 == words.len() || at > 0 => Some(1),
        "ii" => Some(2),
        "iii" => Some(3),
        _ => None,
    };
    (1..words.len()).find_map(numeral)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        for (left, right, agreement) in [
            ("12/11/1978", "12/11/78", DayAgreement::Same),
            ("12/11/1978", "11/12/1978", DayAgreement::Turned),
            ("20/8/1991", "8/20/91", DayAgreement::Same),
            ("Mar 1 1970", "3/1/70", DayAgreement::Same),
            ("24-May-11", "5/24/2011", DayAgreement::Same),
            ("10/27/76", "10/28/76", DayAgreement::Slip),
            ("1997-11-12", "1999-12-10", DayAgreement::Other),
        ] {
            assert_eq!(dates(&days(left), &days(right)), Some(agreement), "{left} {right}");
        }
        assert_eq!(days("unknown"), []);
        assert_eq!(days("13/13/2000"), []);
    }

    #[test]
    fn addresses_phones_and_mailboxes_meet_across_spellings() {
        let alike = |a: &str, b: &str| addresses(&address_words(a), &address_words(b));
        assert!(alike("1515 Adela Lane Las Vegas NV 89111", "1515 Adela Ln Las Vegas NV 89132") > 0.7);
        assert!(alike("12 Oak Street, Springfield", "99 Oak Street, Springfield") < 0.45);
        assert_eq!(phones(&phone_digits("+39 0352 6553537"), &phone_digits("0352 6553537")), Some(true));
        assert_eq!(phones(&phone_digits("221-2412"), &phone_digits("702-221-2412")), Some(false));
        assert_eq!(phones(&phone_digits("702-221-2412"), &phone_digits("702-919-1300")), None);
        assert_eq!(mailbox("Jane Roe<Jane@Mail.test>"), "jane@mail.test");
        assert_eq!((generation("John Smith Jr"), generation("Smith Sr, Robert"), generation("Ann Lee")), (Some(10), Some(0), None));
    }
}
