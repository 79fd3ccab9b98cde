//! The customers' clock of each contact type: demand by time of the local week.
//!
//! A profile and a pattern of rates by weekday are taken as they are written, times the factors of weekdays; months, growth,
//! events and busyness have no part in it. What is given for dates, in a cycle of its own, or by a file is averaged by time of the
//! local week over the horizon. Days of the week that the horizon does not have go as the others on average; a horizon that does
//! not have every hour of the day tells nothing of the clock, which is then the one on the wall.

use super::course::Course;
use super::types::Types;
use super::volume::{TopicDemand, Volume};
use crate::model::{Arrivals, CustomerClock};
use crate::scenario::text::Item;
use crate::scenario::values::{Frame, Pattern};
use crate::time::{Calendar, DAY, HOUR, MINUTE, Micros, WEEK};
use jiff::civil::date;
use std::sync::Arc;

/// Cells of the week are the widest of these that divide the steps of the pattern, else the last of them.
const WIDTHS: [Micros; 4] = [HOUR, 30 * MINUTE, 15 * MINUTE, 5 * MINUTE];
/// A file tells the hours of the week apart from this many cases on for each of the 168 ...
const CASES_BY_HOUR_OF_WEEK: f64 = 20.0 * 168.0;
/// ... and the hours of the day and the weekdays, each on their own, from this many on for each hour of the day.
const CASES_BY_HOUR: f64 = 20.0 * 24.0;

/// The clock of a contact type, where it is not the one on the wall.
pub(super) type Clock = Option<Arc<CustomerClock>>;

/// The clock of each contact type, given its new cases and what says them: the topic itself or `whole`, else a file.
pub(super) fn of_types<'a>(
    arrivals: &[Arrivals],
    topics: &[TopicDemand<'a>],
    whole: Option<&Volume<'a>>,
    types: &Types<'_, 'a>,
    step: Micros,
) -> Vec<Clock> {
    let mut clocks = vec![None; types.of.len()];
    for (m, &(frame, course)) in types.locals.iter().enumerate() {
        let mut recorded = Vec::new();
        let shared = whole.and_then(|volume| of_volume(volume, course, frame, step));
        let flat = of_course(course, None, frame, step);
        let here = types.of.iter().enumerate().filter(|(_, of)| of.1 == m);
        for (i, &(k, _)) in here {
            clocks[i] = match (&topics[k], whole) {
                (TopicDemand::Own(Some(Volume::Flat(_))), _) => flat.clone(),
                (TopicDemand::Own(Some(volume)), _) => of_volume(volume, course, frame, step),
                (_, Some(_)) => shared.clone(),
                (_, None) => {
                    recorded.push(i);
                    None
                }
            };
        }
        let records: Vec<&Arrivals> = recorded.iter().map(|&i| &arrivals[i]).collect();
        for (i, clock) in recorded.into_iter().zip(of_records(&records, step, frame)) {
            clocks[i] = clock;
        }
    }
    clocks
}

fn of_volume<'a>(volume: &Volume<'a>, course: &Course<'a>, frame: &Frame, step: Micros) -> Clock {
    match volume {
        Volume::Flat(_) => of_course(course, None, frame, step),
        Volume::Shaped(pattern, at) => of_course(course, Some((pattern, at)), frame, step),
    }
}

/// The clock of a demand whose course is given, by a pattern of rates in place of the profile if there is one.
fn of_course<'a>(
    course: &Course<'a>,
    rates: Option<(&Pattern, &Item<'a>)>,
    frame: &Frame,
    step: Micros,
) -> Clock {
    let course = course.weekly();
    let profile = course.profile.as_ref().map(|(p, at)| (p, at));
    let cells = |frame: &Frame, step| match rates {
        Some((pattern, at)) => course.shaped(pattern, at, frame, step),
        None => course.flat(frame, step),
    };
    let pattern = rates.or(profile).map(|(pattern, _)| pattern);
    let weights = if let Some(Pattern::Cycle { .. } | Pattern::Dated(_)) = pattern {
        Means::new(&cells(frame, step)?, step, frame, 30 * MINUTE).by_time_of_week()
    } else {
        let week = Frame::new(Calendar::new(date(2024, 1, 1), "UTC").ok()?, WEEK, true);
        let grain = pattern.map_or(HOUR, Pattern::grain);
        let width = WIDTHS.into_iter().find(|w| grain.is_multiple_of(*w));
        cells(&week, width.unwrap_or(WIDTHS[3]))
    };
    clock(&weights?, frame)
}

