//! The people of a history: who wrote under which addresses and names.
//!
//! Must not know commits. Two addresses are one person only when `.mailmap` or their canonical form says so.

use super::GitHistory;
use super::header::Person;
use bonafide_facts::cell::Time;
use bonafide_facts::digest::short_id;
use bonafide_facts::identifier::{canonical, email};
use bonafide_facts::tables::did::Account;
use bonafide_facts::tables::who::{Identifier, Subject};
use std::collections::{BTreeMap, HashMap};

/// Endings of host names that name a machine and no mail domain. Source: RFC 6762 (`.local`), RFC 8375 (`.home.arpa`), ICANN 2024 (`.internal`), and
/// the defaults of common routers.
const MACHINE_ENDINGS: &[&str] = &[".local", ".lan", ".localdomain", ".home", ".home.arpa", ".internal", ".fritz.box", ".(none)"];
/// GitHub's private addresses: `handle@` or `number+handle@`. Source: GitHub Docs, "Setting your commit email address".
const GITHUB_PRIVATE: &str = "users.noreply.github.com";

#[derive(Debug, Default)]
struct Someone {
    name: String,
    first: Option<Time>,
    /// (kind, value) -> first seen, last seen.
    identifiers: BTreeMap<(&'static str, String), (Time, Time)>,
    /// (e-mail as written, name) -> first seen.
    accounts: BTreeMap<(String, String), Time>,
}

/// Everybody met so far.
#[derive(Debug, Default)]
pub(crate) struct People {
    all: BTreeMap<String, Someone>,
    /// E-mail as written, lower case -> proper e-mail, of the current repository.
    mailmap: HashMap<String, String>,
    keys: HashMap<String, String>,
}

impl People {
    /// Starts a repository with its mailmap.
    pub(crate) fn begin(&mut self, mailmap: Option<&str>) {
        self.mailmap.clear();
        self.keys.clear();
        for line in mailmap.unwrap_or_default().lines() {
            let line = line.split('#').next().unwrap_or_default();
            let mut emails = line.split('<').skip(1).filter_map(|part| part.split('>').next()).map(|email| email.trim().to_lowercase());
            if let (Some(proper), Some(written)) = (emails.next(), emails.next()) {
                self.mailmap.insert(written, proper);
            }
        }
    }

    /// Notes the author of one commit; gives the subject's key. The committer counts only when it is the same person by name.
    pub(crate) fn meet(&mut self, author: &Person, committer: &Person) -> String {
        let key = self.key(author);
        let at = author.at.unwrap_or_default();
        let someone = self.all.entry(key.clone()).or_default();
        if someone.first.is_none_or(|first| at < first) {
            someone.first = Some(at);
            someone.name.clone_from(&author.name);
        }
        someone.note(author, at);
        if committer.name == author.name && committer.email != author.email {
            someone.note(committer, at);
        }
        key
    }

    fn key(&mut self, author: &Person) -> String {
        if let Some(key) = self.keys.get(&author.email).filter(|_| !author.email.is_empty()) {
            return key.clone();
        }
        let lower = author.email.to_lowercase();
        let proper = self.mailmap.get(&lower).unwrap_or(&lower);
        let key = canonical("email", proper).unwrap_or_else(|| format!("name:{}", author.name.to_lowercase()));
        if !author.email.is_empty() {
            self.keys.insert(author.email.clone(), key.clone());
        }
        key
    }

    /// Everybody as rows, by key.
    pub(crate) fn rows(self, history: &mut GitHistory) {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        for (key, someone) in self.all {
            history.subjects.push(Subject {
                subject_id: text(&key),
                kind: text("person"),
                name: text(&someone.name),
                created_at: someone.first,
                ..Subject::default()
            });
            for ((email, name), first) in &someone.accounts {
                history.accounts.push(Account {
                    account_id: Some(format!("git-{}", short_id(&[&key, email, name]))),
                    subject_id: text(&key),
                    service: text("git"),
                    handle: text(email),
                    display_name: text(name),
                    created_at: Some(*first),
                    ..Account::default()
                });
            }
            for ((kind, value), (first, last)) in &someone.identifiers {
                history.identifiers.push(Identifier {
                    subject_id: text(&key),
                    kind: text(kind),
                    value: text(value),
                    source: text("commit"),
                    valid_from: Some(*first),
                    valid_to: Some(*last),
                    ..Identifier::default()
                });
            }
        }
    }
}

impl Someone {
    fn note(&mut self, person: &Person, at: Time) {
        if let Some(first) = self.accounts.get_mut(&(person.email.clone(), person.name.clone())) {
            *first = at.min(*first);
        } else {
            self.accounts.insert((person.email.clone(), person.name.clone()), at);
        }
        for (kind, value) in identifiers(&person.email) {
            let seen = self.identifiers.entry((kind, value)).or_insert((at, at));
            *seen = (at.min(seen.0), at.max(seen.1));
        }
    }
}

/// What an address as written holds: a machine name, a GitHub handle, or a mailbox.
fn identifiers(written: &str) -> Vec<(&'static str, String)> {
    let Some((local, host)) = written.rsplit_once('@').filter(|(local, host)| !local.is_empty() && !host.is_empty()) else {
        return Vec::new();
    };
    let lower = host.to_lowercase();
    if lower == GITHUB_PRIVATE {
        let handle = local.split_once('+').map_or(local, |(_, handle)| handle);
        return vec![("github", handle.to_owned())];
    }
    let bare = lower.trim_end_matches('.');
    if !bare.contains('.') || MACHINE_ENDINGS.iter().any(|ending| bare.ends_with(ending)) {
        // What every machine is called by default names none.
        let anyone = ["localhost", "localhost.localdomain", "localhost.local", "(none)"].contains(&bare);
        return if anyone { Vec::new() } else { vec![("machine_name", host.to_owned())] };
    }
    let domain = email::domain(written).unwrap_or_default();
    if domain.is_empty() { Vec::new() } else { vec![("email", written.to_owned())] }
}
