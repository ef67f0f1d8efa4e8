//! The lanes that coin is traced in: one for each kind of labelled source.
//!
//! Must not know which addresses bear a label, nor what a lane means for anybody.

use serde::{Deserialize, Serialize};

/// What an address is known for. The first eight are traced ([`Lane::TRACED`]); exchanges and services only absorb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// On an official list, the entry itself tied to the DPRK by its publisher.
    ListedDprk,
    /// On an official list for another reason.
    ListedOther,
    /// Named in a seizure, forfeiture or law-enforcement notice.
    LawEnforcement,
    /// Frozen by the issuer of the coin.
    Frozen,
    /// Received stolen coin.
    Theft,
    /// A mixer.
    Mixer,
    /// A bridge or swap to another chain.
    Bridge,
    /// Named by volunteers only: a lead, never more.
    #[default]
    Community,
    /// An exchange, its deposit addresses included.
    Exchange,
    /// Any other service that pools its users' coin.
    Service,
}

impl Lane {
    /// All lanes; a lane's place here is its [`Lane::index`].
    pub const ALL: [Self; 10] = [
        Self::ListedDprk,
        Self::ListedOther,
        Self::LawEnforcement,
        Self::Frozen,
        Self::Theft,
        Self::Mixer,
        Self::Bridge,
        Self::Community,
        Self::Exchange,
        Self::Service,
    ];
    /// How many lanes are traced beyond the first step.
    pub const TRACED: usize = 8;
    const WORDS: [&'static str; 10] =
        ["listed_dprk", "listed_other", "law_enforcement", "frozen", "theft", "mixer", "bridge", "community", "exchange", "service"];

    /// 0 to 9.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The word used in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self.index()]
    }

    /// The lane of a label's category word, in any case; `None` for a word that is not known.
    #[must_use]
    pub fn of_category(category: &str) -> Option<Self> {
        let word = category.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        if let Some(place) = Self::WORDS.iter().position(|known| *known == word) {
            return Some(Self::ALL[place]);
        }
        Some(match word.as_str() {
            "sanctioned" | "sanction" | "sanctions" | "listed" => Self::ListedOther,
            "seized" | "seizure" | "forfeiture" => Self::LawEnforcement,
            "blacklisted" | "issuer_frozen" => Self::Frozen,
            "hack" | "heist" | "stolen" | "exploit" | "thief" => Self::Theft,
            "mixing_service" | "tumbler" | "coinjoin" => Self::Mixer,
            "swap" | "cross_chain" => Self::Bridge,
            "lead" | "unverified" => Self::Community,
            "deposit" | "exchange_deposit" | "hot_wallet" | "cex" => Self::Exchange,
            "payroll" | "payment_processor" | "hosted_wallet" | "custodian" | "defi" | "market" | "gambling" | "miner" => Self::Service,
            _ => return None,
        })
    }
}

/// Some lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct LaneSet(u16);

impl LaneSet {
    /// No lane.
    pub const EMPTY: Self = Self(0);

    /// With one more lane.
    #[must_use]
    pub fn with(self, lane: Lane) -> Self {
        Self(self.0 | 1 << lane.index())
    }

    /// Whether the lane is in it.
    #[must_use]
    pub fn has(self, lane: Lane) -> bool {
        self.0 >> lane.index() & 1 == 1
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The traced lanes as bits, bit n for lane n.
    #[must_use]
    pub fn traced(self) -> u8 {
        (self.0 & 0xff) as u8
    }

    /// The lanes, in order.
    pub fn iter(self) -> impl Iterator<Item = Lane> {
        Lane::ALL.into_iter().filter(move |lane| self.has(*lane))
    }
}

/// The positions of the bits that are set.
pub(crate) fn bits(mut mask: u8) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (mask != 0).then(|| mask.trailing_zeros() as usize)?;
        mask &= mask - 1;
        Some(bit)
    })
}
