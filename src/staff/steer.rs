//! Towards the cheapest plan by linear programmes: what one agent more gives in each interval is simulated, and the programme takes the
//! promises as linear around the plan. Its solution is simulated again, and so on (cutting planes by simulation: Atlason, Epelman and Henderson
//! 2004, 2008; Cezik and L'Ecuyer 2008).
//!
//! Service is concave in the agents only where there are enough of them. So each programme stays near the plan from which it was
//! made, and no plan is trusted before it was simulated.

use super::cover::{Programme, Requirement, whole};
use super::goal::Per;
use super::search::{Failed, Search};
use super::variable::{Of, Variable, meet};
use super::verdict::Verdict;
use std::collections::BTreeMap;

/// Programmes that are solved one after the other.
const ROUNDS: usize = 5;
/// By what part of its agents a programme may change an interval at first.
const REACH: f64 = 0.3;
/// Agents that are added where that is not enough, as a part of those there are.
const FAR: f64 = 1.0;
/// And in each further round by this factor of it.
const NARROWER: f64 = 0.6;
/// In every so many intervals an agent is added at once, where each interval has its promise.
const STRIDE: usize = 6;
/// Agents added one by one to a plan that nearly keeps its promises.
const MENDED: usize = 40;
/// A plan must be cheaper by this part to go on for it.
const WORTH: f64 = 5e-4;

/// By promise the service that an agent more gives in a cell.
type Slopes = Vec<Vec<(usize, f64)>>;

/// Cells in which an agent is added at once.
type Sets = BTreeMap<(usize, usize), Vec<usize>>;

impl Search<'_, '_> {
    /// The plan that covers so many agents in each cell for the least, and the least that any could cost; itself where all is decided by interval.
    pub(super) fn cover(&self, agents: &[f64]) -> Option<(Vec<u32>, f64)> {
        let most = agents.iter().fold(0.0, |a: f64, &b| a.max(b));
        let cells = agents.iter().enumerate().filter(|(_, n)| **n > 0.0);
        let requirements = cells.map(|(c, &least)| self.in_cell(c, 1.0, least));
        let mut programme = self.programme(requirements.collect(), most);
        // No more than bounds allow.
        for r in &mut programme.requirements {
            let each = r.terms.iter();
            let possible: f64 = each
                .map(|&(v, by)| by * f64::from(programme.bounds[v].1))
                .sum();
            r.least = r.least.min(possible);
        }
        let solution = programme.solve()?;
        Some((solution.values, solution.bound))
    }

    /// At least so many agents in a cell; with a factor of -1 at most.
    fn in_cell(&self, cell: usize, by: f64, agents: f64) -> Requirement {
        let of = |(v, covers): (usize, &Vec<(usize, f64)>)| {
            let here = covers.iter().find(|(c, _)| *c == cell);
            here.map(|(_, part)| (v, by * part))
        };
        let each = self.decisions.coverage.iter().enumerate();
        Requirement {
            terms: each.filter_map(of).collect(),
            least: by * (agents - self.decisions.standing[cell]),
        }
    }

    fn programme(&self, requirements: Vec<Requirement>, most: f64) -> Programme {
        let variables = &self.decisions.variables;
        let most = |there: f64| libm::ceil((2.0 * most + 10.0) / there) as u32;
        let bounds = |(v, b): (&Variable, &(u32, u32))| match v.of {
            Of::Size(_) => *b,
            Of::Agents(_) | Of::People(_) => (b.0, most(v.there).min(b.1).max(b.0)),
        };
        Programme {
            costs: variables.iter().map(|v| v.cost).collect(),
            bounds: variables.iter().zip(&self.bounds).map(bounds).collect(),
            requirements: requirements
                .into_iter()
                .filter(|r| !r.terms.is_empty())
                .collect(),
        }
    }

