//! Counters and prices to costs and risks: month by month, per contact, per case, per durable resolution, and as a net present value.
//!
//! Costs are those of local months, since minimums, allowances and credits are: what a whole run costs is their sum. A month that
//! lies only in part within the counted time is charged its part of whatever is charged by the month; so is a month in which the prices of
//! who is paid change, for who it is alone.

mod costs;
mod money;
mod parts;
mod risk;

pub use costs::{Costs, Span, Work, ai_charge, overtime_pay, payroll, pool_charge};
pub use money::Money;
pub use risk::value_at_risk;
