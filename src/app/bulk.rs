//! Many keys are changed one after the other, some side by side: each is read afresh first, and left alone where
//! that speaks against it.

use super::dialog::{Bulk, BulkKind, Dialog, Item, ItemState, Target};
use super::keys::KeyRef;
use super::message::Effect;
use super::request::RequestId;
use super::toast::{Tone, Topic};
use super::undo::Change;
use super::{App, Remote};
use crate::api::error::{ApiError, Certainty};
use crate::api::model::ApiKey;
use crate::operations::{Answer, Operation};

impl App {
    /// Asks whether to change all marked keys.
    pub(super) fn open_bulk(&mut self, is_deletion: bool) -> Vec<Effect> {
        let targets = self.marked();
        let Some(session) = &self.session else { return Vec::new() };
        if targets.is_empty() {
            self.marks.clear();
            self.toasts.push(Tone::Warning, "The marked keys are gone: somebody deleted them.", self.now);
            return Vec::new();
        }
        let kind = match is_deletion {
            true => BulkKind::Delete,
            false if self.marks_work() => BulkKind::Deactivate,
            false => BulkKind::Reactivate,
        };
        let dialog = Bulk::new(kind, targets, &session.signer, self.service_now());
        self.open(Dialog::Bulk(Box::new(dialog)))
    }

    /// Begins with as many keys as there is room for; with none while the service asked to be left alone.
    pub(super) fn go_on_with_bulk(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let is_held = self.retry.held_until(self.now).is_some();
        loop {
            let request = RequestId(self.last_request + 1);
            let Some(Dialog::Bulk(bulk)) = &mut self.dialog else { return effects };
            let Some(item) = bulk.next().filter(|_| !is_held) else { break };
            item.state = ItemState::Checking(request);
            let operation = Operation::Examine(item.target.scope.clone(), item.target.key.id);
            self.last_request = request.0;
            self.checks.insert(request);
            effects.push(Effect::Ask(request, operation));
        }
        self.end_bulk();
        effects
    }

    /// Whether keys wait for a pause to be over that the service asked for.
    pub(super) fn bulk_waits(&self) -> bool {
        matches!(&self.dialog, Some(Dialog::Bulk(bulk)) if bulk.running() == 0 && bulk.waiting() > 0 && bulk.is_running())
    }

    /// Takes in an answer, where it is one of the keys that are being changed.
    pub(super) fn bulk_replied(
        &mut self,
        request: RequestId,
        result: &Result<Answer, ApiError>,
    ) -> Option<Vec<Effect>> {
        let now = self.service_now();
        let Some(Dialog::Bulk(bulk)) = &mut self.dialog else { return None };
        let kind = bulk.kind;
        let item = bulk.item_of(request)?;
        let is_check = matches!(item.state, ItemState::Checking(_));
        let signer = &self.session.as_ref()?.signer;
        let mut seen = None;
        let next = match result {
            // It was not done, and its turn comes again.
            Err(error) if error.retry_after().is_some() && error.certainty() == Certainty::NotDone => {
                ItemState::Waiting
            }
            Ok(Answer::Examined(examined)) if is_check && examined.key.id == item.target.key.id => {
                item.target.key = examined.key.clone();
                seen = Some(examined.key.clone());
                match kind.refuses(&item.target, signer, now) {
                    Some(reason) => ItemState::Refused(reason.to_owned()),
                    None => ItemState::Writing(RequestId(self.last_request + 1)),
                }
            }
            Err(error) if is_check && error.is_not_found() => ItemState::Refused("it is gone".to_owned()),
            Err(error) if is_check => ItemState::Failed(words(error)),
            result => written(kind, item, result, &mut seen),
        };
        let mut effects = Vec::new();
        if let ItemState::Writing(request) = next {
            let operation = kind.operation(&item.target);
            self.last_request = request.0;
            self.writes.insert(request, operation.clone());
            effects.push(Effect::Ask(request, operation));
        }
        let is_done = next == ItemState::Done;
        let Target { scope, key, .. } = item.target.clone();
        item.state = next;
        if is_done {
            self.marks.remove(&KeyRef { id: key.id, scope: scope.clone() });
        }
        if is_done && kind == BulkKind::Delete {
            self.undo.forget_key(key.id);
            if let Some(keys) = self.keys.get_mut(&scope).and_then(Remote::value_mut) {
                keys.edit().retain(|other| other.id != key.id);
            }
        } else if let Some(key) = seen {
            self.replace(&scope, key);
        }
        self.needs_rebuild = true;
        Some(effects)
    }

    /// Where all is done that can be: what can be undone is remembered, and the lists are read again.
    fn end_bulk(&mut self) {
        let Some(Dialog::Bulk(bulk)) = &mut self.dialog else { return };
        if !bulk.ends() {
            return;
        }
        // Whoever agreed to leave before did not know what came of it.
        self.is_leaving = false;
        self.toasts.take_back(Topic::Leaving);
        let done: Vec<Target> =
            bulk.items.iter().filter(|item| item.state == ItemState::Done).map(|item| item.target.clone()).collect();
        let touched: Vec<_> = bulk
            .items
            .iter()
            .filter(|item| !matches!(item.state, ItemState::Refused(_) | ItemState::Waiting))
            .map(|item| item.target.scope.clone())
            .collect();
        let (kind, undoes) = (bulk.kind, bulk.undoes);
        if let Some(at) = undoes {
            self.undo.forget_some(at, &done);
        } else if kind != BulkKind::Delete && !done.is_empty() {
            self.undo.push(Change { targets: done, at: self.now });
        }
        self.sweep(|_, scope| touched.contains(scope));
    }
}

/// What came of the change of a key.
fn written(kind: BulkKind, item: &mut Item, result: &Result<Answer, ApiError>, seen: &mut Option<ApiKey>) -> ItemState {
    let valid = kind == BulkKind::Reactivate;
    match result {
        Ok(Answer::Key(key)) if key.id == item.target.key.id => {
            item.target.key = key.clone();
            *seen = Some(key.clone());
            if key.valid == valid {
                ItemState::Done
            } else {
                ItemState::Unknown("the service's answer says otherwise".to_owned())
            }
        }
        Ok(Answer::Deleted { acknowledged: true }) if kind == BulkKind::Delete => ItemState::Done,
        Err(error) if kind == BulkKind::Delete && error.is_not_found() => ItemState::Done,
        Ok(Answer::Unsure(unsure)) => match &unsure.now {
            Ok(None) if kind == BulkKind::Delete => ItemState::Done,
            Ok(Some(key)) => {
                item.target.key = key.clone();
                *seen = Some(key.clone());
                // It is as it should be, whatever became of the answer.
                if kind != BulkKind::Delete && key.valid == valid {
                    ItemState::Done
                } else {
                    ItemState::Unknown(words(&unsure.error))
                }
            }
            _ => ItemState::Unknown(words(&unsure.error)),
        },
        Ok(_) => ItemState::Unknown("the service's answer does not say so".to_owned()),
        Err(error) if error.certainty() == Certainty::NotDone => ItemState::Failed(words(error)),
        Err(error) => ItemState::Unknown(words(error)),
    }
}

fn words(error: &ApiError) -> String {
    error.summary().trim_end_matches('.').to_owned()
}
