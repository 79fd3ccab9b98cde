//! Sampling by inversion, one 64-bit draw to one value.

use super::Distribution;
use super::table::QuantileTable;

/// The uniform number of a 64-bit draw, `(bits | 1) / 2^64`: never 0, and symmetric.
#[inline]
fn uniform(bits: u64) -> f64 {
    (bits | 1) as f64 / 18_446_744_073_709_551_616.0
}

/// `(min(u, 1-u), whether that is 1-u)` of the uniform number u of a draw: a tail keeps its digits.
#[inline]
pub(super) fn tail_of(bits: u64) -> (f64, bool) {
    let upper = bits >> 63 == 1;
    (uniform(if upper { !bits } else { bits }), upper)
}

/// Maps a 64-bit draw to a value of a distribution: the quantile at `u = (bits | 1) / 2^64`.
///
/// Monotone in `bits` (up to the rounding of the last digits), so that equal draws under two distributions are as alike as they can
/// be. Constant, uniform, triangular and empirical distributions are computed directly; the others come from a table of cubics
/// of the distribution at unit scale, times the scale. Its relative error, down to a tail of 2^-20 on either side, is below 1e-7
/// for exponential, beta, and lognormal, gamma and Weibull distributions with a cv up to 1.7; about 2e-7 for a lognormal of cv 4,
/// 1e-5 for a hyperexponential where one branch gives way to another, 3e-5 for a gamma distribution of cv 3 (at values far below
/// its mean).
/// Cheap to clone: tables are shared.
#[derive(Clone, Debug)]
pub struct Sampler {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Table {
        table: QuantileTable,
        scale: f64,
    },
    /// A distribution that needs no table.
    Direct(Box<Distribution>),
}

impl Kind {
    /// The value at a draw. Kept out of line, so that the tables' path stays small.
    #[inline(never)]
    fn direct(&self, bits: u64) -> f64 {
        let law = match self {
            Kind::Table { table, scale } => return scale * table.at(bits),
            Kind::Direct(law) => law,
        };
        let (tail, upper) = tail_of(bits);
        match &**law {
            Distribution::Uniform { low, high } => low + (high - low) * uniform(bits),
            Distribution::Empirical(values) => values.quantile(uniform(bits)),
            law => law.tail_quantile(tail, upper),
        }
    }
}

impl Sampler {
    /// The sampler of a distribution, with a table of its own. Where many distributions are sampled use a [`SamplerCache`].
    pub fn new(law: &Distribution) -> Self {
        SamplerCache::default().sampler(law)
    }

    /// A sampler of any monotone quantile function; its values may be negative.
    ///
    /// `f(p, upper)` is the quantile at p, or at 1 - p if `upper`, for p from 2^-64 to 1/2; it must be non-decreasing in
    /// the probability and finite (NaN counts as 0, values are clamped to ±1e300).
    pub fn from_quantile(f: impl Fn(f64, bool) -> f64) -> Self {
        Self {
            kind: Kind::Table {
                table: QuantileTable::new(f),
                scale: 1.0,
            },
        }
    }

    /// The value at the draw `bits`.
    #[inline(always)]
    pub fn sample(&self, bits: u64) -> f64 {
        match &self.kind {
            Kind::Table { table, scale } => scale * table.at(bits),
            other => other.direct(bits),
        }
    }
}

/// Builds samplers and shares tables among distributions that differ only in scale: all exponentials, all lognormals of one sigma, all
/// gamma distributions of one shape, and so on.
#[derive(Clone, Debug, Default)]
pub struct SamplerCache {
    /// Each distribution at unit scale with its table.
    tables: Vec<(Distribution, QuantileTable)>,
}

impl SamplerCache {
    /// The sampler of a distribution, with a table already held where there is one.
    pub fn sampler(&mut self, law: &Distribution) -> Sampler {
        let kind = match law {
            Distribution::Deterministic(_)
            | Distribution::Uniform { .. }
            | Distribution::Triangular { .. }
            | Distribution::Empirical(_) => Kind::Direct(Box::new(law.clone())),
            // Right for every distribution, so that a new one needs no line here: what is above is only quicker directly.
            law => {
                let (unit, scale) = law.at_unit_scale();
                let table = self.table(unit);
                Kind::Table { table, scale }
            }
        };
        Sampler { kind }
    }

    /// Tables that are held.
    pub(crate) fn len(&self) -> usize {
        self.tables.len()
    }

