//! Lists the adapters of `adapters/*.yml` for the program to embed, so that an adapter is one YAML file and its sample.
//!
//! Must not know what an adapter says.

use std::fmt::Write as _;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../adapters").canonicalize()?;
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = std::fs::read_dir(&folder)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.sort();
    let mut list = String::from("/// (file name, text) of each adapter, by name.\nconst EMBEDDED: &[(&str, &str)] = &[\n");
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "yml")) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name != "roster.yml" && name != "headers.yml" {
            let _ = writeln!(list, "    ({name:?}, include_str!({:?})),", file.display().to_string());
        }
    }
    list.push_str("];\n");
    let out = std::env::var("OUT_DIR").map_err(std::io::Error::other)?;
    std::fs::write(Path::new(&out).join("adapters.rs"), list)
}
