//! What the engine costs, beside plain hand-written event loops in the same run, and how the cost grows.
//!
//! `cargo bench --bench speed` prints one table. `speed one NAME DAYS` simulates one replication and nothing else, for
//! callgrind (the difference of two horizons leaves the start-up out); NAME is `erlang-a`, `n-design` or a scenario, DAYS may be
//! `-` for the scenario's own horizon. `benches/README.md` has the record of what was measured.

mod baseline;
mod growth;
#[path = "../tests/models.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "written for the tests, which use more of it"
)]
mod models;
mod overflow;

use baseline::Baseline;
use cpu_time::ThreadTime;
use handover::engine::{Account, Laws};
use handover::experiment::{Job, Plan, run};
use handover::measure::count;
use handover::model::Model;
use handover::scenario::{Disk, load};
use handover::time::DAY;
use std::io::{self, StdoutLock, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Rounds; in each one what is compared runs once, by turns.
const ROUNDS: u64 = 9;
/// The reference case.
const HYBRID: &str = "klarna-2025-hybrid";

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let mut out = io::stdout().lock();
    let done = match &args[..] {
        [command, name, days] if command == "one" => one(&mut out, name, days.parse().ok()),
        _ => table(&mut out),
    };
    match done {
        // The reader has seen enough, as `head` does.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// A line of the table: what, how much, what is committed to, and the goal.
fn row(out: &mut StdoutLock<'_>, what: &str, value: String, aims: [&str; 2]) -> io::Result<()> {
    writeln!(out, "{what:<64} {value:>8} {:>10} {:>6}", aims[0], aims[1])
}

fn table(out: &mut StdoutLock<'_>) -> io::Result<()> {
    let head = ["committed", "goal"];
    row(out, "every measure on, one thread", "here".to_owned(), head)?;
    beside_plain_loops(out)?;
    match model(HYBRID, None) {
        Some(hybrid) => reference(out, &hybrid)?,
        None => writeln!(out, "{HYBRID}: cannot be read")?,
    }
    for (what, small, large, aims) in growth::pairs() {
        row(out, what, ratio(&large, &small), aims)?;
    }
    scaling(out)?;
    whole_command(out)
}

/// Nanoseconds of this thread per thing that `f` counts.
fn nanoseconds(f: impl FnOnce() -> u64) -> f64 {
    let clock = ThreadTime::now();
    let n = f();
    clock.elapsed().as_nanos() as f64 / n as f64
}

/// What a time is when nothing disturbs it: other work on the machine only ever adds to it.
fn smallest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(f64::INFINITY, f64::min)
}

/// What a ratio is: its two times are neighbours, so a disturbance falls on either and makes it too large as often as too
/// small. The ratio of the two smallest times would compare moments that may have nothing in common.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How many times as much a contact of `model` costs as one of `than`.
fn ratio(model: &Model, than: &Model) -> String {
    let (laws, others) = (laws(model), laws(than));
    let ratios = (0..ROUNDS).map(|r| {
        let other = nanoseconds(|| counted(&others, r).contacts());
        nanoseconds(|| counted(&laws, r).contacts()) / other
    });
    format!("{:.2}", median(ratios.collect()))
}

/// The engine and the plain loops by turns, so that a busy machine slows both.
fn beside_plain_loops(out: &mut StdoutLock<'_>) -> io::Result<()> {
    type Plain = fn(u64) -> Baseline;
    let cases: [(&str, Model, Plain, [&str; 2]); 3] = [
        (
            "erlang-a (105 erlangs, 100 agents)",
            models::erlang_a(105.0, 1.0, Some(1.0), 100, 7 * DAY),
            |seed| baseline::run(105.0, 1.0, Some(1.0), 100, 1_058_400, seed),
            ["3", "4"],
        ),
        (
            "M/M/1 at load 0.9, without patience",
            models::erlang_a(0.9, 1.0, None, 1, 700 * DAY),
            |seed| baseline::run(0.9, 1.0, None, 1, 907_200, seed),
            ["1.0", "1.5"],
        ),
        (
            "N-design, 55 and 52 agents",
            growth::n_design(6 * DAY),
            |seed| overflow::run([60.0, 45.0], 0.5, [55, 52], 907_200, seed),
            ["2.2", "3"],
        ),
    ];
    for (what, model, plain, aims) in cases {
        let laws = laws(&model);
        let (mut here, mut there, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            there.push(nanoseconds(|| plain(round + 1).offered));
            here.push(nanoseconds(|| counted(&laws, round).contacts()));
            ratios.extend(there.last().zip(here.last()).map(|(a, b)| a / b));
        }
        let ns = |times: Vec<f64>| format!("{:.0}", smallest(times));
        row(out, &format!("{what}, ns a contact"), ns(here), ["", ""])?;
        row(out, "  the plain loop", ns(there), ["", ""])?;
        let times = format!("{:.2}", median(ratios));
        row(out, "  times faster than the plain loop", times, aims)?;
    }
    Ok(())
}

/// One month of the reference case, and three years of the story.
fn reference(out: &mut StdoutLock<'_>, hybrid: &Model) -> io::Result<()> {
    let month = laws(hybrid);
    let of_month = |r| nanoseconds(|| counted(&month, r).contacts());
    let ns = smallest((0..ROUNDS).map(of_month));
    row(
        out,
        "klarna-2025-hybrid, ns a contact",
        format!("{ns:.0}"),
        ["", ""],
    )?;
    if let Some(story) = model("klarna-story", None) {
        let laws = laws(&story);
        let before = of_month(0);
        let ns = nanoseconds(|| counted(&laws, 0).contacts());
        let ratio = 2.0 * ns / (before + of_month(1));
        row(
            out,
            "klarna-story, a contact over one of the hybrid month",
            format!("{ratio:.2}"),
            ["1.1", "1.0"],
        )?;
    }
    if let Some(peak) = memory(HYBRID) {
        let what = "klarna-2025-hybrid, memory of one replication, MiB";
        row(out, what, format!("{peak:.1}"), ["64", ""])?;
    }
    Ok(())
}

/// 16 replications on one thread and on two, by turns.
fn scaling(out: &mut StdoutLock<'_>) -> io::Result<()> {
    let model = growth::n_design(2 * DAY);
    let plan = Plan {
        seed: 1,
        replications: 16,
        confidence: 0.95,
    };
    let seconds = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads can be made");
        let job = Job {
            model: &model,
            plan,
        };
        let clock = Instant::now();
        let outcomes = pool.install(|| run(&[job], &()));
        assert!(outcomes.is_ok());
        clock.elapsed().as_secs_f64()
    };
    let ratio = median((0..5).map(|_| seconds(1) / seconds(2)).collect());
    let what = "16 replications, times faster on two threads";
    row(out, what, format!("{ratio:.2}"), ["1.9", "1.97"])
}

