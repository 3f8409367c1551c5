//! More keys than are arranged at once: they are worked out elsewhere, and nothing meets rows that its user does not see.

use std::sync::Arc;

use confident_keys::api::model::{ApiKey, KeyId, Scope};
use confident_keys::app::Event;
use confident_keys::app::arrange::{AT_ONCE, Wanted};
use confident_keys::app::geometry::Area;
use confident_keys::app::keys::KeyRef;
use confident_keys::app::message::Effect;
use confident_keys::app::mouse::{Hit, Hits, Mouse};
use confident_keys::app::order::SortColumn;
use confident_keys::app::request::RequestId;
use confident_keys::keymap::Action;
use confident_keys::operations::{Answer, Operation};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use jiff::SignedDuration;

use crate::support::{FAKE_SECRET, Rig, created, key, project};
use crate::sweep;

/// What is to be worked out.
pub(crate) type Job = (RequestId, Box<Wanted>);

/// One more than are arranged at once: `key 0`, the newest, and so on.
pub(crate) fn keys() -> Vec<ApiKey> {
    (0..=i64::try_from(AT_ONCE).unwrap())
        .map(|at| key(at + 1001, Some(&format!("key {at}")), at % 2 == 0, at, None))
        .collect()
}

/// The only thing that is to be worked out.
#[track_caller]
pub(crate) fn job(effects: &[Effect]) -> Job {
    let jobs: Vec<Job> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Arrange(request, wanted) => Some((*request, wanted.clone())),
            _ => None,
        })
        .collect();
    let [job] = &jobs[..] else { panic!("{} jobs", jobs.len()) };
    job.clone()
}

pub(crate) fn done(rig: &mut Rig, (request, wanted): Job) -> Vec<Effect> {
    let arrangement = Arc::new(wanted.arrange(|| true).unwrap());
    rig.send(Event::Arranged(request, arrangement))
}

/// The keys of a project, which are being worked out.
fn opened() -> (Rig, Job) {
    let mut rig = Rig::keys_of("prod");
    rig.press("r");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(Scope::Project(_))));
    rig.answer_all();
    let effects = rig.reply(request, Ok(Answer::Keys(keys())));
    (rig, job(&effects))
}

fn ready() -> Rig {
    let (mut rig, job) = opened();
    done(&mut rig, job);
    rig.app.take_needs_draw();
    rig
}

/// Types a filter; what is to be worked out for the whole of it.
fn filter(rig: &mut Rig, text: &str) -> Job {
    rig.press("/");
    let effects = text.chars().map(|character| rig.press(&character.to_string())).last();
    rig.press("Enter");
    job(&effects.unwrap())
}

fn selected(rig: &Rig) -> String {
    rig.app.selected().map(|(key, _)| key.title().to_owned()).unwrap_or_default()
}

#[test]
fn many_keys_are_shown_once_they_are_worked_out() {
    let (mut rig, job) = opened();
    assert!(rig.app.is_arranging());
    assert_eq!(rig.app.table.rows().len(), 5, "what was there stays meanwhile");
    rig.app.take_needs_draw();
    done(&mut rig, job);
    assert!(rig.app.take_needs_draw() && !rig.app.is_arranging());
    assert_eq!((rig.app.table.rows().len(), selected(&rig).as_str()), (AT_ONCE + 1, "key 0"));
}

#[test]
fn what_is_typed_is_seen_at_once_and_only_the_newest_filter_counts() {
    let mut rig = ready();
    rig.press("/");
    let first = job(&rig.press("4"));
    assert_eq!((rig.app.table.filter.text(), rig.app.table.rows().len()), ("4", AT_ONCE + 1));
    assert!(rig.app.take_needs_draw());
    let second = job(&rig.press("2"));
    rig.app.take_needs_draw();
    // The older answer comes late.
    done(&mut rig, first);
    assert!(!rig.app.take_needs_draw(), "it changes nothing");
    assert_eq!(rig.app.table.rows().len(), AT_ONCE + 1);
    done(&mut rig, second);
    let shown = rig.app.table.rows().len();
    assert!((10..AT_ONCE / 10).contains(&shown), "{shown}");
    assert!(selected(&rig).contains("42"), "{}", selected(&rig));
}

#[test]
fn what_is_done_to_rows_waits_for_those_that_were_asked_for() {
    let mut rig = ready();
    let filtered = filter(&mut rig, "4000");
    // The rows are still the old ones: what is marked and moved now is meant for the new ones.
    assert_eq!(rig.press("*"), []);
    assert_eq!(rig.press("j"), []);
    assert_eq!(rig.press("x"), []);
    assert!(rig.app.marks.is_empty() && rig.app.dialog.is_none());
    let effects = done(&mut rig, filtered);
    assert_eq!(rig.app.marks.len(), rig.app.table.rows().len());
    assert!(rig.app.table.rows().len() < 10, "{}", rig.app.table.rows().len());
    assert!(rig.app.dialog.is_some(), "then it is done, in its order: {effects:?}");
}

