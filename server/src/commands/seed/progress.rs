//! How far the work is: a bar on a terminal, a line at every tenth elsewhere, nothing in tests.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::super::say;

/// What shows the progress.
pub struct Progress {
    shown: Shown,
    total: u64,
    done: u64,
}

enum Shown {
    Bar(ProgressBar),
    Lines(&'static str),
    Nothing,
}

impl Progress {
    /// A bar if somebody watches, else plain lines.
    pub(super) fn new(label: &'static str, total: u64) -> Self {
        let shown = if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(total).with_message(label);
            if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta}") {
                bar.set_style(style);
            }
            Shown::Bar(bar)
        } else {
            Shown::Lines(label)
        };
        Self { shown, total, done: 0 }
    }

    /// Shows nothing.
    pub fn silent() -> Self {
        Self { shown: Shown::Nothing, total: 0, done: 0 }
    }

    /// So much of the total is done.
    pub(super) fn at(&mut self, done: u64) {
        match &self.shown {
            Shown::Bar(bar) => bar.set_position(done),
            Shown::Lines(label) => {
                let tenth = |done: u64| done.saturating_mul(10) / self.total.max(1);
                if tenth(done) > tenth(self.done) {
                    say(&format!("{label}: {} %", tenth(done).min(10) * 10));
                }
            }
            Shown::Nothing => {}
        }
        self.done = done;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}
