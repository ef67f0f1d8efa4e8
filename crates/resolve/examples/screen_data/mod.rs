//! The development sets as the bench and the learner read them.

use bonafide_resolve::compare::weights::Weights;
use bonafide_resolve::index::Index;
use bonafide_resolve::index::entry::{Days, Entry, EntryName, NameKind};
use bonafide_resolve::normal::Schema;
use bonafide_resolve::screen::{Options, Query, Searcher};
use std::path::Path;

/// A query that is listed.
pub struct Positive {
    pub query: Query,
    pub target: String,
    pub category: String,
    pub source: String,
    pub coincides: bool,
}

/// A query that is not.
pub struct Negative {
    pub query: Query,
    pub culture: String,
}

/// What is named, the name asked, the name listed, whether they are the same.
pub type Pair = (Schema, String, String, bool);

/// Whether a pair is of the half, by a hash of its two names.
pub fn pair_in(pair: &Pair, half: Option<&str>) -> bool {
    keep(&format!("{}|{}", pair.1, pair.2), half)
}

/// All of it.
pub struct Data {
    pub entries: Vec<Entry>,
    pub dated: Vec<Entry>,
    pub positives: Vec<Positive>,
    pub negatives: Vec<Negative>,
    pub births: Vec<(Query, String, bool)>,
    pub pairs: Vec<Pair>,
    pub ofac: Vec<(String, String, i32)>,
}

/// Whether a row with this id is of the half: `dev` (learned from), `test`, or all.
pub fn keep(id: &str, half: Option<&str>) -> bool {
    let sum: u32 = id.bytes().fold(2_166_136_261, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(16_777_619));
    match half {
        Some("dev") => (sum >> 7).is_multiple_of(2),
        Some("test") => !(sum >> 7).is_multiple_of(2),
        _ => true,
    }
}

impl Data {
    /// Reads the sets; `None` when they are absent.
    pub fn read(folder: &Path, half: Option<&str>) -> Option<Self> {
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        let entries = lists(folder)?;
        let tsv = |name: &str| -> Option<Vec<Vec<String>>> {
            Some(text(name)?.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect())
        };
        let positives = tsv("screen/dev_positives.tsv")?.into_iter().filter(|row| keep(&row[3], half)).map(|row| Positive {
            query: Query { name: row[2].clone(), schema: Schema::from_word(&row[1]), ..Query::default() },
            target: row[3].clone(),
            category: row[4].clone(),
            source: row[6].clone(),
            coincides: row[7] == "1",
        });
        let negatives = tsv("screen/dev_negatives.tsv")?.into_iter().filter(|row| keep(&row[0], half)).map(|row| Negative {
            query: Query { name: row[2].clone(), schema: Schema::from_word(&row[1]), ..Query::default() },
            culture: row[3].clone(),
        });
        let births = tsv("screen/dev_context_dob.tsv")?.into_iter().map(|row| {
            let birth = Some(Days { earliest: row[3].clone(), latest: row[3].clone() });
            (Query { name: row[2].clone(), schema: Schema::from_word(&row[1]), birth, ..Query::default() }, row[4].clone(), row[5] == "1")
        });
        let pairs = csv(&text("screen/nomenklatura_name_bench_cases.csv")?)
            .into_iter()
            .skip(1)
            .map(|row| (Schema::from_word(&row[1]), row[2].clone(), row[3].clone(), row[4] == "true"))
            .collect();
        let ofac = csv(&text("screen/nomenklatura_ofac_fixtures.csv")?)
            .into_iter()
            .skip(1)
            .filter_map(|row| Some((row[0].clone(), row[1].clone(), row[2].parse().ok()?)))
            .collect();
        let dated = dated(&text("lists/ofac/sdn_2024-05-03.csv")?);
        Some(Self { entries, dated, positives: positives.collect(), negatives: negatives.collect(), births: births.collect(), pairs, ofac })
    }
}

