//! Deactivates or reactivates a key, after a question. It starts on Cancel.

use super::{Outcome, Stage, Target};
use crate::api::error::ApiError;
use crate::keymap::Action;
use crate::operations::Operation;

/// The question.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// The key.
    pub target: Target,
    /// Whether it shall work (reactivate) or not (deactivate).
    pub valid: bool,
    /// Whether the button that does it has the focus, and not Cancel.
    pub on_confirm: bool,
    /// Whether it waits for the service.
    pub stage: Stage,
    /// Why the call failed.
    pub error: Option<ApiError>,
    /// Whether the key vanished since the question was put.
    pub is_gone: bool,
}

impl Confirm {
    /// Asks whether to turn the key to the other state.
    pub fn new(target: Target) -> Self {
        let valid = !target.key.valid;
        Self { target, valid, on_confirm: false, stage: Stage::Ready, error: None, is_gone: false }
    }

    /// Whether there is still something to do: somebody else may have done it meanwhile.
    pub fn is_moot(&self) -> bool {
        self.is_gone || self.target.key.valid == self.valid
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        match action {
            Action::Next | Action::Previous => {
                self.on_confirm = !self.on_confirm;
                Outcome::Stay
            }
            Action::Yes => self.confirm(),
            Action::Accept if self.on_confirm => self.confirm(),
            Action::Accept | Action::No | Action::Back => Outcome::Close,
            _ => Outcome::Stay,
        }
    }

    fn confirm(&self) -> Outcome {
        if self.is_moot() {
            return Outcome::Close;
        }
        let Target { scope, key, .. } = &self.target;
        Outcome::Write(Operation::SetValid { scope: scope.clone(), id: key.id, valid: self.valid })
    }
}
