//! What happens by the clock, and what the coming and going of people leads to.

use super::Engine;
use crate::engine::{Changed, Crew, Sink, State, Tick};
use crate::model::{ShiftEnd, Supply};

impl<S: Sink> Engine<'_, S> {
    /// The plans of pools change, or a new day brings new absences.
    pub(super) fn follow_plans(&mut self) {
        for p in 0..self.cx.laws.pools.len() {
            let (agents, staff) = (&mut self.agents, &mut self.staff);
            let crew = &mut Crew { agents, staff };
            match self.plans.follow(&mut self.cx, crew, p) {
                None => continue,
                Some(Changed::More) => self.fill(p),
                Some(Changed::Fewer(cut)) => self.cut(cut),
            }
            let (agents, staff) = (&mut self.agents, &mut self.staff);
            self.plans.learn(&self.cx, &mut Crew { agents, staff }, p);
        }
        self.plans.aim(&mut self.cx);
    }

    /// The first tick is due.
    pub(super) fn tick(&mut self) {
        let Some(tick) = self.cx.calendar.take_tick() else {
            return;
        };
        let (cx, agents, staff) = (&mut self.cx, &mut self.agents, &mut self.staff);
        // Where somebody may have come to work, the free agents of the pool take contacts that wait.
        match tick {
            Tick::LogOn(pool, member) => {
                let p = usize::from(pool);
                if self.gig.member_logs_on(cx, agents, p, member) {
                    self.fill(p);
                }
            }
            Tick::NextOffline(pool, segment, generation) => {
                let (p, segment) = (usize::from(pool), usize::from(segment));
                if self.gig.next_logs_on(cx, agents, p, segment, generation) {
                    self.fill(p);
                }
            }
            Tick::SessionEnd { agent, generation } => {
                let a = &agents[agent];
                if a.generation == generation && a.state == State::On {
                    self.end_session(agent);
                }
            }
            Tick::WaitedTooLong { agent, since } => {
                if self.gig.has_waited_too_long(cx, agents, agent, since) {
                    self.log_off(agent);
                }
            }
            Tick::ShiftBegin(pool, template, shift) => {
                let (p, crew) = (usize::from(pool), &mut Crew { agents, staff });
                let shift = (p, usize::from(template), shift as usize);
                if self.rosters.begin_shift(cx, crew, shift) {
                    self.fill(p);
                }
            }
            Tick::Person(pool, number, generation) => {
                let (p, crew) = (usize::from(pool), &mut Crew { agents, staff });
                if self.rosters.person_due(cx, crew, (p, number, generation)) {
                    self.fill(p);
                }
            }
            Tick::ShiftEnd(p) => {
                let cut = self.rosters.end_shifts(cx, agents, p.into());
                self.cut(cut);
            }
            Tick::Block(p, block) => self.begin_block(p.into(), block as usize),
            Tick::Day => {
                staff.workforce.close_day(cx);
                self.plans.reschedule(cx);
            }
            Tick::SurgeCheck(p) => self.gig.look_at_queues(cx, agents, &self.queues, p.into()),
            Tick::Week(p) => self.gig.end_week(cx, agents, p.into()),
            Tick::Applicant(p, number) => self.gig.apply(cx, p.into(), number),
            Tick::Join(p, number) => self.gig.join_register(cx, p.into(), number),
            Tick::Review(p) => self.gig.review(cx, p.into()),
            Tick::OpenWeek(p, week) => self.gig.open_week(cx, p.into(), week as usize),
            Tick::Release(p, member, stretch) => {
                let [first, end] = stretch.map(|b| b as usize);
                self.gig.release(cx, p.into(), member, first..end);
            }
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
