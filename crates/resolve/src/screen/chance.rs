//! How easily a hit comes about by chance: by how many entries agree as well on each of its words. Where many are listed that read alike, strangers hit
//! one of them more often, whatever the words are worth by themselves; so all names pass the threshold about equally often.
//!
//! Must not know which names these are: words are counted, nothing else.

use super::candidates::Asked;
use super::score::doublings_of_list;
use crate::compare::align::{Alignment, Step};
use crate::compare::word::Relation;
use crate::index::{Index, Listed};

/// Bits lost by a hit that chance makes likely; `None` when it does not.
pub(crate) fn loss(index: &Index, asked: &Asked, listed: &Listed, alignment: &Alignment) -> Option<f32> {
    let weights = &index.weights;
    let (mut words, mut all, mut rarest) = (0.0_f32, 0.0_f32, f32::MAX);
    for step in alignment.steps.iter().filter(|step| step.left.1 > 0 && step.right.1 > 0 && step.bits > 0.5) {
        match step.relation {
            Relation::LegalForm => {}
            // A letter is no word, but leaves fewer names.
            Relation::Initial => all -= step.bits,
            _ => {
                #[allow(clippy::cast_precision_loss)]
                let doublings = (as_good(index, asked, listed, step).max(1) as f32).log2();
                (words, all, rarest) = (words + 1.0, all + doublings, rarest.min(doublings));
            }
        }
    }
    if words < 1.0 {
        return None;
    }
    // On a list twice as long each word is held twice as often, and all of them together are too.
    let apart = (weights.chance_apart + doublings_of_list(index)).max(0.0);
    let together = (all - apart * (words - 1.0)).max(0.0);
    let bits = weights.chance_rarest * rarest + weights.chance * together;
    (bits > 1e-3).then_some(bits)
}

/// Entries that hold a word as good as that of this line.
fn as_good(index: &Index, asked: &Asked, listed: &Listed, step: &Step) -> u32 {
    let known = if step.left.1 == 1 {
        asked.words.get(step.left.0)
    } else {
        asked.joins.iter().find(|(at, _)| *at == step.left.0).map(|(_, known)| known)
    };
    known.map_or(0, |known| {
        // The words' own agreement, before their order counts.
        let term = (step.right.1 == 1).then(|| index.terms(listed)[step.right.0]);
        let gain = term.and_then(|term| known.gain(index, term));
        known.as_good(index, gain.unwrap_or(step.bits))
    })
}

#[cfg(test)]
mod tests {
    use crate::index::Index;
    use crate::index::entry::{Entry, EntryName, NameKind};
    use crate::screen::{Hit, Options, Query, Searcher};

    /// The hits of a name on a list of these, with the options of `top` and `candidates`.
    fn hits(listed: &[&str], asked: &str, top: usize, candidates: usize) -> Vec<Hit> {
        let name = |printed: &str| vec![EntryName { printed: printed.to_owned(), kind: NameKind::Primary }];
        let entry =
            |(at, printed): (usize, &&str)| Entry { id: at.to_string(), list: "own".into(), names: name(printed), ..Entry::default() };
        let index = Index::build(listed.iter().enumerate().map(entry).collect());
        let query = Query { name: asked.to_owned(), ..Query::default() };
        Searcher::new(&index).screen(&query, &Options { top, threshold: 0.0, candidates })
    }

    fn bits(hit: &Hit) -> f64 {
        hit.explanation.bits
    }

    fn says_chance(hit: &Hit) -> bool {
        hit.explanation.lines.iter().any(|line| line.relation == "chance")
    }

    #[test]
    fn words_that_many_listed_names_hold_say_less() {
        let alone = ["MAKHARADZE, Zurab", "TOLUANI, Eldar", "BERISVILI, Otarus"];
        let dense = ["MAKHARADZE, Zurab", "MAKHARADZE, Eldar", "MAKHARADZE, Otarus", "BERISVILI, Zurab", "TOLUANI, Zurab"];
        let (alone, dense) = (hits(&alone, "Zurab Makharadze", 1, 24), hits(&dense, "Zurab Makharadze", 1, 24));
        assert!(!says_chance(&alone[0]) && says_chance(&dense[0]));
        assert!(bits(&alone[0]) > bits(&dense[0]));
        assert_eq!((alone[0].entry_id.as_str(), dense[0].entry_id.as_str()), ("0", "0"));
    }

    #[test]
    fn the_score_of_a_hit_is_the_same_however_many_are_asked_for() {
        let listed = ["MAKHARADZE, Zurab", "MAKHARADZE, Eldar", "MAKHARIDZE, Otarus", "BERISVILI, Zurab", "TOLUANI, Zuraba"];
        let (few, many) = (hits(&listed, "Zurab Makharadze", 1, 5), hits(&listed, "Zurab Makharadze", 50, 50));
        assert_eq!(few[0].entry_id, many[0].entry_id);
        assert!((bits(&few[0]) - bits(&many[0])).abs() < 1e-9);
    }
}
