//! Laws that hold for any bytes.

use crate::fixtures::{picture, read};
use bonafide_intake::{ReadLimits, ReadOptions, Wants, read_case};
use proptest::prelude::*;
use std::io::Write as _;

fn read_bytes(name: &str, bytes: &[u8], limits: &ReadLimits) -> bonafide_intake::CaseRead {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("subjects.csv"), "subject_id\ns1\ns2\n").unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let options = ReadOptions { limits: limits.clone(), ..Default::default() };
    read_case(folder.path(), &[], &Wants::all(), &options, &mut |_| {}).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), form in 0..5_usize) {
        let name = ["sign_ins.csv", "sign_ins.jsonl", "sign_ins.parquet", "sign_ins.csv.gz", "sign_ins.csv.zst"][form];
        let mut bytes = bytes;
        match form {
            2 => bytes.splice(0..0, *b"PAR1").for_each(drop),
            3 if bytes.len() % 2 == 0 => bytes = gzip(&bytes),
            4 => bytes.splice(0..0, [0x28, 0xb5, 0x2f, 0xfd]).for_each(drop),
            _ => {}
        }
        read_bytes(name, &bytes, &ReadLimits::default());
    }

    #[test]
    fn every_csv_record_is_kept_or_counted(cells in proptest::collection::vec(("s[1-4]?", "\\PC{0,6}|\"\"|2026-01-0[1-9]T00:00:00Z"), 0..40)) {
        let mut text = String::from("subject_id,at\n");
        for (subject, at) in &cells {
            text.push_str(&format!("x{subject},\"{}\"\n", at.replace('"', "\"\"")).replacen("xs", "s", 1));
        }
        let read = read_bytes("sign_ins.csv", text.as_bytes(), &ReadLimits::default());
        let file = read.inputs.iter().find(|input| input.path == "sign_ins.csv").unwrap();
        prop_assert_eq!(file.rows + file.skipped, cells.len() as u64);
        prop_assert_eq!(file.rows as usize, read.tables.get("sign_ins").unwrap().rows());
        let named: u64 = read.troubles.iter().filter(|trouble| trouble.what.contains("row is skipped")).map(|trouble| trouble.count).sum();
        prop_assert_eq!(named, file.skipped, "each skipped row is named");
    }

    #[test]
    fn damaged_parquet_is_a_trouble(at in 0.0..1.0_f64, with in any::<u8>()) {
        let mut bytes = parquet_bytes();
        let place = ((bytes.len() - 1) as f64 * at) as usize;
        bytes[place] = with;
        read_bytes("sign_ins.parquet", &bytes, &ReadLimits::default());
    }
}

fn parquet_bytes() -> Vec<u8> {
    parquet_rows(50)
}

fn parquet_rows(rows: i64) -> Vec<u8> {
    use bonafide_facts::TableRow as _;
    use bonafide_facts::tables::did::SignIn;
    let row = |at| SignIn {
        subject_id: Some("s1".into()),
        at: Some(bonafide_facts::cell::Time { micros: at, offset_minutes: None }),
        ip: Some("192.0.2.1".into()),
        ..Default::default()
    };
    let batch = SignIn::to_batch(&(0..rows).map(row).collect::<Vec<_>>()).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn parquet_gives_the_rows_that_were_written() {
    let read = read_bytes("sign_ins.parquet", &parquet_bytes(), &ReadLimits::default());
    assert_eq!(read.tables.get("sign_ins").unwrap().rows(), 50);
    let first = read.tables.get("sign_ins").unwrap().batches[0].slice(0, 1);
    let row = &<bonafide_facts::tables::did::SignIn as bonafide_facts::TableRow>::from_batch(&first)[0];
    assert_eq!((row.subject_id.as_deref(), row.at.unwrap().micros, row.ip.as_deref()), (Some("s1"), 0, Some("192.0.2.1")));
}

#[test]
fn parquet_of_many_batches_is_read_to_its_end() {
    let read = read_bytes("sign_ins.parquet", &parquet_rows(20_000), &ReadLimits::default());
    let data = read.tables.get("sign_ins").unwrap();
    assert_eq!((data.rows(), data.batches.len()), (20_000, 3));
    let last = &data.batches[2];
    let row = last.num_rows() - 1;
    use bonafide_facts::cell::{Cell as _, Ip, Time};
    assert_eq!(Time::read(last, "at", row).unwrap().micros, 19_999);
    assert_eq!(Ip::read(last, "ip", row).as_deref(), Some("192.0.2.1"));
}

#[test]
fn the_names_of_files_change_no_row() {
    let folder = |names: [&str; 2]| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("subjects.csv"), "subject_id\ns1\n").unwrap();
        std::fs::create_dir(folder.path().join("sign_ins")).unwrap();
        for (name, day) in names.iter().zip(1..) {
            let text = format!("subject_id,at\ns1,2026-01-0{day}T00:00:00Z\n");
            std::fs::write(folder.path().join("sign_ins").join(name), text).unwrap();
        }
        let text = picture(&read(folder.path()));
        let mut rows: Vec<String> =
            text.lines().filter_map(|line| line.split_once(" subject_id=")).map(|(_, row)| row.to_owned()).collect();
        rows.sort();
        (text, rows)
    };
    let (text, rows) = folder(["a.csv", "b.csv"]);
    assert_eq!(text, folder(["a.csv", "b.csv"]).0, "the same files give the same bytes");
    assert_eq!(rows, folder(["b.csv", "a.csv"]).1);
}

