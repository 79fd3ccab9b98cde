//! Replications, in parallel, and what they say together.

mod plan;

pub use plan::Plan;
