//! The plan of agents that was found: in sentences, what it costs, and each pool over time.

use super::axes::{Axis, Plot};
use super::canvas::{Canvas, Spot, fill, stroke};
use super::figure::Figure;
use super::markup::{Cell, Rows, prose, sentences};
use super::page::{Block, titled};
use crate::measure::name_of;
use crate::report::mixes::mix_name;
use crate::report::quantity::{Kind, plain, rounded, value};
use crate::report::staffing::{goal_text, plan_sentences, reasons_note, tightest_promises};
use crate::results::{MixRow, Planned, Played, Run, StaffingRow, mix_rows};
use jiff::civil::{DateTime, Weekday};
use maud::html;

/// Of a longer time the week of the tightest promise is drawn.
const MOST_DAYS: f64 = 8.0;
const WEEK: f64 = 7.0;
const HOURS: f64 = 24.0;

pub(super) fn part(run: &Run) -> Vec<Block> {
    let planned = (1..).zip(&run.scenarios);
    let planned = planned.filter_map(|(n, s)| Some((n, s, s.plan.as_ref()?)));
    let plans = planned.flat_map(|(n, s, plan)| of_plan(run, n, s, plan));
    mixes(run).into_iter().chain(plans).collect()
}

/// The mixes of pools that were searched, the cheapest first.
fn mixes(run: &Run) -> Vec<Block> {
    let rows = mix_rows(run);
    let (Some(first), Some(scenario)) = (rows.first(), run.scenarios.first()) else {
        return Vec::new();
    };
    let name = |r: &MixRow| mix_name(&rows, r);
    let (found, others): (Vec<&MixRow>, Vec<&MixRow>) = rows.iter().partition(|r| r.why.is_empty());
    let others: Vec<String> = others
        .iter()
        .map(|r| format!("{}: {}.", name(r), r.why))
        .collect();
    let table = Rows::of(&found)
        .column("mix", |r| Cell::text(name(r)))
        .column(format!("cost, {}", scenario.currency), |r| {
            Cell::value(r.cost_total, Kind::Plain)
        })
        .column("more than the first found", |r| {
            Cell::value(r.difference, Kind::Plain)
        })
        .column(name_of(first.measure), |r| {
            Cell::value(r.value, Kind::Fraction)
        })
        .column("on the frontier", |r| Cell::yes(r.on_frontier))
        .column("plan", |r| Cell::text(r.plan.clone().unwrap_or_default()));
    let title = "Mixes of pools: the cheapest plan of each, on the same fresh replications";
    let table = table.table("mixes", title).html();
    let others = (!others.is_empty()).then(|| sentences("Other mixes", None, &others));
    [table].into_iter().chain(others).map(Block::from).collect()
}

fn of_plan(run: &Run, n: usize, s: &Played, plan: &Planned) -> Vec<Block> {
    let mut about = plan_sentences(plan);
    let tightest = about.pop().unwrap_or_default();
    let goal = titled(run, s, &format!("Promised: {}", goal_text(plan)));
    let text = html! {
        (sentences(&goal, None, &about))
        article {
            h3 { (tightest) }
            ol {
                @for told in tightest_promises(plan) {
                    li {
                        (prose(&told.promise))
                        ul { @for reason in &told.reasons { li { (prose(reason)) } } }
                    }
                }
            }
            @if let Some(note) = reasons_note(plan) { p class="soft" { (note) } }
        }
    };
    let mut blocks = vec![text.into(), costs(run, n, s, plan).into()];
    let shown = Shown::new(s, plan);
    for (p, pool) in (1..).zip(&plan.pools) {
        let id = format!("plan-{n}-{p}");
        blocks.extend(over_time(run, id, s, &shown, &pool.pool).map(Block::from));
    }
    if !plan.shifts.is_empty() {
        let rows = Rows::of(&plan.shifts)
            .column("shift", |r| Cell::text(&r.shift))
            .column("pool", |r| Cell::text(&r.pool))
            .column("days", |r| Cell::text(&r.days))
            .column("start", |r| Cell::text(&r.start))
            .column("minutes", |r| Cell::value(r.minutes, Kind::Plain))
            .column("breaks", |r| Cell::text(&r.breaks))
            .column("people", |r| Cell::value(f64::from(r.people), Kind::Plain));
        let title = titled(run, s, "The shifts that somebody works");
        blocks.push(rows.table(format!("shifts-{n}"), title).html().into());
    }
    blocks
}

