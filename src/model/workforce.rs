//! Employees by the month: who leaves, who is hired, who is laid off.

use super::prices::Pay;
use super::topics::Target;
use super::{Check, probability};
use serde::Deserialize;

/// A group of employees: those who staff a pool, or others, so that the headcount of a whole company can be followed.
///
/// Time goes by local months. At the end of a month each person present at its start has left with the hazard of the month,
/// independently, on one of its days or at its end; who starts, starts at the begin of a month.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Unique name.
    pub name: String,
    /// People at the start, all of them trained and with the longest tenure.
    pub headcount: u32,
    /// Rate at which a person leaves, per month: `1 - exp(-rate)` of the people leave in a month.
    pub attrition: f64,
    /// Whether people leave at the end of each day, rather than of each month.
    pub leaves_daily: bool,
    /// Factors on the rate by tenure: in months from the first productive one, below which the factor holds; ascending.
    pub tenure: Vec<(u32, f64)>,
    /// Factor on the rate after a month of high occupancy of the pools that the group staffs.
    pub strain: Option<Strain>,
    /// Whom to hire.
    pub hiring: Hiring,
    /// Months from the request to the first day.
    pub lead: u32,
    /// Months of training: on the payroll, not at work.
    pub training: u32,
    /// Rate at which a trainee leaves, per month; `None`: as the others, by tenure 0.
    pub training_attrition: Option<f64>,
    /// Most people who can start in a month; the others start later.
    pub class: Option<u32>,
    /// Lay-offs, possible under [`Hiring::Track`] and [`Hiring::Require`].
    pub layoffs: Option<Layoffs>,
    /// How those who are new at work learn.
    pub ramp: Option<Ramp>,
    /// What its people cost.
    pub pay: Option<Pay>,
}

/// What the first weeks at work are like: both factors go to 1 in a straight line.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub struct Ramp {
    /// Factor on the work content on the first day.
    pub handle_time: f64,
    /// Factor on the probability of resolving a contact on the first day.
    pub resolve: f64,
    /// Weeks until both are 1.
    pub weeks: f64,
}

/// What a month of high occupancy does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub struct Strain {
    /// Occupancy above which it counts.
    pub above: f64,
    /// Factor on the rate in the next month.
    pub factor: f64,
}

/// Whom to hire: how many people are asked for at the begin of each month.
#[derive(Clone, Debug, PartialEq)]
pub enum Hiring {
    /// Nobody.
    Freeze,
    /// People asked for by month of the horizon; the last number holds for all later months.
    Requests(Vec<u32>),
    /// Each leaver of the month before is replaced with this probability.
    Replace(f64),
    /// As many as are missing in the month in which they would start: the target of that month less who is on the payroll and not
    /// yet due to go, less attrition at the base rate until then, less who is already asked for. By month of the horizon.
    Track(Vec<f64>),
    /// As many as are missing in the month in which they would be at work: the people required in that month less those on the payroll
    /// and not yet due to go and those asked for, both less attrition at the base rates until then; so many more as leave in training.
    Require(Requirement),
}

/// What the people of a group's pools must achieve, by which it is known how many there must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Requirement {
    /// `sl_net` that must be reached; `None`: the targets of the topics, unless only the occupancy is given.
    pub service: Option<Target>,
    /// Use of slots that must not be exceeded; `None`: that of each pool, see [`super::Pool::max_occupancy`].
    pub occupancy: Option<f64>,
    /// Which intervals must be covered.
    pub cover: Cover,
    /// Coefficient of variation of the lognormal factor (mean 1) by which the forecast of a month misses its requirement.
    pub error_cv: f64,
    /// Upper limit of the people required.
    pub most: u32,
}

/// From agents by interval to people: an interval in which nobody is planned asks for nobody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cover {
    /// The hours of the people on duty in the month are those of the agents required.
    Hours,
    /// In this share of the time there are as many agents as required.
    Time(f64),
}

impl Requirement {
    fn is_sound(&self) -> bool {
        let share = |x: f64| x > 0.0 && x <= 1.0;
        self.service.is_none_or(|t| probability(t.share))
            && self.occupancy.is_none_or(share)
            && matches!(self.cover, Cover::Hours | Cover::Time(0.0..=1.0))
            && (0.0..=10.0).contains(&self.error_cv)
            && self.most <= super::MOST_PEOPLE
    }
}

