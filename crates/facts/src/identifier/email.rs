//! One mailbox, one text: provider rules for sub-addresses, further domains and characters that do not count.

use std::sync::LazyLock;

/// What is known of a provider.
struct Provider {
    domain: &'static str,
    /// The provider's first domain, whose mailboxes these are.
    means: &'static str,
    /// Characters of the local part that it ignores.
    ignored: &'static str,
}

/// The rules of providers, wordlists/mail_providers.csv: one a line, with its source.
static PROVIDERS: LazyLock<Vec<Provider>> = LazyLock::new(|| {
    let rows = include_str!("../../../../wordlists/mail_providers.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|line| {
        let mut cells = line.split(',');
        Some(Provider { domain: cells.next()?, means: cells.next()?, ignored: cells.next()? })
    })
    .collect()
});

/// Lower case, sub-address (`+tag`) cut, and what the provider's own rules say: domains of one mailbox, characters it ignores. A value
/// without exactly one `@` between two parts is only trimmed and lower-cased.
#[must_use]
pub fn canonical(value: &str) -> String {
    let lower = value.trim().trim_start_matches("mailto:").trim_matches(['<', '>']).to_lowercase();
    let Some((local, domain)) = split(&lower) else { return lower };
    let domain = domain.trim_end_matches('.');
    let provider = PROVIDERS.iter().find(|provider| provider.domain == domain);
    let local = local.split_once('+').map_or(local, |(before, _)| if before.is_empty() { local } else { before });
    let kept: String = local.chars().filter(|c| !provider.is_some_and(|provider| provider.ignored.contains(*c))).collect();
    let local = if kept.is_empty() { local } else { kept.as_str() };
    format!("{local}@{}", provider.map_or(domain, |provider| provider.means))
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
    fn every_provider_has_its_source_and_leads_to_one_mailbox() {
        for line in include_str!("../../../../wordlists/mail_providers.csv").lines().filter(|line| !line.starts_with('#')) {
            assert!(line.split(',').count() >= 4 && !line.ends_with(','), "{line}");
        }
        for provider in PROVIDERS.iter() {
            let of = PROVIDERS.iter().find(|other| other.domain == provider.means).expect(provider.domain);
            assert!(of.means == of.domain && of.ignored == provider.ignored, "{}", provider.domain);
        }
    }

    #[test]
    fn provider_rules_hold_only_for_their_provider() {
        assert_eq!(canonical(" <Jane.D+x@Gmail.com> "), "janed@gmail.com");
        assert_eq!(canonical("jane.d@example.org"), "jane.d@example.org");
        assert_eq!(canonical("Jane_D.x@ProtonMail.com"), "janedx@proton.me");
        assert_eq!(canonical("jane.d@me.com"), "jane.d@icloud.com");
        assert_eq!(canonical("...@gmail.com"), "...@gmail.com", "nothing would be left");
        assert_eq!(canonical("not an address"), "not an address");
        assert_eq!(domain("A@B.Example."), Some("b.example".into()));
    }
}
