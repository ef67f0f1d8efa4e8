//! Reads a case folder or a single roster into tables: the whole of intake in one view.
//!
//! Must not know any format (csv, json, parquet_file), any header (plan, roster) or any cell (cell).

use crate::adapter::Adapter;
use crate::csv::CsvRecords;
use crate::encoding::{Charset, as_utf8};
use crate::fill::{Filler, Subjects, World, day_order};
use crate::folder::{Form, Found, find};
use crate::headers;
use crate::json::JsonRecords;
use crate::open::{Content, Folding, digest, open};
use crate::options::{Progress, ReadOptions, Source, Wants};
use crate::parquet_file::ParquetRecords;
use crate::plan::{Output, folded, of_table};
use crate::record::Records;
use crate::roster::{self, Roster};
use crate::sink::Sink;
use crate::tally::{Tally, quoted};
use bonafide_facts::text::printable;
use bonafide_facts::{Place, Severity, Table, Tables, Trouble, table};
use std::path::Path;

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Relative to the case folder, or as given; as in places.
    pub path: String,
    /// Its table; `None` for a roster, which fills several.
    pub table: Option<&'static str>,
    /// SHA-256 of the file as it lies, 64 hex digits.
    pub sha256: String,
    /// Size as it lies, bytes.
    pub bytes: u64,
    /// Records that made at least one row.
    pub rows: u64,
    /// Records that made none; each is named in the troubles.
    pub skipped: u64,
}

/// How one header of a roster was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The file, as in places.
    pub file: String,
    /// The table it goes to.
    pub table: String,
    /// The header, printable.
    pub header: String,
    /// The column, or the kind of identifier or claim (`identifiers.email`).
    pub column: String,
}

/// All that was read.
#[derive(Debug, Clone, Default)]
pub struct CaseRead {
    /// The tables.
    pub tables: Tables,
    /// What went wrong, in the order of the files.
    pub troubles: Vec<Trouble>,
    /// The files, in the order they were read.
    pub inputs: Vec<InputFile>,
    /// How headers were understood, where they were not the tables' own.
    pub mappings: Vec<Mapping>,
}

/// Reads a case folder, or one roster file (CSV, JSON Lines or Parquet), and the reference tables. Subjects are read first; rows of a subject they do
/// not hold are skipped and named. The same files give the same result, whatever order the file system lists them in.
///
/// # Errors
/// When the path cannot be read at all, or nothing in it is a table (`nothing-to-read`).
pub fn read_case(
    path: &Path,
    reference: &[Source],
    wants: &Wants,
    options: &ReadOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<CaseRead, Trouble> {
    let shown = printable(&path.to_string_lossy(), 200);
    let meta = path.metadata().map_err(|error| nothing(&shown, &format!("it cannot be read: {error}")))?;
    let (mut files, troubles, roster) = if meta.is_dir() {
        let (files, troubles) = find(path, &options.limits);
        (files, troubles, false)
    } else {
        (vec![roster_file(path, &shown)?], Vec::new(), true)
    };
    if files.is_empty() {
        return Err(nothing(&shown, "no file in it is named after a table"));
    }
    let has_subjects = files.iter().any(|file| file.table.name == "subjects");
    let mut reading = Reading::new(wants, options, progress, troubles);
    reading.read.troubles.extend(roster::defect().into_iter().chain(headers::defect()));
    reading.check_subjects = has_subjects;
    if !has_subjects {
        let mend = "add subjects.csv with a row for each subject: subject_id, name, stage, claimed_country…";
        reading.read.troubles.push(Trouble::warning("no-subjects", Some(Place::file(&shown)), "the folder has no `subjects` table", mend));
    }
    files.extend(reading.reference_files(reference));
    reading.bytes_total = files.iter().map(|file| file.content.len()).sum();
    for (index, file) in files.iter().enumerate() {
        reading.file(file, roster && index == 0, None)?;
    }
    reading.finish()
}

fn nothing(shown: &str, what: &str) -> Trouble {
    let mend = "give a folder with subjects.csv (see `bonafide tables` and `bonafide init`), or one roster CSV";
    Trouble::error("nothing-to-read", Some(Place::file(shown)), what, mend)
}

fn roster_file(path: &Path, shown: &str) -> Result<Found, Trouble> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let form = Form::of(&name).map_or(Form::Csv, |(_, form)| form);
    let subjects = table("subjects").ok_or_else(|| nothing(shown, "no table is declared"))?;
    Ok(Found { name: printable(&name, 200), content: Content::Path(path.to_owned()), table: subjects, form })
}

