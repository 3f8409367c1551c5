//! What time and size alone do, and what is told without being asked.

use confident_keys::api::model::{ApiKey, KeyId};
use confident_keys::app::Event;
use confident_keys::app::details::beside_lines;
use confident_keys::app::dialog::{Dialog, ReaderLine, Target};
use confident_keys::app::toast::Tone;
use confident_keys::config::Times;
use confident_keys::operations::{Answer, Operation, Replacements};
use confident_keys::status::{Status, Tab};
use confident_keys::time::relative;
use jiff::SignedDuration;
use jiff::tz::{self, TimeZone};

use crate::support::{Rig, key, named, new_key, old_key, project, replacement, status, with_valid};

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

#[test]
fn good_news_goes_by_itself_and_the_rest_stays() {
    let mut rig = Rig::ready();
    let now = rig.now;
    rig.app.toasts.push(Tone::Done, "Done.", now);
    rig.send(Event::Notice("Line 3 of config.toml was not used.".into()));
    rig.app.take_needs_draw();
    let due = rig.app.wake_at().unwrap();
    assert_eq!(due, now + seconds(5));
    assert_eq!(rig.pass(seconds(4)), []);
    assert_eq!(rig.app.toasts.len(), 2);
    rig.app.take_needs_draw();
    rig.pass(seconds(1));
    assert!(rig.app.take_needs_draw());
    assert_eq!((rig.app.toasts.len(), rig.app.toasts.newest().unwrap().tone), (1, Tone::Warning));
    rig.pass(seconds(100_000));
    assert_eq!(rig.app.toasts.len(), 1);
}

#[test]
fn what_time_took_away_is_drawn_whatever_came_in() {
    // A key that means nothing here arrives just when a message's time is over: no tick follows any more.
    let mut released = named("j");
    released.kind = crossterm::event::KeyEventKind::Release;
    for event in [named("Backspace"), released] {
        let mut rig = Rig::ready();
        let now = rig.now;
        rig.app.toasts.push(Tone::Done, "Done.", now);
        rig.now += seconds(6);
        rig.app.take_needs_draw();
        rig.send(Event::Key(event));
        assert!(rig.app.toasts.is_empty());
        assert!(rig.app.take_needs_draw(), "{event:?}");
        // The same for what is worked out from the time.
        rig.now += seconds(61);
        rig.send(Event::Key(event));
        assert!(rig.app.take_needs_draw(), "{event:?}");
    }
}

#[test]
fn esc_dismisses_messages_before_it_clears_the_filter_and_goes_back() {
    let mut rig = Rig::keys_of("prod");
    rig.press("/");
    rig.type_text("n");
    rig.press("Enter");
    rig.send(Event::Notice("First.".into()));
    rig.send(Event::Notice("Second.".into()));
    rig.press("Esc");
    assert_eq!((rig.toast(), rig.app.table.filter.text()), ("First.", "n"));
    rig.press("Esc");
    assert_eq!((rig.toast(), rig.app.table.filter.text()), ("", "n"));
    rig.press("Esc");
    assert_eq!((rig.app.table.filter.text(), rig.app.focus), ("", confident_keys::app::Pane::Keys));
    rig.press("Esc");
    assert_eq!(rig.app.focus, confident_keys::app::Pane::Scopes);
}

#[test]
fn the_same_words_are_shown_once_and_the_oldest_go_first() {
    let mut rig = Rig::ready();
    for text in ["A.", "B.", "A.", "C.", "D.", "E."] {
        rig.send(Event::Notice(text.into()));
    }
    let mut shown = Vec::new();
    while !rig.app.toasts.is_empty() {
        shown.push(rig.toast().to_owned());
        rig.press("Esc");
    }
    assert_eq!(shown, ["E.", "D.", "C.", "A."]);
}

