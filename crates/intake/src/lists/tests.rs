//! The readers against small invented files (fixtures/lists) and, when present, real ones; hostile files must end in a trouble.

#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use proptest::prelude::*;

fn read(name: &str, text: &str) -> Result<ListRead, Trouble> {
    read_parts(&[(name, text.as_bytes())], &mut Files::default(), &ListLimits::default())
}

fn summary(read: &ListRead) -> String {
    let mut lines =
        vec![format!("list {} published {} entries {}", read.list, read.published.as_deref().unwrap_or("-"), read.entries.len())];
    for entry in &read.entries {
        let id = entry.entry_id.as_deref();
        lines.push(format!("{} {} {}", id.unwrap_or(""), entry.schema.as_deref().unwrap_or(""), entry.name.as_deref().unwrap_or("")));
        for name in read.names.iter().filter(|row| row.entry_id.as_deref() == id) {
            lines.push(format!(
                "  name {} {} {}",
                name.role.as_deref().unwrap(),
                name.strength.as_deref().unwrap(),
                name.name.as_deref().unwrap()
            ));
        }
        for row in read.identifiers.iter().filter(|row| row.entry_id.as_deref() == id) {
            lines.push(format!(
                "  {} {} {} {}",
                row.kind.as_deref().unwrap(),
                row.value.as_deref().unwrap(),
                row.country.as_deref().unwrap_or("-"),
                row.chain.as_deref().unwrap_or("-")
            ));
        }
        for row in read.dates.iter().filter(|row| row.entry_id.as_deref() == id) {
            lines.push(format!(
                "  {} {} {} {}",
                row.what.as_deref().unwrap(),
                row.earliest.as_deref().unwrap(),
                row.latest.as_deref().unwrap(),
                row.precision.as_deref().unwrap()
            ));
        }
        for row in read.programmes.iter().filter(|row| row.entry_id.as_deref() == id) {
            lines.push(format!("  programme {}", row.programme.as_deref().unwrap()));
        }
    }
    lines.extend(read.troubles.iter().map(ToString::to_string));
    lines.join("\n") + "\n"
}

#[test]
fn every_publisher_gives_the_expected_rows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lists");
    let mut cases: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|item| item.unwrap().path())
        .filter(|path| path.extension().is_none_or(|kind| kind != "expected"))
        .collect();
    cases.sort();
    assert!(cases.len() >= 7, "a fixture for each publisher");
    for path in cases {
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        let members: Vec<PathBuf> =
            if path.is_dir() { std::fs::read_dir(&path).unwrap().map(|item| item.unwrap().path()).collect() } else { vec![path.clone()] };
        for member in members {
            parts.push((member.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&member).unwrap()));
        }
        parts.sort();
        let bytes: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let read = read_parts(&bytes, &mut Files::default(), &ListLimits::default()).unwrap();
        let expected = path.with_extension("expected");
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::write(&expected, summary(&read)).unwrap();
        }
        assert_eq!(summary(&read), std::fs::read_to_string(&expected).unwrap(), "{}", path.display());
    }
}

