//! One table being filled: typed builders for the columns that are kept, cut into batches of one schema.
//!
//! Must not know files, headers or formats.

use crate::cell::Parsed;
use arrow_array::builder::{
    BooleanBuilder, Decimal128Builder, Float64Builder, Int32Builder, Int64Builder, StringViewBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use bonafide_facts::cell::{MONEY_PRECISION, MONEY_SCALE};
use bonafide_facts::{Column, Kind, RowId, Table, Trouble};
use std::rc::Rc;
use std::sync::Arc;

/// Rows of one batch.
const BATCH_ROWS: usize = 8192;

enum Builder {
    Text(StringViewBuilder),
    Time(TimestampMicrosecondBuilder, Int32Builder),
    Integer(Int64Builder),
    Number(Float64Builder),
    Money(Decimal128Builder),
    Boolean(BooleanBuilder),
}

impl Builder {
    fn new(kind: Kind) -> Self {
        match kind {
            // Row ids of evidence only occur in derived tables, which are never read.
            Kind::Text | Kind::Country | Kind::Zone | Kind::Ip | Kind::List | Kind::Rows => Self::Text(StringViewBuilder::new()),
            Kind::Time => Self::Time(TimestampMicrosecondBuilder::new(), Int32Builder::new()),
            Kind::Integer => Self::Integer(Int64Builder::new()),
            Kind::Number => Self::Number(Float64Builder::new()),
            Kind::Money => Self::Money(Decimal128Builder::new().with_data_type(DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE))),
            Kind::Boolean => Self::Boolean(BooleanBuilder::new()),
        }
    }

    /// A value of another kind counts as absent: `cell::parse` never makes one.
    fn push(&mut self, value: &Parsed<'_>) {
        match self {
            Self::Text(builder) => builder.append_option(if let Parsed::Text(text) = value { Some(text) } else { None }),
            Self::Time(instants, offsets) => {
                let time = if let Parsed::Time(time, _) = value { Some(time) } else { None };
                instants.append_option(time.map(|time| time.micros));
                offsets.append_option(time.and_then(|time| time.offset_minutes));
            }
            Self::Integer(builder) => builder.append_option(if let Parsed::Integer(value) = value { Some(*value) } else { None }),
            Self::Number(builder) => builder.append_option(if let Parsed::Number(value) = value { Some(*value) } else { None }),
            Self::Money(builder) => builder.append_option(if let Parsed::Money(value) = value { Some(*value) } else { None }),
            Self::Boolean(builder) => builder.append_option(if let Parsed::Boolean(value) = value { Some(*value) } else { None }),
        }
    }

    fn finish(&mut self, columns: &mut Vec<ArrayRef>) {
        match self {
            Self::Text(builder) => columns.push(Arc::new(builder.finish())),
            Self::Time(instants, offsets) => {
                columns.push(Arc::new(instants.finish()));
                columns.push(Arc::new(offsets.finish()));
            }
            Self::Integer(builder) => columns.push(Arc::new(builder.finish())),
            Self::Number(builder) => columns.push(Arc::new(builder.finish())),
            Self::Money(builder) => columns.push(Arc::new(builder.finish())),
            Self::Boolean(builder) => columns.push(Arc::new(builder.finish())),
        }
    }
}

/// A table being filled.
pub(crate) struct Sink {
    /// Its declaration.
    pub table: &'static Table,
    /// The columns that are kept, in declared order; rows come in this order.
    pub columns: Rc<[&'static Column]>,
    schema: SchemaRef,
    row_ids: Int64Builder,
    builders: Vec<Builder>,
    pending: usize,
    batches: Vec<RecordBatch>,
}

impl Sink {
    /// Keeps the columns that `wanted` names.
    pub(crate) fn new(table: &'static Table, wanted: impl Fn(&Column) -> bool) -> Self {
        let columns: Rc<[&'static Column]> = table.columns.iter().filter(|column| wanted(column)).collect();
        Self {
            table,
            schema: table.schema_of(&wanted),
            row_ids: Int64Builder::new(),
            builders: columns.iter().map(|column| Builder::new(column.kind)).collect(),
            columns,
            pending: 0,
            batches: Vec::new(),
        }
    }

    /// Adds one row, cells in the order of `columns`.
    pub(crate) fn push(&mut self, row: RowId, cells: &[Parsed<'_>]) -> Result<(), Trouble> {
        self.row_ids.append_value(row.0);
        for (index, builder) in self.builders.iter_mut().enumerate() {
            builder.push(cells.get(index).unwrap_or(&Parsed::Null));
        }
        self.pending += 1;
        if self.pending == BATCH_ROWS { self.cut() } else { Ok(()) }
    }

    fn cut(&mut self) -> Result<(), Trouble> {
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(self.row_ids.finish())];
        self.builders.iter_mut().for_each(|builder| builder.finish(&mut arrays));
        self.pending = 0;
        let batch = RecordBatch::try_new(self.schema.clone(), arrays).map_err(|error| {
            Trouble::error("arrow", None, format!("table `{}`: {error}", self.table.name), "this is a defect of Bonafide: please report it")
        })?;
        self.batches.push(batch);
        Ok(())
    }

    /// The schema and all batches; one empty batch never appears.
    pub(crate) fn finish(mut self) -> Result<(SchemaRef, Vec<RecordBatch>), Trouble> {
        if self.pending > 0 {
            self.cut()?;
        }
        Ok((self.schema, self.batches))
    }
}
