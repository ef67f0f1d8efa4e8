//! A single roster, as an applicant system exports it, becomes subjects, identifiers and claims; headers are matched through `adapters/roster.yml`.
//!
//! Must not know how a file is read. The patterns are data.

use crate::options::Wants;
use crate::plan::{From, Output, folded, of_table};
use crate::read::Mapping;
use crate::sink::Sink;
use crate::tally::Tally;

/// What is known of rosters for one reading.
pub(crate) struct Roster {
    is_roster: bool,
}

impl Roster {
    pub(crate) fn new(_maps: &[(String, String)], is_roster: bool) -> Self {
        Self { is_roster }
    }

    pub(crate) fn knows(&self, _header: &str) -> bool {
        false
    }

    pub(crate) fn is_needed(&self, _names: &[String]) -> bool {
        let _ = self.is_roster;
        false
    }
}

pub(crate) fn plan(
    _roster: &Roster,
    _sinks: &mut Vec<Sink>,
    _wants: &Wants,
    _names: &[String],
    _fresh: usize,
    _header_line: u64,
    _tally: &mut Tally,
) -> (Vec<Output>, Vec<Mapping>) {
    let _ = (folded(""), From::RowNumber);
    (Vec::new(), Vec::new())
}
