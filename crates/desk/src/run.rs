//! The whole flow, in order: files -> intake -> tables -> resolve + trace (derived tables) -> rules (findings) -> assess
//! (judgement) -> report. This is the only place where the stages meet.
//!
//! Must not hold a threshold, a format or a score: stages do.

use crate::embedded;
use crate::progress::Progress;
use crate::report::{self, InputNote, ListNote, PackNote, Parts, Report, Unobserved};
use crate::screening::Ask;
use bonafide_assess::Judgement;
use bonafide_facts::hook::NameComparer;
use bonafide_facts::{Finding, Severity, Tables, Trouble};
use bonafide_intake::{CaseRead, InputFile, Mapping, ReadOptions, Wants};
use bonafide_rules::laws::Broken;
use bonafide_rules::{Engine, Limits, Outcome, Pack};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

/// What every verb that reads a case folder takes.
#[derive(Debug, Clone, clap::Args, Serialize, Deserialize, Default)]
pub struct Options {
    /// A pack folder instead of the bundled one
    #[arg(long)]
    pub pack: Option<PathBuf>,
    /// Which header of a roster means which column: --map name="Candidate Name" (may be repeated)
    #[arg(long = "map", value_name = "COLUMN=HEADER")]
    pub maps: Vec<String>,
    /// Judge as of this day or time; the latest time in the data when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<String>,
    /// One in how many is expected to conceal; the pack's policy when left out
    #[arg(long, value_name = "N")]
    pub base_rate: Option<f64>,
    /// Findings somebody has looked into; `bonafide.ignore.csv` in the case folder when left out
    #[arg(long, value_name = "FILE")]
    pub ignore: Option<PathBuf>,
    /// Hits on official lists that a person cleared; `bonafide.allow.csv` in the case folder when left out
    #[arg(long, value_name = "FILE")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow: Option<PathBuf>,
    /// The day an earlier run judged as of, when nobody told one (`rerun` sets it).
    #[arg(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_as_of: Option<String>,
    /// An official list to screen against: file, or folder with the files of one list (may be repeated); when left out, the
    /// kept ones in `check`, and else the small starter list inside the program
    #[arg(long = "list", value_name = "PATH")]
    #[serde(default)]
    pub lists: Vec<PathBuf>,
    /// Any trouble that loses something is fatal
    #[arg(long)]
    pub strict: bool,
    /// One more rule file, in place of the pack's rule of the same id (`replay` sets it).
    #[arg(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_rule: Option<PathBuf>,
    /// Memory for one rule, megabytes
    #[arg(long, value_name = "MB", default_value_t = 1024)]
    pub rule_memory: usize,
    /// Time for one rule, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub rule_seconds: u64,
}

/// A case folder or roster, and how to read it.
#[derive(Debug, Clone, clap::Args, Serialize, Deserialize, Default)]
pub struct Input {
    /// A case folder, or one roster CSV
    pub path: PathBuf,
    #[command(flatten)]
    #[serde(flatten)]
    /// How to read and judge it
    pub options: Options,
}

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Derived tables, findings, assessments.
    Everything,
}

/// Zones differ by up to a day: what is dated tomorrow may have happened.
const DAY_MICROS: i64 = 86_400_000_000;

/// One reproducible execution.
#[derive(Debug)]
pub struct Run {
    /// The rules and the policy.
    pub pack: Pack,
    /// The rules' plans.
    pub engine: Engine,
    /// What was read and made.
    pub tables: Tables,
    /// What went wrong, in the order of the stages.
    pub troubles: Vec<Trouble>,
    /// The files that were read.
    pub inputs: Vec<InputFile>,
    /// How a roster's headers were understood.
    pub mappings: Vec<Mapping>,
    /// Findings, once judged.
    pub outcome: Option<Outcome>,
    /// One judgement a subject, in the order of `subjects`, once judged.
    pub judgements: Vec<(String, Judgement)>,
    /// Digest of every official list that was screened against, by list.
    pub lists: BTreeMap<String, String>,
    input: Input,
    progress: Progress,
}

