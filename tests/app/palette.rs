//! Commands, scopes and views that are found by their names: what is listed, and that choosing does what the key does.

use std::time::{Duration, Instant};

use confident_keys::api::model::{ApiKey, Project, ProjectId, Scope};
use confident_keys::app::dialog::{Command, Dialog, Palette};
use confident_keys::app::message::Effect;
use confident_keys::app::order::SortColumn;
use confident_keys::app::scopes::View;
use confident_keys::app::{Event, Pane};
use confident_keys::config::Times;
use confident_keys::keymap::{Action, Context};
use confident_keys::operations::{Answer, Operation};
use confident_keys::status::Tab;
use crossterm::event::KeyEvent;
use jiff::SignedDuration;

use crate::describe::describe;
use crate::situations::situations;
use crate::support::{Rig, key, lost_key, project, status, with_valid};

fn palette(rig: &Rig) -> &Palette {
    match &rig.app.dialog {
        Some(Dialog::Palette(palette)) => palette,
        other => panic!("{other:?}"),
    }
}

/// The titles that are found by what is typed, the best first.
fn found(rig: &mut Rig, typed: &str) -> Vec<String> {
    rig.press(":");
    rig.type_text(typed);
    let titles = palette(rig).rows().map(|entry| entry.title.clone()).collect();
    rig.press("Esc");
    titles
}

/// Steps to what does `command`, and chooses it.
fn choose(rig: &mut Rig, command: &Command) -> Vec<Effect> {
    let at = palette(rig).rows().position(|entry| entry.command == *command).unwrap();
    for _ in 0..at {
        rig.press("Down");
    }
    rig.press("Enter")
}

/// An effect without the number of its request.
fn unnumbered(effects: &[Effect]) -> Vec<String> {
    effects.iter().map(crate::describe::effect).collect()
}

#[test]
fn what_is_chosen_does_what_its_key_does() {
    let (mut compared, mut told) = (0, 0);
    let in_panes = |name: &str| ["keys", "scopes", "all keys"].iter().any(|start| name.starts_with(start));
    for (name, make) in situations().filter(|(name, _)| in_panes(name)) {
        let mut rig = make();
        rig.press(":");
        let entries: Vec<_> = palette(&rig).rows().cloned().collect();
        for entry in entries {
            let Command::Act(action) = entry.command else { continue };
            let mut by_name = make();
            by_name.press(":");
            let effects = choose(&mut by_name, &entry.command);
            let mut by_key = make();
            let contexts = by_key.app.contexts();
            let bindings = contexts.iter().flat_map(|context| by_key.app.keymap().of(*context));
            let key = bindings.filter(|it| it.action == action).find_map(|it| it.keys.first()).copied();
            if entry.why_not.is_some() && matches!(by_name.app.dialog, Some(Dialog::Palette(_))) {
                assert!(by_name.toast().starts_with("Not now: "), "{action:?} in {name}");
                assert_eq!(effects, [], "{action:?} in {name}");
                told += 1;
                continue;
            }
            let by_key_effects = by_key.send(Event::Key(key.unwrap().event()));
            assert_eq!(unnumbered(&effects), unnumbered(&by_key_effects), "{action:?} in {name}");
            assert_eq!(describe(&by_name.app), describe(&by_key.app), "{action:?} in {name}");
            compared += 1;
        }
    }
    assert!(compared > 500 && told > 50, "{compared}, {told}");
}

#[test]
fn an_action_is_found_by_its_name_and_by_its_keys_words() {
    let mut rig = Rig::keys_of("prod");
    let (mut missing, mut seen) = (Vec::new(), vec![Action::Palette]);
    for context in [Context::Keys, Context::Panes, Context::Anywhere] {
        let bindings: Vec<_> = rig.app.keymap().of(context).cloned().collect();
        for binding in bindings {
            // What works here and everywhere stands once.
            if seen.contains(&binding.action) {
                continue;
            }
            seen.push(binding.action);
            assert_eq!(found(&mut rig, binding.help).first().map(String::as_str), Some(binding.help));
            let typed = match binding.action {
                // Their tabs are called so.
                Action::Tab(tab) => tab.label().to_lowercase(),
                // Names of keys more than of what they do.
                Action::Next | Action::Previous | Action::Accept | Action::Back => continue,
                Action::PageDown | Action::PageUp => "screenful".to_owned(),
                action => action.name().replace('-', " "),
            };
            let titles = found(&mut rig, &typed);
            if !titles.iter().any(|title| title == binding.help) {
                missing.push(typed);
            }
        }
    }
    assert!(missing.is_empty(), "not found: {missing:?}");
}

