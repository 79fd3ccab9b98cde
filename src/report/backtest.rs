//! A scenario beside recorded days, in words.

use super::drift::changes;
use super::quantity::{Kind, Shown, value};
use super::terminal::lines::{filled, item};
use super::terminal::{Layout, TextTable};
use super::words::counted;
use crate::calibrate::{Backtest, Check, What};

pub(super) fn kind(what: What) -> Kind {
    match what {
        What::Volume => Kind::Plain,
        What::Wait => Kind::Seconds,
        _ => Kind::Fraction,
    }
}

fn shown(x: Option<f64>, kind: Kind) -> Shown {
    x.map_or_else(Shown::dash, |x| Shown::plain(value(x, kind)))
}

/// The verdict first, then by measure what was recorded and predicted.
pub fn backtest_text(b: &Backtest, layout: Layout) -> String {
    let mut text = filled(&verdict(b), layout);
    text.push('\n');
    text += &volume_table(b, layout);
    if !b.service.is_empty() {
        text.push('\n');
        text += &service_table(b, layout);
        let agents = match b.agents_recorded {
            true => "contacts and agents as recorded",
            false => "contacts as recorded, agents of the scenario",
        };
        let formula = match &b.erlang {
            Some(fit) => format!(
                " Erlang A: the same contacts and agents, {:.0} s of work and {:.0} s of patience as fitted to the {} before, and {} of the agents, with whom its mean wait was right on these.",
                fit.service_s,
                fit.patience_s,
                counted(b.before, "day"),
                value(fit.available, Kind::Fraction)
            ),
            None => String::new(),
        };
        let closed = match b.closed {
            0 => String::new(),
            n => format!(
                " {} left out, during a part of which nobody was on duty.",
                counted(n, "interval")
            ),
        };
        text += &filled(
            &format!(
                "Simulated with {agents}.{closed} Error: mean distance of the mean of the replications from what was recorded.{formula}"
            ),
            layout,
        );
    }
    if b.drift.compared > 0 {
        text += &filled("\nWhat has changed since the days before:", layout);
    }
    for sentence in changes(&b.drift) {
        text += &item(&sentence, layout);
    }
    text
}

/// One sentence: whether the scenario predicts these days.
pub fn verdict(b: &Backtest) -> String {
    let (first, last) = b.dates;
    let covered = |checks: &[Check], by_day: bool| {
        checks
            .iter()
            .find(|c| c.by_day == by_day)
            .and_then(Check::coverage)
    };
    let percent = |x: f64| format!("{:.0} %", 100.0 * x);
    let mut parts = Vec::new();
    for (name, checks) in [("of the scenario", &b.volume), ("one day ahead", &b.ahead)] {
        if let Some((days, intervals)) = covered(checks, true).zip(covered(checks, false)) {
            parts.push(format!(
                "bands of 90 % for the volume {name} hold {} of the days and {} of the intervals",
                percent(days),
                percent(intervals)
            ));
        }
    }
    if let Some(wait) = b.check(What::Wait, false) {
        let (recorded, simulated, _) = &b.totals;
        let both = What::Wait.of(recorded).zip(What::Wait.of(simulated));
        if let Some((recorded, simulated)) = both {
            parts.push(format!(
                "customers wait {} where {} were recorded",
                value(simulated, Kind::Seconds),
                value(recorded, Kind::Seconds)
            ));
        }
        if let Some((ours, theirs)) = wait.errors_beside() {
            parts.push(format!(
                "by interval the mean wait is off by {}, by Erlang A by {}",
                value(ours, Kind::Seconds),
                value(theirs, Kind::Seconds)
            ));
        }
    }
    format!(
        "{first} to {last}, {}: {}.",
        counted(b.days, "day"),
        parts.join("; ")
    )
}

fn volume_table(b: &Backtest, layout: Layout) -> String {
    let rows: Vec<(&str, &Check)> = [
        ("of the scenario", &b.volume),
        ("one day ahead", &b.ahead),
        ("independent days", &b.independent),
    ]
    .into_iter()
    .flat_map(|(name, checks)| checks.iter().map(move |c| (name, c)))
    .collect();
    let names = rows.iter().map(|(name, c)| {
        let by = if c.by_day { "days" } else { "intervals" };
        format!("{name}, {by}")
    });
    let fraction = |x: Option<f64>| shown(x, Kind::Fraction);
    let number = |x: Option<f64>| x.map_or_else(Shown::dash, |x| Shown::plain(format!("{x:.1}")));
    TextTable::new("volume", names)
        .column("within\nthe band", 0, &rows, |r| fraction(r.1.coverage()))
        .column("width of\nthe band", 1, &rows, |r| {
            fraction(r.1.relative_width())
        })
        .column("error", 2, &rows, |r| number(r.1.error()))
        .column("error of\nlast year", 3, &rows, |r| {
            number(r.1.errors_beside().map(|e| e.1))
        })
        .without_empty()
        .render(layout)
        .0
}

fn service_table(b: &Backtest, layout: Layout) -> String {
    let measures: Vec<What> = What::ALL
        .into_iter()
        .filter(|&w| w != What::Volume && b.check(w, false).is_some())
        .collect();
    let (recorded, simulated, formula) = &b.totals;
    let names = measures.iter().map(|w| w.words());
    let coverage = |w: &What, by_day| {
        shown(
            b.check(*w, by_day).and_then(Check::coverage),
            Kind::Fraction,
        )
    };
    let error = |w: &What| {
        let check = b.check(*w, false);
        shown(check.and_then(Check::error), kind(*w))
    };
    let beside = |w: &What| {
        let check = b.check(*w, false).and_then(Check::errors_beside);
        shown(check.map(|e| e.1), kind(*w))
    };
    TextTable::new("service", names)
        .column("recorded", 0, &measures, |w| {
            shown(w.of(recorded), kind(*w))
        })
        .column("simulated", 1, &measures, |w| {
            shown(w.of(simulated), kind(*w))
        })
        .column("Erlang A", 2, &measures, |w| {
            shown(formula.as_ref().and_then(|f| w.of(f)), kind(*w))
        })
        .column("days\nwithin", 5, &measures, |w| coverage(w, true))
        .column("intervals\nwithin", 6, &measures, |w| coverage(w, false))
        .column("error by\ninterval", 3, &measures, error)
        .column("Erlang A's\nerror", 4, &measures, beside)
        .without_empty()
        .render(layout)
        .0
}
