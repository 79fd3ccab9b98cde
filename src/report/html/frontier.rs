//! Cost against quality: points with their intervals, and those that no other one beats in both.

use super::axes::{Axis, Plot, extent};
use super::canvas::{Spot, fill, stroke};
use super::figure::Figure;
use super::markup::{Cell, Rows};
use super::page::Block;
use crate::measure::{List, name_of, ranked};
use crate::report::findings::money;
use crate::report::quantity::{Kind, per_cent};
use crate::results::{Played, Run, SummaryRow};
use crate::stats::frontier;

/// A point: lower end, mean and upper end of the interval of cost and of quality.
pub(super) struct Mark {
    /// What stands beside it; nothing where there are too many.
    pub(super) label: String,
    /// What is said of it when it is pointed at.
    pub(super) tip: String,
    pub(super) cost: [f64; 3],
    pub(super) quality: [f64; 3],
    /// Whether no other point beats it in both.
    pub(super) on: bool,
}

/// Points between a cost, of which less is better, and a quality, of which more is.
pub(super) struct Cloud {
    cost: (String, Kind),
    quality: (String, Kind),
    pub(super) marks: Vec<Mark>,
}

pub(super) fn part(run: &Run) -> Vec<Block> {
    // The first that all scenarios have.
    let qualities = ranked(List::Quality);
    let figure = qualities.iter().find_map(|m| of_scenarios(run, m.id));
    figure.into_iter().map(Block::from).collect()
}

fn interval(row: &SummaryRow, factor: f64) -> Option<[f64; 3]> {
    let mean = row.mean?;
    let [low, high] = [row.ci_low, row.ci_high].map(|end| end.unwrap_or(mean));
    Some([low, mean, high].map(|x| x * factor))
}

/// The scenarios of a run, if there are several, all with a price in one currency and with this quality.
fn of_scenarios(run: &Run, quality: &str) -> Option<Figure> {
    let currency = &run.scenarios.first()?.currency;
    let name = name_of(quality);
    let mark = |s: &Played| {
        let monthly = 1.0 / s.length_in_months().max(1e-9);
        let cost = interval(s.find("cost_total", "all")?, monthly)?;
        let quality = interval(s.find(quality, "all")?, 1.0)?;
        let paid = money(cost[1], &s.currency);
        let good = per_cent(quality[1]);
        (cost[1] != 0.0 && s.currency == *currency).then_some(Mark {
            label: s.id.clone(),
            tip: format!("{}\n{paid} a month\n{name}: {good}", s.name),
            cost,
            quality,
            on: false,
        })
    };
    let marks: Vec<Mark> = run.scenarios.iter().map(mark).collect::<Option<_>>()?;
    if marks.len() < 2 {
        return None;
    }
    let cost = (format!("cost a month, {currency}"), Kind::Plain);
    let cloud = Cloud::new(cost, (name.clone(), Kind::Fraction), marks);
    let best = cloud.marks.iter().filter(|m| m.on);
    let best: Vec<&str> = best.map(|m| m.label.as_str()).collect();
    let caption = format!(
        "Each scenario with the confidence intervals of both. Up and to the left is better; no other one beats in both: {}.",
        best.join(", ")
    );
    let rows = Rows::of(&cloud.marks)
        .column("scenario", |m| Cell::text(&m.label))
        .column("cost a month", |m| {
            Cell::written(m.cost[1], |x| money(x, currency))
        })
        .column(name, |m| Cell::value(m.quality[1], Kind::Fraction))
        .column("on the frontier", |m| Cell::yes(m.on));
    let title = "Cost against quality";
    Some(cloud.figure("frontier", title, caption).table(title, rows))
}

impl Cloud {
    /// Points with the name and the kind of their cost and of their quality.
    pub(super) fn new(cost: (String, Kind), quality: (String, Kind), mut marks: Vec<Mark>) -> Self {
        let means = marks.iter().map(|m| [m.cost[1], -m.quality[1]]);
        let on = frontier(&means.collect::<Vec<_>>());
        for (mark, on) in marks.iter_mut().zip(on) {
            mark.on = on;
        }
        Self {
            cost,
            quality,
            marks,
        }
    }

    /// An axis that covers the intervals with a margin; a share ends at 1.
    fn axis(&self, (label, kind): &(String, Kind), get: fn(&Mark) -> [f64; 3]) -> Axis {
        let (low, high) = extent(self.marks.iter().flat_map(get));
        let pad = ((high - low) * 0.08).max(high.abs() * 0.01);
        let least = if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
        let (most, limit) = match kind {
            Kind::Fraction => (1.0, 1.000_1),
            _ => (f64::INFINITY, f64::INFINITY),
        };
        let ends = ((low - pad).max(least), (high + pad).min(most));
        Axis::numbers(label, ends, 5, *kind, limit)
    }

    /// The figure.
    pub(super) fn figure(&self, id: &str, title: &str, caption: String) -> Figure {
        let x = self.axis(&self.cost, |m| m.cost);
        let y = self.axis(&self.quality, |m| m.quality);
        let within = |q: f64| q.clamp(y.ends.0, y.ends.1);
        let (mut canvas, plot) = Plot::new(370.0, [44.0, 26.0, 50.0, 66.0], &x, &y);
        let mut order: Vec<(usize, &Mark)> = (0..).zip(&self.marks).collect();
        order.sort_by(|a, b| a.1.cost[1].total_cmp(&b.1.cost[1]));
        let front = order.iter().filter(|(_, m)| m.on);
        let front = front.map(|(_, m)| plot.at(m.cost[1], m.quality[1]));
        let front: Vec<Spot> = front.collect();
        canvas.polyline(&front, &(stroke(6) + " dash"));
        // Without labels colour says which are on the frontier.
        let labelled = self.marks.iter().any(|m| !m.label.is_empty());
        // Those of the frontier are drawn last, above the others.
        order.sort_by_key(|(i, m)| (m.on, *i));
        for (i, mark) in order {
            let (x, y) = plot.at(mark.cost[1], mark.quality[1]);
            let colour = match (labelled, mark.on) {
                (true, _) => i,
                (false, true) => 0,
                (false, false) => 6,
            };
            let ([left, _, right], [low, _, high]) = (mark.cost, mark.quality);
            canvas.line((plot.x(left), y), (plot.x(right), y), &stroke(colour));
            let [low, high] = [low, high].map(|q| plot.y(within(q)));
            canvas.line((x, low), (x, high), &stroke(colour));
            let radius = if labelled { 7.0 } else { 4.5 };
            canvas.circle((x, y), radius, &fill(colour), &mark.tip);
            let (beside, class) = match x > (plot.left + plot.right) / 2.0 {
                true => (x - 12.0, "name end"),
                false => (x + 12.0, "name"),
            };
            if !mark.label.is_empty() {
                canvas.text((beside, y - 10.0), class, &mark.label);
            }
        }
        let legend = [("no other beats it in both", fill(0)), ("beaten", fill(6))];
        let legend = legend.into_iter().filter(|_| !labelled);
        Figure::new(id, title, caption, canvas).legend(legend)
    }
}
