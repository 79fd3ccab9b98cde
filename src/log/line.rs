//! What all lines of a log need: times, words, identifiers, and what may be shown of a line that is not used.

use std::io::Read;

use super::amount::duration;
use super::clock::{Clock, Point};
use super::error::LogError;
use super::header::Header;
use super::mapping::Role;
use super::moment::{is_month, is_no_time};
use super::names::{MOST_WORDS, Words};
use super::reading::{Fault, Reason};
use super::record::Outcome;
use super::rows::{Rows, decoded, is_blank};
use crate::text::visible_line;

/// Why there is nothing of a line.
pub(super) enum Stop {
    Line(Fault),
    Log(LogError),
}

impl From<LogError> for Stop {
    fn from(e: LogError) -> Self {
        Self::Log(e)
    }
}

/// The line that is read, with what is known of the log.
pub(super) struct Line<'l, R> {
    pub(super) header: &'l Header,
    pub(super) rows: &'l Rows<R>,
    /// The log, for messages.
    pub(super) name: &'l str,
}

impl<'l, R: Read> Line<'l, R> {
    pub(super) fn field(&self, role: Role) -> &'l [u8] {
        self.header.field(self.rows, role)
    }

    /// Whether numbers have a decimal comma.
    pub(super) fn comma(&self) -> bool {
        self.header.separator != b','
    }

    /// A fault of a field.
    pub(super) fn fault(&self, reason: Reason, field: &[u8]) -> Stop {
        let value = self.shown(field);
        Stop::Line(Fault { reason, value })
    }

    /// The time of a role, if the line has one.
    pub(super) fn time(
        &self,
        clock: &mut Clock,
        role: Role,
        base: Option<Point>,
    ) -> Result<Option<Point>, Stop> {
        let text = self.field(role);
        if text.is_empty() || is_no_time(text) {
            return Ok(None);
        }
        match clock.read(text, base) {
            Some(point) => Ok(Some(point)),
            None => Err(self.fault(Reason::UnreadableTime, text)),
        }
    }

    /// The duration of a role in milliseconds, if the line has one.
    pub(super) fn duration(&self, role: Role) -> Result<Option<u64>, Stop> {
        let Some(column) = self.header.place(self.rows, role) else {
            return Ok(None);
        };
        let text = self.rows.field(column);
        match duration(text, self.header.units[column], self.comma()) {
            None => Err(self.fault(Reason::UnreadableDuration, text)),
            Some(ms) => match u64::try_from(ms) {
                Ok(ms) => Ok(Some(ms)),
                Err(_) => Err(self.fault(Reason::NegativeDuration, text)),
            },
        }
    }

    /// The index of the word of a role.
    pub(super) fn word(&self, words: &mut Words, role: Role) -> Result<u16, LogError> {
        let too_many = || LogError::TooMany {
            name: self.name.to_owned(),
            column: self.header.columns[role as usize]
                .first()
                .map_or(String::new(), |&c| self.header.names[c].clone()),
            most: MOST_WORDS,
        };
        words.index(self.field(role)).ok_or_else(too_many)
    }

    /// The outcome that a rule says; `None` inside of a line that is to be ignored.
    pub(super) fn ruled(&self) -> Option<Option<Outcome>> {
        let rule = self.header.rules.iter().find(|rule| {
            let text = decoded(self.rows.field(rule.column));
            rule.values.iter().any(|v| *v == text)
        });
        rule.map(|rule| rule.outcome)
    }

    /// What may be shown of a field: no identifier, and of words their length alone.
    fn shown(&self, field: &[u8]) -> String {
        let identifiers = [Role::Customer, Role::Agent, Role::Contact];
        let mut columns = identifiers
            .iter()
            .flat_map(|&r| self.header.columns[r as usize].iter());
        if !is_blank(field) && columns.any(|&c| self.rows.field(c) == field) {
            return "(an identifier)".to_owned();
        }
        masked(&decoded(field))
    }

    /// The word of a role as it is, unless it is an identifier.
    pub(super) fn plain(&self, field: &[u8]) -> String {
        match self.shown(field).as_str() {
            hidden @ "(an identifier)" => hidden.to_owned(),
            _ => cut(&decoded(field)),
        }
    }
}

fn cut(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut out: String = text.chars().take(LONGEST).collect();
    if out.len() < text.len() {
        out.push_str("...");
    }
    visible_line(&out).into_owned()
}

/// A value that is no time, duration or count, without what could be a name, an address or a number of a telephone.
pub(super) fn masked(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits > 8 && !text.contains(':') {
        return format!("({digits} digits)");
    }
    let mut out = String::new();
    let mut rest = cut(text);
    while let Some(c) = rest.chars().next() {
        let end = rest
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len());
        let (word, after) =
            rest.split_at(end.max(if c.is_alphabetic() { 0 } else { c.len_utf8() }));
        let is_known = is_month(word.as_bytes()) || word.chars().count() <= 2;
        match c.is_alphabetic() && !is_known {
            true => out.extend(word.chars().map(|_| 'x')),
            false => out.push_str(word),
        }
        rest = after.to_owned();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn names_are_not_shown() {
        for (text, shown) in [
            ("31/02/2003 25:00", "31/02/2003 25:00"),
            ("32 Jan 2003 10:00 PM", "32 Jan 2003 10:00 PM"),
            ("anna.smith@example.org", "xxxx.xxxxx@xxxxxxx.xxx"),
            ("Müller", "xxxxxx"),
            ("0031 612345678", "(13 digits)"),
            ("", ""),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
