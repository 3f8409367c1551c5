//! The one dialog that may be open, and what it ends in.
//!
//! Each dialog is a small machine: an action or a key goes in, an [`Outcome`] comes out, and `update`
//! acts on it. While a write of its runs, a dialog is busy and takes nothing. It holds the key that it
//! was opened for, by its id: what is selected meanwhile does not matter to it.

mod bulk;
mod change_signer;
mod check;
mod confirm;
mod delete;
mod export;
mod generate;
mod goal;
mod journal;
mod lost;
mod palette;
mod period;
mod profiles;
mod reader;
mod replace;
mod rotate_in_place;
mod rotations;
mod secret;
mod sign_in;
mod typed;

use crossterm::event::KeyEvent;

pub use bulk::{Bulk, BulkButton, BulkKind, BulkStage, Item, ItemState};
pub use change_signer::ChangeSigner;
pub use check::Check;
pub use confirm::{Confirm, ConfirmButton};
pub use delete::{Delete, DeleteButton, DeleteStep};
pub use export::{Export, ExportFocus, ExportStage, ExportTo};
pub use generate::{Fault, Generate, GenerateFocus};
pub use goal::{Goal, Sight, Way};
pub use journal::JournalDialog;
pub use lost::LostDialog;
pub use palette::{Command, Entry, Palette};
pub use period::{Choice, Period, PeriodError};
pub use profiles::ProfilesDialog;
pub use reader::{Reader, ReaderLine, Shows};
pub use replace::{EVERY, Replace, Turn, Watch};
pub use rotate_in_place::{RotateFault, RotateFocus, RotateInPlace};
pub use rotations::RotationsDialog;
pub use secret::{DISCARD, Delivering, SAVED, SecretDialog, SecretKind};
pub use sign_in::{SignIn, SignInStage};
pub use typed::Typed;

use super::request::RequestId;
use crate::api::error::ApiError;
use crate::api::model::{ApiKey, Scope};
use crate::keymap::{Action, Context};
use crate::operations::Operation;
use crate::secret::Secret;

/// The open dialog.
#[derive(Debug, Clone)]
pub enum Dialog {
    /// Generates a key.
    Generate(Generate),
    /// Holds a fresh secret.
    Secret(Box<SecretDialog>),
    /// Deactivates or reactivates a key.
    Confirm(Confirm),
    /// Deletes a key.
    Delete(Delete),
    /// Changes many keys.
    Bulk(Box<Bulk>),
    /// Gives a key a new value, in place.
    RotateInPlace(Box<RotateInPlace>),
    /// Says how another key takes over signing the calls.
    ChangeSigner(Box<ChangeSigner>),
    /// Says what became of a key whose answer was lost.
    Lost(Box<LostDialog>),
    /// Replaces a key by another, step by step.
    Replace(Box<Replace>),
    /// The rotations that are open.
    Rotations(Box<RotationsDialog>),
    /// The profiles, to switch to one.
    Profiles(Box<ProfilesDialog>),
    /// Copies something of a key.
    CopyMenu(ApiKey),
    /// Writes what the table shows to a file, or copies it.
    Export(Box<Export>),
    /// Finds commands, scopes and views by their names.
    Palette(Box<Palette>),
    /// Which scopes could not be read, and why.
    Unreadable(Reader),
    /// All that is known of a key.
    Details(Reader, Target),
    /// What was done.
    Journal(Box<JournalDialog>),
}

/// A key that a dialog is about, pinned when it opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Where it is.
    pub scope: Scope,
    /// The scope's name for people.
    pub scope_name: String,
    /// The key, as it was read last.
    pub key: ApiKey,
}

/// Whether a dialog waits for the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// It takes keys.
    #[default]
    Ready,
    /// This write is under way.
    Busy(RequestId),
}

/// What a dialog asks of its parent.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Nothing; it stays.
    Stay,
    /// It is over.
    Close,
    /// It is over, and the secret of this key was given up.
    Discard(Target, SecretKind),
    /// Another dialog takes its place.
    Open(Box<Dialog>),
    /// Another dialog opens over it, and it comes back then.
    Over(Box<Dialog>),
    /// Do this about a replacement.
    Replacement(Turn),
    /// A key of that name is to be generated in the scope.
    Generate(Scope, String),
    /// Begin to change the keys that it lists.
    Run,
    /// Carry out this write; the dialog is busy until it is answered.
    Write(Operation),
    /// Rotate the key as the form says, where nothing speaks against it.
    Rotate,
    /// Look at the destination that was chosen; where it is wanted, go on once nothing speaks against it.
    Look {
        /// Whether to go on.
        wanted: bool,
    },
    /// Choose another destination, of this kind.
    Elsewhere(Way),
    /// Take the secret to the destination that was chosen.
    Deliver,
    /// Copy the secret.
    CopySecret,
    /// Sign the calls with the secret from now on.
    SignIn,
    /// Another key signs the calls: offer to deactivate the one before.
    OfferOld,
    /// Switch to the profile with this number among those that are shown.
    Profile(usize),
    /// Write or copy what the table shows, as the form says.
    Export,
    /// Copy this, say what it was, and close.
    CopyAndClose(Secret, &'static str),
}

