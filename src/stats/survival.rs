//! How long things last, from observations of which some are only lower bounds.

use super::estimate::{Estimate, normal_factor};
use super::tallied::{Tallied, TallyError, checked};
use crate::dist::Distribution;
use crate::dist::gamma_fn::gamma_quantile;

/// Kaplan and Meier's estimate of the survival function.
///
/// At each time of an end, `S` falls by the share `d / n` of those at risk: of those who lasted at least so long. Where an end and a
/// censoring have the same time, the end comes first. Source: E. L. Kaplan and P. Meier (1958), Nonparametric estimation from
/// incomplete observations.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier {
    steps: Vec<SurvivalStep>,
    /// Every observation, for the time at risk.
    tallied: Vec<Tallied>,
    observations: u64,
}

/// One time at which the estimate falls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SurvivalStep {
    /// The time.
    pub time: f64,
    /// How many lasted at least so long.
    pub at_risk: u64,
    /// How many ended here.
    pub events: u64,
    /// The survival function from here to the next step.
    pub survival: f64,
    /// Greenwood's sum `Σ d / (n (n - d))` up to here; infinite once all have ended.
    pub greenwood: f64,
}

/// Ends for each unit of time at risk, within a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hazard {
    /// Begin of the stretch, excluded.
    pub from: f64,
    /// End of the stretch, included.
    pub to: f64,
    /// How many ended within.
    pub events: u64,
    /// The sum of what all spent at risk within.
    pub exposure: f64,
    /// Ends over time at risk.
    pub rate: f64,
    /// Exact confidence interval of the rate, as of a Poisson count.
    pub interval: (f64, f64),
}

/// What continues the survival function where the observations tell no more: an assumption, not an estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct Tail {
    /// From here on the law speaks.
    pub from: f64,
    /// Share of all who last longer than that.
    pub share: f64,
    /// The law, given that it exceeds `from`.
    pub law: Distribution,
}

/// A quantile, and whether it was observed or extrapolated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TailedQuantile {
    /// The value.
    pub value: f64,
    /// True beyond the begin of the tail.
    pub extrapolated: bool,
}

impl KaplanMeier {
    /// The estimate from durations in rising order.
    ///
    /// # Errors
    /// Durations that are negative, not finite or not in rising order; no observation.
    pub fn new(tallied: &[Tallied]) -> Result<Self, TallyError> {
        checked(tallied)?;
        let observations = tallied.iter().map(Tallied::count).sum();
        let (mut at_risk, mut survival, mut greenwood) = (observations, 1.0, 0.0);
        let mut steps = Vec::new();
        for t in tallied {
            if t.exact > 0 {
                let (n, d) = (at_risk as f64, t.exact as f64);
                survival *= (n - d) / n;
                greenwood += d / (n * (n - d));
                steps.push(SurvivalStep {
                    time: t.value,
                    at_risk,
                    events: t.exact,
                    survival,
                    greenwood,
                });
            }
            at_risk -= t.count();
        }
        Ok(Self {
            steps,
            tallied: tallied.to_vec(),
            observations,
        })
    }

    /// The times at which the estimate falls.
    pub fn steps(&self) -> &[SurvivalStep] {
        &self.steps
    }

    /// How many were observed, to their end or not.
    pub fn observations(&self) -> u64 {
        self.observations
    }

    /// How many were observed to their end.
    pub fn events(&self) -> u64 {
        self.steps.iter().map(|s| s.events).sum()
    }

    fn step(&self, time: f64) -> Option<&SurvivalStep> {
        let after = self.steps.partition_point(|s| s.time <= time);
        self.steps.get(after.checked_sub(1)?)
    }

    /// Share of those who last longer than `time`. Beyond the last end it stays where it is.
    pub fn survival(&self, time: f64) -> f64 {
        self.step(time).map_or(1.0, |s| s.survival)
    }

    /// Greenwood's variance of [`KaplanMeier::survival`]: `S² Σ d / (n (n - d))`; NaN once all have ended.
    pub fn variance(&self, time: f64) -> f64 {
        let square = |s: &SurvivalStep| s.survival * s.survival * s.greenwood;
        self.step(time).map_or(0.0, square)
    }

    /// Confidence interval of [`KaplanMeier::survival`] on the scale `ln(-ln S)`, within 0 and 1.
    ///
    /// `exp(-exp(ln(-ln S) ± z sqrt(Σ d / (n (n - d))) / ln S))`. `None` once all have ended, and for a level outside (0, 1).
    /// Source: J. D. Kalbfleisch and R. L. Prentice (1980), The statistical analysis of failure time data.
    pub fn interval(&self, time: f64, level: f64) -> Option<(f64, f64)> {
        let z = normal_factor(level)?;
        match self.step(time) {
            None => Some((1.0, 1.0)),
            Some(step) => step.interval(z),
        }
    }

