//! `handover staff`.

use super::failure::Failure;
use super::input::{self, CommandLine, Loaded, shell};
use super::interrupt::Interrupt;
use super::options::{Input, PerOption, Promised, RunOptions, StaffOptions};
use super::output::Output;
use super::progress::RunBar;
use super::run;
use super::simulate::pool;
use crate::experiment::rows;
use crate::model::Model;
use crate::report;
use crate::results::{self, Folder, Planned, Sealed};
use crate::scenario::{Scenario, limit};
use crate::staff::{Confirmed, Decisions, Goal, Limit, Per, Promise, Settings, staff};
use crate::text::visible_path;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

/// Writes a table of people on shifts.
type Table = fn(&Model, &Confirmed, &mut dyn Write) -> io::Result<()>;

const PLAN: &str = "staffing.csv";
/// What else is written of a plan of people on shifts.
const ROSTER: [&str; 3] = ["shifts.csv", "roster.csv", "roster.ics"];

/// Finds the plan of each scenario, writes it, and simulates all of them with their plans.
pub(super) fn staff_all(options: &StaffOptions, output: &Output) -> Result<(), Failure> {
    let loaded = input::load(&options.input, output)?;
    let promised = &options.promised;
    let decisions = of_all(&loaded, |s, path| decisions_of(promised, s, path))?;
    let limits = of_all(&loaded, |s, path| limits_of(promised, s, path))?;
    let path = directory(options);
    let results = path.join("results");
    results::not_foreign(&results)?;
    let each = loaded.iter().zip(&decisions);
    let names: Vec<String> = each.flat_map(|(l, d)| names(&file_id(l), d)).collect();
    let shown: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut folder = Folder::prepare(&path, &shown)?;
    let interrupt = Interrupt::watch(Some(&folder));
    let threads = pool(input::threads(output))?;
    let mut text = String::new();
    let mut files = Vec::new();
    let mut plans = Vec::new();
    for ((l, decisions), limits) in loaded.iter().zip(decisions).zip(limits) {
        let (model, id) = (&l.scenario.model, file_id(l));
        let goal = goal_of(promised, &l.scenario);
        let settings = Settings {
            limits,
            ..Settings::new(goal, l.plan(), model)
        };
        let asked = Planned::asked(model, goal, &settings.limits);
        let bar = RunBar::searching(&l.id, &interrupt, output);
        let name = l.path.display().to_string();
        let search = || search(&name, model, decisions, &settings, &bar, &interrupt);
        let found = threads.install(search)?;
        let mut plan = asked.found(&id, model, &l.scenario.currency, &found);
        if !output.quiet {
            text += &report::staffing_text(&l.id, &plan, output.layout());
            text.push('\n');
        }
        files.extend(write(
            options,
            l,
            (&folder, &path),
            (&id, &found, &mut plan),
        )?);
        plans.push(plan);
    }
    interrupt.now_writing();
    let naming = interrupt.now_naming();
    folder.publish(files)?;
    drop(naming);
    if !options.input.json {
        output.print(&text)?;
    }
    let staffed = RunOptions::plain(
        Input {
            files: loaded
                .iter()
                .map(|l| path.join(file_id(l) + ".toml"))
                .collect(),
            seed: None,
            ..options.input.clone()
        },
        results,
        options.no_report,
    );
    run::run(&staffed, plans, output)
}

/// The files that are written of a plan.
pub(super) fn names(stem: &str, decisions: &Decisions) -> Vec<String> {
    let roster = ROSTER.iter().filter(|_| !decisions.rosters.is_empty());
    let others = roster.chain([&PLAN]).map(|what| format!("{stem}-{what}"));
    others.chain([format!("{stem}.toml")]).collect()
}

/// Writes the tables of a plan and the scenario with it.
pub(super) fn write(
    options: &StaffOptions,
    l: &Loaded,
    (folder, path): (&Folder, &Path),
    (stem, found, plan): (&str, &Confirmed, &mut Planned),
) -> Result<Vec<Sealed>, Failure> {
    let model = &l.scenario.model;
    let tables: [Table; 3] = [
        results::shifts_table,
        results::roster_table,
        results::roster_calendar,
    ];
    let has_shifts = !found.decisions.rosters.is_empty();
    let mut files = Vec::new();
    for (what, table) in ROSTER.iter().zip(tables).filter(|_| has_shifts) {
        let name = format!("{stem}-{what}");
        files.push(folder.write(&name, |out| table(model, found, out))?);
    }
    files.push(folder.write(&format!("{stem}-{PLAN}"), |out| {
        results::staffing_table(&plan.intervals, out)
    })?);
    let overlay = overlay(options, l, path, (stem, found));
    let name = format!("{stem}.toml");
    files.push(folder.write(&name, |out| out.write_all(overlay.as_bytes()))?);
    let names = files.iter().map(|f| path.join(&f.name));
    plan.files = names.map(|path| visible_path(&path)).collect();
    Ok(files)
}

