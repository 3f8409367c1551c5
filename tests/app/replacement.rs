//! A key that is replaced by another: each step is offered once the two keys say so, and while its dialog is open they
//! are read again and again, and nowhere else.

use confident_keys::api::model::{ApiKey, KeyId, LastUsed, Lifetime, Scope};
use confident_keys::app::Event;
use confident_keys::app::dialog::{Dialog, Replace};
use confident_keys::app::message::Effect;
use confident_keys::app::rotations::ShownRotation;
use confident_keys::journal::JournalError;
use confident_keys::keymap::Action;
use confident_keys::operations::{Answer, Operation, Replacements};
use confident_keys::replacement::{Evidence, Step};
use jiff::SignedDuration;

use crate::replies::rereads;
use crate::support::{
    FAKE_SECRET, OLDER, Rig, asks_to_wait, created, key, keys_of, lost_key, new_key, old_key, project, replacement,
    start_time, status,
};

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn replacing(rig: &Rig) -> &Replace {
    match &rig.app.dialog {
        Some(Dialog::Replace(dialog)) => dialog,
        other => panic!("{other:?} is no replacement"),
    }
}

fn step(rig: &Rig) -> Step {
    replacing(rig).step.unwrap()
}

/// The keys that `effects` read one by one.
fn read(effects: &[Effect]) -> Vec<i64> {
    let read = effects.iter().filter_map(|effect| match effect {
        Effect::Ask(_, Operation::Examine(_, id)) => Some(id.0),
        _ => None,
    });
    read.collect()
}

/// The successor waits to be used.
fn waiting() -> Rig {
    Rig::replacing(&old_key(Some(60), true), Some(&new_key(None)), None)
}

/// `key`, used at this moment.
fn used(rig: &Rig, key: ApiKey) -> ApiKey {
    ApiKey { last_used: LastUsed::At(rig.now), ..key }
}

#[test]
fn both_keys_are_read_again_half_a_minute_after_they_were() {
    let mut rig = waiting();
    for _ in 0..3 {
        let at = replacing(&rig).read_at.unwrap();
        assert!(rig.app.wake_at().unwrap() <= at + seconds(30));
        assert_eq!(rig.pass(seconds(29)), []);
        assert_eq!(read(&rig.pass(seconds(1))), [11, 99]);
        // Not once more before that was answered, however long it takes.
        assert_eq!(rig.pass(seconds(50)), []);
        rig.examined_of(&[old_key(Some(60), true), new_key(None)], None);
    }
    assert_eq!(step(&rig), Step::Waiting(Evidence::NotUsed));
}

#[test]
fn a_wish_to_be_woken_is_one_for_that_moment_and_is_drawn() {
    let mut rig = waiting();
    let due = replacing(&rig).due().unwrap();
    assert_eq!(due, replacing(&rig).read_at.unwrap() + seconds(30));
    while rig.now < due {
        let wake = rig.app.wake_at().unwrap();
        assert!(wake > rig.now && wake <= due, "it would be late, or spin");
        rig.now = wake;
        rig.app.take_needs_draw();
        rig.send(Event::Tick);
    }
    assert!(rig.app.take_needs_draw());
    assert!(replacing(&rig).is_reading());
}

#[test]
fn nowhere_else_anything_is_read_again_and_again() {
    let hours = SignedDuration::from_hours(3);
    for keys in [
        // Left.
        "Esc", // Its own question about the old key is open over it.
        "x",
    ] {
        let mut rig = waiting();
        rig.presses(keys);
        rig.asked.clear();
        for _ in 0..4 {
            assert_eq!(rig.pass(hours), [], "{keys}");
        }
    }
    // A form over it, and the list.
    let mut rig = Rig::replacing(&old_key(Some(60), true), None, None);
    assert_eq!(rig.pass(hours), [], "there is nothing to wait for");
    rig.press("c");
    assert_eq!(rig.pass(hours), []);
    let mut rig = Rig::keys_of("prod");
    rig.press("o");
    rig.recalls(vec![replacement(&project("prod"), KeyId(11), &new_key(None), start_time())]);
    rig.answer_all();
    assert_eq!(rig.pass(hours), []);
    // One that is over.
    let mut rig = waiting();
    rig.pass(seconds(30));
    rig.examined_of(&[new_key(None)], None);
    assert_eq!(step(&rig), Step::Over);
    rig.asked.clear();
    assert_eq!(rig.pass(hours), []);
}

