//! Tables changed in ways that must not matter: renamed, moved on earth, doubled, in another order.
//!
//! Must not know any rule. The moved world keeps every clock as people read it: local times stay, offsets and zones move.

use crate::context::{folded, text};
use crate::stream::text_at;
use bonafide_facts::cell::offset_column;
use bonafide_facts::hook::NameComparer;
use bonafide_facts::identifier::is_filler;
use bonafide_facts::table::ROW_ID;
use bonafide_facts::{Kind, TableData, Tables, Trouble};
use chrono::{Offset as _, TimeZone as _};
use datafusion::arrow::array::{
    ArrayRef, AsArray as _, Float64Array, Int32Array, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray, UInt32Array,
};
use datafusion::arrow::compute::take_record_batch;
use datafusion::arrow::datatypes::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Microseconds in an hour.
pub const HOUR_MICROS: i64 = 3_600_000_000;
/// Columns in which names stand.
const NAMES: [(&str, &str); 12] = [
    ("subjects", "name"),
    ("identifiers", "holder_name"),
    ("accounts", "display_name"),
    ("meetings", "display_name"),
    ("commits", "author_name"),
    ("payments", "payee_name"),
    ("shipments", "receiver"),
    ("claims", "value"),
    ("subjects", "organisation"),
    ("engagements", "organisation"),
    ("documents", "author"),
    ("documents", "counterparty"),
];
/// Names more than which are not compared pair by pair, so none is changed.
const MOST_NAMES: usize = 600;
/// Invented given and family names of several origins and scripts.
const GIVEN: [&str; 12] = ["하늘", "Олена", "Ngọc", "محمد", "José", "小明", "Adaeze", "रवि", "Anna-Lena", "Иван", "Παύλος", "ทองดี"];
const FAMILY: [&str; 11] = ["김", "Шевчук", "Trần", "الحسن", "Muñoz", "王", "Okafor", "शर्मा", "Groß", "Ιωάννου", "ใจดี"];

/// Each batch with its columns changed by `change`, which gives the new columns by name.
fn changed(tables: &Tables, change: impl Fn(&TableData, &RecordBatch) -> Vec<(String, ArrayRef)>) -> Result<Tables, Trouble> {
    rebuilt(tables, |data| {
        let batch = |batch: &RecordBatch| {
            let mut columns = batch.columns().to_vec();
            for (name, array) in change(data, batch) {
                if let Some(place) = batch.schema().index_of(&name).ok().and_then(|index| columns.get_mut(index)) {
                    *place = array;
                }
            }
            RecordBatch::try_new(batch.schema(), columns).ok()
        };
        data.batches.iter().map(batch).collect()
    })
}

/// The same files and tables with other batches.
fn rebuilt(tables: &Tables, batches: impl Fn(&TableData) -> Option<Vec<RecordBatch>>) -> Result<Tables, Trouble> {
    let mut other = Tables::default();
    other.files = tables.files.clone();
    for data in tables.iter() {
        let batches = batches(data).ok_or_else(|| {
            Trouble::error(
                "law",
                None,
                format!("table `{}` cannot be changed", data.table.name),
                "this is a defect of Bonafide: please report it",
            )
        })?;
        other.add(data.table, Arc::clone(&data.schema), batches)?;
    }
    Ok(other)
}

fn texts(batch: &RecordBatch, column: &str, new: impl Fn(usize, &str) -> String) -> Option<(String, ArrayRef)> {
    let cells = text(batch, column)?;
    let array: StringViewArray = cells.iter().enumerate().map(|(row, cell)| cell.map(|cell| new(row, cell))).collect();
    Some((column.to_owned(), Arc::new(array)))
}

/// Whether the claim in that row is about `attribute` (`family_country` is about a country too).
fn claims(batch: &RecordBatch, row: usize, attribute: &str) -> bool {
    let word = text_at(text(batch, "attribute"), row).unwrap_or_default();
    word.trim().to_lowercase().split('_').any(|part| part == attribute)
}

