//! When classes and orders of a plan are needed: what the replications that confirmed it do without each of them.

use super::judge::Judge;
use super::reasons::Basis;
use super::search::Failed;
use super::verdict::Verdict;
use crate::time::Micros;

/// Shares of the replications that miss a promise, at the first of which it is told from when on they do.
pub const SHARES: [f64; 3] = [0.1, 0.5, 0.9];

/// People asked for at the begin of a month, or agents ordered then, and when they are needed.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated {
    /// The variable.
    pub variable: usize,
    /// The number before: of an order that of the one before, of a class 0.
    pub before: u32,
    /// So many of them are at work in the mean when they are there first.
    pub at_work: f64,
    /// The begin of the first stretch, after they are there, in which so large a share of the replications ([`SHARES`]) misses a promise without
    /// them: if nobody of them was asked for, and the order before had stayed.
    pub needed: [Option<Micros>; 3],
    /// Asked for a month later: the promise with least to spare until they would be there then, its level, and the share of the replications that
    /// keep it; where it is broken.
    pub a_month_later: Option<(usize, Option<f64>, Option<f64>)>,
}

/// When each class and each larger order of a plan is needed, by some replications that confirmed it.
///
/// # Errors
/// When it is stopped.
pub(super) fn needed(basis: &Basis<'_>, judge: &mut Judge<'_>) -> Result<Vec<Dated>, Failed> {
    let (decisions, plan) = (basis.decisions, basis.plan);
    let mut all = Vec::new();
    for first in 0..decisions.sizes.len() {
        let is_first = decisions.sizes[..first]
            .iter()
            .all(|s| s.pools != decisions.sizes[first].pools);
        let months = decisions.months_of(first);
        if !is_first || months.is_empty() {
            continue;
        }
        let is_order = decisions.sizes[first].is_order();
        let mut before = decisions.sizes[first].at_start(judge.model);
        for v in months.filter_map(|k| decisions.variable_of(k)) {
            let Some(dates) = decisions.dates(v).filter(|_| plan[v] != before) else {
                continue;
            };
            let mut found = Dated {
                variable: v,
                before,
                at_work: f64::from(plan[v]) * dates.share,
                needed: [None; 3],
                a_month_later: None,
            };
            if plan[v] > before {
                let mut without = plan.to_vec();
                without[v] = before;
                let verdict = judge.judge(&without).ok_or(Failed::Stopped)?;
                found.needed = SHARES.map(|share| missed_from(basis, &verdict, dates.there, share));
                found.a_month_later = missed_until(basis, &verdict, (dates.there, dates.next));
            }
            all.push(found);
            before = if is_order { plan[v] } else { 0 };
        }
    }
    Ok(all)
}

/// The begin of the first stretch that ends after a moment in which so large a share of the replications misses a promise.
fn missed_from(basis: &Basis<'_>, verdict: &Verdict, from: Micros, share: f64) -> Option<Micros> {
    let promises = basis.promises.iter().enumerate();
    let missed = promises.filter(|(i, p)| {
        p.span.1 > from && verdict.met[*i].is_some_and(|met| 1.0 - met >= share - 1e-9)
    });
    missed.map(|(_, p)| p.span.0.max(from)).min()
}

/// The promise with least to spare, if it is broken, of those that begin between two moments.
fn missed_until(
    basis: &Basis<'_>,
    verdict: &Verdict,
    (from, until): (Micros, Micros),
) -> Option<(usize, Option<f64>, Option<f64>)> {
    let promises = basis.promises.iter().enumerate();
    let slack = |i: usize| basis.promises[i].limit.relative(verdict.slack[i]);
    let within =
        promises.filter(|(i, p)| p.span.1 > from && p.span.0 < until && verdict.slack[*i] < 0.0);
    let worst = within
        .map(|(i, _)| i)
        .min_by(|&a, &b| slack(a).total_cmp(&slack(b)));
    worst.map(|i| (i, verdict.level[i], verdict.met[i]))
}
