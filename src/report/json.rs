//! What a run found, for machines.

use super::changes::{Contrast, contrasts};
use super::{Stopping, cautions};
use crate::experiment::{Candidate, Reached, Selection, Width};
use crate::results::{ComparisonRow, FinanceRow, Played, Run, SummaryRow};
use crate::text::visible_line;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::path::PathBuf;

/// A part of the document; the keys of an object keep their order.
enum JsonPart<'a> {
    Value(Value),
    List(Vec<JsonPart<'a>>),
    Object(Vec<(&'a str, JsonPart<'a>)>),
}

impl Serialize for JsonPart<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            JsonPart::Value(value) => value.serialize(serializer),
            JsonPart::List(parts) => serializer.collect_seq(parts),
            JsonPart::Object(fields) => serializer.collect_map(fields.iter().map(|(k, v)| (k, v))),
        }
    }
}

/// A number, a text or nothing.
fn leaf<'a>(value: impl Into<Value>) -> JsonPart<'a> {
    JsonPart::Value(value.into())
}

fn list<'a, T>(
    items: impl IntoIterator<Item = T>,
    part: impl FnMut(T) -> JsonPart<'a>,
) -> JsonPart<'a> {
    JsonPart::List(items.into_iter().map(part).collect())
}

/// One JSON document: for each scenario its measures in total, by topic, market, pool and group, and the files that were written.
/// Beside them each scenario against the first, and the best one if that was asked. What is undefined is `null`.
pub fn run_json(run: &Run, stopping: &Stopping<'_>, files: &[PathBuf]) -> String {
    let each = run.scenarios.iter().zip(stopping.precision);
    let mut fields = vec![
        ("interrupted", leaf(run.interrupted)),
        (
            "scenarios",
            list(each, |(s, reached)| scenario(run, s, reached)),
        ),
        ("comparisons", list(&contrasts(run), contrast)),
    ];
    fields.extend(stopping.selection.map(|s| ("best", selection(s))));
    let files = list(files, |path| leaf(visible_line(&path.to_string_lossy())));
    fields.push(("files", files));
    let text = serde_json::to_string_pretty(&JsonPart::Object(fields));
    text.expect("text keys and finite numbers always serialise") + "\n"
}

fn scenario<'r>(run: &'r Run, s: &'r Played, reached: &[Reached]) -> JsonPart<'r> {
    let by = |kind: &str| {
        let names = s.names(kind).into_iter();
        let each = names.map(|name| (name, measures(s, &format!("{kind}={name}"))));
        JsonPart::Object(each.collect())
    };
    let mut fields = vec![
        ("id", leaf(s.id.as_str())),
        ("name", leaf(s.name.as_str())),
        ("seed", leaf(s.seed)),
        ("replications", leaf(s.replications)),
        ("confidence", leaf(s.confidence)),
        ("contacts", leaf(s.contacts)),
        ("measures", measures(s, "all")),
        ("topics", by("topic")),
    ];
    if !s.names("market").is_empty() {
        fields.push(("markets", by("market")));
    }
    let money = run.finance.iter().filter(|f| f.scenario == s.id);
    fields.extend([
        ("pools", by("pool")),
        ("groups", by("group")),
        ("finance", JsonPart::Object(money.map(finance).collect())),
        ("precision", list(reached, precision)),
        (
            "cautions",
            list(cautions(s), |c| {
                JsonPart::Object(vec![
                    ("measure", leaf(c.measure)),
                    ("slice", leaf(c.slice)),
                    ("text", leaf(c.text)),
                    ("advice", leaf(c.advice)),
                ])
            }),
        ),
    ]);
    JsonPart::Object(fields)
}

/// The measures of a slice.
fn measures<'r>(s: &'r Played, slice: &str) -> JsonPart<'r> {
    let entry = |row: &'r SummaryRow| {
        let fields = vec![
            ("mean", leaf(row.mean)),
            ("ci_low", leaf(row.ci_low)),
            ("ci_high", leaf(row.ci_high)),
            ("replications", leaf(row.replications)),
            ("unit", leaf(row.unit.as_str())),
        ];
        (row.measure.as_str(), JsonPart::Object(fields))
    };
    JsonPart::Object(s.slice(slice).map(entry).collect())
}

