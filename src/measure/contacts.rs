//! The contacts of a replication one by one: an observer that makes a line of each of their legs.
//!
//! It listens to a replication of its own, so that a run does not pay for it and gives the same results with it.

use crate::engine::{Account, Contact, Laws, Observer, Reason, Service, Verdict, Wait, simulate};
use crate::model::{AiOutcome, Ending, Model, TransferTo};
use crate::random::{purpose, threshold};
use crate::time::{Micros, to_seconds};
use std::collections::BTreeMap;

/// A leg of a contact: from its begin, or from a transfer or a cut-off, to its end or the next of these. Times are simulated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContactLeg {
    /// Number of the contact: 1 for the first that begins in the replication.
    pub contact: u64,
    /// Number of the customer, likewise; each case is a customer of its own.
    pub customer: u64,
    /// Number of the contact within its case, from 1.
    pub attempt: u16,
    /// Number of the leg within the contact, from 1.
    pub leg: u16,
    /// The contact type.
    pub topic: usize,
    /// Priority in the queue of the leg, the smaller the sooner; `None`: before all others, after a transfer with priority.
    pub priority: Option<u8>,
    /// When the leg begins; of the first leg when the contact does.
    pub arrival: Micros,
    /// What came of the assistant, if it took part or should have: a key of [`AiOutcome`] or [`Reason`], `trapped` or `missed`.
    pub assistant: Option<&'static str>,
    /// From when to when the assistant took part.
    pub session: Option<(Micros, Micros)>,
    /// When the contact reached people.
    pub queue_entry: Option<Micros>,
    /// When a person answered.
    pub answer: Option<Micros>,
    /// When the customer was done: hung up, was passed on, left.
    pub end: Micros,
    /// When the person was done, after-contact work included.
    pub work_end: Option<Micros>,
    /// Who answered: the pool, and the number of the person there (of a plan the seat, of a register the member).
    pub agent: Option<(usize, u32)>,
    /// How it ended.
    pub outcome: LegOutcome,
    /// A call back was promised.
    pub callback: bool,
    /// Agent time in seconds: an agent with several contacts in hand divides the time equally among them.
    pub handle: Option<f64>,
    /// Whether the customer is satisfied; known of the last contact of a case.
    pub satisfied: Option<bool>,
    /// When the customer comes back, if that is before the horizon.
    pub comes_back: Option<Micros>,
}

/// How a leg of a contact ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegOutcome {
    /// The contact ended so.
    Ended(Ending),
    /// A customer who was called back was not there.
    NotReached,
    /// A person passed the contact on.
    Transferred,
    /// The agent's time was up, and the contact went back to its queue.
    CutOff,
}

impl Default for LegOutcome {
    fn default() -> Self {
        Self::Ended(Ending::Unserved)
    }
}

impl LegOutcome {
    /// The word of the log.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ended(Ending::HumanResolved | Ending::HumanUnresolved) => "answered",
            Self::Ended(ending) => ending.key(),
            Self::NotReached => "not_reached",
            Self::Transferred => "transferred",
            Self::CutOff => "cut_off",
        }
    }

    /// Whether the problem was solved, where somebody tried to.
    pub fn is_resolved(self) -> Option<bool> {
        match self {
            Self::Ended(Ending::HumanResolved | Ending::AiResolved) => Some(true),
            Self::Ended(Ending::HumanUnresolved | Ending::AiMisresolved) => Some(false),
            _ => None,
        }
    }
}

impl ContactLeg {
    /// Seconds from the entry into the queue to the answer, or until the customer left it.
    pub fn wait(&self) -> Option<f64> {
        let left = self.answer.unwrap_or(self.end);
        self.queue_entry.map(|entry| to_seconds(left - entry))
    }

    /// Seconds from the answer until the customer was done.
    pub fn talk(&self) -> Option<f64> {
        let answer = self.answer.filter(|_| self.work_end.is_some());
        answer.map(|answer| to_seconds(self.end - answer))
    }

    /// Seconds from there until the person was done.
    pub fn wrap_up(&self) -> Option<f64> {
        self.work_end.map(|end| to_seconds(end - self.end))
    }
}

/// Simulates one replication, and puts each leg of the contacts that count, in the order in which the contacts begin. Of all cases a `share` is
/// taken, by their keys: the same ones whatever else is. Holds what has begun since the begin of the oldest contact that has not ended.
pub fn contact_legs(
    laws: &Laws<'_>,
    (seed, replication): (u64, u64),
    share: f64,
    put: &mut dyn FnMut(&ContactLeg),
    stop: &dyn Fn() -> bool,
) -> Account {
    let mut log = Log {
        model: laws.model(),
        chance: threshold(share),
        put,
        contacts: 0,
        cases: 0,
        agent: 0,
        open: 0,
        begun: BTreeMap::new(),
        returning: BTreeMap::new(),
    };
    let account = simulate(laws, seed, replication, &mut log, stop);
    log.release(Micros::MAX);
    account
}

