//! The agents that the expected work requires: hand-computed cases for each rule, identities with the formulas, and what must not
//! move them.

mod flow;
mod invariance;
mod simulated;

use handover::erlang::ErlangA;
use handover::model::{Exactness, Model, Required, required};
use handover::scenario::{InMemory, load};
use handover::stats::smallest;
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
    let intervals = 0..required.spans.len();
    intervals.map(|i| pool.agents(i).unwrap()).collect()
}

/// The only number of the first pool.
#[track_caller]
fn one(text: &str) -> u32 {
    let all = agents(&of(text), 0);
    assert!(all.iter().all(|n| *n == all[0]), "{all:?}");
    all[0]
}

/// Erlang A or C for 80% in 20 s, or another target.
fn formula(per_hour: f64, minutes: f64, patience: Option<f64>, (share, within): (f64, f64)) -> u32 {
    let is_enough = |servers| {
        let queue = ErlangA {
            arrival_rate: per_hour / 3600.0,
            mean_service: minutes * 60.0,
            mean_patience: patience.map(|p| p * 60.0),
            servers,
        };
        let levels = queue.service_levels(within);
        levels.is_some_and(|l| l.sl_net >= share)
    };
    smallest(1, 1, 1_000_000, is_enough).unwrap()
}

const USUAL: (f64, f64) = (0.8, 20.0);
const DESK: &str = "pool = [ { name = 'desk', kind = 'employed', agents = 1 } ]";
const SMALL: &str = "horizon = '8 h'\ndemand = { rate = '12 / h' }\n\
    topic = [ { name = 'calls', work = { exponential = '10 min' }, target = '80% in 20 s' } ]\n";

/// Two erlangs: three agents give 57% in 20 s, four 84%.
#[test]
fn who_is_there_today_does_not_enter() {
    for agents in ["1", "2", "4", "40"] {
        let pool = format!("pool = [ {{ name = 'desk', kind = 'employed', agents = {agents} }} ]");
        assert_eq!(one(&format!("{SMALL}{pool}")), 4, "{agents}");
    }
    let found = of(&format!("{SMALL}{DESK}"));
    assert_eq!(found.pools[0].overall(), Exactness::Exact);
    assert_eq!(found.pools[0].reasons(), Vec::<&str>::new());
    // 32 agent hours over a third of a day of 40 h a week less 30%.
    let m = model(&format!("{SMALL}{DESK}"));
    let fte = found.fte(&m, 0, 0, m.horizon).unwrap();
    assert!(
        (fte - 32.0 / (40.0 / 7.0 / 3.0 * 0.7)).abs() < 1e-9,
        "{fte}"
    );
}

#[test]
fn at_a_constant_rate_it_is_the_formula() {
    for (per_hour, minutes) in [
        (5.0, 4.0),
        (60.0, 5.0),
        (210.0, 3.0),
        (900.0, 6.5),
        (6000.0, 4.0),
    ] {
        for patience in [None, Some(1.0), Some(5.0), Some(30.0)] {
            for (share, within) in [USUAL, (0.95, 10.0), (0.5, 60.0), (0.9, 1200.0)] {
                let patience_key = patience.map_or(String::new(), |p| {
                    format!("patience = {{ exponential = '{p} min' }}, ")
                });
                let text = format!(
                    "horizon = '1 day'\ndemand = {{ rate = '{per_hour} / h' }}\n\
                     topic = [ {{ name = 'calls', {patience_key}work = {{ exponential = '{minutes} min' }}, \
                     target = '{}% in {within} s' }} ]\n{DESK}",
                    share * 100.0
                );
                let want = formula(per_hour, minutes, patience, (share, within));
                assert_eq!(
                    one(&text),
                    want,
                    "{per_hour} {minutes} {patience:?} {share} {within}"
                );
            }
        }
    }
}

/// 500 a day around the clock of 6 minutes in 50 opening hours a week: 7 erlangs.
#[test]
fn a_mailbox_is_levelled_over_opening_hours() {
    for (start, agents_there, weeks) in [
        ("2025-06-02", 5, 4),
        ("2025-06-05", 1, 2),
        ("2025-06-07", 400, 3),
    ] {
        let found = of(&format!(
            "start = {start}\nhorizon = '{weeks} weeks'\ndemand = {{ rate = '500 / day' }}\n\
             topic = [ {{ name = 'mail', work = {{ exponential = '6 min' }}, target = '90% in 4 days' }} ]\n\
             pool = [ {{ name = 'desk', kind = 'employed', agents = {agents_there}, hours = 'mon-fri 08:00-18:00' }} ]"
        ));
        let all = agents(&found, 0);
        let open: Vec<u32> = all.iter().copied().filter(|n| *n > 0).collect();
        assert!(open.iter().all(|n| *n == 7), "{start} {open:?}");
        assert_eq!(open.len(), 100 * weeks, "{start}");
        assert_eq!(found.pools[0].overall(), Exactness::AtLeast);
        assert_eq!(found.pools[0].agents(0), Some(0));
    }
}