#[test]
fn a_pause_that_the_service_asks_for_is_kept_and_what_stays_is_not_asked_again() {
    let fail = |rig: &mut Rig, error: &confident_keys::api::error::ApiError| {
        rig.reply_examine(Err(error.clone()), None);
        rig.reply_examine(Err(error.clone()), None);
    };
    let mut rig = waiting();
    rig.pass(seconds(30));
    fail(&mut rig, &asks_to_wait(300));
    assert!(read(&rig.pass(seconds(299))).is_empty());
    assert_eq!(read(&rig.pass(seconds(1))), [11, 99]);
    // What may pass is asked again in half a minute.
    fail(&mut rig, &status(500));
    assert!(replacing(&rig).read_error.is_some());
    assert_eq!(read(&rig.pass(seconds(30))), [11, 99]);
    fail(&mut rig, &status(403));
    assert!(read(&rig.pass(seconds(100_000))).is_empty());
    assert_eq!(read(&rig.press("r")), [11, 99], "unless somebody wants to");
}

#[test]
fn the_old_key_is_brought_back_even_where_its_successor_cant_be_read() {
    let off = old_key(Some(60), false);
    let mut rig = Rig::older("prod");
    rig.press("R");
    rig.recalls(vec![replacement(&project("prod"), KeyId(11), &new_key(None), start_time())]);
    rig.reply_examine(Ok(off), None);
    rig.reply_examine(Err(status(500)), None);
    assert_eq!(replacing(&rig).step, None, "how the successor stands is not known");
    rig.press("u");
    rig.take(|operation| matches!(operation, Operation::SetValid { valid: true, .. }));
}

#[test]
fn an_answer_about_another_key_is_taken_for_neither_of_the_two() {
    let mut rig = waiting();
    rig.pass(seconds(30));
    for _ in ["the old key", "its successor"] {
        rig.reply_examine(Ok(key(12, Some("Nightly evals"), false, 30, None)), None);
    }
    let dialog = replacing(&rig);
    assert_eq!((dialog.old.key.id, dialog.new.as_ref().unwrap().id), (KeyId(11), KeyId(99)));
    assert!(dialog.read_error.is_some() && step(&rig) == Step::Waiting(Evidence::NotUsed));
}

#[test]
fn where_one_of_the_two_turns_out_gone_the_list_is_read_once() {
    let mut rig = waiting();
    for is_news in [true, false] {
        rig.press("r");
        rig.reply_examine(Ok(old_key(Some(60), true)), None);
        let effects = rig.reply_examine(Err(status(404)), None);
        assert_eq!(rereads(&effects, &project("prod")), is_news);
        assert_eq!(step(&rig), Step::SuccessorGone);
    }
}

#[test]
fn another_successor_than_before_is_the_one_that_counts() {
    let mut rig = waiting();
    rig.press("r");
    rig.examined_of(&[old_key(Some(60), true), new_key(None)], None);
    let other = ApiKey { id: KeyId(98), ..new_key(None) };
    let effects = rig.recalls(vec![replacement(&project("prod"), KeyId(11), &other, start_time())]);
    assert_eq!((read(&effects), replacing(&rig).record.as_ref().unwrap().new), (vec![98], KeyId(98)));
    assert_eq!(replacing(&rig).step, None, "it is not known yet");
    // What is remembered no more is told of as it was.
    rig.examined_of(&[other], None);
    rig.press("r");
    rig.recalls(Vec::new());
    assert_eq!(replacing(&rig).record.as_ref().unwrap().new, KeyId(98));
}

