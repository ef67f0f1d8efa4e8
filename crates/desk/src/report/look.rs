//! How a text report may look: how wide, and whether colour is allowed.
//!
//! Must not change what a report says.

use bonafide_facts::Band;

/// Where a text report is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns a line may take, 40 to 200.
    pub width: usize,
    /// Whether it is a terminal that wants colour.
    pub colour: bool,
}

impl Look {
    /// For a file or a pipe: 100 columns, no colour.
    #[must_use]
    pub fn of_file() -> Self {
        Self { width: 100, colour: false }
    }

    /// For standard output: its own width and colour when it is a terminal (and `NO_COLOR` is not set), else as for a file.
    #[must_use]
    pub fn of_terminal(terminal: bool) -> Self {
        if !terminal {
            return Self::of_file();
        }
        let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
        Self { width: width.clamp(40, 200), colour: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) }
    }

    /// A band's word, coloured when colour is allowed; the word alone carries the meaning.
    #[must_use]
    pub fn band(&self, band: Band, text: &str) -> String {
        let code = match band {
            Band::Clear => "2",
            Band::Note => "34",
            Band::Review => "33;1",
            Band::Escalate => "31;1",
        };
        self.painted(code, text)
    }

    /// Quiet text.
    #[must_use]
    pub fn quiet(&self, text: &str) -> String {
        self.painted("2", text)
    }

    /// A heading.
    #[must_use]
    pub fn strong(&self, text: &str) -> String {
        self.painted("1", text)
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
