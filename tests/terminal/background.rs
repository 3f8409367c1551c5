//! What the terminal says its background is, between the keys that are typed.

use std::time::{Duration, Instant};

use crate::session::Session;

const QUESTION: &str = "\x1b]11;?\x07";
const ASKS: [(&str, &str); 1] = [("ASKS_BACKGROUND", "1")];
const DARK: &str = "\x1b]11;rgb:1e1e/1e1e/1e1e\x07";

/// The program, which has asked, and has drawn without an answer.
fn asking() -> Session {
    let mut session = Session::start(&ASKS);
    session.hears(QUESTION, 1);
    session
}

#[test]
fn an_answer_comes_as_a_colour_and_no_part_of_it_as_a_key() {
    for (answer, seen) in [
        (DARK, "on 30 30 30"),
        ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "on 255 255 255"),
        ("\x1b]11;rgb:fd/f6/e3\x07", "on 253 246 227"),
    ] {
        let mut session = asking();
        session.types(answer);
        session.sees(seen);
        session.types("q");
        session.ends_clean(0);
    }
}

#[test]
fn keys_typed_at_the_same_moment_arrive_in_their_order() {
    let mut session = asking();
    session.types(&format!("jk{DARK}]11;x"));
    session.sees("typed j k ] 1 1 ; x");
    session.sees("on 30 30 30");
    // It was answered: from now on whatever looks like an answer was typed.
    session.types("\x1b]11;");
    session.sees("typed j k ] 1 1 ; x Alt-] 1 1 ;");
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn an_answer_that_comes_late_and_byte_by_byte_is_none_of_the_keys_around_it() {
    let mut session = asking();
    session.types("abx");
    session.sees("typed a b x");
    // But for Esc, which is a key by itself where nothing follows for a while, however busy this machine is.
    let (start, rest) = DARK.split_at(2);
    for piece in [start.to_owned()].into_iter().chain(rest.chars().map(String::from)) {
        session.types(&piece);
        session.is_read();
    }
    session.sees("on 30 30 30");
    session.types("y");
    session.sees("typed a b x y");
    session.sees("keys 4");
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn an_answer_of_no_use_is_dropped_whole() {
    for garbage in ["\x1b]11;cdDxq\x07", "\x1b]11;\x1b\\"] {
        let mut session = asking();
        session.types(&format!("a{garbage}b"));
        session.sees("typed a b");
        assert!(session.shows("ready") && session.shows("keys 2"));
        session.types("q");
        session.ends_clean(0);
    }
}

#[test]
fn where_no_answer_comes_keys_arrive_as_ever() {
    let mut session = asking();
    for (key, seen) in [("\x1b", "typed Esc"), ("j", "typed Esc j"), ("\x1b]", "Alt-]"), ("\x1b[A", "Alt-] Up")] {
        session.types(key);
        session.sees(seen);
    }
    session.sees("keys 4");
    session.types("q");
    session.ends_clean(0);
}

/// Whatever the program has not read when it ends goes to the shell.
#[test]
fn the_end_waits_for_an_answer_that_is_due_but_not_for_long() {
    let mut session = asking();
    session.types("q");
    session.types(DARK);
    let session = session.ends_clean(0);
    assert_eq!(session.unread(), 0);
    let mut session = asking();
    let start = Instant::now();
    session.types("q");
    session.ends_clean(0);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
