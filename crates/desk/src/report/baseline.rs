//! Only what is new since an earlier report: subjects with a finding that it did not have, or in a higher band.
//!
//! Must not change a score or a band: a subject that is shown is shown whole.

use crate::report::model::{Mark, Report, SCHEMA, SubjectReport};
use bonafide_facts::{Band, Place, Trouble};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// What is read of an earlier report.
#[derive(Deserialize)]
struct Earlier {
    schema: String,
    subjects: Vec<EarlierSubject>,
}

#[derive(Deserialize)]
struct EarlierSubject {
    subject_id: String,
    band: Band,
    findings: Vec<EarlierFinding>,
}

#[derive(Deserialize)]
struct EarlierFinding {
    finding_id: String,
    mark: Mark,
}

/// Keeps the subjects that are new in this sense and says how many are not shown; the counts stay those of the whole run.
///
/// # Errors
/// When the file cannot be read or is not a report of this version.
pub fn only_new(report: &mut Report, path: &Path) -> Result<(), Trouble> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        Trouble::error("baseline", Some(Place::file(&shown)), format!("cannot read it: {error}"), "give the report.json of an earlier run")
    })?;
    let earlier: Earlier = serde_json::from_slice(&bytes).map_err(|error| {
        let place = Place::line(&shown, error.line() as u64);
        Trouble::error("baseline", Some(place), format!("this is not a report: {error}"), "give the report.json of an earlier run")
    })?;
    if earlier.schema != SCHEMA {
        let what = format!("its schema is `{}`, this version reads `{SCHEMA}`", bonafide_facts::text::printable(&earlier.schema, 40));
        return Err(Trouble::error("baseline", Some(Place::file(&shown)), what, "make the earlier report again with this version"));
    }
    let known: HashMap<&str, &EarlierSubject> = earlier.subjects.iter().map(|subject| (subject.subject_id.as_str(), subject)).collect();
    let before = report.subjects.len();
    report.subjects.retain(|subject| is_new(subject, known.get(subject.subject_id.as_str()).copied()));
    let hidden = before - report.subjects.len();
    if hidden > 0 {
        report.left_out.push(format!("{hidden} of {before} subjects are left out: they have nothing that the earlier report did not have"));
    }
    Ok(())
}

/// A finding that stands and did not stand before, or a higher band.
fn is_new(subject: &SubjectReport, earlier: Option<&EarlierSubject>) -> bool {
    let Some(earlier) = earlier else { return subject.band > Band::Clear };
    let known: BTreeSet<&str> =
        earlier.findings.iter().filter(|finding| finding.mark == Mark::Stands).map(|finding| finding.finding_id.as_str()).collect();
    let stands = subject.findings.iter().filter(|finding| finding.mark == Mark::Stands);
    subject.band > earlier.band || stands.into_iter().any(|finding| !known.contains(finding.finding_id.as_str()))
}
