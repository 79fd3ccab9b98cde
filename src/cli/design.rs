//! From the options of a sweep to its points, all of them checked before anything is simulated.

use super::failure::Failure;
use super::input;
use super::options::{Choice, SweepOptions};
use super::output::Output;
use crate::experiment::{self, Design, DesignError, Factor, Levels, MeasureName, Sampling, Shard};
use crate::results::{Origin, SweepHead};
use crate::scenario::{
    Disk, Place, Problem, Problems, SweepTable, Template, did_you_mean, factor, read_design,
};
use crate::text::visible_line;
use crate::time::{Micros, SECOND};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Points of which the problems are shown, and values of such a point.
const MOST_SHOWN: usize = 3;
const MOST_VALUES_SHOWN: usize = 8;
/// Most problems of a design in a file that are listed.
const MOST_LINES: usize = 20;
/// Points that are checked before what is wrong with them is said.
const AT_ONCE: usize = 4096;
/// Most values of a sweep: they are held in memory.
const MOST_VALUES: u128 = 1 << 28;

/// A sweep that can begin.
pub(super) struct Planned {
    pub(super) template: Template,
    pub(super) design: Design,
    pub(super) wanted: Vec<MeasureName>,
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
    let color = output.error_color();
    let found = (
        design(options, &table, &template, color),
        wanted(options, &table, color),
    );
    let ((method, design, lines), asked) = match found {
        (Ok(design), Ok(asked)) => (design, asked),
        (design, asked) => {
            let wrong = [design.err(), asked.err()].into_iter().flatten().flatten();
            return Err(all_of(wrong.collect()));
        }
    };
    let (wanted, places): (Vec<MeasureName>, Vec<Option<Place>>) = asked.into_iter().unzip();
    let points = check(
        &template,
        &design,
        &wanted,
        &|p| place(options, p, &lines),
        output,
    )?;
    let (wanted, units) = measures_of_points(wanted, &places, &points, color)?;
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
        .map(|p| visible_line(&p.to_string_lossy()).into_owned());
    let origin = Origin {
        command: command(options),
        scenario: base.id,
        name: base.name,
        sources: paths.collect(),
        digest: digest.finalize().to_hex().to_string(),
        method: method.into(),
        seed: base.plan.seed,
        ..Origin::of_this_version()
    };
    let shard = options.shard.unwrap_or(Shard::ALL);
    let head = SweepHead::new(origin, replications, design.clone(), &wanted, &units, shard);
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

/// Everything that is wrong, one below the other.
fn all_of(wrong: Vec<String>) -> Failure {
    let texts: Vec<&str> = wrong.iter().map(|w| w.trim_end()).collect();
    Failure::BadInput(texts.join("\n\n"))
}

/// What is wrong, at its place in a file or as `flag` of the command line says it.
fn wrong_at(
    place: Option<&Place>,
    flag: &str,
    message: String,
    help: Option<String>,
    color: bool,
) -> String {
    match place {
        Some(place) => Problems::from(place.problem(message, help)).render(color),
        None => {
            let help = help.map_or_else(String::new, |h| format!("\n  help: {h}"));
            format!("error: {flag}: {message}{help}")
        }
    }
}

/// How messages call a point: by its line in the file of the design, if there is one.
fn place(options: &SweepOptions, point: usize, lines: &[u64]) -> String {
    let number = point + 1;
    match options.design.as_ref().zip(lines.get(point)) {
        Some((path, line)) => format!("{} line {line}, point {number}", path.display()),
        None => format!("point {number}"),
    }
}

/// The points, what the way they were chosen is called, and their lines in a file; or everything that is in their way.
fn design(
    options: &SweepOptions,
    table: &SweepTable,
    template: &Template,
    color: bool,
) -> Result<(&'static str, Design, Vec<u64>), Vec<String>> {
    if let Some(path) = &options.design {
        let (design, lines) = read_design(path, &Disk).map_err(|wrong| {
            let more = wrong.len().saturating_sub(MOST_LINES);
            let listed = wrong.iter().take(MOST_LINES);
            let mut lines: Vec<String> = listed
                .map(|why| format!("error: --design {}: {why}", path.display()))
                .collect();
            lines.extend((more > 0).then(|| format!("... and {more} more problems")));
            vec![lines.join("\n")]
        })?;
        // The design that another sweep wrote keeps what its method is good for.
        let method = match design.is_saltelli() {
            true => Sampling::Saltelli.name(),
            false => "file",
        };
        return Ok((method, design, lines));
    }
    let (mut factors, places) = factors(options, table)?;
    for factor in &mut factors {
        let only_whole = template.takes_only_whole(factor, &Disk);
        if let Levels::Range { whole, .. } = &mut factor.levels {
            *whole = only_whole;
        }
    }
    let (method, points) = points(options, table).map_err(|why| vec![why])?;
    let seed = options.design_seed.or(table.seed).unwrap_or(1);
    let message = |e: &DesignError| {
        let (key, message) = e.parts();
        let Some(key) = key else {
            let of_file = places.iter().all(Option::is_some);
            let place = table.places.table.as_ref().filter(|_| of_file);
            return match e {
                DesignError::Nothing => format!("error: sweep: {message}\n  help: {ADVICE}"),
                _ => wrong_at(place, "--vary", message, None, color),
            };
        };
        let of_it = |f: &Factor| f.keys.join(",") == key || f.keys.iter().any(|k| k == key);
        // A key that varies twice: the later one is too many.
        let place = factors
            .iter()
            .rposition(of_it)
            .and_then(|i| places[i].as_ref());
        let message = match place {
            Some(_) => message,
            None => e.to_string(),
        };
        wrong_at(place, "--vary", message, None, color)
    };
    experiment::design(&factors, method, points, seed)
        .map(|d| (method.name(), d, Vec::new()))
        .map_err(|wrong| wrong.iter().map(message).collect())
}

const ADVICE: &str = "give --vary KEY=LOW..HIGH/N or --vary KEY=a,b,c, a design with --design FILE.csv, or a [sweep] in the file";

/// Factors, each with its place if it is of the file.
type Factors = (Vec<Factor>, Vec<Option<Place>>);

/// What varies by the file and by the command line.
fn factors(options: &SweepOptions, table: &SweepTable) -> Result<Factors, Vec<String>> {
    let mut factors = table.factors.clone();
    let mut places: Vec<Option<Place>> = table.places.factors.iter().cloned().map(Some).collect();
    let mut wrong = Vec::new();
    for text in &options.vary {
        let new = match factor(text) {
            Ok(new) => new,
            Err(why) => {
                wrong.push(format!("error: --vary {text}: {why}"));
                continue;
            }
        };
        // What the command line says of a key takes the place of what the file says.
        match factors.iter().position(|f| f.keys == new.keys) {
            Some(i) if places[i].is_some() => (factors[i], places[i]) = (new, None),
            _ => {
                factors.push(new);
                places.push(None);
            }
        }
    }
    match wrong.is_empty() {
        true => Ok((factors, places)),
        false => Err(wrong),
    }
}

/// How points are chosen, and how many.
fn points(options: &SweepOptions, table: &SweepTable) -> Result<(Sampling, usize), String> {
    let method = options.method.map(Choice::method).or(table.method);
    let method = method.unwrap_or_default();
    let points = options.points.map(|n| n as usize).or(table.points);
    match (method.is_counted(), options.points, points) {
        (false, Some(_), _) => {
            let why = match method {
                Sampling::Tornado => {
                    "a tornado has two for each key and one for the scenario as it is"
                }
                _ => "a grid has all combinations",
            };
            Err(format!(
                "error: --points is for --method latin, sobol and saltelli: {why}"
            ))
        }
        (false, None, _) => Ok((method, 0)),
        (true, _, Some(n)) => Ok((method, n)),
        (true, _, None) => {
            let method = method.name();
            Err(format!(
                "error: the method {method} needs a number of points: --points N, or `points` in [sweep]"
            ))
        }
    }
}

/// A measure that is asked for, with its place if it is of the file.
type AskedMeasure = (MeasureName, Option<Place>);

/// The measures that are asked for; none when none are named.
fn wanted(
    options: &SweepOptions,
    table: &SweepTable,
    color: bool,
) -> Result<Vec<AskedMeasure>, Vec<String>> {
    let asked: Vec<AskedMeasure> = if options.measures.is_empty() {
        let places = table.places.measures.iter().cloned().map(Some);
        let names = table.measures.iter().map(|t| MeasureName::new(t));
        names.zip(places).collect()
    } else {
        let names = options.measures.iter().map(|t| (MeasureName::new(t), None));
        names.collect()
    };
    let is_again = |&i: &usize| asked[..i].iter().any(|a| a.0 == asked[i].0);
    let wrong: Vec<String> = (0..asked.len())
        .filter(is_again)
        .map(|i| {
            let message = format!("{} is given twice", asked[i].0);
            wrong_at(asked[i].1.as_ref(), "--measures", message, None, color)
        })
        .collect();
    match wrong.is_empty() {
        true => Ok(asked),
        false => Err(wrong),
    }
}

/// Builds the scenario of every point; what is wrong with the first few is shown together.
fn check(
    template: &Template,
    design: &Design,
    wanted: &[MeasureName],
    place: &(dyn Fn(usize) -> String + Sync),
    output: &Output,
) -> Result<Vec<Checked>, Failure> {
    let of_point = |point: usize| -> Result<Checked, Problems> {
        let scenario = template.with(&design.settings(point), &place(point), &Disk)?;
        let model = &scenario.model;
        let rows = experiment::rows(model);
        let usual = experiment::usual_measures();
        let asked = if wanted.is_empty() { &usual } else { wanted };
        let unit =
            |w: &MeasureName| Some((w.to_string(), rows[w.find(&rows, model)?].unit.to_string()));
        Ok(Checked {
            digest: scenario.digest,
            horizon: model.horizon,
            units: asked.iter().filter_map(unit).collect(),
        })
    };
    let many = design.points.len();
    let mut checked = Vec::with_capacity(many);
    // Of many points a few are checked first, which have every value at least once: one that is wrong is known in a second.
    let few = (many > AT_ONCE).then(|| with_each_value(&design.points));
    let few = few.filter(|few| few.len() < many / 2);
    let rest: Vec<usize> = (0..many).collect();
    let chunks = few.iter().map(Vec::as_slice).chain(rest.chunks(AT_ONCE));
    let mut all = Vec::new();
    for chunk in chunks {
        let results = chunk.par_iter().map(|&point| (point, of_point(point)));
        let results: Vec<(usize, Result<Checked, Problems>)> = results.collect();
        if results.iter().any(|(_, r)| r.is_err()) {
            all = results;
            break;
        }
        checked.extend(
            results
                .into_iter()
                .filter_map(|(point, r)| Some((point, r.ok()?))),
        );
    }
    if all.is_empty() {
        // Those that were checked first were checked twice.
        let of_all = checked.len() - many;
        return Ok(checked.into_iter().skip(of_all).map(|(_, c)| c).collect());
    }
    let bad = all.iter().filter(|(_, r)| r.is_err()).count();
    // What is wrong with several points in the same words is shown for the first.
    let mut shown: Vec<(Vec<String>, String, usize)> = Vec::new();
    for (point, result) in &all {
        let (point, Err(problems)) = (*point, result) else {
            continue;
        };
        let sentences: Vec<String> = problems.iter().map(Problem::sentence).collect();
        match shown.iter().position(|s| s.0 == sentences) {
            Some(same) => shown[same].2 += 1,
            None if shown.len() < MOST_SHOWN => {
                let values = values(design, point);
                let mut text = problems.render(output.error_color());
                text += &format!("  at {}: {values}\n", place(point));
                shown.push((sentences, text, 0));
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
    let of_all = match all.len() == many {
        true => format!("{bad} of {many} points cannot be simulated"),
        false => {
            let n = all.len();
            format!(
                "of {many} points {n} were checked together, and {bad} of them cannot be simulated"
            )
        }
    };
    message += &format!("error: {of_all}; nothing was run");
    Err(Failure::BadInput(message))
}

/// Points that have, together, every value of every column at least once.
fn with_each_value(points: &[Vec<String>]) -> Vec<usize> {
    let mut known: BTreeSet<(usize, &str)> = BTreeSet::new();
    let mut has_new = |p: usize| {
        let cells = points[p].iter().enumerate();
        cells.fold(false, |new, (column, value)| {
            known.insert((column, value)) || new
        })
    };
    (0..points.len()).filter(|&p| has_new(p)).collect()
}

/// What a point sets, the first of it where that is much.
fn values(design: &Design, point: usize) -> String {
    let settings = design.settings(point);
    let shown = &settings[..settings.len().min(MOST_VALUES_SHOWN)];
    match settings.len() - shown.len() {
        _ if settings.is_empty() => "the scenario as it is".into(),
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The measures that at least one point has, with their units, which must be the same at all.
fn measures_of_points(
    wanted: Vec<MeasureName>,
    places: &[Option<Place>],
    points: &[Checked],
    color: bool,
) -> Result<(Vec<MeasureName>, Vec<String>), Failure> {
    let is_asked = !wanted.is_empty();
    let asked = if is_asked {
        wanted
    } else {
        experiment::usual_measures()
    };
    let (mut kept, mut units, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for (i, w) in asked.into_iter().enumerate() {
        let title = w.to_string();
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
            (None, _) if !is_asked => {}
            (None, _) => {
                let message = format!("no point has the measure {title}");
                let place = places.get(i).and_then(Option::as_ref);
                problems.push(wrong_at(place, "--measures", message, Some(near(&w)), color));
            }
        }
    }
    if problems.is_empty() {
        Ok((kept, units))
    } else {
        Err(all_of(problems))
    }
}

/// What may be meant by a measure that no point has.
fn near(wanted: &MeasureName) -> String {
    let known: Vec<&str> = crate::measure::MEASURES.iter().map(|m| m.id).collect();
    let name = wanted.measure.as_str();
    let nearest = did_you_mean(name, known.iter().copied()).filter(|_| !known.contains(&name));
    nearest.unwrap_or_else(|| {
        "measures and slices are as in summary.csv of a run: MEASURE, or MEASURE@SLICE such as occupancy@pool=gig".into()
    })
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
