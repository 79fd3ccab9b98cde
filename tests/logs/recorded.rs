//! Recorded logs, which are no part of the project: where they are absent the tests say so.

use super::at;
use handover::log::{
    Input, Kind, Mapping, Outcome, Reading, Reason, Record, Request, Source, read,
};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Reads a recorded log, if it is there.
#[allow(
    clippy::print_stdout,
    reason = "a test that shows nothing should say so"
)]
fn recorded(name: &str, mut each: impl FnMut(Record)) -> Option<Reading> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(name);
    if !path.exists() {
        println!("{name} is absent");
        return None;
    }
    let open = || Ok(Box::new(File::open(&path)?) as Box<dyn Input>);
    let source = Source { name, open: &open };
    Some(read(&source, &Mapping::default(), Request::default(), &mut each).unwrap())
}

/// Counts of calls: offered, answered, abandoned, not offered, agents' work; and the mean wait of all offered.
fn calls(name: &str) -> Option<([u64; 5], f64, Reading)> {
    let (mut counts, mut waited) = ([0; 5], 0);
    let reading = recorded(name, |record| {
        let Record::Contact(c) = record else { panic!() };
        let i = match c.outcome {
            Outcome::Answered => 1,
            Outcome::Abandoned => 2,
            Outcome::NotOffered => 3,
            Outcome::AgentWork => 4,
            _ => panic!(),
        };
        counts[i] += 1;
        if i <= 2 {
            counts[0] += 1;
            waited += c.wait_ms.unwrap();
        }
    })?;
    let mean = waited as f64 / counts[0] as f64 / 1e3;
    Some((counts, mean, reading))
}

#[test]
fn calls_of_a_bank() {
    for (name, expected, wait, ignored, rows) in [
        (
            "anonbank/calls_1999-01.csv",
            [29_247, 26_208, 3039, 1183, 927],
            38.2,
            2,
            31_359,
        ),
        (
            "anonbank/calls_1999-02.csv",
            [30_085, 26_178, 3907, 1934, 1047],
            44.7,
            0,
            33_066,
        ),
    ] {
        let Some((counts, mean, reading)) = calls(name) else {
            return;
        };
        assert_eq!(counts, expected);
        assert!((mean - wait).abs() < 0.05, "{mean}");
        assert_eq!(
            (reading.lines, reading.unused_for(Reason::Ignored)),
            (rows, ignored)
        );
        assert_eq!(reading.used + ignored, rows);
        assert_eq!(reading.layout, Some("calls-with-ivr"));
    }
}

#[test]
fn half_hours_of_a_bank() {
    let mut sums = [0.0; 3];
    let mut waited = 0.0;
    let reading = recorded("anonbank/interval30_1999-01.csv", |record| {
        let Record::Interval(c) = record else {
            panic!()
        };
        for (sum, x) in sums
            .iter_mut()
            .zip([Some(c.offered), c.answered, c.abandoned])
        {
            *sum += x.unwrap();
        }
        waited += c.wait_s.unwrap_or(0.0);
    });
    let Some(reading) = reading else { return };
    assert_eq!(sums, [29_247.0, 26_208.0, 3039.0]);
    assert!(
        (waited / sums[0] - 38.2).abs() < 0.1,
        "{}",
        waited / sums[0]
    );
    assert_eq!(
        (reading.interval_ms, reading.kind),
        (Some(1_800_000), Kind::Intervals)
    );
    assert_eq!(reading.unused, []);
}

#[test]
fn five_minutes_of_a_bank() {
    let (mut sum, mut first) = (0.0, None);
    let reading = recorded("na_bank_2003/calls_5min_mar_jul.csv.gz", |record| {
        let Record::Interval(c) = record else {
            panic!()
        };
        first.get_or_insert((c.start, c.offered));
        sum += c.offered;
    });
    let Some(reading) = reading else { return };
    assert_eq!(
        (sum, reading.days_used, reading.used),
        (3_402_871.0, 105, 105 * 169)
    );
    assert_eq!(first, Some((at("2003-03-03T07:00:00"), 111.0)));
    assert_eq!(reading.interval_ms, Some(300_000));
}

#[test]
fn six_minutes_of_nine_months() {
    let mut february = 0.0;
    let reading = recorded("anonbank/arrivals_6min_1999_jan_sep.csv.gz", |record| {
        let Record::Interval(c) = record else {
            panic!()
        };
        let is_february = (at("1999-02-01T00:00:00")..at("1999-03-01T00:00:00")).contains(&c.start);
        february += if is_february { c.offered } else { 0.0 };
    });
    let Some(reading) = reading else { return };
    assert_eq!((february, reading.interval_ms), (33_344.0, Some(360_000)));
    // Two days and 23 May are made up.
    assert!(
        reading.unused_for(Reason::Ignored) >= 480,
        "{:?}",
        reading.unused
    );
}
