//! `handover new`.

use super::Failure;
use super::options::NewOptions;
use super::output::Output;
use crate::scenario::STARTER;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Writes the starter, and says what to type next.
pub(super) fn new(options: &NewOptions, output: &Output) -> Result<(), Failure> {
    let path = &options.path;
    if path == Path::new("-") {
        return output.print(STARTER);
    }
    let mut open = OpenOptions::new();
    let open = if options.force { open.write(true).create(true).truncate(true) } else { open.write(true).create_new(true) };
    let written = open.open(path).and_then(|mut file| file.write_all(STARTER.as_bytes()));
    let shown = path.display();
    written.map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => Failure::BadInput(format!("error: {shown} is there already\n  help: --force replaces it")),
        ErrorKind::NotFound => Failure::Failed(format!("error: cannot write {shown}: there is no such directory")),
        _ => Failure::Failed(format!("error: cannot write {shown}: {e}")),
    })?;
    if output.quiet {
        return Ok(());
    }
    let word = super::input::shell(&path.to_string_lossy());
    output.print(&format!("Written: {shown}. It runs as it is; every line says what it is for. Next:\n  handover check {word}\n  handover run {word}\n"))
}
