//! An observer that keeps books of its own and notes whatever does not fit.

use handover::dist::Sampler;
use handover::engine::{Contact, Observer, Reason, Service, Wait};
use handover::model::*;
use handover::random::purpose;
use handover::time::Micros;
use std::collections::{BTreeMap, BTreeSet};

/// Where a contact is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Begun,
    /// With the assistant until then, or past it.
    Assistant,
    /// On the way to people.
    Escalated,
    /// Offered; delayed or not.
    Offered(bool),
    InHand,
    CutOff,
    Transferred,
    Left(Ending),
    Ended,
}

/// A contact's name for the ledger.
type Id = (u64, u16);

struct Entry {
    at: At,
    /// Nothing about a contact happens before what was told of it last.
    last: Micros,
    back: Option<Micros>,
}

/// A span with a number of agents.
pub(super) type Span = (Micros, Micros, u32);

/// The books.
pub(super) struct Ledger<'m> {
    model: &'m Model,
    /// By epoch and topic.
    patience: Vec<Vec<Option<Sampler>>>,
    entries: BTreeMap<Id, Entry>,
    /// Contacts that have met the assistant.
    met: BTreeSet<Id>,
    open: BTreeMap<(Id, u8), (usize, Micros)>,
    /// Visits that wait for a call.
    called: BTreeSet<(Id, u8)>,
    offers: BTreeMap<(usize, Id), u32>,
    pub(super) faults: Vec<String>,
    /// By topic.
    pub(super) begun: Vec<u64>,
    pub(super) ended: Vec<[u64; Ending::COUNT]>,
    pub(super) pending: u64,
    /// Waits by topic: joined and left.
    pub(super) waits: Vec<Vec<(Micros, Micros)>>,
    pub(super) counted: Vec<u64>,
    /// By pool: services, busy spans, spans on duty.
    pub(super) services: Vec<Vec<Span>>,
    pub(super) handle: Vec<f64>,
    pub(super) busy: Vec<Vec<Span>>,
    pub(super) duty: Vec<Vec<Span>>,
}

impl<'m> Ledger<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let (k, p) = (model.topics.len(), model.pools.len());
        Self {
            model,
            patience: model
                .epochs()
                .map(|m| {
                    let law = |t: &Topic| t.patience.as_ref().map(|d| Sampler::new(&d.scaled(1e6)));
                    m.topics.iter().map(law).collect()
                })
                .collect(),
            entries: BTreeMap::new(),
            met: BTreeSet::new(),
            open: BTreeMap::new(),
            called: BTreeSet::new(),
            offers: BTreeMap::new(),
            faults: Vec::new(),
            begun: vec![0; k],
            ended: vec![[0; Ending::COUNT]; k],
            pending: 0,
            waits: vec![Vec::new(); k],
            counted: vec![0; k],
            services: vec![Vec::new(); p],
            handle: vec![0.0; p],
            busy: vec![Vec::new(); p],
            duty: vec![Vec::new(); p],
        }
    }

    fn fault(&mut self, contact: &Contact, what: &str) {
        if self.faults.len() < 5 {
            let at = self.entries.get(&id(contact)).map(|e| (e.at, e.last));
            self.faults.push(format!("{what}: {contact:?}, was {at:?}"));
        }
    }

    /// The contact goes from one of `from` to `to`, at `time`.
    fn go(&mut self, contact: &Contact, from: &[At], to: At, time: Micros, what: &str) {
        let fits = match self.entries.get_mut(&id(contact)) {
            None => false,
            Some(e) => {
                let fits = from.contains(&e.at) && time >= e.last;
                (e.at, e.last) = (to, time);
                fits
            }
        };
        if !fits {
            self.fault(contact, what);
        }
    }

    /// Number of the epoch at a moment.
    fn epoch(&self, at: Micros) -> usize {
        self.model.timeline.partition_point(|c| c.at <= at)
    }

    /// Patience of a visit that began at `at`, in microseconds.
    fn patience(&self, contact: &Contact, at: Micros) -> Option<Micros> {
        if self.called.contains(&(id(contact), contact.hop())) {
            return None;
        }
        let key = contact.case.repeated(u64::from(contact.number));
        let law = self.patience[self.epoch(at)][usize::from(contact.topic)].as_ref()?;
        Some(
            (law.sample(key.bits(purpose::PATIENCE + 64 * u64::from(contact.hop()))) + 0.5)
                as Micros,
        )
    }

    fn wait(&mut self, contact: &Contact, wait: Wait) {
        if wait.joined > wait.left || wait.offered > wait.joined {
            self.fault(contact, "a negative wait");
        }
        self.waits[usize::from(contact.topic)].push((wait.joined, wait.left));
    }

    fn close(&mut self, contact: &Contact, pool: usize, service: Service, what: &str) {
        if self.open.remove(&(id(contact), contact.hop())) != Some((pool, service.from)) {
            self.fault(contact, what);
        }
        if service.from > service.talk_end || service.talk_end > service.to || service.handle < 0.0
        {
            self.fault(contact, "a service out of order");
        }
        if service.handle > (service.to - service.from) as f64 * (1.0 + 1e-9) + 1.0 {
            self.fault(contact, "more handle time than time");
        }
        self.handle[pool] += service.handle;
        self.services[pool].push((service.from, service.to, 1));
    }

    /// What must hold when all is over.
    pub(super) fn finish(&mut self) {
        let left: Vec<String> = self
            .entries
            .iter()
            .filter(|(_, e)| e.at != At::Ended)
            .map(|(id, e)| format!("never ended: {id:?}, {:?}", e.at))
            .chain(
                self.open
                    .iter()
                    .map(|o| format!("never served to the end: {o:?}")),
            )
            .take(5)
            .collect();
        self.faults.extend(left);
        // Who was to come back within the horizon did, at that time.
        for (id, e) in &self.entries {
            if let Some(back) = e.back.filter(|&b| b < self.model.horizon)
                && !self.entries.contains_key(&(id.0, id.1 + 1))
            {
                self.faults
                    .push(format!("{id:?} was to come back at {back}"));
            }
        }
    }
}

