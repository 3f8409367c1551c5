//! Leads from a key to its successor, step by step: shows how both stand, what speaks for the next step, and offers it.
//!
//! It can be left at any step: what it shows is what the journal remembers and what the service says of the two keys.
//! While it is open, they are read again every half minute.

use jiff::{SignedDuration, Timestamp};

use super::{Confirm, Dialog, Outcome, Stage, Target};
use crate::api::error::ApiError;
use crate::api::model::{ApiKey, LastUsed};
use crate::app::request::RequestId;
use crate::journal::JournalError;
use crate::keymap::Action;
use crate::operations::{Operation, Replacement, Replacements};
use crate::replacement::{Step, Successor};

/// How long after the two keys were read they are read again.
pub const EVERY: SignedDuration = SignedDuration::from_secs(30);

/// What it asks of its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Generate the successor.
    Succeed,
    /// Delete the old key.
    Delete,
    /// Remember that nobody goes on with it.
    End,
    /// Read all anew.
    Look,
    /// Take up the replacement with this number among those that are open.
    TakeUp(usize),
    /// Recall once more which are open.
    Recall,
}

/// The last uses of both as they were when the dialog opened: what happens since then is seen here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// When that was.
    pub since: Timestamp,
    /// The old key's.
    pub old: LastUsed,
    /// The successor's.
    pub new: LastUsed,
}

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::app) struct Reading {
    pub(in crate::app) record: Option<RequestId>,
    pub(in crate::app) old: Option<RequestId>,
    pub(in crate::app) new: Option<RequestId>,
}

/// The dialog.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct Replace {
    /// The key that is to go.
    pub old: Target,
    /// Whether it is gone.
    pub is_old_gone: bool,
    /// Its replacement; none where none was begun, as far as is remembered.
    pub record: Option<Replacement>,
    /// Whether it was recalled: before that, nothing is offered.
    pub is_recalled: bool,
    /// Why the journal can't be read.
    pub trouble: Option<JournalError>,
    /// The successor, as it was read last.
    pub new: Option<ApiKey>,
    /// Whether the successor is gone.
    pub is_new_gone: bool,
    /// When the old key was deactivated, where it is inactive and that is known.
    pub inactive_since: Option<Timestamp>,
    /// How far it is; none before that can be told.
    pub step: Option<Step>,
    /// What both were like when they were read first.
    pub watch: Option<Watch>,
    /// Whether a write of its own is under way.
    pub stage: Stage,
    /// Why that failed.
    pub error: Option<ApiError>,
    /// Why something could not be read.
    pub read_error: Option<ApiError>,
    /// When all of it was read last.
    pub read_at: Option<Timestamp>,
    /// Whether it was asked once to be ended.
    pub is_ending: bool,
    pub(in crate::app) reading: Reading,
}

impl Replace {
    /// The replacement of `old`, of which nothing is known yet.
    pub fn new(old: Target) -> Self {
        Self {
            old,
            is_old_gone: false,
            record: None,
            is_recalled: false,
            trouble: None,
            new: None,
            is_new_gone: false,
            inactive_since: None,
            step: None,
            watch: None,
            stage: Stage::Ready,
            error: None,
            read_error: None,
            read_at: None,
            is_ending: false,
            reading: Reading::default(),
        }
    }

    /// A replacement that is known to be open.
    pub fn of(old: Target, record: Replacement) -> Self {
        Self { record: Some(record), ..Self::new(old) }
    }

    /// Whether anything of it is being read.
    pub fn is_reading(&self) -> bool {
        self.reading != Reading::default()
    }

    /// When the two keys are to be read again, where there is something to wait for.
    pub fn due(&self) -> Option<Timestamp> {
        let waits = !matches!(
            self.step,
            Some(Step::Over | Step::SuccessorGone | Step::SuccessorExpired | Step::Begin | Step::Pointless,)
        );
        let may_pass = self.read_error.as_ref().is_none_or(ApiError::may_pass);
        let rests = self.stage == Stage::Ready && !self.is_reading();
        self.read_at.filter(|_| self.record.is_some() && waits && may_pass && rests).map(|at| at + EVERY)
    }

