//! Counts and factors by inversion: monotone in the draw and, with the draw fixed, in the rate.

use super::beta_fn::beta_pq;
use super::gamma_fn::{gamma_pq, gamma_quantile, gamma_term};
use super::sampler::tail_of;
use super::special::{deviance, normal_cdf, normal_quantile, stirling_error};

/// Standard normal quantile at p, or at 1 - p.
fn normal_deviate(p: f64, upper: bool) -> f64 {
    let z = normal_quantile(p);
    if upper { -z } else { z }
}

/// A discrete distribution on 0, 1, ..., as the search needs it.
trait Lattice {
    /// `(P(X <= k), P(X > k))`.
    fn tails(&self, k: f64) -> (f64, f64);
    /// `P(X = k)`.
    fn pmf(&self, k: f64) -> f64;
    /// `P(X = k+1) / P(X = k)`.
    fn ratio(&self, k: f64) -> f64;
    /// Largest value possible.
    fn last(&self) -> f64;
}

/// Smallest k with `P(X <= k) >= u`, from a first guess: the tail is evaluated there and summed from there on.
fn search(law: &impl Lattice, guess: f64, tail: f64, upper: bool) -> f64 {
    let last = law.last();
    // start on the outer side, so that the sum only ever adds terms to the tail
    let mut k = (guess.floor() + if upper { 2.0 } else { -2.0 }).clamp(0.0, last);
    let mut pmf = law.pmf(k);
    let (below, above) = law.tails(k);
    if upper {
        let mut s = above;
        while s > tail && k < last {
            pmf *= law.ratio(k);
            k += 1.0;
            s = if pmf < 0.5 * s {
                s - pmf
            } else {
                law.tails(k).1
            };
        }
        while k > 0.0 && s + pmf <= tail {
            s += pmf;
            k -= 1.0;
            pmf /= law.ratio(k);
        }
    } else {
        let mut f = below;
        while k > 0.0 && f - pmf >= tail {
            f = if pmf < 0.5 * f {
                f - pmf
            } else {
                law.tails(k - 1.0).0
            };
            k -= 1.0;
            pmf /= law.ratio(k);
        }
        while f < tail && k < last {
            pmf *= law.ratio(k);
            k += 1.0;
            f += pmf;
        }
    }
    k
}

/// Sums the probabilities from 0 upwards until they reach u; `None` where rounding could spoil the answer.
fn from_zero(law: &impl Lattice, tail: f64, upper: bool) -> Option<f64> {
    if upper && tail < 1e-6 {
        return None;
    }
    let (u, last) = (if upper { 1.0 - tail } else { tail }, law.last());
    let (mut k, mut pmf) = (0.0, law.pmf(0.0));
    let mut sum = pmf;
    while sum < u && k < last {
        pmf *= law.ratio(k);
        k += 1.0;
        sum += pmf;
    }
    Some(k)
}

struct Poisson {
    mean: f64,
}

impl Lattice for Poisson {
    fn tails(&self, k: f64) -> (f64, f64) {
        let (p, q) = gamma_pq(k + 1.0, self.mean);
        (q, p)
    }
    fn pmf(&self, k: f64) -> f64 {
        if k <= 0.0 {
            libm::exp(-self.mean)
        } else {
            gamma_term(k, self.mean)
        }
    }
    fn ratio(&self, k: f64) -> f64 {
        self.mean / (k + 1.0)
    }
    fn last(&self) -> f64 {
        f64::INFINITY
    }
}

/// Poisson count of the given mean at the draw `bits`: the smallest k with `P(N <= k) >= u`, `u = (bits + 1/2) / 2^64`.
///
/// Monotone in `bits` and in `mean`. A mean that is NaN or not above 0 gives 0; a mean above 1e15 counts as 1e15.
/// Below a mean of 16 by summing from 0; above, by an expansion of the quantile where that is clear of the nearest integer
/// by much more than its error, and else the distribution function (incomplete gamma) is evaluated at a Cornish-Fisher guess
/// and summed from there; the work does not grow with the mean beyond 200.
pub fn poisson_quantile(mean: f64, bits: u64) -> u64 {
    if mean.is_nan() || mean <= 0.0 {
        return 0;
    }
    let mean = mean.min(1e15);
    let law = Poisson { mean };
    let (tail, upper) = tail_of(bits);
    if mean < 16.0
        && let Some(k) = from_zero(&law, tail, upper)
    {
        return k as u64;
    }
    let z = normal_deviate(tail, upper);
    if z.abs() <= 3.0 && (16.0..=1e7).contains(&mean) {
        let x = poisson_expansion(mean, z);
        let (k, margin) = (x.floor(), POISSON_MARGIN / mean);
        if x - k > margin && k + 1.0 - x > margin {
            return k as u64;
        }
    }
    let guess = mean + mean.sqrt() * z + (z * z - 1.0) / 6.0;
    search(&law, guess, tail, upper) as u64
}

