//! Agents and the lists in which those with a free slot stand.

use super::contact::InHand;
use super::laws::StepLaw;
use super::vendor::VendorState;
use super::{Engine, Observer};
use crate::model::{Select, ShiftEnd};
use crate::slots::Slots;
use crate::time::{Micros, NEVER};

/// No agent.
pub(super) const NOBODY: u32 = u32::MAX;

/// Whether an agent takes contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not logged on; the record is free for somebody else.
    Off,
    /// Takes contacts.
    On,
    /// Finishes what is in hand, takes nothing new: the shift or session is over.
    Leaving,
    /// The same before a break.
    Pausing,
}

/// One person at work. What every service touches comes first and fills a cache line.
#[repr(C, align(64))]
pub(super) struct Agent {
    /// When the next service phase is over.
    pub(super) service_at: Micros,
    /// When an offer is answered or a cool-down ends.
    pub(super) other_at: Micros,
    pub(super) busy_since: Micros,
    /// When the agent came into the list.
    pub(super) since: Micros,
    /// Own factor on the work.
    pub(super) factor: f64,
    /// Place in the pool's bag of available agents (random selection).
    bag: u32,
    /// Who of the pool it is: seat or member.
    pub(super) number: u32,
    pub(super) pool: u16,
    pub(super) state: State,
    /// Contacts in hand.
    pub(super) load: u8,
    /// Stands in the list of this load.
    pub(super) listed: bool,
    /// On offer or cooling down.
    pub(super) occupied: bool,
    /// Segment of the register.
    pub(super) segment: u8,
    /// Virtual time: work done for each contact in hand (concurrency above 1), in microseconds.
    pub(super) work_clock: f64,
    /// Agent time given to each contact in hand.
    pub(super) handle_clock: f64,
    pub(super) clock_at: Micros,
    pub(super) offer: Option<super::gig::Offer>,
    pub(super) leaving_since: Micros,
    /// Idle time left of a session that is used up only while idle.
    pub(super) budget: Micros,
    /// When the present idle spell of such a session began; `NEVER` while it stands still.
    pub(super) idle_since: Micros,
    /// Invalidates ends of sessions that no longer hold.
    pub(super) generation: u32,
}

impl Agent {
    /// Takes contacts, and is neither on offer nor cooling down.
    #[inline(always)]
    pub(super) fn is_free(&self) -> bool {
        self.state == State::On && !self.occupied
    }

    /// Logged on, or finishing.
    pub(super) fn is_online(&self) -> bool {
        self.state != State::Off
    }

    fn new() -> Self {
        Self {
            pool: 0,
            state: State::Off,
            load: 0,
            listed: false,
            bag: 0,
            since: 0,
            busy_since: NEVER,
            leaving_since: 0,
            number: 0,
            factor: 1.0,
            work_clock: 0.0,
            handle_clock: 0.0,
            clock_at: 0,
            service_at: NEVER,
            other_at: NEVER,
            offer: None,
            occupied: false,
            generation: 0,
            segment: 0,
            budget: NEVER,
            idle_since: NEVER,
        }
    }
}

/// Loads of agents with a free slot: an agent has at most so many contacts in hand.
pub(super) const LOADS: usize = 16;

/// Neighbours in a list, which is a ring: its head comes before the first agent and after the last.
#[derive(Clone, Copy)]
pub(super) struct Link {
    prev: u32,
    next: u32,
}

/// The lists of all loads of so many pools, with nobody in them: their heads, which the links of the agents follow.
pub(super) fn empty_lists(pools: usize) -> Slots<Link> {
    let head = |i| Link { prev: i, next: i };
    (0..(pools * LOADS) as u32).map(head).collect()
}

/// Agents of one pool at the moment.
pub(super) struct PoolState {
    /// Bit per load with somebody in its list.
    loads: u32,
    /// Agents in the lists.
    listed: u32,
    /// Whether the bag is kept: random selection.
    keeps_bag: bool,
    bag: Vec<u32>,
    /// Agents that take contacts and have nothing in hand.
    pub(super) idle: u32,
    /// Agents logged on, those leaving included.
    pub(super) online: u32,
    /// Agents that take contacts.
    pub(super) active: u32,
    pub(super) duty_since: Micros,
    /// Agents who are to leave when they finish a contact.
    pub(super) excess: u32,
    pub(super) excess_since: Micros,
    /// Agents scheduled, where it is followed whether they are there, on a plan.
    pub(super) scheduled: u32,
    /// The people of a vendor, where they come and go.
    pub(super) vendor: Option<Box<VendorState>>,
    /// Time with something in hand, and time on duty, since the month began (of a register, the week).
    pub(super) busy_month: Micros,
    pub(super) duty_month: Micros,
}

