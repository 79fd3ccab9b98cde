//! `mix.csv`: which pools there may be, what the cheapest plan of each mix costs, and which mixes no other one beats.

use super::csv::table;
use super::planned::Mixed;
use super::run::{Played, Run};
use crate::stats::frontier;
use serde::Serialize;
use std::io::{self, Write};

/// A mix with what its plan costs and how customers take it, on fresh replications.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MixRow {
    /// The scenario that is mixed.
    pub scenario: String,
    /// Its pools.
    pub pools: String,
    /// The scenario with the plan; `None` where no plan keeps the promises.
    pub plan: Option<String>,
    /// Cost.
    pub cost_total: Option<f64>,
    /// Ends of its confidence interval.
    pub cost_low: Option<f64>,
    /// See `cost_low`.
    pub cost_high: Option<f64>,
    /// Cost less that of the plan that the search found cheapest, on the same replications.
    pub difference: Option<f64>,
    /// Ends of the confidence interval of that.
    pub difference_low: Option<f64>,
    /// See `difference_low`.
    pub difference_high: Option<f64>,
    /// With what the cost is weighed: `satisfaction`, else `sl_net`.
    pub measure: &'static str,
    /// Its mean.
    pub value: Option<f64>,
    /// Ends of its confidence interval.
    pub value_low: Option<f64>,
    /// See `value_low`.
    pub value_high: Option<f64>,
    /// Whether no other mix costs less and does better.
    pub on_frontier: bool,
    /// Why there is no plan.
    pub why: String,
}

/// The mixes with what a run of their plans says, the cheapest first; those without a plan are last.
pub fn mix_rows(run: &Run) -> Vec<MixRow> {
    let satisfied = |s: &Played| s.mean("satisfaction", "all").is_some();
    let measure = match run.scenarios.iter().all(satisfied) {
        true => "satisfaction",
        false => "sl_net",
    };
    let row = |mixed: &Mixed| {
        let played = run
            .scenarios
            .iter()
            .find(|s| Some(&s.id) == mixed.plan.as_ref());
        let estimate = |measure| played.and_then(|s| s.find(measure, "all"));
        let (cost, value) = (estimate("cost_total"), estimate(measure));
        let compared = run.comparison.iter().find(|row| {
            Some(&row.scenario) == mixed.plan.as_ref()
                && (row.measure.as_str(), row.slice.as_str()) == ("cost_total", "all")
        });
        MixRow {
            scenario: mixed.scenario.clone(),
            pools: mixed.pools.clone(),
            plan: mixed.plan.clone(),
            cost_total: cost.and_then(|r| r.mean),
            cost_low: cost.and_then(|r| r.ci_low),
            cost_high: cost.and_then(|r| r.ci_high),
            difference: compared.and_then(|r| r.difference),
            difference_low: compared.and_then(|r| r.ci_low),
            difference_high: compared.and_then(|r| r.ci_high),
            measure,
            value: value.and_then(|r| r.mean),
            value_low: value.and_then(|r| r.ci_low),
            value_high: value.and_then(|r| r.ci_high),
            on_frontier: false,
            why: mixed.why.clone(),
        }
    };
    let mut rows: Vec<MixRow> = run.mixes.iter().map(row).collect();
    let cost = |r: &MixRow| r.cost_total.unwrap_or(f64::INFINITY);
    let pools = |r: &MixRow| r.pools.matches(" + ").count();
    rows.sort_by(|a, b| cost(a).total_cmp(&cost(b)).then(pools(a).cmp(&pools(b))));
    let known = rows
        .iter_mut()
        .filter(|r| r.cost_total.is_some() && r.value.is_some());
    let mut known: Vec<&mut MixRow> = known.collect();
    let goals = |r: &MixRow| [r.cost_total.unwrap_or(0.0), -r.value.unwrap_or(0.0)];
    let points: Vec<[f64; 2]> = known.iter().map(|r| goals(r)).collect();
    for (row, on) in known.iter_mut().zip(frontier(&points)) {
        row.on_frontier = on;
    }
    rows
}

/// Writes the mixes.
///
/// # Errors
/// What the writer says.
pub fn mix_table(rows: &[MixRow], out: &mut dyn Write) -> io::Result<()> {
    table(rows, out)
}
