//! Replications, in parallel, and what they say together.
//!
//! The replication is the atom: [`run`] and [`run_range`] make each one from scenario, seed and number alone, keep its
//! values, and fold them in order, so any number of threads and any split into ranges gives the same bytes.
//! [`compare`] sets scenarios against a baseline on paired replications, [`finance`] says what they cost and which is cheaper.

mod breakeven;
mod compare;
mod design;
mod intervals;
mod money;
mod plan;
mod run;
mod sweep;
mod week;

pub use breakeven::{BreakEven, NoCrossing, break_even};
pub use compare::{Comparison, Difference, Error, Method, Side, compare};
pub use design::{
    Column, Design, DesignError, Factor, Levels, MOST_FACTORS, MOST_POINTS, MOST_SOBOL, Sampling,
    design, split_unit,
};
pub use intervals::{INTERVAL_COLUMNS, IntervalEstimate, IntervalTable};
pub use money::{Cheaper, Finance, finance};
pub use plan::Plan;
pub use run::{Estimate, Job, MonthlyTable, Outcome, Progress, RunError, run, run_range};
pub use sweep::{Desk, Finished, Shard, SweepError, Task, USUAL_MEASURES, Wanted, rows, sweep};
pub use week::{WeekRow, week};
