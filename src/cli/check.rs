//! `handover check`.

use super::Failure;
use super::input::{self, Loaded};
use super::options::Input;
use super::output::Output;
use crate::report;

/// Loads, looks at the load, shows.
pub(super) fn check(input: &Input, output: &Output) -> Result<(), Failure> {
    let loaded = input::load(input, output)?;
    let threads = input::threads(input);
    if input.json {
        let all: Vec<_> = loaded.iter().map(|l| json(l, threads)).collect();
        return output.print(&format!("{:#}\n", serde_json::json!({ "scenarios": all })));
    }
    let texts: Vec<String> = loaded
        .iter()
        .map(|l| {
            let file = l.path.display().to_string();
            if output.quiet {
                return format!("{file}: no problems found\n");
            }
            let model = &l.scenario.model;
            report::check_text(&file, &l.scenario.name, model, l.plan(), threads, &report::check(model), output.layout())
        })
        .collect();
    output.print(&texts.join(if output.quiet { "" } else { "\n" }))
}

fn json(l: &Loaded, threads: usize) -> serde_json::Value {
    let model = &l.scenario.model;
    let file = l.path.display().to_string();
    report::check_json(&file, &l.id, &l.scenario.name, model, l.plan(), threads, &report::check(model))
}
