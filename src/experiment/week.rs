//! A typical week: what happened at each time of each weekday, and how many agents a formula asks for.

use super::intervals::{IntervalTable, column};
use super::run::Outcome;
use crate::erlang::{ServiceLevelKind, Target, servers_for};
use crate::measure::Slice;
use crate::model::Model;
use crate::time::{DAY, HOUR, MINUTE, Micros, to_seconds};
use std::collections::BTreeMap;

/// Widths of a time of day; the first that is no narrower than the reporting interval is used.
const WIDTHS: [Micros; 8] = [
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    4 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
];

/// Ratio of the rates for which the formula is asked.
const STEP: f64 = 1.1;

/// Places of columns in the table of the intervals.
const OFFERED: usize = column("offered");
const ANSWERED: usize = column("answered");
const WITHIN: usize = column("answered_within");
const LEFT_WITHIN: usize = column("abandoned_within");
const TURNED_AWAY: usize = column("turned_away");
const MEAN_WAIT: usize = column("mean_wait");
const QUEUE: usize = column("queue_length");
const ON_DUTY: usize = column("agents_on_duty");
const BUSY: usize = column("agents_busy");

/// A time of the week in one slice: means over the replications, each of a ratio of sums over all the weeks.
#[derive(Clone, Debug, PartialEq)]
pub struct WeekRow {
    /// Weekday, 0 = Monday.
    pub weekday: usize,
    /// Local time of day at which it begins.
    pub begin: Micros,
    /// Width.
    pub width: Micros,
    /// Everything, a topic, a market or a pool.
    pub slice: Slice,
    /// Visits to a queue per hour (of a pool: answers).
    pub per_hour: Option<f64>,
    /// `sl_net`.
    pub sl_net: Option<f64>,
    /// Mean wait in seconds.
    pub mean_wait: Option<f64>,
    /// Waiting contacts.
    pub queue_length: Option<f64>,
    /// Agents on duty.
    pub agents_on_duty: Option<f64>,
    /// Agents with something in hand.
    pub agents_busy: Option<f64>,
    /// Agents that Erlang A asks for; see [`week`].
    pub agents_required: Option<f64>,
}

/// Sums of one replication over the intervals of one time of the week.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    seconds: f64,
    offered: f64,
    answered: f64,
    within: f64,
    left_within: f64,
    turned_away: f64,
    wait: f64,
    queue: f64,
    duty: f64,
    busy: f64,
}

impl Sums {
    fn add(&mut self, seconds: f64, value: &dyn Fn(usize) -> f64) {
        self.seconds += seconds;
        self.offered += value(OFFERED);
        self.answered += value(ANSWERED);
        self.within += value(WITHIN);
        self.left_within += value(LEFT_WITHIN);
        self.turned_away += value(TURNED_AWAY);
        self.wait += value(MEAN_WAIT) * (value(OFFERED) - value(TURNED_AWAY));
        self.queue += value(QUEUE) * seconds;
        self.duty += value(ON_DUTY) * seconds;
        self.busy += value(BUSY) * seconds;
    }
}

