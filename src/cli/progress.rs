//! The progress bar: simulated time over all scenarios and replications.

use super::interrupt::Interrupt;
use super::kept::Kept;
use super::output::Output;
use crate::experiment::{Finished, Progress, Task};
use crate::time::SECOND;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A bar on standard error, if somebody watches, and what is kept of a run, if anything is.
pub(super) struct RunBar<'a> {
    bar: ProgressBar,
    contacts: AtomicU64,
    /// Plans that a search has simulated, and what the last one kept.
    plans: Mutex<(u64, String)>,
    kept: Option<&'a Kept>,
    /// The number of the first job among all that are kept.
    first: usize,
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
            plans: Mutex::default(),
            kept,
            first: 0,
            interrupt,
        }
    }

    /// For a search in a scenario, of which nobody knows how long it takes, and which keeps what it finds under a number.
    pub(super) fn searching(
        scenario: &str,
        kept: Option<(&'a Kept, usize)>,
        interrupt: &'a Interrupt,
        output: &Output,
    ) -> Self {
        let (kept, first) = kept.unzip();
        let bar = Self {
            first: first.unwrap_or(0),
            ..Self::new(0, kept, interrupt, output)
        };
        let template = "staffing {prefix}  {msg}{elapsed}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.bar.set_style(style);
        }
        bar.bar.set_prefix(scenario.to_owned());
        bar
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
            let plans = self.plans.lock().map(|plans| plans.1.clone());
            let said = match plans.unwrap_or_default() {
                none if none.is_empty() => format!("{} contacts, ", crate::report::count(all)),
                plans => plans,
            };
            self.bar.set_message(said);
        }
    }

    fn judged(&self, kept: usize, promises: usize, left: Option<usize>) {
        if let Ok(mut plans) = self.plans.lock() {
            let count = plans.0 + 1;
            let each = self.bar.elapsed().as_secs_f64() / count as f64;
            let left = left.map_or_else(String::new, |left| {
                format!(" step ends within {:.0} s,", (each * left as f64).ceil())
            });
            let said = format!("plan {count} keeps {kept} of {promises} promises,{left} ");
            *plans = (count, said);
        }
    }

    fn simulated(&self, _job: usize, micros: u64) {
        self.bar.inc(micros / SECOND);
    }

    fn kept(&self, job: usize, task: Task) -> Option<Finished> {
        self.kept?.take(self.first + job, task)
    }

    fn keep(&self, job: usize, finished: &Finished) {
        if let Some(kept) = self.kept {
            kept.keep(self.first + job, finished);
        }
    }
}
