//! One replication of the operation, event by event.
//!
//! The engine cannot fail: whatever can be wrong was refused when [`Laws`] were made. It opens nothing, prints nothing,
//! knows no clock of the machine, allocates nothing per event, and speaks to an [`Observer`] only.
//!
//! **Time moves in steps of the demand grid**, which a change between two of its lines divides. When a step opens, its new cases are drawn, those who come back in it are
//! taken from their list, all of them meet the assistant, and the contacts that go to people are sorted by time. A contact
//! that the unlimited assistant contains is never an event. Within the step the earliest of the sorted contacts and of
//! the event tree is next.
//!
//! **Order of events at one instant** (a microsecond): changes of staff; log-ons and ends of sessions;
//! begins, then ends of shifts, then breaks; reviews of ranks, openings of weeks, then begins of blocks; what was filed
//! within the step (returns, hand-overs, ends of limited assistant sessions); opening of route steps; what agents finish
//! or answer, by slot; new arrivals at queues; the end of a patience last, since an agent who frees up at the very
//! instant that a patience ends answers the call.
//!
//! **Patience is lazy** where nobody depends on the exact moment of an abandonment: an expired contact is noticed when the
//! line is next looked at, and told with the time at which it left. Queues with a limit, with returns after abandonment
//! or with offers notice at once.

mod agents;
mod assistant;
mod astray;
mod blocks;
mod cache;
mod calendar;
mod callback;
mod chance;
mod change;
mod contact;
mod crowd;
mod cut;
mod demand;
mod earnings;
mod filing;
mod gig;
mod gig_law;
mod laws;
mod observer;
mod patience;
mod person;
mod play;
mod queues;
mod ramp;
mod rating;
mod register;
mod routing;
mod satisfaction;
mod service;
mod shifts;
mod staffing;
mod steps;
mod turnover;
mod vendor;
mod waited;
mod work;
mod workforce;

pub use blocks::Bookings;
pub use contact::{Contact, Handler, Reason};
pub use earnings::Paid;
pub use laws::Laws;
pub use observer::{Observer, Service, Verdict, Wait};
pub use workforce::People;

use agents::{Agent, PoolState};
use assistant::Door;
use calendar::{EventTree, Later};
use contact::{InHand, Line};
use filing::{Due, Item};
use patience::Watch;
use shifts::RosterState;
use staffing::StaffState;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use waited::Waited;
use workforce::GroupState;

use crate::model::Ending;
use crate::random::{Key, purpose};
use crate::slots::Slots;
use crate::time::{DAY, Micros, NEVER, round_micros};

/// After the horizon the system is served to its end, but no longer than this; who still waits then is unserved.
pub const DRAIN: Micros = 7 * DAY;

/// Purposes of the k-th hop, attempt or offer lie this far apart.
const STRIDE: u64 = 64;

/// A contact moves on at most so often (transfers, cut-offs); then the person's answer is final.
const MAX_HOPS: u8 = 60;

/// Kinds of entities below the root key.
mod kind {
    pub(super) const CASE: u64 = 1;
    pub(super) const DAY: u64 = 2;
    pub(super) const INTERVAL: u64 = 3;
    pub(super) const POOL: u64 = 4;
    pub(super) const ASSISTANT: u64 = 5;
    pub(super) const GROUP: u64 = 6;
}

/// Slots of the event tree that belong to processes rather than agents.
mod slot {
    pub(super) const STAFF: usize = 0;
    pub(super) const CLOCK: usize = 1;
    pub(super) const SOON: usize = 2;
    /// First of the route timers; the agents follow.
    pub(super) const TIMERS: usize = 3;
}

/// What a replication leaves besides what the observer was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Contacts begun, by topic.
    pub started: Vec<u64>,
    /// Contacts ended, by topic and [`Ending`].
    pub ended: Vec<[u64; Ending::COUNT]>,
    /// Returns that fall after the horizon.
    pub pending: u64,
    /// Whether at every step boundary, and at the end, the contacts begun were those ended and those found in the system.
    pub conserved: bool,
    /// Events taken from the event tree.
    pub events: u64,
    /// Whether the replication was stopped before its end.
    pub stopped: bool,
    /// When it ended: at the horizon, or when the last contact had ended after it.
    pub end: Micros,
}

