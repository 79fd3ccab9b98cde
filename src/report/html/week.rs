//! A typical week: service level and wait as heat maps, agents required against agents on duty.

use super::axes::{Axis, Plot, extent};
use super::canvas::{Spot, fill, stroke};
use super::figure::Figure;
use super::markup::{Cell, Rows};
use super::page::{Block, each_scenario, titled};
use crate::report::findings::weekday;
use crate::report::quantity::{Kind, plain, value};
use crate::report::words::listed;
use crate::results::{Played, Run, WEEKDAYS, WeekPoint};
use maud::Markup;

const MINUTES_OF_DAY: u32 = 24 * 60;
/// Fewer times of the week make no figure.
const LEAST_TIMES: usize = 4;

/// A measure as a heat map.
struct Heat {
    id: &'static str,
    title: &'static str,
    get: fn(&WeekPoint) -> Option<f64>,
    kind: Kind,
    /// Limits between its classes, from calm to hot.
    limits: [f64; 6],
    /// Its classes in words.
    classes: [&'static str; 7],
}

impl Heat {
    /// Class of a value, 0 calm to 6 hot: a share is hot below a limit, a wait above it.
    fn class(&self, x: f64) -> usize {
        let passed = |limit: &&f64| match self.kind {
            Kind::Fraction => x < **limit,
            _ => x >= **limit,
        };
        self.limits.iter().filter(passed).count()
    }
}

const HEATS: [Heat; 2] = [
    Heat {
        id: "level",
        title: "Service level by time of the week",
        get: |w| w.sl_net,
        kind: Kind::Fraction,
        limits: [0.99, 0.95, 0.9, 0.8, 0.65, 0.5],
        classes: [
            "99 % or more",
            "95 to 99 %",
            "90 to 95 %",
            "80 to 90 %",
            "65 to 80 %",
            "50 to 65 %",
            "below 50 %",
        ],
    },
    Heat {
        id: "wait",
        title: "Mean wait by time of the week",
        get: |w| w.mean_wait,
        kind: Kind::Seconds,
        limits: [5.0, 15.0, 30.0, 60.0, 120.0, 300.0],
        classes: [
            "under 5 s",
            "5 to 15 s",
            "15 to 30 s",
            "30 to 60 s",
            "1 to 2 min",
            "2 to 5 min",
            "5 min or more",
        ],
    },
];

pub(super) fn part(run: &Run) -> Vec<Block> {
    let map = |heat: &'static Heat| {
        each_scenario(run, heat.id, heat.title, |s, id, title| {
            heat_map(s, heat, id, title)
        })
    };
    let mut out: Vec<Block> = HEATS.iter().flat_map(map).collect();
    let title = "Agents required against agents on duty";
    out.extend(each_scenario(run, "agents", title, |s, id, title| {
        let table = table(s, format!("{id}-week"), titled(run, s, "The typical week"));
        let figure = agents(s, id, title).map(Block::from);
        figure.into_iter().chain(table.map(Block::from))
    }));
    out
}

/// A value of the map; a wait of milliseconds is none.
fn write(x: f64, kind: Kind) -> String {
    match kind {
        Kind::Seconds if x < 0.1 => "0 s".into(),
        kind => value(x, kind),
    }
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
    let (day, hour, minute) = (weekday(&w.weekday), end / 60, end % 60);
    format!("{day} {}–{hour:02}:{minute:02}", w.begin)
}

fn heat_map(s: &Played, heat: &Heat, id: String, title: String) -> Option<Figure> {
    let points = s.whole_week().filter_map(|w| Some((w, (heat.get)(w)?)));
    let points: Vec<(&WeekPoint, f64)> = points.collect();
    if points.len() < LEAST_TIMES {
        return None;
    }
    let row = 27.0;
    let hours = (0..=8).map(|i| (f64::from(i * 3), format!("{:02}:00", i * 3)));
    let x = Axis::names("time of day", (0.0, 24.0), hours);
    let y = Axis::steps("weekday", WEEKDAYS).reversed();
    let (mut canvas, plot) = Plot::new(84.0 + 7.0 * row, [34.0, 26.0, 50.0, 62.0], &x, &y);
    for (w, x) in &points {
        let per_hour = w.per_hour.map_or(String::new(), |n| {
            format!("\n{} want a person an hour", plain(n))
        });
        let tip = format!("{}\n{}{per_hour}", when(w), write(*x, heat.kind));
        let hour = |minutes: u32| f64::from(minutes) / 60.0;
        let corner = plot.at(hour(minute(w)), day(w) as f64);
        let width = plot.x(hour(minute(w) + w.minutes)) - corner.0;
        let class = format!("h{}", heat.class(*x));
        canvas.rect(corner, (width - 0.8, row - 1.2), &class, &tip);
    }
    let (least, most) = extent(points.iter().map(|p| p.1));
    let (hot, calm) = match heat.kind {
        Kind::Fraction => (least, most),
        _ => (most, least),
    };
    let first = |x: f64| points.iter().find(|p| p.1 == x);
    let (hot, calm) = (first(hot)?, first(calm)?);
    let caption = format!(
        "Each field is one time of the week, over all weeks and replications; the darker a field, the worse (in dark colours: the brighter). From {} ({}) to {} ({}).",
        write(hot.1, heat.kind),
        when(hot.0),
        write(calm.1, heat.kind),
        when(calm.0)
    );
    let legend = heat.classes.into_iter().zip((0..).map(|i| format!("h{i}")));
    Some(Figure::new(id, title, caption, canvas).legend(legend))
}

