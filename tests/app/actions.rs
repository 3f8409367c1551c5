//! Every binding in every situation: what changes, and what is asked of the world.
//!
//! The tables are snapshots, one for each situation; a line is one binding. Each key of a binding must do the same.

use std::collections::HashSet;

use confident_keys::api::error::ApiError;
use confident_keys::api::model::{ApiKey, Scope};
use confident_keys::app::Event;
use confident_keys::app::dialog::{DeleteButton, Dialog};
use confident_keys::app::message::Delivery;
use confident_keys::app::toast::Tone;
use confident_keys::keymap::{self, BINDINGS, Context};
use confident_keys::operations::{Answer, Lost, Operation};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::describe::{describe, effect};
use crate::support::{
    FAKE_PART, FAKE_SECRET, Rig, created, key, keys_of, lost_key, project, status, unreachable, with_valid,
};

type Situation = (&'static str, fn() -> Rig);

/// Where keys may be pressed: each pane, filter and dialog in each of its stages.
const SITUATIONS: &[Situation] = &[
    ("signed out", Rig::signed_out),
    ("scopes", Rig::ready),
    ("scopes, nothing read yet", Rig::loading),
    ("scopes, reads failed", || failed_reads(Rig::loading())),
    ("scopes, second chosen", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("h");
        rig
    }),
    ("scopes, filtered", || {
        let mut rig = Rig::ready();
        rig.press("/");
        rig.type_text("sta");
        rig.press("Enter");
        rig
    }),
    ("scopes, with a message", || with_message(Rig::ready())),
    ("keys", || Rig::keys_of("prod")),
    ("keys, on the last", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("G");
        rig
    }),
    ("keys, on the signing key", || {
        let mut rig = Rig::ready();
        rig.presses("Enter G");
        rig
    }),
    ("keys, on an inactive one", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("j j j");
        rig
    }),
    ("keys, two with one name", || Rig::keys_of("stage")),
    ("keys, none there", || Rig::keys_of("void")),
    ("keys, nothing read yet", || {
        let mut rig = Rig::loading();
        rig.press("Tab");
        rig
    }),
    ("keys, reads failed", || {
        let mut rig = failed_reads(Rig::loading());
        rig.press("Tab");
        rig
    }),
    ("keys, filtered", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("/");
        rig.type_text("n");
        rig.press("Enter");
        rig
    }),
    ("keys, filtered to nothing", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("/");
        rig.type_text("nothing");
        rig.press("Enter");
        rig
    }),
    ("keys, with a message", || with_message(Rig::keys_of("prod"))),
    ("filter of the scopes", || {
        let mut rig = Rig::ready();
        rig.press("/");
        rig.type_text("p");
        rig
    }),
    ("filter of the keys", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("/");
        rig.type_text("n");
        rig
    }),
    ("generate, empty", generate),
    ("generate, named", generate_named),
    ("generate, busy", || {
        let mut rig = generate_named();
        rig.press("Enter");
        rig
    }),
    ("generate, failed", || {
        let mut rig = generate_named();
        rig.press("Enter");
        fail(rig, status(403))
    }),
    ("secret, not taken", secret),
    ("secret, shown", || {
        let mut rig = secret();
        rig.press("v");
        rig
    }),
    ("secret, copying", || {
        let mut rig = secret();
        rig.press("c");
        rig
    }),
    ("secret, in the clipboard", || copied(Ok(Delivery::Clipboard { clears_after: None }))),
    ("secret, sent to the terminal", || copied(Ok(Delivery::Terminal))),
    ("secret, not copied", || copied(Err("There is no clipboard.".into()))),
    ("farewell, nothing typed", || farewell("")),
    ("farewell, saved", || farewell("saved")),
    ("farewell, discard", || farewell(" Discard ")),
    ("farewell, another word", || farewell("save")),
    ("farewell, copied meanwhile", || {
        let mut rig = secret();
        rig.presses("c Esc");
        deliver(rig, Ok(Delivery::Clipboard { clears_after: None }))
    }),
    ("deactivate, on cancel", deactivate),
    ("deactivate, on the button", || {
        let mut rig = deactivate();
        rig.press("Tab");
        rig
    }),
    ("deactivate, busy", || {
        let mut rig = deactivate();
        rig.press("y");
        rig
    }),
    ("deactivate, failed", || {
        let mut rig = deactivate();
        rig.press("y");
        fail(rig, status(500))
    }),
    ("deactivate, done by another", || {
        let mut rig = deactivate();
        reread(&mut rig, |keys| keys.iter_mut().for_each(|key| key.valid = false));
        rig
    }),
    ("deactivate, gone", || {
        let mut rig = deactivate();
        reread(&mut rig, Vec::clear);
        rig
    }),
    ("reactivate", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("j j j x");
        rig
    }),
    ("delete, nothing typed", || delete("", DeleteButton::Field)),
    ("delete, mistyped", || {
        let mut rig = delete("github actions", DeleteButton::Field);
        rig.press("Enter");
        rig
    }),
    ("delete, typed", || delete("GitHub Actions", DeleteButton::Field)),
    ("delete, typed, on cancel", || delete("GitHub Actions", DeleteButton::Cancel)),
    ("delete, not typed, on deactivate", || delete("", DeleteButton::Deactivate)),
    ("delete, not typed, on delete", || delete("GitHub", DeleteButton::Delete)),
    ("delete, typed, on delete", || delete("GitHub Actions", DeleteButton::Delete)),
    ("delete, busy", || {
        let mut rig = delete("GitHub Actions", DeleteButton::Field);
        rig.press("Enter");
        rig
    }),
    ("delete, deactivated, busy", || {
        let mut rig = delete("GitHub Actions", DeleteButton::Field);
        rig.press("Enter");
        rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 11, false))));
        rig
    }),
    ("delete, deactivated, failed", || {
        let mut rig = delete("GitHub Actions", DeleteButton::Field);
        rig.press("Enter");
        rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 11, false))));
        fail(rig, status(503))
    }),
    ("delete, failed", || {
        let mut rig = delete("GitHub Actions", DeleteButton::Field);
        rig.press("Enter");
        fail(rig, status(429))
    }),
    ("delete, an inactive one, typed", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("j j j D");
        rig.type_text("14");
        rig
    }),
    ("delete, deactivated by another", || {
        let mut rig = delete("", DeleteButton::Deactivate);
        reread(&mut rig, |keys| keys.iter_mut().for_each(|key| key.valid = false));
        rig
    }),
    ("delete, gone", || {
        let mut rig = delete("GitHub Actions", DeleteButton::Field);
        reread(&mut rig, Vec::clear);
        rig
    }),
    ("lost, one found", || lost(Ok(vec![key(99, Some("GitLab"), true, 0, None)]))),
    ("lost, several found", || {
        let mut inactive = key(99, Some("GitLab"), true, 0, None);
        inactive.valid = false;
        let mut rig = lost(Ok(vec![key(98, Some("GitLab"), true, 0, None), inactive, key(97, None, true, 0, None)]));
        rig.press("j");
        rig
    }),
    ("lost, none found", || lost(Ok(Vec::new()))),
    ("lost, list not read", || lost(Err(unreachable()))),
    ("lost, looking again", || {
        let mut rig = lost(Ok(vec![key(99, Some("GitLab"), true, 0, None)]));
        rig.press("r");
        rig
    }),
    ("lost, by an earlier program", || {
        let mut rig = Rig::keys_of("prod");
        let found = Ok(vec![key(99, Some("GitLab"), true, 0, None)]);
        rig.send(Event::Reconciled(Box::new(Lost { error: None, ..lost_key(found) })));
        rig
    }),
    ("lost, the signing key", || {
        let mut rig = Rig::ready();
        let found = Ok(vec![keys_of(&Scope::Organization).remove(0)]);
        rig.send(Event::Reconciled(Box::new(Lost { scope: Scope::Organization, ..lost_key(found) })));
        rig
    }),
    ("copy menu", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("y");
        rig
    }),
    ("copy menu, unnamed", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("j j j y");
        rig
    }),
    ("help", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("?");
        rig
    }),
    ("help, on a low screen", || {
        let mut rig = Rig::keys_of("prod");
        rig.send(Event::Resize { cols: 60, rows: 16 });
        rig.presses("? j j");
        rig
    }),
    ("details", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("Enter");
        rig
    }),
];

