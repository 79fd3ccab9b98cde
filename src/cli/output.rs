//! Standard output and standard error.

use super::failure::Failure;
use super::options::{ColorWhen, CommonOptions};
use crate::report::Layout;
use crate::text::{visible, visible_styled};
use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// Width when standard output is no terminal.
const DEFAULT_WIDTH: usize = 100;

/// What every command is told: where text goes, how it looks there, and on how many threads to work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    /// Only errors and what was asked for.
    pub(super) quiet: bool,
    /// More than usual.
    pub(super) verbose: bool,
    /// Threads that were asked for.
    pub(super) threads: Option<u16>,
    color: bool,
    error_color: bool,
}

impl Output {
    /// As the options say.
    pub(super) fn new(options: &CommonOptions) -> Self {
        let wanted = |terminal: bool| match options.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => terminal && !no_color(),
        };
        Self {
            quiet: options.quiet,
            verbose: options.verbose,
            threads: options.threads,
            color: wanted(io::stdout().is_terminal()),
            error_color: wanted(io::stderr().is_terminal()),
        }
    }

    /// The layout of text on standard output.
    pub(super) fn layout(&self) -> Layout {
        let is_terminal = io::stdout().is_terminal();
        let width = is_terminal.then(|| comfy_table::Table::new().width());
        Layout {
            width: width.flatten().map_or(DEFAULT_WIDTH, usize::from),
            color: self.color,
        }
    }

    /// Whether errors are shown in colour.
    pub(super) fn error_color(&self) -> bool {
        self.error_color
    }

    /// Whether there is somebody to watch progress.
    pub(super) fn watched(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Writes to standard output. A reader that has gone away is no error.
    pub(super) fn print(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match out
            .write_all(shown(text, self.color).as_bytes())
            .and_then(|()| out.flush())
        {
            Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(Failure::failed(format!(
                "cannot write to standard output: {}",
                crate::results::words(&e)
            ))),
            _ => Ok(()),
        }
    }

    /// Writes to standard error.
    pub(super) fn complain(&self, text: &str) {
        // There is nobody left to tell when this fails.
        let text = shown(text.trim_end(), self.error_color);
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}

/// Says what is wrong with the command line, or shows the help that it asks for; the exit status.
pub(super) fn refuse(e: &clap::Error) -> ExitCode {
    if !e.use_stderr() {
        // A reader of the help that has gone away is no error.
        let _ = e.print();
        return ExitCode::SUCCESS;
    }
    let text = e.render();
    let color = io::stderr().is_terminal() && !no_color();
    let text = match color {
        true => text.ansi().to_string(),
        false => text.to_string(),
    };
    let _ = write!(io::stderr().lock(), "{}", shown(&text, color));
    ExitCode::from(2)
}

/// Whether the environment asks for no colours.
fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
}

/// What may reach a terminal: nothing that is not seen, but for the program's own colours.
fn shown(text: &str, color: bool) -> Cow<'_, str> {
    match color {
        true => visible_styled(text),
        false => visible(text),
    }
}
