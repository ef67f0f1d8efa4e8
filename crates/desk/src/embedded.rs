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
    let (pack, troubles) = match folder {
        Some(folder) => Pack::load_dir(folder),
        None => {
            let files: Vec<(String, String)> = files::PACK
                .iter()
                .filter(|(path, _)| *path == "pack.yml" || path.starts_with("rules/"))
                .map(|(path, text)| (format!("packs/{PACK_NAME}/{path}"), (*text).to_owned()))
                .collect();
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
