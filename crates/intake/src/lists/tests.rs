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
        if entry.listed_from.is_some() || entry.listed_to.is_some() {
            let day =
                |time: &Option<bonafide_facts::cell::Time>| time.as_ref().map_or("-".to_owned(), |time| time.to_string()[..10].to_owned());
            lines.push(format!("  listed from {} to {}", day(&entry.listed_from), day(&entry.listed_to)));
        }
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
        for row in read.addresses.iter().filter(|row| row.entry_id.as_deref() == id) {
            let text = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "-".to_owned());
            lines.push(format!("  {} {} / {} / {}", text(&row.kind), text(&row.address), text(&row.city), text(&row.country)));
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
    let slip = "<CONSOLIDATED_LIST>\n<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>A <0B> < B</FIRST_NAME></INDIVIDUAL></CONSOLIDATED_LIST>";
    let mended = read("un.xml", slip).unwrap();
    assert_eq!((mended.entries[0].name.as_deref(), mended.troubles[0].place.clone().unwrap().line), (Some("A <0B> < B"), Some(2)));
    let latin = read_parts(
        &[("own.csv", b"entry_id,schema,name\n1,person,Jos\xe9 Roe\n".as_slice())],
        &mut Files::default(),
        &ListLimits::default(),
    )
    .unwrap();
    assert_eq!(latin.entries[0].name.as_deref(), Some("José Roe"));
    assert_eq!(latin.troubles[0].code, "list-encoding");
}

fn bytes(name: &str, bytes: &[u8]) -> Result<ListRead, Trouble> {
    read_parts(&[(name, bytes)], &mut Files::default(), &ListLimits::default())
}

#[test]
fn every_encoding_gives_the_names_and_damage_is_said() {
    let text = "entry_id,schema,name\r\n1,person,김영철\r\n2,person,Зураб\r\n3,person,田寅寅\r\n";
    let wide = |mark: &[u8], big: bool| -> Vec<u8> {
        let units = text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        mark.iter().copied().chain(units).collect()
    };
    for file in [
        wide(b"\xff\xfe", false),
        wide(b"\xfe\xff", true),
        wide(b"", false),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        text.replace("\r\n", "\r").into_bytes(),
        text.replace(',', ";").into_bytes(),
    ] {
        let names: Vec<String> = bytes("own.csv", &file).unwrap().entries.into_iter().filter_map(|entry| entry.name).collect();
        assert_eq!(names, ["김영철", "Зураб", "田寅寅"]);
    }
    let mut damaged = text.as_bytes().to_vec();
    damaged[32] = 0xff;
    let read = bytes("own.csv", &damaged).unwrap();
    assert_eq!(read.entries[2].name.as_deref(), Some("田寅寅"), "one bad byte does not turn the whole file into another encoding");
    assert!(read.troubles[0].what.contains("not UTF-8") && read.troubles[0].severity == bonafide_facts::Severity::Warning);
    let mut declared =
        b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><CONSOLIDATED_LIST><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>".to_vec();
    declared.extend_from_slice(&encoding_rs::WINDOWS_1251.encode("Зураб").0);
    declared.extend_from_slice(b"</FIRST_NAME></INDIVIDUAL></CONSOLIDATED_LIST>");
    assert_eq!(bytes("un.xml", &declared).unwrap().entries[0].name.as_deref(), Some("Зураб"));
}

#[test]
fn a_list_that_was_cut_is_refused() {
    let row = "36,\"EXAMPLE\",-0- ,\"TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"Invented.\"\r\n";
    assert_eq!(read("sdn.csv", &format!("{row}{}\u{1a}", row.replace("36", "37"))).unwrap().entries.len(), 2);
    for (name, cut) in [
        ("sdn.csv", format!("{row}{}", row.replace("36", "37").trim_end_matches(".\"\r\n"))),
        ("sdn.csv", format!("{row}{}", &row.replace("36", "37")[..20])),
        ("own.csv", "entry_id,schema,name\n1,person,A B\n2,person,\"C D".to_owned()),
        ("ftm.jsonl", "{\"id\": \"a\", \"schema\": \"Person\", \"properties\": {\"name\": [\"A B\"]}}\n{\"id\": \"b\", \"sch".to_owned()),
    ] {
        let trouble = read(name, &cut).unwrap_err();
        assert_eq!(
            (trouble.code.as_str(), trouble.place.unwrap().line),
            ("list-truncated", Some(if name == "own.csv" { 3 } else { 2 })),
            "{name}"
        );
    }
}

