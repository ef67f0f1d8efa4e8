//! The pack and the reference wordlists that ship inside the binary, and how a user's own replace them.
//!
//! Must not know what a rule or a wordlist says.

use bonafide_facts::{TABLES, Trouble, table};
use bonafide_intake::Source;
use bonafide_rules::Pack;
use std::path::Path;

mod files {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// Name of the bundled pack's folder.
pub const PACK_NAME: &str = "concealed-worker";

/// The pack in `folder`, or the bundled one. Refused rules are among the troubles; the rest of the pack stays.
///
/// # Errors
/// When nothing of the pack could be used.
pub fn pack(folder: Option<&Path>) -> Result<(Pack, Vec<Trouble>), Trouble> {
    pack_with(folder, None)
}

/// The same with one more rule file, in place of the pack's file of that rule's id when there is one.
///
/// # Errors
/// When nothing of the pack could be used, or the rule file cannot be read.
pub fn pack_with(folder: Option<&Path>, extra: Option<&Path>) -> Result<(Pack, Vec<Trouble>), Trouble> {
    let (pack, troubles) = match (folder, extra) {
        (Some(folder), None) => Pack::load_dir(folder),
        _ => {
            let mut files = rule_files(folder)?;
            if let Some(extra) = extra {
                let text = std::fs::read_to_string(extra).map_err(|error| crate::cli::cannot("read", extra, &error))?;
                let id = text.lines().find_map(|line| line.strip_prefix("id:")).unwrap_or_default().trim().trim_matches('"').to_owned();
                files.retain(|(path, _)| !path.ends_with(&format!("/rules/{id}.yml")));
                files.push((format!("rules/{id}.yml"), text));
            }
            Pack::load(&files)
        }
    };
    match pack {
        Some(pack) => Ok((pack, troubles)),
        None => Err(troubles
            .into_iter()
            .next()
            .unwrap_or_else(|| Trouble::error("no-pack", None, "the pack holds nothing", "give a folder with pack.yml and rules/"))),
    }
}

/// pack.yml and the rule files: path shown, text.
fn rule_files(folder: Option<&Path>) -> Result<Vec<(String, String)>, Trouble> {
    let Some(folder) = folder else {
        let ours = files::PACK.iter().filter(|(path, _)| *path == "pack.yml" || path.starts_with("rules/"));
        return Ok(ours.map(|(path, text)| (format!("packs/{PACK_NAME}/{path}"), (*text).to_owned())).collect());
    };
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| crate::cli::cannot("read", path, &error));
    let rules = folder.join("rules");
    let listed = std::fs::read_dir(&rules).map_err(|error| crate::cli::cannot("read", &rules, &error))?;
    let mut paths: Vec<_> = listed
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "yml"))
        .collect();
    paths.sort();
    paths.insert(0, folder.join("pack.yml"));
    paths.iter().map(|path| Ok((path.display().to_string(), read(path)?))).collect()
}

/// A file of the bundled pack (`forms.yml`), or of the pack in `folder`.
///
/// # Errors
/// When the folder has no such file.
pub fn pack_file(folder: Option<&Path>, name: &str) -> Result<String, Trouble> {
    match folder {
        Some(folder) => std::fs::read_to_string(folder.join(name)).map_err(|error| crate::cli::cannot("read", folder.join(name), &error)),
        None => files::PACK.iter().find(|(path, _)| *path == name).map(|(_, text)| (*text).to_owned()).ok_or_else(|| {
            Trouble::error(
                "no-such-file",
                None,
                format!("the bundled pack has no {name}"),
                "this is a defect of Bonafide: please report it",
            )
        }),
    }
}

/// The wordlists that are reference tables (named after one), for `intake`.
#[must_use]
pub fn reference() -> Vec<Source> {
    files::WORDLISTS
        .iter()
        .filter(|(path, _)| path.strip_suffix(".csv").and_then(table).is_some())
        .map(|(path, text)| Source::Bytes { name: format!("wordlists/{path}"), bytes: text.as_bytes().into() })
        .collect()
}

/// How many tables are declared, for `doctor`.
#[must_use]
pub fn table_count() -> usize {
    TABLES.len()
}