#[test]
fn statuses_age_while_nothing_happens() {
    let mut rig = Rig::keys_of("prod");
    let status = |rig: &Rig| rig.app.row(0).unwrap().1;
    assert_eq!((status(&rig), rig.app.count(&rig.app.view(), Tab::InUse)), (Status::Active, Some(2)));
    rig.pass(SignedDuration::from_hours(24 * 30));
    assert_eq!(status(&rig), Status::Idle);
    rig.pass(SignedDuration::from_hours(24 * 60));
    assert_eq!((status(&rig), rig.app.count(&rig.app.view(), Tab::InUse)), (Status::Stale, Some(0)));
    assert_eq!(rig.app.count(&rig.app.view(), Tab::Stale), Some(3));
}

#[test]
fn a_key_expires_while_nothing_happens() {
    let mut rig = Rig::keys_of("prod");
    rig.press("r");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    let expires_at = Some(rig.now + SignedDuration::from_hours(2));
    rig.reply(request, Ok(Answer::Keys(vec![ApiKey { expires_at, ..with_valid(&project("prod"), 11, true) }])));
    for (hours, is_expired) in [(1, false), (2, true)] {
        rig.pass(SignedDuration::from_hours(hours));
        assert_eq!(rig.app.row(0).unwrap().1 == Status::Expired, is_expired, "{hours}");
    }
}

#[test]
fn a_tick_is_wanted_later_and_never_again_at_once() {
    let mut rig = Rig::keys_of("prod");
    for _ in 0..50 {
        let Some(due) = rig.app.wake_at() else { panic!("what is told of keys changes for as long as there are some") };
        assert!(due >= rig.now + SignedDuration::from_mins(1), "once a minute is enough");
        rig.now = due;
        rig.send(Event::Tick);
        assert!(rig.app.take_needs_draw());
    }
    assert_eq!(Rig::signed_out().app.wake_at(), None);
}

#[test]
fn a_tick_is_wanted_when_something_that_is_shown_changes_and_not_before() {
    let mut rig = Rig::keys_of("prod");
    let told = |rig: &Rig| -> Vec<_> {
        let times = |key: &ApiKey| [key.last_used.time(), key.created_at].map(|at| at.map(|at| relative(at, rig.now)));
        (0..).map_while(|at| rig.app.row(at)).map(|(key, status)| (times(key), status)).collect()
    };
    for _ in 0..50 {
        let before = told(&rig);
        let due = rig.app.wake_at().unwrap();
        let a_minute_on = rig.now + SignedDuration::from_mins(1);
        rig.now = due - SignedDuration::from_nanos(1);
        rig.send(Event::Tick);
        assert!(due == a_minute_on || told(&rig) == before, "it changed before {due}");
        rig.now = due;
        rig.send(Event::Tick);
    }
}

#[test]
fn keys_come_to_fit_a_filter_while_nothing_happens() {
    let mut rig = Rig::keys_of("prod");
    let used = rig.app.selected().and_then(|(key, _)| key.last_used.time()).unwrap();
    let hours = rig.now.duration_since(used).as_hours() + 2;
    rig.press("/");
    rig.type_text(&format!("used:>{hours}h"));
    rig.press("Enter");
    let before = rig.app.table.rows().len();
    let end = rig.now + SignedDuration::from_hours(3);
    while rig.app.table.rows().len() == before {
        // No key is touched meanwhile, and the one that will fit is not in sight.
        rig.now = rig.app.wake_at().filter(|at| *at < end).unwrap();
        rig.send(Event::Tick);
    }
    let late = rig.now.duration_since(used) - SignedDuration::from_hours(hours);
    assert!(late <= SignedDuration::from_mins(1), "{late}");
}

#[test]
fn nobody_is_woken_up_for_a_terminal_without_the_focus() {
    let mut rig = Rig::keys_of("prod");
    assert!(rig.app.wake_at().is_some());
    assert_eq!(rig.send(Event::Focus(false)), []);
    assert!(!rig.app.take_needs_draw(), "nothing to be seen has changed");
    assert_eq!(rig.app.wake_at(), None);
    rig.now += SignedDuration::from_hours(24 * 30);
    rig.send(Event::Focus(true));
    assert!(rig.app.take_needs_draw(), "it is as it is by then");
    assert_eq!(rig.app.row(0).unwrap().1, Status::Idle);
    assert!(rig.app.wake_at().is_some());
}

