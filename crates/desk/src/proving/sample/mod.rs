//! What is measured on: subjects with their judgement, their findings, and what is known about them (the truth of a simulated
//! world, or a person's dispositions).
//!
//! Must not know how the truth came about, nor whether the judgement was made now or comes from a report of an earlier run.

mod folder;
mod report;
mod shared;
pub mod time;

use super::labels::{Label, Labels, rows};
use crate::run::Options;
use bonafide_assess::{Input, Item, Standing, assess};
use bonafide_facts::text::printable;
use bonafide_facts::{Band, Policy, Trouble};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One subject.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Key.
    pub id: String,
    /// What is known.
    pub label: Label,
    /// Score, bits.
    pub score: f64,
    /// Band.
    pub band: Band,
    /// Its findings.
    pub findings: Vec<Fired>,
    /// How many of its identifiers somebody else has as well: the naive baseline.
    pub shared: u32,
    /// Sign-ins and commits: how much there is to see.
    pub volume: u32,
    /// Which rules could look, one bit each in the order of the rules.
    pub looked: Vec<u64>,
    /// Groups for an audit, by column: joined after judging, never seen by the engine.
    pub groups: BTreeMap<Arc<str>, Arc<str>>,
    /// The first of the moments looked at on which it was in review or above, microseconds since 1970 UTC; `None` = it never was,
    /// or nobody looked back in time.
    pub first_alert: Option<i64>,
}

/// A finding as far as measuring needs it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fired {
    /// Number of its rule in [`Sample::rules`].
    pub rule: usize,
    /// Number of the independence group it counts in, in the policy's list: its rule's, or that of an innocent cause.
    pub group: usize,
    /// Bits it weighs alone.
    pub bits: f64,
    /// An exact official-list hit on an identifier.
    pub exact_listing: bool,
    /// The highest band it may bring about.
    pub cap: Option<Band>,
    /// Whether it stands, was cleared, or is on trial.
    pub standing: Standing,
}

impl Fired {
    /// Whether it fired and nobody found it innocent (shadow rules fire too).
    #[must_use]
    pub fn not_cleared(&self) -> bool {
        self.standing != Standing::Cleared
    }
}

impl Subject {
    fn rename(&mut self, world: usize) {
        for name in [&mut self.id, &mut self.label.operator, &mut self.label.crew] {
            if !name.is_empty() {
                name.insert_str(0, &format!("{world}/"));
            }
        }
    }

    /// Its crew, or itself when it is alone.
    #[must_use]
    pub fn crew(&self) -> &str {
        if self.label.crew.is_empty() { &self.id } else { &self.label.crew }
    }

    /// Whether the rule of that number had what it needs.
    #[must_use]
    pub fn looked(&self, rule: usize) -> bool {
        self.looked.get(rule / 64).is_some_and(|word| word >> (rule % 64) & 1 == 1)
    }
}

/// A rule as far as measuring needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleNote {
    /// Id.
    pub id: String,
    /// Independence group.
    pub group: String,
    /// Stated weight, bits.
    pub bits: f64,
    /// Lower end, bits.
    pub low: f64,
    /// Upper end, bits.
    pub high: f64,
}

/// Judged case folders, or reports of earlier runs, with labels.
#[derive(Debug)]
pub struct Sample {
    /// In the order of `subjects`.
    pub subjects: Vec<Subject>,
    /// The rules, in the order of the pack; those that only a report names at the end.
    pub rules: Vec<RuleNote>,
    /// The pack's policy.
    pub policy: Policy,
    /// Digest of the pack that judged.
    pub pack_digest: String,
    /// Found clusters: level, cluster, subject.
    pub clusters: Vec<(String, String, String)>,
    /// Whether the naive baseline could be counted: a report does not hold the identifiers.
    pub with_baseline: bool,
    /// Days between two looks back in time; `None` = nobody looked back.
    pub look_days: Option<f64>,
    /// What a reader must know of this sample, a sentence each.
    pub notes: Vec<String>,
}

/// What is read, and with what.
#[derive(Debug, Clone, Default)]
pub struct Sources<'a> {
    /// Case folders, folders made by `simulate`, or reports (`report.json`, `report.jsonl`).
    pub paths: &'a [PathBuf],
    /// What is known.
    pub labels: Labels,
    /// Groups for an audit; groups.csv in or beside each folder when left out.
    pub groups: Option<&'a Path>,
    /// At how many earlier moments each folder is judged as well.
    pub looks: usize,
}

