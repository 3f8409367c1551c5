//! The mouse: what it did, and what was drawn where.
//!
//! What is where is known where it is drawn: drawing gives [`Hits`], and so a click means what was seen under the pointer.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::dialog::{BulkButton, ConfirmButton, DeleteButton, ExportFocus, GenerateFocus, RotateFocus};
use super::geometry::Area;
use super::keys::KeyRef;
use super::scopes::ScopeRow;
use super::{App, Pane};
use crate::keymap::Action;
use crate::status::Tab;

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    /// The left button was pressed.
    Click,
    /// The wheel was turned towards what is further up.
    Up,
    /// The wheel was turned towards what is further down.
    Down,
}

/// Something that the mouse did, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mouse {
    /// What it did.
    pub gesture: Gesture,
    /// What was drawn there.
    pub hit: Hit,
    /// The number of the dialog that was drawn, as [`Hits`] has it.
    pub dialog: u64,
}

/// Something drawn that a click means something on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hit {
    /// A pane, where nothing else is.
    Pane(Pane),
    /// A row of the Scopes pane.
    Scope(ScopeRow),
    /// A row of the table.
    Key(KeyRef),
    /// One of the tabs.
    Tab(Tab),
    /// A pane's filter.
    Filter(Pane),
    /// A message.
    Toast,
    /// A hint: this is what its key does.
    Act(Action),
    /// A dialog or the help, where nothing else is.
    Dialog,
    /// A field, a button or a row of choices of a dialog.
    Stop(Stop),
    /// One of the choices of such a row.
    Choice(Stop, usize),
    /// An entry of a dialog's list.
    Entry(usize),
}

/// A field, a button or a row of choices that can have the focus in a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// In the question about one key.
    Confirm(ConfirmButton),
    /// In the question about a key's deletion.
    Delete(DeleteButton),
    /// In the question about many keys.
    Bulk(BulkButton),
    /// In the form that generates a key.
    Generate(GenerateFocus),
    /// In the form that rotates one.
    Rotate(RotateFocus),
    /// In the form that exports.
    Export(ExportFocus),
}

impl Stop {
    /// Whether it is a button, which is pressed by a click.
    pub(super) fn is_button(self) -> bool {
        match self {
            Self::Confirm(button) => button != ConfirmButton::Field,
            Self::Delete(button) => button != DeleteButton::Field,
            Self::Bulk(button) => button != BulkButton::Field,
            Self::Generate(_) | Self::Rotate(_) | Self::Export(_) => false,
        }
    }
}

/// What was drawn where, the topmost last.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    places: Vec<(Area, Hit)>,
    dialog: u64,
}

impl Hits {
    /// Nothing yet, of a screen that shows the dialog `app` has open.
    pub fn new(app: &App) -> Self {
        Self { places: Vec::new(), dialog: app.dialog_number }
    }

    /// `hit` was drawn in `area`, over all that is there.
    pub fn add(&mut self, area: Area, hit: Hit) {
        self.places.push((area, hit));
    }

    /// What was drawn so far can't be reached: something stands before all of it.
    pub fn cover(&mut self) {
        self.places.clear();
    }

    /// All that a click means something on, but for whole panes and dialogs.
    pub fn spots(&self) -> impl Iterator<Item = &Hit> {
        self.places.iter().map(|(_, hit)| hit).filter(|hit| !matches!(hit, Hit::Pane(_) | Hit::Dialog))
    }

    /// What the mouse means where it is; none where it means nothing.
    pub fn at(&self, event: &MouseEvent) -> Option<Mouse> {
        let gesture = match event.kind {
            MouseEventKind::Down(MouseButton::Left) => Gesture::Click,
            MouseEventKind::ScrollUp => Gesture::Up,
            MouseEventKind::ScrollDown => Gesture::Down,
            _ => return None,
        };
        let (_, hit) = self.places.iter().rfind(|(area, _)| area.holds(event.column, event.row))?;
        Some(Mouse { gesture, hit: hit.clone(), dialog: self.dialog })
    }
}
