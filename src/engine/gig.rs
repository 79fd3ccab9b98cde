//! Members who come when they like: log-on, sessions, offers; and the clock that shifts have in common with them.

use super::agents::{NOBODY, State};
use super::contact::Waiting;
use super::staffing::PEOPLE;
use super::{Contact, Engine, Observer, STRIDE, slot};
use crate::model::{LogOn, ShiftEnd, Supply};
use crate::random::{Key, purpose};
use crate::time::{Micros, NEVER, round_micros};
use std::cmp::Reverse;

/// Something that happens to members by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tick {
    /// A member of the pool logs on.
    LogOn { pool: u16, member: u32 },
    /// The session of an agent ends, if the generation still holds.
    SessionEnd { agent: u32, generation: u32 },
    /// A shift of a template begins.
    ShiftBegin {
        pool: u16,
        template: u16,
        shift: u32,
    },
    /// A shift of the pool ends.
    ShiftEnd { pool: u16 },
    /// A break or pause of a person begins or ends, if the generation still holds.
    Person {
        pool: u16,
        number: u32,
        generation: u32,
    },
}

/// A contact on offer to a member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer {
    queue: u16,
    place: u64,
    /// Number of the offer of this contact.
    nth: u16,
    /// The answer comes too late.
    late: bool,
    /// The next member with the same contact on offer.
    next: u32,
}

impl<O: Observer> Engine<'_, '_, O> {
    /// Plans the first log-ons.
    pub(super) fn plan_members(&mut self) {
        for p in 0..self.pools.len() {
            if let Supply::Gig(gig) = &self.laws.model.pools[p].supply {
                let first = match gig.log_on {
                    LogOn::Members { members, .. } => members,
                    LogOn::Open { .. } => 1,
                };
                self.pools[p].sessions = vec![0; first as usize];
                for member in 0..first {
                    self.plan_log_on(p, member, 0);
                }
            }
        }
    }

    pub(super) fn push_tick(&mut self, at: Micros, tick: Tick) {
        self.clock.push(Reverse((at, tick)));
        self.aim_clock();
    }

    fn aim_clock(&mut self) {
        let at = self.clock.peek().map_or(NEVER, |&Reverse((at, _))| at);
        self.tree.set(slot::CLOCK, at);
    }

    /// Key of a member, and the offset of the purposes of the present session.
    fn member(&self, p: usize, member: u32) -> (Key, u64) {
        let sessions = self.pools[p].sessions.get(member as usize);
        let person = self.pool_key(p).child(PEOPLE).child(u64::from(member));
        (person, STRIDE * u64::from(sessions.copied().unwrap_or(0)))
    }

    /// Draws when a member logs on next: the hazard is rate x availability. `epoch` tells a draw apart that is made again when an
    /// epoch begins.
    pub(super) fn plan_log_on(&mut self, p: usize, member: u32, epoch: usize) {
        let Supply::Gig(gig) = &self.laws.model.pools[p].supply else {
            return;
        };
        let (LogOn::Members { rate, .. } | LogOn::Open { rate }) = gig.log_on;
        if rate <= 0.0 {
            return;
        }
        let (mut person, session) = self.member(p, member);
        if epoch > 0 {
            person = person.child(epoch as u64);
        }
        let e = -libm::log(person.uniform(purpose::OFFLINE + session));
        if let Some(at) = gig.availability.advance(self.now, e / rate * 1e6) {
            self.push_tick(
                at,
                Tick::LogOn {
                    pool: p as u16,
                    member,
                },
            );
        }
    }

    /// A member has logged off and will come again.
    pub(super) fn plan_return(&mut self, p: usize, member: u32) {
        if let Supply::Gig(gig) = &self.laws.model.pools[p].supply
            && let LogOn::Members { members, .. } = gig.log_on
        {
            self.pools[p].sessions[member as usize] += 1;
            if member < members {
                self.plan_log_on(p, member, 0);
            }
        }
    }

