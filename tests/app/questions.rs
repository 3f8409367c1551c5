//! Where the focus is in the questions before a change and what is typed there; what is told of a lost key, and what
//! stays known of a secret's way.

use confident_keys::api::Capabilities;
use confident_keys::api::model::{ApiKey, KeyId, LastUsed, MaskedValue, Scope};
use confident_keys::app::dialog::{
    BulkButton, ConfirmButton, DeleteButton, Dialog, ExportFocus, ExportTo, GenerateFocus, RotateFocus, SecretDialog,
};
use confident_keys::app::keys::KeyRef;
use confident_keys::app::message::{Delivery, Effect};
use confident_keys::app::mouse::{Hit, Stop};
use confident_keys::app::{Event, Pane};
use confident_keys::destination::Delivered;
use confident_keys::operations::{Answer, Lost, Operation};
use confident_keys::status::Tab;
use jiff::SignedDuration;

use crate::bulk::all_keys;
use crate::large;
use crate::replies::{confirm, delete, generate, generating};
use crate::support::{
    FAKE_SECRET, NEWER, OLDER, Rig, SIGNER_TAIL, created, key, keys_of, lost_key, project, replacement, with_valid,
};

fn writes(effects: &[Effect]) -> Vec<&Operation> {
    let asked = effects.iter().filter_map(|effect| match effect {
        Effect::Ask(_, operation) => Some(operation),
        _ => None,
    });
    asked.filter(|operation| operation.is_write()).collect()
}

/// The focus goes through all of `order`, and round, forth and back.
#[track_caller]
pub(crate) fn goes_round<T: Copy + PartialEq + std::fmt::Debug>(rig: &mut Rig, order: &[T], at: impl Fn(&Rig) -> T) {
    let first = order.iter().position(|button| *button == at(rig)).unwrap();
    for (name, by) in [("Tab", 1), ("Shift-Tab", order.len() - 1)] {
        for turn in 1..=order.len() {
            rig.press(name);
            assert_eq!(at(rig), order[(first + turn * by) % order.len()], "{name} {turn}");
        }
    }
}

/// The question whether to deactivate the first key, which the list says is in use.
fn in_use() -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press("r");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    let used = ApiKey { last_used: LastUsed::At(rig.now), ..with_valid(&project("prod"), 11, true) };
    rig.reply(request, Ok(Answer::Keys(vec![used])));
    rig.press("x");
    assert!(confirm(&rig).typed.is_some() && confirm(&rig).check.is_reading(), "this test shows nothing");
    rig
}

#[test]
fn the_focus_goes_through_all_buttons_of_a_question_and_round() {
    let (field, cancel, yes) = (ConfirmButton::Field, ConfirmButton::Cancel, ConfirmButton::Confirm);
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    goes_round(&mut rig, &[cancel, yes], |rig| confirm(rig).button);
    goes_round(&mut in_use(), &[field, cancel, yes], |rig| confirm(rig).button);

    let mut rig = deleting_key("");
    let all = [DeleteButton::Field, DeleteButton::Cancel, DeleteButton::Deactivate, DeleteButton::Delete];
    goes_round(&mut rig, &all, |rig| delete(rig).button);
    let mut rig = deleting_key("j j j");
    goes_round(&mut rig, &[all[0], all[1], all[3]], |rig| delete(rig).button);
}

#[test]
fn the_focus_goes_round_in_the_form_for_a_key() {
    use GenerateFocus::{Lifetime, Name, Place, Way};
    let forms: [(Capabilities, &str, &[GenerateFocus]); 4] = [
        (OLDER, "c", &[Name, Way]),
        (OLDER, "c Tab Right Shift-Tab", &[Name, Way, Place]),
        (NEWER, "c", &[Name, Way, Lifetime]),
        (NEWER, "c Tab Right Shift-Tab", &[Name, Way, Place, Lifetime]),
    ];
    for (capabilities, keys, order) in forms {
        let mut rig = Rig::keys_of("prod");
        rig.send(Event::Capabilities(capabilities));
        rig.presses(keys);
        assert_eq!(generate(&rig).focus, Name);
        goes_round(&mut rig, order, |rig| generate(rig).focus);
    }
}

