//! Rows and values of costs, in all and by month.

use super::costs::{Costs, Span, Spans, costs};
use super::risk::{customer_value, value_at_risk};
use crate::measure::{Counters, Ledger, Row, Slice, Sums};
use crate::model::{Model, Period, Pool};
use std::ops::Range;

/// The costs of one model: rows for the whole time and for each month.
pub struct Money<'m> {
    model: &'m Model,
    rows: Vec<Row>,
    /// The months that are counted.
    months: Vec<Month>,
}

/// A month that is counted.
struct Month {
    /// Share of the whole month.
    share: f64,
    /// Its parts, divided where prices change.
    parts: Vec<Part>,
}

/// A part of a month in which the prices are the same.
struct Part {
    periods: Range<usize>,
    /// The epoch of its first period.
    epoch: usize,
    /// What is charged for.
    spans: Spans,
}

/// Measures of everything; [`NPV`] is for the whole time only.
const ALL: [&str; 7] = [
    "cost_total",
    "cost_ai",
    "cost_per_contact",
    "cost_per_case",
    "cost_per_durable_resolution",
    HANDLED_HOUR,
    NPV,
];
const NPV: &str = "npv";
const HANDLED_HOUR: &str = "cost_per_handled_hour";
/// What customers who leave for their dissatisfaction are worth, apart and added to the costs.
const RISK: &str = "value_at_risk";
const WITH_RISK: &str = "cost_with_risk";
const POOL: [&str; 3] = ["cost_total", "cost_per_contact", HANDLED_HOUR];

/// Formula in words of a measure of money; none of the others.
pub fn formula(measure: &str) -> Option<&'static str> {
    Some(match measure {
        "cost_total" => "all costs; of a pool or group: its own",
        "cost_ai" => "what the assistant costs",
        "cost_per_contact" => {
            "all costs / contacts begun; of a pool: its costs / contacts answered"
        }
        "cost_per_case" => "all costs / cases that ended resolved",
        "cost_per_durable_resolution" => {
            "all costs / contacts that resolved the problem for good, whoever did"
        }
        HANDLED_HOUR => "costs of pools and groups / hours of handle time; of a pool: its own",
        NPV => "- sum over months of costs / (1 + discount)^(months until their end / 12)",
        RISK => {
            "customer_value x (customers who leave - churn_baseline x cases judged), summed over topics"
        }
        WITH_RISK => "cost_total + value_at_risk",
        _ => return None,
    })
}

impl<'m> Money<'m> {
    /// The rows of `model`; none without prices and without a customer's value.
    pub fn new(model: &'m Model) -> Self {
        let row = |slice: Slice, measure| Row {
            slice,
            measure,
            unit: model.prices.currency.clone().into(),
        };
        let mut rows = Vec::new();
        if model.has_customer_value() {
            rows.push(row(Slice::All, RISK));
            let topics = (0..model.topic_count()).map(Slice::Topic);
            let markets = (0..model.markets.list.len()).map(Slice::Market);
            let types = (0..model.markets.of.len()).map(Slice::TopicMarket);
            let valued = |slice: &Slice| {
                let types = slice.types(model).unwrap_or_default();
                types.iter().any(|&k| customer_value(model, k).is_some())
            };
            let slices = topics.chain(markets).chain(types).filter(valued);
            rows.extend(slices.map(|slice| row(slice, RISK)));
        }
        if model.has_prices() {
            rows.extend(ALL.map(|m| row(Slice::All, m)));
            let added = model.has_customer_value().then_some(WITH_RISK);
            rows.extend(added.map(|m| row(Slice::All, m)));
            for p in 0..model.pools.len() {
                let has_price = model.epochs().any(|m| m.costs_something(p));
                let priced = POOL.iter().filter(|_| has_price);
                rows.extend(priced.map(|m| row(Slice::Pool(p), m)));
            }
            for g in 0..model.groups.len() {
                if model.epochs().any(|m| m.groups[g].pay.is_some()) {
                    rows.push(row(Slice::Group(g), "cost_total"));
                }
            }
        }
        Self {
            model,
            rows,
            months: months(model),
        }
    }

    /// The rows, in the order of the values.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The values of the whole time for one replication, and those of each month, month by month.
    pub fn of(&self, counters: &Counters) -> (Vec<Option<f64>>, Vec<Vec<Option<f64>>>) {
        if self.rows.is_empty() {
            return (Vec::new(), vec![Vec::new(); self.months.len()]);
        }
        let mut whole = Costs::none(self.model);
        let (mut present, mut elapsed) = (0.0, 0.0);
        let mut months = Vec::with_capacity(self.months.len());
        for month in &self.months {
            let mut cost = Costs::none(self.model);
            for part in &month.parts {
                let model = self.model.epoch(part.epoch);
                if let Some(ledger) = Ledger::of(counters.periods[part.periods.clone()].iter()) {
                    cost.add(&costs(model, &ledger, &part.spans));
                }
            }
            // Paid at the end of the month.
            elapsed += month.share;
            present += cost.total() * libm::pow(1.0 + self.model.prices.discount, -elapsed / 12.0);
            whole.add(&cost);
            let periods = month.parts.iter().flat_map(|p| p.periods.clone());
            let ledgers = periods.map(|i| &counters.periods[i]);
            if let Some(ledger) = Ledger::of(ledgers) {
                months.push(self.values(&cost, &ledger, None));
            }
        }
        (self.values(&whole, &counters.total, Some(-present)), months)
    }

