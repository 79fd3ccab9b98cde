//! Pools whose size is one number: a register, the people of a group, what is ordered from a vendor, or a plan that is scaled as a whole.

use super::variable::{Cell, Dates, Stretch, length, meet};
use crate::finance::Money;
use crate::measure::{Slice, count};
use crate::model::{Contract, GigSupply, Hiring, LogOn, Model, Supply};
use crate::time::{DAY, Micros, StepFn};
use rayon::prelude::*;
use std::ops::Range;

/// A number that says how large some pools are.
#[derive(Clone, Debug, PartialEq)]
pub struct Size {
    /// The pools: several where one group staffs them.
    pub pools: Vec<usize>,
    /// What it is the number of.
    pub of: SizeOf,
    /// The number of the file; between whole numbers where a plan or an order is.
    pub in_file: f64,
    /// When it is decided, of what is decided month by month.
    pub dates: Option<Dates>,
}

/// What a [`Size`] is the number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeOf {
    /// Members of a register; those who apply are in proportion.
    Members,
    /// Slots of a register at the busiest time: all slots are in proportion, the members stay.
    Slots,
    /// People of the group with this number at the start: the plans of its pools, and whom it asks for, are in proportion.
    Headcount(usize),
    /// Agents or people ordered from a vendor at the start: later orders are in proportion.
    Ordered,
    /// Agents scheduled at the busiest time: the whole plan is in proportion.
    Agents,
    /// People on shifts: the shares of the shifts stay.
    People,
    /// People whom the group with this number asks for at the begin of one month.
    Class(usize),
    /// Agents or people ordered from a vendor from one month on until the order of the next one.
    Order,
}

impl SizeOf {
    /// The unit of the number.
    pub fn unit(self) -> &'static str {
        match self {
            SizeOf::Members => "members",
            SizeOf::Slots => "slots at most",
            SizeOf::Headcount(_) | SizeOf::People | SizeOf::Class(_) => "people",
            SizeOf::Ordered | SizeOf::Order => "agents ordered",
            SizeOf::Agents => "agents at most",
        }
    }
}

/// Later than all that matters in a run.
pub(super) fn end(model: &Model) -> Micros {
    model.horizon + 400 * DAY
}

fn whole(x: f64) -> u32 {
    libm::round(x) as u32
}

/// What must be the same at all times for one number to say how large a pool is.
pub(super) fn makeup(model: &Model, pool: usize) -> impl PartialEq + use<> {
    let orders = |c: &Contract| (c.shape.clone(), c.ordered.clone(), c.volume.clone());
    let hiring = model.pools[pool].group().and_then(|g| {
        let group = model.groups.get(g)?;
        Some((group.headcount, group.hiring.clone()))
    });
    let contract = model.pools[pool].contract().map(orders);
    match &model.pools[pool].supply {
        Supply::Staffed(s) => (Some(s.plan.clone()), None, None, hiring, contract),
        Supply::Rostered(r) => (None, r.staff, None, hiring, contract),
        Supply::Gig(g) => {
            let slots = g.slots.as_ref().map(|s| s.agents.clone());
            (slots, Some(g.members()), g.turnover.clone(), None, None)
        }
    }
}