/// The question whether to delete the key that `moves` select, which was read.
fn deleting_key(moves: &str) -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.presses(moves);
    rig.ask("D");
    rig
}

#[test]
fn enter_does_what_the_button_with_the_focus_says() {
    let asks = || {
        let mut rig = Rig::keys_of("prod");
        rig.ask("x");
        rig
    };
    let mut rig = asks();
    assert_eq!(writes(&rig.press("Enter")), Vec::<&Operation>::new(), "it stands on Cancel");
    assert!(rig.app.dialog.is_none());
    let mut rig = asks();
    rig.press("Tab");
    let deactivate = Operation::SetValid { scope: project("prod"), id: KeyId(11), valid: false };
    assert_eq!(writes(&rig.press("Enter")), [&deactivate]);
    assert!(!confirm(&rig).is_ready(), "it is busy");

    let mut rig = deleting_key("");
    rig.press("Tab");
    assert_eq!(writes(&rig.press("Enter")), Vec::<&Operation>::new());
    assert!(rig.app.dialog.is_none());
    let mut rig = deleting_key("");
    rig.presses("Tab Tab");
    assert_eq!(writes(&rig.press("Enter")), [&deactivate]);
}

/// What was done by somebody else meanwhile is not asked any more.
#[test]
fn a_question_about_what_is_done_already_waits_for_nothing() {
    let mut rig = Rig::keys_of("prod");
    rig.press("x");
    assert!(confirm(&rig).is_ready());
    rig.reply_examine(Ok(with_valid(&project("prod"), 11, false)), None);
    assert!(confirm(&rig).is_moot() && !confirm(&rig).is_ready());
}

/// The button for deactivating is gone with the need for it: Enter must not mean another one then.
#[test]
fn where_the_button_with_the_focus_goes_the_harmless_one_has_it() {
    let mut rig = Rig::keys_of("prod");
    rig.press("D");
    rig.presses("Tab Tab");
    assert_eq!(delete(&rig).button, DeleteButton::Deactivate);
    rig.reply_examine(Ok(with_valid(&project("prod"), 11, false)), None);
    assert_eq!(delete(&rig).button, DeleteButton::Cancel);
}

#[test]
fn the_name_can_be_pasted_where_it_is_typed() {
    let mut rig = in_use();
    rig.examined_used();
    rig.send(Event::Paste("GitHub Actions".to_owned()));
    assert_eq!(writes(&rig.press("Enter")).len(), 1);
    let mut rig = deleting_key("");
    rig.send(Event::Paste("GitHub Actions".to_owned()));
    assert_eq!(writes(&rig.press("Enter")).len(), 1);
    // Elsewhere it is no word of the question.
    let mut rig = deleting_key("");
    rig.press("Tab");
    rig.send(Event::Paste("GitHub Actions".to_owned()));
    rig.press("Shift-Tab");
    assert_eq!(writes(&rig.press("Enter")), Vec::<&Operation>::new());
}

/// A click on what is drawn now, long after it was.
fn click(rig: &mut Rig, hit: Hit) -> Vec<Effect> {
    rig.pass(SignedDuration::from_secs(1));
    let click = large::on(rig, hit);
    rig.send(Event::Mouse(click))
}

