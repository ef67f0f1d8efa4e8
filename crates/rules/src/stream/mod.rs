//! Table functions: one streaming pass over a table each, with state that can be saved, loaded and continued, so that a batch
//! run and a later stream use the same code.
//!
//! Must not know any rule. The work is in the files beside; this one knows their arguments and gives them rows in order.

pub mod first_seen;
pub mod hours;
pub mod intern;
pub mod order;
pub mod shared;
pub mod travel;
pub mod visits;

use crate::context::Run;
use bonafide_facts::cell::{Kind, offset_column};
use bonafide_facts::{Table, table};
use datafusion::arrow::array::{
    Array as _, AsArray as _, Float64Array, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use std::sync::Arc;

/// A table function with its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Call {
    /// `travel([min_km])`
    Travel {
        /// Smallest move that is told, km.
        min_km: u32,
    },
    /// `shared(table, column, window_days)`
    Shared {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: &'static str,
        /// 0 = no window.
        window_days: u32,
    },
    /// `shared_identifiers(kinds_csv)`
    SharedIdentifiers {
        /// Kinds, sorted; empty = every kind.
        kinds: Vec<String>,
    },
    /// `first_seen(table, column)`
    FirstSeen {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: &'static str,
    },
    /// `hours_profile(table)`
    HoursProfile {
        /// Table name.
        table: &'static str,
    },
    /// `visits()`
    Visits,
}

/// An argument as written: all are literals.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// Text.
    Text(String),
    /// Whole number.
    Whole(i64),
}

/// Names of the table functions with their columns, for docs and messages.
pub const DESCRIBED: &[(&str, &str)] = &[
    (
        "travel",
        "travel([min_km = 1]) -> subject_id, account_id, from_row, to_row, from_at, to_at, km, gap_hours, speed_kmh, from_country, to_country: consecutive successful sign-ins of one subject at different places",
    ),
    (
        "shared",
        "shared(table, column, window_days) -> subject_id, value, others, subjects, names, first_at, last_at, row_ids: values that other subjects use too, within so many days of each other (0 = whenever)",
    ),
    (
        "shared_identifiers",
        "shared_identifiers(kinds) -> subject_id, kind, value, others, subjects, names, first_at, last_at, row_ids: identifiers in canonical form that other subjects have too ('email,phone'; '' = every kind)",
    ),
    (
        "first_seen",
        "first_seen(table, column) -> subject_id, value, at, row_id, nth, events: when a subject's value was first seen; nth 1 is the subject's first value",
    ),
    (
        "hours_profile",
        "hours_profile(table) -> subject_id, events, days, peak_hour_utc, spread, night_share, drift_hours, row_ids: when in the day (UTC) a subject is active",
    ),
    (
        "visits",
        "visits() -> subject_id, account_id, day, ip, kind, country, client_timezone, events, first_at, last_at, row_id: a subject's sign-ins (but failed ones) of one UTC day that agree in account, address, country and clock zone; kind is that of ip_kind(ip)",
    ),
];

impl Call {
    /// Reads a call.
    ///
    /// # Errors
    /// What is wrong with the arguments, with the form to use.
    pub fn parse(name: &str, arguments: &[Argument]) -> Result<Self, String> {
        use Argument::{Text, Whole};
        let form = DESCRIBED.iter().find(|(known, _)| *known == name).map_or("", |(_, form)| form);
        let whole = |number: &i64| u32::try_from(*number).map_err(|_| format!("{number} is out of range; use {form}"));
        match (name, arguments) {
            ("visits", []) => Ok(Self::Visits),
            ("travel", []) => Ok(Self::Travel { min_km: 1 }),
            ("travel", [Whole(min_km)]) => Ok(Self::Travel { min_km: whole(min_km)? }),
            ("shared", [Text(table), Text(column), Whole(days)]) => {
                let (table, column) = subject_column(table, column)?;
                Ok(Self::Shared { table, column, window_days: whole(days)? })
            }
            ("shared_identifiers", [Text(kinds)]) => {
                let mut kinds: Vec<String> =
                    kinds.split([',', '|']).map(|kind| kind.trim().to_owned()).filter(|kind| !kind.is_empty()).collect();
                kinds.sort();
                kinds.dedup();
                Ok(Self::SharedIdentifiers { kinds })
            }
            ("first_seen", [Text(table), Text(column)]) => {
                let (table, column) = subject_column(table, column)?;
                Ok(Self::FirstSeen { table, column })
            }
            ("hours_profile", [Text(name)]) => {
                let table = subject_table(name)?;
                time_column(table).ok_or_else(|| format!("table `{name}` has no time"))?;
                Ok(Self::HoursProfile { table: table.name })
            }
            _ => Err(format!("use {form}, with literal arguments")),
        }
    }

