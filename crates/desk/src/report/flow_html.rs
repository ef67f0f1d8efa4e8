//! The page of `trace`: sums, the flow drawn in layers with amounts on its arrows, every end with its way. One file, no script
//! at all, nothing from elsewhere; parts fold by the browser's own `details`.
//!
//! Must not write text that is not escaped (maud escapes all but the style, which is ours).

use base64::Engine as _;
use bonafide_trace::answer::{Answer, Drawing, EndAnswer, FlowAnswer, WalletAnswer};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

const STYLE: &str = include_str!("flow.css");

/// Layers and addresses of a layer that are drawn; the rest is in the tables below the picture.
const LAYERS: i64 = 12;
const PER_LAYER: usize = 16;
const WIDTH: usize = 250;
const HEIGHT: usize = 46;
const BOX: (usize, usize) = (150, 32);

/// The page.
#[must_use]
pub fn page(answer: &Answer) -> String {
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'");
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Flow of coin" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Flow of coin" }
                p.note { (answer.limits) }
                @if let Some(at) = &answer.as_of { p { "As of " (at) "." } }
                div.scroll tabindex="0" role="region" aria-label="What was looked through" { table {
                    caption { "What was looked through, and " (answer.ledger.labels) " labelled addresses" }
                    tr { th { "Chain" } th { "Asset" } th { "Transfers" } th { "Addresses" } th { "First" } th { "Last" } }
                    @for segment in &answer.ledger.segments {
                        tr { td { (segment.chain) } td { (shown(&segment.asset)) } td.n { (segment.transfers) } td.n { (segment.addresses) } td { (segment.first.as_deref().unwrap_or("")) } td { (segment.last.as_deref().unwrap_or("")) } }
                    }
                } }
                @for wallet in &answer.wallets { (part(wallet)) }
            }
        }
    };
    markup.into_string()
}

fn shown(text: &str) -> String {
    bonafide_facts::text::printable(text, 128)
}

fn part(wallet: &WalletAnswer) -> Markup {
    html! {
        section {
            h2 { code { (shown(&wallet.address)) } }
            p { bdi { (wallet.says) } }
            @for label in &wallet.labels {
                p.label { (label.lane.word()) ": " bdi { (label.name) } " — " bdi { (label.source) } @if label.lead_only { " (a lead only)" } }
            }
            @for flow in &wallet.flows { (one(flow)) }
        }
    }
}

fn one(flow: &FlowAnswer) -> Markup {
    let heading = if flow.direction == "from" { "Where it came from" } else { "Where it went" };
    html! {
        details open {
            summary { (heading) ": " (flow.total) " " (shown(&flow.asset)) " on " (flow.chain) @if let Some(usd) = &flow.total_usd { " (USD " (usd) ")" } ", " (flow.transfers) " transfers, " (flow.first) " to " (flow.last) }
            @if !flow.lanes.is_empty() {
                div.scroll tabindex="0" role="region" aria-label="By what the addresses are known for" { table {
                    caption { "By what the addresses are known for" }
                    tr { th { "Lane" } th { "Direct" } th { "%" } th { "Indirect" } th { "%" } th { "Dust" } th { "Fewest steps" } }
                    @for lane in &flow.lanes {
                        tr {
                            td { (lane.lane.word()) @if lane.lead_only { " (lead only)" } }
                            td.n { (lane.direct) } td.n { (format!("{:.2}", 100.0 * lane.share_direct)) }
                            td.n { (lane.indirect) } td.n { (format!("{:.2}", 100.0 * lane.share_indirect)) }
                            td.n { (lane.dust) } td.n { (lane.hops) }
                        }
                    }
                } }
            }
            ul {
                @if flow.direction == "from" { li { "Not explained by any earlier transfer: " (flow.open) } }
                @else { li { "Still lies where it was followed to: " (flow.open) } }
                @if flow.unexplained != "0" { li { "Unexplained inflow: the wallet spent " (flow.unexplained) " that no transfer given brought in. That is not clean, it is not known." } }
                li { "Too small to follow: " (flow.dropped) "; given up because the work was spent: " (flow.given_up) }
            }
            (picture(&flow.drawing))
            details {
                summary { "All arrows drawn (" (flow.drawing.edges.len()) @if flow.drawing.more_edges > 0 { ", " (flow.drawing.more_edges) " smaller ones with " (flow.drawing.more_edges_amount) " left out" } ")" }
                (edges(&flow.drawing))
            }
            details open {
                summary { "Where and why following stopped (" (flow.ends.len() + flow.more_ends) ")" }
                @for end in &flow.ends { (stop(end)) }
                @if flow.more_ends > 0 { p { (flow.more_ends) " smaller ends with " (flow.more_ends_amount) " are not shown; all sums are over all of them." } }
            }
        }
    }
}

