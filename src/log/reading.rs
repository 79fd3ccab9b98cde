//! What was read of a log, and what was not.

use std::fmt;

use jiff::civil::{Date, Weekday};

use super::error::LogError;
use super::names::MOST_WORDS;

/// Lines of each reason that are kept.
const KEPT: usize = 5;

/// What was read of a log.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Contacts or intervals.
    pub kind: Kind,
    /// The name of the known layout that was recognised or asked for.
    pub layout: Option<&'static str>,
    /// What that layout is.
    pub layout_words: Option<&'static str>,
    /// What was found where: keys of a `columns.toml` with the columns in the order in which they are asked.
    pub columns: Vec<(&'static str, Vec<String>)>,
    /// Columns that nothing was read from.
    pub idle_columns: Vec<String>,
    /// Names of the topics, in the order of first appearance; a log without a topic has one.
    pub topics: Vec<String>,
    /// Names of the channels, in the order of first appearance; a log without a channel has one.
    pub channels: Vec<String>,
    /// The first and the last day of what was used.
    pub days: Option<(Date, Date)>,
    /// Days between them of which something was used.
    pub days_used: u64,
    /// Lines below the header, without those that are blank.
    pub lines: u64,
    /// Lines that were used.
    pub used: u64,
    /// The others, by reason.
    pub unused: Vec<Unused>,
    /// What used lines lack.
    pub gaps: Vec<(Gap, u64)>,
    /// Different agents.
    pub agents: u32,
    /// Different customers.
    pub customers: u32,
    /// Milliseconds of an interval, for a log of intervals.
    pub interval_ms: Option<i64>,
    /// The time zone of the times, as it was given.
    pub zone: Option<String>,
    /// What a reader of the results should know.
    pub warnings: Vec<Warning>,
}

impl Reading {
    /// How many lines were not used for a reason.
    pub fn unused_for(&self, reason: Reason) -> u64 {
        let found = self.unused.iter().find(|u| u.reason == reason);
        found.map_or(0, |u| u.lines)
    }
}

/// What the lines of a log are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One contact each.
    Contacts,
    /// The counts of one interval each.
    Intervals,
}

/// Lines that were not used for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub lines: u64,
    /// The first of them.
    pub first: Vec<Sample>,
}

/// A line that was not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its number, from 1.
    pub line: u64,
    /// What was found there; never an identifier of a customer or an agent.
    pub value: String,
}

/// Why a line was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// More or fewer fields than columns.
    Fields,
    /// Longer than a mebibyte.
    TooLong,
    /// The header again.
    Header,
    /// No time of arrival, or of the beginning of the interval.
    NoTime,
    /// A time that cannot be read.
    UnreadableTime,
    /// A duration that cannot be read.
    UnreadableDuration,
    /// A count that cannot be read, or none.
    UnreadableCount,
    /// A duration below 0.
    NegativeDuration,
    /// A count below 0.
    NegativeCount,
    /// Answered before it arrived.
    AnswerBeforeArrival,
    /// Handed over before it arrived, or answered or ended before that.
    HandOver,
    /// Ended before it arrived.
    EndBeforeArrival,
    /// Ended before it was answered.
    EndBeforeAnswer,
    /// A word for the outcome that means nothing.
    UnknownOutcome,
    /// Neither answered nor ended.
    NoOutcome,
    /// To be ignored.
    Ignored,
    /// Another line of the same contact counts.
    Duplicate,
    /// Before the first or after the last time that is asked for.
    Outside,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Reason; 18] = [
        Self::Fields,
        Self::TooLong,
        Self::Header,
        Self::NoTime,
        Self::UnreadableTime,
        Self::UnreadableDuration,
        Self::UnreadableCount,
        Self::NegativeDuration,
        Self::NegativeCount,
        Self::AnswerBeforeArrival,
        Self::HandOver,
        Self::EndBeforeArrival,
        Self::EndBeforeAnswer,
        Self::UnknownOutcome,
        Self::NoOutcome,
        Self::Ignored,
        Self::Duplicate,
        Self::Outside,
    ];

    /// The reason in words that follow "the line was not used: ".
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Fields => "it has another number of fields than the header",
            Self::TooLong => "it is longer than a mebibyte",
            Self::Header => "it repeats the header",
            Self::NoTime => "it has no time of arrival",
            Self::UnreadableTime => "a time cannot be read",
            Self::UnreadableDuration => "a duration cannot be read",
            Self::UnreadableCount => "a count is missing or cannot be read",
            Self::NegativeDuration => "a duration is negative",
            Self::NegativeCount => "a count is negative",
            Self::AnswerBeforeArrival => "the contact was answered before it arrived",
            Self::HandOver => {
                "the contact was handed over before it arrived, or answered or ended before that"
            }
            Self::EndBeforeArrival => "the contact ended before it arrived",
            Self::EndBeforeAnswer => "the contact ended before it was answered",
            Self::UnknownOutcome => "the word for the outcome is not known",
            Self::NoOutcome => "the contact was neither answered nor ended",
            Self::Ignored => "the columns say that it is to be ignored",
            Self::Duplicate => "another line of the same contact counts",
            Self::Outside => "it lies outside of the time that is asked for",
        }
    }

    /// Whether something is wrong with such a line, rather than that it was left out on purpose.
    pub fn is_fault(self) -> bool {
        !matches!(
            self,
            Self::Header | Self::Ignored | Self::Duplicate | Self::Outside | Self::NoOutcome
        )
    }
}

