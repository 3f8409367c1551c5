//! Gives a key a new value, in place: asks for how long the old one shall still work, how long the key shall, and where
//! the new secret goes.
//!
//! Without a grace period whatever uses the key is cut off at once: a key in use takes its name to rotate like that. So does
//! one that is being rotated already: whatever has its new value is cut off.

use crossterm::event::KeyEvent;
use jiff::Timestamp;

use super::{Check, Choice, Dialog, Goal, Outcome, Period, PeriodError, Replace, Sight, Stage, Target, Typed};
use crate::api::error::ApiError;
use crate::api::model::{Rotation, RotationState};
use crate::app::request::RequestId;
use crate::guard::{self, Phrase, Refusal, Signer};
use crate::keymap::Action;
use crate::operations::{LostRotation, Operation};

/// What kept a key from being rotated, or its new secret from coming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RotateFault {
    /// What was typed is no number.
    Period(PeriodError),
    /// The service would refuse it; nothing was sent.
    Refused(Refusal),
    /// The call failed.
    Api(ApiError),
    /// Its answer was lost.
    Lost(Box<LostRotation>),
}

/// Where the focus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotateFocus {
    /// For how long the old value works.
    Grace,
    /// For how long the key works.
    Lifetime,
    /// The kinds of destinations.
    Way,
    /// The path or the command, where the destination has one.
    Place,
    /// The phrase, where one has to be typed.
    Phrase,
}

/// The form.
#[derive(Debug, Clone)]
pub struct RotateInPlace {
    /// The key.
    pub target: Target,
    /// For how long its old value still works.
    pub grace: Period,
    /// For how long it works from now on.
    pub lifetime: Period,
    /// Where its new secret goes.
    pub goal: Goal,
    /// Where the focus is.
    pub focus: RotateFocus,
    /// What has to be typed, where something would be cut off.
    pub typed: Option<Typed>,
    /// Whether it waits for the service.
    pub stage: Stage,
    /// What was found out about the key.
    pub check: Check,
    /// What went wrong last.
    pub error: Option<RotateFault>,
    /// Whether the key vanished since the form opened.
    pub is_gone: bool,
    /// Whether a replacement of the key is under way is being recalled: then it is gone on with in place of this.
    pub(in crate::app) recall: Option<RequestId>,
}

impl RotateInPlace {
    /// A form for a key, at the time `now`. An expired one has nothing to give a grace period to, and needs a lifetime.
    pub fn new(target: Target, goal: Goal, now: Timestamp) -> Self {
        let (mut grace, mut lifetime) = (Period::grace(), Period::new_lifetime());
        if target.key.is_expired(now) {
            grace.choose(Choice::None);
            lifetime.choose(Choice::Usual(90));
        }
        Self {
            target,
            grace,
            lifetime,
            goal,
            focus: RotateFocus::Grace,
            typed: None,
            stage: Stage::Ready,
            check: Check::default(),
            error: None,
            is_gone: false,
            recall: None,
        }
    }

    /// The rotation as it is chosen.
    ///
    /// # Errors
    /// Where what was typed is no number.
    pub fn rotation(&self) -> Result<Rotation, PeriodError> {
        Ok(Rotation { grace_hours: self.grace.hours()?, lifetime: self.lifetime.days()? })
    }

    /// Whether it would end a rotation under way before its time.
    pub fn finishes(&self, now: Timestamp) -> bool {
        matches!(self.target.key.rotation(now), RotationState::UnderWay { .. }) && self.grace.hours() == Ok(0)
    }

