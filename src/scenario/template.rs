//! A scenario that is read once and built many times, each time with other settings.

use super::keys::DECLARED;
use super::read::{build, precision, reach, staff, timeline};
use super::text::files::Files;
use super::text::problem::{self, Problems};
use super::text::reader::Known;
use super::text::{Node, Reader, merge, settings};
use super::{Scenario, assumptions};
use crate::experiment::{Factor, Levels};
use crate::text::visible_line;
use std::path::{Path, PathBuf};

/// A scenario file that was read, with everything it names.
#[derive(Clone, Debug)]
pub struct Template {
    path: PathBuf,
    root: Node,
    known: Known,
}

impl Template {
    /// Reads a scenario file with `settings` (`KEY=VALUE`) on top of it, and builds it as it is.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of files and lines.
    pub fn read(
        path: &Path,
        settings: &[String],
        files: &dyn Files,
    ) -> Result<(Self, Scenario), Problems> {
        let reader = Reader::new(files, &DECLARED);
        let Some(mut root) = merge::load(&reader, path) else {
            return Err(reader.into_problems());
        };
        let Some(scenario) = built(&reader, &mut root, path, (settings, problem::FLAG)) else {
            return Err(reader.into_problems());
        };
        let template = Self {
            path: path.to_owned(),
            known: reader.known(),
            root,
        };
        Ok((template, scenario))
    }

    /// The scenario with more settings, which are called `name` in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn with(
        &self,
        settings: &[String],
        name: &str,
        files: &dyn Files,
    ) -> Result<Scenario, Problems> {
        let reader = Reader::knowing(files, &DECLARED, self.known.clone());
        let mut root = self.root.clone();
        let built = built(&reader, &mut root, &self.path, (settings, name));
        built.ok_or_else(|| reader.into_problems())
    }

    /// Whether the keys of a factor take whole numbers only: what lies between is refused, and what is whole is not.
    pub fn takes_only_whole(&self, factor: &Factor, files: &dyn Files) -> bool {
        let Levels::Range {
            low, high, unit, ..
        } = &factor.levels
        else {
            return false;
        };
        if low.fract() != 0.0 || high.fract() != 0.0 || !unit.is_empty() {
            return false;
        }
        let takes = |x: f64| {
            let settings: Vec<String> = factor.keys.iter().map(|k| format!("{k}={x}")).collect();
            self.with(&settings, "", files).is_ok()
        };
        !takes((0.5 * (low + high)).floor() + 1.0 / 3.0) && (takes(*low) || takes(*high))
    }
}

/// The name of a file without its ending, as a name that is seen, and that names nothing but itself when a file is called so.
pub fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match visible_line(stem.trim_start_matches('.')) {
        name if name.trim().is_empty() => "scenario".to_owned(),
        name => name.into_owned(),
    }
}

/// The scenario in a tree after settings, which are called by a name; `None` when there are problems, which are with the reader.
fn built(
    reader: &Reader<'_>,
    root: &mut Node,
    path: &Path,
    (settings, name): (&[String], &str),
) -> Option<Scenario> {
    settings::apply(reader, root, settings, name);
    root.take_sources(DECLARED.named());
    let root = &*root;
    let mut built = build::scenario(reader, root, 0);
    if let Some(built) = &mut built {
        timeline::unfold(reader, root, built);
        if !reader.has_problems() {
            reach::check_number(reader, root, &built.model);
        }
        if !reader.has_problems() {
            precision::check(reader, &built.precision, &built.model);
            staff::check(reader, &mut built.staff, &built.model);
        }
    }
    let Some(built) = built.filter(|_| !reader.has_problems()) else {
        if !reader.has_problems() {
            let message = "the scenario cannot be built".to_owned();
            reader.problem(root.span, "", message, None);
        }
        return None;
    };
    let id = stem(path);
    Some(Scenario {
        opening: assumptions::opening(&reader.source(root.span.file).text),
        assumptions: assumptions::assumptions(reader, root),
        name: built.name.unwrap_or_else(|| id.clone()),
        id,
        description: built.description.unwrap_or_default(),
        currency: built.model.prices.currency.clone(),
        model: built.model,
        plan: built.plan,
        precision: built.precision.precision,
        sweep: built.sweep,
        staff: built.staff.table,
        digest: reader.digest(),
        sources: reader.paths(),
    })
}