    /// The smallest time at which the survival function is at most `1 - p`: half have ended at the median, p = 0.5.
    ///
    /// `None` where the observations do not reach so far.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let rest = remaining(p)?;
        let there = |s: &&SurvivalStep| s.survival <= rest;
        self.steps.iter().find(there).map(|s| s.time)
    }

    /// Confidence interval of [`KaplanMeier::quantile`]: the times at which the ends of the interval of the survival function cross
    /// `1 - p` (Brookmeyer and Crowley 1982). An end that the observations do not reach is `None`.
    pub fn quantile_interval(&self, p: f64, level: f64) -> (Option<f64>, Option<f64>) {
        let Some((z, rest)) = normal_factor(level).zip(remaining(p)) else {
            return (None, None);
        };
        let first = |end: fn((f64, f64)) -> f64| {
            let there = |s: &&SurvivalStep| s.interval(z).is_none_or(|i| end(i) <= rest);
            self.steps.iter().find(there).map(|s| s.time)
        };
        (first(|i| i.0), first(|i| i.1))
    }

    /// Mean of the duration, counting what lasts longer as `until`: the area under the survival function up to there.
    ///
    /// The variance is `Σ A_i² d_i / (n_i (n_i - d_i))` with `A_i` the area from the time of the step on. `None` if `until` is
    /// negative, or beyond the last observation while some had not ended.
    pub fn restricted_mean(&self, until: f64) -> Option<Estimate> {
        let last = self.tallied.iter().rfind(|t| t.count() > 0)?.value;
        let ended = self.steps.last().is_some_and(|s| s.survival == 0.0);
        if !(until >= 0.0 && until.is_finite() && (until <= last || ended)) {
            return None;
        }
        let within = self.steps.partition_point(|s| s.time <= until);
        let (mut area, mut variance, mut to) = (0.0, 0.0, until);
        for step in self.steps.iter().take(within).rev() {
            area += step.survival * (to - step.time);
            to = step.time;
            let (n, d) = (step.at_risk as f64, step.events as f64);
            if area > 0.0 {
                variance += area * area * d / (n * (n - d));
            }
        }
        Some(Estimate {
            value: area + to,
            standard_error: variance.sqrt(),
        })
    }

    /// Ends for each unit of time at risk between neighbouring `bounds`, with exact intervals (F. Garwood 1936).
    ///
    /// Stretches without anybody at risk are left out; bounds that do not rise give none.
    pub fn hazards(&self, bounds: &[f64], level: f64) -> Vec<Hazard> {
        let mut out = Vec::new();
        if !(level > 0.0 && level < 1.0) {
            return out;
        }
        for pair in bounds.windows(2) {
            let &[from, to] = pair else { continue };
            let (mut events, mut exposure) = (0, 0.0);
            for t in &self.tallied {
                exposure += (t.value.min(to) - from).max(0.0) * t.count() as f64;
                if t.value > from && t.value <= to {
                    events += t.exact;
                }
            }
            if exposure > 0.0 {
                let (tail, d) = (0.5 - 0.5 * level, events as f64);
                let low = match events {
                    0 => 0.0,
                    _ => gamma_quantile(d, tail, false),
                };
                let high = gamma_quantile(d + 1.0, tail, true);
                out.push(Hazard {
                    from,
                    to,
                    events,
                    exposure,
                    rate: d / exposure,
                    interval: (low / exposure, high / exposure),
                });
            }
        }
        out
    }

    /// Continues the estimate by `law` after the last end that at least `at_risk` (1 or more) had reached.
    ///
    /// `None` where nothing is left to continue: the estimate is 0 there; or where the law has no tail beyond that time.
    pub fn tail(&self, at_risk: u64, law: &Distribution) -> Option<Tail> {
        let step = self.steps.iter().rfind(|s| s.at_risk >= at_risk);
        let (from, share) = step.map_or((0.0, 1.0), |s| (s.time, s.survival));
        let continues = share > 0.0 && law.survival(from) > 0.0;
        continues.then(|| Tail {
            from,
            share,
            law: law.clone(),
        })
    }

    /// [`KaplanMeier::quantile`] with a tail; `None` for p outside (0, 1).
    pub fn tailed_quantile(&self, p: f64, tail: &Tail) -> Option<TailedQuantile> {
        let rest = remaining(p)?;
        if rest >= tail.share {
            let observed = |value| TailedQuantile {
                value,
                extrapolated: false,
            };
            return self.quantile(p).map(observed);
        }
        Some(TailedQuantile {
            value: tail.quantile(rest),
            extrapolated: true,
        })
    }
}

impl SurvivalStep {
    fn interval(&self, z: f64) -> Option<(f64, f64)> {
        if self.survival <= 0.0 {
            return None;
        }
        let log = libm::log(self.survival);
        let around = |sign: f64| {
            let moved = libm::exp(sign * z * self.greenwood.sqrt() / -log);
            libm::exp(log * moved)
        };
        Some((around(1.0), around(-1.0)))
    }
}

impl Tail {
    /// Share of all who last longer than `time`, which is at least `from`.
    pub fn survival(&self, time: f64) -> f64 {
        self.share * self.law.survival(time) / self.law.survival(self.from)
    }

    /// The time that the share `rest` of all exceeds.
    fn quantile(&self, rest: f64) -> f64 {
        let upper = rest / self.share * self.law.survival(self.from);
        let value = match upper <= 0.5 {
            true => self.law.tail_quantile(upper, true),
            false => self.law.quantile(1.0 - upper),
        };
        value.max(self.from)
    }
}

/// `1 - p` for p in (0, 1).
fn remaining(p: f64) -> Option<f64> {
    // A half that went through a product of shares.
    (p > 0.0 && p < 1.0).then_some((1.0 - p) * (1.0 + 1e-12))
}
