//! How a command can end, other than well.

use crate::results::FolderError;

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
