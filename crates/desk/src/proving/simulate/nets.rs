//! The simulated network: every country has home lines, mobile carriers, offices, campuses, VPN exits and hosting, all inside
//! the documentation range 3fff::/20 (RFC 9637), so that no address belongs to anybody.
//!
//! Must not know who uses which line.

use super::sheets::{Sheet, Sheets};
use super::words::Words;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A household's line: one /48 each.
    Home,
    /// A carrier's shared exits.
    Mobile,
    /// An office's exits.
    Office,
    /// A campus or library.
    Campus,
    /// A consumer VPN's exits.
    Vpn,
    /// A rented server.
    Hosting,
}

/// A way into the network, and where address databases place it.
#[derive(Debug, Clone)]
pub struct Way {
    /// Address.
    pub ip: String,
    /// Where it is, as an index of the places.
    pub place: usize,
}

/// The /48 of line number `net` (below 2^19) and its host `host`.
#[must_use]
pub fn way(words: &Words, place: usize, line: Line, net: usize, host: usize) -> Way {
    let (kind, half) = split(line);
    let net = (net & 0x7_FFFF) | (half << 19);
    let second = (words.places[place].country_index & 63) << 6 | kind << 4 | net >> 16;
    Way { ip: format!("3fff:{second:x}:{:x}::{:x}", net & 0xFFFF, host.max(1)), place }
}

fn split(line: Line) -> (usize, usize) {
    match line {
        Line::Home => (0, 0),
        Line::Mobile => (1, 0),
        Line::Office => (2, 0),
        Line::Campus => (2, 1),
        Line::Vpn => (3, 0),
        Line::Hosting => (3, 1),
    }
}

/// The reference rows that tell what each range is.
pub fn describe(words: &Words, sheets: &mut Sheets) {
    let mut told = Vec::new();
    for place in &words.places {
        if told.contains(&place.country_index) {
            continue;
        }
        told.push(place.country_index);
        let lines = [
            (Line::Home, "residential", "Home Lines", ""),
            (Line::Mobile, "mobile", "Mobile", ""),
            (Line::Office, "corporate", "Business Lines", ""),
            (Line::Campus, "campus", "Academic Network", ""),
            (Line::Vpn, "vpn", "Tunnel House", "Example VPN"),
            (Line::Hosting, "hosting", "Rack House", ""),
        ];
        for (number, (line, kind, name, service)) in lines.into_iter().enumerate() {
            let (code, half) = split(line);
            let second = (place.country_index & 63) << 6 | code << 4 | half << 3;
            let asn = 4_200_000_000 + i64::try_from(place.country_index * 8 + number).unwrap_or(0);
            sheets
                .row(Sheet::IpRanges)
                .word(&format!("3fff:{second:x}::/29"))
                .word(&place.country)
                .number(asn)
                .text(&format!("{name} {}", place.country))
                .word(kind)
                .text(service)
                .word("simulated");
        }
    }
}
