//! The findings of a run for machines.

use super::{Caution, Findings, Subject, cautions};
use crate::experiment::{Comparison, Difference, Finance, Reached, Selection, Width};
use crate::measure::Slice;
use crate::text::visible_line;
use serde::{Serialize, Serializer};
use std::path::PathBuf;

#[derive(Serialize)]
struct Document<'a> {
    interrupted: bool,
    scenarios: Vec<ScenarioEntry<'a>>,
    comparisons: Vec<ComparisonEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best: Option<SelectionEntry<'a>>,
    files: Vec<String>,
}

/// A scenario against the baseline: its measures in total.
#[derive(Serialize)]
struct ComparisonEntry<'a> {
    scenario: &'a str,
    baseline: &'a str,
    method: &'static str,
    confidence: f64,
    measures: Named<'a, DifferenceEntry<'a>>,
}

#[derive(Serialize)]
struct DifferenceEntry<'a> {
    difference: f64,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    p_value: Option<f64>,
    comparisons: Option<usize>,
    adjusted_low: Option<f64>,
    adjusted_high: Option<f64>,
    p_adjusted: Option<f64>,
    variance_ratio: Option<f64>,
    replications: usize,
    unit: &'a str,
}

/// A cost over replications.
#[derive(Serialize)]
struct FinanceEntry<'a> {
    p10: Option<f64>,
    p50: Option<f64>,
    p90: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cheaper_share: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share_low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share_high: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cheaper_in_the_mean: Option<f64>,
    unit: &'a str,
}

/// How precise an estimate is, and what others take.
#[derive(Serialize)]
struct PrecisionEntry {
    measure: String,
    relative_half_width: Option<f64>,
    half_width: Option<f64>,
    unit: String,
    wanted: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted_half_width: Option<f64>,
    reached: Option<bool>,
    replications: usize,
    takes: Vec<TakesEntry>,
}

#[derive(Serialize)]
struct TakesEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    relative_half_width: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    half_width: Option<f64>,
    replications: Option<u64>,
}

/// Which scenario is best.
#[derive(Serialize)]
struct SelectionEntry<'a> {
    measure: String,
    best: Option<&'a str>,
    verdict: &'static str,
    largest: bool,
    delta: f64,
    confidence: f64,
    candidates: Vec<CandidateEntry<'a>>,
}

#[derive(Serialize)]
struct CandidateEntry<'a> {
    id: &'a str,
    mean: Option<f64>,
    replications: usize,
    dropped_after: Option<usize>,
    share_of_further: Option<f64>,
}

#[derive(Serialize)]
struct ScenarioEntry<'a> {
    id: &'a str,
    name: &'a str,
    seed: u64,
    replications: usize,
    confidence: f64,
    contacts: u64,
    measures: Named<'a, Measure<'a>>,
    topics: Named<'a, Named<'a, Measure<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    markets: Option<Named<'a, Named<'a, Measure<'a>>>>,
    pools: Named<'a, Named<'a, Measure<'a>>>,
    groups: Named<'a, Named<'a, Measure<'a>>>,
    finance: Named<'a, FinanceEntry<'a>>,
    precision: Vec<PrecisionEntry>,
    cautions: Vec<CautionEntry>,
}

/// What to know before relying on a number.
#[derive(Serialize)]
struct CautionEntry {
    measure: &'static str,
    slice: String,
    text: String,
    advice: String,
}

#[derive(Serialize)]
struct Measure<'a> {
    mean: Option<f64>,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    replications: usize,
    unit: &'a str,
}

/// An object whose keys keep their order.
struct Named<'a, V>(Vec<(&'a str, V)>);

impl<V: Serialize> Serialize for Named<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(k, v)| (k, v)))
    }
}

/// One JSON document: for each scenario its measures in total, by topic, market, pool and group, and the files that were written.
/// Beside them each scenario against the first, and the best one if that was asked. What is undefined is `null`.
pub fn run_json(
    subjects: &[Subject<'_>],
    findings: &Findings<'_>,
    files: &[PathBuf],
    interrupted: bool,
) -> String {
    let files = files
        .iter()
        .map(|p| visible_line(&p.to_string_lossy()).into_owned())
        .collect();
    let document = Document {
        interrupted,
        scenarios: subjects
            .iter()
            .zip(findings.precision)
            .map(|(s, precision)| scenario(s, findings.finances, precision))
            .collect(),
        comparisons: findings.comparisons.iter().map(comparison).collect(),
        best: findings.selection.map(selection),
        files,
    };
    serde_json::to_string_pretty(&document).expect("text keys and finite numbers always serialise")
        + "\n"
}

fn comparison(c: &Comparison) -> ComparisonEntry<'_> {
    let total = c.rows.iter().filter(|d| d.slice == "all");
    let entry = |d| {
        let d: &Difference = d;
        let e = d.error;
        let entry = DifferenceEntry {
            difference: d.difference,
            ci_low: d.interval().map(|i| i.0),
            ci_high: d.interval().map(|i| i.1),
            p_value: e.map(|e| e.p_value),
            comparisons: e.map(|e| e.family),
            adjusted_low: d.adjusted_interval().map(|i| i.0),
            adjusted_high: d.adjusted_interval().map(|i| i.1),
            p_adjusted: e.map(|e| e.p_adjusted),
            variance_ratio: d.variance_ratio,
            replications: d.replications,
            unit: &d.unit,
        };
        (d.measure, entry)
    };
    ComparisonEntry {
        scenario: &c.scenario,
        baseline: &c.baseline,
        method: c.method.label(),
        confidence: c.level,
        measures: Named(total.map(entry).collect()),
    }
}

