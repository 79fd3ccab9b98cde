//! From what the engine tells to measures: sums first, ratios last.
//!
//! [`count`] listens to a replication and keeps [`Counters`]: integers and sums, by topic, by pool, by topic and pool,
//! and by interval. [`KPIS`] gives every measure as a formula over such sums. [`Values`] evaluates them for each slice of
//! a model, [`Monthly`] for each of its months. A ratio is always a ratio of sums over the replication; what is undefined is `None`.

mod book;
mod cells;
mod collector;
mod direction;
mod earners;
mod kind;
mod kpi;
mod ledger;
mod monthly;
mod sums;
mod tiers;
mod values;

pub use book::Counters;
pub use cells::{Cells, PoolCell, TopicCell};
pub use collector::count;
pub use direction::more_is_better;
pub use earners::Earnings;
pub use kind::{ValueKind, kind_of_interval};
pub use kpi::{Context, KPIS, Kpi, Scope, Unit, kpi};
pub use ledger::Ledger;
pub use monthly::Monthly;
pub use sums::{AnswerSums, Sums, Verdicts};
pub use values::{Row, Slice, Values};
