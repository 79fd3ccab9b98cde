//! Searches for plans: what they are asked, what they keep, and where their plans are written.

use super::failure::Failure;
use super::input::{self, Loaded};
use super::interrupt::Interrupt;
use super::kept::Kept;
use super::options::{Input, PerOption, Promised, RunOptions, StaffOptions};
use super::output::Output;
use super::overlay::{PLAN, overlay};
use super::progress::RunBar;
use super::simulate::pool;
use crate::model::Model;
use crate::report;
use crate::results::{self, Folder, Planned, RunHead, Sealed};
use crate::scenario::Scenario;
use crate::staff::{
    Confirmed, Decisions, Failed, Goal, Limit, Per, Promise, Settings, kept_length, staff,
};
use crate::text::visible_path;
use rayon::ThreadPool;
use std::io::{self, Write};
use std::path::PathBuf;

/// Writes a table of people on shifts.
type Table = fn(&Model, &Confirmed, &mut dyn Write) -> io::Result<()>;

/// What is decided month by month.
pub(super) const CLASSES: &str = "classes.csv";
/// What else is written of a plan of people on shifts.
pub(super) const ROSTER: [&str; 3] = ["shifts.csv", "roster.csv", "roster.ics"];

/// What is searched in a scenario.
pub(super) struct Question {
    pub(super) decisions: Decisions,
    pub(super) settings: Settings,
}

impl Question {
    pub(super) fn new(
        promised: &Promised,
        scenario: &Scenario,
        decisions: Decisions,
        limits: Vec<Limit>,
    ) -> Self {
        let goal = goal_of(promised, scenario);
        let settings = Settings {
            limits,
            ..Settings::new(goal, scenario.plan, &scenario.model)
        };
        Self {
            decisions,
            settings,
        }
    }

    /// What plans that are kept belong to. Where a search starts does not change what a plan is worth.
    pub(super) fn head(&self, l: &Loaded, name: &str) -> RunHead {
        let (decisions, settings) = (&self.decisions, &self.settings);
        let all = format!("{} {settings:?} {decisions:?}", l.scenario.digest);
        let digest = blake3::hash(all.as_bytes()).to_hex();
        let words = kept_length(&l.scenario.model, decisions, settings);
        RunHead::new(name, &digest, settings.seed, words)
    }

    /// The plan that was found, as it is told.
    pub(super) fn told(&self, l: &Loaded, stem: &str, found: &Confirmed) -> Planned {
        let (model, settings) = (&l.scenario.model, &self.settings);
        let asked = Planned::asked(model, settings.goal, &settings.limits);
        asked.found(stem, model, &l.scenario.currency, found)
    }

    /// Why there is no plan.
    pub(super) fn why(&self, model: &Model, failed: &Failed) -> String {
        let (goal, limits) = (self.settings.goal, &self.settings.limits);
        let promises = Promise::all(model, goal, limits, &self.decisions);
        let asked = Planned::asked(model, goal, limits);
        report::impossible_text(model, &asked, failed, &promises)
    }
}

/// What is promised of a scenario: what its file says, unless an option does.
fn goal_of(promised: &Promised, scenario: &Scenario) -> Goal {
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

/// Searches of one command.
pub(super) struct Searches<'a> {
    pub(super) options: &'a StaffOptions,
    output: &'a Output,
    path: PathBuf,
    folder: Folder,
    interrupt: Interrupt,
    threads: ThreadPool,
    kept: Kept,
}

impl<'a> Searches<'a> {
    /// Makes the directory, in which files of these names will be written, and reads what earlier searches have kept there.
    pub(super) fn prepare(
        options: &'a StaffOptions,
        names: &[String],
        heads: Vec<RunHead>,
        output: &'a Output,
    ) -> Result<Self, Failure> {
        let usual = || {
            let name = input::run_name(&options.input.files);
            PathBuf::from("results").join(format!("{name}-staffed"))
        };
        let path = options.out.clone().unwrap_or_else(usual);
        results::not_foreign(&path.join("results"))?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let folder = Folder::prepare(&path, &names)?;
        Ok(Self {
            options,
            output,
            kept: Kept::of_searches(&path, heads.into_iter(), options.fresh, output)?,
            path,
            interrupt: Interrupt::watch(Some(&folder)),
            folder,
            threads: pool(input::threads(output))?,
        })
    }

    /// The plan of a model, kept under a number.
    pub(super) fn search(
        &self,
        number: usize,
        title: &str,
        model: &Model,
        question: &Question,
    ) -> Result<Confirmed, Failed> {
        let kept = Some((&self.kept, number));
        let bar = RunBar::searching(title, kept, &self.interrupt, self.output);
        let decisions = question.decisions.clone();
        let search = || staff(model, decisions, &question.settings, &bar);
        let found = self.threads.install(search);
        bar.clear();
        found
    }

    /// What a search that found no plan ends with.
    pub(super) fn failure(
        &self,
        name: &str,
        l: &Loaded,
        question: &Question,
        failed: &Failed,
    ) -> Failure {
        let why = question.why(&l.scenario.model, failed);
        match failed {
            Failed::Stopped if self.kept.is_useful() => {
                Failure::Interrupted(why + " The same command goes on from there.")
            }
            Failed::Stopped => Failure::Interrupted(why),
            _ => Failure::Failed(format!("error: {name}: {why}")),
        }
    }

    /// Writes the tables of a plan and the scenario with it.
    pub(super) fn write(
        &self,
        l: &Loaded,
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
            files.push(self.folder.write(&name, |out| table(model, found, out))?);
        }
        if found.decisions.is_dated() {
            let name = format!("{stem}-{CLASSES}");
            let write = |out: &mut dyn Write| results::classes_table(&plan.classes, out);
            files.push(self.folder.write(&name, write)?);
        }
        files.push(self.folder.write(&format!("{stem}-{PLAN}"), |out| {
            results::staffing_table(&plan.intervals, out)
        })?);
        let overlay = overlay(self.options, l, &self.path, (stem, found));
        let name = format!("{stem}.toml");
        let write = |out: &mut dyn Write| out.write_all(overlay.as_bytes());
        files.push(self.folder.write(&name, write)?);
        let names = files.iter().map(|f| self.path.join(&f.name));
        plan.files = names.map(|path| visible_path(&path)).collect();
        Ok(files)
    }

    /// Gives files their names.
    pub(super) fn publish(&mut self, files: Vec<Sealed>) -> Result<Vec<PathBuf>, Failure> {
        self.interrupt.now_writing();
        let naming = self.interrupt.now_naming();
        let paths = self.folder.publish(files)?;
        drop(naming);
        Ok(paths)
    }

    /// A run of the scenarios with the plans of these names.
    pub(super) fn run(&self, stems: &[String]) -> RunOptions {
        let files = stems
            .iter()
            .map(|stem| self.path.join(format!("{stem}.toml")));
        let input = Input {
            files: files.collect(),
            seed: None,
            ..self.options.input.clone()
        };
        RunOptions::plain(input, self.path.join("results"), self.options.no_report)
    }

    /// Writes a file, and gives it its name.
    pub(super) fn put(
        &mut self,
        name: &str,
        export: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Vec<PathBuf>, Failure> {
        let sealed = self.folder.write(name, export)?;
        self.publish(vec![sealed])
    }

    /// The end of all: what was kept goes, unless the same command can go on from it.
    pub(super) fn end(self, result: Result<(), Failure>) -> Result<(), Failure> {
        if !matches!(result, Err(Failure::Interrupted(_))) {
            self.kept.remove();
        }
        result
    }
}
