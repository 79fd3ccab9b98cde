//! What the engine tells about a replication, as it happens.

use super::contact::{Contact, Reason};
use crate::model::Ending;
use crate::time::Micros;

/// Listens to one replication. The engine is compiled together with its observer: no virtual call per event.
///
/// Times are simulated microseconds. A wait is told when it ends, whichever way; a span of work when it is over.
pub trait Observer {
    /// Whether it may be told of things long before they happen, in any order but that of the periods.
    fn listens_in_any_order(&self) -> bool {
        false
    }

    /// Whether the cases that begin from `from` to `to`, and their first sessions with the assistant, can be told by [`Self::cases`]; if so,
    /// the moment up to which those sessions must last at most.
    fn takes_together(&mut self, _from: Micros, _to: Micros) -> Option<Micros> {
        None
    }

    /// What [`Self::contact`], [`Self::assistant`] and [`Self::escalation`] would tell of cases of a topic that begin after `from`.
    fn cases(&mut self, _topic: usize, _from: Micros, _cases: &Cases) {}

    /// A contact begins; its number within the case is 1 for a new case.
    fn contact(&mut self, _contact: &Contact, _at: Micros) {}

    /// The assistant takes part in the contact from `from` to `to`; told before the contact knows of it, so that a first session
    /// can be told from a later one.
    fn assistant(&mut self, _contact: &Contact, _from: Micros, _to: Micros) {}

    /// The contact goes from the assistant, or past it, to people.
    fn escalation(&mut self, _contact: &Contact, _reason: Reason, _at: Micros) {}

    /// The contact is offered to people. `delayed` when it cannot start at once and does not find the queue full.
    fn offered(&mut self, _contact: &Contact, _at: Micros, _delayed: bool) {}

    /// Who answers next: number `agent` of the pool. Told right before [`Self::answered`] or [`Self::answered_at_once`], where agents have numbers.
    fn agent(&mut self, _agent: u32) {}

    /// A person of `pool` answers. `first` is false when the contact had been answered on this visit and was cut off.
    fn answered(&mut self, _contact: &Contact, _pool: usize, _wait: Wait, _first: bool) {}

    /// The contact is offered to people at `at`, and a person of `pool` answers at once.
    fn answered_at_once(&mut self, contact: &Contact, pool: usize, at: Micros) {
        self.offered(contact, at, false);
        self.answered(contact, pool, Wait::none(at), true);
    }

    /// The customer leaves the queue.
    fn abandoned(&mut self, _contact: &Contact, _wait: Wait) {}

    /// The contact finds the queue full or closed at `at`.
    fn turned_away(&mut self, _contact: &Contact, _at: Micros) {}

    /// The contact was still waiting when the simulation ended.
    fn unserved(&mut self, _contact: &Contact, _wait: Wait) {}

    /// A person is done with the contact.
    fn served(&mut self, _contact: &Contact, _pool: usize, _service: Service) {}

    /// A person is done with the contact, and has resolved it or not, both at the end of the talk.
    fn served_at_once(&mut self, contact: &Contact, pool: usize, service: Service, resolved: bool) {
        if resolved {
            self.resolved(contact, pool, service.offered);
        }
        self.served(contact, pool, service);
    }

    /// A customer who joins a queue at `offered` will be called back.
    fn callback(&mut self, _contact: &Contact, _offered: Micros) {}

    /// A customer who joined the queue at `offered` and was called back was not there; the contact is then told as abandoned.
    fn not_reached(&mut self, _contact: &Contact, _offered: Micros) {}

    /// A person of `pool` has resolved the contact, whose visit to the queue began at `offered`.
    fn resolved(&mut self, _contact: &Contact, _pool: usize, _offered: Micros) {}

    /// The agent's time is up and the contact goes back to its queue.
    fn cut_off(&mut self, _contact: &Contact, _pool: usize, _service: Service) {}

    /// The contact, whose visit to the queue began at `offered`, is transferred at `at`.
    fn transferred(&mut self, _contact: &Contact, _pool: usize, _offered: Micros, _at: Micros) {}

    /// The contact ends. `back_after` is the time until the customer comes back with the same problem, if ever (also when
    /// that is after the horizon); `saved_work` the expected human work of the case when the assistant resolved it.
    fn ended(
        &mut self,
        _contact: &Contact,
        _ending: Ending,
        _at: Micros,
        _back_after: Option<Micros>,
        _saved_work: f64,
    ) {
    }

    /// The case ends with the contact, which ended so: the customer does not come back. Told only where satisfaction is followed.
    fn judged(&mut self, _contact: &Contact, _ending: Ending, _verdict: Verdict) {}

    /// The customer came back too late to be simulated: the return falls after the horizon.
    fn pending(&mut self, _contact: &Contact) {}

    /// One agent of `pool` had something in hand from `from` to `to`.
    fn busy(&mut self, _pool: usize, _from: Micros, _to: Micros) {}

    /// `agents` of `pool` were logged on from `from` to `to`, those finishing their last contacts included.
    fn on_duty(&mut self, _pool: usize, _from: Micros, _to: Micros, _agents: u32) {}

    /// `agents` of `pool` were past the end of their shift or session from `from` to `to`.
    fn finishing(&mut self, _pool: usize, _from: Micros, _to: Micros, _agents: u32) {}

    /// From `from` to `to` so many people of `pool`, which has shifts, were paid for their shift, and so many worked past its end.
    fn shifts(&mut self, _pool: usize, _from: Micros, _to: Micros, _paid: u32, _overtime: u32) {}

    /// From `from` to `to` so many people of `pool`, of whom that is followed, were scheduled, and so many of them there.
    fn adherence(
        &mut self,
        _pool: usize,
        _from: Micros,
        _to: Micros,
        _scheduled: u32,
        _there: u32,
    ) {
    }

