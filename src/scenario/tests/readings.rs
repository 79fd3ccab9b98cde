//! Distributions, patterns and records as they are written.

use super::*;

use crate::model::{Arrivals, Supply};
use crate::time::{DAY, HOUR, MINUTE, SECOND, StepFn, WEEK};
#[test]
fn all_distributions_are_read() {
    for (law, mean) in [
        ("\"90 s\"", 90.0),
        ("{ exponential = \"409 s\" }", 409.0),
        ("{ lognormal = { mean = \"10 min\", cv = 1.1 } }", 600.0),
        ("{ lognormal = { mu = 3.0, sigma = 0.0 } }", libm::exp(3.0)),
        ("{ gamma = { mean = \"5 min\", cv = 0.7 } }", 300.0),
        ("{ gamma = { shape = 2.0, scale = \"2.5 min\" } }", 300.0),
        ("{ weibull = { shape = 1.0, scale = \"5 min\" } }", 300.0),
        ("{ weibull = { mean = \"5 min\", cv = 0.7 } }", 300.0),
        ("{ erlang = { shape = 2, mean = \"5 min\" } }", 300.0),
        ("{ erlang = { shape = 2, rate = \"24 / h\" } }", 300.0),
        ("{ uniform = { low = \"1 min\", high = \"7 min\" } }", 240.0),
        (
            "{ triangular = { low = \"1 min\", mode = \"2 min\", high = \"3 min\" } }",
            120.0,
        ),
        ("{ deterministic = \"4 min\" }", 240.0),
        (
            "{ hyperexponential = { probs = [0.5, 0.5], means = [\"10 s\", \"20 s\"] } }",
            15.0,
        ),
        (
            "{ hyperexponential = { probs = [0.5, 0.5], rates = [\"6 / min\", \"3 / min\"] } }",
            15.0,
        ),
        (
            "{ hyperexponential = { mean = \"5 min\", cv = 1.5 } }",
            300.0,
        ),
    ] {
        let text = SMALL.replace("{ lognormal = { mean = \"5 min\", cv = 0.5 } }", law);
        let found = sound(&text, &[]).model.topics[0]
            .work
            .as_ref()
            .unwrap()
            .mean();
        assert!((found / mean - 1.0).abs() < 1e-9, "{law}: {found}");
    }
    for law in ["lognormal", "gamma", "weibull"] {
        let set = format!("topic.fraud.work={{ {law} = {{ p50 = \"6 min\", p90 = \"20 min\" }} }}");
        let d = sound(SMALL, &[&set]).model.topics[0].work.clone().unwrap();
        assert!((d.quantile(0.9) - 1200.0).abs() < 1e-3, "{law}");
    }
}

#[test]
fn all_patterns_are_read() {
    let start = "start = 2025-06-02\ntime_zone = \"Europe/Stockholm\"\n";
    let at = |agents: &str, files: InMemory, t: u64| {
        let text = format!(
            "{start}{}",
            SMALL
                .replace("agents = 5", &format!("agents = {agents}"))
                .replace("2 days", "2 weeks")
        );
        let s = sound_in(&files.with("d/a.toml", text), &[]);
        let Supply::Staffed(staffing) = &s.model.pools[0].supply else {
            panic!()
        };
        staffing.plan.at(t)
    };
    let no = InMemory::new;
    assert_eq!(at("5", no(), WEEK), 5.0);
    assert_eq!(at("[1, 2, 3, 4]", no(), DAY + 7 * HOUR), 2.0);
    let week = "{ all = 1, weekdays = [2, 3], sat = 4, weekend = 5 }";
    assert_eq!(
        [4, 5, 6].map(|d| at(week, no(), d * DAY + 13 * HOUR)),
        [3.0, 4.0, 5.0]
    );
    let cycle = "{ every = \"10 h\", values = [1, 2, 3] }";
    assert_eq!(
        [0, 29, 30, 45].map(|h| at(cycle, no(), h * HOUR)),
        [1.0, 3.0, 1.0, 2.0]
    );
    let file = |text: &str| no().with("d/x.csv", text);
    let daily = "time,value\n06:00,1\n22:00,2\n";
    assert_eq!(
        [3, 6, 23, 27].map(|h| at("{ csv = \"x.csv\" }", file(daily), h * HOUR)),
        [2.0, 1.0, 2.0, 2.0]
    );
    let weekly = "weekday,time,value\nmon,06:00,1\nmon,22:00,2\ntue,06:00,3\n";
    assert_eq!(
        [3, 7, 25, 31, 49].map(|h| at("{ csv = \"x.csv\" }", file(weekly), h * HOUR)),
        [0.0, 1.0, 2.0, 3.0, 0.0]
    );
    let dated = "date,time,value\n2025-06-02,06:00,1\n2025-06-02,22:00,2\n2025-06-03,06:00,3\n2025-06-05,06:00,4\n";
    assert_eq!(
        [3, 7, 25, 31, 49, 79, 14 * 24].map(|h| at("{ csv = \"x.csv\" }", file(dated), h * HOUR)),
        [0.0, 1.0, 2.0, 3.0, 0.0, 4.0, 4.0]
    );
}

