//! What is known of an address: its lane, name, source, and whether that rests on volunteers only.
//!
//! Must not know transfers or subjects, and decides nothing: a label is repeated as its source gives it.

use crate::lane::Lane;
use bonafide_facts::identifier::wallet;
use bonafide_facts::tables::money;
use bonafide_facts::tables::world::{ListEntry, ListIdentifier, ListProgramme};
use bonafide_facts::text::printable;
use bonafide_facts::{RowId, Tables, Trouble};
use std::collections::{BTreeMap, HashMap, HashSet};

/// One label of one address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Label {
    /// What it is known for.
    pub lane: Lane,
    /// Whose it is said to be.
    pub name: String,
    /// Who says so.
    pub source: String,
    /// Chain the label was written for; empty when unknown.
    pub chain: String,
    /// Rests on unverified community labels: never more than a lead.
    pub lead_only: bool,
    /// Place of the row.
    pub row: i64,
    /// Since when it holds, microseconds since 1970; `None` when that is not said.
    pub listed_from: Option<i64>,
    /// Until when it held; `None` while it holds.
    pub listed_to: Option<i64>,
}

impl Label {
    /// Whether it holds at an instant; `None` asks about now, when nothing that ended holds.
    #[must_use]
    pub fn holds(&self, at: Option<i64>) -> bool {
        match at {
            None => self.listed_to.is_none(),
            Some(at) => self.listed_from.is_none_or(|from| from <= at) && self.listed_to.is_none_or(|to| at < to),
        }
    }
}

/// The labels of a run by canonical address. One key holds the same address on every chain that can write it, so a label
/// for one EVM chain counts on all: the key that signs is the same.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    by_address: HashMap<String, Vec<Label>>,
}

/// What ties a list entry itself to the DPRK in its publisher's own words. An entry is chosen by what is printed of it, not
/// by its programme alone: OFAC lists bankers of the workers' payroll under NPWMD, with the remark on secondary sanctions.
/// Source: OFAC SDN list, programme tags and remarks ("Secondary sanctions risk: North Korea Sanctions Regulations,
/// sections 510.201 and 510.210").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityMarks {
    /// Beginnings of programme names, upper case.
    pub programmes: Vec<String>,
    /// Parts of remarks, lower case.
    pub remarks: Vec<String>,
    /// Entry ids.
    pub entries: Vec<String>,
    /// Names as the list prints them, for labels that give a name and no entry.
    pub names: Vec<String>,
}

/// Entries and names that a publisher ties to the DPRK; the file says how each.
const TIED: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/dprk_entities.csv"));

/// A name without the order, case and marks in which sources differ: `SIM, Hyon Sop` and `Hyon-Sop Sim` are one.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase().replace('-', " ");
    let mut words: Vec<&str> =
        lower.split(|letter: char| !letter.is_alphanumeric() && letter != '\'').filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

impl Default for EntityMarks {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let (mut entries, mut names) = (Vec::new(), Vec::new());
        for line in TIED.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let Some((id, rest)) = line.split_once(',') else { continue };
            let name = rest.strip_prefix('"').map_or_else(|| rest.split(',').next(), |quoted| quoted.split('"').next());
            entries.push(id.to_owned());
            names.extend(name.map(plain));
        }
        Self { programmes: words(&["DPRK"]), remarks: words(&["north korea sanctions regulations"]), entries, names }
    }
}

impl Labels {
    /// Adds a label. The address is brought to its canonical form.
    pub fn add(&mut self, address: &str, label: Label) {
        let labels = self.by_address.entry(wallet::canonical(address)).or_default();
        if let Err(place) = labels.binary_search(&label) {
            labels.insert(place, label);
        }
    }

    /// The labels of a canonical address, by lane; empty when nothing is known.
    #[must_use]
    pub fn get(&self, address: &str) -> &[Label] {
        self.by_address.get(address).map_or(&[], Vec::as_slice)
    }

    /// Only the labels that hold at an instant (now when `None`): a delisted address is no source any more.
    #[must_use]
    pub fn at(mut self, at: Option<i64>) -> Self {
        self.by_address.retain(|_, labels| {
            labels.retain(|label| label.holds(at));
            !labels.is_empty()
        });
        self
    }

    /// The labels of an address, and the address, in order of address.
    #[must_use]
    pub fn sorted(&self) -> Vec<(&str, &[Label])> {
        let mut all: Vec<(&str, &[Label])> =
            self.by_address.iter().map(|(address, labels)| (address.as_str(), labels.as_slice())).collect();
        all.sort_unstable();
        all
    }

