//! A step from its first event to its last.

use super::{Engine, Observer, slot};
use crate::time::Micros;

/// So many contacts are read ahead of their time, at random places but independently of each other, into the nearest memory.
const AHEAD: usize = 64;

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Plays the step: the earliest of agenda, event tree and patience is next.
    pub(super) fn play(&mut self, step_end: Micros) {
        // Nobody else needs them while the step is played.
        let order = std::mem::take(&mut self.order);
        let enrolled = std::mem::take(&mut self.enrolled);
        let mut agenda = std::mem::take(&mut self.agenda);
        let start = self.step_start;
        let mut cursor = 0;
        loop {
            let next = order.get(cursor).map(|key| start + (key >> 24));
            let arrival = next.unwrap_or(step_end);
            let last = arrival.min(step_end - 1);
            loop {
                let event = self.tree.time();
                if self.watch.due < arrival && self.watch.due < event {
                    self.expire();
                    continue;
                }
                if event > last {
                    break;
                }
                self.now = event;
                self.account.events += 1;
                self.act(self.tree.slot());
            }
            let Some(at) = next else { break };
            self.now = at;
            self.filed_now -= 1;
            if cursor % AHEAD == 0 {
                let few = order[cursor..order.len().min(cursor + AHEAD)].iter();
                agenda.clear();
                agenda.extend(few.map(|key| enrolled[(key & 0xFF_FFFF) as usize]));
            }
            let contact = &agenda[cursor % AHEAD];
            cursor += 1;
            self.reach_people(contact, usize::from(contact.topic));
        }
        self.now = step_end;
        self.order = order;
        self.enrolled = enrolled;
        self.agenda = agenda;
    }

    #[inline(always)]
    fn act(&mut self, slot: usize) {
        if slot >= self.first_agent_slot {
            self.agent_event((slot - self.first_agent_slot) as u32);
        } else {
            self.rare_event(slot);
        }
    }

    #[inline(never)]
    fn rare_event(&mut self, slot: usize) {
        match slot {
            slot::STAFF => self.change_staff(),
            slot::CLOCK => self.tick(),
            slot::SOON => self.due(),
            timer => self.open_route_step(timer - slot::TIMERS),
        }
    }
}
