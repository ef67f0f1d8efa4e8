//! Finds which files of a case folder hold which table.
//!
//! Must not know what is in a file. Nothing outside the folder is ever opened.

use crate::open::Content;
use crate::options::ReadLimits;
use bonafide_facts::text::printable;
use bonafide_facts::{Origin, Place, Table, Trouble, nearest_table, table};
use std::path::Path;

/// A file to read.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Path relative to the folder, `/` between, printable.
    pub name: String,
    /// Its bytes.
    pub content: Content,
    /// The table it holds.
    pub table: &'static Table,
    /// Its form, by name.
    pub form: Form,
}

/// The form of a file by its name's ending (compression is told by content).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Csv,
    Json,
    Parquet,
}

impl Form {
    /// Of a file name, with `.gz` and `.zst` taken off: (stem, form).
    pub(crate) fn of(name: &str) -> Option<(String, Self)> {
        let lower = name.to_ascii_lowercase();
        let plain =
            lower.strip_suffix(".gz").or_else(|| lower.strip_suffix(".zst")).or_else(|| lower.strip_suffix(".zstd")).unwrap_or(&lower);
        let (stem, ending) = plain.rsplit_once('.')?;
        let form = match ending {
            "csv" | "tsv" | "psv" | "txt" => Self::Csv,
            "jsonl" | "ndjson" | "json" => Self::Json,
            "parquet" | "pq" => Self::Parquet,
            _ => return None,
        };
        Some((stem.to_owned(), form))
    }
}

/// The files of a folder, subjects first, then in documented order of the tables, then by name.
pub(crate) fn find(root: &Path, limits: &ReadLimits) -> (Vec<Found>, Vec<Trouble>) {
    let mut walk = Walk { root, limits, found: Vec::new(), troubles: Vec::new(), canonical: root.canonicalize().ok(), full: false };
    walk.folder(root, "", None, 0);
    let rank = |found: &Found| bonafide_facts::TABLES.iter().position(|table| table.name == found.table.name);
    walk.found.sort_by(|left, right| rank(left).cmp(&rank(right)).then_with(|| left.name.cmp(&right.name)));
    (walk.found, walk.troubles)
}

struct Walk<'a> {
    root: &'a Path,
    limits: &'a ReadLimits,
    found: Vec<Found>,
    troubles: Vec<Trouble>,
    canonical: Option<std::path::PathBuf>,
    full: bool,
}

impl Walk<'_> {
    fn warn(&mut self, code: &str, shown: &str, what: impl Into<String>, mend: impl Into<String>) {
        self.troubles.push(Trouble::warning(code, Some(Place::file(shown)), what, mend));
    }

    fn folder(&mut self, path: &Path, shown: &str, table: Option<&'static Table>, depth: usize) {
        let entries = match std::fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => {
                let shown = if shown.is_empty() { printable(&self.root.to_string_lossy(), 200) } else { shown.to_owned() };
                return self.warn("unreadable-file", &shown, format!("the folder cannot be read: {error}"), "check its permissions");
            }
        };
        let mut names: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.file_name()).collect();
        names.sort();
        for name in names {
            let text = printable(&name.to_string_lossy(), 200);
            let shown = if shown.is_empty() { text.clone() } else { format!("{shown}/{text}") };
            self.entry(&path.join(&name), &text, &shown, table, depth);
        }
    }

    fn entry(&mut self, path: &Path, name: &str, shown: &str, table_above: Option<&'static Table>, depth: usize) {
        if is_ignored(name) {
            return;
        }
        if name.to_ascii_lowercase().starts_with("truth.") {
            self.troubles.push(Trouble::note(
                "truth-not-read",
                Some(Place::file(shown)),
                "the known truth of a test world is never read",
                "nothing",
            ));
            return;
        }
        let inside = path.canonicalize().ok().zip(self.canonical.as_ref()).is_some_and(|(path, root)| path.starts_with(root));
        if !inside {
            return self.warn(
                "link-outside",
                shown,
                "it leads outside the folder, or nowhere: it is not read",
                "copy the file into the folder",
            );
        }
        let Ok(meta) = path.metadata() else {
            return self.warn("unreadable-file", shown, "it cannot be read", "check its permissions");
        };
        if meta.is_dir() {
            self.sub_folder(path, name, shown, table_above, depth);
        } else if meta.is_file() {
            self.file(path, name, shown, table_above);
        } else {
            self.warn("unreadable-file", shown, "it is neither a file nor a folder: it is not read", "leave it out");
        }
    }

    fn sub_folder(&mut self, path: &Path, name: &str, shown: &str, table_above: Option<&'static Table>, depth: usize) {
        if path.is_symlink() {
            return self.warn("link-outside", shown, "it is a link to a folder: it is not followed", "copy the folder");
        }
        let Some(table) = table_above.or_else(|| table(&name.to_ascii_lowercase())) else {
            let near = nearest_table(name);
            return self.warn(
                "unknown-file",
                shown,
                "no table has this name: the folder is not read",
                format!("did you mean `{near}`? See `bonafide tables`"),
            );
        };
        if depth >= self.limits.depth {
            let depth = self.limits.depth;
            return self.warn(
                "too-deep",
                shown,
                format!("it lies more than {depth} folders deep: it is not read"),
                "put the files higher up",
            );
        }
        if !self.refuse_derived(table, shown) {
            self.folder(path, shown, Some(table), depth + 1);
        }
    }

    fn refuse_derived(&mut self, table: &Table, shown: &str) -> bool {
        let derived = table.origin == Origin::Derived;
        if derived {
            let what = format!("`{}` is made by the engine and never read from outside", table.name);
            self.warn("derived-file", shown, what, "take the file out of the folder");
        }
        derived
    }

    fn file(&mut self, path: &Path, name: &str, shown: &str, table_above: Option<&'static Table>) {
        let by_name = Form::of(name);
        let stem = by_name.as_ref().map_or_else(|| name.split('.').next().unwrap_or(name).to_ascii_lowercase(), |(stem, _)| stem.clone());
        let Some(table) = table_above.or_else(|| table(&stem)) else {
            let near = nearest_table(&stem);
            return self.warn(
                "unknown-file",
                shown,
                "no table has this name: the file is not read",
                format!("did you mean `{near}`? See `bonafide tables`"),
            );
        };
        if self.refuse_derived(table, shown) {
            return;
        }
        let Some((_, form)) = by_name else {
            let what = "its ending says no form that is read (csv, tsv, jsonl, parquet; csv and jsonl also with .gz or .zst)";
            return self.warn("unknown-form", shown, what, format!("save it as {}.csv", table.name));
        };
        if self.found.len() >= self.limits.files {
            if !self.full {
                let most = self.limits.files;
                self.warn(
                    "too-many-files",
                    shown,
                    format!("a case folder has at most {most} files: this and later ones are not read"),
                    "join files",
                );
            }
            self.full = true;
            return;
        }
        self.found.push(Found { name: shown.to_owned(), content: Content::Path(path.to_owned()), table, form });
    }
}

/// Files that lie beside the tables and are none: hidden ones, notes, what earlier runs wrote, ignore lists.
fn is_ignored(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is = |ending: &str| std::path::Path::new(&lower).extension().is_some_and(|extension| extension == ending);
    lower.starts_with(['.', '_', '~'])
        || lower.starts_with("readme")
        || lower.starts_with("bonafide.")
        || is("md")
        || ["manifest.json", "license", "license.txt", "report", "report.html", "report.json", "report.jsonl", "report.csv", "report.txt"]
            .contains(&lower.as_str())
}
