//! Statistics of simulation output: means, intervals across replications, quantiles.
//!
//! - [`moments`]: mean and variance of a list.
//! - [`ConfidenceInterval`] of any numbers, shares or events, [`PairedDifference`], [`WelchDifference`]: estimates with intervals from one
//!   value per replication.
//! - [`student_t_p_value`], [`holm`], [`bonferroni_level`]: tests, and several at once; [`clopper_pearson`], [`wilson`]: probabilities.
//! - [`SequentialStop`], [`replications_for`]: how many replications a precision takes; [`KimNelson`], [`ocba`]: which of several is best.
//! - [`BatchMeans`], [`mser`]: one series whose observations depend on each other; where its beginning ends.
//! - [`smallest`], [`smallest_between`]: the smallest number that is enough.
//! - [`Histogram`]: streaming quantiles of waits in fixed memory; [`sample_quantile`]: quantiles of a list.
//! - [`sobol_indices`], [`regression`], [`tornado`]: which inputs a result depends on.
//! - [`KaplanMeier`], [`Tail`]: how long things last, where some observations are only lower bounds; [`mod@fit`]: laws of maximum likelihood.
//! - [`wander`]: regression on a series whose errors are correlated and wander.
//! - [`Between`], [`alike_within`], [`alike_between`], [`factor_within`]: whether groups, times or classes differ, and by how much.
//! - [`frontier`], [`frontier_membership`]: the points that no other beats, and how sure that is.

mod alike;
mod between;
mod estimate;
pub mod fit;
mod frontier;
mod histogram;
mod interval;
mod moments;
mod multiple;
mod proportion;
mod quantile;
mod resample;
mod search;
mod select;
mod sensitivity;
mod sequential;
mod series;
mod simplex;
mod survival;
mod tallied;
pub mod wander;

pub use alike::{Alike, Part, Stratum, alike_between, alike_within, factor_within};
pub use between::Between;
pub use estimate::{Estimate, Ranged, normal_factor};
pub use frontier::{frontier, frontier_membership};
pub use histogram::Histogram;
pub use interval::{
    ConfidenceInterval, IntervalKind, PairedDifference, StudentT, WelchDifference,
    interval_of_error, student_t_half_width,
};
pub use moments::moments;
pub use multiple::{bonferroni_level, confidence_below_zero, holm, student_t_p_value};
pub use proportion::{clopper_pearson, wilson};
pub use quantile::{quantile_of_sorted, sample_quantile};
pub use search::{smallest, smallest_between};
pub use select::{
    KimNelson, kim_nelson_constants, ocba, probability_of_correct_selection, starving,
    wanted_shares,
};
pub use sensitivity::{
    Bar, Bounded, Regression, SobolIndex, SobolSample, regression, sobol_indices, tornado,
};
pub use sequential::{SequentialStop, replications_for};
pub use series::{BatchMeans, Truncation, mser};
pub use survival::{Hazard, KaplanMeier, SurvivalStep, Tail, TailedQuantile};
pub use tallied::{Tallied, TallyError};