/// Whether no written offset becomes zero: a clock on UTC says nothing about a place, any other does.
pub fn can_shift(tables: &Tables, hours: i32) -> bool {
    let lands = |batch: &RecordBatch, name: &str| {
        let offsets = batch.column_by_name(&offset_column(name)).and_then(|cells| cells.as_primitive_opt::<Int32Type>());
        offsets.is_some_and(|cells| cells.iter().flatten().any(|offset| offset != 0 && offset + hours * 60 == 0))
    };
    let times = |data: &TableData| {
        data.table.columns.iter().filter(|column| column.kind == Kind::Time).map(|column| column.name).collect::<Vec<_>>()
    };
    !tables.iter().any(|data| times(data).iter().any(|name| data.batches.iter().any(|batch| lands(batch, name))))
}

/// Everything `hours` further east. Zones become zones without summer time (also for 0 hours: the world to compare with).
pub fn shifted(tables: &Tables, hours: i32) -> Result<Tables, Trouble> {
    changed(tables, |data, batch| {
        let mut columns = Vec::new();
        for column in data.table.columns {
            match column.kind {
                Kind::Time => columns.extend(later(batch, column.name, hours)),
                Kind::Zone => columns.extend(texts(batch, column.name, |_, zone| zone_at(zone, hours))),
                Kind::Country => columns.extend(texts(batch, column.name, |_, country| country_at(country, hours))),
                Kind::Number if column.name == "longitude" => columns.extend(east(batch, hours)),
                Kind::Text if data.table.name == "claims" && column.name == "value" => {
                    columns.extend(texts(batch, "value", |row, value| {
                        if claims(batch, row, "country") {
                            country_at(value, hours)
                        } else if claims(batch, row, "timezone") {
                            zone_at(value, hours)
                        } else {
                            value.to_owned()
                        }
                    }))
                }
                _ => {}
            }
        }
        columns
    })
}

/// The same reading of a clock that many hours further east: an earlier instant.
fn later(batch: &RecordBatch, name: &str, hours: i32) -> Vec<(String, ArrayRef)> {
    let instants = batch.column_by_name(name).and_then(|cells| cells.as_primitive_opt::<TimestampMicrosecondType>());
    let offsets = batch.column_by_name(&offset_column(name)).and_then(|cells| cells.as_primitive_opt::<Int32Type>());
    let instant = |at: Option<i64>| at.map(|at| at.saturating_sub(i64::from(hours) * HOUR_MICROS));
    let offset = |minutes: Option<i32>| minutes.map(|minutes| if minutes == 0 { 0 } else { minutes + hours * 60 });
    let instants =
        instants.map(|cells| (name.to_owned(), Arc::new(cells.iter().map(instant).collect::<TimestampMicrosecondArray>()) as ArrayRef));
    let offsets = offsets.map(|cells| (offset_column(name), Arc::new(cells.iter().map(offset).collect::<Int32Array>()) as ArrayRef));
    instants.into_iter().chain(offsets).collect()
}

fn east(batch: &RecordBatch, hours: i32) -> Option<(String, ArrayRef)> {
    let cells = batch.column_by_name("longitude")?.as_primitive_opt::<Float64Type>()?;
    let moved = |degrees: f64| (degrees + 15.0 * f64::from(hours) + 180.0).rem_euclid(360.0) - 180.0;
    Some(("longitude".to_owned(), Arc::new(cells.iter().map(|cell| cell.map(moved)).collect::<Float64Array>())))
}

/// A zone without summer time, that many hours east of the zone's winter time (the whole hour below); what is no zone stays.
fn zone_at(zone: &str, hours: i32) -> String {
    let Ok(known) = zone.trim().parse::<chrono_tz::Tz>() else { return zone.to_owned() };
    let winter = chrono::NaiveDate::from_ymd_opt(2025, 1, 1).and_then(|day| day.and_hms_opt(12, 0, 0)).unwrap_or_default();
    let summer = chrono::NaiveDate::from_ymd_opt(2025, 7, 1).and_then(|day| day.and_hms_opt(12, 0, 0)).unwrap_or_default();
    let offset = |at| known.offset_from_utc_datetime(&at).fix().local_minus_utc();
    let east = offset(winter).min(offset(summer)).div_euclid(3600) + hours;
    // -12 to 14 exist; a day further is the same clock
    let east = if east > 14 {
        east - 24
    } else if east < -12 {
        east + 24
    } else {
        east
    };
    format!("Etc/GMT{:+}", -east)
}

