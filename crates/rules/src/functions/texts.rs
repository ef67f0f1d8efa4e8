//! Functions over text: canonical forms, lists, similarity.
//!
//! Must not know what a similarity means.

use super::Columns;
use crate::context;
use bonafide_facts::identifier;
use datafusion::arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringViewBuilder};
use datafusion::error::Result;
use std::collections::HashSet;
use std::sync::Arc;

/// Longest text (bytes) whose shingles or edits are compared; the rest is not read.
const MAX_COMPARED: usize = 200_000;
/// Longest domain (characters) that is compared.
const MAX_DOMAIN: usize = 256;

pub fn canonical(columns: &Columns) -> Result<ArrayRef> {
    let (kinds, values) = (columns.text(0)?, columns.text(1)?);
    let mut out = StringViewBuilder::with_capacity(columns.rows);
    for (kind, value) in kinds.iter().zip(values) {
        out.append_option(kind.zip(value).and_then(|(kind, value)| identifier::canonical(kind, value)));
    }
    Ok(Arc::new(out.finish()))
}

pub fn is_filler(columns: &Columns) -> Result<ArrayRef> {
    let answers: BooleanArray = columns.text(0)?.iter().map(|value| value.map(identifier::is_filler)).collect();
    Ok(Arc::new(answers))
}

pub fn email_domain(columns: &Columns) -> Result<ArrayRef> {
    let mut out = StringViewBuilder::with_capacity(columns.rows);
    for value in columns.text(0)? {
        let domain = value.and_then(|value| value.trim().rsplit_once('@')).map(|(_, domain)| domain.trim_end_matches('.').to_lowercase());
        out.append_option(domain.filter(|domain| !domain.is_empty()));
    }
    Ok(Arc::new(out.finish()))
}

pub fn list_has(columns: &Columns) -> Result<ArrayRef> {
    let pairs = columns.text(0)?.iter().zip(columns.text(1)?);
    let answers: BooleanArray = pairs
        .map(|(list, item)| {
            let (list, item) = (list?, item?.trim());
            Some(list.split('|').any(|part| {
                let part = part.trim();
                part.eq_ignore_ascii_case(item) || (!part.is_ascii() && part.to_lowercase() == item.to_lowercase())
            }))
        })
        .collect();
    Ok(Arc::new(answers))
}

pub fn name_similarity(columns: &Columns) -> Result<ArrayRef> {
    let run = context::current();
    let pairs = columns.text(0)?.iter().zip(columns.text(1)?);
    let answers: Float64Array = pairs
        .map(|(left, right)| run.as_ref().zip(left.zip(right)).map(|(run, (left, right))| run.names.similarity(left, right)))
        .collect();
    Ok(Arc::new(answers))
}

pub fn text_similarity(columns: &Columns) -> Result<ArrayRef> {
    let pairs = columns.text(0)?.iter().zip(columns.text(1)?);
    let answers: Float64Array = pairs.map(|(left, right)| left.zip(right).map(|(left, right)| jaccard(left, right))).collect();
    Ok(Arc::new(answers))
}

fn jaccard(left: &str, right: &str) -> f64 {
    let (left, right) = (shingles(left), shingles(right));
    let shared = left.intersection(&right).count();
    let all = left.len() + right.len() - shared;
    #[allow(clippy::cast_precision_loss)]
    if all == 0 { 0.0 } else { shared as f64 / all as f64 }
}

/// Runs of five words (all words as one run when there are fewer), lower case, punctuation apart.
fn shingles(text: &str) -> HashSet<String> {
    let mut end = text.len().min(MAX_COMPARED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let lower = text[..end].to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    match words.len() {
        0 => HashSet::new(),
        1..5 => HashSet::from([words.join(" ")]),
        _ => words.windows(5).map(|run| run.join(" ")).collect(),
    }
}

pub fn domain_distance(columns: &Columns) -> Result<ArrayRef> {
    let pairs = columns.text(0)?.iter().zip(columns.text(1)?);
    let answers: Int64Array = pairs.map(|(left, right)| left.zip(right).map(|(left, right)| edits(left, right))).collect();
    Ok(Arc::new(answers))
}

fn edits(left: &str, right: &str) -> i64 {
    let clean = |domain: &str| domain.trim().trim_end_matches('.').to_lowercase().chars().take(MAX_DOMAIN).collect::<Vec<_>>();
    let (left, right) = (clean(left), clean(right));
    let mut row: Vec<i64> = (0..).take(right.len() + 1).collect();
    for (i, a) in (0i64..).zip(&left) {
        let mut corner = i;
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let cost = corner + i64::from(a != b);
            corner = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(corner + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_texts_and_domains_are_near() {
        assert!((jaccard("one two three four five", "One, two; three four FIVE!") - 1.0).abs() < f64::EPSILON);
        assert!(jaccard("", "") < f64::EPSILON);
        assert!(jaccard("a b c d e f", "a b c d e g") < 0.5);
        assert_eq!((edits("example.com", "examp1e.com"), edits("a.org", "A.org."), edits("", "ab")), (1, 0, 2));
    }
}
