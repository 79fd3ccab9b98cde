//! Factors of demand that are drawn for a day or a reporting interval.

use crate::sample::simulate;
use handover::engine::{Contact, Laws, Observer};
use handover::model::Model;
use handover::scenario::{InMemory, load};
use handover::time::{HOUR, MINUTE, Micros};
use statrs::distribution::{Continuous, ContinuousCDF, Gamma, Normal};
use std::path::Path;

/// Contacts by stretch of equal width.
struct Counts {
    width: Micros,
    of: Vec<f64>,
}

impl Observer for Counts {
    fn contact(&mut self, _: &Contact, at: Micros) {
        self.of[(at / self.width) as usize] += 1.0;
    }
}

fn counts(laws: &Laws<'_>, replication: u64, width: Micros, stretches: usize) -> Vec<f64> {
    let of = vec![0.0; stretches];
    let mut counts = Counts { width, of };
    simulate(laws, 5, replication, &mut counts);
    counts.of
}

/// A scenario whose cases come once each.
fn model(frame: &str, demand: &str, changes: &str) -> Model {
    let text = format!(
        "{frame}\ndemand = {{ {demand} }}\ntopic = [ {{ name = \"q\", work = \"1 s\" }} ]\n\
         [[pool]]\nname = \"p\"\nkind = \"employed\"\nagents = 10\n{changes}"
    );
    let files = InMemory::new().with("a.toml", text);
    load(Path::new("a.toml"), &[], &files).unwrap().model
}

/// The mean of values that are independent must be within four standard errors of what is expected.
#[track_caller]
fn is_mean(what: &str, values: &[f64], expected: f64) {
    let n = values.len() as f64;
    let found = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|v| (v - found) * (v - found));
    let se = (squares.sum::<f64>() / (n * (n - 1.0))).sqrt();
    assert!(
        (found - expected).abs() < 4.0 * se,
        "{what}: {found} ± {se}, expected {expected}"
    );
}

/// The same of the covariance of two of the values of each sample, whose expected values are known.
#[track_caller]
fn covary(what: &str, samples: &[Vec<f64>], (i, j): (usize, usize), mean: f64, expected: f64) {
    let products: Vec<f64> = samples
        .iter()
        .map(|s| (s[i] - mean) * (s[j] - mean))
        .collect();
    is_mean(&format!("{what} {i} {j}"), &products, expected);
}

/// The covariance of two factors of mean 1 whose standard normal scores have correlation r, by the factor of a score: a sum over a grid of the bivariate
/// normal density, which for smooth functions is as good as exact.
fn covariance_of(factor: impl Fn(f64) -> f64, r: f64) -> f64 {
    const STEP: f64 = 0.05;
    let (normal, own) = (Normal::standard(), (1.0 - r * r).sqrt());
    let points: Vec<(f64, f64)> = (-130..=130)
        .map(|i| f64::from(i) * STEP)
        .map(|z| (z, factor(z) - 1.0))
        .collect();
    let mut sum = 0.0;
    for (x, f) in &points {
        for (y, g) in &points {
            sum += f * g * normal.pdf(*x) * normal.pdf((y - r * x) / own) / own;
        }
    }
    sum * STEP * STEP
}

/// The same of Gamma factors `lag` apart, by the quantiles of statrs.
fn covariance(cv: f64, r: f64, lag: usize) -> f64 {
    let gamma = gamma(cv);
    match (lag, r == 0.0) {
        (0, _) => cv * cv,
        (_, true) => 0.0,
        _ => {
            let quantile = |z| gamma.inverse_cdf(Normal::standard().cdf(z));
            covariance_of(quantile, libm::pow(r, lag as f64))
        }
    }
}

fn gamma(cv: f64) -> Gamma {
    let shape = 1.0 / (cv * cv);
    Gamma::new(shape, shape).unwrap()
}

/// Of lognormal factors the covariance is known: exp(s² r) - 1.
#[test]
fn the_grid_gives_the_covariance_of_lognormal_factors() {
    let s = 0.4;
    for r in [-0.5, 0.1, 0.68, 0.95] {
        let found = covariance_of(|z| libm::exp(s * z - s * s / 2.0), r);
        let expected = libm::expm1(s * s * r);
        assert!((found - expected).abs() < 1e-8, "{r}: {found} {expected}");
    }
}

