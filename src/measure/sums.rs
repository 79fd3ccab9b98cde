//! The sums of one slice of one replication, from which every measure is a ratio.

use crate::engine::{Bookings, Contact, Paid, People, Reason, Verdict};
use crate::model::Ending;
use crate::time::Micros;

macro_rules! add_all {
    ($a:ident, $b:ident, $($field:ident)*) => { $( $a.$field += $b.$field; )* };
}

/// Sums over contacts and time. Counts of contacts are of those that began after the warm-up; spans of time are those
/// between warm-up and horizon.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sums {
    /// Contacts begun.
    pub contacts: u64,
    /// Cases begun: first contacts.
    pub cases: u64,
    /// Contacts ended, by [`Ending`].
    pub ended: [u64; Ending::COUNT],
    /// Time from begin to end of the contacts, microseconds.
    pub contact_time: u64,
    /// Contacts the assistant took part in.
    pub ai_contacts: u64,
    /// Sessions with the assistant (a contact that is sent back has more than one).
    pub ai_sessions: u64,
    /// Time with the assistant, microseconds.
    pub ai_time: u64,
    /// The part of it between warm-up and horizon.
    pub ai_time_within: u64,
    /// Sessions that met a full or failed assistant.
    pub ai_missed: u64,
    /// Contacts that ended with the assistant.
    pub ai_contained: u64,
    /// Of these, trapped.
    pub ai_trapped: u64,
    /// Resolved by the assistant, and no contact on the same problem within the window.
    pub ai_durable: u64,
    /// Contained, not trapped, and no contact on the same problem within the window.
    pub ai_kept: u64,
    /// Expected human work of those durable resolutions, seconds.
    pub saved_work: f64,
    /// Escalations by [`Reason`].
    pub escalated: [u64; Reason::COUNT],
    /// Contacts with the assistant that went on to people.
    pub ai_escalated: u64,
    /// Visits to a queue.
    pub offered: u64,
    /// Of these, could not start at once (nor found the queue full).
    pub delayed: u64,
    /// Of these, found it full or closed, or were never answered.
    pub turned_away: u64,
    /// Of these, waited for a call instead; and of these, were not there.
    pub callbacks: u64,
    /// See `callbacks`.
    pub callbacks_missed: u64,
    /// Of these, left the queue.
    pub abandoned: u64,
    /// Left it within the short-abandonment threshold.
    pub short_abandoned: u64,
    /// Left it within the target's T.
    pub abandoned_within: u64,
    /// Answered.
    pub answered: u64,
    /// Answered within the target's T.
    pub answered_within: u64,
    /// Waits of the answered until the first answer, microseconds.
    pub wait_answered: u64,
    /// Waits of those who left, microseconds.
    pub wait_abandoned: u64,
    /// Waits of all, further waits after a cut-off included, microseconds.
    pub wait: u64,
    /// Time average numerator of the queue length, microseconds.
    pub queue_time: u64,
    /// Services finished.
    pub served: u64,
    /// Agent time, seconds.
    pub handle: f64,
    /// Time from answer to the end of the talk, microseconds.
    pub session: u64,
    /// Expected work content of the answered, seconds.
    pub expected_work: f64,
    /// Services cut off.
    pub cut_off: u64,
    /// Transfers.
    pub transferred: u64,
    /// First answers by a person in a case, and the time they took since the case began, microseconds.
    pub met_person: u64,
    /// See `met_person`.
    pub time_to_human: u64,
    /// First contacts that ended.
    pub first_ended: u64,
    /// Of these, resolved and not back within the window.
    pub first_resolved: u64,
    /// Contacts that ended resolved, by whoever it was, and no contact on the same problem within the window.
    pub durable: u64,
    /// Cases that ended resolved.
    pub cases_resolved: u64,
    /// Time from begin to end of these cases, microseconds.
    pub resolution_time: u64,
    /// Cases whose customer stopped trying.
    pub cases_lost: u64,
    /// Customers who will come back after the horizon.
    pub pending: u64,
    /// Contacts that ended with the customer to come back.
    pub coming_back: u64,
    /// Time agents had something in hand, microseconds.
    pub busy: u64,
    /// Time of occupied slots, microseconds.
    pub slot_time: u64,
    /// Time logged on, microseconds.
    pub duty: u64,
    /// Slots on duty, microseconds.
    pub slot_duty: u64,
    /// Time past the end of a shift or session, microseconds.
    pub finishing: u64,
    /// Paid time of people on shifts, microseconds.
    pub paid: u64,
    /// Time that people worked past the end of their shift, microseconds.
    pub overtime: u64,
    /// Time that people were scheduled whose adherence is followed, and of this the time that they were there, microseconds.
    pub scheduled: u64,
    /// See `scheduled`.
    pub adherent: u64,
    /// Log-ons.
    pub log_ons: u64,
    /// Offers made.
    pub offers: u64,
    /// Offers accepted.
    pub accepted: u64,
    /// Offers refused or timed out.
    pub refused: u64,
    /// People in the register of a gig pool, if it stays as it is.
    pub members: u64,
    /// What sessions paid, top-ups included.
    pub earned: f64,
    /// The part of it that is due to surge or tops pay up to a guarantee.
    pub earned_extra: f64,
    /// Time online of the sessions paid, microseconds.
    pub earned_time: u64,
    /// The part of it that was idle and that no pay by the hour covers.
    pub unpaid_time: u64,
    /// Member-time of registers that grow and shrink, microseconds.
    pub member_time: u64,
    /// People who joined a register, and who left it.
    pub members_joined: u64,
    /// See `members_joined`.
    pub members_left: u64,
    /// Slots of blocks, see [`Bookings`].
    pub slots_opened: u64,
    /// See `slots_opened`.
    pub slots_booked: u64,
    /// See `slots_opened`.
    pub slots_released: u64,
    /// See `slots_opened`.
    pub slots_taken_again: u64,
    /// See `slots_opened`.
    pub no_shows: u64,
    /// Time of slots to which somebody was committed, and of these time online, microseconds.
    pub committed_time: u64,
    /// See `committed_time`.
    pub worked_time: u64,
    /// Talks of members with tiers by rank that are over, of those of the first tier and of the others.
    pub rated: [u64; 2],
    /// Of these, resolved.
    pub rated_resolved: [u64; 2],
    /// Whether the slice has a gig pool.
    pub has_gig: bool,
    /// Time of members online, and of those of them who take no further contact, microseconds.
    pub members_duty: u64,
    /// See `members_duty`.
    pub members_finishing: u64,
    /// Employees of the groups of the slice.
    pub people: People,
    /// Cases ended, by who took part last: people (of the slice's pools), the assistant, nobody.
    pub verdicts: [Verdicts; 3],
    /// Cases ended, by the [`Ending`] of their last contact.
    pub verdicts_by_ending: [Verdicts; Ending::COUNT],
    /// Contacts of the cases that ended, and of those whose customer is satisfied.
    pub contacts_judged: u64,
    /// See `contacts_judged`.
    pub contacts_satisfied: u64,
}