/// Another country for each, one to one; what is no code stays.
fn country_at(country: &str, hours: i32) -> String {
    let code = country.trim();
    if code.len() != 2 || !code.chars().all(|letter| letter.is_ascii_alphabetic()) {
        return country.to_owned();
    }
    let step = u8::try_from(hours.rem_euclid(26)).unwrap_or(0);
    code.to_ascii_uppercase().bytes().map(|letter| char::from((letter - b'A' + step) % 26 + b'A')).collect()
}

/// Every text in which a name may stand, of people and of firms, folded; and which of them people are called by.
fn called(tables: &Tables) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut all, mut people) = (BTreeSet::new(), BTreeSet::new());
    for (table, column) in NAMES {
        for batch in tables.get(table).map_or(&[][..], |data| &data.batches) {
            for (row, cell) in text(batch, column).into_iter().flatten().enumerate() {
                let Some(name) = cell.map(folded).filter(|name| !is_filler(name)) else { continue };
                let is_person = match table {
                    "subjects" if column == "organisation" => false,
                    "subjects" => text_at(text(batch, "kind"), row).is_none_or(|kind| kind.trim() != "company"),
                    "claims" => claims(batch, row, "name"),
                    table => ["identifiers", "payments"].contains(&table),
                };
                if is_person {
                    people.insert(name.clone());
                }
                all.insert(name);
            }
        }
    }
    (all, people)
}

/// Names of other origins and scripts, one to one. Names that resemble each other keep theirs: how far two spellings are apart is what
/// rules ask, and no other pair is as far apart.
pub fn renamed(tables: &Tables, names: &Arc<dyn NameComparer>) -> Result<Tables, Trouble> {
    let (all, people) = called(tables);
    let invented = |place: usize| {
        let (given, family) = (GIVEN[place % GIVEN.len()], FAMILY[(place / GIVEN.len() + place) % FAMILY.len()]);
        if place < GIVEN.len() * FAMILY.len() { format!("{given} {family}") } else { format!("{given} {family} {place}") }
    };
    let lone = |name: &&String| all.len() <= MOST_NAMES && !all.iter().any(|other| other != *name && names.similarity(name, other) >= 0.3);
    let other: BTreeMap<&str, String> =
        people.iter().filter(lone).enumerate().map(|(place, name)| (name.as_str(), invented(place))).collect();
    changed(tables, |data, batch| {
        let of =
            |column: &str| texts(batch, column, |_, cell| other.get(folded(cell).as_str()).cloned().unwrap_or_else(|| cell.to_owned()));
        NAMES.into_iter().filter(|(table, _)| *table == data.table.name).filter_map(|(_, column)| of(column)).collect()
    })
}

/// Every row of a table once more, with another place.
pub fn doubled(tables: &Tables, name: &str) -> Result<Tables, Trouble> {
    const FURTHER: i64 = 1 << 32;
    rebuilt(tables, |data| {
        let mut batches = data.batches.clone();
        if data.table.name == name {
            for batch in &data.batches {
                let ids = batch.column_by_name(ROW_ID)?.as_primitive_opt::<Int64Type>()?;
                let ids: Int64Array = ids.iter().map(|id| id.map(|id| id + FURTHER)).collect();
                let mut columns = batch.columns().to_vec();
                *columns.get_mut(batch.schema().index_of(ROW_ID).ok()?)? = Arc::new(ids);
                batches.push(RecordBatch::try_new(batch.schema(), columns).ok()?);
            }
        }
        Some(batches)
    })
}

/// All rows in the opposite order; each keeps its place.
pub fn reversed(tables: &Tables) -> Result<Tables, Trouble> {
    let turned = |batch: &RecordBatch| {
        let rows: UInt32Array = (0..u32::try_from(batch.num_rows()).unwrap_or(0)).rev().collect::<Vec<_>>().into();
        take_record_batch(batch, &rows).ok()
    };
    rebuilt(tables, |data| data.batches.iter().rev().map(turned).collect())
}
