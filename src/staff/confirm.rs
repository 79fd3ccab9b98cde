//! Staffing a model: the search, and its plan on replications that it has not seen.

use super::curves::Curves;
use super::decide::Decisions;
use super::goal::{Goal, Per, Promise};
use super::judge::Judge;
use super::limit::Limit;
use super::needed::{Dated, needed};
use super::reasons::{Basis, PLANS, Reason, TOLD, reasons, tightest};
use super::search::{Failed, Search, Staffed};
use super::verdict::Verdict;
use crate::experiment::{Plan, Progress};
use crate::measure::Grid;
use crate::model::{Arrivals, Model};
use crate::stats::{IntervalKind, interval_of_error};
use crate::time::DAY;
use std::ops::Range;
use std::sync::Arc;

/// How a model is staffed.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What must hold.
    pub goal: Goal,
    /// What must hold of other measures than the service levels.
    pub limits: Vec<Limit>,
    /// Seed of the search.
    pub seed: u64,
    /// Replications by which plans are judged in the search.
    pub replications: u32,
    /// Replications by which the plan is confirmed.
    pub confirming: u32,
    /// Plans that may be simulated for exchanges.
    pub effort: usize,
    /// Sizes that are tried at least beside agents by interval, where a plan takes long to simulate.
    pub sizes: usize,
    /// Times at most that the plan is confirmed, with more margin each time.
    pub rounds: u64,
    /// Plans that may be simulated to say why the plan is as it is.
    pub explained: usize,
    /// Level of the confidence intervals.
    pub confidence: f64,
    /// Where the search begins; `None`: what covers the formula's requirement.
    pub start: Option<Start>,
}

/// Where a search begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// The plan.
    pub plan: Vec<u32>,
    /// How levels change with the agents near it, where an earlier search has found that.
    pub(super) curves: Option<Curves>,
}

/// A plan that was confirmed on fresh replications.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// What is decided.
    pub decisions: Decisions,
    /// What is promised.
    pub promises: Vec<Promise>,
    /// The plan.
    pub staffed: Staffed,
    /// How well it keeps its promises on fresh replications.
    pub confirmed: Arc<Verdict>,
    /// The promises that it breaks there in spite of all margins.
    pub broken: Vec<usize>,
    /// Plans that were simulated.
    pub simulated: usize,
    /// What it costs to cover the formula's requirement (where there is none, the plan of the file) with what is decided, and the least that any cover of
    /// it costs; `None` where it cannot be covered.
    pub covered: Option<(f64, f64)>,
    /// The same targets in each interval, and how they are met on those replications.
    pub intervals: (Vec<Promise>, Arc<Verdict>),
    /// The replications of the seed on which it was confirmed.
    pub replications: Range<u64>,
    /// Level of the confidence intervals.
    pub confidence: f64,
    /// Of the tightest promises, as many as the effort allows: what agents fewer and more do there.
    pub reasons: Vec<Reason>,
    /// How levels change with the agents, where that was looked at.
    pub(super) curves: Option<Curves>,
    /// The probability with which promises are kept; `None`: in expectation.
    pub probability: Option<f64>,
    /// What is decided month by month, and when it is needed.
    pub dated: Vec<Dated>,
}

impl Settings {
    /// As many replications as a goal takes, of an experiment with this plan: the level of fifty replications of a day is known to a point
    /// or so, a probability to a point with two thousand. Fewer of a large model.
    pub fn new(goal: Goal, plan: Plan, model: &Model) -> Self {
        let busyness = &model.demand.busyness;
        let fit = |cases_of_all: f64, least, most| {
            (cases_of_all / cases(model).max(1.0)).clamp(least, most) as u32
        };
        let is_steady = !busyness.days_vary() && busyness.interval_cv == 0.0;
        let (least, confirming) = match goal.probability {
            // A stretch of many days is many replications of a day.
            None if goal.per == Per::Horizon && !is_steady => {
                let days = busyness.independent_days((model.horizon / DAY).max(1) as f64);
                let fit = ((50.0 / days) as u32).max(FEWEST);
                (fit, 2 * fit)
            }
            None if is_steady => {
                let fit = fit(MANY, 2.0, 100.0);
                (fit, 4 * fit)
            }
            None => (fit(5.0 * MANY, 8.0, 50.0), fit(10.0 * MANY, 16.0, 200.0)),
            Some(_) => (
                fit(20.0 * MANY, 50.0, 200.0),
                fit(200.0 * MANY, 300.0, 2_000.0),
            ),
        };
        let replications = plan.replications.min(100).max(least);
        let confirming = confirming.max(replications);
        let plans = |work, replications| work / (cases(model).max(1.0) * f64::from(replications));
        let effort = match plans(WORK, replications) {
            few if few < FEWEST_EXCHANGES => 0,
            many => many.clamp(20.0, 100.0) as usize,
        };
        Self {
            goal,
            limits: Vec::new(),
            seed: plan.seed,
            replications,
            confirming,
            effort,
            sizes: 0,
            rounds: match goal.probability {
                Some(_) => ROUNDS_OF_PROBABILITY,
                None if effort == 0 => ROUNDS_OF_LARGE,
                None => ROUNDS,
            },
            explained: plans(EXPLAINED, confirming).clamp(PLANS as f64, (TOLD * PLANS) as f64)
                as usize,
            confidence: plan.confidence,
            start: None,
        }
    }
}

