//! The clock on which customers come back: time passes as fast as the demand of their contact type is high.

use super::{Ending, Model, ReturnClock};
use crate::time::{Calendar, Micros, NEVER, SECOND, WEEK};
use std::sync::Arc;

/// Operational time: the clock that runs as the demand of a contact type goes over the local week.
///
/// The demand by time of the local week is a cyclic, piecewise-constant function w with mean 1. Operational time is
/// L(t), the integral of w from 0 to t; a contact that ends at t with a delay d is followed by the next one at
///
/// ```text
/// L^-1(L(t) + d)
/// ```
///
/// so that a customer of the afternoon whose delay is 36 h is back at the hours at which customers come, not at 03:00 as often as
/// at 15:00. Hours in which nobody comes (w = 0) do not count at all. Where w is 1 throughout this is elapsed time.
///
/// **The mean delay is kept**, each delay d apart, when contacts end in proportion to w. The end of such a contact, on the
/// operational clock, is uniform over the week W. Write L^-1(u) = u + p(u); p has the period W, since w has. The
/// mean of the elapsed time is then d plus the mean of p(u + d) - p(u) over a period, which is 0.
///
/// In the hour that a clock change skips no time passes, and in the hour that it repeats time passes twice.
///
/// Times are in [`Micros`] of simulated time; operational durations are in the same unit.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerClock {
    /// In order of time; together they are all time.
    spans: Vec<Span>,
    /// Equal cells of the local week.
    cells: Vec<Cell>,
    /// Of 1,024 equal parts of the operational week the first cell that ends in it or later.
    guide: Box<[u16; 1024]>,
    /// Width of a cell.
    width: Micros,
}

/// A span of simulated time in which the wall clock runs evenly.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    begin: Micros,
    end: Micros,
    /// Time of the local week at time 0, as the wall clock of this span would show it.
    offset: u64,
}

/// Times of the week are in parts of 2^-64 of it, so that sums wrap with the week.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Cell {
    /// Operational time at the begin and at the end of the cell.
    begin: u64,
    end: u64,
    /// Microseconds per part of operational time, times 2^64; 0 in a cell without demand.
    slope: u64,
}

/// 2^97 over the microseconds of a week: makes of these parts of the week, times 2^33.
const PARTS: u64 = ((1 << 97) / WEEK as u128) as u64;

/// Parts of a week.
const TWO_64: f64 = 18_446_744_073_709_551_616.0;

/// Weights below this share of the mean count as none.
const LEAST_WEIGHT: f64 = 1e-6;

/// Most cells.
const MOST_CELLS: usize = 4096;

/// Weeks and parts of a week.
#[inline(always)]
fn weeks(t: Micros) -> u128 {
    (u128::from(t) * u128::from(PARTS)) >> 33
}

/// The whole part of a product of two numbers, one of which is in parts of 2^-64.
#[inline(always)]
fn times(a: u64, b: u64) -> u64 {
    ((u128::from(a) * u128::from(b)) >> 64) as u64
}

impl CustomerClock {
    /// The clock of customers whose demand by time of the local week is in proportion to `weights`, in at most 4,096 equal steps from
    /// Monday 00:00, on the wall clock of `calendar`, whose changes are known up to `end`.
    ///
    /// `None` where that is elapsed time: the weights are all the same, or there is none above 0. So it is where they do not
    /// divide the week into whole seconds, or one is negative or not finite. A weight below a millionth of the mean counts as 0.
    pub fn new(calendar: &Calendar, end: Micros, weights: &[f64]) -> Option<Self> {
        let n = weights.len();
        let mean = weights.iter().sum::<f64>() / n as f64;
        let fits = (1..=MOST_CELLS).contains(&n) && (WEEK / SECOND).is_multiple_of(n as u64);
        let sound = fits && mean > 0.0 && mean.is_finite() && weights.iter().all(|w| *w >= 0.0);
        if !sound || weights.iter().all(|w| (w - mean).abs() <= 1e-9 * mean) {
            return None;
        }
        let counts = |w: &f64| if *w < LEAST_WEIGHT * mean { 0.0 } else { *w };
        let all: f64 = weights.iter().map(counts).sum();
        let width = WEEK / n as u64;
        let (mut sum, mut begin) = (0.0, 0);
        let cells = weights.iter().map(|w| {
            sum += counts(w);
            // The week ends at 2^64, of which the largest number stops a part short.
            let end = (sum / all * TWO_64) as u64;
            let length = u128::from((end - begin).max(1));
            let slope = if end > begin {
                (u128::from(width) << 64) / length
            } else {
                0
            };
            let cell = Cell {
                begin,
                end,
                slope: slope as u64,
            };
            begin = end;
            cell
        });
        let mut cells: Vec<Cell> = cells.collect();
        let last = cells.iter().rposition(|c| c.end > c.begin)?;
        cells[last..].iter_mut().for_each(|c| c.end = u64::MAX);
        cells[last + 1..]
            .iter_mut()
            .for_each(|c| c.begin = u64::MAX);
        let first = |part: u64| cells.partition_point(|c| c.end < part << 54) as u16;
        let guide = Box::new(std::array::from_fn(|part| first(part as u64)));
        let changes = calendar.week_offsets(end);
        let ends = changes.iter().skip(1).map(|c| c.0).chain([NEVER]);
        let span = |(&(begin, offset), end)| Span {
            begin,
            end,
            offset: weeks(offset) as u64,
        };
        Some(Self {
            spans: changes.iter().zip(ends).map(span).collect(),
            guide,
            cells,
            width,
        })
    }

