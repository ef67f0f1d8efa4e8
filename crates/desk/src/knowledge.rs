//! What a pack holds beside its rules: the questionnaires and the advisory's rows.
//!
//! Must not know how an answer or a row becomes a finding: that is a rule.

use crate::embedded;
use bonafide_facts::{Place, Trouble};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;

/// A questionnaire: the same questions for everybody in a role.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Word on the command line.
    pub id: String,
    /// Title.
    pub title: String,
    /// Stages of a subject it is for.
    pub stages: Vec<String>,
    /// In the order they are asked.
    pub questions: Vec<Question>,
}

/// One question and the observation a "yes" becomes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Code of the observation.
    pub code: String,
    /// The question.
    pub ask: String,
    /// Why it is asked.
    pub why: String,
    /// How to ask it fairly.
    pub how: String,
}

/// One row of the advisory of 2022-05-16.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryRow {
    /// P1, C3, O7…
    pub id: String,
    /// The row in our words.
    pub text: String,
    /// rule, form or step.
    pub how: String,
    /// What a person does, for step rows.
    #[serde(default)]
    pub step: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forms {
    forms: Vec<Form>,
}

/// The pack's questionnaires.
///
/// # Errors
/// When the file is absent or not in its form, with its line.
pub fn forms(pack: Option<&Path>) -> Result<Vec<Form>, Trouble> {
    read::<Forms>(pack, "forms.yml").map(|file| file.forms)
}

/// The advisory's rows.
///
/// # Errors
/// When the file is absent or not in its form, with its line.
pub fn advisory(pack: Option<&Path>) -> Result<Vec<AdvisoryRow>, Trouble> {
    read(pack, "advisory.yml")
}

fn read<T: DeserializeOwned>(pack: Option<&Path>, name: &str) -> Result<T, Trouble> {
    let text = embedded::pack_file(pack, name)?;
    serde_saphyr::from_str(&text).map_err(|error| {
        let what = bonafide_facts::text::printable(&error.to_string(), 300);
        Trouble::error("bad-pack-file", Some(Place::file(name)), what, "write it like the bundled one (`packs/concealed-worker`)")
    })
}
