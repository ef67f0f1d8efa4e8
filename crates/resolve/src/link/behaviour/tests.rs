//! Stories of behaviour, told as sessions, and the laws: the order of rows and the names of subjects change nothing, company is no tie.

use super::*;
use crate::link::{Linker, edges};
use bonafide_facts::cell::Time;
use bonafide_facts::tables::did::SignIn;
use bonafide_facts::tables::money::Payment;
use proptest::prelude::*;

/// 2026-03-02T00:00:00Z, a Monday, in hours.
const MONDAY: i64 = 492_336;

/// Who, at which hour after [`MONDAY`], for how many hours, at which machine, on which line.
type Sat<'a> = (&'a str, f64, f64, &'a str, &'a str);

fn time(hours: f64) -> Option<Time> {
    Some(Time { micros: MONDAY * calendar::HOUR + (hours * calendar::HOUR as f64) as i64, offset_minutes: Some(0) })
}

fn tables(sat: &[Sat]) -> Tables {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let row = |(at, (who, from, hours, machine, line)): (usize, &Sat)| SignIn {
        row_id: at as i64 + 1,
        subject_id: text(who),
        at: time(*from),
        ended_at: time(from + hours),
        device_id: text(machine),
        ip: text(line),
        ..SignIn::default()
    };
    let mut tables = Tables::default();
    tables.add_rows(&sat.iter().enumerate().map(row).collect::<Vec<_>>()).unwrap();
    tables
}

/// What is seen of `a` and `b`: kind, worth, words. Everybody who shares a value with somebody is a candidate.
fn of_pair(tables: &Tables, a: &str, b: &str) -> Vec<(String, Worth, String)> {
    let settings = Settings::default();
    let subjects = Subjects::read(tables);
    let uses = crate::link::uses::read(tables, &subjects, &settings, &mut Vec::new());
    let ends = [a, b].map(|id| subjects.number(id).unwrap());
    let seen = join(tables, &subjects, &settings, &edges::of_values(&uses, &settings));
    let own = seen.into_iter().filter(|one| [one.edge.left, one.edge.right] == ends);
    own.map(|one| (settings.of(one.edge.kind).kind.clone(), one.edge.worth, one.says)).collect()
}

fn kinds(tables: &Tables) -> Vec<String> {
    of_pair(tables, "a", "b").into_iter().map(|(kind, _, _)| kind).collect()
}

/// On each of so many days `a` and `b` sit an hour each at both machines, one after the other, changing seats at noon.
fn turns(days: usize) -> Vec<Sat<'static>> {
    (0..days)
        .flat_map(|day| {
            let at = day as f64 * 24.0;
            [
                ("a", at + 8.0, 1.0, "tower-1", ""),
                ("b", at + 9.5, 1.0, "tower-1", ""),
                ("b", at + 13.0, 1.0, "tower-2", ""),
                ("a", at + 14.5, 1.0, "tower-2", ""),
            ]
        })
        .collect()
}

#[test]
fn two_accounts_that_alternate_on_two_machines_take_turns() {
    let seen = of_pair(&tables(&turns(3)), "a", "b");
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen[0].0, "takes_turns");
    assert_eq!(seen[0].2, "10 turns on 2 machines on 3 days, 2026-03-02 to 2026-03-04");
}

#[test]
fn a_family_computer_a_sale_and_two_at_work_at_once_are_no_turns() {
    let one_machine: Vec<Sat> = turns(6).into_iter().filter(|sat| sat.3 == "tower-1").collect();
    assert_eq!(kinds(&tables(&one_machine)), [""; 0], "one machine, whoever sits there");
    let sold: Vec<Sat> =
        (0..12).map(|at| (if at < 6 { "a" } else { "b" }, f64::from(at) * 8.0, 1.0, ["tower-1", "tower-2"][at as usize % 2], "")).collect();
    assert_eq!(kinds(&tables(&sold)), [""; 0], "handed on once and never back");
    let at_once: Vec<Sat> = (0..6)
        .flat_map(|day| {
            let (at, swap) = (f64::from(day) * 24.0 + 9.0, day % 2 == 0);
            let (mine, theirs) = if swap { ("tower-1", "tower-2") } else { ("tower-2", "tower-1") };
            [("a", at, 3.0, mine, ""), ("b", at + 0.5, 3.0, theirs, "")]
        })
        .collect();
    assert_eq!(kinds(&tables(&at_once)), [""; 0], "two people at two machines at once");
    assert_eq!(kinds(&tables(&turns(2))), [""; 0], "two days are too few");
}

