//! Lists as users keep them: fetched, refused, compared, rescreened, as of a day, and hits that a person cleared.

use crate::{bonafide, err, out};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

const HEAD: &str = "entry_id,schema,name,aliases,programmes,birth_date,identifiers\n";

/// A UN list of invented people, dated, with `names` numbered from 1.
fn un(day: &str, names: &[&str]) -> String {
    let person =
        |(at, name): (usize, &&str)| format!("<INDIVIDUAL><DATAID>{}</DATAID><FIRST_NAME>{name}</FIRST_NAME></INDIVIDUAL>", at + 1);
    let people: String = names.iter().enumerate().map(person).collect();
    format!(
        "<?xml version=\"1.0\"?><CONSOLIDATED_LIST dateGenerated=\"{day}T00:00:00Z\"><INDIVIDUALS>{people}</INDIVIDUALS></CONSOLIDATED_LIST>"
    )
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path: PathBuf = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

const TEN: [&str; 10] = [
    "Zurab Makharadze",
    "Wilhelmina Quist",
    "Oddvar Trelstad",
    "Benedikta Holm",
    "Casimir Wolny",
    "Drusilla Vane",
    "Evaristo Lund",
    "Fintan Oakes",
    "Gudrun Pell",
    "Hyacinth Rook",
];

#[test]
fn diff_names_every_entry_and_fact_that_changed() {
    let folder = tempfile::tempdir().unwrap();
    let before = format!("{HEAD}a,person,Zurab Makharadze,,P1,,\nb,person,Casimir Wolny,,P1,,\nc,person,Gudrun Pell,,,,\n");
    let after = format!("{HEAD}a,person,Zurab Makharadze,Zura,P1,,\nc,person,Gudrun Pell,,,,\nd,company,Invented Silver Trading,,,,\n");
    let (before, after) = (write(folder.path(), "before.csv", &before), write(folder.path(), "after.csv", &after));
    let text = out(&bonafide(&["lists", "diff", &before, &after]));
    assert!(text.starts_with("1 appeared, 1 changed, 1 vanished\n"), "{text}");
    assert!(text.contains("+ name Zura") && text.contains("Casimir Wolny") && text.contains("Invented Silver Trading"), "{text}");
    assert!(!text.contains("Gudrun"), "an entry that did not change is not named: {text}");
}

#[test]
fn rescreen_says_which_hits_appear_change_and_vanish_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let before = format!(
        "{HEAD}a,person,Zurab Makharadze,,,,\nb,person,Casimir Wolny,,,,\nc,person,Gudrun Pell,,,,\nd,person,Oddvar Trelstat,,,,\n"
    );
    let after = format!(
        "{HEAD}a,person,Zurab Makharadze,,,,\nc,person,Gudrun Pell,,,,\nd,person,Oddvar Trelstat,Oddvar Trelstad,,,\ne,person,Drusilla Vane,,,,\n"
    );
    let subjects =
        "id,name\ns1,Zurab Makharadze\ns2,Casimir Wolny\ns3,Gudrun Pell\ns4,Oddvar Trelstad\ns5,Drusilla Vane\ns6,Hyacinth Rook\n";
    let (before, after) = (write(folder.path(), "before.csv", &before), write(folder.path(), "after.csv", &after));
    let subjects = write(folder.path(), "subjects.csv", subjects);
    let output = bonafide(&["rescreen", &subjects, "--before", &before, "--after", &after, "--format", "jsonl"]);
    let rows: Vec<serde_json::Value> = out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<(String, String, String)> = rows
        .iter()
        .map(|row| ["id", "entry_id", "what"].map(|key| row[key].as_str().unwrap().to_owned()))
        .map(|[id, entry, what]| (id, entry, what))
        .collect();
    let expected = [("s2", "b", "vanishes"), ("s4", "d", "changes"), ("s5", "e", "appears")];
    assert_eq!(told, expected.map(|(id, entry, what)| (id.to_owned(), entry.to_owned(), what.to_owned())), "{}", err(&output));
    assert!(rows[1]["why"].as_str().unwrap().contains("+ name Oddvar Trelstad"), "{}", rows[1]);
    assert!(rows[1]["after"].as_f64().unwrap() > rows[1]["before"].as_f64().unwrap());
    // What rescreening says is what screening all of it says.
    for row in rows.iter().filter(|row| row["after"].is_number()) {
        let whole = out(&bonafide(&["screen", &subjects, "--against", &after, "--format", "jsonl", "--top", "100"]));
        let whole: Vec<serde_json::Value> = whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let hits = whole.iter().find(|one| one["id"] == row["id"]).unwrap()["hits"].as_array().unwrap();
        let hit = hits.iter().find(|hit| hit["entry_id"] == row["entry_id"]).unwrap();
        assert_eq!(hit["score"], row["after"]);
        assert!(
            hit["explanation"]["list_digest"].as_str().unwrap().len() == 64
                && hit["explanation"]["matcher"].as_str().unwrap().starts_with("bonafide-names/")
        );
    }
}

