//! Ends of contacts, tallied by kind: one place is touched at each end, and the sums follow when the period closes.

use super::sums::Customers;
use crate::engine::Contact;
use crate::model::Ending;
use crate::time::Micros;

/// Whether the customer of a contact that ended comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Back {
    Never,
    /// Within the time in which a return spoils the resolution.
    Soon,
    Later,
}

/// The kind of an end: all that decides in which sums it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    ending: Ending,
    back: Back,
    is_first: bool,
    via_assistant: bool,
}

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
        Self {
            ending,
            back: match back_after {
                None => Back::Never,
                Some(delay) if delay <= window => Back::Soon,
                Some(_) => Back::Later,
            },
            is_first: contact.number == 1,
            via_assistant: contact.via_assistant(),
        }
    }

    /// The number of the kind.
    #[inline(always)]
    pub(super) fn number(self) -> usize {
        let (first, via) = (usize::from(self.is_first), usize::from(self.via_assistant));
        (self.ending as usize) << 4 | first << 3 | via << 2 | self.back as usize
    }

    /// All kinds in the order of their numbers.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        const BACK: [Back; 3] = [Back::Never, Back::Soon, Back::Later];
        (0..Self::COUNT).filter_map(move |number| {
            Some(Self {
                ending: Ending::ALL[number >> 4],
                back: *BACK.get(number & 3)?,
                is_first: number & 8 != 0,
                via_assistant: number & 4 != 0,
            })
        })
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
        let Kind { ending, back, .. } = kind;
        let if_so = |so: bool| if so { tally.n } else { 0 };
        self.ended[ending as usize] += tally.n;
        self.contact_time += tally.contact_time;
        self.coming_back += if_so(back != Back::Never);
        let durable = ending.is_resolved() && back != Back::Soon;
        self.durable += if_so(durable);
        self.first_ended += if_so(kind.is_first && ending != Ending::Unserved);
        self.first_resolved += if_so(kind.is_first && durable);
        if ending.is_with_assistant() && kind.via_assistant {
            self.ai_contained += tally.n;
            self.ai_trapped += if_so(ending == Ending::Trapped);
            self.ai_kept += if_so(ending != Ending::Trapped && back != Back::Soon);
            if durable {
                self.ai_durable += tally.n;
                self.saved_work += tally.saved_work;
                self.saved_work_first += if kind.is_first { tally.saved_work } else { 0.0 };
            }
        }
    }

    /// Contacts of cases that count ended.
    pub(super) fn add_cases(&mut self, kind: Kind, tally: &Tally) {
        self.case_contacts += tally.n;
        if kind.back != Back::Never {
            return;
        }
        if kind.ending.is_resolved() {
            self.cases_resolved += tally.n;
            self.resolution_time += tally.case_time;
        } else if kind.ending == Ending::Unserved {
            self.cases_unserved += tally.n;
        } else {
            self.cases_lost += tally.n;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_kind_has_a_number_of_its_own() {
        let numbers: BTreeSet<usize> = Kind::all().map(Kind::number).collect();
        assert_eq!(numbers.len(), Ending::COUNT * 3 * 4);
        assert!(numbers.iter().all(|&n| n < Kind::COUNT));
    }
}
