//! Rotating a key in place: what the form refuses, what it asks for, what it says, and where the new secret goes.

use confident_keys::api::error::{ApiError, ErrorKind};
use confident_keys::api::model::{ApiKey, KeyId, LastUsed, Lifetime, Rotation};
use confident_keys::app::Event;
use confident_keys::app::dialog::{Dialog, RotateFault, RotateInPlace, SecretKind};
use confident_keys::app::message::Effect;
use confident_keys::destination::{Ask, Destination, Look};
use confident_keys::guard::Refusal;
use confident_keys::operations::{Answer, Operation};
use jiff::SignedDuration;

use crate::support::{FAKE_SECRET, NEWER, OLDER, Rig, lost_rotation, project, rotated, start_time, status, with_valid};

fn form(rig: &Rig) -> &RotateInPlace {
    match &rig.app.dialog {
        Some(Dialog::RotateInPlace(form)) => form,
        other => panic!("{other:?} rotates nothing"),
    }
}

fn words(rig: &Rig) -> String {
    rig.app.rotation_words(form(rig)).join(" ")
}

fn sent(effects: &[Effect]) -> Option<(KeyId, Rotation)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ask(_, Operation::Rotate { id, rotation, .. }) => Some((*id, *rotation)),
        _ => None,
    })
}

fn expiring(hours: i64) -> impl Fn(&mut ApiKey) {
    move |key| key.expires_at = Some(start_time() + SignedDuration::from_hours(hours))
}

#[test]
fn what_is_chosen_is_what_is_sent() {
    let rotation = |grace_hours, lifetime| Rotation { grace_hours, lifetime };
    for (keys, expected) in [
        ("", rotation(24, None)),
        ("Left", rotation(1, None)),
        ("Left Left", rotation(0, None)),
        ("Right", rotation(168, None)),
        ("4 8", rotation(48, None)),
        ("Tab Right", rotation(24, Some(Lifetime::Days(7)))),
        ("Tab Right Right Right", rotation(24, Some(Lifetime::Days(90)))),
        ("Tab Left", rotation(24, Some(Lifetime::Unlimited))),
        ("Tab 1 2 0", rotation(24, Some(Lifetime::Days(120)))),
        ("Left Tab Tab Tab 3", rotation(3, None)),
    ] {
        let mut rig = Rig::rotating(12);
        rig.presses(keys);
        rig.press("Enter");
        assert_eq!(sent(&rig.looked()), Some((KeyId(12), expected)), "{keys}");
        assert!(rig.app.dialog.as_ref().unwrap().is_busy());
    }
}

#[test]
fn what_the_service_would_refuse_is_not_asked_of_it() {
    for (hours, keys, expected) in [
        (23, "", Refusal::GracePastExpiry),
        (48, "Tab Tab Tab 4 9", Refusal::GracePastExpiry),
        (-1, "Right", Refusal::GraceOnExpired),
        (-1, "Tab Left Left Left", Refusal::LifetimeNeeded),
    ] {
        let mut rig = Rig::rotating_changed(12, expiring(hours));
        let effects = [rig.presses(keys), rig.press("Enter")].concat();
        assert_eq!(form(&rig).error, Some(RotateFault::Refused(expected)), "{hours} {keys}");
        assert!(sent(&effects).is_none() && rig.looks.is_empty());
        // Another choice is another question.
        rig.press("Right");
        assert_eq!(form(&rig).error, None);
    }
    let mut rig = Rig::rotating(12);
    rig.presses("Tab 0 Enter");
    assert!(matches!(form(&rig).error, Some(RotateFault::Period(_))));
    // An expired key needs a lifetime: it has one.
    let mut rig = Rig::rotating_changed(12, expiring(-1));
    rig.press("Enter");
    let revived = Rotation { grace_hours: 0, lifetime: Some(Lifetime::Days(90)) };
    assert_eq!(sent(&rig.looked()), Some((KeyId(12), revived)));
}

