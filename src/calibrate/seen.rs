//! What a scenario predicts, interval by interval, beside what was recorded.

use rayon::prelude::*;

use super::gather::{Cell, Gathered};
use crate::engine::Laws;
use crate::measure::{Counters, count};
use crate::model::Model;
use crate::time::SECOND;
use std::collections::BTreeMap;

/// What happened in an interval, all topics and pools together: recorded, or simulated. Contacts count where they arrived, time where it
/// passed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seen {
    /// Contacts, those that the assistant ended as well.
    pub contacts: f64,
    /// Contacts that asked for a person.
    pub offered: f64,
    /// Those that were answered.
    pub answered: f64,
    /// Those that left before.
    pub abandoned: f64,
    /// Those answered within the target's time.
    pub in_time: f64,
    /// Those that had to wait.
    pub queued: f64,
    /// Contacts whose wait is known.
    pub waits: f64,
    /// Seconds they waited.
    pub wait_s: f64,
    /// Seconds that agents worked.
    pub busy_s: f64,
    /// Seconds that agents were on duty.
    pub duty_s: f64,
}

impl Seen {
    /// Adds another one.
    pub fn add(&mut self, other: &Self) {
        let mut other = *other;
        let each = self.each().into_iter().zip(other.each());
        each.for_each(|(sum, more)| *sum += *more);
    }

    /// Multiplies all of it.
    pub fn scale(&mut self, by: f64) {
        self.each().into_iter().for_each(|x| *x *= by);
    }

    fn each(&mut self) -> [&mut f64; 10] {
        [
            &mut self.contacts,
            &mut self.offered,
            &mut self.answered,
            &mut self.abandoned,
            &mut self.in_time,
            &mut self.queued,
            &mut self.waits,
            &mut self.wait_s,
            &mut self.busy_s,
            &mut self.duty_s,
        ]
    }

    fn recorded(cell: &Cell, busy_s: f64, agents: f64, seconds: f64) -> Self {
        Self {
            contacts: cell.contacts,
            offered: cell.offered,
            answered: cell.answered,
            abandoned: cell.abandoned,
            in_time: cell.in_time,
            queued: cell.queued,
            waits: cell.waits,
            wait_s: cell.wait_s,
            busy_s,
            duty_s: agents * seconds,
        }
    }
}

/// Days cut into intervals.
#[derive(Clone, Debug)]
pub struct Days {
    /// Number of the first day since 1970-01-01.
    pub first: i32,
    /// How many days.
    pub days: usize,
    /// Intervals of a day.
    pub per_day: usize,
}

impl Days {
    /// All intervals.
    pub fn intervals(&self) -> usize {
        self.days * self.per_day
    }
}

/// What was recorded on some days; days that the log does not have stay empty.
pub fn recorded(log: &Gathered, days: &Days, on_duty: &BTreeMap<i32, Vec<f64>>) -> Vec<Seen> {
    let seconds = f64::from(log.minutes) * 60.0;
    let mut all = vec![Seen::default(); days.intervals()];
    for (&number, day) in &log.days {
        let Some(d) = usize::try_from(number - days.first)
            .ok()
            .filter(|&d| d < days.days)
        else {
            continue;
        };
        let agents = on_duty.get(&number);
        for i in 0..days.per_day {
            let agents = agents.map_or(0.0, |a| a[i]);
            all[d * days.per_day + i] =
                Seen::recorded(&log.of_interval(day, i), day.busy_s[i], agents, seconds);
        }
    }
    all
}

/// By replication what a model predicts for its days.
///
/// # Errors
/// What is wrong with the model.
pub fn simulated(
    model: &Model,
    days: &Days,
    seed: u64,
    replications: u32,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Vec<Seen>>, Vec<String>> {
    let laws = Laws::new(model)?;
    let each = (0..u64::from(replications)).into_par_iter().map(|r| {
        let (_, counters) = count(&laws, seed, r, stop);
        of_replication(model, days, &counters)
    });
    Ok(each.collect())
}

fn of_replication(model: &Model, days: &Days, counters: &Counters) -> Vec<Seen> {
    let grid = counters.cells.grid();
    let minutes = 1440 / days.per_day as u64;
    let mut all = vec![Seen::default(); days.intervals()];
    let start = super::gather::day(model.calendar.start());
    for cell in 0..grid.cells() {
        let at = grid.span(&(cell..cell + 1)).0;
        let civil = model.calendar.civil(at);
        let day = super::gather::day(civil.date());
        let minute = civil.hour() as u64 * 60 + civil.minute() as u64;
        let i = (minute / minutes) as usize;
        let place = usize::try_from(day - days.first)
            .ok()
            .filter(|&d| d < days.days);
        let Some(d) = place.filter(|_| day >= start && i < days.per_day) else {
            continue;
        };
        let (topics, pools) = counters.cells.rows(cell);
        let sum = &mut all[d * days.per_day + i];
        for c in topics {
            sum.contacts += f64::from(c.contacts);
            sum.offered += f64::from(c.offered);
            sum.answered += f64::from(c.answered);
            sum.abandoned += f64::from(c.abandoned);
            sum.in_time += f64::from(c.answered_within);
            sum.queued += f64::from(c.delayed);
            sum.waits += f64::from(c.offered);
            sum.wait_s += c.wait as f64 / SECOND as f64;
        }
        for c in pools {
            sum.busy_s += c.busy as f64 / SECOND as f64;
            sum.duty_s += c.duty as f64 / SECOND as f64;
        }
    }
    all
}