/// Factors of days by replication, of days that stand for weeks.
fn days(laws: &Laws<'_>, replications: u64, days: u64) -> Vec<Vec<f64>> {
    let of = |r| laws.day_busyness(5, r, (1..=days).map(|d| (d, d)));
    (0..replications).map(of).collect()
}

/// Each day is what it is without correlation; days k apart have scores of correlation r to the kth, from the first day on.
#[test]
fn days_keep_their_law_and_have_the_correlation_of_the_copula() {
    for (cv, r) in [(0.3, 0.0), (0.16, 0.68), (0.5, 0.65), (0.3, -0.5)] {
        let demand = format!("rate = '1 / h', busyness_cv = {cv}, busyness_correlation = {r}");
        let model = model("horizon = '1 week'", &demand, "");
        let laws = Laws::new(&model).unwrap();
        let samples = days(&laws, 20_000, 7);
        let what = format!("{cv} {r}");
        let by_lag: Vec<f64> = (0..7).map(|lag| covariance(cv, r, lag)).collect();
        for i in [0, 3, 6] {
            let values: Vec<f64> = samples.iter().map(|s| s[i]).collect();
            is_mean(&what, &values, 1.0);
            // A tenth of the days are above the upper decile.
            let decile = gamma(cv).inverse_cdf(0.9);
            let above = |v: &f64| f64::from(u8::from(*v > decile));
            is_mean(&what, &values.iter().map(above).collect::<Vec<_>>(), 0.1);
        }
        for (i, j) in [(0, 0), (6, 6), (0, 1), (5, 6), (0, 2), (3, 5), (0, 6)] {
            covary(&what, &samples, (i, j), 1.0, by_lag[j - i]);
        }
        let weeks: Vec<Vec<f64>> = samples.iter().map(|s| vec![s.iter().sum()]).collect();
        let pairs = (0..7).flat_map(|i| (0..7).map(move |j: usize| j.abs_diff(i)));
        let variance = pairs.map(|lag| by_lag[lag]).sum();
        covary(&format!("week of {what}"), &weeks, (0, 0), 7.0, variance);
    }
}

/// The logarithm of the level is a random walk from the first day on, each day less half of its variance, so that the level keeps its mean.
#[test]
fn the_level_wanders_and_keeps_its_mean() {
    let (sd, cv) = (0.2, 0.3);
    let wandering = format!("rate = '1 / h', level_sd_per_week = {sd}");
    let step = sd * sd / 7.0;
    let model_of = |demand: &str| model("horizon = '3 weeks'", demand, "");
    let model = model_of(&wandering);
    let laws = Laws::new(&model).unwrap();
    let levels = days(&laws, 20_000, 21);
    assert!(levels.iter().all(|l| l[0] == 1.0), "the first day");
    let walks: Vec<Vec<f64>> = levels
        .iter()
        .map(|days| {
            let each = (0..).zip(days);
            each.map(|(d, l)| libm::log(*l) + f64::from(d) * step / 2.0)
                .collect()
        })
        .collect();
    for (i, j) in [(1, 1), (7, 7), (20, 20), (3, 20), (7, 14)] {
        covary("walk", &walks, (i, j), 0.0, i.min(j) as f64 * step);
    }
    for day in [1, 7, 20] {
        let values: Vec<f64> = levels.iter().map(|l| l[day]).collect();
        is_mean("level", &values, 1.0);
    }
    // Of a correlated day on a level that wanders, both are as by themselves.
    let both = format!("{wandering}, busyness_cv = {cv}, busyness_correlation = 0.68");
    let model = model_of(&both);
    let laws = Laws::new(&model).unwrap();
    let samples = days(&laws, 20_000, 21);
    for (i, j) in [(7, 7), (7, 8), (14, 16)] {
        let expected = (1.0 + covariance(cv, 0.68, j - i)) * libm::exp(i as f64 * step) - 1.0;
        covary("both", &samples, (i, j), 1.0, expected);
    }
}