    /// The columns it returns.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        match self {
            Self::Travel { .. } => travel::schema(),
            Self::Shared { .. } => shared::schema(false),
            Self::SharedIdentifiers { .. } => shared::schema(true),
            Self::FirstSeen { .. } => first_seen::schema(),
            Self::HoursProfile { .. } => hours::schema(),
            Self::Visits => visits::schema(),
        }
    }

    /// The columns its rows come ordered by, ascending, nulls last.
    #[must_use]
    pub fn order(&self) -> &'static [&'static str] {
        match self {
            Self::Visits => &["subject_id", "day"],
            _ => &[],
        }
    }

    /// The (table, column)s it reads.
    #[must_use]
    pub fn wants(&self) -> Vec<(&'static str, &'static str)> {
        let timed = |name: &'static str| table(name).and_then(time_column).map(|column| (name, column));
        let mut wants = match self {
            Self::Travel { .. } => travel::COLUMNS.iter().map(|column| ("sign_ins", *column)).collect(),
            Self::Shared { table, column, .. } => {
                vec![(*table, "subject_id"), (*table, *column), ("subjects", "subject_id"), ("subjects", "name")]
            }
            Self::SharedIdentifiers { .. } => vec![
                ("identifiers", "subject_id"),
                ("identifiers", "kind"),
                ("identifiers", "value"),
                ("identifiers", "holder_name"),
                ("identifiers", "valid_from"),
                ("subjects", "subject_id"),
                ("subjects", "name"),
            ],
            Self::FirstSeen { table, column } => vec![(*table, "subject_id"), (*table, *column)],
            Self::HoursProfile { table } => vec![(*table, "subject_id")],
            Self::Visits => visits::COLUMNS.iter().map(|column| ("sign_ins", *column)).collect(),
        };
        if let Self::Shared { table, .. } | Self::FirstSeen { table, .. } | Self::HoursProfile { table } = self {
            wants.extend(timed(table));
        }
        wants
    }
}

fn subject_table(name: &str) -> Result<&'static Table, String> {
    let table = table(name).ok_or_else(|| format!("there is no table `{name}` (nearest: `{}`)", bonafide_facts::nearest_table(name)))?;
    if table.has_subject() { Ok(table) } else { Err(format!("table `{name}` has no subject_id")) }
}

fn subject_column(name: &str, column: &str) -> Result<(&'static str, &'static str), String> {
    let table = subject_table(name)?;
    let column = table.column(column).ok_or_else(|| format!("table `{name}` has no column `{column}`"))?;
    match column.kind {
        Kind::Text | Kind::Country | Kind::Zone | Kind::Ip | Kind::List => Ok((table.name, column.name)),
        _ => Err(format!("column `{name}.{}` is not text", column.name)),
    }
}

/// The column that says when a row happened: the first time column of the table.
#[must_use]
pub fn time_column(table: &Table) -> Option<&'static str> {
    let columns: &'static [bonafide_facts::Column] = table.columns;
    columns.iter().find(|column| column.kind == Kind::Time).map(|column| column.name)
}

