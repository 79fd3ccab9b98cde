//! Student's t distribution.

use super::beta_fn::{beta_pq, beta_quantile_logit};
use super::special::normal_quantile;

/// Distribution function of Student's t with `df` degrees of freedom (any real above 0), `P(T <= t)`.
///
/// `I_x(df/2, 1/2) / 2` with `x = df / (df + t²)` for t below 0, and by symmetry above.
/// NaN when `df` is not above 0.
pub fn student_t_cdf(df: f64, t: f64) -> f64 {
    if df.is_nan() || df <= 0.0 || t.is_nan() {
        return f64::NAN;
    }
    let t2 = t * t;
    let tail = if t2.is_infinite() {
        0.0
    } else {
        0.5 * beta_pq(0.5 * df, 0.5, df / (df + t2), t2 / (df + t2)).0
    };
    if t < 0.0 { tail } else { 1.0 - tail }
}

/// Quantile of Student's t with `df` degrees of freedom (any real above 0): the t with `P(T <= t) = p`.
///
/// The inverse of [`student_t_cdf`] through the inverse incomplete beta function; above 1e5 degrees of freedom the
/// Cornish-Fisher expansion in 1/df, whose error there is below 1e-13.
/// NaN when `df` is not above 0 or p is outside [0, 1].
pub fn student_t_quantile(df: f64, p: f64) -> f64 {
    if df.is_nan() || df <= 0.0 || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.5 {
        return 0.0;
    }
    let tail = p.min(1.0 - p);
    if tail <= 0.0 {
        return f64::INFINITY.copysign(p - 0.5);
    }
    let t = if df > 1e5 {
        let z = -normal_quantile(tail);
        let z2 = z * z;
        z + z * (z2 + 1.0) / (4.0 * df)
            + z * ((5.0 * z2 + 16.0) * z2 + 3.0) / (96.0 * df * df)
            + z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / (384.0 * df * df * df)
    } else {
        let u = beta_quantile_logit(0.5 * df, 0.5, 2.0 * tail, 1.0 - 2.0 * tail);
        (df * libm::exp(-u)).sqrt()
    };
    if p < 0.5 { -t } else { t }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::disallowed_methods,
        reason = "tests compare with the platform's functions"
    )]
    use super::super::beta_fn::beta_quantile;
    use super::super::gamma_fn::{gamma_pq, gamma_quantile};
    use super::super::special::{logistic, logit, normal_cdf, normal_quantile};
    use super::*;

    fn gamma_p(a: f64, x: f64) -> f64 {
        gamma_pq(a, x).0
    }

    fn gamma_q(a: f64, x: f64) -> f64 {
        gamma_pq(a, x).1
    }

    fn gamma_p_inv(a: f64, p: f64) -> f64 {
        gamma_quantile(a, p, false)
    }

    fn gamma_q_inv(a: f64, q: f64) -> f64 {
        gamma_quantile(a, q, true)
    }

    fn beta_cdf(a: f64, b: f64, x: f64) -> f64 {
        beta_pq(a, b, x, 1.0 - x).0
    }

    fn beta_sf(a: f64, b: f64, x: f64) -> f64 {
        beta_pq(a, b, x, 1.0 - x).1
    }

    fn beta_inv(a: f64, b: f64, p: f64) -> f64 {
        beta_quantile(a, b, p, false)
    }

    fn beta_upper_inv(a: f64, b: f64, q: f64) -> f64 {
        beta_quantile(a, b, q, true)
    }

    fn close(got: f64, want: f64, tolerance: f64, what: &str) {
        assert!(
            (got - want).abs() <= tolerance * want.abs(),
            "{what}: got {got:e}, want {want:e}"
        );
    }

    /// (a, x, P, Q) to full precision, from the power series in 60-digit arithmetic.
    const GAMMA: [(f64, f64, f64, f64); 13] = [
        (0.5, 0.001, 0.03567059172967989, 0.9643294082703201),
        (0.0625, 1e-3, 0.6711004745111938, 0.32889952548880624),
        (2.5, 40.0, 0.9999999999999991, 8.391825114831611e-16),
        (10.5, 1.0, 3.383623349440061e-08, 0.9999999661637665),
        (100.0, 60.0, 1.4815276326460468e-06, 0.9999985184723673),
        (100.0, 150.0, 0.9999940754596646, 5.924540335483916e-06),
        (250.0, 200.0, 0.0003620704582896931, 0.9996379295417103),
        (250.0, 330.0, 0.9999981106125596, 1.8893874404113586e-06),
        (1000.0, 900.0, 0.0005499022657117829, 0.9994500977342882),
        (5000.5, 5300.0, 0.9999839707029576, 1.6029297042336395e-05),
        (1e6, 1_003_000.0, 0.9986382593537824, 0.0013617406462175915),
        (1e6, 996_000.0, 3.100711821108297e-05, 0.9999689928817889),
        (20.0, 100.0, 1.0, 3.764893576001475e-23),
    ];

    /// (a, b, x, I, 1 - I), likewise.
    const BETA: [(f64, f64, f64, f64, f64); 9] = [
        (0.5, 0.5, 0.1, 0.20483276469913345, 0.7951672353008665),
        (2.0, 3.0, 0.001, 5.992003e-06, 0.999994007997),
        (30.0, 70.0, 0.1, 1.892989721861384e-08, 0.9999999810701028),
        (30.0, 70.0, 0.5, 0.9999769687851782, 2.303121482187372e-05),
        (1000.0, 500.0, 0.7, 0.9973047634226494, 0.002695236577350608),
        (
            1000.0,
            500.0,
            0.62,
            8.422375330178381e-05,
            0.9999157762466983,
        ),
        (0.05, 8.0, 0.2, 0.9958964516836449, 0.0041035483163550535),
        (
            5000.0,
            0.5,
            0.999,
            0.0015615791602892907,
            0.9984384208397107,
        ),
        (1e5, 2e5, 0.335, 0.9735241700254673, 0.026475829974532662),
    ];

    #[test]
    fn incomplete_gamma_against_high_precision() {
        for (a, x, p, q) in GAMMA {
            close(gamma_p(a, x), p, 2e-12, &format!("P({a}, {x})"));
            close(gamma_q(a, x), q, 2e-12, &format!("Q({a}, {x})"));
        }
    }

    #[test]
    fn incomplete_gamma_is_continuous_between_methods() {
        for x in [150.0, 180.0, 199.0, 200.0, 201.0, 220.0, 260.0] {
            let (a, b) = (gamma_p(200.0 - 1e-9, x), gamma_p(200.0, x));
            assert!((a - b).abs() < 1e-9, "{x}: {a} {b}");
        }
        for ratio in [0.3, 3.0] {
            let (p1, q1) = (
                gamma_p(300.0, 300.0 * ratio - 1e-10),
                gamma_q(300.0, 300.0 * ratio - 1e-10),
            );
            let (p2, q2) = (
                gamma_p(300.0, 300.0 * ratio + 1e-10),
                gamma_q(300.0, 300.0 * ratio + 1e-10),
            );
            close(p1, p2, 1e-8, "P");
            close(q1, q2, 1e-8, "Q");
        }
    }

    #[test]
    fn gamma_inverse_round_trip() {
        for a in [
            0.01, 0.0625, 0.5, 1.0, 1.7, 4.0, 25.0, 199.0, 300.0, 1e4, 1e6, 1e8,
        ] {
            for p in [1e-300, 1e-100, 1e-19, 1e-12, 1e-6, 0.01, 0.2, 0.5] {
                let x = gamma_p_inv(a, p);
                if x > 1e-290 {
                    // relative error of P is shape times that of x in the tail
                    close(
                        gamma_p(a, x),
                        p,
                        2e-12 * a.sqrt().max(1.0),
                        &format!("P inverse a {a} p {p}"),
                    );
                }
                let x = gamma_q_inv(a, p);
                if x > 1e-290 {
                    close(
                        gamma_q(a, x),
                        p,
                        2e-12 * a.sqrt().max(1.0),
                        &format!("Q inverse a {a} q {p}"),
                    );
                }
            }
        }
        close(
            gamma_q_inv(1.0, 1e-12),
            -(1e-12_f64.ln()),
            1e-14,
            "exponential",
        );
        close(gamma_p_inv(1.0, 1e-12), 1e-12, 1e-11, "exponential");
        close(
            2.0 * gamma_p_inv(4.5, 0.95),
            16.9189776046,
            1e-11,
            "chi-squared, 9 degrees of freedom",
        );
        assert_eq!(gamma_p_inv(2.0, 0.0), 0.0);
        assert_eq!(gamma_p_inv(2.0, 1.0), f64::INFINITY);
        for bad in [
            gamma_p_inv(0.0, 0.5),
            gamma_p_inv(2.0, 1.5),
            gamma_q_inv(f64::NAN, 0.5),
            gamma_p(-1.0, 2.0),
        ] {
            assert!(bad.is_nan());
        }
    }

    #[test]
    fn incomplete_beta_against_high_precision() {
        for (a, b, x, p, q) in BETA {
            close(beta_cdf(a, b, x), p, 5e-12, &format!("I({a}, {b}, {x})"));
            close(beta_sf(a, b, x), q, 5e-12, &format!("1 - I({a}, {b}, {x})"));
        }
    }

    #[test]
    fn beta_inverse_round_trip() {
        for (a, b) in [
            (0.5, 0.5),
            (0.05, 8.0),
            (2.0, 3.0),
            (30.0, 0.7),
            (400.0, 90.0),
            (5e4, 0.5),
            (1.0, 1.0),
        ] {
            for p in [1e-100, 1e-19, 1e-12, 1e-6, 0.01, 0.2, 0.5] {
                let x = beta_inv(a, b, p);
                if x > 1e-290 && x < 0.999 {
                    close(
                        beta_cdf(a, b, x),
                        p,
                        1e-10,
                        &format!("inverse a {a} b {b} p {p}"),
                    );
                }
                let x = beta_upper_inv(a, b, p);
                if x > 1e-290 && x < 0.9 {
                    close(
                        beta_sf(a, b, x),
                        p,
                        1e-10,
                        &format!("upper inverse a {a} b {b} q {p}"),
                    );
                }
            }
        }
        assert_eq!(
            (beta_inv(2.0, 3.0, 0.0), beta_inv(2.0, 3.0, 1.0)),
            (0.0, 1.0)
        );
        assert!(beta_inv(0.0, 3.0, 0.5).is_nan() && beta_cdf(1.0, f64::NAN, 0.5).is_nan());
    }

    #[test]
    fn against_statrs() {
        use statrs::function::{beta, gamma};
        for a in [0.3, 1.0, 2.5, 17.0, 90.0] {
            for x in [0.01, 0.5, 2.0, 15.0, 80.0] {
                let want = gamma::gamma_lr(a, x);
                assert!((gamma_p(a, x) - want).abs() < 1e-12, "{a} {x}");
                assert!(
                    (beta_cdf(a, x, 0.37) - beta::beta_reg(a, x, 0.37)).abs() < 1e-12,
                    "{a} {x}"
                );
            }
        }
    }

    /// Why these functions are our own: exact figures (mpmath, 50 digits) that statrs misses by more than the fourth number says, relative,
    /// and ours by 1e-11 at most, which keeps the ten digits of files. A statrs that no longer does could replace them, as far as its digits are the same on every machine.
    #[test]
    fn statrs_loses_digits_in_tails_and_large_samples() {
        use statrs::distribution::{Beta, ContinuousCDF, Gamma, Normal, StudentsT};
        let student = |df, p| StudentsT::new(0.0, 1.0, df).unwrap().inverse_cdf(p);
        let normal = |z| Normal::new(0.0, 1.0).unwrap().cdf(z);
        // The upper end of Clopper and Pearson's interval without an event in a million trials.
        let none = -libm::expm1(libm::log(0.025) / 1e6);
        let of_none = 1.0 - Beta::new(1e6, 1.0).unwrap().inverse_cdf(0.025);
        for (ours, theirs, exact, miss) in [
            (
                student_t_quantile(1e5, 0.975),
                student(1e5, 0.975),
                1.959_987_707_534_609,
                1e-6,
            ),
            (
                student_t_quantile(1.0, 1.0 - 1e-9),
                student(1.0, 1.0 - 1e-9),
                318_309_895.186_209_3,
                0.5,
            ),
            (beta_upper_inv(1.0, 1e6, 0.025), of_none, none, 1e-5),
            (normal_cdf(-1.0), normal(-1.0), 0.158_655_253_931_457, 1e-11),
        ] {
            close(ours, exact, 1e-11, "ours");
            assert!((theirs / exact - 1.0).abs() > miss, "{theirs} {exact}");
        }
        // The largest draw of a sampling table is exceeded with probability 2^-65, which has no place in `1 - p`.
        let q = libm::exp2(-65.0);
        let largest = Gamma::new(2.5, 1.0).unwrap().inverse_cdf(1.0 - q);
        assert!(largest.is_infinite());
        close(
            gamma_q(2.5, gamma_q_inv(2.5, q)),
            q,
            1e-12,
            "upper quantile",
        );
    }

    #[test]
    fn normal_and_student() {
        close(normal_quantile(0.975), 1.959963984540054, 1e-15, "z");
        close(normal_quantile(1e-300), -37.0470962993612, 1e-13, "far z");
        for z in [0.0, 0.3, 1.0, 3.0, 5.5, 8.0, 20.0] {
            assert!((normal_quantile(normal_cdf(-z)) + z).abs() < 1e-13 * (1.0 + z));
        }
        // figures of scipy.stats
        for (p, df, want) in [
            (0.975, 1.0, 12.7062047362),
            (0.975, 4.0, 2.7764451052),
            (0.975, 9.0, 2.2621571628),
            (0.975, 29.0, 2.04522964213),
            (0.95, 19.0, 1.72913281152),
            (0.995, 999.0, 2.58075963727),
            (0.975, 2.5, 3.574654842),
        ] {
            close(student_t_quantile(df, p), want, 1e-11, "t");
            close(student_t_quantile(df, 1.0 - p), -want, 1e-11, "t");
            close(
                student_t_cdf(df, student_t_quantile(df, p)),
                p,
                1e-13,
                "t cdf",
            );
        }
        // Cauchy
        for p in [0.500001, 0.6, 0.9, 0.999999] {
            close(
                student_t_quantile(1.0, p),
                (std::f64::consts::PI * (p - 0.5)).tan(),
                1e-9,
                "Cauchy",
            );
        }
        close(
            student_t_quantile(1e5 + 1.0, 0.999),
            student_t_quantile(1e5, 0.999),
            1e-9,
            "expansion joins",
        );
        assert_eq!(student_t_quantile(3.0, 0.5), 0.0);
        assert!(student_t_quantile(0.0, 0.5).is_nan() && student_t_quantile(3.0, -0.1).is_nan());
        close(logit(0.75), 3.0_f64.ln(), 1e-15, "logit");
        close(logistic(logit(1e-30)), 1e-30, 1e-13, "logistic");
    }
}
