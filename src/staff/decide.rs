//! What is decided: agents by pool and interval.

use crate::model::{Model, Required, Staffing, Supply, required};
use crate::time::{HOUR, Micros, StepFn};

/// The agents of one pool in one interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The pool.
    pub pool: usize,
    /// Begin and end of the interval, as far as it lies within the horizon.
    pub span: (Micros, Micros),
    /// When the pool is open in it.
    pub open: Vec<(Micros, Micros)>,
    /// What one agent costs for that time.
    pub cost: f64,
}

impl Variable {
    /// Hours for which the pool is open.
    fn hours(&self) -> f64 {
        let open: Micros = self.open.iter().map(|open| open.1 - open.0).sum();
        open as f64 / HOUR as f64
    }
}

/// All that is decided, pool by pool and interval by interval.
#[derive(Clone, Debug)]
pub struct Decisions {
    /// A plan is a number of agents for each of them.
    pub variables: Vec<Variable>,
    /// The pools that are decided on.
    pub pools: Vec<usize>,
    /// Whether costs are hours because some of these pools have no price.
    pub in_hours: bool,
}

/// The plan of a pool that is decided on: its people are neither a group's nor a vendor's under contract.
fn own_plan(model: &Model, pool: usize) -> Option<&Staffing> {
    match &model.pools[pool].supply {
        Supply::Staffed(s) if s.group.is_none() && s.contract.is_none() => Some(s),
        Supply::Staffed(_) | Supply::Rostered(_) | Supply::Gig(_) => None,
    }
}

/// When the plan of the pool has anybody between two moments.
fn open(model: &Model, pool: usize, (from, to): (Micros, Micros)) -> Vec<(Micros, Micros)> {
    let in_epoch = |(epoch, begin, end): (usize, Micros, Micros)| {
        let to = to.min(end);
        let mut at = from.max(begin);
        let mut open = Vec::new();
        let plan = own_plan(model.epoch(epoch), pool).map(|s| &s.plan);
        while let Some(plan) = plan.filter(|_| at < to) {
            let next = plan.next_change(at).map_or(to, |next| next.min(to));
            open.extend((plan.at(at) > 0.0).then_some((at, next)));
            at = next;
        }
        open
    };
    model.epoch_spans().flat_map(in_epoch).collect()
}

impl Decisions {
    /// The agents of the pools of `model` with these numbers that have a plan of their own, in intervals of the length `every` in which they are
    /// open: where the plan of the file has anybody.
    pub fn of(model: &Model, pools: impl Iterator<Item = usize>, every: Micros) -> Self {
        let every = every.max(1);
        // A plan that the timeline changes is not one plan.
        let plan = |m, p| own_plan(m, p).map(|s| (&s.plan, &s.shrinkage));
        let decided = |&p: &usize| {
            let first = plan(model, p);
            first.is_some() && model.epochs().all(|m| plan(m, p) == first)
        };
        let pools: Vec<usize> = pools.filter(decided).collect();
        let price = |p: usize| model.pools[p].hourly_price().filter(|&price| price > 0.0);
        let in_hours = pools.iter().any(|&p| price(p).is_none());
        let spans = (0..model.horizon.div_ceil(every))
            .map(|i| (i * every, ((i + 1) * every).min(model.horizon)));
        let variables = pools.iter().flat_map(|&pool| {
            let hourly = price(pool).filter(|_| !in_hours).unwrap_or(1.0);
            let of = move |span: (Micros, Micros)| {
                let open = open(model, pool, span);
                let mut v = Variable {
                    pool,
                    span,
                    open,
                    cost: hourly,
                };
                v.cost *= v.hours() * model.pools[pool].paid_per_duty(span.0);
                v
            };
            spans.clone().map(of).filter(|v| !v.open.is_empty())
        });
        Self {
            variables: variables.collect(),
            in_hours,
            pools,
        }
    }

    /// The pools that are decided on to which contacts of this type may come.
    pub fn helping(&self, model: &Model, topic: usize) -> Vec<usize> {
        let helps = |p: &usize| model.leads_to(topic, *p);
        self.pools.iter().copied().filter(helps).collect()
    }

