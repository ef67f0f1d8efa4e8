//! One block of the simulated world: its dice, its counters, its tables and its truth.
//!
//! Must not know a story, nor any rule: it hands out keys and writes what it is told.

use super::clock::{Clock, day_text};
use super::dice::Dice;
use super::person::Person;
use super::sheets::Sheets;
use super::words::Words;

/// What may give a concealed story away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Shared phones, mails, documents.
    Identity,
    /// Shared or disproved papers.
    Paper,
    /// Network exits, remote sessions.
    Session,
    /// Hours and clocks.
    Clock,
    /// Things plugged in, programs, shared machines.
    Device,
    /// How somebody behaves towards people.
    Conduct,
    /// Code history.
    Code,
    /// Where goods go and households are.
    Place,
    /// Who is paid.
    Payment,
    /// Referrals, ratings, coin flows.
    Graph,
}

/// Subjects of a block.
pub const BLOCK: usize = 4096;

/// One block.
#[derive(Debug)]
pub struct World<'a> {
    /// Chance.
    pub dice: Dice,
    /// Chance of names alone: other names leave everything else as it is.
    pub names: Dice,
    /// Zones.
    pub clock: &'a Clock,
    /// Word lists.
    pub words: &'a Words,
    /// Tables.
    pub sheets: Sheets,
    /// Rows of truth.csv.
    pub truth: Vec<u8>,
    /// Rows of groups.csv.
    pub groups: Vec<u8>,
    /// How careful the concealed are, 0 to 3.
    pub care: u8,
    /// Subjects made in this block.
    pub made: usize,
    block: u64,
    households: usize,
    serials: u64,
    crews: usize,
}

impl<'a> World<'a> {
    /// An empty block; the seeds are that of everything and that of names.
    #[must_use]
    pub fn new((seed, names): (u64, u64), block: u64, care: u8, clock: &'a Clock, words: &'a Words) -> Self {
        Self {
            dice: Dice::new(seed, block),
            names: Dice::new(names ^ 0x6E61_6D65, block),
            clock,
            words,
            sheets: Sheets::default(),
            truth: Vec::new(),
            groups: Vec::new(),
            care,
            made: 0,
            block,
            households: 0,
            serials: 0,
            crews: 0,
        }
    }

    /// Whether a concealed person lets this slip. The chances by care level are in the guide: careless people leak nearly
    /// everything, careful ones (3) nothing but where goods go, who is paid and who deals with whom.
    pub fn slips(&mut self, channel: Channel) -> bool {
        let hard = matches!(channel, Channel::Place | Channel::Payment | Channel::Graph);
        let chance = match (self.care, hard) {
            (0, true) => 0.95,
            (0, false) => 0.9,
            (1, true) => 0.9,
            (1, false) => 0.6,
            (2, true) => 0.8,
            (2, false) => 0.25,
            (_, true) => 0.7,
            (_, false) => 0.0,
        };
        self.dice.chance(chance)
    }

    /// A place people live in, by weight.
    pub fn anywhere(&mut self) -> usize {
        *self.dice.pick(&self.words.homes)
    }

    /// A place from which published cases were worked.
    pub fn behind(&mut self) -> usize {
        *self.dice.pick(&self.words.hands)
    }

    /// A place in the same country, when the list has one.
    pub fn near(&mut self, place: usize) -> usize {
        let country = self.words.places[place].country_index;
        let places = &self.words.places;
        let same: Vec<usize> = (0..places.len()).filter(|other| places[*other].country_index == country).collect();
        *self.dice.pick(&same)
    }

    /// A key that tells nothing: the running number, scattered over 32 bits without collision.
    #[allow(clippy::cast_possible_truncation)]
    pub fn subject_id(&mut self) -> String {
        let number = self.block as u32 * BLOCK as u32 * 2 + self.made as u32;
        self.made += 1;
        let mut x = (number ^ 0x5EED_F00D).wrapping_mul(0x9E37_79B1);
        x ^= x >> 15;
        x = x.wrapping_mul(0x85EB_CA77);
        x ^= x >> 13;
        format!("s{x:08x}")
    }

    /// A number used once in the whole simulation.
    pub fn serial(&mut self) -> u64 {
        self.serials += 1;
        self.block * 1_000_000 + self.serials
    }

    /// The number of a household's line, used once in each country up to a million subjects.
    #[allow(clippy::cast_possible_truncation)]
    pub fn household(&mut self) -> usize {
        self.households += 1;
        self.block as usize * (BLOCK + BLOCK / 2) + self.households
    }

    /// A name for a crew, used in truth.csv only.
    pub fn crew(&mut self, family: &str) -> String {
        self.crews += 1;
        format!("{family}-{}-{}", self.block, self.crews)
    }

    /// Writes what is so: family, whose hands, which crew, since when (`None` for people who hide nothing).
    pub fn tell(&mut self, p: &Person, family: &str, operator: &str, crew: &str, since: Option<i32>) {
        let since = since.map(day_text).unwrap_or_default();
        let hidden = !since.is_empty();
        let operator = if operator.is_empty() { p.id.as_str() } else { operator };
        let line = format!("{},{hidden},{family},{operator},{crew},{since},{}\n", p.id, self.care);
        self.truth.extend_from_slice(line.as_bytes());
        let region = &self.words.places[p.place].region;
        let origin = &self.words.origins[p.origin].id;
        self.groups.extend_from_slice(format!("{},{origin},{region},{}\n", p.id, p.stage).as_bytes());
    }
}
