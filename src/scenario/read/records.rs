//! Demand from files: counts by step, or every single arrival.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::types::Types;
use super::volume::fits;
use crate::model::Arrivals;
use crate::scenario::text::{Item, Names, did_you_mean};
use crate::scenario::values::{Csv, Frame, Row, When, civil_time, in_words};
use crate::time::{DAY, HOUR, MINUTE, Micros, from_seconds};

/// Most rows of a file of counts or arrivals.
const MOST_ROWS: usize = 20_000_000;

/// The columns that say what a row is about.
struct About<'t> {
    topic: usize,
    market: Option<usize>,
    topics: BTreeMap<&'t str, usize>,
    markets: BTreeMap<&'t str, usize>,
    /// Contact types by topic and market.
    types: BTreeMap<(usize, usize), usize>,
    /// Whether each topic has a demand of its own.
    own: &'t [bool],
}

impl<'t> About<'t> {
    /// Of a file; without a column `market` each topic must be in one market only.
    fn new(csv: &Csv<'_>, types: &'t Types<'_, '_>, own: &'t [bool]) -> Option<Self> {
        let topic = csv.column(&["topic"]);
        let several = |k: usize| !own[k] && types.of.iter().filter(|t| t.0 == k).count() > 1;
        let must = (0..own.len()).any(several);
        let market = match csv.position("market") {
            None if must => Some(csv.column(&["market"])?),
            Some(column) if !types.markets.list.is_empty() => Some(column),
            _ => None,
        };
        let of = types.of.iter().enumerate();
        Some(Self {
            topic: topic?,
            market,
            topics: index(types.topics),
            markets: index(types.markets),
            types: of.map(|(i, &of)| (of, i)).collect(),
            own,
        })
    }

    /// The contact type that a row names. A topic that has demand of its own must not be there.
    fn of(&self, row: &Row<'_, '_>) -> Option<usize> {
        let k = named(row, self.topic, &self.topics, "the name of a topic")?;
        if self.own[k] {
            return row.expected(self.topic, "a topic without a demand of its own", None);
        }
        let Some(column) = self.market else {
            let first = self.types.range((k, 0)..).next();
            return first.map(|(_, &i)| i);
        };
        let m = named(row, column, &self.markets, "the name of a market")?;
        let found = self.types.get(&(k, m)).copied();
        found.or_else(|| row.expected(column, "a market of the topic", None))
    }
}

/// The index of the name in a column.
fn named(row: &Row<'_, '_>, at: usize, names: &BTreeMap<&str, usize>, what: &str) -> Option<usize> {
    let name = row.field(at);
    let help = || did_you_mean(name, names.keys().copied());
    let found = names.get(name).copied();
    found.or_else(|| row.expected(at, what, help()))
}

/// Names with their indices.
fn index(names: &Names) -> BTreeMap<&str, usize> {
    let names = names.list.iter().enumerate();
    names.map(|(i, n)| (n.as_str(), i)).collect()
}

