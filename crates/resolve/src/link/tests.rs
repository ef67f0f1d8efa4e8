//! Worlds of fixtures/link/worlds.yml, stable ids, explanations, and the laws of order.

use super::*;
use bonafide_facts::cell::{self, Cell, Kind, Time};
use bonafide_facts::table;
use serde::Deserialize;
use std::collections::BTreeMap;

type Row = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct World {
    name: String,
    why: String,
    tables: BTreeMap<String, Vec<Row>>,
    operator: Vec<Vec<String>>,
    #[serde(default)]
    network: Vec<Vec<String>>,
    #[serde(default)]
    shown: Vec<[String; 2]>,
    #[serde(default)]
    troubles: Vec<String>,
}

fn worlds() -> Vec<World> {
    serde_saphyr::from_str(include_str!("../../../../fixtures/link/worlds.yml")).unwrap()
}

/// Tables from written rows; row ids follow the order of tables and rows.
fn tables(written: &BTreeMap<String, Vec<Row>>) -> Tables {
    let mut tables = Tables::default();
    let mut id = 0;
    for (name, rows) in written {
        let of = table(name).unwrap_or_else(|| panic!("no table {name}"));
        let ids: Vec<i64> = rows
            .iter()
            .map(|_| {
                id += 1;
                id
            })
            .collect();
        let mut columns: Vec<arrow_array::ArrayRef> = vec![std::sync::Arc::new(arrow_array::Int64Array::from(ids))];
        for column in of.columns {
            let cells: Vec<Option<&String>> = rows.iter().map(|row| row.get(column.name)).collect();
            fn parsed<C: Cell>(cells: &[Option<&String>], parse: impl Fn(&str) -> C::Value) -> Vec<arrow_array::ArrayRef> {
                let values: Vec<Option<C::Value>> = cells.iter().map(|cell| cell.map(|cell| parse(cell))).collect();
                C::write(values.iter().map(Option::as_ref))
            }
            columns.extend(match column.kind {
                Kind::Time => parsed::<Time>(&cells, |text| Time {
                    micros: chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros(),
                    offset_minutes: Some(0),
                }),
                Kind::Integer => parsed::<cell::Integer>(&cells, |text| text.parse().unwrap()),
                Kind::Number => parsed::<cell::Number>(&cells, |text| text.parse().unwrap()),
                Kind::Boolean => parsed::<cell::Boolean>(&cells, |text| text == "true"),
                Kind::Money => cell::Money::write(cells.iter().map(|_| None)),
                Kind::Rows => cell::Rows::write(cells.iter().map(|_| None)),
                _ => parsed::<cell::Text>(&cells, str::to_owned),
            });
        }
        for row in rows {
            row.keys().for_each(|key| assert!(of.column(key).is_some(), "{name} has no column {key}"));
        }
        let batch = arrow_array::RecordBatch::try_new(of.schema(), columns).unwrap();
        tables.add(table(name).unwrap(), of.schema(), vec![batch]).unwrap();
    }
    tables
}

fn members(clusters: &[Cluster], level: &str) -> Vec<Vec<String>> {
    let mut by_id: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in clusters.iter().filter(|row| row.level.as_deref() == Some(level)) {
        by_id.entry(row.cluster_id.clone().unwrap()).or_default().push(row.subject_id.clone().unwrap());
    }
    let mut out: Vec<Vec<String>> = by_id.into_values().collect();
    out.sort();
    out
}

#[test]
fn every_world_gives_its_clusters() {
    for world in worlds() {
        let found = link(&tables(&world.tables), &Settings::default(), &[]);
        assert_eq!(members(&found.clusters, "operator"), world.operator, "operator of `{}`: {}\n{:#?}", world.name, world.why, found.links);
        assert_eq!(
            members(&found.clusters, "network").into_iter().filter(|group| !world.operator.contains(group)).collect::<Vec<_>>(),
            world.network,
            "network of `{}`: {}\n{:#?}",
            world.name,
            world.why,
            found.links
        );
        for [left, right] in &world.shown {
            assert!(
                found.links.iter().any(|row| row.left_id.as_ref() == Some(left) && row.right_id.as_ref() == Some(right)),
                "`{}`: {left} and {right} must be shown",
                world.name
            );
        }
        let codes: Vec<&str> = found.troubles.iter().map(|trouble| trouble.code.as_str()).collect();
        assert_eq!(codes, world.troubles, "{}", world.name);
    }
}

