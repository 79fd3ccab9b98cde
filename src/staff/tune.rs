//! Towards the cheapest plan by curves: how the level of each contact type in each interval changes with the agents around a plan is
//! estimated from a few simulations, the cheapest plan by these curves is found and simulated, and so on.
//!
//! The slopes of the curves are those of simulations with more agents in every sixth interval at once; where few come they are drawn to the common
//! slope of the pool and contact type, which falls with the root of the agents.

use super::curves::{Around, Curves, Level, Slopes, logistic, logit};
use super::goal::Per;
use super::levels::Levels;
use super::search::{Failed, Search};
use super::variable::Of;
use super::verdict::Verdict;
use crate::time::Micros;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Plans that are looked at one after the other.
const ROUNDS: usize = 6;
/// By how many roots of its agents an interval may change at first.
const REACH: f64 = 1.5;
/// And in each further round by this factor of it.
const NARROWER: f64 = 0.6;
/// In every so many intervals agents are added at once; what one gives is looked for in as many.
const STRIDE: usize = 6;
/// Of this part of the agents of an interval it is looked at what more give.
const MORE: f64 = 0.02;
/// The variance of the difference of two simulations with the same customers, a visit.
const NOISE: f64 = 0.1;
/// By what part of the common slope a slope differs from it.
const SPREAD: f64 = 0.5;
/// Replications for slopes: one of so many, but no fewer than these.
const FEWER: u64 = 4;
const FEWEST: u64 = 2;
/// A plan must be cheaper by this part to go on for it.
const WORTH: f64 = 5e-4;
/// What is dearer by more than this part than a plan that nearly keeps the promises is not gone on from.
const NEARLY: f64 = 0.01;
/// Where agents are only added, so much more is aimed at.
const SURE: f64 = 0.001;
/// In the mean of all intervals there must be so many agents: of fewer each one changes more than a curve can say.
const MANY: u64 = 5;
/// An interval with fewer changes by one at a time.
const SMALL: u32 = 8;
/// Service that is lost is weighed against what there is to lose and so much.
const ROOM: f64 = 1e-3;

/// What was seen where agents were added.
struct Seen {
    variable: usize,
    /// Interval and contact type.
    level: usize,
    /// More answers within T.
    gain: f64,
    /// What they would be if the slope were 1.
    unit: f64,
    /// What the common slope is multiplied with here.
    factor: f64,
    visits: f64,
}

impl Search<'_, '_> {
    /// A cheap plan near one that keeps the promises, or nearly does.
    pub(super) fn tune(&mut self, mut plan: Vec<u32>) -> Result<Vec<u32>, Failed> {
        let mut best: Option<(Vec<u32>, Arc<Verdict>, Levels)> = None;
        let known = self.curves.take();
        let mut reach = match known {
            Some(_) => REACH * NARROWER * NARROWER,
            None => REACH,
        };
        let mut curves = known.unwrap_or_else(|| Curves {
            slopes: Slopes::new(),
            scales: vec![1.0; self.promises.len()],
        });
        let mut before: Option<(Arc<Verdict>, Vec<f64>)> = None;
        let cost = |plan: &[u32]| self.decisions.cost(plan);
        for round in 0..2 * ROUNDS {
            let (verdict, levels) = self.judge.look(&plan).ok_or(Failed::Stopped)?;
            let keeps = verdict.keeps(&self.margins);
            if keeps && best.as_ref().is_none_or(|b| cost(&plan) < cost(&b.0)) {
                best = Some((plan.clone(), Arc::clone(&verdict), levels.clone()));
            }
            if let Some((before, gains)) = before {
                curves.learn(&before, &verdict, &gains);
            }
            if curves.slopes.is_empty() {
                curves.slopes = self.slopes_of_levels(&plan)?;
            }
            if keeps && round >= ROUNDS {
                break;
            }
            // Late in the search nobody is taken away any more.
            let down = if round < ROUNDS { reach } else { 0.0 };
            let (next, gains) =
                self.cheapest_around(&plan, (&verdict, &levels), &curves, (down, REACH));
            let enough = |b: &(Vec<u32>, _, _)| cost(&next) > (1.0 - WORTH) * cost(&b.0);
            if next == plan || best.as_ref().is_some_and(enough) {
                break;
            }
            plan = next;
            before = Some((verdict, gains));
            reach *= NARROWER;
        }
        // A plan that nearly keeps the promises is a better begin than a dear one.
        let dear = |b: &(Vec<u32>, _, _)| cost(&b.0) > (1.0 + NEARLY) * cost(&plan);
        let (plan, verdict, levels) = match best.filter(|b| !dear(b)) {
            Some(best) => best,
            None => {
                let (verdict, levels) = self.judge.look(&plan).ok_or(Failed::Stopped)?;
                (plan, verdict, levels)
            }
        };
        self.weigh_by_curves(&plan, (&verdict, &levels), &curves);
        self.curves = Some(curves);
        Ok(plan)
    }

