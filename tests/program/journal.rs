//! The journal on the screen: what this program and others did.

use std::fs;

use crate::screen::{Screen, TO_SCREEN};
use crate::world::World;

#[test]
fn what_was_done_is_shown_and_what_others_do_meanwhile_is_read_again() {
    let world = World::new();
    let mut screen = Screen::open(&world, 120, 36);
    screen.sees("Terraform").types("@").sees("Nothing was done yet").sees("confident-keys/journal.jsonl");
    screen.types("\x1b").misses("Nothing was done yet").sees("Production App").types("j").sees("13 keys").types("\r");
    screen
        .sees("x deactivate")
        .types("c")
        .sees("Generate a key")
        .types(&format!("Journal bot{TO_SCREEN}\r"))
        .sees("Not taken yet");
    screen.types("\x1b").sees("Nobody has this secret").types("discard\r").sees("nobody has its secret");
    screen.types("\x1b").misses("nobody has its secret").types("@");
    let id = world.named(Some("Production App"), "Journal bot").unwrap().id.to_string();
    screen.sees_row(&["✓ done", "just now", "create", "Journal bot", &id, "Production App"]);
    // A second program, at the same time.
    let mut other = Screen::open(&world, 80, 24);
    other.sees("Production App").types("j").sees("14 keys").types("\r").sees("Journal bot").types("x");
    other.sees("Deactivate a key").sees("Journal bot").types("y").sees("is inactive");
    other.types("\x1b").misses("is inactive:").types("q");
    other.ends(0);
    assert!(screen.row(&["✓ done", "deactivate"]).is_none());
    screen.types("r").sees_row(&["✓ done", "deactivate", "Journal bot", &id]);
    // Absolute times, as in the lists.
    screen.types("z").misses("just now").types("q").misses("journal.jsonl").types("q");
    screen.ends(0);
}

#[test]
fn where_none_is_kept_it_says_why() {
    let world = World::new();
    let mut screen = Screen::run(&world, &["--demo"], &[], 80, 24);
    screen.sees("Terraform").types("@").sees("No journal is kept of the demo").types("qq");
    screen.ends(0);
    let in_the_way = world.home.path().join("in the way");
    fs::write(&in_the_way, "").unwrap();
    let key = world.key.expose();
    let variables = [
        ("CONFIDENT_BASE_URL", world.base_url.as_str()),
        ("CONFIDENT_ORG_API_KEY", key),
        ("XDG_STATE_HOME", in_the_way.to_str().unwrap()),
    ];
    let mut screen = Screen::run(&world, &[], &variables, 120, 36);
    screen.sees("Terraform").sees("without a journal").types("\x1b").misses("Esc dismisses").types("@");
    screen.sees("in the way").sees("can't be used").sees("without a journal").types("qq");
    screen.ends(0);
}
