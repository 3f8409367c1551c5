//! Holds a fresh secret until it was taken somewhere, or given up in words.

use std::time::Duration;

use crossterm::event::KeyEvent;
use jiff::{SignedDuration, Timestamp};

use super::{Outcome, Target};
use crate::app::field::Field;
use crate::app::message::{Delivery, RequestId};
use crate::keymap::Action;
use crate::secret::Secret;

/// The word by which somebody says that they have the secret.
pub const SAVED: &str = "saved";
/// The word by which somebody gives the secret up.
pub const DISCARD: &str = "discard";

/// For how long the secret is shown before it is hidden again.
const SHOWN_FOR: SignedDuration = SignedDuration::from_secs(30);

/// What is known of where the secret went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Nowhere yet.
    No,
    /// Into the clipboard.
    Clipboard {
        /// When it is cleared from there.
        clears_after: Option<Duration>,
    },
    /// To the terminal, which does not tell whether it took it.
    Terminal,
}

/// What a copy has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copying {
    /// None is under way.
    Idle,
    /// This one is under way.
    Busy(RequestId),
    /// The last one failed, in words.
    Failed(String),
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct SecretDialog {
    /// The new key.
    pub target: Target,
    /// Its secret, which can't be had again.
    pub secret: Secret,
    /// Whether it is shown in full.
    pub is_shown: bool,
    /// When it is hidden again, while it is shown.
    hides_at: Option<Timestamp>,
    /// Whether it was ever shown: then somebody may have taken it by hand.
    pub was_shown: bool,
    /// Where it went.
    pub taken: Taken,
    /// The copy under way.
    pub copying: Copying,
    /// The typed answer to whether it may be closed; none while that is not asked.
    pub farewell: Option<Field>,
    /// Whether the answer was neither of the two words.
    pub is_mistyped: bool,
}

impl SecretDialog {
    /// A secret that nobody has yet.
    pub fn new(target: Target, secret: Secret) -> Self {
        Self {
            target,
            secret,
            is_shown: false,
            hides_at: None,
            was_shown: false,
            taken: Taken::No,
            copying: Copying::Idle,
            farewell: None,
            is_mistyped: false,
        }
    }

    /// Whether closing it would, as far as can be told, lose the secret.
    pub fn would_lose_it(&self) -> bool {
        !matches!(self.taken, Taken::Clipboard { .. })
    }

    /// When it is hidden again, while it is shown.
    pub fn hides_at(&self) -> Option<Timestamp> {
        self.hides_at
    }

    /// Hides what was shown for long enough: a screen is left alone, shared, or looked over.
    pub(in crate::app) fn settle(&mut self, now: Timestamp) {
        if !self.is_shown {
            self.hides_at = None;
        } else if *self.hides_at.get_or_insert(now + SHOWN_FOR) <= now {
            (self.is_shown, self.hides_at) = (false, None);
        }
    }

    /// Takes in what came of the copy `request`; false where it was another's.
    pub fn copied(&mut self, request: RequestId, result: &Result<Delivery, String>) -> bool {
        if self.copying != Copying::Busy(request) {
            return false;
        }
        self.copying = Copying::Idle;
        match result {
            Ok(Delivery::Clipboard { clears_after }) => self.taken = Taken::Clipboard { clears_after: *clears_after },
            Ok(Delivery::Terminal) => self.taken = Taken::Terminal,
            Err(reason) => self.copying = Copying::Failed(reason.clone()),
        }
        true
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        if let Some(field) = &mut self.farewell {
            return match action {
                Action::Accept => match field.text().trim() {
                    // A copy that was under way may have arrived since: then there is nothing left to ask.
                    _ if matches!(self.taken, Taken::Clipboard { .. }) => Outcome::Close,
                    word if word.eq_ignore_ascii_case(SAVED) => Outcome::Close,
                    word if word.eq_ignore_ascii_case(DISCARD) => Outcome::Discard(self.target.clone()),
                    _ => {
                        self.is_mistyped = true;
                        Outcome::Stay
                    }
                },
                Action::Back => {
                    self.farewell = None;
                    Outcome::Stay
                }
                _ => Outcome::Stay,
            };
        }
        match action {
            Action::CopySecret => self.copy(),
            Action::Accept => match (self.taken, &self.copying) {
                (_, Copying::Busy(_)) => Outcome::Stay,
                (Taken::No, Copying::Idle) => self.copy(),
                _ => self.close(),
            },
            Action::Reveal => {
                self.is_shown = !self.is_shown;
                self.was_shown = true;
                Outcome::Stay
            }
            Action::Back => self.close(),
            _ => Outcome::Stay,
        }
    }

    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        let taken = self.farewell.as_mut().is_some_and(|field| field.edit(event));
        self.is_mistyped &= !taken;
        taken
    }

    fn copy(&self) -> Outcome {
        match self.copying {
            Copying::Busy(_) => Outcome::Stay,
            Copying::Idle | Copying::Failed(_) => Outcome::Copy(self.secret.clone()),
        }
    }

    fn close(&mut self) -> Outcome {
        if self.would_lose_it() {
            self.is_shown = false;
            self.farewell = Some(Field::default());
            Outcome::Stay
        } else {
            Outcome::Close
        }
    }
}
