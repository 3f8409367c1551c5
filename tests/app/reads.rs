//! What replies of reads do: the last good value stays, late ones are dropped, failures are told once.

use confident_keys::api::model::{KeyId, Scope};
use confident_keys::app::dialog::Dialog;
use confident_keys::app::request::RequestId;
use confident_keys::app::toast::Tone;
use confident_keys::app::{Event, Pane};
use confident_keys::operations::{Answer, Operation};
use jiff::SignedDuration;

use crate::support::{
    Rig, errors, first_answer, key, keys_of, organization, project, projects, session, status, with_valid,
};

/// When a read that was not answered may be begun anew.
const SLOW: SignedDuration = SignedDuration::from_secs(3);

fn is_keys(operation: &Operation) -> bool {
    matches!(operation, Operation::Keys(_))
}

fn selected(rig: &Rig) -> Option<KeyId> {
    rig.app.selected().map(|(key, _)| key.id)
}

#[test]
fn the_first_thing_asked_is_everything_on_the_screen() {
    let rig = Rig::loading();
    let asked: Vec<_> = rig.asked.iter().map(|(_, operation)| operation.clone()).collect();
    assert_eq!(asked, [Operation::Organization, Operation::Projects, Operation::Keys(Scope::Organization)]);
    assert!(rig.app.is_working());
    assert!(Rig::signed_out().asked.is_empty());
}

#[test]
fn each_read_brings_its_part() {
    let mut rig = Rig::loading();
    rig.answer_all();
    assert_eq!(rig.app.organization.value(), Some(&organization()));
    assert_eq!(rig.app.projects.value(), Some(&projects()));
    assert_eq!(rig.app.scope_keys().unwrap().value(), Some(&keys_of(&Scope::Organization).into()));
    assert_eq!(rig.app.scopes.rows.len(), 5);
    assert!(!rig.app.is_working());
    assert!(rig.app.toasts.is_empty());
}

#[test]
fn a_first_failure_is_shown_by_the_pane_alone() {
    for error in errors() {
        let mut rig = Rig::loading();
        for (request, _) in std::mem::take(&mut rig.asked) {
            assert_eq!(rig.reply(request, Err(error.clone())), []);
        }
        assert_eq!(rig.app.organization.error(), Some(&error));
        assert_eq!(rig.app.projects.error(), Some(&error));
        assert_eq!(rig.app.scope_keys().unwrap().error(), Some(&error));
        assert!(rig.app.toasts.is_empty());
        assert!(!rig.app.is_working());
        // Trying again brings everything.
        rig.press("r");
        rig.answer_all();
        assert!(rig.app.organization.error().is_none() && rig.app.scope_keys().unwrap().error().is_none());
        assert_eq!(rig.app.table.rows().len(), 2);
    }
}

#[test]
fn a_later_failure_keeps_what_was_read_and_is_told() {
    for error in errors() {
        for part in 0..3 {
            let mut rig = Rig::ready();
            rig.press("r");
            let (request, operation) = rig.asked.remove(part);
            rig.reply(request, Err(error.clone()));
            // Once for all that are read side by side, so that it stays away once it was dismissed.
            assert!(rig.app.toasts.is_empty(), "{operation:?}");
            rig.answer_all();
            assert!(rig.toast().contains(&error.summary()), "{operation:?}: {}", rig.toast());
            assert_eq!(rig.app.toasts.newest().unwrap().tone, Tone::Error);
            assert_eq!(rig.app.organization.value(), Some(&organization()));
            assert_eq!(rig.app.projects.value(), Some(&projects()));
            assert_eq!(rig.app.table.rows().len(), 2);
        }
    }
}

