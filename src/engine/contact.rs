//! A contact on its way, and where it may stand: in a queue or in an agent's hands.

use super::agents::NOBODY;
use super::observer::Wait;
use super::work::Work;
use crate::random::Key;
use crate::slots::Slots;
use crate::time::{Micros, NEVER};

/// Why a contact goes to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// The customer asked for a person.
    Asked,
    /// The assistant saw that it cannot.
    Stuck,
    /// The topic is sensitive.
    Sensitive,
    /// The assistant was down.
    Outage,
    /// The assistant was full.
    Limit,
    /// The contact came straight to people.
    Direct,
    /// The assistant does not speak the customer's language.
    Language,
}

impl Reason {
    /// Number of reasons.
    pub const COUNT: usize = 7;
    /// Keys of result files, by index.
    pub const KEYS: [&'static str; Self::COUNT] = [
        "asked",
        "stuck",
        "sensitive",
        "outage",
        "limit",
        "direct",
        "language",
    ];
}

/// One contact of a case.
#[derive(Clone, Copy, Debug)]
pub struct Contact {
    /// Key of the case: the customer's identity for every draw.
    pub case: Key,
    /// When the case began.
    pub case_start: Micros,
    /// When this contact began.
    pub start: Micros,
    /// Number of the contact within its case, from 1.
    pub number: u16,
    /// Topic.
    pub topic: u16,
    /// Flags, see the constants.
    pub(super) flags: u16,
    /// How often the contact has moved on since it began (transfers, cut-offs): each hop draws its own work.
    pub hop: u8,
    /// Who took part in the case last: a pool, or one of the constants.
    pub(super) handler: u8,
}

pub(super) const COUNTED: u16 = 1;
pub(super) const VIA_AI: u16 = 2;
pub(super) const MET_PERSON: u16 = 4;
pub(super) const FROM_AI: u16 = 8;
pub(super) const ESCALATED: u16 = 16;
/// Of the case so far: somebody could not reach a person, was told what is not so, was passed on by a person.
pub(super) const TRAPPED: u16 = 32;
pub(super) const MISINFORMED: u16 = 64;
pub(super) const PASSED_ON: u16 = 128;
/// Came straight to people, and nobody has passed it on.
pub(super) const DIRECT: u16 = 256;
/// Of the case so far: there is an entry in [`super::waited::Waited`].
pub(super) const WAITED: u16 = 512;
/// Flags that stay with the case from contact to contact.
pub(super) const OF_CASE: u16 = MET_PERSON | TRAPPED | MISINFORMED | PASSED_ON | WAITED;

/// Handlers that are no pools.
pub(super) const ASSISTANT: u8 = 254;
pub(super) const NO_HANDLER: u8 = 255;

impl Contact {
    /// Nobody's contact: fills places that are not in use.
    pub(super) const NOBODY: Contact = Contact {
        case: Key(0),
        case_start: 0,
        start: 0,
        number: 1,
        topic: 0,
        flags: 0,
        hop: 0,
        handler: NO_HANDLER,
    };

    /// Key of the contact: the case's own for the first, a child for each later one.
    #[inline(always)]
    pub(super) fn key(&self) -> Key {
        if self.number == 1 {
            self.case
        } else {
            self.case.child(u64::from(self.number))
        }
    }

    /// Whether the contact counts: it began after the warm-up.
    #[inline]
    pub fn is_counted(&self) -> bool {
        self.flags & COUNTED != 0
    }

    /// Whether the assistant took part in this contact.
    #[inline]
    pub fn via_assistant(&self) -> bool {
        self.flags & VIA_AI != 0
    }

    /// Whether this contact has gone from the assistant to people before.
    #[inline]
    pub fn was_escalated(&self) -> bool {
        self.flags & ESCALATED != 0
    }

    /// Whether it came straight to people, and nobody has passed it on.
    pub(super) fn is_direct(&self) -> bool {
        self.flags & DIRECT != 0
    }

    /// Whether a person has answered this case before.
    #[inline]
    pub fn met_person(&self) -> bool {
        self.flags & MET_PERSON != 0
    }

    /// Who took part in the case last: the pool whose person answered until the end of the talk, or the assistant.
    pub fn handler(&self) -> Handler {
        match self.handler {
            ASSISTANT => Handler::Assistant,
            NO_HANDLER => Handler::Nobody,
            pool => Handler::Pool(usize::from(pool)),
        }
    }
}

/// Who took part in a case last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    /// A person of this pool.
    Pool(usize),
    /// The assistant.
    Assistant,
    /// Neither until now.
    Nobody,
}

/// A contact in a queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) contact: Contact,
    /// When the visit began: what counts for the order and for the opening of steps.
    pub(super) offered: Micros,
    /// When the present wait began.
    pub(super) joined: Micros,
    /// Patience ends here.
    pub(super) expires: Micros,
    /// What there is to do.
    pub(super) work: Work,
    /// First of the members this contact is on offer to.
    pub(super) offer_head: u32,
    /// Offers of the present round.
    pub(super) offers: u16,
    /// Offers made so far.
    pub(super) made: u16,
    /// Offers out now.
    pub(super) out: u16,
    /// Steps before this one are exhausted; this one is open whatever the wait.
    pub(super) step: u8,
    /// Whether it still waits.
    pub(super) live: bool,
    /// Waits for a call, and will not be there.
    pub(super) absent: bool,
}

