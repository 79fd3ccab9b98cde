//! Why a plan is as it is: what agents fewer and more do where a promise has least to spare, and what a promise costs.

use super::decide::Decisions;
use super::goal::Promise;
use super::judge::Judge;
use super::search::Failed;
use super::variable::{Cell, meet};
use super::verdict::Verdict;
use crate::dist::special::{normal_cdf, normal_quantile};
use std::collections::BTreeMap;

/// Most promises that are told one by one.
pub const TOLD: usize = 3;
/// Plans that are simulated for one promise.
pub(super) const PLANS: usize = 5;
/// Of so many agents one is taken away, of twice as many two.
const LARGE: u32 = 50;
/// What is lost for a price: a point of a share, a hundredth of another bound.
const POINT: f64 = 0.01;
/// At least so many visits of all count as late, and as in time.
const LEAST: f64 = 1e-3;
/// Points of which a price can be told, at least and at most.
const ENOUGH: f64 = 0.5;
const FAR: f64 = 3.0;
/// Most agents, or people, that are taken away to lose a point.
const MOST: f64 = 100.0;

/// Where a promise binds, and what agents fewer and more do to it, on the replications that confirmed the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The promise.
    pub promise: usize,
    /// The cell of its stretch in which an agent more should bring most visits in time.
    pub cell: usize,
    /// The contact type of which most visits are late there.
    pub topic: usize,
    /// Fewer agents there.
    pub fewer: Option<Effect>,
    /// More agents there.
    pub more: Option<Effect>,
    /// Fewer agents anywhere in the stretch, of whom it seems to cost least service for their pay: so many that half a point at
    /// least is lost, if that can be. Of what is tried it saves most for a point.
    pub price: Option<Effect>,
}

/// The plan with some agents fewer or more.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Variables, and how many there are more of each.
    pub changes: Vec<(usize, i64)>,
    /// What that costs more.
    pub cost: f64,
    /// The level of the promise with it.
    pub level: Option<f64>,
    /// With a stated probability: the share of the replications that meet it.
    pub met: Option<f64>,
    /// What is lost of the promise, in points: of the probability where one is stated, else of a share, else in hundredths of the bound.
    pub lost: f64,
    /// Other promises that it breaks and the plan keeps.
    pub broken: usize,
}

impl Reason {
    /// What a point less of the promise saves, about; `None` where fewer agents lose nothing of it.
    pub fn price_of_point(&self) -> Option<f64> {
        let price = self.price.as_ref().filter(|e| e.lost > 0.0)?;
        Some(-price.cost / price.lost)
    }
}

/// A plan and how it keeps its promises on fresh replications.
pub(super) struct Basis<'a> {
    pub(super) decisions: &'a Decisions,
    pub(super) plan: &'a [u32],
    pub(super) promises: &'a [Promise],
    pub(super) verdict: &'a Verdict,
    /// The targets in each interval, and how they are met.
    pub(super) intervals: (&'a [Promise], &'a Verdict),
}

/// The promises with least to spare in a verdict, the tightest first.
pub(super) fn tightest(promises: &[Promise], verdict: &Verdict) -> Vec<usize> {
    let mut order: Vec<usize> = (0..promises.len()).collect();
    let slack = |i: usize| promises[i].limit.relative(verdict.slack[i]);
    order.sort_by(|&a, &b| slack(a).total_cmp(&slack(b)));
    order
}

/// What comes in a cell of a promise.
struct Visits {
    all: f64,
    late: f64,
    /// The contact type with most late ones.
    topic: usize,
    /// So many of it are late.
    most: f64,
    /// Agents on duty who may answer: of all pools.
    agents: f64,
}

/// What is known of a promise for a choice of plans that are worth a simulation.
struct Place<'a> {
    basis: &'a Basis<'a>,
    visits: BTreeMap<usize, Visits>,
}