    fn values(&self, costs: &Costs, ledger: &Ledger, npv: Option<f64>) -> Vec<Option<f64>> {
        let pools = self.model.pools.len();
        let mut all = Sums::default();
        ledger.topics.iter().for_each(|s| all.add(s));
        let total = costs.total();
        let at_risk = |k: usize| value_at_risk(self.model, ledger, k);
        let risk: f64 = (0..self.model.topics.len()).filter_map(at_risk).sum();
        let per = |cost: f64, n: f64| (n > 0.0).then(|| cost / n);
        let value = |row: &Row| match &row.slice {
            Slice::All => match row.measure {
                "cost_total" => Some(total),
                "cost_ai" => Some(costs.ai),
                "cost_per_contact" => per(total, all.contacts as f64),
                "cost_per_case" => per(total, all.cases_resolved as f64),
                "cost_per_durable_resolution" => per(total, all.durable as f64),
                HANDLED_HOUR => {
                    let handle: f64 = ledger.matrix.iter().map(|a| a.handle).sum();
                    per(total - costs.ai, handle / 3600.0)
                }
                RISK => Some(risk),
                WITH_RISK => Some(total + risk),
                _ => npv,
            },
            Slice::Pool(p) => {
                let cost = costs.of_pool(*p)?;
                let column = (0..self.model.topics.len()).map(|k| &ledger.matrix[k * pools + p]);
                match row.measure {
                    "cost_total" => Some(cost),
                    "cost_per_contact" => per(cost, column.map(|a| a.answered).sum::<u64>() as f64),
                    _ => per(cost, column.map(|a| a.handle).sum::<f64>() / 3600.0),
                }
            }
            Slice::Group(g) => costs.groups[*g],
            Slice::Period(..) | Slice::Tier(..) | Slice::TopicPool(..) | Slice::MarketPool(..) => {
                None
            }
            customers => {
                let types = customers.types(self.model).unwrap_or_default();
                types.into_iter().filter_map(at_risk).reduce(|a, b| a + b)
            }
        };
        self.rows
            .iter()
            .map(|row| value(row).filter(|v| v.is_finite()))
            .collect()
    }
}

/// The months that are counted.
fn months(model: &Model) -> Vec<Month> {
    let periods = model.periods();
    let counted: Vec<_> = periods
        .iter()
        .enumerate()
        .filter(|(_, p)| p.span.end > model.warmup)
        .collect();
    // Set-up is paid when a contract begins, and exit when it ends.
    let span = |i: usize, has: &dyn Fn(&Model) -> bool| {
        let mut with = (0..counted.len()).filter(|&j| has(model.epoch(counted[j].1.epoch)));
        let first = with.next();
        Span {
            share: counted[i].1.span.counted,
            first: first == Some(i),
            last: with.last().or(first) == Some(i),
        }
    };
    let mut months: Vec<Month> = Vec::new();
    for (i, &(index, period)) in counted.iter().enumerate() {
        let pools = 0..model.pools.len();
        let left = |p: usize| months_left(model, p, period);
        let spans = Spans {
            start: period.span.start,
            left: pools.clone().map(left).collect(),
            ai: span(i, &|m| m.prices.ai.is_some()),
            pools: pools
                .map(|p| span(i, &|m| m.pools[p].price.is_some()))
                .collect(),
        };
        if i == 0 || counted[i - 1].1.month != period.month {
            months.push(Month {
                share: 0.0,
                parts: Vec::new(),
            });
        }
        if let Some(month) = months.last_mut() {
            month.share += period.span.counted;
            match month.parts.last_mut() {
                Some(part) if charges_alike(model, part, period) => {
                    part.periods.end = index + 1;
                    part.spans.join(&spans);
                }
                _ => month.parts.push(Part {
                    periods: index..index + 1,
                    epoch: period.epoch,
                    spans,
                }),
            }
        }
    }
    months
}

/// Whether what is charged in the period is charged by the same rules as in the part of the month before it.
fn charges_alike(model: &Model, part: &Part, period: &Period) -> bool {
    let (a, b) = (model.epoch(part.epoch), model.epoch(period.epoch));
    let (then, now) = (part.spans.start, period.span.start);
    let pools = a.pools.iter().zip(&b.pools).enumerate();
    let alike = |(p, (x, y)): (usize, (&Pool, &Pool))| {
        let routes = (0..model.topics.len()).all(|k| a.leads_to(k, p) == b.leads_to(k, p));
        let credit = x.price.as_ref().is_some_and(|price| price.credit.is_some());
        x.price == y.price && x.shrinkage(then) == y.shrinkage(now) && (routes || !credit)
    };
    let pay = a.groups.iter().zip(&b.groups).all(|(x, y)| x.pay == y.pay);
    a.prices == b.prices && pay && pools.into_iter().all(alike)
}

/// Months of the minimum term of a pool's contract that are left when its volume becomes 0 within the period.
fn months_left(model: &Model, p: usize, period: &Period) -> f64 {
    let contract = model.epoch(period.epoch).pools[p].contract();
    let ended = contract.and_then(|c| Some((c.minimum_months, c.ends()?)));
    match ended {
        Some((months, at)) if (period.span.start..period.span.end).contains(&at) => {
            (months - model.calendar.months_between(0, at)).max(0.0)
        }
        _ => 0.0,
    }
}
