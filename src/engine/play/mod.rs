//! One replication from its begin to its end: the engine owns all processes, and only here are they known to each other.
//!
//! A verb of a process returns what it leads to in another one (a contact that reaches people, agents whose time is up); the files
//! of this folder pass it on.

mod change;
mod cut;
mod lane;
mod offers;
mod routing;
mod select;
mod service;
mod ticks;

use crate::engine::contact::Contact;
use crate::engine::laws::Laws;
use crate::engine::{
    Agenda, Agents, Arrivals, Assistant, AtOnce, Context, DRAIN, Due, Gig, GigView, Item, Observer,
    PlanView, Plans, Process, Queues, RosterState, RosterView, Sink, Staff, Tell, Timers, Together,
};
use crate::model::Ending;
use crate::random::Key;
use crate::time::{Micros, NEVER};
use lane::Lane;

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
        started: engine.cx.tally.started.into(),
        ended: engine.cx.tally.ended.into(),
        pending: engine.cx.tally.pending,
        ..engine.account
    }
}

/// The processes of a replication and what they share.
struct Engine<'e, S> {
    cx: Context<'e, S>,
    arrivals: Arrivals,
    agenda: Agenda,
    assistant: Assistant,
    queues: Queues,
    agents: Agents,
    staff: Staff,
    plans: Plans,
    rosters: Vec<RosterState>,
    gig: Gig,
    /// Where the course of each contact follows from those before it, and the observer may be told of it at once.
    lane: Option<Lane>,
    /// The number of the period.
    period: usize,
    account: Account,
}

/// The cases of a topic in the step that is being opened begin.
#[inline(always)]
fn begin_all(
    cx: &mut Context<'_, impl Sink>,
    assistant: &mut Assistant,
    agenda: &mut Agenda,
    (topic, cases): (usize, &[(Key, Micros)]),
    tell: &mut impl Tell,
) {
    for &(case, at) in cases {
        let contact = Contact::first(case, topic, at, cx.warmup);
        begin(cx, assistant, agenda, contact, tell);
    }
}

/// A contact begins in the step that is being opened: if it reaches people within the step it goes on the agenda, if later on file.
#[inline(always)]
fn begin(
    cx: &mut Context<'_, impl Sink>,
    assistant: &mut Assistant,
    agenda: &mut Agenda,
    mut contact: Contact,
    tell: &mut impl Tell,
) {
    if assistant.is_limited() {
        let (at, due) = (contact.start, Due::Begin);
        cx.calendar.file_soon(Item { at, contact, due });
        return;
    }
    let Some(at) = assistant.begin(cx, &mut contact, tell) else {
        return;
    };
    if at - cx.calendar.start < cx.calendar.width {
        agenda.push(&contact, at);
    } else {
        file(cx, contact, at);
    }
}

/// Files a contact that reaches people at `at`; if the simulation ends before, it is not served.
fn file(cx: &mut Context<'_, impl Sink>, contact: Contact, at: Micros) {
    let due = Due::People;
    if !cx.calendar.file(Item { at, contact, due }) {
        cx.end(&contact, Ending::Unserved, at);
    }
}

impl<'e, S: Sink> Engine<'e, S> {
    fn new(laws: &'e Laws<'e>, root: Key, observer: S) -> Self {
        let mut cx = Context::new(laws, root, observer, Timers::most(laws));
        let mut engine = Self {
            arrivals: Arrivals::new(&cx),
            agenda: Agenda::default(),
            assistant: Assistant::new(&mut cx),
            queues: Queues::new(&cx),
            agents: Agents::new(laws),
            staff: Staff::new(&cx),
            plans: Plans::new(&mut cx),
            rosters: RosterState::of_pools(&mut cx),
            gig: Gig::new(&cx),
            lane: (laws.is_single_file && cx.observer.listens_in_any_order()).then(Lane::new),
            period: 0,
            account: Account {
                conserved: true,
                ..Account::default()
            },
            cx,
        };
        engine.gig().plan();
        engine.open_month();
        engine
    }

    /// The plan of pool `p`, if it has one, with what its verbs need.
    fn plan(&mut self, p: usize) -> Option<PlanView<'_, 'e, S>> {
        Some(PlanView {
            plan: self.plans.by_pool[p].as_mut()?,
            pool: p,
            cx: &mut self.cx,
            agents: &mut self.agents,
            staff: &mut self.staff,
        })
    }