/// What the customers of cases that ended think; told only where satisfaction is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Cases ended.
    pub cases: u64,
    /// Of these, satisfied.
    pub satisfied: u64,
    /// Of these, lost to the company.
    pub churned: u64,
}

impl Verdicts {
    /// One more case.
    pub(super) fn record(&mut self, verdict: Verdict) {
        self.cases += 1;
        self.satisfied += u64::from(verdict.satisfied);
        self.churned += u64::from(verdict.churned);
    }

    /// Adds others.
    pub fn add(&mut self, other: &Verdicts) {
        add_all!(self, other, cases satisfied churned);
    }
}

impl Sums {
    /// Of one pool: tells the time and the sessions of members apart from those of staff, of which the sums over all pools have
    /// more.
    pub(super) fn of_members(mut self) -> Self {
        if self.has_gig {
            (self.members_duty, self.members_finishing) = (self.duty, self.finishing);
        } else {
            self.log_ons = 0;
        }
        self
    }

    /// Places in [`Sums::verdicts`].
    pub const PEOPLE: usize = 0;
    /// See [`Self::PEOPLE`].
    pub const ASSISTANT: usize = 1;
    /// See [`Self::PEOPLE`].
    pub const NOBODY: usize = 2;

    /// A block begins, within the counted time or not.
    pub(super) fn record_bookings(&mut self, b: &Bookings, counts: bool) {
        if !counts {
            return;
        }
        self.slots_opened += u64::from(b.opened);
        self.slots_booked += u64::from(b.booked);
        self.slots_released += u64::from(b.released);
        self.slots_taken_again += u64::from(b.taken_again);
        self.no_shows += u64::from(b.no_shows);
    }

    /// So many were committed to a slot, and of these online, for a time.
    pub(super) fn record_commitment(&mut self, time: u64, committed: u32, working: u32) {
        self.committed_time += time * u64::from(committed);
        self.worked_time += time * u64::from(working);
    }

    /// The talk of a member of this tier is over.
    pub(super) fn record_rated(&mut self, tier: u8, resolved: bool) {
        let place = usize::from(tier > 1);
        self.rated[place] += 1;
        self.rated_resolved[place] += u64::from(resolved);
    }

