//! What goes by the month: its axis, and the costs as a stack.

use super::markup::{Cell, Figure, Table, ident};
use super::svg::{Canvas, Plot, ticks};
use super::titled;
use crate::measure::name_of;
use crate::report::findings::money;
use crate::report::quantity::{Kind, apart, value};
use crate::results::{Played, Run};

/// Classes of colours there are.
pub(super) const COLOURS: usize = 8;
/// Most labels of an axis of months.
const MOST_LABELS: usize = 9;

/// `2024-02` as people write it, with what follows it.
pub(super) fn month_name(month: &str) -> String {
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let named = month.split_once('-').and_then(|(year, month)| {
        let (month, rest) = month.split_at_checked(2)?;
        let name = NAMES.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some(format!("{name} {year}{rest}"))
    });
    named.unwrap_or_else(|| month.to_owned())
}

/// Labels of months, as many as there is room for, each at its begin plus `shift`.
pub(super) fn month_marks(months: &[String], shift: f64) -> Vec<(f64, String)> {
    let every = months.len().div_ceil(MOST_LABELS).max(1);
    let every = [1, 2, 3, 6, 12, 24]
        .into_iter()
        .find(|e| *e >= every)
        .unwrap_or(every);
    let marked = months.iter().enumerate().step_by(every);
    marked
        .map(|(i, m)| (i as f64 + shift, month_name(m)))
        .collect()
}

/// The changes of the timeline as places on an axis of months, numbered, and what they are about.
pub(super) fn events(s: &Played, months: &[String]) -> Vec<(f64, String)> {
    s.timeline
        .iter()
        .filter_map(|c| {
            let (month, rest) = c.at.split_at_checked(7)?;
            let day: f64 = rest.get(1..3)?.parse().ok()?;
            let index = months.iter().position(|m| m.starts_with(month))?;
            Some((index as f64 + (day - 1.0) / 31.0, c.note.clone()))
        })
        .collect()
}

/// Draws the changes of the timeline, and gives them in words for the caption.
pub(super) fn draw_events(canvas: &mut Canvas, plot: &Plot, events: &[(f64, String)]) -> String {
    let (_, _, top, bottom) = plot.edges();
    let mut words = String::new();
    for (i, (place, note)) in events.iter().enumerate() {
        let (x, n) = (plot.x(*place), i + 1);
        canvas.line((x, top), (x, bottom), "event");
        canvas.circle(x, top - 2.0, 9.0, "badge", &format!("{n}: {note}"));
        canvas.text(x, top + 2.0, "on", &n.to_string());
        words += &format!(" {n}: {note}.");
    }
    words
}

/// Months of a scenario, in order.
pub(super) fn months_of(s: &Played) -> Vec<String> {
    let mut months: Vec<String> = Vec::new();
    for row in &s.monthly {
        let month = row.label();
        if months.last() != Some(&month) && !months.contains(&month) {
            months.push(month);
        }
    }
    months
}

/// A part of the costs: its name, and how much it is in each bar.
struct Layer {
    name: String,
    cost: Vec<f64>,
}

/// Layers from whoever is paid, and what is left of the total.
fn layers(s: &Played, get: &dyn Fn(&str, &str) -> Vec<f64>) -> Vec<Layer> {
    let mut out = Vec::new();
    let mut add = |name: &str, cost: Vec<f64>| {
        if cost.iter().any(|c| *c > 0.0) {
            out.push(Layer {
                name: name.to_owned(),
                cost,
            });
        }
    };
    let total = get("cost_total", "all");
    add("assistant", get("cost_ai", "all"));
    for p in &s.pools {
        add(&p.name, get("cost_total", &format!("pool={}", p.name)));
    }
    // What a group costs is in its pools already.
    let known = |i: usize| out.iter().filter_map(|l| l.cost.get(i)).sum::<f64>();
    let rest: Vec<f64> = (0..total.len()).map(|i| total[i] - known(i)).collect();
    if (0..total.len()).any(|i| rest[i] > 0.002 * total[i]) {
        out.push(Layer {
            name: "other".into(),
            cost: rest,
        });
    }
    out
}

