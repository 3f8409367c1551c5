//! The mouse, as terminals tell of it: SGR sequences among the keys.

use std::fs;

use crate::screen::Screen;
use crate::world::World;

fn open(world: &World) -> Screen {
    let variables = [("CONFIDENT_BASE_URL", world.base_url.as_str()), ("CONFIDENT_ORG_API_KEY", world.key.expose())];
    Screen::run(world, &["--mouse"], &variables, 120, 36)
}

#[test]
fn clicks_select_open_and_press_and_the_wheel_scrolls() {
    let world = World::new();
    let mut screen = open(&world);
    screen.sees("Terraform").clicks("Production App", 1).sees("Nightly evals");
    // A row, then the tab over it, then the row again, opened.
    screen.clicks("Nightly evals", 1).sees_row(&["▸", "Nightly evals"]);
    screen.clicks("4 Inactive", 1).misses("Nightly evals").clicks("1 All", 1).sees_row(&["Nightly evals"]);
    screen.clicks("Nightly evals", 2).sees("project Production App");
    screen.insists("\x1b", |screen| !screen.text().contains("project Production App ("));
    screen.clicks("? help", 1).sees("Scopes and keys").sees("generate a key in this scope");
    screen.types("\x1b[<65;60;15M").misses("generate a key in this scope");
    screen.types("q").misses("Scopes and keys").types("q");
    screen.ends(0);
}

/// A button answers to a click once it was seen; the clicks that come with the one that opens the question do not.
#[test]
fn a_question_is_answered_by_a_click_that_comes_after_it_was_seen() {
    let world = World::new();
    let mut screen = open(&world);
    screen.sees("Terraform").clicks("Production App", 1).sees_row(&["Nightly evals"]).clicks("Nightly evals", 1);
    screen.sees_row(&["▸", "Nightly evals"]);
    screen.clicks("x deactivate", 6).sees("[ Deactivate (y) ]").sees("Read again just now");
    assert!(world.named(Some("Production App"), "Nightly evals").unwrap().valid, "typed ahead");
    let cancel = screen.sees("[ Cancel ]").click("[ Cancel ]");
    screen.insists(&cancel, |screen| !screen.text().contains("[ Cancel ]"));
    assert!(world.named(Some("Production App"), "Nightly evals").unwrap().valid);
    screen.clicks("x deactivate", 1).sees("[ Deactivate (y) ]").sees("Read again just now");
    let yes = screen.click("[ Deactivate (y) ]");
    screen.insists(&yes, |screen| !screen.text().contains("[ Cancel ]"));
    assert!(!world.named(Some("Production App"), "Nightly evals").unwrap().valid);
    screen.types("q");
    screen.ends(0);
}

#[test]
fn without_being_asked_for_the_mouse_stays_the_terminals_own() {
    let world = World::new();
    let mut screen = Screen::open(&world, 100, 30);
    screen.sees("Terraform").types("q");
    let raw = screen.written();
    assert!(!raw.contains("\x1b[?1000h") && !raw.contains("\x1b[?1002h") && !raw.contains("\x1b[?1003h"));
    screen.ends(0);
    // By config.toml, too; and motion is never asked for.
    let folder = world.home.path().join("confident-keys");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[display]\nmouse = true\n").unwrap();
    let mut screen = Screen::open(&world, 100, 30);
    screen.sees("Terraform").types("q");
    let raw = screen.written();
    assert!(raw.contains("\x1b[?1000h\x1b[?1006h") && !raw.contains("\x1b[?1002h") && !raw.contains("\x1b[?1003h"));
    screen.ends(0);
}