impl PoolState {
    /// `keeps_bag`: the choice may be random.
    pub(super) fn new(keeps_bag: bool) -> Self {
        Self {
            keeps_bag,
            loads: 0,
            listed: 0,
            bag: Vec::new(),
            idle: 0,
            online: 0,
            active: 0,
            duty_since: 0,
            excess: 0,
            excess_since: 0,
            scheduled: 0,
            vendor: None,
            busy_month: 0,
            duty_month: 0,
        }
    }
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Puts an agent with a free slot into the list of its load.
    #[inline(always)]
    pub(super) fn enlist(&mut self, a: u32) {
        let now = self.now;
        let agent = &mut self.agents[a as usize];
        debug_assert!(!agent.listed && agent.state == State::On);
        let (p, load) = (usize::from(agent.pool), usize::from(agent.load) % LOADS);
        agent.listed = true;
        agent.since = now;
        let pool = &mut self.pools[p];
        pool.listed += 1;
        if pool.keeps_bag {
            agent.bag = pool.bag.len() as u32;
            pool.bag.push(a);
        }
        pool.loads |= 1 << load;
        self.available |= 1 << p;
        let (head, here) = (p * LOADS + load, self.heads + a as usize);
        let last = self.links[head].prev;
        self.links[here] = Link {
            prev: last,
            next: head as u32,
        };
        self.links[last as usize].next = here as u32;
        self.links[head].prev = here as u32;
    }

    /// Takes an agent out of its list, before the load changes.
    #[inline(always)]
    pub(super) fn unlist(&mut self, a: u32) {
        let agent = &mut self.agents[a as usize];
        if !agent.listed {
            return;
        }
        agent.listed = false;
        let (p, load) = (usize::from(agent.pool), usize::from(agent.load) % LOADS);
        let bag = agent.bag;
        let pool = &mut self.pools[p];
        pool.listed -= 1;
        if pool.keeps_bag {
            pool.bag.swap_remove(bag as usize);
            if let Some(&moved) = pool.bag.get(bag as usize) {
                self.agents[moved as usize].bag = bag;
            }
        }
        let Link { prev, next } = self.links[self.heads + a as usize];
        self.links[prev as usize].next = next;
        self.links[next as usize].prev = prev;
        // Nobody but the head is left.
        if prev == next {
            pool.loads &= !(1 << load);
            if pool.loads == 0 {
                self.available &= !(1 << p);
            }
        }
    }

    /// An agent of pool `p` with nothing in hand, the last to have become idle.
    pub(super) fn idle_agent(&self, p: usize) -> Option<u32> {
        let last = self.links[p * LOADS].prev as usize;
        (last >= self.heads).then(|| (last - self.heads) as u32)
    }

    /// The agents of pool `p` with so many contacts in hand who could take one more, in the order of the list.
    pub(super) fn in_list(&self, p: usize, load: usize) -> impl Iterator<Item = u32> {
        let follow = |i: usize| Some(self.links[i].next as usize).filter(|&i| i >= self.heads);
        std::iter::successors(follow(p * LOADS + load), move |&i| follow(i))
            .map(|i| (i - self.heads) as u32)
    }

    /// The agents with the fewest contacts in hand of pool `p`, which has somebody available.
    pub(super) fn least_loaded(&self, p: usize) -> impl Iterator<Item = u32> {
        self.in_list(p, self.pools[p].loads.trailing_zeros() as usize)
    }

    /// First agent of the list that `rule` prefers in pool `p`, which has somebody available.
    #[inline(always)]
    pub(super) fn first(&self, p: usize, rule: Select) -> u32 {
        let pool = &self.pools[p];
        let load = if rule == Select::MostLoaded {
            31 - pool.loads.leading_zeros()
        } else {
            pool.loads.trailing_zeros()
        };
        self.links[p * LOADS + load as usize % LOADS].next - self.heads as u32
    }

