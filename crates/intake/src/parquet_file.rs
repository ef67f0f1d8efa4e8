//! Parquet: only the columns that are asked for, a batch at a time.
//!
//! Must not know columns or tables. The library below is meant for files one trusts: whatever it panics over becomes a trouble.

use crate::open::{Content, digest};
use crate::options::ReadLimits;
use crate::record::{Cells, Raw, Record, Records};
use crate::tally::{NO_COLUMN, Tally};
use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use bonafide_facts::cell::Time;
use bonafide_facts::text::printable;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{Cursor, Read, Seek as _, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

const MAGIC: &[u8; 4] = b"PAR1";
const BATCH_ROWS: usize = 8192;

/// Whether the content begins as Parquet does, whatever its name says.
pub(crate) fn is_parquet(content: &Content) -> bool {
    let mut head = [0; 4];
    content.open().is_ok_and(|mut reader| reader.read_exact(&mut head).is_ok()) && head == *MAGIC
}

/// A file or bytes, read at any place.
enum Chunks {
    File(File),
    Bytes(bytes::Bytes),
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        match self {
            Self::File(file) => file.len(),
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

impl ChunkReader for Chunks {
    type T = Box<dyn Read>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        match self {
            Self::File(file) => Ok(Box::new(file.get_read(start)?)),
            Self::Bytes(bytes) => {
                let mut cursor = Cursor::new(bytes.clone());
                cursor.seek(SeekFrom::Start(start))?;
                Ok(Box::new(cursor))
            }
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<bytes::Bytes> {
        // A footer may claim any length: nothing is made room for that the file does not hold.
        let end = start.checked_add(length as u64).filter(|end| *end <= self.len());
        if end.is_none() {
            return Err(parquet::errors::ParquetError::EOF("a page lies beyond the end of the file".to_owned()));
        }
        match self {
            Self::File(file) => file.get_bytes(start, length),
            Self::Bytes(bytes) => bytes.get_bytes(start, length),
        }
    }
}

/// Records of one Parquet file.
pub(crate) struct ParquetRecords {
    content: Content,
    names: Vec<String>,
    builder: Option<ParquetRecordBatchReaderBuilder<Chunks>>,
    reader: Option<ParquetRecordBatchReader>,
    wanted: Vec<bool>,
    columns: Vec<Option<ArrayRef>>,
    rows: usize,
    row: usize,
    line: u64,
    total: u64,
    skipped: u64,
    size: u64,
}

impl ParquetRecords {
    /// Reads the footer; the error is a sentence.
    pub(crate) fn new(content: &Content, limits: &ReadLimits) -> Result<Self, String> {
        let chunks = match content {
            Content::Path(path) => Chunks::File(File::open(path).map_err(|error| format!("it cannot be read: {error}"))?),
            Content::Bytes(bytes) => Chunks::Bytes(bytes::Bytes::from(bytes.to_vec())),
        };
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new_with_options(chunks, options))?
            .map_err(|error| format!("it is no Parquet file that can be read: {}", printable(&error.to_string(), 120)))?;
        let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        if names.len() > limits.columns {
            return Err(format!("it has {} columns, at most {} are read", names.len(), limits.columns));
        }
        let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let wanted = vec![true; names.len()];
        let size = content.len();
        Ok(Self {
            content: content.clone(),
            names,
            builder: Some(builder),
            reader: None,
            wanted,
            columns: Vec::new(),
            rows: 0,
            row: 0,
            line: 0,
            total,
            skipped: 0,
            size,
        })
    }

    fn start(&mut self) -> Result<(), String> {
        let Some(builder) = self.builder.take() else { return Ok(()) };
        let roots = self.wanted.iter().enumerate().filter(|(_, wanted)| **wanted).map(|(at, _)| at);
        let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
        let reader = guarded(|| builder.with_projection(mask).with_batch_size(BATCH_ROWS).build())?;
        self.reader = Some(reader.map_err(|error| printable(&error.to_string(), 120))?);
        Ok(())
    }

    /// Loads the next batch; `Ok(false)` at the end.
    fn load(&mut self) -> Result<bool, String> {
        self.start()?;
        let Some(reader) = self.reader.as_mut() else { return Ok(false) };
        let Some(batch) = guarded(|| reader.next())? else { return Ok(false) };
        let batch = batch.map_err(|error| printable(&error.to_string(), 120))?;
        let mut read = batch.columns().iter();
        self.columns = self.wanted.iter().map(|wanted| if *wanted { read.next().cloned() } else { None }).collect();
        self.rows = batch.num_rows();
        self.row = 0;
        Ok(self.rows > 0)
    }
}

fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| "it is no Parquet file that can be read: its parts contradict each other".to_owned())
}

impl Records for ParquetRecords {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn select(&mut self, wanted: &dyn Fn(usize) -> bool) {
        if self.builder.is_none() {
            return; // Batches already come with other columns.
        }
        self.wanted = (0..self.names.len()).map(wanted).collect();
        // Without any column the rows could not be counted.
        if !self.wanted.contains(&true)
            && let Some(first) = self.wanted.first_mut()
        {
            *first = true;
        }
    }

    fn advance(&mut self, tally: &mut Tally) -> bool {
        self.row += 1;
        if self.line == 0 || self.row >= self.rows {
            match self.load() {
                Ok(true) => {}
                Ok(false) => return false,
                Err(what) => {
                    let left = self.total.saturating_sub(self.line);
                    self.skipped += left.max(1);
                    self.reader = None;
                    self.rows = 0;
                    tally.warning("broken-file", self.line + 1, NO_COLUMN, || {
                        (format!("reading ends at this row, {left} rows are skipped: {what}"), "export or copy the file again".to_owned())
                    });
                    return false;
                }
            }
        }
        self.line += 1;
        true
    }

    fn record(&self) -> Record<'_> {
        Record { line: self.line, cells: Cells::Parquet { columns: &self.columns, row: self.row } }
    }

    fn skipped(&self) -> u64 {
        self.skipped
    }

    fn bytes(&self) -> u64 {
        if self.total == 0 { self.size } else { self.size / self.total.max(1) * self.line.min(self.total) }
    }

    fn finish(self: Box<Self>) -> (String, u64) {
        digest(&self.content).unwrap_or_default()
    }
}

