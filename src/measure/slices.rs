//! The parts of an operation that measures are given for.

use super::attributes::Scope;
use crate::model::{Model, Pool, PoolKind};

/// A part of the operation, or of the time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Slice {
    /// Everything.
    All,
    /// One topic, in all its markets.
    Topic(usize),
    /// One market.
    Market(usize),
    /// One contact type: a topic in a market.
    TopicMarket(usize),
    /// One pool.
    Pool(usize),
    /// One topic in one pool.
    TopicPool(usize, usize),
    /// One market in one pool.
    MarketPool(usize, usize),
    /// One group of employees.
    Group(usize),
    /// One tier of a register: by rank, from 0, the best; or by segment, a place in [`Model::segment_tiers`].
    Tier(usize, usize),
    /// Everything in a calendar period.
    Period(Period),
    /// Everything in the time after the horizon, in which what is in the system is served.
    AfterHorizon,
}

/// A calendar period: a local day, ISO week or month.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// `day`, `week` or `month`.
    pub kind: &'static str,
    /// `2025-06-02`, `2025-W23`, `2025-06`.
    pub label: String,
    /// Whether only a part of it lies in the counted time.
    pub partial: bool,
}

impl Slice {
    /// The text of the `slice` column.
    pub fn label(&self, model: &Model) -> String {
        let topic = |k: &usize| format!("topic={}", model.topic_name(*k));
        let market = |m: &usize| format!("market={}", model.markets.list[*m].name);
        let pool = |p: &usize| format!("pool={}", model.pools[*p].name);
        match self {
            Slice::All => "all".into(),
            Slice::Topic(k) => topic(k),
            Slice::Market(m) => market(m),
            Slice::TopicMarket(k) => {
                let (of_topic, of_market) = model.markets.of[*k];
                format!("{};{}", topic(&of_topic), market(&of_market))
            }
            Slice::Pool(p) => pool(p),
            Slice::TopicPool(k, p) => format!("{};{}", topic(k), pool(p)),
            Slice::MarketPool(m, p) => format!("{};{}", market(m), pool(p)),
            Slice::Group(g) => format!("group={}", model.groups[*g].name),
            Slice::Tier(p, t) => match model.segment_tiers(*p).get(*t) {
                Some(&(segment, tier)) => {
                    let segment = model.pools[*p].segment_name(segment);
                    format!("{};segment={segment};tier={tier}", pool(p))
                }
                None => format!("{};tier={}", pool(p), t + 1),
            },
            Slice::Period(p) => {
                let partial = if p.partial { ";partial" } else { "" };
                format!("{}={}{partial}", p.kind, p.label)
            }
            Slice::AfterHorizon => "time=after the horizon".into(),
        }
    }

    /// The contact types whose customers it is about; `None` where it is not about customers.
    pub fn types(&self, model: &Model) -> Option<Vec<usize>> {
        match self {
            Slice::All | Slice::Period(_) | Slice::AfterHorizon => {
                Some((0..model.topics.len()).collect())
            }
            Slice::Topic(k) | Slice::TopicPool(k, _) => Some(model.types_of_topic(*k)),
            Slice::Market(m) | Slice::MarketPool(m, _) => Some(model.types_of_market(*m)),
            Slice::TopicMarket(k) => Some(vec![*k]),
            Slice::Pool(_) | Slice::Group(_) | Slice::Tier(..) => None,
        }
    }

    /// The pool whose answers belong to it alone.
    fn pool(&self) -> Option<usize> {
        match self {
            Slice::Pool(p) | Slice::TopicPool(_, p) | Slice::MarketPool(_, p) => Some(*p),
            _ => None,
        }
    }

    /// The contact types and the pools whose answers belong to it.
    pub(super) fn answers(&self, model: &Model) -> (Vec<usize>, Vec<usize>) {
        let types = match self {
            Slice::Pool(_) => (0..model.topics.len()).collect(),
            other => other.types(model).unwrap_or_default(),
        };
        let all = || (0..model.pools.len()).collect();
        (types, self.pool().map_or_else(all, |p| vec![p]))
    }

    /// The pools whose people belong to it.
    pub(super) fn agents(&self, model: &Model) -> Vec<usize> {
        match self {
            Slice::All | Slice::Period(_) | Slice::AfterHorizon => (0..model.pools.len()).collect(),
            Slice::Pool(p) => vec![*p],
            _ => Vec::new(),
        }
    }

    /// Whether all that its customers do belongs to it, and not only the answers of some pools.
    pub(super) fn has_customers(&self) -> bool {
        self.pool().is_none() && !matches!(self, Slice::Group(_) | Slice::Tier(..))
    }

