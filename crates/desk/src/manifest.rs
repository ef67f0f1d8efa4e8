//! The manifest: all that a run depended on and gave, so that it can be proved again. Holds no clock and no machine.

use crate::report::Report;
use crate::run::{Input, Run};
use bonafide_facts::{Trouble, digest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the form.
pub const SCHEMA: &str = "bonafide.manifest/1";

/// What a run depended on and gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of the engine.
    pub engine: String,
    /// Path and options as given.
    pub arguments: serde_json::Value,
    /// The day of judgement, RFC 3339: a later run takes it from here, whatever its clock says.
    #[serde(default)]
    pub as_of: Option<String>,
    /// Pack id, version and digest.
    pub pack: BTreeMap<String, String>,
    /// Every file that was read.
    pub inputs: Vec<ManifestInput>,
    /// Subjects, findings, troubles and bands, counted.
    pub counts: BTreeMap<String, u64>,
    /// The troubles, each in one line.
    pub troubles: Vec<String>,
    /// SHA-256 of every output, by file name.
    pub outputs: BTreeMap<String, String>,
}

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestInput {
    /// Path in the case folder.
    pub path: String,
    /// Its digest.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// The table it was read as.
    pub table: Option<String>,
    /// Rows kept.
    pub rows: u64,
    /// Rows left out; each is named in the troubles.
    pub skipped: u64,
}

impl Manifest {
    /// The manifest of a run and its outputs.
    ///
    /// # Errors
    /// When the arguments cannot be written as JSON: a broken invariant.
    pub fn of(run: &Run, input: &Input, report: &Report, outputs: &[(String, Vec<u8>)]) -> Result<Self, Trouble> {
        let arguments = serde_json::to_value(input).map_err(|error| broken(&error))?;
        let inputs = run.inputs.iter().map(|file| ManifestInput {
            path: file.path.clone(),
            sha256: file.sha256.clone(),
            bytes: file.bytes,
            table: file.table.map(str::to_owned),
            rows: file.rows,
            skipped: file.skipped,
        });
        let findings = run.outcome.as_ref().map_or(0, |outcome| outcome.findings.len());
        let mut counts = BTreeMap::from([
            ("subjects".to_owned(), run.judgements.len() as u64),
            ("findings".to_owned(), findings as u64),
            ("troubles".to_owned(), run.troubles.iter().map(|trouble| trouble.count).sum()),
        ]);
        for (band, count) in crate::report::band_counts(report) {
            counts.insert(format!("band_{band}"), count);
        }
        Ok(Self {
            schema: SCHEMA.to_owned(),
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            arguments,
            as_of: run
                .outcome
                .as_ref()
                .and_then(|outcome| chrono::DateTime::from_timestamp_micros(outcome.as_of))
                .map(|at| at.to_rfc3339()),
            pack: BTreeMap::from([
                ("id".to_owned(), run.pack.id.clone()),
                ("version".to_owned(), run.pack.version.clone()),
                ("digest".to_owned(), run.pack.digest.clone()),
            ]),
            inputs: inputs.collect(),
            counts,
            troubles: run.troubles.iter().map(|trouble| trouble.to_string().replace("\n  mend: ", " — mend: ")).collect(),
            outputs: outputs.iter().map(|(name, bytes)| (name.clone(), digest::sha256(bytes))).collect(),
        })
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// When it cannot be written as JSON: a broken invariant.
    pub fn bytes(&self) -> Result<Vec<u8>, Trouble> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|error| broken(&error))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

fn broken(error: &serde_json::Error) -> Trouble {
    Trouble::error("manifest", None, format!("cannot write the manifest: {error}"), "this is a defect of Bonafide: please report it")
}
