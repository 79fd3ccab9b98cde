//! Answering, working, finishing: one contact at a time or several at once.
//!
//! The functions are compiled for the kinds of pools that they serve: `NEXT` when the event of the agent is the one that is being played,
//! `SEVERAL` when the agent keeps virtual time, `APART` when the pool may not be plain.

use super::Engine;
use super::routing::From;
use crate::engine::contact::{Contact, DIRECT, FROM_AI, MAX_HOPS, MET_PERSON};
use crate::engine::laws::pool::{AnswerLaw, PoolLaw};
use crate::engine::{Observer, Service, Sink, State, Wait, next_end, run_clock};
use crate::model::{Ending, ShiftEnd, TransferTo};
use crate::random::purpose;
use crate::time::{Micros, NEVER, round_micros};

/// A contact, when its visit began, and when it was answered.
type Talk<'a> = (&'a Contact, (Micros, Micros));

/// The wait of a contact that has not been noted, since the first person has it in hand who answered it.
#[inline(always)]
pub(super) fn waited(contact: &Contact, offered: Micros, answered: Micros) -> Micros {
    if contact.hops() == 0 {
        answered - offered
    } else {
        0
    }
}

impl<S: Sink> Engine<'_, S> {
    /// Agent `a` of pool `p`, not in the lists and with a free slot, answers.
    #[inline(always)]
    pub(super) fn answer(&mut self, a: u32, p: usize, q: usize, from: From<'_>) {
        let law = &self.cx.laws.pools[p];
        if law.has_clock {
            self.answer_as::<false, true>(a, (p, law), q, from);
        } else {
            self.answer_as::<false, false>(a, (p, law), q, from);
        }
    }

    /// Agent `a`, not in the lists and with a free slot, answers.
    #[inline(always)]
    fn answer_as<const NEXT: bool, const SEVERAL: bool>(
        &mut self,
        a: u32,
        (p, law): (usize, &PoolLaw),
        q: usize,
        from: From<'_>,
    ) {
        let laws = self.cx.laws;
        let now = self.cx.now;
        let (contact, wait, work, fresh) = match from {
            From::Arrival(contact) => {
                let topic = &laws.topics[usize::from(contact.topic)];
                (contact, Wait::none(now), topic.work(contact), true)
            }
            From::Queue(place) => {
                let w = self.queues.lines[q].at(place);
                (&w.contact, w.wait(now), w.work, w.work.is_fresh())
            }
        };
        let topic = usize::from(contact.topic);
        let agents = &mut self.agents;
        let first = agents.first_hand(a);
        let agent = &mut agents.records[a as usize];
        let work = if fresh {
            work.time() * law.answers[topic].work_factor * agent.factor
        } else {
            work.time()
        };
        agents.talking += 1;
        let load = if SEVERAL { usize::from(agent.load) } else { 0 };
        // Who goes on with the next contact was not idle in between.
        if load == 0 && !NEXT {
            agent.busy_since = agent.busy_since.min(now);
            agents.pools[p].idle -= 1;
        }
        let (mut finish, mut handle_from) = (work, 0.0);
        if SEVERAL {
            if load == 0 || !NEXT {
                run_clock(agent, law, now);
            }
            finish += agent.work_clock;
            handle_from = agent.handle_clock;
        }
        agent.load = load as u8 + 1;
        let hand = &mut agents.hands[first + load];
        hand.contact = *contact;
        hand.contact.flags = (contact.flags | MET_PERSON) & !FROM_AI;
        hand.finish = finish;
        hand.handle_from = handle_from;
        hand.answered = now;
        hand.begin_talk(wait.offered, q);
        agent.service_at = if SEVERAL {
            next_end(agent, law, &agents.hands[first..first + load + 1])
        } else {
            now + round_micros(work)
        };
        // Who answers is neither on offer nor cooling down.
        debug_assert!(agent.other_at == NEVER);
        let at = agent.service_at;
        if NEXT {
            self.cx.calendar.set_next_agent(a, at);
        } else {
            self.cx.calendar.set_agent(a, at);
        }
        self.cx
            .observer
            .agent(self.agents.records[a as usize].number);
        match from {
            From::Arrival(contact) => self.cx.observer.answered_at_once(contact, p, now),
            From::Queue(_) => self.cx.observer.answered(contact, p, wait, fresh),
        }
        if laws.notes_answers {
            // Of a first answer it is noted when the talk ends, from what is in hand.
            let waited = match from {
                From::Queue(_) if contact.hops() > 0 => wait.length(),
                From::Queue(_) | From::Arrival(_) => 0,
            };
            if waited > 0 || law.pays_contacts {
                self.note_answer(a, load, waited, fresh);
            }
        }
        if SEVERAL {
            self.after_answer(a, law, load);
        }
    }

    /// The agent answers what is in its hand `slot` now, after so long a wait in a queue: waits of cases and pay are noted.
    #[inline(never)]
    fn note_answer(&mut self, a: u32, slot: usize, waited: Micros, fresh: bool) {
        let p = usize::from(self.agents[a].pool);
        let hand = self.agents.first_hand(a) + slot;
        let contact = &mut self.agents.hands[hand].contact;
        self.cx.note_wait(contact, waited);
        if self.cx.laws.pools[p].pays_contacts {
            self.gig().pay_answer(a, slot, fresh);
        }
    }

    /// An agent who can have several contacts at once, `load` of them until now, has answered one more.
    #[inline(always)]
    fn after_answer(&mut self, a: u32, law: &PoolLaw, load: usize) {
        let agent = &self.agents[a];
        let (is_free, budget) = (agent.is_free(), agent.budget);
        if load == 0 && budget != NEVER {
            self.agents.stop_budget(self.cx.now, a);
        }
        if load + 1 < law.concurrency && is_free {
            self.agents.enlist(self.cx.now, a);
        }
    }

    /// Something of an agent is due.
    #[inline(always)]
    pub(super) fn agent_event(&mut self, a: u32) {
        let laws = self.cx.laws;
        let agent = &self.agents[a];
        let p = usize::from(agent.pool);
        if agent.service_at > self.cx.now {
            return self.member_event(a, p);
        }
        let law = &laws.pools[p];
        match (law.is_plain, law.has_clock) {
            (true, false) => self.end_phase::<false, false>(a, p, law),
            (true, true) => self.end_phase::<true, false>(a, p, law),
            (false, _) => self.end_phase_apart(a, p, law),
        }
    }

    /// The next end of a phase in a pool that is not plain.
    #[inline(never)]
    fn end_phase_apart(&mut self, a: u32, p: usize, law: &PoolLaw) {
        if law.has_clock {
            self.end_phase::<true, true>(a, p, law);
        } else {
            self.end_phase::<false, true>(a, p, law);
        }
    }

    /// The contact in hand that is next comes to the end of its phase.
    #[inline(always)]
    fn end_phase<const SEVERAL: bool, const APART: bool>(
        &mut self,
        a: u32,
        p: usize,
        law: &PoolLaw,
    ) {
        let laws = self.cx.laws;
        let agents = &mut self.agents;
        let first = agents.first_hand(a);
        let agent = &mut agents.records[a as usize];
        let mut slot = 0;
        if SEVERAL {
            run_clock(agent, law, self.cx.now);
            let hands = &agents.hands[first..first + usize::from(agent.load)];
            let mut least = hands[0].finish;
            for (i, hand) in hands.iter().enumerate().skip(1) {
                let sooner = hand.finish < least;
                least = std::hint::select_unpredictable(sooner, hand.finish, least);
                slot = std::hint::select_unpredictable(sooner, i, slot);
            }
        }
        let now = self.cx.now;
        let hand = &mut agents.hands[first + slot];
        let handle = if SEVERAL {
            agent.handle_clock - hand.handle_from
        } else {
            (now - hand.answered) as i64 as f64
        };
        let mut service = Service {
            offered: hand.offered(),
            from: hand.answered,
            talk_end: hand.talk_end(),
            to: now,
            handle,
        };
        if !hand.is_talking() {
            self.cx.observer.served(&hand.contact, p, service);
            return self.free_slot::<SEVERAL, APART>(a, p, law, (slot, handle));
        }
        agents.talking -= 1;
        (service.offered, service.talk_end) = (hand.visit().0, now);
        let visit = (service.offered, hand.answered);
        let mut contact = hand.contact;
        contact.handled_by(p);
        if let Some(after) = &laws.topics[usize::from(contact.topic)].after_contact {
            hand.end_talk(now);
            let work = after.sample(contact.bits(purpose::AFTER_CONTACT));
            hand.finish = work + agent.work_clock;
            return self.begin_after_contact(a, p, work, (&contact, visit));
        }
        let resolved = self.resolves::<APART>(a, law, (&contact, service.offered));
        self.conclude_talk::<APART>(a, p, law, (&contact, visit), resolved);
        self.cx
            .observer
            .served_at_once(&contact, p, service, resolved);
        self.free_slot::<SEVERAL, APART>(a, p, law, (slot, handle));
    }

    /// The customer is gone and `work` is left.
    #[inline(never)]
    fn begin_after_contact(&mut self, a: u32, p: usize, work: f64, talk: Talk<'_>) {
        let law = &self.cx.laws.pools[p];
        if law.has_clock {
            self.agents.aim_service(&mut self.cx, a, p);
        } else {
            self.agents[a].service_at = self.cx.now + round_micros(work);
            self.agents.aim(&mut self.cx, a);
        }
        let (contact, (offered, _)) = talk;
        let resolved = self.resolves::<true>(a, law, (contact, offered));
        if resolved {
            self.cx.observer.resolved(contact, p, offered);
        }
        self.conclude_talk::<true>(a, p, law, talk, resolved);
    }

    /// What an agent says to a contact on this topic.
    #[inline(always)]
    fn answer_of<'l, const APART: bool>(
        &self,
        a: u32,
        law: &'l PoolLaw,
        topic: u16,
    ) -> &'l AnswerLaw {
        if APART {
            law.answer_of(self.agents[a].segment, topic.into())
        } else {
            &law.answers[usize::from(topic)]
        }
    }

    /// Whether the agent has resolved a contact, whose visit began at `offered`.
    #[inline(always)]
    fn resolves<const APART: bool>(
        &mut self,
        a: u32,
        law: &PoolLaw,
        (contact, offered): (&Contact, Micros),
    ) -> bool {
        let answer = self.answer_of::<APART>(a, law, contact.topic);
        let resolved = if APART && law.skill_sd != 0.0 {
            self.gig().skill_resolves(a, answer, contact)
        } else {
            let word = || contact.bits(purpose::HUMAN_OUTCOME);
            let common = &self.cx.laws.common;
            answer.resolve.happens(word, contact.case, common)
                && !(APART && law.learns && self.staff.is_beyond(a, contact))
        };
        if APART && law.rates {
            self.gig().rate(a, (contact, offered), resolved);
        }
        resolved
    }

    /// What the person's answer to a contact leads to.
    #[inline(always)]
    fn conclude_talk<const APART: bool>(
        &mut self,
        a: u32,
        p: usize,
        law: &PoolLaw,
        (contact, (offered, answered)): Talk<'_>,
        resolved: bool,
    ) {
        let answer = self.answer_of::<APART>(a, law, contact.topic);
        if resolved
            || answer.transfer == 0
            || contact.hop() >= MAX_HOPS
            || contact.bits(purpose::HUMAN_REST) > answer.transfer
        {
            let ending = if resolved {
                Ending::HumanResolved
            } else {
                Ending::HumanUnresolved
            };
            let now = self.cx.now;
            let waited = || waited(contact, offered, answered);
            return self.cx.finish_after(contact, ending, now, waited);
        }
        let mut contact = *contact;
        let waited = waited(&contact, offered, answered);
        self.cx.note_wait(&mut contact, waited);
        self.transfer(p, contact, offered, answer.to);
    }

    #[inline(never)]
    fn transfer(&mut self, p: usize, mut contact: Contact, offered: Micros, to: TransferTo) {
        let now = self.cx.now;
        self.cx.observer.transferred(&contact, p, offered, now);
        contact.move_on();
        contact.flags &= !DIRECT;
        match to {
            TransferTo::Assistant => {
                let cx = &mut self.cx;
                if let Some(at) = self.assistant.meet(cx, &mut contact, now) {
                    self.send(contact, at);
                }
            }
            TransferTo::Queue(q) => self.reach_people(&contact, q),
        }
    }

    /// The slot of a contact is free again, on which the agent spent `handle`.
    #[inline(always)]
    fn free_slot<const SEVERAL: bool, const APART: bool>(
        &mut self,
        a: u32,
        p: usize,
        law: &PoolLaw,
        (slot, handle): (usize, f64),
    ) {
        let agents = &mut self.agents;
        let first = agents.first_hand(a);
        let agent = &mut agents.records[a as usize];
        let load = if SEVERAL {
            usize::from(agent.load) - 1
        } else {
            0
        };
        agent.service_at = NEVER;
        if APART && law.pays_contacts {
            self.gig().pay_service(a, slot, handle);
        }
        let agents = &mut self.agents;
        if SEVERAL {
            if load != slot {
                agents.hands[first + slot] = agents.hands[first + load];
            }
            agents.unlist(a);
        }
        let agent = &mut agents.records[a as usize];
        agent.load = load as u8;
        let (occupied, is_offered) = (APART && agent.occupied, APART && law.offers);
        let pool = &agents.pools[p];
        let idle = pool.idle + u32::from(load == 0);
        if (pool.excess > 0 || agent.state != State::On) && self.takes_no_more(a, p, load) {
            return;
        }
        if !occupied
            && !is_offered
            && (!SEVERAL || load < law.concurrency)
            && let Some((q, place)) = self.queues.best_for(&mut self.cx, (p, idle), law)
        {
            self.queues.leave(q, place);
            return self.answer_as::<true, SEVERAL>(a, (p, law), q, From::Queue(place));
        }
        self.find_nothing::<APART>(a, p, law, occupied);
    }

    /// Whether an agent who has finished a contact, with `load` left, is leaving or one more than the plan wants.
    #[cold]
    #[inline(never)]
    fn takes_no_more(&mut self, a: u32, p: usize, load: usize) -> bool {
        if self.agents[a].state == State::On {
            if self.cx.laws.pools[p].shift_end != ShiftEnd::Finish {
                return false;
            }
            self.agents.one_leaves(&mut self.cx, p);
            self.agents.retire(self.cx.now, a);
        }
        if load == 0 {
            self.agents.rest(&mut self.cx, a, p);
            self.log_off(a);
        } else {
            self.agents.aim_service(&mut self.cx, a, p);
        }
        true
    }

    /// An agent has finished a contact and there is no other to take.
    #[inline(always)]
    fn find_nothing<const APART: bool>(&mut self, a: u32, p: usize, law: &PoolLaw, occupied: bool) {
        let agents = &mut self.agents;
        let first = agents.first_hand(a);
        let agent = &mut agents.records[a as usize];
        let load = usize::from(agent.load);
        if load == 0 {
            agents.pools[p].idle += 1;
            agents.rest(&mut self.cx, a, p);
        } else {
            agent.service_at = next_end(agent, law, &agents.hands[first..first + load]);
        }
        let agent = &self.agents[a];
        let other_at = if APART { agent.other_at } else { NEVER };
        let at = agent.service_at.min(other_at);
        self.cx.calendar.set_next_agent(a, at);
        if !occupied && load < law.concurrency {
            self.agents.enlist(self.cx.now, a);
            if !APART {
                return;
            }
            if load == 0 && law.leaves_when_idle {
                self.become_idle(a, p);
            }
            if law.offers {
                self.dispatch(p);
            }
        }
    }
}
