//! Which of several systems is best: procedures of ranking and selection.

use crate::dist::special::normal_cdf;

/// The constants of Kim and Nelson's procedure for `k` systems, a first stage of `n0` observations and a probability `alpha` of a
/// wrong choice (c = 1): `eta = ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2` and `h² = 2 eta (n0 - 1)`.
///
/// `None` for fewer than two systems or observations, or an alpha outside (0, 1 - 1/k).
pub fn kim_nelson_constants(k: usize, n0: usize, alpha: f64) -> Option<(f64, f64)> {
    let sane = k >= 2 && n0 >= 2 && alpha > 0.0 && alpha < 1.0 - 1.0 / k as f64;
    let df = n0 as f64 - 1.0;
    sane.then(|| {
        let eta = 0.5 * (libm::pow(2.0 * alpha / (k as f64 - 1.0), -2.0 / df) - 1.0);
        (eta, 2.0 * eta * df)
    })
}

/// Kim and Nelson's fully sequential selection of the system with the largest mean.
///
/// With normal observations, which may depend on each other from system to system (common random numbers), the survivor is the best
/// with probability `1 - alpha` at least whenever the best mean is `delta` or more above the next; otherwise it is within delta of
/// the best with that probability, as a rule. Source: S.-H. Kim and B. L. Nelson (2001), A fully sequential procedure for
/// indifference-zone selection in simulation, ACM TOMACS 11 (c = 1).
#[derive(Clone, Debug)]
pub struct KimNelson {
    delta: f64,
    h2: f64,
    /// Variance of the differences of the first stage, system by system.
    variances: Vec<Vec<f64>>,
    /// Observations at which a system was dropped.
    dropped: Vec<Option<usize>>,
}

impl KimNelson {
    /// From the first stage: the same number of observations of each system, two at least, and an indifference zone `delta` above 0.
    pub fn new(first: &[&[f64]], delta: f64, alpha: f64) -> Option<Self> {
        let n0 = first.first()?.len();
        let (_, h2) = kim_nelson_constants(first.len(), n0, alpha)?;
        let same = first.iter().all(|x| x.len() == n0);
        let finite = first.iter().all(|x| x.iter().all(|v| v.is_finite()));
        let sane = same && finite && delta > 0.0 && delta.is_finite();
        let variance = |a: &[f64], b: &[f64]| {
            let differences: Vec<f64> = a.iter().zip(b).map(|(x, y)| x - y).collect();
            super::moments(&differences).variance().unwrap_or(0.0)
        };
        sane.then(|| Self {
            delta,
            h2,
            variances: first
                .iter()
                .map(|a| first.iter().map(|b| variance(a, b)).collect())
                .collect(),
            dropped: vec![None; first.len()],
        })
    }

    /// Screens after `r` observations of each survivor, whose sums are `sums` (those of dropped systems do not matter): a system stays
    /// if its sum is no less than that of every other survivor less `max(0, delta / 2 (h² S² / delta² - r))`. At least one stays.
    pub fn screen(&mut self, r: usize, sums: &[f64]) {
        let alive: Vec<usize> = self.survivors().collect();
        let beaten = |i: usize| {
            alive.iter().any(|&l| {
                let slack = self.h2 * self.variances[i][l] / (self.delta * self.delta) - r as f64;
                l != i && sums[i] < sums[l] - (0.5 * self.delta * slack).max(0.0)
            })
        };
        let losers: Vec<usize> = alive.iter().copied().filter(|&i| beaten(i)).collect();
        losers.into_iter().for_each(|i| self.dropped[i] = Some(r));
        // Without slack between any two, those still in are equal to the last digit: the first of them.
        if self.decided_at().is_some_and(|last| r > last) {
            let ties: Vec<usize> = self.survivors().skip(1).collect();
            ties.into_iter().for_each(|i| self.dropped[i] = Some(r));
        }
    }

