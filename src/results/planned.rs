//! The plan of agents that was found for a scenario, as values: what terminal, page, `--json` and the folder of its run are made from.

use super::classes::ClassRow;
use super::number::digits;
use super::roster::{ShiftRow, shifts};
use super::staffing::StaffingRow;
use crate::model::Model;
use crate::staff::{
    Confirmed, Decisions, Effect, Goal, Limit, Of, Per, Promise, Side, TOLD, Variable,
};
use crate::time::HOUR;
use serde::{Deserialize, Serialize};

/// A plan, what it promises, and what it costs. Numbers are held with ten significant digits, as they are written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Planned {
    /// In which stretches of time each the promises hold: `interval`, `day`, `week` or `horizon`.
    pub per: String,
    /// The probability with which each is kept; `None`: in expectation.
    pub probability: Option<f64>,
    /// What must hold beside the targets.
    pub limits: Vec<Bound>,
    /// Label of money, or hours where a pool has no price.
    pub unit: String,
    /// What the plan costs.
    pub cost: f64,
    /// What the plan of the file costs.
    pub cost_in_file: f64,
    /// What the formula's requirement costs, by interval; `None` where no number is enough by it.
    pub cost_required: Option<f64>,
    /// What it costs to cover that with the shifts on offer, and no less than what; `None` without shifts.
    pub cost_of_cover: Option<f64>,
    /// The least that any cover costs.
    pub least_cost_of_cover: Option<f64>,
    /// Plans that were simulated.
    pub simulated: usize,
    /// Whether no cheaper plan keeps the promises on the replications of the search.
    pub proven: bool,
    /// Fresh replications by which it is confirmed.
    pub replications: u64,
    /// Level of the confidence intervals.
    pub confidence: f64,
    /// Promises, and those of them that are kept on the fresh replications.
    pub promised: usize,
    /// How many of them are kept.
    pub kept: usize,
    /// The pools that are decided on.
    pub pools: Vec<PoolPlan>,
    /// The pools whose size is one number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<SizePlan>,
    /// What is decided month by month.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<ClassRow>,
    /// The shifts that somebody works.
    pub shifts: Vec<ShiftRow>,
    /// The promises with least to spare, the tightest first.
    pub tightest: Vec<Promised>,
    /// The agents interval by interval, a table of its own.
    #[serde(skip)]
    pub intervals: Vec<StaffingRow>,
    /// All promises.
    #[serde(skip)]
    pub promises: Vec<Promised>,
    /// The files that hold it.
    #[serde(skip)]
    pub files: Vec<String>,
}

/// A measure and its bound.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// Identifier of the measure.
    pub measure: String,
    /// Its slice: `all`, `topic=NAME`.
    pub slice: String,
    /// Its unit.
    pub unit: String,
    /// `at least` or `at most`.
    pub side: String,
    /// The bound.
    pub bound: f64,
    /// Whether it is the target of a topic.
    pub target: bool,
}

/// A promise and how it is kept on the fresh replications.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Promised {
    /// What is promised.
    #[serde(flatten)]
    pub of: Bound,
    /// Local begin and end of the stretch in which it holds.
    pub from: String,
    /// Its end.
    pub to: String,
    /// Whether it is of the whole time, because its measure is known of that only.
    pub whole: bool,
    /// The measure of all replications together.
    pub level: Option<f64>,
    /// Lower end of its confidence interval.
    pub ci_low: Option<f64>,
    /// Upper end.
    pub ci_high: Option<f64>,
    /// The share of the replications that keep it.
    pub met: Option<f64>,
    /// Whether it is kept.
    pub kept: bool,
    /// Where it binds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binds: Option<Binding>,
}

/// Where a promise binds, and what agents fewer and more do to it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Binding {
    /// The pool.
    pub pool: String,
    /// The topic of which most visits are late there.
    pub topic: String,
    /// Local begin and end of the interval.
    pub from: String,
    /// Its end.
    pub to: String,
    /// Fewer agents there.
    pub fewer: Option<Changed>,
    /// More agents there.
    pub more: Option<Changed>,
    /// So many fewer in the stretch that about a point is lost.
    pub price: Option<Changed>,
    /// What a point less of the promise saves, about.
    pub point_saves: Option<f64>,
}

/// The plan with some agents fewer or more.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Changed {
    /// Which.
    pub agents: Vec<Step>,
    /// What it costs more.
    pub cost: f64,
    /// The measure of the promise with it.
    pub level: Option<f64>,
    /// The share of the replications that keep it, where a probability is promised.
    pub met: Option<f64>,
    /// Points of the promise that are lost.
    pub lost: f64,
    /// Other promises that it breaks.
    pub breaks: usize,
}

