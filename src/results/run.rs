//! A run as one value: made in memory from outcomes, or rebuilt from its folder. Every output is a function of it.
//!
//! `run.json` is this value without its tables; each table is a CSV file of its own, see [`super::rows`].

use super::planned::{Mixed, Planned};
use super::rows::{
    AssumptionRow, ComparisonRow, FinanceRow, MonthRow, SummaryRow, WeekPoint, finance_row,
};
use crate::experiment::{Comparison, Finance, Reached, Selection, Side, unsettled};
use crate::model::ProductiveHours;
use crate::time::{Calendar, from_seconds, to_seconds};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A finished run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Run {
    pub(super) program: String,
    /// Version of the program that ran.
    pub version: String,
    /// A command line that gives the same results.
    pub command: String,
    /// Whether not all replications were made.
    pub interrupted: bool,
    /// Contacts of all scenarios and replications.
    pub contacts: u64,
    /// Events taken from the event list, of all of them.
    pub events: u64,
    /// Seconds on the wall.
    pub wall_seconds: f64,
    /// Seconds of processors, all threads together, from the start of the program to the written tables.
    pub cpu_seconds: f64,
    /// Threads that simulated.
    pub threads: usize,
    /// Processor time; unknown where an earlier run had made a part of the replications.
    pub ns_per_contact: Option<f64>,
    /// What a search for the best scenario came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    best: Option<Value>,
    /// Of `staff --mix` the mixes of pools that were searched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mixes: Vec<Mixed>,
    /// The scenarios: the baseline first, in memory as on the command line, read back by their identifiers.
    #[serde(serialize_with = "by_id")]
    pub scenarios: Vec<Played>,
    /// The digests of the files.
    #[serde(default)]
    pub files: BTreeMap<String, Digest>,
    /// Differences to the baseline; empty when there is no comparison.
    #[serde(skip)]
    pub comparison: Vec<ComparisonRow>,
    /// Costs over the replications; empty without prices.
    #[serde(skip)]
    pub finance: Vec<FinanceRow>,
}

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

/// What is known of a file: that it is complete and unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Length.
    pub bytes: u64,
    /// BLAKE3, in hexadecimal.
    pub blake3: String,
}

/// A scenario of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Played {
    /// Identifier, unique within the run.
    pub id: String,
    /// Title.
    pub name: String,
    /// Free text of the scenario.
    pub description: String,
    /// The comment with which its file opens.
    pub opening: String,
    /// Label for money.
    pub currency: String,
    /// The files that were read, the scenario itself first.
    pub sources: Vec<String>,
    /// Digest of these and of the settings.
    pub digest: String,
    /// Seed of every draw.
    pub seed: u64,
    /// Replications finished.
    pub replications: usize,
    /// Replications wanted.
    pub replications_planned: u32,
    /// Level of the confidence intervals.
    pub confidence: f64,
    /// First day.
    pub start: String,
    /// IANA zone.
    pub time_zone: String,
    /// Length.
    pub horizon_seconds: f64,
    /// Part of it that is not counted.
    pub warmup_seconds: f64,
    /// What changed on a date; the monthly steps of learning are not listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<DatedChange>,
    /// What one full-time agent does.
    #[serde(default)]
    pub fte: Option<ProductiveHours>,
    /// What customers come with.
    pub topics: Vec<TopicAbout>,
    /// Who answers.
    pub pools: Vec<PoolAbout>,
    /// People whose number is followed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupAbout>,
    /// Width of the reporting intervals.
    pub interval_seconds: f64,
    /// Contacts of all replications.
    pub contacts: u64,
    /// Events of all replications.
    pub events: u64,
    /// A beginning after the warm-up that is not like the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsettled: Option<UnsettledStart>,
    /// Where a precision was wanted: whether it was reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) precision: Vec<PrecisionReached>,
    /// The plan of agents that was found for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Planned>,
    /// The estimate of every measure in every slice.
    #[serde(skip)]
    pub summary: Vec<SummaryRow>,
    /// Month by month.
    #[serde(skip)]
    pub monthly: Vec<MonthRow>,
    /// A typical week.
    #[serde(skip)]
    pub week: Vec<WeekPoint>,
    /// What the scenario sets, with sources.
    #[serde(skip)]
    pub assumptions: Vec<AssumptionRow>,
    /// Places of the rows of `summary`, sorted by slice.
    #[serde(skip)]
    pub(crate) by_slice: OnceLock<Vec<u32>>,
}

/// A beginning that is not like the rest.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct UnsettledStart {
    /// How long it lasts.
    pub seconds: f64,
    /// By what share of the mean contacts waiting and agents busy, together, differ in it.
    pub differs: f64,
}

