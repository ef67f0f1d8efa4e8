//! `bonafide link --schema person`: the same person twice in one plain table.
//!
//! Must not know how records are compared: `resolve` does.

use super::RunArgs;
use bonafide_facts::text::printable;
use bonafide_facts::{Place, Trouble};
use bonafide_resolve::link::person::{PersonSettings, Persons, Records};
use std::path::Path;
use std::process::ExitCode;

/// A table of persons: ids, and records as `resolve` compares them.
struct Table {
    ids: Vec<String>,
    records: Records,
}

/// Headers that hold the key of a record.
const IDS: [&str; 5] = ["id", "unique_id", "record_id", "rec_id", "subject_id"];

/// What `--columns` says: role and header. `given_name=Vorname` names both, a role by its own word or by a usual header of it; a header
/// alone has the role it is usual for.
fn told(args: &RunArgs, settings: &PersonSettings, headers: &csv::StringRecord) -> Result<Vec<(String, String)>, Trouble> {
    let role_of = |word: &str| {
        let id = IDS.iter().any(|one| word.eq_ignore_ascii_case(one)).then(|| "id".to_owned());
        let known = |one: &String| word.eq_ignore_ascii_case(one);
        id.or_else(|| settings.comparisons.iter().find(|one| known(&one.role) || one.headers.iter().any(known)).map(|one| one.role.clone()))
    };
    let wrong = |what: String| {
        let roles: Vec<&str> = settings.comparisons.iter().map(|one| one.role.as_str()).collect();
        let shown: Vec<String> = headers.iter().map(|header| printable(header, 40)).collect();
        let mend = format!("write ROLE=HEADER; roles: id, {}; headers of the file: {}", roles.join(", "), shown.join(", "));
        Trouble::error("bad-columns", Some(Place::file(args.path.display().to_string())), what, mend)
    };
    let mut told: Vec<(String, String)> = Vec::new();
    for pair in &args.columns {
        let (word, header) = pair.split_once('=').unwrap_or((pair, pair));
        let role = role_of(word).ok_or_else(|| wrong(format!("`{}` names no role", printable(word, 60))))?;
        if !headers.iter().any(|one| one == header) {
            return Err(wrong(format!("the file has no header `{}`", printable(header, 60))));
        }
        if told.iter().any(|(known, _)| *known == role) {
            return Err(wrong(format!("the role {role} is given twice")));
        }
        told.push((role, header.to_owned()));
    }
    Ok(told)
}

/// Bytes of a cell that are compared: no name or address is longer.
const LONGEST: usize = 64 << 10;

/// Rows that were not read as they stand: how many, and the line of the first.
#[derive(Debug, Default)]
struct Odd {
    torn: (u64, Option<u64>),
    long: (u64, Option<u64>),
}

impl Odd {
    fn tell(&self, file: &str) {
        let tell = |(count, line): (u64, Option<u64>), code: &str, what: &str, mend: &str| {
            if let Some(line) = line {
                let mut trouble = Trouble::warning(code, Some(Place::line(file, line)), what, mend);
                trouble.count = count;
                eprintln!("{trouble}");
            }
        };
        tell(self.torn, "torn-row", "the row has not as many cells as the header: it is skipped", "write a delimiter for each cell, and close quotes");
        tell(self.long, "cell-too-long", "a cell has more than 65536 bytes: it is read as empty", "cut the cell, or leave it out");
    }
}

