//! A sample from a case folder: checked now, and at earlier moments when asked.
//!
//! Must not know what is known of anybody.

use super::time::Looks;
use super::{Fired, RuleNote, Sample, Subject, shared};
use crate::run::{Input, Options, Run, Stage};
use bonafide_assess::Standing;
use bonafide_facts::{Band, Finding, Trouble};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// The case folder of a path: `path/case` as `simulate` writes it, or the path itself.
pub(super) fn case_folder(path: &Path) -> PathBuf {
    let inner = path.join("case");
    if inner.is_dir() { inner } else { path.to_owned() }
}

pub(super) fn rule_note(rule: &bonafide_rules::Rule) -> RuleNote {
    RuleNote { id: rule.id.clone(), group: rule.group.clone(), bits: rule.weight.bits, low: rule.weight.low, high: rule.weight.high }
}

impl Sample {
    /// Checks a folder, and at `looks` earlier moments.
    pub(super) fn of_folder(path: &Path, looks: usize, options: &Options) -> Result<Self, Trouble> {
        let folder = case_folder(path);
        if !folder.exists() {
            return Err(Trouble::error(
                "io",
                Some(bonafide_facts::Place::file(path.display().to_string())),
                "there is no such folder or report",
                "name a case folder, a folder made by `simulate`, or a report.json or report.jsonl of `check`",
            ));
        }
        let mut run = Run::check_with(&Input { path: folder, options: options.clone() }, &super::time::wants(looks))?;
        let back = Looks::new(&run, looks)?;
        run.judge(Stage::Everything)?;
        let mut sample = Self::of_run(&mut run)?;
        if let Some(back) = back {
            back.look(&mut run, &mut sample)?;
        }
        Ok(sample)
    }

    /// A judged run, without labels.
    fn of_run(run: &mut Run) -> Result<Self, Trouble> {
        let broken = || {
            Trouble::error(
                "not-judged",
                None,
                "a sample was asked of a run that was not judged",
                "this is a defect of Bonafide: please report it",
            )
        };
        let bonafide_rules::Outcome { findings, not_observed, .. } = run.outcome.take().ok_or_else(broken)?;
        let rules: Vec<RuleNote> = run.pack.rules.iter().map(rule_note).collect();
        let numbers: HashMap<&str, usize> = rules.iter().enumerate().map(|(number, rule)| (rule.id.as_str(), number)).collect();
        let mut of_subject: HashMap<&str, Vec<Fired>> = HashMap::new();
        for finding in &findings {
            if let Some(number) = numbers.get(finding.rule.as_str()) {
                let group = run.pack.policy.groups.iter().position(|group| *group == finding.group).unwrap_or(usize::MAX);
                of_subject.entry(&finding.subject_id).or_default().push(fired(finding, *number, group));
            }
        }
        let shared = shared::shared_identifiers(&run.tables);
        let volume = shared::volumes(&run.tables);
        let subject = |(id, score, band): (String, f64, Band)| Subject {
            findings: of_subject.remove(id.as_str()).unwrap_or_default(),
            shared: shared.get(&id).copied().unwrap_or(0),
            volume: volume.get(&id).copied().unwrap_or(0),
            looked: looked(&numbers, not_observed.get(&id).map_or(&[], Vec::as_slice)),
            label: super::Label::default(),
            groups: BTreeMap::new(),
            first_alert: None,
            id,
            score,
            band,
        };
        let judged = std::mem::take(&mut run.judgements).into_iter();
        let subjects = judged.map(|(id, judgement)| (id, judgement.score_bits, judgement.band)).map(subject).collect();
        let (policy, pack_digest) = (run.pack.policy.clone(), run.pack.digest.clone());
        Ok(Self { subjects, rules, policy, pack_digest, clusters: Vec::new(), with_baseline: true, look_days: None, notes: Vec::new() })
    }

    /// Adds the clusters that linking finds.
    ///
    /// # Errors
    /// When the case folder cannot be read.
    pub fn link(&mut self, path: &Path) -> Result<(), Trouble> {
        let (tables, _) = crate::cli::link::read(&case_folder(path))?;
        let found = bonafide_resolve::link::link(&tables, &bonafide_resolve::link::Settings::default(), &[]);
        let triple = |row: bonafide_facts::tables::derived::Cluster| Some((row.level?, row.cluster_id?, row.subject_id?));
        self.clusters = found.clusters.into_iter().filter_map(triple).collect();
        Ok(())
    }
}

fn fired(finding: &Finding, rule: usize, group: usize) -> Fired {
    let standing = match finding {
        Finding { shadow: true, .. } => Standing::Shadow,
        Finding { cleared: Some(_), .. } => Standing::Cleared,
        _ => Standing::Stands,
    };
    Fired { rule, group, bits: finding.weight.bits, exact_listing: finding.exact_listing, cap: finding.cap, standing }
}

/// Tables whose rows are written when something happens: no row is a look that saw nothing. Of all other tables no row means
/// that nobody looked.
const WHEN_IT_HAPPENS: [&str; 4] = ["observations", "verifications", "reviews", "referrals"];

/// One bit for each rule that could look at a subject.
fn looked(numbers: &HashMap<&str, usize>, missing: &[bonafide_rules::NotObserved]) -> Vec<u64> {
    let mut words = vec![u64::MAX; numbers.len().div_ceil(64)];
    let unseen = missing.iter().filter(|missing| !could_look(&missing.missing));
    for number in unseen.filter_map(|missing| numbers.get(missing.rule.as_str())) {
        words[number / 64] &= !(1 << (number % 64));
    }
    words
}

/// Whether what is missing is only what nobody had a reason to write.
pub(super) fn could_look(missing: &[String]) -> bool {
    missing.iter().all(|needed| WHEN_IT_HAPPENS.contains(&needed.split('.').next().unwrap_or(needed)))
}
