//! People who come on a plan or on shifts: groups of employees, vendors, absence, breaks, adherence, experience.

mod adherence;
mod cohort;
mod experience;
mod person;
mod plan;
mod shifts;
mod vendor;
mod workforce;

pub(crate) use experience::Staff;
pub(crate) use plan::{Changed, PlanView, Plans};
pub(crate) use shifts::{RosterState, RosterView};
