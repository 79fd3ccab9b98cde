//! Where the search for the largest likelihood begins.

use super::likelihood::Datum;

/// Time at risk over ends: the mean of the exponential law.
pub(super) fn mean(data: &[Datum]) -> f64 {
    let time: f64 = data.iter().map(|d| d.value * (d.exact + d.censored)).sum();
    time / data.iter().map(|d| d.exact).sum::<f64>()
}

/// Mean and variance of the logarithms of what ended.
fn logs(data: &[Datum]) -> (f64, f64) {
    let ended = || data.iter().filter(|d| d.exact > 0.0);
    let n: f64 = ended().map(|d| d.exact).sum();
    let mean = ended().map(|d| d.exact * d.log).sum::<f64>() / n;
    let square = |d: &Datum| d.exact * (d.log - mean) * (d.log - mean);
    (mean, ended().map(square).sum::<f64>() / n)
}

/// `mu` and `ln sigma` of a lognormal law, nearer to the exponential mean the more is censored.
pub(super) fn lognormal(data: &[Datum]) -> [f64; 2] {
    let (log, variance) = logs(data);
    let ended: f64 = data.iter().map(|d| d.exact).sum();
    let share = ended / data.iter().map(|d| d.exact + d.censored).sum::<f64>();
    let mu = share * log + (1.0 - share) * libm::log(mean(data));
    [mu, 0.5 * libm::log(variance.max(1e-12))]
}

/// `ln shape` and `ln scale` of a gamma law: Thom's approximation (1958) from what ended, with the mean from all.
pub(super) fn gamma(data: &[Datum]) -> [f64; 2] {
    let n: f64 = data.iter().map(|d| d.exact).sum();
    let average = data.iter().map(|d| d.exact * d.value).sum::<f64>() / n;
    let s = (libm::log(average) - logs(data).0).max(1e-10);
    let shape = (1.0 + (1.0 + 4.0 * s / 3.0).sqrt()) / (4.0 * s);
    [libm::log(shape), libm::log(mean(data) / shape)]
}

/// Log-odds and logarithms of the means of two exponential branches: fixed points of expectation and maximisation from several ratios
/// of the means.
pub(super) fn branches(data: &[Datum]) -> Vec<[f64; 3]> {
    let mean = mean(data);
    let each = [
        (0.5, 0.4, 1.6),
        (0.8, 0.3, 4.0),
        (0.2, 0.02, 1.2),
        (0.95, 0.6, 10.0),
    ];
    let starts = each.iter().map(|&(p, m, n)| {
        let (mut p, mut means) = (p, [m * mean, n * mean]);
        for _ in 0..30 {
            let (mut weight, mut all) = ([0.0; 2], 0.0);
            let (mut time, mut ends) = ([0.0; 2], [0.0; 2]);
            for d in data {
                let beyond = means.map(|m| libm::exp(-d.value / m));
                let s = [p * beyond[0], (1.0 - p) * beyond[1]];
                let f = [s[0] / means[0], s[1] / means[1]];
                for i in 0..2 {
                    let (exact, censored) = (
                        d.exact * f[i] / (f[0] + f[1]),
                        d.censored * s[i] / (s[0] + s[1]),
                    );
                    if !(exact.is_finite() && censored.is_finite()) {
                        continue;
                    }
                    weight[i] += exact + censored;
                    time[i] += (exact + censored) * d.value;
                    ends[i] += exact;
                }
                all += d.exact + d.censored;
            }
            p = (weight[0] / all).clamp(1e-6, 1.0 - 1e-6);
            for i in 0..2 {
                if ends[i] > 0.0 && time[i] > 0.0 {
                    means[i] = time[i] / ends[i];
                }
            }
        }
        [
            libm::log(p) - libm::log1p(-p),
            libm::log(means[0]),
            libm::log(means[1]),
        ]
    });
    starts.collect()
}
