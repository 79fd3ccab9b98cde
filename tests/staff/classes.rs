//! Plans month by month, of classes and of orders: against enumeration, on fresh replications, in sentences and as a scenario.

use super::*;
use crate::cli::output as handover;
use handover::results::{ClassRow, Planned, group_keys, size_keys};
use handover::scenario::Disk;
use handover::staff::{By, Confirmed, Of, PoolRule, Search};
use std::collections::BTreeMap;
use std::fs;

/// Four times as many calls from 1 June on. Nobody leaves; who is asked for is at work two months later.
const STEP: &str = "start = 2025-01-01\nhorizon = '8 months'\ninterval = '1 h'\n\
    demand = { rate = '6 / h', event = [ { from = 2025-06-01, to = 2025-09-01, factor = 4 } ] }\n\
    topic = [ { name = 'calls', work = { exponential = '12 min' }, patience = { exponential = '5 min' }, target = '80% in 60 s' } ]\n\
    [[group]]\nname = 'staff'\nheadcount = 4\nlead_months = 1\ntraining_months = 1\npay = { monthly = 3000, per_hire = 1000 }\n\
    [[pool]]\nname = 'desk'\nkind = 'employed'\ngroup = 'staff'\nagents = 4\n";

const MONTHLY: Goal = Goal {
    per: Per::Horizon,
    probability: None,
};

fn monthly(model: &Model) -> Decisions {
    let pools = 0..model.pools.len();
    let rule = |pool| PoolRule {
        pool,
        by: Some(By::Month),
        bounds: (0, u32::MAX),
    };
    let rules: Vec<PoolRule> = pools.clone().map(rule).collect();
    Decisions::by_rules(model, pools, model.interval, &[], &rules)
}

/// By month the date on which it is decided.
fn plan_by_date(model: &Model, found: &Confirmed) -> Vec<(String, u32)> {
    let rows = Planned::asked(model, MONTHLY, &[]).found("a", model, "USD", found);
    let row = |c: &ClassRow| (c.asked.clone(), c.people);
    rows.classes.iter().map(row).collect()
}

/// Whoever is needed from June on is asked for on 1 April, neither sooner nor later, and no other plan is cheaper: all were tried.
#[test]
fn the_latest_class_is_the_cheapest() {
    let model = model(STEP);
    let decisions = monthly(&model);
    assert_eq!(decisions.variables.len(), 6);
    let goal = Goal {
        per: Per::Week,
        probability: None,
    };
    let decisions = decisions.priced(&model, &[0; 6], 3, 0..2);
    let costs: Vec<f64> = decisions.variables.iter().map(|v| v.cost).collect();
    // Pay from the first day, a month after the request, to the end, and the price of a hire.
    for (month, cost) in costs.iter().enumerate() {
        let pay = 3000.0 * (7 - month) as f64 + 1000.0;
        assert!((cost / pay - 1.0).abs() < 0.01, "{month}: {cost} {pay}");
    }
    let promises = Promise::all(&model, goal, &[], &decisions);
    let mut judge = Judge::new(&model, &decisions, &promises, goal, (3, 0..4), &());
    let plan = Search::new(&mut judge, 50).run(vec![0; 6]).unwrap().plan;
    let people = plan[3];
    assert_eq!(plan, [0, 0, 0, people, 0, 0]);
    assert!((2..5).contains(&people), "{plan:?}");
    // Every plan that costs less breaks a promise. A plan with fewer people nowhere breaks none.
    let cost = decisions.cost(&plan);
    let mut plans: Vec<Vec<u32>> = vec![Vec::new()];
    for _ in 0..6 {
        let longer = |p: &Vec<u32>| {
            (0..=6)
                .map(|n| [p.as_slice(), &[n]].concat())
                .collect::<Vec<_>>()
        };
        plans = plans.iter().flat_map(longer).collect();
        plans.retain(|p| {
            let with: f64 = p
                .iter()
                .zip(&costs)
                .map(|(n, cost)| f64::from(*n) * cost)
                .sum();
            with < cost - decisions.base.iter().sum::<f64>() - 1e-6
        });
    }
    assert!(plans.len() > 20, "{}", plans.len());
    for other in plans {
        let verdict = judge.judge(&other).unwrap();
        assert!(verdict.slack.iter().any(|s| *s < 0.0), "{other:?} {plan:?}");
    }
}

