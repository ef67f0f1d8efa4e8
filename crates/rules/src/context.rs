//! The data of one run as plans and functions see it: tables, what table functions made of them, address ranges, the name
//! comparer. Plans are made once without it; it travels in the task context (scans) and on the worker's thread (functions).
//!
//! Must not know any rule.

use crate::ip::IpIndex;
use crate::lay::Laid;
use crate::stream::{self, Call};
use bonafide_facts::hook::NameComparer;
use bonafide_facts::tables::is_forbidden_column;
use bonafide_facts::{TableData, Tables};
use datafusion::arrow::array::{Array as _, AsArray as _, BooleanArray, RecordBatch, StringViewArray};
use datafusion::arrow::compute::filter_record_batch;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Batches of a part while somebody still needs them, and how many still do.
#[derive(Debug)]
pub struct Slot {
    left: AtomicUsize,
    /// Locked while it is made.
    pub made: Mutex<Option<Arc<Vec<RecordBatch>>>>,
}

type Made = Arc<OnceLock<Result<Arc<Vec<RecordBatch>>, String>>>;

/// One run's data.
#[derive(Debug)]
pub struct Run {
    laid: Arc<Laid>,
    /// Microseconds since 1970 UTC: "now" for the rules.
    pub as_of: i64,
    /// Compares names for `name_similarity`.
    pub names: Arc<dyn NameComparer>,
    made: Mutex<HashMap<Call, Made>>,
    slots: Vec<Slot>,
    ips: OnceLock<IpIndex>,
    subject_names: OnceLock<HashMap<String, String>>,
    subjects: OnceLock<Subjects>,
}

/// Who is looked at, numbered in file order.
#[derive(Debug, Default)]
pub struct Subjects {
    ids: Vec<(String, Option<String>)>,
    numbers: hashbrown::HashMap<String, usize>,
}

impl Subjects {
    /// Id and stage of each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.ids.iter().map(|(id, stage)| (id.as_str(), stage.as_deref()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The number of a subject; `None` when it is not in `subjects`.
    #[must_use]
    pub fn number(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).copied()
    }
}

impl Run {
    /// Shares the batches of `tables`; rows of `claims` about a forbidden attribute are left out.
    #[must_use]
    pub fn new(tables: &Tables, as_of: i64, names: Arc<dyn NameComparer>) -> Self {
        Self::over(Arc::new(lay(tables)), as_of, names)
    }

    /// The same over tables that an earlier run may have laid already.
    #[must_use]
    pub fn over(laid: Arc<Laid>, as_of: i64, names: Arc<dyn NameComparer>) -> Self {
        Self {
            laid,
            as_of,
            names,
            made: Mutex::default(),
            slots: Vec::new(),
            ips: OnceLock::new(),
            subject_names: OnceLock::new(),
            subjects: OnceLock::new(),
        }
    }

