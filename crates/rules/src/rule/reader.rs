//! Reads one rule file, and refuses it with file:line and mend when it cannot prove itself.
//!
//! Must not know how rules run. The SQL and what hangs on it is read beside.

use super::{Case, Rule};
use crate::plan::Planned;
use crate::refuse;
use crate::template::ParamValue;
use crate::world::World;
use crate::yaml::{Key, Node, Value};
use bonafide_facts::{Band, Citation, Place, Policy, Trouble, Weight};
use std::collections::BTreeMap;

/// Bits beyond which no single rule may go: a likelihood ratio of 4096 is more than any published indicator has.
const MOST_BITS: f64 = 12.0;
const KEYS: &[&str] = &[
    "id",
    "says",
    "cites",
    "group",
    "cause",
    "weight",
    "needs",
    "params",
    "sql",
    "sql_of",
    "innocent",
    "clear",
    "stages",
    "expires_days",
    "cases",
    "covers",
    "exact_listing",
    "cap",
    "shadow",
    "breaks",
];
const STAGES: &[&str] = &["applicant", "contractor", "employee", "vendor", "client", "former"];

/// Reads one rule file.
///
/// # Errors
/// Every reason to refuse it that was found, each with file:line and mend.
pub async fn read(file: &str, root: &Node, policy: &Policy, refused: &[refuse::RefusedRow]) -> Result<Rule, Vec<Trouble>> {
    let mut reader = Reader { file, root, troubles: Vec::new(), id: String::new() };
    let rule = reader.rule(policy, refused).await;
    match rule {
        Some(rule) if reader.troubles.is_empty() => Ok(rule),
        _ => Err(reader.troubles),
    }
}

/// A rule file being read.
pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
    pub(super) root: &'a Node,
    troubles: Vec<Trouble>,
    pub(super) id: String,
}

