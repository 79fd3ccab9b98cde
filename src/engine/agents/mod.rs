//! Agents: who is logged on, what state each is in, and how many of a pool there are.

mod hand;
mod lists;
mod pool;

pub(crate) use hand::{InHand, next_end, run_clock};
pub(crate) use pool::PoolState;

use crate::engine::laws::Laws;
use crate::engine::{Context, Observer, Sink};
use crate::model::Select;
use crate::slots::{Slots, fetch};
use crate::time::{Micros, NEVER};
use lists::{LOADS, Link, empty_lists};
use std::ops::{Index, IndexMut};

/// No agent.
pub(crate) const NOBODY: u32 = u32::MAX;

/// From so many agents on, the nearest memory does not hold them.
const MANY: usize = 4096;

/// Whether an agent takes contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Not logged on; the record is free for somebody else.
    Off,
    /// Takes contacts.
    On,
    /// Finishes what is in hand, takes nothing new: the shift or session is over.
    Leaving,
    /// The same before a break.
    Pausing,
}

/// One person at work, in two cache lines. What every service touches comes first and fills one.
#[repr(C, align(64))]
pub(crate) struct Agent {
    /// When the next service phase is over.
    pub(crate) service_at: Micros,
    /// When an offer is answered or a cool-down ends.
    pub(crate) other_at: Micros,
    pub(crate) busy_since: Micros,
    /// When the agent came into the list; of one who is leaving, when that began.
    pub(crate) since: Micros,
    /// Own factor on the work.
    pub(crate) factor: f64,
    /// Place in the pool's bag of available agents (random selection).
    bag: u32,
    /// Who of the pool it is: seat or member.
    pub(crate) number: u32,
    pub(crate) pool: u16,
    pub(crate) state: State,
    /// Contacts in hand.
    pub(crate) load: u8,
    /// Stands in the list of this load.
    pub(crate) listed: bool,
    /// On offer or cooling down.
    pub(crate) occupied: bool,
    /// Segment of the register.
    pub(crate) segment: u8,
    /// Virtual time: work done for each contact in hand (concurrency above 1), in microseconds.
    pub(crate) work_clock: f64,
    /// Agent time given to each contact in hand.
    pub(crate) handle_clock: f64,
    pub(crate) clock_at: Micros,
    pub(crate) offer: Option<Offer>,
    /// Idle time left of a session that is used up only while idle.
    pub(crate) budget: Micros,
    /// When the present idle spell of such a session began; `NEVER` while it stands still.
    pub(crate) idle_since: Micros,
    /// Invalidates ends of sessions that no longer hold.
    pub(crate) generation: u32,
}

const _: () = assert!(size_of::<Agent>() == 128);

impl Agent {
    /// Takes contacts, and is neither on offer nor cooling down.
    #[inline(always)]
    pub(crate) fn is_free(&self) -> bool {
        self.state == State::On && !self.occupied
    }

    /// Logged on, or finishing.
    pub(crate) fn is_online(&self) -> bool {
        self.state != State::Off
    }
}

/// A contact on offer to a member of a register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    pub(crate) queue: u16,
    pub(crate) place: u64,
    /// Number of the offer of this contact.
    pub(crate) nth: u16,
    /// The answer comes too late.
    pub(crate) late: bool,
    /// The next member with the same contact on offer.
    pub(crate) next: u32,
}

/// All agents, those logged off included, and their pools. `agents[a]` is the record of agent `a`.
pub(crate) struct Agents {
    pub(crate) records: Slots<Agent>,
    /// Those with a free slot, in lists: the heads, `heads` of them, then the agents.
    links: Slots<Link>,
    heads: usize,
    /// By agent: the contacts in hand, in places for `stride` of them.
    pub(crate) hands: Slots<InHand>,
    stride: usize,
    /// Contacts that are being talked to.
    pub(crate) talking: u64,
    /// Records that nobody uses.
    free: Vec<u32>,
    pub(crate) pools: Slots<PoolState>,
    /// Bit per pool with somebody in a list; of more than 64 pools the bits are never taken off.
    pub(crate) available: u64,
    /// What is taken off for a pool, before it is shifted.
    is_narrow: u64,
}

impl Index<u32> for Agents {
    type Output = Agent;

    #[inline(always)]
    fn index(&self, a: u32) -> &Agent {
        &self.records[a as usize]
    }
}

impl IndexMut<u32> for Agents {
    #[inline(always)]
    fn index_mut(&mut self, a: u32) -> &mut Agent {
        &mut self.records[a as usize]
    }
}

impl Agents {
    /// Nobody in any pool.
    pub(crate) fn new(laws: &Laws<'_>) -> Self {
        let pool = |p: usize| PoolState {
            keeps_bag: laws
                .epochs()
                .any(|l| l.model.pools[p].select == Select::Random),
            ..PoolState::default()
        };
        let most = laws.epochs().flat_map(|l| l.pools.iter());
        let pools = laws.pools.len();
        Self {
            records: Slots::new(),
            links: empty_lists(pools),
            heads: pools * LOADS,
            hands: Slots::new(),
            stride: most.map(|p| p.concurrency).max().unwrap_or(1),
            talking: 0,
            free: Vec::new(),
            pools: (0..pools).map(pool).collect(),
            available: 0,
            is_narrow: u64::from(pools <= 64),
        }
    }