impl Waiting {
    /// A contact that joins a line at `now`.
    #[inline(always)]
    pub(super) fn new(contact: Contact, work: Work, now: Micros, expires: Micros) -> Self {
        Self {
            contact,
            work,
            offered: now,
            joined: now,
            expires,
            live: true,
            absent: false,
            ..Self::EMPTY
        }
    }

    /// The wait that ends at `left`.
    #[inline(always)]
    pub(super) fn wait(&self, left: Micros) -> Wait {
        Wait {
            offered: self.offered,
            joined: self.joined,
            left,
        }
    }

    /// Nothing: fills places that are not in use.
    const EMPTY: Waiting = Waiting {
        contact: Contact::NOBODY,
        offered: 0,
        joined: 0,
        expires: NEVER,
        work: Work::NONE,
        offer_head: NOBODY,
        offers: 0,
        made: 0,
        out: 0,
        step: 0,
        live: false,
        absent: false,
    };
}

/// A queue: first in, first out, with places that stay valid while others come and go.
pub(super) struct Line {
    ring: Slots<Waiting>,
    head: u64,
    tail: u64,
    /// Entries that still wait, as far as has been noticed.
    pub(super) live: u32,
}

/// Places start here so that a contact can go back to the head.
const ORIGIN: u64 = 1 << 40;

impl Line {
    pub(super) fn new() -> Self {
        Self {
            ring: Slots::new(),
            head: ORIGIN,
            tail: ORIGIN,
            live: 0,
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.head == self.tail
    }

    /// Places from head to tail.
    pub(super) fn places(&self) -> std::ops::Range<u64> {
        self.head..self.tail
    }

    #[inline(always)]
    pub(super) fn at(&self, place: u64) -> &Waiting {
        &self.ring[place as usize & (self.ring.len() - 1)]
    }

    #[inline(always)]
    pub(super) fn at_mut(&mut self, place: u64) -> &mut Waiting {
        let mask = self.ring.len() - 1;
        &mut self.ring[place as usize & mask]
    }

    /// The entry at `place` if it still stands in the line and waits.
    pub(super) fn live_at(&self, place: u64) -> bool {
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
        let bigger = (2 * self.ring.len()).max(64);
        let mut ring = Slots::from(vec![Waiting::EMPTY; bigger]);
        for place in self.head..self.tail {
            ring[place as usize & (bigger - 1)] = *self.at(place);
        }
        self.ring = ring;
    }

    /// Joins at the tail; the place.
    #[inline(always)]
    pub(super) fn push(&mut self, w: Waiting) -> u64 {
        self.make_room();
        let place = self.tail;
        self.tail += 1;
        self.live += 1;
        *self.at_mut(place) = w;
        place
    }

    /// Goes back to the head; the place.
    pub(super) fn push_front(&mut self, w: Waiting) -> u64 {
        self.make_room();
        self.head -= 1;
        self.live += 1;
        let place = self.head;
        *self.at_mut(place) = w;
        place
    }

    /// The place and the entry of the head, who always still waits.
    #[inline(always)]
    pub(super) fn first(&self) -> Option<(u64, &Waiting)> {
        if self.head < self.tail {
            Some((self.head, self.at(self.head)))
        } else {
            None
        }
    }

    /// Takes the entry at `place` out and drops what no longer waits from the head. The record can be read until somebody
    /// else joins.
    #[inline(always)]
    pub(super) fn remove(&mut self, place: u64) {
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

/// A contact in an agent's hands; a cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct InHand {
    pub(super) contact: Contact,
    /// Virtual time of the agent at which the present phase is done (concurrency above 1).
    pub(super) finish: f64,
    /// Handle-time clock of the agent when the contact was answered.
    pub(super) handle_from: f64,
    pub(super) answered: Micros,
    /// While the customer is there, the visit: when it was offered, the queue, and a one; then the moment the customer was gone, and a
    /// zero.
    phase: u64,
}

impl InHand {
    /// Nothing: fills slots that are not in use.
    pub(super) const EMPTY: InHand = InHand {
        contact: Contact::NOBODY,
        finish: 0.0,
        handle_from: 0.0,
        answered: 0,
        phase: 0,
    };

    /// The talk begins, on the visit to queue `q` offered at `offered` (a time has 47 bits, as in the event tree).
    #[inline(always)]
    pub(super) fn begin_talk(&mut self, offered: Micros, q: usize) {
        self.phase = offered << 17 | (q as u64) << 1 | 1;
    }

    /// The customer is gone. Nobody asks any more when the case began: its place now holds when the visit was offered.
    #[inline(always)]
    pub(super) fn end_talk(&mut self, now: Micros) {
        self.contact.case_start = self.phase >> 17;
        self.phase = now << 1;
    }

    #[inline(always)]
    pub(super) fn is_talking(&self) -> bool {
        self.phase & 1 != 0
    }

    /// When the customer was gone, who is.
    #[inline(always)]
    pub(super) fn talk_end(&self) -> Micros {
        self.phase >> 1
    }

    /// When the visit was offered, once the customer is gone.
    #[inline(always)]
    pub(super) fn offered(&self) -> Micros {
        self.contact.case_start
    }

    /// While talking: when the visit was offered, and to which queue.
    pub(super) fn visit(&self) -> (Micros, usize) {
        (self.phase >> 17, (self.phase >> 1) as usize & 0xFFFF)
    }
}

const _: () = assert!(size_of::<InHand>() == 64);
