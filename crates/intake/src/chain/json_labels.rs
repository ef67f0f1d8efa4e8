//! Labels in JSON: a list of addresses, a list of objects with an address, or one object with the addresses as keys (as copies of
//! OFAC's list have it: `{"metadata": {…}, "addresses": {"…": {"type": "Digital Currency Address - XBT", "entries": [{"entity": …}]}}}`).
//!
//! Must not know what a label means; what the file does not say, the caller must.

use super::labels::Found;
use serde_json::Value;

/// What OFAC calls a wallet; the coin's ticker follows.
const WALLET: &str = "Digital Currency Address - ";

/// The labels, with an empty category where the file does not say one; `None` when it is no such file.
pub(super) fn read(text: &str, file: &str) -> Option<Vec<Found>> {
    let document: Value = serde_json::from_str(text).ok()?;
    let source = document["metadata"]["source"].as_str().unwrap_or(file).to_owned();
    let mut lines = Lines { text, at: 0, line: 1 };
    let one = |address: &str, about: &Value, line: u64| {
        let first = about["entries"].get(0).unwrap_or(about);
        let text =
            |names: &[&str]| names.iter().find_map(|name| first[*name].as_str().or_else(|| about[*name].as_str())).map(str::to_owned);
        let ticker = text(&["type"]).and_then(|kind| kind.strip_prefix(WALLET).map(str::to_owned));
        let listed = ticker.is_some();
        Found {
            line,
            address: address.to_owned(),
            chain: text(&["chain", "currency"]).or(ticker).unwrap_or_default(),
            category: text(&["category"]).unwrap_or_else(|| if listed { "listed_other".to_owned() } else { String::new() }),
            name: text(&["entity", "name", "label"]).unwrap_or_else(|| format!("address in {file}")),
            source: text(&["source"]).unwrap_or_else(|| source.clone()),
            said_at: None,
            lead_only: false,
        }
    };
    let found: Vec<Found> = match &document {
        Value::Array(items) => items
            .iter()
            .filter_map(|item| Some((item.as_str().or_else(|| item["address"].as_str())?, item)))
            .map(|(address, item)| one(address, item, lines.of(address)))
            .collect(),
        Value::Object(_) => {
            let addresses = document["addresses"].as_object()?;
            addresses.iter().map(|(address, about)| one(address, about, lines.of(address))).collect()
        }
        _ => return None,
    };
    (!found.is_empty()).then_some(found)
}

/// Lines of texts that follow one another; one that comes before is looked for from the start.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, wanted: &str) -> u64 {
        let mut found = self.text[self.at..].find(wanted);
        if found.is_none() {
            (self.at, self.line) = (0, 1);
            found = self.text.find(wanted);
        }
        if let Some(found) = found {
            self.line += self.text[self.at..self.at + found].bytes().filter(|byte| *byte == b'\n').count() as u64;
            self.at += found;
        }
        self.line
    }
}
