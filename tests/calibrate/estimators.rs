//! The estimators against lifelines, scipy and statsmodels: values of `references.py`.

use handover::stats::fit::{Choice, Family, Fit, FitError, choose, fit, split_short};
use handover::stats::{Estimate, KaplanMeier, Tallied, TallyError, wilson};
use serde_json::Value;

pub(super) fn references() -> Value {
    serde_json::from_str(include_str!("references.json")).unwrap()
}

fn tallied(of: &Value) -> Vec<Tallied> {
    let rows = of["tallied"].as_array().unwrap().iter();
    let each = rows.map(|row| Tallied {
        value: row[0].as_f64().unwrap(),
        exact: row[1].as_u64().unwrap(),
        censored: row[2].as_u64().unwrap(),
    });
    each.collect()
}

fn numbers(of: &Value) -> Vec<Option<f64>> {
    of.as_array().unwrap().iter().map(Value::as_f64).collect()
}

#[track_caller]
pub(super) fn same(got: f64, want: f64) {
    let close = (got - want).abs() <= 1e-9 * want.abs() + 1e-12;
    assert!(close, "{got:e}, expected {want:e}");
}

#[test]
fn survival_as_lifelines_has_it() {
    for reference in references()["survival"].as_array().unwrap() {
        let km = KaplanMeier::new(&tallied(reference)).unwrap();
        let times = numbers(&reference["times"]);
        assert_eq!(km.steps().len(), times.len());
        let survival = numbers(&reference["survival"]);
        let errors = numbers(&reference["standard_error"]);
        for (i, time) in times.iter().enumerate() {
            let time = time.unwrap();
            same(km.survival(time), survival[i].unwrap());
            // It holds until just before the next step.
            same(km.survival(time + 1e-6), survival[i].unwrap());
            match errors[i] {
                Some(error) => same(km.variance(time).sqrt(), error),
                None => assert!(km.variance(time).is_nan()),
            }
        }
        assert_eq!(km.survival(0.0), 1.0);
        for level in reference["levels"].as_array().unwrap() {
            let (at, medians) = (level["level"].as_f64().unwrap(), numbers(&level["median"]));
            let (low, high) = (numbers(&level["low"]), numbers(&level["high"]));
            let steps = km.steps().iter().filter(|s| s.survival > 0.0);
            assert_eq!(steps.clone().count(), low.len());
            for (step, (low, high)) in steps.zip(low.iter().zip(&high)) {
                let got = km.interval(step.time, at).unwrap();
                same(got.0, low.unwrap());
                same(got.1, high.unwrap());
            }
            let got = km.quantile_interval(0.5, at);
            assert_eq!([got.0, got.1], medians[..]);
        }
        assert_eq!(km.quantile(0.5), reference["median"].as_f64());
        let restricted = &reference["restricted"];
        let got = km.restricted_mean(restricted["until"].as_f64().unwrap());
        same(got.unwrap().value, restricted["mean"].as_f64().unwrap());
        let error = restricted["standard_error"].as_f64().unwrap();
        same(got.unwrap().standard_error, error);
    }
}

#[track_caller]
fn same_estimate(got: Estimate, want: &Value) {
    same(got.value, want[0].as_f64().unwrap());
    same(got.standard_error, want[1].as_f64().unwrap());
}

#[test]
fn laws_of_largest_likelihood() {
    for reference in references()["fits"].as_array().unwrap() {
        let data = tallied(reference);
        let wanted = reference["fits"].as_object().unwrap();
        let Choice {
            candidates,
            refused,
        } = choose(&Family::ALL, &data);
        assert_eq!(candidates.len(), wanted.len(), "{refused:?}");
        for candidate in &candidates {
            let got = &candidate.fit;
            let want = &wanted[got.family.name()];
            let (values, errors) = (numbers(&want["estimate"]), numbers(&want["standard_error"]));
            for (i, p) in got.parameters.iter().enumerate() {
                same(p.value, values[i].unwrap());
                same(p.standard_error, errors[i].unwrap());
            }
            same(got.log_likelihood, want["log_likelihood"].as_f64().unwrap());
            let n = got.parameters.len() as f64;
            same(got.aic, 2.0 * n - 2.0 * got.log_likelihood);
            same_estimate(got.mean, &want["mean"]);
            same_estimate(got.cv, &want["cv"]);
            same(got.law.mean(), got.mean.value);
            if want["ks"].is_null() {
                continue;
            }
            let d = &candidate.distance;
            same(d.largest, want["ks"].as_f64().unwrap());
            same(d.p_value.unwrap(), want["p_value"].as_f64().unwrap());
            let statistic = want["anderson_darling"].as_f64().unwrap();
            same(d.anderson_darling.unwrap(), statistic);
            for (pair, want) in d.quantiles.iter().zip(numbers(&want["quantiles"])) {
                same(pair.fitted, want.unwrap());
            }
        }
        let order: Vec<f64> = candidates.iter().map(|c| c.fit.aic).collect();
        assert!(order.is_sorted(), "{order:?}");
        assert_eq!(candidates[0].loss, 0.0);
    }
}

