//! What comes back: replies of reads, which may be late, and of writes, which never are.

use jiff::SignedDuration;

use super::dialog::{DeleteStep, Dialog, LostDialog, SecretKind, Stage, Target};
use super::keys::KeyRef;
use super::list::KeyList;
use super::message::{Delivery, Effect};
use super::request::RequestId;
use super::scopes::View;
use super::toast::{Tone, Topic};
use super::undo::Change;
use super::{App, Read};
use crate::api::error::{ApiError, Certainty, ErrorKind};
use crate::api::model::{ApiKey, CreatedKey, KeyId, Scope};
use crate::keymap::Action;
use crate::operations::{self, Answer, Lost, Operation, Unsure};
use crate::text;

/// For how long lists that were asked for together wait for each other before they get their rows.
const WAVE: SignedDuration = SignedDuration::from_millis(5);
/// How long after the rows before them lists that come one after the other get theirs at the earliest.
pub(super) const BATCH: SignedDuration = SignedDuration::from_millis(30);
/// The widest name that is quoted in a message, in cells.
const NAME_CELLS: usize = 40;

impl App {
    pub(super) fn reply(&mut self, request: RequestId, result: Result<Answer, ApiError>) -> Vec<Effect> {
        self.note_pause(&result);
        self.note_permission(request, &result);
        if let Ok(Answer::Replacements(known)) = &result {
            self.replacements.clone_from(&known.open);
        }
        if self.recall.take_if(|own| *own == request).is_some() {
            return Vec::new();
        }
        if let Some(effects) = self.bulk_replied(request, &result) {
            self.checks.remove(&request);
            self.writes.remove(&request);
            return effects;
        }
        if let Some(effects) = self.replacement_replied(request, &result) {
            return effects;
        }
        if let Some(operation) = self.writes.remove(&request) {
            // Whoever agreed to leave before did not know of this; and there may be nothing left to lose.
            self.is_leaving = false;
            self.toasts.take_back(Topic::Leaving);
            self.needs_rebuild = true;
            let effects = self.written(request, &operation, result);
            // While it was under way, nothing was asked; the key may be in use since.
            self.demand_phrase();
            return effects;
        }
        if self.checks.remove(&request) {
            self.needs_rebuild = true;
            return self.examined(request, result);
        }
        match self.reads.remove(&request) {
            Some(read) => self.was_read(request, read, result),
            None => Vec::new(),
        }
    }

    fn was_read(&mut self, request: RequestId, read: Read, result: Result<Answer, ApiError>) -> Vec<Effect> {
        let now = self.now;
        // The journal's replacements are of one organization: before that is known, they can't be told apart.
        let is_first = read == Read::Organization && self.organization.value().is_none() && result.is_ok();
        let failed = result.as_ref().err().cloned();
        let (taken, is_held) = match (read, result) {
            (Read::Organization, Ok(Answer::Organization(value))) => {
                (self.organization.finish(request, Ok(value), now), true)
            }
            (Read::Organization, Err(error)) => {
                (self.organization.finish(request, Err(error), now), self.organization.value().is_some())
            }
            (Read::Projects, Ok(Answer::Projects(value))) => {
                self.needs_rebuild = true;
                let taken = self.projects.finish(request, Ok(value), now);
                self.name_lost_scope();
                if self.view() == View::All {
                    self.sweep(Self::is_scope_old);
                }
                (taken, true)
            }
            (Read::Projects, Err(error)) => {
                (self.projects.finish(request, Err(error), now), self.projects.value().is_some())
            }
            (Read::Keys(scope), Ok(Answer::Keys(value))) => {
                let mut value = KeyList::from(value);
                let is_chosen = self.view() == View::One(scope.clone());
                let is_arranging = self.is_arranging();
                let keys = self.keys.entry(scope.clone()).or_default();
                match keys.value() {
                    // All that was worked out of it stays true.
                    Some(before) if *before == value => value = before.clone(),
                    // No row stands for it yet, or the worker is at its rows; and many such lists may come at once.
                    before if self.sweep.is_some() && !is_chosen && (before.is_none() || is_arranging) => {
                        let due = (now + WAVE).max(self.settled_at + BATCH).min(now + BATCH);
                        self.rebuild_due.get_or_insert(due);
                    }
                    _ => self.needs_rebuild = true,
                }
                let taken = keys.finish(request, Ok(value), now);
                self.swept(&scope, None);
                let keys = self.keys.entry(scope.clone()).or_default();
                // A late list is older than what the dialog was told since.
                if let (true, Some(dialog), Some(keys)) = (taken, &mut self.dialog, keys.value()) {
                    dialog.refresh(&scope, keys);
                }
                self.demand_phrase();
                (taken, true)
            }
            (Read::Keys(scope), Err(error)) => {
                self.swept(&scope, Some(&error));
                let is_shown = self.view() != View::All;
                let keys = self.keys.entry(scope).or_default();
                // Among all keys, the pane itself tells what could not be read.
                (keys.finish(request, Err(error), now), is_shown && keys.value().is_some())
            }
            (read, Ok(_)) => return self.was_read(request, read, Err(another_kind())),
        };
        // Where nothing is shown yet, the pane itself tells the error.
        if let (Some(error), true, true) = (failed, taken, is_held) {
            self.read_error = Some(error);
        }
        // For all that were read side by side at once: one by one it would come back after it was dismissed.
        self.tell_read_error();
        if is_first { self.recall_replacements() } else { Vec::new() }
    }