/// Some leave, and each week keeps its target in most replications: also in fresh ones, and no longer if they are asked for a month later.
#[test]
fn every_week_keeps_its_target_on_fresh_replications() {
    let text = STEP
        .replace("headcount = 4", "headcount = 5\nattrition = '25%'")
        .replace("agents = 4", "agents = 5")
        .replace(
            "horizon = '8 months'",
            "horizon = '8 months'\ntime_zone = 'Europe/Stockholm'",
        );
    let model = model(&text);
    let goal = Goal {
        per: Per::Week,
        probability: Some(0.8),
    };
    let settings = Settings {
        replications: 60,
        confirming: 300,
        effort: 0,
        explained: 0,
        ..settings(&model, Per::Week, Some(0.8))
    };
    let found = staff(&model, monthly(&model), &settings, &()).unwrap();
    assert!(found.broken.is_empty(), "{:?}", found.broken);
    let decisions = &found.decisions;
    let of = (99, 0..300);
    let mut judge = Judge::new(&model, decisions, &found.promises, goal, of, &());
    let met = |verdict: &handover::staff::Verdict, from: Micros, until: Micros| {
        let promises = found.promises.iter().zip(&verdict.met);
        let within = promises.filter(|(p, _)| p.span.0 >= from && p.span.0 < until);
        within.filter_map(|(_, met)| *met).fold(1.0, f64::min)
    };
    let plan = &found.staffed.plan;
    let verdict = judge.judge(plan).unwrap();
    let least = met(&verdict, 0, Micros::MAX);
    assert!(least > 0.8 - 0.06, "{least}");
    let classes: Vec<usize> = (0..plan.len()).filter(|&v| plan[v] > 0).collect();
    assert!(!classes.is_empty());
    for &v in &classes {
        let dates = decisions.dates(v).unwrap();
        let mut later = plan.clone();
        later[v] = 0;
        if let Some(next) = later.get_mut(v + 1) {
            *next += plan[v];
        }
        let verdict = judge.judge(&later).unwrap();
        let least = met(&verdict, dates.there, dates.next);
        assert!(least < 0.85, "{least} {v} {plan:?}");
    }
    // What is told of them: from when on they are needed, the sooner the fewer replications need them, and not before they are there.
    let told = Planned::asked(&model, goal, &[]).found("a", &model, "USD", &found);
    assert_eq!(told.classes.len(), classes.len());
    for class in &told.classes {
        assert!(class.at_work <= f64::from(class.people));
        let dates = [&class.needed_10, &class.needed_50, &class.needed_90];
        let dates: Vec<&String> = dates.into_iter().flatten().collect();
        assert!(!dates.is_empty() && dates.is_sorted() && *dates[0] >= class.at_work_from);
        let asked = class.ask_10.as_ref().unwrap();
        assert!(*asked >= class.asked, "{class:?}");
    }
    assert!(told.classes.iter().any(|class| class.later_from.is_some()));
    // The cost is that of a run.
    let with = decisions.apply(&model, plan, &[]);
    let jobs = Plan {
        seed: 7,
        replications: 60,
        confidence: 0.95,
    };
    let outcome = &run(
        &[Job {
            model: &with,
            plan: jobs,
        }],
        &(),
    )
    .unwrap()[0];
    let row = outcome.rows.find("cost_total", &Slice::All).unwrap();
    let cost = outcome.values.iter().map(|v| v[row]).sum::<f64>() / 60.0;
    assert!(
        (told.cost / cost - 1.0).abs() < 0.05,
        "{} {cost}",
        told.cost
    );
}

/// What is told to be needed: the first week in which so many replications miss the target without the class.
#[test]
fn a_class_is_needed_when_replications_miss_a_target_without_it() {
    let model = model(STEP);
    let settings = Settings {
        replications: 10,
        confirming: 20,
        effort: 0,
        explained: 0,
        ..settings(&model, Per::Week, None)
    };
    let found = staff(&model, monthly(&model), &settings, &()).unwrap();
    let goal = settings.goal;
    let mut judge = Judge::new(
        &model,
        &found.decisions,
        &found.promises,
        goal,
        (settings.seed, found.replications.clone()),
        &(),
    );
    assert_eq!(plan_by_date(&model, &found)[0].0, "2025-04-01");
    let dated = &found.dated[0];
    let mut without = found.staffed.plan.clone();
    without[dated.variable] = 0;
    let verdict = judge.judge(&without).unwrap();
    let there = found.decisions.dates(dated.variable).unwrap().there;
    for (share, needed) in [0.1, 0.5, 0.9].into_iter().zip(dated.needed) {
        let promises = found.promises.iter().zip(&verdict.met);
        let missed =
            promises.filter(|(p, met)| p.span.1 > there && met.unwrap() <= 1.0 - share + 1e-9);
        let first = missed.map(|(p, _)| p.span.0.max(there)).min();
        assert_eq!(needed, first);
    }
}