/// What the plan costs beside others, as bars.
fn costs(run: &Run, n: usize, s: &Played, plan: &Planned) -> Figure {
    let all = [
        ("the plan", Some(plan.cost)),
        ("plan of the file", Some(plan.cost_in_file)),
        ("required", plan.cost_required),
        ("cover by shifts", plan.cost_of_cover),
    ];
    let known = all
        .into_iter()
        .filter_map(|(name, cost)| Some((name, cost?)));
    let known: Vec<(&str, f64)> = known.collect();
    let most = known.iter().map(|k| k.1).fold(0.0, f64::max);
    let x = Axis::up_to(format!("cost, {}", plan.unit), most);
    let names = known.iter().map(|k| k.0);
    let (mut canvas, plot) = Plot::rows(30.0, 130.0, &x, "", names);
    for (i, (name, cost)) in known.iter().enumerate() {
        let (left, y) = plot.at(0.0, i as f64 + 0.5);
        let class = fill(if i == 0 { 0 } else { 6 });
        let tip = format!("{name}\n{} {}", plain(*cost), plan.unit);
        canvas.rect((left, y - 9.0), (plot.x(*cost) - left, 18.0), &class, &tip);
    }
    let rows = Rows::of(&known)
        .column("", |k| Cell::text(k.0))
        .column(format!("cost, {}", plan.unit), |k| {
            Cell::value(k.1, Kind::Plain)
        });
    let title = titled(run, s, "What the plan costs");
    let cover = match plan.cost_of_cover {
        Some(_) => " Shifts that cover it cost more.",
        None => "",
    };
    let caption = format!(
        "Of the people that are decided on. What the formula requires is priced by the interval, as if people came for just that.{cover}"
    );
    Figure::new(format!("plan-{n}-costs"), title, caption, canvas)
        .table("What the plan costs", rows)
}

/// Rows of the plan with their places in time, in days from the first midnight that is drawn.
struct Shown<'a> {
    rows: Vec<(&'a StaffingRow, f64)>,
    first: DateTime,
    days: f64,
    whole: bool,
}

/// The moment of a row in days from a midnight.
fn days_from(first: DateTime, at: DateTime) -> f64 {
    first.duration_until(at).as_secs_f64() / 86_400.0
}

fn moment(row: &StaffingRow) -> Option<DateTime> {
    format!("{}T{}", row.date, row.time).parse().ok()
}

impl<'a> Shown<'a> {
    fn new(s: &Played, plan: &'a Planned) -> Self {
        // Slots of a week that ends later are rows too.
        let end: Option<DateTime> = s.ends().1.parse().ok();
        let rows = plan.intervals.iter();
        let rows: Vec<(&StaffingRow, DateTime)> = rows
            .filter_map(|r| Some((r, moment(r)?)))
            .filter(|r| end.is_none_or(|end| r.1 < end))
            .collect();
        let midnight = |at: DateTime| at.date().to_datetime(jiff::civil::Time::midnight());
        let first = rows
            .iter()
            .map(|r| r.1)
            .min()
            .map_or(DateTime::ZERO, midnight);
        let last = rows.iter().map(|r| r.1).max().unwrap_or(first);
        let whole = days_from(first, last) <= MOST_DAYS;
        let binds = rows.iter().filter(|r| r.0.tightest.is_some());
        let tightest = binds.min_by_key(|r| r.0.tightest);
        let (first, days) = match whole {
            true => (first, libm::ceil(days_from(first, last) + 1e-6)),
            false => {
                let about = midnight(tightest.map_or(first, |r| r.1)).date();
                let monday = about
                    .tomorrow()
                    .and_then(|d| d.nth_weekday(-1, Weekday::Monday));
                (
                    monday.map_or(first, |d| {
                        midnight(d.to_datetime(jiff::civil::Time::midnight()))
                    }),
                    WEEK,
                )
            }
        };
        let placed = rows.into_iter().map(|(r, at)| (r, days_from(first, at)));
        Self {
            rows: placed.filter(|r| (0.0..days).contains(&r.1)).collect(),
            first,
            days,
            whole,
        }
    }

