//! Runs a pack over tables: each rule's plan is made once, its states are reset before each run, rules run side by side, each
//! under its own limits. The answer does not depend on how many threads there are.
//!
//! Must not know any rule.

use crate::context::{self, Run};
use crate::findings;
use crate::guard::{self, Budget, Limits};
use crate::lay::Laid;
use crate::observed::{self, NotObserved, applies};
use crate::pack::Pack;
use crate::parts::{self, Part};
use crate::plan;
use crate::rule::Rule;
use bonafide_facts::hook::NameComparer;
use bonafide_facts::{Cleared, Finding, Place, RowId, TableData, Tables, Trouble};
use datafusion::arrow::array::{Array as _, AsArray as _, RecordBatch};
use datafusion::error::DataFusionError;
use datafusion::execution::TaskContext;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::execution_plan::{execute_stream, reset_plan_states};
use datafusion::prelude::SessionConfig;
use futures::StreamExt as _;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tokio::runtime::Runtime;

const DAY_MICROS: i64 = 86_400_000_000;
/// Rows in all tables below which one thread is quicker than several.
const WORTH_THREADS: usize = 20_000;

/// What one rule cost and gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleStats {
    /// Rule id.
    pub rule: String,
    /// Subjects it flagged.
    pub subjects: usize,
    /// CPU time of the thread that ran it, microseconds.
    pub cpu_micros: u64,
}

/// What a run of all rules gave.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// By subject, then rule. Cleared and shadow findings are among them, marked.
    pub findings: Vec<Finding>,
    /// Too long ago to count.
    pub expired: Vec<Finding>,
    /// Rules that failed or were stopped, findings on unknown subjects.
    pub troubles: Vec<Trouble>,
    /// For each subject, the rules that could not look.
    pub not_observed: BTreeMap<String, Vec<NotObserved>>,
    /// "Now" of the run, microseconds since 1970 UTC.
    pub as_of: i64,
    /// In rule order; rules whose tables are absent did not run and are not here.
    pub per_rule: Vec<RuleStats>,
}

/// Tables made ready for statements.
#[derive(Debug, Clone)]
pub struct Opened {
    laid: Arc<Laid>,
    as_of: i64,
}

/// A pack, planned.
#[derive(Debug)]
pub struct Engine {
    rules: Vec<Rule>,
    plans: Vec<Option<Arc<dyn ExecutionPlan>>>,
    /// Sub-questions of several rules, and which of them each rule needs.
    parts: Vec<Part>,
    needs: Vec<Vec<usize>>,
    evidence_rows: usize,
    limits: Limits,
    names: Arc<dyn NameComparer>,
}

impl Engine {
    /// Plans every rule of the pack. A rule that cannot be planned is a trouble and never runs.
    #[must_use]
    pub fn new(pack: &Pack, limits: &Limits, names: Arc<dyn NameComparer>) -> (Self, Vec<Trouble>) {
        Self::of_rules(pack.rules.clone(), pack.policy.evidence_rows, limits, names)
    }

    pub(crate) fn of_rules(rules: Vec<Rule>, evidence_rows: usize, limits: &Limits, names: Arc<dyn NameComparer>) -> (Self, Vec<Trouble>) {
        let said: Vec<&LogicalPlan> = rules.iter().map(|rule| &rule.planned.said).collect();
        // what cannot be taken out is asked by each rule for itself
        let parted = on_this_thread(|runtime| runtime.block_on(parts::part(&said)).unwrap_or_default()).unwrap_or_default();
        let question = |index: usize| parted.questions.get(index).and_then(Option::as_ref);
        let plan = |index: usize, rule: &Rule| {
            on_this_thread(|runtime| {
                let logical = question(index).map_or(&rule.planned.logical, |(logical, _)| logical);
                let planned = runtime.block_on(plan::physical(logical)).and_then(guard::guarded);
                planned.map_err(|error| trouble_of(rule, "unplannable", &error))
            })
            .unwrap_or_else(|what| Err(Trouble::warning("planner-panic", Some(rule.place.clone()), what, "simplify its SQL")))
        };
        let planned = side_by_side(rules.len(), limits.threads, |index| rules.get(index).map(|rule| plan(index, rule)));
        let needs = (0..rules.len()).map(|index| question(index).map(|(_, needs)| needs.clone()).unwrap_or_default()).collect();
        let (mut plans, mut troubles) = (Vec::new(), Vec::new());
        for plan in planned.into_iter().flatten() {
            match plan {
                Ok(plan) => plans.push(Some(plan)),
                Err(trouble) => {
                    plans.push(None);
                    troubles.push(trouble);
                }
            }
        }
        (Self { rules, plans, parts: parted.parts, needs, evidence_rows, limits: *limits, names }, troubles)
    }

