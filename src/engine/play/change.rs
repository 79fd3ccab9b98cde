//! An epoch begins: the laws are others, and what was made by the old ones is brought into line.
//!
//! Contacts in hand and in queues, and members in sessions, stay where they are, with the work, the patience and the end that were drawn.
//! Everything that is drawn or decided from now on follows the new laws.

use super::Engine;
use crate::engine::laws::Laws;
use crate::engine::{Sink, State, Tick};
use crate::time::NEVER;

impl<S: Sink> Engine<'_, S> {
    /// The laws of `epoch` hold from now on.
    #[cold]
    pub(super) fn change(&mut self, epoch: usize) {
        let before = self.cx.laws;
        let laws = self.cx.first.epoch(epoch);
        for p in 0..laws.pools.len() {
            // Those who are to leave under the old rule are counted anew when the plan is followed.
            self.agents.tell_excess(&mut self.cx, p);
            self.agents.pools[p].excess = 0;
        }
        for a in self.agents.all() {
            let p = usize::from(self.agents[a].pool);
            let (old, new) = (&before.pools[p], &laws.pools[p]);
            if old.speed != new.speed && old.has_clock && self.agents[a].load > 0 {
                self.agents.run_clock(&self.cx, a);
            }
        }
        self.cx.laws = laws;
        self.arrivals.change(&self.cx);
        for a in self.agents.all() {
            self.change_agent(a, before);
        }
        self.plans.change(&mut self.cx, before);
        self.gig().change(before, epoch);
        self.queues.change(&mut self.cx);
        self.assistant.change(&mut self.cx);
        for p in 0..laws.pools.len() {
            self.fill(p);
        }
    }

    /// Brings an agent into line with the laws: the pace of the work, the place in the lists, the end of the session.
    fn change_agent(&mut self, a: u32, before: &Laws<'_>) {
        let now = self.cx.now;
        let agent = &self.agents[a];
        let p = usize::from(agent.pool);
        let law = &self.cx.laws.pools[p];
        if agent.state == State::Off {
            return;
        }
        let (listed, budget) = (agent.listed, agent.budget);
        let has_room = agent.is_free() && usize::from(agent.load) < law.concurrency;
        if law.has_clock && agent.load > 0 && before.pools[p].speed != law.speed {
            self.agents.aim_service(&mut self.cx, a, p);
        }
        if listed && !has_room {
            self.agents.unlist(a);
        } else if !listed && has_room {
            self.agents.enlist(now, a);
        }
        // A session that was used up only while idle now runs by the clock.
        if budget != NEVER && !law.leaves_when_idle {
            self.agents.stop_budget(now, a);
            let agent = &mut self.agents[a];
            let at = now.saturating_add(agent.budget);
            agent.budget = NEVER;
            let (agent, generation) = (a, agent.generation);
            self.cx.tick(at, Tick::SessionEnd { agent, generation });
        }
    }
}
