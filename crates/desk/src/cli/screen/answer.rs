//! The answers to rows: hits as a table, as JSON Lines and as CSV.
//!
//! Must not know how names are compared.

use super::Subject;
use crate::allow::{Allowlist, State};
use crate::report::formula_safe;
use bonafide_facts::text::printable;
use bonafide_resolve::index::Index;
use bonafide_resolve::index::entry::Entry;
use bonafide_resolve::screen::explain::Explanation;
use bonafide_resolve::screen::mark::{Compared, of_entry, of_subject};
use bonafide_resolve::screen::{Hit, Options, Query, Searcher, ofac};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The name of the second algorithm in explanations.
const OFAC_MATCHER: &str = concat!("ofac-search/", env!("CARGO_PKG_VERSION"), "-3");

/// What every thread answers from.
pub struct Desk<'a> {
    index: &'a Index,
    /// Entries by list and id.
    places: BTreeMap<(&'a str, &'a str), &'a Entry>,
    digests: BTreeMap<String, String>,
    allowed: Option<Allowlist>,
    today: String,
    options: Options,
    by_ofac: bool,
    format: &'a str,
}

impl<'a> Desk<'a> {
    /// Puts together what the threads share.
    pub fn new(
        index: &'a Index,
        digests: BTreeMap<String, String>,
        allowed: Option<Allowlist>,
        today: String,
        options: Options,
        algorithm: &str,
        format: &'a str,
    ) -> Self {
        let places = index.entries.iter().rev().map(|entry| ((entry.list.as_str(), entry.id.as_str()), entry)).collect();
        Self { index, places, digests, allowed, today, options, by_ofac: algorithm == "ofac", format }
    }
}

/// A hit with what the program knows besides.
struct Shown<'a> {
    hit: Hit,
    entry: Option<&'a Entry>,
    mark: String,
    digest: &'a str,
    /// What a person said of it once.
    said: String,
}

/// What stands above the answers.
pub fn header(desk: &Desk) -> &'static str {
    match (desk.format, desk.allowed.is_some()) {
        ("csv", false) => "id,entry_id,list,name,score,match\n",
        ("csv", true) => "id,entry_id,list,name,score,match,quiet\n",
        _ => "",
    }
}

/// The mark of what is asked on its own.
#[must_use]
pub fn asked_mark(query: &Query) -> String {
    let names = std::slice::from_ref(&query.name);
    let (identifiers, places) = (&query.identifiers, &query.places);
    of_subject(&Compared { names, schema: query.schema, birth: query.birth.as_ref(), identifiers, places })
}

/// The text of some rows, and how many cleared hits are shown as quiet in it.
pub fn answer(desk: &Desk, part: &[Subject]) -> (String, usize) {
    let mut searcher = Searcher::new(desk.index);
    let (mut text, mut count) = (String::new(), 0);
    for asked in part {
        let hits = if desk.by_ofac { by_ofac(desk.index, asked, &desk.options) } else { searcher.screen(&asked.query, &desk.options) };
        let (mut loud, mut quiet) = (Vec::with_capacity(hits.len()), Vec::new());
        let mut half = None;
        for hit in hits {
            let entry = desk.places.get(&(hit.list.as_str(), hit.entry_id.as_str())).copied();
            let half = half.get_or_insert_with(|| asked_mark(&asked.query));
            let mark = format!("{half}-{}", entry.map(of_entry).unwrap_or_default());
            let digest = desk.digests.get(&hit.list).map_or("", String::as_str);
            let state = desk.allowed.as_ref().map_or(State::New, |allowed| allowed.state(&asked.id, &hit.entry_id, &mark, &desk.today));
            let (to, said) = match state {
                State::New => (&mut loud, String::new()),
                State::Quiet(decision) => (&mut quiet, decision.sentence()),
                State::Again(decision, changed) => (&mut loud, format!("{}; {changed}", decision.sentence())),
            };
            to.push(Shown { hit, entry, mark, digest, said });
        }
        count += quiet.len();
        match desk.format {
            "jsonl" => json_line(desk, asked, &loud, &quiet, &mut text),
            "csv" => csv_rows(desk, asked, &loud, &quiet, &mut text),
            _ => table(asked, &loud, &quiet, &mut text),
        }
    }
    (text, count)
}

