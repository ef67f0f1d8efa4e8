//! `bonafide screen INPUT --against LIST…`: names and identifiers against official lists, each hit with its account.
//!
//! Must not know how names are compared.

pub mod allow;

use allow::{Allowlist, State, mark};
use bonafide_facts::identifier::canonical;
use bonafide_facts::place::Place;
use bonafide_facts::text::printable;
use bonafide_facts::{Files, Trouble};
use bonafide_intake::lists::{ListLimits, ListRead, read_list, read_parts};
use bonafide_resolve::index::Index;
use bonafide_resolve::index::entry::{Days, Entry, from_rows};
use bonafide_resolve::normal::Schema;
use bonafide_resolve::screen::explain::Explanation;
use bonafide_resolve::screen::{Hit, Options, Query, Searcher, THRESHOLD, ofac};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The name of the second algorithm in explanations.
const OFAC_MATCHER: &str = concat!("ofac-search/", env!("CARGO_PKG_VERSION"), "-2");

/// What `screen` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A name, or a CSV, TSV or JSONL file with id (or qid), name (or query), schema, birth_date, identifiers (kind:value|kind:value)
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
    /// Screen against the snapshots of that day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Folder of the snapshots
    #[arg(long, value_name = "DIR", default_value = super::lists::store::FOLDER)]
    store: PathBuf,
    /// Hits a person cleared (subject_id,entry_id,mark,by,why,until): quiet until the entry or the subject changes
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
    /// The day that `until` is compared with (YYYY-MM-DD); today when left out
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
}

/// What every thread answers from.
struct Desk<'a> {
    index: &'a Index,
    /// Entries by list and id.
    places: BTreeMap<(&'a str, &'a str), &'a Entry>,
    digests: BTreeMap<String, String>,
    allowed: Allowlist,
    today: String,
    options: Options,
    args: &'a Args,
}

/// A hit with what the program knows besides: its mark, the digest of its list, and what a person said once.
struct Shown {
    hit: Hit,
    mark: String,
    digest: String,
    again: String,
}

/// One row of the input.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The user's key, else the row number.
    pub id: String,
    /// What is asked.
    pub query: Query,
}

/// Screens.
///
/// # Errors
/// When the input or a list cannot be read.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let lists = load(&args.against, &args.store, args.as_of.as_deref())?;
    for trouble in lists.troubles.iter().take(20) {
        eprintln!("{trouble}");
    }
    let asked = read_input(&args.input)?;
    let index = Index::build(lists.entries);
    let desk = Desk {
        index: &index,
        places: index.entries.iter().map(|entry| ((entry.list.as_str(), entry.id.as_str()), entry)).collect(),
        digests: lists.digests,
        allowed: args.allow.as_ref().map(|path| Allowlist::read(path)).transpose()?.unwrap_or_default(),
        today: args.today.clone().unwrap_or_else(super::lists::today),
        options: Options { top: args.top, threshold: args.threshold, candidates: args.top.max(24) },
        args: &args,
    };
    if args.format == "csv" {
        super::print("id,entry_id,list,name,score,match\n")?;
    }
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(8);
    let mut quiet = 0;
    for batch in asked.chunks(20_000) {
        let share = batch.len().div_ceil(workers).max(1);
        let texts: Vec<(String, usize)> = std::thread::scope(|scope| {
            let desk = &desk;
            let threads: Vec<_> = batch.chunks(share).map(|part| scope.spawn(move || answer(desk, part))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_default()).collect()
        });
        quiet += texts.iter().map(|(_, quiet)| quiet).sum::<usize>();
        super::print(&texts.into_iter().map(|(text, _)| text).collect::<String>())?;
    }
    if quiet > 0 {
        eprintln!("{quiet} hits that a person cleared stay quiet");
    }
    Ok(ExitCode::SUCCESS)
}

/// The text of some rows, and how many cleared hits were left out of it.
fn answer(desk: &Desk, part: &[Asked]) -> (String, usize) {
    let mut searcher = Searcher::new(desk.index);
    let (mut text, mut quiet) = (String::new(), 0);
    for asked in part {
        let hits = if desk.args.algorithm == "ofac" { by_ofac(desk.index, asked, &desk.options) } else { searcher.screen(&asked.query, &desk.options) };
        let mut shown = Vec::with_capacity(hits.len());
        for hit in hits {
            let mark = desk.places.get(&(hit.list.as_str(), hit.entry_id.as_str())).map(|entry| mark(&asked.query, entry)).unwrap_or_default();
            let again = match desk.allowed.state(&asked.id, &hit.entry_id, &mark, &desk.today) {
                State::Quiet => {
                    quiet += 1;
                    continue;
                }
                State::New => String::new(),
                State::Again(why) => why,
            };
            let digest = desk.digests.get(&hit.list).cloned().unwrap_or_default();
            shown.push(Shown { hit, mark, digest, again });
        }
        match desk.args.format.as_str() {
            "jsonl" => json(asked, &shown, &mut text),
            "csv" => csv_rows(asked, &shown, &mut text),
            _ => table(asked, &shown, &mut text),
        }
    }
    (text, quiet)
}

