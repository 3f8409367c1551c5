//! Marked keys, wherever they are: what is done next is done to all of them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::App;
use super::dialog::Target;
use super::keys::KeyRef;
use crate::api::model::{KeyId, Scope};

/// Which keys are marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Those of each scope that has some, in the order of their ids: many are marked at once more often than one by one.
    keys: BTreeMap<Scope, Vec<KeyId>>,
    /// Where a range begins that is being marked.
    anchor: Option<KeyRef>,
}

impl Marks {
    /// Whether `key` is marked.
    pub fn holds(&self, key: &KeyRef) -> bool {
        self.has(&key.scope, key.id)
    }

    fn has(&self, scope: &Scope, id: KeyId) -> bool {
        self.keys.get(scope).is_some_and(|ids| ids.binary_search(&id).is_ok())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.values().map(Vec::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a range was begun.
    pub fn has_anchor(&self) -> bool {
        self.anchor.is_some()
    }

    /// Marks these keys of a scope; whether one of them was not.
    fn add(&mut self, scope: &Scope, mut ids: Vec<KeyId>) -> bool {
        if ids.is_empty() {
            return false;
        }
        let marked = self.keys.entry(scope.clone()).or_default();
        let before = marked.len();
        marked.append(&mut ids);
        // One after the other, two sorted parts are put together quickly.
        marked.sort();
        marked.dedup();
        marked.len() > before
    }

    /// Takes the marks from those of a scope for which `is_gone` says so.
    fn take(&mut self, scope: &Scope, is_gone: impl Fn(KeyId) -> bool) {
        let Some(marked) = self.keys.get_mut(scope) else { return };
        marked.retain(|id| !is_gone(*id));
        if marked.is_empty() {
            self.keys.remove(scope);
        }
    }

    /// Takes the mark from `key`.
    pub(super) fn remove(&mut self, key: &KeyRef) {
        self.take(&key.scope, |id| id == key.id);
    }

    /// Takes all marks away; whether there were any, or a range was begun.
    pub(super) fn clear(&mut self) -> bool {
        let had = !self.keys.is_empty() || self.anchor.is_some();
        *self = Self::default();
        had
    }
}

impl App {
    /// Marks the selected key, or takes its mark, and goes on to the next.
    pub(super) fn mark(&mut self) {
        let Some(key) = self.table.selection.id().cloned() else { return };
        if self.marks.holds(&key) {
            self.marks.remove(&key);
        } else {
            self.marks.add(&key.scope, vec![key.id]);
        }
        self.table.step(1);
    }

    /// Begins a range at the selected key, or marks all from its beginning to here.
    pub(super) fn mark_range(&mut self) {
        let Some(here) = self.table.selection.id().cloned() else { return };
        let Some(anchor) = self.marks.anchor.take() else {
            self.marks.anchor = Some(here);
            return;
        };
        // Where its beginning is not shown any more, the range is this key.
        match self.range_from(&anchor) {
            Some(range) => {
                for (scope, ids) in self.table.shown().ids(range) {
                    self.marks.add(&scope, ids);
                }
            }
            None => drop(self.marks.add(&here.scope, vec![here.id])),
        }
    }

    /// The rows of the range that was begun: from its beginning to the selected one.
    pub fn range(&self) -> Option<RangeInclusive<usize>> {
        self.range_from(self.marks.anchor.as_ref()?)
    }

    fn range_from(&self, anchor: &KeyRef) -> Option<RangeInclusive<usize>> {
        let from = self.table.shown().find(anchor.id, &anchor.scope)?;
        let to = self.table.selection.index();
        Some(from.min(to)..=from.max(to))
    }

    /// Marks all keys that are shown; where they all are, takes their marks.
    pub(super) fn mark_all(&mut self) {
        let Some(last) = self.table.rows().len().checked_sub(1) else { return };
        let mut were_all = true;
        for (scope, ids) in self.table.shown().ids(0..=last) {
            were_all &= !self.marks.add(&scope, ids);
        }
        if were_all {
            for (scope, mut ids) in self.table.shown().ids(0..=last) {
                ids.sort_unstable();
                self.marks.take(&scope, |id| ids.binary_search(&id).is_ok());
            }
        }
    }

    /// Whether what changes the marked keys deactivates them: some of them are active.
    pub fn marks_work(&self) -> bool {
        self.keys.iter().filter(|_| !self.marks.is_empty()).any(|(scope, keys)| {
            let mut keys = keys.value().into_iter().flat_map(|keys| keys.iter());
            keys.any(|key| key.valid && self.marks.has(scope, key.id))
        })
    }

    /// The marked keys as they were read last; those that are gone are left out. In the order of their scopes.
    pub(super) fn marked(&self) -> Vec<Target> {
        let mut targets = Vec::with_capacity(self.marks.len());
        for (scope, keys) in &self.keys {
            let keys = keys.value().into_iter().flat_map(|keys| keys.iter());
            let marked = keys.filter(|key| self.marks.has(scope, key.id));
            let name = self.scope_name(scope);
            targets.extend(marked.map(|key| Target {
                scope: scope.clone(),
                scope_name: name.clone(),
                key: key.clone(),
            }));
        }
        targets
    }
}
