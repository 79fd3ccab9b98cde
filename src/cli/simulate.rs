//! Threads, and replications on them with a bar.

use super::failure::Failure;
use super::goal::{GoalReached, RunGoal};
use super::input::Loaded;
use super::interrupt::Interrupt;
use super::kept::Kept;
use super::output::Output;
use super::progress::RunBar;
use crate::experiment::{Job, RunError};
use crate::time::SECOND;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// The threads that simulate.
pub(super) fn pool(threads: usize) -> Result<ThreadPool, Failure> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|e| {
        Failure::failed(format!(
            "cannot start {threads} threads: {e}; try fewer with -j"
        ))
    })
}

/// Simulates all scenarios, with a bar; what was kept is not made again.
pub(super) fn simulate(
    loaded: &[Loaded],
    goal: &RunGoal,
    threads: usize,
    kept: Option<&Kept>,
    interrupt: &Interrupt,
    output: &Output,
) -> Result<GoalReached, Failure> {
    let jobs = loaded.iter().map(|l| Job {
        model: &l.scenario.model,
        plan: l.plan(),
    });
    let jobs: Vec<Job<'_>> = jobs.collect();
    let pool = pool(threads)?;
    let seconds = jobs.iter().enumerate().map(|(k, job)| {
        let most = goal.most(k, job.plan.replications);
        job.model.horizon / SECOND * u64::from(most)
    });
    let ids: Vec<&str> = loaded.iter().map(|l| l.id.as_str()).collect();
    let bar = RunBar::new(seconds.sum(), kept, interrupt, output);
    let reached = pool.install(|| goal.reach(&ids, &jobs, &bar));
    bar.clear();
    reached.map_err(|e| match e {
        RunError::Model { job, problems } => {
            Failure::bad(format!("{}: {}", loaded[job].path.display(), problems.join("; ")))
        }
        RunError::NotConserved { job, replication } => Failure::failed(format!("{}: replication {replication} lost contacts or made some up. This is an error of the program: \
             please report it with the file and the seed",
            loaded[job].path.display()
        )),
    })
}
