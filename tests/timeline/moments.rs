//! Changes of demand at moments between the lines of its grid: who comes before, how many come after, and when.

use crate::sample::simulate;
use handover::engine::{Contact, Laws, Observer};
use handover::model::{Arrivals as Demand, Change, Model};
use handover::scenario::{InMemory, load};
use handover::time::{HOUR, MINUTE, Micros};
use std::path::Path;

/// When new cases come: topic, moment, key.
#[derive(Default)]
struct Arrivals(Vec<(u16, Micros, u64)>);

impl Observer for Arrivals {
    fn contact(&mut self, c: &Contact, at: Micros) {
        self.0.push((c.topic, at, c.case.0));
    }
}

fn arrivals(laws: &Laws<'_>, replication: u64) -> Vec<(u16, Micros, u64)> {
    let mut seen = Arrivals::default();
    simulate(laws, 7, replication, &mut seen);
    seen.0.sort_unstable_by_key(|a| (a.1, a.2));
    seen.0
}

fn model(demand: &str, changes: &str) -> Model {
    let text = format!(
        r#"
        start = 2025-06-02
        horizon = "2 h"
        {demand}
        [[topic]]
        name = "calls"
        work = "1 s"
        patience = "1 s"
        [[pool]]
        name = "desk"
        kind = "employed"
        agents = 1
        {changes}
        "#
    );
    let csv = |n: &str| format!("date,time,topic,count\n2025-06-02,00:00,calls,{n}\n");
    let files = InMemory::new()
        .with("a.toml", text)
        .with("few.csv", csv("30") + "2025-06-02,01:00,calls,30\n")
        .with("many.csv", csv("90") + "2025-06-02,01:00,calls,45\n");
    load(Path::new("a.toml"), &[], &files).unwrap().model
}

fn change(minute: u64, set: &str) -> String {
    format!("[[timeline]]\nat = 2025-06-02T00:{minute:02}:00\nset = {{ {set} }}\n")
}

