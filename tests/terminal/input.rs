//! What comes in from the terminal, and what goes out for it.

use crate::session::Session;

#[test]
fn keys_typed_ahead_and_pastes_all_arrive() {
    let mut session = Session::start(&[]);
    // More than crossterm reads at once, in one piece.
    session.types(&"j".repeat(3000));
    session.sees("keys 3000");
    let paste = "line\n".repeat(400);
    session.types(&format!("\x1b[200~{paste}\x1b[201~"));
    session.sees("pasted 2000");
    session.sees("keys 3000");
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn a_paste_without_its_marks_is_keys_none_of_which_is_lost() {
    let mut session = Session::start(&[]);
    // As much as the terminal holds, and more.
    session.types(&"hash\r".repeat(1000));
    session.sees("keys 5000");
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn the_terminal_tells_of_its_focus() {
    let mut session = Session::start(&[]);
    session.types("\x1b[O");
    session.sees("focus false");
    session.types("j\x1b[Ij");
    session.sees("focus true");
    session.sees("keys 2");
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn a_new_size_is_drawn() {
    let mut session = Session::start(&[]);
    session.resizes(100, 30);
    session.sees("size 100x30");
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn a_storm_of_new_sizes_costs_no_more_than_a_frame_each_and_ends_with_the_right_one() {
    const STEPS: u16 = 300;
    let mut session = Session::start(&[]);
    let first = session.raw.len();
    for step in 0..STEPS {
        session.resizes(40 + step % 90, 10 + step % 37);
        session.types("j");
    }
    session.resizes(101, 31);
    session.sees("size 101x31");
    session.sees(&format!("keys {STEPS}"));
    let text = session.parser.screen().contents();
    // What is drawn by pieces is what is drawn in full.
    session.signal(rustix::process::Signal::STOP);
    session.signal(rustix::process::Signal::CONT);
    session.hears("\x1b[?1049h", 2);
    session.sees("size 101x31");
    assert_eq!(session.parser.screen().contents(), text);
    let frames = String::from_utf8_lossy(&session.raw).matches("\x1b[?2026h").count();
    assert!(frames <= 2 * usize::from(STEPS) + 5, "{frames} frames");
    // Three short lines, and what is around them.
    assert!(session.raw.len() - first <= frames * 200, "{} bytes in {frames} frames", session.raw.len());
    session.types("q");
    session.ends_clean(0);
}

/// How many times the program wrote something so far, by whatever call.
#[cfg(target_os = "linux")]
fn writes(session: &Session) -> u64 {
    let io = std::fs::read_to_string(format!("/proc/{}/io", session.id())).unwrap();
    io.lines().find_map(|line| line.strip_prefix("syscw: ")).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_frame_costs_one_write() {
    const KEYS: u64 = 40;
    let mut session = Session::start(&[]);
    let before = writes(&session);
    for key in 1..=KEYS {
        session.types("j");
        session.sees(&format!("keys {key}\n"));
    }
    let writes = writes(&session) - before;
    assert_eq!(writes, KEYS);
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn frames_are_synchronized_and_ask_nothing() {
    let mut session = Session::start(&[]);
    session.types("o");
    session.sees("keys 1");
    let raw = String::from_utf8_lossy(&session.raw).into_owned();
    assert_eq!(raw.matches("\x1b[?2026h").count(), raw.matches("\x1b[?2026l").count());
    assert!(raw.contains("\x1b]52;c;ZmFrZQ==\x07"));
    for question in ["\x1b[6n", "\x1b[c", "\x1b[?1000h", "\x1b[?1003h"] {
        assert!(!raw.contains(question), "{question:?}");
    }
    session.types("q");
    session.ends_clean(0);
}