#[test]
fn a_cleared_hit_stays_quiet_until_something_changes() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let list = write(dir, "list.csv", &format!("{HEAD}a,person,Zurab Makharadze,,,1970,\n"));
    let subjects = write(dir, "subjects.csv", "id,name\ns1,Zurab Makharadze\n");
    let screen = |list: &str, subjects: &str, more: &[&str]| {
        bonafide(&[&["screen", subjects, "--against", list, "--format", "jsonl"], more].concat())
    };
    let hits = |output: &std::process::Output| {
        serde_json::from_str::<serde_json::Value>(out(output).lines().next().unwrap()).unwrap()["hits"].as_array().unwrap().clone()
    };
    let first = hits(&screen(&list, &subjects, &[]));
    let mut keys: Vec<&str> = first[0].as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["entry_id", "explanation", "list", "match", "name", "score"], "the published form, nothing else");
    let mark = first[0]["explanation"]["mark"].as_str().unwrap();
    let decision = format!("s1,a,{mark},R. Eviewer,2026-11-02,another birth year,2027-01-01\n");
    let allow = write(dir, "allow.csv", &format!("subject_id,entry_id,mark,by,at,why,until\n{decision}"));
    let on = |day: &'static str| ["--allow", allow.as_str(), "--today", day].map(str::to_owned);
    let with = |list: &str, subjects: &str, day: &'static str| screen(list, subjects, &on(day).each_ref().map(String::as_str));
    let quiet = with(&list, &subjects, "2026-12-31");
    assert_eq!(hits(&quiet).len(), 0);
    let line: serde_json::Value = serde_json::from_str(out(&quiet).lines().next().unwrap()).unwrap();
    let said = line["quiet"][0]["explanation"]["cleared"].as_str().unwrap();
    assert!(said.contains("R. Eviewer on 2026-11-02: another birth year"), "a quiet hit is not lost: {line}");
    assert!(err(&quiet).contains("1 hits that a person cleared stay quiet"), "silence is told: {}", err(&quiet));
    let changed = write(dir, "changed.csv", &format!("{HEAD}a,person,Zurab Makharadze,Zura Makharadze,,1970,\n"));
    let renamed = write(dir, "renamed.csv", "id,name\ns1,Zurab M. Makharadze\n");
    for (list, subjects, day, why) in [
        (&changed, &subjects, "2026-12-31", "the entry changed"),
        (&list, &renamed, "2026-12-31", "the subject changed"),
        (&list, &subjects, "2027-01-02", "its day 2027-01-01 has passed"),
    ] {
        let again = hits(&with(list, subjects, day));
        let said = again[0]["explanation"]["cleared"].as_str().unwrap();
        assert!(said.contains(why) && said.contains("R. Eviewer"), "{why}: {again:?}");
    }
    let bad = write(dir, "bad.csv", "subject_id,entry_id,mark,by,at,why,until\ns1,a,x,,,,\n");
    let refused = bonafide(&["screen", &subjects, "--against", &list, "--allow", &bad]);
    assert!(!refused.status.success() && err(&refused).contains("bad.csv:2") && err(&refused).contains("mend"), "{}", err(&refused));
}

