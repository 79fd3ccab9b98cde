//! From a contact log to a scenario: what is fitted, what is assumed, and how it predicts.
//!
//! A log is added up as it is read ([`Gathered`]), so that memory grows with days, agents and customers alone. A [`Fit`] is what it
//! tells; [`files`] are the scenario that a fit makes. A [`Backtest`] holds recorded days against a scenario.
//!
//! Imports go one way: activity, daily, kept, named, order, sums, tally <- visits, chats, wrap_up <- gather <- seen <- erlang, score; skills <- wrap_up;
//! order <- split; demand, shares <- returns; laws <- drift, handle <- errors <- fit <- coming <- write <- replay, parts <- staffed <- build, ignorance
//! <- backtest.

mod activity;
mod backtest;
mod build;
mod chats;
mod coming;
mod daily;
pub mod demand;
mod drift;
mod erlang;
mod errors;
mod fit;
mod gather;
mod handle;
mod ignorance;
mod kept;
mod laws;
mod named;
mod order;
mod parts;
mod replay;
mod returns;
mod score;
mod seen;
pub mod shares;
mod skills;
mod split;
mod staffed;
mod sums;
mod tally;
mod visits;
mod wrap_up;
mod write;

pub use backtest::{Backtest, BacktestError, Held, table};
pub use build::{counts, days, demand, topic_names};
pub use chats::{AtOnce, Sessions};
pub use daily::{Daily, DayLaws, Histogram};
pub use drift::{Changing, Drift, Drifts, Unit};
pub use erlang::ErlangFit;
pub use errors::DayErrors;
pub use fit::{Agents, ByAssistant, Crew, Fit, Settings, Topic};
pub use gather::{Cell, Day, Gathered, OnDuty, date, day};
pub use handle::{AgentSpread, ByLoad, ByTime, Class, Handle};
pub use ignorance::{Sure, design};
pub use laws::{Patience, Work};
pub use named::{LEVEL, Named, POOL, WEEKDAYS};
pub use order::{Precedence, Waits};
pub use parts::{Draw, Part};
pub use replay::{Over, Taken};
pub use returns::{Entered, Returns};
pub use score::{BAND, Check, Point, What, total, total_mean};
pub use seen::{Days, Seen, recorded, simulated};
pub use skills::Skills;
pub use split::{Order, Split, Topics};
pub use sums::{HandleSums, Place, Sum};
pub use visits::{Ended, Visits};
pub use write::{SCENARIO, files};
