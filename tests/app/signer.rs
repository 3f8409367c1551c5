//! Another key takes over signing the calls: what is said before, what it waits for, what it changes, and that nothing
//! is lost where it does not work out.

use confident_keys::api::model::{ApiKey, KeyId, LastUsed, Scope};
use confident_keys::app::dialog::{ConfirmButton, Dialog, SecretDialog, SignInStage};
use confident_keys::app::message::{Delivery, Effect};
use confident_keys::app::{ClipboardRoute, Event};
use confident_keys::operations::{Answer, Lost, NotSignedIn, Operation};
use jiff::SignedDuration;

use crate::replies::confirm;
use crate::support::{
    FAKE_PART, FAKE_SECRET, NEWER, OLDER, Rig, SIGNER_TAIL, asks_to_wait, created, key, keys_of, lost_key, status,
    unreachable,
};

fn secret(rig: &Rig) -> &SecretDialog {
    match &rig.app.dialog {
        Some(Dialog::Secret(dialog)) => dialog,
        other => panic!("{other:?} holds no secret"),
    }
}

fn stage(rig: &Rig) -> &SignInStage {
    &secret(rig).sign_in.as_ref().unwrap().stage
}

fn tail(rig: &Rig) -> &str {
    rig.app.session.as_ref().unwrap().signer.tail()
}

fn signs_in(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::SignIn(_, secret) if secret.expose() == FAKE_SECRET))
}

/// The organization's keys are read again, and are those from before, the new one, and what `change` makes of them.
fn reads(rig: &mut Rig, change: impl Fn(&mut Vec<ApiKey>)) {
    let mut keys = keys_of(&Scope::Organization);
    let Answer::Created(new) = created(99, "ckeys (2)", None) else { panic!("no key was made") };
    keys.push(new.key);
    change(&mut keys);
    let is_list = |operation: &Operation| *operation == Operation::Keys(Scope::Organization);
    while rig.asked.iter().any(|(_, operation)| is_list(operation)) {
        let request = rig.take(is_list);
        rig.reply(request, Ok(Answer::Keys(keys.clone())));
    }
}

#[test]
fn it_begins_with_what_will_happen_whatever_the_service_can_do() {
    for capabilities in [None, Some(OLDER), Some(NEWER)] {
        let mut rig = Rig::on_signer();
        if let Some(capabilities) = capabilities {
            rig.send(Event::Capabilities(capabilities));
        }
        assert_eq!(rig.press("R"), Vec::new());
        match &rig.app.dialog {
            Some(Dialog::ChangeSigner(dialog)) => {
                assert_eq!((dialog.target.key.id, dialog.candidates, &*dialog.name), (KeyId(1), 1, "ckeys (2)"));
            }
            other => panic!("{other:?} says nothing of it"),
        }
        rig.press("Enter");
        match &rig.app.dialog {
            Some(Dialog::Generate(form)) => {
                assert_eq!((&form.scope, form.name.text()), (&Scope::Organization, "ckeys (2)"));
                assert_eq!(form.lifetime.is_some(), capabilities == Some(NEWER));
            }
            other => panic!("{other:?} generates nothing"),
        }
    }
}

#[test]
fn the_name_that_is_proposed_is_nobody_elses() {
    for (name, others, expected) in [
        (Some("ckeys"), &[][..], "ckeys (2)"),
        (Some("ckeys"), &["ckeys (2)", "ckeys (3)"], "ckeys (4)"),
        (Some("ckeys (2)"), &["ckeys"], "ckeys (3)"),
        (Some("ckeys (old)"), &[], "ckeys (old) (2)"),
        (None, &[], "Key 1 (2)"),
    ] {
        let mut rig = Rig::on_signer();
        rig.press("r");
        reads(&mut rig, |keys| {
            keys.retain(|key| key.id == KeyId(1));
            keys[0].name = name.map(Into::into);
            keys.extend((50..).zip(others).map(|(id, name)| key(id, Some(name), true, 400, None)));
        });
        rig.presses("g R");
        while !matches!(rig.app.dialog, Some(Dialog::ChangeSigner(_))) {
            rig.presses("Esc j R");
        }
        let Some(Dialog::ChangeSigner(dialog)) = &rig.app.dialog else { panic!("it did not begin") };
        assert_eq!(dialog.name, expected);
    }
}

#[test]
fn nothing_is_signed_before_the_secret_is_in_safety() {
    // On the screen, sent to a terminal that says nothing, not delivered.
    let mut rig = Rig::new_signer();
    rig.press("v");
    for delivery in [Ok(Delivery::Terminal), Err("There is none.".to_owned())] {
        rig.press("c");
        assert!(!signs_in(&rig.press("Enter")), "it is under way");
        let (request, _) = rig.copies.pop().unwrap();
        rig.send(Event::Copied(request, delivery));
        assert!(!signs_in(&rig.press("Enter")));
        assert!(secret(&rig).farewell.is_some(), "it is asked for");
        rig.press("Esc");
    }
    // Whoever says that they have it may go on.
    rig.press("Esc");
    rig.type_text("saved");
    assert!(!signs_in(&rig.press("Enter")));
    assert!(!secret(&rig).would_lose_it());
    assert!(signs_in(&rig.press("Enter")));
    assert!(rig.app.dialog.as_ref().unwrap().is_busy());
}

