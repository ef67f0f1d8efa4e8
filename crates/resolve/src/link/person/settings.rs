//! Comparisons, blocking keys and thresholds of person linkage, read from wordlists/link_person.yml.
//!
//! Must not hold a number of its own.

use bonafide_facts::Trouble;
use serde::Deserialize;

const BUILT_IN: &str = include_str!("../../../../../wordlists/link_person.yml");

/// How a value is brought to a form that can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Letters only, folded.
    Word,
    /// Letters and digits only.
    Code,
    /// Eight digits, year first.
    Date,
    /// Words and numbers, one space between.
    #[default]
    Text,
}

/// What must hold for a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Equal.
    Exact,
    /// At most `limit` insertions, deletions, replacements or exchanges of neighbours.
    Edits,
    /// The first `limit` letters are equal.
    Prefix,
    /// One begins the other.
    Part,
    /// Day and month exchanged.
    SwappedDate,
    /// `limit` of year, month and day are equal.
    DateParts,
    /// The years are equal.
    DateYear,
    /// At least `limit` percent of the words are shared.
    Words,
}

/// One level of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonLevel {
    /// The test.
    pub test: Test,
    /// Its number, where it has one.
    #[serde(default)]
    pub limit: usize,
    /// Share of true pairs at this level, where EM begins.
    pub m: f64,
    /// Whether rarity of the value counts.
    #[serde(default)]
    pub tf: bool,
}

/// One compared column.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Its word, used by keys and `--columns`.
    pub role: String,
    /// Headers that are understood without being told.
    pub headers: Vec<String>,
    /// The form.
    pub form: Form,
    /// Best first; what fails all is the last, unwritten level.
    pub levels: Vec<PersonLevel>,
}

/// What of a column goes into a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// All of it.
    #[default]
    Whole,
    /// The first `limit` characters.
    Head,
    /// First letter and consonants, doubles once.
    Sound,
    /// The year of a date.
    Year,
    /// Month and day of a date.
    Day,
    /// First name and surname in alphabetical order.
    Names,
}

/// A part of a key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Role.
    pub of: String,
    /// What of it.
    #[serde(default)]
    pub by: By,
    /// Characters, for `head`.
    #[serde(default)]
    pub limit: usize,
}

/// The whole file. `Default` is the one that is built in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonSettings {
    /// Compared columns.
    pub comparisons: Vec<Comparison>,
    /// Blocking keys.
    pub keys: Vec<Vec<Part>>,
    /// Roles whose keys teach m: a key of other columns (a place, which fixes postcode and city together) would teach that
    /// neighbours are one person.
    pub taught_by: Vec<String>,
    /// Largest block.
    pub block: usize,
    /// Random pairs for u.
    pub sample_pairs: usize,
    /// Candidate pairs that m is learned from, about; of more, whole blocks are drawn by their key.
    pub taught_pairs: usize,
    /// Rounds of EM.
    pub rounds: usize,
    /// Smallest frequency of a level.
    pub least_frequency: f64,
    /// Smallest frequency of a value.
    pub tf_floor: f64,
    /// Share of the term-frequency adjustment that counts, 0 to 1.
    pub tf_share: f64,
    /// Largest weight of one comparison, bits.
    pub max_bits: f64,
    /// A pair this likely links.
    pub link_probability: f64,
    /// Average bits at which clusters of a table of 40,000 records merge.
    pub merge_bits: f64,
    /// What is added to it for every doubling of the records; at most 0 in all.
    pub merge_bits_per_doubling: f64,
    /// Pairs looked at for that.
    pub merge_pairs: usize,
    /// Candidate pairs in all.
    pub pairs: usize,
}

impl PersonSettings {
    /// Reads the YAML form.
    ///
    /// # Errors
    /// What is wrong with the text, with its line; a comparison of more than six levels, or more than 20 comparisons.
    pub fn read(yaml: &str) -> Result<Self, Trouble> {
        let bad = |what: String| Trouble::error("bad-settings", None, what, "compare with the link_person.yml that Bonafide brings");
        let settings: Self = serde_saphyr::from_str(yaml).map_err(|error| bad(bonafide_facts::text::printable(&error.to_string(), 400)))?;
        if settings.comparisons.len() > 20 || settings.comparisons.iter().any(|one| one.levels.len() > 6) {
            return Err(bad("more than 20 comparisons, or more than six levels in one".into()));
        }
        Ok(settings)
    }
}

impl Default for PersonSettings {
    fn default() -> Self {
        Self::read(BUILT_IN).unwrap_or_else(|trouble| panic!("wordlists/link_person.yml: {trouble}"))
    }
}
