//! What can be asked of the service, as plain values, and the one place that carries it out: for the
//! screen's background task and for the one-shot commands alike.
//!
//! A write is more than its call. The ids of a scope are known before a key is generated in it, so that
//! after a lost answer the list can say what became of it; a key whose change may have happened is read again. No
//! write ends in “failed” where it may have been done. [`Operator`] does that, and keeps the journal.

mod change;
mod examined;
mod operator;
mod pace;
mod pending;
mod reconcile;
mod recorder;
mod replacements;
mod rotate;
mod sent;
mod succeed;

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::api::error::ApiError;
use crate::api::model::{ApiKey, CreatedKey, KeyId, Lifetime, Organization, Project, Rotation, Scope};
use crate::journal::ScopeRecord;
pub use examined::{Examined, inactive_words};
pub use operator::Operator;
pub use pace::Pace;
pub use replacements::{Replacement, Replacements};
pub use succeed::NotSignedIn;

/// One thing to ask of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Read the organization.
    Organization,
    /// Read all projects.
    Projects,
    /// Read all keys of a scope.
    Keys(Scope),
    /// Read one key, and what is known here of its past, before it is changed.
    Examine(Scope, KeyId),
    /// Generate a key.
    Create {
        /// Where.
        scope: Scope,
        /// Its name, checked before.
        name: String,
        /// For how long it shall work.
        lifetime: Lifetime,
        /// The key of the same scope that it is to take the place of, where it is made for that.
        replaces: Option<KeyId>,
    },
    /// Give a key a new value, in place.
    Rotate {
        /// Where it is.
        scope: Scope,
        /// Which.
        id: KeyId,
        /// How, checked before.
        rotation: Rotation,
    },
    /// Look again what became of a key whose answer was lost.
    LookAgain(Box<Lost>),
    /// Deactivate or reactivate a key.
    SetValid {
        /// Where it is.
        scope: Scope,
        /// Which.
        id: KeyId,
        /// Whether it shall work.
        valid: bool,
    },
    /// Delete a key for good.
    Delete {
        /// Where it is.
        scope: Scope,
        /// Which.
        id: KeyId,
    },
    /// Recall which keys are on their way out, each with its successor. Nothing is asked of the service.
    Replacements,
    /// Remember that nobody goes on with this replacement. Nothing is asked of the service.
    EndReplacement(Replacement),
}

impl Operation {
    /// Whether it changes something.
    pub fn is_write(&self) -> bool {
        matches!(self, Self::Create { .. } | Self::Rotate { .. } | Self::SetValid { .. } | Self::Delete { .. })
    }
}

/// What came of an [`Operation`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The organization.
    Organization(Organization),
    /// All projects.
    Projects(Vec<Project>),
    /// All keys of the scope.
    Keys(Vec<ApiKey>),
    /// The key as it is after the change.
    Key(ApiKey),
    /// The key as it is now, before a change.
    Examined(Box<Examined>),
    /// The new key, with its secret.
    Created(CreatedKey),
    /// The key with its new value, with its secret.
    Rotated(CreatedKey),
    /// It is gone.
    Deleted {
        /// Whether the service's own answer says so; it may have accepted the deletion in other words.
        acknowledged: bool,
    },
    /// A key may have been made, and nobody has its secret.
    Lost(Box<Lost>),
    /// A key may have been changed.
    Unsure(Box<Unsure>),
    /// A key may have got a new value, and nobody has that.
    RotationLost(Box<LostRotation>),
    /// What is remembered of replacements.
    Replacements(Replacements),
}

/// The call that makes a key, when its answer did not come, or was of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Where the key was to be.
    pub scope: Scope,
    /// What it was to be called.
    pub name: String,
    /// The keys that were there before.
    pub known: Vec<KeyId>,
    /// Why the answer was lost; none where the program itself ended before it came.
    pub error: Option<ApiError>,
    /// The keys that are there now and were not before, those of that name first; or why that can't be told.
    /// Somebody else may have made them in the same moment.
    pub found: Result<Vec<ApiKey>, ApiError>,
}

