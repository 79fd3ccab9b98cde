//! Whether ratios of sums are the same in several classes, what is observed coming in independent blocks.

use super::estimate::Estimate;
use super::wander::{cholesky, solve};
use crate::dist::beta_fn::beta_pq;

/// Ratios of some classes, and a test of the hypothesis that they are all the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// The ratio of each class over that of all together.
    pub ratios: Vec<Estimate>,
    /// The statistic, distributed as F if they are all the same.
    pub f: f64,
    /// Its degrees of freedom.
    pub freedom: (f64, f64),
    /// Chance that classes which are alike would seem to differ as much.
    pub p_value: f64,
}

/// Numerator and denominator of a ratio of sums.
pub type Part = (f64, f64);

/// Chance of an F distributed value that is larger.
fn beyond(f: f64, (above, below): (f64, f64)) -> f64 {
    let x = below / (below + above * f);
    beta_pq(below / 2.0, above / 2.0, x, above * f / (below + above * f)).0
}

fn total(parts: impl Iterator<Item = Part>) -> Part {
    parts.fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1))
}

/// Classes that occur in each block, such as hours in days: blocks with their parts by class.
///
/// The covariance of the ratios is that of the residuals of blocks, `n / (n - 1)` times their sum of squares, and the statistic that of
/// Hotelling. `None` unless there are two classes and more blocks than classes, each class with a denominator above 0.
pub fn alike_within(blocks: &[Vec<Part>]) -> Option<Alike> {
    let classes = blocks.first()?.len();
    let n = blocks.len() as f64;
    let free = n - (classes as f64 - 1.0);
    if classes < 2 || free < 1.0 || blocks.iter().any(|b| b.len() != classes) {
        return None;
    }
    let sums: Vec<Part> = (0..classes)
        .map(|h| total(blocks.iter().map(|b| b[h])))
        .collect();
    let all = total(sums.iter().copied());
    if sums.iter().any(|s| s.1 <= 0.0) || all.0 <= 0.0 {
        return None;
    }
    let level = all.0 / all.1;
    let ratios: Vec<f64> = sums.iter().map(|s| s.0 / s.1).collect();
    let residuals: Vec<Vec<f64>> = blocks
        .iter()
        .map(|b| {
            let each = b.iter().zip(&sums).zip(&ratios);
            each.map(|((p, s), r)| (p.0 - r * p.1) / s.1).collect()
        })
        .collect();
    // Each class less the last one.
    let last = classes - 1;
    let differences: Vec<f64> = (0..last).map(|h| ratios[h] - ratios[last]).collect();
    let matrix: Vec<Vec<f64>> = (0..last)
        .map(|h| {
            let product = |k: usize| {
                let each = residuals.iter();
                let products = each.map(|r| (r[h] - r[last]) * (r[k] - r[last]));
                products.sum::<f64>() * n / (n - 1.0)
            };
            (0..last).map(product).collect()
        })
        .collect();
    let root = cholesky(matrix)?;
    let solved = solve(&root, differences.clone());
    let squares: f64 = solved.iter().zip(&differences).map(|(a, b)| a * b).sum();
    let freedom = (last as f64, free);
    let f = squares * free / (last as f64 * (n - 1.0));
    let relative = ratios.iter().enumerate().map(|(h, &ratio)| {
        let value = ratio / level;
        let squares = residuals.iter().zip(blocks).map(|(r, b)| {
            let of_all = total(b.iter().copied());
            let of_all = (of_all.0 - level * of_all.1) / all.1;
            let residual = (r[h] - value * of_all) / level;
            residual * residual
        });
        Estimate {
            value,
            standard_error: (squares.sum::<f64>() * n / (n - 1.0)).sqrt(),
        }
    });
    Some(Alike {
        ratios: relative.collect(),
        f,
        freedom,
        p_value: beyond(f, freedom),
    })
}

/// Classes of blocks, such as weekdays of days: by class the blocks.
///
/// Analysis of variance of the ratios of blocks, weighted by their denominators. `None` unless there are two classes with a denominator
/// above 0 and more blocks than classes.
pub fn alike_between(classes: &[Vec<Part>]) -> Option<Alike> {
    let sums: Vec<Part> = classes
        .iter()
        .map(|blocks| total(blocks.iter().copied()))
        .collect();
    let all = total(sums.iter().copied());
    let used = |blocks: &&Part| blocks.1 > 0.0;
    let blocks = classes.iter().flatten().filter(used).count();
    let freedom = (
        classes.len() as f64 - 1.0,
        blocks as f64 - classes.len() as f64,
    );
    if freedom.0 < 1.0 || freedom.1 < 1.0 || all.0 <= 0.0 || sums.iter().any(|s| s.1 <= 0.0) {
        return None;
    }
    let level = all.0 / all.1;
    let between = sums.iter().map(|s| {
        let distance = s.0 / s.1 - level;
        s.1 * distance * distance
    });
    let within = classes.iter().zip(&sums).flat_map(|(blocks, s)| {
        blocks.iter().filter(used).map(|b| {
            let distance = b.0 / b.1 - s.0 / s.1;
            b.1 * distance * distance
        })
    });
    let spread = within.sum::<f64>() / freedom.1;
    let f = between.sum::<f64>() / freedom.0 / spread;
    let ratios = sums.iter().map(|s| Estimate {
        value: s.0 / s.1 / level,
        standard_error: (spread * (1.0 / s.1 - 1.0 / all.1)).max(0.0).sqrt() / level,
    });
    (spread > 0.0).then(|| Alike {
        ratios: ratios.collect(),
        f,
        freedom,
        p_value: beyond(f, freedom),
    })
}

