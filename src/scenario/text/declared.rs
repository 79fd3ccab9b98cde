//! What is declared of a file: its tables of keys, and of each key the kind of its value. The declarations themselves are in `keys`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use toml::Value;

use super::problem::listed;
use super::tree::{Node, parse_value};
use crate::model::{LEAST_FACTOR, MOST_FACTOR, MOST_MONEY};

/// All tables of keys, by name; `root` is the file itself.
#[derive(Debug)]
pub(crate) struct Declared(pub(crate) BTreeMap<String, Keys>);

/// The keys of a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    /// Name of the table among the declarations.
    #[serde(skip)]
    pub(crate) id: String,
    /// What a value that is no table is told to be.
    #[serde(default = "a_table")]
    pub(crate) form: String,
    pub(crate) meaning: String,
    /// What may be written instead of the table.
    #[serde(default)]
    pub(crate) instead: Vec<Kind>,
    /// Keys beside the declared ones, such as names of topics.
    pub(crate) others: Option<Others>,
    /// Sets of keys of which a table has one, whole.
    #[serde(default)]
    pub(crate) forms: Vec<Vec<String>>,
    /// Groups of keys of which a table has one at most: whoever says one of them replaces the others.
    #[serde(default)]
    pub(crate) alternatives: Vec<Vec<String>>,
    /// By the word under the key `kind`: the values of [`Key::only`] that such a table may have.
    #[serde(default)]
    pub(crate) kinds: BTreeMap<String, Vec<String>>,
    /// Whether a file that extends another one changes the table key by key although something else may stand instead of it.
    #[serde(default)]
    pub(crate) merged: bool,
    #[serde(default)]
    pub(crate) examples: Vec<Value>,
    /// What the JSON Schema demands beyond the keys, as JSON.
    pub(crate) schema: Option<String>,
    /// What it demands of a scenario that extends no other one, as JSON.
    pub(crate) complete: Option<String>,
    #[serde(deserialize_with = "in_order")]
    pub(crate) keys: Vec<Key>,
}

/// Keys that are names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Others {
    /// What is named.
    pub(crate) of: String,
    /// The names there can be, as a regular expression.
    pub(crate) pattern: Option<String>,
    pub(crate) is: Kind,
    #[serde(default)]
    pub(crate) meaning: String,
}

/// A key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    #[serde(skip)]
    pub(crate) name: String,
    pub(crate) is: Kind,
    /// The key must be there. In these words it is asked for, else in those of its kind.
    pub(crate) required: Option<Words>,
    /// The same of a key that must be there only beside certain others.
    pub(crate) needs: Option<Words>,
    /// The value where the key is missing ...
    pub(crate) default: Option<Value>,
    /// ... or what holds then, in words.
    pub(crate) otherwise: Option<String>,
    /// The default as a value of a file.
    #[serde(skip)]
    pub(crate) usual: Option<Node>,
    /// The kind of table that has the key, where not all have; see [`Keys::kinds`].
    pub(crate) only: Option<String>,
    /// Other keys that the key replaces when it is set.
    #[serde(default)]
    pub(crate) replaces: Vec<String>,
    /// Whether a file that extends another one replaces a table here as a whole.
    #[serde(default)]
    pub(crate) whole: bool,
    /// Whether the entries of the list are known by their `name`.
    #[serde(default)]
    pub(crate) named: bool,
    /// Whether it holds for the whole run: no change of the timeline sets it.
    #[serde(default)]
    pub(crate) fixed: bool,
    /// What the number counts.
    pub(crate) unit: Option<String>,
    pub(crate) example: Option<Value>,
    /// One sentence.
    pub(crate) meaning: String,
}

/// Words for a message, or `true` for those of the kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Words {
    Own(String),
    OfKind(bool),
}

