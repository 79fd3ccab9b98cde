//! Regression on a series whose errors are correlated, wander, and have known noise on top.
//!
//! `y_t = x_t b + a_t + u_t + e_t` at whole times t, of which any may be missing: `a` is autoregressive of first order, those k apart
//! have the correlation `r^k`; `u` is a random walk that is 0 at the first time; `e` is independent. All are normal. The likelihood is
//! the restricted one, which knows that the coefficients are estimated, from the innovations of a Kalman filter. Source: J. Durbin and
//! S. J. Koopman (2012), Time series analysis by state space methods.

use super::estimate::normal_factor;
use super::simplex::minimise;

/// One observation.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// Its time, a whole number; later ones have larger times.
    pub at: u32,
    /// What was observed.
    pub y: f64,
    /// Variance of the noise of `y`.
    pub noise: f64,
    /// The regressors, as many for all.
    pub x: Vec<f64>,
}

/// How errors are correlated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Errors {
    /// Standard deviation of the autoregressive part.
    pub sd: f64,
    /// Its correlation at neighbouring times.
    pub correlation: f64,
    /// Standard deviation of the random walk's change from one time to the next.
    pub walk: f64,
    /// Standard deviation of an independent part, on top of the known noise of each observation.
    pub independent: f64,
}

/// Coefficients of the regression given how the errors are correlated: generalised least squares.
#[derive(Clone, Debug, PartialEq)]
pub struct Regressed {
    /// The coefficients.
    pub coefficients: Vec<f64>,
    /// Their covariance.
    pub covariance: Vec<Vec<f64>>,
    /// Logarithm of the restricted likelihood, without the constant of the regressors.
    pub log_likelihood: f64,
}

/// Errors of the largest restricted likelihood.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorsFit {
    /// The estimates.
    pub errors: Errors,
    /// The regression with them.
    pub regressed: Regressed,
    /// Confidence interval of [`Errors::sd`], on the scale of its logarithm.
    pub sd: (f64, f64),
    /// Confidence interval of [`Errors::correlation`], on Fisher's scale; -1 to 1 where nothing is known.
    pub correlation: (f64, f64),
    /// Confidence interval of [`Errors::walk`], from the profile of the likelihood.
    pub walk: (f64, f64),
    /// Where the observations contradict the independent part as it is known from elsewhere: the largest that they allow (a test of
    /// 5% for a variance at its edge), while [`Errors::independent`] is the likeliest.
    pub most_independent: Option<f64>,
    /// The estimates on the scale of the search, and the root of their covariance if there is one.
    at: Vec<f64>,
    root: Option<Vec<Vec<f64>>>,
}

impl ErrorsFit {
    /// Errors drawn around the estimates by a source of standard normal numbers; what is 0 stays 0.
    pub fn drawn(&self, mut score: impl FnMut() -> f64) -> Errors {
        let scores: Vec<f64> = self.at.iter().map(|_| score()).collect();
        let moved = match &self.root {
            Some(root) if self.errors.sd > 0.0 => times(root, &scores),
            _ => return self.errors,
        };
        let at: Vec<f64> = self.at.iter().zip(moved).map(|(a, m)| a + m).collect();
        errors(&at, self.errors.independent)
    }
}

/// What the next observation is, apart from its noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Expected value.
    pub mean: f64,
    /// Variance, with that of the coefficients.
    pub variance: f64,
}

/// Means and covariance of the two states; each mean has a column for `y` and one for each regressor.
struct Filter {
    errors: Errors,
    time: Option<u32>,
    means: [Vec<f64>; 2],
    var: [f64; 2],
    cov: f64,
}

impl Filter {
    fn new(errors: &Errors, columns: usize) -> Self {
        Self {
            errors: *errors,
            time: None,
            means: [vec![0.0; columns], vec![0.0; columns]],
            var: [errors.sd * errors.sd, 0.0],
            cov: 0.0,
        }
    }

    /// To a later time.
    fn advance(&mut self, to: u32) {
        let Some(from) = self.time.replace(to) else {
            return;
        };
        let steps = f64::from(to.saturating_sub(from));
        let kept = libm::pow(self.errors.correlation, steps);
        self.means[0].iter_mut().for_each(|m| *m *= kept);
        let square = self.errors.sd * self.errors.sd;
        self.var[0] = kept * kept * self.var[0] + square * (1.0 - kept * kept);
        self.var[1] += steps * self.errors.walk * self.errors.walk;
        self.cov *= kept;
    }

    /// Variance of a weighted sum of the states.
    fn variance(&self, [a, b]: [f64; 2]) -> f64 {
        a * a * self.var[0] + b * b * self.var[1] + 2.0 * a * b * self.cov
    }

    fn mean(&self, column: usize, [a, b]: [f64; 2]) -> f64 {
        a * self.means[0][column] + b * self.means[1][column]
    }

