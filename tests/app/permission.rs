//! What refusals tell of the key: a read-only one, and one that is not accepted any more.

use confident_keys::api::error::ApiError;
use confident_keys::api::model::{ApiKey, Scope};
use confident_keys::app::Event;
use confident_keys::app::message::Effect;
use confident_keys::app::permission::Obstacle;
use confident_keys::app::toast::Tone;
use confident_keys::config::{InForce, KeySource, ReadOnly};
use confident_keys::operations::{Answer, Operation, Reconciled};
use jiff::SignedDuration;

use crate::support::{Rig, created, first_answer, in_force, lost_key, page, project, session, status, with_valid};

fn badge(rig: &Rig) -> Option<&'static str> {
    rig.app.obstacle().map(Obstacle::badge)
}

/// The write that these keys lead to, in the first project; the key after `moves` opens its dialog.
fn writes(moves: &str, opens: &str, typed: &str, last: &str) -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.presses(moves);
    rig.press(opens);
    if opens != "c" {
        rig.examined();
    }
    rig.type_text(typed);
    rig.press(last);
    if opens == "c" {
        rig.looked();
    }
    assert_eq!(rig.asked.iter().filter(|(_, operation)| operation.is_write()).count(), 1);
    rig
}

/// The writes that there are, and how their refusal is told.
fn all_writes() -> [(Rig, &'static str); 4] {
    [
        (writes("", "c", "CI", "Enter"), "generating"),
        (writes("", "x", "", "y"), "deactivating"),
        (writes("j j j", "x", "", "y"), "reactivating"),
        (writes("j j j", "D", "14", "Enter"), "deleting"),
    ]
}

fn read_only() -> Rig {
    let mut rig = writes("", "x", "", "y");
    rig.reply_write(Err(status(403)));
    rig.press("Esc");
    rig
}

/// Goes to the keys of the project `id` from those of any other.
fn go_to(rig: &mut Rig, id: &str) {
    rig.presses("h g");
    while rig.app.scope() != project(id) {
        rig.press("j");
        rig.pass(SignedDuration::from_secs(1));
        rig.answer_all();
    }
    rig.press("Enter");
}

#[test]
fn a_refused_write_makes_writes_unavailable_everywhere() {
    for (mut rig, doing) in all_writes() {
        assert_eq!(badge(&rig), None);
        rig.reply_write(Err(status(403)));
        // The dialog tells it; a message would say it twice.
        assert!(rig.app.dialog.is_some() && rig.app.toasts.is_empty());
        rig.press("Esc");
        for id in ["prod", "stage", "void"] {
            go_to(&mut rig, id);
            assert_eq!(badge(&rig), Some("read-only"), "{id} after {doing}");
            for key in if id == "void" { &["c"][..] } else { &["c", "x", "D"] } {
                assert_eq!(rig.press(key), []);
                assert!(rig.app.dialog.is_none());
                let told = rig.toast();
                for part in ["may only read", "403", doing, "Production App", &format!("press {key} again")] {
                    assert!(told.contains(part), "{part} is not in {told}");
                }
                assert_eq!((rig.app.toasts.len(), rig.app.toasts.newest().unwrap().tone), (1, Tone::Warning));
            }
        }
        // Where there is no key, these mean nothing anyway.
        rig.press("Esc");
        rig.presses("x D");
        assert!(rig.app.toasts.is_empty());
    }
}

#[test]
fn a_refused_rotation_makes_writes_unavailable_too() {
    let mut rig = Rig::rotating(11);
    rig.press("Enter");
    rig.looked();
    rig.reply_write(Err(status(403)));
    rig.press("Esc");
    assert_eq!(badge(&rig), Some("read-only"));
    rig.press("c");
    assert!(rig.toast().contains("rotating"), "{}", rig.toast());
}

#[test]
fn the_second_press_is_taken_at_its_word() {
    for key in ["c", "x", "D"] {
        let mut rig = read_only();
        rig.presses(key);
        assert!(rig.app.dialog.is_none());
        rig.press(key);
        assert!(rig.app.dialog.is_some() && rig.app.toasts.is_empty(), "{key}");
    }
    // Only where it was told for this, and is still to be read.
    let mut rig = read_only();
    rig.presses("c x");
    assert!(rig.app.dialog.is_none() && rig.toast().contains("deactivating"));
    rig.presses("Esc x");
    assert!(rig.app.dialog.is_none() && !rig.app.toasts.is_empty());
}

#[test]
fn a_write_that_succeeds_ends_it() {
    let mut rig = read_only();
    rig.press("x");
    rig.ask("x");
    rig.press("y");
    rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 11, false))));
    assert_eq!(badge(&rig), None);
    // From then on a refusal is about its own scope.
    rig.answer_all();
    rig.ask("x");
    rig.press("y");
    rig.reply_write(Err(status(403)));
    rig.press("Esc");
    assert_eq!(badge(&rig), Some("read-only"));
    rig.press("c");
    assert!(rig.toast().contains("may only read here"), "{}", rig.toast());
    go_to(&mut rig, "stage");
    assert_eq!(badge(&rig), None);
    rig.press("c");
    assert!(rig.app.dialog.is_some());
    rig.press("Esc");
    go_to(&mut rig, "prod");
    assert_eq!(badge(&rig), Some("read-only"));
}

