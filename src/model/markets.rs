//! Where customers live: markets, and contact types, each a topic in a market.

use super::Model;

/// Customers of one country or language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    /// Unique name.
    pub name: String,
    /// IANA name of the time zone whose clock its demand and its hours follow.
    pub zone: String,
    /// What its customers speak; `None`: what everybody speaks.
    pub language: Option<String>,
}

/// The markets of an operation; none where it does not tell its customers apart.
///
/// With markets the [`Model::topics`] are contact types: topic k of the scenario in market m is one of them, with a queue
/// and streams of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markets {
    /// The markets.
    pub list: Vec<Market>,
    /// Names of the topics as the scenario has them.
    pub topics: Vec<String>,
    /// Of each contact type its topic (in `topics`) and its market (in `list`).
    pub of: Vec<(usize, usize)>,
}

impl Markets {
    /// Whether contact types are topics in markets.
    pub fn any(&self) -> bool {
        !self.list.is_empty()
    }

    /// Whether each of so many contact types has its topic and its market.
    pub(super) fn fit(&self, types: usize) -> bool {
        let sound = |&(topic, market): &(usize, usize)| {
            topic < self.topics.len() && market < self.list.len()
        };
        match self.any() {
            true => self.of.len() == types && self.of.iter().all(sound),
            false => self.of.is_empty() && self.topics.is_empty(),
        }
    }
}

impl Model {
    /// Topics as the scenario has them: each in one contact type, or with markets in several.
    pub fn topic_count(&self) -> usize {
        if self.markets.any() {
            self.markets.topics.len()
        } else {
            self.topics.len()
        }
    }

    /// Name of a topic as the scenario has it.
    pub fn topic_name(&self, topic: usize) -> &str {
        if self.markets.any() {
            &self.markets.topics[topic]
        } else {
            &self.topics[topic].name
        }
    }

    /// The contact types of a topic.
    pub fn types_of_topic(&self, topic: usize) -> Vec<usize> {
        if !self.markets.any() {
            return vec![topic];
        }
        let of = self.markets.of.iter().enumerate();
        of.filter(|(_, of)| of.0 == topic).map(|(k, _)| k).collect()
    }

    /// The contact types of a market.
    pub fn types_of_market(&self, market: usize) -> Vec<usize> {
        let of = self.markets.of.iter().enumerate();
        of.filter(|(_, of)| of.1 == market)
            .map(|(k, _)| k)
            .collect()
    }

    /// Whether some contacts pass the assistant by since it does not speak their language.
    pub fn has_language_gaps(&self) -> bool {
        self.epochs().any(|m| m.topics.iter().any(|t| t.unspoken))
    }
}