    fn written(&mut self, request: RequestId, operation: &Operation, result: Result<Answer, ApiError>) -> Vec<Effect> {
        let awaited = self.dialog.as_ref().is_some_and(|dialog| dialog.awaits(request));
        let result = match result {
            // Deleting is done when it is gone, whoever did it.
            Err(error) if error.is_not_found() && matches!(operation, Operation::Delete { .. }) => {
                Ok(Answer::Deleted { acknowledged: true })
            }
            result => result,
        };
        match (operation, result) {
            (Operation::Create { scope, name, lifetime, .. }, Ok(Answer::Created(created))) => {
                let contradiction = operations::contradicts_lifetime(&created.key, *lifetime);
                // A service that knows no expiry has none to speak of.
                if let Some(contradiction) = contradiction {
                    self.toasts.push(Tone::Warning, contradiction, self.now);
                }
                self.created(awaited, scope, name, created)
            }
            (Operation::Rotate { scope, id, rotation }, Ok(Answer::Rotated(rotated))) => {
                self.rotated(awaited, scope, *id, *rotation, rotated)
            }
            (Operation::Rotate { scope, .. }, Ok(Answer::RotationLost(lost))) => {
                self.rotation_was_lost(awaited, scope, *lost)
            }
            (Operation::SetValid { scope, id, valid }, Ok(Answer::Key(key))) => {
                self.was_set(awaited, scope, *id, *valid, key)
            }
            (Operation::Delete { scope, id }, Ok(Answer::Deleted { acknowledged })) => {
                self.was_deleted(awaited, scope, *id, acknowledged)
            }
            (Operation::Create { .. } | Operation::LookAgain(_), Ok(Answer::Lost(lost))) => {
                self.was_lost(awaited, *lost)
            }
            (Operation::SetValid { scope, .. } | Operation::Delete { scope, .. }, Ok(Answer::Unsure(unsure))) => {
                self.was_unsure(awaited, scope, *unsure)
            }
            (operation, Err(error)) => self.write_failed(awaited, operation, &error),
            (operation, Ok(_)) => self.write_failed(awaited, operation, &another_kind()),
        }
    }

    fn created(&mut self, awaited: bool, scope: &Scope, name: &str, created: CreatedKey) -> Vec<Effect> {
        let CreatedKey { key, secret } = created;
        if let Some(keys) = self.keys.entry(scope.clone()).or_default().value_mut() {
            let keys = keys.edit();
            keys.retain(|other| other.id != key.id);
            keys.push(key.clone());
        }
        if self.view() == View::All || self.view() == View::One(scope.clone()) {
            self.table.select(KeyRef { id: key.id, scope: scope.clone() });
        }
        if let Some(contradiction) = operations::contradicts_create(&key, name) {
            self.toasts.push(Tone::Warning, contradiction, self.now);
        }
        let mut effects = Vec::new();
        match secret {
            Some(secret) => effects.extend(self.issued(awaited, scope, key, secret, SecretKind::Generated)),
            None => {
                let text = format!(
                    "{} (id {}) was generated, but the answer held no secret, so nobody can use it. Delete it and generate another.",
                    quoted(&key),
                    key.id
                );
                self.toasts.push(Tone::Error, text, self.now);
                if awaited {
                    effects.extend(self.close_dialog());
                }
            }
        }
        effects.push(self.read(Read::Keys(scope.clone())));
        effects
    }