    /// Takes an observation in; its columns become what was not expected of them. The variance of that is returned.
    fn observe(&mut self, noise: f64, columns: &mut [f64]) -> f64 {
        let own = self.errors.independent * self.errors.independent;
        let variance = self.variance([1.0, 1.0]) + noise + own;
        let gain = self.var.map(|v| (v + self.cov) / variance);
        for (i, c) in columns.iter_mut().enumerate() {
            *c -= self.mean(i, [1.0, 1.0]);
            self.means[0][i] += gain[0] * *c;
            self.means[1][i] += gain[1] * *c;
        }
        for (v, g) in self.var.iter_mut().zip(gain) {
            *v -= g * g * variance;
        }
        self.cov -= gain[0] * gain[1] * variance;
        variance
    }
}

fn columns(o: &Observation) -> Vec<f64> {
    let mut columns = vec![o.y];
    columns.extend_from_slice(&o.x);
    columns
}

/// Generalised least squares with known [`Errors`]; `None` if the regressors are not independent or something is not finite.
pub fn regressed(observations: &[Observation], errors: &Errors) -> Option<Regressed> {
    let p = observations.first()?.x.len();
    let mut filter = Filter::new(errors, p + 1);
    let mut normal = vec![vec![0.0; p]; p];
    let (mut right, mut square, mut logs) = (vec![0.0; p], 0.0, 0.0);
    for o in observations {
        filter.advance(o.at);
        let mut columns = columns(o);
        let variance = filter.observe(o.noise, &mut columns);
        let (y, x) = columns.split_first()?;
        for i in 0..p {
            for j in 0..=i {
                normal[i][j] += x[i] * x[j] / variance;
            }
            right[i] += x[i] * y / variance;
        }
        square += y * y / variance;
        logs += libm::log(variance);
    }
    let root = cholesky(normal)?;
    let coefficients = solve(&root, right.clone());
    let fitted: f64 = right.iter().zip(&coefficients).map(|(r, c)| r * c).sum();
    let determinant: f64 = (0..p).map(|i| 2.0 * libm::log(root[i][i])).sum();
    let unit = |i: usize| (0..p).map(|j| f64::from(u8::from(i == j))).collect();
    let log_likelihood = -0.5 * (logs + determinant + square - fitted);
    log_likelihood.is_finite().then(|| Regressed {
        covariance: (0..p).map(|i| solve(&root, unit(i))).collect(),
        coefficients,
        log_likelihood,
    })
}

impl Regressed {
    /// What is observed at a time, given the observations before it, which need not be those of the fit.
    pub fn predict(&self, errors: &Errors, seen: &[Observation], at: u32, x: &[f64]) -> Prediction {
        self.with_states(errors, seen, at, x, [1.0, 1.0])
    }

    /// The same without the autoregressive part: regression and random walk.
    pub fn level(&self, errors: &Errors, seen: &[Observation], at: u32, x: &[f64]) -> Prediction {
        self.with_states(errors, seen, at, x, [0.0, 1.0])
    }

    fn with_states(
        &self,
        errors: &Errors,
        seen: &[Observation],
        at: u32,
        x: &[f64],
        states: [f64; 2],
    ) -> Prediction {
        let p = self.coefficients.len();
        let mut filter = Filter::new(errors, p + 1);
        for o in seen.iter().filter(|o| o.at < at) {
            filter.advance(o.at);
            filter.observe(o.noise, &mut columns(o));
        }
        filter.advance(at);
        let beyond: Vec<f64> = (x.iter().enumerate())
            .map(|(i, x)| x - filter.mean(i + 1, states))
            .collect();
        let by = |row: &[f64]| beyond.iter().zip(row).map(|(b, c)| b * c).sum::<f64>();
        let of_coefficients: f64 = (self.covariance.iter().zip(&beyond))
            .map(|(row, b)| b * by(row))
            .sum();
        Prediction {
            mean: filter.mean(0, states) + by(&self.coefficients),
            variance: filter.variance(states) + of_coefficients,
        }
    }
}

/// Parameters on the scale on which they are searched, within bounds.
fn errors(at: &[f64], independent: f64) -> Errors {
    let get = |i: usize, low: f64, high: f64| at.get(i).map(|v| v.clamp(low, high));
    Errors {
        sd: get(0, LEAST, 3.0).map_or(0.0, libm::exp),
        correlation: get(1, -CLOSEST, CLOSEST).map_or(0.0, libm::tanh),
        walk: get(2, LEAST, 1.0).map_or(0.0, libm::exp),
        independent,
    }
}