#[test]
fn a_worse_list_is_refused_and_the_last_good_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let store = store.to_str().unwrap();
    let add = |name: &str, text: &str| bonafide(&["lists", "--store", store, "add", &write(folder.path(), name, text)]);
    assert!(add("good.xml", &un("2026-02-27", &TEN)).status.success());
    let kept = out(&bonafide(&["lists", "--store", store, "show"]));
    let whole = un("2026-03-01", &TEN);
    for (name, text, word) in [
        ("shrunk.xml", un("2026-03-01", &TEN[..7]), "holds 7 entries"),
        ("older.xml", un("2026-02-01", &TEN), "is of 2026-02-01"),
        ("truncated.xml", whole[..whole.len() - 40].to_owned(), "not well-formed"),
        ("empty.xml", un("2026-03-01", &[]), "no entry"),
        ("page.html", "<html>Service unavailable</html>".to_owned(), "no list"),
    ] {
        let output = add(name, &text);
        assert!(!output.status.success() && err(&output).contains(word), "{name}: {}", err(&output));
        assert_eq!(out(&bonafide(&["lists", "--store", store, "show"])), kept, "{name}");
    }
    assert!(add("next.xml", &un("2026-03-01", &TEN[..9])).status.success());
    assert!(bonafide(&["lists", "--store", store, "verify"]).status.success());
    let screen = |day: &str| out(&bonafide(&["screen", TEN[9], "--store", store, "--as-of", day, "--format", "jsonl"]));
    assert!(screen("2026-02-28").contains("un-10") && !screen("2026-03-02").contains("un-10"), "each day has its list");
    assert!(!bonafide(&["screen", "Anybody", "--store", store, "--as-of", "2020-01-01"]).status.success());
    let since = write(folder.path(), "subjects.csv", &format!("id,name\ns1,{}\n", TEN[9]));
    let text = out(&bonafide(&["rescreen", &since, "--store", store, "--list", "un-sc"]));
    assert!(text.contains("vanishes") && text.contains("entry vanished"), "{text}");
}

#[test]
fn the_later_kept_of_one_day_is_the_newer_and_a_day_can_be_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let store = store.to_str().unwrap();
    let add = |text: &str, more: &[&str]| {
        let output = bonafide(&[&["lists", "--store", store, "add", &write(folder.path(), "mine.csv", text)], more].concat());
        assert!(output.status.success(), "{}", err(&output));
        out(&output)
    };
    let names = |output: String| TEN.iter().filter(|name| output.contains(*name)).count();
    let hits = |name: &str, day: &str| names(out(&bonafide(&["screen", name, "--store", store, "--as-of", day, "--format", "csv"])));
    // Each version holds one name; which of them is the newest must not hang on their digests.
    for (at, name) in TEN.iter().enumerate() {
        add(&format!("{HEAD}a,person,{name},,,,\n"), &["--day", "2026-03-01"]);
        let screened: Vec<usize> = TEN.iter().map(|name| hits(name, "2026-03-01")).collect();
        assert_eq!(screened, (0..10).map(|nth| usize::from(nth == at)).collect::<Vec<_>>(), "version {at}");
    }
    assert!(
        add(&format!("{HEAD}a,person,{},,,,\n", TEN[0]), &["--day", "2026-03-01"]).contains("of 2026-03-01"),
        "the first content again"
    );
    assert_eq!((hits(TEN[0], "2026-03-01"), hits(TEN[9], "2026-03-01")), (1, 0));
    let kept = out(&bonafide(&["lists", "--store", store, "show"]));
    assert_eq!(kept.lines().count(), 11, "{kept}");
    assert!(bonafide(&["lists", "--store", store, "verify"]).status.success());
    let older = bonafide(&["lists", "--store", store, "add", &write(folder.path(), "mine.csv", HEAD), "--day", "2026-02-01"]);
    assert!(!older.status.success() && !bonafide(&["lists", "add", store, "--day", "soon"]).status.success());
}

#[test]
fn check_screens_against_the_kept_lists_and_a_rerun_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (store, made) = (place("store"), place("made"));
    let keep = |name: &str, day: &str| {
        let list = write(folder.path(), "mine.csv", &format!("{HEAD}a,person,{name},,,,\n"));
        assert!(bonafide(&["lists", "--store", &store, "add", &list, "--day", day]).status.success());
    };
    let people = write(folder.path(), "people.csv", &format!("id,name\ns1,{}\n", TEN[3]));
    let check = |more: &[&str]| bonafide(&[&["check", &people, "--store", &store, "--exit-zero", "--format", "json"], more].concat());
    assert!(!out(&check(&[])).contains("mine"), "no list is kept: the starter list");
    keep(TEN[3], "2026-03-01");
    let found = check(&["--out", &made]);
    assert!(err(&found).contains("kept lists: mine of 2026-03-01") && out(&found).contains("\"entry_id\": \"a\""), "{}", err(&found));
    assert!(bonafide(&["rerun", &place("made/manifest.json")]).status.success());
    keep(TEN[5], "2026-03-02");
    assert!(!out(&check(&[])).contains("\"entry_id\": \"a\""), "the newest counts");
    assert!(out(&check(&["--as-of", "2026-03-01"])).contains("\"entry_id\": \"a\""), "that of the day");
}

