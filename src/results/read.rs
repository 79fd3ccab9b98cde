//! What a results folder says, read back.

use super::folder::words;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
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

/// A finished run.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Run {
    /// Version of the program that ran.
    pub version: String,
    /// A command line that gives the same results.
    pub command: String,
    /// Whether not all replications were made.
    pub interrupted: bool,
    /// Contacts of all scenarios and replications.
    pub contacts: u64,
    /// The scenarios, the baseline first, else in the order of the tables.
    pub scenarios: Vec<Played>,
    /// The digests of the files.
    #[serde(default)]
    pub files: BTreeMap<String, Digest>,
    /// Differences to the baseline; empty when there is no comparison.
    #[serde(skip)]
    pub comparison: Vec<Difference>,
    /// Costs over the replications; empty without prices.
    #[serde(skip)]
    pub finance: Vec<Spread>,
}

/// What is known of a file.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Digest {
    /// Length.
    pub bytes: u64,
    /// BLAKE3, in hexadecimal.
    pub blake3: String,
}

/// A scenario of a run.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Played {
    /// Identifier.
    pub id: String,
    /// Title.
    pub name: String,
    /// Free text of the scenario.
    #[serde(default)]
    pub description: String,
    /// The comment with which its file opens.
    #[serde(default)]
    pub opening: String,
    /// Label for money.
    #[serde(default)]
    pub currency: String,
    /// The files that were read.
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
    /// A beginning after the warm-up that is not like the rest.
    #[serde(default)]
    pub unsettled: Option<Beginning>,
    /// Contacts of all replications.
    pub contacts: u64,
    /// What changed on a date.
    #[serde(default)]
    pub timeline: Vec<Dated>,
    /// What one full-time agent does.
    #[serde(default)]
    pub fte: Option<FteAbout>,
    /// What customers come with.
    #[serde(default)]
    pub topics: Vec<TopicAbout>,
    /// Who answers.
    #[serde(default)]
    pub pools: Vec<PoolAbout>,
    /// People whose number is followed.
    #[serde(default)]
    pub groups: Vec<GroupAbout>,
    /// Estimates that belong to no period.
    #[serde(skip)]
    pub summary: Vec<SummaryRow>,
    /// Month by month.
    #[serde(skip)]
    pub monthly: Vec<MonthRow>,
    /// A typical week.
    #[serde(skip)]
    pub week: Vec<WeekPoint>,
    /// What the scenario says, with sources.
    #[serde(skip)]
    pub assumptions: Vec<Said>,
}

/// What one full-time agent does.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct FteAbout {
    /// Paid hours a week.
    pub hours_per_week: f64,
    /// Share of paid time that is not available for contacts.
    pub shrinkage: f64,
    /// Target occupancy of the available time.
    pub occupancy: f64,
}

/// A beginning that is not like the rest.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Beginning {
    /// How long it lasts.
    pub seconds: f64,
    /// By what share of the mean contacts waiting and agents busy, together, differ in it.
    pub differs: f64,
}

/// A change of the timeline.
#[derive(Clone, Debug, Deserialize)]
pub struct Dated {
    /// Local date and time.
    pub at: String,
    /// What it is about.
    pub note: String,
}

/// A topic.
#[derive(Clone, Debug, Deserialize)]
pub struct TopicAbout {
    /// Name.
    pub name: String,
    /// Share to be answered in time.
    pub target_share: f64,
    /// Time.
    pub target_seconds: f64,
}

/// A pool.
#[derive(Clone, Debug, Deserialize)]
pub struct PoolAbout {
    /// Name.
    pub name: String,
    /// `employed`, `outsourced` or `gig`.
    pub kind: String,
    /// Contacts an agent holds at once.
    pub concurrency: u8,
}

/// A group of people.
#[derive(Clone, Debug, Deserialize)]
pub struct GroupAbout {
    /// Name.
    pub name: String,
    /// Whether they work for a vendor; then the headcount in all is without them, unless there is nobody else.
    pub outsourced: bool,
}

/// A row of `summary.csv`.
#[derive(Clone, Debug, Deserialize)]
pub struct SummaryRow {
    scenario: String,
    /// Measure.
    pub measure: String,
    /// Slice.
    pub slice: String,
    /// Unit.
    pub unit: String,
    /// Mean; `None` where it is undefined.
    pub mean: Option<f64>,
    /// Lower end of the confidence interval.
    pub ci_low: Option<f64>,
    /// Upper end.
    pub ci_high: Option<f64>,
}

/// A row of `monthly.csv`.
#[derive(Clone, Debug, Deserialize)]
pub struct MonthRow {
    scenario: String,
    /// `2025-06`, or `2025-06 (part)` where a part of it is not counted.
    pub month: String,
    /// 1 where a part of it is not counted.
    #[serde(default)]
    partial: u8,
    /// Measure.
    pub measure: String,
    /// Slice.
    pub slice: String,
    /// Mean.
    pub mean: Option<f64>,
    /// 10th percentile over replications.
    pub p10: Option<f64>,
    /// 90th percentile.
    pub p90: Option<f64>,
}

