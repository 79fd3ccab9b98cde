//! Replications, in parallel, and what they say together.
//!
//! The replication is the atom: [`run`] makes each one from scenario, seed and number alone, keeps its
//! values, and folds them in order, so any number of threads gives the same bytes.
//! [`compare`] sets scenarios against a baseline on paired replications, [`finance`] says what they cost and which is cheaper;
//! [`run_precise`] makes as many replications as a precision takes, [`select`] as many as it takes to tell which scenario is best.
//! [`unsettled`] says whether the warm-up was long enough.
//! [`influences`] says which inputs of a finished sweep move a measure.

mod breakeven;
mod budget;
mod compare;
mod contest;
mod design;
mod factors;
mod intervals;
mod measure_name;
mod money;
mod plan;
mod precision;
mod replication;
mod run;
mod select;
mod sensitivity;
mod settling;
mod structured;
mod sweep;
mod uniform;
mod week;

pub use breakeven::{BreakEven, NoCrossing, break_even};
pub use compare::{Comparison, Difference, Error, Method, Side, compare};
pub use contest::{Candidate, Delta, Ranking, Selection, Verdict};
pub use design::{Design, design};
pub use factors::{
    Column, DesignError, Factor, Levels, MOST_FACTORS, MOST_POINTS, MOST_SOBOL, Sampling,
    split_unit,
};
pub use intervals::{IntervalEstimate, IntervalTable, estimate as interval_estimate};
pub use measure_name::MeasureName;
pub use money::{Finance, finance};
pub use plan::Plan;
pub use precision::{
    Known, Precision, Reached, USUAL_CAP, Width, reached, run_precise, usual_targets,
};
pub use replication::{Finished, MonthlyTable, Progress, Task, kept_length, rows};
pub use run::{Estimate, Job, Outcome, RunError, run};
pub use select::{FIRST_STAGE, select};
pub use sensitivity::{Effect, Influence, influences};
pub use settling::{Unsettled, unsettled};
pub use structured::Structure;
pub use sweep::{Desk, Shard, SweepError, sweep, usual_measures};
pub use week::{WeekRow, week};
