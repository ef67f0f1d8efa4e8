//! Recall, precision and CPU time of near-duplicate search on generated résumés with truth:
//! `cargo bench -p bonafide-resolve --bench documents -- FILE.jsonl` (lines with `id`, `c` = true group, `t` = text).

#![allow(clippy::unwrap_used, clippy::expect_used)]

use bonafide_facts::Tables;
use bonafide_facts::tables::who::Document;
use bonafide_resolve::documents::{Limits, matches};
use std::collections::HashMap;

fn main() {
    let Some(path) = std::env::args().skip(1).find(|word| !word.starts_with("--")) else {
        println!("skipped: no file given (see the first lines of benches/documents.rs)");
        return;
    };
    let text = std::fs::read_to_string(&path).expect("the file");
    let mut truth = Vec::new();
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let value: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
        truth.push(value["c"].as_u64().expect("c"));
        rows.push(Document {
            row_id: i64::try_from(at).unwrap() + 1,
            subject_id: Some(format!("{at:08}")),
            kind: Some("resume".into()),
            text: value["t"].as_str().map(str::to_owned),
            ..Default::default()
        });
    }
    let mut tables = Tables::default();
    tables.add_rows(&rows).unwrap();
    drop((rows, text));
    let start = cpu_time::ProcessTime::now();
    let (found, troubles) = matches(&tables, &Limits::default());
    let seconds = start.elapsed().as_secs_f64();
    let mut groups: HashMap<u64, u64> = HashMap::new();
    truth.iter().for_each(|group| *groups.entry(*group).or_default() += 1);
    let all: u64 = groups.values().map(|n| n * (n - 1) / 2).sum();
    println!("{} documents, {all} true pairs, {} rows, {} troubles, CPU {seconds:.2} s", truth.len(), found.len(), troubles.len());
    let at = |id: &Option<String>| truth[id.as_deref().unwrap().parse::<usize>().unwrap()];
    for how in ["text", "contained", "sentence"] {
        let mut scored: Vec<(f64, bool)> = found
            .iter()
            .filter(|row| row.how.as_deref() == Some(how))
            .map(|row| (row.similarity.unwrap(), at(&row.left_id) == at(&row.right_id)))
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut hits, mut best) = (0_u64, (0.0, 0.0));
        for (n, (score, hit)) in scored.iter().enumerate() {
            hits += u64::from(*hit);
            if hits as f64 >= 0.99 * (n + 1) as f64 {
                best = (hits as f64 / all as f64, *score);
            }
        }
        println!(
            "  {how}: {} rows, precision {:.4}, recall {:.4}; at precision .99: recall {:.4} from {:.3}",
            scored.len(),
            hits as f64 / scored.len().max(1) as f64,
            hits as f64 / all as f64,
            best.0,
            best.1
        );
    }
    let pairs: std::collections::HashSet<(&str, &str)> =
        found.iter().map(|row| (row.left_id.as_deref().unwrap(), row.right_id.as_deref().unwrap())).collect();
    let hits = found
        .iter()
        .filter(|row| at(&row.left_id) == at(&row.right_id))
        .map(|row| (row.left_id.as_deref(), row.right_id.as_deref()))
        .collect::<std::collections::HashSet<_>>()
        .len();
    println!("  any: {} pairs, precision {:.4}, recall {:.4}", pairs.len(), hits as f64 / pairs.len() as f64, hits as f64 / all as f64);
}
