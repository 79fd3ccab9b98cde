//! The local months that the horizon touches.

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

impl Model {
    /// The months that the horizon touches, in order.
    pub fn months(&self) -> Vec<Month> {
        let starts = self.calendar.month_starts(self.horizon);
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
