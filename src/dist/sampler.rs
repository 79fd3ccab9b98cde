//! Sampling by inversion, one 64-bit draw to one value.

use super::law::{mixture_quantile, triangular, unit_exponential, unit_gamma};
use super::special::{beta_inv, beta_upper_inv, normal_quantile};
use super::table::Table;
use super::{Distribution, Empirical};

/// 2^-64.
const ULP: f64 = 1.0 / 18_446_744_073_709_551_616.0;

/// Maps a 64-bit draw to a value of a law: the quantile at `u = (bits + 1/2) / 2^64`.
///
/// Monotone in `bits` (up to the rounding of the last bit), so that equal draws under two laws are as alike as they can
/// be. Constant, uniform, triangular and empirical laws are computed directly; the others come from a table of cubics
/// of the law at unit scale, times the scale. Its relative error, down to a tail of 2^-20 on either side, is below 1e-7
/// for exponential, beta, and lognormal, gamma and Weibull laws with a cv up to 1.7; about 2e-7 for a lognormal of cv 4,
/// 1e-5 for a hyperexponential where one branch gives way to another, 3e-5 for a gamma law of cv 3 (at values far below
/// its mean).
/// Cheap to clone: tables are shared.
#[derive(Clone, Debug)]
pub struct Sampler {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Table { table: Table, scale: f64 },
    Constant(f64),
    Uniform { low: f64, width: f64 },
    Triangular { low: f64, mode: f64, high: f64 },
    Empirical { law: Empirical, scale: f64 },
}

impl Kind {
    /// The value at a draw, for the laws that need no table. Kept out of line, so that the tables' path stays small.
    #[inline(never)]
    fn direct(&self, bits: u64) -> f64 {
        match self {
            Kind::Table { table, scale } => scale * table.at(bits),
            Kind::Constant(v) => *v,
            Kind::Uniform { low, width } => low + width * ((bits as f64 + 0.5) * ULP),
            Kind::Triangular { low, mode, high } => {
                let upper = bits >> 63 == 1;
                let tail = if upper { !bits } else { bits };
                triangular(*low, *mode, *high, (tail as f64 + 0.5) * ULP, upper)
            }
            Kind::Empirical { law, scale } => scale * law.quantile((bits as f64 + 0.5) * ULP),
        }
    }
}

impl Sampler {
    /// The sampler of a law, with a table of its own. Where many laws are sampled use a [`SamplerCache`].
    pub fn new(law: &Distribution) -> Self {
        SamplerCache::new().sampler(law)
    }

    /// A sampler of any monotone quantile function; its values may be negative.
    ///
    /// `f(p, upper)` is the quantile at p, or at 1 - p if `upper`, for p from 2^-65 to 1/2; it must be non-decreasing in
    /// the probability and finite (NaN counts as 0, values are clamped to ±1e300).
    pub fn from_quantile(f: impl Fn(f64, bool) -> f64) -> Self {
        Self {
            kind: Kind::Table {
                table: Table::new(f),
                scale: 1.0,
            },
        }
    }

    /// Standard normal.
    pub fn standard_normal() -> Self {
        Self::from_quantile(|p, upper| {
            if upper {
                -normal_quantile(p)
            } else {
                normal_quantile(p)
            }
        })
    }

    /// The value at the draw `bits`.
    #[inline(always)]
    pub fn sample(&self, bits: u64) -> f64 {
        match &self.kind {
            Kind::Table { table, scale } => scale * table.at(bits),
            other => other.direct(bits),
        }
    }

    /// The sampler of `factor` times the quantity, sharing the table. The factor is clamped to [0, 1e15]; NaN counts as 1.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let f = if factor.is_nan() {
            1.0
        } else {
            factor.clamp(0.0, super::LARGEST)
        };
        let kind = match &self.kind {
            Kind::Table { table, scale } => Kind::Table {
                table: table.clone(),
                scale: scale * f,
            },
            Kind::Constant(v) => Kind::Constant(v * f),
            Kind::Uniform { low, width } => Kind::Uniform {
                low: low * f,
                width: width * f,
            },
            Kind::Triangular { low, mode, high } => Kind::Triangular {
                low: low * f,
                mode: mode * f,
                high: high * f,
            },
            Kind::Empirical { law, scale } => Kind::Empirical {
                law: law.clone(),
                scale: scale * f,
            },
        };
        Self { kind }
    }
}

/// A law at unit scale, as the bits of its parameters.
#[derive(Clone, Debug, PartialEq)]
enum Key {
    Exponential,
    Lognormal(u64),
    Gamma(u64),
    Weibull(u64),
    Hyperexponential(Vec<u64>),
    Beta(u64, u64),
}

/// Builds samplers and shares tables among laws that differ only in scale: all exponentials, all lognormals of one
/// sigma, all gamma laws of one shape, and so on.
#[derive(Clone, Debug, Default)]
pub struct SamplerCache {
    tables: Vec<(Key, Table)>,
}

