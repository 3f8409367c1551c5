//! Ways to start: on the embedded service, without a key, with settings that are of no use.

use std::fs;

use crate::screen::{Screen, TO_SCREEN};
use crate::world::World;

#[test]
fn the_demo_needs_nothing() {
    let world = World::new();
    let mut screen = Screen::run(&world, &["--demo"], &[], 60, 16);
    screen.sees("demo").sees("Acme Inc.").sees("5 keys").types("\r").sees("Terraform");
    screen
        .types("c")
        .sees("Generate a key")
        .types(&format!("Just looking{TO_SCREEN}\r"))
        .sees("Not taken yet")
        .types("v")
        .sees("not_real");
    screen.types("\x1b").sees("Type saved").types("saved\r").misses("New key").sees("Just looking").types("q");
    screen.ends(0);
    assert_eq!(world.named(None, "Just looking"), None, "another service than the demo's own");
}

#[test]
fn without_a_key_the_screen_tells_how_to_get_one_and_offers_the_demo() {
    let world = World::new();
    let mut screen = Screen::run(&world, &[], &[], 80, 24);
    screen.sees("Not signed in").sees("CONFIDENT_ORG_API_KEY").sees("d try the demo").types("d");
    screen.sees("demo").sees("Terraform").misses("Not signed in").types("q");
    screen.ends(0);
    let mut screen =
        Screen::run(&world, &[], &[("CONFIDENT_API_KEY", "confident_us_proj_FAKE_not_a_key_0000")], 80, 24);
    screen.sees("is a project key").types("q");
    screen.ends(0);
}

#[test]
fn a_key_that_is_not_accepted_is_told() {
    let world = World::new();
    let key = "confident_us_org_FAKE_not_a_key_000000";
    let variables = [("CONFIDENT_BASE_URL", world.base_url.as_str()), ("CONFIDENT_ORG_API_KEY", key)];
    let mut screen = Screen::run(&world, &[], &variables, 120, 36);
    screen.sees("The organization key was not accepted").sees("valid organization key").sees("r tries again");
    assert!(!screen.ever_wrote("FAKE_not_a_key"));
    screen.types("q");
    screen.ends(0);
}

#[test]
fn settings_of_no_use_are_told_with_their_line_and_the_others_hold() {
    let world = World::new();
    let folder = world.home.path().join("confident-keys");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[display]\ntimes = \"utc\"\ncolour = \"red\"\n").unwrap();
    let mut screen = Screen::open(&world, 120, 36);
    screen.sees("config.toml, line 3").sees("colour").sees("Esc dismisses").types("\x1b").misses("config.toml");
    // In UTC, as the other line says.
    screen.sees_row(&["Terraform", "20", "-", ":"]).types("q");
    screen.ends(0);
}

#[test]
fn the_screen_goes_by_the_thresholds_that_are_asked_for() {
    let world = World::new();
    let mut screen = Screen::run(&world, &["--demo"], &[], 80, 24);
    screen.sees("Terraform").sees_row(&["idle", "Backup"]).types("q");
    screen.ends(0);
    let mut screen = Screen::run(&world, &["--demo", "--stale-after", "3w"], &[], 80, 24);
    screen.sees("Terraform").misses("idle").types("q");
    screen.ends(0);
}
