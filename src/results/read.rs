//! The folder of a run or a sweep, read back.

use super::believable;
use super::rows::{AssumptionRow, MonthRow, SummaryRow, WeekPoint};
use super::run::{Played, Run};
use super::source::{self, ReadError, allowed, content, table};
use super::staffing::StaffingRow;
use super::sweep::{POINTS, Swept};
use super::sweep_head::MeasureColumn;
use super::tables::{ASSUMPTIONS, COMPARISON, FINANCE, MONTHLY, STAFFING, SUMMARY, WEEK};
use std::ops::RangeInclusive;
use std::path::Path;

/// Reads the folder of a run. Tables that the run did not leave are empty.
///
/// # Errors
/// Without `run.json` and `summary.csv`, or when a file is not what the run wrote.
pub fn read(folder: &Path) -> Result<Run, ReadError> {
    let mut run: Run = source::manifest(folder)?;
    let path = folder.join("run.json");
    believable::run(&run).map_err(|why| content(&path, &why))?;
    let (scenarios, files) = (&mut run.scenarios, &run.files);
    let summary: Vec<SummaryRow> = table(folder, SUMMARY, files, true)?;
    deal(scenarios, summary, |r| &r.scenario, |s| &mut s.summary);
    let monthly: Vec<MonthRow> = table(folder, MONTHLY, files, false)?;
    deal(scenarios, monthly, |r| &r.scenario, |s| &mut s.monthly);
    let week: Vec<WeekPoint> = table(folder, WEEK, files, false)?;
    deal(scenarios, week, |r| &r.scenario, |s| &mut s.week);
    let rows: Vec<AssumptionRow> = table(folder, ASSUMPTIONS, files, false)?;
    deal(scenarios, rows, |r| &r.scenario, |s| &mut s.assumptions);
    let rows: Vec<StaffingRow> = table(folder, STAFFING, files, false)?;
    for row in rows {
        let mut plans = scenarios.iter_mut().filter(|s| s.id == row.scenario);
        if let Some(plan) = plans.next().and_then(|s| s.plan.as_mut()) {
            plan.intervals.push(row);
        }
    }
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

/// Reads the folder of a sweep; `None` when what is in it is no sweep.
///
/// # Errors
/// When there is no `run.json`, or a file is not what a sweep writes.
pub fn read_sweep(folder: &Path) -> Result<Option<Swept>, ReadError> {
    let document: serde_json::Value = source::manifest(folder)?;
    if document.get("varies").is_none() {
        return Ok(None);
    }
    let path = folder.join("run.json");
    let sweep = serde_json::from_value(document);
    let mut sweep: Swept = sweep.map_err(|e| content(&path, &e.to_string()))?;
    believable::sweep(&sweep).map_err(|why| content(&path, &why))?;
    let keys = sweep.varies.len();
    let fields = 2 + keys + sweep.measures.len();
    let rows: Vec<Vec<String>> = table(folder, POINTS, &sweep.files, true)?;
    for (line, row) in rows.into_iter().enumerate() {
        let row_of = |why: String| format!("row {}: {why}", line + 1);
        let refuse = |why| content(&folder.join(POINTS), &row_of(why));
        if row.len() != fields {
            return Err(refuse(format!("it has {} fields, not {fields}", row.len())));
        }
        whole("point", &row[0], 1..=sweep.number_of_points).map_err(refuse)?;
        let last = sweep.replications as usize - 1;
        whole("replication", &row[1 + keys], 0..=last).map_err(refuse)?;
        let values = sweep.measures.iter().zip(&row[2 + keys..]);
        let values: Result<Vec<Option<f64>>, String> = values.map(|(m, x)| number(m, x)).collect();
        sweep.add(&row[0], &row[1..=keys], values.map_err(refuse)?);
    }
    Ok(Some(sweep))
}

/// Whether a field is one of some whole numbers.
fn whole(column: &str, field: &str, allowed: RangeInclusive<usize>) -> Result<(), String> {
    let (first, last) = (allowed.start(), allowed.end());
    match field.parse().is_ok_and(|n| allowed.contains(&n)) {
        true => Ok(()),
        false => Err(format!(
            "{column}: expected a whole number from {first} to {last}, found {field}"
        )),
    }
}

/// The value of a measure of a sweep; `None` where it is undefined.
fn number(column: &MeasureColumn, field: &str) -> Result<Option<f64>, String> {
    let MeasureColumn { measure, unit } = column;
    match source::check(field, allowed(unit)) {
        Ok(None) if !field.is_empty() => {
            Err(format!("{measure}: expected a number, found {field}"))
        }
        value => value.map_err(|why| format!("{measure}: {why}")),
    }
}
