//! Prices through the whole path: every cost follows from the counts of the same run.

use super::is;
use crate::sample::{monthly_mean, outcome, outcome_in};
use handover::measure::Slice;
use handover::scenario::InMemory;

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

/// Four who are paid for January, of whom one changes prices on the 16th: 1,000 contacts of each on the 2nd, and 500 on the 25th.
#[test]
fn a_month_is_divided_for_whom_it_is() {
    let days = |topic: &str| {
        format!(
            "2025-01-02,12:00,{topic},1000\n2025-01-02,13:00,{topic},0\n2025-01-25,12:00,{topic},500\n"
        )
    };
    let csv = ["chat", "band", "least", "dearer"].map(days).concat();
    let costs = |more: &str| {
        let text = format!(
            r#"
            start = 2025-01-01
            horizon = "1 month"
            replications = 2
            demand = {{ counts = {{ csv = "n.csv" }} }}
            [ai]
            price = {{ per_conversation = 0.5, included = 1200, per_month = 310 }}
            [[topic]]
            name = "chat"
            work = "1 s"
            ai = {{ resolve = 1.0, handle_time = "1 s" }}
            [[topic]]
            name = "band"
            work = "1 s"
            route = [ {{ pools = ["band"] }} ]
            [[topic]]
            name = "least"
            work = "1 s"
            route = [ {{ pools = ["least"] }} ]
            [[topic]]
            name = "dearer"
            work = "1 s"
            route = [ {{ pools = ["dearer"] }} ]
            [[pool]]
            name = "band"
            kind = "outsourced"
            agents = 50
            price = {{ volume = {{ base = 1200, charge = 2400, additional = 5, reduced = 1 }} }}
            [[pool]]
            name = "least"
            kind = "outsourced"
            agents = 50
            price = {{ per_contact = 1, monthly_minimum = 2000 }}
            [[pool]]
            name = "dearer"
            kind = "outsourced"
            agents = 50
            price = {{ per_contact = 2, per_month = 310, monthly_minimum = 3720, set_up = 100, exit = 50 }}
            [[group]]
            name = "office"
            headcount = 10
            pay = {{ monthly = 3000, span = 8, supervisor = 4000 }}
            [[group]]
            name = "night"
            headcount = 10
            pay = {{ monthly = 3100 }}
            [[timeline]]
            at = 2025-01-16
            set = {{ "pool.dearer.price.per_contact" = 3 }}
            {more}
            "#
        );
        let files = InMemory::new()
            .with("a.toml", text)
            .with("n.csv", format!("date,time,topic,count\n{csv}"));
        let outcome = outcome_in(&files);
        is(
            outcome.total("contacts").unwrap().mean.unwrap(),
            6000.0,
            "contacts",
        );
        let of = |slice: Slice| outcome.find("cost_total", &slice).unwrap().mean.unwrap();
        let all = of(Slice::All);
        is(
            monthly_mean(&outcome, 0, "cost_total").unwrap(),
            all,
            "the month",
        );
        let pools = (0..3).map(|p| of(Slice::Pool(p)));
        let groups = (0..2).map(|g| of(Slice::Group(g)));
        let ai = outcome.total("cost_ai").unwrap().mean.unwrap();
        let costs: Vec<f64> = std::iter::once(ai).chain(pools).chain(groups).collect();
        is(costs.iter().sum(), all, "all");
        costs
    };
    // The assistant: 310 and 300 conversations above 1,200 at 0.5. The band: 2,400 and 300 above 1,200 at 5. The least: 1,500 at 1 are
    // less than 2,000. The dearer: 1,000 at 2 and 310 x 15/31 are 2,150, more than 3,720 x 15/31 = 1,800; 500 at 3 and 310 x 16/31 are 1,660, less
    // than 3,720 x 16/31 = 1,920; with set-up and exit 4,220. The office: 10 x 3,000 and two supervisors. The night: 10 x 3,100.
    let names = ["assistant", "band", "least", "dearer", "office", "night"];
    let check = |found: &[f64], expected: [f64; 6]| {
        for ((found, expected), name) in found.iter().zip(expected).zip(names) {
            is(*found, expected, name);
        }
    };
    let whole = [460.0, 3900.0, 2000.0, 4220.0, 38_000.0, 31_000.0];
    check(&costs(""), whole);
    // From the 21st on a month of the assistant is 620, and one of a person in the night 6,200: 310 x 20/31 = 200 and 620 x 11/31 = 220; of
    // the conversations 1,000 - 1,200 x 20/31 and 500 - 1,200 x 11/31 at 0.5 are 112.90 and 37.10. 10 x (3,100 x 20/31 + 6,200 x 11/31).
    let again = "[[timeline]]\nat = 2025-01-21\nset = { \"ai.price.per_month\" = 620, \"group.night.pay.monthly\" = 6200 }";
    check(
        &costs(again),
        [570.0, 3900.0, 2000.0, 4220.0, 38_000.0, 42_000.0],
    );
}
