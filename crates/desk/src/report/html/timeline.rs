//! Sign-ins by day and local hour, with the claimed working hours shaded.
//!
//! Must not call a night a sign: it shows, and counts in words what it shows.

use super::coordinate;
use crate::report::Timeline;
use crate::report::timeline::day;
use crate::report::words::several;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// The picture in its own units.
const LEFT: f64 = 44.0;
const TOP: f64 = 10.0;
const WIDE: f64 = 660.0;
const HIGH: f64 = 216.0;
/// Dates below the picture, first and last among them.
const DATES: u32 = 5;

/// Timeline of one subject.
pub fn picture(timeline: &Timeline) -> Markup {
    let days = timeline.points.iter().map(|(day, _)| *day).max().unwrap_or(0);
    let x = |day: u32| LEFT + WIDE * (f64::from(day) + 0.5) / f64::from(days + 1);
    let y = |minutes: u16| TOP + HIGH * f64::from(minutes) / 1440.0;
    let (dots, crosses) = marks(timeline, x, y);
    html! {
        section {
            h3 { "Sign-ins by local hour" }
            p { (said(timeline)) }
            div.scroll tabindex="0" role="region" aria-label="Sign-ins by day and local hour" {
                svg.time viewBox="0 0 712 252" role="img" aria-label=(said(timeline)) {
                    @for (from, to) in shaded(timeline) {
                        rect.claimed x=(coordinate(LEFT)) y=(coordinate(y(from))) width=(coordinate(WIDE)) height=(coordinate(y(to) - y(from))) {}
                    }
                    @for hour in [0u16, 6, 12, 18, 24] {
                        line.grid x1=(coordinate(LEFT)) x2=(coordinate(LEFT + WIDE)) y1=(coordinate(y(hour * 60))) y2=(coordinate(y(hour * 60))) {}
                        text x=(coordinate(LEFT - 6.0)) y=(coordinate(y(hour * 60) + 4.0)) text-anchor="end" { (format!("{hour:02}:00")) }
                    }
                    @for at in dates(days) {
                        text x=(coordinate(x(at))) y=(coordinate(TOP + HIGH + 20.0)) text-anchor=(anchor(at, days)) { (day(timeline, at)) }
                    }
                    path.dot d=(dots) {}
                    path.cross d=(crosses) {}
                }
            }
            @if timeline.hours.is_some() { p.soft.legend { "Shaded: claimed hours. Dots lie within them, crosses outside." } }
        }
    }
}

/// What the picture shows, in words.
fn said(timeline: &Timeline) -> String {
    let zone =
        if timeline.zone_claimed { format!("{} time, as claimed", timeline.zone) } else { "UTC, for want of a claimed zone".to_owned() };
    let shown = timeline.points.len() as u64;
    let latest = if timeline.total > shown { format!(" The latest {shown} are shown.") } else { String::new() };
    let span = format!("{} from {} to {} in {zone}.{latest}", several(timeline.total, "sign-in"), timeline.first_day, timeline.last_day);
    match timeline.hours {
        None => format!("{span} No working hours were claimed."),
        Some((from, to)) => {
            let outside = timeline.points.iter().filter(|(_, minute)| !within(timeline, *minute)).count();
            format!("{span} {outside} of {shown} lie outside the claimed hours {} to {}.", clock(from), clock(to))
        }
    }
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The claimed hours as one stretch of the day, or two when they pass midnight.
fn shaded(timeline: &Timeline) -> Vec<(u16, u16)> {
    match timeline.hours {
        None => Vec::new(),
        Some((from, to)) if from <= to => vec![(from, to)],
        Some((from, to)) => vec![(0, to), (from, 1440)],
    }
}

fn within(timeline: &Timeline, minute: u16) -> bool {
    shaded(timeline).iter().any(|(from, to)| (*from..=*to).contains(&minute))
}

/// All marks as two lines of drawing: dots within the claimed hours (or when none are claimed), crosses outside. Marks that
/// fall on the same spot are drawn once.
fn marks(timeline: &Timeline, x: impl Fn(u32) -> f64, y: impl Fn(u16) -> f64) -> (String, String) {
    let spots = |inside: bool| -> BTreeSet<(String, String)> {
        let chosen = timeline.points.iter().filter(|(_, minute)| (timeline.hours.is_none() || within(timeline, *minute)) == inside);
        chosen.map(|(day, minute)| (format!("{:.0}", x(*day)), format!("{:.0}", y(*minute)))).collect()
    };
    let dots = spots(true).iter().map(|(x, y)| format!("M{x} {y}h0")).collect();
    let crosses = spots(false).iter().map(|(x, y)| format!("M{x} {y}m-3-3l6 6m-6 0l6-6")).collect();
    (dots, crosses)
}

/// Days that get a date: evenly spread, each once.
fn dates(days: u32) -> Vec<u32> {
    let mut all: Vec<u32> = (0..DATES).map(|at| days * at / (DATES - 1)).collect();
    all.dedup();
    all
}

fn anchor(at: u32, days: u32) -> &'static str {
    match at {
        _ if days == 0 => "middle",
        0 => "start",
        at if at == days => "end",
        _ => "middle",
    }
}
