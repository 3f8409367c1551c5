//! A program that is killed between the POST and its answer, and what the next start says of the key.

use std::fs;
use std::thread;

use confident_keys::api::model::ApiKey;
use confident_keys::demo::Options;
use confident_keys::journal::Action;

use crate::screen::{Screen, TO_SCREEN};
use crate::world::World;

const PROJECT: Option<&str> = Some("Production App");
/// From the grace period to the path of a new file.
const TO_FILE: &str = "\t\t\x1b[C\t";

/// The answer to each POST comes a minute late, or what `fault` says of it.
fn world(fault: &str) -> World {
    let fault = format!("POST */api-keys {fault},times=always").parse().unwrap();
    World::with(&Options { faults: vec![fault], ..Options::default() })
}

/// Generates a key called `name` in the first project, and is killed when the service has got the call.
fn is_killed_while_generating(world: &World, name: &str) {
    let mut screen = Screen::open(world, 80, 24);
    screen.sees("Acme Inc.").sees("Production App").types("j").sees("13 keys").types("\r").sees("x deactivate");
    screen.types("c").sees("Generate a key").types(name).sees(name).types("\r").sees("Generating");
    let service = world.service.as_ref().unwrap();
    screen.waits_for(|| service.requests().iter().any(|request| request.method == "POST"));
    screen.kill();
}

/// The service may be still at it when the program is gone.
fn made(world: &World, name: &str) -> ApiKey {
    loop {
        if let Some(key) = world.named(PROJECT, name) {
            return key;
        }
        thread::sleep(std::time::Duration::from_millis(1));
    }
}

#[test]
fn an_orphan_is_shown_by_the_next_start_and_deactivated_from_there() {
    let world = world("delay=60000");
    is_killed_while_generating(&world, "Killed bot");
    let key = made(&world, "Killed bot");
    assert!(key.valid);
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("A lost answer · Production App").sees("An earlier ckeys ended while it generated");
    screen.sees("nobody has its secret").sees(&format!("id {}", key.id));
    screen.types("x").sees("Deactivate a key").sees("Killed bot").types("y").sees("is inactive");
    assert!(!world.named(PROJECT, "Killed bot").unwrap().valid);
    screen.types("\x1b").misses("is inactive:").types("q");
    screen.ends(0);
    // It is told once.
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("5 keys").sees("Terraform").sees("Production App").types("j").sees("14 keys").types("q");
    assert!(!screen.ever_wrote("A lost answer"));
    screen.ends(0);
    let posts = world.service.as_ref().unwrap().requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(posts, 1);
}

#[test]
fn what_was_not_generated_is_no_news() {
    let world = world("delay=60000,before");
    is_killed_while_generating(&world, "Killed bot");
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform").sees("Production App").types("j").sees("13 keys").types("q");
    assert!(!screen.ever_wrote("A lost answer"));
    screen.ends(0);
    assert_eq!(world.named(PROJECT, "Killed bot"), None);
}

#[test]
fn a_lost_answer_is_told_at_once_and_the_key_deleted_from_there() {
    let world = world("drop");
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform").types("c").sees("Generate a key").types("Lost bot\r").sees("A lost answer · Organization");
    let key = world.named(None, "Lost bot").unwrap();
    screen.sees(&format!("id {}", key.id)).types("D").sees("Delete a key");
    screen.types(&format!("{}\r", key.id)).sees("was deleted");
    assert_eq!(world.named(None, "Lost bot"), None);
    world.service.as_ref().unwrap().set_faults(&[]);
    screen
        .types("\x1b")
        .misses("was deleted")
        .types("c")
        .sees("Generate a key")
        .types(&format!("Lost bot{TO_SCREEN}\r"))
        .sees("Not taken yet");
    screen.types("\x1b").sees("Nobody has this secret").types("discard\r").sees("nobody has its secret");
    screen.types("\x1b").misses("nobody has its secret").types("q");
    screen.ends(0);
}