#[test]
fn late_replies_change_nothing_and_say_nothing() {
    let mut rig = Rig::ready();
    rig.press("r");
    let late = std::mem::take(&mut rig.asked);
    rig.now += SLOW;
    rig.press("r");
    for (request, operation) in &late {
        let answer = match operation {
            Operation::Keys(_) => Answer::Keys(Vec::new()),
            Operation::Projects => Answer::Projects(Vec::new()),
            operation => first_answer(operation),
        };
        assert_eq!(rig.reply(*request, Ok(answer)), []);
    }
    assert!(rig.app.organization.is_loading() && rig.app.projects.is_loading());
    assert_eq!((rig.app.table.rows().len(), rig.app.scopes.rows.len()), (2, 5));
    for (request, _) in late {
        rig.reply(request, Err(status(500)));
    }
    assert!(rig.app.toasts.is_empty());
    rig.answer_all();
    assert!(!rig.app.is_working());
}

fn asked(rig: &Rig) -> Vec<Operation> {
    rig.asked.iter().map(|(_, operation)| operation.clone()).collect()
}

#[test]
fn whoever_presses_r_again_does_not_start_over() {
    let everything = [Operation::Organization, Operation::Projects, Operation::Keys(Scope::Organization)];
    let mut rig = Rig::ready();
    rig.press("r");
    for _ in 0..3 {
        rig.now += SignedDuration::from_millis(900);
        assert_eq!(rig.press("r"), []);
    }
    assert_eq!(asked(&rig), everything);
    rig.answer_all();
    assert!(!rig.app.is_working());
    // Answered, it is read again at once.
    rig.press("r");
    assert_eq!(asked(&rig), everything);
    // What has come meanwhile is read again, what has not is waited for.
    let organization = rig.take(|operation| *operation == Operation::Organization);
    rig.reply(organization, Ok(Answer::Organization(crate::support::organization())));
    assert_eq!(rig.press("r").len(), 1);
    assert_eq!(asked(&rig), [Operation::Projects, Operation::Keys(Scope::Organization), Operation::Organization]);
}

#[test]
fn what_has_not_come_for_a_while_is_begun_anew() {
    let mut rig = Rig::ready();
    rig.press("r");
    let late = std::mem::take(&mut rig.asked);
    rig.now += SLOW;
    rig.press("r");
    assert_eq!(asked(&rig), late.iter().map(|(_, operation)| operation.clone()).collect::<Vec<_>>());
    // From then on that is waited for, also when the clock is set back.
    rig.now += SignedDuration::from_secs(1);
    assert_eq!(rig.press("r"), []);
    rig.now -= SignedDuration::from_hours(1);
    assert_eq!(rig.press("r").len(), 3);
}

#[test]
fn another_scope_is_read_whatever_else_is_under_way() {
    let mut rig = Rig::ready();
    rig.press("r");
    rig.press("j");
    rig.pass(SignedDuration::from_secs(1));
    assert_eq!(asked(&rig).iter().filter(|operation| is_keys(operation)).count(), 2);
    assert_eq!(rig.press("r"), [], "the new one is being read, too");
}

#[test]
fn a_late_list_does_not_reach_the_dialog_either() {
    let mut rig = Rig::keys_of("prod");
    rig.press("r");
    let late = rig.take(is_keys);
    rig.now += SLOW;
    rig.press("r");
    let fresh = rig.take(is_keys);
    rig.press("x");
    rig.reply(fresh, Ok(Answer::Keys(keys_of(&project("prod")))));
    rig.reply(late, Ok(Answer::Keys(Vec::new())));
    assert!(matches!(&rig.app.dialog, Some(Dialog::Confirm(question)) if !question.is_gone));
}

#[test]
fn replies_that_nobody_asked_for_change_nothing() {
    let mut rig = Rig::ready();
    let before = crate::describe::describe(&rig.app);
    for answer in [
        Answer::Keys(Vec::new()),
        Answer::Deleted { acknowledged: true },
        Answer::Projects(Vec::new()),
        crate::support::created(9, "x", Some(crate::support::FAKE_SECRET)),
    ] {
        assert_eq!(rig.reply(RequestId(1), Ok(answer.clone())), []);
        assert_eq!(rig.reply(RequestId(9999), Ok(answer)), []);
    }
    assert_eq!(rig.reply(RequestId(9999), Err(status(500))), []);
    assert_eq!(crate::describe::describe(&rig.app), before);
}