    /// A cheap plan near one that keeps the promises, or nearly does.
    pub(super) fn steer(&mut self, mut plan: Vec<u32>) -> Result<Vec<u32>, Failed> {
        let mut best: Option<Vec<u32>> = None;
        let mut cuts: Vec<Requirement> = Vec::new();
        let mut reach = REACH;
        for _ in 0..ROUNDS {
            let verdict = self.judge(&plan)?;
            let keeps = verdict.keeps(&self.margins);
            if keeps
                && best
                    .as_ref()
                    .is_none_or(|b| self.cost(&plan) < self.cost(b))
            {
                best = Some(plan.clone());
            }
            let slopes = self.slopes(&plan, &verdict)?;
            cuts.extend(self.cuts(&plan, &verdict, &slopes));
            let on_duty = self.decisions.on_duty(&plan);
            let most = on_duty.iter().fold(0.0, |a: f64, &b| a.max(b));
            // At least, or with -1 at most, so many agents in each cell that it changes by this part of them and one at most.
            let near = |by: f64, reach: f64| -> Vec<Requirement> {
                let bound = |agents: f64| agents * (1.0 - by * reach) - by;
                let each = on_duty.iter().enumerate();
                each.map(|(c, &agents)| self.in_cell(c, by, bound(agents)))
                    .collect()
            };
            let within = |up: f64| {
                let requirements = [cuts.clone(), near(1.0, reach), near(-1.0, up)].concat();
                let solved = self.programme(requirements, most).relaxed();
                solved.map(|values| whole(&values))
            };
            // Where promises are broken there may be more to add than is near; but nowhere so much that a line says nothing of it.
            let all = || plan.iter().map(|n| n + (n / 2).max(1)).collect();
            let next = within(reach).or_else(|| within(FAR)).unwrap_or_else(all);
            let next = self.bounded(next);
            let enough = |b: &Vec<u32>| self.cost(&next) > (1.0 - WORTH) * self.cost(b);
            if next == plan || best.as_ref().is_some_and(enough) {
                break;
            }
            plan = next;
            reach *= NARROWER;
        }
        let (mended, keeps) = self.mend(plan)?;
        let plan = match best {
            Some(best) if !keeps || self.cost(&best) <= self.cost(&mended) => best,
            _ => mended,
        };
        let verdict = self.judge(&plan)?;
        let slopes = self.slopes(&plan, &verdict)?;
        self.weigh(&verdict, &slopes);
        Ok(plan)
    }

    fn cost(&self, plan: &[u32]) -> f64 {
        self.decisions.cost(plan)
    }

    /// The promises as linear around a plan.
    fn cuts(&self, plan: &[u32], verdict: &Verdict, slopes: &Slopes) -> Vec<Requirement> {
        let mut cuts = Vec::new();
        for (i, slopes) in slopes.iter().enumerate() {
            let missing = self.margins[i] - verdict.slack[i];
            if !missing.is_finite() {
                continue;
            }
            let by_cell: BTreeMap<usize, f64> = slopes.iter().copied().collect();
            let of = |(v, covers): (usize, &Vec<(usize, f64)>)| {
                let each = covers
                    .iter()
                    .filter_map(|(c, part)| Some(part * by_cell.get(c)?));
                let slope: f64 = each.sum();
                (slope > 0.0).then_some((v, slope))
            };
            let each = self.decisions.coverage.iter().enumerate();
            let terms: Vec<(usize, f64)> = each.filter_map(of).collect();
            let now: f64 = terms
                .iter()
                .map(|&(v, slope)| slope * f64::from(plan[v]))
                .sum();
            cuts.push(Requirement {
                terms,
                least: now + missing,
            });
        }
        cuts
    }

