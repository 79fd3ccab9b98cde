//! The costs as a stack by who is paid, and how far they spread.

use super::axes::{Axis, Plot};
use super::canvas::{Canvas, fill};
use super::figure::Figure;
use super::markup::{Cell, Rows, Table};
use super::months::{draw_changes, month_axis, month_name, months_of};
use super::page::{Block, each_scenario};
use crate::measure::name_of;
use crate::report::findings::money;
use crate::report::quantity::{Kind, apart, per_cent};
use crate::results::{FinanceRow, Played, Run};
use crate::text::distinct;

/// What is left of the total when everyone who is known is paid.
const OTHER: &str = "other";
/// A smaller share of the total is not shown as other costs.
const LEAST_OTHER: f64 = 0.002;

/// A bar of the stack: its name, the total, and each part by who is paid.
struct Bar {
    name: String,
    total: f64,
    parts: Vec<(String, f64)>,
}

impl Bar {
    /// The costs of a scenario, or of one of its months, as `cost` gives them by measure and slice.
    fn new(s: &Played, name: String, cost: impl Fn(&str, &str) -> Option<f64>) -> Self {
        let cost = |measure, slice: &str| cost(measure, slice).unwrap_or(0.0);
        let total = cost("cost_total", "all");
        // What a group costs is in its pools already.
        let mut parts = vec![("assistant".to_owned(), cost("cost_ai", "all"))];
        parts.extend(s.pools.iter().map(|p| {
            let slice = format!("pool={}", p.name);
            (p.name.clone(), cost("cost_total", &slice))
        }));
        let known: f64 = parts.iter().map(|p| p.1).sum();
        parts.push((OTHER.into(), total - known));
        Self { name, total, parts }
    }

    fn cost(&self, part: &str) -> f64 {
        let of = self.parts.iter().filter(|(name, _)| name == part);
        of.map(|(_, cost)| cost).sum()
    }
}

/// By the month, or by scenario when there is but one month.
pub(super) fn part(run: &Run) -> Vec<Block> {
    let is_priced = |s: &&Played| s.total("cost_total").is_some_and(|c| c != 0.0);
    let priced: Vec<&Played> = run.scenarios.iter().filter(is_priced).collect();
    let mut out = Vec::new();
    if priced.iter().any(|s| months_of(s).len() > 1) {
        let title = "Costs by month and who is paid";
        out = each_scenario(run, "costs", title, |s, id, title| {
            is_priced(&s).then(|| by_month(s, id, title))
        });
    } else if let Some(first) = priced.first() {
        out.push(by_scenario(&priced, &first.currency).into());
    }
    if !run.finance.is_empty() {
        out.push(spread(run).html().into());
    }
    out
}

fn by_month(s: &Played, id: String, title: String) -> Figure {
    let months = months_of(s);
    let bar = |month: &String| {
        Bar::new(s, month_name(month), |measure, slice| {
            let rows = s.months(measure, slice);
            rows.iter().find(|r| r.label() == *month)?.mean
        })
    };
    let bars: Vec<Bar> = months.iter().map(bar).collect();
    let axis = month_axis(&months, 0.5);
    stack(id, title, &s.currency, &axis, &bars, |canvas, plot| {
        draw_changes(canvas, plot, s, &months)
    })
}

fn by_scenario(priced: &[&Played], currency: &str) -> Figure {
    let bar = |s: &&Played| Bar::new(s, s.id.clone(), |measure, slice| s.mean(measure, slice));
    let bars: Vec<Bar> = priced.iter().map(bar).collect();
    let axis = Axis::steps("scenario", priced.iter().map(|s| &s.id));
    let (id, title) = ("costs-1".into(), "Costs by scenario and who is paid".into());
    stack(id, title, currency, &axis, &bars, |_, _| String::new())
}

