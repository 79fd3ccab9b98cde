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
pub(crate) mod gamma_shape;
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
#[error("{}{message}", parameter.map_or(String::new(), |name| format!("{name}: ")))]
pub struct DistError {
    /// Name of the parameter; `None` where several do not fit together.
    pub parameter: Option<&'static str>,
    /// What was expected and what was found. Durations are in seconds.
    pub message: String,
}

impl DistError {
    pub(super) fn refuse<T>(parameter: Option<&'static str>, message: String) -> Result<T, Self> {
        Err(Self { parameter, message })
    }
}
