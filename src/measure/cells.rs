//! Counts by reporting interval, kept small.

use super::ledger::Ledger;
use crate::model::{Model, Period};
use crate::slots::Slots;
use crate::time::{Micros, to_seconds};

/// What happened to the contacts of one topic in one interval. Contacts count in the interval in which they were offered
/// (or began), `queue_time` and `abandoned_now` in the interval in which they happen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TopicCell {
    /// Contacts begun.
    pub contacts: u32,
    /// Contacts begun that the assistant took part in.
    pub ai_contacts: u32,
    /// Visits to the queue.
    pub offered: u32,
    /// Could not start at once.
    pub delayed: u32,
    /// Answered.
    pub answered: u32,
    /// Answered within T.
    pub answered_within: u32,
    /// Left the queue.
    pub abandoned: u32,
    /// Left it within T.
    pub abandoned_within: u32,
    /// Turned away.
    pub turned_away: u32,
    /// Left the queue in this interval, whenever they came.
    pub abandoned_now: u32,
    /// Waits of the answered and the abandoned, microseconds.
    pub wait: u64,
    /// Queue length integrated over the interval, contact-microseconds.
    pub queue_time: u64,
}

/// What the agents of one pool did in one interval; times in agent-microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PoolCell {
    /// Contacts offered in this interval that the pool answered.
    pub answered: u32,
    /// Time with something in hand.
    pub busy: u64,
    /// Time logged on.
    pub duty: u64,
    /// Time past the end of shift or session.
    pub finishing: u64,
}

impl TopicCell {
    /// Contacts that count for `sl_net`: offered less turned away and abandoned within T.
    pub fn net(&self) -> u32 {
        self.offered - self.turned_away - self.abandoned_within
    }
}

impl PoolCell {
    /// Busy over logged-on time, if anybody was there.
    pub fn occupancy(&self) -> Option<f64> {
        (self.duty > 0).then(|| self.busy as f64 / self.duty as f64)
    }
}

/// The cells of one replication.
#[derive(Clone, Debug)]
pub struct Cells {
    width: Micros,
    intervals: usize,
    horizon: Micros,
    topics: usize,
    pools: usize,
    topic_cells: Slots<TopicCell>,
    pool_cells: Slots<PoolCell>,
    /// The interval asked for last: the next question is nearly always about the same.
    last: Place,
}

/// Where the cells of one interval are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    start: Micros,
    /// Where it ends: at the horizon at the latest.
    end: Micros,
    /// Its first cell by topic.
    topics: usize,
    /// Its first cell by pool.
    pools: usize,
}

/// Cells of one replication take at most this many bytes; beyond it intervals are merged.
const MAX_BYTES: usize = 24 << 20;

impl Place {
    /// Whether the span lies in the interval, as nearly every one does.
    #[inline(always)]
    pub(super) fn holds(&self, from: Micros, to: Micros) -> bool {
        from >= self.start && to <= self.end
    }
}

impl Cells {
    /// Empty cells for one replication of `model`.
    pub fn new(model: &Model) -> Self {
        let width = Self::width(model);
        let intervals = model.horizon.div_ceil(width).max(1) as usize;
        let (topics, pools) = (model.topics.len(), model.pools.len());
        Self {
            width,
            intervals,
            horizon: model.horizon,
            topics,
            pools,
            topic_cells: vec![TopicCell::default(); intervals * topics].into(),
            pool_cells: vec![PoolCell::default(); intervals * pools].into(),
            last: Place::default(),
        }
    }

    /// Width of the cells: the model's interval, doubled until the cells of a replication fit their memory.
    pub fn width(model: &Model) -> Micros {
        let row =
            model.topics.len() * size_of::<TopicCell>() + model.pools.len() * size_of::<PoolCell>();
        let mut width = model.interval;
        while model.horizon.div_ceil(width) as usize * row > MAX_BYTES {
            width *= 2;
        }
        width
    }

    /// Number of intervals.
    pub fn intervals(&self) -> usize {
        self.intervals
    }

