//! Which column of a log holds what, and what its words mean: a `columns.toml`.

use std::path::Path;
use std::sync::LazyLock;

use jiff::tz::TimeZone;

use super::moment::DateOrder;
use super::record::{Assistant, Outcome};
use crate::scenario::text::{
    Cursor, Declared, Item, Keys, Node, Place, Reader, Span, Value, hidden, tree,
};
use crate::scenario::{Files, Problems};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// When the contact arrived.
    Arrival,
    /// When a person answered it.
    Answer,
    /// When it ended.
    End,
    /// How long it waited; of an interval the mean of all offered.
    Wait,
    /// How long an agent worked on it; of an interval the mean of all answered.
    Handle,
    /// Parts of the handle time, which are added.
    Talk,
    /// The same.
    Hold,
    /// The same.
    Wrap,
    /// How it ended, in a word.
    Outcome,
    /// What it was about.
    Topic,
    /// Call, chat, mail.
    Channel,
    /// Who answered it.
    Agent,
    /// Where agents are numbered anew in each team: which team it is.
    Team,
    /// Its priority.
    Priority,
    /// Who it came from.
    Customer,
    /// What identifies it: lines with the same are one contact.
    Contact,
    /// When the line was written; the last line of a contact counts.
    Updated,
    /// What the assistant did.
    Assistant,
    /// When the assistant handed it over to people.
    HandedOver,
    /// The date of arrival or interval.
    Date,
    /// The time of day of arrival or interval.
    Time,
    /// When the interval begins.
    Interval,
    /// Contacts offered in the interval.
    Offered,
    /// Contacts answered in the interval.
    Answered,
    /// Contacts abandoned in the interval.
    Abandoned,
    /// Handle time of all answered contacts of the interval.
    HandleTotal,
    /// Waiting time of all contacts of the interval.
    WaitTotal,
    /// Mean wait of the answered contacts of the interval.
    WaitAnswered,
    /// Agents on duty in the interval.
    Agents,
}

/// How many roles there are.
pub(super) const ROLES: usize = 29;

impl Role {
    /// All roles with their keys in a `columns.toml`.
    pub const ALL: [(Role, &'static str); ROLES] = [
        (Role::Arrival, "arrival"),
        (Role::Answer, "answer"),
        (Role::End, "end"),
        (Role::Wait, "wait"),
        (Role::Handle, "handle"),
        (Role::Talk, "talk"),
        (Role::Hold, "hold"),
        (Role::Wrap, "wrap"),
        (Role::Outcome, "outcome"),
        (Role::Topic, "topic"),
        (Role::Channel, "channel"),
        (Role::Agent, "agent"),
        (Role::Team, "team"),
        (Role::Priority, "priority"),
        (Role::Customer, "customer"),
        (Role::Contact, "contact"),
        (Role::Updated, "updated"),
        (Role::Assistant, "assistant"),
        (Role::HandedOver, "handed_over"),
        (Role::Date, "date"),
        (Role::Time, "time"),
        (Role::Interval, "interval"),
        (Role::Offered, "offered"),
        (Role::Answered, "answered"),
        (Role::Abandoned, "abandoned"),
        (Role::HandleTotal, "handle_total"),
        (Role::WaitTotal, "wait_total"),
        (Role::WaitAnswered, "wait_answered"),
        (Role::Agents, "agents"),
    ];

    /// The key in a `columns.toml`.
    pub fn key(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Whether only intervals have it.
    fn is_of_intervals(self) -> bool {
        self >= Role::Interval
    }

    /// Whether only contacts have it.
    fn is_of_contacts(self) -> bool {
        use Role::*;
        let others = [Wait, Handle, Topic, Channel, Date, Time];
        !self.is_of_intervals() && !others.contains(&self)
    }
}

/// The name of a column, and where it is asked for.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// The same as [`fold`] makes it.
    pub(super) folded: String,
    pub(super) place: Option<Place>,
}

/// The letters and digits of a name in lower case: names that differ in nothing else are taken for the same.
pub(super) fn fold(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Lines that have certain words in a column; without an outcome they are ignored.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) column: Column,
    pub(super) values: Vec<String>,
    pub(super) outcome: Option<Outcome>,
}

