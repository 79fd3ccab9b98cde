//! The options of the command line.

use super::examples::*;
use super::recorded::{BacktestOptions, CalibrateOptions, directory};
use crate::experiment::{Delta, Sampling, Shard, Width};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

/// A discrete-event staffing simulator for customer support that is AI-first with people behind it.
#[derive(Debug, Parser)]
#[command(name = "handover", version, after_help = EXAMPLES, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) common: CommonOptions,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Simulate scenario files, and compare them with the first.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunOptions),
    /// Check scenario files for mistakes; show load, agents required and run time. Simulates nothing.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Input),
    /// Find the value of one input at which two scenarios cost the same.
    #[command(after_help = BREAKEVEN_EXAMPLES)]
    Breakeven(BreakEvenOptions),
    /// Find the cheapest plan of agents that meets the targets, by interval or by shift; with several scenarios, compare them at equal service.
    #[command(after_help = STAFF_EXAMPLES)]
    Staff(StaffOptions),
    /// Make a scenario from a contact log: what the log tells is fitted, with intervals, what it cannot tell is named.
    #[command(after_help = CALIBRATE_EXAMPLES)]
    Calibrate(CalibrateOptions),
    /// Hold recorded days against what a scenario predicts for them.
    #[command(after_help = BACKTEST_EXAMPLES)]
    Backtest(BacktestOptions),
    /// Simulate many variants of a scenario: a grid, evenly spread points, one key at a time, or a design from a file.
    #[command(after_help = SWEEP_EXAMPLES)]
    Sweep(SweepOptions),
    /// Put the shards of a sweep together.
    #[command(after_help = MERGE_EXAMPLES)]
    Merge(MergeOptions),
    /// Write the report of a finished run or sweep again, from the files in its folder.
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportOptions),
    /// Show which inputs influence the measures of a finished sweep, and which points no other point beats.
    #[command(after_help = SENSITIVITY_EXAMPLES)]
    Sensitivity(SensitivityOptions),
    /// Write a commented scenario to start from.
    #[command(after_help = NEW_EXAMPLES)]
    New(NewOptions),
    /// Write the JSON Schema of the scenario file; editors use it to complete and explain keys.
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema,
    /// Write the script that lets a shell complete the commands.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionOptions),
    /// Write the manual page, or the pages of all commands.
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManOptions),
}

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct CommonOptions {
    /// Print only errors and the output that was asked for; no progress bar.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Show more: tables of topics, pools and weeks, and the findings in sentences.
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// Threads to use, where there is something to simulate [default: one per processor].
    #[arg(short = 'j', long, global = true, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
    /// When to use colours (the environment variable NO_COLOR also turns them off).
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub(super) color: ColorWhen,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorWhen {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Options of `breakeven`.
#[derive(Debug, Args)]
pub(super) struct BreakEvenOptions {
    #[command(flatten)]
    pub(super) input: Input,
    /// Key of the second scenario whose value is searched.
    #[arg(long = "input", value_name = "KEY")]
    pub(super) key: String,
    /// Bounds of the search.
    #[arg(long, num_args = 2, value_names = ["LOW", "HIGH"], required = true, allow_hyphen_values = true)]
    pub(super) between: Vec<f64>,
    /// Measure that must be equal in both scenarios.
    #[arg(long, value_name = "NAME", default_value = "cost_total")]
    pub(super) measure: String,
}

/// Scenarios, and changes to them.
#[derive(Clone, Debug, Args)]
pub(super) struct Input {
    /// Scenario files.
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Set any key of the files, e.g. pool.gig.members=200; may be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE", action = ArgAction::Append)]
    pub(super) settings: Vec<String>,
    /// Seed of the random numbers, instead of the seed in the files.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(0..=i64::MAX as u64))]
    pub(super) seed: Option<u64>,
    /// Number of independent replications, instead of the number in the files.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) reps: Option<u32>,
    /// Write one JSON document to standard output instead of text.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct RunOptions {
    #[command(flatten)]
    pub(super) input: Input,
    /// Simulate until half the width of the confidence intervals is at most this share of the mean, e.g. 2%, or this size with a unit,
    /// e.g. 5s, 1pt (a percentage point) or 500 USD.
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true, value_parser = crate::scenario::width)]
    pub(super) precision: Option<Width>,
    /// Measure that must reach the precision, e.g. mean_wait or mean_wait@topic=NAME; without --precision, measure whose precision is
    /// shown. May be repeated [default: sl_net, mean_wait and cost_total, as far as they exist and have the unit of the precision].
    #[arg(long = "on", value_name = "MEASURE", action = ArgAction::Append)]
    pub(super) on: Vec<String>,
    /// Require the precision of the paired differences from the first scenario, instead of each scenario; a share is then a share of the
    /// first scenario's mean.
    #[arg(long)]
    pub(super) differences: bool,
    /// Find the scenario with the best value of this measure (max:MEASURE or min:MEASURE if the direction is not clear). The choice is
    /// wrong with a probability of at most 1 - confidence.
    #[arg(long, value_name = "MEASURE", conflicts_with_all = ["precision", "on", "differences"])]
    pub(super) best: Option<String>,
    /// With --best: the smallest difference that matters, in the unit of summary.csv or as a share of the first scenario's mean.
    #[arg(long, value_name = "SIZE", requires = "best", default_value = "1%", allow_hyphen_values = true, value_parser = delta)]
    pub(super) delta: Delta,
    /// With --best: use N replications in total, most of them for the scenarios that are hard to tell apart (OCBA), and show the
    /// probability that the choice is right.
    #[arg(long, value_name = "N", allow_negative_numbers = true, requires = "best", conflicts_with = "max_reps", value_parser = clap::value_parser!(u32).range(2..=10_000_000))]
    pub(super) budget: Option<u32>,
    /// With --precision or --best: at most N replications [default: 1000].
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub(super) max_reps: Option<u32>,
    /// Directory for the results [default: results/NAME, NAME being the name of the file].
    #[arg(short, long, value_name = "DIR", value_parser = directory())]
    pub(super) out: Option<PathBuf>,
    /// Discard what an interrupted or killed run of the same command has finished.
    #[arg(long)]
    pub(super) fresh: bool,
    /// Also write a workbook (xlsx): the tables, the assumptions, the formulas of the measures.
    #[arg(long)]
    pub(super) xlsx: bool,
    #[command(flatten)]
    pub(super) log: LogOptions,
    /// Do not write report.html.
    #[arg(long)]
    pub(super) no_report: bool,
}

