//! The cluster a subject stands in: its members on a circle, the links between them as lines, and both in words.
//!
//! Must not weigh, and must not say "the same person": a link is evidence that somebody can undo.

use super::graph::node;
use super::{Page, coordinate, glyph};
use crate::report::words::{cut, several};
use crate::report::{ClusterReport, SubjectReport};
use bonafide_facts::text::printable;
use maud::{Markup, html};

/// The picture in its own units.
const WIDE: f64 = 712.0;
const NODE: f64 = 150.0;

/// The clusters a subject stands in.
pub fn pictures(page: &Page<'_>, subject: &SubjectReport) -> Markup {
    let clusters = page.report.clusters.iter().filter(|cluster| cluster.members.contains(&subject.subject_id));
    html! { @for cluster in clusters { (picture(page, subject, cluster)) } }
}

fn picture(page: &Page<'_>, subject: &SubjectReport, cluster: &ClusterReport) -> Markup {
    let title = if cluster.level == "operator" { "Likely one operator" } else { "Likely one crew" };
    html! {
        section {
            h3 { (title) }
            p.soft {
                (several(cluster.total, "subject")) " in cluster " code { (cluster.id) } ". Each line is evidence that a person can undo (link_decisions); "
                code { "bonafide link explain" } " tells more."
                @if cluster.total > cluster.members.len() as u64 { " The first " (cluster.members.len()) " are drawn." }
            }
            div.scroll tabindex="0" role="region" aria-label=(title) { (drawing(page, subject, cluster)) }
            details { summary { "The same as a list" } (listing(cluster)) }
        }
    }
}

fn drawing(page: &Page<'_>, subject: &SubjectReport, cluster: &ClusterReport) -> Markup {
    #[allow(clippy::cast_precision_loss)] // sixteen at most
    let count = cluster.members.len() as f64;
    let high = (count * 44.0).clamp(120.0, 420.0);
    let places: Vec<(f64, f64)> = (0_u32..)
        .zip(&cluster.members)
        .map(|(at, _)| {
            let turn = std::f64::consts::TAU * (f64::from(at) / count - 0.25);
            (WIDE / 2.0 + (WIDE - NODE) / 2.0 * turn.cos(), high / 2.0 + (high - 40.0) / 2.0 * turn.sin())
        })
        .collect();
    let place = |id: &String| cluster.members.iter().position(|member| member == id).and_then(|at| places.get(at).copied());
    html! {
        svg.graph viewBox={ "0 0 712 " (coordinate(high)) } role="img" aria-label=(several(cluster.ties.len() as u64, "link")) {
            @for tie in &cluster.ties {
                @if let (Some((x1, y1)), Some((x2, y2))) = (place(&tie.left), place(&tie.right)) {
                    path.edge d={ "M" (coordinate(x1)) " " (coordinate(y1)) "L" (coordinate(x2)) " " (coordinate(y2)) } {
                        title { (format!("{:.1} bits: ", tie.bits)) (tie.reasons.first().map_or("", String::as_str)) }
                    }
                }
            }
            @for (member, (x, y)) in cluster.members.iter().zip(&places) {
                @let band = page.bands.get(member.as_str()).copied().unwrap_or_default();
                @let kind = if *member == subject.subject_id { "self" } else { "other" };
                @let drawn = node(x - NODE / 2.0, *y, NODE, kind, &cut(&printable(member, 60), 18), &format!("{} {band}", glyph(band)));
                @match page.anchors.get(member.as_str()).filter(|_| *member != subject.subject_id) {
                    Some(anchor) => a href={ "#" (anchor) } { (drawn) },
                    None => (drawn),
                }
            }
        }
    }
}

fn listing(cluster: &ClusterReport) -> Markup {
    html! {
        ul {
            @for tie in &cluster.ties {
                li {
                    bdi { (printable(&tie.left, 60)) } " and " bdi { (printable(&tie.right, 60)) }
                    (format!(", {:.1} bits: ", tie.bits)) (tie.reasons.join("; "))
                }
            }
        }
    }
}
