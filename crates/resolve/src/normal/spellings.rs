//! Other romanisations of one Chinese syllable.
//!
//! Must not know names.

/// Wade-Giles and postal spellings of a pinyin syllable, without apostrophes. Source: Library of Congress, pinyin to
/// Wade-Giles conversion table (1998).
pub(crate) fn wade_giles(pinyin: &str) -> Vec<(String, u8)> {
    let initials = [
        ("zh", "ch"),
        ("ch", "ch"),
        ("sh", "sh"),
        ("z", "ts"),
        ("c", "ts"),
        ("j", "ch"),
        ("q", "ch"),
        ("x", "hs"),
        ("r", "j"),
        ("b", "p"),
        ("d", "t"),
        ("g", "k"),
    ];
    let (head, tail) = initials.iter().find_map(|(from, to)| pinyin.strip_prefix(from).map(|tail| (*to, tail))).unwrap_or((
        pinyin.get(..1).filter(|first| !"aeiou".contains(*first)).unwrap_or(""),
        pinyin.trim_start_matches(|c| !"aeiouv".contains(c)),
    ));
    let tail = match tail {
        "ong" => "ung",
        "ian" => "ien",
        "ie" => "ieh",
        "ue" | "ve" => "ueh",
        "iong" => "iung",
        "uo" if !matches!(head, "k" | "h") => "o",
        "i" if matches!(pinyin, "zhi" | "chi" | "shi" | "ri") => "ih",
        other => other,
    };
    let spelt = match pinyin {
        "zi" | "ci" => "tzu".to_owned(),
        "si" => "ssu".to_owned(),
        "you" => "yu".to_owned(),
        "yan" => "yen".to_owned(),
        "ye" => "yeh".to_owned(),
        "he" => "ho".to_owned(),
        "ge" => "ko".to_owned(),
        "yi" => "i".to_owned(),
        _ => format!("{head}{tail}"),
    };
    if spelt == pinyin || spelt.len() < 2 { Vec::new() } else { vec![(spelt, 2)] }
}

/// Free Hong Kong spellings of a Jyutping syllable. Source: Hong Kong government romanisation practice (letter values in
/// Kataoka and Lee, "A system without a system", 2008).
pub(crate) fn cantonese_spellings(jyutping: &str) -> Vec<(String, u8)> {
    let mut forms: Vec<(String, u8)> = vec![(jyutping.to_owned(), 1)];
    for (from, tos) in [
        ("gw", &["kw", "gw"][..]),
        ("ng", &["ng"][..]),
        ("g", &["k", "g"][..]),
        ("d", &["t", "d"][..]),
        ("b", &["p", "b"][..]),
        ("z", &["ch", "ts", "tz", "c"][..]),
        ("c", &["ch", "ts"][..]),
        ("j", &["y", "j"][..]),
        ("s", &["s", "sh"][..]),
    ] {
        if let Some(tail) = jyutping.strip_prefix(from) {
            forms = tos.iter().map(|to| (format!("{to}{tail}"), 0)).collect();
            break;
        }
    }
    for (from, tos) in [
        ("oe", &["eu", "e", "eo"][..]),
        ("eoi", &["ui", "oi"][..]),
        ("eo", &["u", "eu"][..]),
        ("yu", &["ue", "u", "yu"][..]),
        ("aa", &["a", "ah"][..]),
        ("ou", &["o", "ou", "u"][..]),
        ("au", &["au", "ow"][..]),
        ("ei", &["ei", "ee", "i", "ay"][..]),
        ("ai", &["ai"][..]),
        ("ak", &["ak", "uk"][..]),
        ("am", &["am", "um"][..]),
        ("an", &["an", "un"][..]),
        ("ap", &["ap", "up"][..]),
        ("at", &["at", "ut"][..]),
        ("ang", &["ang", "ung"][..]),
        ("u", &["u", "oo"][..]),
        ("i", &["i", "ee"][..]),
    ] {
        if forms.iter().any(|(form, _)| form.contains(from)) {
            forms = forms.iter().flat_map(|(form, bits)| tos.iter().map(move |to| (form.replacen(from, to, 1), *bits))).collect();
            break;
        }
    }
    forms.push((jyutping.to_owned(), 1));
    forms
}