/// A scenario against the baseline: its measures in total.
fn contrast<'r>(c: &Contrast<'r>) -> JsonPart<'r> {
    let entry = |d: &&'r ComparisonRow| {
        let fields = vec![
            ("difference", leaf(d.difference)),
            ("ci_low", leaf(d.ci_low)),
            ("ci_high", leaf(d.ci_high)),
            ("p_value", leaf(d.p_value)),
            ("comparisons", leaf(d.comparisons)),
            ("adjusted_low", leaf(d.adjusted_low)),
            ("adjusted_high", leaf(d.adjusted_high)),
            ("p_adjusted", leaf(d.p_adjusted)),
            ("variance_ratio", leaf(d.variance_ratio)),
            ("replications", leaf(d.replications)),
            ("unit", leaf(d.unit.as_str())),
        ];
        (d.measure.as_str(), JsonPart::Object(fields))
    };
    JsonPart::Object(vec![
        ("scenario", leaf(c.scenario.id.as_str())),
        ("baseline", leaf(c.baseline.id.as_str())),
        ("method", leaf(c.method().label())),
        ("confidence", leaf(c.baseline.confidence)),
        (
            "measures",
            JsonPart::Object(c.totals.iter().map(entry).collect()),
        ),
    ])
}

/// A cost over replications.
fn finance(f: &FinanceRow) -> (&str, JsonPart<'_>) {
    let mut fields = vec![
        ("p10", leaf(f.p10)),
        ("p50", leaf(f.p50)),
        ("p90", leaf(f.p90)),
    ];
    let against = [
        ("cheaper_share", f.cheaper_share),
        ("share_low", f.share_low),
        ("share_high", f.share_high),
        ("cheaper_in_the_mean", f.cheaper_in_the_mean),
    ];
    let known = against.into_iter().filter(|(_, x)| x.is_some());
    fields.extend(known.map(|(key, x)| (key, leaf(x))));
    fields.push(("unit", leaf(f.unit.as_str())));
    (&f.measure, JsonPart::Object(fields))
}

/// How precise an estimate is, and what others take.
fn precision<'a>(r: &Reached) -> JsonPart<'a> {
    let wanted = r.wanted.as_ref();
    let size = |w: &Width| w.size(&r.unit);
    let mut fields = vec![
        ("measure", leaf(r.title())),
        ("relative_half_width", leaf(r.relative)),
        ("half_width", leaf(r.half_width)),
        ("unit", leaf(r.unit.as_str())),
        ("wanted", leaf(wanted.and_then(Width::share))),
    ];
    let size_wanted = wanted.and_then(size);
    fields.extend(size_wanted.map(|x| ("wanted_half_width", leaf(x))));
    fields.extend([
        ("reached", leaf(r.met)),
        ("replications", leaf(r.replications)),
        (
            "takes",
            list(&r.advice, |(width, replications)| {
                let share = width.share().map(|x| ("relative_half_width", leaf(x)));
                let size = size(width).map(|x| ("half_width", leaf(x)));
                let replications = Some(("replications", leaf(*replications)));
                JsonPart::Object([share, size, replications].into_iter().flatten().collect())
            }),
        ),
    ]);
    JsonPart::Object(fields)
}

/// Which scenario is best.
fn selection(s: &Selection) -> JsonPart<'_> {
    let candidate = |c: &Candidate| {
        JsonPart::Object(vec![
            ("id", leaf(c.id.as_str())),
            ("mean", leaf(c.mean)),
            ("replications", leaf(c.replications)),
            ("dropped_after", leaf(c.dropped)),
            ("share_of_further", leaf(c.share)),
        ])
    };
    JsonPart::Object(vec![
        ("measure", leaf(s.target.to_string())),
        ("best", leaf(s.best())),
        ("verdict", leaf(s.verdict.label())),
        ("largest", leaf(s.largest)),
        ("delta", leaf(s.delta)),
        ("confidence", leaf(s.confidence)),
        ("candidates", list(&s.candidates, candidate)),
    ])
}
