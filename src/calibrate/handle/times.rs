//! Whether work is longer at some times of the day, or on some weekdays.

use crate::calibrate::gather::Gathered;
use crate::calibrate::gather::date;
use crate::calibrate::named::{LEVEL, WEEKDAYS};
use crate::stats::{Alike, Part, Ranged, alike_between, alike_within};

/// Times of the day that are told apart at most.
const MOST_TIMES: usize = 8;
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

/// By day and interval of the arrival: work, and what it would be at the mean of each topic.
fn parts(log: &Gathered, means: &[f64]) -> Vec<(i32, Vec<Part>)> {
    let topics = log.topics.len().max(1);
    let of_interval = |cells: &[crate::calibrate::gather::Cell]| {
        let each = cells.iter().zip(means);
        each.fold((0.0, 0.0), |s, (c, mean)| {
            (s.0 + c.handle_s, s.1 + c.handled * mean)
        })
    };
    let each = log.days.iter();
    each.map(|(&day, d)| (day, d.cells.chunks(topics).map(of_interval).collect()))
        .collect()
}

/// By time of the day: stretches with about as much work each.
pub(super) fn by_hour(log: &Gathered, means: &[f64]) -> Option<ByTime> {
    let days = parts(log, means);
    let per_day = log.per_day();
    let mut of_interval = vec![0.0; per_day];
    for (_, day) in &days {
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
    let minute = |i: usize| i * log.minutes as usize;
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
pub(super) fn by_weekday(log: &Gathered, means: &[f64]) -> Option<ByTime> {
    let mut weekdays: Vec<Vec<Part>> = vec![Vec::new(); 7];
    for (day, intervals) in parts(log, means) {
        let sum = intervals
            .iter()
            .fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
        if sum.1 > 0.0 {
            weekdays[date(day).weekday().to_monday_zero_offset() as usize].push(sum);
        }
    }
    let names = WEEKDAYS.iter().zip(&weekdays);
    let names = names.filter(|w| !w.1.is_empty());
    let names = names.map(|w| (*w.0).to_owned()).collect();
    weekdays.retain(|w| !w.is_empty());
    ByTime::new(names, alike_between(&weekdays))
}