impl Dialog {
    /// Where keys are looked up while it is open.
    pub fn context(&self) -> Context {
        match self {
            Self::Generate(_) => Context::Generate,
            Self::RotateInPlace(_) => Context::RotateInPlace,
            Self::Secret(dialog) if dialog.elsewhere.is_some() => Context::Elsewhere,
            Self::Secret(dialog) if dialog.farewell.is_some() => Context::Farewell,
            Self::Secret(_) => Context::Secret,
            Self::Confirm(dialog) if dialog.typed.is_none() => Context::Confirm,
            Self::Bulk(dialog) if dialog.typed.is_none() || dialog.stage != BulkStage::Asking => Context::Bulk,
            Self::Confirm(_) | Self::Delete(_) | Self::Bulk(_) => Context::Phrase,
            Self::ChangeSigner(_) => Context::ChangeSigner,
            Self::Lost(_) => Context::Lost,
            Self::Replace(_) => Context::Replace,
            Self::Rotations(_) => Context::Rotations,
            Self::Profiles(_) => Context::Profiles,
            Self::CopyMenu(_) => Context::CopyMenu,
            Self::Export(_) => Context::Export,
            Self::Palette(_) => Context::Palette,
            Self::Unreadable(_) | Self::Details(..) => Context::Reader,
            Self::Journal(_) => Context::Journal,
        }
    }

    /// Whether a write of its is under way, so that it can't be closed.
    pub fn is_busy(&self) -> bool {
        self.stage() != Stage::Ready
    }

    /// How far it is scrolled, where it is a text to read.
    pub(super) fn reader(&mut self) -> Option<&mut Reader> {
        match self {
            Self::Unreadable(reader) | Self::Details(reader, _) => Some(reader),
            Self::Journal(dialog) => Some(&mut dialog.reader),
            Self::Bulk(dialog) => Some(&mut dialog.reader),
            _ => None,
        }
    }

    /// Whether there is nothing left to do in it: somebody else did it meanwhile.
    pub fn is_moot(&self) -> bool {
        match self {
            Self::Confirm(dialog) => dialog.is_moot(),
            Self::Delete(dialog) => dialog.is_gone,
            Self::RotateInPlace(dialog) => dialog.is_gone,
            Self::Bulk(dialog) => dialog.is_moot(),
            _ => false,
        }
    }

    /// Whether keys that were typed before it opened must not reach it.
    pub fn is_dangerous(&self) -> bool {
        matches!(
            self,
            Self::Secret(_)
                | Self::Confirm(_)
                | Self::Delete(_)
                | Self::Bulk(_)
                | Self::Lost(_)
                | Self::RotateInPlace(_)
                | Self::Replace(_)
        )
    }

    /// Takes an action.
    pub fn act(&mut self, action: Action) -> Outcome {
        if self.is_busy() {
            return Outcome::Stay;
        }
        self.disagree();
        match self {
            Self::Generate(dialog) => dialog.act(action),
            Self::Secret(dialog) => dialog.act(action),
            Self::Confirm(dialog) => dialog.act(action),
            Self::Delete(dialog) => dialog.act(action),
            Self::Bulk(dialog) => dialog.act(action),
            Self::Lost(dialog) => dialog.act(action),
            Self::RotateInPlace(dialog) => dialog.act(action),
            Self::ChangeSigner(dialog) => dialog.act(action),
            Self::Replace(dialog) => dialog.act(action),
            Self::Rotations(dialog) => dialog.act(action),
            Self::Profiles(dialog) => dialog.act(action),
            Self::CopyMenu(key) => copy(key, action),
            Self::Export(dialog) => dialog.act(action),
            Self::Palette(_) | Self::Unreadable(_) | Self::Details(..) | Self::Journal(_) => match action {
                Action::Back | Action::Quit => Outcome::Close,
                _ => Outcome::Stay,
            },
        }
    }

