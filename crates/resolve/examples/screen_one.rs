//! Screens one name against the development lists and prints the account: `screen_one DATA_FOLDER NAME [person|company]`.

#[allow(dead_code)]
#[path = "screen_data/mod.rs"]
mod data;

use bonafide_resolve::index::Index;
use bonafide_resolve::normal::Schema;
use bonafide_resolve::screen::{Options, Query, screen};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, name, rest @ ..] = arguments.as_slice() else {
        println!("screen_one DATA_FOLDER NAME [person|company]");
        return;
    };
    let Some(data) = data::Data::read(std::path::Path::new(folder), None) else {
        println!("skipped: {folder} holds no screening sets");
        return;
    };
    let index = Index::build(data.entries);
    let schema = Schema::from_word(rest.first().map_or("", |word| word.as_str()));
    println!("{:?}", bonafide_resolve::normal::Form::read(name, schema));
    for hit in
        screen(&index, &Query { name: name.clone(), schema, ..Query::default() }, &Options { threshold: 0.0, top: 10, candidates: 50 })
    {
        println!(
            "{:.4} {:5.1} bits {} {}\n    {}",
            hit.score,
            hit.explanation.bits,
            hit.entry_id,
            hit.name,
            hit.explanation.sentences().join("\n    ")
        );
    }
}