/// The week of a scenario: for each time of the week that occurs, everything, the topics, the markets and the pools.
///
/// `agents_required` of a pool is the smallest number of agents with which Erlang A ([`servers_for`]) reaches the target of the
/// pool's contacts: their rate is that of the pool's answers at this time, scaled up by (N - B) / S of everything, so that those who
/// left are counted; the service time is the mean time a contact takes a slot of
/// the pool, at the speed of full hands; the patience and the target are those of
/// its topics, weighted by the pool's answers. An agent counts for `concurrency` slots. Everything requires the sum of its pools.
///
/// Intervals that begin before the end of the warm-up are left out; without topics, or with intervals of more than a day, there is
/// nothing to say.
pub fn week(model: &Model, outcome: &Outcome) -> Vec<WeekRow> {
    let table = &outcome.intervals;
    let Some(&width) = WIDTHS.iter().find(|w| **w >= table.width) else {
        return Vec::new();
    };
    if model.topics.is_empty() || outcome.replications() == 0 {
        return Vec::new();
    }
    let by_day = (DAY / width) as usize;
    let places: Vec<Option<usize>> = table
        .starts()
        .iter()
        .map(|&t| {
            let local = model.calendar.local(t);
            let place = local.weekday * by_day + (local.time_of_day / width) as usize;
            (t >= model.warmup).then_some(place)
        })
        .collect();
    let slices = IntervalTable::slices(model);
    let first_pool = slices.len() - model.pools.len();
    let mut laws: Vec<Option<Law>> = (0..model.pools.len())
        .map(|p| Law::of(model, outcome, p))
        .collect();
    let means: Vec<Vec<Means>> = (0..slices.len())
        .map(|slice| means(model, table, &places, 7 * by_day, slice))
        .collect();
    let mut rows = Vec::new();
    for place in (0..7 * by_day).filter(|p| places.contains(&Some(*p))) {
        let lost = means[0][place].of(LOST).unwrap_or(1.0);
        let required: Vec<Option<f64>> = laws
            .iter_mut()
            .enumerate()
            .map(|(p, law)| {
                let rate = means[first_pool + p][place].of(ANSWERS)?;
                law.as_mut()?.agents(rate * lost)
            })
            .collect();
        for (slice, means) in slices.iter().zip(&means) {
            let is_pool = matches!(slice, Slice::Pool(_));
            let customers = |value: usize| (!is_pool).then(|| means[place].of(value))?;
            let agents = |value: usize| {
                let has = is_pool || *slice == Slice::All;
                has.then(|| means[place].of(value))?
            };
            rows.push(WeekRow {
                weekday: place / by_day,
                begin: (place % by_day) as Micros * width,
                width,
                slice: slice.clone(),
                per_hour: means[place]
                    .of(if is_pool { ANSWERS } else { VISITS })
                    .map(|rate| rate * 3600.0),
                sl_net: customers(LEVEL),
                mean_wait: customers(WAIT),
                queue_length: customers(WAITING),
                agents_on_duty: agents(DUTY),
                agents_busy: agents(BUSY_AGENTS),
                agents_required: match slice {
                    Slice::Pool(p) => required[*p],
                    Slice::All => {
                        let known: Vec<f64> = required.iter().flatten().copied().collect();
                        (!known.is_empty()).then(|| known.iter().sum())
                    }
                    _ => None,
                },
            });
        }
    }
    rows
}

fn ratio(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b)
}

/// What is taken the mean of over replications.
const VISITS: usize = 0;
const ANSWERS: usize = 1;
const LOST: usize = 2;
const LEVEL: usize = 3;
const WAIT: usize = 4;
const WAITING: usize = 5;
const DUTY: usize = 6;
const BUSY_AGENTS: usize = 7;
const VALUES: usize = 8;

/// Means over the replications in which a value is defined.
#[derive(Clone, Copy, Debug, Default)]
struct Means {
    sum: [f64; VALUES],
    count: [f64; VALUES],
}

impl Means {
    fn add(&mut self, s: &Sums) {
        let joined = s.offered - s.turned_away;
        let values = [
            ratio(s.offered, s.seconds),
            ratio(s.answered, s.seconds),
            ratio(joined, s.answered),
            ratio(s.within, joined - s.left_within),
            ratio(s.wait, joined),
            ratio(s.queue, s.seconds),
            ratio(s.duty, s.seconds),
            ratio(s.busy, s.seconds),
        ];
        for (i, value) in values.into_iter().enumerate() {
            if let Some(v) = value {
                self.sum[i] += v;
                self.count[i] += 1.0;
            }
        }
    }

    fn of(&self, value: usize) -> Option<f64> {
        ratio(self.sum[value], self.count[value])
    }
}

