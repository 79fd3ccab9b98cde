//! The files of a sweep: its design, the values of every replication of every point, and where they come from.

use super::csv::{Rows, push_text};
use super::journal::Head;
use super::number::MEASURE_DIGITS;
use super::run::Digest;
use crate::experiment::{Design, Finished, MeasureName, Shard, Task};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// What a sweep is: all that decides its results, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepHead {
    program: String,
    version: String,
    /// A command line that gives the same results.
    pub command: String,
    /// Identifier of the scenario.
    pub scenario: String,
    /// Its title.
    pub name: String,
    /// The files that were read, the scenario itself first.
    pub sources: Vec<String>,
    /// Digest of the scenarios of all points.
    pub digest: String,
    /// How the points were chosen.
    pub method: String,
    /// Seed of the draws; points that set their own have another.
    pub seed: u64,
    /// Replications of each point.
    pub replications: u32,
    /// Which part of the tasks this is, and of how many.
    shard: (u32, u32),
    /// Heads of the columns of the design.
    pub(super) columns: Vec<String>,
    pub(super) points: Vec<Vec<String>>,
    /// The measures with their units.
    pub measures: Vec<MeasureColumn>,
}

/// A measure that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureColumn {
    /// Head of its column.
    pub measure: String,
    /// Unit.
    pub unit: String,
}

/// Where a sweep comes from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// A command line that gives the same results.
    pub command: String,
    /// Identifier of the scenario.
    pub scenario: String,
    /// Its title.
    pub name: String,
    /// The files that were read, the scenario itself first.
    pub sources: Vec<String>,
    /// Digest of the scenarios of all points.
    pub digest: String,
    /// Seed of the draws.
    pub seed: u64,
    /// Replications of each point.
    pub replications: u32,
}

impl SweepHead {
    /// The head of a sweep, made by this version of the program. `units` are those of the measures.
    pub fn new(
        origin: Origin,
        method: &str,
        design: Design,
        wanted: &[MeasureName],
        units: &[String],
        shard: Shard,
    ) -> Self {
        let measures = wanted.iter().zip(units).map(|(w, unit)| MeasureColumn {
            measure: w.to_string(),
            unit: unit.clone(),
        });
        Self {
            program: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            command: origin.command,
            scenario: origin.scenario,
            name: origin.name,
            sources: origin.sources,
            digest: origin.digest,
            method: method.into(),
            seed: origin.seed,
            replications: origin.replications,
            shard: (shard.index, shard.of),
            columns: design.columns.iter().map(|c| c.title()).collect(),
            points: design.points,
            measures: measures.collect(),
        }
    }

    /// Which part of the tasks this is.
    pub fn shard(&self) -> Shard {
        let (index, of) = self.shard;
        Shard { index, of }
    }

    /// As the head of all tasks together.
    pub(super) fn of_all(self) -> Self {
        Self {
            shard: (1, 1),
            ..self
        }
    }

    /// Number of points.
    pub fn points(&self) -> usize {
        self.points.len()
    }

    /// A point in words: `KEY = VALUE, KEY = VALUE`.
    pub fn point(&self, point: usize) -> String {
        let cells = self.columns.iter().zip(&self.points[point]);
        let words: Vec<String> = cells
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        words.join(", ")
    }

    /// The tasks of its shard.
    pub fn tasks(&self) -> Vec<Task> {
        let points = u32::try_from(self.points.len()).unwrap_or(u32::MAX);
        self.shard().tasks(points, self.replications)
    }

    /// Number of tasks of all shards.
    pub(super) fn all_tasks(&self) -> usize {
        self.points.len() * self.replications as usize
    }

    /// Place of a task among all; `None` when there is no such task.
    pub(super) fn number(&self, task: Task) -> Option<usize> {
        let (p, r) = (task.point as usize, task.replication);
        let is_one = p < self.points.len() && r < self.replications;
        is_one.then(|| p * self.replications as usize + r as usize)
    }

