//! One rule file: read, and refused with file:line and mend when it cannot prove itself.
//!
//! Must not know how rules run, nor what any rule is about.

use crate::plan::{self, Planned};
use crate::refuse;
use crate::template::{self, ParamValue, Piece};
use crate::world::World;
use crate::yaml::{Key, Node, Value};
use bonafide_facts::{Band, Citation, Origin, Place, Policy, Trouble, Weight, table};
use datafusion::arrow::datatypes::DataType;
use std::collections::BTreeMap;

/// Bits beyond which no single rule may go: a likelihood ratio of 4096 is more than any published indicator has.
const MOST_BITS: f64 = 12.0;
const KEYS: &[&str] = &[
    "id",
    "says",
    "cites",
    "group",
    "weight",
    "needs",
    "params",
    "sql",
    "innocent",
    "clear",
    "stages",
    "expires_days",
    "cases",
    "covers",
    "exact_listing",
    "cap",
    "shadow",
];
const STAGES: &[&str] = &["applicant", "contractor", "employee", "vendor", "client", "former"];

/// A case: a small world and the subjects the rule must find in it, exactly.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Line of the case.
    pub line: u64,
    /// Subjects the rule must flag, sorted; empty = it must stay quiet.
    pub fires: Vec<String>,
    /// The tables.
    pub(crate) world: World,
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Completes "flagged for …".
    pub id: String,
    /// The sentence, with `{{column}}` and `{{param}}`.
    pub says: String,
    /// At least one.
    pub cites: Vec<Citation>,
    /// Independence group.
    pub group: String,
    /// Bits.
    pub weight: Weight,
    /// `table` or `table.column`.
    pub needs: Vec<String>,
    /// Thresholds and words.
    pub params: BTreeMap<String, ParamValue>,
    /// As written.
    pub sql: String,
    /// Innocent explanations.
    pub innocent: Vec<String>,
    /// What settles it.
    pub clear: Vec<String>,
    /// Stages it applies to; empty = all.
    pub stages: Vec<String>,
    /// Days after which what it saw no longer counts.
    pub expires_days: Option<u32>,
    /// Its proof.
    pub cases: Vec<Case>,
    /// Advisory rows and catalogue ids.
    pub covers: Vec<String>,
    /// Rests on an exact official-list hit on an identifier.
    pub exact_listing: bool,
    /// Highest band it may bring about.
    pub cap: Option<Band>,
    /// Runs and alerts nobody.
    pub shadow: bool,
    /// Where it is written.
    pub place: Place,
    /// Line the SQL begins on.
    pub(crate) sql_line: u64,
    pub(crate) planned: Planned,
    /// Pieces of the sentence, parameters filled in, columns left.
    pub(crate) sentence: Vec<Piece>,
}

impl Rule {
    /// The SQL with its parameters filled in.
    ///
    /// # Errors
    /// A placeholder without a parameter.
    pub fn filled_sql(&self) -> Result<String, String> {
        template::filled(&self.sql, |name| self.params.get(name).map(ParamValue::sql))
    }
}

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

struct Reader<'a> {
    file: &'a str,
    root: &'a Node,
    troubles: Vec<Trouble>,
    id: String,
}

