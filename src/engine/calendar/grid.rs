//! Where time is cut into steps: on the grid of the demand, and where something changes between two lines of it.

use crate::model::Model;
use crate::time::{Micros, NEVER};

/// A stretch of time with one grid: its steps are the cells of the grid, but the first and the last may be parts of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Run {
    start: Micros,
    /// Where the next begins.
    pub(crate) end: Micros,
    /// Width of a cell.
    pub(crate) width: Micros,
    /// What the number of a cell and that of its step differ by, in the arithmetic of the machine word.
    offset: usize,
}

impl Run {
    /// The number of the step in which a moment of the run lies.
    #[inline(always)]
    pub(crate) fn number(&self, at: Micros) -> usize {
        ((at / self.width) as usize).wrapping_add(self.offset)
    }
}

/// How time is cut into steps: all runs, in order of time.
#[derive(Clone)]
pub(crate) struct Grid(Vec<Run>);

impl Grid {
    /// A run ends where the grid of the demand is another, and where a change divides a cell.
    pub(crate) fn new(model: &Model) -> Self {
        let mut runs = vec![Run {
            start: 0,
            end: NEVER,
            width: model.demand.step,
            offset: 0,
        }];
        for change in &model.timeline {
            let width = change.model.demand.step;
            let Some(last) = runs.last_mut() else { break };
            if last.width == width && change.at.is_multiple_of(width) {
                continue;
            }
            last.end = change.at;
            let first = last.number(change.at - 1) + 1;
            runs.push(Run {
                start: change.at,
                end: NEVER,
                width,
                offset: first.wrapping_sub((change.at / width) as usize),
            });
        }
        Self(runs)
    }

    /// The run in which a moment lies.
    pub(crate) fn run(&self, at: Micros) -> Run {
        let next = self.0.partition_point(|r| r.start <= at);
        self.0[next - 1]
    }

    /// The number of the step in which a moment lies.
    #[cold]
    pub(crate) fn number(&self, at: Micros) -> usize {
        self.run(at).number(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_without_gaps() {
        // Cells of 30, divided at 45 and 50, of 10 from 95 on, and of 40 from 120 on.
        let mut runs = Grid(vec![]);
        let mut first = 0usize;
        for (start, end, width) in [
            (0, 45, 30),
            (45, 50, 30),
            (50, 95, 30),
            (95, 120, 10),
            (120, NEVER, 40),
        ] {
            let offset = first.wrapping_sub((start / width) as usize);
            let run = Run {
                start,
                end,
                width,
                offset,
            };
            first = run.number(end.min(1000) - 1) + 1;
            runs.0.push(run);
        }
        let starts = [0, 30, 45, 50, 60, 90, 95, 100, 110, 120, 160, 200];
        for at in 0..240 {
            let number = starts.partition_point(|&s| s <= at) - 1;
            assert_eq!(runs.number(at), number, "{at}");
        }
    }
}
