//! One replication of the operation, event by event.
//!
//! The engine cannot fail: whatever can be wrong was refused when [`Laws`] were made. It opens nothing, prints nothing,
//! knows no clock of the machine, allocates nothing per event, and speaks to an [`Observer`] only.
//!
//! # Rooms
//!
//! Each process owns its state and offers verbs. What all of them share, the `Context` (laws, clock, calendar, observer), is passed with
//! every verb, and so is any other process that a verb needs. `play` owns them all and passes on what one leads to in another: it is the
//! only room that knows how a service leads to a transfer, a return, an answer. Imports go one way, from the right to the left:
//!
//! ```text
//! keys contact observer calendar laws tally <- context <- after <- arrivals assistant queue agents <- people gig <- play
//! ```
//!
//! | room | what it owns |
//! |---|---|
//! | `calendar` | the step, the tree of events within it, lists of what is due later |
//! | `laws` | the model made ready: samplers, thresholds, masks; the same for all replications |
//! | `tally` | contacts begun and ended, waits of cases |
//! | `after` | what follows a contact: returns, satisfaction |
//! | `arrivals` | the cases of a step, how busy it is, and its agenda of contacts that reach people |
//! | `assistant` | outages, sessions of a limited assistant, the line at its door |
//! | `queue` | the queues, ends of patience, timers of routes |
//! | `agents` | who is logged on, what each has in hand, the lists of those with a free slot |
//! | `people` | plans and shifts with their people: groups, vendors, absence, adherence, experience |
//! | `gig` | registers and sessions of members: log-ons, slots, pay, tiers, turnover |
//!
//! # Time
//!
//! **Time moves in steps of the demand grid**, which a change between two of its lines divides. When a step opens, its new cases are
//! drawn, those who come back in it are taken from their list, all of them meet the assistant, and the contacts that go to people are
//! sorted by time. A contact that the unlimited assistant contains is never an event. Within the step the earliest of the sorted contacts
//! and of the event tree is next.
//!
//! **Order of events at one instant** (a microsecond): changes of plans; log-ons and ends of sessions;
//! begins, then ends of shifts, then breaks; reviews of ranks, openings of weeks, then begins of blocks; what was filed
//! within the step (returns, hand-overs, ends of limited assistant sessions); opening of route steps; what agents finish
//! or answer, by slot; new arrivals at queues; the end of a patience last, since an agent who frees up at the very
//! instant that a patience ends answers the call.

mod after;
mod agents;
mod arrivals;
mod assistant;
mod calendar;
mod contact;
mod context;
mod gig;
mod keys;
mod laws;
mod observer;
mod people;
mod play;
mod queue;
mod tally;

pub use calendar::DRAIN;
pub use contact::{Contact, Handler, Reason};
pub use laws::{Cache, Laws};
pub use observer::{Bookings, Cases, Observer, Paid, People, Service, Verdict, Wait};
pub use play::{Account, simulate};

/// The place with this index of a list that grows by `empty` places as far as it must.
fn grown<T: Clone>(list: &mut Vec<T>, index: usize, empty: T) -> &mut T {
    if list.len() <= index {
        list.resize(index + 1, empty);
    }
    &mut list[index]
}

use agents::{Agents, NOBODY, Offer, State, next_end, run_clock};
use arrivals::{Agenda, Arrivals};
use assistant::{Assistant, AtOnce, Tell, Together};
use calendar::{Due, EventTree, Grid, Item, Process, SessionEnd, Tick, sort_spread};
use context::{Context, Sink};
use gig::{Gig, GigView};
use people::{Changed, PlanView, Plans, RosterState, RosterView, Staff};
use queue::{Queues, Timers, Waiting, accepts_call, is_open, patience_of};
