//! A contact: one call, chat or message of a case, and what has happened to the case so far.

use super::keys::STRIDE;
use crate::model::Ending;
use crate::random::Key;
use crate::time::Micros;

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

/// One contact of a case; the default is nobody's and fills places that are not in use.
#[derive(Clone, Copy, Debug, Default)]
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
    /// Flags, see the constants, and in the middle how often the contact has moved on.
    pub(crate) flags: u16,
    /// Who took part in the case last: one of the constants, or [`Self::FIRST_POOL`] and the index of a pool.
    pub(crate) handler: u16,
}

const _: () = assert!(size_of::<Contact>() == 32);

pub(crate) const COUNTED: u16 = 1;
pub(crate) const VIA_AI: u16 = 2;
pub(crate) const MET_PERSON: u16 = 4;
pub(crate) const FROM_AI: u16 = 8;
pub(crate) const ESCALATED: u16 = 16;
/// Came straight to people, and nobody has passed it on.
pub(crate) const DIRECT: u16 = 32;
/// One hop, and all that there is room for: the bits of the hops are their number times the stride of repeated draws.
const HOP: u16 = STRIDE as u16;
const HOPS: u16 = 63 * HOP;
/// Of the case so far: the tally has how long it has waited.
pub(crate) const WAITED: u16 = 1 << 12;
/// Of the case so far: somebody could not reach a person, was told what is not so, was passed on by a person.
pub(crate) const TRAPPED: u16 = 1 << 13;
pub(crate) const MISINFORMED: u16 = 1 << 14;
pub(crate) const PASSED_ON: u16 = 1 << 15;
/// Flags that stay with the case from contact to contact.
pub(crate) const OF_CASE: u16 = MET_PERSON | TRAPPED | MISINFORMED | PASSED_ON | WAITED;

/// Handlers that are no pools.
pub(crate) const NO_HANDLER: u16 = 0;
pub(crate) const ASSISTANT: u16 = 1;

impl Contact {
    /// Handler of the first pool.
    pub(crate) const FIRST_POOL: u16 = 2;

    /// The first contact of a case, which counts if it does not begin before `warmup`.
    #[inline(always)]
    pub(crate) fn first(case: Key, topic: usize, at: Micros, warmup: Micros) -> Self {
        Self {
            case,
            case_start: at,
            start: at,
            number: 1,
            topic: topic as u16,
            flags: if at >= warmup { COUNTED } else { 0 },
            handler: NO_HANDLER,
        }
    }

    /// The same of a case that comes straight to people.
    #[inline(always)]
    pub(crate) fn direct(case: Key, topic: usize, at: Micros, warmup: Micros) -> Self {
        let contact = Self::first(case, topic, at, warmup);
        Self {
            flags: contact.flags | DIRECT,
            ..contact
        }
    }

    /// Key of the contact.
    #[inline(always)]
    pub(crate) fn key(&self) -> Key {
        self.case.repeated(u64::from(self.number))
    }

    /// How often the contact has moved on since it began (transfers, cut-offs): each hop draws its own work.
    pub fn hop(&self) -> u8 {
        (self.hops() / STRIDE) as u8
    }

    /// The number of hops times the stride of repeated draws.
    #[inline(always)]
    pub(crate) fn hops(&self) -> u64 {
        u64::from(self.flags & HOPS)
    }

    /// A person passes the contact on; hops are counted as far as there is room.
    pub(crate) fn move_on(&mut self) {
        if self.flags & HOPS < HOPS {
            self.flags += HOP;
        }
        self.flags |= PASSED_ON;
    }

    /// The number of a draw that the contact makes once at each of its hops.
    #[inline(always)]
    pub(crate) fn at_hop(&self, purpose: u64) -> u64 {
        purpose + self.hops()
    }

    /// The bits of such a draw.
    #[inline(always)]
    pub(crate) fn bits(&self, purpose: u64) -> u64 {
        self.key().bits(self.at_hop(purpose))
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
    pub(crate) fn is_direct(&self) -> bool {
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
            pool => Handler::Pool(usize::from(pool - Self::FIRST_POOL)),
        }
    }

    /// A person of pool `p` takes part in the case.
    #[inline(always)]
    pub(crate) fn handled_by(&mut self, p: usize) {
        self.handler = p as u16 + Self::FIRST_POOL;
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

/// A contact moves on at most this often (transfers, cut-offs); then the person's answer is final.
pub(crate) const MAX_HOPS: u8 = 60;

/// The flag of a case in which a contact ended so.
pub(crate) fn flag_of(ending: Ending) -> u16 {
    match ending {
        Ending::Trapped => TRAPPED,
        Ending::AiMisresolved => MISINFORMED,
        Ending::AiResolved
        | Ending::GaveUp
        | Ending::HumanResolved
        | Ending::HumanUnresolved
        | Ending::Abandoned
        | Ending::TurnedAway
        | Ending::Unserved => 0,
    }
}
