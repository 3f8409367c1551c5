//! How a command ends.

use std::fmt;
use std::process::ExitCode;

use crate::api::error::{ApiError, Certainty};
use crate::guard::Refusal;

/// The exit codes, which scripts build on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done, or there was nothing to do.
    Done = 0,
    /// Failed; a write that was asked for did not happen, or was taken back.
    Failed = 1,
    /// The arguments or the environment make no sense. Nothing was sent.
    Usage = 2,
    /// No organization key, or one that is not accepted, or not for this.
    NotAuthorized = 4,
    /// No such project, no such key.
    NotFound = 5,
    /// A guard refused, or the confirmation was missing or wrong.
    Refused = 6,
    /// A write was sent, and what became of it is unknown.
    Unknown = 7,
    /// The audit found keys that it fails on.
    Found = 14,
    /// Ctrl-C.
    Interrupted = 130,
    /// SIGTERM.
    #[cfg(unix)]
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command ended early: what to say, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    /// Clean sentences, in one line or several.
    pub(super) words: String,
}

impl Failure {
    pub(super) fn new(exit: Exit, words: impl Into<String>) -> Self {
        Self { exit, words: words.into() }
    }

    pub(super) fn usage(words: impl Into<String>) -> Self {
        Self::new(Exit::Usage, words)
    }

    pub(super) fn refused(words: impl Into<String>) -> Self {
        Self::new(Exit::Refused, words)
    }

    /// Says something more, on a line of its own.
    pub(super) fn add(&mut self, words: &str) {
        self.words.push('\n');
        self.words.push_str(words);
    }

    /// A write that failed. Where it may have happened all the same, `unknown` says what that would mean.
    pub(super) fn of_write(error: &ApiError, unknown: &str) -> Self {
        match error.certainty() {
            Certainty::NotDone => Self::new(exit_of(error), format!("{error} Nothing was changed.")),
            Certainty::Unknown => Self::new(Exit::Unknown, format!("{error}\n{unknown}")),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ckeys: {}", self.words)
    }
}

/// A read that failed, or a write that certainly did not happen.
impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::new(exit_of(&error), error.to_string())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::refused(format!("{refusal}. Nothing was changed."))
    }
}

fn exit_of(error: &ApiError) -> Exit {
    if error.is_unauthorized() {
        Exit::NotAuthorized
    } else if error.is_not_found() {
        Exit::NotFound
    } else {
        Exit::Failed
    }
}
