//! Where keys are pressed.

use super::Action;

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
    /// A text to read.
    Reader,
    /// What was done.
    Journal,
    /// The screen without a key to sign in with.
    SignedOut,
    /// Every dialog that is no form, behind its own keys.
    Dialogs,
    /// Every dialog that may be too high for the screen, behind its own keys.
    Dialog,
    /// The keys that work, over whatever they were asked for in.
    Help,
    /// The field that finds commands, scopes and views by their names.
    Palette,
}

impl Context {
    /// All of them, as the help lists them.
    pub const ALL: [Self; 27] = [
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
        Self::Dialogs,
        Self::Dialog,
        Self::Palette,
        Self::Help,
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
            Self::Reader => "Details",
            Self::Journal => "Journal",
            Self::SignedOut => "Not signed in",
            Self::Dialogs => "Dialogs that are no forms",
            Self::Dialog => "Dialogs that are too high",
            Self::Help => "Help",
            Self::Palette => "Commands",
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
                | Self::Palette
        )
    }

    /// Its name in the configuration. It stays the same from version to version.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Panes => "panes",
            Self::Scopes => "scopes",
            Self::Keys => "keys",
            Self::Filter => "filter",
            Self::Generate => "generate",
            Self::RotateInPlace => "rotate-in-place",
            Self::ChangeSigner => "change-signer",
            Self::Secret => "secret",
            Self::Elsewhere => "take-elsewhere",
            Self::Farewell => "close-secret",
            Self::Confirm => "confirm",
            Self::Phrase => "confirm-by-typing",
            Self::Bulk => "many-keys",
            Self::Lost => "lost-answer",
            Self::Replace => "replace",
            Self::Rotations => "rotations",
            Self::Profiles => "profiles",
            Self::CopyMenu => "copy",
            Self::Export => "export",
            Self::Reader => "details",
            Self::Journal => "journal",
            Self::SignedOut => "signed-out",
            Self::Dialogs => "dialogs",
            Self::Dialog => "high-dialogs",
            Self::Help => "help",
            Self::Palette => "commands",
        }
    }

    /// What leads out of it, where that is more than leaving the program: it always keeps a key.
    pub fn way_out(self) -> Option<Action> {
        match self {
            Self::Anywhere => Some(Action::Interrupt),
            Self::Panes | Self::Scopes | Self::Keys | Self::Dialogs | Self::Dialog | Self::SignedOut => None,
            Self::Confirm => Some(Action::No),
            _ => Some(Action::Back),
        }
    }
}
