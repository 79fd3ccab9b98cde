//! What the program says of itself, for editors, shells and `man`: `handover schema`, `completions` and `man`.

use super::failure::Failure;
use super::options::{Cli, CompletionOptions, ManOptions};
use super::output::Output;
use crate::results::Folder;
use crate::scenario;
use clap::{Command, CommandFactory};
use std::io;

/// Shows the schema of the scenario file.
pub(super) fn schema(output: &Output) -> Result<(), Failure> {
    output.print(&scenario::schema())
}

/// Shows the script that completes commands in a shell.
pub(super) fn completions(options: &CompletionOptions, output: &Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(options.shell, &mut command, name, &mut script);
    output.print(&String::from_utf8_lossy(&script))
}

/// Shows the manual page, or writes those of all commands.
pub(super) fn man(options: &ManOptions, output: &Output) -> Result<(), Failure> {
    let failed = |e: &dyn std::fmt::Display| Failure::failed(e);
    // What all commands understand is then known of each of them, and each page has its own name.
    let mut command = Cli::command();
    command.build();
    let Some(dir) = &options.out else {
        let page = page(command).map_err(|e| failed(&e))?;
        return output.print(&String::from_utf8_lossy(&page));
    };
    let commands = command.get_subcommands().filter(|c| !c.is_hide_set());
    let pages = std::iter::once(&command).chain(commands).map(|c| {
        let name = c.get_display_name().unwrap_or(c.get_name()).to_owned();
        Ok((format!("{name}.1"), page(c.clone())?))
    });
    let pages: Vec<(String, Vec<u8>)> = pages.collect::<io::Result<_>>().map_err(|e| failed(&e))?;
    Folder::save(dir, &pages).map_err(|e| failed(&e))?;
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    if output.quiet {
        return Ok(());
    }
    output.print(&format!(
        "Written to {}: {}\n",
        dir.display(),
        names.join(" ")
    ))
}

fn page(command: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    // The examples keep their lines.
    let page = String::from_utf8_lossy(&page);
    Ok(match page.split_once("\n.SH EXTRA\n") {
        Some((before, rest)) => {
            let (examples, after) = rest.split_once("\n.SH ").unwrap_or((rest, ""));
            format!("{before}\n.SH EXAMPLES\n.nf\n{examples}\n.fi\n.SH {after}").into_bytes()
        }
        None => page.into_owned().into_bytes(),
    })
}
