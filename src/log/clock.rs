//! From times as they are written to the clock on the wall of the centre.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::moment::{DAY, DateOrder, Moment, Stamp, moment};
use super::reading::Warning;

/// A quarter of an hour: no zone changes its offset within one.
const QUARTER: i64 = 900_000;
/// Most different offsets that are kept apart.
const MOST: usize = 16;

/// A moment by the clock on the wall, and by a clock that is never set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) local: i64,
    pub(super) instant: i64,
    /// Where the clock on the wall shows the time twice, how much later the second time is.
    pub(super) again: i64,
}

/// The clock on the wall in a quarter of an hour, in milliseconds.
#[derive(Clone, Copy)]
struct Wall {
    quarter: i64,
    /// How much it is ahead of UTC.
    ahead: i64,
    /// Where it shows the time twice, how much later the second time is.
    again: i64,
    /// Where it skips the time, how much later the time is that it shows.
    skipped: i64,
}

/// Times that follow one another. Of one that the clock shows twice the second is taken where it would be before the one in front of it,
/// or so far before the next one that the second is before that as well.
pub(super) fn in_order(times: &mut [&mut Point]) {
    if times.iter().all(|t| t.again == 0) {
        return;
    }
    for i in 1..times.len() {
        if times[i].instant < times[i - 1].instant {
            later(times[i]);
        }
    }
    for i in (1..times.len()).rev() {
        if times[i].instant - times[i - 1].instant >= times[i - 1].again {
            later(times[i - 1]);
        }
    }
}

fn later(time: &mut Point) {
    time.instant += time.again;
    time.again = 0;
}

/// Reads times, and notes what their offsets show.
pub(super) struct Clock {
    order: DateOrder,
    zone: Option<TimeZone>,
    /// The last quarter that was asked for with its offset, of instants and of the clock on the wall.
    of_instant: (i64, i64),
    of_local: Wall,
    /// Offsets that are written, and by day which of them.
    offsets: Vec<i32>,
    days: BTreeMap<i64, u16>,
    last: (i64, u16),
    with: u64,
    without: u64,
    others: bool,
}

impl Clock {
    pub(super) fn new(order: DateOrder, zone: Option<TimeZone>) -> Self {
        Self {
            order,
            zone,
            of_instant: (i64::MIN, 0),
            of_local: Wall {
                quarter: i64::MIN,
                ahead: 0,
                again: 0,
                skipped: 0,
            },
            offsets: Vec::new(),
            days: BTreeMap::new(),
            last: (i64::MIN, 0),
            with: 0,
            without: 0,
            others: false,
        }
    }

    /// A time that is read, with the date of `base` if it has none; before `base` it is of the next day.
    pub(super) fn read(&mut self, text: &[u8], base: Option<Point>) -> Option<Point> {
        match moment(text, self.order)? {
            Moment::Full(stamp) => Some(self.point(stamp)),
            Moment::Clock(ms) => {
                let base = base?.local;
                let mut local = base - base.rem_euclid(DAY) + ms;
                // A few seconds before are a fault of clocks, half a day is another day.
                if local < base - DAY / 2 {
                    local += DAY;
                }
                Some(self.wall(local))
            }
        }
    }

    pub(super) fn point(&mut self, stamp: Stamp) -> Point {
        let Some(offset) = stamp.offset else {
            self.without += 1;
            return self.wall(stamp.ms);
        };
        self.note(stamp.ms, offset);
        let instant = stamp.ms - i64::from(offset) * 1000;
        let local = match &self.zone {
            None => stamp.ms,
            Some(zone) => {
                let quarter = instant.div_euclid(QUARTER);
                if self.of_instant.0 != quarter {
                    let time = Timestamp::from_millisecond(instant).ok();
                    let east = time.map_or(0, |t| zone.to_offset(t).seconds());
                    self.of_instant = (quarter, i64::from(east) * 1000);
                }
                instant + self.of_instant.1
            }
        };
        let again = 0;
        Point {
            local,
            instant,
            again,
        }
    }

    /// A time that the clock on the wall shows; of two such times the earlier one, and for one that it skips the time after that.
    fn wall(&mut self, local: i64) -> Point {
        let Some(zone) = &self.zone else {
            let (instant, again) = (local, 0);
            return Point {
                local,
                instant,
                again,
            };
        };
        let quarter = local.div_euclid(QUARTER);
        if self.of_local.quarter != quarter {
            let ms = |offset: Offset| i64::from(offset.seconds()) * 1000;
            let shown = Timestamp::from_millisecond(local).map(|t| Offset::UTC.to_datetime(t));
            let offset = shown.map(|civil| zone.to_ambiguous_timestamp(civil).offset());
            let (ahead, again, skipped) = match offset {
                Ok(AmbiguousOffset::Unambiguous { offset }) => (ms(offset), 0, 0),
                Ok(AmbiguousOffset::Fold { before, after }) => {
                    (ms(before), ms(before) - ms(after), 0)
                }
                Ok(AmbiguousOffset::Gap { before, after }) => {
                    (ms(before), 0, ms(after) - ms(before))
                }
                Err(_) => (0, 0, 0),
            };
            self.of_local = Wall {
                quarter,
                ahead,
                again,
                skipped,
            };
        }
        let wall = self.of_local;
        Point {
            local: local + wall.skipped,
            instant: local - wall.ahead,
            again: wall.again,
        }
    }

    /// Notes the offset of a time.
    fn note(&mut self, local: i64, offset: i32) {
        self.with += 1;
        let found = self.offsets.iter().position(|&o| o == offset);
        let Some(i) = found.or_else(|| {
            self.offsets.push(offset);
            (self.offsets.len() <= MOST).then(|| self.offsets.len() - 1)
        }) else {
            self.offsets.pop();
            self.others = true;
            return;
        };
        let (day, mark) = (local.div_euclid(DAY), 1 << i);
        if self.last.0 != day || self.last.1 & mark == 0 {
            let marks = self.days.entry(day).or_default();
            *marks |= mark;
            self.last = (day, *marks);
        }
    }

