//! From findings and judgements to the report: sorts, names places, makes text printable, says what was left out.
//!
//! Must not compute a score (`assess` did) nor know a format.

use crate::report::model::*;
use crate::report::{clusters, hits, shares, signs, timeline, words};
use bonafide_assess::{Gain, Input, Item, Judgement, Standing, Unseen, bits};
use bonafide_facts::text::printable;
use bonafide_facts::{Band, Citation, Evidence, Files, Finding, Policy, Tables, Trouble};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most characters of a name, a sentence and a place.
const NAME: usize = 120;
const SENTENCE: usize = 1000;
const PLACE: usize = 200;

/// A rule that could not look at a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Unobserved {
    /// Rule id.
    pub rule: String,
    /// Its independence group.
    pub group: String,
    /// What it would weigh, bits.
    pub bits: f64,
    /// What it lacks: tables or `table.column`s.
    pub missing: Vec<String>,
}

/// All that a report is made of.
#[derive(Debug)]
pub struct Parts<'a> {
    /// Version of the engine.
    pub engine: &'a str,
    /// The pack.
    pub pack: PackNote,
    /// The official lists.
    pub lists: Vec<ListNote>,
    /// The pack's policy.
    pub policy: &'a Policy,
    /// The moment judged as of, microseconds since 1970 UTC.
    pub as_of: i64,
    /// What was read.
    pub tables: &'a Tables,
    /// Subject id and judgement; the judgement's indices point into `findings`.
    pub judgements: &'a [(String, Judgement)],
    /// What the rules found.
    pub findings: &'a [Finding],
    /// What they found in evidence that is too old.
    pub expired: &'a [Finding],
    /// What they could not look at, by subject.
    pub not_observed: BTreeMap<String, Vec<Unobserved>>,
    /// What went wrong.
    pub troubles: &'a [Trouble],
    /// The files.
    pub inputs: Vec<InputNote>,
}

/// The findings at `indices` as `assess` may see them.
#[must_use]
pub fn assess_input<'a>(findings: &'a [Finding], indices: &[usize], _policy: &Policy) -> Input<'a> {
    let items = indices.iter().filter_map(|index| findings.get(*index).map(|finding| (*index, finding)));
    let findings = items.map(|(index, finding)| Item {
        index,
        rule: &finding.rule,
        group: &finding.group,
        bits: finding.weight.bits,
        exact_listing: finding.exact_listing,
        cap: finding.cap,
        standing: match finding {
            Finding { shadow: true, .. } => Standing::Shadow,
            Finding { cleared: Some(_), .. } => Standing::Cleared,
            _ => Standing::Stands,
        },
    });
    Input { subject: 0, findings: findings.collect() }
}

/// The report of a judged run.
#[must_use]
pub fn assemble(parts: &Parts<'_>) -> Report {
    let labels = signs::labels(parts.tables);
    let tables_of = tables_of_files(&parts.inputs);
    let silent: BTreeSet<&str> =
        parts.judgements.iter().filter(|(_, judgement)| judgement.contributions.is_empty()).map(|(id, _)| id.as_str()).collect();
    let expired = by_subject(parts.expired);
    let unseen = signs::unseen(parts.tables, silent.into_iter().filter(|id| !expired.contains_key(id)).collect());
    let context = Context { parts, labels, tables_of, expired, unseen };
    let mut subjects: Vec<SubjectReport> = parts.judgements.iter().map(|(id, judgement)| context.subject(id, judgement)).collect();
    subjects.sort_by(|a, b| b.band.cmp(&a.band).then(b.score_bits.total_cmp(&a.score_bits)).then_with(|| a.subject_id.cmp(&b.subject_id)));
    let mut left_out = Vec::new();
    timeline::add(&mut subjects, parts.tables, &mut left_out);
    hits::add(&mut subjects, parts.tables, &mut left_out);
    let shares = shares::find(&subjects, parts.tables, &mut left_out);
    let clusters = clusters::find(&subjects, parts.tables, &mut left_out);
    Report {
        schema: SCHEMA.to_owned(),
        engine: parts.engine.to_owned(),
        pack: parts.pack.clone(),
        lists: parts.lists.clone(),
        as_of: instant(parts.as_of),
        base_rate: BaseRate { one_in: parts.policy.base_rate_one_in, from: printable(&parts.policy.base_rate_from, SENTENCE) },
        counts: counts(&subjects, &parts.inputs),
        subjects,
        shares,
        clusters,
        troubles: parts.troubles.to_vec(),
        inputs: parts.inputs.iter().map(|input| InputNote { path: printable(&input.path, PLACE), ..input.clone() }).collect(),
        left_out,
    }
}

