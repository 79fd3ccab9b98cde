//! The minimum of a function of few variables without its derivatives.

/// The smallest value found from a start by Nelder and Mead's simplex of sides `side`, and where it is.
///
/// It ends when values differ by less than 1e-8 and corners by less than 1e-4, or after 1000 steps.
/// Source: J. A. Nelder and R. Mead (1965), A simplex method for function minimization.
pub(super) fn minimise(start: &[f64], side: f64, f: impl Fn(&[f64]) -> f64) -> (Vec<f64>, f64) {
    let n = start.len();
    let corner = |i: usize| {
        let mut at = start.to_vec();
        if i < n {
            at[i] += side;
        }
        let value = f(&at);
        (at, value)
    };
    let mut corners: Vec<(Vec<f64>, f64)> = (0..=n).map(corner).collect();
    for _ in 0..1000 {
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (low, high) = (corners[0].1, corners[n].1);
        let far = |c: &(Vec<f64>, f64)| {
            let each = c.0.iter().zip(&corners[0].0);
            each.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        let width = corners.iter().map(far).fold(0.0, f64::max);
        if high - low < 1e-8 && width < 1e-4 {
            break;
        }
        let others = &corners[..n];
        let centre = |i: usize| others.iter().map(|c| c.0[i]).sum::<f64>() / n as f64;
        let centre: Vec<f64> = (0..n).map(centre).collect();
        let at = |by: f64| {
            let each = centre.iter().zip(&corners[n].0);
            let at: Vec<f64> = each.map(|(c, w)| c + by * (w - c)).collect();
            let value = f(&at);
            (at, value)
        };
        let reflected = at(-1.0);
        let next = if reflected.1 < low {
            let farther = at(-2.0);
            if farther.1 < reflected.1 {
                farther
            } else {
                reflected
            }
        } else if reflected.1 < corners[n - 1].1 {
            reflected
        } else {
            let inner = at(if reflected.1 < high { -0.5 } else { 0.5 });
            if inner.1 < high.min(reflected.1) {
                inner
            } else {
                let best = corners[0].0.clone();
                for c in corners.iter_mut().skip(1) {
                    let halves = c.0.iter().zip(&best);
                    c.0 = halves.map(|(a, b)| 0.5 * (a + b)).collect();
                    c.1 = f(&c.0);
                }
                continue;
            }
        };
        corners[n] = next;
    }
    corners.sort_by(|a, b| a.1.total_cmp(&b.1));
    corners.swap_remove(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curved_valley() {
        let square = |v: f64| v * v;
        let f = |x: &[f64]| square(1.0 - x[0]) + 100.0 * square(x[1] - x[0] * x[0]);
        let (at, value) = minimise(&[-1.2, 1.0], 0.5, f);
        assert!(value < 1e-7 && (at[0] - 1.0).abs() < 1e-3, "{at:?} {value}");
        assert_eq!(minimise(&[3.0], 0.5, |_| f64::INFINITY).0.len(), 1);
    }
}
