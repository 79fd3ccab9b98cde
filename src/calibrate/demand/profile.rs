//! How contacts spread over the day, and whether weekdays differ in it.

use super::counts::Day;
use crate::dist::beta_fn::beta_pq;
use crate::stats::Estimate;

/// Shares of a day's contacts by interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Of all days; standard errors from the differences between days.
    pub all: Vec<Estimate>,
    /// By weekday from Monday, where the days say that weekdays differ; `None` for a weekday without contacts.
    pub by_weekday: Option<[Option<Vec<Estimate>>; 7]>,
    /// The test of whether they do; `None` with fewer than two days of each of two weekdays.
    pub test: Option<ProfileTest>,
}

/// A test of the same profile on all weekdays.
///
/// Pearson's chi-square between weekdays over that between the days of a weekday, each by its degrees of freedom, so that
/// overdispersion is in both. Intervals of a day depend on each other, which leaves fewer effective degrees: `tr² / tr(S²)` of the
/// covariance S of a day's residuals, estimated without bias. Sources: F. E. Satterthwaite (1946); Z. Bai and H. Saranadasa (1996).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProfileTest {
    /// Chi-square of a day's intervals by their degrees of freedom: 1 if they were Poisson given the day's total.
    pub overdispersion: f64,
    /// The ratio, F-distributed if weekdays do not differ.
    pub ratio: f64,
    /// Effective degrees of freedom above and below.
    pub degrees: (f64, f64),
    /// Probability of a larger ratio if weekdays do not differ.
    pub p_value: f64,
}

/// Weekdays have their own profile if the test says so at this level.
const SIGNIFICANT: f64 = 0.01;

impl Profile {
    /// The shares of a weekday from Monday.
    pub fn of(&self, weekday: usize) -> &[Estimate] {
        let own = self.by_weekday.as_ref().and_then(|w| w.get(weekday));
        own.and_then(Option::as_ref).unwrap_or(&self.all)
    }
}

/// The shares by interval and whether weekdays differ.
pub(super) fn profile(days: &[Day<'_>]) -> Profile {
    let each: [Vec<&Day<'_>>; 7] =
        std::array::from_fn(|w| days.iter().filter(|d| d.weekday == w).collect());
    let test = test(&each);
    let differ = test.is_some_and(|t| t.p_value < SIGNIFICANT);
    let own = || {
        each.clone()
            .map(|days| (!days.is_empty()).then(|| shares(&days)))
    };
    Profile {
        all: shares(&days.iter().collect::<Vec<_>>()),
        by_weekday: differ.then(own),
        test,
    }
}

/// Ratios of sums, with standard errors from the days' residuals.
fn shares(days: &[&Day<'_>]) -> Vec<Estimate> {
    let n = days.len() as f64;
    let all: f64 = days.iter().map(|d| d.total).sum();
    let intervals = days.first().map_or(0, |d| d.counts.len());
    let share = |i: usize| {
        let value = days.iter().map(|d| f64::from(d.counts[i])).sum::<f64>() / all;
        let squares = days.iter().map(|d| {
            let residual = f64::from(d.counts[i]) - d.total * value;
            residual * residual
        });
        let variance = squares.sum::<f64>() * n / (n - 1.0).max(1.0);
        Estimate {
            value,
            standard_error: variance.sqrt() / all,
        }
    };
    (0..intervals).map(share).collect()
}

fn test(by_weekday: &[Vec<&Day<'_>>; 7]) -> Option<ProfileTest> {
    let kinds: Vec<&Vec<&Day<'_>>> = by_weekday.iter().filter(|d| d.len() > 1).collect();
    if kinds.len() < 2 {
        return None;
    }
    let every: Vec<&Day<'_>> = kinds.iter().flat_map(|d| d.iter().copied()).collect();
    let pooled: Vec<f64> = shares(&every).iter().map(|s| s.value).collect();
    let open: Vec<usize> = (0..pooled.len()).filter(|i| pooled[*i] > 0.0).collect();
    if open.len() < 2 {
        return None;
    }
    // Residuals over the root of what is expected, with the pooled shares below, so that both sums weigh intervals alike.
    let (mut between, mut rows) = (0.0, Vec::new());
    for days in &kinds {
        let own = shares(days);
        let total: f64 = days.iter().map(|d| d.total).sum();
        for i in &open {
            let gap = own[*i].value - pooled[*i];
            between += total * gap * gap / pooled[*i];
        }
        // The residuals of n days have n - 1 degrees: scaled up.
        let n = days.len() as f64;
        let scale = (n / (n - 1.0)).sqrt();
        rows.extend(days.iter().map(|d| -> Vec<f64> {
            let residual = |i: &usize| {
                let gap = f64::from(d.counts[*i]) - d.total * own[*i].value;
                scale * gap / (d.total * pooled[*i]).sqrt()
            };
            open.iter().map(residual).collect()
        }));
    }
    let (n, m) = (rows.len() as f64, kinds.len() as f64);
    let degrees = n - m;
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let trace = rows.iter().map(|r| dot(r, r)).sum::<f64>() / n;
    let mut squares = 0.0;
    for (i, a) in rows.iter().enumerate() {
        squares += dot(a, a) * dot(a, a);
        squares += 2.0 * rows[..i].iter().map(|b| dot(a, b) * dot(a, b)).sum::<f64>();
    }
    let squares = squares / (n * n);
    // The covariance of few days has too large a trace of its square.
    let unbiased = degrees * degrees / ((degrees - 1.0) * (degrees + 2.0)).max(1.0)
        * (squares - trace * trace / degrees);
    let most = (open.len() - 1) as f64;
    let effective = (trace * trace / unbiased).clamp(1.0, most);
    let effective = if unbiased > 0.0 { effective } else { most };
    let (above, below) = ((m - 1.0) * effective, degrees * effective);
    let ratio = between / (m - 1.0) / trace;
    let x = below / (below + above * ratio);
    Some(ProfileTest {
        overdispersion: trace / most,
        ratio,
        degrees: (above, below),
        p_value: beta_pq(0.5 * below, 0.5 * above, x, 1.0 - x).0,
    })
}