    /// The agent with a free slot that takes a contact at this step, if any. `bits` decide a random choice.
    #[inline(always)]
    pub(super) fn pick(&self, step: &StepLaw, bits: impl FnOnce() -> u64) -> Option<u32> {
        let mut pools = self.available & step.pools;
        if step.has_reserve {
            let mut left = pools;
            while left != 0 {
                let p = left.trailing_zeros() as usize;
                left &= left - 1;
                if step.reserve[p] > 0 && self.pools[p].idle <= step.reserve[p] {
                    pools &= !(1 << p);
                }
            }
        }
        if pools == 0 {
            None
        } else {
            Some(self.choose(pools, step, bits))
        }
    }

    /// The agent of pool `p`, which has somebody available, that takes a contact at this step.
    pub(super) fn pick_in(&self, p: usize, step: &StepLaw, bits: impl FnOnce() -> u64) -> u32 {
        self.choose(1 << p, step, bits)
    }

    #[inline(always)]
    fn choose(&self, pools: u64, step: &StepLaw, bits: impl FnOnce() -> u64) -> u32 {
        if matches!(
            step.select,
            Select::LongestIdle | Select::LeastLoaded | Select::MostLoaded
        ) {
            return self.choose_by_list(pools, step.select);
        }
        match step.select {
            Select::Random => self.pick_random(pools, bits()),
            Select::BestRated => self.best_rated(pools),
            _ => {
                let cheapest = step.cheapest.iter().copied().find(|&p| pools >> p & 1 != 0);
                self.first(
                    cheapest.unwrap_or(pools.trailing_zeros() as usize),
                    Select::LeastLoaded,
                )
            }
        }
    }

    /// The agent whose list comes first by `rule`.
    #[inline(always)]
    fn choose_by_list(&self, mut pools: u64, rule: Select) -> u32 {
        let mut best = self.first(pools.trailing_zeros() as usize, rule);
        pools &= pools - 1;
        while pools != 0 {
            let other = self.first(pools.trailing_zeros() as usize, rule);
            pools &= pools - 1;
            let rank = |a: u32| {
                let agent = &self.agents[a as usize];
                let load = if rule == Select::MostLoaded {
                    255 - agent.load
                } else {
                    agent.load
                };
                (load, agent.since)
            };
            if rank(other) < rank(best) {
                best = other;
            }
        }
        best
    }

    #[inline(never)]
    fn pick_random(&self, pools: u64, bits: u64) -> u32 {
        let members = || (0..64).filter(move |p| pools >> p & 1 != 0);
        let total: u64 = members().map(|p| u64::from(self.pools[p].listed)).sum();
        let mut n = ((u128::from(bits) * u128::from(total)) >> 64) as u32;
        for p in members() {
            let pool = &self.pools[p];
            if n < pool.listed {
                if let Some(&a) = pool.bag.get(n as usize) {
                    return a;
                }
                // A pool with another rule of its own keeps no bag: walk its lists.
                let mut all = (0..LOADS).flat_map(|load| self.in_list(p, load));
                if let Some(a) = all.nth(n as usize) {
                    return a;
                }
            }
            n -= pool.listed;
        }
        self.first(pools.trailing_zeros() as usize, Select::LeastLoaded)
    }

    /// A record for an agent of pool `p` who logs on, with nothing in hand.
    pub(super) fn log_on(&mut self, p: usize, number: u32, factor: f64) -> u32 {
        self.settle_duty(p);
        let a = self.free_agents.pop().unwrap_or_else(|| {
            let a = self.agents.len() as u32;
            self.agents.push(Agent::new());
            self.links.push(Link { prev: 0, next: 0 });
            self.hands
                .extend(std::iter::repeat_n(InHand::EMPTY, self.stride));
            self.tree.grow(self.first_agent_slot + self.agents.len());
            a
        });
        let agent = &mut self.agents[a as usize];
        agent.pool = p as u16;
        agent.state = State::On;
        agent.load = 0;
        agent.number = number;
        agent.factor = factor;
        agent.work_clock = 0.0;
        agent.handle_clock = 0.0;
        agent.clock_at = self.now;
        agent.budget = NEVER;
        agent.idle_since = NEVER;
        agent.occupied = false;
        agent.segment = 0;
        let pool = &mut self.pools[p];
        pool.online += 1;
        pool.active += 1;
        pool.idle += 1;
        self.observer.log_on(p, self.now);
        self.enlist(a);
        a
    }