#[test]
fn undoing_asks_for_the_same_right_where_the_change_was() {
    let mut rig = writes("j", "x", "", "y");
    rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 12, false))));
    rig.answer_all();
    rig.press("g");
    rig.ask("x");
    rig.press("y");
    rig.reply_write(Err(status(403)));
    rig.press("Esc");
    go_to(&mut rig, "stage");
    assert_eq!(badge(&rig), None);
    rig.press("u");
    assert!(rig.app.dialog.is_none() && rig.toast().contains("press u again"), "{}", rig.toast());
    rig.ask("u");
    assert!(rig.app.dialog.is_some());
}

#[test]
fn a_success_elsewhere_leaves_the_scope_that_refused() {
    let mut rig = read_only();
    go_to(&mut rig, "stage");
    rig.presses("c c");
    rig.type_text("CI");
    rig.generate();
    rig.reply_write(Ok(created(99, "CI", None)));
    assert_eq!(badge(&rig), None);
    assert!(rig.app.permission.obstacle(&project("prod")).is_some());
    assert!(rig.app.permission.obstacle(&Scope::Organization).is_none());
}

#[test]
fn other_failures_say_nothing_of_what_the_key_may_do() {
    let lost: fn() -> Result<Answer, ApiError> = || Ok(Answer::Lost(Box::new(lost_key(Err(status(403))))));
    let fail = |error: ApiError| Err(error);
    for result in [
        fail(page(403)),
        fail(page(401)),
        fail(status(403).before_sending()),
        fail(status(404)),
        fail(status(409)),
        fail(status(422)),
        fail(status(429)),
        fail(status(500)),
        lost(),
    ] {
        let mut rig = writes("", "c", "CI", "Enter");
        rig.reply_write(result.clone());
        assert_eq!(badge(&rig), None, "{result:?}");
    }
    // A project that may not be read is not one that may not be written.
    let mut rig = Rig::ready();
    rig.press("j");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.reply(request, Err(status(403)));
    assert_eq!(badge(&rig), None);
}

#[test]
fn another_key_goes_where_the_one_that_is_not_accepted_any_more_came_from() {
    for (source, words) in [
        (KeySource::Environment, "set CONFIDENT_ORG_API_KEY, and start ckeys again."),
        (KeySource::File, "`ckeys --profile work profile login` takes it"),
        (KeySource::Keyring, "`ckeys --profile work profile login` takes it"),
        (KeySource::Command, "where the profile's command has this one from"),
    ] {
        let mut rig = Rig::keys_of("prod");
        rig.app.puts_in_force(InForce { key: source, ..in_force("work") });
        rig.press("r");
        for (request, _) in std::mem::take(&mut rig.asked) {
            rig.reply(request, Err(status(401)));
        }
        assert!(rig.toast().contains(words), "{}", rig.toast());
        assert_eq!(rig.toast().contains("CONFIDENT_ORG_API_KEY"), source == KeySource::Environment);
    }
}

#[test]
fn a_key_that_is_not_accepted_any_more_is_told_whatever_met_it() {
    let by_read = || {
        let mut rig = Rig::keys_of("prod");
        rig.press("r");
        for (request, _) in std::mem::take(&mut rig.asked) {
            rig.reply(request, Err(status(401)));
        }
        assert!(rig.toast().contains("It was accepted before") && rig.toast().contains("start ckeys again"));
        rig.press("Esc");
        rig
    };
    let by_write = || {
        let mut rig = writes("", "x", "", "y");
        rig.reply_write(Err(status(401)));
        rig.press("Esc");
        rig
    };
    let before_a_write = || {
        let mut rig = writes("", "c", "CI", "Enter");
        rig.reply_write(Err(status(401).before_sending()));
        rig.press("Esc");
        rig
    };
    for make in [by_read as fn() -> Rig, by_write, before_a_write] {
        let mut rig = make();
        assert_eq!(badge(&rig), Some("key refused"));
        for key in ["c", "x", "D"] {
            rig.press(key);
            assert!(rig.app.dialog.is_none());
            for part in ["no longer accepted", "Sign in with another", &format!("press {key} again")] {
                assert!(rig.toast().contains(part), "{part} is not in {}", rig.toast());
            }
        }
        // What succeeds shows otherwise.
        rig.press("r");
        rig.answer_all();
        assert_eq!((badge(&rig), rig.app.toasts.len()), (None, 0));
    }
}

