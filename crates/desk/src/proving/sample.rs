//! What is measured on: subjects with their judgement, their findings, and what is known about them (the truth of a simulated
//! world, or a person's dispositions).
//!
//! Must not know how the truth came about.

use super::labels::{Label, Labels, rows};
use crate::run::{Input, Options, Run, Stage};
use bonafide_assess::assess;
use bonafide_facts::cell::{Cell as _, Text};
use bonafide_facts::{Band, Finding, Policy, Tables, Trouble};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

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
    /// Indices of its findings.
    pub findings: Vec<usize>,
    /// How many of its identifiers somebody else has as well: the naive baseline.
    pub shared: u32,
    /// Sign-ins and commits: how much there is to see.
    pub volume: u32,
    /// Which rules could look, one bit each in the order of the rules.
    pub looked: Vec<u64>,
    /// Groups for an audit, by column: joined after judging, never seen by the engine.
    pub groups: BTreeMap<String, String>,
}

impl Subject {
    fn rename(&mut self, world: usize) {
        for name in [&mut self.id, &mut self.label.operator, &mut self.label.crew] {
            if !name.is_empty() {
                name.insert_str(0, &format!("{world}/"));
            }
        }
    }

    /// Whether the rule of that number had what it needs.
    #[must_use]
    pub fn looked(&self, rule: usize) -> bool {
        self.looked.get(rule / 64).is_some_and(|word| word >> (rule % 64) & 1 == 1)
    }
}

/// A rule as far as measuring needs it.
#[derive(Debug, Clone)]
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

/// A judged case folder with labels.
#[derive(Debug)]
pub struct Sample {
    /// In the order of `subjects`.
    pub subjects: Vec<Subject>,
    /// All findings that are not expired.
    pub findings: Vec<Finding>,
    /// The pack's rules.
    pub rules: Vec<RuleNote>,
    /// The pack's policy.
    pub policy: Policy,
    /// Digest of the pack.
    pub pack_digest: String,
    /// Found clusters: level, cluster, subject.
    pub clusters: Vec<(String, String, String)>,
}

impl Sample {
    /// Checks the case folder of `path` (`path/case`, or `path` itself) and joins what is known about its subjects.
    ///
    /// # Errors
    /// When the folder cannot be checked or a label file cannot be read.
    pub fn read(path: &Path, labels: &Labels, options: &Options) -> Result<Self, Trouble> {
        let inner = path.join("case");
        let folder = if inner.is_dir() { inner } else { path.to_owned() };
        let known = labels.read(path)?;
        let mut run = Run::check(&Input { path: folder.clone(), options: options.clone() })?;
        run.judge(Stage::Everything)?;
        Self::of(run, known)
    }

