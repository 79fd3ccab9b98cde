//! One replication: who watches it, what it gives, and how that is kept.

use super::intervals::IntervalTable;
use crate::engine::{Account, Laws};
use crate::finance::Money;
use crate::measure::{Counters, Monthly, Period, Row, Values, count};
use crate::model::{Model, Required, required};
use std::sync::{Arc, OnceLock};

/// One replication of one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Task {
    /// The point, from 0.
    pub point: u32,
    /// The replication, from 0.
    pub replication: u32,
}

impl Task {
    /// Replication `replication` of point `point`.
    pub fn new(point: u32, replication: u32) -> Self {
        Self { point, replication }
    }
}

/// A task that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Which.
    pub task: Task,
    /// Contacts simulated, those of the warm-up included.
    pub contacts: u64,
    /// Events taken from the event list.
    pub events: u64,
    /// The measures in the order asked for, NaN where undefined.
    pub values: Vec<f64>,
}

/// How a run goes on; called from the threads that work.
pub trait Progress: Sync {
    /// Whether to make no further replications, and to give up those under way.
    fn is_stopped(&self) -> bool {
        false
    }

    /// A replication of a job is done.
    fn replication_done(&self, _job: usize, _contacts: u64) {}

    /// A part of a replication is done, in units of simulated time.
    fn simulated(&self, _job: usize, _micros: u64) {}

    /// A search has simulated one more plan, which keeps so many promises of all. The present step simulates so many more plans at most, if
    /// that is known.
    fn judged(&self, _kept: usize, _promises: usize, _left: Option<usize>) {}

    /// A task as [`Self::keep`] got it in an earlier run, which then need not be done again.
    fn kept(&self, _job: usize, _task: Task) -> Option<Finished> {
        None
    }

    /// A replication was made: all that there is of it, as point 0. Or a plan of a search was simulated: what is said of it, the task being the
    /// digest of the plan.
    fn keep(&self, _job: usize, _finished: &Finished) {}
}

/// Nobody is watching.
impl Progress for () {}

/// The months of the replications of one scenario.
#[derive(Clone, Debug, Default)]
pub struct MonthlyTable {
    /// The rows of every month, in a fixed order.
    pub rows: Vec<Row>,
    /// The months, in order.
    pub months: Vec<Period>,
    /// By replication: the value of each row of each month (`month * rows + row`), NaN where it is undefined.
    pub values: Vec<Vec<f64>>,
}

impl MonthlyTable {
    pub(super) fn new(tables: &Tables<'_>) -> Self {
        Self {
            rows: [tables.monthly.rows(), tables.money.rows()].concat(),
            months: tables.monthly.months().cloned().collect(),
            values: Vec::new(),
        }
    }

    /// The values of a row in a month in those replications in which it is defined.
    pub fn sample(&self, month: usize, row: usize) -> Vec<f64> {
        let i = month * self.rows.len() + row;
        let values = self.values.iter().map(|v| v[i]);
        values.filter(|v| !v.is_nan()).collect()
    }
}

/// What turns the counts of a replication into values.
pub(super) struct Tables<'m> {
    model: &'m Model,
    values: Values<'m>,
    monthly: Monthly<'m>,
    money: Money<'m>,
    /// Found when it is first asked for: rows need none of it.
    required: OnceLock<Arc<Required>>,
}

impl<'m> Tables<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self {
            model,
            values: Values::new(model),
            monthly: Monthly::new(model),
            money: Money::new(model),
            required: OnceLock::new(),
        }
    }

    /// The agents that the model requires.
    pub(super) fn required(&self) -> Arc<Required> {
        let required = || Arc::new(required(self.model));
        self.required.get_or_init(required).clone()
    }

    /// The rows of the whole time, costs last.
    pub(super) fn rows(&self) -> Vec<Row> {
        [self.values.rows(), self.money.rows()].concat()
    }

    /// The values of the whole time, those of required agents only where they are asked for; and the costs of each month.
    pub(super) fn whole(
        &self,
        counters: &Counters,
        with_required: bool,
    ) -> (Vec<f64>, Vec<Vec<Option<f64>>>) {
        let (cost, costs) = self.money.of(counters);
        let required = with_required.then(|| self.required());
        let whole = numbers(self.values.of(counters, required.as_deref())).chain(numbers(cost));
        (whole.collect(), costs)
    }

    /// All that is kept of a replication in one list of words: the values of the whole time, those of the months, and the samples of its
    /// intervals in twos.
    pub(super) fn words(&self, counters: &Counters, sample: &[f32]) -> Vec<f64> {
        let (mut words, costs) = self.whole(counters, true);
        let months = self.monthly.of(counters, Some(&self.required()));
        let n = self.monthly.rows().len().max(1);
        let mut costs = costs.into_iter();
        for month in months.chunks(n) {
            words.extend(numbers(month.to_vec()));
            words.extend(numbers(costs.next().unwrap_or_default()));
        }
        words.extend(in_twos(sample));
        words
    }
}