    /// What the service loses without one agent of each variable, as parts of what there is to lose.
    fn weigh(&mut self, verdict: &Verdict, slopes: &Slopes) {
        let mut by_cell = vec![0.0; self.decisions.cells.len()];
        for (i, slopes) in slopes.iter().enumerate() {
            let limit = &self.promises[i].limit;
            let room = limit.relative(verdict.slack[i] - self.margins[i]).max(0.0);
            if room.is_finite() {
                let weight = |slope: f64| limit.relative(slope) / (room + 1e-3);
                slopes
                    .iter()
                    .for_each(|&(c, slope)| by_cell[c] += weight(slope));
            }
        }
        for (loss, covers) in self.losses.iter_mut().zip(&self.decisions.coverage) {
            *loss = covers.iter().map(|&(c, part)| part * by_cell[c]).sum();
        }
    }

    /// Adds agents one by one, where they give most for their pay to promises that are broken; and whether all are kept then.
    fn mend(&mut self, mut plan: Vec<u32>) -> Result<(Vec<u32>, bool), Failed> {
        let mut slopes: Option<Slopes> = None;
        for _ in 0..MENDED {
            let verdict = self.judge(&plan)?;
            if verdict.keeps(&self.margins) {
                return Ok((plan, true));
            }
            let slopes = match &slopes {
                Some(known) => known,
                None => slopes.insert(self.slopes(&plan, &verdict)?),
            };
            let mut by_cell = vec![0.0; self.decisions.cells.len()];
            for (i, slopes) in slopes.iter().enumerate() {
                let limit = &self.promises[i].limit;
                let missing = self.margins[i] - verdict.slack[i];
                if missing > 0.0 {
                    let gain = |slope: f64| limit.relative(slope.min(missing));
                    slopes
                        .iter()
                        .for_each(|&(c, slope)| by_cell[c] += gain(slope));
                }
            }
            let gain = |v: usize| {
                let covers = self.decisions.coverage[v].iter();
                let gain: f64 = covers.map(|&(c, part)| part * by_cell[c]).sum();
                gain / self.decisions.variables[v].cost
            };
            let free = (0..plan.len()).filter(|&v| plan[v] < self.bounds[v].1);
            let best = free.max_by(|&a, &b| gain(a).total_cmp(&gain(b)));
            match best.filter(|&v| gain(v) > 0.0) {
                Some(v) => plan[v] += 1,
                None => break,
            }
        }
        Ok((plan, false))
    }

    /// Simulates one agent more in each cell, as far as that can be done in many at once.
    fn slopes(&mut self, plan: &[u32], before: &Verdict) -> Result<Slopes, Failed> {
        let by_time = self.sets(|_, of_day| match self.judge.goal.per {
            Per::Interval => of_day % STRIDE,
            Per::Day => of_day,
            // One interval is much like the next.
            Per::Week | Per::Horizon => of_day / 2,
        });
        let responses = self.responses(plan, before, &by_time)?;
        let mut slopes: Slopes = vec![Vec::new(); self.promises.len()];
        if matches!(self.judge.goal.per, Per::Interval | Per::Day) {
            for (cells, gains) in by_time.values().zip(responses) {
                let gains = gains.into_iter().enumerate();
                for (i, gain) in gains.filter(|(_, gain)| *gain > 0.0) {
                    // What is known of the whole time only gains by each of them.
                    let causes = match self.promises[i].cells {
                        Some(_) => self.cause(i, cells).into_iter().collect(),
                        None => self.within(i, cells),
                    };
                    let each = gain / causes.len().max(1) as f64;
                    slopes[i].extend(causes.into_iter().map(|c| (c, each)));
                }
            }
            return Ok(slopes);
        }
        // Over a longer time by the time of day and by the day: the slope in a cell is the product of both over the mean.
        let by_day = self.sets(|day, _| match self.judge.goal.per {
            Per::Week => day % 7,
            _ => day,
        });
        let of_days = self.responses(plan, before, &by_day)?;
        for (i, slopes) in slopes.iter_mut().enumerate() {
            let mean_of = |sets: &Sets, responses: &[Vec<f64>]| {
                let mut by_cell: BTreeMap<usize, f64> = BTreeMap::new();
                for (cells, gains) in sets.values().zip(responses) {
                    let within = self.within(i, cells);
                    let each = gains[i].max(0.0) / within.len().max(1) as f64;
                    by_cell.extend(within.into_iter().map(|c| (c, each)));
                }
                by_cell
            };
            let (times, days) = (mean_of(&by_time, &responses), mean_of(&by_day, &of_days));
            let mean = times.values().sum::<f64>() / times.len().max(1) as f64;
            if mean > 0.0 {
                let product = |(c, time): (&usize, &f64)| (*c, time * days[c] / mean);
                slopes.extend(times.iter().map(product));
            }
        }
        Ok(slopes)
    }

