//! The proving ground through the command: a small simulated world, measured, audited, counted and replayed.

use crate::{bonafide, err, out, root};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// One world for all tests: 3,000 subjects, a tenth of whom hide something, carelessly.
fn world() -> &'static Path {
    static WORLD: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = WORLD.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("world");
        let output = bonafide(&[
            "simulate",
            "--subjects",
            "3000",
            "--attack-rate",
            "0.1",
            "--care",
            "0",
            "--seed",
            "7",
            "--out",
            path.to_str().unwrap(),
        ]);
        assert!(output.status.success(), "{}", err(&output));
        (folder, path)
    });
    path
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn run(args: &[&str]) -> String {
    let output = bonafide(args);
    assert!(output.status.success(), "{args:?}\n{}{}", out(&output), err(&output));
    out(&output)
}

#[test]
fn a_simulated_folder_is_read_without_loss() {
    let output = bonafide(&["check", world().join("case").to_str().unwrap(), "--strict", "--exit-zero", "--format", "csv"]);
    assert!(output.status.success(), "{}", err(&output));
    let case = fs::read_dir(world().join("case")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(case.into_iter().all(|name| !name.starts_with("truth") && !name.starts_with("groups")), "the truth lies in the case folder");
}

#[test]
fn the_guide_tells_every_family() {
    let guide = fs::read_to_string(root().join("docs/guides/proving.md")).unwrap();
    for line in run(&["simulate", "--list"]).lines() {
        assert!(guide.contains(line), "docs/guides/proving.md lacks: {line}");
    }
}

#[test]
fn evaluation_beats_the_count_of_shared_identifiers_and_has_intervals() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(&["evaluate", world().to_str().unwrap(), "--clusters", "--out", folder.path().to_str().unwrap()]);
    let result = json(&folder.path().join("evaluation.json"));
    let point = &result["points"][0];
    assert_eq!(point["one_in"], 1000);
    let (recall, naive) = (point["recall"]["share"].as_f64().unwrap(), point["baseline_recall"]["share"].as_f64().unwrap());
    assert!(recall > naive, "{printed}");
    assert!(point["false_alerts"]["hits"].as_u64().unwrap() <= result["honest"].as_u64().unwrap() / 1000);
    for family in result["families"].as_array().unwrap() {
        let share = &family["flagged"];
        assert!(share["low"].as_f64() <= share["share"].as_f64() && share["share"].as_f64() <= share["high"].as_f64());
    }
    // Every honest family above three times ordinary people is named with the rules behind it, and no other.
    let times = |family: &serde_json::Value| family["times_ordinary"]["ratio"].as_f64().unwrap_or(0.0);
    let above: Vec<&str> = result["families"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|family| times(family) > 3.0)
        .map(|family| family["family"].as_str().unwrap())
        .collect();
    let named = result["costly_families"].as_array().unwrap();
    assert_eq!(named.iter().map(|family| family["family"].as_str().unwrap()).collect::<Vec<_>>(), above, "{printed}");
    assert!(named.iter().all(|family| !family["rules"].as_array().unwrap().is_empty()), "{printed}");
    assert_eq!(printed.contains("what you can do"), !above.is_empty(), "{printed}");
    let hidden = result["families"].as_array().unwrap().iter().filter(|family| family["hides"] == true).count();
    assert_eq!(hidden, 12, "a family did not live");
    assert!(!result["clusters"].as_array().unwrap().is_empty() && !result["dead_rules"].as_array().unwrap().is_empty());
    let page = fs::read_to_string(folder.path().join("evaluation.html")).unwrap();
    assert!(page.contains("<svg") && !page.contains("<script") && !page.contains("http://"));
}

/// Whoever writes the truth file writes what is printed of it.
#[test]
fn a_hostile_family_reaches_no_terminal_and_no_page_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("truth.csv");
    let mut text = "subject_id,hidden,family,care\n".to_owned();
    for (number, row) in csv_rows(&world().join("truth.csv")).iter().enumerate() {
        let family = format!("\u{1b}[31m<script>f{}</script>", number % 3);
        text += &format!("{},{},{family},\u{1b}[2J{}\n", row["subject_id"], row["hidden"], number % 2);
    }
    fs::write(&file, text).unwrap();
    for verb in ["evaluate", "calibrate"] {
        let out = folder.path().join(verb);
        let printed = run(&[verb, world().to_str().unwrap(), "--truth", file.to_str().unwrap(), "--out", out.to_str().unwrap()]);
        assert!(!printed.contains('\u{1b}'), "{printed}");
        for entry in fs::read_dir(&out).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains('\u{1b}'), "{}", path.display());
            assert!(path.extension().is_none_or(|kind| kind != "html") || !text.contains("<script"), "{}", path.display());
        }
    }
}

