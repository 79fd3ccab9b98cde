//! The stretch of time that a scenario covers, cut into local days; opening hours and dates within it.

use jiff::civil::DateTime;

use super::numbers::in_words;
use crate::scenario::text::{Cursor, Item, Kind, Value};
pub(crate) use crate::time::WEEKDAYS;
use crate::time::{Calendar, DAY, Local, MINUTE, Micros, StepFn};

/// What is in the system at the horizon is served for at most this long.
pub(crate) const DRAIN: Micros = 7 * DAY;

/// Names of the months in keys.
pub(crate) const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// A stretch of one local day in which the wall clock runs evenly: the whole day, but for daylight-saving shifts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub(crate) from: Micros,
    pub(crate) to: Micros,
    /// What calendar and wall clock show at `from`.
    pub(crate) local: Local,
}

impl Stretch {
    /// The pieces of the stretch between the points of a day's curve, each with the value of the curve.
    ///
    /// `curve` holds (wall clock, value) in order; the value before its first point is `before`.
    pub(crate) fn pieces(
        self,
        curve: &[(Micros, f64)],
        before: f64,
    ) -> impl Iterator<Item = (Micros, f64)> + '_ {
        let clock = self.local.time_of_day;
        let end = clock + (self.to - self.from);
        let first = curve.partition_point(|&(t, _)| t <= clock);
        let value = if first == 0 {
            before
        } else {
            curve[first - 1].1
        };
        let later = curve[first..].iter().take_while(move |&&(t, _)| t < end);
        std::iter::once((self.from, value))
            .chain(later.map(move |&(t, v)| (self.from + t - clock, v)))
    }
}

/// The stretch of time that a scenario covers.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) calendar: Calendar,
    pub(crate) horizon: Micros,
    /// Whether start and horizon were given soundly; dates are not judged by a frame that is made up.
    pub(crate) sound: bool,
    /// The local days up to the end of the drain.
    pub(crate) days: Vec<Stretch>,
    /// Steps of demand divide this, unless it is 0: those of the demand before a change.
    pub(crate) grid: Micros,
    /// The reporting interval.
    pub(crate) interval: Micros,
}

impl Frame {
    pub(crate) fn new(calendar: Calendar, horizon: Micros, sound: bool) -> Self {
        let end = horizon + DRAIN;
        let starts = calendar.day_starts(end);
        let changes = calendar.week_offsets(end);
        let mut days = Vec::with_capacity(starts.len() + 8);
        for (i, &from) in starts.iter().enumerate() {
            let to = starts.get(i + 1).copied().unwrap_or(end.max(from));
            // A day of 23 or 25 hours is cut where the clock jumps.
            let mut begin = from;
            for &(t, _) in changes.iter().filter(|c| from < c.0 && c.0 < to) {
                let clock = calendar.local(begin).time_of_day;
                if calendar.local(t).time_of_day != clock + (t - begin) {
                    push(&mut days, &calendar, begin, t);
                    begin = t;
                }
            }
            push(&mut days, &calendar, begin, to);
        }
        Self {
            calendar,
            horizon,
            sound,
            days,
            grid: 0,
            interval: 0,
        }
    }

    /// End of the drain.
    pub(crate) fn end(&self) -> Micros {
        self.horizon + DRAIN
    }

    /// A moment inside the horizon.
    pub(crate) fn inside(&self, item: &Item<'_>, moment: DateTime) -> Option<Micros> {
        let t = self.calendar.instant(moment).filter(|&t| t <= self.horizon);
        if t.is_none() && self.sound {
            let (start, length) = (self.calendar.start(), in_words(self.horizon));
            let what = format!("a date inside the horizon ({length} from {start})");
            return item.expected(&what);
        }
        t
    }

    /// The stretch `[from, to)` of two keys of a table, inside the horizon.
    pub(crate) fn period(&self, c: &mut Cursor<'_>) -> Option<(Micros, Micros)> {
        let from = c.read_needed("from", |i| self.inside(i, i.moment()?));
        let to = c.require("to")?;
        let end = self.inside(&to, to.moment()?);
        let (from, end) = (from?, end?);
        to.must(end > from, "a time after `from`")?;
        Some((from, end))
    }

    /// The function that is 1 within the weekly opening hours and 0 outside.
    pub(crate) fn open(&self, hours: &Hours) -> StepFn {
        let pieces = self.days.iter().flat_map(|day| {
            day.pieces(&hours.curves[day.local.weekday], 0.0)
                .collect::<Vec<_>>()
        });
        StepFn::new(pieces)
    }
}

fn push(days: &mut Vec<Stretch>, calendar: &Calendar, from: Micros, to: Micros) {
    let local = calendar.local(from);
    if to > from {
        days.push(Stretch { from, to, local });
    }
}

/// Product of two step functions.
pub(crate) fn product(a: &StepFn, b: &StepFn) -> StepFn {
    a.product(b)
}

/// Weekly opening hours.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hours {
    /// By weekday: (wall clock, 1 open or 0 closed), in order.
    curves: [Vec<(Micros, f64)>; 7],
}

/// Most entries of opening hours.
const MOST_ENTRIES: usize = 1000;
/// Minutes in a day.
const MINUTES: usize = 1440;

/// `HH:MM`, or `HH:MM:SS`, as seconds; 24:00 is the end of the day.
pub(crate) fn parse_clock(text: &str) -> Option<u32> {
    let is_number = |p: &str| p.len() <= 2 && p.bytes().all(|b| b.is_ascii_digit());
    let part = |p: &str| p.parse::<u32>().ok().filter(|_| is_number(p));
    let parts: Vec<u32> = text.split(':').map(part).collect::<Option<_>>()?;
    let (&[h, m, ref rest @ ..], 2..=3) = (parts.as_slice(), parts.len()) else {
        return None;
    };
    let s = rest.first().copied().unwrap_or(0);
    let total = h * 3600 + m * 60 + s;
    (m < 60 && s < 60 && total <= 86_400).then_some(total)
}

