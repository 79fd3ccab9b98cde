//! Demand from counts: it recovers what it is given, and predicts recorded days that it has not seen.

use handover::calibrate::demand::{Counts, Demand, DemandError, Drawn, Options};
use handover::dist::counts::{gamma_at_score, normal_score, poisson_quantile};
use handover::random::Key;
use handover::stats::Ranged;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use std::collections::BTreeMap;

/// What counts are simulated from.
#[derive(Clone)]
struct Truth {
    level: f64,
    weekdays: [f64; 7],
    profile: Vec<f64>,
    /// Another profile on Mondays.
    monday: Option<Vec<f64>>,
    growth: f64,
    /// Factor of Decembers.
    december: f64,
    day: (f64, f64),
    interval: (f64, f64),
    level_sd_per_week: f64,
}

impl Truth {
    fn new() -> Self {
        // 20 half-hours from 8:00, in a double hump.
        let weight = |i: i32| 1.0 + (f64::from(i) * 0.6).sin().abs() + 0.05 * f64::from(10 - i);
        let all: f64 = (0..20).map(weight).sum();
        Self {
            level: 2000.0,
            weekdays: [1.3, 1.1, 1.0, 0.95, 1.05, 0.6, 0.0],
            profile: (0..20).map(|i| weight(i) / all).collect(),
            monday: None,
            growth: 0.0,
            december: 1.0,
            day: (0.12, 0.6),
            interval: (0.1, 0.4),
            level_sd_per_week: 0.0,
        }
    }

    /// Counts of so many calendar days. Sundays are closed, and of every 31 days one is missing.
    fn counts(&self, seed: u64, days: i64) -> Counts {
        let root = Key::root(seed, 0);
        let (mut busy, mut walk) = (0.0, 0.0);
        let mut counts = Counts {
            days: Vec::new(),
            interval_minutes: 30,
            counts: Vec::new(),
        };
        let next = |before: f64, r: f64, bits: u64, first: bool| match first {
            true => normal_score(bits),
            false => r * before + (1.0 - r * r).sqrt() * normal_score(bits),
        };
        for day in 0..days {
            let key = root.child(day as u64);
            busy = next(busy, self.day.1, key.bits(1), day == 0);
            if day > 0 {
                walk += self.level_sd_per_week / 7.0_f64.sqrt() * normal_score(key.bits(2));
            }
            let today = date(2024, 1, 1).saturating_add(day.days());
            let weekday = (day % 7) as usize;
            if day % 31 == 17 {
                continue;
            }
            let drift = self.level_sd_per_week.powi(2) / 14.0 * day as f64;
            let mean = self.level
                * self.weekdays[weekday]
                * (1.0 + self.growth).powf(day as f64 / 365.25)
                * gamma_at_score(self.day.0, busy)
                * (walk - drift).exp();
            let december = today.month() == 12;
            let mean = if december { self.december * mean } else { mean };
            let profile = match &self.monday {
                Some(monday) if weekday == 0 => monday,
                _ => &self.profile,
            };
            let mut score = 0.0;
            let row = profile.iter().enumerate().map(|(i, share)| {
                let key = key.child(i as u64);
                score = next(score, self.interval.1, key.bits(1), i == 0);
                let factor = gamma_at_score(self.interval.0, score);
                match mean * share {
                    0.0 => 0,
                    mean => poisson_quantile(mean * factor, key.bits(2)) as u32,
                }
            });
            counts.counts.push(row.collect());
            counts.days.push(today);
        }
        counts
    }
}

/// How often intervals of 95% cover what they are about; by name.
#[derive(Default)]
struct Coverage(BTreeMap<String, (usize, usize)>);

impl Coverage {
    fn add(&mut self, name: &str, interval: &Ranged, truth: f64) {
        let entry = self.0.entry(name.to_owned()).or_default();
        entry.0 += usize::from(interval.covers(truth));
        entry.1 += 1;
    }

    /// Of n intervals of 95%, so few are missed that a binomial count reaches them once in a thousand times.
    fn check(&self, most_missed: usize) {
        for (name, (covered, n)) in &self.0 {
            assert!(n - covered <= most_missed, "{name}: {covered} of {n}");
        }
    }
}

