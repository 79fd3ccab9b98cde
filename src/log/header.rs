//! Where the header of a log is, what separates its fields, and which column holds what.

use std::io::Read;

use super::amount::number;
use super::error::{LogError, some_of};
use super::layouts::{KNOWN, Layout};
use super::mapping::{Column, Mapping, ROLES, Role, Rule, fold};
use super::moment::{self, DateOrder};
use super::record::Outcome;
use super::rows::{Rows, Step, decoded, is_blank};
use super::source::Source;
use crate::scenario::{Problem, Problems, nearest};
use crate::text::visible_line;

/// Rows among which the header is looked for.
const MOST_ROWS: usize = 60;
/// Bytes among which it is looked for.
const HEAD: u64 = 1 << 20;

/// A log whose columns are known.
pub(super) struct Header {
    pub(super) separator: u8,
    pub(super) terminator: u8,
    /// The line of the header; 0 if it has none, as in a table.
    pub(super) line: u64,
    /// The names of the columns.
    pub(super) names: Vec<String>,
    /// Columns of a table that no field can hold.
    pub(super) others: Vec<String>,
    /// By role: its columns, in the order in which they are asked.
    pub(super) columns: [Vec<usize>; ROLES],
    /// By column: milliseconds of the unit of its durations.
    pub(super) units: Vec<f64>,
    pub(super) rules: Vec<BoundRule>,
    /// The mapping with what the layout adds.
    pub(super) mapping: Mapping,
    pub(super) layout: Option<&'static Layout>,
}

/// A rule whose column is found.
pub(super) struct BoundRule {
    pub(super) column: usize,
    pub(super) values: Vec<String>,
    pub(super) outcome: Option<Outcome>,
}

impl Header {
    pub(super) fn has(&self, role: Role) -> bool {
        !self.columns[role as usize].is_empty()
    }

    /// The first field of a role that is not empty.
    pub(super) fn field<'r, R: Read>(&self, rows: &'r Rows<R>, role: Role) -> &'r [u8] {
        self.place(rows, role).map_or(&[], |c| rows.field(c))
    }

    /// The column of that field.
    pub(super) fn place<R: Read>(&self, rows: &Rows<R>, role: Role) -> Option<usize> {
        let columns = self.columns[role as usize].iter().copied();
        columns.into_iter().find(|&c| !is_blank(rows.field(c)))
    }

    /// Whether something is read from a column.
    pub(super) fn is_read(&self, column: usize) -> bool {
        let mut bound = self.columns.iter().flatten();
        bound.any(|&c| c == column) || self.rules.iter().any(|r| r.column == column)
    }

    /// Whether a row repeats the header, as where several exports stand in one file.
    pub(super) fn is_again<R: Read>(&self, rows: &Rows<R>) -> bool {
        let same = |(i, name): (usize, &String)| decoded(rows.field(i)).trim() == name;
        let first = self.names.iter().enumerate().take(1).all(same);
        self.line > 0 && first && self.names.iter().enumerate().all(same)
    }

    /// Opens the log again, at the first row below the header.
    pub(super) fn rows(&self, source: &Source<'_>) -> Result<Rows<Box<dyn Read>>, LogError> {
        let text = source.content(&|column| self.is_read(column))?.rows;
        let mut rows = Rows::new(text, self.separator, self.terminator, 1);
        if self.line == 0 {
            return Ok(rows);
        }
        loop {
            let step = rows.step().map_err(|e| source.unread(rows.line(), e))?;
            if step == Step::End || rows.line() >= self.line {
                return Ok(rows);
            }
        }
    }
}

/// A row that may be the header.
struct Candidate {
    separator: u8,
    line: u64,
    names: Vec<String>,
    folded: Vec<String>,
}

impl Candidate {
    fn new(separator: u8, line: u64, names: Vec<String>) -> Self {
        Self {
            separator,
            line,
            folded: names.iter().map(|n| fold(n)).collect(),
            names,
        }
    }

    /// The place of a column: with its name as it is written, else in other letters and with other marks between the words.
    fn position(&self, column: &Column) -> Option<usize> {
        let same = self.names.iter().position(|n| *n == column.name);
        same.or_else(|| self.near(&column.folded))
    }

    fn near(&self, folded: &str) -> Option<usize> {
        self.folded.iter().position(|n| n == folded)
    }
}