/// 3.3 erlangs, half of them calls and half mail.
#[test]
fn each_topic_has_its_own_target() {
    let both = |mail: &str| {
        one(&format!(
            "horizon = '2 days'\n[demand]\nrate = '66 / h'\n\
             [[topic]]\nname = 'voice'\nshare = 0.5\nwork = {{ exponential = '3 min' }}\ntarget = '80% in 20 s'\n\
             [[topic]]\nname = 'mail'\nshare = 0.5\nwork = {{ exponential = '3 min' }}\ntarget = '90% in 24 h'\n{mail}\n\
             [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 1"
        ))
    };
    let alone = formula(33.0, 3.0, None, USUAL);
    assert_eq!(alone, 4);
    // In one queue everybody waits alike: of 3.3 erlangs 5 agents answer 73.8% in 20 s, 6 agents 89.4%.
    assert_eq!(both(""), formula(66.0, 3.0, None, USUAL));
    assert_eq!(both(""), 6);
    // Mail behind the calls: 1 - C(n, 3.3) exp(-(n - 1.65) 20 / 180) is 78.2% with 5 agents, 91.2% with 6.
    assert_eq!(both("priority = 6"), 6);
    // In front of them it is a topic like any other: 73.4% and 89.2%.
    assert_eq!(both("priority = 4"), 6);
}

#[test]
fn the_hardest_target_of_a_queue_holds() {
    let found = of(&format!(
        "horizon = '1 day'\ndemand = {{ rate = '210 / h' }}\n\
         topic = [ {{ name = 'a', share = 0.9, work = {{ exponential = '3 min' }}, target = '50% in 60 s' }}, \
         {{ name = 'b', share = 0.1, work = {{ exponential = '3 min' }}, target = '95% in 10 s' }} ]\n{DESK}"
    ));
    let want = formula(210.0, 3.0, None, (0.95, 10.0));
    assert!(agents(&found, 0).iter().all(|n| *n == want));
    assert!(want > formula(210.0, 3.0, None, (0.5, 60.0)));
    assert_eq!(found.pools[0].overall(), Exactness::Exact);
}

#[test]
fn the_use_of_slots_has_a_limit() {
    let text = |pool: &str, fte: &str| {
        format!(
            "horizon = '1 day'\ndemand = {{ rate = '210 / h' }}\n\
             topic = [ {{ name = 'calls', work = {{ exponential = '3 min' }} }} ]\n\
             pool = [ {{ name = 'desk', kind = 'employed', agents = 9{pool} }} ]\n{fte}"
        )
    };
    let free = formula(210.0, 3.0, None, USUAL);
    assert_eq!(one(&text("", "")), free);
    assert_eq!(one(&text("", "fte = { shrinkage = 0.2 }")), free);
    // 10.5 erlangs.
    assert_eq!(one(&text(", max_occupancy = 0.5", "")), 21);
    assert_eq!(one(&text("", "fte = { occupancy = 0.7 }")), 15);
    assert_eq!(
        one(&text(", max_occupancy = 0.5", "fte = { occupancy = 0.7 }")),
        21
    );
    assert_eq!(
        one(&text(", max_occupancy = 1", "fte = { occupancy = 0.7 }")),
        free
    );
    // Three at once at full speed: 21 slots.
    let chats = ", concurrency = 3, speed = [1, 1, 1], max_occupancy = 0.5";
    assert_eq!(one(&text(chats, "")), 7);
    let chats = ", concurrency = 3, speed = [1, 1, 1]";
    assert_eq!(one(&text(chats, "")), free.div_ceil(3));
    // Only the mail that may wait: 10.5 erlangs of agents with full hands, at 0.7.
    let mail =
        text(", max_occupancy = 0.7", "").replace("'3 min' }", "'3 min' }, target = '90% in 8 h'");
    assert_eq!(one(&mail), 15);
}

#[test]
fn the_first_open_pool_of_the_route_counts() {
    let found = of(
        "start = 2025-06-02\nhorizon = '1 day'\ndemand = { rate = '60 / h' }\n\
         topic = [ { name = 'calls', work = { exponential = '5 min' }, route = [ { pools = ['day', 'night'] }, { pools = ['gig'], after = '1 min' } ] } ]\n\
         [[pool]]\nname = 'night'\nkind = 'outsourced'\nagents = 3\nhours = 'mon-sun 18:00-23:00'\n\
         [[pool]]\nname = 'day'\nkind = 'employed'\nagents = 1\nhours = 'mon-sun 08:00-20:00'\n\
         [[pool]]\nname = 'gig'\nkind = 'gig'\nlogons = '5 / h'\nsession = '2 h'\n\
         [[pool]]\nname = 'other'\nkind = 'employed'\nagents = 3",
    );
    let n = formula(60.0, 5.0, None, USUAL);
    let hours = |pool: usize| -> Vec<u32> { agents(&found, pool).into_iter().step_by(2).collect() };
    let by_hour = |open: std::ops::Range<usize>| -> Vec<u32> {
        (0..24)
            .map(|h| if open.contains(&h) { n } else { 0 })
            .collect()
    };
    assert_eq!(hours(1), by_hour(8..20));
    assert_eq!(hours(0), by_hour(20..23));
    // The gig pool is a later step of the route, but the only one that is open.
    let rest: Vec<u32> = (0..24)
        .map(|h| if (8..23).contains(&h) { 0 } else { n })
        .collect();
    assert_eq!(hours(2), rest);
    assert_eq!(hours(3), vec![0; 24]);
    assert_eq!(found.groups, vec![vec![0, 1, 2], vec![3]]);
}