impl Reader<'_> {
    fn refuse(&mut self, code: &str, line: u64, what: &str, mend: impl Into<String>) {
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
        let (sql_line, sql, planned) = self.sql(&params).await?;
        let needs = self.needs(&planned);
        let sentence = self.sentence(&says, &params, &planned);
        self.refused_rows(&says, &sql, &planned, refused);
        Some(Rule {
            id: self.id.clone(),
            says,
            cites,
            group,
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

    fn line(&self, key: &str) -> u64 {
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

    fn required_text(&mut self, key: &str, mend: &str) -> String {
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

    fn texts(&mut self, key: &str) -> Vec<String> {
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

    async fn sql(&mut self, params: &BTreeMap<String, ParamValue>) -> Option<(u64, String, Planned)> {
        let sql = self.required_text("sql", "one SELECT that returns subject_id and evidence");
        let node = self.root.get("sql")?;
        // a block scalar's content begins on the line below its key
        let block = matches!(&node.value, Value::Scalar { plain: false, text } if text.ends_with('\n'));
        let line = node.line + u64::from(block && node.line == self.line("sql"));
        if sql.is_empty() {
            return None;
        }
        let filled = match template::filled(&sql, |name| params.get(name).map(ParamValue::sql)) {
            Ok(filled) => filled,
            Err(what) => {
                let known = |part: &str| template::filled(part, |name| params.get(name).map(ParamValue::sql)).is_ok();
                let offset = sql.lines().position(|part| !known(part)).unwrap_or(0) as u64;
                self.refuse("undefined-placeholder", line + offset, &format!("has SQL in which {what}"), "add it to `params`");
                return None;
            }
        };
        if let Some(found) = refuse::forbidden_in_sql(&filled) {
            self.refuse(
                "forbidden-column",
                line + found.line - 1,
                &format!("reads `{}`, which is never an input", found.word),
                "nationality, ethnicity, language, religion, gender, looks and origin of a name are not asked for; remove it",
            );
            return None;
        }
        match plan::plan(&filled).await {
            Ok(planned) => {
                self.check_plan(&planned, line);
                Some((line, sql, planned))
            }
            Err(error) => {
                let (offset, what) = told(&error);
                self.refuse(
                    "bad-sql",
                    line + offset,
                    &format!("has SQL that does not plan: {what}"),
                    "see `bonafide tables` for tables and columns, docs/guides/writing-rules.md for functions",
                );
                None
            }
        }
    }

    fn check_plan(&mut self, planned: &Planned, line: u64) {
        if let Some(literal) = refuse::forbidden_literal(&planned.literals) {
            self.refuse("forbidden-column", line, &format!("puts together the word `{literal}`, which is never an input"), "remove it");
        }
        if planned.wants.contains(&("observations", "note")) {
            self.refuse("forbidden-column", line, "reads `observations.note`, free text that no rule reads", "use `observations.code`");
        }
        let schema = planned.logical.schema();
        let kind = |name: &str| schema.fields().iter().find(|field| field.name() == name).map(|field| field.data_type().clone());
        if !kind("subject_id").is_some_and(|kind| matches!(kind, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8)) {
            self.refuse("no-subject", line, "does not return a text column `subject_id`", "select … AS subject_id");
        }
        if !kind("evidence").is_some_and(|kind| matches!(kind, DataType::Struct(_) | DataType::List(_))) {
            self.refuse("no-evidence", line, "does not return `evidence`", "select evidence(row_id) AS evidence");
        }
        for (name, right) in [("first_at", is_time as fn(&DataType) -> bool), ("last_at", is_time), ("bits", DataType::is_numeric)] {
            if kind(name).is_some_and(|kind| !right(&kind) && kind != DataType::Null) {
                self.refuse(
                    "bad-column",
                    line,
                    &format!("returns `{name}` of the wrong type"),
                    "first_at and last_at are timestamps, bits is a number",
                );
            }
        }
    }

    fn needs(&mut self, planned: &Planned) -> Vec<String> {
        let needs = self.texts("needs");
        if needs.is_empty() {
            self.refuse("missing-key", self.line("needs"), "has no `needs`", "name the tables without which the rule has not looked");
        }
        // a rule over a derived table needs what that table is made from
        let reads_derived = planned.tables.iter().any(|name| table(name).is_some_and(|table| table.origin == Origin::Derived));
        for need in &needs {
            let (name, column) = need.split_once('.').map_or((need.as_str(), None), |(name, column)| (name, Some(column)));
            match table(name) {
                None => self.refuse(
                    "unknown-table",
                    self.line("needs"),
                    &format!("needs the unknown table `{name}`"),
                    format!("the nearest is `{}`", bonafide_facts::nearest_table(name)),
                ),
                Some(table) if column.is_some_and(|column| table.column(column).is_none()) => {
                    self.refuse(
                        "unknown-column",
                        self.line("needs"),
                        &format!("needs the unknown column `{need}`"),
                        "see `bonafide tables`",
                    );
                }
                Some(table) if !planned.tables.contains(table.name) && !reads_derived && name != "ip_ranges" => {
                    self.refuse(
                        "unused-need",
                        self.line("needs"),
                        &format!("needs `{need}` but its SQL does not read that table"),
                        "remove it from `needs` or read it",
                    );
                }
                Some(_) => {}
            }
        }
        needs
    }

    fn sentence(&mut self, says: &str, params: &BTreeMap<String, ParamValue>, planned: &Planned) -> Vec<Piece> {
        let line = self.line("says");
        let pieces = match template::pieces(says) {
            Ok(pieces) => pieces,
            Err(what) => {
                self.refuse("undefined-placeholder", line, &format!("has a sentence in which {what}"), "write {{column}} or {{param}}");
                return Vec::new();
            }
        };
        let schema = planned.logical.schema();
        let mut sentence = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Slot(name) => match params.get(&name) {
                    Some(value) => sentence.push(Piece::Text(value.shown())),
                    None if schema.fields().iter().any(|field| *field.name() == name) => sentence.push(Piece::Slot(name)),
                    None => self.refuse(
                        "undefined-placeholder",
                        line,
                        &format!("says {{{{{name}}}}}, which is neither a parameter nor a column of its SQL"),
                        "select it in the SQL or add it to `params`",
                    ),
                },
                text @ Piece::Text(_) => sentence.push(text),
            }
        }
        sentence
    }

    fn refused_rows(&mut self, says: &str, sql: &str, planned: &Planned, refused: &[refuse::RefusedRow]) {
        let text = format!("{} | {says} | {sql} | {}", self.id, planned.literals.join(" | "));
        for row in refused {
            if let Some(words) = row.likeness(&text) {
                let what = format!("is like the refused `{}` ({words}): {}", row.id, row.reason);
                self.refuse("refused", self.root.line, &what, "such a rule is not shipped; see `refused:` in pack.yml");
            }
        }
    }
}

fn is_time(kind: &DataType) -> bool {
    matches!(kind, DataType::Timestamp(_, _))
}

/// Line offset (from 0) and sentence of a planning error.
fn told(error: &datafusion::error::DataFusionError) -> (u64, String) {
    let message = error.strip_backtrace();
    let message = message.split("\n\n").next().unwrap_or(&message).replace('\n', " ");
    let spanned = error.diagnostic().and_then(|diagnostic| diagnostic.span).map(|span| span.start.line);
    let named = message.rsplit_once("at Line: ").and_then(|(_, rest)| rest.split(',').next()?.trim().parse().ok());
    let line = spanned.or(named).unwrap_or(1);
    (line.saturating_sub(1), bonafide_facts::text::printable(&message, 400))
}
