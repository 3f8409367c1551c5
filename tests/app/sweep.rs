//! All keys: the sweep over the scopes, and the table of what it found.

use std::collections::BTreeSet;

use confident_keys::api::error::ApiError;
use confident_keys::api::model::{KeyId, Project, ProjectId, Scope};
use confident_keys::app::dialog::Dialog;
use confident_keys::app::message::{Effect, Event};
use confident_keys::app::order::SortColumn;
use confident_keys::app::scopes::View;
use confident_keys::operations::{Answer, Operation};
use confident_keys::status::Tab;
use jiff::SignedDuration;

use crate::support::{Rig, asks_to_wait, first_answer, key, organization, project, replacement, status, with_valid};

const PROJECTS: usize = 40;

fn many() -> Vec<Project> {
    (0..PROJECTS)
        .map(|number| Project {
            id: ProjectId::new(&format!("p{number}")).unwrap(),
            name: format!("Project {number}").as_str().into(),
            description: None,
            created_at: None,
        })
        .collect()
}

/// The organization with many projects, of which none was looked at.
pub(crate) fn large() -> Rig {
    let mut rig = Rig::loading();
    for (request, operation) in std::mem::take(&mut rig.asked) {
        let answer = match operation {
            Operation::Organization => Answer::Organization(organization()),
            Operation::Projects => Answer::Projects(many()),
            other => first_answer(&other),
        };
        rig.reply(request, Ok(answer));
    }
    rig
}

pub(crate) fn swept(rig: &Rig) -> BTreeSet<Scope> {
    let scopes = rig.asked.iter().filter_map(|(_, operation)| match operation {
        Operation::Keys(scope) => Some(scope.clone()),
        _ => None,
    });
    scopes.collect()
}

/// Answers the read of `scope`.
pub(crate) fn answer(rig: &mut Rig, scope: &Scope, result: Result<i64, ApiError>) -> Vec<Effect> {
    let request = rig.take(|operation| *operation == Operation::Keys(scope.clone()));
    rig.reply(request, result.map(|id| Answer::Keys(vec![key(id, Some("CI"), true, id, None)])))
}

/// All scopes are being read, and the first of them could not be.
fn first_failed(error: ApiError) -> (Rig, Scope) {
    let mut rig = large();
    rig.press("0");
    let first = swept(&rig).into_iter().next().unwrap();
    answer(&mut rig, &first, Err(error));
    (rig, first)
}

fn answer_next(rig: &mut Rig, id: i64) -> Scope {
    let scope = swept(rig).into_iter().next().unwrap();
    answer(rig, &scope, Ok(id));
    scope
}

#[test]
fn sixteen_scopes_are_read_side_by_side_until_all_are_read() {
    let mut rig = large();
    rig.press("0");
    assert_eq!(rig.app.view(), View::All);
    // The organization's were read just now.
    assert_eq!((swept(&rig).len(), rig.app.sweeping()), (16, Some((0, PROJECTS))));
    let mut seen = BTreeSet::new();
    for done in 1..=PROJECTS {
        let left = PROJECTS - done;
        assert!(seen.insert(answer_next(&mut rig, 100 + i64::try_from(done).unwrap())), "read twice");
        assert_eq!(swept(&rig).len(), left.min(16));
        assert_eq!(rig.app.sweeping(), (left > 0).then_some((done, PROJECTS)));
    }
    rig.pass(SignedDuration::from_secs(1));
    assert_eq!(rig.app.table.rows().len(), 2 + PROJECTS);
    assert_eq!(rig.app.count(&View::All, Tab::All), Some(2 + PROJECTS));
    assert!(!rig.app.is_working());
}

#[test]
fn rows_come_in_as_answers_arrive_and_the_top_stays_in_sight_until_somebody_moves() {
    let mut rig = large();
    rig.press("0");
    for id in [3, 2] {
        answer_next(&mut rig, id);
        rig.pass(SignedDuration::from_millis(100));
    }
    assert_eq!((rig.app.table.rows().len(), rig.app.selected().unwrap().0.id), (4, KeyId(2)), "the newest is on top");
    rig.press("j");
    assert_eq!(rig.app.selected().unwrap().0.id, KeyId(3));
    answer_next(&mut rig, 1);
    rig.pass(SignedDuration::from_millis(100));
    assert_eq!((rig.app.table.rows().len(), rig.app.selected().unwrap().0.id), (5, KeyId(3)));
    assert_eq!(rig.app.table.selection.index(), 2);
}

