//! Answering, working, finishing: one contact at a time or several at once.

use super::agents::State;
use super::contact::{FROM_AI, InHand, MET_PERSON};
use super::{Contact, Engine, MAX_HOPS, Observer, Reason, STRIDE, Service, Wait};
use crate::model::{Ending, ShiftEnd, TransferTo};
use crate::random::purpose;
use crate::time::{Micros, NEVER};

impl<O: Observer> Engine<'_, '_, O> {
    /// Agent `a`, not in the lists and with a free slot, answers.
    #[inline]
    pub(super) fn answer(&mut self, a: u32, mut contact: Contact, q: usize, wait: Wait, work_left: f64) {
        let laws = self.laws;
        let topic = usize::from(contact.topic);
        let law = &laws.topics[topic];
        let p = usize::from(self.agents[a as usize].pool);
        let pool = &laws.pools[p];
        let key = contact.key();
        let hop = STRIDE * u64::from(contact.hop);
        let expected = laws.expected_work(topic, contact.case);
        let work = if work_left >= 0.0 {
            work_left
        } else {
            let mut work = law.work.as_ref().map_or(0.0, |w| w.sample(key.bits(purpose::WORK + hop)));
            if let Some(factor) = &law.work_of_difficulty {
                work *= factor.sample(contact.case.bits(purpose::DIFFICULTY));
            }
            if contact.flags & FROM_AI != 0 {
                work *= law.handover_factor;
            }
            work * pool.answers[topic].work_factor * self.agents[a as usize].factor
        };
        self.observer.answered(&contact, p, wait, work_left < 0.0, expected);
        contact.flags = (contact.flags | MET_PERSON) & !FROM_AI;
        self.talking_now += 1;
        self.take_in_hand(a, p, InHand {
            contact,
            finish: work,
            handle_from: 0.0,
            answered: self.now,
            talk_end: NEVER,
            offered: wait.offered,
            queue: q as u16,
        });
    }

    /// Adds a contact to the agent's hands; `hand.finish` is the work to be done.
    #[inline]
    fn take_in_hand(&mut self, a: u32, p: usize, mut hand: InHand) {
        let concurrency = self.laws.pools[p].concurrency;
        let base = a as usize * self.stride;
        let agent = &mut self.agents[a as usize];
        if agent.load == 0 {
            agent.busy_since = if agent.busy_since == NEVER { self.now } else { agent.busy_since };
            self.pools[p].idle -= 1;
            if agent.budget != NEVER {
                self.stop_budget(a);
            }
        }
        let agent = &mut self.agents[a as usize];
        if concurrency == 1 {
            agent.load = 1;
            let at = self.now + (hand.finish + 0.5) as Micros;
            hand.handle_from = 0.0;
            self.hands[base] = hand;
            agent.service_at = at;
            self.tree.set(self.first_agent_slot + a as usize, at.min(agent.other_at));
            return;
        }
        self.run_clock(a, p);
        let agent = &mut self.agents[a as usize];
        hand.finish += agent.work_clock;
        hand.handle_from = agent.handle_clock;
        self.hands[base + usize::from(agent.load)] = hand;
        agent.load += 1;
        let full = usize::from(agent.load) == concurrency;
        let on = agent.state == State::On && agent.offer.is_none() && !agent.cooling;
        self.aim_service(a, p);
        if !full && on {
            self.enlist(a);
        }
    }

    /// Brings the agent's clocks up to now.
    #[inline]
    fn run_clock(&mut self, a: u32, p: usize) {
        let agent = &mut self.agents[a as usize];
        if agent.load > 0 {
            let dt = (self.now - agent.clock_at) as f64;
            agent.work_clock += dt * self.laws.pools[p].speed[usize::from(agent.load) - 1];
            agent.handle_clock += dt / f64::from(agent.load);
        } else {
            // Nothing in hand: start afresh, so that the clocks never grow long.
            agent.work_clock = 0.0;
            agent.handle_clock = 0.0;
        }
        agent.clock_at = self.now;
    }

