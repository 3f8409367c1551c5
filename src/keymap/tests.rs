//! What must hold for all bindings, whatever they are.

use std::collections::HashSet;

use super::bindings::{BACK_TAB, ENTER, ESC, PAGE_UP, UP};
use super::*;

#[test]
fn no_key_has_two_meanings_in_one_context() {
    let mut seen = HashSet::new();
    for binding in BINDINGS {
        for key in binding.keys {
            assert!(seen.insert((binding.context, *key)), "{key} twice in {:?}", binding.context);
        }
    }
}

#[test]
fn every_context_has_bindings_and_each_of_them_help() {
    for context in Context::ALL {
        assert!(of(context).count() > 0, "{context:?}");
    }
    assert!(BINDINGS.iter().all(|binding| !binding.keys.is_empty() && !binding.help.is_empty()));
}

#[test]
fn where_text_is_typed_no_plain_character_is_bound() {
    for binding in BINDINGS.iter().filter(|binding| binding.context.is_typing()) {
        for key in binding.keys {
            assert!(
                !matches!(key.code, KeyCode::Char(_)) || key.modifiers.contains(KeyModifiers::CONTROL),
                "{key} in {:?}",
                binding.context
            );
        }
    }
}

#[test]
fn a_shift_told_beside_the_letter_is_the_letter() {
    let event = KeyEvent::new(KeyCode::Char('D'), KeyModifiers::SHIFT);
    assert_eq!(lookup(&[Context::Keys], &event), Some(Action::Delete));
    let event = KeyEvent::new(KeyCode::Char('d'), KeyModifiers::CONTROL);
    assert_eq!(lookup(&[Context::Keys, Context::Panes], &event), Some(Action::PageDown));
    assert_eq!(lookup(&[Context::Keys], &KeyEvent::new(KeyCode::Char('d'), KeyModifiers::NONE)), None);
}

#[test]
fn keys_are_written_as_people_know_them() {
    let names: Vec<_> =
        [Key::ctrl('c'), PAGE_UP, BACK_TAB, ESC, ENTER, Key::char('?'), UP].map(|key| key.to_string()).into();
    assert_eq!(names, ["Ctrl-c", "PgUp", "Shift-Tab", "Esc", "Enter", "?", "Up"]);
}