#[test]
fn the_first_rows_come_with_their_answers_and_later_ones_together() {
    let mut rig = large();
    rig.pass(SignedDuration::from_secs(1));
    rig.press("0");
    let begun = rig.now;
    let wait = |rig: &mut Rig| {
        rig.now = rig.app.wake_at().unwrap();
        rig.send(Event::Tick);
        (rig.now.duration_since(begun).as_millis(), rig.app.table.rows().len())
    };
    // Those that were asked for together have a moment to come together.
    answer_next(&mut rig, 11);
    rig.now += SignedDuration::from_millis(1);
    answer_next(&mut rig, 12);
    assert_eq!(rig.app.table.rows().len(), 2);
    assert_eq!(wait(&mut rig), (5, 4));
    // However quickly more come, the rows are not worked out for each of them.
    rig.now += SignedDuration::from_millis(2);
    answer_next(&mut rig, 13);
    rig.now += SignedDuration::from_millis(20);
    answer_next(&mut rig, 14);
    assert_eq!(rig.app.table.rows().len(), 4);
    assert_eq!(wait(&mut rig), (35, 6));
    // After a pause, it is as at first.
    rig.now += SignedDuration::from_millis(65);
    answer_next(&mut rig, 15);
    assert_eq!(wait(&mut rig), (105, 7));
}

#[test]
fn a_row_is_about_the_key_of_its_own_scope() {
    let mut rig = Rig::ready();
    rig.press("0");
    rig.answer_all();
    rig.pass(SignedDuration::from_secs(1));
    let all: Vec<(Scope, KeyId)> = (0..rig.app.table.rows().len())
        .map(|at| (rig.app.scope_at(at).unwrap().clone(), rig.app.row(at).unwrap().0.id))
        .collect();
    for (scope, id) in [(project("prod"), 12), (project("stage"), 21), (Scope::Organization, 2)] {
        assert!(all.contains(&(scope.clone(), KeyId(id))));
        let at = all.iter().position(|(_, other)| *other == KeyId(id)).unwrap();
        rig.press("g");
        for _ in 0..at {
            rig.press("j");
        }
        assert_eq!(rig.app.scope(), scope);
        rig.ask("x");
        assert!(matches!(&rig.app.dialog, Some(Dialog::Confirm(question)) if question.target.scope == scope));
        let effects = rig.press("y");
        let asked = Operation::SetValid { scope: scope.clone(), id: KeyId(id), valid: false };
        assert!(matches!(&effects[..], [Effect::Ask(_, operation)] if *operation == asked));
        rig.reply_write(Ok(Answer::Key(with_valid(&scope, id, false))));
        assert!(!rig.app.row(at).unwrap().0.valid || rig.app.row(at).unwrap().0.id != KeyId(id));
        rig.answer_all();
    }
    // The key that signs is known there, too.
    let at = all.iter().position(|(_, id)| *id == KeyId(1)).unwrap();
    rig.press("g");
    for _ in 0..at {
        rig.press("j");
    }
    rig.press("x");
    assert!(rig.app.dialog.is_none() && rig.toast().contains("signed in with"), "{}", rig.toast());
}

#[test]
fn escape_stops_and_r_goes_on() {
    let mut rig = large();
    rig.press("0");
    answer_next(&mut rig, 100);
    rig.press("Esc");
    assert_eq!(rig.app.sweeping(), None);
    assert!(rig.toast().contains("1 of 40"), "{}", rig.toast());
    assert_eq!(rig.app.view(), View::All);
    // What was under way still counts.
    while !swept(&rig).is_empty() {
        answer_next(&mut rig, 100);
    }
    rig.pass(SignedDuration::from_secs(1));
    assert_eq!(rig.app.table.rows().len(), 2 + 17);
    rig.presses("Esc r");
    assert_eq!((swept(&rig).len(), rig.app.sweeping()), (16, Some((0, PROJECTS - 17))), "those alone that are left");
}