/// By part of the time, between these minutes: its count in each of so many replications.
fn counts(model: &Model, minutes: &[u64], replications: u64) -> Vec<Vec<f64>> {
    let laws = Laws::new(model).unwrap();
    let mut counts = vec![Vec::new(); minutes.len() - 1];
    for r in 0..replications {
        let seen = arrivals(&laws, r);
        for (count, part) in counts.iter_mut().zip(minutes.windows(2)) {
            let part = part[0] * MINUTE..part[1] * MINUTE;
            count.push(seen.iter().filter(|a| part.contains(&a.1)).count() as f64);
        }
    }
    counts
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn covariance(x: &[f64], y: &[f64]) -> f64 {
    let (a, b) = (mean(x), mean(y));
    let sum: f64 = x.iter().zip(y).map(|(x, y)| (x - a) * (y - b)).sum();
    sum / (x.len() - 1) as f64
}

/// Each part is a Poisson variable with the mean of its rate, independent of the others: variance as the mean, covariance 0.
fn are_poisson(what: &str, counts: &[Vec<f64>], means: &[f64]) {
    let n = counts[0].len() as f64;
    for (i, (count, &expected)) in counts.iter().zip(means).enumerate() {
        let (found, se) = (mean(count), (expected / n).sqrt());
        assert!(
            (found - expected).abs() <= 4.0 * se,
            "{what}, part {i}: {found}, expected {expected} ± {se}"
        );
        // The variance of a Poisson variable's sample variance is close to (mean + 2 mean^2) / n.
        let variance = covariance(count, count);
        let se = ((expected + 2.0 * expected * expected) / n).sqrt();
        assert!(
            (variance - expected).abs() <= 4.0 * se,
            "{what}, part {i}: variance {variance}, expected {expected} ± {se}"
        );
        for (j, other) in counts.iter().enumerate().skip(i + 1) {
            let both = covariance(count, other);
            let se = (expected * means[j] / n).sqrt();
            assert!(
                both.abs() <= 4.0 * se,
                "{what}, parts {i} and {j}: covariance {both} ± {se}"
            );
        }
    }
}

#[test]
fn rates_hold_from_the_moment_on() {
    let rate = |r: f64| format!("\"demand.rate\" = \"{r} / h\"");
    let hour = |r: f64| format!("demand = {{ rate = \"{r} / h\" }}");
    let minutes = [0, 10, 17, 30, 60];
    let lengths = minutes.windows(2).map(|m| (m[1] - m[0]) as f64 / 60.0);
    for (what, rates) in [
        ("up", [60.0, 240.0, 240.0]),
        ("down", [240.0, 60.0, 60.0]),
        ("from nothing", [0.0, 90.0, 90.0]),
        ("to nothing", [90.0, 0.0, 0.0]),
        ("up and down", [60.0, 240.0, 120.0]),
        ("up and below", [120.0, 240.0, 30.0]),
        ("away and back", [120.0, 12.0, 120.0]),
    ] {
        let changes = change(10, &rate(rates[1])) + &change(17, &rate(rates[2]));
        let model = model(&hour(rates[0]), &changes);
        assert_eq!(model.demand.step, 30 * MINUTE);
        let means: Vec<f64> = lengths
            .clone()
            .zip([rates[0], rates[1], rates[2], rates[2]])
            .map(|(length, rate)| length * rate)
            .collect();
        are_poisson(what, &counts(&model, &minutes, 4000), &means);
    }
}

/// Whoever comes before the moment does so without the change, too; at a lower rate after it some of those who would come stay away,
/// at a higher one others come besides; in a cell that begins later all are as if the rate had always been the new one.
#[test]
fn others_come_besides_or_some_stay_away() {
    let base = "demand = { rate = \"120 / h\", busyness_cv = 0.3, interval_busyness_cv = 0.3 }";
    let plain = model(base, "");
    for (factor, rate) in [(0.25, 30), (3.0, 360)] {
        let set = format!("\"demand.rate\" = \"{rate} / h\"");
        let changed = model(base, &change(41, &set));
        let always = model(&base.replace("120", &rate.to_string()), "");
        let laws = [&plain, &changed, &always].map(|m| Laws::new(m).unwrap());
        for r in 0..20 {
            let [plain, changed, always] = laws.each_ref().map(|l| arrivals(l, r));
            let before = |a: &[(u16, Micros, u64)]| -> Vec<_> {
                a.iter().filter(|a| a.1 < 41 * MINUTE).copied().collect()
            };
            assert_eq!(before(&plain), before(&changed), "{r}");
            let rest = |a: &[(u16, Micros, u64)]| -> Vec<_> {
                let rest = 41 * MINUTE..HOUR;
                a.iter().filter(|a| rest.contains(&a.1)).copied().collect()
            };
            let (few, many) = if factor < 1.0 {
                (rest(&changed), rest(&plain))
            } else {
                (rest(&plain), rest(&changed))
            };
            assert!(few.iter().all(|a| many.contains(a)), "{r}");
            let later = |a: &[(u16, Micros, u64)]| -> Vec<_> {
                a.iter().filter(|a| a.1 >= HOUR).copied().collect()
            };
            assert_eq!(later(&changed), later(&always), "{r}");
        }
    }
}

/// A change of demand leaves who comes after an earlier change, and before itself, as they were: also those who come besides.
#[test]
fn changes_of_one_cell_do_not_move_each_other() {
    let base = "demand = { rate = \"60 / h\" }";
    let up = change(10, "\"demand.rate\" = \"240 / h\"");
    let one = model(base, &up);
    for next in ["\"demand.rate\" = \"90 / h\"", "\"pool.desk.agents\" = 2"] {
        let two = model(base, &(up.clone() + &change(17, next)));
        let laws = [&one, &two].map(|m| Laws::new(m).unwrap());
        let end = if next.contains("rate") {
            17 * MINUTE
        } else {
            2 * HOUR
        };
        for r in 0..20 {
            let [one, two] = laws.each_ref().map(|l| {
                let all = arrivals(l, r);
                all.into_iter().filter(|a| a.1 < end).collect::<Vec<_>>()
            });
            assert_eq!(one, two, "{r}, {next}");
        }
    }
}

/// From 00:40 on by tens of minutes: 00:40 to 00:50 twice 30, then 60 and 6 in turn.
#[test]
fn a_finer_pattern_begins() {
    let base = "demand = { rate = \"60 / h\" }";
    let set = r#""demand.rate" = { every = "10 min", per = "h", values = [360, 36] }"#;
    let changed = model(base, &change(45, set));
    assert_eq!(changed.demand.step, 30 * MINUTE);
    assert_eq!(changed.timeline[0].model.demand.step, 10 * MINUTE);
    let means = [30.0, 15.0, 30.0, 6.0, 60.0, 6.0];
    let found = counts(&changed, &[0, 30, 45, 50, 60, 70, 80], 4000);
    are_poisson("finer", &found, &means);
    let plain = model(base, "");
    let laws = [&plain, &changed].map(|m| Laws::new(m).unwrap());
    let [plain, changed] = laws.each_ref().map(|l| {
        let all = arrivals(l, 3);
        all.into_iter()
            .filter(|a| a.1 < 45 * MINUTE)
            .collect::<Vec<_>>()
    });
    assert_eq!(plain, changed);
}

/// Counts by the hour: up to 00:15 of 30 an hour, then of 90; from a rate to counts and back.
#[test]
fn counts_of_files_change_within_their_hours() {
    let few = "demand = { counts = { csv = \"few.csv\" } }";
    let plain = model(few, "");
    let policy = model(few, &change(15, "\"pool.desk.agents\" = 3"));
    for r in 0..5 {
        let [plain, policy] = [&plain, &policy].map(|m| arrivals(&Laws::new(m).unwrap(), r));
        assert_eq!(plain.len(), 60);
        assert_eq!(plain, policy);
    }
    let more = model(
        few,
        &change(15, "\"demand.counts\" = { csv = \"many.csv\" }"),
    );
    let counted = counts(&more, &[0, 15, 60, 120], 4000);
    for (i, expected) in [7.5, 67.5, 45.0].into_iter().enumerate() {
        let variance = covariance(&counted[i], &counted[i]);
        let se = (variance / 4000.0).sqrt();
        let found = mean(&counted[i]);
        assert!((found - expected).abs() <= 4.0 * se + 1e-9, "{i}: {found}");
    }
    // Where a rate follows, and counts follow a rate.
    let rate = model("demand = { rate = \"120 / h\" }", "");
    for [first, then] in [[&plain, &rate], [&rate, &plain]] {
        let mut both = first.clone();
        both.timeline = vec![Change {
            at: 15 * MINUTE,
            dated: true,
            note: String::new(),
            model: then.clone(),
        }];
        let counted = counts(&both, &[0, 15, 60], 2000);
        for (counts, (model, hours)) in counted.iter().zip([(first, 0.25), (then, 0.75)]) {
            let counted = matches!(model.demand.arrivals[0], Demand::Counts(_));
            let expected = hours * if counted { 30.0 } else { 120.0 };
            let se = (covariance(counts, counts) / 2000.0).sqrt();
            assert!((mean(counts) - expected).abs() <= 4.0 * se);
        }
    }
}
