//! `handover calibrate` and `handover backtest`.

use super::failure::Failure;
use super::input::{self, shell};
use super::interrupt::Interrupt;
use super::output::Output;
use super::recorded::{BacktestOptions, CalibrateOptions, RecordedOptions};
use super::simulate;
use crate::calibrate::demand::Options;
use crate::calibrate::{
    Backtest, BacktestError, ErlangFit, Fit, Gathered, Held, Over, SCENARIO, Settings, Split,
    Topics, day, demand, design, files, table, topic_names,
};
use crate::log::{Input, LogError, Mapping, Reading, Record, Request, Source, read};
use crate::report::{backtest_text, calibration_page, fit_text, reading_text, sure_text};
use crate::results::Folder;
use crate::scenario::{Disk, Files, Problems, Scenario, load, stem};
use jiff::civil::Date;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Days that a log may go over: as many as a scenario may last.
const MOST_DAYS: i32 = 1461;

/// What a fit remembers for later back-tests, beside the scenario.
const FIT: &str = "fit.json";
const REPORT: &str = "report.html";
/// Draws of the parameters in their file.
const DRAWS: usize = 200;
const TABLE: &str = "backtest.csv";

/// A log, divided at a day.
struct Divided {
    reading: Reading,
    topics: Topics,
    before: Gathered,
    after: Gathered,
}

/// Fits a log, and writes the scenario.
pub(super) fn calibrate(options: &CalibrateOptions, output: &Output) -> Result<(), Failure> {
    let target = &options.target;
    let in_time_s = in_time(target)?;
    let divided = divided(&options.log, options.until, in_time_s, None, output)?;
    let log = &divided.before;
    let settings = Settings {
        log: file_name(&options.log.log),
        target: target.clone(),
        zone: divided.reading.zone.clone(),
        seed: 1,
    };
    let asked = Options {
        excluded: options.exclude.clone(),
        ..Options::default()
    };
    let layout = output.layout();
    let read = reading_text(&divided.reading, layout);
    let demand = demand(log, &asked)
        .map_err(|e| Failure::bad(format!("{}: {e}\n{read}", options.log.log.display())))?;
    let refused = |problems: &Problems| {
        let problems = problems.render(false);
        Failure::BadInput(format!(
            "error: {}: the scenario that follows from it is refused:\n{problems}\n{read}",
            options.log.log.display()
        ))
    };
    let threads = simulate::pool(input::threads(output))?;
    let fit = threads.install(|| Fit::new(log, &divided.topics, demand, &settings));
    let fit = fit.map_err(|problems| refused(&problems))?;
    let folder = options
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(stem(&options.log.log)));
    let path = folder.join(SCENARIO);
    let made = files(&fit);
    let others = [FIT, REPORT, TABLE, "draws.csv"].into_iter();
    let names = made.iter().map(|(name, _)| name.as_str());
    let mut names = names.chain(others).map(str::to_owned);
    if let Some(name) = names.find(|name| !options.force && folder.join(name).exists()) {
        return Err(Failure::bad(format!(
            "{} is there already\n  help: --force replaces it, --out DIR chooses another directory",
            folder.join(&name).display()
        )));
    }
    drop(names);
    let mut text = read.clone();
    text += &format!("\n{}\n", fit_text(&fit, layout));
    let sure = threads.install(|| fit.sure(settings.seed));
    let sure = sure.map_err(|problems| refused(&problems))?;
    text += &format!("{}\n", sure_text(&sure, layout));
    let mut found = None;
    if let Some(until) = options.until.filter(|_| divided.after.days.is_empty()) {
        text += &format!(
            "The log has nothing from {until} on: no day is held against the scenario.\n\n"
        );
    }
    if !divided.after.days.is_empty() {
        let over = Over::new(&folder, &made, &Disk);
        let b = held(
            &path,
            &divided,
            (options.replications, fit.erlang),
            &over,
            output,
        )?;
        text += &format!("{}\n", backtest_text(&b, layout));
        found = Some(b);
    }
    let page = calibration_page(Some((&fit, sure.as_slice())), found.as_ref(), &fit.log);
    let estimates: serde_json::Map<_, _> = fit
        .estimates()
        .into_iter()
        .map(|(key, e)| {
            (
                key,
                serde_json::json!({ "value": e.value, "low": e.low, "high": e.high }),
            )
        })
        .collect();
    let remembered = serde_json::json!({ "estimates": estimates, "erlang_a": fit.erlang });
    let mut all: Vec<(String, Vec<u8>)> = made
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    let draws = design(&fit.draws(settings.seed, DRAWS));
    all.extend(draws.map(|(name, text)| (name, text.into_bytes())));
    all.push((FIT.into(), format!("{remembered:#}\n").into_bytes()));
    all.push((REPORT.into(), page.html().into_bytes()));
    all.extend(found.map(|b| (TABLE.into(), table(&b).into_bytes())));
    let paths = Folder::save(&folder, &all)?;
    let word = shell(&path.to_string_lossy());
    text += &format!(
        "Written to {}: {SCENARIO}, {REPORT} and {}. Next:\n  handover run {word}\n  handover staff {word}\n",
        folder.display(),
        crate::report::counted(paths.len() - 2, "other file")
    );
    if output.quiet {
        return Ok(());
    }
    output.print(&text)
}

