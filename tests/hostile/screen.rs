//! The screen: every byte of it, in all panes and dialogs, with every name of the corpus.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::bytes::{May, holds_only};
use crate::corpus::{KEY, names, word};
use crate::house::House;
use crate::oneshot::is_safe_json;
use crate::service::Hostile;
use crate::watched::Watched;

const DOWN: &str = "\x1b[B";
/// How a copy for the terminal begins.
const COPY: &[u8] = b"\x1b]52;c;";

fn open(service: &Hostile, columns: u16, rows: u16) -> Watched {
    let house = House::new("ho\u{1b}[3g\u{202e}me", service.base_url(), KEY);
    Watched::run(house.on_terminal(env!("CARGO_BIN_EXE_ckeys"), &[]), columns, rows)
}

/// Ends it, and looks at all that it wrote.
#[track_caller]
fn ends(mut screen: Watched) {
    assert_eq!(screen.ends("\x03"), 0);
    // What the shell gets back begins with a line's end, should it begin with anything.
    holds_only(May::Draw, &screen.raw, "the screen");
    holds_only(May::Lines, screen.seen.as_bytes(), "what was seen");
}

/// What the terminal was given for its clipboard in what was written from `from` on, once it was.
#[track_caller]
fn copied(screen: &mut Watched, from: usize) -> String {
    let copy = |screen: &Watched| {
        let raw = &screen.raw[from..];
        let start = raw.windows(COPY.len()).position(|window| window == COPY)? + COPY.len();
        let end = start + raw[start..].iter().position(|byte| *byte == 7)?;
        Some(String::from_utf8(STANDARD.decode(&raw[start..end]).unwrap()).unwrap())
    };
    screen.waits("no copy", |screen| copy(screen).is_some());
    copy(screen).unwrap()
}

#[test]
fn lists_and_details_show_every_name_with_marks() {
    for (columns, rows) in [(60, 16), (80, 24), (120, 50)] {
        let service = Hostile::new();
        let mut screen = open(&service, columns, rows);
        screen.sees(&word(0)).sees("<U+001B>").sees("The service warns");
        screen.presses_away("\x1b", "The service warns");
        // Each project, and each key of the last.
        for _ in 0..names().len() {
            screen.types("j");
        }
        screen.types("\t").sees("x ");
        // They were made in the order of their names, and the newest is the first.
        for at in (0..names().len()).rev() {
            let title = format!("╭ {}", word(at));
            screen.types("\r").sees(&title).types("q").misses(&title).types(DOWN);
            let is_seen = |screen: &Watched| screen.seen.contains(&word(at));
            screen.waits("it was never shown", is_seen);
        }
        screen.types("/harm06").sees("harm06").types("\r").types("w").types("z").types("sS");
        ends(screen);
    }
}

#[test]
fn dialogs_and_their_outcomes_show_names_with_marks() {
    let service = Hostile::new();
    let mut screen = open(&service, 100, 40);
    screen.sees(&word(0)).sees("The service warns").presses_away("\x1b", "The service warns");
    // The key that is active, and has not been used.
    screen.types("\t").sees("x reactivate").types("G").sees("x deactivate");
    screen.types("x").sees("Deactivate a key").types("y").sees("is inactive").types("\x1b").misses("is inactive:");
    screen.types("D").sees("Delete a key").types("nothing of the kind\r").sees("That is not").types("\x1b");
    screen.misses("Delete a key").types("u").sees("active already").types("\r").misses("active already");
    screen.types("y").sees("Copy").types("n");
    // Who pastes it into a shell must not run anything.
    holds_only(May::Lines, copied(&mut screen, 0).as_bytes(), "the copy");
    // What is typed is shown as it is, but for what can't be seen.
    screen
        .types("c")
        .sees("Generate a key")
        .types("\x1b[200~CI pasted\u{202e}\u{1b}[3g\u{e0041}\x1b[201~")
        .sees("CI pasted");
    screen.types("\r").sees("invisible or control character").types("\x15").misses("CI pasted").types("CI\r");
    screen.sees("New key").sees("Sent to the terminal").types("v").sees("v hide").types("v").sees("v show");
    screen.types("\x1b").sees("discard").types("discard\r").misses("New key");
    screen.types("0").sees("All keys").types("@").sees("Journal").sees("harm").types("q").misses("Journal");
    ends(screen);
}

#[test]
fn marked_keys_and_what_is_exported_show_names_with_marks() {
    let service = Hostile::new();
    let mut screen = open(&service, 120, 40);
    screen.sees(&word(0)).sees("The service warns").presses_away("\x1b", "The service warns");
    screen.types("\t").sees("x reactivate");
    let folder = tempfile::tempdir().unwrap();
    for (presses, format) in ["csv", "json", "markdown", "table"].into_iter().enumerate() {
        let path = folder.path().join(format);
        screen.types("e").sees("Export ").types(&" ".repeat(presses));
        screen.types(&format!("\t\t\x15{}\r", path.display())).sees("written to");
        screen.types("\x1b").misses("written to");
        let text = fs::read_to_string(path).unwrap();
        assert!((0..names().len()).all(|at| text.contains(&word(at))), "{format}: {text}");
        match format {
            "json" => is_safe_json(text.as_bytes(), format),
            // CSV ends its lines with both.
            _ => holds_only(May::Lines, text.replace("\r\n", "\n").as_bytes(), format),
        }
    }
    screen.types("/id:101").sees("1 of 26").types("\r").sees("Enter details");
    let so_far = screen.raw.len();
    screen.types("e").sees("Export ").types("  \t \r").sees("was sent").types("\x1b").misses("was sent");
    holds_only(May::Lines, copied(&mut screen, so_far).as_bytes(), "the copy");
    screen.types("\x1b").misses("1 of 26");
    // All of them are marked, and what became of each is told.
    screen.types("*").sees("marked").types("x").sees("keys (y)").types("y").sees("eactivated").types("\x1b");
    screen.types("D").sees("harm").types("\x1b");
    ends(screen);
}

#[test]
fn what_is_typed_into_a_filter_is_shown_as_far_as_it_can_be_seen() {
    let service = Hostile::new();
    let mut screen = open(&service, 100, 40);
    screen.sees(&word(0)).sees("The service warns").presses_away("\x1b", "The service warns");
    screen.types("\t").sees("x reactivate");
    for (filter, shown) in [
        ("no such\u{202e}\u{e0041} key", "no such key"),
        ("\u{202e}stale:\u{200b}x", "stale:x"),
        ("kye:\u{feff}x", "kye:x"),
    ] {
        screen.types("/").types(&format!("\x1b[200~{filter}\x1b[201~")).sees(shown);
        screen.types("\r").types("\x1b").misses(shown);
    }
    screen.types("/").types("scope:harm").sees("Tab: ").types("\t").misses("Tab: ").types("\x1b").misses("scope:harm");
    ends(screen);
}

#[test]
fn failures_show_the_services_words_with_marks() {
    for status in [299, 302, 401, 403, 404, 409, 422] {
        let service = Hostile::new();
        service.answers(status);
        let mut screen = open(&service, 100, 40);
        screen.sees("The projects could");
        screen.waits("nothing of the keys", |screen| !screen.text().contains("Reading the keys"));
        if status != 299 {
            screen.sees("harm00");
        }
        ends(screen);
    }
}
