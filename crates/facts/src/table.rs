//! What a table is. Each is declared once with [`tables!`]; Rust rows, Arrow schemas, `bonafide tables` and docs/tables.md
//! all come from that declaration.
//!
//! Must not know any particular table.

pub use crate::cell::Kind;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// Who fills a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A file of the case folder.
    Input,
    /// Lists, feeds and wordlists (a case folder may add its own).
    Reference,
    /// The engine; never read from outside.
    Derived,
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// snake_case.
    pub name: &'static str,
    /// Its form.
    pub kind: Kind,
    /// A row without it is refused (and named in the troubles).
    pub required: bool,
    /// One line: meaning, unit, allowed words.
    pub meaning: &'static str,
}

/// One table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// snake_case plural; also the file name.
    pub name: &'static str,
    /// Chapter of the documentation.
    pub chapter: &'static str,
    /// Who fills it.
    pub origin: Origin,
    /// One line.
    pub purpose: &'static str,
    /// In documented order.
    pub columns: &'static [Column],
}

/// Hidden first column of every input and reference table: the [`crate::RowId`] of the row, `Int64`, never null.
pub const ROW_ID: &str = "row_id";

impl Table {
    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether rows belong to a subject (`subject_id`).
    #[must_use]
    pub fn has_subject(&self) -> bool {
        self.column("subject_id").is_some()
    }

    /// Arrow schema: `row_id`, then the fields of each column in order.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        self.schema_of(|_| true)
    }

    /// Arrow schema of `row_id` and the columns that `wanted` keeps.
    #[must_use]
    pub fn schema_of(&self, wanted: impl Fn(&Column) -> bool) -> SchemaRef {
        let mut fields = vec![Field::new(ROW_ID, DataType::Int64, false)];
        for column in self.columns.iter().filter(|column| wanted(column)) {
            fields.extend(column.kind.fields(column.name));
        }
        Arc::new(Schema::new(fields))
    }
}

/// A typed row of one table, made by [`tables!`]. Fields are `Option`s: a cell may always be empty.
pub trait TableRow: Sized + Clone + Default {
    /// Its table.
    const TABLE: Table;

    /// One batch in the table's full schema.
    ///
    /// # Errors
    /// Only when Arrow refuses the arrays, which would be a broken declaration.
    fn to_batch(rows: &[Self]) -> Result<RecordBatch, ArrowError>;

    /// The rows of a batch; columns that the batch lacks are `None`.
    fn from_batch(batch: &RecordBatch) -> Vec<Self>;
}

/// Declares tables. `name Row "purpose" { column: Kind "meaning", column: Kind! "meaning" }` (`!` = required).
macro_rules! tables {
    ($chapter:literal, $origin:ident; $($name:ident $row:ident $purpose:literal { $($column:ident : $kind:ident $($required:literal)? = $meaning:literal),* $(,)? })*) => {
        $(
            #[doc = concat!("A row of `", stringify!($name), "`: ", $purpose)]
            #[derive(Debug, Clone, Default, PartialEq)]
            pub struct $row {
                /// Place of the row as a [`crate::RowId`]; 0 when the engine made it.
                pub row_id: i64,
                $(#[doc = $meaning] pub $column: Option<<$crate::cell::$kind as $crate::cell::Cell>::Value>,)*
            }
            impl $crate::table::TableRow for $row {
                const TABLE: $crate::table::Table = $crate::table::Table {
                    name: stringify!($name),
                    chapter: $chapter,
                    origin: $crate::table::Origin::$origin,
                    purpose: $purpose,
                    columns: &[$($crate::table::Column {
                        name: stringify!($column),
                        kind: <$crate::cell::$kind as $crate::cell::Cell>::KIND,
                        required: false $(|| $required)?,
                        meaning: $meaning,
                    }),*],
                };
                fn to_batch(rows: &[Self]) -> Result<arrow_array::RecordBatch, arrow_schema::ArrowError> {
                    use $crate::cell::Cell as _;
                    let ids = arrow_array::Int64Array::from_iter_values(rows.iter().map(|row| row.row_id));
                    let mut columns: Vec<arrow_array::ArrayRef> = vec![std::sync::Arc::new(ids)];
                    $(columns.extend($crate::cell::$kind::write(rows.iter().map(|row| row.$column.as_ref())));)*
                    arrow_array::RecordBatch::try_new(Self::TABLE.schema(), columns)
                }
                fn from_batch(batch: &arrow_array::RecordBatch) -> Vec<Self> {
                    use $crate::cell::Cell as _;
                    (0..batch.num_rows()).map(|index| Self {
                        row_id: $crate::cell::Integer::read(batch, $crate::table::ROW_ID, index).unwrap_or(0),
                        $($column: $crate::cell::$kind::read(batch, stringify!($column), index),)*
                    }).collect()
                }
            }
        )*
        /// The tables of this chapter, in documented order.
        pub const CHAPTER: &[$crate::table::Table] = &[$(<$row as $crate::table::TableRow>::TABLE),*];
    };
}
pub(crate) use tables;
