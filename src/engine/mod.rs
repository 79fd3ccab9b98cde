//! One replication of the operation, event by event.
//!
//! The engine cannot fail: whatever can be wrong was refused when [`Laws`] were made. It opens nothing, prints nothing,
//! knows no clock of the machine, allocates nothing per event, and speaks to an [`Observer`] only.
//!
//! **Time moves in steps of the demand grid.** When a step opens, its new cases are drawn, those who come back in it are
//! taken from their list, all of them meet the assistant, and the contacts that go to people are sorted by time. A contact
//! that the unlimited assistant contains is never an event. Within the step the earliest of the sorted contacts and of
//! the event tree is next.
//!
//! **Order of events at one instant** (a microsecond): changes of staff; log-ons and ends of sessions; what was filed
//! within the step (returns, hand-overs, ends of limited assistant sessions); opening of route steps; what agents finish
//! or answer, by slot; new arrivals at queues; the end of a patience last, since an agent who frees up at the very
//! instant that a patience ends answers the call.
//!
//! **Patience is lazy** where nobody depends on the exact moment of an abandonment: an expired contact is noticed when the
//! line is next looked at, and told with the time at which it left. Queues with a limit, with returns after abandonment
//! or with offers notice at once.

mod agents;
mod assistant;
mod calendar;
mod contact;
mod gig;
mod laws;
mod observer;
mod queues;
mod routing;
mod service;
mod staffing;

pub use contact::{Contact, Reason};
pub use laws::Laws;
pub use observer::{Observer, Service, Wait};

use agents::{Agent, PoolState};
use assistant::Door;
use calendar::{EventTree, Later, sort_spread};
use contact::{COUNTED, InHand, Line, MET_PERSON};
use staffing::StaffState;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::dist::counts::{gamma_quantile_mean1, poisson_quantile};
use crate::model::{Arrivals, Ending};
use crate::random::{Key, purpose};
use crate::time::{DAY, Micros, NEVER, round_micros};

/// After the horizon the system is served to its end, but no longer than this; who still waits then is turned away.
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
}

/// Slots of the event tree that belong to processes rather than agents.
mod slot {
    pub(super) const STAFF: usize = 0;
    pub(super) const CLOCK: usize = 1;
    pub(super) const SOON: usize = 2;
    /// First of the route timers; the agents follow.
    pub(super) const TIMERS: usize = 3;
}

/// Something filed for a later moment.
#[derive(Clone, Copy, Debug)]
struct Item {
    at: Micros,
    contact: Contact,
    due: Due,
}

/// What is to happen.
#[derive(Clone, Copy, Debug)]
enum Due {
    /// A contact begins.
    Begin,
    /// A contact reaches people.
    People(Reason),
    /// A session with the limited assistant ends.
    Session(assistant::Result),
    /// Patience at the assistant's door ends.
    DoorPatience(u32),
    /// The assistant is up again.
    Restored,
}

impl Due {
    /// Order at one instant.
    fn rank(self) -> u8 {
        match self {
            Due::Restored => 0,
            Due::Session(_) => 1,
            Due::Begin => 2,
            Due::People(_) => 3,
            Due::DoorPatience(_) => 4,
        }
    }
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
}

impl Account {
    /// Contacts begun.
    pub fn contacts(&self) -> u64 {
        self.started.iter().sum()
    }
}

/// Simulates one replication and tells `observer` about it. `stop` is asked once per step of the demand grid.
pub fn simulate<O: Observer>(
    laws: &Laws<'_>,
    seed: u64,
    replication: u64,
    observer: &mut O,
    stop: &dyn Fn() -> bool,
) -> Account {
    let mut engine = Engine::new(laws, Key::root(seed, replication), observer);
    engine.run(stop);
    engine.account
}