impl Lost {
    /// Whether `key`, which is new, has the name that was asked for.
    pub fn is_likely(&self, key: &ApiKey) -> bool {
        key.name.as_ref().is_some_and(|name| name.raw() == self.name)
    }
}

/// The call that gives a key a new value, when its answer did not come, or was of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostRotation {
    /// Why the answer was lost.
    pub error: ApiError,
    /// The key right before.
    pub before: ApiKey,
    /// The key as it is now, where there still is one; or why that can't be told.
    pub now: Result<Option<ApiKey>, ApiError>,
}

impl LostRotation {
    /// Whether the key has a new value since: the rotation took place, or somebody else's did in the same moment. None
    /// where that can't be told.
    pub fn took_place(&self) -> Option<bool> {
        match &self.now {
            Ok(Some(now)) if now.id == self.before.id => Some(has_new_value(&self.before, now)),
            _ => None,
        }
    }
}

/// What became of something that an earlier program began and did not see the end of, as far as somebody has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reconciled {
    /// Of a key that was to be generated.
    New(Box<Lost>),
    /// Of a key that was to be rotated: it has a new value, which nobody has, unless somebody else rotated it since.
    Rotation {
        /// Where it is, with its name at that time.
        place: ScopeRecord,
        /// The key as it is now.
        key: Box<ApiKey>,
    },
}

/// The last characters of the values of `key`.
fn ends(key: &ApiKey) -> Vec<String> {
    key.values().map(|value| value.tail().to_owned()).collect()
}

/// Whether `now` has a value that `before`, the same key, did not have, by their last characters. That an earlier rotation
/// came to its end meanwhile makes none.
fn has_new_value(before: &ApiKey, now: &ApiKey) -> bool {
    has_other_end(&ends(before), now)
}

/// Whether `key` has a value that ends like none of `known`.
fn has_other_end(known: &[String], key: &ApiKey) -> bool {
    key.values().any(|value| known.iter().all(|known| known != value.tail()))
}

/// A change of a key, when its answer did not come, or was of no use, and the key is not as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsure {
    /// Why the answer was lost.
    pub error: ApiError,
    /// The key as it is now, where there still is one; or why that can't be told.
    pub now: Result<Option<ApiKey>, ApiError>,
}

