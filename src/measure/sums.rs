//! The sums that every measure is a ratio of, each declared once.
//!
//! A sum is declared in one of three structs, by whom it is about: [`Customers`], [`Answers`] or [`Agents`]. The macro makes the
//! struct and the addition of all its fields together, so that no sum can be left out when periods or slices are added up.
//!
//! The comment of each sum names its **cohort**, the moment that decides in which period it counts:
//! - *contact*: the begin of the contact;
//! - *visit*: the moment at which the contact joined the queue, or the begin of the contact where that is after the horizon;
//! - *case*: the begin of the first contact of the case;
//! - *time*: a span of time, cut exactly at the borders of the periods;
//! - *moment*: the moment at which it happens.

use crate::engine::{People, Reason, Verdict};
use crate::model::Ending;

/// What can be added up over periods and slices.
pub trait Add {
    /// Adds `other`.
    fn add(&mut self, other: &Self);
}

impl Add for u64 {
    fn add(&mut self, other: &Self) {
        *self += other;
    }
}

impl Add for f64 {
    fn add(&mut self, other: &Self) {
        *self += other;
    }
}

impl<T: Add, const N: usize> Add for [T; N] {
    fn add(&mut self, other: &Self) {
        self.iter_mut().zip(other).for_each(|(a, b)| a.add(b));
    }
}

macro_rules! sums {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }

        impl Add for $name {
            fn add(&mut self, other: &Self) {
                $(self.$field.add(&other.$field);)*
            }
        }
    };
}

sums! {
    /// Sums about customers, by contact type. Durations are in microseconds unless said otherwise. Only contacts that began after the
    /// warm-up count, only cases whose first contact did, and only time after it.
    Customers {
        /// Contacts begun (contact).
        contacts: u64,
        /// Cases begun: first contacts (case).
        cases: u64,
        /// Contacts ended, by [`Ending`] (contact).
        ended: [u64; Ending::COUNT],
        /// Time from begin to end of the contacts, or to the end of the simulation (contact).
        contact_time: u64,
        /// Contacts that ended with the customer to come back (contact).
        coming_back: u64,
        /// Contacts that ended resolved and that no other contact on the same problem followed within the window (contact).
        durable: u64,
        /// Contacts that the assistant took part in (contact).
        ai_contacts: u64,
        /// Time with the assistant (contact).
        ai_time: u64,
        /// Time with the assistant (time).
        ai_time_within: u64,
        /// Sessions that met a full or failed assistant (contact).
        ai_missed: u64,
        /// Contacts that ended with the assistant (contact).
        ai_contained: u64,
        /// Of these, trapped (contact).
        ai_trapped: u64,
        /// Contacts that the assistant resolved, with no other contact on the same problem within the window (contact).
        ai_durable: u64,
        /// Contacts contained, not trapped, with no other contact on the same problem within the window (contact).
        ai_kept: u64,
        /// Expected human work content of the cases that the assistant resolved durably, seconds (contact).
        saved_work: f64,
        /// The part of `saved_work` that first contacts saved, seconds (contact).
        saved_work_first: f64,
        /// Agent time that `saved_work` would have taken at the planned concurrency and occupancy, seconds (contact).
        saved_time: f64,
        /// The same of `saved_work_first`, seconds (contact).
        saved_time_first: f64,
        /// Escalations by [`Reason`] (contact).
        escalated: [u64; Reason::COUNT],
        /// Contacts with the assistant that went on to people (contact).
        ai_escalated: u64,
        /// Visits to a queue (visit).
        offered: u64,
        /// Visits that could not start at once, nor found the queue full or closed (visit).
        delayed: u64,
        /// Visits that found the queue full or closed (visit).
        turned_away: u64,
        /// Visits that were never answered when the simulation ended (visit).
        unserved: u64,
        /// Visits whose customer left the queue before the first answer (visit).
        abandoned: u64,
        /// Of these, within the short-abandonment threshold (visit).
        short_abandoned: u64,
        /// Of these, within the target's T (visit).
        abandoned_within: u64,
        /// Waits of the visits that were abandoned (visit).
        wait_abandoned: u64,
        /// Waits of all visits, further waits after a cut-off included (visit).
        wait: u64,
        /// Visits whose customer accepted a call instead (visit).
        callbacks: u64,
        /// Of these, visits whose customer was not there when called (visit).
        callbacks_missed: u64,
        /// Customers who left the queue, those included who were cut off before (moment).
        abandoned_now: u64,
        /// Waiting contacts x time (time).
        queue_time: u64,
        /// Contacts of the cases, as far as they have ended (case).
        case_contacts: u64,
        /// First contacts that ended (case).
        first_ended: u64,
        /// Of these, resolved and not back within the window (case).
        first_resolved: u64,
        /// Cases that ended resolved (case).
        cases_resolved: u64,
        /// Time from begin to end of these cases (case).
        resolution_time: u64,
        /// Cases whose customer stopped trying (case).
        cases_lost: u64,
        /// Cases whose customer comes back after the horizon (case).
        pending: u64,
        /// Cases of which a contact was not finished when the simulation ended (case).
        cases_unserved: u64,
        /// Cases that the assistant ended (case).
        verdicts_ai: Verdicts,
        /// Cases in which neither people nor the assistant took part (case).
        verdicts_nobody: Verdicts,
        /// Cases ended, by the [`Ending`] of their last contact (case).
        verdicts_by_ending: [Verdicts; Ending::COUNT],
        /// Contacts of the cases that ended (case).
        contacts_judged: u64,
        /// Contacts of the cases that ended with a satisfied customer (case).
        contacts_satisfied: u64,
    }
}

