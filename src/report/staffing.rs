//! A plan of agents in a table and in sentences: what it promises, costs and keeps, and why it is as it is.

use super::findings::money;
use super::quantity::{Kind, Shown, plain, rounded, value};
use super::terminal::{Layout, TextTable};
use super::words::{counted, heads};
use super::wrap::wrapped;
use crate::measure::name_of;
use crate::model::Model;
use crate::results::{Amounts, Binding, Bound, Changed, ClassRow, Planned, PoolPlan, Promised};
use crate::staff::{Failed, Promise, TOLD};

/// What is promised, in words.
pub(super) fn goal_text(plan: &Planned) -> String {
    let per = match plan.per.as_str() {
        "interval" => "in each interval",
        "day" => "on each day",
        "week" => "in each week",
        _ => "over the whole time",
    };
    let mut text = match plan.probability {
        None => format!("every target is met {per}, in expectation"),
        Some(p) => format!(
            "every target is met {per} with a probability of {}",
            value(p, Kind::Fraction)
        ),
    };
    let each = plan.limits.iter().map(|limit| {
        let bound = bound_text(limit);
        format!("{} {bound}", measure_text(limit))
    });
    let limits: Vec<String> = each.collect();
    if !limits.is_empty() {
        text += &format!("; so is every limit: {}", limits.join(", "));
    }
    text
}

/// A measure of a slice: `mean wait of fraud`, `occupancy of pool desk`.
fn measure_text(of: &Bound) -> String {
    let name = name_of(&of.measure);
    if of.slice == "all" {
        return name;
    }
    format!("{name} of {}", slice_text(&of.slice))
}

fn slice_text(slice: &str) -> String {
    let slice = slice.trim_start_matches("topic=").replace(';', ", ");
    slice.replace('=', " ")
}

fn bound_text(of: &Bound) -> String {
    format!("{} {}", of.side, with_unit(&of.unit, of.bound))
}

/// A value of a measure with its unit.
fn with_unit(unit: &str, x: f64) -> String {
    match unit {
        "fraction" | "s" => value(x, Kind::of_unit(unit)),
        "count" | "ratio" => plain(x),
        unit => format!("{} {unit}", plain(x)),
    }
}

fn promise_text(promise: &Promised) -> String {
    let (of, from) = (&promise.of, &promise.from);
    if of.target {
        let target = value(of.bound, Kind::Fraction);
        return format!("{} from {from} ({target})", slice_text(&of.slice));
    }
    let when = match promise.whole {
        false => format!("from {from}"),
        true => "over the whole time".to_owned(),
    };
    format!("{} {when} ({})", measure_text(of), bound_text(of))
}

/// A promise and how it is kept; below it where it binds, what agents fewer and more do there, and what a point of it saves.
pub(super) struct Told {
    pub(super) promise: String,
    pub(super) reasons: Vec<String>,
}

fn told(plan: &Planned, promise: &Promised) -> Told {
    let unit = promise.of.unit.as_str();
    let ends = promise.ci_low.zip(promise.ci_high);
    let level = promise.level.map_or_else(Shown::dash, |level| {
        rounded(level, ends, Kind::of_unit(unit))
    });
    let unit = match unit {
        "fraction" | "s" | "count" | "ratio" => "",
        unit => unit,
    };
    let in_time = if promise.of.target {
        "answered in time"
    } else {
        ""
    };
    let words = [
        &level.value,
        level.spread.as_deref().unwrap_or_default(),
        unit,
        in_time,
    ];
    let words: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
    let met = match plan.probability {
        Some(_) => format!("met with a probability of {}; ", share(promise.met)),
        None => String::new(),
    };
    let reasons = promise.binds.as_ref();
    Told {
        promise: format!("{}: {met}{}", promise_text(promise), words.join(" ")),
        reasons: reasons.map_or_else(Vec::new, |b| reason_texts(plan, promise, b)),
    }
}

fn share(x: Option<f64>) -> String {
    x.map_or_else(|| "-".to_owned(), |x| value(x, Kind::Fraction))
}

/// Where a promise binds, what agents fewer and more do there, and what a point of it saves.
fn reason_texts(plan: &Planned, promise: &Promised, binding: &Binding) -> Vec<String> {
    let until = binding.to.split_once('T').map_or("", |(_, time)| time);
    let topic = match promise.of.target {
        true => String::new(),
        false => format!(" for {}", binding.topic),
    };
    let (pool, from) = (&binding.pool, &binding.from);
    let mut texts = vec![format!("binds in {pool} from {from} to {until}{topic}")];
    let effects = [&binding.fewer, &binding.more].into_iter().flatten();
    texts.extend(effects.map(|effect| effect_text(promise, effect)));
    if let Some((saved, price)) = binding.point_saves.zip(binding.price.as_ref()) {
        let of = &promise.of;
        let point = match (plan.probability, of.unit.as_str(), of.side.as_str()) {
            (Some(_), ..) => "a point less of the probability",
            (None, "fraction", "at least") => "a point less",
            (None, "fraction", _) => "a point more",
            _ => "a bound looser by 1 %",
        };
        let saved = money(saved, &plan.unit);
        let price = effect_text(promise, price);
        texts.push(format!("{point} saves about {saved} ({price})"));
    }
    texts
}

