//! Scenarios against the baseline, as tables.

use super::csv::Rows;
use super::number::MEASURE_DIGITS;
use crate::experiment::{Comparison, Finance};
use std::io::{self, Write};

/// Digits of p-values and probabilities.
const DIGITS: usize = 6;

/// `comparison.csv`: each scenario against the baseline, the first file of the command line: `difference` is scenario less baseline
/// over paired replications, `ci_low` to `ci_high` its interval, `p_value` that of no difference. `adjusted_low` to `adjusted_high`
/// (Bonferroni) and `p_adjusted` (Holm) account for the `comparisons` scenarios in which the same measure of the same slice is
/// compared. `variance_ratio` is what pairing gained, `(var a + var b) / var(a - b)`. An undefined value is an empty field.
///
/// # Errors
/// What `out` refuses.
pub fn comparison(comparisons: &[Comparison], out: &mut dyn Write) -> io::Result<()> {
    let header = [
        "scenario",
        "baseline",
        "measure",
        "slice",
        "unit",
        "baseline_mean",
        "scenario_mean",
        "difference",
        "ci_low",
        "ci_high",
        "p_value",
        "comparisons",
        "adjusted_low",
        "adjusted_high",
        "p_adjusted",
        "variance_ratio",
        "method",
        "replications",
    ];
    let mut rows = Rows::new(out, header)?;
    // The order of the files behind the first does not change the table.
    let mut sorted: Vec<&Comparison> = comparisons.iter().collect();
    sorted.sort_by_key(|c| &c.scenario);
    for c in sorted {
        for d in &c.rows {
            rows.text(&c.scenario);
            rows.text(&c.baseline);
            rows.text(d.measure);
            rows.text(&d.slice);
            rows.text(&d.unit);
            for x in [d.baseline, d.scenario, d.difference] {
                rows.number(Some(x), MEASURE_DIGITS);
            }
            rows.number(d.interval().map(|e| e.0), MEASURE_DIGITS);
            rows.number(d.interval().map(|e| e.1), MEASURE_DIGITS);
            rows.number(d.error.map(|e| e.p_value), DIGITS);
            match d.error {
                Some(e) => rows.integer(e.family as u64),
                None => rows.empty(1),
            }
            rows.number(d.adjusted_interval().map(|e| e.0), MEASURE_DIGITS);
            rows.number(d.adjusted_interval().map(|e| e.1), MEASURE_DIGITS);
            rows.number(d.error.map(|e| e.p_adjusted), DIGITS);
            rows.number(d.variance_ratio, DIGITS);
            rows.text(c.method.label());
            rows.integer(d.replications as u64);
            rows.end()?;
        }
    }
    rows.flush()
}

/// `finance.csv`: the costs of each scenario over the replications (`p10`, `p50`, `p90`: quantiles of type 7), and against the
/// baseline: `cheaper_share` is the share of the `pairs` of replications in which the scenario is cheaper (of `npv`: worth more),
/// `share_low` to `share_high` the exact interval (Clopper and Pearson) of that probability, `cheaper_in_the_mean` how sure one can be, by Student's t,
/// that it is cheaper in the mean. Without prices the table is empty.
///
/// # Errors
/// What `out` refuses.
pub fn finance(finances: &[Finance], out: &mut dyn Write) -> io::Result<()> {
    let header = [
        "scenario",
        "measure",
        "unit",
        "mean",
        "p10",
        "p50",
        "p90",
        "replications",
        "baseline",
        "pairs",
        "cheaper_share",
        "share_low",
        "share_high",
        "cheaper_in_the_mean",
    ];
    let mut rows = Rows::new(out, header)?;
    let mut sorted: Vec<&Finance> = finances.iter().collect();
    sorted.sort_by_key(|f| &f.scenario);
    for f in sorted {
        rows.text(&f.scenario);
        rows.text(f.measure);
        rows.text(&f.unit);
        rows.number(Some(f.mean), MEASURE_DIGITS);
        for i in 0..3 {
            rows.number(f.quantiles.map(|q| q[i]), MEASURE_DIGITS);
        }
        rows.integer(f.replications as u64);
        match &f.against {
            Some(a) => {
                rows.text(&a.baseline);
                rows.integer(a.pairs as u64);
                for x in [a.share, a.interval.0, a.interval.1] {
                    rows.number(Some(x), DIGITS);
                }
                rows.number(a.in_the_mean, DIGITS);
            }
            None => rows.empty(6),
        }
        rows.end()?;
    }
    rows.flush()
}
