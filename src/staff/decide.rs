//! What is decided: agents by pool and interval, and people by pool and shift.

use super::offer::{self, Offer};
use super::variable::{Of, Stretch, Variable, meet};
use crate::model::{Model, Required, Roster, Staffing, Supply, required};
use crate::time::{DAY, HOUR, Micros, StepFn};

/// A pool in one reporting interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The pool.
    pub pool: usize,
    /// Begin and end of the interval, as far as it lies within the horizon.
    pub span: Stretch,
    /// When the pool is open in it.
    pub open: Vec<Stretch>,
}

/// All that is decided, pool by pool.
#[derive(Clone, Debug)]
pub struct Decisions {
    /// A plan is a number for each of them.
    pub variables: Vec<Variable>,
    /// The intervals in which the pools are open, pool by pool.
    pub cells: Vec<Cell>,
    /// By variable the cells in which one agent of it is on duty, and for which part of the opening time.
    pub coverage: Vec<Vec<(usize, f64)>>,
    /// The pools that are decided on.
    pub pools: Vec<usize>,
    /// Of those with shifts: number and people, whose templates are the shifts on offer.
    pub rosters: Vec<(usize, Roster)>,
    /// Whether costs are hours because some of these pools have no price.
    pub in_hours: bool,
}

fn length(stretches: &[Stretch]) -> Micros {
    stretches.iter().map(|s| s.1 - s.0).sum()
}

fn hours(stretches: &[Stretch]) -> f64 {
    length(stretches) as f64 / HOUR as f64
}

/// The time that both have.
fn common(a: &[Stretch], b: &[Stretch]) -> Micros {
    let of = |x: &Stretch| {
        let each = b.iter().map(|y| x.1.min(y.1).saturating_sub(x.0.max(y.0)));
        each.sum::<Micros>()
    };
    a.iter().map(of).sum()
}

/// The plan of a pool that is decided on: its people are neither a group's nor a vendor's under contract.
fn own_plan(model: &Model, pool: usize) -> Option<&Staffing> {
    match &model.pools[pool].supply {
        Supply::Staffed(s) if s.group.is_none() && s.contract.is_none() => Some(s),
        Supply::Staffed(_) | Supply::Rostered(_) | Supply::Gig(_) => None,
    }
}

