//! Estimates from replications, and how they are judged.

use std::ops::{Add, Div, Mul, Sub};

/// A figure of each replication; NaN where it is undefined.
#[derive(Clone, Debug)]
pub(crate) struct Series(pub(crate) Vec<f64>);

/// An estimate with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    /// The value.
    pub(crate) value: f64,
    /// Standard error.
    pub(crate) se: f64,
}

impl Series {
    /// Replications in which the figure is defined.
    fn defined(&self) -> Vec<f64> {
        self.0.iter().copied().filter(|x| !x.is_nan()).collect()
    }

    /// The mean over replications.
    pub(crate) fn mean(&self) -> Estimate {
        let x = self.defined();
        let (mean, sd) = moments(&x);
        Estimate {
            value: mean,
            se: sd / (x.len() as f64).sqrt(),
        }
    }

    /// The mean of this over the mean of another: unbiased for a ratio of expectations where replications are short.
    pub(crate) fn over_mean_of(&self, other: &Series) -> Estimate {
        let ratio = self.mean().value / other.mean().value;
        let rest = self.clone() - other.clone() * ratio;
        Estimate {
            value: ratio,
            se: (rest.mean().se / other.mean().value).abs(),
        }
    }

    /// The variance over replications; its error from the fourth moment.
    pub(crate) fn variance(&self) -> Estimate {
        let x = self.defined();
        let (mean, sd) = moments(&x);
        let squares: Vec<f64> = x.iter().map(|x| (x - mean) * (x - mean)).collect();
        Estimate {
            value: sd * sd,
            se: moments(&squares).1 / (x.len() as f64).sqrt(),
        }
    }

    /// The share of replications in which this holds.
    pub(crate) fn share(&self, holds: impl Fn(f64) -> bool) -> Estimate {
        Series(
            self.0
                .iter()
                .map(|x| f64::from(u8::from(holds(*x))))
                .collect(),
        )
        .mean()
    }

    fn with(self, other: &Series, f: impl Fn(f64, f64) -> f64) -> Series {
        Series(
            self.0
                .into_iter()
                .zip(&other.0)
                .map(|(a, b)| f(a, *b))
                .collect(),
        )
    }
}

/// Mean and standard deviation.
fn moments(x: &[f64]) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let squares: f64 = x.iter().map(|x| (x - mean) * (x - mean)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

macro_rules! arithmetic {
    ($($of:ident $name:ident $op:tt;)*) => {$(
        impl $of for Series {
            type Output = Series;
            fn $name(self, other: Series) -> Series {
                self.with(&other, |a, b| a $op b)
            }
        }
        impl $of<f64> for Series {
            type Output = Series;
            fn $name(self, other: f64) -> Series {
                Series(self.0.into_iter().map(|a| a $op other).collect())
            }
        }
    )*};
}

arithmetic! { Add add +; Sub sub -; Mul mul *; Div div /; }

impl Estimate {
    /// The estimate in another unit.
    pub(crate) fn times(self, factor: f64) -> Self {
        Self {
            value: self.value * factor,
            se: self.se * factor.abs(),
        }
    }
}

/// What a number should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Want {
    /// This, exactly.
    Exact(f64),
    /// A printed estimate: somewhere in its confidence interval.
    Within(f64, f64),
    /// The mean of a simulation written apart, with its standard error.
    Simulated(f64, f64),
}

impl Want {
    /// The value that the precision is measured against.
    pub(crate) fn size(self) -> f64 {
        match self {
            Want::Exact(x) | Want::Simulated(x, _) => x.abs(),
            Want::Within(a, b) => ((a + b) / 2.0).abs(),
        }
    }

    fn distance(self, x: f64) -> f64 {
        match self {
            Want::Exact(want) | Want::Simulated(want, _) => (x - want).abs(),
            Want::Within(low, high) => (low - x).max(x - high).max(0.0),
        }
    }

    /// How many standard errors an estimate is off. Without any spread nothing but the value itself will do.
    pub(crate) fn z(self, e: Estimate) -> f64 {
        let off = self.distance(e.value);
        let se = match self {
            Want::Simulated(_, own) => e.se.hypot(own),
            Want::Exact(_) | Want::Within(..) => e.se,
        };
        // Results are written with ten digits, times are whole microseconds.
        if !off.is_finite() {
            f64::INFINITY
        } else if off <= 1e-6 * self.size() || off == 0.0 {
            0.0
        } else {
            off / se
        }
    }
}

/// Standard errors that an estimate may be off.
pub(crate) const MOST_Z: f64 = 4.0;
