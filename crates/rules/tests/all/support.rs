//! Packs and tables for the tests.
//!
//! Must not assert anything.

use bonafide_facts::cell::Time;
use bonafide_facts::hook::NameComparer;
use bonafide_facts::tables::did::SignIn;
use bonafide_facts::tables::who::Subject;
use bonafide_facts::{Tables, Trouble};
use bonafide_rules::{Engine, Limits, Pack};
use std::sync::Arc;

pub const PACK: &str = include_str!("../cases/pack.yml");
pub const BASE: &str = include_str!("../cases/base.yml");

#[derive(Debug)]
pub struct Same;
impl NameComparer for Same {
    fn similarity(&self, left: &str, right: &str) -> f64 {
        f64::from(u8::from(left.eq_ignore_ascii_case(right)))
    }
}

/// A pack of these rules: (id, text).
pub fn pack(rules: &[(&str, String)]) -> (Pack, Vec<Trouble>) {
    let mut files = vec![("p/pack.yml".to_owned(), PACK.to_owned())];
    files.extend(rules.iter().map(|(id, text)| (format!("p/rules/{id}.yml"), text.clone())));
    let (pack, troubles) = Pack::load(&files);
    (pack.expect("the head of the test pack is right"), troubles)
}

/// The base rule under another id, with other SQL and needs.
pub fn rule<'a>(id: &'a str, needs: &str, sql: &str) -> (&'a str, String) {
    let start = BASE.find("sql: |").unwrap();
    let end = BASE.find("innocent:").unwrap();
    let sql: String = sql.lines().map(|line| format!("  {line}\n")).collect();
    let text = format!("{}sql: |\n{sql}{}", &BASE[..start], &BASE[end..]);
    let text = text.replace("id: base", &format!("id: {id}")).replace("needs: [sign_ins]", &format!("needs: [{needs}]"));
    (id, text.replace("{{n}} times from {{what}}, at least {{min}}", "somewhere"))
}

pub fn engine(rules: &[(&str, String)], limits: &Limits) -> Engine {
    let (pack, troubles) = pack(rules);
    assert_eq!(troubles, []);
    let (engine, troubles) = Engine::new(&pack, limits, Arc::new(Same));
    assert_eq!(troubles, []);
    engine
}

pub fn at(micros: i64) -> Option<Time> {
    Some(Time { micros, offset_minutes: Some(0) })
}

/// Sign-ins with row ids in order, and their subjects.
pub fn tables(mut sign_ins: Vec<SignIn>) -> Tables {
    let mut tables = Tables::default();
    let mut ids: Vec<String> = sign_ins.iter().filter_map(|row| row.subject_id.clone()).collect();
    ids.sort();
    ids.dedup();
    let subjects: Vec<Subject> =
        ids.iter().map(|id| Subject { subject_id: Some(id.clone()), name: Some(format!("Name {id}")), ..Default::default() }).collect();
    for (row, number) in sign_ins.iter_mut().zip(1..) {
        row.row_id = number;
    }
    tables.add_rows(&subjects).unwrap();
    tables.add_rows(&sign_ins).unwrap();
    tables
}

/// `count` sign-ins of one subject, an hour apart.
pub fn sign_ins(subject: &str, count: i64) -> Vec<SignIn> {
    (0..count)
        .map(|hour| SignIn {
            subject_id: Some(subject.to_owned()),
            at: at(hour * 3_600_000_000),
            ip: Some("192.0.2.1".to_owned()),
            ..Default::default()
        })
        .collect()
}
