//! Temporary files, and those that a killed process left.
//!
//! Whoever writes one holds a lock on it, which the system takes away when the process ends in whatever way. Where files cannot be locked, or
//! the lock of another machine may not be seen here, a file counts as left when nobody has written to it for a day. The name tells under
//! which start of which system it was made.

use std::fs::{self, DirEntry, File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;
use tempfile::NamedTempFile;

const BEGIN: &str = ".handover-";
const END: &str = ".tmp";
/// No file takes as long to be written.
const LONG: Duration = Duration::from_secs(86_400);
/// A file that somebody takes for left before it is locked is made again, so often at most.
const ATTEMPTS: usize = 10;

/// Whether a file with this name is a temporary one.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with(BEGIN) && name.ends_with(END)
}

/// How the names of the files of this process begin.
fn own() -> String {
    format!("{BEGIN}{}{}-", here(), std::process::id())
}

/// Removes the files of this process, which is about to end without dropping them.
pub fn remove_own(folder: &Path) {
    let own = own();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&own) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A file that is removed when it is dropped, locked where files can be.
pub(super) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let begin = own();
    let mut builder = tempfile::Builder::new();
    builder.prefix(&begin).suffix(END);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As for any new file; the system takes away what the umask says.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    for _ in 1..ATTEMPTS {
        let file = builder.tempfile_in(folder)?;
        let is_taken = matches!(file.as_file().try_lock(), Err(TryLockError::WouldBlock));
        if !is_taken && file.path().exists() {
            return Ok(file);
        }
    }
    builder.tempfile_in(folder)
}

/// Removes what killed processes left; what cannot be removed stays.
pub(super) fn remove(folder: &Path) {
    let here = here();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        // Locked until it is removed: nobody takes it for anything else.
        if let Some(_lock) = left(&entry, &here) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A file that was left, locked where that can be.
fn left(entry: &DirEntry, here: &str) -> Option<File> {
    let name = entry.file_name();
    let rest = name.to_str()?.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let about = entry.metadata().ok().filter(fs::Metadata::is_file)?;
    let is_old = || about.modified().ok()?.elapsed().ok().map(|age| age > LONG);
    let is_old = is_old() == Some(true);
    let is_of_here = !here.is_empty() && rest.starts_with(here);
    if !is_of_here && !is_old {
        return None;
    }
    let open = File::options().read(true).write(true).open(entry.path());
    let file = open.ok()?;
    let is_left = match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => is_old,
    };
    is_left.then_some(file)
}

/// Under which start of which system this process runs, so that all locks are seen; empty where the system does not tell.
fn here() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let digits = id.chars().filter(char::is_ascii_hexdigit);
    let digits: String = digits.take(12).collect();
    match digits.len() {
        12 => digits + "-",
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    /// A file with this age in hours.
    fn put(folder: &Path, name: &str, hours: u64) -> File {
        let file = File::create(folder.join(name)).unwrap();
        let then = SystemTime::now() - Duration::from_secs(3600 * hours);
        file.set_modified(then).unwrap();
        file
    }

    #[test]
    fn only_what_is_left_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let d = dir.path();
        let own = |part: &str| format!(".handover-{}{part}.tmp", here());
        put(d, &own("killed"), 30);
        put(d, ".handover-Xy12Zt.tmp", 25);
        put(d, ".handover-0123456789ab-other1.tmp", 25);
        // A process that is alive holds its file, however old that is.
        let held = put(d, &own("alive"), 30);
        held.lock().unwrap();
        // Another machine may be writing, and whose the others are is not known.
        let stay = [
            ".handover-0123456789ab-other2.tmp",
            ".handover-notes.txt",
            "handover-x.tmp",
            "x.handover-1.tmp",
            "run.json",
        ];
        for name in stay {
            put(d, name, if name.contains("other2") { 23 } else { 99 });
        }
        fs::create_dir(d.join(own("folder"))).unwrap();
        let made = temporary(d).unwrap();
        remove(d);
        let mut names: Vec<String> = fs::read_dir(d)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let mut expected: Vec<String> = stay.map(str::to_owned).to_vec();
        expected.extend([own("alive"), own("folder")]);
        expected.push(
            made.path()
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned(),
        );
        expected.sort();
        assert_eq!(names, expected);
        // When the process has ended nobody holds it any more.
        drop(held);
        remove(d);
        assert!(!d.join(own("alive")).exists());
        assert!(made.path().exists());
    }

    /// Where the system says which it is, a file that was left a moment ago goes at once.
    #[test]
    fn what_was_left_a_moment_ago_goes() {
        let dir = tempfile::tempdir().unwrap();
        if here().is_empty() {
            return;
        }
        let (_, path) = temporary(dir.path()).unwrap().keep().unwrap();
        assert!(path.exists());
        remove(dir.path());
        assert!(!path.exists());
    }
}
