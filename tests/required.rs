//! The agents that the expected work requires: hand-computed cases for each rule, identities with the formulas, and what must not move them.

use handover::model::{Exactness, Model, Required, required};
use handover::scenario::{InMemory, load};
use std::path::Path;

fn model(text: &str) -> Model {
    let files = InMemory::new().with("a.toml", text);
    load(Path::new("a.toml"), &[], &files).unwrap().model
}

fn of(text: &str) -> Required {
    required(&model(text))
}

/// The numbers of a pool by interval.
fn agents(required: &Required, pool: usize) -> Vec<u32> {
    let pool = &required.pools[pool];
    (0..required.spans.len())
        .map(|i| pool.agents(i).unwrap())
        .collect()
}

/// The only number of a pool.
#[track_caller]
fn one(text: &str) -> u32 {
    let all = agents(&of(text), 0);
    assert!(all.iter().all(|n| *n == all[0]), "{all:?}");
    all[0]
}

const SMALL: &str = "horizon = '8 h'\ndemand = { rate = '12 / h' }\n\
    topic = [ { name = 'calls', work = { exponential = '10 min' }, target = '80% in 20 s' } ]\n";

/// Two erlangs: three agents give 57% in 20 s, four 84%.
#[test]
fn who_is_there_today_does_not_enter() {
    for agents in ["1", "2", "4", "40"] {
        let pool = format!("pool = [ {{ name = 'desk', kind = 'employed', agents = {agents} }} ]");
        assert_eq!(one(&format!("{SMALL}{pool}")), 4, "{agents}");
    }
    let found = of(&format!(
        "{SMALL}pool = [ {{ name = 'desk', kind = 'employed', agents = 1 }} ]"
    ));
    assert_eq!(found.pools[0].overall(), Exactness::Exact);
    assert_eq!(found.pools[0].reasons(), Vec::<&str>::new());
}

/// 500 a day around the clock of 6 minutes in 50 opening hours a week: 7 erlangs.
#[test]
fn a_mailbox_is_levelled_over_opening_hours() {
    for start in ["2025-06-02", "2025-06-05", "2025-06-07"] {
        let found = of(&format!(
            "start = {start}\nhorizon = '4 weeks'\ndemand = {{ rate = '500 / day' }}\n\
             topic = [ {{ name = 'mail', work = {{ exponential = '6 min' }}, target = '90% in 4 days' }} ]\n\
             pool = [ {{ name = 'desk', kind = 'employed', agents = 5, hours = 'mon-fri 08:00-18:00' }} ]"
        ));
        let all = agents(&found, 0);
        let open: Vec<u32> = all.iter().copied().filter(|n| *n > 0).collect();
        assert!(open.iter().all(|n| *n == 7), "{start} {open:?}");
        assert_eq!(open.len(), 20 * 20, "{start}");
        assert_eq!(found.pools[0].overall(), Exactness::AtLeast);
    }
}
