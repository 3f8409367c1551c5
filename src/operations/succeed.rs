//! Another key signs the calls from now on: first it has to prove that it can.

use std::sync::Arc;

use thiserror::Error;

use super::Operator;
use crate::api::error::ApiError;
use crate::redact;
use crate::secret::Secret;
use crate::text::Text;

/// Why another key does not sign the calls. The one before still does.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotSignedIn {
    /// The call that it signed failed.
    #[error("The new key did not work. {}", .0.summary())]
    Failed(ApiError),
    /// It works, but of which organization the one before is can't be told: that could not be read.
    #[error("The new key works, but whose the old one is could not be read: {}", .0.summary())]
    Unknown(ApiError),
    /// It works, for another organization, which is called so.
    #[error("The new key belongs to another organization: {0}")]
    AnotherOrganization(Text),
}

impl NotSignedIn {
    /// The call that failed, where one did.
    pub fn error(&self) -> Option<&ApiError> {
        match self {
            Self::Failed(error) | Self::Unknown(error) => Some(error),
            Self::AnotherOrganization(_) => None,
        }
    }
}

impl Operator {
    /// One whose calls `key` signs, once a call that it signed was answered for the same organization. It has the same
    /// journal, and remembers what this one does; calls that are under way here end here.
    ///
    /// # Errors
    /// Why the key does not sign any.
    pub async fn succeeded_by(&self, key: Secret) -> Result<Self, NotSignedIn> {
        let tried = key.clone();
        let result = self.proved(key).await;
        if result.is_err() {
            // Nothing is left of it once its dialog is closed.
            redact::forget_key(&tried);
        }
        result
    }

    async fn proved(&self, key: Secret) -> Result<Self, NotSignedIn> {
        let client = self.client.signed_by(key);
        let organization = client.organization().await.map_err(NotSignedIn::Failed)?;
        let own = match self.organization_record() {
            Some(known) => known.id,
            None => self.read_organization().await.map_err(NotSignedIn::Unknown)?.id,
        };
        if organization.id != own {
            return Err(NotSignedIn::AnotherOrganization(organization.name));
        }
        let (recorder, known) = (Arc::clone(&self.recorder), Arc::clone(&self.known));
        Ok(Self { client, service: self.service.clone(), recorder, known, advice: self.advice.clone() })
    }
}
