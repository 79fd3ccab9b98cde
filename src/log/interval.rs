//! From a line to the counts of an interval.

use std::collections::HashSet;
use std::io::Read;

use super::amount::number;
use super::clock::{Clock, Point};
use super::header::Header;
use super::line::{Line, Stop};
use super::mapping::Role;
use super::moment::is_no_time;
use super::names::{Words, digest};
use super::reading::Reason;
use super::record::Counts;
use super::rows::is_blank;

/// What is known of the intervals so far.
pub(super) struct Intervals {
    pub(super) clock: Clock,
    pub(super) topics: Words,
    pub(super) channels: Words,
    /// Lines of intervals that had one already.
    pub(super) repeated: u64,
    /// Intervals with more answered and abandoned than offered.
    pub(super) excess: u64,
    seen: HashSet<u64>,
    /// The first beginning, and the largest number that divides all differences from it.
    first: Option<i64>,
    step: i64,
    has_clock: bool,
}

impl Intervals {
    pub(super) fn new(header: &Header, clock: Clock) -> Self {
        Self {
            clock,
            topics: Words::new(&header.mapping.topics, "(none)"),
            channels: Words::new(&[], "(none)"),
            repeated: 0,
            excess: 0,
            seen: HashSet::new(),
            first: None,
            step: 0,
            has_clock: header.has(Role::Time) || header.has(Role::Interval),
        }
    }

    /// Milliseconds of an interval, once two have been seen.
    pub(super) fn length(&self) -> Option<i64> {
        const DAY: i64 = super::moment::DAY;
        match self.step {
            0 => (!self.has_clock && self.first.is_some()).then_some(DAY),
            step => Some(step.min(DAY)),
        }
    }

    pub(super) fn read<R: Read>(&mut self, line: &Line<'_, R>) -> Result<Counts, Stop> {
        let Point { local, instant, .. } = self.start(line)?;
        if line.ruled() == Some(None) {
            return Err(line.fault(Reason::Ignored, b""));
        }
        let offered = count(line, Role::Offered)?;
        let offered = offered.ok_or_else(|| line.fault(Reason::UnreadableCount, b""))?;
        let answered = count(line, Role::Answered)?;
        let abandoned = count(line, Role::Abandoned)?;
        let served = answered.unwrap_or(offered);
        let total = |role, mean, of: f64| {
            let total = line.duration(role)?;
            let mean = line.duration(mean)?;
            let ms = total.map(|t| t as f64).or(mean.map(|m| m as f64 * of));
            Ok::<_, Stop>(ms.map(|ms| ms / 1e3))
        };
        let counts = Counts {
            line: line.rows.line(),
            start: local,
            offered,
            answered,
            abandoned,
            handle_s: total(Role::HandleTotal, Role::Handle, served)?,
            wait_s: total(Role::WaitTotal, Role::Wait, offered)?,
            wait_answered_s: line
                .duration(Role::WaitAnswered)?
                .map(|ms| ms as f64 / 1e3 * served),
            agents: count(line, Role::Agents)?,
            topic: line.word(&mut self.topics, Role::Topic)?,
            channel: line.word(&mut self.channels, Role::Channel)?,
        };
        self.note(&counts, instant);
        Ok(counts)
    }

    fn start<R: Read>(&mut self, line: &Line<'_, R>) -> Result<Point, Stop> {
        let date = line.time(&mut self.clock, Role::Date, None)?;
        for role in [Role::Interval, Role::Time] {
            let text = line.field(role);
            if text.is_empty() || is_no_time(text) {
                continue;
            }
            let read = self.clock.read(beginning(text), date);
            return read.ok_or_else(|| line.fault(Reason::UnreadableTime, text));
        }
        // A line without a time of day, of a log with one, is a sum.
        let date = date.filter(|_| !self.has_clock);
        date.ok_or_else(|| line.fault(Reason::NoTime, b""))
    }

    fn note(&mut self, counts: &Counts, instant: i64) {
        let first = *self.first.get_or_insert(counts.start);
        self.step = divisor(self.step, (counts.start - first).abs());
        // Two that the clock shows at the same time are none that stands twice.
        let mut key = instant.to_le_bytes().to_vec();
        key.extend(counts.topic.to_le_bytes());
        key.extend(counts.channel.to_le_bytes());
        self.repeated += u64::from(!self.seen.insert(digest(&key)));
        let both = counts.answered.unwrap_or(0.0) + counts.abandoned.unwrap_or(0.0);
        self.excess += u64::from(both > counts.offered + 1e-9);
    }
}

/// The part of `09:00-09:30` before the dash; what else there is stays as it is.
fn beginning(text: &[u8]) -> &[u8] {
    let colon = text.iter().position(|&b| b == b':').unwrap_or(text.len());
    let dash = |b: &u8| matches!(b, b'-' | 0xe2 | 0x96 | b'~');
    let Some(end) = text[colon..].iter().position(dash) else {
        return text;
    };
    // An offset from UTC has a sign as well, and no time of day after it.
    let after = &text[colon + end..];
    let is_range = after.iter().filter(|b| b.is_ascii_digit()).count() >= 3
        && (text.iter().filter(|&&b| b == b':').count() >= 2)
        && (after.len() < 2
            || after[1] == b' '
            || text[colon + end - 1] == b' '
            || !text.contains(&b'T'));
    if is_range {
        text[..colon + end].trim_ascii_end()
    } else {
        text
    }
}

fn count<R: Read>(line: &Line<'_, R>, role: Role) -> Result<Option<f64>, Stop> {
    let text = line.field(role);
    if is_blank(text) {
        return Ok(None);
    }
    match number(text, line.comma()) {
        None => Err(line.fault(Reason::UnreadableCount, text)),
        Some(x) if x < 0.0 => Err(line.fault(Reason::NegativeCount, text)),
        Some(x) => Ok(Some(x)),
    }
}

fn divisor(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
