//! `handover merge`.

use super::failure::Failure;
use super::options::MergeOptions;
use super::output::Output;
use super::page;
use super::sweep::{JOURNAL, folder, parquet, show, write};
use crate::report;
use crate::results::{Entries, Holding, SweepHead, merge, not_foreign, read_journal, words};
#[cfg(unix)]
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

/// Reads the journals, puts them together, writes, shows.
pub(super) fn merge_shards(options: &MergeOptions, output: &Output) -> Result<(), Failure> {
    let parquet = parquet(options.parquet)?;
    let mut dirs = Vec::new();
    for dir in &options.dirs {
        dirs.extend(shards(dir)?);
    }
    let place = match options.dirs.as_slice() {
        [holder] if dirs.first() != Some(holder) => Some(holder.clone()),
        _ => parent(&dirs),
    };
    let Some(out) = options.out.clone().or(place) else {
        let message = "error: the shards are not in one directory: say with --out DIR where the results should go";
        return Err(Failure::BadInput(message.into()));
    };
    // What holds the shards may hold other things as well.
    if options.out.is_some() {
        not_foreign(&out)?;
    }
    page::not_over(&out, Holding::Run)?;
    let read = |dir: &PathBuf| read_journal(&dir.join(JOURNAL)).map(|e| (dir.clone(), e));
    let journals: Result<Vec<(PathBuf, Entries<SweepHead>)>, _> = dirs.iter().map(read).collect();
    let journals = journals.map_err(Failure::bad)?;
    let sheet = merge(&journals).map_err(Failure::bad)?;
    let mut folder = folder(&out)?;
    let with_page = !options.no_report;
    let paths = write(&mut folder, &sheet, parquet, with_page, || ())?;
    let (many, parts) = (report::count(sheet.done() as u64), dirs.len());
    let facts = format!("{many} replications from {parts} shards");
    show(&sheet, &facts, &paths, options.json, output)
}

/// A directory that holds a journal, or all those in it that do.
fn shards(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    if has_journal(dir)? {
        return Ok(vec![dir.to_owned()]);
    }
    let refused = |why: String| Failure::bad(format!("{}: {why}", dir.display()));
    let entries =
        std::fs::read_dir(dir).map_err(|e| refused(format!("cannot be read: {}", words(&e))))?;
    let mut found = Vec::new();
    for path in entries.filter_map(|e| Some(e.ok()?.path())) {
        if has_journal(&path)? {
            found.push(path);
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(refused("there is no journal of a sweep in it".into()));
    }
    Ok(found)
}

/// Whether there is a journal in a directory; something else of that name is refused.
fn has_journal(dir: &Path) -> Result<bool, Failure> {
    let path = dir.join(JOURNAL);
    let Ok(found) = std::fs::metadata(&path) else {
        return Ok(false);
    };
    let found = found.file_type();
    let what = match () {
        () if found.is_file() => return Ok(true),
        () if found.is_dir() => "a directory",
        #[cfg(unix)]
        () if found.is_fifo() => "a pipe",
        #[cfg(unix)]
        () if found.is_socket() => "a socket",
        () => "a device",
    };
    Err(Failure::bad(format!(
        "{} is {what}, and the journal of a shard is a regular file\n  help: nothing else is opened: what is read from a pipe or a device may never end",
        path.display()
    )))
}

/// The directory that holds all of them.
fn parent(dirs: &[PathBuf]) -> Option<PathBuf> {
    let parent = dirs.first()?.parent()?;
    let together = dirs.len() > 1 && dirs.iter().all(|d| d.parent() == Some(parent));
    together.then(|| {
        if parent.as_os_str().is_empty() {
            ".".into()
        } else {
            parent.to_owned()
        }
    })
}
