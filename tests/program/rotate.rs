//! A key is rotated in place by the whole program, at a service that can, and is not at one that can't.

use std::fs;

use confident_keys::demo::{Api, Options};
use confident_keys::secret::Secret;
use jiff::{SignedDuration, Timestamp};

use crate::screen::Screen;
use crate::world::World;

/// From the grace period to the path of a new file.
const TO_FILE: &str = "\t\t\x1b[C\t";
/// To the keys of the organization, and there to this key.
const TO_TERRAFORM: &str = "\t/Terraform\r";

/// The program finds out what the service speaks.
fn open(world: &World) -> Screen {
    let variables = [
        ("CONFIDENT_BASE_URL", world.base_url.as_str()),
        ("CONFIDENT_ORG_API_KEY", world.key.expose()),
        ("CONFIDENT_API_VERSION", "auto"),
    ];
    Screen::run(world, &[], &variables, 120, 36)
}

#[test]
fn a_key_is_rotated_with_a_grace_period_and_then_finished_early() {
    let world = World::new();
    let (first, second) = (world.home.path().join("first.key"), world.home.path().join("second.key"));
    let before = world.named(None, "Terraform").unwrap();
    let mut screen = open(&world);
    screen.sees("Terraform").types(TO_TERRAFORM).types("R").sees("Rotate a key · Organization");
    // It is in use: with a grace period that is no reason to ask for more.
    screen.sees("something depends on it").sees("the old one beside it until");
    screen.types(TO_FILE).sees("Path of a new file").types(first.to_str().unwrap()).types("\r");
    screen.sees("Rotated key · Organization").sees("✓ written to the file").types("\r");
    screen.misses("Rotated key").sees("old stops in 23 h");
    let rotated = world.named(None, "Terraform").unwrap();
    let secret = fs::read_to_string(&first).unwrap();
    assert_eq!((rotated.id, &rotated.value), (before.id, &before.value), "the old value still counts");
    assert!(secret.trim_end().ends_with(rotated.shadow.unwrap().tail()));
    let left = rotated.rotates_at.unwrap().duration_since(Timestamp::now());
    assert!(left > SignedDuration::from_hours(23) && left <= SignedDuration::from_hours(24), "{left:?}");
    let works = |secret: &str| world.wait(world.client(Secret::new(secret.trim_end())).organization()).is_ok();
    assert!(works(&secret), "the new secret works");

    // Finished early: now somebody would be cut off.
    // It was used meanwhile, and whatever was agreed to before that is seen does not count.
    screen
        .types("R")
        .sees("Being rotated: the old value")
        .sees("last used just now")
        .types("\x1b[D\x1b[D")
        .sees("Finish a rotation early");
    screen.sees("Type the name to rotate: Terraform").types(TO_FILE).types(second.to_str().unwrap()).types("\r");
    screen.sees("That is not its name").types("Terraform\r").sees("✓ written to the file").types("\r");
    screen.misses("Rotated key").misses("old stops in");
    let last = fs::read_to_string(&second).unwrap();
    assert!(!screen.ever_wrote(secret.trim_end()) && !screen.ever_wrote(last.trim_end()), "neither was ever shown");
    screen.types("q");
    screen.ends(0);
    let finished = world.named(None, "Terraform").unwrap();
    assert!(finished.rotates_at.is_none() && last.trim_end().ends_with(finished.value.tail()));
    assert!(works(&last) && !works(&secret), "the one in between has stopped, too");
    let entries = world.journal().entries(None).unwrap().entries;
    assert_eq!(entries.iter().filter(|entry| entry.action.word() == "rotate").count(), 2);
}

#[test]
fn an_older_service_is_said_to_be_unable_to() {
    let world = World::with(&Options { api: Api::V1, ..Options::default() });
    let mut screen = open(&world);
    screen.sees("Terraform").types(TO_TERRAFORM).types("R").sees("older version of its API");
    screen.types("\x1b").misses("older version").types("c").sees("in which keys do not expire").misses("365 d");
    screen.types("\x1b").misses("Generate a key ·").types("q");
    screen.ends(0);
    assert_eq!(world.count("POST"), 0);
}

#[test]
fn a_new_key_expires_when_its_form_says() {
    let world = World::new();
    let mut screen = open(&world);
    screen.sees("Terraform").types("c").sees("Lifetime").types("Short bot\t\x1b[D\t45").sees("It expires on");
    screen.types("\r").sees("New key · Organization").types("\x1b").sees("Type saved").types("discard\r");
    screen.sees("Short bot").types("q");
    screen.ends(0);
    let expiry = world.named(None, "Short bot").unwrap().expires_at.unwrap();
    let left = expiry.duration_since(Timestamp::now());
    let days = SignedDuration::from_hours(24 * 45);
    assert!(left <= days && left > days - SignedDuration::from_hours(1), "{left:?}");
}
