//! Ctrl-C: the first asks the run to stop, the second ends the program; while files are written the first does.

use super::failure::Failure;
use crate::results::{Folder, remove_own};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The exit status of an interrupted command.
pub(super) const STATUS: u8 = 130;

/// Whether the user wants to stop.
pub(super) struct Interrupt(Arc<Shared>);

/// What the main thread and the one that hears of Ctrl-C both know.
struct Shared {
    stop: AtomicBool,
    writing: AtomicBool,
    /// Held while files get their names, which takes milliseconds: the program does not end then.
    naming: Mutex<()>,
    /// Where temporary files are, and directories that were made and go if they are empty.
    folder: PathBuf,
    made: Vec<PathBuf>,
}

impl Interrupt {
    /// Watches for Ctrl-C (and for the request to terminate) while results for `folder` are made.
    pub(super) fn watch(folder: Option<&Folder>) -> Self {
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            writing: AtomicBool::new(false),
            naming: Mutex::new(()),
            folder: folder.map_or(Path::new(""), Folder::path).to_owned(),
            made: folder.map_or(&[][..], Folder::made).to_owned(),
        });
        let heard = Arc::clone(&shared);
        // Without a handler Ctrl-C ends the program as it always does; nothing is lost but the finished part.
        let _ = ctrlc::set_handler(move || heard.interrupted());
        Self(shared)
    }

    /// Whether it was interrupted.
    pub(super) fn was_heard(&self) -> bool {
        self.0.stop.load(Ordering::SeqCst)
    }

    /// From now on files are written: Ctrl-C ends the program, and leaves none of them half-written.
    pub(super) fn now_writing(&self) {
        self.0.writing.store(true, Ordering::SeqCst);
    }

    /// As long as the guard lives files get their names, and Ctrl-C waits.
    pub(super) fn now_naming(&self) -> MutexGuard<'_, ()> {
        locked(&self.0.naming)
    }

    /// The end of a command that was finished all the same when the user wanted to stop it.
    pub(super) fn end(&self) -> Result<(), Failure> {
        match self.was_heard() {
            true => Err(Failure::Interrupted(
                "Interrupted, but everything was finished: the results are complete.".into(),
            )),
            false => Ok(()),
        }
    }
}

impl Shared {
    fn interrupted(&self) {
        let again = self.stop.swap(true, Ordering::SeqCst);
        let writing = self.writing.load(Ordering::SeqCst);
        if !again && !writing {
            return say("Stopping: what is finished will be written. Ctrl-C again ends at once.");
        }
        let _guard = locked(&self.naming);
        if !self.folder.as_os_str().is_empty() {
            remove_own(&self.folder);
        }
        self.made.iter().for_each(|p| drop(std::fs::remove_dir(p)));
        if writing {
            say(
                "Interrupted while the results were written. No file is half-written; the same command writes them.",
            );
        }
        std::process::exit(i32::from(STATUS));
    }
}

fn say(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "\n{message}");
}

/// What a mutex holds: nothing that is kept under one is left half-done by a panic.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
