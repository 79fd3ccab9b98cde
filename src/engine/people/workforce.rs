//! The workforce month by month: integer people, drawn by exact binomials.
//!
//! **At the end of a month**, or of each day, the leavers of each cohort are drawn. **At the begin of a month**, in this order: those whose notice is
//! over go; trainees who are done become productive; the policy asks for people, and gives notice; those asked for long enough
//! ago start, as far as classes have room.

use super::cohort::{Cohort, count, lay_off};
use crate::dist::Distribution;
use crate::dist::counts::binomial_quantile;
use crate::engine::keys::kind;
use crate::engine::{Agents, Context, Observer, People, Sink, Tick, grown};
use crate::model::{Group, Hiring, Requirement};
use crate::random::{Key, purpose};
use crate::time::Micros;
use std::ops::RangeInclusive;

/// A group as it is now.
#[derive(Default)]
pub(crate) struct GroupState {
    /// By the month in which they became productive, or started training.
    pub(super) productive: Vec<Cohort<u32>>,
    training: Vec<Cohort<u32>>,
    /// Asked for, by the month in which they can start.
    pipeline: Vec<u32>,
    /// Given notice, by the month before which they go.
    notices: Vec<u32>,
    /// Left in the month, until its policies are asked in the month before.
    left: u32,
    strained: bool,
    /// Until when leavers have been drawn.
    drawn: Micros,
    people: People,
}

/// The key of a group in a month.
fn month_key(cx: &Context<'_, impl Sink>, group: &Group, month: u32) -> Key {
    let group = cx.root.named(kind::GROUP, &group.name);
    group.child(u64::from(month))
}

impl GroupState {
    fn new(group: &Group) -> Self {
        let (since, people) = (None, group.headcount);
        let first = Cohort { since, people };
        Self {
            productive: vec![first],
            ..Self::default()
        }
    }

    /// The people there are, of whom nobody has come or gone.
    fn now(&self) -> People {
        People {
            headcount: u64::from(self.payroll()),
            productive: u64::from(count(&self.productive)),
            in_training: u64::from(count(&self.training)),
            ..People::default()
        }
    }

    fn payroll(&self) -> u32 {
        count(&self.productive) + count(&self.training)
    }

    fn due(list: &[u32], months: RangeInclusive<u32>) -> u32 {
        months.filter_map(|m| list.get(m as usize)).sum()
    }

    /// How many people the policy asks for in a month. `goal` is the number of people that there should be, for policies that have one.
    fn request(&self, group: &Group, month: u32, key: Key, goal: f64) -> u32 {
        match &group.hiring {
            Hiring::Freeze => 0,
            Hiring::Requests(list) => {
                let now = list.get(month as usize).or(list.last());
                now.copied().unwrap_or(0)
            }
            Hiring::Replace(share) => {
                let left = u64::from(self.left);
                binomial_quantile(left, *share, key.bits(purpose::REPLACED)) as u32
            }
            Hiring::Track(_) => {
                let start = month + group.lead;
                let (stay, _) = group.staying(group.lead, 0);
                let asked = Self::due(&self.pipeline, month..=start);
                let missing = goal - self.expected(month, start, stay) - f64::from(asked);
                libm::round(missing).max(0.0) as u32
            }
            Hiring::Require(_) => {
                let (_, keep) = group.staying(0, group.training);
                libm::round((goal - self.at_work_later(group, month)) / keep).max(0.0) as u32
            }
        }
    }

    /// People expected to be at work when those whom this month asks for are, at the base rates.
    fn at_work_later(&self, group: &Group, month: u32) -> f64 {
        let (start, ahead) = (month + group.lead, group.lead + group.training);
        let here = |people: u32, months: u32, training: u32| {
            let (stay, keep) = group.staying(months, training);
            f64::from(people) * stay * keep
        };
        let trained = |c: &Cohort<u32>| {
            let left = (c.since.unwrap_or(0) + group.training).saturating_sub(month);
            here(c.people, ahead - left.min(ahead), left)
        };
        let asked = |m: u32| here(Self::due(&self.pipeline, m..=m), start - m, group.training);
        let going = Self::due(&self.notices, month + 1..=month + ahead);
        here(count(&self.productive), ahead, 0) - here(going, ahead, 0)
            + self.training.iter().map(trained).sum::<f64>()
            + (month..=start).map(asked).sum::<f64>()
    }

