//! What replies of writes and copies do: dialogs close or say why not, and nothing that came back is lost.

use confident_keys::api::error::{ApiError, Certainty};
use confident_keys::api::model::{ApiKey, KeyId, Scope};
use confident_keys::app::Event;
use confident_keys::app::dialog::{
    Confirm, Delete, DeleteButton, Delivering, Dialog, Fault, Generate, Reader, Replace, SecretDialog, Target,
};
use confident_keys::app::message::{Delivery, Effect};
use confident_keys::app::request::RequestId;
use confident_keys::app::toast::Tone;
use confident_keys::destination::{Delivered, Destination};
use confident_keys::operations::{Answer, Operation, Unsure};
use jiff::SignedDuration;

use crate::support::{
    FAKE_PART, FAKE_SECRET, Rig, created, errors, page_404, project, start_time, status, timeout, unreachable,
    with_valid,
};

pub(crate) fn prod() -> Scope {
    project("prod")
}

pub(crate) fn generate(rig: &Rig) -> &Generate {
    match &rig.app.dialog {
        Some(Dialog::Generate(form)) => form,
        other => panic!("{other:?}"),
    }
}

fn secret(rig: &Rig) -> &SecretDialog {
    match &rig.app.dialog {
        Some(Dialog::Secret(dialog)) => dialog,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn confirm(rig: &Rig) -> &Confirm {
    match &rig.app.dialog {
        Some(Dialog::Confirm(question)) => question,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn delete(rig: &Rig) -> &Delete {
    match &rig.app.dialog {
        Some(Dialog::Delete(form)) => form,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn rereads(effects: &[Effect], scope: &Scope) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Ask(_, Operation::Keys(read)) if read == scope))
}

/// Whether the list has to be read again after `error`, as it may not be what is shown any more.
fn makes_stale(error: &ApiError) -> bool {
    error.certainty() == Certainty::Unknown || error.is_not_found()
}

fn shown(rig: &Rig, id: i64) -> Option<&ApiKey> {
    rig.app.keys[&prod()].value().unwrap().iter().find(|key| key.id == KeyId(id))
}

/// A key called “CI” is being generated in the first project.
pub(crate) fn generating() -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press("c");
    rig.looked();
    rig.fill_in("CI");
    rig.generate();
    assert!(rig.app.dialog.as_ref().is_some_and(Dialog::is_busy));
    rig
}

fn with_secret() -> Rig {
    let mut rig = generating();
    rig.reply_write(Ok(created(99, "CI", Some(FAKE_SECRET))));
    rig
}

/// The active key 11 is being deleted, and deactivated on the way.
pub(crate) fn deleting() -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.ask("D");
    rig.type_text("GitHub Actions");
    rig.press("Enter");
    rig
}

fn copied(rig: &mut Rig, result: Result<Delivery, String>) {
    let (request, _) = rig.copies.remove(0);
    assert_eq!(rig.send(Event::Copied(request, result)), []);
}

#[test]
fn a_generated_key_brings_its_secret() {
    let mut rig = generating();
    let effects = rig.reply_write(Ok(created(99, "CI", Some(FAKE_SECRET))));
    assert_eq!(effects[0], Effect::DropTypedAhead);
    assert!(rereads(&effects, &prod()));
    assert_eq!(secret(&rig).secret.expose(), FAKE_SECRET);
    assert_eq!((secret(&rig).target.key.id, &secret(&rig).target.scope), (KeyId(99), &prod()));
    assert!(!secret(&rig).is_shown);
    assert!(rig.app.toasts.is_empty());
    // The key is in the list and selected before the list is read again.
    assert_eq!(rig.app.selected().unwrap().0.id, KeyId(99));
    assert!(!format!("{:?} {effects:?}", rig.app).contains(FAKE_PART));
}

#[test]
fn a_key_without_a_usable_secret_is_told() {
    let mut rig = generating();
    let effects = rig.reply_write(Ok(created(99, "CI", None)));
    assert!(rig.app.dialog.is_none() && rereads(&effects, &prod()));
    assert_eq!(rig.app.toasts.newest().unwrap().tone, Tone::Error);
    assert!(rig.toast().contains("99") && rig.toast().contains("no secret"), "{}", rig.toast());
    assert!(shown(&rig, 99).is_some());
}

#[test]
fn a_key_of_another_name_is_told_and_keeps_its_secret() {
    let mut rig = generating();
    rig.reply_write(Ok(created(99, "ci (1)", Some(FAKE_SECRET))));
    assert_eq!(secret(&rig).secret.expose(), FAKE_SECRET);
    assert!(rig.toast().contains("ci (1)") && rig.toast().contains("“CI”"), "{}", rig.toast());
    assert_eq!(rig.app.toasts.newest().unwrap().tone, Tone::Warning);
}

#[test]
fn generating_that_failed_keeps_the_form() {
    for error in errors() {
        let mut rig = generating();
        let effects = rig.reply_write(Err(error.clone()));
        let form = generate(&rig);
        assert_eq!((form.name.text(), &form.error), ("CI", &Some(Fault::Api(error.clone()))));
        assert!(!rig.app.dialog.as_ref().unwrap().is_busy());
        assert_eq!(rereads(&effects, &prod()), makes_stale(&error), "{error}");
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask(_, operation) if operation.is_write())));
        // It can be tried again, by hand.
        assert!(matches!(&rig.generate()[..], [Effect::Ask(_, Operation::Create { .. })]));
        assert_eq!(generate(&rig).error, None);
    }
}

