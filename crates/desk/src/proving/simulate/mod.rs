//! The simulator: whole case folders of invented people, most of them ordinary, with the truth beside them.
//!
//! Must not know the pack, any rule, or how anything is detected. People, machines, places, employers and payouts live and act;
//! rows are what their acts leave behind. It works in blocks of [`world::BLOCK`] subjects, each with its own dice, so memory is
//! bounded, blocks can be made side by side, and the bytes depend on the options alone.

#![allow(clippy::explicit_auto_deref)] // without the star the compiler takes `pick` for one of `str`

mod attack;
pub mod clock;
pub mod dice;
pub mod families;
mod honest;
mod life;
mod nets;
mod person;
mod sheets;
#[cfg(test)]
mod tests;
mod words;
mod world;

pub use families::{FAMILIES, Family};
pub use sheets::SHEETS;

use clock::Clock;
use sheets::{Sheet, Sheets};
use std::sync::mpsc;
use words::Words;
use world::{BLOCK, World};

/// What to simulate.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Subjects, at least; the last household or crew is finished.
    pub subjects: usize,
    /// Share of subjects that hide something, 0 to 0.5.
    pub attack_rate: f64,
    /// Share of subjects that belong to an honest family that looks odd, 0 to 0.5.
    pub lookalike_rate: f64,
    /// How careful the concealed are, 0 to 3.
    pub care: u8,
    /// Families that take part.
    pub families: Vec<Family>,
    /// Seed.
    pub seed: u64,
    /// Seed of the names; other names leave everything else as it is.
    pub names: u64,
    /// Threads.
    pub threads: usize,
}

/// Text of one block, in the order of [`SHEETS`], and its truth and groups; without headers.
#[derive(Debug)]
pub struct Block {
    /// CSV rows by table.
    pub texts: Vec<Vec<u8>>,
    /// Rows of truth.csv.
    pub truth: Vec<u8>,
    /// Rows of groups.csv.
    pub groups: Vec<u8>,
    /// Subjects in it.
    pub subjects: usize,
}

/// Header of truth.csv.
pub const TRUTH_HEADER: &str = "subject_id,hidden,family,operator,crew,since,care\n";
/// Header of groups.csv: kept outside the case folder, never read by the engine.
pub const GROUPS_HEADER: &str = "subject_id,name_origin,region,stage\n";

/// Runs the plan and hands over the blocks in order.
///
/// # Errors
/// What `write` returns; the run stops there.
pub fn simulate<E>(plan: &Plan, mut write: impl FnMut(Block) -> Result<(), E>) -> Result<(), E> {
    let words = Words::new();
    let clock = Clock::new(words.places.iter().map(|place| place.zone.as_str()));
    write(reference(&words, &clock))?;
    let blocks = plan.subjects.div_ceil(BLOCK);
    let threads = plan.threads.clamp(1, 64).min(blocks.max(1));
    std::thread::scope(|scope| {
        let receivers: Vec<mpsc::Receiver<Block>> = (0..threads)
            .map(|thread| {
                let (sender, receiver) = mpsc::sync_channel(1);
                let (words, clock) = (&words, &clock);
                scope.spawn(move || {
                    for number in (thread..blocks).step_by(threads) {
                        if sender.send(block(plan, number, clock, words)).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        for number in 0..blocks {
            let Ok(block) = receivers[number % threads].recv() else { break };
            write(block)?;
        }
        Ok(())
    })
}

/// The rows that describe the world itself: networks and labelled addresses.
fn reference(words: &Words, clock: &Clock) -> Block {
    let mut sheets = Sheets::default();
    nets::describe(words, &mut sheets);
    let seen = clock.at(0, clock::START - 200, 12.0);
    for (address, category, name) in [
        (attack::money::EXCHANGE, "exchange", "Example Exchange (simulated)"),
        (attack::money::MIXER, "mixer", "Example Mixer (simulated)"),
        (attack::money::THEFT, "theft", "Example Theft (simulated)"),
        (attack::money::TREASURY, "payroll", "Example Payroll (simulated)"),
        (attack::money::BRIDGE, "bridge", "Example Bridge (simulated)"),
    ] {
        sheets.row(Sheet::Labels).word("ethereum").word(address).word(category).text(name).word("simulated").time(seen, 0);
    }
    Block { texts: sheets.texts, truth: Vec::new(), groups: Vec::new(), subjects: 0 }
}

/// One block: first the crews and households, then ordinary people until it is full.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
fn block(plan: &Plan, number: usize, clock: &Clock, words: &Words) -> Block {
    let wanted = BLOCK.min(plan.subjects - number * BLOCK);
    let mut world = World::new((plan.seed, plan.names), number as u64, plan.care.min(3), clock, words);
    for (attack, rate) in [(true, plan.attack_rate), (false, plan.lookalike_rate)] {
        let families: Vec<&Family> = plan.families.iter().filter(|family| family.attack == attack).collect();
        let share = wanted as f64 * rate.clamp(0.0, 0.5);
        let until = world.made + share as usize + usize::from(world.dice.chance(share.fract()));
        let mut turn = number * 7;
        while world.made < until && !families.is_empty() {
            (families[turn % families.len()].live)(&mut world);
            turn += 1;
        }
    }
    while world.made < wanted {
        world.ordinary();
    }
    Block { texts: std::mem::take(&mut world.sheets.texts), truth: world.truth, groups: world.groups, subjects: world.made }
}
