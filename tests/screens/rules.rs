//! What holds for every state at every size.

use confident_keys::app::App;
use confident_keys::app::dialog::Dialog;
use confident_keys::app::geometry::Size;
use confident_keys::keymap::Action;
use confident_keys::status::Status;
use confident_keys::text;
use confident_keys::ui::theme::{Colours, Theme};

use crate::data::{FAKE_SECRET, Names};
use crate::picture::{cells, rows};
use crate::scene::Scene;
use crate::states;

const COLUMNS: [u16; 9] = [60, 61, 79, 80, 99, 100, 120, 140, 300];
const ROWS: [u16; 6] = [16, 19, 20, 24, 36, 100];

fn coloured() -> Theme {
    Theme::new(Colours::Many, false)
}

/// A size for each width and each height, and the corners.
fn sizes() -> Vec<Size> {
    let longest = COLUMNS.len().max(ROWS.len());
    let pairs = (0..longest).map(|at| Size { cols: COLUMNS[at % COLUMNS.len()], rows: ROWS[at % ROWS.len()] });
    pairs.chain([Size { cols: 60, rows: 100 }, Size { cols: 300, rows: 16 }]).collect()
}

#[test]
fn nothing_panics_and_no_line_is_wider_than_the_screen_at_any_size() {
    for (name, build) in states::all() {
        let mut scene = build(Names::Any);
        let small = [(1, 1), (2, 2), (7, 16), (60, 1), (59, 40), (300, 15), (300, 100)];
        for size in small.map(|(cols, rows)| Size { cols, rows }).into_iter().chain(sizes()) {
            scene = scene.resized(size);
            let (buffer, cursor) = scene.draw(coloured());
            for y in 0..size.rows {
                let end = cells(&buffer, y).map(|(x, width, _)| x + width).max();
                assert_eq!(end, Some(size.cols), "{name} at {size:?}, row {y}");
            }
            let is_inside = cursor.is_none_or(|(x, y)| x < size.cols && y < size.rows);
            assert!(is_inside, "{name} at {size:?}: cursor {cursor:?}");
        }
    }
}

/// The hints of what helps or leads out here.
fn ways_out(app: &App) -> Vec<String> {
    match &app.dialog {
        // The message stands where the hints would; the dialog itself tells its keys.
        Some(_) if !app.toasts.is_empty() => return vec![String::new()],
        // Nothing but leaving the program works while a write runs.
        Some(dialog) if dialog.is_busy() => return vec!["Ctrl-c quit".to_owned()],
        Some(Dialog::Bulk(bulk)) if bulk.is_stopping() => return vec!["Ctrl-c quit".to_owned()],
        Some(Dialog::Bulk(bulk)) if bulk.is_running() => return vec!["Esc stop".to_owned()],
        Some(dialog) if dialog.is_moot() => return vec!["Enter close".to_owned()],
        _ => {}
    }
    app.contexts()
        .into_iter()
        .flat_map(|context| app.keymap().of(context))
        .filter(|binding| matches!(binding.action, Action::Help | Action::Quit | Action::Back | Action::No))
        .filter(|binding| !binding.hint.is_empty())
        .map(|binding| format!("{} {}", binding.keys[0], binding.hint))
        .collect()
}

#[test]
fn every_footer_tells_of_help_or_a_way_out() {
    for (name, build) in states::all() {
        let mut scene = build(Names::Any);
        for size in sizes() {
            scene = scene.resized(size);
            let (buffer, _) = scene.draw(coloured());
            let footer = rows(&buffer).pop().unwrap();
            let ways = ways_out(&scene.app);
            assert!(ways.iter().any(|way| footer.contains(way)), "{name} at {size:?}: none of {ways:?} in {footer:?}");
        }
    }
}

#[test]
fn with_ascii_wanted_only_the_services_names_go_beyond_it() {
    for (name, build) in states::all() {
        let mut scene = build(Names::Ascii);
        for size in sizes() {
            scene = scene.resized(size);
            let (buffer, _) = scene.draw(Theme::new(Colours::Many, true));
            for row in rows(&buffer) {
                let beyond = row.chars().find(|character| !character.is_ascii());
                assert_eq!(beyond, None, "{name} at {size:?}: {row}");
            }
        }
    }
}

