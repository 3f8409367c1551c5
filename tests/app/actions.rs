//! Every binding in every situation: what changes, and what is asked of the world.
//!
//! The tables are snapshots, one for each situation; a line is one binding. Each key of a binding must do the same.

use std::collections::HashSet;

use confident_keys::app::Event;
use confident_keys::app::dialog::Dialog;
use confident_keys::keymap::{BINDINGS, Context, Key, Keymap};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::describe::{describe, effect};
use crate::situations::situations;
use crate::support::{FAKE_PART, Rig};

/// What `event` does, in words: what it changes, then what it asks for.
fn consequence(make: fn() -> Rig, event: KeyEvent) -> String {
    let mut rig = make();
    let before = describe(&rig.app);
    let effects = rig.send(Event::Key(event));
    let changes = describe(&rig.app).into_iter().zip(before).filter(|(after, before)| after != before);
    let now = |how: String| if how.is_empty() { "no more".to_owned() } else { how };
    let mut words: Vec<String> = changes.map(|((what, how), _)| format!("{what} = {}", now(how))).collect();
    words.extend(effects.iter().map(|asked| format!("! {}", effect(asked))));
    if words.is_empty() { "nothing".into() } else { words.join("\n        ") }
}

fn table(make: fn() -> Rig) -> String {
    let rig = make();
    let contexts = rig.app.contexts();
    let facts = describe(&rig.app).into_iter().filter(|(_, how)| !how.is_empty());
    let mut lines: Vec<String> = facts.map(|(what, how)| format!("{what}: {how}").trim_end().to_owned()).collect();
    for context in &contexts {
        lines.push(format!("\n{}", context.title()));
        for binding in rig.app.keymap().of(*context) {
            let names: Vec<String> = binding.keys.iter().map(ToString::to_string).collect();
            let mut outcomes = binding.keys.iter().map(|key| consequence(make, key.event()));
            let outcome = outcomes.next().unwrap();
            for other in outcomes {
                assert_eq!(other, outcome, "{} do different things", names.join(" "));
            }
            lines.push(format!("    {} ({:?})\n        {outcome}", names.join(" "), binding.action));
        }
    }
    lines.join("\n")
}

#[test]
fn every_binding_in_every_situation() {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    for (name, make) in situations() {
        let table = table(make);
        assert!(!table.contains(FAKE_PART), "the secret is told: {name}");
        settings.bind(|| insta::assert_snapshot!(name.replace(", ", "_").replace(' ', "-"), table));
    }
}

#[test]
fn no_binding_is_left_out_of_the_tables() {
    let mut seen = HashSet::new();
    for (_, make) in situations() {
        let contexts = make().app.contexts();
        for (at, binding) in BINDINGS.iter().enumerate() {
            let works = |key: &Key| Keymap::default().lookup(&contexts, &key.event()) == Some(binding.action);
            if contexts.contains(&binding.context) && binding.keys.iter().all(works) {
                seen.insert(at);
            }
        }
    }
    let missing: Vec<_> =
        BINDINGS.iter().enumerate().filter(|(at, _)| !seen.contains(at)).map(|(_, binding)| binding).collect();
    assert!(missing.is_empty(), "no situation has these: {missing:#?}");
}

#[test]
fn no_binding_is_hidden_behind_another() {
    // A key of an outer context that an inner one takes away would be promised by the help and not work.
    for (name, make) in situations() {
        let (contexts, keymap) = (make().app.contexts(), Keymap::default());
        for binding in contexts.iter().flat_map(|context| keymap.of(*context)) {
            for key in binding.keys.iter() {
                assert_eq!(keymap.lookup(&contexts, &key.event()), Some(binding.action), "{key} in {name}");
            }
        }
    }
}

