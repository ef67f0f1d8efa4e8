//! Proves a pack from the command line: `cargo run --release -q -p bonafide-rules --example prove -- packs/concealed-worker [rule-id…]`.
//!
//! Must not know any rule. Names are compared by their words here; the engine proper brings its own comparer.

use bonafide_facts::hook::NameComparer;
use bonafide_rules::{Pack, prove};
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Debug)]
struct Words;

impl NameComparer for Words {
    fn similarity(&self, left: &str, right: &str) -> f64 {
        let words = |name: &str| {
            name.to_lowercase()
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect::<BTreeSet<_>>()
        };
        let (left, right) = (words(left), words(right));
        let shared = left.intersection(&right).count();
        #[allow(clippy::cast_precision_loss)]
        let share = shared as f64 / left.union(&right).count().max(1) as f64;
        share
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: prove PACK_FOLDER [RULE_ID…]");
        return ExitCode::from(2);
    };
    let only: BTreeSet<String> = arguments.collect();
    let (pack, troubles) = Pack::load_dir(folder.as_ref());
    let about = |text: &str| only.is_empty() || only.iter().any(|id| text.contains(&format!("{id}.yml")));
    let refused = troubles.iter().filter(|trouble| about(&trouble.to_string())).inspect(|trouble| println!("{trouble}")).count();
    let Some(mut pack) = pack else { return ExitCode::from(1) };
    pack.rules.retain(|rule| only.is_empty() || only.contains(&rule.id));
    let proofs = prove(&pack, Arc::new(Words));
    let failed: Vec<_> = proofs.iter().filter(|proof| !proof.ok).collect();
    for proof in &failed {
        println!("{}: rule `{}`, case \"{}\": expected {:?}, got {:?}", proof.place, proof.rule, proof.case, proof.expected, proof.got);
        proof.notes.iter().for_each(|note| println!("    {}", note.replace('\n', "\n    ")));
    }
    println!("{} rules loaded, {} cases, {} failed, {refused} refusals", pack.rules.len(), proofs.len(), failed.len());
    if failed.is_empty() && refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