/// The same worlds in one case folder, their subjects told apart by a prefix and every row somewhere else: same clusters.
#[test]
fn rows_in_another_order_and_other_company_give_the_same() {
    let worlds = worlds();
    for world in &worlds {
        let mut turned = world.tables.clone();
        turned.values_mut().for_each(|rows| rows.reverse());
        let (one, other) = (link(&tables(&world.tables), &Settings::default(), &[]), link(&tables(&turned), &Settings::default(), &[]));
        let plain = |found: &LinkResult| {
            found.clusters.iter().map(|row| (row.cluster_id.clone(), row.subject_id.clone(), row.joined_by.clone())).collect::<Vec<_>>()
        };
        assert_eq!(plain(&one), plain(&other), "{}", world.name);
    }
}

fn world(name: &str) -> World {
    worlds().into_iter().find(|world| world.name == name).unwrap()
}

#[test]
fn a_pair_is_explained_and_so_is_its_absence() {
    let settings = Settings::default();
    let told = |name: &str, a: &str, b: &str| {
        let tables = tables(&world(name).tables);
        Linker::new(&tables, &settings).explain(a, b).unwrap()
    };
    let [operator, _] = told("one payout, two personas", "b", "a");
    assert!(operator.together && operator.why_not.is_empty());
    assert_eq!(operator.path.len(), 1);
    assert_eq!(operator.direct, ["payment_account P881 shared by 2: +14.0 bits"]);
    let [operator, _] = told("poisoning", "s", "v");
    assert!(!operator.together);
    assert!(
        operator.direct.iter().all(|line| line.ends_with("asserted by one and held by the other: shown, joins nobody")),
        "{operator:#?}"
    );
    assert_eq!(
        operator.why_not,
        ["what counts is of 0 independent kind(s) (); 2 are needed, or one that joins alone", "0.0 bits of 12.0 needed"]
    );
    let [operator, _] = told("a person said not the same", "a", "b");
    assert!(operator.why_not[0].contains("casey decided they are not the same: twins"), "{operator:#?}");
    let [operator, network] = told("two pairs of hands, one crew", "b", "d");
    assert_eq!(operator.why_not, ["they share no value, text, image or relation of the operator level"]);
    let path: Vec<String> = network.path.iter().map(|step| format!("{}-{}", step.from, step.to)).collect();
    assert_eq!(path, ["b-a", "a-c", "c-d"]);
}

fn payouts(pairs: &[(&str, &str)]) -> Tables {
    let row = |(subject, account): &(&str, &str)| {
        [("subject_id", *subject), ("kind", "payment_account"), ("value", account), ("source", "payout")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into()
    };
    tables(&BTreeMap::from([("identifiers".to_owned(), pairs.iter().map(row).collect())]))
}

#[test]
fn ids_live_on_and_merge_and_split_are_told() {
    let settings = Settings::default();
    let first = link(&payouts(&[("b", "acc-1"), ("c", "acc-1"), ("x", "acc-2"), ("y", "acc-2")]), &settings, &[]);
    let id = |found: &LinkResult, subject: &str| {
        found.clusters.iter().find(|row| row.subject_id.as_deref() == Some(subject)).and_then(|row| row.cluster_id.clone())
    };
    let (bc, xy) = (id(&first, "b").unwrap(), id(&first, "x").unwrap());
    let grown =
        link(&payouts(&[("a", "acc-1"), ("b", "acc-1"), ("c", "acc-1"), ("x", "acc-2"), ("y", "acc-2")]), &settings, &first.clusters);
    assert_eq!(id(&grown, "a"), Some(bc.clone()), "a smaller member does not rename the cluster");
    assert_eq!(grown.changes, []);
    let merged =
        link(&payouts(&[("b", "acc-1"), ("c", "acc-1"), ("c", "acc-2"), ("x", "acc-2"), ("y", "acc-2")]), &settings, &first.clusters);
    let kept = id(&merged, "b").unwrap();
    let lost = if kept == bc { &xy } else { &bc };
    assert_eq!(merged.changes, [Change::Merged { id: lost.clone(), into: kept.clone() }]);
    let undone = link(&payouts(&[("b", "acc-1"), ("c", "acc-1"), ("x", "acc-2"), ("y", "acc-2")]), &settings, &merged.clusters);
    assert_eq!(undone.changes.len(), 1, "retraction of one value undoes what it made: {:?}", undone.changes);
    assert!(matches!(&undone.changes[0], Change::Split { id, off } if *id == kept && off.len() == 1));
    assert_eq!(members(&undone.clusters, "operator"), [["b", "c"], ["x", "y"]]);
    let gone = link(&payouts(&[("b", "acc-1"), ("c", "acc-9")]), &settings, &first.clusters);
    assert_eq!(gone.changes.len(), 2);
}

#[test]
fn every_kind_has_its_reason() {
    for kind in Settings::default().kinds {
        assert!(kind.why.len() > 8 && kind.cap >= 2 && kind.bits > 0.0, "{}", kind.kind);
    }
}