#[test]
fn shares_as_statsmodels_has_them() {
    for row in references()["wilson"].as_array().unwrap() {
        let [x, n, level, low, high] = [0, 1, 2, 3, 4].map(|i| row[i].as_f64().unwrap());
        let got = wilson(x, n, level).unwrap();
        same(got.0, low);
        same(got.1, high);
    }
    assert_eq!(wilson(3.0, 2.0, 0.95), None);
    assert_eq!(wilson(0.0, 0.0, 0.95), None);
    assert_eq!(wilson(1.0, 2.0, 1.0), None);
}

#[test]
fn hazards_with_exact_intervals() {
    for row in references()["poisson_rate"].as_array().unwrap() {
        let exact = row[0].as_u64().unwrap();
        let [level, low, high] = [1, 2, 3].map(|i| row[i].as_f64().unwrap());
        let censored = 4;
        let all = [Tallied {
            value: 8.0,
            exact,
            censored,
        }];
        let got = KaplanMeier::new(&all)
            .unwrap()
            .hazards(&[0.0, 2.0, 10.0, 11.0], level);
        // Nobody is at risk after 10; before 2 nobody ended.
        assert_eq!(got.len(), 2);
        assert_eq!((got[0].events, got[1].events), (0, exact));
        let exposure = 6.0 * (exact + censored) as f64;
        assert_eq!(got[1].exposure, exposure);
        same(got[1].interval.0, low / exposure);
        same(got[1].interval.1, high / exposure);
    }
}

#[test]
fn a_tail_is_marked() {
    let all = Tallied::of((1..=8).map(|i| (f64::from(i), i <= 4)));
    let km = KaplanMeier::new(&all).unwrap();
    let law = handover::dist::Distribution::exponential(10.0).unwrap();
    let tail = km.tail(1, &law).unwrap();
    assert_eq!((tail.from, tail.share), (4.0, 0.5));
    same(tail.survival(14.0), 0.5 * (-1.0_f64).exp());
    let at = |p| km.tailed_quantile(p, &tail).unwrap();
    assert_eq!((at(0.5).value, at(0.5).extrapolated), (4.0, false));
    assert!(at(0.75).extrapolated);
    same(at(0.75).value, 4.0 + 10.0 * 2.0_f64.ln());
    assert_eq!(km.quantile(0.75), None);
    // At least six at risk: the third end.
    assert_eq!(km.tail(6, &law).unwrap().from, 3.0);
    let ended = KaplanMeier::new(&Tallied::of([(1.0, true), (2.0, true)])).unwrap();
    assert_eq!(ended.tail(1, &law), None);
    assert_eq!(ended.restricted_mean(9.0).unwrap().value, 1.5);
}

fn few(values: &[f64]) -> Vec<Tallied> {
    Tallied::of(values.iter().map(|v| (*v, true)))
}

