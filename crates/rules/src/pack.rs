//! A rule pack: one `pack.yml` and its rule files. A refused rule is a trouble; the others stay.
//!
//! Must not know what the pack looks for.

use crate::refuse::{self, RefusedRow};
use crate::rule::{self, Rule};
use crate::yaml::{self, Node};
use bonafide_facts::{Citation, Place, Policy, Severity, Trouble, digest};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Largest pack file, bytes.
const MOST_BYTES: u64 = 1 << 20;
const KEYS: &[&str] = &["id", "title", "version", "about", "policy", "sources", "refused"];

/// A loaded pack.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Short name.
    pub id: String,
    /// What it looks for, in a few words.
    pub title: String,
    /// Version of its content.
    pub version: String,
    /// SHA-256 over all its files; equal digests mean equal judgement.
    pub digest: String,
    /// How findings become a band.
    pub policy: Policy,
    /// Rules that proved well-formed, by id.
    pub rules: Vec<Rule>,
    /// What will never be a rule, and why.
    pub refused: Vec<RefusedRow>,
    /// Documents the pack as a whole rests on.
    pub sources: Vec<Citation>,
    /// Every line of text of the pack, by path, for `rules show`.
    pub files: BTreeMap<String, String>,
}

impl Pack {
    /// Reads a pack from its files (path as shown, text): `pack.yml` and the rules in `rules/`; others are only digested. `None` when
    /// `pack.yml` itself cannot be used.
    #[must_use]
    pub fn load(files: &[(String, String)]) -> (Option<Self>, Vec<Trouble>) {
        let mut troubles = Vec::new();
        let is_head = |path: &str| path.rsplit(['/', '\\']).next() == Some("pack.yml");
        let Some((path, text)) = files.iter().find(|(path, _)| is_head(path)) else {
            troubles.push(Trouble::error("no-pack", None, "the pack has no `pack.yml`", "give the folder that holds it"));
            return (None, troubles);
        };
        let Some(mut pack) = head(path, text, &mut troubles) else { return (None, troubles) };
        let mut sources: Vec<&(String, String)> = files.iter().filter(|(path, _)| is_rule(path)).collect();
        sources.sort();
        for (rule, found) in read_rules(&sources, &pack) {
            troubles.extend(found);
            pack.rules.extend(rule);
        }
        pack.unique(&mut troubles);
        pack.digest = digest_of(files);
        pack.files = files.iter().cloned().collect();
        (Some(pack), troubles)
    }

    /// Reads `pack.yml` and `rules/*.yml` of a folder.
    #[must_use]
    pub fn load_dir(folder: &Path) -> (Option<Self>, Vec<Trouble>) {
        let (mut files, mut troubles) = (Vec::new(), Vec::new());
        let mut paths = vec![folder.join("pack.yml")];
        if let Ok(entries) = std::fs::read_dir(folder.join("rules")) {
            let yaml = |path: &std::path::PathBuf| path.extension().is_some_and(|kind| kind == "yml" || kind == "yaml");
            paths.extend(entries.filter_map(Result::ok).map(|entry| entry.path()).filter(yaml));
        }
        paths.sort();
        for path in paths {
            let shown = path.display().to_string();
            let small = std::fs::metadata(&path).is_ok_and(|about| about.len() <= MOST_BYTES);
            match std::fs::read_to_string(&path) {
                Ok(text) if small => files.push((shown, text)),
                Ok(_) => troubles.push(Trouble::warning(
                    "large-file",
                    Some(Place::file(shown)),
                    "a pack file is larger than 1 MB",
                    "split it: one rule a file",
                )),
                Err(error) => troubles.push(Trouble::warning(
                    "unreadable",
                    Some(Place::file(shown)),
                    format!("cannot be read: {error}"),
                    "check the path and its permissions",
                )),
            }
        }
        let (pack, more) = Self::load(&files);
        troubles.extend(more);
        (pack, troubles)
    }

    /// The rule of that id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Every (table, column) the rules read or need, sorted.
    #[must_use]
    pub fn wants(&self) -> Vec<(String, String)> {
        let mut wants: BTreeSet<(String, String)> = BTreeSet::new();
        for rule in &self.rules {
            wants.extend(rule.planned.wants.iter().map(|(table, column)| ((*table).to_owned(), (*column).to_owned())));
            for need in &rule.needs {
                let (name, column) = need.split_once('.').unwrap_or((need, "subject_id"));
                if bonafide_facts::table(name).is_some_and(|table| table.column(column).is_some()) {
                    wants.insert((name.to_owned(), column.to_owned()));
                }
            }
            for table in &rule.planned.tables {
                let known = bonafide_facts::table(table);
                let any = known.and_then(|known| known.column("subject_id").or(known.columns.first()));
                wants.extend(any.map(|column| ((*table).to_owned(), column.name.to_owned())));
            }
        }
        let read: BTreeSet<String> = wants.iter().map(|(table, _)| table.clone()).collect();
        for (table, columns) in TELL_APART.iter().filter(|(table, _)| read.contains(*table)) {
            wants.extend(columns.iter().map(|column| ((*table).to_owned(), (*column).to_owned())));
        }
        for (table, columns) in ENGINE_READS {
            wants.extend(columns.iter().map(|column| ((*table).to_owned(), (*column).to_owned())));
        }
        wants.into_iter().collect()
    }