/// `mon`, `mon-fri`, `sat,sun`, `sat-mon`.
pub(crate) fn parse_days(text: &str) -> Option<Vec<usize>> {
    let day = |name: &str| WEEKDAYS.iter().position(|d| *d == name.trim());
    let mut out = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            None => out.push(day(part)?),
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                out.extend((0..=(last + 7 - first) % 7).map(|i| (first + i) % 7));
            }
        }
    }
    Some(out)
}

/// `mon-fri 08:00-18:00`, or `08:00-18:00` for every day: weekdays, opening and closing minute.
fn parse_entry(text: &str) -> Option<(Vec<usize>, usize, usize)> {
    let text = text.trim();
    let (days, times) = match text.rsplit_once(' ') {
        Some((days, times)) => (parse_days(days)?, times),
        None => ((0..7).collect(), text),
    };
    let (from, to) = times.split_once('-')?;
    let minute = |s| Some(parse_clock(s).filter(|t| t % 60 == 0)? as usize / 60);
    let (from, to) = (minute(from)?, minute(to)?);
    (from != to && from < MINUTES).then_some((days, from, to))
}

impl Item<'_> {
    /// Opening hours: a list of entries such as `"mon-fri 08:00-18:00"`, or one of them without brackets.
    pub(crate) fn hours(&self) -> Option<Hours> {
        let what = Kind::Hours.words();
        let entries = match &self.node.value {
            Value::String(_) => vec![self.clone()],
            Value::Array(nodes) => self.entries(nodes, MOST_ENTRIES)?,
            _ => return self.expected(&what),
        };
        if entries.is_empty() {
            return self.expected(&what);
        }
        let read = |entry: &Item<'_>| {
            let what = "opening hours such as \"mon-fri 08:00-18:00\"";
            let help = "write weekdays (mon, tue, wed, thu, fri, sat, sun) and two times of day";
            match &entry.node.value {
                Value::String(text) => {
                    parse_entry(text).or_else(|| entry.expected_help(what, Some(help.to_owned())))
                }
                _ => entry.expected(what),
            }
        };
        let read: Vec<Option<_>> = entries.iter().map(read).collect();
        let mut open = vec![false; 7 * MINUTES];
        for (days, from, to) in read.into_iter().collect::<Option<Vec<_>>>()? {
            // Hours that end before they begin run over midnight.
            let length = if to > from {
                to - from
            } else {
                MINUTES - from + to
            };
            for day in days {
                (0..length).for_each(|m| open[(day * MINUTES + from + m) % (7 * MINUTES)] = true);
            }
        }
        let curve = |day: usize| {
            let minutes = &open[day * MINUTES..(day + 1) * MINUTES];
            let changes = (0..MINUTES).filter(|&m| m == 0 || minutes[m] != minutes[m - 1]);
            changes
                .map(|m| (m as Micros * MINUTE, f64::from(u8::from(minutes[m]))))
                .collect()
        };
        Some(Hours {
            curves: std::array::from_fn(curve),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;
    use jiff::civil::date;

    #[test]
    fn hours_are_parsed() {
        assert_eq!(
            parse_entry("mon-fri 08:00-18:00"),
            Some((vec![0, 1, 2, 3, 4], 480, 1080))
        );
        assert_eq!(
            parse_entry("sat, mon 8:00-24:00"),
            Some((vec![5, 0], 480, 1440))
        );
        assert_eq!(
            parse_entry("sat-mon 22:00-06:00"),
            Some((vec![5, 6, 0], 1320, 360))
        );
        assert_eq!(parse_entry("08:00-09:30").map(|e| e.0.len()), Some(7));
        for bad in [
            "monday 08:00-09:00",
            "mon",
            "mon 8-9",
            "mon 08:00-08:00",
            "mon 25:00-26:00",
            "mon 08:00-24:01",
            "",
        ] {
            assert_eq!(parse_entry(bad), None, "{bad}");
        }
        assert_eq!(parse_clock("07:30:15"), Some(27_015));
        assert_eq!(parse_clock("7"), None);
    }

    #[test]
    fn the_day_of_a_shift_has_two_stretches() {
        // 2025-03-30 in Stockholm: 02:00 becomes 03:00.
        let c = Calendar::new(date(2025, 3, 29), "Europe/Stockholm").unwrap();
        let f = Frame::new(c, 3 * DAY, true);
        let shown: Vec<_> = f.days[..4]
            .iter()
            .map(|d| (d.from, d.to, d.local.time_of_day))
            .collect();
        let shift = DAY + 2 * HOUR;
        assert_eq!(
            shown,
            [
                (0, DAY, 0),
                (DAY, shift, 0),
                (shift, DAY + 23 * HOUR, 3 * HOUR),
                (DAY + 23 * HOUR, 2 * DAY + 23 * HOUR, 0)
            ]
        );
        let curve: Vec<_> = (0..24).map(|h| (h * HOUR, h as f64)).collect();
        let points: Vec<_> = f.days[2].pieces(&curve, -1.0).collect();
        assert_eq!(points[..2], [(shift, 3.0), (shift + HOUR, 4.0)]);
    }

    #[test]
    fn products() {
        let a = StepFn::new([(0, 2.0), (10, 3.0)]);
        let b = StepFn::new([(0, 0.0), (5, 1.0), (20, 0.0)]);
        assert_eq!(
            product(&a, &b),
            StepFn::new([(0, 0.0), (5, 2.0), (10, 3.0), (20, 0.0)])
        );
    }
}
