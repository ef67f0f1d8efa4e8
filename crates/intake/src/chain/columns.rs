//! Headers as they are compared: lower case, one underscore for whatever stands between words.
//!
//! Must not know what a header means.

/// `Value_IN(ETH)` is `value_in_eth`, `DateTime (UTC)` is `datetime_utc`, `blockNumber` is `blocknumber`.
pub(super) fn folded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.trim().trim_start_matches('\u{feff}').chars() {
        if letter.is_alphanumeric() {
            out.extend(letter.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.trim_end_matches('_').to_owned()
}

/// The place of the first of these headers that a file has.
pub(super) fn place(names: &[String], wanted: &[&str]) -> Option<usize> {
    wanted.iter().find_map(|one| names.iter().position(|name| name == one))
}
