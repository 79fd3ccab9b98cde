//! What moves which measure: one scenario, run again with one input changed after the other, in pairs with the same customers. For each
//! headline measure a table says which inputs may move it and which may not; what may not is shown to move nothing beyond its
//! tolerance, and what is said to move it is shown to do so by more than chance.

mod inputs;
mod table;

use handover::experiment::{Job, Outcome, run};
use handover::measure::{List, Row, Slice, ranked};
use handover::model::PoolRequired;
use handover::scenario::{InMemory, Scenario, load};
use inputs::{BASE, CALM, INPUTS, changed};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;
use table::TABLE;

/// Measures of the table that are not among the headline measures.
const BESIDES: [&str; 3] = ["agents_required", "cases", "fte_displaced_first"];

/// What the table says of a measure and an input.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    /// The same number in every replication, in every slice, day and week, to the last bit.
    Same,
    /// The same but for the rounding of sums, 1e-9 at most.
    Rounding,
    /// The mean moves by less than 2%.
    TwoPercent,
    /// The mean of the paired differences lies within four standard errors of 0, and these are at most a third of the mean.
    Chance,
    /// The mean of the paired differences is more than four standard errors from 0.
    Moves,
    /// It may move, or not.
    May,
}

impl Says {
    fn of(sign: &str) -> Option<Says> {
        Some(match sign {
            "=" => Says::Same,
            "~" => Says::Rounding,
            "2%" => Says::TwoPercent,
            "±" => Says::Chance,
            "!" => Says::Moves,
            "?" => Says::May,
            _ => return None,
        })
    }
}

/// The measures that the table must have.
fn measures() -> BTreeSet<&'static str> {
    let glance = ranked(List::Glance).into_iter().map(|m| m.id);
    glance.chain(BESIDES).collect()
}

/// By measure, by input.
type Table = BTreeMap<&'static str, BTreeMap<&'static str, Says>>;

/// Reads the table: a line with the names of measures, below it lines with a sign and the names of inputs.
fn table() -> Table {
    let mut table = Table::new();
    let mut measures: Vec<&str> = Vec::new();
    let mut says = Says::May;
    for line in TABLE.lines().filter(|l| !l.trim().is_empty()) {
        let mut inputs = line.trim();
        if !line.starts_with(' ') {
            measures = match line {
                "every measure" => self::measures().into_iter().collect(),
                some => some.split(", ").collect(),
            };
            continue;
        }
        let (first, rest) = inputs.split_once(' ').unwrap_or((inputs, ""));
        if let Some(sign) = Says::of(first) {
            (says, inputs) = (sign, rest.trim());
        }
        for input in inputs.split(", ").map(|i| i.trim_end_matches(',')) {
            for measure in &measures {
                let before = table.entry(measure).or_default().insert(input, says);
                assert!(before.is_none(), "{measure}: {input} stands there twice");
            }
        }
    }
    table
}

/// A new headline measure, or a new input, fails until somebody has decided what may move it.
#[test]
fn every_input_is_placed_for_every_measure() {
    let inputs: BTreeSet<&str> = INPUTS.iter().map(|i| i.0).collect();
    assert_eq!(inputs.len(), INPUTS.len());
    let table = table();
    assert_eq!(table.keys().copied().collect::<BTreeSet<_>>(), measures());
    for (measure, placed) in &table {
        let placed: BTreeSet<&str> = placed.keys().copied().collect();
        let missing: Vec<_> = inputs.difference(&placed).collect();
        let unknown: Vec<_> = placed.difference(&inputs).collect();
        assert!(missing.is_empty(), "{measure}: {missing:?} are not placed");
        assert!(unknown.is_empty(), "{measure}: {unknown:?} are no inputs");
    }
}

fn scenario(text: &str) -> Scenario {
    load(
        Path::new("a.toml"),
        &[],
        &InMemory::new().with("a.toml", text),
    )
    .unwrap()
}

fn run_all(texts: &[String]) -> Vec<Outcome> {
    let scenarios: Vec<Scenario> = texts.iter().map(|t| scenario(t)).collect();
    let job = |s| {
        let Scenario { model, plan, .. }: &Scenario = s;
        Job { model, plan: *plan }
    };
    let jobs: Vec<Job<'_>> = scenarios.iter().map(job).collect();
    run(&jobs, &()).unwrap()
}

fn in_threads(threads: usize, texts: &[String]) -> Vec<Outcome> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().unwrap().install(|| run_all(texts))
}

