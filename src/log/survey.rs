//! The first pass: how dates are written, and which line of a contact counts.

use std::collections::HashSet;
use std::io::Read;

use super::amount::number;
use super::error::LogError;
use super::header::Header;
use super::mapping::Role;
use super::moment::{DateOrder, Moment, moment, pair};
use super::names::{MOST_WORDS, digest};
use super::rows::{Rows, Step, decoded, is_blank};
use super::source::Source;

/// The roles whose columns hold dates.
const DATES: [Role; 7] = [
    Role::Arrival,
    Role::Answer,
    Role::End,
    Role::HandedOver,
    Role::Date,
    Role::Interval,
    Role::Updated,
];

/// What a pass over the whole log shows.
pub(super) struct Survey {
    pub(super) order: DateOrder,
    /// Dates of the other order.
    pub(super) mixed: u64,
    pub(super) doubles: Doubles,
    /// Topic or channel, where a layout found a column of too many words.
    pub(super) crowded: Vec<Role>,
}

/// The contacts with several lines, and the line of each that counts.
#[derive(Default)]
pub(super) struct Doubles {
    /// Digests of their identifiers, in order.
    digests: Vec<u64>,
    /// When the line was written that counts, and its number.
    latest: Vec<(i64, u64)>,
}

impl Doubles {
    /// Whether a line of a contact counts.
    pub(super) fn counts(&self, contact: &[u8], line: u64) -> bool {
        let found = || self.digests.binary_search(&digest(contact)).ok();
        let latest = (!self.digests.is_empty()).then(found).flatten();
        latest.is_none_or(|i| self.latest[i].1 == line)
    }
}

/// Goes through the rows of a log that have as many fields as it has columns.
fn each<'s>(
    source: &Source<'s>,
    header: &Header,
    mut f: impl FnMut(&Rows<Box<dyn Read>>),
) -> Result<(), LogError> {
    let mut rows = header.rows(source)?;
    loop {
        match rows.step().map_err(|e| source.unread(rows.line(), e))? {
            Step::End => return Ok(()),
            Step::Row if fits(&rows, header) => f(&rows),
            Step::Row | Step::TooLong => {}
        }
    }
}

/// Whether a row has a field for each column; empty fields beyond them are allowed.
pub(super) fn fits<R: Read>(rows: &Rows<R>, header: &Header) -> bool {
    let n = header.names.len();
    rows.fields() >= n && (n..rows.fields()).all(|i| rows.field(i).is_empty())
}

/// Looks at the whole log, as far as it must.
pub(super) fn survey(source: &Source<'_>, header: &Header) -> Result<Survey, LogError> {
    let columns: Vec<usize> = DATES
        .iter()
        .flat_map(|&r| header.columns[r as usize].iter().copied())
        .collect();
    let has_contacts = header.has(Role::Contact);
    let mut evidence = [0_u64; 2];
    let mut undecided: Option<(usize, Vec<u8>)> = None;
    let mut digests = Vec::new();
    let mut words = [Role::Topic, Role::Channel].map(|role| (role, HashSet::new()));
    each(source, header, |rows| {
        for &column in &columns {
            let field = rows.field(column);
            // Most logs begin their dates with the year.
            let Some((a, b)) = pair(field) else { continue };
            match (a > 12, b > 12) {
                (true, false) => evidence[0] += 1,
                (false, true) => evidence[1] += 1,
                _ if undecided.is_none() => undecided = Some((column, field.to_vec())),
                _ => {}
            }
        }
        for (role, words) in &mut words {
            if words.len() <= MOST_WORDS && header.has(*role) {
                words.insert(digest(header.field(rows, *role)));
            }
        }
        if has_contacts {
            let contact = header.field(rows, Role::Contact);
            if !contact.is_empty() {
                digests.push(digest(contact));
            }
        }
    })?;
    let [day_first, month_first] = evidence;
    let (order, mixed) = match (header.mapping.dates, day_first, month_first) {
        (Some(order), ..) => (order, 0),
        (None, 0, 0) => match undecided {
            Some((column, value)) => {
                return Err(LogError::Dates {
                    name: source.name.to_owned(),
                    column: header.names[column].clone(),
                    value: decoded(&value).into_owned(),
                });
            }
            None => (DateOrder::DayMonth, 0),
        },
        (None, d, m) if d >= m => (DateOrder::DayMonth, m),
        (None, d, _) => (DateOrder::MonthDay, d),
    };
    let is_crowded = |(role, words): (Role, HashSet<u64>)| {
        (words.len() > MOST_WORDS && header.mapping.is_assumed(role)).then_some(role)
    };
    Ok(Survey {
        crowded: words.into_iter().filter_map(is_crowded).collect(),
        order,
        mixed,
        doubles: doubles(source, header, order, digests)?,
    })
}

/// Of the contacts with several lines, the one that was written last, or else stands last.
fn doubles(
    source: &Source<'_>,
    header: &Header,
    order: DateOrder,
    mut digests: Vec<u64>,
) -> Result<Doubles, LogError> {
    digests.sort_unstable();
    let mut write = 0;
    for i in 1..digests.len() {
        let is_first = write == 0 || digests[write - 1] != digests[i];
        if digests[i] == digests[i - 1] && is_first {
            digests[write] = digests[i];
            write += 1;
        }
    }
    digests.truncate(write);
    digests.shrink_to_fit();
    if digests.is_empty() {
        return Ok(Doubles::default());
    }
    let mut latest = vec![(i64::MIN, 0); digests.len()];
    each(source, header, |rows| {
        let contact = header.field(rows, Role::Contact);
        if let Ok(i) = digests.binary_search(&digest(contact)) {
            let written = (
                written(header.field(rows, Role::Updated), order),
                rows.line(),
            );
            latest[i] = written.max(latest[i]);
        }
    })?;
    Ok(Doubles { digests, latest })
}

/// When a line was written, as a time or as the number of a version.
fn written(text: &[u8], order: DateOrder) -> i64 {
    match moment(text, order) {
        Some(Moment::Full(stamp)) => stamp.ms - i64::from(stamp.offset.unwrap_or(0)) * 1000,
        _ if is_blank(text) => i64::MIN,
        _ => number(text, false).map_or(i64::MIN, |x| x as i64),
    }
}