/// Every listed name scored as OFAC's search does; slow by nature.
fn by_ofac(index: &Index, asked: &Subject, options: &Options) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for entry in &index.entries {
        let best = entry.names.iter().map(|name| (ofac::score(&asked.query.name, &name.printed), name)).max_by_key(|(score, _)| *score);
        if let Some((score, name)) = best.filter(|(score, _)| f64::from(*score) / 100.0 >= options.threshold) {
            hits.push(Hit {
                entry_id: entry.id.clone(),
                list: entry.list.clone(),
                name: name.printed.clone(),
                score: f64::from(score) / 100.0,
                matched: "name".to_owned(),
                explanation: Explanation { matcher: OFAC_MATCHER, ..Explanation::default() },
            });
        }
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.entry_id.cmp(&b.entry_id)));
    hits.truncate(options.top);
    hits
}

/// One hit: exactly the six keys; what else is known stands in the explanation.
fn json_hit(shown: &Shown) -> Value {
    let Hit { entry_id, list, name, score, matched, explanation } = &shown.hit;
    let lines: Vec<Value> = explanation
        .lines
        .iter()
        .map(|line| json!({"query": line.query, "listed": line.listed, "relation": line.relation, "contribution": line.contribution}))
        .collect();
    let mut account = json!({"lines": lines, "bits": explanation.bits, "rivals": explanation.rivals, "matcher": explanation.matcher, "list_digest": shown.digest, "mark": shown.mark});
    let days = shown.entry.map(|entry| [("listed_from", &entry.listed_from), ("listed_to", &entry.listed_to)]);
    for (name, day) in days.into_iter().flatten() {
        if let Some(day) = day {
            account[name] = json!(day);
        }
    }
    if !shown.said.is_empty() {
        account["cleared"] = json!(shown.said);
    }
    json!({"entry_id": entry_id, "list": list, "name": name, "score": score, "match": matched, "explanation": account})
}

fn json_line(desk: &Desk, asked: &Subject, loud: &[Shown], quiet: &[Shown], text: &mut String) {
    let mut line = json!({"id": asked.id, "hits": loud.iter().map(json_hit).collect::<Vec<_>>()});
    if desk.allowed.is_some() {
        line["quiet"] = quiet.iter().map(json_hit).collect();
    }
    let _ = writeln!(text, "{}", crate::report::visible_json(&line.to_string()));
}

fn csv_rows(desk: &Desk, asked: &Subject, loud: &[Shown], quiet: &[Shown], text: &mut String) {
    for (shown, is_quiet) in loud.iter().map(|shown| (shown, false)).chain(quiet.iter().map(|shown| (shown, true))) {
        let hit = &shown.hit;
        let cells = [asked.id.as_str(), &hit.entry_id, &hit.list, &hit.name, &format!("{:.6}", hit.score), &hit.matched];
        // A cell that begins like a formula is quoted for spreadsheets.
        let cells = cells.iter().map(|cell| format!("\"{}\"", formula_safe(&printable(cell, 400)).replace('"', "\"\"")));
        let mut row = cells.collect::<Vec<_>>().join(",");
        if desk.allowed.is_some() {
            row.push_str(if is_quiet { ",\"true\"" } else { ",\"false\"" });
        }
        let _ = writeln!(text, "{row}");
    }
}

fn table(asked: &Subject, loud: &[Shown], quiet: &[Shown], text: &mut String) {
    let _ = writeln!(text, "{}  {}", printable(&asked.id, 40), printable(&asked.query.name, 100));
    if loud.is_empty() {
        text.push_str("  no hit at this threshold\n");
    }
    for shown in loud {
        let hit = &shown.hit;
        let _ = writeln!(text, "  {:.3}  {:<14} {:<10} {}", hit.score, printable(&hit.entry_id, 60), printable(&hit.list, 40), printable(&hit.name, 100));
        for sentence in hit.explanation.sentences() {
            let _ = writeln!(text, "           {}", printable(&sentence, 160));
        }
        let digest = shown.digest.get(..12).unwrap_or(shown.digest);
        let _ = writeln!(text, "           list {digest}{}, matcher {}", listed(shown.entry), hit.explanation.matcher);
        let _ = writeln!(text, "           mark {}", shown.mark);
        if !shown.said.is_empty() {
            let _ = writeln!(text, "           {}", shown.said);
        }
    }
    for shown in quiet {
        let hit = &shown.hit;
        let (entry, name) = (printable(&hit.entry_id, 60), printable(&hit.name, 100));
        let _ = writeln!(text, "  quiet  {:.3}  {entry:<14} {name}: {}", hit.score, shown.said);
    }
}

/// Since when an entry is listed, and until when it was.
fn listed(entry: Option<&Entry>) -> String {
    let from = entry.and_then(|entry| entry.listed_from.as_deref()).map(|day| format!(", listed from {day}"));
    let to = entry.and_then(|entry| entry.listed_to.as_deref()).map(|day| format!(", listed to {day}"));
    from.unwrap_or_default() + &to.unwrap_or_default()
}
