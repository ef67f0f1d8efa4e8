//! `bonafide trace ADDRESS…`: where a wallet's coin came from and where it went, by which transfers, within which limits.
//!
//! Must not know how coin is followed, nor any file format.

#[path = "trace_input.rs"]
mod input;

use crate::report::flow;
use bonafide_facts::Trouble;
use bonafide_facts::text::printable;
use bonafide_trace::Direction;
use bonafide_trace::answer::{Answer, Question, Ready, Shown};
use bonafide_trace::follow::{Bounds, Method};
use input::Sources;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `trace` takes.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// The wallets asked about
    addresses: Vec<String>,
    /// from (where the coin came from), to (where it went) or both
    #[arg(long, default_value = "both", value_parser = ["from", "to", "both"])]
    direction: String,
    /// table, json, html or dot
    #[arg(long, default_value = "table", value_parser = ["table", "json", "html", "dot"])]
    format: String,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// What tracing always takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Common {
    /// Transfers: a file, or a folder of files, of ethereum-etl, cryo, bitcoin-etl, TRON, Solana, Etherscan, Tronscan or our own; or a
    /// ledger that `trace index` wrote (may be repeated)
    #[arg(long, value_name = "PATH")]
    transfers: Vec<PathBuf>,
    /// Labels: our table, a GraphSense TagPack, an official list, or LANE=FILE for a plain list of addresses (may be repeated)
    #[arg(long, value_name = "[LANE=]PATH")]
    labels: Vec<String>,
    /// Chain of transfers that do not name theirs
    #[arg(long, value_name = "CHAIN")]
    chain: Option<String>,
    /// haircut (in proportion), fifo (first in, first out) or poison (reach only)
    #[arg(long, default_value = "haircut", value_parser = ["haircut", "fifo", "poison"])]
    method: String,
    /// Only transfers and labels as they were then
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<String>,
    /// Transfers looked at for one wallet, asset and direction at most; unless it is given, all of a ledger of up to 2,000,000 transfers, and
    /// 8,000 of a larger one
    #[arg(long, value_name = "N")]
    work: Option<usize>,
    /// Shares below so much of a coin are not followed
    #[arg(long, value_name = "AMOUNT", default_value = "0.000001")]
    floor: String,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Write transfers as a ledger on disk, or add to one
    Index(IndexArgs),
    /// A shortest way of coin from one address to another, and how much of it arrived
    Path(PathArgs),
}

#[derive(Debug, clap::Args)]
struct IndexArgs {
    /// Transfers: files or folders, in order
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The ledger's folder (made when absent; added to when there)
    #[arg(long, value_name = "LEDGER")]
    out: PathBuf,
    /// Chain of transfers that do not name theirs
    #[arg(long, value_name = "CHAIN")]
    chain: Option<String>,
}

#[derive(Debug, clap::Args)]
struct PathArgs {
    /// Where the coin was
    from: String,
    /// Where it may have gone
    to: String,
    /// table or json
    #[arg(long, default_value = "table", value_parser = ["table", "json"])]
    format: String,
    #[command(flatten)]
    common: Common,
}

/// Traces.
///
/// # Errors
/// When nothing can be read, or an argument is no address, time or amount.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    match args.what {
        Some(What::Index(index)) => input::index(&index.paths, &index.out, index.chain.as_deref()),
        Some(What::Path(path)) => way(&path),
        None => wallets(&args),
    }
}

fn wallets(args: &Args) -> Result<ExitCode, Trouble> {
    if args.addresses.is_empty() {
        return Err(Trouble::error("usage", None, "no address was named", "bonafide trace ADDRESS --transfers PATH --labels PATH"));
    }
    let sources = Sources::read(&args.common)?;
    let directions = match args.direction.as_str() {
        "from" => vec![Direction::From],
        "to" => vec![Direction::To],
        _ => vec![Direction::From, Direction::To],
    };
    let answer = ask(&sources, &args.common, args.addresses.clone(), directions)?;
    let text = match args.format.as_str() {
        "json" => json(&answer)?,
        "html" => flow::page(&answer),
        "dot" => flow::dot(&answer),
        _ => flow::table(&answer),
    };
    match &args.out {
        Some(path) => super::write_file(path, text.as_bytes())?,
        None => super::print(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn json(answer: &impl serde::Serialize) -> Result<String, Trouble> {
    let text = serde_json::to_string_pretty(answer);
    text.map(|text| text + "\n").map_err(|error| Trouble::error("json", None, error.to_string(), "this is a defect of Bonafide: please report it"))
}

/// Asks, and prints what could not be done.
fn ask(sources: &Sources, common: &Common, addresses: Vec<String>, directions: Vec<Direction>) -> Result<Answer, Trouble> {
    let method = match common.method.as_str() {
        "fifo" => Method::Fifo,
        "poison" => Method::Poison,
        _ => Method::Haircut,
    };
    let usual = Bounds::for_ledger(sources.ledger.segments.iter().map(bonafide_trace::Segment::len).sum());
    let bounds = Bounds { floor: floor(&common.floor)?, work: common.work.unwrap_or(usual.work), ..usual };
    let question = Question { addresses, directions, method, as_of: input::as_of(common.as_of.as_deref())?, bounds, shown: Shown::default() };
    let (answer, troubles) = Ready::new(&sources.ledger, &sources.labels, &sources.files).ask(&question);
    troubles.iter().for_each(|trouble| eprintln!("{trouble}"));
    Ok(answer)
}

/// An amount in 10^-18 of a coin.
fn floor(text: &str) -> Result<u128, Trouble> {
    let bad = || Trouble::error("usage", None, format!("--floor `{}` is no amount", printable(text, 40)), "write --floor 0.001");
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits(whole) && digits(part) && part.len() <= 18 && whole.len() <= 12 && whole.len() + part.len() > 0) {
        return Err(bad());
    }
    format!("{whole}{part:0<18}").parse().map_err(|_| bad())
}

/// `trace path A B`: B is where the way ends, whatever labels say.
fn way(args: &PathArgs) -> Result<ExitCode, Trouble> {
    let canonical = bonafide_facts::identifier::wallet::canonical;
    if canonical(&args.from) == canonical(&args.to) {
        return Err(Trouble::error("usage", None, "the two addresses are one", "name where the coin was and where it may have gone"));
    }
    let mut sources = Sources::read(&args.common)?;
    for address in [&args.from, &args.to].into_iter().filter(|address| !sources.has(address)) {
        let what = format!("`{}` is in no transfer given", printable(address, 128));
        eprintln!("{}", Trouble::warning("not-found", None, what, "check the address and its chain, or give more transfers"));
    }
    sources.end_at(&args.to);
    let answer = ask(&sources, &args.common, vec![args.from.clone()], vec![Direction::To])?;
    let target = canonical(&args.to);
    let text = if args.format == "json" { json(&flow::Way::of(&answer, &target))? } else { flow::Way::of(&answer, &target).told() };
    super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}
