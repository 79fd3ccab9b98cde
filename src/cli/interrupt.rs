//! Ctrl-C: the first asks the run to stop, the second ends the program.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// The exit status of an interrupted command.
pub(super) const STATUS: u8 = 130;

const RUNNING: u8 = 0;
const WRITING: u8 = 1;

/// Whether the user wants to stop.
pub(super) struct Interrupt {
    stop: Arc<AtomicBool>,
    phase: Arc<AtomicU8>,
}

impl Interrupt {
    /// Watches for Ctrl-C (and for the request to terminate). A second one ends the program at once, after removing those
    /// of `made` that are empty; while files get their names, which takes milliseconds, it has no effect.
    pub(super) fn watch(made: &[PathBuf]) -> Self {
        let (stop, phase) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU8::new(RUNNING)),
        );
        let (set, at, made) = (Arc::clone(&stop), Arc::clone(&phase), made.to_vec());
        let handler = move || {
            if !set.swap(true, Ordering::SeqCst) {
                let message =
                    "\nStopping: what is finished will be written. Ctrl-C again ends at once.";
                let _ = writeln!(std::io::stderr().lock(), "{message}");
            } else if at.load(Ordering::SeqCst) == RUNNING {
                made.iter().for_each(|p| drop(std::fs::remove_dir(p)));
                std::process::exit(i32::from(STATUS));
            }
        };
        // Without a handler Ctrl-C ends the program as it always does; nothing is lost but the finished part.
        let _ = ctrlc::set_handler(handler);
        Self { stop, phase }
    }

    /// The flag that stops a run.
    pub(super) fn flag(&self) -> &AtomicBool {
        &self.stop
    }

    /// From now on files are written, and that is not to be cut short.
    pub(super) fn now_writing(&self) {
        self.phase.store(WRITING, Ordering::SeqCst);
    }
}