    /// These agents, as far as they exist, will be needed soon.
    #[inline(always)]
    pub(crate) fn expect(&self, few: impl Iterator<Item = u32>) {
        if self.records.len() >= MANY {
            for a in few.filter(|&a| self.all().contains(&a)) {
                fetch(&self[a]);
                fetch(&self.hands[self.first_hand(a)]);
            }
        }
    }

    /// Numbers of all records.
    pub(crate) fn all(&self) -> std::ops::Range<u32> {
        0..self.records.len() as u32
    }

    /// Agents of pool `p` who are logged on, those finishing included.
    pub(crate) fn online(&self, p: usize) -> impl Iterator<Item = u32> {
        self.all().filter(move |&a| {
            let agent = &self[a];
            usize::from(agent.pool) == p && agent.is_online()
        })
    }

    /// Whether no agent has anything in hand, after-contact work included.
    pub(crate) fn have_empty_hands(&self) -> bool {
        self.records.iter().all(|agent| agent.load == 0)
    }

    /// A record for an agent of pool `p` who logs on, with nothing in hand.
    pub(crate) fn log_on(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        p: usize,
        number: u32,
        factor: f64,
    ) -> u32 {
        self.tell_duty(cx, p);
        let free = self.free.pop();
        let agent = Agent {
            pool: p as u16,
            state: State::On,
            load: 0,
            listed: false,
            bag: 0,
            since: 0,
            busy_since: NEVER,
            number,
            factor,
            work_clock: 0.0,
            handle_clock: 0.0,
            clock_at: cx.now,
            service_at: NEVER,
            other_at: NEVER,
            offer: None,
            occupied: false,
            generation: free.map_or(0, |a| self[a].generation),
            segment: 0,
            budget: NEVER,
            idle_since: NEVER,
        };
        let a = free.unwrap_or(self.records.len() as u32);
        if free.is_some() {
            self[a] = agent;
        } else {
            self.records.push(agent);
            self.links.push(Link { prev: 0, next: 0 });
            let hands = std::iter::repeat_n(InHand::default(), self.stride);
            self.hands.extend(hands);
            cx.calendar.make_room(self.records.len());
        }
        let pool = &mut self.pools[p];
        pool.online += 1;
        pool.active += 1;
        pool.idle += 1;
        cx.observer.log_on(p, cx.now);
        self.enlist(cx.now, a);
        a
    }

    /// The agent goes home with empty hands; the pool and the number of the person.
    pub(crate) fn log_off(&mut self, cx: &mut Context<'_, impl Sink>, a: u32) -> (usize, u32) {
        self.unlist(a);
        let p = usize::from(self[a].pool);
        self.tell_duty(cx, p);
        let agent = &mut self.records[a as usize];
        debug_assert!(agent.load == 0 && agent.offer.is_none());
        let pool = &mut self.pools[p];
        pool.online -= 1;
        if agent.state == State::On {
            pool.active -= 1;
            pool.idle -= 1;
        } else if agent.state == State::Leaving {
            cx.observer.finishing(p, agent.since, cx.now, 1);
        }
        agent.state = State::Off;
        agent.generation = agent.generation.wrapping_add(1);
        agent.service_at = NEVER;
        agent.other_at = NEVER;
        cx.calendar.set_agent(a, NEVER);
        self.free.push(a);
        (p, self[a].number)
    }

    /// The agent takes nothing new from `now` on.
    pub(crate) fn retire(&mut self, now: Micros, a: u32) {
        self.unlist(a);
        let agent = &mut self.records[a as usize];
        agent.state = State::Leaving;
        agent.since = now;
        self.pools[usize::from(agent.pool)].active -= 1;
    }

    /// An agent who was to leave stays: a new shift begins.
    pub(crate) fn stay(&mut self, cx: &mut Context<'_, impl Sink>, a: u32) {
        let agent = &mut self.records[a as usize];
        let p = usize::from(agent.pool);
        if agent.state == State::On {
            return;
        }
        if agent.state == State::Leaving {
            cx.observer.finishing(p, agent.since, cx.now, 1);
        }
        agent.state = State::On;
        self.pools[p].active += 1;
        if agent.is_free() && usize::from(agent.load) < cx.laws.pools[p].concurrency {
            self.enlist(cx.now, a);
        }
    }

    /// The event of the agent is the end of its service or the other one, whichever comes first.
    #[inline(always)]
    pub(crate) fn aim(&self, cx: &mut Context<'_, impl Sink>, a: u32) {
        let agent = &self[a];
        cx.calendar
            .set_agent(a, agent.service_at.min(agent.other_at));
    }

    /// The idle time of a session that is used up only while idle stands still, if it runs.
    pub(crate) fn stop_budget(&mut self, now: Micros, a: u32) {
        let agent = &mut self[a];
        if agent.idle_since != NEVER {
            agent.budget = agent.budget.saturating_sub(now - agent.idle_since);
            agent.idle_since = NEVER;
            agent.generation = agent.generation.wrapping_add(1);
        }
    }
}
