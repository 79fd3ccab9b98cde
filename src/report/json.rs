//! What a run found, for machines.

use super::changes::{Contrast, contrasts};
use super::staffing::goal_text;
use super::{Stopping, cautions};
use crate::experiment::{Reached, Selection, Width};
use crate::results::{ComparisonRow, FinanceRow, Played, Run, mix_rows};
use crate::text::visible_line;
use serde::Serialize;
use serde_json::{Value, json};
use std::path::PathBuf;

/// One JSON document: for each scenario its measures in total, by topic, market, pool and group, and the files that were written.
/// Beside them each scenario against the first, and the best one if that was asked; of `staff` the plan of each, and of `--mix` the mixes. What is undefined is `null`.
pub fn run_json(run: &Run, stopping: &Stopping<'_>, files: &[PathBuf]) -> String {
    let each = run.scenarios.iter().zip(stopping.precision);
    let scenarios = each.map(|(s, reached)| scenario(run, s, reached));
    let mut document = json!({
        "interrupted": run.interrupted,
        "scenarios": scenarios.collect::<Value>(),
        "comparisons": contrasts(run).iter().map(contrast).collect::<Value>(),
    });
    if let Some(best) = stopping.selection {
        document["best"] = selection(best);
    }
    if !run.mixes.is_empty() {
        document["mixes"] = json!(mix_rows(run));
    }
    let files = files.iter().map(|path| path.to_string_lossy());
    document["files"] = files.map(|path| visible_line(&path).into_owned()).collect();
    format!("{document:#}\n")
}

fn scenario(run: &Run, s: &Played, reached: &[Reached]) -> Value {
    let by = |kind: &str| -> Value {
        let names = s.names(kind).into_iter();
        let each = names.map(|name| (name, measures(s, &format!("{kind}={name}"))));
        each.collect()
    };
    let mut document = some(s, "id name seed replications confidence contacts");
    document["measures"] = measures(s, "all");
    document["topics"] = by("topic");
    if !s.names("market").is_empty() {
        document["markets"] = by("market");
    }
    let money = run.finance.iter().filter(|f| f.scenario == s.id);
    document["pools"] = by("pool");
    document["groups"] = by("group");
    document["finance"] = money.map(finance).collect();
    document["precision"] = reached.iter().map(precision).collect();
    document["cautions"] = json!(cautions(s));
    if let Some(found) = &s.plan {
        let mut plan = json!(found);
        plan["goal"] = goal_text(found).into();
        plan["promises"] = json!(found.promises);
        plan["intervals"] = json!(found.intervals);
        plan["files"] = json!(found.files);
        document["plan"] = plan;
    }
    document
}

/// Some fields of a value, in the order of their names here.
fn some(of: &impl Serialize, names: &str) -> Value {
    let all = json!(of);
    let names = names.split(' ');
    names.map(|name| (name, all[name].clone())).collect()
}

/// The measures of a slice.
fn measures(s: &Played, slice: &str) -> Value {
    let names = "mean ci_low ci_high replications unit";
    let rows = s.slice(slice);
    rows.map(|row| (row.measure.clone(), some(row, names)))
        .collect()
}

/// A scenario against the baseline: its measures in total.
fn contrast(c: &Contrast<'_>) -> Value {
    let names = "difference ci_low ci_high p_value comparisons adjusted_low adjusted_high p_adjusted variance_ratio replications unit";
    let entry = |d: &&ComparisonRow| (d.measure.clone(), some(*d, names));
    json!({
        "scenario": c.scenario.id,
        "baseline": c.baseline.id,
        "method": c.method().label(),
        "confidence": c.baseline.confidence,
        "measures": c.totals.iter().map(entry).collect::<Value>(),
    })
}

/// A cost over replications.
fn finance(f: &FinanceRow) -> (&str, Value) {
    let names = "p10 p50 p90 cheaper_share share_low share_high cheaper_in_the_mean unit";
    let mut cost = some(f, names);
    // The baseline is compared with nothing.
    if let Some(fields) = cost.as_object_mut() {
        fields.retain(|name, value| name.starts_with('p') || !value.is_null());
    }
    (&f.measure, cost)
}

/// How precise an estimate is, and what others take.
fn precision(r: &Reached) -> Value {
    let wanted = r.wanted.as_ref();
    let size = |w: &Width| w.size(&r.unit);
    let mut found = json!({
        "measure": r.title(),
        "relative_half_width": r.relative,
        "half_width": r.half_width,
        "unit": r.unit,
        "wanted": wanted.and_then(Width::share),
    });
    if let Some(size) = wanted.and_then(size) {
        found["wanted_half_width"] = size.into();
    }
    found["reached"] = r.met.into();
    found["replications"] = r.replications.into();
    let takes = r.advice.iter().map(|(width, replications)| -> Value {
        let share = width.share().map(|x| ("relative_half_width", json!(x)));
        let size = size(width).map(|x| ("half_width", json!(x)));
        let replications = Some(("replications", json!(replications)));
        [share, size, replications].into_iter().flatten().collect()
    });
    found["takes"] = takes.collect();
    found
}

/// Which scenario is best.
fn selection(s: &Selection) -> Value {
    json!({
        "measure": s.target.to_string(),
        "best": s.best(),
        "verdict": s.verdict.label(),
        "largest": s.largest,
        "delta": s.delta,
        "confidence": s.confidence,
        "candidates": s.candidates,
    })
}
