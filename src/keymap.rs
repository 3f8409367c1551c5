//! What each key means where: the one table behind dispatch, the footer's hints, and the help.
//!
//! A [`Context`] is where a key is pressed. [`lookup`] asks the contexts that apply, the innermost first.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::status::Tab;

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
    /// What to copy of a key.
    CopyMenu,
    /// How to write what the table shows.
    Export,
    /// A text to read: help or details.
    Reader,
    /// What was done.
    Journal,
    /// The screen without a key to sign in with.
    SignedOut,
}

impl Context {
    /// All of them, as the help lists them.
    pub const ALL: [Self; 22] = [
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
        Self::CopyMenu,
        Self::Export,
        Self::Reader,
        Self::Journal,
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
            Self::CopyMenu => "Copy",
            Self::Export => "Export",
            Self::Reader => "Help and details",
            Self::Journal => "Journal",
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

const fn bind(
    context: Context,
    keys: &'static [Key],
    action: Action,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    Binding { context, keys, action, hint, help }
}

const ENTER: Key = Key::code(KeyCode::Enter);
const ESC: Key = Key::code(KeyCode::Esc);
const TAB: Key = Key::code(KeyCode::Tab);
const BACK_TAB: Key = Key::code(KeyCode::BackTab);
const UP: Key = Key::code(KeyCode::Up);
const DOWN: Key = Key::code(KeyCode::Down);
const LEFT: Key = Key::code(KeyCode::Left);
const RIGHT: Key = Key::code(KeyCode::Right);
const HOME: Key = Key::code(KeyCode::Home);
const END: Key = Key::code(KeyCode::End);
const PAGE_UP: Key = Key::code(KeyCode::PageUp);
const PAGE_DOWN: Key = Key::code(KeyCode::PageDown);

const LINE_DOWN: &[Key] = &[Key::char('j'), DOWN, Key::ctrl('n')];
const LINE_UP: &[Key] = &[Key::char('k'), UP, Key::ctrl('p')];
const SCREEN_DOWN: &[Key] = &[PAGE_DOWN, Key::ctrl('d')];
const SCREEN_UP: &[Key] = &[PAGE_UP, Key::ctrl('u')];
const TO_FIRST: &[Key] = &[Key::char('g'), HOME];
const TO_LAST: &[Key] = &[Key::char('G'), END];

/// Every binding. Within a context the order is that of the footer and the help.
pub const BINDINGS: &[Binding] = &[
    bind(Context::Scopes, &[ENTER], Action::Accept, "keys", "go to the scope's keys"),
    bind(Context::Keys, &[Key::char('c')], Action::Generate, "generate", "generate a key in this scope"),
    bind(
        Context::Keys,
        &[Key::char('x')],
        Action::Toggle,
        "de/reactivate",
        "deactivate the key, or reactivate an inactive one",
    ),
    bind(
        Context::Keys,
        &[Key::char('R')],
        Action::Rotate,
        "rotate",
        "rotate the key: give it a new value, or replace it by another key, step by step",
    ),
    bind(Context::Keys, &[Key::char('D')], Action::Delete, "delete", "delete the key for good"),
    bind(Context::Keys, &[ENTER], Action::Accept, "details", "show all that is known of the key"),
    bind(Context::Keys, &[Key::char('y')], Action::CopyMenu, "copy", "copy the key's name, id or masked value"),
    bind(Context::Keys, &[Key::char(' ')], Action::Mark, "mark", "mark the key, or take its mark"),
    bind(Context::Keys, &[Key::char('v')], Action::MarkRange, "", "begin a range of marks, or end it here"),
    bind(Context::Keys, &[Key::char('*')], Action::MarkAll, "", "mark all that is shown, or take those marks"),
    bind(Context::Scopes, &[Key::char('c')], Action::Generate, "generate", "generate a key in this scope"),
    bind(Context::Panes, &[Key::char('/')], Action::Filter, "filter", "filter the list as you type"),
    bind(Context::Panes, &[TAB, Key::char('l'), RIGHT], Action::Next, "pane", "to the next pane"),
    bind(Context::Panes, &[BACK_TAB, Key::char('h'), LEFT], Action::Previous, "", "to the pane before"),
    bind(Context::Panes, &[Key::char('?')], Action::Help, "help", "show the keys that work here"),
    bind(Context::Panes, &[Key::char('q')], Action::Quit, "quit", "quit"),
    bind(Context::Panes, &[ESC], Action::Back, "", "dismiss a message, clear the filter, go back to the scopes"),
    bind(Context::Panes, LINE_DOWN, Action::Down, "", "down"),
    bind(Context::Panes, LINE_UP, Action::Up, "", "up"),
    bind(Context::Panes, SCREEN_DOWN, Action::PageDown, "", "a screenful down"),
    bind(Context::Panes, SCREEN_UP, Action::PageUp, "", "a screenful up"),
    bind(Context::Panes, TO_FIRST, Action::First, "", "to the first"),
    bind(Context::Panes, TO_LAST, Action::Last, "", "to the last"),
    bind(Context::Panes, &[Key::char('n')], Action::NextMatch, "", "to the next match of the filter"),
    bind(Context::Panes, &[Key::char('N')], Action::PreviousMatch, "", "to the match before"),
    bind(Context::Panes, &[Key::char('0')], Action::AllKeys, "", "the keys of the organization and of all projects"),
    bind(Context::Panes, &[Key::char('1')], Action::Tab(Tab::All), "", "all of them, however they stand"),
    bind(Context::Panes, &[Key::char('2')], Action::Tab(Tab::InUse), "", "keys in use: active, new, idle, unknown"),
    bind(Context::Panes, &[Key::char('3')], Action::Tab(Tab::Stale), "", "stale keys: stale, never used"),
    bind(Context::Panes, &[Key::char('4')], Action::Tab(Tab::Inactive), "", "inactive keys: inactive, expired"),
    bind(Context::Panes, &[Key::char('s')], Action::Sort, "", "sort by the next column"),
    bind(Context::Panes, &[Key::char('S')], Action::SortReverse, "", "turn the order around"),
    bind(Context::Panes, &[Key::char('w')], Action::Columns, "", "fewer or more columns"),
    bind(Context::Panes, &[Key::char('z')], Action::Times, "", "times: relative, local, UTC"),
    bind(Context::Panes, &[Key::char('!')], Action::Unreadable, "", "tell which scopes could not be read, and why"),
    bind(Context::Panes, &[Key::char('r')], Action::Refresh, "", "read again"),
    bind(
        Context::Panes,
        &[Key::char('e')],
        Action::Export,
        "",
        "export what the table shows: to a file, or to the clipboard",
    ),
    bind(Context::Panes, &[Key::char('u')], Action::Undo, "", "undo the last deactivation or reactivation made here"),
    bind(Context::Panes, &[Key::char('o')], Action::Rotations, "", "show the replacements that are open"),
    bind(
        Context::Panes,
        &[Key::char('@')],
        Action::Journal,
        "",
        "show the journal: what was done, and what came of it",
    ),
    bind(Context::Filter, &[ENTER], Action::Accept, "keep", "keep the filter and go to the list"),
    bind(Context::Filter, &[ESC], Action::Back, "clear", "clear the filter"),
    bind(Context::Filter, &[TAB], Action::Complete, "complete", "take what is proposed for the word at the cursor"),
    bind(Context::Filter, &[DOWN, Key::ctrl('n')], Action::Down, "", "down"),
    bind(Context::Filter, &[UP, Key::ctrl('p')], Action::Up, "", "up"),
    bind(Context::Generate, &[ENTER], Action::Accept, "generate", "generate the key"),
    bind(
        Context::Generate,
        &[TAB, DOWN],
        Action::Next,
        "destination",
        "to where the secret shall go; Left and Right choose",
    ),
    bind(Context::Generate, &[BACK_TAB, UP], Action::Previous, "", "to the field before"),
    bind(Context::Generate, &[ESC], Action::Back, "cancel", "close without generating"),
    bind(Context::RotateInPlace, &[ENTER], Action::Accept, "rotate", "rotate the key"),
    bind(
        Context::RotateInPlace,
        &[TAB, DOWN],
        Action::Next,
        "choices",
        "to the next choice; Left, Right and Space choose, digits are a number of your own",
    ),
    bind(Context::RotateInPlace, &[BACK_TAB, UP], Action::Previous, "", "to the choice before"),
    bind(Context::RotateInPlace, &[ESC], Action::Back, "cancel", "close without rotating"),
    bind(
        Context::RotateInPlace,
        &[Key::ctrl('g')],
        Action::Replace,
        "replace instead",
        "replace the key by another instead, step by step",
    ),
    bind(Context::ChangeSigner, &[ENTER], Action::Accept, "generate", "go on: generate the new key"),
    bind(Context::ChangeSigner, &[ESC, Key::char('q')], Action::Back, "cancel", "close without changing anything"),
    bind(
        Context::Secret,
        &[ENTER],
        Action::Accept,
        "copy",
        "copy the secret; once it was taken, close, or sign in with it",
    ),
    bind(Context::Secret, &[Key::char('c')], Action::CopySecret, "copy", "copy the secret"),
    bind(Context::Secret, &[Key::char('v')], Action::Reveal, "show", "show the secret for half a minute, or hide it"),
    bind(Context::Secret, &[ESC, Key::char('q')], Action::Back, "close", "close; asks where the secret was not taken"),
    bind(Context::Secret, &[Key::char('f')], Action::ToFile, "file", "write the secret to a new file"),
    bind(Context::Secret, &[Key::char('e')], Action::ToEnv, ".env", "write the secret to an entry of a .env file"),
    bind(
        Context::Secret,
        &[Key::char('!')],
        Action::ToCommand,
        "command",
        "give the secret to a command, on its standard input",
    ),
    bind(Context::Elsewhere, &[ENTER], Action::Accept, "go", "look at it, and take the secret there"),
    bind(Context::Elsewhere, &[ESC], Action::Back, "back", "back to the secret"),
    bind(Context::Farewell, &[ENTER], Action::Accept, "close", "close, where the typed word says so"),
    bind(Context::Farewell, &[ESC], Action::Back, "back", "back to the secret"),
    bind(Context::Confirm, &[Key::char('y')], Action::Yes, "yes", "do it"),
    bind(Context::Confirm, &[Key::char('n'), ESC, Key::char('q')], Action::No, "no", "close without doing it"),
    bind(Context::Confirm, &[TAB, RIGHT, Key::char('l')], Action::Next, "button", "to the next button"),
    bind(Context::Confirm, &[BACK_TAB, LEFT, Key::char('h')], Action::Previous, "", "to the button before"),
    bind(Context::Confirm, &[ENTER], Action::Accept, "press", "press the button"),
    bind(Context::Phrase, &[ENTER], Action::Accept, "press", "press the button; in the field, do it"),
    bind(Context::Phrase, &[TAB, DOWN], Action::Next, "button", "to the next button"),
    bind(Context::Phrase, &[BACK_TAB, UP], Action::Previous, "", "to the button before"),
    bind(Context::Phrase, &[PAGE_DOWN], Action::PageDown, "", "a screenful down, in a list of keys"),
    bind(Context::Phrase, &[PAGE_UP], Action::PageUp, "", "a screenful up, in a list of keys"),
    bind(Context::Phrase, &[ESC], Action::Back, "cancel", "close without doing it"),
    bind(Context::Bulk, &[Key::char('y')], Action::Yes, "yes", "do it"),
    bind(Context::Bulk, &[Key::char('n'), Key::char('q')], Action::No, "no", "close without doing it"),
    bind(
        Context::Bulk,
        &[ESC],
        Action::Back,
        "back",
        "close without doing it; while it runs, stop before the next key",
    ),
    bind(Context::Bulk, &[TAB, RIGHT, Key::char('l')], Action::Next, "button", "to the next button"),
    bind(Context::Bulk, &[BACK_TAB, LEFT, Key::char('h')], Action::Previous, "", "to the button before"),
    bind(Context::Bulk, &[ENTER], Action::Accept, "press", "press the button"),
    bind(Context::Bulk, LINE_DOWN, Action::Down, "", "down"),
    bind(Context::Bulk, LINE_UP, Action::Up, "", "up"),
    bind(Context::Bulk, SCREEN_DOWN, Action::PageDown, "", "a screenful down"),
    bind(Context::Bulk, SCREEN_UP, Action::PageUp, "", "a screenful up"),
    bind(Context::Lost, &[Key::char('x')], Action::Toggle, "deactivate", "deactivate the new key"),
    bind(Context::Lost, &[Key::char('D')], Action::Delete, "delete", "delete the new key"),
    bind(Context::Lost, &[Key::char('c')], Action::Generate, "generate", "generate a key of the same name"),
    bind(Context::Lost, &[Key::char('r')], Action::LookAgain, "look", "look again: read the list once more"),
    bind(Context::Lost, LINE_DOWN, Action::Down, "", "down"),
    bind(Context::Lost, LINE_UP, Action::Up, "", "up"),
    bind(Context::Lost, &[ESC, ENTER, Key::char('q')], Action::Back, "close", "close, and leave it as it is"),
    bind(Context::Replace, &[ENTER], Action::Accept, "next", "take the step that is next, where it is not to wait"),
    bind(Context::Replace, &[ESC, Key::char('q')], Action::Back, "close", "close; R takes it up again"),
    bind(
        Context::Replace,
        &[Key::char('u')],
        Action::Undo,
        "bring back",
        "bring the old key back at once: reactivate it",
    ),
    bind(Context::Replace, &[Key::char('x')], Action::Toggle, "deactivate old", "deactivate the old key"),
    bind(Context::Replace, &[Key::char('D')], Action::Delete, "delete old", "delete the old key for good"),
    bind(Context::Replace, &[Key::char('c')], Action::Generate, "", "generate the successor"),
    bind(Context::Replace, &[Key::char('r')], Action::Refresh, "read", "read both keys now, and not in half a minute"),
    bind(
        Context::Replace,
        &[Key::char('e')],
        Action::End,
        "end",
        "end the replacement, and leave both keys as they are; twice",
    ),
    bind(Context::Rotations, &[ENTER], Action::Accept, "open", "take up the replacement"),
    bind(Context::Rotations, &[ESC, Key::char('q'), Key::char('o')], Action::Back, "close", "close"),
    bind(Context::Rotations, LINE_DOWN, Action::Down, "", "down"),
    bind(Context::Rotations, LINE_UP, Action::Up, "", "up"),
    bind(Context::Rotations, TO_FIRST, Action::First, "", "to the first"),
    bind(Context::Rotations, TO_LAST, Action::Last, "", "to the last"),
    bind(Context::Rotations, &[Key::char('r')], Action::Refresh, "read again", "read again"),
    bind(Context::CopyMenu, &[Key::char('n')], Action::CopyName, "name", "copy the key's name"),
    bind(Context::CopyMenu, &[Key::char('i')], Action::CopyId, "id", "copy the key's id"),
    bind(
        Context::CopyMenu,
        &[Key::char('v')],
        Action::CopyValue,
        "masked value",
        "copy the masked value; a secret can't be had again",
    ),
    bind(Context::CopyMenu, &[ESC, Key::char('q')], Action::Back, "close", "close"),
    bind(Context::Export, &[ENTER], Action::Accept, "export", "write the file, or copy"),
    bind(Context::Export, &[TAB, DOWN], Action::Next, "next", "to the next choice; Left, Right and Space choose"),
    bind(Context::Export, &[BACK_TAB, UP], Action::Previous, "", "to the choice before"),
    bind(Context::Export, &[ESC], Action::Back, "cancel", "close without exporting"),
    bind(Context::Reader, LINE_DOWN, Action::Down, "down", "down"),
    bind(Context::Reader, LINE_UP, Action::Up, "up", "up"),
    bind(Context::Reader, SCREEN_DOWN, Action::PageDown, "", "a screenful down"),
    bind(Context::Reader, SCREEN_UP, Action::PageUp, "", "a screenful up"),
    bind(Context::Reader, TO_FIRST, Action::First, "", "to the start"),
    bind(Context::Reader, TO_LAST, Action::Last, "", "to the end"),
    bind(Context::Reader, &[ESC, Key::char('q'), ENTER, Key::char('?')], Action::Back, "close", "close"),
    bind(Context::Journal, LINE_DOWN, Action::Down, "down", "down"),
    bind(Context::Journal, LINE_UP, Action::Up, "up", "up"),
    bind(Context::Journal, SCREEN_DOWN, Action::PageDown, "", "a screenful down"),
    bind(Context::Journal, SCREEN_UP, Action::PageUp, "", "a screenful up"),
    bind(Context::Journal, TO_FIRST, Action::First, "", "to the newest"),
    bind(Context::Journal, TO_LAST, Action::Last, "", "to the end"),
    bind(Context::Journal, &[Key::char('r')], Action::Refresh, "read again", "read again"),
    bind(Context::Journal, &[Key::char('z')], Action::Times, "times", "times: relative, local, UTC"),
    bind(Context::Journal, &[ESC, Key::char('q'), ENTER, Key::char('@')], Action::Back, "close", "close"),
    bind(Context::SignedOut, &[Key::char('d')], Action::Demo, "try the demo", "look around on made-up data"),
    bind(Context::SignedOut, &[Key::char('q'), ESC], Action::Quit, "quit", "quit"),
    bind(Context::Anywhere, &[Key::ctrl('c')], Action::Interrupt, "", "quit from anywhere"),
    bind(Context::Anywhere, &[Key::ctrl('z')], Action::Suspend, "", "suspend to the shell"),
    bind(Context::Anywhere, &[Key::ctrl('l')], Action::Redraw, "", "draw the screen anew"),
];

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

/// The bindings of `context`, in their order.
pub fn of(context: Context) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| binding.context == context)
}

#[cfg(test)]
mod tests;
