//! One postal address, one text: case, punctuation and the common abbreviations. Fuzzy comparison is for `resolve`.

/// Abbreviation and its word. Source: USPS Publication 28, appendices C1 and C2 (the commonest), Royal Mail addressing guide.
const WORDS: &[(&str, &str)] = &[
    ("st", "street"),
    ("str", "street"),
    ("rd", "road"),
    ("ave", "avenue"),
    ("av", "avenue"),
    ("blvd", "boulevard"),
    ("dr", "drive"),
    ("ln", "lane"),
    ("ct", "court"),
    ("pl", "place"),
    ("sq", "square"),
    ("hwy", "highway"),
    ("pkwy", "parkway"),
    ("ter", "terrace"),
    ("cir", "circle"),
    ("apt", "apartment"),
    ("ste", "suite"),
    ("fl", "floor"),
    ("bldg", "building"),
    ("rm", "room"),
    ("no", "number"),
    ("n", "north"),
    ("s", "south"),
    ("e", "east"),
    ("w", "west"),
    ("hse", "house"),
];

/// Lower case words and numbers, one space between, abbreviations written out, `#` and punctuation gone.
#[must_use]
pub fn canonical(value: &str) -> String {
    let lower = value.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| WORDS.iter().find(|(short, _)| *short == word).map_or(word, |(_, whole)| whole)).collect::<Vec<_>>().join(" ")
}
