//! Who shares what with whom: the subject on the left, shared values in the middle, the others on the right. A fixed layout,
//! and the same as a list for whoever reads by ear.
//!
//! Must not weigh: how many share a value is printed, because a value that many share says little.

use super::{Page, coordinate, glyph};
use crate::report::words::{cut, several, shown_id};
use crate::report::{Share, SubjectReport};
use bonafide_facts::text::printable;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Most shared values and others drawn; the rest is counted.
const MAX_VALUES: usize = 8;
const MAX_OTHERS: usize = 12;
/// Most shared values listed in words; report.json has all.
const MAX_LISTED: usize = 40;
/// The picture in its own units.
const WIDE: f64 = 712.0;
const ROW: f64 = 40.0;

/// Who shares with one subject; nothing when nobody does.
pub fn picture(page: &Page<'_>, subject: &SubjectReport) -> Markup {
    let shares: Vec<&Share> = page.report.shares.iter().filter(|share| share.subjects.contains(&subject.subject_id)).collect();
    html! {
        @if !shares.is_empty() {
            section {
                h3 { "Shared with others" }
                p.soft { "Equal values, shown as they are; only rules decide what sharing means. A value that many share says little." }
                div.scroll tabindex="0" role="region" aria-label="Who shares what with whom" { (drawing(page, subject, &shares)) }
                details { summary { "The same as a list" } (listing(page, subject, &shares)) }
                @if shares.len() > MAX_VALUES { p.soft { "The picture shows " (MAX_VALUES) " of " (shares.len()) " shared values, the rarest first." } }
            }
        }
    }
}

/// Subject, values, others, and the lines between.
fn drawing(page: &Page<'_>, subject: &SubjectReport, shares: &[&Share]) -> Markup {
    let drawn = &shares[..shares.len().min(MAX_VALUES)];
    let mut others: BTreeMap<&str, f64> = BTreeMap::new();
    for other in drawn.iter().flat_map(|share| &share.subjects).filter(|other| **other != subject.subject_id) {
        if others.len() < MAX_OTHERS {
            others.entry(other).or_default();
        }
    }
    #[allow(clippy::cast_precision_loss)] // a dozen
    let high = ROW * drawn.len().max(others.len()) as f64;
    spread(others.values_mut(), high);
    let mut values: Vec<f64> = vec![0.0; drawn.len()];
    spread(values.iter_mut(), high);
    html! {
        svg.graph viewBox={ "0 0 712 " (coordinate(high)) } role="img" aria-label=(several(shares.len() as u64, "shared value")) {
            @for (share, y) in drawn.iter().zip(&values) {
                (curve(150.0, high / 2.0, 262.0, *y))
                @for (other, at) in others.iter().filter(|(other, _)| share.subjects.iter().any(|user| user == *other)) {
                    (curve(472.0, *y, 562.0, *at)) title { (other) }
                }
            }
            (node(0.0, high / 2.0, 150.0, "self", &cut(&shown_id(subject), 18), subject.band.word()))
            @for (share, y) in drawn.iter().zip(&values) {
                (node(262.0, *y, 210.0, "value", &cut(&share.value, 28), &format!("{}, {} use it", cut(&share.kind, 20), share.total)))
            }
            @for (other, y) in &others { (other_node(page, other, *y)) }
        }
    }
}

/// Even heights, each in the middle of its share of the picture.
fn spread<'a>(heights: impl ExactSizeIterator<Item = &'a mut f64>, high: f64) {
    #[allow(clippy::cast_precision_loss)] // a dozen
    let each = high / heights.len().max(1) as f64;
    let mut next = each / 2.0;
    for height in heights {
        *height = next;
        next += each;
    }
}

fn curve(x1: f64, y1: f64, x2: f64, y2: f64) -> Markup {
    let middle = coordinate(f64::midpoint(x1, x2));
    let (x1, y1, x2, y2) = (coordinate(x1), coordinate(y1), coordinate(x2), coordinate(y2));
    html! { path.edge d={ "M" (x1) " " (y1) "C" (middle) " " (y1) " " (middle) " " (y2) " " (x2) " " (y2) } {} }
}

/// A box with two lines of text.
pub fn node(x: f64, y: f64, wide: f64, kind: &str, first: &str, second: &str) -> Markup {
    html! {
        rect class={ "node " (kind) } x=(coordinate(x + 1.0)) y=(coordinate(y - 17.0)) width=(coordinate(wide - 2.0)) height="34" rx="5" {}
        text x=(coordinate(x + 10.0)) y=(coordinate(y - 2.0)) { (first) }
        text.small x=(coordinate(x + 10.0)) y=(coordinate(y + 11.0)) { (second) }
    }
}

/// Another subject; a link when it has a part.
fn other_node(page: &Page<'_>, other: &str, y: f64) -> Markup {
    let band = page.bands.get(other).copied().unwrap_or_default();
    let drawn = node(562.0, y, WIDE - 562.0, "other", &cut(&printable(other, 60), 18), &format!("{} {band}", glyph(band)));
    html! {
        @match page.anchors.get(other) {
            Some(anchor) => a href={ "#" (anchor) } { (drawn) },
            None => (drawn),
        }
    }
}

/// All shares in words.
fn listing(page: &Page<'_>, subject: &SubjectReport, shares: &[&Share]) -> Markup {
    html! {
        ul {
            @for share in shares.iter().take(MAX_LISTED) {
                li {
                    (share.kind) " " code { (share.value) } ", used by " (several(share.total, "subject")) ", with "
                    @for (at, other) in share.subjects.iter().filter(|other| **other != subject.subject_id).enumerate() {
                        @if at > 0 { ", " }
                        @match page.anchors.get(other.as_str()) {
                            Some(anchor) => a href={ "#" (anchor) } { bdi { (printable(other, 60)) } },
                            None => bdi { (printable(other, 60)) },
                        }
                    }
                    @if let Some(place) = share.places.first() { span.soft { " (" (place) @if share.places.len() > 1 { "…" } ")" } }
                }
            }
            @if shares.len() > MAX_LISTED { li.soft { "and " (shares.len() - MAX_LISTED) " more shared values in report.json" } }
        }
    }
}
