//! Cost against quality: points with their intervals, and those that no other one beats in both.

use super::markup::{Cell, Figure, Table};
use super::months::{COLOURS, short};
use super::svg::{Canvas, Plot, ticks};
use crate::measure::{List, name_of, ranked};
use crate::report::findings::money;
use crate::report::quantity::{Kind, value};
use crate::results::{Played, Run, SummaryRow};
use crate::stats::{Goal, frontier};

/// A point: lower end, mean and upper end of the interval of cost and of quality.
pub(super) struct Mark {
    /// What stands beside it; nothing where there are too many.
    pub(super) label: String,
    /// What is said of it when it is pointed at.
    pub(super) tip: String,
    pub(super) x: [f64; 3],
    pub(super) y: [f64; 3],
}

/// Points between a cost, of which less is better, and a quality, of which more is.
pub(super) struct Cloud {
    pub(super) x_label: String,
    pub(super) y_label: String,
    pub(super) x_kind: Kind,
    pub(super) y_kind: Kind,
    pub(super) marks: Vec<Mark>,
}

pub(super) fn part(run: &Run) -> String {
    // The first that all scenarios have.
    ranked(List::Quality)
        .iter()
        .find_map(|m| of_scenarios(run, m.id))
        .unwrap_or_default()
}

fn interval(row: &SummaryRow, factor: f64) -> Option<[f64; 3]> {
    let mean = row.mean?;
    let ends = [
        row.ci_low.unwrap_or(mean),
        mean,
        row.ci_high.unwrap_or(mean),
    ];
    Some(ends.map(|x| x * factor))
}