#[test]
fn once_it_is_proved_it_signs_and_all_is_read_with_it() {
    let mut rig = Rig::signing_in();
    assert_eq!(tail(&rig), SIGNER_TAIL, "until it is proved, the old one signs");
    let effects = rig.signed_in(None);
    assert_eq!(tail(&rig), "f0f0f0");
    let reads_again =
        |operation| effects.iter().any(|effect| matches!(effect, Effect::Ask(_, asked) if *asked == operation));
    assert!(reads_again(Operation::Organization) && reads_again(Operation::Keys(Scope::Organization)));
    reads(&mut rig, |_| ());
    let is_signer: Vec<KeyId> = (0..3)
        .filter_map(|row| rig.app.row(row))
        .map(|(key, _)| key)
        .filter(|key| rig.app.is_signer(&Scope::Organization, key))
        .map(|key| key.id)
        .collect();
    assert_eq!(is_signer, [KeyId(99)], "it has the badge at once");
    let words = rig.app.signed_in_words().join(" ");
    assert!(words.contains("the shell you started from still has the old one"), "{words}");
    // It can still be had for that.
    rig.press("v");
    assert!(secret(&rig).is_shown);
    assert!(!format!("{:?}", rig.app).contains(FAKE_PART));
}

#[test]
fn then_the_old_one_is_offered_and_may_be_declined() {
    let mut rig = Rig::signing_in();
    rig.signed_in(None);
    reads(&mut rig, |_| ());
    let since = rig.now;
    let effects = rig.press("Enter");
    assert!(effects.contains(&Effect::DropTypedAhead));
    let used = |rig: &mut Rig, at| {
        let old = ApiKey { last_used: LastUsed::At(at), ..keys_of(&Scope::Organization).remove(0) };
        rig.reply_examine(Ok(old.clone()), None);
        rig.app.succeeded_words(&old, since)
    };
    let mut other = Rig::signing_in();
    other.signed_in(None);
    other.press("Enter");
    let later = used(&mut other, since + SignedDuration::from_mins(2));
    assert!(later.contains("something else needs it"), "{later}");
    let words = used(&mut rig, since);
    assert!(words.contains("may be ckeys itself") && words.contains("Other machines may use it"), "{words}");
    match &rig.app.dialog {
        Some(Dialog::Confirm(question)) => {
            assert_eq!((question.target.key.id, question.valid), (KeyId(1), false));
            assert!(question.typed.is_some() && question.button == ConfirmButton::Field, "it takes its name");
        }
        other => panic!("{other:?} offers nothing"),
    }
    assert_eq!(rig.press("Esc"), Vec::new());
    assert!(rig.app.dialog.is_none());
    // It is the key as it was read last, not as it was when it still signed.
    let mut renamed = Rig::signing_in();
    renamed.signed_in(None);
    reads(&mut renamed, |keys| keys[0].name = Some("laptop".into()));
    renamed.press("Enter");
    assert_eq!(confirm(&renamed).target.key.name, Some("laptop".into()));
    // Agreed to, it is like any other.
    let mut rig = Rig::signing_in();
    rig.signed_in(None);
    rig.press("Enter");
    used(&mut rig, since);
    rig.type_text("ckeys");
    let effects = rig.press("Enter");
    let off = Operation::SetValid { scope: Scope::Organization, id: KeyId(1), valid: false };
    assert!(matches!(&effects[..], [Effect::Ask(_, operation)] if *operation == off), "{effects:?}");
}

/// What is said that Enter does.
fn enter(rig: &Rig) -> Option<&'static str> {
    rig.app.sign_in_enter(secret(rig), secret(rig).sign_in.as_ref().unwrap())
}

#[test]
fn what_enter_does_is_told_at_each_step() {
    let mut rig = Rig::new_signer();
    assert_eq!(enter(&rig), Some("copy"));
    rig.press("Enter");
    assert_eq!(enter(&rig), None, "it is being copied");
    let (request, _) = rig.copies.pop().unwrap();
    rig.send(Event::Copied(request, Ok(Delivery::Clipboard { clears_after: None })));
    assert_eq!(enter(&rig), Some("sign in with it"));
    rig.press("Enter");
    assert_eq!(enter(&rig), None, "it is being tried");
    rig.signed_in(None);
    reads(&mut rig, |_| ());
    assert_eq!(enter(&rig), Some("deactivate the old one?"));
    // Where nothing is known of a clipboard, Enter does nothing.
    let mut rig = Rig::new_signer();
    rig.app.clipboard = ClipboardRoute::Missing("There is no clipboard.".into());
    assert_eq!(enter(&rig), None);
}

