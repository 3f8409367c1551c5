//! What can be undone: the deactivations and reactivations that were made here, the last one first.

use jiff::Timestamp;

use super::App;
use super::dialog::{Bulk, BulkKind, Confirm, Dialog, Target};
use super::message::Effect;
use super::toast::Tone;
use crate::api::model::KeyId;

/// How many changes are remembered; the oldest are forgotten first.
const MOST: usize = 100;

/// A change that was made, and that its opposite undoes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The keys, as they are after the change: one, or those that were changed together.
    pub targets: Vec<Target>,
    /// When it was made.
    pub at: Timestamp,
}

/// The changes that can be undone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undo {
    changes: Vec<Change>,
}

impl Undo {
    /// Remembers a change.
    pub fn push(&mut self, change: Change) {
        if self.changes.len() == MOST {
            self.changes.remove(0);
        }
        self.changes.push(change);
    }

    /// The change that is undone next.
    pub fn last(&self) -> Option<&Change> {
        self.changes.last()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Forgets the change that was made at `at`: it is undone, or there is nothing left to undo.
    pub fn forget(&mut self, at: Timestamp) {
        self.changes.retain(|change| change.at != at);
    }

    /// Forgets the changes of a key that is gone.
    pub fn forget_key(&mut self, id: KeyId) {
        for change in &mut self.changes {
            change.targets.retain(|target| target.key.id != id);
        }
        self.changes.retain(|change| !change.targets.is_empty());
    }

    /// Forgets `undone`, keys of the change that was made at `at`.
    pub(super) fn forget_some(&mut self, at: Timestamp, undone: &[Target]) {
        for change in self.changes.iter_mut().filter(|change| change.at == at) {
            change.targets.retain(|target| undone.iter().all(|other| other.key.id != target.key.id));
        }
        self.changes.retain(|change| !change.targets.is_empty());
    }
}

impl App {
    /// Asks whether to undo the last change.
    pub(super) fn open_undo(&mut self) -> Vec<Effect> {
        let Some(Change { mut targets, at }) = self.undo.last().cloned() else {
            let since = if self.tells_profile() { "this profile was switched to" } else { "ckeys was started" };
            let text =
                format!("There is nothing to undo: only deactivating and reactivating, done since {since}, can be.");
            self.toasts.push(Tone::Warning, text, self.now);
            return Vec::new();
        };
        if targets.len() > 1 {
            return self.open_bulk_undo(targets, at);
        }
        let Some(target) = targets.pop() else { return Vec::new() };
        let valid = !target.key.valid;
        let mut dialog = Dialog::Confirm(Confirm::undo(target.clone(), valid, at));
        // Since then it may have been changed again.
        if let Some(keys) = self.keys.get(&target.scope).and_then(super::Remote::value) {
            dialog.refresh(&target.scope, keys);
        }
        if dialog.endangers().is_some() && self.refuses(&target) {
            return Vec::new();
        }
        self.open(dialog)
    }

    fn open_bulk_undo(&mut self, mut targets: Vec<Target>, at: Timestamp) -> Vec<Effect> {
        let Some(session) = &self.session else { return Vec::new() };
        let were_deactivated = targets.first().is_some_and(|target| !target.key.valid);
        let kind = if were_deactivated { BulkKind::Reactivate } else { BulkKind::Deactivate };
        // Since then they may have been changed again.
        for target in &mut targets {
            let keys = self.keys.get(&target.scope).and_then(super::Remote::value);
            if let Some(key) = keys.into_iter().flat_map(|keys| keys.iter()).find(|key| key.id == target.key.id) {
                target.key = key.clone();
            }
        }
        let mut bulk = Bulk::new(kind, targets, &session.signer, self.service_now());
        bulk.undoes = Some(at);
        self.open(Dialog::Bulk(Box::new(bulk)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::model::Scope;

    fn change(id: i64, second: i64) -> Change {
        let key = serde_json::json!({ "id": id, "name": "CI", "valid": false, "value": "***a1b2c3" });
        let key = serde_json::from_value(key).unwrap();
        let target = Target { scope: Scope::Organization, scope_name: "Organization".into(), key };
        Change { targets: vec![target], at: Timestamp::from_second(second).unwrap() }
    }

    #[test]
    fn the_last_change_comes_first_and_the_oldest_is_forgotten_first() {
        let mut undo = Undo::default();
        for second in 0..=100 {
            undo.push(change(second, second));
        }
        assert_eq!((undo.len(), undo.last()), (MOST, Some(&change(100, 100))));
        undo.forget(Timestamp::from_second(100).unwrap());
        assert_eq!(undo.last(), Some(&change(99, 99)));
        undo.forget_key(KeyId(99));
        assert_eq!(undo.last(), Some(&change(98, 98)));
        undo.forget_key(KeyId(0));
        assert_eq!(undo.len(), 98, "the first was forgotten already");
    }
}
