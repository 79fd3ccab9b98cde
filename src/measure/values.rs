//! The measures of one replication in every slice.

use super::book::Counters;
use super::cells::Cells;
use super::kpi::{Context, KPIS, Scope, sl_net, window};
use super::ledger::Parts;
use crate::model::{Model, Pool, PoolKind};
use crate::stats::Histogram;
use crate::time::to_seconds;
use std::borrow::Cow;

/// A part of the operation that measures are given for.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// A period: its kind and its label, e.g. `day` and `2025-06-02`.
    Period(&'static str, String),
}

impl Slice {
    /// The text of the `slice` column.
    pub fn label(&self, model: &Model) -> String {
        match self {
            Slice::All => "all".into(),
            Slice::Topic(k) => format!("topic={}", model.topic_name(*k)),
            Slice::Market(m) => format!("market={}", model.markets.list[*m].name),
            Slice::TopicMarket(k) => {
                let (topic, market) = model.markets.of[*k];
                format!(
                    "topic={};market={}",
                    model.topic_name(topic),
                    model.markets.list[market].name
                )
            }
            Slice::Pool(p) => format!("pool={}", model.pools[*p].name),
            Slice::TopicPool(k, p) => {
                format!(
                    "topic={};pool={}",
                    model.topic_name(*k),
                    model.pools[*p].name
                )
            }
            Slice::MarketPool(m, p) => format!(
                "market={};pool={}",
                model.markets.list[*m].name, model.pools[*p].name
            ),
            Slice::Group(g) => format!("group={}", model.groups[*g].name),
            Slice::Tier(p, t) => {
                let pool = &model.pools[*p].name;
                match model.segment_tiers(*p).get(*t) {
                    Some(&(segment, tier)) => {
                        let segment = model.pools[*p].segment_name(segment);
                        format!("pool={pool};segment={segment};tier={tier}")
                    }
                    None => format!("pool={pool};tier={}", t + 1),
                }
            }
            Slice::Period(kind, label) => format!("{kind}={label}"),
        }
    }

    /// The contact types whose customers it is about; `None` where it is not about customers.
    pub fn types(&self, model: &Model) -> Option<Vec<usize>> {
        match self {
            Slice::All => Some((0..model.topics.len()).collect()),
            Slice::Topic(k) | Slice::TopicPool(k, _) => Some(model.types_of_topic(*k)),
            Slice::Market(m) | Slice::MarketPool(m, _) => Some(model.types_of_market(*m)),
            Slice::TopicMarket(k) => Some(vec![*k]),
            _ => None,
        }
    }

    /// Whether measures of this scope are given for the slice.
    pub(super) fn has(&self, scope: Scope, model: &Model) -> bool {
        let is_gig = |p: &Pool| p.kind == PoolKind::Gig;
        let has_wage = |p: &Pool| p.minimum_wage().is_some();
        match (self, scope) {
            (_, Scope::Customer | Scope::Opinion) if !model.has_satisfaction() => false,
            (slice, Scope::OneTier) => matches!(slice, Slice::Tier(..)),
            (Slice::All, Scope::Gig) => model.pools.iter().any(is_gig),
            (Slice::All, Scope::Turnover) => model.pools.iter().any(Pool::has_turnover),
            (Slice::All, Scope::Slot) => model.pools.iter().any(Pool::has_slots),
            (Slice::All, Scope::Tier) => model.pools.iter().any(Pool::has_tiers),
            (Slice::All, Scope::Wage) => model.pools.iter().any(has_wage),
            (Slice::All, Scope::Pay) => model.pools.iter().any(Pool::pays_members),
            (_, Scope::Callback) if !model.has_callbacks() => false,
            (_, Scope::Language) if !model.has_language_gaps() => false,
            (Slice::All, Scope::Shift) => model.pools.iter().any(Pool::has_shifts),
            (Slice::All, Scope::Adherence) => model.pools.iter().any(|p| p.adherence().is_some()),
            (Slice::All, Scope::Group) => !model.groups.is_empty(),
            (Slice::All, _) => !model.topics.is_empty(),
            (Slice::Topic(_) | Slice::Market(_) | Slice::TopicMarket(_), s) => matches!(
                s,
                Scope::Topic
                    | Scope::Answer
                    | Scope::Callback
                    | Scope::Language
                    | Scope::Customer
                    | Scope::Opinion
            ),
            (Slice::Pool(p), Scope::Gig) => is_gig(&model.pools[*p]),
            (Slice::Pool(p), Scope::Turnover) => model.pools[*p].has_turnover(),
            (Slice::Pool(p), Scope::Slot) => model.pools[*p].has_slots(),
            (Slice::Pool(p), Scope::Tier) => model.pools[*p].has_tiers(),
            (Slice::Pool(p), Scope::Wage) => has_wage(&model.pools[*p]),
            (Slice::Pool(p), Scope::Pay) => model.pools[*p].pays_members(),
            (Slice::Pool(p), Scope::Adherence) => model.pools[*p].adherence().is_some(),
            (Slice::Pool(p), Scope::Shift) => model.pools[*p].has_shifts(),
            (Slice::Pool(_), s) => matches!(s, Scope::Pool | Scope::Answer | Scope::Opinion),
            (Slice::TopicPool(..) | Slice::MarketPool(..), s) => {
                matches!(s, Scope::Answer | Scope::Opinion)
            }
            (Slice::Group(_), s) => s == Scope::Group,
            (Slice::Tier(..), _) => false,
            (Slice::Period(..), _) => false,
        }
    }

