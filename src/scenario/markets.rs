//! The sections `[[market]]`, and the contact types that come of them: a topic in a market.

use super::assistant;
use super::course::Course;
use super::cursor::{Cursor, Item, Names, join};
use super::frame::Frame;
use super::patterns::gcd;
use super::pools;
use super::problem::quoted;
use super::topics;
use super::tree::{Span, Value};
use crate::model::{Closed, Market, Markets};
use crate::time::{Calendar, Micros, StepFn};

/// Most markets, and contact types, of a model.
pub(super) const MOST: usize = 200;
const MOST_TYPES: usize = 1000;

/// A market as it is written.
struct Reading<'a> {
    item: Item<'a>,
    /// Share of the demand of the topics that are in it; NaN when it was refused.
    share: Option<(f64, Item<'a>)>,
    frame: Frame,
    /// Index among the languages.
    language: Option<usize>,
    hours: Option<(StepFn, Closed)>,
    course: Course<'a>,
    /// Places of what it says of the course of its demand.
    places: Vec<(Span, String)>,
}

/// The markets of a scenario; none where it does not tell its customers apart.
pub(super) struct Section<'n, 'a> {
    names: &'n Names,
    languages: &'n Names,
    list: Vec<Reading<'a>>,
}

/// The contact types: topics, or with markets topics in markets.
pub(super) struct Types<'t, 'a> {
    pub(super) topics: &'t Names,
    pub(super) markets: &'t Names,
    /// Of each type its topic and its market, which is 0 where there is none.
    pub(super) of: Vec<(usize, usize)>,
    /// Of each type its share of the demand of its topic.
    pub(super) weights: Vec<f64>,
    /// Local time and course of the demand of each market; one where there is none.
    pub(super) locals: Vec<(&'t Frame, &'t Course<'a>)>,
    /// Where markets say something of the course of their demand.
    pub(super) courses: Vec<(Span, String)>,
}

impl Types<'_, '_> {
    /// The widest step that divides `step` and on which the hours of every market's clock begin.
    pub(super) fn grain(&self, step: Micros) -> Micros {
        if self.markets.list.is_empty() {
            return step;
        }
        let days = self.locals.iter().flat_map(|(frame, _)| {
            let within = frame.days.iter().filter(|d| d.from < frame.horizon);
            within.flat_map(|d| [d.from, d.clock])
        });
        days.fold(step, gcd)
    }
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
        item.problem("has no effect without a `language` of a [[market]]", None);
        return None;
    }
    languages.read(item)
}

/// The clock of another place at the same time; an unknown name is reported.
fn zone(item: &Item<'_>, calendar: &Calendar) -> Option<Calendar> {
    let what = "the IANA name of a time zone";
    match calendar.in_zone(item.string(what)?) {
        Ok(calendar) => Some(calendar),
        Err(why) => {
            let help = "write an IANA name such as \"Europe/Stockholm\" or \"UTC\"".to_owned();
            item.problem(format!("expected {what}: {why}"), Some(help));
            None
        }
    }
}

fn market<'a>(
    item: &Item<'a>,
    frame: &Frame,
    languages: &Names,
    general: &Course<'a>,
) -> Option<Reading<'a>> {
    let mut c = item.cursor("a table")?;
    c.take("name");
    let share = c.take("share");
    let share = share.map(|i| (i.share().unwrap_or(f64::NAN), i));
    let local = c.read("time_zone", frame.calendar.clone(), |i| {
        zone(i, &frame.calendar)
    });
    let local = Frame {
        grid: frame.grid,
        interval: frame.interval,
        ..Frame::new(local, frame.horizon, frame.sound)
    };
    let language = c.read_opt("language", |i| match i.string("a language")? {
        s if is_language(s) => languages.list.iter().position(|l| l == s),
        _ => i.expected("a language such as \"sv\" or \"pt-BR\""),
    });
    let hours = c.read_opt("hours", |i| i.hours().map(|h| local.open(&h)));
    if !c.has("hours") && c.has("closed") {
        c.without_effect("`closed` has no effect without `hours`");
    }
    let closed = c.read("closed", Closed::Queue, |i| i.one_of(&assistant::CLOSED));
    let places = Course::places(&c).collect();
    let course = Course::read(&mut c, general);
    c.finish();
    Some(Reading {
        item: item.clone(),
        share,
        frame: local,
        language,
        hours: hours.map(|open| (open, closed)),
        course,
        places,
    })
}