    /// Runs every rule whose tables were given. `as_of_micros` is "now"; without it, the latest time in the tables.
    #[must_use]
    pub fn run(&self, tables: &Tables, as_of_micros: Option<i64>) -> Outcome {
        let as_of = as_of_micros.or_else(|| tables.latest(i64::MAX).at).unwrap_or(0);
        let run = Run::over(Arc::new(context::lay(tables)), as_of, Arc::clone(&self.names));
        let asked = self.asked(&run);
        let run = Arc::new(run.with_parts(asked));
        let stages: HashMap<&str, Option<&str>> = run.subjects().iter().collect();
        let few = tables.iter().map(TableData::rows).sum::<usize>() < WORTH_THREADS;
        let ran = side_by_side(self.rules.len(), if few { 1 } else { self.limits.threads }, |index| self.run_rule(index, &run));
        let mut outcome = Outcome { as_of, ..Outcome::default() };
        for (rule, ran) in self.rules.iter().zip(ran) {
            let Some((found, cpu_micros)) = ran else { continue };
            let found = match found {
                Ok(found) => found,
                Err(trouble) => {
                    outcome.troubles.push(trouble);
                    Vec::new()
                }
            };
            outcome.per_rule.push(RuleStats { rule: rule.id.clone(), subjects: found.len(), cpu_micros });
            sort_out(rule, found, &stages, &mut outcome);
        }
        outcome.troubles.extend(run.repeated().map(|(table, again)| said_again(table, again)));
        clear(&run, &mut outcome, tables);
        let order = |left: &Finding, right: &Finding| (&left.subject_id, &left.rule).cmp(&(&right.subject_id, &right.rule));
        outcome.findings.sort_by(order);
        outcome.expired.sort_by(order);
        outcome.not_observed = observed::not_observed(&run, &self.rules);
        outcome
    }

    /// Whether the rule states why it may break that law.
    pub(crate) fn excepts(&self, rule: &str, law: &str) -> bool {
        self.rules.iter().any(|known| known.id == rule && known.breaks.contains_key(law))
    }

    /// Tables made ready for statements.
    #[must_use]
    pub fn open(&self, tables: &Tables) -> Opened {
        Opened { laid: Arc::new(context::lay(tables)), as_of: tables.latest(i64::MAX).at.unwrap_or(0) }
    }

    /// Runs one read-only statement over the tables, under the limits of a rule.
    ///
    /// # Errors
    /// Bad SQL, anything but reading, or a limit reached.
    pub fn sql(&self, tables: &Tables, sql: &str) -> Result<Vec<RecordBatch>, Trouble> {
        self.ask(&self.open(tables), sql)
    }

    /// The same over tables opened before: rows that were put in order for one statement stay so for the next.
    ///
    /// # Errors
    /// Bad SQL, anything but reading, or a limit reached.
    pub fn ask(&self, opened: &Opened, sql: &str) -> Result<Vec<RecordBatch>, Trouble> {
        let answer = on_this_thread(|runtime| {
            let budget = Arc::new(Budget::new(&self.limits));
            let planned = runtime.block_on(plan::plan(sql))?;
            let mut parted = runtime.block_on(parts::part(&[&planned.said]))?;
            let (logical, needs) = parted.questions.pop().flatten().unwrap_or((planned.logical, Vec::new()));
            let plan = guard::guarded(runtime.block_on(plan::physical(&logical))?)?;
            let run = Run::over(Arc::clone(&opened.laid), opened.as_of, Arc::clone(&self.names));
            let run = Arc::new(run.with_parts(vec![1; parted.parts.len()]));
            let _entered = context::enter(&run);
            answer(runtime, plan, &parted.parts, &needs, &run, &self.limits, &budget)
        });
        match answer {
            Ok(Ok(batches)) => Ok(batches),
            Ok(Err(error)) => Err(Trouble::error("bad-sql", None, told(&error), "see `bonafide tables` for tables and columns")),
            Err(what) => Err(Trouble::error("bad-sql", None, what, "simplify the SQL")),
        }
    }

    /// For each part, how many of the rules that will run need it.
    fn asked(&self, run: &Run) -> Vec<usize> {
        let mut asked = vec![0; self.parts.len()];
        for ((rule, plan), needs) in self.rules.iter().zip(&self.plans).zip(&self.needs) {
            if plan.is_some() && runs(rule, run) {
                needs.iter().filter_map(|part| asked.get_mut(*part).map(|asked: &mut usize| *asked += 1)).for_each(drop);
            }
        }
        asked
    }

