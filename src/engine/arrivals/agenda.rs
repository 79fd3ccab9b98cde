//! The contacts that reach people in a step, in the order of time.

use crate::engine::contact::Contact;
use crate::engine::sort_spread;
use crate::slots::Slots;
use crate::time::Micros;

/// Contacts that are read ahead of their time, at random places but independently of each other, into the nearest memory.
const AHEAD: usize = 64;

/// The agenda of a step: it is made when the step opens, and read while the step is played.
#[derive(Default)]
pub(crate) struct Agenda {
    /// When the step begins.
    start: Micros,
    contacts: Slots<Contact>,
    /// Offset from the begin of the step, and the index of the contact in the 24 last bits.
    order: Slots<u64>,
    /// The next few contacts in that order.
    near: Slots<Contact>,
    cursor: usize,
    scratch: Slots<u64>,
    counts: Slots<u32>,
}

impl Agenda {
    /// Begins the agenda of the step that begins at `start`.
    pub(crate) fn clear(&mut self, start: Micros) {
        self.start = start;
        self.cursor = 0;
        self.contacts.clear();
        self.order.clear();
    }

    /// The contact reaches people at `at`, within the step.
    #[inline(always)]
    pub(crate) fn push(&mut self, contact: &Contact, at: Micros) {
        let offset = at - self.start;
        self.order.push((offset << 24) | self.contacts.len() as u64);
        self.contacts.push(*contact);
    }

    /// Brings the contacts of a step of this length into the order of time.
    pub(crate) fn sort(&mut self, width: Micros) {
        sort_spread(&mut self.order, width, &mut self.scratch, &mut self.counts);
    }

    /// When the next contact reaches people.
    #[inline(always)]
    pub(crate) fn next_time(&self) -> Option<Micros> {
        let next = self.order.get(self.cursor);
        next.map(|key| self.start + (key >> 24))
    }

    /// Takes the next contact, which there is.
    #[inline(always)]
    pub(crate) fn take(&mut self) -> &mut Contact {
        if self.cursor.is_multiple_of(AHEAD) {
            let end = self.order.len().min(self.cursor + AHEAD);
            let few = self.order[self.cursor..end].iter();
            self.near.clear();
            self.near
                .extend(few.map(|key| self.contacts[(key & 0xFF_FFFF) as usize]));
        }
        self.cursor += 1;
        &mut self.near[(self.cursor - 1) % AHEAD]
    }
}