fn check_samples(truth: &Truth, samples: u64, days: i64, most_missed: usize) {
    let open: f64 = truth.weekdays.iter().sum::<f64>() / 6.0;
    let mut coverage = Coverage::default();
    for seed in 0..samples {
        let demand = Demand::fit(&truth.counts(seed, days), &Options::default()).unwrap();
        if truth.level_sd_per_week == 0.0 && truth.growth == 0.0 {
            coverage.add("level", &demand.level, truth.level * open);
        }
        for (w, factor) in demand.weekdays.iter().enumerate().take(6) {
            let name = format!("weekday {w}");
            coverage.add(&name, &factor.unwrap(), truth.weekdays[w] / open);
        }
        assert_eq!(demand.weekdays[6], None);
        let day = &demand.day_busyness;
        coverage.add("day cv", &day.cv, truth.day.0);
        coverage.add("day correlation", &day.correlation, truth.day.1);
        coverage.add("level sd", &day.level_sd_per_week, truth.level_sd_per_week);
        let interval = demand.interval_busyness.unwrap();
        coverage.add("interval cv", &interval.cv, truth.interval.0);
        coverage.add(
            "interval correlation",
            &interval.correlation,
            truth.interval.1,
        );
        for (m, factor) in demand.months.iter().flatten().enumerate() {
            let december = if m == 11 { truth.december } else { 1.0 };
            let mean = (11.0 + truth.december) / 12.0;
            coverage.add(&format!("month {m}"), &factor.unwrap(), december / mean);
        }
        if let Some(growth) = demand.growth {
            coverage.add("growth", &growth, truth.growth);
        }
        let mut shares = 0;
        for (share, p) in demand.profile.all.iter().zip(&truth.profile) {
            let (low, high) = share.interval(0.95).unwrap();
            shares += usize::from((low..=high).contains(p));
        }
        assert!(shares >= 14, "{shares} of 20 shares");
    }
    coverage.check(most_missed);
}

#[test]
fn half_a_year_is_recovered() {
    check_samples(&Truth::new(), 48, 182, 9);
}

/// Large factors, whose logarithms are far from normal.
#[test]
fn large_factors_are_recovered() {
    let truth = Truth {
        level: 300.0,
        day: (0.4, 0.3),
        interval: (0.3, 0.6),
        ..Truth::new()
    };
    check_samples(&truth, 48, 182, 9);
}

#[test]
fn a_level_that_wanders_is_recovered() {
    let truth = Truth {
        level: 5000.0,
        day: (0.08, 0.3),
        interval: (0.1, 0.4),
        level_sd_per_week: 0.04,
        ..Truth::new()
    };
    check_samples(&truth, 24, 450, 7);
}

#[test]
fn growth_and_months_are_recovered() {
    let truth = Truth {
        growth: 0.2,
        december: 1.3,
        ..Truth::new()
    };
    check_samples(&truth, 16, 640, 5);
}

/// Without any factors there is nothing to find.
#[test]
fn poisson_days_are_not_busy() {
    let truth = Truth {
        day: (0.0, 0.0),
        interval: (0.0, 0.0),
        ..Truth::new()
    };
    let mut missed = 0;
    for seed in 0..24 {
        let demand = Demand::fit(&truth.counts(seed, 120), &Options::default()).unwrap();
        assert!(
            demand.day_busyness.cv.value < 0.02,
            "{:?}",
            demand.day_busyness
        );
        let interval = demand.interval_busyness.unwrap();
        assert!(interval.cv.value < 0.06, "{interval:?}");
        missed += usize::from(interval.cv.low > 0.0);
    }
    assert!(missed <= 5, "{missed}");
}

#[test]
fn a_monday_of_its_own_is_found() {
    let truth = Truth::new();
    let mut other = truth.clone();
    // A hundredth of the day moves from the first five half-hours into the last five.
    let moved = truth.profile.iter().enumerate();
    let moved = moved.map(|(i, p)| p + 0.004 * f64::from(i32::from(i >= 15) - i32::from(i < 5)));
    other.monday = Some(moved.collect());
    let rejected = |truth: &Truth| {
        let p_value = |seed| {
            let demand = Demand::fit(&truth.counts(seed, 182), &Options::default()).unwrap();
            let differ = demand.profile.by_weekday.is_some();
            let p_value = demand.profile.test.unwrap().p_value;
            assert_eq!(differ, p_value < 0.01);
            p_value
        };
        let p_values: Vec<f64> = (0..60).map(p_value).collect();
        let below = |bound: f64| p_values.iter().filter(|p| **p < bound).count();
        (below(0.01), below(0.5))
    };
    let (false_alarms, half) = rejected(&truth);
    assert!(false_alarms <= 4, "{false_alarms} of 60");
    assert!((18..=42).contains(&half), "{half} of 60");
    assert!(rejected(&other).0 >= 50);
}

