//! How much agents differ in how long they take.

use std::collections::BTreeMap;

use crate::calibrate::named::LEVEL;
use crate::calibrate::sums::HandleSums;
use crate::stats::{Between, Estimate, Part, Ranged};

/// An agent with fewer contacts, or on fewer days, is left out.
const FEWEST: u32 = 30;
const FEWEST_DAYS: usize = 3;
/// Fewer agents say nothing of a spread.
const FEWEST_AGENTS: usize = 5;

/// The spread of the agents.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentSpread {
    /// How many it was found in.
    pub agents: usize,
    /// Coefficient of variation of their own factors on the work, as `agent_cv` of a scenario.
    pub cv: Ranged,
    /// Chance that agents who do not differ would seem to do so as much.
    pub p_value: f64,
    /// Whether it is certain enough to be written.
    pub differs: bool,
    /// The spread of the logarithms of the factors.
    pub logs: Between,
}

impl AgentSpread {
    /// Of the days of agents; `None` with too few agents.
    ///
    /// The factor of an agent is the work on all contacts over what it would be at the means of their topics. The error of its logarithm is
    /// from days: pooled over agents, the squared distance of a day from what its agent's factor says, over what is expected of the day.
    pub(super) fn new(agents: &BTreeMap<u32, Vec<Part>>) -> Option<Self> {
        if agents.len() < FEWEST_AGENTS {
            return None;
        }
        let (mut squares, mut freedom) = (0.0, 0.0);
        let mut found: Vec<(f64, f64)> = Vec::new();
        for days in agents.values() {
            let (worked, expected) = days.iter().fold((0.0, 0.0), |s, d| (s.0 + d.0, s.1 + d.1));
            let factor = worked / expected;
            let each = days.iter().map(|d| {
                let distance = d.0 / (factor * d.1) - 1.0;
                distance * distance * d.1
            });
            squares += each.sum::<f64>();
            freedom += days.len() as f64 - 1.0;
            found.push((libm::log(factor), expected));
        }
        let variance = squares / freedom;
        let groups = found.iter().map(|(value, expected)| Estimate {
            value: *value,
            standard_error: (variance / expected).sqrt(),
        });
        let logs = Between::new(&groups.collect::<Vec<_>>(), LEVEL)?;
        Some(Self {
            agents: agents.len(),
            cv: Ranged::new(
                cv_of(logs.sd.value),
                cv_of(logs.sd.low),
                cv_of(logs.sd.high),
            ),
            p_value: logs.p_value,
            differs: false,
            logs,
        })
    }

    /// The spread with this confidence that the true one is below.
    pub fn cv_at(&self, confidence: f64) -> f64 {
        cv_of(self.logs.sd_at(confidence))
    }
}

/// By agent the days: what was worked, and what it would be at the mean of each topic. Agents of whom little is known are left out.
pub(super) fn agent_days(sums: &HandleSums, means: &[f64]) -> BTreeMap<u32, Vec<Part>> {
    let mut days: BTreeMap<(u32, i32), (f64, f64, u32)> = BTreeMap::new();
    for (&(agent, day, _, topic), sum) in &sums.0 {
        let Some(agent) = agent else { continue };
        let mean = means.get(usize::from(topic)).copied().unwrap_or(0.0);
        let of_day = days.entry((agent, day)).or_default();
        for s in sum {
            of_day.0 += s.seconds;
            of_day.1 += f64::from(s.contacts) * mean;
            of_day.2 += s.contacts;
        }
    }
    let mut agents: BTreeMap<u32, Vec<Part>> = BTreeMap::new();
    let mut contacts: BTreeMap<u32, u32> = BTreeMap::new();
    for (&(agent, _), &(worked, expected, n)) in days.iter().filter(|d| d.1.1 > 0.0) {
        agents.entry(agent).or_default().push((worked, expected));
        *contacts.entry(agent).or_default() += n;
    }
    agents.retain(|agent, days| {
        let worked: f64 = days.iter().map(|d| d.0).sum();
        contacts[agent] >= FEWEST && days.len() >= FEWEST_DAYS && worked > 0.0
    });
    agents
}

/// Coefficient of variation of what has normal logarithms.
fn cv_of(sd: f64) -> f64 {
    libm::expm1(sd * sd).sqrt()
}

/// Work that agents of a spread make from: the values are drawn together on the scale of their logarithms, so that with the factor of an agent
/// on each they vary as much as before; their mean is `by` times what it was.
pub(in crate::calibrate) fn narrowed(values: &[f64], agent_cv: f64, by: f64) -> Vec<f64> {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let to = |power: f64| -> (Vec<f64>, f64) {
        let each = values
            .iter()
            .map(|v| libm::pow(v.max(1e-3) / mean, power))
            .collect::<Vec<f64>>();
        let (sum, squares) = each.iter().fold((0.0, 0.0), |s, v| (s.0 + v, s.1 + v * v));
        let spread = squares * n / (sum * sum);
        (each.iter().map(|v| v * n / sum).collect(), spread)
    };
    if mean.is_nan() || mean <= 0.0 {
        return values.to_vec();
    }
    // 1 + cv² of a product of independent factors is the product of theirs.
    let squares = values.iter().map(|v| v * v).sum::<f64>() / n / (mean * mean);
    let wanted = squares / (1.0 + agent_cv * agent_cv);
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let mid = 0.5 * (low + high);
        match to(mid).1 > wanted {
            true => high = mid,
            false => low = mid,
        }
    }
    let shape = if agent_cv > 0.0 {
        to(low).0
    } else {
        values.iter().map(|v| v / mean).collect()
    };
    shape.iter().map(|v| v * mean * by).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrowed_values_and_agents_vary_as_before() {
        let values: Vec<f64> = (1..=200)
            .map(|i| f64::from(i) * f64::from(i % 7 + 1))
            .collect();
        let moments = |v: &[f64]| {
            let n = v.len() as f64;
            let mean = v.iter().sum::<f64>() / n;
            (
                mean,
                v.iter().map(|x| x * x).sum::<f64>() / n / (mean * mean),
            )
        };
        let got = narrowed(&values, 0.3, 1.02);
        let (before, after) = (moments(&values), moments(&got));
        assert!((after.0 / before.0 - 1.02).abs() < 1e-12);
        assert!((after.1 * 1.09 / before.1 - 1.0).abs() < 1e-9);
        assert!((narrowed(&values, 0.0, 1.0)[7] / values[7] - 1.0).abs() < 1e-12);
        // Agents who differ by more than all work together.
        assert!((moments(&narrowed(&values, 5.0, 1.0)).1 - 1.0).abs() < 1e-9);
    }
}
