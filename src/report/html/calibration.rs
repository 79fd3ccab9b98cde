//! The page of a calibration, and of recorded days beside predicted ones.

use super::axes::{Axis, Plot, extent, tick};
use super::canvas::{Spot, fill, stroke};
use super::figure::Figure;
use super::markup::{Cell, Rows, sentences};
use super::page::{Block, Page};
use crate::calibrate::{Backtest, Check, Fit, Patience, Sure, What, date};
use crate::report::backtest::{kind, verdict};
use crate::report::calibration::{assistants, bands, demand_rows, notes, repeats_rows};
use crate::report::drift::changes;
use crate::report::handle::differences;
use crate::report::quantity::Kind;
use maud::html;

const FOOT: &str = "Made by handover from a log and a scenario alone. What is fitted has confidence intervals of 95 %; a band of what is \
    predicted is made to hold nine of ten recorded values.";

/// The page of a fit, of days held against it, or of both.
pub fn calibration_page(
    fit: Option<(&Fit, &[Sure])>,
    backtest: Option<&Backtest>,
    title: &str,
) -> Page {
    let version = env!("CARGO_PKG_VERSION");
    let mut page = Page::new(title.to_owned(), version).foot(FOOT);
    if let Some(b) = backtest {
        page = page
            .part(
                "Asked",
                "Does it predict?",
                vec![sentences("On days that were held out", None, &[verdict(b)]).into()],
            )
            .part("Days", "Day by day", days(b))
            .part("Hours", "Over the day", hours(b))
            .part("Errors", "How close", errors(b));
    }
    if let Some((fit, sure)) = fit {
        page = page
            .part("Sure", "How sure the next four weeks are", how_sure(sure))
            .part("Fitted", "What the log tells", fitted(fit))
            .part("Laws", "Work and patience", laws(fit))
            .part("Assumed", "What it does not tell", assumed(fit));
    }
    page
}

fn days(b: &Backtest) -> Vec<Block> {
    let checks = b.volume.iter().chain(&b.ahead).chain(&b.service);
    let mut seen = Vec::new();
    let of_days = checks.filter(|c| c.by_day).map(|c| {
        let again = seen.contains(&c.what);
        seen.push(c.what);
        let name = match (c.what, again) {
            (What::Volume, true) => "contacts, one day ahead".to_owned(),
            (what, _) => what.words().to_owned(),
        };
        band(b, c, &name).into()
    });
    of_days.collect()
}

