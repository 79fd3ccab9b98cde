//! Findings in the reader's words: from models and outcomes to text. Pure functions; nothing here prints.
//!
//! `quantity` rounds a number to what its confidence interval supports and gives it a unit, `grid` lays columns out
//! in the width there is, [`run_table`] and [`details`] are what a run shows,
//! [`cautions`] what to know before relying on a number, [`comparison_text`] what it found by comparison, `load` and [`check_text`] what a check
//! shows, [`run_json`] the same for machines. [`findings()`] are the sentences of a finished run, [`page()`] is its report in HTML with its
//! figures, and [`sweep_page`] that of a sweep, [`understanding_text`] and [`understanding_json`] what moves its measures.

mod bridge;
mod cautions;
mod check;
mod closed;
mod compare;
mod duty;
mod effort;
mod findings;
mod grid;
mod html;
mod json;
mod load;
mod quantity;
mod run;
mod staff;
mod understanding;
mod words;

pub use cautions::{Caution, cautions};
pub use check::{check_json, check_text};
pub use closed::Closed;
pub use compare::comparison_text;
pub use effort::Effort;
pub use findings::findings;
pub use grid::{Column, Grid};
pub use html::{Figure, Page, page, sweep_page};
pub use json::run_json;
pub use load::{Check, Growing, Peak, PoolLoad, TopicLoad, check};
pub use quantity::{Kind, Shown, count, duration, shown, value};
pub use run::{details, headline, run_table};
pub use understanding::{understanding_json, understanding_text};
pub use words::findings_text;

use crate::experiment::{Comparison, Finance, Outcome, Plan, Reached, Selection};
use crate::model::Model;

/// A scenario that was run.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// Identifier, unique within the run.
    pub id: &'a str,
    /// Title.
    pub name: &'a str,
    /// What was simulated.
    pub model: &'a Model,
    /// How often it should be done.
    pub plan: Plan,
    /// What came out.
    pub outcome: &'a Outcome,
}

/// What a run found beyond its scenarios one by one.
#[derive(Clone, Copy)]
pub struct Findings<'a> {
    /// Scenarios against the first.
    pub comparisons: &'a [Comparison],
    /// Costs over replications.
    pub finances: &'a [Finance],
    /// By scenario, how precise its estimates are.
    pub precision: &'a [&'a [Reached]],
    /// Which scenario is best, if that was asked.
    pub selection: Option<&'a Selection>,
}

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to use colours and weights.
    pub color: bool,
}
