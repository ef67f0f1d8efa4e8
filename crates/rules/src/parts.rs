//! Sub-questions that are asked more than once, in one rule or by several: found when plans are made, answered once a run by
//! whoever asks first.
//!
//! Must not know any rule. A sub-question is a named subquery (`WITH … AS (…)`, `(SELECT …) x`) that does more than filter.

use crate::guard;
use crate::plan;
use crate::source::{ORDER, Source, What};
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion};
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, SubqueryAlias};
use datafusion::physical_expr::PhysicalSortExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties as _};
use std::collections::HashMap;
use std::sync::Arc;

/// A sub-question, planned.
#[derive(Debug)]
pub struct Part {
    /// Its plan.
    pub plan: Arc<dyn ExecutionPlan>,
    /// The parts it reads, and those they read, in the order they must be made in.
    pub needs: Vec<usize>,
}

/// Questions with what they have in common taken out.
#[derive(Debug, Default)]
pub struct Parted {
    /// Parts; each reads only earlier ones.
    pub parts: Vec<Part>,
    /// For each question its logical plan, when parts were taken out of it, and the parts it needs, in order.
    pub questions: Vec<Option<(LogicalPlan, Vec<usize>)>>,
}

/// What makes two subqueries the same: the plan, and what its scans read (a plan compares those by name alone).
type Key = (LogicalPlan, Vec<What>);

#[derive(Debug)]
struct Node {
    plan: LogicalPlan,
    /// Named subqueries directly below, as often as they stand there.
    below: Vec<usize>,
    /// Whether answering it once saves work.
    heavy: bool,
    asked: usize,
    part: Option<(usize, Arc<Source>)>,
}

/// Takes out what plans (not yet optimised) have in common.
///
/// # Errors
/// What DataFusion cannot plan: a broken invariant, for the plans were planned before.
pub async fn part(plans: &[&LogicalPlan]) -> Result<Parted> {
    let mut finder = Finder::default();
    let mut below = Vec::with_capacity(plans.len());
    for plan in plans {
        below.push(finder.below(plan)?);
    }
    finder.count(&below);
    let mut parts: Vec<Part> = Vec::new();
    for number in 0..finder.nodes.len() {
        let Some(node) = finder.nodes.get(number).filter(|node| node.asked > 1 && node.heavy) else { continue };
        let logical = plan::optimized(&finder.replaced(node.plan.clone())?)?;
        let needs = finder.needs(&node.below, &parts);
        let plan = guard::guarded(plan::physical(&logical).await?)?;
        let source = Source::part(parts.len(), Arc::clone(logical.schema().inner()), order_of(&plan));
        if let Some(node) = finder.nodes.get_mut(number) {
            node.part = Some((parts.len(), Arc::new(source)));
        }
        parts.push(Part { plan, needs });
    }
    let mut questions = Vec::with_capacity(plans.len());
    for (plan, below) in plans.iter().zip(&below) {
        let needs = finder.needs(below, &parts);
        questions.push(match needs.is_empty() {
            true => None,
            false => Some((plan::optimized(&finder.replaced((*plan).clone())?)?, needs)),
        });
    }
    Ok(Parted { parts, questions })
}

#[derive(Debug, Default)]
struct Finder {
    /// Each after all that stand below it.
    nodes: Vec<Node>,
    known: HashMap<Key, usize>,
}

