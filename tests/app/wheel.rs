//! What turning the wheel over something does, and where a click puts the focus.

use confident_keys::api::model::{ApiKey, MaskedValue};
use confident_keys::app::dialog::{Dialog, GenerateFocus, RotateFocus, Shows};
use confident_keys::app::geometry::Area;
use confident_keys::app::message::Effect;
use confident_keys::app::mouse::{Hit, Hits, Mouse, Stop};
use confident_keys::app::{Event, Pane};
use confident_keys::operations::{Answer, Operation};
use crossterm::event::{KeyModifiers, MouseEvent, MouseEventKind};
use jiff::SignedDuration;

use crate::large;
use crate::replies::generate;
use crate::support::{NEWER, Rig, key, project};
use crate::sweep;

/// Turns the wheel over this, as it is drawn now.
fn wheel(rig: &mut Rig, kind: MouseEventKind, hit: Hit) -> Vec<Effect> {
    let mut hits = Hits::new(&rig.app);
    hits.add(Area { x: 0, y: 0, width: 9, height: 1 }, hit);
    let mouse: Mouse = hits.at(&MouseEvent { kind, column: 3, row: 0, modifiers: KeyModifiers::NONE }).unwrap();
    rig.send(Event::Mouse(mouse))
}

const UP: MouseEventKind = MouseEventKind::ScrollUp;
const DOWN: MouseEventKind = MouseEventKind::ScrollDown;

#[test]
fn the_wheel_scrolls_the_list_below_it_and_leaves_the_focus() {
    let mut rig = sweep::large();
    let begin = rig.app.scope();
    rig.press("Tab");
    assert_eq!(rig.app.focus, Pane::Keys);
    for over in [Hit::Pane(Pane::Scopes), Hit::Filter(Pane::Scopes)] {
        wheel(&mut rig, DOWN, over.clone());
        assert_eq!(rig.app.scopes.selection.offset(), 3, "{over:?}");
        wheel(&mut rig, UP, over.clone());
        assert_eq!(rig.app.scopes.selection.offset(), 0, "{over:?}");
    }
    assert_eq!(rig.app.focus, Pane::Keys);
    assert_ne!(rig.app.scope(), begin, "what is out of sight is not selected");
}

#[test]
fn the_wheel_moves_what_is_selected_only_once_that_is_out_of_sight() {
    let mut rig = many();
    let height = usize::from(rig.app.key_rows());
    rig.presses("j j j j");
    let table = |rig: &Rig| (rig.app.table.selection.offset(), rig.app.table.selection.index());
    wheel(&mut rig, DOWN, Hit::Pane(Pane::Keys));
    assert_eq!(table(&rig), (3, 4));
    wheel(&mut rig, DOWN, Hit::Pane(Pane::Keys));
    assert_eq!(table(&rig), (6, 6));
    // In the last line in sight it stays, and with it goes out of sight at the lower end.
    for _ in 1..height {
        rig.press("j");
    }
    assert_eq!(table(&rig), (6, 5 + height));
    wheel(&mut rig, UP, Hit::Pane(Pane::Keys));
    assert_eq!(table(&rig), (3, 2 + height));
    // It never leaves empty lines below the last.
    for _ in 0..50 {
        wheel(&mut rig, DOWN, Hit::Pane(Pane::Keys));
    }
    assert_eq!(table(&rig).0 + height, rig.app.table.rows().len());
}

/// Twice as many keys as are in sight.
fn many() -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press("r");
    let request = rig.take(|operation| *operation == Operation::Keys(project("prod")));
    let count = 2 * i64::from(rig.app.key_rows());
    rig.reply(request, Ok(Answer::Keys((1..=count).map(|id| key(id, Some("CI"), true, id, None)).collect())));
    rig.press("g");
    rig
}

