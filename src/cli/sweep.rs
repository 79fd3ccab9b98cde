//! `handover sweep`.

use super::design::{self, Planned};
use super::failure::Failure;
use super::input;
use super::interrupt::{Interrupt, locked};
use super::options::SweepOptions;
use super::output::Output;
use super::page;
use super::progress::RunBar;
use super::simulate::pool;
use super::staffed::Plans;
use crate::experiment::{self, Desk, Finished, Shard, SweepError, Task};
use crate::model::Model;
use crate::report::{self, Kind, Shown, TextTable};
use crate::results::{self, Folder, Holding, Journal, Sheet, Swept};
use crate::scenario::Disk;
use crate::text::visible_path;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Where finished replications are kept.
pub(super) const JOURNAL: &str = "journal";
const DESIGN: &str = "design.csv";
const POINTS: &str = "points.csv";
const PARQUET: &str = "points.parquet";
const MANIFEST: &str = "run.json";

/// What writes a table of a sweep.
type Export = fn(&Sheet, &mut dyn Write) -> io::Result<()>;

/// What writes `points.parquet`, where the program was built with it.
#[cfg(feature = "parquet")]
const TO_PARQUET: Option<Export> = Some(results::points_parquet);
#[cfg(not(feature = "parquet"))]
const TO_PARQUET: Option<Export> = None;

/// What writes `points.parquet`, if that is `wanted`.
pub(super) fn parquet(wanted: bool) -> Result<Option<Export>, Failure> {
    match TO_PARQUET.filter(|_| wanted) {
        None if wanted => Err(Failure::bad(
            "--parquet: this program was built without it\n  help: build it with --features parquet, or take points.csv",
        )),
        export => Ok(export),
    }
}

/// Checks the design, goes on from what is finished, simulates, writes, shows.
pub(super) fn sweep(options: &SweepOptions, output: &Output) -> Result<(), Failure> {
    let begun = Instant::now();
    let parquet = parquet(options.parquet)?;
    let path = directory(options);
    results::not_foreign(&path)?;
    page::not_over(&path, Holding::Run)?;
    let threads = input::threads(output);
    let pool = pool(threads)?;
    let planned = pool.install(|| design::plan(options, output))?;
    let mut folder = folder(&path)?;
    let at = path.join(JOURNAL);
    if options.fresh && at.exists() {
        std::fs::remove_file(&at).map_err(|e| {
            let why = results::words(&e);
            Failure::failed(format!("cannot remove {}: {why}", at.display()))
        })?;
    }
    let (journal, entries) = Journal::open(&at, &planned.head)?;
    let mut sheet = Sheet::new(entries.head);
    for finished in &entries.finished {
        sheet.put(finished);
    }
    let mut tasks = sheet.head.tasks();
    let all = tasks.len();
    tasks.retain(|&t| !sheet.has(t));
    let before = all - tasks.len();

    let interrupt = Interrupt::watch(Some(&folder));
    let plans = match options.staffed {
        true => pool.install(|| Plans::find(options, &planned, &tasks, &interrupt, output))?,
        false => Plans::default(),
    };
    let simulated = tasks
        .iter()
        .filter(|t| !planned.same_as.contains_key(&t.point));
    let seconds = simulated.map(|t| planned.seconds[t.point as usize]);
    let bar = RunBar::new(seconds.sum(), None, &interrupt, output);
    let office = Office {
        planned: &planned,
        plans,
        journal: &journal,
        sheet: Mutex::new(sheet),
    };
    let done = pool.install(|| experiment::sweep(&tasks, &planned.wanted, &office, &bar));
    bar.clear();
    let sheet = office
        .sheet
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    done.map_err(|e| failed(e, &path))?;
    if sheet.done() < all {
        return Err(Failure::Interrupted(format!(
            "Interrupted. {} of {all} replications are kept in {}: the same command goes on from there.",
            sheet.done(),
            at.display()
        )));
    }
    interrupt.now_writing();
    let with_page = !options.no_report && sheet.head.shard() == Shard::ALL;
    let naming = || interrupt.now_naming();
    let paths = write(&mut folder, &sheet, parquet, with_page, naming)?;
    let took = report::duration(begun.elapsed().as_secs_f64());
    let went_on = match before {
        0 => String::new(),
        n => format!(" ({} of them were there)", report::count(n as u64)),
    };
    let many = report::count(all as u64);
    let facts = format!("{many} replications{went_on} in {took}");
    show(&sheet, &facts, &paths, options.input.json, output)?;
    interrupt.end()
}

/// Where the results go.
fn directory(options: &SweepOptions) -> PathBuf {
    let usual = || PathBuf::from("results").join(input::run_name(&options.input.files) + "-sweep");
    let path = options.out.clone().unwrap_or_else(usual);
    match options.shard {
        Some(Shard { index, of }) => path.join(format!("shard-{index}-of-{of}")),
        None => path,
    }
}

/// The directory, ready to be written to.
pub(super) fn folder(path: &Path) -> Result<Folder, Failure> {
    let names = [DESIGN, POINTS, PARQUET, MANIFEST, JOURNAL];
    Ok(Folder::prepare(path, &names)?)
}

/// Takes models from the template, and keeps what is finished.
struct Office<'a> {
    planned: &'a Planned,
    /// Where points are staffed first, their plans.
    plans: Plans,
    journal: &'a Journal,
    sheet: Mutex<Sheet>,
}

