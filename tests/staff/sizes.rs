//! Pools whose size is one number: against enumeration, against ordinary runs, and written as a scenario.

use super::*;
use handover::results::{Planned, group_keys, size_keys, staffing_table};
use handover::staff::{By, Confirmed, PoolRule, Search};

/// Members who come when they like.
const GIG: &str = "horizon = '2 days'\ninterval = '1 h'\n\
    topic = [ { name = 'calls', rate = '20 / h', work = { exponential = '4 min' }, patience = { exponential = '5 min' }, target = '70% in 60 s' } ]\n\
    [[pool]]\nname = 'gig'\nkind = 'gig'\nmembers = 9\nlogon_rate = '0.25 / h'\nsession = { exponential = '2 h' }\n\
    price = { per_online_hour = 20, per_month = 300 }\n";

/// People of a group, of whom some leave and some are hired.
const GROUP: &str = "horizon = '3 months'\ninterval = '1 h'\n\
    topic = [ { name = 'calls', rate = '3 / h', work = { exponential = '10 min' }, patience = { exponential = '5 min' }, target = '80% in 60 s' } ]\n\
    [[group]]\nname = 'staff'\nheadcount = 12\nattrition = { monthly = 0.05 }\nhiring = { requests = [1, 2] }\npay = { monthly = 3000, on_costs = 0.3, per_hire = 1000 }\n\
    [[pool]]\nname = 'desk'\nkind = 'employed'\ngroup = 'staff'\nagents = [3, 2, 4]\nshrinkage = 0.2\n";

fn by_rules(model: &Model, rules: &[PoolRule]) -> Decisions {
    let every = model.interval;
    Decisions::by_rules(model, 0..model.pools.len(), every, &[], rules)
}

const WHOLE: Goal = Goal {
    per: Per::Horizon,
    probability: None,
};

/// The plan that the search finds on 12 replications costs as little as the cheapest of all up to it.
fn is_cheapest(text: &str, start: Vec<u32>, most: u32) -> Vec<u32> {
    let model = model(text);
    let decisions = decisions(&model, HOUR);
    let decisions = decisions.priced(&model, &vec![5; start.len()], 3, 0..4);
    let promises = Promise::all(&model, WHOLE, &[], &decisions);
    let mut judge = Judge::new(&model, &decisions, &promises, WHOLE, (3, 0..12), &());
    let found = Search::new(&mut judge, 100).run(start).unwrap();
    assert!(found.proven, "{text}");
    let cost = decisions.cost(&found.plan);
    let mut plans: Vec<Vec<u32>> = vec![Vec::new()];
    for _ in 0..found.plan.len() {
        let longer = |p: &Vec<u32>| {
            (0..=most)
                .map(|n| [p.as_slice(), &[n]].concat())
                .collect::<Vec<_>>()
        };
        plans = plans.iter().flat_map(longer).collect();
    }
    for plan in plans.iter().filter(|p| decisions.cost(p) < cost - 1e-9) {
        let verdict = judge.judge(plan).unwrap();
        assert!(
            verdict.slack[0] < 0.0,
            "{plan:?} instead of {:?}\n{text}",
            found.plan
        );
    }
    found.plan
}

#[test]
fn a_size_is_the_smallest_that_is_enough() {
    for start in [1, 7, 60] {
        let members = is_cheapest(GIG, vec![start], 60);
        assert!((5..40).contains(&members[0]), "{members:?}");
        is_cheapest(GROUP, vec![start], 60);
    }
}

/// A register beside a desk of a group: both serve the same calls.
#[test]
fn two_sizes_are_the_cheapest_pair() {
    for hourly in [10, 16, 20, 30] {
        let gig = GIG.split("[[pool]]").nth(1).unwrap();
        let gig = gig.replace("_hour = 20", &format!("_hour = {hourly}"));
        let group = GROUP
            .replace("3 months", "7 days")
            .replace("'3 / h'", "'9 / h'");
        is_cheapest(&format!("{group}[[pool]]{gig}"), vec![8, 8], 40);
    }
}

