//! The section `[demand]`: how many new cases of each topic arrive in each step of the horizon.

use std::collections::BTreeMap;

use super::cursor::{Cursor, Item, Names};
use super::events::{Event, Surges};
use super::frame::{Frame, MONTHS, WEEKDAYS, product};
use super::patterns::{Pattern, Unit, gcd};
use super::records;
use super::tree::Value;
use super::values::in_words;
use crate::model::{Arrivals, Demand};
use crate::time::{DAY, HOUR, MINUTE, Micros, StepFn, to_seconds};

/// Widest step of demand: arrivals are uniform within a step, and no planner thinks in wider ones.
const WIDEST_STEP: Micros = 30 * MINUTE;
/// Most steps of demand within the horizon.
pub(super) const MOST_STEPS: u64 = 4_000_000;
/// Most steps times topics, a bound on the memory of a scenario (256 MB).
const MOST_CELLS: u64 = 32_000_000;
/// Days in a year of growth.
const YEAR_DAYS: f64 = 365.25;
/// Most cases in a step.
const MOST_CASES: f64 = 1e8;

/// The section as it is written.
pub(super) struct Section<'a> {
    item: Item<'a>,
    base: Option<Base<'a>>,
    profile: Option<(Pattern, Item<'a>)>,
    weekday: [f64; 7],
    month: [f64; 12],
    growth: f64,
    day_busyness_cv: f64,
    interval_busyness_cv: f64,
    events: Vec<Event>,
}

/// What the whole demand is given by.
enum Base<'a> {
    Volume(Volume<'a>),
    Counts(Item<'a>),
    Arrivals(Item<'a>),
}

/// Cases per time, of all topics or of one.
pub(super) enum Volume<'a> {
    /// A rate per second, to which the profile applies.
    Flat(f64),
    /// Rates per second over time, which are their own profile.
    Shaped(Pattern, Item<'a>),
}

/// What a topic says of its demand.
pub(super) enum TopicDemand<'a> {
    /// A share of the whole.
    Share(f64, Item<'a>),
    /// Its own.
    Own(Volume<'a>),
    /// Nothing; the place of the topic is for the message.
    Unsaid(Item<'a>),
}

/// Keys that say how much arrives.
const BASES: [&str; 4] = ["daily_volume", "rate", "counts", "arrivals"];

/// Cases a day.
pub(super) fn daily_volume<'a>(item: &Item<'a>) -> Option<Volume<'a>> {
    let v = item.number_in("a number of cases a day between 0 and 100000000", |x| (0.0..=1e8).contains(&x))?;
    Some(Volume::Flat(v / to_seconds(DAY)))
}

/// A rate, or a pattern of rates with the unit of its values under `per`.
pub(super) fn rate<'a>(item: &Item<'a>) -> Option<Volume<'a>> {
    let Value::Table(_) = item.node.value else {
        if let Value::Array(_) = item.node.value {
            let help = "write { all = [...], per = \"h\" }".to_owned();
            return item.expected_help("a rate such as \"4.2 / min\", or a pattern with the unit `per`", Some(help));
        }
        return item.rate().map(Volume::Flat);
    };
    let mut c = item.cursor("a pattern of rates")?;
    let per = c.require("per", "the unit of the rates: \"min\" for cases per minute").and_then(|i| i.unit());
    let pattern = c.pattern(Unit { what: "a number of cases", most: 1e8 });
    c.finish();
    Some(Volume::Shaped(pattern?.scaled(1.0 / per?), item.clone()))
}