impl Unsure {
    fn new(error: ApiError, now: Result<ApiKey, ApiError>) -> Self {
        let now = match now {
            Ok(key) => Ok(Some(key)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        };
        Self { error, now }
    }
}

/// What is odd about the `answer` to making the key `id` valid or not; none where it says what was asked.
pub fn contradicts_set_valid(answer: &ApiKey, id: KeyId, valid: bool) -> Option<String> {
    if answer.id != id {
        Some(format!("The service answered with the key {} in place of {id}.", answer.id))
    } else if answer.valid != valid {
        let state = if answer.valid { "active" } else { "inactive" };
        Some(format!("The service accepted the change, but answered that the key {id} is {state}."))
    } else {
        None
    }
}

/// What is odd about the `answer` to generating a key called `name`; none where it says what was asked.
pub fn contradicts_create(answer: &ApiKey, name: &str) -> Option<String> {
    if answer.name.as_ref().is_none_or(|answered| answered.raw() != name) {
        Some(format!("The service called the new key “{}”, not “{name}” as it was asked to.", answer.title()))
    } else if answer.valid {
        None
    } else {
        Some("The service answered that the new key is inactive.".to_owned())
    }
}

/// What is odd about the expiry of a key that was generated for `lifetime`; none where it is what was asked.
pub fn contradicts_lifetime(answer: &ApiKey, lifetime: Lifetime) -> Option<String> {
    match (lifetime, answer.expires_at) {
        (Lifetime::Days(_), None) => {
            Some("The service answered that the key does not expire, though it was asked to let it.".to_owned())
        }
        (Lifetime::Unlimited, Some(_)) => {
            Some("The service answered that the key expires, though it was not asked to let it.".to_owned())
        }
        _ => None,
    }
}

/// By how much a grace period may end at another time than was asked for: answers and clocks are late.
const GRACE_JITTER: SignedDuration = SignedDuration::from_mins(5);

/// What is odd about the `answer` to rotating `before`, which came at the time `now`: a sentence for each; none where it
/// says what was asked.
pub fn contradicts_rotation(answer: &ApiKey, before: &ApiKey, rotation: Rotation, now: Timestamp) -> Vec<String> {
    let grace = match (rotation.grace_ends(now), answer.rotates_at) {
        (Some(_), None) if answer.shadow.is_some() => Some("The service did not say until when the old value works."),
        (Some(_), None) => Some("The service gave no grace period: the old value has stopped, as far as it says."),
        (Some(_), Some(end)) if end <= now => {
            Some("The service gave a grace period that is over: the old value has stopped, as far as it says.")
        }
        (Some(asked), Some(end)) if asked.duration_since(end) > GRACE_JITTER => {
            Some("The service gave a shorter grace period than it was asked for: look at when the old value stops.")
        }
        (Some(asked), Some(end)) if end.duration_since(asked) > GRACE_JITTER => {
            Some("The service gave a longer grace period than it was asked for: look at when the old value stops.")
        }
        (None, Some(_)) => {
            Some("The service gave a grace period that it was not asked for: the old value still works.")
        }
        _ => None,
    };
    let expiry = match rotation.lifetime {
        Some(lifetime) => contradicts_lifetime(answer, lifetime),
        None if answer.expires_at != before.expires_at => {
            Some("The service changed when the key expires, which it was not asked to.".to_owned())
        }
        None => None,
    };
    let state = (answer.valid != before.valid).then(|| {
        let state = if answer.valid { "active" } else { "inactive" };
        format!("The service answered that the key is {state} now, which it was not before.")
    });
    let name = (answer.name != before.name)
        .then(|| format!("The service calls the key “{}” now, not “{}”.", answer.title(), before.title()));
    [grace.map(str::to_owned), expiry, state, name].into_iter().flatten().collect()
}

/// Which keys may be the one that a lost answer was about: those in `after`, a list read after the call, that are not
/// in `before`, the ids known before it. Those called `name` come first.
pub(crate) fn appeared(before: &[KeyId], after: Vec<ApiKey>, name: &str) -> Vec<ApiKey> {
    let before: HashSet<KeyId> = before.iter().copied().collect();
    let mut new: Vec<ApiKey> = after.into_iter().filter(|key| !before.contains(&key.id)).collect();
    new.sort_by_key(|key| key.name.as_ref().is_none_or(|own| own.raw() != name));
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: i64, name: Option<&str>, valid: bool) -> ApiKey {
        serde_json::from_value(serde_json::json!({ "id": id, "name": name, "valid": valid, "value": "***a1b2c3" }))
            .unwrap()
    }

    #[test]
    fn answers_that_contradict_are_told() {
        assert_eq!(contradicts_set_valid(&key(1, None, false), KeyId(1), false), None);
        assert!(contradicts_set_valid(&key(1, None, true), KeyId(1), false).is_some());
        assert!(contradicts_set_valid(&key(2, None, false), KeyId(1), false).is_some());
        assert_eq!(contradicts_create(&key(1, Some("CI"), true), "CI"), None);
        for other in [key(1, Some("CI"), false), key(1, Some("Ci"), true), key(1, None, true)] {
            assert!(contradicts_create(&other, "CI").is_some(), "{other:?}");
        }
    }

    #[test]
    fn a_rotation_shows_in_the_ends_of_the_values() {
        let key = |value: &str, shadow: Option<&str>| -> ApiKey {
            let key = serde_json::json!({ "id": 7, "valid": true, "value": value, "shadowValue": shadow });
            serde_json::from_value(key).unwrap()
        };
        let before = key("***a1b2c3", Some("***d4e5f6"));
        for (now, expected) in [
            (before.clone(), false),
            // The earlier rotation came to its end.
            (key("***d4e5f6", None), false),
            (key("***a1b2c3", None), false),
            (key("***a1b2c3", Some("***0f0f0f")), true),
            (key("***0f0f0f", None), true),
        ] {
            assert_eq!(has_new_value(&before, &now), expected, "{now:?}");
        }
    }

