//! What is said on the shell's screen once the program has ended in the middle of something.

use confident_keys::app::Event;
use confident_keys::app::message::{Delivery, Effect};
use confident_keys::config::InForce;
use confident_keys::journal::ScopeRecord;
use confident_keys::operations::{Answer, Lost, Operation, Reconciled};

use crate::replies::{deleting, generating};
use crate::support::{
    FAKE_PART, FAKE_SECRET, Rig, created, in_force, key, lost_key, project, rotated, unreachable, with_valid,
};

/// Says so at the end; in a profile, with that in each command.
#[track_caller]
fn leaves(rig: &mut Rig, expected: &[&str]) {
    let words = rig.app.leaves_behind();
    assert_eq!(words, expected);
    assert!(words.iter().all(|words| !words.contains(FAKE_PART)));
    let before = rig.app.in_force.clone();
    rig.app.puts_in_force(in_force("work"));
    let of_profile: Vec<_> = expected.iter().map(|words| words.replace("`ckeys ", "`ckeys --profile work ")).collect();
    assert_eq!(rig.app.leaves_behind(), of_profile);
    rig.app.puts_in_force(before);
}

#[test]
fn a_write_that_is_under_way_is_told_with_how_to_look_what_became_of_it() {
    let mut rig = generating();
    let generated =
        "A key called “CI” may have been generated, and nobody has its secret: `ckeys list --project prod` shows it.";
    leaves(&mut rig, &[generated]);
    rig.reply_write(Err(unreachable()));
    leaves(&mut rig, &[]);
    let mut rig = Rig::keys_of("prod");
    rig.press("j");
    rig.ask("x");
    leaves(&mut rig, &[]);
    rig.press("y");
    leaves(&mut rig, &["“Nightly evals” may have been deactivated: `ckeys get 12 --project prod` shows it."]);
    // Its first step, and its second.
    let mut rig = deleting();
    leaves(&mut rig, &["“GitHub Actions” may have been deactivated: `ckeys get 11 --project prod` shows it."]);
    rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 11, false))));
    leaves(&mut rig, &["“GitHub Actions” may have been deleted: `ckeys get 11 --project prod` shows it."]);
}

#[test]
fn a_rotation_that_is_under_way_is_told_with_what_it_may_have_cost() {
    let mut rig = Rig::rotating(12);
    rig.press("Enter");
    rig.looked();
    leaves(
        &mut rig,
        &[
            "“Nightly evals” may have been rotated: `ckeys get 12 --project prod` shows it. If it was, nobody has its new \
           value: `ckeys rotate 12 --project prod` gives it another.",
        ],
    );
}

#[test]
fn a_new_value_that_may_be_lost_is_told_with_its_key() {
    let again = "`ckeys rotate 12 --project prod` gives it another.";
    let nobody = format!("“Nightly evals” has a new value, and nobody has that: {again}");
    let perhaps = format!("“Nightly evals” has a new value, and nobody has that unless you do: {again}");
    let make = || {
        let mut rig = Rig::rotating(12);
        rig.press("Enter");
        rig.looked();
        rig.reply_write(Ok(rotated(12, 0)));
        rig
    };
    let mut rig = make();
    leaves(&mut rig, &[&nobody]);
    let (request, _) = rig.copies.remove(0);
    rig.send(Event::Copied(request, Ok(Delivery::Terminal)));
    leaves(&mut rig, &[&perhaps]);
    let mut rig = make();
    rig.press("v");
    leaves(&mut rig, &[&perhaps]);
}

#[test]
fn a_secret_that_may_be_lost_is_told_with_its_key() {
    let generated = || {
        let mut rig = generating();
        rig.reply_write(Ok(created(99, "GitLab", Some(FAKE_SECRET))));
        rig
    };
    let useless = "`ckeys deactivate 99 --project prod` makes it useless.";
    let nobody = format!("“GitLab” works, and nobody has its secret: {useless}");
    let perhaps = format!("“GitLab” works, and nobody has its secret unless you do: {useless}");
    leaves(&mut generated(), &[&nobody]);
    let mut rig = generated();
    rig.press("v");
    leaves(&mut rig, &[&perhaps]);
    for (delivery, words) in [
        (Ok(Delivery::Terminal), &[&*perhaps][..]),
        (Ok(Delivery::Clipboard { clears_after: None }), &[]),
        (Err("There is none.".to_owned()), &[&nobody]),
    ] {
        let mut rig = generated();
        rig.press("c");
        let (request, _) = rig.copies.remove(0);
        rig.send(Event::Copied(request, delivery));
        leaves(&mut rig, words);
    }
    // Given up in words: that was known.
    let mut rig = generated();
    rig.press("Esc");
    rig.type_text("discard");
    rig.press("Enter");
    leaves(&mut rig, &[]);
}

