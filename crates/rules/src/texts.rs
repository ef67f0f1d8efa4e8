//! Query results as text, for whoever prints them without knowing Arrow.
//!
//! Must not know where the text is shown.

use bonafide_facts::Trouble;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

/// Every cell of a batch as text, row by row; null is empty. Row ids stay numbers, times are UTC.
///
/// # Errors
/// When Arrow has no text for a column's type.
pub fn cell_texts(batch: &RecordBatch) -> Result<Vec<Vec<String>>, Trouble> {
    let broken =
        |error| Trouble::error("no-text", None, format!("a column cannot be shown: {error}"), "cast it to VARCHAR in the statement");
    let options = FormatOptions::default().with_display_error(true);
    let columns: Result<Vec<_>, _> = batch.columns().iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &options)).collect();
    let columns = columns.map_err(broken)?;
    Ok((0..batch.num_rows()).map(|row| columns.iter().map(|column| column.value(row).to_string()).collect()).collect())
}
