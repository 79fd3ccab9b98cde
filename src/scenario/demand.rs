//! The section `[demand]`: how many new cases of each topic arrive in each step of the horizon.

use std::collections::BTreeMap;

use super::cursor::{Cursor, Item, Names, join};
use super::events::{Event, Surges};
use super::frame::{Frame, MONTHS, WEEKDAYS, product};
use super::patterns::{Pattern, Unit, gcd};
use super::reader::Reader;
use super::records;
use super::tree::Span;
use super::values::in_words;
use super::volume::{TopicDemand, Volume, daily_volume, rate};
use crate::model::{Arrivals, Demand, MAX_STEP_CASES};
use crate::time::{DAY, HOUR, MINUTE, Micros, StepFn, to_seconds};

/// Widest step of demand: arrivals are uniform within a step, and no planner thinks in wider ones.
const WIDEST_STEP: Micros = 30 * MINUTE;
/// Most steps of demand within the horizon.
const MOST_STEPS: u64 = 4_000_000;
/// Most steps times topics, a bound on the memory of a scenario (256 MB).
const MOST_CELLS: u64 = 32_000_000;
/// Most steps times topics in all events together, a bound on the time to read a scenario.
const MOST_TOUCHED: u64 = 200_000_000;
/// Days in a year of growth.
const YEAR_DAYS: f64 = 365.25;

