//! Leaving while something is under way: what is asked before, what is said on the shell's screen afterwards, what the
//! journal holds, and what the next start says.

use std::time::Instant;

use confident_keys::api::model::ApiKey;
use confident_keys::journal::{Action, Entry, Outcome};
use rustix::process::Signal;

use crate::pty::PATIENCE;
use crate::screen::{Screen, TO_SCREEN};
use crate::world::World;

const PROJECT: Option<&str> = Some("Production App");
const SIGNALS: [(Signal, u32); 3] = [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)];
/// So long that its lines stay whole.
const COLUMNS: u16 = 160;

/// At the keys of the project.
fn at_the_keys(world: &World) -> Screen {
    let mut screen = Screen::open(world, COLUMNS, 24);
    screen.sees("Acme Inc.").sees("Production App").types("j").sees("Old laptop").types("\r").sees("x deactivate");
    screen
}

/// A key is being generated, and the service has got the call, whose answer does not come.
fn generating(world: &World, is_done: bool) -> Screen {
    let mut screen = at_the_keys(world);
    world.fails(&[if is_done { "POST * delay=60000" } else { "POST * delay=60000,before" }]);
    screen.types("c").sees("Generate a key").types("Left bot").sees("Left bot").types("\r").sees("Generating");
    screen.waits_for(|| world.count("POST") == 1);
    screen
}

/// The key called so, once it is there: the service may be still at it when the program is gone.
fn made(world: &World, name: &str) -> ApiKey {
    let start = Instant::now();
    loop {
        assert!(start.elapsed() < PATIENCE, "it is not there");
        if let Some(key) = world.named(PROJECT, name) {
            return key;
        }
    }
}

fn entries(world: &World) -> Vec<Entry> {
    world.journal().entries(None).unwrap().entries
}

/// The names of what was left open.
fn open(world: &World) -> Vec<String> {
    let listed = world.journal().intents().unwrap();
    assert!(listed.unreadable.is_empty(), "{listed:?}");
    let intents = listed.intents.into_iter().inspect(|intent| assert!(!intent.is_under_way));
    intents.map(|intent| intent.intent.name.to_string()).collect()
}

#[track_caller]
fn says(text: &str, words: &[&str]) {
    for words in words {
        assert!(text.contains(words), "{words:?} is not in {text:?}");
    }
}

/// The next start says what became of the key, once.
fn the_next_start_tells(world: &World, key: &ApiKey) {
    let mut screen = Screen::open(world, COLUMNS, 24);
    screen.sees("A lost answer · Production App").sees("An earlier ckeys ended while it generated “Left bot”");
    screen.sees(&format!("id {}", key.id)).types("\x1b").misses("A lost answer").types("q");
    screen.ends(0);
    let entry = entries(world).pop().unwrap();
    assert_eq!((entry.action, entry.outcome, entry.id), (Action::Reconcile, Outcome::Orphan, Some(key.id)));
    assert_eq!((open(world).len(), world.count("POST")), (0, 1));
}

#[test]
fn leaving_while_a_key_is_generated_is_asked_once_and_told_afterwards() {
    let world = World::new();
    let mut screen = generating(&world, true);
    // What closes dialogs and quits elsewhere does neither here.
    screen.types("q\x1bq").types("\u{3}").sees("Press Ctrl-c again").sees("A change is under way").sees("Generating");
    // Whoever does something else has thought better of it.
    screen.types("q").misses("Press Ctrl-c again").sees("Generating");
    screen.types("\u{3}").sees("Press Ctrl-c again").types("\u{3}");
    let text = screen.ends(0);
    let key = made(&world, "Left bot");
    says(
        &text,
        &["ckeys: A key called “Left bot” may have been generated", "nobody has its secret", "`ckeys list --project "],
    );
    assert_eq!((entries(&world), open(&world)), (vec![], vec!["Left bot".to_owned()]));
    the_next_start_tells(&world, &key);
}

#[test]
fn a_signal_ends_the_program_at_once_while_a_key_is_generated() {
    for (signal, code) in SIGNALS {
        let world = World::new();
        let mut screen = generating(&world, true);
        let told = Instant::now();
        screen.signals(signal);
        let text = screen.ends(code);
        assert!(told.elapsed() < PATIENCE / 4, "{signal:?} took {:?}", told.elapsed());
        let key = made(&world, "Left bot");
        says(&text, &["may have been generated"]);
        assert_eq!((entries(&world), open(&world)), (vec![], vec!["Left bot".to_owned()]));
        the_next_start_tells(&world, &key);
    }
}

#[test]
fn a_key_that_was_not_made_in_the_end_is_no_news() {
    let world = World::new();
    let mut screen = generating(&world, false);
    screen.signals(Signal::TERM);
    says(&screen.ends(143), &["may have been generated"]);
    let mut screen = at_the_keys(&world);
    screen.waits_for(|| world.journal().intents().unwrap().intents.is_empty());
    screen.types("q");
    assert!(!screen.ever_wrote("A lost answer"));
    screen.ends(0);
    assert_eq!((world.named(PROJECT, "Left bot"), entries(&world).pop().unwrap().outcome), (None, Outcome::None));
}

