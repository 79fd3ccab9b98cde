//! The passes over a log.

use std::collections::BTreeMap;
use std::io::Write;

use jiff::civil::{Date, Weekday};

use super::clock::Clock;
use super::contact::Contacts;
use super::error::LogError;
use super::header::{self, Header};
use super::interval::Intervals;
use super::line::{Line, Stop};
use super::mapping::{Mapping, Role};
use super::moment::DAY;
use super::names::Words;
use super::reading::{Fault, Gap, Kind, Reading, Reason, Tally, Warning};
use super::record::{Contact, Outcome, Record};
use super::rows::Step;
use super::source::Source;
use super::survey::{Survey, fits, survey};

/// What is asked for besides the log.
#[derive(Default)]
pub struct Request<'w> {
    /// Nothing before: milliseconds since 1970-01-01 by the clock on the wall.
    pub from: Option<i64>,
    /// Nothing from here on.
    pub until: Option<i64>,
    /// Takes the lines that are not used, as CSV with line, reason and value.
    pub not_used: Option<&'w mut dyn Write>,
}

/// Reads a log from its beginning to its end, and gives `each` what every used line tells, in the order of the lines.
///
/// The log is opened once to find its header, once to see how its dates are written and whether contacts have several lines, if they
/// have (and it identifies contacts) once more to see which line counts, and then to be read.
///
/// # Errors
/// If it cannot be read at all. Lines that cannot be used are counted.
pub fn read(
    source: &Source<'_>,
    mapping: &Mapping,
    request: Request<'_>,
    each: &mut dyn FnMut(Record),
) -> Result<Reading, LogError> {
    let mut header = header::find(source, mapping)?;
    let survey = survey(source, &header)?;
    let mut crowded = Vec::new();
    for &role in &survey.crowded {
        let columns = std::mem::take(&mut header.columns[role as usize]);
        let names = columns.into_iter().map(|c| header.names[c].clone());
        crowded.extend(names.map(|column| Warning::ManyWords { column }));
    }
    let clock = Clock::new(survey.order, header.mapping.zone.clone());
    let (from, until) = (request.from, request.until);
    let tally = Tally::new(request.not_used)?;
    let is_outside = move |t: i64| from.is_some_and(|f| t < f) || until.is_some_and(|u| t >= u);
    let mut pass = Pass {
        source,
        header: &header,
        survey: &survey,
        tally,
        is_outside: &is_outside,
        sums: Sums::default(),
    };
    if header.has(Role::Offered) {
        let mut intervals = Intervals::new(&header, clock);
        pass.run(
            |line| intervals.read(line),
            |c| (c.start, true),
            |c| each(Record::Interval(c)),
        )?;
        let mut warnings = crowded;
        warnings.extend(intervals.clock.warnings());
        for (lines, warning) in [
            (
                intervals.repeated,
                Warning::RepeatedIntervals {
                    lines: intervals.repeated,
                },
            ),
            (
                intervals.excess,
                Warning::MoreThanOffered {
                    lines: intervals.excess,
                },
            ),
        ] {
            warnings.extend((lines > 0).then_some(warning));
        }
        let length = intervals.length();
        let words = (intervals.topics, intervals.channels);
        let reading = pass.finish(Kind::Intervals, words, warnings)?;
        return Ok(Reading {
            interval_ms: length,
            ..reading
        });
    }
    let mut contacts = Contacts::new(&header, clock);
    let mut handled = Handled::default();
    pass.run(
        |line| contacts.read(line),
        |c| (c.arrival, c.outcome != Outcome::AgentWork),
        |c| {
            handled.note(&c);
            each(Record::Contact(c));
        },
    )?;
    let mut warnings = crowded;
    warnings.extend(contacts.clock.warnings());
    warnings.extend(handled.warnings(header.has(Role::Agent)));
    let words = (contacts.topics, contacts.channels);
    let reading = pass.finish(Kind::Contacts, words, warnings)?;
    let gaps = Gap::ALL.into_iter().zip(contacts.gaps);
    Ok(Reading {
        gaps: gaps.filter(|g| g.1 > 0).collect(),
        agents: contacts.agents.len(),
        customers: contacts.customers.len(),
        ..reading
    })
}

/// The pass in which the lines are used.
struct Pass<'p, 'w> {
    source: &'p Source<'p>,
    header: &'p Header,
    survey: &'p Survey,
    tally: Tally<'w>,
    is_outside: &'p dyn Fn(i64) -> bool,
    sums: Sums,
}