    #[test]
    fn an_answer_that_contradicts_a_rotation_is_told() {
        let now: Timestamp = "2026-11-30T23:00:00Z".parse().unwrap();
        let time = "2026-12-01T00:00:00.000Z";
        let key = |fields: serde_json::Value| -> ApiKey {
            let mut key = serde_json::json!({ "id": 7, "name": "CI", "valid": true, "value": "***a1b2c3" });
            key.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            serde_json::from_value(key).unwrap()
        };
        let before = key(serde_json::json!({}));
        let rotation = |grace_hours, lifetime| Rotation { grace_hours, lifetime };
        let (rotates, expires) = (serde_json::json!({ "rotatesAt": time }), serde_json::json!({ "expiresAt": time }));
        for (answer, rotation, expected) in [
            (serde_json::json!({}), rotation(0, None), 0),
            (rotates.clone(), rotation(1, None), 0),
            (expires.clone(), rotation(0, Some(Lifetime::Days(7))), 0),
            (serde_json::json!({}), rotation(0, Some(Lifetime::Unlimited)), 0),
            (serde_json::json!({}), rotation(1, None), 1),
            (rotates, rotation(0, None), 1),
            (expires.clone(), rotation(0, None), 1),
            (expires, rotation(0, Some(Lifetime::Unlimited)), 1),
            (serde_json::json!({}), rotation(1, Some(Lifetime::Days(7))), 2),
            // The old value stops at another time than whoever rotated the key was told.
            (serde_json::json!({ "rotatesAt": "2026-11-30T22:59:59.000Z" }), rotation(1, None), 1),
            (serde_json::json!({ "rotatesAt": "2026-11-30T23:54:00.000Z" }), rotation(1, None), 1),
            (serde_json::json!({ "rotatesAt": "2026-11-30T23:55:00.000Z" }), rotation(1, None), 0),
            (serde_json::json!({ "rotatesAt": "2026-12-01T00:05:00.000Z" }), rotation(1, None), 0),
            (serde_json::json!({ "rotatesAt": "2026-12-01T00:06:00.000Z" }), rotation(1, None), 1),
            (serde_json::json!({ "rotatesAt": "9999-12-31T23:59:59.999Z" }), rotation(1, None), 1),
            (serde_json::json!({ "name": "Other", "valid": false }), rotation(0, None), 2),
        ] {
            let told = contradicts_rotation(&key(answer.clone()), &before, rotation, now);
            assert_eq!(told.len(), expected, "{answer} {rotation:?}: {told:?}");
            // It is not said to have stopped while it works for longer than anybody lives.
            assert!(!answer.to_string().contains("9999") || !told.concat().contains("stopped"), "{told:?}");
        }
        // Whether the old value works is told as far as the service says it.
        for (answer, words) in [
            (serde_json::json!({}), "no grace period"),
            (serde_json::json!({ "shadowValue": "***d4e5f6" }), "did not say until when"),
            (serde_json::json!({ "rotatesAt": "2026-11-30T23:00:00.000Z" }), "is over"),
            (serde_json::json!({ "rotatesAt": "2026-11-30T23:00:01.000Z" }), "shorter"),
            (serde_json::json!({ "rotatesAt": "2026-12-01T01:00:00.000Z" }), "longer"),
        ] {
            let told = contradicts_rotation(&key(answer), &before, rotation(1, None), now);
            assert!(told.len() == 1 && told[0].contains(words), "{words}: {told:?}");
        }
    }

    #[test]
    fn a_lost_key_is_new_and_likely_has_the_name() {
        let after =
            vec![key(1, Some("CI"), true), key(3, Some("Other"), true), key(2, Some("CI"), true), key(4, None, true)];
        let ids: Vec<_> = appeared(&[KeyId(1)], after, "CI").iter().map(|key| key.id).collect();
        assert_eq!(ids, [KeyId(2), KeyId(3), KeyId(4)]);
    }
}
