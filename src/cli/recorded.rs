//! The options of the commands that read a log, and directories on the command line.

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{ArgAction, Args};
use jiff::civil::Date;
use std::path::{Component, PathBuf};

/// A log, and how it is read.
#[derive(Debug, Args)]
pub(super) struct RecordedOptions {
    /// The log: CSV, perhaps compressed by gzip, or Parquet; one line a contact, or one an interval.
    #[arg(value_name = "LOG")]
    pub(super) log: PathBuf,
    /// A file that says what is in which column; `calibrate` keeps it beside the scenario, where `backtest` finds it [default: known layouts and
    /// usual names are recognised].
    #[arg(long, value_name = "FILE")]
    pub(super) columns: Option<PathBuf>,
    /// Leave out what is before this day.
    #[arg(long, value_name = "DATE")]
    pub(super) since: Option<Date>,
    /// Write the lines that are not used into this file, with the reasons.
    #[arg(long, value_name = "FILE")]
    pub(super) not_used: Option<PathBuf>,
    /// Minutes of an interval.
    #[arg(long, value_name = "MINUTES", default_value = "30", value_parser = interval_minutes)]
    pub(super) interval: u32,
}

/// Options of `calibrate`.
#[derive(Debug, Args)]
pub(super) struct CalibrateOptions {
    #[command(flatten)]
    pub(super) log: RecordedOptions,
    /// Fit what is before this day, and hold what is from it on against the scenario.
    #[arg(long, value_name = "DATE")]
    pub(super) until: Option<Date>,
    /// Leave a day out of the fit of the demand, such as a holiday; may be repeated.
    #[arg(long, value_name = "DATE", action = ArgAction::Append)]
    pub(super) exclude: Vec<Date>,
    /// What is promised: the log cannot tell.
    #[arg(long, value_name = "TARGET", default_value = "80% in 20 s")]
    pub(super) target: String,
    /// Share of the contacts that the assistant ended whose customers left in silence: the log cannot tell [default: none, as an assumption].
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(super) silent: Option<f64>,
    /// Replications of each simulation of held-out days.
    #[arg(long = "reps", value_name = "N", default_value = "100", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub(super) replications: u32,
    /// Directory for the scenario and its data files [default: the name of the log].
    #[arg(short, long, value_name = "DIR", value_parser = directory())]
    pub(super) out: Option<PathBuf>,
    /// Replace a scenario that is there.
    #[arg(short, long)]
    pub(super) force: bool,
}

/// Options of `backtest`.
#[derive(Debug, Args)]
pub(super) struct BacktestOptions {
    /// The scenario.
    #[arg(value_name = "FILE")]
    pub(super) scenario: PathBuf,
    #[command(flatten)]
    pub(super) log: RecordedOptions,
    /// The first day that is held against the scenario; what the log has before it is used for simpler predictions [default: the start of the
    /// scenario].
    #[arg(long, value_name = "DATE")]
    pub(super) from: Option<Date>,
    /// Replications of each simulation.
    #[arg(long = "reps", value_name = "N", default_value = "100", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub(super) replications: u32,
    /// Directory for the table of all points and the page [default: results/NAME-backtest].
    #[arg(short, long, value_name = "DIR", value_parser = directory())]
    pub(super) out: Option<PathBuf>,
}

/// A share, also in per cent.
fn share(text: &str) -> Result<f64, String> {
    let (number, of) = match text.strip_suffix('%') {
        Some(number) => (number, 100.0),
        None => (text, 1.0),
    };
    match number.trim().parse::<f64>() {
        Ok(x) if (0.0..=of).contains(&x) => Ok(x / of),
        _ => Err("expected a share from 0 to 1 such as 0.1 or 10%".to_owned()),
    }
}

/// Minutes that divide an hour.
fn interval_minutes(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(minutes) if (5..=60).contains(&minutes) && 60 % minutes == 0 => Ok(minutes),
        _ => Err("expected minutes that divide an hour: 5, 6, 10, 12, 15, 20, 30 or 60".to_owned()),
    }
}

/// A directory for results. `..` behind a directory that is not there leads back to where it would be, so that nobody makes it on the way.
pub(super) fn directory() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().map(|path| {
        let mut out = PathBuf::new();
        for part in path.components() {
            let last = out.components().next_back();
            let goes_back =
                part == Component::ParentDir && matches!(last, Some(Component::Normal(_)));
            if !goes_back || out.exists() {
                out.push(part);
            } else {
                out.pop();
            }
        }
        match out.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => out,
        }
    })
}
