//! Numbers, booleans, zones, addresses and lists as people and products write them.
//!
//! Must not know columns; a value that can be read in two ways is refused, not guessed.

use super::Bad;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

/// Words that stand for "nothing" in a typed cell. (Text keeps them: a name may be Null.)
pub(crate) fn is_nothing(text: &str) -> bool {
    text.len() <= 9
        && (text.is_empty()
            || ["-", "--", "n/a", "na", "nan", "nil", "null", "none", "(null)", "(none)", "unknown", "undefined", "\\n"]
                .iter()
                .any(|word| text.eq_ignore_ascii_case(word)))
}

/// A whole number; `1,234` and `12.0` are read, `1.5` is refused.
pub(crate) fn integer(text: &str) -> Result<i64, Bad> {
    let bad = || Bad::new("bad-number", text, "is no whole number", "write digits only, such as 1234");
    if let Ok(value) = text.parse() {
        return Ok(value);
    }
    let plain = text.strip_suffix(".0").unwrap_or(text);
    ungrouped(plain).and_then(|digits| digits.parse().ok()).ok_or_else(bad)
}

/// A decimal number with a point; `1,234.5` is read, `1,5` is refused.
pub(crate) fn number(text: &str) -> Result<f64, Bad> {
    let bad = || Bad::new("bad-number", text, "is no number", "write it with a decimal point and no unit, such as 12.5");
    let value: Option<f64> = text.parse().ok().or_else(|| {
        let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
        ungrouped(whole).and_then(|digits| format!("{digits}{rest}").parse().ok())
    });
    value.filter(|value| value.is_finite()).ok_or_else(bad)
}

/// Digits of a whole number with thousands separated by `,`, blank, `'` or `_` in groups of three.
pub(crate) fn ungrouped(text: &str) -> Option<String> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.strip_prefix('+').unwrap_or(text)), |rest| ("-", rest));
    let mut groups = digits.split([',', ' ', '\'', '_', '\u{a0}', '\u{202f}', '’']);
    let first = groups.next()?;
    let mut out = format!("{sign}{first}");
    let mut several = false;
    for group in groups {
        several = true;
        if group.len() != 3 {
            return None;
        }
        out.push_str(group);
    }
    let whole = out.trim_start_matches('-');
    let grouped = !several || (1..=3).contains(&first.len());
    (grouped && !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit())).then_some(out)
}

/// true or false in common words.
pub(crate) fn boolean(text: &str) -> Result<bool, Bad> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "t", "yes", "y", "1", "on", "x", "✓", "✔"]) {
        return Ok(true);
    }
    if is(&["false", "f", "no", "n", "0", "off", "✗", "✘"]) {
        return Ok(false);
    }
    Err(Bad::new("bad-boolean", text, "is neither true nor false", "write true or false"))
}

static ZONES: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| chrono_tz::TZ_VARIANTS.iter().map(|zone| (zone.name().to_ascii_lowercase(), zone.name())).collect());

/// An IANA zone name in any case (`_` or blank between words), or a whole-hour offset (`UTC+9`) as its `Etc` zone.
pub(crate) fn zone(text: &str) -> Result<String, Bad> {
    let folded = text.to_ascii_lowercase().replace(' ', "_");
    if let Some(name) = ZONES.get(&folded) {
        return Ok((*name).to_owned());
    }
    offset_zone(&folded).ok_or_else(|| {
        Bad::new("bad-zone", text, "is no time zone", "write an IANA name such as Europe/Berlin, or a whole-hour offset such as UTC+9")
    })
}

/// `utc+9`, `gmt-05:00` and the like; IANA's `Etc/GMT` names have the opposite sign.
fn offset_zone(folded: &str) -> Option<String> {
    let rest = folded.strip_prefix("utc").or_else(|| folded.strip_prefix("gmt")).unwrap_or(folded);
    let sign = if rest.starts_with('+') {
        '-'
    } else if rest.starts_with(['-', '−']) {
        '+'
    } else {
        return None;
    };
    let digits = rest.trim_start_matches(['+', '-', '−']);
    let hours = digits.strip_suffix(":00").unwrap_or(digits);
    let hours = if hours.len() == 4 { hours.strip_suffix("00")? } else { hours };
    let hours: u8 = hours.parse().ok()?;
    if hours == 0 {
        return Some("Etc/UTC".to_owned());
    }
    ZONES.get(&format!("etc/gmt{sign}{hours}")).map(|name| (*name).to_owned())
}

/// Whether the text is an IPv4 address exactly as this crate prints it.
pub(crate) fn is_canonical_v4(text: &str) -> bool {
    text.len() <= 15 && text.parse::<Ipv4Addr>().is_ok()
}

/// An address in canonical text; brackets, a port (`1.2.3.4:443`, `[::1]:22`), a zone id and an IPv4 mapped into IPv6 are taken off.
pub(crate) fn ip(text: &str) -> Result<String, Bad> {
    let bad = || Bad::new("bad-ip", text, "is no IP address", "write one IPv4 or IPv6 address");
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(address, _)| address);
    let with_port = || text.rsplit_once(':').filter(|(address, port)| !address.contains(':') && port.parse::<u16>().is_ok());
    let address = bracketed.unwrap_or_else(|| with_port().map_or(text, |(address, _)| address));
    let address = address.split('%').next().unwrap_or(address);
    address.parse::<IpAddr>().map(|address| address.to_canonical().to_string()).map_err(|_| bad())
}

/// Items trimmed, empty ones dropped, `|` between. `loose`: `,` `;` and blanks separate too.
pub(crate) fn list(text: &str, loose: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let text = text.trim_matches(['[', ']', '{', '}']);
    for item in text.split(|c: char| c == '|' || (loose && matches!(c, ',' | ';' | ' '))) {
        let item = item.trim();
        if !item.is_empty() {
            let _ = write!(out, "{}{item}", if out.is_empty() { "" } else { "|" });
        }
    }
    out
}