#[test]
fn dispositions_are_labels_and_a_wrong_word_is_told_with_its_line() {
    let truth = csv_rows(&world().join("truth.csv"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dispositions.csv");
    let words = |hidden: &str| if hidden == "true" { "true match" } else { "false positive" };
    let mut text = "subject_id,disposition,opened_at,decided_at\n".to_owned();
    for row in truth.iter().step_by(3) {
        text += &format!("{},{},2026-05-01,2026-05-04\n", row["subject_id"], words(&row["hidden"]));
    }
    fs::write(&file, &text).unwrap();
    let case = world().join("case");
    let printed = run(&["evaluate", case.to_str().unwrap(), "--labels", file.to_str().unwrap()]);
    assert!(printed.contains("undecided (left out)") && !printed.starts_with("0 hide"), "{printed}");
    fs::write(&file, text + "s1,perhaps,,\n").unwrap();
    let output = bonafide(&["evaluate", case.to_str().unwrap(), "--labels", file.to_str().unwrap()]);
    assert!(!output.status.success() && err(&output).contains("dispositions.csv:") && err(&output).contains("perhaps"), "{}", err(&output));
}

#[test]
fn an_audit_finds_a_planted_difference_and_says_when_it_cannot_tell() {
    let folder = tempfile::tempdir().unwrap();
    let groups = folder.path().join("groups.csv");
    // Whoever is paid through an agency, shares a flat or stays in one house is put into one group: those are flagged more, and five people are few.
    let mut text = "subject_id,colour\n".to_owned();
    for (index, row) in csv_rows(&world().join("truth.csv")).iter().enumerate() {
        let odd = ["shared-flat", "staffing-agency", "family-computer", "newcomer", "guest-house"].contains(&row["family"].as_str());
        text += &format!(
            "{},{}\n",
            row["subject_id"],
            if index < 5 {
                "grey"
            } else if odd {
                "blue"
            } else {
                "green"
            }
        );
    }
    fs::write(&groups, text).unwrap();
    let args = [
        "audit",
        world().to_str().unwrap(),
        "--groups",
        groups.to_str().unwrap(),
        "--band",
        "note",
        "--volume",
        "--min-expected",
        "1",
        "--out",
        folder.path().to_str().unwrap(),
    ];
    let page = run(&args);
    let verdicts: BTreeMap<String, String> = json(&folder.path().join("audit.json"))["columns"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|column| column["groups"].as_array().unwrap().clone())
        .map(|group| (group["value"].as_str().unwrap().to_owned(), group["verdict"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(verdicts["blue"], "flagged_more", "{page}");
    assert_eq!(verdicts["grey"], "too_few_to_say", "{page}");
    assert!(page.contains("colour: blue") && page.contains("activity volume"), "{page}");
}

#[test]
fn calibration_proposes_a_diff_and_never_more_than_the_expert_would() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(&["calibrate", world().to_str().unwrap(), "--about", "a test", "--out", folder.path().to_str().unwrap()]);
    assert!(printed.contains("held out"), "{printed}");
    let diff = fs::read_to_string(folder.path().join("weights.diff")).unwrap();
    let (mut old, mut changes) = (0.0, 0);
    for line in diff.lines() {
        let number = |key: &str| {
            line.split_once(&format!("{key}: "))
                .and_then(|(_, rest)| rest.split([',', '}']).next())
                .and_then(|n| n.parse::<f64>().ok())
                .unwrap()
        };
        if line.starts_with("-weight") {
            old = number("high");
        } else if line.starts_with("+weight") {
            changes += 1;
            assert!(line.contains("basis: measured") && line.contains("a test"), "{line}");
            assert!(number("bits") <= old + 1e-9, "loosened beyond the expert: {line}");
            assert!(number("low") <= number("bits") && number("bits") <= number("high"), "{line}");
        }
    }
    assert!(changes > 5, "{printed}");
    assert!(!diff.contains("# loosens"), "{diff}");
    // What goes beyond stands apart, and names each interval it would loosen, in the file and on the screen.
    let beyond = fs::read_to_string(folder.path().join("weights_beyond_caps.diff")).unwrap();
    let named = beyond.lines().filter_map(|line| line.strip_prefix("# loosens an expert's interval: "));
    let named: Vec<&str> = named.collect();
    assert!(!named.is_empty() && named.iter().all(|sentence| printed.contains(sentence)), "{beyond}");
    assert!(printed.contains("care all beyond caps recall"), "{printed}");
    let held: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.path().join("held_out.json")).unwrap()).unwrap();
    assert_eq!(held["widths"].as_array().unwrap().len(), 3, "{held}");
    assert_eq!(
        fs::read_to_string(folder.path().join("evidence.csv")).unwrap().lines().count() - 1,
        fs::read_dir(root().join("packs/concealed-worker/rules")).unwrap().count()
    );
}

const TRIAL: &str = "id: paid-at-all
says: Was paid {{n}} times.
cites:
  - {title: \"a test\", by: \"us\", date: \"2026-01-01\"}
group: payment
weight: {bits: 5.0, low: 4.0, high: 6.0, basis: expert, from: \"a test\"}
needs: [payments]
shadow: true
sql: SELECT subject_id, count(*) AS n, evidence(row_id) AS evidence FROM payments GROUP BY subject_id
innocent: [work]
clear: [look]
cases:
  - name: paid
    fires: [s1]
    tables:
      subjects: [{subject_id: s1}]
      payments: [{subject_id: s1, payment_id: p1}]
  - name: not paid
    fires: []
    tables:
      subjects: [{subject_id: s2}]
      payments: []
";

#[test]
fn a_shadow_rule_alerts_nobody_and_a_replay_tells_what_it_would_have_done() {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("pack");
    fs::create_dir_all(pack.join("rules")).unwrap();
    let bundled = root().join("packs/concealed-worker");
    fs::copy(bundled.join("pack.yml"), pack.join("pack.yml")).unwrap();
    fs::copy(bundled.join("rules/asks-to-ship-elsewhere.yml"), pack.join("rules/asks-to-ship-elsewhere.yml")).unwrap();
    let rule = folder.path().join("paid-at-all.yml");
    fs::write(&rule, TRIAL).unwrap();
    let case = world().join("case");
    let (case, pack_path) = (case.to_str().unwrap(), pack.to_str().unwrap());
    let bands = |more: &[&str]| run(&[&["check", case, "--exit-zero", "--format", "csv", "--pack", pack_path], more].concat());
    let before = bands(&[]);
    let printed = run(&["replay", "--rule", rule.to_str().unwrap(), "--on", world().to_str().unwrap(), "--json", "--pack", pack_path]);
    let replay: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert!(replay["fires"]["hits"].as_u64().unwrap() > 1000, "{printed}");
    assert!(replay["new_alerts"].as_u64().unwrap() > 1000, "5 bits are strong, so whoever is paid would be in review: {printed}");
    assert!(replay["precision"]["share"].as_f64().unwrap() < 0.3, "{printed}");
    assert!(!replay["groups"].as_array().unwrap().is_empty(), "{printed}");
    fs::copy(&rule, pack.join("rules/paid-at-all.yml")).unwrap();
    assert_eq!(bands(&[]), before, "a shadow rule changed a band");
}

fn csv_rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

/// A world of another maker: one flat folder, other words for the same things, honest families unnamed, times in the truth.
fn made_by_hand(folder: &Path) {
    let (mut subjects, mut payments, mut truth) = (
        String::from("subject_id,name,stage,claimed_country,created_at\n"),
        String::from("payment_id,subject_id,at,amount,currency,method,payee_account,payee_name\n"),
        String::from("subject_id,is_attack,scenario,care,name_origin,since\n"),
    );
    for n in 0..40 {
        let hidden = n % 10 == 0;
        let name = format!(
            "{} {}",
            ["Vela", "Toma", "Brisa", "Kasper", "Odile"][n % 5],
            ["Ondrak", "Fennimore", "Quist", "Zabell", "Thorne", "Uriel", "Maddox", "Pell"][n / 5]
        );
        subjects += &format!("p{n},{name},contractor,PT,2026-01-02T09:00:00Z\n");
        let account = if hidden { "PT50-7777".to_owned() } else { format!("PT50-{n:04}") };
        let holder = if hidden { "Quorra Telmisch".to_owned() } else { name };
        for month in 2..5 {
            payments += &format!("m{n}-{month},p{n},2026-0{month}-10T12:00:00Z,2100.00,EUR,bank,{account},{holder}\n");
        }
        truth += &format!(
            "p{n},{},{},{},{},{}\n",
            if hidden { "yes" } else { "no" },
            if hidden { "mule" } else { "" },
            n % 2,
            ["x", "y"][n % 2],
            "2026-02-01"
        );
    }
    fs::write(folder.join("subjects.csv"), subjects).unwrap();
    fs::write(folder.join("payments.csv"), payments).unwrap();
    fs::write(folder.join("truth.csv"), truth).unwrap();
}

#[test]
fn a_world_of_another_maker_is_evaluated_by_its_truth_file_and_looked_at_through_time() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("theirs");
    fs::create_dir(&folder).unwrap();
    made_by_hand(&folder);
    let to = place.path().join("out");
    run(&["evaluate", folder.to_str().unwrap(), "--looks", "4", "--out", to.to_str().unwrap()]);
    let result = json(&to.join("evaluation.json"));
    assert_eq!((result["hidden"].as_u64(), result["honest"].as_u64()), (Some(4), Some(36)));
    let family = &result["families"][0];
    assert_eq!(family["family"], "mule");
    assert_eq!(family["flagged"]["hits"], 4, "four people are paid into a stranger's account");
    // Paid from February 10 to April 10: seen at a look before the last, and not before the first pay.
    let days = family["delay"]["median_days"].as_f64().unwrap();
    assert!((9.0..69.0).contains(&days), "{days}");
    // The column of the truth is a group as well.
    let audit = run(&["audit", folder.to_str().unwrap()]);
    assert!(audit.contains("## name_origin"), "{audit}");
    // JSON lines say the same.
    let lines: String = csv_rows(&folder.join("truth.csv")).iter().map(|row| serde_json::to_string(row).unwrap() + "\n").collect();
    fs::write(folder.join("truth.jsonl"), lines).unwrap();
    let truth = folder.join("truth.jsonl");
    let again = run(&["evaluate", folder.to_str().unwrap(), "--truth", truth.to_str().unwrap()]);
    assert!(again.starts_with("4 hide something, 36 do not"), "{again}");
}

#[test]
fn what_check_wrote_is_measured_as_the_folder_is() {
    let folder = tempfile::tempdir().unwrap();
    let theirs = folder.path().join("theirs");
    fs::create_dir(&theirs).unwrap();
    made_by_hand(&theirs);
    let (case, to) = (theirs.to_str().unwrap(), folder.path().join("out"));
    run(&["check", case, "--exit-zero", "--out", to.to_str().unwrap()]);
    let mut labels = String::from("subject_id,disposition\nnobody,true match\n");
    for n in 0..40 {
        labels += &format!("p{n},{}\n", if n % 10 == 0 { "true match" } else { "false positive" });
    }
    let file = folder.path().join("dispositions.csv");
    fs::write(&file, labels).unwrap();
    let measured = |what: &str| {
        let to = folder.path().join("e");
        run(&["evaluate", what, "--labels", file.to_str().unwrap(), "--out", to.to_str().unwrap()]);
        json(&to.join("evaluation.json"))
    };
    let of_folder = measured(case);
    for report in ["report.json", "report.jsonl"] {
        let of_report = measured(to.join(report).to_str().unwrap());
        for part in ["hidden", "honest", "auc", "without_rule", "dead_rules"] {
            assert_eq!(of_report[part], of_folder[part], "{report}: {part}");
        }
        assert!(of_report["notes"].to_string().contains("nobody"), "a label of nobody is told");
        assert!(of_report["baseline_auc"].is_null());
    }
    fs::write(to.join("report.jsonl"), "{\"subject_id\": 3}\n").unwrap();
    let torn = bonafide(&["evaluate", to.join("report.jsonl").to_str().unwrap(), "--labels", file.to_str().unwrap()]);
    assert!(!torn.status.success() && err(&torn).contains("report.jsonl:1: it is not what `check` writes"), "{}", err(&torn));
}

#[test]
fn other_names_leave_the_evidence_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, names: &str| {
        let to = folder.path().join(name);
        run(&["simulate", "--subjects", "600", "--care", "1", "--seed", "3", "--names", names, "--out", to.to_str().unwrap()]);
        to
    };
    let (one, two) = (make("one", "1"), make("two", "2"));
    let ids = |world: &Path| -> Vec<String> { csv_rows(&world.join("truth.csv")).iter().map(|row| row["subject_id"].clone()).collect() };
    assert_eq!(ids(&one), ids(&two));
    let text = |world: &Path, table: &str| fs::read_to_string(world.join("case").join(table)).unwrap();
    assert_eq!(text(&one, "sign_ins.csv"), text(&two, "sign_ins.csv"), "who signs in from where is not a matter of names");
    assert!(text(&one, "subjects.csv") != text(&two, "subjects.csv"));
    let page = run(&["audit", one.to_str().unwrap(), "--twin", two.to_str().unwrap()]);
    assert!(page.contains("## The same people under other names"), "{page}");
    let wrong = bonafide(&["audit", one.to_str().unwrap(), "--twin", world().to_str().unwrap()]);
    assert!(!wrong.status.success() && err(&wrong).contains("does not hold the same subjects"), "{}", err(&wrong));
}