/// Finds the plan of a model that is called so, or says why there is none.
pub(super) fn search(
    name: &str,
    model: &Model,
    decisions: Decisions,
    settings: &Settings,
    bar: &RunBar<'_>,
    interrupt: &Interrupt,
) -> Result<Confirmed, Failure> {
    let found = staff(model, decisions.clone(), settings, bar);
    bar.clear();
    found.map_err(|failed| {
        let (goal, limits) = (settings.goal, &settings.limits);
        let promises = Promise::all(model, goal, limits, &decisions);
        let asked = Planned::asked(model, goal, limits);
        let why = report::impossible_text(model, &asked, &failed, &promises);
        match interrupt.was_heard() {
            true => Failure::Interrupted(why),
            false => Failure::Failed(format!("error: {name}: {why}")),
        }
    })
}

/// What is promised of a scenario: what its file says, unless an option does.
pub(super) fn goal_of(promised: &Promised, scenario: &Scenario) -> Goal {
    let per = promised.per.map(|per| match per {
        PerOption::Interval => Per::Interval,
        PerOption::Day => Per::Day,
        PerOption::Week => Per::Week,
        PerOption::Horizon => Per::Horizon,
    });
    let of_file = &scenario.staff;
    Goal {
        per: per.unwrap_or(of_file.per),
        probability: promised.probability.or(of_file.probability),
    }
}

/// The identifier of the scenario with the plan.
pub(super) fn file_id(l: &Loaded) -> String {
    l.id.replace(['/', '\\'], "-")
}

pub(super) fn directory(options: &StaffOptions) -> PathBuf {
    let usual = || {
        PathBuf::from("results").join(format!("{}-staffed", input::run_name(&options.input.files)))
    };
    options.out.clone().unwrap_or_else(usual)
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

impl Promised {
    /// A command line with these options.
    pub(super) fn said(&self, line: CommandLine) -> CommandLine {
        let per = self.per.and_then(|per| per.to_possible_value());
        line.add("per", per.as_ref().map(PossibleValue::get_name))
            .add("probability", self.probability)
            .add("limit", &self.limits)
            .add("pool", &self.pools)
    }
}

/// The seed with which a plan is simulated: it was chosen because it does well on the replications of the seed of the search.
pub(super) fn other_seed(seed: u64) -> u64 {
    seed.wrapping_add(1) & (i64::MAX as u64)
}

/// The scenario with the plan in it.
fn overlay(
    options: &StaffOptions,
    l: &Loaded,
    folder: &Path,
    (stem, found): (&str, &Confirmed),
) -> String {
    let command = options
        .promised
        .said(CommandLine::new("staff", &options.input));
    let base = relative(folder, &l.path);
    let seed = other_seed(l.plan().seed);
    let mut text = format!(
        "# The plan that this command found: {}\n\nextends = {}\nseed    = {seed}    # not that of the search, in which the plan does better\n",
        command.0,
        toml_text(&base),
    );
    if !options.input.settings.is_empty() {
        let settings: Vec<String> = options
            .input
            .settings
            .iter()
            .map(|s| format!("--set {}", shell(s)))
            .collect();
        text += &format!("# It holds with {}.\n", settings.join(" "));
    }
    for &p in &found.decisions.pools {
        let model = &l.scenario.model;
        let name = toml_text(&model.pools[p].name);
        let csv = toml_text(&format!("{stem}-{PLAN}"));
        let agents = format!("{{ csv = {csv}, pool = {name} }}");
        let plan = match (found.decisions.roster(p), found.decisions.size_of(p)) {
            (Some(_), _) => results::shifts_keys(model, found, p),
            (None, Some(size)) => results::size_keys(model, found, (p, size), &agents),
            (None, None) => format!("agents = {agents}\n"),
        };
        text += &format!("\n[[pool]]\nname   = {name}\n{plan}");
    }
    text + &results::group_keys(&l.scenario.model, found)
}

fn toml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The way from a folder to a file.
fn relative(folder: &Path, file: &Path) -> String {
    let whole = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_owned());
    let (folder, file) = (whole(folder), whole(file));
    let same = folder
        .components()
        .zip(file.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = folder.components().skip(same).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(file.components().skip(same)).collect();
    visible_path(&way)
}
