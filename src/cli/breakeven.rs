//! `handover breakeven`.

use super::failure::Failure;
use super::goal::RunGoal;
use super::input::{self, Loaded};
use super::interrupt::Interrupt;
use super::options::BreakEvenOptions;
use super::output::Output;
use super::simulate::simulate;
use crate::experiment::{BreakEven, Outcome, break_even};
use crate::measure::Slice;
use crate::report::{Kind, value};
use crate::text::number;
use std::path::{Path, PathBuf};

/// Compares the two scenarios at values of the input until they come to the same.
pub(super) fn break_even_of(options: &BreakEvenOptions, output: &Output) -> Result<(), Failure> {
    let (low, high) = bounds(options)?;
    let threads = input::threads(output);
    let [first, second] = options.input.files.as_slice() else {
        return Err(Failure::bad(
            "a break-even is between two scenarios: give two files",
        ));
    };
    let interrupt = Interrupt::watch(None);
    let values = |loaded: &Loaded| {
        let all = std::slice::from_ref(loaded);
        let goal = RunGoal::as_planned(all);
        let reached = simulate(all, &goal, threads, None, &interrupt, output)?;
        let wanted = loaded.plan().replications as usize;
        match reached.outcomes.first() {
            Some(outcome) if outcome.replications() == wanted => measured(options, loaded, outcome),
            _ => Err(Failure::Interrupted("Interrupted: no answer yet.".into())),
        }
    };
    // Whatever is wrong with the input is said before anything is simulated.
    let fraction = low + 0.5 * (high - low) + 1.0 / 3.0;
    let whole = load(options, second, Some(fraction), output).is_err();
    let fitting = |x: f64| if whole { x.round() } else { x };
    load(options, second, Some(fitting(low)), output)?;
    load(options, second, Some(fitting(high)), output)?;
    let base = load(options, first, None, output)?;
    let confidence = base.plan().confidence;
    let base = values(&base)?;
    let differences = |x: f64| -> Result<Vec<f64>, Failure> {
        let other = values(&load(options, second, Some(fitting(x)), output)?)?;
        let pairs = other.iter().zip(&base);
        Ok(pairs.map(|(b, a)| b - a).collect())
    };
    let names = (name(first), name(second));
    match break_even(differences, low, high, confidence)? {
        Ok(found) => {
            let shown = match options.input.json {
                true => json(options, &found, base.len()),
                false => text(options, &found, &names, base.len()),
            };
            output.print(&shown)?;
            interrupt.end()
        }
        Err(none) => Err(Failure::failed(format!(
            "between {} and {} there is no break-even: {} less {} is {} at {} and {} at {}\n  help: try other bounds",
            bound(low),
            bound(high),
            names.1,
            names.0,
            shown(none.low),
            bound(low),
            shown(none.high),
            bound(high)
        ))),
    }
}

fn name(file: &PathBuf) -> String {
    input::run_name(std::slice::from_ref(file))
}

fn bounds(options: &BreakEvenOptions) -> Result<(f64, f64), Failure> {
    match options.between.as_slice() {
        &[low, high] if low.is_finite() && high.is_finite() && low < high => Ok((low, high)),
        _ => Err(Failure::bad("--between needs a lower and a higher bound")),
    }
}

/// One of the two scenarios, the input set if a value is given.
fn load(
    options: &BreakEvenOptions,
    file: &Path,
    setting: Option<f64>,
    output: &Output,
) -> Result<Loaded, Failure> {
    let mut input = options.input.clone();
    input.files = vec![file.to_owned()];
    let setting = setting.map(|x| format!("{}={}", options.key, number(x)));
    input.settings.extend(setting);
    let mut loaded = input::load(&input, output)?;
    Ok(loaded.pop().expect("one file gives one scenario"))
}

/// The measure in total, replication by replication.
fn measured(
    options: &BreakEvenOptions,
    loaded: &Loaded,
    outcome: &Outcome,
) -> Result<Vec<f64>, Failure> {
    let is_it = |r: &crate::measure::Row| r.measure == options.measure && r.slice == Slice::All;
    let refused = |why: &str| {
        let file = loaded.path.display();
        Failure::bad(format!("{file}: the measure {:?} {why}", options.measure))
    };
    let why = match options.measure.starts_with("cost") || options.measure == "npv" {
        true => "is not there: the scenario has no prices",
        false => "does not exist",
    };
    let row = outcome.rows.iter().position(is_it);
    let row = row.ok_or_else(|| refused(why))?;
    let values: Vec<f64> = outcome.values.iter().map(|v| v[row]).collect();
    if values.iter().all(|v| v.is_finite()) {
        Ok(values)
    } else {
        Err(refused("is undefined in some replication"))
    }
}

/// A bound as it was given, in scientific form where that is much shorter.
fn bound(x: f64) -> String {
    match x == 0.0 || (1e-6..1e15).contains(&x.abs()) {
        true => x.to_string(),
        false => format!("{x:e}"),
    }
}

/// A value with three digits, in scientific form where short decimals do not show them.
fn shown(x: f64) -> String {
    if x == 0.0 || (1e-4..1e15).contains(&x.abs()) {
        return value(x, Kind::Plain);
    }
    let rounded: f64 = format!("{x:.2e}").parse().unwrap_or(x);
    format!("{rounded:e}")
}

fn text(
    options: &BreakEvenOptions,
    found: &BreakEven,
    names: &(String, String),
    replications: usize,
) -> String {
    let (a, b) = names;
    let interval = match found.interval {
        (Some(from), Some(to)) => format!(", confidence interval {} to {}", shown(from), shown(to)),
        (Some(from), None) => format!(", at least {} with confidence", shown(from)),
        (None, Some(to)) => format!(", at most {} with confidence", shown(to)),
        (None, None) => String::new(),
    };
    format!(
        "{b} comes to the same {} as {a} at {} = {}{interval}\n{b} less {a}: {} at {}, {} at {}\n\
         {replications} paired replications, {} values tried\n",
        options.measure,
        options.key,
        shown(found.value),
        shown(found.ends.0),
        bound(options.between[0]),
        shown(found.ends.1),
        bound(options.between[1]),
        found.looks
    )
}

fn json(options: &BreakEvenOptions, found: &BreakEven, replications: usize) -> String {
    let document = serde_json::json!({
        "between": options.between,
        "ci_high": found.interval.1,
        "ci_low": found.interval.0,
        "differences": [found.ends.0, found.ends.1],
        "input": options.key,
        "measure": options.measure,
        "replications": replications,
        "value": found.value,
        "values_tried": found.looks,
    });
    format!("{document:#}\n")
}
