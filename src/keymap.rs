//! What each key means where: the one table behind dispatch, the footer's hints, and the help.
//!
//! A [`Context`] is where a key is pressed. [`lookup`] asks the contexts that apply, the innermost first.

mod bindings;

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::status::Tab;
pub use bindings::BINDINGS;

/// Where a key is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Everywhere, behind all else.
    Anywhere,
    /// Either pane, with no dialog open.
    Panes,
    /// The list of scopes.
    Scopes,
    /// The table of keys.
    Keys,
    /// The filter's text field.
    Filter,
    /// The form that generates a key.
    Generate,
    /// The form that rotates a key in place.
    RotateInPlace,
    /// How another key takes over signing the calls.
    ChangeSigner,
    /// The dialog that holds a fresh secret.
    Secret,
    /// Another destination for a fresh secret.
    Elsewhere,
    /// The question whether the secret may be lost.
    Farewell,
    /// A question with buttons.
    Confirm,
    /// A question that is answered by typing a name or an id.
    Phrase,
    /// Many keys that are changed together.
    Bulk,
    /// What became of a key whose answer was lost.
    Lost,
    /// A key that is replaced by another.
    Replace,
    /// The rotations that are open.
    Rotations,
    /// The profiles.
    Profiles,
    /// What to copy of a key.
    CopyMenu,
    /// How to write what the table shows.
    Export,
    /// A text to read: help or details.
    Reader,
    /// What was done.
    Journal,
    /// Any dialog that is too high for the screen, behind its own keys.
    Dialog,
    /// The screen without a key to sign in with.
    SignedOut,
}

impl Context {
    /// All of them, as the help lists them.
    pub const ALL: [Self; 24] = [
        Self::Panes,
        Self::Scopes,
        Self::Keys,
        Self::Filter,
        Self::Generate,
        Self::RotateInPlace,
        Self::ChangeSigner,
        Self::Secret,
        Self::Elsewhere,
        Self::Farewell,
        Self::Confirm,
        Self::Phrase,
        Self::Bulk,
        Self::Lost,
        Self::Replace,
        Self::Rotations,
        Self::Profiles,
        Self::CopyMenu,
        Self::Export,
        Self::Reader,
        Self::Journal,
        Self::Dialog,
        Self::SignedOut,
        Self::Anywhere,
    ];

