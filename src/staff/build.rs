//! What can be decided of a model.

use super::decide::{Decisions, come, own_plan};
use super::offer::{self, Offer};
use super::size::{Size, SizeOf};
use super::variable::{By, Cell, Of, PoolRule, Stretch, Variable, hours, length, meet};
use crate::model::{MOST_AGENTS, MOST_MEMBERS, MOST_PEOPLE, Model, Staffing, Supply};
use crate::time::Micros;

/// The time that both have.
fn common(a: &[Stretch], b: &[Stretch]) -> Micros {
    let of = |x: &Stretch| {
        let each = b.iter().map(|y| x.1.min(y.1).saturating_sub(x.0.max(y.0)));
        each.sum::<Micros>()
    };
    a.iter().map(of).sum()
}

/// The plan of a pool that is decided on, whoever its people are.
fn any_plan(model: &Model, pool: usize) -> Option<&Staffing> {
    match &model.pools[pool].supply {
        Supply::Staffed(s) => Some(s),
        Supply::Rostered(_) | Supply::Gig(_) => None,
    }
}

/// When the plan of the pool has anybody between two moments.
fn open(model: &Model, pool: usize, (from, to): Stretch) -> Vec<Stretch> {
    let in_epoch = |(epoch, begin, end): (usize, Micros, Micros)| {
        let to = to.min(end);
        let mut at = from.max(begin);
        let mut open = Vec::new();
        let plan = any_plan(model.epoch(epoch), pool).map(|s| &s.plan);
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
    /// What can be decided of the pools of `model` with these numbers without rules: see [`Self::by_rules`].
    pub fn of(
        model: &Model,
        pools: impl Iterator<Item = usize>,
        every: Micros,
        offers: &[Offer],
    ) -> Self {
        Self::by_rules(model, pools, every, offers, &[])
    }

    /// What can be decided of the pools of `model` with these numbers, in intervals of the length `every`: of a pool with shifts, its own or
    /// on offer, the people of each; of one with a plan of its own the agents wherever the plan of the file has anybody; of any other its size,
    /// unless a rule says something else.
    pub fn by_rules(
        model: &Model,
        pools: impl Iterator<Item = usize>,
        every: Micros,
        offers: &[Offer],
        rules: &[PoolRule],
    ) -> Self {
        let every = every.max(1);
        let mut all = Self {
            variables: Vec::new(),
            bounds: Vec::new(),
            cells: Vec::new(),
            coverage: Vec::new(),
            standing: Vec::new(),
            base: Vec::new(),
            pools: Vec::new(),
            rosters: Vec::new(),
            sizes: Vec::new(),
            refused: Vec::new(),
            in_hours: false,
        };
        let rule = |pool: usize| rules.iter().find(|r| r.pool == pool);
        let asked: Vec<usize> = pools.collect();
        for &pool in &asked {
            // A group is decided on as a whole.
            let group = |p: usize| model.pools[p].group();
            let same = |r: &&PoolRule| group(pool).is_some() && group(r.pool) == group(pool);
            let mut of_group = rules.iter().filter(same).filter_map(|r| r.by);
            let by = rule(pool).and_then(|r| r.by).or_else(|| of_group.next());
            match all.choose(model, pool, by, offers) {
                Ok(()) => all.pools.push(pool),
                Err(why) => all.refused.push((pool, why)),
            }
        }
        all.whole_groups();
        let price = |p: usize| model.pools[p].hourly_price().filter(|&price| price > 0.0);
        let costs = |p: usize| match all.size_of(p) {
            Some(_) => model.costs_something(p),
            None => price(p).is_some(),
        };
        let in_hours = !all.pools.iter().all(|&p| costs(p));
        all.in_hours = in_hours;
        for pool in all.pools.clone() {
            let roster = all.roster(pool);
            let is_sized = all.size_of(pool).is_some();
            let hourly = price(pool).filter(|_| !in_hours).unwrap_or(1.0);
            let shifts = roster.map(|r| offer::variables(model, pool, r, hourly));
            let has_plan = any_plan(model, pool).is_some();
            let mut covered: Vec<Stretch> = shifts
                .iter()
                .flatten()
                .flat_map(|v| v.open.clone())
                .collect();
            merge(&mut covered);
            let bounds = rule(pool).map_or((0, u32::MAX), |r| r.bounds);
            for i in 0..model.horizon.div_ceil(every) {
                let span = (i * every, ((i + 1) * every).min(model.horizon));
                let open = match has_plan {
                    true => open(model, pool, span),
                    false if is_sized => vec![span],
                    false => within(&covered, span),
                };
                if open.is_empty() {
                    continue;
                }
                if shifts.is_none() && !is_sized {
                    let cost = hourly * hours(&open);
                    let cost = cost * come(model, pool) * model.pools[pool].paid_per_duty(span.0);
                    let covers = vec![(all.cells.len(), 1.0)];
                    let of = Of::Agents(all.cells.len());
                    all.add(pool, of, open.clone(), cost, (covers, bounds));
                }
                all.cells.push(Cell { pool, span, open });
            }
            for v in shifts.into_iter().flatten() {
                let part = |c: &Cell| common(&c.open, &v.open) as f64 / length(&c.open) as f64;
                let cells = all.cells.iter().enumerate();
                let near = cells.filter(|(_, c)| c.pool == pool && meet(c.span, v.span));
                let covers = near.map(|(i, c)| (i, v.there * part(c)));
                all.coverage.push(covers.filter(|c| c.1 > 0.0).collect());
                all.bounds.push((0, u32::MAX));
                all.variables.push(v);
            }
        }
        all.add_sizes(model, rules);
        all
    }

    /// Decides by what a pool is decided on.
    fn choose(
        &mut self,
        model: &Model,
        pool: usize,
        by: Option<By>,
        offers: &[Offer],
    ) -> Result<(), &'static str> {
        let roster = offer::roster(model, pool, offers);
        // What the timeline changes is not one plan.
        let plan = |m| own_plan(m, pool).map(|s| (&s.plan, &s.shrinkage));
        let first = plan(model);
        let has_own = first.is_some() || offer::own_people(model, pool).is_some();
        match by {
            None | Some(By::Shift) if roster.is_some() => {
                self.rosters.extend(roster.map(|r| (pool, r)));
                Ok(())
            }
            Some(By::Shift) => Err("there are no shifts that its own people could work"),
            None | Some(By::Interval) if first.is_some() => {
                match model.epochs().all(|m| plan(m) == first) {
                    true => Ok(()),
                    false => Err("the timeline changes how many people it has"),
                }
            }
            Some(By::Interval) => Err("it has no plan of its own by interval"),
            None if has_own => Err("the timeline changes how many people it has"),
            None | Some(By::Size | By::Month) => {
                let monthly = by == Some(By::Month);
                match self.size_of(pool) {
                    Some(k) if self.sizes[k].dates.is_some() != monthly => {
                        return Err("another pool of its group is decided on in another way");
                    }
                    Some(_) => {}
                    None if monthly => self.sizes.extend(Size::by_month(model, pool)?),
                    None => self.sizes.push(Size::of(model, pool)?),
                }
                Ok(())
            }
        }
    }

    /// Leaves out the groups that staff a pool which is not decided on.
    fn whole_groups(&mut self) {
        let why = "its group staffs a pool that is not decided on";
        let pools = &self.pools;
        self.sizes.retain(|s| {
            let whole = s.pools.iter().all(|p| pools.contains(p));
            if !whole {
                let asked = s.pools.iter().filter(|p| pools.contains(p));
                self.refused.extend(asked.map(|&p| (p, why)));
            }
            whole
        });
        let refused = &self.refused;
        self.pools.retain(|p| !refused.iter().any(|r| r.0 == *p));
    }

    fn add(
        &mut self,
        pool: usize,
        of: Of,
        open: Vec<Stretch>,
        cost: f64,
        (covers, bounds): (Vec<(usize, f64)>, (u32, u32)),
    ) {
        let (Some(first), Some(last)) = (open.first(), open.last()) else {
            return;
        };
        self.variables.push(Variable {
            pool,
            of,
            span: (first.0, last.1),
            open,
            cost,
            there: 1.0,
        });
        self.coverage.push(covers);
        self.bounds.push(bounds);
    }

    /// A variable for each size. What one costs is an estimate of the hours on duty until [`Self::priced`].
    fn add_sizes(&mut self, model: &Model, rules: &[PoolRule]) {
        self.standing = vec![0.0; self.cells.len()];
        self.base = vec![0.0; self.sizes.len()];
        let mut first = 0;
        while let Some(size) = self.sizes.get(first) {
            let months = self.months_of(first);
            let (covers, standing) = match months.is_empty() {
                true => (vec![size.per_unit(model, &self.cells)], Vec::new()),
                false => Size::per_dated(model, &self.sizes[months], &self.cells),
            };
            self.base[first] = self.paid_hours(model, &standing);
            standing
                .into_iter()
                .for_each(|(c, n)| self.standing[c] += n);
            for covers in covers {
                self.add_size(model, rules, first, covers);
                first += 1;
            }
        }
    }

    /// What agents cost who are on duty in some cells, at the price of an hour.
    fn paid_hours(&self, model: &Model, covers: &[(usize, f64)]) -> f64 {
        let cost = |&(c, part): &(usize, f64)| {
            let cell = &self.cells[c];
            part * hours(&cell.open) * self.hourly(model, cell.pool)
        };
        covers.iter().map(cost).sum()
    }

    fn add_size(&mut self, model: &Model, rules: &[PoolRule], k: usize, covers: Vec<(usize, f64)>) {
        let size = self.sizes[k].clone();
        let cost = self.paid_hours(model, &covers);
        let cells = self.cells.iter().enumerate();
        let of_size = cells.filter(|(c, cell)| match size.dates {
            Some(_) => covers.binary_search_by_key(c, |cover| cover.0).is_ok(),
            None => size.pools.contains(&cell.pool),
        });
        let mut open: Vec<Stretch> = of_size.flat_map(|(_, c)| c.open.clone()).collect();
        merge(&mut open);
        let rules = rules.iter().filter(|r| size.pools.contains(&r.pool));
        let most = match size.of {
            SizeOf::Members => MOST_MEMBERS,
            SizeOf::Headcount(_) => MOST_PEOPLE,
            SizeOf::Class(g) => model.groups[g].class.unwrap_or(MOST_PEOPLE),
            SizeOf::Slots | SizeOf::Ordered | SizeOf::Order | SizeOf::Agents | SizeOf::People => {
                MOST_AGENTS
            }
        };
        let both = |a: (u32, u32), r: &PoolRule| (a.0.max(r.bounds.0), a.1.min(r.bounds.1));
        let bounds = rules.fold((size.least(model), most), both);
        let cost = cost.max(f64::MIN_POSITIVE);
        self.add(size.pools[0], Of::Size(k), open, cost, (covers, bounds));
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
