//! Customers who are called back: they keep their place, and patience no longer runs.

use super::{Queues, Waiting};
use crate::engine::contact::Contact;
use crate::engine::{Context, Observer, Sink};
use crate::random::purpose;
use crate::time::{Micros, NEVER};

/// Whether the customer accepts to be called back.
pub(crate) fn accepts_call(cx: &Context<'_, impl Sink>, contact: &Contact) -> bool {
    let law = cx.laws.topics[usize::from(contact.topic)].callback;
    law.is_some_and(|(_, accept, _)| accept == u64::MAX || contact.bits(purpose::CALLBACK) < accept)
}

impl Queues {
    /// The wait so far of the first contact in queue `q`: what somebody who joins it is told to expect.
    pub(crate) fn wait_of_first(&mut self, cx: &mut Context<'_, impl Sink>, q: usize) -> Micros {
        let first = self.purge(cx, q);
        first.map_or(0, |(_, offered)| cx.now - offered)
    }

    /// The contact joins queue `q` and will be called; the place.
    pub(crate) fn join_for_call(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        contact: &Contact,
        q: usize,
    ) -> u64 {
        cx.observer.callback(contact, cx.now);
        let topic = &cx.laws.topics[usize::from(contact.topic)];
        let absent = topic.callback.is_some_and(|(_, _, reached)| {
            reached != u64::MAX && contact.bits(purpose::REACHED) >= reached
        });
        let w = Waiting {
            absent,
            ..Waiting::new(*contact, topic.work(contact), cx.now, NEVER)
        };
        self.join(cx, q, w)
    }

    /// It is the turn of the contact at `place` of queue `q`, and the customer is not reached.
    pub(crate) fn miss(&mut self, cx: &mut Context<'_, impl Sink>, (q, place): (usize, u64)) {
        let w = self.lines[q].at(place);
        cx.observer.not_reached(&w.contact, w.offered);
        self.abandon(cx, (q, place), cx.now);
    }
}
