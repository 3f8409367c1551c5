//! Where a new key's secret shall go: looked at first, agreed to, reached, and left for another where it fails.

use confident_keys::app::dialog::{Delivering, Dialog, Goal, SecretDialog, Sight};
use confident_keys::app::message::Effect;
use confident_keys::app::{ClipboardRoute, Event};
use confident_keys::destination::{Ask, Delivered, Destination, Look, NotDelivered, Obstacle};
use confident_keys::operations::Operation;

use crate::support::{FAKE_SECRET, Rig, created};

/// The form for a key called “CI”, on the path of a file (1) or a dotenv file (2), or on the command (3).
fn on_place(ways: usize, typed: &str) -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press("c");
    rig.type_text("CI");
    rig.press("Tab");
    (0..ways).for_each(|_| drop(rig.press("Right")));
    rig.press("Tab");
    rig.press("Ctrl-u");
    rig.type_text(typed);
    rig.looks.clear();
    rig
}

fn look() -> Look {
    Look { goes_to: "the place".into(), obstacle: None, ask: None, warnings: Vec::new() }
}

fn goal(rig: &Rig) -> &Goal {
    match &rig.app.dialog {
        Some(Dialog::Generate(form)) => &form.goal,
        other => panic!("{other:?}"),
    }
}

fn secret(rig: &Rig) -> &SecretDialog {
    match &rig.app.dialog {
        Some(Dialog::Secret(dialog)) => dialog,
        other => panic!("{other:?}"),
    }
}

fn is_sent(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Ask(_, Operation::Create { .. })))
}

/// The last delivery that was asked for has come to this.
fn arrives(rig: &mut Rig, result: Result<Delivered, NotDelivered>) {
    let (request, ..) = rig.deliveries.pop().unwrap();
    rig.send(Event::Delivered(request, result));
}

#[test]
fn each_way_is_looked_at_as_what_was_typed_for_it() {
    for (ways, typed, expected) in [
        (1, "/tmp/ci.key", "file:/tmp/ci.key"),
        (1, "~/ci.key", "file:/home/ada/ci.key"),
        (1, " spaced out ", "file:spaced out"),
        (2, "~/work/.env", "env:/home/ada/work/.env"),
        (2, "~ada/.env", "env:~ada/.env"),
        (3, "gh secret set 'CI key'", "command:gh secret set 'CI key'"),
    ] {
        let mut rig = on_place(ways, typed);
        let effects = rig.press("Enter");
        let [Effect::Look(_, destination, _)] = &effects[..] else { panic!("{typed}: {effects:?}") };
        assert_eq!(*destination, expected.parse::<Destination>().unwrap(), "{typed}");
        assert!(goal(&rig).is_wanted());
    }
}

#[test]
fn what_names_no_destination_is_told_and_nothing_is_sent() {
    for (ways, typed) in [(1, ""), (2, "  "), (3, ""), (3, "gh 'secret")] {
        let mut rig = on_place(ways, typed);
        assert!(rig.press("Enter").is_empty(), "{typed}");
        assert!(matches!(goal(&rig).sight, Sight::Unclear(_)), "{typed}: {:?}", goal(&rig).sight);
    }
}

#[test]
fn an_obstacle_keeps_the_key_from_being_generated_however_often_it_is_pressed() {
    let mut rig = on_place(1, "/no/such/folder/x");
    for _ in 0..3 {
        rig.press("Enter");
        let obstacle = Obstacle { words: "its folder is not there".into(), in_the_way: false };
        let look = Look { obstacle: Some(obstacle), ask: Some(Ask::OverFile), ..look() };
        assert!(!is_sent(&rig.looked_at(look)));
    }
}

#[test]
fn what_is_written_over_takes_one_more_enter_and_only_as_long_as_it_is_the_same() {
    let mut rig = on_place(1, "there");
    rig.press("Enter");
    assert!(!is_sent(&rig.looked_at(Look { ask: Some(Ask::OverFile), ..look() })));
    // Another path is another question.
    rig.type_text("2");
    assert!(!is_sent(&rig.press("Enter")));
    assert!(!is_sent(&rig.looked_at(Look { ask: Some(Ask::OverFile), ..look() })));
    assert!(is_sent(&rig.press("Enter")));
    rig.reply_write(Ok(created(99, "CI", Some(FAKE_SECRET))));
    let [(_, destination, agreed)] = &rig.deliveries[..] else { panic!("{:?}", rig.deliveries) };
    assert_eq!((destination, *agreed), (&"file:there2".parse().unwrap(), Some(Ask::OverFile)));
}

