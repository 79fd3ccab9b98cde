//! Files of a results folder that are read back. The folder may come from anybody: only regular files are opened, none that is larger than
//! what it may be, none that was changed since it was written, and no number that no run writes.

use super::csv::restored;
use super::folder::words;
use super::run::Digest;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Largest `run.json`, and largest other file, in bytes.
const LARGEST_MANIFEST: u64 = 64 << 20;
const LARGEST: u64 = 4 << 30;
/// Columns of text; all others hold numbers, but for the keys of a sweep.
pub(super) const TEXT: [&str; 19] = [
    "scenario", "baseline", "month", "measure", "slice", "unit", "method", "what", "key", "value",
    "comment", "file", "weekday", "begin", "date", "point", "pool", "time", "topic",
];
/// Columns that are in the unit of their row, and those that are shares in every row.
const IN_UNIT: [&str; 5] = ["mean", "p10", "p50", "p90", "value"];
pub(super) const SHARES: [&str; 7] = [
    "sl_net",
    "target",
    "target_met",
    "cheaper_share",
    "share_low",
    "share_high",
    "cheaper_in_the_mean",
];
/// Columns of a typical week, in which nothing is negative.
const OF_WEEK: [&str; 6] = [
    "per_hour",
    "mean_wait",
    "queue_length",
    "agents_on_duty",
    "agents_busy",
    "agents_required",
];
/// Shares are written with ten digits.
const ROUNDING: f64 = 1e-9;

/// Why a folder cannot be read; the first field is the folder or the file.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no `run.json` in it.
    #[error("{} holds no results: there is no run.json in it", .0.display())]
    NoRun(PathBuf),
    /// A file cannot be read: what the system says.
    #[error("cannot read {}: {}", .0.display(), words(.1))]
    File(PathBuf, #[source] io::Error),
    /// A file is not what a run or a sweep writes: what is wrong with it.
    #[error("{} is not as it was written: {}", .0.display(), .1)]
    Content(PathBuf, String),
}

/// The bytes of a regular file of at most `most` bytes; `None` when there is none.
pub(super) fn bytes(path: &Path, most: u64) -> Result<Option<Vec<u8>>, ReadError> {
    let failed = |e| ReadError::File(path.into(), e);
    // Opening a pipe waits for somebody to write to it, and a device may have no end.
    let about = match fs::metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        about => about.map_err(failed)?,
    };
    if !about.is_file() {
        return Err(content(path, "it is not a regular file"));
    }
    let too_large = || content(path, &format!("it is larger than {most} bytes"));
    if about.len() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let read = file.take(most + 1).read_to_end(&mut bytes);
    read.map_err(failed)?;
    match bytes.len() as u64 > most {
        true => Err(too_large()),
        false => Ok(Some(bytes)),
    }
}

/// What `run.json` says.
pub(super) fn manifest<T: DeserializeOwned>(folder: &Path) -> Result<T, ReadError> {
    let path = &folder.join("run.json");
    let bytes = bytes(path, LARGEST_MANIFEST)?.ok_or_else(|| ReadError::NoRun(folder.into()))?;
    let text = String::from_utf8(bytes).map_err(|_| content(path, "it is not UTF-8 text"))?;
    serde_json::from_str(&text).map_err(|e| content(path, &e.to_string()))
}

/// The rows of the table `name`. One that `run.json` does not name, in `files`, was not left by this run: it has no rows, unless it is needed.
pub(super) fn table<R: DeserializeOwned>(
    folder: &Path,
    name: &str,
    files: &BTreeMap<String, Digest>,
    needed: bool,
) -> Result<Vec<R>, ReadError> {
    let path = &folder.join(name);
    let (bytes, digest) = match (bytes(path, LARGEST)?, files.get(name)) {
        (Some(bytes), Some(digest)) => (bytes, digest),
        (_, None) if !needed => return Ok(Vec::new()),
        (Some(_), None) => return Err(content(path, "run.json does not name it")),
        (None, _) => return Err(content(path, "there is no such file")),
    };
    let blake3 = blake3::hash(&bytes).to_hex().to_string();
    if (bytes.len() as u64, &blake3) != (digest.bytes, &digest.blake3) {
        let why =
            "it was changed since, or belongs to another run: its digest is not that in run.json";
        return Err(content(path, why));
    }
    rows(&bytes).map_err(|why| content(path, &why))
}

