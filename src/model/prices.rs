//! What things cost. Amounts are in the currency of the scenario.

use crate::time::Micros;
use serde::Deserialize;

/// Prices that belong to no pool and no group.
#[derive(Clone, Debug, PartialEq)]
pub struct Prices {
    /// Label of the currency.
    pub currency: String,
    /// The assistant.
    pub ai: Option<AiPrice>,
    /// Annual rate at which later costs are discounted.
    pub discount: f64,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            currency: "USD".into(),
            ai: None,
            discount: 0.0,
        }
    }
}

/// What the assistant's vendor charges; all that is given adds up.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
pub struct AiPrice {
    /// For each contact the assistant takes part in, beyond those included.
    pub per_conversation: f64,
    /// Conversations a month that cost nothing extra.
    pub included: f64,
    /// Per contact resolved as the vendor counts: it ended with the assistant, and the customer was not trapped.
    pub per_resolution: f64,
    /// Such a resolution costs nothing if the customer is back within the window of durable resolution.
    pub refund: bool,
    /// A month.
    pub per_month: f64,
    /// Once, in the first month.
    pub set_up: f64,
}

/// What the people of a pool cost; all that is given adds up.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
pub struct PoolPrice {
    /// Per paid hour: for a pool on a plan time on duty / (1 - shrinkage), for a pool with shifts the paid hours of the shifts.
    pub per_agent_hour: Option<f64>,
    /// Factor on `per_agent_hour` for each hour of overtime, of a pool with shifts.
    pub overtime: f64,
    /// For each hour on duty.
    pub per_online_hour: f64,
    /// For each minute of handle time.
    pub per_handled_minute: f64,
    /// For each contact answered.
    pub per_contact: f64,
    /// For each contact that a person of the pool resolved.
    pub per_resolved_contact: f64,
    /// At least this share of a forecast of contacts a month is charged `per_contact`.
    pub floor: Option<Floor>,
    /// A fee for a volume agreed in advance.
    pub volume: Option<Volume>,
    /// A month.
    pub per_month: f64,
    /// The charges of a month that come of the above are at least this.
    pub monthly_minimum: f64,
    /// A part of the charges of a month is credited when the service level was missed.
    pub credit: Option<Credit>,
    /// Share of the charges that a platform adds.
    pub platform_fee: f64,
    /// Once, in the first month.
    pub set_up: f64,
    /// Once, in the last month.
    pub exit: f64,
    /// For each month of the minimum term that is left when the volume of a contract becomes 0.
    pub early_exit: f64,
    /// Guaranteed pay of members per hour online; the difference to what a session earned is paid at its end.
    pub guarantee: f64,
    /// Of a register: pay is raised while many wait.
    #[serde(skip)]
    pub surge: Option<Surge>,
    /// Of a register: training of a person who joins, without the platform's fee.
    pub onboarding: f64,
    /// Of a register: equipment of a person who joins, without the platform's fee.
    pub equipment: f64,
}

impl PoolPrice {
    /// Pay of a member for an hour online.
    pub fn hourly_pay(&self) -> f64 {
        self.per_online_hour + self.per_agent_hour.unwrap_or(0.0)
    }

    /// Whether members of a register are paid: by the contact, the minute or the hour, or at least what is guaranteed.
    pub fn pays_members(&self) -> bool {
        self.pay_kinds().iter().any(|&pay| pay > 0.0) || self.guarantee > 0.0
    }

    /// Pay by the contact, the handled minute and the online hour.
    pub fn pay_kinds(&self) -> [f64; 3] {
        [self.per_contact, self.per_handled_minute, self.hourly_pay()]
    }

    /// The pay offered, where there is only one kind of it.
    pub fn pay_offered(&self) -> Option<f64> {
        let kinds = self.pay_kinds();
        let mut kinds = kinds.iter().copied().filter(|&pay| pay > 0.0);
        kinds.next().filter(|_| kinds.next().is_none())
    }

    /// Price of an hour, for comparing pools: of a paid hour, else of an hour on duty.
    pub fn hourly(&self) -> Option<f64> {
        let online = Some(self.per_online_hour).filter(|&p| p > 0.0);
        self.per_agent_hour.or(online)
    }
}

/// When and how far pay is raised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surge {
    /// Starts when more contacts than this wait in the queues that lead to the pool.
    pub above: u32,
    /// Ends when no more than this wait.
    pub until: u32,
    /// Factor on all pay.
    pub factor: f64,
    /// How often the queues are looked at.
    pub every: Micros,
}

/// A floor under the contacts that are charged.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub struct Floor {
    /// Contacts forecast for a month.
    pub forecast: f64,
    /// Share of them that is charged in any case.
    pub share: f64,
}

/// A base volume with additional and reduced charges.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub struct Volume {
    /// Contacts a month that the base charge covers.
    pub base: f64,
    /// The base charge.
    pub charge: f64,
    /// For each contact above the base.
    pub additional: f64,
    /// Taken off for each contact below the base.
    pub reduced: f64,
}

/// A service credit.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub struct Credit {
    /// Due when `sl_net` of the topics that lead to the pool was below this in the month.
    pub below: f64,
    /// Share of the charges of the month.
    pub share: f64,
}

/// What the people of a group cost.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct Pay {
    /// Pay of a person a month.
    pub monthly: f64,
    /// On-costs as a share of pay: social charges, holidays.
    pub on_costs: f64,
    /// Factor on the pay of an hour for each hour of overtime in pools with shifts, on-costs included; the pay of an hour is that of a
    /// month over the paid hours of a full-time agent.
    pub overtime: f64,
    /// Seat, licences and the like, a person and month.
    pub per_head: f64,
    /// People for whom there is one supervisor; 0 for no supervisors.
    pub span: f64,
    /// Pay of a supervisor a month.
    pub supervisor: f64,
    /// Once for each person who starts.
    pub per_hire: f64,
    /// Months of pay for each person who is laid off.
    pub severance_months: f64,
}