#[test]
fn a_name_that_was_refused_is_edited_or_pasted_over() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("c Enter");
    assert!(matches!(generate(&rig).error, Some(Fault::Name(_))));
    rig.type_text("x");
    assert_eq!(generate(&rig).error, None);
    rig.presses("Backspace Enter");
    assert!(matches!(generate(&rig).error, Some(Fault::Name(_))));
    rig.send(Event::Paste("CI\n".into()));
    assert_eq!((generate(&rig).name.text(), &generate(&rig).error), ("CI", &None));
}

#[test]
fn a_secret_waits_until_another_dialog_closes() {
    let mut rig = generating();
    // No key leads here: a dialog that waits for its write can't be left.
    rig.app.dialog = Some(Dialog::Unreadable(Reader::default()));
    let effects = rig.reply_write(Ok(created(99, "CI", Some(FAKE_SECRET))));
    assert!(!effects.contains(&Effect::DropTypedAhead));
    assert!(matches!(rig.app.dialog, Some(Dialog::Unreadable(_))));
    // It counts as something that would be lost.
    assert_eq!(rig.press("Ctrl-c"), []);
    assert!(!format!("{:?}", rig.app).contains(FAKE_PART));
    assert_eq!(rig.press("Esc"), [Effect::DropTypedAhead]);
    assert_eq!(secret(&rig).secret.expose(), FAKE_SECRET);
    assert_eq!(rig.press("Ctrl-c"), []);
}

#[test]
fn an_answer_to_a_dialog_that_is_gone_is_told() {
    for (error, answer) in [(Some(status(500)), None), (None, Some(created(99, "CI", None)))] {
        let mut rig = generating();
        rig.app.dialog = None;
        let result = answer.ok_or_else(|| error.unwrap());
        let effects = rig.reply_write(result);
        assert!(rereads(&effects, &prod()));
        assert_eq!(rig.app.toasts.newest().unwrap().tone, Tone::Error);
        assert!(rig.app.dialog.is_none());
    }
}

