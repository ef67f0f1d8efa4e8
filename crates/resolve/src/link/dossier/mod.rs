//! Few records with many facts each (several names, addresses, phones, documents): which are one person, or one organisation. Written weights,
//! as too few records teach none; a record that fits two who are not each other joins neither; every pair has its account.
//!
//! Must not know risk, origin or any official list.

mod compare;
mod settings;

use super::graph::Sets;
use crate::names::Names;
use crate::normal::wordlist::WORDLISTS;
use crate::normal::{Form, Schema};
use bonafide_facts::Trouble;
use bonafide_facts::text::printable;
use compare::{Day, DayAgreement};
use rustc_hash::{FxHashMap, FxHashSet};
pub use settings::DossierSettings;

/// A document: its kind as one word (`passport`, `tax_id`), its number, who issued it if told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Kind.
    pub kind: String,
    /// As written.
    pub number: String,
}

/// A record: what is told of one person or organisation, each as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dossier {
    /// Key.
    pub id: String,
    /// Whether it is an organisation, not a person.
    pub organisation: bool,
    /// Whole names.
    pub names: Vec<String>,
    /// Days of birth.
    pub birth_dates: Vec<String>,
    /// Whole addresses.
    pub addresses: Vec<String>,
    /// Phones.
    pub phones: Vec<String>,
    /// Mailboxes.
    pub emails: Vec<String>,
    /// Documents.
    pub documents: Vec<Document>,
}

/// One line of an account: what was compared, and its bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Kind of fact and the two values.
    pub says: String,
    /// Bits for (or against).
    pub bits: f64,
}

/// Two records that were compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    /// Number of the one (smaller).
    pub left: u32,
    /// The other.
    pub right: u32,
    /// All bits.
    pub bits: f64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dossiers {
    /// For each record the smallest of its cluster.
    pub cluster: Vec<u32>,
    /// All candidates, heaviest first.
    pub pairs: Vec<Compared>,
    /// What was left out.
    pub troubles: Vec<Trouble>,
}

/// A record, read.
#[derive(Debug)]
struct Read {
    days: Vec<Vec<Day>>,
    addresses: Vec<Vec<String>>,
    phones: Vec<String>,
    emails: Vec<String>,
    documents: Vec<(String, String)>,
    generation: Option<u8>,
}

/// Compares records of one set.
#[derive(Debug)]
pub struct Comparer<'a> {
    records: &'a [Dossier],
    settings: &'a DossierSettings,
    /// Mailboxes that belong to an office.
    offices: &'a [String],
    read: Vec<Read>,
    /// Records that hold a value.
    sharers: FxHashMap<String, u32>,
}

impl<'a> Comparer<'a> {
    /// Reads the records. `offices` are local parts of mailboxes that belong to nobody (see [`super::Settings::ignored_mailboxes`]).
    #[must_use]
    pub fn new(records: &'a [Dossier], settings: &'a DossierSettings, offices: &'a [String]) -> Self {
        let read: Vec<Read> = records.iter().map(Read::of).collect();
        let mut sharers: FxHashMap<String, u32> = FxHashMap::default();
        for one in &read {
            let values: FxHashSet<String> = one.values().collect();
            values.into_iter().for_each(|value| *sharers.entry(value).or_default() += 1);
        }
        Self { records, settings, offices, read, sharers }
    }

    /// The account of two records; its bits sum to those of the pair.
    #[must_use]
    pub fn account(&self, a: u32, b: u32) -> Vec<Line> {
        let (left, right) = (&self.records[a as usize], &self.records[b as usize]);
        let prior = -(self.records.len().max(2) as f64).log2();
        let mut lines = vec![Line { says: format!("before anything is known, one of {} records", self.records.len()), bits: prior }];
        if left.organisation != right.organisation {
            lines.push(Line { says: "a person and an organisation".to_owned(), bits: -40.0 });
            return lines;
        }
        let names = self.names(left, right);
        let relative = names.as_ref().is_some_and(|line| line.bits < 0.0);
        lines.extend(names);
        let (a, b) = (&self.read[a as usize], &self.read[b as usize]);
        lines.extend(self.generations(a, b));
        lines.extend(self.days(a, b));
        let mut home: Vec<Line> = [self.addresses(a, b), self.phones(a, b), self.emails(a, b)].into_iter().flatten().collect();
        if relative {
            // A family shares home, line and mailbox together: of another given name only the heaviest counts.
            home.sort_by(|x, y| y.bits.total_cmp(&x.bits));
            for line in home.iter_mut().skip(1).filter(|line| line.bits > 0.0) {
                line.says.push_str(", as a family's would be");
                line.bits = 0.0;
            }
        }
        lines.extend(home);
        lines.extend(self.documents(a, b));
        lines
    }