#[test]
fn keys_are_shown_beside_what_they_do() {
    let mut rig = Rig::keys_of("prod");
    rig.press(":");
    let beside = |action| palette(&rig).rows().find(|it| it.command == Command::Act(action)).unwrap().beside.clone();
    assert_eq!((beside(Action::Toggle), beside(Action::Last)), ("x".to_owned(), "G End".to_owned()));
    assert_eq!(beside(Action::Tab(Tab::Stale)), "3");
}

#[test]
fn what_it_is_called_elsewhere_finds_it_too() {
    let mut rig = Rig::keys_of("prod");
    for (typed, title) in [
        ("create", "generate"),
        ("new", "generate"),
        ("disable", "deactivate"),
        ("reload", "refresh"),
        ("timezone", "times"),
        ("sidebar", "fold"),
        ("history", "show the journal"),
    ] {
        let found = found(&mut rig, typed);
        assert!(found.iter().take(3).any(|it| it.starts_with(title)), "{typed}: {found:?}");
    }
}

#[test]
fn whole_words_come_before_beginnings_of_words_and_what_is_called_so_before_what_others_call_so() {
    let mut rig = Rig::keys_of("prod");
    for (typed, first) in
        [("key", "mark the key"), ("keys", "keys in use"), ("rel", "times: relative"), ("reload", "refresh")]
    {
        let found = found(&mut rig, typed);
        assert!(found[0].starts_with(first), "{typed}: {found:?}");
    }
}

#[test]
fn every_scope_can_be_gone_to() {
    for scope in [Scope::Organization, project("prod"), project("stage"), project("void")] {
        let mut rig = Rig::keys_of("prod");
        rig.press(":");
        choose(&mut rig, &Command::Show(View::One(scope.clone())));
        assert_eq!((rig.app.view(), rig.app.focus), (View::One(scope), Pane::Keys));
    }
    let mut rig = Rig::ready();
    rig.press(":");
    rig.type_text("all keys");
    rig.press("Enter");
    assert_eq!((rig.app.view(), rig.app.focus), (View::All, Pane::Keys));
    let reads = |operation: &Operation| matches!(operation, Operation::Keys(Scope::Project(_)));
    assert!(rig.asked.iter().any(|(_, operation)| reads(operation)), "what was not read yet is read");
}

#[test]
fn every_view_can_be_chosen() {
    let mut rig = Rig::keys_of("prod");
    for (typed, expected) in [("sort name", SortColumn::Name), ("sort last", SortColumn::LastUsed)] {
        rig.press(":");
        rig.type_text(typed);
        rig.press("Enter");
        assert_eq!(rig.app.table.sort, expected);
    }
    rig.press(":");
    rig.type_text("times utc");
    rig.press("Enter");
    assert_eq!(rig.app.times, Times::Utc);
    rig.press(":");
    let as_now = |rig: &Rig| -> Vec<String> {
        palette(rig).rows().filter(|entry| entry.beside == "as now").map(|entry| entry.title.clone()).collect()
    };
    assert_eq!(
        as_now(&rig),
        ["sort by last used: not used for longest first", "columns: the usual ones", "times: UTC"]
    );
    // Scopes are a column among all keys alone, and times of expiry where a key has one.
    for column in [SortColumn::Scope, SortColumn::Expires] {
        assert!(palette(&rig).rows().all(|entry| entry.command != Command::Sort(column)), "{column:?}");
    }
    rig.press("Esc");
    rig.answer_all();
    rig.press("r");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    let expiring = ApiKey { expires_at: Some(rig.now), ..with_valid(&project("prod"), 11, true) };
    rig.reply(request, Ok(Answer::Keys(vec![expiring])));
    rig.press(":");
    assert!(palette(&rig).rows().any(|entry| entry.command == Command::Sort(SortColumn::Expires)));
}

