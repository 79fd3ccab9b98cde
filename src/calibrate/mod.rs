//! From a contact log to a scenario: what is fitted, what is assumed, and how it predicts.

pub mod demand;
pub mod shares;