#[test]
fn hostile_files_end_in_a_trouble() {
    let laughs = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"ha\">{}]><CONSOLIDATED_LIST><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>&i;</FIRST_NAME></INDIVIDUAL></CONSOLIDATED_LIST>",
        "bcdefghi".chars().map(|c| format!("<!ENTITY {c} \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">")).collect::<String>()
    );
    let read_laughs = read("un.xml", &laughs).unwrap();
    assert_eq!(read_laughs.entries[0].name.as_deref(), Some("&i;"), "an entity is never expanded");
    let deep = format!("<CONSOLIDATED_LIST>{}", "<a>".repeat(100_000));
    assert!(read("un.xml", &deep).unwrap_err().what.contains("nests deeper"));
    let large = format!("<CONSOLIDATED_LIST><INDIVIDUAL><DATAID>{}</DATAID></INDIVIDUAL></CONSOLIDATED_LIST>", "9".repeat(5 << 20));
    assert!(read("un.xml", &large).unwrap_err().what.contains("record"));
    let cut = "<CONSOLIDATED_LIST><INDIVIDUAL><DATAID>1</DATAID>";
    assert!(read("un.xml", cut).unwrap_err().what.contains("ends before"));
    assert_eq!(read("x", "").unwrap_err().code, "unknown-list");
    let latin = read_parts(
        &[("own.csv", b"entry_id,schema,name\n1,person,Jos\xe9 Roe\n".as_slice())],
        &mut Files::default(),
        &ListLimits::default(),
    )
    .unwrap();
    assert_eq!(latin.entries[0].name.as_deref(), Some("José Roe"));
    assert_eq!(latin.troubles[0].code, "list-encoding");
}

#[test]
fn real_lists_read_whole_when_present() {
    let Some(folder) = std::env::var_os("BONAFIDE_DATA").map(PathBuf::from) else {
        println!("skipped: set BONAFIDE_DATA to a folder with lists/");
        return;
    };
    for (name, entries) in [
        ("lists/un/un_consolidated_watchman.xml", 1003),
        ("lists/ofac/consolidated_nonsdn_2025-03-28.xml", 443),
        ("lists/ofac/sdn_2026-07-11.csv", 19_143),
    ] {
        let read = read_list(&folder.join(name), &mut Files::default(), &ListLimits::default()).unwrap();
        assert_eq!(read.entries.len(), entries, "{name}: {:?}", read.troubles.first());
    }
}

/// Damages every fixture in seeded ways and reads it: any answer will do, but no panic, and what is read stays in bounds. `BONAFIDE_FUZZ_RUNS` sets the number of
/// runs (2,000 when not set), `BONAFIDE_FUZZ_SEED` the seed.
#[test]
fn damaged_fixtures_are_read_in_bounds() {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (runs, mut state) = (number("BONAFIDE_FUZZ_RUNS", 2_000), number("BONAFIDE_FUZZ_SEED", 1));
    let mut next = |below: usize| {
        // A 64-bit LCG (Knuth, TAOCP 2, 3.3.4).
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below.max(1)
    };
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    for name in
        ["un.xml", "ofac_advanced.xml", "ofac_plain.xml", "eu_fsf.xml", "uk.xml", "uk_csv.csv", "own.csv", "ftm.jsonl", "ofac_csv/sdn.csv"]
    {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lists").join(name);
        seeds.extend(std::fs::read(path));
    }
    assert!(seeds.len() >= 8, "the fixtures are there");
    let pieces: [&[u8]; 16] = [
        b"<",
        b">",
        b"&",
        b"\"",
        b"\n",
        b"\0",
        b"\xff\xfe",
        b"<![CDATA[",
        b"<!--",
        b"<!DOCTYPE a [<!ENTITY a \"a\">]>",
        b"&#x110000;",
        b"{\"",
        b"|||",
        b"-0-",
        b",,,,,,,,,,,,,",
        "\u{202e}\u{0301}".as_bytes(),
    ];
    let limits = ListLimits { record_bytes: 1 << 16, entries: 1_000, troubles: 20, ..ListLimits::default() };
    let mut read = 0_u64;
    for _ in 0..runs {
        let mut bytes = seeds[next(seeds.len())].clone();
        for _ in 0..1 + next(6) {
            let at = next(bytes.len() + 1);
            match next(5) {
                0 if at < bytes.len() => bytes[at] = u8::try_from(next(256)).unwrap_or(0),
                1 => bytes.truncate(at.max(1)),
                2 => {
                    let piece = pieces[next(pieces.len())];
                    bytes.splice(at..at, piece.iter().copied());
                }
                3 => {
                    let end = (at + next(64)).min(bytes.len());
                    let copy: Vec<u8> = bytes[at..end].repeat(1 + next(8));
                    bytes.splice(at..at, copy);
                }
                _ => {
                    let end = (at + next(200)).min(bytes.len());
                    bytes.drain(at..end);
                }
            }
        }
        if let Ok(list) = read_parts(&[("any", bytes.as_slice())], &mut Files::default(), &limits) {
            read += 1;
            assert!(list.entries.len() <= 1_000 && list.troubles.len() <= 21);
        }
    }
    println!("{runs} damaged files, {read} of them still lists");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_text_is_read_without_panic(root in "(<CONSOLIDATED_LIST>|<sdnList>|<Sanctions>|<export>|<Designations>|entry_id,name\n|\\{\"schema\":|1,\"A\",-0-,-0-,-0-,-0-,-0-,-0-,-0-,-0-,-0-,-0-\n|)", body in "\\PC{0,400}") {
        let _ = read("any", &format!("{root}{body}"));
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = read_parts(&[("any", bytes.as_slice())], &mut Files::default(), &ListLimits::default());
    }

    #[test]
    fn damaged_lists_are_read_without_panic(cut in 0_usize..4000, flip in 0_usize..4000, byte in any::<u8>()) {
        for text in [include_str!("../../../../fixtures/lists/un.xml"), include_str!("../../../../fixtures/lists/ofac_advanced.xml"), include_str!("../../../../fixtures/lists/eu_fsf.xml")] {
            let mut bytes = text.as_bytes().to_vec();
            let at = flip % bytes.len();
            bytes[at] = byte;
            bytes.truncate(bytes.len() - cut % bytes.len());
            let _ = read_parts(&[("any", bytes.as_slice())], &mut Files::default(), &ListLimits::default());
        }
    }
}
