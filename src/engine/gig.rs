//! Contacts on offer to members of a register.

use super::agents::{NOBODY, State};
use super::contact::Waiting;
use super::{Contact, Engine, Observer, STRIDE};
use crate::random::purpose;
use crate::time::{NEVER, round_micros};

/// A contact on offer to a member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer {
    pub(super) queue: u16,
    pub(super) place: u64,
    /// Number of the offer of this contact.
    nth: u16,
    /// The answer comes too late.
    late: bool,
    /// The next member with the same contact on offer.
    next: u32,
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Offers waiting contacts to the free members of pool `p` until there is none of either.
    pub(super) fn dispatch(&mut self, p: usize) {
        while self.available >> p & 1 != 0 {
            let Some((q, place)) = self.best_for(p, &self.laws.pools[p]) else {
                return;
            };
            self.make_offer(p, q, place);
        }
    }

    fn make_offer(&mut self, p: usize, q: usize, place: u64) {
        let laws = self.laws;
        let Some(law) = &laws.pools[p].gig else {
            return;
        };
        let step = usize::from(laws.queues[q].step_of[p]);
        let w = self.lines[q].at_mut(place);
        w.out += 1;
        w.offers += 1;
        w.made = w.made.wrapping_add(1);
        let w = *w;
        let nth = self.offer_purpose(&w, w.made);
        let key = w.contact.key();
        let a = self.pick_in(p, &laws.queues[q].steps[step], || {
            key.bits(purpose::SELECT + nth)
        });
        self.unlist(a);
        let response = law.response.as_ref().map_or(0, |r| {
            round_micros(r.sample(key.bits(purpose::RESPONSE + nth)))
        });
        let offer = Offer {
            queue: q as u16,
            place,
            nth: w.made,
            late: response > law.timeout,
            next: w.offer_head,
        };
        self.lines[q].at_mut(place).offer_head = a;
        if self.agents[a as usize].load == 0 && self.agents[a as usize].budget != NEVER {
            self.stop_budget(a);
        }
        let agent = &mut self.agents[a as usize];
        agent.offer = Some(offer);
        agent.occupied = true;
        agent.other_at = self.now + response.min(law.timeout);
        self.tree.set(
            self.first_agent_slot + a as usize,
            agent.service_at.min(agent.other_at),
        );
        self.observer.offer(p, &w.contact, w.offered);
    }

    /// Offset of the purposes of one offer.
    fn offer_purpose(&self, w: &Waiting, nth: u16) -> u64 {
        STRIDE * (u64::from(nth) + (u64::from(w.contact.hop) << 16))
    }

    /// A member answers an offer, or has cooled down.
    pub(super) fn member_event(&mut self, a: u32, p: usize) {
        let laws = self.laws;
        let agent = &mut self.agents[a as usize];
        agent.other_at = NEVER;
        let Some(law) = &laws.pools[p].gig else {
            return;
        };
        let Some(offer) = agent.offer else {
            agent.occupied = false;
            self.free_again(a, p);
            return self.dispatch(p);
        };
        let q = usize::from(offer.queue);
        let w = *self.lines[q].at(offer.place);
        let bits = w
            .contact
            .key()
            .bits(purpose::ACCEPT + self.offer_purpose(&w, offer.nth));
        self.unlink_offer(a, offer);
        let segment = usize::from(self.agents[a as usize].segment);
        let accept = law.segments[segment].accept[usize::from(self.has_surge(p))];
        if !offer.late && (bits < accept || accept == u64::MAX) {
            self.observer.offer_ended(p, &w.contact, w.offered, true);
            let others = self.lines[q].at(offer.place).offer_head;
            self.take_from(q, offer.place, a, p);
            self.withdraw_offers(others, &w.contact);
            // There may be room for another contact beside this one.
            self.dispatch(p);
            return;
        }
        self.observer.offer_ended(p, &w.contact, w.offered, false);
        let nth = self.offer_purpose(&w, offer.nth);
        let pause = law.cool_down.as_ref().map_or(0, |c| {
            round_micros(c.sample(w.contact.key().bits(purpose::COOL_DOWN + nth)))
        });
        if pause > 0 {
            let agent = &mut self.agents[a as usize];
            agent.occupied = true;
            agent.other_at = self.now + pause;
            self.tree.set(
                self.first_agent_slot + a as usize,
                agent.service_at.min(agent.other_at),
            );
        } else {
            self.free_again(a, p);
        }
        self.offer_refused(p, offer);
    }

    /// Takes the offer off the member and the member off the contact's list.
    pub(super) fn unlink_offer(&mut self, a: u32, offer: Offer) {
        let agent = &mut self.agents[a as usize];
        agent.offer = None;
        agent.occupied = false;
        agent.other_at = NEVER;
        let w = self.lines[usize::from(offer.queue)].at_mut(offer.place);
        w.out -= 1;
        if w.offer_head == a {
            w.offer_head = offer.next;
            return;
        }
        let mut before = w.offer_head;
        while before != NOBODY
            && let Some(o) = &mut self.agents[before as usize].offer
        {
            if o.next == a {
                o.next = offer.next;
                return;
            }
            before = o.next;
        }
    }

    /// An offer came to nothing: the contact moves to its next step when its offers are used up, else to the next member.
    pub(super) fn offer_refused(&mut self, p: usize, offer: Offer) {
        let laws = self.laws;
        let Some(law) = &laws.pools[p].gig else {
            return;
        };
        let q = usize::from(offer.queue);
        if !self.lines[q].live_at(offer.place) {
            return self.dispatch(p);
        }
        let w = self.lines[q].at_mut(offer.place);
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

    /// The contact has gone elsewhere: its other members are free again.
    pub(super) fn withdraw_offers(&mut self, first: u32, contact: &Contact) {
        let mut a = first;
        let mut pools = 0u64;
        while a != NOBODY {
            let agent = &mut self.agents[a as usize];
            let p = usize::from(agent.pool);
            let Some(offer) = agent.offer.take() else {
                break;
            };
            agent.occupied = false;
            agent.other_at = NEVER;
            self.observer.offer_withdrawn(p, contact);
            self.free_again(a, p);
            pools |= 1 << p;
            a = offer.next;
        }
        while pools != 0 {
            let p = pools.trailing_zeros() as usize;
            pools &= pools - 1;
            self.dispatch(p);
        }
    }

    /// A member may be offered contacts again.
    fn free_again(&mut self, a: u32, p: usize) {
        let agent = &self.agents[a as usize];
        let (load, on) = (agent.load, agent.state == State::On);
        self.tree.set(
            self.first_agent_slot + a as usize,
            agent.service_at.min(agent.other_at),
        );
        if on && usize::from(load) < self.laws.pools[p].concurrency {
            self.enlist(a);
            if load == 0 {
                self.now_idle(a, p);
            }
        }
    }
}