impl Desk for Office<'_> {
    type Error = String;

    fn model(&self, point: u32) -> Result<(Model, u64), String> {
        let settings = self.planned.design.settings(point as usize);
        let name = format!("point {}", point + 1);
        // It was built before: only a file that has changed since can be in the way.
        let scenario = self.planned.template.with(&settings, &name, &Disk);
        let scenario = scenario.map_err(|problems| problems.render(false))?;
        Ok(self.plans.put(point, scenario.model, scenario.plan.seed))
    }

    fn same_as(&self, point: u32) -> Option<u32> {
        self.planned.same_as.get(&point).copied()
    }

    fn keep(&self, done: Finished) -> Result<(), String> {
        self.journal.add(&done).map_err(|e| e.to_string())?;
        locked(&self.sheet).put(&done);
        Ok(())
    }
}

fn failed(e: SweepError<String>, path: &Path) -> Failure {
    let journal = path.join(JOURNAL);
    let kept = format!("what is finished is kept in {}", journal.display());
    Failure::failed(match e {
        SweepError::Model { point, problems } => {
            format!("point {}: {}; {kept}", point + 1, problems.join("; "))
        }
        SweepError::NotConserved(Task { point, replication }) => format!(
            "point {}: replication {replication} lost contacts or made some up. This is an error of the program: \
             please report it with the file and the seed",
            point + 1
        ),
        SweepError::Outside(why) => format!("{why}; {kept}"),
    })
}

/// Writes the files of a sweep, and its page where that is wanted; while files get their names, what `naming` gives is held.
pub(super) fn write<G>(
    folder: &mut Folder,
    sheet: &Sheet,
    parquet: Option<Export>,
    with_page: bool,
    naming: impl FnOnce() -> G,
) -> Result<Vec<PathBuf>, Failure> {
    let mut files = vec![
        folder.write(DESIGN, |out| results::design_table(sheet, out))?,
        folder.write(POINTS, |out| results::points_table(sheet, out))?,
    ];
    if let Some(export) = parquet {
        files.push(folder.write(PARQUET, |out| export(sheet, out))?);
    }
    let mut sweep = Swept::new(sheet);
    let digests = files.iter().map(|f| (f.name.clone(), f.digest.clone()));
    sweep.files = digests.collect();
    files.push(folder.write(MANIFEST, |out| out.write_all(sweep.json().as_bytes()))?);
    let guard = naming();
    let mut paths = folder.publish(files)?;
    drop(guard);
    if with_page && sheet.head.points() <= page::MOST_POINTS {
        paths.push(page::write_sweep(folder, &sweep.with_points(sheet))?);
    }
    Ok(paths)
}

/// Shows what came out: of each measure the lowest and the highest mean of a point.
pub(super) fn show(
    sheet: &Sheet,
    facts: &str,
    paths: &[PathBuf],
    json: bool,
    output: &Output,
) -> Result<(), Failure> {
    let Some(dir) = paths.first().and_then(|p| p.parent()) else {
        return Ok(());
    };
    let head = &sheet.head;
    if json {
        let mut document = serde_json::json!(Swept::new(sheet));
        document["files"] = paths.iter().map(|p| visible_path(p)).collect();
        document.sort_all_objects();
        return output.print(&format!("{document:#}\n"));
    }
    let mut text = String::new();
    if !output.quiet {
        let points = report::count(head.points() as u64);
        let contacts = report::count(sheet.contacts);
        let s = if head.points() == 1 { "" } else { "s" };
        text += &format!(
            "{}: {points} point{s}, {facts}, {contacts} contacts\n\n",
            head.origin.scenario
        );
    }
    text += &extremes(sheet, output);
    if !output.quiet {
        let names: Vec<_> = paths.iter().filter_map(|p| p.file_name()).collect();
        let names: Vec<_> = names.iter().map(|n| n.to_string_lossy()).collect();
        text += &format!("\nWritten to {}: {}\n", dir.display(), names.join(", "));
    }
    output.print(&text)
}

fn extremes(sheet: &Sheet, output: &Output) -> String {
    let head = &sheet.head;
    let told = |kind, end: Option<(usize, f64)>| match end {
        Some((point, x)) => [report::value(x, kind), (point + 1).to_string()].map(Shown::plain),
        None => [Shown::dash(), Shown::dash()],
    };
    let measures = head.measures.iter().enumerate();
    let ends = measures.map(|(m, column)| {
        let means = (0..head.points()).filter_map(|p| Some((p, sheet.mean(p, m)?)));
        let low = means.clone().reduce(|a, b| if b.1 < a.1 { b } else { a });
        let high = means.reduce(|a, b| if b.1 > a.1 { b } else { a });
        [low, high].map(|end| told(Kind::of_unit(&column.unit), end))
    });
    let ends: Vec<[[Shown; 2]; 2]> = ends.collect();
    let grid = TextTable::new("measure", head.measures.iter().map(|m| &m.measure))
        .column("lowest\nmean", 0, &ends, |[low, _]| low[0].clone())
        .column("at\npoint", 0, &ends, |[low, _]| low[1].clone())
        .column("highest\nmean", 0, &ends, |[_, high]| high[0].clone())
        .column("at\npoint", 0, &ends, |[_, high]| high[1].clone());
    grid.render(output.layout()).0
}
