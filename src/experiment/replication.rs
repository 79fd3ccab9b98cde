//! One replication: who watches it, what it gives, and how that is kept.

use super::intervals::IntervalTable;
use crate::engine::{Account, Laws};
use crate::finance::Money;
use crate::measure::{Counters, Monthly, Period, Row, Values, count};
use crate::model::{Model, Required, required};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// One replication of one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Task {
    /// The point, from 0.
    pub point: u32,
    /// The replication, from 0.
    pub replication: u32,
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
    /// A replication of a job is done.
    fn replication_done(&self, job: usize, contacts: u64) {
        let _ = (job, contacts);
    }

    /// A part of a replication is done, in units of simulated time.
    fn simulated(&self, job: usize, micros: u64) {
        let _ = (job, micros);
    }

    /// A replication as [`Self::keep`] got it in an earlier run, which then need not be made again.
    fn kept(&self, job: usize, replication: u32) -> Option<Finished> {
        let _ = (job, replication);
        None
    }

    /// A replication was made; `finished` gives all that there is of it, as point 0.
    fn keep(&self, job: usize, finished: &dyn Fn() -> Finished) {
        let _ = (job, finished);
    }
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

/// What one replication leaves.
pub(super) struct Leaf {
    pub(super) values: Vec<f64>,
    pub(super) sample: Vec<f32>,
    pub(super) monthly: Vec<f64>,
    pub(super) contacts: u64,
    pub(super) events: u64,
    pub(super) conserved: bool,
}

impl Leaf {
    /// Everything as one list of words: values, months, and the interval samples in twos.
    pub(super) fn pack(&self, replication: u32) -> Finished {
        let bits = |x: Option<&f32>| x.map_or(0, |x| u64::from(x.to_bits()));
        let pairs = self.sample.chunks(2);
        let pairs = pairs.map(|p| f64::from_bits(bits(p.get(1)) << 32 | bits(p.first())));
        let numbers = self.values.iter().chain(&self.monthly).copied();
        Finished {
            task: Task {
                point: 0,
                replication,
            },
            contacts: self.contacts,
            events: self.events,
            values: numbers.chain(pairs).collect(),
        }
    }

    /// The same back; `None` when it has another shape.
    pub(super) fn unpack(done: &Finished, shape: [usize; 3]) -> Option<Self> {
        let [values, monthly, sample] = shape;
        let (numbers, pairs) = done.values.split_at_checked(values + monthly)?;
        let halves = pairs.iter().map(|p| p.to_bits());
        let mut halves: Vec<f32> = halves
            .flat_map(|b| [b as u32, (b >> 32) as u32])
            .map(f32::from_bits)
            .collect();
        (halves.len() == 2 * sample.div_ceil(2)).then(|| {
            halves.truncate(sample);
            Self {
                values: numbers[..values].to_vec(),
                monthly: numbers[values..].to_vec(),
                sample: halves,
                contacts: done.contacts,
                events: done.events,
                // Only such are kept.
                conserved: true,
            }
        })
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

    /// The values of the whole time, and of the months.
    fn of(&self, counters: &Counters) -> (Vec<f64>, Vec<f64>) {
        let (whole, costs) = self.whole(counters, true);
        let months = self.monthly.of(counters, Some(&self.required()));
        let n = self.monthly.rows().len().max(1);
        let mut costs = costs.into_iter();
        let mut by_month = Vec::new();
        for month in months.chunks(n) {
            by_month.extend(numbers(month.to_vec()));
            by_month.extend(numbers(costs.next().unwrap_or_default()));
        }
        (whole, by_month)
    }
}

/// The rows of the outcomes of a model, in their order.
pub fn rows(model: &Model) -> Vec<Row> {
    Tables::new(model).rows()
}

/// The values, NaN where they are undefined.
fn numbers(values: Vec<Option<f64>>) -> impl Iterator<Item = f64> {
    values.into_iter().map(|v| v.unwrap_or(f64::NAN))
}

/// Number of values, of values of months and of samples of intervals of a replication.
pub(super) fn shape(tables: &Tables<'_>, intervals: &IntervalTable) -> [usize; 3] {
    let months = MonthlyTable::new(tables);
    let in_months = months.rows.len() * months.months.len();
    [tables.rows().len(), in_months, intervals.sample_len()]
}

/// Length in words of a replication as [`Progress::keep`] gets it; `most` replications are made at most.
pub fn kept_length(model: &Model, most: u32) -> usize {
    let intervals = IntervalTable::new(model, most);
    let [values, monthly, sample] = shape(&Tables::new(model), &intervals);
    values + monthly + sample.div_ceil(2)
}

/// Plays one replication; `None` when it was stopped.
pub(super) fn play(
    laws: &Laws<'_>,
    seed: u64,
    replication: u32,
    stop: &AtomicBool,
    simulated: &dyn Fn(u64),
) -> Option<(Account, Counters)> {
    if stop.load(Ordering::Relaxed) {
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
            simulated(every * model.demand.step);
        }
        stop.load(Ordering::Relaxed)
    });
    if account.stopped {
        return None;
    }
    let told = (asked.get().min(steps) / every) * every * model.demand.step;
    simulated(model.horizon.saturating_sub(told));
    Some((account, counters))
}

pub(super) fn replicate(
    laws: &Laws<'_>,
    tables: &Tables<'_>,
    intervals: &IntervalTable,
    seed: u64,
    replication: u32,
    stop: &AtomicBool,
    simulated: &dyn Fn(u64),
) -> Option<Leaf> {
    let (account, counters) = play(laws, seed, replication, stop, simulated)?;
    let (values, monthly) = tables.of(&counters);
    Some(Leaf {
        values,
        monthly,
        sample: intervals.sample(&counters, laws.model()),
        contacts: account.contacts(),
        events: account.events,
        conserved: account.conserved,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit by bit: also of values that are undefined, and of an odd number of samples.
    #[test]
    fn what_is_kept_comes_back() {
        let leaf = Leaf {
            values: vec![0.1, f64::NAN, -0.0],
            sample: vec![1.5, f32::NAN, f32::MIN_POSITIVE],
            monthly: vec![7.0],
            contacts: 12,
            events: 34,
            conserved: true,
        };
        let packed = leaf.pack(5);
        assert_eq!((packed.values.len(), packed.task.replication), (6, 5));
        let back = Leaf::unpack(&packed, [3, 1, 3]).unwrap();
        let bits = |l: &Leaf| {
            let words = l.values.iter().chain(&l.monthly).map(|x| x.to_bits());
            let halves = l.sample.iter().map(|x| u64::from(x.to_bits()));
            words.chain(halves).collect::<Vec<_>>()
        };
        assert_eq!(bits(&back), bits(&leaf));
        assert_eq!((back.contacts, back.events), (12, 34));
        assert!(Leaf::unpack(&packed, [3, 1, 5]).is_none());
        assert!(Leaf::unpack(&packed, [9, 1, 3]).is_none());
    }
}
