//! The numbers against simulation: the agents required reach the targets, one fewer does not.

use super::{agents, of};
use crate::sample::outcome;
use handover::measure::Slice;

/// The service level of each topic, with its standard error.
fn levels(text: &str, topics: usize) -> Vec<(f64, f64)> {
    let outcome = outcome(text);
    let of = |k| {
        let found = outcome.find("sl_net", &Slice::Topic(k)).unwrap();
        let interval = found.interval.unwrap();
        (interval.mean, interval.standard_error())
    };
    (0..topics).map(of).collect()
}

/// Two classes of one service law: an exact formula.
#[test]
fn priority_classes_reach_their_targets_and_one_agent_less_does_not() {
    let text = |agents: u32| {
        format!(
            "horizon = '30 days'\nwarmup = '1 day'\nreplications = 6\ninterval = '1 day'\n[demand]\nrate = '100 / h'\n\
             [[topic]]\nname = 'gold'\nshare = 0.4\npriority = 1\nwork = {{ exponential = '5 min' }}\ntarget = '90% in 20 s'\n\
             [[topic]]\nname = 'rest'\nshare = 0.6\npriority = 2\nwork = {{ exponential = '5 min' }}\ntarget = '80% in 2 min'\n\
             [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = {agents}"
        )
    };
    let n = agents(&of(&text(1)), 0)[3];
    let (enough, fewer) = (levels(&text(n), 2), levels(&text(n - 1), 2));
    let targets = [0.9, 0.8];
    let reached = enough
        .iter()
        .zip(targets)
        .all(|(l, t)| l.0 >= t - 4.0 * l.1);
    let missed = fewer.iter().zip(targets).any(|(l, t)| l.0 < t + 4.0 * l.1);
    assert!(reached && missed, "{n}: {enough:?} {fewer:?}");
}