/// The markets that a topic is in, each with the topic's own share of it, and where that is written.
pub(super) struct Presence<'a> {
    list: Vec<(usize, Option<f64>)>,
    item: Item<'a>,
}

/// Reads `markets` of a topic: names, or a table of shares.
pub(super) fn presence<'a>(item: &Item<'a>, markets: &Names) -> Option<Presence<'a>> {
    let list = match item.node.value {
        Value::Table(_) => {
            let mut c: Cursor<'a> = item.cursor("a table of shares by market")?;
            let mut list = Vec::new();
            for (name, entry) in c.rest() {
                list.push((markets.find(name, &entry)?, Some(entry.share()?)));
            }
            let sum: f64 = list.iter().filter_map(|m| m.1).sum();
            if (sum - 1.0).abs() > 1e-6 {
                let shown = (sum * 1e6).round() / 1e6;
                let what = format!("expected shares that sum to 1, found a sum of {shown}");
                item.problem(what, None);
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
        items: &[Item<'a>],
        names: &'n Names,
        languages: &'n Names,
        frame: &Frame,
        general: &Course<'a>,
    ) -> Option<Self> {
        let named = items.iter().zip(&names.list);
        let list: Vec<_> = named
            .filter_map(|(item, name)| {
                let item = super::build::named(item, "market", name);
                market(&item, frame, languages, general)
            })
            .collect();
        let section = Self {
            names,
            languages,
            list,
        };
        section.check_shares();
        (section.list.len() == items.len()).then_some(section)
    }

    /// Shares, where they are given, sum to 1.
    fn check_shares(&self) {
        let shares = || self.list.iter().filter_map(|m| m.share.as_ref());
        let sum: f64 = shares().map(|(share, _)| share).sum();
        let whole = shares().count() == self.list.len();
        let Some((_, last)) = shares().next_back().filter(|_| !sum.is_nan()) else {
            return;
        };
        if (whole && (sum - 1.0).abs() > 1e-6) || sum > 1.0 + 1e-6 {
            let shown = (sum * 1e6).round() / 1e6;
            let what =
                format!("expected shares of all markets that sum to 1, found a sum of {shown}");
            last.problem(what, None);
        }
    }

    /// The contact types, given for each topic the markets it says it is in, and whether its demand is divided among them: it
    /// is not where files tell the market of every case. `None` when something was refused.
    pub(super) fn types<'t>(
        &'t self,
        topics: &'t Names,
        presences: &[Option<Presence<'a>>],
        divided: &[bool],
        general: (&'t Frame, &'t Course<'a>),
    ) -> Option<Types<'t, 'a>> {
        let mut types = Types {
            topics,
            markets: self.names,
            of: (0..topics.list.len()).map(|k| (k, 0)).collect(),
            weights: vec![1.0; topics.list.len()],
            locals: vec![general],
            courses: Vec::new(),
        };
        if self.list.is_empty() {
            return Some(types);
        }
        types.locals = self.list.iter().map(|m| (&m.frame, &m.course)).collect();
        types.courses = self.list.iter().flat_map(|m| m.places.clone()).collect();
        (types.of, types.weights) = (Vec::new(), Vec::new());
        let mut sound = true;
        for (k, (presence, &divided)) in presences.iter().zip(divided).enumerate() {
            let everywhere = || (0..self.list.len()).map(|m| (m, None)).collect();
            let list: Vec<_> = presence
                .as_ref()
                .map_or_else(everywhere, |p| p.list.clone());
            let weights = if divided {
                self.weights(&topics.list[k], &list, presence.as_ref())
            } else {
                Some(vec![0.0; list.len()])
            };
            sound &= weights.is_some();
            types.of.extend(list.iter().map(|&(m, _)| (k, m)));
            types.weights.extend(weights.unwrap_or_default());
        }
        if types.of.len() > MOST_TYPES
            && let Some(last) = self.list.last()
        {
            let found = types.of.len();
            let message = format!(
                "expected at most {MOST_TYPES} contact types (topics in markets), found {found}"
            );
            last.item.problem(message, None);
            sound = false;
        }
        sound.then_some(types)
    }

    /// Shares of a topic's demand by market, which sum to 1.
    fn weights(
        &self,
        topic: &str,
        list: &[(usize, Option<f64>)],
        presence: Option<&Presence<'a>>,
    ) -> Option<Vec<f64>> {
        if list.len() == 1 {
            return Some(vec![1.0]);
        }
        if let Some(own) = list.iter().map(|m| m.1).collect() {
            return Some(own);
        }
        let mut weights = Vec::with_capacity(list.len());
        let mut sound = true;
        for &(m, _) in list {
            let market = &self.list[m];
            match &market.share {
                Some((share, _)) => weights.push(*share),
                None => {
                    let path = join(&market.item.path, "share");
                    let (reader, span) = (market.item.reader, market.item.node.span);
                    let message = "missing; expected the market's share, since the demand of topics is divided by it";
                    reader.problem(span, &path, message.to_owned(), None);
                    sound = false;
                }
            }
        }
        let sum: f64 = weights.iter().sum();
        if !sound || sum.is_nan() {
            return None;
        }
        if sum <= 0.0 {
            let item = presence.map_or(&self.list[0].item, |p| &p.item);
            let what = format!(
                "expected a market with a share above 0 for {}",
                quoted(topic)
            );
            item.problem(what, None);
            return None;
        }
        Some(weights.iter().map(|w| w / sum).collect())
    }

    /// Puts the contact types in place of the topics: in the topics themselves, and in what pools know of them.
    pub(super) fn expand(
        &self,
        topics: Vec<topics::Reading<'a>>,
        pools: &mut [pools::Reading<'a>],
        types: &Types<'_, 'a>,
        assistant: &assistant::Section,
    ) -> (Vec<topics::Reading<'a>>, Markets) {
        if self.list.is_empty() {
            return (topics, Markets::default());
        }
        for reading in pools.iter_mut() {
            let speaks = |m: usize| match (&reading.languages, self.list[m].language) {
                (Some(spoken), Some(language)) => spoken.contains(&language),
                _ => true,
            };
            let of = || types.of.iter();
            reading.skilled = of().map(|t| reading.pool.skills[t.0]).collect();
            let pool = &mut reading.pool;
            pool.skills = of().map(|t| pool.skills[t.0] && speaks(t.1)).collect();
            pool.work_factor = of().map(|t| pool.work_factor[t.0]).collect();
            pool.ranking = of().map(|t| pool.ranking[t.0]).collect();
        }
        let expanded = types
            .of
            .iter()
            .map(|&(k, m)| self.contact_type(&topics[k], m, assistant))
            .collect();
        let list = self.list.iter().zip(&self.names.list);
        let list = list.map(|(market, name)| Market {
            name: name.clone(),
            zone: market.frame.calendar.zone().to_owned(),
            language: market.language.map(|l| self.languages.list[l].clone()),
        });
        let markets = Markets {
            list: list.collect(),
            topics: types.topics.list.clone(),
            of: types.of.clone(),
        };
        (expanded, markets)
    }

    /// A topic in a market.
    fn contact_type(
        &self,
        topic: &topics::Reading<'a>,
        m: usize,
        assistant: &assistant::Section,
    ) -> topics::Reading<'a> {
        let (market, name) = (&self.list[m], &self.names.list[m]);
        let mut reading = topic.clone();
        let t = &mut reading.topic;
        t.name = format!("{} / {name}", t.name);
        if !topic.fixed_access {
            t.market_hours = market.hours.clone();
        }
        if let (Some(hours), None) = (&t.market_hours, &t.callback)
            && hours.1 == Closed::Callback
        {
            let message = format!(
                "closed = \"callback\" of the market {} needs to know who accepts a call; expected `callback`",
                quoted(name)
            );
            let help = "write callback = { above = \"3 min\", accept = 0.5 }".to_owned();
            topic.item.problem(message, Some(help));
        }
        reading.at = match market.language {
            Some(l) => format!(
                " in the market {} ({})",
                quoted(name),
                quoted(&self.languages.list[l])
            ),
            None => format!(" in the market {}", quoted(name)),
        };
        let spoken = assistant.languages.as_ref().zip(market.language);
        if t.ai.is_some() && spoken.is_some_and(|(spoken, l)| !spoken.contains(&l)) {
            t.unspoken = t.entry_human < 1.0;
            (t.ai, t.entry_human) = (None, 1.0);
            reading.needs_person = true;
            reading.lost_assistant = true;
        }
        reading
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