#[test]
fn half_a_list_is_refused_by_screen_as_by_add_and_an_endless_mark_by_the_allowlist() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String =
        TEN.iter().enumerate().map(|(at, name)| format!("{at},person,{}{name},,,,\n", if at > 4 { "\"" } else { "" })).collect();
    let half = write(folder.path(), "half.csv", &format!("{HEAD}{rows}"));
    let store = folder.path().join("store");
    for output in
        [bonafide(&["screen", TEN[0], "--against", &half]), bonafide(&["lists", "--store", store.to_str().unwrap(), "add", &half])]
    {
        assert!(!output.status.success() && err(&output).contains("half.csv:7: 5 of 10 rows cannot be read"), "{}", err(&output));
    }
    let whole = write(folder.path(), "whole.csv", &format!("{HEAD}a,person,{},,,,\n", TEN[0]));
    let mark = "f".repeat(10 << 20);
    let allow =
        write(folder.path(), "allow.csv", &format!("subject_id,entry_id,mark,by,at,why,until\n1,a,{mark},R. Eviewer,2026-11-02,no,\n"));
    let output = bonafide(&["screen", TEN[0], "--against", &whole, "--allow", &allow]);
    assert!(!output.status.success() && err(&output).contains("allow.csv:2: `mark` is longer than"), "{}", err(&output).len());
}

/// A server on the loopback address: answers every request with the body, or 304 when the request names the body's ETag. Requests are written down.
fn serve(body: Arc<Mutex<String>>) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut bytes = vec![0; 8192];
            let length = stream.read(&mut bytes).unwrap_or(0);
            let request = String::from_utf8_lossy(&bytes[..length]).into_owned();
            let body = body.lock().unwrap().clone();
            let tag = format!("\"{}\"", body.len());
            let head = format!("ETag: {tag}\r\nLast-Modified: Fri, 27 Feb 2026 00:00:00 GMT\r\nConnection: close\r\n");
            let answer = match request.contains(&format!("If-None-Match: {tag}")) {
                true => format!("HTTP/1.1 304 Not Modified\r\n{head}\r\n"),
                false => format!("HTTP/1.1 200 OK\r\n{head}Content-Length: {}\r\n\r\n{body}", body.len()),
            };
            log.lock().unwrap().push(request);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (port, seen)
}

#[test]
fn update_asks_only_for_what_is_new_and_over_tls_only() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: curl is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let store = store.to_str().unwrap();
    let body = Arc::new(Mutex::new(un("2026-02-27", &TEN)));
    let (port, seen) = serve(body.clone());
    let sources = write(folder.path(), "sources.csv", &format!("list,url,by\nun-sc,http://127.0.0.1:{port}/list.xml,a test\n"));
    let update = |more: &[&str]| bonafide(&[&["lists", "--store", store, "update", "--sources", &sources], more].concat());
    let refused = update(&[]);
    assert!(!refused.status.success() && err(&refused).contains("not TLS"), "{}", err(&refused));
    assert_eq!(seen.lock().unwrap().len(), 0, "nothing was asked of an address without TLS");
    let loopback = ["--allow-loopback-http"];
    let first = update(&loopback);
    assert!(first.status.success() && out(&first).contains("10 entries"), "{}{}", out(&first), err(&first));
    assert!(out(&update(&loopback)).contains("not changed since the last fetch"));
    let second = seen.lock().unwrap().last().cloned().unwrap();
    assert!(second.contains("If-None-Match: ") && second.contains("If-Modified-Since: Fri, 27 Feb 2026"), "{second}");
    let kept = out(&bonafide(&["lists", "--store", store, "show"]));
    let longer = un("2026-03-02", &TEN[..9]);
    *body.lock().unwrap() = longer[..longer.len() - 30].to_owned();
    let cut = update(&loopback);
    assert!(!cut.status.success() && out(&cut).contains("NOT UPDATED"), "{}{}", out(&cut), err(&cut));
    assert_eq!(out(&bonafide(&["lists", "--store", store, "show"])), kept, "the last good one stays");
    *body.lock().unwrap() = longer;
    assert!(update(&loopback).status.success(), "a refused file does not pass for the last fetch");
    assert!(out(&bonafide(&["lists", "--store", store, "show"])).contains("2026-03-02"));
}