/// Reads one product's export through its adapter.
pub(crate) fn read_export(
    path: &Path,
    adapter: &Adapter,
    options: &ReadOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<CaseRead, Trouble> {
    let shown = printable(&path.to_string_lossy(), 200);
    path.metadata().map_err(|error| nothing(&shown, &format!("it cannot be read: {error}")))?;
    let file = roster_file(path, &shown)?;
    let wants = Wants::all();
    let mut reading = Reading::new(&wants, options, progress, Vec::new());
    reading.bytes_total = file.content.len();
    reading.file(&file, false, Some(adapter))?;
    reading.finish()
}

/// Reads one file as the table of that name, whatever the file is called.
///
/// # Errors
/// When the path cannot be read at all.
pub(crate) fn read_reference(
    path: &Path,
    name: &str,
    wants: &Wants,
    options: &ReadOptions,
    files: &mut bonafide_facts::Files,
) -> Result<CaseRead, Trouble> {
    let shown = printable(&path.to_string_lossy(), 200);
    path.metadata().map_err(|error| nothing(&shown, &format!("it cannot be read: {error}")))?;
    let mut file = roster_file(path, &shown)?;
    file.table = table(name).ok_or_else(|| nothing(&shown, "no such table is declared"))?;
    file.name = shown;
    let mut quiet = |_: Progress| {};
    let mut reading = Reading::new(wants, options, &mut quiet, Vec::new());
    reading.read.tables.files.clone_from(files);
    reading.bytes_total = file.content.len();
    reading.file(&file, false, None)?;
    let read = reading.finish()?;
    files.clone_from(&read.tables.files);
    Ok(read)
}

/// A stream that ended early: what and where.
pub(crate) fn broken_stream(error: Option<std::io::Error>, line: u64, tally: &mut Tally) {
    let Some(error) = error else { return };
    let (code, mend) = if error.kind() == std::io::ErrorKind::FileTooLarge {
        ("unfolds-too-far", "unfold it yourself and look: a file like this is often an attack on its reader")
    } else {
        ("broken-file", "export or copy the file again")
    };
    let what = printable(&error.to_string(), 120);
    tally.warning(code, line, crate::tally::NO_COLUMN, || (format!("reading ends here: {what}; the rows above are kept"), mend.to_owned()));
}

struct Reading<'a> {
    wants: &'a Wants,
    options: &'a ReadOptions,
    progress: &'a mut dyn FnMut(Progress),
    read: CaseRead,
    sinks: Vec<Sink>,
    subjects: Subjects,
    check_subjects: bool,
    bytes_before: u64,
    bytes_total: u64,
    rows: u64,
}

impl<'a> Reading<'a> {
    fn new(wants: &'a Wants, options: &'a ReadOptions, progress: &'a mut dyn FnMut(Progress), troubles: Vec<Trouble>) -> Self {
        let read = CaseRead { troubles, ..Default::default() };
        let subjects = Subjects::new();
        Self {
            wants,
            options,
            progress,
            read,
            sinks: Vec::new(),
            subjects,
            check_subjects: false,
            bytes_before: 0,
            bytes_total: 0,
            rows: 0,
        }
    }

    fn reference_files(&mut self, sources: &[Source]) -> Vec<Found> {
        let mut files = Vec::new();
        for source in sources {
            match source {
                Source::Path(path) if path.is_dir() => {
                    let (found, troubles) = find(path, &self.options.limits);
                    files.extend(found);
                    self.read.troubles.extend(troubles);
                }
                Source::Path(path) => {
                    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                    self.reference_file(&name, &printable(&path.to_string_lossy(), 200), Content::Path(path.clone()), &mut files);
                }
                Source::Bytes { name, bytes } => {
                    let last = name.rsplit('/').next().unwrap_or(name).to_owned();
                    self.reference_file(&last, name, Content::Bytes(bytes.clone()), &mut files);
                }
            }
        }
        files
    }

    fn reference_file(&mut self, name: &str, shown: &str, content: Content, files: &mut Vec<Found>) {
        let known = Form::of(name).and_then(|(stem, form)| table(&stem).map(|table| (table, form)));
        match known.filter(|(table, _)| table.origin != bonafide_facts::Origin::Derived) {
            Some((table, form)) => files.push(Found { name: shown.to_owned(), content, table, form }),
            None => self.read.troubles.push(Trouble::warning(
                "unknown-file",
                Some(Place::file(shown)),
                "no reference table has this name: it is not read",
                "name the file after its table: see `bonafide tables`",
            )),
        }
    }

