//! `handover run`.

use super::Failure;
use super::goal::{self, Goal, Reached};
use super::input::{self, Loaded};
use super::interrupt::Interrupt;
use super::kept::{Desk, Kept};
use super::options::RunOptions;
use super::output::Output;
use super::page::{self, PAGE};
use super::progress::Bar;
use crate::experiment::{self, Job, Outcome, RunError, Side};
use crate::report::{self, Findings, Subject};
use crate::results::{
    self, AssumptionRow, Cost, Folder, FolderError, Holding, Played, Run, TABLES,
};
use crate::text::visible_line;
use cpu_time::ProcessTime;
use std::path::{Path, PathBuf};
use std::time::Instant;

const WORKBOOK: &str = "results.xlsx";
const MANIFEST: &str = "run.json";

/// Loads, makes the directory, simulates, writes, shows.
pub(super) fn run(options: &RunOptions, output: &Output) -> Result<(), Failure> {
    let begun = Instant::now();
    let mut loaded = input::load(&options.input, output)?;
    let goal = Goal::new(options, &loaded)?;
    let path = options
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from("results").join(input::run_name(&options.input.files)));
    let mut names = TABLES.to_vec();
    names.extend([MANIFEST, PAGE]);
    names.extend(options.xlsx.then_some(WORKBOOK));
    results::not_foreign(&path).map_err(refused)?;
    page::not_over(&path, Holding::Sweep)?;
    let mut folder = Folder::prepare(&path, &names).map_err(refused)?;
    let threads = input::threads(output);
    let kept = Kept::open(&path, &loaded, &goal, options.fresh, output)?;
    let interrupt = Interrupt::watch(Some(&folder));
    let Reached {
        outcomes,
        selection,
        complete,
    } = simulate(&loaded, &goal, threads, Some(&kept), &interrupt, output)?;
    interrupt.now_writing();

    let interrupted = !complete;
    for (k, (l, o)) in loaded.iter_mut().zip(&outcomes).enumerate() {
        // Where replications are as many as it takes, these were to be made.
        let plan = &mut l.scenario.plan;
        let most = goal.most(k, plan.replications);
        plan.replications = if interrupted || most == plan.replications {
            most
        } else {
            o.replications() as u32
        };
    }
    let of = |k: usize| {
        (
            loaded[k].id.as_str(),
            &loaded[k].scenario.model,
            &outcomes[k],
        )
    };
    let reached: Vec<Vec<experiment::Reached>> = (0..loaded.len())
        .map(|k| {
            let (precision, (_, model, outcome)) = (&goal.precision[k], of(k));
            match (precision.differences, k) {
                (true, 0) => Vec::new(),
                (true, _) => experiment::reached(model, outcome, precision, Some(of(0))),
                (false, _) => experiment::reached(model, outcome, precision, None),
            }
        })
        .collect();
    let made: Vec<usize> = (0..loaded.len())
        .filter(|&k| outcomes[k].replications() > 0)
        .collect();
    let sides: Vec<Side<'_>> = made
        .iter()
        .map(|&k| side(&loaded[k], &outcomes[k]))
        .collect();
    let subjects: Vec<Subject<'_>> = made
        .iter()
        .map(|&k| subject(&loaded[k], &outcomes[k]))
        .collect();
    let precision: Vec<&[experiment::Reached]> =
        made.iter().map(|&k| reached[k].as_slice()).collect();
    if sides.is_empty() {
        let begun = "Interrupted before any replication was finished: nothing was written.";
        if kept.is_useful() {
            return Err(Failure::Interrupted(format!(
                "{begun} The same command goes on from what is kept in {}.",
                path.display()
            )));
        }
        kept.remove();
        return Err(Failure::Interrupted(begun.into()));
    }
    let (comparisons, finances) = (experiment::compare(&sides), experiment::finance(&sides));
    let played = made.iter().zip(&sides);
    let played = played.map(|(&k, side)| played_of(&loaded[k], side, &reached[k]));
    let mut run = Run::new(
        played.collect(),
        &comparisons,
        &finances,
        selection.as_ref(),
    );
    run.command = input::command("run", &options.input) + &goal::words(options);
    run.interrupted = interrupted;
    let mut files = Vec::new();
    for name in TABLES {
        let table = folder.write(name, |out| run.table(name, &sides, out));
        files.push(table.map_err(refused)?);
    }
    if options.xlsx {
        let workbook = folder.write(WORKBOOK, |out| results::workbook(&run, &sides, out));
        files.push(workbook.map_err(refused)?);
    }
    run.files = files
        .iter()
        .map(|f| (f.name.clone(), f.digest.clone()))
        .collect();
    let cost = Cost {
        wall_seconds: begun.elapsed().as_secs_f64(),
        cpu_seconds: ProcessTime::try_now().map_or(0.0, |t| t.as_duration().as_secs_f64()),
        threads,
        resumed: kept.resumed(),
    };
    run.cost(&cost);
    let manifest = folder.write(MANIFEST, |out| out.write_all(run.json().as_bytes()));
    files.push(manifest.map_err(refused)?);
    let naming = interrupt.now_naming();
    let mut paths = folder.publish(files).map_err(refused)?;
    drop(naming);
    let goes_on = interrupted && kept.is_useful();
    if !goes_on {
        kept.remove();
    }
    run.arrange();
    if !options.no_report {
        paths.push(page::write(&mut folder, &run)?);
    }

    let findings = Findings {
        comparisons: &comparisons,
        finances: &finances,
        precision: &precision,
        selection: selection.as_ref(),
    };
    let stale = !options.xlsx && path.join(WORKBOOK).exists();
    let written = Written {
        stale,
        path: &path,
        paths: &paths,
        run: &run,
    };
    let shown = match options.input.json {
        true => report::run_json(&subjects, &findings, &paths, interrupted),
        false => text(&subjects, &findings, options, &written, cost, output),
    };
    output.print(&shown)?;
    if interrupted {
        let more = match goes_on {
            true => " The same command goes on from there.",
            false => "",
        };
        let budget = goal.ranking.as_ref().and_then(|r| r.budget);
        let said = finished(&loaded, &outcomes, budget, &path) + more;
        Err(Failure::Interrupted(said))
    } else {
        interrupt.end()
    }
}

