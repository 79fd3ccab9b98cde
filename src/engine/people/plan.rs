//! Agents on a plan: who comes and goes at each change, absence and delivery drawn by the day.

use super::adherence::Places;
use super::experience::{Crew, Staff, delivered};
use crate::engine::laws::Laws;
use crate::engine::{Agents, Context, Sink, State};
use crate::model::{Delivery, ShiftEnd, Staffing, Supply};
use crate::random::{purpose, threshold};
use crate::time::{Micros, NEVER};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// One pool that follows a plan.
#[derive(Default)]
struct Plan {
    /// When its staff changes next.
    next: Micros,
    /// Seats that nobody occupies, below `seats`.
    empty: BinaryHeap<Reverse<u32>>,
    seats: u32,
    /// The plan at its largest.
    peak: f64,
    /// Day of the draws below.
    day: usize,
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
        let (peak, people) = match (pool.contract(), staff.vendors.of(p)) {
            (Some(c), Some(vendor)) => (c.peak() * c.volume.at(cx.now), vendor.scale()),
            _ => (self.peak, people),
        };
        libm::round(peak * self.share * people)
    }

    /// Sets the experience of an agent of pool `p` by the seat: the lower the longer at work.
    fn set_experience(
        &self,
        cx: &Context<'_, impl Sink>,
        crew: &mut Crew<'_>,
        (p, a): (usize, u32),
    ) {
        let seat = f64::from(crew.agents[a].number) + 0.5;
        crew.staff.set_experience(cx, crew.agents, a, |staff| {
            seat / self.seats_at_peak(cx, staff, p).max(1.0)
        });
    }

    /// Agents of the plan that are present now: plan x delivered share, rounded, less who is absent or away.
    fn target(
        &mut self,
        cx: &Context<'_, impl Sink>,
        staff: &mut Staff,
        (p, staffing): (usize, &Staffing),
    ) -> (u32, u32) {
        let day = cx.today();
        let day_key = cx.day_key(p, day as i64);
        if self.day != day {
            self.day = day;
            self.absent.clear();
            self.absent.push(0);
            self.share = delivered(&staffing.delivery, day_key);
        }
        let planned = staffing.plan.at(cx.now) * (self.share * staff.scale(cx, p));
        let planned = libm::round(planned).clamp(0.0, 1e6) as u32;
        let mut scheduled = planned;
        if staffing.absence > 0.0 {
            let chance = threshold(staffing.absence);
            while self.absent.len() <= planned as usize {
                let n = self.absent.len() - 1;
                let absent = day_key.child(n as u64).bits(purpose::ABSENCE) < chance;
                self.absent.push(self.absent[n] + u32::from(absent));
            }
            scheduled -= self.absent[planned as usize];
        }
        let mut away = 0;
        if let Some(law) = &staffing.adherence {
            let mut places = self.places.take().unwrap_or_else(|| Places::new(cx.now));
            let is_absent = |n: u32| self.is_absent(n);
            away = places.away(cx, (p, law), (planned, day), is_absent);
            self.places = Some(places);
        }
        (scheduled, scheduled - away)
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
    by_pool: Vec<Option<Plan>>,
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
            (plan.next, plan.day) = (cx.now, usize::MAX);
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

    /// The plan of pool `p` changes now, or a new day brings new absences: agents come and go. `None` when nothing changes.
    pub(crate) fn follow(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        crew: &mut Crew<'_>,
        p: usize,
    ) -> Option<Changed> {
        let agents = &mut *crew.agents;
        let laws = cx.laws;
        let plan = self.by_pool[p].as_mut()?;
        let Supply::Staffed(staffing) = &laws.model.pools[p].supply else {
            return None;
        };
        if plan.next > cx.now {
            return None;
        }
        let (scheduled, target) = plan.target(cx, crew.staff, (p, staffing));
        if staffing.adherence.is_some() {
            agents.tell_duty(cx, p);
            agents.pools[p].scheduled = scheduled;
        }
        let change = staffing.plan.next_change(cx.now).unwrap_or(NEVER);
        let by_people = staffing.contract.as_ref().is_some_and(|c| c.has_people());
        let daily = staffing.absence > 0.0
            || matches!(staffing.delivery, Delivery::Daily(_))
            || laws.pools[p].learns
            || by_people;
        let tomorrow = laws.frame.days.get(plan.day + 1).filter(|_| daily);
        let places = plan.places.as_ref().map_or(NEVER, Places::next);
        plan.next = change.min(tomorrow.copied().unwrap_or(NEVER)).min(places);
        agents.tell_excess(cx, p);
        let pool = &agents.pools[p];
        let present = pool.active - pool.excess;
        if target < present {
            let cut = send_home(cx, agents, plan, (p, present - target));
            return Some(Changed::Fewer(cut));
        }
        let stay = pool.excess.min(target - present);
        agents.pools[p].excess -= stay;
        let missing = target - present - stay;
        let back = take_back(cx, agents, p, missing);
        for _ in back..missing {
            let seat = plan.take_seat();
            let factor = cx.own_factor(p, seat);
            let a = crew.agents.log_on(cx, p, seat, factor);
            plan.set_experience(cx, crew, (p, a));
        }
        Some(Changed::More)
    }

    /// What the people of pool `p` have learned is set anew, once a day.
    pub(crate) fn learn(&mut self, cx: &Context<'_, impl Sink>, crew: &mut Crew<'_>, p: usize) {
        if let Some(plan) = &mut self.by_pool[p]
            && cx.laws.pools[p].learns
            && plan.day != plan.experience_of
        {
            plan.experience_of = plan.day;
            let online: Vec<u32> = crew.agents.online(p).collect();
            for a in online {
                plan.set_experience(cx, crew, (p, a));
            }
        }
    }

    /// An agent of a pool with a plan goes home: the seat is empty.
    pub(crate) fn log_off(&mut self, cx: &mut Context<'_, impl Sink>, agents: &mut Agents, a: u32) {
        let (p, seat) = agents.log_off(cx, a);
        if let Some(plan) = &mut self.by_pool[p] {
            plan.empty.push(Reverse(seat));
        }
    }
}