/// What a used line lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// An answered contact without the time of the answer, and without a wait.
    Answer,
    /// An answered contact without a handle time.
    Handle,
    /// An answered contact without an agent.
    Agent,
    /// A priority that is no number.
    Priority,
    /// A word of the assistant that means nothing.
    Assistant,
    /// Neither handed over nor answered, and nothing tells how the assistant ended it.
    Contained,
}

impl Gap {
    /// All of them.
    pub const ALL: [Gap; 6] = [
        Self::Answer,
        Self::Handle,
        Self::Agent,
        Self::Priority,
        Self::Assistant,
        Self::Contained,
    ];

    /// What is lacking, in words.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Answer => "answered contacts without an answer: their wait is not known",
            Self::Handle => "answered contacts without a handle time",
            Self::Agent => "answered contacts without an agent",
            Self::Priority => "contacts with a priority that is no number, which have none",
            Self::Contained => {
                "contacts that were neither handed over nor answered, and that count as resolved by the assistant"
            }
            Self::Assistant => "contacts with an unknown word for what the assistant did",
        }
    }
}

/// What a reader of the results should know.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// Lines that are not UTF-8.
    Encoding {
        /// How many.
        lines: u64,
    },
    /// Lines that are earlier than the one before them.
    Backwards {
        /// How many.
        lines: u64,
        /// Of so many.
        of: u64,
    },
    /// All days are the same day of the week.
    OneWeekday {
        /// Which.
        weekday: Weekday,
        /// How many days.
        days: u64,
    },
    /// Days without anything of weekdays that otherwise have something.
    MissingDays {
        /// How many.
        days: u64,
        /// The first and last days of the longest stretches, at most five.
        stretches: Vec<(Date, Date)>,
    },
    /// Offsets from UTC that no single zone explains.
    TwoZones {
        /// In minutes.
        offsets: Vec<i32>,
    },
    /// Some times with an offset from UTC and some without.
    SomeOffsets {
        /// Times without one.
        without: u64,
    },
    /// Times are UTC, and no zone is given.
    Utc,
    /// Dates of the other order of day and month.
    MixedDates {
        /// How many.
        values: u64,
    },
    /// All handle times are the same.
    EqualHandleTimes {
        /// In milliseconds.
        ms: u64,
    },
    /// Many answered contacts have no agent.
    MissingAgents {
        /// Share of the answered.
        share: f64,
    },
    /// More than a hundredth of the lines are not used because something is wrong with them.
    Unused {
        /// Share of the lines.
        share: f64,
    },
    /// Intervals of which there are several lines; these are added.
    RepeatedIntervals {
        /// Lines beyond the first.
        lines: u64,
    },
    /// Intervals with more answered and abandoned than offered.
    MoreThanOffered {
        /// How many.
        lines: u64,
    },
    /// A column that a layout takes for topics or channels has too many different words, and is not taken for them.
    ManyWords {
        /// Its name.
        column: String,
    },
    /// Columns of a Parquet file with lists or tables in them, which are not read.
    Nested {
        /// Their names.
        columns: Vec<String>,
    },
    /// Several lines of a contact, and no column says which is the latest.
    NoUpdate {
        /// Lines that do not count.
        lines: u64,
    },
}

