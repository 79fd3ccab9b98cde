//! Replications of many points, of which only some measures are kept.

use super::measure_name::MeasureName;
use super::replication::{Finished, Progress, Tables, Task, play};
use crate::engine::{Cache, Laws};
use crate::measure::{Cohort, List, measure, measures_of};
use crate::model::Model;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// The measures that are kept when none are named, those of them that the scenario has.
pub fn usual_measures() -> Vec<MeasureName> {
    measures_of(List::Sweep)
        .map(|m| MeasureName::new(m.id))
        .collect()
}

/// Pieces of work for each thread: enough that no thread waits long for the last one.
const PIECES: usize = 16;

/// A part of the tasks: every `of`-th, beginning with the `index`-th, counted from 1.
///
/// Whole points are dealt out when there are at least eight for each shard, so that a model is built in few of them;
/// else single replications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub index: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// All tasks.
    pub const ALL: Self = Self { index: 1, of: 1 };

    /// Its tasks, by point and replication.
    pub fn tasks(self, points: u32, replications: u32) -> Vec<Task> {
        let by_point = points / 8 >= self.of;
        let is_mine = |t: &Task| {
            let number = u64::from(t.point) * u64::from(replications) + u64::from(t.replication);
            let dealt = if by_point { t.point.into() } else { number };
            dealt % u64::from(self.of) == u64::from(self.index - 1)
        };
        let all = (0..points).flat_map(|point| {
            (0..replications).map(move |replication| Task { point, replication })
        });
        all.filter(is_mine).collect()
    }
}

/// Why a sweep stopped.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SweepError<E> {
    /// A model cannot be simulated.
    #[error("point {point}: {}", problems.join("; "))]
    Model {
        /// Which point.
        point: u32,
        /// What is wrong with it.
        problems: Vec<String>,
    },
    /// Contacts were lost or made up: an error of the program.
    #[error("{0:?}: contacts begun are not those ended and those in the system")]
    NotConserved(Task),
    /// A model could not be made, or a finished task not be kept.
    #[error("{0}")]
    Outside(E),
}

/// Where models come from and finished tasks go to; called from the threads that work.
pub trait Desk: Sync {
    /// What can go wrong.
    type Error: Send;

    /// The model of a point, and the seed of its draws.
    ///
    /// # Errors
    /// When it cannot be made.
    fn model(&self, point: u32) -> Result<(Model, u64), Self::Error>;

    /// The first point with the same model and the same seed, if another than this one.
    fn same_as(&self, _point: u32) -> Option<u32> {
        None
    }

    /// Keeps a finished task; tasks come in any order.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn keep(&self, done: Finished) -> Result<(), Self::Error>;
}

/// Does all tasks, which are in order, in the current rayon pool. When `progress` says to stop, it ends early, without an error.
///
/// A task is a function of model, seed and replication: neither order nor threads change what is kept.
///
/// # Errors
/// The first that was met; what was finished before has been kept.
pub fn sweep<D: Desk>(
    tasks: &[Task],
    wanted: &[MeasureName],
    desk: &D,
    progress: &dyn Progress,
) -> Result<(), SweepError<D::Error>> {
    // What cannot differ is simulated once.
    let first = |task: &Task| Task {
        point: desk.same_as(task.point).unwrap_or(task.point),
        ..*task
    };
    let mut tasks = tasks.to_vec();
    tasks.sort_unstable_by_key(|task| (first(task), *task));
    let firsts: Vec<Task> = tasks.iter().map(first).collect();
    let caches: Mutex<Vec<Cache>> = Mutex::default();
    let caches = || caches.lock().unwrap_or_else(PoisonError::into_inner);
    let work = |piece: Range<usize>| {
        let tasks = &tasks[piece];
        if progress.is_stopped() {
            return Ok(());
        }
        let point = first(&tasks[0]).point;
        let (model, seed) = desk.model(point).map_err(SweepError::Outside)?;
        let mut cache = caches().pop().unwrap_or_default();
        let laws = Laws::with(&model, &mut cache);
        caches().push(cache);
        let laws = laws.map_err(|problems| SweepError::Model { point, problems })?;
        let tables = Tables::new(&model);
        let rows = tables.rows();
        let places: Vec<_> = wanted.iter().map(|w| w.find(&rows, &model)).collect();
        let is_required =
            |w: &MeasureName| measure(&w.measure).is_some_and(|m| m.cohort == Cohort::Plan);
        let with_required = wanted.iter().any(is_required);
        for same in tasks.chunk_by(|a, b| first(a) == first(b)) {
            let task = first(&same[0]);
            let watched = (point as usize, progress);
            let Some((account, counters)) = play(&laws, seed, task.replication, watched) else {
                return Ok(());
            };
            if !account.conserved {
                return Err(SweepError::NotConserved(task));
            }
            let values = tables.whole(&counters, with_required).0;
            let kept = places.iter().map(|p| p.map_or(f64::NAN, |i| values[i]));
            let kept: Vec<f64> = kept.collect();
            for &task in same {
                let done = Finished {
                    task,
                    contacts: account.contacts(),
                    events: account.events,
                    values: kept.clone(),
                };
                progress.replication_done(task.point as usize, done.contacts);
                desk.keep(done).map_err(SweepError::Outside)?;
            }
        }
        Ok(())
    };
    pieces(&firsts, rayon::current_num_threads())
        .into_par_iter()
        .with_max_len(1)
        .try_for_each(work)
}

/// Runs of tasks of one point, short enough that every thread gets several; equal ones stay together.
fn pieces(tasks: &[Task], threads: usize) -> Vec<Range<usize>> {
    let longest = (tasks.len() / (PIECES * threads)).max(1);
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for (i, task) in tasks.iter().enumerate() {
        match pieces.last_mut() {
            Some(p)
                if tasks[p.end - 1] == *task
                    || (p.len() < longest && tasks[p.start].point == task.point) =>
            {
                p.end = i + 1;
            }
            _ => pieces.push(i..i + 1),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_share_out_the_tasks() {
        for (points, replications, of) in [(1, 10, 3), (100, 3, 8), (7, 2, 20), (9, 1, 1)] {
            let shards = (1..=of).map(|index| Shard { index, of });
            let mut all: Vec<Task> = Vec::new();
            for shard in shards {
                let tasks = shard.tasks(points, replications);
                assert!(tasks.is_sorted());
                let even = (points * replications) as f64 / f64::from(of);
                assert!((tasks.len() as f64 - even).abs() < f64::from(replications).max(1.0));
                all.extend(tasks);
            }
            all.sort_unstable();
            assert_eq!(all, Shard::ALL.tasks(points, replications));
        }
    }

    #[test]
    fn pieces_are_of_one_point() {
        let tasks = Shard::ALL.tasks(50, 10);
        for threads in [1, 2, 64] {
            let pieces = pieces(&tasks, threads);
            assert_eq!(pieces.iter().map(Range::len).sum::<usize>(), tasks.len());
            assert!(pieces.windows(2).all(|w| w[0].end == w[1].start));
            for p in pieces {
                assert_eq!(tasks[p.start].point, tasks[p.end - 1].point);
            }
        }
        assert_eq!(pieces(&Shard::ALL.tasks(1, 100), 2).len(), 34);
    }
}