    /// Its heading in the help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Anywhere => "Anywhere",
            Self::Panes => "Scopes and keys",
            Self::Scopes => "Scopes",
            Self::Keys => "Keys",
            Self::Filter => "Filter",
            Self::Generate => "Generate a key",
            Self::RotateInPlace => "Rotate a key in place",
            Self::ChangeSigner => "Change the signing key",
            Self::Secret => "A new key's secret",
            Self::Elsewhere => "Take a secret elsewhere",
            Self::Farewell => "Close without the secret",
            Self::Confirm => "Confirm",
            Self::Phrase => "Confirm by typing",
            Self::Bulk => "Many keys",
            Self::Lost => "A lost answer",
            Self::Replace => "Replace a key",
            Self::Rotations => "Rotations",
            Self::Profiles => "Profiles",
            Self::CopyMenu => "Copy",
            Self::Export => "Export",
            Self::Reader => "Help and details",
            Self::Journal => "Journal",
            Self::Dialog => "Dialogs",
            Self::SignedOut => "Not signed in",
        }
    }

    /// Whether what is typed here goes into a text field, where no key means anything else.
    pub fn is_typing(self) -> bool {
        matches!(
            self,
            Self::Filter
                | Self::Generate
                | Self::RotateInPlace
                | Self::Export
                | Self::Profiles
                | Self::Elsewhere
                | Self::Farewell
                | Self::Phrase
        )
    }
}

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// To the next entry, line or button.
    Down,
    /// To the one before.
    Up,
    /// A screenful on.
    PageDown,
    /// A screenful back.
    PageUp,
    /// To the first.
    First,
    /// To the last.
    Last,
    /// To the other pane, or the next field or button.
    Next,
    /// Back to the one before.
    Previous,
    /// Open, choose, or press the button.
    Accept,
    /// Close, clear the filter, go back.
    Back,
    /// Quit from the panes; back from a dialog.
    Quit,
    /// Quit from anywhere.
    Interrupt,
    /// Suspend to the shell.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Type a filter.
    Filter,
    /// To the next match, from the last to the first.
    NextMatch,
    /// To the match before.
    PreviousMatch,
    /// Show one tab.
    Tab(Tab),
    /// Show the keys of the organization and of all projects.
    AllKeys,
    /// Tell what could not be read.
    Unreadable,
    /// Take the first way in which the filter could go on.
    Complete,
    /// Sort by the next column.
    Sort,
    /// Turn the order around.
    SortReverse,
    /// Fewer or more columns.
    Columns,
    /// Fold the Scopes pane, or unfold it.
    Fold,
    /// Relative, local or UTC times.
    Times,
    /// Read again.
    Refresh,
    /// Generate a key.
    Generate,
    /// Write what the table shows to a file, or copy it.
    Export,
    /// Deactivate, or reactivate an inactive key.
    Toggle,
    /// Delete a key.
    Delete,
    /// Rotate the key.
    Rotate,
    /// Show the rotations that are open.
    Rotations,
    /// Replace the key by another, step by step, in place of rotating it in place.
    Replace,
    /// Go no further with a replacement.
    End,
    /// Mark the key, or take its mark.
    Mark,
    /// Begin or end a range of marks.
    MarkRange,
    /// Mark all that is shown, or take those marks.
    MarkAll,
    /// Undo the last deactivation or reactivation.
    Undo,
    /// Copy something of a key.
    CopyMenu,
    /// Show the keys that work here.
    Help,
    /// Show what was done.
    Journal,
    /// Show the profiles, to switch to one.
    Profiles,
    /// Look again what became of a key.
    LookAgain,
    /// Copy the secret.
    CopySecret,
    /// Write the secret to a file.
    ToFile,
    /// Write the secret to an entry of a dotenv file.
    ToEnv,
    /// Give the secret to a command.
    ToCommand,
    /// Show or hide the secret.
    Reveal,
    /// Yes.
    Yes,
    /// No.
    No,
    /// Copy the key's name.
    CopyName,
    /// Copy the key's id.
    CopyId,
    /// Copy the masked value.
    CopyValue,
    /// Start the embedded service and look around.
    Demo,
}

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Key {
    const fn char(character: char) -> Self {
        Self { code: KeyCode::Char(character), modifiers: KeyModifiers::NONE }
    }

    const fn ctrl(character: char) -> Self {
        Self { code: KeyCode::Char(character), modifiers: KeyModifiers::CONTROL }
    }

    const fn code(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::NONE }
    }

    /// The event that a terminal sends for it.
    pub fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    fn matches(self, event: &KeyEvent) -> bool {
        // A shifted letter or sign is another character; terminals differ in telling the shift as well.
        let ignored = match event.code {
            KeyCode::Char(_) | KeyCode::BackTab => KeyModifiers::SHIFT,
            _ => KeyModifiers::NONE,
        };
        self.code == event.code && self.modifiers == event.modifiers - ignored
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.modifiers.contains(KeyModifiers::CONTROL) {
            formatter.write_str("Ctrl-")?;
        }
        match self.code {
            KeyCode::Char(' ') => formatter.write_str("Space"),
            KeyCode::Char(character) => write!(formatter, "{character}"),
            KeyCode::PageUp => formatter.write_str("PgUp"),
            KeyCode::PageDown => formatter.write_str("PgDn"),
            KeyCode::BackTab => formatter.write_str("Shift-Tab"),
            other => write!(formatter, "{other}"),
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// Where it holds.
    pub context: Context,
    /// The keys, the first of them shown in hints.
    pub keys: &'static [Key],
    /// What they mean.
    pub action: Action,
    /// One or two words for the footer; empty where it is not worth the room.
    pub hint: &'static str,
    /// A line for the help.
    pub help: &'static str,
}

/// What `event` means in the first of `contexts` that knows it.
pub fn lookup(contexts: &[Context], event: &KeyEvent) -> Option<Action> {
    let find = |context: &Context| {
        BINDINGS
            .iter()
            .find(|binding| binding.context == *context && binding.keys.iter().any(|key| key.matches(event)))
            .map(|binding| binding.action)
    };
    contexts.iter().find_map(find)
}

/// What the key called `name` means in the first of `contexts` that knows it.
pub fn named(contexts: &[Context], name: &str) -> Option<Action> {
    let has_name = |binding: &&Binding| binding.keys.iter().any(|key| key.to_string() == name);
    contexts.iter().find_map(|context| of(*context).find(has_name)).map(|binding| binding.action)
}

/// The bindings of `context`, in their order.
pub fn of(context: Context) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| binding.context == context)
}

#[cfg(test)]
mod tests;
