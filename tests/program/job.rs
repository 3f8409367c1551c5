//! The main job: look around, find what is stale, generate, deactivate, reactivate, delete.

use crate::screen::{Screen, TO_SCREEN};
use crate::world::World;

const PROJECT: Option<&str> = Some("Production App");

/// The whole way at a size at which everything works.
fn does_the_job(columns: u16, rows: u16) {
    let world = World::new();
    let mut screen = Screen::open(&world, columns, rows);
    looks_around(&mut screen);
    generates(&world, &mut screen);
    turns_off_and_on(&world, &mut screen);
    deletes_an_active_key(&world, &mut screen);
    deletes_an_inactive_key(&world, &mut screen);
    screen.types("q");
    screen.ends(0);
}

#[test]
fn the_main_job_at_80x24() {
    does_the_job(80, 24);
}

#[test]
fn the_main_job_at_120x36() {
    does_the_job(120, 36);
}

#[test]
fn the_main_job_at_60x16() {
    does_the_job(60, 16);
}

/// Chooses a project, finds its stale keys, sorts and filters them.
fn looks_around(screen: &mut Screen) {
    screen.sees("Acme Inc.").sees("5 keys").sees("日本語プロジェクト"[..9].trim());
    screen.sees("Production App").types("j").sees("13 keys").types("\r").sees("Production App").sees_row(&[
        "STATUS",
        "NAME",
        "LAST USED",
    ]);
    screen.sees_row(&["active", "Mobile beta"]).types("3").misses("Mobile beta");
    screen.sees_row(&["stale", "Old laptop", "days ago"]).sees_row(&["never used", "(unnamed)", "never"]);
    screen.types("s").sees("LAST USED ▴").types("S").sees("LAST USED ▾").types("S").sees("LAST USED ▴");
    // What was never used comes first, then what was used longest ago.
    screen.waits("not sorted", |screen| {
        let places = [&["never used", "Default Key"][..], &["stale", "Old laptop"], &["stale", "GitHub Actions"]];
        places.map(|parts| screen.row(parts)).is_sorted() && screen.row(places[0]).is_some()
    });
    screen.types("1").sees_row(&["inactive", "Contractor 2025"]);
    screen.types("/").types("nightly").misses("Old laptop").sees_row(&["idle", "Nightly evals"]);
    screen.types("\r").sees("x deactivate").types("\x1b").sees("Old laptop");
}

/// Generates a key, and takes its secret.
fn generates(world: &World, screen: &mut Screen) {
    screen.types("c").sees("Generate a key").types("Deploy bot, fake").sees("Deploy bot, fake");
    assert_eq!(world.named(PROJECT, "Deploy bot, fake"), None, "nothing is sent before Enter");
    screen.types(TO_SCREEN).types("\r").sees("New key").sees("Not taken yet");
    // It can't be closed unread by a stray key.
    screen.types("\x1b").sees("Nobody has this secret yet").types("\r").sees("discard to give it up");
    screen.types("no\r").sees("Nobody has this secret yet").types("\x1b").sees("Not taken yet");
    screen.types("c").sees("Sent to the terminal");
    let secret = screen.takes_copy();
    let key = world.named(PROJECT, "Deploy bot, fake").unwrap();
    assert_eq!(key.value.tail(), secret.tail());
    assert!(secret.expose().starts_with("confident_us_proj_demo_not_real_"));
    assert!(!screen.ever_wrote(secret.expose()), "it was not shown, and is not in the clear anywhere else");
    // The terminal may have dropped it, so the last word is the person's.
    screen.types("\r").sees("Type saved if you have it").types("saved\r").misses("New key");
    screen.sees_row(&["▸", "new", "Deploy bot"]);
}

/// Deactivates the new key, and reactivates it.
fn turns_off_and_on(world: &World, screen: &mut Screen) {
    let is_valid = || world.named(PROJECT, "Deploy bot, fake").unwrap().valid;
    screen.types("x").sees("Deactivate a key").types("\r").misses("Deactivate a key");
    assert!(is_valid(), "the question starts on Cancel");
    screen.types("x").sees("Deactivate a key").types("y").sees("is inactive").sees_row(&[
        "▸",
        "inactive",
        "Deploy bot",
    ]);
    assert!(!is_valid());
    screen
        .types("\x1b")
        .misses("is inactive:")
        .types("x")
        .sees("Reactivate a key")
        .types("\t\r")
        .sees("is active again");
    assert!(is_valid());
    screen.types("\x1b").misses("is active again").sees_row(&["▸", "new", "Deploy bot"]);
}

