//! Scenarios against a baseline: differences replication by replication, with intervals that account for how many there are.

use super::plan::Plan;
use super::run::Outcome;
use crate::measure::{Slice, Unit, measure};
use crate::model::Model;
use crate::stats::{
    PairedDifference, WelchDifference, bonferroni_level, confidence_below_zero, holm, moments,
    student_t_half_width, student_t_p_value,
};
use std::collections::BTreeMap;

/// A scenario that was run.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Identifier, unique within the run.
    pub id: &'a str,
    /// What was simulated.
    pub model: &'a Model,
    /// How often, from which seed.
    pub plan: Plan,
    /// What came out.
    pub outcome: &'a Outcome,
}

/// How the replications of two scenarios belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Of one seed: replication i of one meets the customers of replication i of the other. Student's t of the differences.
    Paired,
    /// Of different seeds: independent samples. Welch's t.
    Independent,
}

impl Method {
    /// That of scenarios with these seeds.
    pub fn of(one: u64, other: u64) -> Self {
        match one == other {
            true => Method::Paired,
            false => Method::Independent,
        }
    }

    /// The text of the `method` column.
    pub fn label(self) -> &'static str {
        match self {
            Method::Paired => "paired",
            Method::Independent => "independent",
        }
    }
}

/// A scenario against the baseline.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The scenario.
    pub scenario: String,
    /// What it is compared with.
    pub baseline: String,
    /// How the replications belong together.
    pub method: Method,
    /// The measures that both have, in the order of the baseline.
    pub rows: Vec<Difference>,
}

/// Scenario less baseline in one measure of one slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Identifier of the measure.
    pub measure: &'static str,
    /// Text of the `slice` column.
    pub slice: String,
    /// Text of the `unit` column.
    pub unit: String,
    /// Mean of the baseline over the replications that were compared.
    pub baseline: f64,
    /// Mean of the scenario over them.
    pub scenario: f64,
    /// `scenario - baseline`.
    pub difference: f64,
    /// What is known of its error; with two replications at least.
    pub error: Option<Error>,
    /// `(var a + var b) / var(a - b)`: how many times more replications independent runs would need; `None` where the difference
    /// does not vary, or replications are not paired.
    pub variance_ratio: Option<f64>,
    /// Pairs in which both are defined; of independent samples the size of the smaller.
    pub replications: usize,
}

/// The error of a difference, alone and as one of a family.
///
/// The family is this measure of this slice in all scenarios that are compared with the baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Error {
    /// Half-width of its own confidence interval.
    pub half_width: f64,
    /// p-value of no difference (two-sided t).
    pub p_value: f64,
    /// Size of the family.
    pub family: usize,
    /// Half-width at Bonferroni's level: all intervals of the family hold at once with the confidence of the plan.
    pub adjusted_half_width: f64,
    /// p-value adjusted by Holm's procedure over the family.
    pub p_adjusted: f64,
    /// How sure one can be that the true mean of the scenario is below that of the baseline.
    pub below: f64,
}

impl Difference {
    /// Ends of its own confidence interval; of shares within -1 and 1.
    pub fn interval(&self) -> Option<(f64, f64)> {
        Some(self.ends(self.error?.half_width))
    }

    /// Ends of the interval that holds together with those of the other scenarios.
    pub fn adjusted_interval(&self) -> Option<(f64, f64)> {
        Some(self.ends(self.error?.adjusted_half_width))
    }

    fn ends(&self, half: f64) -> (f64, f64) {
        let most = match self.unit.as_str() {
            "fraction" => 1.0,
            _ => f64::INFINITY,
        };
        let (low, high) = (self.difference - half, self.difference + half);
        (low.max(-most), high.min(most))
    }
}

/// Before the family is known.
pub(super) struct Raw {
    row: Difference,
    standard_error: f64,
    df: f64,
}

impl Raw {
    /// How sure one can be that the true mean of the scenario is below that of the baseline.
    pub(super) fn below(&self) -> Option<f64> {
        confidence_below_zero(self.row.difference, self.standard_error, self.df)
    }
}

