//! Rows and values of costs, in all and by month.

use super::costs::Costs;
use super::parts::{Month, months};
use super::risk::{customer_value, value_at_risk};
use crate::measure::{Counters, Ledger, Row, Slice, Sums};
use crate::model::Model;

/// The costs of one model: rows for the whole time and for each month.
pub struct Money<'m> {
    model: &'m Model,
    rows: Vec<Row>,
    /// The months that are counted.
    months: Vec<Month>,
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
            let cost = month.costs(self.model, counters);
            // Paid at the end of the month.
            elapsed += month.share;
            present += cost.total() * libm::pow(1.0 + self.model.prices.discount, -elapsed / 12.0);
            whole.add(&cost);
            if let Some(ledger) = Ledger::of(counters.periods[month.periods.clone()].iter()) {
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
