//! The local months that the horizon touches, and the periods into which months and changes of the timeline divide it.

use super::Model;
use crate::time::Micros;

/// A local month, as far as it lies within the horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Month {
    /// Where it, or the horizon, begins.
    pub start: Micros,
    /// Where it, or the horizon, ends.
    pub end: Micros,
    /// Share of the whole month that lies within the horizon.
    pub share: f64,
    /// Share of it that is counted: after the warm-up.
    pub counted: f64,
}

/// A month, or a part of one between two changes of the timeline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Period {
    /// Where it begins and ends, and its shares of the whole month.
    pub span: Month,
    /// Number of the month, from 0.
    pub month: usize,
    /// The epoch it belongs to, see [`Model::epoch`].
    pub epoch: usize,
}

impl Model {
    /// The months that the horizon touches, in order.
    pub fn months(&self) -> Vec<Month> {
        self.spans(&self.calendar.month_starts(self.horizon))
    }

    /// The months, cut where the timeline changes something.
    pub fn periods(&self) -> Vec<Period> {
        let months = self.calendar.month_starts(self.horizon);
        let changes: Vec<Micros> = self.timeline.iter().map(|c| c.at).collect();
        let mut starts = [months.clone(), changes.clone()].concat();
        starts.sort_unstable();
        starts.dedup();
        let period = |span: Month| Period {
            span,
            month: months.partition_point(|&t| t <= span.start) - 1,
            epoch: changes.partition_point(|&t| t <= span.start),
        };
        self.spans(&starts).into_iter().map(period).collect()
    }

    fn spans(&self, starts: &[Micros]) -> Vec<Month> {
        let ends = starts.iter().skip(1).copied().chain([self.horizon]);
        let between = |from, end| self.calendar.months_between(from, end).clamp(0.0, 1.0);
        starts
            .iter()
            .zip(ends)
            .map(|(&start, end)| {
                let share = between(start, end);
                let counted = if self.warmup <= start {
                    share
                } else {
                    between(self.warmup.min(end), end)
                };
                Month {
                    start,
                    end,
                    share,
                    counted,
                }
            })
            .collect()
    }
}
