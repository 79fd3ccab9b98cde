//! The assistant: attempts, access to a person, outages, and the door of a limited assistant.
//!
//! A session with the unlimited assistant is no event: everything about it is decided when it begins. A limited assistant has a line
//! of callers at its door, and its sessions end as events.

mod outages;
mod tell;

pub(crate) use tell::{AtOnce, Tell, Together};

use crate::engine::contact::{ASSISTANT, Contact, DIRECT, ESCALATED, FROM_AI, Reason, VIA_AI};
use crate::engine::keys::STRIDE;
use crate::engine::laws::Laws;
use crate::engine::{Context, Due, Item, Observer, SessionEnd, Sink};
use crate::model::{AiOutcome, Ending, Overflow};
use crate::random::{purpose, second};
use crate::time::{Micros, NEVER, round_micros};
use outages::Outages;
use std::collections::VecDeque;

/// Numbers of draws that the attempts of one contact between two hops may use.
const ATTEMPTS: u64 = 64;

/// The outages of a replication, the sessions of a limited assistant and who waits for one.
///
/// A verb that may send the contact to people returns the moment at which it reaches them, and `None` if the contact ends or stays with
/// the assistant.
pub(crate) struct Assistant {
    outages: Outages,
    /// Sessions at once, if the assistant is limited in any epoch; then it is always, however high the limit.
    capacity: Option<u32>,
    /// Sessions under way, as far as they are events.
    in_session: u32,
    line: VecDeque<Caller>,
    next_id: u32,
    /// The assistant takes everybody at once: without a limit, never down.
    unfailing: bool,
}

/// Somebody who waits at the door.
struct Caller {
    id: u32,
    since: Micros,
    contact: Contact,
}

impl Assistant {
    /// Draws the outages and files the ends of those after which callers must be let in.
    pub(crate) fn new(cx: &mut Context<'_, impl Sink>) -> Self {
        let outages = Outages::new(cx);
        let capacity = capacity(cx);
        let waits = |l: &Laws<'_>| l.model.assistant.overflow == Overflow::Wait;
        if capacity.is_some() && cx.first.epochs().any(waits) {
            for &(_, at) in &outages.0 {
                let (contact, due) = (Contact::default(), Due::Restored);
                cx.calendar.file_soon(Item { at, contact, due });
            }
        }
        Self {
            unfailing: capacity.is_none() && outages.0.is_empty(),
            outages,
            capacity,
            in_session: 0,
            line: VecDeque::new(),
            next_id: 0,
        }
    }

    /// Whether sessions are events: the assistant has a limit.
    #[inline]
    pub(crate) fn is_limited(&self) -> bool {
        self.capacity.is_some()
    }

    /// Callers at the door.
    pub(crate) fn waiting(&self) -> u64 {
        self.line.len() as u64
    }

    /// An epoch begins: there may be room for more sessions.
    pub(crate) fn change(&mut self, cx: &mut Context<'_, impl Sink>) {
        self.capacity = capacity(cx);
        if self.is_limited() {
            self.admit(cx);
        }
    }

    /// Whether nothing happens to a contact that begins but what its own draws say.
    pub(crate) fn is_unfailing(&self) -> bool {
        self.unfailing
    }

    /// A contact begins.
    #[inline(always)]
    pub(crate) fn begin(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        contact: &mut Contact,
        tell: &mut impl Tell,
    ) -> Option<Micros> {
        let at = contact.start;
        tell.begins(cx, contact);
        let law = &cx.laws.topics[usize::from(contact.topic)];
        let to_person = law.ai.is_none() || {
            let key = contact.key();
            key.bits(purpose::ENTRY) < law.entry_human
                || (contact.number > 1
                    && law.skip_ai > 0
                    && key.bits(purpose::SKIP_AI) < law.skip_ai)
        };
        if to_person {
            contact.flags |= DIRECT;
            Some(at)
        } else if self.unfailing {
            talk(cx, contact, at, tell)
        } else {
            self.meet(cx, contact, at)
        }
    }

