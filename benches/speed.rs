//! What the engine costs, beside a plain hand-written event loop in the same run.
//!
//! `cargo bench --bench speed` prints one table. `speed one NAME DAYS` simulates one replication and nothing else, for
//! callgrind (the difference of two horizons leaves the start-up out); NAME is `erlang-a` or a scenario file, DAYS may be
//! `-` for the scenario's own horizon. `benches/README.md` has the record of what was measured.

mod baseline;
#[path = "../tests/models.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "written for the tests, which use more of it"
)]
mod models;

use cpu_time::ThreadTime;
use handover::engine::{Account, Laws, Observer, simulate};
use handover::experiment::{Job, Plan, run};
use handover::measure::{Values, count};
use handover::model::Model;
use handover::scenario::{Disk, load};
use handover::time::DAY;
use std::io::{self, StdoutLock, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Rounds; in each one everything that is compared runs once, by turns.
const ROUNDS: usize = 7;
const AGENTS: u32 = 100;
const RATE: f64 = 105.0;
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

fn table(out: &mut StdoutLock<'_>) -> io::Result<()> {
    writeln!(
        out,
        "{:<52} {:>10} {:>12}",
        "processor time, one thread", "here", "committed"
    )?;
    erlang_a(out)?;
    match model(HYBRID, None) {
        Some(hybrid) => reference(out, &hybrid)?,
        None => writeln!(out, "{HYBRID}: cannot be read")?,
    }
    scaling(out)
}

fn row(out: &mut StdoutLock<'_>, what: &str, value: String, committed: &str) -> io::Result<()> {
    writeln!(out, "{what:<52} {value:>10} {committed:>12}")
}

/// What a time is when nothing disturbs it: other work on the machine only ever adds to it.
fn smallest(values: Vec<f64>) -> f64 {
    values.into_iter().fold(f64::INFINITY, f64::min)
}

/// What a ratio is: its two times are neighbours, so a disturbance falls on either and makes it too large as often as too
/// small. The ratio of the two smallest times would compare moments that may have nothing in common.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Nanoseconds of this thread per thing that `f` counts.
fn nanoseconds(f: impl FnOnce() -> u64) -> f64 {
    let clock = ThreadTime::now();
    let n = f();
    clock.elapsed().as_nanos() as f64 / n as f64
}

/// The engine and the plain loop by turns, so that a busy machine slows both.
fn erlang_a(out: &mut StdoutLock<'_>) -> io::Result<()> {
    let model = models::erlang_a(RATE, 1.0, Some(1.0), AGENTS, 7 * DAY);
    let laws = laws(&model);
    let contacts = (RATE * 60.0 * 24.0 * 7.0) as u64;
    let mut rounds = [const { Vec::new() }; 5];
    for round in 0..ROUNDS as u64 {
        let plain =
            nanoseconds(|| baseline::run(RATE, 1.0, 1.0, AGENTS, contacts, round + 1).offered);
        let full = nanoseconds(|| counted(&laws, round).contacts());
        let bare = nanoseconds(|| replicate(&laws, round, &mut ()).contacts());
        let whole = nanoseconds(|| whole(&model, round));
        for (values, value) in rounds
            .iter_mut()
            .zip([plain, full, bare, whole, plain / full])
        {
            values.push(value);
        }
    }
    let [plain, full, bare, whole, ratio] = rounds;
    for (what, times) in [
        ("erlang-a, plain event loop, ns per contact", plain),
        ("erlang-a, every measure, ns per contact", full),
        ("erlang-a, no measures, ns per contact", bare),
        (
            "erlang-a, tables and values included, ns per contact",
            whole,
        ),
    ] {
        row(out, what, format!("{:.0}", smallest(times)), "")?;
    }
    row(
        out,
        "erlang-a, times faster than the plain loop",
        format!("{:.2}", median(ratio)),
        "1.5",
    )
}

/// One month of the reference case.
fn reference(out: &mut StdoutLock<'_>, model: &Model) -> io::Result<()> {
    let laws = laws(model);
    let mut contacts = 0;
    let rounds = (0..ROUNDS as u64).map(|r| {
        nanoseconds(|| {
            contacts = counted(&laws, r).contacts();
            contacts
        })
    });
    let ns = smallest(rounds.collect());
    row(
        out,
        "klarna-2025-hybrid, million contacts a month",
        format!("{:.2}", contacts as f64 * 1e-6),
        "3.5",
    )?;
    row(
        out,
        "klarna-2025-hybrid, every measure, ns per contact",
        format!("{ns:.0}"),
        "150",
    )?;
    if let Some(peak) = memory(HYBRID) {
        row(
            out,
            "klarna-2025-hybrid, memory of one replication, MiB",
            format!("{peak:.1}"),
            "64",
        )?;
    }
    Ok(())
}

/// 16 replications on one thread and on two, by turns.
fn scaling(out: &mut StdoutLock<'_>) -> io::Result<()> {
    let model = models::erlang_a(RATE, 1.0, Some(1.0), AGENTS, 3 * DAY);
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
        let clock = Instant::now();
        let outcomes = pool.install(|| {
            run(
                &[Job {
                    model: &model,
                    plan,
                }],
                &(),
                &AtomicBool::new(false),
            )
        });
        assert!(outcomes.is_ok());
        clock.elapsed().as_secs_f64()
    };
    let ratio = median((0..5).map(|_| seconds(1) / seconds(2)).collect());
    row(
        out,
        "16 replications, times faster on two threads",
        format!("{ratio:.2}"),
        "1.85",
    )
}

fn laws(model: &Model) -> Laws<'_> {
    Laws::new(model).expect("the model is sound")
}

fn replicate<O: Observer>(laws: &Laws<'_>, replication: u64, observer: &mut O) -> Account {
    simulate(laws, 1, replication, observer, &|| false)
}

/// A replication with all measures.
fn counted(laws: &Laws<'_>, replication: u64) -> Account {
    let (account, counters) = count(laws, 1, replication, &|| false);
    std::hint::black_box(counters);
    account
}

/// A replication from model to values of the measures.
fn whole(model: &Model, replication: u64) -> u64 {
    let laws = laws(model);
    let (account, counters) = count(&laws, 1, replication, &|| false);
    std::hint::black_box(Values::new(model).of(&counters, None));
    account.contacts()
}

/// `erlang-a`, a scenario of the repository by name, or a scenario file; `None` when there is none.
fn model(name: &str, days: Option<u64>) -> Option<Model> {
    if name == "erlang-a" {
        return Some(models::erlang_a(
            RATE,
            1.0,
            Some(1.0),
            AGENTS,
            days.unwrap_or(7) * DAY,
        ));
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

/// One replication of a scenario and the most memory the process ever held.
fn one(out: &mut StdoutLock<'_>, name: &str, days: Option<u64>) -> io::Result<()> {
    let Some(model) = model(name, days) else {
        writeln!(out, "{name}: cannot be read")?;
        std::process::exit(2);
    };
    let account = counted(&laws(&model), 0);
    writeln!(
        out,
        "contacts {} events {} peak_kib {}",
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
