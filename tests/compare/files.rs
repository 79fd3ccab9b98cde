//! Differences, families, costs.

use super::{desk, outcome, side};
use handover::experiment::{Method, compare, finance};

const A: [f64; 10] = [
    17.297, 12.837, 15.477, 22.953, 14.69, 21.368, 21.69, 15.412, 19.55, 18.738,
];
const B: [f64; 10] = [
    16.999, 14.819, 14.787, 21.836, 13.462, 22.596, 20.623, 13.724, 15.209, 17.358,
];

fn close(got: f64, want: f64) {
    assert!(
        (got - want).abs() <= 1e-9 * want.abs().max(1e-3),
        "{got}, not {want}"
    );
}

#[test]
fn a_pair_is_the_validated_one() {
    let m = desk(4).model;
    let (a, b) = (
        outcome(&m, "mean_wait", "s", &A),
        outcome(&m, "mean_wait", "s", &B),
    );
    let found = compare(&[side("b", &m, 1, &b), side("a", &m, 1, &a)]).remove(0);
    assert_eq!((found.method, found.rows.len()), (Method::Paired, 1));
    let d = &found.rows[0];
    let e = d.error.unwrap();
    close(d.difference, 0.8599);
    close(e.half_width, 1.21818835143);
    close(d.variance_ratio.unwrap(), 7.94958613335);
    // A family of one: nothing to adjust.
    assert_eq!((e.family, e.p_adjusted), (1, e.p_value));
    close(e.adjusted_half_width, e.half_width);
    close(e.below, 0.5 * e.p_value);
    // Of different seeds: Welch.
    let found = compare(&[side("b", &m, 1, &b), side("a", &m, 2, &a)]).remove(0);
    assert_eq!(found.method, Method::Independent);
    close(found.rows[0].error.unwrap().half_width, 3.18987682661);
    assert_eq!(found.rows[0].variance_ratio, None);
}

#[test]
fn a_family_is_adjusted() {
    let m = desk(4).model;
    let shifted = |by: f64| -> Vec<f64> {
        A.iter()
            .zip(B)
            .map(|(a, b)| b + by + 0.3 * (a - b))
            .collect()
    };
    let base = outcome(&m, "mean_wait", "s", &B);
    let others: Vec<_> = [0.1, 0.6, 2.0]
        .map(|x| outcome(&m, "mean_wait", "s", &shifted(x)))
        .into();
    let sides = [
        side("base", &m, 1, &base),
        side("x", &m, 1, &others[0]),
        side("y", &m, 1, &others[1]),
        side("z", &m, 1, &others[2]),
    ];
    let errors: Vec<_> = compare(&sides)
        .iter()
        .map(|c| c.rows[0].error.unwrap())
        .collect();
    // The smallest p-value counts three times, the next twice, the largest once.
    close(errors[2].p_adjusted, 3.0 * errors[2].p_value);
    close(
        errors[1].p_adjusted,
        (2.0 * errors[1].p_value).max(errors[2].p_adjusted),
    );
    assert!(errors[0].p_adjusted >= errors[1].p_adjusted);
    for e in errors {
        assert_eq!(e.family, 3);
        // t at 1 - 0.05/6 with 9 degrees of freedom over t at 0.975.
        close(
            e.adjusted_half_width / e.half_width,
            2.933_324_088_374 / 2.262_157_162_798,
        );
    }
}

#[test]
fn what_cannot_be_compared_is_left_out() {
    let m = desk(4).model;
    let nan = f64::NAN;
    let (a, b) = (
        outcome(&m, "mean_wait", "s", &[1.0, nan, 3.0, 4.0, 9.0]),
        outcome(&m, "mean_wait", "s", &[2.0, 5.0, nan, 6.0]),
    );
    let d = &compare(&[side("a", &m, 1, &a), side("b", &m, 1, &b)])[0].rows[0];
    assert_eq!((d.replications, d.baseline, d.scenario), (2, 2.5, 4.0));
    let one = outcome(&m, "mean_wait", "s", &[2.0]);
    let d = &compare(&[side("a", &m, 1, &a), side("b", &m, 1, &one)])[0].rows[0];
    assert_eq!((d.replications, d.difference, d.error), (1, 1.0, None));
    let none = outcome(&m, "mean_wait", "s", &[nan; 5]);
    assert!(
        compare(&[side("a", &m, 1, &a), side("b", &m, 1, &none)])[0]
            .rows
            .is_empty()
    );
    let other = outcome(&m, "asa", "s", &[2.0, 3.0]);
    assert!(
        compare(&[side("a", &m, 1, &a), side("b", &m, 1, &other)])[0]
            .rows
            .is_empty()
    );
    // Money in another currency is no number to subtract.
    let (sek, usd) = (
        outcome(&m, "cost_total", "SEK", &[1.0, 2.0]),
        outcome(&m, "cost_total", "USD", &[1.0, 2.0]),
    );
    let mut swedish = m.clone();
    swedish.prices.currency = "SEK".into();
    let sides = [side("a", &m, 1, &usd), side("b", &swedish, 1, &sek)];
    let found = compare(&sides).remove(0);
    assert!(found.rows.is_empty());
    assert_eq!(finance(&sides)[1].pairs, None);
    // Nothing varies: the difference is exact.
    let (two, three) = (
        outcome(&m, "mean_wait", "s", &[2.0; 4]),
        outcome(&m, "mean_wait", "s", &[3.0; 4]),
    );
    let d = &compare(&[side("a", &m, 1, &two), side("b", &m, 1, &three)])[0].rows[0];
    let e = d.error.unwrap();
    assert_eq!(
        (d.difference, e.half_width, e.p_value, e.below),
        (1.0, 0.0, 0.0, 0.0)
    );
}

#[test]
fn the_cheaper_one() {
    let m = desk(4).model;
    // Worth -10 and -8 or so: the second is cheaper in 7 of 8.
    let a = [-10.0, -11.0, -9.0, -10.5, -12.0, -9.5, -10.0, -8.0];
    let b = [-8.0, -9.0, -8.5, -8.0, -9.0, -9.0, -8.0, -8.25];
    let (a, b) = (outcome(&m, "npv", "USD", &a), outcome(&m, "npv", "USD", &b));
    let found = finance(&[side("a", &m, 1, &a), side("b", &m, 1, &b)]);
    assert_eq!(found.len(), 2);
    // Type 7 of 8 values: positions 1.7, 4.5 and 7.3 of the sorted ones.
    close(found[0].p10.unwrap(), -12.0 + 0.7 * 1.0);
    close(found[0].p50.unwrap(), -10.0);
    close(found[0].p90.unwrap(), -9.0 + 0.3 * 1.0);
    assert_eq!((found[0].pairs, found[0].baseline.as_str()), (None, ""));
    let c = &found[1];
    assert_eq!((c.pairs, c.cheaper_share), (Some(8), Some(0.875)));
    let (low, high) = (c.share_low.unwrap(), c.share_high.unwrap());
    assert!(low < 0.6 && low > 0.4 && high > 0.97);
    // Differences as costs: mean -1.53125, sd 1.1373; t with 7 degrees of freedom.
    let t = 1.531_25 / (1.137_333_190_281 / 8f64.sqrt());
    let want = handover::dist::student::student_t_cdf(7.0, t);
    assert!(
        (c.cheaper_in_the_mean.unwrap() - want).abs() < 1e-6,
        "{c:?} {want}"
    );
}