impl Sample {
    /// Checks each folder, or reads each report, and joins what is known; several become one sample.
    ///
    /// # Errors
    /// When one cannot be checked or read, or a label or group file cannot be.
    pub fn read(sources: &Sources<'_>, options: &Options) -> Result<Self, Trouble> {
        let mut whole: Option<Self> = None;
        for (number, path) in sources.paths.iter().enumerate() {
            let mut sample = Self::read_one(path, sources, options)?;
            if number > 0 {
                // The same key may stand for different people in different worlds.
                sample.subjects.iter_mut().for_each(|subject| subject.rename(number));
            }
            match &mut whole {
                Some(whole) => whole.append(sample),
                None => whole = Some(sample),
            }
        }
        let mut whole = whole.ok_or_else(|| Trouble::error("no-input", None, "no folder was named", "name at least one"))?;
        if whole.subjects.is_empty() {
            return Err(Trouble::error("no-subjects", None, "there is no subject in it", "give a folder whose subjects.csv has rows"));
        }
        whole.notes.sort();
        whole.notes.dedup();
        Ok(whole)
    }

    fn read_one(path: &Path, sources: &Sources<'_>, options: &Options) -> Result<Self, Trouble> {
        let known = sources.labels.read(path)?;
        let mut sample = if path.is_file() && report::is_report(path) {
            Self::of_report(path, options)?
        } else {
            Self::of_folder(path, sources.looks, options)?
        };
        sample.label(known, sources.labels.shared());
        let beside = [path.join("groups.csv"), path.join("../groups.csv")].into_iter().find(|file| file.is_file());
        if let Some(file) = sources.groups.map(Path::to_owned).or(beside) {
            sample.group(&file, sources.groups.is_some() && sources.paths.len() > 1)?;
        }
        Ok(sample)
    }

    /// Joins what is known. Labels of nobody are told, unless one file serves several folders.
    fn label(&mut self, mut known: HashMap<String, Label>, several: bool) {
        for subject in &mut self.subjects {
            subject.label = known.remove(&subject.id).unwrap_or_default();
            let word = subject.label.origin.take();
            if let Some(word) = word {
                subject.groups.insert(Arc::from("name_origin"), Arc::from(word));
            }
        }
        if !several {
            self.unknown("labels", known.keys().map(String::as_str).min(), known.len());
        }
    }

    fn unknown(&mut self, what: &str, first: Option<&str>, rows: usize) {
        if let Some(first) = first {
            self.notes.push(format!("{rows} {what} name nobody in the folder or report (first `{}`): left out", printable(first, 60)));
        }
    }

    fn append(&mut self, mut other: Self) {
        // The same pack has the same rules in the same order; reports of other packs may not.
        let numbers: Vec<usize> = other
            .rules
            .iter()
            .map(|rule| {
                self.rules.iter().position(|own| own.id == rule.id).unwrap_or_else(|| {
                    self.rules.push(rule.clone());
                    self.rules.len() - 1
                })
            })
            .collect();
        if numbers.iter().enumerate().any(|(own, number)| own != *number) {
            for subject in &mut other.subjects {
                subject.findings.iter_mut().for_each(|fired| fired.rule = numbers[fired.rule]);
                let mut looked = vec![0; self.rules.len().div_ceil(64)];
                for (own, number) in numbers.iter().enumerate().filter(|(own, _)| subject.looked(*own)) {
                    let _ = own;
                    looked[number / 64] |= 1 << (number % 64);
                }
                subject.looked = looked;
            }
        }
        if other.pack_digest != self.pack_digest {
            self.notes.push("not all were judged by the same pack".to_owned());
        }
        self.with_baseline &= other.with_baseline;
        self.look_days = self.look_days.zip(other.look_days).map(|(a, b)| a.max(b));
        self.notes.append(&mut other.notes);
        self.clusters.append(&mut other.clusters);
        self.subjects.append(&mut other.subjects);
    }

    fn group(&mut self, path: &Path, several: bool) -> Result<(), Trouble> {
        let mut words: BTreeSet<Arc<str>> = BTreeSet::new();
        let mut word = |text: String| match words.get(text.as_str()) {
            Some(known) => known.clone(),
            None => {
                let new: Arc<str> = Arc::from(text);
                words.insert(new.clone());
                new
            }
        };
        let mut of: HashMap<String, BTreeMap<Arc<str>, Arc<str>>> = HashMap::new();
        for (_, mut row) in rows(path, &["subject_id"])? {
            let id = row.remove("subject_id").unwrap_or_default();
            let row = row.into_iter().filter(|(_, value)| !value.is_empty()).map(|(column, value)| (word(column), word(value)));
            of.entry(id).or_default().extend(row);
        }
        for subject in &mut self.subjects {
            subject.groups.extend(of.remove(&subject.id).unwrap_or_default());
        }
        if !several {
            self.unknown("groups", of.keys().map(String::as_str).min(), of.len());
        }
        Ok(())
    }