/// The means of each place of the week for one slice of the interval table, one replication after the other.
fn means(
    model: &Model,
    table: &IntervalTable,
    places: &[Option<usize>],
    count: usize,
    slice: usize,
) -> Vec<Means> {
    let mut out = vec![Means::default(); count];
    let mut sums = vec![Sums::default(); count];
    for replication in 0..table.replications() {
        sums.fill(Sums::default());
        for (i, (place, &start)) in places.iter().zip(table.starts()).enumerate() {
            if let Some(place) = place {
                let end = (start + table.width).min(model.horizon);
                let value = |column| table.value(replication, i, slice, column).unwrap_or(0.0);
                sums[*place].add(to_seconds(end.saturating_sub(start)), &value);
            }
        }
        for (mean, sums) in out.iter_mut().zip(&sums) {
            mean.add(sums);
        }
    }
    out
}

/// Speed of a contact with so many in hand on average, between whole numbers on the straight line.
fn speed_at(speeds: &[f64], hands: f64) -> f64 {
    let below = (hands.max(1.0) as usize).min(speeds.len().max(1));
    let at = |n: usize| speeds.get(n - 1).or(speeds.last()).copied().unwrap_or(1.0);
    at(below) + (at(below + 1) - at(below)) * (hands - below as f64).clamp(0.0, 1.0)
}

/// What a formula needs to know of a pool.
struct Law {
    service: f64,
    patience: Option<f64>,
    target: Target,
    concurrency: f64,
    /// What was asked before: the formula takes its time.
    known: BTreeMap<i32, Option<f64>>,
}

impl Law {
    fn of(model: &Model, outcome: &Outcome, p: usize) -> Option<Self> {
        let total = |measure, slice: &Slice| outcome.find(measure, slice)?.mean;
        let answered = total("answered", &Slice::Pool(p))?;
        let window = to_seconds(model.horizon - model.warmup);
        let slot = ratio(
            total("contacts_in_hand", &Slice::Pool(p))? * window,
            answered,
        )?;
        // At full hands every contact goes more slowly than it went here on average.
        let speeds = &model.pools[p].speed;
        let hands = total("concurrency", &Slice::Pool(p)).unwrap_or(1.0);
        let service = slot * speed_at(speeds, hands) / speeds.last().copied().unwrap_or(1.0);
        let (mut within, mut share, mut impatience) = (0.0, 0.0, 0.0);
        for k in 0..model.topic_count() {
            // Patience and target are the same in all its markets.
            let Some(topic) = model.types_of_topic(k).first().map(|&t| &model.topics[t]) else {
                continue;
            };
            let n = total("answered", &Slice::TopicPool(k, p)).unwrap_or(0.0);
            within += n * to_seconds(topic.target.within) / answered;
            share += n * topic.target.share / answered;
            impatience += topic.patience.as_ref().map_or(0.0, |d| n / d.mean()) / answered;
        }
        Some(Self {
            service,
            patience: (impatience > 0.0).then(|| 1.0 / impatience),
            target: Target::ServiceLevel {
                kind: ServiceLevelKind::Net,
                within,
                at_least: share.min(1.0),
            },
            concurrency: f64::from(model.pools[p].concurrency.max(1)),
            known: BTreeMap::new(),
        })
    }

    /// Agents for contacts at this rate per second: on the straight line between rates that lie a tenth apart, rounded up.
    fn agents(&mut self, rate: f64) -> Option<f64> {
        if rate <= 0.0 {
            return Some(0.0);
        }
        let below = libm::floor(libm::log(rate) / libm::log(STEP)) as i32;
        let (low, high) = (self.slots(below)?, self.slots(below + 1)?);
        let [from, to] = [below, below + 1].map(|k| libm::pow(STEP, f64::from(k)));
        let slots = low + (high - low) * ((rate - from) / (to - from)).clamp(0.0, 1.0);
        Some((slots.ceil() / self.concurrency).ceil())
    }

    /// Slots for contacts at `STEP` to this power per second.
    fn slots(&mut self, power: i32) -> Option<f64> {
        let rate = libm::pow(STEP, f64::from(power));
        let (service, patience, target) = (self.service, self.patience, self.target);
        let find = || servers_for(rate, service, patience, &[target]).map(f64::from);
        *self.known.entry(power).or_insert_with(find)
    }
}
