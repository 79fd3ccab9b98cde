//! What a run or a search has finished is kept until its files are written: one that was ended goes on from there.

use super::failure::Failure;
use super::interrupt::locked;
use super::output::Output;
use crate::experiment::{Finished, Task};
use crate::results::{Head, Journal, JournalError, RunHead};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What is finished sooner is not worth a file.
const SOON: Duration = Duration::from_secs(1);
/// A search keeps so many bytes for each second that it has taken: it simulates thousands of plans, most of them quickly.
const PER_SECOND: f64 = 1e6;

/// The journals of a run or of searches, one for each scenario.
pub(super) struct Kept {
    begun: Instant,
    folder: PathBuf,
    name: &'static str,
    scenarios: Vec<KeptScenario>,
    resumed: AtomicUsize,
    added: AtomicUsize,
    /// Bytes that may be kept for each second.
    rate: f64,
    /// Whether a journal could not be written: then no more is kept.
    failed: AtomicBool,
}

struct KeptScenario {
    path: PathBuf,
    head: RunHead,
    /// Made when there is something to keep.
    journal: Mutex<Option<Journal>>,
    /// What was finished earlier.
    finished: Mutex<HashMap<Task, Finished>>,
}

/// `journal-1` and so on, in the order of the command line.
fn place(folder: &Path, name: &str, number: usize) -> PathBuf {
    folder.join(format!("{name}-{number}"))
}

impl Kept {
    /// Reads what an earlier run has finished of the scenarios, from journals of this name. What belongs to something else is thrown away, with a note.
    pub(super) fn open(
        (folder, name): (&Path, &'static str),
        heads: impl Iterator<Item = RunHead>,
        fresh: bool,
        output: &Output,
    ) -> Result<Self, Failure> {
        let scenarios = heads
            .enumerate()
            .map(|(k, head)| open(place(folder, name, k + 1), head, fresh, output));
        Ok(Self {
            begun: Instant::now(),
            folder: folder.to_owned(),
            name,
            scenarios: scenarios.collect::<Result<_, _>>()?,
            resumed: AtomicUsize::new(0),
            added: AtomicUsize::new(0),
            rate: f64::INFINITY,
            failed: AtomicBool::new(false),
        })
    }

    /// Those of searches, `search-1` and so on.
    pub(super) fn of_searches(
        folder: &Path,
        heads: impl Iterator<Item = RunHead>,
        fresh: bool,
        output: &Output,
    ) -> Result<Self, Failure> {
        let kept = Self::open((folder, "search"), heads, fresh, output)?;
        Ok(Self {
            rate: PER_SECOND,
            ..kept
        })
    }

    /// Replications that an earlier run had finished.
    pub(super) fn resumed(&self) -> usize {
        self.resumed.load(Ordering::Relaxed)
    }

    /// Whether the same command would go on from something.
    pub(super) fn is_useful(&self) -> bool {
        let waits = |s: &KeptScenario| !locked(&s.finished).is_empty();
        let has_any = self.resumed() + self.added.load(Ordering::Relaxed) > 0;
        (has_any || self.scenarios.iter().any(waits)) && !self.failed.load(Ordering::Relaxed)
    }

    /// Removes the journals, also those of a longer list of scenarios.
    pub(super) fn remove(self) {
        let count = self.scenarios.len();
        drop(self.scenarios);
        for number in 1.. {
            // One that stays is begun anew by a run of something else.
            let removed = fs::remove_file(place(&self.folder, self.name, number));
            if removed.is_err() && number > count {
                break;
            }
        }
    }

    /// What an earlier run has finished of a task.
    pub(super) fn take(&self, job: usize, task: Task) -> Option<Finished> {
        let found = locked(&self.scenarios.get(job)?.finished).remove(&task)?;
        self.resumed.fetch_add(1, Ordering::Relaxed);
        Some(found)
    }

    /// Keeps what is finished, if the run takes long enough.
    pub(super) fn keep(&self, job: usize, finished: &Finished) {
        let Some(scenario) = self.scenarios.get(job) else {
            return;
        };
        let elapsed = self.begun.elapsed();
        let bytes = (self.added.load(Ordering::Relaxed) * scenario.head.width() * 8) as f64;
        let is_enough = bytes > self.rate * elapsed.as_secs_f64();
        if elapsed <= SOON || is_enough || self.failed.load(Ordering::Relaxed) {
            return;
        }
        // A full disk is reported when the results are written; until then nothing is lost.
        if self.add(scenario, finished).is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
    }

    fn add(&self, scenario: &KeptScenario, finished: &Finished) -> Result<(), JournalError> {
        let mut journal = locked(&scenario.journal);
        let journal = match &mut *journal {
            Some(open) => open,
            none => none.insert(Journal::open(&scenario.path, &scenario.head)?.0),
        };
        self.added.fetch_add(1, Ordering::Relaxed);
        let width = scenario.head.width();
        if finished.values.len() == width {
            return journal.add(finished);
        }
        let mut filled = finished.clone();
        filled.values.resize(width, 0.0);
        journal.add(&filled)
    }
}

fn open(
    path: PathBuf,
    head: RunHead,
    fresh: bool,
    output: &Output,
) -> Result<KeptScenario, Failure> {
    let mut journal = None;
    let mut finished = HashMap::new();
    if path.exists() {
        let belongs = match Journal::open(&path, &head) {
            Ok((open, entries)) => {
                let kept = entries.finished.into_iter();
                finished.extend(kept.map(|f| (f.task, f)));
                journal = Some(open);
                !fresh
            }
            Err(JournalError::Other(_, what)) => {
                if !fresh && !output.quiet {
                    output.complain(&format!(
                        "note: {} keeps what another run has finished ({what}): it is thrown away",
                        path.display()
                    ));
                }
                false
            }
            Err(JournalError::Damaged { .. }) => false,
            Err(e) => return Err(e.into()),
        };
        if !belongs {
            journal = None;
            finished.clear();
            let removed = fs::remove_file(&path);
            removed.map_err(|e| JournalError::Io(path.clone(), e))?;
        }
    }
    Ok(KeptScenario {
        path,
        head,
        journal: Mutex::new(journal),
        finished: Mutex::new(finished),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_run_kept_is_useful_before_it_is_taken() {
        let kept = |finished: HashMap<Task, Finished>| Kept {
            begun: Instant::now(),
            folder: PathBuf::new(),
            name: "journal",
            scenarios: vec![KeptScenario {
                path: PathBuf::new(),
                head: RunHead::new("a", "digest", 1, 0),
                journal: Mutex::new(None),
                finished: Mutex::new(finished),
            }],
            resumed: AtomicUsize::new(0),
            added: AtomicUsize::new(0),
            rate: f64::INFINITY,
            failed: AtomicBool::new(false),
        };
        let task = Task {
            point: 0,
            replication: 3,
        };
        let done = Finished {
            task,
            contacts: 1,
            events: 1,
            values: Vec::new(),
        };
        assert!(!kept(HashMap::new()).is_useful());
        let before = kept(HashMap::from([(task, done)]));
        assert!(before.is_useful());
        assert!(before.take(0, task).is_some() && before.is_useful());
    }
}
