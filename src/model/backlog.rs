//! Work that may wait: spread over the opening time between its arrival and its deadline.

use super::grid::Grid;
use crate::erlang::Deadlines;
use crate::time::{Micros, to_seconds};

/// Parts beyond those of the grid that are looked at, besides twice as many as it has.
const MOST_MORE: usize = 50_000;

/// The time before and after a grid: its first and its last week (or all of a shorter grid) are taken to repeat.
///
/// So the first days have the backlog of the days before, and what comes in the last ones has time until its deadline.
struct Longer {
    /// The part of the grid that each part repeats.
    part: Vec<u32>,
    /// Where each begins, from the begin of the first; the last entry is the end.
    begin: Vec<Micros>,
    /// Where the grid itself begins.
    first: usize,
}

impl Longer {
    fn new(grid: &Grid<'_>, within: Micros) -> Self {
        let parts = grid.parts() as u32;
        let (from, end) = (grid.span(0).0, grid.span(grid.parts() - 1).1);
        let period = grid.period();
        let head: Vec<u32> = (0..parts)
            .take_while(|&i| grid.span(i as usize).0 < from + period)
            .collect();
        let tail: Vec<u32> = (0..parts)
            .skip_while(|&i| grid.span(i as usize).0 < end - period)
            .collect();
        let once = head.len() + tail.len();
        let copies = within.div_ceil(period.max(1)).saturating_add(2) as usize;
        let copies = copies
            .min((2 * grid.parts() + MOST_MORE) / once.max(1))
            .max(1);
        let mut part = head.repeat(copies);
        let first = part.len();
        part.extend(0..parts);
        part.extend(tail.repeat(copies));
        let mut begin = vec![0];
        let mut at = 0;
        for &i in &part {
            at += grid.length(i as usize);
            begin.push(at);
        }
        Self { part, begin, first }
    }

    fn at(&self, t: Micros) -> Option<usize> {
        let i = self.begin.partition_point(|&b| b <= t) - 1;
        (i < self.part.len()).then_some(i)
    }
}

/// Agents, by part of the grid, who do the work that comes to a pool (agent seconds by part) within the time `within` of its coming, as evenly
/// as can be; 0 while the pool is closed.
///
/// - What is due while the pool is closed is due when it closes.
/// - What comes while it is closed and is due before it opens cannot be in time, whatever the staff. It counts as if it came when
///   the pool opens.
/// - All the work is due by its deadline, also where the target is for a share of it: chance, which is left out here, takes more
///   than the rest would give.
pub(super) fn levels(grid: &Grid<'_>, pool: usize, within: Micros, work: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; grid.parts()];
    if work.iter().all(|&w| w <= 0.0) {
        return out;
    }
    let longer = Longer::new(grid, within);
    let n = longer.part.len();
    let is_open = |i: usize| grid.is_open(pool, longer.part[i] as usize);
    // The opening parts, by number; of each part the opening part from it on, and the one up to it.
    let opening: Vec<usize> = (0..n).filter(|&i| is_open(i)).collect();
    let mut before = Vec::with_capacity(n);
    let mut count = 0;
    for i in 0..n {
        count += usize::from(is_open(i));
        before.push(count);
    }
    let next = |i: usize| before[i] - usize::from(is_open(i));
    let last = |i: usize| before[i].checked_sub(1);
    let mut deadlines = Deadlines {
        length: opening
            .iter()
            .map(|&i| to_seconds(grid.length(longer.part[i] as usize)))
            .collect(),
        comes: vec![0.0; opening.len()],
        due: vec![0.0; opening.len()],
    };
    let mut due_in = 0;
    for i in 0..n {
        let amount = work[longer.part[i] as usize];
        let (begin, end) = (longer.begin[i], longer.begin[i + 1]);
        let opens = next(i);
        if amount <= 0.0 || opens >= opening.len() {
            continue;
        }
        deadlines.comes[opens] += amount;
        let relaxed = || {
            let at = longer.at(longer.begin[opening[opens]] + within - 1)?;
            Some(last(at)?.max(opens))
        };
        while due_in < n && longer.begin[due_in + 1] <= begin + within {
            due_in += 1;
        }
        let mut j = due_in;
        while j < n && longer.begin[j] < end + within {
            let from = longer.begin[j].max(begin + within);
            let to = longer.begin[j + 1].min(end + within);
            let share = (to - from) as f64 / (end - begin) as f64;
            let by = last(j).filter(|&by| by >= opens).or_else(relaxed);
            if let Some(by) = by {
                deadlines.due[by] += amount * share;
            }
            j += 1;
        }
    }
    let level = deadlines.level();
    for (&i, level) in opening.iter().zip(level) {
        let part = i.checked_sub(longer.first).filter(|&part| part < out.len());
        if let Some(part) = part {
            out[part] = level;
        }
    }
    out
}
