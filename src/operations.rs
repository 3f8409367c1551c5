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
