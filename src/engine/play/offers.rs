//! Contacts on offer to members of registers.

use super::Engine;
use crate::engine::contact::Contact;
use crate::engine::keys::STRIDE;
use crate::engine::laws::queue::Bits;
use crate::engine::{NOBODY, Observer, Offer, Sink, State};
use crate::model::MOST_POOLS;
use crate::random::purpose;
use crate::time::{Micros, NEVER, round_micros};

/// Offset of the purposes of the n-th offer of a contact.
fn of_offer(contact: &Contact, nth: u16) -> u64 {
    STRIDE * (u64::from(nth) + (u64::from(contact.hop()) << 16))
}

impl<S: Sink> Engine<'_, S> {
    /// Offers waiting contacts to the free members of pool `p` until there is none of either.
    #[inline(always)]
    pub(super) fn dispatch(&mut self, p: usize) {
        if self.agents.has_free(p) && self.queues.may_hold(p) {
            self.offer_all(p);
        }
    }

    #[inline(never)]
    fn offer_all(&mut self, p: usize) {
        while self.agents.has_free(p) {
            let Some((q, place)) = self.best_for(p) else {
                return;
            };
            self.make_offer(p, q, place);
        }
    }

    /// Offers the contact at `place` of queue `q` to a member of pool `p`, of whom one is free; when the offer ends.
    #[inline(never)]
    pub(super) fn make_offer(&mut self, p: usize, q: usize, place: u64) -> Micros {
        let laws = self.cx.laws;
        let Some(law) = laws.gig(p) else {
            return NEVER;
        };
        let step = usize::from(laws.queues[q].step_of[p]);
        let w = self.queues.lines[q].at_mut(place);
        w.out += 1;
        w.offers += 1;
        w.made = w.made.wrapping_add(1);
        let (made, next) = (w.made, w.offer_head);
        let (key, nth) = (w.contact.key(), of_offer(&w.contact, made));
        self.cx.observer.offer(p, &w.contact, w.offered);
        self.queues.pass_over(&self.cx, q);
        let bits = || key.bits(purpose::SELECT + nth);
        let step = &laws.queues[q].steps[step];
        let Some(a) = self.choose(std::iter::once(p), step, bits) else {
            return NEVER;
        };
        self.agents.unlist(a);
        let response = law.response.as_ref().map_or(0, |r| {
            round_micros(r.sample(key.bits(purpose::RESPONSE + nth)))
        });
        self.queues.lines[q].at_mut(place).offer_head = a;
        if self.agents[a].load == 0 && self.agents[a].budget != NEVER {
            self.agents.stop_budget(self.cx.now, a);
        }
        let agent = &mut self.agents[a];
        agent.offer = Some(Offer {
            queue: q as u16,
            place,
            nth: made,
            late: response > law.timeout,
            next,
        });
        agent.occupied = true;
        let ends = self.cx.now + response.min(law.timeout);
        agent.other_at = ends;
        self.agents.aim(&mut self.cx, a);
        ends
    }

    /// A member answers an offer, or has cooled down.
    pub(super) fn member_event(&mut self, a: u32, p: usize) {
        let laws = self.cx.laws;
        let agent = &mut self.agents[a];
        agent.other_at = NEVER;
        let Some(law) = laws.gig(p) else { return };
        let Some(offer) = agent.offer else {
            agent.occupied = false;
            self.free_again(a, p);
            return self.dispatch(p);
        };
        let segment = usize::from(agent.segment);
        let q = usize::from(offer.queue);
        let w = self.queues.lines[q].at(offer.place);
        let (key, nth) = (w.contact.key(), of_offer(&w.contact, offer.nth));
        let bits = key.bits(purpose::ACCEPT + nth);
        let accept = law.segments[segment].accept[usize::from(self.gig.has_surge(p))];
        let accepts = !offer.late && (bits < accept || accept == u64::MAX);
        self.cx
            .observer
            .offer_ended(p, &w.contact, w.offered, accepts);
        self.unlink_offer(a, offer);
        if accepts {
            let w = self.queues.lines[q].at(offer.place);
            let others = w.offer_head;
            self.take_from(q, offer.place, a, p);
            if others != NOBODY {
                let contact = self.queues.lines[q].at(offer.place).contact;
                self.withdraw_offers(others, &contact);
            }
            // There may be room for another contact beside this one.
            return self.dispatch(p);
        }
        self.queues.reopen(&self.cx, q, offer.place);
        let pause = law.cool_down.as_ref().map_or(0, |c| {
            round_micros(c.sample(key.bits(purpose::COOL_DOWN + nth)))
        });
        if pause > 0 {
            let agent = &mut self.agents[a];
            agent.occupied = true;
            agent.other_at = self.cx.now + pause;
            self.agents.aim(&mut self.cx, a);
        } else {
            self.free_again(a, p);
        }
        self.offer_refused(p, offer);
    }

    /// Takes the offer off the member and the member off the contact's list.
    fn unlink_offer(&mut self, a: u32, offer: Offer) {
        let agent = &mut self.agents[a];
        agent.offer = None;
        agent.occupied = false;
        agent.other_at = NEVER;
        let w = self.queues.lines[usize::from(offer.queue)].at_mut(offer.place);
        w.out -= 1;
        if w.offer_head == a {
            w.offer_head = offer.next;
            return;
        }
        let mut before = w.offer_head;
        while before != NOBODY
            && let Some(o) = &mut self.agents[before].offer
        {
            if o.next == a {
                o.next = offer.next;
                return;
            }
            before = o.next;
        }
    }

    /// An offer came to nothing: the contact moves to its next step when its offers are used up, else to the next member.
    fn offer_refused(&mut self, p: usize, offer: Offer) {
        let laws = self.cx.laws;
        let Some(law) = laws.gig(p) else { return };
        let q = usize::from(offer.queue);
        if !self.queues.lines[q].live_at(offer.place) {
            return self.dispatch(p);
        }
        let w = self.queues.lines[q].at_mut(offer.place);
        let case = w.contact.case;
        if w.offers >= law.max_offers && w.out == 0 {
            let next = laws.queues[q].step_of[p].saturating_add(1);
            w.offers = 0;
            // Without a further step the round of offers starts again.
            if usize::from(next) < laws.queues[q].steps.len() {
                w.step = w.step.max(next);
            }
        }
        self.dispatch(p);
        // No further member: another step may have opened while the contact was on offer.
        self.try_steps(q, offer.place, case);
    }

    /// The contact has gone elsewhere: the members to whom it was on offer, `first` of them, are free again.
    pub(super) fn withdraw_offers(&mut self, first: u32, contact: &Contact) {
        let mut a = first;
        let mut pools = [0; MOST_POOLS.div_ceil(64)];
        while a != NOBODY {
            let agent = &mut self.agents[a];
            let p = usize::from(agent.pool);
            let Some(offer) = agent.offer.take() else {
                break;
            };
            agent.occupied = false;
            agent.other_at = NEVER;
            self.cx.observer.offer_withdrawn(p, contact);
            self.free_again(a, p);
            pools[p / 64] |= 1 << (p % 64);
            a = offer.next;
        }
        for (word, bits) in pools.into_iter().enumerate() {
            Bits(bits).for_each(|p| self.dispatch(64 * word + p));
        }
    }

    /// A member may be offered contacts again.
    fn free_again(&mut self, a: u32, p: usize) {
        self.agents.aim(&mut self.cx, a);
        let agent = &self.agents[a];
        let load = usize::from(agent.load);
        if agent.state == State::On && load < self.cx.laws.pools[p].concurrency {
            self.agents.enlist(self.cx.now, a);
            if load == 0 {
                self.become_idle(a, p);
            }
        }
    }

    /// The session of a member is over: an offer is refused, and the member logs off, finishes, or is cut off.
    pub(super) fn end_session(&mut self, a: u32) {
        let agent = &self.agents[a];
        let p = usize::from(agent.pool);
        let busy = agent.load > 0;
        let offer = agent.offer;
        if let Some(offer) = offer {
            let w = *self.queues.lines[usize::from(offer.queue)].at(offer.place);
            self.unlink_offer(a, offer);
            self.queues
                .reopen(&self.cx, offer.queue.into(), offer.place);
            self.cx
                .observer
                .offer_ended(p, &w.contact, w.offered, false);
        }
        if !busy {
            self.log_off(a);
        } else if self.cx.laws.pools[p].shift_end == crate::model::ShiftEnd::Cut {
            self.cut(vec![a]);
        } else {
            self.agents.retire(self.cx.now, a);
        }
        if let Some(offer) = offer {
            self.offer_refused(p, offer);
        }
    }
}
