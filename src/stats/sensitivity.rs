//! Which inputs a result depends on: Sobol' indices, regression coefficients, one input at a time.
//!
//! To ask which input decides between two scenarios, give these functions the difference of the two results, point by point, or 1
//! where the first is better and 0 where it is not.

use super::resample::{percentile_bounds, resample};
use super::{ConfidenceInterval, PairedDifference, student_t_half_width};

/// An estimate with the bounds of its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounded {
    /// The estimate.
    pub estimate: f64,
    /// Bounds of the interval, which need not be symmetric.
    pub bounds: Option<(f64, f64)>,
}

/// Results of a design for Sobol' indices. Row j of the matrices A and B holds two independent points of the space of inputs; matrix
/// `A_B(i)` is A with column i taken from B.
#[derive(Clone, Copy, Debug)]
pub struct SobolSample<'a> {
    /// Results at the rows of A.
    pub a: &'a [f64],
    /// Results at the rows of B.
    pub b: &'a [f64],
    /// For each input i, the results at the rows of `A_B(i)`.
    pub ab: &'a [Vec<f64>],
}

/// How an input contributes to the variance of the result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SobolIndex {
    /// First-order index: the share of the variance that knowing this input alone would take away.
    pub first: Bounded,
    /// Total index: the share that would remain if all others were known; more than `first` by the interactions.
    pub total: Bounded,
}

/// Sobol' indices of every input from N rows, f with the mean of a and b taken off, V the variance of a and b together:
///
/// - first: `sum_j f(B)_j (f(A_B(i))_j - f(A)_j) / (N V)` (Saltelli et al. 2010, table 2 b)
/// - total: `sum_j (f(A)_j - f(A_B(i))_j)^2 / (2 N V)` (Jansen 1999)
///
/// Intervals are percentiles over `resamples` of the rows, drawn with `seed`. With Sobol' points instead of random ones for A and B
/// the estimates are better than the intervals say. An estimate is not cut to 0..1. `None` where the result does not vary, a value
/// is not finite, or the lists are of different lengths.
pub fn sobol_indices(
    sample: SobolSample<'_>,
    level: f64,
    resamples: usize,
    seed: u64,
) -> Option<Vec<SobolIndex>> {
    let n = sample.a.len();
    let alike = sample.b.len() == n && sample.ab.iter().all(|c| c.len() == n);
    let all = || {
        sample
            .a
            .iter()
            .chain(sample.b)
            .chain(sample.ab.iter().flatten())
    };
    if n < 2 || !alike || !all().all(|x| x.is_finite()) {
        return None;
    }
    let rows: Vec<usize> = (0..n).collect();
    let estimates = indices_of(sample, &rows)?;
    let inputs = estimates.len();
    let mut drawn = vec![(Vec::new(), Vec::new()); inputs];
    let mut rows = Vec::with_capacity(n);
    for number in 0..resamples {
        resample(seed, number, n, &mut rows);
        // A resample of one row only says nothing of the variance.
        for (kept, new) in drawn
            .iter_mut()
            .zip(indices_of(sample, &rows).into_iter().flatten())
        {
            kept.0.push(new.0);
            kept.1.push(new.1);
        }
    }
    let bounded = |estimate, values| Bounded {
        estimate,
        bounds: percentile_bounds(values, level),
    };
    let index = |((first, total), (firsts, totals))| SobolIndex {
        first: bounded(first, firsts),
        total: bounded(total, totals),
    };
    Some(estimates.into_iter().zip(drawn).map(index).collect())
}

/// First-order and total index of each input over some rows.
fn indices_of(sample: SobolSample<'_>, rows: &[usize]) -> Option<Vec<(f64, f64)>> {
    let (a, b, n) = (sample.a, sample.b, rows.len() as f64);
    let mean = rows.iter().map(|&j| a[j] + b[j]).sum::<f64>() / (2.0 * n);
    let square = |x: f64| (x - mean) * (x - mean);
    let variance = rows
        .iter()
        .map(|&j| square(a[j]) + square(b[j]))
        .sum::<f64>()
        / (2.0 * n);
    if !(variance > 0.0 && variance.is_finite()) {
        return None;
    }
    let index = |c: &Vec<f64>| {
        let first: f64 = rows.iter().map(|&j| (b[j] - mean) * (c[j] - a[j])).sum();
        let total: f64 = rows.iter().map(|&j| (a[j] - c[j]) * (a[j] - c[j])).sum();
        (first / (n * variance), total / (2.0 * n * variance))
    };
    Some(sample.ab.iter().map(index).collect())
}