/// Options of a contact log.
#[derive(Debug, Args)]
pub(super) struct LogOptions {
    /// Also write the contacts of one replication, a row for each, to this file among the results: NAME.csv or NAME.parquet.
    #[arg(long, value_name = "NAME")]
    pub(super) log: Option<String>,
    /// With --log: only this share of the cases, each with all its contacts.
    #[arg(long, value_name = "SHARE", requires = "log", default_value = "100%", allow_hyphen_values = true, value_parser = share)]
    pub(super) log_share: f64,
    /// With --log: the contacts of replication N.
    #[arg(long, value_name = "N", requires = "log", default_value = "1", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) log_replication: u32,
}

impl RunOptions {
    /// Options that are as usual but for these.
    pub(super) fn plain(input: Input, out: PathBuf, no_report: bool) -> Self {
        Self {
            input,
            precision: None,
            on: Vec::new(),
            differences: false,
            best: None,
            delta: Delta::Relative(0.01),
            budget: None,
            max_reps: None,
            out: Some(out),
            fresh: false,
            xlsx: false,
            log: LogOptions {
                log: None,
                log_share: 1.0,
                log_replication: 1,
            },
            no_report,
        }
    }
}

/// Options of `staff`.
#[derive(Debug, Args)]
pub(super) struct StaffOptions {
    #[command(flatten)]
    pub(super) input: Input,
    #[command(flatten)]
    pub(super) promised: Promised,
    /// Find which pools there should be at all: the cheapest plan of every mix of the pools of each file, compared at equal service; several
    /// files are policies that are mixed each.
    #[arg(long)]
    pub(super) mix: bool,
    /// Directory for the plan and its results [default: results/NAME-staffed].
    #[arg(short, long, value_name = "DIR", value_parser = directory())]
    pub(super) out: Option<PathBuf>,
    /// Discard what an interrupted or killed search of the same command has finished.
    #[arg(long)]
    pub(super) fresh: bool,
    /// Do not write report.html.
    #[arg(long)]
    pub(super) no_report: bool,
}