#[test]
fn what_is_remembered_may_be_told_after_the_two_keys() {
    let mut rig = waiting();
    rig.pass(seconds(10));
    rig.press("r");
    rig.examined_of(&[old_key(Some(60), true), new_key(None)], None);
    rig.recalls(vec![replacement(&project("prod"), KeyId(11), &new_key(None), start_time())]);
    assert_eq!(rig.pass(seconds(29)), [], "all of it was read less than half a minute ago");
    assert_eq!(read(&rig.pass(seconds(1))), [11, 99]);
}

/// From the successor's row one gets to the old key, whichever that is.
#[test]
fn the_key_that_signs_the_calls_is_not_deactivated_for_its_successor() {
    let mut rig = Rig::ready();
    rig.send(Event::Capabilities(OLDER));
    rig.presses("Enter g R");
    let keys = keys_of(&Scope::Organization);
    rig.recalls(vec![replacement(&Scope::Organization, KeyId(1), &keys[1], start_time())]);
    rig.examined_of(&keys, None);
    assert_eq!((replacing(&rig).old.key.id, replacing(&rig).offers(Action::Toggle)), (KeyId(1), true));
    rig.press("x");
    assert!(rig.toast().contains("leads through it"), "{}", rig.toast());
    assert_eq!(replacing(&rig).old.key.id, KeyId(1), "no question is asked");
}

#[test]
fn a_clock_that_is_set_back_makes_no_pause_longer() {
    let mut rig = waiting();
    rig.pass(-SignedDuration::from_hours(5));
    assert!(read(&rig.pass(seconds(29))).is_empty());
    assert_eq!(read(&rig.pass(seconds(1))), [11, 99]);
}

#[test]
fn what_is_read_decides_what_is_offered() {
    let mut rig = waiting();
    assert_eq!(rig.press("Enter"), [], "to wait is not done by pressing a key");
    assert_eq!(rig.presses("c D u"), [], "nor is there another successor, nor anything to give up or back");
    // The successor moves, the old one stands still.
    rig.pass(seconds(30));
    let new = used(&rig, new_key(None));
    rig.examined_of(&[old_key(Some(60), true), new.clone()], None);
    let still_for = Some(SignedDuration::from_mins(60) + rig.now.duration_since(start_time()));
    assert_eq!(step(&rig), Step::Proven(Evidence::Moved { still_for }));
    let watch = replacing(&rig).watch.unwrap();
    assert_eq!((watch.old, watch.new), (old_key(Some(60), true).last_used, LastUsed::Never));
    // Something that has the old one comes back.
    rig.pass(seconds(30));
    let old = used(&rig, old_key(None, true));
    rig.examined_of(&[old, new.clone()], None);
    assert_eq!(step(&rig), Step::Waiting(Evidence::BothUsed));
    assert_eq!(rig.press("Enter"), []);
    // Somebody else deactivates it.
    rig.pass(seconds(30));
    rig.examined_of(&[old_key(None, false), new], None);
    assert_eq!(step(&rig), Step::Soaking { until: None });
    // The table knows by then.
    assert!(!rig.app.selected().unwrap().0.valid);
}