/// Simulates all scenarios, with a bar; what was kept is not made again.
pub(super) fn simulate(
    loaded: &[Loaded],
    goal: &Goal,
    threads: usize,
    kept: Option<&Kept>,
    interrupt: &Interrupt,
    output: &Output,
) -> Result<Reached, Failure> {
    let jobs: Vec<Job<'_>> = loaded
        .iter()
        .map(|l| Job {
            model: &l.scenario.model,
            plan: l.plan(),
        })
        .collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|e| {
        Failure::Failed(format!(
            "error: cannot start {threads} threads: {e}; try fewer with -j"
        ))
    })?;
    let most: Vec<u32> = (0..jobs.len())
        .map(|k| goal.most(k, jobs[k].plan.replications))
        .collect();
    let ids: Vec<&str> = loaded.iter().map(|l| l.id.as_str()).collect();
    let bar = Bar::new(&jobs, &most, output);
    let desk = Desk { bar: &bar, kept };
    let reached = pool.install(|| goal.reach(&ids, &jobs, &desk, interrupt.flag()));
    bar.clear();
    reached.map_err(|e| match e {
        RunError::Model { job, problems } => {
            Failure::BadInput(format!("error: {}: {}", loaded[job].path.display(), problems.join("; ")))
        }
        RunError::NotConserved { job, replication } => Failure::Failed(format!(
            "error: {}: replication {replication} lost contacts or made some up. This is an error of the program: \
             please report it with the file and the seed",
            loaded[job].path.display()
        )),
    })
}

pub(super) fn refused(e: FolderError) -> Failure {
    let message = format!("error: {e}\n  help: {}", e.advice());
    match e {
        FolderError::Foreign { .. } => Failure::BadInput(message),
        _ => Failure::Failed(message),
    }
}

fn subject<'a>(l: &'a Loaded, outcome: &'a Outcome) -> Subject<'a> {
    Subject {
        id: &l.id,
        name: &l.scenario.name,
        model: &l.scenario.model,
        plan: l.plan(),
        outcome,
    }
}

fn side<'a>(l: &'a Loaded, outcome: &'a Outcome) -> Side<'a> {
    Side {
        id: &l.id,
        model: &l.scenario.model,
        plan: l.plan(),
        outcome,
    }
}

/// A scenario with what came out of it, and what its file says.
fn played_of(l: &Loaded, side: &Side<'_>, precision: &[experiment::Reached]) -> Played {
    let text = |path: &PathBuf| visible_line(&path.to_string_lossy()).into_owned();
    let s = &l.scenario;
    let assumptions = s.assumptions.iter().map(|a| AssumptionRow {
        scenario: l.id.clone(),
        key: a.key.clone(),
        value: a.value.clone(),
        comment: a.comment.clone(),
        file: text(&a.file),
        line: a.line,
    });
    Played {
        name: s.name.clone(),
        description: s.description.clone(),
        opening: s.opening.clone(),
        sources: s.sources.iter().map(text).collect(),
        digest: s.digest.clone(),
        assumptions: assumptions.collect(),
        ..Played::new(side, precision)
    }
}

/// Where the files are, in lines that fit; a path is not broken.
fn places(written: &Written<'_>, width: usize) -> String {
    let names: Vec<_> = written
        .paths
        .iter()
        .filter_map(|p| p.file_name())
        .map(|n| n.to_string_lossy())
        .collect();
    let mut out = format!("\nWritten to {}:", written.path.display());
    let mut used = out.trim_start().chars().count();
    for (i, name) in names.iter().enumerate() {
        let comma = if i + 1 < names.len() { "," } else { "" };
        let begins = used + 2 + name.chars().count() > width || (i == 0 && names.len() > 4);
        out += if begins { "\n  " } else { " " };
        used = if begins { 2 } else { used + 1 };
        out += &format!("{name}{comma}");
        used += name.chars().count() + comma.len();
    }
    if written.stale {
        out += &format!("\n{WORKBOOK} there is of an earlier run; --xlsx writes it anew.");
    }
    out + "\n"
}

/// What a run left.
struct Written<'a> {
    /// Whether a workbook of an earlier run is there.
    stale: bool,
    path: &'a Path,
    paths: &'a [PathBuf],
    run: &'a Run,
}

fn text(
    subjects: &[Subject<'_>],
    findings: &Findings<'_>,
    options: &RunOptions,
    written: &Written<'_>,
    cost: Cost,
    output: &Output,
) -> String {
    let layout = output.layout();
    let mut text = String::new();
    if !output.quiet {
        text += &report::headline(subjects, &cost, layout);
        text.push('\n');
    }
    text += &report::run_table(subjects, layout);
    let wanted = |r: &&[experiment::Reached]| r.iter().any(|r| r.wanted.is_some());
    let of_precision =
        output.verbose || !options.on.is_empty() || findings.precision.iter().any(wanted);
    text += &report::comparison_text(subjects, findings, of_precision, layout);
    if output.verbose {
        for s in subjects {
            if subjects.len() > 1 {
                text += &format!("\n{}\n", s.id);
            }
            text += &report::details(s, layout);
        }
        text += &report::findings_text(written.run, layout);
    }
    if !output.quiet {
        text += &places(written, layout.width);
    }
    text
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
