//! Models that [`Laws::is_single_file`](crate::engine::Laws) marks: one pool of equal agents serves whatever comes in the order in which it
//! comes, and nobody returns.
//!
//! There a contact is answered when it arrives or when the first agent is free, whichever is later, unless its patience ends before: its whole
//! course is known when it arrives, and no event is needed. The same draws, the same course, a third fewer instructions.

use super::Engine;
use crate::engine::contact::{Contact, FROM_AI, MET_PERSON};
use crate::engine::{Agenda, DRAIN, EventTree, Observer, Service, Sink, Wait, patience_of};
use crate::model::Ending;
use crate::random::purpose;
use crate::time::{Micros, round_micros};

/// When the agents of the only pool are free.
pub(super) struct Lane {
    free: EventTree,
    /// Agents in it, each in a slot.
    agents: usize,
    /// When the last thing happens that is known.
    pub(super) over: Micros,
}

impl Lane {
    pub(super) fn new() -> Self {
        Self {
            free: EventTree::new(0),
            agents: 0,
            over: 0,
        }
    }
}

impl<S: Sink> Engine<'_, S> {
    /// Plays the step: the events of the plan, then one contact of the agenda after the other.
    pub(super) fn play_lane(&mut self, mut lane: Lane, step_end: Micros) -> Lane {
        let mut agenda: Agenda = std::mem::take(&mut self.agenda);
        self.play(step_end);
        let agents = self.agents.pools[0].online as usize;
        lane.free.grow(agents);
        for slot in lane.agents..agents {
            lane.free.set(slot, 0);
        }
        lane.agents = agents;
        while let Some(at) = agenda.next_time() {
            self.cx.now = at;
            self.pass(&mut lane, agenda.take());
        }
        self.cx.now = step_end;
        self.agenda = agenda;
        lane
    }

    /// The course of a contact that arrives now.
    #[inline(always)]
    fn pass(&mut self, lane: &mut Lane, contact: &mut Contact) {
        let now = self.cx.now;
        let end = self.cx.horizon + DRAIN;
        let free = lane.free.time();
        if free <= now {
            self.cx.observer.answered_at_once(contact, 0, now);
            return self.serve(lane, contact, now);
        }
        self.cx.observer.offered(contact, now, true);
        let expires = patience_of(&self.cx, contact);
        let wait = |left| Wait {
            left,
            ..Wait::none(now)
        };
        if expires < free.min(end) {
            lane.over = lane.over.max(expires);
            self.cx.observer.abandoned(contact, wait(expires));
            self.cx.finish(contact, Ending::Abandoned, expires);
        } else if free >= end {
            lane.over = end;
            self.cx.observer.unserved(contact, wait(end));
            self.cx.end(contact, Ending::Unserved, end);
        } else {
            self.cx.observer.answered(contact, 0, wait(free), true);
            self.serve(lane, contact, free);
        }
    }

    /// The agent who is free first answers at `from`.
    #[inline(always)]
    fn serve(&mut self, lane: &mut Lane, contact: &mut Contact, from: Micros) {
        let laws = self.cx.laws;
        let end = self.cx.horizon + DRAIN;
        let (topic, offered) = (usize::from(contact.topic), self.cx.now);
        let answer = &laws.pools[0].answers[topic];
        let law = &laws.topics[topic];
        let work = law.work(contact).time() * answer.work_factor;
        let talk_end = from + round_micros(work);
        let to = law.after_contact.as_ref().map_or(talk_end, |after| {
            talk_end + round_micros(after.sample(contact.bits(purpose::AFTER_CONTACT)))
        });
        lane.free.set_next(lane.free.slot(), to);
        lane.over = lane.over.max(to.min(end));
        self.cx.observer.busy(0, from, to.min(end));
        contact.flags = (contact.flags | MET_PERSON) & !FROM_AI;
        contact.handled_by(0);
        if talk_end >= end {
            return self.cx.end(contact, Ending::Unserved, end);
        }
        if to < end {
            let service = Service {
                offered,
                from,
                talk_end,
                to,
                handle: (to - from) as i64 as f64,
            };
            self.cx.observer.served(contact, 0, service);
            self.account.events += 1;
        }
        self.account.events += u64::from(law.after_contact.is_some());
        let ending = if answer.resolve.happens(
            || contact.bits(purpose::HUMAN_OUTCOME),
            contact.case,
            &laws.common,
        ) {
            self.cx.observer.resolved(contact, 0, offered);
            Ending::HumanResolved
        } else {
            Ending::HumanUnresolved
        };
        self.cx.finish(contact, ending, talk_end);
    }
}