#[test]
fn it_is_said_what_happens_and_when() {
    let under_way = |key: &mut ApiKey| key.rotates_at = Some(start_time() + SignedDuration::from_hours(5));
    let inactive = |key: &mut ApiKey| key.valid = false;
    for (change, keys, expected) in [
        (
            &expiring(24 * 9) as &dyn Fn(&mut ApiKey),
            "",
            &["until 22 Nov 2026 12:00 (in 1 day)", "still expires on"][..],
        ),
        (&expiring(24 * 9), "Tab Left", &["does not expire any more"]),
        (&expiring(24 * 9), "Tab Right", &["expires on 28 Nov 2026 12:00 (in 7 days)"]),
        (&expiring(-1), "", &["has expired: with its new value it works again", "(in 90 days)"]),
        (&|_| (), "Left Left", &["The old value stops at once"]),
        (&under_way, "", &["The new one of the rotation under way stops at once"]),
        (&under_way, "Left Left", &["the service can't stop the old one alone"]),
        (&inactive, "", &["is inactive, and stays so"]),
    ] {
        let mut rig = Rig::rotating_changed(12, change);
        rig.presses(keys);
        for part in expected {
            assert!(words(&rig).contains(part), "{keys}: {} lacks {part}", words(&rig));
        }
    }
    // What is not so is not said: of a key without an expiry, and of one that has no lifetime yet and needs one.
    let expired = Rig::rotating_changed(12, expiring(-1));
    for (mut rig, keys) in [(Rig::rotating(12), "Tab Left"), (expired, "Tab Left Left Left")] {
        rig.presses(keys);
        assert!(!words(&rig).contains("expires") && !words(&rig).contains("expire any"), "{}", words(&rig));
    }
}

#[test]
fn a_key_in_use_is_not_cut_off_without_its_name() {
    let mut rig = Rig::rotating_changed(11, |key| key.last_used = LastUsed::At(start_time()));
    assert!(form(&rig).typed.is_none(), "with a grace period nobody is cut off");
    rig.presses("Left Left");
    rig.press("Enter");
    assert!(form(&rig).typed.as_ref().unwrap().is_mistyped && rig.looks.is_empty());
    rig.type_text("GitHub Actions");
    rig.press("Enter");
    let at_once = Rotation { grace_hours: 0, lifetime: None };
    assert_eq!(sent(&rig.looked()), Some((KeyId(11), at_once)));
}

/// Whoever moved over to the new value of a rotation under way is cut off by another one, whatever its grace period.
#[test]
fn the_new_value_of_a_rotation_under_way_is_not_stopped_without_the_name() {
    let in_use = |key: &mut ApiKey| {
        key.last_used = LastUsed::At(start_time());
        key.rotates_at = Some(start_time() + SignedDuration::from_hours(5));
    };
    let mut rig = Rig::rotating_changed(11, in_use);
    rig.press("Enter");
    assert!(form(&rig).typed.as_ref().unwrap().is_mistyped && rig.looks.is_empty());
    rig.type_text("GitHub Actions");
    rig.press("Enter");
    assert_eq!(sent(&rig.looked()).map(|(id, _)| id), Some(KeyId(11)));
    // It is nobody's where its answer was lost: rotating again is the way out.
    let Answer::RotationLost(mut lost) = lost_rotation(11, Some(true)) else { panic!("no answer was lost") };
    lost.now.as_mut().unwrap().as_mut().unwrap().last_used = LastUsed::At(start_time());
    rig.reply_write(Ok(Answer::RotationLost(lost)));
    rig.press("Enter");
    assert!(sent(&rig.looked()).is_some());
    let mut unused =
        Rig::rotating_changed(12, |key| key.rotates_at = Some(start_time() + SignedDuration::from_hours(5)));
    unused.press("Enter");
    assert!(sent(&unused.looked()).is_some());
}

