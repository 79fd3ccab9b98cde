//! The tables of a run as CSV files.

use super::csv::table;
use super::intervals::intervals;
use super::replications::replications;
use super::run::{Run, sorted};
use crate::experiment::Side;
use std::io::{self, Write};

pub(super) const SUMMARY: &str = "summary.csv";
pub(super) const MONTHLY: &str = "monthly.csv";
pub(super) const WEEK: &str = "week.csv";
pub(super) const ASSUMPTIONS: &str = "assumptions.csv";
pub(super) const COMPARISON: &str = "comparison.csv";
pub(super) const FINANCE: &str = "finance.csv";
const REPLICATIONS: &str = "replications.csv";
const INTERVALS: &str = "intervals.csv";
/// The table of a run of plans that were found.
pub const STAFFING: &str = "staffing.csv";

/// The names of the tables.
pub const TABLES: [&str; 8] = [
    SUMMARY,
    REPLICATIONS,
    INTERVALS,
    MONTHLY,
    COMPARISON,
    FINANCE,
    WEEK,
    ASSUMPTIONS,
];

impl Run {
    /// Writes a table as CSV: its rows by scenario, whatever the order of the files on the command line. `sides` are the outcomes
    /// behind the run: the values of every replication and interval are taken from there.
    ///
    /// # Errors
    /// What `out` refuses, and a name that is neither one of [`TABLES`] nor [`STAFFING`].
    pub fn table(&self, name: &str, sides: &[Side<'_>], out: &mut dyn Write) -> io::Result<()> {
        let scenarios = sorted(&self.scenarios, |s| &s.id);
        let mut sides = sides.to_vec();
        sides.sort_by_key(|s| s.id);
        match name {
            SUMMARY => table(scenarios.iter().flat_map(|s| &s.summary), out),
            MONTHLY => table(scenarios.iter().flat_map(|s| &s.monthly), out),
            WEEK => table(scenarios.iter().flat_map(|s| &s.week), out),
            ASSUMPTIONS => table(scenarios.iter().flat_map(|s| &s.assumptions), out),
            COMPARISON => table(sorted(&self.comparison, |d| &d.scenario), out),
            FINANCE => table(sorted(&self.finance, |f| &f.scenario), out),
            REPLICATIONS => replications(&sides, out),
            INTERVALS => intervals(&sides, out),
            STAFFING => {
                let plans = scenarios.iter().filter_map(|s| s.plan.as_ref());
                table(plans.flat_map(|plan| &plan.intervals), out)
            }
            _ => Err(io::Error::other(format!("there is no table {name}"))),
        }
    }
}