    /// When a customer comes back whose contact ended at `at`, after an operational `delay`.
    #[inline(never)]
    pub fn after(&self, at: Micros, delay: Micros) -> Micros {
        let span = self.span(at);
        let back = at + self.elapsed(span, at, weeks(delay));
        if back <= span.end {
            back
        } else {
            self.after_change(at, weeks(delay))
        }
    }

    /// Operational time that passes between two moments, the first of which is not the later one.
    pub fn between(&self, from: Micros, to: Micros) -> f64 {
        let spans = self.spans.iter().filter(|s| s.end > from && s.begin < to);
        let within = |s: &Span| self.passed(s, from.max(s.begin), to.min(s.end));
        spans.map(within).sum::<u128>() as f64 * (WEEK as f64 / TWO_64)
    }

    /// [`Self::after`] where the wall clock changes on the way.
    #[cold]
    fn after_change(&self, mut at: Micros, mut left: u128) -> Micros {
        loop {
            let span = self.span(at);
            let passed = if span.end < NEVER {
                self.passed(span, at, span.end)
            } else {
                u128::MAX
            };
            if passed >= left {
                return at + self.elapsed(span, at, left);
            }
            left -= passed;
            at = span.end;
        }
    }

    /// The span of a moment.
    #[inline(always)]
    fn span(&self, at: Micros) -> &Span {
        let mut i = 0;
        while at >= self.spans[i].end {
            i += 1;
        }
        &self.spans[i]
    }

    /// Operational time that passes between two moments of a span.
    fn passed(&self, span: &Span, from: Micros, to: Micros) -> u128 {
        let upto = |t| {
            let local = weeks(t) + u128::from(span.offset);
            (local >> 64 << 64) + u128::from(self.operational(local as u64))
        };
        upto(to) - upto(from)
    }

    /// Operational time at a time of the week.
    #[inline(always)]
    fn operational(&self, time: u64) -> u64 {
        let place = u128::from(time) * self.cells.len() as u128;
        let cell = &self.cells[(place >> 64) as usize];
        cell.begin + times(place as u64, cell.end - cell.begin)
    }

    /// Elapsed time from a moment of a span until the operational time `delay` has passed, were the span not to end.
    #[inline(always)]
    fn elapsed(&self, span: &Span, at: Micros, delay: u128) -> Micros {
        let local = (weeks(at) as u64).wrapping_add(span.offset);
        let (until, is_next_week) = self.operational(local).overflowing_add(delay as u64);
        let mut i = usize::from(self.guide[(until >> 54) as usize]);
        while self.cells[i].end < until {
            i += 1;
        }
        let cell = &self.cells[i];
        let time = i as u64 * self.width + times(until - cell.begin, cell.slope);
        let time = time + if is_next_week { WEEK } else { 0 };
        // Rounding, and a contact that ends while nobody comes, may put that before now.
        time.saturating_sub(times(local, WEEK)) + (delay >> 64) as u64 * WEEK
    }
}

