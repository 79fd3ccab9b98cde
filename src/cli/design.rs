//! From the options of a sweep to its points, all of them checked before anything is simulated.

use super::failure::Failure;
use super::input::CommandLine;
use super::options::{Promised, SweepOptions};
use super::output::Output;
use crate::experiment::{self, Design, DesignError, Factor, Levels, MeasureName, Sampling, Shard};
use crate::results::{Origin, SweepHead};
use crate::scenario::{
    Disk, Place, Problem, Problems, SweepTable, Template, did_you_mean, factor, read_design,
};
use crate::text::visible_path;
use crate::time::{Micros, SECOND};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

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
    /// Of points with the model and the seed of an earlier one: the first of those.
    pub(super) same_as: BTreeMap<u32, u32>,
}

/// What is known of a point before it is simulated.
struct Checked {
    digest: String,
    /// Of the model and the seed, in whatever way they were said.
    model: [u8; 32],
    horizon: Micros,
    /// Unit of each measure that it has, by title.
    units: BTreeMap<String, String>,
}

/// Reads the scenario, makes the design, and checks every point of it.
pub(super) fn plan(options: &SweepOptions, output: &Output) -> Result<Planned, Failure> {
    let [file] = options.input.files.as_slice() else {
        return Err(Failure::bad("a sweep is of one scenario: give one file"));
    };
    if !options.staffed && options.promised != Promised::default() {
        return Err(Failure::bad(
            "--per, --probability, --limit and --pool say how points are staffed\n  help: give --staffed too",
        ));
    }
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
    let ((method, design, lines), mut asked) = match found {
        (Ok(design), Ok(asked)) => (design, asked),
        (design, asked) => {
            let wrong = [design.err(), asked.err()].into_iter().flatten().flatten();
            return Err(all_of(wrong.collect()));
        }
    };
    let is_asked = !asked.is_empty();
    if !is_asked {
        asked.extend(experiment::usual_measures().into_iter().map(|m| (m, None)));
    }
    let place = |point: usize| place(options, point, &lines);
    let points = check(&template, &design, &asked, &place, output)?;
    let (wanted, units) = measures_of_points(asked, is_asked, &points, color)?;
    let replications = base.plan.replications;
    let values = design.points.len() as u128 * u128::from(replications) * wanted.len() as u128;
    if values > MOST_VALUES {
        return Err(Failure::bad(format!(
            "points x replications x measures are {values}, expected at most {MOST_VALUES}: give fewer of them"
        )));
    }
    let mut digest = blake3::Hasher::new();
    for point in &points {
        digest.update(point.digest.as_bytes());
    }
    if options.staffed {
        // With other promises the points have other plans.
        let promised = options.promised.said(CommandLine::default());
        digest.update(promised.0.as_bytes());
    }
    let origin = Origin {
        command: command(options),
        scenario: base.id,
        name: base.name,
        sources: base.sources.iter().map(|p| visible_path(p)).collect(),
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
        same_as: same_as(&points),
    })
}

/// The points with the model and the seed of an earlier one, and the first of those.
fn same_as(points: &[Checked]) -> BTreeMap<u32, u32> {
    let mut first: BTreeMap<[u8; 32], u32> = BTreeMap::new();
    let numbered = (0..).zip(points);
    let found = numbered.map(|(n, point)| (n, *first.entry(point.model).or_insert(n)));
    found.filter(|(n, first)| n != first).collect()
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
            let listed = listed.map(|why| format!("error: --design {}: {why}", path.display()));
            let more = (more > 0).then(|| format!("... and {more} more problems"));
            vec![listed.chain(more).collect::<Vec<_>>().join("\n")]
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
        let message = e.message.clone();
        let Some(key) = &e.key else {
            if factors.is_empty() {
                return format!("error: sweep: {message}\n  help: {ADVICE}");
            }
            let of_file = places.iter().all(Option::is_some);
            let place = table.places.table.as_ref().filter(|_| of_file);
            return wrong_at(place, "--vary", message, None, color);
        };
        let of_it = |f: &Factor| f.keys.join(",") == *key || f.keys.contains(key);
        // A key that varies twice: the later one is too many.
        let place = factors.iter().rposition(of_it);
        let place = place.and_then(|i| places[i].as_ref());
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
    wrong.is_empty().then_some((factors, places)).ok_or(wrong)
}