/// No key leads here: a dialog that waits for its write can't be left.
#[test]
fn an_answer_to_another_dialog_leaves_the_open_one_alone() {
    let writes = |open: &dyn Fn(Target) -> Dialog, answer: Result<Answer, ApiError>| {
        let mut rig = Rig::keys_of("prod");
        rig.ask("x");
        let target = confirm(&rig).target.clone();
        rig.presses("Esc j");
        rig.ask("x");
        rig.press("y");
        rig.app.dialog = Some(open(target));
        rig.reply_write(answer);
        rig
    };
    let off = || Ok(Answer::Key(with_valid(&prod(), 12, false)));
    let rig = writes(&|target| Dialog::Replace(Box::new(Replace::new(target))), off());
    let Some(Dialog::Replace(dialog)) = &rig.app.dialog else { panic!("it is left") };
    assert_eq!((dialog.old.key.id, rig.app.undo.len()), (KeyId(11), 1));
    assert!(rig.toast().contains("“Nightly evals” is inactive"), "{}", rig.toast());
    for answer in [
        Err(status(500)),
        Ok(Answer::Unsure(Box::new(Unsure { error: timeout(), now: Ok(Some(with_valid(&prod(), 12, true))) }))),
    ] {
        let rig = writes(&|target| Dialog::Confirm(Confirm::new(target)), answer);
        assert_eq!((confirm(&rig).target.key.id, &confirm(&rig).error), (KeyId(11), &None));
        assert_eq!(rig.app.toasts.newest().unwrap().tone, Tone::Error);
    }
    // It can be undone, whichever undo is being asked about.
    let rig = writes(&|target| Dialog::Confirm(Confirm::undo(target, true, start_time())), off());
    assert_eq!(rig.app.undo.len(), 1);
}

#[test]
fn among_all_keys_the_one_that_was_generated_is_selected() {
    let mut rig = Rig::keys_of("prod");
    rig.press("0");
    rig.answer_all();
    rig.pass(SignedDuration::from_secs(1));
    // Not on the newest one, beside which it comes.
    rig.presses("j j c");
    let scope = generate(&rig).scope.clone();
    rig.looked();
    rig.fill_in("CI");
    rig.generate();
    rig.reply_write(Ok(created(99, "CI", Some(FAKE_SECRET))));
    assert_eq!(rig.app.selected().map(|(key, _)| key.id), Some(KeyId(99)), "{scope:?}");
}

#[test]
fn deactivating_and_reactivating() {
    for (steps, id, valid) in [("x", 11, false), ("j j j j x", 15, true)] {
        let mut rig = Rig::keys_of("prod");
        rig.presses(steps);
        rig.examined();
        let effects = rig.press("y");
        let asked = Operation::SetValid { scope: prod(), id: KeyId(id), valid };
        assert!(matches!(&effects[..], [Effect::Ask(_, operation)] if *operation == asked));
        let effects = rig.reply_write(Ok(Answer::Key(with_valid(&prod(), id, valid))));
        assert!(rig.app.dialog.is_none() && rereads(&effects, &prod()));
        assert_eq!(shown(&rig, id).unwrap().valid, valid);
        assert_eq!(rig.app.toasts.newest().unwrap().tone, Tone::Done);
        assert!(rig.toast().contains(if valid { "active again" } else { "refused from now on" }), "{}", rig.toast());
    }
}

#[test]
fn an_answer_that_contradicts_is_told_and_read_again() {
    let other = with_valid(&prod(), 12, false);
    for answer in [with_valid(&prod(), 11, true), other] {
        let mut rig = Rig::keys_of("prod");
        rig.ask("x");
        rig.press("y");
        let effects = rig.reply_write(Ok(Answer::Key(answer)));
        assert!(rig.app.dialog.is_none() && rereads(&effects, &prod()));
        assert_eq!((rig.app.toasts.len(), rig.app.toasts.newest().unwrap().tone), (1, Tone::Warning));
        // It names the key that was to be changed, whichever one the answer is about.
        assert!(rig.toast().contains("change of “GitHub Actions”, but its answer says otherwise"), "{}", rig.toast());
        assert!(shown(&rig, 11).unwrap().valid && shown(&rig, 12).unwrap().valid);
    }
}

#[test]
fn a_change_that_failed_keeps_the_question() {
    for error in errors() {
        let mut rig = Rig::keys_of("prod");
        rig.ask("x");
        rig.press("y");
        let effects = rig.reply_write(Err(error.clone()));
        assert_eq!(confirm(&rig).error, Some(error.clone()));
        assert_eq!(rereads(&effects, &prod()), makes_stale(&error), "{error}");
        assert!(shown(&rig, 11).unwrap().valid);
        assert!(rig.app.toasts.is_empty());
        assert_eq!(rig.press("y").len(), 1);
        assert_eq!(confirm(&rig).error, None);
    }
}

#[test]
fn an_unknown_change_that_turns_out_done_needs_no_repeat() {
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    rig.press("y");
    rig.reply_write(Err(timeout()));
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.reply(request, Ok(Answer::Keys(vec![with_valid(&prod(), 11, false)])));
    assert!(confirm(&rig).is_moot());
    assert_eq!(rig.press("y"), []);
    assert!(rig.app.dialog.is_none());
}

