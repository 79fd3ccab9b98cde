//! Every case of the family of statistics, `theory/cases/statistics.json`, against the estimators of the library.

use handover::dist::special::normal_quantile;
use handover::dist::student::student_t_quantile;
use handover::experiment::{Factor, Levels, Sampling, design};
use handover::random::Key;
use handover::stats::{
    BatchMeans, ConfidenceInterval, KimNelson, PairedDifference, SobolSample, WelchDifference,
    kim_nelson_constants, moments, mser, ocba, sample_quantile, sobol_indices,
    student_t_half_width,
};
use serde_json::Value;

const CASES: &str = include_str!("theory/cases/statistics.json");

struct Case {
    params: Value,
    expected: Vec<(String, Value)>,
    looked_at: Vec<String>,
}

impl Case {
    fn list(&self, name: &str) -> Vec<f64> {
        numbers(&self.params[name])
    }

    fn number(&self, name: &str) -> f64 {
        self.params[name].as_f64().unwrap()
    }

    fn want(&mut self, name: &str) -> Value {
        self.looked_at.push(name.to_owned());
        let found = self.expected.iter().find(|(n, _)| n == name);
        found.unwrap_or_else(|| panic!("no {name}")).1.clone()
    }

    fn value(&mut self, name: &str) -> f64 {
        self.want(name).as_f64().unwrap()
    }

    /// The same to nine digits.
    #[track_caller]
    fn gives(&mut self, name: &str, got: f64) {
        self.within(name, got, 0.0);
    }

