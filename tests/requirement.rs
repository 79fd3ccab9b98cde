//! Hiring by requirement: the people that Erlang A and the pool's pattern ask for, against the published case and arithmetic by hand.

use crate::sample::{self, monthly as sample};
use handover::erlang::ErlangA;
use handover::experiment::Outcome;

/// The published case EA-2: 210 contacts an hour, 3 minutes each, 5 minutes of patience. 13 agents give an `sl_net` of 82.85% in 20 s.
const DESK: &str = r#"
    demand = { rate = "210 / h" }
    topic = [ { name = "calls", target = "80% in 20 s", work = { exponential = "3 min" }, patience = { exponential = "5 min" } } ]
    "#;

fn run(months: u32, replications: u32, demand: &str, pool: &str, group: &str) -> Outcome {
    sample::outcome(&format!(
        "start = 2025-05-01\nhorizon = \"{months} months\"\nreplications = {replications}\n{demand}\n\
         [[pool]]\nname = \"desk\"\nkind = \"employed\"\ngroup = \"service\"\n{pool}\n\
         [[group]]\nname = \"service\"\n{group}\n"
    ))
}

fn always(outcome: &Outcome, measure: &str, expected: &[f64]) {
    for (month, want) in expected.iter().enumerate() {
        let found = sample(outcome, month, measure);
        assert!(
            found.iter().all(|n| n == want),
            "{measure} in month {month}: {found:?}, expected {want}"
        );
    }
}

#[test]
fn the_published_case_and_one_agent_less() {
    let level = |servers| {
        let queue = ErlangA {
            arrival_rate: 210.0 / 3600.0,
            mean_service: 180.0,
            mean_patience: Some(300.0),
            servers,
        };
        queue.service_levels(20.0).unwrap().sl_net
    };
    assert!((level(13) - 0.828537339739).abs() < 1e-8 && level(12) < 0.8);
}

/// 20 people stand for 5 agents, so 13 agents are 52 people; 32 are asked for at once and at work three months later.
#[test]
fn agents_become_people_by_the_pattern_of_the_pool() {
    let group = "headcount = 20\nlead_months = 2\ntraining_months = 1\nhiring = \"require\"";
    let plain = run(5, 2, DESK, "agents = 5", group);
    always(&plain, "productive", &[20.0, 20.0, 20.0, 52.0, 52.0]);
    always(&plain, "in_training", &[0.0, 0.0, 32.0, 0.0, 0.0]);
    always(&plain, "agents_on_duty", &[5.0, 5.0, 5.0, 13.0, 13.0]);
    let level = sample(&plain, 4, "sl_net");
    assert!(level.iter().all(|l| (l - 0.8285).abs() < 0.01), "{level:?}");
    // A head is 0.25 x 0.8 x 0.9 = 0.18 agents: 73 people.
    let pool = "agents = 5\nshrinkage = 0.2\nabsence = 0.1";
    always(
        &run(5, 1, DESK, pool, group),
        "productive",
        &[20.0, 20.0, 20.0, 73.0, 73.0],
    );
    // The same by shifts: three of eight hours, at each of which a third of the people less 20% are there: 5 x 0.8 of 15.
    let shifts = "shifts = [ { start = \"00:00\", length = \"8 h\", share = 0.3333333333 }, { start = \"08:00\", length = \"8 h\", share = 0.3333333333 }, \
                  { start = \"16:00\", length = \"8 h\", share = 0.3333333334 } ]\nshrinkage = 0.2";
    let group = "headcount = 15\nhiring = \"require\"";
    // 13 / (4 / 15) = 48.75, asked for and at work at once.
    always(&run(2, 1, DESK, shifts, group), "productive", &[49.0, 49.0]);
}

#[test]
fn what_must_be_achieved_can_be_stated() {
    let group =
        |require: &str| format!("headcount = 100\nhiring = {{ require = {{ {require} }} }}");
    // 10.5 erlangs that are 75% of 14 agents, for who waits long enough; nearly nobody leaves.
    let people = |require: &str| {
        let outcome = run(1, 1, DESK, "agents = 10", &group(require));
        sample(&outcome, 0, "headcount")[0]
    };
    assert_eq!(people("occupancy = 0.75"), 140.0);
    assert_eq!(people("service_level = \"80% in 20 s\""), 130.0);
    assert_eq!(
        people("service_level = \"80% in 20 s\", occupancy = 0.75"),
        140.0
    );
    // Nobody is laid off without `layoffs`; and nobody more than `most` is hired.
    assert_eq!(people("service_level = \"1% in 20 s\""), 100.0);
    assert_eq!(people("occupancy = 0.75, most = 120"), 120.0);
}

