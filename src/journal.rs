//! What was done to keys, and what was about to be done: on disk, without a secret. Of a key that is being rotated
//! the last characters of its values are there, as every list shows them, until the outcome is known; else no part of one.
//!
//! In the state folder (`$XDG_STATE_HOME/confident-keys`, by default `~/.local/state/confident-keys`):
//!
//! - `journal.jsonl`: one [`Entry`] a line, only ever added to. Above 5 MiB it becomes `journal.1.jsonl`, in place of
//!   the one before, and a new one begins.
//! - `intents/*.json`: what is being generated or rotated at this moment. [`Journal::begin`] writes an [`Intent`] before the
//!   POST and keeps the file locked until [`OpenIntent::finish`]. The system gives the lock back however a program
//!   ends, so a file that is not locked is a POST whose outcome nobody has seen: [`Journal::abandoned`] finds it.
//! - `journal.lock`: held for the moment in which a line is added, so that programs that write at the same time take
//!   turns, and nobody moves the journal away meanwhile.
//!
//! A line is one write, down to the disk before it counts. A line that a power cut tore is skipped by the reader,
//! which says how many there were, and the next one starts on a line of its own. Files are for their owner
//! alone, and a link in the place of one is refused. No call waits longer than some seconds, and none panics: where
//! the folder can't be had, [`JournalError`] says so, and the work goes on [without a journal](WITHOUT_JOURNAL).
//!
//! These calls block: for the disk, and for other programs' turns.

mod entry;
mod file;
mod intent;
mod report;

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use etcetera::BaseStrategy as _;
use thiserror::Error;

use crate::text::Text;
pub use entry::{Action, Entry, OrganizationRecord, Outcome, ScopeRecord, Service};
use entry::{Line, line};
pub(crate) use file::make_folder;
use file::{Locked, OpenError};
pub use intent::{Abandoned, Intended, Intent, Leftovers, ListedIntent, ListedIntents, OpenIntent};
pub use report::Report;

/// What it means where the journal can't be written, for whoever is told of the [`JournalError`].
pub const WITHOUT_JOURNAL: &str = "Work goes on without a journal: should ckeys be ended before a new key's secret \
                                   arrives, its next start can't tell you of that key.";

const JOURNAL: &str = "journal.jsonl";
const PREVIOUS: &str = "journal.1.jsonl";
const LOCK: &str = "journal.lock";

/// Where the journal becomes the previous one, in bytes: some twenty thousand entries.
const MOST_BYTES: u64 = 5 * 1024 * 1024;
/// How long to wait for the turn to write. Other programs need milliseconds; one that was stopped has it for good.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait for a writer before reading all the same: at worst the last line is half there.
const PATIENCE_TO_READ: Duration = Duration::from_millis(500);

/// Why the journal can't be read or written. Displayed, it says what is wrong with which path, without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JournalError {
    /// Nobody says where the home folder is.
    #[error("There is no home folder to keep the journal in; set XDG_STATE_HOME to a folder")]
    NoHome,
    /// The state folder can't be made or looked into.
    #[error("The journal's folder {} can't be used: {reason}", shown(.path))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// A file of the journal can't be read.
    #[error("The journal's file {} can't be read: {reason}", shown(.path))]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// A file of the journal can't be made, written, or removed; nothing half written is left where that can be had.
    #[error("The journal's file {} can't be written: {reason}", shown(.path))]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// A link, a pipe or a folder is where a file of the journal belongs.
    #[error("{} is no plain file, and ckeys neither follows nor replaces it; move it away", shown(.0))]
    NotPlain(PathBuf),
    /// Another program has been in the middle of writing for seconds; it may be stopped.
    #[error("The journal's file {} is held by another program; if a ckeys is stopped, let it go on or end it", shown(.0))]
    Busy(PathBuf),
    /// Reading or writing has not come to an end in time.
    #[error("The journal's folder {} does not answer; its disk or file server may be stuck", shown(.0))]
    NoAnswer(PathBuf),
}

impl JournalError {
    fn folder(path: &Path, error: &io::Error) -> Self {
        Self::Folder { path: path.to_owned(), reason: error.to_string() }
    }

    fn read(path: &Path, error: &io::Error) -> Self {
        Self::Read { path: path.to_owned(), reason: error.to_string() }
    }

    fn write(path: &Path, error: &io::Error) -> Self {
        Self::Write { path: path.to_owned(), reason: error.to_string() }
    }
}

fn shown(path: &Path) -> Text {
    Text::from(path.display().to_string())
}