#[test]
fn an_answer_of_another_kind_is_a_failure_and_nothing_waits_for_good() {
    let mut rig = Rig::loading();
    for (request, _) in std::mem::take(&mut rig.asked) {
        assert_eq!(rig.reply(request, Ok(Answer::Deleted { acknowledged: true })), []);
    }
    assert!(!rig.app.is_working());
    assert!(!rig.app.organization.is_loading() && rig.app.organization.error().is_some());
    assert!(rig.app.scope_keys().unwrap().error().is_some());
}

#[test]
fn the_selected_key_stays_selected_when_the_list_changes() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("j j r");
    assert_eq!(selected(&rig), Some(KeyId(13)));
    let request = rig.take(is_keys);
    let mut keys = keys_of(&project("prod"));
    keys.insert(0, key(90, Some("New"), true, 0, None));
    rig.reply(request, Ok(Answer::Keys(keys)));
    assert_eq!((selected(&rig), rig.app.table.selection.index()), (Some(KeyId(13)), 3));
    // Gone: what took its place.
    rig.press("r");
    let request = rig.asked.pop().unwrap().0;
    rig.reply(request, Ok(Answer::Keys(keys_of(&project("prod")).into_iter().filter(|key| key.id.0 != 13).collect())));
    assert_eq!((selected(&rig), rig.app.table.selection.index()), (Some(KeyId(15)), 3));
}

#[test]
fn a_project_that_is_gone_gives_way_to_another_which_is_read() {
    let mut rig = Rig::keys_of("stage");
    rig.press("/");
    rig.type_text("ci");
    rig.presses("Enter r");
    let request = rig.take(|operation| matches!(operation, Operation::Projects));
    // The other reads are answered first, so that nothing else is on its way.
    rig.answer_all();
    let mut left = projects();
    left.retain(|project| project.id.as_str() != "stage");
    let effects = rig.reply(request, Ok(Answer::Projects(left)));
    assert_eq!(rig.app.scope(), project("void"));
    assert_eq!(rig.app.table.filter.text(), "");
    assert!(matches!(&effects[..], [confident_keys::app::message::Effect::Ask(_, Operation::Keys(scope))]
        if *scope == project("void")));
}

#[test]
fn passing_by_scopes_reads_the_first_and_the_last() {
    let mut rig = Rig::ready();
    let reads = |effects: &[confident_keys::app::message::Effect]| effects.len();
    assert_eq!(reads(&rig.press("j")), 1);
    rig.now += SignedDuration::from_millis(30);
    assert_eq!(reads(&rig.press("j")), 0);
    rig.now += SignedDuration::from_millis(30);
    assert_eq!(reads(&rig.press("j")), 0);
    let due = rig.app.wake_at().unwrap();
    assert!(due > rig.now && due <= rig.now + SignedDuration::from_millis(200));
    rig.now = due;
    rig.app.take_needs_draw();
    let effects = rig.send(Event::Tick);
    assert!(matches!(&effects[..], [confident_keys::app::message::Effect::Ask(_, Operation::Keys(scope))]
        if *scope == project("void")));
    assert!(rig.app.take_needs_draw());
    assert_eq!(rig.asked.len(), 2);
    // What was passed by is not lost: its reply is kept for when it is chosen.
    rig.answer_all();
    rig.presses("k k");
    assert_eq!(rig.app.table.rows().len(), 5);
}

#[test]
fn a_rest_that_was_overtaken_reads_nothing_twice() {
    let mut rig = Rig::ready();
    rig.presses("j j");
    assert!(rig.asked.iter().all(|(_, operation)| *operation != Operation::Keys(project("stage"))));
    // Refreshed by hand before the choice came to rest.
    rig.press("r");
    assert_eq!(rig.pass(SignedDuration::from_secs(1)), []);
    // Going in by hand reads at once, and not again at rest.
    rig.presses("j j");
    let mut rig = Rig::ready();
    rig.presses("j j");
    assert_eq!(rig.press("Enter").len(), 1);
    assert_eq!(rig.pass(SignedDuration::from_secs(1)), []);
}

