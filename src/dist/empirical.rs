//! A distribution given by observed values.

use super::DistError;
use super::bounds::{non_negative, within};
use std::sync::Arc;

/// A distribution function that runs linearly through sorted values.
///
/// With n equally weighted values `x[0] <= ... <= x[n-1]` the distribution function is `i/(n-1)` at `x[i]` and linear in
/// between, so that the quantile is `x` at the fractional index `(n-1) p` (Hyndman and Fan's type 7); the distribution lies
/// between the smallest and the largest value. With weights `w` the point of `x[i]` is `(c[i]-c[0]) / (c[n-1]-c[0])`, where
/// `c[i] = w[0] + ... + w[i-1] + w[i]/2`. Mean and variance are those of this distribution: the mean differs from the sample's by
/// `((x[0]+x[n-1])/2 - sample mean) / (n-1)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Empirical {
    values: Arc<[f64]>,
    /// Distribution function at each value; empty when equally spaced.
    points: Arc<[f64]>,
}

impl Empirical {
    /// From values in any order, each in [0, 1e15], at least one.
    pub fn new(mut values: Vec<f64>) -> Result<Self, DistError> {
        if values.is_empty() {
            return Err(DistError::Empty {
                parameter: "values",
            });
        }
        for v in &mut values {
            *v = non_negative("value", *v)?;
        }
        values.sort_by(f64::total_cmp);
        Ok(Self {
            values: values.into(),
            points: Arc::new([]),
        })
    }

    /// From values in any order with weights in [0, 1e15], not all 0. Values of weight 0 are dropped.
    pub fn weighted(values: Vec<f64>, weights: Vec<f64>) -> Result<Self, DistError> {
        if values.len() != weights.len() || values.is_empty() {
            return Err(DistError::Lengths {
                first: "values",
                first_found: values.len(),
                second: "weights",
                second_found: weights.len(),
            });
        }
        let mut pairs = Vec::with_capacity(values.len());
        for (v, w) in values.into_iter().zip(weights) {
            let v = non_negative("value", v)?;
            let w = within("weight", w, 0.0, 1e15, "a number from 0 to 1e15")?;
            if w > 0.0 {
                pairs.push((v, w));
            }
        }
        if pairs.is_empty() {
            return Err(DistError::OutOfRange {
                parameter: "sum of weights",
                found: 0.0,
                allowed: "a number above 0",
            });
        }
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut points = Vec::with_capacity(pairs.len());
        let mut sum = 0.0;
        for (_, w) in &pairs {
            points.push(sum + 0.5 * w);
            sum += w;
        }
        let first = points.first().copied().unwrap_or(0.0);
        let span = points.last().copied().unwrap_or(0.0) - first;
        if span > 0.0 {
            for p in &mut points {
                *p = (*p - first) / span;
            }
        } else {
            points.clear();
        }
        let values: Vec<f64> = pairs.iter().map(|(v, _)| *v).collect();
        Ok(Self {
            values: values.into(),
            points: points.into(),
        })
    }

    /// The values, sorted from the smallest.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    fn at(&self, i: usize) -> f64 {
        self.values.get(i).copied().unwrap_or(0.0)
    }

    fn point(&self, i: usize) -> f64 {
        match self.points.get(i) {
            Some(p) => *p,
            None => i as f64 / (self.values.len().max(2) - 1) as f64,
        }
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
        let (i, t) = if self.points.is_empty() {
            let h = p.clamp(0.0, 1.0) * last as f64;
            (h as usize, h - (h as usize) as f64)
        } else {
            let i = self.points.partition_point(|c| *c <= p).saturating_sub(1);
            let low = self.point(i);
            let step = self.point((i + 1).min(last)) - low;
            (
                i,
                if step > 0.0 {
                    ((p - low) / step).clamp(0.0, 1.0)
                } else {
                    0.0
                },
            )
        };
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

    /// Each linear piece as (probability, from, to).
    fn pieces(&self) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        (1..self.values.len()).map(|i| {
            (
                self.point(i) - self.point(i - 1),
                self.at(i - 1),
                self.at(i),
            )
        })
    }

    /// Mean of the distribution.
    pub fn mean(&self) -> f64 {
        if self.values.len() < 2 {
            return self.low();
        }
        self.pieces().map(|(w, a, b)| w * 0.5 * (a + b)).sum()
    }

    /// Variance of the distribution.
    pub fn variance(&self) -> f64 {
        let m = self.mean();
        self.pieces()
            .map(|(w, a, b)| {
                let (a, b) = (a - m, b - m);
                w * (a * a + a * b + b * b) / 3.0
            })
            .sum()
    }

    /// The distribution of `factor` times the quantity.
    pub(crate) fn scaled(&self, factor: f64) -> Self {
        Self {
            values: self.values.iter().map(|v| v * factor).collect(),
            points: Arc::clone(&self.points),
        }
    }
}