#[test]
fn holidays_are_proposed() {
    let mut counts = Truth::new().counts(3, 182);
    for row in [20, 77] {
        counts.counts[row].iter_mut().for_each(|n| *n /= 3);
    }
    let demand = Demand::fit(&counts, &Options::default()).unwrap();
    for row in [20, 77] {
        let day = counts.days[row];
        let found = demand.outliers.iter().find(|o| o.date == day).unwrap();
        assert!(
            found.score < -3.5 && (0.2..0.5).contains(&found.factor),
            "{found:?}"
        );
        assert_eq!(found.weekday, day.weekday());
    }
    assert!(demand.outliers.len() <= 4, "{:?}", demand.outliers);
    let excluded = demand.outliers.iter().map(|o| o.date).collect();
    let options = Options {
        excluded,
        ..Options::default()
    };
    let without = Demand::fit(&counts, &options).unwrap();
    assert!(without.day_busyness.cv.value < demand.day_busyness.cv.value);
    assert_eq!(
        without.fitted_days,
        demand.fitted_days - options.excluded.len()
    );
}

/// Of simulated days that were not fitted, the bands hold what they say.
#[test]
fn bands_of_simulated_days() {
    let truth = Truth::new();
    let (mut days, mut inside, mut intervals, mut within) = (0, 0, 0, 0);
    for seed in 0..12 {
        let counts = truth.counts(seed, 240);
        let until = date(2024, 6, 1);
        let demand = Demand::fit(&counts.only(|d| d < until), &Options::default()).unwrap();
        for (day, row) in counts.days.iter().zip(&counts.counts) {
            let total: f64 = row.iter().map(|n| f64::from(*n)).sum();
            if *day < until || total == 0.0 {
                continue;
            }
            let forecast = demand.ahead(&counts, *day, 0.9).unwrap();
            days += 1;
            inside += i32::from((forecast.day.low..=forecast.day.high).contains(&total));
            for (band, n) in forecast.intervals.iter().zip(row) {
                intervals += 1;
                within += i32::from((band.low..=band.high).contains(&f64::from(*n)));
            }
        }
    }
    let share = f64::from(inside) / f64::from(days);
    // Days of a sample share a fit; their standard error is about 0.012.
    assert!((share - 0.9).abs() < 0.036, "{share} of {days}");
    let share = f64::from(within) / f64::from(intervals);
    assert!((share - 0.9).abs() < 0.03, "{share} of {intervals}");
}

/// Draws of the parameters lie around the estimates as widely as their intervals say.
#[test]
fn parameters_drawn_from_their_errors() {
    let truth = Truth {
        growth: 0.1,
        ..Truth::new()
    };
    let options = Options {
        growth: Some(true),
        months: Some(true),
        ..Options::default()
    };
    let demand = Demand::fit(&truth.counts(4, 600), &options).unwrap();
    let key = Key::root(9, 0);
    let draw = |i: u64| {
        let mut word = 0;
        demand.drawn(|| {
            word += 1;
            normal_score(key.child(i).bits(word))
        })
    };
    let draws: Vec<_> = (0..2000).map(draw).collect();
    let held = |name: &str, interval: Ranged, of: &dyn Fn(&Drawn) -> f64| {
        let inside = draws.iter().filter(|d| interval.covers(of(d))).count();
        let share = inside as f64 / draws.len() as f64;
        assert!((share - 0.95).abs() < 0.02, "{name}: {share}");
    };
    held("level", demand.level, &|d| d.level);
    held("growth", demand.growth.unwrap(), &|d| d.growth.unwrap());
    for w in [0, 5] {
        held("weekday", demand.weekdays[w].unwrap(), &|d| {
            d.weekdays[w].unwrap()
        });
    }
    for m in [0, 4, 11] {
        let of = |d: &Drawn| d.months.unwrap()[m].unwrap();
        held("month", demand.months.unwrap()[m].unwrap(), &of);
    }
    let day = &demand.day_busyness;
    held("cv", day.cv, &|d| d.busyness_cv);
    held("correlation", day.correlation, &|d| d.busyness_correlation);
    let interval = demand.interval_busyness.unwrap();
    held("interval cv", interval.cv, &|d| d.interval_busyness_cv);
    held("interval correlation", interval.correlation, &|d| {
        d.interval_busyness_correlation
    });
    assert!(draws.iter().all(|d| d.level_sd_per_week == 0.0));
    assert_eq!(draws[0].weekdays[6], None);
}

