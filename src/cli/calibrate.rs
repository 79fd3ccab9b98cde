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
    Topics, date, day, demand, design, files, table, topic_names,
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
/// The columns that were used, if they were given.
const COLUMNS: &str = "columns.toml";
const DESIGN: &str = "draws.csv";
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
    let folder = options
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(stem(&options.log.log)));
    let fresh = |name: &str| match !options.force && folder.join(name).exists() {
        false => Ok(()),
        true => Err(Failure::bad(format!(
            "{} is there already\n  help: --force replaces it, --out DIR chooses another directory",
            folder.join(name).display()
        ))),
    };
    let own = [SCENARIO, FIT, REPORT, TABLE, DESIGN];
    own.iter().try_for_each(|name| fresh(name))?;
    let columns = options.log.columns.as_deref();
    let mapping = mapping(columns, output)?;
    // Those that are there already are as good as kept.
    let there = std::fs::canonicalize(folder.join(COLUMNS)).ok();
    let kept = columns.filter(|path| there.is_none() || std::fs::canonicalize(path).ok() != there);
    let kept = kept.map(std::fs::read).transpose();
    let kept = kept.map_err(|e| Failure::failed(crate::results::words(&e)))?;
    kept.iter().try_for_each(|_| fresh(COLUMNS))?;
    let mut place = Folder::prepare(&folder, &own)?;
    let interrupt = Interrupt::at_once(&place);
    let divided = divided(
        &options.log,
        &mapping,
        options.until,
        in_time_s,
        None,
        &interrupt,
    )?;
    let log = &divided.before;
    is_there(&options.exclude, log)?;
    let settings = Settings {
        log: file_name(&options.log.log),
        target: target.clone(),
        zone: divided.reading.zone.clone(),
        silent: options.silent,
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
    let path = folder.join(SCENARIO);
    let made = files(&fit);
    made.iter().try_for_each(|(name, _)| fresh(name))?;
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
    let mut remembered = serde_json::json!({ "estimates": estimates, "erlang_a": fit.erlang });
    if columns.is_some() {
        remembered["columns"] = COLUMNS.into();
    }
    let mut all: Vec<(String, Vec<u8>)> = made
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    let draws = design(&fit.draws(settings.seed, DRAWS));
    all.extend(draws.map(|(name, text)| (name, text.into_bytes())));
    all.extend(kept.map(|text| (COLUMNS.into(), text)));
    all.push((FIT.into(), format!("{remembered:#}\n").into_bytes()));
    all.push((REPORT.into(), page.html().into_bytes()));
    all.extend(found.map(|b| (TABLE.into(), table(&b).into_bytes())));
    interrupt.now_writing();
    let paths = publish(&mut place, &all, &interrupt)?;
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
    let remembered: serde_json::Value =
        std::fs::read_to_string(options.scenario.with_file_name(FIT))
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
    let kept = options.scenario.with_file_name(COLUMNS);
    let is_kept = options.log.columns.is_none() && remembered.get("columns").is_some();
    let columns = options
        .log
        .columns
        .as_deref()
        .or(is_kept.then_some(kept.as_path()));
    let mapping = mapping(columns, output)?;
    let name = format!("{}-backtest", stem(&options.scenario));
    let folder = options
        .out
        .clone()
        .unwrap_or_else(|| Path::new("results").join(name));
    let mut place = Folder::prepare(&folder, &[TABLE, REPORT])?;
    let interrupt = Interrupt::at_once(&place);
    let divided = divided(
        &options.log,
        &mapping,
        Some(start),
        in_time_s,
        Some(&names),
        &interrupt,
    )?;
    let erlang = remembered
        .get("erlang_a")
        .and_then(|fit| serde_json::from_value(fit.clone()).ok());
    let given = (options.replications, erlang);
    let found = held(&options.scenario, &divided, given, &Disk, output)?;
    let layout = output.layout();
    let mut text = match is_kept {
        true => format!(
            "Columns are those of {}; --columns names others.\n",
            kept.display()
        ),
        false => String::new(),
    };
    text += &reading_text(&divided.reading, layout);
    text.push('\n');
    text += &backtest_text(&found, layout);
    let page = calibration_page(None, Some(&found), &scenario.name);
    let files = [
        (TABLE.to_owned(), table(&found).into_bytes()),
        (REPORT.to_owned(), page.html().into_bytes()),
    ];
    interrupt.now_writing();
    publish(&mut place, &files, &interrupt)?;
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
    let threads = simulate::pool(input::threads(output))?;
    // Files are read on the calling thread. Whoever interrupts ends the program.
    let found = Backtest::new(path, &scenario, &held, files, &|| false, &threads);
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

/// The columns of a file, or those that are found.
fn mapping(path: Option<&Path>, output: &Output) -> Result<Mapping, Failure> {
    path.map_or(Ok(Mapping::default()), |path| {
        Mapping::load(path, &Disk).map_err(|p| Failure::BadInput(p.render(output.error_color())))
    })
}

/// Refuses days that are left out of a log that does not have them.
fn is_there(excluded: &[Date], log: &Gathered) -> Result<(), Failure> {
    let missing = excluded.iter().find(|d| !log.days.contains_key(&day(**d)));
    let ends = log.days.keys().next().zip(log.days.keys().next_back());
    match missing.zip(ends) {
        None => Ok(()),
        Some((missing, (first, last))) => Err(Failure::bad(format!(
            "--exclude {missing}: nothing of that day is fitted\n  help: what is fitted goes from {} to {}",
            date(*first),
            date(*last)
        ))),
    }
}

/// Writes all files, and gives them their names together.
fn publish(
    folder: &mut Folder,
    files: &[(String, Vec<u8>)],
    interrupt: &Interrupt,
) -> Result<Vec<PathBuf>, Failure> {
    let sealed = files.iter();
    let sealed = sealed.map(|(name, bytes)| folder.write(name, |out| out.write_all(bytes)));
    let sealed = sealed.collect::<Result<_, _>>()?;
    let _naming = interrupt.now_naming();
    Ok(folder.publish(sealed)?)
}

/// Reads a log, and adds up what is before a day, and what is from it on. Priorities are told apart as the names of the topics of a scenario
/// do, or else as the log shows that they are served.
fn divided(
    options: &RecordedOptions,
    mapping: &Mapping,
    at: Option<Date>,
    in_time_s: f64,
    names: Option<&[&str]>,
    interrupt: &Interrupt,
) -> Result<Divided, Failure> {
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
        let reading = read(&source, mapping, request, &mut |mut record| {
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
    interrupt.half_written(options.not_used.as_deref());
    let writer = rejected.as_mut().map(|w| w as &mut dyn Write);
    let done = gathered(&mut split, writer).and_then(|found| {
        let flushed = rejected.map_or(Ok(()), |mut writer| writer.flush());
        flushed.map_err(|e| Failure::failed(crate::results::words(&e)))?;
        Ok(found)
    });
    interrupt.half_written(None);
    // Half a list is none.
    if let (Err(_), Some(path)) = (&done, &options.not_used) {
        let _ = std::fs::remove_file(path);
    }
    let (mut reading, mut before, mut after) = done?;
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
