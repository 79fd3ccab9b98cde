//! What happened interval by interval, over all replications.

use crate::measure::{Cells, Counters, Slice, ValueKind, kind_of_interval};
use crate::model::Model;
use crate::stats::{
    ConfidenceInterval, IntervalKind, QuantileType, StudentT, Tally, quantile_of_sorted,
};
use crate::time::{Micros, to_seconds};

/// Samples of one scenario take at most this many bytes; beyond it neighbouring intervals are reported together.
const MAX_BYTES: usize = 192 << 20;

/// Columns of the interval table, with their units. Contacts count in the interval in which they were offered (or begun);
/// queue length, agents and `abandoned_in_interval` in the interval in which they happen.
pub const INTERVAL_COLUMNS: [(&str, &str); 16] = [
    ("contacts", "count"),
    ("ai_contacts", "count"),
    ("offered", "count"),
    ("delayed", "count"),
    ("answered", "count"),
    ("answered_within", "count"),
    ("abandoned", "count"),
    ("abandoned_within", "count"),
    ("abandoned_in_interval", "count"),
    ("turned_away", "count"),
    ("sl_net", "fraction"),
    ("mean_wait", "s"),
    ("queue_length", "contacts"),
    ("agents_on_duty", "agents"),
    ("agents_busy", "agents"),
    ("agents_finishing", "agents"),
];

/// The place of a column; a name that is none does not compile.
pub(super) const fn column(name: &str) -> usize {
    let mut i = 0;
    while !is_same(INTERVAL_COLUMNS[i].0.as_bytes(), name.as_bytes()) {
        i += 1;
    }
    i
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// Columns that are given with a band.
const BANDED: [usize; 4] = [
    column("sl_net"),
    column("mean_wait"),
    column("queue_length"),
    column("agents_busy"),
];

/// Columns that belong to customers, and those that belong to agents.
const TOPIC_COLUMNS: usize = 13;
const POOL_COLUMNS: [usize; 4] = [
    column("answered"),
    column("agents_on_duty"),
    column("agents_busy"),
    column("agents_finishing"),
];

/// Interval by interval: for each replication the columns of the whole, of each topic, market and pool.
#[derive(Clone, Debug)]
pub struct IntervalTable {
    /// Width of the reported intervals.
    pub width: Micros,
    starts: Vec<Micros>,
    merged: usize,
    /// The contact types of each topic and of each market.
    customers: Vec<Vec<usize>>,
    types: usize,
    pools: usize,
    samples: Vec<Vec<f32>>,
}

/// One value of the table over the replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntervalEstimate {
    /// Mean over the replications in which it is defined.
    pub mean: f64,
    /// Confidence interval, with at least two replications.
    pub interval: Option<ConfidenceInterval>,
    /// 10th and 90th percentile over replications, with at least two, for the columns that have a band.
    pub band: Option<(f64, f64)>,
}

impl IntervalTable {
    /// An empty table for so many replications.
    pub fn new(model: &Model, replications: u32) -> Self {
        let pools = model.pools.len();
        let slices = Self::slices(model);
        let customers: Vec<Vec<usize>> = slices[1..slices.len() - pools]
            .iter()
            .map(|slice| slice.types(model).unwrap_or_default())
            .collect();
        let row = row_len(customers.len(), pools) * size_of::<f32>();
        let intervals = Cells::new(model).intervals();
        let mut merged = 1;
        while intervals
            .div_ceil(merged)
            .saturating_mul(row)
            .saturating_mul(replications as usize)
            > MAX_BYTES
            && merged < intervals
        {
            merged *= 2;
        }
        let width = Cells::width(model);
        let starts = (0..intervals.div_ceil(merged))
            .map(|i| (i * merged) as Micros * width)
            .collect();
        Self {
            width: width * merged as Micros,
            starts,
            merged,
            customers,
            types: model.topics.len(),
            pools,
            samples: Vec::new(),
        }
    }

    /// The slices of a row: the whole, topics, markets, pools.
    pub fn slices(model: &Model) -> Vec<Slice> {
        let topics = (0..model.topic_count()).map(Slice::Topic);
        let markets = (0..model.markets.list.len()).map(Slice::Market);
        let pools = (0..model.pools.len()).map(Slice::Pool);
        let parts = topics.chain(markets).chain(pools);
        std::iter::once(Slice::All).chain(parts).collect()
    }

    /// The samples of one replication; NaN where a value is undefined.
    pub fn sample(&self, counters: &Counters) -> Vec<f32> {
        let cells = &counters.cells;
        let mut out = Vec::with_capacity(self.starts.len() * self.row_len());
        let mut topic_sums = vec![[0.0; 12]; self.types];
        let mut pool_sums = vec![[0.0; 4]; self.pools];
        for group in 0..self.starts.len() {
            topic_sums.fill([0.0; 12]);
            pool_sums.fill([0.0; 4]);
            let mut seconds = 0.0;
            for i in group * self.merged..((group + 1) * self.merged).min(cells.intervals()) {
                seconds += cells.seconds(i);
                for (sums, c) in topic_sums.iter_mut().zip(cells.topic_row(i)) {
                    let counts = [
                        c.contacts,
                        c.ai_contacts,
                        c.offered,
                        c.delayed,
                        c.answered,
                        c.answered_within,
                        c.abandoned,
                        c.abandoned_within,
                        c.abandoned_now,
                        c.turned_away,
                    ];
                    for (s, n) in sums.iter_mut().zip(counts) {
                        *s += f64::from(n);
                    }
                    sums[10] += to_seconds(c.wait);
                    sums[11] += to_seconds(c.queue_time);
                }
                for (sums, c) in pool_sums.iter_mut().zip(cells.pool_row(i)) {
                    sums[0] += f64::from(c.answered);
                    sums[1] += to_seconds(c.duty);
                    sums[2] += to_seconds(c.busy);
                    sums[3] += to_seconds(c.finishing);
                }
            }
            let mut all = [0.0; 12];
            for sums in &topic_sums {
                for (a, s) in all.iter_mut().zip(sums) {
                    *a += s;
                }
            }
            let agents =
                (1..4).map(|j| (pool_sums.iter().map(|s| s[j]).sum::<f64>() / seconds) as f32);
            out.extend(customer_columns(&all, seconds));
            out.extend(agents);
            for types in &self.customers {
                let mut sums = [0.0; 12];
                for &k in types {
                    for (a, s) in sums.iter_mut().zip(topic_sums[k]) {
                        *a += s;
                    }
                }
                out.extend(customer_columns(&sums, seconds));
            }
            for sums in &pool_sums {
                out.push(sums[0] as f32);
                out.extend(sums[1..].iter().map(|s| (s / seconds) as f32));
            }
        }
        out
    }

