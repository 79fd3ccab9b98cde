//! Large pools, whose plan is found by curves.

use super::*;
use handover::erlang::ErlangA;

/// A day after an hour of warm-up: every interval is like every other, and long beside the time that a queue takes to settle.
pub(super) const STEADY: &str = "horizon = '25 h'\nwarmup = '1 h'\ninterval = '1 h'\n\
    demand = { rate = '60 / min' }\n\
    topic = [ { name = 'calls', work = { exponential = '1 min' }, patience = { exponential = '1 min' }, target = '80% in 20 s' } ]\n\
    pool = [ { name = 'desk', kind = 'employed', agents = 60 } ]\n";

/// Of a stationary pool the cheapest plan over all intervals has the agents `n` in some and one more in the others, in the proportion in which the
/// target is just met by the formula of Erlang A. The plan found costs as much, up to the error of what is simulated.
#[test]
fn a_steady_pool_costs_what_the_formula_says() {
    costs_what_the_formula_says(60, Per::Horizon, 12);
}

/// The same of a small one, where one agent changes much.
#[test]
fn a_small_steady_pool_costs_what_the_formula_says() {
    costs_what_the_formula_says(6, Per::Day, 100);
}

fn costs_what_the_formula_says(a_minute: u32, per: Per, replications: u32) {
    let rate = format!("rate = '{a_minute} / min'");
    let model = model(&STEADY.replace("rate = '60 / min'", &rate));
    let settings = Settings {
        replications,
        confirming: 4 * replications,
        ..settings(&model, per, None)
    };
    let found = staff(&model, decisions(&model, HOUR), &settings, &()).unwrap();
    assert!(found.broken.is_empty());
    let level = |agents: u32| {
        let queue = ErlangA {
            arrival_rate: f64::from(a_minute) / 60.0,
            mean_service: 60.0,
            mean_patience: Some(60.0),
            servers: agents,
        };
        queue.service_levels(20.0).unwrap().sl_net
    };
    let fewer = (1..200).find(|&n| level(n + 1) >= 0.8).unwrap();
    let part = (0.8 - level(fewer)) / (level(fewer + 1) - level(fewer));
    let ideal = f64::from(fewer) + part;
    let counted = &found.staffed.plan[1..];
    let mean = counted.iter().map(|&n| f64::from(n)).sum::<f64>() / counted.len() as f64;
    // An agent is worth this much of the level, which is known to a fifth of a point or so.
    let agent = level(fewer + 1) - level(fewer);
    assert!(agent > 0.02, "{agent}");
    assert!(
        (mean - ideal).abs() < 0.25,
        "{mean} agents, by the formula {ideal}"
    );
    assert!(found.simulated < 200, "{} plans", found.simulated);
}

/// How busy the days are is spread evenly among the replications of a verdict. Their mean stays what ordinary replications have, and varies less.
#[test]
fn even_busyness_has_the_same_mean_and_less_variance() {
    let text = DAY.replace("demand = {", "demand = { busyness_cv = 0.4,");
    let model = model(&text);
    let decisions = decisions(&model, HOUR);
    let goal = Goal {
        per: Per::Horizon,
        probability: None,
    };
    let promises = Promise::all(&model, goal, &[], &decisions);
    let plan = [3, 4, 3, 6, 6, 5, 3, 2, 3];
    // Of one replication nothing is spread.
    let verdict = |replications: std::ops::Range<u64>| {
        let mut judge = Judge::new(&model, &decisions, &promises, goal, (5, replications), &());
        let verdict = judge.judge(&plan).unwrap();
        (verdict.level[0].unwrap(), verdict.visits[0])
    };
    let within = |(level, visits): (f64, f64)| level * visits;
    let moments = |values: &[(f64, f64)]| {
        let n = values.len() as f64;
        let of = |f: &dyn Fn((f64, f64)) -> f64| {
            let mean = values.iter().map(|&v| f(v)).sum::<f64>() / n;
            let squares = values.iter().map(|&v| (f(v) - mean) * (f(v) - mean));
            (mean, squares.sum::<f64>() / (n - 1.0))
        };
        [of(&within), of(&|v| v.1)]
    };
    // Means of eight replications, spread and plain.
    let spread: Vec<_> = (0..100).map(|i| verdict(8 * i..8 * i + 8)).collect();
    let plain: Vec<_> = (0..800).map(|r| verdict(10_000 + r..10_001 + r)).collect();
    let pairs = moments(&spread).into_iter().zip(moments(&plain));
    for ((mean, variance), (plain_mean, plain_variance)) in pairs {
        let error = (variance / 100.0 + plain_variance / 800.0).sqrt();
        let off = (mean - plain_mean) / error;
        assert!(
            off.abs() < 3.5,
            "{mean} {plain_mean}: {off} standard errors"
        );
        let ratio = plain_variance / 8.0 / variance;
        assert!(ratio > 3.0, "{ratio}");
    }
}

