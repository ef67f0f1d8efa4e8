//! Countries as ISO 3166-1 alpha-2, from alpha-2, alpha-3 and English names.
//!
//! Must not know why a country is asked for. The names lie in `wordlists/countries.csv`.

use super::Bad;
use std::collections::HashMap;
use std::sync::LazyLock;

const WORDLIST: &str = include_str!("../../../../wordlists/countries.csv");

/// Folded name, alpha-2 or alpha-3 -> alpha-2.
static NAMES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for line in WORDLIST.lines().skip_while(|line| line.starts_with('#')).skip(1) {
        let mut cells = line.splitn(4, ',');
        let (Some(alpha_2), Some(alpha_3), Some(all)) = (cells.next(), cells.next(), cells.next()) else { continue };
        for name in [alpha_2, alpha_3].into_iter().chain(all.split('|')) {
            names.entry(folded(name)).or_insert(alpha_2);
        }
    }
    names
});

/// The code, upper case.
pub(crate) fn alpha_2(text: &str) -> Result<&'static str, Bad> {
    NAMES.get(&folded(text)).copied().ok_or_else(|| {
        Bad::new("bad-country", text, "is no country known by ISO 3166-1", "write the two letters of ISO 3166-1, such as DE")
    })
}

/// Lower case letters only, without `the`: `The Netherlands` and `netherlands` are one.
fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    let lower = lower.strip_prefix("the ").unwrap_or(&lower);
    lower.replace('&', "and").chars().filter(|c| c.is_alphabetic()).collect()
}
