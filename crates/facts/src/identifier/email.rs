//! One mailbox, one text: provider rules for sub-addresses and dots.

/// Providers that ignore dots in the local part. Source: Gmail help, "Dots don't matter in Gmail addresses".
const IGNORES_DOTS: &[&str] = &["gmail.com"];
/// Providers whose other domains reach the same mailbox. Source: providers' help pages.
const SAME_AS: &[(&str, &str)] = &[
    ("googlemail.com", "gmail.com"),
    ("ya.ru", "yandex.ru"),
    ("yandex.com", "yandex.ru"),
    ("pm.me", "proton.me"),
    ("protonmail.com", "proton.me"),
    ("protonmail.ch", "proton.me"),
];

/// Lower case, sub-address (`+tag`) cut, dots cut where the provider ignores them. A value without exactly one `@` between
/// two parts is only trimmed and lower-cased.
#[must_use]
pub fn canonical(value: &str) -> String {
    let lower = value.trim().trim_start_matches("mailto:").trim_matches(['<', '>']).to_lowercase();
    let Some((local, domain)) = split(&lower) else { return lower };
    let domain = domain.trim_end_matches('.');
    let domain = SAME_AS.iter().find(|(from, _)| *from == domain).map_or(domain, |(_, to)| to);
    let local = local.split_once('+').map_or(local, |(before, _)| if before.is_empty() { local } else { before });
    let undotted: String = local.chars().filter(|c| *c != '.').collect();
    let local = if IGNORES_DOTS.contains(&domain) && !undotted.is_empty() { undotted.as_str() } else { local };
    format!("{local}@{domain}")
}

/// Domain of an address, lower case.
#[must_use]
pub fn domain(value: &str) -> Option<String> {
    split(&canonical(value)).map(|(_, domain)| domain.to_owned())
}

fn split(value: &str) -> Option<(&str, &str)> {
    let (local, domain) = value.split_once('@')?;
    (!local.is_empty() && !domain.is_empty() && !domain.contains('@')).then_some((local, domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_rules_hold_only_for_their_provider() {
        assert_eq!(canonical(" <Jane.D+x@Gmail.com> "), "janed@gmail.com");
        assert_eq!(canonical("jane.d@example.org"), "jane.d@example.org");
        assert_eq!(canonical("not an address"), "not an address");
        assert_eq!(domain("A@B.Example."), Some("b.example".into()));
    }
}
