//! Where the text of files comes from.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest file that is read, in bytes.
pub const MAX_FILE: u64 = 256 * 1024 * 1024;

/// A source of the files that a scenario names.
///
/// The loader opens nothing itself, so that tests, a web page or a fuzzer can hand it files that are on no disk.
pub trait Files {
    /// The text of a file.
    ///
    /// # Errors
    /// Why it cannot be read, in words that follow "cannot be read: ".
    fn read(&self, path: &Path) -> Result<String, String>;
}

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> Result<String, String> {
        let words = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => e.to_string(),
        };
        // A pipe or a device could be read forever.
        let about = std::fs::metadata(path).map_err(words)?;
        if !about.is_file() {
            return Err("it is not a regular file".to_owned());
        }
        // The file may grow while it is read, so the limit holds for what arrives and not for what was announced.
        let file = std::fs::File::open(path).map_err(words)?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE + 1)
            .read_to_end(&mut bytes)
            .map_err(words)?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(too_large(MAX_FILE));
        }
        String::from_utf8(bytes).map_err(|e| {
            format!(
                "it is not UTF-8 text (byte {} is not part of a character)",
                e.utf8_error().valid_up_to() + 1
            )
        })
    }
}

/// Files that are held in memory, by path.
#[derive(Clone, Debug, Default)]
pub struct InMemory {
    files: BTreeMap<PathBuf, String>,
}

impl InMemory {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or replaces it.
    #[must_use]
    pub fn with(mut self, path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }
}

impl Files for InMemory {
    fn read(&self, path: &Path) -> Result<String, String> {
        self.files
            .get(path)
            .cloned()
            .ok_or_else(|| "there is no such file".to_owned())
    }
}

/// The words for a file above a limit in bytes.
pub(crate) fn too_large(limit: u64) -> String {
    format!("it is larger than {} MiB", limit / (1024 * 1024))
}

/// A path without `.` and inner `..`, so that two spellings of one file are known to be the same.
pub(crate) fn tidy(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(out.components().next_back(), Some(Component::Normal(_))) =>
            {
                out.pop();
            }
            other => out.push(other),
        }
    }
    // The empty path names nothing, the directory itself does.
    if out.as_os_str().is_empty() && !path.as_os_str().is_empty() {
        out.push(".");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_tidied() {
        assert_eq!(tidy(Path::new("a/./b/../c.csv")), PathBuf::from("a/c.csv"));
        assert_eq!(tidy(Path::new("../x/../c.csv")), PathBuf::from("../c.csv"));
        assert_eq!(tidy(Path::new("/a/../../c")), PathBuf::from("/../c"));
        assert_eq!(tidy(Path::new("./a/..")), PathBuf::from("."));
    }

    #[test]
    fn the_disk_refuses_in_words() {
        assert_eq!(
            Disk.read(Path::new("/no/such/file")).unwrap_err(),
            "there is no such file"
        );
        assert_eq!(
            Disk.read(Path::new("/")).unwrap_err(),
            "it is not a regular file"
        );
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("latin.csv");
        std::fs::write(&path, b"caf\xe9").unwrap();
        assert_eq!(
            Disk.read(&path).unwrap_err(),
            "it is not UTF-8 text (byte 4 is not part of a character)"
        );
    }
}