/// The comparer of names that rules use.
#[must_use]
pub fn names() -> Arc<dyn NameComparer> {
    Arc::new(bonafide_resolve::Names)
}

impl Run {
    /// Reads what the pack's rules and the report need.
    ///
    /// # Errors
    /// When the pack or the input cannot be used at all.
    pub fn check(input: &Input) -> Result<Self, Trouble> {
        Self::check_with(input, &[])
    }

    /// The same, and some more columns (table, column).
    ///
    /// # Errors
    /// As [`Run::check`].
    pub fn check_with(input: &Input, more: &[(&'static str, &'static str)]) -> Result<Self, Trouble> {
        let (pack, troubles) = embedded::pack_with(input.options.pack.as_deref(), input.options.extra_rule.as_deref())?;
        let ours = for_stages().chain(more.iter().copied()).map(|(table, column)| (table.to_owned(), column.to_owned()));
        let wants = pack.wants().into_iter().chain(ours);
        let wants: Vec<(String, String)> = wants.collect();
        let wants = Wants::only(wants.iter().map(|(table, column)| (table.as_str(), column.as_str())));
        Self::read(input, pack, troubles, wants)
    }

    /// Reads the given columns.
    ///
    /// # Errors
    /// When the pack or the input cannot be used at all.
    pub fn open(input: &Input, wants: Wants) -> Result<Self, Trouble> {
        let (pack, troubles) = embedded::pack_with(input.options.pack.as_deref(), input.options.extra_rule.as_deref())?;
        Self::read(input, pack, troubles, wants)
    }

    fn read(input: &Input, mut pack: Pack, mut troubles: Vec<Trouble>, wants: Wants) -> Result<Self, Trouble> {
        let progress = Progress::start();
        if let Some(rate) = input.options.base_rate {
            if !(rate.is_finite() && rate > 1.0) {
                return Err(Trouble::error(
                    "base-rate",
                    None,
                    "the base rate must be a number above 1",
                    "--base-rate 343 means one in 343",
                ));
            }
            pack.policy.base_rate_one_in = rate;
            "the command line".clone_into(&mut pack.policy.base_rate_from);
        }
        let options = ReadOptions { maps: parse_maps(&input.options.maps)?, ..ReadOptions::default() };
        let read = bonafide_intake::read_case(&input.path, &embedded::reference(), &wants, &options, &mut |step| {
            progress.say(format!("reading {} ({} rows)", step.file, step.rows))
        })?;
        let CaseRead { tables, troubles: reading, inputs, mappings } = read;
        troubles.extend(reading);
        let limits =
            Limits { memory_bytes: input.options.rule_memory << 20, cpu_seconds: input.options.rule_seconds as f64, ..Limits::default() };
        progress.say("planning");
        let (engine, planning) = Engine::new(&pack, &limits, names());
        troubles.extend(planning);
        Ok(Self {
            pack,
            engine,
            tables,
            troubles,
            inputs,
            mappings,
            outcome: None,
            judgements: Vec::new(),
            lists: BTreeMap::new(),
            input: input.clone(),
            progress,
        })
    }

    /// Adds the derived tables, runs the rules, judges every subject.
    ///
    /// # Errors
    /// When a broken invariant stops the run, or with `--strict` the first trouble that loses something.
    pub fn judge(&mut self, _until: Stage) -> Result<(), Trouble> {
        self.strict()?;
        let as_of = self.as_of()?;
        self.progress.say("comparing documents");
        self.derive(as_of)?;
        self.progress.say("running rules");
        let mut outcome = self.engine.run(&self.tables, Some(as_of));
        self.troubles.append(&mut outcome.troubles);
        let today = day(outcome.as_of);
        if let Some(path) = self.beside(self.input.options.ignore.as_ref(), crate::ignore::FILE_NAME) {
            self.troubles.extend(crate::ignore::apply(&path, &mut outcome.findings, &today)?);
        }
        self.strict()?;
        self.judgements = judge_subjects(&self.pack, &self.tables, &outcome.findings)?;
        self.tables.add_rows(&outcome.findings.iter().map(report::finding_row).collect::<Vec<_>>())?;
        let digest = self.pack.digest.clone();
        let rows: Vec<_> =
            self.judgements.iter().map(|(id, judgement)| report::assessment_row(id, judgement, &outcome.findings, &digest)).collect();
        self.tables.add_rows(&rows)?;
        self.outcome = Some(outcome);
        Ok(())
    }

