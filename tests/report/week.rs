//! The table of the typical week against what it is made of, and against the formula.

use crate::sample::outcome_in;
use handover::erlang::ErlangA;
use handover::experiment::{WeekRow, week};
use handover::measure::Slice;
use handover::model::Model;
use handover::scenario::{InMemory, load};
use handover::stats::smallest;
use handover::time::{HOUR, MINUTE};
use std::path::Path;

/// Three erlangs a slot at noon, one at night; two contacts at once at three quarters of the speed.
fn desk(interval: &str) -> String {
    format!(
        "start = 2025-03-03\nhorizon = \"5 weeks\"\nwarmup = \"1 week\"\ninterval = \"{interval}\"\nreplications = 4\nseed = 3\n\
        [demand]\nrate = \"90 / h\"\n\
        [[topic]]\nname = \"calls\"\ntarget = \"90% in 30 s\"\nwork = {{ exponential = \"4 min\" }}\npatience = {{ exponential = \"3 min\" }}\n\
        [[pool]]\nname = \"desk\"\nkind = \"employed\"\nagents = 5\nconcurrency = 2\nspeed = [1.0, 0.75]\n"
    )
}

fn made(interval: &str) -> (Model, handover::experiment::Outcome) {
    let files = InMemory::new().with("a.toml", desk(interval));
    let model = load(Path::new("a.toml"), &[], &files).unwrap().model;
    (model, outcome_in(&files))
}

fn of(rows: &[WeekRow], slice: &Slice) -> Vec<WeekRow> {
    rows.iter().filter(|r| r.slice == *slice).cloned().collect()
}

#[test]
fn the_week_adds_up_to_the_whole() {
    for (interval, width) in [
        ("10 min", 30 * MINUTE),
        ("30 min", 30 * MINUTE),
        ("90 min", 2 * HOUR),
    ] {
        let (model, outcome) = made(interval);
        let rows = week(&model, &outcome);
        let all = of(&rows, &Slice::All);
        assert!(all.iter().all(|r| r.width == width));
        if interval == "90 min" {
            // Every second time begins two intervals and the others one, of an hour and a half each.
            assert_eq!(all.len(), 7 * 12);
            continue;
        }
        assert_eq!(all.len(), 7 * 48);
        let mean =
            |get: &dyn Fn(&WeekRow) -> f64| all.iter().map(get).sum::<f64>() / all.len() as f64;
        let total = |measure: &str| outcome.total(measure).unwrap().mean.unwrap();
        let hours = 4.0 * 168.0;
        let close = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-6, "{a} {b}");
        close(mean(&|r| r.per_hour.unwrap()) * hours, total("offered"));
        close(
            mean(&|r| r.agents_on_duty.unwrap()),
            total("agents_on_duty"),
        );
        close(mean(&|r| r.agents_busy.unwrap()), total("agents_busy"));
        // Means of four ratios of some 180 visits each: only about those of the whole.
        assert!((mean(&|r| r.sl_net.unwrap()) - total("sl_net")).abs() < 0.01);
        assert_eq!(of(&rows, &Slice::Topic(0))[5].mean_wait, all[5].mean_wait);
    }
}

#[test]
fn required_is_what_the_formula_asks_for() {
    let (model, outcome) = made("30 min");
    let rows = of(&week(&model, &outcome), &Slice::Pool(0));
    // At full hands four minutes of work take 4 / 0.75.
    let is_enough = |servers| {
        let queue = ErlangA {
            arrival_rate: 90.0 / 3600.0,
            mean_service: 240.0 / 0.75,
            mean_patience: Some(180.0),
            servers,
        };
        queue.service_levels(30.0).unwrap().sl_net >= 0.9
    };
    let slots = smallest(1, 1, 100, is_enough).unwrap();
    let expected = (f64::from(slots) / 2.0).ceil();
    let n = rows.len() as f64;
    let mean = rows.iter().map(|r| r.agents_required.unwrap()).sum::<f64>() / n;
    // The rate of a time is estimated from 16 half-hours of 45 visits: 4%, or a third of an agent; rounding up between two known
    // rates adds up to half an agent.
    assert!(
        (-0.6..1.1).contains(&(mean - expected)),
        "{mean} and {expected}"
    );
    assert!(
        rows.iter()
            .all(|r| (r.agents_required.unwrap() - expected).abs() <= 2.0)
    );
    assert!(
        rows.iter()
            .all(|r| r.sl_net.is_none() && r.agents_on_duty == Some(5.0))
    );
}
