//! People who are new at work: slower, and resolving less, until they have learned.

use super::agents::State;
use super::{Contact, Engine, Observer, STRIDE};
use crate::random::{purpose, threshold};
use crate::time::{WEEK, to_seconds};

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Sets what the time at work has made of agent `a`, where those who are new learn.
    pub(super) fn set_experience(&mut self, a: u32) {
        let agent = &self.agents[a as usize];
        let (p, number) = (usize::from(agent.pool), agent.number);
        if self.laws.pools[p].learns {
            self.learn(a, p, number);
        }
    }

    /// A person works with the share of the ramp that is left: the factors go to 1 in a straight line.
    #[inline(never)]
    fn learn(&mut self, a: u32, p: usize, number: u32) {
        let laws = self.laws;
        let pool = &laws.model.pools[p];
        let Some(ramp) = pool.ramp(&laws.model.groups) else {
            return;
        };
        let rank = self.rank(p, number);
        let start = match pool.group() {
            Some(g) => {
                let since = self.groups[g].since(rank);
                let month = since.and_then(|m| self.laws.frame.months.get(m as usize));
                month.map(|month| month.start)
            }
            None => self.pools[p].vendor.as_ref().and_then(|v| v.since(rank)),
        };
        let left = start.map_or(0.0, |start| {
            let weeks = to_seconds(self.now.saturating_sub(start)) / to_seconds(WEEK);
            (1.0 - weeks / ramp.weeks).max(0.0)
        });
        self.agents[a as usize].factor =
            self.own_factor(p, number) * (1.0 + (ramp.handle_time - 1.0) * left);
        if self.learned.len() <= a as usize {
            self.learned.resize(a as usize + 1, u64::MAX);
        }
        self.learned[a as usize] = threshold(1.0 + (ramp.resolve - 1.0) * left);
    }

    /// The same for all agents of pool `p` who are there.
    pub(super) fn learn_all(&mut self, p: usize) {
        for a in 0..self.agents.len() as u32 {
            let agent = &self.agents[a as usize];
            if usize::from(agent.pool) == p && agent.state != State::Off {
                self.set_experience(a);
            }
        }
    }

    /// Where a person of pool `p` stands among the people of the group: 0 who is there longest, 1 the newest.
    fn rank(&self, p: usize, number: u32) -> f64 {
        let (place, of) = match (&self.rosters[p], self.staff.iter().find(|s| s.pool == p)) {
            (Some(roster), _) => roster.place(number),
            (None, Some(seats)) => (f64::from(number) + 0.5, self.seats_of(seats)),
            (None, None) => (0.0, 1.0),
        };
        place / of.max(1.0)
    }

    /// Whether agent `a`, who would have resolved the contact after the ramp, has not learned it yet.
    #[inline(never)]
    pub(super) fn is_beyond(&self, a: u32, contact: &Contact) -> bool {
        let learned = self.learned.get(a as usize).copied().unwrap_or(u64::MAX);
        let hop = STRIDE * u64::from(contact.hop);
        learned != u64::MAX && contact.key().bits(purpose::NOVICE + hop) >= learned
    }
}
