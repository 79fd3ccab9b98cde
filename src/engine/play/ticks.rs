//! What happens by the clock, and what the coming and going of people leads to.

use super::Engine;
use crate::engine::{Changed, Sink, State, Tick};
use crate::model::{ShiftEnd, Supply};

impl<S: Sink> Engine<'_, S> {
    /// The plans of pools change, or a new day brings new absences.
    pub(super) fn follow_plans(&mut self) {
        for p in 0..self.cx.laws.pools.len() {
            match self.plan(p).and_then(|mut plan| plan.follow()) {
                None => continue,
                Some(Changed::More) => self.fill(p),
                Some(Changed::Fewer(cut)) => self.cut(cut),
            }
            if let Some(mut plan) = self.plan(p) {
                plan.learn();
            }
        }
        self.plans.aim(&mut self.cx);
    }

    /// The first tick is due.
    pub(super) fn tick(&mut self) {
        let Some(tick) = self.cx.calendar.take_tick() else {
            return;
        };
        let (cx, agents, staff) = (&mut self.cx, &mut self.agents, &mut self.staff);
        let (p, may_have_come) = match tick {
            Tick::LogOn(p, member) => (p, self.gig().member_logs_on(p.into(), member)),
            Tick::NextOffline(p, segment, generation) => {
                let segment = segment.into();
                (p, self.gig().next_logs_on(p.into(), segment, generation))
            }
            Tick::ShiftBegin(p, template, shift) => {
                let mut roster = self.roster(p.into());
                (p, roster.begin_shift(template.into(), shift as usize))
            }
            Tick::Person(p, number, generation) => {
                (p, self.roster(p.into()).person_due(number, generation))
            }
            Tick::SessionEnd { agent, generation } => {
                let a = &agents[agent];
                if a.generation == generation && a.state == State::On {
                    self.end_session(agent);
                }
                return;
            }
            Tick::WaitedTooLong { agent, since } => {
                if self.gig().has_waited_too_long(agent, since) {
                    self.log_off(agent);
                }
                return;
            }
            Tick::ShiftEnd(p) => {
                let cut = self.roster(p.into()).end_shifts();
                return self.cut(cut);
            }
            Tick::Block(p, block) => return self.begin_block(p.into(), block as usize),
            Tick::Day => {
                staff.workforce.close_day(cx);
                return self.plans.reschedule(cx);
            }
            Tick::SurgeCheck(p) => {
                let waiting = self.queues.waiting_for(cx, p.into());
                return self.gig().look_at_queues(waiting, p.into());
            }
            Tick::Week(p) => return self.gig().end_week(p.into()),
            Tick::Applicant(p, number) => return self.gig().apply(p.into(), number),
            Tick::Join(p, number) => return self.gig().join_register(p.into(), number),
            Tick::Review(p) => return self.gig().review(p.into()),
            Tick::OpenWeek(p, week) => return self.gig().open_week(p.into(), week as usize),
            Tick::Release(p, member, stretch) => {
                let [first, end] = stretch.map(|b| b as usize);
                return self.gig().release(p.into(), member, first..end);
            }
        };
        // The free agents of the pool take contacts that wait.
        if may_have_come {
            self.fill(p.into());
        }
    }

    /// A block of booked slots begins in pool `p`: sessions that end with the one before end, then members log on for it.
    fn begin_block(&mut self, p: usize, block: usize) {
        let Some((over, come)) = self.gig().begin_block(p, block) else {
            return;
        };
        for a in over {
            let agent = &self.agents[a];
            if usize::from(agent.pool) == p && agent.state == State::On {
                self.end_session(a);
            }
        }
        if let Some(law) = self.cx.laws.gig(p) {
            for member in come {
                self.gig().come_online(p, member, law);
            }
        }
        self.fill(p);
    }

    /// The agent goes home with empty hands.
    pub(super) fn log_off(&mut self, a: u32) {
        let p = usize::from(self.agents[a].pool);
        match &self.cx.laws.model.pools[p].supply {
            Supply::Staffed(_) => {
                if let Some(mut plan) = self.plan(p) {
                    plan.log_off(a);
                }
            }
            Supply::Rostered(_) => self.roster(p).log_off(a),
            Supply::Gig(_) => self.gig().log_off(a),
        }
    }

    /// The agent has nothing in hand and nothing is waiting.
    #[inline]
    pub(super) fn become_idle(&mut self, a: u32, p: usize) {
        let laws = self.cx.laws;
        let law = &laws.pools[p];
        let when_idle = law.shift_end == ShiftEnd::WhenIdle;
        let leaves = match &laws.model.pools[p].supply {
            Supply::Gig(_) => return self.gig().become_idle(a, law),
            Supply::Rostered(_) => when_idle && self.roster(p).is_over(a),
            Supply::Staffed(_) => when_idle && self.agents.one_leaves(&mut self.cx, p),
        };
        if leaves {
            self.log_off(a);
        }
    }
}