#[test]
fn the_wall_clock_is_followed_through_a_shift() {
    // Sunday 2025-03-30 in Stockholm has 23 hours: local 08:00 is 7 hours after midnight.
    let text = "start = 2025-03-29\ntime_zone = \"Europe/Stockholm\"\n".to_owned() + SMALL;
    let profile: Vec<String> = (0..24).map(|h| i32::from(h == 8).to_string()).collect();
    let s = sound(
        &text,
        &[
            "demand.daily_volume=48",
            &format!("demand.profile=[{}]", profile.join(",")),
        ],
    );
    let cells = expected(&s, 0);
    let at: Vec<usize> = (0..cells.len()).filter(|&i| cells[i] > 0.0).collect();
    assert_eq!(at, [16, 17, 48 + 14, 48 + 15]);
    assert!((cells[16] - 24.0).abs() < 1e-9);
}

#[test]
fn steps_follow_the_patterns_and_not_the_interval() {
    let step = |setting: &str| sound(SMALL, &[setting]).model.demand.step;
    let every =
        |width| format!("demand.rate={{ every = \"{width}\", per = \"h\", values = [1, 2] }}");
    assert_eq!(step("interval=15 min"), 30 * MINUTE);
    assert_eq!(step(&every("20 min")), 20 * MINUTE);
    assert_eq!(step(&every("45 min")), 15 * MINUTE);
    let s = sound(
        SMALL,
        &[
            "demand.rate={ every = \"30 min\", per = \"min\", values = [1.0, 3.0] }",
            "horizon=70 min",
            "interval=10 min",
        ],
    );
    assert_eq!(expected(&s, 0), [30.0, 90.0, 10.0]);
    let quarter = format!("[{}]", vec!["1"; 96].join(","));
    assert_eq!(
        sound(SMALL, &[&format!("demand.profile={quarter}")])
            .model
            .demand
            .step,
        15 * MINUTE
    );
}

#[test]
fn counts_and_arrivals_are_taken_as_they_are() {
    let text = SMALL
        .replace("rate = \"30 / h\"", "counts = { csv = \"c.csv\" }")
        .replace(
            "[[topic]]",
            "[[topic]]\nname = \"b\"\nrate = \"2 / h\"\nwork = \"1 min\"\n[[topic]]",
        );
    let csv = "date,time,topic,count\n2025-01-06,00:00,fraud,3\n2025-01-06,01:00,fraud,4\n2025-01-07,23:00,fraud,5\n2025-01-08,00:00,fraud,9\n";
    let s = sound_in(
        &InMemory::new().with("d/a.toml", text).with("d/c.csv", csv),
        &[],
    );
    assert_eq!(s.model.demand.step, HOUR);
    assert_eq!(expected(&s, 0)[..2], [2.0, 2.0]);
    let Arrivals::Counts(counts) = &s.model.demand.arrivals[1] else {
        panic!()
    };
    assert_eq!(
        (counts.len(), counts[0], counts[1], counts[47]),
        (48, 3, 4, 5)
    );

    let text = SMALL.replace("rate = \"30 / h\"", "arrivals = { csv = \"c.csv\" }");
    let csv = "time,topic\n2025-01-06T10:00:00.5,fraud\n5.25,fraud\n2025-01-09T00:00:00,fraud\n";
    let s = sound_in(
        &InMemory::new().with("d/a.toml", text).with("d/c.csv", csv),
        &[],
    );
    let Arrivals::Replay(times) = &s.model.demand.arrivals[0] else {
        panic!()
    };
    assert_eq!(times[..], [5 * SECOND + SECOND / 4, 10 * HOUR + SECOND / 2]);
}

#[test]
fn the_hour_that_a_shift_repeats_stands_twice_in_a_file() {
    // In Stockholm 2025-10-26 has 25 hours: 02:00 comes twice.
    let text = SMALL.replace("rate = \"30 / h\"", "counts = { csv = \"c.csv\" }");
    let text = format!("start = 2025-10-26\ntime_zone = \"Europe/Stockholm\"\n{text}");
    let rows: Vec<String> = [0, 1, 2, 2, 3]
        .iter()
        .enumerate()
        .map(|(i, h)| format!("2025-10-26,{h:02}:00,fraud,{}", i + 1))
        .collect();
    let csv = format!("date,time,topic,count\n{}\n", rows.join("\n"));
    let files = InMemory::new().with("d/a.toml", text).with("d/c.csv", csv);
    let s = sound_in(&files, &[]);
    let Arrivals::Counts(counts) = &s.model.demand.arrivals[0] else {
        panic!()
    };
    assert_eq!(counts[..6], [1, 2, 3, 4, 5, 0]);
}

#[test]
fn constants_stay_constant() {
    let s = sound(SMALL, &["pool.in-house.shrinkage=20%"]);
    let Supply::Staffed(staffing) = &s.model.pools[0].supply else {
        panic!()
    };
    assert_eq!(staffing.plan, StepFn::constant(4.0));
    assert!(expected(&s, 0).iter().all(|&x| x == 15.0));
}
