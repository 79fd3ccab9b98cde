//! Replications, in parallel, and what they say together.
//!
//! The replication is the atom: [`run`] and [`run_range`] make each one from scenario, seed and number alone, keep its
//! values, and fold them in order, so any number of threads and any split into ranges gives the same bytes.

mod breakeven;
mod intervals;
mod plan;
mod run;

pub use breakeven::{BreakEven, NoCrossing, break_even};
pub use intervals::{INTERVAL_COLUMNS, IntervalEstimate, IntervalTable};
pub use plan::Plan;
pub use run::{Estimate, Job, MonthlyTable, Outcome, Progress, RunError, run, run_range};
