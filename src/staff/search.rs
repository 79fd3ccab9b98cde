//! The search for the cheapest plan that keeps all promises on some replications.

use super::curves::Curves;
use super::decide::Decisions;
use super::goal::{Per, Promise};
use super::judge::Judge;
use super::verdict::Verdict;
use crate::time::Micros;
use std::sync::Arc;

/// Of so few variables all plans that cost less are tried.
pub(super) const FEW: usize = 12;
/// Rounds in which agents are added where promises are broken; then the search begins with many more agents.
const MOST_ROUNDS: usize = 60;
/// A candidate is taken although another may be better, if it is not worse than this share of it: losses are known by chance only.
const NEAR: f64 = 0.5;
/// Of so many agents one is taken away at a time, of twice as many two.
const LARGE: u32 = 50;
/// Of what is simulated for exchanges so many times as much may be for taking agents away, where it is known about what each one costs.
const THINNED: usize = 3;
/// Whose loss seems to be so many times what there is to lose is needed.
const NEEDED: f64 = 3.0;
/// In a round agents are added in one of so many intervals.
const SPREAD: usize = 4;

/// A plan that was found.
#[derive(Clone, Debug)]
pub struct Staffed {
    /// Agents by variable.
    pub plan: Vec<u32>,
    /// How well it keeps the promises, on the replications of the search.
    pub verdict: Arc<Verdict>,
    /// Whether no cheaper plan keeps them on these replications: all that could were tried.
    pub proven: bool,
}

/// Why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// These promises are broken however many agents there are.
    Impossible(Vec<usize>),
    /// These promises are broken with as many agents as bounds allow.
    Bounded(Vec<usize>),
    /// These promises begin before anybody who is asked for can be there, and are broken without them.
    TooSoon {
        /// The promises.
        broken: Vec<usize>,
        /// When the first can be there who are asked for.
        first: Micros,
    },
    /// These limits are broken by the cheapest plan for the others, and more agents break them all the more.
    Contradiction {
        /// The limits.
        broken: Vec<usize>,
        /// Of the others the tightest.
        against: Option<usize>,
    },
    /// It was stopped.
    Stopped,
}

/// A search on the replications of a judge.
pub struct Search<'s, 'a> {
    /// The judge.
    pub judge: &'s mut Judge<'a>,
    /// By promise how far above the promised share the level has to be.
    pub margins: Vec<f64>,
    pub(super) decisions: &'a Decisions,
    pub(super) promises: &'a [Promise],
    /// By variable the fewest and the most; sizes are held while all else is searched.
    pub(super) bounds: Vec<(u32, u32)>,
    /// By promise the pools that help.
    pub(super) helping: Vec<Vec<usize>>,
    /// Where local days begin.
    pub(super) days: Vec<Micros>,
    /// Where parts of time begin that have next to nothing to do with each other: an agent more or less in one changes the promises of it and
    /// of the next one only.
    pub(super) parts: Vec<Micros>,
    /// Plans that may be simulated for exchanges.
    pub(super) effort: usize,
    /// Sizes that are tried at least beside agents by interval.
    pub(super) sizes: usize,
    /// By variable the service that was lost without one of its agents when that was last tried, as parts of what
    /// there was to lose.
    pub(super) losses: Vec<f64>,
    /// How levels change with the agents, where that was looked at.
    pub(super) curves: Option<Curves>,
}

/// A variable of which an agent may be taken away, with the pay that is saved for the service that is lost, as it was when it was last tried.
type Candidate = (f64, usize);

impl<'s, 'a> Search<'s, 'a> {
    /// A search on the replications of a judge, which may simulate so many plans for exchanges.
    pub fn new(judge: &'s mut Judge<'a>, effort: usize) -> Self {
        let (model, decisions, promises) = (judge.model, judge.decisions, judge.promises);
        let helping = |p: &Promise| p.helping(model, decisions);
        let mut search = Self {
            margins: Vec::new(),
            helping: promises.iter().map(helping).collect(),
            losses: vec![0.0; decisions.variables.len()],
            bounds: decisions.bounds.clone(),
            curves: None,
            judge,
            decisions,
            promises,
            days: model.calendar.day_starts(model.horizon),
            parts: Vec::new(),
            effort,
            sizes: 0,
        };
        search.pass_over(&vec![false; promises.len()]);
        search
    }