fn value<T: ArrowPrimitiveType>(column: &ArrayRef, row: usize) -> Option<T::Native> {
    column.as_primitive_opt::<T>().map(|cells| cells.value(row))
}

fn integer<T: ArrowPrimitiveType>(column: &ArrayRef, row: usize) -> Raw<'static>
where
    T::Native: TryInto<i64>,
{
    value::<T>(column, row).and_then(|value| value.try_into().ok()).map_or(Raw::Unreadable("a number beyond 64 bits"), Raw::Integer)
}

fn time(micros: Option<i64>, in_utc: bool) -> Raw<'static> {
    let offset_minutes = in_utc.then_some(0);
    micros.map_or(Raw::Unreadable("a time out of range"), |micros| Raw::Time(Time { micros, offset_minutes }))
}

/// A cell of a batch.
pub(crate) fn raw(column: &ArrayRef, row: usize) -> Raw<'_> {
    const DAY: i64 = 86_400_000_000;
    if row >= column.len() || column.is_null(row) {
        return Raw::Null;
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string_opt::<i32>().map_or(Raw::Null, |cells| some_text(cells.value(row))),
        DataType::LargeUtf8 => column.as_string_opt::<i64>().map_or(Raw::Null, |cells| some_text(cells.value(row))),
        DataType::Utf8View => column.as_string_view_opt().map_or(Raw::Null, |cells| some_text(cells.value(row))),
        DataType::Binary => column.as_binary_opt::<i32>().map_or(Raw::Null, |cells| some_bytes(cells.value(row))),
        DataType::Boolean => column.as_boolean_opt().map_or(Raw::Null, |cells| Raw::Boolean(cells.value(row))),
        DataType::Int8 => integer::<Int8Type>(column, row),
        DataType::Int16 => integer::<Int16Type>(column, row),
        DataType::Int32 => integer::<Int32Type>(column, row),
        DataType::Int64 => integer::<Int64Type>(column, row),
        DataType::UInt8 => integer::<UInt8Type>(column, row),
        DataType::UInt16 => integer::<UInt16Type>(column, row),
        DataType::UInt32 => integer::<UInt32Type>(column, row),
        DataType::UInt64 => integer::<UInt64Type>(column, row),
        DataType::Float32 => value::<Float32Type>(column, row).map_or(Raw::Null, |value| Raw::Number(f64::from(value))),
        DataType::Float64 => value::<Float64Type>(column, row).map_or(Raw::Null, Raw::Number),
        DataType::Decimal128(_, scale) => {
            value::<Decimal128Type>(column, row).map_or(Raw::Null, |value| Raw::Decimal(value, i32::from(*scale)))
        }
        DataType::Date32 => time(value::<Date32Type>(column, row).and_then(|days| i64::from(days).checked_mul(DAY)), false),
        DataType::Date64 => time(value::<Date64Type>(column, row).and_then(|millis| millis.checked_mul(1000)), false),
        DataType::Timestamp(unit, zone) => {
            let micros = match unit {
                TimeUnit::Second => value::<TimestampSecondType>(column, row).and_then(|value| value.checked_mul(1_000_000)),
                TimeUnit::Millisecond => value::<TimestampMillisecondType>(column, row).and_then(|value| value.checked_mul(1000)),
                TimeUnit::Microsecond => value::<TimestampMicrosecondType>(column, row),
                TimeUnit::Nanosecond => value::<TimestampNanosecondType>(column, row).map(|value| value.div_euclid(1000)),
            };
            time(micros, zone.is_some())
        }
        DataType::List(_) => column.as_list_opt::<i32>().map_or(Raw::Null, |cells| list(&cells.value(row))),
        _ => Raw::Unreadable("a value of a type that is not read"),
    }
}

fn some_text(text: &str) -> Raw<'_> {
    if text.is_empty() { Raw::Null } else { Raw::Text(text) }
}

fn some_bytes(bytes: &[u8]) -> Raw<'_> {
    std::str::from_utf8(bytes).map_or(Raw::Unreadable("bytes that are not UTF-8"), some_text)
}

fn list(items: &ArrayRef) -> Raw<'static> {
    if matches!(items.data_type(), DataType::List(_)) {
        return Raw::Unreadable("a nested list where a plain list is expected");
    }
    let texts: Vec<String> = (0..items.len()).map(|row| crate::cell::printed(&raw(items, row))).filter(|text| !text.is_empty()).collect();
    if texts.is_empty() { Raw::Null } else { Raw::Made(texts.join("|")) }
}
