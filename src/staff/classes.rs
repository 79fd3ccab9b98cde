//! Plans month by month: classes of a group and orders from a vendor.
//!
//! Whoever is asked for in one month is there from some later one on, so promises are repaired in the order of time: the first that is broken by
//! what gives most agents in it for its pay, which of the classes that are ready for it is the last one. What comes later changes nothing before it.

use super::judge::Judge;
use super::search::{Failed, Search, Staffed};
use super::variable::{Of, meet};

/// On one of so many replications of the search a first plan is found, where there are so many.
const COARSE: u64 = 8;
/// But on so many at least.
const FEWEST: u64 = 10;
/// A number is known well enough to this part of it.
const FINE: u32 = 400;

impl Search<'_, '_> {
    /// Whether everything is a size, and something is decided month by month.
    pub(super) fn is_monthly(&self) -> bool {
        let decisions = self.decisions;
        let variables = decisions.variables.iter();
        let sizes = variables.filter(|v| matches!(v.of, Of::Size(_))).count();
        sizes == decisions.variables.len() && decisions.sizes.iter().any(|s| s.dates.is_some())
    }

    /// The cheapest plan that is found by adding to one.
    pub(super) fn month_by_month(&mut self, start: Vec<u32>) -> Result<Staffed, Failed> {
        let mut plan = self.bounded(start);
        let many = self.plenty(&plan);
        let most = self.most_of_each(&plan);
        let verdict = self.judge(&many)?;
        let broken = self.broken(&verdict);
        if !broken.is_empty() {
            return Err(self.impossible(broken, &many));
        }
        let some = (self.judge.replications() / COARSE).max(FEWEST);
        if 2 * some <= self.judge.replications() {
            let mut coarse: Judge<'_> = self.judge.part(some);
            let mut search = Search::new(&mut coarse, 0);
            search.margins.clone_from(&self.margins);
            search.bounds.clone_from(&self.bounds);
            match search.repair_in_time(plan.clone(), &most) {
                Ok(found) => plan = found,
                Err(Failed::Stopped) => return Err(Failed::Stopped),
                Err(_) => {}
            }
        }
        plan = self.repair_in_time(plan, &most)?;
        self.trade(&mut plan)?;
        let verdict = self.judge(&plan)?;
        Ok(Staffed {
            plan,
            verdict,
            proven: false,
        })
    }

    /// More agents than are needed in any cell.
    fn enough(&self, plan: &[u32]) -> f64 {
        let decisions = self.decisions;
        let on_duty = decisions.on_duty(plan);
        let most = on_duty.iter().fold(0.0, |a: f64, &b| a.max(b));
        let required = decisions.required(self.judge.model).into_iter().flatten();
        3.0 * required.fold(most, |a, b| a.max(f64::from(b))) + 50.0
    }

    /// Of each variable so many that they are enough by themselves, as far as bounds allow.
    fn most_of_each(&self, plan: &[u32]) -> Vec<u32> {
        let enough = self.enough(plan);
        let of = |(covers, bounds): (&Vec<(usize, f64)>, &(u32, u32))| {
            let part = covers.iter().map(|c| c.1).fold(0.01, f64::max);
            (libm::ceil(enough / part) as u32)
                .min(bounds.1)
                .max(bounds.0)
        };
        let each = self.decisions.coverage.iter().zip(&self.bounds);
        each.map(of).collect()
    }

    /// Very many agents in each cell, as far as bounds allow.
    pub(super) fn plenty(&self, plan: &[u32]) -> Vec<u32> {
        let decisions = self.decisions;
        let most = self.enough(plan);
        let mut there = decisions.standing.clone();
        let mut many = Vec::new();
        for (covers, bounds) in decisions.coverage.iter().zip(&self.bounds) {
            // Who came earlier is there still.
            let missing = |&(c, part): &(usize, f64)| (most - there[c]) / part.max(0.01);
            let n = covers.iter().map(missing).fold(0.0, f64::max);
            let n = (libm::ceil(n) as u32).min(bounds.1).max(bounds.0);
            covers
                .iter()
                .for_each(|&(c, part)| there[c] += part * f64::from(n));
            many.push(n);
        }
        many
    }

