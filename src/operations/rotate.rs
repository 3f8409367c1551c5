//! Giving a key a new value, in place, and finding out what became of that where the answer was lost.
//!
//! The last characters of a key's values are known right before, and kept nowhere. Where the answer does not come, the
//! key is read again: it has a value that it did not have, or it was not rotated. The new secret is lost then, and
//! rotating again is the way to another one.

use jiff::Timestamp;

use super::operator::Operator;
use super::sent::Sent;
use super::{Answer, LostRotation, has_new_value};
use crate::api::error::{ApiError, Certainty, ErrorKind};
use crate::api::model::{ApiKey, CreatedKey, KeyId, Rotation, Scope};
use crate::journal::{Action, Intent, Outcome};

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
        let open = self.recorder.begin(self.intent_to_rotate(scope, &before)).await;
        sending(open.is_some());
        let sent = Sent::new(self, scope, Action::Rotate, id).intended(open);
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
            None => sent.ended(key, Outcome::Unknown, &lost.error.summary()).await,
        }
        Ok(Answer::RotationLost(Box::new(lost)))
    }

    fn intent_to_rotate(&self, scope: &Scope, key: &ApiKey) -> Intent {
        Intent {
            rotates: Some(key.id),
            time: Timestamp::now(),
            service: self.service.clone(),
            organization: self.organization_record(),
            scope: self.scope_record(scope),
            name: key.name.clone().unwrap_or_default(),
            replaces: None,
            known: Vec::new(),
        }
    }

    /// Whether `key` has a value that whoever wants it rotated was not told of, so that somebody else rotated it
    /// meanwhile: another rotation would stop the value that they have just put to use.
    fn has_untold_value(&self, key: &ApiKey) -> bool {
        let known = self.known();
        let Some(told) = known.told.get(&key.id) else { return false };
        key.values().any(|value| told.iter().all(|told| told.tail() != value.tail()))
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
