//! What a search for the cheapest plan found, in a table and in sentences.

use super::quantity::{Kind, Shown, plain, value};
use super::terminal::{Layout, TextTable};
use crate::measure::{Row, Slice, name_of};
use crate::model::Model;
use crate::staff::{Confirmed, Failed, Goal, Limit, Per, Promise, Side};

/// Most promises that are told one by one.
const TOLD: usize = 3;

/// What is promised, in words.
pub fn goal_text(model: &Model, goal: Goal, limits: &[Limit]) -> String {
    let per = match goal.per {
        Per::Interval => "in each interval",
        Per::Day => "on each day",
        Per::Week => "in each week",
        Per::Horizon => "over the whole time",
    };
    let mut text = match goal.probability {
        None => format!("every target is met {per}, in expectation"),
        Some(p) => format!(
            "every target is met {per} with a probability of {}",
            value(p, Kind::Fraction)
        ),
    };
    let each = limits.iter().map(|limit| {
        let row = &limit.row;
        format!("{} {}", measure_text(model, row), bound_text(limit))
    });
    let limits: Vec<String> = each.collect();
    if !limits.is_empty() {
        text += &format!("; so is every limit: {}", limits.join(", "));
    }
    text
}

/// A measure of a slice: `mean wait of fraud`, `occupancy of pool desk`.
fn measure_text(model: &Model, row: &Row) -> String {
    let name = name_of(row.measure);
    if row.slice == Slice::All {
        return name;
    }
    let label = row.slice.label(model);
    let slice = label.trim_start_matches("topic=").replace(';', ", ");
    format!("{name} of {}", slice.replace('=', " "))
}

fn bound_text(limit: &Limit) -> String {
    let side = match limit.side {
        Side::Least => "at least",
        Side::Most => "at most",
    };
    format!("{side} {}", with_unit(&limit.row, limit.bound))
}

/// A value of a measure with its unit.
fn with_unit(row: &Row, x: f64) -> String {
    match row.unit.as_ref() {
        unit @ ("fraction" | "s") => value(x, Kind::of_unit(unit)),
        "count" | "ratio" => plain(x),
        unit => format!("{} {unit}", plain(x)),
    }
}

fn promise_text(model: &Model, promise: &Promise) -> String {
    let from = model.calendar.label(promise.span.0);
    let limit = &promise.limit;
    match promise.topic {
        Some(_) => {
            let topic = limit.row.slice.label(model);
            let target = value(limit.bound, Kind::Fraction);
            format!(
                "{} from {from} ({target})",
                topic.trim_start_matches("topic=")
            )
        }
        None => {
            let when = match promise.cells {
                Some(_) => format!("from {from}"),
                None => "over the whole time".to_owned(),
            };
            let what = measure_text(model, &limit.row);
            format!("{what} {when} ({})", bound_text(limit))
        }
    }
}