/// One stratum in which two classes are compared: its block, and of each class how many there are and their sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stratum {
    /// Number of the block.
    pub block: usize,
    /// Of the first class.
    pub first: Part,
    /// Of the second class.
    pub second: Part,
}

/// The logarithm of the factor between the means (sum over count, parts `(sum, count)`) of the second class and of the first, whatever the mean
/// of the stratum is; its standard error is from blocks.
///
/// Poisson pseudo-likelihood with an effect for each stratum, errors clustered by block (`n / (n - 1)`). `None` where the strata do not hold
/// both classes with sums above 0, or with fewer than two blocks.
pub fn factor_within(strata: &[Stratum]) -> Option<Estimate> {
    let both = |s: &&Stratum| s.first.1 > 0.0 && s.second.1 > 0.0;
    let strata: Vec<&Stratum> = strata.iter().filter(both).collect();
    // What the second class has more than its part at this factor, and how fast that falls.
    let score = |s: &Stratum, log: f64| {
        let odds = s.second.1 / s.first.1 * libm::exp(log);
        let (sum, part) = (s.first.0 + s.second.0, odds / (1.0 + odds));
        (s.second.0 - sum * part, sum * part * (1.0 - part))
    };
    let excess = |log: f64| strata.iter().map(|s| score(s, log).0).sum::<f64>();
    let (mut low, mut high) = (-20.0, 20.0);
    if !(excess(low) > 0.0 && excess(high) < 0.0) {
        return None;
    }
    let value = loop {
        let mid = 0.5 * (low + high);
        if mid <= low || mid >= high {
            break mid;
        }
        match excess(mid) > 0.0 {
            true => low = mid,
            false => high = mid,
        }
    };
    let mut blocks: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
    let mut information = 0.0;
    for s in &strata {
        let (excess, falls) = score(s, value);
        *blocks.entry(s.block).or_default() += excess;
        information += falls;
    }
    let n = blocks.len() as f64;
    let squares: f64 = blocks.values().map(|x| x * x).sum();
    (n >= 2.0 && information > 0.0).then(|| Estimate {
        value,
        standard_error: (squares * n / (n - 1.0)).sqrt() / information,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_by_hand() {
        // Two classes: the test is that of the mean difference, as of pairs.
        let blocks =
            [(3.0, 1.0), (4.0, 2.0), (5.0, 6.0), (8.0, 3.0)].map(|(a, b)| vec![(a, 1.0), (b, 1.0)]);
        let found = alike_within(&blocks).unwrap();
        // Differences 2, 2, -1, 5: mean 2, variance 6, t = 2 / sqrt(6 / 4).
        assert!((found.f - 4.0 / 1.5).abs() < 1e-12, "{found:?}");
        assert_eq!(found.freedom, (1.0, 3.0));
        let p = crate::stats::student_t_p_value(2.0, 1.5_f64.sqrt(), 3.0).unwrap();
        assert!((found.p_value - p).abs() < 1e-12);
        assert!((found.ratios[0].value - 5.0 / 4.0).abs() < 1e-12);
        assert_eq!(alike_within(&blocks[..1]), None);
        // Two classes of two blocks: means 2 and 5, squares 2 + 2 within on two degrees of freedom, 9 between.
        let of = |values: [f64; 2]| values.map(|x| (x, 1.0)).to_vec();
        let found = alike_between(&[of([1.0, 3.0]), of([4.0, 6.0])]).unwrap();
        assert!((found.f - 9.0 / 2.0).abs() < 1e-12);
        assert_eq!(alike_between(&[of([1.0, 3.0])]), None);
        // Each stratum has its own mean, and the second class twice of it.
        let strata = [(1.0, 3.0), (2.0, 5.0), (7.0, 1.0)].map(|(mean, n)| Stratum {
            block: n as usize,
            first: (10.0 * mean, 10.0),
            second: (2.0 * n * mean, n),
        });
        let found = factor_within(&strata).unwrap();
        assert!((found.value - libm::log(2.0)).abs() < 1e-12 && found.standard_error < 1e-12);
        assert_eq!(factor_within(&[]), None);
    }
}
