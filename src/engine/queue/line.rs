//! A queue: contacts that wait, in the order in which they came.

use crate::engine::contact::Contact;
use crate::engine::laws::work::Work;
use crate::engine::{NOBODY, Wait};
use crate::slots::Slots;
use crate::time::Micros;

/// A contact in a queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    pub(crate) contact: Contact,
    /// When the visit began: what counts for the order and for the opening of steps.
    pub(crate) offered: Micros,
    /// When the present wait began.
    pub(crate) joined: Micros,
    /// Patience ends here.
    pub(crate) expires: Micros,
    /// What there is to do.
    pub(crate) work: Work,
    /// First of the members this contact is on offer to.
    pub(crate) offer_head: u32,
    /// Offers of the present round.
    pub(crate) offers: u16,
    /// Offers made so far.
    pub(crate) made: u16,
    /// Offers out now.
    pub(crate) out: u16,
    /// Steps before this one are exhausted; this one is open whatever the wait.
    pub(crate) step: u8,
    /// Whether it still waits.
    pub(crate) live: bool,
    /// Waits for a call, and will not be there.
    pub(crate) absent: bool,
    /// Whether the end of its patience is watched, where it is to be.
    pub(super) watched: bool,
}

impl Waiting {
    /// A contact that joins a line at `now`.
    #[inline(always)]
    pub(crate) fn new(contact: Contact, work: Work, now: Micros, expires: Micros) -> Self {
        Self {
            contact,
            work,
            offered: now,
            joined: now,
            expires,
            offer_head: NOBODY,
            offers: 0,
            made: 0,
            out: 0,
            step: 0,
            live: true,
            absent: false,
            watched: false,
        }
    }

    /// The wait that ends at `left`.
    #[inline(always)]
    pub(crate) fn wait(&self, left: Micros) -> Wait {
        Wait {
            offered: self.offered,
            joined: self.joined,
            left,
        }
    }
}

/// A queue: first in, first out, with places that stay valid while others come and go; a cache line.
#[repr(align(64))]
pub(crate) struct Line {
    ring: Slots<Waiting>,
    head: u64,
    tail: u64,
    /// Whoever stands before this place is on offer and open to nobody else.
    pub(super) open: u64,
    /// Entries that still wait, as far as has been noticed.
    pub(crate) live: u32,
}

/// Places start here so that a contact can go back to the head.
const ORIGIN: u64 = 1 << 40;

impl Line {
    pub(crate) fn new() -> Self {
        Self {
            ring: Slots::new(),
            head: ORIGIN,
            tail: ORIGIN,
            open: ORIGIN,
            live: 0,
        }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.head == self.tail
    }

    /// Places from head to tail.
    pub(crate) fn places(&self) -> std::ops::Range<u64> {
        self.head..self.tail
    }

    /// Passes over those at the begin who are gone, or on offer to as many as `most`: the places after them.
    #[inline(always)]
    pub(super) fn pass_over(&mut self, most: u32) -> std::ops::Range<u64> {
        let is_open = |w: &Waiting| w.live && u32::from(w.out) < most;
        let mut places = self.open.max(self.head)..self.tail;
        self.open = places.find(|&p| is_open(self.at(p))).unwrap_or(self.tail);
        self.open..self.tail
    }

    /// Whether everybody before `place` is gone, or on offer and open to nobody else.
    #[inline(always)]
    pub(super) fn is_first_open(&self, place: u64) -> bool {
        self.open.max(self.head) == place
    }

    #[inline(always)]
    pub(crate) fn at(&self, place: u64) -> &Waiting {
        &self.ring[place as usize & (self.ring.len() - 1)]
    }

    #[inline(always)]
    pub(crate) fn at_mut(&mut self, place: u64) -> &mut Waiting {
        let mask = self.ring.len() - 1;
        &mut self.ring[place as usize & mask]
    }

    /// The entry at `place` if it still stands in the line and waits.
    pub(crate) fn live_at(&self, place: u64) -> bool {
        place >= self.head && place < self.tail && self.at(place).live
    }

    #[inline(always)]
    fn make_room(&mut self) {
        if (self.tail - self.head) as usize >= self.ring.len() {
            self.grow();
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let bigger = (2 * self.ring.len()).max(4);
        let filler = Waiting::new(Contact::default(), Work::left(0.0), 0, 0);
        let mut ring = Slots::from(vec![filler; bigger]);
        for place in self.head..self.tail {
            ring[place as usize & (bigger - 1)] = *self.at(place);
        }
        self.ring = ring;
    }

    /// Joins at the tail; the place.
    #[inline(always)]
    pub(crate) fn push(&mut self, w: Waiting) -> u64 {
        self.make_room();
        let place = self.tail;
        self.tail += 1;
        self.live += 1;
        *self.at_mut(place) = w;
        place
    }

    /// Goes back to the head; the place.
    pub(crate) fn push_front(&mut self, w: Waiting) -> u64 {
        self.make_room();
        self.head -= 1;
        self.live += 1;
        let place = self.head;
        self.open = place;
        *self.at_mut(place) = w;
        place
    }

    /// The place and the entry of the head, who always still waits.
    #[inline(always)]
    pub(crate) fn first(&self) -> Option<(u64, &Waiting)> {
        (self.head < self.tail).then(|| (self.head, self.at(self.head)))
    }

    /// Takes the entry at `place` out and drops what no longer waits from the head. The record can be read until somebody
    /// else joins.
    #[inline(always)]
    pub(crate) fn remove(&mut self, place: u64) {
        self.live -= 1;
        if place == self.head {
            self.head += 1;
            if self.tail - self.head > u64::from(self.live) {
                self.drop_gone();
            }
        } else {
            self.at_mut(place).live = false;
        }
    }

    /// Drops what no longer waits from the head.
    #[cold]
    #[inline(never)]
    fn drop_gone(&mut self) {
        while self.head < self.tail && !self.at(self.head).live {
            self.head += 1;
        }
    }
}