/// The score of a pair as somebody who screens sees it: the second name is a list of one entry, and the first is asked of it.
pub fn as_list(pair: &Pair, weights: &Weights) -> f64 {
    let (schema, asked, listed, _) = pair;
    let name = EntryName { printed: listed.clone(), kind: NameKind::Primary };
    let entry = Entry { id: "1".into(), list: "own".into(), schema: *schema, names: vec![name], ..Entry::default() };
    let index = Index::build_with(vec![entry], weights.clone());
    let query = Query { name: asked.clone(), schema: *schema, ..Query::default() };
    let hits = Searcher::new(&index).screen(&query, &Options { top: 1, threshold: 0.0, ..Options::default() });
    hits.first().map_or(0.0, |hit| hit.score)
}

/// F1 of scored pairs (score, whether they are the same) when a pair counts from a score on.
pub fn f1(scored: &[(f64, bool)], threshold: f64) -> f64 {
    let hits = scored.iter().filter(|(score, _)| *score >= threshold).count();
    let truth = scored.iter().filter(|(_, same)| *same).count();
    let both = scored.iter().filter(|(score, same)| *score >= threshold && *same).count();
    #[allow(clippy::cast_precision_loss)]
    let f1 = 2.0 * both as f64 / (hits + truth).max(1) as f64;
    f1
}

/// The entries of OFAC's SDN list and of the UN's, read from their files; `None` when they are absent.
pub fn lists(folder: &Path) -> Option<Vec<Entry>> {
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
    let ofac = text("lists/ofac/sdn_2026-07-11.csv")?;
    let mut entries: Vec<Entry> = csv(&ofac).iter().skip(1).filter_map(|cells| own(cells)).collect();
    entries.extend(un(&text("lists/un/un_consolidated_watchman.xml")?));
    Some(entries)
}

/// Rows made as those of `dev_context_dob.tsv` are, from the whole list by a seed: `each` names with a listed day of birth, and as many with one that is
/// three to thirty years off.
pub fn drawn_births(dated: &[Entry], each: usize) -> Vec<(Query, String, bool)> {
    let whole: Vec<&Entry> =
        dated.iter().filter(|entry| entry.births.len() == 1 && entry.births[0].earliest == entry.births[0].latest).collect();
    let mut state = 500_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below.max(1)
    };
    let mut rows = Vec::new();
    while rows.len() < 2 * each && !whole.is_empty() {
        let entry = whole[next(whole.len())];
        let printed = &entry.names[0].printed;
        let name = printed.split_once(',').map_or(printed.clone(), |(last, first)| format!("{} {}", first.trim(), last.trim()));
        let is_match = rows.len() < each;
        let (year, rest) = entry.births[0].earliest.split_at(4);
        let off = if is_match { 0 } else { 3 + next(28) };
        let year = year.parse::<usize>().unwrap_or(1970);
        let year = if next(2) == 0 { year + off } else { year - off };
        // The 28th of February stands for a 29th that the other year lacks.
        let day = format!("{year:04}{}", if is_match { rest.to_owned() } else { rest.replace("02-29", "02-28") });
        let birth = Some(Days { earliest: day.clone(), latest: day });
        rows.push((Query { name, schema: Schema::Person, birth, ..Query::default() }, entry.id.clone(), is_match));
    }
    rows
}

fn own(cells: &[String]) -> Option<Entry> {
    let [id, schema, name, aliases, programmes, ..] = cells else { return None };
    let mut names = vec![EntryName { printed: name.clone(), kind: NameKind::Primary }];
    names.extend(
        aliases.split('|').filter(|alias| !alias.is_empty()).map(|alias| EntryName { printed: alias.to_owned(), kind: NameKind::Alias }),
    );
    Some(Entry {
        id: id.clone(),
        list: "ofac-sdn".into(),
        schema: Schema::from_word(schema),
        names,
        programmes: vec![programmes.clone()],
        ..Entry::default()
    })
}