    /// The variables of these pools that are open in a stretch of time.
    pub fn touching(&self, pools: &[usize], span: (Micros, Micros)) -> impl Iterator<Item = usize> {
        let touches = move |v: &Variable| {
            let mut open = v.open.iter();
            pools.contains(&v.pool) && open.any(|open| open.0 < span.1 && span.0 < open.1)
        };
        let all = self.variables.iter().enumerate();
        all.filter(move |(_, v)| touches(v)).map(|(i, _)| i)
    }

    /// Whether one of these pools is open in a stretch of time.
    pub fn is_open(&self, pools: &[usize], span: (Micros, Micros)) -> bool {
        self.touching(pools, span).next().is_some()
    }

    /// What a plan costs: money, or hours where [`Self::in_hours`].
    pub fn cost(&self, plan: &[u32]) -> f64 {
        let each = self.variables.iter().zip(plan);
        each.map(|(v, &agents)| v.cost * f64::from(agents)).sum()
    }

    /// Hours on duty of a pool in a plan.
    pub fn hours(&self, plan: &[u32], pool: usize) -> f64 {
        let each = self
            .variables
            .iter()
            .zip(plan)
            .filter(|(v, _)| v.pool == pool);
        each.map(|(v, &agents)| v.hours() * f64::from(agents)).sum()
    }

    /// The plan of the file: the most agents that it has on duty in each interval.
    pub fn written(&self, model: &Model) -> Vec<u32> {
        let agents = |v: &Variable| {
            let in_epochs = model.epoch_spans().map(|(epoch, begin, end)| {
                let (from, to) = (v.span.0.max(begin), v.span.1.min(end));
                let plan = own_plan(model.epoch(epoch), v.pool).filter(|_| from < to);
                plan.map_or(0.0, |s| s.plan.max_between(from, to))
            });
            libm::round(in_epochs.fold(0.0, f64::max)) as u32
        };
        self.variables.iter().map(agents).collect()
    }

    /// What the formula requires, interval by interval; `None` where no number is enough by it.
    pub fn required(&self, model: &Model) -> Vec<Option<u32>> {
        let required = required(model);
        let agents = |v: &Variable| most_required(&required, v);
        self.variables.iter().map(agents).collect()
    }

    /// The model with this plan.
    pub fn apply(&self, model: &Model, plan: &[u32]) -> Model {
        let mut model = model.clone();
        self.put(&mut model, plan);
        for change in &mut model.timeline {
            self.put(&mut change.model, plan);
        }
        model
    }

    fn put(&self, model: &mut Model, plan: &[u32]) {
        for &pool in &self.pools {
            let Supply::Staffed(staffing) = &mut model.pools[pool].supply else {
                continue;
            };
            let of_pool = self
                .variables
                .iter()
                .zip(plan)
                .filter(|(v, _)| v.pool == pool);
            let before = &staffing.plan;
            let mut points = Vec::new();
            for (v, &agents) in of_pool {
                // Closed where the plan of the file is.
                let value = |at| {
                    if before.at(at) > 0.0 {
                        f64::from(agents)
                    } else {
                        0.0
                    }
                };
                points.push((v.span.0, value(v.span.0)));
                let mut at = v.span.0;
                while let Some(next) = before.next_change(at).filter(|&next| next < v.span.1) {
                    points.push((next, value(next)));
                    at = next;
                }
                points.push((v.span.1, 0.0));
            }
            staffing.plan = StepFn::new(points);
        }
    }
}

fn most_required(required: &Required, v: &Variable) -> Option<u32> {
    let pool = &required.pools[v.pool];
    let first = required.spans.partition_point(|s| s.1 <= v.span.0);
    let mut most = 0;
    for (i, span) in required.spans.iter().enumerate().skip(first) {
        if span.0 >= v.span.1 {
            break;
        }
        if pool.open(i) > 0 {
            most = most.max(pool.agents(i)?);
        }
    }
    Some(most)
}
