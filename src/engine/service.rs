//! Answering, working, finishing: one contact at a time or several at once.

use super::agents::{Agent, State};
use super::contact::{DIRECT, FROM_AI, InHand, MET_PERSON, PASSED_ON, WAITED};
use super::laws::PoolLaw;
use super::{Contact, Engine, MAX_HOPS, Observer, STRIDE, Service, Wait};
use crate::model::{Ending, ShiftEnd, TransferTo};
use crate::random::purpose;
use crate::time::{Micros, NEVER, round_micros};

/// Where the contact that is answered comes from.
#[derive(Clone, Copy)]
pub(super) enum Whence<'a> {
    /// It arrives now.
    Arrival(&'a Contact),
    /// It has just left this place of its line.
    Line(u64),
}

/// Brings the agent's clocks up to `now`.
#[inline(always)]
pub(super) fn run_clock(agent: &mut Agent, law: &PoolLaw, now: Micros) {
    if agent.load > 0 {
        let load = usize::from(agent.load);
        let dt = (now - agent.clock_at) as i64 as f64; // one instruction, where an unsigned number takes eight
        agent.work_clock += dt * law.speed[load - 1];
        agent.handle_clock += dt / f64::from(agent.load);
    } else {
        // Nothing in hand: start afresh, so that the clocks never grow long.
        agent.work_clock = 0.0;
        agent.handle_clock = 0.0;
    }
    agent.clock_at = now;
}

/// When the first of the contacts in hand comes to the end of its phase. All of them go at the same speed, so the order in
/// which they finish does not depend on how many there are.
#[inline(always)]
fn next_end(agent: &Agent, law: &PoolLaw, hands: &[InHand]) -> Micros {
    let Some((head, tail)) = hands.split_first() else {
        return NEVER;
    };
    let mut first = head.finish;
    for hand in tail {
        first = if hand.finish < first {
            hand.finish
        } else {
            first
        };
    }
    let rest = (first - agent.work_clock).max(0.0) / law.speed[hands.len() - 1];
    agent.clock_at + ceil_micros(rest)
}