    /// As [`Head::difference`], whatever the shards.
    pub(super) fn difference_of_all(&self, found: &Self) -> Option<String> {
        if (&self.program, &self.version) != (&found.program, &found.version) {
            let (a, b) = (&found.version, &self.version);
            return Some(format!("it was made by version {a}, not {b}"));
        }
        if self.replications != found.replications {
            let (a, b) = (found.replications, self.replications);
            return Some(format!("it has {a} replications, not {b}"));
        }
        if (&self.columns, &self.points) != (&found.columns, &found.points) {
            return Some("its points are others".into());
        }
        if self.measures != found.measures {
            return Some("its measures are others".into());
        }
        (self.digest != found.digest)
            .then(|| "the scenario, a file it names, its settings or the seed are others".into())
    }
}

impl Head for SweepHead {
    fn width(&self) -> usize {
        self.measures.len()
    }

    fn has(&self, task: Task) -> bool {
        self.number(task).is_some()
    }

    fn difference(&self, found: &Self) -> Option<String> {
        let (mine, its) = (self.shard, found.shard);
        let shards = || format!("it is shard {}/{}, not {}/{}", its.0, its.1, mine.0, mine.1);
        self.difference_of_all(found)
            .or_else(|| (mine != its).then(shards))
    }
}

/// The values of all replications of a sweep, as far as they are there.
#[derive(Clone, Debug)]
pub struct Sheet {
    width: usize,
    done: Vec<bool>,
    values: Vec<f64>,
    /// Contacts simulated.
    pub contacts: u64,
    /// Events taken from the event list.
    pub events: u64,
}

impl Sheet {
    /// An empty sheet.
    pub fn new(head: &SweepHead) -> Self {
        let (tasks, width) = (head.all_tasks(), head.measures.len());
        Self {
            width,
            done: vec![false; tasks],
            values: vec![f64::NAN; tasks * width],
            contacts: 0,
            events: 0,
        }
    }

    /// Whether a task is there.
    pub fn has(&self, head: &SweepHead, task: Task) -> bool {
        head.number(task).is_some_and(|i| self.done[i])
    }

    /// Puts a finished task in; false when it is there already, or is none of this sweep.
    pub fn put(&mut self, head: &SweepHead, finished: &Finished) -> bool {
        let Some(i) = head.number(finished.task).filter(|&i| !self.done[i]) else {
            return false;
        };
        self.done[i] = true;
        self.values[i * self.width..(i + 1) * self.width].copy_from_slice(&finished.values);
        self.contacts += finished.contacts;
        self.events += finished.events;
        true
    }

    /// Number of tasks that are there.
    pub fn len(&self) -> usize {
        self.done.iter().filter(|d| **d).count()
    }

    /// Whether no task is there.
    pub fn is_empty(&self) -> bool {
        !self.done.contains(&true)
    }

    /// The tasks that are there, with their values.
    pub(super) fn rows(&self, replications: u32) -> impl Iterator<Item = (Task, &[f64])> {
        let there = (0..self.done.len()).filter(|&i| self.done[i]);
        there.map(move |i| {
            let n = replications as usize;
            let task = Task {
                point: (i / n) as u32,
                replication: (i % n) as u32,
            };
            (task, &self.values[i * self.width..(i + 1) * self.width])
        })
    }

    /// Mean of a measure at a point, over the replications in which it is defined.
    pub fn mean(&self, head: &SweepHead, point: usize, measure: usize) -> Option<f64> {
        let n = head.replications as usize;
        let places = point * n..(point + 1) * n;
        let values = places.map(|i| self.values[i * self.width + measure]);
        let defined: Vec<f64> = values.filter(|v| !v.is_nan()).collect();
        (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / defined.len() as f64)
    }
}

