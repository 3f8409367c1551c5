//! What each answer says of a key that is changed among many.

use confident_keys::api::error::{ApiError, ErrorKind};
use confident_keys::api::model::{ApiKey, KeyId};
use confident_keys::app::Event;
use confident_keys::app::dialog::{BulkKind, ItemState};
use confident_keys::app::message::Effect;
use confident_keys::operations::{Answer, Examined, Operation, Unsure};

use crate::bulk::{all_keys, bulk, ids, open};
use crate::support::{Rig, asks_to_wait, key, project, status, timeout};

const ID: i64 = 7;

/// The key as it is while it works, and while it does not.
fn made(valid: bool) -> ApiKey {
    key(ID, Some("CI"), valid, 10, None)
}

/// The read of the one key that `kind` is done to, under way.
fn reads(kind: BulkKind) -> Rig {
    let mut rig = Rig::keys_of("void");
    rig.press("r");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.reply(request, Ok(Answer::Keys(vec![made(kind == BulkKind::Deactivate)])));
    rig.asked.clear();
    rig.press("Space");
    if kind == BulkKind::Delete {
        rig.press("D");
        rig.type_text("1");
        rig.press("Enter");
    } else {
        rig.presses("x y");
    }
    assert_eq!(bulk(&rig).kind, kind);
    assert!(matches!(&open(&rig)[..], [(_, Operation::Examine(scope, KeyId(ID)))] if *scope == project("void")));
    rig
}

/// The only request of its kind is answered so.
fn answers(rig: &mut Rig, answer: Result<Answer, ApiError>) -> Vec<Effect> {
    let (request, operation) = open(rig).remove(0);
    rig.take(|other| *other == operation);
    rig.reply(request, answer)
}

fn examined(key: ApiKey) -> Answer {
    Answer::Examined(Box::new(Examined { key, inactive_since: None }))
}

/// The change of the key, sent.
fn writes(kind: BulkKind) -> Rig {
    let mut rig = reads(kind);
    answers(&mut rig, Ok(examined(made(kind == BulkKind::Deactivate))));
    assert!(matches!(&open(&rig)[..], [(_, operation)] if operation.is_write()));
    rig
}

fn state(rig: &Rig) -> &ItemState {
    let [item] = &bulk(rig).items[..] else { panic!("{:?}", bulk(rig).items) };
    &item.state
}

/// Whether the key is active in the list; none where it is not there.
fn listed(rig: &Rig) -> Option<bool> {
    rig.app.keys[&project("void")].value().unwrap().iter().find(|key| key.id == KeyId(ID)).map(|key| key.valid)
}

fn unsure(now: Result<Option<ApiKey>, ApiError>) -> Answer {
    Answer::Unsure(Box::new(Unsure { error: timeout(), now }))
}

/// An answer without a status that tells nothing of the key.
fn garbage() -> ApiError {
    ApiError { host: "api.example.invalid".into(), kind: ErrorKind::Broken("reset".into()) }
}

#[test]
fn a_change_is_done_where_the_key_is_as_it_was_to_be_and_else_unknown() {
    let other = || key(8, Some("CI"), false, 10, None);
    let (done, unknown) = (true, false);
    for (kind, answer, expected, now) in [
        (BulkKind::Deactivate, Answer::Key(made(false)), done, Some(false)),
        (BulkKind::Deactivate, Answer::Key(made(true)), unknown, Some(true)),
        // It is about another key.
        (BulkKind::Deactivate, Answer::Key(other()), unknown, Some(true)),
        (BulkKind::Deactivate, Answer::Deleted { acknowledged: true }, unknown, Some(true)),
        (BulkKind::Reactivate, Answer::Key(made(true)), done, Some(true)),
        (BulkKind::Reactivate, Answer::Key(made(false)), unknown, Some(false)),
        (BulkKind::Delete, Answer::Deleted { acknowledged: true }, done, None),
        (BulkKind::Delete, Answer::Deleted { acknowledged: false }, unknown, Some(false)),
        // The answer was lost, and the key was read again.
        (BulkKind::Deactivate, unsure(Ok(Some(made(false)))), done, Some(false)),
        (BulkKind::Deactivate, unsure(Ok(Some(made(true)))), unknown, Some(true)),
        (BulkKind::Deactivate, unsure(Ok(None)), unknown, Some(true)),
        (BulkKind::Deactivate, unsure(Err(status(500))), unknown, Some(true)),
        (BulkKind::Reactivate, unsure(Ok(Some(made(true)))), done, Some(true)),
        (BulkKind::Reactivate, unsure(Ok(Some(made(false)))), unknown, Some(false)),
        (BulkKind::Delete, unsure(Ok(None)), done, None),
        (BulkKind::Delete, unsure(Ok(Some(made(false)))), unknown, Some(false)),
        (BulkKind::Delete, unsure(Ok(Some(made(true)))), unknown, Some(true)),
        (BulkKind::Delete, unsure(Err(status(500))), unknown, Some(false)),
    ] {
        let case = format!("{kind:?} {answer:?}");
        let mut rig = writes(kind);
        answers(&mut rig, Ok(answer));
        match state(&rig) {
            ItemState::Done => assert!(expected, "{case}"),
            ItemState::Unknown(words) => assert!(!expected && !words.is_empty(), "{case}: {words}"),
            other => panic!("{case}: {other:?}"),
        }
        assert_eq!((listed(&rig), rig.app.marks.len()), (now, usize::from(!expected)), "{case}");
    }
}

