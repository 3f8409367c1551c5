//! Marks, and what is done to all marked keys.

use std::collections::HashSet;

use confident_keys::api::error::ApiError;
use confident_keys::api::model::{ApiKey, KeyId, LastUsed};
use confident_keys::app::dialog::{Bulk, BulkButton, BulkKind, BulkStage, Dialog, ItemState};
use confident_keys::app::message::Effect;
use confident_keys::app::request::RequestId;
use confident_keys::app::scopes::View;
use confident_keys::app::{Event, Pane};
use confident_keys::operations::{Answer, Examined, Operation};
use jiff::SignedDuration;

use crate::journal::shown;
use crate::questions::goes_round;
use crate::support::{Rig, asks_to_wait, key, project, status, timeout};

pub(crate) fn bulk(rig: &Rig) -> &Bulk {
    match &rig.app.dialog {
        Some(Dialog::Bulk(bulk)) => bulk,
        other => panic!("{other:?} is not about many keys"),
    }
}

/// The keys of the dialog that are in a state.
pub(crate) fn ids(rig: &Rig, is: impl Fn(&ItemState) -> bool) -> Vec<i64> {
    bulk(rig).items.iter().filter(|item| is(&item.state)).map(|item| item.target.key.id.0).collect()
}

fn refused(state: &ItemState) -> bool {
    matches!(state, ItemState::Refused(_))
}

/// All keys there are, in one table.
pub(crate) fn all_keys() -> Rig {
    let mut rig = Rig::ready();
    rig.press("0");
    rig.answer_all();
    rig.pass(SignedDuration::from_secs(1));
    assert_eq!(rig.app.table.rows().len(), 9);
    rig
}

/// Ten keys that nobody used lately, all marked, and the question whether to deactivate them.
fn ten() -> Rig {
    let mut rig = Rig::keys_of("void");
    rig.press("r");
    let keys = (1..=10).map(|id| key(id, Some("CI"), true, id, None)).collect();
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.reply(request, Ok(Answer::Keys(keys)));
    rig.asked.clear();
    rig.press("*");
    rig
}

pub(crate) fn open(rig: &Rig) -> Vec<(RequestId, Operation)> {
    rig.asked.iter().filter(|(_, operation)| !matches!(operation, Operation::Keys(_))).cloned().collect()
}

/// Answers the oldest read or change of a key; a change fails with `error`, if there is one.
fn step(rig: &mut Rig, error: Option<ApiError>) -> Vec<Effect> {
    let (request, operation) = open(rig).remove(0);
    rig.take(|other| *other == operation);
    let current = |id: KeyId| {
        let keys = rig.app.keys[&project("void")].value().unwrap();
        keys.iter().find(|key| key.id == id).unwrap().clone()
    };
    let answer = match operation {
        Operation::Examine(_, id) => {
            let examined = Examined { key: current(id), inactive_since: None };
            Ok(Answer::Examined(Box::new(examined)))
        }
        Operation::SetValid { id, valid, .. } => {
            error.map_or_else(|| Ok(Answer::Key(ApiKey { valid, ..current(id) })), Err)
        }
        Operation::Delete { .. } => error.map_or(Ok(Answer::Deleted { acknowledged: true }), Err),
        other => panic!("{other:?} is not about a key"),
    };
    rig.reply(request, answer)
}

fn finish(rig: &mut Rig) {
    while !open(rig).is_empty() {
        step(rig, None);
    }
}

#[test]
fn keys_are_marked_one_by_one_by_range_and_all_at_once() {
    let mut rig = Rig::keys_of("prod");
    rig.press("Space");
    assert_eq!((rig.app.marks.len(), rig.app.selected().unwrap().0.id), (1, KeyId(12)));
    rig.presses("k Space");
    assert!(rig.app.marks.is_empty());
    // The range holds both of its ends, in either direction.
    rig.presses("G v k k v");
    assert_eq!(rig.app.marks.len(), 3);
    rig.press("*");
    assert_eq!(rig.app.marks.len(), 5);
    rig.press("*");
    assert!(rig.app.marks.is_empty());
    // Of what the filter shows.
    rig.press("/");
    rig.type_text("inactive");
    rig.presses("Enter *");
    assert_eq!(rig.app.marks.len(), 2);
    rig.press("Esc");
    assert_eq!(rig.app.marks.len(), 2, "the filter goes first");
    rig.press("Esc");
    assert!(rig.app.marks.is_empty());
    assert_eq!(rig.app.focus, Pane::Keys, "one thing at a time");
    // A range that was begun goes like marks.
    rig.presses("v Esc");
    assert_eq!((rig.app.marks.has_anchor(), rig.app.focus), (false, Pane::Keys));
    rig.press("Esc");
    assert_eq!(rig.app.focus, Pane::Scopes);
}

