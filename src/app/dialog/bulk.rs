//! Changes many keys after one question: lists them, says which are refused and why, and how each came out.

use crossterm::event::KeyEvent;
use jiff::Timestamp;

use super::{Outcome, Reader, Target, Typed};
use crate::app::request::RequestId;
use crate::guard::{self, Phrase, Signer};
use crate::keymap::Action;
use crate::operations::Operation;

/// How many keys are changed side by side.
const WIDTH: usize = 4;

/// What is done to each key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkKind {
    /// It stops working.
    Deactivate,
    /// It works again.
    Reactivate,
    /// It goes for good.
    Delete,
}

impl BulkKind {
    /// `deactivate`
    pub fn verb(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivate",
            Self::Reactivate => "reactivate",
            Self::Delete => "delete",
        }
    }

    /// `deactivated`
    pub fn done(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivated",
            Self::Reactivate => "reactivated",
            Self::Delete => "deleted",
        }
    }

    /// Why it is not done to a key; none where it may be.
    pub fn refuses(self, target: &Target, signer: &Signer, now: Timestamp) -> Option<&'static str> {
        let Target { key, scope, .. } = target;
        if self != Self::Reactivate && guard::deactivate(key, scope, signer).is_err() {
            return Some("you are signed in with it");
        }
        match self {
            Self::Deactivate if !key.valid => Some("it is inactive already"),
            Self::Deactivate if guard::is_in_use(key, now) => {
                Some("it was used within 24 hours: deactivate it by itself")
            }
            Self::Reactivate if key.valid => Some("it is active already"),
            Self::Delete if key.valid => Some("it is active: deactivate it first"),
            _ => None,
        }
    }

    /// The change of one key.
    pub fn operation(self, target: &Target) -> Operation {
        let (scope, id) = (target.scope.clone(), target.key.id);
        match self {
            Self::Deactivate => Operation::SetValid { scope, id, valid: false },
            Self::Reactivate => Operation::SetValid { scope, id, valid: true },
            Self::Delete => Operation::Delete { scope, id },
        }
    }
}

/// How a key of it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemState {
    /// Nothing was sent, and nothing is, for this reason.
    Refused(String),
    /// Its turn has not come.
    Waiting,
    /// It is read afresh.
    Checking(RequestId),
    /// Its change was sent.
    Writing(RequestId),
    /// It is done.
    Done,
    /// It certainly did not happen; why.
    Failed(String),
    /// It was sent, and what became of it is unknown; why.
    Unknown(String),
}

/// A key of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The key.
    pub target: Target,
    /// How it stands.
    pub state: ItemState,
}

/// How far it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkStage {
    /// The question.
    Asking,
    /// It runs; and whether it is to stop before the next key.
    Running {
        /// Whether no further key is begun.
        is_stopping: bool,
    },
    /// It is over.
    Over,
}

/// Where the focus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkButton {
    /// The field for the count, where it has to be typed.
    Field,
    /// Leave everything as it is.
    Cancel,
    /// Do it.
    Confirm,
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// What is done.
    pub kind: BulkKind,
    /// To which keys.
    pub items: Vec<Item>,
    /// When the change was made that this undoes, where it undoes one.
    pub undoes: Option<Timestamp>,
    /// What has to be typed, where a `y` is not enough.
    pub typed: Option<Typed>,
    /// Where the focus is.
    pub button: BulkButton,
    /// How far it got.
    pub stage: BulkStage,
    /// Which of the keys are in sight.
    pub reader: Reader,
}

impl Bulk {
    /// Asks whether to do that to `targets`, as far as nothing speaks against it.
    pub fn new(kind: BulkKind, targets: Vec<Target>, signer: &Signer, now: Timestamp) -> Self {
        let state = |target: &Target| match kind.refuses(target, signer, now) {
            Some(reason) => ItemState::Refused(reason.to_owned()),
            None => ItemState::Waiting,
        };
        let items: Vec<Item> = targets.into_iter().map(|target| Item { state: state(&target), target }).collect();
        let count = items.iter().filter(|item| item.state == ItemState::Waiting).count();
        let typed = (kind == BulkKind::Delete && count > 0).then(|| Typed::new(Phrase::Count(count.to_string())));
        let button = if typed.is_some() { BulkButton::Field } else { BulkButton::Cancel };
        Self { kind, items, undoes: None, typed, button, stage: BulkStage::Asking, reader: Reader::default() }
    }

    /// Whether something came out otherwise than it was meant to, which takes words to tell.
    pub fn is_troubled(&self) -> bool {
        let is_bad = |state: &ItemState| matches!(state, ItemState::Failed(_) | ItemState::Unknown(_));
        self.is_running() || self.count(is_bad) > 0 || (self.stage == BulkStage::Over && self.waiting() > 0)
    }