#[test]
fn what_else_is_asked_for_meanwhile_is_read_as_well() {
    let mut rig = large();
    rig.presses("0 o");
    let new = key(1, Some("ckeys"), true, 0, None);
    rig.recalls(vec![replacement(&Scope::Organization, KeyId(2), &new, rig.now)]);
    rig.press("r");
    assert_eq!(rig.app.sweeping(), Some((0, PROJECTS + 1)));
    let mut seen = BTreeSet::new();
    while !swept(&rig).is_empty() {
        seen.insert(answer_next(&mut rig, 100));
    }
    assert_eq!((seen.len(), seen.contains(&Scope::Organization)), (PROJECTS + 1, true));
    assert_eq!(rig.app.sweeping(), None);
}

#[test]
fn projects_that_are_read_last_begin_nothing_anew() {
    let mut rig = large();
    rig.press("0");
    while !swept(&rig).is_empty() {
        answer_next(&mut rig, 100);
    }
    rig.press("r");
    let request = rig.take(|operation| *operation == Operation::Projects);
    while !swept(&rig).is_empty() {
        answer_next(&mut rig, 100);
    }
    rig.reply(request, Ok(Answer::Projects(many())));
    assert_eq!((swept(&rig).len(), rig.app.sweeping()), (0, None));
}

#[test]
fn keys_that_are_read_for_another_reason_than_to_be_shown_are_counted() {
    let mut rig = Rig::keys_of("prod");
    assert_eq!(rig.app.count(&View::One(project("stage")), Tab::All), None);
    rig.press("o");
    rig.recalls(vec![replacement(&project("stage"), KeyId(21), &key(22, Some("CI"), true, 1, None), rig.now)]);
    rig.answer_all();
    rig.pass(SignedDuration::from_secs(1));
    assert_eq!(rig.app.count(&View::One(project("stage")), Tab::All), Some(2));
    assert_eq!(rig.app.count(&View::All, Tab::All), Some(9));
}

#[test]
fn a_view_that_the_filter_hides_is_shown_all_the_same() {
    let mut rig = Rig::ready();
    rig.press("/");
    rig.type_text("stag");
    rig.press("Enter");
    let filtered = rig.app.scopes.rows.len();
    rig.press("0");
    assert_eq!(rig.app.view(), View::All);
    assert!(rig.app.scopes.rows.len() > filtered, "it is in sight");
}

#[test]
fn only_among_all_keys_there_is_a_scope_to_sort_by() {
    let mut rig = Rig::ready();
    rig.press("0");
    rig.answer_all();
    while rig.app.table.sort != SortColumn::Scope {
        rig.press("s");
    }
    rig.presses("h j");
    assert!(rig.app.view() != View::All && rig.app.table.sort != SortColumn::Scope);
    // Nor does it come up there.
    for expected in [SortColumn::Created, SortColumn::LastUsed, SortColumn::Name, SortColumn::Status] {
        assert_eq!(rig.app.table.sort, expected);
        rig.press("s");
    }
    assert_eq!(rig.app.table.sort, SortColumn::Created);
}

#[test]
fn another_scope_can_be_looked_at_meanwhile() {
    let mut rig = large();
    rig.presses("0 h j j");
    assert_eq!(rig.app.scope(), project("p0"));
    rig.pass(SignedDuration::from_secs(1));
    assert_eq!(swept(&rig).len(), 16, "it is being read already");
    answer(&mut rig, &project("p0"), Ok(7));
    assert_eq!((rig.app.table.rows().len(), swept(&rig).len()), (1, 16), "the sweep goes on");
    rig.press("0");
    assert_eq!(rig.app.sweeping(), Some((1, PROJECTS)));
}