impl Account {
    /// Contacts begun.
    pub fn contacts(&self) -> u64 {
        self.started.iter().sum()
    }
}

/// Simulates one replication and tells `observer` about it. `stop` is asked once per step of the demand grid.
pub fn simulate<O: Observer + ?Sized>(
    laws: &Laws<'_>,
    seed: u64,
    replication: u64,
    observer: &mut O,
    stop: &dyn Fn() -> bool,
) -> Account {
    let mut engine = Engine::new(laws, Key::root(seed, replication), observer);
    engine.run(stop);
    Account {
        started: engine.started.into(),
        ended: engine.ended.into(),
        ..engine.account
    }
}

struct Engine<'e, 'm, O: ?Sized> {
    /// The laws of the present epoch, and those of the first.
    laws: &'e Laws<'m>,
    first: &'e Laws<'m>,
    observer: &'e mut O,
    root: Key,
    now: Micros,
    warmup: Micros,
    horizon: Micros,
    max_contacts: u16,
    // Calendar
    tree: EventTree,
    first_agent_slot: usize,
    step: usize,
    step_start: Micros,
    step_width: Micros,
    /// The grid that holds, and the cell of it in which the step lies: as a rule it is the step.
    run: steps::Run,
    cell: usize,
    later: Later<Item>,
    soon: BinaryHeap<Reverse<(Micros, u8, u64, u32)>>,
    soon_items: Vec<Item>,
    soon_free: Vec<u32>,
    /// Contacts that reach people in the step as they come up, their order in time, and the next few in that order.
    enrolled: Slots<Contact>,
    order: Slots<u64>,
    agenda: Slots<Contact>,
    /// The agenda of the step is being made: contacts are enrolled rather than filed.
    opening: bool,
    scratch: Vec<u64>,
    counts: Vec<u32>,
    // Demand
    case_roots: Vec<Key>,
    replay_cursor: Vec<usize>,
    /// The number of the period, and of the month.
    period: usize,
    month: u32,
    groups: Vec<GroupState>,
    /// Factor on the demand of the step.
    busyness: f64,
    /// Factor of the day, and which day.
    day_busyness: (u64, f64),
    /// Factor of the interval, and which interval.
    interval_busyness: (u64, f64),
    // Queues
    lines: Slots<Line>,
    waiting: Slots<u64>,
    /// By pool and word of queues: whether the first contact of the queue may be open to the pool. Where its step opens with time,
    /// the bit is set by the step's timer and cleared by who looks and finds the step closed.
    ripe: Slots<u64>,
    watch: Watch,
    timers: Slots<queues::Timer>,
    // People
    agents: Slots<Agent>,
    /// Those with a free slot, in lists: the heads, `heads` of them, then the agents.
    links: Slots<agents::Link>,
    heads: usize,
    hands: Slots<InHand>,
    stride: usize,
    free_agents: Vec<u32>,
    /// By agent, where people learn: threshold of what is learned already.
    learned: Vec<u64>,
    pools: Slots<PoolState>,
    available: u64,
    staff: Vec<StaffState>,
    /// By pool, where it has shifts.
    rosters: Vec<Option<RosterState>>,
    clock: BinaryHeap<Reverse<(Micros, register::Tick)>>,
    /// By pool.
    registers: Vec<register::Register>,
    /// By agent, as far as agents of registers go.
    sessions: Vec<earnings::Session>,
    /// Time waited in lines by the cases that have not ended; only where satisfaction is followed.
    waited: Waited,
    // Assistant
    outages: Vec<(Micros, Micros)>,
    door: Door,
    /// The assistant takes everybody at once: without a limit, never down.
    unfailing: bool,
    // Books
    account: Account,
    /// Contacts begun by topic, and ended by topic and way.
    started: Slots<u64>,
    ended: Slots<[u64; Ending::COUNT]>,
    talking_now: u64,
    filed_now: u64,
    /// Spans that are open have been told up to here.
    settled: Micros,
}

