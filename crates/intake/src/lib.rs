//! Outside files become tables: case folders, rosters, adapters, git history. The only place that knows an outside format.
//!
//! Must not know any comparison, rule or judgement. It keeps each value as printed with its `file:line`, and never
//! normalises, compares, judges, or drops a row silently.

pub mod adapter;
mod cell;
pub mod chain;
mod csv;
mod encoding;
mod fill;
mod folder;
pub mod git;
mod headers;
mod json;
pub mod lists;
mod open;
pub mod options;
mod parquet_file;
mod plan;
pub mod read;
mod record;
mod roster;
mod sink;
mod tally;

pub use adapter::{AdapterInfo, adapters, import_adapter};
pub use git::{GitHistory, GitOptions, import_git};
pub use options::{Progress, ReadLimits, ReadOptions, Source, Wants};
pub use read::{CaseRead, InputFile, Mapping, read_case};