/// Agents of an interval, or people of a shift, more or fewer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Step {
    /// The pool.
    pub pool: String,
    /// The shift; `None`: agents of an interval, or a size.
    pub shift: Option<String>,
    /// What a size is the number of; `None`: no size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Local begin of the interval, or of the first shift.
    pub from: String,
    /// How many more.
    pub more: i64,
}

/// Agents and hours of a pool: of the plan of the file, required, and planned.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PoolPlan {
    /// Its name.
    pub pool: String,
    /// Most agents on duty.
    pub agents: Amounts,
    /// Hours on duty.
    pub hours: Amounts,
}

/// How large some pools are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SizePlan {
    /// The pools: several where one group staffs them.
    pub pools: Vec<String>,
    /// `members`, `people` and the like.
    pub unit: String,
    /// The number of the file.
    pub in_file: f64,
    /// The number of the plan.
    pub number: u32,
    /// Agents on duty in the mean of the whole time.
    pub on_duty: f64,
}

/// An amount of the plan of the file, of the formula's requirement, and of the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Amounts {
    /// Of the plan of the file.
    pub in_file: f64,
    /// Required; `None` where no number is enough by the formula.
    pub required: Option<f64>,
    /// Of the plan.
    pub planned: f64,
}

fn written(x: Option<f64>) -> Option<f64> {
    x.map(digits)
}

impl Planned {
    /// What is asked of a plan that is not found yet.
    pub fn asked(model: &Model, goal: Goal, limits: &[Limit]) -> Self {
        let per = match goal.per {
            Per::Interval => "interval",
            Per::Day => "day",
            Per::Week => "week",
            Per::Horizon => "horizon",
        };
        Self {
            per: per.into(),
            probability: goal.probability,
            limits: limits.iter().map(|l| Bound::of(model, l, false)).collect(),
            ..Self::default()
        }
    }

    /// The plan that was found for a scenario with this identifier.
    pub fn found(self, id: &str, model: &Model, currency: &str, found: &Confirmed) -> Self {
        let decisions = &found.decisions;
        let required: Option<Vec<f64>> = decisions
            .required(model)
            .into_iter()
            .map(|r| r.map(f64::from))
            .collect();
        let cover = found.covered.filter(|_| !decisions.rosters.is_empty());
        let unit = match decisions.in_hours {
            true => "paid hours",
            false => currency,
        };
        let promised = |i: usize| Promised::of(model, found, i);
        let tightest = found.tightest().into_iter().take(TOLD);
        let pools = decisions.pools.iter();
        Self {
            unit: unit.into(),
            cost: digits(decisions.cost(&found.staffed.plan)),
            cost_in_file: digits(decisions.cost_written(model)),
            cost_required: required
                .as_ref()
                .map(|agents| digits(decisions.cost_on_duty(model, agents))),
            cost_of_cover: written(cover.map(|c| c.0)),
            least_cost_of_cover: written(cover.map(|c| c.1)),
            simulated: found.simulated,
            proven: found.staffed.proven,
            replications: found.replications.end - found.replications.start,
            confidence: found.confidence,
            promised: found.promises.len(),
            kept: found.promises.len() - found.broken.len(),
            pools: pool_plans(model, found, required.as_deref()),
            sizes: size_plans(model, found),
            classes: ClassRow::of(id, model, found),
            shifts: pools.flat_map(|&p| shifts(model, found, p)).collect(),
            tightest: tightest.map(promised).collect(),
            intervals: StaffingRow::of(id, model, found),
            promises: (0..found.promises.len()).map(promised).collect(),
            ..self
        }
    }
}

impl Bound {
    /// A limit, or the target of a topic.
    pub fn of(model: &Model, limit: &Limit, target: bool) -> Self {
        let side = match limit.side {
            Side::Least => "at least",
            Side::Most => "at most",
        };
        Self {
            measure: limit.row.measure.to_owned(),
            slice: limit.row.slice.label(model),
            unit: limit.row.unit.to_string(),
            side: side.into(),
            bound: digits(limit.bound),
            target,
        }
    }
}

impl Promised {
    /// What is promised, without how it is kept.
    pub fn bare(model: &Model, promise: &Promise) -> Self {
        Self {
            of: Bound::of(model, &promise.limit, promise.topic.is_some()),
            from: model.calendar.label(promise.span.0),
            to: model.calendar.label(promise.span.1),
            whole: promise.cells.is_none(),
            ..Self::default()
        }
    }

