//! What replications say of a promise, put together.

use crate::measure::{Add, Sums};

/// What a replication says of a promise.
pub(super) enum Said {
    /// Visits that count for a service level, and those answered within T.
    Visits(u64, u64),
    /// A ratio, where it is defined, with its sums.
    Sums(Option<f64>, Box<Sums>),
    /// Another value, where it is defined.
    Value(Option<f64>),
}

/// What all replications so far say of a promise.
#[derive(Default)]
pub(super) struct Total {
    /// By replication the visits, of a service level.
    levels: Vec<(u32, u32)>,
    /// By replication the value, of all else; NaN where it is undefined.
    values: Vec<f64>,
    pub(super) sums: Sums,
}

impl Total {
    pub(super) fn add(&mut self, said: Said) {
        let short = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        match said {
            Said::Visits(net, within) => self.levels.push((short(net), short(within))),
            Said::Value(value) => self.values.push(value.unwrap_or(f64::NAN)),
            Said::Sums(value, sums) => {
                self.values.push(value.unwrap_or(f64::NAN));
                self.sums.customers.add(&sums.customers);
                self.sums.answers.add(&sums.answers);
                self.sums.agents.add(&sums.agents);
            }
        }
    }

    /// Replications, 1 at least.
    pub(super) fn replications(&self) -> f64 {
        self.levels.len().max(self.values.len()).max(1) as f64
    }

    /// Visits of all replications that count for the service level, and those answered within T.
    pub(super) fn visits(&self) -> (u64, u64) {
        let sum = |(net, within), &(n, w): &(u32, u32)| (net + u64::from(n), within + u64::from(w));
        self.levels.iter().fold((0, 0), sum)
    }

    /// The values of those replications in which it is defined.
    pub(super) fn values(&self) -> impl Iterator<Item = f64> {
        let defined = self.levels.iter().filter(|(net, _)| *net > 0);
        let levels = defined.map(|&(net, within)| f64::from(within) / f64::from(net));
        levels.chain(self.values.iter().copied().filter(|v| !v.is_nan()))
    }

    /// The standard error: of a level that of a ratio of sums, by the delta method, of all else that of the mean. Where the busyness of days was spread evenly
    /// among replications, with their order by it, it is that of what busyness does not explain: from the differences of neighbours (von Neumann
    /// 1941), since the mean of what it explains hardly varies (Stein 1987).
    pub(super) fn error(&self, order: Option<&[usize]>) -> Option<f64> {
        let (net, within) = self.visits();
        let level = within as f64 / net as f64;
        let residuals: Vec<f64> = match net {
            0 if !self.levels.is_empty() => return None,
            0 => self.values.clone(),
            _ => {
                let mean = net as f64 / self.levels.len() as f64;
                let each = self.levels.iter();
                each.map(|&(n, w)| (f64::from(w) - level * f64::from(n)) / mean)
                    .collect()
            }
        };
        let sorted: Vec<f64> = match order {
            Some(order) => order.iter().map(|&i| residuals[i]).collect(),
            None => residuals,
        };
        let defined: Vec<f64> = sorted.into_iter().filter(|v| !v.is_nan()).collect();
        let many = defined.len() as f64;
        let mean = defined.iter().sum::<f64>() / many;
        let squares: f64 = match order {
            Some(_) => defined
                .windows(2)
                .map(|w| (w[1] - w[0]) * (w[1] - w[0]) / 2.0)
                .sum(),
            None => defined.iter().map(|v| (v - mean) * (v - mean)).sum(),
        };
        (many > 1.0).then(|| (squares / (many - 1.0) / many).sqrt())
    }
}