/// Over the mean: further than this the expansion is never from the quantile, for a mean from 16 and |z| up to 3. What was
/// seen is 0.13 at 16, and less the larger the mean.
const POISSON_MARGIN: f64 = 0.3;

/// The x whose floor is the quantile at Phi(z): `P(N < n) = Phi(z)` at every integer x = n.
///
/// M. Giles (2016), algorithm 955, formula for Q_N2.
fn poisson_expansion(mean: f64, z: f64) -> f64 {
    let (sd, z2) = (mean.sqrt(), z * z);
    let odd = -z * (2.0 + z2) / 72.0;
    let even = z2 * (7.0 / 810.0 + z2 / 270.0) - 8.0 / 405.0;
    mean + sd * z + (2.0 + z2) / 6.0 + odd / sd + even / mean
}

struct Binomial {
    n: f64,
    p: f64,
}

impl Lattice for Binomial {
    fn tails(&self, k: f64) -> (f64, f64) {
        if k >= self.n {
            return (1.0, 0.0);
        }
        let (above, below) = beta_pq(k + 1.0, self.n - k, self.p, 1.0 - self.p);
        (below, above)
    }
    fn pmf(&self, k: f64) -> f64 {
        let (n, p) = (self.n, self.p);
        if k <= 0.0 {
            return libm::exp(n * libm::log1p(-p));
        }
        if k >= n {
            return libm::exp(n * libm::log(p));
        }
        let rest = n - k;
        let e = stirling_error(n)
            - stirling_error(k)
            - stirling_error(rest)
            - deviance(k, n * p)
            - deviance(rest, n * (1.0 - p));
        libm::exp(e) * (n / (std::f64::consts::TAU * k * rest)).sqrt()
    }
    fn ratio(&self, k: f64) -> f64 {
        (self.n - k) / (k + 1.0) * (self.p / (1.0 - self.p))
    }
    fn last(&self) -> f64 {
        self.n
    }
}

/// Binomial count of n trials with probability p at the draw `bits`: the smallest k with `P(K <= k) >= u`.
///
/// Monotone in `bits`, n and p. p is clamped to [0, 1] (NaN counts as 0); n above 1e12 counts as 1e12. The work grows
/// as the square root of n (a continued fraction) where n p (1-p) is not small.
pub fn binomial_quantile(n: u64, p: f64, bits: u64) -> u64 {
    if n == 0 || p.is_nan() || p <= 0.0 {
        return 0;
    }
    let n = n.min(1_000_000_000_000);
    if p >= 1.0 {
        return n;
    }
    let trials = n as f64;
    let law = Binomial { n: trials, p };
    let (tail, upper) = tail_of(bits);
    if p <= 0.5
        && trials * p < 16.0
        && let Some(k) = from_zero(&law, tail, upper)
    {
        return k as u64;
    }
    let z = normal_deviate(tail, upper);
    let sd = (trials * p * (1.0 - p)).sqrt();
    let guess = trials * p + sd * z + (1.0 - 2.0 * p) * (z * z - 1.0) / 6.0;
    search(&law, guess, tail, upper).min(trials) as u64
}

/// Gamma factor of mean 1 and coefficient of variation `cv` at the draw `bits`: the quantile at u of the gamma distribution of
/// shape `1/cv²` and scale `cv²`.
///
/// Monotone in `bits`. A cv that is NaN or below 1e-6 gives 1; a cv above 20 counts as 20.
pub fn gamma_quantile_mean1(cv: f64, bits: u64) -> f64 {
    if cv.is_nan() || cv < 1e-6 {
        return 1.0;
    }
    gamma_mean1(cv, tail_of(bits))
}

/// The same at the standard normal score `z` in place of a draw: at u = Phi(z).
pub fn gamma_at_score(cv: f64, z: f64) -> f64 {
    if cv.is_nan() || cv < 1e-6 {
        return 1.0;
    }
    gamma_mean1(cv, (normal_cdf(-z.abs()), z > 0.0))
}

