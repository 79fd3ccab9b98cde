//! Work by agent and by wait, added up as a log is read: memory grows with agents, days and topics.

use std::collections::BTreeMap;

use crate::log::{Contact, Outcome};

/// Milliseconds of a day on the wall clock.
const DAY_MS: i64 = 86_400_000;
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

/// Work of the answered contacts of a log.
#[derive(Clone, Debug, Default)]
pub struct HandleSums {
    /// By agent, local day and topic.
    pub by_agent: BTreeMap<(u32, i32, u16), Sum>,
    /// By local day, interval in which the wait began, and topic: of those answered at once, and of those who waited.
    pub by_wait: BTreeMap<(i32, u16, u16), [Sum; 2]>,
}

impl HandleSums {
    /// Adds a contact that begins to wait in an interval of its day, if it was answered and its work is known.
    pub fn add(&mut self, c: &Contact, interval: usize) {
        let Some(ms) = c.handle_ms.filter(|_| c.outcome == Outcome::Answered) else {
            return;
        };
        let (seconds, day) = (ms as f64 / 1e3, c.queued_at().div_euclid(DAY_MS) as i32);
        if let Some(agent) = c.agent {
            let of_agent = self.by_agent.entry((agent, day, c.topic));
            of_agent.or_default().add(seconds);
        }
        if let Some(wait) = c.wait_ms {
            let of_wait = self.by_wait.entry((day, interval as u16, c.topic));
            of_wait.or_default()[usize::from(wait >= AT_ONCE_MS)].add(seconds);
        }
    }
}
