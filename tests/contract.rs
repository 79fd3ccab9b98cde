//! Contracts of outsourced pools: orders after their notice, growth by the week, people who come and go, and what it costs to end early.

use crate::sample::{self, monthly as sample};
use handover::experiment::Outcome;
use handover::model::Supply;
use handover::scenario::{InMemory, load};
use handover::time::DAY;
use std::path::Path;

fn text(horizon: &str, replications: u32, pool: &str, rest: &str) -> String {
    format!(
        "start = 2025-05-01\nhorizon = \"{horizon}\"\nreplications = {replications}\n\
         demand = {{ rate = \"60 / h\" }}\n\
         topic = [ {{ name = \"calls\", work = \"5 min\", human = {{ resolve = 0.8 }} }} ]\n\
         [[pool]]\nname = \"vendor\"\nkind = \"outsourced\"\n{pool}\n{rest}\n"
    )
}

fn run(horizon: &str, replications: u32, pool: &str, rest: &str) -> Outcome {
    sample::outcome(&text(horizon, replications, pool, rest))
}

fn always(outcome: &Outcome, measure: &str, expected: &[f64]) {
    for (month, want) in expected.iter().enumerate() {
        let found = sample(outcome, month, measure);
        let is_it = |n: &f64| (n - want).abs() < 0.02;
        assert!(
            found.iter().all(is_it),
            "{measure} in month {month}: {found:?}, expected {want}"
        );
    }
}

#[test]
fn orders_take_effect_after_the_notice() {
    // Ordered in May and July, there 31 and 30 days later; the pattern keeps its shape: 3 of 4 hours at half of the agents.
    let pool = "agents = [20, 10, 10, 10]\ncontract = { notice = \"31 days\", orders = [ { at = 2025-05-01, agents = 40 }, { at = 2025-07-01, agents = 30 } ] }";
    always(
        &run("4 months", 1, pool, ""),
        "agents_on_duty",
        &[12.5, 25.0, 25.0, 18.75],
    );
}

/// By ten a week at once and every week after; down at once.
#[test]
fn growth_is_limited_by_the_week() {
    let pool = "agents = 10\ncontract = { ramp_up = 10, orders = [ { at = 2025-06-01, agents = 45 }, { at = 2025-07-01, agents = 20 } ] }";
    // 20, 30 and 40 agents for a week each, then 45 for nine days of June.
    let june = (7.0 * (20.0 + 30.0 + 40.0) + 9.0 * 45.0) / 30.0;
    always(
        &run("3 months", 1, pool, ""),
        "agents_on_duty",
        &[10.0, june, 20.0],
    );
}

#[test]
fn a_change_of_the_timeline_respects_the_notice() {
    let plan = |contract: &str, change: &str| {
        let pool = format!("agents = [20, 10]\ncontract = {{ {contract} }}");
        let files = InMemory::new().with("a.toml", text("100 days", 1, &pool, change));
        let model = load(Path::new("a.toml"), &[], &files).unwrap().model;
        let last = model.epoch(model.timeline.len());
        match &last.pools[0].supply {
            Supply::Staffed(s) => [0, 20, 40, 50, 60, 99].map(|d| s.plan.at(d * DAY)),
            other => panic!("{other:?}"),
        }
    };
    // 31 May is day 30.
    let more = "[[timeline]]\nat = 2025-05-31\nset = { \"pool.vendor.agents\" = 50 }";
    assert_eq!(plan("", more), [20.0, 20.0, 50.0, 50.0, 50.0, 50.0]);
    assert_eq!(
        plan("notice = \"20 days\"", more),
        [20.0, 20.0, 20.0, 50.0, 50.0, 50.0]
    );
    // By ten agents a week from day 50 on: 30, then 40 from day 57.
    assert_eq!(
        plan("notice = \"20 days\", ramp_up = 10", more),
        [20.0, 20.0, 20.0, 30.0, 40.0, 50.0]
    );
    // Another change does not move what is ordered; nor does a second one before the first has taken effect undo it.
    let two = format!("{more}\n[[timeline]]\nat = 2025-06-05\nset = {{ \"max_contacts\" = 5 }}");
    assert_eq!(
        plan("notice = \"20 days\"", &two),
        [20.0, 20.0, 20.0, 50.0, 50.0, 50.0]
    );
    // Day 40 for the first change, day 60 for the second.
    let two =
        format!("{more}\n[[timeline]]\nat = 2025-06-20\nset = {{ \"pool.vendor.agents\" = 5 }}");
    assert_eq!(
        plan("notice = \"10 days\"", &two),
        [20.0, 20.0, 50.0, 50.0, 5.0, 5.0]
    );
    // An order that took effect before is superseded, one that does so later holds.
    let orders = "orders = [ { at = 2025-05-11, agents = 30 }, { at = 2025-07-30, agents = 7 } ]";
    assert_eq!(plan(orders, more), [20.0, 30.0, 50.0, 50.0, 50.0, 7.0]);
    // Who is there stays when the vendor grows more slowly from a date on; what is ordered later comes at that pace.
    let slower = "[[timeline]]\nat = 2025-05-31\nset.pool.vendor.contract.ramp_up = 2";
    let orders = "orders = [ { at = 2025-05-11, agents = 50 }, { at = 2025-06-15, agents = 60 } ]";
    assert_eq!(plan(orders, slower), [20.0, 50.0, 50.0, 52.0, 56.0, 60.0]);
}