/// What is counted of all lines.
#[derive(Default)]
struct Sums {
    lines: u64,
    used: u64,
    other_encoding: u64,
    backwards: u64,
    last: Option<i64>,
    /// By day since 1970: lines that were used; and the last of them.
    days: BTreeMap<i64, u64>,
    day: (i64, u64),
}

impl Sums {
    /// A line of a time was read.
    fn note_time(&mut self, time: i64) {
        self.backwards += u64::from(self.last.is_some_and(|last| time < last));
        self.last = Some(time);
    }

    /// It was used.
    fn note_day(&mut self, time: i64) {
        let day = time.div_euclid(DAY);
        if day != self.day.0 {
            self.close_day();
            self.day = (day, 0);
        }
        self.day.1 += 1;
    }

    fn close_day(&mut self) {
        if self.day.1 > 0 {
            *self.days.entry(self.day.0).or_default() += self.day.1;
        }
    }
}

type Input = Box<dyn std::io::Read>;

impl Pass<'_, '_> {
    /// Reads every line by `read`; `at` says when a record was and whether its day counts.
    fn run<T: Copy>(
        &mut self,
        mut read: impl FnMut(&Line<'_, Input>) -> Result<T, Stop>,
        at: impl Fn(&T) -> (i64, bool),
        mut each: impl FnMut(T),
    ) -> Result<(), LogError> {
        let (source, header) = (self.source, self.header);
        let mut rows = header.rows(source)?;
        loop {
            let step = rows.step().map_err(|e| source.unread(rows.line(), e))?;
            let line = rows.line();
            let fault = |reason, value: &dyn Fn() -> String| Fault {
                reason,
                value: value(),
            };
            let nothing = || String::new();
            if step == Step::End {
                break;
            }
            self.sums.lines += 1;
            if step == Step::TooLong {
                self.tally.add(line, fault(Reason::TooLong, &nothing))?;
                continue;
            }
            self.sums.other_encoding += u64::from(!rows.is_utf8());
            if !fits(&rows, header) {
                let fields = || format!("{} of {}", rows.fields(), header.names.len());
                self.tally.add(line, fault(Reason::Fields, &fields))?;
                continue;
            }
            if header.is_again(&rows) {
                self.tally.add(line, fault(Reason::Header, &nothing))?;
                continue;
            }
            let contact = header.field(&rows, Role::Contact);
            if !self.survey.doubles.counts(contact, line) {
                self.tally.add(line, fault(Reason::Duplicate, &nothing))?;
                continue;
            }
            let name = source.name;
            let record = match read(&Line {
                header,
                rows: &rows,
                name,
            }) {
                Ok(record) => record,
                Err(Stop::Line(fault)) => {
                    self.tally.add(line, fault)?;
                    continue;
                }
                Err(Stop::Log(e)) => return Err(e),
            };
            let (time, is_of_day) = at(&record);
            self.sums.note_time(time);
            if (self.is_outside)(time) {
                self.tally.add(line, fault(Reason::Outside, &nothing))?;
                continue;
            }
            if is_of_day {
                self.sums.note_day(time);
            }
            self.sums.used += 1;
            each(record);
        }
        self.sums.close_day();
        Ok(())
    }

    fn finish(
        self,
        kind: Kind,
        (topics, channels): (Words, Words),
        of_kind: Vec<Warning>,
    ) -> Result<Reading, LogError> {
        let (header, sums) = (self.header, self.sums);
        let unused = self.tally.finish()?;
        let of = |is_it: &dyn Fn(Reason) -> bool| -> u64 {
            unused
                .iter()
                .filter(|u| is_it(u.reason))
                .map(|u| u.lines)
                .sum()
        };
        let faults = of(&|r| r.is_fault());
        let doubles = of(&|r| r == Reason::Duplicate);
        let mut warnings = Vec::new();
        if faults > sums.lines / 100 {
            let share = faults as f64 / sums.lines as f64;
            warnings.push(Warning::Unused { share });
        }
        for (n, warning) in [
            (
                sums.other_encoding,
                Warning::Encoding {
                    lines: sums.other_encoding,
                },
            ),
            (
                self.survey.mixed,
                Warning::MixedDates {
                    values: self.survey.mixed,
                },
            ),
            (
                sums.backwards,
                Warning::Backwards {
                    lines: sums.backwards,
                    of: sums.lines,
                },
            ),
            (
                if header.has(Role::Updated) {
                    0
                } else {
                    doubles
                },
                Warning::NoUpdate { lines: doubles },
            ),
        ] {
            warnings.extend((n > 0).then_some(warning));
        }
        if !header.others.is_empty() {
            let columns = header.others.clone();
            warnings.push(Warning::Nested { columns });
        }
        warnings.extend(of_kind);
        warnings.extend(of_days(&sums.days));
        let ends = sums.days.first_key_value().zip(sums.days.last_key_value());
        let named = |columns: &[usize]| columns.iter().map(|&c| header.names[c].clone()).collect();
        let roles = Role::ALL.into_iter().filter(|(r, _)| header.has(*r));
        let idle = (0..header.names.len()).filter(|&c| !header.is_read(c));
        Ok(Reading {
            kind,
            layout: header.layout.map(|l| l.id),
            layout_words: header.layout.map(|l| l.words),
            columns: roles
                .map(|(r, key)| (key, named(&header.columns[r as usize])))
                .collect(),
            idle_columns: idle
                .map(|c| header.names[c].clone())
                .filter(|n| !n.is_empty())
                .collect(),
            topics: topics.names,
            channels: channels.names,
            days: ends.map(|((first, _), (last, _))| (date(*first), date(*last))),
            days_used: sums.days.len() as u64,
            lines: sums.lines,
            used: sums.used,
            unused,
            gaps: Vec::new(),
            agents: 0,
            customers: 0,
            interval_ms: None,
            zone: header
                .mapping
                .zone
                .as_ref()
                .and_then(|z| z.iana_name())
                .map(str::to_owned),
            warnings,
        })
    }
}

/// Handle times and agents of the answered contacts.
#[derive(Default)]
struct Handled {
    answered: u64,
    agents: u64,
    times: u64,
    first: Option<u64>,
    differ: bool,
}

impl Handled {
    fn note(&mut self, contact: &Contact) {
        if contact.outcome != Outcome::Answered {
            return;
        }
        self.answered += 1;
        self.agents += u64::from(contact.agent.is_some());
        if let Some(ms) = contact.handle_ms {
            self.times += 1;
            self.differ |= *self.first.get_or_insert(ms) != ms;
        }
    }

