//! Screening within `check`: the subjects of a case folder against the lists, and what the user's allowlist keeps quiet.
//!
//! Must not know how names are compared. A quiet hit leaves `list_hits`, so that no rule counts it, and stays in `quiet_hits`, so that the report shows it.

use crate::allow::{Allowlist, State};
use crate::lists::{Otherwise, load};
use bonafide_facts::tables::derived::{ListHit, QuietHit};
use bonafide_facts::text::printable;
use bonafide_facts::{Tables, Trouble};
use bonafide_resolve::index::{Index, entry::from_tables};
use bonafide_resolve::screen::{Options, subjects};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What to screen with.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Lists; none for the starter list.
    pub lists: &'a [PathBuf],
    /// The user's decisions.
    pub allow: Option<&'a Path>,
    /// Day of judgement, `YYYY-MM-DD`.
    pub day: &'a str,
    /// Whether the user told that day.
    pub told: bool,
}

/// What screening gave.
#[derive(Debug, Default)]
pub struct Screened {
    /// Hits that stand.
    pub hits: Vec<ListHit>,
    /// Hits that a decision keeps quiet.
    pub quiet: Vec<QuietHit>,
    /// The lists' wallets, for tracing.
    pub wallets: Tables,
    /// What went wrong, and which decisions no longer hold.
    pub troubles: Vec<Trouble>,
    /// Digest of each list by its id.
    pub digests: BTreeMap<String, String>,
    /// Decisions read.
    pub decisions: usize,
}

/// Screens.
///
/// # Errors
/// When a list or the allowlist cannot be read.
pub fn screen(tables: &Tables, ask: &Ask) -> Result<Screened, Trouble> {
    let mut lists = load(ask.lists, Otherwise::Starter)?;
    lists.entries.extend(from_tables(tables));
    lists.on(ask.day, ask.told);
    let allowed = ask.allow.map(Allowlist::read).transpose()?.unwrap_or_default();
    let index = Index::build(lists.entries);
    let (wallets, digests) = (lists.wallets, lists.digests);
    let mut screened = Screened { wallets, digests, troubles: lists.troubles, decisions: allowed.len(), ..Screened::default() };
    let mut met = BTreeSet::new();
    for mut hit in subjects::list_hits(tables, &index, &screened.digests, &Options::default()) {
        let (subject, entry) = (hit.subject_id.clone().unwrap_or_default(), hit.entry_id.clone().unwrap_or_default());
        match allowed.state(&subject, &entry, hit.mark.as_deref().unwrap_or(""), ask.day) {
            State::New => screened.hits.push(hit),
            State::Quiet(decision) => screened.quiet.push(quiet(hit, decision.sentence())),
            State::Again(decision, changed) => {
                let what = format!("the hit of `{}` on `{}` is awake again: {changed}", printable(&subject, 60), printable(&entry, 60));
                let mend = "look again; then write a line with the new mark, or remove this one";
                screened.troubles.push(Trouble::note("allow-again", Some(decision.place.clone()), what, mend));
                hit.again = Some(format!("{}; {changed}", decision.sentence()));
                screened.hits.push(hit);
            }
        }
        met.insert((subject, entry));
    }
    for decision in allowed.unused(&met) {
        let what = "this decision belongs to no hit of this run";
        screened.troubles.push(Trouble::note(
            "allow-unused",
            Some(decision.place.clone()),
            what,
            "remove it, or correct subject_id and entry_id",
        ));
    }
    Ok(screened)
}

fn quiet(hit: ListHit, said: String) -> QuietHit {
    QuietHit {
        row_id: hit.row_id,
        subject_id: hit.subject_id,
        entry_id: hit.entry_id,
        list: hit.list,
        score: hit.score,
        matched_kind: hit.matched_kind,
        matched_name: hit.matched_name,
        matched_value: hit.matched_value,
        mark: hit.mark,
        said: Some(said),
        evidence: hit.evidence,
    }
}
