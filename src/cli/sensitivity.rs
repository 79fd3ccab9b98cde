//! `handover sensitivity`.

use super::failure::Failure;
use super::options::SensitivityOptions;
use super::output::Output;
use super::page;
use crate::report;
use crate::results::{self, Folder, Question, frontier_table, sensitivity_table};

const SENSITIVITY: &str = "sensitivity.csv";
const FRONTIER: &str = "frontier.csv";

/// Reads a finished sweep, writes what its inputs do, says it.
pub(super) fn sensitivity(options: &SensitivityOptions, output: &Output) -> Result<(), Failure> {
    let folder = &options.folder;
    let bad = |why: String| Failure::bad(format!("{}: {why}", folder.display()));
    let sweep = page::sweep_of(folder)?.ok_or_else(|| {
        bad("it holds a run, not a sweep\n  help: name the folder that `handover sweep` wrote, such as results/NAME-sweep".into())
    })?;
    let all = || sweep.measures.iter().map(|m| m.measure.clone()).collect();
    let on: Vec<String> = match options.on.is_empty() {
        true => all(),
        false => options.on.clone(),
    };
    let question = Question {
        on: &on,
        cost: options.cost.as_deref(),
        quality: options.quality.as_deref(),
    };
    let found =
        results::understand(&sweep, question).map_err(|e| page::not_understood(folder, &e))?;
    let mut place = Folder::prepare(folder, &[SENSITIVITY, FRONTIER])?;
    let inputs = place.write(SENSITIVITY, |out| sensitivity_table(&sweep, &found, out))?;
    let points = place.write(FRONTIER, |out| frontier_table(&sweep, &found, out))?;
    place.publish(vec![inputs, points])?;
    let mut names = vec![SENSITIVITY, FRONTIER];
    // What was asked for by name belongs on the page as well.
    if !options.on.is_empty() && !options.no_report {
        page::put(&mut place, &report::sweep_page(&sweep, &found))?;
        names.push(page::PAGE);
    }
    if options.json {
        return output.print(&report::understanding_json(&sweep, &found));
    }
    let mut text = report::understanding_text(&sweep, &found, output.layout());
    if !output.quiet {
        text += &format!("\nWritten to {}: {}\n", folder.display(), names.join(", "));
    }
    output.print(&text)
}