/// When a contact began, the key of its case and its number.
type Id = (Micros, u64, u16);

/// A contact that has begun.
struct Begun {
    /// Each with the hop of the contact in it.
    legs: Vec<(u8, ContactLeg)>,
    counted: bool,
    ended: bool,
    /// Answers whose work is not done.
    in_hand: u32,
}

struct Log<'l> {
    model: &'l Model,
    chance: u64,
    put: &'l mut dyn FnMut(&ContactLeg),
    contacts: u64,
    cases: u64,
    /// Who answers next.
    agent: u32,
    /// Nothing begins any more before this moment.
    open: Micros,
    begun: BTreeMap<Id, Begun>,
    /// The numbers of customers who will be back, by their keys.
    returning: BTreeMap<u64, u64>,
}

fn id(contact: &Contact) -> Id {
    (contact.start, contact.case.0, contact.number)
}

impl Log<'_> {
    /// Puts the contacts from the oldest on that began before `until`, as far as they are done.
    fn release(&mut self, until: Micros) {
        while let Some(first) = self.begun.first_entry()
            && first.key().0 < until
        {
            let begun = first.get();
            if until != Micros::MAX && !(begun.ended && begun.in_hand == 0) {
                return;
            }
            let begun = first.remove();
            if begun.counted {
                begun.legs.iter().for_each(|(_, leg)| (self.put)(leg));
            }
        }
    }

    fn begun(&mut self, contact: &Contact) -> Option<&mut Begun> {
        self.begun.get_mut(&id(contact))
    }

    /// The leg on which a contact is, or was when this was told of it.
    fn leg(&mut self, contact: &Contact) -> Option<&mut ContactLeg> {
        let legs = self.begun(contact)?.legs.iter_mut().rev();
        legs.filter(|l| l.0 == contact.hop())
            .map(|l| &mut l.1)
            .next()
    }

    /// The contact goes on at `at` in another leg, after one that ended so.
    fn go_on(
        &mut self,
        contact: &Contact,
        outcome: LegOutcome,
        at: Micros,
    ) -> Option<&mut ContactLeg> {
        let leg = self.leg(contact)?;
        (leg.outcome, leg.end) = (outcome, at);
        let next = ContactLeg {
            contact: leg.contact,
            customer: leg.customer,
            attempt: leg.attempt,
            leg: leg.leg + 1,
            topic: leg.topic,
            priority: leg.priority,
            arrival: at,
            ..ContactLeg::default()
        };
        let mut moved = *contact;
        moved.move_on();
        let legs = &mut self.begun(contact)?.legs;
        legs.push((moved.hop(), next));
        legs.last_mut().map(|l| &mut l.1)
    }

    /// The priority of those who join a queue at a moment.
    fn priority(&self, queue: usize, at: Micros) -> Option<u8> {
        self.in_force(at).queues[queue].class.checked_sub(1)
    }

    /// The model in force at a moment.
    fn in_force(&self, at: Micros) -> &Model {
        let epoch = self.model.timeline.partition_point(|c| c.at <= at);
        self.model.epoch(epoch)
    }

    /// A person is done with the contact.
    fn done(&mut self, contact: &Contact, service: Service) {
        if let Some(begun) = self.begun(contact) {
            begun.in_hand = begun.in_hand.saturating_sub(1);
        }
        if let Some(leg) = self.leg(contact) {
            leg.end = service.talk_end;
            leg.work_end = Some(service.to);
            leg.handle = Some(service.handle * 1e-6);
        }
    }
}

