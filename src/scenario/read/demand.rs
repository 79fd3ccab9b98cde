//! The section `[demand]`: how many new cases of each topic arrive in each step of the horizon.

use super::clocks;
use super::course::{self, Course};
use super::events::{Event, Surges};
use super::records;
use super::types::Types;
use super::volume::{MOST_CELLS, MOST_STEPS, TopicDemand, Volume, daily_volume, fits, rate};
use crate::model::{Arrivals, Busyness, Demand, MOST_STEP_CASES};
use crate::scenario::text::{Cursor, Item, Names, Span, join};
use crate::scenario::values::{Frame, gcd, in_words};
use crate::time::{HOUR, MINUTE, Micros};

/// Widest step of demand: arrivals are uniform within a step, and no planner thinks in wider ones.
const WIDEST_STEP: Micros = 30 * MINUTE;
/// Most steps times topics in all events together, a bound on the time to read a scenario.
const MOST_TOUCHED: u64 = 200_000_000;

/// The section as it is written.
pub(super) struct Section<'a> {
    item: Item<'a>,
    /// Whether the section says what arrives, however soundly.
    has_base: bool,
    /// Keys that have no effect unless a topic has demand of its own.
    idle: Vec<(Span, &'static str)>,
    base: Option<Base<'a>>,
    /// The course of the demand, where a market has none of its own.
    pub(super) course: Course<'a>,
    busyness: Busyness,
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
    /// Reads the section. One that is missing is read as an empty one: topics may have their own demand, and if they have not the
    /// message is the same; it points at the head of the file.
    pub(super) fn take(
        c: &mut Cursor<'a>,
        frame: &Frame,
        topics: &Names,
        markets: &Names,
    ) -> Option<Self> {
        if let Some(item) = c.take("demand") {
            return Self::read(&item, frame, topics, markets);
        }
        let empty = c.empty("demand")?;
        let section = Self::read(&empty, frame, topics, markets)?;
        let node = c.at.node;
        Some(Self {
            item: Item { node, ..empty },
            ..section
        })
    }

    fn read(item: &Item<'a>, frame: &Frame, topics: &Names, markets: &Names) -> Option<Self> {
        let mut c = item.cursor()?;
        let given = c.one_of(&BASES);
        let file = |item: &Item<'a>| item.table(|c| c.require("csv"));
        let volume = c.read_opt("daily_volume", daily_volume).map(Base::Volume);
        let rate = c.read_opt("rate", rate).map(Base::Volume);
        let counts = c.read_opt("counts", file).map(Base::Counts);
        let arrivals = c.read_opt("arrivals", file).map(Base::Arrivals);
        let base = volume.or(rate).or(counts).or(arrivals);
        let course = Course::read(&mut c, &Course::default());
        let idle = idle(&c, base.as_ref());
        let section = Self {
            item: item.clone(),
            has_base: !given.is_empty(),
            idle,
            course,
            busyness: busyness(&mut c),
            events: c.read("event", Vec::new(), |i| {
                let (events, _) = i.tables(|c, _, _| Event::read(c, frame, topics, markets))?;
                Some(events)
            }),
            base,
        };
        c.finish();
        Some(section)
    }

    /// The demand of every contact type; `None` when something was refused.
    pub(super) fn build(
        &self,
        frame: &Frame,
        topics: &[TopicDemand<'a>],
        types: &Types<'_, 'a>,
    ) -> Option<Demand> {
        let whole = self.whole(topics);
        // A refused demand does not hide shares that do not sum to 1.
        let all_shares = topics.iter().all(|t| matches!(t, TopicDemand::Share(..)));
        let shares = match &whole {
            Some(whole) => self.shares(topics, whole.is_some())?,
            None if all_shares => self.shares(topics, true)?,
            None => return None,
        };
        let whole = whole?;
        if topics.iter().any(|t| matches!(t, TopicDemand::Own(None))) {
            return None;
        }
        let own = own(topics);
        if !own.contains(&true) {
            let here = self.idle.iter();
            let here = here.map(|(span, key)| (*span, join(&self.item.path, key)));
            let base = self.base_file();
            let markets = types.courses.iter().filter(|(s, _)| Some(s.file) == base);
            for (span, path) in here.chain(markets.cloned()) {
                let message = "has no effect beside demand that is given over time already";
                self.item.reader.problem(span, &path, message, None);
            }
        }
        let usual = || self.step(topics, types, frame);
        let (step, recorded) = match &self.base {
            Some(Base::Counts(file)) => records::counts(file, frame, types, &own)?,
            Some(Base::Arrivals(file)) => (usual(), records::arrivals(file, frame, types, &own)?),
            _ => (usual(), Vec::new()),
        };
        let wide = in_words(step);
        let steps = frame.horizon.div_ceil(step);
        if !fits(steps, types.of.len()) {
            let most = MOST_STEPS.min(MOST_CELLS / types.of.len() as u64);
            let found = format!("{steps} steps of {wide} in {}", in_words(frame.horizon));
            let message = format!("expected at most {most} steps of demand, found {found}");
            let help = "use a coarser pattern or a shorter horizon";
            return self.item.refuse_help(message, help);
        }
        // By market: new cases in each step at one a second, and by a pattern of rates.
        let by_market = |f: &dyn Fn(&Frame, &Course<'a>) -> Option<Vec<f64>>| {
            let each = types.locals.iter().map(|(frame, course)| f(frame, course));
            each.collect::<Option<Vec<_>>>()
        };
        let flat = by_market(&|frame, course| course.flat(frame, step))?;
        let shaped = match whole {
            Some(Volume::Shaped(p, at)) => {
                by_market(&|frame, course| course.shaped(p, at, frame, step))?
            }
            _ => Vec::new(),
        };
        let touched: u64 = self.events.iter().map(|e| e.steps(step)).sum();
        if touched.saturating_mul(types.of.len() as u64) > MOST_TOUCHED {
            let found = format!("found {touched} steps of {wide} in them");
            let message = format!("expected fewer or shorter events, {found}");
            return self.item.refuse(message);
        }
        let mut surges = Surges::new(&self.events, step, frame.horizon);
        let mut recorded = recorded.into_iter();
        let mut arrivals = Vec::with_capacity(types.of.len());
        for (&(k, m), &weight) in types.of.iter().zip(&types.weights) {
            let record = recorded.next();
            let scale = |unit: &[f64], by: f64| unit.iter().map(|x| x * by).collect::<Vec<f64>>();
            let mut cells = match (&topics[k], whole) {
                (TopicDemand::Own(Some(Volume::Flat(r))), _) => scale(&flat[m], r * weight),
                (TopicDemand::Own(Some(Volume::Shaped(p, at))), _) => {
                    let (frame, course) = types.locals[m];
                    scale(&course.shaped(p, at, frame, step)?, weight)
                }
                (_, Some(Volume::Flat(r))) => scale(&flat[m], r * shares[k] * weight),
                (_, Some(Volume::Shaped(..))) => scale(&shaped[m], shares[k] * weight),
                (_, None) => {
                    arrivals.push(record?);
                    continue;
                }
            };
            surges.apply((k, m), &mut cells);
            arrivals.push(Arrivals::Expected(cells.into()));
        }
        let most: f64 = arrivals.iter().map(Arrivals::busiest_step).sum();
        if most > MOST_STEP_CASES {
            let what = format!("expected at most {MOST_STEP_CASES} new cases in a step of {wide}");
            return self.item.refuse(format!("{what}, found {most:.0}"));
        }
        Some(Demand {
            step,
            clocks: clocks::of_types(&arrivals, topics, whole, types, step),
            arrivals,
            busyness: self.busyness,
        })
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
                self.item
                    .refuse_help(message, "write for example daily_volume = 2000")
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
                    item.problem("has no effect without `demand.daily_volume` or `demand.rate`");
                    sound = false;
                }
                TopicDemand::Share(share, item) => {
                    shares[k] = *share;
                    last = Some(item);
                }
                TopicDemand::Unsaid(_) if topics.len() == 1 => shares[k] = 1.0,
                TopicDemand::Unsaid(item) if shared => {
                    let what =
                        "missing share; expected `share`, or a `daily_volume` or `rate` of its own";
                    item.problem(what);
                    sound = false;
                }
                _ => {}
            }
        }
        let sum: f64 = shares.iter().sum();
        if sum.is_nan() {
            return None;
        }
        let wrong = |last: &Item<'a>| !last.sums_to_one(sum, 1e6, "shares of all topics");
        if sound && last.is_some_and(wrong) {
            return None;
        }
        sound.then(|| {
            shares
                .iter()
                .map(|s| if sum > 0.0 { s / sum } else { 0.0 })
                .collect()
        })
    }

    /// The widest step that divides an hour, every step of a pattern by the clock of its market, the grid, and intervals that have a
    /// factor of their own.
    fn step(&self, topics: &[TopicDemand<'a>], types: &Types<'_, 'a>, frame: &Frame) -> Micros {
        let profiles = types.locals.iter().filter_map(|l| l.1.profile.as_ref());
        let mut step = profiles.fold(HOUR, |g, (p, _)| gcd(g, p.grain()));
        let own = topics.iter().filter_map(|t| match t {
            TopicDemand::Own(volume) => volume.as_ref(),
            TopicDemand::Share(..) | TopicDemand::Unsaid(_) => None,
        });
        let whole = match &self.base {
            Some(Base::Volume(volume)) => Some(volume),
            Some(Base::Counts(_) | Base::Arrivals(_)) | None => None,
        };
        for volume in own.chain(whole) {
            if let Volume::Shaped(pattern, _) = volume {
                step = gcd(step, pattern.grain());
            }
        }
        let mut step = gcd(step.min(WIDEST_STEP), frame.grid);
        if self.busyness.interval_cv > 0.0 {
            step = gcd(step, frame.interval);
        }
        // The clocks of markets differ by whole quarters of an hour; in the distant past they did not, and nobody needs seconds.
        let even = types.grain(step);
        if even >= MINUTE { even } else { step }
    }
}

