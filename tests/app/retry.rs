//! Reads that failed go on by themselves where that makes sense, and a service that asks for a pause gets it.

use std::collections::BTreeSet;

use confident_keys::api::error::{ApiError, ConnectFailure, ErrorKind};
use confident_keys::api::model::Scope;
use confident_keys::app::Event;
use confident_keys::app::dialog::Dialog;
use confident_keys::app::message::Effect;
use confident_keys::app::toast::Tone;
use confident_keys::operations::{Answer, NotSignedIn, Operation};
use jiff::{SignedDuration, Timestamp};

use crate::replies::generating;
use crate::support::{
    Rig, asks_to_wait, errors, first_answer, keys_of, lost_key, named, new_key, old_key, project, session, start_time,
    status, timeout, unreachable, with_valid,
};

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// All open reads fail with `error`.
fn fail_all(rig: &mut Rig, error: &ApiError) {
    for (request, _) in std::mem::take(&mut rig.asked) {
        rig.reply(request, Err(error.clone()));
    }
}

/// Everything was read, and could not be read again.
fn failed(error: &ApiError) -> Rig {
    let mut rig = Rig::ready();
    rig.press("r");
    fail_all(&mut rig, error);
    rig
}

/// Everything was read again, but for the projects.
fn projects_failed(error: ApiError) -> Rig {
    let mut rig = Rig::ready();
    rig.press("r");
    let request = rig.take(|operation| *operation == Operation::Projects);
    rig.answer_all();
    rig.reply(request, Err(error));
    rig
}

/// Lets time pass, tick by tick as the program does, until something is asked. None where nothing is for a day.
fn runs_until_it_asks(rig: &mut Rig) -> Option<SignedDuration> {
    let start = rig.now;
    while rig.now < start + seconds(24 * 3600) {
        rig.now = rig.app.wake_at()?;
        if !rig.send(Event::Tick).is_empty() {
            return Some(rig.now.duration_since(start));
        }
    }
    None
}

fn operations(rig: &Rig) -> Vec<Operation> {
    rig.asked.iter().map(|(_, operation)| operation.clone()).collect()
}

const EVERYTHING: [Operation; 3] = [Operation::Organization, Operation::Projects, Operation::Keys(Scope::Organization)];

#[test]
fn what_may_pass_is_tried_again_and_what_stays_is_not() {
    let stays = |error: &ApiError| match &error.kind {
        ErrorKind::Invalid(_)
        | ErrorKind::Redirect { .. }
        | ErrorKind::Unreadable { .. }
        | ErrorKind::TooLarge(_)
        | ErrorKind::AnotherOrganization(_)
        // A proxy that wants a password wants it the next time as well.
        | ErrorKind::Connect(ConnectFailure::Tls(_) | ConnectFailure::Proxy(_)) => true,
        _ => matches!(error.status(), Some(400..=404 | 409 | 422)),
    };
    let (mut passing, mut staying) = (0, 0);
    for error in errors() {
        for make in [Rig::loading as fn() -> Rig, || {
            let mut rig = Rig::ready();
            rig.press("r");
            rig
        }] {
            let mut rig = make();
            fail_all(&mut rig, &error);
            let asked = runs_until_it_asks(&mut rig);
            assert_eq!(asked.is_none(), stays(&error), "{error:?} after {asked:?}");
            if asked.is_some() {
                assert_eq!(operations(&rig), EVERYTHING, "{error:?}");
                passing += 1;
            } else {
                staying += 1;
            }
        }
    }
    assert!(passing > 10 && staying > 10);
}

#[test]
fn pauses_grow_to_five_minutes_and_end_with_the_first_success() {
    let mut rig = failed(&unreachable());
    for longest in [5, 10, 20, 40, 80, 160, 300, 300] {
        let pause = runs_until_it_asks(&mut rig).unwrap();
        assert!(pause <= seconds(longest) && pause * 2 >= seconds(longest), "{pause} of {longest} s");
        fail_all(&mut rig, &timeout());
    }
    runs_until_it_asks(&mut rig).unwrap();
    rig.answer_all();
    assert_eq!((rig.app.retry.due(), runs_until_it_asks(&mut rig)), (None, None));
    // The next time it starts anew.
    rig.press("r");
    fail_all(&mut rig, &unreachable());
    assert!(runs_until_it_asks(&mut rig).unwrap() <= seconds(5));
}

