//! `bonafide link` as users run it: case folders, plain tables of persons, explanations, a person's decisions.

use crate::{bonafide, err, out, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const EXAMPLE: &str = "examples/contractors";

/// A row by header.
type Row = BTreeMap<String, String>;

/// Rows of a CSV.
fn rows(path: &Path) -> Vec<Row> {
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

/// Runs `link` on a folder; links and clusters.
fn linked(folder: &Path, more: &[&str]) -> (Vec<Row>, Vec<Row>) {
    let target = tempfile::tempdir().unwrap();
    let to = target.path().join("out");
    let output = bonafide(&[&["link", folder.to_str().unwrap(), "--out", to.to_str().unwrap()], more].concat());
    assert!(output.status.success(), "{}", err(&output));
    (rows(&to.join("links.csv")), rows(&to.join("clusters.csv")))
}

/// Members of the clusters of a level.
fn members(clusters: &[BTreeMap<String, String>], level: &str) -> BTreeSet<BTreeSet<String>> {
    let mut by: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for row in clusters.iter().filter(|row| row["level"] == level) {
        by.entry(&row["cluster_id"]).or_default().insert(row["subject_id"].clone());
    }
    by.into_values().collect()
}

fn case(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    folder
}

const SUBJECTS: (&str, &str) = ("subjects.csv", "subject_id,name\na,Ola Venn\nb,Tirso Mabrey\nc,Ada Quill\nd,Jo Marsh\n");
const IDENTIFIERS: (&str, &str) = (
    "identifiers.csv",
    "subject_id,kind,value,source\na,bank_account,GB11 DEMO 0001,payout\nb,bank_account,gb11demo0001,payout\n\
     b,device,lap-77,mdm\nc,device,lap-77,mdm\nd,phone,+44 20 7946 0001,resume\na,phone,+442079460001,resume\n",
);

#[test]
fn the_example_gives_its_operators_and_every_member_has_the_link_that_joined_it() {
    let (links, clusters) = linked(&root().join(EXAMPLE), &[]);
    assert!(links.len() > 20 && clusters.len() > 10);
    let story: BTreeMap<String, String> =
        rows(&root().join(EXAMPLE).join("truth.csv")).into_iter().map(|row| (row["subject_id"].clone(), row["story"].clone())).collect();
    for group in members(&clusters, "operator") {
        let stories: BTreeSet<&String> = group.iter().map(|member| &story[member]).collect();
        assert_eq!(stories.len(), 1, "an operator lies across stories: {group:?}");
    }
    let pairs: BTreeSet<(String, &str)> = links
        .iter()
        .filter(|row| row["joined"] != "no")
        .map(|row| (format!("{}|{}", row["left_id"], row["right_id"]), row["level"].as_str()))
        .collect();
    let mut first: BTreeSet<&str> = BTreeSet::new();
    for row in clusters.iter().filter(|row| row["level"] == "operator") {
        if row["joined_by"].is_empty() {
            assert!(first.insert(&row["cluster_id"]), "two members of {} hang on nothing", row["cluster_id"]);
        } else {
            assert!(pairs.contains(&(row["joined_by"].clone(), "operator")), "{row:?}");
        }
    }
}

#[test]
fn every_world_links_and_honest_strangers_stay_apart() {
    let mut worlds = 0;
    for entry in fs::read_dir(root().join("fixtures/worlds")).unwrap() {
        let world = entry.unwrap().path();
        if world.is_dir() {
            worlds += 1;
            let (_, clusters) = linked(&world, &[]);
            let name = world.file_name().unwrap().to_str().unwrap().to_owned();
            let operators = members(&clusters, "operator");
            match name.as_str() {
                // A couple with one account, students at one library computer, an agency's payout account: shown as linked.
                "honest-shared-flat" | "honest-campus" | "honest-staffing-agency" => assert_eq!(operators.len(), 1, "{name}"),
                _ if name.starts_with("honest") => assert!(operators.is_empty(), "{name}: {operators:?}"),
                "shell-vendor" | "shared-mule" | "rating-ring" => assert!(!operators.is_empty(), "{name}"),
                _ => {}
            }
        }
    }
    assert!(worlds >= 20);
}

#[test]
fn a_pair_is_explained_linked_or_not() {
    let folder = case(&[SUBJECTS, IDENTIFIERS]);
    let explain = |a: &str, b: &str| {
        let output = bonafide(&["link", "explain", a, b, folder.path().to_str().unwrap()]);
        assert!(output.status.success(), "{}", err(&output));
        out(&output)
    };
    let text = explain("a", "b");
    assert!(
        text.contains("a and b, operator level: together") && text.contains("bank_account GB11DEMO0001 shared by 2: +14.0 bits"),
        "{text}"
    );
    let text = explain("c", "a");
    assert!(text.contains("path: c - b: device lap-77") && text.contains("path: b - a: bank_account"), "{text}");
    let text = explain("a", "d");
    assert!(
        text.contains("operator level: not together")
            && text.contains("asserted only")
            && text.contains("not linked: what counts is of 1 independent kind(s)"),
        "{text}"
    );
    let text = explain("c", "d");
    assert!(text.contains("not linked: they share no value, text, image or relation"), "{text}");
    let unknown = bonafide(&["link", "explain", "a", "nobody", folder.path().to_str().unwrap()]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(err(&unknown).contains("`nobody`"), "{}", err(&unknown));
}

#[test]
fn what_a_person_decided_holds_with_who_and_why() {
    let folder = case(&[
        SUBJECTS,
        IDENTIFIERS,
        (
            "link_decisions.csv",
            "left_id,right_id,decision,by,at,why\nb,a,not_same,casey,2026-02-01T09:00:00Z,a couple with one account\nc,d,same,robin,2026-02-02T09:00:00Z,one voice on two calls\n",
        ),
    ]);
    let (links, clusters) = linked(folder.path(), &[]);
    let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(members(&clusters, "operator"), BTreeSet::from([set(&["b", "c", "d"])]));
    assert!(links.iter().any(|row| row["reasons"].contains("decision") && row["left_id"] == "c"), "{links:?}");
    let explain = |a: &str, b: &str| out(&bonafide(&["link", "explain", a, b, folder.path().to_str().unwrap()]));
    let text = explain("a", "b");
    assert!(text.contains("casey decided they are not the same: a couple with one account"), "{text}");
    let text = explain("c", "d");
    assert!(text.contains("robin") && text.contains("one voice on two calls"), "{text}");
}

#[test]
fn ids_live_on_and_a_split_is_told() {
    let folder = case(&[SUBJECTS, IDENTIFIERS]);
    let first = folder.path().join("first");
    let run =
        |to: &Path, more: &[&str]| bonafide(&[&["link", folder.path().to_str().unwrap(), "--out", to.to_str().unwrap()], more].concat());
    assert!(run(&first, &[]).status.success());
    let evidence = rows(&first.join("links.csv"))[0]["evidence"].clone();
    assert!(evidence.split('|').all(|place| place.starts_with("identifiers.csv:")), "rows that a person can open: {evidence}");
    fs::write(
        folder.path().join("identifiers.csv"),
        "subject_id,kind,value,source\na,bank_account,GB11DEMO0001,payout\nb,bank_account,GB11DEMO0001,payout\n",
    )
    .unwrap();
    let clusters = first.join("clusters.csv");
    let second = folder.path().join("second");
    let output = run(&second, &["--earlier", clusters.to_str().unwrap()]);
    assert!(output.status.success() && out(&output).contains("lost members"), "{}{}", out(&output), err(&output));
    assert_eq!(rows(&clusters)[0]["cluster_id"], rows(&second.join("clusters.csv"))[0]["cluster_id"]);
    assert_eq!(run(&first, &[]).status.code(), Some(1), "never overwrites");
}

#[test]
fn a_plain_table_of_persons_is_read_with_its_own_headers() {
    let mut text = String::from("nr,Vorname,Nachname,geboren,nationality\n");
    for at in 0..300 {
        let (first, last) = (format!("vor{}{}", at % 17, at / 17), format!("nach{}{}", at % 23, at / 23));
        text.push_str(&format!(
            "{at}a,{first},{last},19{:02}-0{}-1{},XX\n{at}b,{first},{last}e,19{:02}-0{}-1{},YY\n",
            at % 90,
            1 + at % 9,
            at % 10,
            at % 90,
            1 + at % 9,
            at % 10
        ));
    }
    let folder = case(&[("people.csv", &text)]);
    let to = folder.path().join("out");
    let people = folder.path().join("people.csv");
    let columns = "id=nr,first_name=Vorname,surname=Nachname,birth_date=geboren";
    let output = bonafide(&["link", people.to_str().unwrap(), "--out", to.to_str().unwrap(), "--schema", "person", "--columns", columns]);
    assert!(output.status.success(), "{}", err(&output));
    let clusters = rows(&to.join("clusters.csv"));
    assert_eq!(clusters.len(), 600);
    let of: BTreeMap<&str, &str> = clusters.iter().map(|row| (row["subject_id"].as_str(), row["cluster_id"].as_str())).collect();
    let together = (0..300).filter(|at| of[format!("{at}a").as_str()] == of[format!("{at}b").as_str()]).count();
    assert!(together >= 290, "{together} of 300");
    assert!(clusters.iter().filter(|row| !row["joined_by"].is_empty()).count() >= 290);
    let with = |columns: &str| {
        bonafide(&["link", people.to_str().unwrap(), "--out", to.to_str().unwrap(), "--schema", "person", "--columns", columns])
    };
    fs::remove_dir_all(&to).unwrap();
    let usual = with("id=nr,given_name=Vorname,last_name=Nachname,dob=geboren");
    assert!(usual.status.success(), "usual headers stand for their roles: {}", err(&usual));
    assert_eq!(rows(&to.join("clusters.csv")), clusters);
    for (columns, says) in [
        ("height=nr", "roles: id, first_name"),
        ("surname=Nix", "headers of the file: nr, Vorname"),
        ("surname=Vorname,surname=Nachname", "twice"),
    ] {
        let wrong = with(columns);
        assert!(wrong.status.code() == Some(1) && err(&wrong).contains(says), "{columns}: {}", err(&wrong));
    }
    let wrong = with("surname=nationality");
    assert_eq!(wrong.status.code(), Some(1), "a column that is never read is refused: {}", err(&wrong));
}

#[test]
fn a_torn_row_and_an_endless_cell_of_a_person_table_cost_themselves_only() {
    let long = "A".repeat(10 << 20);
    let text = format!("id,first_name,surname,dob\n1,{long},Muster,1980-01-01\n2,Ada,Quill,1979-02-03\n3,\"torn");
    let folder = case(&[("people.csv", &text)]);
    let (people, to) = (folder.path().join("people.csv"), folder.path().join("out"));
    let output = bonafide(&["link", people.to_str().unwrap(), "--out", to.to_str().unwrap(), "--schema", "person"]);
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(rows(&to.join("clusters.csv")).len(), 2);
    for says in ["people.csv:2: a cell has more than 65536 bytes", "people.csv:4: the row has not as many cells"] {
        assert!(err(&output).contains(says), "{says}: {}", err(&output));
    }
}

#[test]
fn two_organisations_learn_the_overlap_and_a_torn_sheet_is_refused() {
    let folder = case(&[("key", "a key that both sides drew together\n")]);
    let side = |name: &str, mail: &str| {
        let folder = folder.path().join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("subjects.csv"), format!("subject_id,name\n{name}-1,Ola Venn\n{name}-2,Ada Quill\n")).unwrap();
        let text = format!("subject_id,kind,value\n{name}-1,email,{mail}\n{name}-2,email,{name}@mail.test\n");
        fs::write(folder.join("identifiers.csv"), text).unwrap();
        folder
    };
    let (left, right) = (side("left", "Jane.Doe@gmail.com"), side("right", "janedoe+jobs@gmail.com"));
    let key = folder.path().join("key");
    let make = |side: &Path, pairing: &str, to: &str| {
        let to = side.join(to);
        let args = [
            "exchange",
            "make",
            side.to_str().unwrap(),
            "--key",
            key.to_str().unwrap(),
            "--pairing",
            pairing,
            "--cost",
            "4",
            "--out",
            to.to_str().unwrap(),
        ];
        let output = bonafide(&args);
        assert!(output.status.success(), "{}", err(&output));
        to
    };
    let (ours, theirs) = (make(&left, "left and right", "out"), make(&right, "left and right", "out"));
    let matched = |keep: &Path, theirs: &Path| {
        bonafide(&["exchange", "match", "--keep", keep.to_str().unwrap(), "--theirs", theirs.to_str().unwrap()])
    };
    let output = matched(&ours.join("keep.csv"), &theirs.join("send.txt"));
    assert_eq!(out(&output), "subject_id,kind,shared\n\"left-1\",email,1\n", "{}", err(&output));
    let sheet = fs::read_to_string(theirs.join("send.txt")).unwrap();
    assert!(!sheet.contains("right-1") && !sheet.contains("mail") && !sheet.contains("email"), "{sheet}");
    let other = matched(&ours.join("keep.csv"), &make(&right, "left and third", "other").join("send.txt"));
    assert!(other.status.code() == Some(1) && err(&other).contains("different keys, names or costs"), "{}", err(&other));
    fs::write(theirs.join("send.txt"), &sheet[..sheet.len() / 2]).unwrap();
    let torn = matched(&ours.join("keep.csv"), &theirs.join("send.txt"));
    assert!(torn.status.code() == Some(1) && err(&torn).contains("checksum"), "{}", err(&torn));
}

/// Runs `link` on a stored index; what it prints.
fn stored(args: &[&str], index: &Path) -> String {
    let output = bonafide(&[&["link"], args, &["--index", index.to_str().unwrap()]].concat());
    assert!(output.status.success(), "{args:?}: {}", err(&output));
    out(&output)
}

/// Members of both levels, each with what joined it.
fn shape(clusters: &[Row]) -> BTreeSet<BTreeSet<(String, String, String)>> {
    let mut by: BTreeMap<&str, BTreeSet<(String, String, String)>> = BTreeMap::new();
    for row in clusters {
        by.entry(&row["cluster_id"]).or_default().insert((row["level"].clone(), row["subject_id"].clone(), row["joined_by"].clone()));
    }
    by.into_values().collect()
}

#[test]
fn records_added_one_folder_at_a_time_give_the_clusters_of_all_at_once() {
    let text = "Moved a billing platform of nine services to another region in one night, wrote the runbook that the night shift still uses, and \
                taught two apprentices how the queue is laid out on disk and why nobody should trust its clock.";
    let subjects = ["a,Ola Venn,GB", "b,Tirso Mabrey,GB", "c,Ada Quill,US", "d,Jo Marsh,GB", "e,Una Pell,GB"];
    let identifiers = [
        "a,bank_account,GB11 DEMO 0001,payout",
        "b,bank_account,gb11demo0001,payout",
        "c,phone,+44 20 7946 0001,platform",
        "d,phone,020 7946 0001,platform",
        "e,device,lap-9,mdm",
    ];
    let documents = ["c,c-cv,resume,TEXT", "d,d-cv,resume,Hello. TEXT"]
        .map(|row| row.replace("TEXT", &format!("\"{text}\"")).replace("Hello. \"", "\"Hello. "));
    let sign_ins = ["e,2026-03-01T08:00:00Z,lap-9", "a,2026-03-02T08:00:00Z,lap-9"];
    let folder = |subjects: &[&str], identifiers: &[&str], documents: &[String], sign_ins: &[&str]| {
        let folder = case(&[("subjects.csv", &format!("subject_id,name,claimed_country\n{}\n", subjects.join("\n")))]);
        for (name, head, rows) in [
            ("identifiers.csv", "subject_id,kind,value,source", identifiers.join("\n")),
            ("documents.csv", "subject_id,document_id,kind,text", documents.join("\n")),
            ("sign_ins.csv", "subject_id,at,device_id", sign_ins.join("\n")),
        ] {
            if !rows.is_empty() {
                fs::write(folder.path().join(name), format!("{head}\n{rows}\n")).unwrap();
            }
        }
        folder
    };
    let all = folder(&subjects, &identifiers, &documents, &sign_ins);
    let (_, whole) = linked(all.path(), &[]);
    assert_eq!(members(&whole, "operator").len(), 2, "{whole:?}");
    let store = tempfile::tempdir().unwrap();
    let index = store.path().join("index");
    // Backwards, a subject at a time: the second résumé meets the stored one.
    for at in (0..subjects.len()).rev() {
        let own = &subjects[at][..1];
        let of = |rows: &[&'static str]| rows.iter().copied().filter(|row| row.starts_with(own)).collect::<Vec<&str>>();
        let papers: Vec<String> = documents.iter().filter(|row| row.starts_with(own)).cloned().collect();
        let one = folder(&subjects[at..=at], &of(&identifiers), &papers, &of(&sign_ins));
        stored(&[one.path().to_str().unwrap()], &index);
    }
    let clusters = rows(&index.join("clusters.csv"));
    assert_eq!(shape(&clusters), shape(&whole));
    let again = stored(&[all.path().to_str().unwrap()], &index);
    assert_eq!(rows(&index.join("clusters.csv")), clusters, "rows said again change nothing: {again}");
    let explained = out(&bonafide(&["link", "explain", "c", "d", index.to_str().unwrap()]));
    assert!(explained.contains("c and d, operator level: together") && explained.contains("phone +442079460001"), "{explained}");
}

#[test]
fn decisions_and_retractions_hold_in_the_stored_index_and_events_are_kept() {
    let folder = case(&[SUBJECTS, IDENTIFIERS]);
    let store = tempfile::tempdir().unwrap();
    let index = store.path().join("index");
    let first = stored(&[folder.path().to_str().unwrap()], &index);
    assert!(first.contains("appeared: a, b, c"), "{first}");
    let id = rows(&index.join("clusters.csv"))[0]["cluster_id"].clone();
    let back = stored(&["retract", "c", "device", "LAP-77", "--by", "casey", "--why", "a machine of the pool"], &index);
    assert!(back.contains("lost members"), "{back}");
    let again = stored(&[folder.path().to_str().unwrap()], &index);
    assert!(!again.contains("took in"), "what was taken back stays back: {again}");
    let same = stored(&["decide", "c", "d", "same", "--by", "robin", "--why", "one voice, two names"], &index);
    assert!(same.contains("appeared: c, d"), "{same}");
    let apart = stored(&["decide", "a", "b", "not_same", "--by", "casey", "--why", "a couple"], &index);
    assert!(apart.contains(&format!("{id} is gone")), "{apart}");
    let events: Vec<Row> = fs::read_dir(index.join("changes"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .flat_map(|path| rows(&path))
        .collect();
    for what in ["appeared", "split", "gone"] {
        assert!(events.iter().any(|row| row["what"] == what), "{what}: {events:?}");
    }
    for (args, code) in [
        (vec!["retract", "c", "device", "lap-99", "--by", "x", "--why", "y"], "nothing was taken back"),
        (vec!["retract", "c", "shoe_size", "44", "--by", "x", "--why", "y"], "nothing was taken back"),
        (vec!["decide", "a", "nobody", "same", "--by", "x", "--why", "y"], "is not in the index"),
        (vec!["decide", "a", "b", "same", "--by", " ", "--why", "y"], "--by says nothing"),
    ] {
        let output = bonafide(&[&["link"], &args[..], &["--index", index.to_str().unwrap()]].concat());
        assert!(output.status.code() == Some(1) && err(&output).contains(code), "{args:?}: {}", err(&output));
    }
    assert!(!index.join("lock").exists(), "a refusal leaves no lock");
}

#[test]
fn a_torn_store_is_refused_and_a_batch_cut_off_leaves_it_as_it_was() {
    let folder = case(&[SUBJECTS, IDENTIFIERS]);
    let store = tempfile::tempdir().unwrap();
    let index = store.path().join("index");
    stored(&[folder.path().to_str().unwrap()], &index);
    let clusters = rows(&index.join("clusters.csv"));
    // A batch that was cut off: rows without a manifest that names them.
    fs::write(index.join("rows/identifiers/000002.csv"), "subject_id,kind,value\nd,device,lap-77\n").unwrap();
    stored(&[folder.path().to_str().unwrap()], &index);
    assert_eq!(rows(&index.join("clusters.csv")), clusters);
    let refused = |what: &str| {
        let output = bonafide(&["link", folder.path().to_str().unwrap(), "--index", index.to_str().unwrap()]);
        assert!(output.status.code() == Some(1) && err(&output).contains(what), "{what}: {}", err(&output));
    };
    fs::write(index.join("lock"), "").unwrap();
    refused("somebody is writing");
    fs::remove_file(index.join("lock")).unwrap();
    let kept = fs::read(index.join("rows/identifiers/000001.csv")).unwrap();
    fs::write(index.join("rows/identifiers/000001.csv"), &kept[..kept.len() - 5]).unwrap();
    refused("no whole link index");
    fs::write(index.join("rows/identifiers/000001.csv"), &kept).unwrap();
    let bin = fs::read_dir(&index)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|kind| kind == "bin"))
        .unwrap();
    fs::remove_file(bin).unwrap();
    refused("is missing");
    let other = case(&[("notes.txt", "mine")]);
    let output = bonafide(&["link", folder.path().to_str().unwrap(), "--index", other.path().to_str().unwrap()]);
    assert!(output.status.code() == Some(1) && err(&output).contains("not empty"), "{}", err(&output));
    let neither = bonafide(&["link", folder.path().to_str().unwrap()]);
    assert!(neither.status.code() == Some(1) && err(&neither).contains("--index DIR"), "{}", err(&neither));
}

#[test]
fn hostile_values_reach_neither_the_terminal_nor_the_store_as_they_are() {
    let folder = case(&[
        ("subjects.csv", "subject_id,name\n=cmd(),Ola Venn\n\"b\u{1b}[31m\",Tirso Mabrey\n"),
        (
            "identifiers.csv",
            "subject_id,kind,value,source\n=cmd(),device,<b>lap\u{1b}[2J</b>,mdm\n\"b\u{1b}[31m\",device,<b>lap\u{1b}[2J</b>,mdm\n",
        ),
        ("link_retractions.csv", "subject_id,kind,value\n=cmd(),nonsense,\u{202e}x\n"),
    ]);
    let store = tempfile::tempdir().unwrap();
    let index = store.path().join("index");
    let said = stored(&[folder.path().to_str().unwrap()], &index);
    assert!(!said.contains('\u{1b}') && said.contains("1 clusters of 2 subjects"), "{said:?}");
    for row in rows(&index.join("clusters.csv")) {
        assert!(!row["subject_id"].starts_with('='), "{row:?}");
    }
}
