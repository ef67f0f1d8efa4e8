//! Reads a case folder or roster and prints what intake made of it: `cargo run --example peek -- PATH`.

use bonafide_intake::{ReadOptions, Wants, read_case};

fn main() {
    let path = std::env::args().nth(1).unwrap_or_default();
    match read_case(path.as_ref(), &[], &Wants::all(), &ReadOptions::default(), &mut |_| {}) {
        Ok(read) => {
            for input in &read.inputs {
                println!("{} -> {:?}: {} rows, {} skipped, {} bytes", input.path, input.table, input.rows, input.skipped, input.bytes);
            }
            read.mappings.iter().for_each(|mapping| println!("{}: {} -> {}.{}", mapping.file, mapping.header, mapping.table, mapping.column));
            read.troubles.iter().for_each(|trouble| println!("[{}] {trouble}", trouble.code));
            read.tables.iter().for_each(|data| println!("{}: {} rows", data.table.name, data.rows()));
        }
        Err(trouble) => println!("{trouble}"),
    }
}