    fn bits(&self, a: u32, b: u32) -> f64 {
        self.account(a, b).iter().map(|line| line.bits).sum()
    }

    /// Whether two records hold facts that no one person has both of: two days of birth, two numbers of a lasting document, two generations.
    fn contradict(&self, a: u32, b: u32) -> bool {
        let (left, right) = (&self.read[a as usize], &self.read[b as usize]);
        let lines = [self.generations(left, right), self.days(left, right), self.documents(left, right)];
        let kinds = self.records[a as usize].organisation != self.records[b as usize].organisation;
        let only_against = |bits: f64| if bits > self.settings.birth_date.same.bits { bits } else { bits.min(0.0) };
        kinds || lines.into_iter().flatten().map(|line| only_against(line.bits)).sum::<f64>() <= self.settings.conflict_bits
    }

    fn generations(&self, left: &Read, right: &Read) -> Option<Line> {
        let differ = left.generation? != right.generation?;
        differ.then(|| Line { says: "generations differ".to_owned(), bits: self.settings.generation.bits })
    }

    fn names(&self, left: &Dossier, right: &Dossier) -> Option<Line> {
        let schema = if left.organisation { Schema::Company } else { Schema::Person };
        let pairs = left.names.iter().flat_map(|a| right.names.iter().map(move |b| (a, b)));
        let scored = pairs.map(|(a, b)| (Names::similarity_of(a, b, schema), a, b));
        let (score, a, b) = scored.max_by(|x, y| x.0.total_cmp(&y.0))?;
        let grades = &self.settings.name;
        let grade = [&grades.same, &grades.close].into_iter().find(|grade| score >= grade.least);
        let grade = grade.unwrap_or_else(|| if given_agrees(a, b, schema) { &grades.part } else { &grades.other });
        Some(Line { says: format!("names `{}` / `{}`, {score:.2} alike", shown(a), shown(b)), bits: grade.bits })
    }

    fn days(&self, left: &Read, right: &Read) -> Option<Line> {
        let pairs = left.days.iter().flat_map(|a| right.days.iter().map(move |b| (a, b)));
        let best = pairs.filter_map(|(a, b)| compare::dates(a, b)).max()?;
        let grades = &self.settings.birth_date;
        let (what, grade) = match best {
            DayAgreement::Same => ("the same", &grades.same),
            DayAgreement::Turned => ("the same with day and month exchanged", &grades.turned),
            DayAgreement::Slip => ("two of three parts the same", &grades.slip),
            DayAgreement::Other => ("different", &grades.other),
        };
        Some(Line { says: format!("birth dates {what}"), bits: grade.bits })
    }

    fn addresses(&self, left: &Read, right: &Read) -> Option<Line> {
        let pairs = left.addresses.iter().flat_map(|a| right.addresses.iter().map(move |b| (a, b)));
        let (score, a, _) = pairs.map(|(a, b)| (compare::addresses(a, b), a, b)).max_by(|x, y| x.0.total_cmp(&y.0))?;
        let grades = &self.settings.address;
        let grade = [&grades.same, &grades.close].into_iter().find(|grade| score >= grade.least).unwrap_or(&grades.other);
        let bits = self.rarity(&format!("address {}", a.join(" ")), grade.bits);
        Some(Line { says: format!("addresses {score:.2} alike"), bits })
    }