/// Finds the header of a log.
pub(super) fn find(source: &Source<'_>, mapping: &Mapping) -> Result<Header, LogError> {
    let content = source.content(&|_| false)?;
    let mut terminator = b'\n';
    let (candidates, others) = match content.table {
        Some(names) => {
            let visible = |name: &String| visible_line(name.trim()).into_owned();
            let plain = names.plain.iter().map(visible).collect();
            let others = names.others.iter().map(visible).collect();
            (vec![Candidate::new(b',', 0, plain)], others)
        }
        None => {
            let mut head = Vec::new();
            let read = content.rows.take(HEAD).read_to_end(&mut head);
            read.map_err(|e| source.unread(0, e))?;
            // UTF-16 without its mark has one in every other byte.
            let zeros = head.iter().filter(|&&b| b == 0).count();
            if zeros > head.len() / 8 {
                return Err(source.format("bytes that are no text, or UTF-16 without its mark"));
            }
            if !head.contains(&b'\n') {
                terminator = b'\r';
            }
            (candidates(&head, terminator, mapping.separator), Vec::new())
        }
    };
    let widest = candidates
        .iter()
        .rev()
        .max_by_key(|c| c.names.iter().filter(|n| !n.is_empty()).count());
    let Some(widest) = widest else {
        return Err(LogError::Empty {
            name: source.name.to_owned(),
        });
    };
    let (candidate, mapping, layout) = match chosen(mapping) {
        Some((mapping, layout)) => {
            let best = candidates.iter().rev().max_by_key(|c| found(&mapping, c));
            let best = best.filter(|c| found(&mapping, c) > 0);
            (best.unwrap_or(widest), mapping, layout)
        }
        None => recognised(&candidates, mapping).ok_or_else(|| unknown(source, widest))?,
    };
    let bound = bound(source, candidate, terminator, mapping, layout)?;
    Ok(Header { others, ..bound })
}

/// The rows at the head of a text by each separator that there may be.
fn candidates(head: &[u8], terminator: u8, separator: Option<u8>) -> Vec<Candidate> {
    let line = head.split(|b| matches!(b, b'\n' | b'\r')).next();
    let line = line.unwrap_or(&[]).trim_ascii();
    let said = match line.get(..4) {
        Some(mark) if mark.eq_ignore_ascii_case(b"sep=") && line.len() == 5 => Some(line[4]),
        _ => None,
    };
    let separators = match separator.or(said) {
        Some(one) => vec![one],
        None => vec![b',', b';', b'\t', b'|'],
    };
    let mut out = Vec::new();
    for separator in separators {
        let mut rows = Rows::new(head, separator, terminator, 1);
        for _ in 0..MOST_ROWS {
            match rows.step() {
                Ok(Step::Row) => {}
                Ok(Step::TooLong) => continue,
                Ok(Step::End) | Err(_) => break,
            }
            if said.is_some() && rows.line() == 1 {
                continue;
            }
            let name = |i| visible_line(decoded(rows.field(i)).trim()).into_owned();
            let names: Vec<String> = (0..rows.fields()).map(name).collect();
            out.push(Candidate::new(separator, rows.line(), names));
        }
    }
    out
}

/// The mapping that says by itself what is in which column.
fn chosen(mapping: &Mapping) -> Option<(Mapping, Option<&'static Layout>)> {
    match &mapping.layout {
        Some(id) => {
            let (layout, known) = KNOWN.iter().find(|(l, _)| l.id == id)?;
            Some((mapping.over(known), Some(layout)))
        }
        None if mapping.columns.is_empty() => None,
        None => Some((mapping.clone(), None)),
    }
}

/// How many of the columns of a mapping a row has.
fn found(mapping: &Mapping, candidate: &Candidate) -> usize {
    let columns = mapping.columns.iter().flat_map(|(_, columns)| columns);
    columns.filter(|c| candidate.position(c).is_some()).count()
}

/// The first known layout that some row fits.
fn recognised<'c>(
    candidates: &'c [Candidate],
    mapping: &Mapping,
) -> Option<(&'c Candidate, Mapping, Option<&'static Layout>)> {
    KNOWN.iter().find_map(|(layout, known)| {
        let fitting = candidates.iter().filter(|c| fits(layout, known, c));
        let best = fitting.rev().max_by_key(|c| found(known, c))?;
        Some((best, mapping.over(known), Some(layout)))
    })
}