    fn unique(&mut self, troubles: &mut Vec<Trouble>) {
        self.rules.sort_by(|left, right| left.id.cmp(&right.id));
        self.rules.dedup_by(|later, earlier| {
            let same = later.id == earlier.id;
            if same {
                let what = format!("rule `{}` is written twice; the first is at {}", later.id, earlier.place);
                troubles.push(Trouble::warning("duplicate-rule", Some(later.place.clone()), what, "rename one"));
            }
            same
        });
    }
}

/// Whether the file lies in a folder named `rules`; other files of a pack (advisory rows, forms) are not for this crate.
fn is_rule(path: &str) -> bool {
    path.rsplit(['/', '\\']).nth(1) == Some("rules")
}

/// Columns that tell two events of one subject and moment apart, whether a rule reads them or not: without them ten payments of one day
/// would look like one payment written ten times.
const TELL_APART: [(&str, &[&str]); 9] = [
    ("accounts", &["account_id"]),
    ("audit_events", &["service", "action", "object", "destination"]),
    ("bids", &["project_id", "document_id"]),
    ("commits", &["sha", "repository"]),
    ("documents", &["document_id"]),
    ("payments", &["payment_id", "transaction", "reference"]),
    ("reviews", &["client_id"]),
    ("shipments", &["item"]),
    ("sign_ins", &["account_id", "service"]),
];

/// What the engine itself reads besides the rules: who there is, what was cleared, what is known of addresses.
const ENGINE_READS: &[(&str, &[&str])] = &[
    ("subjects", &["subject_id", "stage", "name"]),
    ("verifications", &["subject_id", "what", "result", "by", "at"]),
    ("ip_ranges", &["first", "last", "cidr", "country", "asn", "kind", "service", "valid_to"]),
];

type Read = (Option<Rule>, Vec<Trouble>);

/// Reads the rule files on all cores; the order of the answer is that of the files.
fn read_rules(files: &[&(String, String)], pack: &Pack) -> Vec<Read> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Read)>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(files.len().max(1));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some((path, text)) = files.get(index) else { break };
                    let read = read_rule(path, text, files, pack);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((index, read));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, read)| read).collect()
}

/// `sql_of: other-rule` puts the SQL of that rule into this one, to be asked with this one's own `params`. The other must bring its own.
fn with_sql_of(root: &mut yaml::Node, files: &[&(String, String)]) -> Result<(), (u64, String)> {
    let Some((line, id)) = root.get("sql_of").map(|node| (node.line, node.text().unwrap_or_default().to_owned())) else { return Ok(()) };
    if root.get("sql").is_some() {
        return Err((line, "there are both `sql` and `sql_of`".to_owned()));
    }
    let named = |path: &str| path.rsplit(['/', '\\']).next().is_some_and(|name| name.rsplit_once('.').is_some_and(|(stem, _)| stem == id));
    let other = files.iter().find(|(path, _)| named(path)).and_then(|(_, text)| yaml::read(text).ok());
    let Some(sql) = other.as_ref().and_then(|other| other.get("sql")) else {
        return Err((line, format!("`sql_of` names `{id}`, and no rule file of that name has an `sql`")));
    };
    if let yaml::Value::Map(entries) = &mut root.value {
        let sql = yaml::Node { line, value: sql.value.clone() };
        entries.push((yaml::Key { line, text: "sql".to_owned() }, sql));
    }
    Ok(())
}

fn read_rule(path: &str, text: &str, files: &[&(String, String)], pack: &Pack) -> Read {
    let mut root = match yaml::read(text) {
        Ok(root) => root,
        Err(error) => return (None, vec![Trouble::warning("bad-yaml", Some(Place::line(path, error.line)), error.what, "mend the YAML")]),
    };
    if let Err((line, what)) = with_sql_of(&mut root, files) {
        return (
            None,
            vec![Trouble::warning("bad-sql-of", Some(Place::line(path, line)), what, "name a rule of this pack that brings its own `sql`")],
        );
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().build() {
        Ok(runtime) => runtime,
        Err(error) => return (None, vec![Trouble::error("no-runtime", None, error.to_string(), "free some memory or threads")]),
    };
    let read =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(rule::read(path, &root, &pack.policy, &pack.refused))));
    match read {
        Ok(Ok(rule)) => (Some(rule), Vec::new()),
        Ok(Err(troubles)) => (None, troubles),
        Err(_) => (
            None,
            vec![Trouble::warning(
                "planner-panic",
                Some(Place::line(path, root.line)),
                "the SQL planner gave up on this rule",
                "simplify its SQL",
            )],
        ),
    }
}