impl Size {
    /// The size of a pool, if it can be decided on.
    ///
    /// # Errors
    /// Why it cannot.
    pub(super) fn of(model: &Model, pool: usize) -> Result<Self, &'static str> {
        let first = makeup(model, pool);
        if model.epochs().any(|m| makeup(m, pool) != first) {
            return Err("the timeline changes how many people it has");
        }
        let mut pools = vec![pool];
        let peak = |f: &StepFn| f.max_before(model.horizon);
        let (of, in_file) = match &model.pools[pool].supply {
            Supply::Gig(g) => match (&g.slots, g.log_on) {
                (_, LogOn::Open) => {
                    return Err(
                        "`logons` come from a register of unknown size; `members` have one",
                    );
                }
                (Some(slots), _) => (SizeOf::Slots, peak(&slots.agents)),
                (None, LogOn::Members(n)) => (SizeOf::Members, f64::from(n)),
            },
            supply => {
                let contract = model.pools[pool].contract();
                if let Some(g) = model.pools[pool].group() {
                    let group = &model.groups[g];
                    if matches!(group.hiring, Hiring::Require(_)) {
                        return Err(
                            "its group hires by requirement, which says how many people there are",
                        );
                    }
                    let all = model.pools.iter().enumerate();
                    pools = all
                        .filter(|(_, p)| p.group() == Some(g))
                        .map(|p| p.0)
                        .collect();
                    (SizeOf::Headcount(g), f64::from(group.headcount))
                } else if let Some(contract) = contract {
                    let n = contract.ordered.at(0);
                    if let Supply::Staffed(s) = supply
                        && scheduled_peak(&contract.shape, &s.shrinkage, model) < 1.0 - 1e-9
                    {
                        return Err("more are ordered than it has while it is open");
                    }
                    (SizeOf::Ordered, n)
                } else {
                    match supply {
                        Supply::Staffed(s) => {
                            (SizeOf::Agents, scheduled_peak(&s.plan, &s.shrinkage, model))
                        }
                        _ => {
                            let staff = model.pools[pool].roster().and_then(|r| r.staff);
                            (SizeOf::People, f64::from(staff.unwrap_or(0)))
                        }
                    }
                }
            }
        };
        match in_file > 0.0 || matches!(of, SizeOf::Members | SizeOf::People) {
            true => Ok(Self {
                pools,
                of,
                in_file,
                dates: None,
            }),
            false => {
                Err("it has nobody in the file, so that there is no plan that could be larger")
            }
        }
    }

    /// The fewest that a scenario can say: nobody, unless a roster or later orders have to stay.
    pub(super) fn least(&self, model: &Model) -> u32 {
        if self.dates.is_some() {
            return 0;
        }
        let has_shifts = self.pools.iter().any(|&p| model.pools[p].has_shifts());
        let orders = |p: &usize| {
            let contract = model.pools[*p].contract();
            contract.is_some_and(|c| c.ordered.points().count() > 1)
        };
        let stays = matches!(self.of, SizeOf::Headcount(_)) && has_shifts;
        u32::from(stays || self.pools.iter().any(orders))
    }

    /// By how much the plan of the file grows.
    fn factor(&self, n: u32) -> f64 {
        f64::from(n)
            / if self.in_file > 0.0 {
                self.in_file
            } else {
                1.0
            }
    }

    /// Puts so many people into a model.
    pub(super) fn put(&self, model: &mut Model, n: u32) {
        if let Some(dates) = &self.dates {
            return self.put_dated(dates, model, n);
        }
        let (by, end) = (self.factor(n), end(model));
        for &pool in &self.pools {
            match &mut model.pools[pool].supply {
                Supply::Gig(g) => self.put_members(g, n, by),
                Supply::Staffed(s) if s.contract.is_none() => {
                    s.plan = s.plan.scaled(by);
                    // A group of nobody has no plan.
                    s.group = s.group.filter(|_| n > 0);
                }
                Supply::Rostered(r) => {
                    r.staff = r.staff.map(|staff| match self.of {
                        SizeOf::Headcount(_) => whole(f64::from(staff) * by),
                        _ => n,
                    });
                    if n == 0 && r.group.take().is_some() {
                        r.staff = Some(0);
                    }
                }
                Supply::Staffed(_) => {}
            }
            follow(&mut model.pools[pool].supply, end, |ordered| {
                // Ordered are whole agents.
                let later = ordered.points().skip(1);
                let later = later.map(|(at, agents)| (at, libm::round(agents * by)));
                StepFn::new([(0, f64::from(n))].into_iter().chain(later))
            });
        }
        if let SizeOf::Headcount(g) = self.of
            && let Some(group) = model.groups.get_mut(g)
        {
            group.headcount = n;
            group.hiring = self.hiring(&group.hiring, n);
        }
    }

    /// Whom a group of `n` people hires.
    fn hiring(&self, hiring: &Hiring, n: u32) -> Hiring {
        let by = self.factor(n);
        match hiring {
            Hiring::Requests(each) => {
                let asked = each.iter().map(|&asked| whole(f64::from(asked) * by));
                Hiring::Requests(asked.collect())
            }
            Hiring::Track(targets) => {
                // The first one is the headcount at the start.
                let later = targets
                    .iter()
                    .skip(1)
                    .map(|target| libm::round(target * by));
                Hiring::Track([f64::from(n)].into_iter().chain(later).collect())
            }
            other => other.clone(),
        }
    }

    /// Whether it is what a vendor is asked for from one month on.
    pub fn is_order(&self) -> bool {
        self.of == SizeOf::Order
    }

    /// Puts what is decided in one month into a model.
    fn put_dated(&self, dates: &Dates, model: &mut Model, n: u32) {
        if let SizeOf::Class(g) = self.of {
            if let Some(group) = model.groups.get_mut(g) {
                let each = (0..dates.months).map(|m| asked(&group.hiring, m));
                // The last number holds on.
                let mut each: Vec<u32> = each.chain([0]).collect();
                each[dates.month] = n;
                group.hiring = Hiring::Requests(each);
            }
            return;
        }
        let end = end(model);
        for &pool in &self.pools {
            follow(&mut model.pools[pool].supply, end, |ordered| {
                let before = ordered.points().filter(|p| p.0 < dates.there);
                let after = ordered.points().filter(|p| p.0 > dates.until);
                let next = (dates.until, ordered.at(dates.until));
                let here = [(dates.there, f64::from(n))].into_iter();
                let here = here.chain(Some(next).filter(|next| next.0 < end));
                StepFn::new(before.chain(here).chain(after))
            });
        }
    }

    fn put_members(&self, g: &mut GigSupply, n: u32, by: f64) {
        if let (SizeOf::Slots, Some(slots)) = (self.of, &mut g.slots) {
            slots.agents = slots.agents.scaled(by);
            return;
        }
        g.log_on = LogOn::Members(n);
        if let Some(turnover) = &mut g.turnover {
            turnover.applicants *= by;
        }
    }

    /// Agents on duty that one of the number gives in the mean, cell by cell of its pools, while they are open.
    pub(super) fn per_unit(&self, model: &Model, cells: &[Cell]) -> Vec<(usize, f64)> {
        // So many that rounding does not matter; of slots there are no more than the members can book.
        let n = match self.of {
            SizeOf::Slots => libm::ceil(self.in_file),
            _ => libm::ceil(self.in_file).max(1000.0),
        };
        let mut with = model.clone();
        self.put(&mut with, n as u32);
        for change in &mut with.timeline {
            self.put(&mut change.model, n as u32);
        }
        let mut covers = Vec::new();
        for (epoch, begin, end) in with.epoch_spans() {
            for &pool in &self.pools {
                let within = |s: Stretch| (s.0.max(begin), s.1.min(end));
                let of_pool = cells.iter().enumerate().filter(|(_, c)| c.pool == pool);
                let here = of_pool.filter(|(_, c)| meet(c.span, (begin, end)));
                let (numbers, spans): (Vec<usize>, Vec<Stretch>) =
                    here.map(|(i, c)| (i, within(c.span))).unzip();
                let agents = with.epoch(epoch).mean_agents(pool, &spans);
                for ((c, span), agents) in numbers.into_iter().zip(spans).zip(agents) {
                    let open = length(&cells[c].open);
                    covers.push((
                        c,
                        agents / n * (span.1 - span.0) as f64 / open.max(1) as f64,
                    ));
                }
            }
        }
        // A change within an interval makes two parts of it.
        covers.sort_by_key(|c| c.0);
        covers.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                first.1 += later.1;
            }
            same
        });
        covers.retain(|c| c.1 > 0.0);
        covers
    }

    /// What its pools cost in the mean of some replications of a seed, with the people of their groups; `None` where nothing has a price.
    pub(super) fn cost(&self, model: &Model, seed: u64, replications: Range<u64>) -> Option<f64> {
        let laws = crate::engine::Laws::new(model).ok()?;
        let money = Money::new(model);
        let of_pools = |row: &crate::measure::Row| {
            let is_of = |p: &usize| row.slice == Slice::Pool(*p);
            row.measure == "cost_total" && self.pools.iter().any(is_of)
        };
        let rows: Vec<usize> = (0..money.rows().len())
            .filter(|&i| of_pools(&money.rows()[i]))
            .collect();
        if rows.is_empty() {
            return None;
        }
        let many = replications.end.saturating_sub(replications.start).max(1);
        let each: Vec<f64> = replications
            .into_par_iter()
            .map(|replication| {
                let (_, counters) = count(&laws, seed, replication, &|| false);
                let values = money.of(&counters).0;
                rows.iter().filter_map(|&i| values[i]).sum()
            })
            .collect();
        Some(each.iter().sum::<f64>() / many as f64)
    }
}

