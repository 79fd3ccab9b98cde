//! What a search for the cheapest plan found, in a table and in sentences.

use super::quantity::{Kind, Shown, plain, value};
use super::terminal::{Layout, TextTable};
use super::wrap::wrapped;
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
    let plan = &found.staffed.plan;
    let on_duty = decisions.on_duty(plan);
    let written = decisions.written(model);
    let required: Option<Vec<f64>> = decisions
        .required(model)
        .into_iter()
        .map(|r| r.map(f64::from))
        .collect();
    let name = |&p: &usize| model.pools[p].name.clone();
    let most = |agents: &[f64], pool: usize| {
        let cells = decisions.cells.iter().zip(agents);
        let of_pool = cells.filter(|(c, _)| c.pool == pool).map(|(_, &n)| n);
        let most = of_pool.reduce(f64::max);
        most.map_or_else(Shown::dash, |most| Shown::plain(plain(most)))
    };
    let hours = |agents: &[f64], pool: usize| Shown::plain(plain(decisions.hours(agents, pool)));
    let of_required =
        |show: &dyn Fn(&[f64]) -> Shown| required.as_deref().map_or_else(Shown::dash, show);
    let pools = || decisions.pools.iter().copied();
    let table = TextTable::new("pool", decisions.pools.iter().map(name))
        .column("most agents\nin the file", 3, pools(), |p| {
            most(&written, p)
        })
        .column("\nrequired", 2, pools(), |p| {
            of_required(&|agents| most(agents, p))
        })
        .column("\nplanned", 0, pools(), |p| most(&on_duty, p))
        .column("agent-hours\nin the file", 3, pools(), |p| {
            hours(&written, p)
        })
        .column("\nrequired", 2, pools(), |p| {
            of_required(&|agents| hours(agents, p))
        })
        .column("\nplanned", 0, pools(), |p| hours(&on_duty, p));
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
        amount(decisions.cost_written(model)),
        required.map_or_else(
            || "is without number".to_owned(),
            |agents| amount(decisions.cost_on_duty(model, &agents))
        ),
    )];
    sentences.extend(shifts_text(found, &amount));
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
        let words = sentence.trim_start();
        let mut indent = sentence.len() - words.len();
        for line in wrapped(words, layout.width.max(40) - 4) {
            text += &format!("{:indent$}{line}\n", "");
            indent = sentence.len() - words.len() + 2;
        }
    }
    text
}

/// How many people work how many shifts, and what the requirement costs when these shifts cover it.
fn shifts_text(found: &Confirmed, amount: &dyn Fn(f64) -> String) -> Option<String> {
    let decisions = &found.decisions;
    let mut people = 0;
    let mut shifts = 0;
    for (pool, _) in &decisions.rosters {
        let of_pool = decisions.people(&found.staffed.plan, *pool);
        people += of_pool.iter().sum::<u32>();
        shifts += of_pool.iter().filter(|n| **n > 0).count();
    }
    let (cost, least) = found.covered.filter(|_| !decisions.rosters.is_empty())?;
    Some(format!(
        "{people} people work {shifts} different shifts. To cover the formula's requirement with the shifts on offer costs {} (no less than {}).",
        amount(cost),
        amount(least)
    ))
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
