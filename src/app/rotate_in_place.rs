//! Rotating a key in place: where the service can, in words what will happen, and what came of it.

use jiff::Timestamp;

use super::dialog::{Dialog, Outcome, RotateInPlace, SecretKind, Target};
use super::message::Effect;
use super::reply::quoted;
use super::toast::{Tone, Topic};
use super::{App, Read, Remote};
use crate::api::model::{ApiKey, CreatedKey, KeyId, Lifetime, MaskedValue, Rotation, RotationState, Scope};
use crate::guard::Phrase;
use crate::journal::ScopeRecord;
use crate::keymap::Action;
use crate::operations::{self, LostRotation};
use crate::{text, time};

/// The widest name of a scope in a message, in cells.
const SCOPE_CELLS: usize = 40;

impl App {
    pub(super) fn open_rotate_in_place(&mut self, target: Target) -> Vec<Effect> {
        let form = RotateInPlace::new(target, self.usual_goal(), self.service_now());
        let mut effects = self.open(Dialog::RotateInPlace(Box::new(form)));
        effects.extend(self.look(false));
        effects
    }

    /// Rotates as the open form says, as far as nothing speaks against it.
    pub(super) fn rotate(&mut self, is_seen: bool) -> Vec<Effect> {
        self.demand_rotation_phrase();
        let now = self.service_now();
        let Some(signer) = self.session.as_ref().map(|session| session.signer.clone()) else { return Vec::new() };
        let outcome = match &mut self.dialog {
            Some(Dialog::RotateInPlace(form)) => form.accept(&signer, now, is_seen),
            _ => Outcome::Stay,
        };
        self.outcome(outcome)
    }

    /// Has the name typed where a key that is in use would get no grace period.
    pub(super) fn demand_rotation_phrase(&mut self) {
        let now = self.service_now();
        let Some(Dialog::RotateInPlace(form)) = &mut self.dialog else { return };
        let siblings = self.keys.get(&form.target.scope).and_then(Remote::value).map_or(&[][..], |keys| keys);
        let phrase = form.cuts_off(now).then(|| Phrase::of(&form.target.key, siblings));
        form.demand(phrase);
    }

    /// What the rotation that the form is about would do, and when, in sentences.
    pub fn rotation_words(&self, form: &RotateInPlace) -> Vec<String> {
        let Ok(rotation) = form.rotation() else { return Vec::new() };
        let (key, now) = (&form.target.key, self.service_now());
        let mut words = Vec::new();
        words.push(match rotation.grace_ends(now) {
            _ if key.is_expired(now) => "The key has expired: with its new value it works again.".to_owned(),
            Some(end) => format!(
                "The new value works at once, and the old one beside it until {}; then the old one stops.",
                self.point(end)
            ),
            None => "The old value stops at once: whatever uses it is refused until it has the new one.".to_owned(),
        });
        if let RotationState::UnderWay { .. } = key.rotation(now) {
            let words_of_it = if rotation.grace_hours == 0 {
                "So does the new one of the rotation under way: the service can't stop the old one alone."
            } else {
                "The new one of the rotation under way stops at once: whatever has it by now is refused."
            };
            words.push(words_of_it.to_owned());
        }
        if !key.valid {
            words.push("It is inactive, and stays so: neither value works until it is reactivated.".to_owned());
        }
        words.extend(self.expiry_words(key, rotation, now));
        words
    }

    fn expiry_words(&self, key: &ApiKey, rotation: Rotation, now: Timestamp) -> Option<String> {
        match (rotation.lifetime, rotation.expiry(key, now)) {
            (Some(Lifetime::Unlimited), _) if key.expires_at.is_some() => {
                Some("The key does not expire any more.".to_owned())
            }
            (None, Some(_)) if key.is_expired(now) => None,
            (None, Some(expiry)) => Some(format!("The key still expires on {}.", self.point(expiry))),
            (Some(_), Some(expiry)) => Some(format!("The key expires on {}.", self.point(expiry))),
            _ => None,
        }
    }

    /// A time to come, exactly and from now.
    fn point(&self, at: Timestamp) -> String {
        format!("{} ({})", self.exactly(at), time::until(at, self.service_now()))
    }

    /// How far a rotation of the form's key is, and how it is finished.
    pub fn rotation_state(&self, key: &ApiKey) -> Option<String> {
        let tail = |value: &MaskedValue| format!(" (ends in {})", value.tail());
        match key.rotation(self.service_now()) {
            RotationState::UnderWay { new, until } => Some(format!(
                "Being rotated: the old value{} works until {}, beside the new one{}. “none” finishes it early.",
                tail(&key.value),
                self.point(until),
                new.map(tail).unwrap_or_default()
            )),
            RotationState::Over { .. } | RotationState::None => None,
        }
    }

