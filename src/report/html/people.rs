//! People by the month: headcount, agents on duty and members, each as a line with a band over the replications.

use super::axes::{Axis, Plot};
use super::canvas::{COLOURS, Spot, fill, stroke};
use super::figure::Figure;
use super::markup::{Cell, Rows};
use super::months::{draw_changes, month_axis, month_name, months_of};
use super::page::{Block, each_scenario};
use crate::report::quantity::{Kind, plain};
use crate::results::{GroupAbout, MonthRow, Played, Run};
use crate::text::distinct;

/// A measure of people that is drawn.
struct Drawn {
    measure: &'static str,
    title: &'static str,
    /// Label of the axis.
    axis: &'static str,
    /// How slices begin that are drawn beside everything.
    parts: &'static str,
    /// Where in the month it holds: 0 its start, 1 its end.
    at: f64,
}

const DRAWN: [Drawn; 3] = [
    Drawn {
        measure: "headcount_end",
        title: "People at the end of each month",
        axis: "people",
        parts: "group=",
        at: 1.0,
    },
    Drawn {
        measure: "agents_on_duty",
        title: "Agents on duty, average of each month",
        axis: "agents",
        parts: "pool=",
        at: 0.5,
    },
    Drawn {
        measure: "members",
        title: "Members of the registers, average of each month",
        axis: "members",
        parts: "pool=",
        at: 0.5,
    },
];

/// A line: its name, and its months.
type Series<'a> = (String, Vec<&'a MonthRow>);

pub(super) fn part(run: &Run) -> Vec<Block> {
    let of = |d: &'static Drawn| {
        let id = d.measure.replace('_', "-") + "-s";
        each_scenario(run, &id, d.title, |s, id, title| figure(s, d, id, title))
    };
    DRAWN.iter().flat_map(of).collect()
}

/// Slices of a measure: everything first, unless there is only one part, which is the same.
fn slices(s: &Played, drawn: &Drawn) -> Vec<String> {
    let is_part = |r: &&MonthRow| {
        let is_part = r.slice.starts_with(drawn.parts) && !r.slice.contains(';');
        r.measure == drawn.measure && is_part && r.mean.is_some()
    };
    let rows = s.monthly.iter().filter(is_part);
    let mut parts = distinct(rows.map(|r| r.slice.clone()));
    if parts.len() != 1 {
        parts.insert(0, "all".into());
    }
    parts.truncate(COLOURS);
    parts
}

/// What a line is called; people of vendors are not in the headcount of all.
fn series_name(s: &Played, drawn: &Drawn, slice: &str) -> String {
    let is_outsourced = |g: &&GroupAbout| drawn.parts == "group=" && g.outsourced;
    let mut outsourced = s.groups.iter().filter(is_outsourced);
    match slice.strip_prefix(drawn.parts) {
        None if outsourced.next().is_some() => "own people in all".into(),
        None => "in all".into(),
        Some(part) if outsourced.any(|g| g.name == part) => format!("{part} (outsourced)"),
        Some(part) => part.to_owned(),
    }
}

fn figure(s: &Played, drawn: &Drawn, id: String, title: String) -> Option<Figure> {
    let months = months_of(s);
    let turns_over = || s.monthly.iter().any(|r| r.measure == "members_joined");
    if months.len() < 2 || (drawn.measure == "members" && !turns_over()) {
        return None;
    }
    let slices = slices(s, drawn).into_iter();
    let all = slices.map(|slice| {
        let name = series_name(s, drawn, &slice);
        (name, s.months(drawn.measure, &slice))
    });
    let has_people = |of: &Series<'_>| of.1.iter().any(|r| r.mean > Some(0.0));
    let series: Vec<Series<'_>> = all.filter(has_people).collect();
    let highest = |r: &&MonthRow| r.p90.or(r.mean).unwrap_or(0.0);
    let rows = series.iter().flat_map(|s| &s.1);
    let most = rows.map(highest).fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let (x, y) = (month_axis(&months, 0.0), Axis::up_to(drawn.axis, most));
    let (mut canvas, plot) = Plot::new(350.0, [46.0, 16.0, 50.0, 64.0], &x, &y);
    let changes = draw_changes(&mut canvas, &plot, s, &months);
    let place = |row: &MonthRow| {
        months.iter().position(|m| *m == row.label()).unwrap_or(0) as f64 + drawn.at
    };
    let points = |rows: &[&MonthRow], get: fn(&MonthRow) -> Option<f64>| -> Vec<Spot> {
        let point = |r: &&MonthRow| Some(plot.at(place(r), get(r)?));
        rows.iter().filter_map(point).collect()
    };
    for (k, (_, rows)) in series.iter().enumerate() {
        let (low, high) = (points(rows, |r| r.p10), points(rows, |r| r.p90));
        if low.len() > 1 {
            let edge: Vec<Spot> = low.into_iter().chain(high.into_iter().rev()).collect();
            canvas.area(&edge, &format!("band {}", fill(k)));
        }
    }
    for (k, (name, rows)) in series.iter().enumerate() {
        // The line of the whole is wider, so that it is seen below a part that is all of it.
        let is_whole = k == 0 && series.len() > 1;
        let width = if is_whole { " wide" } else { "" };
        canvas.polyline(&points(rows, |r| r.mean), &(stroke(k) + width));
        for (row, mean) in rows.iter().filter_map(|r| Some((r, r.mean?))) {
            let band = row.p10.zip(row.p90).filter(|(low, high)| low != high);
            let band = band.map(|(low, high)| format!(" ({} to {})", plain(low), plain(high)));
            let (month, band) = (month_name(&row.label()), band.unwrap_or_default());
            let tip = format!("{month}\n{name}: {}{band}", plain(mean));
            canvas.circle(plot.at(place(row), mean), 6.0, "see", &tip);
        }
    }
    let mut rows = Rows::of(&months).column("month", |m| Cell::text(*m));
    for (name, of) in &series {
        let mean = |month: &String| of.iter().find(|r| r.label() == *month)?.mean;
        rows = rows.column(name, |m| Cell::value(mean(m), Kind::Plain));
    }
    let mut caption = String::from("The line is the mean over the replications.");
    if s.replications > 1 {
        caption += " The band is from the 10th to the 90th percentile over the replications.";
    }
    if !changes.is_empty() {
        caption += " Dashed lines are changes of the timeline:";
    }
    let figure = Figure::new(id, &title, caption + &changes, canvas);
    let names = series.iter().map(|s| &s.0);
    Some(figure.series(names).table(title, rows))
}
