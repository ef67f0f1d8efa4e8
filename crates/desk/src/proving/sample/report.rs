//! A sample from what `check` wrote: its JSON report, or its JSON lines. Nothing is judged again.
//!
//! Must not read a case folder.

use super::folder::{could_look, rule_note};
use super::{Fired, RuleNote, Sample, Subject};
use crate::report::{Mark, NotObserved, Report};
use crate::run::Options;
use bonafide_assess::Standing;
use bonafide_facts::text::printable;
use bonafide_facts::{Band, Place, Trouble};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// A report larger than this is refused: it is read into memory.
const MAX_BYTES: u64 = 2 << 30;

/// Whether a file is named like a report.
pub(super) fn is_report(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json") || ending.eq_ignore_ascii_case("jsonl"))
}

/// A subject as either form tells it.
#[derive(Deserialize)]
struct Line {
    subject_id: String,
    score_bits: f64,
    band: Band,
    findings: Vec<LineFinding>,
    #[serde(default)]
    not_observed: Vec<NotObserved>,
}

/// A finding as either form tells it.
#[derive(Deserialize)]
struct LineFinding {
    rule: String,
    group: String,
    weight_bits: f64,
    #[serde(default)]
    mark: Option<Mark>,
    #[serde(default)]
    cap: Option<Band>,
    #[serde(default)]
    exact_listing: bool,
}

impl Sample {
    /// Reads a report.
    pub(super) fn of_report(path: &Path, options: &Options) -> Result<Self, Trouble> {
        let size = std::fs::metadata(path).map_err(|error| crate::cli::cannot("read", path, &error))?.len();
        if size > MAX_BYTES {
            return Err(Trouble::error(
                "too-large",
                Some(Place::file(path.display().to_string())),
                format!("it has {size} bytes; at most {MAX_BYTES} are read"),
                "write `check --format jsonl` for part of the subjects at a time",
            ));
        }
        let text = std::fs::read_to_string(path).map_err(|error| crate::cli::cannot("read", path, &error))?;
        let (pack, _) = crate::embedded::pack_with(options.pack.as_deref(), None)?;
        let mut sample = Self {
            subjects: Vec::new(),
            rules: pack.rules.iter().map(rule_note).collect(),
            policy: pack.policy.clone(),
            pack_digest: String::new(),
            clusters: Vec::new(),
            with_baseline: false,
            look_days: None,
            notes: vec!["read from a report: the naive baseline is not counted, volumes are not known, and what a rule would do without another is judged by the policy of this pack".to_owned()],
        };
        let mut numbers: HashMap<String, usize> = sample.rules.iter().enumerate().map(|(number, rule)| (rule.id.clone(), number)).collect();
        for (place, line) in lines(path, &text, &mut sample.pack_digest)? {
            let subject = subject(line, &mut sample.rules, &mut numbers, &sample.policy.groups, place)?;
            sample.subjects.push(subject);
        }
        if sample.pack_digest.is_empty() {
            sample.pack_digest = "(not told by the report)".to_owned();
        } else if sample.pack_digest != pack.digest {
            sample
                .notes
                .push("the report was made by another pack than this one: name that pack with --pack for its rules' weights".to_owned());
        }
        Ok(sample)
    }
}

/// The subjects of either form, each with its place.
fn lines(path: &Path, text: &str, digest: &mut String) -> Result<Vec<(Place, Line)>, Trouble> {
    let shown = path.display().to_string();
    let broken = |line: u64, error: &serde_json::Error| {
        Trouble::error(
            "not-a-report",
            Some(Place::line(shown.clone(), line)),
            format!("it is not what `check` writes: {}", printable(&error.to_string(), 160)),
            "give the report.json or report.jsonl that `bonafide check --out` wrote",
        )
    };
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        let report: Report = serde_json::from_str(text).map_err(|error| broken(error.line() as u64, &error))?;
        *digest = report.pack.digest;
        let line = |subject: crate::report::SubjectReport| Line {
            subject_id: subject.subject_id,
            score_bits: subject.score_bits,
            band: subject.band,
            not_observed: subject.not_observed,
            findings: subject
                .findings
                .into_iter()
                .map(|finding| LineFinding {
                    rule: finding.rule,
                    group: finding.group,
                    weight_bits: finding.weight_bits,
                    mark: Some(finding.mark),
                    cap: finding.cap,
                    exact_listing: finding.exact_listing,
                })
                .collect(),
        };
        return Ok(report.subjects.into_iter().map(|subject| (Place::file(shown.clone()), line(subject))).collect());
    }
    let numbered = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    numbered
        .map(|(index, line)| {
            let number = index as u64 + 1;
            serde_json::from_str(line).map(|read| (Place::line(shown.clone(), number), read)).map_err(|error| broken(number, &error))
        })
        .collect()
}

fn subject(
    line: Line,
    rules: &mut Vec<RuleNote>,
    numbers: &mut HashMap<String, usize>,
    groups: &[String],
    place: Place,
) -> Result<Subject, Trouble> {
    let mut findings = Vec::new();
    for finding in line.findings.iter().filter(|finding| finding.mark != Some(Mark::Expired)) {
        let Some(group) = groups.iter().position(|group| *group == finding.group) else {
            let what = format!("it names the independence group `{}`, which this pack does not have", printable(&finding.group, 60));
            return Err(Trouble::error("unknown-group", Some(place), what, "name the pack that made the report with --pack"));
        };
        let rule = *numbers.entry(finding.rule.clone()).or_insert_with(|| {
            let (id, group, bits) = (finding.rule.clone(), finding.group.clone(), finding.weight_bits);
            rules.push(RuleNote { id, group, bits, low: bits, high: bits });
            rules.len() - 1
        });
        let standing = match finding.mark {
            Some(Mark::Cleared) => Standing::Cleared,
            Some(Mark::Shadow) => Standing::Shadow,
            _ => Standing::Stands,
        };
        findings.push(Fired { rule, group, bits: finding.weight_bits, exact_listing: finding.exact_listing, cap: finding.cap, standing });
    }
    let mut looked = vec![u64::MAX; numbers.len().div_ceil(64)];
    for missing in line.not_observed.iter().filter(|missing| !could_look(&missing.missing)) {
        for number in missing.rules.iter().filter_map(|rule| numbers.get(rule)) {
            looked[number / 64] &= !(1 << (number % 64));
        }
    }
    Ok(Subject {
        id: line.subject_id,
        label: super::Label::default(),
        score: line.score_bits,
        band: line.band,
        findings,
        shared: 0,
        volume: 0,
        looked,
        groups: BTreeMap::new(),
        first_alert: None,
    })
}
