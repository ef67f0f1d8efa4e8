//! The level at which two records agree, comparison by comparison, packed into one number of three bits each: 0 = a value is
//! missing, 1 = the best level, …, the last = none holds.
//!
//! Must not know what a level is worth.

use super::records::{Cell, Column, NONE, Records, Value};
use super::settings::{Comparison, Form, PersonSettings, Test};

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
pub fn pattern(records: &Records, settings: &PersonSettings, a: &[Cell], b: &[Cell]) -> Pattern {
    let compared = records.columns.iter().zip(a.iter().zip(b)).enumerate();
    compared
        .fold(0, |pattern, (at, (column, (a, b)))| pattern | of_cells(&settings.comparisons[column.comparison], column, *a, *b) << (3 * at))
}

/// Compares two cells of a column.
#[inline]
#[must_use]
pub fn of_cells(comparison: &Comparison, column: &Column, a: Cell, b: Cell) -> u64 {
    if a.value == NONE || b.value == NONE {
        return 0;
    }
    if a.value == b.value {
        return 1;
    }
    let apart = letters_apart(a, b);
    let found = comparison.levels.iter().position(|one| match one.test {
        Test::Exact => false,
        // Each edit changes at most two letters.
        Test::Edits if apart > 2 * one.limit => false,
        test => holds(comparison.form, test, one.limit, column, (a.value, b.value)),
    });
    found.unwrap_or(comparison.levels.len()) as u64 + 1
}

/// Letters of two values that the other has not, as far as their masks tell.
#[inline]
#[must_use]
pub fn letters_apart(a: Cell, b: Cell) -> usize {
    (a.mask ^ b.mask).count_ones() as usize
}

fn holds(form: Form, test: Test, limit: usize, column: &Column, at: (u32, u32)) -> bool {
    let texts = || (column.text(at.0), column.text(at.1));
    let (a, b) = (&column.values[at.0 as usize], &column.values[at.1 as usize]);
    let (short, long) = (usize::from(a.len.min(b.len)), usize::from(a.len.max(b.len)));
    let dates = form == Form::Date && short == 8 && long == 8;
    // Bytes of two heads that differ, the first one highest.
    let apart = a.head ^ b.head;
    let same = |from: usize, to: usize| apart << (8 * from) >> (64 - 8 * (to - from)) == 0;
    match test {
        Test::Exact => false,
        Test::Edits => {
            short > limit + 1 && long - short <= limit && {
                let (left, right) = texts();
                within(left, right, limit)
            }
        }
        Test::Prefix if form != Form::Text && (1..=8).contains(&limit) => short >= limit && same(0, limit),
        Test::Prefix => {
            let (left, right) = texts();
            short >= limit && left[..limit] == right[..limit]
        }
        Test::Part if form != Form::Text && !same(0, short.clamp(1, 8)) => false,
        Test::Part => {
            let (left, right) = texts();
            left.starts_with(right) || right.starts_with(left)
        }
        Test::SwappedDate => {
            let half = |head: u64, at: u32| head >> (16 * at) & 0xffff;
            dates && same(0, 4) && half(a.head, 1) == half(b.head, 0) && half(a.head, 0) == half(b.head, 1)
        }
        Test::DateParts => dates && usize::from(same(0, 4)) + usize::from(same(4, 6)) + usize::from(same(6, 8)) >= limit,
        Test::DateYear => form == Form::Date && short >= 4 && same(0, 4),
        Test::Words => {
            let most = usize::from(a.words.max(b.words)).max(1);
            shared_words(form, texts, a, b) * 100 >= limit * most
        }
    }
}

/// Words of the one that the other has too.
fn shared_words<'a>(form: Form, texts: impl Fn() -> (&'a [u8], &'a [u8]), a: &Value, b: &Value) -> usize {
    if form == Form::Text && a.words <= 4 && b.words <= 4 {
        let of = |head: u64| (0..4).map(move |at| head >> (16 * at) & 0xffff).filter(|word| *word != 0);
        return of(a.head).filter(|word| of(b.head).any(|other| other == *word)).count();
    }
    let (left, right) = texts();
    left.split(|byte| *byte == b' ').filter(|word| right.split(|byte| *byte == b' ').any(|other| other == *word)).count()
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