/// A row of `week.csv`.
#[derive(Clone, Debug, Deserialize)]
pub struct WeekPoint {
    scenario: String,
    /// `Mon` and so on.
    pub weekday: String,
    /// `14:30`.
    pub begin: String,
    /// Width.
    pub minutes: u32,
    /// Slice.
    pub slice: String,
    /// Visits per hour (of a pool: answers).
    pub per_hour: Option<f64>,
    /// Service level.
    pub sl_net: Option<f64>,
    /// Mean wait in seconds.
    pub mean_wait: Option<f64>,
    /// Agents on duty.
    pub agents_on_duty: Option<f64>,
    /// Agents that a formula asks for.
    pub agents_required: Option<f64>,
}

/// A row of `assumptions.csv`.
#[derive(Clone, Debug, Deserialize)]
pub struct Said {
    scenario: String,
    /// Key of the scenario file.
    pub key: String,
    /// Value as it is written.
    pub value: String,
    /// Comment.
    pub comment: String,
    /// File.
    pub file: String,
    /// Line.
    pub line: usize,
}

/// A row of `comparison.csv`.
#[derive(Clone, Debug, Deserialize)]
pub struct Difference {
    /// Scenario.
    pub scenario: String,
    /// What it is compared with.
    pub baseline: String,
    /// Measure.
    pub measure: String,
    /// Slice.
    pub slice: String,
    /// Unit.
    pub unit: String,
    /// Scenario less baseline.
    pub difference: Option<f64>,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    #[serde(default)]
    adjusted_low: Option<f64>,
    #[serde(default)]
    adjusted_high: Option<f64>,
    /// p value, adjusted for the number of comparisons.
    #[serde(default)]
    pub p_adjusted: Option<f64>,
}

impl Difference {
    /// The confidence interval, adjusted for the number of comparisons where that is known.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let adjusted = self.adjusted_low.zip(self.adjusted_high);
        adjusted.or(self.ci_low.zip(self.ci_high))
    }
}

/// A row of `finance.csv`.
#[derive(Clone, Debug, Deserialize)]
pub struct Spread {
    /// Scenario.
    pub scenario: String,
    /// Measure of money.
    pub measure: String,
    /// Currency.
    pub unit: String,
    /// Mean over the replications.
    pub mean: Option<f64>,
    /// Quantiles over the replications.
    pub p10: Option<f64>,
    /// The median.
    pub p50: Option<f64>,
    /// The 90th percentile.
    pub p90: Option<f64>,
    /// What it is compared with; empty for the baseline itself.
    pub baseline: String,
    /// Share of the pairs of replications in which the scenario is cheaper.
    pub cheaper_share: Option<f64>,
    /// Lower end of the interval of that probability.
    pub share_low: Option<f64>,
    /// Upper end.
    pub share_high: Option<f64>,
}

impl Played {
    /// The estimate of a measure in a slice.
    pub fn find(&self, measure: &str, slice: &str) -> Option<&SummaryRow> {
        let is = |r: &&SummaryRow| r.measure == measure && r.slice == slice;
        self.summary.iter().find(is)
    }

    /// The mean of a measure of everything.
    pub fn total(&self, measure: &str) -> Option<f64> {
        self.find(measure, "all")?.mean
    }

    /// Names of the markets, in their order.
    pub fn markets(&self) -> Vec<&str> {
        let counted = self.summary.iter().filter(|r| r.measure == "contacts");
        let names = counted.filter_map(|r| r.slice.strip_prefix("market="));
        names.filter(|n| !n.contains(";pool=")).collect()
    }

    /// The months of a measure in a slice, in order.
    pub fn months(&self, measure: &str, slice: &str) -> Vec<&MonthRow> {
        let is = |r: &&MonthRow| r.measure == measure && r.slice == slice;
        self.monthly.iter().filter(is).collect()
    }

    /// Months that were counted, the average month having 365.25 / 12 days.
    pub fn length_in_months(&self) -> f64 {
        (self.horizon_seconds - self.warmup_seconds) / (365.25 / 12.0 * 86_400.0)
    }
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
    let summary: Vec<SummaryRow> = table_of(&folder.join("summary.csv"), true)?;
    let of_periods = |slice: &str| {
        ["day=", "week=", "month="]
            .iter()
            .any(|p| slice.starts_with(p))
    };
    deal(
        &mut run.scenarios,
        summary,
        |r| &r.scenario,
        |s| &mut s.summary,
    );
    for s in &mut run.scenarios {
        s.summary.retain(|r| !of_periods(&r.slice));
    }
    let mut monthly: Vec<MonthRow> = table_of(&folder.join("monthly.csv"), false)?;
    for row in monthly.iter_mut().filter(|row| row.partial != 0) {
        row.month += " (part)";
    }
    deal(
        &mut run.scenarios,
        monthly,
        |r| &r.scenario,
        |s| &mut s.monthly,
    );
    let week: Vec<WeekPoint> = table_of(&folder.join("week.csv"), false)?;
    deal(&mut run.scenarios, week, |r| &r.scenario, |s| &mut s.week);
    let said: Vec<Said> = table_of(&folder.join("assumptions.csv"), false)?;
    deal(
        &mut run.scenarios,
        said,
        |r| &r.scenario,
        |s| &mut s.assumptions,
    );
    run.finance = table_of(&folder.join("finance.csv"), false)?;
    run.comparison = table_of(&folder.join("comparison.csv"), false)?;
    // The files are sorted by name; who reads a comparison begins with what is compared with.
    if let Some(first) = run.comparison.first() {
        run.scenarios.sort_by_key(|s| s.id != first.baseline);
    }
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