/// A change of the timeline.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DatedChange {
    /// Local date and time.
    pub at: String,
    /// What it is about.
    pub note: String,
}

/// A topic with its target as it is at first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TopicAbout {
    /// Name.
    pub name: String,
    /// Share to be answered in time.
    pub target_share: f64,
    /// Time.
    pub target_seconds: f64,
}

/// A pool.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PoolAbout {
    /// Name.
    pub name: String,
    /// `employed`, `outsourced` or `gig`.
    pub kind: String,
    /// Contacts an agent holds at once.
    pub concurrency: u8,
}

/// A group of people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupAbout {
    /// Name.
    pub name: String,
    /// Whether they work for a vendor; then the headcount in all is without them, unless there is nobody else.
    pub outsourced: bool,
}

/// What was wanted of a measure, over the absolute mean or in its unit, and what was reached: half-widths.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PrecisionReached {
    measure: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wanted: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wanted_half_width: Option<f64>,
    relative_half_width: Option<f64>,
    half_width: Option<f64>,
    unit: String,
    reached: Option<bool>,
}

impl Run {
    /// The run of these scenarios, the baseline first. `best` is what a search for the best scenario came to.
    pub fn new(
        scenarios: Vec<Played>,
        comparisons: &[Comparison],
        finances: &[Finance],
        best: Option<&Selection>,
    ) -> Self {
        Self {
            program: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            contacts: scenarios.iter().map(|s| s.contacts).sum(),
            events: scenarios.iter().map(|s| s.events).sum(),
            best: best.map(|s| {
                json!({
                    "measure": s.target.to_string(),
                    "verdict": s.verdict.label(),
                    "scenario": s.best(),
                    "delta": s.delta,
                    "confidence": s.confidence,
                })
            }),
            scenarios,
            comparison: comparisons.iter().flat_map(ComparisonRow::of).collect(),
            finance: finances.iter().map(finance_row).collect(),
            ..Self::default()
        }
    }

    /// Sets what it cost.
    pub fn cost(&mut self, cost: &Cost) {
        self.wall_seconds = microseconds(cost.wall_seconds);
        self.cpu_seconds = microseconds(cost.cpu_seconds);
        self.threads = cost.threads;
        let is_known = self.contacts > 0 && cost.resumed == 0;
        let each = cost.cpu_seconds * 1e9 / self.contacts as f64;
        self.ns_per_contact = is_known.then(|| microseconds(each));
    }

    /// Puts the scenarios in the order in which the folder is read: the baseline first, then by identifier, whatever the order of the
    /// files on the command line; rows by scenario.
    pub fn arrange(&mut self) {
        self.comparison.sort_by(|a, b| a.scenario.cmp(&b.scenario));
        self.finance.sort_by(|a, b| a.scenario.cmp(&b.scenario));
        self.scenarios.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some(first) = self.comparison.first() {
            self.scenarios.sort_by_key(|s| s.id != first.baseline);
        }
    }

    /// The text of `run.json`.
    pub fn json(&self) -> String {
        manifest(self)
    }
}

/// The text of a `run.json`.
pub(super) fn manifest(results: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(results);
    text.expect("text keys and numbers always serialise") + "\n"
}

/// The order of the files on the command line does not change what is written.
fn by_id<S: Serializer>(scenarios: &[Played], serializer: S) -> Result<S::Ok, S::Error> {
    sorted(scenarios, |s| &s.id).serialize(serializer)
}

/// The items by their scenario; those of one scenario keep their order.
pub(super) fn sorted<T>(items: &[T], scenario: fn(&T) -> &str) -> Vec<&T> {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort_by_key(|item| scenario(item));
    sorted
}

impl Played {
    /// What the outcome of a scenario says, and how precise it is; what only its file says is left empty.
    pub fn new(side: &Side<'_>, precision: &[Reached]) -> Self {
        let (model, plan, outcome) = (side.model, side.plan, side.outcome);
        let changes = model.dated_changes().map(|c| DatedChange {
            at: model.calendar.label(c.at),
            note: c.note.clone(),
        });
        let topics = (0..model.topic_count()).map(|k| {
            // Of one topic all contact types have one target.
            let target = model.topics[model.types_of_topic(k)[0]].target;
            TopicAbout {
                name: model.topic_name(k).to_owned(),
                target_share: target.share,
                target_seconds: to_seconds(target.within),
            }
        });
        let pools = model.pools.iter().map(|p| PoolAbout {
            name: p.name.clone(),
            kind: p.kind.key().to_owned(),
            concurrency: p.concurrency,
        });
        let groups = model.groups.iter().enumerate();
        let groups = groups.map(|(g, group)| GroupAbout {
            name: group.name.clone(),
            outsourced: model.is_outsourced(g),
        });
        Self {
            id: side.id.to_owned(),
            currency: model.prices.currency.clone(),
            seed: plan.seed,
            replications: outcome.replications(),
            replications_planned: plan.replications,
            confidence: plan.confidence,
            start: model.calendar.start().to_string(),
            time_zone: model.calendar.zone().to_owned(),
            horizon_seconds: to_seconds(model.horizon),
            warmup_seconds: to_seconds(model.warmup),
            timeline: changes.collect(),
            fte: Some(model.productive),
            topics: topics.collect(),
            pools: pools.collect(),
            groups: groups.collect(),
            interval_seconds: to_seconds(outcome.intervals.width),
            contacts: outcome.contacts,
            events: outcome.events,
            unsettled: unsettled(model, outcome).map(|u| UnsettledStart {
                seconds: to_seconds(u.lasts),
                differs: microseconds(u.differs),
            }),
            precision: precision.iter().filter_map(reached).collect(),
            summary: SummaryRow::of(side),
            monthly: MonthRow::of(side),
            week: WeekPoint::of(side),
            ..Self::default()
        }
    }

