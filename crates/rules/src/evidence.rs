//! The aggregate `evidence(row_id, …)`: the distinct rows behind a finding, the first few by place and how many in all.
//!
//! Must not know what the rows say.

use datafusion::arrow::array::{
    Array as _, ArrayRef, AsArray as _, BooleanArray, Int64Array, Int64Builder, ListArray, ListBuilder, StructArray,
};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Int64Type};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility};
use datafusion::scalar::ScalarValue;
use std::sync::{Arc, LazyLock};

/// Most rows one value lists; a pack's `evidence_rows` may be smaller, not larger.
pub const MOST_ROWS: usize = 64;
/// Pairs after which duplicates are taken out before more are kept.
const COMPACT_AT: usize = 1 << 20;

static FIELDS: LazyLock<Fields> =
    LazyLock::new(|| Fields::from(vec![Field::new("rows", list_type(), true), Field::new("total", DataType::Int64, true)]));

fn list_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Int64, true)))
}

/// The aggregate.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct EvidenceAggregate(Signature);

impl Default for EvidenceAggregate {
    fn default() -> Self {
        Self(Signature::user_defined(Volatility::Immutable))
    }
}

impl AggregateUDFImpl for EvidenceAggregate {
    fn name(&self) -> &'static str {
        "evidence"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(FIELDS.clone()))
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        if given.is_empty() {
            return Err(DataFusionError::Plan("evidence(row_id, …) needs at least one row id column".to_owned()));
        }
        given
            .iter()
            .map(|given| match given {
                DataType::List(_) | DataType::LargeList(_) => Ok(list_type()),
                DataType::Int64 | DataType::Int32 | DataType::Null => Ok(DataType::Int64),
                other => Err(DataFusionError::Plan(format!("evidence(row_id, …) takes row ids or lists of them, not {other}"))),
            })
            .collect()
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format!("{}[rows]", args.name), list_type(), true))])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(One(Groups::default())))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups::default()))
    }
}

/// Pairs of group and row in arrival order, counted into groups only when asked.
#[derive(Debug, Default)]
struct Groups {
    pairs: Vec<(u32, i64)>,
    groups: usize,
    compacted: usize,
}

impl Groups {
    fn add(&mut self, group: usize, row: i64) {
        self.pairs.push((u32::try_from(group).unwrap_or(u32::MAX), row));
    }

    fn take_in(&mut self, values: &[ArrayRef], group: impl Fn(usize) -> Option<usize>) -> Result<()> {
        for column in values {
            if let Some(ids) = column.as_primitive_opt::<Int64Type>() {
                for (index, id) in ids.iter().enumerate() {
                    if let Some((group, id)) = group(index).zip(id) {
                        self.add(group, id);
                    }
                }
            } else if let Some(lists) = column.as_list_opt::<i32>() {
                self.take_lists(lists, &group)?;
            } else {
                return Err(DataFusionError::Execution("evidence() was given a column of another type".to_owned()));
            }
        }
        if self.pairs.len() > COMPACT_AT.max(self.compacted * 2) {
            self.pairs.sort_unstable();
            self.pairs.dedup();
            self.compacted = self.pairs.len();
        }
        Ok(())
    }

    fn take_lists(&mut self, lists: &ListArray, group: &impl Fn(usize) -> Option<usize>) -> Result<()> {
        let ids = lists
            .values()
            .as_primitive_opt::<Int64Type>()
            .ok_or_else(|| DataFusionError::Execution("evidence() was given a list of another type".to_owned()))?;
        for (index, ends) in lists.value_offsets().windows(2).enumerate() {
            let Some(group) = group(index).filter(|_| lists.is_valid(index)) else { continue };
            let (start, end) = (usize::try_from(ends[0]).unwrap_or(0), usize::try_from(ends[1]).unwrap_or(0));
            (start..end).filter(|id| ids.is_valid(*id)).for_each(|id| self.add(group, ids.value(id)));
        }
        Ok(())
    }

