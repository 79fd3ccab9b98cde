//! `handover staff --mix`.

use super::failure::Failure;
use super::input::{self, Loaded};
use super::options::{RunOptions, StaffOptions};
use super::output::Output;
use super::run;
use super::searches::{Question, Searches};
use super::staff::{decisions_of, file_id, limits_of, names, of_all};
use crate::experiment::FIRST_STAGE;
use crate::report;
use crate::results::{self, Mixed, Planned, RunHead};
use crate::staff::{Confirmed, Decisions, Failed, Limit, MOST_MIXED, Mix, Settings, mixes};
use std::collections::BTreeSet;

/// Replications of a plan by which the cheapest one is chosen: so many times the first stage at most.
const MOST_STAGES: u32 = 5;

/// Times that a mix is confirmed where a plan takes long to simulate.
const FEW_ROUNDS: u64 = 3;

/// A mix of a file.
struct Task<'a> {
    l: &'a Loaded,
    /// Number of the file.
    file: usize,
    mix: Mix,
    name: String,
    /// With what the names of its files begin.
    stem: String,
    question: Question,
}

/// A plan, and the name of its files.
type Named = (Planned, String);
/// The plan of a mix, or why there is none.
type Found = Result<Confirmed, String>;

/// Finds the plan of each mix of the pools of each scenario, writes it, and chooses among them on fresh replications.
pub(super) fn mix_all(options: &StaffOptions, output: &Output) -> Result<(), Failure> {
    let loaded = input::load(&options.input, output)?;
    let promised = &options.promised;
    let decisions = of_all(&loaded, |s, path| decisions_of(promised, s, path))?;
    let limits = of_all(&loaded, |s, path| limits_of(promised, s, path))?;
    let tasks = tasks(options, &loaded, &decisions, &limits)?;
    let table = format!("{}-mix.csv", input::run_name(&options.input.files));
    let each = tasks
        .iter()
        .flat_map(|t| names(&t.stem, &t.question.decisions));
    let names: Vec<String> = each.chain([table.clone()]).collect();
    let heads: Vec<RunHead> = tasks
        .iter()
        .map(|t| t.question.head(t.l, &t.stem))
        .collect();
    let mut searches = Searches::prepare(options, &names, heads, output)?;
    let result = choose(&mut searches, (&loaded, &tasks), &table, output);
    searches.end(result)
}

