//! A directory that never shows half a file.

use super::leftover;
use super::run::Digest;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Why results cannot be written; the first field is the directory or the file.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The directory cannot be made, or nothing can be written in it: what the system says.
    #[error("cannot write to the directory {}: {}", .0.display(), words(.1))]
    Directory(PathBuf, #[source] io::Error),
    /// Another process writes to it.
    #[error("{} is being written by another process", .0.display())]
    Busy(PathBuf),
    /// There are files of somebody else in it, such as this one.
    #[error("{} is no folder of results: it holds {}", .0.display(), .1)]
    Foreign(PathBuf, String),
    /// Something that is not a file stands where a result belongs.
    #[error("cannot replace {}: it is a directory", .0.display())]
    InTheWay(PathBuf),
    /// A file cannot be written, and what the system says; none of the files of this run was left.
    #[error("cannot write {}: {}", .0.display(), words(.1))]
    File(PathBuf, #[source] io::Error),
}

impl FolderError {
    /// What one can do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            FolderError::Busy { .. } => "wait for it, or choose another directory with --out DIR",
            FolderError::Foreign { .. } => {
                "choose an empty directory, or a new one, with --out DIR"
            }
            FolderError::Directory { .. } => "choose another directory with --out DIR",
            FolderError::InTheWay { .. } => "remove it, or choose another directory with --out DIR",
            FolderError::File(_, e) if e.kind() == io::ErrorKind::StorageFull => {
                "make room, or choose a directory on another disk with --out DIR"
            }
            FolderError::File { .. } => {
                "see whether the disk is in order, or choose another directory with --out DIR"
            }
        }
    }
}

/// What the system says, in words for somebody who does not know its numbers.
pub fn words(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::NotFound => "there is no such file or directory".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a part of the path is a file".into()
        }
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".into(),
        io::ErrorKind::StorageFull => "the disk is full".into(),
        io::ErrorKind::QuotaExceeded => "the disk quota is used up".into(),
        _ => {
            let text = e.to_string();
            let number = text.rfind(" (os error ");
            number.map_or(text.clone(), |at| text[..at].to_owned())
        }
    }
}

/// A directory in which files can be made, by nobody else as long as this lives. Until files are published, directories that were made for
/// it are removed again when it is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Open and locked where the system can do that; it takes the lock away when the process ends in whatever way.
    _lock: Option<File>,
    /// Directories that did not exist before, the innermost first.
    made: Vec<PathBuf>,
}

