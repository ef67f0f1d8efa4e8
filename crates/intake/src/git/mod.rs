//! History of local git repositories becomes commits, and the people in it subjects, accounts and identifiers. No network.
//!
//! Must not know what a commit's time or address says about anybody.

mod header;
mod people;

use crate::tally::{NO_COLUMN, Tally, quoted};
use bonafide_facts::tables::did::{Account, Commit};
use bonafide_facts::tables::who::{Identifier, Subject};
use bonafide_facts::text::printable;
use bonafide_facts::{Place, Severity, Trouble};
use gix::ObjectId;
use header::Header;
use people::People;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

/// What to read of each repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitOptions {
    /// Every local and remote branch, not only what HEAD reaches.
    pub all_branches: bool,
    /// Commits in all; the rest is named as left out.
    pub commits: u64,
    /// Bytes of one commit object; a larger one is skipped.
    pub commit_bytes: u64,
}

impl Default for GitOptions {
    fn default() -> Self {
        Self { all_branches: false, commits: 5_000_000, commit_bytes: 4 << 20 }
    }
}

/// Rows read from git, ready to be written out as a case folder. Row ids are 0: they get places when the folder is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GitHistory {
    /// One per author: the key is the canonical form of the author's e-mail.
    pub subjects: Vec<Subject>,
    /// By repository, author time and id.
    pub commits: Vec<Commit>,
    /// One per subject, e-mail as written and name.
    pub accounts: Vec<Account>,
    /// E-mails, GitHub handles and machine names that authors' addresses hold.
    pub identifiers: Vec<Identifier>,
}

/// Reads the history of local repositories (also bare ones, worktrees and shallow clones). A commit in several of them counts once, for the first.
/// `.mailmap` of HEAD says which addresses are one person's. Corrupt commits are troubles, the rest is read.
///
/// # Errors
/// When none of the paths is a repository that can be opened.
pub fn import_git(repositories: &[PathBuf], options: &GitOptions) -> Result<(GitHistory, Vec<Trouble>), Trouble> {
    let mut troubles = Vec::new();
    let mut walk = Walk { options, seen: HashSet::new(), history: GitHistory::default(), people: People::default(), twice: 0 };
    let mut opened = 0;
    let mut names = BTreeSet::new();
    for path in repositories {
        let shown = printable(&path.to_string_lossy(), 200);
        match gix::open_opts(path, gix::open::Options::isolated()) {
            Ok(repository) => {
                opened += 1;
                let mut name = short_name(path);
                if !names.insert(name.clone()) {
                    name.clone_from(&shown);
                    names.insert(shown.clone());
                }
                let mut tally = Tally::new(&shown, 20);
                walk.repository(&repository, &name, &mut tally);
                troubles.extend(tally.finish());
            }
            Err(error) => troubles.push(Trouble::error(
                "no-repository",
                Some(Place::file(&shown)),
                format!("it is no git repository that can be opened: {}", printable(&error.to_string(), 160)),
                "give the folder that holds `.git`, or a bare repository",
            )),
        }
    }
    if opened == 0 {
        return Err(troubles.into_iter().next().unwrap_or_else(|| {
            Trouble::error("nothing-to-read", None, "no repository was given", "give one or more folders with a git repository")
        }));
    }
    if walk.twice > 0 {
        let what = format!("{} commits are in more than one of the repositories: each counts once", walk.twice);
        troubles.push(Trouble::note("commit-twice", None, what, "nothing"));
    }
    Ok((walk.finish(), troubles))
}

/// Name of the folder, without `.git`.
fn short_name(path: &Path) -> String {
    let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = if full.file_name().is_some_and(|name| name == ".git") { full.parent().unwrap_or(&full) } else { &full };
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    printable(name.strip_suffix(".git").unwrap_or(&name), 100)
}

struct Walk<'a> {
    options: &'a GitOptions,
    seen: HashSet<ObjectId>,
    history: GitHistory,
    people: People,
    twice: u64,
}

