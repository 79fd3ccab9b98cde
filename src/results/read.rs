//! What a results folder says, read back.

use super::rows::{AssumptionRow, MonthRow, SummaryRow, WeekPoint};
use super::run::{Played, Run};
use super::source::{self, ReadError, table};
use super::tables::{ASSUMPTIONS, COMPARISON, FINANCE, MONTHLY, SUMMARY, WEEK};
use std::path::Path;

/// Reads the folder of a run. Tables of later versions that an older run did not leave are empty.
///
/// # Errors
/// Without `run.json` and `summary.csv`, or when a file is not what the run wrote.
pub fn read(folder: &Path) -> Result<Run, ReadError> {
    let path = folder.join("run.json");
    let text = source::manifest(&path)?.ok_or_else(|| ReadError::NoRun {
        path: folder.to_owned(),
    })?;
    let mut run: Run = serde_json::from_str(&text).map_err(|e| ReadError::Content {
        path,
        why: e.to_string(),
    })?;
    let (scenarios, files) = (&mut run.scenarios, &run.files);
    let summary: Vec<SummaryRow> = table(folder, SUMMARY, files, true)?;
    deal(scenarios, summary, |r| &r.scenario, |s| &mut s.summary);
    let monthly: Vec<MonthRow> = table(folder, MONTHLY, files, false)?;
    deal(scenarios, monthly, |r| &r.scenario, |s| &mut s.monthly);
    let week: Vec<WeekPoint> = table(folder, WEEK, files, false)?;
    deal(scenarios, week, |r| &r.scenario, |s| &mut s.week);
    let assumptions: Vec<AssumptionRow> = table(folder, ASSUMPTIONS, files, false)?;
    deal(
        scenarios,
        assumptions,
        |r| &r.scenario,
        |s| &mut s.assumptions,
    );
    run.finance = table(folder, FINANCE, files, false)?;
    run.comparison = table(folder, COMPARISON, files, false)?;
    run.arrange();
    Ok(run)
}

/// Gives every row to its scenario.
fn deal<R>(
    scenarios: &mut [Played],
    rows: Vec<R>,
    owner: fn(&R) -> &str,
    place: fn(&mut Played) -> &mut Vec<R>,
) {
    for row in rows {
        if let Some(s) = scenarios.iter_mut().find(|s| s.id == owner(&row)) {
            place(s).push(row);
        }
    }
}