/// So many numbers at most are kept of a plan of a search, for [`Progress::keep`].
pub fn kept_length(model: &Model, decisions: &Decisions, settings: &Settings) -> usize {
    let promises = |per: Per, limits: &[Limit]| {
        let goal = Goal {
            per,
            ..settings.goal
        };
        Promise::all(model, goal, limits, decisions).len()
    };
    let of_goal = promises(settings.goal.per, &settings.limits);
    let levels = Grid::of(model).intervals() * (1 + 2 * model.topics.len());
    let others = (Verdict::NUMBERS * promises(Per::Interval, &[])).max(levels);
    Verdict::NUMBERS * of_goal + others
}

/// Expected cases of a replication.
fn cases(model: &Model) -> f64 {
    let of = |arrivals: &Arrivals| match arrivals {
        Arrivals::Expected(cases) => cases.iter().sum(),
        Arrivals::Counts(cases) => cases.iter().map(|&n| f64::from(n)).sum(),
        Arrivals::Replay(times) => times.len() as f64,
    };
    model.demand.arrivals.iter().map(of).sum()
}

impl Confirmed {
    /// The promises with least to spare on fresh replications, the tightest first.
    pub fn tightest(&self) -> Vec<usize> {
        tightest(&self.promises, &self.confirmed)
    }

    /// The confidence interval of the level of a promise, of the goal or of an interval, in a verdict.
    pub fn interval(&self, promise: &Promise, verdict: &Verdict, i: usize) -> Option<(f64, f64)> {
        let kind = match &*promise.limit.row.unit {
            "fraction" => IntervalKind::Share {
                trials: verdict.visits[i],
            },
            _ => IntervalKind::Number,
        };
        let count = (self.replications.end - self.replications.start) as f64;
        let estimate = verdict.level[i].zip(verdict.error[i])?;
        interval_of_error(kind, estimate, count, self.confidence)
    }
}

/// Cases of all replications of a search by which the level of a steady operation is known well enough.
const MANY: f64 = 4e6;
/// Exchanges are not worth while if there are fewer than this.
const FEWEST_EXCHANGES: f64 = 10.0;
/// Cases that may be simulated for exchanges.
const WORK: f64 = 2e8;
/// Replications of the search at least.
const FEWEST: u32 = 10;
/// Cases that may be simulated to say why a plan is as it is.
const EXPLAINED: f64 = 5e7;
/// Cases of all replications by which it is known when a class is needed.
const NEEDED: f64 = 5e7;
/// Replications of the search are counted from 0, fresh ones from here on.
const FRESH: u64 = 1 << 32;
/// Cases of all replications by which it is known what the people of a size cost.
const PRICED: f64 = 1e6;
/// Times at most that a plan is confirmed; of a large model, and with a probability, of which each time takes many replications, fewer.
const ROUNDS: u64 = 8;
const ROUNDS_OF_LARGE: u64 = 6;
const ROUNDS_OF_PROBABILITY: u64 = 5;
/// What was missing there may be more by so many standard errors.
const DOUBT: f64 = 1.5;
/// But by no more than this, of shares as it is, of all else in parts of the bound.
const MOST_DOUBT: f64 = 0.01;
/// Plans with one agent fewer that are judged on fresh replications.
const SPARED: usize = 3;
/// Where these do not tell whether one keeps its promises, it is judged by so many times as many, if these have no more cases in all.
const FINER: u64 = 5;
const FINEST: f64 = 5e7;
/// So many standard errors from the promised probability it is not known on which side of it a plan is.
const UNSURE: f64 = 2.5;

/// So many replications that they have about as many cases, of those there are.
fn some(of_all: f64, model: &Model, replications: u64) -> u64 {
    let few = (of_all / cases(model).max(1.0)) as u64;
    few.clamp(u64::from(FEWEST), replications.max(u64::from(FEWEST)))
}