/// Names of the parts that some bar has, what is left of the total last.
fn shown(bars: &[Bar]) -> Vec<&str> {
    let parts = bars.iter().flat_map(|b| &b.parts);
    let mut names = distinct(parts.map(|(name, _)| name.as_str()));
    let least = |name: &str, b: &Bar| match name {
        OTHER => LEAST_OTHER * b.total,
        _ => 0.0,
    };
    names.retain(|name| bars.iter().any(|b| b.cost(name) > least(name, b)));
    names.sort_by_key(|name| *name == OTHER);
    names
}

/// The bars as a figure; `mark` draws what else is on it, and says what that is.
fn stack(
    id: String,
    title: String,
    currency: &str,
    x: &Axis,
    bars: &[Bar],
    mark: impl FnOnce(&mut Canvas, &Plot) -> String,
) -> Figure {
    let parts = shown(bars);
    let sum = |b: &Bar| parts.iter().map(|p| b.cost(p).max(0.0)).sum::<f64>();
    let most = bars.iter().map(sum).fold(0.0, f64::max);
    let y = Axis::up_to(format!("cost, {currency}"), most);
    let (mut canvas, plot) = Plot::new(330.0, [46.0, 12.0, 50.0, 74.0], x, &y);
    let width = ((plot.x(1.0) - plot.x(0.0)) * 0.78).min(120.0);
    for (i, bar) in bars.iter().enumerate() {
        let (left, mut below) = (plot.x(i as f64 + 0.5) - width / 2.0, 0.0);
        for (k, part) in parts.iter().enumerate() {
            let cost = bar.cost(part).max(0.0);
            let (bottom, top) = (plot.y(below), plot.y(below + cost));
            below += cost;
            if cost > 0.0 {
                let tip = format!("{}\n{part}: {}", bar.name, money(cost, currency));
                let class = format!("stack {}", fill(k));
                canvas.rect((left, top), (width, bottom - top), &class, &tip);
            }
        }
    }
    let words = mark(&mut canvas, &plot);
    let mut rows = Rows::of(bars).column(&x.label, |b| Cell::text(&b.name));
    for part in &parts {
        rows = rows.column(*part, |b| Cell::value(b.cost(part), Kind::Plain));
    }
    let rows = rows.column("total", |b| Cell::value(sum(b), Kind::Plain));
    let table = format!("{title}, {currency}");
    let caption = format!(
        "Mean over the replications, in {currency}; what is stacked adds up to the total cost.{words}"
    );
    Figure::new(id, title, caption, canvas)
        .series(parts)
        .table(table, rows)
}

/// A mean or a quantile of the costs.
type Amount = fn(&FinanceRow) -> Option<f64>;

/// What costs come to with good and with bad luck, and how likely a scenario is the cheaper one.
fn spread(run: &Run) -> Table {
    let rows = Rows::of(&run.finance)
        .column("scenario", |f| Cell::text(&f.scenario))
        .column("measure", |f| Cell::text(name_of(&f.measure)));
    let amounts: [(&str, Amount); 4] = [
        ("mean", |f| f.mean),
        ("p10", |f| f.p10),
        ("median", |f| f.p50),
        ("p90", |f| f.p90),
    ];
    let rows = amounts.into_iter().fold(rows, |rows, (heading, get)| {
        rows.column(heading, |f| {
            let range = f.p10.zip(f.p90).map_or(0.0, |(low, high)| high - low);
            Cell::written(get(f), |x| format!("{} {}", apart(x, range), f.unit))
        })
    });
    let rows = rows
        .column("cheaper in", |f| {
            let ends = f.share_low.zip(f.share_high);
            let ends = ends.map(|(l, h)| format!(" [{}, {}]", per_cent(l), per_cent(h)));
            Cell::written(f.cheaper_share, |x| per_cent(x) + &ends.unwrap_or_default())
        })
        .column("than", |f| Cell::text(&f.baseline));
    rows.table(
        "spread",
        "Costs with good and bad luck: quantiles over the replications, and the share of the pairs of replications in which the scenario \
         is cheaper (of a present value: worth more)",
    )
}