/// How points are chosen, and how many.
fn points(options: &SweepOptions, table: &SweepTable) -> Result<(Sampling, usize), String> {
    let method = options.method.or(table.method).unwrap_or_default();
    let points = options.points.map(|n| n as usize).or(table.points);
    match (method.is_counted(), points) {
        (true, Some(n)) => Ok((method, n)),
        (true, None) => {
            let method = method.name();
            Err(format!(
                "error: the method {method} needs a number of points: --points N, or `points` in [sweep]"
            ))
        }
        (false, _) if options.points.is_some() => {
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
        (false, _) => Ok((method, 0)),
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
    let of_file = table.places.measures.iter().cloned().map(Some);
    let (names, places): (_, Vec<Option<Place>>) = match options.measures.as_slice() {
        [] => (table.measures.as_slice(), of_file.collect()),
        names => (names, vec![None; names.len()]),
    };
    let names = names.iter().map(|t| MeasureName::new(t));
    let asked: Vec<AskedMeasure> = names.zip(places).collect();
    let is_again = |&i: &usize| asked[..i].iter().any(|a| a.0 == asked[i].0);
    let wrong: Vec<String> = (0..asked.len())
        .filter(is_again)
        .map(|i| {
            let message = format!("{} is given twice", asked[i].0);
            wrong_at(asked[i].1.as_ref(), "--measures", message, None, color)
        })
        .collect();
    wrong.is_empty().then_some(asked).ok_or(wrong)
}

/// Builds the scenario of every point; what is wrong with the first few is shown together.
fn check(
    template: &Template,
    design: &Design,
    wanted: &[AskedMeasure],
    place: &(dyn Fn(usize) -> String + Sync),
    output: &Output,
) -> Result<Vec<Checked>, Failure> {
    let of_point = |point: usize| -> Result<Checked, Problems> {
        let scenario = template.with(&design.settings(point), &place(point), &Disk)?;
        let model = &scenario.model;
        let rows = experiment::rows(model);
        let unit = |(w, _): &AskedMeasure| {
            Some((w.to_string(), rows[w.find(&rows, model)?].unit.to_string()))
        };
        let mut digest = blake3::Hasher::new();
        // A hasher takes whatever is written.
        let _ = write!(digest, "{} {model:?}", scenario.plan.seed);
        Ok(Checked {
            digest: scenario.digest,
            model: *digest.finalize().as_bytes(),
            horizon: model.horizon,
            units: wanted.iter().filter_map(unit).collect(),
        })
    };
    let many = design.points.len();
    let together = |points: &[usize]| {
        let results = points.par_iter().map(|&p| of_point(p).map_err(|e| (p, e)));
        let results: Vec<Result<Checked, (usize, Problems)>> = results.collect();
        let (mut checked, mut bad) = (Vec::with_capacity(points.len()), Vec::new());
        for result in results {
            match result {
                Ok(point) => checked.push(point),
                Err(wrong) => bad.push(wrong),
            }
        }
        match bad.is_empty() {
            true => Ok(checked),
            false => Err(unfit(&bad, points.len(), design, place, output)),
        }
    };
    // Of many points a few are checked first, which have every value at least once: one that is wrong is known in a second.
    let few = (many > AT_ONCE).then(|| with_each_value(&design.points));
    if let Some(few) = few.filter(|few| few.len() < many / 2) {
        together(&few)?;
    }
    let mut checked = Vec::with_capacity(many);
    let all: Vec<usize> = (0..many).collect();
    for points in all.chunks(AT_ONCE) {
        checked.extend(together(points)?);
    }
    Ok(checked)
}

/// What is wrong with the bad points of those that were checked together; what is wrong with several in the same words is shown for
/// the first.
fn unfit(
    bad: &[(usize, Problems)],
    together: usize,
    design: &Design,
    place: &dyn Fn(usize) -> String,
    output: &Output,
) -> Failure {
    let mut shown: Vec<(Vec<String>, String, usize)> = Vec::new();
    for (point, problems) in bad {
        let sentences: Vec<String> = problems.iter().map(Problem::sentence).collect();
        if let Some(same) = shown.iter_mut().find(|s| s.0 == sentences) {
            same.2 += 1;
        } else if shown.len() < MOST_SHOWN {
            let (text, values) = (
                problems.render(output.error_color()),
                values(design, *point),
            );
            let text = format!("{text}  at {}: {values}\n", place(*point));
            shown.push((sentences, text, 0));
        }
    }
    let mut message = String::new();
    for (_, text, others) in &shown {
        message += text;
        message += &match others {
            0 => "\n".to_owned(),
            1 => "  the same is wrong with 1 other point\n\n".to_owned(),
            n => format!("  the same is wrong with {n} other points\n\n"),
        };
    }
    let (bad, many) = (bad.len(), design.points.len());
    let of_all = match together == many {
        true => format!("{bad} of {many} points cannot be simulated"),
        false => format!(
            "of {many} points {together} were checked together, and {bad} of them cannot be simulated"
        ),
    };
    Failure::BadInput(format!("{message}error: {of_all}; nothing was run"))
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
    wanted: Vec<AskedMeasure>,
    is_asked: bool,
    points: &[Checked],
    color: bool,
) -> Result<(Vec<MeasureName>, Vec<String>), Failure> {
    let (mut kept, mut units, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for (w, place) in wanted {
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
                let (place, help) = (place.as_ref(), Some(near(&w)));
                problems.push(wrong_at(place, "--measures", message, help, color));
            }
        }
    }
    let found = problems.is_empty().then_some((kept, units));
    found.ok_or_else(|| all_of(problems))
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
    let measures = options.measures.join(",");
    let line = CommandLine::new("sweep", &options.input)
        .add("vary", &options.vary)
        .add("design", options.design.iter().map(|p| p.display()))
        .add("method", options.method.map(Sampling::name))
        .add("points", options.points)
        .add("design-seed", options.design_seed)
        .add("measures", Some(measures).filter(|m| !m.is_empty()));
    match options.staffed {
        true => options.promised.said(line.flag("staffed", true)).0,
        false => line.0,
    }
}