impl<'a> Section<'a> {
    pub(super) fn read(item: &Item<'a>, frame: &Frame, topics: &Names) -> Option<Self> {
        let mut c = item.cursor("a table")?;
        let given: Vec<&str> = BASES.into_iter().filter(|k| c.has(k)).collect();
        if given.len() > 1 {
            let message = format!("expected one of {}, found {}", BASES.join(", "), given.join(" and "));
            c.problem(message, None);
        }
        let file = |item: &Item<'a>| {
            let mut c = item.cursor("{ csv = \"file.csv\" }")?;
            let csv = c.require("csv", "the path of a CSV file");
            c.finish();
            csv
        };
        let volume = c.read_opt("daily_volume", daily_volume).map(Base::Volume);
        let rate = c.read_opt("rate", rate).map(Base::Volume);
        let counts = c.read_opt("counts", file).map(Base::Counts);
        let arrivals = c.read_opt("arrivals", file).map(Base::Arrivals);
        let base = volume.or(rate).or(counts).or(arrivals);
        // Weights have no unit: only their ratios matter.
        let weights = Unit { what: "a weight", most: 1e12 };
        let profile = c.read_opt("profile", |i| Some((i.pattern(weights)?.normalised(i)?, i.clone())));
        if let (Some((_, at)), Some(Base::Volume(Volume::Shaped(..)) | Base::Counts(_) | Base::Arrivals(_))) = (&profile, &base) {
            let help = "leave `profile` out, or give `daily_volume` or a constant `rate`".to_owned();
            at.problem("expected one shape of the day, found two: what arrives is given over time already", Some(help));
        }
        if let Some(Base::Counts(_) | Base::Arrivals(_)) = base {
            for key in ["weekday", "month", "growth_per_year", "busyness_cv", "interval_busyness_cv", "event"] {
                c.forbid(key, "has no effect on `counts` and `arrivals`, which are taken as they are", None);
            }
        }
        let cv = |i: &Item<'a>| i.number(0.0, 10.0);
        let section = Self {
            item: item.clone(),
            weekday: c.read("weekday", [1.0; 7], |i| factors(i, &WEEKDAYS)),
            month: c.read("month", [1.0; 12], |i| factors(i, &MONTHS)),
            growth: c.read("growth_per_year", 0.0, |i| {
                i.number_in("a growth above -1 (-100%), at most 100", |x| x > -1.0 && x <= 100.0)
            }),
            day_busyness_cv: c.read("busyness_cv", 0.0, cv),
            interval_busyness_cv: c.read("interval_busyness_cv", 0.0, cv),
            events: c.read("event", Vec::new(), |i| Event::read_all(i, frame, topics)),
            base,
            profile,
        };
        c.finish();
        Some(section)
    }

    /// The demand of every topic; `None` when something was refused.
    pub(super) fn build(&self, frame: &Frame, topics: &[TopicDemand<'a>], names: &Names) -> Option<Demand> {
        let whole = self.whole(topics)?;
        let shares = self.shares(topics, whole.is_some())?;
        let (step, recorded) = match &self.base {
            Some(Base::Counts(file)) => {
                let own = own(topics);
                let counts = records::counts(file, frame, names, &own)?;
                (counts.step, Some(counts.by_topic.into_iter().map(Arrivals::Counts).collect::<Vec<_>>()))
            }
            Some(Base::Arrivals(file)) => {
                let arrivals = records::arrivals(file, frame, names, &own(topics))?;
                (self.step(topics), Some(arrivals.into_iter().map(Arrivals::Replay).collect()))
            }
            _ => (self.step(topics), None),
        };
        let steps = frame.horizon.div_ceil(step);
        if steps > MOST_STEPS || steps * topics.len() as u64 > MOST_CELLS {
            let (most, length) = (MOST_STEPS.min(MOST_CELLS / topics.len() as u64), in_words(frame.horizon));
            let message = format!("expected at most {most} steps of demand, found {steps} steps of {} in {length}", in_words(step));
            self.item.problem(message, Some("use a coarser pattern or a shorter horizon".to_owned()));
            return None;
        }
        let flat = self.per_step(&self.flat_curve(frame)?, frame, step);
        let shaped = match whole {
            Some(Volume::Shaped(p, at)) => Some(self.per_step(&self.shaped_curve(p, at, frame)?, frame, step)),
            _ => None,
        };
        let mut surges = Surges::new(&self.events, step, frame.horizon);
        let mut recorded = recorded.map(Vec::into_iter);
        let mut arrivals = Vec::with_capacity(topics.len());
        for (k, topic) in topics.iter().enumerate() {
            let record = recorded.as_mut().and_then(Iterator::next);
            let scale = |unit: &[f64], by: f64| unit.iter().map(|x| x * by).collect::<Vec<f64>>();
            let mut cells = match (topic, whole) {
                (TopicDemand::Own(Volume::Flat(r)), _) => scale(&flat, *r),
                (TopicDemand::Own(Volume::Shaped(p, at)), _) => {
                    self.per_step(&self.shaped_curve(p, at, frame)?, frame, step)
                }
                (_, Some(Volume::Flat(r))) => scale(&flat, r * shares[k]),
                (_, Some(Volume::Shaped(..))) => scale(shaped.as_deref().unwrap_or(&[]), shares[k]),
                (_, None) => {
                    arrivals.push(record?);
                    continue;
                }
            };
            surges.apply(k, &mut cells);
            if let Some(most) = cells.iter().copied().find(|x| *x > MOST_CASES) {
                let what = format!("expected at most {MOST_CASES} cases of a topic in a step, found {most:.0}");
                self.item.problem(what, None);
                return None;
            }
            arrivals.push(Arrivals::Expected(cells));
        }
        let (day_busyness_cv, interval_busyness_cv) = (self.day_busyness_cv, self.interval_busyness_cv);
        Some(Demand { step, arrivals, day_busyness_cv, interval_busyness_cv })
    }

    /// The volume that is shared among topics, if there is one. It must be there for topics that have no own.
    fn whole(&self, topics: &[TopicDemand<'a>]) -> Option<Option<&Volume<'a>>> {
        match &self.base {
            Some(Base::Volume(v)) => Some(Some(v)),
            Some(_) => Some(None),
            None if topics.iter().all(|t| matches!(t, TopicDemand::Own(_))) => Some(None),
            // A base that was given and refused has its problem already.
            None if BASES.iter().any(|k| self.item.node.table().is_some_and(|t| t.get(k).is_some())) => None,
            None => self.item.expected_help(
                &format!("one of {}", BASES.join(", ")),
                Some("write for example daily_volume = 2000".to_owned()),
            ),
        }
    }

    /// Shares by topic, which sum to 1.
    fn shares(&self, topics: &[TopicDemand<'a>], shared: bool) -> Option<Vec<f64>> {
        let mut shares = vec![0.0; topics.len()];
        let mut last: Option<&Item<'a>> = None;
        let mut sound = true;
        for (k, topic) in topics.iter().enumerate() {
            match topic {
                TopicDemand::Share(_, item) if !shared => {
                    item.problem("has no effect without `demand.daily_volume` or `demand.rate`", None);
                    sound = false;
                }
                TopicDemand::Share(share, item) => {
                    shares[k] = *share;
                    last = Some(item);
                }
                TopicDemand::Unsaid(_) if topics.len() == 1 => shares[k] = 1.0,
                TopicDemand::Unsaid(item) if shared => {
                    item.problem("missing share; expected `share`, or a `daily_volume` or `rate` of its own", None);
                    sound = false;
                }
                _ => {}
            }
        }
        let sum: f64 = shares.iter().sum();
        if let Some(last) = last.filter(|_| sound && (sum - 1.0).abs() > 1e-6) {
            let shown = (sum * 1e6).round() / 1e6;
            last.problem(format!("expected shares of all topics that sum to 1, found a sum of {shown}"), None);
            return None;
        }
        sound.then(|| shares.iter().map(|s| if sum > 0.0 { s / sum } else { 0.0 }).collect())
    }

    /// The widest step that divides an hour and every step of a pattern.
    fn step(&self, topics: &[TopicDemand<'a>]) -> Micros {
        let mut step = self.profile.as_ref().map_or(HOUR, |(p, _)| p.grain());
        let own = topics.iter().filter_map(|t| if let TopicDemand::Own(v) = t { Some(v) } else { None });
        let whole = if let Some(Base::Volume(v)) = &self.base { Some(v) } else { None };
        for volume in own.chain(whole) {
            if let Volume::Shaped(pattern, _) = volume {
                step = gcd(step, pattern.grain());
            }
        }
        step.min(WIDEST_STEP)
    }

    /// Profile times the factors of weekday and month.
    fn flat_curve(&self, frame: &Frame) -> Option<StepFn> {
        match &self.profile {
            Some((p, at)) => self.shaped_curve(p, at, frame),
            None => Some(self.day_factors(frame)),
        }
    }

    fn shaped_curve(&self, pattern: &Pattern, at: &Item<'_>, frame: &Frame) -> Option<StepFn> {
        Some(product(&pattern.compile(frame, at)?, &self.day_factors(frame)))
    }

    fn day_factors(&self, frame: &Frame) -> StepFn {
        StepFn::new(frame.days.iter().map(|d| (d.from, self.weekday[d.weekday] * self.month[d.month])))
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

/// Whether each topic has a demand of its own.
fn own(topics: &[TopicDemand<'_>]) -> Vec<bool> {
    topics.iter().map(|t| matches!(t, TopicDemand::Own(_))).collect()
}

/// Factors by name; those not given are 1.
fn factors<const N: usize>(item: &Item<'_>, names: &[&str; N]) -> Option<[f64; N]> {
    let mut c = item.cursor("a table of factors")?;
    let out = std::array::from_fn(|i| c.read(names[i], 1.0, |f| f.number(0.0, 100.0)));
    c.finish();
    Some(out)
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

/// The topics by name, for files with a row per topic.
pub(super) fn index(names: &Names) -> BTreeMap<&str, usize> {
    names.list.iter().enumerate().map(|(i, n)| (n.as_str(), i)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_integrate_their_own_pieces() {
        let f = StepFn::new([(0, 1.0), (45 * MINUTE, 0.0), (HOUR, 2.0)]);
        assert_eq!(integrals(&f, 30 * MINUTE, 100 * MINUTE), [1800.0, 900.0, 3600.0, 1200.0]);
    }
}
