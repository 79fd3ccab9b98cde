//! The page of a sweep: what was varied, which points nothing beats, and what moves the results.

use super::frontier::{Cloud, Mark};
use super::influence;
use super::markup::{Cell, Figure, Table, escape, ident};
use super::months::{COLOURS, short};
use super::svg::{Canvas, Plot, ticks};
use super::{list, part, shell};
use crate::experiment::{MeasureName, Structure};
use crate::measure::name_of;
use crate::report::quantity::{Kind, count, value};
use crate::report::understanding::sentence;
use crate::results::{Front, Placed, Point, Swept, Understanding};
use crate::stats::{ConfidenceInterval, IntervalKind, StudentT};
use std::cmp::Ordering;

/// Most points in the table, and in sentences.
const MOST_ROWS: usize = 400;
const MOST_TOLD: usize = 6;
/// A key with more values than this is looked at in thirds.
const FEW: usize = 12;
const ROW: f64 = 30.0;

/// The page of a sweep as HTML, with what was found of it.
pub fn sweep_page(sweep: &Swept, found: &Understanding) -> String {
    let figure = found
        .front
        .as_ref()
        .filter(|_| found.structure != Structure::OneAtATime)
        .and_then(|f| cloud(sweep, f));
    let bars: Vec<String> = found
        .studied
        .iter()
        .enumerate()
        .filter_map(|(i, s)| {
            let figure = influence::figure(sweep, s, i).or_else(|| {
                let measure = sweep.measures.iter().position(|m| m.measure == s.title);
                tornado(
                    sweep,
                    measure.filter(|_| found.structure == Structure::Free)?,
                )
            });
            figure.map(Figure::html)
        })
        .collect();
    // Beside the figures of means; indices and swings are said in the captions.
    let said: Vec<String> = match found.structure {
        Structure::Free => found.studied.iter().map(|s| sentence(sweep, s)).collect(),
        _ => Vec::new(),
    };
    let said = match said.is_empty() {
        true => String::new(),
        false => format!("<article>{}</article>", list(&said)),
    };
    let parts = [
        part("asked", "Asked", "What was asked", asked(sweep)),
        part(
            "quality",
            "Frontier",
            "Cost against quality",
            figure.unwrap_or_default(),
        ),
        part(
            "moves",
            "What moves it",
            "What moves the results",
            bars.concat() + &said,
        ),
        part("points", "Points", "All points", table(sweep).html()),
        part("again", "Again", "How to get this again", again(sweep)),
    ];
    shell(&format!("{}: a sweep", sweep.name), &sweep.version, &parts)
}

/// The values of a key in the order in which they are said.
fn levels(sweep: &Swept, key: usize) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for point in &sweep.points {
        let cell = point.cells[key].as_str();
        if !cell.is_empty() && !out.contains(&cell) {
            out.push(cell);
        }
    }
    let numbers: Option<Vec<f64>> = out.iter().map(|l| number(l)).collect();
    if numbers.is_some() {
        out.sort_by(|a, b| {
            number(a)
                .unwrap_or(0.0)
                .total_cmp(&number(b).unwrap_or(0.0))
        });
    }
    out
}

/// The number with which a value begins: of `30 s` 30.
fn number(text: &str) -> Option<f64> {
    let text = text.trim_matches(['"', ' ']);
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || "+-.eE_".contains(c)))
        .unwrap_or(text.len());
    text[..end].replace('_', "").parse().ok()
}

