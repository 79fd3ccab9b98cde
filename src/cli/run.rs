//! `handover run`.

use super::failure::Failure;
use super::goal::{self, RunGoal};
use super::input::{self, Loaded};
use super::interrupt::Interrupt;
use super::kept::Kept;
use super::log;
use super::options::RunOptions;
use super::output::Output;
use super::page::{self, PAGE};
use super::simulate::simulate;
use crate::experiment::{Outcome, Reached, Side, compare, finance, kept_length};
use crate::report::{self, Stopping};
use crate::results::{
    self, AssumptionRow, Cost, Folder, Holding, Mixed, Planned, Played, Run, RunHead, STAFFING,
    Sealed, TABLES,
};
use crate::text::visible_path;
use cpu_time::ProcessTime;
use std::path::{Path, PathBuf};
use std::time::Instant;

const WORKBOOK: &str = "results.xlsx";
const MANIFEST: &str = "run.json";

/// Processor time of the process so far.
fn processor_seconds() -> f64 {
    ProcessTime::try_now().map_or(0.0, |t| t.as_duration().as_secs_f64())
}

/// What was found for the scenarios before they are run.
#[derive(Default)]
pub(super) struct Plans {
    /// By scenario its plan.
    pub(super) plans: Vec<Planned>,
    /// The mixes of pools that were searched.
    pub(super) mixes: Vec<Mixed>,
}

/// Loads, makes the directory, simulates, writes, shows.
pub(super) fn run(options: &RunOptions, found: Plans, output: &Output) -> Result<(), Failure> {
    let plans = found.plans;
    let (begun, processor) = (Instant::now(), processor_seconds());
    let mut loaded = input::load(&options.input, output)?;
    let goal = RunGoal::new(options, &loaded)?;
    let log = log::wanted(&options.log, &loaded)?;
    let path = directory(options);
    results::not_foreign(&path)?;
    page::not_over(&path, Holding::Sweep)?;
    let mut names = names(options, !plans.is_empty());
    if let Some(log) = &log {
        log.may_stand_beside(&names)?;
        names.push(log.name);
    }
    let mut folder = Folder::prepare(&path, &names)?;
    let threads = input::threads(output);
    let heads = loaded.iter().enumerate().map(|(k, l)| {
        let words = kept_length(&l.scenario.model, goal.most(k, l.plan().replications));
        RunHead::new(&l.id, &l.scenario.digest, l.plan().seed, words)
    });
    let kept = Kept::open((&path, "journal"), heads, options.fresh, output)?;
    let interrupt = Interrupt::watch(Some(&folder));
    let reached = simulate(&loaded, &goal, threads, Some(&kept), &interrupt, output)?;
    let contacts = match &log {
        Some(log) if reached.complete => log.write(&loaded[0], &folder, &interrupt)?,
        _ => None,
    };
    interrupt.now_writing();

    let interrupted = !reached.complete;
    for (k, (l, o)) in loaded.iter_mut().zip(&reached.outcomes).enumerate() {
        // Where replications are as many as it takes, these were to be made.
        let plan = &mut l.scenario.plan;
        let most = goal.most(k, plan.replications);
        plan.replications = if interrupted || most == plan.replications {
            most
        } else {
            o.replications() as u32
        };
    }
    let sides: Vec<Side<'_>> = loaded.iter().zip(&reached.outcomes).map(side).collect();
    let precision: Vec<Vec<Reached>> = (0..sides.len()).map(|k| goal.reached(k, &sides)).collect();
    // Those of which nothing is finished are left out of all that follows.
    let done: Vec<usize> = (0..sides.len())
        .filter(|&k| sides[k].outcome.replications() > 0)
        .collect();
    if done.is_empty() {
        return Err(nothing_finished(kept, &path));
    }
    let scenarios = done.iter().map(|&k| Played {
        plan: plans.get(k).cloned(),
        ..played(&loaded[k], &sides[k], &precision[k])
    });
    let sides: Vec<Side<'_>> = done.iter().map(|&k| sides[k]).collect();
    let precision: Vec<&[Reached]> = done.iter().map(|&k| precision[k].as_slice()).collect();
    let stopping = Stopping {
        precision: &precision,
        selection: reached.selection.as_ref(),
    };
    let mut run = Run::new(
        scenarios.collect(),
        &compare(&sides),
        &finance(&sides),
        stopping.selection,
    );
    run.command = goal::command(options);
    run.interrupted = interrupted;
    run.mixes = found.mixes;
    let cost = || Cost {
        wall_seconds: begun.elapsed().as_secs_f64(),
        cpu_seconds: processor_seconds() - processor,
        threads,
        resumed: kept.resumed(),
    };
    let (mut files, cost) = write(&folder, &mut run, &sides, options.xlsx, cost)?;
    files.extend(contacts);
    let naming = interrupt.now_naming();
    let mut paths = folder.publish(files)?;
    drop(naming);
    let goes_on = interrupted && kept.is_useful();
    if !goes_on {
        kept.remove();
    }
    paths.extend((!options.no_report).then(|| path.join(PAGE)));
    let shown = match options.input.json {
        true => report::run_json(&run, &stopping, &paths),
        false => text(&run, &stopping, options, &paths, &cost, output),
    };
    if !options.no_report {
        // The page does not depend on the order of the files on the command line.
        run.arrange();
        page::put(&mut folder, &report::page(&run))?;
    }
    output.print(&shown)?;
    if interrupted {
        let more = match goes_on {
            true => " The same command goes on from there.",
            false => "",
        };
        let budget = goal.ranking.as_ref().and_then(|r| r.budget);
        let message = finished(&loaded, &reached.outcomes, budget, &path) + more;
        Err(Failure::Interrupted(message))
    } else {
        interrupt.end()
    }
}

