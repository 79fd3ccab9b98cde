//! What a search for the cheapest plan found, in a table and in sentences.

use super::quantity::{Kind, Shown, plain, value};
use super::terminal::{Layout, TextTable};
use crate::model::Model;
use crate::staff::{Confirmed, Failed, Goal, Per, Promise};

/// Most promises that are told one by one.
const TOLD: usize = 3;

/// What is promised, in words.
pub fn goal_text(goal: Goal) -> String {
    let per = match goal.per {
        Per::Interval => "in each interval",
        Per::Day => "on each day",
        Per::Week => "in each week",
        Per::Horizon => "over the whole time",
    };
    match goal.probability {
        None => format!("every target is met {per}, in expectation"),
        Some(p) => format!(
            "every target is met {per} with a probability of {}",
            value(p, Kind::Fraction)
        ),
    }
}

fn promise_text(model: &Model, promise: &Promise) -> String {
    let topic = promise.slice(model).label(model);
    let from = model.calendar.label(promise.span.0);
    let target = value(promise.share, Kind::Fraction);
    format!(
        "{} from {from} ({target})",
        topic.trim_start_matches("topic=")
    )
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
        let share = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| value(x, Kind::Fraction));
        let level = share(found.confirmed.level[i]);
        let met = share(found.confirmed.met[i]);
        let line = promise_text(model, &found.promises[i]);
        sentences.push(match goal.probability {
            None => format!("  {line}: {level} answered in time"),
            Some(_) => {
                format!("  {line}: met with a probability of {met}; {level} answered in time")
            }
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
pub fn impossible_text(model: &Model, goal: Goal, failed: &Failed, promises: &[Promise]) -> String {
    match failed {
        Failed::Stopped => "Interrupted: no plan was found yet.".to_owned(),
        Failed::Impossible(broken) => {
            let each = broken
                .iter()
                .take(TOLD)
                .map(|&i| promise_text(model, &promises[i]));
            let more = match broken.len().saturating_sub(TOLD) {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            format!(
                "no number of agents meets these targets ({}): {}{more}\n  help: contacts wait while the pools are closed, or go to pools that are not decided on; open the pools, or ask for the targets over a longer time with --per",
                goal_text(goal),
                each.collect::<Vec<_>>().join("; ")
            )
        }
    }
}
