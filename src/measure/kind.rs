//! What the values of a measure are, as far as their confidence interval is concerned.

use crate::stats::IntervalKind;

/// What the value of a measure in one replication is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Any number, below 0 as well.
    Number,
    /// A number that cannot be below 0.
    Amount,
    /// A share in [0, 1]. `of`: the measure that counts the independent trials it is a share of, where there is one.
    Share {
        /// Identifier of that measure.
        of: Option<&'static str>,
    },
    /// A share of the days or intervals of the replication, which depend on each other: the replication is the trial.
    ShareOfPeriods,
    /// Whether something happened in the replication, 1 or 0: the mean is a probability.
    Event,
}

impl ValueKind {
    /// How the interval of such values is made; `mean_of` gives the mean of a measure that counts trials.
    pub fn interval(self, mean_of: impl FnOnce(&str) -> Option<f64>) -> IntervalKind {
        let share = |trials| IntervalKind::Share { trials };
        match self {
            Self::Number => IntervalKind::Number,
            Self::Amount => IntervalKind::NonNegative,
            Self::Share { of } => share(of.and_then(mean_of).unwrap_or(f64::INFINITY)),
            Self::ShareOfPeriods => share(1.0),
            Self::Event => IntervalKind::Event,
        }
    }
}

/// Amounts of money that are below 0 where something is gained.
const SIGNED: [&str; 3] = ["npv", "value_at_risk", "cost_with_risk"];

/// What the values of a measure with this text in the `unit` column are.
pub fn kind_of_interval(measure: &str, unit: &str) -> ValueKind {
    let visits = ValueKind::Share {
        of: Some("offered"),
    };
    match (measure, unit) {
        ("target_met", _) => ValueKind::Event,
        ("target_met_days" | "target_met_intervals", _) => ValueKind::ShareOfPeriods,
        ("sl_answered", _) => ValueKind::Share {
            of: Some("answered"),
        },
        ("sl_net" | "sl_offered" | "sl_generous" | "delay_probability", _) => visits,
        ("abandonment_rate" | "abandonment_within" | "turned_away_rate", _) => visits,
        (_, "fraction") => ValueKind::Share { of: None },
        (signed, _) if SIGNED.contains(&signed) => ValueKind::Number,
        _ => ValueKind::Amount,
    }
}
