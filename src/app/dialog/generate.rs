//! Generates a key: asks for its name, and where its secret shall go.

use crossterm::event::KeyEvent;

use super::{Goal, Outcome, Period, PeriodError, Stage, Target};
use crate::api::error::ApiError;
use crate::api::model::{ApiKey, Lifetime, Scope};
use crate::app::field::Field;
use crate::guard::{self, NameError};
use crate::keymap::Action;
use crate::operations::Operation;

/// What kept a key from being generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The name won't do; nothing was sent.
    Name(NameError),
    /// The lifetime won't do; nothing was sent.
    Lifetime(PeriodError),
    /// The call failed.
    Api(ApiError),
}

/// Where the focus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenerateFocus {
    /// The name.
    Name,
    /// The kinds of destinations.
    Way,
    /// The path or the command, where the destination has one.
    Place,
    /// For how long it works, where keys can expire.
    Lifetime,
}

/// The form.
#[derive(Debug, Clone)]
pub struct Generate {
    /// Where the key will be.
    pub scope: Scope,
    /// The scope's name for people.
    pub scope_name: String,
    /// The signing key that it takes over from, where it is made for that.
    pub succeeds: Option<Box<Target>>,
    /// The key that it takes the place of, where it is made for that.
    pub replaces: Option<Box<ApiKey>>,
    /// Its name.
    pub name: Field,
    /// Where its secret shall go.
    pub goal: Goal,
    /// For how long it works; none where keys of this service do not expire.
    pub lifetime: Option<Period>,
    /// Where the focus is.
    pub focus: GenerateFocus,
    /// Whether it waits for the service.
    pub stage: Stage,
    /// What went wrong last.
    pub error: Option<Fault>,
}

impl Generate {
    /// An empty form for a key of `scope`.
    pub fn new(scope: Scope, scope_name: String, goal: Goal) -> Self {
        let (name, focus) = (Field::default(), GenerateFocus::Name);
        let (stage, error) = (Stage::Ready, None);
        Self { scope, scope_name, succeeds: None, replaces: None, name, goal, lifetime: None, focus, stage, error }
    }

    /// What Enter does now.
    pub fn enter(&self) -> &'static str {
        match &self.goal {
            goal if goal.ask().is_some() => "generate, I agree",
            goal if goal.has_warnings() => "generate anyway",
            _ => "generate",
        }
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        match action {
            Action::Accept => self.accept(),
            Action::Next | Action::Previous => self.turn(action == Action::Next),
            Action::Back => Outcome::Close,
            _ => Outcome::Stay,
        }
    }

    fn accept(&mut self) -> Outcome {
        if let Err(error) = guard::new_name(self.name.text()) {
            (self.error, self.focus) = (Some(Fault::Name(error)), GenerateFocus::Name);
            return Outcome::Stay;
        }
        if let Err(error) = self.chosen_lifetime() {
            (self.error, self.focus) = (Some(Fault::Lifetime(error)), GenerateFocus::Lifetime);
            return Outcome::Stay;
        }
        // Asked, and pressed once more: that is agreed to.
        if self.goal.ask().is_some() { self.go_on() } else { Outcome::Look { wanted: true } }
    }

    /// Nothing speaks against the destination: generates the key.
    pub(in crate::app) fn go_on(&self) -> Outcome {
        match (guard::new_name(self.name.text()), self.chosen_lifetime()) {
            (Ok(name), Ok(lifetime)) => {
                let (scope, name) = (self.scope.clone(), name.to_owned());
                let replaces = self.replaces.as_ref().map(|key| key.id);
                Outcome::Write(Operation::Create { scope, name, lifetime, replaces })
            }
            _ => Outcome::Stay,
        }
    }

    fn chosen_lifetime(&self) -> Result<Lifetime, PeriodError> {
        let chosen = self.lifetime.as_ref().map_or(Ok(None), Period::days)?;
        Ok(chosen.unwrap_or_default())
    }

    /// Moves the focus on or back; whoever leaves the destination wants to know of it.
    fn turn(&mut self, on: bool) -> Outcome {
        use GenerateFocus::{Lifetime, Name, Place, Way};
        let has_place = self.goal.way.asks_for().is_some();
        let has_lifetime = self.lifetime.is_some();
        let left = self.focus;
        self.focus = match (self.focus, on) {
            (Way | Place, true) | (Name, false) if has_lifetime && (left != Way || !has_place) => Lifetime,
            (Way, true) | (Name | Lifetime, false) if has_place => Place,
            (Name, _) | (Place | Lifetime, false) => Way,
            (Way, _) | (Place | Lifetime, true) => Name,
        };
        if matches!(left, Way | Place) && self.goal.is_to_be_seen() {
            Outcome::Look { wanted: false }
        } else {
            Outcome::Stay
        }
    }

    /// Makes the choice at this place in the row that has the focus.
    pub(super) fn choose(&mut self, at: usize) {
        match (self.focus, &mut self.lifetime) {
            (GenerateFocus::Way, _) => self.goal.choose_at(at),
            (GenerateFocus::Lifetime, Some(lifetime)) => lifetime.choose_at(at),
            _ => return,
        }
        self.edited();
    }

    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        let taken = match self.focus {
            GenerateFocus::Name => self.name.edit(event),
            GenerateFocus::Way => self.goal.choose(event),
            GenerateFocus::Place => self.goal.edit(event),
            GenerateFocus::Lifetime => self.lifetime.as_mut().is_some_and(|lifetime| lifetime.edit(event)),
        };
        if taken {
            self.edited();
        }
        taken
    }

    pub(super) fn paste(&mut self, text: &str) {
        match self.focus {
            GenerateFocus::Name => self.name.paste(text),
            GenerateFocus::Way => {}
            GenerateFocus::Place => self.goal.paste(text),
            GenerateFocus::Lifetime => {
                if let Some(lifetime) = &mut self.lifetime {
                    lifetime.paste(text);
                }
            }
        }
        self.edited();
    }

    /// What was wrong with the name or the lifetime before says nothing of the new one, and a look goes on for its own sake alone.
    fn edited(&mut self) {
        if matches!(self.error, Some(Fault::Name(_) | Fault::Lifetime(_))) {
            self.error = None;
        }
        self.goal.unwant();
    }
}