/// A day of `erlang-a`, from the first byte that is read to the last file that is written.
fn whole_command(out: &mut StdoutLock<'_>) -> io::Result<()> {
    let folder = std::env::temp_dir().join(format!("handover-bench-{}", std::process::id()));
    let milliseconds = |_| {
        let clock = Instant::now();
        let done = Command::new(env!("CARGO_BIN_EXE_handover"))
            .args(["run", "erlang-a.toml", "--reps", "1", "-q"])
            .args(["--set", "horizon=1 day", "-o"])
            .arg(&folder)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"))
            .output();
        let time = clock.elapsed().as_secs_f64() * 1e3;
        done.is_ok_and(|o| o.status.success()).then_some(time)
    };
    let times: Option<Vec<f64>> = (0..ROUNDS).map(milliseconds).collect();
    std::fs::remove_dir_all(&folder).ok();
    let value = times.map_or("failed".to_owned(), |t| format!("{:.0}", median(t)));
    let what = "one day of erlang-a, the whole command, ms";
    row(out, what, value, ["50", "20"])
}

fn laws(model: &Model) -> Laws<'_> {
    Laws::new(model).expect("the model is sound")
}

/// A replication with all measures.
fn counted(laws: &Laws<'_>, replication: u64) -> Account {
    let (account, counters) = count(laws, 1, replication, &|| false);
    std::hint::black_box(counters);
    account
}

/// `erlang-a`, `n-design`, a scenario of the repository by name, or a scenario file; `None` when there is none.
fn model(name: &str, days: Option<u64>) -> Option<Model> {
    let horizon = days.unwrap_or(7) * DAY;
    match name {
        "erlang-a" => return Some(models::erlang_a(105.0, 1.0, Some(1.0), 100, horizon)),
        "n-design" => return Some(growth::n_design(horizon)),
        _ => {}
    }
    let ours = PathBuf::from(format!(
        "{}/scenarios/{name}.toml",
        env!("CARGO_MANIFEST_DIR")
    ));
    let path = if ours.exists() {
        ours
    } else {
        PathBuf::from(name)
    };
    let settings: Vec<String> = days
        .map(|n| format!("horizon={n} days"))
        .into_iter()
        .collect();
    load(Path::new(&path), &settings, &Disk)
        .ok()
        .map(|scenario| scenario.model)
}

/// One replication of a scenario: what a contact took, and the most memory the process ever held.
fn one(out: &mut StdoutLock<'_>, name: &str, days: Option<u64>) -> io::Result<()> {
    let Some(model) = model(name, days) else {
        writeln!(out, "{name}: cannot be read")?;
        std::process::exit(2);
    };
    let laws = laws(&model);
    let clock = ThreadTime::now();
    let account = counted(&laws, 0);
    let ns = clock.elapsed().as_nanos() as f64 / account.contacts() as f64;
    writeln!(
        out,
        "contacts {} events {} ns_a_contact {ns:.1} peak_kib {}",
        account.contacts(),
        account.events,
        peak_kib().unwrap_or(0)
    )
}

/// The peak of this process, where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// MiB that a process of its own needs for one replication.
fn memory(name: &str) -> Option<f64> {
    let output = Command::new(std::env::current_exe().ok()?)
        .args(["one", name, "-"])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kib: f64 = text.split_whitespace().last()?.parse().ok()?;
    (kib > 0.0).then_some(kib / 1024.0)
}