/// `design.csv`: the points, numbered from 1, with the value of each key that varies.
///
/// # Errors
/// What `out` refuses.
pub fn design_table(head: &SweepHead, out: &mut dyn Write) -> io::Result<()> {
    let columns = head.columns.iter().map(String::as_str);
    let mut rows = Rows::new(out, std::iter::once("point").chain(columns))?;
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
pub fn points_table(head: &SweepHead, sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    let columns = head.columns.iter().map(String::as_str);
    let measures = head.measures.iter().map(|m| m.measure.as_str());
    let titles = std::iter::once("point")
        .chain(columns)
        .chain(["replication"]);
    let mut rows = Rows::new(out, titles.chain(measures))?;
    let (mut cells, mut at) = (Vec::new(), None);
    for (task, values) in sheet.rows(head.replications) {
        if at != Some(task.point) {
            at = Some(task.point);
            cells.clear();
            for (i, cell) in head.points[task.point as usize].iter().enumerate() {
                if i > 0 {
                    cells.push(b',');
                }
                push_text(&mut cells, cell);
            }
        }
        rows.integer(u64::from(task.point) + 1);
        rows.ready(&cells);
        rows.integer(task.replication.into());
        values
            .iter()
            .for_each(|&v| rows.number(Some(v), MEASURE_DIGITS));
        rows.end()?;
    }
    rows.flush()
}

/// `run.json` of a sweep: it holds no times, so that it is the same however the sweep was made.
#[derive(Serialize)]
struct SweepManifest<'a> {
    program: &'a str,
    version: &'a str,
    command: &'a str,
    scenario: &'a str,
    name: &'a str,
    sources: &'a [String],
    digest: &'a str,
    method: &'a str,
    seed: u64,
    points: usize,
    replications: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    contacts: u64,
    events: u64,
    varies: &'a [String],
    measures: &'a [MeasureColumn],
    files: &'a BTreeMap<String, Digest>,
}

/// The text of `run.json`.
pub fn sweep_manifest(head: &SweepHead, sheet: &Sheet, files: &BTreeMap<String, Digest>) -> String {
    let Shard { index, of } = head.shard();
    let document = SweepManifest {
        program: &head.program,
        version: &head.version,
        command: &head.command,
        scenario: &head.scenario,
        name: &head.name,
        sources: &head.sources,
        digest: &head.digest,
        method: &head.method,
        seed: head.seed,
        points: head.points.len(),
        replications: head.replications,
        shard: (of > 1).then(|| format!("{index}/{of}")),
        contacts: sheet.contacts,
        events: sheet.events,
        varies: &head.columns,
        measures: &head.measures,
        files,
    };
    let text = serde_json::to_string_pretty(&document)
        .expect("text keys and whole numbers always serialise");
    text + "\n"
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::experiment::Column;

    /// A sweep of two measures over so many points and replications.
    pub(in crate::results) fn head_of(points: u32, replications: u32, shard: Shard) -> SweepHead {
        let column = |key: &str, unit: &str| Column {
            keys: vec![key.into()],
            unit: unit.into(),
        };
        let design = Design {
            columns: vec![column("a", "s"), column("b", "")],
            points: (0..points)
                .map(|p| vec![p.to_string(), format!("x, {p}")])
                .collect(),
        };
        let origin = Origin {
            replications,
            ..Origin::default()
        };
        let wanted = ["sl_net", "cost_total"].map(MeasureName::new);
        let units = ["fraction".to_owned(), "USD".to_owned()];
        SweepHead::new(origin, "grid", design, &wanted, &units, shard)
    }

    #[test]
    fn tables() {
        let head = head_of(2, 2, Shard::ALL);
        let mut sheet = Sheet::new(&head);
        let done = |point, replication, values: [f64; 2]| Finished {
            task: Task { point, replication },
            contacts: 5,
            events: 7,
            values: values.to_vec(),
        };
        assert!(sheet.put(&head, &done(1, 0, [0.5, f64::NAN])));
        assert!(sheet.put(&head, &done(0, 1, [0.25, 10.0])));
        assert!(!sheet.put(&head, &done(0, 1, [0.5, 10.0])), "there already");
        assert!(!sheet.put(&head, &done(2, 0, [0.5, 10.0])), "no such point");
        assert_eq!((sheet.len(), sheet.contacts, sheet.events), (2, 10, 14));
        let mut csv = Vec::new();
        points_table(&head, &sheet, &mut csv).unwrap();
        let want = "point,a [s],b,replication,sl_net,cost_total\n1,0,\"x, 0\",1,0.25,10\n2,1,\"x, 1\",0,0.5,\n";
        assert_eq!(String::from_utf8(csv).unwrap(), want);
        let mut csv = Vec::new();
        design_table(&head, &mut csv).unwrap();
        let want = "point,a [s],b\n1,0,\"x, 0\"\n2,1,\"x, 1\"\n";
        assert_eq!(String::from_utf8(csv).unwrap(), want);
        assert_eq!(sheet.mean(&head, 0, 0), Some(0.25));
        assert_eq!(sheet.mean(&head, 1, 1), None);
    }
}
