//! Snapshots of what each fixture becomes: files, mappings, troubles, rows.

use bonafide_facts::cell::{Cell as _, Integer, written};
use bonafide_facts::{RowId, TableData, Tables};
use bonafide_intake::{CaseRead, ReadOptions, Source, Wants, adapters, import_adapter, read_case};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

fn row_text(tables: &Tables, data: &TableData) -> String {
    let mut text = String::new();
    for batch in &data.batches {
        for row in 0..batch.num_rows() {
            let id = Integer::read(batch, "row_id", row).map_or(RowId(0), RowId);
            let place = tables.files.place(id).map(|place| place.to_string()).unwrap_or_default();
            let _ = write!(text, "  {place}");
            for column in data.table.columns {
                if let Some(cell) = written(column.kind, batch, column.name, row) {
                    let _ = write!(text, " {}={}", column.name, bonafide_facts::text::printable(&cell, 60));
                }
            }
            text.push('\n');
        }
    }
    text
}

pub(crate) fn picture(read: &CaseRead) -> String {
    let mut text = String::new();
    for input in &read.inputs {
        let _ = writeln!(text, "{} -> {}: {} rows, {} skipped", input.path, input.table.unwrap_or("roster"), input.rows, input.skipped);
    }
    for mapping in &read.mappings {
        let _ = writeln!(text, "{}: {} -> {}.{}", mapping.file, mapping.header, mapping.table, mapping.column);
    }
    for trouble in &read.troubles {
        let _ = writeln!(text, "{:?} {} {trouble}", trouble.severity, trouble.code);
    }
    for data in read.tables.iter() {
        let _ = write!(text, "{}\n{}", data.table.name, row_text(&read.tables, data));
    }
    text
}

pub(crate) fn read(path: &Path) -> CaseRead {
    read_case(path, &[], &Wants::all(), &ReadOptions::default(), &mut |_| {}).unwrap()
}

#[test]
fn case_folders_become_what_their_snapshots_say() {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root().join("intake")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() >= 5, "the fixtures are missing");
    for folder in folders.iter().filter(|folder| folder.is_dir() && !folder.ends_with("rosters")) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        insta::assert_snapshot!(name, picture(&read(folder)));
    }
}

#[test]
fn rosters_are_understood_by_their_headers() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("intake/rosters")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = format!("roster-{}", file.file_stem().unwrap().to_string_lossy());
        insta::assert_snapshot!(name, picture(&read(&file)));
    }
}

#[test]
fn a_map_overrides_what_a_header_says() {
    let options = ReadOptions {
        maps: vec![("subject_id".into(), "E-Mail".into()), ("claims.hobby".into(), "city".into()), ("name".into(), "No Such".into())],
        ..Default::default()
    };
    let read = read_case(&root().join("intake/rosters/plain.csv"), &[], &Wants::all(), &options, &mut |_| {}).unwrap();
    let first = |table, column| written(bonafide_facts::Kind::Text, &read.tables.get(table).unwrap().batches[0], column, 0);
    assert_eq!(first("subjects", "subject_id").as_deref(), Some("dee@example.org"));
    assert_eq!(first("claims", "attribute").as_deref(), Some("hobby"));
    assert!(read.troubles.iter().any(|trouble| trouble.code == "map-without-header"));
}

#[test]
fn each_adapter_has_a_sample_and_reads_it() {
    let all = adapters();
    assert!(all.len() >= 2);
    for adapter in all {
        let folder = root().join("adapters").join(&adapter.id);
        let sample = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.to_string_lossy().contains("sample"))
            .unwrap();
        let read = import_adapter(&adapter.id, &sample, &ReadOptions::default(), &mut |_| {}).unwrap();
        insta::assert_snapshot!(format!("adapter-{}", adapter.id), picture(&read));
        let other = root().join("intake/rosters/plain.csv");
        assert_eq!(import_adapter(&adapter.id, &other, &ReadOptions::default(), &mut |_| {}).unwrap_err().code, "other-product");
    }
}

#[test]
fn reference_tables_come_from_bytes_and_only_wanted_columns_stay() {
    let bytes = "name,kind,process,source\nAnyTool,rmm,anytool.exe,its maker\n".as_bytes();
    let reference = [Source::Bytes { name: "wordlists/remote_tools.csv".into(), bytes: bytes.into() }];
    let wants = Wants::only([("subjects", "created_at_offset_minutes"), ("remote_tools", "process")]);
    let read = read_case(&root().join("intake/times"), &reference, &wants, &ReadOptions::default(), &mut |_| {}).unwrap();
    let names = |table: &str| read.tables.get(table).unwrap().schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    assert_eq!(names("subjects"), ["row_id", "subject_id", "created_at", "created_at_offset_minutes"]);
    assert_eq!(names("remote_tools"), ["row_id", "name", "kind", "process"]);
    assert_eq!(read.inputs.last().unwrap().path, "wordlists/remote_tools.csv");
}

#[cfg(unix)]
#[test]
fn a_link_never_leads_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("subjects.csv"), "subject_id\ns1\n").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("devices.csv")).unwrap();
    let read = read(folder.path());
    assert_eq!(read.troubles[0].code, "link-outside");
    assert!(read.tables.get("devices").is_none());
}

#[test]
fn nothing_to_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("nowhere")] {
        let trouble = read_case(&path, &[], &Wants::all(), &ReadOptions::default(), &mut |_| {}).unwrap_err();
        assert_eq!(trouble.code, "nothing-to-read");
    }
}
