//! The simulator's word lists: names, places and a small grammar of prose.
//!
//! Must not know who gets which: callers draw.

use super::dice::Dice;
use std::collections::BTreeMap;

/// A naming tradition. Its id is written into groups.csv only, never into a case folder.
#[derive(Debug, Default)]
pub struct Origin {
    /// Id.
    pub id: String,
    /// Given names.
    pub given: Vec<String>,
    /// Family names.
    pub family: Vec<String>,
}

/// A city.
#[derive(Debug)]
pub struct Place {
    /// Name.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// IANA zone.
    pub zone: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// americas, europe_africa or asia_oceania.
    pub region: String,
    /// Calling code.
    pub calling: String,
    /// How many live there, relatively.
    pub weight: usize,
    /// Whether published cases were worked from there.
    pub hands: bool,
    /// Number of the country, in order of first appearance.
    pub country_index: usize,
}

/// All word lists.
#[derive(Debug)]
pub struct Words {
    /// Naming traditions.
    pub origins: Vec<Origin>,
    /// Cities.
    pub places: Vec<Place>,
    /// A place's index as often as its weight says.
    pub homes: Vec<usize>,
    /// Places hidden hands work from.
    pub hands: Vec<usize>,
    slots: BTreeMap<String, Vec<String>>,
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1)
}

impl Words {
    /// Reads the embedded lists.
    #[must_use]
    pub fn new() -> Self {
        let places = places(include_str!("../../../../../wordlists/simulator/places.csv"));
        let homes = places.iter().enumerate().flat_map(|(index, place)| std::iter::repeat_n(index, place.weight)).collect();
        let hands = places.iter().enumerate().filter(|(_, place)| place.hands).map(|(index, _)| index).collect();
        let mut slots: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in lines(include_str!("../../../../../wordlists/simulator/sentences.csv")) {
            if let Some((slot, text)) = line.split_once(',') {
                slots.entry(slot.to_owned()).or_default().push(text.trim_matches('"').to_owned());
            }
        }
        Self { origins: origins(include_str!("../../../../../wordlists/simulator/names.csv")), places, homes, hands, slots }
    }

    /// A text from a slot of the grammar.
    pub fn prose(&self, dice: &mut Dice, slot: &str) -> String {
        let mut out = String::new();
        self.expand(dice, slot, &mut out, 0);
        out
    }

    fn expand(&self, dice: &mut Dice, slot: &str, out: &mut String, depth: usize) {
        match slot {
            "years" => out.push_str(&dice.between(2, 19).to_string()),
            "number" => out.push_str(&dice.between(3, 420).to_string()),
            // People name where it was: a place nobody else's sentence names. Four syllables, some 300,000 names.
            "firm" => {
                const PARTS: [&str; 24] = [
                    "ba", "cor", "den", "el", "far", "gil", "ham", "is", "jor", "kel", "lun", "mor", "nes", "or", "pen", "quil", "ros",
                    "sta", "tor", "ul", "ves", "wen", "yar", "zel",
                ];
                let name: String = (0..4).map(|_| *dice.pick(&PARTS)).collect();
                out.extend(name.chars().enumerate().map(|(index, c)| if index == 0 { c.to_ascii_uppercase() } else { c }));
            }
            "percent" => out.push_str(&dice.between(6, 88).to_string()),
            _ => {
                let Some(texts) = self.slots.get(slot).filter(|_| depth < 4) else { return };
                let mut rest = dice.pick(texts).as_str();
                while let Some((before, after)) = rest.split_once('{') {
                    let (inner, tail) = after.split_once('}').unwrap_or((after, ""));
                    out.push_str(before);
                    self.expand(dice, inner, out, depth + 1);
                    rest = tail;
                }
                out.push_str(rest);
            }
        }
    }
}

impl Default for Words {
    fn default() -> Self {
        Self::new()
    }
}

fn origins(text: &'static str) -> Vec<Origin> {
    let mut origins: Vec<Origin> = Vec::new();
    for line in lines(text) {
        let mut cells = line.split(',');
        let (Some(id), Some(part), Some(name)) = (cells.next(), cells.next(), cells.next()) else { continue };
        if origins.last().is_none_or(|last| last.id != id) {
            origins.push(Origin { id: id.to_owned(), ..Origin::default() });
        }
        if let Some(last) = origins.last_mut() {
            if part == "given" { last.given.push(name.to_owned()) } else { last.family.push(name.to_owned()) }
        }
    }
    origins
}

fn places(text: &'static str) -> Vec<Place> {
    let mut countries: Vec<String> = Vec::new();
    let read = |line: &'static str| {
        let cells: Vec<&str> = line.split(',').collect();
        let [city, country, zone, latitude, longitude, region, calling, weight, hands] = cells[..] else { return None };
        let country_index = countries.iter().position(|known| known == country).unwrap_or_else(|| {
            countries.push(country.to_owned());
            countries.len() - 1
        });
        Some(Place {
            city: city.to_owned(),
            country: country.to_owned(),
            zone: zone.to_owned(),
            latitude: latitude.parse().ok()?,
            longitude: longitude.parse().ok()?,
            region: region.to_owned(),
            calling: calling.to_owned(),
            weight: weight.parse().ok()?,
            hands: hands == "1",
            country_index,
        })
    };
    lines(text).filter_map(read).collect()
}