/// The scenario of the guide: whoever is needed from 7 September on is asked for on 1 July, nobody before, and a month later is too late.
#[test]
fn autumn_is_hired_for_in_july() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/hire-in-time.toml");
    let scenario = load(&path, &[], &Disk).unwrap();
    let (model, staff_table) = (scenario.model, scenario.staff);
    let pools = 0..model.pools.len();
    let decisions = Decisions::by_rules(&model, pools, model.interval, &[], &staff_table.pools);
    let goal = Goal {
        per: Per::Week,
        probability: Some(0.8),
    };
    let settings = Settings {
        replications: 40,
        confirming: 80,
        effort: 0,
        explained: 0,
        ..settings(&model, goal.per, goal.probability)
    };
    let found = staff(&model, decisions, &settings, &()).unwrap();
    let plan: BTreeMap<String, u32> = plan_by_date(&model, &found).into_iter().collect();
    assert!(plan["2026-07-01"] > 0, "{plan:?}");
    assert!(plan.keys().all(|date| &**date >= "2026-07-01"), "{plan:?}");
    let row = Planned::asked(&model, goal, &[]).found("a", &model, "USD", &found);
    let first = &row.classes[0];
    assert_eq!(first.at_work_from, "2026-09-01");
    assert!(first.later_breaks.is_some(), "{first:?}");
}

/// Weeks that begin before anybody can be there are named.
#[test]
fn no_class_is_in_time_for_a_step_that_is_near() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path();
    let near = STEP.replace("2025-06-01", "2025-02-03");
    let rule = "[staff]\nper = 'week'\n[[staff.pools]]\npool = 'desk'\nby = 'month'\n";
    fs::write(
        dir.join("near.toml"),
        format!("replications = 2\n{near}{rule}"),
    )
    .unwrap();
    let (status, _, problems) = handover(dir, "staff near.toml --no-report");
    assert_eq!(status, 1, "{problems}");
    assert!(
        problems.contains("no class or order can be in time"),
        "{problems}"
    );
    assert!(
        problems.contains("calls from 2025-02-03T00:00"),
        "{problems}"
    );
    assert!(
        problems.contains("is there from 2025-03-01T00:00 on"),
        "{problems}"
    );
    // What cannot be decided by month.
    let refused = |text: &str, why: &str| {
        fs::write(dir.join("wrong.toml"), text).unwrap();
        let (status, _, problems) = handover(dir, "staff wrong.toml --no-report");
        assert_eq!(status, 2, "{problems}");
        assert!(problems.contains(why), "{why}\n{problems}");
    };
    let own = format!("{}{rule}", STEP.replace("group = 'staff'\n", ""));
    refused(
        &own,
        "neither a group whose people are hired nor a contract",
    );
    let replaced = STEP.replace(
        "training_months",
        "hiring = { replace = 1 }\ntraining_months",
    );
    refused(&format!("{replaced}{rule}"), "hires by a rule");
    let changed = "[[timeline]]\nat = 2025-03-01\nset = { 'pool.desk.agents' = 5 }\n";
    refused(&format!("{STEP}{changed}{rule}"), "the timeline changes");
    let short = STEP
        .replace("'8 months'", "'2 months'")
        .replace("2025-06-01", "2025-02-01")
        .replace("2025-09-01", "2025-03-01");
    refused(&format!("{short}{rule}"), "the time is too short");
    refused(
        &format!("{STEP}{}", rule.replace("'month'", "'months'")),
        "found \"months\"",
    );
    let shared = format!(
        "{STEP}[[pool]]\nname = 'other'\nkind = 'employed'\ngroup = 'staff'\nagents = 1\n{rule}[[staff.pools]]\npool = 'other'\nby = 'size'\n"
    );
    refused(&shared, "in another way");
}