/// A linear model of the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Regression {
    /// For each input its coefficient, times the standard deviation of the input over that of the result: by how many standard
    /// deviations the result moves when the input moves by one. `None` for an input that does not vary.
    pub coefficients: Vec<Option<Bounded>>,
    /// Share of the variance of the result that the model explains. Well below 1 the coefficients miss what matters.
    pub r_squared: f64,
}

/// Standardised regression coefficients by least squares with an intercept, with Student-t intervals of n - k - 1 degrees of freedom
/// (k inputs that vary). `inputs` holds a list of n values for each input. `None` for too few points, inputs that determine one
/// another, a result that does not vary, or a value that is not finite.
pub fn regression(inputs: &[Vec<f64>], result: &[f64], level: f64) -> Option<Regression> {
    let n = result.len();
    if inputs.iter().any(|x| x.len() != n) {
        return None;
    }
    let y = standardised(result)?;
    let mut columns = Vec::new();
    let varies: Vec<bool> = inputs
        .iter()
        .map(|x| {
            let column = standardised(x);
            let varies = column.is_some();
            columns.extend(column);
            varies
        })
        .collect();
    let finite = inputs.iter().flatten().all(|x| x.is_finite());
    let k = columns.len();
    if !finite || n < k + 2 {
        return None;
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    // The correlations of the inputs with one another and with the result.
    let matrix: Vec<Vec<f64>> = columns
        .iter()
        .map(|a| columns.iter().map(|b| dot(a, b)).collect())
        .collect();
    let right: Vec<f64> = columns.iter().map(|c| dot(c, &y)).collect();
    let inverse = inverse(&matrix)?;
    let slopes: Vec<f64> = inverse.iter().map(|row| dot(row, &right)).collect();
    let residual = |j: usize| {
        let fitted: f64 = columns.iter().zip(&slopes).map(|(c, b)| b * c[j]).sum();
        y[j] - fitted
    };
    let unexplained: f64 = (0..n).map(|j| residual(j) * residual(j)).sum();
    let free = (n - k - 1) as f64;
    let mut fitted = slopes.iter().enumerate().map(|(i, &estimate)| {
        let error = (unexplained / free * inverse[i][i]).sqrt();
        let half = student_t_half_width(error, free, level);
        Bounded {
            estimate,
            bounds: half.map(|h| (estimate - h, estimate + h)),
        }
    });
    let coefficients = varies
        .into_iter()
        .map(|v| v.then(|| fitted.next()).flatten());
    Some(Regression {
        coefficients: coefficients.collect(),
        r_squared: 1.0 - unexplained,
    })
}

/// The values less their mean, with a sum of squares of 1; `None` where they do not vary.
fn standardised(values: &[f64]) -> Option<Vec<f64>> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let largest = values.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    let off = || values.iter().map(|x| x - mean);
    let size = off().map(|x| x * x).sum::<f64>().sqrt();
    // What rounding of the mean leaves of equal values is no variation.
    let varies = size.is_finite() && size > 1e-13 * largest * (values.len() as f64).sqrt();
    varies.then(|| off().map(|x| x / size).collect())
}

/// Inverse of a symmetric, positive definite matrix with ones on the diagonal (Cholesky); `None` where it is all but singular.
fn inverse(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let k = matrix.len();
    let mut lower = vec![vec![0.0; k]; k];
    for i in 0..k {
        for j in 0..=i {
            let known: f64 = (0..j).map(|m| lower[i][m] * lower[j][m]).sum();
            let rest = matrix[i][j] - known;
            lower[i][j] = if i == j {
                // 1 less the share of an input that the others explain.
                (rest > 1e-10).then(|| rest.sqrt())?
            } else {
                rest / lower[j][j]
            };
        }
    }
    let column = |unit: usize| {
        let mut x = vec![0.0; k];
        for i in 0..k {
            let known: f64 = (0..i).map(|m| lower[i][m] * x[m]).sum();
            x[i] = (f64::from(u8::from(i == unit)) - known) / lower[i][i];
        }
        for i in (0..k).rev() {
            let known: f64 = (i + 1..k).map(|m| lower[m][i] * x[m]).sum();
            x[i] = (x[i] - known) / lower[i][i];
        }
        x
    };
    Some((0..k).map(column).collect())
}

