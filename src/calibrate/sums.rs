//! Work by agent and by wait, added up as a log is read: memory grows with agents, days and topics.

use std::collections::BTreeMap;

use crate::log::{Contact, Outcome};

/// Milliseconds of a day on the wall clock.
const DAY_MS: i64 = 86_400_000;
/// Minutes of a part of the day.
pub(super) const PART_MIN: i64 = 180;
/// Who waits for less found an agent free: it may ring.
const AT_ONCE_MS: u64 = 5_000;

/// Answered contacts and the seconds of work on them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    /// How many.
    pub contacts: u32,
    /// Seconds of all of them.
    pub seconds: f64,
}

impl Sum {
    fn add(&mut self, seconds: f64) {
        self.contacts += 1;
        self.seconds += seconds;
    }
}

/// Where a contact counts: agent if known, local day, part of the day, and topic. Of a known agent a part is three hours long, else an interval.
pub type Place = (Option<u32>, i32, u16, u16);

/// Work of the answered contacts of a log: of those answered at once, and of those who waited, by the moment at which the wait began.
#[derive(Clone, Debug, Default)]
pub struct HandleSums(pub BTreeMap<Place, [Sum; 2]>);

impl HandleSums {
    /// Adds a contact that begins to wait in an interval of its day, if it was answered and its work is known.
    pub fn add(&mut self, c: &Contact, interval: usize) {
        let Some(ms) = c.handle_ms.filter(|_| c.outcome == Outcome::Answered) else {
            return;
        };
        let at = c.queued_at();
        let part = match c.agent {
            Some(_) => (at.rem_euclid(DAY_MS) / (PART_MIN * 60_000)) as u16,
            None => interval as u16,
        };
        let place = (c.agent, at.div_euclid(DAY_MS) as i32, part, c.topic);
        let waited = c.wait_ms.is_some_and(|wait| wait >= AT_ONCE_MS);
        self.0.entry(place).or_default()[usize::from(waited)].add(ms as f64 / 1e3);
    }
}