    /// Schedules the next end of a phase among the contacts in hand. All of them go at the same speed, so the order in
    /// which they finish does not depend on how many there are.
    #[inline]
    fn aim_service(&mut self, a: u32, p: usize) {
        let base = a as usize * self.stride;
        let agent = &mut self.agents[a as usize];
        let load = usize::from(agent.load);
        agent.service_at = if load == 0 {
            NEVER
        } else {
            let first = self.hands[base..base + load].iter().map(|h| h.finish).fold(f64::INFINITY, f64::min);
            let rest = (first - agent.work_clock).max(0.0) / self.laws.pools[p].speed[load - 1];
            agent.clock_at + libm::ceil(rest) as Micros
        };
        self.tree.set(self.first_agent_slot + a as usize, agent.service_at.min(agent.other_at));
    }

    /// Something of an agent is due.
    #[inline]
    pub(super) fn agent_event(&mut self, a: u32) {
        let agent = &self.agents[a as usize];
        let p = usize::from(agent.pool);
        if agent.service_at > self.now {
            return self.member_event(a, p);
        }
        let base = a as usize * self.stride;
        let mut slot = 0;
        if self.laws.pools[p].concurrency > 1 {
            self.run_clock(a, p);
            let hands = &self.hands[base..base + usize::from(self.agents[a as usize].load)];
            for i in 1..hands.len() {
                if hands[i].finish < hands[slot].finish {
                    slot = i;
                }
            }
        }
        let hand = self.hands[base + slot];
        if hand.is_talking() {
            self.end_talk(a, p, base + slot, hand);
        } else {
            self.free_slot(a, p, slot, hand);
        }
    }

    /// The customer is gone; after-contact work may follow.
    #[inline]
    fn end_talk(&mut self, a: u32, p: usize, at: usize, mut hand: InHand) {
        let laws = self.laws;
        let topic = usize::from(hand.contact.topic);
        let hop = STRIDE * u64::from(hand.contact.hop);
        self.talking_now -= 1;
        hand.talk_end = self.now;
        let slot = at - a as usize * self.stride;
        match &laws.topics[topic].after_contact {
            None => {
                self.conclude_talk(p, hand.contact);
                self.free_slot(a, p, slot, hand);
            }
            Some(law) => {
                let work = law.sample(hand.contact.key().bits(purpose::AFTER_CONTACT + hop));
                hand.finish = work + self.agents[a as usize].work_clock;
                self.hands[at] = hand;
                if laws.pools[p].concurrency == 1 {
                    let agent = &mut self.agents[a as usize];
                    agent.service_at = self.now + (work + 0.5) as Micros;
                    self.tree.set(self.first_agent_slot + a as usize, agent.service_at.min(agent.other_at));
                } else {
                    self.aim_service(a, p);
                }
                self.conclude_talk(p, hand.contact);
            }
        }
    }

    /// What the person's answer leads to.
    #[inline]
    fn conclude_talk(&mut self, p: usize, mut contact: Contact) {
        let laws = self.laws;
        let law = &laws.pools[p].answers[usize::from(contact.topic)];
        let key = contact.key();
        let hop = STRIDE * u64::from(contact.hop);
        if law.resolve.happens(key.bits(purpose::HUMAN_OUTCOME + hop), contact.case, &laws.common) {
            return self.end(&contact, Ending::HumanResolved, self.now);
        }
        if law.transfer == 0 || contact.hop >= MAX_HOPS || key.bits(purpose::HUMAN_REST + hop) > law.transfer {
            return self.end(&contact, Ending::HumanUnresolved, self.now);
        }
        self.observer.transferred(&contact, p, self.now);
        contact.hop += 1;
        match law.to {
            TransferTo::Assistant => self.meet_assistant(contact, self.now),
            TransferTo::Queue(q) => self.to_people(contact, q, Reason::Stuck),
        }
    }