fn per_cent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding { lines } => {
                write!(f, "{lines} lines are not UTF-8 and are read as Windows-1252")
            }
            Self::Backwards { lines, of } => {
                write!(f, "{lines} of {of} lines are earlier than the line before them; the order of lines has no effect")
            }
            Self::OneWeekday { weekday, days } => {
                write!(f, "all {days} days are a {}: nothing is known of other days of the week", word(*weekday))
            }
            Self::MissingDays { days, stretches } => {
                let stretch = |(from, to): &(Date, Date)| match from == to {
                    true => from.to_string(),
                    false => format!("{from} to {to}"),
                };
                let list: Vec<String> = stretches.iter().map(stretch).collect();
                write!(f, "{days} days have nothing although their weekday mostly has something: {}", list.join(", "))?;
                let shown = stretches.len() == 5;
                if shown { write!(f, " ...") } else { Ok(()) }
            }
            Self::TwoZones { offsets } => {
                let list: Vec<String> = offsets.iter().map(|&m| offset(m)).collect();
                write!(
                    f,
                    "the times have offsets that no single zone explains ({}): each is taken as it is written; name the zone of the centre with `zone`",
                    list.join(", ")
                )
            }
            Self::SomeOffsets { without } => {
                write!(f, "some times have an offset from UTC and {without} have none: name the zone of the centre with `zone`")
            }
            Self::Utc => f.write_str(
                "all times are UTC and no zone is given: hours and days are those of UTC; name the zone of the centre with `zone`",
            ),
            Self::MixedDates { values } => {
                write!(f, "{values} dates have day and month in the other order than most")
            }
            Self::EqualHandleTimes { ms } => {
                write!(f, "all handle times are {} s: they seem to be made up", *ms as f64 / 1e3)
            }
            Self::MissingAgents { share } => {
                write!(f, "{} of the answered contacts have no agent", per_cent(*share))
            }
            Self::Unused { share } => {
                write!(f, "{} of the lines are not used because something is wrong with them", per_cent(*share))
            }
            Self::RepeatedIntervals { lines } => {
                write!(f, "{lines} lines are of an interval that has a line already: they are added")
            }
            Self::MoreThanOffered { lines } => {
                write!(f, "{lines} intervals have more answered and abandoned contacts than offered ones")
            }
            Self::ManyWords { column } => {
                write!(
                    f,
                    "column {column:?} has more than {MOST_WORDS} different words and is left out"
                )
            }
            Self::Nested { columns } => {
                let list: Vec<String> = columns.iter().map(|c| format!("{c:?}")).collect();
                write!(f, "columns with lists, tables or other values that are no fields are not read: {}", list.join(", "))
            }
            Self::NoUpdate { lines } => {
                write!(f, "{lines} lines are of a contact with a later line, and no column says when a line was written: the last line counts")
            }
        }
    }
}

fn offset(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn word(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// A line that cannot be used.
pub(super) struct Fault {
    pub(super) reason: Reason,
    pub(super) value: String,
}

/// The lines that were not used.
pub(super) struct Tally<'w> {
    unused: Vec<Unused>,
    writer: Option<csv::Writer<&'w mut dyn std::io::Write>>,
}

impl<'w> Tally<'w> {
    /// All lines are written to `out`: line, reason, value.
    pub(super) fn new(out: Option<&'w mut dyn std::io::Write>) -> Result<Self, LogError> {
        let mut writer = out.map(csv::Writer::from_writer);
        if let Some(w) = &mut writer {
            w.write_record(["line", "reason", "value"])
                .map_err(failed)?;
        }
        let none = |reason| Unused {
            reason,
            lines: 0,
            first: Vec::new(),
        };
        Ok(Self {
            unused: Reason::ALL.map(none).into(),
            writer,
        })
    }

    pub(super) fn add(&mut self, line: u64, fault: Fault) -> Result<(), LogError> {
        if let Some(w) = &mut self.writer {
            let (line, reason) = (line.to_string(), fault.reason.sentence());
            w.write_record([line.as_str(), reason, &fault.value])
                .map_err(failed)?;
        }
        let unused = &mut self.unused[fault.reason as usize];
        unused.lines += 1;
        if unused.first.len() < KEPT {
            let value = fault.value;
            unused.first.push(Sample { line, value });
        }
        Ok(())
    }

    /// The reasons for which there are lines.
    pub(super) fn finish(mut self) -> Result<Vec<Unused>, LogError> {
        if let Some(w) = &mut self.writer {
            w.flush().map_err(LogError::Write)?;
        }
        self.unused.retain(|u| u.lines > 0);
        Ok(self.unused)
    }
}

fn failed(error: csv::Error) -> LogError {
    LogError::Write(error.into())
}
