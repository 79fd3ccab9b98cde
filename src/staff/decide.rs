//! What is decided: agents by pool and interval, people by pool and shift, and the size of pools.

use super::offer;
use super::size::Size;
use super::variable::{Cell, Dates, Of, Stretch, Variable, hours, meet};
use crate::model::{Model, Required, Roster, Staffing, Supply, required};
use crate::time::{DAY, Micros, StepFn};
use std::ops::Range;

/// By so many people, or agents ordered, more it is seen what one more of a month costs: many people, as some leave;
/// one agent, as more may come week by week.
const PRICED_MORE: (u32, u32) = (100, 1);
/// On one of so many replications by which all is priced, and on two at least.
const PRICED_ON: u64 = 8;

/// All that is decided, pool by pool.
#[derive(Clone, Debug)]
pub struct Decisions {
    /// A plan is a number for each of them; those of sizes are the last.
    pub variables: Vec<Variable>,
    /// By variable the fewest and the most.
    pub bounds: Vec<(u32, u32)>,
    /// The intervals in which the pools are open, pool by pool.
    pub cells: Vec<Cell>,
    /// By variable the cells in which one agent of it is on duty, and for which part of the opening time.
    pub coverage: Vec<Vec<(usize, f64)>>,
    /// Agents on duty in each cell who are there without any decision.
    pub standing: Vec<f64>,
    /// By size what those cost who are there without any decision: once for all months of the same people.
    pub base: Vec<f64>,
    /// The pools that are decided on.
    pub pools: Vec<usize>,
    /// Of those with shifts: number and people, whose templates are the shifts on offer.
    pub rosters: Vec<(usize, Roster)>,
    /// The numbers that say how large pools are.
    pub sizes: Vec<Size>,
    /// The pools that were asked for and cannot be decided on, and why.
    pub refused: Vec<(usize, &'static str)>,
    /// Whether costs are hours because some of these pools have no price.
    pub in_hours: bool,
}

/// The plan of a pool of its own: its people are neither a group's nor a vendor's under contract.
pub(super) fn own_plan(model: &Model, pool: usize) -> Option<&Staffing> {
    match &model.pools[pool].supply {
        Supply::Staffed(s) if s.group.is_none() && s.contract.is_none() => Some(s),
        Supply::Staffed(_) | Supply::Rostered(_) | Supply::Gig(_) => None,
    }
}

impl Decisions {
    /// The size that says how large a pool is.
    pub fn size_of(&self, pool: usize) -> Option<usize> {
        self.sizes.iter().position(|s| s.pools.contains(&pool))
    }

    /// The sizes, from this one on, that are decided month by month of the same people.
    pub fn months_of(&self, size: usize) -> std::ops::Range<usize> {
        let first = &self.sizes[size];
        let same = |s: &&Size| s.dates.is_some() && s.pools == first.pools;
        size..size + self.sizes[size..].iter().take_while(same).count()
    }

    /// Whether something is decided month by month.
    pub fn is_dated(&self) -> bool {
        self.sizes.iter().any(|s| s.dates.is_some())
    }

    /// When what is decided by a variable happens, of what is decided month by month.
    pub fn dates(&self, variable: usize) -> Option<Dates> {
        match self.variables[variable].of {
            Of::Size(k) => self.sizes[k].dates,
            Of::Agents(_) | Of::People(_) => None,
        }
    }

    /// The first size of the people of whom a variable is a number.
    pub(super) fn size_of_variable(&self, variable: usize) -> Option<usize> {
        match self.variables[variable].of {
            Of::Size(k) => self.size_of(self.sizes[k].pools[0]),
            Of::Agents(_) | Of::People(_) => None,
        }
    }

    /// The variable of a size.
    pub fn variable_of(&self, size: usize) -> Option<usize> {
        self.variables.iter().position(|v| v.of == Of::Size(size))
    }

    /// A plan that has about so many agents in each cell: sizes by the hours on duty where all is decided by sizes, else as in the file.
    pub(super) fn sizes_for(&self, on_duty: &[f64]) -> Vec<u32> {
        let only = self.variables.iter().all(|v| matches!(v.of, Of::Size(_)));
        let each = self
            .variables
            .iter()
            .zip(&self.coverage)
            .enumerate()
            .map(|(i, (v, covers))| {
                let time = |c: usize| hours(&self.cells[c].open);
                let there: f64 = covers.iter().map(|&(c, part)| part * time(c)).sum();
                let asked: f64 = covers.iter().map(|&(c, _)| on_duty[c] * time(c)).sum();
                let agents = match v.of {
                    Of::Size(k) if !only || self.sizes[k].dates.is_some() => self.sizes[k].in_file,
                    _ if there > 0.0 => asked / there,
                    _ => 0.0,
                };
                libm::ceil(agents).max(f64::from(u8::from(self.dates(i).is_none()))) as u32
            });
        let bounded = each.zip(&self.bounds).map(|(n, b)| n.min(b.1).max(b.0));
        bounded.collect()
    }