#[test]
fn a_click_on_a_button_presses_this_one_whichever_has_the_focus() {
    let typed = || {
        let mut rig = deleting_key("");
        rig.type_text("GitHub Actions");
        rig
    };
    let stop = |button| Hit::Stop(Stop::Delete(button));
    let mut rig = typed();
    assert_eq!(writes(&click(&mut rig, stop(DeleteButton::Cancel))), Vec::<&Operation>::new());
    assert!(rig.app.dialog.is_none());
    let mut rig = typed();
    assert_eq!(writes(&click(&mut rig, stop(DeleteButton::Deactivate))).len(), 1);
    rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 11, false))));
    assert!(rig.app.dialog.is_none(), "no deletion follows");
    // Where there is no such button, there is none to press.
    let mut rig = deleting_key("j j j");
    assert_eq!(writes(&click(&mut rig, stop(DeleteButton::Deactivate))), Vec::<&Operation>::new());
    assert_eq!(delete(&rig).button, DeleteButton::Field);
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    click(&mut rig, Hit::Stop(Stop::Confirm(ConfirmButton::Field)));
    assert_eq!(writes(&rig.press("Enter")), Vec::<&Operation>::new());
    // The same of many keys.
    for (keys, button, then) in [("* D 2", BulkButton::Cancel, ""), ("* x", BulkButton::Field, "Enter")] {
        let mut rig = all_keys();
        rig.presses(keys);
        click(&mut rig, Hit::Stop(Stop::Bulk(button)));
        rig.presses(then);
        assert!(rig.app.dialog.is_none() && rig.asked.is_empty(), "{keys}");
    }
}

#[test]
fn a_click_into_a_field_answers_nothing() {
    let mut rig = deleting_key("");
    rig.type_text("GitHub Actions");
    let field = Hit::Stop(Stop::Delete(DeleteButton::Field));
    assert_eq!(writes(&click(&mut rig, field)), Vec::<&Operation>::new());
    let mut rig = in_use();
    rig.examined_used();
    rig.type_text("GitHub Actions");
    let field = Hit::Stop(Stop::Confirm(ConfirmButton::Field));
    assert_eq!(writes(&click(&mut rig, field)), Vec::<&Operation>::new());
    let mut rig = all_keys();
    rig.presses("* D 2");
    click(&mut rig, Hit::Stop(Stop::Bulk(BulkButton::Field)));
    assert!(rig.app.dialog.is_some() && rig.asked.is_empty());
    // Nor do the other forms go on by it.
    let mut rig = Rig::rotating(12);
    click(&mut rig, Hit::Stop(Stop::Rotate(RotateFocus::Lifetime)));
    assert!(matches!(&rig.app.dialog, Some(Dialog::RotateInPlace(form)) if form.focus == RotateFocus::Lifetime));
    let mut rig = Rig::keys_of("prod");
    rig.press("e");
    click(&mut rig, Hit::Stop(Stop::Export(ExportFocus::Path)));
    click(&mut rig, Hit::Choice(Stop::Export(ExportFocus::To), 1));
    assert!(rig.saves.is_empty());
    assert!(
        matches!(&rig.app.dialog, Some(Dialog::Export(form)) if form.focus == ExportFocus::To && form.to == ExportTo::Clipboard)
    );
}

#[test]
fn a_click_on_a_line_of_a_list_chooses_this_one() {
    let found = Ok(vec![key(98, Some("GitLab"), true, 0, None), key(99, Some("GitLab"), true, 0, None)]);
    let mut rig = generating();
    rig.reply_write(Ok(Answer::Lost(Box::new(lost_key(found)))));
    click(&mut rig, Hit::Entry(1));
    rig.press("x");
    assert_eq!(confirm(&rig).target.key.id, KeyId(99));
    let mut rig = Rig::with_profiles();
    rig.press("P");
    click(&mut rig, Hit::Entry(2));
    rig.press("Enter");
    assert_eq!(rig.opening[0].1.as_deref(), Some("third"));
    let mut rig = Rig::keys_of("prod");
    let keys = keys_of(&project("prod"));
    rig.press("o");
    let begun = |old: usize, new: usize| replacement(&project("prod"), keys[old].id, &keys[new], rig.now);
    rig.recalls(vec![begun(0, 1), begun(2, 3)]);
    click(&mut rig, Hit::Entry(1));
    rig.press("Enter");
    assert!(matches!(&rig.app.dialog, Some(Dialog::Replace(dialog)) if dialog.old.key.id == keys[2].id));
}