    /// How many of the keys are left as they are.
    pub fn left(&self) -> usize {
        self.count(|state| matches!(state, ItemState::Refused(_)))
    }

    /// How many of the keys are in a state.
    pub fn count(&self, is: impl Fn(&ItemState) -> bool) -> usize {
        self.items.iter().filter(|item| is(&item.state)).count()
    }

    /// How many are to be changed yet.
    pub fn waiting(&self) -> usize {
        self.count(|state| *state == ItemState::Waiting)
    }

    /// How many are being read or changed.
    pub fn running(&self) -> usize {
        self.count(|state| matches!(state, ItemState::Checking(_) | ItemState::Writing(_)))
    }

    /// Whether `request` is the change of one of its keys.
    pub fn awaits(&self, request: RequestId) -> bool {
        self.items.iter().any(|item| item.state == ItemState::Writing(request))
    }

    /// Whether it stops once what is under way is over.
    pub fn is_stopping(&self) -> bool {
        self.stage == BulkStage::Running { is_stopping: true }
    }

    /// Whether there is nothing to do but to read it: it is over, or nothing may be done with the keys.
    pub fn is_moot(&self) -> bool {
        match self.stage {
            BulkStage::Asking => self.waiting() == 0,
            BulkStage::Running { .. } => false,
            BulkStage::Over => true,
        }
    }

    /// Whether keys are being changed, or are to be.
    pub fn is_running(&self) -> bool {
        matches!(self.stage, BulkStage::Running { .. })
    }

    /// The key that the request is about, where it is one of its own.
    pub fn item_of(&mut self, request: RequestId) -> Option<&mut Item> {
        self.items
            .iter_mut()
            .find(|item| matches!(item.state, ItemState::Checking(own) | ItemState::Writing(own) if own == request))
    }

    /// The next key to begin with, where there is room for one.
    pub(in crate::app) fn next(&mut self) -> Option<&mut Item> {
        if self.stage != (BulkStage::Running { is_stopping: false }) || self.running() >= WIDTH {
            return None;
        }
        self.items.iter_mut().find(|item| item.state == ItemState::Waiting)
    }

    /// Whether it has just come to its end.
    pub(in crate::app) fn ends(&mut self) -> bool {
        let BulkStage::Running { is_stopping } = self.stage else { return false };
        let ends = self.running() == 0 && (is_stopping || self.waiting() == 0);
        if ends {
            self.stage = BulkStage::Over;
            self.reader = Reader::default();
        }
        ends
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        match (self.stage, action) {
            (BulkStage::Running { .. }, Action::Back | Action::No) => {
                self.stage = BulkStage::Running { is_stopping: true };
            }
            (BulkStage::Asking, Action::Next) => self.turn(1),
            (BulkStage::Asking, Action::Previous) => self.turn(self.buttons().len() - 1),
            (BulkStage::Asking, Action::Yes) => return self.confirm(),
            (BulkStage::Asking, Action::Accept) if self.button != BulkButton::Cancel => return self.confirm(),
            (BulkStage::Asking, Action::Accept | Action::No | Action::Back)
            | (BulkStage::Over, Action::Accept | Action::Back | Action::No | Action::Yes) => return Outcome::Close,
            _ => {}
        }
        Outcome::Stay
    }

    /// The buttons that there are, in their order.
    pub fn buttons(&self) -> &'static [BulkButton] {
        match (&self.typed, self.waiting()) {
            (_, 0) => &[BulkButton::Cancel],
            (Some(_), _) => &[BulkButton::Field, BulkButton::Cancel, BulkButton::Confirm],
            (None, _) => &[BulkButton::Cancel, BulkButton::Confirm],
        }
    }

    fn turn(&mut self, by: usize) {
        let buttons = self.buttons();
        let at = buttons.iter().position(|button| *button == self.button).unwrap_or(0);
        self.button = buttons.get((at + by) % buttons.len()).copied().unwrap_or(BulkButton::Cancel);
    }

    fn confirm(&mut self) -> Outcome {
        if self.waiting() == 0 {
            return Outcome::Close;
        }
        if self.typed.as_mut().is_some_and(|typed| !typed.check()) {
            self.button = BulkButton::Field;
            return Outcome::Stay;
        }
        self.stage = BulkStage::Running { is_stopping: false };
        Outcome::Run
    }

    fn field(&mut self) -> Option<&mut Typed> {
        self.typed.as_mut().filter(|_| self.stage == BulkStage::Asking && self.button == BulkButton::Field)
    }

    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        self.field().is_some_and(|typed| typed.edit(event))
    }

    pub(super) fn paste(&mut self, text: &str) {
        if let Some(typed) = self.field() {
            typed.paste(text);
        }
    }
}
