//! A change that was sent: its outcome is written down, whatever ends the wait for it.

use std::sync::mpsc;
use std::thread;

use super::Operator;
use super::recorder::AT_THE_END;
use crate::api::model::{ApiKey, KeyId, Scope};
use crate::journal::{Action, OpenIntent, Outcome};

/// What is written down of a change whose program ended too early.
pub(super) const ENDED: &str = "ckeys was ended before the answer came";

/// A change of a key that is under way. Dropped before its outcome is known, as the program ends, it is left to the next
/// start, where there is an intent; else it is written down as unknown.
pub(super) struct Sent<'a> {
    operator: &'a Operator,
    scope: &'a Scope,
    action: Action,
    id: KeyId,
    /// Closed by the outcome; else it is left to the next start.
    open: Option<OpenIntent>,
    is_over: bool,
}

impl<'a> Sent<'a> {
    pub(super) fn new(operator: &'a Operator, scope: &'a Scope, action: Action, id: KeyId) -> Self {
        Self { operator, scope, action, id, open: None, is_over: false }
    }

    /// The same, with the intent that says so, where one could be written.
    pub(super) fn intended(mut self, open: Option<OpenIntent>) -> Self {
        self.open = open;
        self
    }

    pub(super) async fn ended(mut self, key: Option<&ApiKey>, outcome: Outcome, detail: &str) {
        self.is_over = true;
        self.operator.know_change(self.action, self.id, outcome);
        let entry = self.operator.entry(self.scope, self.action, self.id, key, outcome, detail);
        self.operator.recorder.finish(self.open.take(), entry).await;
    }

    /// What became of it could not be found out: that is the next start's, where there is an intent.
    pub(super) async fn stays_unknown(self, detail: &str) {
        if self.open.is_none() {
            self.ended(None, Outcome::Unknown, detail).await;
        }
    }
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        if self.is_over || self.open.is_some() {
            return;
        }
        let Some(journal) = self.operator.recorder.journal() else { return };
        let entry = self.operator.entry(self.scope, self.action, self.id, None, Outcome::Unknown, ENDED);
        let (writes, written) = mpsc::channel();
        let write = move || {
            // There is nobody left to complain to.
            let _ = journal.append(&entry);
            drop::<mpsc::Sender<()>>(writes);
        };
        if thread::Builder::new().name("journal".into()).spawn(write).is_ok() {
            let _ = written.recv_timeout(AT_THE_END);
        }
    }
}