#[test]
fn a_click_beside_a_question_reaches_nothing_else() {
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    for hit in
        [Hit::Key(KeyRef { id: KeyId(12), scope: project("prod") }), Hit::Pane(Pane::Scopes), Hit::Tab(Tab::Stale)]
    {
        click(&mut rig, hit);
        assert_eq!(
            (rig.app.selected().unwrap().0.id, rig.app.focus, rig.app.table.tab),
            (KeyId(11), Pane::Keys, Tab::All)
        );
    }
    // Nor does one beside the help reach what lies under it.
    rig.press("?");
    click(&mut rig, Hit::Stop(Stop::Confirm(ConfirmButton::Cancel)));
    rig.press("Esc");
    assert_eq!(confirm(&rig).target.key.id, KeyId(11));
}

/// Where nothing can be seen, nothing is done blindly.
#[test]
fn on_a_screen_that_is_too_small_there_is_nothing_to_do_but_to_leave() {
    let shrink = |rig: &mut Rig| drop(rig.send(Event::Resize { cols: 20, rows: 5 }));
    let mut rig = Rig::keys_of("prod");
    shrink(&mut rig);
    assert_eq!(rig.presses("x D c R Enter Space Esc ?"), []);
    assert!(rig.app.dialog.is_none() && rig.app.help.is_none() && rig.app.marks.is_empty());
    assert_eq!(rig.press("q"), [Effect::Quit]);
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    shrink(&mut rig);
    assert_eq!(rig.presses("y Tab Enter q Esc"), []);
    assert_eq!(confirm(&rig).button, ConfirmButton::Cancel);
    let mut rig = Rig::keys_of("prod");
    rig.press("/");
    shrink(&mut rig);
    assert_eq!(rig.presses("q"), [], "that would be a letter");
    // Where there is room, the same key closes what is read.
    let mut rig = Rig::keys_of("prod");
    rig.press("Enter");
    assert_eq!(rig.press("q"), []);
    assert!(rig.app.dialog.is_none());
}

#[test]
fn a_question_endangers_the_key_that_it_would_stop() {
    for (moves, endangered) in [("", Some(11)), ("j j j", None)] {
        let mut rig = Rig::keys_of("prod");
        rig.presses(moves);
        rig.press("x");
        let target = rig.app.dialog.as_ref().unwrap().endangers();
        assert_eq!(target.map(|target| target.key.id.0), endangered);
    }
}

/// A yes given before the key was read was for what stood there.
#[test]
fn who_types_on_after_a_yes_has_not_agreed_yet() {
    let changes: [fn(&mut Rig); 2] = [|rig| rig.type_text("x"), |rig| drop(rig.send(Event::Paste("x".to_owned())))];
    for (dialog, change) in ["x", "D"].into_iter().flat_map(|dialog| changes.map(|change| (dialog, Some(change)))) {
        for change in [None, change] {
            let mut rig = if dialog == "x" { in_use() } else { Rig::keys_of("prod") };
            if dialog == "D" {
                rig.press("D");
            }
            rig.type_text("GitHub Actions");
            assert_eq!(writes(&rig.press("Enter")), Vec::<&Operation>::new(), "it is not read yet");
            if let Some(change) = change {
                change(&mut rig);
            }
            let effects = rig.examined();
            assert_eq!(writes(&effects).is_empty(), change.is_some(), "{dialog}: {effects:?}");
        }
    }
}

