//! Holds a fresh secret until it was taken somewhere, or given up in words.

use crossterm::event::KeyEvent;
use jiff::{SignedDuration, Timestamp};

use super::{Goal, Outcome, SignIn, Stage, Target, Way};
use crate::app::field::Field;
use crate::app::request::RequestId;
use crate::destination::{Delivered, NotDelivered};
use crate::keymap::Action;
use crate::secret::Secret;

/// The word by which somebody says that they have the secret.
pub const SAVED: &str = "saved";
/// The word by which somebody gives the secret up.
pub const DISCARD: &str = "discard";

/// For how long the secret is shown before it is hidden again.
const SHOWN_FOR: SignedDuration = SignedDuration::from_secs(30);

/// What made the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// Its key was generated.
    Generated,
    /// Its key was rotated.
    Rotated,
}

/// What a delivery has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivering {
    /// None is under way.
    Idle,
    /// This one is under way.
    Busy(RequestId),
    /// The last one failed.
    Failed(NotDelivered),
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct SecretDialog {
    /// The key.
    pub target: Target,
    /// Whether that is new, or has a new value.
    pub kind: SecretKind,
    /// Its secret, which can't be had again.
    pub secret: Secret,
    /// Whether it is shown in full.
    pub is_shown: bool,
    /// When it is hidden again, while it is shown.
    hides_at: Option<Timestamp>,
    /// Whether it was ever shown: then somebody may have taken it by hand.
    pub was_shown: bool,
    /// Where it went last; none before it went anywhere.
    pub taken: Option<Delivered>,
    /// The delivery under way.
    pub delivering: Delivering,
    /// Another destination that is being chosen.
    pub elsewhere: Option<Goal>,
    /// The typed answer to whether it may be closed; none while that is not asked.
    pub farewell: Option<Field>,
    /// Whether the answer was neither of the two words.
    pub is_mistyped: bool,
    /// How far signing in with it is, where the key was generated for that.
    pub sign_in: Option<Box<SignIn>>,
}

impl SecretDialog {
    /// A secret that nobody has yet.
    pub fn new(target: Target, secret: Secret, kind: SecretKind) -> Self {
        Self {
            target,
            kind,
            secret,
            is_shown: false,
            hides_at: None,
            was_shown: false,
            taken: None,
            delivering: Delivering::Idle,
            elsewhere: None,
            farewell: None,
            is_mistyped: false,
            sign_in: None,
        }
    }

    /// What it is called.
    pub fn title(&self) -> &'static str {
        match self.kind {
            SecretKind::Generated if self.sign_in.is_some() => "New signing key",
            SecretKind::Generated => "New key",
            SecretKind::Rotated => "Rotated key",
        }
    }

    /// Whether closing it would, as far as can be told, lose the secret.
    pub fn would_lose_it(&self) -> bool {
        let is_saved = self.sign_in.as_ref().is_some_and(|sign_in| sign_in.is_saved);
        !is_saved && !self.taken.as_ref().is_some_and(Delivered::is_certain)
    }

    /// Whether it waits for the first call that its key signs.
    pub(super) fn stage(&self) -> Stage {
        self.sign_in.as_ref().map_or(Stage::Ready, |sign_in| sign_in.waits())
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

    /// Takes in what came of the delivery `request`; false where it was another's.
    pub fn delivered(&mut self, request: RequestId, result: Result<Delivered, NotDelivered>) -> bool {
        if self.delivering != Delivering::Busy(request) {
            return false;
        }
        self.delivering = Delivering::Idle;
        match result {
            // What certainly arrived before stays known.
            Ok(delivered) if delivered.is_certain() || self.would_lose_it() => self.taken = Some(delivered),
            Ok(_) => {}
            Err(error) => self.delivering = Delivering::Failed(error),
        }
        true
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        if self.elsewhere.is_some() {
            return self.act_elsewhere(action);
        }
        if self.farewell.is_some() {
            return self.act_on_farewell(action);
        }
        match action {
            Action::CopySecret => self.copy(),
            Action::ToFile => self.take_elsewhere(Way::File),
            Action::ToEnv => self.take_elsewhere(Way::Env),
            Action::ToCommand => self.take_elsewhere(Way::Command),
            Action::Accept => match (&self.taken, &self.delivering) {
                (_, Delivering::Busy(_)) => Outcome::Stay,
                _ if !self.would_lose_it() => match &self.sign_in {
                    Some(sign_in) => sign_in.go_on(),
                    None => self.close(),
                },
                (None, Delivering::Idle) => self.copy(),
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

    /// Takes an action while it is asked whether the secret may be lost.
    fn act_on_farewell(&mut self, action: Action) -> Outcome {
        let is_lost = self.would_lose_it();
        let Some(field) = &self.farewell else { return Outcome::Stay };
        match action {
            Action::Accept => match field.text().trim() {
                // A copy that was under way may have arrived since: then there is nothing left to ask.
                _ if !is_lost => Outcome::Close,
                word if word.eq_ignore_ascii_case(SAVED) => match &mut self.sign_in {
                    // Now it may be signed in with.
                    Some(sign_in) => {
                        sign_in.is_saved = true;
                        self.farewell = None;
                        Outcome::Stay
                    }
                    None => Outcome::Close,
                },
                word if word.eq_ignore_ascii_case(DISCARD) => Outcome::Discard(self.target.clone(), self.kind),
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
        }
    }

    /// Takes an action while another destination is being chosen.
    fn act_elsewhere(&mut self, action: Action) -> Outcome {
        let Some(goal) = &self.elsewhere else { return Outcome::Stay };
        match action {
            Action::Accept if goal.ask().is_some() => Outcome::Deliver,
            Action::Accept => Outcome::Look { wanted: true },
            Action::Back => {
                self.elsewhere = None;
                Outcome::Stay
            }
            _ => Outcome::Stay,
        }
    }

    /// Asks for another destination of this kind.
    fn take_elsewhere(&mut self, way: Way) -> Outcome {
        if matches!(self.delivering, Delivering::Busy(_)) {
            return Outcome::Stay;
        }
        self.is_shown = false;
        Outcome::Elsewhere(way)
    }

    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        if let Some(goal) = &mut self.elsewhere {
            return goal.edit(event);
        }
        let taken = self.farewell.as_mut().is_some_and(|field| field.edit(event));
        self.is_mistyped &= !taken;
        taken
    }

    pub(super) fn paste(&mut self, text: &str) {
        // The word that gives a secret up is typed, letter by letter.
        if let Some(goal) = &mut self.elsewhere {
            goal.paste(text);
        }
    }

    fn copy(&self) -> Outcome {
        match self.delivering {
            Delivering::Busy(_) => Outcome::Stay,
            Delivering::Idle | Delivering::Failed(_) => Outcome::CopySecret,
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
