//! Answering, working, finishing: one contact at a time or several at once.

use super::agents::State;
use super::contact::{FROM_AI, InHand, MET_PERSON};
use super::{Contact, Engine, MAX_HOPS, Observer, Reason, STRIDE, Service, Wait};
use crate::model::{Ending, ShiftEnd, TransferTo};
use crate::random::{Key, purpose};
use crate::time::{Micros, NEVER, round_micros};

impl<O: Observer> Engine<'_, '_, O> {
    /// Agent `a`, not in the lists and with a free slot, answers.
    #[inline(always)]
    pub(super) fn answer(&mut self, a: u32, contact: &Contact, q: usize, wait: Wait, work_left: f64) {
        let laws = self.laws;
        let topic = usize::from(contact.topic);
        let law = &laws.topics[topic];
        let agent = &mut self.agents[a as usize];
        let p = usize::from(agent.pool);
        let pool = &laws.pools[p];
        let fresh = work_left < 0.0;
        let (factor, expected) = match &law.work_of_difficulty {
            None => (1.0, law.mean_work),
            Some(table) => {
                let factor = table.sample(contact.case.bits(purpose::DIFFICULTY));
                (factor, law.mean_work * factor)
            }
        };
        let work = if fresh {
            let bits = contact.key().bits(purpose::WORK + STRIDE * u64::from(contact.hop));
            let handed = if contact.flags & FROM_AI != 0 { law.handover_factor } else { 1.0 };
            law.work.as_ref().map_or(0.0, |w| w.sample(bits)) * factor * handed * pool.answers[topic].work_factor * agent.factor
        } else {
            work_left
        };
        self.observer.answered(contact, p, wait, fresh, expected);
        self.talking_now += 1;
        self.in_hand_now += 1;
        let mut hand = InHand {
            contact: Contact { flags: (contact.flags | MET_PERSON) & !FROM_AI, ..*contact },
            finish: work,
            handle_from: 0.0,
            answered: self.now,
            talk_end: NEVER,
            offered: wait.offered,
            queue: q as u16,
        };
        let base = a as usize * self.stride;
        if agent.load == 0 {
            agent.busy_since = agent.busy_since.min(self.now);
            self.pools[p].idle -= 1;
        }
        if !pool.has_clock {
            agent.load = 1;
            agent.service_at = self.now + round_micros(work);
            self.hands[base] = hand;
            self.tree.set(self.first_agent_slot + a as usize, agent.service_at.min(agent.other_at));
            return;
        }
        if agent.load == 0 && agent.budget != NEVER {
            self.stop_budget(a);
        }
        self.run_clock(a, p);
        let agent = &mut self.agents[a as usize];
        hand.finish += agent.work_clock;
        hand.handle_from = agent.handle_clock;
        self.hands[base + usize::from(agent.load)] = hand;
        agent.load += 1;
        let full = usize::from(agent.load) == pool.concurrency;
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
    #[inline(always)]
    pub(super) fn agent_event(&mut self, a: u32) {
        let agent = &self.agents[a as usize];
        let p = usize::from(agent.pool);
        if agent.service_at > self.now {
            return self.member_event(a, p);
        }
        let base = a as usize * self.stride;
        let mut slot = 0;
        if self.laws.pools[p].has_clock {
            self.run_clock(a, p);
            let hands = &self.hands[base..base + usize::from(self.agents[a as usize].load)];
            for i in 1..hands.len() {
                if hands[i].finish < hands[slot].finish {
                    slot = i;
                }
            }
        }
        if self.hands[base + slot].is_talking() {
            self.end_talk(a, p, slot);
        } else {
            self.free_slot(a, p, slot);
        }
    }

    /// The customer is gone; after-contact work may follow.
    #[inline(always)]
    fn end_talk(&mut self, a: u32, p: usize, slot: usize) {
        let laws = self.laws;
        let at = a as usize * self.stride + slot;
        self.talking_now -= 1;
        let hand = &mut self.hands[at];
        hand.talk_end = self.now;
        let contact = hand.contact;
        let Some(law) = &laws.topics[usize::from(contact.topic)].after_contact else {
            self.conclude_talk(p, contact);
            return self.free_slot(a, p, slot);
        };
        let hop = STRIDE * u64::from(contact.hop);
        let work = law.sample(contact.key().bits(purpose::AFTER_CONTACT + hop));
        let agent = &mut self.agents[a as usize];
        hand.finish = work + agent.work_clock;
        if !laws.pools[p].has_clock {
            agent.service_at = self.now + round_micros(work);
            self.tree.set(self.first_agent_slot + a as usize, agent.service_at.min(agent.other_at));
        } else {
            self.aim_service(a, p);
        }
        self.conclude_talk(p, contact);
    }

    /// What the person's answer leads to.
    #[inline(always)]
    fn conclude_talk(&mut self, p: usize, mut contact: Contact) {
        let laws = self.laws;
        let law = &laws.pools[p].answers[usize::from(contact.topic)];
        let key = contact.key();
        let hop = STRIDE * u64::from(contact.hop);
        if law.resolve.happens(key, purpose::HUMAN_OUTCOME + hop, contact.case, &laws.common) {
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
    #[inline(always)]
    fn free_slot(&mut self, a: u32, p: usize, slot: usize) {
        let law = &self.laws.pools[p];
        let several = law.has_clock;
        let base = a as usize * self.stride;
        let agent = &mut self.agents[a as usize];
        let hand = &self.hands[base + slot];
        let handle = if several { agent.handle_clock - hand.handle_from } else { (self.now - hand.answered) as f64 };
        let service = Service { from: hand.answered, talk_end: hand.talk_end, to: self.now, handle };
        self.observer.served(&hand.contact, p, service);
        self.in_hand_now -= 1;
        agent.service_at = NEVER;
        if several {
            self.unlist(a);
            let load = self.agents[a as usize].load - 1;
            self.hands[base + slot] = self.hands[base + usize::from(load)];
        }
        let agent = &mut self.agents[a as usize];
        agent.load -= 1;
        let load = usize::from(agent.load);
        let pool = &mut self.pools[p];
        if agent.state == State::On && pool.excess > 0 && law.shift_end == ShiftEnd::Finish {
            self.settle_excess(p);
            self.pools[p].excess -= 1;
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
        if !occupied
            && !offers
            && let Some((q, place)) = self.best_for(p)
        {
            self.take_from(q, place, a);
            return;
        }
        if load == 0 {
            self.rest(a, p);
        }
        if law.has_clock {
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

    /// The time of these agents is up at once: contacts in hand go back to the head of their lines, then to whoever is
    /// free for them, the first answered first.
    pub(super) fn cut(&mut self, agents: Vec<u32>) {
        let mut back = Vec::new();
        for a in agents {
            self.unlist(a);
            let p = usize::from(self.agents[a as usize].pool);
            let base = a as usize * self.stride;
            let has_clock = self.laws.pools[p].has_clock;
            if has_clock {
                self.run_clock(a, p);
            }
            let agent = &self.agents[a as usize];
            let load = usize::from(agent.load);
            self.in_hand_now -= load as u64;
            for i in 0..load {
                let mut hand = self.hands[base + i];
                let (left, handle) = if has_clock {
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
        }
        back.sort_by_key(|(hand, _)| (hand.answered, hand.contact.case));
        let places: Vec<(usize, u64, Key)> = back
            .into_iter()
            .rev()
            .map(|(hand, left)| {
                let q = usize::from(hand.queue);
                (q, self.back_to_head(hand.contact, q, hand.offered, left), hand.contact.case)
            })
            .collect();
        for (q, place, case) in places.into_iter().rev() {
            self.try_steps(q, place, case);
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
