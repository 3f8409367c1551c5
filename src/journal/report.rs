//! The journal for the screen: the newest of it, what is open, and what is wrong with it.

use std::path::{Path, PathBuf};

use super::{Entry, JOURNAL, Journal, JournalError, ListedIntent, Service, file};

/// What the journal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The file that is written to. It need not be there yet.
    pub path: PathBuf,
    /// The service that is talked to now: the journal holds what was done on others, too.
    pub here: Service,
    /// The newest first.
    pub entries: Vec<Entry>,
    /// Whether there are older ones.
    pub has_more: bool,
    /// How many lines, of those looked at, were no entries.
    pub unreadable: usize,
    /// What is being generated or rotated, or was when its program ended; the newest first.
    pub intents: Vec<ListedIntent>,
    /// Files among these that can't be read.
    pub unreadable_intents: Vec<PathBuf>,
    /// Why nothing can be written down now, as far as that can be told without writing.
    pub trouble: Option<JournalError>,
}

impl Journal {
    /// The newest `most` entries, and what is open. Makes nothing: a journal that is not there is empty.
    ///
    /// # Errors
    /// Where a file is there, but can't be read.
    pub fn report(&self, here: Service, most: usize) -> Result<Report, JournalError> {
        // Intents before entries: what is finished in between is shown twice rather than not at all.
        let mut listed = self.intents()?;
        listed.intents.reverse();
        let mut history = self.entries(Some(most.saturating_add(1)))?;
        history.entries.reverse();
        let has_more = history.entries.len() > most;
        history.entries.truncate(most);
        Ok(Report {
            path: self.folder().join(JOURNAL),
            here,
            entries: history.entries,
            has_more,
            unreadable: history.unreadable,
            intents: listed.intents,
            unreadable_intents: listed.unreadable,
            trouble: self.trouble().err(),
        })
    }

    fn trouble(&self) -> Result<(), JournalError> {
        // What is not there yet is made in the nearest folder that is.
        let Some(folder) = self.folder().ancestors().find(|folder| folder.exists()) else { return Ok(()) };
        can_be_written_to(folder).map_err(|error| JournalError::folder(self.folder(), &error))?;
        let path = self.folder().join(JOURNAL);
        match file::open(&path, file::options().append(true)) {
            Err(error) if !error.is_not_found() => Err(error.into_journal_error(&path, JournalError::write)),
            _ => Ok(()),
        }
    }
}

#[cfg(unix)]
fn can_be_written_to(folder: &Path) -> std::io::Result<()> {
    use rustix::fs::{Access, access};
    Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
fn can_be_written_to(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}
