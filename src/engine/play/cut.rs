//! Services that are cut off because the time of their agents is up.

use super::Engine;
use super::service::waited;
use crate::engine::{Observer, Service, Sink, State};
use crate::random::Key;
use crate::time::NEVER;

impl<S: Sink> Engine<'_, S> {
    /// The time of these agents is up at once: contacts in hand go back to the head of their queues, then to whoever is
    /// free for them, the first answered first.
    pub(super) fn cut(&mut self, agents: Vec<u32>) {
        let mut back = Vec::new();
        for a in agents {
            self.agents.unlist(a);
            let p = usize::from(self.agents[a].pool);
            let law = &self.cx.laws.pools[p];
            let first = self.agents.first_hand(a);
            if law.has_clock {
                self.agents.run_clock(&self.cx, a);
            }
            let load = usize::from(self.agents[a].load);
            for i in 0..load {
                let mut hand = self.agents.hands[first + i];
                hand.contact.handled_by(p);
                let agent = &self.agents[a];
                let now = self.cx.now;
                let (left, handle) = if law.has_clock {
                    let left = (hand.finish - agent.work_clock).max(0.0);
                    (left, agent.handle_clock - hand.handle_from)
                } else {
                    let left = agent.service_at.saturating_sub(now);
                    (left as f64, (now - hand.answered) as f64)
                };
                let talking = hand.is_talking();
                let (offered, talk_end) = if talking {
                    (hand.visit().0, now)
                } else {
                    (hand.offered(), hand.talk_end())
                };
                let service = Service {
                    offered,
                    from: hand.answered,
                    talk_end,
                    to: now,
                    handle,
                };
                if law.pays_contacts {
                    self.gig().pay(a, i, |law| law.handling * handle);
                }
                if talking {
                    self.agents.talking -= 1;
                    let waited = waited(&hand.contact, offered, hand.answered);
                    self.cx.note_wait(&mut hand.contact, waited);
                    self.cx.observer.cut_off(&hand.contact, p, service);
                    back.push((hand, left));
                } else {
                    self.cx.observer.served(&hand.contact, p, service);
                }
            }
            if load > 0 && law.pays_contacts {
                self.gig().pay_rest(a);
            }
            let agent = &mut self.agents[a];
            agent.load = 0;
            agent.service_at = NEVER;
            if load > 0 {
                let is_on = agent.state == State::On;
                self.agents.pools[p].idle += u32::from(is_on);
                self.agents.rest(&mut self.cx, a, p);
            }
            self.log_off(a);
        }
        back.sort_by_key(|(hand, _)| (hand.answered, hand.contact.case));
        let places: Vec<(usize, u64, Key)> = back
            .into_iter()
            .rev()
            .map(|(hand, left)| {
                let (offered, q) = hand.visit();
                let place =
                    self.queues
                        .return_to_head(&mut self.cx, hand.contact, (q, offered), left);
                (q, place, hand.contact.case)
            })
            .collect();
        for (q, place, case) in places.into_iter().rev() {
            self.try_steps(q, place, case);
        }
    }
}