fn finance<'a>(finances: &'a [Finance], id: &str) -> Named<'a, FinanceEntry<'a>> {
    let of_it = finances.iter().filter(|f| f.scenario == id);
    let entry = |f: &'a Finance| {
        let against = f.against.as_ref();
        let entry = FinanceEntry {
            p10: f.quantiles.map(|q| q[0]),
            p50: f.quantiles.map(|q| q[1]),
            p90: f.quantiles.map(|q| q[2]),
            cheaper_share: against.map(|a| a.share),
            share_low: against.map(|a| a.interval.0),
            share_high: against.map(|a| a.interval.1),
            cheaper_in_the_mean: against.and_then(|a| a.in_the_mean),
            unit: &f.unit,
        };
        (f.measure, entry)
    };
    Named(of_it.map(entry).collect())
}

fn precision(r: &Reached) -> PrecisionEntry {
    let takes = |(width, replications): &(Width, Option<u64>)| TakesEntry {
        relative_half_width: width.share(),
        half_width: width.size(&r.unit),
        replications: *replications,
    };
    let wanted = r.wanted.as_ref();
    PrecisionEntry {
        measure: r.title(),
        relative_half_width: r.relative,
        half_width: r.half_width,
        unit: r.unit.clone(),
        wanted: wanted.and_then(Width::share),
        wanted_half_width: wanted.and_then(|w| w.size(&r.unit)),
        reached: r.met,
        replications: r.replications,
        takes: r.advice.iter().map(takes).collect(),
    }
}

fn selection(s: &Selection) -> SelectionEntry<'_> {
    let candidates = s.candidates.iter();
    SelectionEntry {
        measure: s.target.to_string(),
        best: s.best(),
        verdict: s.verdict.label(),
        largest: s.largest,
        delta: s.delta,
        confidence: s.confidence,
        candidates: candidates
            .map(|c| CandidateEntry {
                id: &c.id,
                mean: c.mean,
                replications: c.replications,
                dropped_after: c.dropped,
                share_of_further: c.share,
            })
            .collect(),
    }
}

fn scenario<'a>(
    subject: &Subject<'a>,
    finances: &'a [Finance],
    reached: &[Reached],
) -> ScenarioEntry<'a> {
    let model = subject.model;
    let topics = (0..model.topic_count())
        .map(|k| (model.topic_name(k), measures(subject, &Slice::Topic(k))));
    let markets = model
        .markets
        .list
        .iter()
        .enumerate()
        .map(|(m, x)| (x.name.as_str(), measures(subject, &Slice::Market(m))));
    let pools = model
        .pools
        .iter()
        .enumerate()
        .map(|(p, x)| (x.name.as_str(), measures(subject, &Slice::Pool(p))));
    let groups = model
        .groups
        .iter()
        .enumerate()
        .map(|(g, x)| (x.name.as_str(), measures(subject, &Slice::Group(g))));
    ScenarioEntry {
        id: subject.id,
        name: subject.name,
        seed: subject.plan.seed,
        replications: subject.outcome.replications(),
        confidence: subject.plan.confidence,
        contacts: subject.outcome.contacts,
        measures: measures(subject, &Slice::All),
        topics: Named(topics.collect()),
        markets: model.markets.any().then(|| Named(markets.collect())),
        pools: Named(pools.collect()),
        groups: Named(groups.collect()),
        finance: finance(finances, subject.id),
        precision: reached.iter().map(precision).collect(),
        cautions: cautions(subject).into_iter().map(caution).collect(),
    }
}

fn caution(c: Caution) -> CautionEntry {
    CautionEntry {
        measure: c.measure,
        slice: c.slice,
        text: c.text,
        advice: c.advice,
    }
}

fn measures<'a>(subject: &Subject<'a>, slice: &Slice) -> Named<'a, Measure<'a>> {
    let rows = subject
        .outcome
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.slice == *slice);
    Named(
        rows.map(|(i, row)| {
            let e = subject.outcome.estimate(i);
            let measure = Measure {
                mean: e.mean,
                ci_low: e.interval.map(|c| c.low),
                ci_high: e.interval.map(|c| c.high),
                replications: e.replications,
                unit: &row.unit,
            };
            (row.measure, measure)
        })
        .collect(),
    )
}
