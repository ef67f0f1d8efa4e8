//! Progress on stderr for anything over a second; silent when stderr is not a terminal.
//!
//! Must not know what is being done.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::Duration;

/// A line that shows what is going on, once a second has passed.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// Starts silent; the line shows up when the first second is over.
    #[must_use]
    pub fn start() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if std::io::stderr().is_terminal() {
            let shown = bar.clone();
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_secs(1));
                if !shown.is_finished() {
                    shown.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
                    shown.enable_steady_tick(Duration::from_millis(200));
                }
            });
        }
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Says what is going on now.
    pub fn say(&self, what: impl Into<String>) {
        self.0.set_message(what.into());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
