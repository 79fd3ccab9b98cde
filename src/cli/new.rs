//! `handover new`.

use super::failure::Failure;
use super::input::shell;
use super::options::NewOptions;
use super::output::Output;
use crate::results::Folder;
use crate::scenario::STARTER;
use std::path::Path;

/// Writes the starter, and says what to type next.
pub(super) fn new(options: &NewOptions, output: &Output) -> Result<(), Failure> {
    let path = &options.path;
    if path == Path::new("-") {
        return output.print(STARTER);
    }
    let shown = path.display();
    if path.is_dir() {
        return Err(Failure::bad(format!(
            "{shown} is a directory\n  help: give the name of a file"
        )));
    }
    if path.exists() && !options.force {
        return Err(Failure::bad(format!(
            "{shown} is there already\n  help: --force replaces it"
        )));
    }
    let (Some(name), parent) = (path.file_name(), path.parent()) else {
        return Err(Failure::bad(format!("{shown} is not the name of a file")));
    };
    let name = name.to_string_lossy().into_owned();
    let parent = parent
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    Folder::save(parent, &[(name, STARTER.into())]).map_err(Failure::failed)?;
    if output.quiet {
        return Ok(());
    }
    let word = shell(&path.to_string_lossy());
    let next = format!("  handover check {word}\n  handover run {word}\n");
    output.print(&format!(
        "Written: {shown}. It runs as it is; its comments say what to change. Next:\n{next}"
    ))
}
