//! Another key takes over signing the calls, in the whole program.

use std::fs;
use std::path::PathBuf;

use confident_keys::api::Client;
use confident_keys::api::model::{ApiKey, Scope};
use confident_keys::secret::Secret;

use crate::screen::Screen;
use crate::world::World;

const OLD: &str = "ckeys on Ada's laptop";
const NEW: &str = "ckeys on Ada's laptop (2)";
/// From the name to the path of a new file.
const TO_FILE: &str = "\t\x1b[C\t";

/// At the question whether another key takes over.
fn asked(screen: &mut Screen) {
    screen.sees("Terraform").types("\t/ckeys on Ada\r").sees("1 of").types("R");
    screen.sees("Change the signing key · Organization").sees("1. Another organization key is generated.");
}

/// The key was generated, and its secret is in this file.
fn generated(screen: &mut Screen, path: &str) {
    asked(screen);
    screen.types("\r").sees("Generate a signing key").sees(NEW).types(TO_FILE).types(path).types("\r");
    screen.sees("New signing key · Organization").sees("✓ written to the file").sees("Enter sign in with it");
}

/// Dismisses what is said, and takes the filter away.
fn clear(screen: &mut Screen) {
    screen.insists("\x1b", |screen| screen.text().contains("Terraform"));
}

fn path(world: &World) -> PathBuf {
    world.home.path().join("org.key")
}

/// The service as the new key sees it.
fn client(world: &World) -> Client {
    world.client(Secret::new(fs::read_to_string(path(world)).unwrap().trim_end()))
}

fn key(world: &World, client: &Client, name: &str) -> ApiKey {
    let keys = world.wait(client.keys(&Scope::Organization).list()).unwrap();
    keys.into_iter().find(|key| key.title() == name).unwrap()
}

#[test]
fn another_key_takes_over_and_the_old_one_is_deactivated() {
    let world = World::new();
    let mut screen = Screen::open(&world, 120, 36);
    generated(&mut screen, path(&world).to_str().unwrap());
    let secret = fs::read_to_string(path(&world)).unwrap();
    let tail = Secret::new(secret.trim_end()).tail().to_owned();
    let badge = |tail: &str| format!("key …{tail}");
    screen.sees(&badge(world.key.tail())).types("\r");
    screen.sees("✓ ckeys signs its calls with it from now on").sees(&badge(&tail));
    screen.sees("the shell you started from still has the old one");
    // The usual question, with a fresh read, which takes the name.
    screen.types("\r").sees("Deactivate a key · Organization").sees("That may be ckeys itself");
    screen
        .sees("Type the name to deactivate")
        .misses("Looking when")
        .types(OLD)
        .types("\r")
        .sees("is inactive: its requests are refused");
    // The old one is refused; what is read from now on is signed with the new one.
    assert!(world.wait(world.client(world.key.clone()).organization()).is_err());
    let gets = world.count("GET");
    screen.types("r").waits_for(|| world.count("GET") > gets);
    clear(&mut screen);
    screen.types("c").sees("Generate a key ·").types("After it\t\x1b[D\r").sees("New key · Organization");
    screen.types("\x1b").sees("Type saved").types("discard\r").misses("Type saved").types("q");
    assert!(!screen.ever_wrote(secret.trim_end()) && !screen.ever_wrote(world.key.expose()), "neither was shown");
    let end = screen.ends(0);
    assert!(end.contains("This shell still has the old key in CONFIDENT_ORG_API_KEY"), "{end}");
    let new = client(&world);
    assert!(!key(&world, &new, OLD).valid && key(&world, &new, "After it").valid);
    assert!(key(&world, &new, NEW).last_used.time().is_some());
    let journal = world.journal().entries(None).unwrap().entries;
    assert_eq!(journal.iter().map(|entry| entry.action.word()).collect::<Vec<_>>(), ["create", "deactivate", "create"]);
}

#[test]
fn where_the_proof_fails_the_old_one_signs_and_it_can_be_tried_again() {
    let world = World::new();
    let mut screen = Screen::open(&world, 120, 36);
    generated(&mut screen, path(&world).to_str().unwrap());
    world.fails(&["GET */organization status=401"]);
    screen.types("\r").sees("The old key still signs all calls").sees("(401)").sees("Enter try again");
    screen.sees(&format!("key …{}", world.key.tail()));
    world.fails(&["GET */organization html=502,times=always"]);
    screen.types("\r").misses("(401)").sees("502").sees("Enter try again");
    world.fails(&[]);
    // Whoever leaves it goes on with the old one, and is told so.
    screen.types("\x1b").sees("still signs the calls");
    clear(&mut screen);
    let gets = world.count("GET");
    screen.types("r").waits_for(|| world.count("GET") > gets).types("q");
    let end = screen.ends(0);
    assert!(!end.contains("This shell"), "{end}");
    assert!(key(&world, &client(&world), OLD).valid);
}

#[test]
fn on_made_up_data_it_is_just_the_same() {
    let world = World::new();
    let mut screen = Screen::run(&world, &["--demo"], &[], 80, 24);
    generated(&mut screen, path(&world).to_str().unwrap());
    screen.types("\r").sees("✓ ckeys signs its calls").misses("the shell you started from").types("\r");
    screen
        .sees("Deactivate a key")
        .sees("Type the name")
        .misses("Looking when")
        .types(OLD)
        .types("\r")
        .sees("is inactive");
    clear(&mut screen);
    screen.types("q");
    screen.ends(0);
}

#[test]
fn whoever_quits_before_the_proof_knows_what_is_left() {
    let world = World::new();
    let mut screen = Screen::open(&world, 160, 24);
    generated(&mut screen, path(&world).to_str().unwrap());
    screen.types("\x03");
    let end = screen.ends(0);
    assert!(end.contains("works, and was not signed in with: start ckeys with it"), "{end}");
    assert!(key(&world, &client(&world), NEW).valid);
}
