//! A typical week: what happened at each time of each weekday, and how many agents a formula asks for.

use super::intervals::IntervalTable;
use super::run::Outcome;
use crate::measure::{Context, RequiredAgents, Slice, Sums, measure};
use crate::model::Model;
use crate::time::{DAY, HOUR, Micros};

/// Widths of a time of day; the first that is no narrower than the reporting interval is used.
const WIDTHS: [Micros; 8] = [
    HOUR / 2,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    4 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
];

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
    /// Agents required, from the model; see [`crate::model::Required`].
    pub agents_required: Option<f64>,
}

/// The week of a scenario: for each time of the week that occurs, everything, the topics, the markets and the pools.
///
/// Intervals of which a part lies in the warm-up or after the horizon are left out; without topics, or with intervals of more than a day,
/// there is nothing to say. `agents_required` is the mean over the intervals at this time.
pub fn week(model: &Model, outcome: &Outcome) -> Vec<WeekRow> {
    let table = &outcome.intervals;
    let Some(&width) = WIDTHS.iter().find(|w| **w >= table.width) else {
        return Vec::new();
    };
    if model.topics.is_empty() || outcome.replications() == 0 {
        return Vec::new();
    }
    let by_day = (DAY / width) as usize;
    let is_whole = |t: Micros| t >= model.warmup && t + table.width <= model.horizon;
    let place = |&t: &Micros| {
        let local = model.calendar.local(t);
        let place = local.weekday * by_day + (local.time_of_day / width) as usize;
        is_whole(t).then_some(place)
    };
    let places: Vec<Option<usize>> = table.starts().iter().map(place).collect();
    let mut seconds = vec![0.0; 7 * by_day];
    for (i, place) in places.iter().enumerate() {
        if let Some(place) = place {
            seconds[*place] += table.seconds(i);
        }
    }
    let slices = IntervalTable::slices(model);
    let means: Vec<Vec<Means>> = (0..slices.len())
        .map(|n| means(model, table, (&places, &seconds), (n, &slices[n])))
        .collect();
    // By place of the week the agents required, a time average.
    let required = |place: usize, slice: &Slice| {
        let at_place = places.iter().zip(table.starts());
        let spans = at_place
            .filter(|(p, _)| **p == Some(place))
            .map(|(_, &t)| (t, (t + table.width).min(model.horizon)));
        let of = |span| Some(RequiredAgents::of(&outcome.required, model, slice, span)?.agents);
        let agents = spans.map(of).collect::<Option<Vec<f64>>>()?;
        Some(agents.iter().sum::<f64>() / agents.len() as f64)
    };
    let mut rows = Vec::new();
    for place in (0..7 * by_day).filter(|&p| seconds[p] > 0.0) {
        for (slice, means) in slices.iter().zip(&means) {
            let means = means[place].map(|(sum, count)| (count > 0.0).then(|| sum / count));
            let [visits, sl_net, mean_wait, queue_length, on_duty, busy] = means;
            rows.push(WeekRow {
                weekday: place / by_day,
                begin: (place % by_day) as Micros * width,
                width,
                slice: slice.clone(),
                per_hour: visits.map(|n| n * 3600.0 / seconds[place]),
                sl_net,
                mean_wait,
                queue_length,
                agents_on_duty: on_duty,
                agents_busy: busy,
                agents_required: required(place, slice),
            });
        }
    }
    rows
}

/// The measures of which the means over replications are taken; a pool has answers instead of visits.
const MEASURES: [&str; 6] = [
    "offered",
    "sl_net",
    "mean_wait",
    "queue_length",
    "agents_on_duty",
    "agents_busy",
];

/// Sum of each measure over the replications in which it is defined, and their number.
type Means = [(f64, f64); MEASURES.len()];

/// By time of the week the means of a slice, given with its place in the table of the intervals.
fn means(
    model: &Model,
    table: &IntervalTable,
    (places, seconds): (&[Option<usize>], &[f64]),
    (number, slice): (usize, &Slice),
) -> Vec<Means> {
    let given = MEASURES.map(|id| {
        let id = match slice {
            Slice::Pool(_) if id == "offered" => "answered",
            _ => id,
        };
        measure(id).filter(|m| slice.has_in_intervals(m.scope, model))
    });
    let mut out = vec![Means::default(); seconds.len()];
    let mut sums = vec![Sums::default(); seconds.len()];
    for replication in 0..table.replications() {
        sums.fill(Sums::default());
        for (i, place) in places.iter().enumerate() {
            if let Some(place) = place {
                table.add_to(&mut sums[*place], replication, i, number);
            }
        }
        for ((means, sums), &window) in out.iter_mut().zip(&sums).zip(seconds) {
            let context = Context {
                window,
                ..Context::default()
            };
            for ((sum, count), measure) in means.iter_mut().zip(&given) {
                if let Some(value) = measure.and_then(|m| m.of(sums, &context)) {
                    (*sum, *count) = (*sum + value, *count + 1.0);
                }
            }
        }
    }
    out
}
