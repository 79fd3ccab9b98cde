//! A sweep: the values of every replication of every point, in memory and in its files.

use super::csv::{CsvRows, fields};
use super::number::{MEASURE_DIGITS, mean, rounded};
use super::run::{Digest, manifest};
use super::sweep_head::{MeasureColumn, Origin, SweepHead};
use crate::experiment::{Finished, Shard, Task};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

/// The file of the values.
pub(super) const POINTS: &str = "points.csv";

/// A finished sweep: made from its head and its values, or rebuilt from its folder. `run.json` is this value without its points; it
/// holds no times, so that it is the same however the sweep was made.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Swept {
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: Origin,
    #[serde(rename = "points")]
    pub(super) number_of_points: usize,
    /// Replications of each point.
    pub replications: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    /// Contacts simulated.
    pub contacts: u64,
    /// Events taken from the event list.
    events: u64,
    /// The keys that vary.
    pub varies: Vec<String>,
    /// What was measured.
    pub measures: Vec<MeasureColumn>,
    /// The digests of its files.
    pub files: BTreeMap<String, Digest>,
    /// The points, in order; see [`Swept::with_points`].
    #[serde(skip)]
    pub points: Vec<Point>,
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
        mean(self.values[measure].iter().flatten().copied())
    }
}

impl Swept {
    /// What was swept, without its points.
    pub fn new(sheet: &Sheet) -> Self {
        let head = &sheet.head;
        let Shard { index, of } = head.shard();
        Self {
            origin: head.origin.clone(),
            number_of_points: head.points.len(),
            replications: head.replications,
            shard: (of > 1).then(|| format!("{index}/{of}")),
            contacts: sheet.contacts,
            events: sheet.events,
            varies: head.columns.clone(),
            measures: head.measures.clone(),
            ..Self::default()
        }
    }

    /// With its points, their values as they are written: they take several times the memory of the sheet.
    #[must_use]
    pub fn with_points(mut self, sheet: &Sheet) -> Self {
        for (task, values) in sheet.rows() {
            let point = task.point as usize;
            let written = values.iter().map(|&v| rounded(v, MEASURE_DIGITS));
            self.add(&(point + 1).to_string(), &sheet.head.points[point], written);
        }
        self
    }

    /// Adds a replication to its point, which begins where the number changes.
    pub(super) fn add(
        &mut self,
        number: &str,
        cells: &[String],
        values: impl IntoIterator<Item = Option<f64>>,
    ) {
        if self.points.last().is_none_or(|p| p.number != number) {
            self.points.push(Point {
                number: number.to_owned(),
                cells: cells.to_vec(),
                values: vec![Vec::new(); self.measures.len()],
            });
        }
        if let Some(point) = self.points.last_mut() {
            let of_measures = point.values.iter_mut().zip(values);
            of_measures.for_each(|(list, value)| list.push(value));
        }
    }

    /// The text of `run.json`.
    pub fn json(&self) -> String {
        manifest(self)
    }
}

/// The values of all replications of a sweep, as far as they are there.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What the sweep is.
    pub head: SweepHead,
    done: Vec<bool>,
    values: Vec<f64>,
    /// Contacts simulated.
    pub contacts: u64,
    /// Events taken from the event list.
    pub events: u64,
}

impl Sheet {
    /// An empty sheet.
    pub fn new(head: SweepHead) -> Self {
        let tasks = head.all_tasks();
        Self {
            done: vec![false; tasks],
            values: vec![f64::NAN; tasks * head.measures.len()],
            head,
            contacts: 0,
            events: 0,
        }
    }

    /// Whether a task is there.
    pub fn has(&self, task: Task) -> bool {
        self.head.number(task).is_some_and(|i| self.done[i])
    }

    /// Puts a finished task in; false when it is there already, or is none of this sweep.
    pub fn put(&mut self, finished: &Finished) -> bool {
        let place = self.head.number(finished.task);
        let Some(i) = place.filter(|&i| !self.done[i]) else {
            return false;
        };
        self.done[i] = true;
        let of_task = self.of_task(i);
        self.values[of_task].copy_from_slice(&finished.values);
        self.contacts += finished.contacts;
        self.events += finished.events;
        true
    }

