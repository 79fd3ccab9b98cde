//! Counts in small stretches of time, of which intervals, days, weeks, months and periods are put together.
//!
//! Time is cut at the reporting intervals and wherever something else begins or ends that is counted apart: a local day, a period, the
//! counted time. So every one of these is a union of whole cells. One more cell holds what comes after the horizon.

use super::sums::{Agents, Answers, Customers, Sums};
use crate::model::Model;
use crate::slots::Slots;
use crate::time::{DAY, Micros, SECOND};

/// A count, or a span of time in microseconds, of a cell.
trait CellSum {
    /// The number by which a sum over cells is given: 1 of counts, a second of times.
    const UNIT: f64;
}

impl CellSum for u32 {
    const UNIT: f64 = 1.0;
}

impl CellSum for u64 {
    const UNIT: f64 = SECOND as f64;
}

/// Declares the sums that are counted by cell: `u32` is a count, `u64` a span of time. Each belongs to a sum of the same name of a slice.
macro_rules! cell {
    (
        $(#[$doc:meta])* $name:ident, $length:ident, $read:ident, $add:ident, ($($part:ident: $of:ident),*)
        { $($sums:ident.$field:ident: $type:ty,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct $name {
            $(#[doc = concat!("See the sum of this name in [`Sums::", stringify!($sums), "`].")] pub $field: $type,)*
        }

        #[doc = concat!("Number of sums of a [`", stringify!($name), "`].")]
        pub const $length: usize = [$(stringify!($field)),*].len();

        impl $name {
            /// Adds the cell to the sums that it has a part of.
            pub(super) fn add_to(&self, $($part: &mut $of),*) {
                $($sums.$field += u64::from(self.$field);)*
            }
        }

        impl Sums {
            #[doc = concat!("The sums that a [`", stringify!($name), "`] has: counts, and times in seconds.")]
            pub fn $read(&self) -> [f32; $length] {
                [$((self.$sums.$field as f64 / <$type>::UNIT) as f32),*]
            }

            #[doc = concat!("Adds what [`Self::", stringify!($read), "`] gave.")]
            pub fn $add(&mut self, numbers: &[f32]) {
                let mut numbers = numbers.iter().map(|&x| f64::from(x));
                $(self.$sums.$field += (numbers.next().unwrap_or(0.0) * <$type>::UNIT).round_ties_even() as u64;)*
            }
        }
    };
}

cell! {
    /// What happened to the contacts of one type in one cell; a cache line.
    #[repr(align(64))]
    TopicCell, TOPIC_SUMS, customer_cell, add_customer_cell, (customers: Customers, answers: Answers) {
        customers.contacts: u32,
        customers.cases: u32,
        customers.ai_contacts: u32,
        customers.offered: u32,
        customers.delayed: u32,
        answers.answered: u32,
        answers.answered_within: u32,
        customers.abandoned: u32,
        customers.abandoned_within: u32,
        customers.abandoned_now: u32,
        customers.turned_away: u32,
        customers.unserved: u32,
        customers.wait: u64,
        customers.queue_time: u64,
    }
}

cell! {
    /// What the agents of one pool did in one cell; the answers are those to visits of this cell.
    PoolCell, POOL_SUMS, agent_cell, add_agent_cell, (agents: Agents, answers: Answers) {
        answers.answered: u32,
        agents.busy: u64,
        agents.duty: u64,
        agents.finishing: u64,
    }
}

/// How time is cut into cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Width of a reporting interval.
    width: Micros,
    horizon: Micros,
    /// Where the cells begin; the last one begins at the horizon and has no end.
    starts: Vec<Micros>,
    /// By reporting interval: its first cell.
    first: Vec<u32>,
    /// By cell: the period that it belongs to; the last cell has the number after the last.
    periods: Vec<u32>,
}

/// The cells of one replication.
#[derive(Clone, Debug)]
pub struct Cells {
    grid: Grid,
    topics: usize,
    pools: usize,
    topic_cells: Slots<TopicCell>,
    pool_cells: Slots<PoolCell>,
    /// By cell and contact type: waits that cover whole cells from this one on, less those that cover whole cells up to the one before.
    /// A wait of many cells costs two additions here rather than one in each cell. Empty until there is such a wait.
    covering: Vec<i64>,
    /// The cell asked for last: the next question is nearly always about the same.
    last: CellRange,
}

/// Where a cell is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CellRange {
    start: Micros,
    end: Micros,
    /// Its first entry by contact type.
    topics: usize,
    /// Its first entry by pool.
    pools: usize,
    /// The first of the sums of its period by contact type.
    pub(super) sums: usize,
}

/// Cells of one replication take at most this many bytes; beyond it intervals are merged.
const MAX_BYTES: usize = 24 << 20;

impl CellRange {
    /// Whether the span lies in the cell, as nearly every one does.
    #[inline(always)]
    pub(super) fn holds(&self, from: Micros, to: Micros) -> bool {
        from >= self.start && to <= self.end
    }
}

impl Grid {
    /// The grid of a model.
    pub fn of(model: &Model) -> Self {
        let periods = model.periods();
        let (width, horizon) = (Cells::width(model), model.horizon);
        let intervals = horizon.div_ceil(width).max(1);
        let mut starts: Vec<Micros> = (0..intervals).map(|i| i * width).collect();
        starts.extend(periods.iter().map(|p| p.span.start));
        starts.extend([model.warmup, horizon]);
        if width <= DAY {
            starts.extend(model.calendar.day_starts(horizon));
        }
        starts.retain(|&t| t <= horizon);
        starts.sort_unstable();
        starts.dedup();
        let first = |i| starts.partition_point(|&t| t < i * width) as u32;
        let period = |&t: &Micros| match t < horizon {
            true => periods.partition_point(|p| p.span.start <= t).max(1) as u32 - 1,
            false => periods.len() as u32,
        };
        Self {
            width,
            horizon,
            first: (0..intervals).map(first).collect(),
            periods: starts.iter().map(period).collect(),
            starts,
        }
    }

    /// Number of cells before the horizon.
    pub fn cells(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of reporting intervals.
    pub fn intervals(&self) -> usize {
        self.first.len()
    }

    /// The cells of interval `i`.
    pub fn of_interval(&self, i: usize) -> std::ops::Range<usize> {
        let end = self.first.get(i + 1).map_or(self.cells(), |&c| c as usize);
        self.first[i] as usize..end
    }

    /// The cells that lie between two moments on borders of cells.
    pub fn between(&self, from: Micros, to: Micros) -> std::ops::Range<usize> {
        let at = |t| self.starts[..self.cells()].partition_point(|&s| s < t);
        at(from)..at(to)
    }

    /// Begin and end of some cells, one after the other.
    pub fn span(&self, cells: &std::ops::Range<usize>) -> (Micros, Micros) {
        (self.starts[cells.start], self.starts[cells.end])
    }

    /// Number of the cell of a moment.
    fn cell(&self, t: Micros) -> usize {
        if t >= self.horizon {
            return self.cells();
        }
        let mut cell = self.first[(t / self.width) as usize] as usize;
        while self.starts[cell + 1] <= t {
            cell += 1;
        }
        cell
    }
}

impl Cells {
    /// Empty cells for one replication of `model`.
    pub(super) fn new(model: &Model) -> Self {
        let grid = Grid::of(model);
        let (topics, pools) = (model.topics.len(), model.pools.len());
        let cells = grid.cells() + 1;
        Self {
            grid,
            topics,
            pools,
            topic_cells: vec![TopicCell::default(); cells * topics].into(),
            pool_cells: vec![PoolCell::default(); cells * pools].into(),
            covering: Vec::new(),
            last: CellRange::default(),
        }
    }

    /// Width of the reporting intervals: the model's, doubled until the cells of a replication fit their memory.
    pub fn width(model: &Model) -> Micros {
        let row =
            model.topics.len() * size_of::<TopicCell>() + model.pools.len() * size_of::<PoolCell>();
        let mut width = model.interval;
        while model.horizon.div_ceil(width) as usize * row > MAX_BYTES {
            width *= 2;
        }
        width
    }

    /// How time is cut.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The cell of a moment.
    #[inline(always)]
    pub(super) fn place(&mut self, t: Micros) -> CellRange {
        if t < self.last.start || t >= self.last.end {
            self.seek(t);
        }
        self.last
    }

    #[cold]
    #[inline(never)]
    fn seek(&mut self, t: Micros) {
        self.last = self.locate(self.grid.cell(t));
    }

    fn locate(&self, cell: usize) -> CellRange {
        let next = self.grid.starts.get(cell + 1);
        CellRange {
            start: self.grid.starts[cell],
            end: next.copied().unwrap_or(Micros::MAX),
            topics: cell * self.topics,
            pools: cell * self.pools,
            sums: self.grid.periods[cell] as usize * self.topics,
        }
    }

    #[inline(always)]
    pub(super) fn topic(&mut self, place: CellRange, topic: usize) -> &mut TopicCell {
        &mut self.topic_cells[place.topics + topic]
    }

    #[inline(always)]
    pub(super) fn pool(&mut self, place: CellRange, pool: usize) -> &mut PoolCell {
        &mut self.pool_cells[place.pools + pool]
    }

    /// What was counted, by contact type and by pool of one cell.
    pub fn rows(&self, cell: usize) -> (&[TopicCell], &[PoolCell]) {
        (
            &self.topic_cells[cell * self.topics..(cell + 1) * self.topics],
            &self.pool_cells[cell * self.pools..(cell + 1) * self.pools],
        )
    }

    /// Each cell, the one after the horizon last, with its period.
    pub(super) fn by_period(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..=self.grid.cells()).map(|cell| (cell, self.grid.periods[cell] as usize))
    }

    /// Adds a wait of contact type `topic` to [`TopicCell::queue_time`] of the cells it touches. Whole cells are added by
    /// [`Self::add_covering`].
    #[inline(always)]
    pub(super) fn wait(&mut self, topic: usize, from: Micros, to: Micros) {
        if self.last.holds(from, to) {
            self.topic(self.last, topic).queue_time += to.saturating_sub(from);
        } else if from < to {
            self.wait_widely(topic, from, to);
        }
    }

    #[inline(never)]
    fn wait_widely(&mut self, topic: usize, from: Micros, to: Micros) {
        let (first, last) = (self.grid.cell(from), self.grid.cell(to));
        let (begin, end) = (self.locate(first), self.locate(last));
        if first == last {
            self.topic(begin, topic).queue_time += to - from;
            return;
        }
        self.topic(begin, topic).queue_time += begin.end - from;
        self.topic(end, topic).queue_time += to - end.start;
        if last > first + 1 {
            self.covering.resize(self.topic_cells.len(), 0);
            self.covering[begin.topics + self.topics + topic] += 1;
            self.covering[end.topics + topic] -= 1;
        }
    }

    /// Adds the whole cells of the waits that [`Self::wait`] was told of. To be called once, when all waits are known.
    pub(super) fn add_covering(&mut self) {
        let mut waiting = vec![0; self.topics];
        for (cell, changes) in self.covering.chunks(self.topics.max(1)).enumerate() {
            let place = self.locate(cell);
            for (topic, change) in changes.iter().enumerate() {
                waiting[topic] += change;
                if waiting[topic] != 0 {
                    let time = (place.end - place.start) * waiting[topic] as u64;
                    self.topic_cells[place.topics + topic].queue_time += time;
                }
            }
        }
        self.covering = Vec::new();
    }

    /// Calls `f` with each cell that the span touches and the time it spends there.
    #[inline(always)]
    pub(super) fn spread(
        &mut self,
        from: Micros,
        to: Micros,
        mut f: impl FnMut(&mut Self, CellRange, Micros),
    ) {
        if self.last.holds(from, to) {
            f(self, self.last, to - from);
        } else {
            self.spread_widely(from, to, f);
        }
    }

    #[inline(never)]
    fn spread_widely(
        &mut self,
        from: Micros,
        to: Micros,
        mut f: impl FnMut(&mut Self, CellRange, Micros),
    ) {
        let (mut at, mut cell) = (from, self.grid.cell(from));
        while at < to {
            let place = self.locate(cell);
            let end = place.end.min(to);
            f(self, place, end - at);
            (at, cell) = (end, cell + 1);
        }
    }
}
