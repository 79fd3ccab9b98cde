//! From a log to a scenario: the estimators against independent references.

mod demand;
mod estimators;
