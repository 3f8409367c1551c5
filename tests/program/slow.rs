//! A service that takes its time, goes away, and comes back; a person who types ahead, and one who leaves.

use std::time::Duration;

use confident_keys::demo::{Options, Service};

use crate::screen::{Screen, TO_SCREEN};
use crate::world::World;

const PROJECT: Option<&str> = Some("Production App");

#[test]
fn what_waits_is_seen_and_the_screen_lives_on() {
    let world = World::new();
    world.fails(&["GET * hold,times=always"]);
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Reading the keys").sees("reading");
    world.fails(&[]);
    screen.sees("Terraform").sees("Production App");
    // Passing by several scopes: the cursor is there at once, and the last one's keys come.
    world.fails(&["GET * hold,times=always"]);
    screen.types("j").sees_row(&["▸ Production App"]).types("jj").sees_row(&["▸ 日本語"]).sees("Reading the keys");
    world.fails(&[]);
    screen.sees("本番エージェント");
    world.fails(&["POST * hold", "PUT * hold"]);
    screen
        .types("kk\r")
        .sees("Old laptop")
        .types("c")
        .sees("Generate a key")
        .types(&format!("Slow bot{TO_SCREEN}\r"))
        .sees("Generating");
    // A dialog whose write is running stays, and the rest of the screen lives on.
    screen.types("\u{3}").sees("A change is under way").types("\x1b").misses("A change is under way");
    screen.resizes(120, 36).sees("╭ Scopes").sees("Generating");
    world.fails(&["PUT * hold"]);
    screen.sees("Not taken yet").types("\x1b").sees("Nobody has this secret").types("discard\r").misses("New key");
    assert!(world.named(PROJECT, "Slow bot").is_some());
    screen
        .sees("nobody has its secret")
        .types("\x1b")
        .misses("nobody has its secret")
        .types("x")
        .sees("Deactivate a key")
        .types("y")
        .sees("Deactivating");
    world.fails(&[]);
    screen.sees("is inactive");
    assert!(!world.named(PROJECT, "Slow bot").unwrap().valid);
    screen.types("\x1b").misses("is inactive:").types("q");
    screen.ends(0);
}

#[test]
fn a_service_that_goes_away_is_told_and_tried_again() {
    let mut world = World::new();
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform").sees("Production App").sees("Acme Inc.");
    let listen = world.base_url.trim_start_matches("http://").parse().unwrap();
    world.service.take().unwrap().stop();
    // What was read stays; what was not says why.
    screen.types("r").sees("Could not read again").sees("Terraform").types("\x1b").misses("Esc dismisses");
    screen.sees("as of").sees("again in");
    screen.types("j").sees("refused the connection").sees("r tries at once");
    world.service = Some(Service::start(&Options { listen, ..Options::default() }).unwrap());
    screen.types("r").sees("Old laptop").misses("r tries at once").types("q");
    screen.ends(0);
}

#[test]
fn a_write_that_did_not_arrive_leaves_the_dialog_with_what_was_typed() {
    let mut world = World::new();
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform").types("c").sees("Generate a key").types("Lost bot").types(TO_SCREEN).sees("[screen]");
    let listen = world.base_url.trim_start_matches("http://").parse().unwrap();
    world.service.take().unwrap().stop();
    screen.types("\r").sees("refused the connection").sees("No key was made").sees("Lost bot");
    world.service = Some(Service::start(&Options { listen, ..Options::default() }).unwrap());
    screen.types("\r").sees("Not taken yet");
    assert!(world.named(None, "Lost bot").is_some());
    // Leaving with a secret that nobody has takes saying so twice.
    screen.types("\u{3}").sees("Press Ctrl-c again").types("v").sees("hide").types("\u{3}").types("\u{3}");
    screen.ends(0);
}

#[test]
fn what_was_typed_ahead_answers_no_question() {
    let world = World::with(&Options { latency: Duration::from_millis(100), ..Options::default() });
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform").sees("Production App").types("j").sees("13 keys").types("\r").sees("x deactivate");
    // In one go, as if typed faster than the screen follows.
    screen.types(&format!("cEager bot{TO_SCREEN}\r")).types("discard\r\rq").sees("Not taken yet");
    screen.types("\x1b").sees("Nobody has this secret yet").types("discard\r").misses("New key");
    screen.sees_row(&["▸", "Eager bot"]).types("xy").sees("Deactivate a key").types("n").misses("Deactivate a key");
    // However much it was: none of it is in the field.
    screen.types(&format!("D{}Eager bot\r", "z".repeat(500))).sees("Delete a key");
    screen.insists("m", |screen| screen.row(&["▸ m"]).is_some());
    screen.types("\x1b").misses("Delete a key");
    let key = world.named(PROJECT, "Eager bot").unwrap();
    assert!(key.valid);
    screen.types("q");
    screen.ends(0);
}