    /// What the offsets show.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        let mut out = Vec::new();
        if self.zone.is_some() || self.with == 0 {
            return out;
        }
        if self.without > 0 {
            let without = self.without;
            out.push(Warning::SomeOffsets { without });
        }
        let (low, high) = (self.offsets.iter().min(), self.offsets.iter().max());
        let span = high.zip(low).map_or(0, |(h, l)| h - l);
        // The clock of a zone is set twice a year, by an hour at most.
        let both = self.days.values().filter(|m| m.count_ones() > 1).count();
        let years = match (self.days.first_key_value(), self.days.last_key_value()) {
            (Some((first, _)), Some((last, _))) => (last - first) as usize / 365 + 1,
            _ => 1,
        };
        if self.others || self.offsets.len() > 2 || span > 3600 || both > 2 * years + 1 {
            let mut offsets: Vec<i32> = self.offsets.iter().map(|o| o / 60).collect();
            offsets.sort_unstable();
            out.push(Warning::TwoZones { offsets });
        } else if self.offsets == [0] && self.without == 0 {
            out.push(Warning::Utc);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_those_of_the_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let mut clock = Clock::new(DateOrder::DayMonth, Some(zone));
        let local = |clock: &mut Clock, text: &str| clock.read(text.as_bytes(), None).unwrap();
        let summer = local(&mut clock, "2003-07-01T10:00:00Z");
        assert_eq!(summer, local(&mut clock, "2003-07-01 12:00"));
        let winter = local(&mut clock, "2003-01-01T10:00:00-05:00");
        assert_eq!(winter, local(&mut clock, "2003-01-01 16:00"));
        // The night in which the clock is set forward has an hour less; a time within it is one after it.
        let within = local(&mut clock, "2003-03-30 02:30");
        assert_eq!((within.local, within.instant), {
            let after = local(&mut clock, "2003-03-30 03:30");
            (after.local, after.instant)
        });
        let (before, after) = (
            local(&mut clock, "2003-03-30 01:59"),
            local(&mut clock, "2003-03-30 03:01"),
        );
        assert_eq!(after.instant - before.instant, 120_000);
        assert!(clock.warnings().is_empty());
    }

    /// Between two and three in the night of 26 October 2003 the clock shows each time twice.
    #[test]
    fn times_of_the_doubled_hour_follow_one_another() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let minutes = |texts: &[&str]| {
            let mut clock = Clock::new(DateOrder::DayMonth, Some(zone.clone()));
            let mut read = |t: &&str| clock.read(format!("2003-10-26 {t}").as_bytes(), None);
            let mut points: Vec<Point> = texts.iter().map(|t| read(t).unwrap()).collect();
            let mut times: Vec<&mut Point> = points.iter_mut().collect();
            in_order(&mut times);
            let passed = |w: &[Point]| (w[1].instant - w[0].instant) / 60_000;
            points.windows(2).map(passed).collect::<Vec<_>>()
        };
        assert_eq!(minutes(&["01:50", "02:10", "02:40"]), [20, 30]);
        // Over the end of the first time, and over that of the second.
        assert_eq!(minutes(&["02:50", "02:05", "02:20"]), [15, 15]);
        assert_eq!(minutes(&["02:40", "02:50", "03:10"]), [10, 20]);
        assert_eq!(minutes(&["01:50", "03:10"]), [140]);
        assert_eq!(minutes(&["01:50", "02:30", "03:10"]), [100, 40]);
    }

    #[test]
    fn a_time_of_day_follows_the_arrival() {
        let mut clock = Clock::new(DateOrder::DayMonth, None);
        let arrival = clock.read(b"2003-01-31 23:59:50", None).unwrap();
        let answer = clock.read(b"00:00:05", Some(arrival)).unwrap();
        assert_eq!(answer.local - arrival.local, 15_000);
        assert_eq!(
            clock.read(b"23:59", Some(arrival)).unwrap().local - arrival.local,
            -50_000
        );
        assert_eq!(clock.read(b"23:59", None), None);
    }

    #[test]
    fn daylight_saving_is_one_zone() {
        let read = |texts: &[String]| {
            let mut clock = Clock::new(DateOrder::DayMonth, None);
            for text in texts {
                clock.read(text.as_bytes(), None).unwrap();
            }
            clock.warnings()
        };
        let of = |month: u32, day: u32, zone: &str| format!("2003-{month:02}-{day:02}T10:00{zone}");
        let one: Vec<String> = (1..=12)
            .map(|m| {
                of(
                    m,
                    1,
                    if (4..=10).contains(&m) {
                        "+02:00"
                    } else {
                        "+01:00"
                    },
                )
            })
            .collect();
        assert_eq!(read(&one), []);
        let both: Vec<String> = (1..=9)
            .flat_map(|d| [of(1, d, "+01:00"), of(1, d, "+00:00")])
            .collect();
        assert_eq!(
            read(&both),
            [Warning::TwoZones {
                offsets: vec![0, 60]
            }]
        );
        assert_eq!(read(&[of(1, 1, "Z"), of(2, 1, "Z")]), [Warning::Utc]);
        assert_eq!(
            read(&[of(1, 1, "Z"), of(2, 1, "")]),
            [Warning::SomeOffsets { without: 1 }]
        );
        assert_eq!(
            read(&[of(1, 1, "-05:00"), of(7, 1, "-08:00")]),
            [Warning::TwoZones {
                offsets: vec![-480, -300]
            }]
        );
    }
}