/// Every listed name scored as OFAC's search does; slow by nature.
fn by_ofac(index: &Index, asked: &Asked, options: &Options) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for entry in &index.entries {
        let best = entry.names.iter().map(|name| (ofac::score(&asked.query.name, &name.printed), name)).max_by_key(|(score, _)| *score);
        if let Some((score, name)) = best.filter(|(score, _)| f64::from(*score) / 100.0 >= options.threshold) {
            hits.push(Hit {
                entry_id: entry.id.clone(),
                list: entry.list.clone(),
                name: name.printed.clone(),
                score: f64::from(score) / 100.0,
                matched: "name".to_owned(),
                explanation: Explanation { matcher: OFAC_MATCHER, ..Explanation::default() },
            });
        }
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.entry_id.cmp(&b.entry_id)));
    hits.truncate(options.top);
    hits
}

fn json(asked: &Asked, hits: &[Shown], text: &mut String) {
    let hits: Vec<serde_json::Value> = hits
        .iter()
        .map(|shown| {
            let hit = &shown.hit;
            let lines: Vec<serde_json::Value> = hit
                .explanation
                .lines
                .iter()
                .map(|line| serde_json::json!({"query": line.query, "listed": line.listed, "relation": line.relation, "contribution": line.contribution}))
                .collect();
            let explanation = serde_json::json!({"lines": lines, "bits": hit.explanation.bits, "rivals": hit.explanation.rivals, "matcher": hit.explanation.matcher, "list_digest": shown.digest});
            serde_json::json!({"mark": shown.mark, "cleared": shown.again, "entry_id": hit.entry_id, "list": hit.list, "name": hit.name, "score": hit.score, "match": hit.matched, "explanation": explanation})
        })
        .collect();
    let _ = writeln!(text, "{}", serde_json::json!({"id": asked.id, "hits": hits}));
}

fn csv_rows(asked: &Asked, hits: &[Shown], text: &mut String) {
    for Shown { hit, .. } in hits {
        let cells = [asked.id.as_str(), &hit.entry_id, &hit.list, &hit.name, &format!("{:.6}", hit.score), &hit.matched];
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| {
                let cell = printable(cell, 400);
                // A cell that begins like a formula is quoted for spreadsheets.
                let cell = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell };
                format!("\"{}\"", cell.replace('"', "\"\""))
            })
            .collect();
        let _ = writeln!(text, "{}", cells.join(","));
    }
}

fn table(asked: &Asked, hits: &[Shown], text: &mut String) {
    let _ = writeln!(text, "{}  {}", printable(&asked.id, 40), printable(&asked.query.name, 100));
    if hits.is_empty() {
        text.push_str("  no hit at this threshold\n");
    }
    for Shown { hit, mark, digest, again } in hits {
        let _ = writeln!(text, "  {:.3}  {:<14} {:<10} {}", hit.score, hit.entry_id, hit.list, printable(&hit.name, 100));
        for sentence in hit.explanation.sentences() {
            let _ = writeln!(text, "           {}", printable(&sentence, 160));
        }
        let digest = digest.get(..12).unwrap_or(digest);
        let _ = writeln!(text, "           list {digest}, matcher {}, mark {mark}", hit.explanation.matcher);
        if !again.is_empty() {
            let _ = writeln!(text, "           {}", printable(again, 200));
        }
    }
}

/// The lists of a run.
#[derive(Debug, Default)]
pub struct Lists {
    /// All entries.
    pub entries: Vec<Entry>,
    /// What went wrong reading them.
    pub troubles: Vec<Trouble>,
    /// SHA-256 of each list by its id.
    pub digests: BTreeMap<String, String>,
}