    /// The contact turns to the assistant at `at`, for the first time or again.
    #[inline(never)]
    pub(crate) fn meet(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        contact: &mut Contact,
        at: Micros,
    ) -> Option<Micros> {
        let down = self.outages.down_until(at);
        if !self.is_limited() && down.is_none() {
            return talk(cx, contact, at, &mut AtOnce);
        }
        let full = self.capacity.is_some_and(|c| self.in_session >= c);
        if down.is_none() && !full && self.line.is_empty() {
            self.start_session(cx, *contact, at);
            return None;
        }
        cx.observer.assistant_missed(contact, at);
        match cx.laws.model.assistant.overflow {
            Overflow::Human => {
                let reason = down.map_or(Reason::Limit, |_| Reason::Outage);
                let reason = reported(cx.laws, contact, reason);
                cx.observer.escalation(contact, reason, at);
                Some(at)
            }
            Overflow::TurnAway => {
                cx.end(contact, Ending::TurnedAway, at);
                None
            }
            Overflow::Wait => self.wait(cx, contact, at, down),
        }
    }

    /// The contact waits for the assistant, which is full, or down until `down`.
    fn wait(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        contact: &mut Contact,
        at: Micros,
        down: Option<Micros>,
    ) -> Option<Micros> {
        let patience = cx.laws.topics[usize::from(contact.topic)].patience.as_ref();
        let expires = patience.map_or(NEVER, |law| {
            at + round_micros(law.sample(contact.bits(purpose::DOOR_PATIENCE)))
        });
        // An unlimited assistant takes everybody the moment it is back: nothing to decide then.
        if let Some(up) = down.filter(|_| !self.is_limited()) {
            cx.note_wait(contact, expires.min(up) - at);
            if expires < up {
                cx.end(contact, Ending::GaveUp, expires);
                return None;
            }
            return talk(cx, contact, up, &mut AtOnce);
        }
        let (id, since, contact) = (self.next_id, at, *contact);
        self.next_id += 1;
        self.line.push_back(Caller { id, since, contact });
        if expires != NEVER {
            let (at, due) = (expires, Due::DoorPatience(id));
            cx.calendar.file_soon(Item { at, contact, due });
        }
        None
    }

    /// A session with the limited assistant begins; its end is filed.
    fn start_session(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        mut contact: Contact,
        from: Micros,
    ) {
        self.in_session += 1;
        let (at, end) = session(cx, &mut contact, from, &mut AtOnce);
        let due = Due::Session(end);
        if !cx.calendar.file(Item { at, contact, due }) {
            cx.end(&contact, Ending::Unserved, at);
        }
    }

    /// A session with the limited assistant ends: the next one starts.
    pub(crate) fn end_session(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        contact: &mut Contact,
        end: SessionEnd,
    ) -> Option<Micros> {
        self.in_session -= 1;
        self.admit(cx);
        conclude(cx, contact, end, cx.now, &mut AtOnce)
    }

    /// Lets callers in as far as there is room.
    pub(crate) fn admit(&mut self, cx: &mut Context<'_, impl Sink>) {
        let capacity = self.capacity.unwrap_or(u32::MAX);
        while self.in_session < capacity && self.outages.down_until(cx.now).is_none() {
            let Some(mut caller) = self.line.pop_front() else {
                return;
            };
            cx.note_wait(&mut caller.contact, cx.now - caller.since);
            self.start_session(cx, caller.contact, cx.now);
        }
    }

    /// The patience of a caller ends, who may have been let in before.
    pub(crate) fn give_up(&mut self, cx: &mut Context<'_, impl Sink>, id: u32) {
        // Ids rise along the line, and callers in the middle leave.
        if let Ok(i) = self.line.binary_search_by_key(&id, |c| c.id)
            && let Some(caller) = self.line.remove(i)
        {
            caller.leave(cx, Ending::GaveUp);
        }
    }

    /// The replication ends: callers at the door are not served.
    pub(crate) fn close(&mut self, cx: &mut Context<'_, impl Sink>) {
        while let Some(caller) = self.line.pop_front() {
            caller.leave(cx, Ending::Unserved);
        }
    }
}

