//! Each verb as a user runs it: what it prints, what it writes, how it ends.

use crate::{bonafide, err, judged, out, root};
use std::fs;

const EXAMPLE: &str = "examples/contractors";

#[test]
fn exit_codes_say_what_was_found() {
    assert_eq!(bonafide(&["check", EXAMPLE]).status.code(), Some(13));
    assert_eq!(bonafide(&["check", EXAMPLE, "--exit-zero"]).status.code(), Some(0));
    assert_eq!(bonafide(&["check"]).status.code(), Some(2), "usage");
    let none = tempfile::tempdir().unwrap();
    assert_eq!(bonafide(&["check", none.path().to_str().unwrap()]).status.code(), Some(3), "nothing to read");
    assert_eq!(bonafide(&["check", "no/such/folder"]).status.code(), Some(3));
}

#[test]
fn a_name_alone_is_clear_and_nothing_observed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("subjects.csv"), "subject_id,name\ns1,Somebody\n").unwrap();
    let output = bonafide(&["check", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    assert!(text.contains("clear") && text.contains("nothing observed"), "{text}");
    assert!(text.lines().filter(|line| line.contains("s1")).all(|line| !line.to_lowercase().contains("clean")), "{text}");
}

#[test]
fn all_formats_are_written_and_rerun_proves_them() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("out");
    let dir = dir.to_str().unwrap();
    let output = bonafide(&["check", EXAMPLE, "--out", dir, "--exit-zero"]);
    assert!(output.status.success(), "{}", err(&output));
    let read = |name: &str| fs::read(std::path::Path::new(dir).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    for name in ["report.txt", "report.json", "report.jsonl", "report.csv", "report.html", "manifest.json"] {
        assert!(!read(name).is_empty(), "{name}");
    }
    assert_eq!(out(&output).as_bytes(), read("report.txt"), "the table on screen is report.txt");
    let manifest = std::path::Path::new(dir).join("manifest.json");
    let again = bonafide(&["rerun", manifest.to_str().unwrap()]);
    assert!(again.status.success(), "{}{}", out(&again), err(&again));
    let changed = String::from_utf8(read("manifest.json")).unwrap().replacen("\"report.json\": \"", "\"report.json\": \"0", 1);
    fs::write(&manifest, changed).unwrap();
    assert_eq!(bonafide(&["rerun", manifest.to_str().unwrap()]).status.code(), Some(1), "a wrong digest must be noticed");
}

#[test]
fn contributions_sum_to_the_score() {
    let output = bonafide(&["check", EXAMPLE, "--format", "json", "--exit-zero"]);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    for subject in report["subjects"].as_array().unwrap() {
        let sum: f64 = subject["findings"].as_array().unwrap().iter().map(|finding| finding["counted_bits"].as_f64().unwrap_or(0.0)).sum();
        assert!((sum - subject["score_bits"].as_f64().unwrap()).abs() < 1e-6, "{}", subject["subject_id"]);
    }
}

#[test]
fn a_baseline_shows_only_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    fs::write(&report, out(&bonafide(&["check", EXAMPLE, "--format", "json", "--exit-zero"]))).unwrap();
    let output = bonafide(&["check", EXAMPLE, "--baseline", report.to_str().unwrap(), "--format", "jsonl"]);
    assert_eq!(output.status.code(), Some(0), "nothing is new: {}", err(&output));
    assert_eq!(out(&output).lines().count(), 0);
}

#[test]
fn an_ignored_finding_does_not_count_until_its_entry_ends() {
    let example = root().join(EXAMPLE);
    let before = judged(&example, &[]);
    let (id, subject) = before.iter().find(|(_, subject)| subject["band"] == "escalate").unwrap();
    let ignore = tempfile::tempdir().unwrap();
    let file = ignore.path().join("ignore.csv");
    let write = |until: &str| fs::write(&file, format!("subject_id,rule,reason,who,until\n{id},,looked into,me,{until}\n")).unwrap();
    write("");
    let after = judged(&example, &["--ignore", file.to_str().unwrap()]);
    assert_eq!(after[id]["score_bits"].as_f64(), Some(0.0), "all findings of {id} are cleared");
    write("2001-01-01");
    let woken = judged(&example, &["--ignore", file.to_str().unwrap()]);
    assert_eq!(woken[id]["score_bits"], subject["score_bits"], "an ended entry wakes up");
}

