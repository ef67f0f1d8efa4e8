//! Rows per core-second of a large case folder, and commits per second of a large history: `cargo bench -p bonafide-intake`.
//! `cargo bench -p bonafide-intake -- transfers PATH` reads transfers and hands them to nobody.
//! `cargo bench -p bonafide-intake -- PATH` reads a case folder or roster instead and prints what intake made of it.

use bonafide_facts::tables::did::SignIn;
use bonafide_intake::chain::{ChainOptions, read_transfers};
use bonafide_intake::{GitOptions, ReadOptions, Wants, import_git, read_case};
use cpu_time::ProcessTime;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

const SIGN_INS: usize = 2_000_000;
const SUBJECTS: usize = 10_000;
const COMMITS: usize = 100_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if let [what, path] = &words[..]
        && what == "transfers"
    {
        transfers(path.as_ref());
        return Ok(());
    }
    if let Some(path) = words.first() {
        show(path.as_ref());
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let csv = folder.path().join("csv");
    std::fs::create_dir(&csv)?;
    write_csv(&csv)?;
    println!("{:<28} {:>10} {:>9} {:>14}", "what", "rows", "CPU s", "rows/core-s");
    measure("sign_ins.csv, all columns", &csv, &Wants::all());
    let few = Wants::only([("sign_ins", "ip"), ("sign_ins", "outcome"), ("sign_ins", "country")]);
    measure("sign_ins.csv, 5 columns", &csv, &few);
    let parquet = folder.path().join("parquet");
    std::fs::create_dir(&parquet)?;
    std::fs::copy(csv.join("subjects.csv"), parquet.join("subjects.csv"))?;
    write_parquet(&csv, &parquet)?;
    measure("sign_ins.parquet, all", &parquet, &Wants::all());
    measure("sign_ins.parquet, 5 columns", &parquet, &few);
    let repository = folder.path().join("repository");
    if write_repository(&repository) {
        let started = ProcessTime::now();
        let (history, troubles) = import_git(&[repository], &GitOptions::default())?;
        report("git history", history.commits.len(), started);
        println!("  {} people, {} troubles", history.subjects.len(), troubles.len());
    } else {
        println!("git history: skipped, the `git` program is not here to make one");
    }
    Ok(())
}

fn transfers(path: &Path) {
    let (started, mut rows) = (ProcessTime::now(), 0);
    let mut sink = |transfer: &bonafide_facts::RawTransfer<'_>| rows += usize::from(transfer.amount > 0);
    match read_transfers(path, &mut bonafide_facts::Files::default(), &ChainOptions::default(), &mut sink) {
        Ok(read) => read.troubles.iter().for_each(|trouble| println!("{trouble}")),
        Err(trouble) => println!("{trouble}"),
    }
    report("transfers", rows, started);
}

fn report(what: &str, rows: usize, started: ProcessTime) {
    let seconds = started.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss)]
    let rate = rows as f64 / seconds;
    println!("{what:<28} {rows:>10} {seconds:>9.2} {rate:>14.0}");
}

fn measure(what: &str, folder: &Path, wants: &Wants) {
    let started = ProcessTime::now();
    match read_case(folder, &[], wants, &ReadOptions::default(), &mut |_| {}) {
        Ok(read) => report(what, read.tables.get("sign_ins").map_or(0, |data| data.rows()), started),
        Err(trouble) => println!("{trouble}"),
    }
}

fn show(path: &Path) {
    match read_case(path, &[], &Wants::all(), &ReadOptions::default(), &mut |_| {}) {
        Ok(read) => {
            for input in &read.inputs {
                println!("{} -> {:?}: {} rows, {} skipped, {} bytes", input.path, input.table, input.rows, input.skipped, input.bytes);
            }
            read.mappings
                .iter()
                .for_each(|mapping| println!("{}: {} -> {}.{}", mapping.file, mapping.header, mapping.table, mapping.column));
            read.troubles.iter().for_each(|trouble| println!("[{}] {trouble}", trouble.code));
            read.tables.iter().for_each(|data| println!("{}: {} rows", data.table.name, data.rows()));
        }
        Err(trouble) => println!("{trouble}"),
    }
}

fn write_csv(folder: &Path) -> std::io::Result<()> {
    let mut subjects = String::from("subject_id,name,claimed_country\n");
    for subject in 0..SUBJECTS {
        let _ = writeln!(subjects, "s{subject},Person {subject},DE");
    }
    std::fs::write(folder.join("subjects.csv"), subjects)?;
    let mut file = std::io::BufWriter::new(std::fs::File::create(folder.join("sign_ins.csv"))?);
    writeln!(
        file,
        "subject_id,account_id,service,at,ip,device_id,user_agent,client_timezone,outcome,country,latitude,longitude,asn,rtt_ms"
    )?;
    for row in 0..SIGN_INS {
        let (subject, minute, second) = (row % SUBJECTS, row / 60 % 60, row % 60);
        let (day, hour) = (row / 80_000 % 28 + 1, row / 3600 % 24);
        writeln!(
            file,
            "s{subject},a{subject},portal,2026-01-{day:02}T{hour:02}:{minute:02}:{second:02}+01:00,203.0.{}.{},device-{subject:08x}-{},\
             \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\",Europe/Berlin,success,DE,52.{},13.{},{},{}.5",
            subject % 256,
            row % 256,
            row % 3,
            row % 1000,
            row % 997,
            64_496 + row % 16,
            row % 90,
        )?;
    }
    file.flush()
}

fn write_parquet(from: &Path, to: &Path) -> Result<(), Box<dyn std::error::Error>> {
    use bonafide_facts::TableRow as _;
    let read = read_case(from, &[], &Wants::all(), &ReadOptions::default(), &mut |_| {})?;
    let file = std::fs::File::create(to.join("sign_ins.parquet"))?;
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, SignIn::TABLE.schema(), None)?;
    for batch in read.tables.get("sign_ins").into_iter().flat_map(|data| &data.batches) {
        writer.write(batch)?;
    }
    writer.close()?;
    Ok(())
}

/// A history of one branch, made with `git fast-import`; false without `git`.
fn write_repository(path: &Path) -> bool {
    let git = |words: &[&str]| {
        std::process::Command::new("git").args(words).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null()).spawn()
    };
    let shown = path.to_string_lossy();
    if !git(&["init", "-q", "--bare", "-b", "main", &shown]).and_then(|mut child| child.wait()).is_ok_and(|status| status.success()) {
        return false;
    }
    let Ok(mut child) = git(&["--git-dir", &shown, "fast-import", "--quiet"]) else { return false };
    let mut text = String::new();
    for commit in 0..COMMITS {
        let (person, at) = (commit % 300, 1_500_000_000 + commit * 600);
        let message = format!("change number {commit}");
        let _ = write!(
            text,
            "commit refs/heads/main\nauthor Person {person} <person{person}@example.org> {at} +0{}00\ncommitter Person {person} <person{person}@example.org> {at} +0000\ndata {}\n{message}\nM 100644 inline file{}.txt\ndata 8\n{commit:08}\n\n",
            person % 10,
            message.len(),
            commit % 50,
        );
    }
    let written = child.stdin.take().is_some_and(|mut stdin| stdin.write_all(text.as_bytes()).is_ok());
    written && child.wait().is_ok_and(|status| status.success())
}