fn table(args: &RunArgs, settings: &PersonSettings) -> Result<Table, Trouble> {
    let place = || Some(Place::file(args.path.display().to_string()));
    let broken = |error: csv::Error| Trouble::error("csv", place(), printable(&error.to_string(), 200), "write it as UTF-8 CSV with a header");
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_path(&args.path).map_err(broken)?;
    let headers = reader.headers().map_err(broken)?.clone();
    let told = told(args, settings, &headers)?;
    let header = |role: &str, known: &[String]| {
        let own = told.iter().find(|(word, _)| word == role).map(|(_, header)| header.as_str());
        headers.iter().position(|header| own.map_or_else(|| known.iter().any(|word| header.eq_ignore_ascii_case(word)), |own| own == header))
    };
    let id = header("id", &IDS.map(str::to_owned)).unwrap_or(0);
    let columns: Vec<(String, usize)> = settings
        .comparisons
        .iter()
        .filter_map(|one| Some((one.role.clone(), header(&one.role, &one.headers)?)))
        .filter(|(_, at)| !headers.get(*at).is_some_and(bonafide_facts::tables::is_forbidden_column))
        .collect();
    if let Some((role, header)) = told.iter().find(|(role, _)| role != "id" && !columns.iter().any(|(known, _)| known == role)) {
        let what = format!("`{}` is a column that is never read (as {role})", printable(header, 60));
        return Err(Trouble::error("bad-columns", place(), what, "origin, looks, religion, sex and the like are no input; leave it out"));
    }
    if columns.is_empty() {
        return Err(Trouble::error("no-columns", place(), "no header is understood", "name them: --columns surname=Nachname,birth_date=geboren"));
    }
    eprintln!("columns: {}", columns.iter().map(|(role, at)| format!("{role} = {}", printable(headers.get(*at).unwrap_or(""), 40))).collect::<Vec<_>>().join(", "));
    let roles: Vec<String> = columns.iter().map(|(role, _)| role.clone()).collect();
    let unknown = |role: String| Trouble::error("bad-columns", place(), format!("unknown role {role}"), "this is a defect of Bonafide: please report it");
    let mut table = Table { ids: Vec::new(), records: Records::new(settings, &roles).map_err(unknown)? };
    let mut row = csv::StringRecord::new();
    let mut odd = Odd::default();
    while reader.read_record(&mut row).map_err(broken)? {
        let line = row.position().map_or(1, csv::Position::line);
        if row.len() != headers.len() {
            odd.torn.0 += 1;
            odd.torn.1.get_or_insert(line);
            continue;
        }
        let cell = |at: usize| row.get(at).filter(|cell| cell.len() <= LONGEST).unwrap_or("");
        if columns.iter().any(|(_, at)| row.get(*at).is_some_and(|cell| cell.len() > LONGEST)) {
            odd.long.0 += 1;
            odd.long.1.get_or_insert(line);
        }
        table.ids.push(row.get(id).unwrap_or("").to_owned());
        table.records.push(settings, columns.iter().map(|(_, at)| cell(*at)));
    }
    odd.tell(&args.path.display().to_string());
    table.records.close();
    Ok(table)
}

/// Links a table of persons.
///
/// # Errors
/// When the table cannot be read or the output not be written.
pub fn run(args: &RunArgs) -> Result<ExitCode, Trouble> {
    let Some(out) = args.out.as_deref().filter(|_| args.index.is_none()) else {
        return Err(Trouble::error("usage", None, "a table of persons needs --out DIR and takes no --index", "bonafide link people.csv --schema person --out DIR"));
    };
    let settings = PersonSettings::default();
    let Table { ids, records } = table(args, &settings)?;
    let found = bonafide_resolve::link::person::link(&records, &settings);
    found.troubles.iter().for_each(|trouble| eprintln!("{trouble}"));
    crate::cli::make_folder(out)?;
    write_persons(&found, &ids, out)?;
    let clusters = found.cluster.iter().zip(0_u32..).filter(|(root, at)| *root == at).count();
    crate::cli::print(&format!(
        "{} records are {clusters} persons; {} pairs above the threshold of {} candidates\nwritten: {} and {}\n",
        ids.len(),
        found.pairs.len(),
        found.candidates,
        out.join("links.csv").display(),
        out.join("clusters.csv").display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn write_persons(found: &Persons, ids: &[String], out: &Path) -> Result<(), Trouble> {
    let id = |at: u32| crate::report::formula_safe(ids.get(at as usize).map_or("", String::as_str));
    let broken = |error: csv::Error| Trouble::error("csv", Some(Place::file(out.display().to_string())), format!("cannot write it: {error}"), "check that the folder may be written");
    let mut links = csv::Writer::from_path(out.join("links.csv")).map_err(broken)?;
    links.write_record(["left_id", "right_id", "level", "weight_bits"]).map_err(broken)?;
    for pair in &found.pairs {
        links.write_record([&*id(pair.left), &*id(pair.right), "person", &format!("{:.3}", pair.bits)]).map_err(broken)?;
    }
    links.flush().map_err(|error| crate::cli::cannot("write", out, &error))?;
    let mut clusters = csv::Writer::from_path(out.join("clusters.csv")).map_err(broken)?;
    clusters.write_record(["subject_id", "cluster_id", "level", "joined_by"]).map_err(broken)?;
    for ((root, at), by) in found.cluster.iter().zip(0..).zip(found.joined_by()) {
        let by = by.map(|by| &found.pairs[by as usize]).map_or(String::new(), |pair| format!("{}|{}", id(pair.left), id(pair.right)));
        clusters.write_record([&*id(at), &*id(*root), "person", &by]).map_err(broken)?;
    }
    clusters.flush().map_err(|error| crate::cli::cannot("write", out, &error))
}
