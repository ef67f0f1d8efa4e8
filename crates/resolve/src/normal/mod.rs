//! A printed name becomes words that can be compared: characters cleaned, scripts read, titles and legal forms told from the
//! parts that identify.
//!
//! Pure functions over the wordlists. Must not know any list, score or threshold.

pub mod fold;
pub(crate) mod legal;
pub mod letters;
pub mod phone;
pub(crate) mod spellings;
pub mod syllable;
pub mod wordlist;

use letters::{Script, script};
use wordlist::WORDLISTS;

/// Characters of a name that are read; more is cut and said.
pub const NAME_CHARS: usize = 300;
/// Words of a name that are read.
pub const NAME_WORDS: usize = 24;
/// Letters of one word that are read.
pub const WORD_LETTERS: usize = 40;

/// What kind of thing is named, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Schema {
    /// A human being.
    Person,
    /// A company, organisation or authority.
    Company,
    /// A ship or aircraft.
    Vessel,
    /// Not said.
    #[default]
    Unknown,
}

impl Schema {
    /// From the word of a list or a table (`person`, `Organization`, `entity`, `vessel`…).
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "person" | "individual" | "people" | "natural person" | "p" => Self::Person,
            "company" | "organization" | "organisation" | "entity" | "legalentity" | "publicbody" | "business" | "e" => Self::Company,
            "vessel" | "ship" | "aircraft" | "airplane" => Self::Vessel,
            _ => Self::Unknown,
        }
    }
}

/// The part a word plays in its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A part that identifies.
    Part,
    /// One letter standing for a part.
    Initial,
    /// Part of a legal form; `Word::group` says which.
    Legal,
    /// al, bin, van: comes and goes.
    Particle,
}

/// One word of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As printed (cleaned of invisible characters).
    pub printed: String,
    /// Lower-case ASCII letters and digits; for the Arabic script its consonants and long vowels.
    pub text: String,
    /// Spelling key (see [`fold::key`]).
    pub key: String,
    /// Consonants (see [`fold::hard`]).
    pub bones: String,
    /// How it was written.
    pub script: Script,
    /// The part it plays.
    pub role: Role,
    /// Legal-form group; empty for other words.
    pub group: &'static str,
    /// Which letters and digits occur, one bit each: two words with few in common need no closer look.
    pub letters: u64,
}

/// A word whose texts are kept elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordRef<'a> {
    /// See [`Word::text`].
    pub text: &'a str,
    /// See [`Word::key`].
    pub key: &'a str,
    /// See [`Word::bones`].
    pub bones: &'a str,
    /// See [`Word::script`].
    pub script: Script,
    /// See [`Word::role`].
    pub role: Role,
    /// See [`Word::group`].
    pub group: &'static str,
    /// See [`letter_bits`]; of `text`.
    pub letters: u64,
}

impl Word {
    /// The word without what was printed.
    #[must_use]
    pub fn view(&self) -> WordRef<'_> {
        WordRef {
            text: &self.text,
            key: &self.key,
            bones: &self.bones,
            script: self.script,
            role: self.role,
            group: self.group,
            letters: self.letters,
        }
    }
}

/// One bit for each ASCII letter and digit of a word.
#[must_use]
pub fn letter_bits(text: &str) -> u64 {
    text.bytes().fold(0, |bits, byte| match byte {
        b'a'..=b'z' => bits | 1 << (byte - b'a'),
        b'0'..=b'9' => bits | 1 << (26 + byte - b'0'),
        _ => bits | 1 << 40,
    })
}

/// A name, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// In the order given name, family name where a comma told them apart, else as printed.
    pub words: Vec<Word>,
    /// Readings as syllables, when the name can be a Korean or Chinese personal name.
    pub syllables: Vec<syllable::Reading>,
    /// Whether it was longer than is read.
    pub cut: bool,
}

impl Form {
    /// Reads a name. Deterministic; never fails; an empty or unreadable name has no words.
    #[must_use]
    pub fn read(text: &str, schema: Schema) -> Self {
        let (clean, mut cut) = letters::visible(text, NAME_CHARS);
        let clean = if schema == Schema::Company { clean } else { family_last(&clean) };
        let latin = schema == Schema::Person && clean.chars().any(|c| c.is_ascii_alphabetic());
        let mut words = Vec::new();
        for chunk in split(&clean, schema) {
            if words.len() >= NAME_WORDS {
                cut = true;
                break;
            }
            // A person's name in Latin letters does not hold one word of another alphabet unless it is meant to look Latin.
            let disguised = if latin { letters::disguised(&chunk) } else { None };
            read_chunk(disguised.as_deref().unwrap_or(&chunk), &mut words);
        }
        if schema != Schema::Company {
            strip_titles(&mut words);
        }
        legal::mark(&mut words, schema);
        let syllables = if matches!(schema, Schema::Company | Schema::Vessel) { Vec::new() } else { syllable::readings(&words) };
        Self { words, syllables, cut }
    }

