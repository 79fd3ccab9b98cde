//! Thirty small cases whose cheapest plan is found by trying every plan that costs less than the one that the search found.

use super::*;
use handover::staff::Search;
use handover::time::{HOUR, MINUTE};

/// A case: what is simulated, how long an interval of the plan is, and what must hold.
struct Case {
    text: String,
    every: Micros,
    goal: Goal,
    limits: &'static [&'static str],
}

/// The cost of the plan that the search finds on 30 replications, and of the cheapest of all plans.
fn both(case: &Case) -> (f64, f64) {
    let model = model(&case.text);
    let decisions = decisions(&model, case.every);
    let limits = limits(&model, case.limits);
    let promises = Promise::all(&model, case.goal, &limits, &decisions);
    assert!(!promises.is_empty(), "{}", case.text);
    let mut judge = Judge::new(&model, &decisions, &promises, case.goal, (3, 0..30), &());
    let found = Search::new(&mut judge, 1_000)
        .run(vec![1; decisions.variables.len()])
        .unwrap();
    assert!(found.verdict.slack.iter().all(|&slack| slack >= 0.0));
    assert!(found.proven, "{}", case.text);
    let cost = decisions.cost(&found.plan);
    // Every plan that costs less, none of which may keep the promises.
    let mut plans = vec![vec![0; decisions.variables.len()]];
    let mut cheapest = cost;
    for v in 0..decisions.variables.len() {
        let mut next = 0;
        while next < plans.len() {
            let mut more = plans[next].clone();
            more[v] += 1;
            if decisions.cost(&more) < cost - 1e-9 {
                plans.push(more);
            }
            next += 1;
            assert!(plans.len() < 20_000, "{} {:?}", case.text, found.plan);
        }
    }
    for plan in &plans {
        if judge
            .judge(plan)
            .unwrap()
            .slack
            .iter()
            .all(|&slack| slack >= 0.0)
        {
            cheapest = cheapest.min(decisions.cost(plan));
        }
    }
    (cost, cheapest)
}

fn goal(per: Per, probability: Option<f64>) -> Goal {
    Goal { per, probability }
}

/// One pool, one to four intervals of half an hour.
fn one_pool(i: usize) -> Case {
    let rates = [[9, 15, 6, 12], [4, 20, 20, 4], [14, 3, 8, 18]][i % 3];
    let intervals = 1 + i % 4;
    let rates: Vec<String> = rates[..intervals].iter().map(|r| r.to_string()).collect();
    let patience = [
        "",
        ", patience = { exponential = '4 min' }",
        ", patience = { exponential = '1 min' }",
    ][i / 4 % 3];
    let target = ["80% in 20 s", "90% in 60 s"][i % 2];
    let text = format!(
        "horizon = '{} min'\ndemand = {{ rate = {{ every = '30 min', values = [{}], per = 'h' }} }}\n\
         topic = [ {{ name = 'calls', work = {{ exponential = '4 min' }}, target = '{target}'{patience} }} ]\n\
         pool = [ {{ name = 'desk', kind = 'employed', agents = 1 }} ]\n",
        30 * intervals,
        rates.join(", "),
    );
    let per = [Per::Interval, Per::Horizon][i / 2 % 2];
    let probability = [None, Some(0.8), None][i / 3 % 3];
    Case {
        text,
        every: 30 * MINUTE,
        goal: goal(per, probability),
        limits: &[],
    }
}

/// Two topics and two skills: one pool answers the first topic only, the other both, for more pay.
fn two_skills(i: usize) -> Case {
    let (first, second) = [(12, 6), (5, 14), (16, 4), (8, 8), (3, 20)][i % 5];
    let pay = [22, 30][i / 5];
    let every = [1, 2][i / 5];
    let text = format!(
        "horizon = '2 h'\ninterval = '1 h'\n[[topic]]\nname = 'a'\nrate = '{first} / h'\nwork = {{ exponential = '5 min' }}\ntarget = '80% in 20 s'\n\
         [[topic]]\nname = 'b'\nrate = '{second} / h'\nwork = {{ exponential = '3 min' }}\ntarget = '80% in 30 s'\n\
         [[pool]]\nname = 'some'\nkind = 'employed'\nagents = 1\nskills = ['a']\nprice = {{ per_agent_hour = 20 }}\n\
         [[pool]]\nname = 'all'\nkind = 'employed'\nagents = 1\nprice = {{ per_agent_hour = {pay} }}\n"
    );
    Case {
        text,
        every: every * HOUR,
        goal: goal([Per::Horizon, Per::Interval][i % 2], None),
        limits: &[],
    }
}

/// Two or three shifts that overlap, one of them with a break.
fn overlapping_shifts(i: usize) -> Case {
    let rates = [[10, 22, 14], [20, 8, 20], [6, 30, 6], [15, 15, 15]][i % 4];
    let third = [
        "",
        ", { start = '00:00', length = '3 h', share = 0, breaks = [{ after = '1 h', length = '1 h' }] }",
    ][i / 4];
    let text = format!(
        "horizon = '3 h'\ninterval = '1 h'\ndemand = {{ rate = {{ every = '1 h', values = [{}, {}, {}], per = 'h' }} }}\n\
         topic = [ {{ name = 'calls', work = {{ exponential = '4 min' }}, patience = {{ exponential = '5 min' }}, target = '75% in 30 s' }} ]\n\
         [[pool]]\nname = 'desk'\nkind = 'employed'\nstaff = 1\nprice = {{ per_agent_hour = 20 }}\n\
         shifts = [{{ start = '00:00', length = '2 h', share = 0.5 }}, {{ start = '01:00', length = '2 h', share = 0.5 }}{third}]\n",
        rates[0], rates[1], rates[2],
    );
    Case {
        text,
        every: HOUR,
        goal: goal([Per::Interval, Per::Horizon][i % 2], None),
        limits: &[],
    }
}

#[test]
fn the_plan_is_the_cheapest_in_thirty_of_thirty_cases() {
    let cases = (0..12).map(one_pool);
    let cases = cases.chain((0..10).map(two_skills));
    let cases: Vec<Case> = cases.chain((0..8).map(overlapping_shifts)).collect();
    assert_eq!(cases.len(), 30);
    let mut faults = Vec::new();
    for (i, case) in cases.iter().enumerate() {
        let (found, cheapest) = both(case);
        if found > cheapest + 1e-9 {
            faults.push(format!(
                "case {i}: {found} instead of {cheapest}\n{}",
                case.text
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Where a limit asks for more than the targets do, the plan is the cheapest one that keeps both.
#[test]
fn the_plan_is_the_cheapest_where_a_limit_binds() {
    let cases: [(usize, &[&str]); 6] = [
        (6, &["mean_wait <= 2 s"]),
        (7, &["abandonment_rate@topic=calls <= 0.5%"]),
        (8, &["occupancy@pool=desk <= 20%"]),
        (9, &["wait_p95 <= 10 s"]),
        (9, &["asa <= 2 s", "agents_on_duty <= 100"]),
        (5, &["delay_probability <= 8%"]),
    ];
    for (i, limits) in cases {
        let case = |limits| Case {
            limits,
            ..one_pool(i)
        };
        let (found, cheapest) = both(&case(limits));
        assert_eq!(found, cheapest, "{limits:?}");
        let (without, _) = both(&case(&[]));
        assert!(found > without, "{limits:?}: {found} as without");
    }
}
