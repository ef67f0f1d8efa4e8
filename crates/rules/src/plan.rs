//! From SQL text to a plan: the session every rule is planned in, what a statement reads, and what it may not do.
//!
//! Must not know any rule, nor any data: plans are made once and serve every run.

use crate::evidence::EvidenceAggregate;
use crate::functions;
use crate::source::{Source, What};
use crate::stream::{Argument, Call, DESCRIBED};
use bonafide_facts::TABLES;
use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::source_as_provider;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::context::SQLOptions;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::execution::{SessionStateDefaults, context::SessionContext};
use datafusion::logical_expr::{AggregateUDF, Expr, LogicalPlan};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;
use datafusion::scalar::ScalarValue;
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

/// SQL functions rules cannot call: they ask the clock or dice (the same input must give the same bytes), or make much of little
/// outside the memory limit.
const LEFT_OUT: &[&str] = &[
    "now",
    "current_timestamp",
    "current_date",
    "current_time",
    "today",
    "random",
    "uuid",
    "version",
    "repeat",
    "lpad",
    "rpad",
    "space",
    "array_repeat",
    "list_repeat",
    "array_resize",
    "list_resize",
    "generate_series",
    "range",
    "gen_series",
];

/// What a statement is, reads and returns.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The plan as the statement says it.
    pub said: LogicalPlan,
    /// The optimised logical plan.
    pub logical: LogicalPlan,
    /// (table, column)s read, table functions included.
    pub wants: BTreeSet<(&'static str, &'static str)>,
    /// Every table read, also when no column of it is.
    pub tables: BTreeSet<&'static str>,
    /// Texts the plan compares with or returns, after constants were folded.
    pub literals: Vec<String>,
}

static SESSION: LazyLock<Result<SessionState, String>> = LazyLock::new(|| session().map_err(|error| error.strip_backtrace()));

/// The session all plans are made in.
///
/// # Errors
/// When DataFusion refuses its own parts: a broken invariant.
pub fn state() -> Result<&'static SessionState> {
    SESSION.as_ref().map_err(|error| DataFusionError::Execution(error.clone()))
}

/// Options of planning and running: one partition a rule, nothing guessed, nothing kept from one run for the next.
#[must_use]
pub fn config() -> SessionConfig {
    let mut config = SessionConfig::new().with_target_partitions(1).with_batch_size(8192).with_information_schema(false);
    let options = config.options_mut();
    options.sql_parser.collect_spans = true;
    options.optimizer.enable_dynamic_filter_pushdown = false;
    options.optimizer.enable_topk_dynamic_filter_pushdown = false;
    options.optimizer.enable_join_dynamic_filter_pushdown = false;
    options.optimizer.enable_aggregate_dynamic_filter_pushdown = false;
    options.optimizer.repartition_joins = false;
    options.optimizer.repartition_aggregations = false;
    options.optimizer.repartition_windows = false;
    options.optimizer.repartition_sorts = false;
    config
}

fn session() -> Result<SessionState> {
    let allowed =
        |name: &str, aliases: &[String]| !LEFT_OUT.contains(&name) && !aliases.iter().any(|alias| LEFT_OUT.contains(&alias.as_str()));
    let mut scalars = SessionStateDefaults::default_scalar_functions();
    scalars.retain(|function| allowed(function.name(), function.aliases()));
    scalars.extend(functions::all().into_iter().map(Arc::new));
    let mut aggregates = SessionStateDefaults::default_aggregate_functions();
    aggregates.push(Arc::new(AggregateUDF::from(EvidenceAggregate::default())));
    let state = SessionStateBuilder::new()
        .with_config(config())
        .with_expr_planners(SessionStateDefaults::default_expr_planners())
        .with_scalar_functions(scalars)
        .with_aggregate_functions(aggregates)
        .with_window_functions(SessionStateDefaults::default_window_functions())
        .build();
    let context = SessionContext::new_with_state(state);
    for table in TABLES.iter() {
        context.register_table(table.name, Arc::new(Source::table(table)))?;
    }
    for function in SessionStateDefaults::default_table_functions() {
        context.register_udtf(function.name(), Arc::clone(function.function()));
    }
    for (name, _) in DESCRIBED {
        context.register_udtf(name, Arc::new(Named(name)));
    }
    Ok(context.state())
}

