//! The terminal's own fate while the program runs: it hangs, vanishes, changes its size, is the shell's for a while, or
//! has far too much pasted into it.

use std::time::Duration;

#[cfg(target_os = "linux")]
use rustix::process::Signal;

use crate::screen::{Screen, TO_SCREEN};
use crate::world::World;

const PROJECT: Option<&str> = Some("Production App");
/// What an end may take on a busy machine; most of it is a hung terminal's last chance.
const SOON: Duration = Duration::from_secs(20);

/// At the keys of the project.
fn at_the_keys(world: &World) -> Screen {
    let mut screen = Screen::open(world, 100, 24);
    goes_to_the_keys(&mut screen);
    screen
}

fn goes_to_the_keys(screen: &mut Screen) {
    screen.sees("Acme Inc.").sees("Production App").types("j").sees("Old laptop").types("\r").sees("x deactivate");
}

/// A key is being generated, and its answer does not come.
fn generating(world: &World) -> Screen {
    let mut screen = at_the_keys(world);
    world.fails(&["POST * delay=60000"]);
    screen.types("c").sees("Generate a key").types("Left bot").sees("Left bot").types("\r").sees("Generating");
    screen.waits_for(|| world.count("POST") == 1);
    screen
}

/// The names of what was left open.
fn open(world: &World) -> Vec<String> {
    world.journal().intents().unwrap().intents.iter().map(|intent| intent.intent.name.to_string()).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn a_signal_ends_the_program_while_its_terminal_hangs_and_a_key_is_generated() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let world = World::new();
        let mut screen = generating(&world);
        screen.hangs().signals(signal).is_over(SOON);
        assert_eq!(open(&world), ["Left bot"]);
        screen.goes_on();
        // What it had to say is there once somebody looks.
        let text = screen.ends(code);
        assert!(text.contains("A key called “Left bot” may have been generated"), "{text}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_copy_that_a_hung_terminal_did_not_take_is_none() {
    let world = World::new();
    let mut screen = at_the_keys(&world);
    screen.types("c").sees("Generate a key").types(&format!("Left bot{TO_SCREEN}\r")).sees("Not taken yet");
    screen.hangs().types("c").signals(Signal::TERM).is_over(SOON).goes_on();
    let text = screen.ends(143);
    assert!(text.contains("“Left bot” works, and nobody has its secret: "), "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_hung_terminal_does_not_fill_the_memory_with_what_is_typed() {
    let world = World::new();
    let mut screen = at_the_keys(&world);
    let typed = screen.hangs().floods();
    // What the program and the system keep of it, and what was dealt with while the terminal filled up.
    assert!(typed < 4_000_000, "{typed} keys");
    screen.signals(Signal::TERM).is_over(SOON).goes_on();
    screen.ends(143);
}

#[test]
fn a_terminal_that_vanishes_ends_the_program_and_the_next_one_knows_what_was_under_way() {
    let world = World::new();
    let screen = generating(&world);
    assert_eq!(screen.vanishes(SOON), 129);
    assert_eq!(open(&world), ["Left bot"]);
    let mut screen = Screen::open(&world, 100, 24);
    screen
        .sees("An earlier ckeys ended while it generated “Left bot”")
        .types("\x1b")
        .misses("A lost answer")
        .types("q");
    screen.ends(0);
}

#[test]
fn a_display_that_hangs_holds_up_no_key_and_the_terminal_takes_the_copy() {
    // It takes connections and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let number = silent.local_addr().unwrap().port() - 6000;
    let display = ("DISPLAY", &*format!("127.0.0.1:{number}"));
    let world = World::new();
    let variables = [("CONFIDENT_BASE_URL", &*world.base_url), ("CONFIDENT_ORG_API_KEY", world.key.expose()), display];
    let mut screen = Screen::run(&world, &[], &variables, 100, 24);
    goes_to_the_keys(&mut screen);
    screen.types("c").sees("Generate a key").types(&format!("Left bot{TO_SCREEN}\r")).sees("Not taken yet").types("c");
    for _ in 0..5 {
        screen.types("v").sees("v hide").types("v").sees("v show");
    }
    assert!(!screen.text().contains("Sent to the terminal"), "{}", screen.text());
    let secret = screen.takes_copy();
    assert!(secret.expose().starts_with("confident_us_proj_"));
    screen.sees("Sent to the terminal").types("\x1b").sees("saved if you have it").types("saved\r");
    screen.misses("New key").types("q");
    screen.ends(0);
}

#[test]
fn a_shell_has_its_own_screen_while_the_program_is_suspended_with_a_secret() {
    let world = World::new();
    let script = r#"set -m; "$0"; echo shell is back; read go; fg >/dev/null; exit $?"#;
    let variables = [("CONFIDENT_BASE_URL", &*world.base_url), ("CONFIDENT_ORG_API_KEY", world.key.expose())];
    let words = ["/bin/sh", "-c", script, env!("CARGO_BIN_EXE_ckeys")];
    let mut screen = Screen::run_command(&world, &words, &variables, 100, 24);
    goes_to_the_keys(&mut screen);
    screen
        .types("c")
        .sees("Generate a key")
        .types(&format!("Left bot{TO_SCREEN}\r"))
        .sees("Not taken yet")
        .types("v")
        .sees("v hide");
    screen.types("\x1a").sees("shell is back");
    let text = screen.text();
    assert!(!text.contains("confident_us") && !text.contains("Left bot"), "{text}");
    // What is typed to the shell is the shell's.
    screen
        .types("discard\r")
        .sees("Not taken yet")
        .sees("v hide")
        .types("\x1b")
        .sees("Only you know")
        .sees_row(&["│  ▸ "]);
    screen.types("discard\r").misses("New key").types("q");
    screen.ends(0);
}

#[test]
fn a_storm_of_sizes_leaves_a_whole_screen_and_the_dialog_as_it_was() {
    let world = World::new();
    let mut screen = at_the_keys(&world);
    screen.types("c").sees("Generate a key").types("Storm").sees("Storm");
    for step in 0..400_u16 {
        screen.resizes(20 + step * 37 % 180, 4 + step * 13 % 50);
    }
    screen.resizes(90, 25);
    // Until it knows that it has room again, keys mean nothing. What is drawn by pieces is what is drawn in full.
    screen.insists("!", |screen| screen.text().contains("Storm!"));
    let text = screen.text();
    screen.types("\x0c?").waits("another screen", |screen| screen.text().replace("!?", "! ") == text);
    screen.types("\x1b").misses("Generate a key").types("q");
    screen.ends(0);
}

#[test]
fn places_that_no_terminal_has_are_no_end() {
    let world = World::new();
    let mut screen = at_the_keys(&world);
    for odd in ["\x1b[<0;0;5M", "\x1b[<0;5;0M", "\x1b[M   ", "\x1b[0;1R", "\x1b[1;0R"] {
        screen.types(odd);
    }
    screen.types("?").sees("Help").types("\x1b").misses("Help").types("q");
    screen.ends(0);
}

#[test]
fn a_paste_answers_no_question_and_presses_no_button() {
    let world = World::new();
    let mut screen = at_the_keys(&world);
    let paste = |text: &str| format!("\x1b[200~{text}\x1b[201~");
    screen.types("/old laptop\r").misses("Nightly").types("x").sees("Deactivate a key");
    screen.types(&paste("y\r\n")).types(&paste("\r")).types("n").misses("Deactivate a key");
    screen.types("D").sees("Delete a key").types(&paste("Old laptop\r\ny\r"));
    screen.types("\x1b").misses("Delete a key");
    // However long it is, and whatever it holds.
    screen.types("c").sees("Generate a key").types(&paste(&"\x07\u{202e}name\t\x1b[31m".repeat(2000))).types("\x1b");
    screen.misses("Generate a key").types("q");
    screen.ends(0);
    assert!(world.named(PROJECT, "Old laptop").unwrap().valid);
    assert_eq!(["PUT", "DELETE", "POST"].map(|method| world.count(method)), [0, 0, 0]);
}

#[test]
fn a_paste_without_its_marks_answers_no_question_either() {
    let world = World::new();
    let mut screen = at_the_keys(&world);
    screen.types("/old laptop\r").misses("Nightly");
    // More than the terminal holds at once: most of it comes when the dialog has long been there.
    screen.types(&format!("x{}", "y".repeat(200_000))).sees("Deactivate a key");
    // From the first pause on, keys are somebody's again.
    screen.insists("n", |screen| !screen.text().contains("Deactivate a key"));
    assert_eq!(world.count("PUT"), 0);
    screen.types("x").sees("Deactivate a key").types("y").sees("is inactive").types("q");
    screen.ends(0);
    assert!(!world.named(PROJECT, "Old laptop").unwrap().valid);
}
