//! What can be said on the command line.

use crate::experiment::{Delta, Sampling, Shard, Width};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  handover new my.toml                         write a scenario to start from
  handover check my.toml                       what is wrong with it, and what to expect
  handover run my.toml                         simulate it; results go to results/my/
  handover run a.toml b.toml --reps 30         compare scenarios; both meet the same customers
  handover breakeven a.toml b.toml --input pool.gig.price.per_online_hour --between 20 80
  handover sweep my.toml --vary pool.gig.members=100..300/5 --vary max_contacts=1,2";

const RUN_EXAMPLES: &str = "\
Examples:
  handover run scenarios/erlang-a.toml
  handover run today.toml plan.toml -o results/plan
  handover run today.toml --set pool.gig.members=200 --set 'topic.merchant dispute.share=0.2'
  handover run today.toml --reps 50 --seed 7 -j 4
  handover run today.toml --precision 2% --on mean_wait --on cost_total --max-reps 500
  handover run today.toml --precision 5s --on mean_wait
  handover run today.toml plan.toml --precision 1% --differences --on mean_wait
  handover run a.toml b.toml c.toml --best cost_total --delta 1%
  handover run a.toml b.toml c.toml --best cost_total --budget 300
  handover run today.toml --json | jq '.scenarios[0].measures.sl_net.mean'

From the second second on every finished replication is kept until the files are written: after Ctrl-C,
a kill or a power cut the same command goes on where it was stopped, and the files are the same.

Exit status: 0 done, 1 the run failed, 2 bad input, 130 interrupted (what was finished is written).";