    /// `None` when the rule did not run; else its findings or why it failed, and its CPU microseconds.
    fn run_rule(&self, index: usize, run: &Arc<Run>) -> Option<(Result<Vec<Finding>, Trouble>, u64)> {
        let rule = self.rules.get(index)?;
        let plan = self.plans.get(index)?.as_ref()?;
        let needs = self.needs.get(index).filter(|_| runs(rule, run))?;
        let budget = Arc::new(Budget::new(&self.limits));
        let found = on_this_thread(|runtime| {
            let _entered = context::enter(run);
            let batches = answer(runtime, Arc::clone(plan), &self.parts, needs, run, &self.limits, &budget);
            run.leave(needs);
            let batches = batches.map_err(|error| trouble_of(rule, code_of(&error), &error))?;
            findings::read(rule, &batches, self.evidence_rows).map_err(|what| {
                Trouble::warning(
                    "rule-failed",
                    Some(rule.place.clone()),
                    format!("rule `{}` returned what cannot be read: {what}", rule.id),
                    "mend its SQL",
                )
            })
        });
        let found = found.unwrap_or_else(|what| {
            Err(Trouble::warning(
                "rule-panic",
                Some(rule.place.clone()),
                format!("rule `{}` broke off: {what}", rule.id),
                "the other rules' findings stay; please report it",
            ))
        });
        Some((found, u64::try_from(budget.used().as_micros()).unwrap_or(u64::MAX)))
    }
}

/// Whether the tables are there that the rule cannot do without.
fn runs(rule: &Rule, run: &Run) -> bool {
    rule.needs.iter().all(|need| observed::is_given(run, need))
}

/// Makes the parts that nobody made yet, then runs the plan to its end.
fn answer(
    runtime: &Runtime,
    plan: Arc<dyn ExecutionPlan>,
    parts: &[Part],
    needs: &[usize],
    run: &Arc<Run>,
    limits: &Limits,
    budget: &Arc<Budget>,
) -> Result<Vec<RecordBatch>, DataFusionError> {
    for number in needs {
        let (Some(part), Some(slot)) = (parts.get(*number), run.slot(*number)) else { continue };
        let mut made = slot.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.is_none() {
            // what is kept for others counts as 16 bytes a cell
            let most = limits.memory_bytes / 16 / part.plan.schema().fields().len().max(1);
            *made = Some(Arc::new(runtime.block_on(collect(Arc::clone(&part.plan), run, limits, budget, most))?));
        }
    }
    runtime.block_on(collect(plan, run, limits, budget, limits.output_rows))
}

/// Runs one plan to its end.
async fn collect(
    plan: Arc<dyn ExecutionPlan>,
    run: &Arc<Run>,
    limits: &Limits,
    budget: &Arc<Budget>,
    most_rows: usize,
) -> Result<Vec<RecordBatch>, DataFusionError> {
    static CONFIG: LazyLock<SessionConfig> = LazyLock::new(plan::config);
    static BASE: LazyLock<Result<RuntimeEnv, String>> = LazyLock::new(|| {
        let no_disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
        RuntimeEnvBuilder::new().with_disk_manager_builder(no_disk).build().map_err(|error| error.strip_backtrace())
    });
    let config = CONFIG.clone().with_extension(Arc::clone(run)).with_extension(Arc::clone(budget));
    let mut runtime = BASE.clone().map_err(DataFusionError::Execution)?;
    runtime.memory_pool = Arc::new(GreedyMemoryPool::new(limits.memory_bytes));
    let runtime = Arc::new(runtime);
    let none = (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
    let task = Arc::new(TaskContext::new(None, "run".to_owned(), config, none.0, none.1, none.2, none.3, runtime));
    let mut stream = execute_stream(reset_plan_states(plan)?, task)?;
    let (mut batches, mut rows) = (Vec::new(), 0);
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        rows += batch.num_rows();
        if rows > most_rows {
            return Err(DataFusionError::ResourcesExhausted(format!("it returned more than {most_rows} rows")));
        }
        budget.spend(0)?;
        batches.push(batch);
    }
    Ok(batches)
}

