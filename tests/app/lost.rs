//! Writes whose answer was lost: what is told of them, and what can be done about it.

use confident_keys::api::model::KeyId;
use confident_keys::app::Event;
use confident_keys::app::dialog::{ConfirmButton, Dialog, LostDialog};
use confident_keys::app::message::Effect;
use confident_keys::operations::{Answer, Lost, Operation, Reconciled, Unsure};

use crate::replies::{confirm, delete, deleting, generate, generating, prod, rereads};
use crate::support::{Rig, key, lost_key, timeout, unreachable, with_valid};

fn lost_dialog(rig: &Rig) -> &LostDialog {
    match &rig.app.dialog {
        Some(Dialog::Lost(dialog)) => dialog,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_became_of_a_key_whose_answer_was_lost_is_told() {
    let new = |id, name| key(id, Some(name), true, 0, None);
    for (found, words) in [
        (Ok(vec![new(99, "GitLab")]), "nobody has its secret"),
        (Ok(vec![new(98, "Another")]), "most likely somebody else's"),
        (Ok(Vec::new()), "it was not made, as far as can be told"),
        (Err(unreachable()), "can't be told yet"),
    ] {
        let mut rig = generating();
        let lost = lost_key(found);
        let effects = rig.reply_write(Ok(Answer::Lost(Box::new(lost.clone()))));
        assert_eq!(effects[0], Effect::DropTypedAhead);
        assert!(rereads(&effects, &prod()));
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask(_, operation) if operation.is_write())));
        let dialog = lost_dialog(&rig);
        assert_eq!((&dialog.lost, dialog.scope_name.as_str()), (&lost, "Production App"));
        assert!(dialog.words().contains(words) && dialog.words().contains("“GitLab”"), "{}", dialog.words());
        assert!(rig.app.toasts.is_empty());
    }
}

#[test]
fn what_is_done_about_a_lost_key_goes_through_its_own_dialog() {
    let found = || Ok(vec![key(98, Some("GitLab"), true, 0, None), key(99, Some("GitLab"), true, 0, None)]);
    let make = || {
        let mut rig = generating();
        rig.reply_write(Ok(Answer::Lost(Box::new(lost_key(found())))));
        rig.press("j");
        rig
    };
    let mut rig = make();
    assert_eq!(rig.ask("x")[0], Effect::DropTypedAhead);
    assert_eq!(
        (confirm(&rig).target.key.id, confirm(&rig).valid, confirm(&rig).button),
        (KeyId(99), false, ConfirmButton::Cancel)
    );
    let asked = Operation::SetValid { scope: prod(), id: KeyId(99), valid: false };
    assert!(matches!(&rig.press("y")[..], [Effect::Ask(_, operation)] if *operation == asked));
    // It is told by its id, which no other key of that name has.
    let mut rig = make();
    assert_eq!(rig.ask("D")[0], Effect::DropTypedAhead);
    assert_eq!((delete(&rig).target.key.id, delete(&rig).typed.phrase.text()), (KeyId(99), "99"));
    // Generating again is the form once more, and nothing is sent before its Enter.
    let mut rig = make();
    assert!(matches!(&rig.press("c")[..], [Effect::Look(..)]));
    assert_eq!((generate(&rig).name.text(), &generate(&rig).scope), ("GitLab", &prod()));
    let mut rig = make();
    assert_eq!(rig.press("Esc"), []);
    assert!(rig.app.dialog.is_none());
}

