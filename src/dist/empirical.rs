//! A distribution given by observed values.

use super::DistError;
use super::bounds::non_negative;
use std::sync::Arc;

/// A distribution function that runs linearly through sorted values.
///
/// With n equally weighted values `x[0] <= ... <= x[n-1]` the distribution function is `i/(n-1)` at `x[i]` and linear in
/// between, so that the quantile is `x` at the fractional index `(n-1) p` (Hyndman and Fan's type 7); the distribution lies
/// between the smallest and the largest value. Its mean differs from the sample's by `((x[0]+x[n-1])/2 - sample mean) / (n-1)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Empirical {
    values: Arc<[f64]>,
}

impl Empirical {
    /// From values in any order, each in [0, 1e15], at least one.
    pub fn new(mut values: Vec<f64>) -> Result<Self, DistError> {
        if values.is_empty() {
            let message = "expected at least one value, found none".to_owned();
            return DistError::refuse(Some("values"), message);
        }
        for v in &mut values {
            *v = non_negative("value", *v)?;
        }
        values.sort_by(f64::total_cmp);
        Ok(Self {
            values: values.into(),
        })
    }

    fn at(&self, i: usize) -> f64 {
        self.values.get(i).copied().unwrap_or(0.0)
    }

    fn point(&self, i: usize) -> f64 {
        i as f64 / (self.values.len().max(2) - 1) as f64
    }

    /// Smallest value.
    pub fn low(&self) -> f64 {
        self.at(0)
    }

    /// Largest value.
    pub fn high(&self) -> f64 {
        self.at(self.values.len().saturating_sub(1))
    }

    /// Quantile at p, clamped to [0, 1].
    #[inline]
    pub fn quantile(&self, p: f64) -> f64 {
        let last = self.values.len().saturating_sub(1);
        let h = p.clamp(0.0, 1.0) * last as f64;
        let (i, t) = (h as usize, h - (h as usize) as f64);
        let low = self.at(i.min(last));
        low + t * (self.at((i + 1).min(last)) - low)
    }

    /// Distribution function at x.
    pub fn cdf(&self, x: f64) -> f64 {
        let above = self.values.partition_point(|v| *v <= x);
        if above == 0 {
            return 0.0;
        }
        if above >= self.values.len() {
            return 1.0;
        }
        let (a, b) = (self.at(above - 1), self.at(above));
        let (pa, pb) = (self.point(above - 1), self.point(above));
        pa + (pb - pa) * (x - a) / (b - a)
    }

    /// Mean of the distribution.
    pub fn mean(&self) -> f64 {
        if self.values.len() < 2 {
            return self.low();
        }
        let piece = |i: usize| {
            let weight = self.point(i) - self.point(i - 1);
            weight * 0.5 * (self.at(i - 1) + self.at(i))
        };
        (1..self.values.len()).map(piece).sum()
    }

    /// The distribution of `factor` times the quantity.
    pub(crate) fn scaled(&self, factor: f64) -> Self {
        Self {
            values: self.values.iter().map(|v| v * factor).collect(),
        }
    }
}