    /// Takes a key that is bound to nothing here; false where it means nothing as text either.
    pub fn edit(&mut self, event: &KeyEvent) -> bool {
        if self.is_busy() {
            return false;
        }
        match self {
            Self::Generate(dialog) => dialog.edit(event),
            Self::Secret(dialog) => dialog.edit(event),
            Self::Confirm(dialog) => dialog.edit(event),
            Self::Delete(dialog) => dialog.edit(event),
            Self::RotateInPlace(dialog) => dialog.edit(event),
            Self::Bulk(dialog) => dialog.edit(event),
            Self::Export(dialog) => dialog.edit(event),
            Self::Profiles(dialog) => dialog.edit(event),
            Self::Palette(dialog) => dialog.edit(event),
            _ => false,
        }
    }

    /// Makes the choice at this place in the row that has the focus.
    pub(super) fn choose(&mut self, at: usize) {
        match self {
            Self::Generate(dialog) => dialog.choose(at),
            Self::RotateInPlace(dialog) => dialog.choose(at),
            Self::Export(dialog) => dialog.choose_at(at),
            _ => {}
        }
    }

    /// Selects the entry at this place in its list.
    pub(super) fn select(&mut self, at: usize) {
        match self {
            Self::Lost(dialog) => dialog.selected = at.min(dialog.keys().len().saturating_sub(1)),
            Self::Profiles(dialog) => dialog.select(at),
            Self::Palette(dialog) => dialog.select(at),
            Self::Rotations(dialog) => dialog.selected = at.min(dialog.count.saturating_sub(1)),
            _ => {}
        }
    }

    /// Takes a paste, where there is a field for it. The confirmations that are typed can't be pasted away
    /// by chance: a paste never presses Enter.
    pub fn paste(&mut self, text: &str) {
        if self.is_busy() {
            return;
        }
        match self {
            Self::Generate(dialog) => dialog.paste(text),
            Self::Confirm(dialog) => dialog.paste(text),
            Self::Delete(dialog) => dialog.paste(text),
            Self::RotateInPlace(dialog) => dialog.paste(text),
            Self::Secret(dialog) => dialog.paste(text),
            Self::Bulk(dialog) => dialog.paste(text),
            Self::Export(dialog) => dialog.paste(text),
            Self::Profiles(dialog) => dialog.paste(text),
            Self::Palette(dialog) => dialog.paste(text),
            _ => {}
        }
    }

    /// Notes that its write is under way as `request`.
    pub fn begin(&mut self, request: RequestId) {
        match self {
            Self::Generate(dialog) => (dialog.stage, dialog.error) = (Stage::Busy(request), None),
            Self::Confirm(dialog) => (dialog.stage, dialog.error) = (Stage::Busy(request), None),
            Self::Delete(dialog) => (dialog.stage, dialog.error) = (Stage::Busy(request), None),
            Self::Lost(dialog) => dialog.stage = Stage::Busy(request),
            Self::RotateInPlace(dialog) => (dialog.stage, dialog.error) = (Stage::Busy(request), None),
            Self::Replace(dialog) => dialog.begin(request),
            _ => {}
        }
    }

    /// Whether `request` is a write that it waits for.
    pub fn awaits(&self, request: RequestId) -> bool {
        match self {
            Self::Bulk(dialog) => dialog.awaits(request),
            _ => self.stage() == Stage::Busy(request),
        }
    }

    fn stage(&self) -> Stage {
        match self {
            Self::Generate(dialog) => dialog.stage,
            Self::Confirm(dialog) => dialog.stage,
            Self::Delete(dialog) => dialog.stage,
            Self::Lost(dialog) => dialog.stage,
            Self::RotateInPlace(dialog) => dialog.stage,
            Self::Secret(dialog) => dialog.stage(),
            Self::Replace(dialog) => dialog.stage,
            _ => Stage::Ready,
        }
    }

    /// Its write failed: it stays, with what was typed, and says why.
    pub fn fail(&mut self, error: &ApiError) {
        let words = Some(error.clone());
        match self {
            Self::Generate(dialog) => (dialog.stage, dialog.error) = (Stage::Ready, words.map(Fault::Api)),
            Self::Confirm(dialog) => (dialog.stage, dialog.error) = (Stage::Ready, words),
            Self::Delete(dialog) => dialog.fail(error),
            Self::RotateInPlace(dialog) => {
                (dialog.stage, dialog.error) = (Stage::Ready, words.map(RotateFault::Api));
            }
            Self::Replace(dialog) => (dialog.stage, dialog.error) = (Stage::Ready, words),
            Self::Lost(dialog) => (dialog.stage, dialog.lost.found) = (Stage::Ready, Err(error.clone())),
            _ => {}
        }
    }

