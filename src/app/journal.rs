//! The journal of what was done, as the screen shows it: the newest first, and what is wrong where the eye falls first.

mod page;

use super::App;
use super::dialog::Dialog;
use super::message::Effect;
use super::request::RequestId;
use crate::journal::{JournalError, Report};
pub(super) use page::lines;

/// How many entries are shown: more are looked for in the file, or printed by `ckeys journal`.
pub const MOST: usize = 300;
/// The cells of how an entry stands: its sign, its word, and a gap.
pub const STATE_CELLS: usize = 13;

impl App {
    /// Shows the journal, which is read for that.
    pub(super) fn open_journal(&mut self) -> Vec<Effect> {
        let mut effects = self.open(Dialog::Journal(Box::default()));
        effects.extend(self.read_journal());
        effects
    }

    /// Reads the journal for its dialog, unless that is under way.
    pub(super) fn read_journal(&mut self) -> Vec<Effect> {
        if !matches!(&self.dialog, Some(Dialog::Journal(dialog)) if !dialog.is_reading()) {
            return Vec::new();
        }
        let request = self.next_request();
        if let Some(Dialog::Journal(dialog)) = &mut self.dialog {
            dialog.begin(request);
        }
        vec![Effect::ReadJournal(request, MOST)]
    }

    /// Takes in what was read, where its dialog still waits for it.
    pub(super) fn journal_was_read(&mut self, request: RequestId, report: Result<Option<Box<Report>>, JournalError>) {
        if let Some(Dialog::Journal(dialog)) = &mut self.dialog {
            dialog.take_in(request, report);
        }
    }
}