    /// Adds agents by the curves that are known until the promises are kept with the margins there are now, or nearly.
    pub(super) fn add_by_curves(&mut self, mut plan: Vec<u32>) -> Result<Vec<u32>, Failed> {
        let Some(mut curves) = self.curves.take() else {
            return Ok(plan);
        };
        let mut before: Option<(Arc<Verdict>, Vec<f64>)> = None;
        for _ in 0..2 * ROUNDS {
            let (verdict, levels) = self.judge.look(&plan).ok_or(Failed::Stopped)?;
            if let Some((before, gains)) = before {
                curves.learn(&before, &verdict, &gains);
            }
            let (next, gains) =
                self.cheapest_around(&plan, (&verdict, &levels), &curves, (0.0, REACH));
            if verdict.keeps(&self.margins) || next == plan {
                break;
            }
            plan = next;
            before = Some((verdict, gains));
        }
        self.curves = Some(curves);
        Ok(plan)
    }

    fn around<'s>(
        &self,
        plan: &[u32],
        (verdict, levels): (&Verdict, &Levels),
        curves: &'s Curves,
    ) -> Around<'s> {
        let mut by_level = vec![None; levels.visits.len()];
        let mut missing = vec![0.0; self.promises.len()];
        let mut of_promise = vec![0.0; self.promises.len()];
        for (j, promise) in self.promises.iter().enumerate() {
            let Some(topic) = promise.topic else { continue };
            let short = self.margins[j] - verdict.slack[j];
            if !short.is_finite() {
                continue;
            }
            let first = levels.begins.partition_point(|&b| b < promise.span.0);
            let end = levels.begins.partition_point(|&b| b < promise.span.1);
            for i in first..end {
                let level = i * levels.topics + topic;
                let visits = levels.visits[level];
                if visits.0 > 0 {
                    by_level[level] = Some(Level {
                        promise: j,
                        visits: visits.0 as f64,
                        logit: logit(visits),
                        scale: curves.scales[j],
                    });
                    of_promise[j] += visits.0 as f64;
                }
            }
            missing[j] = short * of_promise[j];
        }
        Around {
            slopes: &curves.slopes,
            levels: by_level,
            visits: of_promise,
            missing,
            costs: self
                .decisions
                .variables
                .iter()
                .map(|v| v.cost.max(1e-9))
                .collect(),
            plan: plan.to_vec(),
        }
    }

    /// The cheapest plan by the curves around one that is not further from it than some roots of its agents, and by promise the level that it gains.
    fn cheapest_around(
        &self,
        plan: &[u32],
        seen: (&Verdict, &Levels),
        curves: &Curves,
        (down, up): (f64, f64),
    ) -> (Vec<u32>, Vec<f64>) {
        let mut around = self.around(plan, seen, curves);
        if down == 0.0 {
            // So that what is added is enough, though little is missing.
            let more = around.visits.iter().map(|n| SURE * n);
            let missing = around.missing.iter_mut().zip(more);
            missing
                .filter(|(m, _)| **m > 0.0)
                .for_each(|(m, more)| *m += more);
        }
        let missing = around.missing.clone();
        let reach = |n: u32, by: f64| match by > 0.0 {
            // What few agents do is not near a curve.
            true if n < SMALL => 1,
            true => libm::round(by * libm::sqrt(f64::from(n))).max(1.0) as u32,
            false => 0,
        };
        let fewest = |(v, &n): (usize, &u32)| match curves.slopes[v].is_empty() {
            true => n,
            false => {
                let fewer = reach(n, down).min(around.spare(v).max(0.0) as u32);
                n.saturating_sub(fewer).max(self.bounds[v].0).min(n)
            }
        };
        let least: Vec<u32> = plan.iter().enumerate().map(fewest).collect();
        let most = plan.iter().zip(&self.bounds);
        let most: Vec<u32> = most
            .map(|(&n, b)| (n + reach(n, up)).min(b.1).max(n))
            .collect();
        let mut touching: Vec<Vec<usize>> = vec![Vec::new(); self.promises.len()];
        for v in 0..plan.len() {
            for (j, _) in around.gains(v, 1.0) {
                touching[j].push(v);
            }
            if !curves.slopes[v].is_empty() {
                around.change(v, i64::from(least[v]) - i64::from(plan[v]));
            }
        }
        around.add(&touching, &most);
        around.remove(&least);
        let gain = |j: usize| (missing[j] - around.missing[j]) / around.visits[j].max(1.0);
        let gains = (0..missing.len()).map(gain).collect();
        (around.plan, gains)
    }

    /// What the service loses without one agent of each variable by the curves, as parts of what there is to lose.
    fn weigh_by_curves(&mut self, plan: &[u32], seen: (&Verdict, &Levels), curves: &Curves) {
        let around = self.around(plan, seen, curves);
        for (v, loss) in self.losses.iter_mut().enumerate() {
            let of = |(j, gain): (usize, f64)| {
                -gain / ((-around.missing[j]).max(0.0) + ROOM * around.visits[j])
            };
            *loss = around.gains(v, -1.0).into_iter().map(of).sum();
        }
    }

    /// The slopes around a plan, from simulations with more agents in every sixth interval.
    fn slopes_of_levels(&mut self, plan: &[u32]) -> Result<Slopes, Failed> {
        let replications = self.judge.replications().div_ceil(FEWER).max(FEWEST);
        let before = self
            .judge
            .glance(plan, replications)
            .ok_or(Failed::Stopped)?;
        let width = self.judge.model.interval.max(1);
        let mut sets: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        let variables = self.decisions.variables.iter().enumerate();
        for (v, variable) in variables.filter(|(_, v)| matches!(v.of, Of::Agents(_))) {
            let nth = (variable.span.0 / width) as usize % STRIDE;
            sets.entry((variable.pool, nth)).or_default().push(v);
        }
        let mut slopes: Slopes = vec![Vec::new(); plan.len()];
        // By contact type, pool and intervals later.
        let mut seen: BTreeMap<(usize, usize, Micros), Vec<Seen>> = BTreeMap::new();
        for ((pool, _), variables) in sets {
            let mut more = plan.to_vec();
            let added = |n: u32| (MORE * f64::from(n)).max(1.0) as u32;
            variables.iter().for_each(|&v| more[v] += added(plan[v]));
            let after = self
                .judge
                .glance(&more, replications)
                .ok_or(Failed::Stopped)?;
            for (level, (a, b)) in after.visits.iter().zip(&before.visits).enumerate() {
                let (i, topic) = (level / before.topics, level % before.topics);
                if b.0 == 0 || !self.judge.model.leads_to(topic, pool) {
                    continue;
                }
                let at = before.begins[i];
                let next = variables.partition_point(|&v| self.decisions.variables[v].span.0 <= at);
                let Some(&v) = next.checked_sub(1).and_then(|n| variables.get(n)) else {
                    continue;
                };
                let later = (at - self.decisions.variables[v].span.0) / width;
                if later >= STRIDE as Micros {
                    continue;
                }
                let share = logistic(logit(*b));
                seen.entry((topic, pool, later)).or_default().push(Seen {
                    variable: v,
                    level,
                    gain: a.1 as f64 - b.1 as f64,
                    unit: f64::from(added(plan[v])) * share * (1.0 - share) * b.0 as f64,
                    factor: 1.0 / libm::sqrt(f64::from(plan[v].max(1))),
                    visits: b.0 as f64,
                });
            }
        }
        for all in seen.into_values() {
            let of = |f: &dyn Fn(&Seen) -> f64| all.iter().map(f).sum::<f64>();
            let common = of(&|s| s.gain * s.unit * s.factor)
                / of(&|s| (s.unit * s.factor) * (s.unit * s.factor)).max(f64::MIN_POSITIVE);
            if common <= 1e-3 {
                continue;
            }
            for s in all {
                let usual = common * s.factor;
                let doubt = NOISE * s.visits / (SPREAD * usual * SPREAD * usual);
                let slope = (s.gain * s.unit + usual * doubt) / (s.unit * s.unit + doubt);
                if slope > 0.0 {
                    slopes[s.variable].push((s.level, slope));
                }
            }
        }
        Ok(slopes)
    }

    /// Whether [`Self::tune`] can be used from a plan on: there are many agents or there is a long time, all is decided by interval or held, what is promised
    /// are levels, and nobody may wait for long.
    pub(super) fn can_tune(&self, plan: &[u32]) -> bool {
        let by_interval = |of: Of| matches!(of, Of::Agents(_));
        let variables = self.decisions.variables.iter().zip(plan);
        let of_intervals = variables.filter(|(v, _)| by_interval(v.of));
        let (count, agents) = of_intervals.fold((0, 0), |(count, agents), (_, &n)| {
            (count + 1, agents + u64::from(n))
        });
        // Over a longer time than a day the other ways would be worse still.
        let short = matches!(self.judge.goal.per, Per::Interval | Per::Day);
        if short && agents < MANY * count {
            return false;
        }
        let model = self.judge.model;
        let soon = |topic: usize| model.topics[topic].target.within <= 2 * model.interval;
        let held = |v: usize| self.bounds[v].0 == self.bounds[v].1;
        let mut promises = self.promises.iter().zip(&self.margins);
        let mut variables = self.decisions.variables.iter().enumerate();
        variables.all(|(v, variable)| by_interval(variable.of) || held(v))
            && promises.all(|(p, &margin)| margin == f64::NEG_INFINITY || p.topic.is_some_and(soon))
    }
}
