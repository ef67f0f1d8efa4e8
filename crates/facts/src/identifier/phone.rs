//! One phone, one text. Only the form: whether a number can exist is for `resolve`, which has the numbering plans.

/// `+` and digits for a number written internationally (`+` or `00`), digits alone otherwise. Extension cut.
#[must_use]
pub fn canonical(value: &str) -> String {
    let lower = value.trim().to_lowercase();
    let body = lower.strip_prefix("tel:").unwrap_or(&lower);
    let body = ["ext", "x", ";", "#"].iter().filter_map(|mark| body.find(mark)).min().map_or(body, |cut| &body[..cut]);
    let international = body.trim_start().starts_with('+');
    let body = body.replace("(0)", "");
    let digits: String = body.chars().filter_map(|c| c.to_digit(10)).filter_map(|digit| char::from_digit(digit, 10)).collect();
    match digits.strip_prefix("00") {
        _ if digits.is_empty() => lower,
        _ if international => format!("+{digits}"),
        Some(rest) if !rest.is_empty() => format!("+{rest}"),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_changes() {
        for (written, form) in [
            ("+49 (0)30 901820", "+4930901820"),
            ("(415) 555-0132 ext. 7", "4155550132"),
            ("tel:+1-415-555-0132", "+14155550132"),
            ("+1 415 555 0132 #7", "+14155550132"),
            ("call me", "call me"),
        ] {
            assert_eq!(canonical(written), form);
        }
    }
}