#[test]
fn what_could_not_be_read_is_listed_and_read_again_alone() {
    let mut rig = large();
    rig.press("0");
    let failing = [project("p3"), project("p30")];
    while let Some(scope) = swept(&rig).into_iter().next() {
        let result = if failing.contains(&scope) { Err(status(403)) } else { Ok(100) };
        answer(&mut rig, &scope, result);
    }
    let found: Vec<Scope> = rig.app.unreadable().map(|(scope, _)| scope).collect();
    assert_eq!(found, failing);
    assert_eq!(rig.app.sweeping(), None);
    assert!(rig.app.toasts.is_empty(), "the pane tells it");
    rig.press("!");
    assert!(matches!(rig.app.dialog, Some(Dialog::Unreadable(_))));
    rig.presses("Esc r");
    assert_eq!(swept(&rig), failing.into());
}

#[test]
fn where_the_service_says_it_is_too_much_it_waits_and_reads_fewer_at_a_time() {
    let (mut rig, first) = first_failed(asks_to_wait(30));
    assert_eq!(swept(&rig).len(), 15, "nothing is begun during the pause");
    while !swept(&rig).is_empty() {
        answer_next(&mut rig, 100);
    }
    assert_eq!(rig.app.sweeping(), Some((15, PROJECTS)));
    // It goes on by itself, with half as many.
    rig.pass(SignedDuration::from_secs(40));
    assert_eq!(swept(&rig).len(), 8);
    assert!(swept(&rig).contains(&first));
    while !swept(&rig).is_empty() {
        answer_next(&mut rig, 100);
    }
    assert_eq!((rig.app.sweeping(), rig.app.unreadable().count()), (None, 0));
}

#[test]
fn where_it_only_says_that_it_is_too_much_fewer_are_read_at_a_time() {
    let (mut rig, _) = first_failed(status(429));
    assert_eq!(swept(&rig).len(), 15, "none is begun before there are fewer than half as many");
    for under_way in [14, 13, 12, 11, 10, 9, 8, 8, 8] {
        answer_next(&mut rig, 100);
        assert_eq!(swept(&rig).len(), under_way);
    }
}

#[test]
fn what_may_pass_is_tried_again_by_itself() {
    let mut rig = large();
    rig.press("0");
    while let Some(scope) = swept(&rig).into_iter().next() {
        let result = if scope == project("p5") { Err(status(503)) } else { Ok(100) };
        answer(&mut rig, &scope, result);
    }
    rig.pass(SignedDuration::from_secs(10));
    assert_eq!(swept(&rig), [project("p5")].into());
}

#[test]
fn a_refresh_keeps_what_is_selected_and_filtered() {
    let mut rig = Rig::ready();
    rig.press("0");
    rig.answer_all();
    rig.pass(SignedDuration::from_secs(1));
    rig.press("/");
    rig.type_text("ci");
    rig.presses("Enter j");
    let selected = rig.app.table.selection.id().cloned();
    assert_eq!(selected.as_ref().unwrap().id, KeyId(21));
    rig.press("r");
    rig.answer_all();
    rig.pass(SignedDuration::from_secs(1));
    assert_eq!((rig.app.table.selection.id().cloned(), rig.app.table.filter.text()), (selected, "ci"));
    assert_eq!(rig.app.table.rows().len(), 2);
}

#[test]
fn the_filter_tells_mistakes_completes_and_keeps_no_key() {
    let mut rig = Rig::keys_of("prod");
    rig.press("/");
    rig.type_text("nev");
    assert_eq!(rig.app.completions()[0].text, "never");
    rig.press("Tab");
    assert_eq!(rig.app.table.filter.text(), "never");
    assert_eq!(rig.app.table.rows().len(), 1);
    rig.type_text(" stale:90d");
    assert!(rig.app.table.mistake.is_some());
    assert_eq!(rig.app.table.rows().len(), 1, "the rest holds");
    rig.presses("Ctrl-u");
    rig.send(confident_keys::app::Event::Paste("confident_us_proj_FAKE-NOT-A-KEY-000012".into()));
    assert_eq!(rig.app.table.filter.text(), "key:000012");
    assert_eq!(rig.app.table.rows().len(), 1);
    assert!(!format!("{:?}", rig.app).contains("FAKE-NOT-A-KEY"));
    // Typed, too, letter by letter.
    rig.press("Ctrl-u");
    rig.type_text("key:confident_us_proj_FAKE-NOT-A-KEY-000013");
    assert_eq!(rig.app.table.filter.text(), "key:000013");
}
