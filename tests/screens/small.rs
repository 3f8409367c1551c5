//! Everything works at 60x16: what does not fit a dialog is scrolled to.

use std::collections::BTreeSet;

use confident_keys::app::geometry::Size;
use confident_keys::text;
use confident_keys::ui;
use confident_keys::ui::theme::{Colours, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::data::Names;
use crate::scene::Scene;
use crate::states;

const LEAST: Size = Size::LEAST;

/// The words on the screen.
fn words(scene: &Scene) -> BTreeSet<String> {
    let (rows, _) = scene.seen();
    rows.iter().flat_map(|row| row.split_whitespace()).map(str::to_owned).collect()
}

/// The words that can be seen of a dialog, as it stands and scrolled to both ends.
fn reachable(mut scene: Scene) -> BTreeSet<String> {
    let mut all = words(&scene);
    for key in ["PgUp", "PgDn"] {
        for _ in 0..40 {
            scene = scene.keys(key);
            let before = all.len();
            all.extend(words(&scene));
            if all.len() == before {
                break;
            }
        }
    }
    all
}

/// The fields, buttons and choices of a dialog: where a click gives something the focus or presses it, and its hints.
fn spots(scene: &Scene) -> BTreeSet<String> {
    scene.seen().1.spots().map(|hit| format!("{hit:?}")).collect()
}

/// What can be clicked on in the dialog, in each of the places that it can be scrolled to.
fn reachable_spots(scene: Scene) -> BTreeSet<String> {
    let mut all = spots(&scene);
    let scene = scene.keys("PgUp");
    all.extend(spots(&scene));
    all.extend(spots(&scene.keys("PgDn")));
    all
}

/// Each field, button, choice and hint that a dialog has on a large screen can be seen on the smallest.
#[test]
fn each_field_button_and_hint_of_each_dialog_can_be_seen_at_the_least_size() {
    let mut dialogs = 0;
    for (name, build) in states::all() {
        let large = build(Names::Any).resized(Size { cols: 60, rows: 60 });
        if large.app.dialog.is_none() {
            continue;
        }
        dialogs += 1;
        let wanted = reachable_spots(large);
        let there = reachable_spots(build(Names::Any).resized(LEAST));
        let missing: Vec<_> = wanted.difference(&there).filter(|spot| !spot.starts_with("Entry")).collect();
        assert!(missing.is_empty(), "{name}: {missing:?} can't be reached");
    }
    assert!(dialogs > 60, "{dialogs}");
}

/// A dialog shows either all of its lines or tells how to see the others, and together all are seen.
#[test]
fn what_has_no_room_is_told_and_scrolled_to() {
    let mut tall = 0;
    for (name, build) in states::all() {
        let scene = build(Names::Any).resized(LEAST);
        if scene.app.dialog.is_none() {
            continue;
        }
        let rows = scene.seen().0.join("\n");
        if !rows.contains("PgUp: more") && !rows.contains("PgDn: more") {
            continue;
        }
        tall += 1;
        // The first line of the dialog is its key's or its subject's; the last its buttons or hints.
        let top = scene.keys("PgUp");
        let above = top.seen().0.join("\n");
        assert!(above.contains("PgDn: more") && !above.contains("PgUp: more"), "{name}:\n{above}");
        let end = top.keys("PgDn");
        let below = end.seen().0.join("\n");
        assert!(!below.contains("PgDn: more") || rows.contains("PgDn: more"), "{name}:\n{below}");
        // No line between the two is out of reach.
        let inner = |shown: &str| -> Vec<String> {
            let lines = shown.lines().filter(|line| line.contains('│'));
            lines.map(|line| line.trim_matches(['│', ' ']).to_owned()).filter(|line| !line.is_empty()).collect()
        };
        let (above, below) = (inner(&above), inner(&below));
        assert!(below.first().is_some_and(|line| above.contains(line)), "{name}: a gap between\n{above:?}\n{below:?}");
    }
    assert!(tall > 5, "{tall}");
}

/// Whatever has the focus is in sight, and so is the cursor.
#[test]
fn the_focus_is_in_sight_at_the_least_size() {
    use confident_keys::ui::theme::{Colours, Theme};
    for name in
        ["generate_typed", "generate_refused", "in_place", "in_place_failed", "in_place_past_expiry", "delete_active"]
    {
        let mut scene = states::named(name).1(Names::Any).resized(LEAST);
        for _ in 0..5 {
            scene = scene.keys("Tab");
            let (buffer, cursor) = scene.draw(Theme::new(Colours::None, false));
            let is_reversed =
                |cell: &&ratatui::buffer::Cell| cell.modifier.contains(ratatui::style::Modifier::REVERSED);
            // Something of the dialog's own is marked: the mark of the program in the header is, too.
            let body = &buffer.content[usize::from(LEAST.cols)..];
            assert!(cursor.is_some() || body.iter().any(|cell| is_reversed(&cell)), "{name}");
        }
    }
}

/// All of the help can be read there.
#[test]
fn the_help_can_be_read_at_the_least_size() {
    let scene = Scene::organization(Names::Any).resized(LEAST).keys("?");
    let all = reachable(scene);
    for word in ["suspend", "PgDn", "past", "expiry"] {
        assert!(all.contains(word), "{word}");
    }
    assert!(all.iter().all(|word| text::width(word) <= 60));
}

/// A frame may have another size than the state knows of: what was changed last is not heard of yet.
#[test]
fn a_frame_of_another_size_than_is_known_is_drawn_all_the_same() {
    let sizes = (0..100_u16).map(|step| Size { cols: 20 + step * 37 % 180, rows: 4 + step * 13 % 50 });
    let theme = Theme::new(Colours::None, false);
    for name in ["generate_typed", "commands", "help_over_a_form", "profiles", "details", "signed_out"] {
        let mut scene = states::named(name).1(Names::Any);
        for (known, real) in sizes.clone().zip(sizes.clone().skip(1)) {
            scene = scene.resized(known);
            let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width: real.cols, height: real.rows });
            ui::view(&scene.app, theme, &mut buffer);
        }
    }
}