/// Holds recorded days against a scenario.
pub(super) fn backtest(options: &BacktestOptions, output: &Output) -> Result<(), Failure> {
    let scenario = scenario(&options.scenario, output)?;
    let in_time_s = scenario
        .model
        .topics
        .first()
        .map_or(20.0, |t| crate::time::to_seconds(t.target.within));
    let model = &scenario.model;
    let start = options
        .from
        .unwrap_or_else(|| model.calendar.local(model.warmup).date);
    let names: Vec<&str> = model.topics.iter().map(|t| t.name.as_str()).collect();
    let divided = divided(&options.log, Some(start), in_time_s, Some(&names), output)?;
    let remembered = options.scenario.with_file_name(FIT);
    let erlang = std::fs::read_to_string(remembered).ok().and_then(|text| {
        let fit: serde_json::Value = serde_json::from_str(&text).ok()?;
        serde_json::from_value(fit.get("erlang_a")?.clone()).ok()
    });
    let given = (options.replications, erlang);
    let found = held(&options.scenario, &divided, given, &Disk, output)?;
    let layout = output.layout();
    let mut text = reading_text(&divided.reading, layout);
    text.push('\n');
    text += &backtest_text(&found, layout);
    let name = format!("{}-backtest", stem(&options.scenario));
    let folder = options
        .out
        .clone()
        .unwrap_or_else(|| Path::new("results").join(name));
    let page = calibration_page(None, Some(&found), &scenario.name);
    let files = [
        (TABLE.to_owned(), table(&found).into_bytes()),
        (REPORT.to_owned(), page.html().into_bytes()),
    ];
    Folder::save(&folder, &files)?;
    text += &format!("\nWritten to {}: {TABLE}, {REPORT}\n", folder.display());
    output.print(&text)
}

fn scenario(path: &Path, output: &Output) -> Result<Scenario, Failure> {
    load(path, &[], &Disk).map_err(|p| Failure::BadInput(p.render(output.error_color())))
}

fn held(
    path: &Path,
    divided: &Divided,
    (replications, erlang): (u32, Option<ErlangFit>),
    files: &dyn Files,
    output: &Output,
) -> Result<Backtest, Failure> {
    let scenario =
        load(path, &[], files).map_err(|p| Failure::BadInput(p.render(output.error_color())))?;
    let held = Held {
        log: &divided.after,
        topics: &divided.topics.names,
        before: &divided.before,
        replications,
        in_time_s: divided.after.in_time_s,
        erlang,
    };
    let interrupt = Interrupt::watch(None);
    let stop = || interrupt.was_heard();
    let threads = simulate::pool(input::threads(output))?;
    // Files are read on the calling thread.
    let found = Backtest::new(path, &scenario, &held, files, &stop, &threads);
    if interrupt.was_heard() {
        return Err(Failure::Interrupted(
            "interrupted: nothing was written".into(),
        ));
    }
    found.map_err(|e| match e {
        BacktestError::Scenario(problems) => {
            Failure::BadInput(problems.render(output.error_color()))
        }
        BacktestError::Model(_) => Failure::failed(e),
        BacktestError::Nothing | BacktestError::Topics(_) => Failure::bad(e),
    })
}

/// The seconds of a target such as `80% in 20 s`.
fn in_time(target: &str) -> Result<f64, Failure> {
    let words = format!(
        "[[topic]]\nname='a'\nwork='1 s'\ntarget={}\n",
        toml::Value::String(target.into())
    );
    let text = format!(
        "horizon='1 day'\n[demand]\ndaily_volume=1\n{words}[[pool]]\nname='b'\nkind='employed'\nagents=1\n"
    );
    let files = crate::scenario::InMemory::new().with("target.toml", text);
    let scenario = load(Path::new("target.toml"), &[], &files).map_err(|_| {
        Failure::bad(format!(
            "--target: expected a share and a time such as \"80% in 20 s\", found {target:?}"
        ))
    })?;
    let first = scenario.model.topics.first();
    Ok(first.map_or(20.0, |t| crate::time::to_seconds(t.target.within)))
}