pub(super) fn content(path: &Path, why: &str) -> ReadError {
    ReadError::Content(path.into(), why.to_owned())
}

/// The rows of a table, of which every number is one that a run writes.
fn rows<R: DeserializeOwned>(bytes: &[u8]) -> Result<Vec<R>, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(|e| e.to_string())?.clone();
    let unit = header.iter().position(|h| h == "unit");
    let mut out = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let unit = unit.and_then(|i| record.get(i)).unwrap_or_default();
        for (column, field) in header.iter().zip(&record) {
            let expected = match column {
                c if SHARES.contains(&c) => SHARE,
                c if OF_WEEK.contains(&c) => NOT_NEGATIVE,
                c if IN_UNIT.contains(&c) => allowed(unit),
                _ => FINITE,
            };
            if !TEXT.contains(&column) || column == "value" && !unit.is_empty() {
                check(field, expected).map_err(|why| format!("line {line}: {column}: {why}"))?;
            }
        }
        let record: csv::StringRecord = record.iter().map(restored).collect();
        let row = record.deserialize(Some(&header));
        out.push(row.map_err(|e| format!("line {line}: {e}"))?);
    }
    Ok(out)
}

/// What a number may be: the least, the largest, and both in words.
pub(super) type Allowed = (f64, f64, &'static str);
const FINITE: Allowed = (f64::MIN, f64::MAX, "a finite number");
const SHARE: Allowed = (-ROUNDING, 1.0 + ROUNDING, "a share between 0 and 1");
pub(super) const NOT_NEGATIVE: Allowed = (0.0, f64::MAX, "a number of at least 0");

/// What a measure in this unit may be: there are no negative durations.
pub(super) fn allowed(unit: &str) -> Allowed {
    match unit {
        "fraction" => SHARE,
        "s" => NOT_NEGATIVE,
        _ => FINITE,
    }
}

/// The number in a field, if it is one, which must be finite and what is allowed.
pub(super) fn check(field: &str, (from, to, words): Allowed) -> Result<Option<f64>, String> {
    let number = field.parse::<f64>().ok();
    match number {
        Some(x) if !x.is_finite() => Err(format!("expected a finite number, found {field}")),
        Some(x) if x < from || x > to => Err(format!("expected {words}, found {field}")),
        _ => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_no_run_writes_are_refused() {
        let refused = |text: &str| rows::<Vec<String>>(text.as_bytes()).unwrap_err();
        let head = "scenario,measure,unit,mean,ci_low\n";
        for (row, says) in [
            (
                "a,x,s,NaN,",
                "line 2: mean: expected a finite number, found NaN",
            ),
            (
                "a,x,s,1,inf",
                "line 2: ci_low: expected a finite number, found inf",
            ),
            (
                "a,x,fraction,7.5,",
                "line 2: mean: expected a share between 0 and 1, found 7.5",
            ),
        ] {
            assert_eq!(refused(&format!("{head}{row}\n")), says);
        }
        let sound = format!("{head}nan,inf,fraction,1,\n'=a,x,ratio,7.5,\n");
        let rows = rows::<Vec<String>>(sound.as_bytes()).unwrap();
        assert_eq!((&*rows[0][0], &*rows[1][0]), ("nan", "=a"));
    }

    #[test]
    fn only_regular_files_are_opened() {
        let dir = tempfile::tempdir().unwrap();
        let says = |path: &Path| bytes(path, 3).unwrap_err().to_string();
        assert!(says(dir.path()).ends_with("it is not a regular file"));
        let file = dir.path().join("x");
        assert!(bytes(&file, 3).unwrap().is_none());
        fs::write(&file, "1234").unwrap();
        assert!(says(&file).ends_with("it is larger than 3 bytes"));
        fs::write(&file, "123").unwrap();
        assert_eq!(bytes(&file, 3).unwrap().unwrap(), b"123");
    }
}
