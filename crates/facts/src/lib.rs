//! The nouns every crate shares: tables (declared once), identifiers, places, troubles, findings, assessments.
//!
//! Must not know: any outside format, any comparison, any rule, any judgement. `facts` imports no other crate of ours.

pub mod assessment;
pub mod cell;
pub mod digest;
pub mod finding;
pub mod hook;
pub mod identifier;
pub mod place;
pub mod policy;
pub mod store;
pub mod table;
pub mod tables;
pub mod text;
pub mod transfer;
pub mod trouble;

pub use assessment::{Assessment, Band, Contribution};
pub use finding::{Basis, Citation, Cleared, Evidence, Finding, Weight};
pub use place::{Files, Place, RowId};
pub use policy::Policy;
pub use store::{TableData, Tables};
pub use table::{Column, Kind, Origin, Table, TableRow};
pub use tables::{TABLES, nearest_table, table};
pub use transfer::RawTransfer;
pub use trouble::{Severity, Trouble};