    fn warnings(&self, has_agents: bool) -> Vec<Warning> {
        const FEW: u64 = 20;
        let mut out = Vec::new();
        if let Some(ms) = self.first.filter(|_| self.times >= FEW && !self.differ) {
            out.push(Warning::EqualHandleTimes { ms });
        }
        let share = 1.0 - self.agents as f64 / self.answered.max(1) as f64;
        if has_agents && self.answered > 0 && share > 0.05 {
            out.push(Warning::MissingAgents { share });
        }
        out
    }
}

fn date(day: i64) -> Date {
    let time = jiff::Timestamp::from_millisecond(day.saturating_mul(DAY)).unwrap_or_default();
    jiff::tz::Offset::UTC.to_datetime(time).date()
}

/// What the days show on which there is something.
fn of_days(days: &BTreeMap<i64, u64>) -> Vec<Warning> {
    let mut out = Vec::new();
    let Some(((&first, _), (&last, _))) = days.first_key_value().zip(days.last_key_value()) else {
        return out;
    };
    // 1970-01-01 was a Thursday.
    let weekday = |day: i64| (day + 3).rem_euclid(7) as usize;
    let mut used = [0_i64; 7];
    for &day in days.keys() {
        used[weekday(day)] += 1;
    }
    let mut with = (0..7).filter(|&w| used[w] > 0);
    if let (Some(w), None, true) = (with.next(), with.next(), days.len() >= 3) {
        let weekday = Weekday::from_monday_zero_offset(w as i8).unwrap_or(Weekday::Monday);
        let days = days.len() as u64;
        out.push(Warning::OneWeekday { weekday, days });
    }
    let weeks = |w: usize| (first..=last).filter(|&d| weekday(d) == w).count() as i64;
    let is_usual: Vec<bool> = (0..7)
        .map(|w| 2 * used[w] >= weeks(w) && used[w] > 1)
        .collect();
    let mut stretches: Vec<(i64, i64, u64)> = Vec::new();
    let mut open = false;
    for day in first..=last {
        if days.contains_key(&day) {
            open = false;
        } else if is_usual[weekday(day)] {
            match stretches.last_mut().filter(|_| open) {
                Some(stretch) => *stretch = (stretch.0, day, stretch.2 + 1),
                None => stretches.push((day, day, 1)),
            }
            open = true;
        }
    }
    let missing: u64 = stretches.iter().map(|s| s.2).sum();
    if missing > 0 {
        stretches.sort_by_key(|s| std::cmp::Reverse(s.2));
        stretches.truncate(5);
        stretches.sort_unstable();
        let stretches = stretches.iter().map(|s| (date(s.0), date(s.1))).collect();
        out.push(Warning::MissingDays {
            days: missing,
            stretches,
        });
    }
    out
}
