//! What is found out before a key is changed, and how a change is undone.

use confident_keys::api::model::{ApiKey, KeyId, LastUsed};
use confident_keys::app::Event;
use confident_keys::app::dialog::{Confirm, ConfirmButton, Dialog};
use confident_keys::app::message::Effect;
use confident_keys::operations::{Answer, Examined, Operation};
use jiff::SignedDuration;

use crate::replies::deleting;
use crate::support::{Rig, key, project, status, unreachable, with_valid};

fn confirm(rig: &Rig) -> &Confirm {
    match &rig.app.dialog {
        Some(Dialog::Confirm(dialog)) => dialog,
        other => panic!("{other:?} is no question"),
    }
}

fn is_write(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Ask(_, operation) if operation.is_write()))
}

fn examines(effects: &[Effect], id: i64) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Ask(_, Operation::Examine(_, asked)) if *asked == KeyId(id)))
}

fn shown(rig: &Rig, id: i64) -> ApiKey {
    let keys = rig.app.keys[&project("prod")].value().unwrap();
    keys.iter().find(|key| key.id == KeyId(id)).unwrap().clone()
}

/// Has the selected key deactivated or reactivated.
fn toggle(rig: &mut Rig, id: i64, valid: bool) {
    rig.ask("x");
    rig.press("y");
    rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), id, valid))));
    rig.asked.clear();
}

#[test]
fn a_key_is_read_afresh_before_it_is_changed() {
    for name in ["x", "D"] {
        let mut rig = Rig::keys_of("prod");
        assert!(examines(&rig.press(name), 11), "{name}");
        assert!(rig.app.is_working());
        let used = ApiKey { last_used: LastUsed::At(rig.now), ..shown(&rig, 11) };
        rig.reply_examine(Ok(used.clone()), None);
        assert!(!rig.app.is_working());
        assert_eq!(shown(&rig, 11), used, "the table has it, too");
    }
}

/// Has the selected key deactivated or deleted, before it was read.
fn agreed(name: &str) -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press(name);
    if name == "D" {
        rig.type_text("GitHub Actions");
    }
    let effects = rig.press(if name == "x" { "y" } else { "Enter" });
    assert_eq!(effects, [], "{name}: how lately it was used is not known");
    rig
}

#[test]
fn a_yes_that_comes_before_the_key_was_read_counts_where_it_is_as_it_was_shown() {
    for name in ["x", "D"] {
        assert!(is_write(&agreed(name).examined()), "{name}");
        let mut rig = agreed(name);
        assert!(!is_write(&rig.examined_used()), "{name}: it is in use");
        let mut rig = agreed(name);
        assert!(!is_write(&rig.reply_examine(Err(unreachable()), None)), "{name}: it could not be read");
        let mut rig = agreed(name);
        assert!(!is_write(&rig.reply_examine(Ok(with_valid(&project("prod"), 11, false)), None)), "{name}: it changed");
        // Whoever presses another key has thought of something else.
        let mut rig = agreed(name);
        rig.press("Tab");
        assert!(!is_write(&rig.examined()), "{name}");
        let mut rig = agreed(name);
        rig.press("Esc");
        let late = rig.take(|operation| matches!(operation, Operation::Examine(..)));
        let key = shown(&rig, 11);
        let answer = Answer::Examined(Box::new(Examined { key, inactive_since: None }));
        assert!(!is_write(&rig.reply(late, Ok(answer))), "{name}: it was left");
    }
}

#[test]
fn giving_a_key_back_waits_for_nothing() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("j j j x");
    assert!(is_write(&rig.press("y")));
    // Its write is answered before its read, which is older then.
    rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 14, true))));
    let late = rig.take(|operation| matches!(operation, Operation::Examine(..)));
    let old = Examined { key: with_valid(&project("prod"), 14, false), inactive_since: None };
    rig.reply(late, Ok(Answer::Examined(Box::new(old))));
    assert!(shown(&rig, 14).valid);
}

#[test]
fn a_key_in_use_is_deactivated_by_typing_its_name() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("x Tab");
    rig.examined_used();
    assert_eq!(confirm(&rig).button, ConfirmButton::Field, "a word is wanted now, not a key");
    assert_eq!(rig.press("y"), []);
    assert_eq!(rig.press("Enter"), []);
    assert!(confirm(&rig).typed.as_ref().unwrap().is_mistyped);
    rig.press("Ctrl-u");
    rig.type_text("GitHub Actions");
    assert!(is_write(&rig.press("Enter")));
}

#[test]
fn a_list_that_is_read_meanwhile_asks_for_the_name_too() {
    let mut rig = Rig::keys_of("prod");
    rig.press("r");
    rig.ask("x");
    let list = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    let used = ApiKey { last_used: LastUsed::At(rig.now), ..shown(&rig, 11) };
    // Another of that name: the id is asked for.
    rig.reply(list, Ok(Answer::Keys(vec![used, key(99, Some("GitHub Actions"), true, 1, None)])));
    assert_eq!(confirm(&rig).typed.as_ref().unwrap().phrase.text(), "11");
    assert_eq!(rig.press("y"), []);
}

