//! docs/evidence.md and evidence.csv: every rule with its weight, what was counted, and whom it hits by mistake.
//!
//! Must not count anything.

use super::Counted;
use bonafide_facts::{Basis, Place, Trouble};
use bonafide_rules::Pack;
use std::collections::HashMap;
use std::fmt::Write as _;

const HEADER: [&str; 12] = [
    "rule",
    "hidden_fired",
    "hidden",
    "honest_fired",
    "honest",
    "plain_bits",
    "matched_bits",
    "matched_low",
    "matched_high",
    "honest_families",
    "counted_in",
    "measured",
];

const INTRODUCTION: &str = "# Evidence: what each rule weighs, and what was counted

Made by `bonafide docs` from the pack and its `evidence.csv` (made by `bonafide calibrate`); do not edit.

Simulated worlds tell what a mechanism does, not how common it is in life: weights stay the experts' until decided cases say more.
`matched` compares subjects of the same activity volume. `measured` is what the counts say of the weight together with all other rules,
the expert's interval loosened: the pack does not go there by itself (`weights_beyond_caps.diff` of `calibrate` would). A rule that weighs
its findings in steps has one number for each, after the step's own weight. Fired: of those of whom the rule could look. A rule that never fired was not
tried by any simulated story: its weight rests on its source alone.
";

/// The counts as the pack keeps them (evidence.csv).
///
/// # Errors
/// Only when CSV cannot be written to memory: a broken invariant.
pub fn csv(counted: &[Counted], counted_in: &str) -> Result<String, Trouble> {
    let broken = |error: String| Trouble::error("csv", None, error, "this is a defect of Bonafide: please report it");
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER).map_err(|error| broken(error.to_string()))?;
    for rule in counted {
        let common = rule.honest_families.iter().filter(|(_, share)| share.share >= 0.005);
        let families: Vec<String> = common.map(|(family, share)| format!("{family} {:.1}%", share.share * 100.0)).collect();
        let record = [
            rule.rule.clone(),
            rule.hidden.hits.to_string(),
            rule.hidden.of.to_string(),
            rule.honest.hits.to_string(),
            rule.honest.of.to_string(),
            format!("{:.1}", rule.plain.bits),
            format!("{:.1}", rule.matched.bits),
            format!("{:.1}", rule.matched.low),
            format!("{:.1}", rule.matched.high),
            families.join("; "),
            counted_in.to_owned(),
            measured(rule),
        ];
        writer.write_record(record).map_err(|error| broken(error.to_string()))?;
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(|error| broken(error.to_string()))
}

/// What counts say of each step together with all other rules, the experts' intervals loosened.
fn measured(rule: &Counted) -> String {
    let step = |step: &super::Step| {
        let stated = if rule.tiered { format!("{:.1}: ", step.stated) } else { String::new() };
        format!("{stated}{:.1} ({:.1} to {:.1})", step.loosened.bits, step.loosened.low, step.loosened.high)
    };
    rule.steps.iter().map(step).collect::<Vec<_>>().join("; ")
}

/// docs/evidence.md, from the pack and its evidence.csv; a rule without a row was not counted, and the page says so.
///
/// # Errors
/// When evidence.csv is torn.
pub fn evidence(pack: &Pack, counts: &str) -> Result<String, Trouble> {
    let torn = |error: csv::Error| {
        Trouble::error("csv", Some(Place::file("evidence.csv")), error.to_string(), "make it again with `bonafide calibrate`")
    };
    let mut rows: HashMap<String, csv::StringRecord> = HashMap::new();
    let mut counted_in = "nothing yet".to_owned();
    for record in csv::Reader::from_reader(counts.as_bytes()).records() {
        let record = record.map_err(torn)?;
        counted_in = record.get(10).unwrap_or_default().to_owned();
        rows.insert(record.get(0).unwrap_or_default().to_owned(), record);
    }
    let mut text = format!(
        "{INTRODUCTION}\nCounted in: {counted_in}.\n\n| rule | weight, bits | basis | fired: hidden | fired: honest | counted, bits | matched, bits | measured, bits | honest families it fires on | source |\n|---|---|---|---|---|---|---|---|---|---|\n"
    );
    for rule in &pack.rules {
        let row = rows.get(&rule.id);
        let cell = |index: usize| row.and_then(|row| row.get(index)).unwrap_or("-").replace('|', "/");
        let basis = if rule.weight.basis == Basis::Expert { "expert" } else { "measured" };
        let source = rule.cites.first().map(|cite| format!("{}, {}", cite.by, cite.date)).unwrap_or_default().replace('|', "/");
        let (counted, matched) = match row {
            None => ("not counted yet".to_owned(), "-".to_owned()),
            Some(_) if cell(1) == "0" && cell(3) == "0" => ("never fired".to_owned(), "-".to_owned()),
            Some(_) => (cell(5), format!("{} ({} to {})", cell(6), cell(7), cell(8))),
        };
        let weight = &rule.weight;
        let _ = writeln!(
            text,
            "| {} | {} ({} to {}) | {basis} | {}/{} | {}/{} | {counted} | {matched} | {} | {} | {source} |",
            rule.id,
            weight.bits,
            weight.low,
            weight.high,
            cell(1),
            cell(2),
            cell(3),
            cell(4),
            if cell(11).is_empty() { "-".to_owned() } else { cell(11) },
            cell(9)
        );
    }
    Ok(text)
}
