//! From a log to a scenario: the estimators against independent references.

mod clocks;
mod command;
mod demand;
mod drift;
mod estimators;
mod handle;
mod reading;
mod recover;
mod teams;