const CHECK_EXAMPLES: &str = "\
Examples:
  handover check today.toml
  handover check scenarios/*.toml
  handover check today.toml --set pool.gig.members=200

Exit status: 0 no problems found, 2 there are problems.";

const BREAKEVEN_EXAMPLES: &str = "\
Examples:
  handover breakeven outsourced.toml gig.toml --input pool.gig.price.per_online_hour --between 20 80
  handover breakeven today.toml plan.toml --input pool.desk.agents --between 10 60 --measure abandonment_rate

The first scenario stays as it is; the input is set in the second. Both meet the same customers, replication by replication.
An input that must be whole is rounded.

Exit status: 0 found, 1 there is none between the bounds, 2 bad input, 130 interrupted.";

const SWEEP_EXAMPLES: &str = "\
Examples:
  handover sweep a.toml --vary pool.desk.agents=10..20/11 --vary 'ai.capacity=20,50'
  handover sweep a.toml --vary 'topic.refunds.patience=30 s..5 min/4' --reps 20
  handover sweep a.toml --vary pool.day.agents,pool.night.agents=10,20      both have the same value
  handover sweep a.toml --vary pool.desk.agents=10..60 --vary pool.gig.acceptance=40..90% \\
    --method sobol --points 256
  handover sweep a.toml --design points.csv --measures sl_net,cost_total,occupancy@pool=desk
  handover sweep a.toml --vary pool.desk.agents=10..60/51 --shard 3/8 -o out
  handover merge out                                       when all eight shards are done
  handover sweep a.toml --vary pool.desk.agents=10..60 --vary pool.gig.acceptance=40..90% \\
    --method saltelli --points 256                         1024 points, for Sobol' indices
  handover sweep a.toml --vary pool.desk.agents=18,22 --vary pool.gig.acceptance=60..80% --method tornado

A key is one that --set takes. LOW..HIGH/N are N values with equal distances; a,b,c are these
values; LOW..HIGH without a number is for all methods but grid. Where a key takes whole numbers
only, values are rounded. A table [sweep] in the file may say all this. All points meet the same
customers.

The results are design.csv, points.csv (a line for each replication of each point), run.json and
report.html; with --parquet also points.parquet. `handover sensitivity` says which of the keys move
a measure. Every finished replication is kept in a journal: the same command goes on where it was
stopped, and the files are the same.

Exit status: 0 done, 1 the sweep failed, 2 bad input, 130 interrupted (the same command goes on).";

const MERGE_EXAMPLES: &str = "\
Examples:
  handover merge results/a-sweep
  handover merge node1/shard-* node2/shard-* --out results/a-sweep

The files are, byte for byte, those of a sweep without shards. Gaps, overlaps, and shards of
different scenarios, designs or versions are refused.

Exit status: 0 done, 1 nothing could be written, 2 the shards do not make a sweep.";

const REPORT_EXAMPLES: &str = "\
Examples:
  handover report results/my                   writes results/my/report.html
  handover report results/my -v                and shows what was found
  handover report results/my --figures         each figure as a file: results/my/figures/journeys-1.svg and so on

Exit status: 0 done, 1 the page cannot be written, 2 the folder holds no run.";

const SENSITIVITY_EXAMPLES: &str = "\
Examples:
  handover sensitivity results/a-sweep                        all measures that were kept
  handover sensitivity results/a-sweep --on mean_wait,cost_total
  handover sensitivity results/a-sweep --on occupancy@pool=desk-occupancy@pool=gig
  handover sensitivity results/a-sweep --json | jq '.measures[0].effects'

A-B is the difference of two measures; which input decides between them is said of A<B, too.
Of a sweep with --method saltelli: Sobol' indices; with --method tornado: what each input does alone;
of any other with numbers: standardised regression coefficients. Writes sensitivity.csv and
frontier.csv; what is named with --on comes on the page as well.

Exit status: 0 done, 1 nothing could be written, 2 the folder holds no such sweep or measure.";

const NEW_EXAMPLES: &str = "\
Examples:
  handover new                                 writes scenario.toml
  handover new plans/autumn.toml
  handover new -                               writes to standard output";

const SCHEMA_EXAMPLES: &str = "\
Examples:
  handover schema > scenario.schema.json

An editor with the language server Taplo (\"Even Better TOML\") uses it in every file that begins with
  #:schema ./scenario.schema.json";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  handover completions bash > ~/.local/share/bash-completion/completions/handover
  handover completions zsh  > ~/.zfunc/_handover          (a folder of $fpath)
  handover completions fish > ~/.config/fish/completions/handover.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  handover man | man -l -
  handover man -o ~/.local/share/man/man1      pages of all commands";

/// A discrete-event staffing simulator for customer support that is AI-first with people behind it.
#[derive(Debug, Parser)]
#[command(name = "handover", version, after_help = EXAMPLES, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Simulate scenario files, all at once; the first is the baseline.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunOptions),
    /// Say what is wrong with scenario files; show load, a formula and the expected run time. Simulates nothing.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Input),
    /// Find the value of one input of the second scenario at which both come to the same cost.
    #[command(after_help = BREAKEVEN_EXAMPLES)]
    Breakeven(BreakEvenOptions),
    /// Simulate many variants of a scenario: a grid, points spread evenly, one key at a time, or a design from a file.
    #[command(after_help = SWEEP_EXAMPLES)]
    Sweep(SweepOptions),
    /// Put the shards of a sweep together.
    #[command(after_help = MERGE_EXAMPLES)]
    Merge(MergeOptions),
    /// Make the page of a finished run or sweep again, from its folder alone.
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportOptions),
    /// Say which inputs of a finished sweep move its measures, and which points no other beats.
    #[command(after_help = SENSITIVITY_EXAMPLES)]
    Sensitivity(SensitivityOptions),
    /// Write a commented scenario to start from.
    #[command(after_help = NEW_EXAMPLES)]
    New(NewOptions),
    /// Write the JSON Schema of the scenario file, with which editors complete and explain its keys.
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema,
    /// Write the script with which a shell completes the commands.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionOptions),
    /// Write the manual page, or those of all commands.
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManOptions),
}

/// What every command understands.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Say nothing but errors and what was asked for; no progress bar.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Show more: a table of the topics and one of the pools.
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// When to use colours (the environment variable NO_COLOR also turns them off).
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub(super) color: When,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What is to come to the same, and by what.
#[derive(Debug, Args)]
pub(super) struct BreakEvenOptions {
    #[command(flatten)]
    pub(super) input: Input,
    /// Key of the second scenario whose value is looked for.
    #[arg(long = "input", value_name = "KEY")]
    pub(super) key: String,
    /// Where to look.
    #[arg(long, num_args = 2, value_names = ["LOW", "HIGH"], required = true, allow_negative_numbers = true)]
    pub(super) between: Vec<f64>,
    /// What both must come to.
    #[arg(long, value_name = "NAME", default_value = "cost_total")]
    pub(super) measure: String,
}

/// Which scenarios, with which changes.
#[derive(Clone, Debug, Args)]
pub(super) struct Input {
    /// Scenario files.
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Set any key of the files, e.g. pool.gig.members=200; may be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE", action = ArgAction::Append)]
    pub(super) settings: Vec<String>,
    /// Seed of every draw, in place of that of the files.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(0..=i64::MAX as u64))]
    pub(super) seed: Option<u64>,
    /// Number of independent replications, in place of that of the files.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) reps: Option<u32>,
    /// Threads to use [default: one per processor].
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
    /// Write one JSON document to standard output instead of text.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct RunOptions {
    #[command(flatten)]
    pub(super) input: Input,
    /// Go on until the half-width of the confidence intervals is this share of the mean, e.g. 2%, or this size with its unit, e.g. 5s,
    /// 1pt (a point of a hundred) or 500 USD.
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true, value_parser = crate::scenario::width)]
    pub(super) precision: Option<Width>,
    /// Measure that must be as precise, or of which to say how many replications a precision takes, e.g. mean_wait or
    /// mean_wait@topic=NAME; may be repeated [default: those of sl_net, mean_wait, cost_total that there are, in the unit of the precision].
    #[arg(long = "on", value_name = "MEASURE", action = ArgAction::Append)]
    pub(super) on: Vec<String>,
    /// The precision (that of --precision, or of the files) is one of the paired differences from the first scenario, a share one of its
    /// mean, rather than of each scenario.
    #[arg(long)]
    pub(super) differences: bool,
    /// Find the scenario that is best in this measure (max:MEASURE or min:MEASURE where it is not clear which way), wrong with a
    /// probability of at most 1 - confidence.
    #[arg(long, value_name = "MEASURE", conflicts_with_all = ["precision", "on", "differences"])]
    pub(super) best: Option<String>,
    /// With --best: the smallest difference that matters, in the unit of summary.csv or as a share of the first scenario's mean.
    #[arg(long, value_name = "SIZE", requires = "best", default_value = "1%", allow_hyphen_values = true, value_parser = delta)]
    pub(super) delta: Delta,
    /// With --best: spend so many replications, of all scenarios together, where they matter (OCBA), and say how probably the choice is right.
    #[arg(long, value_name = "N", requires = "best", conflicts_with = "max_reps", value_parser = clap::value_parser!(u32).range(2..=10_000_000))]
    pub(super) budget: Option<u32>,
    /// With --precision or --best: no more replications than these [default: 1000].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub(super) max_reps: Option<u32>,
    /// Directory for the results [default: results/NAME after the name of the file].
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Throw away what an interrupted or killed run of the same command has finished.
    #[arg(long)]
    pub(super) fresh: bool,
    /// Write a workbook as well: the tables, the assumptions, the formulas of the measures.
    #[arg(long)]
    pub(super) xlsx: bool,
    /// Do not write report.html.
    #[arg(long)]
    pub(super) no_report: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReportOptions {
    /// Folder of a finished run or sweep.
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
    /// Write each figure of the page as an SVG file as well, into the folder `figures` in it.
    #[arg(long)]
    pub(super) figures: bool,
}

#[derive(Debug, Args)]
pub(super) struct SensitivityOptions {
    /// Folder of a finished sweep.
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
    /// Measures, parted by commas, or differences A-B of two [default: all that were kept].
    #[arg(long = "on", value_name = "MEASURES", value_delimiter = ',', action = ArgAction::Append)]
    pub(super) on: Vec<String>,
    /// Write one JSON document to standard output instead of text.
    #[arg(long)]
    pub(super) json: bool,
    /// The measure of which less is better, for the frontier [default: the first of the usual costs].
    #[arg(long, value_name = "MEASURE")]
    pub(super) cost: Option<String>,
    /// The measure of which more is better, for the frontier [default: the first of the usual qualities].
    #[arg(long, value_name = "MEASURE")]
    pub(super) quality: Option<String>,
    /// Do not write report.html.
    #[arg(long)]
    pub(super) no_report: bool,
}

/// A size above 0: `30` in the unit of the measure, or `2%` of a mean.
fn delta(text: &str) -> Result<Delta, String> {
    let size = share(text).map(Delta::Relative);
    match size.or_else(|| text.trim().parse().ok().map(Delta::Absolute)) {
        Some(d @ (Delta::Relative(x) | Delta::Absolute(x))) if x > 0.0 && x.is_finite() => Ok(d),
        _ => Err("expected a size above 0, such as 30 or 2%".into()),
    }
}

fn share(text: &str) -> Option<f64> {
    let percent: f64 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
    Some(percent / 100.0)
}

/// What varies, and how.
#[derive(Debug, Args)]
pub(super) struct SweepOptions {
    #[command(flatten)]
    pub(super) input: Input,
    /// What varies: KEY=LOW..HIGH/N or KEY=a,b,c; may be repeated.
    #[arg(long, value_name = "KEY=VALUES", action = ArgAction::Append, conflicts_with = "design")]
    pub(super) vary: Vec<String>,
    /// Points from a CSV file: a column for each key, a line for each point.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "points", "design_seed"])]
    pub(super) design: Option<PathBuf>,
    /// How points are chosen [default: grid].
    #[arg(long, value_name = "METHOD")]
    pub(super) method: Option<Choice>,
    /// Number of points of a Latin hypercube or of Sobol' points; of Saltelli's design the number of rows, each of as many points as keys
    /// vary and two more.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) points: Option<u32>,
    /// Seed of the points that are chosen at random [default: 1].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=i64::MAX as u64))]
    pub(super) design_seed: Option<u64>,
    /// Measures to keep, parted by commas; MEASURE@SLICE for a slice [default: the usual ones].
    #[arg(long, value_name = "NAMES", value_delimiter = ',', action = ArgAction::Append)]
    pub(super) measures: Vec<String>,
    /// Simulate only the I-th of N parts, counted from 1; `handover merge` puts them together.
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(super) shard: Option<Shard>,
    /// Throw away what an earlier sweep has finished.
    #[arg(long)]
    pub(super) fresh: bool,
    /// Write points.parquet as well: the table of points.csv with types, for pandas, R and DuckDB.
    #[arg(long)]
    pub(super) parquet: bool,
    /// Directory for the results [default: results/NAME-sweep after the name of the file]; shards have one each in it.
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Do not write report.html.
    #[arg(long)]
    pub(super) no_report: bool,
}

/// How points are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Choice {
    /// All combinations.
    Grid,
    /// Latin hypercube.
    Latin,
    /// Sobol' points.
    Sobol,
    /// Saltelli's design, for Sobol' indices.
    Saltelli,
    /// The scenario as it is, and each key low and high.
    Tornado,
}

impl Choice {
    /// The method.
    pub(super) fn method(self) -> Sampling {
        match self {
            Choice::Grid => Sampling::Grid,
            Choice::Latin => Sampling::Latin,
            Choice::Sobol => Sampling::Sobol,
            Choice::Saltelli => Sampling::Saltelli,
            Choice::Tornado => Sampling::Tornado,
        }
    }
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
    /// Directories of shards, or directories that hold them.
    #[arg(required = true, value_name = "DIR")]
    pub(super) dirs: Vec<PathBuf>,
    /// Write points.parquet as well: the table of points.csv with types, for pandas, R and DuckDB.
    #[arg(long)]
    pub(super) parquet: bool,
    /// Directory for the results [default: the one that holds the shards].
    #[arg(short, long, value_name = "DIR")]
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
    /// Replace the file if there is one.
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
    #[arg(short, long, value_name = "DIR")]
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
