//! How demand goes up and down by the local clock and calendar, and how it grows.

use crate::scenario::text::{Cursor, Item, Span, join};
use crate::scenario::values::{Frame, MONTHS, Pattern, WEEKDAYS, product};
use crate::time::{DAY, Local, Micros, StepFn, to_seconds};

/// Days in a year of growth.
const YEAR_DAYS: f64 = 365.25;

/// The keys of a course.
pub(super) const KEYS: [&str; 4] = ["profile", "weekday", "month", "growth_per_year"];

/// The course of a demand: weights within the day, factors, growth.
#[derive(Clone)]
pub(super) struct Course<'a> {
    pub(super) profile: Option<(Pattern, Item<'a>)>,
    weekday: [f64; 7],
    month: [f64; 12],
    growth: f64,
}

impl Default for Course<'_> {
    fn default() -> Self {
        Self {
            profile: None,
            weekday: [1.0; 7],
            month: [1.0; 12],
            growth: 0.0,
        }
    }
}

impl<'a> Course<'a> {
    /// Places of the keys that are there.
    pub(super) fn places(c: &Cursor<'a>) -> impl Iterator<Item = (Span, String)> {
        let entries = c.table.entries.iter();
        let course = entries.filter(|e| KEYS.contains(&e.key.as_str()));
        course.map(|e| (e.span, join(&c.at.path, &e.key)))
    }

    /// Reads the keys that are there; the others are those of `general`.
    pub(super) fn read(c: &mut Cursor<'a>, general: &Self) -> Self {
        let profile = |i: &Item<'a>| Some((i.pattern()?.normalised(i)?, i.clone()));
        let profile = c.read_opt("profile", profile);
        Self {
            profile: profile.or_else(|| general.profile.clone()),
            weekday: c.read("weekday", general.weekday, |i| factors(i, &WEEKDAYS)),
            month: c.read("month", general.month, |i| factors(i, &MONTHS)),
            growth: c.get_or("growth_per_year", Some(general.growth)),
        }
    }

    /// The course of a week: without months and growth.
    pub(super) fn weekly(&self) -> Self {
        Self {
            month: [1.0; 12],
            growth: 0.0,
            ..self.clone()
        }
    }

    /// New cases in each step at a rate of one a second, by the profile; `None` when it was refused.
    pub(super) fn flat(&self, frame: &Frame, step: Micros) -> Option<Vec<f64>> {
        match &self.profile {
            Some((p, at)) => self.shaped(p, at, frame, step),
            None => Some(self.per_step(&self.day_factors(frame), frame, step)),
        }
    }

    /// New cases in each step, by a pattern of rates in place of the profile.
    pub(super) fn shaped(
        &self,
        pattern: &Pattern,
        at: &Item<'_>,
        frame: &Frame,
        step: Micros,
    ) -> Option<Vec<f64>> {
        let curve = product(&pattern.compile(frame, at)?, &self.day_factors(frame));
        Some(self.per_step(&curve, frame, step))
    }

    fn day_factors(&self, frame: &Frame) -> StepFn {
        let days = frame.days.iter();
        let factor = |d: &Local| self.weekday[d.weekday] * self.month[d.month];
        StepFn::new(days.map(|d| (d.from, factor(&d.local))))
    }

    /// Integral of a rate per second over each step, with growth.
    fn per_step(&self, curve: &StepFn, frame: &Frame, step: Micros) -> Vec<f64> {
        let mut cells = integrals(curve, step, frame.horizon);
        if self.growth != 0.0 {
            for (i, cell) in cells.iter_mut().enumerate() {
                let from = i as Micros * step;
                let middle = (from + (from + step).min(frame.horizon)) as f64 / 2.0;
                *cell *= libm::pow(1.0 + self.growth, middle / DAY as f64 / YEAR_DAYS);
            }
        }
        cells
    }
}

/// Factors by name; those not given are 1.
fn factors<const N: usize>(item: &Item<'_>, names: &[&str; N]) -> Option<[f64; N]> {
    item.table(|c| Some(names.map(|name| c.get(name))))
}

/// Integral of a function (per second) over each step of the horizon, the last one cut.
///
/// Each step sums its own pieces: differences of a running integral would leave rounding where there is nothing.
fn integrals(curve: &StepFn, step: Micros, horizon: Micros) -> Vec<f64> {
    let mut cells = vec![0.0; horizon.div_ceil(step) as usize];
    let mut points = curve.points().peekable();
    while let Some((from, value)) = points.next() {
        let to = points.peek().map_or(horizon, |p| p.0).min(horizon);
        let mut t = from;
        while t < to && value != 0.0 {
            let i = t / step;
            let end = ((i + 1) * step).min(to);
            cells[i as usize] += value * to_seconds(end - t);
            t = end;
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, MINUTE};

    #[test]
    fn steps_integrate_their_own_pieces() {
        let f = StepFn::new([(0, 1.0), (45 * MINUTE, 0.0), (HOUR, 2.0)]);
        assert_eq!(
            integrals(&f, 30 * MINUTE, 100 * MINUTE),
            [1800.0, 900.0, 3600.0, 1200.0]
        );
    }
}