/// `one agent fewer: 79.1 %`, `2 people more on early: 81 %`.
fn effect_text(promise: &Promised, effect: &Changed) -> String {
    let more: i64 = effect.agents.iter().map(|step| step.more).sum();
    let of_shifts = effect.agents.iter().any(|step| step.shift.is_some());
    let of_size = effect.agents.iter().find_map(|step| step.unit.as_deref());
    let who = match (more.abs(), of_shifts) {
        (n, _) if of_size.is_some() => heads(n.unsigned_abs(), of_size.unwrap_or_default()),
        (1, true) => "one person".to_owned(),
        (n, true) => format!("{n} people"),
        (1, false) => "one agent".to_owned(),
        (n, false) => format!("{n} agents"),
    };
    let side = if more < 0 { "fewer" } else { "more" };
    let on = match effect.agents.as_slice() {
        [one] => one.shift.as_ref().map(|shift| format!(" on {shift}")),
        _ => None,
    };
    let level = match (effect.met, effect.level) {
        (Some(met), _) => format!("met with {}", value(met, Kind::Fraction)),
        (None, Some(level)) => with_unit(&promise.of.unit, level),
        (None, None) => "-".to_owned(),
    };
    let breaks = match effect.breaks {
        0 => String::new(),
        n => format!(", breaks {}", counted(n, "other promise")),
    };
    format!("{who} {side}{}: {level}{breaks}", on.unwrap_or_default())
}

/// A class or an order, when it is needed, and what a month later does.
fn class_text(plan: &Planned, class: &ClassRow) -> String {
    let (people, asked, there) = (class.people, &class.asked, &class.at_work_from);
    let mut text = match class.group {
        Some(_) => format!(
            "{}: ask for {} on {asked}, to begin on {} and be in the seats from {there} on ({} there by then, in the mean).",
            class.pools,
            heads(people.into(), "people"),
            class.starts,
            plain(class.at_work)
        ),
        None => format!(
            "{}: order {} ({} before) on {asked}, with effect from {there} on.",
            class.pools,
            heads(people.into(), "agents"),
            class.before
        ),
    };
    if let Some((of, from)) = class.later_breaks.as_ref().zip(class.later_from.as_ref()) {
        let unit = class.later_unit.as_deref().unwrap_or_default();
        let level = class
            .later_level
            .map_or_else(|| "-".to_owned(), |x| with_unit(unit, x));
        let kept = match plan.probability {
            Some(_) => format!("{of} from {from} on is kept with a probability of {level}"),
            None => format!("{of} from {from} on is at {level}"),
        };
        text += &format!(" That is the latest month: a month later {kept}.");
    }
    let needed = [
        ("10 %", &class.needed_10, &class.ask_10),
        ("50 %", &class.needed_50, &class.ask_50),
        ("90 %", &class.needed_90, &class.ask_90),
    ];
    let each = needed.iter().filter_map(|(share, from, ask)| {
        let (from, ask) = (from.as_ref()?, ask.as_ref()?);
        Some(format!("{share} from {from} on (asked for by {ask})"))
    });
    let each: Vec<String> = each.collect();
    if !each.is_empty() {
        let each = each.join(", ");
        text += &format!(
            " Without them a promise is missed in this share of the replications: {each}."
        );
    }
    text
}

/// What the plan costs, how it was found, and how many promises it keeps.
pub(super) fn plan_sentences(plan: &Planned) -> Vec<String> {
    let amount = |cost: f64| format!("{} {}", plain(cost), plan.unit);
    let mut sentences = vec![format!(
        "The plan costs {}; the plan of the file {}, the formula's requirement {}.",
        amount(plan.cost),
        amount(plan.cost_in_file),
        plan.cost_required
            .map_or_else(|| "is without number".to_owned(), amount),
    )];
    sentences.extend(plan.sizes.iter().map(|size| {
        format!(
            "{}: {} {} ({} in the file), {} on duty in the mean.",
            size.pools.join(", "),
            size.number,
            size.unit,
            plain(size.in_file),
            plain(size.on_duty)
        )
    }));
    sentences.extend(plan.classes.iter().map(|class| class_text(plan, class)));
    if let Some((cost, least)) = plan.cost_of_cover.zip(plan.least_cost_of_cover) {
        let people: u32 = plan.shifts.iter().map(|s| s.people).sum();
        sentences.push(format!(
            "{people} people work {} different shifts. To cover the formula's requirement with the shifts on offer costs {} (no less than {}).",
            plan.shifts.len(),
            amount(cost),
            amount(least)
        ));
    }
    let simulated = plan.simulated;
    sentences.push(match plan.proven {
        true => format!("No plan that costs less keeps the promise on the replications of the search: all were tried ({simulated} simulated)."),
        false => format!("It is the cheapest that was found among {simulated} plans that were simulated; there may be a cheaper one."),
    });
    sentences.push(format!(
        "On fresh replications {} of {} promises are kept. The tightest:",
        plan.kept, plan.promised
    ));
    sentences
}