    /// Works out how far it is at `now`, which is `service_now` by the service's clock. Where the clock was set back, what was read is not older than that.
    pub(in crate::app) fn settle(&mut self, now: Timestamp, service_now: Timestamp) {
        self.read_at = self.read_at.map(|at| at.min(now));
        let successor = match (&self.record, &self.new) {
            (None, _) if self.is_recalled => Some(Successor::None),
            (Some(_), _) if self.is_new_gone => Some(Successor::Gone),
            (Some(_), Some(new)) if new.is_expired(service_now) => Some(Successor::Expired),
            (Some(record), Some(new)) => Some(Successor::Here(new, record.begun)),
            _ => None,
        };
        let old = (!self.is_old_gone).then_some(&self.old.key);
        self.step = match successor {
            Some(successor) => Some(Step::of(old, successor, self.inactive_since, service_now)),
            None => self.is_old_gone.then_some(Step::Over),
        };
    }

    /// Takes in what is remembered; whether the successor is another than was known.
    pub(in crate::app) fn recall(&mut self, replacements: Replacements) -> bool {
        let Replacements { open, trouble } = replacements;
        let record = open.into_iter().find(|replacement| replacement.old == self.old.key.id);
        let id = |record: &Option<Replacement>| record.as_ref().map(|replacement| replacement.new);
        // It is over by now, and this dialog tells so.
        let keeps = record.is_none() && self.record.is_some();
        (self.is_recalled, self.trouble) = (true, trouble);
        if keeps || id(&record) == id(&self.record) {
            return false;
        }
        (self.record, self.new, self.is_new_gone, self.watch) = (record, None, false, None);
        self.record.is_some()
    }

    /// All that was asked for was answered: from now on it is watched.
    pub(in crate::app) fn was_read(&mut self, now: Timestamp) {
        if self.is_reading() {
            return;
        }
        self.read_at = Some(now);
        if let (None, None, Some(new)) = (&self.watch, &self.read_error, &self.new) {
            self.watch = Some(Watch { since: now, old: self.old.key.last_used, new: new.last_used });
        }
    }

    /// Whether `action` does something at this step.
    pub fn offers(&self, action: Action) -> bool {
        let works = self.old.key.valid;
        // Whoever misses the old key is in a hurry, whatever could not be read.
        if action == Action::Undo {
            return !works && self.record.is_some() && !self.is_old_gone;
        }
        let Some(step) = self.step else { return matches!(action, Action::Back | Action::Refresh) };
        match action {
            Action::Back | Action::Refresh => true,
            Action::Accept => self.next() != Action::Accept,
            Action::Generate => works && matches!(step, Step::Begin | Step::SuccessorGone | Step::SuccessorExpired),
            Action::Toggle => works && matches!(step, Step::Waiting(_) | Step::Proven(_)),
            Action::Delete => matches!(step, Step::Soaking { .. } | Step::Soaked),
            Action::End => self.record.is_some() && step != Step::Over,
            _ => false,
        }
    }

    /// What Enter does: the step that is next; itself where that is to wait.
    pub fn next(&self) -> Action {
        match self.step {
            Some(Step::Begin | Step::SuccessorGone | Step::SuccessorExpired) if self.old.key.valid => Action::Generate,
            Some(Step::Proven(_)) => Action::Toggle,
            Some(Step::Soaked) => Action::Delete,
            Some(Step::Over | Step::Pointless) => Action::Back,
            _ => Action::Accept,
        }
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        let was_ending = std::mem::take(&mut self.is_ending);
        if !self.offers(action) {
            return Outcome::Stay;
        }
        let Target { scope, key, .. } = &self.old;
        match action {
            Action::Accept => return self.act(self.next()),
            Action::Back => return Outcome::Close,
            Action::Refresh => {
                self.error = None;
                return Outcome::Replacement(Turn::Look);
            }
            Action::Generate => return Outcome::Replacement(Turn::Succeed),
            Action::Toggle => return Outcome::Over(Box::new(Dialog::Confirm(Confirm::new(self.old.clone())))),
            // It takes back what was done, and whoever needs it is in a hurry: no question is asked.
            Action::Undo => {
                return Outcome::Write(Operation::SetValid { scope: scope.clone(), id: key.id, valid: true });
            }
            Action::Delete => return Outcome::Replacement(Turn::Delete),
            Action::End if was_ending => return Outcome::Replacement(Turn::End),
            Action::End => self.is_ending = true,
            _ => {}
        }
        Outcome::Stay
    }

    /// A write of its own is under way. What was being read may be older than that.
    pub(super) fn begin(&mut self, request: RequestId) {
        (self.stage, self.error, self.reading) = (Stage::Busy(request), None, Reading::default());
    }
}