    /// The calendar of its zone from its first day; `None` where a folder names none that exists.
    pub fn calendar(&self) -> Option<Calendar> {
        Calendar::new(self.start.parse().ok()?, &self.time_zone).ok()
    }

    /// Local date and time of its begin and of its end.
    pub fn ends(&self) -> (String, String) {
        let label = |seconds: f64| Some(self.calendar()?.label(from_seconds(seconds)));
        let [begin, end] = [0.0, self.horizon_seconds].map(|s| label(s).unwrap_or_default());
        (begin, end)
    }

    /// The estimates of a slice, in the order of the measures.
    pub fn slice<'s, 'n>(
        &'s self,
        slice: &'n str,
    ) -> impl Iterator<Item = &'s SummaryRow> + use<'s, 'n> {
        let name = |&i: &u32| self.summary[i as usize].slice.as_str();
        let places = self.by_slice.get_or_init(|| {
            let mut places: Vec<u32> = (0..self.summary.len() as u32).collect();
            places.sort_by(|a, b| name(a).cmp(name(b)));
            places
        });
        let first = places.partition_point(|i| name(i) < slice);
        let rows = places[first..].iter().map(|&i| &self.summary[i as usize]);
        rows.take_while(move |row| row.slice == slice)
    }

    /// The estimate of a measure in a slice.
    pub fn find(&self, measure: &str, slice: &str) -> Option<&SummaryRow> {
        self.slice(slice).find(|row| row.measure == measure)
    }

    /// The mean of a measure in a slice.
    pub fn mean(&self, measure: &str, slice: &str) -> Option<f64> {
        self.find(measure, slice)?.mean
    }

    /// The mean of a measure of everything.
    pub fn total(&self, measure: &str) -> Option<f64> {
        self.mean(measure, "all")
    }

    /// Names of all that have slices of a kind, `topic`, `market`, `pool` or `group`, in their order.
    pub fn names(&self, kind: &str) -> Vec<&str> {
        match kind {
            "topic" => self.topics.iter().map(|t| t.name.as_str()).collect(),
            "pool" => self.pools.iter().map(|p| p.name.as_str()).collect(),
            "group" => self.groups.iter().map(|g| g.name.as_str()).collect(),
            _ => {
                let counted = self.summary.iter().filter(|r| r.measure == "contacts");
                let names = counted.filter_map(|r| r.slice.strip_prefix(kind)?.strip_prefix('='));
                names.filter(|n| !n.contains(";pool=")).collect()
            }
        }
    }

    /// The months of a measure in a slice, in order.
    pub fn months(&self, measure: &str, slice: &str) -> Vec<&MonthRow> {
        let is = |r: &&MonthRow| r.measure == measure && r.slice == slice;
        self.monthly.iter().filter(is).collect()
    }

    /// The times of the typical week, of everything.
    pub fn whole_week(&self) -> impl Iterator<Item = &WeekPoint> {
        self.week.iter().filter(|w| w.slice == "all")
    }

    /// Months that were counted, the average month having 365.25 / 12 days.
    pub fn length_in_months(&self) -> f64 {
        (self.horizon_seconds - self.warmup_seconds) / (365.25 / 12.0 * 86_400.0)
    }
}

fn reached(r: &Reached) -> Option<PrecisionReached> {
    let wanted = r.wanted.as_ref()?;
    Some(PrecisionReached {
        measure: r.title(),
        wanted: wanted.share(),
        wanted_half_width: wanted.size(&r.unit),
        relative_half_width: r.relative,
        half_width: r.half_width,
        unit: r.unit.clone(),
        reached: r.met,
    })
}

/// A finer time is more than a clock is worth.
fn microseconds(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}
