//! `bonafide exchange`: two organisations learn which values both hold, and nothing else of each other.
//!
//! Must not know how a token is made: `resolve` does. What it protects against stands in docs/guides/link.md.

use bonafide_facts::text::printable;
use bonafide_facts::{Place, Trouble};
use bonafide_intake::{ReadOptions, Wants};
use bonafide_resolve::link::exchange::{Agreement, COST, Own, Token, overlap, sheet, tokens};
use bonafide_resolve::link::{READS, Settings};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// First line of a sheet; the number is the version of the form.
const MARK: &str = "bonafide-exchange-1";

/// What `exchange` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make send.txt (for the other side) and keep.csv (never leaves the house)
    Make(MakeArgs),
    /// Say which of one's own subjects hold a value of the other side's send.txt
    Match(MatchArgs),
}

#[derive(Debug, clap::Args)]
struct MakeArgs {
    /// The case folder
    folder: PathBuf,
    /// File with the key both sides agreed on, 16 bytes or more
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Name of this exchange, the same on both sides: "us and them, 2026-02-01"
    #[arg(long, value_name = "TEXT")]
    pairing: String,
    /// How slow a hash is, 4 to 16, the same on both sides
    #[arg(long, default_value_t = COST)]
    cost: u32,
    /// Where send.txt and keep.csv go
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
struct MatchArgs {
    /// One's own keep.csv
    #[arg(long, value_name = "FILE")]
    keep: PathBuf,
    /// The other side's send.txt
    #[arg(long, value_name = "FILE")]
    theirs: PathBuf,
}

/// Makes or matches.
///
/// # Errors
/// When a file cannot be used, or the two sides did not agree on key, name and cost.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    match args.what {
        What::Make(make) => make_sheet(&make),
        What::Match(found) => match_sheets(&found),
    }
}

fn make_sheet(args: &MakeArgs) -> Result<ExitCode, Trouble> {
    let key = std::fs::read(&args.key).map_err(|error| super::cannot("read", &args.key, &error))?;
    let agreement = Agreement::new(key.trim_ascii(), &args.pairing, args.cost)?;
    let wants = Wants::only(READS.iter().flat_map(|(table, columns)| columns.iter().map(move |column| (*table, *column))));
    let read = bonafide_intake::read_case(&args.folder, &[], &wants, &ReadOptions::default(), &mut |_| {})?;
    read.troubles.iter().for_each(|trouble| eprintln!("{trouble}"));
    let own = tokens(&read.tables, &Settings::default(), &agreement)?;
    let check = agreement.token("check", &args.pairing);
    let mut keep = format!("token,subject_id,kind,row\n{check},,check,0\n");
    for (token, owners) in &own {
        for one in owners {
            let _ = writeln!(keep, "{token},{},{},{}", quoted(&one.subject_id), one.kind, one.row);
        }
    }
    // What one keeps is one's own alone, so the padding drawn from it meets nobody else's.
    let tokens = sheet(&own, &agreement, &keep);
    let mut send = format!("{MARK}\npairing {}\ncost {}\ncheck {check}\n", printable(&args.pairing, 200), args.cost);
    tokens.iter().for_each(|token| {
        let _ = writeln!(send, "{token}");
    });
    let _ = writeln!(send, "sha256 {}", bonafide_facts::digest::sha256(send.as_bytes()));
    super::make_folder(&args.out)?;
    for (name, text) in [("send.txt", &send), ("keep.csv", &keep)] {
        let path = args.out.join(name);
        if path.exists() {
            return Err(Trouble::error("not-empty", Some(Place::file(path.display().to_string())), "this file is there already; nothing was written", "name a new folder"));
        }
        super::write_file(&path, text.as_bytes())?;
    }
    super::print(&format!(
        "{} values of {} subjects, filled up to {} tokens\nsend {}\nkeep {} (it says whose each token is: it never leaves the house)\n",
        own.len(),
        own.values().flatten().map(|one| &one.subject_id).collect::<BTreeSet<_>>().len(),
        tokens.len(),
        args.out.join("send.txt").display(),
        args.out.join("keep.csv").display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// A CSV cell; always in quotes, so that no key of a subject breaks the line.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn match_sheets(args: &MatchArgs) -> Result<ExitCode, Trouble> {
    let (check, own) = kept(&args.keep)?;
    let theirs = sent(&args.theirs, &check)?;
    let rows = overlap(&own, &theirs);
    let mut text = String::from("subject_id,kind,shared\n");
    for row in &rows {
        let _ = writeln!(text, "{},{},{}", quoted(&printable(&crate::report::formula_safe(&row.subject_id), 120)), row.kind, row.shared);
    }
    super::print(&text)?;
    let subjects: BTreeSet<&String> = rows.iter().map(|row| &row.subject_id).collect();
    eprintln!("{} of your subjects hold a value that the other side holds too; ask before you conclude anything", subjects.len());
    Ok(ExitCode::SUCCESS)
}

/// The check token and one's own tokens.
fn kept(path: &Path) -> Result<(Token, BTreeMap<Token, BTreeSet<Own>>), Trouble> {
    let place = || Some(Place::file(path.display().to_string()));
    let broken = |what: String| Trouble::error("bad-keep", place(), what, "name the keep.csv that `exchange make` wrote");
    let mut reader = csv::Reader::from_path(path).map_err(|error| broken(printable(&error.to_string(), 200)))?;
    let (mut check, mut own) = (String::new(), BTreeMap::<Token, BTreeSet<Own>>::new());
    for record in reader.records() {
        let record = record.map_err(|error| broken(printable(&error.to_string(), 200)))?;
        let [token, subject_id, kind, row] = [0, 1, 2, 3].map(|at| record.get(at).unwrap_or("").to_owned());
        if kind == "check" {
            check = token;
        } else {
            let row = row.parse().map_err(|_| broken(format!("`{}` is no row", printable(&row, 40))))?;
            own.entry(token).or_default().insert(Own { subject_id, kind, row });
        }
    }
    if check.is_empty() { Err(broken("it has no check line".to_owned())) } else { Ok((check, own)) }
}

/// The tokens of the other side, once its sheet is whole and made under the same agreement.
fn sent(path: &Path, check: &str) -> Result<BTreeSet<Token>, Trouble> {
    let text = std::fs::read_to_string(path).map_err(|error| super::cannot("read", path, &error))?;
    let place = || Some(Place::file(path.display().to_string()));
    let torn = |what: &str| Trouble::error("torn-sheet", place(), what.to_owned(), "ask for send.txt again, unchanged");
    let (body, sum) = text.trim_end_matches('\n').rsplit_once('\n').ok_or_else(|| torn("it is too short"))?;
    if !body.starts_with(MARK) || sum.strip_prefix("sha256 ") != Some(&bonafide_facts::digest::sha256(format!("{body}\n").as_bytes())) {
        return Err(torn("its checksum does not fit, or it is no sheet of this version"));
    }
    let theirs = body.lines().find_map(|line| line.strip_prefix("check "));
    if theirs != Some(check) {
        let mend = "agree on the same key, the same --pairing and the same --cost, and make both sheets anew";
        return Err(Trouble::error("no-agreement", place(), "the two sheets were made under different keys, names or costs", mend));
    }
    Ok(body.lines().skip(4).map(str::to_owned).collect())
}