    /// Those of the payroll who are expected to be there in a later month.
    fn expected(&self, month: u32, later: u32, stay: f64) -> f64 {
        let going = Self::due(&self.notices, month + 1..=later);
        f64::from(self.payroll().saturating_sub(going)) * stay
    }

    /// How many people are given notice in a month.
    fn notice(&self, group: &Group, month: u32, goal: f64) -> u32 {
        let Some(rule) = group.layoffs else {
            return 0;
        };
        let (stay, _) = group.staying(rule.notice, 0);
        let too_many = self.expected(month, month + rule.notice, stay) - goal;
        (libm::round(too_many).max(0.0) as u32).min(rule.most)
    }
}

/// The people that there should be when those whom this month asks for are there, and when the notices given in it are over.
fn goals(cx: &Context<'_, impl Sink>, g: usize) -> (f64, f64) {
    let (month, group) = (cx.month, &cx.laws.model.groups[g]);
    let notice = group.layoffs.map_or(0, |l| l.notice);
    match &group.hiring {
        Hiring::Track(targets) => {
            let at = |m: u32| targets.get(m as usize).or(targets.last()).copied();
            let goal = |after: u32| at(month + after).unwrap_or(0.0);
            (goal(group.lead), goal(notice))
        }
        Hiring::Require(rule) => {
            let ahead = group.lead + group.training;
            let required = |after: u32| required(cx, g, rule, month + after);
            // Who is needed again before somebody hired now would be at work stays.
            let kept = (notice..=notice.max(ahead)).map(required);
            (required(ahead), kept.fold(0.0, f64::max))
        }
        Hiring::Freeze | Hiring::Requests(_) | Hiring::Replace(_) => (0.0, f64::INFINITY),
    }
}

/// The people required in a month, as the forecast has it.
fn required(cx: &Context<'_, impl Sink>, g: usize, rule: &Requirement, month: u32) -> f64 {
    let table = &cx.laws.required[g];
    let Some(last) = table.len().checked_sub(1) else {
        return 0.0;
    };
    let month = month.min(last as u32);
    let people = table[month as usize];
    if rule.error_cv == 0.0 {
        return people;
    }
    let key = month_key(cx, &cx.laws.model.groups[g], month);
    let luck = key.uniform(purpose::FORECAST);
    let law = Distribution::lognormal_mean_cv(1.0, rule.error_cv);
    let factor = law.map_or(1.0, |d| d.quantile(luck));
    libm::ceil(people * factor * (1.0 - 1e-9)).min(f64::from(rule.most))
}

/// All groups.
pub(crate) struct Workforce {
    pub(super) groups: Vec<GroupState>,
}

impl Workforce {
    pub(crate) fn new(groups: &[Group]) -> Self {
        Self {
            groups: groups.iter().map(GroupState::new).collect(),
        }
    }

    /// A month begins for the workforce.
    pub(crate) fn open_month(&mut self, cx: &mut Context<'_, impl Sink>) {
        let laws = cx.laws;
        let month = cx.month;
        let start = laws.frame.months.get(month as usize).map_or(0, |m| m.start);
        for (g, group) in laws.model.groups.iter().enumerate() {
            let key = month_key(cx, group, month);
            let goals = goals(cx, g);
            let state = &mut self.groups[g];
            // The last to come are the first to go, trainees before them.
            let newest = state.training.iter_mut().rev();
            let newest = newest.chain(state.productive.iter_mut().rev());
            let laid_off = lay_off(newest, GroupState::due(&state.notices, month..=month));
            let training = group.training;
            let ready = |c: &Cohort<u32>| c.since.unwrap_or(0) + training <= month;
            for trained in state.training.extract_if(.., |c| ready(c)) {
                let since = Some(month);
                state.productive.push(Cohort { since, ..trained });
            }
            let request = state.request(group, month, key, goals.0);
            *grown(&mut state.pipeline, (month + group.lead) as usize, 0) += request;
            let notice = state.notice(group, month, goals.1);
            if let Some(rule) = group.layoffs {
                let last = month + rule.notice.max(1);
                *grown(&mut state.notices, last as usize, 0) += notice;
            }
            let ready = GroupState::due(&state.pipeline, month..=month);
            let hires = group.class.map_or(ready, |most| ready.min(most));
            if ready > hires {
                *grown(&mut state.pipeline, month as usize + 1, 0) += ready - hires;
            }
            let (since, people) = (Some(month), hires);
            let begin = if training > 0 {
                &mut state.training
            } else {
                &mut state.productive
            };
            begin.push(Cohort { since, people });
            state.productive.retain(|c| c.people > 0);
            state.training.retain(|c| c.people > 0);
            state.left = 0;
            state.drawn = start;
            state.people = People {
                hires: u64::from(hires),
                laid_off: u64::from(laid_off),
                ..state.now()
            };
        }
        self.plan_day(cx, start);
    }

