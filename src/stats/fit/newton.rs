//! The maximum of a log-likelihood of few parameters, by Newton's method.

/// A log-likelihood at some parameters, with its first and second derivatives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jet<const N: usize> {
    pub(super) value: f64,
    pub(super) gradient: [f64; N],
    pub(super) hessian: [[f64; N]; N],
}

impl<const N: usize> Jet<N> {
    pub(super) const ZERO: Self = Self {
        value: 0.0,
        gradient: [0.0; N],
        hessian: [[0.0; N]; N],
    };

    pub(super) fn add(&mut self, weight: f64, other: &Self) {
        self.value += weight * other.value;
        for i in 0..N {
            self.gradient[i] += weight * other.gradient[i];
            for j in 0..N {
                self.hessian[i][j] += weight * other.hessian[i][j];
            }
        }
    }

    fn is_finite(&self) -> bool {
        let all = |v: &[f64; N]| v.iter().all(|x| x.is_finite());
        self.value.is_finite() && all(&self.gradient) && self.hessian.iter().all(all)
    }
}

/// Where a log-likelihood is largest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maximum<const N: usize> {
    pub(super) at: [f64; N],
    pub(super) value: f64,
    /// Inverse of the observed information.
    pub(super) covariance: [[f64; N]; N],
}

/// Largest change of a parameter in one step; parameters are logarithms, or in units of logarithms.
const LONGEST: f64 = 2.0;

/// The local maximum that is reached from `start`; `None` if there is none inside, or the information is singular there.
///
/// Where the function is not concave the diagonal is raised until it is (K. Levenberg 1944); a step that loses is halved.
pub(super) fn maximise<const N: usize>(
    start: [f64; N],
    f: impl Fn(&[f64; N]) -> Jet<N>,
) -> Option<Maximum<N>> {
    let (mut at, mut here) = (start, f(&start));
    if !here.is_finite() {
        return None;
    }
    for _ in 0..200 {
        let (step, concave) = ascent(&here)?;
        let longest = step.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
        let small = step.iter().zip(&at);
        let settled = concave && { small }.all(|(s, x)| s.abs() <= 1e-13 * (1.0 + x.abs()));
        let mut scale = (LONGEST / longest).min(1.0);
        let noise = 1e-13 * here.value.abs();
        let next = (0..60).find_map(|_| {
            let mut to = at;
            (0..N).for_each(|i| to[i] += scale * step[i]);
            let there = f(&to);
            scale *= 0.5;
            (there.is_finite() && there.value >= here.value - noise).then_some((to, there))
        });
        let moved = next.is_some();
        if let Some((to, there)) = next {
            (at, here) = (to, there);
        }
        if settled || (concave && longest < 1e-9 && !moved) {
            break;
        }
        if !moved {
            return None;
        }
    }
    // Steps that rounding keeps from vanishing are fine; a walk that has not ended is not.
    let (step, concave) = ascent(&here)?;
    let ended = step.iter().all(|s| s.abs() < 1e-7);
    let covariance = inverse(&negative(&here.hessian, 0.0))?;
    (concave && ended).then_some(Maximum {
        at,
        value: here.value,
        covariance,
    })
}

/// A step uphill, and whether the function is concave here so that the step is Newton's.
fn ascent<const N: usize>(here: &Jet<N>) -> Option<([f64; N], bool)> {
    let mut ridge = 0.0;
    let largest = (0..N).fold(0.0_f64, |m, i| m.max(here.hessian[i][i].abs()));
    for _ in 0..40 {
        if let Some(lower) = cholesky(&negative(&here.hessian, ridge)) {
            return Some((solve(&lower, here.gradient), ridge == 0.0));
        }
        ridge = (10.0 * ridge).max(1e-3 * largest).max(1e-12);
    }
    None
}

fn negative<const N: usize>(h: &[[f64; N]; N], ridge: f64) -> [[f64; N]; N] {
    let mut out = *h;
    for (i, row) in out.iter_mut().enumerate() {
        row.iter_mut().for_each(|x| *x = -*x);
        row[i] += ridge;
    }
    out
}

/// The lower triangle L with `L Lᵀ` the matrix; `None` unless it is positive definite, well apart from singular.
pub(super) fn cholesky<const N: usize>(a: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut l = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| l[i][k] * l[j][k]).sum();
            let rest = a[i][j] - sum;
            if i != j {
                l[i][j] = rest / l[j][j];
            } else if rest > 1e-13 * a[i][i].abs() {
                l[i][i] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(l)
}

fn solve<const N: usize>(l: &[[f64; N]; N], mut b: [f64; N]) -> [f64; N] {
    for i in 0..N {
        let sum: f64 = (0..i).map(|k| l[i][k] * b[k]).sum();
        b[i] = (b[i] - sum) / l[i][i];
    }
    for i in (0..N).rev() {
        let sum: f64 = (i + 1..N).map(|k| l[k][i] * b[k]).sum();
        b[i] = (b[i] - sum) / l[i][i];
    }
    b
}

fn inverse<const N: usize>(a: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let lower = cholesky(a)?;
    let mut out = [[0.0; N]; N];
    for i in 0..N {
        let mut unit = [0.0; N];
        unit[i] = 1.0;
        out[i] = solve(&lower, unit);
    }
    Some(out)
}
