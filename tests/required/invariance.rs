//! What must not move the agents required, and which way other things must.

use super::{agents, of};
use handover::model::{Load, required};
use handover::scenario::{Disk, load};
use std::path::Path;

#[test]
fn the_plan_of_agents_does_not_enter() {
    let text = |pool: &str, seed: u32| {
        format!(
            "seed = {seed}\nstart = 2025-06-02\nhorizon = '2 weeks'\n[demand]\nrate = {{ every = '1 h', per = 'h', values = [2, 2, 2, 2, 2, 5, 9, 20, 40, 60, 70, 70, 65, 60, 60, 60, 50, 40, 30, 20, 10, 5, 4, 3] }}\n\
             [[topic]]\nname = 'calls'\nshare = 0.7\nwork = {{ lognormal = {{ mean = '6 min', cv = 1.1 }} }}\npatience = {{ exponential = '4 min' }}\n\
             [[topic]]\nname = 'mail'\nshare = 0.3\npriority = 7\nwork = {{ exponential = '9 min' }}\ntarget = '90% in 8 h'\n\
             [[pool]]\nname = 'desk'\nkind = 'employed'\nhours = 'mon-fri 07:00-21:00'\n{pool}"
        )
    };
    let base = of(&text("agents = 10", 1));
    let numbers = agents(&base, 0);
    assert!(numbers.iter().any(|n| *n > 8) && numbers[0] == 0);
    for pool in [
        "agents = 1",
        "agents = 200",
        "agents = 10\nshrinkage = 0.5",
        "agents = 10\nabsence = 0.2\ndelivery = 0.8",
        "agents = 10\nadherence = 0.9",
        "agents = 10\nprice = { per_agent_hour = 30 }",
    ] {
        assert_eq!(agents(&of(&text(pool, 1)), 0), numbers, "{pool}");
    }
    assert_eq!(agents(&of(&text("agents = 10", 77)), 0), numbers);
    // More of the same work, or a harder target, never needs fewer.
    let more = agents(&of(&text("agents = 10\nwork_factor = 1.3", 1)), 0);
    assert!(more.iter().zip(&numbers).all(|(a, b)| a >= b) && more != numbers);
    let harder = agents(
        &of(&text("agents = 10", 1).replace("patience", "target = '90% in 10 s'\npatience")),
        0,
    );
    assert!(harder.iter().zip(&numbers).all(|(a, b)| a >= b) && harder != numbers);
}

#[test]
fn shrinkage_of_a_pool_does_not_enter() {
    let path = format!(
        "{}/scenarios/klarna-2024-ai-first.toml",
        env!("CARGO_MANIFEST_DIR")
    );
    let fte = |shrinkage: &str| {
        let settings = [
            format!("pool.outsourced.shrinkage={shrinkage}"),
            "horizon=1 week".to_owned(),
        ];
        let m = load(Path::new(&path), &settings, &Disk).unwrap().model;
        let required = required(&m);
        let fte = |p| required.fte(&m, p, m.warmup, m.horizon).unwrap();
        (0..m.pools.len()).map(fte).sum::<f64>()
    };
    let all = ["0.30", "0.405", "0.50"].map(fte);
    assert!(
        all[0] > 100.0 && all[0] == all[1] && all[0] == all[2],
        "{all:?}"
    );
}

#[test]
fn shifts_and_registers_of_any_size_require_the_same() {
    let text = |pool: &str| {
        format!(
            "start = 2025-06-02\nhorizon = '2 weeks'\ndemand = {{ rate = '40 / h' }}\n\
             topic = [ {{ name = 'calls', work = {{ exponential = '5 min' }}, patience = {{ exponential = '4 min' }} }} ]\n\
             [[pool]]\nname = 'desk'\n{pool}"
        )
    };
    let same = |pools: &[&str]| {
        let all: Vec<Vec<u32>> = pools.iter().map(|p| agents(&of(&text(p)), 0)).collect();
        assert!(all.iter().all(|n| *n == all[0]), "{pools:?}");
        all[0].clone()
    };
    let shifts = "kind = 'employed'\nshifts = [ { start = '08:00', length = '8 h', days = 'mon-fri', breaks = [ { after = '4 h', length = '30 min' } ] } ]";
    let by_shift = same(&[
        &format!("{shifts}\nstaff = 1"),
        &format!("{shifts}\nstaff = 90\nshrinkage = 0.3"),
        "kind = 'employed'\nagents = 4\nhours = 'mon-fri 08:00-16:00'",
    ]);
    assert_eq!(by_shift.iter().filter(|n| **n > 0).count(), 2 * 5 * 16);
    let gig = "kind = 'gig'\nlogon_rate = '1 / h'\nsession = '2 h'";
    let online = same(&[
        &format!("{gig}\nmembers = 2"),
        &format!("{gig}\nmembers = 300"),
    ]);
    assert!(online.iter().all(|n| *n == online[0] && *n > 3));
}

/// The order of the sections moves nothing but the places of the pools.
#[test]
fn order_and_names_do_not_enter() {
    let topics = [
        "[[topic]]\nname = 'a'\nshare = 0.5\nwork = { exponential = '5 min' }\npatience = { exponential = '3 min' }\nroute = [ { pools = ['x', 'y'] } ]\n",
        "[[topic]]\nname = 'b'\nshare = 0.3\nwork = { exponential = '8 min' }\ntarget = '90% in 1 min'\npatience = { exponential = '3 min' }\nroute = [ { pools = ['x'] }, { pools = ['y'], after = '1 min' } ]\n",
        "[[topic]]\nname = 'c'\nshare = 0.2\nwork = { exponential = '2 min' }\npriority = 2\nroute = [ { pools = ['y'] } ]\n",
    ];
    let pools = [
        "[[pool]]\nname = 'x'\nkind = 'employed'\nagents = 1\nskills = ['a', 'b']\n",
        "[[pool]]\nname = 'y'\nkind = 'employed'\nagents = 1\nmax_occupancy = 0.6\n",
    ];
    let head = "horizon = '1 day'\n[demand]\nrate = '77 / h'\n";
    let base = of(&[head, &topics.concat(), &pools.concat()].concat());
    let other = of(&[head, topics[2], topics[0], topics[1], pools[1], pools[0]]
        .concat()
        .replace("'x'", "'zz'"));
    assert_eq!(agents(&base, 0), agents(&other, 1));
    assert_eq!(agents(&base, 1), agents(&other, 0));
}

/// `check` and a run speak of the same agents: whole people, whatever the plan is multiplied by.
#[test]
fn expected_agents_on_duty_are_those_of_a_run() {
    for (pool, agents) in [
        ("agents = 7\nshrinkage = 0.2", 6.0),
        ("agents = 7\nshrinkage = 0.3\ndelivery = 0.9", 4.0),
        ("agents = 1\nshrinkage = 0.4", 1.0),
        ("agents = 2\nshrinkage = 0.3", 1.0),
        ("agents = 7\nshrinkage = 0.2\nabsence = 0.5", 3.0),
    ] {
        let m = super::model(&format!(
            "horizon = '4 h'\n[demand]\nrate = '9 / h'\n[[topic]]\nname = 'calls'\nwork = {{ exponential = '5 min' }}\n\
             [[pool]]\nname = 'desk'\nkind = 'employed'\n{pool}"
        ));
        let load = Load::new(&m, m.horizon, 0, m.horizon);
        assert_eq!(load.agents(0), [agents], "{pool}");
    }
}