/// A range of numbers.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    /// What the number is, for messages: "a number of agents".
    pub(crate) what: Option<String>,
    pub(crate) from: Option<f64>,
    pub(crate) above: Option<f64>,
    pub(crate) to: Option<f64>,
    pub(crate) below: Option<f64>,
}

impl Range {
    const fn between(low: f64, high: f64) -> Self {
        Self {
            what: None,
            from: Some(low),
            above: None,
            to: Some(high),
            below: None,
        }
    }

    /// Whether a number lies in the range; NaN lies in none.
    pub(crate) fn contains(&self, x: f64) -> bool {
        x.is_finite()
            && self.from.is_none_or(|low| x >= low)
            && self.above.is_none_or(|low| x > low)
            && self.to.is_none_or(|high| x <= high)
            && self.below.is_none_or(|high| x < high)
    }

    /// `a number between 0 and 10`, `a share above 0`; `what` is said where the range does not say what it is of.
    pub(crate) fn words(&self, what: &str) -> String {
        let what = self.what.as_deref().unwrap_or(what);
        match (self.from, self.above, self.to, self.below) {
            (Some(low), _, Some(high), _) => format!("{what} between {low} and {high}"),
            (Some(low), _, _, Some(high)) => format!("{what} of at least {low} and below {high}"),
            (_, Some(low), Some(high), _) => format!("{what} above {low}, at most {high}"),
            (_, Some(low), _, Some(high)) => format!("{what} above {low} and below {high}"),
            (Some(low), ..) => format!("{what} of at least {low}"),
            (_, Some(low), ..) => format!("{what} above {low}"),
            (_, _, Some(high), _) => format!("{what} of at most {high}"),
            (.., Some(high)) => format!("{what} below {high}"),
            _ => what.to_owned(),
        }
    }
}

/// The kind of a value.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Text,
    /// A text, and what it is in the words of a message.
    TextOf(String),
    Flag,
    Whole(i64, i64),
    Number(Range),
    /// A number between 0 and 1, or a percentage in quotes; perhaps within a narrower range.
    Share,
    ShareIn(Range),
    Probability,
    ProbabilityIn(Range),
    /// A percentage in quotes alone.
    Percentage,
    /// A factor above 0.
    Factor,
    /// An amount in the currency of the scenario.
    Money,
    Duration,
    PositiveDuration,
    /// A duration whose days, weeks, months and years are those of the calendar.
    LongDuration,
    Rate,
    PositiveRate,
    TimeUnit,
    Date,
    /// A date or a date with a time.
    Moment,
    /// A time of day.
    Clock,
    Weekdays,
    /// Opening hours.
    Hours,
    /// A target of service such as "80% in 20 s".
    Target,
    /// A precision to be reached.
    Precision,
    /// One of several words.
    Word(Vec<String>),
    /// Names of what else is in the file: of topics, of pools.
    Names(String),
    /// A distribution of a duration.
    Distribution,
    /// The same with a mean above 0.
    PositiveDistribution,
    /// A function of time with values in a range.
    Pattern(Range),
    /// A value of such a function, whose key declares the range.
    PatternValue,
    /// A table by its name among the declarations.
    Table(String),
    List {
        of: Box<Kind>,
        /// What it is in the words of a message.
        #[serde(default = "a_list")]
        what: String,
        #[serde(default)]
        least: usize,
        #[serde(default = "longest_list")]
        most: usize,
    },
    Any(Vec<Kind>),
    /// A table of keys of the whole file, and what it is in the words of a message.
    Settings(String),
}

/// What is declared of a kind of value without parameters, in `kinds.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlainKind {
    /// What is expected, in a message.
    words: String,
    /// The same in a few words, for `FORMAT.md`.
    pub(crate) short: String,
    /// As JSON Schema.
    pub(crate) schema: serde_json::Value,
}

/// The kinds without parameters, by name.
static PLAIN: LazyLock<BTreeMap<String, PlainKind>> = LazyLock::new(|| {
    toml::from_str(include_str!("kinds.toml")).expect("a test writes all declarations")
});