fn asked(sweep: &Swept) -> String {
    let keys = sweep.varies.iter().enumerate().map(|(k, key)| {
        let levels = levels(sweep, k);
        let which = match (levels.len(), levels.first(), levels.last()) {
            (0..=FEW, ..) => levels.join(", "),
            (n, Some(first), Some(last)) => format!("{first} to {last}, {n} values"),
            _ => String::new(),
        };
        format!("<dt>{}</dt><dd>{}</dd>", escape(key), escape(&which))
    });
    format!(
        "<article><p>{}</p><dl class=\"when\">{}</dl></article>",
        escape(&format!(
            "{} points ({}) of the scenario {}, {} replications each; every point meets the same customers. {} contacts in all. These keys vary:",
            sweep.points.len(),
            sweep.method,
            sweep.scenario,
            sweep.replications,
            count(sweep.contacts)
        )),
        keys.collect::<String>()
    )
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
    let words: Vec<String> = cells
        .filter(|(_, cell)| !cell.is_empty())
        .map(|(key, cell)| format!("{key} = {cell}"))
        .collect();
    match words.is_empty() {
        true => "the scenario as it is".into(),
        false => words.join(", "),
    }
}

fn cloud(sweep: &Swept, front: &Front) -> Option<String> {
    let (cost, quality) = (front.cost, front.quality);
    let name = |m: usize| name_of(&sweep.measures[m].measure);
    let kind = |m: usize| Kind::of_unit(&sweep.measures[m].unit);
    let known: Vec<(&Point, [f64; 3], [f64; 3])> = sweep
        .points
        .iter()
        .filter_map(|p| Some((p, interval(sweep, p, cost)?, interval(sweep, p, quality)?)))
        .collect();
    if known.len() < 2 {
        return None;
    }
    let several = known.len() > 12;
    let marks = known.iter().map(|(p, x, y)| Mark {
        label: if several {
            String::new()
        } else {
            p.number.clone()
        },
        tip: format!(
            "point {}: {}\n{}: {}\n{}: {}",
            p.number,
            in_words(sweep, p),
            name(cost),
            value(x[1], kind(cost)),
            name(quality),
            value(y[1], kind(quality))
        ),
        x: *x,
        y: *y,
    });
    let cloud = Cloud {
        x_label: format!("{}, {}", name(cost), sweep.measures[cost].unit),
        y_label: name(quality),
        x_kind: kind(cost),
        y_kind: kind(quality),
        marks: marks.collect(),
    };
    let on = cloud.on_frontier();
    let mut best: Vec<_> = known
        .iter()
        .zip(&on)
        .filter(|(_, on)| **on)
        .map(|(k, _)| k)
        .collect();
    best.sort_by(|a, b| a.1[1].total_cmp(&b.1[1]));
    let every = best.len().div_ceil(MOST_TOLD).max(1);
    let told: Vec<String> = best
        .iter()
        .step_by(every)
        .map(|(p, x, y)| {
            format!(
                "Point {} ({}): {} {}, {} {}.",
                p.number,
                in_words(sweep, p),
                name(cost),
                value(x[1], kind(cost)),
                name(quality),
                value(y[1], kind(quality))
            )
        })
        .collect();
    let caption = format!(
        "Each point of the sweep. Up and to the left is better; the dashed line joins the {} of {} that no other one beats in both.",
        best.len(),
        known.len()
    );
    let mut figure = cloud.figure("frontier", "Cost against quality, point by point", caption);
    figure.table = Some(membership(sweep, front));
    Some(
        figure.html()
            + &format!(
                "<article><h3>Along the frontier</h3>{}</article>",
                list(&told)
            ),
    )
}

/// The points by how sure it is that no other beats them.
fn membership(sweep: &Swept, front: &Front) -> Table {
    let mut order: Vec<_> = front.points.iter().collect();
    let sure = |p: &Placed| p.probability.unwrap_or(f64::from(u8::from(p.on)));
    order.sort_by(|a, b| {
        (b.on, sure(b))
            .partial_cmp(&(a.on, sure(a)))
            .unwrap_or(Ordering::Equal)
    });
    let number =
        |m: usize, x: f64| Cell::number(value(x, Kind::of_unit(&sweep.measures[m].unit)), x);
    let rows = order.into_iter().take(MOST_ROWS).map(|p| {
        vec![
            Cell::text(&sweep.points[p.point].number),
            Cell::text(&in_words(sweep, &sweep.points[p.point])),
            number(front.cost, p.cost),
            number(front.quality, p.quality),
            Cell::text(if p.on { "yes" } else { "no" }),
            Cell::maybe(p.probability, |x| value(x, Kind::Fraction)),
        ]
    });
    let [cost, quality] = [front.cost, front.quality].map(|m| name_of(&sweep.measures[m].measure));
    let header = [
        "point",
        "what it is",
        &cost,
        &quality,
        "on the frontier",
        "probability",
    ];
    Table {
        id: "membership-table".into(),
        caption: "How probably a point is on the frontier: the share of resamples of the replications in which it is".into(),
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}

/// What a key does: its name, the mean with its low and with its high values, and what those are.
struct Effect<'a> {
    key: &'a str,
    ends: [f64; 2],
    words: [String; 2],
}

