//! The help: over what it opens, what it tells, and that what lies under it lives on.

use confident_keys::app::Event;
use confident_keys::app::dialog::{Dialog, ReaderLine};
use confident_keys::app::message::Effect;
use confident_keys::keymap::{BINDINGS, Change, Context, Key, Keymap};
use confident_keys::operations::Reconciled;

use crate::situations::situations;
use crate::support::{FAKE_SECRET, Rig, created, key, lost_key};

/// The headings, and the pairs below each.
fn told(rig: &Rig) -> Vec<(String, Vec<String>)> {
    let mut parts: Vec<(String, Vec<String>)> = Vec::new();
    for line in rig.app.help_lines() {
        match line {
            ReaderLine::Heading(words) => parts.push((words, Vec::new())),
            ReaderLine::Pair(keys, words) => parts.last_mut().unwrap().1.push(format!("{keys}: {words}")),
            _ => {}
        }
    }
    parts
}

pub(crate) fn headings(rig: &Rig) -> Vec<String> {
    told(rig).into_iter().map(|(heading, _)| heading).collect()
}

#[test]
fn it_opens_everywhere_and_tells_first_what_works_there() {
    for (name, make) in situations() {
        let mut rig = make();
        if rig.app.help.is_some() {
            continue;
        }
        let contexts = rig.app.contexts();
        let typed = format!("{:?}", rig.app.dialog);
        rig.press(if contexts[0].is_typing() { "F1" } else { "?" });
        let expected: Vec<&str> = contexts.iter().map(|context| context.title()).collect();
        let headings = headings(&rig);
        assert_eq!(headings[..expected.len()], expected, "{name}");
        let others: &[_] = if rig.app.session.is_some() && rig.app.tells_profile() {
            &["In force", "What the words mean"]
        } else {
            &["What the words mean"]
        };
        assert_eq!(headings[expected.len()..], *others, "{name}");
        rig.press("Esc");
        assert!(rig.app.help.is_none(), "{name}");
        assert_eq!(rig.app.contexts(), contexts, "{name}");
        if contexts[0].is_typing() {
            // Nothing was typed by it, and nothing done.
            assert_eq!(
                format!("{:?}", rig.app.dialog).replace("is_agreed: false", "is_agreed: true"),
                typed.replace("is_agreed: false", "is_agreed: true"),
                "{name}"
            );
        }
    }
}

#[test]
fn a_second_press_tells_all_keys_and_a_third_those_of_here() {
    let mut rig = Rig::keys_of("prod");
    for (key, is_all) in [("?", false), ("?", true), ("Tab", false), ("F1", true)] {
        rig.press(key);
        assert_eq!(rig.app.help.as_ref().unwrap().is_all, is_all, "{key}");
    }
    let parts = told(&rig);
    for context in Context::ALL {
        let (_, lines) = parts.iter().find(|(heading, _)| heading == context.title()).unwrap();
        let bindings = BINDINGS.iter().filter(|binding| binding.context == context);
        assert_eq!(lines.len(), bindings.count(), "{context:?}");
    }
    assert_eq!(parts[0].0, "Keys");
}

#[test]
fn words_that_the_screen_uses_are_explained() {
    let mut rig = Rig::ready();
    rig.press("?");
    let (_, words) = told(&rig).pop().unwrap();
    for word in ["AGE", "soaked", "stale", "never used"] {
        assert!(words.iter().any(|line| line.starts_with(&format!("{word}: "))), "{word} in {words:?}");
    }
}

#[test]
fn help_over_a_busy_dialog_leaves_it_to_its_work() {
    let mut rig = Rig::keys_of("prod");
    rig.press("c");
    rig.type_text("CI");
    rig.generate();
    assert!(rig.app.dialog.as_ref().unwrap().is_busy());
    rig.press("F1");
    // The secret comes under the help, and a key that was meant for the help does not reach it.
    rig.reply_write(Ok(created(99, "CI", Some(FAKE_SECRET))));
    assert!(matches!(rig.app.dialog, Some(Dialog::Secret(_))));
    let copies = rig.copies.len();
    rig.presses("j c v Enter");
    assert!(rig.app.help.is_none());
    assert_eq!(rig.copies.len(), copies);
    rig.press("?");
    assert_eq!(rig.press("Esc"), [Effect::DropTypedAhead]);
    assert!(matches!(rig.app.dialog, Some(Dialog::Secret(_))));
}

#[test]
fn a_paste_does_not_reach_what_lies_under_it() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("/ F1");
    rig.send(Event::Paste("git".to_owned()));
    rig.press("Esc");
    assert_eq!(rig.app.table.filter.text(), "");
    assert_eq!(rig.app.contexts()[0], Context::Filter);
}

#[test]
fn a_dialog_that_nobody_asked_for_waits_for_it_to_close() {
    let mut rig = Rig::keys_of("prod");
    rig.press("?");
    rig.send(Event::Reconciled(Reconciled::New(Box::new(lost_key(Ok(vec![key(31, Some("CI"), true, 0, None)]))))));
    assert!(rig.app.dialog.is_none());
    rig.press("q");
    assert!(matches!(rig.app.dialog, Some(Dialog::Lost(_))));
}

#[test]
fn it_takes_back_a_yes_that_waits_for_the_key_to_be_read() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("x y ?");
    let effects = rig.examined();
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask(_, operation) if operation.is_write())));
    rig.press("Esc");
    assert!(matches!(&rig.app.dialog, Some(Dialog::Confirm(dialog)) if !dialog.check.is_agreed));
}

#[test]
fn keys_typed_before_it_closed_do_not_reach_what_changes_something() {
    for (opens, is_dangerous) in [("x", true), ("y", false), ("o", false)] {
        let mut rig = Rig::keys_of("prod");
        rig.presses(opens);
        rig.press("?");
        let expected = if is_dangerous { vec![Effect::DropTypedAhead] } else { Vec::new() };
        assert_eq!(rig.press("Esc"), expected, "{opens}");
        assert!(rig.app.help.is_none() && rig.app.dialog.is_some());
    }
}

#[test]
fn other_keys_are_told_and_those_that_are_gone() {
    let mut rig = Rig::keys_of("prod");
    let change = |action: &str, keys: &[&str]| {
        let context = Context::Keys;
        let keys = keys.iter().map(|key| key.parse::<Key>().unwrap()).collect();
        Change { context, action: confident_keys::keymap::find_action(context, action).unwrap(), keys }
    };
    rig.app.settings.keymap = Keymap::rebound(&[change("deactivate", &["X", "F5"]), change("delete", &[])]).unwrap();
    rig.press("?");
    let (_, lines) = told(&rig).remove(0);
    assert!(lines.iter().any(|line| line.starts_with("X F5: deactivate")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("(no key): delete")), "{lines:?}");
    rig.press("Esc");
    // The keys from before mean nothing any more.
    rig.presses("x D");
    assert!(rig.app.dialog.is_none());
    rig.press("F5");
    assert!(matches!(rig.app.dialog, Some(Dialog::Confirm(_))));
}
