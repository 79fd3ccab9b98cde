//! All plans that could be cheaper, tried one after the other.

use super::search::{FEW, Failed, Search};

/// As many plans are tried one after the other where there are no more that could be cheaper.
const MOST_TRIED: usize = 3_000;

impl Search<'_, '_> {
    /// Tries every plan that is cheaper, the cheapest first, where there are few; whether it could.
    ///
    /// A plan with fewer agents somewhere and nowhere more than one that breaks a promise breaks one as well.
    pub(super) fn exhaust(&mut self, plan: &mut Vec<u32>) -> Result<bool, Failed> {
        let Some(least) = self.least(plan)? else {
            return Ok(false);
        };
        let Some(mut cheaper) = self.cheaper(&least, self.decisions.cost(plan)) else {
            return Ok(false);
        };
        cheaper.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut broken: Vec<Vec<u32>> = Vec::new();
        for (_, other) in cheaper {
            let below = |b: &Vec<u32>| other.iter().zip(b).all(|(a, b)| a <= b);
            if broken.iter().any(below) {
                continue;
            }
            if self.keeps(&other)? {
                *plan = other;
                return Ok(true);
            }
            broken.push(other);
        }
        Ok(true)
    }

    /// Of each variable the fewest agents with which all promises can be kept, with many more of all others; `None` where there are too many
    /// variables to look.
    fn least(&mut self, plan: &[u32]) -> Result<Option<Vec<u32>>, Failed> {
        if plan.len() > FEW {
            return Ok(None);
        }
        let many = self.bounded(plan.iter().map(|agents| 2 * agents + 5).collect());
        let mut least = plan.to_vec();
        for v in 0..plan.len() {
            let mut trial = many.clone();
            trial[v] = plan[v];
            while trial[v] > self.bounds[v].0 {
                trial[v] -= 1;
                if !self.keeps(&trial)? {
                    break;
                }
                least[v] = trial[v];
            }
        }
        Ok(Some(least))
    }

    /// The plans of at least so many agents that cost less, with their costs; `None` of too many.
    fn cheaper(&self, least: &[u32], cost: f64) -> Option<Vec<(f64, Vec<u32>)>> {
        let mut found = vec![(self.decisions.cost(least), least.to_vec())];
        let below = cost * (1.0 - 1e-12);
        for (v, variable) in self.decisions.variables.iter().enumerate() {
            let mut next = 0;
            while next < found.len() {
                let (with_less, plan) = found[next].clone();
                next += 1;
                let with_more = with_less + variable.cost;
                if with_more < below && plan[v] < self.bounds[v].1 {
                    let mut more = plan;
                    more[v] += 1;
                    found.push((with_more, more));
                    if found.len() > MOST_TRIED {
                        return None;
                    }
                }
            }
        }
        found.retain(|(cost, _)| *cost < below);
        Some(found)
    }
}