/// The standard error of a level of replications among which busyness is spread evenly is that of their mean: it is what means of other replications
/// differ by, and nineteen of twenty intervals have the level of all replications in them.
#[test]
fn intervals_of_even_busyness_are_as_wide_as_they_should_be() {
    const GROUPS: u64 = 400;
    const EACH: u64 = 16;
    // 0.975 quantile of Student's t with 15 degrees of freedom.
    const T: f64 = 2.131;
    // What busyness of intervals explains is left in the error, so that it is too large rather than too small.
    for (busyness, interval, by, most) in [
        (0.1, 0.0, 1, 1.2),
        (0.3, 0.0, 1, 1.3),
        (0.12, 0.0, 20, 1.4),
        (0.15, 0.1, 1, 1.3),
        (0.0, 0.2, 1, 1.5),
    ] {
        let varies =
            format!("demand = {{ busyness_cv = {busyness}, interval_busyness_cv = {interval},");
        let rates = format!("[{}, {}, {}]", 30 * by, 60 * by, 20 * by);
        let text = DAY.replace("demand = {", &varies);
        let model = model(&text.replace("[30, 60, 20]", &rates));
        let decisions = decisions(&model, HOUR);
        let goal = Goal {
            per: Per::Day,
            probability: None,
        };
        let promises = Promise::all(&model, goal, &[], &decisions);
        let plan = [3, 4, 3, 6, 6, 5, 3, 2, 3].map(|n| if by > 1 { 4 * n * by / 5 } else { n });
        let of_group = |i: u64| {
            let replications = EACH * i..EACH * (i + 1);
            let mut judge = Judge::new(&model, &decisions, &promises, goal, (5, replications), &());
            let verdict = judge.judge(&plan).unwrap();
            (verdict.level[0].unwrap(), verdict.error[0].unwrap())
        };
        let groups: Vec<(f64, f64)> = (0..GROUPS).map(of_group).collect();
        let n = GROUPS as f64;
        let mean = groups.iter().map(|g| g.0).sum::<f64>() / n;
        let variance = groups
            .iter()
            .map(|g| (g.0 - mean) * (g.0 - mean))
            .sum::<f64>()
            / (n - 1.0);
        let told = groups.iter().map(|g| g.1 * g.1).sum::<f64>() / n;
        let covered = groups
            .iter()
            .filter(|g| (g.0 - mean).abs() <= T * g.1)
            .count() as f64
            / n;
        let ratio = (told / variance).sqrt();
        // Known to 3.5%.
        assert!(
            ratio > 0.9 && ratio < most,
            "{busyness} {interval}: {ratio}"
        );
        assert!(covered > 0.925, "{busyness} {interval}: {covered}");
    }
}

/// A seventh of the contacts come while the desk is closed and are late. The others must make up for them, each hour by a little: not a few hours by very
/// many agents, who give next to nothing there.
#[test]
fn what_is_late_at_night_is_made_up_for_all_day() {
    let model = model(
        "start = 2025-03-17\nhorizon = '7 days'\ninterval = '1 h'\n\
        demand = { rate = { every = '6 h', values = [0, 40, 50, 10], per = 'h' } }\n\
        topic = [ { name = 'calls', work = { exponential = '4 min' }, patience = { exponential = '5 min' }, target = '80% in 20 s' } ]\n\
        pool = [ { name = 'desk', kind = 'employed', agents = 3, hours = ['07:00-20:00'], price = { per_agent_hour = 30 } } ]\n",
    );
    let decisions = decisions(&model, HOUR);
    let required: Vec<f64> = decisions
        .required(&model)
        .into_iter()
        .map(|n| f64::from(n.unwrap()))
        .collect();
    let by_formula = decisions.cost_on_duty(&model, &required);
    let settings = Settings {
        replications: 40,
        ..settings(&model, Per::Week, None)
    };
    let found = staff(&model, decisions.clone(), &settings, &()).unwrap();
    assert!(found.broken.is_empty());
    let cost = decisions.cost(&found.staffed.plan);
    assert!(
        cost < 1.25 * by_formula,
        "{cost}, by the formula {by_formula}"
    );
    let most = found.staffed.plan.iter().max().unwrap();
    assert!(*most <= 10, "{most} agents in an hour");
}