    /// Adds the column `activity volume`: quarters of the subjects by sign-ins and commits, least first.
    pub fn group_by_volume(&mut self) {
        let mut volumes: Vec<u32> = self.subjects.iter().map(|subject| subject.volume).collect();
        volumes.sort_unstable();
        let cut = |quarter: usize| volumes.get(volumes.len() * quarter / 4).copied().unwrap_or(0);
        let (first, second, third) = (cut(1), cut(2), cut(3));
        let names = [
            format!("1: below {first}"),
            format!("2: {first} to below {second}"),
            format!("3: {second} to below {third}"),
            format!("4: {third} and more"),
        ];
        let (column, names): (Arc<str>, Vec<Arc<str>>) = (Arc::from("activity volume"), names.map(Arc::from).to_vec());
        for subject in &mut self.subjects {
            let quarter = [first, second, third].iter().filter(|cut| subject.volume >= **cut).count();
            subject.groups.insert(column.clone(), names[quarter].clone());
        }
    }

    /// Adds the crossing of every two columns.
    pub fn cross_groups(&mut self) {
        for subject in &mut self.subjects {
            let single: Vec<(Arc<str>, Arc<str>)> = subject.groups.iter().map(|(column, value)| (column.clone(), value.clone())).collect();
            for (index, (column, value)) in single.iter().enumerate() {
                for (other, other_value) in &single[index + 1..] {
                    subject.groups.insert(Arc::from(format!("{column} x {other}")), Arc::from(format!("{value} x {other_value}")));
                }
            }
        }
    }

    /// The rule a finding is of.
    #[must_use]
    pub fn rule(&self, fired: &Fired) -> &RuleNote {
        &self.rules[fired.rule]
    }

    /// The independence group a finding counts in.
    #[must_use]
    pub fn group_of(&self, fired: &Fired) -> &str {
        self.policy.groups.get(fired.group).map_or("", String::as_str)
    }

    /// Lets a shadow rule count, for a replay.
    pub fn switch_on(&mut self, rule: &str) {
        let rules = &self.rules;
        let shadows = self.subjects.iter_mut().flat_map(|subject| &mut subject.findings);
        for fired in shadows.filter(|fired| fired.standing == Standing::Shadow && rules[fired.rule].id == rule) {
            fired.standing = Standing::Stands;
        }
    }

    /// Subjects of whom it is known.
    pub fn known(&self) -> impl Iterator<Item = (&Subject, bool)> {
        self.subjects.iter().filter_map(|subject| subject.label.hides.map(|hides| (subject, hides)))
    }

    /// Score and band were only the findings that `keep` accepts there.
    #[must_use]
    pub fn judged(&self, subject: &Subject, keep: impl Fn(&Fired) -> bool) -> (f64, Band) {
        self.weighed(subject, keep, |fired| fired.bits)
    }

    /// Score were the findings worth these bits.
    #[must_use]
    pub fn judged_at(&self, subject: &Subject, bits: impl Fn(&Fired) -> f64) -> f64 {
        self.weighed(subject, |_| true, bits).0
    }

    /// The numbers of the findings that count were they worth these bits, and the score.
    #[must_use]
    pub fn counting(&self, subject: &Subject, bits: impl Fn(&Fired) -> f64) -> (Vec<usize>, f64) {
        let all: Vec<usize> = (0..subject.findings.len()).collect();
        let Ok(judgement) = assess(&self.policy, &self.input(subject, &all, bits)) else { return (Vec::new(), 0.0) };
        let counted = judgement.contributions.iter().filter(|counted| counted.counted_millibits != 0);
        (counted.map(|counted| counted.index).collect(), judgement.score_bits)
    }

    fn weighed(&self, subject: &Subject, keep: impl Fn(&Fired) -> bool, bits: impl Fn(&Fired) -> f64) -> (f64, Band) {
        let kept: Vec<usize> = (0..subject.findings.len()).filter(|index| keep(&subject.findings[*index])).collect();
        let judged = assess(&self.policy, &self.input(subject, &kept, bits));
        judged.map_or((0.0, Band::Clear), |judgement| (judgement.score_bits, judgement.band))
    }

    fn input(&self, subject: &Subject, kept: &[usize], bits: impl Fn(&Fired) -> f64) -> Input<'_> {
        let item = |index: &usize| {
            let fired = &subject.findings[*index];
            Item {
                index: *index,
                rule: self.rules[fired.rule].id.as_str(),
                group: self.group_of(fired),
                bits: bits(fired),
                exact_listing: fired.exact_listing,
                cap: fired.cap,
                standing: fired.standing,
            }
        };
        Input { subject: 0, findings: kept.iter().map(item).collect() }
    }

    /// The numbers of the rules that fired on a subject and were not cleared, without repetition.
    #[must_use]
    pub fn rules_of(&self, subject: &Subject) -> Vec<usize> {
        let mut rules: Vec<usize> = subject.findings.iter().filter(|fired| fired.not_cleared()).map(|fired| fired.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}
