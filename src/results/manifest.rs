//! `run.json`: what was run, from what, at what cost.

use super::Record;
use super::journal::Head;
use crate::experiment::{Reached, Selection, Task, unsettled};
use crate::time::to_seconds;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a run cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Seconds on the wall.
    pub wall_seconds: f64,
    /// Seconds of processors, all threads together, from the start of the program to the written tables.
    pub cpu_seconds: f64,
    /// Threads that simulated.
    pub threads: usize,
    /// Replications that an earlier run had finished: processor time per contact is not known then.
    pub resumed: usize,
}

/// What the kept replications of a scenario belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunHead {
    program: String,
    version: String,
    /// Identifier of the scenario.
    scenario: String,
    /// Digest of its files and settings.
    digest: String,
    seed: u64,
    /// Words of a replication: another number of replications may mean wider intervals.
    words: usize,
}

impl RunHead {
    /// Of a scenario, as this version of the program simulates it.
    pub fn new(scenario: &str, digest: &str, seed: u64, words: usize) -> Self {
        Self {
            program: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            scenario: scenario.into(),
            digest: digest.into(),
            seed,
            words,
        }
    }
}

impl Head for RunHead {
    fn width(&self) -> usize {
        self.words
    }

    fn has(&self, task: Task) -> bool {
        task.point == 0
    }

    fn difference(&self, found: &Self) -> Option<String> {
        if (&self.program, &self.version) != (&found.program, &found.version) {
            let (a, b) = (&found.version, &self.version);
            return Some(format!("it was made by version {a}, not {b}"));
        }
        if self.scenario != found.scenario {
            return Some(format!("it is of {}", found.scenario));
        }
        if (&self.digest, self.seed) != (&found.digest, found.seed) {
            return Some(
                "the scenario, a file it names, its settings or the seed are others".into(),
            );
        }
        (self.words != found.words).then(|| "its intervals are others".into())
    }
}

/// A written file with its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDigest {
    /// Name within the folder.
    pub name: String,
    /// Length.
    pub bytes: u64,
    /// BLAKE3, in hexadecimal.
    pub blake3: String,
}

/// `run.json` as it is written, in this order.
#[derive(Serialize)]
struct Manifest<'a> {
    program: &'static str,
    version: &'static str,
    command: &'a str,
    interrupted: bool,
    contacts: u64,
    events: u64,
    wall_seconds: f64,
    cpu_seconds: f64,
    threads: usize,
    ns_per_contact: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best: Option<SelectionEntry<'a>>,
    scenarios: Vec<ScenarioEntry<'a>>,
    files: BTreeMap<&'a str, FileEntry<'a>>,
}

#[derive(Serialize)]
struct ScenarioEntry<'a> {
    id: &'a str,
    name: &'a str,
    description: &'a str,
    opening: &'a str,
    currency: &'a str,
    sources: Vec<String>,
    digest: &'a str,
    seed: u64,
    replications: usize,
    replications_planned: u32,
    confidence: f64,
    start: String,
    time_zone: &'a str,
    horizon_seconds: f64,
    warmup_seconds: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    timeline: Vec<ChangeEntry<'a>>,
    fte: FteEntry,
    topics: Vec<TopicEntry<'a>>,
    pools: Vec<PoolEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupEntry<'a>>,
    interval_seconds: f64,
    contacts: u64,
    events: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsettled: Option<UnsettledEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    precision: Vec<PrecisionEntry>,
}

/// A beginning after the warm-up that is not like the rest.
#[derive(Serialize)]
struct UnsettledEntry {
    seconds: f64,
    differs: f64,
}

/// What was wanted of a measure, over the absolute mean or in its unit, and what was reached: half-widths.
#[derive(Serialize)]
struct PrecisionEntry {
    measure: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted_half_width: Option<f64>,
    relative_half_width: Option<f64>,
    half_width: Option<f64>,
    unit: String,
    reached: Option<bool>,
}

/// What a search for the best scenario came to.
#[derive(Serialize)]
struct SelectionEntry<'a> {
    measure: String,
    verdict: &'static str,
    scenario: Option<&'a str>,
    delta: f64,
    confidence: f64,
}

/// A change of the timeline; the monthly steps of learning are none.
#[derive(Serialize)]
struct ChangeEntry<'a> {
    at: String,
    note: &'a str,
}

/// What one full-time agent does.
#[derive(Serialize)]
struct FteEntry {
    hours_per_week: f64,
    shrinkage: f64,
    occupancy: f64,
}

/// A topic with its target as it is at first.
#[derive(Serialize)]
struct TopicEntry<'a> {
    name: &'a str,
    target_share: f64,
    target_seconds: f64,
}

#[derive(Serialize)]
struct PoolEntry<'a> {
    name: &'a str,
    kind: &'static str,
    concurrency: u8,
}