/// Without attrition nothing but the demand of a month moves the headcount: twice as much in August, who serves then was asked for
/// three months before, and goes when it is over.
#[test]
fn headcount_follows_the_season_by_the_lead_time() {
    let demand = r#"
        demand = { rate = "105 / h", month = { aug = 2.0 } }
        topic = [ { name = "calls", work = { exponential = "3 min" }, patience = { exponential = "5 min" } } ]
        "#;
    let group = "headcount = 90\nlead_months = 2\ntraining_months = 1\nhiring = \"require\"\nlayoffs = { most = 100, notice_months = 1 }";
    let outcome = run(7, 1, demand, "agents = 9", group);
    let queue = |servers| ErlangA {
        arrival_rate: 105.0 / 3600.0,
        mean_service: 180.0,
        mean_patience: Some(300.0),
        servers,
    };
    let level = |n| queue(n).service_levels(20.0).unwrap().sl_net;
    // 5.25 erlangs need 8 agents, 80 people. But a person who is too many in June is one who is missed in August.
    assert!(level(8) >= 0.8 && level(7) < 0.8);
    always(&outcome, "hires", &[0.0, 0.0, 40.0, 0.0, 0.0, 0.0, 0.0]);
    always(
        &outcome,
        "productive",
        &[90.0, 90.0, 90.0, 130.0, 80.0, 80.0, 80.0],
    );
    always(&outcome, "laid_off", &[0.0, 0.0, 0.0, 0.0, 50.0, 0.0, 0.0]);
}

/// Two levels of demand, half of the day each, and as many agents at any time.
#[test]
fn intervals_are_covered_in_the_mean_or_by_share() {
    let demand = r#"
        interval = "1 h"
        demand = { rate = { every = "12 h", per = "h", values = [105, 210] } }
        topic = [ { name = "calls", work = { exponential = "3 min" }, patience = { exponential = "5 min" } } ]
        "#;
    let people = |pool: &str, cover: &str| {
        let group = format!("headcount = 50\nhiring = {{ require = {{ cover = {cover} }} }}");
        sample(&run(1, 1, demand, pool, &group), 0, "headcount")[0]
    };
    // 8 and 13 agents; a person is 0.1 agents.
    assert_eq!(people("agents = 5", "\"hours\""), 105.0);
    assert_eq!(people("agents = 5", "1.0"), 130.0);
    assert_eq!(people("agents = 5", "\"50%\""), 80.0);
    // Closed at the busy time nobody is asked for then; 5 minutes' worth of the calls before midnight are still waiting when it
    // opens, and are to be answered in the first hour: 5.25 + 0.875 erlangs need 9 agents for 80% in 20 s if nobody leaves.
    let mornings = "agents = 5\nhours = \"mon-sun 00:00-12:00\"";
    assert_eq!(people(mornings, "1.0"), 90.0);
    assert_eq!(people(mornings, "\"90%\""), 80.0);
    // Two contacts at once, each at full speed, are two places.
    assert_eq!(
        people("agents = 5\nconcurrency = 2\nspeed = [1, 1]", "1.0"),
        70.0
    );
}

/// With attrition those are asked for who are expected to be missing: at work in the month they were asked for, the people required
/// are there in the mean.
#[test]
fn attrition_until_then_is_expected() {
    let group = "headcount = 1000\nattrition = { monthly = 0.05 }\ntraining_attrition = { monthly = 0.1 }\nlead_months = 1\ntraining_months = 1\nhiring = \"require\"";
    let demand = DESK.replace("210 / h", "2 / h");
    // 0.1 erlangs need one agent: at 0.001 a head 1000 people.
    let outcome = run(6, 400, &demand, "agents = 1", group);
    for month in 2..6 {
        let there = sample(&outcome, month, "productive");
        let n = there.len() as f64;
        let mean = there.iter().sum::<f64>() / n;
        let se = (there.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
        // Requests are whole.
        assert!(
            (mean - 1000.0).abs() < 4.0 * se + 0.5,
            "{month}: {mean} ± {se}"
        );
    }
}

/// The forecast misses by a lognormal factor of mean 1: one agent is 2,000 people, more than are there by any factor.
#[test]
fn forecasts_err() {
    let demand = DESK.replace("210 / h", "0.01 / h");
    let group =
        "headcount = 1000\nhiring = { require = { forecast_error_cv = 0.15, most = 100000 } }";
    let outcome = run(1, 4000, &demand, "agents = 0.5", group);
    let people = sample(&outcome, 0, "headcount");
    let n = people.len() as f64;
    let logs: Vec<f64> = people.iter().map(|x| (x / 2000.0).ln()).collect();
    let mean = logs.iter().sum::<f64>() / n;
    let variance = logs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    // ln of a lognormal factor of mean 1 and cv 0.15: variance ln(1.0225), mean minus half of it.
    let expected = 1.0225_f64.ln();
    assert!(
        (mean + 0.5 * expected).abs() < 4.0 * (expected / n).sqrt() + 5e-4,
        "{mean}"
    );
    assert!(
        (variance / expected - 1.0).abs() < 4.0 * (2.0 / n).sqrt(),
        "{variance}"
    );
}