    /// The people of pool `p`, which has shifts, with what their verbs need.
    fn roster(&mut self, p: usize) -> RosterView<'_, 'e, S> {
        RosterView {
            state: &mut self.rosters[p],
            cx: &mut self.cx,
            agents: &mut self.agents,
            staff: &mut self.staff,
        }
    }

    /// The registers with what their verbs need.
    fn gig(&mut self) -> GigView<'_, 'e, S> {
        GigView {
            gig: &mut self.gig,
            cx: &mut self.cx,
            agents: &mut self.agents,
        }
    }

    fn run(&mut self, stop: &dyn Fn() -> bool) {
        let end = self.cx.horizon + DRAIN;
        let asked_every = self.cx.calendar.cell_width();
        loop {
            let (start, step_end) = (self.cx.calendar.start, self.cx.calendar.end());
            while self.next_period_begins() <= start {
                self.open_period();
            }
            self.open_step();
            match self.lane.take() {
                Some(lane) => self.lane = Some(self.play_lane(lane, step_end.min(end))),
                None => self.play(step_end.min(end)),
            }
            self.queues.purge_all(&mut self.cx);
            self.account.conserved &= self.books_balance();
            self.cx.calendar.next_step();
            let is_over = step_end >= self.cx.horizon
                && self.cx.tally.in_system() == 0
                && self.agents.have_empty_hands()
                && self.lane.as_ref().is_none_or(|lane| lane.over < step_end);
            if step_end >= end || is_over {
                break;
            }
            if step_end / asked_every != start / asked_every && stop() {
                self.account.stopped = true;
                break;
            }
        }
        self.close();
    }

    /// Draws the cases of the step and makes the agenda of contacts that reach people in it.
    fn open_step(&mut self) {
        let Self {
            cx,
            arrivals,
            agenda,
            assistant,
            ..
        } = self;
        agenda.clear(cx.calendar.start);
        if cx.calendar.start < cx.horizon {
            arrivals.open_step(cx);
            for topic in 0..cx.laws.topics.len() {
                let cases = arrivals.draw(cx, topic);
                let takes_all = assistant.is_unfailing();
                match takes_all.then(|| Together::new(cx, topic)).flatten() {
                    Some(mut tell) => {
                        if cx.laws.topics[topic].ai.is_none() {
                            tell.direct(cases.len());
                            for &(case, at) in cases {
                                agenda.push(&Contact::direct(case, topic, at, cx.warmup), at);
                            }
                        } else {
                            begin_all(cx, assistant, agenda, (topic, cases), &mut tell);
                        }
                        tell.tell(cx);
                    }
                    None => begin_all(cx, assistant, agenda, (topic, cases), &mut AtOnce),
                }
            }
        }
        while let Some(item) = cx.calendar.take_later() {
            match item.due {
                Due::Begin => begin(cx, assistant, agenda, item.contact, &mut AtOnce),
                Due::People => agenda.push(&item.contact, item.at),
                Due::Session(_) | Due::DoorPatience(_) | Due::Restored => {
                    cx.calendar.file_soon(item);
                }
            }
        }
        agenda.sort(cx.calendar.width);
    }

    /// Plays the step: the earliest of agenda, event tree and patience is next.
    fn play(&mut self, step_end: Micros) {
        // Nobody else needs it while the step is played.
        let mut agenda = std::mem::take(&mut self.agenda);
        loop {
            let next = agenda.next_time();
            let arrival = next.unwrap_or(step_end);
            let last = arrival.min(step_end - 1);
            loop {
                let event = self.cx.calendar.next_time();
                let patience = self.queues.patience_due();
                if patience < arrival && patience < event {
                    self.expire();
                    continue;
                }
                if event > last {
                    break;
                }
                self.cx.now = event;
                self.account.events += 1;
                match self.cx.calendar.next_agent() {
                    Some(a) => self.agent_event(a),
                    None => self.process_event(),
                }
                self.agents.expect(self.cx.calendar.next_few());
            }
            let Some(at) = next else { break };
            self.cx.now = at;
            let contact = agenda.take();
            self.arrive(contact, usize::from(contact.topic));
        }
        self.cx.now = step_end;
        self.agenda = agenda;
    }

    #[inline(never)]
    fn process_event(&mut self) {
        match self.cx.calendar.next_process() {
            Process::Plans => self.follow_plans(),
            Process::Tick => self.tick(),
            Process::Soon => self.due(),
            Process::Timer(timer) => {
                while let Some((q, place, step)) = self.queues.next_opened(&mut self.cx, timer) {
                    self.place(q, place, step);
                }
            }
        }
    }