/// Finds the cheapest plan of `decisions` that keeps the promises of the goal, from the formula's requirement on, and confirms it.
///
/// # Errors
/// See [`Search::run`].
pub fn staff(
    model: &Model,
    decisions: Decisions,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Confirmed, Failed> {
    let goal = settings.goal;
    let written = decisions.written(model).into_iter();
    let required = decisions.required(model).into_iter();
    let start: Vec<f64> = required
        .zip(written)
        .map(|(required, written)| required.map_or(written, f64::from))
        .collect();
    let sizes = decisions.sizes_for(&start);
    let few = (PRICED / cases(model).max(1.0)).clamp(2.0, 1000.0) as u64;
    let decisions = decisions.priced(model, &sizes, settings.seed, 0..few);
    let promises = Promise::all(model, goal, &settings.limits, &decisions);
    let each = Goal {
        per: Per::Interval,
        ..goal
    };
    let intervals = Promise::all(model, each, &[], &decisions);
    let with_intervals = [promises.clone(), intervals.clone()].concat();
    let of = (settings.seed, 0..u64::from(settings.replications));
    let mut judge = Judge::new(model, &decisions, &promises, goal, of, progress);
    let mut search = Search::new(&mut judge, settings.effort);
    search.sizes = settings.sizes;
    // Of sizes alone nothing is covered.
    let all_sizes = decisions.sizes.len() == decisions.variables.len();
    let covered = if all_sizes {
        None
    } else {
        search.cover(&start)
    };
    let start = covered.as_ref().map(|c| c.0.clone());
    let mut start = start.unwrap_or_else(|| vec![1; decisions.variables.len()]);
    decisions.put_sizes(&mut start, &sizes);
    if let Some(given) = &settings.start {
        start.clone_from(&given.plan);
        search.curves.clone_from(&given.curves);
    }
    let contrary = contrary(&mut search, &start)?;
    search.pass_over(&contrary);
    let mut staffed = search.run(start)?;
    let mut round = 0;
    // Whether agents are looked for who are not needed, and the plan with the last one of them, with the replications that confirmed it.
    let (mut spares, mut larger) = (goal.probability.is_some(), None);
    let mut confirming = u64::from(settings.confirming);
    let finer = FINER * confirming;
    let finer = (finer as f64 * cases(model) <= FINEST).then_some(finer);
    let (mut of, mut next) = (FRESH..FRESH + confirming, FRESH + confirming);
    let mut others = |many: u64| {
        next += many;
        next - many..next
    };
    loop {
        kept(&promises, &contrary, &staffed.verdict)?;
        let by = (settings.seed, of.clone());
        let mut fresh = Judge::new(model, &decisions, &with_intervals, goal, by, progress);
        fresh.of_goal = promises.len();
        let verdict = fresh.judge(&staffed.plan).ok_or(Failed::Stopped)?;
        let (confirmed, levels) = verdict.split(promises.len());
        let broken: Vec<usize> = (0..promises.len())
            .filter(|&i| confirmed.slack[i] < 0.0)
            .collect();
        round += 1;
        let keeps = broken.iter().all(|&i| contrary[i]);
        if !keeps && let Some((before, confirmed_by)) = larger.take() {
            (staffed, of, spares) = (before, confirmed_by, false);
            continue;
        }
        if keeps
            && spares
            && round < settings.rounds
            && let Some((plan, finely)) = {
                let finer = finer.filter(|&finer| finer > confirming);
                let mut finer = finer.map(|finer| fresh.by(others(finer)));
                let judges = (&mut fresh, finer.as_mut());
                spared(&mut search, judges, &staffed.plan, &contrary)?
            }
        {
            if finely {
                confirming *= FINER;
            }
            let verdict = search.judge(&plan)?;
            let fewer = Staffed {
                plan,
                verdict,
                proven: false,
            };
            larger = Some((std::mem::replace(&mut staffed, fewer), of));
            of = others(confirming);
            continue;
        }
        if keeps || round == settings.rounds {
            let simulated = search.judge.simulated();
            let levels = Arc::new(levels);
            let basis = Basis {
                decisions: &decisions,
                plan: &staffed.plan,
                promises: &promises,
                verdict: &confirmed,
                intervals: (&intervals, &levels),
            };
            let reasons = reasons(&basis, &mut fresh, settings.explained)?;
            let dated = needed(&basis, &mut fresh.part(some(NEEDED, model, confirming)))?;
            return Ok(Confirmed {
                intervals: (intervals.clone(), levels),
                replications: of.clone(),
                confidence: settings.confidence,
                reasons,
                curves: search.curves.take(),
                probability: goal.probability,
                dated,
                covered: covered.map(|(plan, least)| (decisions.cost(&plan), least)),
                decisions: decisions.priced(
                    model,
                    &staffed.plan,
                    settings.seed,
                    of.start..of.start + few,
                ),
                promises: promises.clone(),
                staffed,
                confirmed: Arc::new(confirmed),
                broken,
                simulated,
            });
        }
        for i in broken {
            let (limit, slack) = (&promises[i].limit, confirmed.slack[i]);
            // What was missing is known by chance only; of levels it is known how well.
            let error = confirmed.error[i].filter(|_| goal.probability.is_none());
            let doubt = DOUBT * error.unwrap_or(0.0);
            let doubt = match limit.relative(doubt) > MOST_DOUBT {
                true => doubt * MOST_DOUBT / limit.relative(doubt),
                false => doubt,
            };
            search.margins[i] = limit.larger(search.margins[i], slack - doubt);
        }
        staffed = search.stricter(staffed.plan)?;
        of = others(confirming);
    }
}

/// A plan with one agent fewer who is not needed on fresh replications: one of those whom the search misses least. Where they do not tell, it is judged
/// by more of them, and whether that was so is told.
fn spared(
    search: &mut Search<'_, '_>,
    (fresh, finer): (&mut Judge<'_>, Option<&mut Judge<'_>>),
    plan: &[u32],
    contrary: &[bool],
) -> Result<Option<(Vec<u32>, bool)>, Failed> {
    let spare: Vec<usize> = (0..plan.len())
        .filter(|&v| plan[v] > search.bounds[v].0)
        .collect();
    if spare.len() > search.effort {
        return Ok(None);
    }
    let promises = search.promises;
    let least = |verdict: &Verdict| {
        let each = promises.iter().zip(&verdict.slack).zip(contrary);
        let kept = each.filter(|(_, contrary)| !**contrary);
        kept.map(|((p, &slack), _)| p.limit.relative(slack))
            .fold(f64::INFINITY, f64::min)
    };
    let mut fewer = Vec::new();
    for v in spare {
        let mut plan = plan.to_vec();
        plan[v] -= 1;
        fewer.push((least(&*search.judge(&plan)?), plan));
    }
    fewer.sort_by(|a, b| b.0.total_cmp(&a.0));
    let p = search.judge.goal.probability.unwrap_or(1.0);
    let unsure = UNSURE * (p * (1.0 - p) / fresh.replications() as f64).sqrt();
    let nearly = |verdict: &Verdict| {
        let each = verdict.met[..promises.len()].iter().zip(contrary);
        let mut kept = each.filter(|(_, contrary)| !**contrary);
        kept.all(|(met, _)| met.is_none_or(|met| met >= p - unsure))
    };
    let mut near = Vec::new();
    for (_, plan) in fewer.into_iter().take(SPARED) {
        let verdict = fresh.judge(&plan).ok_or(Failed::Stopped)?;
        if least(&verdict) >= 0.0 {
            return Ok(Some((plan, false)));
        }
        if nearly(&verdict) {
            near.push(plan);
        }
    }
    let Some(finer) = finer else { return Ok(None) };
    for plan in near {
        if least(&*finer.judge(&plan).ok_or(Failed::Stopped)?) >= 0.0 {
            return Ok(Some((plan, true)));
        }
    }
    Ok(None)
}

/// Which limits more agents break: many more agents than a plan has break them, and fewer do not.
///
/// # Errors
/// Where fewer agents break them as well.
fn contrary(search: &mut Search<'_, '_>, plan: &[u32]) -> Result<Vec<bool>, Failed> {
    let promises = search.promises;
    if promises.iter().all(|p| p.topic.is_some()) {
        return Ok(vec![false; promises.len()]);
    }
    let broken = |search: &mut Search<'_, '_>, plan: &[u32]| {
        let verdict = search.judge(plan)?;
        let each = promises.iter().zip(&verdict.slack);
        let broken: Vec<bool> = each.map(|(p, &s)| p.topic.is_none() && s < 0.0).collect();
        Ok(broken)
    };
    let (many, few) = (search.many(plan), search.few());
    let by_many = broken(search, &many)?;
    if by_many.contains(&true) {
        let (by_few, here) = (broken(search, &few)?, broken(search, plan)?);
        let never = |&i: &usize| by_many[i] && by_few[i] && here[i];
        let never: Vec<usize> = (0..promises.len()).filter(never).collect();
        if !never.is_empty() {
            return Err(Failed::Impossible(never));
        }
    }
    Ok(by_many)
}

/// Refuses a plan that breaks limits that more agents break.
fn kept(promises: &[Promise], contrary: &[bool], verdict: &Verdict) -> Result<(), Failed> {
    let (limits, others): (Vec<usize>, Vec<usize>) =
        (0..promises.len()).partition(|&i| contrary[i]);
    let broken: Vec<usize> = limits
        .into_iter()
        .filter(|&i| verdict.slack[i] < 0.0)
        .collect();
    if broken.is_empty() {
        return Ok(());
    }
    let slack = |i: usize| promises[i].limit.relative(verdict.slack[i]);
    let against = others
        .into_iter()
        .min_by(|&a, &b| slack(a).total_cmp(&slack(b)));
    Err(Failed::Contradiction { broken, against })
}
