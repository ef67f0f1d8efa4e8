//! resolve

pub mod documents;
