//! The numbers of document matching, read from wordlists/documents.yml, where each has its reason.
//!
//! Must not hold a number of its own.

use bonafide_facts::Trouble;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The file as it is built in.
const BUILT_IN: &str = include_str!("../../../../wordlists/documents.yml");

/// Thresholds and limits of document matching. `Default` is the file that is built in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Document kind -> class; texts of one class are compared, 0 never.
    pub classes: BTreeMap<String, u8>,
    /// Class of any other kind.
    pub other_class: u8,
    /// Smallest Jaccard of rare shingles, 0 to 1.
    pub least_jaccard: f64,
    /// Smallest share of the shorter text, 0 to 1.
    pub least_contained: f64,
    /// Smallest Jaccard when at least `low_shared` rare shingles are shared, 0 to 1.
    pub low_jaccard: f64,
    /// Rare shingles from which `low_jaccard` is enough.
    pub low_shared: usize,
    /// Smallest number of shared rare shingles.
    pub least_shared: usize,
    /// Smallest number of rare shingles a text must have.
    pub least_shingles: usize,
    /// A shingle of more subjects is boilerplate; at most 254.
    pub boilerplate_subjects: usize,
    /// Smallest number of shingles of a text that is compared as a whole, boilerplate included.
    pub least_whole_shingles: usize,
    /// Smallest Jaccard of such texts, 0 to 1.
    pub whole_jaccard: f64,
    /// Smallest number of words of a sentence.
    pub sentence_words: usize,
    /// Largest number of words of a sentence.
    pub sentence_words_most: usize,
    /// Most subjects a rare sentence may have.
    pub sentence_subjects: usize,
    /// Smallest rarity of a sentence, bits.
    pub sentence_bits: f64,
    /// Pretended documents behind the word counts.
    pub background_documents: f64,
    /// Largest distance of two perceptual hashes, bits; 0 to 11.
    pub hash_distance: u32,
    /// Fewer bits set (or unset) than this: a plain image.
    pub plain_image_bits: u32,
    /// Templates that every installation has.
    pub default_templates: Vec<String>,
    /// Bytes of one text that are compared.
    pub text_bytes: usize,
    /// Shingles in all.
    pub shingles: usize,
    /// Shingles in the candidate index.
    pub sampled_shingles: usize,
    /// Sentences in all.
    pub sentences: usize,
    /// Pairs in the result.
    pub pairs: usize,
    /// Documents with one value, above which a chain stands for all pairs.
    pub group_subjects: usize,
    /// Documents with one rare shingle, above which it finds no candidates.
    pub group_documents: usize,
    /// Comparisons of perceptual hashes.
    pub comparisons: usize,
    /// Words that make no sentence rare.
    pub common_words: Vec<String>,
}

impl Limits {
    /// Reads the YAML form.
    ///
    /// # Errors
    /// What is wrong with the text, with its line.
    pub fn read(yaml: &str) -> Result<Self, Trouble> {
        serde_saphyr::from_str(yaml).map_err(|error| {
            let what = bonafide_facts::text::printable(&error.to_string(), 400);
            Trouble::error("bad-settings", None, what, "compare with the documents.yml that Bonafide brings")
        })
    }

    /// The class of a document kind.
    #[must_use]
    pub fn class(&self, kind: &str) -> u8 {
        self.classes.get(kind).copied().unwrap_or(self.other_class)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::read(BUILT_IN).unwrap_or_else(|trouble| panic!("wordlists/documents.yml: {trouble}"))
    }
}
