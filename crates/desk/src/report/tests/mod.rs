//! Every format on one invented run, as snapshots, and what must hold for all of them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod invented;

use crate::report::{Look, Report, all, explain_subject, format_names, formula_safe, only_new, render, words};
use bonafide_facts::Band;
use bonafide_facts::text::is_invisible;
use invented::{HOSTILE, report};

/// Compares with the committed snapshot of that name.
fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn printed(format: &str) -> String {
    render(&report(), format, &Look::of_file()).unwrap()
}

#[test]
fn every_format_is_as_agreed() {
    for format in format_names() {
        snapshot(format, &printed(format));
    }
    snapshot("table_narrow", &render(&report(), "table", &Look { width: 60, colour: false }).unwrap());
    snapshot("explain", &explain_subject(&report(), "w-101").unwrap());
    assert_eq!(explain_subject(&report(), "nobody"), None);
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert_eq!(all(&report()).unwrap(), all(&report()).unwrap());
    assert_eq!(all(&report()).unwrap().len(), format_names().len());
}

#[test]
fn no_format_lets_a_character_through_that_a_terminal_obeys_or_that_hides() {
    let look = Look { width: 80, colour: false };
    for format in format_names() {
        let text = render(&report(), format, &look).unwrap();
        let hidden: Vec<char> = text.chars().filter(|c| is_invisible(*c) && !matches!(c, '\n' | '\r')).collect();
        assert!(hidden.is_empty(), "{format}: {hidden:?}");
        assert!(text.len() < 400_000, "{format}: a name of a megabyte is cut, and says so");
    }
    let explained = explain_subject(&report(), "w-102").unwrap();
    assert!(explained.chars().all(|c| !is_invisible(c) || c == '\n'));
    let long = report().subjects.iter().find(|subject| subject.subject_id == "w-106").map(|subject| subject.label.clone());
    assert!(long.unwrap().ends_with("… (1000000 characters)"));
}

#[test]
fn colour_only_when_told_and_never_instead_of_words() {
    let plain = render(&report(), "table", &Look { width: 100, colour: false }).unwrap();
    let painted = render(&report(), "table", &Look { width: 100, colour: true }).unwrap();
    assert!(painted.contains("\u{1b}[31;1mescalate"));
    let mut stripped = String::new();
    for (at, part) in painted.split('\u{1b}').enumerate() {
        stripped += if at == 0 { part } else { part.split_once('m').unwrap().1 };
    }
    assert_eq!(stripped, plain);
}

#[test]
fn lines_of_the_table_fit_the_terminal() {
    for width in [40, 60, 80, 120, 200] {
        let text = render(&report(), "table", &Look { width, colour: false }).unwrap();
        let wide = text.lines().find(|line| words::width(line) > width);
        assert_eq!(wide, None, "at {width} columns");
    }
}

#[test]
fn a_subject_with_nothing_but_a_name_is_clear_with_nothing_observed_never_clean() {
    let report = report();
    let bare = report.subjects.iter().find(|subject| subject.subject_id == "w-105").unwrap();
    assert_eq!((bare.band, bare.observed), (Band::Clear, false));
    assert_eq!(bare.band_reasons, ["nothing observed"]);
    let seen = report.subjects.iter().find(|subject| subject.subject_id.starts_with("=cmd")).unwrap();
    assert!(seen.band == Band::Clear && seen.observed, "it has sign-ins, no rule found anything in them");
    for format in ["table", "detail", "html"] {
        let text = printed(format).to_lowercase();
        assert!(text.contains("nothing observed"), "{format}");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!text.replace("not the same as clean", "").contains("clean"), "{format}");
    }
}

#[test]
fn no_verdict_about_where_anybody_is_from() {
    for format in format_names() {
        let text = printed(format).to_lowercase();
        for word in ["north korea", "dprk", "reject", "nationality"] {
            assert!(!text.contains(word), "{format} says `{word}`");
        }
    }
}

#[test]
fn counted_bits_sum_to_the_score_exactly() {
    #[allow(clippy::cast_possible_truncation)]
    let thousandths = |bits: f64| (bits * 1000.0).round() as i64;
    for subject in &report().subjects {
        let sum: i64 = subject.findings.iter().map(|finding| thousandths(finding.counted_bits)).sum();
        assert_eq!(sum, thousandths(subject.score_bits), "{}", subject.subject_id);
    }
}

#[test]
fn the_ranking_is_band_then_score_then_id() {
    let ranked: Vec<(Band, String)> = report().subjects.into_iter().map(|subject| (subject.band, subject.subject_id)).collect();
    let expected = [
        (Band::Escalate, "w-101"),
        (Band::Review, "w-102"),
        (Band::Note, "w-103"),
        (Band::Note, "w-106"),
        (Band::Clear, "=cmd|'/C calc'!A0"),
        (Band::Clear, "w-105"),
    ];
    assert_eq!(ranked, expected.map(|(band, id)| (band, id.to_owned())));
}