/// Counts the bands.
#[must_use]
pub(super) fn counts(subjects: &[SubjectReport], inputs: &[InputNote]) -> Counts {
    let of = |band: Band| subjects.iter().filter(|subject| subject.band == band).count() as u64;
    Counts {
        subjects: subjects.len() as u64,
        escalate: of(Band::Escalate),
        review: of(Band::Review),
        note: of(Band::Note),
        clear: of(Band::Clear),
        nothing_observed: subjects.iter().filter(|subject| !subject.observed).count() as u64,
        rows_skipped: inputs.iter().map(|input| input.skipped).sum(),
    }
}

/// RFC 3339 in UTC.
fn instant(micros: i64) -> String {
    bonafide_facts::cell::Time { micros, offset_minutes: None }.to_string()
}

fn by_subject(findings: &[Finding]) -> HashMap<&str, Vec<&Finding>> {
    let mut by: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for finding in findings {
        by.entry(finding.subject_id.as_str()).or_default().push(finding);
    }
    by
}

fn tables_of_files(inputs: &[InputNote]) -> HashMap<String, String> {
    inputs.iter().filter_map(|input| Some((input.path.clone(), input.table.clone()?))).collect()
}

/// What every subject's part needs.
struct Context<'a> {
    parts: &'a Parts<'a>,
    labels: HashMap<String, String>,
    tables_of: HashMap<String, String>,
    expired: HashMap<&'a str, Vec<&'a Finding>>,
    unseen: BTreeSet<String>,
}

