//! Services that end before their time: cut off with the agent's session, or at the end of the replication.

use super::agents::State;
use super::service::run_clock;
use super::{Engine, Observer, Service};
use crate::model::Ending;
use crate::random::Key;
use crate::time::NEVER;

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// The time of these agents is up at once: contacts in hand go back to the head of their lines, then to whoever is
    /// free for them, the first answered first.
    pub(super) fn cut(&mut self, agents: Vec<u32>) {
        let mut back = Vec::new();
        for a in agents {
            self.unlist(a);
            let p = usize::from(self.agents[a as usize].pool);
            let base = a as usize * self.stride;
            let has_clock = self.laws.pools[p].has_clock;
            let agent = &mut self.agents[a as usize];
            if has_clock {
                run_clock(agent, &self.laws.pools[p], self.now);
            }
            let load = usize::from(agent.load);
            for i in 0..load {
                let mut hand = self.hands[base + i];
                hand.contact.handler = p as u8;
                let agent = &self.agents[a as usize];
                let (left, handle) = if has_clock {
                    (
                        (hand.finish - agent.work_clock).max(0.0),
                        agent.handle_clock - hand.handle_from,
                    )
                } else {
                    (
                        agent.service_at.saturating_sub(self.now) as f64,
                        (self.now - hand.answered) as f64,
                    )
                };
                let talking = hand.is_talking();
                let offered = if talking {
                    hand.visit().0
                } else {
                    hand.offered()
                };
                let service = Service {
                    offered,
                    from: hand.answered,
                    talk_end: if talking { self.now } else { hand.talk_end() },
                    to: self.now,
                    handle,
                };
                if self.laws.pools[p].pays_contacts {
                    self.pay_work(a, p, i, handle);
                }
                if talking {
                    self.talking_now -= 1;
                    self.observer.cut_off(&hand.contact, p, service);
                    back.push((hand, left));
                } else {
                    self.observer.served(&hand.contact, p, service);
                }
            }
            if load > 0 && self.laws.pools[p].pays_contacts {
                self.pay_rest(a);
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
                let (offered, q) = hand.visit();
                (
                    q,
                    self.back_to_head(hand.contact, q, offered, left),
                    hand.contact.case,
                )
            })
            .collect();
        for (q, place, case) in places.into_iter().rev() {
            self.try_steps(q, place, case);
        }
    }

    /// At the end of the replication: whoever is still being talked to is not finished.
    pub(super) fn abort(&mut self, a: u32) {
        if self.agents[a as usize].state == State::Off {
            return;
        }
        let (p, base) = (self.agents[a as usize].pool, a as usize * self.stride);
        for i in 0..usize::from(self.agents[a as usize].load) {
            let mut hand = self.hands[base + i];
            if hand.is_talking() {
                self.talking_now -= 1;
                hand.contact.handler = p as u8;
                self.end(&hand.contact, Ending::Unserved, self.now);
            }
        }
    }
}