fn found(model: &Model, rules: &[PoolRule]) -> Confirmed {
    let goal = settings(model, Per::Horizon, None);
    staff(model, by_rules(model, rules), &goal, &()).unwrap()
}

/// Cost of all in the mean of an ordinary run.
fn cost_of_run(model: &Model, many: u32) -> f64 {
    let plan = Plan {
        seed: 77,
        replications: many,
        confidence: 0.95,
    };
    let outcome = &run(&[Job { model, plan }], &()).unwrap()[0];
    let row = outcome.rows.find("cost_total", &Slice::All).unwrap();
    outcome.values.iter().map(|v| v[row]).sum::<f64>() / f64::from(many)
}

#[test]
fn a_plan_costs_what_a_run_of_it_costs() {
    let several = [
        GIG.to_owned(),
        GIG.replace("per_online_hour = 20", "per_contact = 3, guarantee = 8"),
        GROUP.to_owned(),
    ];
    for text in several {
        let model = model(&text);
        let found = found(&model, &[]);
        let plan = &found.staffed.plan;
        assert!(!found.decisions.in_hours);
        let told = found.decisions.cost(plan);
        let run = cost_of_run(&found.decisions.apply(&model, plan, &[]), 1000);
        assert!((told / run - 1.0).abs() < 0.02, "{told} {run}\n{text}");
        // Without prices the hours on duty are counted.
        let free = self::model(
            &text
                .lines()
                .filter(|l| !l.starts_with("price"))
                .collect::<Vec<_>>()
                .join("\n")
                .replace("pay =", "# "),
        );
        let hours = by_rules(&free, &[]);
        assert!(hours.in_hours);
    }
}

/// What is written says the same as the plan that was found.
#[test]
fn sizes_come_back_as_a_scenario() {
    let slots = "\nslots = { agents = [1, 3], hours_per_week = 60 }\nsession = '2 h'\n";
    let turnover = "session = '2 h'\nturnover = { applicants = '2 / week', churn = 0.1 }\n";
    let track = "hiring = { track = [ { at = 2025-02-20, headcount = 20 } ] }";
    let size = |pool| PoolRule {
        pool,
        by: Some(By::Size),
        bounds: (0, u32::MAX),
    };
    let vendor = "horizon = '2 months'\ninterval = '1 h'\n\
        topic = [ { name = 'calls', rate = '30 / h', work = { exponential = '4 min' }, patience = { exponential = '5 min' }, target = '80% in 60 s' } ]\n\
        [[pool]]\nname = 'vendor'\nkind = 'outsourced'\nprice = { per_agent_hour = 20 }\nshrinkage = 0.3\n";
    let contract = "contract = { notice = '10 days', ramp_up = 1, orders = [ { at = 2025-01-20, agents = 9 } ] }\n";
    let on_shifts = "agents = 9\n".replace("agents = 9", "staff = 9\nshifts = [ { start = '00:00', length = '12 h', share = 0.5 }, { start = '12:00', length = '12 h', share = 0.5 } ]");
    let cases = [
        (GIG.to_owned(), vec![]),
        (
            GIG.replace("session = { exponential = '2 h' }\n", turnover),
            vec![],
        ),
        (
            GIG.replace(
                "\nlogon_rate = '0.25 / h'\nsession = { exponential = '2 h' }\n",
                slots,
            ),
            vec![],
        ),
        (GROUP.to_owned(), vec![]),
        (
            GROUP.replace("hiring = { requests = [1, 2] }", track),
            vec![],
        ),
        (format!("{vendor}agents = [2, 3, 6.4]\n{contract}"), vec![]),
        (format!("{vendor}agents = [2, 3, 6.4]\n"), vec![size(0)]),
        (format!("{vendor}{on_shifts}{contract}"), vec![]),
        (format!("{vendor}{on_shifts}"), vec![size(0)]),
    ];
    for (text, rules) in cases {
        let model = model(&text);
        let found = found(&model, &rules);
        assert!(
            found.decisions.refused.is_empty(),
            "{:?}",
            found.decisions.refused
        );
        let mut csv = Vec::new();
        let plan = Planned::asked(&model, WHOLE, &[]).found("a", &model, "USD", &found);
        assert_eq!(plan.sizes.len(), 1);
        staffing_table(&plan.intervals, &mut csv).unwrap();
        let name = &model.pools[0].name;
        let keys = size_keys(
            &model,
            &found,
            (0, 0),
            &format!("{{ csv = 'plan.csv', pool = '{name}' }}"),
        );
        let groups = group_keys(&model, &found);
        let over = format!("extends = 'a.toml'\n[[pool]]\nname = '{name}'\n{keys}{groups}");
        let files = InMemory::new()
            .with("a.toml", text.clone())
            .with("plan.csv", String::from_utf8(csv).unwrap())
            .with("b.toml", over.clone());
        let written = match load(Path::new("b.toml"), &[], &files) {
            Ok(scenario) => scenario.model,
            Err(problems) => panic!("{}\n{text}\n{over}", problems.render(false)),
        };
        let with = found.decisions.apply(&model, &found.staffed.plan, &[]);
        let (a, b) = (cost_of_run(&written, 10), cost_of_run(&with, 10));
        assert!(
            (a / b - 1.0).abs() < 1e-6,
            "{a} {b} {:?}\n{text}\n{over}",
            found.staffed.plan
        );
        let n = f64::from(found.staffed.plan[0]);
        assert_ne!(n, found.decisions.sizes[0].in_file, "{text}");
    }
}