/// A time of the week: agents on duty, and required where that is known.
type Shift<'a> = (&'a WeekPoint, f64, Option<f64>);

/// Whether more agents are required than are on duty; half an agent is nobody.
fn is_short(required: Option<f64>, on_duty: f64) -> bool {
    required.is_some_and(|r| r > on_duty + 0.5)
}

fn agents(s: &Played, id: String, title: String) -> Option<Figure> {
    let shift = |w| -> Option<Shift<'_>> { Some((w, w.agents_on_duty?, w.agents_required)) };
    let points: Vec<Shift<'_>> = s.whole_week().filter_map(shift).collect();
    if points.len() < LEAST_TIMES {
        return None;
    }
    let larger = |p: &Shift<'_>| p.1.max(p.2.unwrap_or(0.0));
    let most = points.iter().map(larger).fold(0.0, f64::max);
    let mut x = Axis::steps("time of the week", WEEKDAYS);
    x.lines = (1..7).map(f64::from).collect();
    let y = Axis::up_to("agents", most);
    let (mut canvas, plot) = Plot::new(310.0, [40.0, 12.0, 50.0, 60.0], &x, &y);
    // Left and right end of a time.
    let span = |w: &WeekPoint| {
        let days = |minutes: u32| f64::from(minutes) / f64::from(MINUTES_OF_DAY);
        let from = day(w) as f64 + days(minute(w));
        (plot.x(from), plot.x(from + days(w.minutes)))
    };
    // Steps; a time that does not occur breaks the line.
    let steps = |value: fn(&Shift<'_>) -> Option<f64>| -> Vec<Vec<Spot>> {
        let step = |p: &Shift<'_>| {
            let ((a, b), y) = (span(p.0), plot.y(value(p)?));
            Some([(a, y), (b, y)])
        };
        let known: Vec<[Spot; 2]> = points.iter().filter_map(step).collect();
        let lines = known.chunk_by(|one, next| next[0].0 - one[1].0 <= 0.5);
        lines.map(|line| line.concat()).collect()
    };
    for line in steps(|p| Some(p.1)) {
        let ends = [line[line.len() - 1].0, line[0].0].map(|x| (x, plot.bottom));
        let area: Vec<Spot> = line.iter().copied().chain(ends).collect();
        canvas.area(&area, &format!("band {}", fill(0)));
        canvas.polyline(&line, &stroke(0));
    }
    let short = points.iter().filter(|p| is_short(p.2, p.1));
    for (w, on_duty, required) in short.clone() {
        let ((a, b), top) = (span(w), plot.y(required.unwrap_or(0.0)));
        canvas.rect((a, top), (b - a, plot.y(*on_duty) - top), "short", "");
    }
    for line in steps(|p| p.2) {
        canvas.polyline(&line, &(stroke(1) + " dash"));
    }
    for (w, on_duty, required) in &points {
        let required = required.map(|r| format!("\nrequired: {}", plain(r)));
        let required = required.unwrap_or_default();
        let tip = format!("{}\non duty: {}{required}", when(w), plain(*on_duty));
        let (a, b) = span(w);
        canvas.rect((a, plot.top), (b - a, plot.bottom - plot.top), "see", &tip);
    }
    let mut legend = vec![("on duty", fill(0))];
    if points.iter().any(|p| p.2.is_some()) {
        legend.extend([("required", fill(1)), ("short", "short".into())]);
    }
    let caption = format!(
        "Required is the smallest number that meets the targets of the topics with the contacts that the model expects, whoever is on duty. \
         In {} of the {} times of the week more agents are required than are on duty.{}",
        short.count(),
        points.len(),
        short_pools(s)
    );
    Some(Figure::new(id, title, caption, canvas).legend(legend))
}

/// Which pools are short for themselves, where that is not the same as everything.
fn short_pools(s: &Played) -> String {
    if s.pools.len() < 2 {
        return String::new();
    }
    let each = s.pools.iter().filter_map(|p| {
        let slice = format!("pool={}", p.name);
        let short = |w: &&WeekPoint| {
            let on_duty = w.agents_on_duty.filter(|_| w.slice == slice);
            on_duty.is_some_and(|on_duty| is_short(w.agents_required, on_duty))
        };
        let n = s.week.iter().filter(short).count();
        (n > 0).then(|| format!("{} in {n}", p.name))
    });
    match listed(" Pool by pool it is: ", each, ".") {
        none if none.is_empty() => " No pool is short for itself.".into(),
        text => text,
    }
}

/// The week as a table, of everything.
fn table(s: &Played, id: String, title: String) -> Option<Markup> {
    let rows = Rows::of(s.whole_week())
        .column("time", |w| Cell::text(format!("{} {}", w.weekday, w.begin)))
        .column("visits an hour", |w| Cell::value(w.per_hour, Kind::Plain))
        .column("service level", |w| Cell::value(w.sl_net, Kind::Fraction))
        .column("mean wait", |w| {
            Cell::written(w.mean_wait, |v| write(v, Kind::Seconds))
        })
        .column("on duty", |w| Cell::value(w.agents_on_duty, Kind::Plain))
        .column("required", |w| Cell::value(w.agents_required, Kind::Plain));
    let table = rows.table(id, &title);
    (!table.rows.is_empty()).then(|| table.folded(&format!("{title}, as a table")))
}