    /// Whether nothing is left to compare.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// "LAST, First" becomes "First LAST": one comma, something on both sides, and no legal form behind it.
fn family_last(text: &str) -> String {
    let mut sides = text.split(',');
    match (sides.next(), sides.next(), sides.next()) {
        (Some(last), Some(first), None) if !last.trim().is_empty() && !first.trim().is_empty() => {
            let tail = letters::latin(&first.replace([' ', '.'], ""));
            if WORDLISTS.legal.contains_key(tail.as_str()) { text.replace(',', " ") } else { format!("{first} {last}") }
        }
        _ => text.replace(',', " "),
    }
}

/// Words as printed: cut at spaces and punctuation; apostrophes and the points of abbreviations join.
fn split(text: &str, schema: Schema) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for piece in text.split(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '-' | '‐'
                    | '‑'
                    | '‒'
                    | '–'
                    | '—'
                    | '/'
                    | '\\'
                    | '_'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | ','
                    | ';'
                    | ':'
                    | '"'
                    | '“'
                    | '”'
                    | '«'
                    | '»'
                    | '&'
                    | '+'
                    | '|'
                    | '·'
                    | '・'
                    | '،'
            )
    }) {
        let bare: String = piece.chars().filter(|c| !matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | 'ʻ' | 'ʿ' | 'ʾ' | '′')).collect();
        let pointed: Vec<&str> = bare.split('.').filter(|part| !part.is_empty()).collect();
        let letters_only = pointed.len() > 1 && pointed.iter().all(|part| part.chars().count() == 1);
        match pointed.as_slice() {
            [] => {}
            // The points of a company's initials come and go; a person's initials each stand for a name.
            parts
                if letters_only
                    && (schema == Schema::Company || WORDLISTS.legal.contains_key(letters::latin(&parts.concat()).as_str())) =>
            {
                words.push(parts.concat());
            }
            parts => words.extend(parts.iter().map(|part| (*part).to_owned())),
        }
    }
    words
}

fn read_chunk(chunk: &str, words: &mut Vec<Word>) {
    let mut run = String::new();
    let mut running: Option<Script> = None;
    for c in chunk.chars() {
        let kind = if c.is_alphanumeric() { Some(script(c)) } else { running };
        if kind != running && !run.is_empty() {
            push_run(&run, running, words);
            run.clear();
        }
        running = kind;
        run.push(c);
    }
    push_run(&run, running, words);
}

fn push_run(run: &str, kind: Option<Script>, words: &mut Vec<Word>) {
    match kind {
        Some(Script::Letters) => push_letters(run, words),
        Some(Script::Abjad) => push_abjad(run, words),
        Some(kind @ (Script::Hangul | Script::Han)) => words.push(Word {
            printed: run.to_owned(),
            letters: 0,
            text: run.chars().take(WORD_LETTERS).collect(),
            key: String::new(),
            bones: String::new(),
            script: kind,
            role: Role::Part,
            group: "",
        }),
        None => {}
    }
}

/// Compounds that are written as one word or as several.
const JOINED: &[(&str, &str)] =
    &[("abdul", "abd"), ("abdel", "abd"), ("abdal", "abd"), ("abdol", "abd"), ("abdur", "abd"), ("abdus", "abd")];

fn push_letters(printed: &str, words: &mut Vec<Word>) {
    let text: String = letters::latin(printed).chars().take(WORD_LETTERS).collect();
    if text.is_empty() {
        return;
    }
    for (joined, head) in JOINED {
        if let Some(rest) = text.strip_prefix(joined)
            && (rest.is_empty() || rest.len() >= 4)
            && !rest.starts_with("lah")
        {
            words.push(word(printed, (*head).to_owned(), Script::Letters));
            if !rest.is_empty() {
                words.push(word(printed, rest.to_owned(), Script::Letters));
            }
            return;
        }
    }
    words.push(word(printed, text, Script::Letters));
}