/// People asked for in a month.
pub(super) fn asked(hiring: &Hiring, month: usize) -> u32 {
    match hiring {
        Hiring::Requests(each) => each.get(month).or(each.last()).copied().unwrap_or(0),
        _ => 0,
    }
}

/// Orders something else from the vendor of a pool under contract.
pub(super) fn follow(supply: &mut Supply, end: Micros, orders: impl Fn(&StepFn) -> StepFn) {
    let (contract, plan) = match supply {
        Supply::Staffed(s) => (&mut s.contract, Some(&mut s.plan)),
        Supply::Rostered(r) => (&mut r.contract, None),
        Supply::Gig(_) => return,
    };
    if let Some(contract) = contract {
        contract.ordered = orders(&contract.ordered);
        contract.volume = Contract::followed(&contract.ordered, contract.ramp_up, end);
        if let Some(plan) = plan {
            *plan = contract.shape.product(&contract.volume);
        }
    }
}

/// Most agents scheduled at once, planned absence included.
fn scheduled_peak(plan: &StepFn, shrinkage: &StepFn, model: &Model) -> f64 {
    let of = |(at, agents): (Micros, f64)| match shrinkage.at(at) {
        off if off < 1.0 => agents / (1.0 - off),
        _ => 0.0,
    };
    let within = plan.points().filter(|p| p.0 < model.horizon);
    within.map(of).fold(0.0, f64::max)
}