#[test]
fn the_wheel_over_a_text_scrolls_it_and_elsewhere_shows_an_end_of_the_dialog() {
    let mut rig = Rig::keys_of("prod");
    rig.send(Event::Resize { cols: 60, rows: 16 });
    rig.press("?");
    let line = |rig: &Rig| rig.app.help.as_ref().unwrap().reader.line;
    wheel(&mut rig, DOWN, Hit::Dialog);
    wheel(&mut rig, DOWN, Hit::Dialog);
    assert_eq!(line(&rig), 6);
    wheel(&mut rig, UP, Hit::Dialog);
    assert_eq!(line(&rig), 3);
    rig.press("Esc");
    rig.press("c");
    for (kind, shows) in [(DOWN, Shows::End), (UP, Shows::Start), (DOWN, Shows::End)] {
        wheel(&mut rig, kind, Hit::Dialog);
        assert_eq!(rig.app.dialog_shows, shows);
    }
    // The keys do the same, and any other shows the focus again.
    for (name, shows) in [("PgUp", Shows::Start), ("PgDn", Shows::End), ("Tab", Shows::Focus)] {
        rig.press(name);
        assert_eq!(rig.app.dialog_shows, shows, "{name}");
    }
}

#[test]
fn the_details_of_a_key_are_scrolled_like_any_text() {
    let mut rig = Rig::keys_of("prod");
    rig.press("r");
    let request = rig.take(|operation| *operation == Operation::Keys(project("prod")));
    let at = Some(rig.now + SignedDuration::from_hours(24));
    let shadow = Some(MaskedValue::new("***000099"));
    let rotated =
        ApiKey { expires_at: at, rotates_at: at, shadow, ..key(11, Some(&"long ".repeat(50)), true, 20, Some(1)) };
    rig.reply(request, Ok(Answer::Keys(vec![rotated])));
    rig.send(Event::Resize { cols: 60, rows: 16 });
    rig.press("Enter");
    let line = |rig: &Rig| match &rig.app.dialog {
        Some(Dialog::Details(reader, _)) => reader.line,
        other => panic!("{other:?}"),
    };
    rig.press("j");
    assert_eq!(line(&rig), 1);
    rig.press("k");
    wheel(&mut rig, DOWN, Hit::Dialog);
    assert!(line(&rig) > 1, "{}", line(&rig));
    rig.press("g");
    rig.press("PgDn");
    assert!(line(&rig) > 1, "{}", line(&rig));
}

/// A click on what is drawn now, long after it was.
fn click(rig: &mut Rig, hit: Hit) -> Vec<Effect> {
    rig.pass(SignedDuration::from_secs(1));
    let click = large::on(rig, hit);
    rig.send(Event::Mouse(click))
}

fn looks(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Look(..)))
}

#[test]
fn a_destination_is_looked_at_when_a_click_leaves_it() {
    let at = |focus| Hit::Stop(Stop::Generate(focus));
    let mut rig = Rig::keys_of("prod");
    rig.send(Event::Capabilities(NEWER));
    rig.press("c");
    rig.looked();
    assert!(!looks(&rig.presses("Tab Tab")), "it was looked at when the form opened");
    rig.presses("Shift-Tab Right Left");
    assert!(!looks(&click(&mut rig, at(GenerateFocus::Way))), "it is still here");
    assert!(looks(&click(&mut rig, at(GenerateFocus::Name))));
    rig.looked();
    click(&mut rig, at(GenerateFocus::Way));
    assert!(!looks(&click(&mut rig, at(GenerateFocus::Name))), "it was looked at");

    let at = |focus| Hit::Stop(Stop::Rotate(focus));
    let mut rig = Rig::rotating(12);
    click(&mut rig, at(RotateFocus::Way));
    rig.presses("Right Left");
    assert!(!looks(&click(&mut rig, at(RotateFocus::Way))), "it is still here");
    assert!(looks(&click(&mut rig, at(RotateFocus::Grace))));
    rig.looked();
    click(&mut rig, at(RotateFocus::Way));
    assert!(!looks(&click(&mut rig, at(RotateFocus::Lifetime))), "it was looked at");
}

#[test]
fn a_click_on_a_choice_of_the_lifetime_makes_it() {
    let mut rig = Rig::keys_of("prod");
    rig.send(Event::Capabilities(NEWER));
    rig.press("c");
    let chosen = |rig: &Rig| generate(rig).lifetime.as_ref().unwrap().chosen();
    let before = chosen(&rig);
    click(&mut rig, Hit::Choice(Stop::Generate(GenerateFocus::Lifetime), 1));
    assert_ne!(chosen(&rig), before);
    assert_eq!(generate(&rig).focus, GenerateFocus::Lifetime);
}
