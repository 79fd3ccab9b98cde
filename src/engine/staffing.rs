//! Agents on a plan: who comes and goes at each change, absence and delivery drawn by the day.

use super::agents::{Agent, State};
use super::astray::Astray;
use super::{Engine, Observer, kind, slot};
use crate::model::{Delivery, ShiftEnd, Staffing, Supply};
use crate::random::{Key, purpose, threshold};
use crate::time::{Micros, NEVER};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Kinds of entities below a pool's key.
pub(super) const DAYS: u64 = 1;
pub(super) const PEOPLE: u64 = 2;
pub(super) const VENDOR: u64 = 4;

/// One pool that follows a plan.
pub(super) struct StaffState {
    pub(super) pool: usize,
    pub(super) next: Micros,
    /// Seats that nobody occupies, below `seats`.
    empty: BinaryHeap<Reverse<u32>>,
    seats: u32,
    /// The plan at its largest.
    peak: f64,
    /// Day of the draws below.
    pub(super) day: usize,
    /// The day on which it was looked at last how far people have learned.
    pub(super) learned: usize,
    share: f64,
    /// Absent agents among the first n of the day.
    absent: Vec<u32>,
    /// Where people are not always there.
    pub(super) astray: Option<Box<Astray>>,
}

impl StaffState {
    /// Whether the person of a place of the plan is absent for the day.
    pub(super) fn is_absent(&self, place: u32) -> bool {
        let absent = |n: u32| self.absent.get(n as usize).copied().unwrap_or(0);
        absent(place + 1) > absent(place)
    }
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// The key of pool `p`, by name.
    pub(super) fn pool_key(&self, p: usize) -> Key {
        self.root.named(kind::POOL, &self.laws.pools[p].name)
    }

    /// Prepares the pools that follow a plan; their first agents come at time 0.
    pub(super) fn plan_staff(&mut self) {
        for (pool, p) in self.laws.model.pools.iter().enumerate() {
            if let Supply::Staffed(staffing) = &p.supply {
                self.staff.push(StaffState {
                    pool,
                    next: 0,
                    empty: BinaryHeap::new(),
                    seats: 0,
                    peak: staffing.plan.max_before(self.horizon),
                    day: usize::MAX,
                    learned: usize::MAX,
                    share: 1.0,
                    absent: Vec::new(),
                    astray: None,
                });
            }
        }
        if !self.staff.is_empty() {
            self.tree.set(slot::STAFF, 0);
        }
    }

    /// The plan of some pool changes, or a new day brings new absences.
    pub(super) fn change_staff(&mut self) {
        let laws = self.laws;
        for i in 0..self.staff.len() {
            if self.staff[i].next > self.now {
                continue;
            }
            let p = self.staff[i].pool;
            let Supply::Staffed(staffing) = &laws.model.pools[p].supply else {
                continue;
            };
            let target = self.staff_target(i, staffing);
            let change = staffing.plan.next_change(self.now).unwrap_or(NEVER);
            let learns = laws.pools[p].learns;
            let by_people = staffing.contract.as_ref().is_some_and(|c| c.has_people());
            let daily = staffing.absence > 0.0
                || matches!(staffing.delivery, Delivery::Daily(_))
                || learns
                || by_people;
            let day = if daily {
                self.laws
                    .frame
                    .days
                    .get(self.staff[i].day + 1)
                    .copied()
                    .unwrap_or(NEVER)
            } else {
                NEVER
            };
            let next = self.staff[i].astray.as_ref().map_or(NEVER, |a| a.next());
            self.staff[i].next = change.min(day).min(next);
            self.adjust(i, target);
            if learns && self.staff[i].day != self.staff[i].learned {
                self.staff[i].learned = self.staff[i].day;
                self.learn_all(p);
            }
        }
        let next = self.staff.iter().map(|s| s.next).min().unwrap_or(NEVER);
        self.tree.set(slot::STAFF, next);
    }

    /// Other people staff the pools of groups from now on.
    pub(super) fn reschedule_staff(&mut self) {
        for i in 0..self.staff.len() {
            if self.laws.model.pools[self.staff[i].pool].group().is_some() {
                self.staff[i].next = self.now;
                self.tree.set(slot::STAFF, self.now);
            }
        }
    }

    /// Seats of a pool on a plan when the plan is at its largest.
    pub(super) fn seats_of(&self, state: &StaffState) -> f64 {
        let pool = &self.laws.model.pools[state.pool];
        let people = pool.group().map_or(1.0, |g| self.staff_scale(g));
        let vendor = &self.pools[state.pool].vendor;
        let (peak, people) = match (pool.contract(), vendor) {
            (Some(c), Some(vendor)) => (c.peak() * c.volume.at(self.now), vendor.scale()),
            _ => (state.peak, people),
        };
        libm::round(peak * state.share * people)
    }

