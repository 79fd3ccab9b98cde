//! Prices through the whole path: every cost follows from the counts of the same run.

use super::is;
use crate::sample::{monthly_mean, outcome};
use handover::measure::Slice;

/// Three months of a small desk: every figure follows from the counts of the same run, and the months add up.
#[test]
fn a_small_desk_through_the_whole_path() {
    let outcome = outcome(
        r#"
        start = 2025-01-01
        horizon = "3 months"
        replications = 3
        currency = "SEK"
        finance = { discount = 0.1 }
        demand = { rate = "20 / h" }
        [ai]
        price = { per_conversation = 0.5, per_month = 1000 }
        [[topic]]
        name = "chat"
        work = { exponential = "6 min" }
        ai = { resolve = 0.5, misresolve = 0.1, hand_off = 0.4, handle_time = "2 min" }
        [[pool]]
        name = "desk"
        kind = "outsourced"
        agents = 4
        shrinkage = 0.25
        price = { per_agent_hour = 28 }
        [[group]]
        name = "office"
        headcount = 10
        pay = { monthly = 30000, on_costs = 0.5 }
        "#,
    );
    let all = |measure: &str| outcome.total(measure).unwrap().mean.unwrap();
    let of = |measure: &str, slice: Slice| outcome.find(measure, &slice).unwrap().mean.unwrap();
    // 3 agents (4 less a quarter) on duty for 90 days of 24 hours are 4 paid ones: 8,640 hours x 28.
    is(of("cost_total", Slice::Pool(0)), 8640.0 * 28.0, "desk");
    // 10 people x 3 months x 45,000
    is(of("cost_total", Slice::Group(0)), 1_350_000.0, "office");
    let conversations = all("contacts") * all("ai_share");
    assert!((all("cost_ai") - (0.5 * conversations + 3000.0)).abs() < 1.0);
    is(
        all("cost_total"),
        all("cost_ai") + 8640.0 * 28.0 + 1_350_000.0,
        "all",
    );
    assert!((all("cost_per_contact") / (all("cost_total") / all("contacts")) - 1.0).abs() < 1e-4);
    let unit = |m: &str| {
        outcome
            .rows
            .iter()
            .find(|r| r.measure == m)
            .unwrap()
            .unit
            .clone()
    };
    assert_eq!(unit("cost_total"), "SEK");
    // Paid at the end of January, February and March.
    let mean = |m: usize| monthly_mean(&outcome, m, "cost_total").unwrap();
    is(mean(0) + mean(1) + mean(2), all("cost_total"), "months");
    let npv: f64 = (0..3)
        .map(|m| -mean(m) / 1.1f64.powf((m as f64 + 1.0) / 12.0))
        .sum();
    is(all("npv"), npv, "npv");
}

#[test]
fn without_prices_there_are_no_costs() {
    let outcome = outcome(
        "horizon = \"1 day\"\ndemand = { rate = \"20 / h\" }\ntopic = [ { name = \"a\", work = { exponential = \"6 min\" } } ]\npool = [ { name = \"p\", kind = \"employed\", agents = 4 } ]",
    );
    assert!(
        outcome
            .rows
            .iter()
            .all(|r| !r.measure.starts_with("cost") && r.measure != "npv")
    );
}

/// Some 7,200 contacts at 2 come to less than the minimum of the month, when nearly all come in its first half: a change of demand does
/// not make two minimums of half a month of it, nor a payroll of two halves.
#[test]
fn what_touches_no_price_leaves_the_month_whole() {
    let costs = |changes: &str| {
        let outcome = outcome(&format!(
            r#"
            start = 2025-01-01
            horizon = "1 month"
            replications = 3
            demand = {{ rate = "20 / h" }}
            [[topic]]
            name = "calls"
            work = "1 min"
            [[pool]]
            name = "desk"
            kind = "outsourced"
            agents = 20
            price = {{ per_contact = 2, monthly_minimum = 20000 }}
            [[group]]
            name = "office"
            headcount = 100
            attrition = {{ monthly = 0.5 }}
            pay = {{ monthly = 3000 }}
            {changes}
            "#
        ));
        [Slice::Pool(0), Slice::Group(0)]
            .map(|slice| outcome.find("cost_total", &slice).unwrap().mean.unwrap())
    };
    let fall = "[[timeline]]\nat = 2025-01-16\nset = { \"demand.rate\" = \"0.1 / h\" }";
    let [desk, office] = costs(fall);
    is(desk, 20_000.0, "the minimum once");
    is(office, costs("")[1], "one payroll");
    // 20 an hour all month: 14,880 contacts or so.
    assert!(costs("")[0] > 25_000.0);
    // What changes a price divides the month: 20,000 x 15 / 31 is less than the contacts of the first part, and 40,000 x 16 / 31 more.
    let dearer = fall.replace(
        "set = { ",
        "set = { \"pool.desk.price.monthly_minimum\" = 40_000, ",
    );
    let desk = costs(&dearer)[0];
    let se = 2.0 * f64::sqrt(7200.0 / 3.0);
    assert!(
        (desk - 14_400.0 - 40_000.0 * 16.0 / 31.0).abs() < 4.0 * se,
        "{desk}"
    );
}