fn stop(end: &EndAnswer) -> Markup {
    html! {
        details {
            summary {
                code { (shown(&end.address)) } " direct " (end.direct) @if end.dust { " (dust)" } ", indirect " (end.indirect) " — " bdi { (end.says) }
            }
            @for label in &end.labels { p.label { (label.lane.word()) ": " bdi { (label.name) } " — " bdi { (label.source) } @if let Some(place) = &label.place { " — " (shown(&place.to_string())) } } }
            div.scroll tabindex="0" role="region" aria-label="A shortest way" { table {
                caption { "A shortest way, in the order the coin went" }
                tr { th { "Time" } th { "From" } th { "To" } th { "Transfer" } th { "Read at" } }
                @for hop in &end.way {
                    tr { td { (hop.at) } td { code { (shown(&hop.from)) } } td { code { (shown(&hop.to)) } } td.n { (hop.amount) } td { @if let Some(place) = &hop.place { (shown(&place.to_string())) } } }
                }
            } }
        }
    }
}

fn edges(drawing: &Drawing) -> Markup {
    let name = |place: usize| drawing.nodes.get(place).map(|node| shown(&node.address)).unwrap_or_default();
    html! {
        div.scroll tabindex="0" role="region" aria-label="All arrows" { table {
            tr { th { "From" } th { "To" } th { "Amount" } th { "%" } th { "Transfers" } th { "First" } th { "Read at" } }
            @for edge in &drawing.edges {
                tr {
                    td { code { (name(edge.from)) } } td { code { (name(edge.to)) } }
                    td.n { (edge.amount) } td.n { (format!("{:.2}", 100.0 * edge.share)) } td.n { (edge.transfers) } td { (edge.first) }
                    td { @for place in &edge.places { (shown(&place.to_string())) " " } }
                }
            }
        } }
    }
}

/// Seven digits and the end are enough to tell addresses apart in a picture; the whole is in its title.
fn short(address: &str) -> String {
    let letters: Vec<char> = shown(address).chars().collect();
    if letters.len() <= 16 {
        letters.into_iter().collect()
    } else {
        letters[..9].iter().chain(&['…']).chain(&letters[letters.len() - 5..]).collect()
    }
}

/// Four digits of an amount.
fn brief(amount: &str) -> String {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    if whole.len() >= 4 || part.is_empty() {
        return whole.to_owned();
    }
    let zeros = if whole == "0" { part.bytes().take_while(|digit| *digit == b'0').count() } else { 0 };
    let kept: String = part.chars().take(zeros + 4 - whole.len().min(3)).collect();
    format!("{whole}.{kept}")
}

/// The flow in layers from left to right in the order the coin went.
fn picture(drawing: &Drawing) -> Markup {
    let mut layers: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (place, node) in drawing.nodes.iter().enumerate().filter(|(_, node)| node.layer.abs() < LAYERS) {
        let layer = layers.entry(node.layer).or_default();
        if layer.len() < PER_LAYER {
            layer.push(place);
        }
    }
    let mut at: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (column, places) in layers.values().enumerate() {
        for (row, place) in places.iter().enumerate() {
            at.insert(*place, (column * WIDTH + 10, row * HEIGHT + 10));
        }
    }
    let width = layers.len() * WIDTH + 20;
    let height = layers.values().map(Vec::len).max().unwrap_or(0) * HEIGHT + 20;
    let hidden = drawing.nodes.len() - at.len();
    html! {
        div.picture tabindex="0" role="region" aria-label="Picture of the flow; scroll with the arrow keys" {
            svg role="img" aria-label="Flow of coin in layers; the same is in the tables" width=(width) height=(height) viewBox=(format!("0 0 {width} {height}")) {
                @for edge in &drawing.edges {
                    @if let (Some((x1, y1)), Some((x2, y2))) = (at.get(&edge.from), at.get(&edge.to)) {
                        @let (x1, y1, x2, y2) = (x1 + BOX.0, y1 + BOX.1 / 2, *x2, y2 + BOX.1 / 2);
                        @let middle = usize::midpoint(x1, x2);
                        path d=(format!("M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}")) stroke-width=(format!("{:.1}", 1.0 + 9.0 * edge.share.clamp(0.0, 1.0))) {
                            title { (format!("{} in {} transfers", edge.amount, edge.transfers)) }
                        }
                        text.amount x=(middle) y=((y1 + 3 * y2) / 4) { (brief(&edge.amount)) }
                    }
                }
                @for (place, (x, y)) in &at {
                    @if let Some(node) = drawing.nodes.get(*place) {
                        @let class = node.lane.map_or(if node.layer == 0 { "own" } else { "" }, |lane| lane.word());
                        g {
                            rect class=(class) x=(x) y=(y) width=(BOX.0) height=(BOX.1) rx="4" {}
                            text x=(x + 6) y=(y + 13) { (short(&node.address)) }
                            text.small x=(x + 6) y=(y + 26) { (node.label.as_deref().map_or_else(|| brief(&node.amount), short)) }
                            title { (shown(&node.address)) @if let Some(label) = &node.label { " — " (label) } " — " (node.amount) }
                        }
                    }
                }
            }
            @if hidden > 0 { p.note { (hidden) " addresses with less coin, or further away, are not drawn; the tables below name them." } }
        }
    }
}
