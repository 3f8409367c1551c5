//! What enters `update`, and what it asks of the world: plain values that tests compare.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::KeyEvent;
use jiff::{SignedDuration, Timestamp};

use super::Session;
use super::arrange::{Arrangement, Wanted};
use super::mouse::Mouse;
use super::profile::{NotOpened, Opened, ProfileName};
use super::request::RequestId;
use crate::api::Capabilities;
use crate::api::error::ApiError;
use crate::destination::{Ask, Delivered, Destination, KeyKind, Look, NotDelivered};
use crate::export::file::NotSaved;
use crate::guard::Signer;
use crate::journal::{JournalError, Report};
use crate::operations::{Answer, NotSignedIn, Operation, Reconciled};
use crate::secret::Secret;
use crate::text::Text;

/// Something that happened, and when: `update` knows no other clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The mouse did something on what was drawn.
    Mouse(Mouse),
    /// The terminal has this size now, in cells.
    Resize {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// The terminal has the focus now, or has it no more.
    Focus(bool),
    /// The time that [`App::wake_at`](super::App::wake_at) asked for has come.
    Tick,
    /// What came of an operation.
    Reply(RequestId, Result<Answer, ApiError>),
    /// What a look at a destination told.
    Looked(RequestId, Look),
    /// What became of a secret.
    Delivered(RequestId, Result<Delivered, NotDelivered>),
    /// This key signs the calls from now on, or the one before still does.
    SignedIn(RequestId, Result<Signer, NotSignedIn>),
    /// What came of a copy; an error in words.
    Copied(RequestId, Result<Delivery, String>),
    /// Where a file was written to, or why it was not.
    Saved(RequestId, Result<Text, NotSaved>),
    /// What became of something that an earlier program began and did not see the end of.
    Reconciled(Reconciled),
    /// What the journal says; none where none is kept.
    Journal(RequestId, Result<Option<Box<Report>>, JournalError>),
    /// This is told of the profile, which may not be in force any more.
    Of(ProfileName, Box<Event>),
    /// The key of a profile that is being opened was read.
    ProfileKeyRead(RequestId),
    /// A profile can be entered, or not.
    ProfileOpened(RequestId, Result<Box<Opened>, NotOpened>),
    /// There is a service to talk to.
    Connected(Session),
    /// How far this machine's clock is ahead of the service's; below zero where it is behind.
    ClockAhead(SignedDuration),
    /// What can be done with the keys of the service that is talked to.
    Capabilities(Capabilities),
    /// The rows of the table, as they were asked for.
    Arranged(RequestId, Arc<Arrangement>),
    /// Something for the user to know that nothing was asked for.
    Notice(String),
}

/// What is known to have become of copied text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It is in the clipboard, for so long, or until something else is copied.
    Clipboard {
        /// When it is cleared.
        clears_after: Option<Duration>,
    },
    /// It was handed to the terminal, which does not say whether it took it.
    Terminal,
}

/// What `update` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Carry out an operation, and reply.
    Ask(RequestId, Operation),
    /// Look at a destination for the secret of such a key, without touching anything.
    Look(RequestId, Destination, KeyKind),
    /// Take a secret to its destination. It does what a person has to agree to only where that is given.
    Deliver(RequestId, Destination, KeyKind, Secret, Option<Ask>),
    /// Sign the calls with this key from then on, once one that it signed was answered for the same organization.
    SignIn(RequestId, Secret),
    /// Copy this, which is no secret, to the clipboard, and tell what came of it.
    Copy(RequestId, Secret),
    /// Write this file, and tell what came of it.
    Save {
        /// Which of them it is.
        request: RequestId,
        /// Where to.
        path: String,
        /// What is in it.
        text: String,
        /// Whether a file that is there may be replaced.
        replace: bool,
    },
    /// Read the newest entries of the journal, so many at most, and hand them over.
    ReadJournal(RequestId, usize),
    /// Work out the rows of the table. What was asked for before is not needed any more.
    Arrange(RequestId, Box<Wanted>),
    /// Forget the keys that were typed ahead: a dialog opened that they were not meant for.
    DropTypedAhead,
    /// Read the key of this profile and call its service, without entering it.
    OpenProfile(RequestId, ProfileName),
    /// Talk to the service of this profile from then on. It was opened before.
    EnterProfile(ProfileName),
    /// Start the embedded service and connect to it.
    StartDemo,
    /// Hand the terminal back until the shell continues the program.
    Suspend,
    /// Draw every cell anew.
    Redraw,
    /// End the program.
    Quit,
}
