//! Probability distributions of durations and factors, their quantiles, and fast sampling by inversion.
//!
//! - [`Distribution`]: a validated distribution of a non-negative quantity, in whatever unit its parameters are given.
//! - [`Sampler`] and [`SamplerCache`]: one 64-bit draw to one value, monotone in the draw, so that two scenarios that
//!   share a draw (common random numbers) stay comparable.
//! - [`counts`]: Poisson and binomial counts and gamma factors by inversion.
//! - [`logistic`]: probabilities that a normal variable moves.
//! - [`special`], [`gamma_fn`], [`beta_fn`], [`student`]: the functions underneath.
//!
//! Transcendental functions come from the `libm` crate only: a result is the same bytes on every machine.

pub mod beta_fn;
mod bounds;
mod build;
pub mod counts;
mod empirical;
pub mod gamma_fn;
mod law;
pub mod logistic;
mod sampler;
pub mod special;
pub mod student;
mod table;

pub use empirical::Empirical;
pub use law::Distribution;
pub use sampler::{Sampler, SamplerCache};

/// Largest magnitude accepted for a value, mean or bound, in the unit of the quantity.
pub const LARGEST: f64 = 1e15;
/// Smallest positive mean or scale accepted, in the unit of the quantity.
pub const SMALLEST: f64 = 1e-12;

/// Why the parameters given make no distribution.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DistError {
    /// A parameter is not a number in the allowed range.
    #[error("{parameter} is {found}; allowed is {allowed}")]
    OutOfRange {
        /// Name of the parameter.
        parameter: &'static str,
        /// The value found (may be NaN or infinite).
        found: f64,
        /// What is allowed, in words.
        allowed: &'static str,
    },
    /// Two parameters are in the wrong order.
    #[error(
        "{lesser} is {lesser_found} but {greater} is {greater_found}; allowed is {lesser} below {greater}"
    )]
    Order {
        /// Name of the parameter that must not exceed the other.
        lesser: &'static str,
        /// Its value.
        lesser_found: f64,
        /// Name of the other.
        greater: &'static str,
        /// Its value.
        greater_found: f64,
    },
    /// Two lists must have the same length, at least 1.
    #[error(
        "{first} has {first_found} entries and {second} has {second_found}; allowed is the same number, at least 1"
    )]
    Lengths {
        /// Name of the first list.
        first: &'static str,
        /// Its length.
        first_found: usize,
        /// Name of the second list.
        second: &'static str,
        /// Its length.
        second_found: usize,
    },
    /// A list of values is empty.
    #[error("{parameter} is empty; allowed is at least one value")]
    Empty {
        /// Name of the list.
        parameter: &'static str,
    },
    /// Probabilities do not sum to 1 (to within 1e-6).
    #[error("{parameter} sum to {found}; allowed is a sum of 1")]
    Sum {
        /// Name of the list.
        parameter: &'static str,
        /// The sum found.
        found: f64,
    },
}
