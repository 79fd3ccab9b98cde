//! Findings in the reader's words, as pure functions of a finished run or sweep, or of a model that is checked. Nothing here prints.
//!
//! [`findings()`] says what a scenario shows, `changes` what differs from the baseline, [`cautions`] what to know before relying on a
//! number, `stopping` what decided how many replications were made, `understanding` what moves the measures of a sweep: values first, then
//! the sentences that terminal and page share. `quantity` rounds a number to what its confidence interval supports and gives it a unit.
//!
//! `terminal` lays text and tables out in the width there is; [`page()`] and [`sweep_page`] are the reports in HTML with their
//! figures; [`run_json`], [`check_json`] and [`understanding_json`] are for machines.

mod backtest;
mod bridge;
mod calibration;
mod cautions;
mod changes;
mod check_json;
mod closed;
mod drift;
mod effort;
mod findings;
mod handle;
mod html;
mod json;
mod load;
mod mixes;
mod quantity;
mod staff;
mod staffing;
mod stopping;
mod terminal;
mod understanding;
mod words;
mod wrap;

pub use backtest::{backtest_text, verdict};
pub use calibration::{fit_text, reading_text, sure_text};
pub use cautions::{Caution, cautions};
pub use check_json::check_json;
pub use closed::ClosedHours;
pub use effort::Effort;
pub use findings::findings;
pub use html::{Figure, Page, calibration_page, page, sweep_page};
pub use json::run_json;
pub use load::{Check, Growing, Peak, PoolLoad, TopicLoad, check};
pub use mixes::mixes_text;
pub use quantity::{Kind, Shown, count, duration, value};
pub use staffing::{impossible_text, staffing_text};
pub use stopping::Stopping;
pub use terminal::{
    Layout, TextColumn, TextTable, check_text, comparison_text, details, findings_text, headline,
    run_table, understanding_text,
};
pub use understanding::understanding_json;
pub use words::counted;