    /// The laws that do not hold over the tables, derived ones included, for the scores this pack gives.
    ///
    /// # Errors
    /// As [`Run::judge`].
    pub fn laws(&mut self) -> Result<Vec<Broken>, Trouble> {
        let as_of = self.as_of()?;
        self.derive(as_of)?;
        let judge = |findings: &[Finding]| {
            let judged = judge_subjects(&self.pack, &self.tables, findings)?;
            Ok(judged.into_iter().map(|(id, judgement)| (id, judgement.score_bits)).collect())
        };
        bonafide_rules::laws::laws(&self.engine, &self.tables, &names(), &judge)
    }

    /// The tables that `resolve` and `trace` make.
    fn derive(&mut self, as_of: i64) -> Result<(), Trouble> {
        let (matches, troubles) = bonafide_resolve::documents::matches(&self.tables, &bonafide_resolve::documents::Limits::default());
        self.troubles.extend(troubles);
        if self.tables.get("documents").is_some() {
            self.tables.add_rows(&matches)?;
        }
        self.link()?;
        let listed = self.screen(as_of)?;
        if self.tables.get("transfers").is_some() || self.tables.get("labels").is_some() {
            self.progress.say("tracing");
            let limits = bonafide_trace::Limits { as_of: self.told_as_of()?, ..bonafide_trace::Limits::default() };
            let traced = bonafide_trace::exposures(&self.tables, &listed, &limits);
            self.troubles.extend(traced.troubles);
            self.tables.add_rows(&traced.exposures)?;
            if !traced.links.is_empty() {
                self.tables.add_rows(&traced.links)?;
            }
        }
        Ok(())
    }

    /// Who shares what with whom, and who is one operator or one crew. Rules on these tables count only what a join adds to the
    /// facts it rests on, within the group of those facts.
    fn link(&mut self) -> Result<(), Trouble> {
        self.progress.say("linking");
        let found = bonafide_resolve::link::link(&self.tables, &bonafide_resolve::link::Settings::default(), &[]);
        self.troubles.extend(found.troubles);
        self.tables.add_rows(&found.links)?;
        self.tables.add_rows(&found.clusters)
    }

    /// Names and identifiers against the lists asked for, else against the starter list inside the program. Gives back the wallets of
    /// those lists.
    fn screen(&mut self, as_of: i64) -> Result<Tables, Trouble> {
        self.progress.say("screening");
        let (options, allow) = (&self.input.options, self.beside(self.input.options.allow.as_ref(), crate::allow::FILE_NAME));
        let ask = Ask { lists: &options.lists, allow: allow.as_deref(), day: &day(as_of), told: options.as_of.is_some() };
        let screened = crate::screening::screen(&self.tables, &ask)?;
        self.troubles.extend(screened.troubles);
        self.tables.add_rows(&screened.hits)?;
        self.tables.add_rows(&screened.quiet)?;
        self.lists = screened.digests;
        if let Some(path) = allow {
            let bytes = std::fs::read(&path).map_err(|error| crate::cli::cannot("read", &path, &error))?;
            let (sha256, rows) = (bonafide_facts::digest::sha256(&bytes), screened.decisions as u64);
            let shown = path.strip_prefix(&self.input.path).unwrap_or(&path).display().to_string();
            self.inputs.push(InputFile { path: shown, table: None, sha256, bytes: bytes.len() as u64, rows, skipped: 0 });
        }
        Ok(screened.wallets)
    }