/// The tightest promises.
pub(super) fn tightest_promises(plan: &Planned) -> Vec<Told> {
    let each = plan.tightest.iter();
    each.map(|promise| told(plan, promise)).collect()
}

/// How what agents fewer and more do is to be read, where that is told.
pub(super) fn reasons_note(plan: &Planned) -> Option<&'static str> {
    let mut binds = plan.tightest.iter().filter_map(|p| p.binds.as_ref());
    binds.any(|b| b.point_saves.is_some()).then_some(
        "What a point saves is approximate and for small changes: money saved over points lost of the plan with so many fewer, on the same replications.",
    )
}

/// A column of the table of pools: its heading, how important it is, and its amount.
type Column = (
    &'static str,
    u32,
    fn(&PoolPlan) -> &Amounts,
    fn(&Amounts) -> Option<f64>,
);

const COLUMNS: [Column; 6] = [
    (
        "most agents\nin the file",
        3,
        |p| &p.agents,
        |a| Some(a.in_file),
    ),
    ("\nrequired", 2, |p| &p.agents, |a| a.required),
    ("\nplanned", 0, |p| &p.agents, |a| Some(a.planned)),
    (
        "agent-hours\nin the file",
        3,
        |p| &p.hours,
        |a| Some(a.in_file),
    ),
    ("\nrequired", 2, |p| &p.hours, |a| a.required),
    ("\nplanned", 0, |p| &p.hours, |a| Some(a.planned)),
];

/// What is promised of a scenario; its plan beside the formula's requirement and the plan of the file; how it keeps its promises.
pub fn staffing_text(id: &str, plan: &Planned, layout: Layout) -> String {
    let names = plan.pools.iter().map(|p| p.pool.clone());
    let table = TextTable::new("pool", names);
    let table = COLUMNS
        .iter()
        .fold(table, |table, (heading, rank, kind, of)| {
            table.column(heading, *rank, plan.pools.iter(), |p| {
                of(kind(p)).map_or_else(Shown::dash, |x| Shown::plain(plain(x)))
            })
        });
    let width = layout.width.max(40) - 4;
    let put = |text: &mut String, sentence: &str, first: usize, next: usize| {
        let mut indent = first;
        for line in wrapped(sentence, width) {
            *text += &format!("{:indent$}{line}\n", "");
            indent = next;
        }
    };
    let mut text = String::new();
    put(&mut text, &format!("{id}: {}", goal_text(plan)), 0, 2);
    text += &format!("\n{}\n", table.render(layout).0);
    for sentence in plan_sentences(plan) {
        put(&mut text, &sentence, 0, 2);
    }
    for told in tightest_promises(plan) {
        put(&mut text, &told.promise, 2, 4);
        told.reasons.iter().for_each(|s| put(&mut text, s, 4, 6));
    }
    if let Some(note) = reasons_note(plan) {
        put(&mut text, note, 0, 2);
    }
    text
}

/// Why there is no plan that keeps what was asked for.
pub fn impossible_text(
    model: &Model,
    asked: &Planned,
    failed: &Failed,
    promises: &[Promise],
) -> String {
    let text = |i: usize| promise_text(&Promised::bare(model, &promises[i]));
    let each = |broken: &[usize]| {
        let told: Vec<String> = broken.iter().take(TOLD).map(|&i| text(i)).collect();
        let more = match broken.len().saturating_sub(TOLD) {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        format!("{}{more}", told.join("; "))
    };
    let goal = goal_text(asked);
    match failed {
        Failed::Stopped => "Interrupted: no plan was found yet.".to_owned(),
        Failed::Bounded(broken) => format!(
            "no plan within the bounds keeps these promises ({goal}): {}\n  help: raise `most` in [[staff.pools]], or ask for less",
            each(broken)
        ),
        Failed::TooSoon { broken, first } => format!(
            "no class or order can be in time for these targets ({goal}): {}\n  help: who is asked for at the start is there from {} on; have more people at the start, other pools beside them, or a shorter lead time",
            each(broken),
            model.calendar.label(*first)
        ),
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
            against.map_or_else(String::new, |i| format!(" (the tightest: {})", text(i)))
        ),
    }
}