/// The clocks of the contact types of one market whose cases a file tells. A type with few cases goes as all of them together.
fn of_records(records: &[&Arrivals], step: Micros, frame: &Frame) -> Vec<Clock> {
    let by_hour = |times: &[Micros]| {
        let mut cells = vec![0.0; frame.horizon.div_ceil(HOUR) as usize];
        times.iter().for_each(|t| cells[(t / HOUR) as usize] += 1.0);
        cells
    };
    let means = |record: &&Arrivals| {
        let (cells, step) = match record {
            Arrivals::Expected(cells) => (cells.to_vec(), step),
            Arrivals::Counts(counts) => (counts.iter().map(|&n| f64::from(n)).collect(), step),
            Arrivals::Replay(times) => (by_hour(times), HOUR),
        };
        Means::new(&cells, step, frame, HOUR)
    };
    let by_type: Vec<Means> = records.iter().map(means).collect();
    let mut all = Means::new(&[], step, frame, HOUR);
    by_type.iter().for_each(|means| all.add(means));
    let of = |means: &Means| clock(&means.of_cases()?, frame);
    let together = of(&all);
    let each = by_type
        .iter()
        .map(|means| match means.cases() < CASES_BY_HOUR {
            true => together.clone(),
            false => of(means),
        });
    each.collect()
}

fn clock(weights: &[f64], frame: &Frame) -> Clock {
    CustomerClock::new(&frame.calendar, frame.end(), weights).map(Arc::new)
}

/// Cases and time by cell of the local week.
struct Means {
    /// Cells of a day.
    per_day: usize,
    cases: Vec<f64>,
    time: Vec<f64>,
}

impl Means {
    /// Of the cases in steps of the horizon, spread evenly over each step.
    fn new(steps: &[f64], step: Micros, frame: &Frame, width: Micros) -> Self {
        let per_day = (DAY / width) as usize;
        let (mut cases, mut time) = (vec![0.0; 7 * per_day], vec![0.0; 7 * per_day]);
        for stretch in frame.days.iter().filter(|d| d.from < frame.horizon) {
            let (mut at, end) = (stretch.from, stretch.to.min(frame.horizon));
            while at < end {
                let clock = stretch.local.time_of_day + (at - stretch.from);
                let (cell, i) = (clock / width, at / step);
                let next = at + (cell + 1) * width - clock;
                let next = next.min((i + 1) * step).min(end);
                let n = steps.get(i as usize).copied().unwrap_or(0.0);
                let length = (frame.horizon - i * step).min(step);
                let place = stretch.local.weekday * per_day + cell as usize % per_day;
                cases[place] += n * (next - at) as f64 / length as f64;
                time[place] += (next - at) as f64;
                at = next;
            }
        }
        Self {
            per_day,
            cases,
            time,
        }
    }

    /// Puts the cases of others in, over the same time.
    fn add(&mut self, other: &Self) {
        let both = self.cases.iter_mut().zip(&other.cases);
        both.for_each(|(mine, other)| *mine += other);
    }

    fn cases(&self) -> f64 {
        self.cases.iter().sum()
    }

    /// Cases per time in all cells that are `of` a kind; `None` where the horizon has none of them.
    fn mean(&self, of: impl Fn(usize) -> bool) -> Option<f64> {
        let cells = || (0..self.cases.len()).filter(|&i| of(i));
        let time: f64 = cells().map(|i| self.time[i]).sum();
        (time > 0.0).then(|| cells().map(|i| self.cases[i]).sum::<f64>() / time)
    }

    /// Means by time of the week; a cell that the horizon does not have is as those of the other days at that time. `None` where
    /// there are none of these either.
    fn by_time_of_week(&self) -> Option<Vec<f64>> {
        let cell = |i| match self.time[i] > 0.0 {
            true => Some(self.cases[i] / self.time[i]),
            false => self.mean(|j| j % self.per_day == i % self.per_day),
        };
        (0..self.cases.len()).map(cell).collect()
    }

    /// The same of cases that were counted: as fine as their number allows.
    fn of_cases(&self) -> Option<Vec<f64>> {
        if self.cases() >= CASES_BY_HOUR_OF_WEEK {
            return self.by_time_of_week();
        }
        if self.cases() < CASES_BY_HOUR {
            return None;
        }
        let hours = (0..self.per_day).map(|h| self.mean(|i| i % self.per_day == h));
        let hours: Vec<f64> = hours.collect::<Option<_>>()?;
        let all = self.mean(|_| true)?;
        let day = |d| self.mean(|i| i / self.per_day == d).unwrap_or(all);
        let days: Vec<f64> = (0..7).map(day).collect();
        let of_day = |d: &f64| hours.iter().map(|h| d * h).collect::<Vec<f64>>();
        Some(days.iter().flat_map(of_day).collect())
    }
}