#[test]
fn enter_waits_for_the_key_and_counts_where_it_is_as_it_was_shown() {
    for is_changed in [false, true] {
        let mut rig = Rig::keys_of("prod");
        rig.send(Event::Capabilities(NEWER));
        rig.presses("j R");
        rig.recalls(Vec::new());
        rig.looked();
        assert_eq!(rig.press("Enter"), Vec::new());
        let mut key = with_valid(&project("prod"), 12, true);
        if is_changed {
            expiring(2)(&mut key);
        }
        let effects = rig.reply_examine(Ok(key), None);
        assert!(sent(&effects).is_none(), "the destination is looked at first");
        assert_eq!(rig.looks.is_empty(), is_changed);
    }
}

#[test]
fn the_new_secret_goes_where_the_form_says() {
    let mut rig = Rig::rotating(12);
    rig.presses("Tab Tab Right Tab");
    rig.type_text("~/ci.key");
    rig.press("Enter");
    let ask = Look { goes_to: "a file".into(), obstacle: None, ask: Some(Ask::OverEntry), warnings: Vec::new() };
    assert!(sent(&rig.looked_at(ask)).is_none(), "that is to be agreed to");
    assert_eq!(form(&rig).enter(), "rotate, I agree");
    assert!(sent(&rig.press("Enter")).is_some());
    rig.reply_write(Ok(rotated(12, 24)));
    let (_, destination, agreed) = rig.deliveries.last().unwrap();
    assert_eq!((destination, agreed), (&Destination::File("/home/ada/ci.key".into()), &Some(Ask::OverEntry)));
    match &rig.app.dialog {
        Some(Dialog::Secret(dialog)) => {
            assert_eq!((dialog.target.key.id, dialog.kind), (KeyId(12), SecretKind::Rotated));
            assert_eq!(dialog.secret.expose(), FAKE_SECRET);
        }
        other => panic!("{other:?} holds no secret"),
    }
    let (key, _) = rig.app.selected().unwrap();
    assert_eq!(rig.app.old_stops(key).as_deref(), Some("23 h"));
}

#[test]
fn an_answer_that_is_not_what_was_asked_for_is_told() {
    let mut rig = Rig::rotating(12);
    rig.press("Enter");
    rig.looked();
    rig.reply_write(Ok(rotated(12, 0)));
    assert!(rig.toast().contains("no grace period"), "{}", rig.toast());
}

/// No key leads here: a form that waits for its answer can't be left.
#[test]
fn an_answer_says_nothing_about_the_key_of_another_form() {
    for answer in [rotated(12, 24), lost_rotation(12, Some(true))] {
        let is_lost = matches!(answer, Answer::RotationLost(_));
        let mut rig = Rig::rotating(12);
        rig.press("Enter");
        rig.looked();
        rig.app.dialog = Rig::rotating_changed(11, expiring(48)).app.dialog;
        rig.reply_write(Ok(answer));
        assert_eq!((form(&rig).target.key.id, &form(&rig).error), (KeyId(11), &None));
        // The loss is told; and the key that was rotated is as it was asked for.
        assert_eq!(rig.app.toasts.newest().is_some(), is_lost, "{}", rig.toast());
    }
}

#[test]
fn a_lost_answer_says_what_became_of_it_and_the_form_stays() {
    for (took_place, expected) in [
        (Some(true), "The new secret is lost. Its old value works until 22 Nov 2026 12:00 (in 23 hours)"),
        (Some(false), "it has not been rotated"),
        (None, "can't be told"),
    ] {
        let mut rig = Rig::rotating(12);
        rig.press("Enter");
        rig.looked();
        rig.reply_write(Ok(lost_rotation(12, took_place)));
        let Some(RotateFault::Lost(lost)) = &form(&rig).error else { panic!("{took_place:?} is not told") };
        let told = rig.app.lost_rotation_words(lost);
        assert!(told.contains(expected), "{told}");
        assert_eq!(form(&rig).enter(), "rotate again");
        // Which is the way out: the destination is looked at anew.
        rig.press("Enter");
        assert!(sent(&rig.looked()).is_some());
    }
}

