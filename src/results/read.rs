//! What a results folder says, read back.

use super::folder::words;
use super::rows::{AssumptionRow, MonthRow, SummaryRow, WeekPoint};
use super::run::{Played, Run};
use super::tables::{ASSUMPTIONS, COMPARISON, FINANCE, MONTHLY, SUMMARY, WEEK};
use serde::de::DeserializeOwned;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why a folder cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no `run.json` in it.
    #[error("{} holds no results: there is no run.json in it", path.display())]
    NoRun {
        /// The folder.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {}", path.display(), words(source))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is not what a run or a sweep writes.
    #[error("{} is not as it was written: {why}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// Reads the folder of a run. Tables of later versions that an older run did not leave are empty.
///
/// # Errors
/// Without `run.json` and `summary.csv`, or when a file is not what a run writes.
pub fn read(folder: &Path) -> Result<Run, ReadError> {
    let path = folder.join("run.json");
    let text = text(&path)?.ok_or_else(|| ReadError::NoRun {
        path: folder.to_owned(),
    })?;
    let mut run: Run = serde_json::from_str(&text).map_err(|e| ReadError::Content {
        path,
        why: e.to_string(),
    })?;
    let scenarios = &mut run.scenarios;
    let summary: Vec<SummaryRow> = table_of(&folder.join(SUMMARY), true)?;
    deal(scenarios, summary, |r| &r.scenario, |s| &mut s.summary);
    let monthly: Vec<MonthRow> = table_of(&folder.join(MONTHLY), false)?;
    deal(scenarios, monthly, |r| &r.scenario, |s| &mut s.monthly);
    let week: Vec<WeekPoint> = table_of(&folder.join(WEEK), false)?;
    deal(scenarios, week, |r| &r.scenario, |s| &mut s.week);
    let assumptions: Vec<AssumptionRow> = table_of(&folder.join(ASSUMPTIONS), false)?;
    deal(
        scenarios,
        assumptions,
        |r| &r.scenario,
        |s| &mut s.assumptions,
    );
    run.finance = table_of(&folder.join(FINANCE), false)?;
    run.comparison = table_of(&folder.join(COMPARISON), false)?;
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

/// The text of a file, `None` when there is none.
pub(super) fn text(path: &Path) -> Result<Option<String>, ReadError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ReadError::File {
            path: path.to_owned(),
            source,
        }),
    }
}

/// The rows of a table; none when there is no such file, unless it is needed.
pub(super) fn table_of<R: DeserializeOwned>(
    path: &Path,
    needed: bool,
) -> Result<Vec<R>, ReadError> {
    let content = |why: String| ReadError::Content {
        path: path.to_owned(),
        why,
    };
    let Some(text) = text(path)? else {
        return match needed {
            true => Err(content("there is no such file".into())),
            false => Ok(Vec::new()),
        };
    };
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(|e| content(e.to_string()))
}
