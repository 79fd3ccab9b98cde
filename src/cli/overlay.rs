//! The scenario file with the plan that was found.

use super::input::{CommandLine, Loaded, shell};
use super::options::{Promised, StaffOptions};
use crate::results;
use crate::staff::Confirmed;
use crate::text::visible_path;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::path::{Component, Path, PathBuf};

/// The table of a plan, by interval.
pub(super) const PLAN: &str = "staffing.csv";

impl Promised {
    /// A command line with these options.
    pub(super) fn said(&self, line: CommandLine) -> CommandLine {
        let per = self.per.and_then(|per| per.to_possible_value());
        line.add("per", per.as_ref().map(PossibleValue::get_name))
            .add("probability", self.probability)
            .add("limit", &self.limits)
            .add("pool", &self.pools)
    }
}

/// The seed with which a plan is simulated: it was chosen because it does well on the replications of the seed of the search.
pub(super) fn other_seed(seed: u64) -> u64 {
    seed.wrapping_add(1) & (i64::MAX as u64)
}

/// The scenario with the plan in it.
pub(super) fn overlay(
    options: &StaffOptions,
    l: &Loaded,
    folder: &Path,
    (stem, found): (&str, &Confirmed),
) -> String {
    let command = options
        .promised
        .said(CommandLine::new("staff", &options.input))
        .flag("mix", options.mix);
    let base = relative(folder, &l.path);
    let seed = other_seed(l.plan().seed);
    let mut text = format!(
        "# The plan that this command found: {}\n\nextends = {}\nseed    = {seed}    # not that of the search, in which the plan does better\n",
        command.0,
        toml_text(&base),
    );
    if !options.input.settings.is_empty() {
        let settings: Vec<String> = options
            .input
            .settings
            .iter()
            .map(|s| format!("--set {}", shell(s)))
            .collect();
        text += &format!("# It holds with {}.\n", settings.join(" "));
    }
    for &p in &found.decisions.pools {
        let model = &l.scenario.model;
        let name = toml_text(&model.pools[p].name);
        let csv = toml_text(&format!("{stem}-{PLAN}"));
        let agents = format!("{{ csv = {csv}, pool = {name} }}");
        let plan = match (found.decisions.roster(p), found.decisions.size_of(p)) {
            (Some(_), _) => results::shifts_keys(model, found, p),
            (None, Some(size)) => results::size_keys(model, found, (p, size), &agents),
            (None, None) => format!("agents = {agents}\n"),
        };
        if !plan.is_empty() {
            text += &format!("\n[[pool]]\nname   = {name}\n{plan}");
        }
    }
    text + &results::group_keys(&l.scenario.model, found)
}

fn toml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The way from a folder to a file.
fn relative(folder: &Path, file: &Path) -> String {
    let whole = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_owned());
    let (folder, file) = (whole(folder), whole(file));
    let same = folder
        .components()
        .zip(file.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = folder.components().skip(same).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(file.components().skip(same)).collect();
    visible_path(&way)
}