#[test]
fn the_selection_stays_in_sight_through_resizes() {
    let mut rig = Rig::keys_of("prod");
    rig.press("G");
    for (cols, rows) in
        [(120, 36), (80, 24), (60, 16), (60, 8), (10, 3), (1, 1), (0, 0), (300, 100), (u16::MAX, u16::MAX)]
    {
        assert_eq!(rig.send(Event::Resize { cols, rows }), []);
        let (selection, height) = (&rig.app.table.selection, usize::from(rig.app.key_rows()).max(1));
        assert_eq!(selection.index(), 4);
        assert!((selection.offset()..selection.offset() + height).contains(&4), "{cols}x{rows}");
        assert!(rig.app.take_needs_draw());
    }
}

#[test]
fn a_text_that_was_scrolled_fits_again_after_a_resize() {
    let mut rig = Rig::keys_of("prod");
    rig.send(Event::Resize { cols: 60, rows: 16 });
    rig.presses("? G");
    let line = |rig: &Rig| rig.app.help.as_ref().unwrap().reader.line;
    assert!(line(&rig) > 0);
    rig.send(Event::Resize { cols: 60, rows: 100 });
    assert_eq!(line(&rig), 0);
}

#[test]
fn leaving_is_asked_once_where_something_would_be_lost() {
    use confident_keys::app::message::Effect;
    let mut rig = Rig::keys_of("prod");
    rig.press("c");
    rig.type_text("CI");
    rig.generate();
    assert_eq!(rig.press("Ctrl-c"), []);
    assert!(rig.toast().contains("under way"), "{}", rig.toast());
    // Another key takes it back, which is seen although it means nothing itself.
    rig.app.take_needs_draw();
    rig.press("F9");
    assert!(rig.app.toasts.is_empty() && rig.app.take_needs_draw());
    assert_eq!(rig.press("Ctrl-c"), []);
    // The secret came in between: its loss was not agreed to.
    rig.reply_write(Ok(crate::support::created(99, "CI", Some(crate::support::FAKE_SECRET))));
    assert_eq!(rig.press("Ctrl-c"), []);
    assert!(rig.toast().contains("secret"), "{}", rig.toast());
    assert_eq!(rig.press("Ctrl-c"), [Effect::Quit]);
}

#[test]
fn nothing_is_asked_where_nothing_would_be_lost() {
    use confident_keys::app::message::Effect;
    for make in [Rig::ready, Rig::loading, Rig::signed_out] {
        assert_eq!(make().press("q"), [Effect::Quit]);
        assert_eq!(make().press("Ctrl-c"), [Effect::Quit]);
    }
}

#[test]
fn a_clock_that_is_off_ages_no_key() {
    let status_of = |rig: &Rig, id| {
        let rows = 0..rig.app.table.rows().len();
        rows.filter_map(|at| rig.app.row(at)).find(|(key, _)| key.id == KeyId(id)).unwrap().1
    };
    let mut rig = Rig::keys_of("prod");
    // Used yesterday and 41 days ago, if this machine's clock is right.
    assert_eq!((status_of(&rig, 11), status_of(&rig, 12)), (Status::Active, Status::Idle));
    rig.app.take_needs_draw();
    rig.send(Event::ClockAhead(SignedDuration::from_hours(24 * 20)));
    assert!(rig.app.take_needs_draw());
    assert_eq!((status_of(&rig, 11), status_of(&rig, 12)), (Status::Active, Status::Active));
    assert!(rig.toast().contains("clock is 20 days ahead of the service's"), "{}", rig.toast());
    // Told once, and not again for another difference that is as bad.
    rig.press("Esc");
    rig.send(Event::ClockAhead(SignedDuration::from_hours(-24 * 60)));
    assert_eq!((status_of(&rig, 11), status_of(&rig, 12)), (Status::Idle, Status::Stale));
    assert!(rig.app.toasts.is_empty());
    // What was used within 24 hours by the service's clock is in use.
    rig.send(Event::ClockAhead(SignedDuration::from_hours(12)));
    rig.press("x");
    rig.examined();
    let Some(Dialog::Confirm(question)) = &rig.app.dialog else { panic!("no question") };
    assert!(question.typed.is_some(), "it is in use");
}

