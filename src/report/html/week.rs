//! A typical week: service level and wait as heat maps, agents required against agents on duty.

use super::markup::{Cell, Figure, Table, ident};
use super::months::short;
use super::svg::{Canvas, Plot, through, ticks};
use super::titled;
use crate::report::findings::weekday;
use crate::report::quantity::{Kind, value};
use crate::results::{Played, Run, WEEKDAYS, WeekPoint};

const MINUTES_OF_DAY: u32 = 24 * 60;

/// A measure as a heat map: the lower limits of its classes from calm to hot, in words.
struct Heat {
    id: &'static str,
    title: &'static str,
    get: fn(&WeekPoint) -> Option<f64>,
    /// Class of a value, 0 calm to 6 hot.
    class: fn(f64) -> usize,
    classes: [&'static str; 7],
    kind: Kind,
}

const HEATS: [Heat; 2] = [
    Heat {
        id: "level",
        title: "Service level by time of the week",
        get: |w| w.sl_net,
        class: |x| {
            [0.99, 0.95, 0.9, 0.8, 0.65, 0.5]
                .iter()
                .filter(|l| x < **l)
                .count()
        },
        classes: [
            "99 % or more",
            "95 to 99 %",
            "90 to 95 %",
            "80 to 90 %",
            "65 to 80 %",
            "50 to 65 %",
            "below 50 %",
        ],
        kind: Kind::Fraction,
    },
    Heat {
        id: "wait",
        title: "Mean wait by time of the week",
        get: |w| w.mean_wait,
        class: |x| {
            [5.0, 15.0, 30.0, 60.0, 120.0, 300.0]
                .iter()
                .filter(|l| x >= **l)
                .count()
        },
        classes: [
            "under 5 s",
            "5 to 15 s",
            "15 to 30 s",
            "30 to 60 s",
            "1 to 2 min",
            "2 to 5 min",
            "5 min or more",
        ],
        kind: Kind::Seconds,
    },
];

pub(super) fn part(run: &Run) -> String {
    let mut out = String::new();
    for heat in &HEATS {
        for (i, s) in run.scenarios.iter().enumerate() {
            out += &heat_map(run, s, heat, i).map_or(String::new(), Figure::html);
        }
    }
    for (i, s) in run.scenarios.iter().enumerate() {
        out += &agents(run, s, i).map_or(String::new(), Figure::html);
        out += &table(run, s, i);
    }
    out
}

/// A value of the map; of a wait of milliseconds nothing but that is of interest.
fn write(x: f64, kind: Kind) -> String {
    match kind {
        Kind::Seconds if x < 0.1 => "0 s".into(),
        kind => value(x, kind),
    }
}

/// Points of everything.
fn all(s: &Played) -> impl Iterator<Item = &WeekPoint> {
    s.week.iter().filter(|w| w.slice == "all")
}

fn day(w: &WeekPoint) -> usize {
    WEEKDAYS.iter().position(|d| *d == w.weekday).unwrap_or(0)
}

/// Minutes since midnight.
fn minute(w: &WeekPoint) -> u32 {
    let (hour, minute) = w.begin.split_once(':').unwrap_or(("0", "0"));
    hour.parse().unwrap_or(0) * 60 + minute.parse().unwrap_or(0)
}

fn when(w: &WeekPoint) -> String {
    let end = (minute(w) + w.minutes) % MINUTES_OF_DAY;
    format!(
        "{} {}–{:02}:{:02}",
        weekday(&w.weekday),
        w.begin,
        end / 60,
        end % 60
    )
}

fn heat_map(run: &Run, s: &Played, heat: &Heat, index: usize) -> Option<Figure> {
    let points: Vec<(&WeekPoint, f64)> = all(s).filter_map(|w| Some((w, (heat.get)(w)?))).collect();
    let width = points.first()?.0.minutes;
    if points.len() < 4 {
        return None;
    }
    let (row, left, top) = (27.0, 62.0, 34.0);
    let mut canvas = Canvas::new(top + 7.0 * row + 50.0);
    let plot = Plot::new(&canvas, [top, 26.0, 50.0, left], (0.0, 24.0), (7.0, 0.0));
    canvas.text(4.0, top - 14.0, "axis-label", "weekday");
    let hours: Vec<(f64, String)> = (0..=8)
        .map(|i| (f64::from(i * 3), format!("{:02}:00", i * 3)))
        .collect();
    plot.x_axis(&mut canvas, &hours, "time of day");
    let cell = (plot.x(24.0) - plot.x(0.0)) * f64::from(width) / f64::from(MINUTES_OF_DAY);
    for (i, name) in WEEKDAYS.iter().enumerate() {
        canvas.text(left - 10.0, top + (i as f64 + 0.66) * row, "tick end", name);
    }
    for (w, x) in &points {
        let class = format!("h{}", (heat.class)(*x));
        let per_hour = w.per_hour.map_or(String::new(), |n| {
            format!("\n{} want a person an hour", value(n, Kind::Plain))
        });
        let tip = format!("{}\n{}{per_hour}", when(w), write(*x, heat.kind));
        let at = plot.x(f64::from(minute(w)) / 60.0);
        canvas.rect(
            at,
            top + day(w) as f64 * row,
            cell - 0.8,
            row - 1.2,
            &class,
            &tip,
        );
    }
    let (hot, calm) = points
        .iter()
        .fold((points[0], points[0]), |(hot, calm), p| {
            let hotter = |a: f64, b: f64| {
                if heat.kind == Kind::Fraction {
                    a < b
                } else {
                    a > b
                }
            };
            (
                if hotter(p.1, hot.1) { *p } else { hot },
                if hotter(calm.1, p.1) { *p } else { calm },
            )
        });
    Some(Figure {
        id: ident(heat.id, index + 1),
        title: titled(run, s, heat.title),
        caption: format!(
            "Each field is one time of the week, over all weeks and replications; darker (in the dark: brighter) is worse. From {} ({}) to {} ({}).",
            write(hot.1, heat.kind),
            when(hot.0),
            write(calm.1, heat.kind),
            when(calm.0)
        ),
        canvas,
        legend: heat
            .classes
            .iter()
            .enumerate()
            .map(|(i, c)| ((*c).to_owned(), format!("h{i}")))
            .collect(),
        table: None,
    })
}

/// A time of the week: agents on duty, and required where that is known.
type Shift<'a> = (&'a WeekPoint, f64, Option<f64>);