/// Whatever is closed requires nobody, and the work that waited is done.
#[test]
fn levelled_work_is_done() {
    let text = |target: &str| {
        format!(
            "start = 2025-06-02\nhorizon = '4 weeks'\n[demand]\nrate = {{ every = '6 h', per = 'h', values = [3, 20, 30, 7] }}\n\
             [[topic]]\nname = 'mail'\nwork = {{ exponential = '9 min' }}\ntarget = '{target}'\n\
             [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 2\nhours = ['mon-thu 09:00-17:00', 'sat 10:00-12:15']"
        )
    };
    // 6 h of each rate in each of 28 days.
    let hours = 28.0 * 6.0 * 60.0 * 9.0 / 60.0;
    for target in [
        "90% in 2 days",
        "90% in 5 h",
        "80% in 20 s",
        "99% in 2 weeks",
    ] {
        let found = of(&text(target));
        let staffed = found.agent_seconds(0, 0, u64::MAX).unwrap() / 3600.0;
        // What comes after the last opening is done after the end.
        assert!(staffed >= 0.97 * hours, "{target}: {staffed} {hours}");
        assert!(staffed <= 2.0 * hours, "{target}: {staffed} {hours}");
        let pool = &found.pools[0];
        for i in 0..found.spans.len() {
            assert!(pool.open(i) > 0 || pool.agents(i) == Some(0));
        }
        // The half-hour of which a quarter of an hour is open.
        let short = (5 * 48 + 24) as usize;
        assert_eq!(pool.open(short), 15 * 60 * 1_000_000);
    }
    // More time never needs more at the worst.
    let peak = |target: &str| agents(&of(&text(target)), 0).into_iter().max().unwrap();
    let peaks = [
        "90% in 2 h",
        "90% in 5 h",
        "90% in 1 day",
        "90% in 4 days",
        "90% in 7 days",
    ]
    .map(peak);
    assert!(peaks.is_sorted_by(|a, b| a >= b), "{peaks:?}");
    // A week is enough to level everything: 252 / 4 h in 34.25 hours a week.
    assert_eq!(peaks[4], (hours / 4.0 / 34.25_f64).ceil() as u32);
}

#[test]
fn productive_hours_are_those_of_the_days() {
    let seconds = |start: &str, zone: &str| {
        let m = model(&format!(
            "start = {start}\ntime_zone = '{zone}'\nhorizon = '4 weeks'\nfte = {{ hours_per_week = 56, shrinkage = 0.25 }}\n\
             demand = {{ rate = '1 / h' }}\ntopic = [ {{ name = 'a', work = '5 min' }} ]\n{DESK}"
        ));
        m.available_seconds_between(m.warmup, m.horizon) * m.productive.occupancy
    };
    for start in ["2025-02-01", "2025-03-01", "2025-04-01"] {
        let got = seconds(start, "UTC");
        assert!(
            (got - 28.0 * 8.0 * 3600.0 * 0.75 * 0.85).abs() < 1e-6,
            "{start}"
        );
        // 28 days of 1,000 calls of 5 minutes.
        assert!((28.0 * 1000.0 * 300.0 / got - 16.34).abs() < 0.005);
    }
}

#[test]
fn planned_effort_is_that_of_the_first_pool() {
    let text = |fte: &str, pool: &str| {
        format!(
            "horizon = '1 day'\ndemand = {{ rate = '1 / h' }}\n\
             topic = [ {{ name = 'a', work = '5 min', route = [ {{ pools = ['desk', 'other'] }} ] }} ]\n{fte}\n\
             [[pool]]\nname = 'other'\nkind = 'employed'\nagents = 1\n\
             [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 1\nwork_factor = 1.2\nconcurrency = 3\nspeed = [1, 0.95, 0.87]\n{pool}"
        )
    };
    let effort = |fte: &str, pool: &str| {
        let e = model(&text(fte, pool)).planned_effort(0);
        (e.agent_seconds, e.occupancy)
    };
    let close = |(a, b): (f64, f64), c: f64, d: f64| {
        assert!(
            (a - c).abs() < 1e-12 && (b - d).abs() < 1e-12,
            "{a} {b}, expected {c} {d}"
        );
    };
    close(effort("", ""), 1.2 / (3.0 * 0.87), 0.85);
    close(
        effort("fte = { occupancy = 0.8 }", ""),
        1.2 / (3.0 * 0.87),
        0.8,
    );
    close(
        effort("fte = { occupancy = 0.8, concurrency = 2 }", ""),
        1.2 / 1.9,
        0.8,
    );
    close(
        effort("fte = { concurrency = 1.5 }", "max_occupancy = 0.9"),
        1.2 / (1.5 * 0.975),
        0.9,
    );
}