/// An order takes effect after its notice and grows week by week: it is placed so long before, and falls when the demand does.
#[test]
fn an_order_is_placed_the_notice_and_the_ramp_before() {
    let vendor = |ramp: &str| {
        let group = STEP.find("[[group]]").unwrap();
        format!(
            "{}[[pool]]\nname = 'vendor'\nkind = 'outsourced'\nagents = 4\nprice = {{ per_agent_hour = 20 }}\ncontract = {{ notice = '31 days'{ramp} }}\n",
            STEP[..group]
                .replace("to = 2025-09-01", "to = 2025-07-31")
                .replace("2025-06-01", "2025-06-08")
        )
    };
    let goal = Goal {
        per: Per::Week,
        probability: None,
    };
    let levels = |ramp: &str| {
        let model = model(&vendor(ramp));
        let decisions = monthly(&model).priced(&model, &[4; 7], 3, 0..2);
        let promises = Promise::all(&model, goal, &[], &decisions);
        let mut judge = Judge::new(&model, &decisions, &promises, goal, (3, 0..4), &());
        let plan = Search::new(&mut judge, 50).run(vec![4; 7]).unwrap().plan;
        let by_date = (0..plan.len()).map(|v| {
            let dates = decisions.dates(v).unwrap();
            let date = |at| model.calendar.civil(at).date().to_string();
            (date(dates.asked), date(dates.there), plan[v])
        });
        by_date.collect::<Vec<_>>()
    };
    let at_once = levels("");
    assert_eq!(at_once.len(), 7, "{at_once:?}");
    let of = |all: &[(String, String, u32)], asked: &str| {
        all.iter().find(|o| o.0 == asked).unwrap().clone()
    };
    // Effective on 1 June: a week before the step; the order a month later would come too late.
    let (_, effect, peak) = of(&at_once, "2025-05-01");
    assert_eq!(effect, "2025-06-01");
    let usual = of(&at_once, "2025-02-01").2;
    assert!(peak > usual, "{at_once:?}");
    assert_eq!(of(&at_once, "2025-06-01").2, peak, "{at_once:?}");
    assert_eq!(of(&at_once, "2025-04-01").2, usual, "{at_once:?}");
    assert_eq!(of(&at_once, "2025-07-01").2, usual, "{at_once:?}");
    // One agent more a week: on 1 June and on the 8th, so that all others have to be there before.
    let slowly = levels(", ramp_up = 1");
    let before = of(&slowly, "2025-04-01").2;
    assert!(before > usual && before < peak, "{slowly:?} {at_once:?}");
}

/// The plan is written as keys of the group, or of the contract, which say the same.
#[test]
fn classes_and_orders_come_back_as_a_scenario() {
    let contract = "[[pool]]\nname = 'vendor'\nkind = 'outsourced'\nagents = 1\nprice = { per_agent_hour = 40 }\ncontract = { notice = '31 days', orders = [ { at = 2025-02-10, agents = 2 } ] }\n";
    let text = format!("{STEP}{contract}");
    let model = model(&text);
    let settings = Settings {
        replications: 4,
        confirming: 8,
        effort: 0,
        explained: 5,
        ..settings(&model, Per::Week, None)
    };
    let found = staff(&model, monthly(&model), &settings, &()).unwrap();
    let mut over = "extends = 'a.toml'\n".to_owned();
    for pool in 0..2 {
        let size = found.decisions.size_of(pool).unwrap();
        let keys = size_keys(&model, &found, (pool, size), "1");
        if !keys.is_empty() {
            over += &format!("[[pool]]\nname = '{}'\n{keys}", model.pools[pool].name);
        }
    }
    over += &group_keys(&model, &found);
    let files = InMemory::new()
        .with("a.toml", text)
        .with("b.toml", over.clone());
    let written = match load(Path::new("b.toml"), &[], &files) {
        Ok(scenario) => scenario.model,
        Err(problems) => panic!("{}\n{over}", problems.render(false)),
    };
    let with = found.decisions.apply(&model, &found.staffed.plan, &[]);
    assert_eq!(written.groups[0].hiring, with.groups[0].hiring, "{over}");
    let orders = |m: &Model| m.pools[1].contract().unwrap().ordered.clone();
    assert_eq!(orders(&written), orders(&with), "{over}");
    let decided = |v: &handover::staff::Variable| matches!(v.of, Of::Size(_));
    assert!(found.decisions.variables.iter().all(decided));
}

/// The command: sentences, the table of classes, and the scenario with the plan.
#[test]
fn the_command_tells_the_dates() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path();
    let rule = "[staff]\nper = 'week'\n[[staff.pools]]\npool = 'desk'\nby = 'month'\n";
    fs::write(
        dir.join("a.toml"),
        format!("replications = 2\n{STEP}{rule}"),
    )
    .unwrap();
    let (status, text, problems) = handover(dir, "staff a.toml --no-report");
    assert_eq!((status, problems.as_str()), (0, ""));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "people on 2025-04-01, to begin on 2025-05-01 and be in the seats from 2025-06-01 on",
        "That is the latest month: a month later calls from ",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let at = dir.join("results/a-staffed");
    let table = fs::read_to_string(at.join("a-classes.csv")).unwrap();
    assert!(table.contains("\na,desk,staff,2025-04-01,"), "{table}");
    let overlay = fs::read_to_string(at.join("a.toml")).unwrap();
    assert!(overlay.contains("requests = [0, 0, 0, "), "{overlay}");
}
