//! What comes back: replies of reads, which may be late, and of writes, which never are.

use super::dialog::{DeleteStep, Dialog, SecretDialog, Target};
use super::message::{Delivery, Effect, RequestId};
use super::remote::Remote;
use super::toast::{Tone, Topic};
use super::{App, Lost, Read};
use crate::api::error::{ApiError, Certainty, ErrorKind};
use crate::api::model::{ApiKey, CreatedKey, KeyId, Scope};
use crate::operations::{self, Answer, Operation};
use crate::text;

/// The widest name that is quoted in a message, in cells.
const NAME_CELLS: usize = 40;

impl App {
    pub(super) fn reply(&mut self, request: RequestId, result: Result<Answer, ApiError>) -> Vec<Effect> {
        self.needs_rebuild = true;
        if let Some(operation) = self.writes.remove(&request) {
            return self.written(request, &operation, result);
        }
        match self.reads.remove(&request) {
            Some(read) => self.was_read(request, read, result),
            None => Vec::new(),
        }
    }

    fn was_read(&mut self, request: RequestId, read: Read, result: Result<Answer, ApiError>) -> Vec<Effect> {
        let now = self.now;
        let failed = result.as_ref().err().cloned();
        let (taken, is_held) = match (read, result) {
            (Read::Organization, Ok(Answer::Organization(value))) => {
                (self.organization.finish(request, Ok(value), now), true)
            }
            (Read::Organization, Err(error)) => {
                (self.organization.finish(request, Err(error), now), self.organization.value().is_some())
            }
            (Read::Projects, Ok(Answer::Projects(value))) => (self.projects.finish(request, Ok(value), now), true),
            (Read::Projects, Err(error)) => {
                (self.projects.finish(request, Err(error), now), self.projects.value().is_some())
            }
            (Read::Keys(scope), Ok(Answer::Keys(value))) => {
                let keys = self.keys.entry(scope.clone()).or_default();
                let taken = keys.finish(request, Ok(value), now);
                // A late list is older than what the dialog was told since.
                if let (true, Some(dialog), Some(keys)) = (taken, &mut self.dialog, keys.value()) {
                    dialog.refresh(&scope, keys);
                }
                if taken {
                    self.tell_lost(&scope);
                }
                (taken, true)
            }
            (Read::Keys(scope), Err(error)) => {
                let keys = self.keys.entry(scope).or_default();
                (keys.finish(request, Err(error), now), keys.value().is_some())
            }
            (read, Ok(_)) => return self.was_read(request, read, Err(another_kind())),
        };
        // Where nothing is shown yet, the pane itself tells the error.
        if let (Some(error), true, true) = (failed, taken, is_held) {
            let text = format!("Could not read again; what is shown is older. {error}");
            self.toasts.push_about(Topic::Reading, Tone::Error, text);
        } else if taken && self.reads.is_empty() && self.shown_error().is_none() {
            self.toasts.take_back(Topic::Reading);
        }
        Vec::new()
    }

    fn written(&mut self, request: RequestId, operation: &Operation, result: Result<Answer, ApiError>) -> Vec<Effect> {
        let awaited = self.dialog.as_ref().is_some_and(|dialog| dialog.awaits(request));
        let result = match result {
            // Deleting is done when it is gone, whoever did it.
            Err(error) if error.is_not_found() && matches!(operation, Operation::Delete { .. }) => Ok(Answer::Deleted),
            result => result,
        };
        match (operation, result) {
            (Operation::Create { scope, name }, Ok(Answer::Created(created))) => {
                self.created(awaited, scope, name, created)
            }
            (Operation::SetValid { scope, id, valid }, Ok(Answer::Key(key))) => {
                self.was_set(awaited, scope, *id, *valid, key)
            }
            (Operation::Delete { scope, id }, Ok(Answer::Deleted)) => self.was_deleted(awaited, scope, *id),
            (operation, Err(error)) => self.write_failed(awaited, operation, &error),
            (operation, Ok(_)) => self.write_failed(awaited, operation, &another_kind()),
        }
    }