impl Model {
    /// The clock on which customers of topic `k` come back after an ending; `None` where that is elapsed time.
    pub fn return_clock(&self, k: usize, ending: Ending) -> Option<&Arc<CustomerClock>> {
        let back = self.topics[k].returns[ending as usize].as_ref()?;
        match back.clock {
            ReturnClock::Demand => self.demand.clocks.get(k)?.as_ref(),
            ReturnClock::Wall => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{DAY, HOUR, MINUTE};
    use jiff::civil::date;

    /// Open from 9 to 17 on weekdays, with as much demand in each hour.
    fn office(start: (i16, i8, i8), zone: &str) -> CustomerClock {
        let weights: Vec<f64> = (0..168)
            .map(|h| f64::from(u8::from((9..17).contains(&(h % 24)) && h < 120)))
            .collect();
        let calendar = Calendar::new(date(start.0, start.1, start.2), zone).unwrap();
        CustomerClock::new(&calendar, 60 * DAY, &weights).unwrap()
    }

    /// Weights of hours that all differ, the night of Sunday closed.
    fn uneven() -> Vec<f64> {
        let weight = |h: u64| {
            if h % 168 >= 162 {
                0.0
            } else {
                1.0 + (h * h % 29) as f64
            }
        };
        (0..168).map(weight).collect()
    }

    fn at(day: u64, hour: u64, minute: u64) -> Micros {
        day * DAY + hour * HOUR + minute * MINUTE
    }

    #[test]
    fn office_hours_by_hand() {
        // 40 of 168 hours: a minute in the office is 4.2 on the clock. Monday is day 0.
        let clock = office((2025, 1, 6), "UTC");
        let delay = 42 * MINUTE;
        for (ends, back) in [
            (at(0, 12, 0), at(0, 12, 10)),
            (at(0, 16, 55), at(1, 9, 5)),
            (at(0, 3, 0), at(0, 9, 10)),
            (at(4, 16, 55), at(7, 9, 5)),
            (at(5, 12, 0), at(7, 9, 10)),
        ] {
            assert!(
                clock.after(ends, delay).abs_diff(back) <= 1,
                "{ends} {back}"
            );
        }
        // Two weeks on the clock are two weeks.
        let two_weeks = clock.after(at(1, 10, 0), 2 * WEEK);
        assert!(two_weeks.abs_diff(at(15, 10, 0)) <= 1);
        assert_eq!(clock.after(at(5, 12, 0), 0), at(5, 12, 0));
        assert!(clock.between(at(5, 0, 0), at(7, 9, 0)) < 1e-6);
        let week = clock.between(at(0, 0, 0), at(7, 0, 0));
        assert!((week - WEEK as f64).abs() < 1.0);
    }

    #[test]
    fn the_clock_is_the_one_on_the_wall_through_the_changes_of_the_year() {
        // Thursday 27 March 2025: on Sunday the 30th an hour is skipped. Friday, 16:55, and Monday, 9:05.
        let clock = office((2025, 3, 27), "Europe/Stockholm");
        let back = clock.after(at(1, 16, 55), 42 * MINUTE);
        assert!(back.abs_diff(at(4, 9, 5) - HOUR) <= 1, "{back}");
        // Sunday 26 October 2025 is 25 hours long.
        let clock = office((2025, 10, 23), "Europe/Stockholm");
        let back = clock.after(at(1, 16, 55), 42 * MINUTE);
        assert!(back.abs_diff(at(4, 9, 5) + HOUR) <= 1, "{back}");
        // A scenario that starts at midnight in Stockholm, with customers in Sydney: 10 h ahead, 9 from 6 April on.
        let stockholm = Calendar::new(date(2025, 3, 27), "Europe/Stockholm").unwrap();
        let sydney = stockholm.in_zone("Australia/Sydney").unwrap();
        assert_eq!(
            sydney.week_offsets(20 * DAY),
            [(0, at(3, 10, 0)), (at(9, 17, 0), at(3, 9, 0)),]
        );
    }

    #[test]
    fn the_delay_passes_on_the_clock() {
        for zone in ["UTC", "Europe/Stockholm", "Australia/Lord_Howe"] {
            let calendar = Calendar::new(date(2025, 3, 20), zone).unwrap();
            let clock = CustomerClock::new(&calendar, 60 * DAY, &uneven()).unwrap();
            let mut back_before = 0;
            for i in 0..20_000u64 {
                let ends = i * 173 * SECOND + i;
                let delay = (i * 7919 % 20_011) * 61 * SECOND;
                let back = clock.after(ends, delay);
                let passed = clock.between(ends, back);
                assert!(
                    back >= ends && (passed - delay as f64).abs() <= 5.0,
                    "{zone} {ends} {delay} {passed}"
                );
                // Who is first to leave is first to be back.
                let fixed = clock.after(ends, 5 * HOUR);
                assert!(fixed + 1 >= back_before, "{zone} {ends}");
                back_before = fixed;
            }
        }
    }

    /// Contacts that end in proportion to the demand: each delay is the mean of the elapsed times it leads to.
    #[test]
    fn the_mean_delay_is_kept() {
        let calendar = Calendar::new(date(2025, 1, 6), "UTC").unwrap();
        let clock = CustomerClock::new(&calendar, DAY, &uneven()).unwrap();
        let ends = 100_000;
        for delay in [10 * MINUTE, 5 * HOUR, 36 * HOUR, 9 * DAY] {
            let elapsed = |i: u64| {
                let end = clock.after(0, (2 * i + 1) * WEEK / (2 * ends));
                (clock.after(end, delay) - end) as f64
            };
            let mean = (0..ends).map(elapsed).sum::<f64>() / ends as f64;
            assert!((mean / delay as f64 - 1.0).abs() < 1e-4, "{delay}: {mean}");
        }
    }

    #[test]
    fn even_demand_and_none_are_elapsed_time() {
        let calendar = Calendar::new(date(2025, 1, 6), "UTC").unwrap();
        let clock = |weights: &[f64]| CustomerClock::new(&calendar, DAY, weights);
        assert!(clock(&[2.5; 168]).is_none() && clock(&[0.0; 168]).is_none());
        assert!(
            clock(&[]).is_none()
                && clock(&[1.0, 2.0, 3.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]).is_none()
        );
        assert!(
            clock(&[1.0, -1.0]).is_none()
                && clock(&[1.0, f64::NAN]).is_none()
                && clock(&[1.0, f64::INFINITY]).is_none()
        );
        assert!(clock(&[1.0, 2.0]).is_some());
    }
}
