//! People by the month: headcount, agents on duty and members, each as a line with the band of eight replications of ten.

use super::markup::{Cell, Figure, Table, ident};
use super::months::{COLOURS, draw_events, events, month_marks, month_name, months_of, short};
use super::svg::{Canvas, Plot, through, ticks};
use super::titled;
use crate::report::quantity::{Kind, value};
use crate::results::{GroupAbout, MonthRow, Played, Run};

/// What is drawn: the measure, the title, the label of the axis, whose parts are shown, and where in the month it holds.
struct Kindred {
    measure: &'static str,
    title: &'static str,
    axis: &'static str,
    parts: &'static str,
    at: f64,
}

const DRAWN: [Kindred; 3] = [
    Kindred {
        measure: "headcount_end",
        title: "People at the end of each month",
        axis: "people",
        parts: "group=",
        at: 1.0,
    },
    Kindred {
        measure: "agents_on_duty",
        title: "Agents on duty, average of each month",
        axis: "agents",
        parts: "pool=",
        at: 0.5,
    },
    Kindred {
        measure: "members",
        title: "Members of the registers, average of each month",
        axis: "members",
        parts: "pool=",
        at: 0.5,
    },
];

pub(super) fn part(run: &Run) -> String {
    let mut out = String::new();
    for kindred in &DRAWN {
        for (i, s) in run.scenarios.iter().enumerate() {
            if let Some(figure) = figure(run, s, kindred, i) {
                out += &figure.html();
            }
        }
    }
    out
}

/// Slices of a measure: everything first, unless there is but one part, which is the same.
fn slices(s: &Played, kindred: &Kindred) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for row in s.monthly.iter().filter(|r| r.measure == kindred.measure) {
        let is_part = row.slice.starts_with(kindred.parts) && !row.slice.contains(';');
        if is_part && row.mean.is_some() && !parts.contains(&row.slice) {
            parts.push(row.slice.clone());
        }
    }
    if parts.len() != 1 {
        parts.insert(0, "all".into());
    }
    parts.truncate(COLOURS);
    parts
}

/// What a line is called; people of vendors are not in the headcount of all.
fn series_name(s: &Played, kindred: &Kindred, slice: &str) -> String {
    let vendors = |g: &&GroupAbout| kindred.parts == "group=" && g.outsourced;
    let Some(part) = slice.strip_prefix(kindred.parts) else {
        return match s.groups.iter().find(vendors) {
            Some(_) => "own people in all".into(),
            None => "in all".into(),
        };
    };
    match s.groups.iter().filter(vendors).find(|g| g.name == part) {
        Some(_) => format!("{part} (outsourced)"),
        None => part.to_owned(),
    }
}

fn figure(run: &Run, s: &Played, kindred: &Kindred, index: usize) -> Option<Figure> {
    let months = months_of(s);
    let turns_over = || s.monthly.iter().any(|r| r.measure == "members_joined");
    if months.len() < 2 || (kindred.measure == "members" && !turns_over()) {
        return None;
    }
    let series: Vec<(String, Vec<&MonthRow>)> = slices(s, kindred)
        .into_iter()
        .map(|slice| {
            (
                series_name(s, kindred, &slice),
                s.months(kindred.measure, &slice),
            )
        })
        .filter(|(_, rows)| rows.iter().any(|r| r.mean.is_some_and(|m| m > 0.0)))
        .collect();
    let highest = |r: &&MonthRow| r.p90.or(r.mean).unwrap_or(0.0);
    let most = series
        .iter()
        .flat_map(|s| s.1.iter().map(highest))
        .fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let marks = ticks(0.0, most, 5);
    let mut canvas = Canvas::new(350.0);
    let top = marks.last().copied().unwrap_or(most);
    let margins = [46.0, 16.0, 50.0, 64.0];
    let plot = Plot::new(&canvas, margins, (0.0, months.len() as f64), (0.0, top));
    plot.y_axis(&mut canvas, &marks, &short, kindred.axis);
    plot.x_axis(&mut canvas, &month_marks(&months, 0.0), "month");
    let events = events(s, &months);
    let words = draw_events(&mut canvas, &plot, &events);
    let place = |row: &MonthRow| {
        months.iter().position(|m| *m == row.label()).unwrap_or(0) as f64 + kindred.at
    };
    for (k, (_, rows)) in series.iter().enumerate() {
        let band: Vec<(f64, f64, f64)> = rows
            .iter()
            .filter_map(|r| Some((plot.x(place(r)), plot.y(r.p10?), plot.y(r.p90?))))
            .collect();
        let edge: Vec<(f64, f64)> = band
            .iter()
            .map(|b| (b.0, b.1))
            .chain(band.iter().rev().map(|b| (b.0, b.2)))
            .collect();
        if band.len() > 1 {
            canvas.path(
                &(through(&edge) + "Z"),
                &format!("band f{}", k % COLOURS),
                "",
            );
        }
    }
    for (k, (name, rows)) in series.iter().enumerate() {
        let points: Vec<(f64, f64)> = rows
            .iter()
            .filter_map(|r| Some((plot.x(place(r)), plot.y(r.mean?))))
            .collect();
        // The line of the whole is wider, so that it is seen below a part that is all of it.
        let wide = if k == 0 && series.len() > 1 {
            " wide"
        } else {
            ""
        };
        canvas.polyline(&points, &format!("l{}{wide}", k % COLOURS));
        for row in rows {
            if let Some(mean) = row.mean {
                let band = row
                    .p10
                    .zip(row.p90)
                    .filter(|(a, b)| a != b)
                    .map_or(String::new(), |(a, b)| {
                        format!(" ({} to {})", value(a, Kind::Plain), value(b, Kind::Plain))
                    });
                let tip = format!(
                    "{}\n{name}: {}{band}",
                    month_name(&row.label()),
                    value(mean, Kind::Plain)
                );
                canvas.circle(plot.x(place(row)), plot.y(mean), 6.0, "see", &tip);
            }
        }
    }
    let id = format!(
        "{}-{}",
        kindred.measure.replace('_', "-"),
        ident("s", index + 1)
    );
    let title = titled(run, s, kindred.title);
    let mean = |rows: &[&MonthRow], month: &str| {
        rows.iter()
            .find(|r| r.label() == month)
            .and_then(|r| r.mean)
    };
    let rows = months.iter().map(|month| {
        let cells = series
            .iter()
            .map(|(_, rows)| Cell::maybe(mean(rows, month), |v| value(v, Kind::Plain)));
        std::iter::once(Cell::text(month)).chain(cells).collect()
    });
    let table = Table {
        id: format!("{id}-table"),
        caption: title.clone(),
        header: std::iter::once("month".to_owned())
            .chain(series.iter().map(|s| s.0.clone()))
            .collect(),
        rows: rows.collect(),
    };
    let band = if s.replications > 1 {
        " The band is from the 10th to the 90th percentile over the replications.".to_owned()
    } else {
        String::new()
    };
    let marked = if words.is_empty() {
        ""
    } else {
        " Dashed lines are changes of the timeline:"
    };
    Some(Figure {
        legend: series
            .iter()
            .enumerate()
            .map(|(k, s)| (s.0.clone(), format!("f{}", k % COLOURS)))
            .collect(),
        caption: format!("The line is the mean over the replications.{band}{marked}{words}"),
        id,
        title,
        canvas,
        table: Some(table),
    })
}
