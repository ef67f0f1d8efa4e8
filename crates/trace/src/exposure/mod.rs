//! The table `exposures`: for each wallet that a subject is paid to, the coin that came from or went to a labelled source.
//!
//! Subject ids are opaque words here. A wallet in no transfer gets no row but that of its own label: "not found" is not
//! "clean".

mod measure;
mod patterns;
#[cfg(test)]
mod tests;
mod wallets;

use crate::flow::{Direction, final_balances, roles};
use crate::label::{EntityMarks, Labels};
use crate::ledger::Ledger;
use bonafide_facts::tables::derived::{Exposure, Link};
use bonafide_facts::{Tables, Trouble};
use measure::{Context, measure};
pub use patterns::Patterns;
use std::collections::BTreeSet;
pub use wallets::{Wallet, payout_wallets};

/// Bounds of a run; reaching one is a trouble.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Shares below this are not followed further, in 10^-18 of the asset.
    pub floor: u128,
    /// Transfers that one search for a path looks at.
    pub work: usize,
    /// Parcels that FIFO holds at once in one segment.
    pub parcels: usize,
    /// Sources shown for one wallet, lane, method and direction, largest first.
    pub sources: usize,
    /// Rows of evidence in one exposure.
    pub evidence: usize,
    /// Wallets traced.
    pub wallets: usize,
    /// Assets counted at one dollar each where a transfer has no value in dollars.
    pub at_par: Vec<String>,
    /// What ties a list entry to the DPRK.
    pub marks: EntityMarks,
    /// Bounds of the payroll patterns.
    pub patterns: Patterns,
    /// Only transfers and labels as they were then, microseconds since 1970.
    pub as_of: Option<i64>,
}

impl Default for Limits {
    fn default() -> Self {
        // Dollar tokens by their issuers' own description: tether.to, circle.com, makerdao.com, paypal.com (redeemable at par).
        let at_par = ["USDT", "USDC", "DAI", "PYUSD", "USDP", "TUSD", "FDUSD"].map(str::to_owned).to_vec();
        Self {
            floor: 1_000_000_000_000,
            work: 2_000_000,
            parcels: 20_000_000,
            sources: 16,
            evidence: 50,
            wallets: 100_000,
            at_par,
            marks: EntityMarks::default(),
            patterns: Patterns::default(),
            as_of: None,
        }
    }
}

/// What tracing adds to a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traced {
    /// Ordered by subject, chain, address, asset, direction, lane, method and source.
    pub exposures: Vec<Exposure>,
    /// What the patterns say of pairs of subjects, level network, by pair.
    pub links: Vec<Link>,
    /// What was left out or could not be followed.
    pub troubles: Vec<Trouble>,
}

/// The exposures of every payout wallet of the run's subjects, and the links that shared patterns make. `lists` holds official
/// lists that are not in the run's own tables.
#[must_use]
pub fn exposures(tables: &Tables, lists: &Tables, limits: &Limits) -> Traced {
    let (mut wallets, mut troubles) = payout_wallets(tables);
    if wallets.is_empty() {
        return Traced { troubles, ..Traced::default() };
    }
    if wallets.len() > limits.wallets {
        let what = format!("{} wallets are given; only the first {} are traced", wallets.len(), limits.wallets);
        troubles.push(Trouble::warning("wallet-limit", None, what, "trace in several runs"));
        wallets.truncate(limits.wallets);
    }
    let (mut labels, trouble) = Labels::of(tables, &limits.marks);
    troubles.extend(trouble);
    labels.add_lists(lists, &limits.marks);
    let labels = labels.at(limits.as_of);
    let mut rows = measure::listed(&wallets, &labels);
    let (ledger, trouble) = Ledger::of(tables);
    troubles.extend(trouble);
    rows.extend(trace(&wallets, &ledger, &labels, limits, &mut troubles));
    rows.sort_by(|left, right| order(left).cmp(&order(right)));
    troubles.extend(unpriced(&rows));
    let (links, trouble) = patterns::links::links(&rows, &limits.patterns);
    troubles.extend(trouble);
    Traced { exposures: rows, links, troubles }
}

/// Coin of labels whose value in dollars nobody gave: what asks for dollars cannot see it, and that is told.
fn unpriced(rows: &[Exposure]) -> Option<Trouble> {
    let without = |row: &&Exposure| row.amount_usd.is_none() && row.lane.as_deref() != Some("pattern");
    let assets: BTreeSet<String> = rows.iter().filter(without).filter_map(|row| row.asset.clone()).collect();
    let named: Vec<String> = assets.iter().take(8).map(|asset| bonafide_facts::text::printable(asset, 40)).collect();
    let what = format!("coin of {} from or to a label has no value in dollars: what asks for dollars cannot be judged", named.join(", "));
    (!named.is_empty()).then(|| Trouble::note("no-dollar-value", None, what, "add amount_usd, the value at the time, to the transfers"))
}

/// Exposures of wallets over a ledger.
#[must_use]
pub fn trace(wallets: &[Wallet], ledger: &Ledger, labels: &Labels, limits: &Limits, troubles: &mut Vec<Trouble>) -> Vec<Exposure> {
    let mut rows = Vec::new();
    let payers = patterns::Payers::of(ledger, wallets);
    for segment in &ledger.segments {
        let here: Vec<(usize, &Wallet)> = wallets.iter().filter_map(|wallet| Some((segment.find(&wallet.address)?, wallet))).collect();
        let horizon = limits.as_of.map_or(segment.len(), |at| segment.until(at));
        let roles = roles(segment, labels);
        rows.extend(patterns::patterns(segment, horizon, (&roles, labels, &payers), &here, limits));
        if here.is_empty() || roles.iter().all(|role| !role.absorbs) {
            continue;
        }
        for direction in [Direction::From, Direction::To] {
            let balances = if direction == Direction::To { final_balances(segment, horizon) } else { vec![0; segment.address_count()] };
            let context = Context { segment, horizon, labels, limits, direction, roles: &roles, balances: &balances };
            rows.extend(measure(&context, &here, troubles));
        }
    }
    rows
}

type Order<'a> = [Option<&'a String>; 8];
fn order(row: &Exposure) -> (Order<'_>, Option<i64>) {
    let words = [&row.subject_id, &row.chain, &row.address, &row.asset, &row.direction, &row.lane, &row.method, &row.source_address];
    (words.map(Option::as_ref), row.hops)
}
