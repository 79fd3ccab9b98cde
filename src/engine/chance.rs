//! Probabilities that a case's difficulty moves, and the outcomes of the assistant.

use crate::dist::Sampler;
use crate::model::AiOutcome;
use crate::random::{Key, purpose, threshold};

/// A probability that difficulty may move, on average over difficulty as given.
#[derive(Clone, Copy, Debug)]
pub(super) enum Chance {
    /// Certain, or impossible.
    Sure(bool),
    /// The same for everybody: bits below the threshold.
    Fixed(u64),
    /// logit p = intercept - slope z.
    Logistic { intercept: f64, slope: f64 },
}

/// Tables common to all topics.
#[derive(Clone)]
pub(super) struct Common {
    /// Standard normal quantile.
    pub(super) normal: Sampler,
    /// Logistic quantile: logit(u).
    pub(super) logit: Sampler,
}

impl Chance {
    pub(super) fn new(p: f64, slope: f64) -> Self {
        if p <= 0.0 || p >= 1.0 {
            return Chance::Sure(p > 0.0);
        }
        if slope == 0.0 {
            return Chance::Fixed(threshold(p));
        }
        Chance::Logistic {
            intercept: intercept(p, slope),
            slope,
        }
    }

    /// Whether it comes true for the contact of `case`, with the bits of this purpose.
    #[inline(always)]
    pub(super) fn happens(self, key: Key, purpose: u64, case: Key, common: &Common) -> bool {
        match self {
            Chance::Sure(sure) => sure,
            Chance::Fixed(t) => key.bits(purpose) < t,
            // p = logistic(intercept - slope z) exceeds u exactly when intercept - slope z exceeds logit(u).
            Chance::Logistic { intercept, slope } => {
                common.logit.sample(key.bits(purpose)) + slope * common.difficulty(case) < intercept
            }
        }
    }
}

impl Common {
    pub(super) fn new() -> Self {
        let z = |p: f64, upper: bool| {
            if upper {
                -crate::dist::special::normal_quantile(p)
            } else {
                crate::dist::special::normal_quantile(p)
            }
        };
        let logit = |p: f64, upper: bool| {
            let l = libm::log(p) - libm::log1p(-p);
            if upper { -l } else { l }
        };
        Self {
            normal: Sampler::from_quantile(z),
            logit: Sampler::from_quantile(logit),
        }
    }

    /// The latent difficulty z of a case.
    #[inline]
    pub(super) fn difficulty(&self, case: Key) -> f64 {
        self.normal.sample(case.bits(purpose::DIFFICULTY))
    }
}

/// The b for which the mean of logistic(b - a Z) over a standard normal Z is p: bisection on a fine trapezoid.
fn intercept(p: f64, a: f64) -> f64 {
    let mean = |b: f64| {
        let (mut sum, mut weight) = (0.0, 0.0);
        for i in -160..=160 {
            let z = f64::from(i) * 0.05;
            let w = libm::exp(-0.5 * z * z);
            sum += w / (1.0 + libm::exp(a * z - b));
            weight += w;
        }
        sum / weight
    };
    let (mut low, mut high) = (-800.0, 800.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle == low || middle == high {
            break;
        }
        if mean(middle) < p {
            low = middle
        } else {
            high = middle
        }
    }
    0.5 * (low + high)
}

/// What one attempt of the assistant leads to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcomes {
    resolve: Chance,
    /// Cumulative thresholds of misresolve, hand-off and asking, given that it does not resolve; the rest gives up.
    rest: [u64; 3],
}

impl Outcomes {
    pub(super) fn new(p: [f64; AiOutcome::COUNT], slope: f64) -> Self {
        let left = p[1..].iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let mut sum = 0.0;
        let mut rest = [0; 3];
        for (t, q) in rest.iter_mut().zip(&p[1..4]) {
            sum += q;
            // An outcome that takes all that is left must not lose the last bit to rounding.
            *t = if sum >= left * (1.0 - 1e-12) {
                u64::MAX
            } else {
                threshold(sum / left)
            };
        }
        Self {
            resolve: Chance::new(p[0], slope),
            rest,
        }
    }

    /// Draws one, from one word for resolution and one for the rest.
    #[inline(always)]
    pub(super) fn draw(&self, key: Key, attempt: u64, case: Key, common: &Common) -> AiOutcome {
        if self
            .resolve
            .happens(key, purpose::AI_OUTCOME + attempt, case, common)
        {
            return AiOutcome::Resolve;
        }
        let bits = key.bits(purpose::AI_REST + attempt);
        let n = self
            .rest
            .iter()
            .filter(|&&t| bits >= t && t != u64::MAX)
            .count();
        [
            AiOutcome::Misresolve,
            AiOutcome::HandOff,
            AiOutcome::AskHuman,
            AiOutcome::GiveUp,
        ][n]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intercept_keeps_the_mean() {
        // With slope 0 the intercept is the plain logit.
        assert!((intercept(0.52, 0.0) - libm::log(0.52 / 0.48)).abs() < 1e-9);
        // Against a large stratified sample of z.
        for (p, a) in [(0.52, 1.0), (0.1, 2.5), (0.9, 0.3)] {
            let b = intercept(p, a);
            let n = 100_000;
            let mean: f64 = (0..n)
                .map(|i| {
                    let z =
                        crate::dist::special::normal_quantile((f64::from(i) + 0.5) / f64::from(n));
                    1.0 / (1.0 + libm::exp(a * z - b))
                })
                .sum::<f64>()
                / f64::from(n);
            assert!((mean - p).abs() < 1e-5, "{p} {a} {mean}");
        }
    }
}
