//! What happens by the clock, and what the coming and going of people leads to.

use super::Engine;
use crate::engine::{Changed, Sink, State, Tick};
use crate::model::{ShiftEnd, Supply};

impl<S: Sink> Engine<'_, S> {
    /// The plans of pools change, or a new day brings new absences.
    pub(super) fn follow_plans(&mut self) {
        for p in 0..self.cx.laws.pools.len() {
            let (cx, agents, staff) = (&mut self.cx, &mut self.agents, &mut self.staff);
            match self.plans.follow(cx, agents, staff, p) {
                None => continue,
                Some(Changed::More) => self.fill(p),
                Some(Changed::Fewer(cut)) => self.cut(cut),
            }
            self.plans
                .learn(&self.cx, &mut self.agents, &mut self.staff, p);
        }
        self.plans.aim(&mut self.cx);
    }

    /// The first tick is due.
    pub(super) fn tick(&mut self) {
        let Some(tick) = self.cx.calendar.take_tick() else {
            return;
        };
        let (cx, agents, staff) = (&mut self.cx, &mut self.agents, &mut self.staff);
        // The pool whose free agents may take contacts that wait.
        let fill = match tick {
            Tick::LogOn { pool, member } => {
                let p = usize::from(pool);
                self.gig.member_logs_on(cx, agents, p, member).then_some(p)
            }
            Tick::NextOffline {
                pool,
                segment,
                generation,
            } => {
                let (p, segment) = (usize::from(pool), usize::from(segment));
                let logs_on = self.gig.next_logs_on(cx, agents, p, segment, generation);
                logs_on.then_some(p)
            }
            Tick::SessionEnd { agent, generation } => {
                let a = &agents[agent];
                if a.generation == generation && a.state == State::On {
                    self.end_session(agent);
                }
                None
            }
            Tick::WaitedTooLong { agent, since } => {
                if self.gig.has_waited_too_long(cx, agents, agent, since) {
                    self.log_off(agent);
                }
                None
            }
            Tick::ShiftBegin {
                pool,
                template,
                shift,
            } => {
                let p = usize::from(pool);
                let shift = (p, usize::from(template), shift as usize);
                let begins = self.rosters.begin_shift(cx, agents, staff, shift);
                begins.then_some(p)
            }
            Tick::Person {
                pool,
                number,
                generation,
            } => {
                let p = usize::from(pool);
                let person = (p, number, generation);
                let comes = self.rosters.person_due(cx, agents, staff, person);
                comes.then_some(p)
            }
            Tick::ShiftEnd { pool } => {
                let cut = self.rosters.end_shifts(cx, agents, usize::from(pool));
                self.cut(cut);
                None
            }
            Tick::Block { pool, block } => {
                self.begin_block(usize::from(pool), block as usize);
                None
            }
            Tick::Day => {
                staff.workforce.close_day(cx);
                self.plans.reschedule(cx);
                None
            }
            Tick::SurgeCheck { pool } => {
                let p = usize::from(pool);
                self.gig.look_at_queues(cx, agents, &self.queues, p);
                None
            }
            Tick::Week { pool } => {
                self.gig.end_week(cx, agents, usize::from(pool));
                None
            }
            Tick::Applicant { pool, number } => {
                self.gig.apply(cx, usize::from(pool), number);
                None
            }
            Tick::Join { pool, number } => {
                self.gig.join_register(cx, usize::from(pool), number);
                None
            }
            Tick::Review { pool } => {
                self.gig.review(cx, usize::from(pool));
                None
            }
            Tick::OpenWeek { pool, week } => {
                self.gig.open_week(cx, usize::from(pool), week as usize);
                None
            }
            Tick::Release {
                pool,
                member,
                first,
                end,
            } => {
                let stretch = first as usize..end as usize;
                self.gig.release(cx, usize::from(pool), member, stretch);
                None
            }
        };
        if let Some(p) = fill {
            self.fill(p);
        }
    }

    /// A block of booked slots begins in pool `p`: sessions that end with the one before end, then members log on for it.
    fn begin_block(&mut self, p: usize, block: usize) {
        let (cx, agents) = (&mut self.cx, &mut self.agents);
        let Some((over, come)) = self.gig.begin_block(cx, agents, p, block) else {
            return;
        };
        for a in over {
            let agent = &self.agents[a];
            if usize::from(agent.pool) == p && agent.state == State::On {
                self.end_session(a);
            }
        }
        if let Some(law) = &self.cx.laws.pools[p].gig {
            for member in come {
                self.gig
                    .come_online(&mut self.cx, &mut self.agents, p, member, law);
            }
        }
        self.fill(p);
    }

    /// The agent goes home with empty hands.
    pub(super) fn log_off(&mut self, a: u32) {
        let (cx, agents) = (&mut self.cx, &mut self.agents);
        match &cx.laws.model.pools[usize::from(agents[a].pool)].supply {
            Supply::Staffed(_) => self.plans.log_off(cx, agents, a),
            Supply::Rostered(_) => self.rosters.log_off(cx, agents, a),
            Supply::Gig(_) => self.gig.log_off(cx, agents, a),
        }
    }

    /// The agent has nothing in hand and nothing is waiting.
    #[inline]
    pub(super) fn become_idle(&mut self, a: u32, p: usize) {
        let (cx, agents) = (&mut self.cx, &mut self.agents);
        let law = &cx.laws.pools[p];
        let when_idle = law.shift_end == ShiftEnd::WhenIdle;
        let leaves = match &cx.laws.model.pools[p].supply {
            Supply::Gig(_) => return self.gig.become_idle(cx, agents, a, law),
            Supply::Rostered(_) => when_idle && self.rosters.is_over(agents, a, p),
            Supply::Staffed(_) => when_idle && agents.one_leaves(cx, p),
        };
        if leaves {
            self.log_off(a);
        }
    }
}
