//! The level at which two records agree, comparison by comparison, packed into one number of three bits each: 0 = a value is
//! missing, 1 = the best level, …, the last = none holds.
//!
//! Must not know what a level is worth.

use super::records::{Column, NONE, Records};
use super::settings::{Comparison, PersonSettings, Test};

/// Levels of all comparisons, three bits each.
pub type Pattern = u64;

/// The level of one comparison in a pattern.
#[inline]
#[must_use]
pub fn level(pattern: Pattern, column: usize) -> usize {
    usize::try_from((pattern >> (3 * column)) & 7).unwrap_or(0)
}

/// Compares two records.
#[inline]
#[must_use]
pub fn pattern(records: &Records, settings: &PersonSettings, a: u32, b: u32) -> Pattern {
    let (a, b) = (records.row(a), records.row(b));
    records.columns.iter().zip(a.iter().zip(b)).enumerate().fold(0, |pattern, (at, (column, (a, b)))| {
        pattern | of_values(&settings.comparisons[column.comparison], column, *a, *b) << (3 * at)
    })
}

/// Compares two values of a column by number.
#[inline]
#[must_use]
pub fn of_values(comparison: &Comparison, column: &Column, a: u32, b: u32) -> u64 {
    if a == NONE || b == NONE {
        return 0;
    }
    if a == b {
        return 1;
    }
    let (left, right) = (column.values[a as usize].as_bytes(), column.values[b as usize].as_bytes());
    let apart = (column.masks[a as usize] ^ column.masks[b as usize]).count_ones() as usize;
    let found = comparison.levels.iter().position(|one| holds(one.test, one.limit, left, right, apart));
    found.unwrap_or(comparison.levels.len()) as u64 + 1
}

fn holds(test: Test, limit: usize, left: &[u8], right: &[u8], apart: usize) -> bool {
    match test {
        Test::Exact => false,
        // Each edit changes at most two letters of the set.
        Test::Edits => apart <= 2 * limit && left.len().min(right.len()) > limit + 1 && within(left, right, limit),
        Test::Prefix => left.len() >= limit && right.len() >= limit && left[..limit] == right[..limit],
        Test::Part => left.starts_with(right) || right.starts_with(left),
        Test::SwappedDate => {
            left.len() == 8 && right.len() == 8 && left[..4] == right[..4] && left[4..6] == right[6..] && left[6..] == right[4..6]
        }
        Test::DateParts => {
            let same = |from: usize, to: usize| usize::from(left[from..to] == right[from..to]);
            left.len() == 8 && right.len() == 8 && same(0, 4) + same(4, 6) + same(6, 8) >= limit
        }
        Test::DateYear => left.len() >= 4 && right.len() >= 4 && left[..4] == right[..4],
        Test::Words => {
            let words = |text: &[u8]| text.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).count();
            let shared =
                left.split(|byte| *byte == b' ').filter(|word| right.split(|byte| *byte == b' ').any(|other| other == *word)).count();
            shared * 100 >= limit * words(left).max(words(right)).max(1)
        }
    }
}

/// Whether two texts of at most 64 bytes are at most `limit` (up to 3) edits apart; an exchange of neighbours is one edit.
#[must_use]
pub fn within(left: &[u8], right: &[u8], limit: usize) -> bool {
    let (left, right) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if right.len() - left.len() > limit || right.len() > 64 {
        return false;
    }
    let head = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[head..], &right[head..]);
    let tail = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[..left.len() - tail], &right[..right.len() - tail]);
    if left.is_empty() {
        return right.len() <= limit;
    }
    if limit == 1 {
        return right.len() == 1 || (left.len() == 2 && right.len() == 2 && left[0] == right[1] && left[1] == right[0]);
    }
    let (mut before, mut last, mut row) = ([0_u8; 65], [0_u8; 65], [0_u8; 65]);
    (0..=right.len()).for_each(|at| last[at] = u8::try_from(at).unwrap_or(u8::MAX));
    for i in 1..=left.len() {
        row[0] = u8::try_from(i).unwrap_or(u8::MAX);
        let mut least = row[0];
        for j in 1..=right.len() {
            let mut cost = (last[j - 1] + u8::from(left[i - 1] != right[j - 1])).min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row[j] = cost;
            least = least.min(cost);
        }
        if least as usize > limit {
            return false;
        }
        (before, last) = (last, row);
    }
    last[right.len()] as usize <= limit
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn edits_are_counted_as_a_typist_makes_them() {
        for (left, right, edits) in [
            ("martha", "marhta", 1),
            ("smith", "smyth", 1),
            ("smith", "smit", 1),
            ("abcd", "badc", 2),
            ("abc", "abc", 0),
            ("jon", "johan", 2),
            ("green", "brown", 3),
        ] {
            for limit in 1..=3 {
                assert_eq!(within(left.as_bytes(), right.as_bytes(), limit), edits <= limit, "{left} {right} {limit}");
                assert_eq!(within(right.as_bytes(), left.as_bytes(), limit), edits <= limit, "{right} {left} {limit}");
            }
        }
    }
}
