//! From what the engine tells to measures: sums first, ratios last.
//!
//! [`count`] listens to a replication and keeps [`Counters`]: integers and sums, by contact type, by pool, by both, by period and by cell of
//! time. [`MEASURES`] is the catalogue: each measure with its formula over such sums, declared once. [`Values`] evaluates it for each slice
//! of a model and for its days, weeks and months, [`Monthly`] for every slice of each month. A ratio is always a ratio of sums over the
//! replication; what is undefined is `None`. [`contact_legs`] tells the contacts of a replication one by one.

mod attributes;
mod catalogue;
mod cells;
mod collector;
mod contacts;
mod definition;
mod earners;
mod ends;
mod ledger;
mod monthly;
mod observe;
mod periods;
mod slices;
pub mod sums;
mod tiers;
mod values;

pub use attributes::{Better, Cohort, Grain, List, Scope, Unit};
pub use catalogue::{MEASURES, measure, measures_in, measures_of, name_of, ranked};
pub use cells::{Cells, Grid, POOL_SUMS, PoolCell, TOPIC_SUMS, TopicCell};
pub use collector::count;
pub use contacts::{ContactLeg, LegOutcome, contact_legs};
pub use definition::{Context, Costs, Measure, RequiredAgents};
pub use earners::Earnings;
pub use ledger::{Counters, Ledger};
pub use monthly::Monthly;
pub use periods::calendar_periods;
pub use slices::{Period, Slice, slices};
pub use sums::{Add, Agents, Answers, Customers, Sums, Verdicts};
pub use values::{Row, Rows, Values, context};
