//! What can be asked of the service, as plain values, and the one place that carries it out: for the
//! screen's background task and for the one-shot commands alike.
//!
//! A write is more than its call. The ids of a scope are known before a key is generated in it, so that
//! after a lost answer the list can say what became of it; a key whose change may have happened is read again. No
//! write ends in “failed” where it may have been done. [`Operator`] does that, and keeps the journal.

mod examined;
mod operator;
mod pace;
mod reconcile;
mod recorder;
mod sent;

use std::collections::HashSet;

use crate::api::error::ApiError;
use crate::api::model::{ApiKey, CreatedKey, KeyId, Organization, Project, Scope};
pub use examined::{Examined, inactive_words};
pub use operator::Operator;
pub use pace::Pace;

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
}

impl Operation {
    /// Whether it changes something.
    pub fn is_write(&self) -> bool {
        matches!(self, Self::Create { .. } | Self::SetValid { .. } | Self::Delete { .. })
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
    /// It is gone.
    Deleted {
        /// Whether the service's own answer says so; it may have accepted the deletion in other words.
        acknowledged: bool,
    },
    /// A key may have been made, and nobody has its secret.
    Lost(Box<Lost>),
    /// A key may have been changed.
    Unsure(Box<Unsure>),
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
    fn a_lost_key_is_new_and_likely_has_the_name() {
        let after =
            vec![key(1, Some("CI"), true), key(3, Some("Other"), true), key(2, Some("CI"), true), key(4, None, true)];
        let ids: Vec<_> = appeared(&[KeyId(1)], after, "CI").iter().map(|key| key.id).collect();
        assert_eq!(ids, [KeyId(2), KeyId(3), KeyId(4)]);
    }
}
