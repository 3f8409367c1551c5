//! Intents whose outcome is still to be found out, and how their notes end.

use super::Lost;
use crate::journal::{Abandoned, Entry, JournalError, OpenIntent, Outcome};

/// An intent whose outcome could not be found out so far. Dropped, it stays open for the next start.
#[derive(Debug)]
pub(super) enum Pending {
    /// Of this program.
    Own(OpenIntent),
    /// Of an earlier one.
    Inherited(Box<Abandoned>),
}

impl Pending {
    pub(super) fn finish(self, entry: &Entry) -> Result<(), JournalError> {
        match self {
            Self::Own(open) => open.finish(entry),
            Self::Inherited(abandoned) => abandoned.finish(entry),
        }
    }
}

/// `entry`, with what the list says of a key whose answer was lost.
pub(super) fn outcome_of(lost: &Lost, entry: Entry) -> Entry {
    let keys = lost.found.as_deref().unwrap_or_default();
    match keys.iter().find(|key| lost.is_likely(key)) {
        Some(key) => Entry { id: Some(key.id), outcome: Outcome::Orphan, ..entry },
        None => Entry { outcome: Outcome::None, ..entry },
    }
}
