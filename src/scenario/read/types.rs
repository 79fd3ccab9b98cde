//! The contact types: topics, or with markets topics in markets.

use super::assistant;
use super::course::Course;
use super::markets::{Presence, Section};
use super::pools;
use super::topics;
use crate::model::{MOST_TOPICS, Market, Markets};
use crate::scenario::text::{Names, Span, quoted};
use crate::scenario::values::{Frame, gcd};
use crate::time::Micros;

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
            within.flat_map(|d| [d.from, d.local.time_of_day])
        });
        days.fold(step, gcd)
    }
}

impl<'n, 'a> Section<'n, 'a> {
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
        if types.of.len() > MOST_TOPICS
            && let Some(last) = self.list.last()
        {
            let (what, found) = ("contact types (topics in markets)", types.of.len());
            let message = format!("expected at most {MOST_TOPICS} {what}, found {found}");
            last.item.problem(message);
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
        let share = |&(m, _): &(usize, Option<f64>)| {
            let market = &self.list[m];
            if market.share.is_none() {
                market.item.cursor()?.require("share");
            }
            market.share.as_ref().map(|(share, _)| *share)
        };
        let weights: Vec<Option<f64>> = list.iter().map(share).collect();
        let weights: Vec<f64> = weights.into_iter().collect::<Option<_>>()?;
        let sum: f64 = weights.iter().sum();
        if sum <= 0.0 {
            let item = presence.map_or(&self.list[0].item, |p| &p.item);
            let topic = quoted(topic);
            return item.refuse(format!(
                "expected a market with a share above 0 for {topic}"
            ));
        }
        (!sum.is_nan()).then(|| weights.iter().map(|w| w / sum).collect())
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
            if !pool.weights.is_empty() {
                pool.weights = of().map(|t| pool.weights[t.0]).collect();
            }
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
        let name = quoted(name);
        if let Some((_, closed)) = t.market_hours {
            topics::need_callback(&topic.item, t, closed, &format!(" of the market {name}"));
        }
        let language = market.language.map(|l| quoted(&self.languages.list[l]));
        let language = language.map_or(String::new(), |language| format!(" ({language})"));
        reading.at = format!(" in the market {name}{language}");
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
