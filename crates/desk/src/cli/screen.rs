//! `bonafide screen INPUT --against LIST…`: names and identifiers against official lists, each hit with its account.
//!
//! Must not know how names are compared. Rows stream through: memory does not grow with them.

mod answer;

use crate::allow::Allowlist;
use crate::lists::{Otherwise, load};
pub use answer::asked_mark;
use answer::{Desk, answer, header};
use bonafide_facts::identifier::canonical;
use bonafide_facts::place::Place;
use bonafide_facts::Trouble;
use bonafide_intake::lists::asked::{Asked, AskedRow};
use bonafide_resolve::index::Index;
use bonafide_resolve::index::entry::Days;
use bonafide_resolve::normal::Schema;
use bonafide_resolve::screen::place::{Place as Town, PlaceKind};
use bonafide_resolve::screen::{Options, Query, THRESHOLD};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `screen` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A name, or a CSV, TSV or JSONL file with id (or qid), name (or query), schema, birth_date, birth_place, address, identifiers (kind:value|kind:value)
    input: String,
    /// A list: file, or folder with the files of one list; repeat for several. Without it: the newest snapshots, else the small starter list
    #[arg(long, value_name = "LIST")]
    against: Vec<PathBuf>,
    /// Hits per query at most
    #[arg(long, default_value_t = 5)]
    top: usize,
    /// Lowest score, 0 to 1
    #[arg(long, default_value_t = THRESHOLD)]
    threshold: f64,
    /// `best`, or `ofac` for the score of OFAC's own search
    #[arg(long, default_value = "best", value_parser = ["best", "ofac"])]
    algorithm: String,
    /// table, jsonl or csv
    #[arg(long, default_value = "table", value_parser = ["table", "jsonl", "csv"])]
    format: String,
    /// Screen against the snapshots of that day (YYYY-MM-DD), and only entries that were listed on it
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<String>,
    /// Folder of the snapshots
    #[arg(long, value_name = "DIR", default_value = super::lists::store::FOLDER)]
    store: PathBuf,
    /// Hits a person cleared (subject_id,entry_id,mark,by,at,why,until): quiet until the entry or the subject changes
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
    /// The day that `until` is compared with (YYYY-MM-DD); today when left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    today: Option<String>,
}

/// A day as the command line takes it.
///
/// # Errors
/// When it is none.
pub fn day(text: &str) -> Result<String, String> {
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "write YYYY-MM-DD".to_owned())?;
    Ok(day.format("%Y-%m-%d").to_string())
}

/// Rows that are read before they are shared out.
const BATCH: usize = 20_000;

/// Screens.
///
/// # Errors
/// When the input or a list cannot be read.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    if !(0.0..=1.0).contains(&args.threshold) {
        return Err(Trouble::error("usage", None, "the threshold must lie between 0 and 1", "0.5 is the shipped one"));
    }
    let mut rows = Rows::open(&args.input)?;
    let mut lists = load(&args.against, Otherwise::Snapshots(&args.store, args.as_of.as_deref()))?;
    let today = args.today.clone().unwrap_or_else(super::lists::today);
    lists.on(args.as_of.as_deref().unwrap_or(&today), args.as_of.is_some());
    if lists.starter {
        eprintln!("screening against the small starter list only (see wordlists/starter_list.md); `bonafide lists update` fetches the whole lists");
    }
    say(&lists.troubles);
    let index = Index::build(lists.entries);
    let allowed = args.allow.as_ref().map(|path| Allowlist::read(path)).transpose()?;
    let options = Options { top: args.top, threshold: args.threshold, candidates: args.top.max(24) };
    let desk = Desk::new(&index, lists.digests, allowed, today, options, &args.algorithm, &args.format);
    super::print(header(&desk))?;
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(8);
    let mut quiet = 0;
    loop {
        let batch: Vec<Subject> = std::iter::from_fn(|| rows.next()).take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let share = batch.len().div_ceil(workers).max(1);
        let texts: Vec<(String, usize)> = std::thread::scope(|scope| {
            let desk = &desk;
            let threads: Vec<_> = batch.chunks(share).map(|part| scope.spawn(move || answer(desk, part))).collect();
            threads.into_iter().map(|thread| thread.join().map_err(|_| stopped())).collect::<Result<_, _>>()
        })?;
        quiet += texts.iter().map(|(_, quiet)| quiet).sum::<usize>();
        super::print(&texts.into_iter().map(|(text, _)| text).collect::<String>())?;
    }
    if quiet > 0 {
        eprintln!("{quiet} hits that a person cleared stay quiet");
    }
    rows.finish();
    Ok(ExitCode::SUCCESS)
}

fn stopped() -> Trouble {
    Trouble::error("stopped", None, "a thread of the screening stopped: its rows were not answered", "this is a defect of Bonafide: please report it")
}

/// Troubles on standard error: warnings first, at most twenty one by one.
pub fn say(troubles: &[Trouble]) {
    let mut sorted: Vec<&Trouble> = troubles.iter().collect();
    sorted.sort_by_key(|trouble| std::cmp::Reverse(trouble.severity));
    for trouble in sorted.iter().take(20) {
        eprintln!("{trouble}");
    }
    if sorted.len() > 20 {
        eprintln!("and {} more troubles", sorted.len() - 20);
    }
}

/// Who is asked for.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// The user's key, else the row number.
    pub id: String,
    /// What is asked.
    pub query: Query,
}

/// Where the rows come from: a file, or one name on the command line.
pub enum Rows {
    /// A file.
    File(Box<Asked>),
    /// One name; `None` once it was given.
    Name(Option<String>),
}

impl Rows {
    /// Opens a file of rows, or takes the text as a name.
    ///
    /// # Errors
    /// When the file cannot be read or has no column of names, or a folder was given.
    pub fn open(input: &str) -> Result<Self, Trouble> {
        let path = Path::new(input);
        if path.is_dir() {
            let mend = "give a file of names, or a name; `bonafide check` takes a case folder";
            return Err(Trouble::error("no-input", Some(Place::file(input)), "is a folder", mend));
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("").to_ascii_lowercase();
        if path.exists() || ["csv", "tsv", "jsonl", "ndjson"].contains(&ending.as_str()) {
            return Ok(Self::File(Box::new(Asked::open(path)?)));
        }
        Ok(Self::Name(Some(input.to_owned())))
    }

    /// The next one; `None` at the end.
    pub fn next(&mut self) -> Option<Subject> {
        match self {
            Self::File(asked) => asked.next_row().map(subject),
            Self::Name(name) => name.take().map(|name| Subject { id: "1".to_owned(), query: Query { name, ..Query::default() } }),
        }
    }

    /// Says what went wrong with the rows.
    pub fn finish(self) {
        if let Self::File(asked) = self {
            let (rows, skipped) = asked.counts();
            say(&asked.finish());
            if skipped > 0 {
                eprintln!("{skipped} rows could not be read and were NOT screened; {rows} were");
            }
        }
    }
}

fn subject(row: AskedRow) -> Subject {
    let town = |kind: PlaceKind, texts: &[String]| texts.iter().filter_map(|text| Town::read(kind, text)).collect::<Vec<_>>();
    let query = Query {
        schema: Schema::from_word(&row.schema),
        birth: row.birth.map(|span| Days { earliest: span.earliest, latest: span.latest }),
        identifiers: row.identifiers.into_iter().filter_map(|(kind, value)| canonical(&kind, &value).map(|value| (kind, value))).collect(),
        places: [town(PlaceKind::Birth, &row.birth_places), town(PlaceKind::Address, &row.addresses)].concat(),
        name: row.name,
    };
    Subject { id: row.id, query }
}