    /// Puts the sizes of another plan into a plan.
    pub(super) fn put_sizes(&self, plan: &mut [u32], other: &[u32]) {
        for (v, variable) in self.variables.iter().enumerate() {
            if matches!(variable.of, Of::Size(_)) {
                plan[v] = other[v];
            }
        }
    }

    /// The same with what one of each size costs in the mean of some replications of a seed under a plan.
    pub fn priced(&self, model: &Model, plan: &[u32], seed: u64, replications: Range<u64>) -> Self {
        let mut priced = self.clone();
        if self.in_hours || self.sizes.is_empty() {
            return priced;
        }
        let with = self.apply(model, plan, &[]);
        for (k, size) in self.sizes.iter().enumerate() {
            if size.dates.is_some() {
                continue;
            }
            let v = self.variable_of(k).filter(|&v| plan[v] > 0);
            let cost = v.and_then(|_| size.cost(&with, seed, replications.clone()));
            if let (Some(v), Some(cost)) = (v, cost.filter(|cost| *cost > 0.0)) {
                priced.variables[v].cost = cost / f64::from(plan[v]);
            }
        }
        priced.price_months(model, plan, seed, &replications);
        priced
    }

    /// What one more of each month costs beside those at the start, and what they cost.
    fn price_months(&mut self, model: &Model, plan: &[u32], seed: u64, some: &Range<u64>) {
        let mut start = plan.to_vec();
        for (v, variable) in self.variables.iter().enumerate() {
            if let (Some(_), Of::Size(k)) = (self.dates(v), variable.of) {
                start[v] = self.sizes[k].at_start(model);
            }
        }
        let cost = |plan: &[u32], k: usize, some: &Range<u64>| {
            let with = self.apply(model, plan, &[]);
            self.sizes[k].cost(&with, seed, some.clone()).unwrap_or(0.0)
        };
        let few = some.start..some.start + ((some.end - some.start) / PRICED_ON).max(2);
        let (mut prices, mut base) = (vec![0.0; self.sizes.len()], self.base.clone());
        let mut first = 0;
        while first < self.sizes.len() {
            let months = self.months_of(first);
            if months.is_empty() {
                first += 1;
                continue;
            }
            base[first] = cost(plan, first, some);
            let before = cost(&start, first, &few);
            first = months.end;
            for k in months.clone() {
                let Some(v) = self.variable_of(k) else {
                    continue;
                };
                let more = match self.sizes[k].is_order() {
                    true => PRICED_MORE.1,
                    false => PRICED_MORE.0,
                };
                let more = more.min(self.bounds[v].1.saturating_sub(start[v])).max(1);
                let mut with = start.clone();
                with[v] += more;
                let price = (cost(&with, k, &few) - before) / f64::from(more);
                prices[k] = price.max(f64::MIN_POSITIVE);
                base[months.start] -= prices[k] * f64::from(plan[v]);
            }
        }
        for k in (0..prices.len()).filter(|&k| prices[k] > 0.0) {
            if let Some(v) = self.variable_of(k) {
                self.variables[v].cost = prices[k];
            }
        }
        self.base = base;
    }

    /// Whether nobody is decided on for several days at once, sizes apart.
    pub fn by_days(&self, days: &[Micros]) -> bool {
        let day = |at: Micros| days.partition_point(|&d| d <= at);
        // A night shift ends on the next day.
        let one_day =
            |v: &Variable| v.span.1 - v.span.0 <= DAY && day(v.span.1 - 1) <= day(v.span.0) + 1;
        let apart = |v: &&Variable| !matches!(v.of, Of::Size(_));
        self.variables.iter().filter(apart).all(one_day)
    }

    /// The pools that are decided on to which contacts of this type may come.
    pub fn helping(&self, model: &Model, topic: usize) -> Vec<usize> {
        let helps = |p: &usize| model.leads_to(topic, *p);
        self.pools.iter().copied().filter(helps).collect()
    }

