//! Everything that is tested from outside: the command as users run it, the worlds, and the shape of the tree.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod docs;
mod hostile;
mod link;
mod lists;
mod neutral;
mod proving;
mod thefts;
mod tidy;
mod verbs;
mod worlds;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the tree.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Runs `bonafide` from the root of the tree.
fn bonafide(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bonafide")).args(args).current_dir(root()).output().unwrap()
}

/// What it wrote to standard output.
fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it wrote to standard error.
fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The lines of `--format jsonl` for a folder, by subject.
fn judged(folder: &Path, more: &[&str]) -> std::collections::BTreeMap<String, serde_json::Value> {
    let folder = folder.to_str().unwrap();
    let args = [&["check", folder, "--format", "jsonl", "--exit-zero"], more].concat();
    let output = bonafide(&args);
    assert!(output.status.success(), "check {folder} failed:\n{}", err(&output));
    let lines = out(&output);
    let subjects = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    subjects.map(|subject| (subject["subject_id"].as_str().unwrap().to_owned(), subject)).collect()
}