#[test]
fn marks_hold_across_scopes_and_refreshes_and_go_with_their_keys() {
    let mut rig = Rig::keys_of("prod");
    rig.press("Space");
    rig.presses("h j");
    rig.pass(SignedDuration::from_secs(1));
    rig.answer_all();
    rig.presses("l Space");
    assert_eq!(rig.app.marks.len(), 2);
    rig.presses("0 r");
    rig.answer_all();
    rig.pass(SignedDuration::from_secs(1));
    rig.press("x");
    let mut marked = ids(&rig, |_| true);
    marked.sort_unstable();
    assert_eq!(marked, [11, 22]);
    rig.press("Esc");
    rig.press("r");
    for (request, operation) in std::mem::take(&mut rig.asked) {
        let answer = match operation {
            Operation::Keys(_) => Answer::Keys(Vec::new()),
            other => crate::support::first_answer(&other),
        };
        rig.reply(request, Ok(answer));
    }
    rig.press("x");
    assert!(rig.app.dialog.is_none() && rig.toast().contains("are gone"), "{}", rig.toast());
}

#[test]
fn the_question_says_what_is_refused() {
    let mut rig = all_keys();
    rig.press("*");
    rig.press("x");
    assert_eq!(bulk(&rig).kind, BulkKind::Deactivate);
    // The key that signs, and those that are inactive already.
    let mut left = ids(&rig, refused);
    left.sort_unstable();
    assert_eq!(left, [1, 14, 15]);
    rig.press("Esc");
    rig.press("D");
    assert_eq!(ids(&rig, |state| *state == ItemState::Waiting), [14, 15], "only inactive ones are deleted");
    assert_eq!(bulk(&rig).typed.as_ref().unwrap().phrase.text(), "2");
    rig.type_text("7");
    assert_eq!(rig.press("Enter"), []);
    assert!(bulk(&rig).typed.as_ref().unwrap().is_mistyped);
    rig.press("Ctrl-u");
    rig.send(Event::Paste("2".to_owned()));
    assert_eq!(rig.press("Enter").len(), 2);
}

#[test]
fn the_focus_goes_round_in_the_question_about_many_keys() {
    let (field, cancel, yes) = (BulkButton::Field, BulkButton::Cancel, BulkButton::Confirm);
    let mut rig = all_keys();
    rig.presses("* x");
    goes_round(&mut rig, &[cancel, yes], |rig| bulk(rig).button);
    rig.presses("Esc D");
    goes_round(&mut rig, &[field, cancel, yes], |rig| bulk(rig).button);
    // Elsewhere what is typed is no word of the question.
    rig.press("Tab");
    rig.type_text("2");
    assert_eq!(bulk(&rig).typed.as_ref().unwrap().field.text(), "");
}

#[test]
fn four_at_a_time_are_read_afresh_and_then_changed() {
    let mut rig = ten();
    rig.press("x");
    assert_eq!(ids(&rig, |state| *state == ItemState::Waiting).len(), 10);
    assert_eq!(rig.press("Enter"), [], "it stands on Cancel");
    rig.press("x");
    assert_eq!(rig.press("y").len(), 4);
    assert!(open(&rig).iter().all(|(_, operation)| matches!(operation, Operation::Examine(..))));
    let requests: HashSet<_> = open(&rig).into_iter().map(|(request, _)| request).collect();
    assert_eq!(requests.len(), 4, "no answer is taken for another's");
    let mut most = 0;
    while !open(&rig).is_empty() {
        most = most.max(open(&rig).len());
        step(&mut rig, None);
    }
    assert_eq!((most, bulk(&rig).stage), (4, BulkStage::Over));
    assert_eq!(ids(&rig, |state| *state == ItemState::Done).len(), 10);
    assert!(rig.asked.iter().any(|(_, operation)| *operation == Operation::Keys(project("void"))), "read again");
    rig.press("Enter");
    assert!(rig.app.marks.is_empty() && rig.app.dialog.is_none());
    assert!(rig.app.keys[&project("void")].value().unwrap().iter().all(|key| !key.valid));
}

