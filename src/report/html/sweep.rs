//! The page of a sweep: what was varied, which points nothing beats, and what moves the results.

use super::frontier::{Cloud, Mark};
use super::influence;
use super::markup::{Cell, Rows, Table, sentences};
use super::page::{Block, Page};
use super::tornado::{FEW, levels, number, tornado};
use crate::experiment::{MeasureName, Structure};
use crate::report::quantity::{Kind, count};
use crate::report::understanding::{both, named, sentence};
use crate::report::words::listed;
use crate::results::{Front, Placed, Point, Swept, Understanding};
use crate::stats::{ConfidenceInterval, IntervalKind, StudentT};
use maud::html;
use std::cmp::Ordering;

/// Most points in a table.
const MOST_ROWS: usize = 400;
/// Most points in sentences.
const MOST_TOLD: usize = 6;
/// Most points that have their number beside them.
const MOST_LABELS: usize = 12;

/// The page of a sweep.
pub fn sweep_page(sweep: &Swept, found: &Understanding) -> Page {
    let front = found.front.as_ref();
    let front = front.filter(|_| found.structure != Structure::OneAtATime);
    let cloud = front.map(|front| cloud(sweep, front)).unwrap_or_default();
    let points = table(sweep).html();
    Page::new(
        format!("{}: a sweep", sweep.origin.name),
        &sweep.origin.version,
    )
    .part("Asked", "What was asked", asked(sweep))
    .part("Quality", "Cost against quality", cloud)
    .part(
        "What moves it",
        "What moves the results",
        moves(sweep, found),
    )
    .part("Points", "All points", vec![points.into()])
    .part("Again", "How to get this again", again(sweep))
}

/// For each measure what moves it.
fn moves(sweep: &Swept, found: &Understanding) -> Vec<Block> {
    let is_free = found.structure == Structure::Free;
    let mut out: Vec<Block> = Vec::new();
    for (i, studied) in found.studied.iter().enumerate() {
        let means = || {
            let mut measures = sweep.measures.iter();
            let measure = measures.position(|m| m.measure == studied.title);
            tornado(sweep, measure.filter(|_| is_free)?)
        };
        let figure = influence::figure(sweep, studied, i).or_else(means);
        out.extend(figure.map(Block::from));
    }
    // Beside the figures of means; indices and swings are said in the captions.
    if is_free && !found.studied.is_empty() {
        let said: Vec<String> = found.studied.iter().map(|s| sentence(sweep, s)).collect();
        out.push(sentences("", None, &said).into());
    }
    out
}

fn asked(sweep: &Swept) -> Vec<Block> {
    let values = |key: usize| {
        let levels = levels(sweep, key);
        match levels[..] {
            [first, .., last] if levels.len() > FEW => {
                format!("{first} to {last}, {} values", levels.len())
            }
            _ => levels.join(", "),
        }
    };
    let text = html! {
        article {
            p {
                (sweep.points.len()) " points (" (sweep.origin.method) ") of the scenario " (sweep.origin.scenario) ", " (sweep.replications)
                " replications each; every point meets the same customers. " (count(sweep.contacts)) " contacts in all. These keys vary:"
            }
            dl class="when" {
                @for (k, key) in sweep.varies.iter().enumerate() { dt { (key) } dd { (values(k)) } }
            }
        }
    };
    vec![text.into()]
}

/// Mean of a measure with the ends of its confidence interval.
fn interval(sweep: &Swept, point: &Point, measure: usize) -> Option<[f64; 3]> {
    let values: Vec<f64> = point.values[measure].iter().flatten().copied().collect();
    let mean = point.mean(measure)?;
    let name = MeasureName::new(&sweep.measures[measure].measure).measure;
    let kind =
        crate::measure::measure(&name).map_or(IntervalKind::Number, |m| m.interval_kind(|_| None));
    let interval = ConfidenceInterval::of(kind, &values, &StudentT::new(0.95, values.len()));
    Some(interval.map_or([mean; 3], |i| [i.low, mean, i.high]))
}

/// A point in words.
fn in_words(sweep: &Swept, point: &Point) -> String {
    let cells = sweep.varies.iter().zip(&point.cells);
    let set = cells.filter(|(_, cell)| !cell.is_empty());
    let words = listed("", set.map(|(key, cell)| format!("{key} = {cell}")), "");
    match words.is_empty() {
        true => "the scenario as it is".into(),
        false => words,
    }
}