/// Two samples in each word.
fn in_twos(sample: &[f32]) -> impl Iterator<Item = f64> {
    let bits = |x: Option<&f32>| x.map_or(0, |x| u64::from(x.to_bits()));
    let pairs = sample.chunks(2);
    pairs.map(move |p| f64::from_bits(bits(p.get(1)) << 32 | bits(p.first())))
}

/// So many samples out of the words of [`in_twos`].
pub(super) fn one_by_one(words: &[f64], samples: usize) -> Vec<f32> {
    let bits = words.iter().map(|w| w.to_bits());
    let halves = bits.flat_map(|b| [b as u32, (b >> 32) as u32]);
    halves.take(samples).map(f32::from_bits).collect()
}

/// The rows of the outcomes of a model, in their order.
pub fn rows(model: &Model) -> Vec<Row> {
    Tables::new(model).rows()
}

/// The values, NaN where they are undefined.
fn numbers(values: Vec<Option<f64>>) -> impl Iterator<Item = f64> {
    values.into_iter().map(|v| v.unwrap_or(f64::NAN))
}

/// Numbers of values, of values of months and of samples of intervals of a replication.
pub(super) fn lengths(tables: &Tables<'_>, intervals: &IntervalTable) -> [usize; 3] {
    let months = MonthlyTable::new(tables);
    let monthly = months.rows.len() * months.months.len();
    [tables.rows().len(), monthly, intervals.sample_len()]
}

/// Length of [`Tables::words`].
pub(super) fn words([values, monthly, sample]: [usize; 3]) -> usize {
    values + monthly + sample.div_ceil(2)
}

/// Length in words of a replication as [`Progress::keep`] gets it; `most` replications are made at most.
pub fn kept_length(model: &Model, most: u32) -> usize {
    words(lengths(
        &Tables::new(model),
        &IntervalTable::new(model, most),
    ))
}

/// Plays one replication; `None` when it was stopped.
pub(super) fn play(
    laws: &Laws<'_>,
    seed: u64,
    replication: u32,
    (job, progress): (usize, &dyn Progress),
) -> Option<(Account, Counters)> {
    if progress.is_stopped() {
        return None;
    }
    let model = laws.model();
    let asked = std::cell::Cell::new(0u64);
    // Progress is told about 64 times a replication: often enough for a smooth bar, too rarely to be felt.
    let steps = model.horizon.div_ceil(model.demand.step);
    let every = (steps / 64).max(1);
    let (account, counters) = count(laws, seed, u64::from(replication), &|| {
        let n = asked.get() + 1;
        asked.set(n);
        if n.is_multiple_of(every) && n <= steps {
            progress.simulated(job, every * model.demand.step);
        }
        progress.is_stopped()
    });
    if account.stopped {
        return None;
    }
    let told = (asked.get().min(steps) / every) * every * model.demand.step;
    progress.simulated(job, model.horizon.saturating_sub(told));
    Some((account, counters))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit by bit, also of an odd number of samples.
    #[test]
    fn samples_in_twos_come_back() {
        for sample in [
            vec![1.5, f32::NAN, f32::MIN_POSITIVE],
            vec![-0.0, 7.0],
            vec![],
        ] {
            let words: Vec<f64> = in_twos(&sample).collect();
            assert_eq!(words.len(), sample.len().div_ceil(2));
            let bits = |s: &[f32]| s.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&one_by_one(&words, sample.len())), bits(&sample));
        }
    }
}
