//! The ignore file: findings somebody has looked into, with reason, who and until when. Expired entries wake up.
//!
//! Columns: subject_id, rule (empty = every rule of that subject), reason, who, until (`YYYY-MM-DD`, empty = for good).
//! Must not know how a finding is weighed: it only marks it as cleared.

use bonafide_facts::{Cleared, Finding, Place, Trouble};
use std::path::Path;

/// Name of the file in a case folder.
pub const FILE_NAME: &str = "bonafide.ignore.csv";

#[derive(Debug, serde::Deserialize)]
struct Row {
    subject_id: String,
    #[serde(default)]
    rule: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    until: String,
}

/// Marks the findings that the file names as cleared; an entry whose `until` lies before `today` (`YYYY-MM-DD`) wakes up
/// and is a trouble, as is one without reason or who.
///
/// # Errors
/// When the file cannot be read at all.
pub fn apply(path: &Path, findings: &mut [Finding], today: &str) -> Result<Vec<Trouble>, Trouble> {
    let mut troubles = Vec::new();
    let shown = path.display().to_string();
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_path(path).map_err(|error| {
        Trouble::error(
            "ignore-file",
            Some(Place::file(&shown)),
            format!("cannot read it: {error}"),
            "check that the path is right and may be read",
        )
    })?;
    let headers = reader.headers().cloned().unwrap_or_default();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line().max(2);
        let row: Row = match reader.read_record(&mut record).map(|more| more.then(|| record.deserialize(Some(&headers)))) {
            Ok(None) => break,
            Ok(Some(Ok(row))) => row,
            Ok(Some(Err(error))) | Err(error) => {
                let what = bonafide_facts::text::printable(&error.to_string(), 200);
                troubles.push(Trouble::warning(
                    "ignore-row",
                    Some(Place::line(&shown, line)),
                    what,
                    "give subject_id, rule, reason, who, until",
                ));
                continue;
            }
        };
        if let Some(trouble) = weigh_entry(&row, findings, today, &shown, line) {
            troubles.push(trouble);
        }
    }
    Ok(troubles)
}

fn weigh_entry(row: &Row, findings: &mut [Finding], today: &str, shown: &str, line: u64) -> Option<Trouble> {
    let place = Place::line(shown, line);
    if row.reason.is_empty() || row.who.is_empty() {
        return Some(Trouble::warning(
            "ignore-row",
            Some(place),
            "an entry needs a reason and who decided; it is not applied",
            "fill the columns reason and who",
        ));
    }
    let until = (!row.until.is_empty()).then(|| row.until.clone());
    if let Some(day) = &until {
        if chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_err() {
            let what = format!("until `{}` is not a day; the entry is not applied", bonafide_facts::text::printable(day, 40));
            return Some(Trouble::warning("ignore-row", Some(place), what, "write it as YYYY-MM-DD"));
        }
        if day.as_str() < today {
            return Some(Trouble::note(
                "ignore-expired",
                Some(place),
                format!("this entry ended on {day}; its findings count again"),
                "look again, then renew or remove it",
            ));
        }
    }
    let mut used = false;
    for finding in
        findings.iter_mut().filter(|finding| finding.subject_id == row.subject_id && (row.rule.is_empty() || finding.rule == row.rule))
    {
        used = true;
        finding.cleared.get_or_insert_with(|| Cleared {
            by: row.who.clone(),
            reason: row.reason.clone(),
            place: format!("{shown}:{line}"),
            until: until.clone(),
        });
    }
    (!used)
        .then(|| Trouble::note("ignore-unused", Some(place), "this entry matches no finding", "remove it, or correct subject_id and rule"))
}
