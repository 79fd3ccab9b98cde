//! Why a plan is as it is: what is said of agents fewer and more is what simulating these plans says, and a price is what enumeration finds.

use super::*;
use handover::staff::{Confirmed, Effect};

fn judged<'a>(
    model: &'a Model,
    found: &'a Confirmed,
    settings: &Settings,
) -> impl FnMut(&[u32]) -> (Option<f64>, f64, Option<f64>) + use<'a> {
    let replications = (settings.seed, found.replications.clone());
    let (decisions, promises) = (&found.decisions, &found.promises);
    let mut judge = Judge::new(model, decisions, promises, settings.goal, replications, &());
    move |plan| {
        let verdict = judge.judge(plan).unwrap();
        (verdict.level[0], verdict.slack[0], verdict.met[0])
    }
}

fn with(plan: &[u32], effect: &Effect) -> Vec<u32> {
    let mut plan = plan.to_vec();
    for &(v, more) in &effect.changes {
        plan[v] = (i64::from(plan[v]) + more) as u32;
    }
    plan
}

/// In expectation and with a probability: levels, shares of the replications and what is lost are those of the plans that are named.
#[test]
fn one_agent_fewer_and_one_more_are_what_their_plans_are() {
    for (per, probability) in [(Per::Horizon, None), (Per::Horizon, Some(0.8))] {
        let model = model(DAY);
        let settings = settings(&model, per, probability);
        let found = staff(&model, decisions(&model, HOUR), &settings, &()).unwrap();
        let mut judge = judged(&model, &found, &settings);
        let plan = &found.staffed.plan;
        let before = judge(plan);
        let (_, slack, met) = before;
        let reason = &found.reasons[0];
        let [fewer, more, price] =
            [&reason.fewer, &reason.more, &reason.price].map(|e| e.clone().unwrap());
        assert_eq!(fewer.changes[0].1, -1);
        assert_eq!(more.changes, [(fewer.changes[0].0, 1)]);
        for effect in [&fewer, &more, &price] {
            let after = judge(&with(plan, effect));
            assert_eq!(effect.level, after.0);
            assert_eq!(effect.met, probability.and(after.2));
            let lost = match probability {
                None => slack - after.1,
                Some(_) => met.unwrap() - after.2.unwrap(),
            };
            assert!((effect.lost - 100.0 * lost).abs() < 1e-9);
            // 30 an hour, a quarter of it off.
            let agents: i64 = effect.changes.iter().map(|c| c.1).sum();
            assert!((effect.cost - 40.0 * agents as f64).abs() < 1e-9);
        }
        assert!(fewer.lost > 0.0 && more.lost < 0.0 && price.lost > 0.0);
        assert!(reason.price_of_point().unwrap() > 0.0);
        // No agent more anywhere else gives half as much again.
        let v = more.changes[0].0;
        for other in (0..plan.len()).filter(|&o| o != v) {
            let mut plan = plan.clone();
            plan[other] += 1;
            let (level, ..) = judge(&plan);
            assert!(
                level.unwrap() - before.0.unwrap()
                    <= 1.5 * (more.level.unwrap() - before.0.unwrap())
            );
        }
    }
}

/// Of two intervals: the plan behind a price is the cheapest of all that lose no more than it, and no dearer plan is as cheap at a point less.
#[test]
fn a_price_is_what_the_cheapest_of_all_plans_saves() {
    for rates in ["90, 200", "200, 60", "120, 120", "30, 300"] {
        let text = format!(
            "horizon = '2 h'\ninterval = '1 h'\ndemand = {{ rate = {{ every = '1 h', values = [{rates}], per = 'h' }} }}\n\
             topic = [ {{ name = 'calls', work = {{ exponential = '5 min' }}, patience = {{ exponential = '3 min' }}, target = '80% in 20 s' }} ]\n\
             pool = [ {{ name = 'desk', kind = 'employed', agents = 1, price = {{ per_agent_hour = 30 }} }} ]\n"
        );
        let model = model(&text);
        let settings = settings(&model, Per::Horizon, None);
        let found = staff(&model, decisions(&model, HOUR), &settings, &()).unwrap();
        let plan = &found.staffed.plan;
        let price = found.reasons[0].price.clone().unwrap();
        assert!(price.lost >= 0.5, "{price:?}");
        let mut judge = judged(&model, &found, &settings);
        let (level, ..) = judge(plan);
        let least = level.unwrap() - price.lost / 100.0 - 1e-12;
        let mut cheapest = f64::INFINITY;
        for a in 0..=plan[0] + 3 {
            for b in 0..=plan[1] + 3 {
                let cost = found.decisions.cost(&[a, b]);
                if cost < cheapest && judge(&[a, b]).0.unwrap_or(0.0) >= least {
                    cheapest = cost;
                }
            }
        }
        let saved = found.decisions.cost(plan) - cheapest;
        assert!(
            (saved + price.cost).abs() < 1e-9,
            "{rates}: {saved} {price:?}"
        );
        let point = found.reasons[0].price_of_point().unwrap();
        assert!((point - saved / price.lost).abs() < 1e-9);
    }
}

/// Of a large pool an agent is worth about a point: then the price is what the cheapest plan saves at a target of a point less.
#[test]
fn a_price_is_what_a_target_of_a_point_less_saves() {
    let text = "horizon = '2 h'\ninterval = '2 h'\ndemand = { rate = '6500 / h' }\n\
        topic = [ { name = 'calls', work = { exponential = '5 min' }, patience = { exponential = '3 min' }, target = '80% in 20 s' } ]\n\
        pool = [ { name = 'desk', kind = 'employed', agents = 1, price = { per_agent_hour = 30 } } ]\n";
    let model = model(text);
    let settings = Settings {
        replications: 10,
        confirming: 40,
        ..settings(&model, Per::Horizon, None)
    };
    let found = staff(&model, decisions(&model, 2 * HOUR), &settings, &()).unwrap();
    let agents = found.staffed.plan[0];
    let mut judge = judged(&model, &found, &settings);
    let mut level = |agents: u32| judge(&[agents]).0.unwrap();
    let target = level(agents) - 0.01;
    let fewest = (agents - 10..=agents)
        .find(|&n| level(n) >= target)
        .unwrap();
    let saved = 60.0 * f64::from(agents - fewest);
    let point = found.reasons[0].price_of_point().unwrap();
    assert!(
        saved > 0.0 && (point / saved - 1.0).abs() < 0.25,
        "{agents}: {point} {saved}"
    );
}

/// The standard error of a level is that of replications; its interval covers the level of many more of them.
#[test]
fn the_interval_of_a_level_covers() {
    let model = model(DAY);
    let decisions = decisions(&model, HOUR);
    let goal = Goal {
        per: Per::Horizon,
        probability: None,
    };
    let promises = Promise::all(&model, goal, &[], &decisions);
    let plan = [3, 4, 3, 6, 6, 5, 3, 2, 3];
    let verdict = |first: u64, many: u64| {
        let of = (5, first..first + many);
        Judge::new(&model, &decisions, &promises, goal, of, &())
            .judge(&plan)
            .unwrap()
    };
    let truth = verdict(1 << 20, 4_000).level[0].unwrap();
    let within = (0..100).filter(|i| {
        let verdict = verdict(20 * i, 20);
        // Student's t with 19 degrees of freedom at 95%.
        let half = 2.093 * verdict.error[0].unwrap();
        (verdict.level[0].unwrap() - truth).abs() <= half
    });
    let within = within.count();
    assert!((89..=100).contains(&within), "{within} of 100");
}