/// Counts of an hour whose quarters have a factor of cv c each, or share one: of mean m each has the variance m + m² c², and two
/// have the covariance m² c² where the factor is common to both, else none.
#[test]
fn every_reporting_interval_has_a_factor_of_its_own() {
    for (interval, common) in [
        ("15 min", [0, 1, 2, 3]),
        ("30 min", [0, 0, 1, 1]),
        ("1 h", [0; 4]),
    ] {
        let frame = format!("horizon = \"1 h\"\ninterval = \"{interval}\"");
        let model = model(&frame, "rate = \"80 / h\", interval_busyness_cv = 0.5", "");
        let laws = Laws::new(&model).unwrap();
        let samples: Vec<Vec<f64>> = (0..4000)
            .map(|r| counts(&laws, r, 15 * MINUTE, 4))
            .collect();
        let (mean, cv) = (20.0, 0.5);
        for (i, j) in [(0, 0), (0, 1), (1, 2), (0, 3), (3, 3)] {
            let shared = if common[i] == common[j] {
                (mean * cv) * (mean * cv)
            } else {
                0.0
            };
            let expected = shared + if i == j { mean } else { 0.0 };
            covary(interval, &samples, (i, j), mean, expected);
        }
    }
}

/// Intervals of a day have the correlation of the copula, those of two days none, and each day begins as the first.
#[test]
fn intervals_are_correlated_within_a_day() {
    let (mean, cv) = (60.0, 0.5);
    for r in [0.55, -0.4] {
        let demand = format!(
            "rate = '10 / h', interval_busyness_cv = {cv}, interval_busyness_correlation = {r}"
        );
        let model = model("horizon = '2 days'\ninterval = '6 h'", &demand, "");
        let laws = Laws::new(&model).unwrap();
        let samples: Vec<Vec<f64>> = (0..6000).map(|r| counts(&laws, r, 6 * HOUR, 8)).collect();
        for (i, j) in [
            (0, 0),
            (3, 3),
            (4, 4),
            (0, 1),
            (2, 3),
            (4, 5),
            (0, 2),
            (5, 7),
            (3, 4),
            (2, 5),
            (3, 7),
        ] {
            let (is_one_day, is_one) = (i / 4 == j / 4, i == j);
            let of_factors = is_one_day.then(|| covariance(cv, r, j - i));
            let of_cases = if is_one { mean } else { 0.0 };
            let expected = mean * mean * of_factors.unwrap_or(0.0) + of_cases;
            covary(&format!("{r}"), &samples, (i, j), mean, expected);
        }
    }
}

/// With the factors that `day_busyness` tells, the cases of each local day are Poisson: over the days that daylight-saving time makes longer and shorter,
/// with draws spread among replications and without.
#[test]
fn cases_of_days_are_poisson_given_the_busyness() {
    const REPLICATIONS: u64 = 300;
    let frame = "start = 2025-03-28\nhorizon = '5 days'\ntime_zone = 'Europe/Stockholm'";
    let demand =
        "rate = '40 / h', busyness_cv = 0.3, busyness_correlation = 0.68, level_sd_per_week = 0.3";
    let model = model(frame, demand, "");
    let laws = || Laws::new(&model).unwrap();
    for laws in [laws(), laws().spread(5, 0..REPLICATIONS)] {
        let each = (0..REPLICATIONS).flat_map(|r| {
            let hours = counts(&laws, r, HOUR, 24 * 5 - 1);
            let busyness = laws.day_busyness(5, r, (1..=5).map(|d| (d, d)));
            let days = hours.iter().enumerate().map(|(h, count)| {
                let at = h as Micros * HOUR;
                (laws.days((at, at + 1)).0 as usize - 1, count)
            });
            let mut cases = [(0.0, 0.0); 5];
            for (day, count) in days {
                cases[day].0 += count;
                cases[day].1 += 40.0 * busyness[day];
            }
            cases.map(|(found, mean)| (found - mean) * (found - mean) / mean)
        });
        is_mean("chi squared", &each.collect::<Vec<_>>(), 1.0);
    }
}