/// How a log is to be read; by default its layout is recognised and everything is found in it.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pub(super) columns: Vec<(Role, Vec<Column>)>,
    /// Without an outcome the line is ignored.
    pub(super) outcomes: Vec<(String, Option<Outcome>)>,
    pub(super) topics: Vec<(String, String)>,
    pub(super) assistant: Vec<(String, Option<Assistant>)>,
    pub(super) rules: Vec<Rule>,
    pub(super) zone: Option<TimeZone>,
    pub(super) dates: Option<DateOrder>,
    pub(super) separator: Option<u8>,
    /// Milliseconds of the unit of durations.
    pub(super) unit: Option<f64>,
    pub(super) tickets: Option<bool>,
    pub(super) layout: Option<String>,
}

static DECLARED: LazyLock<Declared> = LazyLock::new(|| {
    let file: toml::Table = include_str!("keys.toml")
        .parse()
        .expect("a test reads all declarations");
    let keys = |(id, table): (String, toml::Value)| {
        let keys: Keys = table.try_into().expect("a test reads all declarations");
        (id.clone(), Keys { id, ..keys })
    };
    Declared(file.into_iter().map(keys).collect())
});

impl Mapping {
    /// Reads a `columns.toml`.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of lines.
    pub fn load(path: &Path, files: &dyn Files) -> Result<Self, Problems> {
        let reader = Reader::new(files, &DECLARED);
        let read = read(&reader, path);
        match read {
            Some(mapping) if !reader.has_problems() => Ok(mapping),
            _ => Err(reader.into_problems()),
        }
    }

    /// This mapping with what it does not say from another one.
    pub(super) fn over(&self, base: &Self) -> Self {
        let mut all = self.clone();
        for (role, columns) in &base.columns {
            if !self.columns.iter().any(|(own, _)| own == role) {
                all.columns.push((*role, columns.clone()));
            }
        }
        // Of a word that stands twice the first one counts.
        all.outcomes.extend_from_slice(&base.outcomes);
        all.topics.extend_from_slice(&base.topics);
        all.assistant.extend_from_slice(&base.assistant);
        all.rules.extend_from_slice(&base.rules);
        all.tickets = self.tickets.or(base.tickets);
        all
    }

    /// Forgets where columns are asked for: those that a log does not have are none of it then.
    pub(super) fn optional(mut self) -> Self {
        let columns = self.columns.iter_mut().flat_map(|(_, columns)| columns);
        columns.for_each(|c| c.place = None);
        self.rules.iter_mut().for_each(|r| r.column.place = None);
        self
    }

    /// Whether no file names the columns of a role.
    pub(super) fn is_assumed(&self, role: Role) -> bool {
        let columns = self.columns.iter().filter(|(r, _)| *r == role);
        columns
            .flat_map(|(_, columns)| columns)
            .all(|c| c.place.is_none())
    }

    /// Whether a column of this role is named.
    pub(super) fn has(&self, role: Role) -> bool {
        self.columns.iter().any(|(r, _)| *r == role)
    }
}

fn read(reader: &Reader<'_>, path: &Path) -> Option<Mapping> {
    const LARGEST: u64 = 1 << 20;
    let file = match reader.open(path, LARGEST) {
        Ok(file) => file,
        Err(why) => {
            let id = reader.add(path.to_owned(), String::new());
            let message = format!("the columns cannot be read: {why}");
            reader.problem(Span::new(id, 0..0), "", message, None);
            return None;
        }
    };
    let (table, faults) = tree::parse(&reader.source(file).text, file);
    let sound = faults.is_empty();
    for fault in faults {
        let message = format!("this is no TOML: {}", fault.message);
        reader.problem(fault.span, "", message, fault.help);
    }
    if !(sound && hidden::check_file(reader, file, &table)) {
        return None;
    }
    let root = Node::new(Value::Table(table), Span::new(file, 0..0));
    let mut c = Cursor::root(reader, &root)?;
    let word = |c: &mut Cursor<'_>, key| c.read_opt(key, |i| i.word().map(str::to_owned));
    let layout = word(&mut c, "layout");
    let zone = c.read_opt("zone", zone);
    let dates = word(&mut c, "dates").map(|word| match word.as_str() {
        "day/month/year" => DateOrder::DayMonth,
        _ => DateOrder::MonthDay,
    });
    let separator = word(&mut c, "separator").map(|word| match word.as_str() {
        "tab" => b'\t',
        other => other.as_bytes()[0],
    });
    let unit = word(&mut c, "durations").map(|word| match word.as_str() {
        "milliseconds" => 1.0,
        "minutes" => 6e4,
        "hours" => 3.6e6,
        _ => 1e3,
    });
    let tickets = c.read_opt("tickets", |item| match item.node.value {
        Value::Boolean(flag) => Some(flag),
        _ => item.expected("true or false"),
    });
    let outcomes = c.read_opt("outcomes", |item| words(item, outcome));
    let topics = c.read_opt("topics", |item| {
        words(item, |i| i.string().map(str::to_owned))
    });
    let assistant = c.read_opt("assistant", |item| words(item, of_assistant));
    let rules = c.read_opt("rule", |item| Some(item.tables(|c, _, _| rule(c))?.0));
    let columns = c.read_opt("columns", |item| columns(item, layout.is_none()));
    c.finish();
    Some(Mapping {
        columns: columns.unwrap_or_default(),
        outcomes: outcomes.unwrap_or_default(),
        topics: topics.unwrap_or_default(),
        assistant: assistant.unwrap_or_default(),
        rules: rules.unwrap_or_default(),
        zone,
        dates,
        separator,
        unit,
        tickets,
        layout,
    })
}