/// Where the results go.
fn directory(options: &RunOptions) -> PathBuf {
    let usual = || PathBuf::from("results").join(input::run_name(&options.input.files));
    options.out.clone().unwrap_or_else(usual)
}

/// The files that are to be written.
fn names(options: &RunOptions, planned: bool) -> Vec<&'static str> {
    let mut names = TABLES.to_vec();
    names.extend(planned.then_some(STAFFING));
    names.extend([MANIFEST, PAGE]);
    names.extend(options.xlsx.then_some(WORKBOOK));
    names
}

fn side<'a>((l, outcome): (&'a Loaded, &'a Outcome)) -> Side<'a> {
    Side {
        id: &l.id,
        model: &l.scenario.model,
        plan: l.plan(),
        outcome,
    }
}

/// A scenario with what came out of it, and what its file says.
fn played(l: &Loaded, side: &Side<'_>, precision: &[Reached]) -> Played {
    let s = &l.scenario;
    let assumptions = s.assumptions.iter().map(|a| AssumptionRow {
        scenario: l.id.clone(),
        key: a.key.clone(),
        value: a.value.clone(),
        comment: a.comment.clone(),
        file: visible_path(&a.file),
        line: a.line,
    });
    Played {
        name: s.name.clone(),
        description: s.description.clone(),
        opening: s.opening.clone(),
        sources: s.sources.iter().map(|p| visible_path(p)).collect(),
        digest: s.digest.clone(),
        assumptions: assumptions.collect(),
        ..Played::new(side, precision)
    }
}

/// That no replication was finished, and whether something is kept of those that were begun.
fn nothing_finished(kept: Kept, path: &Path) -> Failure {
    let begun = "Interrupted before any replication was finished: nothing was written.";
    if kept.is_useful() {
        return Failure::Interrupted(format!(
            "{begun} The same command goes on from what is kept in {}.",
            path.display()
        ));
    }
    kept.remove();
    Failure::Interrupted(begun.into())
}

/// Writes all files but the page; they have no names yet. What it `cost` is asked when the tables are written.
fn write(
    folder: &Folder,
    run: &mut Run,
    sides: &[Side<'_>],
    with_workbook: bool,
    cost: impl FnOnce() -> Cost,
) -> Result<(Vec<Sealed>, Cost), Failure> {
    let mut files = Vec::new();
    let planned = run.scenarios.iter().any(|s| s.plan.is_some());
    for name in TABLES.into_iter().chain(planned.then_some(STAFFING)) {
        files.push(folder.write(name, |out| run.table(name, sides, out))?);
    }
    if with_workbook {
        files.push(folder.write(WORKBOOK, |out| results::workbook(run, sides, out))?);
    }
    let digests = files.iter().map(|f| (f.name.clone(), f.digest.clone()));
    run.files = digests.collect();
    let cost = cost();
    run.cost(&cost);
    files.push(folder.write(MANIFEST, |out| out.write_all(run.json().as_bytes()))?);
    Ok((files, cost))
}

fn text(
    run: &Run,
    stopping: &Stopping<'_>,
    options: &RunOptions,
    paths: &[PathBuf],
    cost: &Cost,
    output: &Output,
) -> String {
    let layout = output.layout();
    let mut text = String::new();
    if !output.quiet {
        text += &report::headline(run, cost, layout);
        text.push('\n');
    }
    text += &report::run_table(run, layout);
    let is_wanted = |r: &&[Reached]| r.iter().any(|r| r.wanted.is_some());
    let of_precision =
        output.verbose || !options.on.is_empty() || stopping.precision.iter().any(is_wanted);
    text += &report::comparison_text(run, stopping, of_precision, layout);
    if output.verbose {
        for s in &run.scenarios {
            if run.scenarios.len() > 1 {
                text += &format!("\n{}\n", s.id);
            }
            text += &report::details(s, layout);
        }
        text += &report::findings_text(run, layout);
    }
    if !output.quiet {
        text += &places(options, paths, layout.width);
    }
    text
}

/// Where the files are, in lines that fit; a path is not broken.
fn places(options: &RunOptions, paths: &[PathBuf], width: usize) -> String {
    let path = directory(options);
    let names = paths.iter().filter_map(|p| p.file_name());
    let names: Vec<_> = names.map(|n| n.to_string_lossy()).collect();
    let mut out = format!("\nWritten to {}:", path.display());
    let mut used = out.trim_start().chars().count();
    for (i, name) in names.iter().enumerate() {
        let comma = if i + 1 < names.len() { "," } else { "" };
        let begins = used + 2 + name.chars().count() > width || (i == 0 && names.len() > 4);
        out += if begins { "\n  " } else { " " };
        used = if begins { 2 } else { used + 1 };
        out += &format!("{name}{comma}");
        used += name.chars().count() + comma.len();
    }
    if !options.xlsx && path.join(WORKBOOK).exists() {
        out += &format!("\n{WORKBOOK} there is of an earlier run; --xlsx writes it anew.");
    }
    out + "\n"
}

/// What an interrupted run kept.
fn finished(loaded: &[Loaded], outcomes: &[Outcome], budget: Option<u32>, path: &Path) -> String {
    let each: Vec<String> = loaded
        .iter()
        .zip(outcomes)
        .map(|(l, o)| {
            let of_all = match budget {
                Some(_) => String::new(),
                None => format!(" of {}", l.plan().replications),
            };
            format!("{}: {}{of_all} replications", l.id, o.replications())
        })
        .collect();
    let budget = budget.map_or_else(String::new, |n| format!("; {n} are to be spent"));
    format!(
        "Interrupted. Kept in {}: {}{budget}.",
        path.display(),
        each.join("; ")
    )
}