/// Longest list within a scenario file.
const LONGEST_LIST: usize = 200_000;

fn longest_list() -> usize {
    LONGEST_LIST
}

fn a_list() -> String {
    "a list".to_owned()
}

fn a_table() -> String {
    "a table".to_owned()
}

fn in_order<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Key>, D::Error> {
    let mut keys = Vec::new();
    for (names, value) in toml::Table::deserialize(from)? {
        let mut key: Key = value
            .try_into()
            .map_err(|e| serde::de::Error::custom(format!("{names}: {e}")))?;
        let usual = |value: &Value| parse_value(&value.to_string(), 0, 0).ok();
        key.usual = key.default.as_ref().and_then(usual);
        // Several keys that differ in nothing else are declared together.
        let with = |name: &str| Key {
            name: name.to_owned(),
            ..key.clone()
        };
        keys.extend(names.split(' ').map(with));
    }
    Ok(keys)
}

/// A factor, an amount of money, and a share or a probability before it is narrowed.
const FACTOR: Range = Range::between(LEAST_FACTOR, MOST_FACTOR);
const MONEY: Range = Range::between(0.0, MOST_MONEY);
const UNIT: Range = Range::between(0.0, 1.0);

impl Declared {
    /// A table of keys.
    pub(crate) fn table(&self, id: &str) -> &Keys {
        self.0.get(id).expect("a test follows all references")
    }

    /// The lists of the file whose entries are known by their names.
    pub(crate) fn named(&self) -> impl Iterator<Item = &str> {
        let keys = self.table("root").keys.iter();
        keys.filter(|k| k.named).map(|k| k.name.as_str())
    }

    /// The kinds that a value may be of: those of a union, and what may stand instead of a table.
    pub(crate) fn kinds<'d>(&'d self, kind: &'d Kind) -> Vec<&'d Kind> {
        match kind {
            Kind::Any(kinds) => kinds.iter().flat_map(|k| self.kinds(k)).collect(),
            _ => match self.table_of(kind) {
                Some(keys) => std::iter::once(kind).chain(&keys.instead).collect(),
                None => vec![kind],
            },
        }
    }

    /// The keys of a value that is written as a table: those with the key `next`, where there are several such tables.
    pub(crate) fn keys_of<'d>(&'d self, kind: &'d Kind, next: Option<&str>) -> Option<&'d Keys> {
        let kinds = self.kinds(kind).into_iter();
        let tables: Vec<&Keys> = kinds.filter_map(|k| self.table_of(k)).collect();
        let has_next = |t: &&&Keys| next.is_some_and(|key| t.key(key).is_some());
        tables.iter().find(has_next).or(tables.first()).copied()
    }

    /// The keys of the tables in a list.
    pub(crate) fn item_keys<'d>(&'d self, kind: &'d Kind) -> Option<&'d Keys> {
        self.kinds(kind).into_iter().find_map(|kind| match kind {
            Kind::List { of, .. } => self.keys_of(of, None),
            _ => None,
        })
    }

    fn table_of(&self, kind: &Kind) -> Option<&Keys> {
        match kind {
            Kind::Table(id) => Some(self.table(id)),
            Kind::Distribution | Kind::PositiveDistribution => Some(self.table("distribution")),
            Kind::Pattern(_) => Some(self.table("pattern")),
            _ => None,
        }
    }

    /// The keys of a table on which those of another file are put one by one; `None` for a value that is replaced as a whole.
    pub(crate) fn merged<'d>(&'d self, key: &'d Key) -> Option<&'d Keys> {
        let keys = self.keys_of(&key.is, None).filter(|_| !key.whole)?;
        let alone = self.kinds(&key.is).len() == 1 && matches!(key.is, Kind::Table(_));
        (alone || keys.merged).then_some(keys)
    }
}

