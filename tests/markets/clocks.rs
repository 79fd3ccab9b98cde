//! The demand of a market follows its own clock, through changes to and from daylight-saving time.

use super::read;
use crate::sample::outcome;
use handover::model::Arrivals;
use handover::time::{HOUR, MINUTE};

/// Weights by hour, all different.
fn weight(hour: i64) -> f64 {
    1.0 + hour.rem_euclid(24) as f64
}

/// Days around 2025-03-30, on which Europe changes its clocks at 01:00 UTC; the scenario runs by UTC.
fn text(markets: &str, more: &str) -> String {
    let weights: Vec<String> = (0..24).map(|h| weight(h).to_string()).collect();
    format!(
        "start = 2025-03-29\nhorizon = \"3 days\"\ninterval = \"30 min\"\n{more}\n\
         demand = {{ daily_volume = 2400, profile = [{}], weekday = {{ sun = 0.5 }} }}\n\
         topic = [ {{ name = \"calls\", work = \"10 s\" }} ]\n\
         pool = [ {{ name = \"desk\", kind = \"employed\", agents = 400 }} ]\nmarket = [ {markets} ]\n",
        weights.join(", ")
    )
}

/// Expected cases in the quarter of an hour that begins so many minutes after 2025-03-29T00:00 UTC, where clocks are `offset`
/// minutes ahead: the weights have a mean of 12.5, and Sunday the 30th has half the demand.
fn quarter(minute: i64, offset: i64, share: f64) -> f64 {
    let local = minute + offset;
    let factor = if (1440..2880).contains(&local) {
        0.5
    } else {
        1.0
    };
    share * 2400.0 / 96.0 * weight(local.div_euclid(60)) / 12.5 * factor
}

fn stockholm(minute: i64) -> i64 {
    if minute < 1440 + 60 { 60 } else { 120 }
}

#[test]
fn each_market_has_its_own_clock() {
    let markets = [
        (
            "{ name = \"SE\", share = 0.5, time_zone = \"Europe/Stockholm\" }",
            0.5,
        ),
        (
            "{ name = \"IN\", share = 0.25, time_zone = \"Asia/Kolkata\" }",
            0.25,
        ),
        (
            "{ name = \"NP\", share = 0.2, time_zone = \"Asia/Kathmandu\" }",
            0.2,
        ),
        ("{ name = \"UTC\", share = 0.05 }", 0.05),
    ];
    let list = markets.map(|m| m.0).join(", ");
    let model = read(&text(&list, "")).model;
    // Nepal is 5 h 45 min ahead.
    assert_eq!(model.demand.step, 15 * MINUTE);
    let offsets: [fn(i64) -> i64; 4] = [stockholm, |_| 330, |_| 345, |_| 0];
    for (k, offset) in offsets.into_iter().enumerate() {
        let Arrivals::Expected(cells) = &model.demand.arrivals[k] else {
            panic!("no rates");
        };
        assert_eq!(cells.len(), 3 * 96);
        for (i, &cell) in cells.iter().enumerate() {
            let minute = 15 * i as i64;
            let expected = quarter(minute, offset(minute), markets[k].1);
            assert!(
                (cell - expected).abs() < 1e-9,
                "{k} {minute}: {cell}, not {expected}"
            );
        }
    }
    let zones = text(
        "{ name = \"SE\", share = 1.0, time_zone = \"Europe/Stockholm\" }",
        "",
    );
    assert_eq!(read(&zones).model.demand.step, 30 * MINUTE);
}

/// The market that has the clock of the scenario has its demand.
#[test]
fn the_clock_of_the_scenario_is_the_usual_one() {
    let zone = "time_zone = \"Europe/Stockholm\"";
    let with = read(&text("{ name = \"SE\" }", zone)).model;
    let without = read(&text("", zone).replace("market = [  ]", "")).model;
    assert_eq!(with.demand.arrivals, without.demand.arrivals);
    // A day of 23 hours has no third hour.
    let Arrivals::Expected(cells) = &without.demand.arrivals[0] else {
        panic!("no rates");
    };
    let sunday: f64 = cells[48..94].iter().sum();
    assert!((sunday - 1200.0 * (1.0 - weight(2) / 300.0)).abs() < 1e-9);
}

/// In autumn the hour that comes twice brings its demand twice.
#[test]
fn a_day_of_25_hours() {
    let autumn = text("{ name = \"SE\", time_zone = \"Europe/Stockholm\" }", "")
        .replace("2025-03-29", "2025-10-25");
    let model = read(&autumn).model;
    let Arrivals::Expected(cells) = &model.demand.arrivals[0] else {
        panic!("no rates");
    };
    // Sunday the 26th begins at 22:00 UTC and ends at 23:00.
    let sunday: f64 = cells[44..94].iter().sum();
    assert!((sunday - 1200.0 * (1.0 + weight(2) / 300.0)).abs() < 1e-9);
}

/// What arrives in the simulation is Poisson with these rates, hour by hour.
#[test]
fn arrivals_follow_the_clocks() {
    let markets = "{ name = \"SE\", share = 0.6, time_zone = \"Europe/Stockholm\" }, \
                   { name = \"IN\", share = 0.4, time_zone = \"Asia/Kolkata\" }";
    let replications = 40;
    let outcome = outcome(&text(markets, &format!("replications = {replications}")));
    let table = &outcome.intervals;
    assert_eq!(table.width, HOUR / 2);
    // Slices: everything, the topic, the markets.
    for (slice, share, offset) in [(2, 0.6, stockholm as fn(i64) -> i64), (3, 0.4, |_| 330)] {
        let (mut chi, mut n) = (0.0, 0.0);
        for i in 0..3 * 48 {
            let minute = 30 * i as i64;
            let at = |minute: i64| quarter(minute, offset(minute), share);
            let expected = at(minute) + at(minute + 15);
            let sums = table.sums(i, slice);
            let found: u64 = sums.iter().map(|s| s.customers.contacts).sum();
            let mean = found as f64 / f64::from(replications);
            let z = (mean - expected) / (expected / f64::from(replications)).sqrt();
            assert!(z.abs() < 4.0, "{slice} {minute}: {z}");
            chi += z * z;
            n += 1.0;
        }
        // Chi-square with n degrees of freedom has mean n and variance 2 n.
        assert!((chi - n).abs() < 4.0 * (2.0_f64 * n).sqrt(), "{chi} of {n}");
    }
}