/// The standard normal score at which [`gamma_at_score`] gives `factor`; within 8 of 0, as those of draws are.
pub fn score_of_gamma(cv: f64, factor: f64) -> f64 {
    let v = cv.min(20.0) * cv.min(20.0);
    let (below, above) = gamma_pq(1.0 / v, factor / v);
    let score = match below < above {
        true => normal_quantile(below),
        false => -normal_quantile(above),
    };
    // Without variation every factor is 1, and no score more likely than 0.
    if score.is_nan() {
        0.0
    } else {
        score.clamp(-8.0, 8.0)
    }
}

fn gamma_mean1(cv: f64, (tail, upper): (f64, bool)) -> f64 {
    let v = cv.min(20.0) * cv.min(20.0);
    v * gamma_quantile(1.0 / v, tail, upper)
}

/// Standard normal score of the draw `bits`: the z with Phi(z) = u.
pub fn normal_score(bits: u64) -> f64 {
    let (tail, upper) = tail_of(bits);
    normal_deviate(tail, upper)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::disallowed_methods,
        reason = "tests compare with the platform's functions"
    )]
    use super::*;
    use statrs::distribution::DiscreteCDF;

    /// The score of a factor is that at which the factor is drawn, as far as scores of draws go.
    #[test]
    fn a_factor_has_its_score() {
        for cv in [0.05, 0.16, 0.5, 1.0, 3.0] {
            for z in [-4.0, -1.0, -0.1, 0.0, 0.3, 2.0, 5.0] {
                let found = score_of_gamma(cv, gamma_at_score(cv, z));
                assert!(
                    (found - z).abs() < 1e-8 * (1.0 + z.abs()),
                    "{cv} {z}: {found}"
                );
            }
        }
        assert_eq!(score_of_gamma(0.3, 0.0), -8.0);
        assert_eq!(score_of_gamma(0.3, 1e9), 8.0);
        assert_eq!(score_of_gamma(0.0, 1.2), 0.0);
    }

    fn draws() -> impl Iterator<Item = u64> {
        (0..400_u64)
            .map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (i << 20))
            .chain([0, 1, u64::MAX, 1 << 20, !(1 << 20), 1 << 63, (1 << 63) - 1])
    }

    /// k is the smallest with cdf(k) >= u, up to rounding.
    fn check(
        what: &str,
        k: u64,
        bits: u64,
        below: impl Fn(u64) -> f64,
        above: impl Fn(u64) -> f64,
    ) {
        let (tail, upper) = tail_of(bits);
        if upper {
            assert!(
                above(k) <= tail * (1.0 + 1e-9),
                "{what}: {k} too small at {bits:#x}"
            );
            assert!(
                k == 0 || above(k - 1) >= tail * (1.0 - 1e-9),
                "{what}: {k} too large at {bits:#x}"
            );
        } else {
            assert!(
                below(k) >= tail * (1.0 - 1e-9),
                "{what}: {k} too small at {bits:#x}"
            );
            assert!(
                k == 0 || below(k - 1) <= tail * (1.0 + 1e-9),
                "{what}: {k} too large at {bits:#x}"
            );
        }
    }

    #[test]
    fn poisson_against_statrs() {
        for mean in [0.001, 0.5, 1.0, 7.0, 15.99, 16.0, 60.0, 199.0, 250.0] {
            let law = statrs::distribution::Poisson::new(mean).unwrap();
            for bits in draws() {
                let k = poisson_quantile(mean, bits);
                check(
                    &format!("Poisson {mean}"),
                    k,
                    bits,
                    |k| law.cdf(k),
                    |k| law.sf(k),
                );
            }
        }
    }

    #[test]
    fn poisson_defines_its_quantile_at_any_mean() {
        for mean in [3.0, 40.0, 1e4, 1e6, 1e9, 1e12] {
            let law = Poisson { mean };
            for bits in draws() {
                let k = poisson_quantile(mean, bits);
                check(
                    &format!("Poisson {mean}"),
                    k,
                    bits,
                    |k| law.tails(k as f64).0,
                    |k| law.tails(k as f64).1,
                );
            }
        }
        assert_eq!(poisson_quantile(0.0, 5), 0);
        assert_eq!(poisson_quantile(f64::NAN, 5), 0);
        assert_eq!(poisson_quantile(-3.0, 5), 0);
        assert!(poisson_quantile(f64::INFINITY, 5) > 900_000_000_000_000);
    }

    /// At an integer the quantile jumps: there the expansion must be within its margin, and by far.
    #[test]
    fn the_expansion_of_the_quantile_is_within_its_margin() {
        for mean in [16.0, 17.3, 25.0, 61.7, 400.0, 3e3, 1e5, 1e7] {
            let sd = f64::sqrt(mean);
            let law = Poisson { mean };
            for i in -60..=60 {
                let n = (mean + f64::from(i) * 0.05 * sd).round();
                let (below, above) = law.tails(n - 1.0);
                let z = if below < 0.5 {
                    normal_quantile(below)
                } else {
                    -normal_quantile(above)
                };
                let miss = (poisson_expansion(mean, z) - n).abs();
                assert!(
                    z.abs() > 3.0 || miss < 0.5 * POISSON_MARGIN / mean,
                    "{mean} {z} {miss}"
                );
            }
        }
    }

    #[test]
    fn poisson_monotone_in_mean_and_draw() {
        for bits in draws() {
            let mut last = 0;
            for i in 0..400 {
                let k = poisson_quantile(0.1 * 1.03_f64.powi(i), bits);
                assert!(k >= last, "{bits:#x} {i}");
                last = k;
            }
        }
        for mean in [0.7, 12.0, 33.0, 900.0] {
            let mut last = 0;
            for i in 0..2000_u64 {
                let k = poisson_quantile(mean, i * (u64::MAX / 2000));
                assert!(k >= last);
                last = k;
            }
        }
    }

    #[test]
    fn binomial_against_statrs() {
        for n in [1, 2, 10, 100, 2000] {
            for p in [1e-6, 0.003, 0.2, 0.5, 0.77, 0.999] {
                let law = statrs::distribution::Binomial::new(p, n).unwrap();
                for bits in draws() {
                    let k = binomial_quantile(n, p, bits);
                    assert!(k <= n);
                    check(
                        &format!("binomial {n} {p}"),
                        k,
                        bits,
                        |k| law.cdf(k),
                        |k| law.sf(k),
                    );
                }
            }
        }
        assert_eq!(
            (
                binomial_quantile(0, 0.5, 9),
                binomial_quantile(9, f64::NAN, 9)
            ),
            (0, 0)
        );
        assert_eq!(
            (binomial_quantile(9, 1.5, 9), binomial_quantile(9, -1.0, 9)),
            (9, 0)
        );
        let big = binomial_quantile(1_000_000_000, 0.3, 1 << 63);
        assert!((big as f64 - 3e8).abs() < 2.0, "{big}");
    }

    /// Why counts are drawn by our own quantiles: with one and the same seed rand_distr may draw fewer at a larger mean, so that of two
    /// scenarios the one with more demand may get fewer contacts.
    #[test]
    fn counts_of_rand_distr_are_not_monotone() {
        use crate::random::{Key, purpose};
        use rand_distr::Distribution;
        let theirs = |mean: f64, seed| -> f64 {
            let mut words = Key::root(seed, 0).stream(purpose::COUNT);
            rand_distr::Poisson::new(mean).unwrap().sample(&mut words)
        };
        let ours = |mean, seed| poisson_quantile(mean, Key::root(seed, 0).bits(purpose::COUNT));
        for (low, high) in [(11.9, 12.1), (40.0, 40.2)] {
            let falls = (0..20_000).filter(|&s| theirs(high, s) < theirs(low, s));
            assert!(falls.count() > 0, "{low} {high}");
            assert!((0..20_000).all(|s| ours(high, s) >= ours(low, s)));
        }
    }

    #[test]
    fn binomial_monotone_in_p() {
        for bits in draws() {
            let mut last = 0;
            for i in 0..=200 {
                let k = binomial_quantile(150, f64::from(i) / 200.0, bits);
                assert!(k >= last);
                last = k;
            }
        }
    }

    #[test]
    fn gamma_factor() {
        for cv in [0.05, 0.3, 1.0, 2.0] {
            let n = 200_000_u64;
            let (mut s, mut s2) = (0.0, 0.0);
            for i in 0..n {
                let x = gamma_quantile_mean1(cv, i * (u64::MAX / n) + (1 << 40));
                s += x;
                s2 += x * x;
            }
            let (mean, var) = (s / n as f64, s2 / n as f64 - (s / n as f64).powi(2));
            assert!(
                (mean - 1.0).abs() < 1e-3 && (var.sqrt() / cv - 1.0).abs() < 0.01,
                "{cv} {mean} {var}"
            );
        }
        assert_eq!(gamma_quantile_mean1(0.0, 77), 1.0);
        assert_eq!(gamma_quantile_mean1(f64::NAN, 77), 1.0);
    }
}