fn cloud(sweep: &Swept, front: &Front) -> Vec<Block> {
    let [cost, quality] = [front.cost, front.quality].map(|m| named(sweep, m));
    let ends = |p| {
        let quality = interval(sweep, p, front.quality)?;
        Some((p, interval(sweep, p, front.cost)?, quality))
    };
    let known: Vec<(&Point, _, _)> = sweep.points.iter().filter_map(ends).collect();
    if known.len() < 2 {
        return Vec::new();
    }
    let marks = known.iter().map(|(p, x, y)| {
        let values = both([&cost, &quality], [x[1], y[1]], ": ").join("\n");
        let point = in_words(sweep, p);
        Mark {
            label: match known.len() > MOST_LABELS {
                true => String::new(),
                false => p.number.clone(),
            },
            tip: format!("point {}: {point}\n{values}", p.number),
            cost: *x,
            quality: *y,
            on: false,
        }
    });
    let label = format!("{}, {}", cost.0, sweep.measures[front.cost].unit);
    let cloud = Cloud::new((label, cost.1), quality.clone(), marks.collect());
    let best = known.iter().zip(&cloud.marks).filter(|(_, m)| m.on);
    let mut best: Vec<_> = best.map(|(k, _)| k).collect();
    best.sort_by(|a, b| a.1[1].total_cmp(&b.1[1]));
    let told = best.iter().step_by(best.len().div_ceil(MOST_TOLD).max(1));
    let told = told.map(|(p, x, y)| {
        let values = both([&cost, &quality], [x[1], y[1]], " ").join(", ");
        let point = in_words(sweep, p);
        format!("Point {} ({point}): {values}.", p.number)
    });
    let told: Vec<String> = told.collect();
    let caption = format!(
        "Each point of the sweep. Up and to the left is better; the dashed line joins the {} of {} that no other one beats in both.",
        best.len(),
        known.len()
    );
    let mut figure = cloud.figure("frontier", "Cost against quality, point by point", caption);
    figure.table = Some(membership(sweep, front));
    vec![
        figure.into(),
        sentences("Along the frontier", None, &told).into(),
    ]
}

/// The points by how sure it is that no other beats them.
fn membership(sweep: &Swept, front: &Front) -> Table {
    let mut order: Vec<&Placed> = front.points.iter().collect();
    let sure = |p: &Placed| p.probability.unwrap_or(f64::from(u8::from(p.on)));
    order.sort_by(|a, b| {
        let (a, b) = ((a.on, sure(a)), (b.on, sure(b)));
        b.partial_cmp(&a).unwrap_or(Ordering::Equal)
    });
    let [cost, quality] = [front.cost, front.quality].map(|m| named(sweep, m));
    let rows = Rows::of(order.into_iter().take(MOST_ROWS))
        .column("point", |p| Cell::text(&sweep.points[p.point].number))
        .column("what it is", |p| {
            Cell::text(in_words(sweep, &sweep.points[p.point]))
        })
        .column(cost.0, |p| Cell::value(p.cost, cost.1))
        .column(quality.0, |p| Cell::value(p.quality, quality.1))
        .column("on the frontier", |p| Cell::yes(p.on))
        .column("probability", |p| {
            Cell::value(p.probability, Kind::Fraction)
        });
    rows.table(
        "membership-table",
        "How probably a point is on the frontier: the share of resamples of the replications in which it is",
    )
}

fn table(sweep: &Swept) -> Table {
    let mut rows =
        Rows::of(sweep.points.iter().take(MOST_ROWS)).column("point", |p| Cell::text(&p.number));
    for (k, key) in sweep.varies.iter().enumerate() {
        rows = rows.column(key, |p| Cell::new(&p.cells[k], number(&p.cells[k])));
    }
    for m in 0..sweep.measures.len() {
        let (name, kind) = named(sweep, m);
        rows = rows.column(name, |p| Cell::value(p.mean(m), kind));
    }
    let which = match sweep.points.len() {
        n if n > MOST_ROWS => format!("the first {MOST_ROWS} of {n} points"),
        _ => "all points".into(),
    };
    let caption =
        format!("Means over the replications, {which}; every replication is in points.csv");
    rows.table("points-table", caption)
}

fn again(sweep: &Swept) -> Vec<Block> {
    let text = html! {
        pre { (sweep.origin.command) }
        p {
            "Version " (sweep.origin.version) ", seed " (sweep.origin.seed) "; digest of all points: " (sweep.origin.digest)
            "; files: " (sweep.origin.sources.join(", ")) "."
        }
    };
    vec![text.into()]
}