    /// The report of a judged run.
    ///
    /// # Errors
    /// When the run has not been judged: a broken invariant.
    pub fn report(&self) -> Result<Report, Trouble> {
        let Some(outcome) = &self.outcome else {
            return Err(Trouble::error(
                "not-judged",
                None,
                "a report was asked of a run that was not judged",
                "this is a defect of Bonafide: please report it",
            ));
        };
        let rules: HashMap<&str, &bonafide_rules::Rule> = self.pack.rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
        let unobserved = |missing: &bonafide_rules::NotObserved| {
            let rule = rules.get(missing.rule.as_str());
            Unobserved {
                rule: missing.rule.clone(),
                group: rule.map(|rule| rule.group.clone()).unwrap_or_default(),
                bits: rule.map_or(0.0, |rule| rule.weight.bits),
                missing: missing.missing.clone(),
            }
        };
        let pack = &self.pack;
        Ok(report::assemble(&Parts {
            engine: env!("CARGO_PKG_VERSION"),
            pack: PackNote {
                id: pack.id.clone(),
                title: pack.title.clone(),
                version: pack.version.clone(),
                digest: pack.digest.clone(),
                rules: pack.rules.len(),
            },
            lists: self.lists.iter().map(|(id, digest)| ListNote { id: id.clone(), digest: digest.clone() }).collect(),
            policy: &pack.policy,
            as_of: outcome.as_of,
            tables: &self.tables,
            judgements: &self.judgements,
            findings: &outcome.findings,
            expired: &outcome.expired,
            not_observed: outcome
                .not_observed
                .iter()
                .map(|(subject, missing)| (subject.clone(), missing.iter().map(unobserved).collect()))
                .collect(),
            troubles: &self.troubles,
            inputs: self.inputs.iter().map(input_note).collect(),
        }))
    }

    /// Prints the troubles on standard error.
    pub fn print_troubles(&self) {
        for trouble in &self.troubles {
            eprintln!("{trouble}");
        }
    }

    fn strict(&self) -> Result<(), Trouble> {
        let lost = self.input.options.strict.then(|| self.troubles.iter().find(|trouble| trouble.severity >= Severity::Warning)).flatten();
        lost.map_or(Ok(()), |trouble| Err(trouble.clone()))
    }

    /// "Now": what the user says, else the latest time in the data that the clock has reached. Times behind it are told.
    fn as_of(&mut self) -> Result<i64, Trouble> {
        let bound = self.told_as_of()?.unwrap_or_else(clock_bound);
        let latest = self.tables.latest(bound);
        if latest.beyond > 0 {
            let place = latest.first_beyond.and_then(|row| self.tables.files.place(row));
            let what = format!("{} rows have a time that is still to come: they do not move the day of judgement", latest.beyond);
            self.troubles.push(Trouble::note("time-to-come", place, what, "correct the time, or say the day of judgement with --as-of"));
        }
        Ok(self.told_as_of()?.or(latest.at).unwrap_or(0))
    }

    /// The moment it judges as of, microseconds since 1970 UTC; `None` when no row has a time.
    ///
    /// # Errors
    /// When `--as-of` is no time.
    pub fn last_moment(&self) -> Result<Option<i64>, Trouble> {
        let told = self.told_as_of()?;
        Ok(told.or(self.tables.latest(told.unwrap_or_else(clock_bound)).at))
    }

    /// Takes other tables, as they were at a moment, to be judged as of it.
    pub fn rewind(&mut self, tables: Tables, moment: i64) {
        self.tables = tables;
        self.input.options.as_of = chrono::DateTime::from_timestamp_micros(moment).map(|at| at.to_rfc3339());
        self.outcome = None;
        self.judgements = Vec::new();
    }

    fn told_as_of(&self) -> Result<Option<i64>, Trouble> {
        let options = &self.input.options;
        let Some(text) = options.as_of.as_ref().or(options.judged_as_of.as_ref()) else { return Ok(None) };
        let day =
            chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(23, 59, 59)).map(|at| at.and_utc());
        let at = day.or_else(|| chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()));
        let what = || {
            Trouble::error(
                "as-of",
                None,
                format!("`{}` is not a day or time", bonafide_facts::text::printable(text, 40)),
                "write --as-of 2026-01-31",
            )
        };
        at.map(|at| Some(at.timestamp_micros())).ok_or_else(what)
    }

    /// A file of the user's own: the one told, else the one of that name in the case folder.
    fn beside(&self, told: Option<&PathBuf>, name: &str) -> Option<PathBuf> {
        let beside = self.input.path.join(name);
        told.cloned().or_else(|| beside.is_file().then_some(beside))
    }
}