#[test]
fn the_whole_way_of_a_key() {
    let scope = project("prod");
    let mut rig = Rig::older("prod");
    rig.press("R");
    rig.recall_pair(&old_key(Some(60), true), None, None);
    assert_eq!(step(&rig), Step::Begin);
    // The form is the one of every key, and its key is said to replace this one.
    rig.press("Enter");
    rig.presses("Tab Left");
    rig.generate();
    let request = rig.take(|operation| {
        let name = "GitHub Actions (2)".to_owned();
        *operation
            == Operation::Create {
                scope: scope.clone(),
                name,
                lifetime: Lifetime::Unlimited,
                replaces: Some(KeyId(11)),
            }
    });
    rig.reply(request, Ok(created(99, "GitHub Actions (2)", Some(FAKE_SECRET))));
    assert!(matches!(rig.app.dialog, Some(Dialog::Secret(_))));
    rig.press("Esc");
    rig.type_text("saved");
    rig.press("Enter");
    // Back, and taken up from what is remembered.
    rig.recall_pair(&old_key(Some(60), true), Some(&new_key(None)), None);
    assert_eq!(step(&rig), Step::Waiting(Evidence::NotUsed));
    rig.pass(seconds(30));
    let new = used(&rig, new_key(None));
    rig.examined_of(&[old_key(Some(60), true), new.clone()], None);
    // Deactivated by the question that every deactivation has: it was used an hour ago.
    rig.press("Enter");
    rig.reply_examine(Ok(old_key(Some(60), true)), None);
    rig.type_text("GitHub Actions");
    rig.press("Enter");
    let off = old_key(Some(60), false);
    rig.reply_write(Ok(Answer::Key(off.clone())));
    let since = rig.now;
    rig.recall_pair(&off, Some(&new), Some(since));
    assert!(matches!(step(&rig), Step::Soaking { until: Some(_) }));
    // Something misses it: one key brings it back.
    rig.press("u");
    let on = old_key(Some(60), true);
    let request =
        rig.take(|operation| *operation == Operation::SetValid { scope: scope.clone(), id: KeyId(11), valid: true });
    rig.reply(request, Ok(Answer::Key(on.clone())));
    assert!(rig.toast().contains("is active again"), "{}", rig.toast());
    rig.recall_pair(&on, Some(&new), None);
    assert!(matches!(step(&rig), Step::Proven(_)));
    // Off once more, by somebody else, and for long enough.
    rig.pass(seconds(30));
    rig.examined_of(&[off.clone(), new.clone()], Some(since));
    rig.pass(SignedDuration::from_hours(24 * 7));
    assert_eq!(step(&rig), Step::Soaked);
    rig.examined_of(&[off.clone(), new.clone()], Some(since));
    rig.press("Enter");
    rig.reply_examine(Ok(off), Some(since));
    rig.type_text("GitHub Actions");
    rig.press("Enter");
    rig.reply_write(Ok(Answer::Deleted { acknowledged: true }));
    rig.recalls(Vec::new());
    rig.examined_of(&[new], None);
    assert_eq!(step(&rig), Step::Over);
    rig.press("Enter");
    assert!(rig.app.dialog.is_none());
}

#[test]
fn it_can_be_left_at_every_step_and_is_the_same_when_it_is_taken_up() {
    let (on, off) = (old_key(Some(60), true), old_key(Some(60), false));
    let since = start_time() - SignedDuration::from_hours(5);
    for (old, new, is_off) in [
        (&on, new_key(None), false),
        (&on, new_key(Some(5)), false),
        (&off, new_key(Some(5)), true),
        (&on, ApiKey { valid: false, ..new_key(Some(5)) }, false),
    ] {
        let mut rig = Rig::replacing(old, Some(&new), is_off.then_some(since));
        let before = step(&rig);
        rig.press("Esc");
        assert!(rig.app.dialog.is_none());
        rig.press("R");
        rig.recall_pair(old, Some(&new), is_off.then_some(since));
        assert_eq!(step(&rig), before);
    }
}

