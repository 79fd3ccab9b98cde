//! What a sweep is, as the head of its journal keeps it.

use super::journal::Head;
use crate::experiment::{Design, MeasureName, Shard, Task};
use serde::{Deserialize, Serialize};

/// Where a sweep comes from: the beginning of its journal and of its `run.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Name of the program that ran.
    pub program: String,
    /// Version of the program that ran.
    pub version: String,
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
}

impl Origin {
    /// The origin of a sweep by this version of the program, all else empty.
    pub fn of_this_version() -> Self {
        Self {
            program: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            ..Self::default()
        }
    }
}

/// What a sweep is: all that decides its results, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepHead {
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: Origin,
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

impl SweepHead {
    /// The head of a sweep. `units` are those of the measures.
    pub fn new(
        origin: Origin,
        replications: u32,
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
            origin,
            replications,
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
        let words = cells.map(|(key, value)| format!("{key} = {value}"));
        let words: Vec<String> = words.collect();
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
        let (own, other) = (&self.origin, &found.origin);
        if (&own.program, &own.version) != (&other.program, &other.version) {
            let (a, b) = (&other.version, &own.version);
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
        (own.digest != other.digest)
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
            method: "grid".into(),
            ..Origin::of_this_version()
        };
        let wanted = ["sl_net", "cost_total"].map(MeasureName::new);
        let units = ["fraction".to_owned(), "USD".to_owned()];
        SweepHead::new(origin, replications, design, &wanted, &units, shard)
    }
}
