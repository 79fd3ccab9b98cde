//! Dated surges of demand.

use std::collections::BTreeMap;

use crate::scenario::text::{Cursor, Names};
use crate::scenario::values::Frame;
use crate::time::Micros;

/// A dated surge.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    from: Micros,
    to: Micros,
    factor: f64,
    ramp: Micros,
    /// Topics it applies to; `None` is all.
    topics: Option<Vec<usize>>,
    /// Markets it applies to; `None` is all.
    markets: Option<Vec<usize>>,
}

impl Event {
    pub(super) fn read(
        c: &mut Cursor<'_>,
        frame: &Frame,
        topics: &Names,
        markets: &Names,
    ) -> Option<Self> {
        c.opt::<String>("name");
        let period = frame.period(c);
        let factor = c.need("factor");
        let ramp = c.checked("ramp", |i, &width: &Micros| {
            let fits = period.is_none_or(|(from, to)| 2 * width <= to - from);
            i.must(fits, "a ramp of at most half the event")
        });
        let topics = c.read_opt("topics", |i| topics.read(i));
        let markets = c.read_opt("markets", |i| markets.read(i));
        let (from, to) = period?;
        Some(Self {
            from,
            to,
            factor: factor?,
            ramp,
            topics,
            markets,
        })
    }

    fn at(&self, t: f64) -> f64 {
        let (from, to, ramp) = (self.from as f64, self.to as f64, self.ramp as f64);
        if t < from || t >= to {
            return 1.0;
        }
        let edge = (t - from).min(to - t);
        let strength = if edge < ramp { edge / ramp } else { 1.0 };
        1.0 + (self.factor - 1.0) * strength
    }

    /// How many steps the event touches.
    pub(super) fn steps(&self, step: Micros) -> u64 {
        (self.to - self.from) / step + 1
    }

    fn knots(&self) -> [Micros; 4] {
        let (from, to) = (self.from, self.to);
        [from, from + self.ramp, to - self.ramp, to]
    }
}

/// The mean factor of all events in each step, by the set of events that apply.
pub(super) struct Surges<'e> {
    events: &'e [Event],
    step: Micros,
    horizon: Micros,
    known: BTreeMap<Vec<usize>, Vec<(usize, f64)>>,
}

impl<'e> Surges<'e> {
    pub(super) fn new(events: &'e [Event], step: Micros, horizon: Micros) -> Self {
        Self {
            events,
            step,
            horizon,
            known: BTreeMap::new(),
        }
    }

    /// Multiplies the cells of a contact type, given by topic and market.
    pub(super) fn apply(&mut self, of: (usize, usize), cells: &mut [f64]) {
        let has = |list: &Option<Vec<usize>>, i| list.as_ref().is_none_or(|l| l.contains(&i));
        let applies = |e: &Event| has(&e.topics, of.0) && has(&e.markets, of.1);
        let set = (0..self.events.len()).filter(|&i| applies(&self.events[i]));
        let factors = |set: &Vec<usize>| factors(self.events, set, self.step, self.horizon);
        let known = self.known.entry(set.collect());
        for &(i, factor) in known.or_insert_with_key(factors).iter() {
            if let Some(cell) = cells.get_mut(i) {
                *cell *= factor;
            }
        }
    }
}

/// The steps that the events of a set touch, with the mean of the product of their factors.
fn factors(events: &[Event], set: &[usize], step: Micros, horizon: Micros) -> Vec<(usize, f64)> {
    let mut events: Vec<&Event> = set.iter().map(|&i| &events[i]).collect();
    events.sort_by_key(|e| e.from);
    let mut knots: Vec<Micros> = events.iter().flat_map(|e| e.knots()).collect();
    knots.sort_unstable();
    let mut waiting = events.iter().copied().peekable();
    let (mut active, mut out, mut next) = (Vec::new(), Vec::new(), 0);
    for event in &events {
        let last = event.to.min(horizon).div_ceil(step);
        for i in next.max(event.from / step)..last {
            let (from, to) = (i * step, ((i + 1) * step).min(horizon));
            active.retain(|e: &&Event| e.to > from);
            while let Some(e) = waiting.next_if(|e| e.from < to) {
                active.push(e);
            }
            out.push((i as usize, mean(&active, &knots, from, to)));
        }
        next = next.max(last);
    }
    out
}

/// Mean of the product of the factors over `[from, to)`: between the knots it is a polynomial, for which the
/// three-point rule of Gauss is exact up to five ramps at once.
fn mean(active: &[&Event], knots: &[Micros], from: Micros, to: Micros) -> f64 {
    const NODE: f64 = 0.774_596_669_241_483_4;
    let value = |t: f64| active.iter().map(|e| e.at(t)).product::<f64>();
    let inner = knots[knots.partition_point(|&k| k <= from)..]
        .iter()
        .copied()
        .take_while(|&k| k < to);
    let mut begin = from;
    let mut area = 0.0;
    for end in inner.chain([to]) {
        let (half, middle) = ((end - begin) as f64 / 2.0, (end + begin) as f64 / 2.0);
        let sides = value(middle - NODE * half) + value(middle + NODE * half);
        area += half * (5.0 * sides + 8.0 * value(middle)) / 9.0;
        begin = end;
    }
    area / (to - from) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, MINUTE};

    #[test]
    fn ramps_are_integrated_exactly() {
        let e = Event {
            from: HOUR,
            to: 5 * HOUR,
            factor: 3.0,
            ramp: HOUR,
            topics: None,
            markets: None,
        };
        let f = factors(&[e], &[0], 30 * MINUTE, 10 * HOUR);
        let shown: Vec<_> = f
            .iter()
            .map(|&(i, x)| (i, (x * 1e9).round() / 1e9))
            .collect();
        assert_eq!(
            shown,
            [
                (2, 1.5),
                (3, 2.5),
                (4, 3.0),
                (5, 3.0),
                (6, 3.0),
                (7, 3.0),
                (8, 2.5),
                (9, 1.5)
            ]
        );
    }

    #[test]
    fn edges_within_a_step_are_averaged_and_overlaps_multiplied() {
        let a = Event {
            from: 15 * MINUTE,
            to: HOUR,
            factor: 3.0,
            ramp: 0,
            topics: None,
            markets: None,
        };
        let b = Event {
            from: 30 * MINUTE,
            to: HOUR,
            factor: 0.5,
            ramp: 0,
            topics: Some(vec![1]),
            markets: None,
        };
        let events = [a, b];
        let mut s = Surges::new(&events, 30 * MINUTE, HOUR);
        let (mut zero, mut one) = ([1.0, 1.0], [1.0, 1.0]);
        s.apply((0, 0), &mut zero);
        s.apply((1, 0), &mut one);
        for (x, y) in zero.iter().chain(&one).zip([2.0, 3.0, 2.0, 1.5]) {
            assert!((x - y).abs() < 1e-12, "{x} {y}");
        }
    }
}
