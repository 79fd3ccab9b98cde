//! The tally of contacts, and what is remembered of cases that have not ended.

mod waited;

use crate::model::{Ending, Model};
use crate::slots::Slots;
use waited::Waited;

/// How many contacts began and ended, and how long cases have waited.
pub(crate) struct Tally {
    /// Contacts begun, by topic.
    pub(crate) started: Slots<u64>,
    /// Contacts ended, by topic and way.
    pub(crate) ended: Slots<[u64; Ending::COUNT]>,
    /// Returns that fall after the horizon.
    pub(crate) pending: u64,
    /// Time waited in queues; only where satisfaction is followed.
    pub(crate) waited: Waited,
}

impl Tally {
    pub(crate) fn new(model: &Model) -> Self {
        Self {
            started: vec![0; model.topics.len()].into(),
            ended: vec![[0; Ending::COUNT]; model.topics.len()].into(),
            pending: 0,
            waited: Waited::default(),
        }
    }

    /// Contacts begun that have not ended.
    pub(crate) fn in_system(&self) -> u64 {
        let ended: u64 = self.ended.as_flattened().iter().sum();
        self.started.iter().sum::<u64>().wrapping_sub(ended)
    }
}