    fn file(&mut self, found: &Found, is_roster: bool, adapter: Option<&Adapter>) -> Result<(), Trouble> {
        let file = self.read.tables.files.add(&found.name);
        let mut tally = Tally::new(&found.name, self.options.limits.listed_troubles);
        let sink = if adapter.is_some() { usize::MAX } else { sink_of(&mut self.sinks, self.wants, found.table) };
        let roster = Roster::new(&self.options.maps, is_roster);
        let way = match adapter {
            Some(adapter) => Way::Adapter(adapter),
            None if is_roster || found.table.name == "subjects" => Way::Roster(&roster),
            None => Way::Table(&self.options.maps),
        };
        let score = |names: &[String]| names.iter().filter(|name| way.knows(found.table, name)).count();
        let opened = open_records(found, self.options, &score, &mut tally);
        let (rows, skipped, digest) = match opened {
            Ok(records) => self.records(records, found, file, sink, way, &score, &mut tally)?,
            Err(what) => {
                tally.whole(Severity::Warning, "unreadable-file", what, "export or copy the file again");
                (0, 0, digest(&found.content).unwrap_or_default())
            }
        };
        let table = (!is_roster && adapter.is_none()).then_some(found.table.name);
        self.read.inputs.push(InputFile { path: found.name.clone(), table, sha256: digest.0, bytes: digest.1, rows, skipped });
        self.bytes_before += found.content.len();
        self.rows += rows;
        self.read.troubles.extend(tally.finish());
        Ok(())
    }

    #[allow(clippy::too_many_arguments)] // one file's parts, taken apart so that each can be borrowed
    fn records(
        &mut self,
        mut records: Box<dyn Records>,
        found: &Found,
        file: u32,
        sink: usize,
        way: Way<'_>,
        score: &dyn Fn(&[String]) -> usize,
        tally: &mut Tally,
    ) -> Result<(u64, u64, (String, u64)), Trouble> {
        let census = |source: usize| {
            let mut quiet = Tally::new("", 1);
            let mut again = open_records(found, self.options, score, &mut quiet).ok()?;
            again.select(&|column| column == source);
            day_order(again.as_mut(), source)
        };
        let options = self.options;
        let mut filler = Filler::new(file, tally, &census);
        let mut plan = Plan { found, sink, way, outputs: Vec::new(), mappings: Vec::new(), names: 0 };
        let mut reported = 0_u64;
        // Columns are asked for before the first record; JSON names its columns as they come.
        plan.update(&mut self.sinks, self.wants, records.as_ref(), filler.tally);
        records.select(&|source| plan.outputs.iter().any(|output| output.reads(source)));
        while records.advance(filler.tally) {
            plan.update(&mut self.sinks, self.wants, records.as_ref(), filler.tally);
            let record = records.record();
            if filler.rows >= options.limits.rows {
                filler.skipped += 1;
                filler.tally.warning("row-limit", record.line, crate::tally::NO_COLUMN, || {
                    (
                        format!("a file has at most {} rows: this one is skipped", options.limits.rows),
                        "split the file, or raise the limit".to_owned(),
                    )
                });
                continue;
            }
            let mut world = World {
                sinks: &mut self.sinks,
                subjects: &mut self.subjects,
                check_subjects: self.check_subjects,
                files: &self.read.tables.files,
                limits: &options.limits,
            };
            filler.record(&record, &plan.outputs, &mut world)?;
            if filler.rows + filler.skipped >= reported + 8192 {
                reported = filler.rows + filler.skipped;
                let now = self.bytes_before + records.bytes();
                (self.progress)(Progress {
                    file: found.name.clone(),
                    bytes: now,
                    bytes_total: self.bytes_total,
                    rows: self.rows + filler.rows,
                });
            }
        }
        let (rows, skipped) = (filler.rows, filler.skipped + records.skipped());
        if rows + skipped == 0 {
            let what = if records.names().is_empty() { "the file is empty" } else { "the file has a header and no row" };
            tally.whole(Severity::Note, "empty-file", what, "nothing, if that is so: the table counts as given and empty");
        }
        self.read.mappings.extend(plan.mappings.into_iter().map(|mapping| Mapping { file: found.name.clone(), ..mapping }));
        Ok((rows, skipped, records.finish()))
    }

    fn finish(mut self) -> Result<CaseRead, Trouble> {
        let now = Progress { file: String::new(), bytes: self.bytes_total, bytes_total: self.bytes_total, rows: self.rows };
        (self.progress)(now);
        for sink in self.sinks {
            let table = sink.table;
            let (schema, batches) = sink.finish()?;
            self.read.tables.add(table, schema, batches)?;
        }
        Ok(self.read)
    }
}

/// A file's plan, and what it is made from.
struct Plan<'p> {
    found: &'p Found,
    sink: usize,
    way: Way<'p>,
    outputs: Vec<Output>,
    mappings: Vec<Mapping>,
    /// Source columns planned for so far.
    names: usize,
}

