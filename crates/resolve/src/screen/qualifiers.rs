//! What is known besides the name, weighed: birth dates by their precision, towns of birth and residence, the kind of thing that is named.
//!
//! Must not know names, and never nationality, gender or country.

use super::Query;
use super::place::{Place, PlaceKind};
use crate::index::entry::{Days, Entry};
use crate::normal::Schema;
use std::sync::LazyLock;

/// The bits of `wordlists/names/qualifiers.csv`.
struct Bits {
    birth_most: f32,
    birth_chance_days: f32,
    birth_imprecise_off: f32,
    birth_place: f32,
    birth_place_other: f32,
    address: f32,
    address_other: f32,
    schema_other: f32,
}

static BITS: LazyLock<Bits> = LazyLock::new(|| {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wordlists/names/qualifiers.csv"));
    let value = |name: &str| {
        let row = text.lines().filter_map(|line| line.split_once(',')).find(|(key, _)| *key == name);
        row.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0.0)
    };
    Bits {
        birth_most: value("birth_most"),
        birth_chance_days: value("birth_chance_days"),
        birth_imprecise_off: value("birth_imprecise_off"),
        birth_place: value("birth_place"),
        birth_place_other: value("birth_place_other"),
        address: value("address"),
        address_other: value("address_other"),
        schema_other: value("schema_other"),
    }
});

/// The name so far, as far as the weighing needs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameBits {
    /// Agreement of the names, bits.
    pub(crate) bits: f32,
    /// Whether no word of either name is left over.
    pub(crate) complete: bool,
    /// Bits that put a hit below any threshold.
    pub(crate) floor: f32,
}

/// What each qualifier adds (or takes): the word of the explanation, and bits. Only what both sides say is weighed.
pub(crate) fn weigh(query: &Query, entry: &Entry, name: NameBits) -> Vec<(&'static str, f32)> {
    let mut found = Vec::new();
    // What supports counts in full for a whole name, and never makes a hit of half a name.
    let support = |bits: f32, share: f32| if name.complete { bits } else { bits.min((name.bits * share).max(0.0)) };
    if let Some(birth) = &query.birth {
        found.extend(birth_date(birth, &entry.births, name, &support));
    }
    for (kind, word, agrees, differs) in [
        (PlaceKind::Birth, "birth-place", BITS.birth_place, BITS.birth_place_other),
        (PlaceKind::Address, "address", BITS.address, BITS.address_other),
    ] {
        match meets(&query.places, &entry.places, kind) {
            Some(true) => found.push((word, support(agrees, 0.2))),
            Some(false) => found.push((word, -differs)),
            None => {}
        }
    }
    if other_kind(query.schema, entry.schema) {
        found.push(("schema", -BITS.schema_other));
    }
    found
}

/// Whether one is a person and the other surely is none: a name may still be a company's or a ship's by mistake, so it is weighed and not passed over.
pub(crate) fn other_kind(asked: Schema, listed: Schema) -> bool {
    (asked == Schema::Person) != (listed == Schema::Person) && asked != Schema::Unknown && listed != Schema::Unknown
}

/// Bits that all of it may add to a name at most.
pub(crate) fn most(query: &Query) -> f32 {
    let birth = if query.birth.is_some() { BITS.birth_most } else { 0.0 };
    birth + if query.places.is_empty() { 0.0 } else { BITS.birth_place + BITS.address }
}

/// Whether any two towns of that kind are one; `None` when a side names none.
fn meets(asked: &[Place], listed: &[Place], kind: PlaceKind) -> Option<bool> {
    let of = |all: &'_ [Place]| all.iter().any(|place| place.kind == kind);
    (of(asked) && of(listed)).then(|| asked.iter().any(|one| one.kind == kind && listed.iter().any(|other| one.meets(other))))
}

