//! Other keys for the actions of the table: which of them are refused, and why.
//!
//! Two actions never share a key where both would be looked up, what types text in a field goes on doing so, and each
//! context keeps a way out.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Action, BINDINGS, Binding, Context, Key, Keymap};

/// These keys, and no others, for an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub context: Context,
    /// Which.
    pub action: Action,
    /// The keys; none take the action's keys away.
    pub keys: Vec<Key>,
}

/// Why changes are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Which of the changes is to blame, from 0.
    pub change: usize,
    /// What is wrong, in words without a full stop.
    pub words: String,
}

/// The context of this name.
///
/// # Errors
/// In words, with a name that is like it where there is one.
pub fn find_context(name: &str) -> Result<Context, String> {
    let names = Context::ALL.into_iter().map(Context::name);
    let found = Context::ALL.into_iter().find(|context| context.name() == name);
    found.ok_or_else(|| format!("no part of the screen is called {}", like(name, names)))
}

/// The action of this name in `context`.
///
/// # Errors
/// In words, with a name that is like it where there is one, or the contexts that have such an action.
pub fn find_action(context: Context, name: &str) -> Result<Action, String> {
    let here = || BINDINGS.iter().filter(|binding| binding.context == context).map(|binding| binding.action);
    if let Some(action) = here().find(|action| action.name() == name) {
        return Ok(action);
    }
    let elsewhere = BINDINGS.iter().filter(|binding| binding.action.name() == name);
    let elsewhere: Vec<String> = elsewhere.map(|binding| format!("[keys.{}]", binding.context.name())).collect();
    Err(match elsewhere.as_slice() {
        [] => format!("no action of [keys.{}] is called {}", context.name(), like(name, here().map(Action::name))),
        _ => format!("`{name}` is no action of [keys.{}], but of {}", context.name(), elsewhere.join(", ")),
    })
}

/// `name` in quotes, with the most alike of `names` where one is.
fn like<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    let quoted = if name.chars().count() > 24 { "…" } else { name };
    let alike = |known: &&str| strsim::jaro_winkler(name, known);
    match names.max_by(|one, other| alike(one).total_cmp(&alike(other))).filter(|known| alike(known) > 0.7) {
        Some(known) => format!("`{quoted}`; did you mean `{known}`?"),
        None => format!("`{quoted}`"),
    }
}

impl Keymap {
    /// The table as it comes, with `changes`.
    ///
    /// # Errors
    /// All that speaks against them.
    pub fn rebound(changes: &[Change]) -> Result<Self, Vec<Mistake>> {
        let mut bindings = BINDINGS.to_vec();
        let mut mistakes = Vec::new();
        let mut blamed: HashMap<(Context, Action), usize> = HashMap::new();
        for (at, change) in changes.iter().enumerate() {
            let Change { context, action, keys } = change;
            blamed.insert((*context, *action), at);
            mistakes.extend(check(change).map(|words| Mistake { change: at, words }));
            let mut own: Vec<Key> = Vec::new();
            for key in keys {
                if !own.contains(key) {
                    own.push(*key);
                }
            }
            for binding in bindings.iter_mut().filter(|it| it.context == *context && it.action == *action) {
                binding.keys = Cow::Owned(own.clone());
            }
        }
        for (one, other, key) in shared(&bindings) {
            let blame = |binding: &Binding| blamed.get(&(binding.context, binding.action)).copied();
            let Some(change) = blame(one).max(blame(other)) else { continue };
            let words = format!("{key} has two meanings: {} and {}", meaning(one), meaning(other));
            mistakes.push(Mistake { change, words });
        }
        mistakes.sort_by_key(|mistake| mistake.change);
        if mistakes.is_empty() { Ok(Self::new(bindings)) } else { Err(mistakes) }
    }
}

fn meaning(binding: &Binding) -> String {
    format!("{} in [keys.{}]", binding.action.name(), binding.context.name())
}

/// What speaks against a change by itself.
fn check(change: &Change) -> impl Iterator<Item = String> + '_ {
    let Change { context, action, keys } = change;
    let is_last = (context.way_out() == Some(*action) && keys.is_empty())
        .then(|| format!("`{}` can't go without a key in [keys.{}]: it is the way out", action.name(), context.name()));
    let is_field = context.is_typing() || matches!(context, Context::Anywhere | Context::Dialog);
    let place = if context.is_typing() { "text is typed there" } else { "it would not be typed in any field" };
    let taken = keys.iter().filter(move |key| is_field && key.edits_text());
    taken.map(move |key| format!("{key} can't be bound in [keys.{}]: {place}", context.name())).chain(is_last)
}

/// Each two bindings that are looked up together and have a key in common, once.
fn shared(bindings: &[Binding]) -> Vec<(&Binding, &Binding, Key)> {
    let mut found = Vec::new();
    for context in Context::ALL {
        let chain = context.chain();
        let mut owners: HashMap<Key, &Binding> = HashMap::new();
        for outer in &chain {
            for binding in bindings.iter().filter(|binding| binding.context == *outer) {
                for key in binding.keys.iter() {
                    let Some(first) = owners.insert(*key, binding) else { continue };
                    if !found.contains(&(first, binding, *key)) {
                        found.push((first, binding, *key));
                    }
                }
            }
        }
    }
    found
}
