//! The sizes of pools: how far all may shrink together, what of one saves of another, and beside them the agents by interval.

use super::search::{Failed, Search, Staffed};
use super::variable::{Of, hours};

/// By this factor sizes grow or shrink until it is known between which two they are enough.
const STRIDE: f64 = 1.25;
/// From this factor on they double, as long as there are not far more people than the formula requires in all.
const FAR: f64 = 2.0;
/// A size is known well enough to this part of it.
const FINE: u32 = 400;
/// Plans that are tried to trade one size for another are so many times the effort at most.
const TRADED: usize = 3;
/// Sizes that are tried beside agents by interval.
const MOST_TRIED: usize = 6;
/// Sizes that are too small beside very many agents by interval grow by this part, and to so many times what they were at most.
const LARGER: u32 = 4;
const MOST_LARGER: u32 = 64;
/// A plan must be cheaper by this part to go on for it.
const WORTH: f64 = 1e-4;
/// Where plans are found by curves, a step costs this part of the plan, of which a fifth must be saved: smaller changes are chance.
const NOTICED: f64 = 5e-3;
/// So few people in all that every plan is tried.
const FEW_PEOPLE: u32 = 100;

impl Search<'_, '_> {
    /// The cheapest plan that is found from this one on.
    ///
    /// # Errors
    /// As of [`Self::run`].
    pub(super) fn size(&mut self, start: Vec<u32>) -> Result<Staffed, Failed> {
        let variables = self.decisions.variables.iter().enumerate();
        let sizes = variables.filter(|(_, v)| matches!(v.of, Of::Size(_)));
        let sizes: Vec<usize> = sizes.map(|(i, _)| i).collect();
        match sizes.len() == start.len() {
            true if self.is_monthly() => {
                let least = self.bounds.iter().map(|b| b.0).collect();
                self.month_by_month(least)
            }
            true => self.sizes_alone(start),
            false => self.sizes_beside(start, &sizes),
        }
    }

    fn sizes_alone(&mut self, start: Vec<u32>) -> Result<Staffed, Failed> {
        let mut plan = self.together(&start)?;
        let exact = plan.iter().all(|&n| n <= FINE);
        let free = self.bounds.iter().filter(|b| b.0 < b.1).count();
        let mut proven = free <= 1 && exact;
        if free > 1 {
            self.trade(&mut plan)?;
            if plan.iter().sum::<u32>() < FEW_PEOPLE {
                proven = self.exhaust(&mut plan)?;
            }
        }
        let verdict = self.judge(&plan)?;
        let proven = proven && self.margins.iter().all(|&margin| margin <= 0.0);
        Ok(Staffed {
            plan,
            verdict,
            proven,
        })
    }

    /// The fewest people, in the proportions of a plan, that keep the promises.
    fn together(&mut self, start: &[u32]) -> Result<Vec<u32>, Failed> {
        let by = |search: &Self, factor: f64| {
            let each = start
                .iter()
                .map(|&n| libm::ceil(f64::from(n) * factor * (1.0 - 1e-12)));
            search.bounded(each.map(|n| n as u32).collect())
        };
        let mut factor = 1.0;
        let mut high = by(self, factor);
        let mut low = None;
        while !self.keeps(&high)? {
            let is_most = high.iter().zip(&self.bounds).all(|(n, b)| *n == b.1);
            if is_most || (factor > FAR && self.is_abundant(&high)) {
                let verdict = self.judge(&high)?;
                return Err(self.impossible(self.broken(&verdict), &high));
            }
            low = Some(factor);
            factor *= if factor > FAR { 2.0 } else { STRIDE };
            high = by(self, factor);
        }
        let mut high_factor = factor;
        let mut low = match low {
            Some(low) => low,
            None => loop {
                let next = by(self, factor / STRIDE);
                // As few as may be, or one of each.
                if next == by(self, 0.0) || factor < 1e-6 {
                    break 0.0;
                }
                factor /= STRIDE;
                if next != high && !self.keeps(&next)? {
                    break factor;
                }
                (high, high_factor) = (next, factor);
            },
        };
        if low == 0.0 {
            let none = by(self, 0.0);
            if self.keeps(&none)? {
                return Ok(none);
            }
        }
        loop {
            let (below, mid) = (by(self, low), (low + high_factor) / 2.0);
            let mut both = high.iter().zip(&below);
            if both.all(|(h, l)| h - l.min(h) <= (h / FINE).max(1)) || high_factor - low < 1e-9 {
                return Ok(high);
            }
            let middle = by(self, mid);
            if middle == high || (middle != below && self.keeps(&middle)?) {
                (high, high_factor) = (middle, mid);
            } else {
                low = mid;
            }
        }
    }

