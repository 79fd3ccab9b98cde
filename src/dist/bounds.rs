//! Ranges of parameters.

use super::{DistError, LARGEST, SMALLEST};
use crate::text::number;

/// `found` if it lies in [low, high], else an error.
pub(super) fn within(
    parameter: &'static str,
    found: f64,
    low: f64,
    high: f64,
    allowed: &'static str,
) -> Result<f64, DistError> {
    if found >= low && found <= high {
        // adding zero turns -0 into +0
        Ok(found + 0.0)
    } else {
        let message = format!("expected {allowed}, found {}", number(found));
        DistError::refuse(Some(parameter), message)
    }
}

/// A mean, scale or percentile: positive, finite, of a sane size.
pub(super) fn positive(parameter: &'static str, found: f64) -> Result<f64, DistError> {
    let allowed = "a number from 1e-12 to 1e15";
    within(parameter, found, SMALLEST, LARGEST, allowed)
}

/// A value or bound that may be zero.
pub(super) fn non_negative(parameter: &'static str, found: f64) -> Result<f64, DistError> {
    within(parameter, found, 0.0, LARGEST, "a number from 0 to 1e15")
}