#[test]
fn steps_and_details_wait_for_those_rows_too() {
    for name in ["j", "k", "n", "N", "g", "G", "PageDown", "PageUp", "Enter"] {
        let mut rig = ready();
        let filtered = filter(&mut rig, "4000");
        rig.presses(name);
        // Whatever comes after what waits does so, too.
        rig.press("?");
        rig.pass(SignedDuration::from_millis(1));
        assert!(rig.app.help.is_none() && rig.app.dialog.is_none(), "{name}");
        done(&mut rig, filtered);
        assert!(rig.app.help.is_some(), "{name}");
    }
    // The help is about its own lines.
    let mut rig = ready();
    filter(&mut rig, "4000");
    rig.presses("? j Esc");
    assert!(rig.app.help.is_none());
}

#[test]
fn keys_that_were_held_back_do_not_answer_a_dialog_that_they_open() {
    let mut rig = ready();
    let filtered = filter(&mut rig, "4000");
    rig.press("x");
    rig.press("y");
    let effects = done(&mut rig, filtered);
    assert!(rig.app.dialog.is_some());
    assert!(effects.contains(&Effect::DropTypedAhead));
    assert!(
        !effects.iter().any(|effect| matches!(effect, Effect::Ask(_, operation) if operation.is_write())),
        "{effects:?}"
    );
    assert!(rig.asked.iter().all(|(_, operation)| !operation.is_write()));
}

#[test]
fn nothing_waits_where_no_rows_are_meant_and_quitting_never_does() {
    let (mut rig, _) = opened();
    rig.press("Tab");
    let before = rig.app.view();
    rig.press("j");
    assert_ne!(rig.app.view(), before, "the Scopes pane goes on");
    let (mut rig, _) = opened();
    assert_eq!(rig.press("j"), []);
    assert_eq!(rig.press("?"), [], "it comes after what waits");
    assert!(rig.app.dialog.is_none());
    assert_eq!(rig.press("Ctrl-c"), [Effect::Quit]);
}

#[test]
fn the_rows_of_another_scope_are_never_shown_for_those_of_this_one() {
    let mut rig = ready();
    rig.press("h");
    rig.press("g");
    rig.press("j");
    rig.answer_all();
    assert!(rig.app.table.rows().len() < AT_ONCE);
    let there = rig.app.view();
    while rig.app.scope() != project("prod") {
        let effects = rig.press("j");
        if rig.app.scope() == project("prod") {
            assert!(rig.app.table.rows().is_empty());
            done(&mut rig, job(&effects));
        }
    }
    assert_ne!(rig.app.view(), there);
    assert_eq!(rig.app.table.rows().len(), AT_ONCE + 1);
}

/// A click on what is drawn now.
pub(crate) fn on(rig: &Rig, hit: Hit) -> Mouse {
    let mut hits = Hits::new(&rig.app);
    hits.add(Area { x: 0, y: 0, width: 9, height: 1 }, hit);
    let kind = MouseEventKind::Down(MouseButton::Left);
    hits.at(&MouseEvent { kind, column: 3, row: 0, modifiers: KeyModifiers::NONE }).unwrap()
}

/// A click on the row of `key 3`, which no filter for `4000` lets stand.
fn on_key_3(rig: &Rig) -> Mouse {
    on(rig, Hit::Key(KeyRef { id: KeyId(1004), scope: project("prod") }))
}

#[test]
fn a_click_on_a_row_means_the_one_that_was_seen() {
    let mut rig = ready();
    let filtered = filter(&mut rig, "4000");
    let click = on_key_3(&rig);
    rig.send(Event::Mouse(click.clone()));
    assert_eq!(selected(&rig), "key 3", "it is still there");
    done(&mut rig, filtered);
    let other = selected(&rig);
    assert_ne!(other, "key 3");
    // Seen and clicked on before the others were drawn: none of those was meant.
    rig.send(Event::Mouse(click.clone()));
    rig.send(Event::Mouse(click));
    assert_eq!(selected(&rig), other);
    assert!(rig.app.dialog.is_none());
}

#[test]
fn clicks_wait_where_keys_would() {
    let mut rig = ready();
    let filtered = filter(&mut rig, "4000");
    let toggle = on(&rig, Hit::Act(Action::Toggle));
    assert_eq!(rig.send(Event::Mouse(toggle)), []);
    assert!(rig.app.dialog.is_none(), "which key it is about is not known yet");
    let click = on_key_3(&rig);
    rig.send(Event::Mouse(click));
    assert_ne!(selected(&rig), "key 3", "it comes after what waits");
    done(&mut rig, filtered);
    assert!(rig.app.dialog.is_some());
    assert!(rig.app.selected().is_some_and(|(key, _)| key.id == KeyId(4000)), "{}", selected(&rig));
}