    /// What Enter does now.
    pub fn enter(&self) -> &'static str {
        match &self.goal {
            _ if self.is_gone => "close",
            goal if goal.ask().is_some() => "rotate, I agree",
            goal if goal.has_warnings() => "rotate anyway",
            _ if matches!(self.error, Some(RotateFault::Lost(_))) => "rotate again",
            _ => "rotate",
        }
    }

    /// Whether its name has to be typed: something uses the key, and would be cut off.
    pub(in crate::app) fn cuts_off(&self, now: Timestamp) -> bool {
        let key = &self.target.key;
        let cuts_off = self.grace.hours().is_ok_and(|hours| guard::cuts_off(key, hours, now));
        // Nobody has the new value of a rotation whose answer was lost.
        cuts_off && (self.grace.hours() == Ok(0) || !self.has_lost_it())
    }

    /// Whether the rotation under way is one whose answer was lost.
    fn has_lost_it(&self) -> bool {
        matches!(&self.error, Some(RotateFault::Lost(lost)) if lost.took_place() == Some(true))
    }

    /// Wants `phrase` typed from now on, or nothing.
    pub(in crate::app) fn demand(&mut self, phrase: Option<Phrase>) {
        match phrase {
            Some(phrase) if self.typed.as_ref().is_none_or(|typed| typed.phrase != phrase) => {
                self.typed = Some(Typed::new(phrase));
            }
            Some(_) => {}
            None => self.typed = None,
        }
        if self.typed.is_none() && self.focus == RotateFocus::Phrase {
            self.focus = RotateFocus::Grace;
        }
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        match action {
            Action::Accept if self.is_gone => Outcome::Close,
            Action::Accept => Outcome::Rotate,
            Action::Next | Action::Previous => self.turn(action == Action::Next),
            // Whoever would rather have both keys side by side, and see that it has moved over.
            Action::Replace if !self.is_gone => {
                Outcome::Open(Box::new(Dialog::Replace(Box::new(Replace::new(self.target.clone())))))
            }
            Action::Back => Outcome::Close,
            _ => Outcome::Stay,
        }
    }

    /// Goes as far as nothing speaks against it at the time `now`. `is_seen` says that nothing speaks against the
    /// destination.
    pub(in crate::app) fn accept(&mut self, signer: &Signer, now: Timestamp, is_seen: bool) -> Outcome {
        let rotation = match self.rotation() {
            Ok(rotation) => rotation,
            Err(error) => {
                let is_grace = error == PeriodError::Hours;
                self.focus = if is_grace { RotateFocus::Grace } else { RotateFocus::Lifetime };
                self.error = Some(RotateFault::Period(error));
                return Outcome::Stay;
            }
        };
        let Target { scope, key, .. } = &self.target;
        if let Err(refusal) = guard::rotate(key, scope, signer, rotation, now) {
            let is_lifetime = refusal == Refusal::LifetimeNeeded;
            self.focus = if is_lifetime { RotateFocus::Lifetime } else { RotateFocus::Grace };
            self.error = Some(RotateFault::Refused(refusal));
            return Outcome::Stay;
        }
        if self.typed.as_mut().is_some_and(|typed| !typed.check()) {
            self.focus = RotateFocus::Phrase;
            return Outcome::Stay;
        }
        // How lately it was used, and when it expires, or whether it is being replaced, is not known yet.
        if self.check.is_reading() || self.recall.is_some() {
            self.check.is_agreed = true;
            return Outcome::Stay;
        }
        // Asked, and pressed once more: that is agreed to.
        if !is_seen && self.goal.ask().is_none() {
            return Outcome::Look { wanted: true };
        }
        Outcome::Write(Operation::Rotate { scope: scope.clone(), id: key.id, rotation })
    }

    /// Moves the focus on or back; whoever leaves the destination wants to know of it.
    fn turn(&mut self, on: bool) -> Outcome {
        use RotateFocus::{Grace, Lifetime, Phrase, Place, Way};
        let has_place = self.goal.way.asks_for().is_some();
        let stops = [
            Some(Grace),
            Some(Lifetime),
            Some(Way),
            has_place.then_some(Place),
            self.typed.is_some().then_some(Phrase),
        ];
        let stops: Vec<RotateFocus> = stops.into_iter().flatten().collect();
        let at = stops.iter().position(|stop| *stop == self.focus).unwrap_or(0);
        let by = if on { 1 } else { stops.len() - 1 };
        let left = self.focus;
        self.focus = stops.get((at + by) % stops.len()).copied().unwrap_or(Grace);
        if matches!(left, Way | Place) && self.goal.is_to_be_seen() {
            Outcome::Look { wanted: false }
        } else {
            Outcome::Stay
        }
    }

    /// Makes the choice at this place in the row that has the focus.
    pub(super) fn choose(&mut self, at: usize) {
        match self.focus {
            RotateFocus::Grace => self.grace.choose_at(at),
            RotateFocus::Lifetime => self.lifetime.choose_at(at),
            RotateFocus::Way => self.goal.choose_at(at),
            RotateFocus::Place | RotateFocus::Phrase => return,
        }
        self.edited();
    }

    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        let taken = match self.focus {
            RotateFocus::Grace => self.grace.edit(event),
            RotateFocus::Lifetime => self.lifetime.edit(event),
            RotateFocus::Way => self.goal.choose(event),
            RotateFocus::Place => self.goal.edit(event),
            RotateFocus::Phrase => self.typed.as_mut().is_some_and(|typed| typed.edit(event)),
        };
        if taken {
            self.edited();
        }
        taken
    }

    pub(super) fn paste(&mut self, text: &str) {
        match self.focus {
            RotateFocus::Grace => self.grace.paste(text),
            RotateFocus::Lifetime => self.lifetime.paste(text),
            RotateFocus::Way => {}
            RotateFocus::Place => self.goal.paste(text),
            RotateFocus::Phrase => {
                if let Some(typed) = &mut self.typed {
                    typed.paste(text);
                }
            }
        }
        self.edited();
    }

    /// What was agreed to, and what was refused, was something else.
    fn edited(&mut self) {
        self.check.is_agreed = false;
        if matches!(self.error, Some(RotateFault::Period(_) | RotateFault::Refused(_))) {
            self.error = None;
        }
        self.goal.unwant();
    }

    /// Its answer was lost; the key is shown as it is now.
    pub(in crate::app) fn lose(&mut self, lost: LostRotation) {
        match &lost.now {
            Ok(Some(now)) if now.id == self.target.key.id => self.target.key = now.clone(),
            Ok(None) => self.is_gone = true,
            _ => {}
        }
        (self.stage, self.error) = (Stage::Ready, Some(RotateFault::Lost(Box::new(lost))));
        // It was typed for the rotation before.
        self.typed = None;
        if let Sight::Seen(_) = self.goal.sight {
            // A file that is to be new may be there since, and what was agreed to was agreed to once.
            self.goal.sight = Sight::Unseen;
        }
    }
}
