//! Deletes a key for good: its name has to be typed, and an active key is deactivated first.

use crossterm::event::KeyEvent;

use super::{Check, Outcome, Stage, Target, Typed};
use crate::api::error::ApiError;
use crate::guard::Phrase;
use crate::keymap::Action;
use crate::operations::Operation;

/// Where the focus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteButton {
    /// The field for the name.
    Field,
    /// Leave everything as it is.
    Cancel,
    /// Deactivate the key, and keep it.
    Deactivate,
    /// Delete it.
    Delete,
}

/// What its write is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteStep {
    /// Deactivate, and leave it at that.
    OnlyDeactivate,
    /// Deactivate, to delete then.
    Deactivate,
    /// Delete.
    Delete,
}

/// The form.
#[derive(Debug, Clone)]
pub struct Delete {
    /// The key.
    pub target: Target,
    /// What has to be typed.
    pub typed: Typed,
    /// Where the focus is.
    pub button: DeleteButton,
    /// What is under way, or was tried last.
    pub step: DeleteStep,
    /// Whether it waits for the service.
    pub stage: Stage,
    /// What was found out about the key.
    pub check: Check,
    /// Why the call failed.
    pub error: Option<ApiError>,
    /// Whether the key was deactivated on the way to its deletion.
    pub was_deactivated: bool,
    /// Whether the key vanished since the question was put.
    pub is_gone: bool,
}

impl Delete {
    /// Asks for `phrase` before the key is deleted.
    pub fn new(target: Target, phrase: Phrase) -> Self {
        Self {
            target,
            typed: Typed::new(phrase),
            button: DeleteButton::Field,
            step: DeleteStep::Delete,
            stage: Stage::Ready,
            check: Check::default(),
            error: None,
            was_deactivated: false,
            is_gone: false,
        }
    }

    /// The buttons that there are, in their order.
    pub fn buttons(&self) -> &'static [DeleteButton] {
        if self.target.key.valid {
            &[DeleteButton::Field, DeleteButton::Cancel, DeleteButton::Deactivate, DeleteButton::Delete]
        } else {
            &[DeleteButton::Field, DeleteButton::Cancel, DeleteButton::Delete]
        }
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        match action {
            Action::Next => self.turn(1),
            Action::Previous => self.turn(self.buttons().len() - 1),
            Action::Back => return Outcome::Close,
            Action::Accept => return self.press(),
            _ => {}
        }
        Outcome::Stay
    }

    fn turn(&mut self, by: usize) {
        let buttons = self.buttons();
        let at = buttons.iter().position(|button| *button == self.button).unwrap_or(0);
        self.button = buttons.get((at + by) % buttons.len()).copied().unwrap_or(DeleteButton::Field);
    }

    /// Where the button with the focus is gone, as somebody else deactivated the key, the harmless one has it.
    pub(super) fn keep_focus(&mut self) {
        if !self.buttons().contains(&self.button) {
            self.button = DeleteButton::Cancel;
        }
    }

    pub(super) fn press(&mut self) -> Outcome {
        if self.is_gone {
            return Outcome::Close;
        }
        let is_typed = matches!(self.button, DeleteButton::Field | DeleteButton::Delete);
        if is_typed && !self.typed.check() {
            self.button = DeleteButton::Field;
            return Outcome::Stay;
        }
        // What is shown of it may be old: what to do is decided on what is true.
        if self.check.is_reading() && self.button != DeleteButton::Cancel {
            self.check.is_agreed = true;
            return Outcome::Stay;
        }
        match self.button {
            DeleteButton::Cancel => Outcome::Close,
            DeleteButton::Deactivate => {
                self.step = DeleteStep::OnlyDeactivate;
                self.set_invalid()
            }
            DeleteButton::Field | DeleteButton::Delete if self.target.key.valid => {
                self.step = DeleteStep::Deactivate;
                self.set_invalid()
            }
            DeleteButton::Field | DeleteButton::Delete => self.delete(),
        }
    }

    fn set_invalid(&self) -> Outcome {
        let Target { scope, key, .. } = &self.target;
        Outcome::Write(Operation::SetValid { scope: scope.clone(), id: key.id, valid: false })
    }

    /// The key is inactive now; goes on to delete it.
    pub fn delete(&mut self) -> Outcome {
        self.step = DeleteStep::Delete;
        let Target { scope, key, .. } = &self.target;
        Outcome::Write(Operation::Delete { scope: scope.clone(), id: key.id })
    }

    pub(super) fn fail(&mut self, error: &ApiError) {
        self.stage = Stage::Ready;
        self.error = Some(error.clone());
    }

    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        let taken = self.button == DeleteButton::Field && self.typed.edit(event);
        // What was agreed to was something else.
        self.check.is_agreed &= !taken;
        taken
    }

    pub(super) fn paste(&mut self, text: &str) {
        if self.button == DeleteButton::Field {
            self.typed.paste(text);
            self.check.is_agreed = false;
        }
    }
}