/// People whose number is followed, and whether they work for a vendor.
#[derive(Serialize)]
struct GroupEntry<'a> {
    name: &'a str,
    outsourced: bool,
}

/// A file in a manifest.
#[derive(Serialize)]
pub(super) struct FileEntry<'a> {
    bytes: u64,
    blake3: &'a str,
}

impl<'a> FileEntry<'a> {
    /// The files by name.
    pub(super) fn of(files: &'a [FileDigest]) -> BTreeMap<&'a str, Self> {
        let entry = |f: &'a FileDigest| {
            let (bytes, blake3) = (f.bytes, f.blake3.as_str());
            (f.name.as_str(), Self { bytes, blake3 })
        };
        files.iter().map(entry).collect()
    }
}

/// The text of `run.json`.
///
/// `command` is a command line that gives the same tables; `best` is what a search for the best scenario came to;
/// `interrupted` says that not all replications were made.
pub fn manifest(
    records: &[Record<'_>],
    best: Option<&Selection>,
    command: &str,
    cost: Cost,
    files: &[FileDigest],
    interrupted: bool,
) -> String {
    let contacts: u64 = records.iter().map(|r| r.outcome.contacts).sum();
    let document = Manifest {
        program: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        command,
        interrupted,
        contacts,
        events: records.iter().map(|r| r.outcome.events).sum(),
        wall_seconds: rounded(cost.wall_seconds),
        cpu_seconds: rounded(cost.cpu_seconds),
        threads: cost.threads,
        best: best.map(|s| SelectionEntry {
            measure: s.target.to_string(),
            verdict: s.verdict.label(),
            scenario: s.best(),
            delta: s.delta,
            confidence: s.confidence,
        }),
        ns_per_contact: (contacts > 0 && cost.resumed == 0)
            .then(|| rounded(cost.cpu_seconds * 1e9 / contacts as f64)),
        scenarios: records.iter().map(scenario).collect(),
        files: FileEntry::of(files),
    };
    let text = serde_json::to_string_pretty(&document)
        .expect("text keys and finite numbers always serialise");
    text + "\n"
}

fn scenario<'a>(record: &Record<'a>) -> ScenarioEntry<'a> {
    let model = record.model;
    ScenarioEntry {
        id: record.id,
        name: record.name,
        description: record.description,
        opening: record.opening,
        currency: &model.prices.currency,
        sources: record
            .sources
            .iter()
            .map(|p| p.to_string_lossy().into_owned())
            .collect(),
        digest: record.digest,
        seed: record.plan.seed,
        replications: record.outcome.replications(),
        replications_planned: record.plan.replications,
        confidence: record.plan.confidence,
        start: model.calendar.start().to_string(),
        time_zone: model.calendar.zone(),
        horizon_seconds: to_seconds(model.horizon),
        fte: FteEntry {
            hours_per_week: model.productive.hours_per_week,
            shrinkage: model.productive.shrinkage,
            occupancy: model.productive.occupancy,
        },
        warmup_seconds: to_seconds(model.warmup),
        timeline: model
            .dated_changes()
            .map(|c| ChangeEntry {
                at: model.calendar.label(c.at),
                note: &c.note,
            })
            .collect(),
        topics: (0..model.topic_count())
            .map(|k| {
                // Of one topic all contact types have one target.
                let target = model.topics[model.types_of_topic(k)[0]].target;
                TopicEntry {
                    name: model.topic_name(k),
                    target_share: target.share,
                    target_seconds: to_seconds(target.within),
                }
            })
            .collect(),
        pools: model
            .pools
            .iter()
            .map(|p| PoolEntry {
                name: &p.name,
                kind: p.kind.key(),
                concurrency: p.concurrency,
            })
            .collect(),
        groups: model
            .groups
            .iter()
            .enumerate()
            .map(|(g, group)| GroupEntry {
                name: &group.name,
                outsourced: model.is_outsourced(g),
            })
            .collect(),
        interval_seconds: to_seconds(record.outcome.intervals.width),
        contacts: record.outcome.contacts,
        events: record.outcome.events,
        unsettled: unsettled(model, record.outcome).map(|u| UnsettledEntry {
            seconds: to_seconds(u.lasts),
            differs: rounded(u.differs),
        }),
        precision: record.precision.iter().filter_map(precision).collect(),
    }
}

fn precision(r: &Reached) -> Option<PrecisionEntry> {
    let wanted = r.wanted.as_ref()?;
    Some(PrecisionEntry {
        measure: r.title(),
        wanted: wanted.share(),
        wanted_half_width: wanted.size(&r.unit),
        relative_half_width: r.relative,
        half_width: r.half_width,
        unit: r.unit.clone(),
        reached: r.met,
    })
}

/// Microseconds are more than a clock is worth.
fn rounded(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}
