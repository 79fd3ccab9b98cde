//! Shards of a sweep, put together.

use super::journal::Entries;
use super::sweep::Sheet;
use super::sweep_head::SweepHead;
use crate::experiment::{Shard, Task};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Why shards do not make a sweep.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There are none.
    #[error("there is nothing to merge")]
    Nothing,
    /// The second does not belong to the sweep of the first: what is different.
    #[error("{} does not belong to {}: {}", .1.display(), .0.display(), .2)]
    Different(PathBuf, PathBuf, String),
    /// Two have the same replications, such as this one.
    #[error("{} and {} overlap: both have point {}, replication {}", .0.display(), .1.display(), .2.point + 1, .2.replication)]
    Overlap(PathBuf, PathBuf, Task),
    /// So many replications of so many are missing: where.
    #[error("{} of {} replications are missing: {}", .0, .1, .2.join("; "))]
    Gap(usize, usize, Vec<String>),
}

/// Most shards that are named one by one.
const MOST_NAMED: usize = 10;

/// The sweep of which these are the shards, whatever their order.
///
/// # Errors
/// When they are not all of one sweep, overlap, or leave a gap.
pub fn merge(shards: &[(PathBuf, Entries<SweepHead>)]) -> Result<Sheet, MergeError> {
    let Some((first, entries)) = shards.first() else {
        return Err(MergeError::Nothing);
    };
    let head = &entries.head;
    let mut sheet = Sheet::new(head.clone().of_all());
    for (i, (path, entries)) in shards.iter().enumerate() {
        if let Some(what) = head.difference_of_all(&entries.head) {
            return Err(MergeError::Different(first.clone(), path.clone(), what));
        }
        // Within one journal a replication may stand twice, and is the same both times.
        let mut own = Sheet::new(head.clone());
        let mut finished: Vec<_> = entries.finished.iter().collect();
        finished.sort_by_key(|f| f.task);
        for f in finished {
            if own.put(f) && !sheet.put(f) {
                let holds = |e: &Entries<SweepHead>| e.finished.iter().any(|o| o.task == f.task);
                let other = shards[..i].iter().find(|(_, e)| holds(e));
                let other = other.map_or(first, |(path, _)| path).clone();
                return Err(MergeError::Overlap(other, path.clone(), f.task));
            }
        }
    }
    let (all, found) = (head.all_tasks(), sheet.done());
    if found < all {
        let why = gaps(shards, &sheet);
        return Err(MergeError::Gap(all - found, all, why));
    }
    Ok(sheet)
}

/// Which shards are missing, and which are not finished.
fn gaps(shards: &[(PathBuf, Entries<SweepHead>)], sheet: &Sheet) -> Vec<String> {
    let mut why = Vec::new();
    let mut by_number: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (path, entries) in shards {
        let Shard { index, of } = entries.head.shard();
        by_number.entry(of).or_default().push(index);
        let tasks = entries.head.tasks();
        let missing = tasks.iter().filter(|t| !sheet.has(**t)).count();
        if missing > 0 {
            let (path, n) = (path.display(), tasks.len());
            why.push(format!(
                "{path} lacks {missing} of its {n} (run it again to finish it)"
            ));
        }
    }
    for (of, present) in by_number {
        let absent = (1..=of).filter(|i| !present.contains(i));
        let absent: Vec<String> = absent.map(|i| format!("{i}/{of}")).collect();
        if !absent.is_empty() {
            let named = absent[..absent.len().min(MOST_NAMED)].join(", ");
            let more = absent.len().saturating_sub(MOST_NAMED);
            let rest = (more > 0).then(|| format!(" and {more} more"));
            let rest = rest.unwrap_or_default();
            why.push(format!("there is no shard {named}{rest}"));
        }
    }
    why
}

#[cfg(test)]
mod tests {
    use super::super::sweep_head::tests::head_of;
    use super::*;
    use crate::experiment::Finished;

    fn finished(task: Task) -> Finished {
        let value = f64::from(task.point * 100 + task.replication);
        Finished {
            task,
            contacts: 3,
            events: 5,
            values: vec![value, -value],
        }
    }

    fn shard(index: u32, of: u32, points: u32) -> (PathBuf, Entries<SweepHead>) {
        let head = head_of(points, 5, Shard { index, of });
        let finished = head.tasks().into_iter().map(finished).collect();
        (format!("s{index}").into(), Entries { head, finished })
    }

    #[test]
    fn shards_make_the_whole() {
        let whole = merge(&[shard(1, 1, 30)]).unwrap();
        for of in [2, 3, 7, 40] {
            let mut shards: Vec<_> = (1..=of).map(|i| shard(i, of, 30)).collect();
            shards.reverse();
            let merged = merge(&shards).unwrap();
            assert_eq!(merged.head, whole.head);
            assert!(merged.rows().eq(whole.rows()));
            assert_eq!((merged.contacts, merged.events), (450, 750));
        }
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        assert_eq!(merge(&[]).unwrap_err(), MergeError::Nothing);
        let message =
            |shards: &[(PathBuf, Entries<SweepHead>)]| merge(shards).unwrap_err().to_string();
        assert_eq!(
            message(&[shard(1, 3, 30), shard(3, 3, 30)]),
            "50 of 150 replications are missing: there is no shard 2/3"
        );
        assert_eq!(
            message(&[shard(1, 2, 30), shard(2, 2, 30), shard(2, 2, 30)]),
            "s2 and s2 overlap: both have point 2, replication 0"
        );
        assert_eq!(
            message(&[shard(1, 2, 30), shard(2, 2, 31)]),
            "s2 does not belong to s1: its points are others"
        );
        let mut half = shard(2, 2, 30);
        half.1.finished.truncate(70);
        assert_eq!(
            message(&[shard(1, 2, 30), half]),
            "5 of 150 replications are missing: s2 lacks 5 of its 75 (run it again to finish it)"
        );
        let (_, mut other) = shard(2, 2, 30);
        other.head.origin.digest = "other".into();
        assert!(
            message(&[shard(1, 2, 30), ("o".into(), other)]).ends_with("or the seed are others")
        );
    }
}