struct Engine<'e, 'm, O> {
    laws: &'e Laws<'m>,
    observer: &'e mut O,
    root: Key,
    now: Micros,
    warmup: Micros,
    horizon: Micros,
    // Calendar
    tree: EventTree,
    first_agent_slot: usize,
    step: usize,
    step_start: Micros,
    step_width: Micros,
    later: Later<Item>,
    soon: BinaryHeap<Reverse<(Micros, u8, u64, u32)>>,
    soon_items: Vec<Item>,
    soon_free: Vec<u32>,
    agenda: Vec<Item>,
    order: Vec<u64>,
    /// The agenda of the step is being made: contacts are enrolled rather than filed.
    opening: bool,
    scratch: Vec<u64>,
    counts: Vec<u32>,
    // Demand
    case_roots: Vec<Key>,
    replay_cursor: Vec<usize>,
    days: Vec<Micros>,
    // Queues
    lines: Vec<Line>,
    waiting: Vec<u64>,
    patience: BinaryHeap<Reverse<(Micros, u32, u64)>>,
    patience_due: Micros,
    timers: Vec<queues::Timer>,
    // People
    agents: Vec<Agent>,
    hands: Vec<InHand>,
    stride: usize,
    free_agents: Vec<u32>,
    pools: Vec<PoolState>,
    available: u64,
    staff: Vec<StaffState>,
    clock: BinaryHeap<Reverse<(Micros, gig::Tick)>>,
    // Assistant
    outages: Vec<(Micros, Micros)>,
    door: Door,
    // Books
    account: Account,
    in_system: u64,
    waiting_now: u64,
    talking_now: u64,
    /// Contacts in hand, after-contact work included.
    in_hand_now: u64,
    filed_now: u64,
}

impl<'e, 'm, O: Observer> Engine<'e, 'm, O> {
    fn new(laws: &'e Laws<'m>, root: Key, observer: &'e mut O) -> Self {
        let model = laws.model;
        let step_width = model.demand.step;
        let steps = (model.horizon + DRAIN).div_ceil(step_width) as usize;
        let timers = queues::timers(laws);
        let first_agent_slot = slot::TIMERS + timers.len();
        let stride = laws.pools.iter().map(|p| p.concurrency).max().unwrap_or(1);
        let mut engine = Self {
            laws,
            observer,
            root,
            now: 0,
            warmup: model.warmup,
            horizon: model.horizon,
            tree: EventTree::new(first_agent_slot + 8),
            first_agent_slot,
            step: 0,
            step_start: 0,
            step_width,
            later: Later::new(steps),
            soon: BinaryHeap::new(),
            soon_items: Vec::new(),
            soon_free: Vec::new(),
            agenda: Vec::new(),
            order: Vec::new(),
            opening: false,
            scratch: Vec::new(),
            counts: Vec::new(),
            case_roots: model.topics.iter().map(|t| root.named(kind::CASE, &t.name)).collect(),
            replay_cursor: vec![0; model.topics.len()],
            days: model.calendar.day_starts(model.horizon + DRAIN),
            lines: (0..laws.queues.len()).map(|_| Line::new()).collect(),
            waiting: vec![0; laws.queues.len().div_ceil(64)],
            patience: BinaryHeap::new(),
            patience_due: NEVER,
            timers,
            agents: Vec::new(),
            hands: Vec::new(),
            stride,
            free_agents: Vec::new(),
            pools: laws.pools.iter().map(PoolState::new).collect(),
            available: 0,
            staff: Vec::new(),
            clock: BinaryHeap::new(),
            outages: Vec::new(),
            door: Door::default(),
            account: Account {
                started: vec![0; model.topics.len()],
                ended: vec![[0; Ending::COUNT]; model.topics.len()],
                conserved: true,
                ..Account::default()
            },
            in_system: 0,
            waiting_now: 0,
            talking_now: 0,
            in_hand_now: 0,
            filed_now: 0,
        };
        engine.plan_outages();
        engine.plan_staff();
        engine.plan_members();
        engine
    }

    fn run(&mut self, stop: &dyn Fn() -> bool) {
        let end = self.horizon + DRAIN;
        loop {
            let step_end = self.step_start + self.step_width;
            self.open_step();
            self.play(step_end.min(end));
            self.sweep();
            if !self.books_balance() {
                self.account.conserved = false;
            }
            self.step += 1;
            self.step_start = step_end;
            if step_end >= end || (step_end >= self.horizon && self.in_system + self.in_hand_now == 0) {
                break;
            }
            if stop() {
                self.account.stopped = true;
                break;
            }
        }
        self.close();
    }

    /// Begins and ends of contacts against where contacts are found.
    fn books_balance(&self) -> bool {
        let ended: u64 = self.account.ended.iter().flatten().sum();
        self.account.contacts() == ended + self.in_system
            && self.in_system == self.waiting_now + self.talking_now + self.filed_now
    }