    /// Whether a plan has far more people than the formula requires in all.
    fn is_abundant(&self, plan: &[u32]) -> bool {
        let decisions = self.decisions;
        let on_duty = decisions.on_duty(plan);
        let required = decisions.required(self.judge.model);
        let (mut there, mut asked, mut open) = (0.0, 0.0, 0.0);
        for (i, c) in decisions.cells.iter().enumerate() {
            let hours = hours(&c.open);
            there += on_duty[i] * hours;
            asked += required[i].map_or(0.0, f64::from) * hours;
            open += hours;
        }
        there > 5.0 * asked + 20.0 * open / decisions.pools.len() as f64
    }

    /// The fewest of a variable with which a plan that keeps the promises still does.
    pub(super) fn fewest(&mut self, plan: &mut [u32], v: usize) -> Result<(), Failed> {
        let (mut broken, mut kept) = (None, plan[v]);
        loop {
            let low = broken.map_or(self.bounds[v].0, |n: u32| n + 1);
            if low >= kept || kept - low < kept / FINE {
                plan[v] = kept;
                return Ok(());
            }
            // What there is is often needed.
            plan[v] = match broken {
                None => kept - ((kept - low) / 8).max(1),
                Some(_) => low + (kept - low) / 2,
            };
            match self.keeps(plan)? {
                true => kept = plan[v],
                false => broken = Some(plan[v]),
            }
        }
    }

    /// Adds to one size what saves more of another, in smaller and smaller steps.
    pub(super) fn trade(&mut self, plan: &mut Vec<u32>) -> Result<(), Failed> {
        let upto = self.judge.simulated() + TRADED * self.effort;
        self.judge.upto = Some(upto);
        let all = 0..plan.len();
        for v in all.clone() {
            self.fewest(plan, v)?;
        }
        let cost = |v: usize| self.decisions.variables[v].cost;
        let costs: Vec<f64> = all.clone().map(cost).collect();
        let mut part = 4;
        loop {
            let mut improved = false;
            for (a, b) in all.clone().flat_map(|a| all.clone().map(move |b| (a, b))) {
                let step = (plan[a].max(plan[b]) / part)
                    .max(1)
                    .min(self.bounds[a].1 - plan[a]);
                let saved = libm::floor(f64::from(step) * costs[a] / costs[b]) as u32 + 1;
                let room = plan[b].saturating_sub(self.bounds[b].0);
                // Of the same people the next month before and after.
                let of_size = |v: usize| self.decisions.size_of_variable(v);
                let far = match (self.decisions.dates(a), self.decisions.dates(b)) {
                    (Some(x), Some(y)) if of_size(a) == of_size(b) => x.month.abs_diff(y.month) > 1,
                    _ => false,
                };
                if far || a == b || step == 0 || saved > room || self.judge.simulated() > upto {
                    continue;
                }
                let mut trial = plan.clone();
                trial[a] += step;
                trial[b] -= saved;
                if self.keeps(&trial)? {
                    self.fewest(&mut trial, b)?;
                    self.fewest(&mut trial, a)?;
                    *plan = trial;
                    improved = true;
                }
            }
            let last = plan.iter().all(|n| n / part <= 1) || part >= FINE;
            if !improved && (last || self.judge.simulated() > upto) {
                self.judge.upto = None;
                return Ok(());
            }
            part = if improved { part } else { 2 * part };
        }
    }