/// `surplus` agents of pool `p` go: the idle ones at once, the others by the rule of the pool. Those whose time is up at once are
/// returned.
fn send_home(
    cx: &mut Context<'_, impl Sink>,
    agents: &mut Agents,
    plan: &mut Plan,
    (p, mut surplus): (usize, u32),
) -> Vec<u32> {
    while surplus > 0
        && let Some(a) = agents.last_idle(p)
    {
        let (_, seat) = agents.log_off(cx, a);
        plan.empty.push(Reverse(seat));
        surplus -= 1;
    }
    let rule = cx.laws.pools[p].shift_end;
    // One contact at a time: the next to finish leave. Several at once: those with the fewest in hand take no new one.
    if rule == ShiftEnd::WhenIdle || (rule == ShiftEnd::Finish && cx.laws.pools[p].concurrency == 1)
    {
        agents.pools[p].excess += surplus;
        return Vec::new();
    }
    let on = |a: &u32| agents[*a].state == State::On;
    let mut busy: Vec<u32> = agents.online(p).filter(on).collect();
    let recent = |a: u32| Reverse((agents[a].busy_since, a));
    if rule == ShiftEnd::Cut {
        busy.sort_by_key(|&a| recent(a));
        busy.truncate(surplus as usize);
        return busy;
    }
    let fewest = |a: &u32| (agents[*a].load, recent(*a));
    if busy.len() > surplus as usize {
        busy.select_nth_unstable_by_key(surplus as usize, fewest);
        busy.truncate(surplus as usize);
    }
    busy.sort_unstable_by_key(fewest);
    for a in busy {
        agents.retire(cx.now, a);
    }
    Vec::new()
}

/// Up to `most` agents of pool `p` stay who were to leave and have not finished: whoever comes takes their place, not one beside it.
/// Returns how many.
fn take_back(cx: &mut Context<'_, impl Sink>, agents: &mut Agents, p: usize, most: u32) -> u32 {
    if agents.pools[p].online == agents.pools[p].active {
        return 0;
    }
    let leaving = |a: &u32| agents[*a].state == State::Leaving;
    let back = agents.online(p).filter(leaving);
    let back: Vec<u32> = back.take(most as usize).collect();
    for &a in &back {
        agents.stay(cx, a);
    }
    back.len() as u32
}