    /// A contact, which joined the queue at `queued`, was offered to a member of `pool`.
    fn offer(&mut self, _pool: usize, _contact: &Contact, _queued: Micros) {}

    /// An offer of a contact that joined the queue at `queued` ended: accepted, or else refused or timed out.
    fn offer_ended(&mut self, _pool: usize, _contact: &Contact, _queued: Micros, _accepted: bool) {}

    /// An offer is withdrawn because the contact went elsewhere.
    fn offer_withdrawn(&mut self, _pool: usize, _contact: &Contact) {}

    /// A member of `pool` logs on.
    fn log_on(&mut self, _pool: usize, _at: Micros) {}

    /// A session of a member of `pool` is over, or the replication, and this is what it paid.
    fn paid(&mut self, _pool: usize, _member: u32, _paid: Paid) {}

    /// A block of `pool` begins, and this is what became of its slots.
    fn bookings(&mut self, _pool: usize, _at: Micros, _bookings: Bookings) {}

    /// From `from` to `to` so many members of `pool` were committed to a slot, or had given one back that nobody took, and so many
    /// were online for theirs.
    fn committed(
        &mut self,
        _pool: usize,
        _from: Micros,
        _to: Micros,
        _committed: u32,
        _working: u32,
    ) {
    }

    /// A member of `pool` with tiers by rank, or by segment, has resolved the contact or not, whose visit to the queue began at `offered`;
    /// `of` is the segment and the tier.
    fn rated(
        &mut self,
        _pool: usize,
        _contact: &Contact,
        _offered: Micros,
        _of: (usize, u8),
        _resolved: bool,
    ) {
    }

    /// The register of `pool`, which grows and shrinks, had so many `members` from `from` to `to`.
    fn members(&mut self, _pool: usize, _from: Micros, _to: Micros, _members: u32) {}

    /// Somebody has become a member of the register of `pool`.
    fn member_joined(&mut self, _pool: usize, _at: Micros) {}

    /// So many `members` leave the register of `pool`.
    fn members_left(&mut self, _pool: usize, _at: Micros, _members: u32) {}

    /// What became of the people of a group in the period that ends.
    fn people(&mut self, _group: usize, _people: People) {}

    /// A period begins, a calendar month or what follows a change within one: whatever was told until now belongs to the
    /// periods before, spans of time included. Told between two steps of the demand grid. See [`crate::model::Period`].
    fn period(&mut self) {}

    /// A session was sent past the assistant because it was down or full, or had to wait at its door.
    fn assistant_missed(&mut self, _contact: &Contact, _at: Micros) {}
}

/// Silence.
impl Observer for () {}

/// Cases of a topic that begin in one step, and the first session of each with the assistant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cases {
    /// Cases.
    pub begun: u32,
    /// Of these, cases that met the assistant.
    pub sessions: u32,
    /// Time with it, in microseconds.
    pub time: Micros,
    /// Escalations by [`Reason`].
    pub escalated: [u64; Reason::COUNT],
}

/// What a customer thinks in the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// The customer is satisfied.
    pub satisfied: bool,
    /// The customer leaves the company.
    pub churned: bool,
    /// Time the case spent waiting in lines.
    pub waited: Micros,
}

/// A wait in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// When the contact was first offered on this visit (it counts in the interval of this time).
    pub offered: Micros,
    /// When it joined the queue; later than `offered` only after it was cut off.
    pub joined: Micros,
    /// When it left.
    pub left: Micros,
}

impl Wait {
    /// No wait at all, at `now`.
    #[inline(always)]
    pub(crate) fn none(now: Micros) -> Self {
        Self {
            offered: now,
            joined: now,
            left: now,
        }
    }

    /// Whether it follows a service of the same visit that was cut off.
    #[inline]
    pub fn was_cut_off(&self) -> bool {
        self.joined > self.offered
    }

    /// Length of the wait.
    #[inline]
    pub fn length(&self) -> Micros {
        self.left - self.joined
    }
}

/// A service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Service {
    /// When the visit to the queue began.
    pub offered: Micros,
    /// When the agent answered.
    pub from: Micros,
    /// When the customer was gone.
    pub talk_end: Micros,
    /// When the slot was free again.
    pub to: Micros,
    /// Agent time in microseconds: at each instant an agent's time is shared equally among the contacts in hand.
    pub handle: f64,
}

/// The people of a group over one month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// On the payroll after those who start in the month have started.
    pub headcount: u64,
    /// Of these, at work.
    pub productive: u64,
    /// Of these, in training.
    pub in_training: u64,
    /// Started.
    pub hires: u64,
    /// Left of their own accord until its end.
    pub leavers: u64,
    /// Laid off: their last day was the one before the month began.
    pub laid_off: u64,
    /// On the payroll at its end, before anybody starts in the next.
    pub headcount_end: u64,
}

/// What a session paid its member, as far as it counts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Paid {
    /// Everything.
    pub amount: f64,
    /// The part that is due to surge.
    pub surge: f64,
    /// The part that tops the pay up to what is guaranteed.
    pub top_up: f64,
    /// Time online.
    pub online: Micros,
    /// Of this, idle without pay by the hour or a top-up.
    pub unpaid: Micros,
}

/// What became of the slots of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bookings {
    /// Opened.
    pub opened: u32,
    /// Booked by somebody when the week opened.
    pub booked: u32,
    /// Of these, given back.
    pub released: u32,
    /// Of these, taken by somebody else.
    pub taken_again: u32,
    /// Slots, booked in the end, for which nobody came.
    pub no_shows: u32,
}
