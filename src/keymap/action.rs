//! What keys mean.

use crate::status::Tab;

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
    /// Find a command, a scope or a view by its name.
    Palette,
}

impl Action {
    /// Its name in the configuration. It stays the same from version to version.
    pub fn name(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Up => "up",
            Self::PageDown => "page-down",
            Self::PageUp => "page-up",
            Self::First => "first",
            Self::Last => "last",
            Self::Next => "next",
            Self::Previous => "previous",
            Self::Accept => "accept",
            Self::Back => "back",
            Self::Quit => "quit",
            Self::Interrupt => "interrupt",
            Self::Suspend => "suspend",
            Self::Redraw => "redraw",
            Self::Filter => "filter",
            Self::NextMatch => "next-match",
            Self::PreviousMatch => "previous-match",
            Self::Tab(Tab::All) => "tab-all",
            Self::Tab(Tab::InUse) => "tab-in-use",
            Self::Tab(Tab::Stale) => "tab-stale",
            Self::Tab(Tab::Inactive) => "tab-inactive",
            Self::AllKeys => "all-keys",
            Self::Unreadable => "unreadable",
            Self::Complete => "complete",
            Self::Sort => "sort",
            Self::SortReverse => "reverse",
            Self::Columns => "columns",
            Self::Fold => "fold",
            Self::Times => "times",
            Self::Refresh => "refresh",
            Self::Generate => "generate",
            Self::Export => "export",
            Self::Toggle => "deactivate",
            Self::Delete => "delete",
            Self::Rotate => "rotate",
            Self::Rotations => "rotations",
            Self::Replace => "replace",
            Self::End => "end",
            Self::Mark => "mark",
            Self::MarkRange => "mark-range",
            Self::MarkAll => "mark-all",
            Self::Undo => "undo",
            Self::CopyMenu => "copy",
            Self::Help => "help",
            Self::Journal => "journal",
            Self::Profiles => "profiles",
            Self::LookAgain => "look-again",
            Self::CopySecret => "copy-secret",
            Self::ToFile => "to-file",
            Self::ToEnv => "to-env",
            Self::ToCommand => "to-command",
            Self::Reveal => "reveal",
            Self::Yes => "yes",
            Self::No => "no",
            Self::CopyName => "copy-name",
            Self::CopyId => "copy-id",
            Self::CopyValue => "copy-value",
            Self::Demo => "demo",
            Self::Palette => "commands",
        }
    }

    /// What people call it elsewhere, in lower case: found in the palette, too.
    pub fn other_words(self) -> &'static [&'static str] {
        match self {
            Self::Generate => &["create", "new", "add", "issue"],
            Self::Toggle => &["disable", "enable", "revoke", "activate"],
            Self::Delete => &["remove", "destroy"],
            Self::Rotate => &["renew", "replace", "roll"],
            Self::Undo => &["revert"],
            Self::Refresh => &["reload", "update"],
            Self::Filter => &["search", "find"],
            Self::Times => &["zone", "timezone", "clock"],
            Self::Fold => &["sidebar", "expand", "collapse", "hide"],
            Self::Export => &["save", "csv", "download"],
            Self::Journal => &["history", "log", "audit"],
            Self::Profiles => &["account", "organization", "login", "context"],
            Self::Quit => &["exit", "leave"],
            Self::Mark | Self::MarkAll => &["select"],
            Self::Help => &["keys", "bindings", "shortcuts"],
            _ => &[],
        }
    }
}