    /// Share of the target, where the slice has one: the one that all its contact types have.
    pub(super) fn target(&self, model: &Model) -> Option<f64> {
        if let Slice::TopicPool(..) | Slice::MarketPool(..) = self {
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
pub(super) fn slices(model: &Model) -> Vec<Slice> {
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

/// Which measure of which slice: the rows of a model, in a fixed order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The slice.
    pub slice: Slice,
    /// Identifier of the measure.
    pub measure: &'static str,
    /// Text of the `unit` column.
    pub unit: Cow<'static, str>,
}

/// Rows and values of the replications of one model.
pub struct Values<'m> {
    model: &'m Model,
    slices: Vec<Slice>,
    rows: Vec<Row>,
    periods: Vec<Period>,
    /// Intervals of each local day after the warm-up.
    days: Vec<std::ops::Range<usize>>,
    window: f64,
    productive: f64,
}

/// A calendar period with the cells that belong to it.
struct Period {
    slice: Slice,
    /// First and one past the last interval.
    cells: std::ops::Range<usize>,
}

/// The measures of a period, in order. `fte_required` is the time that agents were busy in it over the productive hours of an agent
/// in so much time.
const PERIOD_ROWS: [(&str, &str); 11] = [
    ("contacts", "count"),
    ("ai_share", "fraction"),
    ("offered", "count"),
    ("answered", "count"),
    ("abandonment_rate", "fraction"),
    ("sl_net", "fraction"),
    ("mean_wait", "s"),
    ("agents_on_duty", "agents"),
    ("occupancy", "fraction"),
    ("fte_required", "fte"),
    ("target_met", "fraction"),
];

impl<'m> Values<'m> {
    /// The rows of `model`.
    pub fn new(model: &'m Model) -> Self {
        let slices = slices(model);
        let mut rows = Vec::new();
        for slice in &slices {
            let kpis = KPIS.iter().filter(|k| slice.has(k.scope, model));
            rows.extend(kpis.map(|k| Row {
                slice: slice.clone(),
                measure: k.id,
                unit: k.unit.text(model),
            }));
        }
        let (periods, days) = periods(model);
        for period in periods.iter().filter(|_| !model.topics.is_empty()) {
            rows.extend(PERIOD_ROWS.iter().map(|&(measure, unit)| Row {
                slice: period.slice.clone(),
                measure,
                unit: unit.into(),
            }));
        }
        Self {
            model,
            slices,
            rows,
            periods,
            days,
            window: window(model),
            productive: model.productive_seconds(),
        }
    }

    /// The rows, in the order of the values.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The value of every row for one replication; `None` where it is undefined.
    pub fn of(&self, counters: &Counters) -> Vec<Option<f64>> {
        let mut values = Vec::with_capacity(self.rows.len());
        let parts = Parts::new(&counters.total, self.model);
        for slice in &self.slices {
            let Some((sums, effort)) = parts.slice(slice) else {
                continue;
            };
            let target = slice.target(self.model);
            let types = match slice {
                Slice::TopicPool(..) | Slice::MarketPool(..) => None,
                slice => slice.types(self.model),
            };
            let waits = types.as_ref().map(|types| together(&counters.waits, types));
            let met = match (&types, target) {
                (Some(types), Some(target)) => self.met(&counters.cells, types, target),
                _ => (None, None),
            };
            let context = Context {
                window: self.window,
                productive: self.productive,
                waits: waits.as_deref(),
                target,
                met,
                earnings: counters.earners.of(slice, self.model),
                effort,
            };
            let kpis = KPIS.iter().filter(|k| slice.has(k.scope, self.model));
            values.extend(kpis.map(|k| (k.value)(&sums, &context).filter(|v| v.is_finite())));
        }
        let has_contacts = !self.model.topics.is_empty();
        let target = Slice::All.target(self.model);
        // Productive seconds of a full-time agent in a second.
        let productive = self.productive / self.window;
        for period in self.periods.iter().filter(|_| has_contacts) {
            let cells = &counters.cells;
            values.extend(period_values(cells, period, target, productive));
        }
        values
    }

    /// Share of the days, and of the intervals, in which `sl_net` of these contact types reached the target; those without contacts do not
    /// count.
    fn met(&self, cells: &Cells, types: &[usize], target: f64) -> (Option<f64>, Option<f64>) {
        let (mut days, mut days_met, mut intervals, mut intervals_met) = (0u32, 0u32, 0u32, 0u32);
        for day in &self.days {
            let (mut within, mut net) = (0u64, 0u64);
            for i in day.clone() {
                let row = cells.topic_row(i);
                let w: u64 = types
                    .iter()
                    .map(|&k| u64::from(row[k].answered_within))
                    .sum();
                let n: u64 = types.iter().map(|&k| u64::from(row[k].net())).sum();
                if n > 0 {
                    intervals += 1;
                    intervals_met += u32::from(w as f64 >= target * n as f64);
                }
                within += w;
                net += n;
            }
            if net > 0 {
                days += 1;
                days_met += u32::from(within as f64 >= target * net as f64);
            }
        }
        let share = |met: u32, of: u32| (of > 0).then(|| f64::from(met) / f64::from(of));
        (share(days_met, days), share(intervals_met, intervals))
    }
}

/// The waits of several contact types.
fn together<'w>(waits: &'w [Histogram], types: &[usize]) -> Cow<'w, Histogram> {
    if let [only] = types {
        return Cow::Borrowed(&waits[*only]);
    }
    let mut all = Histogram::new();
    types.iter().for_each(|&k| all.merge(&waits[k]));
    Cow::Owned(all)
}