impl Caller {
    /// The caller leaves the line; the contact ends so.
    fn leave(mut self, cx: &mut Context<'_, impl Sink>, ending: Ending) {
        cx.note_wait(&mut self.contact, cx.now - self.since);
        cx.end(&self.contact, ending, cx.now);
    }
}

/// Sessions at once in the present epoch, if the assistant is limited in any.
fn capacity(cx: &Context<'_, impl Sink>) -> Option<u32> {
    let limit = |l: &Laws<'_>| l.model.assistant.capacity;
    let is_limited = cx.first.epochs().any(|l| limit(l).is_some());
    is_limited.then(|| limit(cx.laws).unwrap_or(u32::MAX))
}

/// A session that is no event: everything about it is decided now.
#[inline(always)]
fn talk(
    cx: &mut Context<'_, impl Sink>,
    contact: &mut Contact,
    from: Micros,
    tell: &mut impl Tell,
) -> Option<Micros> {
    let (to, end) = session(cx, contact, from, tell);
    conclude(cx, contact, end, to, tell)
}

/// A session from its begin at `from`: when it is over, and how.
#[inline(always)]
fn session(
    cx: &mut Context<'_, impl Sink>,
    contact: &mut Contact,
    from: Micros,
    tell: &mut impl Tell,
) -> (Micros, SessionEnd) {
    let (to, end) = attempts(cx.laws, contact, from);
    tell.session(cx, contact, from..to);
    contact.flags |= VIA_AI;
    contact.handler = ASSISTANT;
    (to, end)
}

/// What a session leads to, which is over at `at`.
#[inline(always)]
fn conclude(
    cx: &mut Context<'_, impl Sink>,
    contact: &mut Contact,
    end: SessionEnd,
    at: Micros,
    tell: &mut impl Tell,
) -> Option<Micros> {
    match end {
        SessionEnd::Ends(ending) => {
            cx.finish(contact, ending, at);
            None
        }
        SessionEnd::Escalates(reason) => {
            let reason = reported(cx.laws, contact, reason);
            tell.escalates(cx, contact, reason, at);
            contact.flags |= FROM_AI | ESCALATED;
            Some(at)
        }
    }
}

/// The reason that is reported: a sensitive topic is one by itself.
#[inline(always)]
fn reported(laws: &Laws<'_>, contact: &Contact, reason: Reason) -> Reason {
    if laws.topics[usize::from(contact.topic)].sensitive {
        Reason::Sensitive
    } else {
        reason
    }
}

/// The attempts of a session from `from` until the contact ends or goes to people: when that is, and which.
#[inline(always)]
fn attempts(laws: &Laws<'_>, contact: &Contact, from: Micros) -> (Micros, SessionEnd) {
    let topic = &laws.topics[usize::from(contact.topic)];
    let Some(ai) = &topic.ai else {
        return (from, SessionEnd::Escalates(Reason::Stuck));
    };
    let outcomes = if contact.number > 1 {
        &ai.repeat
    } else {
        &ai.first
    };
    let key = contact.key();
    let mut asked = 0;
    let mut at = from;
    loop {
        let nth = contact.hops() * ATTEMPTS + asked * STRIDE;
        let word = second(key.bits(purpose::ENTRY + nth));
        let bits = key.bits(purpose::AI_TIME + nth);
        let outcome = outcomes.draw((word, second(bits)), contact.case, &laws.common);
        at += round_micros(ai.time[outcome as usize].sample(bits));
        let reason = match outcome {
            AiOutcome::Resolve => return (at, SessionEnd::Ends(Ending::AiResolved)),
            AiOutcome::Misresolve => return (at, SessionEnd::Ends(Ending::AiMisresolved)),
            AiOutcome::GiveUp => return (at, SessionEnd::Ends(Ending::GaveUp)),
            AiOutcome::HandOff => Reason::Stuck,
            AiOutcome::AskHuman if asked < topic.more_attempts => {
                asked += 1;
                continue;
            }
            AiOutcome::AskHuman => Reason::Asked,
        };
        return if topic.no_access {
            (at, SessionEnd::Ends(Ending::Trapped))
        } else {
            (at, SessionEnd::Escalates(reason))
        };
    }
}
