//! What each key means where: the one table behind dispatch, the footer's hints, the dialogs' hints, the commands that
//! are found by name, the help, and the documentation.
//!
//! A [`Context`] is where a key is pressed. [`Keymap::lookup`] asks the contexts that apply, the innermost first.
//! [`BINDINGS`] is the table as it comes; the configuration may give its actions other keys
//! ([`Keymap::rebound`]).

mod action;
mod bindings;
mod context;
mod key;
mod rebind;

use std::borrow::Cow;
use std::collections::HashMap;

use crossterm::event::KeyEvent;

pub use action::Action;
pub use bindings::BINDINGS;
pub use context::Context;
pub use key::Key;
pub use rebind::{Change, Mistake, find_action, find_context};

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Where it holds.
    pub context: Context,
    /// The keys, the first of them shown in hints.
    pub keys: Cow<'static, [Key]>,
    /// What they mean.
    pub action: Action,
    /// One or two words for the footer; empty where it is not worth the room.
    pub hint: &'static str,
    /// A line for the help.
    pub help: &'static str,
}

/// All bindings, with the keys that the user chose for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
    meanings: HashMap<(Context, Key), Action>,
}

impl Context {
    /// Where a key that is pressed here is looked up, the innermost first.
    pub fn chain(self) -> Vec<Self> {
        match self {
            Self::Anywhere => vec![self],
            Self::Scopes | Self::Keys => vec![self, Self::Panes, Self::Anywhere],
            Self::Panes | Self::Filter | Self::SignedOut | Self::Help | Self::Dialogs | Self::Dialog => {
                vec![self, Self::Anywhere]
            }
            _ => {
                let mut chain = vec![self];
                chain.extend((!self.scrolls()).then_some(Self::Dialog));
                chain.extend((!self.is_typing()).then_some(Self::Dialogs));
                chain.push(Self::Anywhere);
                chain
            }
        }
    }

    /// Whether what is too high is scrolled by keys of its own.
    fn scrolls(self) -> bool {
        BINDINGS.iter().any(|binding| binding.context == self && binding.action == Action::PageUp)
    }
}

impl Default for Keymap {
    /// The table as it comes.
    fn default() -> Self {
        Self::new(BINDINGS.to_vec())
    }
}

impl Keymap {
    fn new(bindings: Vec<Binding>) -> Self {
        let meaning = |binding: &Binding, key: &Key| ((binding.context, *key), binding.action);
        let meanings =
            bindings.iter().flat_map(|binding| binding.keys.iter().map(move |key| meaning(binding, key))).collect();
        Self { bindings, meanings }
    }

    /// What `event` means in the first of `contexts` that knows it.
    pub fn lookup(&self, contexts: &[Context], event: &KeyEvent) -> Option<Action> {
        let key = Key::of(event);
        contexts.iter().find_map(|context| self.meanings.get(&(*context, key)).copied())
    }

    /// The bindings of `context`, in their order. One that lost its keys is among them, without any.
    pub fn of(&self, context: Context) -> impl Iterator<Item = &Binding> {
        self.bindings.iter().filter(move |binding| binding.context == context)
    }

    /// The key that is shown for `action` in `context`; none where it has none.
    pub fn key(&self, context: Context, action: Action) -> Option<Key> {
        self.of(context).find(|binding| binding.action == action)?.keys.first().copied()
    }

    /// The key of `action` for a sentence about `context`. Where it has none, how to do it all the same: among the
    /// commands, where there are those, by its name.
    pub fn told(&self, context: Context, action: Action) -> String {
        let chain = context.chain();
        if let Some(key) = chain.iter().find_map(|context| self.key(*context, action)) {
            return key.to_string();
        }
        match chain.iter().find_map(|context| self.key(*context, Action::Palette)) {
            Some(key) => format!("{key} {}", action.name()),
            None => format!("“{}”, which has no key,", action.name()),
        }
    }
}

#[cfg(test)]
mod tests;