/// A bar of a tornado.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Number of the input.
    pub input: usize,
    /// Result with the low value less that of the base.
    pub low: ConfidenceInterval,
    /// Result with the high value less that of the base.
    pub high: ConfidenceInterval,
    /// Result with the high value less that with the low one.
    pub swing: ConfidenceInterval,
}

/// The inputs by the size of the swing they cause, the largest first (of equal ones the first). `base` holds the results, one a replication,
/// `ends` those with each input low and then high while all others are as they are. Differences are paired: replication r
/// of each list has the same random numbers. `None` where lists differ in length, have fewer than two values or one not finite.
pub fn tornado(base: &[f64], ends: &[Vec<f64>], level: f64) -> Option<Vec<Bar>> {
    let less = |a: &[f64], b: &[f64]| Some(PairedDifference::from_values(a, b, level)?.difference);
    let bar = |(input, ends): (usize, &[Vec<f64>])| {
        let (low, high) = (&ends[0], &ends[1]);
        Some(Bar {
            input,
            low: less(low, base)?,
            high: less(high, base)?,
            swing: less(high, low)?,
        })
    };
    let mut bars: Vec<Bar> = ends
        .chunks_exact(2)
        .enumerate()
        .map(bar)
        .collect::<Option<_>>()?;
    bars.sort_by(|a, b| b.swing.mean.abs().total_cmp(&a.swing.mean.abs()));
    Some(bars)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, unit};

    /// Results of `f` for a design of `n` rows; each input is uniform in (0, 1) and comes from `point(row, column)`.
    fn design(
        k: usize,
        n: usize,
        point: impl Fn(usize, usize) -> f64,
        f: impl Fn(&[f64]) -> f64,
    ) -> (Vec<f64>, Vec<f64>, Vec<Vec<f64>>) {
        let row = |j: usize, from_b: &dyn Fn(usize) -> bool| {
            let x: Vec<f64> = (0..k)
                .map(|i| point(j, if from_b(i) { k + i } else { i }))
                .collect();
            f(&x)
        };
        let results = |from_b: &dyn Fn(usize) -> bool| (0..n).map(|j| row(j, from_b)).collect();
        let ab = (0..k).map(|i| results(&|c| c == i)).collect();
        (results(&|_| false), results(&|_| true), ab)
    }

    fn random(seed: u64) -> impl Fn(usize, usize) -> f64 {
        let key = Key::root(seed, 0);
        move |row, column| unit(key.child(row as u64).bits(1 + column as u64))
    }

    /// Points of an additive recurrence (Roberts 2018: powers of the root of x^(d+1) = x + 1), evenly spread.
    fn even(d: usize) -> impl Fn(usize, usize) -> f64 {
        let mut g = 1.5_f64;
        for _ in 0..60 {
            g = libm::pow(1.0 + g, 1.0 / (d as f64 + 1.0));
        }
        move |row, column| {
            let step = libm::pow(g, -(column as f64 + 1.0));
            (0.5 + (row + 1) as f64 * step).fract()
        }
    }

    fn of(
        results: &(Vec<f64>, Vec<f64>, Vec<Vec<f64>>),
        resamples: usize,
        seed: u64,
    ) -> Vec<SobolIndex> {
        let (a, b, ab) = results;
        sobol_indices(SobolSample { a, b, ab }, 0.95, resamples, seed).unwrap()
    }

    /// Ishigami & Homma (1990), with a = 7 and b = 0.1.
    fn ishigami(u: &[f64]) -> f64 {
        let x: Vec<f64> = u
            .iter()
            .map(|u| (2.0 * u - 1.0) * std::f64::consts::PI)
            .collect();
        let (s1, s2) = (libm::sin(x[0]), libm::sin(x[1]));
        s1 + 7.0 * s2 * s2 + 0.1 * libm::pow(x[2], 4.0) * s1
    }
    /// First-order and total indices in closed form.
    const ISHIGAMI: [(f64, f64); 3] = [
        (0.313_905_191_148, 0.557_588_855_21),
        (0.442_411_144_79, 0.442_411_144_79),
        (0.0, 0.243_683_664_062),
    ];

    #[test]
    fn ishigami_indices() {
        let even = of(&design(3, 1 << 14, even(6), ishigami), 0, 1);
        for (found, (first, total)) in even.iter().zip(ISHIGAMI) {
            assert!(
                (found.first.estimate - first).abs() < 0.01,
                "{found:?} {first}"
            );
            assert!(
                (found.total.estimate - total).abs() < 0.01,
                "{found:?} {total}"
            );
            assert_eq!(found.first.bounds, None);
        }
        // Random points are less exact, and the intervals say by how much: 4 standard errors are twice a 95% half-width.
        let random = of(&design(3, 1 << 12, random(3), ishigami), 200, 1);
        for (found, (first, total)) in random.iter().zip(ISHIGAMI) {
            for (x, exact) in [(found.first, first), (found.total, total)] {
                let (low, high) = x.bounds.unwrap();
                assert!(low < x.estimate && x.estimate < high);
                assert!(
                    (x.estimate - exact).abs() < 4.0 * (high - low) / 3.92,
                    "{x:?} {exact}"
                );
                assert!(high - low < 0.12, "{x:?}");
            }
        }
    }

    #[test]
    fn sobol_g_function_indices() {
        // f = product of (|4 x - 2| + a) / (1 + a): partial variances V_i = 1 / (3 (1 + a_i)^2), V = product of (1 + V_i) - 1.
        let a = [0.0, 1.0, 4.5, 9.0];
        let f = |x: &[f64]| -> f64 {
            x.iter()
                .zip(a)
                .map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a))
                .product()
        };
        let parts = a.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
        let whole: f64 = parts.iter().map(|v| 1.0 + v).product::<f64>();
        for (found, v) in of(&design(4, 1 << 14, even(8), f), 0, 1).iter().zip(parts) {
            let (first, total) = (v / (whole - 1.0), v / (1.0 + v) * whole / (whole - 1.0));
            assert!(
                (found.first.estimate - first).abs() < 0.01,
                "{found:?} {first}"
            );
            assert!(
                (found.total.estimate - total).abs() < 0.01,
                "{found:?} {total}"
            );
        }
    }

    #[test]
    fn intervals_of_indices_cover() {
        // Of a linear function: first and total index of input i are c_i^2 / sum of c^2.
        let c = [3.0, 2.0, 1.0];
        let f = |x: &[f64]| x.iter().zip(c).map(|(x, c)| x * c).sum();
        let (mut hits, mut all) = (0_u32, 0_u32);
        for seed in 0..150 {
            for (found, c) in of(&design(3, 200, random(1000 + seed), f), 200, seed)
                .iter()
                .zip(c)
            {
                let exact = c * c / 14.0;
                for x in [found.first, found.total] {
                    let (low, high) = x.bounds.unwrap();
                    all += 1;
                    hits += u32::from(low <= exact && exact <= high);
                }
            }
        }
        // 150 designs at 95%, six numbers of each that hang together: 4 standard errors of a share of 150.
        let share = f64::from(hits) / f64::from(all);
        assert!(
            (share - 0.95).abs() < 4.0 * (0.95 * 0.05 / 150.0_f64).sqrt(),
            "{share}"
        );
    }

    #[test]
    fn the_same_seed_gives_the_same_intervals() {
        let results = design(3, 100, random(5), ishigami);
        assert_eq!(of(&results, 50, 9), of(&results, 50, 9));
        assert_ne!(of(&results, 50, 9), of(&results, 50, 10));
    }

    #[test]
    fn indices_that_are_undefined() {
        let none = |a: &[f64], b: &[f64], ab: &[Vec<f64>]| {
            sobol_indices(SobolSample { a, b, ab }, 0.95, 10, 1).is_none()
        };
        assert!(none(&[1.0, 1.0], &[1.0, 1.0], &[vec![1.0, 1.0]]));
        assert!(none(&[1.0, 2.0], &[1.0], &[vec![1.0, 1.0]]));
        assert!(none(&[1.0, f64::NAN], &[1.0, 2.0], &[vec![1.0, 1.0]]));
        assert!(none(&[], &[], &[]));
    }

    #[test]
    fn a_linear_model_is_recovered() {
        // Without noise the coefficients are c_i sd(x_i) / sd(y) exactly, whatever the inputs' correlations.
        let point = random(7);
        let mut inputs: Vec<Vec<f64>> = (0..3)
            .map(|i| (0..40).map(|j| point(j, i)).collect())
            .collect();
        let mixed = (0..40)
            .map(|j| 0.8 * inputs[0][j] + 0.2 * inputs[2][j])
            .collect();
        inputs[2] = mixed;
        let c = [5.0, -2.0, 1.0];
        let y: Vec<f64> = (0..40)
            .map(|j| 3.0 + (0..3).map(|i| c[i] * inputs[i][j]).sum::<f64>())
            .collect();
        let sd = |x: &[f64]| super::super::moments(x).std_dev().unwrap();
        let fit = regression(&inputs, &y, 0.95).unwrap();
        assert!((fit.r_squared - 1.0).abs() < 1e-12);
        for ((x, c), found) in inputs.iter().zip(c).zip(&fit.coefficients) {
            let exact = c * sd(x) / sd(&y);
            assert!(
                (found.unwrap().estimate - exact).abs() < 1e-9,
                "{found:?} {exact}"
            );
        }
        // An input that does not vary has no coefficient and changes nothing.
        inputs.insert(1, vec![0.1; 40]);
        let with = regression(&inputs, &y, 0.95).unwrap();
        assert_eq!(
            (with.coefficients[1], with.coefficients[0]),
            (None, fit.coefficients[0])
        );
        // The same input twice has no answer.
        inputs.push(inputs[0].clone());
        assert_eq!(regression(&inputs, &y, 0.95), None);
    }

    #[test]
    fn a_regression_by_hand() {
        // x = 1..5, y = 2, 1, 4, 3, 5: r = 0.8, R^2 = 0.64, standard error sqrt((1 - 0.64) / 3), t[0.975, 3] = 3.182446.
        let fit = regression(
            &[vec![1.0, 2.0, 3.0, 4.0, 5.0]],
            &[2.0, 1.0, 4.0, 3.0, 5.0],
            0.95,
        )
        .unwrap();
        let found = fit.coefficients[0].unwrap();
        assert!((found.estimate - 0.8).abs() < 1e-12 && (fit.r_squared - 0.64).abs() < 1e-12);
        let half = 3.182_446_305 * (0.36_f64 / 3.0).sqrt();
        let (low, high) = found.bounds.unwrap();
        assert!((low - (0.8 - half)).abs() < 1e-8 && (high - (0.8 + half)).abs() < 1e-8);
        assert_eq!(regression(&[vec![1.0, 2.0]], &[1.0, 2.0], 0.95), None);
        assert_eq!(
            regression(&[vec![1.0, 2.0, 4.0]], &[1.0, 1.0, 1.0], 0.95),
            None
        );
        assert_eq!(
            regression(&[vec![1.0, 2.0, f64::NAN]], &[1.0, 3.0, 1.0], 0.95),
            None
        );
    }

    #[test]
    fn a_tornado_is_sorted_by_swing() {
        let base = [10.0, 12.0, 11.0];
        let moved =
            |by: [f64; 3]| -> Vec<f64> { base.iter().zip(by).map(|(b, d)| b + d).collect() };
        let ends = [
            moved([-1.0, -1.0, -1.0]),
            moved([1.0, 1.0, 1.0]),
            moved([4.0, 5.0, 6.0]),
            moved([-5.0, -5.0, -5.0]),
            moved([0.0, 0.0, 0.0]),
            moved([0.5, 0.5, 0.5]),
        ];
        let bars = tornado(&base, &ends, 0.95).unwrap();
        assert_eq!(bars.iter().map(|b| b.input).collect::<Vec<_>>(), [1, 0, 2]);
        assert_eq!(
            (bars[0].swing.mean, bars[0].low.mean, bars[0].high.mean),
            (-10.0, 5.0, -5.0)
        );
        // Differences 4, 5, 6: sd 1, t[0.975, 2] = 4.302653.
        assert!((bars[0].low.half_width() - 4.302_652_73 / 3.0_f64.sqrt()).abs() < 1e-7);
        assert_eq!(bars[1].swing.half_width(), 0.0);
        assert!(tornado(&base, &[vec![1.0], base.to_vec()], 0.95).is_none());
    }
}