impl Walk<'_> {
    fn repository(&mut self, repository: &gix::Repository, name: &str, tally: &mut Tally) {
        let mut repository = repository.clone();
        repository.object_cache_size_if_unset(0);
        let mut pending = self.starts(&repository, tally);
        if pending.is_empty() {
            tally.whole(Severity::Note, "empty-repository", "it has no commit that can be reached", "nothing, if that is so");
            return;
        }
        let shallow = shallow_commits(&repository);
        if !shallow.is_empty() {
            let what = format!("it is a shallow clone: what lies before {} commits is not here", shallow.len());
            tally.whole(Severity::Note, "shallow-clone", what, "run `git fetch --unshallow` for the whole history");
        }
        let mailmap = mailmap(&repository);
        self.people.begin(mailmap.as_deref());
        let mut here = HashSet::new();
        while let Some(id) = pending.pop() {
            if !here.insert(id) {
                continue;
            }
            if self.history.commits.len() as u64 >= self.options.commits {
                let most = self.options.commits;
                let what = format!("more than {most} commits: the rest is not read");
                tally.whole(Severity::Warning, "too-many-commits", what, "import fewer repositories at once, or raise the limit");
                return;
            }
            match self.commit(&repository, id, name, tally) {
                Ok(parents) if !shallow.contains(&id) => pending.extend(parents),
                Ok(_) => {}
                Err(what) => tally.warning("bad-commit", 0, NO_COLUMN, || {
                    (format!("commit {id} cannot be read, nor what only it leads to: {what}"), "run `git fsck`, or clone again".to_owned())
                }),
            }
        }
    }

    fn starts(&self, repository: &gix::Repository, tally: &mut Tally) -> Vec<ObjectId> {
        let mut starts = Vec::new();
        match repository.head_id() {
            Ok(id) => starts.push(id.detach()),
            Err(error) => {
                let what = format!("HEAD leads to no commit: {}", printable(&error.to_string(), 120));
                tally.whole(Severity::Note, "no-head", what, "check out a branch, or import all branches");
            }
        }
        if self.options.all_branches
            && let Ok(references) = repository.references()
        {
            for branches in [references.local_branches(), references.remote_branches()].into_iter().flatten() {
                starts.extend(branches.filter_map(Result::ok).filter_map(|branch| branch.try_id().map(gix::Id::detach)));
            }
        }
        starts
    }

    /// Reads one commit; gives its parents.
    fn commit(&mut self, repository: &gix::Repository, id: ObjectId, name: &str, tally: &mut Tally) -> Result<Vec<ObjectId>, String> {
        let clean = |error: &dyn std::fmt::Display| printable(&error.to_string(), 120);
        let size = repository.find_header(id).map_err(|error| clean(&error))?.size();
        if size > self.options.commit_bytes {
            return Err(format!("it has {size} bytes, at most {} are read", self.options.commit_bytes));
        }
        let object = repository.find_object(id).map_err(|error| clean(&error))?;
        if object.kind != gix::object::Kind::Commit {
            return Err(format!("it is a {}", object.kind));
        }
        let header = Header::parse(&object.data)?;
        let parents = header.parents.clone();
        if !self.seen.insert(id) {
            self.twice += 1;
            return Ok(parents);
        }
        let sha = id.to_string();
        if let Some(odd) = header.odd() {
            tally.warning("odd-commit-time", 0, NO_COLUMN, || {
                (format!("commit {sha}: {}", quoted(&odd)), "nothing: the history says so; such an offset is left out".to_owned())
            });
        }
        let refusal = match header.author.at {
            None => Some(format!("its author time {} is no time", quoted(&header.author.time_text))),
            Some(_) if header.author.name.is_empty() && header.author.email.is_empty() => Some("it names no author".to_owned()),
            Some(_) => None,
        };
        if let Some(what) = refusal {
            tally.warning("commit-left-out", 0, NO_COLUMN, || {
                (format!("commit {sha} is left out: {what}"), "nothing: the history says so; its parents are read".to_owned())
            });
            return Ok(parents);
        }
        let subject_id = self.people.meet(&header.author, &header.committer);
        self.history.commits.push(Commit {
            row_id: 0,
            subject_id: Some(subject_id),
            repository: Some(name.to_owned()),
            sha: Some(sha),
            tree: header.tree,
            at: header.author.at,
            committed_at: header.committer.at,
            author_name: Some(header.author.name).filter(|name| !name.is_empty()),
            author_email: Some(header.author.email).filter(|email| !email.is_empty()),
            committer_email: Some(header.committer.email).filter(|email| !email.is_empty()),
            message_hash: header.message_hash,
            patch_id: None,
        });
        Ok(parents)
    }

    fn finish(mut self) -> GitHistory {
        let commits = &mut self.history.commits;
        commits.sort_by(|left, right| {
            let key = |commit: &Commit| commit.at;
            left.repository.cmp(&right.repository).then_with(|| key(left).cmp(&key(right))).then_with(|| left.sha.cmp(&right.sha))
        });
        self.people.rows(&mut self.history);
        self.history
    }
}

fn shallow_commits(repository: &gix::Repository) -> HashSet<ObjectId> {
    repository.shallow_commits().ok().flatten().map(|commits| commits.iter().copied().collect()).unwrap_or_default()
}

/// The text of `.mailmap` at HEAD, when there is one of at most 1 MiB.
fn mailmap(repository: &gix::Repository) -> Option<String> {
    let tree = repository.head_tree().ok()?;
    let entry = tree.find_entry(".mailmap")?;
    if repository.find_header(entry.oid()).ok()?.size() > 1 << 20 {
        return None;
    }
    let blob = repository.find_object(entry.oid()).ok()?;
    Some(String::from_utf8_lossy(&blob.data).into_owned())
}