#[test]
fn a_key_that_is_gone_after_a_lost_answer_is_not_rotated_again() {
    let mut rig = Rig::rotating(12);
    rig.press("Enter");
    rig.looked();
    let Answer::RotationLost(mut lost) = lost_rotation(12, None) else { panic!("no answer was lost") };
    lost.now = Ok(None);
    assert!(rig.app.lost_rotation_words(&lost).contains("it is gone: somebody deleted it"));
    rig.reply_write(Ok(Answer::RotationLost(lost)));
    assert_eq!((form(&rig).is_gone, form(&rig).enter()), (true, "close"));
    assert!(rig.app.dialog.as_ref().unwrap().is_moot());
    rig.press("Ctrl-g");
    assert!(form(&rig).is_gone, "nor does another take its place");
    assert_eq!(rig.press("Enter"), []);
    assert!(rig.app.dialog.is_none());
}

/// A look takes its time: whoever chooses something else meanwhile has not agreed to that.
#[test]
fn who_chooses_something_else_after_enter_rotates_nothing_yet() {
    let mut rig = Rig::rotating(12);
    rig.presses("Enter Left");
    assert!(sent(&rig.looked()).is_none());
    rig.press("Enter");
    let warned =
        || Look { goes_to: "it".into(), obstacle: None, ask: None, warnings: vec!["It can be read.".to_owned()] };
    assert!(sent(&rig.looked_at(warned())).is_none(), "that is to be seen first");
    assert_eq!(form(&rig).enter(), "rotate anyway");
    rig.press("Enter");
    assert_eq!(sent(&rig.looked_at(warned())), Some((KeyId(12), Rotation { grace_hours: 1, lifetime: None })));
}

/// What is known of the key after a lost answer, and is said of the next rotation.
#[test]
fn a_lost_answer_is_about_the_key_of_the_form() {
    for (id, expected) in [(12, "The new one of the rotation under way stops at once"), (13, "beside it until")] {
        let mut rig = Rig::rotating(12);
        rig.press("Enter");
        rig.looked();
        let Answer::RotationLost(mut lost) = lost_rotation(12, Some(true)) else { panic!("no answer was lost") };
        lost.now.as_mut().unwrap().as_mut().unwrap().id = KeyId(id);
        rig.reply_write(Ok(Answer::RotationLost(lost)));
        assert_eq!(form(&rig).target.key.id, KeyId(12));
        assert!(words(&rig).contains(expected), "{}", words(&rig));
        assert_eq!(words(&rig).contains("rotation under way"), id == 12);
    }
}

/// The list may be old: what the key is read as counts.
#[test]
fn a_key_that_turns_out_in_use_is_not_cut_off_without_its_name() {
    let mut rig = Rig::keys_of("prod");
    rig.send(Event::Capabilities(NEWER));
    rig.press("R");
    rig.recalls(Vec::new());
    rig.looked();
    rig.presses("Left Left");
    rig.examined_used();
    rig.press("Enter");
    assert!(form(&rig).typed.as_ref().unwrap().is_mistyped && rig.looks.is_empty());
    // And a list that is read while the form is open says that it is gone.
    let mut rig = Rig::keys_of("prod");
    rig.send(Event::Capabilities(NEWER));
    rig.presses("r R");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.reply(request, Ok(Answer::Keys(vec![with_valid(&project("prod"), 12, true)])));
    assert!(form(&rig).is_gone);
}