#[test]
fn a_key_that_never_was_accepted_is_told_as_that() {
    let mut rig = Rig::loading();
    for (request, _) in std::mem::take(&mut rig.asked) {
        rig.reply(request, Err(status(401)));
    }
    assert_eq!(badge(&rig), Some("key refused"));
    rig.press("c");
    assert!(rig.toast().contains("not accepted") && !rig.toast().contains("no longer"), "{}", rig.toast());
    let advice = rig.app.read_advice(&status(401)).unwrap();
    assert!(
        advice.contains("valid organization key") && advice.contains("comes from CONFIDENT_ORG_API_KEY."),
        "{advice}"
    );
}

#[test]
fn whatever_was_read_shows_that_the_key_was_accepted() {
    for at in 0..3 {
        let mut rig = Rig::loading();
        let (request, operation) = rig.asked.remove(at);
        rig.reply(request, Ok(first_answer(&operation)));
        for (request, _) in std::mem::take(&mut rig.asked) {
            rig.reply(request, Err(status(401)));
        }
        let advice = rig.app.read_advice(&status(401)).unwrap();
        assert!(advice.contains("It was accepted before"), "{operation:?}: {advice}");
    }
}

#[test]
fn what_does_not_pass_or_is_no_answer_of_the_service_has_its_own_advice() {
    let rig = Rig::ready();
    for error in [page(401), page(503), status(404), status(422)] {
        assert_eq!(rig.app.read_advice(&error), Some(error.advice().to_owned()), "{error:?}");
    }
    assert_eq!(rig.app.read_advice(&status(500)), None, "it is tried again by itself");
}

#[test]
fn another_connection_is_another_key() {
    let mut rig = read_only();
    rig.press("x");
    rig.send(Event::Connected(session()));
    assert_eq!(badge(&rig), None);
    assert_eq!(rig.app.in_force.key, KeySource::Embedded, "it is from nowhere that could be told");
}

#[test]
fn the_way_out_of_a_lost_key_is_not_barred() {
    // It exists, and nobody has its secret: to deactivate it is worth a try at once.
    let mut rig = read_only();
    let found: Vec<ApiKey> = vec![crate::support::key(99, Some("GitLab"), true, 0, None)];
    rig.send(Event::Reconciled(Reconciled::New(Box::new(lost_key(Ok(found))))));
    rig.ask("x");
    assert!(matches!(&rig.press("y")[..], [Effect::Ask(_, Operation::SetValid { .. })]));
}

/// Started with `--read-only`, or with a profile that is.
fn forbidden(reason: ReadOnly) -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.app.puts_in_force(InForce { read_only: Some(reason), ..InForce::default() });
    rig
}

#[test]
fn where_nothing_is_to_be_written_no_second_press_helps() {
    for (reason, words) in [
        (ReadOnly::Flag, "ckeys was started with --read-only"),
        (ReadOnly::Profile("prod".to_owned()), "The profile “prod” is read-only"),
    ] {
        let mut rig = forbidden(reason);
        assert_eq!(badge(&rig), Some("read-only"));
        for key in ["c", "c", "x", "x", "D", "D", "R", "R"] {
            assert_eq!(rig.press(key), [], "{key}");
            assert!(rig.app.dialog.is_none(), "{key}");
            assert!(rig.toast().starts_with(words) && !rig.toast().contains("again"), "{key}: {}", rig.toast());
            assert_eq!(rig.app.toasts.len(), 1);
        }
        // Marked keys are no exception.
        rig.presses("Esc v j x");
        assert!(rig.app.dialog.is_none() && rig.toast().starts_with(words), "{}", rig.toast());
        assert_eq!(rig.asked.iter().filter(|(_, operation)| operation.is_write()).count(), 0);
        // What the service says of the key does not lift it.
        rig.answer_all();
        assert_eq!(badge(&rig), Some("read-only"));
    }
}

#[test]
fn another_service_keeps_the_word_of_the_command_line_alone() {
    for (reason, expected) in [(ReadOnly::Flag, Some("read-only")), (ReadOnly::Profile("prod".to_owned()), None)] {
        let mut rig = forbidden(reason);
        rig.send(Event::Connected(session()));
        assert_eq!(badge(&rig), expected);
    }
}