#[test]
fn an_expired_successor_is_followed_by_another() {
    let expired = ApiKey { expires_at: Some(start_time()), ..new_key(Some(5)) };
    let mut rig = Rig::replacing(&old_key(Some(60), true), Some(&expired), None);
    assert_eq!(step(&rig), Step::SuccessorExpired);
    assert!(replacing(&rig).due().is_none(), "there is nothing to wait for");
    assert_eq!(rig.press("x"), []);
    rig.press("Enter");
    rig.looked();
    rig.generate();
    rig.take(|operation| matches!(operation, Operation::Create { replaces: Some(KeyId(11)), .. }));
    // Without the old one, nothing works: that is brought back first.
    let mut rig = Rig::replacing(&old_key(Some(60), false), Some(&expired), None);
    assert!(!replacing(&rig).offers(Action::Accept));
    assert_eq!(rig.press("Enter"), []);
    rig.press("u");
    rig.take(|operation| matches!(operation, Operation::SetValid { id: KeyId(11), valid: true, .. }));
}

#[test]
fn on_the_successor_it_is_about_the_same_replacement() {
    let mut rig = Rig::older("prod");
    rig.presses("j R");
    let successor = keys_of(&project("prod")).remove(1);
    rig.recalls(vec![replacement(&project("prod"), KeyId(11), &successor, start_time())]);
    assert_eq!((replacing(&rig).old.key.id, replacing(&rig).record.as_ref().unwrap().new), (KeyId(11), KeyId(12)));
    rig.examined_of(&[old_key(Some(60), true), successor], None);
    assert!(matches!(step(&rig), Step::Waiting(_)));
}

#[test]
fn a_lost_answer_is_looked_into_and_the_next_try_is_a_successor_again() {
    let mut rig = Rig::replacing(&old_key(Some(60), true), None, None);
    rig.press("c");
    rig.presses("Tab Left");
    rig.generate();
    rig.reply_write(Ok(Answer::Lost(Box::new(lost_key(Ok(vec![key(98, Some("GitLab"), true, 0, None)]))))));
    assert!(matches!(rig.app.dialog, Some(Dialog::Lost(_))));
    rig.press("c");
    rig.looked();
    rig.generate();
    rig.take(|operation| matches!(operation, Operation::Create { replaces: Some(KeyId(11)), .. }));
    // A form that is opened over nothing is for a key like any other.
    let mut rig = Rig::keys_of("prod");
    rig.press("c");
    rig.type_text("GitLab");
    rig.generate();
    rig.take(|operation| matches!(operation, Operation::Create { replaces: None, .. }));
}

#[test]
fn what_was_asked_before_it_was_brought_back_is_of_no_use() {
    let off = old_key(Some(60), false);
    let mut rig = Rig::replacing(&off, Some(&new_key(Some(5))), Some(start_time()));
    rig.pass(seconds(30));
    let early: Vec<_> = rig.asked.drain(..).collect();
    rig.press("u");
    rig.reply_write(Ok(Answer::Key(old_key(Some(60), true))));
    for (request, operation) in early {
        let Operation::Examine(_, id) = operation else { panic!("{operation:?}") };
        let key = if id == KeyId(11) { off.clone() } else { new_key(Some(5)) };
        let examined = confident_keys::operations::Examined { key, inactive_since: None };
        assert_eq!(rig.reply(request, Ok(Answer::Examined(Box::new(examined)))), []);
    }
    assert!(replacing(&rig).old.key.valid, "a late answer is older than the change");
}

#[test]
fn it_is_ended_by_the_second_press_and_both_keys_stay() {
    let mut rig = waiting();
    assert_eq!(rig.press("e"), []);
    // Another key takes it back.
    rig.presses("x Esc");
    rig.recall_pair(&old_key(Some(60), true), Some(&new_key(None)), None);
    assert_eq!(rig.press("e"), []);
    let effects = rig.press("e");
    assert!(matches!(&effects[..], [Effect::Ask(_, Operation::EndReplacement(ended))] if ended.new == KeyId(99)));
    let request = rig.take(|operation| matches!(operation, Operation::EndReplacement(_)));
    rig.reply(request, Ok(Answer::Replacements(Replacements::default())));
    assert!(rig.app.dialog.is_none());
    assert!(rig.toast().contains("both keys stay as they are"), "{}", rig.toast());
}