    fn table(&mut self, unit: Distribution) -> QuantileTable {
        if let Some((_, table)) = self.tables.iter().find(|(known, _)| *known == unit) {
            return table.clone();
        }
        let table = QuantileTable::new(|p, upper| unit.tail_quantile(p, upper));
        self.tables.push((unit, table.clone()));
        table
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::disallowed_methods,
        reason = "tests compare with the platform's functions"
    )]
    use super::super::law::{mean_and_cv, upper_quantile, zoo};
    use super::super::special::normal_quantile;
    use super::*;

    /// A 64-bit mixer (splitmix64), for test draws.
    fn mix(i: u64) -> u64 {
        let mut z = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn exact(d: &Distribution, bits: u64) -> f64 {
        let (p, upper) = tail_of(bits);
        if upper {
            upper_quantile(d, p)
        } else {
            d.quantile(p)
        }
    }

    #[test]
    fn accuracy() {
        for d in zoo() {
            let s = Sampler::new(&d);
            let mut worst = 0.0_f64;
            for i in 0..60_000 {
                // every third draw deep in a tail, to 2^-20
                let bits = match i % 3 {
                    0 => mix(i),
                    1 => (mix(i) >> (mix(i + 7) % 20)).max(1 << 44),
                    _ => !(mix(i) >> (mix(i + 7) % 20)).max(1 << 44),
                };
                let (got, want) = (s.sample(bits), exact(&d, bits));
                worst = worst.max((got / want - 1.0).abs());
            }
            // heavy-tailed distributions bend more within a piece, mixtures where one branch gives way to another
            let limit = match d {
                Distribution::Hyperexponential { .. } => 1e-5,
                _ if mean_and_cv(&d).1 > 1.65 => 4e-7,
                _ => 1e-7,
            };
            assert!(worst < limit, "{d:?}: relative error {worst:e}");
        }
    }

    #[test]
    fn monotone() {
        for d in zoo() {
            let s = Sampler::new(&d);
            let mut borders = vec![1, 1 << 63, u64::MAX];
            for octave in 0..60_u32 {
                for segment in 0..16_u64 {
                    let b = (1 << 62 >> octave) + ((1_u64 << 62 >> octave) >> 4) * segment;
                    borders.extend([b, !b, !b + 1]);
                }
            }
            borders.sort_unstable();
            borders.dedup();
            let mut last = f64::NEG_INFINITY;
            for b in borders {
                for bits in [b - 1, b] {
                    let x = s.sample(bits);
                    let rounding = 1e-15 * x.abs();
                    assert!(x >= last - rounding, "{d:?} at {bits:#x}: {x} after {last}");
                    last = x;
                }
            }
            let mut last = f64::NEG_INFINITY;
            for i in 0..200_000_u64 {
                let x = s.sample(i * (u64::MAX / 200_000));
                assert!(x >= last, "{d:?}");
                assert!(x >= d.infimum() && x <= d.supremum());
                last = x;
            }
        }
    }

    #[test]
    fn extreme_shapes_stay_monotone_and_non_negative() {
        type D = Distribution;
        for d in [
            D::gamma_shape_scale(0.0025, 1.0),
            D::weibull_shape_scale(0.1, 1.0),
            D::weibull_shape_scale(1e5, 1.0),
            D::lognormal_mu_sigma(0.0, 5.0),
            D::hyperexponential_mean_cv(1.0, 100.0),
            D::beta_mean_sd(0.01, 0.09),
        ] {
            let s = Sampler::new(&d.unwrap());
            let mut last = 0.0;
            for i in 0..100_000_u64 {
                let x = s.sample(i * (u64::MAX / 100_000) + i % 3);
                assert!(x >= last && x.is_finite());
                last = x;
            }
        }
    }

    #[test]
    fn moments_of_a_stratified_sample() {
        for d in zoo() {
            let s = Sampler::new(&d);
            let n = 1_u64 << 20;
            let (mut m1, mut m2) = (0.0, 0.0);
            for i in 0..n {
                let x = s.sample((i << 44) | (mix(i) >> 20));
                m1 += x;
                m2 += x * x;
            }
            let (m1, m2) = (m1 / n as f64, m2 / n as f64);
            assert!((m1 / d.mean() - 1.0).abs() < 1e-3, "{d:?} {m1}");
            let (mean, cv) = mean_and_cv(&d);
            if cv < 2.0 {
                let variance = (mean * cv) * (mean * cv);
                assert!((m2 - m1 * m1 - variance).abs() < 0.01 * m2, "{d:?}");
            }
        }
    }

    /// Two-sample Kolmogorov-Smirnov distance times sqrt(n m / (n + m)); above 2.2 has probability 1.3e-4.
    fn ks(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
        a.sort_by(f64::total_cmp);
        b.sort_by(f64::total_cmp);
        let (n, m) = (a.len() as f64, b.len() as f64);
        let mut worst = 0.0_f64;
        for x in &a {
            let fa = a.partition_point(|v| v <= x) as f64 / n;
            let fb = b.partition_point(|v| v <= x) as f64 / m;
            worst = worst.max((fa - fb).abs());
        }
        worst * (n * m / (n + m)).sqrt()
    }

    #[test]
    fn against_rand_distr() {
        use rand::SeedableRng;
        use rand_distr::Distribution as Reference;
        type D = Distribution;
        fn check(law: D, reference: impl Reference<f64>) {
            let mut rng = rand::rngs::SmallRng::seed_from_u64(11);
            let s = Sampler::new(&law);
            let ours = (0..40_000).map(|i| s.sample(mix(i + 1_000_000))).collect();
            let theirs = (0..40_000).map(|_| reference.sample(&mut rng)).collect();
            let d = ks(ours, theirs);
            assert!(d < 2.2, "{law:?}: {d}");
        }
        check(
            D::exponential(3.0).unwrap(),
            rand_distr::Exp::new(1.0 / 3.0).unwrap(),
        );
        check(
            D::lognormal_mu_sigma(1.0, 0.8).unwrap(),
            rand_distr::LogNormal::new(1.0, 0.8).unwrap(),
        );
        check(
            D::gamma_shape_scale(0.6, 2.0).unwrap(),
            rand_distr::Gamma::new(0.6, 2.0).unwrap(),
        );
        check(
            D::gamma_shape_scale(7.5, 2.0).unwrap(),
            rand_distr::Gamma::new(7.5, 2.0).unwrap(),
        );
        check(
            D::weibull_shape_scale(1.4, 2.0).unwrap(),
            rand_distr::Weibull::new(2.0, 1.4).unwrap(),
        );
        check(
            D::triangular(1.0, 2.0, 5.0).unwrap(),
            rand_distr::Triangular::new(1.0, 5.0, 2.0).unwrap(),
        );
        check(
            D::Beta {
                alpha: 2.0,
                beta: 5.0,
                scale: 1.0,
            },
            rand_distr::Beta::new(2.0, 5.0).unwrap(),
        );
    }

    #[test]
    fn tables_are_shared() {
        let mut cache = SamplerCache::default();
        for k in 1..20 {
            let m = f64::from(k);
            let _ = cache.sampler(&Distribution::exponential(m).unwrap());
            let _ = cache.sampler(&Distribution::lognormal_mean_cv(m, 0.9).unwrap());
            let _ = cache.sampler(&Distribution::uniform(0.0, m).unwrap());
            let _ = cache.sampler(&Distribution::erlang_shape_mean(1, m).unwrap());
        }
        assert_eq!(cache.tables.len(), 2);
    }

    #[test]
    fn arbitrary_functions() {
        let normal = Sampler::from_quantile(|p, upper| {
            let z = normal_quantile(p);
            if upper { -z } else { z }
        });
        let logistic = Sampler::from_quantile(|p, upper| {
            let l = super::super::special::logit(p);
            if upper { -l } else { l }
        });
        for i in 0..10_000 {
            let bits = mix(i);
            let z = normal.sample(bits);
            assert!((z + normal.sample(!bits)).abs() < 1e-12);
            let u = uniform(bits);
            assert!((z - normal_quantile(u)).abs() < 2e-7);
            assert!((logistic.sample(bits) - (u / (1.0 - u)).ln()).abs() < 3e-7);
        }
        let odd = Sampler::from_quantile(|p, _| if p < 0.1 { f64::NAN } else { f64::INFINITY });
        assert!(odd.sample(5).is_finite() && odd.sample(u64::MAX / 2).is_finite());
    }

    #[test]
    #[ignore = "a measurement"]
    fn speed() {
        let start = std::time::Instant::now();
        let s = Sampler::new(&Distribution::lognormal_mean_cv(600.0, 1.0).unwrap());
        println!("lognormal table {:?}", start.elapsed());
        let start = std::time::Instant::now();
        let _ = Sampler::new(&Distribution::gamma_mean_cv(600.0, 0.7).unwrap());
        println!("gamma table {:?}", start.elapsed());
        for round in 0..3 {
            let start = std::time::Instant::now();
            let (mut x, mut sum, n): (u64, f64, u64) = (round, 0.0, 100_000_000);
            for _ in 0..n {
                x = x ^ (x << 13);
                x ^= x >> 7;
                x = (x ^ (x << 17)).wrapping_add(0x9e37_79b9_7f4a_7c15);
                sum += s.sample(x);
            }
            println!(
                "{:.2} ns, mean {}",
                start.elapsed().as_nanos() as f64 / n as f64,
                sum / n as f64
            );
        }
    }
}