/// Works on the items of 0..count on several threads; answers in order.
fn side_by_side<T: Send>(count: usize, threads: usize, work: impl Fn(usize) -> Option<T> + Sync) -> Vec<Option<T>> {
    let wanted = if threads == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { threads };
    if wanted.min(count) <= 1 {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<T>>> = Mutex::new((0..count).map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..wanted.min(count) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    let answer = work(index);
                    if let Some(place) = done.lock().unwrap_or_else(PoisonError::into_inner).get_mut(index) {
                        *place = answer;
                    }
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Gives the work this thread's executor and catches its panics.
fn on_this_thread<T>(work: impl FnOnce(&Runtime) -> T) -> Result<T, String> {
    thread_local! {
        static RUNTIME: Result<Runtime, String> = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string());
    }
    let worked = RUNTIME.with(|runtime| match runtime {
        Ok(runtime) => Ok(catch_unwind(AssertUnwindSafe(|| work(runtime)))),
        Err(what) => Err(what.clone()),
    });
    worked?.map_err(|panic| {
        let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
        bonafide_facts::text::printable(&said.unwrap_or_else(|| "a panic".to_owned()), 200)
    })
}

fn code_of(error: &DataFusionError) -> &'static str {
    if matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)) { "rule-limit" } else { "rule-failed" }
}

fn told(error: &DataFusionError) -> String {
    let root = error.find_root();
    let text = if matches!(root, DataFusionError::ResourcesExhausted(_)) { root.message().into_owned() } else { error.strip_backtrace() };
    bonafide_facts::text::printable(text.trim(), 400)
}

fn trouble_of(rule: &Rule, code: &str, error: &DataFusionError) -> Trouble {
    let place = Some(Place::line(rule.place.file.clone(), rule.sql_line));
    let (verb, mend) = match code {
        "rule-limit" => ("was stopped", "join on a key, filter first, or raise the limits"),
        _ => ("failed", "mend its SQL"),
    };
    Trouble::warning(code, place, format!("rule `{}` {verb}: {}", rule.id, told(error)), mend)
}

fn said_again(table: &str, again: u64) -> Trouble {
    let what = format!("table `{table}`: {again} rows say word for word what another row of the same subject says; each counts once");
    Trouble::note("row-again", None, what, "nothing, if exports overlap; give events that differ a key or a time of their own")
}

/// Findings on subjects the run knows and the rule speaks of, fresh or expired.
fn sort_out(rule: &Rule, found: Vec<Finding>, stages: &HashMap<&str, Option<&str>>, outcome: &mut Outcome) {
    let mut unknown = 0u64;
    for finding in found {
        let Some(stage) = stages.get(finding.subject_id.as_str()) else {
            unknown += 1;
            continue;
        };
        if !applies(rule, *stage) {
            continue;
        }
        let age = finding.last_at.map(|last| outcome.as_of.saturating_sub(last));
        let old = rule.expires_days.zip(age).is_some_and(|(days, age)| age > i64::from(days) * DAY_MICROS);
        if old { outcome.expired.push(finding) } else { outcome.findings.push(finding) }
    }
    if unknown > 0 {
        let what = format!("rule `{}` flagged {unknown} subjects that `subjects` does not hold; they were left out", rule.id);
        outcome.troubles.push(Trouble::note(
            "unknown-subject",
            Some(rule.place.clone()),
            what,
            "add them to `subjects` to have them judged",
        ));
    }
}

/// Marks findings that a verification names as looked into and confirmed harmless.
fn clear(run: &Run, outcome: &mut Outcome, tables: &Tables) {
    let mut cleared: HashMap<(String, String), Cleared> = HashMap::new();
    for batch in run.table("verifications").map_or(&[][..], |data| &data.batches) {
        let column = |name: &str| context::text(batch, name);
        let cell = |name: &str, row: usize| column(name).filter(|cells| cells.is_valid(row)).map(|cells| cells.value(row).trim());
        let ids = batch
            .column_by_name(bonafide_facts::table::ROW_ID)
            .and_then(|ids| ids.as_primitive_opt::<datafusion::arrow::datatypes::Int64Type>());
        for row in 0..batch.num_rows() {
            if !cell("result", row).is_some_and(|result| result.eq_ignore_ascii_case("confirmed")) {
                continue;
            }
            let (Some(subject), Some(what)) = (cell("subject_id", row), cell("what", row)) else { continue };
            let place = ids.and_then(|ids| tables.files.place(RowId(ids.value(row)))).map(|place| place.to_string()).unwrap_or_default();
            let by = cell("by", row).filter(|by| !by.is_empty()).unwrap_or("not stated").to_owned();
            let reason = cell("value", row).filter(|value| !value.is_empty()).unwrap_or("looked into and found harmless").to_owned();
            cleared.entry((subject.to_owned(), what.to_owned())).or_insert(Cleared { by, reason, place, until: None });
        }
    }
    for finding in &mut outcome.findings {
        finding.cleared = cleared.get(&(finding.subject_id.clone(), finding.rule.clone())).cloned();
    }
}