impl Folder {
    /// Makes the directory if need be, proves that files called `names` can be written there, and removes what a killed process left.
    ///
    /// # Errors
    /// When they cannot; then no new directory is left.
    pub fn prepare(path: &Path, names: &[&str]) -> Result<Self, FolderError> {
        let refuse = |e| FolderError::Directory(path.into(), e);
        let missing = |p: &&Path| !p.as_os_str().is_empty() && !p.exists();
        let missing = path.ancestors().take_while(missing);
        let made = missing.map(Path::to_owned).collect();
        fs::create_dir_all(path).map_err(refuse)?;
        let folder = Self {
            path: path.to_owned(),
            _lock: lock(path)?,
            made,
        };
        leftover::remove(path);
        let mut probe = leftover::temporary(path).map_err(refuse)?;
        probe.write_all(b"handover\n").map_err(refuse)?;
        probe.flush().map_err(refuse)?;
        probe.close().map_err(refuse)?;
        match names.iter().map(|n| path.join(n)).find(|p| p.is_dir()) {
            Some(path) => Err(FolderError::InTheWay(path)),
            None => Ok(folder),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Directories that did not exist before, the innermost first: whoever ends the program without dropping the folder
    /// may remove those that are empty.
    pub fn made(&self) -> &[PathBuf] {
        &self.made
    }

    /// Writes a file in full under a temporary name.
    ///
    /// # Errors
    /// When it cannot be written; the temporary file is removed.
    pub fn write(
        &self,
        name: &str,
        export: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Sealed, FolderError> {
        let refuse = |e| FolderError::File(self.path.join(name), e);
        let file = leftover::temporary(&self.path).map_err(refuse)?;
        let mut draft = Draft {
            out: BufWriter::with_capacity(1 << 16, file),
            hasher: blake3::Hasher::new(),
            bytes: 0,
        };
        export(&mut draft).map_err(refuse)?;
        draft.seal(name).map_err(refuse)
    }

    /// Gives all files their names, one right after the other.
    ///
    /// # Errors
    /// When a file cannot be renamed; those before it have their names already.
    pub fn publish(&mut self, files: Vec<Sealed>) -> Result<Vec<PathBuf>, FolderError> {
        let mut paths = Vec::with_capacity(files.len());
        for file in files {
            let path = self.path.join(&file.name);
            let made = file.file.persist(&path);
            made.map_err(|e| FolderError::File(path.clone(), e.error))?;
            self.made.clear();
            paths.push(path);
        }
        Ok(paths)
    }

    /// Prepares a directory, and publishes these files in it: their names and bytes.
    ///
    /// # Errors
    /// As those of the three steps.
    pub fn save(path: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>, FolderError> {
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let mut folder = Self::prepare(path, &names)?;
        let files = files.iter();
        let files = files.map(|(name, bytes)| folder.write(name, |out| out.write_all(bytes)));
        let files = files.collect::<Result<_, _>>()?;
        folder.publish(files)
    }
}

/// Locks a directory; `None` where directories cannot be locked.
fn lock(path: &Path) -> Result<Option<File>, FolderError> {
    let Ok(directory) = File::open(path) else {
        return Ok(None);
    };
    match directory.try_lock() {
        Ok(()) => Ok(Some(directory)),
        Err(TryLockError::Error(_)) => Ok(None),
        Err(TryLockError::WouldBlock) => Err(FolderError::Busy(path.into())),
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        for path in &self.made {
            // Fails when there is something in it, and then it should stay.
            let _ = fs::remove_dir(path);
        }
    }
}

/// A file in the making: what is written to it is hashed on the way.
pub struct Draft {
    out: BufWriter<NamedTempFile>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Draft {
    fn seal(self, name: &str) -> io::Result<Sealed> {
        let file = self.out.into_inner();
        let file = file.map_err(io::IntoInnerError::into_error)?;
        // A full disk may show only now, and a crash after the renaming must not leave an empty file.
        file.as_file().sync_all()?;
        let blake3 = self.hasher.finalize().to_hex().to_string();
        Ok(Sealed {
            name: name.to_owned(),
            digest: Digest {
                bytes: self.bytes,
                blake3,
            },
            file,
        })
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A complete file that still has a temporary name. Dropped, it is removed.
#[derive(Debug)]
pub struct Sealed {
    /// Its future name.
    pub name: String,
    /// Its length and digest.
    pub digest: Digest,
    file: NamedTempFile,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(path)
            .unwrap()
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_appear_together() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("results/a+b");
        let mut folder = Folder::prepare(&path, &["x.csv"]).unwrap();
        assert!(names(&path).is_empty());
        let second = Folder::prepare(&path, &["x.csv"]).unwrap_err();
        assert!(matches!(second, FolderError::Busy { .. }) && path.exists());
        let x = folder
            .write("x.csv", |out| out.write_all(b"1,2\n"))
            .unwrap();
        assert_eq!(
            (x.digest.bytes, &*x.digest.blake3),
            (4, &*blake3::hash(b"1,2\n").to_hex())
        );
        assert!(names(&path)[0].starts_with(".handover-"));
        assert_eq!(folder.publish(vec![x]).unwrap(), [path.join("x.csv")]);
        assert_eq!(names(&path), ["x.csv"]);
        drop(folder);
        assert!(Folder::prepare(&path, &["x.csv"]).is_ok());
        assert_eq!(fs::read(path.join("x.csv")).unwrap(), b"1,2\n");
    }

    #[test]
    fn a_failed_run_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::prepare(&root.path().join("results/a"), &[]).unwrap();
        let x = folder.write("x.csv", |out| out.write_all(b"1")).unwrap();
        let full = folder
            .write("y.csv", |_| Err(io::ErrorKind::StorageFull.into()))
            .unwrap_err();
        assert!(
            full.to_string().ends_with("y.csv: the disk is full"),
            "{full}"
        );
        drop((x, folder));
        assert!(names(root.path()).is_empty());
    }

    #[test]
    fn what_cannot_be_written_is_refused_before() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Folder::prepare(&file.join("results"), &[]).unwrap_err();
        assert!(
            error.to_string().ends_with("a part of the path is a file"),
            "{error}"
        );
        fs::create_dir(root.path().join("run.json")).unwrap();
        let error = Folder::prepare(root.path(), &["summary.csv", "run.json"]).unwrap_err();
        assert!(
            error.to_string().ends_with("run.json: it is a directory"),
            "{error}"
        );
        assert_eq!(names(root.path()), ["file", "run.json"]);
    }
}
