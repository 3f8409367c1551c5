//! A change that was sent: its outcome is written down, whatever ends the wait for it.

use std::future::pending;
use std::sync::{Arc, mpsc};
use std::thread;

use jiff::Timestamp;

use super::Operator;
use super::recorder::AT_THE_END;
use crate::api::model::{ApiKey, KeyId, Scope};
use crate::journal::{Action, Entry, OpenIntent, Outcome};
use crate::panic::{BeforeTheEnd, before_the_end, is_ending};

/// What is written down of a change whose program ended too early.
pub(super) const ENDED: &str = "ckeys was ended before the answer came";

/// A change of a key that is under way. Dropped before its outcome is known, as the program ends, it is left to the next
/// start, where there is an intent; else it is written down as unknown. So it is where a panic ends the program.
pub(super) struct Sent<'a> {
    operator: &'a Operator,
    scope: &'a Scope,
    action: Action,
    id: KeyId,
    /// Closed by the outcome; else it is left to the next start.
    open: Option<OpenIntent>,
    is_over: bool,
    /// Where there is no intent: a panic drops nothing.
    at_a_panic: Option<BeforeTheEnd>,
}

impl<'a> Sent<'a> {
    /// One that is about to be sent, with the intent that says so, where one was written. Where a panic is about to end the
    /// program, nothing more is sent: this never comes back.
    pub(super) async fn begin(
        operator: &'a Operator,
        scope: &'a Scope,
        action: Action,
        id: KeyId,
        open: Option<OpenIntent>,
    ) -> Self {
        if is_ending() {
            return pending().await;
        }
        let mut sent = Self { operator, scope, action, id, open, is_over: false, at_a_panic: None };
        if sent.open.is_none() {
            sent.at_a_panic = sent.last_words().map(before_the_end);
        }
        if is_ending() {
            // It is not sent any more: there is nothing to write down.
            sent.is_over = true;
            sent.at_a_panic = None;
            return pending().await;
        }
        sent
    }

    pub(super) async fn ended(mut self, key: Option<&ApiKey>, outcome: Outcome, detail: &str) {
        self.is_over = true;
        self.operator.know_change(self.action, self.id, outcome);
        let entry = self.operator.entry(self.scope, self.action, self.id, key, outcome, detail);
        // From here on, what is being written down is waited for.
        if self.at_a_panic.take().is_some_and(|at_a_panic| !at_a_panic.take_back()) {
            // It stands there as unknown, once and for all: the program is about to end.
            return pending().await;
        }
        self.operator.recorder.finish(self.open.take(), entry).await;
    }

    /// What became of it could not be found out: that is the next start's, where there is an intent.
    pub(super) async fn stays_unknown(self, detail: &str) {
        if self.open.is_none() {
            self.ended(None, Outcome::Unknown, detail).await;
        }
    }

    /// Writes down that its outcome is unknown; where nothing is written down, there is nothing to do.
    fn last_words(&self) -> Option<impl FnOnce() + Send + use<>> {
        let journal = self.operator.recorder.journal()?;
        let entry = self.operator.entry(self.scope, self.action, self.id, None, Outcome::Unknown, ENDED);
        let known = Arc::clone(&self.operator.known);
        Some(move || {
            // Whose keys these are may have been found out meanwhile. Whoever knows may have come to a halt in a panic.
            let whose = || known.try_lock().ok().and_then(|known| known.organization.clone());
            let entry =
                Entry { time: Timestamp::now(), organization: entry.organization.clone().or_else(whose), ..entry };
            // There is nobody left to complain to.
            let _ = journal.append(&entry);
        })
    }
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        if self.is_over || self.open.is_some() {
            return;
        }
        self.at_a_panic = None;
        let Some(last_words) = self.last_words() else { return };
        let (writes, written) = mpsc::channel();
        let write = move || {
            last_words();
            drop::<mpsc::Sender<()>>(writes);
        };
        if thread::Builder::new().name("journal".into()).spawn(write).is_ok() {
            let _ = written.recv_timeout(AT_THE_END);
        }
    }
}
