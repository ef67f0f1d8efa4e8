//! `bonafide form NAME`: a questionnaire to fill in (CSV and Markdown), the same questions for everybody in a role.
//!
//! Answers become rows of `observations`; the questions are data of the pack.

use crate::knowledge::{self, Form};
use bonafide_facts::Trouble;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `form` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which form; the list of forms when left out
    name: Option<String>,
    /// Subjects to prepare rows for
    #[arg(long = "subject")]
    subjects: Vec<String>,
    /// Folder to write `<form>.csv` and `<form>.md` into; standard output shows the Markdown when left out
    #[arg(long)]
    out: Option<PathBuf>,
    /// A pack folder instead of the bundled one
    #[arg(long)]
    pack: Option<PathBuf>,
}

/// Writes the form.
///
/// # Errors
/// When there is no such form or the folder cannot be written.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let forms = knowledge::forms(args.pack.as_deref())?;
    let Some(name) = &args.name else {
        let list = forms.iter().fold(String::new(), |mut text, form| {
            let _ = writeln!(text, "{:<14} {} ({} questions; {})", form.id, form.title, form.questions.len(), form.stages.join(", "));
            text
        });
        super::print(&list)?;
        return Ok(ExitCode::SUCCESS);
    };
    let form = forms.iter().find(|form| form.id == *name).ok_or_else(|| {
        let known: Vec<&str> = forms.iter().map(|form| form.id.as_str()).collect();
        Trouble::error("unknown-form", None, format!("there is no form `{}`", bonafide_facts::text::printable(name, 60)), format!("choose one of {}", known.join(", ")))
    })?;
    match &args.out {
        None => super::print(&markdown(form))?,
        Some(folder) => {
            super::make_folder(folder)?;
            super::write_file(&folder.join(format!("{name}.md")), markdown(form).as_bytes())?;
            super::write_file(&folder.join(format!("{name}.csv")), sheet(form, &args.subjects)?.as_bytes())?;
            super::print(&format!("Wrote {name}.md and {name}.csv; keep the answered rows (seen = yes) as observations.csv in the case folder\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn markdown(form: &Form) -> String {
    let mut text = format!("# {}\n\nFor: {}. Ask everybody in the role the same questions, in the same words. Write down what happened, not what you think of it.\nNo question touches origin, language, accent, looks or opinions, and no answer decides alone.\n\nSubject: ____________  Date: ____________  Asked by: ____________\n", form.title, form.stages.join(", "));
    for (number, question) in form.questions.iter().enumerate() {
        let _ = write!(text, "\n{}. {}\n   - [ ] seen → `{}`\n   - Why it is asked: {}\n   - How: {}\n   - Note: \n", number + 1, question.ask, question.code, question.why, question.how);
    }
    text
}

/// A sheet in the form of the observations table: one row a subject and question; only rows with `seen` = yes count.
fn sheet(form: &Form, subjects: &[String]) -> Result<String, Trouble> {
    let broken = |error: csv::Error| Trouble::error("csv", None, format!("cannot write CSV: {error}"), "this is a defect of Bonafide: please report it");
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["subject_id", "code", "seen", "at", "by", "note", "question"]).map_err(broken)?;
    let blank = [String::new()];
    for subject in if subjects.is_empty() { &blank[..] } else { subjects } {
        for question in &form.questions {
            writer.write_record([crate::report::formula_safe(subject).as_ref(), &question.code, "", "", "", "", &question.ask]).map_err(broken)?;
        }
    }
    Ok(String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned())
}
