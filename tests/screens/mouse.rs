//! What a click means, and a turn of the wheel: always what is seen under the pointer.

use confident_keys::app::dialog::{BulkButton, ConfirmButton, Dialog, GenerateFocus, RotateFocus, Way};
use confident_keys::app::geometry::Size;
use confident_keys::app::message::Delivery;
use confident_keys::app::scopes::View;
use confident_keys::app::{Event, Pane};
use confident_keys::keymap::{Action, Change, Context, Keymap};
use confident_keys::status::Tab;
use confident_keys::text;
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::data::{Names, project};
use crate::scene::Scene;
use crate::states;

const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

fn state(name: &str) -> Scene {
    states::named(name).1(Names::Any)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever the size, and however far it is scrolled: the row that is clicked on is selected, and stays where it is.
    #[test]
    fn a_click_on_any_row_in_sight_selects_this_row(
        cols in 60..=300_u16, rows in 16..=100_u16, is_all: bool, down in 0..60_usize, row in 0..100_usize, column in 0..300_u16,
    ) {
        let mut scene = state(if is_all { "all_keys" } else { "scope_with_many_keys" }).resized(Size { cols, rows }).keys("g");
        for _ in 0..down {
            scene = scene.keys("j");
        }
        let table = scene.app.layout().table.rows;
        let offset = scene.app.table.selection.offset();
        let in_sight = (scene.app.table.rows().len() - offset).min(table.height.into());
        let at = offset + row % in_sight;
        let y = table.y + u16::try_from(row % in_sight).unwrap();
        let x = table.x + column % table.width;
        // What is written there is the name of the key that is meant.
        let name = scene.app.row(at).unwrap().0.title().to_owned();
        let start: String = text::fit(&name, 9).chars().take(4).collect();
        let line = &scene.seen().0[usize::from(y)];
        prop_assert!(line.contains(&start), "{name:?} in {line:?}");
        let id = scene.app.table.id(at).unwrap();
        let scene = scene.mouse(CLICK, (x, y));
        prop_assert_eq!(scene.app.table.selection.id(), Some(&id));
        prop_assert_eq!(scene.app.table.selection.offset(), offset);
        prop_assert_eq!(scene.app.focus, Pane::Keys);
    }

    /// Wherever and whatever: nothing panics, and nothing is changed at the service.
    #[test]
    fn one_click_anywhere_on_the_panes_changes_no_key(cols in 1..=300_u16, rows in 1..=100_u16, x in 0..300_u16, y in 0..100_u16) {
        for name in ["project", "all_keys", "project_in_scopes", "toast_refused", "signed_out"] {
            let scene = state(name).resized(Size { cols, rows }).later(5).mouse(CLICK, (x % cols, y % rows));
            prop_assert!(!scene.has_write(), "{name}");
        }
    }
}

#[test]
fn a_click_on_a_scope_shows_it_and_a_second_one_goes_to_its_keys() {
    let scene = Scene::organization(Names::Any).resized(Size { cols: 120, rows: 36 }).clicks("Staging Env").reads();
    assert_eq!((scene.app.view(), scene.app.focus), (View::One(project(2)), Pane::Scopes));
    let scene = scene.double_clicks("Production App");
    assert_eq!((scene.app.view(), scene.app.focus), (View::One(project(1)), Pane::Keys));
}

#[test]
fn a_click_on_a_tab_shows_it_and_on_a_pane_gives_it_the_focus() {
    let scene = state("project_in_scopes").resized(Size { cols: 120, rows: 36 }).clicks("Stale 4");
    assert_eq!((scene.app.table.tab, scene.app.focus), (Tab::Stale, Pane::Keys));
    let scene = scene.clicks("Scopes");
    assert_eq!(scene.app.focus, Pane::Scopes);
    let scene = scene.clicks("STATUS");
    assert_eq!(scene.app.focus, Pane::Keys);
}

#[test]
fn two_clicks_on_a_row_open_its_details_and_slow_ones_only_select_it() {
    let scene = state("project").clicks("Nightly evals").clicks("Nightly evals");
    assert!(scene.app.dialog.is_none());
    let scene = scene.later(2).double_clicks("Nightly evals");
    assert!(matches!(&scene.app.dialog, Some(Dialog::Details(_, target)) if target.key.title() == "Nightly evals"));
}

#[test]
fn hints_do_what_their_keys_do() {
    let scene = state("project").clicks("? help");
    assert!(scene.app.help.is_some());
    let scene = scene.later(1).clicks("? all keys");
    assert!(scene.app.help.as_ref().is_some_and(|help| help.is_all));
    let scene = scene.later(1).clicks("Esc close");
    assert!(scene.app.help.is_none());
    let scene = scene.clicks("c generate").later(1).clicks("Esc cancel");
    assert!(scene.app.dialog.is_none());
    assert!(state("project").clicks("q quit").has_ended);
}

