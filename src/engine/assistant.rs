//! The assistant: attempts, access to a person, outages, and the door of a limited assistant.

use super::contact::{ASSISTANT, DIRECT, ESCALATED, FROM_AI, VIA_AI};
use super::{Contact, Due, Engine, Item, Laws, Observer, Reason, STRIDE, kind};
use crate::model::{AiOutcome, Ending, Overflow};
use crate::random::purpose;
use crate::time::{Micros, NEVER, round_micros};
use std::collections::VecDeque;

/// Attempts of one contact between two hops have numbers of their own.
const ATTEMPTS: u64 = 64;

/// What a session with the assistant leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Result {
    /// The contact ends with it.
    Ends(Ending),
    /// The contact goes to people.
    Escalates(Reason),
}

/// The sessions of a limited assistant and who waits for one.
#[derive(Default)]
pub(super) struct Door {
    capacity: Option<u32>,
    in_session: u32,
    line: VecDeque<Caller>,
    next_id: u32,
}

struct Caller {
    id: u32,
    since: Micros,
    contact: Contact,
}

impl Door {
    /// Whether sessions are events: the assistant has a limit.
    #[inline]
    pub(super) fn is_limited(&self) -> bool {
        self.capacity.is_some()
    }
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Fixes this replication's outages and the capacity.
    pub(super) fn plan_outages(&mut self) {
        self.door.capacity = self.capacity();
        let mut outages = Vec::new();
        // Failures go on from epoch to epoch as long as their law is the same.
        let mut failing: Option<(usize, Micros)> = None;
        for (e, start, end) in self.first.model.epoch_spans() {
            let laws = self.first.epoch(e);
            let assistant = &laws.model.assistant;
            let dated = assistant.outages.iter().copied();
            outages.extend(dated.filter(|o| (start..end).contains(&o.0)));
            let goes_on = failing.is_some_and(|(f, _)| {
                let before = &self.first.epoch(f).model.assistant;
                before.random_outages == assistant.random_outages
            });
            if !goes_on {
                self.fail_at_random(failing, start, &mut outages);
                failing = Some((e, start));
            }
        }
        self.fail_at_random(failing, self.horizon, &mut outages);
        outages.sort_unstable();
        for (from, to) in outages {
            match self.outages.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => self.outages.push((from, to)),
            }
        }
        self.unfailing = !self.door.is_limited() && self.outages.is_empty();
        let waits = |l: &Laws<'_>| l.model.assistant.overflow == Overflow::Wait;
        if self.door.is_limited() && self.first.epochs().any(waits) {
            for i in 0..self.outages.len() {
                let item = Item {
                    at: self.outages[i].1,
                    contact: Contact::NOBODY,
                    due: Due::Restored,
                };
                self.file_soon(item);
            }
        }
    }

    /// Adds the random outages that begin before `end`, by the law of an epoch from a moment on.
    fn fail_at_random(
        &self,
        law: Option<(usize, Micros)>,
        end: Micros,
        outages: &mut Vec<(Micros, Micros)>,
    ) {
        let Some((epoch, start)) = law else { return };
        let Some((between, repair)) = &self.first.epoch(epoch).outage_laws else {
            return;
        };
        let key = self.root.child(kind::ASSISTANT);
        let first = (epoch as u64) << 32;
        let (mut t, mut n) = (start as f64, 0);
        // A law of zero length would never reach the end.
        while t < end as f64 && n < 1_000_000 {
            let failure = key.child(first + n);
            let from = t + between.sample(failure.bits(purpose::FAILURE));
            let to = from + repair.sample(failure.bits(purpose::REPAIR));
            if from >= end as f64 {
                break;
            }
            outages.push((from as Micros, to as Micros));
            t = to;
            n += 1;
        }
    }

    /// Sessions at once, if the assistant is limited at any time: then it is always, however high the limit.
    fn capacity(&self) -> Option<u32> {
        let limit = |l: &Laws<'_>| l.model.assistant.capacity;
        let is_limited = self.first.epochs().any(|l| limit(l).is_some());
        is_limited.then(|| limit(self.laws).unwrap_or(u32::MAX))
    }

    /// An epoch begins: there may be room for more sessions.
    pub(super) fn change_door(&mut self) {
        self.door.capacity = self.capacity();
        if self.door.is_limited() {
            self.admit();
        }
    }

    /// The end of the outage that covers `at`, if there is one.
    #[inline]
    fn down_until(&self, at: Micros) -> Option<Micros> {
        if self.outages.is_empty() {
            return None;
        }
        let i = self.outages.partition_point(|o| o.0 <= at);
        (i > 0 && self.outages[i - 1].1 > at).then(|| self.outages[i - 1].1)
    }

    /// A contact begins.
    pub(super) fn begin(&mut self, contact: Contact, at: Micros) {
        self.started[usize::from(contact.topic)] += 1;
        self.open(contact, at);
    }

    /// A contact begins that has been counted.
    #[inline(always)]
    pub(super) fn open(&mut self, mut contact: Contact, at: Micros) {
        self.observer.contact(&contact, at);
        let law = &self.laws.topics[usize::from(contact.topic)];
        let to_person = law.ai.is_none() || {
            let key = contact.key();
            (law.entry_human > 0 && key.bits(purpose::ENTRY) < law.entry_human)
                || (contact.number > 1
                    && law.skip_ai > 0
                    && key.bits(purpose::SKIP_AI) < law.skip_ai)
        };
        if to_person {
            contact.flags |= DIRECT;
            self.send(&contact, at);
        } else if self.unfailing {
            self.talk_to_assistant(&mut contact, at);
        } else {
            self.meet_assistant(contact, at);
        }
    }

    /// Sends a contact to people at `at`: on the agenda of the step that is being opened, at once, or on file.
    #[inline(always)]
    fn send(&mut self, contact: &Contact, at: Micros) {
        if self.opening && at - self.step_start < self.step_width {
            self.filed_now += 1;
            self.enrol(contact, at);
        } else if !self.opening && at == self.now {
            self.reach_people(contact, usize::from(contact.topic));
        } else {
            self.filed_now += 1;
            self.file(Item {
                at,
                contact: *contact,
                due: Due::People,
            });
        }
    }

    /// The contact turns to the assistant at `at`, for the first time or again.
    #[inline(never)]
    pub(super) fn meet_assistant(&mut self, mut contact: Contact, at: Micros) {
        let down = self.down_until(at);
        if !self.door.is_limited() && down.is_none() {
            return self.talk_to_assistant(&mut contact, at);
        }
        let full = self
            .door
            .capacity
            .is_some_and(|c| self.door.in_session >= c);
        if down.is_none() && !full && self.door.line.is_empty() {
            return self.start_session(contact, at);
        }
        self.observer.assistant_missed(&contact, at);
        match self.laws.model.assistant.overflow {
            Overflow::Human => {
                let reason = if down.is_some() {
                    Reason::Outage
                } else {
                    Reason::Limit
                };
                self.observer
                    .escalation(&contact, self.reason(&contact, reason), at);
                self.send(&contact, at);
            }
            Overflow::TurnAway => self.end(&contact, Ending::TurnedAway, at),
            Overflow::Wait => self.wait_for_assistant(contact, at, down),
        }
    }

    fn wait_for_assistant(&mut self, mut contact: Contact, at: Micros, down: Option<Micros>) {
        let expires = match &self.laws.topics[usize::from(contact.topic)].patience {
            None => NEVER,
            Some(law) => {
                let bits = contact
                    .key()
                    .bits(purpose::DOOR_PATIENCE + STRIDE * u64::from(contact.hop));
                at + round_micros(law.sample(bits))
            }
        };
        match down {
            // An unlimited assistant takes everybody the moment it is back: nothing to decide then.
            Some(up) if !self.door.is_limited() => {
                self.waits_no_more(&mut contact, expires.min(up) - at);
                if expires < up {
                    self.end(&contact, Ending::GaveUp, expires);
                } else {
                    self.talk_to_assistant(&mut contact, up);
                }
            }
            _ => {
                let id = self.door.next_id;
                self.door.next_id += 1;
                self.door.line.push_back(Caller {
                    id,
                    since: at,
                    contact,
                });
                self.filed_now += 1;
                if expires != NEVER {
                    self.file_soon(Item {
                        at: expires,
                        contact,
                        due: Due::DoorPatience(id),
                    });
                }
            }
        }
    }

    /// A session that is no event: everything about it is decided now.
    #[inline(always)]
    fn talk_to_assistant(&mut self, contact: &mut Contact, from: Micros) {
        let (to, result) = self.attempt(contact, from);
        self.observer.assistant(contact, from, to);
        contact.flags |= VIA_AI;
        contact.handler = ASSISTANT;
        self.conclude(contact, result, to);
    }

    fn start_session(&mut self, mut contact: Contact, from: Micros) {
        self.door.in_session += 1;
        let (to, result) = self.attempt(&contact, from);
        self.observer.assistant(&contact, from, to);
        contact.flags |= VIA_AI;
        contact.handler = ASSISTANT;
        self.filed_now += 1;
        self.file(Item {
            at: to,
            contact,
            due: Due::Session(result),
        });
    }

    /// A session with the limited assistant ends: the next one starts.
    pub(super) fn end_session(&mut self, mut contact: Contact, result: Result) {
        self.door.in_session -= 1;
        self.filed_now -= 1;
        self.admit();
        self.conclude(&mut contact, result, self.now);
    }

    /// Lets in who waits at the door, as far as there is room.
    pub(super) fn admit(&mut self) {
        let capacity = self.door.capacity.unwrap_or(u32::MAX);
        while self.door.in_session < capacity && self.down_until(self.now).is_none() {
            let Some(mut caller) = self.door.line.pop_front() else {
                return;
            };
            self.filed_now -= 1;
            self.waits_no_more(&mut caller.contact, self.now - caller.since);
            self.start_session(caller.contact, self.now);
        }
    }

    /// Patience at the door ends, if the customer is still there.
    pub(super) fn leave_door(&mut self, id: u32) {
        let Some(first) = self.door.line.front().map(|c| c.id) else {
            return;
        };
        // Ids rise along the line, and callers in the middle leave.
        if id < first {
            return;
        }
        if let Ok(i) = self.door.line.binary_search_by_key(&id, |c| c.id)
            && let Some(mut caller) = self.door.line.remove(i)
        {
            self.filed_now -= 1;
            self.waits_no_more(&mut caller.contact, self.now - caller.since);
            self.end(&caller.contact, Ending::GaveUp, self.now);
        }
    }

    /// The end of the replication: whoever still waits at the door is not served.
    pub(super) fn flush_door(&mut self) {
        while let Some(mut caller) = self.door.line.pop_front() {
            self.filed_now -= 1;
            self.waits_no_more(&mut caller.contact, self.now - caller.since);
            self.end(&caller.contact, Ending::Unserved, self.now);
        }
    }

    #[inline(always)]
    fn conclude(&mut self, contact: &mut Contact, result: Result, at: Micros) {
        match result {
            Result::Ends(ending) => self.finish(contact, ending, at),
            Result::Escalates(reason) => {
                self.observer
                    .escalation(contact, self.reason(contact, reason), at);
                contact.flags |= FROM_AI | ESCALATED;
                self.send(contact, at);
            }
        }
    }

    /// The reason that is reported: a sensitive topic is one by itself.
    #[inline(always)]
    fn reason(&self, contact: &Contact, reason: Reason) -> Reason {
        if self.laws.topics[usize::from(contact.topic)].sensitive {
            Reason::Sensitive
        } else {
            reason
        }
    }

    /// One session: attempts until the contact ends or goes to people; when it is over, and how.
    #[inline(always)]
    fn attempt(&self, contact: &Contact, from: Micros) -> (Micros, Result) {
        let topic = &self.laws.topics[usize::from(contact.topic)];
        let Some(ai) = &topic.ai else {
            return (from, Result::Escalates(Reason::Stuck));
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
            let nth = (u64::from(contact.hop) * ATTEMPTS + asked) * STRIDE;
            let outcome = outcomes.draw(key, nth, contact.case, &self.laws.common);
            let bits = key.bits(purpose::AI_TIME + nth);
            at += round_micros(ai.time[outcome as usize].sample(bits));
            let reason = match outcome {
                AiOutcome::Resolve => return (at, Result::Ends(Ending::AiResolved)),
                AiOutcome::Misresolve => return (at, Result::Ends(Ending::AiMisresolved)),
                AiOutcome::GiveUp => return (at, Result::Ends(Ending::GaveUp)),
                AiOutcome::HandOff => Reason::Stuck,
                AiOutcome::AskHuman if asked < topic.more_attempts => {
                    asked += 1;
                    continue;
                }
                AiOutcome::AskHuman => Reason::Asked,
            };
            return if topic.no_access {
                (at, Result::Ends(Ending::Trapped))
            } else {
                (at, Result::Escalates(reason))
            };
        }
    }
}