/// The lists asked for: `against`, else the newest snapshots (of `as_of`), else the starter list that ships with the program.
///
/// # Errors
/// When a list cannot be read, or no snapshot is as old as `as_of`.
pub fn load(against: &[PathBuf], store: &Path, as_of: Option<&str>) -> Result<Lists, Trouble> {
    let snapshots = super::lists::store::newest(store, as_of);
    let mut reads: Vec<ListRead> = Vec::new();
    let mut files = Files::default();
    if !against.is_empty() {
        for path in against {
            reads.push(read_list(path, &mut files, &ListLimits::default())?);
        }
    } else if !snapshots.is_empty() {
        for snapshot in snapshots {
            reads.push(read_list(&snapshot.folder, &mut files, &ListLimits::default())?);
        }
    } else if let Some(day) = as_of {
        let mend = "`bonafide lists show` names the snapshots; `bonafide lists add` keeps an older file";
        return Err(Trouble::error("no-snapshot", None, format!("no list was kept on {day} or before"), mend));
    } else {
        let text = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/starter_list.csv"));
        reads.push(read_parts(&[("wordlists/starter_list.csv", text)], &mut files, &ListLimits::default())?);
        eprintln!("screening against the small starter list only (see wordlists/starter_list.md); `bonafide lists update` fetches the whole lists");
    }
    let mut lists = Lists::default();
    for read in reads {
        for id in read.entries.iter().filter_map(|entry| entry.list.as_ref()) {
            if !lists.digests.contains_key(id) {
                lists.digests.insert(id.clone(), read.digest.clone());
            }
        }
        lists.troubles.extend(read.troubles);
        lists.entries.extend(from_rows(read.entries, read.names, read.identifiers, read.programmes, read.dates));
    }
    Ok(lists)
}

/// The queries of a file, or one query of a name.
///
/// # Errors
/// When the file cannot be read or has no column of names.
pub fn read_input(input: &str) -> Result<Vec<Asked>, Trouble> {
    let path = Path::new(input);
    if !path.is_file() {
        if path.extension().is_some_and(|ending| ["csv", "tsv", "jsonl"].iter().any(|known| ending == *known)) {
            return Err(Trouble::error("no-input", Some(Place::file(input)), "there is no such file", "give a name, or a CSV, TSV or JSONL file"));
        }
        return Ok(vec![Asked { id: "1".to_owned(), query: Query { name: input.to_owned(), ..Query::default() } }]);
    }
    let bytes = std::fs::read(path).map_err(|error| super::cannot("read", path, &error))?;
    let text = String::from_utf8_lossy(&bytes);
    if path.extension().is_some_and(|ending| ending == "jsonl" || ending == "json") {
        return Ok(text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(at, line)| from_json(at, line)).collect());
    }
    let tabs = text.lines().next().is_some_and(|line| line.contains('\t'));
    let mut reader = csv::ReaderBuilder::new().delimiter(if tabs { b'\t' } else { b',' }).quoting(!tabs).flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().cloned().unwrap_or_default();
    let column = |names: &[&str]| headers.iter().position(|header| names.iter().any(|name| header.trim().trim_start_matches('\u{feff}').eq_ignore_ascii_case(name)));
    let (id, name) = (column(&["id", "qid", "subject_id"]), column(&["name", "query"]));
    let (schema, birth, identifiers) = (column(&["schema", "kind"]), column(&["birth_date", "dob"]), column(&["identifiers"]));
    if name.is_none() {
        return Err(Trouble::error("no-names", Some(Place::line(input, 1)), "there is no column `name` or `query`", "name the column with the names `name`"));
    }
    let rows = reader.records().enumerate().map(|(at, record)| {
        let record = record.unwrap_or_default();
        let cell = |place: Option<usize>| place.and_then(|place| record.get(place)).unwrap_or("").to_owned();
        let id = Some(cell(id)).filter(|id| !id.is_empty()).unwrap_or_else(|| (at + 1).to_string());
        Asked { id, query: query(&cell(name), &cell(schema), &cell(birth), &cell(identifiers)) }
    });
    Ok(rows.collect())
}

fn from_json(at: usize, line: &str) -> Asked {
    let value: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    let text = |names: &[&str]| names.iter().find_map(|name| value[*name].as_str()).unwrap_or("").to_owned();
    let id = Some(text(&["id", "qid"])).filter(|id| !id.is_empty()).unwrap_or_else(|| (at + 1).to_string());
    Asked { id, query: query(&text(&["name", "query"]), &text(&["schema"]), &text(&["birth_date"]), &text(&["identifiers"])) }
}

fn query(name: &str, schema: &str, birth: &str, identifiers: &str) -> Query {
    let span = bonafide_intake::lists::dates::read(birth).map(|span| Days { earliest: span.earliest, latest: span.latest });
    let identifiers = identifiers.split('|').filter_map(|cell| cell.split_once(':')).filter_map(|(kind, value)| Some((kind.trim().to_owned(), canonical(kind.trim(), value)?)));
    Query { name: name.to_owned(), schema: Schema::from_word(schema), birth: span, identifiers: identifiers.collect() }
}
