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
    let wrong = bonafide(&[
        "link",
        people.to_str().unwrap(),
        "--out",
        to.to_str().unwrap(),
        "--schema",
        "person",
        "--columns",
        "surname=nationality",
    ]);
    assert_eq!(wrong.status.code(), Some(1), "a column that is never read is refused: {}", err(&wrong));
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