/// The mean of a measure over points; `None` without any.
fn mean_of<'p>(points: impl Iterator<Item = &'p Point>, measure: usize) -> Option<f64> {
    let means: Vec<f64> = points.filter_map(|p| p.mean(measure)).collect();
    (!means.is_empty()).then(|| means.iter().sum::<f64>() / means.len() as f64)
}

fn effect(sweep: &Swept, key: usize, measure: usize) -> Option<Effect<'_>> {
    let levels = levels(sweep, key);
    let at = |chosen: &[&str]| {
        let is = |p: &&Point| chosen.contains(&p.cells[key].as_str());
        mean_of(sweep.points.iter().filter(is), measure)
    };
    let numeric = levels.iter().all(|l| number(l).is_some());
    let (low, high): (Vec<&str>, Vec<&str>) = match (levels.len(), numeric) {
        (0 | 1, _) => return None,
        (n, true) if n > FEW => (levels[..n / 3].to_vec(), levels[n - n / 3..].to_vec()),
        (n, true) => (vec![levels[0]], vec![levels[n - 1]]),
        // Choices have no order: the one with the smallest and the one with the largest mean.
        (_, false) => {
            let mean = |l: &&&str| at(&[**l]).unwrap_or(f64::NAN);
            let low = levels.iter().min_by(|a, b| mean(a).total_cmp(&mean(b)))?;
            let high = levels.iter().max_by(|a, b| mean(a).total_cmp(&mean(b)))?;
            (vec![low], vec![high])
        }
    };
    let words = |l: &[&str]| match l {
        [one] => (*one).to_owned(),
        _ => format!("{} to {}", l[0], l[l.len() - 1]),
    };
    Some(Effect {
        key: &sweep.varies[key],
        ends: [at(&low)?, at(&high)?],
        words: [words(&low), words(&high)],
    })
}

