//! Labelled identifiers in free text: "Passport A123 (Iraq); SWIFT/BIC ABCD; Digital Currency Address - XBT 1…".
//!
//! Must not know which list the text is from.

use std::sync::LazyLock;

/// Label (lower case) and kind, longest label first.
static LABELS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/list_labels.csv"));
    let mut labels: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).skip(1).filter_map(|line| line.rsplit_once(',')).collect();
    labels.sort_by_key(|(label, _)| std::cmp::Reverse(label.len()));
    labels
});

/// A labelled value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled<'t> {
    /// Kind of identifier.
    pub kind: &'static str,
    /// As printed.
    pub value: &'t str,
    /// Country in brackets behind it.
    pub country: Option<&'t str>,
}

/// Kind of identifier that a label means; `None` when it is not known or no identifier.
#[must_use]
pub fn kind(label: &str) -> Option<&'static str> {
    let lower = label.trim().to_lowercase();
    LABELS
        .iter()
        .find(|(known, _)| lower.starts_with(known) && boundary(&lower, known.len()))
        .map(|(_, kind)| *kind)
        .filter(|kind| *kind != "ignore")
}

/// Whether a label ends where a word ends.
fn boundary(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_none_or(|c| !c.is_alphanumeric())
}

/// Reads one part of a remark (between semicolons).
#[must_use]
pub fn read(part: &str) -> Option<Labelled<'_>> {
    let part = part.trim().trim_end_matches('.').trim();
    let part = part.strip_prefix("alt. ").unwrap_or(part);
    let head = part.get(..part.char_indices().nth(80).map_or(part.len(), |(at, _)| at))?.to_lowercase();
    let (label, kind) = LABELS.iter().find(|(known, _)| head.starts_with(known) && boundary(&head, known.len()))?;
    if *kind == "ignore" {
        return None;
    }
    let rest = part.get(label.len()..)?.trim();
    // "Digital Currency Address - XBT 1…": the asset is dropped, the address names its chain.
    let rest = match *kind {
        "wallet" => rest.trim_start_matches('-').trim().split_once(' ')?.1.trim(),
        _ => rest,
    };
    let (value, country) = match rest.find(" (") {
        Some(at) => (rest[..at].trim(), rest[at + 2..].split(')').next().map(str::trim).filter(|text| !text.is_empty())),
        None => (rest.split(" issued ").next().unwrap_or(rest).split(" expires ").next().unwrap_or(rest).trim(), None),
    };
    (!value.is_empty() && value.len() <= 200).then_some(Labelled { kind, value, country })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_give_up_their_identifiers() {
        for (part, kind, value, country) in [
            ("Passport A0003450 (Angola)", "document_number", "A0003450", Some("Angola")),
            ("alt. Passport M123 (Iran) expires 01 Jan 2020", "document_number", "M123", Some("Iran")),
            ("Tax ID No. 7744001497 (Russia)", "tax_id", "7744001497", Some("Russia")),
            ("SWIFT/BIC GPBBRUMM.", "bic", "GPBBRUMM", None),
            ("Vessel Registration Identification IMO 7406784", "imo", "7406784", None),
            ("Digital Currency Address - XBT 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", None),
            ("Email Address info@example.org", "email", "info@example.org", None),
        ] {
            assert_eq!(read(part), Some(Labelled { kind, value, country }), "{part}");
        }
        for part in ["nationality Iraq", "Gender Male", "POB Moscow", "", "Passport", "Linked To: PASSPORT OFFICE"] {
            assert_eq!(read(part), None, "{part}");
        }
    }
}
