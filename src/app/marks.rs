//! Marked keys, wherever they are: what is done next is done to all of them.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::App;
use super::dialog::Target;
use super::keys::KeyRef;

/// Which keys are marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    keys: HashSet<KeyRef>,
    /// Where a range begins that is being marked.
    anchor: Option<KeyRef>,
}

impl Marks {
    /// Whether `key` is marked.
    pub fn holds(&self, key: &KeyRef) -> bool {
        self.keys.contains(key)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a range was begun.
    pub fn has_anchor(&self) -> bool {
        self.anchor.is_some()
    }

    /// Takes the mark from `key`.
    pub(super) fn remove(&mut self, key: &KeyRef) {
        self.keys.remove(key);
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
        if !self.marks.keys.remove(&key) {
            self.marks.keys.insert(key);
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
            Some(range) => self.marks.keys.extend(range.filter_map(|at| self.table.id(at))),
            None => self.marks.keys.extend([here]),
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
        let shown = (0..self.table.rows().len()).filter_map(|at| self.table.id(at));
        let before = self.marks.keys.len();
        let mut shown_marks = 0;
        self.marks.keys.reserve(self.table.rows().len());
        for key in shown {
            self.marks.keys.insert(key);
            shown_marks += 1;
        }
        if self.marks.keys.len() == before && shown_marks > 0 {
            // They all were already.
            for at in 0..self.table.rows().len() {
                if let Some(key) = self.table.id(at) {
                    self.marks.keys.remove(&key);
                }
            }
        }
    }

    /// Whether what changes the marked keys deactivates them: some of them are active.
    pub fn marks_work(&self) -> bool {
        self.keys.iter().filter(|_| !self.marks.is_empty()).any(|(scope, keys)| {
            let mut keys = keys.value().into_iter().flat_map(|keys| keys.iter());
            keys.any(|key| key.valid && self.marks.holds(&KeyRef { id: key.id, scope: scope.clone() }))
        })
    }

    /// The marked keys as they were read last; those that are gone are left out. In the order of their scopes.
    pub(super) fn marked(&self) -> Vec<Target> {
        let mut targets = Vec::with_capacity(self.marks.len());
        for (scope, keys) in &self.keys {
            let keys = keys.value().into_iter().flat_map(|keys| keys.iter());
            let marked = keys.filter(|key| self.marks.holds(&KeyRef { id: key.id, scope: scope.clone() }));
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