    /// The axis: hours of one day, else days.
    fn axis(&self) -> Axis {
        if self.days <= 1.0 {
            let hours = (0..=8).map(|i| (f64::from(i * 3) / HOURS, format!("{:02}:00", i * 3)));
            return Axis::names("time of day", (0.0, 1.0), hours);
        }
        let days = self.first.date().series(jiff::Span::new().days(1));
        let names = days.take(self.days as usize);
        let mut axis = Axis::steps("day", names.map(|d| d.strftime("%a %-d %b").to_string()));
        axis.lines = (1..self.days as u32).map(f64::from).collect();
        axis
    }
}

/// A pool over time: planned, required and in the file, and where promises bind.
fn over_time(run: &Run, id: String, s: &Played, shown: &Shown<'_>, pool: &str) -> Option<Figure> {
    let rows = shown.rows.iter().filter(|r| r.0.pool == pool);
    let rows: Vec<(&StaffingRow, f64)> = rows.copied().collect();
    let width = s.interval_seconds / 86_400.0;
    // A row holds until the next one, the last for an interval; without agents and requirement the pool is closed.
    let ends = rows.iter().skip(1).map(|r| r.1);
    let last = rows.last().map_or(0.0, |r| (r.1 + width).min(shown.days));
    let spans = rows.iter().zip(ends.chain([last]));
    let open: Vec<(&StaffingRow, f64, f64)> = spans
        .map(|((row, from), to)| (*row, *from, to))
        .filter(|(row, ..)| row.on_duty > 0.0 || row.required.is_some() || row.in_file > 0.0)
        .collect();
    let required = |r: &StaffingRow| r.required.map(f64::from);
    let tallest = |r: &StaffingRow| r.on_duty.max(r.in_file).max(required(r).unwrap_or(0.0));
    let most = open.iter().map(|o| tallest(o.0)).fold(0.0, f64::max);
    if open.is_empty() {
        return None;
    }
    let y = Axis::up_to("agents on duty", most);
    let (mut canvas, plot) = Plot::new(310.0, [46.0, 26.0, 50.0, 60.0], &shown.axis(), &y);
    let steps = |of: &dyn Fn(&StaffingRow) -> Option<f64>| -> Vec<Vec<Spot>> {
        let step = |(row, from, to): &(&StaffingRow, f64, f64)| {
            let y = of(row)?;
            Some([plot.at(*from, y), plot.at(*to, y)])
        };
        let known: Vec<[Spot; 2]> = open.iter().filter_map(step).collect();
        let lines = known.chunk_by(|one, next| next[0].0 - one[1].0 <= 0.5);
        lines.map(|line| line.concat()).collect()
    };
    for line in steps(&|r| Some(r.on_duty)) {
        let ends = [line[line.len() - 1].0, line[0].0].map(|x| (x, plot.bottom));
        let area: Vec<Spot> = line.iter().copied().chain(ends).collect();
        canvas.area(&area, &format!("band {}", fill(0)));
        canvas.polyline(&line, &stroke(0));
    }
    draw(&mut canvas, &steps(&|r| Some(r.in_file)), &stroke(6));
    draw(&mut canvas, &steps(&required), &(stroke(1) + " dash"));
    for (row, from, to) in &open {
        if let Some(nth) = row.tightest {
            let x = 0.5 * (plot.x(*from) + plot.x(*to));
            canvas.line((x, plot.top), (x, plot.bottom), "event");
            canvas.circle(
                (x, plot.top - 2.0),
                9.0,
                "badge",
                &format!("The promise with number {nth} binds here."),
            );
            canvas.text((x, plot.top + 2.0), "on", nth.to_string());
        }
        let (a, b) = (plot.x(*from), plot.x(*to));
        canvas.rect(
            (a, plot.top),
            (b - a, plot.bottom - plot.top),
            "see",
            &tip(row),
        );
    }
    let table = Rows::of(&open)
        .column("time", |o| Cell::text(format!("{} {}", o.0.date, o.0.time)))
        .column("required", |o| Cell::value(required(o.0), Kind::Plain))
        .column("planned", |o| Cell::value(o.0.on_duty, Kind::Plain))
        .column("slack", |o| Cell::value(o.0.slack, Kind::Plain))
        .column("in the file", |o| Cell::value(o.0.in_file, Kind::Plain))
        .column("topic", |o| Cell::text(&o.0.topic))
        .column("in time", |o| Cell::new(level(o.0), o.0.sl_net))
        .column("target", |o| Cell::value(o.0.target, Kind::Fraction))
        .column("met", |o| Cell::value(o.0.target_met, Kind::Fraction));
    let legend = [
        ("planned", fill(0)),
        ("required", fill(1)),
        ("in the file", fill(6)),
    ];
    let title = titled(run, s, &format!("Agents of {pool}: planned and required"));
    Some(
        Figure::new(id, title, caption(shown, &open), canvas)
            .legend(legend)
            .table(
                "Interval by interval, with the tightest target of each",
                table,
            ),
    )
}

