//! Lines and doors that belong to many: what `ip_ranges` and `places` say of them. A value that lies there joins nobody, however few
//! of the organisation's own people are seen behind it.
//!
//! Must not know who uses a line or a door.

use super::settings::Settings;
use crate::documents::read::text;
use bonafide_facts::Tables;
use bonafide_facts::identifier::canonical;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What is known to be public.
#[derive(Debug, Clone, Default)]
pub struct Public {
    /// Where a segment of addresses begins and whether it is public; a segment ends where the next begins.
    segments: Vec<(u128, bool)>,
    doors: FxHashSet<String>,
}

impl Public {
    /// Reads `ip_ranges` and `places`. Of ranges that cover an address the narrowest that tells its kind counts.
    #[must_use]
    pub fn read(tables: &Tables, settings: &Settings) -> Self {
        let mut ranges: Vec<(u128, u128, bool)> = Vec::new();
        for batch in tables.get("ip_ranges").into_iter().flat_map(|data| &data.batches) {
            let columns = ["cidr", "first", "last", "kind"].map(|name| batch.column_by_name(name));
            for row in 0..batch.num_rows() {
                let [cidr, first, last, kind] = columns.map(|column| text(column, row));
                let ends = prefix(cidr).or_else(|| Some((number(first)?, number(last)?))).filter(|(first, last)| first <= last);
                if let (Some((first, last)), false) = (ends, kind.is_empty()) {
                    ranges.push((first, last, settings.public_networks.iter().any(|word| word == kind)));
                }
            }
        }
        let mut doors = FxHashSet::default();
        for batch in tables.get("places").into_iter().flat_map(|data| &data.batches) {
            let columns = ["address", "kind"].map(|name| batch.column_by_name(name));
            for row in 0..batch.num_rows() {
                let [address, kind] = columns.map(|column| text(column, row));
                if settings.public_places.iter().any(|word| word == kind) {
                    doors.extend(canonical("address", address));
                }
            }
        }
        Self { segments: segments(&ranges), doors }
    }

    /// Whether an address lies in a public network.
    #[must_use]
    pub fn line(&self, ip: &str) -> bool {
        let Some(at) = number(ip).filter(|_| !self.segments.is_empty()) else { return false };
        let next = self.segments.partition_point(|(start, _)| *start <= at);
        next.checked_sub(1).is_some_and(|segment| self.segments[segment].1)
    }

    /// Whether a canonical address is one that receives for many.
    #[must_use]
    pub fn door(&self, address: &str) -> bool {
        self.doors.contains(address)
    }
}

/// Ranges cut where one begins or ends; each piece is as its narrowest range says (ties: the later row).
fn segments(ranges: &[(u128, u128, bool)]) -> Vec<(u128, bool)> {
    let mut ends: Vec<(u128, bool, usize)> = Vec::new();
    for (at, (first, last, _)) in ranges.iter().enumerate() {
        ends.push((*first, true, at));
        if let Some(after) = last.checked_add(1) {
            ends.push((after, false, at));
        }
    }
    ends.sort_unstable();
    let mut open: BTreeSet<(u128, std::cmp::Reverse<usize>)> = BTreeSet::new();
    let mut out: Vec<(u128, bool)> = Vec::new();
    for same in ends.chunk_by(|a, b| a.0 == b.0) {
        for (_, begins, at) in same {
            let key = (ranges[*at].1 - ranges[*at].0, std::cmp::Reverse(*at));
            if *begins {
                open.insert(key);
            } else {
                open.remove(&key);
            }
        }
        out.push((same[0].0, open.first().is_some_and(|(_, at)| ranges[at.0].2)));
    }
    out
}

fn number(ip: &str) -> Option<u128> {
    Some(match ip.trim().parse::<IpAddr>().ok()? {
        IpAddr::V4(ip) => u128::from(ip.to_ipv6_mapped()),
        IpAddr::V6(ip) => u128::from(ip),
    })
}

fn prefix(cidr: &str) -> Option<(u128, u128)> {
    let (ip, bits) = cidr.trim().split_once('/')?;
    let (at, bits) = (number(ip)?, bits.parse::<u32>().ok()?);
    let bits = if ip.contains(':') { bits } else { bits.checked_add(96)? };
    let host = 128_u32.checked_sub(bits)?;
    let mask = if host == 128 { u128::MAX } else { (1 << host) - 1 };
    Some((at & !mask, at | mask))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_range_that_tells_its_kind_counts() {
        let range = |cidr: &str, public| {
            let (first, last) = prefix(cidr).unwrap();
            (first, last, public)
        };
        let public = Public {
            segments: segments(&[range("198.51.0.0/16", true), range("198.51.100.0/24", false), range("2001:db8::/32", true)]),
            doors: FxHashSet::default(),
        };
        for (ip, expected) in [
            ("198.51.0.1", true),
            ("198.51.99.255", true),
            ("198.51.100.0", false),
            ("198.51.100.255", false),
            ("198.51.101.0", true),
            ("198.52.0.0", false),
            ("2001:db8:1::5", true),
            ("2001:db9::", false),
            ("no address", false),
        ] {
            assert_eq!(public.line(ip), expected, "{ip}");
        }
        assert!(prefix("0.0.0.0/0").is_some() && prefix("::/0") == Some((0, u128::MAX)) && prefix("1.2.3.4/33").is_none());
    }
}
