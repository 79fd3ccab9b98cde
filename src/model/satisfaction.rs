//! Whether customers are satisfied in the end, and who is lost for it.

use serde::Deserialize;

/// What satisfaction depends on, for the cases of one topic.
///
/// At the end of a case, with w the seconds it waited in queues, n its contacts, z its difficulty and an indicator for whatever
/// happened in it,
///
/// ```text
/// logit p = logit(base) + empathy x sensitive - wait x ln(1 + w / 60 s) - repeats x (n - 1)
///           - trapped - lost - misinformed - handled_again - s z
/// ```
///
/// is the probability that the customer is satisfied. Base and empathy are those of who took part in the case last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Satisfaction {
    /// People, as far as their pool has no [`Regard`] of its own.
    pub human: Regard,
    /// The assistant.
    pub ai: Regard,
    /// Base where neither the assistant nor a person ever took part.
    pub nobody: f64,
    /// Of the logarithm of the minutes waited, plus 1.
    pub wait: f64,
    /// Of each contact after the first.
    pub repeats: f64,
    /// A person could not be reached in some contact.
    pub trapped: f64,
    /// The problem is not solved in the end.
    pub lost: f64,
    /// The assistant closed some contact with the problem unsolved.
    pub misinformed: f64,
    /// A person passed the customer on in some contact: by a transfer, or by a cut-off at the end of a shift.
    pub handled_again: f64,
    /// Probability that a satisfied customer leaves the company.
    pub churn_satisfied: f64,
    /// The same of a dissatisfied one.
    pub churn_dissatisfied: f64,
    /// Share of customers who would leave anyway.
    pub churn_baseline: f64,
    /// What the company loses with a customer, in the currency of the scenario.
    pub customer_value: Option<f64>,
}

/// How customers take to who served them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regard {
    /// Probability of satisfaction where nothing else matters: above 0, below 1.
    pub base: f64,
    /// Added to the logit on sensitive topics.
    pub empathy: f64,
}

/// What customers think of the people of one pool, where it differs from people in general.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
pub struct OwnRegard {
    /// Instead of [`Regard::base`].
    pub base: Option<f64>,
    /// Instead of [`Regard::empathy`].
    pub empathy: Option<f64>,
}

impl OwnRegard {
    /// What holds in the pool where people in general have `usual`.
    pub fn or(self, usual: Regard) -> Regard {
        Regard {
            base: self.base.unwrap_or(usual.base),
            empathy: self.empathy.unwrap_or(usual.empathy),
        }
    }

    /// Whether base and empathy are within their ranges.
    pub(super) fn is_sound(&self) -> bool {
        self.base.is_none_or(is_base) && self.empathy.is_none_or(is_empathy)
    }
}

impl Satisfaction {
    /// Whether all its numbers are within their ranges.
    pub(super) fn is_sound(&self) -> bool {
        let penalties = [
            self.wait,
            self.repeats,
            self.trapped,
            self.lost,
            self.misinformed,
            self.handled_again,
        ];
        let churn = [
            self.churn_satisfied,
            self.churn_dissatisfied,
            self.churn_baseline,
        ];
        let within = |x: f64| (0.0..=super::MOST_COEFFICIENT).contains(&x);
        let is_value = |v: f64| (0.0..=super::MOST_MONEY).contains(&v);
        self.human.is_sound()
            && self.ai.is_sound()
            && is_base(self.nobody)
            && penalties.into_iter().all(within)
            && churn.into_iter().all(super::probability)
            && self.customer_value.is_none_or(is_value)
    }
}

impl Regard {
    fn is_sound(&self) -> bool {
        is_base(self.base) && is_empathy(self.empathy)
    }
}

fn is_empathy(x: f64) -> bool {
    x.abs() <= super::MOST_COEFFICIENT
}

fn is_base(p: f64) -> bool {
    p > 0.0 && p < 1.0
}