    /// The variables of these pools of which somebody is there in a stretch of time.
    pub fn touching(&self, pools: &[usize], span: Stretch) -> impl Iterator<Item = usize> {
        let touches = move |v: &Variable| {
            let of = |p: &usize| match v.of {
                Of::Size(k) => self.sizes[k].pools.contains(p),
                Of::Agents(_) | Of::People(_) => v.pool == *p,
            };
            pools.iter().any(of) && v.open.iter().any(|&open| meet(open, span))
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
        let decided = each.map(|(v, &agents)| v.cost * f64::from(agents));
        self.base.iter().sum::<f64>() + decided.sum::<f64>()
    }

    /// Agents on duty in each cell in a plan, a mean over its opening time.
    pub fn on_duty(&self, plan: &[u32]) -> Vec<f64> {
        let mut on_duty = self.standing.clone();
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
                    Supply::Rostered(r) => {
                        let people = model.people_at_start(r);
                        r.on_duty(|_| people).max_between(from, to)
                    }
                    Supply::Gig(g) => g.mean_online(|f| f.mean(from, to)),
                }
            });
            in_epochs.fold(0.0, f64::max)
        };
        self.cells.iter().map(agents).collect()
    }

    /// What agents cost who are on duty in each cell, as if they were paid for just this.
    pub fn cost_on_duty(&self, model: &Model, on_duty: &[f64]) -> f64 {
        let by_hour: Vec<f64> = (0..self.sizes.len()).map(|k| self.by_hour(k)).collect();
        let cost = |c: &Cell| match self.size_of(c.pool) {
            Some(k) => by_hour[k] * hours(&c.open),
            None => self.hourly(model, c.pool) * paid(model, c),
        };
        let cells = self.cells.iter().zip(on_duty);
        cells.map(|(c, agents)| cost(c) * agents).sum()
    }

    /// What an hour on duty costs of the people of a size.
    fn by_hour(&self, size: usize) -> f64 {
        if self.sizes[size].dates.is_some() {
            let of = |&p: &usize| self.hours(&self.standing, p);
            let hours: f64 = self.sizes[size].pools.iter().map(of).sum();
            return self.base[size] / hours.max(f64::MIN_POSITIVE);
        }
        let Some(v) = self.variable_of(size) else {
            return 0.0;
        };
        let each = self.coverage[v].iter();
        let on_duty: f64 = each
            .map(|&(c, part)| part * hours(&self.cells[c].open))
            .sum();
        if on_duty > 0.0 {
            self.variables[v].cost / on_duty
        } else {
            0.0
        }
    }

    /// What the plan of the file costs, at its most in each cell; people on shifts for their shifts.
    pub fn cost_written(&self, model: &Model) -> f64 {
        let on_duty = self.written(model).into_iter().zip(&self.cells);
        let planned = on_duty.map(|(n, c)| {
            if model.pools[c.pool].has_shifts() || self.size_of(c.pool).is_some() {
                0.0
            } else {
                n * come(model, c.pool)
            }
        });
        let planned = self.cost_on_duty(model, &planned.collect::<Vec<_>>());
        let rosters = self
            .pools
            .iter()
            .filter(|&&p| self.size_of(p).is_none())
            .filter_map(|&p| Some((p, model.pools[p].roster()?)));
        let sizes = self.variables.iter().filter_map(|v| match v.of {
            Of::Size(k) => Some(v.cost * self.sizes[k].in_file),
            Of::Agents(_) | Of::People(_) => None,
        });
        let on_shifts = rosters.flat_map(|(p, roster)| {
            let people = roster.split(roster.at_start(0));
            let shifts = offer::variables(model, p, roster, self.hourly(model, p)).into_iter();
            shifts.map(move |v| match v.of {
                Of::People(shift) => v.cost * f64::from(people[shift]),
                Of::Agents(_) | Of::Size(_) => 0.0,
            })
        });
        let base = self.base.iter().sum::<f64>();
        planned + base + sizes.sum::<f64>() + on_shifts.sum::<f64>()
    }

    /// Price of an hour of a pool: 1 where costs are hours.
    pub(super) fn hourly(&self, model: &Model, pool: usize) -> f64 {
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
        for (v, &n) in self.variables.iter().zip(plan) {
            if let Of::Size(k) = v.of {
                self.sizes[k].put(model, n);
            }
        }
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
            if self.size_of(pool).is_some() {
                continue;
            }
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
pub(super) fn come(model: &Model, pool: usize) -> f64 {
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