#[test]
fn lost_answers_that_were_not_dealt_with_are_told_whether_they_are_shown_or_wait() {
    let new = |id, name, valid| key(id, Some(name), valid, 0, None);
    let found = vec![new(97, "GitLab", true), new(98, "GitLab", false), new(99, "Another", true)];
    let orphan = Lost { error: None, ..lost_key(Ok(found)) };
    let dark = lost_key(Err(unreachable()));
    let words = [
        "“GitLab” works, and nobody has its secret, as far as can be told: `ckeys deactivate 97 --project prod` makes it useless.",
        "Whether a key called “GitLab” was generated could not be told yet: `ckeys list --project prod` shows it.",
    ];
    let mut rig = generating();
    rig.reply_write(Ok(Answer::Lost(Box::new(orphan.clone()))));
    leaves(&mut rig, &words[..1]);
    rig.send(Event::Reconciled(Reconciled::New(Box::new(dark))));
    leaves(&mut rig, &words);
    rig.press("Esc");
    leaves(&mut rig, &words[1..]);
    rig.press("Esc");
    leaves(&mut rig, &[]);
}

/// The next start does not tell it again.
#[test]
fn a_rotation_that_an_earlier_start_left_is_told_unless_it_was_seen() {
    let mut rig = Rig::rotating(12);
    rig.press("Esc");
    let key = with_valid(&project("prod"), 12, true);
    let place = ScopeRecord::new(&project("prod"), &"Production App".into());
    let left = Reconciled::Rotation { place, key: Box::new(key) };
    let words = "“Nightly evals” (id 12, Production App) has a new value, and nobody has that, unless somebody else rotated \
                 it since: an earlier ckeys ended while it rotated the key. Its old value has stopped; rotate it again to get \
                 another secret.";
    let effects = rig.send(Event::Reconciled(left.clone()));
    assert!(
        matches!(&effects[..], [Effect::Ask(_, Operation::Keys(_))]),
        "its list is not what was shown: {effects:?}"
    );
    assert_eq!(rig.toast(), words);
    leaves(&mut rig, &[words]);
    rig.press("Esc");
    leaves(&mut rig, &[]);
    // The name of its project may not have been known when it was begun, and other projects not now.
    for (id, name, told) in [("prod", "", "Production App"), ("gone", "Old App", "Old App")] {
        let mut rig = Rig::ready();
        let place = ScopeRecord::new(&project(id), &name.into());
        let key = Box::new(with_valid(&project("prod"), 12, true));
        rig.send(Event::Reconciled(Reconciled::Rotation { place, key }));
        assert!(rig.toast().contains(&format!("(id 12, {told})")), "{}", rig.toast());
    }
    // Rotated again it is true no more.
    let mut rig = Rig::rotating(12);
    rig.send(Event::Reconciled(left));
    assert!(rig.app.toasts.left_rotations().next().is_some());
    rig.press("Enter");
    rig.looked();
    rig.reply_write(Ok(rotated(12, 24)));
    assert!(rig.app.toasts.left_rotations().next().is_none());
}

#[test]
fn of_made_up_keys_there_is_nothing_to_know() {
    let mut rig = generating();
    rig.app.session.as_mut().unwrap().is_demo = true;
    leaves(&mut rig, &[]);
}

/// Another organization's key may have the same number.
#[test]
fn after_a_switch_each_command_names_the_profile_that_it_is_about() {
    let new = key(97, Some("GitLab"), true, 0, None);
    let lost = Lost { error: None, ..lost_key(Ok(vec![new])) };
    let commands = |rig: &Rig| -> Vec<String> {
        let words = rig.app.leaves_behind().concat();
        words.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let mut rig = Rig::with_profiles();
    rig.send(Event::Reconciled(Reconciled::New(Box::new(lost.clone()))));
    assert_eq!(commands(&rig), ["ckeys --profile first deactivate 97 --project prod"]);
    rig.presses("Esc P");
    rig.type_text("second");
    rig.press("Enter");
    rig.opened("Other Ltd.");
    assert_eq!(rig.app.profile().as_deref(), Some("second"));
    rig.answer_all();
    assert_eq!(commands(&rig), [""; 0]);
    rig.send(Event::Reconciled(Reconciled::New(Box::new(lost))));
    assert_eq!(commands(&rig), ["ckeys --profile second deactivate 97 --project prod"]);
    // The environment's key would go before the profile's own.
    let set_aside = vec!["CONFIDENT_ORG_API_KEY"];
    rig.app.puts_in_force(InForce { set_aside, ..in_force("second") });
    assert_eq!(commands(&rig), ["env -u CONFIDENT_ORG_API_KEY ckeys --profile second deactivate 97 --project prod"]);
}
