//! What rotating a key comes to, in place or by a replacement, and the list of what is open of both kinds.

use jiff::Timestamp;

use super::dialog::{Dialog, Outcome, Replace, RotationsDialog, Target};
use super::message::Effect;
use super::replacement::expect_replacements;
use super::toast::Tone;
use super::{App, Remote};
use crate::api::error::ApiError;
use crate::api::model::{ApiKey, KeyId, RotationState, Scope};
use crate::keymap::Action;
use crate::operations::{Answer, Operation, Replacement};
use crate::replacement::{Step, Successor};

/// Nothing was read so far, so nobody knows.
const NOT_KNOWN: &str = "Whether this service can rotate keys in place is not known yet: it has not answered.";

/// A rotation as the list shows it.
#[derive(Debug, Clone, Copy)]
pub enum ShownRotation<'a> {
    /// A key that is replaced by another.
    Replacement {
        /// What is remembered of it.
        replacement: &'a Replacement,
        /// The old key, once its scope was read.
        old: Option<&'a ApiKey>,
        /// How far it is, once its scope was read.
        step: Option<Step>,
    },
    /// A key that has a new value, beside which the old one still works.
    InPlace {
        /// Where it is.
        scope: &'a Scope,
        /// The key.
        key: &'a ApiKey,
        /// When the old value stops.
        until: Timestamp,
    },
}

impl<'a> ShownRotation<'a> {
    /// Where it is.
    pub fn scope(&self) -> &'a Scope {
        match self {
            Self::Replacement { replacement, .. } => &replacement.scope,
            Self::InPlace { scope, .. } => scope,
        }
    }
}

impl App {
    /// Rotates the selected key: in place, where the service can do that; where it can't, another key takes its place,
    /// step by step. A replacement of it that was begun is what is gone on with. From the signing key, another one takes
    /// over.
    pub(super) fn open_rotate(&mut self) -> Vec<Effect> {
        let Some(target) = self.target() else { return Vec::new() };
        if self.is_signer(&target.scope, &target.key) {
            return self.open_change_signer(target);
        }
        let Some(capabilities) = self.capabilities else {
            let text = format!("{NOT_KNOWN} Press {} to read again.", self.told(Action::Refresh));
            self.toasts.push(Tone::Warning, text, self.now);
            return Vec::new();
        };
        if !capabilities.rotation.is_available() {
            return self.open(Dialog::Replace(Box::new(Replace::new(target))));
        }
        let mut effects = self.open_rotate_in_place(target);
        let request = self.next_request();
        if let Some(Dialog::RotateInPlace(form)) = &mut self.dialog {
            form.recall = Some(request);
        }
        effects.push(Effect::Ask(request, Operation::Replacements));
        effects
    }

