//! The head of the journal in which a run keeps the finished replications of a scenario, and a search what plans are worth.

use super::journal::Head;
use crate::experiment::Task;
use serde::{Deserialize, Serialize};

/// What the kept replications of a scenario belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunHead {
    program: String,
    version: String,
    /// Identifier of the scenario.
    scenario: String,
    /// Digest of its files and settings.
    digest: String,
    seed: u64,
    /// Words of a replication, to which others are filled up: another number of replications may mean wider intervals.
    words: usize,
}

impl RunHead {
    /// Of a scenario, as this version of the program simulates it.
    pub fn new(scenario: &str, digest: &str, seed: u64, words: usize) -> Self {
        Self {
            program: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            scenario: scenario.into(),
            digest: digest.into(),
            seed,
            words,
        }
    }
}

impl Head for RunHead {
    fn width(&self) -> usize {
        self.words
    }

    fn has(&self, _task: Task) -> bool {
        true
    }

    fn difference(&self, found: &Self) -> Option<String> {
        if (&self.program, &self.version) != (&found.program, &found.version) {
            let (a, b) = (&found.version, &self.version);
            return Some(format!("it was made by version {a}, not {b}"));
        }
        if self.scenario != found.scenario {
            return Some(format!("it is of {}", found.scenario));
        }
        if (&self.digest, self.seed) != (&found.digest, found.seed) {
            return Some(
                "the scenario, a file it names, its settings or the seed are others".into(),
            );
        }
        (self.words != found.words).then(|| "its intervals are others".into())
    }
}