#[test]
fn only_what_failed_and_is_shown_is_read_again() {
    for at in 0..3 {
        let mut rig = Rig::ready();
        rig.press("r");
        let (request, operation) = rig.asked.remove(at);
        rig.answer_all();
        rig.reply(request, Err(status(503)));
        runs_until_it_asks(&mut rig).unwrap();
        assert_eq!(operations(&rig), [operation]);
    }
    // Nothing is planned before all that is being read has come back.
    let mut rig = Rig::ready();
    rig.press("r");
    let (request, _) = rig.asked.remove(0);
    rig.reply(request, Err(status(503)));
    assert_eq!(rig.app.retry.due(), None);
    // A scope that is no longer shown is read when it is chosen again.
    let mut rig = Rig::ready();
    rig.press("j");
    fail_all(&mut rig, &unreachable());
    rig.press("k");
    assert_eq!(runs_until_it_asks(&mut rig), None);
    rig.press("j");
    rig.pass(seconds(1));
    assert_eq!(operations(&rig), [Operation::Keys(project("prod"))]);
}

#[test]
fn what_was_read_is_not_read_again_with_it_as_it_is_older_by_then() {
    let ready = || {
        let mut rig = Rig::ready();
        rig.answer_all();
        rig
    };
    let all_keys = || {
        let mut rig = Rig::ready();
        rig.press("0");
        rig.answer_all();
        rig
    };
    for make in [ready as fn() -> Rig, all_keys] {
        let mut rig = make();
        rig.press("r");
        let request = rig.take(|operation| *operation == Operation::Projects);
        rig.answer_all();
        rig.pass(seconds(90));
        assert_eq!(rig.asked, []);
        rig.reply(request, Err(status(503)));
        runs_until_it_asks(&mut rig).unwrap();
        assert_eq!(operations(&rig), [Operation::Projects]);
    }
}

#[test]
fn a_person_need_not_wait() {
    let mut rig = failed(&unreachable());
    for _ in 0..4 {
        runs_until_it_asks(&mut rig).unwrap();
        fail_all(&mut rig, &unreachable());
    }
    rig.press("r");
    assert_eq!((operations(&rig), rig.app.retry.due()), (EVERYTHING.into(), None));
    fail_all(&mut rig, &unreachable());
    assert!(runs_until_it_asks(&mut rig).unwrap() <= seconds(5), "somebody is there");
    // Not even where the service asked for a pause.
    let mut rig = failed(&asks_to_wait(600));
    rig.press("r");
    assert_eq!(operations(&rig), EVERYTHING);
    rig.answer_all();
    assert_eq!((rig.app.retry.due(), rig.app.retry.held_until(rig.now)), (None, None));
}

#[test]
fn a_pause_that_the_service_asks_for_is_kept_by_all_reads() {
    // One of them is enough.
    let mut rig = projects_failed(asks_to_wait(60));
    let asked = rig.now;
    // Another scope is chosen, and waits as well.
    assert_eq!(rig.press("j"), []);
    assert_eq!(rig.pass(seconds(1)), []);
    assert!(rig.app.scope_keys().is_none());
    runs_until_it_asks(&mut rig).unwrap();
    let waited = rig.now.duration_since(asked);
    assert!(waited >= seconds(60) && waited <= seconds(63), "{waited}");
    assert_eq!(operations(&rig), [Operation::Projects, Operation::Keys(project("prod"))]);
    rig.answer_all();
    assert_eq!((rig.app.table.rows().len(), runs_until_it_asks(&mut rig)), (5, None));
}