/// Keys that no text field takes either.
fn strange_keys() -> impl Iterator<Item = KeyEvent> {
    let plain = [KeyCode::F(1), KeyCode::F(12), KeyCode::Insert, KeyCode::CapsLock, KeyCode::Menu, KeyCode::Null];
    let plain = plain.into_iter().map(|code| KeyEvent::new(code, KeyModifiers::NONE));
    let alt = "acghijklmnopqrsvwxyz0123456789".chars();
    plain
        .chain(alt.map(|character| KeyEvent::new(KeyCode::Char(character), KeyModifiers::ALT)))
        .chain("xyvgo".chars().map(|character| KeyEvent::new(KeyCode::Char(character), KeyModifiers::CONTROL)))
        .chain("jkyxD".chars().map(|character| KeyEvent::new(KeyCode::Char(character), KeyModifiers::SUPER)))
}

/// Everything else that a keyboard has.
fn common_keys() -> impl Iterator<Item = KeyEvent> {
    let codes = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
    ];
    let characters = (' '..='~').chain("äЖ日".chars()).map(KeyCode::Char);
    codes.into_iter().chain(characters).map(|code| KeyEvent::new(code, KeyModifiers::NONE))
}

#[test]
fn unbound_keys_do_nothing_and_are_not_drawn() {
    for (name, make) in situations() {
        let mut rig = make();
        let contexts = rig.app.contexts();
        let is_typing = contexts.first().copied().is_some_and(Context::is_typing);
        let common = common_keys().filter(|_| !is_typing);
        rig.app.take_needs_draw();
        let before = format!("{:?}", rig.app);
        for event in strange_keys().chain(common).filter(|event| Keymap::default().lookup(&contexts, event).is_none()) {
            assert_eq!(rig.send(Event::Key(event)), [], "{event:?} in {name}");
            assert!(!rig.app.take_needs_draw(), "{event:?} in {name}");
            assert_eq!(format!("{:?}", rig.app), before, "{event:?} in {name}");
        }
    }
}

#[test]
fn a_released_key_does_nothing() {
    for (name, make) in situations() {
        let mut rig = make();
        rig.app.take_needs_draw();
        let before = format!("{:?}", rig.app);
        for mut event in
            common_keys().chain(BINDINGS.iter().flat_map(|binding| binding.keys.iter()).map(|key| key.event()))
        {
            event.kind = KeyEventKind::Release;
            assert_eq!(rig.send(Event::Key(event)), [], "{event:?} in {name}");
        }
        assert_eq!(format!("{:?}", rig.app), before, "{name}");
        assert!(!rig.app.take_needs_draw(), "{name}");
    }
}

#[test]
fn a_busy_dialog_takes_neither_keys_nor_pastes() {
    let busy = situations().filter(|(name, _)| name.ends_with("busy"));
    for (name, make) in busy {
        let mut rig = make();
        assert!(rig.app.dialog.as_ref().is_some_and(Dialog::is_busy), "{name}");
        let before = format!("{:?}", rig.app);
        // The help opens over it, and leaves it as it is: `help_over_a_busy_dialog` tells.
        for event in common_keys().filter(|event| event.code != KeyCode::Char('?')) {
            assert_eq!(rig.send(Event::Key(event)), [], "{event:?} in {name}");
        }
        assert_eq!(rig.send(Event::Paste("GitHub Actions\n".into())), []);
        let after = format!("{:?}", rig.app).replace("needs_draw: true", "needs_draw: false");
        assert_eq!(after, before.replace("needs_draw: true", "needs_draw: false"), "{name}");
    }
}

#[test]
fn a_paste_outside_of_a_field_does_nothing() {
    for (name, make) in situations() {
        let mut rig = make();
        let context = rig.app.contexts()[0];
        // The word that gives a secret up is typed, letter by letter.
        if context.is_typing() && context != Context::Farewell {
            continue;
        }
        let before = describe(&rig.app);
        assert_eq!(rig.send(Event::Paste("yDxcq\nsaved\n".into())), [], "{name}");
        assert_eq!(describe(&rig.app), before, "{name}");
    }
}
