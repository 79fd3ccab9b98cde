//! The folder of a sweep, read back.

use super::folder::FolderError;
use super::journal::is_journal;
use super::leftover;
use super::run::Digest;
use super::source::{self, ReadError};
use crate::text::visible_line;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A finished sweep.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Swept {
    /// Version of the program that ran.
    pub version: String,
    /// A command line that gives the same results.
    pub command: String,
    /// Identifier of the scenario.
    pub scenario: String,
    /// Its title.
    pub name: String,
    /// The files that were read.
    pub sources: Vec<String>,
    /// Digest of the scenarios of all points.
    pub digest: String,
    /// How the points were chosen.
    pub method: String,
    /// Seed of the draws.
    pub seed: u64,
    /// Replications of each point.
    pub replications: u32,
    /// Contacts simulated.
    pub contacts: u64,
    /// The keys that vary.
    pub varies: Vec<String>,
    /// What was measured.
    pub measures: Vec<Measured>,
    /// The digests of the files.
    #[serde(default)]
    files: BTreeMap<String, Digest>,
    /// The points, in order.
    #[serde(skip)]
    pub points: Vec<Point>,
}

/// A measure of a sweep.
#[derive(Clone, Debug, Deserialize)]
pub struct Measured {
    /// Its name.
    pub measure: String,
    /// Its unit.
    pub unit: String,
}

/// A point of a sweep.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    /// Number, from 1.
    pub number: String,
    /// The value of each key that varies.
    pub cells: Vec<String>,
    /// By measure: the value of each replication; `None` where it is undefined.
    pub values: Vec<Vec<Option<f64>>>,
}

impl Point {
    /// Mean of a measure over the replications in which it is defined.
    pub fn mean(&self, measure: usize) -> Option<f64> {
        let defined: Vec<f64> = self.values[measure].iter().flatten().copied().collect();
        (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / defined.len() as f64)
    }
}

/// What a folder holds, finished or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// A run.
    Run,
    /// A sweep, or a shard of one.
    Sweep,
}

/// What is in a folder: by its `run.json`, or by a journal where that is missing or cannot be understood.
pub fn holding(folder: &Path) -> Option<Holding> {
    let written = source::manifest(&folder.join("run.json")).ok().flatten();
    let document: Option<serde_json::Value> =
        written.and_then(|text| serde_json::from_str(&text).ok());
    let has = |key| document.as_ref().is_some_and(|d| d.get(key).is_some());
    if has("varies") {
        Some(Holding::Sweep)
    } else if has("scenarios") {
        Some(Holding::Run)
    } else if is_journal(&folder.join("journal")) {
        Some(Holding::Sweep)
    } else if is_journal(&folder.join("journal-1")) {
        Some(Holding::Run)
    } else {
        None
    }
}

/// Refuses a directory that exists, is not empty and holds no results: nobody wants ten files more in their home directory.
///
/// # Errors
/// [`FolderError::Foreign`] with the first of the other files.
pub fn not_foreign(path: &Path) -> Result<(), FolderError> {
    if holding(path).is_some() {
        return Ok(());
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
    let foreign = names.filter(|name| !is_own(&path.join(name), name)).min();
    match foreign {
        None => Ok(()),
        Some(name) => Err(FolderError::Foreign {
            path: path.to_owned(),
            name: visible_line(&name).into_owned(),
        }),
    }
}

/// Whether an entry of a directory is one that a run or a sweep leaves there, finished or not.
fn is_own(path: &Path, name: &str) -> bool {
    const FILES: [&str; 17] = [
        "assumptions.csv",
        "comparison.csv",
        "design.csv",
        "figures",
        "finance.csv",
        "frontier.csv",
        "intervals.csv",
        "monthly.csv",
        "points.csv",
        "points.parquet",
        "replications.csv",
        "report.html",
        "results.xlsx",
        "run.json",
        "sensitivity.csv",
        "summary.csv",
        "week.csv",
    ];
    FILES.contains(&name)
        || leftover::is_temporary(name)
        || name.starts_with("journal")
        || holding(path).is_some()
}

/// Reads the folder of a sweep; `None` when what is in it is no sweep.
///
/// # Errors
/// When there is no `run.json`, or a file is not what a sweep writes.
pub fn read_sweep(folder: &Path) -> Result<Option<Swept>, ReadError> {
    let path = folder.join("run.json");
    let written = source::manifest(&path)?.ok_or_else(|| ReadError::NoRun {
        path: folder.to_owned(),
    })?;
    let content = |why: String| ReadError::Content {
        path: path.clone(),
        why,
    };
    let document: serde_json::Value =
        serde_json::from_str(&written).map_err(|e| content(e.to_string()))?;
    if document.get("varies").is_none() {
        return Ok(None);
    }
    // What the document calls `points` is their number.
    let mut swept: Swept = serde_json::from_value(document).map_err(|e| content(e.to_string()))?;
    let (keys, measures) = (swept.varies.len(), swept.measures.len());
    let rows: Vec<Vec<String>> = source::table(folder, "points.csv", &swept.files, true)?;
    let path = folder.join("points.csv");
    let refuse = |line: usize, why: String| ReadError::Content {
        path: path.clone(),
        why: format!("row {}: {why}", line + 1),
    };
    for (line, row) in rows.into_iter().enumerate() {
        if row.len() != 2 + keys + measures {
            let why = format!("it has {} fields, not {}", row.len(), 2 + keys + measures);
            return Err(refuse(line, why));
        }
        if swept.points.last().is_none_or(|p| p.number != row[0]) {
            swept.points.push(Point {
                number: row[0].clone(),
                cells: row[1..=keys].to_vec(),
                values: vec![Vec::new(); measures],
            });
        }
        if let Some(point) = swept.points.last_mut() {
            for (k, field) in row[2 + keys..].iter().enumerate() {
                let Measured { measure, unit } = &swept.measures[k];
                let value = source::check(field, unit == "fraction");
                let value = value.and_then(|x| match (x, field.is_empty()) {
                    (None, false) => Err(format!("expected a number, found {field}")),
                    _ => Ok(x),
                });
                let value = value.map_err(|why| refuse(line, format!("{measure}: {why}")))?;
                point.values[k].push(value);
            }
        }
    }
    Ok(Some(swept))
}
