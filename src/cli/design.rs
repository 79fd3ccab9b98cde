//! From the options of a sweep to its points, all of them checked before anything is simulated.

use super::Failure;
use super::input;
use super::options::{Choice, SweepOptions};
use super::output::Output;
use crate::experiment::{self, Design, Factor, Levels, Sampling, Shard, USUAL_MEASURES, Wanted};
use crate::results::{Origin, SweepHead};
use crate::scenario::{
    Disk, Problem, Problems, SweepTable, Template, did_you_mean, factor, read_design,
};
use crate::time::{Micros, SECOND};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Points of which the problems are shown.
const MOST_SHOWN: usize = 3;
/// Most values of a sweep: they are held in memory.
const MOST_VALUES: u128 = 1 << 28;

/// A sweep that can begin.
pub(super) struct Planned {
    pub(super) template: Template,
    pub(super) design: Design,
    pub(super) wanted: Vec<Wanted>,
    pub(super) head: SweepHead,
    /// By point: simulated seconds of a replication.
    pub(super) seconds: Vec<u64>,
}

/// What is known of a point before it is simulated.
struct Checked {
    digest: String,
    horizon: Micros,
    /// Unit of each measure that it has, by title.
    units: BTreeMap<String, String>,
}

/// Reads the scenario, makes the design, and checks every point of it.
pub(super) fn plan(options: &SweepOptions, output: &Output) -> Result<Planned, Failure> {
    let [file] = options.input.files.as_slice() else {
        return Err(refused("a sweep is of one scenario: give one file"));
    };
    let mut settings = options.input.settings.clone();
    settings.extend(options.input.seed.map(|n| format!("seed={n}")));
    settings.extend(options.input.reps.map(|n| format!("replications={n}")));
    let (template, base) = Template::read(file, &settings, &Disk)
        .map_err(|p| Failure::BadInput(p.render(output.error_color())))?;
    let table = base.sweep.clone().unwrap_or_default();
    let (method, design, lines) = design(options, &table, &template)?;
    let wanted = wanted(options, &table)?;
    let points = check(
        &template,
        &design,
        &wanted,
        &|p| place(options, p, &lines),
        output,
    )?;
    let (wanted, units) = there(wanted, &points)?;
    let replications = base.plan.replications;
    let values = design.points.len() as u128 * u128::from(replications) * wanted.len() as u128;
    if values > MOST_VALUES {
        return Err(refused(&format!(
            "points x replications x measures are {values}, expected at most {MOST_VALUES}: give fewer of them"
        )));
    }
    let mut digest = blake3::Hasher::new();
    for point in &points {
        digest.update(point.digest.as_bytes());
    }
    let paths = base
        .sources
        .iter()
        .map(|p| p.to_string_lossy().into_owned());
    let origin = Origin {
        command: command(options),
        scenario: base.id,
        name: base.name,
        sources: paths.collect(),
        digest: digest.finalize().to_hex().to_string(),
        seed: base.plan.seed,
        replications,
    };
    let shard = options.shard.unwrap_or(Shard::ALL);
    let head = SweepHead::new(origin, method, design.clone(), &wanted, &units, shard);
    Ok(Planned {
        template,
        design,
        wanted,
        head,
        seconds: points.iter().map(|p| p.horizon / SECOND).collect(),
    })
}

fn refused(message: &str) -> Failure {
    Failure::BadInput(format!("error: {message}"))
}

/// How messages call a point: by its line in the file of the design, if there is one.
fn place(options: &SweepOptions, point: usize, lines: &[u64]) -> String {
    let number = point + 1;
    match options.design.as_ref().zip(lines.get(point)) {
        Some((path, line)) => format!("{} line {line}, point {number}", path.display()),
        None => format!("point {number}"),
    }
}