    /// How long the old value of a key still works, in a few cells; none where no rotation is under way.
    pub fn old_stops(&self, key: &ApiKey) -> Option<String> {
        match key.rotation(self.service_now()) {
            RotationState::UnderWay { until, .. } => Some(time::until_short(until, self.service_now())),
            _ => None,
        }
    }

    /// What is said in the form of a rotation whose answer was lost.
    pub fn lost_rotation_words(&self, lost: &LostRotation) -> String {
        match (lost.took_place(), &lost.now) {
            (Some(true), Ok(Some(key))) => {
                format!(
                    "Read again just now, it has a new value: it was rotated, unless somebody else did that in the same \
                     moment. The new secret is lost. {}; rotate it again to get another secret.",
                    self.old_value_words(key)
                )
            }
            (Some(false), _) => {
                "Read again just now, it has not been rotated: its value is the one from before.".to_owned()
            }
            (None, Ok(None)) => "Read again just now, it is gone: somebody deleted it.".to_owned(),
            _ => "Whether it was rotated can't be told: it could not be read again. If it was, the new secret is lost, and \
                  rotating again gives another."
                .to_owned(),
        }
    }

    /// How long the old value of `key`, which has a new one, still works.
    fn old_value_words(&self, key: &ApiKey) -> String {
        match key.rotation(self.service_now()) {
            RotationState::UnderWay { until, .. } => format!("Its old value works until {}", self.point(until)),
            _ => "Its old value has stopped".to_owned(),
        }
    }

    /// An earlier program gave `key` a new value, and ended before it had the secret.
    pub(super) fn rotation_was_left(&mut self, place: &ScopeRecord, key: ApiKey) -> Vec<Effect> {
        let scope = place.scope();
        // The projects may not be read yet.
        let scope_name = match place {
            ScopeRecord::Project { name, .. } if !name.is_blank() => name.to_string(),
            _ => self.scope_name(&scope),
        };
        let text = format!(
            "{} (id {}, {}) has a new value, and nobody has that, unless somebody else rotated it since: an earlier ckeys \
             ended while it rotated the key. {}; rotate it again to get another secret.",
            quoted(&key),
            key.id,
            text::fit(&scope_name, SCOPE_CELLS),
            self.old_value_words(&key)
        );
        self.toasts.push_about(Topic::LeftRotation(key.id), Tone::Error, text);
        self.replace(&scope, key);
        vec![self.read(Read::Keys(scope))]
    }

    /// The key has a new value; its secret goes where the form says.
    pub(super) fn rotated(
        &mut self,
        awaited: bool,
        scope: &Scope,
        id: KeyId,
        rotation: Rotation,
        rotated: CreatedKey,
    ) -> Vec<Effect> {
        let CreatedKey { key, secret } = rotated;
        let before = self.listed(scope, id).map(|target| target.key);
        let now = self.service_now();
        if let Some(before) = &before {
            for contradiction in operations::contradicts_rotation(&key, before, rotation, now) {
                self.toasts.push(Tone::Warning, contradiction, self.now);
            }
        }
        if secret.is_some() {
            self.toasts.take_back(Topic::LeftRotation(key.id));
        }
        self.replace(scope, key.clone());
        let mut effects = match secret {
            Some(secret) => self.issued(awaited, scope, key, secret, SecretKind::Rotated),
            None => {
                let text = format!(
                    "{} was rotated, but the answer held no secret, so nobody has its new value. {} rotates it again.",
                    quoted(&key),
                    self.told(Action::Rotate)
                );
                self.toasts.push(Tone::Error, text, self.now);
                if awaited { self.close_dialog() } else { Vec::new() }
            }
        };
        effects.push(self.read(Read::Keys(scope.clone())));
        effects
    }

    /// The key may have a new value that nobody has: the form stays, and says so.
    pub(super) fn rotation_was_lost(&mut self, awaited: bool, scope: &Scope, lost: LostRotation) -> Vec<Effect> {
        if let Ok(Some(key)) = &lost.now {
            self.replace(scope, key.clone());
        }
        let words = format!("{}. {}", lost.error.summary().trim_end_matches('.'), self.lost_rotation_words(&lost));
        match &mut self.dialog {
            Some(Dialog::RotateInPlace(form)) if awaited => form.lose(lost),
            _ => self.toasts.push(Tone::Error, words, self.now),
        }
        vec![self.read(Read::Keys(scope.clone()))]
    }
}
