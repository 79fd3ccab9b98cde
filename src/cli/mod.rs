//! The command line: the only room that knows all others, and the only one that prints.

mod about;
mod breakeven;
mod calibrate;
mod check;
mod design;
mod examples;
mod failure;
mod goal;
mod input;
mod interrupt;
mod kept;
mod log;
mod merge;
mod mix;
mod new;
mod options;
mod output;
mod overlay;
mod page;
mod progress;
mod recorded;
mod run;
mod searches;
mod sensitivity;
mod simulate;
mod staff;
mod staffed;
mod sweep;

use clap::Parser;
use failure::Failure;
use options::{Cli, Command};
use output::Output;
use std::process::ExitCode;

/// Reads the command line, does what it says, and gives the exit status.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => return output::refuse(&e),
    };
    let output = Output::new(&cli.common);
    let done = match &cli.command {
        Command::Run(options) => run::run(options, run::Plans::default(), &output),
        Command::Check(input) => check::check(input, &output),
        Command::Breakeven(options) => breakeven::break_even_of(options, &output),
        Command::Staff(options) if options.mix => mix::mix_all(options, &output),
        Command::Staff(options) => staff::staff_all(options, &output),
        Command::Calibrate(options) => calibrate::calibrate(options, &output),
        Command::Backtest(options) => calibrate::backtest(options, &output),
        Command::Sweep(options) => sweep::sweep(options, &output),
        Command::Merge(options) => merge::merge_shards(options, &output),
        Command::Report(options) => page::report(options, &output),
        Command::Sensitivity(options) => sensitivity::sensitivity(options, &output),
        Command::New(options) => new::new(options, &output),
        Command::Schema => about::schema(&output),
        Command::Completions(options) => about::completions(options, &output),
        Command::Man(options) => about::man(options, &output),
    };
    let (message, status) = match done {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::BadInput(message)) => (message, 2),
        Err(Failure::Failed(message)) => (message, 1),
        Err(Failure::Interrupted(message)) => (message, interrupt::STATUS),
    };
    output.complain(&message);
    ExitCode::from(status)
}