#[test]
fn a_laboratory_that_rotates_is_no_tie() {
    let crowd: Vec<String> = (0..8).map(|at| format!("{}", char::from(b'a' + at))).collect();
    let mut sat: Vec<Sat> = Vec::new();
    for day in 0..5 {
        for (at, who) in crowd.iter().enumerate() {
            let hour = f64::from(day) * 24.0 + at as f64 * 1.5;
            sat.extend([(who.as_str(), hour, 0.5, "bench-1", ""), (who.as_str(), hour + 0.6, 0.5, "bench-2", "")]);
        }
    }
    assert_eq!(kinds(&tables(&sat)), [""; 0], "more than the cap sit there");
}

#[test]
fn days_at_a_line_of_few_are_told_and_one_visit_is_not() {
    let days = |count: i32, who: &'static str| (0..count).map(move |day| (who, f64::from(day) * 24.0 + 9.0, 1.0, "", "203.0.113.4"));
    let home: Vec<Sat> = days(4, "a").chain(days(3, "b").map(|(who, at, long, ..)| (who, at + 2.0, long, "", "203.0.113.4"))).collect();
    assert_eq!(of_pair(&tables(&home), "a", "b")[0].2, "the same 3 days, 2026-03-02 to 2026-03-04");
    let visit: Vec<Sat> = days(4, "a").chain(days(1, "b")).collect();
    assert_eq!(kinds(&tables(&visit)), [""; 0]);
    let office: Vec<Sat> = ["a", "b", "c", "d", "e", "f"].iter().flat_map(|who| days(5, who)).collect();
    assert_eq!(kinds(&tables(&office)), [""; 0], "an office of six is over the cap");
}

/// `a` works for five weeks, then everything is another's: machine and line of `b`, other hours, other account.
fn handed(machine: &'static str, line: &'static str, shift: f64) -> Tables {
    let before = (0..20).map(|day| ("a", f64::from(day) * 24.0 + 8.0, 1.0, "own-1", "198.51.100.1"));
    let after = (20..40).map(move |day| ("a", f64::from(day) * 24.0 + 8.0 + shift, 1.0, machine, line));
    let other = (0..40).map(|day| ("b", f64::from(day) * 24.0 + 16.0, 1.0, "lair-7", "198.51.100.77"));
    tables(&before.chain(after).chain(other).collect::<Vec<_>>())
}

fn paid(mut tables: Tables, accounts: [&str; 2]) -> Tables {
    let row = |(at, who, account): (f64, &str, &str)| Payment {
        row_id: 1_000 + at as i64,
        subject_id: Some(who.into()),
        at: time(at * 24.0),
        direction: Some("to_subject".into()),
        payee_account: Some(account.into()),
        ..Payment::default()
    };
    tables.add_rows(&[row((5.0, "a", accounts[0])), row((21.0, "a", accounts[1]))]).unwrap();
    tables
}

#[test]
fn an_account_handed_over_is_tied_to_whose_machine_it_came_to() {
    let seen = of_pair(&paid(handed("lair-7", "198.51.100.77", 9.0), ["ACC-OLD", "ACC-NEW"]), "a", "b");
    let over = seen.iter().find(|(kind, ..)| kind == "handed_over").unwrap_or_else(|| panic!("{seen:?}"));
    assert_eq!(
        over.2,
        "the first's device, line, payout account, hours of work changed together, 2026-03-22 to 2026-03-23; device, line was the other's"
    );
    let quietly = of_pair(&handed("lair-7", "198.51.100.1", 0.0), "a", "b");
    assert!(quietly.iter().all(|(kind, ..)| kind != "handed_over"), "one machine changed: a loan or a sale {quietly:?}");
}

#[test]
fn a_couple_that_moves_and_a_new_employer_are_no_hand_over() {
    // Both move to one new line, with other hours and each with a new machine and account of the own.
    let life = |who: &'static str, old: &'static str, own: &'static str| {
        let before = (0..20).map(move |day| (who, f64::from(day) * 24.0 + 8.0, 1.0, old, "198.51.100.1"));
        before.chain((20..40).map(move |day| (who, f64::from(day) * 24.0 + 15.0, 1.0, own, "198.51.100.99")))
    };
    let moved = tables(&life("a", "mac-a1", "mac-a2").chain(life("b", "mac-b1", "mac-b2")).collect::<Vec<_>>());
    assert!(!kinds(&moved).contains(&"handed_over".to_owned()));
}

