//! The shape of the tree: arrows between crates, head comments, file sizes, names. Exceptions may only shrink.

use crate::root;
use std::path::PathBuf;

/// Files over 500 lines that are still to be split: path and the length they may not exceed.
const TOO_LONG: &[(&str, usize)] = &[];

fn rust_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(files.len() > 50, "the tidy test found no tree to look at");
    files
}

#[test]
fn every_file_opens_with_what_it_does_and_stays_short() {
    let root = root();
    let mut wrong = Vec::new();
    for path in rust_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(&root).unwrap().display().to_string();
        if !text.starts_with("//!") {
            wrong.push(format!("{shown}:1: does not open with `//!`"));
        }
        let lines = text.lines().count();
        let allowed = TOO_LONG.iter().find(|(file, _)| *file == shown).map_or(500, |(_, lines)| *lines);
        if lines > allowed {
            wrong.push(format!("{shown}: {lines} lines, {allowed} allowed"));
        }
        let stem = path.file_stem().unwrap().to_str().unwrap();
        if ["utils", "util", "common", "helpers", "helper", "manager", "misc"].contains(&stem) {
            wrong.push(format!("{shown}: say what it is, not `{stem}`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (file, _) in TOO_LONG {
        let lines = std::fs::read_to_string(root.join(file)).map_or(0, |text| text.lines().count());
        assert!(lines > 500, "{file} is short enough now: take it off the list");
    }
}

#[test]
fn the_star_keeps_its_arrows() {
    let middle = ["intake", "resolve", "trace", "rules", "assess"];
    for name in middle.iter().chain(&["facts", "desk"]) {
        let text = std::fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
        let (mut section, mut ours, mut engine) = (String::new(), Vec::new(), false);
        for line in text.lines() {
            if line.starts_with('[') {
                section = line.to_owned();
            } else if section == "[dependencies]" {
                ours.extend(line.split_once('=').and_then(|(key, _)| key.trim().strip_prefix("bonafide-")).map(str::to_owned));
                engine |= line.starts_with("datafusion");
            }
        }
        ours.sort();
        let allowed: Vec<String> = match *name {
            "facts" => Vec::new(),
            "desk" => {
                let mut all: Vec<String> = middle.iter().map(|name| (*name).to_owned()).chain(["facts".to_owned()]).collect();
                all.sort();
                all
            }
            _ => vec!["facts".to_owned()],
        };
        assert_eq!(ours, allowed, "crates/{name}/Cargo.toml: arrows");
        assert_eq!(engine, *name == "rules", "crates/{name}/Cargo.toml: DataFusion belongs in `rules` alone");
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let mut wrong = Vec::new();
    for manifest in std::iter::once(root().join("Cargo.toml")).chain(
        ["facts", "intake", "resolve", "trace", "rules", "assess", "desk"].map(|name| root().join("crates").join(name).join("Cargo.toml")),
    ) {
        let text = std::fs::read_to_string(&manifest).unwrap();
        let (mut inside, mut reason) = (false, false);
        for (number, line) in text.lines().enumerate() {
            if line.starts_with('[') {
                inside = line.contains("dependencies");
                reason = false;
            } else if line.starts_with('#') {
                reason = true;
            } else if line.trim().is_empty() {
                reason = false;
            } else if inside
                && line.contains('=')
                && !line.starts_with("bonafide-")
                && !line.starts_with(' ')
                && !line.contains("workspace")
                && !reason
            {
                wrong.push(format!("{}:{}: `{line}` has no reason above it", manifest.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
