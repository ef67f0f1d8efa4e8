//! An answer of `trace` for people: lines for a terminal, Graphviz, and a way from one address to another. The page is beside.
//!
//! Must not compute an amount nor judge one.

#[path = "flow_html.rs"]
mod page;

use bonafide_facts::text::printable;
use bonafide_trace::answer::{Answer, EndAnswer, FlowAnswer, HopAnswer};
pub use page::page;
use serde::Serialize;
use std::fmt::Write as _;

/// Ends with their whole way that a terminal shows.
const ENDS: usize = 20;

/// The answer in lines.
#[must_use]
pub fn table(answer: &Answer) -> String {
    let mut out = String::new();
    for segment in &answer.ledger.segments {
        let span = format!("{} to {}", segment.first.as_deref().unwrap_or("?"), segment.last.as_deref().unwrap_or("?"));
        let _ = writeln!(
            out,
            "{} {}: {} transfers of {} addresses, {span}",
            segment.chain,
            printable(&segment.asset, 60),
            segment.transfers,
            segment.addresses
        );
    }
    let _ = writeln!(out, "{} labelled addresses", answer.ledger.labels);
    for wallet in &answer.wallets {
        let _ = writeln!(out, "\n{}\n  {}", wallet.address, wallet.says);
        for label in &wallet.labels {
            let _ = writeln!(out, "  label: {} [{}] by {}", label.name, label.lane.word(), label.source);
        }
        wallet.flows.iter().for_each(|flow| lines(&mut out, flow));
    }
    let _ = writeln!(out, "\n{}", answer.limits);
    out
}

fn lines(out: &mut String, flow: &FlowAnswer) {
    let way = if flow.direction == "from" { "came in" } else { "went out" };
    let usd = flow.total_usd.as_ref().map(|usd| format!(" (USD {usd})")).unwrap_or_default();
    let asset = printable(&flow.asset, 60);
    let _ = writeln!(
        out,
        "\n  {} {asset}: {} {way}{usd} in {} transfers, {} to {}",
        flow.chain, flow.total, flow.transfers, flow.first, flow.last
    );
    if !flow.lanes.is_empty() {
        let _ = writeln!(out, "    {:<16} {:>28} {:>28} {:>20}", "lane", "direct", "indirect", "dust");
    }
    for lane in &flow.lanes {
        let percent = |share: f64| format!("{:.2}%", 100.0 * share);
        let lead = if lane.lead_only { "  lead only" } else { "" };
        let direct = format!("{} {}", lane.direct, percent(lane.share_direct));
        let indirect = format!("{} {}", lane.indirect, percent(lane.share_indirect));
        let _ = writeln!(out, "    {:<16} {direct:>28} {indirect:>28} {:>20}{lead}", lane.lane.word(), lane.dust);
    }
    let open = if flow.direction == "from" { "not explained by any earlier transfer" } else { "still lies where it was followed to" };
    let _ = writeln!(out, "    {open}: {}; too small to follow: {}; given up: {}", flow.open, flow.dropped, flow.given_up);
    if flow.unexplained != "0" {
        let _ = writeln!(
            out,
            "    unexplained inflow: the wallet spent {} that no transfer given brought in; that is not clean, it is not known",
            flow.unexplained
        );
    }
    for end in flow.ends.iter().take(ENDS) {
        one_end(out, end);
    }
    let more = flow.ends.len().saturating_sub(ENDS) + flow.more_ends;
    if more > 0 {
        let _ =
            writeln!(out, "    … and {more} smaller ends (all sums above are over all of them; --format json names {})", flow.ends.len());
    }
}

fn one_end(out: &mut String, end: &EndAnswer) {
    let dust = if end.dust { " dust" } else { "" };
    let _ = writeln!(out, "    {} direct {}{dust}, indirect {}, {} steps: {}", end.address, end.direct, end.indirect, end.hops, end.says);
    if end.hops > 1 {
        end.way.iter().for_each(|hop| hop_line(out, "      ", hop));
    }
}

fn hop_line(out: &mut String, indent: &str, hop: &HopAnswer) {
    let place = hop.place.as_ref().map(|place| format!("  {place}")).unwrap_or_default();
    let _ = writeln!(
        out,
        "{indent}{} {} -> {} {}{}",
        hop.at,
        printable(&hop.from, 128),
        printable(&hop.to, 128),
        hop.amount,
        printable(&place, 200)
    );
}

/// The pictures in Graphviz' language, one graph for each flow.
#[must_use]
pub fn dot(answer: &Answer) -> String {
    let quoted = |text: &str| format!("\"{}\"", printable(text, 200).replace('\\', "\\\\").replace('"', "\\\""));
    let mut out = String::new();
    for wallet in &answer.wallets {
        for flow in &wallet.flows {
            let name = format!("{} {} {} {}", wallet.address, flow.chain, flow.asset, flow.direction);
            let _ = writeln!(out, "digraph {} {{\n  rankdir=LR; node [shape=box];", quoted(&name));
            for (place, node) in flow.drawing.nodes.iter().enumerate() {
                let label = node.label.as_ref().map(|label| format!(" / {label}")).unwrap_or_default();
                let lane = node.lane.map(|lane| format!(" [{}]", lane.word())).unwrap_or_default();
                let _ = writeln!(out, "  n{place} [label={}];", quoted(&format!("{}{label}{lane}", node.address)));
            }
            for edge in &flow.drawing.edges {
                let label = format!("{} in {}", edge.amount, edge.transfers);
                let _ = writeln!(out, "  n{} -> n{} [label={}];", edge.from, edge.to, quoted(&label));
            }
            out.push_str("}\n");
        }
    }
    out
}

/// A way from one address to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Way {
    from: String,
    to: String,
    /// For each asset by which coin arrived.
    found: Vec<Arrived>,
    limits: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Arrived {
    chain: String,
    asset: String,
    direct: String,
    indirect: String,
    of: String,
    way: Vec<HopAnswer>,
}

impl Way {
    /// What of an answer arrived at `to`.
    #[must_use]
    pub fn of(answer: &Answer, to: &str) -> Self {
        let wallet = answer.wallets.first();
        let flows = wallet.map(|wallet| wallet.flows.as_slice()).unwrap_or_default();
        let arrived = |flow: &FlowAnswer| {
            let end = flow.ends.iter().find(|end| end.address == to)?;
            Some(Arrived {
                chain: flow.chain.clone(),
                asset: flow.asset.clone(),
                direct: end.direct.clone(),
                indirect: end.indirect.clone(),
                of: flow.total.clone(),
                way: end.way.clone(),
            })
        };
        Self {
            from: wallet.map(|wallet| wallet.address.clone()).unwrap_or_default(),
            to: printable(to, 128),
            found: flows.iter().filter_map(arrived).collect(),
            limits: answer.limits.clone(),
        }
    }

    /// In lines.
    #[must_use]
    pub fn told(&self) -> String {
        let mut out = String::new();
        for arrived in &self.found {
            let _ = writeln!(
                out,
                "{} {}: {} direct and {} indirect of {} arrived; a shortest way has {} steps",
                arrived.chain,
                printable(&arrived.asset, 60),
                arrived.direct,
                arrived.indirect,
                arrived.of,
                arrived.way.len()
            );
            arrived.way.iter().for_each(|hop| hop_line(&mut out, "  ", hop));
        }
        if self.found.is_empty() {
            let _ = writeln!(
                out,
                "no way found from {} to {} in the transfers given, within the limits; that does not mean there is none",
                self.from, self.to
            );
        }
        let _ = writeln!(out, "\n{}", self.limits);
        out
    }
}

#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;