/// How busy days and intervals are.
fn busyness(c: &mut Cursor<'_>) -> Busyness {
    let busyness = Busyness {
        day_cv: c.get("busyness_cv"),
        day_correlation: c.get("busyness_correlation"),
        interval_cv: c.get("interval_busyness_cv"),
        interval_correlation: c.get("interval_busyness_correlation"),
        level_sd_per_week: c.get("level_sd_per_week"),
        day_before: c.opt("busyness_before"),
    };
    let alone = !(c.has("busyness_cv") && c.has("busyness_correlation"));
    let something = "`busyness_cv` and `busyness_correlation`";
    let is_idle = alone && busyness.day_before.is_some();
    c.idle_without(is_idle, "busyness_before", something);
    busyness
}

/// The keys that a demand given over time makes idle. Those of another file are left alone: a scenario that `extends`
/// another, or a setting, cannot remove them.
fn idle(c: &Cursor<'_>, base: Option<&Base<'_>>) -> Vec<(Span, &'static str)> {
    const KEYS: [&str; 7] = [
        "busyness_cv",
        "busyness_correlation",
        "busyness_before",
        "interval_busyness_cv",
        "interval_busyness_correlation",
        "level_sd_per_week",
        "event",
    ];
    let (file, course, keys) = match base {
        Some(Base::Counts(item) | Base::Arrivals(item)) => {
            (item.node.span.file, &course::KEYS[..], &KEYS[..])
        }
        Some(Base::Volume(Volume::Shaped(_, item))) => {
            (item.node.span.file, &course::KEYS[..1], &KEYS[..0])
        }
        _ => return Vec::new(),
    };
    let find = |key: &&'static str| {
        let mut entries = c.table.entries.iter();
        let entry = entries.find(|e| e.key == **key && e.span.file == file)?;
        Some((entry.span, *key))
    };
    course.iter().chain(keys).filter_map(find).collect()
}

/// Whether the demand of each topic is divided among its markets: what files tell is not.
pub(super) fn divided(section: Option<&Section<'_>>, topics: &[TopicDemand<'_>]) -> Vec<bool> {
    let recorded = section.is_some_and(|s| s.base_file().is_some());
    own(topics).iter().map(|own| *own || !recorded).collect()
}

/// Whether each topic has a demand of its own.
fn own(topics: &[TopicDemand<'_>]) -> Vec<bool> {
    let own = |t: &TopicDemand<'_>| matches!(t, TopicDemand::Own(_));
    topics.iter().map(own).collect()
}
