//! The workforce month by month: integer people, drawn by exact binomials.
//!
//! **At the end of a month** the leavers of each cohort are drawn. **At the begin of a month**, in this order: those whose notice is
//! over go; trainees who are done become productive; the policy asks for people, and gives notice; those asked for long enough
//! ago start, as far as classes have room.

use super::{Engine, Observer, kind};
use crate::dist::counts::binomial_quantile;
use crate::model::{Group, Hiring};
use crate::random::purpose;

/// The people of a group over one month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// On the payroll after those who start in the month have started.
    pub headcount: u64,
    /// Of these, at work.
    pub productive: u64,
    /// Of these, in training.
    pub in_training: u64,
    /// Started.
    pub hires: u64,
    /// Left of their own accord until its end.
    pub leavers: u64,
    /// Laid off: their last day was the one before the month began.
    pub laid_off: u64,
    /// On the payroll at its end, before anybody starts in the next.
    pub headcount_end: u64,
}

/// People who became productive, or started training, in the same month.
#[derive(Clone, Copy, Debug)]
struct Cohort {
    /// That month; `None` for those who were there at the start.
    since: Option<u32>,
    people: u32,
}

/// A group as it is now.
pub(super) struct GroupState {
    productive: Vec<Cohort>,
    training: Vec<Cohort>,
    /// Asked for, by the month in which they can start.
    pipeline: Vec<u32>,
    /// Given notice, by the month before which they go.
    notices: Vec<u32>,
    /// Left in the month before.
    left: u32,
    strained: bool,
    people: People,
}

fn count(cohorts: &[Cohort]) -> u32 {
    cohorts.iter().map(|c| c.people).sum()
}

impl GroupState {
    pub(super) fn new(group: &Group) -> Self {
        Self {
            productive: vec![Cohort {
                since: None,
                people: group.headcount,
            }],
            training: Vec::new(),
            pipeline: Vec::new(),
            notices: Vec::new(),
            left: 0,
            strained: false,
            people: People::default(),
        }
    }

    /// The month in which somebody at work became productive, `None` for who was there at the start; `rank` from 0, who is there
    /// longest, to 1.
    pub(super) fn since(&self, rank: f64) -> Option<u32> {
        let mut place = rank * f64::from(count(&self.productive));
        let cohort = self.productive.iter().find(|c| {
            place -= f64::from(c.people);
            place < 0.0
        });
        cohort.or(self.productive.last())?.since
    }

    fn payroll(&self) -> u32 {
        count(&self.productive) + count(&self.training)
    }

    fn due(list: &[u32], month: u32) -> u32 {
        list.get(month as usize).copied().unwrap_or(0)
    }

    fn schedule(list: &mut Vec<u32>, month: u32, people: u32) {
        if list.len() <= month as usize {
            list.resize(month as usize + 1, 0);
        }
        list[month as usize] += people;
    }

    /// The last to come are the first to go, trainees before them.
    fn lay_off(&mut self, people: u32) -> u32 {
        let mut left = people;
        for cohort in self
            .training
            .iter_mut()
            .rev()
            .chain(self.productive.iter_mut().rev())
        {
            let go = cohort.people.min(left);
            cohort.people -= go;
            left -= go;
        }
        people - left
    }

    /// How many people the policy asks for in a month.
    fn request(&self, group: &Group, month: u32, replaced: u32) -> u32 {
        let at = |list: &[f64], m: u32| list.get(m as usize).or(list.last()).copied();
        match &group.hiring {
            Hiring::Freeze => 0,
            Hiring::Requests(list) => list
                .get(month as usize)
                .or(list.last())
                .copied()
                .unwrap_or(0),
            Hiring::Replace(_) => replaced,
            Hiring::Track(targets) => {
                let start = month + group.lead;
                let going: u32 = (month + 1..=start)
                    .map(|m| Self::due(&self.notices, m))
                    .sum();
                let asked: u32 = (month..=start).map(|m| Self::due(&self.pipeline, m)).sum();
                let stay = libm::exp(-group.attrition * f64::from(group.lead));
                let expected = f64::from(self.payroll().saturating_sub(going)) * stay;
                let missing = at(targets, start).unwrap_or(0.0) - expected - f64::from(asked);
                libm::round(missing).max(0.0) as u32
            }
        }
    }

    /// How many people are given notice in a month.
    fn notice(&self, group: &Group, month: u32) -> u32 {
        let (Some(rule), Hiring::Track(targets)) = (group.layoffs, &group.hiring) else {
            return 0;
        };
        let last = month + rule.notice;
        let going: u32 = (month + 1..=last)
            .map(|m| Self::due(&self.notices, m))
            .sum();
        let stay = libm::exp(-group.attrition * f64::from(rule.notice));
        let expected = f64::from(self.payroll().saturating_sub(going)) * stay;
        let target = targets
            .get(last as usize)
            .or(targets.last())
            .copied()
            .unwrap_or(0.0);
        (libm::round(expected - target).max(0.0) as u32).min(rule.most)
    }
}