/// The journal in one folder. Any number of these, in any number of programs, may be at work on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    folder: PathBuf,
    only_looks: bool,
}

/// What was read of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// In the order in which they were written: the newest is the last.
    pub entries: Vec<Entry>,
    /// How many lines, of those looked at, were no entries.
    pub unreadable: usize,
}

impl Journal {
    /// The journal of this user. Touches nothing.
    ///
    /// # Errors
    /// [`JournalError::NoHome`].
    pub fn find() -> Result<Self, JournalError> {
        let base = etcetera::choose_base_strategy().map_err(|_| JournalError::NoHome)?;
        // Windows knows no state folder.
        Ok(Self::at(base.state_dir().unwrap_or_else(|| base.data_dir()).join("confident-keys")))
    }

    /// The journal in `folder`, which is made when something is written. Touches nothing.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), only_looks: false }
    }

    /// The same journal, for whoever reads it and changes nothing: files that others could read stay as they are, too.
    #[must_use]
    pub fn only_looking(self) -> Self {
        Self { only_looks: true, ..self }
    }

    /// The folder that holds it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds `entry`, down to the disk.
    ///
    /// # Errors
    /// Where it can't be written. What was there before stays whole.
    pub fn append(&self, entry: &Entry) -> Result<(), JournalError> {
        self.append_line(&Line { entry, intent: None })
    }

    /// The newest `limit` entries, or all of them. Makes nothing: a journal that is not there is empty.
    ///
    /// # Errors
    /// Where a file is there, but can't be read.
    pub fn entries(&self, limit: Option<usize>) -> Result<History, JournalError> {
        let (lines, unreadable) = self.lines(limit.unwrap_or(usize::MAX))?;
        Ok(History { entries: lines.into_iter().map(|line| line.entry).collect(), unreadable })
    }

    fn append_line(&self, entry: &Line<&Entry>) -> Result<(), JournalError> {
        file::make_folder(&self.folder)?;
        let path = self.folder.join(JOURNAL);
        let line = line(entry).map_err(|error| JournalError::write(&path, &error))?;
        let turn = self.turn()?;
        let file = file::append(&path, &self.folder.join(PREVIOUS), &line, MOST_BYTES)?;
        // Others need not wait for the disk.
        drop(turn);
        file::sync(&file, &path)
    }

    /// The right to change the journal, until it is dropped.
    fn turn(&self) -> Result<Locked, JournalError> {
        let path = self.folder.join(LOCK);
        let file = file::open(&path, file::options().write(true).create(true).truncate(false))
            .map_err(|error| error.into_journal_error(&path, JournalError::write))?;
        Locked::exclusive(file, PATIENCE)
            .map_err(|error| JournalError::write(&path, &error))?
            .ok_or(JournalError::Busy(path))
    }

    fn open_to_read(&self, path: &Path) -> Result<File, OpenError> {
        let open = if self.only_looks { file::open_as_it_is } else { file::open };
        open(path, file::options().read(true))
    }

    /// The whole of a file; none where there is none.
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, JournalError> {
        match self.open_to_read(path) {
            Ok(file) => file::content(file, path).map(Some),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into_journal_error(path, JournalError::read)),
        }
    }

    /// The newest lines, oldest first, and how many of those looked at can't be read.
    fn lines(&self, limit: usize) -> Result<(Vec<Line<Entry>>, usize), JournalError> {
        // Where there is no lock to be had, nobody writes, or nobody could be kept from it.
        let lock = self.open_to_read(&self.folder.join(LOCK)).ok();
        let _turn = lock.and_then(|lock| Locked::shared(lock, PATIENCE_TO_READ).ok().flatten());
        let (mut lines, mut unreadable) = (Vec::new(), 0);
        for name in [JOURNAL, PREVIOUS] {
            if lines.len() >= limit {
                break;
            }
            let Some(content) = self.read(&self.folder.join(name))? else { continue };
            for line in content.split(|byte| *byte == b'\n').rev().filter(|line| !line.trim_ascii().is_empty()) {
                if lines.len() >= limit {
                    break;
                }
                match serde_json::from_slice(line) {
                    Ok(line) => lines.push(line),
                    Err(_) => unreadable += 1,
                }
            }
        }
        lines.reverse();
        Ok((lines, unreadable))
    }

    /// The intents whose outcome the journal tells.
    fn finished_intents(&self) -> HashSet<String> {
        // What can't be read tells of none: an intent too many is looked into, one too few is a lost key.
        let (lines, _) = self.lines(usize::MAX).unwrap_or_default();
        lines.into_iter().filter_map(|line| line.intent).collect()
    }
}