fn zone(item: &Item<'_>) -> Option<TimeZone> {
    let name = item.string()?;
    let zone = TimeZone::get(name).ok();
    zone.or_else(|| item.expected(r#"the name of a time zone such as "Europe/Berlin""#))
}

/// The words of a table, each with what `f` makes of it.
fn words<T>(item: &Item<'_>, f: impl Fn(&Item<'_>) -> Option<T>) -> Option<Vec<(String, T)>> {
    item.table(|c| {
        let rest = c.rest().into_iter();
        Some(
            rest.filter_map(|(word, item)| Some((word.to_owned(), f(&item)?)))
                .collect(),
        )
    })
}

/// An outcome, or none of a line that is to be ignored.
fn outcome(item: &Item<'_>) -> Option<Option<Outcome>> {
    Some(match item.word()? {
        "answered" => Some(Outcome::Answered),
        "abandoned" => Some(Outcome::Abandoned),
        "resolved-by-assistant" => Some(Outcome::ResolvedByAssistant),
        "not-offered" => Some(Outcome::NotOffered),
        "agent-work" => Some(Outcome::AgentWork),
        _ => None,
    })
}

fn of_assistant(item: &Item<'_>) -> Option<Option<Assistant>> {
    Some(match item.word()? {
        "resolved" => Some(Assistant::Resolved),
        "handed-over" => Some(Assistant::HandedOver),
        _ => None,
    })
}

fn rule(c: &mut Cursor<'_>) -> Option<Rule> {
    let column = c.require("column").and_then(|item| column(&item));
    let values = c.read_needed("is", |item| item.each(|i| i.string().map(str::to_owned)));
    let outcome = c.read_needed("outcome", outcome);
    Some(Rule {
        column: column?,
        values: values?,
        outcome: outcome?,
    })
}

fn column(item: &Item<'_>) -> Option<Column> {
    let name = item.node.text().map(str::trim);
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return item.expected("the name of a column");
    };
    Some(Column {
        folded: fold(name),
        name: name.to_owned(),
        place: Some(item.reader.place(item.node.span, &item.path)),
    })
}

/// `whole` says that no layout adds others.
fn columns(item: &Item<'_>, whole: bool) -> Option<Vec<(Role, Vec<Column>)>> {
    let mut c = item.cursor()?;
    let mut out = Vec::new();
    for (role, key) in Role::ALL {
        let named = c.read_opt(key, |item| match &item.node.value {
            Value::Array(_) => item.each(column),
            _ => column(item).map(|c| vec![c]),
        });
        out.extend(named.filter(|n| !n.is_empty()).map(|n| (role, n)));
    }
    let has = |key: &str| c.has(key);
    if has("offered") {
        let of_contacts = Role::ALL
            .iter()
            .filter(|(r, k)| r.is_of_contacts() && has(k));
        let of_contacts: Vec<&str> = of_contacts.map(|r| r.1).collect();
        if let [first, ..] = of_contacts.as_slice() {
            let message = format!(
                "expected columns of contacts or of intervals, found `offered` and `{first}`"
            );
            let help = "a log of intervals has `offered`, one of contacts has `arrival`: take out what the log is not";
            item.advise(message, help);
        } else if whole && !has("interval") && !has("date") {
            c.missing(
                "interval",
                "the column with the beginning of the interval, or `date` and `time`",
            );
        }
    } else if whole && !has("arrival") && !has("date") {
        c.missing(
            "arrival",
            "the column with the time of arrival, or `date` and `time`; of a log of intervals `offered`",
        );
    }
    c.finish();
    Some(out)
}
