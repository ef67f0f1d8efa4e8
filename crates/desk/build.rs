//! Puts the pack, the reference wordlists and the forms into the binary, so that `bonafide` is one file and works offline.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    let mut code = String::new();
    for (name, folder) in [("PACK", "packs/concealed-worker"), ("WORDLISTS", "wordlists")] {
        let folder = root.join(folder).canonicalize()?;
        let mut files = Vec::new();
        collect(&folder, &mut files)?;
        files.sort();
        writeln!(code, "/// Files of the bundled `{name}`: path relative to its folder, text.\npub const {name}: &[(&str, &str)] = &[")
            .map_err(std::io::Error::other)?;
        for file in files {
            let shown = file.strip_prefix(&folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            writeln!(code, "    ({shown:?}, include_str!({:?})),", file.display().to_string()).map_err(std::io::Error::other)?;
        }
        writeln!(code, "];").map_err(std::io::Error::other)?;
    }
    let out = PathBuf::from(std::env::var("OUT_DIR").unwrap_or_default());
    std::fs::write(out.join("embedded.rs"), code)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ["yml", "csv", "md", "txt", "tsv"].iter().any(|known| ending == *known)) {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    Ok(())
}