#[test]
fn one_vast_value_costs_itself_only() {
    let vast = "x".repeat(10 << 20);
    let own = format!(
        "entry_id,schema,name,aliases,identifiers\n1,person,A B,{vast},\n2,person,C D,{},wallet:{vast}\n3,person,{vast},,\n4,person,E F,,\n",
        "a|".repeat(20_000)
    );
    let limits = ListLimits { record_bytes: 64 << 20, ..ListLimits::default() };
    let read = read_parts(&[("own.csv", own.as_bytes())], &mut Files::default(), &limits).unwrap();
    assert_eq!(read.entries.len(), 3);
    assert!(read.names.iter().all(|row| row.name.as_ref().is_some_and(|name| name.len() < 100)));
    assert!(read.troubles.iter().any(|trouble| trouble.code == "list-value"), "what was left out is said");
    let many: String = (0..10_000).map(|at| format!("n{at}|")).collect();
    let read = bytes("own.csv", format!("entry_id,name,aliases\n1,A B,{many}\n").as_bytes()).unwrap();
    assert!(read.names.len() <= 4_096 && read.troubles.iter().any(|trouble| trouble.what.contains("beyond 4096 of one entry")));
}

#[test]
fn every_listed_wallet_has_its_chain_when_the_lists_are_present() {
    let Some(folder) = std::env::var_os("BONAFIDE_DATA").map(PathBuf::from) else {
        println!("skipped: set BONAFIDE_DATA to a folder with lists/");
        return;
    };
    let read = read_list(&folder.join("lists/ofac/sdn_2024-05-03.csv"), &mut Files::default(), &ListLimits::default()).unwrap();
    let wallets: Vec<_> = read.identifiers.iter().filter(|row| row.kind.as_deref() == Some("wallet")).collect();
    let mut chains = std::collections::BTreeMap::<&str, usize>::new();
    wallets.iter().for_each(|row| *chains.entry(row.chain.as_deref().unwrap_or("none")).or_default() += 1);
    println!(
        "{} wallets: {chains:?}; {:?}",
        wallets.len(),
        read.troubles.iter().filter(|trouble| trouble.code == "list-wallet").map(|trouble| &trouble.what).collect::<Vec<_>>()
    );
    assert!(wallets.len() > 200 && chains.contains_key("tron") && chains.contains_key("ethereum"));
    // The old format cuts remarks at a thousand letters, in the middle of an address: eight of them, each told.
    assert!(chains.get("none").is_none_or(|none| *none <= 8), "{chains:?}");
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

#[test]
fn half_a_list_does_not_pass_for_a_whole_one() {
    let own = |bad: usize| {
        let rows: String =
            (0..10).map(|at| if at < bad { format!("{at},person,\"Open {at},\n") } else { format!("{at},person,Name {at},\n") }).collect();
        read("own.csv", &format!("entry_id,schema,name,aliases\n{rows}"))
    };
    let few = own(2).unwrap();
    assert_eq!((few.entries.len(), few.troubles.len()), (8, 2), "what is lost is told row by row: {:?}", few.troubles);
    let half = own(3).unwrap_err();
    assert_eq!((half.code.as_str(), half.place.unwrap().line), ("list-damaged", Some(2)));
    assert!(half.what.contains("3 of 10 rows"), "{}", half.what);
    let good = "{\"id\": \"a\", \"schema\": \"Person\", \"properties\": {\"name\": [\"A B\"]}}\n";
    assert_eq!(read("ftm.jsonl", &format!("{good}{{broken\n{{broken\n")).unwrap_err().code, "list-damaged");
    let row = "36,\"EXAMPLE\",-0- ,\"TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"Invented.\"\n";
    let torn = format!("{row}37,\"SHORT\"\n38,\"SHORT\"\n{}{}", row.replace("36", "39"), row.replace("36", "40"));
    assert_eq!(read("sdn.csv", &torn).unwrap_err().code, "list-damaged");
    let empty = read("un.xml", "<CONSOLIDATED_LIST></CONSOLIDATED_LIST>").unwrap();
    assert_eq!(empty.troubles[0].code, "list-empty", "an empty list is told: nothing can be found on it");
}

#[test]
fn what_is_no_list_is_told_by_its_break() {
    for (text, code, line, says) in [
        ("{\"schema\" \"Person\"}", "list-damaged", Some(1), "1 of 1 rows"),
        ("{\n \"a\": [1,\n \"b\": 2}", "list-json", Some(3), "breaks here"),
        ("\n\n[{\"address\": \"x\"},\n {\"address\" \"y\"}]", "list-json", Some(4), "expected `:`"),
        ("[{\"address\": \"x\"}]", "unknown-list", None, "is JSON, but no list"),
        ("who,what\n1,2\n", "unknown-list", None, "no list that is known"),
        ("<ArrayOfFinancialSanctionsTarget></ArrayOfFinancialSanctionsTarget>", "unknown-list", None, "no list that is known"),
    ] {
        let trouble = read("x", text).unwrap_err();
        assert_eq!((trouble.code.as_str(), trouble.place.unwrap().line), (code, line), "{text}");
        assert!(trouble.what.contains(says), "{}", trouble.what);
    }
}

#[test]
fn quotes_that_never_close_and_wide_headers_do_not_cost_the_square_of_the_file() {
    // Every line opens a quote that the next one closes and opens anew: each was searched to the end of the file.
    let bad = "x\",\"\n".repeat(300_000);
    assert_eq!(read("own.csv", &format!("entry_id,name\n{bad}")).unwrap_err().code, "list-damaged");
    let wide = format!("entry_id,name{}\n{}", ",x".repeat(9_000), "1,\n".repeat(20_000));
    assert_eq!(read("own.csv", &wide).unwrap().entries.len(), 0);
    let wider = format!("entry_id,name{}\n1,A B\n", ",x".repeat(20_000));
    assert!(read("own.csv", &wider).unwrap_err().what.contains("columns"));
    // One row as wide as the file, and many short ones.
    let row = "36,\"EXAMPLE\",-0- ,\"TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"Invented.\"\n";
    let short: String = (100..60_000).map(|at| row.replace("36", &at.to_string())).collect();
    let read_wide = read("sdn.csv", &format!("{row}1{}\n{short}", ",".repeat(500_000))).unwrap();
    assert_eq!(read_wide.entries.len(), 59_901);
    // Rows that name entries far above as their own.
    let head = "Unique ID,Name 6,Name 1,Name type\n";
    let rows = |kind: &str, word: &str| (0..60_000).map(|at| format!("T{at},{word}{at},A,{kind}\n")).collect::<String>();
    let read_uk = read("uk.csv", &format!("{head}{}{}", rows("Alias", "X"), rows("Primary Name", "Y"))).unwrap();
    assert_eq!((read_uk.entries.len(), read_uk.names.len()), (60_000, 120_000));
    assert_eq!(read_uk.entries[7].name.as_deref(), Some("A Y7"));
    assert_eq!(read_uk.names.iter().filter(|name| name.role.as_deref() == Some("primary")).count(), 60_000);
}

#[test]
fn the_list_of_a_file_comes_from_its_own_name() {
    for (name, list) in [
        ("cons_prim.csv", "ofac-cons"),
        ("/home/consultant/sdn.csv", "ofac-sdn"),
        ("store/ofac-cons/2026-01-02_0123/fetched.part", "ofac-cons"),
        ("store/ofac-sdn/2026-01-02_0123/fetched.part", "ofac-sdn"),
    ] {
        assert_eq!(ofac_list(name), list, "{name}");
    }
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

#[test]
fn a_path_that_is_not_there_and_an_empty_folder_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.xml");
    for (path, code) in [(missing.as_path(), "list-open"), (folder.path(), "list-empty")] {
        let trouble = read_list(path, &mut Files::default(), &ListLimits::default()).unwrap_err();
        assert_eq!(trouble.code, code);
        assert_eq!(trouble.place.unwrap().file, path.display().to_string());
    }
}