#[test]
fn a_key_that_is_in_use_after_all_is_left_alone() {
    let mut rig = ten();
    rig.presses("x y");
    let (request, operation) = open(&rig).remove(0);
    let Operation::Examine(_, id) = operation.clone() else { panic!("{operation:?}") };
    rig.take(|other| *other == operation);
    let used = ApiKey { last_used: LastUsed::At(rig.now), ..key(id.0, Some("CI"), true, id.0, None) };
    rig.reply(request, Ok(Answer::Examined(Box::new(Examined { key: used, inactive_since: None }))));
    finish(&mut rig);
    assert_eq!(ids(&rig, refused), [id.0]);
    assert_eq!(ids(&rig, |state| *state == ItemState::Done).len(), 9);
    assert_eq!(rig.app.marks.len(), 1, "it stays marked");
}

#[test]
fn what_fails_in_the_middle_is_told_and_stays_marked() {
    let mut rig = ten();
    rig.presses("x y");
    let mut errors = [status(500), status(403), timeout()].into_iter();
    while let Some((_, operation)) = open(&rig).into_iter().next() {
        let error = if operation.is_write() { errors.next() } else { None };
        step(&mut rig, error);
    }
    let unknown = ids(&rig, |state| matches!(state, ItemState::Unknown(_)));
    let failed = ids(&rig, |state| matches!(state, ItemState::Failed(_)));
    assert_eq!((unknown.len(), failed.len()), (2, 1), "what may have been done is not called failed");
    assert_eq!(ids(&rig, |state| *state == ItemState::Done).len(), 7);
    rig.press("Esc");
    assert_eq!(rig.app.marks.len(), 3);
}

#[test]
fn it_stops_between_two_keys() {
    let mut rig = ten();
    rig.presses("x y");
    step(&mut rig, None);
    rig.press("Esc");
    assert_eq!(bulk(&rig).stage, BulkStage::Running { is_stopping: true });
    finish(&mut rig);
    assert_eq!(bulk(&rig).stage, BulkStage::Over);
    let (done, left) = (ids(&rig, |state| *state == ItemState::Done), ids(&rig, |state| *state == ItemState::Waiting));
    assert_eq!((done.len(), left.len()), (4, 6));
    assert!(bulk(&rig).is_troubled() && shown(&rig.app).contains("not begun"), "{}", shown(&rig.app));
    rig.press("Enter");
    assert_eq!(rig.app.marks.len(), 6);
}

#[test]
fn a_pause_that_the_service_asks_for_is_kept_and_nothing_is_lost() {
    let mut rig = ten();
    rig.presses("x y");
    for _ in 0..4 {
        step(&mut rig, None);
    }
    step(&mut rig, Some(asks_to_wait(20)));
    finish(&mut rig);
    assert!(matches!(bulk(&rig).stage, BulkStage::Running { .. }));
    assert_eq!((open(&rig).len(), bulk(&rig).waiting()), (0, 7));
    assert!(rig.app.wake_at().is_some());
    rig.pass(SignedDuration::from_secs(30));
    finish(&mut rig);
    assert_eq!(ids(&rig, |state| *state == ItemState::Done).len(), 10);
}

#[test]
fn undo_brings_the_whole_deactivation_back() {
    let mut rig = ten();
    rig.presses("x y");
    finish(&mut rig);
    rig.presses("Enter u");
    assert_eq!((bulk(&rig).kind, bulk(&rig).waiting()), (BulkKind::Reactivate, 10));
    assert!(bulk(&rig).undoes.is_some());
    rig.press("y");
    // One fails: it can be undone later.
    for _ in 0..4 {
        step(&mut rig, None);
    }
    step(&mut rig, Some(status(500)));
    finish(&mut rig);
    rig.press("Enter");
    assert_eq!(rig.app.undo.last().unwrap().targets.len(), 1);
    assert_eq!(rig.app.keys[&project("void")].value().unwrap().iter().filter(|key| key.valid).count(), 9);
}

#[test]
fn deleted_keys_are_gone_from_the_table_and_from_what_can_be_undone() {
    let mut rig = ten();
    rig.presses("x y");
    finish(&mut rig);
    rig.presses("Enter * D");
    rig.type_text("10");
    rig.press("Enter");
    finish(&mut rig);
    rig.press("Enter");
    assert!(rig.app.table.rows().is_empty() && rig.app.undo.is_empty() && rig.app.marks.is_empty());
    assert_eq!(rig.app.view(), View::One(project("void")));
}

#[test]
fn leaving_while_it_runs_asks_once() {
    let mut rig = ten();
    rig.presses("x y");
    step(&mut rig, None);
    assert!(!rig.press("Ctrl-c").contains(&Effect::Quit));
    assert!(rig.press("Ctrl-c").contains(&Effect::Quit));
}
