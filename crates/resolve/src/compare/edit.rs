//! How far two spellings are apart, in edits that know which slips are cheap.
//!
//! Must not know names or words: bytes in, a cost out.

/// Longest word that is compared letter by letter; longer ones are compared by their beginning.
const LETTERS: usize = 40;
/// Costs are counted in twentieths of an edit.
const UNIT: f32 = 20.0;
/// The cheapest insertion there is (a letter doubled), in twentieths.
const LEAST: u8 = 10;
/// Classes of letters: a to z are 1 to 26, the single sounds `C` and `S` of spelling keys 27 and 28, all else 0.
const CLASSES: usize = 32;
/// Two neighbours exchanged, in twentieths.
const EXCHANGE: u8 = 18;

const fn class(letter: u8) -> usize {
    match letter {
        b'a'..=b'z' => (letter - b'a' + 1) as usize,
        b'C' => 27,
        b'S' => 28,
        _ => 0,
    }
}

/// Cost of one letter for another, in twentieths: less for vowels and for sounds that romanisations mix up.
static REPLACE: [[u8; CLASSES]; CLASSES] = replacements();

const fn replacements() -> [[u8; CLASSES]; CLASSES] {
    const ALIKE: &[u8] = b"szbvgkdtijjykqckvwbpcsdzgqgjCSfvlruvuw";
    const VOWELS: &[u8] = b"aeiouy";
    let mut table = [[20_u8; CLASSES]; CLASSES];
    let mut at = 0;
    while at + 1 < ALIKE.len() {
        let (a, b) = (class(ALIKE[at]), class(ALIKE[at + 1]));
        table[a][b] = 14;
        table[b][a] = 14;
        at += 2;
    }
    let mut i = 0;
    while i < VOWELS.len() {
        let mut j = 0;
        while j < VOWELS.len() {
            table[class(VOWELS[i])][class(VOWELS[j])] = 11;
            j += 1;
        }
        i += 1;
    }
    table
}

/// Weighted Damerau distance (optimal string alignment) of two ASCII words: 1 for an ordinary insertion, deletion or
/// replacement, 0.9 for two neighbours exchanged, less for vowels and sounds that romanisations mix up.
/// Gives up with `f32::MAX` as soon as the cost must exceed `limit` (12 at most).
#[must_use]
pub fn distance(left: &str, right: &str, limit: f32) -> f32 {
    let (a, b) = (clip(left), clip(right));
    if a == b {
        return 0.0;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let most = (limit * UNIT + 0.01).clamp(0.0, 240.0) as u8;
    // Each step away from the diagonal costs at least a doubled letter.
    let band = usize::from(most / LEAST);
    if a.len().abs_diff(b.len()) > band {
        return f32::MAX;
    }
    let (left_costs, right_costs) = (indels(a), indels(b));
    let mut rows = [[u8::MAX; LETTERS + 1]; 3];
    rows[0][0] = 0;
    for j in 0..b.len() {
        rows[0][j + 1] = rows[0][j].saturating_add(right_costs[j]);
    }
    for i in 0..a.len() {
        let (this, last, before) = ((i + 1) % 3, i % 3, (i + 2) % 3);
        let (from, to) = (i.saturating_sub(band), (i + band + 1).min(b.len()));
        rows[this][from] = if from == 0 { rows[last][0].saturating_add(left_costs[i]) } else { u8::MAX };
        let mut least = rows[this][from];
        let costs = &REPLACE[class(a[i]) % CLASSES];
        for j in from..to {
            let replace = if a[i] == b[j] { 0 } else { costs[class(b[j]) % CLASSES] };
            let mut cost = rows[last][j]
                .saturating_add(replace)
                .min(rows[last][j + 1].saturating_add(left_costs[i]))
                .min(rows[this][j].saturating_add(right_costs[j]));
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                cost = cost.min(rows[before][j - 1].saturating_add(EXCHANGE));
            }
            rows[this][j + 1] = cost;
            least = least.min(cost);
        }
        if to < b.len() {
            rows[this][to + 1] = u8::MAX;
        }
        if least > most {
            return f32::MAX;
        }
    }
    let cost = rows[a.len() % 3][b.len()];
    if cost > most { f32::MAX } else { f32::from(cost) / UNIT }
}

fn clip(text: &str) -> &[u8] {
    &text.as_bytes()[..text.len().min(LETTERS)]
}

/// What each letter costs to leave out or put in, in twentieths: less for a letter doubled, for vowels and for h.
fn indels(word: &[u8]) -> [u8; LETTERS] {
    let mut costs = [0; LETTERS];
    for (at, letter) in word.iter().enumerate() {
        costs[at] = match letter {
            letter if at > 0 && *letter == word[at - 1] => LEAST,
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' => 15,
            b'h' => 14,
            _ => 20,
        };
    }
    costs
}

/// Fortieths of an edit, rounded up so that no pair within a limit is refused.
#[must_use]
pub fn fortieths(edits: f32) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let fortieths = (edits * 2.0 * UNIT + 0.1).max(0.0) as u32;
    fortieths
}

/// Least cost at which two words can be apart that differ in these letters (as of `letter_bits`) and whose lengths differ by so much, in fortieths of an
/// edit: a vowel for a vowel changes two letters, a doubled letter changes none.
#[must_use]
pub fn least(letters: u64, lengths: usize) -> u32 {
    const VOWELS: u64 = 1 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20 | 1 << 24;
    // Words have at most some hundred letters.
    (letters.count_ones() * 14 - (letters & VOWELS).count_ones() * 3).max((lengths & 0xffff) as u32 * 2 * u32::from(LEAST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cheap_slips_cost_less() {
        assert!(distance("muhammad", "mohamad", 9.0) < distance("muhammad", "muhandas", 9.0));
        assert!((distance("chen", "cehn", 9.0) - 0.9).abs() < 1e-6);
        assert_eq!(distance("a", "bbbbbbbbbbbb", 2.0), f32::MAX);
    }

    proptest! {
        #[test]
        fn distance_is_symmetric_and_zero_only_for_equals(a in "[a-z]{0,12}", b in "[a-z]{0,12}") {
            let (there, back) = (distance(&a, &b, 99.0), distance(&b, &a, 99.0));
            prop_assert!((there - back).abs() < 1e-4);
            prop_assert_eq!(there == 0.0, a == b);
        }

        #[test]
        fn no_pair_is_nearer_than_its_letters_allow(a in "[a-hSC]{0,9}", b in "[a-hSC]{0,9}") {
            let letters = |text: &str| crate::normal::letter_bits(text);
            let bound = least(letters(&a) ^ letters(&b), a.len().abs_diff(b.len()));
            prop_assert!(fortieths(distance(&a, &b, 12.0)) >= bound);
        }

        #[test]
        fn a_limit_changes_no_distance_within_it(a in "[a-d]{0,9}", b in "[a-d]{0,9}", limit in 0.0_f32..4.0) {
            let free = distance(&a, &b, 12.0);
            let bounded = distance(&a, &b, limit);
            prop_assert_eq!(bounded, if free <= limit + 1e-3 { free } else { f32::MAX });
        }
    }
}
