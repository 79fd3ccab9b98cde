//! What must hold: the service level of a topic in a stretch of time.

use super::decide::Decisions;
use crate::measure::{Grid, Slice, calendar_periods};
use crate::model::Model;
use crate::time::Micros;
use serde::Deserialize;
use std::ops::Range;

/// The stretches of time in each of which the targets must be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// Each reporting interval.
    Interval,
    /// Each local day.
    Day,
    /// Each ISO week, or the part of it that is simulated.
    Week,
    /// The counted time as a whole.
    Horizon,
}

/// How surely the targets must be met.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    /// In which stretches of time each.
    pub per: Per,
    /// The probability of meeting the target in a stretch; `None`: the expected answers within T are the target's share of the expected contacts.
    pub probability: Option<f64>,
}

/// The target of a topic in a stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    /// The contact type: with markets a topic in one of them.
    pub topic: usize,
    /// The share that is to be answered within the target's T.
    pub share: f64,
    /// The cells of the stretch.
    pub cells: Range<usize>,
    /// Its begin and end.
    pub span: (Micros, Micros),
}

impl Promise {
    /// Whose contacts it is about.
    pub fn slice(&self, model: &Model) -> Slice {
        match model.markets.any() {
            true => Slice::TopicMarket(self.topic),
            false => Slice::Topic(self.topic),
        }
    }

    /// The promises of a model: one for each topic that the decisions can help, and each stretch of the counted time in which a pool that is
    /// decided on, and that the topic may come to, is open.
    pub fn all(model: &Model, goal: Goal, decisions: &Decisions) -> Vec<Self> {
        let grid = Grid::of(model);
        let calendar = |kind: &'static str| {
            let periods = calendar_periods(model, &grid).into_iter();
            periods
                .filter(move |(period, _)| period.kind == kind)
                .map(|(_, cells)| cells)
                .collect()
        };
        let counted = grid.between(model.warmup, model.horizon);
        let stretches: Vec<Range<usize>> = match goal.per {
            Per::Interval => (0..grid.intervals())
                .map(|i| grid.of_interval(i))
                .map(|cells| cells.start.max(counted.start)..cells.end.min(counted.end))
                .filter(|cells| !cells.is_empty())
                .collect(),
            Per::Day => calendar("day"),
            Per::Week => calendar("week"),
            Per::Horizon => vec![counted],
        };
        let topics = (0..model.topics.len()).filter_map(|topic| {
            let pools = decisions.helping(model, topic);
            (!pools.is_empty()).then_some((topic, pools))
        });
        topics
            .flat_map(|(topic, pools)| {
                let share = model.topics[topic].target.share;
                let promise = |cells: &Range<usize>| {
                    let span = grid.span(cells);
                    decisions.is_open(&pools, span).then(|| Self {
                        topic,
                        share,
                        cells: cells.clone(),
                        span,
                    })
                };
                stretches.iter().filter_map(promise).collect::<Vec<_>>()
            })
            .collect()
    }
}