/// Bounds hold, and what is impossible within them is told as such.
#[test]
fn bounds_hold() {
    let bounded = |text: &str, pool, bounds| {
        let model = model(text);
        let rules = [PoolRule {
            pool,
            by: None,
            bounds,
        }];
        let goal = settings(&model, Per::Horizon, None);
        staff(&model, by_rules(&model, &rules), &goal, &())
    };
    let members = bounded(GIG, 0, (0, u32::MAX)).unwrap().staffed.plan[0];
    assert_eq!(
        bounded(GIG, 0, (members + 5, 900)).unwrap().staffed.plan,
        [members + 5]
    );
    let few = bounded(GIG, 0, (0, members / 2));
    assert!(matches!(few, Err(Failed::Bounded(_))));
    // By interval: what one may not have more of goes elsewhere.
    let two = DAY.replace("pool = [ {", "pool = [ { name = 'other', kind = 'employed', agents = 1, price = { per_agent_hour = 300 } }, {");
    let free = bounded(&two, 1, (0, u32::MAX)).unwrap();
    let of_other = |found: &Confirmed| found.staffed.plan[..9].iter().sum::<u32>();
    let found = bounded(&two, 1, (1, 3)).unwrap();
    assert!(found.staffed.plan[9..].iter().all(|n| (1..=3).contains(n)));
    assert!(of_other(&found) > of_other(&free));
    assert!(matches!(bounded(DAY, 0, (0, 2)), Err(Failed::Bounded(_))));
}

/// Where nobody else is there, a register grows that is too small, although agents by interval are chosen beside it.
#[test]
fn a_size_beside_agents_by_interval_grows_until_it_is_enough() {
    let text = GIG.replace("members = 9", "members = 2")
        + "[[pool]]\nname = 'desk'\nkind = 'employed'\nagents = [0, 2]\nprice = { per_agent_hour = 30 }\n";
    let model = model(&text);
    let goal = settings(&model, Per::Day, None);
    let found = staff(&model, by_rules(&model, &[]), &goal, &()).unwrap();
    let of_size = |v: &handover::staff::Variable| matches!(v.of, handover::staff::Of::Size(_));
    let v = found.decisions.variables.iter().position(of_size).unwrap();
    assert!(found.staffed.plan[v] >= 4, "{:?}", found.staffed.plan);
    assert!(found.broken.is_empty());
}