/// When the plan of the pool has anybody between two moments.
fn open(model: &Model, pool: usize, (from, to): Stretch) -> Vec<Stretch> {
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
    /// What can be decided of the pools of `model` with these numbers, in intervals of the length `every`: of a pool with shifts, its own or
    /// on offer, the people of each; of one with a plan the agents wherever the plan of the file has anybody.
    pub fn of(
        model: &Model,
        pools: impl Iterator<Item = usize>,
        every: Micros,
        offers: &[Offer],
    ) -> Self {
        let every = every.max(1);
        let mut rosters = Vec::new();
        // What the timeline changes is not one plan.
        let plan = |m, p| own_plan(m, p).map(|s| (&s.plan, &s.shrinkage));
        let mut decided = |&p: &usize| {
            if let Some(roster) = offer::roster(model, p, offers) {
                rosters.push((p, roster));
                return true;
            }
            let first = plan(model, p);
            first.is_some() && model.epochs().all(|m| plan(m, p) == first)
        };
        let pools: Vec<usize> = pools.filter(&mut decided).collect();
        let price = |p: usize| model.pools[p].hourly_price().filter(|&price| price > 0.0);
        let in_hours = pools.iter().any(|&p| price(p).is_none());
        let mut all = Self {
            variables: Vec::new(),
            cells: Vec::new(),
            coverage: Vec::new(),
            pools,
            rosters,
            in_hours,
        };
        for &pool in &all.pools {
            let roster = all.rosters.iter().find(|(p, _)| *p == pool);
            let hourly = price(pool).filter(|_| !in_hours).unwrap_or(1.0);
            let shifts = roster.map(|(_, r)| offer::variables(model, pool, r, hourly));
            let has_plan = own_plan(model, pool).is_some();
            let mut covered: Vec<Stretch> = shifts
                .iter()
                .flatten()
                .flat_map(|v| v.open.clone())
                .collect();
            merge(&mut covered);
            for i in 0..model.horizon.div_ceil(every) {
                let span = (i * every, ((i + 1) * every).min(model.horizon));
                let open = match has_plan {
                    true => open(model, pool, span),
                    false => within(&covered, span),
                };
                if open.is_empty() {
                    continue;
                }
                if shifts.is_none() {
                    let cost = hourly * hours(&open);
                    all.coverage.push(vec![(all.cells.len(), 1.0)]);
                    all.variables.push(Variable {
                        pool,
                        of: Of::Agents(all.cells.len()),
                        span,
                        open: open.clone(),
                        cost: cost * come(model, pool) * model.pools[pool].paid_per_duty(span.0),
                        there: 1.0,
                    });
                }
                all.cells.push(Cell { pool, span, open });
            }
            for v in shifts.into_iter().flatten() {
                let part = |c: &Cell| common(&c.open, &v.open) as f64 / length(&c.open) as f64;
                let cells = all.cells.iter().enumerate();
                let near = cells.filter(|(_, c)| c.pool == pool && meet(c.span, v.span));
                let covers = near.map(|(i, c)| (i, v.there * part(c)));
                all.coverage.push(covers.filter(|c| c.1 > 0.0).collect());
                all.variables.push(v);
            }
        }
        all
    }

    /// Whether nobody is decided on for several days at once.
    pub fn by_days(&self, days: &[Micros]) -> bool {
        let day = |at: Micros| days.partition_point(|&d| d <= at);
        // A night shift ends on the next day.
        let one_day =
            |v: &Variable| v.span.1 - v.span.0 <= DAY && day(v.span.1 - 1) <= day(v.span.0) + 1;
        self.variables.iter().all(one_day)
    }

    /// The pools that are decided on to which contacts of this type may come.
    pub fn helping(&self, model: &Model, topic: usize) -> Vec<usize> {
        let helps = |p: &usize| model.leads_to(topic, *p);
        self.pools.iter().copied().filter(helps).collect()
    }

    /// The variables of these pools of which somebody is there in a stretch of time.
    pub fn touching(&self, pools: &[usize], span: Stretch) -> impl Iterator<Item = usize> {
        let touches = move |v: &Variable| {
            pools.contains(&v.pool) && v.open.iter().any(|&open| meet(open, span))
        };
        let all = self.variables.iter().enumerate();
        all.filter(move |(_, v)| touches(v)).map(|(i, _)| i)
    }

    /// Whether one of these pools is open in a stretch of time.
    pub fn is_open(&self, pools: &[usize], span: Stretch) -> bool {
        let mut cells = self.cells.iter().filter(|c| pools.contains(&c.pool));
        cells.any(|c| c.open.iter().any(|&open| meet(open, span)))
    }

    /// What a plan costs: money, or hours where [`Self::in_hours`].
    pub fn cost(&self, plan: &[u32]) -> f64 {
        let each = self.variables.iter().zip(plan);
        each.map(|(v, &agents)| v.cost * f64::from(agents)).sum()
    }

    /// Agents on duty in each cell in a plan, a mean over its opening time.
    pub fn on_duty(&self, plan: &[u32]) -> Vec<f64> {
        let mut on_duty = vec![0.0; self.cells.len()];
        for (covers, &agents) in self.coverage.iter().zip(plan) {
            for &(cell, part) in covers {
                on_duty[cell] += part * f64::from(agents);
            }
        }
        on_duty
    }

    /// Hours on duty of a pool, of the agents in each cell.
    pub fn hours(&self, on_duty: &[f64], pool: usize) -> f64 {
        let cells = self.cells.iter().zip(on_duty);
        let of_pool = cells.filter(|(c, _)| c.pool == pool);
        of_pool.map(|(c, agents)| hours(&c.open) * agents).sum()
    }

    /// The plan of the file: the most agents that it has on duty in each cell.
    pub fn written(&self, model: &Model) -> Vec<f64> {
        let agents = |c: &Cell| {
            let in_epochs = model.epoch_spans().map(|(epoch, begin, end)| {
                let (from, to) = (c.span.0.max(begin), c.span.1.min(end));
                let supply = &model.epoch(epoch).pools[c.pool].supply;
                match supply {
                    _ if from >= to => 0.0,
                    Supply::Staffed(s) => libm::round(s.plan.max_between(from, to)),
                    Supply::Rostered(r) => r.on_duty(|_| r.at_start(0)).max_between(from, to),
                    Supply::Gig(_) => 0.0,
                }
            });
            in_epochs.fold(0.0, f64::max)
        };
        self.cells.iter().map(agents).collect()
    }

    /// What agents cost who are on duty in each cell, as if they were paid for just this.
    pub fn cost_on_duty(&self, model: &Model, on_duty: &[f64]) -> f64 {
        let cells = self.cells.iter().zip(on_duty);
        cells
            .map(|(c, agents)| self.hourly(model, c.pool) * paid(model, c) * agents)
            .sum()
    }

    /// What the plan of the file costs, at its most in each cell; people on shifts for their shifts.
    pub fn cost_written(&self, model: &Model) -> f64 {
        let on_duty = self.written(model).into_iter().zip(&self.cells);
        let planned = on_duty.map(|(n, c)| {
            if model.pools[c.pool].has_shifts() {
                0.0
            } else {
                n * come(model, c.pool)
            }
        });
        let planned = self.cost_on_duty(model, &planned.collect::<Vec<_>>());
        let rosters = self
            .pools
            .iter()
            .filter_map(|&p| Some((p, model.pools[p].roster()?)));
        let on_shifts = rosters.flat_map(|(p, roster)| {
            let people = roster.split(roster.at_start(0));
            let shifts = offer::variables(model, p, roster, self.hourly(model, p)).into_iter();
            shifts.map(move |v| match v.of {
                Of::People(shift) => v.cost * f64::from(people[shift]),
                Of::Agents(_) => 0.0,
            })
        });
        planned + on_shifts.sum::<f64>()
    }

    /// Price of an hour of a pool: 1 where costs are hours.
    fn hourly(&self, model: &Model, pool: usize) -> f64 {
        let price = model.pools[pool].hourly_price();
        price.filter(|_| !self.in_hours).unwrap_or(1.0)
    }

    /// What the formula requires, cell by cell; `None` where no number is enough by it. It knows no plan: of a pool without one it is asked
    /// as if somebody worked each shift.
    pub fn required(&self, model: &Model) -> Vec<Option<u32>> {
        let someone: Vec<u32> = self.variables.iter().map(|_| 1).collect();
        let planned = |&(p, _): &(usize, Roster)| own_plan(model, p).is_some();
        let required = match self.rosters.iter().all(planned) {
            true => required(model),
            false => required(&self.apply(model, &someone, &[])),
        };
        let agents = |c: &Cell| most_required(&required, c);
        self.cells.iter().map(agents).collect()
    }

    /// The people of a pool with shifts.
    pub fn roster(&self, pool: usize) -> Option<&Roster> {
        let found = self.rosters.iter().find(|(p, _)| *p == pool);
        found.map(|(_, roster)| roster)
    }

    /// The model with this plan, and one agent more in each of some cells.
    pub fn apply(&self, model: &Model, plan: &[u32], more: &[usize]) -> Model {
        let mut model = model.clone();
        self.put(&mut model, plan, more);
        for change in &mut model.timeline {
            self.put(&mut change.model, plan, more);
        }
        model
    }

    fn put(&self, model: &mut Model, plan: &[u32], more: &[usize]) {
        for &pool in &self.pools {
            if let Some(roster) = self.roster(pool) {
                let people = self.people(plan, pool);
                let more = more.iter().map(|&c| &self.cells[c]);
                let spans = more.filter(|c| c.pool == pool).map(|c| c.span).collect();
                model.pools[pool].supply = Supply::Rostered(offer::staffed(roster, &people, spans));
                continue;
            }
            let Supply::Staffed(staffing) = &mut model.pools[pool].supply else {
                continue;
            };
            let before = &staffing.plan;
            let mut points = Vec::new();
            for (v, &agents) in self.variables.iter().zip(plan) {
                let Of::Agents(cell) = v.of else { continue };
                if v.pool != pool {
                    continue;
                }
                let agents = f64::from(agents + u32::from(more.contains(&cell)));
                // Closed where the plan of the file is.
                let value = |at| if before.at(at) > 0.0 { agents } else { 0.0 };
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

    /// Of a pool with shifts the people of each shift on offer, in a plan.
    pub fn people(&self, plan: &[u32], pool: usize) -> Vec<u32> {
        let shifts = self.roster(pool).map_or(0, |r| r.templates.len());
        let mut people = vec![0; shifts];
        for (v, &n) in self.variables.iter().zip(plan) {
            if let Of::People(shift) = v.of
                && v.pool == pool
            {
                people[shift] = n;
            }
        }
        people
    }
}

/// Of the agents that the plan of a pool has on duty those who come, in the mean: only they are paid.
fn come(model: &Model, pool: usize) -> f64 {
    own_plan(model, pool).map_or(1.0, |s| (1.0 - s.absence) * s.delivery.mean())
}

/// Paid hours of an agent on duty in a cell.
fn paid(model: &Model, c: &Cell) -> f64 {
    let pool = &model.pools[c.pool];
    hours(&c.open)
        * match pool.roster() {
            None => pool.paid_per_duty(c.span.0),
            Some(roster) => 1.0 / offer::there(roster, c.span.0 as i64),
        }
}

/// Puts stretches in order and joins those that meet.
fn merge(stretches: &mut Vec<Stretch>) {
    stretches.sort_unstable();
    let mut joined: Vec<Stretch> = Vec::new();
    for &s in stretches.iter() {
        match joined.last_mut() {
            Some(last) if s.0 <= last.1 => last.1 = last.1.max(s.1),
            _ => joined.push(s),
        }
    }
    *stretches = joined;
}

/// What of ordered stretches lies within a span.
fn within(stretches: &[Stretch], span: Stretch) -> Vec<Stretch> {
    let near = stretches.iter().filter(|&&s| meet(s, span));
    near.map(|s| (s.0.max(span.0), s.1.min(span.1))).collect()
}

fn most_required(required: &Required, c: &Cell) -> Option<u32> {
    let pool = &required.pools[c.pool];
    let first = required.spans.partition_point(|s| s.1 <= c.span.0);
    let mut most = 0;
    for (i, span) in required.spans.iter().enumerate().skip(first) {
        if span.0 >= c.span.1 {
            break;
        }
        if pool.open(i) > 0 {
            most = most.max(pool.agents(i)?);
        }
    }
    Some(most)
}