/// The plan beside the formula's requirement and the plan of the file, and how it keeps its promises.
pub fn staffing_text(
    model: &Model,
    currency: &str,
    goal: Goal,
    found: &Confirmed,
    layout: Layout,
) -> String {
    let decisions = &found.decisions;
    let (written, plan) = (decisions.written(model), &found.staffed.plan);
    let required: Option<Vec<u32>> = decisions.required(model).into_iter().collect();
    let name = |&p: &usize| model.pools[p].name.clone();
    let most = |plan: &[u32], pool: usize| {
        let of_pool = decisions
            .variables
            .iter()
            .zip(plan)
            .filter(|(v, _)| v.pool == pool);
        let most = of_pool.map(|(_, &agents)| agents).max();
        most.map_or_else(Shown::dash, |most| Shown::plain(plain(f64::from(most))))
    };
    let hours = |plan: &[u32], pool: usize| Shown::plain(plain(decisions.hours(plan, pool)));
    let of_required =
        |show: &dyn Fn(&[u32]) -> Shown| required.as_deref().map_or_else(Shown::dash, show);
    let pools = || decisions.pools.iter().copied();
    let table = TextTable::new("pool", decisions.pools.iter().map(name))
        .column("most agents\nin the file", 3, pools(), |p| {
            most(&written, p)
        })
        .column("\nrequired", 2, pools(), |p| {
            of_required(&|plan| most(plan, p))
        })
        .column("\nplanned", 0, pools(), |p| most(plan, p))
        .column("agent-hours\nin the file", 3, pools(), |p| {
            hours(&written, p)
        })
        .column("\nrequired", 2, pools(), |p| {
            of_required(&|plan| hours(plan, p))
        })
        .column("\nplanned", 0, pools(), |p| hours(plan, p));
    let mut text = table.render(layout).0;
    let unit = if decisions.in_hours {
        "paid hours"
    } else {
        currency
    };
    let amount = |cost: f64| format!("{} {unit}", plain(cost));
    let cost = decisions.cost(plan);
    let mut sentences = vec![format!(
        "The plan costs {}; the plan of the file {}, the formula's requirement {}.",
        amount(cost),
        amount(decisions.cost(&written)),
        required.map_or_else(
            || "is without number".to_owned(),
            |r| amount(decisions.cost(&r))
        ),
    )];
    sentences.push(match found.staffed.proven {
        true => format!("No plan that costs less keeps the promise on the replications of the search: all were tried ({} simulated).", found.simulated),
        false => format!("It is the cheapest that was found among {} plans that were simulated; there may be a cheaper one.", found.simulated),
    });
    let kept = found.promises.len() - found.broken.len();
    sentences.push(format!(
        "On fresh replications {kept} of {} promises are kept. The tightest:",
        found.promises.len()
    ));
    for &i in found.tightest().iter().take(TOLD) {
        let promise = &found.promises[i];
        let shown =
            |x: Option<f64>, show: &dyn Fn(f64) -> String| x.map_or_else(|| "-".to_owned(), show);
        let level = shown(found.confirmed.level[i], &|x| {
            with_unit(&promise.limit.row, x)
        });
        let in_time = promise.topic.map_or("", |_| " answered in time");
        let met = shown(found.confirmed.met[i], &|x| value(x, Kind::Fraction));
        let line = promise_text(model, promise);
        sentences.push(match goal.probability {
            None => format!("  {line}: {level}{in_time}"),
            Some(_) => format!("  {line}: met with a probability of {met}; {level}{in_time}"),
        });
    }
    text.push('\n');
    for sentence in sentences {
        text += &sentence;
        text.push('\n');
    }
    text
}

/// Why there is no plan.
pub fn impossible_text(
    model: &Model,
    goal: Goal,
    limits: &[Limit],
    failed: &Failed,
    promises: &[Promise],
) -> String {
    let each = |broken: &[usize]| {
        let told = broken.iter().take(TOLD);
        let told: Vec<String> = told.map(|&i| promise_text(model, &promises[i])).collect();
        let more = match broken.len().saturating_sub(TOLD) {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        format!("{}{more}", told.join("; "))
    };
    let goal = goal_text(model, goal, limits);
    match failed {
        Failed::Stopped => "Interrupted: no plan was found yet.".to_owned(),
        Failed::Impossible(broken) if broken.iter().all(|&i| promises[i].topic.is_some()) => {
            format!(
                "no number of agents meets these targets ({goal}): {}\n  help: contacts wait while the pools are closed, or go to pools that are not decided on; open the pools, or ask for the targets over a longer time with --per",
                each(broken)
            )
        }
        Failed::Impossible(broken) => format!(
            "no number of agents keeps these limits ({goal}): {}\n  help: what they measure hardly depends on how many agents there are, or on pools that are not decided on; ask for less, or for a longer time with --per",
            each(broken)
        ),
        Failed::Contradiction { broken, against } => format!(
            "these limits contradict the other promises ({goal}): {}\n  help: more agents break them, and so does the cheapest plan that was found for the other promises{}; ask for less of one of them",
            each(broken),
            against.map_or_else(String::new, |i| format!(
                " (the tightest: {})",
                promise_text(model, &promises[i])
            ))
        ),
    }
}