/// What a plan of agents must keep, and whose agents are chosen, where the file does not say so.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub(super) struct Promised {
    /// The stretches of time in each of which the targets of all topics must be met [default: `per` of `[staff]` in the file, else day].
    #[arg(long, value_name = "TIME")]
    pub(super) per: Option<PerOption>,
    /// The probability of meeting each target in each stretch, e.g. 90% [default: `probability` of `[staff]`; without it the targets must be
    /// met in expectation].
    #[arg(long, value_name = "P", allow_hyphen_values = true, value_parser = probability)]
    pub(super) probability: Option<f64>,
    /// Limit on another measure in each stretch, such as "mean_wait@topic=fraud <= 30 s" or "satisfaction >= 80%", beside those that the file
    /// has; may be repeated.
    #[arg(long = "limit", value_name = "LIMIT", action = ArgAction::Append)]
    pub(super) limits: Vec<String>,
    /// Pool whose agents are chosen; may be repeated [default: all that can be decided on].
    #[arg(long = "pool", value_name = "NAME", action = ArgAction::Append)]
    pub(super) pools: Vec<String>,
}

/// Stretches of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PerOption {
    /// Each reporting interval.
    Interval,
    /// Each local day.
    Day,
    /// Each ISO week.
    Week,
    /// The whole time.
    Horizon,
}

#[derive(Debug, Args)]
pub(super) struct ReportOptions {
    /// Folder of a finished run or sweep.
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
    /// Also write each figure of the report as an SVG file, into the folder `figures` in DIR.
    #[arg(long)]
    pub(super) figures: bool,
}

#[derive(Debug, Args)]
pub(super) struct SensitivityOptions {
    /// Folder of a finished sweep.
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
    /// Measures, separated by commas, or differences A-B of two [default: all measures of the sweep].
    #[arg(long = "on", value_name = "MEASURES", value_delimiter = ',', action = ArgAction::Append)]
    pub(super) on: Vec<String>,
    /// Write one JSON document to standard output instead of text.
    #[arg(long)]
    pub(super) json: bool,
    /// Cost measure of the frontier: less is better [default: the first usual cost that the sweep has].
    #[arg(long, value_name = "MEASURE")]
    pub(super) cost: Option<String>,
    /// Quality measure of the frontier: more is better [default: the first usual quality that the sweep has].
    #[arg(long, value_name = "MEASURE")]
    pub(super) quality: Option<String>,
    /// Do not write report.html.
    #[arg(long)]
    pub(super) no_report: bool,
}

/// A size above 0: `30` in the unit of the measure, or `2%` of a mean.
fn delta(text: &str) -> Result<Delta, String> {
    let size = match text.trim().strip_suffix('%') {
        Some(percent) => percent
            .trim()
            .parse()
            .map(|x: f64| Delta::Relative(x / 100.0)),
        None => text.trim().parse().map(Delta::Absolute),
    };
    match size.ok() {
        Some(d @ (Delta::Relative(x) | Delta::Absolute(x))) if x > 0.0 && x.is_finite() => Ok(d),
        _ => Err("expected a size above 0, such as 30 or 2%".into()),
    }
}

/// A probability between 0 and 1: `0.9` or `90%`.
fn probability(text: &str) -> Result<f64, String> {
    let number = fraction(text).filter(|p| *p > 0.0 && *p < 1.0);
    number.ok_or_else(|| "expected a probability between 0 and 1, such as 90%".into())
}

/// A share above 0, up to all.
fn share(text: &str) -> Result<f64, String> {
    let number = fraction(text).filter(|p| *p > 0.0 && *p <= 1.0);
    number.ok_or_else(|| "expected a share above 0 and at most 100%, such as 10%".into())
}

/// A number, or one with a percent sign.
fn fraction(text: &str) -> Option<f64> {
    match text.trim().strip_suffix('%') {
        Some(percent) => percent.trim().parse().ok().map(|x: f64| x / 100.0),
        None => text.trim().parse().ok(),
    }
}

