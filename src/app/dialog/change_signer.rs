//! The signing key can't be rotated in place: says how another one takes over, step by step, before anything is done.

use super::{Outcome, Target};
use crate::keymap::Action;

/// The dialog.
#[derive(Debug, Clone)]
pub struct ChangeSigner {
    /// The key that another one takes over from.
    pub target: Target,
    /// How many keys may be the signing key; where there are several, they end alike.
    pub candidates: usize,
    /// What the new key is called, as long as nobody says otherwise.
    pub name: String,
}

impl ChangeSigner {
    pub(super) fn act(&self, action: Action) -> Outcome {
        match action {
            Action::Accept => Outcome::Generate(self.target.scope.clone(), self.name.clone()),
            Action::Back => Outcome::Close,
            _ => Outcome::Stay,
        }
    }
}
