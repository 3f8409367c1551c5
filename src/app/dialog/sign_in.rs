//! What a fresh secret is for where its key is to sign the calls: how far that is.

use jiff::Timestamp;

use super::{Outcome, Stage, Target};
use crate::api::error::ApiError;
use crate::app::request::RequestId;
use crate::operations::NotSignedIn;

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInStage {
    /// The key was not tried yet.
    Ready,
    /// It signs its first call.
    Trying(RequestId),
    /// It does not sign the calls: the old one still does.
    Failed(NotSignedIn),
    /// It signs the calls.
    Done {
        /// Since when, by the service's clock.
        since: Timestamp,
        /// Which key did before; several where they end alike.
        before: Vec<Target>,
    },
}

/// A key that is to sign the calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The key that it takes over from, as its user chose.
    pub old: Target,
    /// Whether its user said that they have the secret.
    pub is_saved: bool,
    /// How far it is.
    pub stage: SignInStage,
}

impl SignIn {
    /// It takes over from `old`, once its secret is in safety.
    pub fn new(old: Target) -> Self {
        Self { old, is_saved: false, stage: SignInStage::Ready }
    }

    /// Whether it signs the calls.
    pub fn is_done(&self) -> bool {
        matches!(self.stage, SignInStage::Done { .. })
    }

    /// The call that failed, where that is why its key does not sign the calls.
    pub fn error(&self) -> Option<&ApiError> {
        match &self.stage {
            SignInStage::Failed(error) => error.error(),
            _ => None,
        }
    }

    /// What Enter does next, with the secret in safety.
    pub(super) fn go_on(&self) -> Outcome {
        match &self.stage {
            SignInStage::Ready | SignInStage::Failed(_) => Outcome::SignIn,
            SignInStage::Trying(_) => Outcome::Stay,
            SignInStage::Done { .. } => Outcome::OfferOld,
        }
    }

    pub(super) fn waits(&self) -> Stage {
        match self.stage {
            SignInStage::Trying(request) => Stage::Busy(request),
            _ => Stage::Ready,
        }
    }
}