/// The outcomes with each input changed.
struct Runs {
    base: Outcome,
    changed: Vec<(&'static str, Outcome)>,
}

/// All runs, made once for all tests: the base, and each change of each input.
fn runs() -> &'static Runs {
    static RUNS: OnceLock<Runs> = OnceLock::new();
    RUNS.get_or_init(|| {
        let mut texts = vec![BASE.to_owned()];
        let mut names = Vec::new();
        for (input, changes) in INPUTS {
            for change in *changes {
                names.push(*input);
                texts.push(changed(BASE, change));
            }
        }
        let mut outcomes = run_all(&texts).into_iter();
        let base = outcomes.next().unwrap();
        let mut all: Vec<_> = names.into_iter().zip(outcomes).collect();
        // The same scenario, run in another way.
        texts.truncate(2);
        for threads in [1, 3] {
            all.push(("threads", in_threads(threads, &texts[..1]).remove(0)));
        }
        texts.reverse();
        all.push(("order of the files", run_all(&texts).remove(1)));
        Runs { base, changed: all }
    })
}

/// The values of a measure by replication; of each slice, or in total alone. Of the agents required, which no replication changes, the
/// numbers of each interval by pool, or their sum.
fn values(outcome: &Outcome, measure: &str, slices: bool) -> Vec<Vec<f64>> {
    if measure == "agents_required" {
        let required = &outcome.required;
        let intervals = 0..required.spans.len();
        let number = |pool: &PoolRequired, i| pool.agents(i).map_or(f64::NAN, f64::from);
        let of_pool = |pool| intervals.clone().map(|i| number(pool, i)).collect();
        let agents: Vec<Vec<f64>> = required.pools.iter().map(of_pool).collect();
        let sum = agents.iter().flatten().sum();
        return match slices {
            true => agents,
            false => vec![vec![sum; outcome.replications()]],
        };
    }
    let is_it = |slice: &Slice| match slice {
        Slice::All => true,
        // The same four weeks may lie in one month or in two.
        Slice::Period(period) => slices && period.kind != "month",
        _ => slices,
    };
    let rows = outcome.rows.iter().enumerate();
    rows.filter(|(_, r)| r.measure == measure && is_it(&r.slice))
        .map(|(i, _)| outcome.values.iter().map(|v| v[i]).collect())
        .collect()
}

/// The mean of a measure in total, the mean of the paired differences from it, and the standard error of these.
fn difference(base: &[f64], other: &[f64]) -> (f64, f64, f64) {
    let n = base.len().min(other.len()) as f64;
    let differences: Vec<f64> = base.iter().zip(other).map(|(a, b)| b - a).collect();
    let mean = differences.iter().sum::<f64>() / n;
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (base.iter().sum::<f64>() / n, mean, (variance / n).sqrt())
}

/// The first value of a row that is another by more than this share of it, in the replications that both have.
fn apart(a: &[f64], b: &[f64], allowed: f64) -> Option<String> {
    let close = |a: f64, b: f64| (b - a).abs() <= allowed * a.abs() || a.is_nan() && b.is_nan();
    let mut pairs = a.iter().zip(b);
    let found = pairs.find(|(a, b)| !close(**a, **b));
    found.map(|(a, b)| format!("{a} became {b}"))
}

/// What is wrong with what the table says, if anything.
fn wrong(says: Says, measure: &str, base: &Outcome, other: &Outcome) -> Option<String> {
    let every = matches!(says, Says::Same | Says::Rounding);
    let (a, b) = (values(base, measure, every), values(other, measure, every));
    assert!(
        !a.is_empty() && a.len() == b.len(),
        "{measure}: no such rows"
    );
    if every {
        let allowed = if says == Says::Same { 0.0 } else { 1e-9 };
        let mut rows = a.iter().zip(&b);
        return rows.find_map(|(a, b)| apart(a, b, allowed));
    }
    let (mean, d, se) = difference(&a[0], &b[0]);
    let is_right = match says {
        Says::TwoPercent => d.abs() < 0.02 * mean.abs(),
        Says::Chance => d.abs() <= 4.0 * se && 12.0 * se <= mean.abs(),
        Says::Moves => d.abs() > 4.0 * se,
        Says::Same | Says::Rounding | Says::May => true,
    };
    (!is_right).then(|| format!("{mean} moved by {d} with a standard error of {se}"))
}

/// The cells of the table of some kind that are wrong.
fn complaints(is_kind: &dyn Fn(Says) -> bool) -> Vec<String> {
    let (runs, table) = (runs(), table());
    let mut out = Vec::new();
    for (measure, placed) in &table {
        for (input, outcome) in &runs.changed {
            let says = placed[input];
            if is_kind(says)
                && let Some(what) = wrong(says, measure, &runs.base, outcome)
            {
                out.push(format!("{measure}, {input}, {says:?}: {what}"));
            }
        }
    }
    out
}

