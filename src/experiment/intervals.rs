//! What happened interval by interval, over all replications.

use crate::measure::{Cells, Context, Counters, Grid, Measure, POOL_SUMS, Slice, Sums, TOPIC_SUMS};
use crate::model::Model;
use crate::stats::{ConfidenceInterval, IntervalKind, StudentT, moments, quantile_of_sorted};
use crate::time::{Micros, to_seconds};

/// Samples of one scenario take at most this many bytes; beyond it neighbouring intervals are reported together.
const MAX_BYTES: usize = 192 << 20;

/// Interval by interval: for each replication the sums that cells have of the whole, of each topic, market and pool.
///
/// They are kept in single precision, counts up to 16 million exactly, times to a ten-millionth of their size.
#[derive(Clone, Debug)]
pub struct IntervalTable {
    /// Width of the reported intervals.
    pub width: Micros,
    horizon: Micros,
    starts: Vec<Micros>,
    merged: usize,
    /// The whole, topics and markets, then pools.
    slices: Vec<Slice>,
    pools: usize,
    samples: Vec<Vec<f32>>,
}

/// One value of the table over the replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntervalEstimate {
    /// Mean over the replications in which it is defined.
    pub mean: f64,
    /// Confidence interval, with at least two replications; of what is no share Student's, also below 0.
    pub interval: Option<ConfidenceInterval>,
    /// 10th and 90th percentile over replications, with at least two, where it is asked for.
    pub band: Option<(f64, f64)>,
}

impl IntervalTable {
    /// An empty table with room for `replications`.
    pub fn new(model: &Model, replications: u32) -> Self {
        let mut table = Self {
            width: Cells::width(model),
            horizon: model.horizon,
            starts: Vec::new(),
            merged: 1,
            slices: Self::slices(model),
            pools: model.pools.len(),
            samples: Vec::new(),
        };
        let row = table.row_len() * size_of::<f32>() * replications as usize;
        let intervals = Grid::of(model).intervals();
        while intervals.div_ceil(table.merged).saturating_mul(row) > MAX_BYTES
            && table.merged < intervals
        {
            table.merged *= 2;
        }
        let groups = intervals.div_ceil(table.merged);
        table.width *= table.merged as Micros;
        table.starts = (0..groups as Micros).map(|i| i * table.width).collect();
        table
    }

    /// The slices of a row: the whole, topics, markets, pools.
    pub fn slices(model: &Model) -> Vec<Slice> {
        let topics = (0..model.topic_count()).map(Slice::Topic);
        let markets = (0..model.markets.list.len()).map(Slice::Market);
        let pools = (0..model.pools.len()).map(Slice::Pool);
        let parts = topics.chain(markets).chain(pools);
        std::iter::once(Slice::All).chain(parts).collect()
    }

    /// The samples of one replication.
    pub fn sample(&self, counters: &Counters, model: &Model) -> Vec<f32> {
        let grid = counters.cells.grid();
        let mut out = Vec::with_capacity(self.sample_len());
        for group in 0..self.starts.len() {
            let first = group * self.merged;
            let last = (first + self.merged).min(grid.intervals()) - 1;
            let cells = grid.of_interval(first).start..grid.of_interval(last).end;
            for (i, slice) in self.slices.iter().enumerate() {
                let sums = counters.cells.sums(cells.clone(), slice, model);
                if i < self.customers() {
                    out.extend(sums.customer_cell());
                } else {
                    out.extend(sums.agent_cell());
                }
            }
        }
        out
    }

    /// Number of slices of customers: the whole, topics, markets.
    fn customers(&self) -> usize {
        self.slices.len() - self.pools
    }

    fn row_len(&self) -> usize {
        TOPIC_SUMS * self.customers() + POOL_SUMS * self.pools
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

    /// Length of an interval in seconds; the last one may be shorter.
    pub fn seconds(&self, interval: usize) -> f64 {
        let start = self.starts[interval];
        to_seconds((start + self.width).min(self.horizon) - start)
    }

    /// Adds the sums of a slice, by its place in [`Self::slices`], in an interval of a replication.
    pub fn add_to(&self, sums: &mut Sums, replication: usize, interval: usize, slice: usize) {
        let row = interval * self.row_len();
        let sample = &self.samples[replication][row..row + self.row_len()];
        let (customers, pools) = sample.split_at(TOPIC_SUMS * self.customers());
        if let Some(p) = slice.checked_sub(self.customers()) {
            return sums.add_agent_cell(&pools[p * POOL_SUMS..(p + 1) * POOL_SUMS]);
        }
        sums.add_customer_cell(&customers[slice * TOPIC_SUMS..(slice + 1) * TOPIC_SUMS]);
        if slice == 0 {
            // The answers of the pools are those of the topics once more.
            let answered = sums.answers.answered;
            pools
                .chunks(POOL_SUMS)
                .for_each(|cell| sums.add_agent_cell(cell));
            sums.answers.answered = answered;
        }
    }

    /// The sums of a slice in an interval, by replication.
    pub fn sums(&self, interval: usize, slice: usize) -> Vec<Sums> {
        let of_replication = |replication| {
            let mut sums = Sums::default();
            self.add_to(&mut sums, replication, interval, slice);
            sums
        };
        (0..self.samples.len()).map(of_replication).collect()
    }
}

/// The estimate of a measure from the sums of each replication; `None` where it is never defined.
pub fn estimate(
    sums: &[Sums],
    (measure, context): (&Measure, &Context<'_>),
    banded: bool,
    student: &StudentT,
) -> Option<IntervalEstimate> {
    // What the samples give to single precision is no truer with more digits.
    let rounded = |x: f64| f64::from(x as f32);
    let values = sums.iter().filter_map(|s| measure.of(s, context));
    let mut values: Vec<f64> = values.map(rounded).collect();
    if values.len() < 2 {
        return Some(IntervalEstimate {
            mean: *values.first()?,
            interval: None,
            band: None,
        });
    }
    let kind = match measure.unit.label() {
        "fraction" => measure.interval_kind(|of| {
            let of = crate::measure::measure(of)?;
            let counts: Vec<f64> = sums.iter().filter_map(|s| of.of(s, context)).collect();
            moments(&counts).mean()
        }),
        _ => IntervalKind::Number,
    };
    let interval = ConfidenceInterval::of(kind, &values, student)?;
    let mut band = None;
    if banded {
        values.sort_unstable_by(f64::total_cmp);
        let quantile = |p| quantile_of_sorted(&values, p);
        band = quantile(0.1).zip(quantile(0.9));
    }
    Some(IntervalEstimate {
        mean: interval.mean,
        interval: Some(interval),
        band,
    })
}