    /// Searches without regard to some promises.
    pub(super) fn pass_over(&mut self, passed: &[bool]) {
        let margin = |&passed: &bool| if passed { f64::NEG_INFINITY } else { 0.0 };
        self.margins = passed.iter().map(margin).collect();
        // What is added up over all parts of time connects them.
        let mut searched = self.promises.iter().zip(passed).filter(|p| !p.1);
        let connects = searched.any(|(p, _)| p.cells.is_none());
        self.parts = match self.judge.goal.per {
            Per::Interval | Per::Day if !connects && self.decisions.by_days(&self.days) => {
                self.days.clone()
            }
            _ => Vec::new(),
        };
    }

    /// The cheapest plan that is found from this one on.
    ///
    /// # Errors
    /// When no number of agents keeps all promises, and when it is stopped.
    pub fn run(&mut self, start: Vec<u32>) -> Result<Staffed, Failed> {
        let start = self.bounded(start);
        match self.decisions.sizes.is_empty() {
            true => self.with_sizes(start),
            false => self.size(start),
        }
    }

    /// The cheapest plan that is found from this one on, whose sizes stay as they are.
    pub(super) fn with_sizes(&mut self, start: Vec<u32>) -> Result<Staffed, Failed> {
        // Where agents of many intervals may stand in for each other, to try them one by one would take too long.
        let many = match self.judge.goal.per {
            Per::Week | Per::Horizon => start.len() > FEW,
            Per::Interval | Per::Day => !self.decisions.rosters.is_empty(),
        };
        let start = match many {
            _ if start.len() > FEW && self.can_tune(&start) => self.tune(start)?,
            true => self.steer(start)?,
            false => start,
        };
        let mut plan = self.repair(start)?;
        self.thin(&mut plan)?;
        let proven = self.exhaust(&mut plan)?;
        if !proven {
            self.exchange(&mut plan)?;
        }
        let verdict = self.judge(&plan)?;
        Ok(Staffed {
            plan,
            verdict,
            // With a margin a cheaper plan may keep the promises as they are.
            proven: proven && self.margins.iter().all(|&margin| margin <= 0.0),
        })
    }

    /// A plan that keeps the promises with the margins there are now, from one on that keeps them with smaller ones: agents are added one by
    /// one where the loss of one weighed most for its pay.
    ///
    /// # Errors
    /// As of [`Self::run`].
    pub fn stricter(&mut self, plan: Vec<u32>) -> Result<Staffed, Failed> {
        if self.is_monthly() {
            return self.month_by_month(plan);
        }
        let mut plan = self.add_by_curves(plan)?;
        for _ in 0..MOST_ROUNDS {
            let verdict = self.judge(&plan)?;
            let broken = self.broken(&verdict);
            if broken.is_empty() {
                return Ok(Staffed {
                    plan,
                    verdict,
                    proven: false,
                });
            }
            let mut added = Vec::new();
            for i in broken {
                let near = self
                    .decisions
                    .touching(&self.helping[i], self.promises[i].span)
                    .filter(|&v| plan[v] < self.bounds[v].1);
                let gain = |v: usize| self.losses[v] / self.decisions.variables[v].cost;
                added.extend(near.max_by(|&a, &b| gain(a).total_cmp(&gain(b))));
            }
            added.sort_unstable();
            added.dedup();
            if added.is_empty() {
                break;
            }
            for v in added {
                plan[v] += 1;
                // The next one goes elsewhere.
                self.losses[v] *= 0.5;
            }
        }
        self.run(plan)
    }

    pub(super) fn judge(&mut self, plan: &[u32]) -> Result<Arc<Verdict>, Failed> {
        self.judge.judge(plan).ok_or(Failed::Stopped)
    }

    pub(super) fn keeps(&mut self, plan: &[u32]) -> Result<bool, Failed> {
        Ok(self.judge(plan)?.keeps(&self.margins))
    }

    /// The promises that a plan breaks.
    pub(super) fn broken(&self, verdict: &Verdict) -> Vec<usize> {
        let all = 0..self.promises.len();
        all.filter(|&i| verdict.slack[i] < self.margins[i])
            .collect()
    }

