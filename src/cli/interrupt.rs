//! Ctrl-C: the first asks the run to stop, the second ends the program; while files are written, or where nothing is worth finishing,
//! the first does.

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
    /// Whether nothing is worth finishing.
    at_once: AtomicBool,
    /// Held while files get their names, which takes milliseconds: the program does not end then.
    naming: Mutex<()>,
    /// Where temporary files are, and directories that were made and go if they are empty.
    folder: PathBuf,
    made: Vec<PathBuf>,
    /// A file outside of it that is half-written.
    half: Mutex<Option<PathBuf>>,
}

impl Interrupt {
    /// Watches for Ctrl-C (and for the request to terminate) while results for `folder` are made.
    pub(super) fn watch(folder: Option<&Folder>) -> Self {
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            writing: AtomicBool::new(false),
            at_once: AtomicBool::new(false),
            naming: Mutex::new(()),
            folder: folder.map_or(Path::new(""), Folder::path).to_owned(),
            made: folder.map_or(&[][..], Folder::made).to_owned(),
            half: Mutex::new(None),
        });
        let heard = Arc::clone(&shared);
        // Without a handler Ctrl-C ends the program as it always does; nothing is lost but the finished part.
        let _ = ctrlc::set_handler(move || heard.interrupted());
        Self(shared)
    }

    /// The same where nothing is worth finishing: the first Ctrl-C ends the program.
    pub(super) fn at_once(folder: &Folder) -> Self {
        let interrupt = Self::watch(Some(folder));
        interrupt.0.at_once.store(true, Ordering::SeqCst);
        interrupt
    }

    /// A file outside of the folder that is half-written from now on, and is to be removed; or none any more.
    pub(super) fn half_written(&self, file: Option<&Path>) {
        *locked(&self.0.half) = file.map(Path::to_owned);
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
        let at_once = self.at_once.load(Ordering::SeqCst);
        if !(again || writing || at_once) {
            return say("Stopping: what is finished will be written. Ctrl-C again ends at once.");
        }
        let _guard = locked(&self.naming);
        if !self.folder.as_os_str().is_empty() {
            remove_own(&self.folder);
        }
        if let Some(file) = &*locked(&self.half) {
            let _ = std::fs::remove_file(file);
        }
        self.made.iter().for_each(|p| drop(std::fs::remove_dir(p)));
        if writing {
            say(
                "Interrupted while the results were written. No file is half-written; the same command writes them.",
            );
        } else if at_once {
            say("Interrupted: nothing was written.");
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
