//! Giving a key a new value, in place, and finding out what became of that where the answer was lost.
//!
//! The last characters of a key's values are known right before, and are on disk until the outcome is. Where the answer
//! does not come, the key is read again, by the next start if need be: it has a value that it did not have, or it was not
//! rotated. The new secret is lost then, and rotating again is the way to another one.

use jiff::Timestamp;

use super::operator::Operator;
use super::reconcile::{Whose, told_rotation, told_unclear};
use super::sent::{ENDED, Sent};
use super::{Answer, LostRotation, Reconciled, ends, has_new_value, has_other_end};
use crate::api::Client;
use crate::api::error::{ApiError, Certainty, ErrorKind};
use crate::api::model::{ApiKey, CreatedKey, KeyId, Rotation, Scope};
use crate::journal::{Abandoned, Action, Entry, Intended, Intent, Outcome};

/// What is said of a rotation whose new secret nobody has.
const LOST: &str = "it has a new value, which nobody has: rotate it again";

impl Operator {
    /// Rotates the key `id`, once.
    pub(super) async fn rotate(
        &self,
        scope: &Scope,
        id: KeyId,
        rotation: Rotation,
        sending: impl FnOnce(bool),
    ) -> Result<Answer, ApiError> {
        let keys = self.client.keys(scope);
        let before = self.knowing_whose(keys.get(id)).await.map_err(ApiError::before_sending)?;
        if before.id != id {
            return Err(self.another_key(before.id, id).before_sending());
        }
        self.can(|capabilities| capabilities.rotation).await?;
        let is_overtaken = self.has_untold_value(&before);
        self.know_key(&before);
        if is_overtaken {
            return Err(ApiError { host: self.service.address().clone(), kind: ErrorKind::Overtaken });
        }
        // A kill leaves no other trace of a value that nobody has.
        let open = self.recorder.begin(self.intent_to_rotate(scope, &before, rotation)).await;
        sending(open.is_some());
        let sent = Sent::begin(self, scope, Action::Rotate, id, open).await;
        let error = match keys.rotate(id, rotation).await.and_then(|rotated| self.is_rotated(rotated, &before)) {
            Ok(rotated) => {
                self.know_key(&rotated.key);
                sent.ended(Some(&rotated.key), Outcome::Done, "").await;
                return Ok(Answer::Rotated(rotated));
            }
            Err(error) if error.certainty() == Certainty::NotDone => {
                sent.ended(None, Outcome::Failed, &error.summary()).await;
                return Err(error);
            }
            Err(error) => error,
        };
        let now = match keys.get(id).await {
            Ok(key) => Ok(Some(key)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        };
        let lost = LostRotation { error, before, now };
        let key = lost.now.as_ref().ok().and_then(Option::as_ref);
        match key {
            Some(key) => self.know_key(key),
            // Whatever value it has now may be this rotation's.
            None => drop(self.known().told.remove(&id)),
        }
        match lost.took_place() {
            Some(true) => sent.ended(key, Outcome::Orphan, LOST).await,
            Some(false) => sent.ended(key, Outcome::None, &lost.error.summary()).await,
            // It is gone, and tells nothing any more.
            None if lost.now.is_ok() => sent.ended(key, Outcome::Unknown, &lost.error.summary()).await,
            None => sent.stays_unknown(&lost.error.summary()).await,
        }
        Ok(Answer::RotationLost(Box::new(lost)))
    }

    fn intent_to_rotate(&self, scope: &Scope, before: &ApiKey, rotation: Rotation) -> Intent {
        Intent {
            time: Timestamp::now(),
            service: self.service.clone(),
            organization: self.organization_record(),
            scope: self.scope_record(scope),
            name: before.name.clone().unwrap_or_default(),
            what: Intended::Rotate { id: before.id, grace_hours: Some(rotation.grace_hours), ends: ends(before) },
        }
    }

    /// Whether `key` has a value that whoever wants it rotated was not told of, so that somebody else rotated it
    /// meanwhile: another rotation would stop the value that they have just put to use.
    fn has_untold_value(&self, key: &ApiKey) -> bool {
        let known = self.known();
        let Some(told) = known.told.get(&key.id) else { return false };
        key.values().any(|value| told.iter().all(|told| told.tail() != value.tail()))
    }

    /// Looks into a rotation whose end nobody saw. What can't be told now stays open.
    pub(super) async fn reconcile_rotation(
        &self,
        client: &Client,
        abandoned: Abandoned,
        whose: &Whose,
        tell: &mut impl FnMut(Reconciled),
    ) {
        let intent = abandoned.intent().clone();
        let Intended::Rotate { id, ends, .. } = &intent.what else { return };
        if self.was_rotated_since(*id, intent.time).await {
            let detail = "it was rotated again since, and that secret arrived";
            self.close(abandoned, None, Outcome::None, detail).await;
            return;
        }
        if matches!(whose, Whose::Elsewhere(_) | Whose::Unread(_)) {
            return;
        }
        match (client.keys(&intent.scope.scope()).get(*id).await, whose) {
            // Keys have ids that no other organization of the service has.
            (Ok(key), _) if key.id == *id && ends.iter().all(String::is_empty) => {
                // Nothing to compare it with is known here.
                self.known().notes.push(told_rotation(&key, &intent.scope.scope(), &self.advice));
                self.close(abandoned, Some(&key), Outcome::Unknown, ENDED).await;
            }
            (Ok(key), _) if key.id == *id && has_other_end(ends, &key) => {
                tell(Reconciled::Rotation { place: intent.scope.clone(), key: Box::new(key.clone()) });
                self.close(abandoned, Some(&key), Outcome::Orphan, LOST).await;
            }
            (Ok(key), _) if key.id == *id => {
                self.close(abandoned, Some(&key), Outcome::None, "it was not rotated").await;
            }
            (Err(error), Whose::Here) if error.is_not_found() => {
                self.close(abandoned, None, Outcome::None, "the key is gone").await;
            }
            (Err(error), Whose::NotNoted) if error.is_not_found() => {
                self.known().notes.push(told_unclear(&abandoned));
            }
            (Ok(_) | Err(_), _) => {}
        }
    }

    /// Writes down what became of a rotation, which closes its intent.
    async fn close(&self, abandoned: Abandoned, key: Option<&ApiKey>, outcome: Outcome, detail: &str) {
        let entry = Entry::of(abandoned.intent(), Timestamp::now(), Action::Reconcile, outcome);
        let entry = Entry {
            name: key.and_then(|key| key.name.clone()).or(entry.name),
            organization: entry.organization.or_else(|| self.organization_record()),
            detail: detail.into(),
            ..entry
        };
        self.recorder.write(move || abandoned.finish(&entry)).await;
    }

    /// Whether the key `id` was rotated after `time`, here or in any program that keeps this journal, and its secret
    /// arrived.
    async fn was_rotated_since(&self, id: KeyId, time: Timestamp) -> bool {
        self.recorder.entries().await.iter().any(|entry| {
            (entry.action, entry.outcome, entry.id) == (Action::Rotate, Outcome::Done, Some(id))
                && entry.service == self.service
                && entry.time >= time
        })
    }

    /// `rotated`, where it is `before` with a new value, and holds that.
    fn is_rotated(&self, rotated: CreatedKey, before: &ApiKey) -> Result<CreatedKey, ApiError> {
        if rotated.key.id != before.id {
            return Err(self.another_key(rotated.key.id, before.id));
        }
        // A service that forgets to mask the old value has not given a new one.
        let is_new = |end: &str| before.values().all(|known| known.tail() != end);
        match &rotated.secret {
            Some(secret) if is_new(secret.tail()) && has_new_value(before, &rotated.key) => Ok(rotated),
            _ => Err(self.unreadable("it does not hold the new secret".to_owned())),
        }
    }

    fn another_key(&self, answered: KeyId, asked: KeyId) -> ApiError {
        self.unreadable(format!("it is about the key {answered} in place of {asked}"))
    }

    fn unreadable(&self, reason: String) -> ApiError {
        ApiError { host: self.service.address().clone(), kind: ErrorKind::Unreadable { status: 200, reason } }
    }
}