/// How a file's headers are understood.
#[derive(Clone, Copy)]
enum Way<'p> {
    /// They are the columns of its table; the user's (column, header) pairs rename some.
    Table(&'p [(String, String)]),
    /// As a roster's, when they are not the columns of `subjects`.
    Roster(&'p Roster),
    /// As an adapter says.
    Adapter(&'p Adapter),
}

impl Way<'_> {
    fn knows(self, table: &Table, header: &str) -> bool {
        match self {
            Self::Table(maps) => {
                let key = folded(header);
                table.column(&key).is_some() || renamed(maps, table.name, &key).is_some() || headers::column(table, &key, &[]).is_some()
            }
            Self::Roster(roster) => table.column(&folded(header)).is_some() || roster.knows(header),
            Self::Adapter(adapter) => adapter.reads(header),
        }
    }
}

/// The column the user gave to a header: `sign_ins.ip` of the table asked for.
fn renamed<'m>(maps: &'m [(String, String)], table: &str, header: &str) -> Option<&'m str> {
    let of_table = |ours: &'m str| ours.split_once('.').filter(|(place, _)| *place == table).map(|(_, column)| column);
    maps.iter().filter(|(_, theirs)| folded(theirs) == header).find_map(|(ours, _)| of_table(ours))
}

impl Plan<'_> {
    /// Plans anew when the file has shown further columns.
    fn update(&mut self, sinks: &mut Vec<Sink>, wants: &Wants, records: &dyn Records, tally: &mut Tally) {
        let (names, fresh, line) = (records.names(), self.names, records.header_line());
        if names.len() == fresh {
            return;
        }
        self.names = names.len();
        let mut sink_of = |sinks: &mut Vec<Sink>, table: &'static Table| sink_of(sinks, wants, table);
        match self.way {
            Way::Roster(roster) if roster.is_needed(names) => {
                (self.outputs, self.mappings) = roster::plan(roster, sinks, &mut sink_of, names, fresh, line, tally);
            }
            Way::Adapter(adapter) => self.outputs = adapter.plan(sinks, &mut sink_of, names, fresh, line, tally),
            Way::Roster(_) | Way::Table(_) => {
                let maps = if let Way::Table(maps) = self.way { maps } else { &[] };
                let Some(sink) = sinks.get(self.sink) else { return };
                let (table, kept) = (self.found.table, sink.columns.clone());
                let other = |header: &str| headers::column(table, header, names).filter(|_| table.column(header).is_none());
                let renamed =
                    |header: &str| renamed(maps, table.name, header).map(str::to_owned).or_else(|| other(header).map(str::to_owned));
                let shown = names.iter().filter_map(|name| Some((name, other(&folded(name))?)));
                let shown = shown.map(|(name, column)| Mapping {
                    file: String::new(),
                    table: table.name.to_owned(),
                    header: printable(name, 60),
                    column: column.to_owned(),
                });
                self.mappings = shown.collect();
                self.outputs = vec![of_table(table, &kept, self.sink, names, fresh, &renamed, line, tally)];
            }
        }
    }
}

/// Index of the sink of a table, made on first use.
fn sink_of(sinks: &mut Vec<Sink>, wants: &Wants, table: &'static Table) -> usize {
    if let Some(at) = sinks.iter().position(|sink| sink.table.name == table.name) {
        return at;
    }
    sinks.push(Sink::new(table, |column| wants.keeps(table.name, column)));
    sinks.len() - 1
}

/// Opens a file as records; the error is a sentence.
pub(crate) fn open_records(
    found: &Found,
    options: &ReadOptions,
    score: &dyn Fn(&[String]) -> usize,
    tally: &mut Tally,
) -> Result<Box<dyn Records>, String> {
    let limits = &options.limits;
    let broken = |error: std::io::Error| format!("it cannot be read: {}", printable(&error.to_string(), 120));
    if found.form == Form::Parquet {
        return Ok(Box::new(ParquetRecords::new(&found.content, limits)?));
    }
    let opened = open(&found.content, limits).map_err(broken)?;
    if opened.folding == Folding::Plain && found.content.len() >= 4 && crate::parquet_file::is_parquet(&found.content) {
        return Ok(Box::new(ParquetRecords::new(&found.content, limits)?));
    }
    let (opened, encoding) = as_utf8(opened).map_err(broken)?;
    if let Some(name) = encoding {
        tally.whole(Severity::Note, "encoding", format!("the file is read as {name}"), "nothing; UTF-8 is read without guessing");
    }
    let charset = Charset::new(&found.content, limits);
    if found.form == Form::Json {
        return Ok(Box::new(JsonRecords::new(opened, charset, limits)));
    }
    let records = CsvRecords::new(opened, charset, limits, score, tally);
    if records.names().len() > limits.columns {
        return Err(format!("its header has {} columns, at most {} are read", records.names().len(), limits.columns));
    }
    if records.delimiter() != ',' {
        let mark = quoted(&records.delimiter().to_string().replace('\t', "tab"));
        tally.whole(Severity::Note, "delimiter", format!("cells are taken to be separated by {mark}"), "nothing, if that is so");
    }
    Ok(Box::new(records))
}