    /// Why its call failed.
    pub fn error(&self) -> Option<&ApiError> {
        match self {
            Self::Generate(dialog) => match &dialog.error {
                Some(Fault::Api(error)) => Some(error),
                _ => None,
            },
            Self::Confirm(dialog) => dialog.error.as_ref(),
            Self::Delete(dialog) => dialog.error.as_ref(),
            Self::RotateInPlace(dialog) => match &dialog.error {
                Some(RotateFault::Api(error)) => Some(error),
                _ => None,
            },
            Self::Replace(dialog) => dialog.error.as_ref().or(dialog.read_error.as_ref()),
            Self::Lost(dialog) => dialog.lost.found.as_ref().err(),
            Self::Secret(dialog) => dialog.sign_in.as_ref().and_then(|sign_in| sign_in.error()),
            _ => None,
        }
    }

    /// The key that it would change, where that makes it stop working or vanish.
    pub fn endangers(&self) -> Option<&Target> {
        match self {
            Self::Confirm(dialog) if !dialog.valid => Some(&dialog.target),
            Self::Delete(dialog) => Some(&dialog.target),
            _ => None,
        }
    }

    /// Where a secret shall go, and of which scope its key is, where that is being chosen in it.
    pub(super) fn goal(&mut self) -> Option<(&mut Goal, &Scope)> {
        match self {
            Self::Generate(dialog) => Some((&mut dialog.goal, &dialog.scope)),
            Self::RotateInPlace(dialog) => Some((&mut dialog.goal, &dialog.target.scope)),
            Self::Secret(dialog) => dialog.elsewhere.as_mut().map(|goal| (goal, &dialog.target.scope)),
            _ => None,
        }
    }

    /// What it found out about the key that it would change, and that key.
    pub(super) fn check(&mut self) -> Option<(&mut Check, &Target)> {
        match self {
            Self::Confirm(dialog) => Some((&mut dialog.check, &dialog.target)),
            Self::Delete(dialog) => Some((&mut dialog.check, &dialog.target)),
            Self::RotateInPlace(dialog) => Some((&mut dialog.check, &dialog.target)),
            _ => None,
        }
    }

    /// A yes that was given before the key was read no longer counts: another key was pressed since.
    pub(super) fn disagree(&mut self) {
        if let Some((check, _)) = self.check() {
            check.is_agreed = false;
        }
    }

    /// Does what was agreed to before its key was read.
    pub(super) fn go_on(&mut self) -> Outcome {
        match self {
            Self::Confirm(dialog) => dialog.confirm(),
            Self::Delete(dialog) => dialog.press(),
            Self::RotateInPlace(_) => Outcome::Rotate,
            _ => Outcome::Stay,
        }
    }

    /// Brings the key that it is about up to date, after its scope was read again.
    pub fn refresh(&mut self, scope: &Scope, keys: &[ApiKey]) {
        let (target, is_gone) = match self {
            Self::Confirm(dialog) => (&mut dialog.target, &mut dialog.is_gone),
            Self::Delete(dialog) => (&mut dialog.target, &mut dialog.is_gone),
            Self::RotateInPlace(dialog) => (&mut dialog.target, &mut dialog.is_gone),
            Self::Details(_, target) => (target, &mut false),
            _ => return,
        };
        if target.scope == *scope {
            match keys.iter().find(|key| key.id == target.key.id) {
                Some(key) => (target.key, *is_gone) = (key.clone(), false),
                None => *is_gone = true,
            }
        }
        if let Self::Delete(dialog) = self {
            dialog.keep_focus();
        }
    }
}

fn copy(key: &ApiKey, action: Action) -> Outcome {
    match action {
        Action::CopyName => match key.visible_name() {
            Some(name) => Outcome::CopyAndClose(Secret::new(name.as_str()), "The name"),
            None => Outcome::Stay,
        },
        Action::CopyId => Outcome::CopyAndClose(Secret::new(key.id.to_string()), "The id"),
        Action::CopyValue => Outcome::CopyAndClose(Secret::new(key.value.as_str()), "The masked value"),
        Action::Back | Action::Quit => Outcome::Close,
        _ => Outcome::Stay,
    }
}
