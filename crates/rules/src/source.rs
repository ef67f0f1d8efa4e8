//! Tables and table functions as DataFusion sees them: a schema to plan with, and a scan that reads the run in the task
//! context. Nothing is bound at planning, so one plan serves every run.
//!
//! Must not know any rule.

use crate::context::Run;
use crate::lay;
use crate::stream::Call;
use async_trait::async_trait;
use bonafide_facts::Table;
use datafusion::arrow::array::{RecordBatch, RecordBatchOptions, new_null_array};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::coop::make_cooperative;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, SchedulingType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, SendableRecordBatchStream};
use std::fmt;
use std::sync::Arc;

/// How rows are ordered where they are: ascending, nulls last.
pub const ORDER: SortOptions = SortOptions { descending: false, nulls_first: false };

/// What is scanned.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum What {
    /// A declared table.
    Table(&'static str),
    /// A table function with its arguments.
    Call(Call),
    /// A sub-question that several ask, by its number.
    Part(usize),
}

/// A table or table function to plan with.
#[derive(Debug)]
pub struct Source {
    /// What is scanned.
    pub what: What,
    schema: SchemaRef,
    /// Columns the rows are ordered by: ascending, nulls last.
    order: Vec<String>,
}

impl Source {
    /// A declared table.
    #[must_use]
    pub fn table(table: &'static Table) -> Self {
        let order = lay::columns(table).into_iter().map(str::to_owned).collect();
        Self { what: What::Table(table.name), schema: table.schema(), order }
    }

    /// A table function.
    #[must_use]
    pub fn call(call: Call) -> Self {
        let order = call.order().iter().map(|name| (*name).to_owned()).collect();
        Self { schema: call.schema(), what: What::Call(call), order }
    }
}

impl Source {
    /// A sub-question, with the columns its rows come ordered by.
    #[must_use]
    pub fn part(number: usize, schema: SchemaRef, order: Vec<String>) -> Self {
        Self { what: What::Part(number), schema, order }
    }

    /// As much of the order as the columns of `schema` still show.
    fn ordering(&self, schema: &SchemaRef) -> Option<Vec<PhysicalSortExpr>> {
        let column = |name: &String| schema.index_of(name).ok().map(|index| Arc::new(Column::new(name, index)));
        let columns = self.order.iter().map_while(column);
        let order: Vec<_> = columns.map(|column| PhysicalSortExpr { expr: column, options: ORDER }).collect();
        (!order.is_empty()).then_some(order)
    }
}

#[async_trait]
impl TableProvider for Source {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(&self, _: &dyn Session, projection: Option<&Vec<usize>>, _: &[Expr], _: Option<usize>) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => Arc::clone(&self.schema),
        };
        let properties = PlanProperties::new(
            EquivalenceProperties::new_with_orderings(Arc::clone(&schema), self.ordering(&schema)),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        )
        .with_scheduling_type(SchedulingType::Cooperative);
        Ok(Arc::new(Scan { what: self.what.clone(), schema, properties: Arc::new(properties) }))
    }
}

/// The scan of one source: columns by name, absent ones as nulls.
#[derive(Debug)]
pub struct Scan {
    what: What,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
}

impl DisplayAs for Scan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scan: {:?}", self.what)
    }
}

impl ExecutionPlan for Scan {
    fn name(&self) -> &'static str {
        "Scan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(&self, _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, _: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let run = context
            .session_config()
            .get_extension::<Run>()
            .ok_or_else(|| DataFusionError::Execution("a plan was executed outside a run".to_owned()))?;
        let schema = Arc::clone(&self.schema);
        let batches: Arc<Vec<RecordBatch>> = match &self.what {
            What::Table(name) => run.batches(name).map_err(DataFusionError::Execution)?,
            What::Call(call) => run.made(call).map_err(DataFusionError::Execution)?,
            What::Part(number) => {
                run.part(*number).ok_or_else(|| DataFusionError::Internal("a part is read before it is made".to_owned()))?
            }
        };
        let shape = Arc::clone(&self.schema);
        let stream = futures::stream::iter(0..batches.len()).map_batches(move |index| fit(&batches[index], &shape));
        Ok(make_cooperative(Box::pin(RecordBatchStreamAdapter::new(schema, stream))))
    }
}

trait MapBatches: futures::Stream<Item = usize> + Sized {
    fn map_batches(self, read: impl FnMut(usize) -> Result<RecordBatch> + Send) -> impl futures::Stream<Item = Result<RecordBatch>> + Send
    where
        Self: Send,
    {
        futures::StreamExt::map(self, read)
    }
}
impl<S: futures::Stream<Item = usize> + Sized> MapBatches for S {}

/// A batch in the shape of `schema`: columns by name, absent ones as nulls.
fn fit(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| match batch.column_by_name(field.name()) {
            Some(column) if column.data_type() == field.data_type() => Arc::clone(column),
            _ => new_null_array(field.data_type(), batch.num_rows()),
        })
        .collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
}
