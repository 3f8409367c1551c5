//! With other keys for everything, no text tells one of those that come with the program.

use std::cell::Cell;
use std::collections::HashMap;

use confident_keys::app::App;
use confident_keys::app::geometry::Size;
use confident_keys::keymap::{BINDINGS, Change, Context, Key, Keymap};
use confident_keys::ui::theme::{Colours, Theme};

use crate::data::Names;
use crate::picture::rows;
use crate::scene::USUAL;
use crate::states;

thread_local! {
    static IS_REBOUND: Cell<bool> = const { Cell::new(false) };
}

/// The keys that scenes begin with.
pub(crate) fn keymap() -> Keymap {
    if IS_REBOUND.get() { everything_rebound() } else { Keymap::default() }
}

/// The key that means here what `key` means by the table as it comes.
pub(crate) fn translated(app: &App, key: Key) -> Key {
    let contexts = app.contexts();
    if !IS_REBOUND.get() {
        return key;
    }
    let Some(action) = Keymap::default().lookup(&contexts, &key.event()) else { return key };
    contexts.iter().find_map(|context| app.keymap().key(*context, action)).unwrap()
}

/// Each action has one key, which is no other's: a letter that no text has, or in fields a key with Alt.
fn everything_rebound() -> Keymap {
    let mut letters = (0xa000_u32..).filter_map(char::from_u32);
    let mut with_alt = "acegijlmnopqrstvxyz0123456789".chars();
    let mut in_fields: HashMap<_, Key> = HashMap::new();
    let change = |binding: &confident_keys::keymap::Binding| {
        let is_field = binding.context.is_typing() || matches!(binding.context, Context::Anywhere | Context::Dialog);
        let key = if is_field {
            let next = || format!("Alt-{}", with_alt.next().unwrap()).parse().unwrap();
            *in_fields.entry((binding.action, binding.context == Context::Anywhere)).or_insert_with(next)
        } else {
            letters.next().unwrap().to_string().parse().unwrap()
        };
        Change { context: binding.context, action: binding.action, keys: vec![key] }
    };
    let changes: Vec<Change> = BINDINGS.iter().map(change).collect();
    Keymap::rebound(&changes).unwrap()
}

/// The keys that come with the program, as words of a text: those that no made-up name or sign has.
fn old_keys() -> Vec<String> {
    let not_keys = ["a", "?", "!", "*", "/", ":", "@", "0", "1", "2", "3", "4", "N", "S", "s", "h", "d", "v", "End"];
    // These keys choose in forms, and edit text: they can't be bound there.
    let fixed = ["Space", "Left", "Right"];
    let names = BINDINGS.iter().flat_map(|binding| binding.keys.iter()).map(ToString::to_string);
    names.filter(|name| !not_keys.contains(&name.as_str()) && !fixed.contains(&name.as_str())).collect()
}

#[test]
fn every_text_tells_the_keys_that_are_in_force() {
    IS_REBOUND.set(true);
    let old = old_keys();
    let mut wrong = Vec::new();
    for (name, build) in states::all() {
        let mut scene = build(Names::Any);
        for size in [USUAL, Size { cols: 60, rows: 16 }, Size { cols: 120, rows: 36 }] {
            scene = scene.resized(size);
            let (buffer, _) = scene.draw(Theme::new(Colours::Many, false));
            // What a filter wants is no key, though written like one.
            for row in rows(&buffer).into_iter().filter(|row| !row.contains("wants a time")) {
                // A word that a border cuts is none.
                let words = row.split_whitespace().map(|word| word.trim_matches(|it| "(),:;.".contains(it)));
                let told: Vec<&str> = words.filter(|word| old.iter().any(|key| key == word)).collect();
                if !told.is_empty() {
                    wrong.push(format!("{name} at {size:?}: {told:?} in {row}"));
                }
            }
        }
    }
    IS_REBOUND.set(false);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
