//! `handover run`.

use super::Failure;
use super::input::{self, Loaded};
use super::interrupt::Interrupt;
use super::options::RunOptions;
use super::output::Output;
use super::page::{self, PAGE};
use super::progress::Bar;
use crate::experiment::{self, Job, Outcome, RunError, Side};
use crate::report::{self, Subject};
use crate::results::{self, Cost, Folder, FolderError, Input, Record};
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
    let loaded = input::load(&options.input, output)?;
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
    let folder = Folder::prepare(&path, &names).map_err(refused)?;
    let threads = input::threads(&options.input);
    let interrupt = Interrupt::watch(folder.made());
    let outcomes = simulate(&loaded, threads, &interrupt, output)?;
    interrupt.now_writing();

    let interrupted = loaded
        .iter()
        .zip(&outcomes)
        .any(|(l, o)| o.replications() < l.plan().replications as usize);
    let inputs: Vec<Vec<Input<'_>>> = loaded.iter().map(inputs).collect();
    let (subjects, mut records): (Vec<_>, Vec<_>) = loaded
        .iter()
        .zip(&inputs)
        .zip(&outcomes)
        .filter(|(_, o)| o.replications() > 0)
        .map(|((l, i), o)| (subject(l, o), record(l, i, o)))
        .unzip();
    if records.is_empty() {
        return Err(Failure::Interrupted(
            "Interrupted before any replication was finished: nothing was written.".into(),
        ));
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
    let command = input::command("run", &options.input);
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
    };
    let manifest = results::manifest(&records, &command, cost, &digests, interrupted);
    files.push(
        folder
            .write(MANIFEST, |out| out.write_all(manifest.as_bytes()))
            .map_err(refused)?,
    );
    let mut paths = folder.publish(files).map_err(refused)?;
    let read = match options.no_report && !output.verbose {
        true => None,
        false => Some(page::read(&path)?),
    };
    if let Some(run) = read.as_ref().filter(|_| !options.no_report) {
        paths.push(page::write(&path, run)?);
    }

    let written = Written {
        path: &path,
        paths: &paths,
        read: read.as_ref(),
    };
    let shown = match options.input.json {
        true => report::run_json(&subjects, &paths, interrupted),
        false => text(&subjects, &written, cost, output),
    };
    output.print(&shown)?;
    if interrupted {
        Err(Failure::Interrupted(kept(&loaded, &outcomes, &path)))
    } else {
        Ok(())
    }
}

/// Simulates all scenarios, with a bar.
pub(super) fn simulate(
    loaded: &[Loaded],
    threads: usize,
    interrupt: &Interrupt,
    output: &Output,
) -> Result<Vec<Outcome>, Failure> {
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
    let bar = Bar::new(&jobs, output);
    let outcomes = pool.install(|| experiment::run(&jobs, &bar, interrupt.flag()));
    bar.clear();
    outcomes.map_err(|e| match e {
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

fn record<'a>(l: &'a Loaded, inputs: &'a [Input<'a>], outcome: &'a Outcome) -> Record<'a> {
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
    out + "\n"
}

/// What a run left.
struct Written<'a> {
    path: &'a Path,
    paths: &'a [PathBuf],
    /// The same, read back.
    read: Option<&'a results::Run>,
}

fn text(subjects: &[Subject<'_>], written: &Written<'_>, cost: Cost, output: &Output) -> String {
    let layout = output.layout();
    let mut text = String::new();
    if !output.quiet {
        text += &report::headline(subjects, cost.wall_seconds, cost.cpu_seconds, layout);
        text.push('\n');
    }
    text += &report::run_table(subjects, layout);
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
fn kept(loaded: &[Loaded], outcomes: &[Outcome], path: &Path) -> String {
    let each: Vec<String> = loaded
        .iter()
        .zip(outcomes)
        .map(|(l, o)| {
            format!(
                "{}: {} of {} replications",
                l.id,
                o.replications(),
                l.plan().replications
            )
        })
        .collect();
    format!(
        "Interrupted. Kept in {}: {}.",
        path.display(),
        each.join("; ")
    )
}
