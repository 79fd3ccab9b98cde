//! What is asked of the pools, by arithmetic instead of simulation: contacts and work offered by part of the horizon.
//!
//! The load is that of everybody being answered at once by the first pool of their route that is open then, else by the one that
//! opens first; see [`super::required()`] for what is expected to come.

use super::flow::{Flow, LOOK_BACK};
use super::grid::Grid;
use super::{Delivery, Model, Pool, Supply};
use crate::time::{Micros, StepFn};

/// What is offered to the pools in equal parts of a stretch of time, the last of which may be shorter; under the timeline of the model.
pub struct Load<'m> {
    grid: Grid<'m>,
    /// Cells of the grid before the first part.
    before: usize,
    flow: Flow,
    from: Micros,
    end: Micros,
    /// By pool and part: mean number of agents.
    agents: Vec<Vec<f64>>,
}

/// Contacts of a topic that come to a pool in a part of the time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offered {
    /// Number of the part.
    pub part: usize,
    /// Number of the pool.
    pub pool: usize,
    /// Expected contacts.
    pub contacts: f64,
    /// Mean seconds of one with an agent whose hands are full.
    pub seconds: f64,
}

/// What comes of a topic in a part of the time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brought {
    /// New cases.
    pub cases: f64,
    /// Contacts, returns included.
    pub contacts: f64,
    /// Contacts of these that want a person.
    pub human: f64,
}

impl<'m> Load<'m> {
    /// What is offered in parts of `width` between `from` and `end`.
    pub fn new(model: &'m Model, width: Micros, from: Micros, end: Micros) -> Self {
        let width = width.max(1);
        let before = (LOOK_BACK.min(from) / width) as usize;
        let grid = Grid::new(
            &model.epochs_from(),
            width,
            from - before as Micros * width,
            end,
        );
        let flow = Flow::new(&grid, &|_, _| 0.0);
        let mut load = Self {
            grid,
            before,
            flow,
            from,
            end,
            agents: Vec::new(),
        };
        let spans: Vec<_> = (0..load.parts()).map(|i| load.span(i)).collect();
        load.agents = vec![vec![0.0; spans.len()]; model.pools.len()];
        for (e, begin, until) in model.epoch_spans() {
            for (p, sums) in load.agents.iter_mut().enumerate() {
                let there = agents_over_time(model.epoch(e), &model.epoch(e).pools[p]);
                for (sum, span) in sums.iter_mut().zip(&spans) {
                    let within = (span.0.max(begin), span.1.min(until));
                    if within.0 < within.1 {
                        let share = (within.1 - within.0) as f64 / (span.1 - span.0) as f64;
                        *sum += there(within) * share;
                    }
                }
            }
        }
        load
    }

    /// Number of parts.
    pub fn parts(&self) -> usize {
        self.grid.cells() - self.before
    }

    /// Begin and end of a part.
    pub fn span(&self, i: usize) -> (Micros, Micros) {
        let at = self.from + i as Micros * self.grid.width;
        (at, (at + self.grid.width).min(self.end))
    }

    /// Mean number of agents of a pool by part.
    pub fn agents(&self, pool: usize) -> &[f64] {
        &self.agents[pool]
    }

    /// What customers of topic `k` bring, part by part.
    pub fn brought(&self, k: usize) -> impl Iterator<Item = Brought> + '_ {
        let flow = &self.flow.topics[k];
        (0..self.parts()).map(move |i| Brought {
            cases: self.sum(&flow.cases, i),
            contacts: self.sum(&flow.contacts, i),
            human: self.sum(&flow.human, i),
        })
    }

    fn sum(&self, by_part: &[f64], i: usize) -> f64 {
        by_part[self.grid.cell(self.before + i)].iter().sum()
    }

    /// Tells what contacts of topic `k` come to which pool, transferred ones included.
    pub fn offers(&self, k: usize, mut tell: impl FnMut(Offered)) {
        for visits in &self.flow.visits {
            if self.grid.models[0].queues[visits.queue].topic != k {
                continue;
            }
            for part in 0..self.parts() {
                let contacts = self.sum(&visits.contacts, part);
                if contacts > 0.0 {
                    let first = self.grid.cell(self.before + part).start;
                    let speed = &self.grid.model(first).pools[visits.pool].speed;
                    let full = speed.last().copied().unwrap_or(1.0);
                    tell(Offered {
                        part,
                        pool: visits.pool,
                        contacts,
                        seconds: self.sum(&visits.seconds, part) / contacts / full,
                    });
                }
            }
        }
    }
}

impl Model {
    /// Mean number of agents of pool `p` in each of several spans of time.
    pub fn mean_agents(&self, p: usize, spans: &[(Micros, Micros)]) -> Vec<f64> {
        let there = agents_over_time(self, &self.pools[p]);
        spans.iter().map(|&span| there(span)).collect()
    }
}

/// Mean number of agents in a part of the horizon, for any part.
fn agents_over_time<'m>(
    model: &'m Model,
    pool: &'m Pool,
) -> Box<dyn Fn((Micros, Micros)) -> f64 + 'm> {
    match &pool.supply {
        Supply::Staffed(s) => {
            let adherence = s.adherence.as_ref().map_or(1.0, |a| a.share);
            let there = (1.0 - s.absence) * adherence;
            match s.delivery {
                // Agents are whole people: 7 with a shrinkage of .2 are 6, as in a run. Where the number of people moves in a run, of a
                // group, of a vendor or by the day, rounding leaves the mean as it is, and so does a draw.
                Delivery::Fixed(share)
                    if s.group.is_none() && s.contract.is_none() && !s.draws_parts() =>
                {
                    let whole = |(t, agents): (Micros, f64)| (t, libm::round(agents * share));
                    let duty = StepFn::new(s.plan.points().map(whole));
                    Box::new(move |part| duty.mean(part.0, part.1) * there)
                }
                _ => {
                    let there = s.delivery.mean() * there;
                    Box::new(move |part| s.plan.mean(part.0, part.1) * there)
                }
            }
        }
        Supply::Rostered(r) => {
            let people = model.people_over_time(r);
            let duty = r.on_duty(|at| libm::round(people(at) * r.delivery.mean()) as u32);
            Box::new(move |part| duty.mean(part.0, part.1))
        }
        Supply::Gig(g) => Box::new(move |part| g.mean_online(|f| f.mean(part.0, part.1))),
    }
}