impl Reader<'_> {
    pub(super) fn refuse(&mut self, code: &str, line: u64, what: &str, mend: impl Into<String>) {
        let what = format!("rule `{}` {what}", self.id);
        self.troubles.push(Trouble::warning(code, Some(Place::line(self.file, line)), what, mend));
    }

    async fn rule(&mut self, policy: &Policy, refused: &[refuse::RefusedRow]) -> Option<Rule> {
        self.id = self.root.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        self.keys();
        self.check_id();
        let says = self.required_text("says", "one sentence that a person understands without the SQL");
        let cites = self.cites();
        let group = self.group(policy);
        let cause = self.cause(policy, &group);
        let weight = self.weight();
        let params = self.params();
        let innocent = self.sentences("innocent", "name at least one innocent explanation");
        let clear = self.sentences("clear", "say what a person does next and what settles it");
        let cases = self.cases();
        let covers = self.covers();
        let stages = self.stages();
        let expires_days = self.whole("expires_days");
        let (exact_listing, shadow) = (self.flag("exact_listing"), self.flag("shadow"));
        let cap = self.cap();
        let breaks = self.breaks();
        let (sql_line, sql, planned) = self.sql(&params).await?;
        let needs = self.needs(&planned);
        let sentence = self.sentence(&says, &params, &planned);
        self.check_cause(cause.is_some(), &planned);
        self.refused_rows(&says, &sql, &planned, refused);
        Some(Rule {
            id: self.id.clone(),
            says,
            cites,
            group,
            cause,
            weight: weight?,
            needs,
            params,
            sql,
            innocent,
            clear,
            stages,
            expires_days,
            cases,
            covers,
            exact_listing,
            cap,
            shadow,
            breaks,
            place: Place::line(self.file, self.root.line),
            sql_line,
            planned,
            sentence,
        })
    }

    fn keys(&mut self) {
        let unknown: Vec<Key> =
            self.root.entries().iter().map(|(key, _)| key.clone()).filter(|key| !KEYS.contains(&key.text.as_str())).collect();
        for key in unknown {
            self.refuse(
                "unknown-key",
                key.line,
                &format!("has the unknown key `{}`", key.text),
                format!("use one of: {}", KEYS.join(", ")),
            );
        }
    }

    pub(super) fn line(&self, key: &str) -> u64 {
        self.root.entries().iter().find(|(name, _)| name.text == key).map_or(self.root.line, |(name, _)| name.line)
    }

    fn check_id(&mut self) {
        let words = self.id.split('-').all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
        if !words {
            self.refuse(
                "bad-id",
                self.line("id"),
                "has no id of lower-case words with `-` between",
                "complete \"flagged for …\", for example `one-device-many-people`",
            );
        }
        let stem = self.file.rsplit(['/', '\\']).next().and_then(|name| name.rsplit_once('.')).map(|(stem, _)| stem.to_owned());
        if stem.is_some_and(|stem| stem != self.id) {
            self.refuse("bad-id", self.line("id"), "is not named like its file", "give file and id one name");
        }
    }

    pub(super) fn required_text(&mut self, key: &str, mend: &str) -> String {
        match self.root.get(key).and_then(Node::text).map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => text.to_owned(),
            None => {
                self.refuse("missing-key", self.line(key), &format!("has no `{key}`"), mend);
                String::new()
            }
        }
    }

    fn cites(&mut self) -> Vec<Citation> {
        let mut cites = Vec::new();
        for item in self.root.get("cites").map(Node::items).unwrap_or_default() {
            let mut json = item.json();
            // a year is a number to YAML and a date to us
            if let Some(date) = json.get_mut("date") {
                *date = item.get("date").and_then(Node::text).unwrap_or_default().into();
            }
            match serde_json::from_value::<Citation>(json) {
                Ok(cite) => cites.push(cite),
                Err(error) => self.refuse(
                    "bad-citation",
                    item.line,
                    &format!("has a citation that cannot be read: {error}"),
                    "give title, by, date, and at or url",
                ),
            }
        }
        if cites.is_empty() {
            self.refuse("no-citation", self.line("cites"), "has no citation", "say where in which published document this sign stands");
        }
        cites
    }

    fn group(&mut self, policy: &Policy) -> String {
        let group = self.required_text("group", "name an independence group of the pack's policy");
        if !group.is_empty() && !policy.groups.contains(&group) {
            self.refuse(
                "unknown-group",
                self.line("group"),
                &format!("names the unknown group `{group}`"),
                format!("use one of: {}", policy.groups.join(", ")),
            );
        }
        group
    }

    fn cause(&mut self, policy: &Policy, group: &str) -> Option<String> {
        let cause = self.root.get("cause").and_then(Node::text)?.to_owned();
        if !policy.groups.contains(&cause) || cause == group {
            self.refuse(
                "unknown-group",
                self.line("cause"),
                &format!("names the cause `{cause}`, which is its own group or none of the policy's"),
                format!("use another one of: {}", policy.groups.join(", ")),
            );
        }
        Some(cause)
    }

    fn check_cause(&mut self, named: bool, planned: &Planned) {
        let told = planned.logical.schema().fields().iter().any(|field| field.name() == "one_cause");
        if named != told {
            self.refuse(
                "bad-cause",
                self.line("cause"),
                "names a `cause` without returning `one_cause`, or returns it without naming one",
                "give both: the group findings of one innocent cause count in, and a true or false for each row; or neither",
            );
        }
    }

    fn weight(&mut self) -> Option<Weight> {
        let line = self.line("weight");
        let form = "give {bits, low, high, basis: expert or measured, from}";
        let Some(node) = self.root.get("weight") else {
            self.refuse("missing-key", line, "has no `weight`", form);
            return None;
        };
        let weight: Weight = match serde_json::from_value(node.json()) {
            Ok(weight) => weight,
            Err(error) => {
                self.refuse("bad-weight", line, &format!("has a weight that cannot be read: {error}"), form);
                return None;
            }
        };
        if !(weight.low <= weight.bits && weight.bits <= weight.high && weight.low.abs() <= MOST_BITS && weight.high.abs() <= MOST_BITS) {
            self.refuse(
                "bad-weight",
                line,
                "has a weight outside its own interval or outside -12 to 12 bits",
                "make low <= bits <= high, within 12 bits",
            );
        }
        if weight.from.trim().is_empty() {
            self.refuse("bad-weight", line, "does not say where its weight comes from", "fill `from`");
        }
        Some(weight)
    }

    fn params(&mut self) -> BTreeMap<String, ParamValue> {
        let mut params = BTreeMap::new();
        let entries = self.root.get("params").map(Node::entries).unwrap_or_default();
        for (key, node) in entries {
            match ParamValue::read(node) {
                Some(value) => drop(params.insert(key.text.clone(), value)),
                None => self.refuse(
                    "bad-param",
                    key.line,
                    &format!("has the parameter `{}` without a value", key.text),
                    "give a number, a text or a list",
                ),
            }
        }
        params
    }

    fn sentences(&mut self, key: &str, mend: &str) -> Vec<String> {
        let texts: Vec<String> = self.texts(key);
        if texts.is_empty() {
            self.refuse("missing-key", self.line(key), &format!("has no `{key}`"), mend);
        }
        texts
    }

    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        let items = self.root.get(key).map(Node::items).unwrap_or_default();
        let texts: Vec<String> =
            items.iter().filter_map(|item| item.text().map(|text| text.trim().to_owned())).filter(|text| !text.is_empty()).collect();
        if let Some(item) = items.iter().find(|item| matches!(item.value, Value::Map(_) | Value::List(_))) {
            self.refuse(
                "bad-text",
                item.line,
                &format!("has something in `{key}` that is not text"),
                "put it in quotes: a `: ` or a leading `[` means something else in YAML",
            );
        }
        texts
    }

    fn covers(&mut self) -> Vec<String> {
        let covers = self.texts("covers");
        for id in covers.iter().filter(|id| !refuse::is_catalogue_id(id)) {
            self.refuse(
                "bad-covers",
                self.line("covers"),
                &format!("covers `{id}`, which is no advisory row or catalogue id"),
                "use ids like P1, C15, O3, MP5, MC4, S1 or ID-002",
            );
        }
        covers
    }

    fn stages(&mut self) -> Vec<String> {
        let stages = self.texts("stages");
        for stage in stages.iter().filter(|stage| !STAGES.contains(&stage.as_str())) {
            self.refuse(
                "bad-stage",
                self.line("stages"),
                &format!("names the unknown stage `{stage}`"),
                format!("use: {}", STAGES.join(", ")),
            );
        }
        stages
    }

    fn whole(&mut self, key: &str) -> Option<u32> {
        let node = self.root.get(key)?;
        let number = node.text().and_then(|text| text.parse().ok()).filter(|days: &u32| (1..=36_525).contains(days));
        if number.is_none() {
            self.refuse("bad-number", node.line, &format!("has an `{key}` that is not a whole number of days"), "give 1 to 36525");
        }
        number
    }

    fn flag(&mut self, key: &str) -> bool {
        let Some(node) = self.root.get(key) else { return false };
        let value = match node.text() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        if value.is_none() {
            self.refuse("bad-flag", node.line, &format!("has a `{key}` that is neither true nor false"), "write true or false");
        }
        value.unwrap_or(false)
    }

    fn cap(&mut self) -> Option<Band> {
        let node = self.root.get("cap")?;
        match node.text() {
            Some("review") => Some(Band::Review),
            Some("note") => Some(Band::Note),
            _ => {
                self.refuse("bad-cap", node.line, "has a `cap` that is neither review nor note", "write review or note, or leave it out");
                None
            }
        }
    }

    fn breaks(&mut self) -> BTreeMap<String, String> {
        let mut breaks = BTreeMap::new();
        for (law, reason) in self.root.get("breaks").map(Node::entries).unwrap_or_default() {
            let known = crate::laws::LAWS.iter().any(|(id, _)| *id == law.text);
            match reason.text().map(str::trim).filter(|reason| known && !reason.is_empty()) {
                Some(reason) => drop(breaks.insert(law.text.clone(), reason.to_owned())),
                None => self.refuse(
                    "bad-breaks",
                    law.line,
                    &format!("may break `{}`, which is no law or has no reason", law.text),
                    format!(
                        "name a law ({}) and why the rule cannot keep it",
                        crate::laws::LAWS.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", ")
                    ),
                ),
            }
        }
        breaks
    }

    fn cases(&mut self) -> Vec<Case> {
        let mut cases: Vec<Case> = Vec::new();
        for item in self.root.get("cases").map(Node::items).unwrap_or_default() {
            if let Some((key, _)) = item.entries().iter().find(|(key, _)| !["name", "fires", "tables", "why"].contains(&key.text.as_str()))
            {
                self.refuse(
                    "unknown-key",
                    key.line,
                    &format!("has a case with the unknown key `{}`", key.text),
                    "a case has name, fires, tables (and why)",
                );
            }
            let name = item.get("name").and_then(Node::text).unwrap_or_default().to_owned();
            if name.is_empty() || item.get("fires").is_none() {
                self.refuse(
                    "bad-case",
                    item.line,
                    "has a case without name or `fires`",
                    "name what it shows and list the subjects that must be flagged (`fires: []` for none)",
                );
            }
            let mut fires: Vec<String> =
                item.get("fires").map(Node::items).unwrap_or_default().iter().filter_map(|id| id.text().map(str::to_owned)).collect();
            fires.sort();
            match World::read(self.file, item.get("tables"), &fires) {
                Ok(world) => cases.push(Case { name, line: item.line, fires, world }),
                Err(bad) => bad
                    .into_iter()
                    .for_each(|(line, what, mend)| self.refuse("bad-case", line, &format!("has a case in which {what}"), mend)),
            }
        }
        let line = self.line("cases");
        if !cases.iter().any(|case| !case.fires.is_empty()) {
            self.refuse("no-firing-case", line, "has no case that fires", "add the smallest world in which it must fire");
        }
        if !cases.iter().any(|case| case.fires.is_empty()) {
            self.refuse("no-quiet-case", line, "has no case with `fires: []`", "add the smallest world in which it must not fire");
        }
        cases
    }
}
