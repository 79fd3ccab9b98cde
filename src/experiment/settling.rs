//! Whether the beginning of what is measured is like the rest of it.

use super::run::Outcome;
use crate::measure::Sums;
use crate::model::{Arrivals, Model};
use crate::stats::{BatchMeans, mser};
use crate::time::{DAY, Micros, WEEK, to_seconds};

/// Observations of a batch: MSER-5.
const BATCH: usize = 5;
/// Periods of the demand after the warm-up, at least: in fewer its pattern and a beginning cannot be told apart.
const PERIODS: usize = 3;
/// Batches behind the standard error, and how many of those a beginning must be away.
const ROUGH: usize = 10;
const SURE: f64 = 4.0;
/// Smallest effect on the mean of everything that is worth saying.
const WORTH: f64 = 0.01;

/// A beginning that is not like the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unsettled {
    /// How long it lasts after the warm-up, microseconds.
    pub lasts: Micros,
    /// By how much contacts waiting and agents busy, together, differ in it from the rest, over their mean.
    pub differs: f64,
}

/// Looks for a beginning, after the warm-up, in which contacts waiting and agents busy, averaged over replications, are not yet what they are
/// in the rest: MSER-5 on the intervals, what the time of day or week explains taken off.
///
/// Something is found when the beginning is 4 standard errors away (batch means of the rest) and shifts the mean of everything by 1% or
/// more. Only asked where the demand repeats itself exactly, from interval to interval, by the day or by the week, for three periods at least, and no
/// change is dated; a series that does not settle within half of its length has no beginning.
pub fn unsettled(model: &Model, outcome: &Outcome) -> Option<Unsettled> {
    if model.dated_changes().next().is_some() {
        return None;
    }
    let intervals = &outcome.intervals;
    let first = intervals.starts().iter().position(|&s| s >= model.warmup)?;
    // The last interval may be shorter.
    let whole = (model.horizon / intervals.width) as usize;
    let levels = (first..whole).map(|i| level(outcome, i));
    let series = levels.collect::<Option<Vec<f64>>>()?;
    let period = usize::try_from(period(model)? / intervals.width);
    let period = period.ok()?.max(1);
    if period > 1 && series.len() < PERIODS * period {
        return None;
    }
    let mean = series.iter().sum::<f64>() / series.len() as f64;
    let series = deseasoned(&series, period);
    let found = mser(&series, BATCH).filter(|t| t.is_inside() && t.left_out > 0)?;
    let at = found.left_out * BATCH;
    let (head, rest) = series.split_at(at);
    let noise = BatchMeans::new(rest, ROUGH, 0.95)?.asymptotic_variance(1.0);
    let of = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let away = of(head) - of(rest);
    let error = (noise / head.len() as f64 + noise / rest.len() as f64).sqrt();
    let shift = away * head.len() as f64 / series.len() as f64;
    let told = away.abs() > SURE * error && shift.abs() > WORTH * mean;
    told.then(|| Unsettled {
        lasts: at as Micros * intervals.width,
        differs: away / mean,
    })
}

/// Contacts waiting and agents busy in an interval, mean over the replications.
fn level(outcome: &Outcome, interval: usize) -> Option<f64> {
    let sums = outcome.intervals.sums(interval, 0);
    let seconds = outcome.intervals.seconds(interval);
    let level = |s: &Sums| to_seconds(s.customers.queue_time + s.agents.busy) / seconds;
    let sum: f64 = sums.iter().map(level).sum();
    (!sums.is_empty()).then(|| sum / sums.len() as f64)
}

/// After how long the expected demand is the same again: a step, a day or a week.
fn period(model: &Model) -> Option<Micros> {
    let step = model.demand.step;
    let repeats = |period: Micros| {
        let steps = usize::try_from(period / step).unwrap_or(usize::MAX);
        let is_same = |a: &Arrivals| match a {
            // The last step may be shorter.
            Arrivals::Expected(e) => {
                let whole = &e[..e.len().min((model.horizon / step) as usize)];
                let later = whole.iter().skip(steps);
                later
                    .zip(whole)
                    .all(|(b, a)| (a - b).abs() <= 1e-9 * a.abs())
            }
            Arrivals::Counts(_) | Arrivals::Replay(_) => false,
        };
        period.is_multiple_of(step) && model.demand.arrivals.iter().all(is_same)
    };
    [step, DAY, WEEK].into_iter().find(|&p| repeats(p))
}

/// What is left when each phase of the period has lost its mean; of a period of one, everything.
fn deseasoned(series: &[f64], period: usize) -> Vec<f64> {
    if period == 1 {
        return series.to_vec();
    }
    let mean = |phase: usize| {
        let same = series.iter().skip(phase).step_by(period);
        same.clone().sum::<f64>() / same.count() as f64
    };
    let means: Vec<f64> = (0..period).map(mean).collect();
    let numbered = series.iter().enumerate();
    numbered.map(|(i, x)| x - means[i % period]).collect()
}