/// Reads `{ csv = "counts.csv" }`: columns date, time, topic, perhaps market, count. The width of the steps, and by contact type the
/// counts.
pub(super) fn counts(
    file: &Item<'_>,
    frame: &Frame,
    types: &Types<'_, '_>,
    own: &[bool],
) -> Option<(Micros, Vec<Arrivals>)> {
    let csv = Csv::open(file)?;
    let (when, about) = (When::dated(&csv), About::new(&csv, types, own));
    let (count_at, when, about) = (csv.column(&["count"])?, when?, about?);
    let moments = csv.rows(MOST_ROWS, |row| {
        let (date, clock) = (when.date(row), when.clock(row));
        Some(date?.to_datetime(civil_time(clock?)))
    })?;
    let step = width(moments, file)?;
    let steps = frame.horizon.div_ceil(step);
    if !fits(steps, types.of.len()) {
        let (what, wide) = ("wider steps or a shorter horizon", in_words(step));
        return file.refuse(format!("expected {what}, found {steps} steps of {wide}"));
    }
    let mut by_type = vec![vec![None::<u32>; steps as usize]; types.of.len()];
    let mut inside = false;
    csv.rows(MOST_ROWS, |row| {
        let k = about.of(row);
        let count = match row.field(count_at).parse::<u32>() {
            Ok(n) if n <= 100_000_000 => Some(n),
            _ => row.expected(count_at, "a whole number of cases between 0 and 100000000", None),
        };
        let (k, count) = (k?, count?);
        let local = when.date(row)?.to_datetime(civil_time(when.clock(row)?));
        let Some(t) = frame.calendar.instant(local).filter(|&t| t < frame.horizon) else { return Some(()) };
        if frame.calendar.civil(t) != local {
            // A regular grid has a row for the hour that a daylight-saving shift skips.
            return if count == 0 { Some(()) } else { row.expected(count_at, "no cases at a time that the clock skips", None) };
        }
        if t % step != 0 {
            let help = "steps start at midnight of the first day; across a daylight-saving shift they must be hours or less";
            let what = format!("a time that is a whole number of steps of {} after the start", in_words(step));
            return row.refuse(0, format!("expected {what}, found {local}"), Some(help.to_owned()));
        }
        inside = true;
        let cell = &mut by_type[k][(t / step) as usize];
        if cell.is_none() {
            *cell = Some(count);
            return Some(());
        }
        // The hour that a daylight-saving shift repeats stands twice in the file: the second is an hour later.
        let repeated = frame.calendar.civil(t + HOUR) == local;
        match by_type[k].get_mut(((t + HOUR) / step) as usize) {
            Some(later @ None) if repeated => *later = Some(count),
            _ => return row.refuse(0, "expected each date, time and topic once, found it again".to_owned(), None),
        }
        Some(())
    })?;
    if !inside {
        return nothing(file, frame);
    }
    let counted = |cells: Vec<Option<u32>>| cells.into_iter().map(Option::unwrap_or_default);
    let by_type = by_type
        .into_iter()
        .map(|cells| Arrivals::Counts(counted(cells).collect()));
    Some((step, by_type.collect()))
}

/// The smallest distance between two times of the file, by the wall clock.
fn width(mut moments: Vec<DateTime>, file: &Item<'_>) -> Option<Micros> {
    moments.sort_unstable();
    moments.dedup();
    let gap = |w: &[DateTime]| w[1].duration_since(w[0]).as_micros();
    let Some(least) = moments.windows(2).map(gap).min() else {
        return Some(30 * MINUTE);
    };
    let step = Micros::try_from(least).unwrap_or(0);
    let divides = HOUR.is_multiple_of(step) || step.is_multiple_of(HOUR);
    if step > 0 && divides && DAY.is_multiple_of(step) {
        return Some(step);
    }
    let what = "counts in steps that divide an hour, or of whole hours that divide a day";
    file.refuse(format!(
        "expected {what}, found steps of {}",
        in_words(step)
    ))
}

/// Reads `{ csv = "arrivals.csv" }`: columns time, topic, perhaps market. The times of each contact type are put in order.
pub(super) fn arrivals(
    file: &Item<'_>,
    frame: &Frame,
    types: &Types<'_, '_>,
    own: &[bool],
) -> Option<Vec<Arrivals>> {
    let csv = Csv::open(file)?;
    let (time_at, about) = (csv.column(&["time"]), About::new(&csv, types, own));
    let (time_at, about) = (time_at?, about?);
    let mut by_type = vec![Vec::new(); types.of.len()];
    csv.rows(MOST_ROWS, |row| {
        let k = about.of(row);
        let text = row.field(time_at);
        let t = if let Ok(s) = text.parse::<f64>() {
            if !(0.0..=1e12).contains(&s) {
                let what = "a number of seconds since the start, at least 0";
                return row.expected(time_at, what, None);
            }
            Some(from_seconds(s))
        } else if let Ok(moment) = text.parse::<DateTime>() {
            frame.calendar.instant(moment)
        } else {
            let what = "a time such as 2025-06-02T10:00:00.5, or seconds since the start";
            return row.expected(time_at, what, None);
        };
        if let (k, Some(t)) = (k?, t.filter(|&t| t < frame.horizon)) {
            by_type[k].push(t);
        }
        Some(())
    })?;
    if by_type.iter().all(Vec::is_empty) {
        return nothing(file, frame);
    }
    by_type.iter_mut().for_each(|times| times.sort_unstable());
    let replayed = by_type
        .into_iter()
        .map(|times| Arrivals::Replay(times.into()));
    Some(replayed.collect())
}

/// A file of which nothing is used is a mistake, most likely in `start`.
fn nothing<T>(file: &Item<'_>, frame: &Frame) -> Option<T> {
    if frame.sound {
        let (start, length) = (frame.calendar.start(), in_words(frame.horizon));
        let what = format!("rows inside the horizon ({length} from {start})");
        file.problem(format!("expected {what}, found none"));
    }
    None
}