#[test]
fn a_warning_is_seen_before_anything_is_sent() {
    let warned = || Look { warnings: vec!["Git does not ignore it".into()], ..look() };
    let mut rig = on_place(2, ".env");
    rig.press("Enter");
    assert!(!is_sent(&rig.looked_at(warned())), "it flashes by unseen otherwise");
    assert!(matches!(&rig.app.dialog, Some(Dialog::Generate(form)) if form.enter() == "generate anyway"));
    rig.press("Enter");
    let other = Look { warnings: vec!["others can read it".into()], ..look() };
    assert!(!is_sent(&rig.looked_at(other)), "another warning is news");
    rig.press("Enter");
    let other = Look { warnings: vec!["others can read it".into()], ..look() };
    assert!(is_sent(&rig.looked_at(other)));
    // Whoever passed by it on the way has seen it.
    let mut rig = on_place(2, ".env");
    rig.press("Tab");
    rig.looked_at(warned());
    rig.press("Enter");
    assert!(is_sent(&rig.looked_at(warned())));
}

/// A look takes its time: whoever changes something meanwhile has not agreed to what stands there then.
#[test]
fn who_types_on_after_enter_generates_nothing_yet() {
    let mut rig = on_place(1, "ci.key");
    rig.press("Tab");
    rig.looked();
    rig.press("Enter");
    rig.type_text("2");
    assert!(!is_sent(&rig.looked()) && !goal(&rig).is_wanted());
    rig.press("Enter");
    let effects = rig.looked();
    assert!(matches!(&effects[..], [Effect::Ask(_, Operation::Create { name, .. })] if name == "CI2"), "{effects:?}");
}

#[test]
fn an_answer_about_what_was_typed_before_counts_for_nothing() {
    let mut rig = on_place(1, "a");
    rig.press("Enter");
    let (first, _) = rig.looks[0];
    rig.type_text("b");
    assert!(!is_sent(&rig.send(Event::Looked(first, look()))));
    assert_eq!(goal(&rig).sight, Sight::Unseen);
    rig.press("Enter");
    assert!(!is_sent(&rig.send(Event::Looked(first, look()))));
    assert!(is_sent(&rig.looked()));
}

#[test]
fn a_failed_delivery_keeps_the_secret_and_another_way_takes_it() {
    let mut rig = on_place(3, "vault kv put secret/ci value=-");
    rig.press("Enter");
    rig.looked();
    rig.reply_write(Ok(created(99, "CI", Some(FAKE_SECRET))));
    // Closing waits for what came of it.
    rig.press("Enter");
    assert!(matches!(secret(&rig).delivering, Delivering::Busy(_)));
    arrives(&mut rig, Err(NotDelivered { reason: "exit code 3".into(), is_out: true }));
    assert!(secret(&rig).would_lose_it());
    rig.press("e");
    rig.type_text(".local");
    rig.press("Enter");
    let (_, destination) = rig.looks.last().unwrap();
    assert_eq!(*destination, "env:.env.local".parse().unwrap());
    let effects = rig.looked();
    assert!(
        matches!(&effects[..], [Effect::Deliver(_, Destination::Env(_), _, secret, None)] if secret.expose() == FAKE_SECRET),
        "{effects:?}"
    );
    let (path, variable) = (".env.local".into(), "CONFIDENT_API_KEY");
    arrives(&mut rig, Ok(Delivered::Entry { path, variable, replaced: false }));
    assert!(!secret(&rig).would_lose_it());
    rig.press("Enter");
    assert!(rig.app.dialog.is_none());
}

#[test]
fn what_is_written_over_elsewhere_is_agreed_to_as_well() {
    let mut rig = on_place(1, "ci.key");
    rig.press("Enter");
    rig.looked();
    rig.reply_write(Ok(created(99, "CI", Some(FAKE_SECRET))));
    arrives(&mut rig, Err(NotDelivered { reason: "it is there by now".into(), is_out: false }));
    let enter = |rig: &Rig| secret(rig).elsewhere.as_ref().unwrap().enter();
    rig.presses("e Enter");
    assert_eq!(rig.looked_at(Look { warnings: vec!["others can read it".into()], ..look() }), []);
    assert_eq!(enter(&rig), "take it there anyway");
    rig.press("Enter");
    assert_eq!(rig.looked_at(Look { ask: Some(Ask::OverEntry), ..look() }), [], "that is to be agreed to");
    assert_eq!(enter(&rig), "take it there, I agree");
    let effects = rig.press("Enter");
    assert!(
        matches!(&effects[..], [Effect::Deliver(_, Destination::Env(_), _, _, Some(Ask::OverEntry))]),
        "{effects:?}"
    );
}

#[test]
fn without_a_clipboard_the_screen_is_proposed() {
    let mut rig = Rig::keys_of("prod");
    rig.app.clipboard = ClipboardRoute::Missing("There is none.".into());
    rig.press("c");
    assert!(matches!(&rig.looks[..], [(_, Destination::Screen)]), "{:?}", rig.looks);
}
