//! The parts of the time in which nothing opens, closes or changes, and which pools are scheduled to be open in each.

use super::{Delivery, LogOn, Model, Pool, Roster, Supply};
use crate::time::{DAY, Micros, StepFn, WEEK};

/// A part that no part is.
pub(super) const NO_PART: usize = usize::MAX;

/// A stretch of time in cells of equal width. A cell is divided into parts where the timeline changes something, a pool opens or closes,
/// or people can no longer be reached.
pub(super) struct Grid<'m> {
    /// Where the parts begin; the last entry is the end.
    bounds: Vec<Micros>,
    /// Width of a cell; the last one may be shorter.
    pub(super) width: Micros,
    /// First part of each cell; the last entry is the number of parts.
    first_of_cell: Vec<u32>,
    /// The model of each part, by number.
    epoch_of: Vec<u32>,
    /// The models, by number.
    pub(super) models: Vec<&'m Model>,
    /// By pool and part: the first part from this one on in which the pool is open.
    next_open: Vec<Vec<u32>>,
}

impl<'m> Grid<'m> {
    /// Cells of `width` between two moments, under the models that hold from their moments on.
    pub(super) fn new(
        epochs: &[(Micros, &'m Model)],
        width: Micros,
        from: Micros,
        end: Micros,
    ) -> Self {
        let holds = |e: usize| {
            let until = epochs.get(e + 1).map_or(end, |next| next.0);
            (epochs[e].0.max(from), until.min(end))
        };
        let (mut models, mut begins) = (Vec::new(), Vec::new());
        let mut schedules: Vec<Vec<StepFn>> = Vec::new();
        let cells = (end - from).div_ceil(width.max(1)).max(1) as usize;
        let mut regular: Vec<Micros> = (0..cells).map(|i| from + i as Micros * width).collect();
        let mut cuts = Vec::new();
        for (e, &(_, model)) in epochs.iter().enumerate() {
            let (begin, until) = holds(e);
            if begin >= until {
                continue;
            }
            let open: Vec<StepFn> = model.pools.iter().map(|p| model.scheduled(p)).collect();
            let hours = model.topics.iter().filter_map(|t| Some(t.opening()?.0));
            for f in open.iter().chain(hours) {
                let points = f.points().map(|p| p.0);
                cuts.extend(points.filter(|t| (begin..until).contains(t)));
            }
            regular.push(begin);
            models.push(model);
            begins.push(begin);
            schedules.push(open);
        }
        let period = period(from, end);
        regular.extend([from + period, end - period]);
        // Schedules that change at any minute are looked at in the middle of a cell.
        if cuts.len() <= 4 * cells + 1000 {
            regular.append(&mut cuts);
        }
        regular.retain(|t| (from..end).contains(t));
        regular.push(end);
        regular.sort_unstable();
        regular.dedup();
        let mut grid = Self {
            width,
            first_of_cell: Vec::with_capacity(cells + 1),
            epoch_of: Vec::new(),
            next_open: Vec::new(),
            bounds: regular,
            models,
        };
        for cell in 0..=cells {
            let at = from + cell as Micros * width;
            let first = grid.bounds.partition_point(|&t| t < at);
            grid.first_of_cell.push(first.min(grid.parts()) as u32);
        }
        let epoch = |i: usize| begins.partition_point(|&t| t <= grid.bounds[i]).max(1) - 1;
        grid.epoch_of = (0..grid.parts()).map(|i| epoch(i) as u32).collect();
        let pools = epochs.first().map_or(0, |e| e.1.pools.len());
        let next_open = |p: usize| {
            let mut next = vec![u32::MAX; grid.parts()];
            let mut last = u32::MAX;
            for i in (0..grid.parts()).rev() {
                let open = &schedules[grid.epoch_of[i] as usize][p];
                if open.at(grid.middle(i)) > 0.0 {
                    last = i as u32;
                }
                next[i] = last;
            }
            next
        };
        grid.next_open = (0..pools).map(next_open).collect();
        grid
    }

    /// Number of parts.
    pub(super) fn parts(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Number of cells.
    pub(super) fn cells(&self) -> usize {
        self.first_of_cell.len() - 1
    }

    /// The parts of a cell.
    pub(super) fn cell(&self, i: usize) -> std::ops::Range<usize> {
        self.first_of_cell[i] as usize..self.first_of_cell[i + 1] as usize
    }

    /// Begin and end of a part.
    pub(super) fn span(&self, part: usize) -> (Micros, Micros) {
        (self.bounds[part], self.bounds[part + 1])
    }

    /// Length of a part.
    pub(super) fn length(&self, part: usize) -> Micros {
        self.bounds[part + 1] - self.bounds[part]
    }

    /// The middle of a part.
    pub(super) fn middle(&self, part: usize) -> Micros {
        self.bounds[part].midpoint(self.bounds[part + 1])
    }

    /// The part in which a moment lies, if any.
    pub(super) fn part_at(&self, t: Micros) -> Option<usize> {
        let cell = (t.checked_sub(self.bounds[0])? / self.width) as usize;
        let mut part = *self.first_of_cell[..self.cells()].get(cell)? as usize;
        while part < self.parts() && self.bounds[part + 1] <= t {
            part += 1;
        }
        (part < self.parts()).then_some(part)
    }

    /// Number of the model of a part.
    pub(super) fn epoch(&self, part: usize) -> usize {
        self.epoch_of[part] as usize
    }

    /// The model of a part.
    pub(super) fn model(&self, part: usize) -> &'m Model {
        self.models[self.epoch(part)]
    }

    /// Whether a pool is scheduled to be open in a part.
    pub(super) fn is_open(&self, pool: usize, part: usize) -> bool {
        self.next_open[pool][part] as usize == part
    }

    /// The first part from this one on in which a pool is open; [`NO_PART`] if there is none.
    pub(super) fn next_open(&self, pool: usize, part: usize) -> usize {
        match self.next_open[pool][part] {
            u32::MAX => NO_PART,
            next => next as usize,
        }
    }

    /// The pool to which a contact that joins queue `q` in a part is attributed, and the part in which that pool opens: the first of the route
    /// that is open, else the one that opens first; [`NO_PART`] if none opens any more, `None` if none is ever open.
    pub(super) fn served_by(&self, q: usize, part: usize) -> Option<(usize, usize)> {
        let model = self.model(part);
        let route = model.queues.get(q)?.route.iter().flat_map(|s| &s.pools);
        let topic = model.queues[q].topic;
        let mut best: Option<(usize, usize)> = None;
        for p in route
            .map(|p| p.pool)
            .filter(|&p| model.pools[p].skills[topic])
        {
            let opens = self.next_open(p, part);
            if best.is_none_or(|b| opens < b.1) && self.next_open(p, 0) != NO_PART {
                best = Some((p, opens));
            }
            if opens == part {
                break;
            }
        }
        best
    }

    /// The period after which the work is taken to repeat: a week, else all whole days, else all of the time.
    pub(super) fn period(&self) -> Micros {
        period(self.bounds[0], self.bounds[self.parts()])
    }
}

fn period(from: Micros, end: Micros) -> Micros {
    let all = end - from;
    match all {
        WEEK.. => WEEK,
        DAY.. => all / DAY * DAY,
        _ => all,
    }
}

impl Model {
    /// 1 while a pool is scheduled to be open, by this state of the timeline, else 0: how many agents there are does not count,
    /// but whether there are any.
    fn scheduled(&self, pool: &Pool) -> StepFn {
        let comes = |absence, delivery: &Delivery| absence < 1.0 && delivery.mean() > 0.0;
        match &pool.supply {
            Supply::Staffed(s) if comes(s.absence, &s.delivery) => any_above_zero(&[&s.plan]),
            Supply::Rostered(r) if comes(r.absence, &r.delivery) => {
                let people = self.people_over_time(r);
                rostered(r, |at| people(at) > 0.0)
            }
            Supply::Staffed(_) | Supply::Rostered(_) => StepFn::constant(0.0),
            Supply::Gig(g) => {
                let joins = g.turnover.as_ref().is_some_and(|t| t.applicants > 0.0);
                let somebody = match g.log_on {
                    LogOn::Members(n) => n > 0 || joins,
                    LogOn::Open => true,
                };
                let comes = |s: &&super::Segment| s.share > 0.0 && s.rate > 0.0;
                let segments = g.segments.iter().filter(comes);
                match &g.slots {
                    _ if !somebody => StepFn::constant(0.0),
                    Some(slots) => any_above_zero(&[&slots.agents]),
                    None => any_above_zero(&segments.map(|s| &s.availability).collect::<Vec<_>>()),
                }
            }
        }
    }
}

fn rostered(r: &Roster, people: impl Fn(Micros) -> bool) -> StepFn {
    let mut changes: Vec<(Micros, i32)> = Vec::new();
    for (_, template, from, end) in r.shifts() {
        let from = from.max(0) as Micros;
        if template.share > 0.0 && from < end && people(from) && r.shrinkage.at(from) < 1.0 {
            changes.extend([(from, 1), (end, -1)]);
        }
    }
    changes.sort_unstable();
    let mut covering = 0;
    StepFn::new(changes.into_iter().map(|(at, change)| {
        covering += change;
        (at, f64::from(u8::from(covering > 0)))
    }))
}

/// 1 where one of the functions is above 0, else 0.
fn any_above_zero(functions: &[&StepFn]) -> StepFn {
    let mut times: Vec<Micros> = vec![0];
    times.extend(functions.iter().flat_map(|f| f.points().map(|p| p.0)));
    times.sort_unstable();
    times.dedup();
    let above = |t: Micros| functions.iter().any(|f| f.at(t) > 0.0);
    let value = |t| (t, f64::from(u8::from(above(t))));
    StepFn::new(times.into_iter().map(value))
}
