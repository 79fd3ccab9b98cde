//! What a search keeps, and goes on from.

use super::*;
use handover::experiment::{Finished, Progress, Task};
use handover::staff::kept_length;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Keeps what it is given, filled up as a journal does, and counts what is simulated.
#[derive(Default)]
struct Journal {
    width: usize,
    kept: Mutex<HashMap<Task, Finished>>,
    simulated: AtomicU64,
    /// After so many replications it asks the search to stop.
    most: Option<u64>,
}

impl Progress for Journal {
    fn is_stopped(&self) -> bool {
        let so_far = self.simulated.load(Ordering::Relaxed);
        self.most.is_some_and(|most| so_far >= most)
    }

    fn replication_done(&self, _job: usize, _contacts: u64) {
        self.simulated.fetch_add(1, Ordering::Relaxed);
    }

    fn kept(&self, _job: usize, task: Task) -> Option<Finished> {
        self.kept.lock().unwrap().get(&task).cloned()
    }

    fn keep(&self, _job: usize, finished: &Finished) {
        let mut filled = finished.clone();
        assert!(
            filled.values.len() <= self.width,
            "{} of {}",
            filled.values.len(),
            self.width
        );
        filled.values.resize(self.width, 0.0);
        let before = self.kept.lock().unwrap().insert(finished.task, filled);
        assert!(
            before.is_none(),
            "what is kept is asked for before it is simulated"
        );
    }
}

/// A search that was stopped again and again ends with what one that was left alone finds, and simulates nothing twice: with the tries one by one,
/// and with curves (a promise over several days, for which levels of intervals are kept too).
#[test]
fn a_search_goes_on_from_what_it_has_kept() {
    for (text, per) in [(DAY, Per::Day), (large::STEADY, Per::Horizon)] {
        let model = model(text);
        let settings = Settings {
            replications: 10,
            confirming: 20,
            ..settings(&model, per, None)
        };
        let decisions = decisions(&model, HOUR);
        let mut journal = Journal {
            width: kept_length(&model, &decisions, &settings),
            ..Journal::default()
        };
        let alone = staff(&model, decisions.clone(), &settings, &journal).unwrap();
        let all = journal.simulated.swap(0, Ordering::Relaxed);
        assert!(all > 100);
        let again = staff(&model, decisions.clone(), &settings, &journal).unwrap();
        assert_eq!(journal.simulated.swap(0, Ordering::Relaxed), 0);
        let same = |other: &handover::staff::Confirmed| {
            assert_eq!(other.staffed.plan, alone.staffed.plan);
            assert_eq!(*other.confirmed, *alone.confirmed);
            assert_eq!(*other.intervals.1, *alone.intervals.1);
            assert_eq!(other.reasons, alone.reasons);
            assert_eq!(other.simulated, alone.simulated);
        };
        same(&again);
        journal.kept.lock().unwrap().clear();
        let mut sum = 0;
        for _ in 0..4 {
            journal.most = Some(all / 4);
            let stopped = staff(&model, decisions.clone(), &settings, &journal);
            assert!(matches!(stopped, Err(Failed::Stopped)));
            sum += journal.simulated.swap(0, Ordering::Relaxed);
            journal.most = None;
        }
        same(&staff(&model, decisions, &settings, &journal).unwrap());
        sum += journal.simulated.into_inner();
        // What was under way when it stopped is simulated again: at most the replications of one plan each time.
        assert!((all..=all + 4 * 20).contains(&sum), "{sum} of {all}");
    }
}