#[test]
fn every_status_is_told_in_words_and_by_a_sign_of_its_own() {
    let statuses = [
        (Status::Active, 101),
        (Status::Idle, 102),
        (Status::Stale, 103),
        (Status::NeverUsed, 104),
        (Status::New, 105),
        (Status::Unknown, 106),
        (Status::Inactive, 107),
        (Status::Expired, 108),
    ];
    let mut scene = Scene::project(Names::Any, 1);
    for theme in [coloured(), Theme::new(Colours::None, true)] {
        for (status, id) in statuses {
            scene = scene.on(id);
            assert_eq!(scene.app.selected().unwrap().1, status);
            for size in sizes() {
                scene = scene.resized(size);
                let (buffer, _) = scene.draw(theme);
                let rows = rows(&buffer);
                let marked = theme.pick("▸", ">");
                let told = format!("{} {}", theme.status_symbol(status), status.word());
                let is_told = rows
                    .iter()
                    .any(|row| row.split_once(&told).is_some_and(|(before, _)| before.trim_end().ends_with(marked)));
                assert!(is_told, "{status:?} at {size:?}:\n{}", rows.join("\n"));
            }
        }
    }
}

/// A scrolled text that gets more room uses it: its last line is the dialog's last.
#[test]
fn a_text_read_to_its_end_stays_at_its_end_in_another_size() {
    for size in [Size { cols: 60, rows: 16 }, Size { cols: 60, rows: 24 }, Size { cols: 120, rows: 36 }] {
        let small = Size { cols: 60, rows: 16 };
        let scene = Scene::organization(Names::Any).resized(small).keys("? G").resized(size);
        let shown = rows(&scene.draw(coloured()).0);
        let last = shown.iter().position(|row| row.contains("past its expiry")).unwrap();
        assert!(shown[last + 1].contains(" of "), "{}", shown.join("\n"));
    }
}

/// The focus, the selection and the shown tab are seen where there are no colours.
#[test]
fn without_colours_the_focus_the_selection_and_the_tab_are_seen() {
    let theme = Theme::new(Colours::None, false);
    let left = Scene::project(Names::Any, 1).keys("h").draw(theme).0;
    let right = Scene::project(Names::Any, 1).draw(theme).0;
    let other_tab = Scene::project(Names::Any, 1).keys("2 1 h").draw(theme).0;
    assert_ne!(left, right);
    assert_eq!(left, other_tab);
    for buffer in [&left, &right] {
        let has = |modifier| buffer.content.iter().filter(|cell| cell.modifier.contains(modifier)).count();
        assert!(has(ratatui::style::Modifier::REVERSED) > 20 && has(ratatui::style::Modifier::UNDERLINED) >= 3);
        assert!(buffer.content.iter().all(|cell| cell.fg == ratatui::style::Color::Reset));
    }
}

#[test]
fn a_secret_is_drawn_only_where_it_is_asked_for() {
    for (name, build) in states::all() {
        let mut scene = build(Names::Any);
        for size in sizes() {
            scene = scene.resized(size);
            let shown = rows(&scene.draw(coloured()).0).concat();
            // Part of it would be too much; its last characters tell it from others.
            let middle = &FAKE_SECRET[20..FAKE_SECRET.len() - 8];
            assert_eq!(shown.contains(middle), name == "secret_shown", "{name} at {size:?}");
        }
    }
}

#[test]
fn hostile_names_reach_the_screen_as_marks() {
    let scene = Scene::project(Names::Any, 1).on(112).keys("Enter");
    let shown = rows(&scene.draw(coloured()).0).concat();
    assert!(shown.contains("Red <U+001B>[31malert<U+202E> bot"), "{shown}");
    for (name, build) in states::all() {
        for row in rows(&build(Names::Any).draw(coloured()).0) {
            let hidden = row.chars().find(|character| text::is_hidden(*character));
            assert_eq!(hidden, None, "{name}: {row:?}");
        }
    }
}