    /// Whether measures of this scope are given for the slice.
    pub fn has(&self, scope: Scope, model: &Model) -> bool {
        let some_pool = |of: fn(&Pool) -> bool| {
            let pools = self.agents(model).into_iter();
            pools.map(|p| &model.pools[p]).any(of)
        };
        let of_customers = self.has_customers() && !model.topics.is_empty();
        let of_answers = of_customers || self.pool().is_some();
        let is_customer_value = |types: Vec<usize>| {
            let value = |k: &usize| model.topics[*k].satisfaction?.customer_value;
            types.iter().any(|k| value(k).is_some())
        };
        match scope {
            Scope::Topic => of_customers,
            Scope::Answer => of_answers,
            Scope::Pool => matches!(self, Slice::Pool(_)) || *self == Slice::All && of_customers,
            Scope::Required => self.has(Scope::Pool, model),
            Scope::Shift => some_pool(Pool::has_shifts),
            Scope::Adherence => some_pool(|p| p.adherence().is_some()),
            Scope::Callback => of_customers && model.has_callbacks(),
            Scope::Language => of_customers && model.has_language_gaps(),
            Scope::Gig => some_pool(|p| p.kind == PoolKind::Gig),
            Scope::Pay => some_pool(Pool::pays_members),
            Scope::Wage => some_pool(|p| p.minimum_wage().is_some()),
            Scope::Turnover => some_pool(Pool::has_turnover),
            Scope::Slot => some_pool(Pool::has_slots),
            Scope::Tier => some_pool(Pool::has_tiers),
            Scope::OneTier => matches!(self, Slice::Tier(..)),
            Scope::Group => match self {
                Slice::All => !model.groups.is_empty(),
                other => matches!(other, Slice::Group(_)),
            },
            Scope::Customer => of_customers && model.has_satisfaction(),
            Scope::Opinion => of_answers && model.has_satisfaction(),
            Scope::Interval | Scope::IntervalPool => false,
            Scope::AfterHorizon => *self == Slice::AfterHorizon,
            Scope::CostOfAll => *self == Slice::All && model.has_prices(),
            Scope::CostOfPool | Scope::Cost => match self {
                Slice::All => model.has_prices(),
                Slice::Pool(p) => model.epochs().any(|m| m.costs_something(*p)),
                Slice::Group(g) => {
                    scope == Scope::Cost && model.epochs().any(|m| m.groups[*g].pay.is_some())
                }
                _ => false,
            },
            Scope::Risk => self.has_customers() && self.types(model).is_some_and(is_customer_value),
            Scope::CostWithRisk => {
                *self == Slice::All && model.has_prices() && model.has_customer_value()
            }
        }
    }

    /// Whether a measure is given for the slice in the table of the intervals.
    pub fn has_in_intervals(&self, scope: Scope, model: &Model) -> bool {
        match scope {
            Scope::Interval => self.has(Scope::Topic, model),
            Scope::IntervalPool => self.has(Scope::Pool, model),
            other => self.has(other, model),
        }
    }

    /// Share of the target, where the slice has one: the one that all its contact types have.
    pub(super) fn target(&self, model: &Model) -> Option<f64> {
        if !self.has_customers() {
            return None;
        }
        let types = self.types(model)?;
        let share = |k: &usize| model.topics[*k].target.share;
        let first = share(types.first()?);
        types.iter().all(|k| share(k) == first).then_some(first)
    }
}

/// The slices of a model that are no periods: everything, topics, markets, contact types, pools, groups, tiers, and pools of topics and
/// markets that may come to them.
pub fn slices(model: &Model) -> Vec<Slice> {
    let (topics, pools) = (0..model.topic_count(), 0..model.pools.len());
    let markets = 0..model.markets.list.len();
    let mut slices = vec![Slice::All];
    slices.extend(topics.clone().map(Slice::Topic));
    slices.extend(markets.clone().map(Slice::Market));
    slices.extend((0..model.markets.of.len()).map(Slice::TopicMarket));
    slices.extend(pools.clone().map(Slice::Pool));
    slices.extend((0..model.groups.len()).map(Slice::Group));
    for p in pools.clone() {
        let tiers = 0..model.pools[p].ranked_tiers() + model.segment_tiers(p).len();
        slices.extend(tiers.map(|t| Slice::Tier(p, t)));
    }
    let reached = |types: Vec<usize>| {
        let leads = move |p: &usize| types.iter().any(|&k| model.leads_to(k, *p));
        pools.clone().filter(leads)
    };
    for k in topics {
        slices.extend(reached(model.types_of_topic(k)).map(|p| Slice::TopicPool(k, p)));
    }
    for m in markets {
        slices.extend(reached(model.types_of_market(m)).map(|p| Slice::MarketPool(m, p)));
    }
    slices
}