    #[track_caller]
    fn within(&mut self, name: &str, got: f64, tolerance: f64) {
        let want = self.value(name);
        let most = tolerance.max(1e-9 * want.abs()).max(1e-12);
        assert!((got - want).abs() <= most, "{name}: {got}, not {want}");
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap();
    list.iter().map(|x| x.as_f64().unwrap()).collect()
}

fn case(id: &str) -> Case {
    let all: Value = serde_json::from_str(CASES).unwrap();
    let cases = all["cases"].as_array().unwrap();
    let found = cases.iter().find(|c| c["id"] == id).unwrap();
    let expected = found["expected"].as_array().unwrap().iter();
    Case {
        params: found["params"].clone(),
        expected: expected
            .map(|e| (e["name"].as_str().unwrap().to_owned(), e["value"].clone()))
            .collect(),
        looked_at: Vec::new(),
    }
}

type Look = fn(&mut Case);

/// All cases with what looks at them.
const ALL: [(&str, Look); 14] = [
    ("ST-1", quantiles_of_laws),
    ("ST-2", student),
    ("ST-4", batch_means),
    ("ST-6", truncation),
    ("ST-8", differences),
    ("ST-10", quantiles),
    ("ST-12", ratio),
    ("ST-14", ishigami),
    ("ST-17", latin),
    ("ST-19", one_server),
    ("ST-21", impatient),
    ("ST-24", allocation),
    ("ST-26", constants),
    ("ST-27", selection),
];

/// Numbers that nothing in the library offers: no estimator uses the chi-square distribution, another kind of sample quantile than
/// type 7, the order statistics that bound a quantile, or a ratio of sums over replications.
const LEFT_OUT: [&str; 19] = [
    "correlation",
    "lag1_autocorrelation",
    "von_neumann_ratio",
    "mser_at_0",
    "truncated_mean",
    "full_mean",
    "chi2[0.95,9]",
    "type1",
    "type6",
    "type8",
    "order_stat_lower_index",
    "order_stat_upper_index",
    "ci_lower",
    "ci_upper",
    "coverage",
    "ratio",
    "delta_half_width_95",
    "jackknife_estimate",
    "jackknife_half_width_95",
];

#[test]
fn every_case_gives_its_numbers() {
    let all: Value = serde_json::from_str(CASES).unwrap();
    for found in all["cases"].as_array().unwrap() {
        let id = found["id"].as_str().unwrap();
        let (_, look) = ALL
            .iter()
            .find(|(name, _)| *name == id)
            .unwrap_or_else(|| panic!("nothing looks at {id}"));
        let mut case = case(id);
        look(&mut case);
        for (name, _) in &case.expected {
            let known = case.looked_at.contains(name) || LEFT_OUT.contains(&name.as_str());
            assert!(known, "{id}: {name} is not looked at");
        }
    }
}

fn quantiles_of_laws(c: &mut Case) {
    for (p, df) in [
        (0.975, 1.0),
        (0.975, 4.0),
        (0.975, 9.0),
        (0.975, 29.0),
        (0.95, 19.0),
    ] {
        c.gives(&format!("t[{p},{df}]"), student_t_quantile(df, p));
    }
    c.gives("t[0.995,999]", student_t_quantile(999.0, 0.995));
    c.gives("t[0.975,2.5]", student_t_quantile(2.5, 0.975));
    c.gives("z[0.975]", normal_quantile(0.975));
}

fn student(c: &mut Case) {
    let data = c.list("data");
    let at = |level| ConfidenceInterval::from_values(&data, level).unwrap();
    c.gives("mean", at(0.95).mean);
    c.gives("variance", at(0.95).sd * at(0.95).sd);
    c.gives("half_width_95", at(0.95).half_width());
    c.gives("half_width_90", at(0.9).half_width());
    c.gives(
        "relative_half_width_95",
        at(0.95).half_width() / at(0.95).mean,
    );
}

fn batch_means(c: &mut Case) {
    let b = BatchMeans::new(&c.list("data"), c.number("batches") as usize, 0.95).unwrap();
    c.gives("batch_length", b.length as f64);
    c.gives("mean", b.interval.mean);
    c.gives("variance_of_batch_means", b.interval.sd * b.interval.sd);
    c.gives("half_width_95", b.interval.half_width());
}

fn truncation(c: &mut Case) {
    let batch = c.number("batch") as usize;
    let t = mser(&c.list("data"), batch).unwrap();
    c.gives("batches", t.batches as f64);
    c.gives("truncation_batches", t.left_out as f64);
    c.gives("truncation_observations", (t.left_out * batch) as f64);
    c.gives("mser_at_minimum", t.mser);
}

fn differences(c: &mut Case) {
    let (a, b) = (c.list("a"), c.list("b"));
    let paired = PairedDifference::from_values(&a, &b, 0.95).unwrap();
    let welch = WelchDifference::from_values(&a, &b).unwrap();
    c.gives("mean_difference", paired.difference.mean);
    c.gives("paired_half_width_95", paired.difference.half_width());
    c.gives(
        "variance_of_difference",
        paired.difference.sd * paired.difference.sd,
    );
    c.gives(
        "variance_reduction_factor",
        paired.variance_reduction.unwrap(),
    );
    c.gives("welch_df", welch.df);
    let half = student_t_half_width(welch.standard_error, welch.df, 0.95);
    c.gives("welch_half_width_95", half.unwrap());
}

fn quantiles(c: &mut Case) {
    let (data, p) = (c.list("data"), c.number("p"));
    c.gives("type7", sample_quantile(&data, p).unwrap());
}

fn ratio(c: &mut Case) {
    let (good, offered) = (c.list("good"), c.list("offered"));
    let each: Vec<f64> = good.iter().zip(&offered).map(|(g, o)| g / o).collect();
    c.gives("mean_of_daily_ratios", moments(&each).mean().unwrap());
}

/// Factors from `low` to `high`.
fn factors(count: usize, low: f64, high: f64) -> Vec<Factor> {
    let factor = |i: usize| Factor {
        keys: vec![format!("x{i}")],
        levels: Levels::Range {
            low,
            high,
            unit: String::new(),
            steps: None,
            whole: false,
        },
    };
    (0..count).map(factor).collect()
}

fn points(factors: &[Factor], method: Sampling, n: usize, seed: u64) -> Vec<Vec<f64>> {
    let design = design(factors, method, n, seed).unwrap();
    let read = |p: &Vec<String>| p.iter().map(|x| x.parse().unwrap()).collect();
    design.points.iter().map(read).collect()
}

/// The design of `--method saltelli` and the estimators of `handover sensitivity`.
fn ishigami(c: &mut Case) {
    let (a, b) = (c.number("a"), c.number("b"));
    let f = |x: &Vec<f64>| {
        let (s1, s2) = (libm::sin(x[0]), libm::sin(x[1]));
        s1 + a * s2 * s2 + b * libm::pow(x[2], 4.0) * s1
    };
    let pi = std::f64::consts::PI;
    let n = 1 << 14;
    let y: Vec<f64> = points(&factors(3, -pi, pi), Sampling::Saltelli, n, 1)
        .iter()
        .map(f)
        .collect();
    // A row is A, B, and A with each input from B.
    let column = |j: usize| y.iter().skip(j).step_by(5).copied().collect::<Vec<f64>>();
    let ab: Vec<Vec<f64>> = (2..5).map(column).collect();
    let (of_a, of_b) = (column(0), column(1));
    let sample = SobolSample {
        a: &of_a,
        b: &of_b,
        ab: &ab,
    };
    let found = sobol_indices(sample, 0.95, 0, 1).unwrap();
    for (i, index) in found.iter().enumerate() {
        c.within(&format!("S{}", i + 1), index.first.estimate, 0.01);
        c.within(&format!("ST{}", i + 1), index.total.estimate, 0.01);
    }
    // The only interaction is that of the first and the third.
    let both = found[2].total.estimate - found[2].first.estimate;
    c.within("S13", both, 0.02);
    let found = moments(&[of_a, of_b].concat());
    c.within("mean", found.mean().unwrap(), 0.035);
    c.within("variance", found.variance().unwrap(), 0.14);
}

fn latin(c: &mut Case) {
    let (n, d) = (c.number("points") as usize, c.number("dimensions") as usize);
    let factors = factors(d, 0.0, 1.0);
    let seeds = 4000;
    let mut means = Vec::new();
    for seed in 0..seeds {
        let points = points(&factors, Sampling::Latin, n, seed);
        for j in 0..d {
            let mut strata: Vec<usize> = points
                .iter()
                .map(|p| ((p[j] * n as f64) as usize).min(n - 1))
                .collect();
            strata.sort_unstable();
            assert_eq!(strata, (0..n).collect::<Vec<_>>());
        }
        let sum: f64 = points.iter().flatten().sum();
        means.push(sum / n as f64);
    }
    c.gives("points_per_stratum_each_dimension", 1.0);
    // The variance of a variance of so many nearly normal means.
    let want = c.value("lhs_mean_variance");
    let se = want * (2.0 / (seeds as f64 - 1.0)).sqrt();
    let means = moments(&means);
    let variance = means.variance().unwrap();
    c.within("lhs_mean_variance", variance, 4.0 * se);
    let random = c.value("mc_mean_variance");
    c.within("variance_ratio", variance / random, 4.0 * se / random);
    c.within(
        "centred_lhs_mean",
        means.mean().unwrap(),
        4.0 * (want / seeds as f64).sqrt(),
    );
}

/// A chain of births and deaths: averages over steps of `width` of what `level` is worth, after a warm-up.
struct Chain {
    arrival: f64,
    /// Rate at which one of so many leaves.
    leaving: fn(f64) -> f64,
    worth: fn(f64) -> f64,
}

impl Chain {
    fn averages(&self, seed: u64, width: f64, warmup: usize, steps: usize) -> Vec<f64> {
        let key = Key::root(19, seed);
        let (mut n, mut at, mut draw, mut left) = (0.0, 0.0, 0u64, 0.0);
        let mut out = Vec::with_capacity(steps);
        let (mut area, mut end) = (0.0, width);
        let mut next = |n: f64| {
            let rate = self.arrival + (self.leaving)(n);
            draw += 2;
            let wait = -libm::log(key.uniform(draw)) / rate;
            (wait, key.uniform(draw + 1) * rate <= self.arrival)
        };
        let mut pending: Option<bool> = None;
        while out.len() < steps + warmup {
            if pending.is_none() {
                let (wait, is_arrival) = next(n);
                left = at + wait;
                pending = Some(is_arrival);
            }
            let until = left.min(end);
            area += (until - at) * (self.worth)(n);
            at = until;
            if at >= end {
                out.push(area / width);
                (area, end) = (0.0, end + width);
            } else if let Some(is_arrival) = pending.take() {
                n += if is_arrival { 1.0 } else { -1.0 };
            }
        }
        out.split_off(warmup)
    }
}

/// Batch means find the asymptotic variance, and their intervals cover the mean.
fn of_chain(c: &mut Case, chain: &Chain, mean: &str, variance: &str, width: f64) {
    // Batches of hundreds of relaxation times; the standard error of a variance from m batches is sqrt(2 / (m - 1)) of it.
    let (runs, batches, per_batch) = (40, 40, 20);
    let (mut hits, mut variances, mut means) = (0, Vec::new(), Vec::new());
    for seed in 0..runs {
        let series = chain.averages(seed, width, 2, batches * per_batch);
        let b = BatchMeans::new(&series, batches, 0.95).unwrap();
        hits += u64::from(b.interval.covers(c.value(mean)));
        variances.push(b.asymptotic_variance(width));
        means.push(b.interval.mean);
    }
    let m = (runs * (batches as u64 - 1)) as f64;
    let want = c.value(variance);
    c.within(
        variance,
        moments(&variances).mean().unwrap(),
        4.0 * want * (2.0 / m).sqrt(),
    );
    let length = width * (batches * per_batch) as f64;
    c.within(
        mean,
        moments(&means).mean().unwrap(),
        4.0 * (want / length / runs as f64).sqrt(),
    );
    assert!(hits >= 33, "{hits} of {runs} intervals cover the mean");
}

fn one_server(c: &mut Case) {
    let chain = Chain {
        arrival: c.number("arrival_rate"),
        leaving: |n| n.min(1.0),
        worth: |n| n,
    };
    of_chain(c, &chain, "mean", "asymptotic_variance", 1000.0);
    let sd = (c.value("asymptotic_variance") / 1e6).sqrt();
    c.gives("sd_of_average_over_1e6", sd);
}

fn impatient(c: &mut Case) {
    let chain = Chain {
        arrival: c.number("arrival_rate"),
        leaving: |n| n.min(5.0) + 0.5 * (n - 5.0).max(0.0),
        worth: |n| (n - 5.0).max(0.0),
    };
    of_chain(c, &chain, "mean_queue", "asymptotic_variance_queue", 40.0);
    let sd = (c.value("asymptotic_variance_queue") / 1e5).sqrt();
    c.gives("sd_over_1e5", sd);
}

fn allocation(c: &mut Case) {
    let (means, sds) = (c.list("means"), c.list("sds"));
    let best = (0..means.len()).min_by(|&i, &j| means[i].total_cmp(&means[j]));
    c.gives("best", best.unwrap() as f64);
    let want = numbers(&c.want("fractions"));
    let got = ocba(&means, &sds).unwrap();
    for (g, w) in got.iter().zip(&want) {
        assert!((g - w).abs() < 1e-9 * w, "{g}, not {w}");
    }
    assert_eq!(got.len(), want.len());
}

fn constants(c: &mut Case) {
    let of = |k, n0, alpha| kim_nelson_constants(k, n0, alpha).unwrap();
    for (k, n0, alpha) in [
        (2, 10, 0.05),
        (5, 10, 0.05),
        (10, 20, 0.05),
        (100, 20, 0.01),
    ] {
        c.gives(
            &format!("h2[k={k},n0={n0},alpha={alpha}]"),
            of(k, n0, alpha).1,
        );
    }
    c.gives("eta[k=2,n0=10,alpha=0.05]", of(2, 10, 0.05).0);
    c.gives("eta[k=5,n0=10,alpha=0.05]", of(5, 10, 0.05).0);
}

fn selection(c: &mut Case) {
    let data: Vec<Vec<f64>> = c.params["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(numbers)
        .collect();
    let (n0, alpha) = (c.number("n0") as usize, c.number("alpha"));
    let first: Vec<&[f64]> = data.iter().map(|x| &x[..n0]).collect();
    let mut kn = KimNelson::new(&first, c.number("delta"), alpha).unwrap();
    c.gives("h2", kim_nelson_constants(data.len(), n0, alpha).unwrap().1);
    let of_two: Vec<f64> = (0..n0).map(|i| data[0][i] - data[1][i]).collect();
    c.gives("S2_12", moments(&of_two).variance().unwrap());
    let mut r = n0;
    let mut sums: Vec<f64> = first.iter().map(|x| x.iter().sum()).collect();
    kn.screen(r, &sums);
    while kn.selected().is_none() {
        sums.iter_mut().zip(&data).for_each(|(s, x)| *s += x[r]);
        r += 1;
        kn.screen(r, &sums);
    }
    c.gives("selected", kn.selected().unwrap() as f64);
    c.gives("observations_at_stop", r as f64);
    let want = numbers(&c.want("eliminated_at_r"));
    let got: Vec<f64> = kn
        .dropped()
        .iter()
        .map(|d| d.map_or(-1.0, |r| r as f64))
        .collect();
    assert_eq!(got, want);
}