/// The keys by how far they move a measure, the farthest first.
fn tornado(sweep: &Swept, measure: usize) -> Option<Figure> {
    let mut effects: Vec<Effect<'_>> = (0..sweep.varies.len())
        .filter_map(|k| effect(sweep, k, measure))
        .collect();
    let reach = |e: &Effect<'_>| (e.ends[1] - e.ends[0]).abs();
    effects.sort_by(|a, b| reach(b).total_cmp(&reach(a)));
    let middle = mean_of(sweep.points.iter(), measure)?;
    let ends = effects.iter().flat_map(|e| e.ends).chain([middle]);
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| {
        (a.min(x), b.max(x))
    });
    if effects.is_empty() || high <= low {
        return None;
    }
    let (name, kind) = (
        name_of(&sweep.measures[measure].measure),
        Kind::of_unit(&sweep.measures[measure].unit),
    );
    let write = |x: f64| {
        if kind == Kind::Plain {
            short(x)
        } else {
            value(x, kind)
        }
    };
    let marks = ticks(low, high, 5);
    let span = (marks[0], marks.last().copied().unwrap_or(high));
    let mut canvas = Canvas::new(40.0 + effects.len() as f64 * ROW + 50.0);
    let plot = Plot::new(
        &canvas,
        [34.0, 40.0, 50.0, 270.0],
        span,
        (effects.len() as f64, 0.0),
    );
    plot.x_grid(&mut canvas, &marks);
    let labels: Vec<(f64, String)> = marks.iter().map(|m| (*m, write(*m))).collect();
    plot.x_axis(
        &mut canvas,
        &labels,
        &format!("mean of {name}, {}", sweep.measures[measure].unit),
    );
    canvas.text(4.0, 18.0, "axis-label", "what varies");
    let (left, _, top, bottom) = plot.edges();
    for (i, e) in effects.iter().enumerate() {
        let y = plot.y(i as f64 + 0.5);
        canvas.text(left - 12.0, y + 4.5, "end", &shortened(e.key));
        for k in 0..2 {
            let (a, b) = (plot.x(middle), plot.x(e.ends[k]));
            let tip = format!(
                "{} = {}\nmean of {name}: {}",
                e.key,
                e.words[k],
                value(e.ends[k], kind)
            );
            canvas.rect(
                a.min(b),
                y - 9.0,
                (b - a).abs().max(1.0),
                18.0,
                &format!("stack f{}", k % COLOURS),
                &tip,
            );
        }
    }
    let x = plot.x(middle);
    canvas.line((x, top), (x, bottom), "thin");
    let rows = effects.iter().map(|e| {
        let number = |k: usize| Cell::number(value(e.ends[k], kind), e.ends[k]);
        vec![
            Cell::text(e.key),
            Cell::text(&e.words[0]),
            number(0),
            Cell::text(&e.words[1]),
            number(1),
        ]
    });
    let id = ident("tornado", measure + 1);
    let title = format!("What moves the {name}");
    Some(Figure {
        caption: format!(
            "Mean over all points with low and with high values of a key, while the others vary as the design has it; of a key with more than \
             {FEW} values its lowest and highest third. The line is the mean of all points, {}.",
            value(middle, kind)
        ),
        legend: vec![
            (
                "low values (of choices: the smallest mean)".into(),
                "f0".into(),
            ),
            ("high values".into(), "f1".into()),
        ],
        table: Some(Table {
            id: format!("{id}-table"),
            caption: title.clone(),
            header: ["key", "low", "mean", "high", "mean"]
                .map(String::from)
                .to_vec(),
            rows: rows.collect(),
        }),
        id,
        title,
        canvas,
    })
}

/// A key that fits beside its bar.
pub(super) fn shortened(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    match letters.len() {
        0..=36 => key.to_owned(),
        n => format!("…{}", letters[n - 35..].iter().collect::<String>()),
    }
}

fn table(sweep: &Swept) -> Table {
    let rows = sweep.points.iter().take(MOST_ROWS).map(|p| {
        let cells = p.cells.iter().map(|c| match number(c) {
            Some(x) => Cell::number(c.clone(), x),
            None => Cell::text(c),
        });
        let means = sweep.measures.iter().enumerate().map(|(m, about)| {
            let kind = Kind::of_unit(&about.unit);
            Cell::maybe(p.mean(m), |x| value(x, kind))
        });
        std::iter::once(Cell::text(&p.number))
            .chain(cells)
            .chain(means)
            .collect()
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    let which = match sweep.points.len() {
        n if n > rows.len() => format!("the first {} of {n} points", rows.len()),
        _ => "all points".into(),
    };
    let names = sweep.measures.iter().map(|m| name_of(&m.measure));
    Table {
        id: "points-table".into(),
        caption: format!(
            "Means over the replications, {which}; every replication is in points.csv"
        ),
        header: std::iter::once("point".to_owned())
            .chain(sweep.varies.iter().cloned())
            .chain(names)
            .collect(),
        rows,
    }
}

fn again(sweep: &Swept) -> String {
    format!(
        "<pre>{}</pre><p>{}</p>",
        escape(&sweep.command),
        escape(&format!(
            "Version {}, seed {}; digest of all points: {}; files: {}.",
            sweep.version,
            sweep.seed,
            sweep.digest,
            sweep.sources.join(", ")
        ))
    )
}