/// The correlation 0.95 on the scale on which it is searched: a larger one cannot be told from a level that wanders.
const CLOSEST: f64 = 1.8318;
/// Logarithm of a standard deviation that is as good as none.
const LEAST: f64 = -14.0;
/// Twice the gain of log-likelihood that one more variance must bring: a test of 5% at the edge.
const ONE_MORE: f64 = 2.71;
/// The same for a variance with its correlation.
const TWO_MORE: f64 = 5.99;
/// Twice the gain that speaks against a variance known from elsewhere: a test of 1%.
const CONTRADICTED: f64 = 6.63;

fn loss(observations: &[Observation], errors: &Errors) -> f64 {
    regressed(observations, errors).map_or(f64::INFINITY, |r| -r.log_likelihood)
}

/// The lowest of the values found from several starts.
fn best(starts: &[&[f64]], f: impl Fn(&[f64]) -> f64) -> Option<(Vec<f64>, f64)> {
    let each = starts.iter().map(|s| minimise(s, 0.4, &f));
    each.min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Errors of the largest restricted likelihood, with confidence intervals of `level`.
///
/// `independent` is the standard deviation of the independent part as it is known from elsewhere; it is replaced by a smaller one only
/// where the observations contradict it. The random walk is kept where the likelihood gains from it, otherwise left out; likewise the
/// autoregressive part. `None` for fewer than five observations more than regressors, or regressors that are not independent.
pub fn fit_errors(observations: &[Observation], independent: f64, level: f64) -> Option<ErrorsFit> {
    let z = normal_factor(level)?;
    let regressors = observations.first()?.x.len();
    if observations.len() < regressors + 5 {
        return None;
    }
    let least = regressed(observations, &errors(&[0.0], 0.0))?;
    let squares = observations.iter().map(|o| {
        let fitted: f64 =
            o.x.iter()
                .zip(&least.coefficients)
                .map(|(x, b)| x * b)
                .sum();
        (o.y - fitted) * (o.y - fitted) - o.noise
    });
    let spread = squares.sum::<f64>() / (observations.len() - regressors) as f64;
    let log_sd = 0.5 * libm::log(spread.max(1e-8));
    let with = |independent: f64| move |at: &[f64]| loss(observations, &errors(at, independent));
    let (mut own, mut most_independent) = (independent, None);
    let mut still = best(&[&[log_sd, 0.2], &[log_sd, 1.0]], with(own))?;
    if independent > 0.0 {
        let free = |at: &[f64]| loss(observations, &errors(&at[..2], libm::exp(at[2].max(LEAST))));
        let log = libm::log(independent);
        let found = best(
            &[&[still.0[0], still.0[1], log], &[log_sd, 1.0, log - 1.0]],
            free,
        )?;
        let other = libm::exp(found.0[2].max(LEAST));
        if other < independent && 2.0 * (still.1 - found.1) > CONTRADICTED {
            own = other;
            still = (found.0[..2].to_vec(), found.1);
            let (mut inside, mut outside) = (other, independent);
            for _ in 0..12 {
                let middle = 0.5 * (inside + outside);
                let there = minimise(&still.0, 0.3, with(middle)).1;
                match 2.0 * (there - found.1) > ONE_MORE {
                    true => outside = middle,
                    false => inside = middle,
                }
            }
            most_independent = Some(inside);
        }
    }
    let loss = with(own);
    let none = loss(&[LEAST, 0.0]);
    let moving = best(
        &[
            &[log_sd, 0.2, log_sd - 1.5],
            &[still.0[0], still.0[1], log_sd - 3.0],
            &[LEAST, 0.0, log_sd - 2.0],
        ],
        loss,
    )?;
    let moves = 2.0 * (still.1.min(none) - moving.1) > ONE_MORE;
    let (at, lowest) = match moves {
        true => moving,
        false if 2.0 * (none - still.1) > TWO_MORE => still.clone(),
        false => (vec![LEAST, 0.0], none),
    };
    let nothing = at[0] <= LEAST + 1.0;
    let fitted = errors(&at, own);
    let regression = regressed(observations, &fitted)?;
    // Of the first two, from the curvature; on the scale of the search.
    let root = curvature(&at, loss).and_then(inverse_root);
    let ends = |i: usize| {
        let variance = |root: &Vec<Vec<f64>>| root[i].iter().map(|r| r * r).sum::<f64>();
        let half = root
            .as_ref()
            .map_or(f64::INFINITY, |r| z * variance(r).sqrt());
        let end = |sign: f64| {
            let mut moved = at.clone();
            moved[i] += sign * half;
            errors(&moved, own)
        };
        (end(-1.0), end(1.0))
    };
    let (sd, correlation) = (ends(0), ends(1));
    // Without an autoregressive part: what would have been seen if there were one without correlation.
    let most = || {
        let seen = |log: f64| loss(&[log, 0.0, at.get(2).copied().unwrap_or(LEAST)]) - lowest;
        let beyond = (0..90).map(|i| -12.0 + 0.15 * f64::from(i));
        let beyond = beyond.into_iter().find(|log| seen(*log) > 0.5 * z * z);
        beyond.map_or(f64::INFINITY, libm::exp)
    };
    let held = |log_walk: f64| {
        let inner = |two: &[f64]| loss(&[two[0], two[1], log_walk]);
        minimise(&at[..2], 0.3, inner).1 - lowest - 0.5 * z * z
    };
    // Between a walk within the interval and one outside.
    let edge = |mut inside: f64, mut outside: f64| {
        for _ in 0..12 {
            let middle = 0.5 * (inside + outside);
            match held(middle) > 0.0 {
                true => outside = middle,
                false => inside = middle,
            }
        }
        libm::exp(0.5 * (inside + outside))
    };
    let peak = at.get(2).copied().unwrap_or(log_sd - 6.0).max(-13.0);
    let mut beyond = peak + 0.5;
    while held(beyond) <= 0.0 && beyond < 1.0 {
        beyond += 0.7;
    }
    let lower = match still.1.min(none) - lowest > 0.5 * z * z {
        true => edge(peak, peak - 8.0),
        false => 0.0,
    };
    Some(ErrorsFit {
        errors: match nothing {
            true => Errors {
                sd: 0.0,
                correlation: 0.0,
                ..fitted
            },
            false => fitted,
        },
        regressed: regression,
        sd: match nothing {
            true => (0.0, most()),
            false => (sd.0.sd, sd.1.sd),
        },
        correlation: match nothing {
            true => (-1.0, 1.0),
            false => (correlation.0.correlation, correlation.1.correlation),
        },
        walk: (lower, edge(peak, beyond)),
        most_independent,
        root: root.filter(|_| !nothing),
        at,
    })
}

/// Errors without any correlation of the largest restricted likelihood, and the regression with them; `None` as of [`fit_errors`].
pub fn fit_independent(observations: &[Observation]) -> Option<(Errors, Regressed)> {
    let alone = |at: &[f64]| errors(&[at[0], 0.0], 0.0);
    let found = minimise(&[-2.0], 1.0, |at| loss(observations, &alone(at)));
    let best = alone(&found.0);
    Some((best, regressed(observations, &best)?))
}

/// Matrix of second derivatives by central differences; `None` where it is not finite.
fn curvature(at: &[f64], f: impl Fn(&[f64]) -> f64) -> Option<Vec<Vec<f64>>> {
    const STEP: f64 = 0.02;
    let moved = |i: usize, a: f64, j: usize, b: f64| {
        let mut to = at.to_vec();
        to[i] += a * STEP;
        to[j] += b * STEP;
        f(&to)
    };
    let second = |i: usize, j: usize| {
        let sum = moved(i, 1.0, j, 1.0) - moved(i, 1.0, j, -1.0) - moved(i, -1.0, j, 1.0)
            + moved(i, -1.0, j, -1.0);
        sum / (4.0 * STEP * STEP)
    };
    let row = |i: usize| -> Vec<f64> { (0..at.len()).map(|j| second(i, j)).collect() };
    let rows: Vec<Vec<f64>> = (0..at.len()).map(row).collect();
    let finite = rows.iter().flatten().all(|v| v.is_finite());
    finite.then_some(rows)
}

/// Lower triangle of a symmetric matrix's root, from its lower triangle; `None` unless positive definite.
pub(crate) fn cholesky(mut a: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    for i in 0..a.len() {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            let rest = a[i][j] - sum;
            if i != j {
                a[i][j] = rest / a[j][j];
                a[j][i] = 0.0;
            } else if rest > 1e-12 * a[i][i].abs() {
                a[i][i] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(a)
}

/// A lower triangle times a vector.
pub(crate) fn times(root: &[Vec<f64>], by: &[f64]) -> Vec<f64> {
    let row = |row: &Vec<f64>| row.iter().zip(by).map(|(r, z)| r * z).sum();
    root.iter().map(row).collect()
}

/// Root of the inverse of a positive definite matrix; `None` of another one.
fn inverse_root(a: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let root = cholesky(a)?;
    let n = root.len();
    let unit = |i: usize| (0..n).map(|j| f64::from(u8::from(i == j))).collect();
    cholesky((0..n).map(|i| solve(&root, unit(i))).collect())
}

/// Solves with the root of a matrix.
pub(crate) fn solve(root: &[Vec<f64>], mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for i in 0..n {
        let sum: f64 = (0..i).map(|k| root[i][k] * b[k]).sum();
        b[i] = (b[i] - sum) / root[i][i];
    }
    for i in (0..n).rev() {
        let sum: f64 = (i + 1..n).map(|k| root[k][i] * b[k]).sum();
        b[i] = (b[i] - sum) / root[i][i];
    }
    b
}
