//! The top of the page: what was judged, how many in each band, how to read it, and the ranked list.
//!
//! Must not judge: the order is the report's.

use super::{MAX_LINES, Page, glyph, pill};
use crate::report::words::{provenance, several, shown_id, signed};
use crate::report::{SubjectReport, band_counts};
use bonafide_facts::Band;
use maud::{Markup, html};

/// Title, counts, how to read it.
pub fn header(page: &Page<'_>) -> Markup {
    let report = page.report;
    html! {
        header.top {
            p.brand { "Bonafide" }
            h1 { (several(report.counts.subjects, "subject")) " judged" }
            p.soft { (report.pack.title) " · as of " time datetime=(report.as_of) { (report.as_of.split('T').next().unwrap_or_default()) } }
            ul.tiles {
                @for (band, count) in band_counts(report) {
                    li data-band=(band.word()) {
                        span.count { (count) }
                        span.word { span aria-hidden="true" { (glyph(band)) } " " (band.word()) }
                        span.means { (tile(page, band)) }
                    }
                }
            }
            @for sentence in page.left_out() { p.notice { (sentence) } }
            (how_to_read(page))
        }
    }
}

/// What a band asks of the reader.
fn tile(page: &Page<'_>, band: Band) -> String {
    match band {
        Band::Escalate => "look now, and tell somebody with authority".to_owned(),
        Band::Review => "a person should look".to_owned(),
        Band::Note => "something that alone means little".to_owned(),
        Band::Clear => match page.report.counts.nothing_observed {
            0 => "no finding counts".to_owned(),
            unseen => format!("no finding counts; of {unseen} nothing was observed"),
        },
    }
}

fn how_to_read(page: &Page<'_>) -> Markup {
    let rate = &page.report.base_rate;
    html! {
        details.reading {
            summary { "How to read this" }
            p { "A band is a reason to look, never a verdict. A person decides, and every finding names what would explain it innocently and what would settle it." }
            p { "Bits say how much more often a finding is seen where somebody hides who they are than where nobody does: 1 bit is twice as often, 3 bits eight times, −1 bit half as often. Findings of one group tell the same news, so only the largest of a group counts." }
            p { "Base rate: 1 in " (rate.one_in) " (" (rate.from) "). A score is read against it, because most people hide nothing." }
            p { "“Not observed” is neither for nor against anybody. " b { "Nothing observed" } " means that no row was given about a subject but its own: that is not the same as clean." }
        }
    }
}

/// The ranked list with its filter (which shows itself only when the script runs).
pub fn ranked(page: &Page<'_>) -> Markup {
    html! {
        section #list aria-labelledby="list-title" tabindex="-1" {
            div.bar {
                h2 #list-title { "Ranked" }
                div.filter #filter hidden {
                    label.hide for="find" { "Find a subject" }
                    input #find type="search" placeholder="Find (press /)" autocomplete="off" spellcheck="false";
                    @for (band, _) in band_counts(page.report) {
                        button type="button" data-band=(band.word()) aria-pressed="true" { span aria-hidden="true" { (glyph(band)) } " " (band.word()) }
                    }
                    p #shown.soft role="status" {}
                }
            }
            @if page.report.subjects.is_empty() { p { "No subject to show." } }
            ol.ranked { @for subject in page.report.subjects.iter().take(MAX_LINES) { (line(page, subject)) } }
            p.soft.keys #keys hidden { kbd { "/" } " find · " kbd { "j" } " " kbd { "k" } " next and previous subject · " kbd { "g" } " back to the list · " kbd { "Esc" } " clear" }
        }
    }
}

/// One line of the list.
fn line(page: &Page<'_>, subject: &SubjectReport) -> Markup {
    let anchor = page.anchors.get(subject.subject_id.as_str());
    let mut counted = subject.counted();
    let first = counted.next();
    let more = counted.count() as u64;
    html! {
        li data-band=(subject.band.word()) data-part=[anchor] {
            (pill(subject.band))
            div.who {
                @match anchor {
                    Some(anchor) => a href={ "#" (anchor) } { bdi { (shown_id(subject)) } },
                    None => span { bdi { (shown_id(subject)) } },
                }
                @if !subject.label.is_empty() { " " bdi.name { (subject.label) } }
            }
            p.why {
                @match first {
                    Some(finding) => {
                        b.num { (signed(finding.counted_bits)) } " " (finding.says)
                        @if more > 0 { span.soft { " and " (several(more, "more finding")) } }
                    }
                    None if subject.observed => span.soft { "no finding counts" },
                    None => span.soft { "nothing observed" },
                }
            }
            p.score.num { (format!("{:.1}", subject.score_bits)) span.soft { " bits" } }
        }
    }
}

/// Who judged, in one line.
pub fn judged(page: &Page<'_>) -> Markup {
    html! { p.soft { (provenance(page.report)) } }
}