/// What `staff` spreads among replications are the draws of each day, so that every replication has the law that it has by itself, and their mean varies less.
#[test]
fn spread_draws_leave_the_law_of_a_replication() {
    const GROUP: u64 = 16;
    const GROUPS: u64 = 500;
    let (cv, r, sd) = (0.3, 0.68, 0.1);
    let demand = format!(
        "rate = '1 / h', busyness_cv = {cv}, busyness_correlation = {r}, level_sd_per_week = {sd}"
    );
    let model = model("horizon = '1 week'", &demand, "");
    let mut laws = Laws::new(&model).unwrap();
    let whole = |laws: &Laws<'_>, r| laws.day_busyness(5, r, [(1, 7)])[0];
    let plain: Vec<f64> = (0..GROUP * GROUPS).map(|r| whole(&laws, r)).collect();
    let (mut means, mut next_days) = (Vec::new(), Vec::new());
    for group in 0..GROUPS {
        let replications = group * GROUP..(group + 1) * GROUP;
        laws = laws.spread(5, replications.clone());
        let each = replications.clone().map(|r| whole(&laws, r));
        means.push(each.sum::<f64>() / GROUP as f64);
        let next = replications.map(|r| {
            let days = laws.day_busyness(5, r, [(5, 5), (6, 6)]);
            (days[0] - 1.0) * (days[1] - 1.0)
        });
        next_days.push(next.sum::<f64>() / GROUP as f64);
    }
    is_mean("weeks", &means, 1.0);
    let level = libm::exp(4.0 * sd * sd / 7.0);
    let expected = (1.0 + covariance(cv, r, 1)) * level - 1.0;
    is_mean("neighbours", &next_days, expected);
    let variance = |values: &[f64]| {
        let squares = values.iter().map(|v| (v - 1.0) * (v - 1.0));
        squares.sum::<f64>() / values.len() as f64
    };
    let gain = variance(&plain) / GROUP as f64 / variance(&means);
    assert!(gain > 10.0, "{gain}");
}

/// Scenarios whose days are correlated more or less have the same luck: next to no correlation is next to none.
#[test]
fn a_small_correlation_changes_little() {
    let factors = |r: &str, level: &str| {
        let demand = format!(
            "rate = '1 / h', busyness_cv = 0.3, busyness_correlation = {r}, level_sd_per_week = {level}"
        );
        let model = model("horizon = '2 weeks'", &demand, "");
        days(&Laws::new(&model).unwrap(), 200, 14).concat()
    };
    let plain = factors("0", "0");
    for (r, level) in [("1e-9", "0"), ("-1e-9", "0"), ("0", "1e-9")] {
        let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-7;
        assert!(plain.iter().zip(&factors(r, level)).all(close), "{r}");
    }
    assert!(plain != factors("1e-3", "0"));
    let intervals = |r: &str| -> Vec<Vec<f64>> {
        let demand = format!(
            "rate = '40 / h', interval_busyness_cv = 0.3, interval_busyness_correlation = {r}"
        );
        let model = model("horizon = '1 day'", &demand, "");
        let laws = Laws::new(&model).unwrap();
        (0..20).map(|r| counts(&laws, r, HOUR, 24)).collect()
    };
    assert_eq!(intervals("0"), intervals("1e-12"));
    assert!(intervals("0") != intervals("0.1"));
}