    /// Cells by pool and by what `key` makes of the number of the day and the number of the interval in it.
    fn sets(&self, key: impl Fn(usize, usize) -> usize) -> Sets {
        let mut sets = Sets::new();
        let mut free = vec![false; self.decisions.cells.len()];
        for (covers, bounds) in self.decisions.coverage.iter().zip(&self.bounds) {
            covers
                .iter()
                .for_each(|&(c, _)| free[c] |= bounds.0 < bounds.1);
        }
        let cells = self.decisions.cells.iter().enumerate();
        // Where nobody may be added, as where sizes are held, there is nothing to know.
        for (c, cell) in cells.filter(|(c, _)| free[*c]) {
            let day = self.days.partition_point(|&d| d <= cell.span.0).max(1) - 1;
            let begin = self.days.get(day).copied().unwrap_or(0);
            let width = self.judge.model.interval.max(1);
            let of_day = (cell.span.0.saturating_sub(begin) / width) as usize;
            sets.entry((cell.pool, key(day, of_day)))
                .or_default()
                .push(c);
        }
        sets
    }

    /// What each promise gains by an agent more in each cell of each set.
    fn responses(
        &mut self,
        plan: &[u32],
        before: &Verdict,
        sets: &Sets,
    ) -> Result<Vec<Vec<f64>>, Failed> {
        let mut all = Vec::new();
        for cells in sets.values() {
            let after = self.judge.with_more(plan, cells).ok_or(Failed::Stopped)?;
            let slack = |verdict: &Verdict, i: usize| {
                let limit = &self.promises[i].limit;
                verdict.level[i].map(|level| limit.slack(level))
            };
            let gain = |i: usize| {
                let pair = slack(&after, i).zip(slack(before, i));
                pair.map_or(0.0, |(after, before)| after - before)
            };
            all.push((0..self.promises.len()).map(gain).collect());
        }
        Ok(all)
    }

    /// The cells among some that lie in the stretch of a promise and may help it.
    fn within(&self, i: usize, cells: &[usize]) -> Vec<usize> {
        let (promise, helping) = (&self.promises[i], &self.helping[i]);
        let inside = |c: &usize| {
            let cell = &self.decisions.cells[*c];
            helping.contains(&cell.pool) && meet(cell.span, promise.span)
        };
        cells.iter().copied().filter(inside).collect()
    }

    /// The cell among some, in which an agent was added at once, by which a promise gained: of those that may help it the last one that
    /// begins before its stretch ends, unless that is long before.
    fn cause(&self, i: usize, cells: &[usize]) -> Option<usize> {
        let (promise, helping) = (&self.promises[i], &self.helping[i]);
        let before = cells.iter().copied().filter(|&c| {
            let cell = &self.decisions.cells[c];
            helping.contains(&cell.pool) && cell.span.0 < promise.span.1
        });
        let last = before.max_by_key(|&c| self.decisions.cells[c].span.0)?;
        let far = match self.judge.goal.per {
            Per::Interval => STRIDE as u64 * self.judge.model.interval,
            _ => 0,
        };
        let from = promise.span.0.saturating_sub(far);
        (self.decisions.cells[last].span.1 > from).then_some(last)
    }
}
