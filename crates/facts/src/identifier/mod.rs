//! Canonical forms of values that can be shared: two spellings of one mailbox, phone, wallet or address become equal.
//!
//! Must not know who shares them or what sharing means. A value that cannot be brought to a canonical form keeps its
//! trimmed, lower-cased text: it still matches itself.

pub mod address;
pub mod email;
pub mod phone;
pub mod wallet;

/// The canonical form of an identifier of a table's `kind` word. `None` when the value is empty or a filler ("n/a", "0",
/// "unknown"): fillers are shared by everybody and say nothing.
#[must_use]
pub fn canonical(kind: &str, value: &str) -> Option<String> {
    let mut form = value.trim().to_owned();
    // Each step only removes or folds, so this ends; twice over catches what one cut lays bare ("a ?" -> "a " -> "a").
    for _ in 0..8 {
        if is_filler(&form) {
            return None;
        }
        let next = step(kind, form.trim());
        if next == form {
            break;
        }
        form = next;
    }
    (!is_filler(&form)).then_some(form)
}

fn step(kind: &str, value: &str) -> String {
    match kind {
        "email" => email::canonical(value),
        "phone" => phone::canonical(value),
        "wallet" => wallet::canonical(value),
        "address" => address::canonical(value),
        "bank_account" | "document_number" | "tax_id" => compact(&value.to_uppercase()),
        "website" => website(value),
        "github" | "linkedin" | "telegram" => handle(value),
        "ssh_key" => ssh_key(value),
        _ => value.to_lowercase(),
    }
}

/// Words that stand for "nothing" in real exports.
const FILLERS: &[&str] =
    &["na", "none", "null", "nil", "unknown", "unspecified", "tbd", "test", "notapplicable", "notprovided", "nan", "undefined", "redacted"];

/// Longer than any filler that is a word, bytes.
const WORD: usize = 16;

/// Whether a value stands for "nothing", whatever its case and punctuation: no letter or digit, one sign only, zeros, or a word like "n/a".
#[must_use]
pub fn is_filler(value: &str) -> bool {
    let mut word = [0_u8; WORD];
    let (mut len, mut first, mut alike) = (0, None, true);
    for c in value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
        alike &= *first.get_or_insert(c) == c;
        let end = len + c.len_utf8();
        if end <= WORD {
            c.encode_utf8(&mut word[len..end]);
        } else if !alike {
            return false;
        }
        len = end;
    }
    match first {
        None => true,
        Some(c) if alike && (c == '0' || c == 'x' || len == 1) => true,
        _ => word.get(..len).is_some_and(|word| FILLERS.iter().any(|filler| filler.as_bytes() == word)),
    }
}

fn compact(value: &str) -> String {
    value.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn website(value: &str) -> String {
    let lower = value.to_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    rest.split(['?', '#']).next().unwrap_or(rest).trim_end_matches('/').to_owned()
}

fn handle(value: &str) -> String {
    let path = website(value);
    path.rsplit('/').next().unwrap_or(&path).trim_start_matches('@').to_owned()
}

/// Key type and key of an SSH public key; the comment behind them is free text.
fn ssh_key(value: &str) -> String {
    value.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KINDS: [&str; 12] = [
        "email",
        "phone",
        "wallet",
        "address",
        "bank_account",
        "document_number",
        "tax_id",
        "website",
        "github",
        "ssh_key",
        "device",
        "telegram",
    ];

    #[test]
    fn spellings_of_one_value_become_equal() {
        for (kind, left, right) in [
            ("email", "Jane.Doe+work@GMail.com", "janedoe@googlemail.com"),
            ("phone", "+1 (415) 555-0132", "0014155550132"),
            ("bank_account", "DE89 3704 0044 0532 0130 00", "de89370400440532013000"),
            ("website", "https://www.Example.org/me/", "example.org/me"),
            ("github", "https://github.com/Some-One", "@some-one"),
            ("address", "12 Main St., Apt #4, Springfield", "12 main street apartment 4 Springfield"),
            ("wallet", "0x52908400098527886E0F7030069857D2E4169EE7", "0x52908400098527886e0f7030069857d2e4169ee7"),
        ] {
            assert_eq!(canonical(kind, left), canonical(kind, right), "{kind}: {left} / {right}");
            assert!(canonical(kind, left).is_some(), "{kind}: {left}");
        }
    }

    #[test]
    fn fillers_are_nobodys_value() {
        for value in ["", "  ", "n/a", "N.A.", "0", "000-000", "-", "unknown", "NULL", "xxxx"] {
            assert_eq!(canonical("tax_id", value), None, "{value}");
        }
        assert!(canonical("document_number", "A1").is_some());
    }

    proptest! {
        #[test]
        fn canonical_twice_is_canonical_once(kind in proptest::sample::select(KINDS.to_vec()), value in "\\PC{0,40}") {
            if let Some(once) = canonical(kind, &value) {
                prop_assert_eq!(canonical(kind, &once), Some(once));
            }
        }
    }
}
