//! What scenarios cost over the replications, and which one is the cheaper.

use super::compare::{Pairs, Side};
use crate::measure::{List, Slice, ranked};
use crate::stats::{clopper_pearson, moments, sample_quantile};

const NPV: &str = "npv";

/// A measure of cost of one scenario over its replications.
#[derive(Clone, Debug, PartialEq)]
pub struct Finance {
    /// The scenario.
    pub scenario: String,
    /// Identifier of the measure.
    pub measure: &'static str,
    /// Currency.
    pub unit: String,
    /// Mean over the replications in which it is defined.
    pub mean: f64,
    /// 10th, 50th and 90th percentile over them (type 7), with at least two.
    pub quantiles: Option<[f64; 3]>,
    /// Replications in which it is defined.
    pub replications: usize,
    /// Against the baseline, in scenarios that are not the baseline and have its currency.
    pub against: Option<Cheaper>,
}

/// Whether a scenario is cheaper than the baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Cheaper {
    /// The baseline.
    pub baseline: String,
    /// Replications that were compared one by one.
    pub pairs: usize,
    /// Share of the pairs in which the scenario is cheaper: the probability that it is so in one period of this length.
    pub share: f64,
    /// Exact (Clopper-Pearson) interval of that probability.
    pub interval: (f64, f64),
    /// How sure one can be that the scenario is cheaper in the mean (Student's t of the differences); with two pairs at least.
    pub in_the_mean: Option<f64>,
}

/// Costs of every scenario, against the first one.
pub fn finance(sides: &[Side<'_>]) -> Vec<Finance> {
    let mut out = Vec::new();
    for (k, side) in sides.iter().enumerate() {
        for measure in ranked(List::Finance).into_iter().map(|m| m.id) {
            let Some(i) = row(side, measure) else {
                continue;
            };
            let of_row = side.outcome.values.iter().map(|v| v[i]);
            let values: Vec<f64> = of_row.filter(|x| !x.is_nan()).collect();
            let Some(mean) = moments(&values).mean() else {
                continue;
            };
            let quantile = |p| sample_quantile(&values, p);
            out.push(Finance {
                scenario: side.id.to_owned(),
                measure,
                unit: side.outcome.rows[i].unit.to_string(),
                mean,
                quantiles: (values.len() > 1)
                    .then(|| Some([quantile(0.1)?, quantile(0.5)?, quantile(0.9)?]))
                    .flatten(),
                replications: values.len(),
                against: (k > 0)
                    .then(|| cheaper(&sides[0], side, measure, i))
                    .flatten(),
            });
        }
    }
    out
}

fn row(side: &Side<'_>, measure: &str) -> Option<usize> {
    side.outcome.rows.find(measure, &Slice::All)
}

fn cheaper(base: &Side<'_>, side: &Side<'_>, measure: &str, j: usize) -> Option<Cheaper> {
    let i = row(base, measure)?;
    if base.outcome.rows[i].unit != side.outcome.rows[j].unit {
        return None;
    }
    // As costs, so that less is cheaper.
    let sign = if measure == NPV { -1.0 } else { 1.0 };
    let mut pairs = Pairs::of(base, i, side, j);
    pairs.a.iter_mut().for_each(|x| *x *= sign);
    pairs.b.iter_mut().for_each(|x| *x *= sign);
    let won = pairs.a.iter().zip(&pairs.b).filter(|(a, b)| b < a).count();
    let n = pairs.a.len().min(pairs.b.len());
    let level = base.plan.confidence;
    Some(Cheaper {
        baseline: base.id.to_owned(),
        pairs: n,
        share: won as f64 / n as f64,
        interval: clopper_pearson(won as f64, n as f64, level)?,
        in_the_mean: pairs.difference(level).and_then(|raw| raw.below()),
    })
}