#[test]
fn a_filter_that_is_clicked_on_is_typed_and_a_message_dismissed() {
    let scene = state("filter_kept").clicks("/act");
    assert!(scene.app.is_filtering);
    let scene = scene.clicks("GitHub");
    assert!(!scene.app.is_filtering && scene.app.table.filter.text() == "act");
    let scene = state("toast_refused").clicks("Esc dismisses");
    assert!(scene.app.toasts.is_empty());
}

#[test]
fn the_wheel_scrolls_what_is_under_the_pointer_and_keeps_the_selection_in_sight() {
    let small = Size { cols: 120, rows: 20 };
    let scene = state("scope_with_many_keys").resized(small).keys("g");
    let table = scene.app.layout().table.rows;
    let scene = scene.mouse(MouseEventKind::ScrollDown, (table.x, table.y));
    assert_eq!((scene.app.table.selection.offset(), scene.app.table.selection.index()), (3, 3));
    let scene = scene.keys("j j").mouse(MouseEventKind::ScrollUp, (table.x, table.y));
    assert_eq!((scene.app.table.selection.offset(), scene.app.table.selection.index()), (0, 5), "it stays where it is");
    let view = scene.app.view();
    let scene = scene.mouse(MouseEventKind::ScrollDown, (2, 4));
    assert_eq!((scene.app.view(), scene.app.table.selection.offset()), (view, 0), "all scopes are in sight");
    let help = scene.keys("?").mouse(MouseEventKind::ScrollDown, (60, 10));
    assert_eq!(help.app.help.unwrap().reader.line, 3);
}

#[test]
fn a_button_is_pressed_by_a_click_and_cancel_by_another() {
    let scene = state("deactivate").later(5).clicks("[ Deactivate (y) ]");
    assert!(scene.has_write());
    let scene = state("deactivate").later(5).clicks("[ Cancel ]");
    assert!(scene.app.dialog.is_none() && !scene.has_write());
    // Where something has to be typed, a click does not do without it.
    let scene = state("delete_active").later(5).clicks("[ Delete ]");
    assert!(scene.app.dialog.is_some() && !scene.has_write());
    let scene = state("many_delete").later(5).clicks("[ Delete ");
    assert!(
        matches!(&scene.app.dialog, Some(Dialog::Bulk(bulk)) if bulk.button == BulkButton::Field) && !scene.has_write()
    );
}

/// The second of two clicks on a hint comes when the question is there: it is not an answer to it.
#[test]
fn clicks_in_the_moment_in_which_a_dialog_opens_do_nothing_in_it() {
    let mut scene = state("project").on(102).keys("x").reads();
    let place = scene.find("[ Deactivate (y) ]");
    scene = scene.mouse(CLICK, place);
    assert!(!scene.has_write(), "at once");
    scene.now += SignedDuration::from_millis(399);
    scene = scene.mouse(CLICK, place);
    assert!(!scene.has_write(), "soon after");
    scene.now += SignedDuration::from_millis(1);
    scene = scene.mouse(CLICK, place);
    assert!(scene.has_write());
}

/// What was drawn when it was clicked on counts, not what came since.
#[test]
fn a_click_on_what_is_there_no_longer_does_nothing() {
    let scene = state("deactivate").later(5);
    let (column, row) = scene.find("[ Deactivate (y) ]");
    let event = MouseEvent { kind: CLICK, column, row, modifiers: crossterm::event::KeyModifiers::NONE };
    let mouse = scene.seen().1.at(&event).unwrap();
    let mut scene = scene.keys("n").keys("j x").reads().later(5);
    scene.happens(Event::Mouse(mouse));
    assert!(!scene.has_write(), "it was another dialog's button");
    // And what stands behind a dialog can't be reached.
    let mut scene = state("project").on(101);
    let place = scene.find("Nightly evals");
    scene = scene.keys("?").later(5).mouse(CLICK, place);
    assert_ne!(scene.app.selected().unwrap().0.title(), "Nightly evals");
}