    /// The agent goes home with empty hands.
    pub(super) fn log_off(&mut self, a: u32) {
        self.unlist(a);
        let p = usize::from(self.agents[a as usize].pool);
        self.settle_duty(p);
        if self.laws.pools[p].pays {
            self.close_session(a, p);
        }
        let agent = &mut self.agents[a as usize];
        debug_assert!(agent.load == 0 && agent.offer.is_none());
        let pool = &mut self.pools[p];
        pool.online -= 1;
        if agent.state == State::On {
            pool.active -= 1;
            pool.idle -= 1;
        } else if agent.state == State::Leaving {
            self.observer.finishing(p, agent.leaving_since, self.now, 1);
        }
        agent.state = State::Off;
        agent.generation = agent.generation.wrapping_add(1);
        agent.service_at = NEVER;
        agent.other_at = NEVER;
        let number = agent.number;
        self.tree.set(self.first_agent_slot + a as usize, NEVER);
        self.free_agents.push(a);
        self.went_home(p, number);
    }

    /// The agent takes nothing new from now on.
    pub(super) fn retire(&mut self, a: u32) {
        self.unlist(a);
        let agent = &mut self.agents[a as usize];
        agent.state = State::Leaving;
        agent.leaving_since = self.now;
        self.pools[usize::from(agent.pool)].active -= 1;
    }

    /// An agent who was to leave stays: a new shift begins.
    pub(super) fn stay(&mut self, a: u32) {
        let agent = &mut self.agents[a as usize];
        let p = usize::from(agent.pool);
        if agent.state == State::On {
            return;
        }
        if agent.state == State::Leaving {
            self.observer.finishing(p, agent.leaving_since, self.now, 1);
        }
        agent.state = State::On;
        self.pools[p].active += 1;
        let agent = &self.agents[a as usize];
        if agent.is_free() && usize::from(agent.load) < self.laws.pools[p].concurrency {
            self.enlist(a);
        }
    }

    /// Tells the time on duty up to now, before the number of agents changes.
    pub(super) fn settle_duty(&mut self, p: usize) {
        let pool = &mut self.pools[p];
        if self.now > pool.duty_since {
            if pool.online > 0 {
                self.observer
                    .on_duty(p, pool.duty_since, self.now, pool.online);
                pool.duty_month += (self.now - pool.duty_since) * u64::from(pool.online);
            }
            if pool.scheduled > 0 {
                let there = pool.online.min(pool.scheduled);
                self.observer
                    .adherence(p, pool.duty_since, self.now, pool.scheduled, there);
            }
            pool.duty_since = self.now;
        }
    }

    /// Tells the time that agents who are to leave spent past their shift, before their number changes.
    pub(super) fn settle_excess(&mut self, p: usize) {
        let pool = &mut self.pools[p];
        if pool.excess > 0
            && self.laws.pools[p].shift_end == ShiftEnd::Finish
            && self.now > pool.excess_since
        {
            self.observer
                .finishing(p, pool.excess_since, self.now, pool.excess);
        }
        pool.excess_since = self.now;
    }

    /// Tells the spans that are open up to now; they go on from here.
    pub(super) fn settle(&mut self) {
        for p in 0..self.pools.len() {
            self.settle_duty(p);
            self.settle_excess(p);
            self.settle_members(p);
            self.settle_blocks(p);
            self.settle_shifts(p);
        }
        self.settle_pay();
        let now = self.now;
        for agent in self.agents.iter_mut().filter(|a| a.is_online()) {
            let p = usize::from(agent.pool);
            if agent.load > 0 {
                let from = agent.busy_since.max(self.settled);
                self.observer.busy(p, from, now);
                self.pools[p].busy_month += now - from;
            }
            if agent.state == State::Leaving {
                self.observer.finishing(p, agent.leaving_since, now, 1);
                agent.leaving_since = now;
            }
        }
        self.settled = now;
    }
}