/// The costs, in a stack by who is paid: by the month, or by scenario when there is but one month.
pub(super) fn costs(run: &Run) -> String {
    let priced: Vec<&Played> = run
        .scenarios
        .iter()
        .filter(|s| s.total("cost_total").is_some_and(|c| c != 0.0))
        .collect();
    let long = priced.iter().any(|s| months_of(s).len() > 1);
    let mut out = String::new();
    if !long && !priced.is_empty() {
        out += &by_scenario(&priced);
    }
    for (i, s) in priced.iter().enumerate().filter(|_| long) {
        let months = months_of(s);
        let get = |measure: &str, slice: &str| -> Vec<f64> {
            let found = s.months(measure, slice);
            let cost = |m: &String| found.iter().find(|r| r.label() == *m)?.mean;
            months.iter().map(|m| cost(m).unwrap_or(0.0)).collect()
        };
        let layers = layers(s, &get);
        let names: Vec<String> = months.iter().map(|m| month_name(m)).collect();
        let figure = Stack {
            id: ident("costs", i + 1),
            title: titled(run, s, "Costs by month and who is paid"),
            currency: &s.currency,
            bars: &names,
            marks: month_marks(&months, 0.5),
            axis: "month",
            layers: &layers,
        };
        out += &figure.draw(&events(s, &months)).html();
    }
    out + &spread(run).map_or(String::new(), |t| t.html())
}

/// What costs come to with good and with bad luck, and how likely a scenario is the cheaper one.
fn spread(run: &Run) -> Option<Table> {
    let rows = run.finance.iter().map(|f| {
        let range = f.p10.zip(f.p90).map_or(0.0, |(low, high)| high - low);
        let amount = |x: Option<f64>| Cell::maybe(x, |v| format!("{} {}", apart(v, range), f.unit));
        let share = |x: f64| value(x, Kind::Fraction);
        let ends = f.share_low.zip(f.share_high);
        let ends = ends.map_or(String::new(), |(l, h)| {
            format!(" [{}, {}]", share(l), share(h))
        });
        let cheaper = Cell::maybe(f.cheaper_share, |x| format!("{}{ends}", share(x)));
        vec![
            Cell::text(&f.scenario),
            Cell::text(&name_of(&f.measure)),
            amount(f.mean),
            amount(f.p10),
            amount(f.p50),
            amount(f.p90),
            cheaper,
            Cell::text(&f.baseline),
        ]
    });
    let header = [
        "scenario",
        "measure",
        "mean",
        "p10",
        "median",
        "p90",
        "cheaper in",
        "than",
    ];
    let table = Table {
        id: "spread".into(),
        caption: "Costs with good and bad luck: quantiles over the replications, and the share of the pairs of replications in which the \
                  scenario is cheaper (of a present value: worth more)"
            .into(),
        header: header.map(String::from).to_vec(),
        rows: rows.collect(),
    };
    (!table.rows.is_empty()).then_some(table)
}

fn by_scenario(priced: &[&Played]) -> String {
    let bars: Vec<String> = priced.iter().map(|s| s.id.clone()).collect();
    let mut layers_of_all: Vec<Layer> = Vec::new();
    for (i, s) in priced.iter().enumerate() {
        let get = |measure: &str, slice: &str| {
            vec![s.find(measure, slice).and_then(|r| r.mean).unwrap_or(0.0)]
        };
        for layer in layers(s, &get) {
            let place = layers_of_all.iter().position(|l| l.name == layer.name);
            let place = place.unwrap_or_else(|| {
                layers_of_all.push(Layer {
                    name: layer.name.clone(),
                    cost: vec![0.0; priced.len()],
                });
                layers_of_all.len() - 1
            });
            layers_of_all[place].cost[i] = layer.cost[0];
        }
    }
    let marks = bars
        .iter()
        .enumerate()
        .map(|(i, b)| (i as f64 + 0.5, b.clone()))
        .collect();
    let stack = Stack {
        id: ident("costs", 1),
        title: "Costs by scenario and who is paid".into(),
        currency: &priced[0].currency,
        bars: &bars,
        marks,
        axis: "scenario",
        layers: &layers_of_all,
    };
    stack.draw(&[]).html()
}

