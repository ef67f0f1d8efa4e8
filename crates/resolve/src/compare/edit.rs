//! How far two spellings are apart, in edits that know which slips are cheap.
//!
//! Must not know names or words: bytes in, a cost out.

/// Longest word that is compared letter by letter; longer ones are compared by their beginning.
const LETTERS: usize = 40;

/// Weighted Damerau distance (optimal string alignment) of two ASCII words: 1 for an ordinary insertion, deletion or
/// replacement, 0.9 for two neighbours exchanged, less for vowels and sounds that romanisations mix up.
/// Gives up with `f32::MAX` as soon as the cost must exceed `limit`.
#[must_use]
pub fn distance(left: &str, right: &str, limit: f32) -> f32 {
    let (a, b) = (clip(left), clip(right));
    if a == b {
        return 0.0;
    }
    let gap = a.len().abs_diff(b.len());
    #[allow(clippy::cast_precision_loss)]
    if gap as f32 * 0.5 > limit {
        return f32::MAX;
    }
    let mut rows = [[0f32; LETTERS + 1]; 3];
    for j in 0..b.len() {
        rows[0][j + 1] = rows[0][j] + indel(b, j);
    }
    for i in 0..a.len() {
        let (this, last, before) = ((i + 1) % 3, i % 3, (i + 2) % 3);
        rows[this][0] = rows[last][0] + indel(a, i);
        let mut least = rows[this][0];
        for j in 0..b.len() {
            let mut cost = (rows[last][j] + replace(a[i], b[j])).min(rows[last][j + 1] + indel(a, i)).min(rows[this][j] + indel(b, j));
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                cost = cost.min(rows[before][j - 1] + 0.9);
            }
            rows[this][j + 1] = cost;
            least = least.min(cost);
        }
        if least > limit {
            return f32::MAX;
        }
    }
    let cost = rows[a.len() % 3][b.len()];
    if cost > limit { f32::MAX } else { cost }
}

fn clip(text: &str) -> &[u8] {
    &text.as_bytes()[..text.len().min(LETTERS)]
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

fn indel(word: &[u8], at: usize) -> f32 {
    if at > 0 && word[at] == word[at - 1] {
        return 0.5;
    }
    match word[at] {
        letter if is_vowel(letter) => 0.75,
        b'h' => 0.7,
        _ => 1.0,
    }
}

fn replace(a: u8, b: u8) -> f32 {
    if a == b {
        return 0.0;
    }
    if is_vowel(a) && is_vowel(b) {
        return 0.55;
    }
    match (a.min(b), a.max(b)) {
        (b's', b'z')
        | (b'b', b'v')
        | (b'g', b'k')
        | (b'd', b't')
        | (b'i', b'j')
        | (b'j', b'y')
        | (b'k', b'q')
        | (b'c', b'k')
        | (b'v', b'w')
        | (b'b', b'p')
        | (b'c', b's')
        | (b'd', b'z')
        | (b'g', b'q')
        | (b'g', b'j')
        | (b'C', b'S')
        | (b'f', b'v')
        | (b'l', b'r')
        | (b'u', b'v')
        | (b'u', b'w') => 0.7,
        _ => 1.0,
    }
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
    }
}
