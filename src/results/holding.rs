//! What a folder holds, before anything is written to it.

use super::folder::FolderError;
use super::journal::is_journal;
use super::leftover;
use super::source;
use crate::text::visible_line;
use std::fs;
use std::path::Path;

/// What a folder holds, finished or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// A run.
    Run,
    /// A sweep, or a shard of one.
    Sweep,
}

/// What is in a folder: by its `run.json`, or by a journal where that is missing or cannot be understood.
pub fn holding(folder: &Path) -> Option<Holding> {
    let document: Option<serde_json::Value> = source::manifest(folder).ok();
    let ours = document.filter(|d| d["program"] == env!("CARGO_PKG_NAME"));
    let has = |key| ours.as_ref().is_some_and(|d| d.get(key).is_some());
    let signs = [
        (has("varies"), Holding::Sweep),
        (has("scenarios"), Holding::Run),
        (is_journal(&folder.join("journal")), Holding::Sweep),
        (is_journal(&folder.join("journal-1")), Holding::Run),
    ];
    signs.into_iter().find(|sign| sign.0).map(|sign| sign.1)
}

/// Refuses a directory that exists, is not empty and holds no results: nobody wants ten files more in their home directory.
///
/// # Errors
/// [`FolderError::Foreign`] with the first of the other files.
pub fn not_foreign(path: &Path) -> Result<(), FolderError> {
    if holding(path).is_some() {
        return Ok(());
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
    let foreign = names.filter(|name| !is_own(&path.join(name), name)).min();
    foreign.map_or(Ok(()), |name| {
        let name = visible_line(&name).into_owned();
        Err(FolderError::Foreign(path.into(), name))
    })
}

/// Whether an entry of a directory without results may stand beside them: what a killed process left, or a folder of results. A table of
/// the name that a run would write is nobody's but its owner's, since `run.json` or a journal stands beside those of a run.
fn is_own(path: &Path, name: &str) -> bool {
    leftover::is_temporary(name) || holding(path).is_some()
}
