//! One end-to-end test per story, through the command: attack stories are seen, honest look-alikes stay quiet.
//!
//! A world is `fixtures/worlds/<story>/` with an `expected.csv`: subject_id, at_least, at_most, why.

use crate::{judged, root};
use std::collections::BTreeMap;

fn rank(band: &str) -> usize {
    ["clear", "note", "review", "escalate"].iter().position(|word| *word == band).unwrap_or_else(|| panic!("`{band}` is no band"))
}

#[test]
fn worlds_end_as_their_story_says() {
    let mut wrong = Vec::new();
    let mut worlds = 0;
    for entry in std::fs::read_dir(root().join("fixtures/worlds")).unwrap() {
        let world = entry.unwrap().path();
        if !world.is_dir() {
            continue;
        }
        worlds += 1;
        let subjects = judged(&world, &[]);
        let mut reader = csv::Reader::from_path(world.join("expected.csv")).unwrap();
        for row in reader.deserialize() {
            let row: BTreeMap<String, String> = row.unwrap();
            let Some(subject) = subjects.get(&row["subject_id"]) else { panic!("{}: no subject {}", world.display(), row["subject_id"]) };
            let band = subject["band"].as_str().unwrap();
            if rank(band) < rank(&row["at_least"]) || rank(band) > rank(&row["at_most"]) {
                let rules: Vec<&str> =
                    subject["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
                wrong.push(format!(
                    "{} {}: {band} ({rules:?}), expected {} to {}: {}",
                    world.file_name().unwrap().display(),
                    row["subject_id"],
                    row["at_least"],
                    row["at_most"],
                    row["why"]
                ));
            }
        }
    }
    assert!(worlds >= 16, "only {worlds} worlds");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_example_finds_its_stories_and_spares_the_honest() {
    let subjects = judged(&root().join("examples/contractors"), &[]);
    assert!(subjects.len() >= 40, "{} subjects", subjects.len());
    let mut attacks: BTreeMap<String, usize> = BTreeMap::new();
    let (mut honest_stories, mut quiet): (BTreeMap<String, usize>, usize) = (BTreeMap::new(), 0);
    for row in csv::Reader::from_path(root().join("examples/contractors/truth.csv")).unwrap().deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        let band = rank(subjects[&row["subject_id"]]["band"].as_str().unwrap());
        let stories = if row["is_attack"] == "true" { &mut attacks } else { &mut honest_stories };
        let highest = stories.entry(row["story"].clone()).or_default();
        *highest = band.max(*highest);
        if row["is_attack"] != "true" {
            assert!(band < 3, "{} is honest ({}) and escalated", row["subject_id"], row["story"]);
        }
    }
    assert!(attacks.len() >= 8, "{attacks:?}");
    assert!(attacks.values().all(|band| *band >= 2), "an attack story stays below review: {attacks:?}");
    quiet += honest_stories.values().filter(|band| **band <= 1).count();
    assert!(honest_stories.len() >= 12, "{honest_stories:?}");
    assert!(quiet >= 3, "only {quiet} honest stories stay at note: {honest_stories:?}");
}
