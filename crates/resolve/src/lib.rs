//! Who may be whom: names in any script, documents that share text, screening against lists, linking of subjects.
//!
//! Must not know risk, DPRK, bands or HTTP: it says how alike two records are, never what follows from it.

pub mod compare;
pub mod documents;
pub mod index;
pub mod link;
pub mod names;
pub mod normal;
pub mod screen;

pub use names::Names;