    fn phones(&self, left: &Read, right: &Read) -> Option<Line> {
        let grades = &self.settings.phone;
        let pairs = left.phones.iter().flat_map(|a| right.phones.iter().map(move |b| (a, b)));
        let one = |(a, b): (&String, &String)| match compare::phones(a, b) {
            Some(true) => (self.rarity(&format!("phone {a}"), grades.same), "the same"),
            Some(false) => (self.rarity(&format!("phone {a}"), grades.short), "the same as far as told"),
            None => (grades.other, "different"),
        };
        let (bits, what) = pairs.map(one).max_by(|x, y| x.0.total_cmp(&y.0))?;
        Some(Line { says: format!("phones {what}"), bits })
    }

    fn emails(&self, left: &Read, right: &Read) -> Option<Line> {
        let grades = &self.settings.email;
        let Some(same) = left.emails.iter().find(|mailbox| right.emails.contains(mailbox)) else {
            let both = !left.emails.is_empty() && !right.emails.is_empty();
            return both.then(|| Line { says: "mailboxes different".to_owned(), bits: grades.other });
        };
        let office = same.split('@').next().is_some_and(|local| self.offices.iter().any(|word| word == local));
        let bits = if office { 0.0 } else { self.rarity(&format!("email {same}"), grades.same) };
        Some(Line { says: format!("mailbox {}{}", shown(same), if office { ", an office's: says nothing" } else { "" }), bits })
    }

    fn documents(&self, left: &Read, right: &Read) -> Option<Line> {
        let grades = &self.settings.document;
        if let Some((kind, number)) = left.documents.iter().find(|one| right.documents.contains(one)) {
            return Some(Line { says: format!("{kind} {} the same", shown(number)), bits: grades.same });
        }
        let other = left.documents.iter().filter(|(kind, _)| right.documents.iter().any(|(same, _)| same == kind));
        let against = |(kind, _): &(String, String)| {
            let bits = if self.settings.renewed.contains(kind) { grades.renewed } else { grades.other };
            Line { says: format!("{kind} different"), bits }
        };
        other.map(against).min_by(|x, y| x.bits.total_cmp(&y.bits))
    }

    /// Bits for a value, less for what many hold.
    fn rarity(&self, value: &str, bits: f64) -> f64 {
        let sharers = self.sharers.get(value).copied().unwrap_or(1).max(self.settings.shared_by);
        let lost = self.settings.slope * (f64::from(sharers) / f64::from(self.settings.shared_by)).log2();
        if bits > 0.0 { (bits - lost).max(0.0) } else { bits }
    }

    /// Candidates: records that agree on a word of a name, a number or a day.
    fn candidates(&self, troubles: &mut Vec<Trouble>) -> Vec<(u32, u32)> {
        let mut keys: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for ((record, read), at) in self.records.iter().zip(&self.read).zip(0_u32..) {
            let schema = if record.organisation { Schema::Company } else { Schema::Person };
            let words = |name: &String| Form::read(name, schema).words.into_iter().map(|word| format!("name {}", word.key));
            let days =
                read.days.iter().flatten().map(|(year, month, day)| format!("day {} {} {}", year % 100, month.min(day), month.max(day)));
            let mut own: Vec<String> = read.values().chain(record.names.iter().flat_map(words)).chain(days).collect();
            let numbers = |words: &Vec<String>| {
                words.iter().filter(|word| word.bytes().any(|byte| byte.is_ascii_digit())).cloned().collect::<Vec<_>>()
            };
            own.extend(read.addresses.iter().flat_map(numbers).map(|number| format!("number {number}")));
            own.extend(read.phones.iter().filter(|phone| phone.len() >= 7).map(|phone| format!("line {}", &phone[phone.len() - 7..])));
            own.sort_unstable();
            own.dedup();
            own.into_iter().for_each(|key| keys.entry(key).or_default().push(at));
        }
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let mut large = 0_u64;
        for members in keys.into_values() {
            if members.len() > self.settings.block {
                large += 1;
                continue;
            }
            pairs.extend(members.iter().enumerate().flat_map(|(n, a)| members[n + 1..].iter().map(move |b| (*a, *b))));
        }
        if large > 0 {
            let what = format!("{large} keys of more than {} records were skipped", self.settings.block);
            troubles.push(Trouble::note("large-block", None, what, "other keys may still find these pairs; raise `block` to look at all"));
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }
}

impl Read {
    fn of(record: &Dossier) -> Self {
        let compact = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
        let kept = |values: Vec<String>| values.into_iter().filter(|value| !bonafide_facts::identifier::is_filler(value)).collect();
        Self {
            days: record.birth_dates.iter().map(|date| compare::days(date)).filter(|days| !days.is_empty()).collect(),
            addresses: record.addresses.iter().map(|address| compare::address_words(address)).filter(|words| !words.is_empty()).collect(),
            phones: kept(record.phones.iter().map(|phone| compare::phone_digits(phone)).collect()),
            emails: kept(record.emails.iter().map(|email| compare::mailbox(email)).collect()),
            documents: record
                .documents
                .iter()
                .map(|one| (one.kind.clone(), compact(&one.number)))
                .filter(|(_, number)| number.len() > 2)
                .collect(),
            generation: record.names.iter().find_map(|name| compare::generation(name)),
        }
    }

