//! The cheapest plan of agents that keeps the promise, found by simulation.
//!
//! **What is decided** ([`Decisions`]): in each interval the agents of every pool that has a plan of its own; of a pool with shifts, its own or on
//! offer ([`Offer`]), how many people work each; of groups, vendors under contract and registers one number ([`Size`]), or one for each month ([`Dates`]). Where the timeline changes
//! how many people a pool has, it stays as it is.
//!
//! **What is promised** ([`Goal`]): the service level of every topic that these pools can help, in each interval, day or week or over the whole
//! time; in expectation, or with a stated probability. Beside it any measure may have a bound ([`Limit`]).
//!
//! **How it is found** ([`Search`]): the formula's requirement is the start. While a promise is broken, agents are added where it is; then
//! agents are taken away one by one, always the one whose absence costs the least service for its pay, until every single one is needed.
//! People on shifts begin as the cheapest cover of the requirement ([`Programme`]) and are steered by linear programmes to a plan near the cheapest.
//! Sizes shrink together as far as the promises allow, and one is traded for another as long as that saves money; beside agents by interval
//! they are held, and others are tried from there. What one costs is simulated, with all that it brings: hires, pay by the contact, minimum pay.
//! What is decided month by month is repaired in the order of time, by the latest class that is there when a promise is broken.
//! Every plan meets the same customers (common random numbers). Where so few plans are cheaper that all of them can be tried, they are, and
//! the plan is then the cheapest there is for these replications ([`Staffed::proven`]). A limit that more agents break, such as one on costs,
//! is passed over; the plan either keeps it, or there is none.
//!
//! **How it is confirmed** ([`staff()`]): a plan that was chosen because it does well on some replications does worse on others. So it is
//! judged on fresh ones, and where a promise is broken there the search is repeated with a margin for it.
//!
//! **Why it is so** ([`Reason`]): on the fresh replications the tightest promises are judged with agents fewer and more where they bind.

mod bounds;
mod build;
mod classes;
mod confirm;
mod cover;
mod curves;
mod dated;
mod decide;
mod exchange;
mod exhaust;
mod goal;
mod judge;
mod levels;
mod limit;
mod mix;
mod needed;
mod offer;
mod reasons;
mod scale;
mod search;
mod size;
mod steer;
mod total;
mod tune;
mod variable;
mod verdict;

pub use confirm::{Confirmed, Settings, Start, kept_length, staff};
pub use cover::{Programme, Requirement, Solution};
pub use decide::Decisions;
pub use goal::{Goal, Per, Promise};
pub use judge::Judge;
pub use limit::{Limit, Side};
pub use mix::{MOST_MIXED, Mix, mixes};
pub use needed::{Dated, SHARES};
pub use offer::Offer;
pub use reasons::{Effect, Reason, TOLD};
pub use search::{Failed, Search, Staffed};
pub use size::{Size, SizeOf};
pub use variable::{By, Cell, Dates, Of, PoolRule, Stretch, Variable};
pub use verdict::Verdict;
