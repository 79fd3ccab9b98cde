//! What customers are worth who leave the company.

use crate::measure::{Add, Ledger, Verdicts};
use crate::model::Model;

/// Value at risk of a topic = customer value x (customers who left - baseline share x cases ended). Negative where fewer left than
/// leave anyway; none where a customer has no value.
pub fn value_at_risk(model: &Model, ledger: &Ledger, topic: usize) -> Option<f64> {
    let law = model.topics[topic].satisfaction?;
    let mut all = Verdicts::default();
    let by_ending = &ledger.topics[topic].verdicts_by_ending;
    by_ending.iter().for_each(|v| all.add(v));
    let excess = all.churned as f64 - law.churn_baseline * all.cases as f64;
    Some(law.customer_value? * excess)
}