fn id(contact: &Contact) -> Id {
    (contact.case.0, contact.number)
}

impl Observer for Ledger<'_> {
    fn contact(&mut self, contact: &Contact, at: Micros) {
        let entry = Entry {
            at: At::Begun,
            last: at,
            back: None,
        };
        let first = contact.number == 1;
        let expected = if first {
            Some(contact.case_start)
        } else {
            self.entries
                .get(&(contact.case.0, contact.number - 1))
                .filter(|e| e.at == At::Ended)
                .and_then(|e| e.back)
        };
        if self.entries.insert(id(contact), entry).is_some() {
            self.fault(contact, "begins twice");
        }
        if expected != Some(at) || contact.start != at || at >= self.model.horizon {
            self.fault(contact, "begins at another time than was told");
        }
        if contact.is_counted() != (at >= self.model.warmup) {
            self.fault(contact, "counted or not against the warm-up");
        }
        let most = self.model.epochs().map(|m| m.max_contacts).max();
        if Some(contact.number) > most {
            self.fault(contact, "one contact too many");
        }
        self.begun[usize::from(contact.topic)] += 1;
        self.counted[usize::from(contact.topic)] += u64::from(contact.is_counted());
    }

    fn assistant(&mut self, contact: &Contact, from: Micros, to: Micros) {
        self.go(
            contact,
            &[At::Begun, At::Transferred],
            At::Assistant,
            from,
            "meets the assistant",
        );
        self.go(
            contact,
            &[At::Assistant],
            At::Assistant,
            to,
            "leaves the assistant",
        );
        // Told before the contact is marked: a first session must find it unmarked, a later one marked.
        if contact.via_assistant() == self.met.insert(id(contact)) {
            self.fault(contact, "is wrongly marked as having met the assistant");
        }
    }

    fn escalation(&mut self, contact: &Contact, _: Reason, at: Micros) {
        let from = [At::Begun, At::Assistant, At::Transferred];
        self.go(contact, &from, At::Escalated, at, "goes to people");
    }

    fn offered(&mut self, contact: &Contact, at: Micros, delayed: bool) {
        let from = [At::Begun, At::Assistant, At::Escalated, At::Transferred];
        self.go(contact, &from, At::Offered(delayed), at, "is offered");
    }

    fn answered(&mut self, contact: &Contact, pool: usize, wait: Wait, first: bool) {
        let from: &[At] = match (first, wait.length()) {
            (true, 0) => &[At::Offered(true), At::Offered(false)],
            (true, _) => &[At::Offered(true)],
            // A contact that was cut off after its first answer.
            (false, _) => &[At::CutOff],
        };
        self.go(contact, from, At::InHand, wait.left, "is answered");
        self.wait(contact, wait);
        if self
            .patience(contact, wait.joined)
            .is_some_and(|p| wait.length() > p)
        {
            self.fault(contact, "is answered after its patience");
        }
        let topic = usize::from(contact.topic);
        // An offer made before a change may be accepted after it.
        let offered = matches!(self.model.pools[pool].supply, Supply::Gig(_));
        let (first, last) = (self.epoch(wait.offered), self.epoch(wait.left));
        let mut routes = (if offered { first } else { last }..=last)
            .map(|e| self.model.epoch(e))
            .flat_map(|m| &m.queues)
            .filter(|q| q.topic == topic)
            .flat_map(|q| &q.route);
        if !routes.any(|s| s.pools.iter().any(|p| p.pool == pool)) {
            self.fault(contact, "is answered by a pool that is on no route");
        }
        if self
            .open
            .insert((id(contact), contact.hop()), (pool, wait.left))
            .is_some()
        {
            self.fault(contact, "is answered twice on one hop");
        }
    }

    fn abandoned(&mut self, contact: &Contact, wait: Wait) {
        let from = [At::Offered(true), At::CutOff];
        self.go(
            contact,
            &from,
            At::Left(Ending::Abandoned),
            wait.left,
            "abandons",
        );
        self.wait(contact, wait);
        let balks =
            self.model.epoch(self.epoch(wait.joined)).topics[usize::from(contact.topic)].balk > 0.0
                && wait.length() == 0;
        let called = self.called.contains(&(id(contact), contact.hop()));
        let patience = self.patience(contact, wait.joined);
        if !balks && !called && patience != Some(wait.length()) {
            self.fault(contact, "abandons at another moment than its patience says");
        }
    }

    fn turned_away(&mut self, contact: &Contact, at: Micros) {
        let to = At::Left(Ending::TurnedAway);
        self.go(contact, &[At::Offered(false)], to, at, "is turned away");
    }

    fn unserved(&mut self, contact: &Contact, wait: Wait) {
        let from = [At::Offered(true), At::CutOff];
        let to = At::Left(Ending::Unserved);
        self.go(contact, &from, to, wait.left, "is not served");
        self.wait(contact, wait);
    }

    fn served(&mut self, contact: &Contact, pool: usize, service: Service) {
        self.close(contact, pool, service, "is served by who did not answer");
    }

    fn callback(&mut self, contact: &Contact, _: Micros) {
        self.called.insert((id(contact), contact.hop()));
    }

    fn cut_off(&mut self, contact: &Contact, pool: usize, service: Service) {
        self.close(contact, pool, service, "is cut off by who did not answer");
        self.go(contact, &[At::InHand], At::CutOff, service.to, "is cut off");
    }

    fn transferred(&mut self, contact: &Contact, _: usize, _: Micros, at: Micros) {
        self.go(
            contact,
            &[At::InHand],
            At::Transferred,
            at,
            "is transferred",
        );
    }

    fn ended(
        &mut self,
        contact: &Contact,
        ending: Ending,
        at: Micros,
        back_after: Option<Micros>,
        _: f64,
    ) {
        let from: &[At] = match ending {
            Ending::AiResolved | Ending::AiMisresolved | Ending::Trapped => &[At::Assistant],
            // Also at the door of a limited or failed assistant.
            Ending::GaveUp => &[At::Assistant, At::Begun, At::Transferred],
            Ending::HumanResolved | Ending::HumanUnresolved => &[At::InHand],
            Ending::Abandoned => &[At::Left(Ending::Abandoned)],
            Ending::TurnedAway => &[At::Left(Ending::TurnedAway), At::Begun, At::Transferred],
            // In a queue, with a person, at the door of the assistant or on the way to people.
            Ending::Unserved => &[
                At::Left(Ending::Unserved),
                At::InHand,
                At::Begun,
                At::Transferred,
                At::Assistant,
                At::Escalated,
            ],
        };
        self.go(contact, from, At::Ended, at, "ends");
        if let Some(e) = self.entries.get_mut(&id(contact)) {
            e.back = back_after.map(|d| at + d);
        }
        self.ended[usize::from(contact.topic)][ending as usize] += 1;
    }

    fn pending(&mut self, contact: &Contact) {
        self.pending += 1;
        let back = self.entries.get(&id(contact)).and_then(|e| e.back);
        if back.is_none_or(|b| b < self.model.horizon) {
            self.fault(
                contact,
                "is pending though it was not to come after the horizon",
            );
        }
    }

    fn busy(&mut self, pool: usize, from: Micros, to: Micros) {
        self.busy[pool].push((from, to, 1));
    }

    fn on_duty(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        self.duty[pool].push((from, to, agents));
    }

    fn offer(&mut self, pool: usize, contact: &Contact, _: Micros) {
        let out = self.offers.entry((pool, id(contact))).or_default();
        *out += 1;
        let broadcast = |m: &Model| match &m.pools[pool].supply {
            Supply::Gig(gig) => gig.broadcast,
            _ => 0,
        };
        if *out > self.model.epochs().map(broadcast).max().unwrap_or(0) {
            self.fault(contact, "is on offer to too many");
        }
    }

    fn offer_ended(&mut self, pool: usize, contact: &Contact, _: Micros, _: bool) {
        self.offer_withdrawn(pool, contact);
    }

    fn offer_withdrawn(&mut self, pool: usize, contact: &Contact) {
        match self.offers.get_mut(&(pool, id(contact))) {
            Some(out) if *out > 0 => *out -= 1,
            _ => self.fault(contact, "an offer ends that was not made"),
        }
    }
}