#[test]
fn fields_and_choices_are_clicked_on() {
    let scene = state("generate_typed").later(5).clicks("file");
    let form = |scene: &Scene| match &scene.app.dialog {
        Some(Dialog::Generate(form)) => (form.focus, form.goal.way),
        other => panic!("{other:?}"),
    };
    assert_eq!(form(&scene), (GenerateFocus::Way, Way::File));
    // What the path is typed into.
    let (x, y) = scene.find("Path of a new file");
    let scene = scene.later(1).mouse(CLICK, (x + 4, y + 1)).types("/tmp/x");
    assert_eq!(form(&scene).0, GenerateFocus::Place);
    let scene = state("in_place").later(5).clicks("7 d");
    assert!(
        matches!(&scene.app.dialog, Some(Dialog::RotateInPlace(form)) if form.focus == RotateFocus::Grace && form.grace.hours() == Ok(168))
    );
    let scene = state("deactivate_used").later(5).clicks("[ Cancel ]");
    assert!(scene.app.dialog.is_none());
    let scene = state("deactivate_used").later(5);
    let (x, y) = scene.find("Type the ");
    let scene = scene.keys("Tab").mouse(CLICK, (x, y + 1));
    assert!(matches!(&scene.app.dialog, Some(Dialog::Confirm(confirm)) if confirm.button == ConfirmButton::Field));
}

#[test]
fn nothing_is_clicked_on_while_a_dialog_waits_for_the_service() {
    let scene = state("deactivate").later(5);
    let places = ["[ Cancel ]", "[ Deactivate (y) ]", "y yes"].map(|text| scene.find(text));
    let scene = scene.keys("y").later(5);
    let before = scene.seen().0;
    let scene = places.into_iter().fold(scene, |scene, place| scene.mouse(CLICK, place));
    assert_eq!(scene.seen().0, before);
}

/// The dialog's own hints and buttons can't be reached through the help, wherever one clicks.
#[test]
fn the_help_covers_what_lies_under_it() {
    let open = || state("deactivate").keys("?").later(5);
    let Size { cols, rows } = open().app.size;
    for (x, y) in (0..rows - 1).flat_map(|y| (0..cols).step_by(3).map(move |x| (x, y))) {
        let scene = open().mouse(CLICK, (x, y));
        assert!(scene.app.help.is_some() && !scene.has_write(), "{x}, {y}");
        assert!(matches!(&scene.app.dialog, Some(Dialog::Confirm(dialog)) if !dialog.check.is_agreed), "{x}, {y}");
    }
    // What was drawn before the help came is no longer there to be clicked on, nor for a moment what comes after it.
    let scene = state("deactivate").later(5);
    let place = scene.find("[ Deactivate (y) ]");
    let event =
        MouseEvent { kind: CLICK, column: place.0, row: place.1, modifiers: crossterm::event::KeyModifiers::NONE };
    let mouse = scene.seen().1.at(&event).unwrap();
    let mut scene = scene.keys("?").later(5);
    scene.happens(Event::Mouse(mouse));
    let scene = scene.keys("Esc").mouse(CLICK, place);
    assert!(!scene.has_write());
    assert!(scene.later(1).mouse(CLICK, place).has_write());
}

#[test]
fn the_help_scrolls_under_the_wheel_also_while_a_dialog_waits() {
    let scene = state("deactivate").later(5).keys("y").later(5);
    assert!(scene.app.dialog.as_ref().is_some_and(Dialog::is_busy));
    let scene = scene.keys("?").mouse(MouseEventKind::ScrollDown, (40, 10));
    assert_eq!(scene.app.help.unwrap().reader.line, 3);
}

#[test]
fn a_command_is_chosen_by_a_click_and_run_by_two() {
    let chosen = |scene: &Scene| match &scene.app.dialog {
        Some(Dialog::Palette(palette)) => palette.chosen().map(|entry| entry.title.clone()),
        other => panic!("{other:?}"),
    };
    for size in [Size { cols: 60, rows: 16 }, Size { cols: 120, rows: 36 }] {
        let scene = state("project").resized(size).keys(":").types("times").later(5).clicks("times: UTC");
        assert_eq!(chosen(&scene).as_deref(), Some("times: UTC"));
        let scene = scene.later(5).double_clicks("times: local");
        assert!(scene.app.dialog.is_none());
        assert_eq!(scene.app.times, confident_keys::config::Times::Local);
    }
    let scene = state("project").keys(":").mouse(MouseEventKind::ScrollDown, (40, 10));
    assert!(matches!(&scene.app.dialog, Some(Dialog::Palette(palette)) if palette.selected() == 3));
    assert!(scene.later(1).clicks("Esc close").app.dialog.is_none());
}

/// What a click does is not told by the key's name: it is there without a key.
#[test]
fn what_to_copy_is_clicked_on_whatever_its_key() {
    let mut scene = state("project").keys("y").later(5);
    let gone = Change { context: Context::CopyMenu, action: Action::CopyValue, keys: Vec::new() };
    scene.app.settings.keymap = Keymap::rebound(&[gone]).unwrap();
    let scene = scene.clicks("masked value");
    assert!(scene.app.dialog.is_none());
    let scene = scene.copied(Ok(Delivery::Clipboard { clears_after: None }));
    assert!(scene.app.toasts.newest().unwrap().text.starts_with("The masked value"));
}
