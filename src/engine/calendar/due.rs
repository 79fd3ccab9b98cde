//! What is filed for a later moment, and the order of what is due within a step.

use crate::engine::contact::{Contact, Reason};
use crate::model::Ending;
use crate::time::{Micros, NEVER};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Something filed for a later moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) at: Micros,
    pub(crate) contact: Contact,
    pub(crate) due: Due,
}

/// What is to happen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Due {
    /// A contact begins.
    Begin,
    /// A contact reaches people.
    People,
    /// A session with the limited assistant ends.
    Session(SessionEnd),
    /// The patience of a caller at the assistant's door ends.
    DoorPatience(u32),
    /// The assistant is up again.
    Restored,
}

/// What a session with the assistant leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionEnd {
    /// The contact ends with it.
    Ends(Ending),
    /// The contact goes to people.
    Escalates(Reason),
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

    /// Whether a contact that has begun is found here and nowhere else.
    #[inline(always)]
    pub(crate) fn has_contact(self) -> bool {
        matches!(self, Due::People | Due::Session(_))
    }
}

/// What was filed for a moment within the present step. At one instant the order is that of the kinds, then of the cases.
#[derive(Default)]
pub(crate) struct Soon {
    order: BinaryHeap<Reverse<(Micros, u8, u64, u32)>>,
    items: Vec<Item>,
    free: Vec<u32>,
}

impl Soon {
    /// When the first is due.
    pub(crate) fn time(&self) -> Micros {
        self.order.peek().map_or(NEVER, |&Reverse((at, ..))| at)
    }

    pub(crate) fn push(&mut self, item: Item) {
        let place = match self.free.pop() {
            Some(place) => {
                self.items[place as usize] = item;
                place
            }
            None => {
                self.items.push(item);
                self.items.len() as u32 - 1
            }
        };
        let rank = item.due.rank();
        self.order
            .push(Reverse((item.at, rank, item.contact.case.0, place)));
    }

    pub(crate) fn pop(&mut self) -> Option<Item> {
        let Reverse((.., place)) = self.order.pop()?;
        self.free.push(place);
        Some(self.items[place as usize])
    }
}
