//! The frontier between goals that are at odds, such as cost and quality: the points that no other point beats.
//!
//! A point has a value of each goal, of which less is better; a goal of which more is better, such as a service level, has the opposite sign.

use super::resample::resample;
use std::cmp::Ordering;

/// For each point whether it is on the frontier: no other point is as good in every goal and better in one. Equal points are on it together;
/// one with a value that is not finite is not, and beats none.
pub fn frontier<const N: usize>(points: &[[f64; N]]) -> Vec<bool> {
    let is_sound = |&i: &usize| points[i].iter().all(|x| x.is_finite());
    let mut order: Vec<usize> = (0..points.len()).filter(is_sound).collect();
    // Whatever beats a point comes before it in this order, so that those kept so far are enough to compare with.
    let compared = |&a: &usize, &b: &usize| points[a].partial_cmp(&points[b]);
    order.sort_by(|a, b| compared(a, b).unwrap_or(Ordering::Equal));
    let mut on = vec![false; points.len()];
    let mut kept: Vec<usize> = Vec::new();
    for i in order {
        let mut better = kept.iter().map(|&k| points[k]).filter(|k| *k != points[i]);
        if !better.any(|k| k.iter().zip(&points[i]).all(|(x, y)| x <= y)) {
            on[i] = true;
            kept.push(i);
        }
    }
    on
}

/// How sure it is that points that were simulated are on the frontier: `values[p][g]` holds the results of point p for goal g, one a
/// replication, and the mean of a point is the mean over its replications. The probability is the share of `resamples` of the replications
/// (drawn with `seed`, the same replications for all points, since they share their random numbers) in which a point is on the frontier.
/// Points that are equal in every replication share their fate. `None` where points differ in their replications, or have none.
pub fn frontier_membership<const N: usize>(
    values: &[[Vec<f64>; N]],
    resamples: usize,
    seed: u64,
) -> Option<Vec<f64>> {
    let n = values.first()?.first()?.len();
    if n == 0 || values.iter().flatten().any(|g| g.len() != n) {
        return None;
    }
    let mut rows = Vec::with_capacity(n);
    let mut times = vec![0_usize; values.len()];
    for number in 0..resamples {
        resample(seed, number, n, &mut rows);
        let mean = |g: &Vec<f64>| rows.iter().map(|&r| g[r]).sum::<f64>() / n as f64;
        let means: Vec<[f64; N]> = values.iter().map(|p| p.each_ref().map(mean)).collect();
        for (count, on) in times.iter_mut().zip(frontier(&means)) {
            *count += usize::from(on);
        }
    }
    let share = |times| times as f64 / resamples as f64;
    Some(times.into_iter().map(share).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    /// Points on a coarse grid, so that many are equal.
    fn points<const N: usize>(seed: u64, n: usize, grid: u64) -> Vec<[f64; N]> {
        let key = Key::root(seed, 0);
        let value = |i: usize, g: usize| (key.child(i as u64).bits(1 + g as u64) % grid) as f64;
        (0..n)
            .map(|i| std::array::from_fn(|g| value(i, g)))
            .collect()
    }

    fn brute_force_agrees_in<const N: usize>(seed: u64) {
        for grid in [4, 50, 1_000_000] {
            let mut points = points::<N>(seed, 120, grid);
            points[7][0] = f64::NAN;
            points[8][1] = f64::INFINITY;
            // Every pair, in the words of the definition.
            let beaten = |p: &[f64; N]| {
                points.iter().any(|q| {
                    let finite = q.iter().all(|x| x.is_finite());
                    finite && q.iter().zip(p).all(|(q, p)| q <= p) && q != p
                })
            };
            let expected: Vec<bool> = points
                .iter()
                .map(|p| p.iter().all(|x| x.is_finite()) && !beaten(p))
                .collect();
            assert_eq!(frontier(&points), expected, "{N} {grid}");
            assert!(expected.contains(&true));
        }
    }

    #[test]
    fn brute_force_agrees() {
        brute_force_agrees_in::<2>(0);
        brute_force_agrees_in::<3>(1);
        assert!(frontier::<1>(&[]).is_empty());
        // Zeros of either sign are equal.
        assert_eq!(frontier(&[[0.0, 1.0], [-0.0, 2.0]]), [true, false]);
    }

    #[test]
    fn who_beats_whom() {
        let second_of = |a: [f64; 2], b| frontier(&[a, b])[1];
        assert!(!second_of([1.0, -0.9], [2.0, -0.9]));
        assert!(second_of([1.0, -0.9], [1.0, -0.9]));
        assert!(second_of([1.0, -0.8], [2.0, -0.9]));
        assert!(second_of([1.0, f64::NAN], [2.0, -0.9]));
    }

    #[test]
    fn membership_is_as_sure_as_the_differences() {
        // Two points of equal quality: the second is cheaper by the mean of differences that are normal by hand: in replication r it
        // costs d_r less. It is on the frontier in a resample if the mean of the d is above 0 there (alone), which of n = 25 values
        // with mean m and spread s is as probable as Phi(m sqrt(n) / s) in the limit.
        let n = 25;
        let spread: Vec<f64> = (0..n).map(|r| f64::from(r) - 12.0).collect();
        let s = (spread.iter().map(|x| x * x).sum::<f64>() / f64::from(n)).sqrt();
        let shift = 0.5 * s / 5.0;
        let cost = |r: usize| 100.0 + ((r * 7) % 25) as f64;
        let first: Vec<f64> = (0..25).map(cost).collect();
        let second: Vec<f64> = (0..25).map(|r| cost(r) - (spread[r] + shift)).collect();
        let quality = vec![-0.9; 25];
        let worse = vec![-0.8; 25];
        let dear: Vec<f64> = first.iter().map(|c| c + 1000.0).collect();
        let values = [[first, quality.clone()], [second, quality], [dear, worse]];
        let found = frontier_membership(&values, 4000, 11).unwrap();
        // Phi(0.5) = 0.691462; of 4000 resamples 4 standard errors, and a little for the steps of so small a sample.
        let allowed = 4.0 * (0.691_462_f64 * 0.308_538 / 4000.0).sqrt() + 0.01;
        assert!((found[1] - 0.691_462).abs() < allowed, "{found:?}");
        let together = found[0] + found[1];
        assert!((1.0..1.05).contains(&together), "{found:?}");
        assert_eq!(found[2], 0.0);
        assert_eq!(frontier_membership(&values, 4000, 11).unwrap(), found);
    }

    #[test]
    fn what_is_not_alike_has_no_frontier() {
        assert_eq!(frontier_membership::<1>(&[], 10, 1), None);
        assert_eq!(frontier_membership(&[[vec![]]], 10, 1), None);
        let uneven = [[vec![1.0]], [vec![1.0, 2.0]]];
        assert_eq!(frontier_membership(&uneven, 10, 1), None);
        let one = frontier_membership(&[[vec![1.0]]], 10, 1);
        assert_eq!(one, Some(vec![1.0]));
    }
}