    /// The slot of a contact is free again.
    #[inline]
    fn free_slot(&mut self, a: u32, p: usize, slot: usize, hand: InHand) {
        let law = &self.laws.pools[p];
        let base = a as usize * self.stride;
        let handle = if law.concurrency == 1 {
            (self.now - hand.answered) as f64
        } else {
            self.agents[a as usize].handle_clock - hand.handle_from
        };
        let service = Service { from: hand.answered, talk_end: hand.talk_end, to: self.now, handle };
        self.observer.served(&hand.contact, p, service);
        self.unlist(a);
        let agent = &mut self.agents[a as usize];
        agent.load -= 1;
        let load = usize::from(agent.load);
        self.hands[base + slot] = self.hands[base + load];
        agent.service_at = NEVER;
        let pool = &mut self.pools[p];
        if agent.state == State::On && pool.excess > 0 && law.shift_end == ShiftEnd::Finish {
            pool.excess -= 1;
            self.retire(a);
        }
        let agent = &mut self.agents[a as usize];
        if agent.state == State::Leaving {
            if load == 0 {
                self.rest(a, p);
                self.log_off(a);
            } else {
                self.aim_service(a, p);
            }
            return;
        }
        if load == 0 {
            self.pools[p].idle += 1;
        }
        let occupied = agent.offer.is_some() || agent.cooling;
        let offers = law.gig.as_ref().is_some_and(|g| g.offers);
        if !occupied && !offers && self.waiting.iter().zip(&law.serves).any(|(w, s)| w & s != 0)
            && let Some((q, place)) = self.best_for(p)
        {
            self.take_from(q, place, a);
            return;
        }
        if load == 0 {
            self.rest(a, p);
        }
        if law.concurrency > 1 {
            self.aim_service(a, p);
        } else {
            self.tree.set(self.first_agent_slot + a as usize, self.agents[a as usize].other_at);
        }
        if !occupied {
            self.enlist(a);
            if load == 0 {
                self.now_idle(a, p);
            }
            if offers {
                self.dispatch(p);
            }
        }
    }

    /// The agent's hands are empty: the busy span is over.
    #[inline]
    pub(super) fn rest(&mut self, a: u32, p: usize) {
        let agent = &mut self.agents[a as usize];
        self.observer.busy(p, agent.busy_since, self.now);
        agent.busy_since = NEVER;
    }

    /// The agent's time is up at once: contacts in hand go back to the head of their lines.
    pub(super) fn cut(&mut self, a: u32) {
        self.unlist(a);
        let p = usize::from(self.agents[a as usize].pool);
        let base = a as usize * self.stride;
        let several = self.laws.pools[p].concurrency > 1;
        if several {
            self.run_clock(a, p);
        }
        let load = usize::from(self.agents[a as usize].load);
        let mut back = Vec::with_capacity(load);
        for i in 0..load {
            let mut hand = self.hands[base + i];
            let agent = &self.agents[a as usize];
            let (left, handle) = if several {
                ((hand.finish - agent.work_clock).max(0.0), agent.handle_clock - hand.handle_from)
            } else {
                (agent.service_at.saturating_sub(self.now) as f64, (self.now - hand.answered) as f64)
            };
            let talking = hand.is_talking();
            hand.talk_end = hand.talk_end.min(self.now);
            let service = Service { from: hand.answered, talk_end: hand.talk_end, to: self.now, handle };
            if talking {
                self.talking_now -= 1;
                self.observer.cut_off(&hand.contact, p, service);
                back.push((hand, left));
            } else {
                self.observer.served(&hand.contact, p, service);
            }
        }
        let agent = &mut self.agents[a as usize];
        agent.load = 0;
        agent.service_at = NEVER;
        if load > 0 {
            if agent.state == State::On {
                self.pools[p].idle += 1;
            }
            self.rest(a, p);
        }
        self.log_off(a);
        // The first answered ends up first in the line.
        back.sort_by_key(|(hand, _)| std::cmp::Reverse((hand.answered, hand.contact.case)));
        for (hand, left) in back {
            self.back_to_head(hand.contact, usize::from(hand.queue), hand.offered, left);
        }
    }

    /// At the end of the replication: whatever is still in hand is given up.
    pub(super) fn abort(&mut self, a: u32) {
        if self.agents[a as usize].state == State::Off {
            return;
        }
        let base = a as usize * self.stride;
        for i in 0..usize::from(self.agents[a as usize].load) {
            let hand = self.hands[base + i];
            if hand.is_talking() {
                self.talking_now -= 1;
                self.end(&hand.contact, Ending::HumanUnresolved, self.now);
            }
        }
    }
}