    /// Draws the cases of the step and makes the agenda of contacts that reach people in it.
    fn open_step(&mut self) {
        self.agenda.clear();
        self.order.clear();
        self.opening = true;
        if self.step_start < self.horizon {
            for topic in 0..self.laws.topics.len() {
                self.draw_cases(topic);
            }
        }
        while let Some(item) = self.later.pop(self.step) {
            match item.due {
                Due::Begin if self.door.is_limited() => self.file_soon(item),
                Due::Begin => self.begin(item.contact, item.at),
                Due::People(_) => self.enrol(item),
                _ => self.file_soon(item),
            }
        }
        self.opening = false;
        sort_spread(&mut self.order, self.step_width, &mut self.scratch, &mut self.counts);
    }

    /// Puts a contact on the agenda of the step that is being opened.
    #[inline]
    fn enrol(&mut self, item: Item) {
        let offset = item.at - self.step_start;
        self.order.push((offset << 24) | self.agenda.len() as u64);
        self.agenda.push(item);
    }

    fn draw_cases(&mut self, topic: usize) {
        let arrivals = &self.laws.model.demand.arrivals[topic];
        let width = self.step_width.min(self.horizon - self.step_start);
        let step_key = self.case_roots[topic].child(self.step as u64);
        let count = match arrivals {
            Arrivals::Replay(times) => {
                let mut i = self.replay_cursor[topic];
                while let Some(&at) = times.get(i).filter(|&&t| t < self.step_start + width) {
                    self.new_case(self.case_roots[topic].child(u64::MAX).child(i as u64), topic, at);
                    i += 1;
                }
                self.replay_cursor[topic] = i;
                return;
            }
            Arrivals::Counts(counts) => u64::from(counts[self.step]),
            Arrivals::Expected(expected) => {
                let mean = expected[self.step] * self.busyness();
                poisson_quantile(mean, step_key.bits(purpose::COUNT))
            }
        };
        for i in 0..count.min(1 << 23) {
            let case = step_key.child(i);
            let offset = (u128::from(case.bits(purpose::ARRIVAL)) * u128::from(width)) >> 64;
            self.new_case(case, topic, self.step_start + offset as u64);
        }
    }

    /// The Gamma factors of the day and of the interval at the start of the step.
    fn busyness(&self) -> f64 {
        let demand = &self.laws.model.demand;
        let mut factor = 1.0;
        if demand.day_busyness_cv > 0.0 {
            let day = self.days.partition_point(|&d| d <= self.step_start) as u64;
            let bits = self.root.child(kind::DAY).child(day).bits(purpose::DAY_BUSYNESS);
            factor *= gamma_quantile_mean1(demand.day_busyness_cv, bits);
        }
        if demand.interval_busyness_cv > 0.0 {
            let interval = self.step_start / self.laws.model.interval;
            let bits = self.root.child(kind::INTERVAL).child(interval).bits(purpose::INTERVAL_BUSYNESS);
            factor *= gamma_quantile_mean1(demand.interval_busyness_cv, bits);
        }
        factor
    }

    #[inline]
    fn new_case(&mut self, case: Key, topic: usize, at: Micros) {
        let flags = if at >= self.warmup { COUNTED } else { 0 };
        let contact = Contact { case, case_start: at, start: at, number: 1, topic: topic as u16, hop: 0, flags };
        if self.door.is_limited() {
            self.file_soon(Item { at, contact, due: Due::Begin });
        } else {
            self.begin(contact, at);
        }
    }

    /// Files something for a moment at or after now: in the list of its step, or among what is due within this one.
    fn file(&mut self, item: Item) {
        let step = (item.at / self.step_width) as usize;
        if step > self.step {
            if !self.later.push(step, item) && !matches!(item.due, Due::Begin) {
                // Beyond the drain: nobody will be there to answer.
                self.filed_now -= 1;
                self.end(&item.contact, Ending::TurnedAway, item.at);
            }
        } else {
            self.file_soon(item);
        }
    }

    fn file_soon(&mut self, item: Item) {
        let place = match self.soon_free.pop() {
            Some(place) => {
                self.soon_items[place as usize] = item;
                place
            }
            None => {
                self.soon_items.push(item);
                self.soon_items.len() as u32 - 1
            }
        };
        // At one instant the order is that of the kinds, then of the cases.
        self.soon.push(Reverse((item.at, item.due.rank(), item.contact.case.0, place)));
        self.aim_soon();
    }

