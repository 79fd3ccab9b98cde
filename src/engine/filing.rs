//! What is due later: in a later step, or within the one that is played.

use super::contact::{COUNTED, MISINFORMED, OF_CASE, TRAPPED};
use super::{Contact, Engine, Observer, assistant, slot};
use crate::model::Ending;
use crate::time::{Micros, NEVER};
use std::cmp::Reverse;

/// Something filed for a later moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) at: Micros,
    pub(super) contact: Contact,
    pub(super) due: Due,
}

/// What is to happen.
#[derive(Clone, Copy, Debug)]
pub(super) enum Due {
    /// A contact begins.
    Begin,
    /// A contact reaches people.
    People,
    /// A session with the limited assistant ends.
    Session(assistant::Result),
    /// Patience at the assistant's door ends.
    DoorPatience(u32),
    /// The assistant is up again.
    Restored,
}

impl Due {
    /// Order at one instant.
    fn rank(self) -> u8 {
        match self {
            Due::Restored => 0,
            Due::Session(_) => 1,
            Due::Begin => 2,
            Due::People => 3,
            Due::DoorPatience(_) => 4,
        }
    }
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Files something for a moment at or after now: in the list of its step, or among what is due within this one.
    pub(super) fn file(&mut self, item: Item) {
        let step = self.step_of(item.at);
        if step > self.step {
            if !self.later.push(step, item) && !matches!(item.due, Due::Begin) {
                // Beyond the drain: the simulation ends first.
                self.filed_now -= 1;
                self.end(&item.contact, Ending::Unserved, item.at);
            }
        } else {
            self.file_soon(item);
        }
    }

    pub(super) fn file_soon(&mut self, item: Item) {
        let place = match self.soon_free.pop() {
            Some(place) => {
                self.soon_items[place as usize] = item;
                place
            }
            None => {
                self.soon_items.push(item);
                self.soon_items.len() as u32 - 1
            }
        };
        // At one instant the order is that of the kinds, then of the cases.
        self.soon.push(Reverse((
            item.at,
            item.due.rank(),
            item.contact.case.0,
            place,
        )));
        self.aim_soon();
    }

    fn aim_soon(&mut self) {
        let at = self.soon.peek().map_or(NEVER, |&Reverse((at, ..))| at);
        self.tree.set(slot::SOON, at);
    }

    /// Something filed within the step is due.
    pub(super) fn due(&mut self) {
        let Some(Reverse((.., place))) = self.soon.pop() else {
            return;
        };
        self.soon_free.push(place);
        self.aim_soon();
        let Item { at, contact, due } = self.soon_items[place as usize];
        match due {
            Due::Begin => self.begin(contact, at),
            Due::People => {
                self.filed_now -= 1;
                self.reach_people(&contact, usize::from(contact.topic));
            }
            Due::Session(result) => self.end_session(contact, result),
            Due::DoorPatience(id) => self.leave_door(id),
            Due::Restored => self.admit(),
        }
    }

    /// The customer of a contact that ended so will be back at `at`.
    pub(super) fn come_back(&mut self, contact: &Contact, ending: Ending, at: Micros) {
        if at >= self.horizon {
            self.account.pending += 1;
            self.observer.pending(contact);
            return;
        }
        let counted = if at >= self.warmup { COUNTED } else { 0 };
        let next = Contact {
            start: at,
            number: contact.number + 1,
            hop: 0,
            flags: contact.flags & OF_CASE | what_happened(ending) | counted,
            ..*contact
        };
        self.file(Item {
            at,
            contact: next,
            due: Due::Begin,
        });
    }
}

/// The flag of a case in which a contact ended so.
pub(super) fn what_happened(ending: Ending) -> u16 {
    match ending {
        Ending::Trapped => TRAPPED,
        Ending::AiMisresolved => MISINFORMED,
        _ => 0,
    }
}
