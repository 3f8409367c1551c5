//! What must hold for all bindings, whatever they are.

use std::collections::HashSet;

use crossterm::event::{KeyCode, KeyModifiers};

use super::bindings::{BACK_TAB, ENTER, ESC, PAGE_UP, UP};
use super::*;
use crate::app::field::Field;

/// Keys of all kinds, as terminals send them.
fn all_keys() -> Vec<Key> {
    let codes = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Insert,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
    ];
    let characters = (' '..='~').chain("äЖ日ß".chars()).map(KeyCode::Char);
    let codes = codes.into_iter().chain((1..=24).map(KeyCode::F)).chain(characters);
    let modifiers = [KeyModifiers::NONE, KeyModifiers::SHIFT, KeyModifiers::CONTROL, KeyModifiers::ALT];
    codes
        .flat_map(|code| modifiers.map(|modifiers| Key::of(&KeyEvent::new(code, modifiers))))
        .chain([Key::of(&KeyEvent::new(KeyCode::Char('@'), KeyModifiers::CONTROL | KeyModifiers::ALT))])
        .collect()
}

#[test]
fn no_key_has_two_meanings_in_one_context() {
    let mut seen = HashSet::new();
    for binding in BINDINGS {
        for key in binding.keys.iter() {
            assert!(seen.insert((binding.context, *key)), "{key} twice in {:?}", binding.context);
        }
    }
}

#[test]
fn every_context_has_bindings_and_each_of_them_help() {
    for context in Context::ALL {
        assert!(Keymap::default().of(context).count() > 0, "{context:?}");
    }
    assert!(BINDINGS.iter().all(|binding| !binding.keys.is_empty() && !binding.help.is_empty()));
}

#[test]
fn an_action_stands_once_in_a_context_and_is_told_by_names_of_its_own() {
    let mut seen = HashSet::new();
    for binding in BINDINGS {
        let names = (binding.context.name(), binding.action.name());
        assert!(seen.insert(names), "{names:?} twice");
        assert_eq!(find_context(names.0), Ok(binding.context));
        assert_eq!(find_action(binding.context, names.1), Ok(binding.action));
        for name in [names.0, names.1] {
            assert!(name.chars().all(|it| it.is_ascii_lowercase() || it == '-'), "{name}");
        }
    }
    assert_eq!(Context::ALL.iter().collect::<HashSet<_>>().len(), Context::ALL.len());
}

#[test]
fn the_table_as_it_comes_keeps_the_rules_for_others() {
    let changes: Vec<Change> =
        BINDINGS.iter().map(|it| Change { context: it.context, action: it.action, keys: it.keys.to_vec() }).collect();
    assert_eq!(Keymap::rebound(&changes), Ok(Keymap::default()));
}

#[test]
fn what_edits_text_is_what_a_field_takes() {
    for key in all_keys() {
        let mut field = Field::default();
        field.set("two words".to_owned());
        assert_eq!(key.edits_text(), field.edit(&key.event()), "{key}");
    }
}

#[test]
fn a_key_is_read_as_it_is_written() {
    let mut read = 0;
    for key in all_keys() {
        match key.to_string().parse::<Key>() {
            Ok(found) => {
                assert_eq!(found, key, "{key}");
                read += 1;
            }
            // Such as Ctrl-i, which no terminal tells from Tab.
            Err(words) => assert!(words.contains("can't be bound: "), "{key}: {words}"),
        }
    }
    assert!(read > 250, "{read}");
}

#[test]
fn keys_may_be_written_in_other_ways() {
    for (written, shown) in [
        ("ctrl-X", "Ctrl-x"),
        ("shift-x", "X"),
        ("Shift-ж", "Ж"),
        ("escape", "Esc"),
        ("return", "Enter"),
        ("pagedown", "PgDn"),
        ("f12", "F12"),
        ("alt-ctrl-x", "Ctrl-Alt-x"),
        ("-", "-"),
        ("Alt--", "Alt--"),
        ("shift-tab", "Shift-Tab"),
        ("e\u{301}", "é"),
        ("ctrl-space", "Ctrl-Space"),
    ] {
        assert_eq!(written.parse::<Key>().map(|key| key.to_string()), Ok(shown.to_owned()), "{written}");
    }
    for written in
        ["", "xy", "Ctrl-", "F0", "F25", "Ctrl-;", "Shift-1", " ", "\u{202e}", "Shift-Enter", "Super-x", "Ctrl-m"]
    {
        assert!(written.parse::<Key>().is_err(), "{written:?}");
    }
}

#[test]
fn a_shift_told_beside_the_letter_is_the_letter() {
    let event = KeyEvent::new(KeyCode::Char('D'), KeyModifiers::SHIFT);
    assert_eq!(Keymap::default().lookup(&[Context::Keys], &event), Some(Action::Delete));
    let event = KeyEvent::new(KeyCode::Char('d'), KeyModifiers::CONTROL);
    assert_eq!(Keymap::default().lookup(&[Context::Keys, Context::Panes], &event), Some(Action::PageDown));
    assert_eq!(
        Keymap::default().lookup(&[Context::Keys], &KeyEvent::new(KeyCode::Char('d'), KeyModifiers::NONE)),
        None
    );
}

#[test]
fn keys_are_written_as_people_know_them() {
    let names: Vec<_> =
        [Key::ctrl('c'), PAGE_UP, BACK_TAB, ESC, ENTER, Key::char('?'), UP].map(|key| key.to_string()).into();
    assert_eq!(names, ["Ctrl-c", "PgUp", "Shift-Tab", "Esc", "Enter", "?", "Up"]);
}