#[test]
fn check_keeps_a_cleared_hit_quiet_in_sight_and_wakes_it_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let case = dir.join("case");
    fs::create_dir(&case).unwrap();
    let list = write(dir, "list.csv", &format!("{HEAD}a,person,Zurab Makharadze,,,1970,\n"));
    write(&case, "subjects.csv", "subject_id,kind,name\ns1,person,Zurab Makharadze\n");
    let report = |list: &str, more: &[&str]| -> serde_json::Value {
        let output = bonafide(
            &[&["check", case.to_str().unwrap(), "--list", list, "--format", "json", "--exit-zero", "--as-of", "2026-11-20"], more]
                .concat(),
        );
        serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{}", err(&output)))
    };
    let rules = |report: &serde_json::Value| report["subjects"][0]["findings"].as_array().unwrap().len();
    let first = report(&list, &[]);
    let hit = &first["subjects"][0]["list_hits"][0];
    assert_eq!((hit["state"].as_str(), rules(&first)), (Some("stands"), 1));
    let mark = hit["mark"].as_str().unwrap().to_owned();
    // What the people looked at bring with them decides nothing: a table of theirs with such a name is no allowlist.
    let rows = format!("subject_id,entry_id,mark,by,at,why,until\ns1,a,{mark},R. Eviewer,2026-11-02,another birth year,\n");
    write(&case, "allow.csv", &rows);
    write(&case, "quiet_hits.csv", "subject_id,entry_id,mark,said\ns1,a,x,myself\n");
    assert_eq!(rules(&report(&list, &[])), 1);
    write(&case, "bonafide.allow.csv", &rows);
    let quiet = report(&list, &[]);
    let hit = &quiet["subjects"][0]["list_hits"][0];
    assert_eq!((hit["state"].as_str(), rules(&quiet)), (Some("quiet"), 0), "{quiet}");
    assert!(hit["said"].as_str().unwrap().contains("R. Eviewer on 2026-11-02: another birth year"));
    assert!(
        quiet["inputs"].as_array().unwrap().iter().any(|input| input["path"] == "bonafide.allow.csv"),
        "the decisions are named as an input"
    );
    let changed = write(dir, "list2.csv", &format!("{HEAD}a,person,Zurab Makharadze,,P1,1970,\n"));
    let again = report(&changed, &[]);
    let hit = &again["subjects"][0]["list_hits"][0];
    assert_eq!((hit["state"].as_str(), rules(&again)), (Some("again"), 1));
    assert!(hit["said"].as_str().unwrap().ends_with("the entry changed"), "{hit}");
    let told =
        |report: &serde_json::Value, code: &str| report["troubles"].as_array().unwrap().iter().any(|trouble| trouble["code"] == code);
    assert!(told(&again, "allow-again") && !told(&quiet, "allow-again"));
    write(&case, "claims.csv", "subject_id,source,attribute,value\ns1,hr_form,birth_date,1970-05-05\n");
    assert!(report(&list, &[])["subjects"][0]["list_hits"][0]["said"].as_str().unwrap().ends_with("the subject changed"));
    let other = write(dir, "other.csv", &rows.replace(&mark, "x-y"));
    assert_eq!(rules(&report(&list, &["--allow", &other])), 1, "--allow stands in place of the file in the folder");
}

#[test]
fn entries_count_on_the_days_they_were_listed() {
    let folder = tempfile::tempdir().unwrap();
    let list =
        "entry_id,schema,name,listed_from,listed_to\na,person,Zurab Makharadze,2020-01-02,2024-05-06\nb,person,Casimir Wolny,2025-01-01,\n";
    let list = write(folder.path(), "list.csv", list);
    let hits = |name: &str, more: &[&str]| {
        let output = bonafide(&[&["screen", name, "--against", &list, "--format", "jsonl", "--today", "2026-11-20"], more].concat());
        serde_json::from_str::<serde_json::Value>(out(&output).lines().next().unwrap()).unwrap()["hits"].as_array().unwrap().clone()
    };
    assert_eq!(hits("Zurab Makharadze", &[]).len(), 0, "no longer listed");
    let then = hits("Zurab Makharadze", &["--as-of", "2024-05-05"]);
    assert_eq!(
        (&then[0]["explanation"]["listed_from"], &then[0]["explanation"]["listed_to"]),
        (&"2020-01-02".into(), &"2024-05-06".into())
    );
    assert_eq!(hits("Zurab Makharadze", &["--as-of", "2019-12-31"]).len(), 0);
    assert_eq!((hits("Casimir Wolny", &[]).len(), hits("Casimir Wolny", &["--as-of", "2024-12-31"]).len()), (1, 0));
}