    fn was_set(&mut self, awaited: bool, scope: &Scope, id: KeyId, valid: bool, key: ApiKey) -> Vec<Effect> {
        // The answer may be about another key.
        let name = if key.id == id { quoted(&key) } else { self.quoted_by_id(scope, id) };
        let as_asked = key.valid == valid && key.id == id;
        let undoes = match &self.dialog {
            Some(Dialog::Confirm(dialog)) if awaited => dialog.undoes,
            _ => None,
        };
        if as_asked {
            match undoes {
                Some(at) => self.undo.forget(at),
                None => {
                    let target = Target { scope: scope.clone(), scope_name: self.scope_name(scope), key: key.clone() };
                    self.undo.push(Change { targets: vec![target], at: self.now });
                }
            }
        }
        let (answered, key_is_its) = (key.clone(), key.id == id);
        if key_is_its {
            if let Some(dialog) = &mut self.dialog {
                dialog.refresh(scope, std::slice::from_ref(&key));
            }
            self.replace(scope, key);
        }
        let mut effects = Vec::new();
        if !as_asked {
            let text = format!(
                "The service accepted the change of {name}, but its answer says otherwise. The list is read again."
            );
            self.toasts.push(Tone::Warning, text, self.now);
        }
        match &mut self.dialog {
            Some(Dialog::Delete(dialog)) if awaited && dialog.step == DeleteStep::Deactivate && as_asked => {
                dialog.was_deactivated = true;
                let next = dialog.delete();
                effects.extend(self.outcome(next));
            }
            Some(Dialog::Replace(dialog)) if awaited => {
                dialog.stage = Stage::Ready;
                if key_is_its {
                    dialog.old.key = answered;
                }
                if as_asked {
                    let text = format!("{name} is active again: whatever has it works as before.");
                    self.toasts.push(Tone::Done, text, self.now);
                }
                effects.extend(self.look_at_replacement());
            }
            _ => {
                if as_asked {
                    let undo = format!(" {} undoes this.", self.told(Action::Undo));
                    let undo = if undoes.is_none() { undo.as_str() } else { "" };
                    let text = if valid {
                        format!("{name} is active again.{undo}")
                    } else {
                        format!("{name} is inactive: its requests are refused from now on.{undo}")
                    };
                    self.toasts.push(Tone::Done, text, self.now);
                }
                if awaited {
                    effects.extend(self.close_dialog());
                }
            }
        }
        effects.push(self.read(Read::Keys(scope.clone())));
        effects
    }

    fn was_deleted(&mut self, awaited: bool, scope: &Scope, id: KeyId, acknowledged: bool) -> Vec<Effect> {
        let name = self.quoted_by_id(scope, id);
        self.undo.forget_key(id);
        if let Some(keys) = self.keys.entry(scope.clone()).or_default().value_mut() {
            keys.edit().retain(|key| key.id != id);
        }
        if acknowledged {
            self.toasts.push(Tone::Done, format!("{name} was deleted."), self.now);
        } else {
            let text = format!(
                "The service accepted the deletion of {name}, but its answer does not confirm it. The list is read again."
            );
            self.toasts.push(Tone::Warning, text, self.now);
        }
        let mut effects = if awaited { self.close_dialog() } else { Vec::new() };
        effects.push(self.read(Read::Keys(scope.clone())));
        effects
    }

    /// A key may have been made that nobody has the secret of: its dialog says so, and offers what can be done.
    fn was_lost(&mut self, awaited: bool, lost: Lost) -> Vec<Effect> {
        let scope = lost.scope.clone();
        let mut dialog = LostDialog::new(lost, self.scope_name(&scope));
        dialog.succeeds = self.succession().filter(|_| awaited);
        if let (true, Some(Dialog::Lost(before))) = (awaited, &self.dialog) {
            dialog.select_as(before);
        }
        let dialog = Dialog::Lost(Box::new(dialog));
        let mut effects = if awaited { self.open(dialog) } else { self.open_in_turn(dialog) };
        effects.push(self.read(Read::Keys(scope)));
        effects
    }