    /// Labelled addresses.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_address.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_address.is_empty()
    }

    /// The labels of `labels` and the wallets of the official lists; what could not be used as troubles.
    #[must_use]
    pub fn of(tables: &Tables, marks: &EntityMarks) -> (Self, Vec<Trouble>) {
        let mut all = Self::default();
        let mut unknown: BTreeMap<String, (u64, i64)> = BTreeMap::new();
        let mut damaged: BTreeMap<&'static str, (u64, i64, String)> = BTreeMap::new();
        for row in tables.rows::<money::Label>() {
            let (Some(address), Some(category)) = (row.address, row.category) else { continue };
            let Some(lane) = Lane::of_category(&category) else {
                unknown.entry(category).or_insert((0, row.row_id)).0 += 1;
                continue;
            };
            if let Err(reason) = wallet::parse(&address)
                && reason.is_damage()
            {
                damaged.entry(reason.sentence()).or_insert_with(|| (0, row.row_id, address.clone())).0 += 1;
            }
            let source = row.source.unwrap_or_default();
            let words = source.to_lowercase();
            let lead_only = lane == Lane::Community || row.lead_only.unwrap_or(words.contains("community") || words.contains("unverified"));
            let lane = if lead_only && lane.index() < Lane::TRACED { Lane::Community } else { lane };
            let name = row.name.unwrap_or(category);
            let tied = lane == Lane::ListedOther && marks.names.contains(&plain(&name));
            let lane = if tied { Lane::ListedDprk } else { lane };
            let (listed_from, listed_to) = (row.listed_from.map(|at| at.micros), row.listed_to.map(|at| at.micros));
            let chain = row.chain.unwrap_or_default();
            all.add(&address, Label { lane, name, source, chain, lead_only, row: row.row_id, listed_from, listed_to });
        }
        all.add_lists(tables, marks);
        let counted = |code: &str, row: i64, count: u64, what: String, mend: &str| {
            let mut trouble = Trouble::warning(code, tables.files.place(RowId(row)), what, mend);
            trouble.count = count;
            trouble
        };
        let mut troubles: Vec<Trouble> = Vec::new();
        for (category, (count, row)) in unknown {
            let what = format!("label category `{}` is not known; the label was left out", printable(&category, 40));
            let mend = "use listed_dprk, listed_other, law_enforcement, frozen, theft, mixer, bridge, exchange, service or community";
            troubles.push(counted("unknown-category", row, count, what, mend));
        }
        for (sentence, (count, row, address)) in damaged {
            let what = format!("label for `{}`: {sentence}", printable(&address, 100));
            troubles.push(counted("damaged-label", row, count, what, "take the addresses from their publisher"));
        }
        (all, troubles)
    }

    /// Adds the wallets of official lists.
    pub(crate) fn add_lists(&mut self, tables: &Tables, marks: &EntityMarks) {
        let wallets: Vec<ListIdentifier> =
            tables.rows::<ListIdentifier>().into_iter().filter(|row| row.kind.as_deref() == Some("wallet")).collect();
        if wallets.is_empty() {
            return;
        }
        let wanted: HashSet<&str> = wallets.iter().filter_map(|row| row.entry_id.as_deref()).collect();
        let tied: HashSet<String> = tables
            .rows::<ListProgramme>()
            .into_iter()
            .filter(|row| {
                row.programme
                    .as_ref()
                    .is_some_and(|programme| marks.programmes.iter().any(|mark| programme.to_uppercase().starts_with(mark)))
            })
            .filter_map(|row| row.entry_id)
            .collect();
        let entries: HashMap<String, ListEntry> = tables
            .rows::<ListEntry>()
            .into_iter()
            .filter(|row| row.entry_id.as_deref().is_some_and(|id| wanted.contains(id)))
            .filter_map(|row| Some((row.entry_id.clone()?, row)))
            .collect();
        for row in &wallets {
            let (Some(id), Some(address)) = (&row.entry_id, &row.value) else { continue };
            let entry = entries.get(id);
            let day = |cell: Option<&bonafide_facts::cell::Time>| cell.map(|at| at.micros);
            let remarks = entry.and_then(|entry| entry.remarks.as_deref()).unwrap_or("").to_lowercase();
            let dprk = tied.contains(id) || marks.entries.contains(id) || marks.remarks.iter().any(|mark| remarks.contains(mark));
            let label = Label {
                lane: if dprk { Lane::ListedDprk } else { Lane::ListedOther },
                name: entry.and_then(|entry| entry.name.clone()).unwrap_or_else(|| id.clone()),
                source: entry.and_then(|entry| entry.list.clone()).unwrap_or_else(|| id.clone()),
                chain: row.chain.clone().unwrap_or_default(),
                lead_only: false,
                row: row.row_id,
                listed_from: day(entry.and_then(|entry| entry.listed_from.as_ref())),
                listed_to: day(entry.and_then(|entry| entry.listed_to.as_ref())),
            };
            self.add(address, label);
        }
    }
}
