//! What must hold: the service level of a topic, or a limit on another measure, in a stretch of time.

use super::decide::Decisions;
use super::limit::{Limit, Side};
use crate::measure::{Grid, Row, Slice, Unit, calendar_periods};
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

/// The target of a topic, or a limit, in a stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    /// The contact type whose target it is: with markets a topic in one of them. `None` of a limit.
    pub topic: Option<usize>,
    /// What is measured, and its bound.
    pub limit: Limit,
    /// The cells of the stretch; `None`: the counted time as a whole.
    pub cells: Option<Range<usize>>,
    /// Begin and end of the stretch.
    pub span: (Micros, Micros),
}

/// The target of a contact type as a limit.
fn target(model: &Model, topic: usize) -> Limit {
    let slice = match model.markets.any() {
        true => Slice::TopicMarket(topic),
        false => Slice::Topic(topic),
    };
    Limit {
        row: Row {
            slice,
            measure: "sl_net",
            unit: Unit::Fraction.text(model),
        },
        side: Side::Least,
        bound: model.topics[topic].target.share,
    }
}

impl Promise {
    /// The promises of a model: the target of each topic that the decisions can help, and every limit, in each stretch of the counted time in
    /// which a pool that is decided on, and that may help, is open. A limit on what is known of the whole time only is one promise.
    pub fn all(model: &Model, goal: Goal, limits: &[Limit], decisions: &Decisions) -> Vec<Self> {
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
        let topics = (0..model.topics.len()).filter(|&k| !decisions.helping(model, k).is_empty());
        let targets = topics.map(|k| (Some(k), target(model, k)));
        let limits = limits.iter().map(|limit| (None, limit.clone()));
        let in_stretches = |(topic, limit): (Option<usize>, Limit)| {
            let whole = Self {
                topic,
                limit,
                cells: None,
                span: (model.warmup, model.horizon),
            };
            if topic.is_none() && (goal.per == Per::Horizon || !whole.limit.is_of_stretches()) {
                return vec![whole];
            }
            let pools = whole.helping(model, decisions);
            let of = |cells: &Range<usize>| Self {
                cells: Some(cells.clone()),
                span: grid.span(cells),
                ..whole.clone()
            };
            let all = stretches.iter().map(of);
            all.filter(|p| decisions.is_open(&pools, p.span)).collect()
        };
        targets.chain(limits).flat_map(in_stretches).collect()
    }

    /// The pools that are decided on and may help to keep it.
    pub fn helping(&self, model: &Model, decisions: &Decisions) -> Vec<usize> {
        let slice = &self.limit.row.slice;
        let helps = |p: &usize| match slice {
            Slice::Pool(pool) | Slice::TopicPool(_, pool) | Slice::MarketPool(_, pool) => p == pool,
            other => other
                .types(model)
                .is_none_or(|types| types.iter().any(|&k| model.leads_to(k, *p))),
        };
        let pools: Vec<usize> = decisions.pools.iter().copied().filter(helps).collect();
        match pools.is_empty() {
            // Whose people stay as they are may have less to do.
            true => decisions.pools.clone(),
            false => pools,
        }
    }
}
