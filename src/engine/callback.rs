//! Customers who are called back: they keep their place, and patience no longer runs.

use super::contact::Waiting;
use super::{Contact, Engine, Observer, STRIDE};
use crate::random::purpose;
use crate::time::{Micros, NEVER};

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// The wait so far of who is first in line `q`: what somebody who joins it is told to expect.
    pub(super) fn wait_of_first(&mut self, q: usize) -> Micros {
        self.purge(q);
        let first = self.lines[q].first();
        first.map_or(0, |(_, w)| self.now - w.offered)
    }

    /// Whether the customer accepts to be called back.
    pub(super) fn accepts_call(&self, contact: &Contact) -> bool {
        let law = self.laws.topics[usize::from(contact.topic)].callback;
        let hop = STRIDE * u64::from(contact.hop);
        law.is_some_and(|(_, accept, _)| {
            accept == u64::MAX || contact.key().bits(purpose::CALLBACK + hop) < accept
        })
    }

    /// The contact, which was offered, joins line `q` and will be called.
    pub(super) fn promise_call(&mut self, contact: &Contact, q: usize) {
        self.observer.callback(contact, self.now);
        let topic = &self.laws.topics[usize::from(contact.topic)];
        let hop = STRIDE * u64::from(contact.hop);
        let absent = topic.callback.is_some_and(|(_, _, reached)| {
            reached != u64::MAX && contact.key().bits(purpose::REACHED + hop) >= reached
        });
        let w = Waiting {
            absent,
            ..Waiting::new(*contact, topic.work(contact), self.now, NEVER)
        };
        let place = self.join(q, w);
        self.try_steps(q, place, contact.case);
    }

    /// It is the contact's turn and the customer is not there.
    pub(super) fn miss(&mut self, q: usize, place: u64) {
        let w = self.lines[q].at(place);
        self.observer.not_reached(&w.contact, w.offered);
        self.abandon(q, place, self.now);
    }
}
