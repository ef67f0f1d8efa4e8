//! Which known range an address lies in: the most specific one that says what is asked.
//!
//! Must not know what a kind of network means.

use crate::context::text;
use datafusion::arrow::array::{Array as _, AsArray as _, RecordBatch};
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What is known of one range.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Range {
    /// hosting, vpn, residential…
    pub kind: Option<String>,
    /// Name of the service.
    pub service: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Autonomous system number.
    pub asn: Option<i64>,
    /// Until when it holds, microseconds.
    pub valid_to: Option<i64>,
}

/// Address ranges cut into segments, each with the ranges that cover it, narrowest first.
#[derive(Debug, Default)]
pub struct IpIndex {
    ranges: Vec<Range>,
    starts: Vec<u128>,
    covers: Vec<Box<[u32]>>,
}

impl IpIndex {
    /// Reads `ip_ranges`; rows with no readable bounds are left out (intake has named them).
    #[must_use]
    pub fn new(batches: &[RecordBatch]) -> Self {
        let mut ranges = Vec::new();
        let mut bounds: Vec<(u128, u128)> = Vec::new();
        for batch in batches {
            let cell =
                |name: &str, row: usize| text(batch, name).filter(|column| column.is_valid(row)).map(|column| column.value(row).to_owned());
            for row in 0..batch.num_rows() {
                let cidr = cell("cidr", row).as_deref().and_then(parse_cidr);
                let pair = || Some((parse_ip(&cell("first", row)?)?, parse_ip(&cell("last", row)?)?));
                let Some((first, last)) = cidr.or_else(pair).filter(|(first, last)| first <= last) else { continue };
                let integer = |name: &str| {
                    let column = batch.column_by_name(name).filter(|column| column.is_valid(row))?;
                    column
                        .as_primitive_opt::<Int64Type>()
                        .map(|cells| cells.value(row))
                        .or_else(|| column.as_primitive_opt::<TimestampMicrosecondType>().map(|cells| cells.value(row)))
                };
                bounds.push((first, last));
                ranges.push(Range {
                    kind: cell("kind", row),
                    service: cell("service", row),
                    country: cell("country", row),
                    asn: integer("asn"),
                    valid_to: integer("valid_to"),
                });
            }
        }
        let (starts, covers) = segments(&bounds);
        Self { ranges, starts, covers }
    }

    /// The first answer among the ranges that hold `address` (narrowest first) and, when `at` is given, held then.
    #[must_use]
    pub fn find<'a, T>(&'a self, address: &str, at: Option<i64>, ask: impl Fn(&'a Range) -> Option<T>) -> Option<T> {
        let address = parse_ip(address)?;
        let after = self.starts.partition_point(|start| *start <= address);
        let covers = self.covers.get(after.checked_sub(1)?)?;
        covers
            .iter()
            .filter_map(|range| self.ranges.get(*range as usize))
            .filter(|range| match (at, range.valid_to) {
                (Some(at), Some(valid_to)) => at <= valid_to,
                _ => true,
            })
            .find_map(ask)
    }
}

/// Sweeps over the bounds: at each start or end the set of covering ranges changes.
fn segments(bounds: &[(u128, u128)]) -> (Vec<u128>, Vec<Box<[u32]>>) {
    let mut edges: Vec<(u128, bool, u32)> = Vec::with_capacity(bounds.len() * 2);
    for (range, (first, last)) in (0u32..).zip(bounds) {
        edges.push((*first, true, range));
        if let Some(after) = last.checked_add(1) {
            edges.push((after, false, range));
        }
    }
    edges.sort_unstable();
    let (mut starts, mut covers): (Vec<u128>, Vec<Box<[u32]>>) = (Vec::new(), Vec::new());
    let mut active: BTreeSet<(u128, u32)> = BTreeSet::new();
    let mut next = 0;
    while let Some((position, _, _)) = edges.get(next).copied() {
        while let Some((_, opens, range)) = edges.get(next).filter(|edge| edge.0 == position).copied() {
            let width = bounds.get(range as usize).map_or(0, |(first, last)| last - first);
            if opens {
                active.insert((width, range));
            } else {
                active.remove(&(width, range));
            }
            next += 1;
        }
        starts.push(position);
        covers.push(active.iter().map(|(_, range)| *range).collect());
    }
    (starts, covers)
}

/// An address as one number: IPv4 in its IPv6-mapped place.
#[must_use]
pub fn parse_ip(address: &str) -> Option<u128> {
    match address.trim().parse::<IpAddr>().ok()? {
        IpAddr::V4(v4) => Some(u128::from(v4.to_ipv6_mapped())),
        IpAddr::V6(v6) => Some(u128::from(v6)),
    }
}

fn parse_cidr(cidr: &str) -> Option<(u128, u128)> {
    let (address, bits) = cidr.trim().split_once('/')?;
    let bits: u32 = bits.parse().ok()?;
    let bits = if address.contains(':') { bits } else { bits.checked_add(96)? };
    let free = 128u32.checked_sub(bits)?;
    let first = parse_ip(address)?;
    let mask = if free == 128 { u128::MAX } else { (1u128 << free) - 1 };
    Some((first & !mask, first | mask))
}

/// The network an address belongs to for comparisons: /24 of IPv4, /48 of IPv6.
#[must_use]
pub fn network(address: &str) -> Option<String> {
    match address.trim().parse::<IpAddr>().ok()? {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            Some(format!("{a}.{b}.{c}.0/24"))
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            Some(format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_facts::TableRow as _;
    use bonafide_facts::cell::Time;
    use bonafide_facts::tables::world::IpRange;

    #[test]
    fn the_narrowest_range_that_answers_wins() {
        let range = |cidr: &str, kind: Option<&str>, country: Option<&str>| IpRange {
            cidr: Some(cidr.into()),
            kind: kind.map(Into::into),
            country: country.map(Into::into),
            ..Default::default()
        };
        let mut rows = vec![
            range("10.0.0.0/8", Some("corporate"), Some("DE")),
            range("10.1.0.0/16", Some("vpn"), None),
            range("2001:db8::/32", Some("hosting"), Some("FR")),
        ];
        rows.push(IpRange {
            first: Some("10.1.2.3".into()),
            last: Some("10.1.2.9".into()),
            kind: Some("tor".into()),
            valid_to: Some(Time { micros: 100, offset_minutes: None }),
            ..Default::default()
        });
        let index = IpIndex::new(&[IpRange::to_batch(&rows).unwrap()]);
        let kind = |ip: &str, at| index.find(ip, at, |range| range.kind.as_deref());
        assert_eq!(kind("10.9.0.1", None), Some("corporate"));
        assert_eq!(kind("10.1.0.1", None), Some("vpn"));
        assert_eq!(kind("10.1.2.5", None), Some("tor"));
        assert_eq!(kind("10.1.2.5", Some(101)), Some("vpn"));
        assert_eq!(index.find("10.1.2.5", None, |range| range.country.as_deref()), Some("DE"));
        assert_eq!(kind("2001:db8:1::9", None), Some("hosting"));
        assert_eq!(kind("11.0.0.1", None), None);
        assert_eq!(kind("not an address", None), None);
    }
}
