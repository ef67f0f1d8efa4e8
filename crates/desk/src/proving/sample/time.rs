//! A look back in time: the same folder judged with only the rows that were there by an earlier moment.
//!
//! Must not judge: each look is a run of the whole engine on fewer rows.

use super::Sample;
use crate::run::{Run, Stage};
use arrow_array::cast::AsArray as _;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{BooleanArray, RecordBatch};
use bonafide_facts::table::Origin;
use bonafide_facts::{Band, TABLES, Tables, Trouble};

/// The columns that say when a row could first be seen, the first one a table has; a row without a time was always there.
const SEEN: [&str; 8] = ["at", "seen_at", "created_at", "valid_from", "installed_at", "issued_at", "first_seen", "from"];

const DAY: f64 = 86_400e6;

/// The columns a look back reads besides those of the rules; none when nobody looks.
pub(super) fn wants(looks: usize) -> Vec<(&'static str, &'static str)> {
    let inputs = TABLES.iter().filter(|table| looks > 0 && table.origin == Origin::Input);
    inputs.filter_map(|table| Some((table.name, seen(table)?))).collect()
}

fn seen(table: &bonafide_facts::Table) -> Option<&'static str> {
    // An account is old when it is told of; what counts is its holder's row, which has a time of its own.
    if table.name == "accounts" {
        return None;
    }
    SEEN.into_iter().find(|column| table.column(column).is_some())
}

/// The moments to look at, and the rows as they were read.
#[derive(Debug)]
pub(super) struct Looks {
    tables: Tables,
    moments: Vec<i64>,
    days: f64,
}

impl Looks {
    /// Evenly over the time in which most happened: from the 20th part of the rows' times to the last; `None` when none is asked.
    pub fn new(run: &Run, looks: usize) -> Result<Option<Self>, Trouble> {
        if looks == 0 {
            return Ok(None);
        }
        let mut times: Vec<i64> = Vec::new();
        for data in run.tables.iter().filter(|data| data.table.origin == Origin::Input) {
            let Some(column) = seen(data.table) else { continue };
            for batch in &data.batches {
                let Some(values) = batch.column_by_name(column).and_then(|values| values.as_primitive_opt::<TimestampMicrosecondType>())
                else {
                    continue;
                };
                // One in sixteen tells the shape and costs little.
                times.extend(values.iter().step_by(16).flatten());
            }
        }
        times.sort_unstable();
        let (Some(first), Some(last)) = (times.get(times.len() / 20).copied(), run.last_moment()?) else { return Ok(None) };
        let step = (last - first).max(0) / looks as i64;
        if step == 0 {
            return Ok(None);
        }
        let moments = (1..looks as i64).map(|look| first + step * look).collect();
        Ok(Some(Self { tables: run.tables.clone(), moments, days: step as f64 / DAY }))
    }

    /// Judges at each moment and notes when a subject was first in review; the run's own judgement is the last look.
    pub fn look(self, run: &mut Run, sample: &mut Sample) -> Result<(), Trouble> {
        let last = run.last_moment()?;
        let troubles = run.troubles.len();
        for moment in self.moments {
            run.rewind(until(&self.tables, moment)?, moment);
            run.judge(Stage::Everything)?;
            run.troubles.truncate(troubles);
            let alerted: std::collections::HashSet<&str> =
                run.judgements.iter().filter(|(_, judgement)| judgement.band >= Band::Review).map(|(id, _)| id.as_str()).collect();
            let new = sample.subjects.iter_mut().filter(|subject| subject.first_alert.is_none() && alerted.contains(subject.id.as_str()));
            new.for_each(|subject| subject.first_alert = Some(moment));
        }
        let late = sample.subjects.iter_mut().filter(|subject| subject.first_alert.is_none() && subject.band >= Band::Review);
        late.for_each(|subject| subject.first_alert = last);
        sample.look_days = Some(self.days);
        Ok(())
    }
}

/// The rows that were there by a moment.
fn until(tables: &Tables, moment: i64) -> Result<Tables, Trouble> {
    let broken = |error: &arrow_schema::ArrowError| {
        Trouble::error("arrow", None, error.to_string(), "this is a defect of Bonafide: please report it")
    };
    let mut then = tables.clone();
    let dated: Vec<&'static str> =
        tables.iter().filter(|data| data.table.origin == Origin::Input && seen(data.table).is_some()).map(|data| data.table.name).collect();
    for name in dated {
        let Some(data) = then.remove(name) else { continue };
        let Some(column) = seen(data.table) else { continue };
        let kept: Result<Vec<RecordBatch>, Trouble> = data
            .batches
            .iter()
            .map(|batch| {
                let times = batch.column_by_name(column).and_then(|times| times.as_primitive_opt::<TimestampMicrosecondType>());
                let Some(times) = times else { return Ok(batch.clone()) };
                let keep: BooleanArray = times.iter().map(|at| Some(at.is_none_or(|at| at <= moment))).collect();
                arrow_select::filter::filter_record_batch(batch, &keep).map_err(|error| broken(&error))
            })
            .collect();
        then.add(data.table, data.schema.clone(), kept?)?;
    }
    Ok(then)
}
