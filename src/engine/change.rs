//! An epoch begins: the laws are others, and what was made by the old ones is brought into line.
//!
//! Who is in hand, in a queue or in a session stays there, with the work, the patience and the end that were drawn. Everything
//! that is drawn or decided from now on follows the new laws.

use super::agents::State;
use super::register::Tick;
use super::service::run_clock;
use super::{Engine, Laws, Observer, queues, slot};
use crate::model::{Arrivals, GigSupply, LogOn, Segment, Supply};
use crate::time::NEVER;
use std::cmp::Reverse;

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// The laws of `epoch` hold from now on.
    #[cold]
    pub(super) fn change(&mut self, epoch: usize) {
        for p in 0..self.pools.len() {
            // Who is to leave under the old rule is counted anew when the staff is.
            self.settle_excess(p);
            self.pools[p].excess = 0;
        }
        let before = self.laws;
        let laws = self.first.epoch(epoch);
        for a in 0..self.agents.len() {
            let p = usize::from(self.agents[a].pool);
            if before.pools[p].speed != laws.pools[p].speed {
                self.settle_work(a);
            }
        }
        self.laws = laws;
        self.draw_work_again();
        let model = self.laws.model;
        self.max_contacts = model.max_contacts;
        (self.day_busyness.0, self.interval_busyness.0) = (u64::MAX, u64::MAX);
        for (cursor, arrivals) in self
            .replay_cursor
            .iter_mut()
            .zip(model.demand.arrivals.iter())
        {
            if let Arrivals::Replay(times) = arrivals {
                *cursor = times.partition_point(|&t| t < self.step_start);
            }
        }
        for a in 0..self.agents.len() as u32 {
            self.change_agent(a, before);
        }
        for state in &mut self.staff {
            (state.next, state.day) = (self.now, usize::MAX);
            let experience = |laws: &Laws<'_>| {
                let pool = &laws.model.pools[state.pool];
                (pool.group(), pool.ramp(&laws.model.groups))
            };
            if experience(before) != experience(laws) {
                state.learned = usize::MAX;
            }
            let adherence = |laws: &Laws<'_>| laws.model.pools[state.pool].adherence().cloned();
            if adherence(before) != adherence(laws) {
                state.astray = None;
            } else if let Some(astray) = &mut state.astray {
                astray.recount();
            }
        }
        if !self.staff.is_empty() {
            self.tree.set(slot::STAFF, self.now);
        }
        for p in 0..self.pools.len() {
            let (old, new) = (&before.model.pools[p], &model.pools[p]);
            let (Supply::Gig(before), Supply::Gig(gig)) = (&old.supply, &new.supply) else {
                continue;
            };
            let habits = |gig: &GigSupply| -> Vec<_> {
                let of = |s: &Segment| (gig.log_on, s.rate, s.availability.clone());
                gig.segments.iter().map(of).collect()
            };
            if habits(before) != habits(gig) {
                self.change_members(p, epoch);
            } else if old.price != new.price {
                (0..self.registers[p].crowds.len()).for_each(|s| self.aim_crowd(p, s));
            }
            let applicants = |gig: &GigSupply| gig.turnover.as_ref().map(|t| t.applicants);
            if applicants(before) != applicants(gig) {
                self.change_applicants(p, epoch);
            }
        }
        self.change_timers();
        self.change_door();
        for p in 0..self.pools.len() {
            self.fill(p);
        }
    }

    /// What is to do for those who wait, and was not begun, follows the law of the moment at which it is.
    fn draw_work_again(&mut self) {
        for q in 0..self.lines.len() {
            for place in self.lines[q].places() {
                let w = self.lines[q].at_mut(place);
                if w.live && w.work.is_fresh() {
                    w.work = self.laws.topics[usize::from(w.contact.topic)].work(&w.contact);
                }
            }
        }
    }

    /// Brings the virtual time of an agent up to now by the old laws.
    fn settle_work(&mut self, a: usize) {
        let agent = &mut self.agents[a];
        let law = &self.laws.pools[usize::from(agent.pool)];
        if law.has_clock && agent.load > 0 {
            run_clock(agent, law, self.now);
        }
    }

    fn change_agent(&mut self, a: u32, before: &Laws<'_>) {
        let agent = &self.agents[a as usize];
        let p = usize::from(agent.pool);
        let law = &self.laws.pools[p];
        if agent.state == State::Off {
            return;
        }
        let (listed, budget) = (agent.listed, agent.budget);
        let has_room = agent.is_free() && usize::from(agent.load) < law.concurrency;
        if law.has_clock && agent.load > 0 && before.pools[p].speed != law.speed {
            self.aim_service(a, p);
        }
        if listed && !has_room {
            self.unlist(a);
        } else if !listed && has_room {
            self.enlist(a);
        }
        // A session that was used up only while idle now runs by the clock.
        if budget != NEVER && !law.leaves_when_idle {
            self.stop_budget(a);
            let agent = &mut self.agents[a as usize];
            let at = self.now.saturating_add(agent.budget);
            agent.budget = NEVER;
            let generation = agent.generation;
            self.push_tick(
                at,
                Tick::SessionEnd {
                    agent: a,
                    generation,
                },
            );
        }
    }

    /// Members who are offline plan anew when they log on: the time until then is exponential in the hazard, so what is left of
    /// it is distributed like the whole. Members who are no longer in the register finish their sessions.
    fn change_members(&mut self, p: usize, epoch: usize) {
        let Supply::Gig(gig) = &self.laws.model.pools[p].supply else {
            return;
        };
        let mut next = 0;
        self.clock.retain(|Reverse((_, tick))| match tick {
            Tick::LogOn { pool, member } if usize::from(*pool) == p => {
                next = *member;
                false
            }
            _ => true,
        });
        self.clear_crowds(p);
        match gig.log_on {
            LogOn::Open => self.plan_log_on(p, next, epoch),
            LogOn::Members(members) => {
                let all = self.registers[p].grow_to(members);
                let members = if gig.turnover.is_some() { all } else { members };
                let mut online = vec![false; all as usize];
                for agent in self.agents.iter().filter(|a| a.state != State::Off) {
                    if usize::from(agent.pool) == p {
                        online[agent.number as usize] = true;
                    }
                }
                for member in 0..members {
                    if !online[member as usize] {
                        self.plan_log_on(p, member, epoch);
                    }
                }
            }
        }
    }

    /// The next applicant comes after another time, for the same reason.
    fn change_applicants(&mut self, p: usize, epoch: usize) {
        self.clock.retain(|Reverse((_, tick))| {
            !matches!(tick, Tick::Applicant { pool, .. } if usize::from(*pool) == p)
        });
        self.plan_applicant(p, epoch);
    }

    /// Steps of routes may be others, and open at other times.
    fn change_timers(&mut self) {
        for i in 0..self.timers.len() {
            self.tree.set(slot::TIMERS + i, NEVER);
        }
        self.timers = queues::timers(self.laws);
        self.ripe.iter_mut().for_each(|bits| *bits = u64::MAX);
        for q in 0..self.lines.len() {
            for place in self.lines[q].places() {
                if !self.lines[q].live_at(place) {
                    continue;
                }
                let (offered, expires) = {
                    let w = self.lines[q].at(place);
                    (w.offered, w.expires)
                };
                if expires < self.now {
                    self.abandon(q, place, expires);
                } else {
                    self.aim_timers(q, place, offered);
                }
            }
        }
    }
}
