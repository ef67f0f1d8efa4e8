//! `--format json`: the whole model, as docs/report.schema.json describes it.
//!
//! Must not write a character that a terminal obeys or a reader cannot see: those are escaped, the value stays the same.

use crate::report::{Format, Look, Report, broken};
use bonafide_facts::Trouble;
use bonafide_facts::text::is_invisible;
use std::fmt::Write as _;

pub(super) const FORMAT: Format = Format { id: "json", file: "report.json", render };

fn render(report: &Report, _look: &Look) -> Result<String, Trouble> {
    let text = serde_json::to_string_pretty(report).map_err(|error| broken("json", &error))?;
    Ok(visible(&text) + "\n")
}

/// The schema of the JSON report, as committed in docs/.
#[must_use]
pub fn schema_text() -> String {
    include_str!("../../../../docs/report.schema.json").to_owned()
}

/// JSON in which every invisible character beyond ASCII (they occur in strings only) is written as `\uXXXX`.
#[must_use]
pub fn visible(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c >= '\u{7f}' && is_invisible(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}