/// The scenarios of a run, if there are several, all with a price in one currency and with this quality.
fn of_scenarios(run: &Run, quality: &str) -> Option<String> {
    let first = run.scenarios.first()?;
    let name = name_of(quality);
    let mark = |s: &Played| {
        let monthly = 1.0 / s.length_in_months().max(1e-9);
        let x = interval(s.find("cost_total", "all")?, monthly)?;
        let y = interval(s.find(quality, "all")?, 1.0)?;
        let tip = format!(
            "{}\n{} a month\n{name}: {}",
            s.name,
            money(x[1], &s.currency),
            value(y[1], Kind::Fraction)
        );
        (x[1] != 0.0 && s.currency == first.currency).then_some(Mark {
            label: s.id.clone(),
            tip,
            x,
            y,
        })
    };
    let marks: Vec<Mark> = run.scenarios.iter().map(mark).collect::<Option<_>>()?;
    if marks.len() < 2 {
        return None;
    }
    let cloud = Cloud {
        x_label: format!("cost a month, {}", first.currency),
        y_label: name.clone(),
        x_kind: Kind::Plain,
        y_kind: Kind::Fraction,
        marks,
    };
    let on = cloud.on_frontier();
    let best: Vec<&str> = cloud
        .marks
        .iter()
        .zip(&on)
        .filter(|(_, on)| **on)
        .map(|(m, _)| m.label.as_str())
        .collect();
    let caption = format!(
        "Each scenario with the confidence intervals of both. Up and to the left is better; no other one beats in both: {}.",
        best.join(", ")
    );
    let rows = cloud.marks.iter().zip(&on).map(|(m, on)| {
        vec![
            Cell::text(&m.label),
            Cell::number(money(m.x[1], &first.currency), m.x[1]),
            Cell::number(value(m.y[1], Kind::Fraction), m.y[1]),
            Cell::text(if *on { "yes" } else { "no" }),
        ]
    });
    let table = Table {
        id: "frontier-table".into(),
        caption: "Cost against quality".into(),
        header: ["scenario", "cost a month", &name, "on the frontier"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
    };
    let mut figure = cloud.figure("frontier", "Cost against quality", caption);
    figure.table = Some(table);
    Some(figure.html())
}

impl Cloud {
    /// Which points no other one beats in both.
    pub(super) fn on_frontier(&self) -> Vec<bool> {
        let means: Vec<Vec<f64>> = self.marks.iter().map(|m| vec![m.x[1], m.y[1]]).collect();
        frontier(&means, &[Goal::Least, Goal::Most])
    }

    /// Round marks of an axis, and its ends: those of the intervals with a margin; a share ends at 1.
    fn axis(&self, get: fn(&Mark) -> [f64; 3], kind: Kind) -> (Vec<f64>, (f64, f64)) {
        let all = self.marks.iter().flat_map(get);
        let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| {
            (a.min(x), b.max(x))
        });
        let pad = ((high - low) * 0.08).max(high.abs() * 0.01);
        let low = if low >= 0.0 {
            (low - pad).max(0.0)
        } else {
            low - pad
        };
        let high = if kind == Kind::Fraction {
            (high + pad).min(1.0)
        } else {
            high + pad
        };
        let mut marks = ticks(low, high, 5);
        marks.retain(|m| kind != Kind::Fraction || *m <= 1.000_1);
        let ends = (
            marks.first().map_or(low, |m| m.min(low)),
            marks.last().map_or(high, |m| m.max(high)),
        );
        (marks, ends)
    }

    /// The figure.
    pub(super) fn figure(&self, id: &str, title: &str, caption: String) -> Figure {
        let (x_marks, x_span) = self.axis(|m| m.x, self.x_kind);
        let (y_marks, y_span) = self.axis(|m| m.y, self.y_kind);
        let write = |kind: Kind| {
            move |x: f64| {
                if kind == Kind::Plain {
                    short(x)
                } else {
                    value(x, kind)
                }
            }
        };
        let mut canvas = Canvas::new(370.0);
        let plot = Plot::new(&canvas, [44.0, 26.0, 50.0, 66.0], x_span, y_span);
        plot.y_axis(&mut canvas, &y_marks, &write(self.y_kind), &self.y_label);
        plot.x_grid(&mut canvas, &x_marks);
        let labels: Vec<(f64, String)> = x_marks
            .iter()
            .map(|v| (*v, write(self.x_kind)(*v)))
            .collect();
        plot.x_axis(&mut canvas, &labels, &self.x_label);
        let on = self.on_frontier();
        let mut front: Vec<&Mark> = self
            .marks
            .iter()
            .zip(&on)
            .filter(|(_, on)| **on)
            .map(|(m, _)| m)
            .collect();
        front.sort_by(|a, b| a.x[1].total_cmp(&b.x[1]));
        let line: Vec<(f64, f64)> = front
            .iter()
            .map(|m| (plot.x(m.x[1]), plot.y(m.y[1])))
            .collect();
        canvas.polyline(&line, "l6 dash");
        let (left, right, ..) = plot.edges();
        // Without labels colour says who is on the frontier.
        let labelled = self.marks.iter().any(|m| !m.label.is_empty());
        // Those of the frontier are drawn last, above the others.
        let mut order: Vec<usize> = (0..on.len()).collect();
        order.sort_by_key(|&i| on[i]);
        for k in order {
            let (m, on) = (&self.marks[k], on[k]);
            let (x, y) = (plot.x(m.x[1]), plot.y(m.y[1]));
            let colour = match (labelled, on) {
                (true, _) => k % COLOURS,
                (false, true) => 0,
                (false, false) => 6,
            };
            let class = format!("l{colour}");
            canvas.line((plot.x(m.x[0]), y), (plot.x(m.x[2]), y), &class);
            canvas.line(
                (x, plot.y(m.y[0].max(y_span.0))),
                (x, plot.y(m.y[2].min(y_span.1))),
                &class,
            );
            let radius = if labelled { 7.0 } else { 4.5 };
            canvas.circle(x, y, radius, &format!("f{colour}"), &m.tip);
            let (at, side) = if x > (left + right) / 2.0 {
                (x - 12.0, "name end")
            } else {
                (x + 12.0, "name")
            };
            if !m.label.is_empty() {
                canvas.text(at, y - 10.0, side, &m.label);
            }
        }
        let legend = [("no other beats it in both", "f0"), ("beaten", "f6")];
        let legend = legend
            .iter()
            .map(|(name, class)| ((*name).to_owned(), (*class).to_owned()));
        Figure {
            id: id.to_owned(),
            title: title.to_owned(),
            caption,
            canvas,
            legend: if labelled {
                Vec::new()
            } else {
                legend.collect()
            },
            table: None,
        }
    }
}