    /// A judged run and what is known.
    ///
    /// # Errors
    /// When the run was not judged: a broken invariant.
    pub fn of(mut run: Run, mut known: HashMap<String, Label>) -> Result<Self, Trouble> {
        let broken = || {
            Trouble::error(
                "not-judged",
                None,
                "a sample was asked of a run that was not judged",
                "this is a defect of Bonafide: please report it",
            )
        };
        let bonafide_rules::Outcome { findings, not_observed, .. } = run.outcome.take().ok_or_else(broken)?;
        let numbers: HashMap<&str, usize> = run.pack.rules.iter().enumerate().map(|(number, rule)| (rule.id.as_str(), number)).collect();
        let mut of_subject: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, finding) in findings.iter().enumerate() {
            of_subject.entry(&finding.subject_id).or_default().push(index);
        }
        let shared = shared_identifiers(&run.tables);
        let volume = volumes(&run.tables);
        let subjects = run.judgements.iter().map(|(id, judgement)| Subject {
            id: id.clone(),
            label: known.remove(id).unwrap_or_default(),
            score: judgement.score_bits,
            band: judgement.band,
            findings: of_subject.remove(id.as_str()).unwrap_or_default(),
            shared: shared.get(id).copied().unwrap_or(0),
            volume: volume.get(id).copied().unwrap_or(0),
            looked: looked(&numbers, not_observed.get(id).map_or(&[], Vec::as_slice)),
            groups: BTreeMap::new(),
        });
        let subjects = subjects.collect();
        let note = |rule: &bonafide_rules::Rule| RuleNote {
            id: rule.id.clone(),
            group: rule.group.clone(),
            bits: rule.weight.bits,
            low: rule.weight.low,
            high: rule.weight.high,
        };
        let rules = run.pack.rules.iter().map(note).collect();
        let (policy, pack_digest) = (run.pack.policy.clone(), run.pack.digest.clone());
        Ok(Self { subjects, findings, rules, policy, pack_digest, clusters: Vec::new() })
    }

    /// Several folders as one sample; each one's groups.csv, when there, is joined.
    ///
    /// # Errors
    /// When one cannot be checked or a label or group file cannot be read.
    pub fn read_all(paths: &[PathBuf], labels: &Labels, groups: Option<&Path>, options: &Options) -> Result<Self, Trouble> {
        let mut whole: Option<Self> = None;
        for (number, path) in paths.iter().enumerate() {
            let mut sample = Self::read(path, labels, options)?;
            let beside = [path.join("groups.csv"), path.join("../groups.csv")].into_iter().find(|file| file.is_file());
            if let Some(file) = groups.map(Path::to_owned).or(beside) {
                sample.group(&file)?;
            }
            if number > 0 {
                // The same key may stand for different people in different worlds.
                sample.subjects.iter_mut().for_each(|subject| subject.rename(number));
            }
            match &mut whole {
                Some(whole) => whole.append(sample),
                None => whole = Some(sample),
            }
        }
        whole.ok_or_else(|| Trouble::error("no-input", None, "no folder was named", "name at least one"))
    }

    fn append(&mut self, other: Self) {
        let offset = self.findings.len();
        self.findings.extend(other.findings);
        self.clusters.extend(other.clusters);
        self.subjects.extend(other.subjects.into_iter().map(|mut subject| {
            subject.findings.iter_mut().for_each(|index| *index += offset);
            subject
        }));
    }

    fn group(&mut self, path: &Path) -> Result<(), Trouble> {
        let mut of: HashMap<String, BTreeMap<String, String>> = HashMap::new();
        for (_, mut row) in rows(path, &["subject_id"])? {
            let id = row.remove("subject_id").unwrap_or_default();
            row.retain(|_, value| !value.is_empty());
            of.insert(id, row);
        }
        for subject in &mut self.subjects {
            subject.groups = of.remove(&subject.id).unwrap_or_default();
        }
        Ok(())
    }

    /// Adds the column `activity volume`: quarters of the subjects by sign-ins and commits, least first.
    pub fn group_by_volume(&mut self) {
        let mut volumes: Vec<u32> = self.subjects.iter().map(|subject| subject.volume).collect();
        volumes.sort_unstable();
        let cut = |quarter: usize| volumes.get(volumes.len() * quarter / 4).copied().unwrap_or(0);
        let (first, second, third) = (cut(1), cut(2), cut(3));
        for subject in &mut self.subjects {
            let name = match subject.volume {
                v if v < first => format!("1: below {first}"),
                v if v < second => format!("2: {first} to below {second}"),
                v if v < third => format!("3: {second} to below {third}"),
                _ => format!("4: {third} and more"),
            };
            subject.groups.insert("activity volume".to_owned(), name);
        }
    }

    /// Adds the crossing of every two columns.
    pub fn cross_groups(&mut self) {
        for subject in &mut self.subjects {
            let single: Vec<(String, String)> = subject.groups.iter().map(|(column, value)| (column.clone(), value.clone())).collect();
            for (index, (column, value)) in single.iter().enumerate() {
                for (other, other_value) in &single[index + 1..] {
                    subject.groups.insert(format!("{column} x {other}"), format!("{value} x {other_value}"));
                }
            }
        }
    }

    /// Adds the clusters that linking finds.
    ///
    /// # Errors
    /// When the case folder cannot be read.
    pub fn link(&mut self, path: &Path) -> Result<(), Trouble> {
        let inner = path.join("case");
        let folder = if inner.is_dir() { inner } else { path.to_owned() };
        let (tables, _) = crate::cli::link::read(&folder)?;
        let found = bonafide_resolve::link::link(&tables, &bonafide_resolve::link::Settings::default(), &[]);
        let triple = |row: bonafide_facts::tables::derived::Cluster| Some((row.level?, row.cluster_id?, row.subject_id?));
        self.clusters = found.clusters.into_iter().filter_map(triple).collect();
        Ok(())
    }

    /// Lets a shadow rule count, for a replay.
    pub fn switch_on(&mut self, rule: &str) {
        self.findings.iter_mut().filter(|finding| finding.rule == rule).for_each(|finding| finding.shadow = false);
    }

    /// Subjects of whom it is known.
    pub fn known(&self) -> impl Iterator<Item = (&Subject, bool)> {
        self.subjects.iter().filter_map(|subject| subject.label.hides.map(|hides| (subject, hides)))
    }

    /// Score and band were only the findings that `keep` accepts there.
    #[must_use]
    pub fn judged(&self, subject: &Subject, keep: impl Fn(&Finding) -> bool) -> (f64, Band) {
        let kept: Vec<usize> = subject.findings.iter().copied().filter(|index| keep(&self.findings[*index])).collect();
        let input = crate::report::assess_input(&self.findings, &kept, &self.policy);
        assess(&self.policy, &input).map_or((0.0, Band::Clear), |judgement| (judgement.score_bits, judgement.band))
    }

    /// Score were the findings worth these bits.
    #[must_use]
    pub fn judged_at(&self, subject: &Subject, bits: impl Fn(&Finding) -> f64) -> f64 {
        let mut input = crate::report::assess_input(&self.findings, &subject.findings, &self.policy);
        for item in &mut input.findings {
            item.bits = bits(&self.findings[item.index]);
        }
        assess(&self.policy, &input).map_or(0.0, |judgement| judgement.score_bits)
    }

    /// The rules that fired on a subject and count, without repetition.
    #[must_use]
    pub fn rules_of(&self, subject: &Subject) -> Vec<&str> {
        let mut rules: Vec<&str> = subject
            .findings
            .iter()
            .map(|index| &self.findings[*index])
            .filter(|finding| finding.cleared.is_none())
            .map(|finding| finding.rule.as_str())
            .collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

/// Tables whose rows are written when something happens: no row is a look that saw nothing. Of all other tables no row means
/// that nobody looked.
const WHEN_IT_HAPPENS: [&str; 4] = ["observations", "verifications", "reviews", "referrals"];

/// One bit for each rule that could look at a subject.
fn looked(numbers: &HashMap<&str, usize>, missing: &[bonafide_rules::NotObserved]) -> Vec<u64> {
    let mut words = vec![u64::MAX; numbers.len().div_ceil(64)];
    let unseen = missing
        .iter()
        .filter(|missing| !missing.missing.iter().all(|needed| WHEN_IT_HAPPENS.contains(&needed.split('.').next().unwrap_or(needed))));
    for number in unseen.filter_map(|missing| numbers.get(missing.rule.as_str())) {
        words[number / 64] &= !(1 << (number % 64));
    }
    words
}

/// Every (subject, value) of a table's columns.
fn values(tables: &Tables, table: &str, columns: &[&str], mut each: impl FnMut(&str, String, String)) {
    let Some(data) = tables.get(table) else { return };
    for batch in &data.batches {
        for column in columns.iter().filter(|column| batch.schema().column_with_name(column).is_some()) {
            for row in 0..batch.num_rows() {
                if let (Some(id), Some(value)) = (Text::read(batch, "subject_id", row), Text::read(batch, column, row)) {
                    each(&id, format!("{table}.{column}"), value);
                }
            }
        }
    }
}

/// The naive baseline: how many of a subject's identifiers, machines, lines, accounts and addresses somebody else has too.
fn shared_identifiers(tables: &Tables) -> HashMap<String, u32> {
    let mut users: HashMap<(String, String), Vec<String>> = HashMap::new();
    let places: [(&str, &[&str]); 4] =
        [("identifiers", &["value"]), ("sign_ins", &["device_id", "ip"]), ("payments", &["payee_account"]), ("shipments", &["address"])];
    for (table, columns) in places {
        values(tables, table, columns, |id, kind, value| {
            let users = users.entry((kind, value)).or_default();
            if !users.iter().any(|user| user == id) && users.len() < 1000 {
                users.push(id.to_owned());
            }
        });
    }
    let mut counts = HashMap::new();
    for ids in users.into_values().filter(|ids| ids.len() > 1) {
        for id in ids {
            *counts.entry(id).or_insert(0) += 1;
        }
    }
    counts
}

fn volumes(tables: &Tables) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for table in ["sign_ins", "commits"] {
        values(tables, table, &["subject_id"], |id, _, _| *counts.entry(id.to_owned()).or_insert(0) += 1);
    }
    counts
}
