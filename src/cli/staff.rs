//! `handover staff`.

use super::failure::Failure;
use super::input::{self, Loaded};
use super::options::{Promised, StaffOptions};
use super::output::Output;
use super::overlay::PLAN;
use super::run;
use super::searches::{CLASSES, Question, ROSTER, Searches};
use crate::experiment::rows;
use crate::report;
use crate::results::RunHead;
use crate::scenario::{Scenario, limit};
use crate::staff::{Decisions, Limit};
use std::path::Path;

/// Finds the plan of each scenario, writes it, and simulates all of them with their plans.
pub(super) fn staff_all(options: &StaffOptions, output: &Output) -> Result<(), Failure> {
    let loaded = input::load(&options.input, output)?;
    let promised = &options.promised;
    let decisions = of_all(&loaded, |s, path| decisions_of(promised, s, path))?;
    let limits = of_all(&loaded, |s, path| limits_of(promised, s, path))?;
    let questions: Vec<Question> = decisions
        .into_iter()
        .zip(limits)
        .zip(&loaded)
        .map(|((decisions, limits), l)| Question::new(promised, &l.scenario, decisions, limits))
        .collect();
    let each = loaded.iter().zip(&questions);
    let names: Vec<String> = each
        .clone()
        .flat_map(|(l, q)| names(&file_id(l), &q.decisions))
        .collect();
    let heads: Vec<RunHead> = each.map(|(l, q)| q.head(l, &l.id)).collect();
    let mut searches = Searches::prepare(options, &names, heads, output)?;
    let result = each_staffed(&mut searches, (&loaded, &questions), output);
    searches.end(result)
}

fn each_staffed(
    searches: &mut Searches<'_>,
    (loaded, questions): (&[Loaded], &[Question]),
    output: &Output,
) -> Result<(), Failure> {
    let mut text = String::new();
    let (mut files, mut plans, mut stems) = (Vec::new(), Vec::new(), Vec::new());
    for (k, (l, question)) in loaded.iter().zip(questions).enumerate() {
        let name = l.path.display().to_string();
        let found = searches.search(k, &l.id, &l.scenario.model, question);
        let found = found.map_err(|failed| searches.failure(&name, l, question, &failed))?;
        let stem = file_id(l);
        let mut plan = question.told(l, &stem, &found);
        if !output.quiet {
            text += &report::staffing_text(&l.id, &plan, output.layout());
            text.push('\n');
        }
        files.extend(searches.write(l, (&stem, &found, &mut plan))?);
        stems.push(stem);
        plans.push(plan);
    }
    searches.publish(files)?;
    if !searches.options.input.json {
        output.print(&text)?;
    }
    let found = run::Plans {
        plans,
        ..run::Plans::default()
    };
    run::run(&searches.run(&stems), found, output)
}

/// The files that are written of a plan.
pub(super) fn names(stem: &str, decisions: &Decisions) -> Vec<String> {
    let roster = ROSTER.iter().filter(|_| !decisions.rosters.is_empty());
    let classes = [&CLASSES].into_iter().filter(|_| decisions.is_dated());
    let others = roster
        .chain(classes)
        .chain([&PLAN])
        .map(|what| format!("{stem}-{what}"));
    others.chain([format!("{stem}.toml")]).collect()
}

/// The identifier of the scenario with the plan.
pub(super) fn file_id(l: &Loaded) -> String {
    l.id.replace(['/', '\\'], "-")
}

/// What all scenarios say, or everything that is wrong with any.
pub(super) fn of_all<T>(
    loaded: &[Loaded],
    of: impl Fn(&Scenario, &Path) -> Result<T, Vec<String>>,
) -> Result<Vec<T>, Failure> {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for l in loaded {
        match of(&l.scenario, &l.path) {
            Ok(value) => all.push(value),
            Err(wrong) => problems.extend(wrong),
        }
    }
    match problems.is_empty() {
        true => Ok(all),
        false => Err(Failure::BadInput(problems.join("\n"))),
    }
}

/// The limits of a scenario: those of its file, and those of the options.
pub(super) fn limits_of(
    promised: &Promised,
    scenario: &Scenario,
    path: &Path,
) -> Result<Vec<Limit>, Vec<String>> {
    let model = &scenario.model;
    let rows = match promised.limits.is_empty() {
        true => Vec::new(),
        false => rows(model),
    };
    let mut problems = Vec::new();
    let mut limits = scenario.staff.limits.clone();
    for text in &promised.limits {
        match limit(text, &rows, model) {
            Ok(limit) => limits.push(limit),
            Err((message, help)) => {
                let help = help.map_or_else(String::new, |help| format!("\n  help: {help}"));
                let path = path.display();
                problems.push(format!("error: {path}: --limit: {message}{help}"));
            }
        }
    }
    match problems.is_empty() {
        true => Ok(limits),
        false => Err(problems),
    }
}

/// What is decided in a scenario; one without anything to decide is refused.
pub(super) fn decisions_of(
    promised: &Promised,
    scenario: &Scenario,
    path: &Path,
) -> Result<Decisions, Vec<String>> {
    let mut problems = Vec::new();
    let model = &scenario.model;
    let path = path.display();
    let named = |name: &String| model.pools.iter().position(|p| p.name == *name);
    for unknown in promised.pools.iter().filter(|name| named(name).is_none()) {
        let known: Vec<&str> = model.pools.iter().map(|p| p.name.as_str()).collect();
        problems.push(format!(
            "error: {path}: there is no pool {unknown}\n  help: there are {}",
            known.join(", ")
        ));
    }
    let wanted = (0..model.pools.len())
        .filter(|&p| promised.pools.is_empty() || promised.pools.contains(&model.pools[p].name));
    let of_file = &scenario.staff;
    let decisions = Decisions::by_rules(
        model,
        wanted.clone(),
        model.interval,
        &of_file.offers,
        &of_file.pools,
    );
    for (pool, why) in &decisions.refused {
        let ruled = of_file.pools.iter().any(|r| r.pool == *pool);
        if decisions.variables.is_empty() || !promised.pools.is_empty() || ruled {
            let name = &model.pools[*pool].name;
            problems.push(format!(
                "error: {path}: no plan can be chosen for {name}: {why}\n  help: choose among the others with --pool"
            ));
        }
    }
    for rule in &of_file.pools {
        let bounded = rule.bounds != (0, u32::MAX) && wanted.clone().any(|p| p == rule.pool);
        if bounded && decisions.roster(rule.pool).is_some() {
            let name = &model.pools[rule.pool].name;
            problems.push(format!(
                "error: {path}: [[staff.pools]] has bounds for {name}, whose people work shifts\n  help: bound the shifts on offer, or its size with by = \"size\""
            ));
        }
    }
    let offers = scenario.staff.offers.iter().map(|o| o.pool);
    let unused = offers.filter(|p| wanted.clone().any(|w| w == *p));
    for p in unused.filter(|&p| decisions.roster(p).is_none()) {
        let name = &model.pools[p].name;
        problems.push(format!(
            "error: {path}: the shifts on offer for {name} have nobody to work them\n  help: its people must be its own: a pool with `agents` or `shifts`, without a group, a contract, and a change of its people in the timeline"
        ));
    }
    match problems.is_empty() {
        true => Ok(decisions),
        false => Err(problems),
    }
}