    /// Number of samples of a replication.
    pub fn sample_len(&self) -> usize {
        self.starts.len() * self.row_len()
    }

    /// Adds the samples of the next replication.
    pub fn push(&mut self, sample: Vec<f32>) {
        self.samples.push(sample);
    }

    /// Replications so far.
    pub fn replications(&self) -> usize {
        self.samples.len()
    }

    /// Starts of the intervals.
    pub fn starts(&self) -> &[Micros] {
        &self.starts
    }

    fn row_len(&self) -> usize {
        row_len(self.customers.len(), self.pools)
    }

    /// Position of a column within a row, by the place of its slice in [`Self::slices`].
    fn place(&self, slice: usize, column: usize) -> Option<usize> {
        if slice == 0 {
            return Some(column);
        }
        let customers = self.customers.len();
        if slice <= customers {
            return (column < TOPIC_COLUMNS)
                .then(|| INTERVAL_COLUMNS.len() + (slice - 1) * TOPIC_COLUMNS + column);
        }
        let j = POOL_COLUMNS.iter().position(|&c| c == column)?;
        let base = INTERVAL_COLUMNS.len() + customers * TOPIC_COLUMNS;
        Some(base + (slice - 1 - customers) * POOL_COLUMNS.len() + j)
    }

    /// The value of one column of one slice in one interval of one replication; `None` where the column does not belong to the
    /// slice or is undefined.
    pub fn value(
        &self,
        replication: usize,
        interval: usize,
        slice: usize,
        column: usize,
    ) -> Option<f64> {
        let at = interval * self.row_len() + self.place(slice, column)?;
        let value = *self.samples.get(replication)?.get(at)?;
        (!value.is_nan()).then_some(f64::from(value))
    }

    /// The estimate of one column of one slice in one interval; `None` where the column does not belong to the slice or is
    /// never defined. `scratch` is reused from call to call.
    pub fn estimate(
        &self,
        interval: usize,
        slice: usize,
        column: usize,
        student: &StudentT,
        scratch: &mut Vec<f64>,
    ) -> Option<IntervalEstimate> {
        let values = |column: usize| {
            let at = interval * self.row_len() + self.place(slice, column)?;
            let values = self.samples.iter().map(move |s| f64::from(s[at]));
            Some(values.filter(|v| !v.is_nan()))
        };
        scratch.clear();
        scratch.extend(values(column)?);
        match scratch.len() {
            0 => None,
            1 => Some(IntervalEstimate {
                mean: scratch[0],
                interval: None,
                band: None,
            }),
            _ => {
                let mean_of = |of: &str| {
                    let place = INTERVAL_COLUMNS.iter().position(|(name, _)| *name == of);
                    let mut tally = Tally::new();
                    values(place?)?.for_each(|v| tally.record(v));
                    tally.mean()
                };
                let (name, unit) = INTERVAL_COLUMNS[column];
                // Only shares are given with the ends of their intervals, all else as mean ± half-width.
                let kind = match kind_of_interval(name, unit) {
                    kind @ ValueKind::Share { .. } => kind.interval(mean_of),
                    _ => IntervalKind::Number,
                };
                let interval = ConfidenceInterval::of(kind, scratch, student)?;
                let band = if BANDED.contains(&column) {
                    scratch.sort_unstable_by(f64::total_cmp);
                    let quantile = |p| quantile_of_sorted(scratch, p, QuantileType::Type7);
                    quantile(0.1).zip(quantile(0.9))
                } else {
                    None
                };
                Some(IntervalEstimate {
                    mean: interval.mean,
                    interval: Some(interval),
                    band,
                })
            }
        }
    }
}

/// Values of a row with so many slices of customers and of pools.
fn row_len(customers: usize, pools: usize) -> usize {
    INTERVAL_COLUMNS.len() + TOPIC_COLUMNS * customers + POOL_COLUMNS.len() * pools
}

/// The columns of customers from the sums of a slice.
fn customer_columns(s: &[f64; 12], seconds: f64) -> [f32; TOPIC_COLUMNS] {
    let ratio = |a: f64, b: f64| if b > 0.0 { (a / b) as f32 } else { f32::NAN };
    let mut out = [0.0; TOPIC_COLUMNS];
    for (o, v) in out.iter_mut().zip(&s[..10]) {
        *o = *v as f32;
    }
    out[10] = ratio(s[5], s[2] - s[9] - s[7]);
    out[11] = ratio(s[10], s[2] - s[9]);
    out[12] = ratio(s[11], seconds);
    out
}
