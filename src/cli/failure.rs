//! How a command can end, other than well.

use crate::results::{FolderError, JournalError};
use std::fmt::Display;

/// How a command ended, other than well.
#[derive(Debug)]
pub(super) enum Failure {
    /// What was asked for cannot be understood; exit status 2.
    BadInput(String),
    /// The run failed; exit status 1.
    Failed(String),
    /// The user stopped it; exit status 130. The message says what was kept.
    Interrupted(String),
}

impl From<FolderError> for Failure {
    fn from(e: FolderError) -> Self {
        let message = format!("error: {e}\n  help: {}", e.advice());
        match e {
            FolderError::Foreign { .. } => Self::BadInput(message),
            _ => Self::Failed(message),
        }
    }
}

impl From<JournalError> for Failure {
    fn from(e: JournalError) -> Self {
        let help = match e {
            JournalError::Other { .. } | JournalError::Damaged { .. } => {
                "\n  help: --fresh throws it away and begins anew; --out DIR chooses another directory"
            }
            JournalError::Busy { .. } => {
                "\n  help: wait for it, or choose another directory with --out DIR"
            }
            JournalError::Io { .. } => "",
        };
        Self::failed(format!("{e}{help}"))
    }
}

impl Failure {
    /// Bad input: `error: MESSAGE`.
    pub(super) fn bad(message: impl Display) -> Self {
        Self::BadInput(format!("error: {message}"))
    }

    /// A run that failed: `error: MESSAGE`.
    pub(super) fn failed(message: impl Display) -> Self {
        Self::Failed(format!("error: {message}"))
    }
}