#[test]
fn a_journal_that_cant_be_read_is_told_before_a_second_successor_is_made() {
    let mut rig = Rig::older("prod");
    rig.press("R");
    let request = rig.take(|operation| matches!(operation, Operation::Replacements));
    let trouble = Some(JournalError::NoHome);
    rig.reply(request, Ok(Answer::Replacements(Replacements { open: Vec::new(), trouble: trouble.clone() })));
    rig.examined_of(&[old_key(Some(60), true)], None);
    assert_eq!((&replacing(&rig).trouble, step(&rig)), (&trouble, Step::Begin));
    // Where it is not known at all, nothing is offered.
    let mut rig = Rig::older("prod");
    rig.press("R");
    let request = rig.take(|operation| matches!(operation, Operation::Replacements));
    rig.reply(request, Err(status(500)));
    rig.examined_of(&[old_key(Some(60), true)], None);
    assert_eq!(replacing(&rig).step, None);
    assert_eq!(rig.presses("Enter c x u D e"), []);
}

#[test]
fn the_list_tells_of_a_successor_that_has_expired() {
    let mut rig = Rig::older("prod");
    rig.press("r");
    let request = rig.take(|operation| *operation == Operation::Keys(project("prod")));
    let mut keys = keys_of(&project("prod"));
    keys[2].expires_at = Some(start_time());
    rig.reply(request, Ok(Answer::Keys(keys.clone())));
    rig.press("o");
    rig.recalls(vec![replacement(&project("prod"), KeyId(12), &keys[2], start_time())]);
    let shown = rig.app.shown_rotations();
    assert!(matches!(shown[..], [ShownRotation::Replacement { step: Some(Step::SuccessorExpired), .. }]), "{shown:?}");
}

#[test]
fn the_list_tells_what_is_open_and_reads_what_is_not_known_yet() {
    let mut rig = Rig::ready();
    rig.press("o");
    let prod = |old: i64, new: i64| {
        let new = key(new, Some("Next"), true, 0, None);
        replacement(&project("prod"), KeyId(old), &new, start_time())
    };
    let terraform = replacement(&Scope::Organization, KeyId(2), &key(1, Some("ckeys"), true, 0, None), start_time());
    // Of these, the old key is gone; the successor of one that works is; and both are there.
    rig.recalls(vec![prod(404, 12), prod(11, 405), prod(12, 13), terraform]);
    let steps = |rig: &Rig| -> Vec<(i64, Option<Step>)> {
        rig.app
            .shown_rotations()
            .iter()
            .map(|shown| match shown {
                ShownRotation::Replacement { replacement, step, .. } => (replacement.old.0, *step),
                ShownRotation::InPlace { .. } => panic!("{shown:?}"),
            })
            .collect()
    };
    // Of the organization, the list of keys is known.
    assert_eq!(steps(&rig).iter().filter(|(_, step)| step.is_none()).count(), 3);
    assert_eq!(rig.asked.len(), 1, "each scope is read once: {:?}", rig.asked);
    rig.answer_all();
    let shown = steps(&rig);
    assert_eq!(shown.iter().map(|(old, _)| *old).collect::<Vec<_>>(), [12, 2]);
    assert!(matches!(shown[0].1, Some(Step::Waiting(_))), "{shown:?}");
    // All of it is read anew by one key.
    let effects = rig.press("r");
    assert!(rereads(&effects, &project("prod")) && rereads(&effects, &Scope::Organization), "{effects:?}");
    rig.recalls(vec![prod(12, 13)]);
    // Enter takes it up, and Esc comes back to the list.
    assert_eq!(read(&rig.press("Enter")), [12, 13], "both are known already");
    assert_eq!(replacing(&rig).old.key.id, KeyId(12));
    rig.press("Esc");
    assert!(matches!(rig.app.dialog, Some(Dialog::Rotations(_))));
    rig.press("Esc");
    assert!(rig.app.dialog.is_none());
}
