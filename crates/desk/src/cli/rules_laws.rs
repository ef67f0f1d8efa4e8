//! `bonafide rules prove --laws`: which law which rule breaks, with the smallest case that shows it, and the laws over case folders.
//!
//! Must not know what a law changes.

use crate::run::{Input, Options, Run};
use bonafide_facts::Trouble;
use bonafide_rules::Pack;
use bonafide_rules::laws::{Broken, LAWS, laws_of_cases};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Proves the laws; whether any is broken.
///
/// # Errors
/// When a folder cannot be read.
pub fn run(pack: &Pack, folder_of_pack: Option<&Path>, on: &[PathBuf]) -> Result<bool, Trouble> {
    let broken = laws_of_cases(pack, &crate::run::names())?;
    let mut text = String::new();
    for (law, says) in LAWS {
        let own: Vec<_> = broken.iter().filter(|by| by.broken.law == *law).collect();
        let _ = writeln!(
            text,
            "law `{law}`: {says}: {}",
            if own.is_empty() { "holds".to_owned() } else { format!("{} rules break it", own.len()) }
        );
        for by in own {
            let _ = writeln!(text, "  {} ({} cases), smallest at {} `{}`:\n    {}", by.rule, by.cases, by.place, by.case, told(&by.broken));
        }
    }
    let mut worlds = 0;
    for path in on {
        let options = Options { pack: folder_of_pack.map(Path::to_path_buf), rule_memory: 1024, rule_seconds: 120, ..Options::default() };
        for found in Run::check(&Input { path: path.clone(), options })?.laws()? {
            worlds += 1;
            let _ = writeln!(text, "{}: law `{}`: {} ({})", path.display(), found.law, told(&found), found.rules.join(", "));
        }
    }
    super::print(&text)?;
    Ok(!broken.is_empty() || worlds > 0)
}

fn told(broken: &Broken) -> String {
    format!(
        "{}: {} goes from {:.2} to {:.2} bits",
        broken.change,
        bonafide_facts::text::printable(&broken.subject, 60),
        broken.before,
        broken.after
    )
}