/// Recorded days as points, what is predicted as a band.
fn band(b: &Backtest, check: &Check, name: &str) -> Figure {
    let kind = kind(check.what);
    let points = &check.points;
    let numbers = points.iter().flat_map(|p| [p.recorded, p.band.0, p.band.1]);
    let (_, most) = extent(numbers.chain([0.0]));
    let limit = if check.what.is_share() {
        1.0
    } else {
        f64::INFINITY
    };
    let y = Axis::numbers(name, (0.0, most), 5, kind, limit);
    let first = crate::calibrate::day(b.dates.0);
    let last = crate::calibrate::day(b.dates.1);
    let count = f64::from(last - first + 1);
    let step = libm::ceil(count / 8.0).max(1.0) as usize;
    let names = (0..count as usize).step_by(step).map(|d| {
        (
            d as f64 + 0.5,
            date(first + d as i32).strftime("%-d %b").to_string(),
        )
    });
    let x = Axis::names("", (0.0, count), names);
    let (mut canvas, plot) = Plot::new(240.0, [30.0, 16.0, 44.0, 70.0], &x, &y);
    let width = (plot.x(1.0) - plot.x(0.0)) * 0.7;
    for p in points {
        let day = date(first + p.number as i32);
        let tip = format!(
            "{day}: {} recorded, {} predicted, nine of ten {} to {}",
            tick(p.recorded, kind),
            tick(p.mean, kind),
            tick(p.band.0, kind),
            tick(p.band.1, kind)
        );
        let (left, top) = plot.at(p.number as f64 + 0.5, p.band.1);
        let height = plot.y(p.band.0) - top;
        canvas.rect(
            (left - width / 2.0, top),
            (width, height.max(1.0)),
            &format!("{} band", fill(0)),
            &tip,
        );
        canvas.circle(
            plot.at(p.number as f64 + 0.5, p.recorded),
            3.5,
            &fill(1),
            &tip,
        );
    }
    let covered = check.coverage().map_or_else(String::new, |c| {
        format!(" {:.0} % of the days lie within.", 100.0 * c)
    });
    let id = name.replace([' ', ','], "-");
    let rows = Rows::of(points.clone())
        .column("day", |p| {
            Cell::text(date(first + p.number as i32).to_string())
        })
        .column("recorded", |p| Cell::value(p.recorded, kind))
        .column("predicted", |p| Cell::value(p.mean, kind))
        .column("from", |p| Cell::value(p.band.0, kind))
        .column("to", |p| Cell::value(p.band.1, kind));
    Figure::new(
        format!("days-{id}"),
        capital(name),
        format!("Points: recorded days. Bars: nine of ten replications.{covered}"),
        canvas,
    )
    .table(name, rows)
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

/// The mean of all days by time of day: recorded, predicted, and by the simpler way.
fn hours(b: &Backtest) -> Vec<Block> {
    let all = b.volume.iter().chain(&b.service).filter(|c| !c.by_day);
    all.map(|c| of_day(b, c).into()).collect()
}

fn of_day(b: &Backtest, check: &Check) -> Figure {
    let kind = kind(check.what);
    let n = b.per_day;
    let mut sums = vec![([0.0; 3], [0.0; 3]); n];
    for p in &check.points {
        let sum = &mut sums[p.number % n];
        for (i, x) in [Some(p.recorded), Some(p.mean), p.simpler]
            .into_iter()
            .enumerate()
        {
            if let Some(x) = x {
                sum.0[i] += x;
                sum.1[i] += 1.0;
            }
        }
    }
    let mean = |s: &([f64; 3], [f64; 3]), i: usize| (s.1[i] > 0.0).then(|| s.0[i] / s.1[i]);
    let values = sums.iter().flat_map(|s| (0..3).filter_map(|i| mean(s, i)));
    let (_, most) = extent(values.chain([0.0]));
    let y = Axis::numbers(check.what.words(), (0.0, most), 5, kind, f64::INFINITY);
    let hour = |i: usize| i as f64 * 24.0 / n as f64;
    let x = Axis::names(
        "time of day",
        (0.0, 24.0),
        (0..=24)
            .step_by(3)
            .map(|h| (f64::from(h), format!("{h:02}:00"))),
    );
    let (mut canvas, plot) = Plot::new(240.0, [30.0, 16.0, 50.0, 70.0], &x, &y);
    for i in [2, 1, 0] {
        let line: Vec<Spot> = sums
            .iter()
            .enumerate()
            .filter_map(|(k, s)| Some(plot.at(hour(k) + 12.0 / n as f64, mean(s, i)?)))
            .collect();
        canvas.polyline(&line, &stroke(i));
    }
    let beside = match check.what {
        What::Volume => "the year before",
        _ => "Erlang A",
    };
    let has_simpler = check.points.iter().any(|p| p.simpler.is_some());
    let names = ["recorded", "predicted", beside];
    let names = names.into_iter().take(if has_simpler { 3 } else { 2 });
    let words = check.what.words();
    let rows = Rows::of(sums.into_iter().enumerate().filter(|(_, s)| s.1[0] > 0.0))
        .column("time", move |(i, _)| {
            let minute = i * 1440 / n;
            Cell::text(format!("{:02}:{:02}", minute / 60, minute % 60))
        })
        .column("recorded", |(_, s)| Cell::value(mean(s, 0), kind))
        .column("predicted", |(_, s)| Cell::value(mean(s, 1), kind));
    Figure::new(
        format!("hours-{}", words.replace(' ', "-")),
        capital(words),
        "Mean of the days at each time of day, of those intervals in which somebody came.",
        canvas,
    )
    .series(names)
    .table(words, rows)
}

fn errors(b: &Backtest) -> Vec<Block> {
    let all: Vec<&Check> = b
        .volume
        .iter()
        .chain(&b.ahead)
        .chain(&b.independent)
        .chain(&b.service)
        .collect();
    let rows = Rows::of(all)
        .column("what", |c| {
            Cell::text(format!(
                "{}, by {}",
                c.what.words(),
                if c.by_day { "day" } else { "interval" }
            ))
        })
        .column("points", |c| {
            Cell::value(c.points.len() as f64, Kind::Plain)
        })
        .column("within the band", |c| {
            Cell::value(c.coverage(), Kind::Fraction)
        })
        .column("width of the band", |c| {
            Cell::value(c.relative_width(), Kind::Fraction)
        })
        .column("error", |c| Cell::value(c.error(), kind(c.what)))
        .column("error of the simpler way", |c| {
            Cell::value(c.errors_beside().map(|e| e.1), kind(c.what))
        });
    let table = rows.table("errors", "Volume: of the scenario, one day ahead, and if days were independent, in this order. Error: mean distance from what was recorded.");
    let changed = sentences(
        "What has changed since the days before",
        None,
        &changes(&b.drift),
    );
    vec![table.html().into(), changed.into()]
}

fn how_sure(sure: &[Sure]) -> Vec<Block> {
    let rows = Rows::of(sure.iter())
        .column("next four weeks", |s| Cell::text(s.what.words()))
        .column("mean", |s| Cell::value(s.mean, kind(s.what)))
        .column("nine of ten from", |s| Cell::value(s.band.0, kind(s.what)))
        .column("to", |s| Cell::value(s.band.1, kind(s.what)))
        .column("variance from not knowing", |s| {
            Cell::value(s.of_ignorance(), Kind::Fraction)
        });
    let caption = "Each draw of what is estimated, as uncertain as it is, is simulated twice: what differs within a draw is luck.";
    vec![
        rows.table("sure", caption).html().into(),
        sentences("Where the bands come from", None, &bands(sure)).into(),
    ]
}

fn fitted(fit: &Fit) -> Vec<Block> {
    let rows = Rows::of(demand_rows(fit))
        .column("demand", |r| Cell::text(r.0.clone()))
        .column("fitted", |r| Cell::text(r.1.value.clone()))
        .column("95% interval", |r| {
            Cell::text(r.1.spread.clone().unwrap_or_default())
        });
    let topics = Rows::of(fit.topics.iter())
        .column("topic", |t| Cell::text(t.name.clone()))
        .column("contacts", |t| Cell::value(t.contacts as f64, Kind::Plain))
        .column("mean work", |t| {
            Cell::value(
                t.work.as_ref().map_or(t.work_s, |w| w.mean_s),
                Kind::Seconds,
            )
        })
        .column("below 10 s", |t| {
            Cell::value(
                t.work
                    .as_ref()
                    .and_then(|w| Some(w.short.as_ref()?.share.value)),
                Kind::Fraction,
            )
        });
    let repeats = repeats_rows(fit);
    let any = !repeats.is_empty();
    let repeats = Rows::of(repeats)
        .column("after", |r| Cell::text(r.0.clone()))
        .column("contacts", |r| {
            Cell::value(r.1.contacts as f64, Kind::Plain)
        })
        .column("for the same", |r| {
            Cell::value(r.1.probability.value, Kind::Fraction)
        })
        .column("from", |r| Cell::value(r.1.probability.low, Kind::Fraction))
        .column("to", |r| Cell::value(r.1.probability.high, Kind::Fraction))
        .column("by chance", |r| Cell::value(r.1.by_chance, Kind::Fraction))
        .column("mean delay", |r| {
            Cell::value(r.1.delay.map(|d| d.value), Kind::Seconds)
        });
    let mut blocks = vec![
        rows.table("demand", format!("Contacts: {}", fit.source()))
            .html()
            .into(),
        topics.table("topics", "Topics").html().into(),
    ];
    let served = assistants(fit);
    if !served.is_empty() {
        let served = Rows::of(served)
            .column("topic", |r| Cell::text(r.0.name.clone()))
            .column("contacts", |r| {
                Cell::value(r.1.contacts as f64, Kind::Plain)
            })
            .column("ended by it", |r| Cell::value(r.1.resolved, Kind::Fraction))
            .column("mean time", |r| Cell::value(r.1.time_s, Kind::Seconds))
            .column("go straight to a person", |r| {
                Cell::value(r.1.past.0, Kind::Fraction)
            });
        let caption = "What the assistant did";
        blocks.push(served.table("assistant", caption).html().into());
    }
    if any {
        let caption = "Customers who come again within a week";
        blocks.push(repeats.table("repeats", caption).html().into());
    }
    blocks.push(sentences("How work differs", None, &differences(fit)).into());
    let changed = sentences("What changes within the log", None, &changes(&fit.drift));
    blocks.push(changed.into());
    blocks
}

fn laws(fit: &Fit) -> Vec<Block> {
    let mut blocks = Vec::new();
    let works = fit
        .topics
        .iter()
        .filter_map(|t| Some((t.name.clone(), &t.work.as_ref()?.laws)));
    let own = fit
        .topics
        .iter()
        .filter_map(|t| Some((format!("{}, patience", t.name), &t.patience.as_ref()?.laws)));
    let all = fit
        .patience
        .iter()
        .map(|p| ("patience of all".to_owned(), &p.laws));
    let laws = works.chain(own).chain(all);
    let each =
        laws.flat_map(|(name, choice)| choice.candidates.iter().map(move |c| (name.clone(), c)));
    let rows = Rows::of(each)
        .column("of", |(name, _)| Cell::text(name.clone()))
        .column("law", |(_, c)| Cell::text(c.fit.family.name()))
        .column("mean", |(_, c)| {
            Cell::value(c.fit.mean.value, Kind::Seconds)
        })
        .column("cv", |(_, c)| Cell::value(c.fit.cv.value, Kind::Plain))
        .column("lost a contact (log-likelihood)", |(_, c)| {
            Cell::value(c.loss, Kind::Plain)
        })
        .column("largest distance", |(_, c)| {
            Cell::value(c.distance.largest, Kind::Fraction)
        })
        .column("p-value", |(_, c)| {
            Cell::value(c.distance.p_value, Kind::Plain)
        });
    let caption = "Laws fitted to what was recorded, the best first, and how far each is from it. The scenario draws from what was recorded, not from these.";
    blocks.push(rows.table("laws", caption).html().into());
    blocks.extend(fit.patience.iter().map(|p| survival(p).into()));
    blocks
}

/// Who is still willing to wait.
fn survival(p: &Patience) -> Figure {
    let upto = p
        .values
        .get(p.values.len() * 9 / 10)
        .copied()
        .unwrap_or(1.0)
        .max(1.0);
    let x = Axis::numbers("seconds waited", (0.0, upto), 6, Kind::Plain, upto);
    let y = Axis::numbers("still waiting", (0.0, 1.0), 5, Kind::Fraction, 1.0);
    let (mut canvas, plot) = Plot::new(260.0, [30.0, 16.0, 50.0, 60.0], &x, &y);
    let points = 200;
    let at = |i: usize| upto * i as f64 / f64::from(points);
    let lines: [&dyn Fn(f64) -> Option<f64>; 2] = [
        &|t| match &p.tail {
            Some(tail) if t > tail.from => None,
            _ => Some(p.survival.survival(t)),
        },
        &|t| p.laws.best().map(|best| best.fit.law.survival(t)),
    ];
    for (i, line) in lines.iter().enumerate().rev() {
        let line: Vec<Spot> = (0..=points as usize)
            .filter_map(|k| Some(plot.at(at(k), line(at(k))?)))
            .collect();
        canvas.polyline(&line, &stroke(i));
    }
    let law = p
        .laws
        .best()
        .map_or("no law", |best| best.fit.family.name());
    let tail = p.tail.as_ref().map_or_else(String::new, |tail| {
        format!(
            " Beyond {:.0} s too few waited: the scenario goes on as customers left just before.",
            tail.from
        )
    });
    let rows = Rows::of((0..=20).map(|i| upto * f64::from(i) / 20.0))
        .column("seconds", |t| Cell::value(*t, Kind::Plain))
        .column("still waiting", |t| {
            Cell::value(p.survival.survival(*t), Kind::Fraction)
        });
    Figure::new("patience", "Patience", format!("Share of customers who would still wait, by Kaplan and Meier: who was answered had at least that patience.{tail}"), canvas)
        .series(["recorded".to_owned(), format!("{law}, fitted")])
        .table("patience", rows)
}

fn assumed(fit: &Fit) -> Vec<Block> {
    let seen = notes(fit);
    vec![
        html! {
            (sentences("Assumed, because the log cannot tell", Some("warn"), &fit.assumed))
            (sentences("Seen, and left as it is", None, &seen))
        }
        .into(),
    ]
}
