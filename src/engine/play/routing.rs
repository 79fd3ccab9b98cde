//! The way of a contact to an agent: it reaches a queue, and free agents take what waits.

use super::Engine;
use crate::engine::contact::{Contact, Reason};
use crate::engine::{Observer, Sink, Wait, Waiting, accepts_call, is_open, patience_of};
use crate::model::{Closed, Ending};
use crate::random::{Key, purpose};

/// Where the contact that is answered comes from.
#[derive(Clone, Copy)]
pub(super) enum From<'a> {
    /// It arrives now.
    Arrival(&'a Contact),
    /// It has just left this place of its queue.
    Queue(u64),
}

impl<S: Sink> Engine<'_, S> {
    /// The contact arrives at queue `q` now.
    #[inline(never)]
    pub(super) fn reach_people(&mut self, contact: &Contact, q: usize) {
        self.arrive(contact, q);
    }

    /// As [`Self::reach_people`], compiled into its caller.
    #[inline(always)]
    pub(super) fn arrive(&mut self, contact: &Contact, q: usize) {
        let laws = self.cx.laws;
        let topic = &laws.topics[usize::from(contact.topic)];
        if topic.is_special
            && let Some(closed) = self.closed(contact)
        {
            let has_room = self.queues.lines[q].live < laws.queues[q].limit;
            let callback = closed == Closed::Callback && has_room;
            if callback && accepts_call(&self.cx, contact) {
                self.cx.observer.offered(contact, self.cx.now, true);
                self.promise_call(contact, q);
            } else {
                self.turn_away(contact);
            }
            return;
        }
        let law = &laws.queues[q];
        let mut offers_from = None;
        if self.agents.available & law.pools != 0 {
            for step in law.steps.iter().take_while(|s| s.after == 0) {
                let Some(a) = self.pick(step, contact) else {
                    continue;
                };
                let p = usize::from(self.agents[a].pool);
                if law.has_offers && laws.pools[p].offers {
                    offers_from = Some(p);
                    break;
                }
                self.agents.unlist(a);
                self.answer(a, p, q, From::Arrival(contact));
                return;
            }
        }
        if topic.balk > 0 && contact.bits(purpose::BALK) < topic.balk {
            let now = self.cx.now;
            self.cx.observer.offered(contact, now, true);
            self.cx.observer.abandoned(contact, Wait::none(now));
            self.cx.end(contact, Ending::Abandoned, now);
            return;
        }
        if self.queues.lines[q].live >= law.limit {
            return self.turn_away(contact);
        }
        self.cx.observer.offered(contact, self.cx.now, true);
        if let Some((above, ..)) = topic.callback
            && self.queues.wait_of_first(&mut self.cx, q) >= above
            && accepts_call(&self.cx, contact)
        {
            self.promise_call(contact, q);
        } else {
            let expires = patience_of(&self.cx, contact);
            let work = topic.work(contact);
            let w = Waiting::new(*contact, work, self.cx.now, expires);
            let place = self.queues.join(&mut self.cx, q, w);
            if let Some(p) = offers_from
                && self.queues.is_alone(&self.cx, p, (q, place))
            {
                // Patience that lasts until the offer ends need not be watched before.
                if self.make_offer(p, q, place) > expires {
                    self.queues.watch(&self.cx, q, place);
                }
            } else {
                self.queues.watch(&self.cx, q, place);
            }
        }
        if let Some(p) = offers_from {
            self.dispatch(p);
        }
    }

    /// The contact joins queue `q` and will be called; somebody may be free to call at once.
    fn promise_call(&mut self, contact: &Contact, q: usize) {
        let place = self.queues.join_for_call(&mut self.cx, contact, q);
        self.try_steps(q, place, contact.case);
    }

    /// Tells the escalation of a direct contact of a sensitive topic, or in a language that the assistant does not speak. Returns what
    /// happens to the contact if people are closed to it.
    #[cold]
    fn closed(&mut self, contact: &Contact) -> Option<Closed> {
        let (laws, now) = (self.cx.laws, self.cx.now);
        let topic = &laws.model.topics[usize::from(contact.topic)];
        if contact.is_direct() && topic.sensitive {
            self.cx.observer.escalation(contact, Reason::Sensitive, now);
        } else if contact.is_direct() && topic.unspoken && contact.hop() == 0 {
            self.cx.observer.escalation(contact, Reason::Language, now);
        }
        let (_, closed) = topic.opening().filter(|(open, _)| open.at(now) == 0.0)?;
        Some(closed).filter(|c| *c != Closed::Queue)
    }

    /// The contact finds the way closed or the queue full.
    fn turn_away(&mut self, contact: &Contact) {
        let now = self.cx.now;
        self.cx.observer.offered(contact, now, false);
        self.cx.observer.turned_away(contact, now);
        self.cx.end(contact, Ending::TurnedAway, now);
    }

    /// Gives the waiting contact at `place` to an agent of `step`, if one is free.
    pub(super) fn place(&mut self, q: usize, place: u64, step: usize) {
        let laws = self.cx.laws;
        let step = &laws.queues[q].steps[step];
        let w = self.queues.lines[q].at(place);
        if w.out > 0 {
            return;
        }
        let Some(a) = self.pick(step, &w.contact) else {
            return;
        };
        if w.absent {
            return self.queues.miss(&mut self.cx, (q, place));
        }
        let p = usize::from(self.agents[a].pool);
        if laws.pools[p].offers {
            self.dispatch(p);
        } else {
            self.agents.unlist(a);
            self.take_from(q, place, a, p);
        }
    }

    /// Agent `a` of pool `p`, out of the lists and with a free slot, answers the waiting contact at `place` of queue `q`.
    #[inline(never)]
    pub(super) fn take_from(&mut self, q: usize, place: u64, a: u32, p: usize) {
        self.queues.leave(q, place);
        self.answer(a, p, q, From::Queue(place));
    }

    /// Tries every open step of the route for the contact of `case` at `place`, in the order of the route.
    pub(super) fn try_steps(&mut self, q: usize, place: u64, case: Key) {
        for (s, step) in self.cx.laws.queues[q].steps.iter().enumerate() {
            if !self.queues.lines[q].live_at(place) {
                return;
            }
            let w = self.queues.lines[q].at(place);
            // Another contact may stand at the place by now.
            if w.contact.case != case || w.out > 0 {
                return;
            }
            if is_open(w, s, step.after, self.cx.now) {
                self.place(q, place, s);
            }
        }
    }

    /// The contact that a free agent of pool `p` takes now: its queue and place.
    pub(super) fn best_for(&mut self, p: usize) -> Option<(usize, u64)> {
        let idle = self.agents.pools[p].idle;
        let law = &self.cx.laws.pools[p];
        self.queues.best_for(&mut self.cx, (p, idle), law)
    }

    /// Gives waiting contacts to the free agents of pool `p` until there is none of either.
    pub(super) fn fill(&mut self, p: usize) {
        let laws = self.cx.laws;
        if laws.pools[p].offers {
            return self.dispatch(p);
        }
        while self.agents.has_free(p) {
            let Some((q, place)) = self.best_for(p) else {
                return;
            };
            let contact = &self.queues.lines[q].at(place).contact;
            let step = &laws.queues[q].steps[usize::from(laws.queues[q].step_of[p])];
            let bits = || contact.bits(purpose::SELECT);
            let Some(a) = self.choose(std::iter::once(p), step, bits) else {
                return;
            };
            self.agents.unlist(a);
            self.take_from(q, place, a, p);
        }
    }
}
