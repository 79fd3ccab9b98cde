//! Whether work is longer at some times of the day, or on some weekdays.

use std::collections::BTreeMap;

use crate::calibrate::gather::{Cell, Gathered, date};
use crate::calibrate::named::{LEVEL, WEEKDAYS};
use crate::calibrate::sums::PART_MIN;
use crate::stats::{Alike, Part, Ranged, alike_between, alike_within};

/// Times of the day that are told apart at most.
const MOST_TIMES: usize = 8;
/// Parts of a day in which the work of agents is added up.
const PARTS: usize = 1440 / PART_MIN as usize;
/// Days for each of them.
const DAYS_OF_TIME: usize = 4;

/// Work at some times.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Which times: a weekday, or from when to when.
    pub name: String,
    /// Work over the mean of all times, topic by topic.
    pub ratio: Ranged,
}

/// Work by time.
#[derive(Clone, Debug, PartialEq)]
pub struct ByTime {
    /// Each of the times.
    pub classes: Vec<Class>,
    /// Chance that times which do not differ would seem to do so as much.
    pub p_value: f64,
    /// Whether it is certain enough to be said.
    pub differs: bool,
}

impl ByTime {
    fn new(names: Vec<String>, alike: Option<Alike>) -> Option<Self> {
        let alike = alike?;
        let class = |(name, ratio): (String, &crate::stats::Estimate)| {
            let (low, high) = ratio.interval(LEVEL)?;
            Some(Class {
                name,
                ratio: Ranged::new(ratio.value, low, high),
            })
        };
        let classes: Option<Vec<Class>> = names.into_iter().zip(&alike.ratios).map(class).collect();
        Some(Self {
            classes: classes?,
            p_value: alike.p_value,
            differs: false,
        })
    }

    /// The times with the least and the most work.
    pub fn ends(&self) -> Option<(&Class, &Class)> {
        let by = |a: &&Class, b: &&Class| a.ratio.value.total_cmp(&b.ratio.value);
        Some((
            self.classes.iter().min_by(by)?,
            self.classes.iter().max_by(by)?,
        ))
    }
}

/// By day and step of the day: work, and what it would be at the mean of each topic and the factor of each agent. Steps are parts of the day
/// where agents are known, else intervals.
pub(super) fn parts(
    log: &Gathered,
    means: &[f64],
    agents: &BTreeMap<u32, Vec<Part>>,
) -> Vec<(i32, Vec<Part>)> {
    if agents.is_empty() {
        let topics = log.topics.len().max(1);
        let of_interval = |cells: &[Cell]| {
            let each = cells.iter().zip(means);
            each.fold((0.0, 0.0), |s, (c, mean)| {
                (s.0 + c.handle_s, s.1 + c.handled * mean)
            })
        };
        let each = log.days.iter();
        return each
            .map(|(&day, d)| (day, d.cells.chunks(topics).map(of_interval).collect()))
            .collect();
    }
    let factor = |days: &Vec<Part>| {
        let sum = days.iter().fold((0.0, 0.0), |s, d| (s.0 + d.0, s.1 + d.1));
        sum.0 / sum.1
    };
    let factors: BTreeMap<u32, f64> = agents.iter().map(|(&a, days)| (a, factor(days))).collect();
    let mut days: BTreeMap<i32, Vec<Part>> = BTreeMap::new();
    for (&(agent, day, part, topic), sums) in &log.handle.0 {
        let factor = agent.and_then(|a| factors.get(&a));
        let Some((factor, mean)) = factor.zip(means.get(usize::from(topic))) else {
            continue;
        };
        let of_day = days.entry(day).or_insert_with(|| vec![(0.0, 0.0); PARTS]);
        if let Some(sum) = of_day.get_mut(usize::from(part)) {
            let n = f64::from(sums[0].contacts + sums[1].contacts);
            sum.0 += sums[0].seconds + sums[1].seconds;
            sum.1 += n * mean * factor;
        }
    }
    days.into_iter().collect()
}

/// By time of the day: stretches with about as much work each.
pub(super) fn by_hour(days: &[(i32, Vec<Part>)]) -> Option<ByTime> {
    let per_day = days.first()?.1.len();
    let mut of_interval = vec![0.0; per_day];
    for (_, day) in days {
        let each = of_interval.iter_mut().zip(day);
        each.for_each(|(sum, p)| *sum += p.1);
    }
    let all: f64 = of_interval.iter().sum();
    let used: Vec<&Vec<Part>> = days
        .iter()
        .map(|d| &d.1)
        .filter(|d| d.iter().any(|p| p.1 > 0.0))
        .collect();
    let count = (used.len() / DAYS_OF_TIME).min(MOST_TIMES);
    if count < 2 || all <= 0.0 {
        return None;
    }
    // An interval belongs to the stretch in which its middle lies.
    let mut sum = 0.0;
    let class: Vec<usize> = of_interval
        .iter()
        .map(|x| {
            sum += x;
            (((sum - x / 2.0) / all * count as f64) as usize).min(count - 1)
        })
        .collect();
    let minute = |i: usize| i * 1440 / per_day;
    let clock = |m: usize| format!("{:02}:{:02}", m / 60, m % 60);
    let mut names = Vec::new();
    let mut places = vec![usize::MAX; count];
    for (h, place) in places.iter_mut().enumerate() {
        let has = |i: &usize| class[*i] == h && of_interval[*i] > 0.0;
        let ends = (0..per_day).find(has).zip((0..per_day).rfind(has));
        if let Some((first, last)) = ends {
            *place = names.len();
            names.push(format!(
                "{} to {}",
                clock(minute(first)),
                clock(minute(last + 1))
            ));
        }
    }
    let blocks: Vec<Vec<Part>> = used
        .iter()
        .map(|day| {
            let mut of_day = vec![(0.0, 0.0); names.len()];
            for (p, &h) in day.iter().zip(&class).filter(|(p, _)| p.1 > 0.0) {
                if let Some(sum) = of_day.get_mut(places[h]) {
                    *sum = (sum.0 + p.0, sum.1 + p.1);
                }
            }
            of_day
        })
        .collect();
    ByTime::new(names, alike_within(&blocks))
}

/// By weekday.
pub(super) fn by_weekday(days: &[(i32, Vec<Part>)]) -> Option<ByTime> {
    let mut weekdays: Vec<Vec<Part>> = vec![Vec::new(); 7];
    for (day, intervals) in days {
        let sum = intervals
            .iter()
            .fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
        if sum.1 > 0.0 {
            weekdays[date(*day).weekday().to_monday_zero_offset() as usize].push(sum);
        }
    }
    let names = WEEKDAYS.iter().zip(&weekdays);
    let names = names.filter(|w| !w.1.is_empty());
    let names = names.map(|w| (*w.0).to_owned()).collect();
    weekdays.retain(|w| !w.is_empty());
    ByTime::new(names, alike_between(&weekdays))
}