impl SamplerCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of tables held.
    pub fn len(&self) -> usize {
        self.tables.len()
    }

    /// Whether no table is held.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// The sampler of a law, with a table already held where there is one.
    pub fn sampler(&mut self, law: &Distribution) -> Sampler {
        let kind = match law {
            Distribution::Deterministic(v) => Kind::Constant(*v),
            Distribution::Uniform { low, high } => Kind::Uniform {
                low: *low,
                width: high - low,
            },
            Distribution::Triangular { low, mode, high } => Kind::Triangular {
                low: *low,
                mode: *mode,
                high: *high,
            },
            Distribution::Empirical(e) => Kind::Empirical {
                law: e.clone(),
                scale: 1.0,
            },
            Distribution::Exponential { mean } => self.exponential(*mean),
            Distribution::Lognormal { mu, sigma } => {
                let s = *sigma;
                let table = self.table(Key::Lognormal(s.to_bits()), |p, upper| {
                    let z = normal_quantile(p);
                    libm::exp(s * if upper { -z } else { z })
                });
                Kind::Table {
                    table,
                    scale: libm::exp(*mu),
                }
            }
            Distribution::Gamma { shape, scale } => self.gamma(*shape, *scale),
            Distribution::Erlang { shape, mean } => {
                let k = f64::from((*shape).max(1));
                self.gamma(k, mean / k)
            }
            Distribution::Weibull { shape, scale } if *shape == 1.0 => self.exponential(*scale),
            Distribution::Weibull { shape, scale } => {
                let power = 1.0 / shape;
                let table = self.table(Key::Weibull(shape.to_bits()), |p, upper| {
                    libm::pow(unit_exponential(p, upper), power)
                });
                Kind::Table {
                    table,
                    scale: *scale,
                }
            }
            Distribution::Hyperexponential { probs, means } => {
                let scale = law.mean();
                let unit: Vec<f64> = means.iter().map(|m| m / scale).collect();
                let key = probs.iter().chain(&unit).map(|v| v.to_bits()).collect();
                let table = self.table(Key::Hyperexponential(key), |p, upper| {
                    mixture_quantile(probs, &unit, p, upper)
                });
                Kind::Table { table, scale }
            }
            Distribution::Beta { alpha, beta, scale } => {
                let (a, b) = (*alpha, *beta);
                let table = self.table(Key::Beta(a.to_bits(), b.to_bits()), |p, upper| {
                    if upper {
                        beta_upper_inv(a, b, p)
                    } else {
                        beta_inv(a, b, p)
                    }
                });
                Kind::Table {
                    table,
                    scale: *scale,
                }
            }
        };
        Sampler { kind }
    }

    fn exponential(&mut self, mean: f64) -> Kind {
        Kind::Table {
            table: self.table(Key::Exponential, unit_exponential),
            scale: mean,
        }
    }

    fn gamma(&mut self, shape: f64, scale: f64) -> Kind {
        if shape == 1.0 {
            return self.exponential(scale);
        }
        let table = self.table(Key::Gamma(shape.to_bits()), |p, upper| {
            unit_gamma(shape, p, upper)
        });
        Kind::Table { table, scale }
    }

    fn table(&mut self, key: Key, f: impl Fn(f64, bool) -> f64) -> Table {
        if let Some((_, table)) = self.tables.iter().find(|(k, _)| *k == key) {
            return table.clone();
        }
        let table = Table::new(f);
        self.tables.push((key, table.clone()));
        table
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::disallowed_methods,
        reason = "tests compare with the platform's functions"
    )]
    use super::super::law::tests::zoo;
    use super::*;

    /// A 64-bit mixer (splitmix64), for test draws.
    fn mix(i: u64) -> u64 {
        let mut z = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn exact(d: &Distribution, bits: u64) -> f64 {
        if bits >> 63 == 1 {
            d.upper_quantile((!bits as f64 + 0.5) * ULP)
        } else {
            d.quantile((bits as f64 + 0.5) * ULP)
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
            // heavy-tailed laws bend more within a piece, mixtures where one branch gives way to another
            let limit = match d {
                Distribution::Hyperexponential { .. } => 1e-5,
                _ if d.cv() > 1.65 => 4e-7,
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
                    assert!(x >= last, "{d:?} at {bits:#x}: {x} after {last}");
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
            if d.cv() < 2.0 {
                assert!((m2 - m1 * m1 - d.variance()).abs() < 0.01 * m2, "{d:?}");
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
        let mut cache = SamplerCache::new();
        for k in 1..20 {
            let m = f64::from(k);
            let _ = cache.sampler(&Distribution::exponential(m).unwrap());
            let _ = cache.sampler(&Distribution::lognormal_mean_cv(m, 0.9).unwrap());
            let _ = cache.sampler(&Distribution::uniform(0.0, m).unwrap());
            let _ = cache.sampler(&Distribution::erlang_shape_mean(1, m).unwrap());
        }
        assert_eq!(cache.len(), 2);
    }

    #[test]
    fn arbitrary_functions() {
        let normal = Sampler::standard_normal();
        let logistic = Sampler::from_quantile(|p, upper| {
            let l = super::super::special::logit(p);
            if upper { -l } else { l }
        });
        for i in 0..10_000 {
            let bits = mix(i);
            let z = normal.sample(bits);
            assert!((z + normal.sample(!bits)).abs() < 1e-12);
            let u = (bits as f64 + 0.5) * ULP;
            assert!((z - normal_quantile(u)).abs() < 2e-7);
            assert!((logistic.sample(bits) - (u / (1.0 - u)).ln()).abs() < 3e-7);
        }
        let odd = Sampler::from_quantile(|p, _| if p < 0.1 { f64::NAN } else { f64::INFINITY });
        assert!(odd.sample(5).is_finite() && odd.sample(u64::MAX / 2).is_finite());
        let s = Sampler::new(&Distribution::exponential(2.0).unwrap());
        assert_eq!(s.scaled(3.0).sample(99 << 50), 3.0 * s.sample(99 << 50));
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
