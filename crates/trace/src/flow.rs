//! What every method runs over: the transfers of one segment in order (or in reverse), and the role of each address.
//!
//! Must not know how a method divides coin.

use crate::label::Labels;
use crate::lane::LaneSet;
use crate::ledger::Segment;

/// Which way coin is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Where a wallet's coin came from: forward in time from the labels.
    From,
    /// Where a wallet's coin went to: backward in time from the labels.
    To,
}

impl Direction {
    /// `from` or `to`.
    #[must_use]
    pub fn word(self) -> &'static str {
        if self == Self::From { "from" } else { "to" }
    }
}

/// What an address does with coin that reaches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Role {
    /// Lanes that all coin leaving it is counted in (traced lanes only).
    pub source: u8,
    /// Coin that reaches it goes no further: exchanges, services, burn addresses, and every source.
    pub absorbs: bool,
}

/// The roles of a segment's addresses, by id. Zero and precompile addresses absorb and are never sources.
#[must_use]
pub fn roles(segment: &Segment, labels: &Labels) -> Vec<Role> {
    let role = |address: &str| {
        if is_burn(&segment.chain, address) {
            return Role { source: 0, absorbs: true };
        }
        let lanes = labels.get(address).iter().fold(LaneSet::EMPTY, |lanes, label| lanes.with(label.lane));
        Role { source: lanes.traced(), absorbs: !lanes.is_empty() }
    };
    segment.addresses().iter().map(role).collect()
}

/// Addresses that nobody holds: the first 65,536 of an EVM chain (zero, precompiles, `…dead`), their TRON twins and the
/// system program of Solana. Minting and burning pass through them, so they tell nothing of who stands behind.
///
/// Sources: Ethereum yellow paper, appendix E (precompiled contracts); Solana docs, "Native programs".
#[must_use]
pub fn is_burn(chain: &str, address: &str) -> bool {
    let evm = address.strip_prefix("0x").is_some_and(|digits| {
        let digits = digits.as_bytes();
        digits.len() == 40
            && (digits[..36].iter().all(|digit| *digit == b'0')
                || (digits.ends_with(b"dead") && digits[..8].iter().all(|digit| *digit == b'0')))
    });
    let solana = chain == "solana" && address.bytes().all(|byte| byte == b'1');
    evm || solana || address == "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"
}

/// One movement as a method sees it: reversed, the receiver gives to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Position in the segment.
    pub transfer: usize,
    /// Who gives.
    pub giver: usize,
    /// Who takes.
    pub taker: usize,
    /// How much, in 10^-18.
    pub amount: u128,
}

/// The steps of transfers `range` in the order of the direction.
pub fn steps(segment: &Segment, direction: Direction, range: std::ops::Range<usize>) -> impl Iterator<Item = Step> {
    let (start, end) = (range.start, range.end);
    range.map(move |place| {
        let transfer = if direction == Direction::From { place } else { start + end - 1 - place };
        let (from, to) = (segment.from[transfer] as usize, segment.to[transfer] as usize);
        let (giver, taker) = if direction == Direction::From { (from, to) } else { (to, from) };
        Step { transfer, giver, taker, amount: segment.amount[transfer] }
    })
}

/// What each address holds after the first `horizon` transfers, in 10^-18; coin that was spent without having come in counts as
/// found.
#[must_use]
pub fn final_balances(segment: &Segment, horizon: usize) -> Vec<u128> {
    let mut held = vec![0_u128; segment.address_count()];
    settle(segment, horizon, &mut held);
    held
}

/// Takes balances through the first `horizon` transfers.
pub(crate) fn settle(segment: &Segment, horizon: usize, held: &mut [u128]) {
    for step in steps(segment, Direction::From, 0..horizon.min(segment.len())).filter(|step| step.giver != step.taker) {
        held[step.giver] = held[step.giver].saturating_sub(step.amount);
        held[step.taker] += step.amount;
    }
}