    /// Start of interval `i`.
    pub fn start(&self, i: usize) -> Micros {
        i as Micros * self.width
    }

    /// Length of interval `i` in seconds; the last one may be shorter.
    pub fn seconds(&self, i: usize) -> f64 {
        to_seconds(self.width.min(self.horizon - self.start(i)))
    }

    /// The cells of a time; times after the horizon belong to the last interval.
    #[inline(always)]
    pub(super) fn place(&mut self, t: Micros) -> Place {
        if t < self.last.start || t >= self.last.end {
            self.seek(t);
        }
        self.last
    }

    #[cold]
    #[inline(never)]
    fn seek(&mut self, t: Micros) {
        self.last = self.locate(t);
    }

    fn locate(&self, t: Micros) -> Place {
        let i = ((t / self.width) as usize).min(self.intervals - 1);
        let start = i as Micros * self.width;
        let end = (start + self.width).min(self.horizon);
        Place {
            start,
            end,
            topics: i * self.topics,
            pools: i * self.pools,
        }
    }

    /// The place after this one, which is not the last.
    fn after(&self, place: Place) -> Place {
        Place {
            start: place.end,
            end: (place.end + self.width).min(self.horizon),
            topics: place.topics + self.topics,
            pools: place.pools + self.pools,
        }
    }

    #[inline(always)]
    pub(super) fn topic(&mut self, place: Place, topic: usize) -> &mut TopicCell {
        &mut self.topic_cells[place.topics + topic]
    }

    #[inline(always)]
    pub(super) fn pool(&mut self, place: Place, pool: usize) -> &mut PoolCell {
        &mut self.pool_cells[place.pools + pool]
    }

    /// Adds the counts of the intervals to the ledgers of their periods.
    pub(super) fn add_to_periods(&self, spans: &[Period], periods: &mut [Ledger]) {
        for i in 0..self.intervals {
            let period = spans
                .partition_point(|p| p.span.start <= self.start(i))
                .max(1)
                - 1;
            let Some(ledger) = periods.get_mut(period) else {
                continue;
            };
            for (sums, cell) in ledger.topics.iter_mut().zip(self.topic_row(i)) {
                sums.contacts += u64::from(cell.contacts);
                sums.ai_contacts += u64::from(cell.ai_contacts);
                sums.offered += u64::from(cell.offered);
                sums.delayed += u64::from(cell.delayed);
                sums.abandoned += u64::from(cell.abandoned);
                sums.abandoned_within += u64::from(cell.abandoned_within);
                sums.turned_away += u64::from(cell.turned_away);
                sums.wait += cell.wait;
            }
        }
    }

    /// The cells of interval `i`, by topic.
    pub fn topic_row(&self, i: usize) -> &[TopicCell] {
        &self.topic_cells[i * self.topics..(i + 1) * self.topics]
    }

    /// The cells of interval `i`, by pool.
    pub fn pool_row(&self, i: usize) -> &[PoolCell] {
        &self.pool_cells[i * self.pools..(i + 1) * self.pools]
    }

    /// Calls `f` with each interval that the span touches before the horizon and the time it spends there.
    #[inline(always)]
    pub(super) fn spread(
        &mut self,
        from: Micros,
        to: Micros,
        mut f: impl FnMut(&mut Self, Place, Micros),
    ) {
        if self.last.holds(from, to) {
            f(self, self.last, to - from);
        } else {
            self.spread_widely(from, to, f);
        }
    }

    #[inline(never)]
    pub(super) fn spread_widely(
        &mut self,
        from: Micros,
        to: Micros,
        mut f: impl FnMut(&mut Self, Place, Micros),
    ) {
        let to = to.min(self.horizon);
        if from >= to {
            return;
        }
        let mut place = self.locate(from);
        f(self, place, place.end.min(to) - from);
        while place.end < to {
            place = self.after(place);
            f(self, place, place.end.min(to) - place.start);
        }
    }
}