fn fits(layout: &Layout, known: &Mapping, candidate: &Candidate) -> bool {
    use Role::*;
    let has = |role: Role| {
        let columns = known.columns.iter().filter(|(r, _)| *r == role);
        let mut columns = columns.flat_map(|(_, columns)| columns);
        columns.any(|c| candidate.position(c).is_some())
    };
    let has_any = |roles: &[Role]| roles.iter().any(|&r| has(r));
    let needs = layout
        .needs
        .iter()
        .all(|n| candidate.near(&fold(n)).is_some());
    let is_whole = match (known.has(Offered), known.tickets) {
        (true, _) => has(Offered) && has_any(&[Interval, Date]),
        (_, Some(true)) => {
            let is_ticket = |n: &String| n.contains("ticket");
            let is_named = candidate.folded.iter().any(is_ticket);
            has(Arrival) && (has_any(&[Answer, Wait]) || has(End) && is_named)
        }
        _ => {
            has_any(&[Arrival, Date])
                && has_any(&[Answer, End, Wait, Handle, Talk, Outcome, Agent, Customer])
        }
    };
    needs && is_whole
}

fn unknown(source: &Source<'_>, widest: &Candidate) -> LogError {
    let is_value = |name: &String| {
        let text = name.as_bytes();
        let is_time = moment::moment(text, DateOrder::DayMonth).is_some()
            || moment::moment(text, DateOrder::MonthDay).is_some();
        is_time || number(text, true).is_some()
    };
    let mut columns = widest.names.clone();
    columns.retain(|n| !n.is_empty());
    // What stands in a line of values is nobody's to show.
    if columns.iter().any(is_value) {
        columns.clear();
    }
    LogError::Unknown {
        name: source.name.to_owned(),
        columns,
    }
}

fn bound(
    source: &Source<'_>,
    candidate: &Candidate,
    terminator: u8,
    mapping: Mapping,
    layout: Option<&'static Layout>,
) -> Result<Header, LogError> {
    let names = &candidate.names;
    let mut problems: Vec<Problem> = Vec::new();
    let mut find = |column: &Column| {
        let found = candidate.position(column);
        if let (None, Some(place)) = (found, &column.place) {
            let message = format!(
                "expected a column of {}, found {:?}",
                source.name, column.name
            );
            let known = || names.iter().map(String::as_str).filter(|n| !n.is_empty());
            let help = match nearest(&column.name, known()) {
                Some(near) => format!("did you mean {near:?}?"),
                None => {
                    format!("the columns are {}", some_of(known()))
                }
            };
            problems.push(place.problem(message, Some(help)));
        }
        found
    };
    let mut columns = [const { Vec::new() }; ROLES];
    for (role, named) in &mapping.columns {
        let found = &mut columns[*role as usize];
        *found = named.iter().filter_map(&mut find).collect();
        // Of the usual names one is meant; only an arrival may be in another column where there was no queue.
        if layout.is_some_and(|l| l.needs.is_empty())
            && mapping.is_assumed(*role)
            && *role != Role::Arrival
        {
            found.truncate(1);
        }
    }
    let mut rule = |rule: &Rule| {
        Some(BoundRule {
            column: find(&rule.column)?,
            values: rule.values.clone(),
            outcome: rule.outcome,
        })
    };
    let rules = mapping.rules.iter().filter_map(&mut rule).collect();
    if !problems.is_empty() {
        problems.sort_by_key(|p| (p.line, p.column));
        return Err(LogError::Columns(Problems::new(problems, 0)));
    }
    Ok(Header {
        separator: candidate.separator,
        terminator,
        line: candidate.line,
        others: Vec::new(),
        columns,
        units: names
            .iter()
            .map(|n| mapping.unit.unwrap_or_else(|| unit(n)))
            .collect(),
        names: names.clone(),
        rules,
        mapping,
        layout,
    })
}

/// Milliseconds of the unit that the name of a column says.
fn unit(name: &str) -> f64 {
    let lower = name.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).rev();
    let unit = |word| match word {
        "ms" | "msec" | "millis" | "milliseconds" | "millisecond" => Some(1.0),
        "s" | "sec" | "secs" | "seconds" | "second" => Some(1e3),
        "min" | "mins" | "minutes" | "minute" => Some(6e4),
        "h" | "hrs" | "hours" | "hour" => Some(3.6e6),
        _ => None,
    };
    words.find_map(unit).unwrap_or(1e3)
}
