//! People who leave on any day, shrinkage by the month, overtime and the costs of groups in the pools they staff.

use crate::sample::simulate;
use crate::sample::{self, monthly as sample};
use handover::engine::{Laws, Observer};
use handover::experiment::Outcome;
use handover::finance::overtime_pay;
use handover::measure::Slice;
use handover::model::Pay;
use handover::scenario::{InMemory, load};
use handover::time::Micros;
use std::path::Path;

fn run(body: &str) -> Outcome {
    sample::outcome(&format!("start = 2025-05-01\n{body}"))
}

fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, variance)
}

/// When for the first time no more than 2,500 agents are there.
#[derive(Default)]
struct Watch(Option<Micros>);

impl Observer for Watch {
    fn on_duty(&mut self, _: usize, from: Micros, _: Micros, agents: u32) {
        if agents <= 2500 && self.0.is_none() {
            self.0 = Some(from);
        }
    }
}

/// The published case HC-7: the time until 500 of 3,000 have left at 0.01519 a month has mean 11.998 and standard deviation 0.5373
/// months. They vanish from the queue at the end of the day, half a day later in the mean.
#[test]
fn people_leave_on_any_day() {
    let text = r#"
        start = 2025-05-01
        horizon = "15 months"
        demand = { rate = "1 / day" }
        topic = [ { name = "calls", work = "1 min" } ]
        pool = [ { name = "desk", kind = "employed", agents = 3000, group = "service" } ]
        [[group]]
        name = "service"
        headcount = 3000
        attrition = { monthly = 0.0150786247391, when = "any day" }
        "#;
    let files = InMemory::new().with("a.toml", text);
    let model = load(Path::new("a.toml"), &[], &files).unwrap().model;
    let laws = Laws::new(&model).unwrap();
    let times: Vec<f64> = (0..500)
        .map(|replication| {
            let mut watch = Watch::default();
            simulate(&laws, 7, replication, &mut watch);
            model.calendar.months_between(0, watch.0.unwrap())
        })
        .collect();
    let (mean, variance) = moments(&times);
    let (expected, sd) = (11.9978063422 + 0.5 * 12.0 / 365.25, 0.537301403987_f64);
    let n = times.len() as f64;
    assert!(
        (mean - expected).abs() < 4.0 * sd / n.sqrt(),
        "{mean}, expected {expected}"
    );
    assert!(
        (variance / sd.powi(2) - 1.0).abs() < 4.0 * (2.0 / n).sqrt(),
        "{variance}"
    );
}

/// Within a month the days make no difference to how many leave, nor to who is replaced at the begin of the next.
#[test]
fn days_add_up_to_months() {
    let outcome = run(
        "horizon = \"4 months\"\nreplications = 4000\n[[group]]\nname = \"a\"\nheadcount = 1000\n\
         attrition = { monthly = 0.1, when = \"any day\" }\nhiring = { replace = 0.5 }",
    );
    let (leavers, variance) = moments(&sample(&outcome, 0, "leavers"));
    assert!((leavers - 100.0).abs() < 4.0 * (90.0 / 4000.0_f64).sqrt());
    assert!((variance / 90.0 - 1.0).abs() < 4.0 * (2.0 / 4000.0_f64).sqrt());
    let mut expected = 1000.0;
    for month in 0..4 {
        let (mean, variance) = moments(&sample(&outcome, month, "headcount"));
        let se = (variance / 4000.0).sqrt();
        assert!(
            (mean - expected).abs() <= 4.0 * se + 1e-9,
            "{month}: {mean} {expected}"
        );
        expected *= 1.0 - 0.1 * 0.5;
    }
    // A change of the timeline divides the month, and nobody is counted twice.
    let divided = run(
        "horizon = \"1 month\"\nreplications = 50\n[[group]]\nname = \"a\"\nheadcount = 1000\n\
         attrition = { monthly = 0.1, when = \"any day\" }\n[[timeline]]\nat = 2025-05-11\nset = { \"group.a.hiring\" = { requests = 1 } }",
    );
    let [start, end, left] =
        ["headcount", "headcount_end", "leavers"].map(|m| sample(&divided, 0, m));
    for r in 0..50 {
        assert_eq!(start[r] - end[r], left[r]);
    }
}