#[test]
fn an_active_key_is_deactivated_then_deleted() {
    let mut rig = deleting();
    let write = |rig: &Rig| rig.asked.iter().find(|(_, operation)| operation.is_write()).unwrap().1.clone();
    assert_eq!(write(&rig), Operation::SetValid { scope: prod(), id: KeyId(11), valid: false });
    rig.reply_write(Ok(Answer::Key(with_valid(&prod(), 11, false))));
    assert_eq!(write(&rig), Operation::Delete { scope: prod(), id: KeyId(11) });
    assert!(rig.app.dialog.as_ref().unwrap().is_busy() && delete(&rig).was_deactivated);
    assert!(rig.app.toasts.is_empty());
    let effects = rig.reply_write(Ok(Answer::Deleted { acknowledged: true }));
    assert!(rig.app.dialog.is_none() && rereads(&effects, &prod()));
    assert_eq!((shown(&rig, 11), rig.app.table.rows().len()), (None, 4));
    assert!(rig.toast().contains("“GitHub Actions” was deleted"), "{}", rig.toast());
}

#[test]
fn a_deletion_whose_first_step_failed_goes_no_further() {
    for error in errors() {
        let mut rig = deleting();
        let effects = rig.reply_write(Err(error.clone()));
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask(_, operation) if operation.is_write())));
        let form = delete(&rig);
        assert_eq!((form.typed.field.text(), &form.error), ("GitHub Actions", &Some(error.clone())));
        assert!(form.target.key.valid && !form.was_deactivated);
        assert_eq!(rereads(&effects, &prod()), makes_stale(&error), "{error}");
    }
    // Nor where the answer says that the key still works, or is about another one.
    for answer in [with_valid(&prod(), 11, true), with_valid(&prod(), 12, false)] {
        let mut rig = deleting();
        let effects = rig.reply_write(Ok(Answer::Key(answer)));
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask(_, operation) if operation.is_write())));
        assert!(rig.toast().contains("says otherwise"), "{}", rig.toast());
    }
}

#[test]
fn a_deletion_whose_second_step_failed_goes_on_from_there() {
    for error in errors().into_iter().filter(|error| !error.is_not_found()) {
        let mut rig = deleting();
        rig.reply_write(Ok(Answer::Key(with_valid(&prod(), 11, false))));
        rig.reply_write(Err(error.clone()));
        let form = delete(&rig);
        assert_eq!((form.typed.field.text(), &form.error), ("GitHub Actions", &Some(error.clone())));
        assert!(form.was_deactivated && !form.target.key.valid);
        assert!(matches!(&rig.press("Enter")[..], [Effect::Ask(_, Operation::Delete { .. })]), "{error}");
    }
}

#[test]
fn what_is_not_there_is_deleted() {
    let mut rig = deleting();
    rig.reply_write(Ok(Answer::Key(with_valid(&prod(), 11, false))));
    rig.reply_write(Err(status(404)));
    assert!(rig.app.dialog.is_none());
    assert!(rig.toast().contains("was deleted"), "{}", rig.toast());
    // But a web page is not the service's word for it.
    let mut rig = deleting();
    rig.reply_write(Ok(Answer::Key(with_valid(&prod(), 11, false))));
    rig.reply_write(Err(page_404()));
    assert_eq!(delete(&rig).error, Some(page_404()));
    assert!(shown(&rig, 11).is_some());
}

#[test]
fn deactivating_in_place_of_deleting() {
    let mut rig = Rig::keys_of("prod");
    rig.ask("D");
    rig.presses("Tab Tab");
    assert_eq!(delete(&rig).button, DeleteButton::Deactivate);
    rig.press("Enter");
    let effects = rig.reply_write(Ok(Answer::Key(with_valid(&prod(), 11, false))));
    assert!(rig.app.dialog.is_none());
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask(_, Operation::Delete { .. }))));
    assert!(rig.toast().contains("is inactive"), "{}", rig.toast());
    assert!(shown(&rig, 11).is_some());
}