/// The names of the UN's XML, without those in the original script.
fn un(text: &str) -> Vec<Entry> {
    let tag = |block: &str, name: &str| -> Option<String> {
        let from = block.find(&format!("<{name}>"))? + name.len() + 2;
        let to = block[from..].find('<')? + from;
        Some(block[from..to].trim().replace("&amp;", "&").replace("&apos;", "'"))
    };
    let mut entries = Vec::new();
    for (kind, schema, alias) in [("INDIVIDUAL", Schema::Person, "INDIVIDUAL_ALIAS"), ("ENTITY", Schema::Company, "ENTITY_ALIAS")] {
        for block in text.split(&format!("<{kind}>")).skip(1) {
            let block = block.split(&format!("</{kind}>")).next().unwrap_or("");
            let Some(id) = tag(block, "DATAID") else { continue };
            let parts: Vec<String> = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"]
                .iter()
                .filter_map(|name| tag(block, name))
                .filter(|part| !part.is_empty())
                .collect();
            let mut names = vec![EntryName { printed: parts.join(" "), kind: NameKind::Primary }];
            for alias in block.split(&format!("<{alias}>")).skip(1) {
                if let Some(printed) = tag(alias, "ALIAS_NAME").filter(|name| !name.is_empty()) {
                    let weak = tag(alias, "QUALITY").is_some_and(|quality| quality == "Low");
                    names.push(EntryName { printed, kind: if weak { NameKind::Weak } else { NameKind::Alias } });
                }
            }
            entries.push(Entry { id: format!("un-{id}"), list: "un-sc".into(), schema, names, ..Entry::default() });
        }
    }
    entries
}

/// Entries of an older SDN.CSV with the dates of birth of their remarks.
fn dated(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for row in csv(text) {
        let [id, name, kind, ..] = row.as_slice() else { continue };
        let births = row.last().map(|remarks| births(remarks)).unwrap_or_default();
        if kind.trim() == "individual" {
            let names = vec![EntryName { printed: name.clone(), kind: NameKind::Primary }];
            entries.push(Entry {
                id: format!("ofac-{id}"),
                list: "ofac-sdn".into(),
                schema: Schema::Person,
                names,
                births,
                ..Entry::default()
            });
        }
    }
    entries
}

fn births(remarks: &str) -> Vec<Days> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut found = Vec::new();
    for part in remarks.split(';').filter_map(|part| part.trim().trim_start_matches("alt. ").strip_prefix("DOB ")) {
        let words: Vec<&str> = part.trim_start_matches("circa ").trim_end_matches('.').split(' ').collect();
        let month = |word: &str| MONTHS.iter().position(|month| *month == word).map(|at| at + 1);
        match words.as_slice() {
            [_, _, first, "to", .., last] if first.len() == 4 && last.len() == 4 => {
                found.push(Days { earliest: format!("{first}-01-01"), latest: format!("{last}-12-31") });
            }
            [first, "to", last] if first.len() == 4 && last.len() == 4 => {
                found.push(Days { earliest: format!("{first}-01-01"), latest: format!("{last}-12-31") });
            }
            [day, name, year] if month(name).is_some() => {
                let day = format!("{year}-{:02}-{day:0>2}", month(name).unwrap_or(1));
                found.push(Days { earliest: day.clone(), latest: day });
            }
            [year, ..] if year.len() == 4 => found.push(Days { earliest: format!("{year}-01-01"), latest: format!("{year}-12-31") }),
            [name, year] => found.push(Days {
                earliest: format!("{year}-{:02}-01", month(name).unwrap_or(1)),
                latest: format!("{year}-{:02}-31", month(name).unwrap_or(12)),
            }),
            _ => {}
        }
    }
    found
}

/// Rows of quoted CSV.
fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                cell.push('"');
                characters.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell).trim_end_matches('\r').to_owned());
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    rows
}