/// The points, what the way they were chosen is called, and their lines in a file.
fn design(
    options: &SweepOptions,
    table: &SweepTable,
    template: &Template,
) -> Result<(&'static str, Design, Vec<u64>), Failure> {
    if let Some(path) = &options.design {
        let (design, lines) = read_design(path, &Disk)
            .map_err(|why| refused(&format!("--design {}: {why}", path.display())))?;
        // The design that another sweep wrote keeps what its method is good for.
        let method = match design.is_saltelli() {
            true => Sampling::Saltelli.name(),
            false => "file",
        };
        return Ok((method, design, lines));
    }
    let mut factors = table.factors.clone();
    for text in &options.vary {
        let new = factor(text).map_err(|why| refused(&format!("--vary {text}: {why}")))?;
        // What the command line says of a key takes the place of what the file says.
        match factors.iter().position(|f| f.keys == new.keys) {
            Some(i) if i < table.factors.len() => factors[i] = new,
            _ => factors.push(new),
        }
    }
    for factor in &mut factors {
        let only_whole = template.takes_only_whole(factor, &Disk);
        if let Levels::Range { whole, .. } = &mut factor.levels {
            *whole = only_whole;
        }
    }
    let method = options.method.map(Choice::method).or(table.method);
    let method = method.unwrap_or_default();
    let points = options.points.map(|n| n as usize).or(table.points);
    let points = match (method.is_counted(), options.points, points) {
        (false, Some(_), _) => {
            let why = match method {
                Sampling::Tornado => {
                    "a tornado has two for each key and one for the scenario as it is"
                }
                _ => "a grid has all combinations",
            };
            return Err(refused(&format!(
                "--points is for --method latin, sobol and saltelli: {why}"
            )));
        }
        (false, None, _) => 0,
        (true, _, Some(n)) => n,
        (true, _, None) => {
            let method = method.name();
            return Err(refused(&format!(
                "the method {method} needs a number of points: --points N"
            )));
        }
    };
    let seed = options.design_seed.or(table.seed).unwrap_or(1);
    experiment::design(&factors, method, points, seed)
        .map(|d| (method.name(), d, Vec::new()))
        .map_err(|e| refused(&format!("{}: {e}{}", flag(&factors), advice(&factors))))
}

/// Where the factors come from, for messages.
fn flag(factors: &[Factor]) -> &'static str {
    if factors.is_empty() {
        "sweep"
    } else {
        "--vary"
    }
}

fn advice(factors: &[Factor]) -> &'static str {
    if factors.is_empty() {
        "\n  help: give --vary KEY=LOW..HIGH/N or --vary KEY=a,b,c, a design with --design FILE.csv, or a [sweep] in the file"
    } else {
        ""
    }
}

/// The measures that are asked for; none when nothing is said of them.
fn wanted(options: &SweepOptions, table: &SweepTable) -> Result<Vec<Wanted>, Failure> {
    let texts = if options.measures.is_empty() {
        &table.measures
    } else {
        &options.measures
    };
    let wanted: Vec<Wanted> = texts.iter().map(|t| Wanted::new(t)).collect();
    match (0..wanted.len()).find(|&i| wanted[..i].contains(&wanted[i])) {
        Some(i) => Err(refused(&format!(
            "--measures: {} is given twice",
            wanted[i].title()
        ))),
        None => Ok(wanted),
    }
}

