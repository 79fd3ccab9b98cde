//! The cheapest plan of agents that keeps the promise: against enumeration, against ordinary runs, on fresh replications.

mod classes;
mod command;
mod exact;
mod honest;
mod large;
mod limits;
mod mix;
mod reasons;
mod resume;
mod shifts;
mod sizes;
mod sweep;

use handover::experiment::{Job, Plan, rows, run};
use handover::measure::Slice;
use handover::model::Model;
use handover::scenario::{InMemory, limit, load};
use handover::staff::{Decisions, Failed, Goal, Judge, Limit, Per, Promise, Settings, staff};
use handover::time::{HOUR, MINUTE, Micros};
use std::path::Path;

fn model(text: &str) -> Model {
    let files = InMemory::new().with("a.toml", text);
    match load(Path::new("a.toml"), &[], &files) {
        Ok(scenario) => scenario.model,
        Err(problems) => panic!("{}\n{text}", problems.render(false)),
    }
}

fn decisions(model: &Model, every: Micros) -> Decisions {
    Decisions::of(model, 0..model.pools.len(), every, &[])
}

fn settings(model: &Model, per: Per, probability: Option<f64>) -> Settings {
    let goal = Goal { per, probability };
    Settings {
        effort: 20,
        ..Settings::new(goal, Plan::default(), model)
    }
}

/// Limits as they are written.
fn limits(model: &Model, texts: &[&str]) -> Vec<Limit> {
    let rows = rows(model);
    let read = texts.iter().map(|text| limit(text, &rows, model));
    read.collect::<Result<_, _>>().unwrap()
}

/// A day of a desk with a morning, a noon and an evening.
pub(crate) const DAY: &str = "horizon = '9 h'\ninterval = '1 h'\n\
    demand = { rate = { every = '3 h', values = [30, 60, 20], per = 'h' } }\n\
    topic = [ { name = 'calls', work = { exponential = '4 min' }, patience = { exponential = '5 min' }, target = '80% in 20 s' } ]\n\
    pool = [ { name = 'desk', kind = 'employed', agents = 1, shrinkage = 0.25, price = { per_agent_hour = 30 } } ]\n";

/// The verdict on a plan is what an ordinary run of the scenario with that plan measures.
#[test]
fn a_verdict_is_what_a_run_measures() {
    let model = model(DAY);
    let decisions = decisions(&model, HOUR);
    let goal = Goal {
        per: Per::Horizon,
        probability: Some(0.5),
    };
    let promises = Promise::all(&model, goal, &[], &decisions);
    let plan = [3, 4, 3, 6, 6, 5, 3, 2, 3];
    let mut judge = Judge::new(&model, &decisions, &promises, goal, (5, 0..20), &());
    let verdict = judge.judge(&plan).unwrap();
    // The agents of the plan over 1 - shrinkage are on the roster.
    let agents: Vec<String> = plan
        .iter()
        .map(|n| format!("{}", f64::from(*n) / 0.75))
        .collect();
    let text = DAY.replace(
        "agents = 1",
        &format!(
            "agents = {{ every = '1 h', values = [{}] }}",
            agents.join(", ")
        ),
    );
    let written = self::model(&text);
    let plan = Plan {
        seed: 5,
        replications: 20,
        confidence: 0.95,
    };
    let outcome = &run(
        &[Job {
            model: &written,
            plan,
        }],
        &(),
    )
    .unwrap()[0];
    let row = |measure| outcome.rows.find(measure, &Slice::All).unwrap();
    let levels: Vec<f64> = outcome.values.iter().map(|v| v[row("sl_net")]).collect();
    let met = levels.iter().filter(|&&level| level >= 0.8).count();
    assert_eq!(verdict.met, [Some(met as f64 / 20.0)]);
    let mut sorted = levels.clone();
    sorted.sort_by(f64::total_cmp);
    // The level that half of the replications reach.
    assert_eq!(verdict.slack, [sorted[10] - 0.8]);
}

/// 2.9 and 1.25 erlangs, all agents flexible: seven are needed, where the sizes of both added as if each agent served both give five.
#[test]
fn flexible_agents_are_not_counted_twice() {
    let text = "horizon = '40 h'\ninterval = '1 h'\n\
        [[topic]]\nname = 'a'\nrate = '58 / h'\nwork = { exponential = '3 min' }\ntarget = '80% in 20 s'\n\
        [[topic]]\nname = 'b'\nrate = '25 / h'\nwork = { exponential = '3 min' }\ntarget = '80% in 20 s'\n\
        [[pool]]\nname = 'all'\nkind = 'employed'\nagents = 1\n";
    let model = model(text);
    let found = staff(
        &model,
        decisions(&model, 40 * HOUR),
        &settings(&model, Per::Horizon, None),
        &(),
    )
    .unwrap();
    assert_eq!(found.staffed.plan, [7]);
    assert!(found.broken.is_empty());
}