/// Compares every scenario with the first one: everything, topics, pools and groups by their names, without periods; intervals at the level
/// of the first one's plan. Money in another currency is not compared.
pub fn compare(sides: &[Side<'_>]) -> Vec<Comparison> {
    let Some((base, others)) = sides.split_first() else {
        return Vec::new();
    };
    let level = base.plan.confidence;
    let empty = |other: &Side<'_>| Comparison {
        scenario: other.id.to_owned(),
        baseline: base.id.to_owned(),
        method: Method::of(base.plan.seed, other.plan.seed),
        rows: Vec::new(),
    };
    let mut comparisons: Vec<Comparison> = others.iter().map(empty).collect();
    let found: Vec<BTreeMap<(&str, String), usize>> = others.iter().map(rows_of).collect();
    for (i, row) in base.outcome.rows.iter().enumerate() {
        if matches!(row.slice, Slice::Period(..)) {
            continue;
        }
        let slice = row.slice.label(base.model);
        let mut family: Vec<(usize, Raw)> = Vec::new();
        for (k, (other, found)) in others.iter().zip(&found).enumerate() {
            let Some(&j) = found.get(&(row.measure, slice.clone())) else {
                continue;
            };
            if other.outcome.rows[j].unit != row.unit {
                continue;
            }
            let pairs = Pairs::of(base, i, other, j);
            let is_event = measure(row.measure).is_some_and(|m| m.unit == Unit::Chance);
            family.extend(pairs.difference(level).map(|mut raw| {
                if is_event && raw.standard_error == 0.0 {
                    // A few events that came out alike do not say that they always do.
                    raw.standard_error = f64::NAN;
                }
                raw.row.measure = row.measure;
                raw.row.slice.clone_from(&slice);
                raw.row.unit = row.unit.to_string();
                (k, raw)
            }));
        }
        adjust(&mut family, level);
        for (k, raw) in family {
            comparisons[k].rows.push(raw.row);
        }
    }
    comparisons
}

/// Where the rows of a scenario are.
fn rows_of<'a>(side: &Side<'a>) -> BTreeMap<(&'a str, String), usize> {
    let rows = side.outcome.rows.iter().enumerate();
    let kept = rows.filter(|(_, r)| !matches!(r.slice, Slice::Period(..)));
    kept.map(|(i, r)| ((r.measure, r.slice.label(side.model)), i))
        .collect()
}

/// The values of one row in two scenarios: pairs, or two samples.
pub(super) struct Pairs {
    pub(super) method: Method,
    pub(super) a: Vec<f64>,
    pub(super) b: Vec<f64>,
}

impl Pairs {
    /// Row `i` of the baseline and row `j` of the other.
    pub(super) fn of(base: &Side<'_>, i: usize, other: &Side<'_>, j: usize) -> Self {
        let (of_base, of_other) = (&base.outcome.values, &other.outcome.values);
        let method = Method::of(base.plan.seed, other.plan.seed);
        let (a, b) = match method {
            Method::Paired => of_base
                .iter()
                .zip(of_other)
                .map(|(x, y)| (x[i], y[j]))
                .filter(|(x, y)| !x.is_nan() && !y.is_nan())
                .unzip(),
            Method::Independent => {
                let sample = |values: &[Vec<f64>], i: usize| {
                    let of_row = values.iter().map(|v| v[i]);
                    of_row.filter(|x| !x.is_nan()).collect()
                };
                (sample(of_base, i), sample(of_other, j))
            }
        };
        Self { method, a, b }
    }

    /// Estimate and error of `b - a`, not yet adjusted; `None` when nothing can be compared.
    pub(super) fn difference(&self, level: f64) -> Option<Raw> {
        let (ta, tb) = (moments(&self.a), moments(&self.b));
        let (baseline, scenario) = (ta.mean()?, tb.mean()?);
        let mut row = Difference {
            measure: "",
            slice: String::new(),
            unit: String::new(),
            baseline,
            scenario,
            difference: scenario - baseline,
            error: None,
            variance_ratio: None,
            replications: self.a.len().min(self.b.len()),
        };
        let (mut standard_error, mut df) = (f64::NAN, f64::NAN);
        match self.method {
            Method::Paired => {
                if let Some(d) = PairedDifference::from_values(&self.b, &self.a, level) {
                    row.difference = d.difference.mean;
                    row.variance_ratio = d.variance_reduction;
                    standard_error = d.difference.standard_error();
                    df = d.difference.count as f64 - 1.0;
                }
            }
            Method::Independent => {
                if let Some(w) = WelchDifference::from_values(&self.b, &self.a) {
                    (standard_error, df) = (w.standard_error, w.df);
                }
            }
        }
        Some(Raw {
            row,
            standard_error,
            df,
        })
    }
}

/// Fills in the errors of one measure of one slice over the scenarios.
fn adjust(family: &mut [(usize, Raw)], level: f64) {
    let p_value = |raw: &Raw| student_t_p_value(raw.row.difference, raw.standard_error, raw.df);
    let mut tested: Vec<(&mut Raw, f64)> = family
        .iter_mut()
        .filter_map(|(_, raw)| p_value(raw).map(|p| (raw, p)))
        .collect();
    let p_values: Vec<f64> = tested.iter().map(|(_, p)| *p).collect();
    let size = p_values.len();
    let joint = bonferroni_level(level, size);
    for ((raw, p), p_adjusted) in tested.iter_mut().zip(holm(&p_values)) {
        let (error, df) = (raw.standard_error, raw.df);
        let half = |level| student_t_half_width(error, df, level);
        let (Some(half_width), Some(adjusted_half_width), Some(below)) =
            (half(level), half(joint), raw.below())
        else {
            continue;
        };
        raw.row.error = Some(Error {
            half_width,
            p_value: *p,
            family: size,
            adjusted_half_width,
            p_adjusted,
            below,
        });
    }
}
