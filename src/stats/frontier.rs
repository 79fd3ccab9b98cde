//! The frontier between goals that are at odds, such as cost and quality: the points that no other point beats.

use super::resample::resample;
use std::cmp::Ordering;

/// Which values of a goal are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Small ones, as of a cost.
    Least,
    /// Large ones, as of a service level.
    Most,
}

/// Whether `a` dominates `b`: it is as good in every goal and better in one. What is not finite neither dominates nor is dominated.
pub fn dominates(a: &[f64], b: &[f64], goals: &[Goal]) -> bool {
    let mut better = false;
    for ((&x, &y), goal) in a.iter().zip(b).zip(goals) {
        let (x, y) = match goal {
            Goal::Least => (x, y),
            Goal::Most => (-x, -y),
        };
        if !(x.is_finite() && y.is_finite()) || x > y {
            return false;
        }
        better |= x < y;
    }
    better
}

/// For each point (a value of each goal) whether it is on the frontier: no other point dominates it. Equal points are on it together;
/// one with a value that is not finite is not.
pub fn frontier(points: &[Vec<f64>], goals: &[Goal]) -> Vec<bool> {
    let sound = |p: &Vec<f64>| p.len() == goals.len() && p.iter().all(|x| x.is_finite());
    let mut order: Vec<usize> = (0..points.len()).filter(|&i| sound(&points[i])).collect();
    // Whatever dominates a point comes before it in this order, so that those kept so far are enough to compare with.
    let better = |&a: &usize, &b: &usize| {
        let pairs = points[a].iter().zip(&points[b]).zip(goals);
        let mut orders = pairs.map(|((x, y), goal)| match goal {
            Goal::Least => x.partial_cmp(y),
            Goal::Most => y.partial_cmp(x),
        });
        let first = orders.find_map(|o| o.filter(|o| o.is_ne()));
        first.unwrap_or(Ordering::Equal)
    };
    order.sort_by(better);
    let mut on = vec![false; points.len()];
    let mut kept: Vec<usize> = Vec::new();
    for i in order {
        if !kept
            .iter()
            .any(|&k| dominates(&points[k], &points[i], goals))
        {
            on[i] = true;
            kept.push(i);
        }
    }
    on
}

/// Whether a point is on the frontier, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Membership {
    /// Whether it is, by its means.
    pub on: bool,
    /// Share of the resamples in which it is.
    pub probability: f64,
}