impl Context<'_> {
    fn subject(&self, id: &str, judgement: &Judgement) -> SubjectReport {
        let mut findings = Vec::with_capacity(judgement.contributions.len());
        for counted in &judgement.contributions {
            if let Some(finding) = self.parts.findings.get(counted.index) {
                let mark = match finding {
                    Finding { shadow: true, .. } => Mark::Shadow,
                    Finding { cleared: Some(_), .. } => Mark::Cleared,
                    _ => Mark::Stands,
                };
                findings.push(self.finding(finding, mark, bits(counted.counted_millibits), counted.reason.clone()));
            }
        }
        for finding in self.expired.get(id).into_iter().flatten() {
            let reason = "expired: its evidence is older than the rule allows".to_owned();
            findings.push(self.finding(finding, Mark::Expired, 0.0, Some(reason)));
        }
        findings.sort_by_key(|finding| (finding.mark as u8).min(1)); // stable: what stands first
        let observed = !self.unseen.contains(id);
        let (next_steps, more_steps) = self.next_steps(judgement);
        let (not_observed, most_telling) = self.not_observed(id, judgement);
        SubjectReport {
            subject_id: id.to_owned(),
            label: self.labels.get(id).cloned().unwrap_or_default(),
            band: judgement.band,
            score_bits: judgement.score_bits,
            chance_at_base_rate: judgement.chance_at_base_rate,
            means: words::means(judgement.score_bits, judgement.chance_at_base_rate, self.parts.policy.base_rate_one_in),
            band_reasons: if observed { judgement.band_reasons.clone() } else { vec!["nothing observed".to_owned()] },
            observed,
            findings,
            not_observed,
            most_telling,
            next_steps,
            more_steps,
            list_hits: Vec::new(),
            timeline: None,
        }
    }

    fn finding(&self, finding: &Finding, mark: Mark, counted_bits: f64, reason: Option<String>) -> FindingReport {
        let text = |all: &[String]| all.iter().map(|text| printable(text, SENTENCE)).collect();
        FindingReport {
            finding_id: finding.finding_id.clone(),
            rule: printable(&finding.rule, NAME),
            group: printable(&finding.group, NAME),
            weight_bits: (finding.weight.bits * 1000.0).round() / 1000.0,
            counted_bits,
            low_bits: finding.weight.low,
            high_bits: finding.weight.high,
            basis: finding.weight.basis,
            basis_from: printable(&finding.weight.from, SENTENCE),
            says: printable(&finding.says, SENTENCE),
            reason,
            evidence: self.places(&finding.evidence, &self.parts.tables.files),
            evidence_total: finding.evidence.total.max(finding.evidence.rows.len() as u64),
            first_at: finding.first_at.map(instant),
            last_at: finding.last_at.map(instant),
            cites: finding.cites.iter().map(citation).collect(),
            innocent: text(&finding.innocent),
            clear: text(&finding.clear),
            mark,
            cleared: finding.cleared.as_ref().map(cleared),
            cap: finding.cap,
            exact_listing: finding.exact_listing,
        }
    }

    fn places(&self, evidence: &Evidence, files: &Files) -> Vec<EvidencePlace> {
        let found = evidence.rows.iter().filter_map(|row| files.place(*row));
        found
            .map(|place| EvidencePlace { table: self.tables_of.get(&place.file).cloned(), place: printable(&place.to_string(), PLACE) })
            .collect()
    }

    /// The first step of each finding worth asking about, then the second of each, and so on; each text once.
    fn next_steps(&self, judgement: &Judgement) -> (Vec<NextStep>, usize) {
        let asked: Vec<_> = judgement.next.iter().filter_map(|step| Some((step, self.parts.findings.get(step.index)?))).collect();
        let rounds = asked.iter().map(|(_, finding)| finding.clear.len()).max().unwrap_or(0);
        let (mut steps, mut known) = (Vec::new(), BTreeSet::new());
        for round in 0..rounds {
            for (step, finding) in &asked {
                let Some(text) = finding.clear.get(round).filter(|text| known.insert(text.as_str())) else { continue };
                steps.push(NextStep {
                    step: printable(text, SENTENCE),
                    rule: printable(&finding.rule, NAME),
                    band_if_cleared: step.band_if_cleared,
                    score_if_cleared_bits: bits(step.score_if_cleared_millibits),
                });
            }
        }
        let more = steps.len().saturating_sub(self.parts.policy.next_steps);
        steps.truncate(self.parts.policy.next_steps);
        (steps, more)
    }

    fn not_observed(&self, id: &str, judgement: &Judgement) -> (Vec<NotObserved>, Option<Telling>) {
        let Some(unobserved) = self.parts.not_observed.get(id) else { return (Vec::new(), None) };
        let mut by_missing: BTreeMap<&[String], Vec<String>> = BTreeMap::new();
        let names: BTreeSet<&str> = unobserved.iter().flat_map(|rule| &rule.missing).map(String::as_str).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let mut unseen = Vec::with_capacity(unobserved.len());
        for rule in unobserved {
            by_missing.entry(&rule.missing).or_default().push(printable(&rule.rule, NAME));
            let sources = rule.missing.iter().filter_map(|name| names.binary_search(&name.as_str()).ok()).collect();
            unseen.push(Unseen { group: &rule.group, bits: rule.bits, sources });
        }
        let indices: Vec<usize> = judgement.contributions.iter().map(|counted| counted.index).collect();
        let input = assess_input(self.parts.findings, &indices, self.parts.policy);
        let gains = bonafide_assess::gains(self.parts.policy, &input, &unseen).unwrap_or_default();
        let told = |gain: &Gain| Telling { table: names[gain.source].to_owned(), bits: bits(gain.millibits), rules: gain.rules };
        let most_telling = gains.first().filter(|gain| gain.millibits > 0).map(told);
        let not_observed = by_missing.into_iter().map(|(missing, mut rules)| {
            rules.sort();
            NotObserved { missing: missing.to_vec(), rules }
        });
        (not_observed.collect(), most_telling)
    }
}

fn citation(cite: &Citation) -> Citation {
    let text = |text: &str| printable(text, SENTENCE);
    Citation {
        title: text(&cite.title),
        by: text(&cite.by),
        date: text(&cite.date),
        at: cite.at.as_deref().map(text),
        url: cite.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://")).map(text),
    }
}

fn cleared(cleared: &bonafide_facts::Cleared) -> String {
    let until = cleared.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
    printable(&format!("found innocent by {}: {} ({}{until})", cleared.by, cleared.reason, cleared.place), SENTENCE)
}
