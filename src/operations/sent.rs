//! A change that was sent: its outcome is written down, whatever ends the wait for it.

use std::sync::mpsc;
use std::thread;

use super::Operator;
use super::recorder::AT_THE_END;
use crate::api::model::{ApiKey, KeyId, Scope};
use crate::journal::{Action, Outcome};

/// A change of a key that is under way. Dropped before its outcome is known, as the program ends, it is written down
/// as unknown.
pub(super) struct Sent<'a> {
    operator: &'a Operator,
    scope: &'a Scope,
    action: Action,
    id: KeyId,
    is_over: bool,
}

impl<'a> Sent<'a> {
    pub(super) fn new(operator: &'a Operator, scope: &'a Scope, action: Action, id: KeyId) -> Self {
        Self { operator, scope, action, id, is_over: false }
    }

    pub(super) async fn ended(mut self, key: Option<&ApiKey>, outcome: Outcome, detail: &str) {
        self.is_over = true;
        self.operator.record(self.scope, self.action, self.id, key, outcome, detail).await;
    }
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        let Some(journal) = self.operator.recorder.journal().filter(|_| !self.is_over) else { return };
        let detail = "ckeys was ended before the answer came";
        let entry = self.operator.entry(self.scope, self.action, self.id, None, Outcome::Unknown, detail);
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