impl<O: Observer> Engine<'_, '_, O> {
    /// A month begins for the workforce.
    pub(super) fn open_month(&mut self) {
        let laws = self.laws;
        let month = self.month;
        for (g, group) in laws.model.groups.iter().enumerate() {
            let key = self
                .root
                .named(kind::GROUP, &group.name)
                .child(u64::from(month));
            let state = &mut self.groups[g];
            let laid_off = state.lay_off(GroupState::due(&state.notices, month));
            for cohort in &state.training {
                let since = cohort.since.unwrap_or(0);
                if since + group.training <= month {
                    state.productive.push(Cohort {
                        since: Some(month),
                        people: cohort.people,
                    });
                }
            }
            let training = group.training;
            state
                .training
                .retain(|c| c.since.unwrap_or(0) + training > month);
            let replaced = match group.hiring {
                Hiring::Replace(share) => {
                    let left = u64::from(state.left);
                    binomial_quantile(left, share, key.bits(purpose::REPLACED)) as u32
                }
                _ => 0,
            };
            let request = state.request(group, month, replaced);
            GroupState::schedule(&mut state.pipeline, month + group.lead, request);
            let notice = state.notice(group, month);
            if let Some(rule) = group.layoffs {
                GroupState::schedule(&mut state.notices, month + rule.notice.max(1), notice);
            }
            let ready = GroupState::due(&state.pipeline, month);
            let hires = group.class.map_or(ready, |most| ready.min(most));
            if ready > hires {
                GroupState::schedule(&mut state.pipeline, month + 1, ready - hires);
            }
            let starters = Cohort {
                since: Some(month),
                people: hires,
            };
            if training > 0 {
                state.training.push(starters);
            } else {
                state.productive.push(starters);
            }
            state.productive.retain(|c| c.people > 0);
            state.training.retain(|c| c.people > 0);
            state.people = People {
                headcount: u64::from(state.payroll()),
                productive: u64::from(count(&state.productive)),
                in_training: u64::from(count(&state.training)),
                hires: u64::from(hires),
                laid_off: u64::from(laid_off),
                ..People::default()
            };
        }
        self.reschedule_staff();
    }

    /// A period, or the horizon, ends for the workforce: at the end of a month who leaves is drawn. The period is told.
    pub(super) fn close_people(&mut self, month_ends: bool) {
        if month_ends {
            return self.close_month();
        }
        for (g, state) in self.groups.iter_mut().enumerate() {
            state.people.headcount_end = u64::from(state.payroll());
            self.observer.people(g, state.people);
            // Who came and went at the begin of the month has been told.
            (state.people.hires, state.people.laid_off) = (0, 0);
        }
    }

    fn close_month(&mut self) {
        let laws = self.laws;
        let month = self.month;
        let share = laws
            .frame
            .months
            .get(month as usize)
            .map_or(0.0, |m| m.share);
        for (g, group) in laws.model.groups.iter().enumerate() {
            let key = self
                .root
                .named(kind::GROUP, &group.name)
                .child(u64::from(month));
            let state = &mut self.groups[g];
            let mut left = 0;
            let strained = state.strained;
            let mut leave = |cohort: &mut Cohort, rate: f64, purpose: u64| {
                let born = cohort.since.map_or(0, |m| u64::from(m) + 1);
                let p = -libm::expm1(-rate * share);
                let n = u64::from(cohort.people);
                let gone = binomial_quantile(n, p, key.child(born).bits(purpose)) as u32;
                cohort.people -= gone;
                left += gone;
            };
            for cohort in &mut state.productive {
                let tenure = cohort.since.map_or(u32::MAX, |m| month - m);
                leave(cohort, group.rate(tenure, strained), purpose::LEAVERS);
            }
            for cohort in &mut state.training {
                let rate = group
                    .training_attrition
                    .unwrap_or_else(|| group.rate(0, strained));
                leave(cohort, rate, purpose::TRAINEES);
            }
            state.left = left;
            state.people.leavers = u64::from(left);
            state.people.headcount_end = u64::from(state.payroll());
            self.observer.people(g, self.groups[g].people);
        }
        self.note_strain();
        self.month += 1;
    }

    /// People at work in a group, over those at the start.
    pub(super) fn staff_scale(&self, group: usize) -> f64 {
        let start = self.laws.model.groups[group].headcount;
        f64::from(count(&self.groups[group].productive)) / f64::from(start.max(1))
    }

    /// Compares the occupancy of a group's pools in the month that ends with what the group bears.
    fn note_strain(&mut self) {
        let model = self.laws.model;
        for (g, group) in model.groups.iter().enumerate() {
            let (mut busy, mut duty) = (0, 0);
            for (pool, state) in model.pools.iter().zip(self.pools.iter_mut()) {
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
