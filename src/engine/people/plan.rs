//! Agents on a plan: who comes and goes at each change, absence and delivery drawn by the day.

use super::adherence::Places;
use super::experience::{Staff, delivered};
use crate::engine::laws::Laws;
use crate::engine::{Agents, Context, Sink, State};
use crate::model::{Delivery, ShiftEnd, Staffing, Supply};
use crate::random::{Key, purpose, threshold};
use crate::time::{Micros, NEVER};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// One pool that follows a plan.
#[derive(Default)]
pub(crate) struct Plan {
    /// When its staff changes next.
    next: Micros,
    /// Seats that nobody occupies, below `seats`.
    empty: BinaryHeap<Reverse<u32>>,
    seats: u32,
    /// The plan at its largest.
    peak: f64,
    /// What is planned at present, and until when.
    planned: f64,
    until: Micros,
    /// Day of the draws below, and its key.
    day: usize,
    day_key: Key,
    /// The last day on which the experience of its people was set.
    experience_of: usize,
    /// Share of the plan that is delivered.
    share: f64,
    /// By n: absent people among the first n of the day.
    absent: Vec<u32>,
    /// Where people are not always present.
    places: Option<Places>,
}

impl Plan {
    /// Whether the person of a place of the plan is absent for the day.
    fn is_absent(&self, place: u32) -> bool {
        let absent = |n: u32| self.absent.get(n as usize).copied().unwrap_or(0);
        absent(place + 1) > absent(place)
    }

    /// Seats of pool `p` when the plan is at its largest.
    fn seats_at_peak(&self, cx: &Context<'_, impl Sink>, staff: &Staff, p: usize) -> f64 {
        let pool = &cx.laws.model.pools[p];
        let people = pool.group().map_or(1.0, |g| staff.workforce.scale(cx, g));
        let (peak, people) = match (pool.contract(), &staff.vendors.0[p]) {
            (Some(c), Some(vendor)) => (c.peak() * c.volume.at(cx.now), vendor.scale()),
            _ => (self.peak, people),
        };
        libm::round(peak * self.share * people)
    }

    /// Somebody takes the empty seat with the lowest number, or a new one.
    fn take_seat(&mut self) -> u32 {
        let Reverse(seat) = self.empty.pop().unwrap_or(Reverse(self.seats));
        self.seats = self.seats.max(seat + 1);
        seat
    }
}

/// What is left to do when the number of agents of a pool has changed.
pub(crate) enum Changed {
    /// Agents came or stay: they may take contacts that wait.
    More,
    /// Agents go; the time of these is up at once.
    Fewer(Vec<u32>),
}

/// The pools that follow a plan.
pub(crate) struct Plans {
    pub(crate) by_pool: Vec<Option<Plan>>,
}

impl Plans {
    /// The first agents come at time 0.
    pub(crate) fn new(cx: &mut Context<'_, impl Sink>) -> Self {
        let horizon = cx.horizon;
        let plan = |supply: &Supply| match supply {
            Supply::Staffed(staffing) => Some(Plan {
                peak: staffing.plan.max_before(horizon),
                day: usize::MAX,
                experience_of: usize::MAX,
                ..Plan::default()
            }),
            Supply::Rostered(_) | Supply::Gig(_) => None,
        };
        let pools = cx.laws.model.pools.iter();
        let plans = Self {
            by_pool: pools.map(|p| plan(&p.supply)).collect(),
        };
        plans.aim(cx);
        plans
    }

    /// Schedules the next change.
    pub(crate) fn aim(&self, cx: &mut Context<'_, impl Sink>) {
        let next = self.by_pool.iter().flatten().map(|plan| plan.next).min();
        cx.calendar.set_plans(next.unwrap_or(NEVER));
    }

    /// Other people staff the pools of groups from now on.
    pub(crate) fn reschedule(&mut self, cx: &mut Context<'_, impl Sink>) {
        for (plan, pool) in self.by_pool.iter_mut().zip(&cx.laws.model.pools) {
            if let Some(plan) = plan
                && pool.group().is_some()
            {
                plan.next = cx.now;
            }
        }
        self.aim(cx);
    }