#[test]
fn sql_reads_and_never_writes() {
    let rows = bonafide(&["sql", "SELECT count(*) AS n FROM subjects", EXAMPLE, "--format", "csv"]);
    assert!(rows.status.success(), "{}", err(&rows));
    assert!(out(&rows).lines().nth(1).unwrap().parse::<usize>().unwrap() >= 40);
    let findings = bonafide(&["sql", "SELECT rule, count(*) FROM findings GROUP BY rule", EXAMPLE]);
    assert!(findings.status.success() && out(&findings).lines().count() > 5, "{}", err(&findings));
    for statement in [
        "CREATE TABLE x AS SELECT 1",
        "DROP TABLE subjects",
        "COPY subjects TO 'x.csv'",
        "INSERT INTO subjects VALUES (1)",
        "SET datafusion.execution.batch_size = 1",
    ] {
        assert_eq!(bonafide(&["sql", statement, EXAMPLE]).status.code(), Some(1), "{statement}");
    }
}

#[test]
fn explain_shows_the_waterfall_and_the_rule() {
    let example = root().join(EXAMPLE);
    let subjects = judged(&example, &[]);
    let (id, subject) = subjects.iter().max_by_key(|(_, subject)| subject["findings"].as_array().unwrap().len()).unwrap();
    let text = out(&bonafide(&["explain", id, EXAMPLE]));
    for finding in subject["findings"].as_array().unwrap() {
        assert!(text.contains(finding["rule"].as_str().unwrap()), "{text}");
    }
    let rule = subject["findings"][0]["rule"].as_str().unwrap();
    assert!(out(&bonafide(&["explain", rule])).contains("innocent explanations"));
    assert_eq!(bonafide(&["explain", "nobody", EXAMPLE]).status.code(), Some(1));
}

#[test]
fn small_verbs_do_what_they_say() {
    assert!(out(&bonafide(&["tables"])).contains("sign_ins"));
    assert!(out(&bonafide(&["tables", "sign_ins"])).contains("client_timezone"));
    assert!(err(&bonafide(&["tables", "sign_in"])).contains("sign_ins"));
    assert!(out(&bonafide(&["doctor"])).contains("rules"));
    assert!(out(&bonafide(&["completions", "bash"])).contains("bonafide"));
    let folder = tempfile::tempdir().unwrap();
    let form = folder.path().join("form");
    assert!(bonafide(&["form", "interview", "--subject", "s1", "--out", form.to_str().unwrap()]).status.success());
    assert!(fs::read_to_string(form.join("interview.csv")).unwrap().lines().count() > 3);
    assert!(fs::read_to_string(form.join("interview.md")).unwrap().contains("same questions"));
    let case = folder.path().join("case");
    assert!(bonafide(&["init", case.to_str().unwrap()]).status.success());
    assert!(fs::read_to_string(case.join("subjects.csv")).unwrap().starts_with("subject_id,"));
    assert_eq!(bonafide(&["init", case.to_str().unwrap()]).status.code(), Some(1), "never overwrites");
}

#[test]
fn git_history_becomes_a_case_folder_and_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("repository");
    fs::create_dir(&repository).unwrap();
    let git = |args: &[&str]| {
        let done =
            std::process::Command::new("git").args(args).current_dir(&repository).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
        assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "-q"]);
    for (day, zone) in [("01", "+0100"), ("02", "-0500"), ("03", "+0900")] {
        let date = format!("--date=2026-03-{day}T12:00:00{zone}");
        git(&["-c", "user.name=A Writer", "-c", "user.email=writer@example.org", "commit", "-q", "--allow-empty", "-m", "a step", &date]);
    }
    let case = folder.path().join("case");
    let imported = bonafide(&["import", "git", repository.to_str().unwrap(), "--out", case.to_str().unwrap()]);
    assert!(imported.status.success(), "{}", err(&imported));
    let commits = fs::read_to_string(case.join("commits.csv")).unwrap();
    assert!(commits.contains("2026-03-03T12:00:00+09:00") && commits.lines().count() == 4, "{commits}");
    let checked = bonafide(&["check", case.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(0), "{}{}", out(&checked), err(&checked));
}

