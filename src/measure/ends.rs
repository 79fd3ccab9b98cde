//! Ends of contacts, tallied by kind: one place is touched at each end, and the sums follow when the period closes.

use super::sums::Customers;
use crate::engine::Contact;
use crate::model::Ending;
use crate::time::Micros;

/// The kind of an end, all that decides in which sums it counts: the ending, and below it bits for the following.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind(pub(super) usize);

/// The contact is the first of its case.
const FIRST: usize = 8;
/// The assistant took part in it.
const VIA_ASSISTANT: usize = 4;
/// The customer comes back within the time in which a return spoils the resolution, later, or in any case.
const SOON: usize = 1;
const LATER: usize = 2;
const BACK: usize = SOON | LATER;

impl Kind {
    /// Numbers of kinds.
    pub(super) const COUNT: usize = Ending::COUNT << 4;

    /// The end of a contact, whose customer comes back after a time, or not. `window` is the time after which a return no longer spoils the
    /// resolution.
    #[inline(always)]
    pub(super) fn of(
        contact: &Contact,
        ending: Ending,
        back_after: Option<Micros>,
        window: Micros,
    ) -> Self {
        let back = match back_after {
            None => 0,
            Some(delay) if delay <= window => SOON,
            Some(_) => LATER,
        };
        let first = usize::from(contact.number == 1) * FIRST;
        let via = usize::from(contact.via_assistant()) * VIA_ASSISTANT;
        Self((ending as usize) << 4 | first | via | back)
    }

    fn ending(self) -> Ending {
        Ending::ALL[self.0 >> 4]
    }

    fn is(self, bit: usize) -> bool {
        self.0 & bit != 0
    }
}

/// Ends of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(32))]
pub(super) struct Tally {
    n: u64,
    /// Time since the contacts began, and since their cases did.
    contact_time: u64,
    case_time: u64,
    /// Expected human work of the cases that the assistant resolved, in seconds.
    saved_work: f64,
}

impl Tally {
    /// A contact ends at `at`.
    #[inline(always)]
    pub(super) fn record(&mut self, contact: &Contact, at: Micros, saved_work: f64) {
        self.n += 1;
        self.contact_time += at - contact.start;
        self.case_time += at - contact.case_start;
        self.saved_work += saved_work;
    }
}

impl Customers {
    /// Contacts that count ended.
    pub(super) fn add_contacts(&mut self, kind: Kind, tally: &Tally) {
        let ending = kind.ending();
        let if_so = |so: bool| if so { tally.n } else { 0 };
        self.ended[ending as usize] += tally.n;
        self.contact_time += tally.contact_time;
        self.coming_back += if_so(kind.is(BACK));
        let durable = ending.is_resolved() && !kind.is(SOON);
        self.durable += if_so(durable);
        self.first_ended += if_so(kind.is(FIRST) && ending != Ending::Unserved);
        self.first_resolved += if_so(kind.is(FIRST) && durable);
        if ending.is_with_assistant() && kind.is(VIA_ASSISTANT) {
            self.ai_contained += tally.n;
            self.ai_trapped += if_so(ending == Ending::Trapped);
            self.ai_kept += if_so(ending != Ending::Trapped && !kind.is(SOON));
            if durable {
                self.ai_durable += tally.n;
                self.saved_work += tally.saved_work;
                self.saved_work_first += if kind.is(FIRST) {
                    tally.saved_work
                } else {
                    0.0
                };
            }
        }
    }

    /// Contacts of cases that count ended.
    pub(super) fn add_cases(&mut self, kind: Kind, tally: &Tally) {
        self.case_contacts += tally.n;
        if kind.is(BACK) {
            return;
        }
        if kind.ending().is_resolved() {
            self.cases_resolved += tally.n;
            self.resolution_time += tally.case_time;
        } else if kind.ending() == Ending::Unserved {
            self.cases_unserved += tally.n;
        } else {
            self.cases_lost += tally.n;
        }
    }
}