#[test]
fn a_dialog_holds_on_to_its_key_whatever_is_read_meanwhile() {
    let mut rig = Rig::keys_of("prod");
    rig.press("r");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.press("x");
    // Another key takes the selected place.
    let mut keys = crate::support::keys_of(&prod());
    keys.retain(|key| key.id != KeyId(11));
    rig.reply(request, Ok(Answer::Keys(keys)));
    assert_eq!((confirm(&rig).target.key.id, confirm(&rig).is_gone), (KeyId(11), true));
    assert_eq!(rig.app.selected().unwrap().0.id, KeyId(12));
    assert_eq!(rig.press("y"), []);
    assert!(rig.app.dialog.is_none());
}

#[test]
fn a_key_that_was_reactivated_meanwhile_is_deactivated_first() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("j j j j r");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.ask("D");
    rig.type_text("日本語");
    rig.reply(request, Ok(Answer::Keys(vec![with_valid(&prod(), 15, true)])));
    assert!(matches!(&rig.press("Enter")[..], [Effect::Ask(_, Operation::SetValid { valid: false, .. })]));
}

#[test]
fn a_write_is_answered_once_and_never_waits_for_good() {
    type Make = fn() -> Rig;
    let confirming: Make = || {
        let mut rig = Rig::keys_of("prod");
        rig.ask("x");
        rig.press("y");
        rig
    };
    let step_two: Make = || {
        let mut rig = deleting();
        rig.reply_write(Ok(Answer::Key(with_valid(&prod(), 11, false))));
        rig
    };
    for make in [generating, confirming, deleting, step_two] {
        let mut rig = make();
        let request = rig.take_write();
        let effects = rig.reply(request, Ok(Answer::Keys(Vec::new())));
        assert!(!rig.app.dialog.as_ref().unwrap().is_busy());
        assert!(rereads(&effects, &prod()), "what was done is unknown");
        // A second answer to the same request is nobody's.
        assert_eq!(rig.reply(request, Err(unreachable())), []);
        rig.answer_all();
        assert!(!rig.app.is_working());
    }
}

#[test]
fn what_became_of_a_copied_secret() {
    let mut rig = with_secret();
    let effects = rig.press("Enter");
    assert!(
        matches!(&effects[..], [Effect::Deliver(_, Destination::Clipboard, _, secret, None)] if secret.expose() == FAKE_SECRET)
    );
    assert!(!format!("{effects:?}").contains(FAKE_PART));
    copied(&mut rig, Err("No display.".into()));
    assert_eq!(secret(&rig).taken, None);
    assert!(matches!(&secret(&rig).delivering, Delivering::Failed(error) if error.reason == "No display."));
    assert!(secret(&rig).would_lose_it());
    rig.press("c");
    copied(&mut rig, Ok(Delivery::Terminal));
    assert_eq!(secret(&rig).taken, Some(Delivered::Terminal { by_tmux: false }));
    assert_eq!(secret(&rig).delivering, Delivering::Idle);
    assert!(secret(&rig).would_lose_it(), "nobody knows whether it arrived");
    rig.press("c");
    let clears_after = Some(std::time::Duration::from_secs(45));
    copied(&mut rig, Ok(Delivery::Clipboard { clears_after }));
    assert_eq!(secret(&rig).taken, Some(Delivered::Clipboard { clears_after }));
    rig.press("Enter");
    assert!(rig.app.dialog.is_none());
    assert!(rig.app.toasts.is_empty());
}

#[test]
fn one_copy_at_a_time_and_only_its_own_reply_counts() {
    let mut rig = with_secret();
    rig.presses("c c Enter");
    assert_eq!(rig.copies.len(), 1);
    rig.send(Event::Copied(RequestId(9999), Ok(Delivery::Clipboard { clears_after: None })));
    assert_eq!(secret(&rig).taken, None);
    assert!(matches!(secret(&rig).delivering, Delivering::Busy(_)));
    copied(&mut rig, Ok(Delivery::Clipboard { clears_after: None }));
    assert!(!secret(&rig).would_lose_it());
}