fn told(found: Vec<ApiKey>) -> String {
    let mut rig = generating();
    rig.reply_write(Ok(Answer::Lost(Box::new(lost_key(Ok(found))))));
    match &rig.app.dialog {
        Some(Dialog::Lost(dialog)) => dialog.words(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_to_be_done_about_a_lost_key_depends_on_whether_it_works() {
    let new = |id, valid| key(id, Some("GitLab"), valid, 0, None);
    for (found, words) in [
        (vec![new(99, true)], "It works, so deactivate or delete it"),
        (vec![new(99, false)], "A key of this name is there now, inactive"),
        (vec![new(98, true), new(99, true)], "of one nobody has the secret"),
    ] {
        let told = told(found);
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn each_of_the_found_keys_can_be_selected_and_stays_so() {
    let found = || (97..=99).map(|id| key(id, Some("GitLab"), true, 0, None)).collect::<Vec<_>>();
    let mut rig = generating();
    rig.reply_write(Ok(Answer::Lost(Box::new(lost_key(Ok(found()))))));
    let selected = |rig: &Rig| match &rig.app.dialog {
        Some(Dialog::Lost(dialog)) => dialog.keys()[dialog.selected].id.0,
        other => panic!("{other:?}"),
    };
    for (name, expected) in [("j", 98), ("j", 99), ("j", 99), ("k", 98), ("k", 97), ("k", 97), ("j", 98)] {
        rig.press(name);
        assert_eq!(selected(&rig), expected, "{name}");
    }
    rig.press("r");
    let request = rig.take(|operation| matches!(operation, Operation::LookAgain(_)));
    let again = Lost { found: Ok(found()), ..lost_key(Ok(Vec::new())) };
    rig.reply(request, Ok(Answer::Lost(Box::new(again))));
    assert_eq!(selected(&rig), 98);
}

/// The dialog of a secret that is on the screen alone.
fn secret() -> Rig {
    let mut rig = generating();
    rig.reply_write(Ok(created(99, "CI", Some(FAKE_SECRET))));
    rig
}

fn secret_dialog(rig: &Rig) -> &SecretDialog {
    match &rig.app.dialog {
        Some(Dialog::Secret(dialog)) => dialog,
        other => panic!("{other:?}"),
    }
}

fn copied(rig: &mut Rig, delivery: Delivery) {
    let (request, _) = rig.copies.pop().unwrap();
    rig.send(Event::Copied(request, Ok(delivery)));
}

/// A terminal that may have taken it is no reason to forget the clipboard that has.
#[test]
fn what_certainly_arrived_stays_known() {
    let mut rig = secret();
    rig.press("c");
    copied(&mut rig, Delivery::Terminal);
    assert!(secret_dialog(&rig).taken.is_some() && secret_dialog(&rig).would_lose_it());
    rig.press("c");
    copied(&mut rig, Delivery::Clipboard { clears_after: None });
    assert!(!secret_dialog(&rig).would_lose_it());
    rig.press("c");
    copied(&mut rig, Delivery::Terminal);
    assert_eq!(secret_dialog(&rig).taken, Some(Delivered::Clipboard { clears_after: None }));
    assert!(!secret_dialog(&rig).would_lose_it());
}

#[test]
fn another_place_for_the_secret_can_be_typed_pasted_and_left() {
    for name in ["f", "e", "!"] {
        let mut rig = secret();
        rig.press(name);
        let place = |rig: &Rig| secret_dialog(rig).elsewhere.as_ref().map(|goal| goal.field().text().to_owned());
        let before = place(&rig).unwrap();
        rig.send(Event::Paste("ab".to_owned()));
        assert_eq!(place(&rig).unwrap(), format!("{before}ab"), "{name}");
        rig.press("Esc");
        assert_eq!(place(&rig), None, "{name}");
    }
}

/// The word that gives a secret up is wrong only until it is typed anew.
#[test]
fn a_wrong_farewell_is_told_until_something_is_typed() {
    let mut rig = secret();
    rig.press("Esc");
    assert!(secret_dialog(&rig).farewell.is_some());
    rig.type_text("no");
    assert!(!secret_dialog(&rig).is_mistyped);
    rig.press("Enter");
    assert!(secret_dialog(&rig).is_mistyped);
    rig.type_text("x");
    assert!(!secret_dialog(&rig).is_mistyped);
}

/// The list may give the signing key as one that is new: it stays as it is wherever it is found.
#[test]
fn the_signing_key_is_protected_where_it_was_found_too() {
    let mut found = key(99, Some("GitLab"), true, 0, None);
    found.value = MaskedValue::new(&format!("***{SIGNER_TAIL}"));
    for name in ["x", "D"] {
        let mut rig = generating();
        let lost = Lost { scope: Scope::Organization, ..lost_key(Ok(vec![found.clone()])) };
        rig.reply_write(Ok(Answer::Lost(Box::new(lost))));
        rig.press(name);
        assert!(matches!(rig.app.dialog, Some(Dialog::Lost(_))), "{name}: {:?}", rig.app.dialog);
        assert!(rig.toast().contains("signed in"), "{}", rig.toast());
    }
}