#[test]
fn a_roster_alone_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let roster = folder.path().join("applicants.csv");
    fs::write(&roster, "Candidate Name;E-mail;Phone Number;Applied On\nOne Person;shared@example.org;+1 415 555 0101;2026-01-02\nOther Person;Shared@Example.org;+1 415 555 0102;2026-01-03\n").unwrap();
    let output = bonafide(&["check", roster.to_str().unwrap(), "--format", "jsonl", "--exit-zero"]);
    assert!(output.status.success(), "{}", err(&output));
    assert!(err(&output).contains("Candidate Name"), "the mapping is shown: {}", err(&output));
    assert!(
        out(&output).lines().filter(|line| line.contains("\"identity\"")).count() == 2,
        "the shared mailbox is found: {}",
        out(&output)
    );
}

#[test]
fn a_date_to_come_does_not_age_the_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("case");
    fs::create_dir(&case).unwrap();
    fs::write(case.join("subjects.csv"), "subject_id,name\na,Ada\nb,Ben\nc,Cy\nz,Zed\n").unwrap();
    let mut rows = String::from("subject_id,at,device_id,outcome\n");
    for day in 1..=9 {
        for subject in ["a", "b", "c"] {
            rows += &format!("{subject},2026-02-0{day}T09:00:00Z,one-machine,success\n");
        }
    }
    fs::write(case.join("sign_ins.csv"), &rows).unwrap();
    let scores = || ["a", "b", "c"].map(|subject| judged(&case, &[])[subject]["score_bits"].as_f64().unwrap());
    let before = scores();
    assert!(before[0] > 0.0, "three people on one machine count: {before:?}");
    fs::write(case.join("sign_ins.csv"), rows + "z,2999-01-01T00:00:00Z,other,success\n").unwrap();
    assert_eq!(before, scores(), "one row of a far year must not make the others stale");
    let dir = folder.path().join("out");
    let output = bonafide(&["check", case.to_str().unwrap(), "--out", dir.to_str().unwrap(), "--exit-zero"]);
    let report = fs::read_to_string(dir.join("report.json")).unwrap();
    assert!(report.contains("time-to-come") && report.contains("sign_ins.csv"), "{}", err(&output));
    assert!(bonafide(&["rerun", dir.join("manifest.json").to_str().unwrap()]).status.success());
}

#[test]
fn a_folder_of_labels_is_read_file_by_file_and_what_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let labels = folder.path().join("labels");
    fs::create_dir(&labels).unwrap();
    let (thief, worker) = ("0x00000000000000000000000000000000000000a1", "0x00000000000000000000000000000000000000b2");
    fs::write(labels.join("LICENSE"), "free to use\n").unwrap();
    fs::write(labels.join("own.csv"), format!("chain,address,category,name,source\neth,{thief},theft,A theft,court file\n")).unwrap();
    let transfers = folder.path().join("transfers.csv");
    let head = "chain,at,transaction,log_index,from_address,to_address,asset,amount";
    fs::write(&transfers, format!("{head}\neth,2026-01-01T00:00:00Z,t1,0,{thief},{worker},,2.5\n")).unwrap();
    let args = ["trace", worker, "--transfers", transfers.to_str().unwrap(), "--labels", labels.to_str().unwrap(), "--format", "json"];
    let output = bonafide(&args);
    assert!(output.status.success(), "{}", err(&output));
    assert!(err(&output).contains("LICENSE"), "{}", err(&output));
    let answer = out(&output);
    assert!(answer.contains("theft") && answer.contains("2.5") && answer.contains("transfers.csv\""), "{answer}");
    fs::remove_file(labels.join("own.csv")).unwrap();
    assert_eq!(bonafide(&args).status.code(), Some(1), "a folder without any label is an error");
}