#[test]
fn a_copy_that_arrives_during_the_farewell_ends_the_question() {
    let mut rig = with_secret();
    rig.presses("c Esc");
    rig.type_text("disc");
    copied(&mut rig, Ok(Delivery::Clipboard { clears_after: None }));
    // What is being typed does not turn into commands.
    rig.type_text("ard");
    assert_eq!(secret(&rig).farewell.as_ref().unwrap().text(), "discard");
    rig.presses("Backspace Enter");
    assert!(rig.app.dialog.is_none());
    // One that failed does not.
    let mut rig = with_secret();
    rig.presses("c Esc");
    copied(&mut rig, Err("No display.".into()));
    rig.press("Enter");
    assert!(secret(&rig).farewell.is_some());
    rig.type_text("SAVED");
    rig.press("Enter");
    assert!(rig.app.dialog.is_none());
}

#[test]
fn a_copy_that_arrives_after_its_dialog_says_nothing() {
    let mut rig = with_secret();
    rig.presses("c Esc");
    rig.type_text("saved");
    rig.press("Enter");
    let before = crate::describe::describe(&rig.app);
    copied(&mut rig, Ok(Delivery::Clipboard { clears_after: None }));
    assert_eq!(crate::describe::describe(&rig.app), before);
}

#[test]
fn what_became_of_another_copy_is_told() {
    for (result, tone, words) in [
        (Ok(Delivery::Clipboard { clears_after: None }), Tone::Done, "The id was copied."),
        (Ok(Delivery::Terminal), Tone::Done, "sent to the terminal"),
        (Err("No display.".to_owned()), Tone::Error, "The id was not copied. No display."),
    ] {
        let mut rig = Rig::keys_of("prod");
        rig.presses("y i");
        assert!(rig.app.dialog.is_none());
        copied(&mut rig, result);
        assert_eq!(rig.app.toasts.newest().unwrap().tone, tone);
        assert!(rig.toast().contains(words), "{}", rig.toast());
    }
}

#[test]
fn a_shown_secret_is_hidden_again_after_a_while() {
    let mut rig = generating();
    rig.reply_write(Ok(created(99, "CI", Some(FAKE_SECRET))));
    rig.pass(SignedDuration::from_mins(5));
    rig.press("v");
    let shown_at = rig.now;
    assert!(secret(&rig).is_shown);
    assert_eq!(rig.app.wake_at(), Some(shown_at + SignedDuration::from_secs(30)));
    rig.pass(SignedDuration::from_secs(29));
    assert!(secret(&rig).is_shown);
    rig.pass(SignedDuration::from_secs(1));
    assert!(!secret(&rig).is_shown && secret(&rig).hides_at().is_none());
    assert!(rig.app.take_needs_draw());
    // Shown once more, it has its whole time again.
    rig.press("v");
    rig.pass(SignedDuration::from_secs(20));
    rig.presses("v v");
    rig.pass(SignedDuration::from_secs(20));
    assert!(secret(&rig).is_shown);
}

#[test]
fn what_was_done_is_not_covered_by_a_list_that_cannot_be_read_then() {
    let mut rig = Rig::keys_of("prod");
    rig.press("j");
    rig.ask("x");
    rig.press("y");
    rig.reply_write(Ok(Answer::Key(with_valid(&prod(), 12, false))));
    let read = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.reply(read, Err(unreachable()));
    assert!(rig.toast().contains("is inactive"), "{}", rig.toast());
    // It goes by itself, and leaves what has to be dismissed.
    rig.pass(SignedDuration::from_secs(6));
    assert!(rig.toast().contains("Could not read again"), "{}", rig.toast());
    assert_eq!(rig.app.toasts.len(), 1);
}

#[test]
fn once_a_change_has_its_outcome_leaving_is_no_question_any_more() {
    let mut rig = Rig::keys_of("prod");
    rig.press("j");
    rig.ask("x");
    rig.press("y");
    assert_eq!(rig.press("Ctrl-c"), []);
    assert!(rig.toast().contains("A change is under way"), "{}", rig.toast());
    rig.reply_write(Ok(Answer::Key(with_valid(&prod(), 12, false))));
    assert!(rig.toast().contains("is inactive") && rig.app.toasts.len() == 1, "{}", rig.toast());
    assert_eq!(rig.press("Ctrl-c"), [Effect::Quit]);
}
