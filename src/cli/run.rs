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
use crate::results::{self, Cost, Folder, FolderError, Holding, Input, Record};
use crate::scenario::Assumption;
use cpu_time::ProcessTime;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

const SUMMARY: &str = "summary.csv";
const REPLICATIONS: &str = "replications.csv";
const INTERVALS: &str = "intervals.csv";
const MONTHLY: &str = "monthly.csv";
const COMPARISON: &str = "comparison.csv";
const FINANCE: &str = "finance.csv";
const WORKBOOK: &str = "results.xlsx";
const WEEK: &str = "week.csv";
const ASSUMPTIONS: &str = "assumptions.csv";
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
    let mut names = vec![
        SUMMARY,
        REPLICATIONS,
        INTERVALS,
        MONTHLY,
        COMPARISON,
        FINANCE,
        WEEK,
        ASSUMPTIONS,
        MANIFEST,
        PAGE,
    ];
    names.extend(options.xlsx.then_some(WORKBOOK));
    page::not_over(&path, Holding::Sweep)?;
    let folder = Folder::prepare(&path, &names).map_err(refused)?;
    let threads = input::threads(&options.input);
    let kept = Kept::open(&path, &loaded, &goal, options.fresh, output)?;
    let interrupt = Interrupt::watch(folder.made());
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
    let inputs: Vec<Vec<Input<'_>>> = loaded.iter().map(inputs).collect();
    let made = loaded
        .iter()
        .zip(&inputs)
        .zip(&outcomes)
        .zip(&reached)
        .filter(|((_, o), _)| o.replications() > 0);
    let (subjects, mut records): (Vec<_>, Vec<_>) = made
        .clone()
        .map(|(((l, i), o), r)| (subject(l, o), record(l, i, o, r)))
        .unzip();
    let precision: Vec<&[experiment::Reached]> = made.map(|(_, r)| r.as_slice()).collect();
    if records.is_empty() {
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
    let sides: Vec<Side<'_>> = subjects.iter().map(side).collect();
    let (comparisons, finances) = (experiment::compare(&sides), experiment::finance(&sides));
    // The order of files on the command line must not change the tables (the first, the baseline, is what others are compared with).
    records.sort_by_key(|r| r.id);
    let tables: [results::Table<'_>; 8] = [
        (SUMMARY, &|out| results::summary(&records, out)),
        (REPLICATIONS, &|out| results::replications(&records, out)),
        (INTERVALS, &|out| results::intervals(&records, out)),
        (MONTHLY, &|out| results::monthly(&records, out)),
        (COMPARISON, &|out| results::comparison(&comparisons, out)),
        (FINANCE, &|out| results::finance(&finances, out)),
        (WEEK, &|out| results::week(&records, out)),
        (ASSUMPTIONS, &|out| results::assumptions(&records, out)),
    ];
    let mut files = Vec::new();
    for (name, export) in &tables {
        files.push(folder.write(name, export).map_err(refused)?);
    }
    let command = input::command("run", &options.input) + &goal::words(options);
    if options.xlsx {
        // What is there for every replication or interval is for programs, not for a sheet.
        let shown = |t: &&results::Table<'_>| ![REPLICATIONS, INTERVALS, WEEK].contains(&t.0);
        let shown: Vec<results::Table<'_>> = tables.iter().filter(shown).copied().collect();
        let export = |out: &mut dyn Write| results::workbook(&records, &shown, &command, out);
        files.push(folder.write(WORKBOOK, export).map_err(refused)?);
    }
    let digests: Vec<_> = files.iter().map(|f| f.about.clone()).collect();
    let cost = Cost {
        wall_seconds: begun.elapsed().as_secs_f64(),
        cpu_seconds: ProcessTime::try_now().map_or(0.0, |t| t.as_duration().as_secs_f64()),
        threads,
        resumed: kept.resumed(),
    };
    let manifest = results::manifest(
        &records,
        selection.as_ref(),
        &command,
        cost,
        &digests,
        interrupted,
    );
    files.push(
        folder
            .write(MANIFEST, |out| out.write_all(manifest.as_bytes()))
            .map_err(refused)?,
    );
    let mut paths = folder.publish(files).map_err(refused)?;
    let goes_on = interrupted && kept.is_useful();
    if !goes_on {
        kept.remove();
    }
    let read = match options.no_report && !output.verbose {
        true => None,
        false => Some(page::read(&path)?),
    };
    if let Some(run) = read.as_ref().filter(|_| !options.no_report) {
        paths.push(page::write(&path, run)?);
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
        read: read.as_ref(),
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
        Ok(())
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
    Failure::Failed(format!("error: {e}\n  help: {}", e.advice()))
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

fn side<'a>(s: &Subject<'a>) -> Side<'a> {
    Side {
        id: s.id,
        model: s.model,
        plan: s.plan,
        outcome: s.outcome,
    }
}

fn inputs(l: &Loaded) -> Vec<Input<'_>> {
    fn input(a: &Assumption) -> Input<'_> {
        Input {
            key: &a.key,
            value: &a.value,
            comment: &a.comment,
            file: &a.file,
            line: a.line,
        }
    }
    l.scenario.assumptions.iter().map(input).collect()
}

fn record<'a>(
    l: &'a Loaded,
    inputs: &'a [Input<'a>],
    outcome: &'a Outcome,
    precision: &'a [experiment::Reached],
) -> Record<'a> {
    let s = &l.scenario;
    Record {
        id: &l.id,
        name: &s.name,
        description: &s.description,
        opening: &s.opening,
        inputs,
        sources: &s.sources,
        digest: &s.digest,
        model: &s.model,
        plan: l.plan(),
        outcome,
        precision,
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
    /// The same, read back.
    read: Option<&'a results::Run>,
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
        if let Some(run) = written.read {
            text += &report::findings_text(run, layout);
        }
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