#[test]
fn what_can_t_be_done_is_last_says_why_and_stays() {
    let mut rig = Rig::ready();
    rig.press(":");
    let rows: Vec<_> = palette(&rig).rows().cloned().collect();
    let first = rows.iter().position(|entry| entry.why_not.is_some()).unwrap();
    assert!(rows[first..].iter().all(|entry| entry.why_not.is_some()));
    let delete = rows.iter().find(|entry| entry.command == Command::Act(Action::Delete)).unwrap();
    assert_eq!(delete.why_not.as_deref(), Some("only among the keys"));
    assert_eq!(choose(&mut rig, &Command::Act(Action::Delete)), []);
    assert_eq!(rig.toast(), "Not now: only among the keys.");
    assert!(matches!(rig.app.dialog, Some(Dialog::Palette(_))));
}

#[test]
fn the_last_of_a_long_list_is_reached_a_screenful_at_a_time() {
    for (cols, rows) in [(60, 16), (80, 24), (120, 36)] {
        let mut rig = Rig::keys_of("prod");
        rig.send(Event::Resize { cols, rows });
        rig.press(":");
        let (len, page) = (palette(&rig).len(), usize::from(rig.app.size.palette_rows()) - 1);
        for _ in 0..len.div_ceil(page) {
            rig.press("PgDn");
        }
        assert_eq!(palette(&rig).selected(), len - 1);
        rig.press("PgUp");
        assert_eq!(palette(&rig).selected(), len - 1 - page);
    }
}

#[test]
fn what_is_typed_begins_at_the_best_match_again() {
    let mut rig = Rig::keys_of("prod");
    rig.presses(": Down Down Down Down Up");
    assert_eq!(palette(&rig).selected(), 3);
    rig.send(Event::Paste("go to".to_owned()));
    assert_eq!((palette(&rig).selected(), palette(&rig).field.text()), (0, "go to"));
    rig.press("Down");
    // A key that types nothing leaves the choice alone.
    rig.press("Left");
    assert_eq!(palette(&rig).selected(), 1);
}

#[test]
fn projects_that_are_read_meanwhile_are_found_and_the_choice_stays() {
    let mut rig = Rig::loading();
    rig.press(":");
    rig.type_text("go to");
    let before = palette(&rig).len();
    rig.press("Down");
    let chosen = palette(&rig).chosen().unwrap().clone();
    rig.answer_all();
    assert_eq!((palette(&rig).len(), palette(&rig).chosen()), (before + 3, Some(&chosen)));
}

#[test]
fn what_waited_for_its_turn_comes_before_the_command() {
    let mut rig = Rig::keys_of("prod");
    rig.press(":");
    rig.type_text("export");
    rig.send(Event::Reconciled(confident_keys::operations::Reconciled::New(Box::new(lost_key(Ok(vec![key(
        31,
        Some("CI"),
        true,
        0,
        None,
    )]))))));
    rig.press("Enter");
    assert!(matches!(rig.app.dialog, Some(Dialog::Lost(_))), "{:?}", rig.app.dialog);
}

/// Typing after the name of the last of so many projects: what came of it, and how long it took.
fn typed_among(many: usize) -> (Rig, Duration) {
    let mut rig = Rig::loading();
    let request = rig.take(|operation| *operation == Operation::Projects);
    let projects = (0..many).map(|at| Project {
        id: ProjectId::new(&format!("p{at}")).unwrap(),
        name: format!("Project number {} of the department", 10_001 + at - many).as_str().into(),
        description: None,
        created_at: None,
    });
    rig.reply(request, Ok(Answer::Projects(projects.collect())));
    rig.press(":");
    let begun = Instant::now();
    rig.type_text("number 10000");
    let took = begun.elapsed();
    assert_eq!(palette(&rig).rows().next().unwrap().title, "go to Project number 10000 of the department");
    (rig, took)
}