#[test]
fn where_it_fails_the_old_one_signs_and_nothing_is_lost() {
    for error in [
        NotSignedIn::Failed(status(401)),
        NotSignedIn::Failed(status(403)),
        NotSignedIn::Failed(unreachable()),
        NotSignedIn::Failed(asks_to_wait(30)),
        NotSignedIn::Unknown(unreachable()),
        NotSignedIn::AnotherOrganization("Another Inc.".into()),
    ] {
        let mut rig = Rig::signing_in();
        let before = rig.app.session.clone();
        assert_eq!(rig.signed_in(Some(error.clone())), Vec::new());
        assert_eq!((&rig.app.session, stage(&rig)), (&before, &SignInStage::Failed(error.clone())));
        assert_eq!(rig.app.obstacle(), None, "it says nothing of the old key");
        assert_eq!(rig.app.dialog.as_ref().unwrap().error(), error.error(), "a pause that was asked for is told");
        assert_eq!(enter(&rig), Some("try again"));
        // The secret is still there, to take elsewhere or to try again.
        assert_eq!(secret(&rig).secret.expose(), FAKE_SECRET);
        assert!(rig.press("c").iter().any(|effect| matches!(effect, Effect::Deliver(..))));
        let (request, _) = rig.copies.pop().unwrap();
        rig.send(Event::Copied(request, Ok(Delivery::Clipboard { clears_after: None })));
        assert!(signs_in(&rig.press("Enter")), "{error}");
        let works = !matches!(error, NotSignedIn::Failed(_));
        rig.signed_in(Some(error));
        let told = rig.app.leaves_behind().concat();
        assert_eq!(told.contains("“ckeys (2)” works"), works, "{told}");
        rig.press("Esc");
        assert!(rig.app.dialog.is_none());
        let told =
            if works { "“ckeys (2)” works, but" } else { "“ckeys (2)” did not prove that it works, and" };
        assert!(rig.toast().contains(&format!("{told} “ckeys” still signs the calls")), "{}", rig.toast());
    }
}

#[test]
fn of_several_that_end_alike_none_is_offered() {
    let twin = |keys: &mut Vec<ApiKey>| {
        let value = keys[0].value.clone();
        keys[1].value = value;
    };
    let mut rig = Rig::on_signer();
    rig.press("r");
    reads(&mut rig, twin);
    rig.press("R");
    assert!(matches!(&rig.app.dialog, Some(Dialog::ChangeSigner(dialog)) if dialog.candidates == 2));
    let mut rig = Rig::signing_in();
    reads(&mut rig, twin);
    rig.signed_in(None);
    reads(&mut rig, twin);
    let words = rig.app.signed_in_words().join(" ");
    assert!(words.contains("Which one it took over from can't be told") && words.contains("“Terraform”"), "{words}");
    rig.press("Enter");
    assert!(rig.app.dialog.is_none() && rig.toast().contains("x deactivates the one that you select"));
}

#[test]
fn an_old_key_that_does_not_work_any_more_is_not_offered() {
    for is_gone in [false, true] {
        let mut rig = Rig::signing_in();
        rig.signed_in(None);
        reads(&mut rig, |keys| if is_gone { keys.retain(|key| key.id != KeyId(1)) } else { keys[0].valid = false });
        assert!(rig.app.signed_in_words().join(" ").contains("does not work any more"));
        assert_eq!(rig.press("Enter"), Vec::new());
        assert!(rig.app.dialog.is_none());
    }
}

#[test]
fn a_lost_answer_is_dealt_with_and_it_goes_on() {
    let mut rig = Rig::on_signer();
    rig.presses("R Enter");
    rig.looked();
    rig.fill_in("");
    rig.generate();
    let found = Ok(vec![key(98, Some("ckeys (2)"), true, 0, None)]);
    let lost = Lost { scope: Scope::Organization, name: "ckeys (2)".into(), ..lost_key(found) };
    rig.reply_write(Ok(Answer::Lost(Box::new(lost.clone()))));
    // Looked at again, and then another of the same name.
    rig.press("r");
    let request = rig.take(|operation| matches!(operation, Operation::LookAgain(_)));
    rig.reply(request, Ok(Answer::Lost(Box::new(lost))));
    rig.press("c");
    rig.looked();
    rig.presses("Tab Left Tab");
    rig.looked();
    rig.generate();
    rig.reply_write(Ok(created(99, "ckeys (2)", Some(FAKE_SECRET))));
    assert_eq!(secret(&rig).sign_in.as_ref().unwrap().old.key.id, KeyId(1));
}

#[test]
fn whoever_quits_knows_what_is_left() {
    let left = |rig: &Rig| rig.app.leaves_behind().join("\n");
    let rig = Rig::new_signer();
    assert!(left(&rig).contains("nobody has its secret: `ckeys deactivate 99 --org`"), "{}", left(&rig));
    let mut rig = Rig::signing_in();
    let unused = "“ckeys (2)” works, and was not signed in with: start ckeys with it, or `ckeys deactivate 99 --org`";
    assert!(left(&rig).contains(unused), "{}", left(&rig));
    rig.signed_in(None);
    let shell = "This shell still has the old key in CONFIDENT_ORG_API_KEY";
    assert!(left(&rig).starts_with(shell) && left(&rig).lines().count() == 1, "{}", left(&rig));
    // However long ago that was.
    rig.press("Esc");
    assert!(left(&rig).starts_with(shell));
}
