//! The sections `[[market]]`.

use super::course::Course;
use super::lists::List;
use crate::model::Closed;
use crate::scenario::text::{Cursor, FromItem, Item, Names, Span, Value};
use crate::scenario::values::Frame;
use crate::time::StepFn;

/// A market as it is written.
pub(super) struct Reading<'a> {
    pub(super) item: Item<'a>,
    /// Share of the demand of the topics that are in it; NaN when it was refused.
    pub(super) share: Option<(f64, Item<'a>)>,
    pub(super) frame: Frame,
    /// Index among the languages.
    pub(super) language: Option<usize>,
    pub(super) hours: Option<(StepFn, Closed)>,
    pub(super) course: Course<'a>,
    /// Places of what it says of the course of its demand.
    pub(super) places: Vec<(Span, String)>,
}

/// The markets of a scenario; none where it does not tell its customers apart.
pub(super) struct Section<'n, 'a> {
    pub(super) names: &'n Names,
    pub(super) languages: &'n Names,
    pub(super) list: Vec<Reading<'a>>,
}

/// The languages of the markets, in order.
pub(super) fn languages(items: &[Item<'_>]) -> Names {
    let mut names = Names {
        kind: "language",
        ..Names::default()
    };
    for node in items.iter().filter_map(|i| i.node.table()?.get("language")) {
        match &node.value {
            Value::String(s) if is_language(s) => {
                if !names.list.contains(s) {
                    names.list.push(s.clone());
                }
            }
            _ => names.refused = true,
        }
    }
    names
}

fn is_language(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || c == '-';
    (1..=40).contains(&text.len()) && text.chars().all(plain)
}

/// Languages that somebody speaks.
pub(super) fn spoken(item: &Item<'_>, languages: &Names) -> Option<Vec<usize>> {
    if languages.list.is_empty() && !languages.refused {
        return item.refuse("has no effect without a `language` of a [[market]]");
    }
    languages.read(item)
}

fn market<'a>(
    mut c: Cursor<'a>,
    item: &Item<'a>,
    frame: &Frame,
    languages: &Names,
    general: &Course<'a>,
) -> Reading<'a> {
    c.take("name");
    let share = c.take("share");
    let share = share.map(|i| (f64::from_item(&i).unwrap_or(f64::NAN), i));
    let local = c.read("time_zone", frame.calendar.clone(), |i| {
        i.zone(|name| frame.calendar.in_zone(name))
    });
    let local = Frame {
        grid: frame.grid,
        interval: frame.interval,
        ..Frame::new(local, frame.horizon, frame.sound)
    };
    let language = c.read_opt("language", |i| match i.string()? {
        s if is_language(s) => languages.list.iter().position(|l| l == s),
        _ => i.expected("a language such as \"sv\" or \"pt-BR\""),
    });
    let hours = c.read_opt("hours", |i| i.hours().map(|h| local.open(&h)));
    c.idle_without(!c.has("hours") && c.has("closed"), "closed", "`hours`");
    let closed = c.get_by("closed", Item::variant);
    let reading = Reading {
        item: item.clone(),
        share,
        frame: local,
        language,
        hours: hours.map(|open| (open, closed)),
        places: Course::places(&c).collect(),
        course: Course::read(&mut c, general),
    };
    c.finish();
    reading
}

/// The markets that a topic is in, each with the topic's own share of it, and where that is written.
pub(super) struct Presence<'a> {
    pub(super) list: Vec<(usize, Option<f64>)>,
    pub(super) item: Item<'a>,
}

/// Reads `markets` of a topic: names, or a table of shares.
pub(super) fn presence<'a>(item: &Item<'a>, markets: &Names) -> Option<Presence<'a>> {
    let list = match item.node.value {
        Value::Table(_) => {
            let read = |(name, entry): (&str, Item<'a>)| {
                let (market, share) = (markets.find(name, &entry), f64::from_item(&entry));
                Some((market?, Some(share?)))
            };
            let read: Vec<_> = item.cursor()?.rest().into_iter().map(read).collect();
            let list: Vec<_> = read.into_iter().collect::<Option<_>>()?;
            let sum: f64 = list.iter().filter_map(|m| m.1).sum();
            if !item.sums_to_one(sum, 1e6, "shares") {
                return None;
            }
            list.iter().map(|&(m, s)| (m, s.map(|s| s / sum))).collect()
        }
        _ => markets.read(item)?.into_iter().map(|m| (m, None)).collect(),
    };
    Some(Presence {
        list,
        item: item.clone(),
    })
}

impl<'n, 'a> Section<'n, 'a> {
    /// Reads the markets; what they do not say of the course of demand is `general`. `None` when one is no table.
    pub(super) fn read(
        markets: &'n List<'a>,
        languages: &'n Names,
        frame: &Frame,
        general: &Course<'a>,
    ) -> Option<Self> {
        let section = Self {
            names: &markets.names,
            languages,
            list: markets.each(|c, item, _| market(c, item, frame, languages, general)),
        };
        section.check_shares();
        (section.list.len() == markets.items.len()).then_some(section)
    }

    /// Shares, where they are given, sum to 1.
    fn check_shares(&self) {
        let shares = || self.list.iter().filter_map(|m| m.share.as_ref());
        let sum: f64 = shares().map(|(share, _)| share).sum();
        let whole = shares().count() == self.list.len();
        let Some((_, last)) = shares().next_back().filter(|_| !sum.is_nan()) else {
            return;
        };
        if whole || sum > 1.0 {
            last.sums_to_one(sum, 1e6, "shares of all markets");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_plain_words() {
        assert!(is_language("sv") && is_language("pt-BR") && is_language("日本語"));
        assert!(!is_language("") && !is_language("Swedish, German"));
    }
}