    /// The cheapest variable of the pools that help a promise, of all that are open at the same times of a stretch and may have more agents than
    /// in a plan.
    fn cheapest(&self, promise: usize, span: (Micros, Micros), plan: &[u32]) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        let variables = &self.decisions.variables;
        let near = self.decisions.touching(&self.helping[promise], span);
        for v in near.filter(|&v| plan[v] < self.bounds[v].1) {
            let same = |&&other: &&usize| variables[other].open == variables[v].open;
            match found.iter().position(|other| same(&other)) {
                Some(i) if variables[v].cost < variables[found[i]].cost => found[i] = v,
                Some(_) => {}
                None => found.push(v),
            }
        }
        found
    }

    /// Adds agents where promises are broken until none is.
    pub(super) fn repair(&mut self, mut plan: Vec<u32>) -> Result<Vec<u32>, Failed> {
        let mut rounds = vec![0_usize; self.promises.len()];
        let mut round = 0;
        loop {
            let verdict = self.judge(&plan)?;
            let broken = self.broken(&verdict);
            if broken.is_empty() {
                return Ok(plan);
            }
            if round == 8 {
                self.abundance(&plan)?;
            } else if round == MOST_ROUNDS {
                return self.abundance(&plan);
            }
            let mut more = vec![0; plan.len()];
            for i in broken {
                let (from, to) = self.promises[i].span;
                let width = self
                    .decisions
                    .variables
                    .first()
                    .map_or(0, |v| v.span.1 - v.span.0);
                // Later on also before the stretch, for what has waited since then.
                let before = (
                    from.saturating_sub((rounds[i] / (2 * SPREAD)) as Micros * width),
                    from,
                );
                rounds[i] += 1;
                let earlier = self.cheapest(i, before, &plan);
                let here = self.cheapest(i, (from, to), &plan);
                // Not everywhere at once, as there may be little missing.
                let some = here.iter().skip(rounds[i] % SPREAD).step_by(SPREAD);
                let some = if here.len() < SPREAD {
                    here.clone()
                } else {
                    some.copied().collect()
                };
                for v in some.into_iter().chain(earlier) {
                    more[v] = (plan[v] / 10).max(1);
                }
            }
            plan.iter_mut()
                .zip(more)
                .for_each(|(agents, more)| *agents += more);
            plan = self.bounded(plan);
            round += 1;
        }
    }

    /// A plan of many more agents than another one has.
    pub(super) fn many(&self, plan: &[u32]) -> Vec<u32> {
        if self.is_monthly() {
            return self.plenty(plan);
        }
        let on_duty = self.decisions.on_duty(plan);
        let most = on_duty.iter().fold(0.0, |a: f64, &b| a.max(b));
        let many = vec![3.0 * most + 50.0; on_duty.len()];
        let many = self.cover(&many).map(|c| c.0);
        let many = many.unwrap_or_else(|| plan.iter().map(|agents| 3 * agents + 50).collect());
        self.bounded(many)
    }

    /// A plan with one agent at any time.
    pub(super) fn few(&self) -> Vec<u32> {
        if self.is_monthly() {
            return self.bounds.iter().map(|b| b.0).collect();
        }
        let one = self.cover(&vec![1.0; self.decisions.cells.len()]);
        let one = one.map_or_else(|| vec![1; self.decisions.variables.len()], |c| c.0);
        self.bounded(one)
    }

    /// A plan of many more agents, which keeps the promises if any does.
    fn abundance(&mut self, plan: &[u32]) -> Result<Vec<u32>, Failed> {
        let many = self.many(plan);
        let verdict = self.judge(&many)?;
        match self.broken(&verdict) {
            broken if broken.is_empty() => Ok(many),
            broken => Err(self.impossible(broken, &many)),
        }
    }

    /// The part of time in which a moment lies.
    pub(super) fn part(&self, at: Micros) -> usize {
        self.parts.partition_point(|&p| p <= at).max(1) - 1
    }

    /// Takes agents away, of one variable in each part of time at once, until every single one is needed. The one whose absence costs the least service
    /// for its pay goes first.
    ///
    /// The fewer agents there are the more service each one costs that goes. So a candidate that was worse than another when it was last tried
    /// is so still, and need not be tried again until it is the best (the lazy greedy algorithm of Minoux 1978).
    pub(super) fn thin(&mut self, plan: &mut Vec<u32>) -> Result<(), Failed> {
        let mut verdict = self.judge(plan)?;
        let mut queues: Vec<Vec<Candidate>> = vec![Vec::new(); self.parts.len().max(1)];
        for (v, variable) in self.decisions.variables.iter().enumerate().rev() {
            // Where it is known about what one costs, those that are clearly needed are not tried.
            let loss = self.losses[v];
            let score = if loss > 0.0 {
                variable.cost / loss
            } else {
                f64::INFINITY
            };
            if loss <= NEEDED {
                queues[self.part(variable.span.0)].push((score, v));
            }
        }
        queues
            .iter_mut()
            .for_each(|queue| queue.sort_by(|a, b| a.0.total_cmp(&b.0)));
        let known = self.losses.iter().any(|&loss| loss > 0.0);
        let most = match (&self.curves, known) {
            (Some(_), _) => self.effort,
            (None, true) => THINNED * self.effort,
            (None, false) => usize::MAX,
        };
        let upto = self.judge.simulated().saturating_add(most);
        self.judge.upto = (most < usize::MAX).then_some(upto);
        // Of many agents some at once, as long as so many are not needed.
        let mut steps: Vec<u32> = plan.iter().map(|agents| (agents / LARGE).max(1)).collect();
        let bounds = self.bounds.clone();
        loop {
            let tried: Vec<Candidate> = queues
                .iter_mut()
                .filter_map(|queue| {
                    queue.retain(|&(_, v)| plan[v] > self.bounds[v].0);
                    queue.pop()
                })
                .collect();
            if tried.is_empty() || self.judge.simulated() >= upto {
                self.judge.upto = None;
                return Ok(());
            }
            let less = |taken: &[usize], plan: &[u32], steps: &[u32]| {
                let mut less = plan.to_vec();
                let spare = |v: usize| plan[v] - bounds[v].0;
                taken
                    .iter()
                    .for_each(|&v| less[v] -= steps[v].min(spare(v)));
                less
            };
            let all: Vec<usize> = tried.iter().map(|c| c.1).collect();
            let trial = self.judge(&less(&all, plan, &steps))?;
            let mut taken = Vec::new();
            for (before, v) in tried {
                let part = self.part(self.decisions.variables[v].span.0);
                let queue = &mut queues[part];
                let Some(lost) = self.lost(part, &verdict, &trial) else {
                    if steps[v] > 1 {
                        steps[v] /= 2;
                        queue.push((before, v));
                    }
                    continue;
                };
                self.losses[v] = lost / f64::from(steps[v]);
                let score = self.decisions.variables[v].cost / self.losses[v];
                if queue.last().is_none_or(|next| score >= NEAR * next.0) {
                    taken.push(v);
                }
                let place = queue.partition_point(|c| c.0 <= score);
                queue.insert(place, (score, v));
            }
            if taken.is_empty() {
                continue;
            }
            let all = less(&taken, plan, &steps);
            let mut after = self.judge(&all)?;
            if after.keeps(&self.margins) {
                *plan = all;
            } else {
                // Parts of time had to do with each other after all.
                for v in taken {
                    let one = less(&[v], plan, &steps);
                    if self.keeps(&one)? {
                        *plan = one;
                    } else if steps[v] > 1 {
                        steps[v] /= 2;
                    } else {
                        queues
                            .iter_mut()
                            .for_each(|queue| queue.retain(|c| c.1 != v));
                    }
                }
                after = self.judge(plan)?;
            }
            verdict = after;
        }
    }

    /// The service that is lost without an agent of a part of time, as parts of what there is to lose; `None` if a promise of the part, or of the
    /// next one, is broken.
    pub(super) fn lost(&self, part: usize, before: &Verdict, after: &Verdict) -> Option<f64> {
        let mut lost = 1e-9;
        for (i, promise) in self.promises.iter().enumerate() {
            let of = self.part(promise.span.0);
            if self.parts.len() > 1 && of != part && of != part + 1 {
                continue;
            }
            if after.slack[i] < self.margins[i] {
                return None;
            }
            let room = before.slack[i] - self.margins[i];
            if room.is_finite() {
                lost += (before.slack[i] - after.slack[i]).max(0.0) / (room + 1e-9);
            }
        }
        Some(lost)
    }
}