    /// Number of tasks that are there.
    pub fn done(&self) -> usize {
        self.done.iter().filter(|d| **d).count()
    }

    /// The tasks that are there, with their values.
    pub(super) fn rows(&self) -> impl Iterator<Item = (Task, &[f64])> {
        let done = (0..self.done.len()).filter(|&i| self.done[i]);
        done.map(|i| {
            let n = self.head.replications as usize;
            let task = Task::new((i / n) as u32, (i % n) as u32);
            (task, &self.values[self.of_task(i)])
        })
    }

    /// Where the values of a task are, by its number.
    fn of_task(&self, number: usize) -> Range<usize> {
        let width = self.head.measures.len();
        number * width..(number + 1) * width
    }

    /// Mean of a measure at a point, over the replications in which it is defined.
    pub fn mean(&self, point: usize, measure: usize) -> Option<f64> {
        let n = self.head.replications as usize;
        let places = point * n..(point + 1) * n;
        let values = places.map(|i| self.values[self.of_task(i)][measure]);
        mean(values.filter(|v| !v.is_nan()))
    }
}

/// `design.csv`: the points, numbered from 1, with the value of each key that varies.
///
/// # Errors
/// What `out` refuses.
pub fn design_table(sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    let head = &sheet.head;
    let columns = head.columns.iter().map(String::as_str);
    let mut rows = CsvRows::new(out, std::iter::once("point").chain(columns))?;
    for (i, point) in head.points.iter().enumerate() {
        rows.integer(i as u64 + 1);
        point.iter().for_each(|cell| rows.text(cell));
        rows.end()?;
    }
    rows.flush()
}

/// `points.csv`: a line for each replication of each point, with the point's values and the measures. An undefined value is an empty
/// field.
///
/// # Errors
/// What `out` refuses.
pub fn points_table(sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    let head = &sheet.head;
    let columns = head.columns.iter().map(String::as_str);
    let measures = head.measures.iter().map(|m| m.measure.as_str());
    let titles = std::iter::once("point")
        .chain(columns)
        .chain(["replication"]);
    let mut rows = CsvRows::new(out, titles.chain(measures))?;
    let (mut cells, mut at) = (Vec::new(), None);
    for (task, values) in sheet.rows() {
        if at != Some(task.point) {
            at = Some(task.point);
            let point = &head.points[task.point as usize];
            cells = fields(point.iter().map(String::as_str));
        }
        rows.integer(u64::from(task.point) + 1);
        rows.ready(&cells);
        rows.integer(task.replication.into());
        let numbers = values.iter();
        numbers.for_each(|&v| rows.number(Some(v), MEASURE_DIGITS));
        rows.end()?;
    }
    rows.flush()
}

#[cfg(test)]
mod tests {
    use super::super::sweep_head::tests::head_of;
    use super::*;
    use crate::experiment::Shard;

    #[test]
    fn tables() {
        let mut sheet = Sheet::new(head_of(2, 2, Shard::ALL));
        let done = |point, replication, values: [f64; 2]| Finished {
            task: Task { point, replication },
            contacts: 5,
            events: 7,
            values: values.to_vec(),
        };
        assert!(sheet.put(&done(1, 0, [0.5, f64::NAN])));
        assert!(sheet.put(&done(0, 1, [0.25, 10.0])));
        assert!(!sheet.put(&done(0, 1, [0.5, 10.0])), "it is known already");
        assert!(!sheet.put(&done(2, 0, [0.5, 10.0])), "no such point");
        assert_eq!((sheet.done(), sheet.contacts, sheet.events), (2, 10, 14));
        let mut csv = Vec::new();
        points_table(&sheet, &mut csv).unwrap();
        let want = "point,a [s],b,replication,sl_net,cost_total\n1,0,\"x, 0\",1,0.25,10\n2,1,\"x, 1\",0,0.5,\n";
        assert_eq!(String::from_utf8(csv).unwrap(), want);
        let mut csv = Vec::new();
        design_table(&sheet, &mut csv).unwrap();
        let want = "point,a [s],b\n1,0,\"x, 0\"\n2,1,\"x, 1\"\n";
        assert_eq!(String::from_utf8(csv).unwrap(), want);
        assert_eq!(sheet.mean(0, 0), Some(0.25));
        assert_eq!(sheet.mean(1, 1), None);
    }
}
