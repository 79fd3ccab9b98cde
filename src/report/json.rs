//! The findings of a run for machines.

use super::Subject;
use crate::measure::Slice;
use serde::{Serialize, Serializer};
use std::path::PathBuf;

#[derive(Serialize)]
struct Document<'a> {
    interrupted: bool,
    scenarios: Vec<ScenarioEntry<'a>>,
    files: Vec<String>,
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
/// What is undefined is `null`.
pub fn run_json(subjects: &[Subject<'_>], files: &[PathBuf], interrupted: bool) -> String {
    let files = files
        .iter()
        .map(|p| p.to_string_lossy().into_owned())
        .collect();
    let document = Document {
        interrupted,
        scenarios: subjects.iter().map(scenario).collect(),
        files,
    };
    serde_json::to_string_pretty(&document).expect("text keys and finite numbers always serialise")
        + "\n"
}

fn scenario<'a>(subject: &Subject<'a>) -> ScenarioEntry<'a> {
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
                ci_low: e.interval.map(|c| c.low()),
                ci_high: e.interval.map(|c| c.high()),
                replications: e.replications,
                unit: &row.unit,
            };
            (row.measure, measure)
        })
        .collect(),
    )
}
