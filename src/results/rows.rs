//! The rows of the tables of a run. Each is a line of a CSV file, whose columns are its fields, and a value in memory.
//!
//! Numbers are held as they are written, with at most ten significant digits (weeks six, probabilities six): a row that is read back
//! equals the row that was made.

use super::number::{MEASURE_DIGITS, mean, rounded};
use crate::experiment::{Comparison, Finance, Side, week};
use crate::stats::sample_quantile;
use crate::time::{HOUR, MINUTE};
use serde::{Deserialize, Serialize};

/// Weekdays as `week.csv` writes them.
pub const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// Digits of p-values, probabilities and ratios of variances, and of a typical week.
const FEW_DIGITS: usize = 6;

/// A measure with its ten digits.
fn measured(x: Option<f64>) -> Option<f64> {
    rounded(x?, MEASURE_DIGITS)
}

fn few_digits(x: Option<f64>) -> Option<f64> {
    rounded(x?, FEW_DIGITS)
}

/// A row of `summary.csv`: the estimate of a measure in a slice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SummaryRow {
    pub(super) scenario: String,
    /// Identifier of the measure.
    pub measure: String,
    /// Slice: `all`, `topic=NAME`, `week=2025-W02`.
    pub slice: String,
    /// Unit.
    pub unit: String,
    /// Mean over the replications in which it is defined; `None` where it never is.
    pub mean: Option<f64>,
    /// Lower end of the confidence interval.
    pub ci_low: Option<f64>,
    /// Upper end.
    pub ci_high: Option<f64>,
    /// Replications in which it is defined.
    pub replications: usize,
}

impl SummaryRow {
    /// The estimate of every measure in every slice.
    pub(super) fn of(side: &Side<'_>) -> Vec<Self> {
        let outcome = side.outcome;
        let rows = outcome.rows.iter().enumerate();
        rows.map(|(i, row)| {
            let estimate = outcome.estimate(i);
            Self {
                scenario: side.id.to_owned(),
                measure: row.measure.to_owned(),
                slice: row.slice.label(side.model),
                unit: row.unit.to_string(),
                mean: measured(estimate.mean),
                ci_low: measured(estimate.interval.map(|c| c.low)),
                ci_high: measured(estimate.interval.map(|c| c.high)),
                replications: estimate.replications,
            }
        })
        .collect()
    }

    /// The ends of the confidence interval.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.ci_low.zip(self.ci_high)
    }
}

/// A row of `monthly.csv`: a measure that is a ratio of sums, in total, by topic, market or pool, in a local month.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MonthRow {
    pub(super) scenario: String,
    /// `2025-06`.
    pub month: String,
    /// Identifier of the measure.
    pub measure: String,
    /// Slice.
    pub slice: String,
    /// Unit.
    pub unit: String,
    /// Mean over the replications in which it is defined; `None` where it never is.
    pub mean: Option<f64>,
    /// 10th percentile over the replications (type 7), with at least two of them.
    pub p10: Option<f64>,
    /// 90th percentile.
    pub p90: Option<f64>,
    /// Replications in which it is defined.
    pub replications: usize,
    /// 1 for a month of which a part is not counted, else 0.
    partial: u8,
}

impl MonthRow {
    /// Every measure of every month.
    pub(super) fn of(side: &Side<'_>) -> Vec<Self> {
        let table = &side.outcome.monthly;
        let labels = table.rows.iter().map(|r| r.slice.label(side.model));
        let labels: Vec<String> = labels.collect();
        let mut out = Vec::with_capacity(table.months.len() * table.rows.len());
        for (m, month) in table.months.iter().enumerate() {
            for (r, (row, slice)) in table.rows.iter().zip(&labels).enumerate() {
                let sample = table.sample(m, r);
                let n = sample.len();
                let quantile = |p| {
                    let several = (n > 1).then_some(&sample)?;
                    measured(sample_quantile(several, p))
                };
                out.push(Self {
                    scenario: side.id.to_owned(),
                    month: month.label.clone(),
                    measure: row.measure.to_owned(),
                    slice: slice.clone(),
                    unit: row.unit.to_string(),
                    mean: measured(mean(sample.iter().copied())),
                    p10: quantile(0.1),
                    p90: quantile(0.9),
                    replications: n,
                    partial: month.partial.into(),
                });
            }
        }
        out
    }

    /// The month for a reader: `2025-06`, or `2025-06 (part)` where a part of it is not counted.
    pub fn label(&self) -> String {
        let part = if self.partial == 0 { "" } else { " (part)" };
        format!("{}{part}", self.month)
    }
}

/// A row of `week.csv`: a time of the week in a slice, each value the mean over the replications of a ratio of sums over all weeks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WeekPoint {
    pub(super) scenario: String,
    /// `Mon` and so on.
    pub weekday: String,
    /// `14:30`, local time.
    pub begin: String,
    /// Width in minutes.
    pub minutes: u32,
    /// Slice: all, a topic, a market or a pool.
    pub slice: String,
    /// Visits per hour (of a pool: answers).
    pub per_hour: Option<f64>,
    /// Service level.
    pub sl_net: Option<f64>,
    /// Mean wait in seconds.
    pub mean_wait: Option<f64>,
    /// Waiting contacts.
    pub queue_length: Option<f64>,
    /// Agents on duty.
    pub agents_on_duty: Option<f64>,
    /// Agents with something in hand.
    pub agents_busy: Option<f64>,
    /// Agents that the targets require.
    pub agents_required: Option<f64>,
}