impl<'e, 'm, O: Observer + ?Sized> Engine<'e, 'm, O> {
    fn new(laws: &'e Laws<'m>, root: Key, observer: &'e mut O) -> Self {
        let model = laws.model;
        let steps = &laws.frame.steps;
        let timers = queues::timers(laws);
        let most_timers = laws.epochs().map(|l| queues::timers(l).len()).max();
        let first_agent_slot = slot::TIMERS + most_timers.unwrap_or(0);
        let pools = laws.epochs().flat_map(|l| l.pools.iter());
        let stride = pools.map(|p| p.concurrency).max().unwrap_or(1);
        let mut engine = Self {
            laws,
            first: laws,
            observer,
            root,
            now: 0,
            warmup: model.warmup,
            horizon: model.horizon,
            max_contacts: model.max_contacts,
            tree: EventTree::new(first_agent_slot + 8),
            first_agent_slot,
            step: 0,
            step_start: 0,
            step_width: 0,
            run: steps.run(0),
            cell: 0,
            later: Later::new(steps.number(model.horizon + DRAIN - 1) + 1),
            soon: BinaryHeap::new(),
            soon_items: Vec::new(),
            soon_free: Vec::new(),
            enrolled: Slots::new(),
            order: Slots::new(),
            agenda: Slots::new(),
            opening: false,
            scratch: Vec::new(),
            counts: Vec::new(),
            case_roots: model
                .topics
                .iter()
                .map(|t| root.named(kind::CASE, &t.name))
                .collect(),
            replay_cursor: vec![0; model.topics.len()],
            period: 0,
            month: 0,
            groups: model.groups.iter().map(GroupState::new).collect(),
            busyness: 1.0,
            day_busyness: (u64::MAX, 1.0),
            interval_busyness: (u64::MAX, 1.0),
            lines: (0..laws.queues.len()).map(|_| Line::new()).collect(),
            waiting: vec![0; laws.queues.len().div_ceil(64)].into(),
            ripe: vec![u64::MAX; laws.queues.len().div_ceil(64) * laws.pools.len()].into(),
            watch: Watch::new(),
            timers,
            agents: Slots::new(),
            links: agents::empty_lists(laws.pools.len()),
            heads: laws.pools.len() * agents::LOADS,
            hands: Slots::new(),
            stride,
            free_agents: Vec::new(),
            learned: Vec::new(),
            pools: (0..laws.pools.len())
                .map(|p| PoolState::new(laws.epochs().any(|l| l.pools[p].random_select)))
                .collect(),
            available: 0,
            staff: Vec::new(),
            rosters: laws.model.pools.iter().map(RosterState::new).collect(),
            clock: BinaryHeap::new(),
            sessions: Vec::new(),
            registers: laws.pools.iter().map(|_| Default::default()).collect(),
            waited: Waited::default(),
            outages: Vec::new(),
            door: Door::default(),
            unfailing: false,
            account: Account {
                conserved: true,
                ..Account::default()
            },
            started: vec![0; model.topics.len()].into(),
            ended: vec![[0; Ending::COUNT]; model.topics.len()].into(),
            talking_now: 0,
            filed_now: 0,
            settled: 0,
        };
        engine.plan_outages();
        engine.plan_staff();
        engine.plan_shifts();
        engine.plan_members();
        engine.open_month();
        engine
    }