fn birth_date(asked: &Days, listed: &[Days], name: NameBits, support: &dyn Fn(f32, f32) -> f32) -> Option<(&'static str, f32)> {
    let near = listed
        .iter()
        .map(|days| (years_apart(asked, days), asked.length() + days.length(), days))
        .min_by_key(|(years, length, _)| (*years, *length))?;
    let (years, together, days) = near;
    let exact = asked.length() == 1 && days.length() == 1;
    // Longer than a year: circa, or a range.
    let imprecise = asked.length().max(days.length()) > 366;
    let word = if exact { "birth-date" } else { "birth-range" };
    match years {
        0 => {
            #[allow(clippy::cast_precision_loss)]
            let chance = (BITS.birth_chance_days / together.max(1) as f32).log2();
            Some((word, support(chance.clamp(0.0, BITS.birth_most), 0.5)))
        }
        1 => None,
        2..=4 if imprecise => Some((word, -BITS.birth_imprecise_off)),
        _ => Some((word, -(name.bits - name.floor).max(4.0).min(name.bits - 0.1))),
    }
}

/// Whole years between two spans; 0 when they overlap, 1 when they are less than two years apart.
fn years_apart(left: &Days, right: &Days) -> u32 {
    if left.earliest <= right.latest && right.earliest <= left.latest {
        return 0;
    }
    let year = |day: &str| day.get(..4).and_then(|year| year.parse::<u32>().ok()).unwrap_or(0);
    let gap = year(&left.earliest).saturating_sub(year(&right.latest)).max(year(&right.earliest).saturating_sub(year(&left.latest)));
    gap.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(earliest: &str, latest: &str) -> Days {
        Days { earliest: earliest.into(), latest: latest.into() }
    }

    fn bits(asked: Days, listed: Days) -> Option<(&'static str, f32)> {
        let name = NameBits { bits: 15.0, complete: true, floor: 6.0 };
        let entry = Entry { births: vec![listed], ..Entry::default() };
        weigh(&Query { birth: Some(asked), ..Query::default() }, &entry, name).first().copied()
    }

    #[test]
    fn a_birth_date_is_worth_what_its_precision_tells() {
        let day = days("1970-06-01", "1970-06-01");
        let (year, circa) = (days("1970-01-01", "1970-12-31"), days("1969-01-01", "1971-12-31"));
        let decade = days("1965-01-01", "1974-12-31");
        let worth = |listed: &Days| bits(day.clone(), listed.clone()).unwrap().1;
        assert_eq!(bits(day.clone(), day.clone()), Some(("birth-date", 6.0)));
        assert!(worth(&day) > worth(&year) && worth(&year) > worth(&circa) && worth(&circa) > worth(&decade) && worth(&decade) > 0.0);
        assert_eq!(
            bits(day.clone(), days("1974-01-01", "1976-12-31")),
            Some(("birth-range", -3.0)),
            "a circa that is a little off is no proof"
        );
        assert!(bits(day.clone(), days("1975-01-01", "1975-12-31")).unwrap().1 < -5.0);
        assert_eq!(bits(day, days("1971-01-01", "1971-12-31")), None, "the turn of a year is a slip");
    }

    #[test]
    fn towns_support_and_oppose_where_both_sides_have_them() {
        let place = |kind, text| Place::read(kind, text).into_iter().collect::<Vec<_>>();
        let name = NameBits { bits: 15.0, complete: true, floor: 6.0 };
        let weigh_places =
            |asked, listed| weigh(&Query { places: asked, ..Query::default() }, &Entry { places: listed, ..Entry::default() }, name);
        let birth = PlaceKind::Birth;
        assert_eq!(weigh_places(place(birth, "Sampletown"), place(birth, "Sampletown, Nowhereland")), [("birth-place", 2.0)]);
        assert_eq!(weigh_places(place(birth, "Sampletown"), place(birth, "Exampleville")), [("birth-place", -1.0)]);
        assert_eq!(weigh_places(place(birth, "Sampletown"), place(PlaceKind::Address, "Exampleville")), []);
        assert_eq!(weigh_places(place(birth, "France"), place(birth, "Korea")), [], "countries say nothing");
    }

    #[test]
    fn another_kind_of_thing_is_weighed() {
        for (asked, listed, other) in [
            (Schema::Person, Schema::Vessel, true),
            (Schema::Company, Schema::Person, true),
            (Schema::Company, Schema::Vessel, false),
            (Schema::Unknown, Schema::Person, false),
        ] {
            assert_eq!(other_kind(asked, listed), other);
        }
    }
}
