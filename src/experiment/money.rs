//! What scenarios cost over the replications, and which one is the cheaper.

use super::compare::{Pairs, Side};
use crate::measure::{List, Slice, ranked};
use crate::stats::{clopper_pearson, moments, sample_quantile};
use serde::{Deserialize, Serialize};

const NPV: &str = "npv";

/// A measure of money of one scenario over the replications, and against the baseline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Finance {
    /// Scenario.
    pub scenario: String,
    /// Identifier of the measure.
    pub measure: String,
    /// Currency.
    pub unit: String,
    /// Mean over the replications.
    pub mean: Option<f64>,
    /// 10th percentile over the replications (type 7), with at least two of them.
    pub p10: Option<f64>,
    /// The median.
    pub p50: Option<f64>,
    /// The 90th percentile.
    pub p90: Option<f64>,
    /// Replications in which it is defined.
    pub replications: usize,
    /// What it is compared with; empty for the baseline itself, and in another currency.
    pub baseline: String,
    /// Replications that were compared one by one.
    pub pairs: Option<usize>,
    /// Share of the pairs in which the scenario is cheaper (of `npv`: worth more).
    pub cheaper_share: Option<f64>,
    /// Lower end of the exact interval (Clopper and Pearson) of that probability.
    pub share_low: Option<f64>,
    /// Upper end.
    pub share_high: Option<f64>,
    /// Confidence, by Student's t, that it is cheaper in the mean.
    pub cheaper_in_the_mean: Option<f64>,
}

/// Costs of every scenario, against the first one.
pub fn finance(sides: &[Side<'_>]) -> Vec<Finance> {
    let of = |(k, measure): (usize, &str)| {
        let side = &sides[k];
        let i = row(side, measure)?;
        let of_row = side.outcome.values.iter().map(|v| v[i]);
        let values: Vec<f64> = of_row.filter(|x| !x.is_nan()).collect();
        let quantile = |p| sample_quantile(&values, p).filter(|_| values.len() > 1);
        let mut finance = Finance {
            scenario: side.id.to_owned(),
            measure: measure.to_owned(),
            unit: side.outcome.rows[i].unit.to_string(),
            mean: Some(moments(&values).mean()?),
            p10: quantile(0.1),
            p50: quantile(0.5),
            p90: quantile(0.9),
            replications: values.len(),
            ..Finance::default()
        };
        if k > 0 {
            finance.compare(&sides[0], side, i);
        }
        Some(finance)
    };
    let measures = ranked(List::Finance);
    let each = (0..sides.len()).flat_map(|k| measures.iter().map(move |m| (k, m.id)));
    each.filter_map(of).collect()
}

fn row(side: &Side<'_>, measure: &str) -> Option<usize> {
    side.outcome.rows.find(measure, &Slice::All)
}

impl Finance {
    /// Compares with the baseline, if it has the measure in the same currency. `None` if it has not.
    fn compare(&mut self, base: &Side<'_>, side: &Side<'_>, j: usize) -> Option<()> {
        let i = row(base, &self.measure)?;
        if base.outcome.rows[i].unit != side.outcome.rows[j].unit {
            return None;
        }
        // As costs, so that less is cheaper.
        let sign = if self.measure == NPV { -1.0 } else { 1.0 };
        let mut pairs = Pairs::of(base, i, side, j);
        pairs.a.iter_mut().for_each(|x| *x *= sign);
        pairs.b.iter_mut().for_each(|x| *x *= sign);
        let won = pairs.a.iter().zip(&pairs.b).filter(|(a, b)| b < a).count();
        let n = pairs.a.len().min(pairs.b.len());
        let level = base.plan.confidence;
        let (low, high) = clopper_pearson(won as f64, n as f64, level)?;
        self.baseline = base.id.to_owned();
        self.pairs = Some(n);
        self.cheaper_share = Some(won as f64 / n as f64);
        (self.share_low, self.share_high) = (Some(low), Some(high));
        self.cheaper_in_the_mean = pairs.difference(level)?.below();
        Some(())
    }
}
