//! Histories made with the `git` program; skipped, and said so, where it is absent.

use bonafide_intake::{GitOptions, import_git};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

fn git(folder: &Path, words: &[&str], input: &str) -> bool {
    let child =
        Command::new("git").arg("-C").arg(folder).args(words).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    child.is_ok_and(|mut child| child.stdin.take().unwrap().write_all(input.as_bytes()).is_ok() && child.wait().unwrap().success())
}

const HISTORY: &str = include_str!("../../../../fixtures/intake-git/history.txt");

fn repository(bare: bool) -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let init: &[&str] = if bare { &["init", "-q", "--bare", "-b", "main"] } else { &["init", "-q", "-b", "main"] };
    if !git(folder.path(), init, "") {
        eprintln!("skipped: the `git` program is not here to make a history");
        return None;
    }
    assert!(git(folder.path(), &["fast-import", "--quiet", "--date-format=raw-permissive"], HISTORY), "fast-import");
    Some(folder)
}

#[test]
fn a_history_becomes_rows() {
    let Some(folder) = repository(false) else { return };
    let (history, troubles) = import_git(&[folder.path().to_owned()], &GitOptions::default()).unwrap();
    let mut text = String::new();
    for commit in &history.commits {
        let at = commit.at.map(|at| at.to_string()).unwrap_or_default();
        text += &format!(
            "commit {:?} {at} {:?} {:?} {:?}\n",
            commit.subject_id,
            commit.author_name,
            commit.author_email,
            commit.message_hash.is_some()
        );
    }
    for account in &history.accounts {
        text += &format!("account {:?} {:?} {:?}\n", account.subject_id, account.handle, account.display_name);
    }
    for identifier in &history.identifiers {
        text += &format!("identifier {:?} {:?} {:?}\n", identifier.subject_id, identifier.kind, identifier.value);
    }
    for trouble in &troubles {
        text += &format!("{} {}\n", trouble.code, trouble.mend);
    }
    insta::assert_snapshot!("git-history", text);
}

#[test]
fn bare_twice_and_corrupt_repositories_are_read_as_far_as_they_go() {
    let (Some(bare), Some(other)) = (repository(true), repository(false)) else { return };
    let paths = [bare.path().to_owned(), other.path().to_owned(), bare.path().join("refs/heads")];
    let (history, troubles) = import_git(&paths, &GitOptions::default()).unwrap();
    let codes: Vec<&str> = troubles.iter().map(|trouble| trouble.code.as_str()).collect();
    assert!(codes.contains(&"commit-twice") && codes.contains(&"no-repository"), "{codes:?}");
    let (alone, _) = import_git(&paths[..1], &GitOptions::default()).unwrap();
    assert_eq!(history.commits.len(), alone.commits.len());
    // Late in the history: what lies before it cannot be reached any more.
    let sha =
        alone.commits.iter().find(|commit| commit.author_name.as_deref() == Some("ada")).and_then(|commit| commit.sha.clone()).unwrap();
    let object = bare.path().join("objects").join(&sha[..2]).join(&sha[2..]);
    std::fs::remove_file(&object).expect("a small history lies in loose objects");
    std::fs::write(&object, b"no object").unwrap();
    let (damaged, troubles) = import_git(&paths[..1], &GitOptions::default()).unwrap();
    assert!(damaged.commits.len() < alone.commits.len() && troubles.iter().any(|trouble| trouble.code == "bad-commit"), "{troubles:?}");
}

#[test]
fn no_repository_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(import_git(&[folder.path().to_owned()], &GitOptions::default()).unwrap_err().code, "no-repository");
}