/// How fast a group may be made smaller.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub struct Layoffs {
    /// Most people who are given notice in a month.
    pub most: u32,
    /// Months from notice to the last day.
    #[serde(rename = "notice_months")]
    pub notice: u32,
}

impl Group {
    /// The rate of leaving per month of a person with `tenure` productive months.
    pub fn rate(&self, tenure: u32, strained: bool) -> f64 {
        let band = self.tenure.iter().find(|(below, _)| tenure < *below);
        let strain = match self.strain {
            Some(s) if strained => s.factor,
            _ => 1.0,
        };
        self.attrition * band.map_or(1.0, |b| b.1) * strain
    }

    /// How many months ahead of its begin a month is planned: until people asked for are at work, and until a notice is over; the
    /// shorter first.
    pub fn foresight(&self) -> (u32, u32) {
        let ahead = self.lead + self.training;
        let notice = self.layoffs.map_or(ahead, |l| l.notice);
        (ahead.min(notice), ahead.max(notice))
    }

    /// The share of the people at work who are still employed after `months`, and of those in training after `training` months.
    pub fn staying(&self, months: u32, training: u32) -> (f64, f64) {
        let rate = self
            .training_attrition
            .unwrap_or_else(|| self.rate(0, false));
        let stay = |rate: f64, months: u32| libm::exp(-rate * f64::from(months));
        (stay(self.attrition, months), stay(rate, training))
    }

    /// The largest possible headcount within `months`, divided by that at the start; at least 1.
    pub(super) fn growth(&self, months: usize) -> f64 {
        let start = f64::from(self.headcount);
        let most = match &self.hiring {
            Hiring::Freeze | Hiring::Replace(_) => start,
            Hiring::Requests(list) => {
                let last = list.last().copied();
                let asked = list
                    .iter()
                    .copied()
                    .map(Some)
                    .chain(std::iter::repeat(last));
                start + asked.take(months).flatten().map(f64::from).sum::<f64>()
            }
            // Nobody is asked for beyond the people of whom the target is left after the lead time.
            Hiring::Track(targets) => {
                let target = targets.iter().copied().fold(0.0, f64::max);
                start.max(target * libm::exp(self.attrition * f64::from(self.lead)))
            }
            Hiring::Require(rule) => {
                let (stay, keep) = self.staying(self.lead + self.training, self.training);
                start.max((f64::from(rule.most) + 1.0) / (stay * keep))
            }
        };
        most / start.max(1.0)
    }

    /// What must be sound.
    pub(super) fn checks(&self) -> Vec<Check> {
        let rate = |r: f64| (0.0..=100.0).contains(&r);
        let people = |n: &u32| *n <= super::MOST_PEOPLE;
        let target = |t: &f64| (0.0..=f64::from(super::MOST_PEOPLE)).contains(t);
        let hiring = match &self.hiring {
            Hiring::Freeze => true,
            Hiring::Requests(list) => !list.is_empty() && list.iter().all(people),
            Hiring::Replace(p) => probability(*p),
            Hiring::Track(targets) => !targets.is_empty() && targets.iter().all(target),
            Hiring::Require(rule) => rule.is_sound(),
        };
        let strain = |s: Strain| rate(s.factor) && s.above.is_finite();
        let trainees = self.training_attrition.is_none_or(rate);
        vec![
            ("headcount", people(&self.headcount)),
            ("attrition", rate(self.attrition)),
            ("tenure", self.tenure.iter().all(|b| rate(b.1))),
            ("strain", self.strain.is_none_or(strain)),
            ("training_attrition", trainees),
            ("ramp", self.ramp.is_none_or(|r| r.is_sound())),
            ("hiring", hiring),
            ("lead or training", self.lead.max(self.training) <= 120),
        ]
    }
}

impl Ramp {
    pub(super) fn is_sound(&self) -> bool {
        self.handle_time > 0.0
            && self.handle_time <= 100.0
            && probability(self.resolve)
            && self.weeks > 0.0
    }
}
