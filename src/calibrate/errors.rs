//! How sure the log makes its means, from how much its days differ.

use super::drift::usual;
use super::gather::Gathered;

/// Fewer days do not say how much days differ.
const FEWEST: usize = 5;

/// Standard errors, from days; `None` where too few of them tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayErrors {
    /// Of the logarithm of the mean work.
    pub work: Option<f64>,
    /// Of the logarithm of the cumulative hazard of leaving, which is that of patience.
    pub patience: Option<f64>,
    /// How many times larger its variance is than if customers left independently of each other, at least 1.
    pub patience_more: f64,
    /// Of the logarithm of the agents on duty.
    pub presence: Option<f64>,
    /// How many times larger the variance of the shares of topics is than of independent contacts, at least 1.
    pub shares_more: f64,
    /// The same of what the assistant ends.
    pub assistant_more: f64,
}

impl DayErrors {
    /// Of a log.
    pub fn new(log: &Gathered) -> Self {
        let days: Vec<_> = log.days.values().map(|d| log.of_day(d, None)).collect();
        let patience = relative(days.iter().map(|c| (c.wait_s, c.abandoned)));
        let left: f64 = days.iter().map(|c| c.abandoned).sum();
        let on_duty = log.on_duty();
        let hours: Vec<(i32, f64)> = on_duty.iter().map(|(&d, a)| (d, a.iter().sum())).collect();
        let expected = usual(&hours);
        let presence = hours.iter().zip(&expected);
        Self {
            work: relative(days.iter().map(|c| (c.handle_s, c.handled))),
            patience,
            patience_more: patience.map_or(1.0, |e| (e * e * left).max(1.0)),
            presence: relative(presence.map(|(d, usual)| (d.1, *usual))),
            shares_more: shares_more(log),
            assistant_more: assistant_more(log),
        }
    }
}

/// The relative standard error of a ratio of sums over days.
fn relative(days: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let days: Vec<(f64, f64)> = days.filter(|d| d.1 > 0.0 || d.0 > 0.0).collect();
    let n = days.len() as f64;
    let (above, below) = days.iter().fold((0.0, 0.0), |s, d| (s.0 + d.0, s.1 + d.1));
    if days.len() < FEWEST || above <= 0.0 || below <= 0.0 {
        return None;
    }
    let residuals = days.iter().map(|d| d.0 / above - d.1 / below);
    let squares: f64 = residuals.map(|r| r * r).sum();
    Some((squares * n / (n - 1.0)).sqrt())
}

/// Chi square of days by topic over its degrees of freedom.
fn shares_more(log: &Gathered) -> f64 {
    let topics = log.topics.len();
    let totals: Vec<f64> = (0..topics).map(|k| log.total(Some(k)).contacts).collect();
    let all: f64 = totals.iter().sum();
    let (mut squares, mut freedom) = (0.0, 0.0);
    for day in log.days.values() {
        let each: Vec<f64> = (0..topics)
            .map(|k| log.of_day(day, Some(k)).contacts)
            .collect();
        let of_day: f64 = each.iter().sum();
        // What is rare on a day says nothing of its variance.
        for (n, total) in each.iter().zip(&totals) {
            let expected = of_day * total / all;
            if expected >= 5.0 {
                squares +=
                    (n - expected) * (n - expected) / (expected * (1.0 - total / all)).max(1e-9);
                freedom += 1.0;
            }
        }
    }
    if topics > 1 && freedom >= FEWEST as f64 {
        (squares / freedom).max(1.0)
    } else {
        1.0
    }
}

/// The same of what the assistant ended of what it met.
fn assistant_more(log: &Gathered) -> f64 {
    let days: Vec<(f64, f64)> = log
        .daily
        .0
        .values()
        .map(|d| (f64::from(d.assistant.0), f64::from(d.assistant.1)))
        .filter(|d| d.0 > 0.0)
        .collect();
    let (met, ended) = days.iter().fold((0.0, 0.0), |s, d| (s.0 + d.0, s.1 + d.1));
    let p = ended / met;
    if days.len() < FEWEST || p.is_nan() || p <= 0.0 || p >= 1.0 {
        return 1.0;
    }
    let squares = days.iter().map(|d| {
        let distance = d.1 - d.0 * p;
        distance * distance / (d.0 * p * (1.0 - p))
    });
    (squares.sum::<f64>() / (days.len() as f64 - 1.0)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_errors_by_hand() {
        // Five days of 10, with 20, 20, 20, 20 and 30 on them: the ratio is 2.2.
        let days = [20.0, 20.0, 20.0, 20.0, 30.0].map(|x| (x, 10.0));
        let got = relative(days.into_iter()).unwrap();
        let residual = |x: f64| (x - 22.0) / 110.0;
        let squares = 4.0 * residual(20.0) * residual(20.0) + residual(30.0) * residual(30.0);
        assert!((got - (squares * 5.0 / 4.0).sqrt()).abs() < 1e-12);
        assert_eq!(relative(days[..4].iter().copied()), None);
    }
}