    /// The number of observations after which nothing is left to chance: the largest `h² S² / delta²` between survivors.
    fn decided_at(&self) -> Option<usize> {
        let alive: Vec<usize> = self.survivors().collect();
        let pairs = alive
            .iter()
            .flat_map(|&i| alive.iter().map(move |&l| (i, l)));
        let largest = pairs.map(|(i, l)| self.variances[i][l]).reduce(f64::max)?;
        Some((self.h2 * largest / (self.delta * self.delta)).floor() as usize)
    }

    /// Systems that are still in.
    pub fn survivors(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.dropped.len()).filter(|&i| self.dropped[i].is_none())
    }

    /// By system, the number of observations at which it was dropped; `None` of those still in.
    pub fn dropped(&self) -> &[Option<usize>] {
        &self.dropped
    }

    /// The last one in, once all others are dropped.
    pub fn selected(&self) -> Option<usize> {
        let mut alive = self.survivors();
        alive.next().filter(|_| alive.next().is_none())
    }
}

/// The shares of further observations that make a correct choice of the smallest mean most probable, asymptotically: OCBA.
///
/// With d the distance of a mean to the smallest, `n[i] / n[j] = ((sd[i] / d[i]) / (sd[j] / d[j]))²` for those that are not the best, and
/// for the best `n[b] = sd[b] sqrt(sum n[i]² / sd[i]²)`. `None` for fewer than two systems, a mean that ties with the best, or a
/// standard deviation that is not above 0. Source: C.-H. Chen, J. Lin, E. Yücesan and S. E. Chick (2000).
pub fn ocba(means: &[f64], sds: &[f64]) -> Option<Vec<f64>> {
    let best = (0..means.len()).min_by(|&i, &j| means[i].total_cmp(&means[j]))?;
    if means.len() < 2 || means.len() != sds.len() || !sds.iter().all(|&s| s > 0.0) {
        return None;
    }
    let mut weights: Vec<f64> = means
        .iter()
        .zip(sds)
        .map(|(m, s)| (s / (m - means[best])) * (s / (m - means[best])))
        .collect();
    let others = (0..means.len()).filter(|&i| i != best);
    let sum: f64 = others
        .map(|i| (weights[i] / sds[i]) * (weights[i] / sds[i]))
        .sum();
    weights[best] = sds[best] * sum.sqrt();
    let total: f64 = weights.iter().sum();
    (total.is_finite() && total > 0.0).then(|| weights.iter().map(|w| w / total).collect())
}

/// The shares of [`ocba`]; where it has none, for means that tie or values that do not vary, shares near them: a standard deviation is no
/// less than a millionth of the largest, and the same share for all where that does not help.
pub fn wanted_shares(means: &[f64], sds: &[f64]) -> Vec<f64> {
    let largest = sds.iter().copied().fold(0.0, f64::max);
    let floored: Vec<f64> = sds.iter().map(|s| s.max(1e-6 * largest)).collect();
    let even = || vec![1.0 / means.len() as f64; means.len()];
    ocba(means, &floored).unwrap_or_else(even)
}

/// How many more observations each system gets out of `more`, so that the numbers come closest to `shares` of their sum: one after the other
/// to the system that lacks most.
pub fn starving(counts: &[usize], shares: &[f64], more: usize) -> Vec<usize> {
    let total = (counts.iter().sum::<usize>() + more) as f64;
    let mut given = vec![0; counts.len()];
    for _ in 0..more {
        let lack = |i: usize| shares[i] * total - (counts[i] + given[i]) as f64;
        let neediest = (0..counts.len())
            .rev()
            .max_by(|&i, &j| lack(i).total_cmp(&lack(j)));
        if let Some(i) = neediest {
            given[i] += 1;
        }
    }
    given
}