struct Stack<'a> {
    id: String,
    title: String,
    currency: &'a str,
    bars: &'a [String],
    marks: Vec<(f64, String)>,
    axis: &'a str,
    layers: &'a [Layer],
}

impl Stack<'_> {
    fn draw(self, events: &[(f64, String)]) -> Figure {
        let sum = |i: usize| self.layers.iter().map(|l| l.cost[i].max(0.0)).sum::<f64>();
        let most = (0..self.bars.len()).map(sum).fold(0.0, f64::max);
        let marks = ticks(0.0, most, 5);
        let mut canvas = Canvas::new(330.0);
        let top = marks.last().copied().unwrap_or(most);
        let n = self.bars.len() as f64;
        let plot = Plot::new(&canvas, [46.0, 12.0, 50.0, 74.0], (0.0, n), (0.0, top));
        plot.y_axis(
            &mut canvas,
            &marks,
            &short,
            &format!("cost, {}", self.currency),
        );
        plot.x_axis(&mut canvas, &self.marks, self.axis);
        let width = plot.x(1.0) - plot.x(0.0);
        let bar = (width * 0.78).min(120.0);
        for (i, name) in self.bars.iter().enumerate() {
            let mut from = 0.0;
            for (k, layer) in self.layers.iter().enumerate() {
                let cost = layer.cost[i].max(0.0);
                let (y0, y1) = (plot.y(from), plot.y(from + cost));
                from += cost;
                if cost > 0.0 {
                    let tip = format!("{name}\n{}: {}", layer.name, money(cost, self.currency));
                    let x = plot.x(i as f64 + 0.5) - bar / 2.0;
                    canvas.rect(
                        x,
                        y1,
                        bar,
                        y0 - y1,
                        &format!("stack f{}", k % COLOURS),
                        &tip,
                    );
                }
            }
        }
        let words = draw_events(&mut canvas, &plot, events);
        let rows = self.bars.iter().enumerate().map(|(i, name)| {
            let cells = self
                .layers
                .iter()
                .map(|l| Cell::number(value(l.cost[i], Kind::Plain), l.cost[i]));
            let total = Cell::number(value(sum(i), Kind::Plain), sum(i));
            std::iter::once(Cell::text(name))
                .chain(cells)
                .chain([total])
                .collect()
        });
        let header = [self.axis]
            .into_iter()
            .chain(self.layers.iter().map(|l| l.name.as_str()));
        Figure {
            table: Some(Table {
                id: format!("{}-table", self.id),
                caption: format!("{}, {}", self.title, self.currency),
                header: header.chain(["total"]).map(str::to_owned).collect(),
                rows: rows.collect(),
            }),
            caption: format!(
                "Mean over the replications, in {}; what is stacked adds up to the total cost.{words}",
                self.currency
            ),
            legend: self
                .layers
                .iter()
                .enumerate()
                .map(|(k, l)| (l.name.clone(), format!("f{}", k % COLOURS)))
                .collect(),
            id: self.id,
            title: self.title,
            canvas,
        }
    }
}

/// A number for an axis: `250 k`, `3.5 M`.
pub(super) fn short(x: f64) -> String {
    match x.abs() {
        m if m >= 1e9 => format!("{} bn", value(x / 1e9, Kind::Plain)),
        m if m >= 1e6 => format!("{} M", value(x / 1e6, Kind::Plain)),
        m if m >= 1e4 => format!("{} k", value(x / 1e3, Kind::Plain)),
        _ => value(x, Kind::Plain),
    }
}