#[test]
fn json_fits_its_schema_and_comes_back_the_same() {
    let text = printed("json");
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&crate::report::schema_text()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report());
    for (pointer, wrong) in [("/subjects/0/band", "guilty"), ("/schema", "bonafide.report/0"), ("/subjects/0/score_bits", "much")] {
        let mut broken = value.clone();
        *broken.pointer_mut(pointer).unwrap() = wrong.into();
        assert!(!validator.is_valid(&broken), "the schema lets {pointer} = {wrong} pass");
    }
    let mut more = value;
    more.pointer_mut("/subjects/0").unwrap().as_object_mut().unwrap().insert("undocumented".to_owned(), 1.into());
    assert!(!validator.is_valid(&more), "the schema lets an undocumented field pass");
}

#[test]
fn jsonl_has_one_subject_a_line() {
    let text = printed("jsonl");
    assert_eq!(text.lines().count(), report().subjects.len());
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        for field in ["subject_id", "score_bits", "band", "findings", "not_observed", "next_steps"] {
            assert!(value.get(field).is_some(), "{field}");
        }
    }
}

#[test]
fn csv_holds_no_formula() {
    let text = printed("csv");
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let mut ids = Vec::new();
    for record in reader.records() {
        let record = record.unwrap();
        ids.push(record[0].to_owned());
        let formula = record
            .iter()
            .find(|cell| cell.starts_with(['=', '+', '@', '\t', '\r']) || cell.starts_with('-') && cell.parse::<f64>().is_err());
        assert_eq!(formula, None);
    }
    assert!(ids.contains(&"'=cmd|'/C calc'!A0".to_owned()));
    assert_eq!(formula_safe("-1+1"), "'-1+1");
    assert_eq!(formula_safe("a=1"), "a=1");
}

#[test]
fn an_earlier_report_hides_what_it_knew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("earlier.json");
    let mut earlier = report();
    earlier.subjects[0].findings.retain(|finding| finding.rule != "payee-is-not-the-worker");
    std::fs::write(&path, serde_json::to_string(&earlier).unwrap()).unwrap();
    let mut now = report();
    only_new(&mut now, &path).unwrap();
    let left: Vec<&str> = now.subjects.iter().map(|subject| subject.subject_id.as_str()).collect();
    assert_eq!(left, ["w-101"]);
    assert_eq!(now.left_out, ["5 of 6 subjects are left out: they have nothing that the earlier report did not have"]);
    std::fs::write(&path, "{").unwrap();
    assert_eq!(only_new(&mut now, &path).unwrap_err().code, "baseline");
}

#[test]
fn chances_are_said_in_people() {
    let said: Vec<String> = [1.0, 0.75, 0.0123, 1.0 / 343.0, 0.000_02, 0.0].map(words::chance).to_vec();
    assert_eq!(
        said,
        ["more than 99 in 100", "about 75 in 100", "about 1 in 100", "about 1 in 340", "about 1 in 50000", "fewer than 1 in a million"]
    );
}

#[test]
fn shares_name_who_shares_what_with_whom() {
    let shares = report().shares;
    let named: Vec<(String, Vec<String>)> = shares.iter().map(|share| (share.kind.clone(), share.subjects.clone())).collect();
    assert!(named.contains(&("device".to_owned(), vec!["w-101".to_owned(), "w-106".to_owned()])), "{named:?}");
    assert!(named.contains(&("email".to_owned(), vec!["w-101".to_owned(), "w-102".to_owned()])), "two spellings of one mailbox");
    assert!(!format!("{shares:?}").contains(HOSTILE));
}

#[test]
fn the_page_loads_nothing_and_holds_no_hostile_element() {
    let page = printed("html");
    assert_eq!(page.matches("<script>").count(), 1, "our own and no other");
    assert_eq!((page.matches("</script>").count(), page.matches("<style>").count()), (1, 1));
    for wrong in ["<img", "<iframe", "<link", "<object", "javascript:", " style=\"", " onerror=alert(2)>", "src=\"", "@import", "url("] {
        assert!(!page.contains(wrong), "the page holds `{wrong}`");
    }
    assert!(page.contains("default-src 'none'"));
    // Attributes: every tag must close its quotes, hostile quotes are escaped.
    for tag in page.split('<').skip(1).filter(|tag| !tag.starts_with("script") && !tag.starts_with("style")) {
        let inside = tag.split('>').next().unwrap();
        assert_eq!(inside.matches('"').count() % 2, 0, "<{inside}>");
    }
    // In the script and style themselves nothing may end them early.
    for ours in [include_str!("../html/script.js"), include_str!("../html/style.css")] {
        assert!(!ours.contains("</"));
    }
}

#[test]
fn a_large_run_stays_bounded_and_says_what_it_left_out() {
    let mut large = report();
    let model = large.subjects[0].clone();
    large.subjects = (0..10_000).map(|at| crate::report::SubjectReport { subject_id: format!("w-{at:05}"), ..model.clone() }).collect();
    large.counts.subjects = 10_000;
    let page = render(&large, "html", &Look::of_file()).unwrap();
    assert!(page.len() < 16_000_000, "{} bytes", page.len());
    assert_eq!(page.matches("<article").count(), 300);
    assert!(page.contains("300 of 10000 subjects with findings have a part below"));
    assert!(page.contains("The list shows the 2000 highest ranked of 10000 subjects"));
}

#[test]
fn an_empty_run_is_still_a_page() {
    let mut empty = report();
    empty.subjects.clear();
    empty.shares.clear();
    for format in format_names() {
        assert!(render(&empty, format, &Look::of_file()).is_ok(), "{format}");
    }
}