#[test]
fn refusals() {
    let counts = Truth::new().counts(1, 60);
    let fit = |counts: &Counts| Demand::fit(counts, &Options::default()).unwrap_err();
    let few = counts.only(|d| d < date(2024, 1, 10));
    assert!(matches!(fit(&few), DemandError::TooFew { found: 8, .. }));
    let mut twice = counts.clone();
    twice.days[3] = twice.days[2];
    assert_eq!(fit(&twice), DemandError::Order(counts.days[2]));
    let mut ragged = counts.clone();
    ragged.counts[5].pop();
    assert!(matches!(fit(&ragged), DemandError::Shape { found: 19, .. }));
    let mut long = counts.clone();
    long.interval_minutes = 90;
    assert!(matches!(
        fit(&long),
        DemandError::Interval {
            count: 20,
            minutes: 90
        }
    ));
    let mut empty = counts.clone();
    empty.counts.iter_mut().flatten().for_each(|n| *n = 0);
    assert!(matches!(fit(&empty), DemandError::TooFew { found: 0, .. }));
    // Months within one month are the level itself: nothing else is told apart.
    let options = Options {
        months: Some(true),
        growth: Some(true),
        ..Options::default()
    };
    let _ = Demand::fit(&counts, &options);
    // One weekday only.
    let sundays = counts.only(|d| d.weekday() == jiff::civil::Weekday::Monday);
    assert!(matches!(fit(&sundays), DemandError::TooFew { .. }));
    let demand = Demand::fit(&counts, &Options::default()).unwrap();
    assert_eq!(
        demand.ahead(&counts, date(2024, 3, 3), 0.9),
        None,
        "a Sunday"
    );
    assert_eq!(demand.ahead(&counts, date(2023, 3, 3), 0.9), None);
    assert_eq!(demand.ahead(&counts, date(2024, 3, 4), 1.0), None);
    assert!(demand.ahead(&counts, date(2030, 3, 4), 0.9).is_some());
}

/// The North American bank by half-hour, as far as the data are there.
fn bank() -> Option<Counts> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../shared/data/na_bank_2003/calls_5min_mar_jul.csv.gz");
    let text = flate2::read::GzDecoder::new(std::fs::File::open(path).ok()?);
    let mut by_day: BTreeMap<Date, Vec<u32>> = BTreeMap::new();
    for row in csv::Reader::from_reader(text).records() {
        let row = row.unwrap();
        let (hour, minute) = row[2].split_once(':').unwrap();
        let slot = hour.parse::<usize>().unwrap() * 2 + minute.parse::<usize>().unwrap() / 30 - 14;
        let counts = by_day.entry(row[0].parse().unwrap()).or_insert(vec![0; 29]);
        counts[slot] += row[3].parse::<u32>().unwrap();
    }
    let (days, counts) = by_day.into_iter().unzip();
    Some(Counts {
        days,
        interval_minutes: 30,
        counts,
    })
}

#[test]
fn recorded_days_are_predicted() {
    let Some(counts) = bank() else {
        println!("skipped: the recorded days are absent");
        return;
    };
    let until = date(2003, 6, 1);
    let demand = Demand::fit(&counts.only(|d| d < until), &Options::default()).unwrap();
    let (mut days, mut inside, mut slots, mut within) = (0.0, 0.0, 0.0, 0.0);
    let (mut width, mut alone) = (0.0, 0.0);
    let (mut narrow, mut wide, mut alone_inside) = (0.0, 0.0, 0.0);
    for (day, row) in counts.days.iter().zip(&counts.counts) {
        if *day < until {
            continue;
        }
        let total: f64 = row.iter().map(|n| f64::from(*n)).sum();
        let ahead = demand.ahead(&counts, *day, 0.9).unwrap();
        let independent = demand.unconditional(*day, 0.9).unwrap();
        let holds = |low: f64, high: f64, n: f64| f64::from(u8::from((low..=high).contains(&n)));
        days += 1.0;
        inside += holds(ahead.day.low, ahead.day.high, total);
        alone_inside += holds(independent.day.low, independent.day.high, total);
        width += (ahead.day.high - ahead.day.low) / ahead.day.mean;
        alone += (independent.day.high - independent.day.low) / independent.day.mean;
        for ((band, other), n) in ahead.intervals.iter().zip(&independent.intervals).zip(row) {
            slots += 1.0;
            within += holds(band.low, band.high, f64::from(*n));
            narrow += band.high - band.low;
            wide += other.high - other.low;
        }
    }
    println!(
        "days {days}: {} wide {}; independent {} wide {}",
        inside / days,
        width / days,
        alone_inside / days,
        alone / days
    );
    println!("half-hours {}: widths {}", within / slots, narrow / wide);
    assert!((0.85..=0.95).contains(&(inside / days)));
    assert!((0.85..=0.95).contains(&(within / slots)));
    assert!(width / alone <= 0.8);
    // Within a day intervals spread as they did, whatever is known of the day.
    assert!(narrow / wide <= 0.83);
}