    /// Something is due by the clock.
    pub(super) fn tick(&mut self) {
        let Some(Reverse((_, tick))) = self.clock.pop() else {
            return;
        };
        self.aim_clock();
        match tick {
            Tick::LogOn { pool, member } => self.member_logs_on(usize::from(pool), member),
            Tick::SessionEnd { agent, generation } => {
                let a = &self.agents[agent as usize];
                if a.generation == generation && a.state == State::On {
                    self.end_of_session(agent);
                }
            }
            Tick::ShiftBegin {
                pool,
                template,
                shift,
            } => self.begin_shift(usize::from(pool), usize::from(template), shift as usize),
            Tick::ShiftEnd { pool } => self.end_shifts(usize::from(pool)),
            Tick::Person {
                pool,
                number,
                generation,
            } => self.person_due(usize::from(pool), number, generation),
        }
    }

    fn member_logs_on(&mut self, p: usize, member: u32) {
        let laws = self.laws;
        let (Some(law), Supply::Gig(gig)) = (&laws.pools[p].gig, &laws.model.pools[p].supply)
        else {
            return;
        };
        let (person, session) = self.member(p, member);
        let bits = person.bits(purpose::SESSION + session);
        let length = round_micros(law.session.sample(bits));
        let factor = self.own_factor(p, member);
        let a = self.log_on(p, member, factor);
        if laws.pools[p].shift_end == ShiftEnd::WhenIdle {
            self.agents[a as usize].budget = length;
            self.run_budget(a);
        } else {
            let generation = self.agents[a as usize].generation;
            self.push_tick(
                self.now + length,
                Tick::SessionEnd {
                    agent: a,
                    generation,
                },
            );
        }
        if matches!(gig.log_on, LogOn::Open { .. }) {
            self.plan_log_on(p, member + 1, 0);
        }
        self.fill(p);
    }

    /// The session's idle time starts to run.
    pub(super) fn run_budget(&mut self, a: u32) {
        let now = self.now;
        let agent = &mut self.agents[a as usize];
        agent.idle_since = now;
        let tick = Tick::SessionEnd {
            agent: a,
            generation: agent.generation,
        };
        let at = now.saturating_add(agent.budget);
        self.push_tick(at, tick);
    }

    /// The session's idle time stands still, if it runs.
    pub(super) fn stop_budget(&mut self, a: u32) {
        let agent = &mut self.agents[a as usize];
        if agent.idle_since != NEVER {
            agent.budget = agent.budget.saturating_sub(self.now - agent.idle_since);
            agent.idle_since = NEVER;
            agent.generation = agent.generation.wrapping_add(1);
        }
    }

    fn end_of_session(&mut self, a: u32) {
        let agent = &self.agents[a as usize];
        let p = usize::from(agent.pool);
        let busy = agent.load > 0;
        let offer = agent.offer;
        if let Some(offer) = offer {
            let contact = self.lines[usize::from(offer.queue)].at(offer.place).contact;
            self.unlink_offer(a, offer);
            self.observer.offer_ended(p, &contact, Some(false));
        }
        if !busy {
            self.log_off(a);
        } else if self.laws.pools[p].shift_end == ShiftEnd::Cut {
            self.cut(vec![a]);
        } else {
            self.retire(a);
        }
        if let Some(offer) = offer {
            self.offer_refused(p, offer);
        }
    }

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
        self.observer.offer(p, &w.contact);
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
        if !offer.late && (bits < law.accept || law.accept == u64::MAX) {
            self.observer.offer_ended(p, &w.contact, Some(true));
            let others = self.lines[q].at(offer.place).offer_head;
            self.take_from(q, offer.place, a, p);
            self.withdraw_offers(others, &w.contact);
            // There may be room for another contact beside this one.
            self.dispatch(p);
            return;
        }
        self.observer.offer_ended(p, &w.contact, Some(false));
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
    fn unlink_offer(&mut self, a: u32, offer: Offer) {
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
    fn offer_refused(&mut self, p: usize, offer: Offer) {
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
            self.observer.offer_ended(p, contact, None);
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