/// The whole number not below `x`, for `x` from 0 to 2^51; more counts as that.
#[inline(always)]
fn ceil_micros(x: f64) -> Micros {
    // From here on to twice as much a float is a whole number, and its mantissa is what it is more than this.
    const WHOLE: f64 = (1_u64 << 52) as f64;
    let x = x.min(0.5 * WHOLE);
    let near = x + WHOLE;
    let mantissa = near.to_bits() & ((1 << 52) - 1);
    mantissa + u64::from(near - WHOLE < x)
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Agent `a` of pool `p`, not in the lists and with a free slot, answers.
    #[inline(always)]
    pub(super) fn answer(&mut self, a: u32, p: usize, q: usize, whence: Whence<'_>) {
        if self.laws.pools[p].has_clock {
            self.answer_as::<false, true>(a, q, whence);
        } else {
            self.answer_as::<false, false>(a, q, whence);
        }
    }

    /// Agent `a`, whose event is being played, answers the waiting contact at `place` of line `q`.
    #[inline(always)]
    fn take_next<const SEVERAL: bool>(&mut self, q: usize, place: u64, a: u32) {
        self.leave(q, place);
        self.answer_as::<true, SEVERAL>(a, q, Whence::Line(place));
    }

    /// Agent `a`, not in the lists and with a free slot, answers. `NEXT`: its event is the one that is being
    /// played. `SEVERAL`: it keeps virtual time.
    #[inline(always)]
    fn answer_as<const NEXT: bool, const SEVERAL: bool>(
        &mut self,
        a: u32,
        q: usize,
        whence: Whence<'_>,
    ) {
        let laws = self.laws;
        let now = self.now;
        let (contact, wait, work) = match whence {
            Whence::Arrival(contact) => {
                let topic = &laws.topics[usize::from(contact.topic)];
                (contact, Wait::none(now), topic.work(contact))
            }
            Whence::Line(place) => {
                let w = self.lines[q].at(place);
                (&w.contact, w.wait(now), w.work)
            }
        };
        let topic = usize::from(contact.topic);
        let agent = &mut self.agents[a as usize];
        let p = usize::from(agent.pool);
        let pool_law = &laws.pools[p];
        let pool = &mut self.pools[p];
        let fresh = work.is_fresh();
        let work = if fresh {
            work.time() * pool_law.answers[topic].work_factor * agent.factor
        } else {
            work.time()
        };
        self.talking_now += 1;
        let load = if SEVERAL { usize::from(agent.load) } else { 0 };
        if load == 0 {
            agent.busy_since = agent.busy_since.min(now);
            pool.idle -= 1;
        }
        let (mut finish, mut handle_from) = (work, 0.0);
        if SEVERAL {
            run_clock(agent, pool_law, now);
            finish += agent.work_clock;
            handle_from = agent.handle_clock;
        }
        agent.load = load as u8 + 1;
        let first = a as usize * self.stride;
        let hand = &mut self.hands[first + load];
        hand.contact = *contact;
        hand.contact.flags = (contact.flags | MET_PERSON) & !FROM_AI;
        hand.finish = finish;
        hand.handle_from = handle_from;
        hand.answered = now;
        hand.begin_talk(wait.offered, q);
        agent.service_at = if SEVERAL {
            next_end(agent, pool_law, &self.hands[first..first + load + 1])
        } else {
            now + round_micros(work)
        };
        let (slot, at) = (
            self.first_agent_slot + a as usize,
            agent.service_at.min(agent.other_at),
        );
        if NEXT {
            self.tree.set_next(slot, at);
        } else {
            self.tree.set(slot, at);
        }
        self.observer.answered(contact, p, wait, fresh);
        if laws.notes_answers {
            let waited = match whence {
                Whence::Line(_) => wait.length(),
                Whence::Arrival(_) => 0,
            };
            if waited > 0 || pool_law.pays_contacts {
                self.note_answer(a, load, waited, fresh);
            }
        }
        if SEVERAL {
            self.after_answer(a, p, load);
        }
    }

    /// What else is to be noted when the agent answers what is in its hand `slot` now, after so long a wait in a line.
    #[inline(never)]
    fn note_answer(&mut self, a: u32, slot: usize, waited: Micros, fresh: bool) {
        let p = usize::from(self.agents[a as usize].pool);
        if waited > 0 && self.laws.satisfaction.is_some() {
            let contact = &mut self.hands[a as usize * self.stride + slot].contact;
            contact.flags |= WAITED;
            self.waited.add(contact.case, waited);
        }
        if self.laws.pools[p].pays_contacts {
            self.pay_answer(a, p, slot, fresh);
        }
    }

    /// An agent who can have several contacts at once, `load` of them until now, has answered one more.
    #[inline(always)]
    fn after_answer(&mut self, a: u32, p: usize, load: usize) {
        let agent = &self.agents[a as usize];
        let (on, budget) = (agent.is_free(), agent.budget);
        if load == 0 && budget != NEVER {
            self.stop_budget(a);
        }
        if load + 1 < self.laws.pools[p].concurrency && on {
            self.enlist(a);
        }
    }

    /// Schedules the next end of a phase among the contacts in hand of an agent that keeps virtual time.
    pub(super) fn aim_service(&mut self, a: u32, p: usize) {
        let agent = &mut self.agents[a as usize];
        let first = a as usize * self.stride;
        let hands = &self.hands[first..first + usize::from(agent.load)];
        agent.service_at = next_end(agent, &self.laws.pools[p], hands);
        self.tree.set(
            self.first_agent_slot + a as usize,
            agent.service_at.min(agent.other_at),
        );
    }

    /// Something of an agent is due.
    #[inline(always)]
    pub(super) fn agent_event(&mut self, a: u32) {
        let laws = self.laws;
        let agent = &mut self.agents[a as usize];
        let p = usize::from(agent.pool);
        if agent.service_at > self.now {
            return self.member_event(a, p);
        }
        let law = &laws.pools[p];
        if law.is_plain {
            self.end_phase::<false, false>(a, p, law);
        } else if law.has_clock {
            self.end_phase::<true, true>(a, p, law);
        } else {
            self.end_phase_apart(a, p, law);
        }
    }

    /// The next end of a phase in a pool without virtual time that is not plain.
    #[inline(never)]
    fn end_phase_apart(&mut self, a: u32, p: usize, law: &PoolLaw) {
        self.end_phase::<false, true>(a, p, law);
    }

    /// The contact in hand that is next comes to the end of its phase. `APART`: the pool may not be plain.
    #[inline(always)]
    fn end_phase<const SEVERAL: bool, const APART: bool>(
        &mut self,
        a: u32,
        p: usize,
        law: &PoolLaw,
    ) {
        let laws = self.laws;
        let agent = &mut self.agents[a as usize];
        let first = a as usize * self.stride;
        let mut slot = 0;
        if SEVERAL {
            run_clock(agent, law, self.now);
            let hands = &self.hands[first..first + usize::from(agent.load)];
            let mut least = hands[0].finish;
            for (i, hand) in hands.iter().enumerate().skip(1) {
                let sooner = hand.finish < least;
                least = std::hint::select_unpredictable(sooner, hand.finish, least);
                slot = std::hint::select_unpredictable(sooner, i, slot);
            }
        }
        let hand = &mut self.hands[first + slot];
        if !hand.is_talking() {
            let gone = (hand.offered(), hand.talk_end());
            return self.free_slot::<SEVERAL, APART>(a, p, law, (slot, gone));
        }
        self.talking_now -= 1;
        let offered = hand.visit().0;
        let mut contact = hand.contact;
        contact.handler = p as u8;
        if let Some(after) = &laws.topics[usize::from(contact.topic)].after_contact {
            hand.end_talk(self.now);
            let hop = STRIDE * u64::from(contact.hop);
            let work = after.sample(contact.key().bits(purpose::AFTER_CONTACT + hop));
            hand.finish = work + agent.work_clock;
            return self.begin_after_contact(a, p, work, (&contact, offered));
        }
        self.conclude_talk::<APART>(a, p, law, (&contact, offered));
        self.free_slot::<SEVERAL, APART>(a, p, law, (slot, (offered, self.now)));
    }

    /// The customer is gone and `work` is left.
    #[inline(never)]
    fn begin_after_contact(&mut self, a: u32, p: usize, work: f64, talk: (&Contact, Micros)) {
        if self.laws.pools[p].has_clock {
            self.aim_service(a, p);
        } else {
            let agent = &mut self.agents[a as usize];
            agent.service_at = self.now + round_micros(work);
            self.tree.set(
                self.first_agent_slot + a as usize,
                agent.service_at.min(agent.other_at),
            );
        }
        self.conclude_talk::<true>(a, p, &self.laws.pools[p], talk);
    }

    /// What the person's answer to a contact leads to, whose visit began at `offered`.
    #[inline(always)]
    fn conclude_talk<const APART: bool>(
        &mut self,
        a: u32,
        p: usize,
        law: &PoolLaw,
        (contact, offered): (&Contact, Micros),
    ) {
        let laws = self.laws;
        let learns = APART && law.learns;
        let (differs, rates) = (APART && law.skill_sd != 0.0, APART && law.rates);
        let topic = usize::from(contact.topic);
        let law = if APART {
            law.answer_of(self.agents[a as usize].segment, topic)
        } else {
            &law.answers[topic]
        };
        let key = contact.key();
        let hop = STRIDE * u64::from(contact.hop);
        let resolved = if differs {
            self.skill_resolves(a, law, contact)
        } else {
            law.resolve.happens(
                key,
                purpose::HUMAN_OUTCOME + hop,
                contact.case,
                &laws.common,
            ) && !(learns && self.is_beyond(a, contact))
        };
        if rates {
            self.rate(a, p, (contact, offered), resolved);
        }
        if resolved
            || law.transfer == 0
            || contact.hop >= MAX_HOPS
            || key.bits(purpose::HUMAN_REST + hop) > law.transfer
        {
            let ending = if resolved {
                self.observer.resolved(contact, p, offered);
                Ending::HumanResolved
            } else {
                Ending::HumanUnresolved
            };
            return self.finish(contact, ending, self.now);
        }
        self.transfer(p, *contact, offered, law.to);
    }

    #[inline(never)]
    fn transfer(&mut self, p: usize, mut contact: Contact, offered: Micros, to: TransferTo) {
        self.observer.transferred(&contact, p, offered, self.now);
        contact.hop += 1;
        contact.flags = (contact.flags | PASSED_ON) & !DIRECT;
        match to {
            TransferTo::Assistant => self.meet_assistant(contact, self.now),
            TransferTo::Queue(q) => self.reach_people(&contact, q),
        }
    }

    /// The slot of a contact is free again, whose visit began at `offered` and whose customer was gone at `talk_end`.
    #[inline(always)]
    fn free_slot<const SEVERAL: bool, const APART: bool>(
        &mut self,
        a: u32,
        p: usize,
        law: &PoolLaw,
        (slot, (offered, talk_end)): (usize, (Micros, Micros)),
    ) {
        let first = a as usize * self.stride;
        let agent = &mut self.agents[a as usize];
        let load = if SEVERAL {
            usize::from(agent.load) - 1
        } else {
            0
        };
        let hand = &self.hands[first + slot];
        let handle = if SEVERAL {
            agent.handle_clock - hand.handle_from
        } else {
            (self.now - hand.answered) as i64 as f64
        };
        let service = Service {
            offered,
            from: hand.answered,
            talk_end,
            to: self.now,
            handle,
        };
        self.observer.served(&hand.contact, p, service);
        agent.service_at = NEVER;
        if APART && law.pays_contacts {
            self.pay_service(a, p, slot, handle);
        }
        if SEVERAL {
            if load != slot {
                self.hands[first + slot] = self.hands[first + load];
            }
            self.unlist(a);
        }
        let agent = &mut self.agents[a as usize];
        agent.load = load as u8;
        let pool = &mut self.pools[p];
        pool.idle += u32::from(load == 0);
        if (pool.excess > 0 || agent.state != State::On) && self.takes_no_more(a, p, load) {
            return;
        }
        let occupied = self.agents[a as usize].occupied;
        if !occupied
            && !law.offers
            && (!SEVERAL || load < law.concurrency)
            && let Some((q, place)) = self.best_for(p, law)
        {
            return self.take_next::<SEVERAL>(q, place, a);
        }
        self.find_nothing(a, p, law, occupied);
    }

    /// Whether an agent who has finished a contact, with `load` left, is leaving or one more than the plan wants.
    #[cold]
    #[inline(never)]
    fn takes_no_more(&mut self, a: u32, p: usize, load: usize) -> bool {
        if self.agents[a as usize].state == State::On {
            if self.laws.pools[p].shift_end != ShiftEnd::Finish {
                return false;
            }
            self.settle_excess(p);
            self.pools[p].excess -= 1;
            self.retire(a);
        }
        self.pools[p].idle -= u32::from(load == 0);
        self.go_on_leaving(a, p);
        true
    }

    /// An agent who takes nothing new has finished a contact.
    fn go_on_leaving(&mut self, a: u32, p: usize) {
        if self.agents[a as usize].load == 0 {
            self.rest(a, p);
            self.log_off(a);
        } else {
            self.aim_service(a, p);
        }
    }

    /// An agent has finished a contact and there is no other to take.
    #[inline(always)]
    fn find_nothing(&mut self, a: u32, p: usize, law: &PoolLaw, occupied: bool) {
        let agent = &mut self.agents[a as usize];
        let load = usize::from(agent.load);
        if load == 0 {
            self.rest(a, p);
        } else {
            let first = a as usize * self.stride;
            agent.service_at = next_end(agent, law, &self.hands[first..first + load]);
        }
        let agent = &self.agents[a as usize];
        self.tree.set_next(
            self.first_agent_slot + a as usize,
            agent.service_at.min(agent.other_at),
        );
        if !occupied && load < law.concurrency {
            self.enlist(a);
            if load == 0 && law.leaves_when_idle {
                self.now_idle(a, p);
            }
            if law.offers {
                self.dispatch(p);
            }
        }
    }

    /// The agent's hands are empty: the busy span is over.
    #[inline(always)]
    pub(super) fn rest(&mut self, a: u32, p: usize) {
        let agent = &mut self.agents[a as usize];
        let from = agent.busy_since.max(self.settled);
        self.observer.busy(p, from, self.now);
        self.pools[p].busy_month += self.now - from;
        agent.busy_since = NEVER;
    }
}