/// An active key is deactivated on the way.
fn deletes_an_active_key(world: &World, screen: &mut Screen) {
    screen
        .types("D")
        .sees("Delete a key")
        .sees("this key is active")
        .types("deploy bot\r")
        .sees("That is not its name");
    assert!(world.named(PROJECT, "Deploy bot, fake").unwrap().valid);
    screen.types("\u{15}").misses("That is not its name").types("Deploy bot, fake\r").sees("was deleted");
    assert_eq!(world.named(PROJECT, "Deploy bot, fake"), None);
    screen.types("\x1b").misses("was deleted");
}

fn deletes_an_inactive_key(world: &World, screen: &mut Screen) {
    screen.types("/contractor").misses("Old laptop").types("\r").sees("x reactivate");
    screen.types("D").sees("no one can bring this key back").types("\x1b").misses("Delete a key");
    assert!(world.named(PROJECT, "Contractor 2025").is_some());
    screen.types("D").sees("Delete a key").types("Contractor 2025\r").sees("was deleted");
    assert_eq!(world.named(PROJECT, "Contractor 2025"), None);
    screen.types("\x1b").misses("was deleted").types("\x1b").sees("Old laptop");
}

#[test]
fn a_generated_organization_key_opens_the_service() {
    let world = World::new();
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform").types("c").sees("Generate a key · Organization");
    // A paste is text on one line, and presses no button.
    screen.types("\x1b[200~pasted\nname\x1b[201~").sees("pasted name");
    assert_eq!(world.named(None, "pasted name"), None);
    screen.types("\r").sees("Sent to the terminal");
    let secret = screen.takes_copy();
    assert_eq!(world.wait(world.client(secret).organization()).unwrap().name.as_str(), "Acme Inc.");
    screen
        .types("v")
        .sees("Enter done")
        .types("\x1b")
        .sees("discard to give it up")
        .types("discard\r")
        .misses("New key");
    screen.types("q");
    screen.ends(0);
}

#[test]
fn the_signing_key_is_refused() {
    let world = World::new();
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("(you)").types("\r").sees("c generate").types("/ada's\r").misses("Terraform").sees("x deactivate");
    for key in ["x", "D"] {
        screen.types(key).sees("Sign in with another").sees("Esc dismisses").types("\x1b").misses("Esc dismisses");
    }
    assert!(world.named(None, "ckeys on Ada's laptop").unwrap().valid);
    screen.types("q");
    screen.ends(0);
}

#[test]
fn copies_help_details_and_new_sizes() {
    let world = World::new();
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform").types("\r").sees("c generate").types("/terraform\r").misses("Backup").sees("x deactivate");
    screen.types("y").sees("masked value").types("n").sees("sent to the terminal").misses("masked value");
    assert_eq!(screen.takes_copy().expose(), "Terraform");
    let key = world.named(None, "Terraform").unwrap();
    screen.types("\x1b").misses("sent to the terminal").types("yi");
    assert_eq!(screen.takes_copy().expose(), key.id.to_string());
    screen.types("yv");
    assert_eq!(screen.takes_copy().expose(), key.value.as_str());
    screen.sees("The masked value").types("\x1b\x1b").misses("sent to the terminal");
    screen.types("?").sees("Help").sees("generate a key in this scope").types("G").sees("What the words mean");
    screen.types("q").misses("What the words mean").types("\r").sees("the organization").sees("last used");
    screen.types("q").misses("the organization").sees("q quit");
    screen.resizes(120, 36).sees("CREATED ▾").resizes(60, 16).misses("CREATED").sees("x deactivate");
    screen.resizes(59, 16).sees("ckeys needs 60x16").resizes(90, 24).misses("needs").sees("Scopes");
    screen.types("q");
    screen.ends(0);
}
