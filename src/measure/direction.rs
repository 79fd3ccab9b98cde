//! Which way a measure is better.

/// Measures of which less is better, whoever asks.
const LESS: &[&str] = &[
    "repeat_rate",
    "contacts_per_case",
    "ai_missed",
    "false_resolution",
    "trapped_rate",
    "abandoned",
    "turned_away",
    "delay_probability",
    "abandonment_rate",
    "abandonment_within",
    "callbacks_missed",
    "turned_away_rate",
    "asa",
    "mean_wait",
    "mean_wait_abandoned",
    "wait_p50",
    "wait_p80",
    "wait_p90",
    "wait_p95",
    "wait_p99",
    "time_to_human",
    "queue_length",
    "transfer_rate",
    "cut_off",
    "cases_lost",
    "contact_time",
    "resolution_time",
    "churn",
    "fte_required",
    "cost_total",
    "cost_ai",
    "cost_per_contact",
    "cost_per_case",
    "cost_per_durable_resolution",
    "cost_per_handled_hour",
    "cost_with_risk",
    "value_at_risk",
    "unpaid_waiting_share",
    "below_minimum_wage",
    "overtime",
    "laid_off",
    "leavers",
];

/// Measures of which more is better.
const MORE: &[&str] = &[
    "durable_resolution",
    "sl_net",
    "sl_offered",
    "sl_answered",
    "sl_generous",
    "target_met",
    "target_met_days",
    "target_met_intervals",
    "fcr",
    "resolution_rate",
    "tier_resolution",
    "adherence",
    "satisfaction",
    "satisfaction_human",
    "satisfaction_ai",
    "npv",
    "fte_displaced",
    "acceptance_rate",
    "earnings_per_online_hour",
    "earnings_p10",
];

/// Whether more of a measure is better (`Some(true)`), or less (`Some(false)`); `None` where that depends on who asks, such as the
/// share of the assistant or the number of contacts.
pub fn more_is_better(measure: &str) -> Option<bool> {
    if MORE.contains(&measure) {
        Some(true)
    } else {
        LESS.contains(&measure).then_some(false)
    }
}