#[test]
fn thousands_of_projects_are_searched_at_once() {
    let (_, few) = typed_among(300);
    let (mut rig, many) = typed_among(3000);
    // A list that is gone through for each of its entries would take a hundred times as long.
    assert!(many < few * 40, "{few:?} and {many:?}");
    assert!(!rig.app.contexts().contains(&Context::Panes));
    let far = KeyEvent::from(crossterm::event::KeyCode::PageDown);
    rig.send(Event::Key(far));
}

#[test]
fn every_other_profile_can_be_switched_to_as_by_its_row() {
    let mut rig = Rig::with_profiles();
    let others: Vec<_> = rig.app.other_profiles().map(|listed| listed.name.clone()).collect();
    assert!(others.len() > 1);
    rig.press(":");
    let listed: Vec<_> = palette(&rig).rows().filter(|entry| matches!(entry.command, Command::Enter(_))).collect();
    assert_eq!(listed.len(), others.len());
    for name in others {
        let mut by_name = Rig::with_profiles();
        by_name.press(":");
        by_name.type_text(&format!("switch to {}", name.as_deref().unwrap()));
        let effects = by_name.press("Enter");
        assert!(matches!(&effects[..], [Effect::OpenProfile(_, opened)] if *opened == name), "{effects:?}");
        assert!(by_name.app.dialog.is_none());
        let mut by_row = Rig::with_profiles();
        while by_row.app.profile_at_cursor().is_none_or(|listed| listed.name != name) {
            by_row.press("Down");
        }
        // On its row, there is one entry for it.
        by_row.press(":");
        assert!(palette(&by_row).rows().all(|it| it.command != Command::Act(Action::Accept) || it.why_not.is_some()));
        by_row.press("Esc");
        let effects = by_row.press("Enter");
        assert!(matches!(&effects[..], [Effect::OpenProfile(_, opened)] if *opened == name), "{effects:?}");
    }
}

#[test]
fn each_action_tells_why_it_can_not_be_done_now() {
    let why_not = |rig: &mut Rig, action: Action| {
        rig.press(":");
        let why_not = palette(rig).rows().find(|entry| entry.command == Command::Act(action)).unwrap().why_not.clone();
        rig.press("Esc");
        why_not
    };
    let about_one = [
        Action::Toggle,
        Action::Delete,
        Action::Rotate,
        Action::CopyMenu,
        Action::Mark,
        Action::MarkRange,
        Action::Accept,
    ];
    let (mut none, mut one) = (Rig::keys_of("void"), Rig::keys_of("prod"));
    for action in about_one {
        assert_eq!(why_not(&mut none, action).as_deref(), Some("no key is selected"), "{action:?}");
        assert_eq!(why_not(&mut one, action), None, "{action:?}");
    }
    for (action, expected) in [
        (Action::MarkAll, "no key is shown"),
        (Action::Undo, "nothing to undo"),
        (Action::Unreadable, "all could be read"),
    ] {
        assert_eq!(why_not(&mut none, action).as_deref(), Some(expected));
    }
    assert_eq!(why_not(&mut one, Action::MarkAll), None);
    // What is done in one pane alone is not done from the other, and it says in which.
    let mut scopes = Rig::ready();
    assert_eq!(why_not(&mut scopes, Action::Toggle).as_deref(), Some("only among the keys"));
    assert_eq!(why_not(&mut scopes, Action::Refresh), None);
    // Marked keys may be in another scope.
    one.presses("Space h G");
    one.pass(SignedDuration::from_secs(1));
    one.answer_all();
    one.press("Tab");
    assert!(one.app.selected().is_none());
    for action in [Action::Toggle, Action::Delete] {
        assert_eq!(why_not(&mut one, action), None, "{action:?}");
    }
    assert_eq!(why_not(&mut one, Action::Rotate).as_deref(), Some("no key is selected"));
    // What was done can be undone, and what was not read is told.
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    rig.press("y");
    rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 11, false))));
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.reply(request, Err(status(403)));
    assert_eq!((why_not(&mut rig, Action::Undo), why_not(&mut rig, Action::Unreadable)), (None, None));
}