impl Observer for Log<'_> {
    fn contact(&mut self, contact: &Contact, at: Micros) {
        let step = at - at % self.model.demand.step;
        if step > self.open {
            self.open = step;
            self.release(step);
        }
        self.contacts += 1;
        self.cases += u64::from(contact.number == 1);
        let is_taken = contact.case.bits(purpose::LOGGED) < self.chance;
        if !is_taken && self.chance != u64::MAX {
            return;
        }
        let customer = match contact.number {
            1 => self.cases,
            _ => self.returning.remove(&contact.case.0).unwrap_or_default(),
        };
        let topic = usize::from(contact.topic);
        let leg = ContactLeg {
            contact: self.contacts,
            customer,
            attempt: contact.number,
            leg: 1,
            topic,
            priority: self.priority(topic, at),
            arrival: at,
            ..ContactLeg::default()
        };
        let begun = Begun {
            legs: vec![(contact.hop(), leg)],
            counted: contact.is_counted(),
            ended: false,
            in_hand: 0,
        };
        self.begun.insert(id(contact), begun);
    }

    fn assistant(&mut self, contact: &Contact, from: Micros, to: Micros) {
        if let Some(leg) = self.leg(contact) {
            leg.session = Some((from, to));
            leg.assistant = None;
        }
    }

    fn assistant_missed(&mut self, contact: &Contact, _: Micros) {
        if let Some(leg) = self.leg(contact) {
            leg.assistant = Some("missed");
        }
    }

    fn escalation(&mut self, contact: &Contact, reason: Reason, _: Micros) {
        let word = match reason {
            Reason::Stuck => AiOutcome::KEYS[AiOutcome::HandOff as usize],
            Reason::Asked => AiOutcome::KEYS[AiOutcome::AskHuman as usize],
            other => Reason::KEYS[other as usize],
        };
        if let Some(leg) = self.leg(contact)
            && (leg.session.is_some() || leg.assistant.is_some())
        {
            leg.assistant = Some(word);
        }
    }

    fn offered(&mut self, contact: &Contact, at: Micros, _: bool) {
        if let Some(leg) = self.leg(contact) {
            leg.queue_entry = Some(at);
        }
    }

    fn agent(&mut self, agent: u32) {
        self.agent = agent;
    }

    fn answered(&mut self, contact: &Contact, pool: usize, wait: Wait, _: bool) {
        let agent = self.agent;
        if let Some(begun) = self.begun(contact) {
            begun.in_hand += 1;
        }
        if let Some(leg) = self.leg(contact) {
            leg.queue_entry = Some(wait.joined);
            leg.answer = Some(wait.left);
            leg.agent = Some((pool, agent));
        }
    }

    fn abandoned(&mut self, contact: &Contact, wait: Wait) {
        if let Some(leg) = self.leg(contact) {
            leg.queue_entry = Some(wait.joined);
        }
    }

    fn unserved(&mut self, contact: &Contact, wait: Wait) {
        if let Some(leg) = self.leg(contact) {
            leg.queue_entry = Some(wait.joined);
        }
    }

    fn callback(&mut self, contact: &Contact, _: Micros) {
        if let Some(leg) = self.leg(contact) {
            leg.callback = true;
        }
    }

    fn not_reached(&mut self, contact: &Contact, _: Micros) {
        if let Some(leg) = self.leg(contact) {
            leg.outcome = LegOutcome::NotReached;
        }
    }

    fn served(&mut self, contact: &Contact, _: usize, service: Service) {
        self.done(contact, service);
    }

    fn cut_off(&mut self, contact: &Contact, _: usize, service: Service) {
        self.done(contact, service);
        self.go_on(contact, LegOutcome::CutOff, service.to);
    }

    fn transferred(&mut self, contact: &Contact, pool: usize, _: Micros, at: Micros) {
        let (model, topic) = (self.in_force(at), usize::from(contact.topic));
        let queue = match model.pools[pool].outcomes[topic].to {
            TransferTo::Assistant => topic,
            TransferTo::Queue(queue) => queue,
        };
        let priority = self.priority(queue, at);
        if let Some(next) = self.go_on(contact, LegOutcome::Transferred, at) {
            next.priority = priority;
        }
    }

    fn ended(
        &mut self,
        contact: &Contact,
        ending: Ending,
        at: Micros,
        back_after: Option<Micros>,
        _: f64,
    ) {
        let horizon = self.model.horizon;
        let Some(begun) = self.begun(contact) else {
            return;
        };
        begun.ended = true;
        let Some((_, leg)) = begun.legs.last_mut() else {
            return;
        };
        leg.end = at;
        if leg.outcome != LegOutcome::NotReached {
            leg.outcome = LegOutcome::Ended(ending);
        }
        let key = |outcome: AiOutcome| Some(AiOutcome::KEYS[outcome as usize]);
        if leg.session.is_some() {
            leg.assistant = match ending {
                Ending::AiResolved => key(AiOutcome::Resolve),
                Ending::AiMisresolved => key(AiOutcome::Misresolve),
                Ending::GaveUp => key(AiOutcome::GiveUp),
                Ending::Trapped => Some(ending.key()),
                _ => leg.assistant,
            };
        }
        leg.comes_back = back_after
            .map(|after| at + after)
            .filter(|&at| at < horizon);
        let (back, customer) = (leg.comes_back.is_some(), leg.customer);
        if back {
            self.returning.insert(contact.case.0, customer);
        }
    }

    fn judged(&mut self, contact: &Contact, _: Ending, verdict: Verdict) {
        if let Some((_, leg)) = self.begun(contact).and_then(|b| b.legs.last_mut()) {
            leg.satisfied = Some(verdict.satisfied);
        }
    }
}