    fn of(model: &Model, found: &Confirmed, i: usize) -> Self {
        let (promise, verdict) = (&found.promises[i], &found.confirmed);
        let interval = found.interval(promise, verdict, i);
        let reason = found.reasons.iter().find(|r| r.promise == i);
        let binds = reason.map(|reason| {
            let cell = &found.decisions.cells[reason.cell];
            let changed = |effect: &Option<Effect>| {
                let effect = effect.as_ref()?;
                Some(Changed::of(model, &found.decisions, effect))
            };
            Binding {
                pool: model.pools[cell.pool].name.clone(),
                topic: model.topics[reason.topic].name.clone(),
                from: model.calendar.label(cell.span.0),
                to: model.calendar.label(cell.span.1),
                fewer: changed(&reason.fewer),
                more: changed(&reason.more),
                price: changed(&reason.price),
                point_saves: written(reason.price_of_point()),
            }
        });
        Self {
            level: written(verdict.level[i]),
            ci_low: written(interval.map(|ends| ends.0)),
            ci_high: written(interval.map(|ends| ends.1)),
            met: written(verdict.met[i]),
            kept: !found.broken.contains(&i),
            binds,
            ..Self::bare(model, promise)
        }
    }
}

impl Changed {
    fn of(model: &Model, decisions: &Decisions, effect: &Effect) -> Self {
        let step = |&(v, more): &(usize, i64)| {
            let variable = &decisions.variables[v];
            let shift = match variable.of {
                Of::People(shift) => decisions
                    .roster(variable.pool)
                    .map(|r| r.templates[shift].name.clone()),
                _ => None,
            };
            let unit = match variable.of {
                Of::Size(k) => Some(decisions.sizes[k].of.unit().to_owned()),
                _ => None,
            };
            Step {
                unit,
                pool: model.pools[variable.pool].name.clone(),
                shift,
                from: model.calendar.label(variable.span.0),
                more,
            }
        };
        Self {
            agents: effect.changes.iter().map(step).collect(),
            cost: digits(effect.cost),
            level: written(effect.level),
            met: written(effect.met),
            lost: digits(effect.lost),
            breaks: effect.broken,
        }
    }
}

fn size_plans(model: &Model, found: &Confirmed) -> Vec<SizePlan> {
    let decisions = &found.decisions;
    let on_duty = decisions.on_duty(&found.staffed.plan);
    let each = decisions.variables.iter().zip(&found.staffed.plan);
    let size = |(v, &number): (&Variable, &u32)| {
        let Of::Size(k) = v.of else { return None };
        let size = &decisions.sizes[k];
        if size.dates.is_some() {
            return None;
        }
        let pools = || size.pools.iter().copied();
        let hours: f64 = pools().map(|p| decisions.hours(&on_duty, p)).sum();
        Some(SizePlan {
            pools: pools().map(|p| model.pools[p].name.clone()).collect(),
            unit: size.of.unit().to_owned(),
            in_file: digits(size.in_file),
            number,
            on_duty: digits(hours * HOUR as f64 / model.horizon as f64),
        })
    };
    each.filter_map(size).collect()
}

fn pool_plans(model: &Model, found: &Confirmed, required: Option<&[f64]>) -> Vec<PoolPlan> {
    let decisions = &found.decisions;
    let on_duty = decisions.on_duty(&found.staffed.plan);
    let in_file = decisions.written(model);
    let amounts = |of: &dyn Fn(&[f64]) -> f64| Amounts {
        in_file: digits(of(&in_file)),
        required: required.map(|agents| digits(of(agents))),
        planned: digits(of(&on_duty)),
    };
    let pool = |&pool: &usize| {
        let most = |agents: &[f64]| {
            let cells = decisions.cells.iter().zip(agents);
            let of_pool = cells.filter(|(c, _)| c.pool == pool).map(|(_, &n)| n);
            of_pool.fold(0.0, f64::max)
        };
        PoolPlan {
            pool: model.pools[pool].name.clone(),
            agents: amounts(&most),
            hours: amounts(&|agents| decisions.hours(agents, pool)),
        }
    };
    decisions.pools.iter().map(pool).collect()
}

/// A mix of pools: the identifier of the scenario with its plan, or why there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mixed {
    /// The scenario that is mixed.
    pub scenario: String,
    /// Its pools.
    pub pools: String,
    /// The scenario with the plan.
    pub plan: Option<String>,
    /// Why there is none.
    pub why: String,
}
