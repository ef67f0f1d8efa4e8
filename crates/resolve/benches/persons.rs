//! Cluster F1, precision, recall and CPU time of person linkage on a CSV with a truth column:
//! `cargo bench -p bonafide-resolve --bench persons -- FILE.csv TRUTH_COLUMN [setting=value …]`. For febrl files TRUTH_COLUMN is `rec_id`
//! (the part before `-org` or `-dup`).

#![allow(clippy::unwrap_used, clippy::expect_used)]

use bonafide_resolve::link::person::{PersonSettings, Records, link};
use std::collections::HashMap;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let [path, truth_column, rest @ ..] = words.as_slice() else {
        println!("skipped: no file given (see the first lines of benches/persons.rs)");
        return;
    };
    let mut settings = PersonSettings::default();
    for word in rest {
        let (name, value) = word.split_once('=').expect("name=value");
        let value: f64 = value.parse().expect("a number");
        match name {
            "link_probability" => settings.link_probability = value,
            "merge_bits" => settings.merge_bits = value,
            "tf_share" => settings.tf_share = value,
            "tf_floor" => settings.tf_floor = value,
            "max_bits" => settings.max_bits = value,
            "block" => settings.block = value as usize,
            "sample_pairs" => settings.sample_pairs = value as usize,
            _ => panic!("unknown setting {name}"),
        }
    }
    let start = cpu_time::ProcessTime::now();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_path(path).expect("the file");
    let headers = reader.headers().unwrap().clone();
    let truth_at = headers.iter().position(|header| header == truth_column).expect("the truth column");
    let mut roles = Vec::new();
    let mut columns = Vec::new();
    for comparison in &settings.comparisons {
        if let Some(at) = headers.iter().position(|header| comparison.headers.iter().any(|known| known == header) && header != truth_column)
        {
            roles.push(comparison.role.clone());
            columns.push(at);
        }
    }
    let mut records = Records::new(&settings, &roles).unwrap();
    let mut truth: Vec<String> = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        records.push(&settings, columns.iter().map(|at| &row[*at]));
        truth.push(row[truth_at].trim().split("-org").next().unwrap().split("-dup").next().unwrap().to_owned());
    }
    records.close();
    let read = start.elapsed().as_secs_f64();
    let found = link(&records, &settings);
    let seconds = start.elapsed().as_secs_f64();
    let count = |groups: &mut dyn Iterator<Item = String>| {
        let mut sizes: HashMap<String, u64> = HashMap::new();
        groups.for_each(|group| *sizes.entry(group).or_default() += 1);
        sizes.values().map(|n| n * (n - 1) / 2).sum::<u64>() as f64
    };
    let (all, said) = (count(&mut truth.iter().cloned()), count(&mut found.cluster.iter().map(u32::to_string)));
    let both = count(&mut found.cluster.iter().zip(&truth).map(|(cluster, truth)| format!("{cluster} {truth}")));
    let (precision, recall) = (both / said, both / all);
    println!("{} records, columns {roles:?}", truth.len());
    println!(
        "candidates {}, pairs linked {}, troubles {:?}",
        found.candidates,
        found.pairs.len(),
        found.troubles.iter().map(|t| t.what.as_str()).collect::<Vec<_>>()
    );
    println!(
        "cluster F1 {:.4} precision {precision:.4} recall {recall:.4}; CPU {seconds:.2} s (reading {read:.2}); peak {} MB",
        2.0 * precision * recall / (precision + recall),
        peak()
    );
    if std::env::var("SHOW").is_ok() {
        println!("prior {:.2}", found.model.prior_bits);
        for (role, ((m, u), bits)) in roles.iter().zip(found.model.m.iter().zip(&found.model.u).zip(&found.model.bits)) {
            println!("  {role:16} m {m:.3?}\n  {:16} u {u:.5?}\n  {:16} b {bits:.1?}", "", "");
        }
        let hit = found.pairs.iter().filter(|pair| truth[pair.left as usize] == truth[pair.right as usize]).count();
        println!("pairs: {} true {} ({:.4})", found.pairs.len(), hit, hit as f64 / found.pairs.len() as f64);
    }
}

/// Peak memory, megabytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}