    /// Adds to a plan, promise by promise in the order of time, until all are kept; no more of each than `many`. Then takes away what is not needed.
    fn repair_in_time(&mut self, mut plan: Vec<u32>, many: &[u32]) -> Result<Vec<u32>, Failed> {
        loop {
            let verdict = self.judge(&plan)?;
            let broken = self.broken(&verdict).into_iter();
            let Some(i) = broken.min_by_key(|&i| (self.promises[i].span.1, i)) else {
                break;
            };
            let mut raised = Vec::new();
            for v in self.by_worth(i) {
                if plan[v] >= many[v] {
                    continue;
                }
                raised.push((v, plan[v]));
                if self.raise(&mut plan, v, (i, many[v]))? {
                    break;
                }
            }
            if raised.is_empty() {
                return Err(self.impossible(vec![i], &plan));
            }
            // What was not enough by itself may be more than is needed.
            raised.pop();
            for (v, before) in raised {
                let kept = plan[v];
                self.fewest_for(&mut plan, v, (before, kept), i)?;
            }
        }
        for v in 0..plan.len() {
            self.fewest(&mut plan, v)?;
        }
        Ok(plan)
    }

    /// The variables that may help a promise: those first that give most agents in it for their pay, then those that begin before it, the last one first.
    fn by_worth(&self, i: usize) -> Vec<usize> {
        let (decisions, promise) = (self.decisions, &self.promises[i]);
        let of_promise = |c: usize| {
            let cell = &decisions.cells[c];
            self.helping[i].contains(&cell.pool) && meet(cell.span, promise.span)
        };
        let worth = |v: usize| {
            let covers = decisions.coverage[v].iter();
            let there = covers.filter(|(c, _)| of_promise(*c));
            let most = there.map(|c| c.1).fold(0.0, f64::max);
            most / decisions.variables[v].cost
        };
        let helps = |v: &usize| {
            let pool = &decisions.variables[*v].pool;
            let pools = match decisions.variables[*v].of {
                Of::Size(k) => &decisions.sizes[k].pools,
                Of::Agents(_) | Of::People(_) => std::slice::from_ref(pool),
            };
            pools.iter().any(|p| self.helping[i].contains(p))
                && decisions.variables[*v].span.0 < promise.span.1
        };
        let begin = |v: usize| decisions.variables[v].span.0;
        let all = (0..decisions.variables.len()).filter(helps);
        let mut order: Vec<(f64, usize)> = all.map(|v| (worth(v), v)).collect();
        order.sort_by(|a, b| {
            let later = begin(b.1).cmp(&begin(a.1));
            b.0.total_cmp(&a.0).then(later).then(b.1.cmp(&a.1))
        });
        order.into_iter().map(|(_, v)| v).collect()
    }

    /// Raises a variable to the fewest with which a promise is kept, if no more than `most` can.
    fn raise(
        &mut self,
        plan: &mut [u32],
        v: usize,
        (i, most): (usize, u32),
    ) -> Result<bool, Failed> {
        let (mut low, mut step) = (plan[v], (plan[v] / 16).max(1));
        loop {
            plan[v] = low.saturating_add(step).min(most);
            if self.keeps_one(plan, i)? {
                let kept = plan[v];
                self.fewest_for(plan, v, (low + 1, kept), i)?;
                return Ok(true);
            }
            if plan[v] == most {
                return Ok(false);
            }
            (low, step) = (plan[v], 2 * step);
        }
    }

    /// The fewest of a variable between two numbers with which a promise is kept; it is with the larger one.
    fn fewest_for(
        &mut self,
        plan: &mut [u32],
        v: usize,
        (mut low, mut high): (u32, u32),
        i: usize,
    ) -> Result<(), Failed> {
        while high > low && high - low >= (high / FINE).max(1) {
            plan[v] = low + (high - low) / 2;
            match self.keeps_one(plan, i)? {
                true => high = plan[v],
                false => low = plan[v] + 1,
            }
        }
        plan[v] = high;
        Ok(())
    }

    fn keeps_one(&mut self, plan: &[u32], i: usize) -> Result<bool, Failed> {
        Ok(self.judge(plan)?.slack[i] >= self.margins[i])
    }
}
