//! Rule packs: loaded, refused when they cannot prove themselves, run over tables with DataFusion into findings.
//!
//! The only crate that sees DataFusion. Must not know: outside formats, how findings are weighed, any threshold or country.

pub mod bench;
pub mod context;
mod engine;
mod evidence;
mod findings;
pub mod functions;
mod guard;
mod ip;
pub mod laws;
mod lay;
mod lint;
mod observed;
mod pack;
mod parts;
mod plan;
mod prove;
mod refuse;
mod rule;
mod source;
pub mod stream;
mod template;
mod texts;
mod world;
mod yaml;

pub use engine::{Engine, Opened, Outcome, RuleStats};
pub use guard::Limits;
pub use ip::IpIndex;
pub use lint::lint;
pub use observed::NotObserved;
pub use pack::Pack;
pub use prove::{Proof, prove};
pub use refuse::RefusedRow;
pub use rule::{Case, Rule};
pub use template::ParamValue;
pub use texts::cell_texts;

/// A YAML file as JSON, read with the pack's own reader; only for tests that keep their cases in YAML.
#[doc(hidden)]
#[must_use]
pub fn yaml_for_tests(text: &str) -> serde_json::Value {
    yaml::read(text).map(|node| node.json()).unwrap_or_default()
}