    fn aim_soon(&mut self) {
        let at = self.soon.peek().map_or(NEVER, |&Reverse((at, ..))| at);
        self.tree.set(slot::SOON, at);
    }

    /// Plays the step: the earliest of agenda, event tree and patience is next.
    fn play(&mut self, step_end: Micros) {
        let mut cursor = 0;
        loop {
            let arrival = match self.order.get(cursor) {
                Some(&key) => self.step_start + (key >> 24),
                None => step_end,
            };
            let event = self.tree.time();
            if self.patience_due < arrival && self.patience_due < event {
                self.expire();
                continue;
            }
            if event <= arrival && event < step_end {
                self.now = event;
                self.account.events += 1;
                self.act(self.tree.slot());
                continue;
            }
            if cursor >= self.order.len() {
                break;
            }
            let item = self.agenda[(self.order[cursor] & 0xFF_FFFF) as usize];
            cursor += 1;
            self.now = item.at;
            self.filed_now -= 1;
            if let Due::People(reason) = item.due {
                self.to_people(item.contact, usize::from(item.contact.topic), reason);
            }
        }
        self.now = step_end;
    }

    #[inline]
    fn act(&mut self, slot: usize) {
        if slot >= self.first_agent_slot {
            self.agent_event((slot - self.first_agent_slot) as u32);
        } else {
            match slot {
                slot::STAFF => self.change_staff(),
                slot::CLOCK => self.tick(),
                slot::SOON => self.due(),
                timer => self.open_route_step(timer - slot::TIMERS),
            }
        }
    }

    /// Something filed within the step is due.
    fn due(&mut self) {
        let Some(Reverse((.., place))) = self.soon.pop() else { return };
        self.soon_free.push(place);
        self.aim_soon();
        let item = self.soon_items[place as usize];
        match item.due {
            Due::Begin => self.begin(item.contact, item.at),
            Due::People(reason) => {
                self.filed_now -= 1;
                self.to_people(item.contact, usize::from(item.contact.topic), reason);
            }
            Due::Session(result) => self.end_session(item.contact, result),
            Due::DoorPatience(id) => self.leave_door(id),
            Due::Restored => self.admit(),
        }
    }

    /// The contact ends; the customer may come back.
    fn end(&mut self, contact: &Contact, ending: Ending, at: Micros) {
        let topic = usize::from(contact.topic);
        self.account.ended[topic][ending as usize] += 1;
        self.in_system -= 1;
        let back = match &self.laws.topics[topic].returns[ending as usize] {
            Some((chance, delay)) if contact.number < self.laws.model.max_contacts => {
                let key = contact.key();
                let comes = *chance == u64::MAX || key.bits(purpose::RETURN) < *chance;
                comes.then(|| round_micros(delay.sample(key.bits(purpose::RETURN_DELAY))))
            }
            _ => None,
        };
        let saved = if ending == Ending::AiResolved { self.laws.expected_work(topic, contact.case) } else { 0.0 };
        self.observer.ended(contact, ending, at, back, saved);
        if let Some(delay) = back {
            self.come_back(contact, at + delay);
        }
    }

    /// The customer of an ended contact will be back at `at`.
    fn come_back(&mut self, contact: &Contact, at: Micros) {
        if at >= self.horizon {
            self.account.pending += 1;
            self.observer.pending(contact);
            return;
        }
        let counted = if at >= self.warmup { COUNTED } else { 0 };
        let next = Contact {
            start: at,
            number: contact.number + 1,
            hop: 0,
            flags: contact.flags & MET_PERSON | counted,
            ..*contact
        };
        self.file(Item { at, contact: next, due: Due::Begin });
    }

    /// The end of the replication: who still waits is turned away, spans of time are closed.
    fn close(&mut self) {
        self.now = self.now.max(self.step_start).min(self.horizon + DRAIN);
        if !self.account.stopped {
            self.flush();
            self.account.conserved &= self.books_balance() && self.in_system == 0;
        }
        for pool in 0..self.pools.len() {
            self.settle_duty(pool);
            self.settle_excess(pool);
        }
        for a in 0..self.agents.len() {
            self.close_agent(a as u32);
        }
    }
}