    fn created(&mut self, awaited: bool, scope: &Scope, name: &str, created: CreatedKey) -> Vec<Effect> {
        let CreatedKey { key, secret } = created;
        if let Some(keys) = self.keys.entry(scope.clone()).or_default().value_mut() {
            keys.retain(|other| other.id != key.id);
            keys.push(key.clone());
        }
        if self.scope() == *scope {
            self.table.selection.select(key.id);
        }
        if let Some(contradiction) = operations::contradicts_create(&key, name) {
            self.toasts.push(Tone::Warning, contradiction, self.now);
        }
        let mut effects = Vec::new();
        match secret {
            Some(secret) => {
                let target = Target { scope: scope.clone(), scope_name: self.scope_name(scope), key };
                let dialog = SecretDialog::new(target, secret);
                // Whoever agreed to leave before did not know of this secret yet.
                self.is_leaving = false;
                self.toasts.take_back(Topic::Leaving);
                match &self.dialog {
                    // A secret is never dropped: another dialog closes first.
                    Some(_) if !awaited => self.waiting.push_back(dialog),
                    _ => {
                        self.dialog = Some(Dialog::Secret(Box::new(dialog)));
                        effects.push(Effect::DropTypedAhead);
                    }
                }
            }
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
        let name = quoted(&key);
        let as_asked = key.valid == valid && key.id == id;
        if key.id == id {
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
            _ => {
                if as_asked {
                    let text = if valid {
                        format!("{name} is active again.")
                    } else {
                        format!("{name} is inactive: its requests are refused from now on.")
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

    fn was_deleted(&mut self, awaited: bool, scope: &Scope, id: KeyId) -> Vec<Effect> {
        let mut name = format!("Key {id}");
        if let Some(keys) = self.keys.entry(scope.clone()).or_default().value_mut() {
            if let Some(key) = keys.iter().find(|key| key.id == id) {
                name = quoted(key);
            }
            keys.retain(|key| key.id != id);
        }
        self.toasts.push(Tone::Done, format!("{name} was deleted."), self.now);
        let mut effects = if awaited { self.close_dialog() } else { Vec::new() };
        effects.push(self.read(Read::Keys(scope.clone())));
        effects
    }

    /// Tells what became of keys of `scope` whose generation was not answered, now that its list was read again.
    fn tell_lost(&mut self, scope: &Scope) {
        let all = std::mem::take(&mut self.lost);
        let (lost, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|lost| lost.scope == *scope);
        self.lost = others;
        for Lost { name, known, .. } in lost {
            let keys = self.keys.get(scope).and_then(Remote::value).map_or(&[][..], Vec::as_slice);
            let found: Vec<String> =
                operations::appeared(&known, keys, &name).iter().map(|key| key.id.to_string()).collect();
            let name = quote(&name);
            let text = if found.is_empty() {
                format!(
                    "Read again just now, no new key {name} is there. Look again in a moment before you generate another."
                )
            } else {
                format!(
                    "Read again just now, a new key {name} is there (id {}). Its secret was lost with the answer: \
                     delete it, and generate another.",
                    found.join(", ")
                )
            };
            self.toasts.push(Tone::Warning, text, self.now);
        }
    }

    fn write_failed(&mut self, awaited: bool, operation: &Operation, error: &ApiError) -> Vec<Effect> {
        match &mut self.dialog {
            Some(dialog) if awaited => dialog.fail(error),
            _ => self.toasts.push(Tone::Error, error.to_string(), self.now),
        }
        if let (Operation::Create { scope, name }, Certainty::Unknown) = (operation, error.certainty()) {
            // Where the list was never read, nothing tells a new key from an old one.
            if let Some(keys) = self.keys.get(scope).and_then(Remote::value) {
                let known = keys.iter().map(|key| key.id).collect();
                self.lost.push(Lost { scope: scope.clone(), name: name.clone(), known });
            }
        }
        // What the service holds now is not what is shown, or may not be.
        let stale = error.certainty() == Certainty::Unknown || error.is_not_found();
        match operation {
            Operation::Create { scope, .. } | Operation::SetValid { scope, .. } | Operation::Delete { scope, .. }
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
        } else if let Some(Dialog::Secret(dialog)) = &mut self.dialog {
            dialog.copied(request, result);
        }
    }

    fn replace(&mut self, scope: &Scope, key: ApiKey) {
        let keys = self.keys.entry(scope.clone()).or_default().value_mut();
        if let Some(place) = keys.and_then(|keys| keys.iter_mut().find(|other| other.id == key.id)) {
            *place = key;
        }
    }
}

/// What is made of an answer to another operation. The worker answers what it was asked, but nothing may wait
/// for good should it ever not.
fn another_kind() -> ApiError {
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