    /// Agents of the plan that are there now: plan x delivered share, rounded, less who is absent.
    fn staff_target(&mut self, i: usize, staffing: &Staffing) -> u32 {
        let day = self.laws.frame.days.partition_point(|&d| d <= self.now) - 1;
        let pool_key = self.pool_key(self.staff[i].pool);
        let day_key = pool_key.child(DAYS).child(day as u64);
        let state = &mut self.staff[i];
        if state.day != day {
            state.day = day;
            state.absent.clear();
            state.absent.push(0);
            state.share = match &staffing.delivery {
                Delivery::Fixed(share) => *share,
                Delivery::Daily(law) => law.quantile(day_key.uniform(purpose::DELIVERY)),
            };
        }
        let share = match (staffing.group, &staffing.contract) {
            (Some(g), _) => state.share * self.staff_scale(g),
            (None, Some(_)) => {
                let scale = self.vendor_scale(self.staff[i].pool, day);
                self.staff[i].share * scale
            }
            _ => state.share,
        };
        let planned = libm::round(staffing.plan.at(self.now) * share).clamp(0.0, 1e6) as u32;
        let state = &mut self.staff[i];
        let mut target = planned;
        if staffing.absence > 0.0 {
            let chance = threshold(staffing.absence);
            while state.absent.len() <= planned as usize {
                let n = state.absent.len() - 1;
                let absent = day_key.child(n as u64).bits(purpose::ABSENCE) < chance;
                state.absent.push(state.absent[n] + u32::from(absent));
            }
            target -= state.absent[planned as usize];
        }
        if staffing.adherence.is_some() {
            target = self.there(i, planned, target);
        }
        target
    }

    /// Brings the number of agents who take contacts to `target`.
    fn adjust(&mut self, i: usize, target: u32) {
        let p = self.staff[i].pool;
        let rule = self.laws.pools[p].shift_end;
        self.settle_excess(p);
        let pool = &mut self.pools[p];
        let present = pool.active - pool.excess;
        if target >= present {
            let stay = pool.excess.min(target - present);
            pool.excess -= stay;
            let missing = target - present - stay;
            let back = self.take_back(p, missing);
            for _ in back..missing {
                let state = &mut self.staff[i];
                let seat = state.empty.pop().map_or_else(
                    || {
                        state.seats += 1;
                        state.seats - 1
                    },
                    |Reverse(seat)| seat,
                );
                let factor = self.own_factor(p, seat);
                let a = self.log_on(p, seat, factor);
                self.set_experience(a);
            }
            self.fill(p);
            return;
        }
        let mut surplus = present - target;
        while surplus > 0
            && let Some(a) = self.idle_agent(p)
        {
            self.log_off(a);
            surplus -= 1;
        }
        // One contact at a time: the next to finish leave. Several at once: those with the fewest in hand take no new one.
        if rule == ShiftEnd::WhenIdle
            || (rule == ShiftEnd::Finish && self.laws.pools[p].concurrency == 1)
        {
            self.pools[p].excess += surplus;
            return;
        }
        let mut busy: Vec<u32> = (0..self.agents.len() as u32)
            .filter(|&a| {
                let agent = &self.agents[a as usize];
                usize::from(agent.pool) == p && agent.state == State::On
            })
            .collect();
        let recent = |a: u32| Reverse((self.agents[a as usize].busy_since, a));
        if rule == ShiftEnd::Cut {
            busy.sort_by_key(|&a| recent(a));
            busy.truncate(surplus as usize);
            self.cut(busy);
        } else {
            let fewest = |a: &u32| (self.agents[*a as usize].load, recent(*a));
            if busy.len() > surplus as usize {
                busy.select_nth_unstable_by_key(surplus as usize, fewest);
                busy.truncate(surplus as usize);
            }
            busy.sort_unstable_by_key(fewest);
            for a in busy {
                self.retire(a);
            }
        }
    }

    /// Lets up to `most` agents stay who were to leave and have not finished: who comes takes their place, not one beside it; how many.
    fn take_back(&mut self, p: usize, most: u32) -> u32 {
        if self.pools[p].online == self.pools[p].active {
            return 0;
        }
        let leaves = |agent: &Agent| usize::from(agent.pool) == p && agent.state == State::Leaving;
        let all = 0..self.agents.len() as u32;
        let back: Vec<u32> = all
            .filter(|&a| leaves(&self.agents[a as usize]))
            .take(most as usize)
            .collect();
        back.iter().for_each(|&a| self.stay(a));
        back.len() as u32
    }

    /// The own factor of a person of pool `p`.
    pub(super) fn own_factor(&self, p: usize, number: u32) -> f64 {
        match &self.laws.pools[p].agent_factor {
            None => 1.0,
            Some(law) => {
                let person = self.pool_key(p).child(PEOPLE).child(u64::from(number));
                law.sample(person.bits(purpose::AGENT_FACTOR))
            }
        }
    }

    /// Somebody of pool `p` has logged off: the seat is empty, or the member will come again.
    pub(super) fn went_home(&mut self, p: usize, number: u32) {
        if let Some(state) = self.staff.iter_mut().find(|s| s.pool == p) {
            state.empty.push(Reverse(number));
        } else if self.rosters[p].is_some() {
            self.person_left(p, number);
        } else {
            self.plan_return(p, number);
        }
    }

    /// The agent has nothing in hand and nothing is waiting.
    #[inline]
    pub(super) fn now_idle(&mut self, a: u32, p: usize) {
        let law = &self.laws.pools[p];
        let leaves = law.shift_end == ShiftEnd::WhenIdle;
        if let Some(gig) = &law.gig {
            if gig.tolerance.is_some() {
                self.wait_for_work(a);
            }
            if leaves {
                self.run_budget(a);
            }
            return;
        }
        if !leaves {
            return;
        }
        if self.rosters[p].is_some() {
            self.leave_if_over(a, p);
        } else if self.pools[p].excess > 0 {
            self.settle_excess(p);
            self.pools[p].excess -= 1;
            self.log_off(a);
        }
    }
}