/// What nobody can have seen happen lies behind this moment.
fn clock_bound() -> i64 {
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(i64::MAX, |since| since.as_micros() as i64);
    clock.saturating_add(DAY_MICROS)
}

fn input_note(file: &InputFile) -> InputNote {
    InputNote {
        path: file.path.clone(),
        table: file.table.map(str::to_owned),
        sha256: file.sha256.clone(),
        bytes: file.bytes,
        rows: file.rows,
        skipped: file.skipped,
    }
}

/// Columns that resolve and the report read themselves, whatever the pack asks.
fn for_stages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let tables: [(&str, &[&str]); 8] = [
        ("subjects", &["name", "kind", "stage", "created_at", "role", "organisation", "claimed_timezone", "claimed_country"]),
        ("documents", &["kind", "text", "template", "perceptual_hash", "exif_hash"]),
        ("sign_ins", &["at", "ended_at", "outcome", "device_id", "mfa_device_id", "ip"]),
        ("meetings", &["device_id"]),
        ("payments", &["payee_account", "method"]),
        ("shipments", &["address"]),
        ("engagements", &["organisation", "hours_timezone", "hours_start", "hours_end"]),
        ("identifiers", &["kind", "value", "source", "holder_name", "valid_to", "verified"]),
    ];
    tables
        .into_iter()
        .chain(bonafide_resolve::screen::subjects::READS.iter().copied())
        .chain(bonafide_resolve::link::READS.iter().copied())
        .chain(OF_TRACE)
        .flat_map(|(table, columns)| columns.iter().map(move |column| (table, *column)))
}

/// What tracing and the lists of a case folder need.
const OF_TRACE: [(&str, &[&str]); 8] = [
    ("transfers", &["chain", "at", "block", "transaction", "log_index", "from_address", "to_address", "asset", "amount", "amount_usd"]),
    ("labels", &["chain", "address", "category", "name", "source", "seen_at", "listed_from", "listed_to", "lead_only"]),
    ("list_entries", &["entry_id", "list", "schema", "name", "remarks", "listed_from", "listed_to"]),
    ("list_names", &["entry_id", "name", "role", "strength"]),
    ("list_identifiers", &["entry_id", "kind", "value", "country", "chain"]),
    ("list_programmes", &["entry_id", "programme"]),
    ("list_addresses", &["entry_id", "address", "city", "kind"]),
    ("list_dates", &["entry_id", "what", "earliest", "latest", "precision"]),
];

fn judge_subjects(pack: &Pack, tables: &Tables, findings: &[Finding]) -> Result<Vec<(String, Judgement)>, Trouble> {
    let mut of_subject: std::collections::BTreeMap<&str, Vec<usize>> = std::collections::BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        of_subject.entry(&finding.subject_id).or_default().push(index);
    }
    let subjects = tables.rows::<bonafide_facts::tables::who::Subject>();
    let mut judged = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let id = subject.subject_id.unwrap_or_default();
        let indices = of_subject.remove(id.as_str()).unwrap_or_default();
        let input = report::assess_input(findings, &indices, &pack.policy);
        judged.push((id, bonafide_assess::assess(&pack.policy, &input)?));
    }
    Ok(judged)
}

fn parse_maps(maps: &[String]) -> Result<Vec<(String, String)>, Trouble> {
    let parse =
        |text: &String| text.split_once('=').map(|(column, header)| (column.trim().to_owned(), header.trim().trim_matches('"').to_owned()));
    maps.iter()
        .map(|text| {
            parse(text).ok_or_else(|| {
                Trouble::error(
                    "usage",
                    None,
                    format!("--map `{}` has no `=`", bonafide_facts::text::printable(text, 60)),
                    "write --map name=\"Candidate Name\"",
                )
            })
        })
        .collect()
}

/// Day of an instant, `YYYY-MM-DD`.
#[must_use]
pub fn day(micros: i64) -> String {
    chrono::DateTime::from_timestamp_micros(micros).map(|at| at.format("%Y-%m-%d").to_string()).unwrap_or_default()
}
