//! Deactivates or reactivates a key, after a question. It starts on Cancel.
//!
//! A key that was used lately takes more than a `y` to deactivate: its name has to be typed.

use crossterm::event::KeyEvent;
use jiff::Timestamp;

use super::{Check, Outcome, Stage, Target, Typed};
use crate::api::error::ApiError;
use crate::guard::Phrase;
use crate::keymap::Action;
use crate::operations::Operation;

/// Where the focus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmButton {
    /// The field for the phrase, where one has to be typed.
    Field,
    /// Leave everything as it is.
    Cancel,
    /// Do it.
    Confirm,
}

/// The question.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// The key.
    pub target: Target,
    /// Whether it shall work (reactivate) or not (deactivate).
    pub valid: bool,
    /// When the change was made that this undoes, where it undoes one.
    pub undoes: Option<Timestamp>,
    /// Since when another key signs the calls, where this one did before.
    pub succeeded: Option<Timestamp>,
    /// What has to be typed, where a `y` is not enough.
    pub typed: Option<Typed>,
    /// Where the focus is.
    pub button: ConfirmButton,
    /// Whether it waits for the service.
    pub stage: Stage,
    /// What was found out about the key.
    pub check: Check,
    /// Why the call failed.
    pub error: Option<ApiError>,
    /// Whether the key vanished since the question was put.
    pub is_gone: bool,
}

impl Confirm {
    /// Asks whether to turn the key to the other state.
    pub fn new(target: Target) -> Self {
        let valid = !target.key.valid;
        Self {
            target,
            valid,
            undoes: None,
            succeeded: None,
            typed: None,
            button: ConfirmButton::Cancel,
            stage: Stage::Ready,
            check: Check::default(),
            error: None,
            is_gone: false,
        }
    }

    /// Asks whether to undo the change of a key that was made at `at`.
    pub fn undo(target: Target, valid: bool, at: Timestamp) -> Self {
        Self { valid, undoes: Some(at), ..Self::new(target) }
    }

    /// Asks whether to deactivate a key that signed the calls until `since`.
    pub fn succeeded(target: Target, since: Timestamp) -> Self {
        Self { succeeded: Some(since), ..Self::new(target) }
    }

    /// Whether there is still something to do: somebody else may have done it meanwhile.
    pub fn is_moot(&self) -> bool {
        self.is_gone || self.target.key.valid == self.valid
    }

    /// Whether it waits for its user, and there is something to do.
    pub fn is_ready(&self) -> bool {
        self.stage == Stage::Ready && !self.is_moot()
    }

    /// Wants `phrase` typed from now on.
    pub fn demand(&mut self, phrase: Phrase) {
        if self.typed.is_none() {
            self.typed = Some(Typed::new(phrase));
            self.button = ConfirmButton::Field;
        }
    }

    /// Where the focus can be, in that order.
    pub fn buttons(&self) -> &'static [ConfirmButton] {
        match self.typed {
            Some(_) => &[ConfirmButton::Field, ConfirmButton::Cancel, ConfirmButton::Confirm],
            None => &[ConfirmButton::Cancel, ConfirmButton::Confirm],
        }
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        match action {
            Action::Next => self.turn(1),
            Action::Previous => self.turn(self.buttons().len() - 1),
            Action::Yes => return self.confirm(),
            Action::Accept if self.button != ConfirmButton::Cancel => return self.confirm(),
            Action::Accept | Action::No | Action::Back => return Outcome::Close,
            _ => {}
        }
        Outcome::Stay
    }

    fn turn(&mut self, by: usize) {
        let buttons = self.buttons();
        let at = buttons.iter().position(|button| *button == self.button).unwrap_or(0);
        self.button = buttons.get((at + by) % buttons.len()).copied().unwrap_or(ConfirmButton::Cancel);
    }

    pub(super) fn confirm(&mut self) -> Outcome {
        if self.is_moot() {
            return Outcome::Close;
        }
        if self.typed.as_mut().is_some_and(|typed| !typed.check()) {
            self.button = ConfirmButton::Field;
            return Outcome::Stay;
        }
        // How lately it was used is not known yet, and may ask for more than a `y`.
        if self.check.is_reading() && !self.valid {
            self.check.is_agreed = true;
            return Outcome::Stay;
        }
        let Target { scope, key, .. } = &self.target;
        Outcome::Write(Operation::SetValid { scope: scope.clone(), id: key.id, valid: self.valid })
    }

    fn field(&mut self) -> Option<&mut Typed> {
        self.typed.as_mut().filter(|_| self.button == ConfirmButton::Field)
    }

    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        let taken = self.field().is_some_and(|typed| typed.edit(event));
        // What was agreed to was something else.
        self.check.is_agreed &= !taken;
        taken
    }

    pub(super) fn paste(&mut self, text: &str) {
        if let Some(typed) = self.field() {
            typed.paste(text);
            self.check.is_agreed = false;
        }
    }
}
