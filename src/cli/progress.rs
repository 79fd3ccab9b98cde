//! The progress bar: simulated time over all scenarios and replications.

use super::interrupt::Interrupt;
use super::kept::Kept;
use super::output::Output;
use crate::experiment::{Finished, Progress};
use crate::time::SECOND;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A bar on standard error, if somebody watches, and what is kept of a run, if anything is.
pub(super) struct RunBar<'a> {
    bar: ProgressBar,
    contacts: AtomicU64,
    kept: Option<&'a Kept>,
    interrupt: &'a Interrupt,
}

impl<'a> RunBar<'a> {
    /// A bar for so many seconds of simulated time.
    pub(super) fn new(
        seconds: u64,
        kept: Option<&'a Kept>,
        interrupt: &'a Interrupt,
        output: &Output,
    ) -> Self {
        let bar = if output.watched() {
            let bar = ProgressBar::new(seconds.max(1));
            let template = "simulating {bar:40} {percent:>3} %  {msg}{eta} left";
            let style = ProgressStyle::with_template(template)
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.set_style(style.progress_chars("━╸─"));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        } else {
            ProgressBar::hidden()
        };
        Self {
            bar,
            contacts: AtomicU64::new(0),
            kept,
            interrupt,
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for RunBar<'_> {
    fn is_stopped(&self) -> bool {
        self.interrupt.was_heard()
    }

    fn replication_done(&self, _job: usize, contacts: u64) {
        let all = self.contacts.fetch_add(contacts, Ordering::Relaxed) + contacts;
        if !self.bar.is_hidden() {
            self.bar
                .set_message(format!("{} contacts, ", crate::report::count(all)));
        }
    }

    fn simulated(&self, _job: usize, micros: u64) {
        self.bar.inc(micros / SECOND);
    }

    fn kept(&self, job: usize, replication: u32) -> Option<Finished> {
        self.kept?.take(job, replication)
    }

    fn keep(&self, job: usize, finished: &Finished) {
        if let Some(kept) = self.kept {
            kept.keep(job, finished);
        }
    }
}

/// What is told of a search, of which nobody knows how long it takes.
pub(super) struct Searching<'a> {
    bar: ProgressBar,
    contacts: AtomicU64,
    interrupt: &'a Interrupt,
}

impl<'a> Searching<'a> {
    /// A spinner for the search in a scenario, if somebody watches.
    pub(super) fn new(scenario: &str, interrupt: &'a Interrupt, output: &Output) -> Self {
        let bar = match output.watched() {
            true => ProgressBar::new_spinner(),
            false => ProgressBar::hidden(),
        };
        bar.set_prefix(scenario.to_owned());
        if let Ok(style) =
            ProgressStyle::with_template("staffing {prefix} {spinner} {elapsed}  {msg}")
        {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self {
            bar,
            contacts: AtomicU64::new(0),
            interrupt,
        }
    }

    /// Takes it away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Searching<'_> {
    fn is_stopped(&self) -> bool {
        self.interrupt.was_heard()
    }

    fn replication_done(&self, _job: usize, contacts: u64) {
        let all = self.contacts.fetch_add(contacts, Ordering::Relaxed) + contacts;
        if !self.bar.is_hidden() {
            self.bar
                .set_message(format!("{} contacts", crate::report::count(all)));
        }
    }
}
