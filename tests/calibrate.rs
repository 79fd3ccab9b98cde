//! From a log to a scenario: the estimators against independent references.

mod command;
mod demand;
mod drift;
mod estimators;
mod handle;
mod reading;
mod recover;
