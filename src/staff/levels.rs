//! Service levels by reporting interval and contact type.

use crate::measure::Counters;
use crate::time::Micros;

/// Visits that count for the service level by reporting interval and contact type, and those of them that were answered within T.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Levels {
    /// Contact types.
    pub(super) topics: usize,
    /// Where the intervals begin.
    pub(super) begins: Vec<Micros>,
    /// By interval and contact type: visits, and those answered within T.
    pub(super) visits: Vec<(u64, u64)>,
}

impl Levels {
    /// Of one replication.
    pub(super) fn of(counters: &Counters, topics: usize) -> Self {
        let grid = counters.cells.grid();
        let mut levels = Self {
            topics,
            begins: Vec::with_capacity(grid.intervals()),
            visits: vec![(0, 0); grid.intervals() * topics],
        };
        for i in 0..grid.intervals() {
            let cells = grid.of_interval(i);
            levels.begins.push(grid.span(&cells).0);
            for cell in cells {
                for (k, c) in counters.cells.rows(cell).0.iter().enumerate() {
                    let sum = &mut levels.visits[i * topics + k];
                    sum.0 +=
                        u64::from(c.offered.saturating_sub(c.turned_away + c.abandoned_within));
                    sum.1 += u64::from(c.answered_within);
                }
            }
        }
        levels
    }

    pub(super) fn add(&mut self, other: Self) {
        if self.visits.is_empty() {
            *self = other;
            return;
        }
        for (a, b) in self.visits.iter_mut().zip(other.visits) {
            *a = (a.0 + b.0, a.1 + b.1);
        }
    }

    /// All of it as numbers.
    pub(super) fn numbers(&self) -> Vec<f64> {
        let begins = self.begins.iter().map(|&begin| begin as f64);
        let visits = self.visits.iter().flat_map(|v| [v.0 as f64, v.1 as f64]);
        begins.chain(visits).collect()
    }

    /// From the numbers of a scenario with so many contact types, and what they are filled up with.
    pub(super) fn of_numbers(numbers: &[f64], (intervals, topics): (usize, usize)) -> Self {
        let (begins, visits) = numbers.split_at(intervals.min(numbers.len()));
        let pairs = visits.chunks_exact(2).take(intervals * topics);
        Self {
            topics,
            begins: begins.iter().map(|&x| x as Micros).collect(),
            visits: pairs.map(|pair| (pair[0] as u64, pair[1] as u64)).collect(),
        }
    }
}
