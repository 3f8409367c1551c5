//! The journal of what was done, to be read.

use super::Reader;
use crate::app::records::{Record, records};
use crate::app::request::RequestId;
use crate::journal::{JournalError, Report};

/// The dialog that shows the journal.
#[derive(Debug, Clone, Default)]
pub struct JournalDialog {
    /// How far it is scrolled.
    pub reader: Reader,
    awaited: Option<RequestId>,
    pub(in crate::app) shown: Option<Result<Option<Shown>, JournalError>>,
}

/// What was read, and what follows from it.
#[derive(Debug, Clone)]
pub(in crate::app) struct Shown {
    pub(in crate::app) report: Report,
    pub(in crate::app) records: Vec<Record>,
}

impl JournalDialog {
    /// Whether it is being read.
    pub fn is_reading(&self) -> bool {
        self.awaited.is_some()
    }

    /// What was read last; none before anything was, and none in it where no journal is kept.
    pub fn report(&self) -> Option<Result<Option<&Report>, &JournalError>> {
        Some(self.shown.as_ref()?.as_ref().map(|shown| shown.as_ref().map(|shown| &shown.report)))
    }

    /// Notes that it is being read as `request`.
    pub(in crate::app) fn begin(&mut self, request: RequestId) {
        self.awaited = Some(request);
    }

    /// Takes in what was read, where it still waits for that.
    pub(in crate::app) fn take_in(&mut self, request: RequestId, report: Result<Option<Box<Report>>, JournalError>) {
        if self.awaited == Some(request) {
            self.awaited = None;
            self.shown = Some(report.map(|report| report.map(|report| Shown::new(*report))));
        }
    }
}

impl Shown {
    fn new(report: Report) -> Self {
        let records = records(&report);
        Self { report, records }
    }
}