#[test]
fn a_stored_index_of_subjects_answers_as_the_file_does_and_a_torn_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let before = write(dir, "before.csv", &format!("{HEAD}a,person,Zurab Makharadze,,,,\nb,person,Casimir Wolny,,,,\n"));
    let after = write(
        dir,
        "after.csv",
        &format!(
            "{HEAD}a,person,Zurab Makharadze,,,,\nc,person,Drusilla Vane,,,,\nd,person,\"KIM, Yong Chol\",,,,wallet:0x52908400098527886E0F7030069857D2E4169EE7\n"
        ),
    );
    let subjects = "id,name,schema,birth_date,identifiers\ns1,Zurab Makharadze,person,,\ns2,Kazimir Wolny,,1970,\ns3,Drusila Vane,person,,\ns4,김영철,,,\ns5,Jane Roe,,,wallet:0x52908400098527886e0f7030069857d2e4169ee7\n";
    let subjects = write(dir, "subjects.csv", subjects);
    let stored = dir.join("stored");
    let built = bonafide(&["rescreen", &subjects, "--build", stored.to_str().unwrap()]);
    assert!(built.status.success() && out(&built).starts_with("5 subjects in 1 segments"), "{}{}", out(&built), err(&built));
    let ask = |input: &str| bonafide(&["rescreen", input, "--before", &before, "--after", &after, "--format", "jsonl"]);
    let (plain, indexed) = (ask(&subjects), ask(stored.to_str().unwrap()));
    assert_eq!(out(&plain), out(&indexed), "{}", err(&indexed));
    let told: Vec<String> = out(&indexed)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|row| format!("{} {} {}", row["id"].as_str().unwrap(), row["entry_id"].as_str().unwrap(), row["what"].as_str().unwrap()))
        .collect();
    assert_eq!(told, ["s2 b vanishes", "s3 c appears", "s4 d appears", "s5 d appears"]);
    assert!(out(&indexed).contains("entry vanished"));
    assert!(!bonafide(&["rescreen", &subjects, "--build", stored.to_str().unwrap()]).status.success(), "an index is not overwritten");
    let segment = stored.join("segment-00000");
    let mut bytes = fs::read(&segment).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let torn = ask(stored.to_str().unwrap());
    assert!(!torn.status.success() && err(&torn).contains("checksum") && err(&torn).contains("mend"), "{}", err(&torn));
    fs::remove_file(&segment).unwrap();
    assert!(!ask(stored.to_str().unwrap()).status.success());
}

#[test]
fn odd_inputs_to_screen_are_answered_or_refused_with_a_place() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let list = write(dir, "list.csv", &format!("{HEAD}a,person,Zurab Makharadze,,,,\n"));
    let screen = |input: &str| bonafide(&["screen", input, "--against", &list, "--format", "jsonl"]);
    for (name, text, word) in
        [("empty.csv", "", "no row"), ("no.csv", "id,who\n1,x\n", "no column `name`"), ("a.json", "[{\"name\":\"x\"}]", "JSON array")]
    {
        let output = screen(&write(dir, name, text));
        assert!(!output.status.success() && err(&output).contains(word) && err(&output).contains("mend"), "{name}: {}", err(&output));
    }
    assert_eq!(out(&screen(&write(dir, "header.csv", "id,name\n"))), "");
    let folder_given = screen(dir.to_str().unwrap());
    assert!(!folder_given.status.success() && err(&folder_given).contains("is a folder"));
    let odd = "id,name,shoe\r\ns1,\"Zurab\r\nMakharadze\",44\r\ns1,\u{202e}Zurab Makharadze,\r\n=1+1,Zurab Makharadze,\r\n\u{1b}[31m,Zurab Makharadze,\r\ns9,\"open,\r\ns10,Zurab Makharadze,\r\n";
    let output = screen(&write(dir, "odd.csv", odd));
    let ids: Vec<String> = out(&output)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|row| {
            assert_eq!(row["hits"].as_array().unwrap().len(), 1, "{row}");
            row["id"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(ids, ["s1", "s1", "=1+1", "\u{1b}[31m", "s10"]);
    assert!(err(&output).contains("odd.csv:7") && err(&output).contains("NOT screened"), "{}", err(&output));
    assert!(!out(&output).contains(['\u{1b}', '\u{202e}']) && !err(&output).contains('\u{1b}'));
}