fn head(path: &str, text: &str, troubles: &mut Vec<Trouble>) -> Option<Pack> {
    let mut say = |severity, code: &str, line: u64, what: String, mend: &str| {
        troubles.push(Trouble::new(severity, code, Some(Place::line(path, line)), what, mend));
    };
    let root = match yaml::read(text) {
        Ok(root) => root,
        Err(error) => {
            say(Severity::Error, "bad-yaml", error.line, error.what, "mend the YAML");
            return None;
        }
    };
    for (key, _) in root.entries().iter().filter(|(key, _)| !KEYS.contains(&key.text.as_str())) {
        say(Severity::Warning, "unknown-key", key.line, format!("pack.yml has the unknown key `{}`", key.text), "remove it");
    }
    let policy = policy(&root).map_err(|(line, what, mend)| say(Severity::Error, "bad-policy", line, what, mend)).ok();
    let (refused, bad) = refuse::read_rows(root.get("refused"));
    bad.into_iter()
        .for_each(|(line, what)| say(Severity::Warning, "bad-refused", line, what, "give id, statement, reason and words or together"));
    let mut sources = Vec::new();
    for item in root.get("sources").map(Node::items).unwrap_or_default() {
        let mut json = item.json();
        if let Some(date) = json.get_mut("date") {
            *date = item.get("date").and_then(Node::text).unwrap_or_default().into();
        }
        match serde_json::from_value::<Citation>(json) {
            Ok(source) => sources.push(source),
            Err(error) => {
                say(Severity::Warning, "bad-citation", item.line, format!("a source cannot be read: {error}"), "give title, by and date")
            }
        }
    }
    let mut word = |key: &str| {
        let text = root.get(key).and_then(Node::text).map(str::to_owned);
        if text.is_none() {
            say(Severity::Error, "missing-key", root.line, format!("pack.yml has no `{key}`"), "fill it");
        }
        text
    };
    let (id, title, version) = (word("id"), word("title"), word("version"));
    Some(Pack {
        id: id?,
        title: title?,
        version: version?,
        digest: String::new(),
        policy: policy?,
        rules: Vec::new(),
        refused,
        sources,
        files: BTreeMap::new(),
    })
}

fn policy(root: &Node) -> Result<Policy, (u64, String, &'static str)> {
    let Some(node) = root.get("policy") else {
        return Err((root.line, "pack.yml has no `policy`".to_owned(), "state base rate, groups and bands"));
    };
    let policy: Policy = serde_json::from_value(node.json())
        .map_err(|error| (node.line, format!("the policy cannot be read: {error}"), "see docs/guides/writing-rules.md"))?;
    let line = |key: &str| node.entries().iter().find(|(name, _)| name.text == key).map_or(node.line, |(name, _)| name.line);
    if policy.base_rate_one_in.is_nan() || policy.base_rate_one_in < 1.0 {
        return Err((line("base_rate_one_in"), "the base rate is less than one in one".to_owned(), "give one in how many, 1 or more"));
    }
    if policy.groups.is_empty() {
        return Err((line("groups"), "the policy names no groups".to_owned(), "name the independence groups"));
    }
    if policy.evidence_rows == 0 || policy.evidence_rows > crate::evidence::MOST_ROWS {
        return Err((
            line("evidence_rows"),
            format!("evidence_rows is not 1 to {}", crate::evidence::MOST_ROWS),
            "give a number in that range",
        ));
    }
    if let Some(group) = policy.escalate.strong_in.iter().find(|group| !policy.groups.contains(group)) {
        return Err((line("escalate"), format!("strong_in names the unknown group `{group}`"), "use the groups of the policy"));
    }
    Ok(policy)
}

/// Independent of the folder the pack lies in and of the order of its files.
fn digest_of(files: &[(String, String)]) -> String {
    let mut parts: Vec<(&str, String)> =
        files.iter().map(|(path, text)| (path.rsplit(['/', '\\']).next().unwrap_or(path), digest::sha256(text.as_bytes()))).collect();
    parts.sort();
    let lines: String = parts.iter().map(|(name, hash)| format!("{name} {hash}\n")).collect();
    digest::sha256(lines.as_bytes())
}
