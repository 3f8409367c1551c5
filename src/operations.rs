//! What can be asked of the service, as plain values, and the one place that carries it out: for the
//! screen's background task and for the one-shot commands alike.

use crate::api::Client;
use crate::api::error::ApiError;
use crate::api::model::{ApiKey, CreatedKey, KeyId, Organization, Project, Scope};

/// One thing to ask of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Read the organization.
    Organization,
    /// Read all projects.
    Projects,
    /// Read all keys of a scope.
    Keys(Scope),
    /// Read one key.
    Key(Scope, KeyId),
    /// Generate a key.
    Create {
        /// Where.
        scope: Scope,
        /// Its name, checked before.
        name: String,
    },
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
    /// The key as it is now.
    Key(ApiKey),
    /// The new key, with its secret.
    Created(CreatedKey),
    /// It is gone.
    Deleted,
}

/// Carries out `operation`.
pub async fn run(client: &Client, operation: Operation) -> Result<Answer, ApiError> {
    Ok(match operation {
        Operation::Organization => Answer::Organization(client.organization().await?),
        Operation::Projects => Answer::Projects(client.projects().await?),
        Operation::Keys(scope) => Answer::Keys(client.keys(&scope).list().await?),
        Operation::Key(scope, id) => Answer::Key(client.keys(&scope).get(id).await?),
        Operation::Create { scope, name } => Answer::Created(client.keys(&scope).create(&name).await?),
        Operation::SetValid { scope, id, valid } => Answer::Key(client.keys(&scope).set_valid(id, valid).await?),
        Operation::Delete { scope, id } => {
            client.keys(&scope).delete(id).await?;
            Answer::Deleted
        }
    })
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

/// Which keys may be the one that a lost answer was about: those called `name` that are in `after`, a list read
/// after the call, and not in `before`, the ids known before it.
pub fn appeared<'a>(before: &[KeyId], after: &'a [ApiKey], name: &str) -> Vec<&'a ApiKey> {
    let is_new = |key: &&ApiKey| !before.contains(&key.id) && key.name.as_ref().is_some_and(|own| own.raw() == name);
    after.iter().filter(is_new).collect()
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
    fn a_lost_key_is_new_and_has_the_name() {
        let after =
            [key(1, Some("CI"), true), key(2, Some("CI"), true), key(3, Some("Other"), true), key(4, None, true)];
        let ids: Vec<_> = appeared(&[KeyId(1)], &after, "CI").iter().map(|key| key.id).collect();
        assert_eq!(ids, [KeyId(2)]);
    }
}