#[test]
fn a_clock_that_is_set_while_it_is_sent_asks_for_the_name_once_that_failed() {
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    rig.press("y");
    rig.send(Event::ClockAhead(SignedDuration::from_hours(1)));
    rig.reply_write(Err(unreachable()));
    assert!(confirm(&rig).typed.is_some(), "by the service's clock it was used within a day");
    assert!(!is_write(&rig.press("Enter")));
}

#[test]
fn a_clock_that_goes_back_asks_for_the_name_before_a_yes_counts() {
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    assert!(confirm(&rig).typed.is_none(), "it was used a day ago, to the second");
    rig.pass(SignedDuration::from_secs(-2));
    assert!(!is_write(&rig.press("y")));
    assert!(confirm(&rig).typed.is_some());
}

#[test]
fn a_key_that_is_gone_or_was_changed_is_told_and_left_alone() {
    for (answer, is_gone) in [(Err(status(404)), true), (Ok(with_valid(&project("prod"), 11, false)), false)] {
        let mut rig = Rig::keys_of("prod");
        rig.press("x");
        let effects = rig.reply_examine(answer, None);
        assert_eq!((confirm(&rig).is_gone, confirm(&rig).is_moot()), (is_gone, true));
        assert_eq!(effects.len(), usize::from(is_gone), "the list is read again where the key is gone");
        assert_eq!(rig.press("y"), []);
        assert!(rig.app.dialog.is_none());
    }
}

#[test]
fn a_key_that_cannot_be_read_may_be_changed_all_the_same() {
    let mut rig = Rig::keys_of("prod");
    rig.press("x");
    rig.reply_examine(Err(unreachable()), None);
    assert_eq!(confirm(&rig).check.error, Some(unreachable()));
    assert!(is_write(&rig.press("y")));
    // Another key's answer is none.
    let mut rig = Rig::keys_of("prod");
    rig.press("x");
    rig.reply_examine(Ok(with_valid(&project("prod"), 12, true)), None);
    assert!(confirm(&rig).check.error.is_some());
    assert_eq!(confirm(&rig).target.key.id, KeyId(11));
}

#[test]
fn what_comes_after_the_dialog_closed_reaches_no_other() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("x Esc j x");
    rig.reply_examine(Err(status(404)), None);
    assert_eq!((confirm(&rig).target.key.id, confirm(&rig).is_gone), (KeyId(12), false));
    rig.examined();
    assert!(!confirm(&rig).check.is_reading());
}

#[test]
fn changes_are_undone_one_after_the_other_the_last_one_first() {
    let mut rig = Rig::keys_of("prod");
    toggle(&mut rig, 11, false);
    assert!(rig.toast().contains("u undoes this"), "{}", rig.toast());
    rig.pass(SignedDuration::from_secs(1));
    rig.presses("g j j j");
    toggle(&mut rig, 14, true);
    assert_eq!(rig.app.undo.len(), 2);
    // From another scope, too.
    rig.presses("h g");
    for (id, valid) in [(14, false), (11, true)] {
        rig.pass(SignedDuration::from_secs(1));
        rig.ask("u");
        let asked = Operation::SetValid { scope: project("prod"), id: KeyId(id), valid };
        assert!(confirm(&rig).undoes.is_some() && confirm(&rig).valid == valid);
        assert!(matches!(&rig.press("y")[..], [Effect::Ask(_, operation)] if *operation == asked));
        rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), id, valid))));
        assert!(!rig.toast().contains("undoes"), "{}", rig.toast());
    }
    assert!(rig.app.undo.is_empty());
    rig.press("u");
    assert!(rig.app.dialog.is_none() && rig.toast().contains("nothing to undo"), "{}", rig.toast());
}

#[test]
fn an_undo_that_is_left_or_fails_can_be_had_later() {
    let mut rig = Rig::keys_of("prod");
    toggle(&mut rig, 11, false);
    rig.ask("u");
    rig.press("Esc");
    assert_eq!(rig.app.undo.len(), 1);
    rig.ask("u");
    rig.press("y");
    rig.reply_write(Err(status(500)));
    rig.press("Esc");
    assert_eq!(rig.app.undo.len(), 1);
}

#[test]
fn what_somebody_else_undid_is_told_and_forgotten() {
    for answer in [Ok(with_valid(&project("prod"), 11, true)), Err(status(404))] {
        let mut rig = Rig::keys_of("prod");
        toggle(&mut rig, 11, false);
        rig.press("u");
        rig.reply_examine(answer, None);
        assert!(confirm(&rig).is_moot());
        assert_eq!(rig.press("y").iter().filter(|effect| matches!(effect, Effect::Ask(..))).count(), 0);
        assert!(rig.app.undo.is_empty());
    }
}

#[test]
fn a_deleted_key_leaves_nothing_to_undo() {
    let mut rig = deleting();
    rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 11, false))));
    assert_eq!(rig.app.undo.len(), 1);
    rig.reply_write(Ok(Answer::Deleted { acknowledged: true }));
    assert!(rig.app.undo.is_empty());
}