#[test]
fn leaving_while_a_key_is_changed_is_asked_once_told_and_written_down() {
    let world = World::new();
    let mut screen = at_the_keys(&world);
    let key = world.named(PROJECT, "Old laptop").unwrap();
    world.fails(&["PUT * delay=60000"]);
    screen.types("/old laptop\r").misses("Nightly").types("x").sees("Deactivate a key").types("y").sees("Deactivating");
    screen.waits_for(|| world.count("PUT") == 1);
    screen.types("q\x1bn").types("\u{3}").sees("Press Ctrl-c again").sees("Deactivating").types("\u{3}");
    let text = screen.ends(0);
    says(&text, &["“Old laptop” may have been deactivated", &format!("`ckeys get {} --project ", key.id)]);
    let entry = entries(&world).pop().unwrap();
    assert_eq!((entry.action, entry.outcome, entry.id), (Action::Deactivate, Outcome::Unknown, Some(key.id)));
    assert_eq!(entries(&world).len(), 1);
    // It is as it is: the next start has nothing to look into, and shows it.
    let mut screen = at_the_keys(&world);
    screen.types("/old laptop\r").misses("Nightly").sees_row(&["inactive", "Old laptop"]).types("q");
    screen.ends(0);
}

#[test]
fn a_signal_while_a_key_is_deleted_is_written_down() {
    for (signal, code) in SIGNALS {
        let world = World::new();
        let mut screen = at_the_keys(&world);
        let key = world.named(PROJECT, "Contractor 2025").unwrap();
        world.fails(&["DELETE * delay=60000,before"]);
        screen.types("/contractor\r").misses("Old laptop").types("D").sees("Delete a key");
        screen.types("Contractor 2025\r").sees("Deleting").waits_for(|| world.count("DELETE") == 1).signals(signal);
        let text = screen.ends(code);
        says(&text, &["“Contractor 2025” may have been deleted", &format!("`ckeys get {} --project ", key.id)]);
        let entry = entries(&world).pop().unwrap();
        assert_eq!((entry.action, entry.outcome, entry.id), (Action::Delete, Outcome::Unknown, Some(key.id)));
    }
}

#[test]
fn a_secret_that_nobody_took_is_told_with_its_key() {
    let world = World::new();
    let generates = || {
        let mut screen = at_the_keys(&world);
        screen.types("c").sees("Generate a key").types(&format!("Left bot{TO_SCREEN}\r")).sees("Not taken yet");
        screen
    };
    let ended = |screen: Screen, code: u32, words: &str| {
        let key = world.named(PROJECT, "Left bot").unwrap();
        let useless = format!("`ckeys deactivate {} --project ", key.id);
        says(&screen.ends(code), &["“Left bot” works", words, &useless]);
        // The journal has it, and the next start has nothing to look into.
        assert_eq!((entries(&world).pop().unwrap().id, open(&world).len()), (Some(key.id), 0));
        let scope = world.scope(PROJECT);
        world.wait(world.client(world.key.clone()).keys(&scope).delete(key.id)).unwrap();
    };
    let mut screen = generates();
    screen.signals(Signal::TERM);
    ended(screen, 143, "and nobody has its secret: ");
    let mut screen = generates();
    screen.types("\u{3}").sees("Press Ctrl-c again").types("\u{3}");
    ended(screen, 0, "and nobody has its secret: ");
    // Whether the terminal took it only its user can know.
    let mut screen = generates();
    screen.types("c").sees("Sent to the terminal").signals(Signal::TERM);
    ended(screen, 143, "and nobody has its secret unless you do: ");
}

#[test]
fn a_lost_answer_that_was_not_dealt_with_is_told_once_more() {
    let world = World::new();
    let mut screen = at_the_keys(&world);
    world.fails(&["POST * drop"]);
    screen.types("c").sees("Generate a key").types("Left bot\r").sees("A lost answer").signals(Signal::TERM);
    let text = screen.ends(143);
    let key = world.named(PROJECT, "Left bot").unwrap();
    says(&text, &["“Left bot” works, and nobody has its secret", &format!("`ckeys deactivate {} ", key.id)]);
    // As long as the list can't be read, nobody knows, and the next start looks again.
    let mut screen = at_the_keys(&world);
    world.fails(&["POST * drop", "GET */api-keys status=403,skip=1,times=always"]);
    screen.types("c").sees("Generate a key").types("Dark bot\r").sees("A lost answer").signals(Signal::TERM);
    says(&screen.ends(143), &["Whether a key called “Dark bot” was generated could not be told yet"]);
    assert_eq!(open(&world), ["Dark bot"]);
}

#[test]
fn nothing_is_said_where_nothing_is_left_behind() {
    let world = World::new();
    let mut screen = at_the_keys(&world);
    screen.types("c").sees("Generate a key").types("Never sent").sees("Never sent").signals(Signal::TERM);
    assert_eq!(screen.ends(143), "");
    let mut screen = at_the_keys(&world);
    screen.types("q");
    assert_eq!(screen.ends(0), "");
    // Made-up keys end with the program.
    let mut screen = Screen::run(&world, &["--demo"], &[], COLUMNS, 24);
    screen
        .sees("Terraform")
        .types("c")
        .sees("Generate a key")
        .types(&format!("Made up{TO_SCREEN}\r"))
        .sees("Not taken yet");
    screen.signals(Signal::TERM);
    assert_eq!(screen.ends(143), "");
    assert_eq!(world.count("POST"), 0);
}
