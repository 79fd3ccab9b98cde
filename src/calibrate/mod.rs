//! From a contact log to a scenario: what is fitted, what is assumed, and how it predicts.
//!
//! A log is added up as it is read ([`Gathered`]), so that memory grows with days, agents and customers alone. A [`Fit`] is what it
//! tells; [`files`] are the scenario that a fit makes. A [`Backtest`] holds recorded days against a scenario.
//!
//! Imports go one way: activity, tally <- wrap_up <- gather <- seen <- erlang, score; laws, named <- fit <- write <- replay <- build, ignorance <- backtest.

mod activity;
mod backtest;
mod build;
pub mod demand;
mod erlang;
mod fit;
mod gather;
mod ignorance;
mod laws;
mod named;
mod replay;
mod score;
mod seen;
pub mod shares;
mod tally;
mod wrap_up;
mod write;

pub use backtest::{Backtest, BacktestError, Drift, Held, table};
pub use build::{counts, days, topic_names};
pub use erlang::ErlangFit;
pub use fit::{Agents, ByAssistant, Fit, Settings, Topic};
pub use gather::{Cell, Day, Gathered, date, day};
pub use ignorance::{Draw, Sure, design};
pub use laws::{LEVEL, Patience, Work};
pub use named::WEEKDAYS;
pub use replay::{Over, Taken};
pub use score::{BAND, Check, Point, What, total, total_mean};
pub use seen::{Days, Seen, recorded, simulated};
pub use write::{Named, POOL, SCENARIO, files};