/// A lower bound, approximately, of the probability that the smallest mean is that of the best system: 1 less the sum over the others of
/// `normal(-d / sqrt(sd² / n + sd_b² / n_b))`, with d the distance of the mean to the smallest; not below 0. Source: C.-H. Chen, J. Lin,
/// E. Yücesan and S. E. Chick (2000), APCS-B.
pub fn probability_of_correct_selection(means: &[f64], sds: &[f64], counts: &[usize]) -> f64 {
    let Some(best) = (0..means.len()).min_by(|&i, &j| means[i].total_cmp(&means[j])) else {
        return 0.0;
    };
    let square = |i: usize| sds[i] * sds[i] / counts[i] as f64;
    let wrong = |i: usize| {
        let error = (square(i) + square(best)).sqrt();
        let away = means[i] - means[best];
        // Without any doubt about the means a tie is a toss.
        match (error > 0.0, away > 0.0) {
            (true, _) => normal_cdf(-away / error),
            (false, true) => 0.0,
            (false, false) => 0.5,
        }
    };
    let others = (0..means.len()).filter(|&i| i != best);
    (1.0 - others.map(wrong).sum::<f64>()).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() <= 1e-9 * want.abs(), "{got}, not {want}");
    }

    #[test]
    fn constants() {
        for (k, n0, alpha, want) in [
            (2, 10, 0.05, 6.0129048348),
            (5, 10, 0.05, 11.4294107728),
            (10, 20, 0.05, 11.5114845387),
            (100, 20, 0.01, 27.522110807),
        ] {
            close(kim_nelson_constants(k, n0, alpha).unwrap().1, want);
        }
        close(kim_nelson_constants(2, 10, 0.05).unwrap().0, 0.3340502686);
        close(kim_nelson_constants(5, 10, 0.05).unwrap().0, 0.634967265154);
        assert_eq!(kim_nelson_constants(1, 10, 0.05), None);
        assert_eq!(kim_nelson_constants(2, 1, 0.05), None);
        assert_eq!(kim_nelson_constants(2, 10, 0.5), None);
    }

    #[test]
    fn ocba_shares() {
        let want = [
            0.421822988205,
            0.40613409609,
            0.101533524023,
            0.0451260106767,
            0.0253833810056,
        ];
        let got = ocba(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0; 5]).unwrap();
        got.iter().zip(want).for_each(|(g, w)| close(*g, w));
        assert_eq!(ocba(&[1.0, 1.0], &[1.0, 1.0]), None);
        assert_eq!(ocba(&[1.0, 2.0], &[1.0, 0.0]), None);
        assert_eq!(ocba(&[1.0], &[1.0]), None);
    }

    #[test]
    fn a_budget_goes_to_those_that_lack_most() {
        assert_eq!(starving(&[10, 10, 10], &[0.5, 0.3, 0.2], 10), [9, 1, 0]);
        assert_eq!(starving(&[4, 4], &[0.5, 0.5], 3), [2, 1]);
        assert_eq!(wanted_shares(&[1.0, 1.0], &[1.0, 1.0]), [0.5, 0.5]);
        assert!(wanted_shares(&[1.0, 2.0], &[1.0, 0.0])[0] > 0.99);
        // By hand: 2 / sqrt(1/25 + 1/25) = 7.07; 0.2 over the same is 0.7071.
        let sure = probability_of_correct_selection(&[1.0, 1.2, 3.0], &[1.0; 3], &[25; 3]);
        close(sure, 1.0 - 0.23975006109347674 - 7.687_298_972_140_23e-13);
        assert_eq!(
            probability_of_correct_selection(&[1.0, 1.0], &[0.0; 2], &[2; 2]),
            0.5
        );
    }

    #[test]
    fn equal_systems_end_too() {
        let same = [1.0, 2.0, 4.0];
        let mut kn = KimNelson::new(&[&same, &same], 0.5, 0.05).unwrap();
        kn.screen(3, &[7.0, 7.0]);
        assert_eq!(
            (kn.selected(), kn.dropped()),
            (Some(0), &[None, Some(3)][..])
        );
        assert!(KimNelson::new(&[&same, &same[..2]], 0.5, 0.05).is_none());
        assert!(KimNelson::new(&[&same, &same], 0.0, 0.05).is_none());
    }
}