impl Keys {
    /// The declaration of a key; keys that are names have none.
    pub(crate) fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|k| k.name == name)
    }

    /// The kind of the value of a key, or of any name.
    pub(crate) fn kind(&self, name: &str) -> Option<&Kind> {
        let others = || self.others.as_ref().map(|others| &others.is);
        self.key(name).map(|key| &key.is).or_else(others)
    }

    /// The keys that give way when a key is set.
    pub(crate) fn replaced_by<'d>(&'d self, key: &'d str) -> impl Iterator<Item = &'d str> {
        let is_it = move |k: &String| k == key;
        let singles = || self.forms.iter().filter(|f| f.len() == 1).flatten();
        let alone = singles().filter(move |_| singles().any(is_it));
        let groups = self.alternatives.iter();
        let with = groups.filter(move |g| g.iter().any(is_it)).flatten();
        let own = self.key(key).into_iter().flat_map(|k| &k.replaces);
        let all = with.chain(alone).chain(own).map(String::as_str);
        all.filter(move |k| *k != key)
    }

    /// The keys that only tables of another kind have than the word `kind` says.
    pub(crate) fn foreign<'d>(&'d self, kind: &str) -> impl Iterator<Item = &'d str> {
        let own = self.kinds.get(kind);
        let foreign = move |k: &&Key| match (&k.only, own) {
            (Some(only), Some(own)) => !own.contains(only),
            _ => false,
        };
        self.keys.iter().filter(foreign).map(|k| k.name.as_str())
    }
}

impl Key {
    /// Whether the key must be there, whatever else is.
    pub(crate) fn is_required(&self) -> bool {
        matches!(self.required, Some(Words::Own(_) | Words::OfKind(true)))
    }

    /// What is expected where the key is missing.
    pub(crate) fn expected(&self) -> String {
        match self.required.as_ref().or(self.needs.as_ref()) {
            Some(Words::Own(words)) => words.clone(),
            _ => self.is.words(),
        }
    }
}

impl Kind {
    /// The range of a number, and what the number is called where the range does not say it.
    pub(crate) fn range(&self) -> Option<(Range, &'static str)> {
        const NUMBER: &str = "a number";
        Some(match self {
            &Kind::Whole(low, high) => (Range::between(low as f64, high as f64), "a whole number"),
            Kind::Number(range) | Kind::Pattern(range) => (range.clone(), NUMBER),
            Kind::Share => (UNIT, "a share"),
            Kind::Probability => (UNIT, "a probability"),
            Kind::ShareIn(range) => (range.clone(), "a share"),
            Kind::ProbabilityIn(range) => (range.clone(), "a probability"),
            Kind::Factor => (FACTOR, NUMBER),
            Kind::Money => (MONEY, NUMBER),
            _ => return None,
        })
    }

    /// What is declared of a kind that has no parameters.
    pub(crate) fn plain(&self) -> Option<&'static PlainKind> {
        PLAIN.get(toml::Value::try_from(self).ok()?.as_str()?)
    }

    /// The kind in the words of a message: "a whole number between 1 and 16".
    pub(crate) fn words(&self) -> String {
        // All digits, which a float does not hold.
        if let Kind::Whole(low, high) = self {
            return format!("a whole number between {low} and {high}");
        }
        if let Some((range, what)) = self.range() {
            return range.words(what);
        }
        match self {
            Kind::TextOf(what) | Kind::Settings(what) | Kind::List { what, .. } => what.clone(),
            Kind::Word(words) => listed(words.iter().map(String::as_str), "or"),
            Kind::Names(of) => format!("a list of {of} names"),
            Kind::Table(_) => "a table".to_owned(),
            Kind::Any(kinds) => {
                let words: Vec<String> = kinds.iter().map(Self::words).collect();
                words.join(" or ")
            }
            plain => plain.plain().map_or_else(String::new, |p| p.words.clone()),
        }
    }
}