/// The section as it is written.
pub(super) struct Section<'a> {
    reader: &'a Reader<'a>,
    /// Where the section stands, and its key.
    place: (Span, String),
    /// Whether the section says what arrives, however soundly.
    has_base: bool,
    /// Keys that have no effect unless a topic has demand of its own.
    idle: Vec<(Span, &'static str)>,
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

/// Keys that say how much arrives.
const BASES: [&str; 4] = ["daily_volume", "rate", "counts", "arrivals"];

impl<'a> Section<'a> {
    pub(super) fn read(item: &Item<'a>, frame: &Frame, topics: &Names) -> Option<Self> {
        let mut c = item.cursor("a table")?;
        let given: Vec<&str> = BASES.into_iter().filter(|k| c.has(k)).collect();
        if given.len() > 1 {
            let message = format!(
                "expected one of {}, found {}",
                BASES.join(", "),
                given.join(" and ")
            );
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
        let weights = Unit {
            what: "a weight",
            most: 1e12,
        };
        let profile = c.read_opt("profile", |i| {
            Some((i.pattern(weights)?.normalised(i)?, i.clone()))
        });
        let idle = idle(&c, base.as_ref());
        let cv = |i: &Item<'a>| i.number(0.0, 10.0);
        let section = Self {
            reader: item.reader,
            place: (item.node.span, item.path.clone()),
            has_base: !given.is_empty(),
            idle,
            weekday: c.read("weekday", [1.0; 7], |i| factors(i, &WEEKDAYS)),
            month: c.read("month", [1.0; 12], |i| factors(i, &MONTHS)),
            growth: c.read("growth_per_year", 0.0, |i| {
                i.number_in(
                    "a growth such as 0.1 (10% a year), above -1, at most 100",
                    |x| x > -1.0 && x <= 100.0,
                )
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

    /// The section when it is not in the file: topics may have demand of their own.
    pub(super) fn absent(c: &Cursor<'a>) -> Self {
        // Problems of what is missing point at the head of the file.
        Self {
            place: (c.span, "demand".to_owned()),
            reader: c.reader,
            has_base: false,
            idle: Vec::new(),
            base: None,
            profile: None,
            weekday: [1.0; 7],
            month: [1.0; 12],
            growth: 0.0,
            day_busyness_cv: 0.0,
            interval_busyness_cv: 0.0,
            events: Vec::new(),
        }
    }

    /// The demand of every topic; `None` when something was refused.
    pub(super) fn build(
        &self,
        frame: &Frame,
        topics: &[TopicDemand<'a>],
        names: &Names,
    ) -> Option<Demand> {
        let whole = self.whole(topics)?;
        let shares = self.shares(topics, whole.is_some())?;
        if !own(topics).contains(&true) {
            for (span, key) in &self.idle {
                let path = join(&self.place.1, key);
                let message = "has no effect beside demand that is given over time already";
                self.reader.problem(*span, &path, message.to_owned(), None);
            }
        }
        let (step, recorded) = match &self.base {
            Some(Base::Counts(file)) => {
                let own = own(topics);
                let counts = records::counts(file, frame, names, &own)?;
                (
                    counts.step,
                    Some(
                        counts
                            .by_topic
                            .into_iter()
                            .map(|c| Arrivals::Counts(c.into()))
                            .collect::<Vec<_>>(),
                    ),
                )
            }
            Some(Base::Arrivals(file)) => {
                let arrivals = records::arrivals(file, frame, names, &own(topics))?;
                (
                    self.step(topics, frame.grid),
                    Some({
                        let replay = arrivals.into_iter().map(|t| Arrivals::Replay(t.into()));
                        replay.collect()
                    }),
                )
            }
            _ => (self.step(topics, frame.grid), None),
        };
        let steps = frame.horizon.div_ceil(step);
        if !fits(steps, topics.len()) {
            let (most, length) = (
                MOST_STEPS.min(MOST_CELLS / topics.len() as u64),
                in_words(frame.horizon),
            );
            let message = format!(
                "expected at most {most} steps of demand, found {steps} steps of {} in {length}",
                in_words(step)
            );
            return self.refuse(message, Some("use a coarser pattern or a shorter horizon"));
        }
        let flat = self.per_step(&self.flat_curve(frame)?, frame, step);
        let shaped = match whole {
            Some(Volume::Shaped(p, at)) => {
                Some(self.per_step(&self.shaped_curve(p, at, frame)?, frame, step))
            }
            _ => None,
        };
        let touched: u64 = self.events.iter().map(|e| e.steps(step)).sum();
        if touched.saturating_mul(topics.len() as u64) > MOST_TOUCHED {
            let message = format!(
                "expected fewer or shorter events, found {touched} steps of {} in them",
                in_words(step)
            );
            return self.refuse(message, None);
        }
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
            arrivals.push(Arrivals::Expected(cells.into()));
        }
        let most: f64 = arrivals.iter().map(Arrivals::busiest_step).sum();
        if most > MAX_STEP_CASES {
            let what = format!(
                "expected at most {MAX_STEP_CASES} new cases in a step of {}, found {most:.0}",
                in_words(step)
            );
            return self.refuse(what, None);
        }
        let (day_busyness_cv, interval_busyness_cv) =
            (self.day_busyness_cv, self.interval_busyness_cv);
        Some(Demand {
            step,
            arrivals,
            day_busyness_cv,
            interval_busyness_cv,
        })
    }

    fn refuse<T>(&self, message: String, help: Option<&str>) -> Option<T> {
        self.reader.problem(
            self.place.0,
            &self.place.1,
            message,
            help.map(str::to_owned),
        );
        None
    }

    /// The volume that is shared among topics, if there is one. It must be there for topics that have no own.
    fn whole(&self, topics: &[TopicDemand<'a>]) -> Option<Option<&Volume<'a>>> {
        match &self.base {
            Some(Base::Volume(v)) => Some(Some(v)),
            Some(_) => Some(None),
            None if topics.iter().all(|t| matches!(t, TopicDemand::Own(_))) => Some(None),
            // A base that was given and refused has its problem already.
            None if self.has_base => None,
            None => {
                let message = format!("expected one of {}, found none", BASES.join(", "));
                self.refuse(message, Some("write for example daily_volume = 2000"))
            }
        }
    }

    /// The file that gives counts or arrivals.
    fn base_file(&self) -> Option<usize> {
        match &self.base {
            Some(Base::Counts(item) | Base::Arrivals(item)) => Some(item.node.span.file),
            _ => None,
        }
    }

    /// Shares by topic, which sum to 1.
    fn shares(&self, topics: &[TopicDemand<'a>], shared: bool) -> Option<Vec<f64>> {
        let mut shares = vec![0.0; topics.len()];
        let mut last: Option<&Item<'a>> = None;
        let mut sound = true;
        for (k, topic) in topics.iter().enumerate() {
            match topic {
                // A share from the file below gives way to what the file above says of the demand.
                TopicDemand::Share(_, item)
                    if !shared && self.base_file() != Some(item.node.span.file) => {}
                TopicDemand::Share(_, item) if !shared => {
                    item.problem(
                        "has no effect without `demand.daily_volume` or `demand.rate`",
                        None,
                    );
                    sound = false;
                }
                TopicDemand::Share(share, item) => {
                    shares[k] = *share;
                    last = Some(item);
                }
                TopicDemand::Unsaid(_) if topics.len() == 1 => shares[k] = 1.0,
                TopicDemand::Unsaid(item) if shared => {
                    item.problem(
                        "missing share; expected `share`, or a `daily_volume` or `rate` of its own",
                        None,
                    );
                    sound = false;
                }
                _ => {}
            }
        }
        let sum: f64 = shares.iter().sum();
        if sum.is_nan() {
            return None;
        }
        if let Some(last) = last.filter(|_| sound && (sum - 1.0).abs() > 1e-6) {
            let shown = (sum * 1e6).round() / 1e6;
            last.problem(
                format!("expected shares of all topics that sum to 1, found a sum of {shown}"),
                None,
            );
            return None;
        }
        sound.then(|| {
            shares
                .iter()
                .map(|s| if sum > 0.0 { s / sum } else { 0.0 })
                .collect()
        })
    }

    /// The widest step that divides an hour, every step of a pattern, and `grid`.
    fn step(&self, topics: &[TopicDemand<'a>], grid: Micros) -> Micros {
        let mut step = self.profile.as_ref().map_or(HOUR, |(p, _)| p.grain());
        let own = topics.iter().filter_map(|t| {
            if let TopicDemand::Own(v) = t {
                Some(v)
            } else {
                None
            }
        });
        let whole = if let Some(Base::Volume(v)) = &self.base {
            Some(v)
        } else {
            None
        };
        for volume in own.chain(whole) {
            if let Volume::Shaped(pattern, _) = volume {
                step = gcd(step, pattern.grain());
            }
        }
        gcd(step.min(WIDEST_STEP), grid)
    }

    /// Profile times the factors of weekday and month.
    fn flat_curve(&self, frame: &Frame) -> Option<StepFn> {
        match &self.profile {
            Some((p, at)) => self.shaped_curve(p, at, frame),
            None => Some(self.day_factors(frame)),
        }
    }

    fn shaped_curve(&self, pattern: &Pattern, at: &Item<'_>, frame: &Frame) -> Option<StepFn> {
        Some(product(
            &pattern.compile(frame, at)?,
            &self.day_factors(frame),
        ))
    }

    fn day_factors(&self, frame: &Frame) -> StepFn {
        StepFn::new(
            frame
                .days
                .iter()
                .map(|d| (d.from, self.weekday[d.weekday] * self.month[d.month])),
        )
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

/// The keys that a demand given over time makes idle. Those of another file are left alone: a scenario that `extends`
/// another, or a setting, cannot remove them.
fn idle(c: &Cursor<'_>, base: Option<&Base<'_>>) -> Vec<(Span, &'static str)> {
    const KEYS: [&str; 7] = [
        "profile",
        "weekday",
        "month",
        "growth_per_year",
        "busyness_cv",
        "interval_busyness_cv",
        "event",
    ];
    let (file, keys) = match base {
        Some(Base::Counts(item) | Base::Arrivals(item)) => (item.node.span.file, KEYS.as_slice()),
        Some(Base::Volume(Volume::Shaped(_, item))) => (item.node.span.file, &KEYS[..1]),
        _ => return Vec::new(),
    };
    let find = |key: &&'static str| {
        c.table
            .entries
            .iter()
            .find(|e| e.key == **key)
            .map(|e| (e.span, *key))
    };
    keys.iter()
        .filter_map(find)
        .filter(|(span, _)| span.file == file)
        .collect()
}

/// Whether each topic has a demand of its own.
fn own(topics: &[TopicDemand<'_>]) -> Vec<bool> {
    topics
        .iter()
        .map(|t| matches!(t, TopicDemand::Own(_)))
        .collect()
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

/// Whether so many steps of so many topics are within bounds.
pub(super) fn fits(steps: u64, topics: usize) -> bool {
    steps <= MOST_STEPS && steps.saturating_mul(topics as u64) <= MOST_CELLS
}

/// The topics by name, for files with a row per topic.
pub(super) fn index(names: &Names) -> BTreeMap<&str, usize> {
    names
        .list
        .iter()
        .enumerate()
        .map(|(i, n)| (n.as_str(), i))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_integrate_their_own_pieces() {
        let f = StepFn::new([(0, 1.0), (45 * MINUTE, 0.0), (HOUR, 2.0)]);
        assert_eq!(
            integrals(&f, 30 * MINUTE, 100 * MINUTE),
            [1800.0, 900.0, 3600.0, 1200.0]
        );
    }
}
