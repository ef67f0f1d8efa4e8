//! Stops a rule that explodes: every operator passes its batches through a guard, which looks at the rule's CPU time and, behind
//! operators that can make many rows of few, counts them.
//!
//! Must not know what a rule asks.

use cpu_time::ThreadTime;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{RecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, SendableRecordBatchStream};
use futures::Stream;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

/// What one rule may use in one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// CPU seconds.
    pub cpu_seconds: f64,
    /// Bytes of working memory (joins, sorts, groups).
    pub memory_bytes: usize,
    /// Rows that all joins, unnests and recursions of the rule together may make.
    pub joined_rows: u64,
    /// Rows the rule may return.
    pub output_rows: usize,
    /// Threads that run rules side by side; 0 = as many as the machine has. The answer does not depend on it.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { cpu_seconds: 60.0, memory_bytes: 512 << 20, joined_rows: 200_000_000, output_rows: 1_000_000, threads: 0 }
    }
}

/// What is left of the limits of one rule in one run.
#[derive(Debug)]
pub struct Budget {
    /// CPU time of the thread when the rule began.
    started: Duration,
    cpu: Duration,
    rows: AtomicU64,
    most_rows: u64,
}

impl Budget {
    /// A fresh budget; the clock starts now, on this thread.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let cpu = Duration::try_from_secs_f64(limits.cpu_seconds).unwrap_or(Duration::MAX);
        Self { started: ThreadTime::now().as_duration(), cpu, rows: AtomicU64::new(0), most_rows: limits.joined_rows }
    }

    /// CPU time used so far.
    #[must_use]
    pub fn used(&self) -> Duration {
        ThreadTime::now().as_duration().saturating_sub(self.started)
    }

    /// Counts rows and looks at the clock.
    ///
    /// # Errors
    /// When a limit is reached, in one sentence.
    pub fn spend(&self, rows: usize) -> Result<()> {
        let rows = self.rows.fetch_add(rows as u64, Ordering::Relaxed).saturating_add(rows as u64);
        if rows > self.most_rows {
            return Err(DataFusionError::ResourcesExhausted(format!("its joins made more than {} rows", self.most_rows)));
        }
        if self.used() > self.cpu {
            return Err(DataFusionError::ResourcesExhausted(format!("it used more than {} CPU seconds", self.cpu.as_secs_f64())));
        }
        Ok(())
    }
}

/// Operators whose output can be far larger than their input.
const EXPLOSIVE: &[&str] = &[
    "CrossJoinExec",
    "NestedLoopJoinExec",
    "HashJoinExec",
    "SortMergeJoinExec",
    "PiecewiseMergeJoinExec",
    "SymmetricHashJoinExec",
    "UnnestExec",
    "RecursiveQueryExec",
];

/// Puts a guard behind every operator.
///
/// # Errors
/// When DataFusion refuses the rewritten plan: a broken invariant.
pub fn guarded(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    plan.transform_up(|node| {
        let counts = EXPLOSIVE.contains(&node.name());
        Ok(Transformed::yes(Arc::new(Guard { inner: node, counts }) as Arc<dyn ExecutionPlan>))
    })
    .data()
}

#[derive(Debug)]
struct Guard {
    inner: Arc<dyn ExecutionPlan>,
    /// Whether its rows count against the limit.
    counts: bool,
}

impl DisplayAs for Guard {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

impl ExecutionPlan for Guard {
    fn name(&self) -> &'static str {
        "Guard"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.inner.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.inner]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn apply_expressions(&self, _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, mut children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        match children.pop() {
            Some(inner) => Ok(Arc::new(Self { inner, counts: self.counts })),
            None => Ok(self),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let budget = context.session_config().get_extension::<Budget>();
        Ok(Box::pin(Guarded { inner: self.inner.execute(partition, context)?, budget, counts: self.counts }))
    }
}

struct Guarded {
    inner: SendableRecordBatchStream,
    budget: Option<Arc<Budget>>,
    counts: bool,
}

impl Stream for Guarded {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.inner.as_mut().poll_next(context);
        if let (Poll::Ready(Some(Ok(batch))), Some(budget)) = (&next, &self.budget)
            && let Err(error) = budget.spend(if self.counts { batch.num_rows() } else { 0 })
        {
            return Poll::Ready(Some(Err(error)));
        }
        next
    }
}

impl RecordBatchStream for Guarded {
    fn schema(&self) -> SchemaRef {
        self.inner.schema()
    }
}
