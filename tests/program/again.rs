//! Reads that go on by themselves, and what the service announces: nobody presses a key.

use confident_keys::demo::{Options, Service};

use crate::screen::{Screen, TO_SCREEN};
use crate::world::World;

fn world(faults: &[&str]) -> World {
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    World::with(&Options { faults, ..Options::default() })
}

fn reads_of_keys(world: &World) -> usize {
    let requests = world.service.as_ref().unwrap().requests();
    requests.iter().filter(|request| request.method == "GET" && request.path.ends_with("/api-keys")).count()
}

#[test]
fn a_pause_that_the_service_asks_for_ends_by_itself() {
    let world = world(&["GET */api-keys status=429,retry-after=1"]);
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Acme Inc.").sees("Terraform").sees("5 keys").misses("again in");
    assert!(screen.ever_wrote("(429):"), "the pause was told");
    assert_eq!(reads_of_keys(&world), 2, "once before the pause, and once after it");
    screen.types("q");
    screen.ends(0);
}

#[test]
fn a_long_pause_counts_down_and_holds_back_every_read() {
    let world = world(&["GET */api-keys status=429,retry-after=90,times=always"]);
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Too many requests (429)").sees("Production App");
    let seconds = |screen: &Screen| {
        let text = screen.text();
        let (_, rest) = text.lines().next().unwrap().split_once("again in ").unwrap_or_default();
        rest.split_whitespace().next().and_then(|count| count.parse::<u32>().ok())
    };
    screen.waits("no countdown", |screen| seconds(screen).is_some());
    let first = seconds(&screen).unwrap();
    screen.waits("it stands still", |screen| seconds(screen).is_some_and(|now| now + 2 <= first));
    // Another scope waits for the same pause.
    screen.types("j").sees("The service asked for a pause").sees("r tries at once");
    assert_eq!(reads_of_keys(&world), 1);
    world.service.as_ref().unwrap().set_faults(&[]);
    screen.types("r").sees("Old laptop").misses("again in").types("q");
    screen.ends(0);
}

#[test]
fn a_service_that_comes_back_is_read_again_without_a_key() {
    let mut world = World::new();
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform");
    let listen = world.base_url.trim_start_matches("http://").parse().unwrap();
    world.service.take().unwrap().stop();
    screen.types("r").sees("Could not read again").sees("as of").sees("again in").sees("Terraform");
    world.service = Some(Service::start(&Options { listen, ..Options::default() }).unwrap());
    screen.misses("Could not read again").misses("as of").misses("again in").sees("Terraform");
    screen.types("q");
    screen.ends(0);
}

#[test]
fn a_service_that_is_not_there_at_the_start_is_read_once_it_is() {
    let mut world = World::new();
    let listen = world.base_url.trim_start_matches("http://").parse().unwrap();
    world.service.take().unwrap().stop();
    let mut screen = Screen::open(&world, 60, 16);
    screen.sees("could not be read").sees("Tried again in").sees("r tries at once");
    world.service = Some(Service::start(&Options { listen, ..Options::default() }).unwrap());
    screen.sees("Acme Inc.").sees("Production App").misses("again in").types("q");
    screen.ends(0);
}

#[test]
fn maintenance_is_told_and_waited_out() {
    let world = world(&["GET /v1/organization status=503,retry-after=2", "GET /v1/projects status=503,retry-after=2"]);
    let mut screen = Screen::open(&world, 120, 36);
    screen.sees("Terraform").sees("Acme Inc.").sees("Production App").misses("again in");
    assert!(screen.ever_wrote("maintenance"));
    screen.types("q");
    screen.ends(0);
}

#[test]
fn a_read_only_key_is_known_by_its_first_refusal() {
    let world = world(&["PUT */api-keys/* status=403", "POST */api-keys status=403"]);
    let mut screen = Screen::open(&world, 80, 24);
    screen
        .sees("Terraform")
        .types("\r/onboarding\r")
        .misses("Terraform")
        .types("x")
        .sees("Read again just now")
        .types("y");
    screen.sees("may not do this (403)").sees("read-only").types("\x1b").misses("Deactivate a key");
    screen.misses("x deactivate").sees("Enter details").types("c").sees("This organization key may only read");
    screen
        .sees("press c again")
        .types("c")
        .sees("Generate a key")
        .types(&format!("CI{TO_SCREEN}\r"))
        .sees("may not do this (403)");
    // The faults are used up, as if somebody had given the key its right.
    screen.types("\r").sees("Not taken yet").misses("read-only");
    screen.types("\x1b").sees("Nobody has this secret").types("discard\r").misses("New key").sees("x deactivate");
    screen.sees("nobody has its secret").types("\x1b").misses("nobody has its secret").types("q");
    screen.ends(0);
}

#[test]
fn a_deprecation_is_told_once() {
    let world = world(&["deprecated,sunset=2050-12-31,times=always"]);
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform").sees("deprecated").sees("31 December 2050").types("\x1b").misses("deprecated");
    screen.sees("Production App").types("r").types("j").sees("13 keys").types("\r").sees("x deactivate");
    assert!(!screen.text().contains("deprecated"), "{}", screen.text());
    screen.types("q");
    screen.ends(0);
}