#[derive(Debug)]
struct Named(&'static str);

impl TableFunctionImpl for Named {
    fn call_with_args(&self, args: TableFunctionArgs) -> Result<Arc<dyn TableProvider>> {
        let literal = |expr: &Expr| match expr {
            Expr::Literal(ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)) | ScalarValue::LargeUtf8(Some(text)), _) => {
                Some(Argument::Text(text.clone()))
            }
            Expr::Literal(ScalarValue::Int64(Some(number)), _) => Some(Argument::Whole(*number)),
            _ => None,
        };
        let arguments: Option<Vec<Argument>> = args.exprs().iter().map(literal).collect();
        let call = Call::parse(self.0, &arguments.unwrap_or_default()).map_err(DataFusionError::Plan)?;
        Ok(Arc::new(Source::call(call)))
    }
}

/// Reads one SELECT (or WITH … SELECT).
///
/// # Errors
/// Not SQL, several statements, or a statement of another kind.
pub fn parse(sql: &str) -> Result<Statement> {
    let mut statements = DFParser::parse_sql(sql)?;
    match (statements.pop_front(), statements.len()) {
        (Some(Statement::Statement(statement)), 0) if matches!(*statement, SqlStatement::Query(_)) => Ok(Statement::Statement(statement)),
        _ => Err(DataFusionError::Plan("the SQL must be one SELECT (or WITH … SELECT), read-only".to_owned())),
    }
}

/// Plans one read-only statement.
///
/// # Errors
/// Unknown tables, columns or functions, wrong types, or anything but reading.
pub async fn plan(sql: &str) -> Result<Planned> {
    let state = state()?;
    let plan = state.statement_to_plan(parse(sql)?).await?;
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false).verify_plan(&plan)?;
    let logical = state.optimize(&plan)?;
    let mut planned = Planned { said: plan, logical, wants: BTreeSet::new(), tables: BTreeSet::new(), literals: Vec::new() };
    let logical = planned.logical.clone();
    logical.apply_with_subqueries(|node| {
        planned.note(node)?;
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(planned)
}

/// The optimised logical plan.
///
/// # Errors
/// What DataFusion cannot plan.
pub fn optimized(plan: &LogicalPlan) -> Result<LogicalPlan> {
    state()?.optimize(plan)
}

/// The physical plan, ready to be run any number of times (states are reset before each).
///
/// # Errors
/// What DataFusion cannot plan.
pub async fn physical(logical: &LogicalPlan) -> Result<Arc<dyn ExecutionPlan>> {
    let state = state()?;
    state.query_planner().create_physical_plan(logical, state).await
}

impl Planned {
    fn note(&mut self, node: &LogicalPlan) -> Result<()> {
        if let LogicalPlan::TableScan(scan) = node
            && let Some(source) = source_as_provider(&scan.source)?.downcast_ref::<Source>()
        {
            match &source.what {
                What::Call(call) => self.wants.extend(call.wants()),
                What::Part(_) => {}
                What::Table(name) => {
                    self.tables.insert(name);
                    for field in scan.projected_schema.fields() {
                        self.wants.extend(declared(name, field.name()));
                    }
                }
            }
        }
        for expr in node.expressions() {
            use datafusion::common::tree_node::TreeNode as _;
            expr.apply(|part| {
                if let Expr::Literal(value, _) = part
                    && let Some(Some(text)) = value.try_as_str()
                {
                    self.literals.push(text.to_owned());
                }
                Ok(TreeNodeRecursion::Continue)
            })?;
        }
        self.tables.extend(self.wants.iter().map(|(table, _)| *table));
        Ok(())
    }
}

/// The declared column behind an Arrow field (`at_offset_minutes` belongs to `at`); none for `row_id`.
fn declared(table: &str, field: &str) -> Option<(&'static str, &'static str)> {
    let table = bonafide_facts::table(table)?;
    let column = table.column(field).or_else(|| table.column(field.strip_suffix("_offset_minutes")?))?;
    Some((table.name, column.name))
}
