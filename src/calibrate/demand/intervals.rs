//! How busy intervals are, given the day.

use super::copula::{Of, score_correlation};
use super::counts::Day;
use super::profile::Profile;
use crate::dist::special::normal_quantile;
use crate::stats::Ranged;

/// Factors of the intervals of a day, of mean 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntervalBusyness {
    /// Coefficient of variation: `interval_busyness_cv` of a scenario.
    pub cv: Ranged,
    /// Correlation of neighbouring intervals' normal scores: `interval_busyness_correlation`.
    pub correlation: Ranged,
    /// What intervals say by themselves, where the days' totals contradict it: so strong a correlation would make days differ, each
    /// from its neighbours, more than they do. Coefficient of variation and correlation are then those that fit both: the spread
    /// within the day, and the days.
    pub contradicted: Option<(Ranged, Ranged)>,
    /// Correlation of neighbouring intervals' factors.
    of_factors: f64,
    /// Variance of residuals from the day's total.
    spread: f64,
    /// Standard errors of the squared coefficient of variation, and of Fisher's transform of the correlation.
    errors: (f64, f64),
}

impl IntervalBusyness {
    /// Variance of the logarithm of a day's total that intervals cause.
    pub(super) fn of_day(&self, profile: &Profile) -> f64 {
        let shares: Vec<f64> = profile.all.iter().map(|s| s.value).collect();
        self.cv.value * self.cv.value * share_of_day(&shares, self.of_factors)
    }

    /// Coefficient of variation and correlation of scores, drawn around the estimates by two standard normal numbers.
    pub(super) fn drawn(&self, scores: [f64; 2]) -> (f64, f64) {
        if self.cv.value <= 0.0 {
            return (0.0, 0.0);
        }
        let square = self.cv.value * self.cv.value + self.errors.0 * scores[0];
        let cv = square.max(0.0).sqrt();
        // Which the days hold down, it is not drawn: its errors are those of the days.
        let error = if self.contradicted.is_some() {
            0.0
        } else {
            self.errors.1
        };
        let correlation = libm::tanh(libm::atanh(self.of_factors) + error * scores[1]);
        (cv, score_correlation(Of::Factor, cv, correlation))
    }

    /// With the correlation, from 0 to what intervals say, at which they give a day's total this variance.
    pub(super) fn limited(&self, profile: &Profile, of_day: f64) -> Self {
        let shares: Vec<f64> = profile.all.iter().map(|s| s.value).collect();
        let square = |r: f64| self.spread / expected(&shares, r).0;
        let (mut low, mut high) = (0.0, self.of_factors.max(0.0));
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            match square(middle) * share_of_day(&shares, middle) < of_day {
                true => low = middle,
                false => high = middle,
            }
        }
        // Bisection leaves 0 only for something above it.
        let cv = square(low).sqrt();
        let correlation = match low > 0.0 {
            true => score_correlation(Of::Factor, cv, low),
            false => 0.0,
        };
        let by = cv / self.cv.value;
        let (low_end, high_end) = (self.correlation.low, self.correlation.high);
        Self {
            cv: Ranged::new(cv, by * self.cv.low, by * self.cv.high),
            // Of what the days allow there is no interval of its own: from there to what intervals say.
            correlation: Ranged::new(correlation, correlation.min(low_end), high_end),
            contradicted: Some((self.cv, self.correlation)),
            of_factors: low,
            spread: self.spread,
            errors: (by * by * self.errors.0, self.errors.1),
        }
    }
}

/// Sums over some days: the variance and neighbours' covariance of residuals, freed of Poisson noise, and the contacts.
#[derive(Clone, Copy, Default)]
struct Sums {
    square: f64,
    product: f64,
    contacts: f64,
}

impl Sums {
    fn without(self, other: Self) -> Self {
        Self {
            square: self.square - other.square,
            product: self.product - other.product,
            contacts: self.contacts - other.contacts,
        }
    }
}

/// What the sums are for each contact, by the correlation, if the squared coefficient of variation were 1.
///
/// A residual is that from the day's total times the share, so that the mean of all factors, weighed by the shares, is taken off.
fn expected(shares: &[f64], correlation: f64) -> (f64, f64) {
    let power: Vec<f64> = (0..shares.len())
        .map(|k| libm::pow(correlation, k as f64))
        .collect();
    let with_all = |i: usize| -> f64 {
        let each = shares.iter().enumerate();
        each.map(|(j, p)| p * power[i.abs_diff(j)]).sum()
    };
    let with_all: Vec<f64> = (0..shares.len()).map(with_all).collect();
    let all: f64 = shares.iter().zip(&with_all).map(|(p, a)| p * a).sum();
    let square = |i: usize| shares[i] * (1.0 - 2.0 * with_all[i] + all);
    let product = |i: usize| {
        let together = correlation - with_all[i] - with_all[i + 1] + all;
        (shares[i] * shares[i + 1]).sqrt() * together
    };
    let last = shares.len().saturating_sub(1);
    (
        (0..shares.len()).map(square).sum(),
        (0..last).map(product).sum(),
    )
}

/// Variance of a day's total that comes from its intervals, over its squared mean, for a coefficient of variation of 1.
fn share_of_day(shares: &[f64], correlation: f64) -> f64 {
    let mut sum = 0.0;
    for (i, p) in shares.iter().enumerate() {
        let each = shares.iter().enumerate();
        let with: f64 = each
            .map(|(j, q)| q * libm::pow(correlation, i.abs_diff(j) as f64))
            .sum();
        sum += p * with;
    }
    sum
}