/// The frontier of points that were simulated: `values[p][g]` holds the results of point p for goal g, one a replication, and the
/// mean of a point is the mean over its replications. How sure its membership is comes from `resamples` of the replications (drawn
/// with `seed`, the same replications for all points, since they share their random numbers): the share of them in which it is on the
/// frontier. Points that are equal in every replication share their fate. `None` where points differ in goals or replications.
pub fn frontier_membership(
    values: &[Vec<Vec<f64>>],
    goals: &[Goal],
    resamples: usize,
    seed: u64,
) -> Option<Vec<Membership>> {
    let n = values.first()?.first()?.len();
    let alike = |p: &Vec<Vec<f64>>| p.len() == goals.len() && p.iter().all(|g| g.len() == n);
    if n == 0 || !values.iter().all(alike) {
        return None;
    }
    let means = |rows: &[usize]| -> Vec<Vec<f64>> {
        let mean = |g: &Vec<f64>| rows.iter().map(|&r| g[r]).sum::<f64>() / n as f64;
        values
            .iter()
            .map(|p| p.iter().map(mean).collect())
            .collect()
    };
    let mut rows: Vec<usize> = (0..n).collect();
    let on = frontier(&means(&rows), goals);
    let mut times = vec![0_usize; values.len()];
    for number in 0..resamples {
        resample(seed, number, n, &mut rows);
        for (count, on) in times.iter_mut().zip(frontier(&means(&rows), goals)) {
            *count += usize::from(on);
        }
    }
    let share = |(on, times)| Membership {
        on,
        probability: if resamples > 0 {
            times as f64 / resamples as f64
        } else {
            f64::from(u8::from(on))
        },
    };
    Some(on.into_iter().zip(times).map(share).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;
    use Goal::{Least, Most};

    /// Points on a coarse grid, so that many are equal.
    fn points(seed: u64, n: usize, goals: usize, grid: u64) -> Vec<Vec<f64>> {
        let key = Key::root(seed, 0);
        let value = |i: usize, g: usize| (key.child(i as u64).bits(1 + g as u64) % grid) as f64;
        (0..n)
            .map(|i| (0..goals).map(|g| value(i, g)).collect())
            .collect()
    }

    #[test]
    fn brute_force_agrees() {
        for (seed, goals) in [&[Least, Least][..], &[Least, Most], &[Most, Least, Most]]
            .into_iter()
            .enumerate()
        {
            for grid in [4, 50, 1_000_000] {
                let mut points = points(seed as u64, 120, goals.len(), grid);
                points[7][0] = f64::NAN;
                points[8][1] = f64::INFINITY;
                // Every pair, in the words of the definition.
                let beaten = |p: &Vec<f64>| {
                    points.iter().any(|q| {
                        let finite = q.iter().all(|x| x.is_finite());
                        let pairs = || q.iter().zip(p).zip(goals);
                        let as_good =
                            pairs().all(|((q, p), g)| if *g == Least { q <= p } else { q >= p });
                        finite && as_good && q != p
                    })
                };
                let expected: Vec<bool> = points
                    .iter()
                    .map(|p| p.iter().all(|x| x.is_finite()) && !beaten(p))
                    .collect();
                assert_eq!(frontier(&points, goals), expected, "{goals:?} {grid}");
                assert!(expected.contains(&true));
            }
        }
        assert!(frontier(&[], &[Least]).is_empty());
        // Zeros of either sign are equal.
        assert_eq!(
            frontier(&[vec![0.0, 1.0], vec![-0.0, 2.0]], &[Least, Least]),
            [true, false]
        );
    }

    #[test]
    fn domination() {
        assert!(dominates(&[1.0, 0.9], &[2.0, 0.9], &[Least, Most]));
        assert!(!dominates(&[1.0, 0.9], &[1.0, 0.9], &[Least, Most]));
        assert!(!dominates(&[1.0, 0.8], &[2.0, 0.9], &[Least, Most]));
        assert!(!dominates(&[1.0, f64::NAN], &[2.0, 0.9], &[Least, Most]));
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
        let quality = vec![0.9; 25];
        let worse = vec![0.8; 25];
        let dear: Vec<f64> = first.iter().map(|c| c + 1000.0).collect();
        let values = [
            vec![first, quality.clone()],
            vec![second, quality],
            vec![dear, worse],
        ];
        let found = frontier_membership(&values, &[Least, Most], 4000, 11).unwrap();
        assert_eq!(
            found.iter().map(|m| m.on).collect::<Vec<_>>(),
            [false, true, false]
        );
        // Phi(0.5) = 0.691462; of 4000 resamples 4 standard errors, and a little for the steps of so small a sample.
        let allowed = 4.0 * (0.691_462_f64 * 0.308_538 / 4000.0).sqrt() + 0.01;
        assert!(
            (found[1].probability - 0.691_462).abs() < allowed,
            "{found:?}"
        );
        let together = found[0].probability + found[1].probability;
        assert!((1.0..1.05).contains(&together), "{found:?}");
        assert_eq!(found[2].probability, 0.0);
        assert_eq!(
            frontier_membership(&values, &[Least, Most], 4000, 11).unwrap(),
            found
        );
    }

    #[test]
    fn what_is_not_alike_has_no_frontier() {
        assert_eq!(frontier_membership(&[], &[Least], 10, 1), None);
        assert_eq!(frontier_membership(&[vec![vec![]]], &[Least], 10, 1), None);
        let uneven = [vec![vec![1.0]], vec![vec![1.0, 2.0]]];
        assert_eq!(frontier_membership(&uneven, &[Least], 10, 1), None);
        let one = frontier_membership(&[vec![vec![1.0]]], &[Least], 0, 1).unwrap();
        assert_eq!(
            one,
            [Membership {
                on: true,
                probability: 1.0
            }]
        );
    }
}