    /// Something filed within the step is due.
    fn due(&mut self) {
        let Some(item) = self.cx.calendar.take_soon() else {
            return;
        };
        let cx = &mut self.cx;
        let mut contact = item.contact;
        let reaches_people = match item.due {
            Due::Begin => self.assistant.begin(cx, &mut contact, &mut AtOnce),
            Due::People => Some(item.at),
            Due::Session(end) => self.assistant.end_session(cx, &mut contact, end),
            Due::DoorPatience(id) => {
                self.assistant.give_up(cx, id);
                None
            }
            Due::Restored => {
                self.assistant.admit(cx);
                None
            }
        };
        if let Some(at) = reaches_people {
            self.send(contact, at);
        }
    }

    /// The contact reaches people at `at`, which is now or later.
    fn send(&mut self, contact: Contact, at: Micros) {
        if at == self.cx.now {
            self.reach_people(&contact, usize::from(contact.topic));
        } else {
            file(&mut self.cx, contact, at);
        }
    }

    /// The earliest patience that is watched ends.
    #[cold]
    fn expire(&mut self) {
        if let Some(w) = self.queues.expire(&mut self.cx) {
            self.withdraw_offers(w.offer_head, &w.contact);
        }
    }

    fn next_period_begins(&self) -> Micros {
        let next = self.cx.laws.frame.periods.get(self.period + 1);
        next.map_or(NEVER, |period| period.span.start)
    }

    /// A month begins, or something changes, or both.
    #[cold]
    fn open_period(&mut self) {
        let periods = &self.cx.laws.frame.periods;
        let (old, new) = (periods[self.period], periods[self.period + 1]);
        let is_new_month = old.month != new.month;
        self.tell_spans();
        if old.epoch != new.epoch {
            self.gig().divide_sessions(new.epoch);
        }
        self.close_period(is_new_month);
        self.cx.observer.period();
        self.period += 1;
        if old.epoch != new.epoch {
            self.change(new.epoch);
        }
        if is_new_month {
            self.open_month();
        }
    }

    /// A period ends, and with it perhaps a month.
    fn close_period(&mut self, is_month: bool) {
        if is_month {
            self.gig().close_month();
        }
        self.staff
            .workforce
            .close_period(&mut self.cx, &mut self.agents, is_month);
    }

    fn open_month(&mut self) {
        self.staff.workforce.open_month(&mut self.cx);
        self.plans.reschedule(&mut self.cx);
    }

    /// Tells the spans of time that are open up to now; they go on from here.
    fn tell_spans(&mut self) {
        for p in 0..self.cx.laws.pools.len() {
            self.agents.tell_duty(&mut self.cx, p);
            self.agents.tell_excess(&mut self.cx, p);
            self.gig().tell_members(p);
            self.gig().tell_blocks(p);
            self.roster(p).tell();
        }
        self.gig().tell_pay();
        self.agents.tell_spans(&mut self.cx);
    }

    /// Begins and ends of contacts against where contacts are found.
    fn books_balance(&self) -> bool {
        let found = self.queues.live()
            + self.agents.talking
            + self.cx.calendar.filed
            + self.assistant.waiting();
        self.cx.tally.in_system() == found
    }

    /// The end of the replication: what is not finished is told as that, spans of time are closed.
    fn close(&mut self) {
        let now = self.cx.now.max(self.cx.calendar.start);
        self.cx.now = now.min(self.cx.horizon + DRAIN);
        if !self.account.stopped {
            self.close_contacts();
            self.account.conserved &= self.books_balance() && self.cx.tally.in_system() == 0;
        }
        self.gig().close_sessions(|_| true);
        self.account.end = self.cx.now;
        self.tell_spans();
        self.close_period(true);
    }

    /// Whoever waits, is on the way or is being talked to is not served.
    fn close_contacts(&mut self) {
        let cx = &mut self.cx;
        self.queues.close(cx);
        while let Some(item) = cx.calendar.take_soon() {
            if item.due.has_contact() {
                cx.end(&item.contact, Ending::Unserved, cx.now);
            }
        }
        self.assistant.close(cx);
        for hand in self.agents.talks() {
            cx.end(&hand, Ending::Unserved, cx.now);
        }
        self.agents.talking = 0;
    }
}