#[test]
fn days_that_begin_together_are_told_and_office_hours_are_not() {
    // The hour wanders by the day; b follows a within two minutes, c keeps the same hours every day. They share a line once.
    let hour = |day: i32| 7.0 + f64::from((day * 7) % 11) * 0.6;
    let mut sat: Vec<Sat> = vec![("a", 300.0, 0.1, "", "203.0.113.4"), ("b", 300.01, 0.1, "", "203.0.113.4")];
    sat.extend((20..32).flat_map(|day| {
        let at = f64::from(day) * 24.0 + hour(day);
        [("a", at, 1.0, "m-a", ""), ("b", at + 0.03, 1.0, "m-b", "")]
    }));
    let seen = of_pair(&tables(&sat), "a", "b");
    assert!(seen.iter().any(|(kind, _, says)| kind == "begins_together" && says.starts_with("the day begins within 5 minutes on 13 of 13 common days")), "{seen:?}");
    let mut office: Vec<Sat> = sat[..2].to_vec();
    office.extend(
        (20..32).flat_map(|day| [("a", f64::from(day) * 24.0 + 9.0, 1.0, "m-a", ""), ("b", f64::from(day) * 24.0 + 9.03, 1.0, "m-b", "")]),
    );
    assert_eq!(kinds(&tables(&office)), [""; 0], "habit explains it");
    let mut call = sat.clone();
    let others = ["c", "d", "e"];
    call.extend((20..32).flat_map(|day| others.map(|who| (who, f64::from(day) * 24.0 + hour(day) + 0.02, 1.0, "", ""))));
    assert_eq!(kinds(&tables(&call)), [""; 0], "a call that many join");
}

#[test]
fn what_behaviour_adds_is_explained_with_its_rows() {
    let settings = Settings::default();
    let tables = tables(&turns(3));
    let linker = Linker::new(&tables, &settings);
    let [operator, _] = linker.explain("a", "b").unwrap();
    assert!(
        operator
            .direct
            .iter()
            .any(|line| line.starts_with("takes_turns: 10 turns on 2 machines on 3 days") && line.ends_with("+13.0 bits")),
        "{operator:#?}"
    );
    assert!((operator.bits - 13.0).abs() < 1e-9, "machines and turns on them are one kind: {operator:#?}");
    let link = linker.result(&[]).links.remove(0);
    assert_eq!(link.kinds.as_deref(), Some("device|turns"));
    assert!(link.evidence.unwrap().len() > 4);
}

fn world() -> impl Strategy<Value = Vec<(u8, u16, u8, u8)>> {
    prop::collection::vec((0..4_u8, 0..400_u16, 0..3_u8, 0..3_u8), 0..120)
}

fn sat(rows: &[(u8, u16, u8, u8)], names: [&str; 4]) -> Tables {
    let machines = ["", "tower-1", "tower-2"];
    let lines = ["", "203.0.113.4", "203.0.113.5"];
    let of = |(who, hour, machine, line): &(u8, u16, u8, u8)| {
        (names[*who as usize].to_owned(), f64::from(*hour), 0.5, machines[*machine as usize], lines[*line as usize])
    };
    let owned: Vec<(String, f64, f64, &str, &str)> = rows.iter().map(of).collect();
    tables(&owned.iter().map(|(who, at, long, machine, line)| (who.as_str(), *at, *long, *machine, *line)).collect::<Vec<_>>())
}

/// Kind, ends and words of all that is seen.
fn told(tables: &Tables) -> Vec<(u8, String, String, String)> {
    let settings = Settings::default();
    let subjects = Subjects::read(tables);
    let uses = crate::link::uses::read(tables, &subjects, &settings, &mut Vec::new());
    let seen = join(tables, &subjects, &settings, &edges::of_values(&uses, &settings));
    let mut told: Vec<_> = seen
        .into_iter()
        .map(|one| (one.edge.kind, subjects.id(one.edge.left).to_owned(), subjects.id(one.edge.right).to_owned(), one.says))
        .collect();
    told.sort();
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn the_order_of_rows_and_rows_said_again_change_nothing(rows in world(), seed in any::<u32>()) {
        let names = ["a", "b", "c", "d"];
        let mut other = [rows.clone(), rows[..rows.len() / 2].to_vec()].concat();
        other.sort_by_key(|row| (u32::from(row.1) * 7 + u32::from(row.0)).wrapping_mul(seed | 1));
        prop_assert_eq!(told(&sat(&rows, names)), told(&sat(&other, names)));
    }

    #[test]
    fn the_names_of_subjects_change_nothing(rows in world()) {
        let one = told(&sat(&rows, ["a", "b", "c", "d"]));
        let other = told(&sat(&rows, ["pa", "pb", "pc", "pd"]));
        let renamed: Vec<_> = one.into_iter().map(|(kind, left, right, says)| (kind, format!("p{left}"), format!("p{right}"), says)).collect();
        prop_assert_eq!(renamed, other);
    }

    #[test]
    fn who_sits_alone_is_tied_to_nobody(rows in world()) {
        let alone: Vec<(u8, u16, u8, u8)> = rows.into_iter().map(|(who, hour, _, _)| (who, hour, 0, 0)).collect();
        prop_assert_eq!(told(&sat(&alone, ["a", "b", "c", "d"])), vec![]);
    }
}