#[test]
fn refusals() {
    use FitError::{AllEqual, NoMaximum, Tally, TooFew, Zeros};
    let error = |family, values: &[f64]| fit(family, &few(values)).unwrap_err();
    let [found, needed] = [2, 5];
    assert_eq!(error(Family::Gamma, &[1.0, 2.0]), TooFew { found, needed });
    assert_eq!(error(Family::Weibull, &[3.0; 9]), AllEqual(3.0));
    assert_eq!(error(Family::Exponential, &[0.0; 9]), AllEqual(0.0));
    assert!(fit(Family::Exponential, &few(&[3.0; 9])).is_ok());
    let zeros = [0.0, 0.0, 1.0, 2.0, 3.0, 4.0];
    assert_eq!(error(Family::Lognormal, &zeros), Zeros(2));
    assert!(fit(Family::Exponential, &few(&zeros)).is_ok());
    let none = Tally(TallyError::Empty);
    assert_eq!(fit(Family::Gamma, &[]).unwrap_err(), none);
    let even: Vec<f64> = (100..140).map(f64::from).collect();
    assert_eq!(error(Family::Hyperexponential, &even), NoMaximum);
    // All but equal, some of them lower bounds: no gamma law within reach, and no long search for one.
    let mut same = few(&even.iter().map(|v| 1.0 + 1e-9 * v).collect::<Vec<_>>());
    same[30].censored = 5;
    assert_eq!(fit(Family::Gamma, &same).unwrap_err(), NoMaximum);
    let with = |value| Tallied {
        value,
        exact: 3,
        censored: 0,
    };
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(KaplanMeier::new(&[with(bad)]).is_err(), "{bad}");
    }
    let mut many = [with(1.0), with(2.0)];
    many[1].censored = u64::MAX;
    assert_eq!(KaplanMeier::new(&many).unwrap_err(), TallyError::TooMany);
    let unsorted = KaplanMeier::new(&[with(2.0), with(1.0)]);
    assert_eq!(unsorted.unwrap_err(), TallyError::Order(1.0));
    // All but a few are lower bounds, some of them of nothing.
    let mut censored = few(&[1.0, 2.0, 3.0, 4.0, 5.0]);
    censored.insert(0, with(0.0));
    censored[0].exact = 0;
    censored[0].censored = 1_000_000;
    censored[5].censored = 100_000;
    for family in [Family::Gamma, Family::Lognormal, Family::Weibull] {
        match fit(family, &censored) {
            Ok(fit) => assert!(fit.mean.value > 1000.0, "{family:?}"),
            Err(error) => assert!(matches!(error, FitError::Law(_) | NoMaximum), "{error}"),
        }
    }
}

#[test]
fn short_ones_apart() {
    let mut all = few(&[1.0, 3.0, 9.9, 10.0, 40.0, 50.0, 60.0]);
    all[1].censored = 2;
    let split = split_short(&all, 10.0).unwrap();
    // 9 of whom 1 ends; of 8, 1 and two leave; of 5, 1.
    same(split.share.value, 1.0 - 8.0 / 9.0 * 7.0 / 8.0 * 4.0 / 5.0);
    same(split.mean_short.unwrap(), 13.9 / 3.0);
    assert_eq!(split.others.len(), 4);
    assert_eq!(split.others[0].value, 10.0);
    assert_eq!(split_short(&all, 0.0).unwrap().share.value, 0.0);
}

/// Draws of the parameters have the mean and the standard errors of the fit.
#[test]
fn parameters_drawn_from_their_errors() {
    let reference = &references()["fits"][2];
    let data = tallied(reference);
    for family in Family::ALL {
        let fit: Fit = fit(family, &data).unwrap();
        assert_eq!(fit.drawn(&[]), fit.law);
        let key = handover::random::Key::root(5, 0);
        let logs: Vec<f64> = (0..4000)
            .map(|i| {
                let word = |k| key.child(i).bits(k);
                let z = [0, 1, 2].map(|k| handover::dist::counts::normal_score(word(k)));
                fit.drawn(&z).mean().ln()
            })
            .collect();
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        let sd = (logs.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / n).sqrt();
        let want = fit.mean.standard_error / fit.mean.value;
        // The delta method is the first order only.
        assert!((sd / want - 1.0).abs() < 0.15, "{family:?} {sd} {want}");
    }
}

/// The filter against the whole covariance matrix at once.
#[test]
fn errors_that_wander() {
    use handover::stats::wander::{Errors, Observation, regressed};
    let reference = &references()["wandering"];
    let list = |of: &Value| -> Vec<f64> { numbers(of).into_iter().flatten().collect() };
    let (at, y, noise) = ("at", "y", "noise");
    let [at, y, noise] = [at, y, noise].map(|name| list(&reference[name]));
    let observation = |i: usize| Observation {
        at: at[i] as u32,
        y: y[i],
        noise: noise[i],
        x: list(&reference["x"][i]),
    };
    let observations: Vec<Observation> = (0..at.len()).map(observation).collect();
    for case in reference["cases"].as_array().unwrap() {
        let [sd, correlation, walk] = list(&case["errors"])[..] else {
            panic!("three numbers")
        };
        let errors = Errors {
            sd,
            correlation,
            walk,
            independent: 0.0,
        };
        let got = regressed(&observations, &errors).unwrap();
        same(got.log_likelihood, case["log_likelihood"].as_f64().unwrap());
        for (got, want) in got.coefficients.iter().zip(list(&case["coefficients"])) {
            same(*got, want);
        }
        for (row, want) in got
            .covariance
            .iter()
            .zip(case["covariance"].as_array().unwrap())
        {
            for (got, want) in row.iter().zip(list(want)) {
                same(*got, want);
            }
        }
        let ahead = got.predict(&errors, &observations, 38, &[1.0, 0.0, 3.8]);
        let want = list(&case["prediction"]);
        same(ahead.mean, want[0]);
        same(ahead.variance, want[1]);
    }
}

