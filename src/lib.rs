//! handover
pub mod time;
pub mod random;
pub mod dist;
pub mod stats;
pub mod erlang;
pub mod model;
pub mod experiment;
pub mod engine;
pub mod measure;
pub mod scenario;
pub mod results;
pub mod report;
pub mod cli;
