//! Rows and values of costs, in all and by month.

use super::costs::Costs;
use super::parts::{Month, after_horizon, months};
use super::risk::value_at_risk;
use crate::measure::{
    Context, Counters, Grain, Ledger, Measure, Row, Slice, measure, measures_in, slices,
};
use crate::model::Model;

/// The costs of one model: rows for the whole time and for each month.
pub struct Money<'m> {
    model: &'m Model,
    /// The slices that have costs, with their measures.
    slices: Vec<(Slice, Vec<&'static Measure>)>,
    rows: Vec<Row>,
    /// The months that are counted.
    months: Vec<Month>,
    /// The time after the horizon, charged by the prices that hold at its end.
    after: Month,
}

/// The measures of money that are given for the time after the horizon: unit costs need customers, of whom none come then.
const AFTER_HORIZON: &str = "cost_total";

impl<'m> Money<'m> {
    /// The rows of `model`; none without prices and without a customer's value.
    pub fn new(model: &'m Model) -> Self {
        let mut slices = measures_in(slices(model), Measure::is_money, model);
        slices.retain(|(_, measures)| !measures.is_empty());
        let mut rows = Row::of(&slices, model);
        let after = measure(AFTER_HORIZON).filter(|_| model.has_prices());
        rows.extend(after.map(|m| Row::new(&Slice::AfterHorizon, m, model)));
        Self {
            model,
            rows,
            slices,
            months: months(model),
            after: after_horizon(model),
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
            let cost = month.costs(self.model, &counters.periods);
            // Paid at the end of the month.
            elapsed += month.share;
            present += cost.total() * libm::pow(1.0 + self.model.prices.discount, -elapsed / 12.0);
            whole.add(&cost);
            if let Some(ledger) = Ledger::of(counters.periods[month.periods.clone()].iter()) {
                months.push(self.values(&cost, &ledger, None, None));
            }
        }
        let after = self
            .after
            .costs(self.model, std::slice::from_ref(&counters.after));
        let whole = self.values(&whole, &counters.total, Some(-present), Some(after.total()));
        (whole, months)
    }

    fn values(
        &self,
        costs: &Costs,
        ledger: &Ledger,
        net_present_value: Option<f64>,
        after: Option<f64>,
    ) -> Vec<Option<f64>> {
        let model = self.model;
        let mut values = Vec::with_capacity(self.rows.len());
        for (slice, measures) in &self.slices {
            let types = slice.types(model).unwrap_or_default();
            let at_risk = types
                .into_iter()
                .filter_map(|k| value_at_risk(model, ledger, k));
            let (total, assistant) = match slice {
                Slice::All => (Some(costs.total()), costs.ai),
                Slice::Pool(p) => (costs.of_pool(*p), 0.0),
                Slice::Group(g) => (costs.groups[*g], 0.0),
                _ => (Some(0.0), 0.0),
            };
            let money = total.map(|total| crate::measure::Costs {
                total,
                assistant,
                at_risk: at_risk.reduce(|a, b| a + b),
                net_present_value,
            });
            let context = Context {
                money,
                ..Context::default()
            };
            let sums = ledger.sums(slice, model);
            let value = |m: &&Measure| {
                let is_known = m.grain < Grain::Whole || net_present_value.is_some();
                is_known.then(|| m.of(&sums, &context))?
            };
            values.extend(measures.iter().map(value));
        }
        if model.has_prices() {
            values.push(after);
        }
        values
    }
}
