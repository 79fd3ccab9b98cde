//! The comparison must be able to fail.

use super::plan::Power;
use super::series::{Estimate, MOST_Z, Series, Want};
use super::verify::{Level, verify};
use super::{erlang_b, rules};

#[test]
fn what_is_off_is_rejected() {
    let e = Estimate {
        value: 0.2,
        se: 0.001,
    };
    assert!(Want::Exact(0.2035).z(e) < MOST_Z);
    assert!(Want::Exact(0.2045).z(e) > MOST_Z);
    assert_eq!(Want::Within(0.19, 0.21).z(e), 0.0);
    assert!(Want::Within(0.21, 0.22).z(e) > MOST_Z);
    // A constant must be the value itself, and what is undefined is nothing.
    let constant = Estimate {
        value: 0.5,
        se: 0.0,
    };
    assert_eq!(Want::Exact(0.5).z(constant), 0.0);
    assert_eq!(Want::Exact(0.501).z(constant), f64::INFINITY);
    assert_eq!(
        Want::Exact(0.0).z(Estimate {
            value: 0.0,
            se: 0.0
        }),
        0.0
    );
    assert_eq!(
        Want::Exact(0.0).z(Estimate {
            value: f64::NAN,
            se: f64::NAN
        }),
        f64::INFINITY
    );
    assert_eq!(Power::Usual.most(Want::Exact(0.5)), 0.0015);
    assert_eq!(Power::Usual.most(Want::Exact(0.01)), 0.0001);
}

/// Through the whole path: the same run that passes fails when a number is 5% off.
#[test]
fn a_wrong_number_is_rejected() {
    let case = erlang_b.cases().find(|c| c.id == "EB-2").unwrap();
    let mut plan = erlang_b.plan(&case);
    let level = Level::Fast {
        contacts: 5e5,
        days: 0.0,
    };
    let right = verify(&case, &plan, level);
    assert!(right.failures.is_empty(), "{}", right.text);
    let check = plan
        .checks
        .iter_mut()
        .find(|c| c.name == "p_block")
        .unwrap();
    check.want = Want::Exact(1.05 * case.known("p_block"));
    let wrong = verify(&case, &plan, level);
    assert_eq!(wrong.failures.len(), 1, "{}", wrong.text);
    assert!(wrong.failures[0].contains("p_block"));
    // And when the run is too short to tell.
    let short = verify(
        &case,
        &erlang_b.plan(&case),
        Level::Fast {
            contacts: 1e3,
            days: 0.0,
        },
    );
    assert!(!short.failures.is_empty(), "{}", short.text);
}

/// Every scenario is one of a case, and every case has numbers.
#[test]
fn scenarios_belong_to_cases() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/theory/scenarios");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path());
    let scenarios = files.filter(|f| f.extension().is_some_and(|e| e == "toml"));
    let mut found: Vec<String> = scenarios
        .map(|f| f.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let mut cases: Vec<String> = rules.cases().map(|c| c.id).collect();
    found.sort();
    cases.sort();
    assert_eq!(found, cases);
    assert!(rules.cases().all(|c| !c.expected.is_empty()));
}

#[test]
fn figures_of_replications() {
    let (a, b) = (
        Series(vec![1.0, 2.0, f64::NAN, 6.0]),
        Series(vec![2.0, 4.0, 5.0, 12.0]),
    );
    let e = a.mean();
    assert_eq!(e.value, 3.0);
    assert!((e.se - (7.0_f64 / 3.0).sqrt()).abs() < 1e-12, "{e:?}");
    let a = Series(vec![1.0, 2.0, 6.0]);
    let b2 = Series(vec![2.0, 4.0, 12.0]);
    let r = a.over_mean_of(&b2);
    assert!((r.value - 0.5).abs() < 1e-12 && r.se < 1e-12);
    assert_eq!((b / 2.0).0, [1.0, 2.0, 2.5, 6.0]);
    assert!((a.variance().value - 7.0).abs() < 1e-12);
    assert_eq!(a.share(|x| x > 1.5).value, 2.0 / 3.0);
}