    /// An epoch begins: everything about the plans is looked at anew, now.
    pub(crate) fn change(&mut self, cx: &mut Context<'_, impl Sink>, before: &Laws<'_>) {
        for (p, plan) in self.by_pool.iter_mut().enumerate() {
            let Some(plan) = plan else { continue };
            (plan.next, plan.until, plan.day) = (cx.now, 0, usize::MAX);
            let experience = |laws: &Laws<'_>| {
                let pool = &laws.model.pools[p];
                (pool.group(), pool.ramp(&laws.model.groups))
            };
            if experience(before) != experience(cx.laws) {
                plan.experience_of = usize::MAX;
            }
            let adherence = |laws: &Laws<'_>| laws.model.pools[p].adherence().cloned();
            if adherence(before) != adherence(cx.laws) {
                plan.places = None;
            } else if let Some(places) = &mut plan.places {
                places.recount();
            }
        }
        self.aim(cx);
    }
}

/// A plan together with what else changes when it is followed.
pub(crate) struct PlanView<'x, 'e, S> {
    pub(crate) plan: &'x mut Plan,
    pub(crate) pool: usize,
    pub(crate) cx: &'x mut Context<'e, S>,
    pub(crate) agents: &'x mut Agents,
    pub(crate) staff: &'x mut Staff,
}

impl<S: Sink> PlanView<'_, '_, S> {
    /// The plan changes now, or a new day brings new absences: agents come and go. `None` when nothing changes.
    pub(crate) fn follow(&mut self) -> Option<Changed> {
        let (laws, p) = (self.cx.laws, self.pool);
        let Supply::Staffed(staffing) = &laws.model.pools[p].supply else {
            return None;
        };
        if self.plan.next > self.cx.now {
            return None;
        }
        let (scheduled, target) = self.target(staffing);
        if staffing.adherence.is_some() {
            self.agents.tell_duty(self.cx, p);
            self.agents.pools[p].scheduled = scheduled;
        }
        let by_people = staffing.contract.as_ref().is_some_and(|c| c.has_people());
        let daily = staffing.absence > 0.0
            || laws.pools[p].draws_parts
            || matches!(staffing.delivery, Delivery::Daily(_))
            || laws.pools[p].learns
            || by_people;
        let tomorrow = laws.frame.days.get(self.plan.day + 1).filter(|_| daily);
        let places = self.plan.places.as_ref().map_or(NEVER, Places::next);
        self.plan.next = self
            .plan
            .until
            .min(tomorrow.copied().unwrap_or(NEVER))
            .min(places);
        self.agents.tell_excess(self.cx, p);
        let pool = &self.agents.pools[p];
        let present = pool.active - pool.excess;
        if target < present {
            let cut = self.send_home(present - target);
            return Some(Changed::Fewer(cut));
        }
        let stay = pool.excess.min(target - present);
        self.agents.pools[p].excess -= stay;
        let missing = target - present - stay;
        let back = self.take_back(missing);
        for _ in back..missing {
            let seat = self.plan.take_seat();
            let factor = self.cx.own_factor(p, seat);
            let a = self.agents.log_on(self.cx, p, seat, factor);
            self.set_experience(a);
        }
        Some(Changed::More)
    }

    /// Agents of the plan that are present now: plan x delivered share, rounded, less who is absent or away.
    fn target(&mut self, staffing: &Staffing) -> (u32, u32) {
        let (p, day) = (self.pool, self.cx.today_near(self.plan.day));
        if self.plan.day != day {
            self.plan.day = day;
            self.plan.day_key = self.cx.day_key(p, day as i64);
            self.plan.absent.clear();
            self.plan.absent.push(0);
            self.plan.share = delivered(&staffing.delivery, self.plan.day_key);
        }
        if self.cx.now >= self.plan.until {
            self.plan.planned = staffing.plan.at(self.cx.now);
            self.plan.until = staffing.plan.next_change(self.cx.now).unwrap_or(NEVER);
        }
        let day_key = self.plan.day_key;
        let planned = self.plan.planned * (self.plan.share * self.staff.scale(self.cx, p));
        // One draw for the whole day: who comes for a part of the plan does not come and go with each of its changes.
        let planned = match self.cx.laws.pools[p].draws_parts {
            true => (planned + day_key.uniform(purpose::PART_OF_AGENT)).floor(),
            false => libm::round(planned),
        };
        let planned = planned.clamp(0.0, 1e6) as u32;
        let mut scheduled = planned;
        if staffing.absence > 0.0 {
            let chance = threshold(staffing.absence);
            while self.plan.absent.len() <= planned as usize {
                let n = self.plan.absent.len() - 1;
                let absent = day_key.child(n as u64).bits(purpose::ABSENCE) < chance;
                self.plan
                    .absent
                    .push(self.plan.absent[n] + u32::from(absent));
            }
            scheduled -= self.plan.absent[planned as usize];
        }
        let mut away = 0;
        if let Some(law) = &staffing.adherence {
            let mut places = self
                .plan
                .places
                .take()
                .unwrap_or_else(|| Places::new(self.cx, p));
            let is_absent = |n: u32| self.plan.is_absent(n);
            away = places.away(self.cx, (p, law), (planned, day), is_absent);
            self.plan.places = Some(places);
        }
        (scheduled, scheduled - away)
    }