#[test]
fn what_may_not_move_does_not() {
    for (input, _) in INPUTS {
        assert!(
            runs().changed.iter().any(|c| c.0 == *input),
            "{input} is not run"
        );
    }
    let is_kind = |says| !matches!(says, Says::Moves | Says::May);
    let wrong = complaints(&is_kind);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// So that the test before this one can fail.
#[test]
fn what_is_said_to_move_does() {
    let wrong = complaints(&|says| says == Says::Moves);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// With all prices doubled every amount of money is twice what it was, to the last bit.
#[test]
fn money_doubles_with_the_prices() {
    let runs = runs();
    let doubled = &runs.changed.iter().find(|c| c.0 == "prices").unwrap().1;
    let others = ["value_at_risk", "cost_with_risk"];
    let is_money = |row: &Row| row.unit == "EUR" && !others.contains(&row.measure);
    let mut n = 0;
    for (i, row) in runs.base.rows.iter().enumerate().filter(|r| is_money(r.1)) {
        for (once, twice) in runs.base.values.iter().zip(&doubled.values) {
            let same = 2.0 * once[i] == twice[i] || once[i].is_nan() && twice[i].is_nan();
            assert!(same, "{row:?}: {} became {}", once[i], twice[i]);
            n += 1;
        }
    }
    assert!(n > 100, "{n}");
}

/// Where nothing is drawn for pools and groups, their names and the month in which the time begins change no number beyond rounding,
/// money excepted, which is paid by the month.
#[test]
fn names_and_dates_alone_change_nothing() {
    let calm = changed(BASE, CALM);
    let mut texts = vec![calm.clone()];
    let names = ["start month", "names of pools", "name of the group"];
    for (_, changes) in INPUTS.iter().filter(|i| names.contains(&i.0)) {
        texts.extend(changes.iter().map(|change| changed(&calm, change)));
    }
    let outcomes = run_all(&texts);
    assert_eq!(outcomes.len(), 5);
    // The calendar periods are others, and money is paid by the month.
    let differs = |r: &Row| matches!(r.slice, Slice::Period(_)) || r.unit == "EUR";
    for other in &outcomes[1..] {
        assert_alike(&outcomes[0], other, &|r| !differs(r));
    }
}

#[test]
fn the_order_of_topics_changes_nothing() {
    let mut parts: Vec<&str> = BASE.split_inclusive("\n\n").collect();
    let place = |topic| parts.iter().position(|p| p.contains(topic)).unwrap();
    let (first, last) = (place("name = \"billing\""), place("name = \"fraud\""));
    parts.swap(first, last);
    let other = &run_all(&[parts.concat()])[0];
    // The numbers of topics are others.
    let is_of_topics = |r: &Row| matches!(r.slice, Slice::Topic(_) | Slice::TopicPool(..));
    assert_alike(&runs().base, other, &|r| !is_of_topics(r));
}

/// The rows of a kind are the same, and so are their values up to rounding.
#[track_caller]
fn assert_alike(one: &Outcome, other: &Outcome, is_kind: &dyn Fn(&Row) -> bool) {
    let rows = |outcome: &Outcome| -> Vec<(Row, Vec<f64>)> {
        let rows = outcome.rows.iter().enumerate();
        rows.filter(|(_, r)| is_kind(r))
            .map(|(i, r)| (r.clone(), outcome.values.iter().map(|v| v[i]).collect()))
            .collect()
    };
    let (one, other) = (rows(one), rows(other));
    assert!(one.len() > 100 && one.len() == other.len());
    for ((row, here), (same, there)) in one.iter().zip(&other) {
        assert_eq!(row, same);
        assert_eq!(apart(here, there, 1e-9), None, "{row:?}");
    }
}

/// A number that repeats the plan, as the agents on duty do, is found by every tolerance.
#[test]
fn what_repeats_the_plan_is_found() {
    let runs = runs();
    let changed = runs.changed.iter().filter(|c| c.0 == "plan of agents");
    for (_, outcome) in changed {
        for says in [Says::Same, Says::Rounding, Says::TwoPercent, Says::Chance] {
            let found = wrong(says, "agents_on_duty", &runs.base, outcome);
            assert!(found.is_some(), "{says:?}");
        }
    }
}

/// What the base is: busy enough that people wait, not so busy that most leave.
#[test]
fn the_base_is_an_ordinary_operation() {
    let base = &runs().base;
    let mean = |measure| base.total(measure).unwrap().mean.unwrap();
    for (measure, low, high) in [
        ("sl_net", 0.5, 0.98),
        ("abandonment_rate", 0.002, 0.15),
        ("occupancy", 0.4, 0.9),
        ("ai_share", 0.6, 0.99),
        ("durable_resolution", 0.3, 0.7),
        ("satisfaction", 0.3, 0.9),
    ] {
        let x = mean(measure);
        assert!((low..high).contains(&x), "{measure}: {x}");
    }
}
