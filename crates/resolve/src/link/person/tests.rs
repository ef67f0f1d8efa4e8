//! A small table with known duplicates; the settings that are built in.

use super::*;

fn records(settings: &PersonSettings, rows: &[[String; 4]]) -> Records {
    let roles = ["first_name", "surname", "birth_date", "email"].map(str::to_owned);
    let mut records = Records::new(settings, &roles).unwrap();
    rows.iter().for_each(|row| records.push(settings, row.iter().map(String::as_str)));
    records.close();
    records
}

/// Invented people: `n` of them, each written twice, the second time with one slip.
fn people(n: usize) -> Vec<[String; 4]> {
    let part = |seed: usize, words: [&'static str; 8]| words[seed % 8];
    let mut rows = Vec::new();
    for at in 0..n {
        let first = format!(
            "{}{}",
            part(at, ["ar", "bel", "cor", "dan", "el", "fer", "gor", "hal"]),
            part(at / 8, ["a", "in", "on", "us", "ette", "o", "ia", "ik"])
        );
        let last = format!(
            "{}{}",
            part(at / 3, ["wood", "stan", "ridge", "mar", "lind", "kes", "thorn", "vane"]),
            part(at / 5, ["ley", "ton", "field", "by", "worth", "well", "stead", "er"])
        );
        let date = format!("{}-{:02}-{:02}", 1950 + at * 7 % 50, 1 + at * 5 % 12, 1 + at * 11 % 28);
        let mail = format!("{first}{at}@mail.test");
        rows.push([first.clone(), last.clone(), date.clone(), mail.clone()]);
        let slip = match at % 3 {
            0 => [first[1..].to_owned(), last, date, mail],
            1 => [first, last, date, String::new()],
            _ => [first, last.replace('e', "a"), date, format!("x{mail}")],
        };
        rows.push(slip);
    }
    rows
}

#[test]
fn duplicates_with_a_slip_are_found_and_nobody_else() {
    let settings = PersonSettings::default();
    let found = link(&records(&settings, &people(400)), &settings);
    let right = (0..400).filter(|at| found.cluster[2 * at] == found.cluster[2 * at + 1]).count();
    let wrong = (0..800).filter(|at| found.cluster[*at] as usize / 2 != at / 2).count();
    assert!(right >= 396, "{right} of 400 pairs, {wrong} wrong");
    assert!(wrong <= 4, "{wrong} wrong");
    assert_eq!(found, link(&records(&settings, &people(400)), &settings), "the same bytes twice");
}

#[test]
fn empty_and_hostile_tables_end() {
    let settings = PersonSettings::default();
    assert_eq!(link(&records(&settings, &[]), &settings).cluster, Vec::<u32>::new());
    let same: Vec<[String; 4]> = (0..500).map(|_| ["\u{202e}ab\u{0}".repeat(50_000), "n/a".into(), "1990".into(), "@".into()]).collect();
    let found = link(&records(&settings, &same), &settings);
    assert_eq!(found.candidates, 0, "one block of five hundred is no candidate list");
    assert_eq!(found.troubles.len(), 1, "and that is told");
}