impl<'a> Place<'a> {
    fn new(basis: &'a Basis<'a>, on_duty: &[f64], promise: &Promise, judge: &Judge<'_>) -> Self {
        let (model, decisions) = (judge.model, basis.decisions);
        let pools = promise.helping(model, decisions);
        let types = promise.limit.row.slice.types(model);
        let (intervals, verdict) = basis.intervals;
        let mut helping: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut visits: BTreeMap<usize, Visits> = BTreeMap::new();
        for (i, interval) in intervals.iter().enumerate() {
            let Some(topic) = interval.topic else {
                continue;
            };
            let asked = types.as_ref().is_none_or(|types| types.contains(&topic));
            if !asked || !meet(interval.span, promise.span) {
                continue;
            }
            let all = verdict.visits[i];
            let late = all * (1.0 - verdict.level[i].unwrap_or(1.0));
            let of_topic = || interval.helping(model, decisions);
            let helping = helping.entry(topic).or_insert_with(of_topic);
            let of_pool = |&pool: &usize| {
                let before = |c: &Cell| (c.pool, c.span.1) <= (pool, interval.span.0);
                let first = decisions.cells.partition_point(before);
                let cells = decisions.cells.iter().enumerate().skip(first);
                let there = move |c: &Cell| c.pool == pool && meet(c.span, interval.span);
                cells.take_while(move |(_, c)| there(c)).map(|(c, _)| c)
            };
            let cells: Vec<usize> = helping.iter().flat_map(of_pool).collect();
            let agents = cells.iter().map(|&c| on_duty[c]).sum::<f64>();
            for c in cells {
                if !pools.contains(&decisions.cells[c].pool) {
                    continue;
                }
                let none = Visits {
                    all: 0.0,
                    late: 0.0,
                    topic,
                    most: 0.0,
                    agents: 0.0,
                };
                let here = visits.entry(c).or_insert(none);
                here.all += all;
                here.late += late;
                here.agents = here.agents.max(agents);
                if late > here.most {
                    (here.most, here.topic) = (late, topic);
                }
            }
        }
        Self { basis, visits }
    }

    /// The visits that one agent more or fewer in a cell should bring in time, or cost, by the normal approximation: n agents are the load plus z
    /// times its square root, and the share in time is the distribution function of z.
    fn change(&self, cell: usize, more: f64) -> f64 {
        let Some(visits) = self.visits.get(&cell).filter(|v| v.all > 0.0) else {
            return 0.0;
        };
        let level = (1.0 - visits.late / visits.all).clamp(LEAST, 1.0 - LEAST);
        let (z, n) = (normal_quantile(level), visits.agents);
        let root = (0.5 * ((z * z + 4.0 * n).sqrt() - z)).max(0.5);
        let after = match n + more < 0.5 {
            true => 0.0,
            false => normal_cdf(z + more / root),
        };
        visits.all * (after - level).abs()
    }

    /// The same of one more or fewer of a variable, for its pay.
    fn for_pay(&self, v: usize, more: f64) -> f64 {
        let decisions = self.basis.decisions;
        let covers = decisions.coverage[v].iter();
        let sum: f64 = covers.map(|&(c, part)| part * self.change(c, more)).sum();
        sum / decisions.variables[v].cost.max(f64::MIN_POSITIVE)
    }

