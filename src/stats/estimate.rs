//! An estimate that is about normal around what it estimates.

use crate::dist::special::normal_quantile;

/// An estimate with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// An estimate with its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranged {
    /// The estimate.
    pub value: f64,
    /// Lower end of the confidence interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Ranged {
    /// An estimate with its ends.
    pub fn new(value: f64, low: f64, high: f64) -> Self {
        Self { value, low, high }
    }

    /// Whether a value lies in the interval.
    pub fn covers(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

impl Estimate {
    /// Confidence interval `value ± z standard_error`; `None` for a level outside (0, 1).
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let half = normal_factor(level)? * self.standard_error;
        Some((self.value - half, self.value + half))
    }

    /// Confidence interval of what is positive, on the scale of logarithms: `value exp(± z standard_error / value)`.
    ///
    /// `None` for an estimate that is not positive or a level outside (0, 1).
    pub fn log_interval(&self, level: f64) -> Option<(f64, f64)> {
        let z = normal_factor(level)?;
        if self.value.is_nan() || self.value <= 0.0 {
            return None;
        }
        let factor = libm::exp(z * self.standard_error / self.value);
        Some((self.value / factor, self.value * factor))
    }
}

/// The normal quantile that leaves the middle `level`; `None` for a level outside (0, 1).
pub fn normal_factor(level: f64) -> Option<f64> {
    (level > 0.0 && level < 1.0).then(|| -normal_quantile(0.5 - 0.5 * level))
}