    /// Tells what became of a key that an earlier program began to generate. What it did not make is no news.
    pub(super) fn reconciled(&mut self, lost: Lost) -> Vec<Effect> {
        if lost.found.as_ref().is_ok_and(Vec::is_empty) {
            return Vec::new();
        }
        let scope_name = self.scope_name(&lost.scope);
        self.open_in_turn(Dialog::Lost(Box::new(LostDialog::new(lost, scope_name))))
    }

    /// The dialog may have opened before its project's name was read.
    fn name_lost_scope(&mut self) {
        if let Some(Dialog::Lost(dialog)) = &self.dialog {
            let name = self.scope_name(&dialog.lost.scope);
            if let Some(Dialog::Lost(dialog)) = &mut self.dialog {
                dialog.scope_name = name;
            }
        }
    }

    /// A change may have happened: the dialog stays, and shows the key as it is now.
    fn was_unsure(&mut self, awaited: bool, scope: &Scope, unsure: Unsure) -> Vec<Effect> {
        let Unsure { error, now } = unsure;
        match &mut self.dialog {
            Some(dialog) if awaited => dialog.fail(&error),
            _ => self.toasts.push(Tone::Error, error.to_string(), self.now),
        }
        if let (true, Some(dialog), Ok(now)) = (awaited, &mut self.dialog, &now) {
            dialog.refresh(scope, now.as_slice());
        }
        if let Ok(Some(key)) = now {
            self.replace(scope, key);
        }
        let mut effects = if awaited { self.look_at_replacement() } else { Vec::new() };
        effects.push(self.read(Read::Keys(scope.clone())));
        effects
    }

    fn write_failed(&mut self, awaited: bool, operation: &Operation, error: &ApiError) -> Vec<Effect> {
        match &mut self.dialog {
            Some(dialog) if awaited => dialog.fail(error),
            _ => self.toasts.push(Tone::Error, error.to_string(), self.now),
        }
        // What the service holds now is not what is shown, or may not be.
        let stale = error.certainty() == Certainty::Unknown
            || error.is_not_found()
            || matches!(error.kind, ErrorKind::Overtaken);
        match operation {
            Operation::Create { scope, .. }
            | Operation::Rotate { scope, .. }
            | Operation::SetValid { scope, .. }
            | Operation::Delete { scope, .. }
                if stale =>
            {
                vec![self.read(Read::Keys(scope.clone()))]
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn copied(&mut self, request: RequestId, result: &Result<Delivery, String>) {
        if let Some(what) = self.copies.remove(&request) {
            let (tone, text) = match result {
                Ok(Delivery::Clipboard { .. }) => (Tone::Done, format!("{what} was copied.")),
                Ok(Delivery::Terminal) => {
                    (Tone::Done, format!("{what} was sent to the terminal's clipboard; paste to check."))
                }
                Err(reason) => (Tone::Error, format!("{what} was not copied. {reason}")),
            };
            self.toasts.push(tone, text, self.now);
        }
    }

    /// What the key `id` is called, as far as its list is known.
    pub(super) fn quoted_by_id(&self, scope: &Scope, id: KeyId) -> String {
        let keys = self.keys.get(scope).and_then(super::Remote::value).map_or(&[][..], |keys| keys);
        keys.iter().find(|key| key.id == id).map_or_else(|| format!("Key {id}"), quoted)
    }

    pub(super) fn replace(&mut self, scope: &Scope, key: ApiKey) {
        self.needs_rebuild = true;
        let keys = self.keys.entry(scope.clone()).or_default().value_mut();
        if let Some(keys) = keys
            && let Some(at) = keys.iter().position(|other| other.id == key.id)
            && let Some(place) = keys.edit().get_mut(at)
        {
            *place = key;
        }
    }
}

/// What is made of an answer to another operation. The worker answers what it was asked, but nothing may wait
/// for good should it ever not.
pub(super) fn another_kind() -> ApiError {
    let reason = "it answers another call".to_owned();
    ApiError { host: "the service".into(), kind: ErrorKind::Unreadable { status: 200, reason } }
}

/// A key's name in quotation marks, not too long for a message.
pub(super) fn quoted(key: &ApiKey) -> String {
    match key.visible_name() {
        Some(name) => quote(name.as_str()),
        None => format!("The unnamed key {}", key.id),
    }
}

fn quote(name: &str) -> String {
    format!("“{}”", text::fit(name, NAME_CELLS))
}