    /// A contact that counts ends; its customer comes back after a time, or not, and durable is what lasts for a window.
    #[inline(always)]
    pub(super) fn record_end(
        &mut self,
        contact: &Contact,
        ending: Ending,
        at: Micros,
        (back_after, window): (Option<Micros>, Micros),
        saved_work: f64,
    ) {
        self.ended[ending as usize] += 1;
        self.contact_time += at - contact.start;
        let stays_away = back_after.is_none_or(|delay| delay > window);
        let durable = ending.is_resolved() && stays_away;
        self.durable += u64::from(durable);
        if contact.number == 1 {
            self.first_ended += 1;
            self.first_resolved += u64::from(durable);
        }
        match ending {
            Ending::AiResolved | Ending::AiMisresolved | Ending::GaveUp | Ending::Trapped
                if contact.via_assistant() =>
            {
                self.ai_contained += 1;
                self.ai_trapped += u64::from(ending == Ending::Trapped);
                self.ai_kept += u64::from(ending != Ending::Trapped && stays_away);
                if durable {
                    self.ai_durable += 1;
                    self.saved_work += saved_work;
                }
            }
            _ => {}
        }
        if back_after.is_some() {
            self.coming_back += 1;
        } else if ending.is_resolved() {
            self.cases_resolved += 1;
            self.resolution_time += at - contact.case_start;
        } else {
            self.cases_lost += 1;
        }
    }

    /// A session of a member is paid.
    pub(super) fn record_pay(&mut self, paid: &Paid) {
        self.earned += paid.amount;
        self.earned_extra += paid.surge + paid.top_up;
        self.earned_time += paid.online;
        self.unpaid_time += paid.unpaid;
    }

    /// Adds another slice.
    pub fn add(&mut self, other: &Sums) {
        add_all!(self, other, contacts cases contact_time ai_contacts ai_sessions ai_time ai_time_within ai_missed ai_contained
            ai_trapped ai_durable ai_kept saved_work ai_escalated offered delayed callbacks callbacks_missed turned_away abandoned short_abandoned abandoned_within
            answered answered_within wait_answered wait_abandoned wait queue_time served handle session expected_work cut_off
            transferred met_person time_to_human first_ended first_resolved durable cases_resolved resolution_time cases_lost pending
            coming_back busy slot_time duty slot_duty members_duty members_finishing finishing paid overtime scheduled adherent log_ons offers accepted refused members
            earned earned_extra earned_time unpaid_time member_time members_joined members_left contacts_judged contacts_satisfied
            slots_opened slots_booked slots_released slots_taken_again no_shows committed_time worked_time);
        for i in 0..2 {
            self.rated[i] += other.rated[i];
            self.rated_resolved[i] += other.rated_resolved[i];
        }
        for (a, b) in self.ended.iter_mut().zip(other.ended) {
            *a += b;
        }
        for (a, b) in self.escalated.iter_mut().zip(other.escalated) {
            *a += b;
        }
        self.has_gig |= other.has_gig;
        let (mine, theirs) = (
            self.verdicts.iter_mut().chain(&mut self.verdicts_by_ending),
            other.verdicts.iter().chain(&other.verdicts_by_ending),
        );
        mine.zip(theirs).for_each(|(a, b)| a.add(b));
    }
}

/// What people of one pool did for one topic; kept small, since every answer touches it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AnswerSums {
    /// See [`Sums::answered`].
    pub answered: u64,
    /// See [`Sums::answered_within`].
    pub answered_within: u64,
    /// See [`Sums::wait_answered`].
    pub wait_answered: u64,
    /// See [`Sums::expected_work`].
    pub expected_work: f64,
    /// See [`Sums::served`].
    pub served: u64,
    /// See [`Sums::handle`].
    pub handle: f64,
    /// See [`Sums::session`].
    pub session: u64,
    /// Contacts that a person of the pool resolved.
    pub resolved: u64,
    /// See [`Sums::met_person`].
    pub met_person: u64,
    /// See [`Sums::time_to_human`].
    pub time_to_human: u64,
    /// See [`Sums::cut_off`].
    pub cut_off: u64,
    /// See [`Sums::transferred`].
    pub transferred: u64,
    /// Cases in which a person of the pool took part last.
    pub verdicts: Verdicts,
}

macro_rules! add_answers {
    ($a:ident, $b:ident) => {
        add_all!($a, $b, answered answered_within wait_answered expected_work served handle session met_person
            time_to_human cut_off transferred);
    };
}

impl AnswerSums {
    /// Adds what people did at another time.
    pub fn add(&mut self, other: &AnswerSums) {
        add_answers!(self, other);
        self.resolved += other.resolved;
        self.verdicts.add(&other.verdicts);
    }
}

impl Sums {
    /// Adds what people did.
    pub fn add_answers(&mut self, other: &AnswerSums) {
        add_answers!(self, other);
        self.verdicts[Self::PEOPLE].add(&other.verdicts);
    }

    /// All cases ended.
    pub fn all_verdicts(&self) -> Verdicts {
        let mut all = Verdicts::default();
        self.verdicts.iter().for_each(|v| all.add(v));
        all
    }
}
