//! `bonafide doctor`: what this installation has, and whether the bundled pack still proves itself.

use bonafide_facts::Trouble;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `doctor` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A pack folder instead of the bundled one
    #[arg(long)]
    pack: Option<PathBuf>,
}

/// Prints the state; exit code 1 when a rule fails to prove itself.
///
/// # Errors
/// When the pack holds nothing usable.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let (pack, troubles) = crate::embedded::pack(args.pack.as_deref())?;
    let proofs = bonafide_rules::prove(&pack, crate::run::names());
    let failed = proofs.iter().filter(|proof| !proof.ok).count();
    let mut text = String::new();
    let _ = writeln!(text, "bonafide {} · {} tables", env!("CARGO_PKG_VERSION"), crate::embedded::table_count());
    let _ = writeln!(text, "pack {} {} · {} rules · {} cases proved, {failed} failed", pack.id, pack.version, pack.rules.len(), proofs.len() - failed);
    let _ = writeln!(text, "pack digest {}", pack.digest);
    for source in crate::embedded::reference() {
        if let bonafide_intake::Source::Bytes { name, bytes } = source {
            let _ = writeln!(text, "{name} · {} lines · {}", bytes.iter().filter(|byte| **byte == b'\n').count(), &bonafide_facts::digest::sha256(&bytes)[..16]);
        }
    }
    let _ = writeln!(text, "network: no command but `lists update` uses it");
    for trouble in &troubles {
        let _ = writeln!(text, "{trouble}");
    }
    super::print(&text)?;
    Ok(ExitCode::from(if failed > 0 || !troubles.is_empty() { super::exit::ERROR } else { super::exit::QUIET }))
}