/// Runs a call over a run's tables.
///
/// # Errors
/// When Arrow refuses the result: a broken invariant, in one sentence.
pub fn compute(call: &Call, run: &Run) -> Result<Vec<RecordBatch>, String> {
    let read = |name: &str| run.table(name).map_or(&[][..], |data| &data.batches);
    let laid = |name: &str| run.batches(name);
    let result = match call {
        Call::Travel { min_km } => {
            let mut state = travel::Travel::new(*min_km);
            laid("sign_ins")?.iter().try_for_each(|batch| state.push(batch)).and_then(|()| state.emit())
        }
        Call::Shared { table: name, column, window_days } => {
            let mut state = shared::Shared::new(*window_days);
            let at = table(name).and_then(time_column);
            let rows = match at.filter(|_| *window_days > 0) {
                Some(at) => order::in_time_order(&shared::candidates(read(name), column), at),
                None => shared::candidates(&laid(name)?, column),
            };
            rows.iter().for_each(|batch| state.push(batch, column, at));
            state.emit(run.subject_names())
        }
        Call::SharedIdentifiers { kinds } => {
            let mut state = shared::Shared::new(0);
            laid("identifiers")?.iter().for_each(|batch| state.push_identifiers(batch, kinds));
            state.emit_identifiers(run.subject_names())
        }
        Call::FirstSeen { table: name, column } => {
            let mut state = first_seen::FirstSeen::default();
            let at = table(name).and_then(time_column);
            laid(name)?.iter().for_each(|batch| state.push(batch, column, at));
            state.emit()
        }
        Call::HoursProfile { table: name } => {
            let mut state = hours::Hours::default();
            let at = table(name).and_then(time_column).unwrap_or("at");
            laid(name)?.iter().for_each(|batch| state.push(batch, at));
            state.emit()
        }
        Call::Visits => {
            let mut state = visits::Visits::default();
            laid("sign_ins")?.iter().for_each(|batch| state.push(batch));
            state.emit(run.ips())
        }
    };
    result
        .map(|batch| if batch.num_rows() == 0 { Vec::new() } else { sliced(&batch) })
        .map_err(|error| format!("a table function failed: {error}"))
}

/// A large batch cut into pieces of the size DataFusion works with.
fn sliced(batch: &RecordBatch) -> Vec<RecordBatch> {
    let rows = batch.num_rows();
    (0..rows).step_by(8192).map(|start| batch.slice(start, 8192.min(rows - start))).collect()
}

/// Typed columns of a batch; `None` when absent or of another type.
pub(crate) struct View<'a>(pub &'a RecordBatch);

impl<'a> View<'a> {
    pub fn text(&self, name: &str) -> Option<&'a StringViewArray> {
        self.0.column_by_name(name)?.as_string_view_opt()
    }

    pub fn number(&self, name: &str) -> Option<&'a Float64Array> {
        self.0.column_by_name(name)?.as_primitive_opt()
    }

    pub fn long(&self, name: &str) -> Option<&'a Int64Array> {
        self.0.column_by_name(name)?.as_primitive_opt()
    }

    pub fn instant(&self, name: &str) -> Option<&'a TimestampMicrosecondArray> {
        self.0.column_by_name(name)?.as_primitive_opt()
    }

    pub fn offset(&self, name: &str) -> Option<&'a datafusion::arrow::array::Int32Array> {
        self.0.column_by_name(&offset_column(name))?.as_primitive_opt()
    }
}

/// The text of a row, `None` when null or absent.
pub(crate) fn text_at(column: Option<&StringViewArray>, row: usize) -> Option<&str> {
    column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
}

pub(crate) fn instant_at(column: Option<&TimestampMicrosecondArray>, row: usize) -> Option<i64> {
    column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
}

pub(crate) fn long_at(column: Option<&Int64Array>, row: usize) -> i64 {
    column.filter(|column| column.is_valid(row)).map_or(0, |column| column.value(row))
}

/// Short forms of the field types table functions return.
pub(crate) fn fields(columns: &[(&str, DataType)]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|(name, kind)| Field::new(*name, kind.clone(), true)).collect::<Vec<_>>()))
}

pub(crate) const TEXT: DataType = DataType::Utf8View;
pub(crate) const LONG: DataType = DataType::Int64;
pub(crate) const NUMBER: DataType = DataType::Float64;
pub(crate) const INSTANT: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

pub(crate) fn row_list() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Int64, true)))
}