    fn run(&mut self, stop: &dyn Fn() -> bool) {
        let end = self.horizon + DRAIN;
        let asked_every = self.run.width;
        self.lay_step(0);
        loop {
            let step_end = self.step_start + self.step_width;
            while self.next_period_begins() <= self.step_start {
                self.open_period();
            }
            self.open_step();
            self.play(step_end.min(end));
            self.sweep();
            if !self.books_balance() {
                self.account.conserved = false;
            }
            let is_asked = step_end / asked_every != self.step_start / asked_every;
            self.step += 1;
            self.lay_step(step_end);
            if step_end >= end
                || (step_end >= self.horizon && self.in_system() == 0 && self.nothing_in_hand())
            {
                break;
            }
            if is_asked && stop() {
                self.account.stopped = true;
                break;
            }
        }
        self.close();
    }

    fn next_period_begins(&self) -> Micros {
        let next = self.laws.frame.periods.get(self.period + 1);
        next.map_or(NEVER, |period| period.span.start)
    }

    /// A month begins, or something changes, or both.
    #[cold]
    fn open_period(&mut self) {
        let periods = &self.laws.frame.periods;
        let (old, new) = (periods[self.period], periods[self.period + 1]);
        let is_new_month = old.month != new.month;
        self.settle();
        if old.epoch != new.epoch {
            self.divide_sessions(new.epoch);
        }
        if is_new_month {
            self.close_registers();
        }
        self.close_people(is_new_month);
        self.observer.period();
        self.period += 1;
        if old.epoch != new.epoch {
            self.change(new.epoch);
        }
        if is_new_month {
            self.open_month();
        }
    }

    /// Whether no agent has anything in hand, after-contact work included.
    fn nothing_in_hand(&self) -> bool {
        self.agents.iter().all(|agent| agent.load == 0)
    }

    /// Contacts begun that have not ended.
    fn in_system(&self) -> u64 {
        let ended: u64 = self.ended.iter().flatten().sum();
        self.started.iter().sum::<u64>().wrapping_sub(ended)
    }

    /// Begins and ends of contacts against where contacts are found.
    fn books_balance(&self) -> bool {
        let waiting: u64 = self.lines.iter().map(|line| u64::from(line.live)).sum();
        self.in_system() == waiting + self.talking_now + self.filed_now
    }

    /// The contact ends; the customer may come back.
    #[inline(never)]
    fn end(&mut self, contact: &Contact, ending: Ending, at: Micros) {
        self.finish(contact, ending, at);
    }

    /// As [`Self::end`], compiled into its caller.
    #[inline(always)]
    fn finish(&mut self, contact: &Contact, ending: Ending, at: Micros) {
        let laws = self.laws;
        let topic = usize::from(contact.topic);
        let law = &laws.topics[topic];
        self.ended[topic][ending as usize] += 1;
        let back = match &law.returns[ending as usize] {
            Some(law) if contact.number < self.max_contacts => {
                let key = contact.key();
                let comes = law.chance == u64::MAX || key.bits(purpose::RETURN) < law.chance;
                comes.then(|| {
                    let bits = key.bits(purpose::RETURN_DELAY);
                    let delay = round_micros(law.delay.sample(bits));
                    law.clock
                        .as_ref()
                        .map_or(at + delay, |clock| clock.after(at, delay))
                })
            }
            _ => None,
        };
        let saved = if ending == Ending::AiResolved {
            law.expected_work(contact.case)
        } else {
            0.0
        };
        let elapsed = back.map(|back| back - at);
        self.observer.ended(contact, ending, at, elapsed, saved);
        if let Some(back) = back {
            self.come_back(contact, ending, back);
        } else if laws.satisfaction.is_some() && ending != Ending::Unserved {
            self.judge(contact, ending);
        }
    }

    /// The end of the replication: what is not finished is told as that, spans of time are closed.
    fn close(&mut self) {
        self.now = self.now.max(self.step_start).min(self.horizon + DRAIN);
        if !self.account.stopped {
            self.flush();
            self.account.conserved &= self.books_balance() && self.in_system() == 0;
        }
        self.close_sessions(|_| true);
        self.account.end = self.now;
        self.settle();
        self.close_registers();
        self.close_people(true);
    }
}
