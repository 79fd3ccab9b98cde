//! Exchanges: an agent more in one place, several fewer in others.

use super::search::{Failed, Search};

/// Variables of which an agent is taken away for one that is added, as far as they are tried.
const TRIED: usize = 8;

/// An agent that is added in a part of time, and those that are taken away for it.
struct Trade {
    added: usize,
    taken: Vec<usize>,
    /// Of whom it is tried, in this order.
    order: Vec<usize>,
    /// What it saves.
    saved: f64,
}

impl Search<'_, '_> {
    /// Adds an agent and takes several away that are not needed with it, wherever that is cheaper, in each part of time at once, as long as the
    /// effort allows.
    pub(super) fn exchange(&mut self, plan: &mut Vec<u32>) -> Result<(), Failed> {
        let upto = self.judge.simulated() + self.effort;
        self.judge.upto = Some(upto);
        let mut of_parts: Vec<Vec<usize>> = vec![Vec::new(); self.parts.len().max(1)];
        for (v, variable) in self.decisions.variables.iter().enumerate() {
            of_parts[self.part(variable.span.0)].push(v);
        }
        let most = of_parts.iter().map(Vec::len).max().unwrap_or(0);
        for nth in 0..most {
            if self.judge.simulated() >= upto {
                break;
            }
            let mut trial = plan.clone();
            let mut trades: Vec<Trade> = Vec::new();
            for variables in &of_parts {
                let room = |v: &&usize| plan[**v] < self.bounds[**v].1;
                let Some(&added) = variables.get(nth).filter(room) else {
                    continue;
                };
                trial[added] += 1;
                // First those whose loss weighed least for their pay.
                let cost = |v: usize| self.decisions.variables[v].cost;
                let mut order: Vec<usize> = variables
                    .iter()
                    .copied()
                    .filter(|&v| v != added && plan[v] > self.bounds[v].0)
                    .collect();
                order.sort_by(|&a, &b| {
                    (self.losses[a] / cost(a)).total_cmp(&(self.losses[b] / cost(b)))
                });
                order.truncate(TRIED);
                trades.push(Trade {
                    added,
                    taken: Vec::new(),
                    order,
                    saved: -cost(added),
                });
            }
            for nth in 0..TRIED {
                let mut less = trial.clone();
                let tried: Vec<(usize, usize)> = trades
                    .iter()
                    .enumerate()
                    .filter(|(_, t)| t.saved <= 1e-9)
                    .filter_map(|(i, t)| Some((i, *t.order.get(nth)?)))
                    .collect();
                if tried.is_empty() {
                    break;
                }
                tried.iter().for_each(|&(_, v)| less[v] -= 1);
                let verdict = self.judge(&less)?;
                for (i, v) in tried {
                    let part = self.part(self.decisions.variables[v].span.0);
                    if self.lost(part, &verdict, &verdict).is_some() {
                        trial[v] -= 1;
                        trades[i].taken.push(v);
                        trades[i].saved += self.decisions.variables[v].cost;
                    }
                }
            }
            // What does not pay is undone; what does must hold without it.
            let mut next = plan.clone();
            for trade in trades.iter().filter(|t| t.saved > 1e-9) {
                next[trade.added] += 1;
                trade.taken.iter().for_each(|&v| next[v] -= 1);
            }
            if next != *plan && self.keeps(&next)? {
                *plan = next;
            }
        }
        self.judge.upto = None;
        Ok(())
    }
}
