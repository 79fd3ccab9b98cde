//! `handover report`, and the page that every run leaves.

use super::failure::Failure;
use super::options::ReportOptions;
use super::output::Output;
use crate::report;
use crate::results::{
    self, Folder, Holding, Question, ReadError, Swept, UnderstandError, Understanding,
};
use std::path::{Path, PathBuf};

pub(super) const PAGE: &str = "report.html";
/// Where the figures of a page go that are wanted as files.
const FIGURES: &str = "figures";
/// What mends a sweep.
pub(super) const DAMAGED: &str =
    "the same `handover sweep` (of shards: `handover merge`) writes it anew";
const UNFINISHED: &str = "the sweep in it is not finished; the same `handover sweep` goes on from there \
                          (a shard: `handover merge` puts all of them together)";
/// Most points of a sweep whose page is made without being asked for.
pub(super) const MOST_POINTS: usize = 5000;

/// Makes the page of a finished run or sweep again.
pub(super) fn report(options: &ReportOptions, output: &Output) -> Result<(), Failure> {
    let folder = &options.folder;
    let layout = output.layout();
    let (page, findings) = match sweep_of(folder)? {
        Some(sweep) => {
            let found = told(folder, &sweep)?;
            let text = report::understanding_text(&sweep, &found, layout);
            (report::sweep_page(&sweep, &found), text)
        }
        None => {
            let run = results::read(folder).map_err(|e| unreadable(folder, &e))?;
            (report::page(&run), report::findings_text(&run, layout))
        }
    };
    let mut place = Folder::prepare(folder, &[PAGE])?;
    let mut paths = vec![put(&mut place, &page)?];
    if options.figures {
        paths.extend(figures(folder, &page)?);
    }
    let mut text = match output.verbose {
        true => findings + "\n",
        false => String::new(),
    };
    if !output.quiet {
        let places: Vec<_> = paths.iter().map(|p| p.display().to_string()).collect();
        text += &format!("Written to {}\n", places.join(", "));
    }
    output.print(&text)
}

/// Writes the figures of a page, each as a file of its own.
fn figures(folder: &Path, page: &report::Page) -> Result<Vec<PathBuf>, Failure> {
    let file = |f: &report::Figure| (format!("{}.svg", f.id), f.svg().into_bytes());
    let files: Vec<(String, Vec<u8>)> = page.figures().map(file).collect();
    Ok(Folder::save(&folder.join(FIGURES), &files)?)
}

/// The sweep in a folder; `None` when there is something else.
pub(super) fn sweep_of(folder: &Path) -> Result<Option<Swept>, Failure> {
    results::read_sweep(folder).map_err(|e| unreadable(folder, &e))
}

/// What the page says of a sweep.
fn told(folder: &Path, sweep: &Swept) -> Result<Understanding, Failure> {
    let question = Question {
        on: &results::telling(sweep),
        ..Question::default()
    };
    results::understand(sweep, question).map_err(|e| not_understood(folder, &e))
}

/// Everything for which a sweep does not tell what is asked.
pub(super) fn not_understood(folder: &Path, e: &UnderstandError) -> Failure {
    let place = folder.display();
    Failure::BadInput(match e {
        UnderstandError::Points(_) => format!("error: {place}: {e}\n  help: {DAMAGED}"),
        UnderstandError::Measures { wrong, kept } => {
            let each = wrong.iter().map(|w| format!("error: {place}: {w}\n"));
            let each: String = each.collect();
            let kept = kept.join(", ");
            format!("{each}  help: it kept {kept}; a difference of two of them is A-B")
        }
    })
}

/// Writes the page of a sweep that was just finished.
pub(super) fn write_sweep(place: &mut Folder, sweep: &Swept) -> Result<PathBuf, Failure> {
    let found = told(place.path(), sweep)?;
    put(place, &report::sweep_page(sweep, &found))
}

/// Refuses to put results into a folder that holds something else: both a run and a sweep call what they write run.json.
pub(super) fn not_over(folder: &Path, other: Holding) -> Result<(), Failure> {
    if results::holding(folder) != Some(other) {
        return Ok(());
    }
    let (found, new) = match other {
        Holding::Run => ("run", "sweep"),
        Holding::Sweep => ("sweep", "run"),
    };
    Err(Failure::bad(format!(
        "{} holds a {found}, which a {new} would replace in part\n  help: choose another directory with --out DIR",
        folder.display()
    )))
}

/// Why the results in a folder cannot be read, and which command mends it.
fn unreadable(folder: &Path, e: &ReadError) -> Failure {
    let help = match (e, results::holding(folder)) {
        (_, None) => {
            "name a folder that `handover run` or `handover sweep` wrote, such as results/NAME"
        }
        (ReadError::NoRun { .. }, Some(Holding::Run)) => {
            "the run in it is not finished; the same `handover run` goes on from there"
        }
        (ReadError::NoRun { .. }, Some(Holding::Sweep)) => UNFINISHED,
        (_, Some(Holding::Run)) => "the same `handover run` writes it anew",
        (_, Some(Holding::Sweep)) => DAMAGED,
    };
    Failure::bad(format!("{e}\n  help: {help}"))
}

/// Writes a page beside the results that it shows.
pub(super) fn put(place: &mut Folder, page: &report::Page) -> Result<PathBuf, Failure> {
    let file = place.write(PAGE, |out| out.write_all(page.html().as_bytes()))?;
    place.publish(vec![file])?;
    Ok(place.path().join(PAGE))
}