fn failed_reads(mut rig: Rig) -> Rig {
    for (request, _) in std::mem::take(&mut rig.asked) {
        rig.reply(request, Err(status(503)));
    }
    rig
}

fn with_message(mut rig: Rig) -> Rig {
    let now = rig.now;
    rig.app.toasts.push(Tone::Error, "It failed.", now);
    rig
}

fn generate() -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press("c");
    rig
}

fn generate_named() -> Rig {
    let mut rig = generate();
    rig.type_text(" GitLab ");
    rig
}

fn secret() -> Rig {
    let mut rig = generate_named();
    rig.press("Enter");
    rig.reply_write(Ok(created(99, "GitLab", Some(FAKE_SECRET))));
    rig
}

fn copied(result: Result<Delivery, String>) -> Rig {
    let mut rig = secret();
    rig.press("c");
    deliver(rig, result)
}

fn deliver(mut rig: Rig, result: Result<Delivery, String>) -> Rig {
    let (request, _) = rig.copies.pop().unwrap();
    rig.send(Event::Copied(request, result));
    rig
}

fn farewell(word: &str) -> Rig {
    let mut rig = secret();
    rig.press("Esc");
    rig.type_text(word);
    rig
}

/// The answer to generating a key was lost, and the list says this.
fn lost(found: Result<Vec<ApiKey>, ApiError>) -> Rig {
    let mut rig = generate_named();
    rig.press("Enter");
    rig.reply_write(Ok(Answer::Lost(Box::new(lost_key(found)))));
    rig
}

fn deactivate() -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press("x");
    rig
}