#[test]
fn hostile_files_end_within_their_limits() {
    let codes = |read: &bonafide_intake::CaseRead| read.troubles.iter().map(|trouble| trouble.code.clone()).collect::<Vec<_>>();
    let limits = ReadLimits { record_bytes: 1 << 20, unfolded_free_bytes: 1 << 20, rows: 2, ..Default::default() };
    let bomb = gzip(&[b"subject_id,at\n".as_slice(), &vec![b'x'; 8 << 20]].concat());
    let read = read_bytes("sign_ins.csv.gz", &bomb, &limits);
    assert!(codes(&read).contains(&"unfolds-too-far".to_owned()), "{:?}", codes(&read));
    let endless_quote = [b"subject_id,at\ns1,\"".as_slice(), &vec![b'x'; 2 << 20], b"\ns2,2026-01-01\n"].concat();
    let read = read_bytes("sign_ins.csv", &endless_quote, &limits);
    assert!(codes(&read).contains(&"unclosed-quote".to_owned()), "{:?}", codes(&read));
    assert_eq!(read.tables.get("sign_ins").unwrap().rows(), 1, "reading goes on below the open quote");
    let wide = format!("subject_id,{}\n", "c,".repeat(1_000_000));
    assert!(codes(&read_bytes("sign_ins.csv", wide.as_bytes(), &ReadLimits::default())).contains(&"unreadable-file".to_owned()));
    let deep = format!("{{\"subject_id\":{}1{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert!(codes(&read_bytes("sign_ins.jsonl", deep.as_bytes(), &ReadLimits::default())).contains(&"bad-json".to_owned()));
    let large = format!("subject_id,at,user_agent\ns1,2026-01-01,{}\n", "x".repeat(10 << 20));
    let read = read_bytes("sign_ins.csv", large.as_bytes(), &ReadLimits::default());
    assert!(codes(&read).contains(&"cell-too-long".to_owned()));
    assert_eq!(read.tables.get("sign_ins").unwrap().rows(), 1, "the row of a 10 MB cell stays");
    let many = format!("subject_id,at\n{}", "s1,2026-01-01\n".repeat(5));
    let read = read_bytes("sign_ins.csv", many.as_bytes(), &limits);
    assert_eq!((read.inputs[1].rows, read.inputs[1].skipped), (2, 3));
    let bad = format!("subject_id,at,asn\n{}", "s1,2026-01-01,x\n".repeat(100));
    let read = read_bytes("sign_ins.csv", bad.as_bytes(), &ReadLimits::default());
    let of_code: Vec<u64> = read.troubles.iter().filter(|trouble| trouble.code == "bad-number").map(|trouble| trouble.count).collect();
    assert_eq!((of_code.len(), of_code.iter().sum::<u64>()), (21, 100), "20 one by one, the rest counted");
}
