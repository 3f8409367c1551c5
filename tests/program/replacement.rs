//! A key is replaced by another, from the first step to the last, across two starts of the program.

use confident_keys::journal::{Action, Outcome};
use jiff::SignedDuration;

use crate::screen::Screen;
use crate::world::World;

/// To the organization's key that is called so.
fn on_key(screen: &mut Screen, name: &str) {
    screen.sees("Terraform").types("\r").sees("c generate").types(&format!("/{name}\r")).misses("Backup");
    screen.sees("R rotate");
}

#[test]
fn a_key_is_replaced_from_end_to_end_with_a_break_in_between() {
    let world = World::new();
    let old = world.named(None, "Terraform").unwrap();
    let is_valid = || world.named(None, "Terraform").unwrap().valid;
    let mut screen = Screen::open(&world, 120, 36);
    on_key(&mut screen, "terraform");
    screen.types("R").sees("Replace a key").sees("Enter generate the successor").types("\r");
    screen.sees("Generate a successor").sees("Terraform (2)").types("\r").sees("Sent to the terminal");
    let secret = screen.takes_copy();
    screen.types("\r").sees("Type saved if you have it").types("saved\r");
    screen.sees("Replace a key").sees("Not moved over yet").sees("every 30 s");
    let new = world.named(None, "Terraform (2)").unwrap();
    assert_eq!((new.value.tail(), is_valid()), (secret.tail(), true));
    // Nothing is in its place yet: Enter does nothing.
    screen.types("\r").types("r").sees("Not moved over yet");
    assert!(is_valid());
    // Whoever had the old one has the new one now.
    world.wait(world.client(secret.clone()).organization()).unwrap();
    screen.insists("r", |screen| screen.text().contains("The successor is in use"));
    screen.types("\r").sees("Deactivate a key").sees("Type the name").types("Terraform\r");
    screen.sees("The old key is off since").sees("Replace a key");
    assert!(!is_valid());
    screen.types("\x1b").misses("Replace a key").types("q");
    screen.ends(0);

    // The next day, say: what is open is known.
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform").types("o").sees("Rotations").sees("Terraform → Terraform (2)").sees("old deactivated");
    screen.types("\r").sees("Replace a key").sees("The old key is off since");
    // Something misses it.
    screen.types("u").sees("is active again").sees("The successor is in use");
    assert!(is_valid());
    screen
        .types("x")
        .sees("Deactivate a key")
        .sees("Type the name")
        .types("Terraform\r")
        .sees("The old key is off since");
    // Nothing missed it for a week.
    world.service.as_ref().unwrap().advance(SignedDuration::from_hours(8 * 24)).unwrap();
    screen.insists("r", |screen| screen.text().contains("that is for good"));
    screen.types("D").sees("Delete a key").types("Terraform\r").sees("the replacement is done");
    assert_eq!(world.named(None, "Terraform"), None);
    screen.types("\r").sees("No rotation is open").types("q").sees("was deleted");
    assert!(world.wait(world.client(secret).organization()).is_ok(), "the successor works");
    screen.types("q");
    screen.ends(0);

    let entries = world.journal().entries(None).unwrap().entries;
    let told: Vec<_> = entries.iter().map(|entry| (entry.action, entry.id.unwrap(), entry.outcome)).collect();
    let done = |action, id| (action, id, Outcome::Done);
    let expected = [
        done(Action::Create, new.id),
        done(Action::Deactivate, old.id),
        done(Action::Activate, old.id),
        done(Action::Deactivate, old.id),
        done(Action::Delete, old.id),
    ];
    assert_eq!(told, expected);
    assert_eq!(entries[0].replaces, Some(old.id));
}

#[test]
fn a_replacement_is_ended_and_leaves_both_keys_as_they_are() {
    let world = World::new();
    let mut screen = Screen::open(&world, 80, 24);
    on_key(&mut screen, "terraform");
    screen.types("R").sees("Enter generate the successor").types("\r").sees("Generate a successor").types("\r");
    screen.sees("Sent to the terminal").types("\r").sees("Type saved").types("saved\r").sees("Not moved over yet");
    screen.types("e").sees("End the replacement?").types("e").sees("has ended").misses("Replace a key");
    assert!(["Terraform", "Terraform (2)"].iter().all(|name| world.named(None, name).unwrap().valid));
    screen.types("o").sees("No rotation is open").types("q").misses("No rotation is open");
    screen.types("q");
    screen.ends(0);
}

/// The demo's service could rotate in place. Nothing is written down of its keys; while it runs, the program remembers
/// by itself.
#[test]
fn the_demo_replaces_by_choice_and_knows_that_until_it_ends() {
    let world = World::new();
    let mut screen = Screen::run(&world, &["--demo"], &[], 120, 36);
    on_key(&mut screen, "terraform");
    screen
        .types("R")
        .sees("Rotate a key")
        .sees("Ctrl-g replace")
        .types("\x07")
        .sees("Enter generate the successor")
        .types("\r")
        .sees("Generate a successor")
        .types("\r");
    screen.sees("Sent to the terminal").types("\r").sees("Type saved").types("saved\r").sees("Not moved over yet");
    screen
        .types("\x1b")
        .misses("Not moved over yet")
        .types("o")
        .sees("Terraform → Terraform (2)")
        .sees("waiting for use");
    // What was begun by choice is gone on with.
    screen
        .types("q")
        .misses("waiting for use")
        .types("R")
        .sees("Replace a key")
        .sees("Not moved over yet")
        .types("\x1b");
    screen.misses("Replace a key").types("q");
    screen.ends(0);
    assert!(world.journal().entries(None).unwrap().entries.is_empty());
}