#[test]
fn a_note_that_cannot_be_read_is_told_with_where_it_is_and_once() {
    let world = World::new();
    let intents = world.home.path().join("state/confident-keys/intents");
    fs::create_dir_all(&intents).unwrap();
    fs::write(intents.join("0-torn.json"), "{\"time\":").unwrap();
    let mut screen = Screen::open(&world, 80, 24);
    screen
        .sees("A note of a key that was being generated or rotated can't be read")
        .sees("Terraform")
        .sees("unreadable");
    screen.types("\x1b").misses("can't be read").types("q");
    screen.ends(0);
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("5 keys").sees("Terraform").sees("Production App").types("j").sees("13 keys").types("q");
    assert!(!screen.ever_wrote("can't be read"));
    screen.ends(0);
}

/// Opens the screen, which finds out what the service speaks.
fn opens(world: &World) -> Screen {
    let variables = [
        ("CONFIDENT_BASE_URL", world.base_url.as_str()),
        ("CONFIDENT_ORG_API_KEY", world.key.expose()),
        ("CONFIDENT_API_VERSION", "auto"),
    ];
    Screen::run(world, &[], &variables, 120, 36)
}

/// Rotates a key with a grace period, and is killed when the service has got the call, whose answer waits so.
fn is_killed_while_rotating(delay: &str) -> (World, ApiKey) {
    let fault = format!("POST */rotate {delay},times=always").parse().unwrap();
    let world = World::with(&Options { faults: vec![fault], ..Options::default() });
    let before = world.named(None, "Terraform").unwrap();
    let mut screen = opens(&world);
    screen
        .sees("Terraform")
        .types("\t/Terraform\r")
        .types("R")
        .sees("Rotate a key")
        .sees("the old one beside it until");
    screen.types("\r");
    screen.waits_for(|| world.count("POST") == 1);
    screen.kill();
    (world, before)
}

#[test]
fn a_rotation_is_told_by_the_next_start_with_the_way_out() {
    let (world, before) = is_killed_while_rotating("delay=60000");
    // The service may be still at it when the program is gone.
    while world.named(None, "Terraform").unwrap().shadow.is_none() {
        thread::sleep(std::time::Duration::from_millis(1));
    }
    let listed = world.journal().intents().unwrap().intents;
    assert!(listed.len() == 1 && !listed[0].is_under_way && listed[0].intent.action() == Action::Rotate, "{listed:?}");
    world.fails(&[]);
    let mut screen = opens(&world);
    screen
        .sees(&format!("“Terraform” (id {}, Organization) has a new value", before.id))
        .sees("Its old value works until");
    screen.sees("rotate it again").types("\x1b").misses("has a new value");
    screen.types("@").sees("To look at: 1 key that nobody has the secret of").sees("rotate it again");
    screen.types("\x1b").misses("To look at").types("q");
    screen.ends(0);
    // It is told once, and the way out settles it.
    let mut screen = opens(&world);
    screen.sees("old stops in").types("\t/Terraform\r").types("R").sees("Being rotated: the old value");
    screen.types(TO_FILE).sees("Path of a new file").types(world.home.path().join("new.key").to_str().unwrap());
    screen
        .types("\r")
        .sees("That is not its name")
        .types("Terraform\r")
        .sees("✓ written to the file")
        .types("\r")
        .misses("Rotated key");
    screen.types("@").sees("Since then: rotated.").types("\x1b").misses("Since then").types("q");
    assert!(!screen.ever_wrote("has a new value") && !screen.ever_wrote("To look at"));
    screen.ends(0);
}

#[test]
fn what_was_not_rotated_is_no_news() {
    let (world, before) = is_killed_while_rotating("delay=60000,before");
    let mut screen = opens(&world);
    screen.sees("Terraform");
    screen.waits_for(|| world.journal().intents().unwrap().intents.is_empty());
    screen.types("q");
    assert!(!screen.ever_wrote("has a new value"));
    screen.ends(0);
    assert_eq!(world.named(None, "Terraform").unwrap().values().collect::<Vec<_>>(), [&before.value]);
}