/// A change of how much days and intervals differ leaves how they are correlated: from the date on all is as if it had always been so, also where nothing
/// differed before. Another change, within a day, changes nothing.
#[test]
fn changes_on_a_date_do_not_break_the_course() {
    let frame = "start = 2025-06-02\nhorizon = '8 days'";
    let demand = |cv: f64, interval: f64| {
        format!(
            "rate = '40 / h', busyness_cv = {cv}, busyness_correlation = 0.68, interval_busyness_cv = {interval}, \
             interval_busyness_correlation = 0.55, level_sd_per_week = 0.2"
        )
    };
    let change = |at: &str, set: &str| format!("[[timeline]]\nat = {at}\nset = {{ {set} }}");
    let of = |demand: &str, changes: &str| -> Vec<Vec<f64>> {
        let model = model(frame, demand, changes);
        let laws = Laws::new(&model).unwrap();
        (0..10).map(|r| counts(&laws, r, HOUR, 8 * 24)).collect()
    };
    let always = of(&demand(0.3, 0.2), "");
    let other = change("2025-06-05T10:10:00", "\"pool.p.agents\" = 11");
    assert_eq!(of(&demand(0.3, 0.2), &other), always);
    let set = "\"demand.busyness_cv\" = 0.3, \"demand.interval_busyness_cv\" = 0.2";
    for (date, hours) in [("2025-06-07", 5 * 24), ("2025-06-05T10:00:00", 3 * 24 + 10)] {
        for before in [demand(0.1, 0.4), demand(0.0, 0.0)] {
            let changed = of(&before, &change(date, set));
            let unchanged = of(&before, "");
            for ((changed, always), unchanged) in changed.iter().zip(&always).zip(&unchanged) {
                assert_eq!(changed[hours..], always[hours..], "{date}");
                assert_eq!(changed[..hours], unchanged[..hours], "{date}");
            }
        }
    }
}

/// After a day whose factor is known the scores of the next days are normal with the mean r^k z and the variance 1 - r^2k, z being the score of that day;
/// factors are what the scores make of them.
#[test]
fn the_day_before_moves_the_first_days() {
    let normal = Normal::standard();
    for (cv, r, before) in [(0.16, 0.68, 1.08), (0.4, 0.65, 0.5), (0.3, -0.5, 1.4)] {
        let demand = format!(
            "rate = '1 / h', busyness_cv = {cv}, busyness_correlation = {r}, busyness_before = {before}"
        );
        let model = model("horizon = '1 week'", &demand, "");
        let laws = Laws::new(&model).unwrap();
        let samples = days(&laws, 20_000, 7);
        let gamma = gamma(cv);
        let z = normal.inverse_cdf(gamma.cdf(before));
        let scores: Vec<Vec<f64>> = samples
            .iter()
            .map(|s| {
                s.iter()
                    .map(|x| normal.inverse_cdf(gamma.cdf(*x)))
                    .collect()
            })
            .collect();
        for day in [0, 1, 5] {
            let what = format!("{cv} {r} {before}, day {day}");
            let power = libm::pow(r, day as f64 + 1.0);
            let (mean, variance) = (power * z, 1.0 - power * power);
            let of_day: Vec<f64> = scores.iter().map(|s| s[day]).collect();
            is_mean(&what, &of_day, mean);
            covary(&what, &scores, (day, day), mean, variance);
            // The factor's own mean, by a sum over a grid of the normal density.
            let grid = (-800..=800).map(|i| f64::from(i) * 0.01);
            let factor = |x: f64| gamma.inverse_cdf(normal.cdf(mean + variance.sqrt() * x));
            let expected: f64 = grid.map(|x| 0.01 * normal.pdf(x) * factor(x)).sum();
            let factors: Vec<f64> = samples.iter().map(|s| s[day]).collect();
            is_mean(&what, &factors, expected);
        }
        // As far from the begin as that, the day before is forgotten.
        let m = libm::pow(r, 7.0).abs();
        assert!(m < 0.07);
    }
}

/// The days of a run are those of the laws, and a change of the cv on a date changes no score.
#[test]
fn the_day_before_holds_for_the_whole_run() {
    let demand =
        "rate = '1000 / h', busyness_cv = 0.2, busyness_correlation = 0.9, busyness_before = 2";
    let change = "timeline = [ { at = 2025-01-07, set = { \"demand.busyness_cv\" = 0.4 } } ]";
    let frame = "horizon = '3 days'";
    let (plain, changed) = (
        model(frame, demand, ""),
        model(&format!("{frame}\n{change}"), demand, ""),
    );
    let count = |model: &Model| counts(&Laws::new(model).unwrap(), 0, 24 * HOUR, 3);
    let (plain, changed) = (count(&plain), count(&changed));
    assert_eq!(plain[0], changed[0]);
    // Far above the mean with the score of 0.2, the more so with 0.4.
    assert!(
        plain[0] > 1.2 * 24_000.0 && changed[1] > plain[1],
        "{plain:?} {changed:?}"
    );
}