/// Squared coefficient of variation and correlation of the factors from sums.
fn solve(sums: Sums, shares: &[f64]) -> (f64, f64) {
    let ratio = sums.product / sums.square;
    let (mut low, mut high) = (-0.99, 0.99);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        let (square, product) = expected(shares, middle);
        // All factors alike leave nothing beside their mean.
        match product < ratio * square {
            true => low = middle,
            false => high = middle,
        }
    }
    let correlation = 0.5 * (low + high);
    let square = expected(shares, correlation).0;
    (sums.square / (sums.contacts * square), correlation)
}

/// Relative variance of each interval given the day's total, beyond that of a Poisson count; 0 where there is none to be seen.
pub(super) fn spreads(days: &[Day<'_>], profile: &Profile) -> Vec<f64> {
    let n = days.len() as f64;
    let degrees = n / (n - profiles(profile)).max(1.0);
    let spread = |i: usize| {
        let (mut beyond, mut expected) = (0.0, 0.0);
        for d in days {
            let p = profile.of(d.weekday)[i].value;
            let residual = f64::from(d.counts[i]) - d.total * p;
            beyond += degrees * residual * residual - d.total * p * (1.0 - p);
            expected += d.total * p * d.total * p;
        }
        (beyond / expected).max(0.0)
    };
    let each = (0..profile.all.len()).map(spread);
    each.map(|v| if v.is_finite() { v } else { 0.0 }).collect()
}

/// How many profiles were estimated.
fn profiles(profile: &Profile) -> f64 {
    let own = profile.by_weekday.as_ref();
    own.map_or(1.0, |own| own.iter().flatten().count() as f64)
}

/// Moments of the intervals' residuals given the day's total; standard errors by leaving out blocks of days.
///
/// `None` with fewer than three open intervals.
pub(super) fn intervals(
    days: &[Day<'_>],
    profile: &Profile,
    level: f64,
) -> Option<IntervalBusyness> {
    let pooled: Vec<f64> = profile.all.iter().map(|s| s.value).collect();
    if pooled.iter().filter(|p| **p > 0.0).count() < 3 {
        return None;
    }
    let n = days.len() as f64;
    let degrees = n / (n - profiles(profile)).max(1.0);
    let of_day = |d: &Day<'_>| {
        let shares = profile.of(d.weekday);
        let residual = |i: usize| f64::from(d.counts[i]) - d.total * shares[i].value;
        let mut sums = Sums {
            contacts: d.total,
            ..Sums::default()
        };
        for i in 0..shares.len() {
            let p = shares[i].value;
            if p <= 0.0 {
                continue;
            }
            let own = residual(i);
            sums.square += degrees * own * own / (d.total * p) - (1.0 - p);
            let next = shares.get(i + 1).map_or(0.0, |s| s.value);
            if next > 0.0 {
                let root = (p * next).sqrt();
                sums.product += degrees * own * residual(i + 1) / (d.total * root) + root;
            }
        }
        sums
    };
    let each: Vec<Sums> = days.iter().map(of_day).collect();
    let add = |a: Sums, b: &Sums| Sums {
        square: a.square + b.square,
        product: a.product + b.product,
        contacts: a.contacts + b.contacts,
    };
    let total = each.iter().fold(Sums::default(), add);
    let z = -normal_quantile(0.5 - 0.5 * level);
    let blocks = each.len().div_ceil(each.len().div_ceil(40));
    let block = |b: usize| {
        let from = b * each.len() / blocks;
        let to = (b + 1) * each.len() / blocks;
        each[from..to].iter().fold(Sums::default(), add)
    };
    let b = blocks as f64;
    if total.square <= 0.0 {
        // Not more than Poisson noise: an upper bound as if intervals were independent.
        let alone = expected(&pooled, 0.0).0 * total.contacts;
        let mean = total.square / b;
        let squares = (0..blocks).map(|i| (block(i).square - mean) * (block(i).square - mean));
        let error = (squares.sum::<f64>() * b / (b - 1.0)).sqrt();
        let high = ((total.square + z * error).max(0.0) / alone).sqrt();
        return Some(IntervalBusyness {
            cv: Ranged::new(0.0, 0.0, high),
            correlation: Ranged::new(0.0, -1.0, 1.0),
            contradicted: None,
            of_factors: 0.0,
            spread: 0.0,
            errors: (0.0, 0.0),
        });
    }
    let (variance, correlation) = solve(total, &pooled);
    let fisher = |r: f64| 0.5 * (libm::log1p(r) - libm::log1p(-r));
    let left: Vec<(f64, f64)> = (0..blocks)
        .map(|i| solve(total.without(block(i)), &pooled))
        .map(|(v, r)| (v, fisher(r)))
        .collect();
    let error = |of: fn(&(f64, f64)) -> f64| {
        let mean = left.iter().map(of).sum::<f64>() / b;
        let squares = left.iter().map(|l| (of(l) - mean) * (of(l) - mean));
        (squares.sum::<f64>() * (b - 1.0) / b).sqrt()
    };
    let half = z * error(|l| l.0);
    let root = |v: f64| v.max(0.0).sqrt();
    let cv = Ranged::new(root(variance), root(variance - half), root(variance + half));
    let half = z * error(|l| l.1);
    let end = |sign: f64| libm::tanh(fisher(correlation) + sign * half);
    let scores = |r: f64| score_correlation(Of::Factor, cv.value, r);
    Some(IntervalBusyness {
        cv,
        correlation: Ranged::new(scores(correlation), scores(end(-1.0)), scores(end(1.0))),
        contradicted: None,
        of_factors: correlation,
        spread: total.square / total.contacts,
        errors: (error(|l| l.0), error(|l| l.1)),
    })
}