#[test]
fn shares_of_outcomes() {
    use handover::calibrate::shares::shares;
    let got = shares(&[7, 13, 0], 0.95).unwrap();
    assert_eq!((got[0].value, got[2].value), (0.35, 0.0));
    assert_eq!(wilson(7.0, 20.0, 0.95), Some((got[0].low, got[0].high)));
    assert_eq!(shares(&[0, 0], 0.95), None);
}

/// By hand, in a window of two minutes, which is a bin of a minute and one of 60 s (the first edges are 0 and 60 s). Four contacts: two are
/// followed after 30 s and after 90 s, one is seen for 60 s, one to the end. The rate by chance is once in 1,024 s for all.
#[test]
fn repeats_by_hand() {
    use handover::calibrate::shares::Gaps;
    let mut gaps = Gaps::new(120.0);
    let chance = 1.0 / 1024.0;
    for (group, (seconds, followed)) in [(30, true), (90, true), (60, false), (500, false)]
        .into_iter()
        .enumerate()
    {
        gaps.add(seconds, followed, chance, group);
    }
    let got = gaps.repeats(0.95).unwrap();
    // In the first bin one of 30 + 3 x 60 s, in the second one of 30 + 60 s.
    let hazard: f64 = 60.0 * (1.0 / 210.0 - chance) + 60.0 * (1.0 / 90.0 - chance);
    assert!(
        (got.probability.value - (1.0 - (-hazard).exp())).abs() < 1e-9,
        "{got:?}"
    );
    assert!((got.by_chance - (1.0 - (-120.0 * chance).exp())).abs() < 1e-9);
    assert_eq!((got.contacts, got.followed, got.within(30.0)), (4, 2, 1));
    assert_eq!(got.delays, [30.0, 90.0]);
    assert!(Gaps::new(120.0).repeats(0.95).is_none() && gaps.repeats(1.0).is_none());
}

/// Two in ten come again for the same after 10 h in the mean; customers come for something else once in 100 h to 10,000 h: frequent ones make most
/// of the contacts, and are gone first. Gaps at the quantiles of their law.
#[test]
fn repeats_are_told_from_chance() {
    use handover::calibrate::shares::Gaps;
    let mut gaps = Gaps::new(7.0 * 86_400.0);
    for (mean_h, contacts) in [(100.0, 60_000), (1000.0, 30_000), (10_000.0, 10_000)] {
        let left = |t: f64| (0.8 + 0.2 * (-t / 10.0_f64).exp()) * (-t / mean_h).exp();
        for i in 0..contacts {
            let share = (f64::from(i) + 0.5) / f64::from(contacts);
            let (mut low, mut high) = (0.0, 1e6);
            for _ in 0..60 {
                let mid = (low + high) / 2.0;
                if left(mid) > share {
                    low = mid
                } else {
                    high = mid
                }
            }
            // Log of 1,000 h.
            let seconds = (low.min(1000.0) * 3600.0) as u64;
            gaps.add(seconds, low < 1000.0, 1.0 / (mean_h * 3600.0), i as usize);
        }
    }
    let got = gaps.repeats(0.95).unwrap();
    assert!((got.probability.value - 0.2).abs() < 2e-3, "{got:?}");
    assert!(got.probability.covers(0.2));
    let width = got.probability.high - got.probability.low;
    assert!((1e-4..0.02).contains(&width), "{width}");
    assert!(
        (got.delay.unwrap().value / 36_000.0 - 1.0).abs() < 0.03,
        "{:?}",
        got.delay
    );
    let within = got.within(36_000.0) as f64 / got.delays.len() as f64;
    assert!((within - (1.0 - (-1.0_f64).exp())).abs() < 0.03, "{within}");
}
