//! The canonical form of a value of each kind, or that it says nothing.
//!
//! Must not know who uses it, nor what sharing it means.

use super::settings::Settings;
use bonafide_facts::identifier::{canonical, is_filler};

/// The number of the kind and the canonical value; `None` for kinds nobody declared, fillers and values of offices.
pub fn value_of(kind_word: &str, written: &str, settings: &Settings) -> Option<(u8, String)> {
    let kind = settings.kind(kind_word)?;
    let form = match kind_word {
        "ship_to" => "address",
        "payer" | "pays_to" | "payment_account" => "bank_account",
        other => other,
    };
    let value = match kind_word {
        "handle" => stem(written)?,
        "handle_letters" => letters(stem(written)?)?,
        "machine_name" => machine(written, settings)?,
        _ => canonical(form, written)?,
    };
    let value = match kind_word {
        "email" => mailbox(value, settings)?,
        "sign_in_ip" => near(&value)?,
        "phone" if value.len() < 7 => return None,
        _ => value,
    };
    (value.len() >= 3).then_some((kind, value))
}

fn mailbox(value: String, settings: &Settings) -> Option<String> {
    let (local, domain) = value.split_once('@')?;
    let office = settings.ignored_mailboxes.iter().any(|word| word == local);
    let nobody = settings.ignored_mail_domains.iter().any(|word| word == domain) || !domain.contains('.');
    (!office && !nobody).then_some(value)
}

/// `user@machine` of a commit e-mail whose domain is no domain of the internet.
fn machine(value: &str, settings: &Settings) -> Option<String> {
    let value = value.trim().to_lowercase();
    let (user, host) = value.split_once('@').unwrap_or(("", &value));
    let local = !host.contains('.')
        || [".local", ".lan", ".localdomain", ".home", ".internal"].iter().any(|end| host.ends_with(end))
        || host.ends_with("(none)");
    let known = settings.ignored_machines.iter().any(|word| word == host) || is_filler(host);
    (local && !known && host.len() >= 4).then(|| format!("{user}@{host}"))
}

/// The address itself, or the /64 of an IPv6 address (one household or office); private ranges say nothing.
pub fn near(value: &str) -> Option<String> {
    match value.parse::<std::net::IpAddr>().ok()? {
        std::net::IpAddr::V4(ip) => {
            let private = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified();
            (!private).then(|| ip.to_string())
        }
        std::net::IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            (a & 0xe000 == 0x2000).then(|| format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
        }
    }
}

/// A handle with leet undone, and digits and punctuation at its ends gone; at least six letters, or it says nothing.
fn stem(value: &str) -> Option<String> {
    let handle = canonical("github", value)?;
    let trimmed = handle.trim_matches(|c: char| !c.is_alphabetic());
    let stem: String = trimmed
        .chars()
        .filter_map(|c| match c {
            '0' => Some('o'),
            '1' => Some('l'),
            '3' => Some('e'),
            '4' => Some('a'),
            '5' => Some('s'),
            '7' => Some('t'),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .collect();
    (stem.chars().filter(|c| c.is_alphabetic()).count() >= 6).then_some(stem)
}

/// The letters of a stem in order: handles with two letters exchanged meet; shorter ones meet by chance too.
fn letters(stem: String) -> Option<String> {
    let mut letters: Vec<char> = stem.chars().collect();
    letters.sort_unstable();
    (letters.len() >= 9).then(|| letters.into_iter().collect())
}