/// Options of `sweep`.
#[derive(Debug, Args)]
pub(super) struct SweepOptions {
    #[command(flatten)]
    pub(super) input: Input,
    /// Key that varies, with its values: KEY=LOW..HIGH/N or KEY=a,b,c; may be repeated.
    #[arg(long, value_name = "KEY=VALUES", action = ArgAction::Append, conflicts_with = "design")]
    pub(super) vary: Vec<String>,
    /// Points from a CSV file: a column for each key, a line for each point.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "points", "design_seed"])]
    pub(super) design: Option<PathBuf>,
    /// How points are chosen [default: grid].
    #[arg(long, value_name = "METHOD", value_parser = sampling())]
    pub(super) method: Option<Sampling>,
    /// Number of points of a Latin hypercube or of Sobol' points; for saltelli the number of rows, each with a point for every key that
    /// varies and two more.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) points: Option<u32>,
    /// Seed of the points that are chosen at random [default: 1].
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(0..=i64::MAX as u64))]
    pub(super) design_seed: Option<u64>,
    /// Measures to keep, separated by commas; MEASURE@SLICE for a slice [default: the usual ones].
    #[arg(long, value_name = "NAMES", value_delimiter = ',', action = ArgAction::Append)]
    pub(super) measures: Vec<String>,
    /// Find the cheapest plan of agents of each point first, as `handover staff` does with the options --per, --probability, --limit and --pool.
    #[arg(long)]
    pub(super) staffed: bool,
    #[command(flatten)]
    pub(super) promised: Promised,
    /// Simulate only part I of N, counted from 1; `handover merge` puts the parts together.
    #[arg(long, value_name = "I/N", allow_hyphen_values = true, value_parser = shard)]
    pub(super) shard: Option<Shard>,
    /// Discard what an earlier sweep has finished.
    #[arg(long)]
    pub(super) fresh: bool,
    /// Also write points.parquet: the table of points.csv with types, for pandas, R and DuckDB.
    #[arg(long)]
    pub(super) parquet: bool,
    /// Directory for the results [default: results/NAME-sweep, NAME being the name of the file]; each shard has a directory in it.
    #[arg(short, long, value_name = "DIR", value_parser = directory())]
    pub(super) out: Option<PathBuf>,
    /// Do not write report.html.
    #[arg(long)]
    pub(super) no_report: bool,
}

/// How points are chosen, by name.
fn sampling() -> impl TypedValueParser<Value = Sampling> {
    let help = |method| match method {
        Sampling::Grid => "All combinations",
        Sampling::Latin => "Latin hypercube",
        Sampling::Sobol => "Sobol' points",
        Sampling::Saltelli => "Saltelli's design, for Sobol' indices",
        Sampling::Tornado => "The scenario as it is, then each key low and high, alone",
    };
    let value = |method: Sampling| PossibleValue::new(method.name()).help(help(method));
    PossibleValuesParser::new(Sampling::ALL.map(value)).map(|name| {
        let known = Sampling::ALL.into_iter().find(|m| m.name() == name);
        known.unwrap_or_default()
    })
}

/// `3/8`.
fn shard(text: &str) -> Result<Shard, String> {
    let numbers = text
        .split_once('/')
        .and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match numbers {
        Some((index, of)) if 1 <= index && index <= of && of <= 1_000_000 => {
            Ok(Shard { index, of })
        }
        _ => Err("expected I/N with I from 1 to N, such as 3/8".into()),
    }
}

#[derive(Debug, Args)]
pub(super) struct MergeOptions {
    /// Directories of shards, or directories that contain them.
    #[arg(required = true, value_name = "DIR")]
    pub(super) dirs: Vec<PathBuf>,
    /// Also write points.parquet: the table of points.csv with types, for pandas, R and DuckDB.
    #[arg(long)]
    pub(super) parquet: bool,
    /// Directory for the results [default: the one that contains the shards].
    #[arg(short, long, value_name = "DIR", value_parser = directory())]
    pub(super) out: Option<PathBuf>,
    /// Write one JSON document to standard output instead of text.
    #[arg(long)]
    pub(super) json: bool,
    /// Do not write report.html.
    #[arg(long)]
    pub(super) no_report: bool,
}

#[derive(Debug, Args)]
pub(super) struct NewOptions {
    /// File to write; `-` is standard output.
    #[arg(default_value = "scenario.toml")]
    pub(super) path: PathBuf,
    /// Replace the file if it exists.
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct CompletionOptions {
    /// The shell.
    pub(super) shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManOptions {
    /// Directory for the pages of all commands.
    #[arg(short, long, value_name = "DIR", value_parser = directory())]
    pub(super) out: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}