/// Builds the scenario of every point; what is wrong with the first few is said together.
fn check(
    template: &Template,
    design: &Design,
    wanted: &[Wanted],
    place: &(dyn Fn(usize) -> String + Sync),
    output: &Output,
) -> Result<Vec<Checked>, Failure> {
    let of_point = |point: usize| -> Result<Checked, Problems> {
        let scenario = template.with(&design.settings(point), &place(point), &Disk)?;
        let model = &scenario.model;
        let rows = experiment::rows(model);
        let usual = USUAL_MEASURES.map(Wanted::new);
        let asked = if wanted.is_empty() { &usual } else { wanted };
        let unit = |w: &Wanted| Some((w.title(), rows[w.among(&rows, model)?].unit.to_string()));
        Ok(Checked {
            digest: scenario.digest,
            horizon: model.horizon,
            units: asked.iter().filter_map(unit).collect(),
        })
    };
    let all: Vec<Result<Checked, Problems>> = (0..design.points.len())
        .into_par_iter()
        .map(of_point)
        .collect();
    let bad = all.iter().filter(|r| r.is_err()).count();
    if bad == 0 {
        return Ok(all.into_iter().flatten().collect());
    }
    // What is wrong with several points in the same words is said of the first.
    let mut shown: Vec<(Vec<String>, String, usize)> = Vec::new();
    for problems in all.iter().filter_map(|r| r.as_ref().err()) {
        let sentences: Vec<String> = problems.iter().map(Problem::sentence).collect();
        match shown.iter().position(|s| s.0 == sentences) {
            Some(same) => shown[same].2 += 1,
            None if shown.len() < MOST_SHOWN => {
                shown.push((sentences, problems.render(output.error_color()), 0));
            }
            None => {}
        }
    }
    let mut message = String::new();
    for (_, text, others) in &shown {
        message += text;
        match others {
            0 => {}
            1 => message += "  the same is wrong with 1 other point\n",
            n => message += &format!("  the same is wrong with {n} other points\n"),
        }
        message.push('\n');
    }
    message += &format!(
        "error: {bad} of {} points cannot be simulated; nothing was run",
        all.len()
    );
    Err(Failure::BadInput(message))
}

/// The measures that at least one point has, with their units, which must be the same at all.
fn there(wanted: Vec<Wanted>, points: &[Checked]) -> Result<(Vec<Wanted>, Vec<String>), Failure> {
    let asked = if wanted.is_empty() {
        USUAL_MEASURES.map(Wanted::new).to_vec()
    } else {
        wanted.clone()
    };
    let (mut kept, mut units, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for w in asked {
        let title = w.title();
        let found: BTreeSet<&String> = points.iter().filter_map(|p| p.units.get(&title)).collect();
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (Some(unit), None) => {
                kept.push(w);
                units.push(unit.clone());
            }
            (Some(a), Some(b)) => problems.push(format!(
                "error: {title} is in {a} at some points and in {b} at others, which cannot be set side by side\n  \
                 help: keep other measures with --measures, or give all points one currency"
            )),
            (None, _) if wanted.is_empty() => {}
            (None, _) => problems.push(unknown(&w)),
        }
    }
    if problems.is_empty() {
        Ok((kept, units))
    } else {
        Err(Failure::BadInput(problems.join("\n")))
    }
}

fn unknown(wanted: &Wanted) -> String {
    let known: Vec<&str> = crate::measure::KPIS
        .iter()
        .map(|k| k.id)
        .chain(USUAL_MEASURES)
        .collect();
    let name = wanted.measure.as_str();
    let nearest = did_you_mean(name, known.iter().copied()).filter(|_| !known.contains(&name));
    let help = nearest.unwrap_or_else(|| {
        "measures and slices are as in summary.csv of a run: MEASURE, or MEASURE@SLICE such as occupancy@pool=gig".into()
    });
    format!(
        "error: --measures: no point has the measure {}\n  help: {help}",
        wanted.title()
    )
}

/// A command line that gives the same results.
fn command(options: &SweepOptions) -> String {
    let mut command = input::command("sweep", &options.input);
    let mut word = |flag: &str, value: &str| {
        command += &format!(" --{flag} {}", input::shell(value));
    };
    options.vary.iter().for_each(|v| word("vary", v));
    let path = |p: &Path| p.to_string_lossy().into_owned();
    options.design.iter().for_each(|p| word("design", &path(p)));
    options
        .method
        .iter()
        .for_each(|m| word("method", m.method().name()));
    options
        .points
        .iter()
        .for_each(|n| word("points", &n.to_string()));
    options
        .design_seed
        .iter()
        .for_each(|n| word("design-seed", &n.to_string()));
    if !options.measures.is_empty() {
        word("measures", &options.measures.join(","));
    }
    command
}
