//! Rows and values of costs, in all and by month.

use super::costs::{Costs, Span, costs};
use super::risk::{customer_value, value_at_risk};
use crate::measure::{Counters, Ledger, Row, Slice, Sums};
use crate::model::Model;

/// The costs of one model: rows for the whole time and for each month.
pub struct Money<'m> {
    model: &'m Model,
    rows: Vec<Row>,
    /// The months that are counted: their ledgers, and how much of each.
    months: Vec<(usize, Span)>,
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
            let valued = |&k: &usize| customer_value(model, k).is_some();
            let topics = (0..model.topics.len()).filter(valued);
            rows.extend(topics.map(|k| row(Slice::Topic(k), RISK)));
        }
        if model.has_prices() {
            rows.extend(ALL.map(|m| row(Slice::All, m)));
            let added = model.has_customer_value().then_some(WITH_RISK);
            rows.extend(added.map(|m| row(Slice::All, m)));
            for (p, pool) in model.pools.iter().enumerate() {
                let priced = POOL.iter().filter(|_| pool.price.is_some());
                rows.extend(priced.map(|m| row(Slice::Pool(p), m)));
            }
            for (g, group) in model.groups.iter().enumerate() {
                let paid = group.pay.iter();
                rows.extend(paid.map(|_| row(Slice::Group(g), "cost_total")));
            }
        }
        let counted: Vec<(usize, f64)> = model
            .months()
            .iter()
            .enumerate()
            .filter(|(_, month)| month.end > model.warmup)
            .map(|(i, month)| (i, month.counted))
            .collect();
        let n = counted.len();
        let span = |(i, (ledger, share)): (usize, (usize, f64))| {
            let span = Span {
                share,
                first: i == 0,
                last: i + 1 == n,
            };
            (ledger, span)
        };
        Self {
            model,
            rows,
            months: counted.into_iter().enumerate().map(span).collect(),
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
        let mut whole = Costs {
            ai: 0.0,
            pools: self
                .model
                .pools
                .iter()
                .map(|p| p.price.map(|_| 0.0))
                .collect(),
            groups: self
                .model
                .groups
                .iter()
                .map(|g| g.pay.map(|_| 0.0))
                .collect(),
        };
        let (mut present, mut elapsed) = (0.0, 0.0);
        let mut months = Vec::with_capacity(self.months.len());
        for &(index, span) in &self.months {
            let ledger = &counters.months[index];
            let month = costs(self.model, ledger, span);
            // Paid at the end of the month.
            elapsed += span.share;
            present += month.total() * libm::pow(1.0 + self.model.prices.discount, -elapsed / 12.0);
            add(&mut whole, &month);
            months.push(self.values(&month, ledger, None));
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
                let cost = costs.pools[*p]?;
                let column = (0..self.model.topics.len()).map(|k| &ledger.matrix[k * pools + p]);
                match row.measure {
                    "cost_total" => Some(cost),
                    "cost_per_contact" => per(cost, column.map(|a| a.answered).sum::<u64>() as f64),
                    _ => per(cost, column.map(|a| a.handle).sum::<f64>() / 3600.0),
                }
            }
            Slice::Group(g) => costs.groups[*g],
            Slice::Topic(k) => at_risk(*k),
            _ => None,
        };
        self.rows
            .iter()
            .map(|row| value(row).filter(|v| v.is_finite()))
            .collect()
    }
}

fn add(whole: &mut Costs, month: &Costs) {
    let both = |a: &mut [Option<f64>], b: &[Option<f64>]| {
        for (a, b) in a.iter_mut().zip(b) {
            if let (Some(a), Some(b)) = (a.as_mut(), b) {
                *a += b;
            }
        }
    };
    whole.ai += month.ai;
    both(&mut whole.pools, &month.pools);
    both(&mut whole.groups, &month.groups);
}