    /// The table as it was read, when it was given.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&TableData> {
        self.laid.table(name)
    }

    /// Tables in which rows said again were left out, and how many.
    pub fn repeated(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.laid.repeated()
    }

    /// The table's rows in the order rules scan them.
    ///
    /// # Errors
    /// A broken invariant, in one sentence.
    pub fn batches(&self, name: &str) -> Result<Arc<Vec<RecordBatch>>, String> {
        self.laid.batches(name)
    }

    /// Makes room for parts; each number says how many will ask for that part.
    #[must_use]
    pub fn with_parts(mut self, asked: Vec<usize>) -> Self {
        self.slots = asked.into_iter().map(|asked| Slot { left: AtomicUsize::new(asked), made: Mutex::default() }).collect();
        self
    }

    /// The room of a part.
    #[must_use]
    pub fn slot(&self, part: usize) -> Option<&Slot> {
        self.slots.get(part)
    }

    /// A part that was made.
    #[must_use]
    pub fn part(&self, part: usize) -> Option<Arc<Vec<RecordBatch>>> {
        self.slot(part)?.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One who asked for these parts is done with them; what nobody needs any more is dropped.
    pub fn leave(&self, parts: &[usize]) {
        for slot in parts.iter().filter_map(|part| self.slot(*part)) {
            if slot.left.fetch_sub(1, Ordering::AcqRel) <= 1 {
                *slot.made.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
        }
    }

    /// What a table function returns; computed by the first who asks, shared by all.
    ///
    /// # Errors
    /// The sentence the computation failed with.
    pub fn made(&self, call: &Call) -> Result<Arc<Vec<RecordBatch>>, String> {
        let cell = {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(made.entry(call.clone()).or_default())
        };
        cell.get_or_init(|| stream::compute(call, self).map(Arc::new)).clone()
    }

    /// The index over `ip_ranges`, made when first asked for.
    pub fn ips(&self) -> &IpIndex {
        self.ips.get_or_init(|| IpIndex::new(self.table("ip_ranges").map_or(&[][..], |data| &data.batches)))
    }

    /// The rows of `subjects`, each id once.
    pub fn subjects(&self) -> &Subjects {
        self.subjects.get_or_init(|| {
            let mut subjects = Subjects::default();
            for batch in self.table("subjects").map_or(&[][..], |data| &data.batches) {
                let stages = text(batch, "stage");
                for (row, id) in text(batch, "subject_id").into_iter().flatten().enumerate() {
                    let Some(id) = id.filter(|id| !subjects.numbers.contains_key(*id)) else { continue };
                    subjects.numbers.insert(id.to_owned(), subjects.ids.len());
                    let stage = stages.filter(|stages| stages.is_valid(row)).map(|stages| stages.value(row).to_owned());
                    subjects.ids.push((id.to_owned(), stage));
                }
            }
            subjects
        })
    }

    /// Name of each subject that has one, lower case with single spaces: only to count how many differ.
    pub fn subject_names(&self) -> &HashMap<String, String> {
        self.subject_names.get_or_init(|| {
            let mut names = HashMap::new();
            for batch in self.table("subjects").map_or(&[][..], |data| &data.batches) {
                let (Some(ids), Some(printed)) = (text(batch, "subject_id"), text(batch, "name")) else { continue };
                for (id, name) in ids.iter().zip(printed.iter()) {
                    if let (Some(id), Some(name)) = (id, name) {
                        names.insert(id.to_owned(), folded(name));
                    }
                }
            }
            names
        })
    }
}

/// The tables of a run; rows of `claims` about a forbidden attribute are left out.
#[must_use]
pub fn lay(tables: &Tables) -> Laid {
    let mut own: BTreeMap<&'static str, TableData> = tables.iter().map(|data| (data.table.name, data.clone())).collect();
    if let Some(claims) = own.get_mut("claims") {
        claims.batches = claims.batches.iter().map(without_forbidden_claims).collect();
    }
    Laid::new(own)
}

/// Lower case, single spaces.
#[must_use]
pub fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A text column of a batch; `None` when absent.
#[must_use]
pub fn text<'a>(batch: &'a RecordBatch, name: &str) -> Option<&'a StringViewArray> {
    batch.column_by_name(name)?.as_string_view_opt()
}

fn without_forbidden_claims(batch: &RecordBatch) -> RecordBatch {
    let Some(attributes) = text(batch, "attribute") else { return batch.clone() };
    let mut known: HashMap<&str, bool> = HashMap::new();
    let keep: BooleanArray = attributes
        .iter()
        .map(|attribute| Some(attribute.is_none_or(|word| !*known.entry(word).or_insert_with(|| is_forbidden_column(word)))))
        .collect();
    if keep.true_count() == keep.len() {
        return batch.clone();
    }
    filter_record_batch(batch, &keep).unwrap_or_else(|_| batch.slice(0, 0))
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Run>>> = const { RefCell::new(None) };
}

/// Makes a run the current one of this thread until dropped.
#[derive(Debug)]
pub struct Entered(Option<Arc<Run>>);

/// Enters a run on this thread.
#[must_use]
pub fn enter(run: &Arc<Run>) -> Entered {
    Entered(CURRENT.with(|current| current.borrow_mut().replace(Arc::clone(run))))
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.with(|current| *current.borrow_mut() = self.0.take());
    }
}

/// The current run of this thread; `None` while planning.
#[must_use]
pub fn current() -> Option<Arc<Run>> {
    CURRENT.with(|current| current.borrow().clone())
}