    /// Agents by interval for some sizes, and other sizes as long as that is cheaper.
    fn sizes_beside(&mut self, start: Vec<u32>, sizes: &[usize]) -> Result<Staffed, Failed> {
        let free = self.bounds.clone();
        let start = self.large_enough(start, sizes)?;
        let mut best = self.hold(start, sizes, true)?;
        let mut tried = 0;
        // There is another try for each that was worth it.
        let (mut most, noticed, worth) = match self.curves {
            Some(_) => (self.effort.max(self.sizes), NOTICED, NOTICED / 5.0),
            None => (self.effort, 0.0, WORTH),
        };
        for part in [1, 4] {
            for &v in sizes {
                for grows in [false, true] {
                    let mut moved = false;
                    while tried < MOST_TRIED.min(most) {
                        let n = best.plan[v];
                        let (all, one) = (
                            self.decisions.cost(&best.plan),
                            self.decisions.variables[v].cost,
                        );
                        let step = (n / part).max((noticed * all / one) as u32).max(1);
                        let fewer = n - (step + 1).div_euclid(2).min(n);
                        let next = if grows { n + step } else { fewer };
                        let next = next.min(free[v].1).max(free[v].0);
                        if next == n {
                            break;
                        }
                        tried += 1;
                        let mut trial = best.plan.clone();
                        trial[v] = next;
                        let found = match self.hold(trial, sizes, false) {
                            Ok(found) => found,
                            Err(Failed::Stopped) => return Err(Failed::Stopped),
                            Err(_) => break,
                        };
                        let cost = |s: &Staffed| self.decisions.cost(&s.plan);
                        if cost(&found) >= cost(&best) * (1.0 - worth) {
                            break;
                        }
                        (best, moved) = (found, true);
                        most += 1;
                    }
                    if moved {
                        break;
                    }
                }
            }
        }
        // With more margin the sizes stay.
        let plan = best.plan.clone();
        sizes
            .iter()
            .for_each(|&v| self.bounds[v] = (plan[v], plan[v]));
        let fixed = sizes.iter().all(|&v| free[v].0 == free[v].1);
        best.proven &= fixed;
        Ok(best)
    }

    /// A plan with sizes, in the proportions they have, that keep the promises beside very many agents by interval; as it was if none do.
    fn large_enough(&mut self, start: Vec<u32>, sizes: &[usize]) -> Result<Vec<u32>, Failed> {
        let mut larger = start.clone();
        let mut many = self.many(&start);
        loop {
            sizes.iter().for_each(|&v| many[v] = larger[v]);
            if self.keeps(&many)? {
                return Ok(larger);
            }
            let mut all = sizes.iter();
            if all.all(|&v| larger[v] >= self.bounds[v].1.min(MOST_LARGER * start[v].max(1))) {
                return Ok(start);
            }
            for &v in sizes {
                larger[v] = (larger[v] + larger[v].div_ceil(LARGER)).min(self.bounds[v].1);
            }
        }
    }

    /// A plan whose sizes are held: the cheapest, or just a cheap one near it.
    fn hold(&mut self, start: Vec<u32>, sizes: &[usize], full: bool) -> Result<Staffed, Failed> {
        sizes
            .iter()
            .for_each(|&v| self.bounds[v] = (start[v], start[v]));
        if full {
            return self.with_sizes(start);
        }
        let mut plan = match self.curves {
            Some(_) => self.tune(start)?,
            None => start,
        };
        plan = self.repair(plan)?;
        self.thin(&mut plan)?;
        let verdict = self.judge(&plan)?;
        Ok(Staffed {
            plan,
            verdict,
            proven: false,
        })
    }
}
