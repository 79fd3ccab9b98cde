//! Running statistics of observations, and of a quantity over time.

/// Count, mean, variance, smallest and largest of a stream of observations, in the observations' unit.
///
/// Source: B. P. Welford (1962); merging by Chan, Golub and LeVeque (1979).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tally {
    count: u64,
    mean: f64,
    /// Sum of squared deviations from the mean.
    squares: f64,
    min: f64,
    max: f64,
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

impl Tally {
    /// A tally of nothing.
    pub const fn new() -> Self {
        Self {
            count: 0,
            mean: 0.0,
            squares: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }

    /// A tally of a list.
    pub fn of(values: &[f64]) -> Self {
        let mut t = Self::new();
        for v in values {
            t.record(*v);
        }
        t
    }

    /// Adds one observation. A NaN makes mean and variance NaN.
    #[inline]
    pub fn record(&mut self, x: f64) {
        self.count += 1;
        let d = x - self.mean;
        self.mean += d / self.count as f64;
        self.squares += d * (x - self.mean);
        self.min = self.min.min(x);
        self.max = self.max.max(x);
    }

    /// Adds all the observations of another tally.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = *other;
            return;
        }
        let (a, b) = (self.count as f64, other.count as f64);
        let d = other.mean - self.mean;
        self.count += other.count;
        self.mean += d * b / (a + b);
        self.squares += other.squares + d * d * a * b / (a + b);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Number of observations.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Sum of the observations, `count x mean`.
    pub fn sum(&self) -> f64 {
        self.count as f64 * self.mean
    }

    /// Mean; `None` without observations.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// Sample variance, with divisor `count - 1`; `None` with fewer than two observations.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }

    /// Sample standard deviation; `None` with fewer than two observations.
    pub fn sd(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// Smallest observation; `None` without observations.
    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.min)
    }

    /// Largest observation; `None` without observations.
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }
}

/// Average over time of a quantity that changes by steps (a queue length, agents on duty).
///
/// Times are in any one unit and must not decrease: a step back in time counts as none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeAverage {
    start: f64,
    last: f64,
    value: f64,
    area: f64,
    max: f64,
}

impl TimeAverage {
    /// Starts at time `start` with the quantity at `value`.
    pub const fn new(start: f64, value: f64) -> Self {
        Self {
            start,
            last: start,
            value,
            area: 0.0,
            max: value,
        }
    }

    #[inline]
    fn advance(&mut self, now: f64) {
        if now > self.last {
            self.area += self.value * (now - self.last);
            self.last = now;
        }
    }

    /// The quantity becomes `value` at time `now`.
    #[inline]
    pub fn set(&mut self, now: f64, value: f64) {
        self.advance(now);
        self.value = value;
        self.max = self.max.max(value);
    }

    /// The quantity changes by `delta` at time `now`.
    #[inline]
    pub fn add(&mut self, now: f64, delta: f64) {
        self.set(now, self.value + delta);
    }

    /// Forgets everything before `now` (the end of the warm-up); the quantity stays as it is.
    pub fn reset(&mut self, now: f64) {
        let at = now.max(self.last);
        *self = Self::new(at, self.value);
    }

    /// Current value of the quantity.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Largest value since the start.
    pub fn max(&self) -> f64 {
        self.max
    }

    /// Integral of the quantity over time from the start to `now`, in quantity x time.
    pub fn integral(&self, now: f64) -> f64 {
        self.area + self.value * (now - self.last).max(0.0)
    }

    /// Average from the start to `now` (or to the latest change, if later); `None` when no time has passed.
    pub fn average(&self, now: f64) -> Option<f64> {
        let elapsed = now.max(self.last) - self.start;
        (elapsed > 0.0).then(|| self.integral(now) / elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tally_and_merge() {
        let values: Vec<f64> = (0..1000).map(|i| 1e9 + f64::from(i * i % 97)).collect();
        let whole = Tally::of(&values);
        let mut parts = Tally::of(&values[..313]);
        parts.merge(&Tally::new());
        parts.merge(&Tally::of(&values[313..]));
        assert_eq!(
            (whole.count(), whole.min(), whole.max()),
            (parts.count(), parts.min(), parts.max())
        );
        let mean = values.iter().map(|v| v - 1e9).sum::<f64>() / 1000.0;
        let var = values
            .iter()
            .map(|v| (v - 1e9 - mean) * (v - 1e9 - mean))
            .sum::<f64>()
            / 999.0;
        for t in [whole, parts] {
            assert!((t.mean().unwrap() - 1e9 - mean).abs() < 1e-5);
            assert!((t.variance().unwrap() / var - 1.0).abs() < 1e-6);
        }
        let none = Tally::new();
        assert_eq!(
            (none.mean(), none.variance(), none.min(), none.max()),
            (None, None, None, None)
        );
        assert_eq!(Tally::of(&[3.0]).variance(), None);
        let mut into_empty = Tally::new();
        into_empty.merge(&whole);
        assert_eq!(into_empty, whole);
    }

    #[test]
    fn average_over_time() {
        let mut q = TimeAverage::new(10.0, 2.0);
        assert_eq!(q.average(10.0), None);
        q.add(12.0, 3.0);
        q.set(11.0, 1.0); // a step back in time: no area
        assert_eq!(q.integral(16.0), 4.0 + 4.0);
        assert_eq!(q.average(16.0), Some(8.0 / 6.0));
        assert_eq!((q.max(), q.value()), (5.0, 1.0));
        q.reset(16.0);
        assert_eq!(q.average(20.0), Some(1.0));
    }
}