#[test]
fn of_several_pauses_the_one_that_ends_last_is_kept() {
    for pauses in [[20, 60, 40], [60, 40, 20]] {
        let mut rig = Rig::ready();
        rig.press("r");
        for pause in pauses {
            let (request, _) = rig.asked.remove(0);
            rig.reply(request, Err(asks_to_wait(pause)));
        }
        assert_eq!(rig.app.retry.held_until(rig.now), Some(rig.now + seconds(60)), "{pauses:?}");
    }
}

#[test]
fn a_scope_that_waits_is_read_once_whatever_is_chosen_in_the_end() {
    let mut rig = failed(&asks_to_wait(60));
    rig.presses("j j");
    rig.pass(seconds(1));
    rig.presses("k");
    runs_until_it_asks(&mut rig).unwrap();
    assert_eq!(
        operations(&rig),
        [Operation::Organization, Operation::Projects, Operation::Keys(project("prod"))],
        "what is chosen then"
    );
}

#[test]
fn a_service_that_asks_again_and_again_is_asked_ever_less() {
    let mut rig = failed(&asks_to_wait(1));
    let mut pauses = Vec::new();
    for _ in 0..9 {
        pauses.push(runs_until_it_asks(&mut rig).unwrap());
        fail_all(&mut rig, &asks_to_wait(1));
    }
    assert!(pauses[0] >= seconds(1) && pauses[0] <= seconds(2), "{pauses:?}");
    assert!(pauses[8] >= seconds(150), "{pauses:?}");
    // Nothing asked for is no reason to ask at once.
    let mut rig = failed(&asks_to_wait(0));
    assert!(runs_until_it_asks(&mut rig).unwrap() >= SignedDuration::from_millis(2500));
}

/// How often the screen is drawn by itself within a minute, and what is asked.
fn wakes_in_a_minute(rig: &mut Rig) -> (usize, Vec<Effect>) {
    let (end, mut wakes, mut effects) = (rig.now + seconds(60), 0, Vec::new());
    while let Some(due) = rig.app.wake_at().filter(|due| *due <= end) {
        assert!(due > rig.now, "it would spin");
        rig.now = due;
        effects.extend(rig.send(Event::Tick));
        wakes += 1;
    }
    (wakes, effects)
}

#[test]
fn a_countdown_ticks_while_it_is_seen_and_nothing_else_does() {
    assert!(wakes_in_a_minute(&mut Rig::ready()).0 <= 1);
    let mut rig = failed(&asks_to_wait(80));
    let (wakes, effects) = wakes_in_a_minute(&mut rig);
    assert!((60..=62).contains(&wakes) && effects.is_empty(), "{wakes}");
    // A long one counts minutes.
    let (wakes, effects) = wakes_in_a_minute(&mut failed(&asks_to_wait(3600)));
    assert!(wakes <= 3 && effects.is_empty(), "{wakes}");
    // Where nothing is seen, nothing ticks.
    let mut rig = failed(&asks_to_wait(80));
    rig.send(Event::Resize { cols: 20, rows: 5 });
    assert!(wakes_in_a_minute(&mut rig).0 <= 1);
    // What will not pass is no reason to wake up.
    assert!(wakes_in_a_minute(&mut failed(&status(403))).0 <= 1);
}

#[test]
fn a_countdown_in_a_dialog_ticks_too() {
    let rotating = || {
        let mut rig = Rig::rotating(12);
        rig.press("Enter");
        rig.looked();
        rig.reply_write(Err(asks_to_wait(80)));
        rig
    };
    let replacing = || {
        let mut rig = Rig::replacing(&old_key(Some(60), false), Some(&new_key(Some(5))), Some(start_time()));
        rig.press("u");
        rig.reply_write(Err(asks_to_wait(80)));
        rig
    };
    let lost = || {
        let mut rig = generating();
        rig.reply_write(Ok(Answer::Lost(Box::new(lost_key(Err(unreachable()))))));
        rig.press("r");
        let request = rig.take(|operation| matches!(operation, Operation::LookAgain(_)));
        rig.reply(request, Err(asks_to_wait(80)));
        rig
    };
    let signing_in = || {
        let mut rig = Rig::signing_in();
        rig.signed_in(Some(NotSignedIn::Failed(asks_to_wait(80))));
        rig
    };
    let failed: [fn() -> Rig; 4] = [rotating, replacing, lost, signing_in];
    for (at, failed) in failed.into_iter().enumerate() {
        let mut rig = failed();
        let (wakes, _) = wakes_in_a_minute(&mut rig);
        assert!(wakes >= 60, "{at}: {wakes}");
    }
}