#[test]
fn looking_again_tells_what_is_there_now() {
    let mut rig = generating();
    let unknown = lost_key(Err(unreachable()));
    rig.reply_write(Ok(Answer::Lost(Box::new(unknown.clone()))));
    for key in ["x", "D", "j"] {
        assert_eq!(rig.press(key), [], "there is no key to act on");
    }
    let looks = |rig: &mut Rig, lost: &Lost| {
        let effects = rig.press("r");
        assert!(matches!(&effects[..], [Effect::Ask(_, Operation::LookAgain(asked))] if **asked == *lost));
        assert!(rig.app.dialog.as_ref().is_some_and(Dialog::is_busy));
        // Nothing would be lost by leaving now.
        rig.take(|operation| matches!(operation, Operation::LookAgain(_)))
    };
    let request = looks(&mut rig, &unknown);
    let found = lost_key(Ok(vec![key(98, None, true, 0, None), key(99, Some("GitLab"), true, 0, None)]));
    rig.reply(request, Ok(Answer::Lost(Box::new(found.clone()))));
    assert_eq!(lost_dialog(&rig).lost, found);
    // The selection stays on its key.
    rig.press("j");
    let request = looks(&mut rig, &found);
    let fewer = lost_key(Ok(vec![key(99, Some("GitLab"), true, 0, None)]));
    rig.reply(request, Ok(Answer::Lost(Box::new(fewer.clone()))));
    assert_eq!((lost_dialog(&rig).selected, lost_dialog(&rig).keys()[0].id), (0, KeyId(99)));
    // An answer to something else says nothing, and ends the wait.
    let request = looks(&mut rig, &fewer);
    rig.reply(request, Ok(Answer::Keys(Vec::new())));
    assert!(lost_dialog(&rig).lost.found.is_err() && !rig.app.dialog.as_ref().unwrap().is_busy());
    assert_eq!(rig.press("Ctrl-c"), [Effect::Quit]);
}

#[test]
fn what_an_earlier_program_left_is_told_in_its_turn() {
    let orphan = |id| Lost { error: None, ..lost_key(Ok(vec![key(id, Some("GitLab"), true, 0, None)])) };
    // Before the projects are there: the name comes with them.
    let mut rig = Rig::loading();
    assert_eq!(rig.send(Event::Reconciled(Reconciled::New(Box::new(orphan(98))))), [Effect::DropTypedAhead]);
    assert_eq!(rig.send(Event::Reconciled(Reconciled::New(Box::new(orphan(99))))), []);
    // What was not made is no news.
    rig.send(Event::Reconciled(Reconciled::New(Box::new(lost_key(Ok(Vec::new()))))));
    rig.answer_all();
    assert_eq!(lost_dialog(&rig).scope_name, "Production App");
    assert!(lost_dialog(&rig).words().contains("An earlier ckeys ended"), "{}", lost_dialog(&rig).words());
    assert_eq!(rig.press("Esc"), [Effect::DropTypedAhead]);
    assert_eq!(lost_dialog(&rig).keys()[0].id, KeyId(99));
    rig.press("Esc");
    assert!(rig.app.dialog.is_none() && rig.app.toasts.is_empty());
}

#[test]
fn a_change_in_doubt_keeps_the_question_and_shows_the_key_as_it_is() {
    let unsure = |now| Ok(Answer::Unsure(Box::new(Unsure { error: timeout(), now })));
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    rig.press("y");
    let effects = rig.reply_write(unsure(Ok(Some(with_valid(&prod(), 11, true)))));
    assert!(rereads(&effects, &prod()) && !confirm(&rig).is_moot());
    assert_eq!(confirm(&rig).error, Some(timeout()));
    // It can be tried again, by hand.
    assert_eq!(rig.press("y").len(), 1);
    rig.reply_write(unsure(Ok(None)));
    assert!(confirm(&rig).is_moot(), "the key is gone");
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    rig.press("y");
    rig.reply_write(unsure(Err(unreachable())));
    assert!(!confirm(&rig).is_moot() && confirm(&rig).error == Some(timeout()));
    // A deletion whose first step is in doubt goes no further.
    let mut rig = deleting();
    let effects = rig.reply_write(unsure(Ok(Some(with_valid(&prod(), 11, true)))));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask(_, operation) if operation.is_write())));
    assert_eq!((delete(&rig).typed.field.text(), &delete(&rig).error), ("GitHub Actions", &Some(timeout())));
}
