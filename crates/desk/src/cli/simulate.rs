//! `bonafide simulate`: writes a case folder of invented people with the truth beside it.
//!
//! Must not know how anybody lives: that is the simulator.

use crate::proving::simulate::{self, FAMILIES, GROUPS_HEADER, Plan, SHEETS, TRUTH_HEADER};
use bonafide_facts::Trouble;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `simulate` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many subjects; the last household or crew is finished
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    subjects: u64,
    /// Share of subjects that hide who does the work (0 to 0.5)
    #[arg(long, default_value_t = 0.01)]
    attack_rate: f64,
    /// Share of subjects in honest families that look odd (0 to 0.5); the rest are ordinary people
    #[arg(long, default_value_t = 0.06)]
    lookalike_rate: f64,
    /// How careful the concealed are: 0 careless … 3 leaks nothing but place, payment and graph evidence
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    care: u8,
    /// Only these families, commas between; all when left out (see --list)
    #[arg(long, value_delimiter = ',', value_name = "ID,…")]
    families: Vec<String>,
    /// Seed; the same options give the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Another seed for the names alone: the same people doing the same under other names, for `audit --twin`
    #[arg(long, value_name = "SEED")]
    names: Option<u64>,
    /// Where to write: DIR/case/*.csv, DIR/truth.csv, DIR/groups.csv
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    out: Option<PathBuf>,
    /// List the families, what each leaks, and the source
    #[arg(long)]
    list: bool,
}

/// Writes the world.
///
/// # Errors
/// When an option is out of range or a file cannot be written.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    if args.list {
        super::print(&families_table())?;
        return Ok(ExitCode::from(super::exit::QUIET));
    }
    let Some(out) = &args.out else {
        return Err(Trouble::error("usage", None, "simulate needs a folder to write to", "write --out DIR"));
    };
    let subjects = write(&plan(&args)?, out)?;
    super::print(&format!("wrote {subjects} subjects to {}; the truth is in truth.csv beside them\n", out.join("case").display()))?;
    Ok(ExitCode::from(super::exit::QUIET))
}

/// Writes the world of a plan and says how many subjects it has.
///
/// # Errors
/// When the folder holds a world already or cannot be written.
pub fn write(plan: &Plan, out: &Path) -> Result<usize, Trouble> {
    let case = out.join("case");
    if std::fs::read_dir(&case).is_ok_and(|mut files| files.next().is_some()) || out.join("truth.csv").exists() {
        let place = bonafide_facts::Place::file(out.display().to_string());
        let what = "there is a world or a case folder in it already";
        return Err(Trouble::error("exists", Some(place), what, "name another folder, or remove this one first"));
    }
    let mut folder = Folder::make(out)?;
    let mut subjects = 0;
    simulate::simulate(plan, |block| {
        subjects += block.subjects;
        folder.write(&block)
    })?;
    folder.end()?;
    Ok(subjects)
}

fn plan(args: &Args) -> Result<Plan, Trouble> {
    for (name, rate) in [("attack-rate", args.attack_rate), ("lookalike-rate", args.lookalike_rate)] {
        if !(0.0..=0.5).contains(&rate) {
            return Err(Trouble::error(
                "usage",
                None,
                format!("--{name} {rate} is not a share from 0 to 0.5"),
                "write 0.01 for one in a hundred",
            ));
        }
    }
    let families = simulate::families::chosen(&args.families).map_err(|id| {
        let id = bonafide_facts::text::printable(&id, 60);
        Trouble::error("usage", None, format!("there is no family `{id}`"), "`bonafide simulate --list` names them")
    })?;
    Ok(Plan {
        subjects: usize::try_from(args.subjects).unwrap_or(usize::MAX),
        attack_rate: args.attack_rate,
        lookalike_rate: args.lookalike_rate,
        care: args.care,
        families,
        seed: args.seed,
        names: args.names.unwrap_or(args.seed),
        threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    })
}

/// The files of one world, open for writing.
struct Folder {
    files: Vec<(PathBuf, BufWriter<File>)>,
}

impl Folder {
    fn make(out: &Path) -> Result<Self, Trouble> {
        super::make_folder(&out.join("case"))?;
        let mut folder = Self { files: Vec::new() };
        for (name, columns) in SHEETS {
            folder.open(out.join("case").join(format!("{name}.csv")), &format!("{}\n", columns.join(",")))?;
        }
        folder.open(out.join("truth.csv"), TRUTH_HEADER)?;
        folder.open(out.join("groups.csv"), GROUPS_HEADER)?;
        Ok(folder)
    }

    fn open(&mut self, path: PathBuf, header: &str) -> Result<(), Trouble> {
        let file = File::create(&path).map_err(|error| super::cannot("write", &path, &error))?;
        self.files.push((path, BufWriter::new(file)));
        self.put(self.files.len() - 1, header.as_bytes())
    }

    fn put(&mut self, index: usize, bytes: &[u8]) -> Result<(), Trouble> {
        let (path, file) = &mut self.files[index];
        file.write_all(bytes).map_err(|error| super::cannot("write", path, &error))
    }

    fn write(&mut self, block: &simulate::Block) -> Result<(), Trouble> {
        for (index, text) in block.texts.iter().chain([&block.truth, &block.groups]).enumerate() {
            self.put(index, text)?;
        }
        Ok(())
    }

    fn end(self) -> Result<(), Trouble> {
        for (path, mut file) in self.files {
            file.flush().map_err(|error| super::cannot("write", &path, &error))?;
        }
        Ok(())
    }
}

/// The families as a Markdown table; the guide holds the same text.
#[must_use]
pub fn families_table() -> String {
    let mut text = String::from("| family | hides | what it leaks, and why | source |\n|---|---|---|---|\n");
    for family in FAMILIES {
        let _ = writeln!(text, "| {} | {} | {} | {} |", family.id, if family.attack { "yes" } else { "no" }, family.leaks, family.source);
    }
    text
}