#[test]
fn what_is_pasted_reaches_the_field_with_the_focus() {
    let in_use = |key: &mut ApiKey| key.last_used = LastUsed::At(start_time());
    for (keys, pasted, expected) in [
        ("", "36", Rotation { grace_hours: 36, lifetime: None }),
        ("Tab", "45", Rotation { grace_hours: 24, lifetime: Some(Lifetime::Days(45)) }),
        ("Left Left Shift-Tab", "GitHub Actions", Rotation { grace_hours: 0, lifetime: None }),
    ] {
        let mut rig = Rig::rotating_changed(11, in_use);
        rig.presses(keys);
        rig.send(Event::Paste(pasted.to_owned()));
        rig.press("Enter");
        assert_eq!(sent(&rig.looked()), Some((KeyId(11), expected)), "{keys}");
    }
    let mut rig = Rig::rotating(12);
    rig.presses("Tab Tab Right Tab");
    rig.send(Event::Paste("ci.key".to_owned()));
    rig.press("Enter");
    let (_, destination) = rig.looks.last().unwrap();
    assert_eq!(*destination, "file:ci.key".parse().unwrap());
}

#[test]
fn a_failure_leaves_the_form_as_it_was() {
    let mut rig = Rig::rotating(12);
    rig.presses("Tab 4 5 Enter");
    rig.looked();
    rig.reply_write(Err(status(409)));
    assert_eq!(form(&rig).error, Some(RotateFault::Api(status(409))));
    assert_eq!(form(&rig).lifetime.days(), Ok(Some(Lifetime::Days(45))));
}

#[test]
fn a_key_that_was_rotated_meanwhile_is_read_again() {
    let mut rig = Rig::rotating(12);
    rig.press("Enter");
    rig.looked();
    let overtaken = ApiError { host: "api.confident-ai.com".into(), kind: ErrorKind::Overtaken };
    let effects = rig.reply_write(Err(overtaken.clone()));
    assert_eq!(form(&rig).error, Some(RotateFault::Api(overtaken)));
    let reads = |effect: &Effect| matches!(effect, Effect::Ask(_, Operation::Keys(scope)) if *scope == project("prod"));
    assert!(effects.iter().any(reads), "{effects:?}");
}

#[test]
fn a_secret_that_is_given_up_can_be_had_by_rotating_again() {
    let mut rig = Rig::rotating(12);
    rig.presses("Tab Tab Left Enter");
    rig.looked();
    rig.reply_write(Ok(rotated(12, 24)));
    assert!(rig.app.leaves_behind().concat().contains("`ckeys rotate 12 --project prod`"), "whoever ends it knows");
    rig.press("Esc");
    rig.type_text("discard");
    rig.press("Enter");
    assert!(rig.toast().contains("R rotates it again"), "{}", rig.toast());
}

#[test]
fn a_new_key_gets_a_lifetime_where_keys_expire() {
    let generate = |capabilities, keys: &str| {
        let mut rig = Rig::keys_of("prod");
        rig.send(Event::Capabilities(capabilities));
        rig.press("c");
        rig.looked();
        rig.type_text("GitLab");
        rig.presses(keys);
        rig.press("Enter");
        let effects = if rig.looks.is_empty() { Vec::new() } else { rig.looked() };
        effects.into_iter().find_map(|effect| match effect {
            Effect::Ask(_, Operation::Create { lifetime, .. }) => Some(lifetime),
            _ => None,
        })
    };
    for (capabilities, keys, expected) in [
        (NEWER, "", Some(Lifetime::Unlimited)),
        (NEWER, "Tab Tab Right Right", Some(Lifetime::Days(30))),
        (NEWER, "Shift-Tab 4 5", Some(Lifetime::Days(45))),
        (NEWER, "Shift-Tab 0", None),
        (NEWER, "Shift-Tab Left Left", Some(Lifetime::Days(365))),
        // There is no such choice: the digits are a part of the name.
        (OLDER, "Tab Tab 7", Some(Lifetime::Unlimited)),
    ] {
        assert_eq!(generate(capabilities, keys), expected, "{keys}");
    }
}