/// Reads a log, and adds up what is before a day, and what is from it on. Priorities are told apart as the names of the topics of a scenario
/// do, or else as the log shows that they are served.
fn divided(
    options: &RecordedOptions,
    at: Option<Date>,
    in_time_s: f64,
    names: Option<&[&str]>,
    output: &Output,
) -> Result<Divided, Failure> {
    let mapping = match &options.columns {
        Some(path) => Mapping::load(path, &Disk)
            .map_err(|p| Failure::BadInput(p.render(output.error_color())))?,
        None => Mapping::default(),
    };
    let path = options.log.clone();
    let open = move || -> std::io::Result<Box<dyn Input>> { Ok(Box::new(File::open(&path)?)) };
    let name = options.log.display().to_string();
    let source = Source {
        name: &name,
        open: &open,
    };
    // It is read several times, which a pipe cannot be.
    match std::fs::metadata(&options.log) {
        Ok(about) if !about.is_file() => {
            return Err(Failure::bad(format!(
                "{name} is not a regular file\n  help: write the log to a file first"
            )));
        }
        _ => {}
    }
    let mut rejected = match &options.not_used {
        Some(path) => Some(BufWriter::new(File::create_new(path).map_err(
            |e| match e.kind() {
                std::io::ErrorKind::AlreadyExists => Failure::bad(format!(
                    "--not-used: {} is there already, and is not replaced",
                    path.display()
                )),
                _ => Failure::failed(format!("{}: {}", path.display(), crate::results::words(&e))),
            },
        )?)),
        None => None,
    };
    let start = |date: Date| i64::from(day(date)) * DAY_MS;
    let cut = at.map_or(i64::MAX, start);
    expect_damage();
    let gathered = |split: &mut Split, not_used: Option<&mut dyn Write>| {
        let request = Request {
            from: options.since.map(start),
            until: None,
            not_used,
        };
        let mut before = Gathered::new(options.interval, in_time_s);
        let mut after = before.clone();
        let reading = read(&source, &mapping, request, &mut |mut record| {
            let when = match &mut record {
                Record::Contact(c) => {
                    if !split.is_whole() {
                        c.topic = split.topic(c.topic, c.priority);
                    }
                    c.arrival
                }
                Record::Interval(c) => c.start,
            };
            match when < cut {
                true => before.add(&record),
                false => after.add(&record),
            }
        })
        .map_err(|e| refused(&e))?;
        Ok::<_, Failure>((reading, before, after))
    };
    let mut split = Split::of_names(names.into_iter().flatten().copied());
    let writer = rejected.as_mut().map(|w| w as &mut dyn Write);
    let (mut reading, mut before, mut after) = gathered(&mut split, writer)?;
    if let Some(mut writer) = rejected {
        writer
            .flush()
            .map_err(|e| Failure::failed(crate::results::words(&e)))?;
    }
    if names.is_none() {
        // Priorities that are not served alike are told apart.
        split = Split::new(&before.priorities, &before.waits.precedence());
        if !split.is_whole() {
            (reading, before, after) = gathered(&mut split, None)?;
        }
    }
    if let Some(ms) = reading.interval_ms
        && i64::from(options.interval) * 60_000 % ms != 0
    {
        return Err(Failure::bad(format!(
            "the log counts in intervals of {} min, which do not make up {} min\n  help: --interval",
            ms / 60_000,
            options.interval
        )));
    }
    if let Some((first, last)) = reading.days
        && day(last) - day(first) >= MOST_DAYS
    {
        return Err(Failure::bad(format!(
            "{}: its days go from {first} to {last}, which is more than {MOST_DAYS} days\n  help: a single wrong date may be the reason; \
             --since leaves out what is before a day",
            options.log.display()
        )));
    }
    Ok(Divided {
        topics: split.topics(topic_names(&reading), &|name| {
            names.is_none_or(|names| names.contains(&name))
        }),
        reading,
        before: before.settled(),
        after: after.settled(),
    })
}

/// Keeps quiet of panics of the decoder of Parquet: they are caught, and told as errors of the log.
fn expect_damage() {
    #[cfg(feature = "parquet")]
    {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !crate::log::is_decoding() {
                usual(info);
            }
        }));
    }
}

fn refused(e: &LogError) -> Failure {
    let advice = e
        .advice()
        .map_or_else(String::new, |a| format!("\n  help: {a}"));
    Failure::bad(format!("{e}{advice}"))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| input::shell("log"), |n| n.to_string_lossy().into_owned())
}