/// A fifth leaves a month and is replaced after two weeks: who leaves at the end of a week of those there is missing in the next two.
#[test]
fn who_leaves_is_missing_until_replaced() {
    let pool = "agents = 1000\ncontract = { attrition = { monthly = 0.2 }, replacement_weeks = 2 }";
    let outcome = run("12 weeks", 40, pool, "");
    let leaves = 1.0 - 0.8_f64.powf(12.0 * 7.0 / 365.25);
    let (mut there, mut left) = (vec![1000.0], vec![0.0]);
    for week in 1..12 {
        let gone = there[week - 1] * leaves;
        let come = if week >= 2 { left[week - 2] } else { 0.0 };
        there.push(there[week - 1] - gone + come);
        left.push(gone);
    }
    let expected = there.iter().sum::<f64>() / 12.0;
    assert!(expected < 925.0, "{expected}");
    sample::close(&outcome, "agents_on_duty", expected);
}

/// 20 more agents come on 15 May; they take twice as long at first, and it takes them eight weeks to learn.
#[test]
fn new_agents_learn() {
    let ramp = "ramp = { handle_time = 2.0, resolve = 0.5, weeks = 8 }";
    let pool = format!(
        "select = \"random\"\nagents = 20\ncontract = {{ {ramp}, orders = [ {{ at = 2025-05-15, agents = 40 }} ] }}"
    );
    let text = text("2 months", 16, &pool, "").replace("60 / h", "6 / h");
    let outcome = sample::outcome(&text);
    // In June, by the day: half of the agents are new and 17 to 46 days there, of 56.
    let way = (17..47).map(|d| f64::from(d) / 56.0).sum::<f64>() / 30.0;
    let found = sample(&outcome, 1, "handle_time");
    let n = found.len() as f64;
    let mean = found.iter().sum::<f64>() / n;
    let se = (found.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
    let expected = 300.0 * (0.5 + 0.5 * (2.0 - way));
    assert!(
        (mean - expected).abs() < 4.0 * se && se < 2.0,
        "{mean} ± {se}, expected {expected}"
    );
}

/// The order becomes 0 on 1 August, three months into a minimum term of twelve: nine months are left.
#[test]
fn ending_early_costs_a_fee() {
    let pool = |at: &str| {
        format!(
            "agents = 20\nprice = {{ per_month = 1000, early_exit = 500 }}\n\
             contract = {{ notice = \"31 days\", minimum_months = 12, orders = [ {{ at = {at}, agents = 0 }} ] }}\n\
             [[pool]]\nname = \"own\"\nkind = \"employed\"\nagents = 20"
        )
    };
    let cost = |at: &str| {
        let outcome = run("15 months", 1, &pool(at), "");
        (0..15)
            .map(|m| sample(&outcome, m, "cost_total")[0])
            .collect::<Vec<f64>>()
    };
    let early = cost("2025-07-01");
    for (month, found) in early.iter().enumerate() {
        let want = if month == 3 {
            1000.0 + 9.0 * 500.0
        } else {
            1000.0
        };
        assert!((found - want).abs() < 1e-6, "{month}: {found}");
    }
    assert!(cost("2026-05-01").iter().all(|c| (c - 1000.0).abs() < 1e-6));
}

/// By shifts round the clock the vendor sends the same people as on a plan: they are drawn by the same keys.
#[test]
fn shifts_are_staffed_by_the_contract() {
    let on_duty = |people: &str, contract: &str, months: usize| {
        let pool = format!("{people}\ncontract = {{ {contract} }}");
        let text = text("4 months", 3, &pool, "").replace("60 / h", "0 / h");
        let outcome = sample::outcome(&text);
        let month = |m| sample(&outcome, m, "agents_on_duty");
        (0..months).map(month).collect::<Vec<_>>()
    };
    let always = "staff = 20\nshifts = [ { start = \"00:00\", length = \"24 h\" } ]";
    for contract in [
        "notice = \"31 days\", orders = [ { at = 2025-05-01, agents = 40 }, { at = 2025-07-01, agents = 30 } ]",
        "ramp_up = 4, orders = [ { at = 2025-06-01, agents = 45 } ]",
        "attrition = { monthly = 0.2 }, replacement_weeks = 2, orders = [ { at = 2025-06-10, agents = 15 } ]",
    ] {
        let plan = on_duty("agents = 20", contract, 4);
        let shifts = on_duty(always, contract, 4);
        for (a, b) in plan.iter().flatten().zip(shifts.iter().flatten()) {
            assert!((a - b).abs() < 1e-9, "{contract}: {a} {b}");
        }
        assert!(plan[0] != plan[2], "{contract}");
    }
    // Two shifts of eight hours, of which who is off by planned absence takes a fifth.
    let two = "staff = 20\nshrinkage = 0.2\nshifts = [ { start = \"06:00\", length = \"8 h\", share = 0.5 }, { start = \"14:00\", length = \"8 h\", share = 0.5 } ]";
    let orders = "notice = \"31 days\", orders = [ { at = 2025-05-01, agents = 40 } ]";
    let found = on_duty(two, orders, 2);
    assert!((found[0][0] - 16.0 / 3.0).abs() < 1e-9, "{found:?}");
    assert!((found[1][0] - 32.0 / 3.0).abs() < 1e-9, "{found:?}");
}

/// The same as for a plan: in June half are new and 17 to 46 days there, of 56.
#[test]
fn new_people_on_shifts_learn() {
    let ramp = "ramp = { handle_time = 2.0, resolve = 0.5, weeks = 8 }";
    let pool = format!(
        "select = \"random\"\nstaff = 20\nshifts = [ {{ start = \"00:00\", length = \"24 h\" }} ]\n\
         contract = {{ {ramp}, orders = [ {{ at = 2025-05-15, agents = 40 }} ] }}"
    );
    let text = text("2 months", 16, &pool, "").replace("60 / h", "6 / h");
    let found = sample(&sample::outcome(&text), 1, "handle_time");
    let mean = found.iter().sum::<f64>() / found.len() as f64;
    let way = (17..47).map(|d| f64::from(d) / 56.0).sum::<f64>() / 30.0;
    let expected = 300.0 * (0.5 + 0.5 * (2.0 - way));
    assert!((mean - expected).abs() < 6.0, "{mean}, expected {expected}");
}

/// A contract is run down to nothing by the timeline, after its notice, and comes back by its old pattern.
#[test]
fn a_contract_runs_down_to_nothing() {
    let change =
        |at: &str, what: &str| format!("[[timeline]]\nat = {at}\nset.pool.vendor.{what}\n");
    let notice =
        "notice = \"30 days\", orders = [ { at = 2025-05-11, agents = 40 } ], minimum_months = 12";
    let price = "price = { per_month = 1000, early_exit = 500 }";
    let own = "[[pool]]\nname = \"own\"\nkind = \"employed\"\nagents = 1\n";
    for (key, people) in [
        ("agents", "agents = [20, 10]"),
        (
            "staff",
            "staff = 20\nshifts = [ { start = \"00:00\", length = \"24 h\", share = 0.75 }, { start = \"00:00\", length = \"24 h\", share = 0.25 } ]",
        ),
    ] {
        let people = people.replace(
            "length = \"24 h\", share = 0.25",
            "length = \"12 h\", share = 0.25",
        );
        let pool = format!("{people}\n{price}\ncontract = {{ {notice} }}\n{own}");
        // In force on 1 August and on 31 August.
        let changes = change("2025-07-02", &format!("{key} = 0"))
            + &change(
                "2025-08-01",
                &format!("{key} = {}", if key == "staff" { "8" } else { "[8, 4]" }),
            );
        let text = text("5 months", 1, &pool, &changes).replace("60 / h", "0 / h");
        let outcome = sample::outcome(&text);
        let found = |m| sample(&outcome, m, "agents_on_duty")[0] - 1.0;
        // 40 from 10 June, three quarters of them on duty by pattern; 40 x (3/4 + 1/4 x 1/2) with shifts.
        let share = if key == "staff" { 0.875 } else { 0.75 };
        let expected = [
            20.0 * share,
            (9.0 * 20.0 + 21.0 * 40.0) / 30.0 * share,
            40.0 * share,
            8.0 * share / 31.0,
            8.0 * share,
        ];
        for (m, want) in expected.iter().enumerate() {
            assert!(
                (found(m) - want).abs() < 1e-9,
                "{key} {m}: {} {want}",
                found(m)
            );
        }
        // Three months into a term of twelve: nine are left.
        let cost = sample(&outcome, 3, "cost_total")[0];
        assert!((cost - 1000.0 - 9.0 * 500.0).abs() < 1e-6, "{cost}");
    }
}

/// The only pool: nobody is there when the contract is over, until what is ordered later.
#[test]
fn the_only_vendor_goes_and_comes_back() {
    let pool = "agents = [3, 6]\ncontract = { notice = \"5 days\", orders = [ { at = 2025-05-20, agents = 10 } ] }";
    let changes = "[[timeline]]\nat = 2025-06-01\nset.pool.vendor.agents = 0\n\
         [[timeline]]\nat = 2025-06-20\nset.pool.vendor.contract.orders = [ { at = 2025-06-21, agents = 4 } ]";
    let text = text("3 months", 1, pool, changes).replace("60 / h", "0 / h");
    let outcome = sample::outcome(&text);
    // Three quarters of 6 until 25 May, of 10 until 6 June, of 4 from 26 June.
    let expected = [
        0.75 * (6.0 * 24.0 + 10.0 * 7.0) / 31.0,
        0.75 * (10.0 * 5.0 + 4.0 * 5.0) / 30.0,
        3.0,
    ];
    for (m, want) in expected.iter().enumerate() {
        let found = sample(&outcome, m, "agents_on_duty")[0];
        assert!((found - want).abs() < 1e-9, "{m}: {found}, expected {want}");
    }
}