fn choose(
    searches: &mut Searches<'_>,
    (loaded, tasks): (&[Loaded], &[Task<'_>]),
    table: &str,
    output: &Output,
) -> Result<(), Failure> {
    let found = find(searches, tasks)?;
    let (mixed, mut plans) = write(searches, tasks, &found, output)?;
    // The others are compared with what the search found cheapest.
    plans.sort_by(|a, b| a.0.cost.total_cmp(&b.0.cost));
    let (plans, stems): (Vec<Planned>, Vec<String>) = plans.into_iter().unzip();
    let replications = loaded.iter().map(|l| l.plan().replications);
    let first = replications.fold(FIRST_STAGE, u32::max);
    let several = stems.len() > 1;
    let plain = searches.run(&stems);
    let results = plain.out.clone().unwrap_or_default();
    let chosen = RunOptions {
        best: several.then(|| "cost_total".to_owned()),
        max_reps: several.then_some(MOST_STAGES * first),
        ..plain
    };
    let found = run::Plans {
        plans,
        mixes: mixed,
    };
    run::run(&chosen, found, output)?;
    let run = results::read(&results).map_err(|e| Failure::failed(e.to_string()))?;
    let rows = results::mix_rows(&run);
    let paths = searches.put(table, |out| results::mix_table(&rows, out))?;
    if chosen.input.json {
        return Ok(());
    }
    let currency = loaded.first().map_or("", |l| l.scenario.currency.as_str());
    let mut text = report::mixes_text(&rows, currency, output.layout());
    if !output.quiet {
        let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
        text += &format!(
            "\nWritten to {}, with a scenario for each mix beside it.\n",
            paths.join(", ")
        );
    }
    output.print(&text)
}

/// The plans of all mixes.
fn find(searches: &Searches<'_>, tasks: &[Task<'_>]) -> Result<Vec<Found>, Failure> {
    let mut found: Vec<Found> = Vec::new();
    for (k, task) in tasks.iter().enumerate() {
        let before = tasks.iter().zip(&found);
        let of_file = before.filter(|(t, _)| t.file == task.file);
        let others = of_file.filter_map(|(t, f)| Some((t.mix.pools.as_slice(), f.as_ref().ok()?)));
        let asked = &task.question.settings;
        let slow = asked.effort == 0;
        let question = Question {
            settings: Settings {
                start: task.mix.start(others),
                explained: if slow { 0 } else { asked.explained },
                sizes: 1,
                rounds: if slow { FEW_ROUNDS } else { asked.rounds },
                ..asked.clone()
            },
            decisions: task.question.decisions.clone(),
        };
        let (model, stem) = (&task.l.scenario.model, &task.stem);
        let plan = searches.search(k, stem, model, &question);
        if let Err(stopped @ Failed::Stopped) = &plan {
            return Err(searches.failure(stem, task.l, &question, stopped));
        }
        found.push(plan.map_err(|failed| {
            let why = question.why(model, &failed);
            why.lines().next().unwrap_or_default().to_owned()
        }));
    }
    Ok(found)
}

/// Writes the plans that differ; what is said of each mix, and the plans with their names.
fn write(
    searches: &mut Searches<'_>,
    tasks: &[Task<'_>],
    found: &[Found],
    output: &Output,
) -> Result<(Vec<Mixed>, Vec<Named>), Failure> {
    let (mut files, mut plans, mut mixed) = (Vec::new(), Vec::new(), Vec::new());
    let mut text = String::new();
    for (k, task) in tasks.iter().enumerate() {
        let mut row = Mixed {
            scenario: task.l.id.clone(),
            pools: task.name.clone(),
            ..Mixed::default()
        };
        match (cheaper(tasks, found, k), &found[k]) {
            (Some(other), _) => {
                row.plan = Some(tasks[other].stem.clone());
                row.why = format!(
                    "no plan with more pools than {} was found to cost less",
                    tasks[other].name
                );
            }
            (None, Err(why)) => row.why.clone_from(why),
            (None, Ok(plan)) => {
                let mut told = task.question.told(task.l, &task.stem, plan);
                files.extend(searches.write(task.l, (&task.stem, plan, &mut told))?);
                if output.verbose {
                    let name = format!("{}: {}", task.l.id, task.name);
                    text += &report::staffing_text(&name, &told, output.layout());
                    text.push('\n');
                }
                row.plan = Some(task.stem.clone());
                plans.push((told, task.stem.clone()));
            }
        }
        mixed.push(row);
    }
    if plans.is_empty() {
        let why: Vec<String> = mixed
            .iter()
            .map(|m| format!("error: {}: {}: {}", m.scenario, m.pools, m.why))
            .collect();
        return Err(Failure::Failed(why.join("\n")));
    }
    searches.publish(files)?;
    if !searches.options.input.json {
        output.print(&text)?;
    }
    Ok((mixed, plans))
}

/// The mix with fewer pools whose plan costs no more, if there is one: the cheapest, of equal ones that with fewest pools.
fn cheaper(tasks: &[Task<'_>], found: &[Found], k: usize) -> Option<usize> {
    let cost = |i: usize| {
        found[i]
            .as_ref()
            .ok()
            .map(|f| f.decisions.cost(&f.staffed.plan))
    };
    let own = cost(k).unwrap_or(f64::INFINITY);
    let (file, pools) = (tasks[k].file, &tasks[k].mix.pools);
    let fewer = |i: &usize| {
        let other = &tasks[*i];
        let within = other.mix.pools.iter().all(|p| pools.contains(p));
        other.file == file && within && other.mix.pools.len() < pools.len()
    };
    let costs = (0..tasks.len())
        .filter(fewer)
        .filter_map(|i| Some((cost(i)?, i)));
    let least = costs.filter(|c| c.0 <= own);
    let size = |i: usize| tasks[i].mix.pools.len();
    let best = least.min_by(|a, b| a.0.total_cmp(&b.0).then(size(a.1).cmp(&size(b.1))));
    best.map(|c| c.1)
}

/// The mixes of all files; fewer than two are refused.
fn tasks<'a>(
    options: &StaffOptions,
    loaded: &'a [Loaded],
    decisions: &[Decisions],
    limits: &[Vec<Limit>],
) -> Result<Vec<Task<'a>>, Failure> {
    let mut problems = Vec::new();
    let mut stems = BTreeSet::new();
    let mut tasks = Vec::new();
    for (file, (l, decisions)) in loaded.iter().zip(decisions).enumerate() {
        let (model, path) = (&l.scenario.model, l.path.display());
        if decisions.in_hours {
            problems.push(format!(
                "error: {path}: --mix compares costs, and not every pool has a price\n  help: write for example price = {{ per_agent_hour = 28.0 }}"
            ));
            continue;
        }
        let mixes = match mixes(model, decisions) {
            Ok(mixes) => mixes,
            Err(n) => {
                problems.push(format!(
                    "error: {path}: --mix can leave out each of {MOST_MIXED} pools at most, found {n}\n  help: choose some with --pool; the others stay as they are"
                ));
                continue;
            }
        };
        if mixes.len() < 2 && loaded.len() < 2 {
            let why = match decisions.pools.len() {
                0 | 1 => "--mix needs two pools at least that can be decided on",
                _ => {
                    "--mix has nothing to choose: every pool is needed by a topic that no other serves, or is bound to have somebody"
                }
            };
            problems.push(format!(
                "error: {path}: {why}\n  help: without --mix the cheapest plan of these pools is found"
            ));
        }
        for mix in mixes {
            let name = mix.name(model);
            let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
            let slug: String = name
                .replace(" + ", "+")
                .chars()
                .map(|c| if c == '+' { c } else { plain(c) })
                .collect();
            let stem = format!("{}-{slug}", file_id(l));
            let again = (2..).map(|n| format!("{stem}-{n}"));
            let mut free = std::iter::once(stem.clone()).chain(again);
            let stem = free.find(|s| !stems.contains(s)).unwrap_or_default();
            stems.insert(stem.clone());
            let (decisions, limits) = (mix.decisions.clone(), limits[file].clone());
            tasks.push(Task {
                question: Question::new(&options.promised, &l.scenario, decisions, limits),
                l,
                file,
                mix,
                name,
                stem,
            });
        }
    }
    match problems.is_empty() {
        true => Ok(tasks),
        false => Err(Failure::BadInput(problems.join("\n"))),
    }
}