    /// Values that can be shared, each with its kind.
    fn values(&self) -> impl Iterator<Item = String> {
        let phones = self.phones.iter().map(|value| format!("phone {value}"));
        let emails = self.emails.iter().map(|value| format!("email {value}"));
        let documents = self.documents.iter().map(|(kind, value)| format!("{kind} {value}"));
        let addresses = self.addresses.iter().map(|words| format!("address {}", words.join(" ")));
        phones.chain(emails).chain(documents).chain(addresses)
    }
}

/// Whether the first parts of two names agree: by spelling, but for one slip, as pet forms of one name, or in their consonants. A changed surname
/// leaves them; a sister's or brother's name does not.
fn given_agrees(left: &str, right: &str, schema: Schema) -> bool {
    let (left, right) = (Form::read(left, schema), Form::read(right, schema));
    let (Some(a), Some(b)) = (left.words.first(), right.words.first()) else { return false };
    let alike = |a: &str, b: &str| a.len() > 1 && a == b;
    let slip = a.text.len().min(b.text.len()) > 3 && super::person::within(a.text.as_bytes(), b.text.as_bytes(), 1);
    let full = |text: &'_ str| {
        let names = WORDLISTS.nicknames.get(text).into_iter().flatten().map(|name| (*name).to_owned());
        names.chain([text.to_owned()]).collect::<Vec<_>>()
    };
    let pet = full(&a.text).iter().any(|name| full(&b.text).contains(name));
    alike(&a.key, &b.key) || alike(&a.bones, &b.bones) || slip || pet
}

fn shown(text: &str) -> String {
    printable(text, 60)
}

/// Links the records with each other.
#[must_use]
pub fn link(records: &[Dossier], settings: &DossierSettings, offices: &[String]) -> Dossiers {
    let comparer = Comparer::new(records, settings, offices);
    let mut troubles = Vec::new();
    let candidates = comparer.candidates(&mut troubles);
    let compared = candidates.into_iter().map(|(left, right)| Compared { left, right, bits: comparer.bits(left, right) });
    let mut pairs: Vec<Compared> = compared.collect();
    pairs.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.left, x.right).cmp(&(y.left, y.right))));
    Dossiers { cluster: clusters(&comparer, &pairs), pairs, troubles }
}

