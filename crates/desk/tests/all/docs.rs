//! Generated documentation must not be stale, and the advisory must be covered.

use crate::{bonafide, err, out};

#[test]
fn generated_docs_are_not_stale() {
    let output = bonafide(&["docs", "--check"]);
    assert!(output.status.success(), "run `cargo run --release -- docs` and commit the result\n{}{}", out(&output), err(&output));
}

#[test]
fn every_row_of_the_advisory_is_covered() {
    let output = bonafide(&["advisory"]);
    let text = out(&output);
    assert!(output.status.success(), "{text}");
    for id in ["P1", "P9", "C1", "C15", "O1", "O11"] {
        assert!(text.lines().any(|line| line.starts_with(&format!("{id} "))), "{id} is missing");
    }
}

#[test]
fn every_rule_proves_itself() {
    let output = bonafide(&["rules", "prove"]);
    assert!(output.status.success(), "{}{}", out(&output), err(&output));
}

#[test]
fn the_pack_has_at_least_sixty_rules_each_with_its_source() {
    let output = bonafide(&["rules", "list"]);
    let text = out(&output);
    let rules = text.lines().last().and_then(|line| line.split(' ').next()).and_then(|count| count.parse::<usize>().ok());
    assert!(rules.is_some_and(|rules| rules >= 60), "{text}");
}
