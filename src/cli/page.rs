//! `handover report`, and the page that every run leaves.

use super::Failure;
use super::options::ReportOptions;
use super::output::Output;
use super::run::refused;
use crate::report;
use crate::results::{self, Folder, ReadError, Run};
use std::path::{Path, PathBuf};

pub(super) const PAGE: &str = "report.html";

/// Makes the page of a finished run or sweep again.
pub(super) fn report(options: &ReportOptions, output: &Output) -> Result<(), Failure> {
    let folder = &options.folder;
    let (path, mut text) = match results::read_sweep(folder).map_err(unreadable)? {
        Some(sweep) => (put(folder, &report::sweep_page(&sweep))?, String::new()),
        None => {
            let run = read(folder)?;
            let found = match output.verbose {
                true => report::findings_text(&run, output.layout()) + "\n",
                false => String::new(),
            };
            (write(folder, &run)?, found)
        }
    };
    if !output.quiet {
        text += &format!("Written to {}\n", path.display());
    }
    output.print(&text)
}

/// The results in a folder.
pub(super) fn read(folder: &Path) -> Result<Run, Failure> {
    results::read(folder).map_err(unreadable)
}

fn unreadable(e: ReadError) -> Failure {
    Failure::BadInput(format!(
        "error: {e}\n  help: name the folder that `handover run` wrote, such as results/NAME"
    ))
}

/// Writes the page of a run beside its results.
pub(super) fn write(folder: &Path, run: &Run) -> Result<PathBuf, Failure> {
    put(folder, &report::page(run))
}

fn put(folder: &Path, page: &str) -> Result<PathBuf, Failure> {
    let place = Folder::prepare(folder, &[PAGE]).map_err(refused)?;
    let file = place
        .write(PAGE, |out| out.write_all(page.as_bytes()))
        .map_err(refused)?;
    place.publish(vec![file]).map_err(refused)?;
    Ok(folder.join(PAGE))
}