fn agents(run: &Run, s: &Played, index: usize) -> Option<Figure> {
    let points: Vec<Shift<'_>> = all(s)
        .filter_map(|w| Some((w, w.agents_on_duty?, w.agents_required)))
        .collect();
    if points.len() < 4 {
        return None;
    }
    let most = points
        .iter()
        .map(|p| p.1.max(p.2.unwrap_or(0.0)))
        .fold(0.0, f64::max);
    let marks = ticks(0.0, most, 5);
    let mut canvas = Canvas::new(310.0);
    let top = marks.last().copied().unwrap_or(most);
    let plot = Plot::new(&canvas, [40.0, 12.0, 50.0, 60.0], (0.0, 7.0), (0.0, top));
    plot.y_axis(&mut canvas, &marks, &short, "agents");
    let days: Vec<(f64, String)> = WEEKDAYS
        .iter()
        .enumerate()
        .map(|(i, d)| (i as f64 + 0.5, (*d).to_owned()))
        .collect();
    plot.x_axis(&mut canvas, &days, "time of the week");
    plot.x_grid(&mut canvas, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let span = |w: &WeekPoint| {
        let from = day(w) as f64 + f64::from(minute(w)) / f64::from(MINUTES_OF_DAY);
        (
            plot.x(from),
            plot.x(from + f64::from(w.minutes) / f64::from(MINUTES_OF_DAY)),
        )
    };
    // Steps; a time that does not occur breaks the line.
    let steps = |value: fn(&Shift<'_>) -> Option<f64>| -> Vec<Vec<(f64, f64)>> {
        let mut lines: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut end = f64::NEG_INFINITY;
        for p in &points {
            let Some(v) = value(p) else { continue };
            let (a, b) = span(p.0);
            if a - end > 0.5 {
                lines.push(Vec::new());
            }
            if let Some(line) = lines.last_mut() {
                line.extend([(a, plot.y(v)), (b, plot.y(v))]);
            }
            end = b;
        }
        lines
    };
    let bottom = plot.y(0.0);
    for line in steps(|p| Some(p.1)) {
        let ends = [(line[line.len() - 1].0, bottom), (line[0].0, bottom)];
        let area: Vec<(f64, f64)> = line.iter().copied().chain(ends).collect();
        canvas.path(&(through(&area) + "Z"), "band f0", "");
        canvas.polyline(&line, "l0");
    }
    for (w, duty, required) in &points {
        if let Some(r) = required.filter(|r| *r > duty + 0.5) {
            let (a, b) = span(w);
            canvas.rect(a, plot.y(r), b - a, plot.y(*duty) - plot.y(r), "short", "");
        }
    }
    for line in steps(|p| p.2) {
        canvas.polyline(&line, "l1 dash");
    }
    for (w, duty, required) in &points {
        let (a, b) = span(w);
        let required = required.map_or(String::new(), |r| {
            format!("\nrequired: {}", value(r, Kind::Plain))
        });
        let tip = format!(
            "{}\non duty: {}{required}",
            when(w),
            value(*duty, Kind::Plain)
        );
        let (_, _, top, bottom) = plot.edges();
        canvas.rect(a, top, b - a, bottom - top, "see", &tip);
    }
    let short_of = points
        .iter()
        .filter(|p| p.2.is_some_and(|r| r > p.1 + 0.5))
        .count();
    let mut legend = vec![("on duty".to_owned(), "f0".to_owned())];
    if points.iter().any(|p| p.2.is_some()) {
        legend.push(("required".into(), "f1".into()));
        legend.push(("short".into(), "short".into()));
    }
    Some(Figure {
        id: ident("agents", index + 1),
        title: titled(run, s, "Agents required against agents on duty"),
        caption: format!(
            "Required is the smallest number that meets the targets of the topics with the contacts that the model expects, whoever is on duty. \
             In {} of the {} times of the week more agents are required than are on duty.{}",
            short_of,
            points.len(),
            short_pools(s)
        ),
        canvas,
        legend,
        table: None,
    })
}

/// Which pools are short for themselves, where that is not the same as everything.
fn short_pools(s: &Played) -> String {
    if s.pools.len() < 2 {
        return String::new();
    }
    let each = s.pools.iter().filter_map(|p| {
        let slice = format!("pool={}", p.name);
        let short = |w: &&WeekPoint| {
            let both = w.agents_required.zip(w.agents_on_duty);
            w.slice == slice && both.is_some_and(|(r, d)| r > d + 0.5)
        };
        let n = s.week.iter().filter(short).count();
        (n > 0).then(|| format!("{} in {n}", p.name))
    });
    let each: Vec<String> = each.collect();
    match each.is_empty() {
        true => " No pool is short for itself.".into(),
        false => format!(" Pool by pool it is: {}.", each.join(", ")),
    }
}

/// The week as a table, of everything.
fn table(run: &Run, s: &Played, index: usize) -> String {
    let rows: Vec<Vec<Cell>> = all(s)
        .map(|w| {
            vec![
                Cell::text(&format!("{} {}", w.weekday, w.begin)),
                Cell::maybe(w.per_hour, |v| value(v, Kind::Plain)),
                Cell::maybe(w.sl_net, |v| value(v, Kind::Fraction)),
                Cell::maybe(w.mean_wait, |v| write(v, Kind::Seconds)),
                Cell::maybe(w.agents_on_duty, |v| value(v, Kind::Plain)),
                Cell::maybe(w.agents_required, |v| value(v, Kind::Plain)),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let header = [
        "time",
        "visits an hour",
        "service level",
        "mean wait",
        "on duty",
        "required",
    ];
    let title = titled(run, s, "The typical week");
    let table = Table {
        id: ident("week-table", index + 1),
        caption: title.clone(),
        header: header.map(String::from).to_vec(),
        rows,
    };
    table.folded(&format!("{title}, as a table"))
}