fn delete(typed: &str, button: DeleteButton) -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press("D");
    rig.type_text(typed);
    while !matches!(&rig.app.dialog, Some(Dialog::Delete(form)) if form.button == button) {
        rig.press("Tab");
    }
    rig
}

fn fail(mut rig: Rig, error: ApiError) -> Rig {
    rig.reply_write(Err(error));
    rig
}

/// The keys of the first project are read again, after `change`.
fn reread(rig: &mut Rig, change: impl Fn(&mut Vec<ApiKey>)) {
    // A new connection to the service reads everything, whatever dialog is open.
    rig.send(Event::Connected(crate::support::session()));
    let mut keys = keys_of(&project("prod"));
    change(&mut keys);
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.reply(request, Ok(Answer::Keys(keys)));
    rig.answer_all();
}

/// What `event` does, in words: what it changes, then what it asks for.
fn consequence(make: fn() -> Rig, event: KeyEvent) -> String {
    let mut rig = make();
    let before = describe(&rig.app);
    let effects = rig.send(Event::Key(event));
    let changes = describe(&rig.app).into_iter().zip(before).filter(|(after, before)| after != before);
    let mut words: Vec<String> = changes.map(|((what, how), _)| format!("{what} = {how}")).collect();
    words.extend(effects.iter().map(|asked| format!("! {}", effect(asked))));
    if words.is_empty() { "nothing".into() } else { words.join("\n        ") }
}

fn table(make: fn() -> Rig) -> String {
    let rig = make();
    let contexts = rig.app.contexts();
    let mut lines: Vec<String> =
        describe(&rig.app).into_iter().map(|(what, how)| format!("{what}: {how}").trim_end().to_owned()).collect();
    for context in &contexts {
        lines.push(format!("\n{}", context.title()));
        for binding in keymap::of(*context) {
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
    for (name, make) in SITUATIONS {
        let table = table(*make);
        assert!(!table.contains(FAKE_PART), "the secret is told: {name}");
        settings.bind(|| insta::assert_snapshot!(name.replace(", ", "_").replace(' ', "-"), table));
    }
}

#[test]
fn no_binding_is_left_out_of_the_tables() {
    let mut seen = HashSet::new();
    for (_, make) in SITUATIONS {
        let contexts = make().app.contexts();
        for (at, binding) in BINDINGS.iter().enumerate() {
            let works = |key: &keymap::Key| keymap::lookup(&contexts, &key.event()) == Some(binding.action);
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
    for (name, make) in SITUATIONS {
        let contexts = make().app.contexts();
        for binding in contexts.iter().copied().flat_map(keymap::of) {
            for key in binding.keys {
                assert_eq!(keymap::lookup(&contexts, &key.event()), Some(binding.action), "{key} in {name}");
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
    for (name, make) in SITUATIONS {
        let mut rig = make();
        let contexts = rig.app.contexts();
        let is_typing = contexts.first().copied().is_some_and(Context::is_typing);
        let common = common_keys().filter(|_| !is_typing);
        rig.app.take_needs_draw();
        let before = format!("{:?}", rig.app);
        for event in strange_keys().chain(common).filter(|event| keymap::lookup(&contexts, event).is_none()) {
            assert_eq!(rig.send(Event::Key(event)), [], "{event:?} in {name}");
            assert!(!rig.app.take_needs_draw(), "{event:?} in {name}");
            assert_eq!(format!("{:?}", rig.app), before, "{event:?} in {name}");
        }
    }
}

#[test]
fn a_released_key_does_nothing() {
    for (name, make) in SITUATIONS {
        let mut rig = make();
        rig.app.take_needs_draw();
        let before = format!("{:?}", rig.app);
        for mut event in common_keys().chain(BINDINGS.iter().flat_map(|binding| binding.keys).map(|key| key.event())) {
            event.kind = KeyEventKind::Release;
            assert_eq!(rig.send(Event::Key(event)), [], "{event:?} in {name}");
        }
        assert_eq!(format!("{:?}", rig.app), before, "{name}");
        assert!(!rig.app.take_needs_draw(), "{name}");
    }
}

#[test]
fn a_busy_dialog_takes_neither_keys_nor_pastes() {
    let busy = SITUATIONS.iter().filter(|(name, _)| name.ends_with("busy"));
    for (name, make) in busy {
        let mut rig = make();
        assert!(rig.app.dialog.as_ref().is_some_and(Dialog::is_busy), "{name}");
        let before = format!("{:?}", rig.app);
        for event in common_keys() {
            assert_eq!(rig.send(Event::Key(event)), [], "{event:?} in {name}");
        }
        assert_eq!(rig.send(Event::Paste("GitHub Actions\n".into())), []);
        let after = format!("{:?}", rig.app).replace("needs_draw: true", "needs_draw: false");
        assert_eq!(after, before.replace("needs_draw: true", "needs_draw: false"), "{name}");
    }
}

#[test]
fn a_paste_outside_of_a_field_does_nothing() {
    for (name, make) in SITUATIONS {
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