    /// Why no key of this service can be rotated in place, where that is known.
    pub fn no_rotation_in_place(&self) -> Option<&'static str> {
        self.capabilities?.rotation.obstacle()
    }

    /// It is known which replacements are open: where the open form's key has part in one, that is gone on with.
    pub(super) fn recalled_before_rotating(&mut self, result: &Result<Answer, ApiError>) -> Vec<Effect> {
        let Some(Dialog::RotateInPlace(form)) = &mut self.dialog else { return Vec::new() };
        let Target { scope, key, .. } = &form.target;
        let has_part = |replacement: &Replacement| {
            replacement.scope == *scope && (replacement.old == key.id || replacement.new == key.id)
        };
        // Where it can't be told, the form is what was asked for.
        if expect_replacements(result).is_ok_and(|replacements| replacements.open.iter().any(has_part)) {
            let dialog = Replace::new(form.target.clone());
            return self.open(Dialog::Replace(Box::new(dialog)));
        }
        // Where the key itself is not read yet, that waits on for it.
        let outcome = if std::mem::take(&mut form.check.is_agreed) { Outcome::Rotate } else { Outcome::Stay };
        self.outcome(outcome)
    }

    /// Asks the journal which replacements are open, so that their keys show it.
    pub(super) fn recall_replacements(&mut self) -> Vec<Effect> {
        let request = self.next_request();
        self.recall = Some(request);
        vec![Effect::Ask(request, Operation::Replacements)]
    }

    /// The open replacement that this key has part in, as far as both keys show that it is open still.
    pub fn replacement_of(&self, scope: &Scope, id: KeyId) -> Option<&Replacement> {
        let has_part = |replacement: &&Replacement| {
            replacement.scope == *scope && (replacement.old == id || replacement.new == id)
        };
        self.replacements.iter().filter(has_part).find(|replacement| self.shown_replacement(replacement).is_some())
    }

    /// Lists the rotations that are open.
    pub(super) fn open_rotations(&mut self) -> Vec<Effect> {
        self.open(Dialog::Rotations(Box::default()))
    }

    /// Which replacements are open is known; their keys are read where that was not done lately.
    pub(super) fn were_recalled(&mut self, result: &Result<Answer, ApiError>) -> Vec<Effect> {
        let Some(Dialog::Rotations(dialog)) = &mut self.dialog else { return Vec::new() };
        match expect_replacements(result) {
            Ok(replacements) => {
                let scopes: Vec<Scope> =
                    replacements.open.iter().map(|replacement| replacement.scope.clone()).collect();
                (dialog.known, dialog.error) = (Some(replacements), None);
                self.sweep(|app, scope| scopes.contains(scope) && app.is_scope_old(scope));
            }
            Err(error) => dialog.error = Some(error.summary()),
        }
        Vec::new()
    }

    /// The rotations that the open list shows: first the replacements, then the keys with two values that work. A
    /// replacement whose old key is gone is done, and where the successor alone is gone, nothing was begun.
    pub fn shown_rotations(&self) -> Vec<ShownRotation<'_>> {
        let Some(Dialog::Rotations(dialog)) = &self.dialog else { return Vec::new() };
        // Before that is known, what is shown would only move away.
        if dialog.known.is_none() && dialog.error.is_none() {
            return Vec::new();
        }
        let open = dialog.known.iter().flat_map(|known| &known.open);
        open.filter_map(|replacement| self.shown_replacement(replacement)).chain(self.under_way()).collect()
    }

    fn shown_replacement<'a>(&'a self, replacement: &'a Replacement) -> Option<ShownRotation<'a>> {
        let Some(keys) = self.keys.get(&replacement.scope).and_then(Remote::value) else {
            return Some(ShownRotation::Replacement { replacement, old: None, step: None });
        };
        let find = |id: KeyId| keys.iter().find(|key| key.id == id);
        let old = find(replacement.old)?;
        let successor = match find(replacement.new) {
            None => Successor::Gone,
            Some(new) if new.is_expired(self.service_now()) => Successor::Expired,
            Some(new) => Successor::Here(new, replacement.begun),
        };
        let step = Step::of(Some(old), successor, replacement.deactivated, self.service_now());
        let is_open = !(step == Step::SuccessorGone && old.valid);
        is_open.then_some(ShownRotation::Replacement { replacement, old: Some(old), step: Some(step) })
    }

    /// The keys with two values that work, as far as their scopes were read; the one whose old value stops first comes first.
    fn under_way(&self) -> Vec<ShownRotation<'_>> {
        let now = self.service_now();
        let read = self.keys.iter().filter_map(|(scope, keys)| Some((scope, keys.value()?)));
        let keys = read.flat_map(|(scope, keys)| keys.iter().map(move |key| (scope, key)));
        let mut under_way: Vec<_> = keys
            .filter_map(|(scope, key)| match key.rotation(now) {
                RotationState::UnderWay { until, .. } => Some((until, scope, key)),
                _ => None,
            })
            .collect();
        under_way.sort_by_key(|(until, _, key)| (*until, key.id));
        under_way.into_iter().map(|(until, scope, key)| ShownRotation::InPlace { scope, key, until }).collect()
    }

    /// Takes up the rotation with this number among those that the list shows.
    pub(super) fn take_up(&mut self, at: usize) -> Vec<Effect> {
        let shown = self.shown_rotations();
        let dialog = match shown.get(at) {
            Some(ShownRotation::Replacement { replacement, .. }) => {
                let target = self.listed(&replacement.scope, replacement.old);
                target.map(|target| Dialog::Replace(Box::new(Replace::of(target, (*replacement).clone()))))
            }
            Some(ShownRotation::InPlace { scope, key, .. }) => {
                let target =
                    Target { scope: (*scope).clone(), scope_name: self.scope_name(scope), key: (*key).clone() };
                self.put_behind();
                return self.open_rotate_in_place(target);
            }
            None => None,
        };
        match dialog {
            Some(dialog) => self.open_over(dialog),
            // Its keys could not be read so far.
            None => self.recall_rotations(),
        }
    }

    /// Reads anew what the list shows.
    pub(super) fn recall_rotations(&mut self) -> Vec<Effect> {
        let scopes: Vec<Scope> = self.shown_rotations().iter().map(|shown| shown.scope().clone()).collect();
        self.sweep(|_, scope| scopes.contains(scope));
        self.look_at_replacement()
    }

    /// How many scopes were not read so far, so that what goes on in place there is not known.
    pub fn scopes_not_read(&self) -> usize {
        self.all_scopes().filter(|scope| self.keys.get(scope).is_none_or(|keys| keys.value().is_none())).count()
    }

    /// Brings what the dialogs about rotations show up to date.
    pub(super) fn settle_rotations(&mut self) {
        let (now, service_now, count) = (self.now, self.service_now(), self.shown_rotations().len());
        match &mut self.dialog {
            Some(Dialog::Replace(dialog)) => dialog.settle(now, service_now),
            Some(Dialog::Rotations(dialog)) => RotationsDialog::settle(dialog, count),
            _ => {}
        }
    }
}