#[test]
fn an_error_says_whether_the_change_may_have_been_done() {
    for (kind, error, expected) in [
        // It is gone, which it was to be.
        (BulkKind::Delete, status(404), "done"),
        (BulkKind::Deactivate, status(404), "failed"),
        (BulkKind::Deactivate, status(403), "failed"),
        (BulkKind::Delete, status(403), "failed"),
        (BulkKind::Delete, status(500), "unknown"),
        (BulkKind::Deactivate, garbage(), "unknown"),
    ] {
        let mut rig = writes(kind);
        answers(&mut rig, Err(error.clone()));
        let summary = error.summary();
        let words = summary.trim_end_matches('.');
        let wanted = match expected {
            "done" => ItemState::Done,
            "failed" => ItemState::Failed(words.to_owned()),
            _ => ItemState::Unknown(words.to_owned()),
        };
        assert_eq!(*state(&rig), wanted, "{kind:?} {error:?}");
        assert_eq!(rig.app.marks.is_empty(), expected == "done");
    }
}

/// What the key's last look before it is changed can say.
#[test]
fn without_a_fresh_look_at_the_key_nothing_is_sent() {
    let other = key(8, Some("CI"), true, 10, None);
    for (answer, expected) in [
        (Err(status(404)), ItemState::Refused("it is gone".to_owned())),
        (Err(timeout()), ItemState::Failed(timeout().summary().trim_end_matches('.').to_owned())),
        (Err(status(500)), ItemState::Failed(status(500).summary().trim_end_matches('.').to_owned())),
        (Ok(examined(made(false))), ItemState::Refused("it is inactive already".to_owned())),
        (Ok(examined(other)), ItemState::Unknown("the service's answer does not say so".to_owned())),
    ] {
        let mut rig = reads(BulkKind::Deactivate);
        let effects = answers(&mut rig, answer.clone());
        assert_eq!(*state(&rig), expected, "{answer:?}");
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask(_, ask) if ask.is_write())), "{effects:?}");
        assert_eq!(rig.app.marks.len(), 1);
    }
}

#[test]
fn what_somebody_else_reactivated_is_left_alone() {
    let mut rig = reads(BulkKind::Reactivate);
    answers(&mut rig, Ok(examined(made(true))));
    assert_eq!(*state(&rig), ItemState::Refused("it is active already".to_owned()));
}

/// What answers a read is no answer to the change that was sent after it.
#[test]
fn a_look_at_the_key_does_not_end_its_change() {
    let mut rig = writes(BulkKind::Deactivate);
    let effects = answers(&mut rig, Ok(examined(made(true))));
    assert!(matches!(state(&rig), ItemState::Unknown(_)), "{:?}", state(&rig));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask(_, ask) if ask.is_write())), "{effects:?}");
}

#[test]
fn it_waits_only_while_the_service_asks_for_a_pause() {
    let mut rig = reads(BulkKind::Deactivate);
    assert_eq!(rig.app.pause_ends(), None);
    answers(&mut rig, Err(asks_to_wait(20)));
    assert_eq!((state(&rig), open(&rig)), (&ItemState::Waiting, vec![]));
    let end = rig.app.pause_ends().unwrap();
    // Where nobody looks, no countdown wakes it either.
    rig.send(Event::Focus(false));
    assert!(rig.app.wake_at().unwrap() <= end, "nothing else would wake it");
}

/// One that works among them makes it a deactivation; only where none does are they reactivated.
#[test]
fn marked_keys_are_reactivated_where_none_of_them_works() {
    let mut rig = all_keys();
    rig.press("*");
    rig.press("x");
    assert_eq!(bulk(&rig).kind, BulkKind::Deactivate);
    let inactive = bulk(&rig).items.iter().filter(|item| !item.target.key.valid).count();
    assert!(inactive > 0 && inactive < ids(&rig, |_| true).len(), "this test shows nothing");
    // Others that work, and are not marked, change nothing of that.
    let mut rig = reads(BulkKind::Reactivate);
    answers(&mut rig, Ok(examined(made(false))));
    assert!(matches!(&open(&rig)[..], [(_, Operation::SetValid { valid: true, .. })]), "{:?}", open(&rig));
}