fn draw(canvas: &mut Canvas, lines: &[Vec<Spot>], class: &str) {
    lines.iter().for_each(|line| canvas.polyline(line, class));
}

/// The level of the tightest topic with its confidence interval.
fn level(row: &StaffingRow) -> String {
    let Some(level) = row.sl_net else {
        return "–".into();
    };
    let shown = rounded(level, row.ci_low.zip(row.ci_high), Kind::Fraction);
    format!("{} {}", shown.value, shown.spread.unwrap_or_default())
}

fn tip(row: &StaffingRow) -> String {
    let required = row.required.map(|n| format!("\nrequired: {n}"));
    let topic = match row.topic.as_str() {
        "" => String::new(),
        topic => format!("\n{topic} in time: {}", level(row)),
    };
    let target = row
        .target
        .map(|t| format!(" of {}", value(t, Kind::Fraction)));
    format!(
        "{} {}\nplanned: {}{}\nin the file: {}{topic}{}",
        row.date,
        row.time,
        plain(row.on_duty),
        required.unwrap_or_default(),
        plain(row.in_file),
        target.unwrap_or_default()
    )
}

fn caption(shown: &Shown<'_>, open: &[(&StaffingRow, f64, f64)]) -> String {
    let slack = || open.iter().filter_map(|o| o.0.slack);
    let (fewer, more) = (
        slack().filter(|s| *s < 0.0).count(),
        slack().filter(|s| *s > 0.0).count(),
    );
    let least = slack().fold(0.0, f64::min);
    let mut text = format!(
        "In {fewer} of {} intervals the plan has fewer agents than the formula requires{}, in {more} it has more. The topic in the table \
         is the one with least to spare, with its level on fresh replications.",
        open.len(),
        match least < 0.0 {
            true => format!(" ({} at most)", plain(-least)),
            false => String::new(),
        }
    );
    if open.iter().any(|o| o.0.tightest.is_some()) {
        text += " Numbers: where the tightest promises bind.";
    }
    if !shown.whole {
        text += " This is the week of the tightest promise; staffing.csv has the whole time.";
    }
    text
}
