//! Generates a key: asks for its name.

use crossterm::event::KeyEvent;

use super::{Outcome, Stage};
use crate::api::error::ApiError;
use crate::api::model::Scope;
use crate::app::field::Field;
use crate::guard::{self, NameError};
use crate::keymap::Action;
use crate::operations::Operation;

/// What kept a key from being generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The name won't do; nothing was sent.
    Name(NameError),
    /// The call failed.
    Api(ApiError),
}

/// The form.
#[derive(Debug, Clone)]
pub struct Generate {
    /// Where the key will be.
    pub scope: Scope,
    /// The scope's name for people.
    pub scope_name: String,
    /// Its name.
    pub name: Field,
    /// Whether it waits for the service.
    pub stage: Stage,
    /// What went wrong last.
    pub error: Option<Fault>,
}

impl Generate {
    /// An empty form for a key of `scope`.
    pub fn new(scope: Scope, scope_name: String) -> Self {
        Self { scope, scope_name, name: Field::default(), stage: Stage::Ready, error: None }
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        match action {
            Action::Accept => match guard::new_name(self.name.text()) {
                Ok(name) => Outcome::Write(Operation::Create { scope: self.scope.clone(), name: name.to_owned() }),
                Err(error) => {
                    self.error = Some(Fault::Name(error));
                    Outcome::Stay
                }
            },
            Action::Back => Outcome::Close,
            _ => Outcome::Stay,
        }
    }

    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        let taken = self.name.edit(event);
        if taken {
            self.edited();
        }
        taken
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.name.paste(text);
        self.edited();
    }

    /// What was wrong with the name before says nothing of the new one.
    fn edited(&mut self) {
        if matches!(self.error, Some(Fault::Name(_))) {
            self.error = None;
        }
    }
}