impl WeekPoint {
    /// The typical week of a scenario.
    pub(super) fn of(side: &Side<'_>) -> Vec<Self> {
        let rows = week(side.model, side.outcome).into_iter();
        rows.map(|row| Self {
            scenario: side.id.to_owned(),
            weekday: WEEKDAYS[row.weekday].to_owned(),
            begin: format!("{:02}:{:02}", row.begin / HOUR, row.begin % HOUR / MINUTE),
            minutes: (row.width / MINUTE) as u32,
            slice: row.slice.label(side.model),
            per_hour: few_digits(row.per_hour),
            sl_net: few_digits(row.sl_net),
            mean_wait: few_digits(row.mean_wait),
            queue_length: few_digits(row.queue_length),
            agents_on_duty: few_digits(row.agents_on_duty),
            agents_busy: few_digits(row.agents_busy),
            agents_required: few_digits(row.agents_required),
        })
        .collect()
    }
}

/// A row of `assumptions.csv`: a value that the scenario sets, with its comment and its place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AssumptionRow {
    /// Identifier of the scenario.
    pub scenario: String,
    /// Key of the scenario file.
    pub key: String,
    /// Value as it is written.
    pub value: String,
    /// The comment beside it.
    pub comment: String,
    /// The file that sets it.
    pub file: String,
    /// Line in it, from 1.
    pub line: usize,
}

/// A row of `comparison.csv`: a measure of a slice in a scenario, less that of the baseline, the first file of the command line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRow {
    /// Scenario.
    pub scenario: String,
    /// What it is compared with.
    pub baseline: String,
    /// Identifier of the measure.
    pub measure: String,
    /// Slice.
    pub slice: String,
    /// Unit.
    pub unit: String,
    /// Mean of the baseline over the replications that were compared.
    pub baseline_mean: Option<f64>,
    /// Mean of the scenario over them.
    pub scenario_mean: Option<f64>,
    /// Scenario less baseline.
    pub difference: Option<f64>,
    /// Lower end of its own confidence interval.
    pub ci_low: Option<f64>,
    /// Upper end.
    pub ci_high: Option<f64>,
    /// p-value of no difference.
    pub p_value: Option<f64>,
    /// Number of scenarios in which the same measure of the same slice is compared.
    pub comparisons: Option<usize>,
    /// Lower end of the interval that accounts for them (Bonferroni).
    pub adjusted_low: Option<f64>,
    /// Upper end.
    pub adjusted_high: Option<f64>,
    /// p-value that accounts for them (Holm).
    pub p_adjusted: Option<f64>,
    /// What pairing gained: `(var a + var b) / var(a - b)`.
    pub variance_ratio: Option<f64>,
    /// How the replications belong together: `paired` or `independent`.
    pub method: String,
    /// Pairs in which both are defined; of independent samples the size of the smaller.
    pub replications: usize,
}

impl ComparisonRow {
    pub(super) fn of(comparison: &Comparison) -> impl Iterator<Item = Self> {
        comparison.rows.iter().map(|d| {
            let (own, adjusted) = (d.interval(), d.adjusted_interval());
            Self {
                scenario: comparison.scenario.clone(),
                baseline: comparison.baseline.clone(),
                measure: d.measure.to_owned(),
                slice: d.slice.clone(),
                unit: d.unit.clone(),
                baseline_mean: measured(Some(d.baseline)),
                scenario_mean: measured(Some(d.scenario)),
                difference: measured(Some(d.difference)),
                ci_low: measured(own.map(|e| e.0)),
                ci_high: measured(own.map(|e| e.1)),
                p_value: few_digits(d.error.map(|e| e.p_value)),
                comparisons: d.error.map(|e| e.family),
                adjusted_low: measured(adjusted.map(|e| e.0)),
                adjusted_high: measured(adjusted.map(|e| e.1)),
                p_adjusted: few_digits(d.error.map(|e| e.p_adjusted)),
                variance_ratio: few_digits(d.variance_ratio),
                method: comparison.method.label().to_owned(),
                replications: d.replications,
            }
        })
    }

    /// The confidence interval, adjusted for the number of comparisons where that is known.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let adjusted = self.adjusted_low.zip(self.adjusted_high);
        adjusted.or(self.ci_low.zip(self.ci_high))
    }
}

/// A row of `finance.csv`: a measure of money over the replications, and against the baseline.
pub use crate::experiment::Finance as FinanceRow;

/// A row of `finance.csv` with its numbers as they are written.
pub(super) fn finance_row(finance: &Finance) -> FinanceRow {
    let mut row = finance.clone();
    for amount in [&mut row.mean, &mut row.p10, &mut row.p50, &mut row.p90] {
        *amount = measured(*amount);
    }
    let shares = [
        &mut row.cheaper_share,
        &mut row.share_low,
        &mut row.share_high,
        &mut row.cheaper_in_the_mean,
    ];
    shares
        .into_iter()
        .for_each(|share| *share = few_digits(*share));
    row
}