fn push_abjad(printed: &str, words: &mut Vec<Word>) {
    let bare: String =
        printed.chars().filter(|c| WORDLISTS.abjad.contains_key(c) || c.is_ascii_alphanumeric()).take(WORD_LETTERS).collect();
    let bare = bare.strip_prefix("ال").filter(|rest| rest.chars().count() >= 2).unwrap_or(&bare);
    // A definite article inside: Abd al-Aziz, Nur al-Din written as one word.
    if let Some(at) = bare.find("ال").filter(|at| *at >= 4 && bare.len() - at >= 10) {
        push_abjad_word(printed, &bare[..at], words);
        push_abjad_word(printed, &bare[at + "ال".len()..], words);
    } else {
        push_abjad_word(printed, bare, words);
    }
}

fn push_abjad_word(printed: &str, letters: &str, words: &mut Vec<Word>) {
    let mut classes = String::new();
    for c in letters.chars() {
        let class = WORDLISTS.abjad.get(&c).copied().unwrap_or("");
        if !class.is_empty() && !classes.ends_with(class) {
            classes.push_str(class);
        }
    }
    let text: String = any_ascii::any_ascii(letters).chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if text.is_empty() {
        return;
    }
    let bones = fold::hard(&classes);
    let role = if WORDLISTS.particles.contains(letters) { Role::Particle } else { Role::Part };
    let bits = letter_bits(&text);
    words.push(Word {
        printed: printed.to_owned(),
        letters: bits,
        key: wordlist::arabic_letters(letters),
        text,
        bones,
        script: Script::Abjad,
        role,
        group: "",
    });
}

fn word(printed: &str, text: String, script: Script) -> Word {
    let key = fold::key(&text);
    let bones = fold::hard(&fold::skeleton(&text));
    let role = if text.len() == 1 && text.as_bytes()[0].is_ascii_alphabetic() {
        Role::Initial
    } else if WORDLISTS.particles.contains(text.as_str()) {
        Role::Particle
    } else {
        Role::Part
    };
    Word { printed: printed.to_owned(), letters: letter_bits(&text), text, key, bones, script, role, group: "" }
}

/// Takes titles off, unless nothing would be left.
fn strip_titles(words: &mut Vec<Word>) {
    let is_title = |word: &Word| WORDLISTS.titles.contains(word.text.as_str());
    let parts = words.iter().filter(|word| !is_title(word)).count();
    if parts >= 2 {
        words.retain(|word| !is_title(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(name: &str, schema: Schema) -> Vec<String> {
        Form::read(name, schema).words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn names_become_words() {
        assert_eq!(texts("KIM, Yong Chol", Schema::Person), ["yong", "chol", "kim"]);
        assert_eq!(texts("O'Brien, Dr. J.P.", Schema::Person), ["j", "p", "obrien"]);
        assert_eq!(texts("Mullah Abdul Ghani Baradar", Schema::Person), ["abd", "ghani", "baradar"]);
        assert_eq!(texts("'ABD AL-HAMID", Schema::Person), ["abd", "al", "hamid"]);
        assert_eq!(texts("Аль-Каида", Schema::Company), ["al", "kaida"]);
        assert_eq!(texts("Q.R.S. Trading", Schema::Company), ["qrs", "trading"]);
    }

    #[test]
    fn legal_forms_are_marked_not_lost() {
        let form = Form::read("Limited Liability Company Penza Bearing Plant", Schema::Company);
        let marked: Vec<_> = form.words.iter().map(|word| word.group).collect();
        assert_eq!(marked, ["llc", "", "", ""]);
        let form = Form::read("Palmera S.A. de C.V.", Schema::Company);
        assert_eq!(form.words.iter().filter(|word| word.role == Role::Legal).count(), form.words.len() - 1);
        let only = Form::read("Company Limited", Schema::Company);
        assert!(only.words.iter().all(|word| word.role == Role::Part));
    }

    #[test]
    fn arabic_and_latin_share_bones() {
        for (arabic, latin) in
            [("محمد", "Mohammad"), ("حسين", "Husayn"), ("الحمراوي", "Hamraoui"), ("برادر", "Baradar"), ("خالد", "Khaled")]
        {
            let left = Form::read(arabic, Schema::Person);
            let right = Form::read(latin, Schema::Person);
            assert_eq!(left.words[0].bones, right.words[0].bones, "{arabic} / {latin}");
        }
    }

    #[test]
    fn hostile_names_are_read_in_bounds() {
        for name in
            ["", "\u{200b}\u{200b}", "a", "NULL", "0", &"x".repeat(10_000), &"a ".repeat(5_000), &"é".repeat(10_000), "\u{202e}\u{0}"]
        {
            let form = Form::read(name, Schema::Unknown);
            assert!(form.words.len() <= NAME_WORDS + 2 && form.words.iter().all(|word| word.text.len() <= WORD_LETTERS * 4));
        }
        assert!(Form::read(&"x ".repeat(10_000), Schema::Unknown).cut);
    }
}