/// Plans at a stated probability reach it on ten thousand fresh replications, to a point, and do not exceed it by much.
#[test]
fn a_probability_is_reached_on_fresh_replications() {
    let mut reached = 0;
    for (i, (rate, p)) in [(20, 0.8), (35, 0.9), (50, 0.7), (12, 0.85), (80, 0.9)]
        .into_iter()
        .enumerate()
    {
        let text = DAY.replace(
            "[30, 60, 20]",
            &format!("[{rate}, {}, {}]", 2 * rate, rate / 2 + 3),
        );
        let model = model(&text);
        let settings = settings(&model, Per::Horizon, Some(p));
        let found = staff(&model, decisions(&model, HOUR), &settings, &()).unwrap();
        assert!(found.broken.is_empty(), "{i}");
        let goal = settings.goal;
        let fresh = (77, 0..10_000);
        let mut judge = Judge::new(&model, &found.decisions, &found.promises, goal, fresh, &());
        let met = judge.judge(&found.staffed.plan).unwrap().met[0].unwrap();
        reached += usize::from(met >= p - 0.01);
        // More than needed would be no art.
        assert!(met <= p + 0.08, "{i}: {met} for {p}");
    }
    assert_eq!(reached, 5);
}

/// What no number of agents can do is said, with the promises that are broken.
#[test]
fn what_is_impossible_is_said() {
    // More than a quarter comes before the desk opens, and waits.
    let text = DAY
        .replace(", patience = { exponential = '5 min' }", "")
        .replace("agents = 1,", "agents = 1, hours = ['03:00-09:00'],");
    let model = model(&text);
    let failed = staff(
        &model,
        decisions(&model, HOUR),
        &settings(&model, Per::Horizon, None),
        &(),
    )
    .unwrap_err();
    assert_eq!(failed, Failed::Impossible(vec![0]));
}

/// The plan in the file says when the desk is open, and nothing else.
#[test]
fn the_plan_of_the_file_does_not_enter() {
    let plans = ["1", "9"].map(|agents| {
        let model = model(&DAY.replace("agents = 1", &format!("agents = {agents}")));
        let settings = settings(&model, Per::Horizon, None);
        let found = staff(&model, decisions(&model, HOUR), &settings, &()).unwrap();
        (found.staffed.plan, found.simulated)
    });
    assert_eq!(plans[0], plans[1]);
}

/// The same plan whatever the threads.
#[test]
fn threads_change_nothing() {
    let model = model(&DAY.replace("'9 h'", "'6 h'"));
    let plans = [1, 2].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let found = || {
            staff(
                &model,
                decisions(&model, HOUR),
                &settings(&model, Per::Interval, None),
                &(),
            )
        };
        let found = pool.install(found).unwrap();
        (found.staffed.plan, found.confirmed, found.simulated)
    });
    assert_eq!(plans[0], plans[1]);
}

/// Closed times stay closed, cost nothing, and are promised nothing.
#[test]
fn closed_times_stay_closed() {
    let text = DAY
        .replace("agents = 1,", "agents = 1, hours = ['00:30-06:15'],")
        .replace("interval = '1 h'", "interval = '30 min'");
    let model = model(&text);
    let decisions = decisions(&model, 30 * MINUTE);
    assert_eq!(decisions.variables.len(), 12);
    assert_eq!(decisions.hours(&[4.0; 12], 0), 23.0);
    // 5.75 hours of an agent, 30 an hour, of which three quarters are on duty.
    assert!((decisions.cost(&[1; 12]) - 230.0).abs() < 1e-9);
    let goal = Goal {
        per: Per::Interval,
        probability: None,
    };
    assert_eq!(Promise::all(&model, goal, &[], &decisions).len(), 12);
    let with = decisions.apply(&model, &[4; 12], &[]);
    let handover::model::Supply::Staffed(supply) = &with.pools[0].supply else {
        panic!("a plan");
    };
    let at = |minutes: u64| supply.plan.at(minutes * MINUTE);
    assert_eq!([29, 30, 374, 375, 400].map(at), [0.0, 4.0, 4.0, 0.0, 0.0]);
}