#[test]
fn shrinkage_of_a_plan_goes_by_the_month() {
    let outcome = run(r#"
        horizon = "3 months"
        replications = 1
        demand = { rate = "1 / h" }
        topic = [ { name = "calls", work = "1 min" } ]
        [[pool]]
        name = "desk"
        kind = "employed"
        agents = 10
        shrinkage = { default = 0.2, jun = 0.5 }
        price = { per_agent_hour = 2 }
        "#);
    for (month, agents, days) in [(0, 8.0, 31.0), (1, 5.0, 30.0), (2, 8.0, 31.0)] {
        assert_eq!(sample(&outcome, month, "agents_on_duty"), [agents]);
        // Ten are paid all the time.
        let cost = sample(&outcome, month, "cost_total")[0];
        assert!(
            (cost - 10.0 * 24.0 * days * 2.0).abs() < 1e-6,
            "{month}: {cost}"
        );
    }
}

#[test]
fn overtime_of_employees_is_paid_by_the_hour() {
    let pay = Pay {
        monthly: 3000.0,
        on_costs: 0.2,
        overtime: 1.5,
        ..Pay::default()
    };
    // 10 hours at 1.5 times 3000 / 160, and a fifth on top.
    assert_eq!(overtime_pay(&pay, 10.0, 160.0), 337.5);
    let cost = |overtime: f64| {
        run(&format!(
            r#"
            horizon = "1 month"
            replications = 1
            demand = {{ rate = "6 / h" }}
            topic = [ {{ name = "calls", work = "25 min" }} ]
            pool = [ {{ name = "desk", kind = "employed", group = "service", shifts = [ {{ start = "08:00", length = "8 h" }} ] }} ]
            fte = {{ hours_per_week = 36 }}
            [[group]]
            name = "service"
            headcount = 5
            pay = {{ monthly = 3120, overtime = {overtime} }}
            "#
        ))
    };
    let (without, with) = (cost(0.0), cost(2.0));
    let hours = with.total("overtime").unwrap().mean.unwrap();
    let total = |o: &Outcome| o.total("cost_total").unwrap().mean.unwrap();
    assert!(hours > 1.0);
    // 3120 over 36 x 52/12 = 156 hours is 20 an hour.
    assert!((total(&with) - total(&without) - hours * 2.0 * 20.0).abs() < 1e-6);
}

/// A group that staffs 6 agents here and 2 there: three quarters and a quarter of what it costs, and in all as much as it costs.
#[test]
fn pools_show_their_part_of_the_pay() {
    let outcome = run(r#"
        horizon = "1 month"
        replications = 1
        demand = { rate = "2 / h" }
        topic = [ { name = "calls", work = "1 min" } ]
        [[pool]]
        name = "desk"
        kind = "employed"
        agents = 6
        group = "service"
        price = { per_month = 100 }
        [[pool]]
        name = "mail"
        kind = "employed"
        agents = 2
        group = "service"
        [[pool]]
        name = "others"
        kind = "employed"
        agents = 1
        [[group]]
        name = "service"
        headcount = 8
        pay = { monthly = 1000 }
        "#);
    let of = |slice| outcome.find("cost_total", &slice).and_then(|e| e.mean);
    let close = |found: Option<f64>, want: f64| {
        let found = found.unwrap();
        assert!(
            (found - want).abs() < 1e-9 * want,
            "{found}, expected {want}"
        );
    };
    close(of(Slice::Pool(0)), 6100.0);
    close(of(Slice::Pool(1)), 2000.0);
    assert_eq!(of(Slice::Pool(2)), None);
    close(of(Slice::Group(0)), 8000.0);
    close(of(Slice::All), 8100.0);
}