#[test]
fn a_clock_that_is_set_back_may_put_a_key_in_use_again() {
    let mut rig = Rig::keys_of("prod");
    // Its key was used a day and a second ago.
    rig.ask("x");
    let asks = |rig: &Rig| match &rig.app.dialog {
        Some(Dialog::Confirm(question)) => question.typed.is_some(),
        other => panic!("{other:?}"),
    };
    assert!(!asks(&rig));
    rig.pass(-seconds(10));
    assert!(asks(&rig));
    // While its write is under way, too.
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    rig.press("y");
    rig.pass(-seconds(10));
    rig.reply_write(Err(crate::support::unreachable()));
    assert_eq!(rig.press("y"), []);
    assert!(asks(&rig));
}

#[test]
fn a_tick_is_wanted_each_minute_while_words_that_age_are_told() {
    let in_a_minute = |rig: &mut Rig| {
        rig.app.toasts.dismiss();
        rig.app.wake_at() == Some(rig.now + SignedDuration::from_mins(1))
    };
    let mut rig = Rig::keys_of("prod");
    assert!(!in_a_minute(&mut rig), "nothing that is shown changes that soon");
    // Of a dialog.
    rig.press("y");
    assert!(in_a_minute(&mut rig));
    rig.press("Esc");
    assert!(!in_a_minute(&mut rig));
    // Of what could not be read again.
    rig.press("r");
    let request = rig.take(|operation| matches!(operation, Operation::Projects));
    rig.answer_all();
    rig.reply(request, Err(status(403)));
    assert!(in_a_minute(&mut rig));
    // Of rotations that are open.
    let mut rig = Rig::keys_of("prod");
    let request = rig.first_recall.unwrap();
    let open = vec![replacement(&project("prod"), KeyId(11), &key(12, Some("CI"), true, 0, None), rig.now)];
    rig.reply(request, Ok(Answer::Replacements(Replacements { open, trouble: None })));
    assert!(in_a_minute(&mut rig));
}

#[test]
fn what_is_read_by_itself_is_drawn_whatever_came_in() {
    let resting = || {
        let mut rig = Rig::ready();
        rig.presses("j j");
        rig
    };
    let replacing = || Rig::replacing(&old_key(Some(60), true), Some(&new_key(None)), None);
    for make in [resting as fn() -> Rig, replacing] {
        let mut rig = make();
        rig.app.take_needs_draw();
        rig.now += seconds(31);
        let effects = rig.press("Backspace");
        assert!(!effects.is_empty(), "this test shows nothing");
        assert!(rig.app.take_needs_draw());
    }
}

#[test]
fn a_time_in_full_is_told_here_and_in_utc() {
    let mut rig = Rig::keys_of("prod");
    rig.app.zone = TimeZone::fixed(tz::offset(5));
    for times in [Times::Relative, Times::Local, Times::Utc] {
        rig.app.times = times;
        let told = rig.app.in_full(rig.now);
        assert!(told.contains("12:00") && told.contains("17:00"), "{told}");
    }
}

#[test]
fn beside_the_table_a_name_is_told_once_it_does_not_fit_above() {
    let rig = Rig::keys_of("prod");
    let target = Target {
        scope: project("prod"),
        scope_name: "Production App".into(),
        key: with_valid(&project("prod"), 11, true),
    };
    let name = "GitHub Actions".len();
    for (width, is_told) in [(name + 3, true), (name + 4, false)] {
        let lines = beside_lines(&rig.app, &target, width);
        let names = lines.iter().filter(|line| matches!(line, ReaderLine::Pair(label, _) if label == "name"));
        assert_eq!(names.count() == 1, is_told, "{width}");
    }
}
