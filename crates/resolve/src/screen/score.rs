//! The close look: words aligned, syllables compared, what else is known weighed, and all of it brought to 0..1.
//!
//! Must not know how candidates were found.

use super::candidates::Asked;
use super::chance;
use super::explain::{Explanation, Line, word_line};
use super::known::Known;
use super::qualifiers::{NameBits, most, weigh};
use super::{Hit, Options, Query};
use crate::compare::align::{Alignment, Item, Side, Step, align, join};
use crate::compare::likeness::likeness;
use crate::compare::weights::Weights;
use crate::compare::word::{Relation, relate};
use crate::index::entry::NameKind;
use crate::index::{Index, Listed};
use crate::normal::letters::Script;
use crate::normal::syllable::{Reading, System};
use crate::normal::wordlist::WORDLISTS;
use crate::normal::{Role, Schema, Word};
use std::rc::Rc;

/// Bits below which nothing of worth agrees.
const LEAST: f32 = 0.5;
/// Entries that come so near to a hit, in bits, are its rivals.
const RIVAL: f32 = 3.0;

/// A listed name that was looked at.
pub(crate) struct Judged {
    listed: Listed,
    alignment: Alignment,
    whole: Vec<(&'static str, f32)>,
    bits: f32,
}

/// The account of one listed name; `None` when nothing of worth agrees, or less than `floor` bits.
pub(crate) fn judge(index: &Index, asked: &Asked, name: u32, floor: f32) -> Option<Judged> {
    let listed = index.names[name as usize];
    let weights = &index.weights;
    let item = |term: u32| Item { word: index.word(term), worth: index.vocabulary.worth[term as usize], term };
    let words: Vec<Item> = index.terms(&listed).iter().map(|term| item(*term)).collect();
    let joined = joined(index, asked, &listed, &words);
    let joins = joined.iter().map(|(at, word)| (*at, Item { word: word.view(), worth: index.joined_worth(&word.view()), term: u32::MAX }));
    let side = Side { joins: joins.collect(), words, company: index.schema(&listed) == Schema::Company };
    let both_companies = asked.side.company && side.company;
    let mut known = |at: usize, joined: bool, left: &Item, right: &Item| {
        let initial = left.word.role == Role::Initial || right.word.role == Role::Initial;
        if initial && both_companies && left.word.text != right.word.text {
            // Single letters of a company are its name, and no word shortened.
            return None;
        }
        if right.term == u32::MAX || initial {
            return relate(&left.word, &right.word, weights);
        }
        asked.relation(index, at, joined, right.term)
    };
    let mut alignment = align(&asked.side, &side, weights, &mut known);
    let mut whole = Vec::new();
    let parts = |side: &Side| side.words.iter().filter(|item| item.word.role == Role::Part).count();
    if alignment.agreeing < 2 && parts(&asked.side).max(parts(&side)) > 1 {
        whole.push(("one-part-only", -weights.alone));
    }
    if alignment.complete {
        whole.push(("complete", weights.complete));
    }
    let exactly = alignment.complete && alignment.steps.iter().all(|step| matches!(step.relation, Relation::Exact | Relation::LegalForm));
    #[allow(clippy::cast_precision_loss)]
    let edits = alignment.steps.iter().filter(|step| step.relation == Relation::Edit).count() as f32;
    let differ = if exactly { 0.0 } else { both_read(index, asked, &listed) * (weights.differ + weights.differ_edit * edits) };
    if differ > 0.0 {
        whole.push(("syllables-differ", -differ));
    }
    let total = alignment.bits + whole.iter().map(|(_, bits)| bits).sum::<f32>();
    let mut by_words = true;
    if let Some(other) = by_syllables(index, asked, &listed) {
        if other.bits + weights.complete > total {
            alignment = other;
            whole = vec![("complete", weights.complete)];
            by_words = false;
        } else if differ > 0.0 {
            whole.retain(|(what, _)| *what != "syllables-differ");
        }
    }
    if index.entries[listed.entry as usize].names[listed.name as usize].kind == NameKind::Weak {
        whole.push(("weak-alias", -1.0));
    }
    whole.extend(list_size(index));
    let sum = |whole: &[(&'static str, f32)]| alignment.bits + whole.iter().map(|(_, bits)| bits).sum::<f32>();
    if sum(&whole) < floor {
        return None;
    }
    if by_words {
        whole.extend(chance::loss(index, asked, &listed, &alignment).map(|bits| ("chance", -bits)));
    }
    let bits = sum(&whole);
    // How rare the words are does not outweigh that much of the names differs.
    let most = if by_words && bits > LEAST { most_bits(likeness(&alignment, &asked.side, &side, weights), weights) } else { f32::MAX };
    if bits > most {
        whole.push(("parts-differ", most - bits));
    }
    let bits = bits.min(most);
    (bits > LEAST).then_some(Judged { listed, alignment, whole, bits })
}

/// Bits that a shorter list adds and a longer one takes: the more names are listed, the more agree by chance.
fn list_size(index: &Index) -> Option<(&'static str, f32)> {
    let bits = -index.weights.list_size * doublings_of_list(index);
    (bits.abs() > 1e-3).then_some(("list-size", bits))
}

/// How many times longer the list is than the one that scores are made for. In whole doublings, so that a list which grows by a few entries moves no score.
pub(crate) fn doublings_of_list(index: &Index) -> f32 {
    let weights = &index.weights;
    #[allow(clippy::cast_precision_loss)]
    let names = (index.names.len() as f32).max(weights.list_least);
    names.log2().round() - weights.list_names.log2().round()
}

/// Bits at most of two names of which so large a share agrees; no limit when all of them does.
fn most_bits(likeness: f32, weights: &Weights) -> f32 {
    if likeness > 0.999 {
        return f32::MAX;
    }
    let odds = |share: f32| share / (1.0 - share);
    weights.centre + weights.like_scale * (odds(likeness.max(1e-3)) / odds(weights.like_even)).ln()
}

/// Neighbours of a listed name, written as one, that a queried word may mean: one that is not itself a word of that name.
fn joined(index: &Index, asked: &Asked, listed: &Listed, words: &[Item]) -> Vec<(usize, Word)> {
    let mut found = Vec::new();
    for (at, two) in words.windows(2).enumerate() {
        let may = |(item, known): (&Item, &Rc<Known>)| {
            item.word.role == Role::Part
                && item.word.text.len() >= 4
                && index.joins_near(listed, at, &known.near)
                && !words.iter().any(|word| word.word.text == item.word.text)
        };
        if asked.side.words.iter().zip(&asked.words).any(may) {
            found.extend(join(&two[0].word, &two[1].word).map(|word| (at, word)));
        }
    }
    found
}

/// 1 when both names read as the same number of syllables in one system, 0.5 when in another number, 0 when they do not both read so.
fn both_read(index: &Index, asked: &Asked, listed: &Listed) -> f32 {
    let pairs = asked.form.syllables.iter().flat_map(|left| index.readings(listed).iter().map(move |right| (left, right)));
    let each = pairs.filter(|(left, right)| left.system == right.system);
    each.map(|(left, right)| if left.parts.len() == right.parts.len() { 1.0 } else { 0.5 }).fold(0.0, f32::max)
}

/// The best agreement of two readings as syllables.
fn by_syllables(index: &Index, asked: &Asked, listed: &Listed) -> Option<Alignment> {
    let mut best: Option<Alignment> = None;
    for left in &asked.form.syllables {
        for right in index.readings(listed).iter().filter(|right| right.system == left.system && right.parts.len() == left.parts.len()) {
            if let Some(found) = syllable_steps(index, asked, listed, left, right)
                && best.as_ref().is_none_or(|best| found.bits > best.bits)
            {
                best = Some(found);
            }
        }
    }
    best
}

fn syllable_steps(index: &Index, asked: &Asked, listed: &Listed, left: &Reading, right: &Reading) -> Option<Alignment> {
    if homophones(index, asked, listed) {
        return None;
    }
    let mut worths = Vec::with_capacity(left.parts.len());
    for (at, (x, y)) in left.parts.iter().zip(&right.parts).enumerate() {
        let common =
            x.iter().flat_map(|(id, cost)| y.iter().filter(move |(other, _)| other == id).map(move |(_, more)| (cost + more, *id)));
        let (cost, id) = common.min()?;
        let worth = if at == 0 { family_worth(left.system, id) } else { index.syllable_worth(left.system, id) };
        worths.push(worth - f32::from(cost));
    }
    let (all_left, all_right) = (asked.side.words.len(), index.terms(listed).len());
    let relation = if asked.form.words[0].script == Script::Letters { Relation::Romanisation } else { Relation::Script };
    let family: f32 = worths[0];
    let given: f32 = worths[1..].iter().sum::<f32>() - index.weights.syllable;
    let steps = match (left.family_at, right.family_at) {
        (Some(a), Some(b)) if all_left > 1 && all_right > 1 => {
            let rest = |at: usize, all: usize| if at == 0 { (1, all - 1) } else { (0, all - 1) };
            vec![
                Step { left: (a, 1), right: (b, 1), relation, bits: family },
                Step { left: rest(a, all_left), right: rest(b, all_right), relation, bits: given },
            ]
        }
        _ => vec![Step { left: (0, all_left), right: (0, all_right), relation, bits: family + given }],
    };
    let bits = steps.iter().map(|step| step.bits).sum();
    Some(Alignment { steps, bits, agreeing: worths.len(), complete: true })
}

/// Whether two names in characters only sound alike: such names are the same by their characters, or by another form of these (which has the same readings
/// everywhere).
fn homophones(index: &Index, asked: &Asked, listed: &Listed) -> bool {
    let terms = index.terms(listed);
    let in_characters =
        asked.form.words.iter().all(|word| word.script == Script::Han) && terms.iter().all(|term| index.word(*term).script == Script::Han);
    let left = asked.form.words.iter().flat_map(|word| word.text.chars());
    let right = terms.iter().flat_map(|term| index.word(*term).text.chars());
    in_characters && left.zip(right).any(|(a, b)| !variants(a, b))
}

fn variants(left: char, right: char) -> bool {
    let meet = |x: &str, y: &str| x.is_empty() || y.is_empty() || x.split(' ').any(|one| y.split(' ').any(|other| one == other));
    let rows = || Some((WORDLISTS.han.get(&left)?, WORDLISTS.han.get(&right)?));
    left == right || rows().is_some_and(|(a, b)| a.iter().zip(b).all(|(x, y)| meet(x, y)))
}

/// Worth of a family name by its share of bearers.
fn family_worth(system: System, id: u16) -> f32 {
    crate::normal::syllable::family_bits(system, id)
}

/// Hits from what was looked at: the best name of each entry, rivals counted, qualifiers weighed, scored and sorted.
pub(crate) fn hits(index: &Index, asked: &Asked, mut judged: Vec<Judged>, options: &Options) -> Vec<Hit> {
    judged.sort_by(|a, b| b.bits.total_cmp(&a.bits).then((a.listed.entry, a.listed.name).cmp(&(b.listed.entry, b.listed.name))));
    let mut seen: Vec<u32> = Vec::new();
    judged.retain(|one| {
        !seen.contains(&one.listed.entry) && {
            seen.push(one.listed.entry);
            true
        }
    });
    let all: Vec<f32> = judged.iter().map(|one| one.bits).collect();
    let mut hits: Vec<(f32, usize, usize)> = Vec::with_capacity(judged.len());
    for (at, one) in judged.iter_mut().enumerate() {
        let rivals = all.iter().filter(|bits| **bits >= one.bits - RIVAL).count() - 1;
        qualify(index, asked, one, rivals);
        hits.push((one.bits, at, rivals));
    }
    hits.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let identified = by_identifier(index, asked);
    let mut out: Vec<Hit> = identified;
    for (bits, at, rivals) in hits {
        let score = squash(bits, index);
        if out.len() >= options.top || score < options.threshold {
            break;
        }
        let one = &judged[at];
        let entry = &index.entries[one.listed.entry as usize];
        if out.iter().any(|hit| hit.entry_id == entry.id && hit.list == entry.list) {
            continue;
        }
        out.push(Hit {
            entry_id: entry.id.clone(),
            list: entry.list.clone(),
            name: entry.names[one.listed.name as usize].printed.clone(),
            score,
            matched: "name".to_owned(),
            explanation: Explanation::new(lines(index, asked, one), score, rivals),
        });
    }
    out
}

fn squash(bits: f32, index: &Index) -> f64 {
    let odds = f64::from((bits - index.weights.centre) / index.weights.spread);
    1.0 / (1.0 + (-odds).exp())
}

/// Bits of words, on a list as long as this one, that have a score.
pub(crate) fn bits_at(score: f64, index: &Index) -> f32 {
    let score = score.clamp(1e-6, 1.0 - 1e-6);
    #[allow(clippy::cast_possible_truncation)]
    let odds = (score / (1.0 - score)).ln() as f32;
    index.weights.centre + index.weights.spread * odds - list_size(index).map_or(0.0, |(_, bits)| bits)
}

/// Bits of names below which a name is neither a hit nor a rival of one, whatever else is known: those of the threshold, less all that qualifiers may add.
pub(crate) fn floor(index: &Index, query: &Query, options: &Options) -> f32 {
    let size = list_size(index).map_or(0.0, |(_, bits)| bits);
    (bits_at(options.threshold, index) + size - RIVAL - most(query)).max(LEAST)
}

/// Bits by words below which a name is below [`floor`], when the words that do not agree are taken off: a close look may add for completeness, initials and
/// legal forms.
pub(crate) fn least(index: &Index, asked: &Asked, options: &Options) -> f32 {
    let weights = &index.weights;
    let size = list_size(index).map_or(0.0, |(_, bits)| bits);
    let besides = asked.form.words.iter().map(|word| match word.role {
        Role::Initial => weights.initial_worth,
        Role::Legal => 0.3,
        Role::Part | Role::Particle => 0.0,
    });
    floor(index, asked.query, options) - size - weights.complete - besides.sum::<f32>() - 0.05
}

fn qualify(index: &Index, asked: &Asked, one: &mut Judged, rivals: usize) {
    let weights = &index.weights;
    let add = |what: &'static str, bits: f32, one: &mut Judged| {
        one.whole.push((what, bits));
        one.bits += bits;
    };
    if rivals > 0 {
        #[allow(clippy::cast_precision_loss)]
        let loss = (1.0 + rivals as f32).log2() * weights.rivals;
        add("rivals", -loss, one);
    }
    let name = NameBits { bits: one.bits, complete: one.alignment.complete, floor: weights.centre - 2.0 * weights.spread };
    for (what, bits) in weigh(asked.query, &index.entries[one.listed.entry as usize], name) {
        add(what, bits, one);
    }
}

fn by_identifier(index: &Index, asked: &Asked) -> Vec<Hit> {
    let mut out: Vec<Hit> = Vec::new();
    for identifier in &asked.query.identifiers {
        for number in index.identifiers.get(identifier).into_iter().flatten() {
            let entry = &index.entries[*number as usize];
            if out.iter().any(|hit| hit.entry_id == entry.id && hit.list == entry.list) {
                continue;
            }
            let line = Line { query: identifier.1.clone(), listed: identifier.1.clone(), relation: "identifier", contribution: 1.0 };
            out.push(Hit {
                entry_id: entry.id.clone(),
                list: entry.list.clone(),
                name: entry.names.first().map(|name| name.printed.clone()).unwrap_or_default(),
                score: 1.0,
                matched: identifier.0.clone(),
                explanation: Explanation::new(vec![line], 1.0, 0),
            });
        }
    }
    out
}

fn lines(index: &Index, asked: &Asked, one: &Judged) -> Vec<Line> {
    let terms = index.terms(&one.listed);
    let mut lines: Vec<Line> = one
        .alignment
        .steps
        .iter()
        .map(|step| {
            let query: Vec<&str> = asked.form.words.iter().skip(step.left.0).take(step.left.1).map(|word| word.printed.as_str()).collect();
            let listed: Vec<&str> = terms.iter().skip(step.right.0).take(step.right.1).map(|term| index.word(*term).text).collect();
            word_line(query.join(" "), listed.join(" "), step.relation, step.bits)
        })
        .collect();
    lines.extend(one.whole.iter().map(|(relation, bits)| Line {
        query: String::new(),
        listed: String::new(),
        relation,
        contribution: f64::from(*bits),
    }));
    lines
}