#[test]
fn another_second_is_drawn_whatever_came_in() {
    let mut rig = failed(&asks_to_wait(30));
    rig.app.take_needs_draw();
    rig.send(Event::Key(named("Backspace")));
    assert!(!rig.app.take_needs_draw());
    rig.now += seconds(1);
    rig.send(Event::Key(named("Backspace")));
    assert!(rig.app.take_needs_draw());
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_it() {
    for error in [unreachable(), asks_to_wait(30)] {
        let mut rig = failed(&error);
        rig.now -= SignedDuration::from_hours(5);
        rig.send(Event::Tick);
        assert!(runs_until_it_asks(&mut rig).unwrap() <= seconds(34), "{error:?}");
    }
}

#[test]
fn a_failure_is_told_once_and_not_at_each_try() {
    let mut rig = failed(&unreachable());
    assert!(rig.toast().contains("refused the connection") && rig.toast().contains("by itself"), "{}", rig.toast());
    // While it is told, it is told as it is now.
    runs_until_it_asks(&mut rig).unwrap();
    fail_all(&mut rig, &status(503));
    assert!(rig.toast().contains("maintenance") && rig.toast().contains("no keys"), "{}", rig.toast());
    assert_eq!(rig.app.toasts.len(), 1);
    // Once it was dismissed, it stays away.
    rig.press("Esc");
    runs_until_it_asks(&mut rig).unwrap();
    fail_all(&mut rig, &unreachable());
    assert!(rig.app.toasts.is_empty());
    // But what will not pass by itself is told.
    runs_until_it_asks(&mut rig).unwrap();
    fail_all(&mut rig, &status(401));
    assert!(rig.toast().contains("It was accepted before"), "{}", rig.toast());
    assert_eq!(rig.app.toasts.newest().unwrap().tone, Tone::Error);
    // A success takes it back.
    let mut rig = failed(&unreachable());
    runs_until_it_asks(&mut rig).unwrap();
    rig.answer_all();
    assert!(rig.app.toasts.is_empty());
    // A person who asks is answered.
    let mut rig = failed(&unreachable());
    rig.presses("Esc r");
    fail_all(&mut rig, &unreachable());
    assert!(rig.toast().contains("refused the connection"), "{}", rig.toast());
}

#[test]
fn a_failure_stays_told_while_other_reads_succeed() {
    let mut rig = projects_failed(status(403));
    let told = rig.toast().to_owned();
    assert!(told.starts_with("Could not read again"), "{told}");
    rig.press("j");
    rig.pass(seconds(1));
    rig.answer_all();
    assert_eq!((rig.app.table.rows().len(), rig.toast()), (5, told.as_str()));
}

#[test]
fn the_last_good_data_stays_with_its_age() {
    let mut rig = failed(&unreachable());
    let read_at: Timestamp = rig.app.scope_keys().unwrap().read_at().unwrap();
    for _ in 0..5 {
        runs_until_it_asks(&mut rig).unwrap();
        fail_all(&mut rig, &unreachable());
    }
    let keys = rig.app.scope_keys().unwrap();
    assert_eq!((keys.read_at(), keys.value().unwrap().len(), rig.app.table.rows().len()), (Some(read_at), 2, 2));
}

#[test]
fn a_write_that_was_asked_to_wait_says_when_and_is_not_sent_by_itself() {
    let error = asks_to_wait(20);
    let begun: Vec<(fn() -> Rig, usize)> = vec![
        (crate::replies::generating, 1),
        (crate::replies::deleting, 1),
        (
            || {
                let mut rig = Rig::keys_of("prod");
                rig.ask("x");
                rig.press("y");
                rig
            },
            1,
        ),
    ];
    for (make, writes) in begun {
        for error in [error.clone(), error.clone().before_sending()] {
            let mut rig = make();
            assert_eq!(rig.asked.iter().filter(|(_, operation)| operation.is_write()).count(), writes);
            assert_eq!(rig.reply_write(Err(error.clone())), []);
            let outlook = |rig: &Rig| rig.app.write_outlook(&error).unwrap();
            assert!(outlook(&rig).contains("again in 20 s"), "{}", outlook(&rig));
            rig.now += seconds(1);
            rig.send(Event::Tick);
            assert!(outlook(&rig).contains("again in 19 s"), "{}", outlook(&rig));
            let (wakes, effects) = wakes_in_a_minute(&mut rig);
            assert!((19..=21).contains(&wakes) && effects.is_empty(), "{wakes} {effects:?}");
            assert!(outlook(&rig).contains("is over: try again now"), "{}", outlook(&rig));
            // It is a person's word that sends it.
            let effects = match rig.app.dialog {
                Some(Dialog::Confirm(_)) => rig.press("y"),
                Some(Dialog::Generate(_)) => rig.generate(),
                _ => rig.press("Enter"),
            };
            assert!(matches!(&effects[..], [Effect::Ask(_, operation)] if operation.is_write()));
        }
    }
    assert_eq!(Rig::ready().app.write_outlook(&status(500)), None);
}

#[test]
fn a_pause_asked_of_a_write_is_kept_by_reads_as_well() {
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    rig.press("y");
    rig.reply_write(Err(asks_to_wait(20)));
    rig.presses("Esc h j");
    rig.pass(seconds(1));
    assert_eq!(rig.asked, []);
    runs_until_it_asks(&mut rig).unwrap();
    assert_eq!(operations(&rig), [Operation::Keys(project("stage"))]);
    // What a write changed is read all the same: a person asked for it.
    let mut rig = failed(&asks_to_wait(60));
    rig.presses("Esc Enter");
    rig.ask("x");
    rig.press("y");
    rig.reply_write(Ok(Answer::Key(with_valid(&Scope::Organization, 2, false))));
    assert_eq!(operations(&rig), [Operation::Keys(Scope::Organization)]);
}

#[test]
fn another_connection_starts_without_pauses() {
    let mut rig = failed(&asks_to_wait(600));
    assert_eq!(rig.send(Event::Connected(session())).len(), 3);
    rig.answer_all();
    assert_eq!((rig.app.retry.due(), rig.app.retry.held_until(rig.now)), (None, None));
}

#[test]
fn everybody_comes_back_at_another_moment() {
    // The seed alone decides: the same one gives the same pauses, and others differ.
    let due = |error: &ApiError| failed(error).app.retry.due();
    assert_eq!(due(&unreachable()), due(&unreachable()));
    let mut drawn = BTreeSet::new();
    let mut rig = failed(&unreachable());
    for _ in 0..20 {
        drawn.insert(rig.app.retry.due().unwrap().duration_since(rig.now).as_nanos());
        rig.press("r");
        fail_all(&mut rig, &unreachable());
    }
    assert!(drawn.len() > 15);
}

#[test]
fn a_late_answer_does_not_end_a_pause() {
    let mut rig = Rig::ready();
    rig.press("r");
    let late = rig.asked.remove(0);
    fail_all(&mut rig, &asks_to_wait(60));
    rig.reply(late.0, Ok(first_answer(&late.1)));
    assert!(rig.app.retry.held_until(rig.now).is_some());
    assert_eq!(rig.app.keys[&Scope::Organization].value(), Some(&keys_of(&Scope::Organization).into()));
    runs_until_it_asks(&mut rig).unwrap();
    assert_eq!(operations(&rig), [Operation::Projects, Operation::Keys(Scope::Organization)]);
}