    /// Rows of each of the first groups, sorted and distinct; the rest stays with its numbers moved down.
    fn take(&mut self, emit: EmitTo) -> Vec<Vec<i64>> {
        let count = match emit {
            EmitTo::All => self.groups,
            EmitTo::First(count) => count,
        };
        let mut sizes = vec![0usize; count];
        for (group, _) in &self.pairs {
            if let Some(size) = sizes.get_mut(*group as usize) {
                *size += 1;
            }
        }
        let mut rows: Vec<Vec<i64>> = sizes.into_iter().map(Vec::with_capacity).collect();
        let below = u32::try_from(count).unwrap_or(u32::MAX);
        self.pairs.retain_mut(|(group, row)| match rows.get_mut(*group as usize) {
            Some(rows) => {
                rows.push(*row);
                false
            }
            None => {
                *group -= below;
                true
            }
        });
        self.groups = self.groups.saturating_sub(count);
        self.compacted = 0;
        for rows in &mut rows {
            if !rows.is_sorted() {
                rows.sort_unstable();
            }
            rows.dedup();
        }
        rows
    }
}

fn structs(groups: &[Vec<i64>]) -> Result<StructArray> {
    let mut lists = ListBuilder::new(Int64Builder::new());
    for rows in groups {
        lists.values().append_slice(&rows[..rows.len().min(MOST_ROWS)]);
        lists.append(true);
    }
    let totals: Int64Array = groups.iter().map(|rows| i64::try_from(rows.len()).ok()).collect();
    Ok(StructArray::try_new(FIELDS.clone(), vec![Arc::new(lists.finish()), Arc::new(totals)], None)?)
}

fn full_lists(groups: &[Vec<i64>]) -> ListArray {
    let mut lists = ListBuilder::new(Int64Builder::new());
    for rows in groups {
        lists.values().append_slice(rows);
        lists.append(true);
    }
    lists.finish()
}

impl GroupsAccumulator for Groups {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.groups = total;
        self.take_in(values, |row| {
            let passes = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            groups.get(row).copied().filter(|_| passes)
        })
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        Ok(Arc::new(structs(&self.take(emit))?))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(full_lists(&self.take(emit)))])
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.update_batch(values, groups, None, total)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, |column| column.len());
        let mut each = Self { groups: rows, ..Self::default() };
        each.take_in(values, |row| Some(row).filter(|row| filter.is_none_or(|filter| filter.is_valid(*row) && filter.value(*row))))?;
        Ok(vec![Arc::new(full_lists(&each.take(EmitTo::All)))])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.pairs.capacity() * size_of::<(u32, i64)>()
    }
}

/// The aggregate without groups.
#[derive(Debug)]
struct One(Groups);

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.groups = 1;
        self.0.take_in(values, |_| Some(0))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.0.groups = 1;
        Ok(ScalarValue::Struct(Arc::new(structs(&self.0.take(EmitTo::All))?)))
    }

    fn size(&self) -> usize {
        GroupsAccumulator::size(&self.0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.0.groups = 1;
        Ok(vec![ScalarValue::List(Arc::new(full_lists(&self.0.take(EmitTo::All))))])
    }

    fn merge_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.update_batch(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_distinct_and_counted_and_groups_move_down() {
        let mut groups = Groups::default();
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![Some(9), Some(3), Some(3), None, Some(4)]));
        groups.update_batch(&[ids], &[0, 0, 0, 1, 2], None, 3).unwrap();
        assert_eq!(groups.take(EmitTo::First(1)), vec![vec![3, 9]]);
        assert_eq!(groups.take(EmitTo::All), vec![vec![], vec![4]]);
    }

    #[test]
    fn a_long_list_is_cut_with_its_total() {
        let all: Vec<i64> = (0..100).collect();
        let value = structs(&[all]).unwrap();
        assert_eq!(value.column(0).as_list::<i32>().value(0).len(), MOST_ROWS);
        assert_eq!(value.column(1).as_primitive::<Int64Type>().value(0), 100);
    }
}