/// Local days, ISO weeks and months whose intervals lie between warm-up and horizon; none for a horizon of a day or
/// less, and only those kinds of which there are at least two.
///
/// Beside them the intervals of each local day.
fn periods(model: &Model) -> (Vec<Period>, Vec<std::ops::Range<usize>>) {
    let cells = Cells::new(model);
    let (mut out, mut days) = (Vec::new(), Vec::new());
    type Label = fn(jiff::civil::Date) -> String;
    let kinds: [(&'static str, Label); 3] = [
        ("day", |d| d.to_string()),
        ("week", |d| {
            let w = d.iso_week_date();
            format!("{}-W{:02}", w.year(), w.week())
        }),
        ("month", |d| format!("{}-{:02}", d.year(), d.month())),
    ];
    let dates: Vec<_> = (0..cells.intervals())
        .map(|i| model.calendar.local(cells.start(i)).date)
        .collect();
    let first = (model.warmup.div_ceil(Cells::width(model)) as usize).min(cells.intervals());
    for (kind, label) in kinds {
        let mut of_kind: Vec<Period> = Vec::new();
        for (i, date) in dates.iter().enumerate().skip(first) {
            let label = label(*date);
            match of_kind.last_mut() {
                Some(p) if matches!(&p.slice, Slice::Period(_, l) if *l == label) => {
                    p.cells.end = i + 1
                }
                _ => of_kind.push(Period {
                    slice: Slice::Period(kind, label),
                    cells: i..i + 1,
                }),
            }
        }
        if kind == "day" {
            days = of_kind.iter().map(|p| p.cells.clone()).collect();
        }
        // Intervals wider than the period would make every label a single cell.
        if of_kind.len() > 1 && of_kind.len() < dates.len() {
            out.extend(of_kind);
        }
    }
    (out, days)
}

fn period_values(
    cells: &Cells,
    period: &Period,
    target: Option<f64>,
    productive: f64,
) -> [Option<f64>; PERIOD_ROWS.len()] {
    let (mut contacts, mut ai, mut offered, mut answered) = (0u64, 0u64, 0u64, 0u64);
    let (mut within, mut abandoned, mut abandoned_within, mut turned_away) =
        (0u64, 0u64, 0u64, 0u64);
    let (mut wait, mut busy, mut duty, mut seconds) = (0u64, 0u64, 0u64, 0.0);
    for i in period.cells.clone() {
        for c in cells.topic_row(i) {
            contacts += u64::from(c.contacts);
            ai += u64::from(c.ai_contacts);
            offered += u64::from(c.offered);
            answered += u64::from(c.answered);
            within += u64::from(c.answered_within);
            abandoned += u64::from(c.abandoned);
            abandoned_within += u64::from(c.abandoned_within);
            turned_away += u64::from(c.turned_away);
            wait += c.wait;
        }
        for c in cells.pool_row(i) {
            busy += c.busy;
            duty += c.duty;
        }
        seconds += cells.seconds(i);
    }
    let ratio = |a: f64, b: f64| (b > 0.0).then(|| a / b);
    let level = sl_net(within, offered, turned_away, abandoned_within);
    let met = |(level, target): (f64, f64)| f64::from(u8::from(level >= target));
    [
        Some(contacts as f64),
        ratio(ai as f64, contacts as f64),
        Some(offered as f64),
        Some(answered as f64),
        ratio(abandoned as f64, offered as f64),
        level,
        ratio(to_seconds(wait), offered.saturating_sub(turned_away) as f64),
        ratio(to_seconds(duty), seconds),
        ratio(busy as f64, duty as f64),
        ratio(to_seconds(busy), productive * seconds),
        level.zip(target).map(met),
    ]
}