sums! {
    /// Sums about what people of one pool did for one contact type; kept small, since every answer touches it.
    #[repr(align(64))]
    Answers {
        /// Visits answered (visit).
        answered: u64,
        /// Of these, within the target's T (visit).
        answered_within: u64,
        /// Waits of these visits until the first answer (visit).
        wait_answered: u64,
        /// Services finished (visit).
        served: u64,
        /// Agent time of the services, those cut off included, seconds (visit).
        handle: f64,
        /// Time from answer to the end of the talk (visit).
        session: u64,
        /// Contacts that a person of the pool resolved (visit).
        resolved: u64,
        /// First answers by a person in a case (visit).
        met_person: u64,
        /// Time from the begin of the case to these answers (visit).
        time_to_human: u64,
        /// Services cut off (visit).
        cut_off: u64,
        /// Transfers (visit).
        transferred: u64,
        /// Cases in which a person of the pool took part last (case).
        verdicts: Verdicts,
    }
}

sums! {
    /// Sums about the people of one pool. Durations are in microseconds.
    Agents {
        /// Time with something in hand (time).
        busy: u64,
        /// Time logged on (time).
        duty: u64,
        /// Time past the end of a shift or session (time).
        finishing: u64,
        /// Time of occupied slots (time).
        slot_time: u64,
        /// Time of slots logged on (time).
        slot_duty: u64,
        /// Paid time of people on shifts (time).
        paid: u64,
        /// Time worked past the end of a shift (time).
        overtime: u64,
        /// Time scheduled of people whose adherence is followed (time).
        scheduled: u64,
        /// Of this, the time that they were there (time).
        adherent: u64,
        /// Log-ons of members (moment).
        log_ons: u64,
        /// Offers made to members (visit).
        offers: u64,
        /// Offers accepted (visit).
        accepted: u64,
        /// What sessions of members paid, top-ups included (moment: the end of the session).
        earned: f64,
        /// The part of it that is due to surge, or tops pay up to a guarantee (moment: the end of the session).
        earned_extra: f64,
        /// Time online of the sessions paid (moment: the end of the session).
        earned_time: u64,
        /// The part of it that was idle and that no pay by the hour covers (moment: the end of the session).
        unpaid_time: u64,
        /// Members x time of registers that grow and shrink (time).
        member_time: u64,
        /// Time of members online (time).
        members_duty: u64,
        /// Time online of members who take no further contact (time).
        members_finishing: u64,
        /// People who joined a register (moment).
        members_joined: u64,
        /// People who left a register (moment).
        members_left: u64,
        /// Slots of the blocks that began (moment).
        slots_opened: u64,
        /// Of these, booked when the week opened (moment).
        slots_booked: u64,
        /// Of these, given back (moment).
        slots_released: u64,
        /// Of these, taken by somebody else (moment).
        slots_taken_again: u64,
        /// Slots, booked in the end, for which nobody came (moment).
        no_shows: u64,
        /// Time of the slots that members had booked (time).
        committed_time: u64,
        /// Of this, time online (time).
        worked_time: u64,
        /// Talks of members with tiers by rank that are over: of the first tier, of the others (visit).
        rated: [u64; 2],
        /// Of these, resolved (visit).
        rated_resolved: [u64; 2],
    }
}

sums! {
    /// Cases ended and what their customers think; counted only where satisfaction is followed.
    Verdicts {
        /// Cases ended.
        cases: u64,
        /// Of these, satisfied.
        satisfied: u64,
        /// Of these, lost to the company.
        churned: u64,
    }
}

/// All the sums of one slice of one period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// About its customers.
    pub customers: Customers,
    /// About the answers they got.
    pub answers: Answers,
    /// About its agents.
    pub agents: Agents,
    /// About its employees.
    pub people: People,
}

impl Verdicts {
    /// Counts one more case.
    pub(super) fn record(&mut self, verdict: Verdict) {
        self.cases += 1;
        self.satisfied += u64::from(verdict.satisfied);
        self.churned += u64::from(verdict.churned);
    }
}

impl Sums {
    /// Visits that count for `sl_net`: N - B - L_T, offered less turned away and abandoned within T.
    pub fn net(&self) -> u64 {
        let c = &self.customers;
        c.offered.saturating_sub(c.turned_away + c.abandoned_within)
    }

    /// `sl_net` = S_T / (N - B - L_T), the share of those visits that were answered within T; `None` without any.
    pub fn service_level(&self) -> Option<f64> {
        let net = self.net();
        (net > 0).then(|| self.answers.answered_within as f64 / net as f64)
    }

    /// All cases ended.
    pub fn verdicts(&self) -> Verdicts {
        let mut all = self.answers.verdicts;
        all.add(&self.customers.verdicts_ai);
        all.add(&self.customers.verdicts_nobody);
        all
    }
}

impl Customers {
    /// Contacts that ended before the simulation did.
    pub(super) fn finished(&self) -> u64 {
        self.ended.iter().sum::<u64>() - self.ended[Ending::Unserved as usize]
    }
}