/// Heaviest pair first. Two clusters merge unless two of their members stand against each other, or one of them fits a third cluster as well
/// that stands against the other.
fn clusters(comparer: &Comparer, pairs: &[Compared]) -> Vec<u32> {
    let settings = comparer.settings;
    let n = comparer.records.len();
    let mut sets = Sets::new(n);
    let mut members: Vec<Vec<u32>> = (0..n).map(|at| vec![u32::try_from(at).unwrap_or(u32::MAX)]).collect();
    let likely = pairs.iter().take_while(|pair| pair.bits >= settings.likely_bits);
    let mut near: Vec<Vec<(u32, f64)>> = vec![Vec::new(); n];
    for pair in likely.clone() {
        near[pair.left as usize].push((pair.right, pair.bits));
        near[pair.right as usize].push((pair.left, pair.bits));
    }
    let against = |left: &[u32], right: &[u32]| left.iter().any(|a| right.iter().any(|b| comparer.contradict(*a, *b)));
    for pair in likely {
        let (a, b) = (sets.root(pair.left), sets.root(pair.right));
        if a == b || against(&members[a as usize], &members[b as usize]) {
            continue;
        }
        let mut rivals = Vec::new();
        for (own, other) in [(a, b), (b, a)] {
            for (to, bits) in members[own as usize].iter().flat_map(|member| near[*member as usize].iter().copied()) {
                let to = sets.root(to);
                if to != a && to != b && bits >= pair.bits - settings.ambiguous_bits {
                    rivals.push((to, other));
                }
            }
        }
        if rivals.iter().any(|(rival, other)| against(&members[*rival as usize], &members[*other as usize])) {
            continue;
        }
        sets.join(a, b);
        let moved = std::mem::take(&mut members[a.max(b) as usize]);
        members[a.min(b) as usize].extend(moved);
    }
    (0..u32::try_from(n).unwrap_or(u32::MAX)).map(|record| sets.root(record)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, name: &str, date: &str, address: &str, phone: &str, document: &str) -> Dossier {
        let list = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
        let documents = list(document).into_iter().map(|number| Document { kind: "ssn".into(), number }).collect();
        Dossier {
            id: id.into(),
            names: list(name),
            birth_dates: list(date),
            addresses: list(address),
            phones: list(phone),
            documents,
            ..Dossier::default()
        }
    }

    /// Invented people: who is with whom, and why.
    #[test]
    fn people_are_put_together_and_kept_apart_for_reasons() {
        let home = "14 Alder Street, Riverton 12345";
        let records = [
            person("0", "Robert Halder", "3/9/1971", home, "415-555-0132", ""),
            person("1", "Bob Halder", "9/3/71", "", "(415) 555-0132", ""),
            person("2", "Alice Halder", "12/24/1973", home, "415-555-0132", "100200300"),
            person("3", "Alice Quentin", "24-Dec-73", "9 Elm Road, Lakeside", "", "100-200-300"),
            person("4", "Tom Bray", "1/2/1950", home, "", ""),
            person("5", "Tom Bray", "5/6/1980", home, "", ""),
            person("6", "Tom Bray", "", home, "", ""),
            person("7", "", "", "", "415-555-0132", ""),
        ];
        let found = link(&records, &DossierSettings::default(), &[]);
        assert_eq!(found.cluster[..4], [0, 0, 2, 2], "pet form and turned date; changed surname and one document");
        assert_eq!(found.cluster[4..7], [4, 5, 6], "the third Tom fits two who are not each other: neither");
        assert_eq!(found.cluster[7], 7, "a family's line alone names nobody");
        let settings = DossierSettings::default();
        let comparer = Comparer::new(&records, &settings, &[]);
        let account = comparer.account(0, 2);
        let pair = found.pairs.iter().find(|pair| (pair.left, pair.right) == (0, 2)).unwrap();
        assert!((account.iter().map(|line| line.bits).sum::<f64>() - pair.bits).abs() < 1e-9, "{account:?}");
        assert!(comparer.contradict(0, 2) && !comparer.contradict(0, 1));
    }

    #[test]
    fn a_value_of_everybody_makes_no_square_of_pairs() {
        let records: Vec<Dossier> = (0..3_000).map(|at| person(&at.to_string(), "", "", "", "415-555-0132", "")).collect();
        let found = link(&records, &DossierSettings::default(), &[]);
        assert_eq!(found.pairs.len(), 0);
        assert_eq!(found.troubles.len(), 1);
        assert!(link(&[], &DossierSettings::default(), &[]).cluster.is_empty());
        let hostile = person("x", &"\u{202e}=CMD()\u{0}".repeat(10_000), "99/99/99", &"1 ".repeat(50_000), "+", "\u{0}");
        assert_eq!(link(&[hostile.clone(), hostile], &DossierSettings::default(), &[]).cluster.len(), 2);
    }
}