    /// A period, or the horizon, ends for the workforce: at the end of a month who leaves is drawn. The period is told.
    pub(crate) fn close_period(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        agents: &mut Agents,
        month_ends: bool,
    ) {
        for g in 0..self.groups.len() {
            if month_ends {
                self.draw_leavers(cx, g, Micros::MAX);
            }
            let state = &mut self.groups[g];
            state.people.headcount_end = u64::from(state.payroll());
            cx.observer.people(g, state.people);
            // Who came and went has been told.
            state.people = state.now();
        }
        if month_ends {
            self.note_strain(cx, agents);
            cx.month += 1;
        }
    }

    /// Plans the end of the day after `now` within the month, if somebody may leave then.
    fn plan_day(&self, cx: &mut Context<'_, impl Sink>, now: Micros) {
        let frame = &cx.laws.frame;
        let daily = cx.laws.model.groups.iter().any(|g| g.leaves_daily);
        let month = frame.months.get(cx.month as usize);
        let next = frame.days.partition_point(|&d| d <= now);
        if let (true, Some(month), Some(&at)) = (daily, month, frame.days.get(next))
            && at < month.end
        {
            cx.tick(at, Tick::Day);
        }
    }

    /// A day within a month is over.
    pub(crate) fn close_day(&mut self, cx: &mut Context<'_, impl Sink>) {
        let now = cx.now;
        for (g, group) in cx.laws.model.groups.iter().enumerate() {
            if group.leaves_daily {
                self.draw_leavers(cx, g, now);
            }
        }
        self.plan_day(cx, now);
    }

    /// Draws who has left group `g` until a moment of the month, or its end.
    fn draw_leavers(&mut self, cx: &Context<'_, impl Sink>, g: usize, until: Micros) {
        let laws = cx.laws;
        let month = cx.month;
        let Some(span) = laws.frame.months.get(month as usize) else {
            return;
        };
        let group = &laws.model.groups[g];
        let mut key = month_key(cx, group, month);
        let state = &mut self.groups[g];
        let (from, until) = (state.drawn.max(span.start), until.min(span.end));
        state.drawn = until;
        if from > span.start || until < span.end {
            key = key.child(until);
        }
        let part = until.saturating_sub(from) as f64 / (span.end - span.start).max(1) as f64;
        let share = span.share * part;
        let chance = |rate: f64| -libm::expm1(-rate * share);
        let mut left = 0;
        let strained = state.strained;
        for cohort in &mut state.productive {
            let tenure = cohort.since.map_or(u32::MAX, |m| month - m);
            let p = chance(group.rate(tenure, strained));
            left += cohort.leave(p, key, purpose::LEAVERS);
        }
        let trainees = group.training_attrition;
        let p = chance(trainees.unwrap_or_else(|| group.rate(0, strained)));
        for cohort in &mut state.training {
            left += cohort.leave(p, key, purpose::TRAINEES);
        }
        state.left += left;
        state.people.leavers += u64::from(left);
    }

    /// People at work in a group, over those at the start.
    pub(super) fn scale(&self, cx: &Context<'_, impl Sink>, group: usize) -> f64 {
        let start = cx.laws.model.groups[group].headcount;
        f64::from(count(&self.groups[group].productive)) / f64::from(start.max(1))
    }

    /// Compares the occupancy of a group's pools in the month that ends with what the group bears.
    fn note_strain(&mut self, cx: &Context<'_, impl Sink>, agents: &mut Agents) {
        let model = cx.laws.model;
        for (g, group) in model.groups.iter().enumerate() {
            let (mut busy, mut duty) = (0, 0);
            for (pool, state) in model.pools.iter().zip(agents.pools.iter_mut()) {
                if pool.group() == Some(g) {
                    busy += std::mem::take(&mut state.busy_month);
                    duty += std::mem::take(&mut state.duty_month);
                }
            }
            if let Some(strain) = group.strain {
                self.groups[g].strained = duty > 0 && busy as f64 > strain.above * duty as f64;
            }
        }
    }
}