    /// `surplus` agents go: the idle ones at once, the others by the rule of the pool. Those whose time is up at once are
    /// returned.
    fn send_home(&mut self, mut surplus: u32) -> Vec<u32> {
        let p = self.pool;
        while surplus > 0
            && let Some(a) = self.agents.last_idle(p)
        {
            self.log_off(a);
            surplus -= 1;
        }
        let rule = self.cx.laws.pools[p].shift_end;
        // One contact at a time: the next to finish leave. Several at once: those with the fewest in hand take no new one.
        if rule == ShiftEnd::WhenIdle
            || (rule == ShiftEnd::Finish && self.cx.laws.pools[p].concurrency == 1)
        {
            self.agents.pools[p].excess += surplus;
            return Vec::new();
        }
        let on = |a: &u32| self.agents[*a].state == State::On;
        let mut busy: Vec<u32> = self.agents.online(p).filter(on).collect();
        let recent = |a: u32| Reverse((self.agents[a].busy_since, a));
        if rule == ShiftEnd::Cut {
            busy.sort_by_key(|&a| recent(a));
            busy.truncate(surplus as usize);
            return busy;
        }
        let fewest = |a: &u32| (self.agents[*a].load, recent(*a));
        if busy.len() > surplus as usize {
            busy.select_nth_unstable_by_key(surplus as usize, fewest);
            busy.truncate(surplus as usize);
        }
        busy.sort_unstable_by_key(fewest);
        for a in busy {
            self.agents.retire(self.cx.now, a);
        }
        Vec::new()
    }

    /// Up to `most` agents stay who were to leave and have not finished: whoever comes takes their place, not one beside it.
    /// Returns how many.
    fn take_back(&mut self, most: u32) -> u32 {
        let p = self.pool;
        if self.agents.pools[p].online == self.agents.pools[p].active {
            return 0;
        }
        let leaving = |a: &u32| self.agents[*a].state == State::Leaving;
        let back = self.agents.online(p).filter(leaving);
        let back: Vec<u32> = back.take(most as usize).collect();
        for &a in &back {
            self.agents.stay(self.cx, a);
        }
        back.len() as u32
    }

    /// Sets the experience of an agent by the seat: the lower the longer at work.
    fn set_experience(&mut self, a: u32) {
        let seat = f64::from(self.agents[a].number) + 0.5;
        let (plan, cx, p) = (&*self.plan, &*self.cx, self.pool);
        let rank = |staff: &Staff| seat / plan.seats_at_peak(cx, staff, p).max(1.0);
        self.staff.set_experience(cx, self.agents, a, rank);
    }

    /// What the people have learned is set anew, once a day.
    pub(crate) fn learn(&mut self) {
        if self.cx.laws.pools[self.pool].learns && self.plan.day != self.plan.experience_of {
            self.plan.experience_of = self.plan.day;
            let online: Vec<u32> = self.agents.online(self.pool).collect();
            online.into_iter().for_each(|a| self.set_experience(a));
        }
    }

    /// An agent goes home: the seat is empty.
    pub(crate) fn log_off(&mut self, a: u32) {
        let (_, seat) = self.agents.log_off(self.cx, a);
        self.plan.empty.push(Reverse(seat));
    }
}