impl Finder {
    /// The named subqueries directly below a plan.
    fn below(&mut self, plan: &LogicalPlan) -> Result<Vec<usize>> {
        if let LogicalPlan::SubqueryAlias(alias) = plan
            && let Some(key) = key_of(&alias.input)?
        {
            return Ok(vec![self.node(key)?]);
        }
        let mut below = Vec::new();
        for input in plan.inputs() {
            below.extend(self.below(input)?);
        }
        plan.apply_subqueries(|subquery| {
            for input in subquery.inputs() {
                below.extend(self.below(input)?);
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(below)
    }

    fn node(&mut self, key: Key) -> Result<usize> {
        if let Some(number) = self.known.get(&key) {
            return Ok(*number);
        }
        let plan = key.0.clone();
        let below = self.below(&plan)?;
        let heavy = plan.exists(|node| Ok(is_heavy(node)))?;
        self.nodes.push(Node { plan, below, heavy, asked: 0, part: None });
        self.known.insert(key, self.nodes.len() - 1);
        Ok(self.nodes.len() - 1)
    }

    /// How often each is asked, when whatever is asked more than once is answered once.
    fn count(&mut self, questions: &[Vec<usize>]) {
        let mut asked = vec![0usize; self.nodes.len()];
        for number in questions.iter().flatten() {
            if let Some(asked) = asked.get_mut(*number) {
                *asked += 1;
            }
        }
        for number in (0..self.nodes.len()).rev() {
            let times = asked.get(number).copied().unwrap_or(0);
            let Some(node) = self.nodes.get_mut(number) else { continue };
            node.asked = times;
            let times = if node.heavy { times.min(1) } else { times };
            for below in &node.below {
                if let Some(asked) = asked.get_mut(*below) {
                    *asked = asked.saturating_add(times);
                }
            }
        }
    }

    /// The plan with scans of parts in place of what they answer.
    fn replaced(&self, plan: LogicalPlan) -> Result<LogicalPlan> {
        let swap = |plan: LogicalPlan| {
            let LogicalPlan::SubqueryAlias(alias) = &plan else { return Ok(Transformed::no(plan)) };
            let part = key_of(&alias.input)?.and_then(|key| self.known.get(&key)).and_then(|number| self.nodes.get(*number)?.part.as_ref());
            let Some((number, source)) = part else { return Ok(Transformed::no(plan)) };
            let scan = LogicalPlanBuilder::scan(format!("part_{number}"), provider_as_source(Arc::clone(source) as _), None)?.build()?;
            Ok(Transformed::yes(LogicalPlan::SubqueryAlias(SubqueryAlias::try_new(Arc::new(scan), alias.alias.clone())?)))
        };
        plan.transform_down_with_subqueries(swap).data()
    }

    /// Parts among these nodes and below, each after those it reads.
    fn needs(&self, below: &[usize], parts: &[Part]) -> Vec<usize> {
        let mut needs: Vec<usize> = Vec::new();
        for node in below.iter().filter_map(|number| self.nodes.get(*number)) {
            match &node.part {
                Some((part, _)) => needs.extend(parts.get(*part).into_iter().flat_map(|part| &part.needs).chain([part])),
                None => needs.extend(self.needs(&node.below, parts)),
            }
        }
        needs.sort_unstable();
        needs.dedup();
        needs
    }
}

/// The plan and what it scans; `None` when it scans what cannot be told apart or looks outside itself.
fn key_of(plan: &LogicalPlan) -> Result<Option<Key>> {
    let (mut scans, mut whole) = (Vec::new(), true);
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            match source_as_provider(&scan.source)?.downcast_ref::<Source>() {
                Some(source) => scans.push(source.what.clone()),
                None => whole = false,
            }
        }
        for expr in node.expressions() {
            whole &= !expr.exists(|part| Ok(matches!(part, Expr::OuterReferenceColumn(..))))?;
        }
        Ok(if whole { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    })?;
    Ok(whole.then(|| (plan.clone(), scans)))
}

fn is_heavy(node: &LogicalPlan) -> bool {
    matches!(node, LogicalPlan::Aggregate(_) | LogicalPlan::Distinct(_) | LogicalPlan::Join(_) | LogicalPlan::Window(_))
}

/// The columns its rows come ordered by, ascending, nulls last.
fn order_of(plan: &Arc<dyn ExecutionPlan>) -> Vec<String> {
    let order = plan.output_ordering().filter(|_| plan.output_partitioning().partition_count() == 1);
    let named = |name: Option<&Column>| name.map(|column| column.name().to_owned());
    let column = |sort: &PhysicalSortExpr| named(sort.expr.downcast_ref::<Column>()).filter(|_| sort.options == ORDER);
    order.map(|order| order.iter().map_while(column).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(statements: &[&str]) -> Parted {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let planned: Vec<plan::Planned> = statements.iter().map(|sql| runtime.block_on(plan::plan(sql)).unwrap()).collect();
        runtime.block_on(part(&planned.iter().map(|planned| &planned.said).collect::<Vec<_>>())).unwrap()
    }

    fn needs(parted: &Parted) -> Vec<Vec<usize>> {
        parted.questions.iter().map(|question| question.as_ref().map(|(_, needs)| needs.clone()).unwrap_or_default()).collect()
    }

    #[test]
    fn what_two_ask_is_answered_once_whatever_they_call_it() {
        let same = "AS (SELECT subject_id, count(*) AS n FROM sign_ins GROUP BY subject_id)";
        let other = "AS (SELECT subject_id, count(*) AS n FROM meetings GROUP BY subject_id)";
        let parted = parted(&[
            &format!("WITH a {same} SELECT subject_id FROM a WHERE n > 1"),
            &format!("WITH b {same} SELECT b.subject_id, b.n FROM b"),
            &format!("WITH c {other} SELECT subject_id FROM c"),
        ]);
        assert_eq!(needs(&parted), [vec![0], vec![0], vec![]]);
    }

    #[test]
    fn a_part_within_a_part_is_made_before_it() {
        let parted = parted(&[
            "WITH a AS (SELECT subject_id, ip, count(*) AS n FROM sign_ins GROUP BY subject_id, ip), b AS (SELECT subject_id, max(n) AS n FROM a GROUP BY subject_id) SELECT x.subject_id FROM b x JOIN b y ON x.subject_id = y.subject_id JOIN a ON a.subject_id = x.subject_id",
        ]);
        assert_eq!(needs(&parted), [vec![0, 1]]);
        assert_eq!(parted.parts.iter().map(|part| part.needs.clone()).collect::<Vec<_>>(), [vec![], vec![0]]);
    }

    #[test]
    fn what_differs_in_an_argument_only_is_not_the_same() {
        let ask = |column: &str| {
            format!(
                "WITH a AS (SELECT subject_id, max(others) AS n FROM shared('sign_ins', '{column}', 0) GROUP BY subject_id) SELECT subject_id FROM a"
            )
        };
        assert_eq!(needs(&parted(&[&ask("ip"), &ask("device_id")])), [vec![], vec![]] as [Vec<usize>; 2]);
        assert_eq!(needs(&parted(&[&ask("ip"), &ask("ip")])), [vec![0], vec![0]]);
    }

    #[test]
    fn a_filter_alone_is_cheaper_asked_twice() {
        let parted = parted(&[
            "WITH a AS (SELECT subject_id FROM meetings WHERE kind = 'work') SELECT x.subject_id FROM a x JOIN a y ON x.subject_id = y.subject_id",
        ]);
        assert!(parted.parts.is_empty());
    }
}
