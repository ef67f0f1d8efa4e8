//! `cargo bench -p bonafide-rules --bench speed -- [--pack DIR] [--subjects N] [--events N] [--write DIR] [--json]`: measures a pack.
//!
//! `--write` leaves the made-up tables as Arrow files, and `--json` prints per-question CPU seconds: benches/duckdb asks DuckDB the same.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use bonafide_facts::hook::NameComparer;
use bonafide_rules::bench::{made_up, measure};
use bonafide_rules::{Engine, Limits, Pack};
use cpu_time::ProcessTime;
use std::path::Path;
use std::sync::Arc;

#[derive(Debug)]
struct Equal;
impl NameComparer for Equal {
    fn similarity(&self, left: &str, right: &str) -> f64 {
        f64::from(u8::from(left == right))
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let number = |name: &str, default: u64| option(name).map_or(default, |text| text.parse().expect("a number"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = option("--pack").map_or(root.join("packs/concealed-worker"), Into::into);
    let (pack, troubles) = Pack::load_dir(&folder);
    let pack = pack.expect("the pack loads");
    let (subjects, events) = (number("--subjects", 10_000), number("--events", 2_000_000));
    let many = made_up(subjects, events, 1).expect("tables");
    let one = made_up(1, 200, 2).expect("tables");
    let started = ProcessTime::now();
    let (engine, _) = Engine::new(&pack, &Limits { threads: number("--threads", 0) as usize, ..Limits::default() }, Arc::new(Equal));
    let planning = started.elapsed().as_secs_f64() * 1000.0;
    if let Some(folder) = option("--write") {
        write(&many, Path::new(folder));
    }
    if arguments.iter().any(|argument| argument == "--json") {
        return questions(&pack, &engine, &many, &root);
    }
    println!("{} rules, {} refused, planned in {planning:.0} ms CPU", pack.rules.len(), troubles.len());
    print!("{}", measure(&engine, &many, &one, events, usize::try_from(number("--rounds", 11)).expect("a number")));
}

/// CPU seconds of each question of benches/duckdb/questions.json and of each rule's SQL.
fn questions(pack: &Pack, engine: &Engine, many: &bonafide_facts::Tables, root: &Path) {
    let asked: Vec<serde_json::Value> =
        serde_json::from_str(&std::fs::read_to_string(root.join("benches/duckdb/questions.json")).unwrap()).unwrap();
    // rows lie in order before the clock starts, as they do in DuckDB's tables
    let opened = engine.open(many);
    for data in many.iter() {
        engine.ask(&opened, &format!("SELECT max(row_id) FROM {}", data.table.name)).expect("every table can be read");
    }
    let mut out = Vec::new();
    let mut ask = |name: &str, sql: &str, theirs: &str, kind: &str, needed: bool| {
        let started = ProcessTime::now();
        let answer = engine.ask(&opened, sql);
        let seconds = started.elapsed().as_secs_f64();
        let rows = answer.as_ref().map(|batches| batches.iter().map(|batch| batch.num_rows()).sum::<usize>());
        out.push(
            serde_json::json!({"name": name, "kind": kind, "duckdb": theirs, "cpu_seconds": seconds, "rows": rows.ok(), "needed": needed}),
        );
    };
    for question in &asked {
        ask(question["name"].as_str().unwrap(), question["ours"].as_str().unwrap(), question["duckdb"].as_str().unwrap(), "question", true);
    }
    for rule in &pack.rules {
        let sql = rule.filled_sql().unwrap();
        let given = |need: &String| many.get(need.split('.').next().unwrap_or(need)).is_some_and(|data| data.rows() > 0);
        ask(&rule.id, &sql, &sql, "rule", rule.needs.iter().all(given));
    }
    println!("{}", serde_json::to_string_pretty(&out).unwrap());
}

fn write(tables: &bonafide_facts::Tables, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for table in bonafide_facts::TABLES.iter() {
        let file = std::fs::File::create(folder.join(format!("{}.arrow", table.name))).unwrap();
        let mut writer = datafusion::arrow::ipc::writer::FileWriter::try_new_buffered(file, &table.schema()).unwrap();
        tables.get(table.name).into_iter().flat_map(|data| &data.batches).for_each(|batch| writer.write(batch).unwrap());
        writer.finish().unwrap();
    }
}