#[test]
fn the_palette_tells_of_the_rows_that_were_asked_for_and_acts_on_them() {
    let mut rig = ready();
    let filtered = filter(&mut rig, "4000");
    rig.press(":");
    assert!(rig.app.dialog.is_none());
    done(&mut rig, filtered);
    rig.type_text("mark all");
    // They are read again meanwhile.
    rig.press("Esc");
    rig.press("r");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(Scope::Project(_))));
    rig.press(":");
    rig.type_text("mark all");
    let again = job(&rig.reply(request, Ok(Answer::Keys(keys().into_iter().chain(ten_more()).collect()))));
    rig.press("Enter");
    assert!(rig.app.dialog.is_some() && rig.app.marks.is_empty());
    done(&mut rig, again);
    assert!(rig.app.dialog.is_none());
    // One had it in its name and one in its id before.
    assert_eq!((rig.app.marks.len(), rig.app.table.rows().len()), (12, 12));
}

#[test]
fn a_second_click_in_the_palette_waits_as_enter_does() {
    let mut rig = ready();
    rig.press("r");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(Scope::Project(_))));
    rig.press(":");
    rig.type_text("mark all");
    let again = job(&rig.reply(request, Ok(Answer::Keys(keys().into_iter().chain(ten_more()).collect()))));
    rig.pass(SignedDuration::from_secs(1));
    let click = on(&rig, Hit::Entry(0));
    rig.send(Event::Mouse(click.clone()));
    rig.send(Event::Mouse(click));
    assert!(rig.app.dialog.is_some() && rig.app.marks.is_empty());
    done(&mut rig, again);
    assert!(rig.app.dialog.is_none());
    assert_eq!(rig.app.marks.len(), AT_ONCE + 11);
}

/// More keys that a filter for `4000` lets stand.
fn ten_more() -> impl Iterator<Item = ApiKey> {
    (0..10).map(|at| key(9001 + at, Some(&format!("other 4000 {at}")), true, at, None))
}

#[test]
fn the_order_stays_where_another_scope_has_many_keys() {
    let (mut rig, pending) = opened();
    done(&mut rig, pending);
    rig.presses("s s");
    assert_eq!(rig.app.table.sort, SortColumn::Name);
    rig.press("h");
    rig.presses("g j");
    rig.answer_all();
    let effects = loop {
        let effects = rig.press("j");
        if rig.app.scope() == project("prod") {
            break effects;
        }
    };
    assert!(rig.app.is_arranging());
    assert_eq!(rig.app.table.sort, SortColumn::Name);
    done(&mut rig, job(&effects));
    assert_eq!(rig.app.table.sort, SortColumn::Name);
}

#[test]
fn a_key_that_was_generated_is_selected_once_it_has_a_row() {
    let mut rig = ready();
    rig.press("c");
    rig.fill_in("fresh");
    rig.generate();
    let effects = rig.reply_write(Ok(created(9999, "fresh", Some(FAKE_SECRET))));
    let pending = job(&effects);
    assert_eq!(selected(&rig), "key 0", "it has no row yet");
    done(&mut rig, pending);
    assert_eq!(selected(&rig), "fresh");
}

#[test]
fn while_one_list_comes_after_the_other_rows_come_in_and_nothing_waits() {
    let moment = SignedDuration::from_millis(100);
    let mut rig = sweep::large();
    rig.press("0");
    let scopes: Vec<Scope> = sweep::swept(&rig).into_iter().collect();
    let request = rig.take(|operation| *operation == Operation::Keys(scopes[0].clone()));
    rig.reply(request, Ok(Answer::Keys(keys())));
    let pending = job(&rig.pass(moment));
    for (id, scope) in (1..).zip(&scopes[1..4]) {
        sweep::answer(&mut rig, scope, Ok(id));
        // More is there, but nothing is begun anew before what the worker is at has come.
        let effects = rig.pass(moment);
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Arrange(..))), "{effects:?}");
        assert!(rig.app.wake_at().is_none_or(|at| at > rig.now), "it is not asked again and again");
    }
    let before = selected(&rig);
    rig.press("j");
    assert_ne!(selected(&rig), before, "the rows that are seen are those that are meant");
    done(&mut rig, pending);
    let rows = rig.app.table.rows().len();
    assert!(rows > AT_ONCE && !rig.app.is_arranging());
    rig.now = rig.app.wake_at().unwrap();
    let pending = job(&rig.send(Event::Tick));
    done(&mut rig, pending);
    assert_eq!(rig.app.table.rows().len(), rows + 3);
}