    /// The variables of which somebody is there in one of the cells, those first for which `key` is least.
    fn variables(&self, within: impl Fn(usize) -> bool, key: impl Fn(usize) -> f64) -> Vec<usize> {
        let coverage = self.basis.decisions.coverage.iter().enumerate();
        let there = coverage.filter(|(_, covers)| covers.iter().any(|(c, _)| within(*c)));
        let mut all: Vec<(f64, usize)> = there.map(|(v, _)| (key(v), v)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        all.into_iter().map(|(_, v)| v).collect()
    }
}

/// The reasons of the tightest promises, with at most so many plans simulated.
///
/// # Errors
/// When it is stopped.
pub(super) fn reasons(
    basis: &Basis<'_>,
    judge: &mut Judge<'_>,
    plans: usize,
) -> Result<Vec<Reason>, Failed> {
    let on_duty = basis.decisions.on_duty(basis.plan);
    let told = tightest(basis.promises, basis.verdict)
        .into_iter()
        .take(TOLD.min(plans / PLANS));
    let each = told.map(|i| {
        let place = Place::new(basis, &on_duty, &basis.promises[i], judge);
        reason(&place, judge, i)
    });
    let all: Result<Vec<Option<Reason>>, Failed> = each.collect();
    Ok(all?.into_iter().flatten().collect())
}

/// The reason of a promise; `None` where it is not known which visits are late.
fn reason(place: &Place<'_>, judge: &mut Judge<'_>, i: usize) -> Result<Option<Reason>, Failed> {
    let gain = |c: usize| place.change(c, 1.0);
    let cells = place.visits.keys().copied();
    let Some(cell) = cells.max_by(|&a, &b| gain(a).total_cmp(&gain(b))) else {
        return Ok(None);
    };
    let (decisions, plan) = (place.basis.decisions, place.basis.plan);
    let span = decisions.cells[cell].span;
    let here = |c: usize| place.visits.contains_key(&c) && meet(decisions.cells[c].span, span);
    let best = place.variables(here, |v| -place.for_pay(v, 1.0));
    let step = |v: usize| i64::from((plan[v] / LARGE).max(1));
    let mut effect = |changes: Vec<(usize, i64)>| effect(place.basis, judge, i, changes);
    let bounds = &decisions.bounds;
    let more = best
        .iter()
        .find(|&&v| i64::from(plan[v]) + step(v) <= i64::from(bounds[v].1));
    let more = more.map(|&v| effect(vec![(v, step(v))])).transpose()?;
    let fewer = best
        .iter()
        .find(|&&v| i64::from(plan[v]) - step(v) >= i64::from(bounds[v].0));
    let fewer = fewer.map(|&v| effect(vec![(v, -step(v))])).transpose()?;
    let mut order = place.variables(
        |c| place.visits.contains_key(&c),
        |v| place.for_pay(v, -1.0),
    );
    order.retain(|&v| plan[v] > bounds[v].0);
    let spare = |(n, b): (&u32, &(u32, u32))| n.saturating_sub(b.0);
    let spare: Vec<u32> = plan.iter().zip(bounds).map(spare).collect();
    let mut prices: Vec<Effect> = fewer.clone().into_iter().collect();
    let (mut begin, mut many) = (0, 1);
    for _ in 0..PLANS - 2 {
        let changes = away(&order[begin..], &spare, many);
        if changes.is_empty() {
            break;
        }
        let tried = effect(changes)?;
        match tried.lost {
            // A price is for small changes.
            lost if lost > FAR && many > 1 => many = (many as f64 / lost).max(1.0) as usize,
            lost if lost >= ENOUGH => begin += 1,
            // Little is mostly chance: from it follows no large number.
            lost => {
                let for_a_point = libm::ceil(many as f64 / lost.max(1e-9));
                many = for_a_point.clamp(2.0, MOST).min(8.0 * many as f64) as usize;
            }
        }
        prices.push(tried);
    }
    // One of about a point that breaks nothing else, and most money for it.
    prices.retain(|e| e.lost > 0.0);
    let about_a_point = |e: &Effect| (ENOUGH..=FAR).contains(&e.lost);
    let worth = |e: &Effect| (about_a_point(e), e.broken == 0, -e.cost / e.lost);
    let price = prices.into_iter().max_by(|a, b| {
        let (a, b) = (worth(a), worth(b));
        (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2))
    });
    // The pool of whom one more is told.
    let pool = best.first().map(|&v| decisions.variables[v].pool);
    let of_pool = |&c: &usize| here(c) && Some(decisions.cells[c].pool) == pool;
    let cell = place.visits.keys().copied().find(of_pool).unwrap_or(cell);
    Ok(Some(Reason {
        promise: i,
        cell,
        topic: place.visits[&cell].topic,
        fewer,
        more,
        price,
    }))
}

/// So many agents fewer, one of each variable in order, and from the first on again.
fn away(order: &[usize], spare: &[u32], many: usize) -> Vec<(usize, i64)> {
    let mut taken: BTreeMap<usize, i64> = BTreeMap::new();
    let all: usize = order.iter().map(|&v| spare[v] as usize).sum();
    let mut left = many.min(all);
    for &v in order.iter().cycle() {
        if left == 0 {
            break;
        }
        let taken = taken.entry(v).or_insert(0);
        if *taken < i64::from(spare[v]) {
            *taken += 1;
            left -= 1;
        }
    }
    taken.into_iter().map(|(v, n)| (v, -n)).collect()
}

/// What a changed plan does to a promise.
fn effect(
    basis: &Basis<'_>,
    judge: &mut Judge<'_>,
    i: usize,
    changes: Vec<(usize, i64)>,
) -> Result<Effect, Failed> {
    let mut plan = basis.plan.to_vec();
    for &(v, more) in &changes {
        plan[v] = (i64::from(plan[v]) + more).max(0) as u32;
    }
    let before = basis.verdict;
    let after = judge.judge(&plan).ok_or(Failed::Stopped)?;
    let kept = |verdict: &Verdict, k: usize| verdict.slack[k] >= 0.0;
    let broken = (0..basis.promises.len()).filter(|&k| k != i && kept(before, k));
    let limit = &basis.promises[i].limit;
    let lost = match judge.goal.probability {
        Some(_) => before.met[i].zip(after.met[i]).map_or(0.0, |(a, b)| a - b),
        None => limit.relative(before.slack[i] - after.slack[i]),
    };
    Ok(Effect {
        cost: basis.decisions.cost(&plan) - basis.decisions.cost(basis.plan),
        level: after.level[i],
        met: judge.goal.probability.and(after.met[i]),
        lost: if lost.is_finite() { lost / POINT } else { 0.0 },
        broken: broken.filter(|&k| !kept(&after, k)).count(),
        changes,
    })
}