#[test]
fn a_scope_is_read_again_only_once_it_is_old() {
    let mut rig = Rig::keys_of("prod");
    rig.press("h");
    assert_eq!(rig.presses("k j"), []);
    rig.pass(SignedDuration::from_secs(61));
    assert_eq!(rig.press("k").len(), 1);
    // While it is shown it is not read by itself.
    rig.answer_all();
    assert_eq!(rig.pass(SignedDuration::from_secs(600)), []);
}

#[test]
fn typing_a_filter_for_scopes_while_keys_load_reads_what_it_leads_to() {
    let mut rig = Rig::ready();
    rig.press("j");
    assert_eq!(rig.app.scope(), project("prod"));
    rig.press("/");
    rig.now += SignedDuration::from_millis(10);
    // The chosen one goes: the one in its place is chosen, and read once the typing rests.
    rig.type_text("st");
    assert_eq!(rig.app.scope(), project("stage"));
    assert!(rig.asked.iter().all(|(_, operation)| *operation != Operation::Keys(project("stage"))));
    let effects = rig.pass(SignedDuration::from_millis(200));
    assert_eq!(effects.len(), 1);
    rig.answer_all();
    assert_eq!(selected(&rig), Some(KeyId(22)));
    assert!(rig.app.is_filtering);
    // Clearing keeps the choice.
    rig.press("Esc");
    assert_eq!((rig.app.scope(), rig.app.scopes.rows.len()), (project("stage"), 5));
    assert_eq!(selected(&rig), Some(KeyId(22)));
}

#[test]
fn a_pasted_filter_works_like_a_typed_one() {
    let mut rig = Rig::keys_of("prod");
    rig.press("/");
    rig.send(Event::Paste("old\n".into()));
    assert_eq!(selected(&rig), Some(KeyId(13)));
    assert_eq!((rig.app.table.rows().len(), rig.app.is_filtering), (1, true));
}

#[test]
fn while_a_filter_is_typed_the_selection_moves_and_only_that_of_the_keys_is_completed() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("/ Down Down Up");
    assert_eq!((selected(&rig), rig.app.is_filtering), (Some(KeyId(12)), true));
    rig.type_text("nev");
    rig.presses("Enter h / Tab");
    assert_eq!(rig.app.table.filter.text(), "nev", "another field is typed in");
    rig.presses("Enter l / Tab");
    assert_eq!(rig.app.table.filter.text(), "never");
}

#[test]
fn what_is_told_of_a_key_is_as_it_was_read_last() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("r Enter");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.reply(request, Ok(Answer::Keys(vec![with_valid(&project("prod"), 11, false)])));
    assert!(matches!(&rig.app.dialog, Some(Dialog::Details(_, target)) if !target.key.valid));
}

#[test]
fn the_next_match_after_the_last_is_the_first() {
    for pane in [Pane::Scopes, Pane::Keys] {
        let mut rig = Rig::keys_of("prod");
        rig.press("g");
        let mut last = 4;
        if pane == Pane::Scopes {
            rig.presses("h g");
            last = rig.app.scopes.rows.len() - 1;
        }
        for (name, expected) in
            [("n", 1), ("n", 2), ("N", 1), ("N", 0), ("N", last), ("N", last - 1), ("n", last), ("n", 0)]
        {
            rig.press(name);
            let at = match pane {
                Pane::Scopes => rig.app.scopes.selection.index(),
                Pane::Keys => rig.app.table.selection.index(),
            };
            assert_eq!(at, expected, "{name} in {pane:?}");
        }
    }
}

#[test]
fn a_connection_starts_reading() {
    let mut rig = Rig::signed_out();
    assert_eq!(rig.app.contexts()[0], confident_keys::keymap::Context::SignedOut);
    assert_eq!(rig.press("d"), [confident_keys::app::message::Effect::StartDemo]);
    let effects = rig.send(Event::Connected(session()));
    assert_eq!(effects.len(), 3);
    assert!(rig.app.signed_out.is_none());
    rig.answer_all();
    assert_eq!((rig.app.focus, rig.app.table.rows().len()), (Pane::Scopes, 2));
}
