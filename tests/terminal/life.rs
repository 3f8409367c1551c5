//! Claiming the terminal, and giving it back, whatever ends or stops the program.

use std::path::PathBuf;

use rustix::process::{Pid, Signal as Sent, kill_process};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::session::{Session, is_idle, program_path};

#[test]
fn the_terminal_is_given_back_on_quit() {
    let mut session = Session::start(&[]);
    session.types("q");
    let session = session.ends_clean(0);
    assert!(!session.shows("size"), "the alternate screen is gone");
    assert!(session.shows("said after 1 keys"));
}

#[test]
fn the_terminal_is_given_back_on_signals() {
    for (signal, code) in [(Sent::TERM, 15), (Sent::HUP, 1), (Sent::INT, 130), (Sent::QUIT, 15)] {
        let session = Session::start(&[]);
        session.signal(signal);
        session.ends_clean(code);
    }
}

#[test]
fn a_panic_on_any_thread_gives_the_terminal_back_says_why_and_ends_the_program() {
    for (key, words) in [
        ("p", "a fake fault"),
        ("c", "a fake fault, caught"),
        ("t", "a fake fault, in a task"),
        ("m", "a fake fault, on the main thread"),
        ("d", "a fake fault, in a frame"),
    ] {
        let mut session = Session::start(&[]);
        session.types(key);
        let session = session.ends_clean(101);
        assert!(session.shows(words) && session.shows("program.rs"), "{}", session.parser.screen().contents());
        assert!(!session.shows("said after"), "it does not go on");
    }
}

#[test]
fn after_the_terminal_is_given_back_nothing_is_drawn_any_more() {
    let mut session = Session::start(&[]);
    session.types("e");
    // In the terminal's own mode a line counts once it is complete.
    session.types("q\n");
    let session = session.ends_clean(0);
    assert!(!session.shows("lost on the main screen"));
}

#[test]
fn a_vanished_terminal_ends_the_program_without_spinning() {
    for variables in [&[][..], &[("OUTLIVES_HANGUP", "1")]] {
        is_idle(|| {
            let mut session = Session::start(variables);
            session.is_left();
            // An unfinished sequence is the worst moment: crossterm waits for its rest.
            session.types("\x1b[200~half a paste");
            // Not how long it takes, which depends on what else runs, but what it uses.
            let spent = session.spends_until_end(Session::vanishes);
            let status = session.ends();
            let expected: &[u32] = if variables.is_empty() { &[1, 7, 8] } else { &[7] };
            assert!(expected.contains(&status.exit_code()), "{status:?}");
            spent
        });
    }
}

/// Presses and the wheel are asked for, motion never; however the program ends, the mouse is the terminal's own again.
#[test]
fn the_mouse_is_given_back_whatever_ends_the_program() {
    let captured = |session: &Session| session.parser.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None;
    for (key, code) in [("q", 0), ("p", 101), ("m", 101)] {
        let mut session = Session::start(&[("WITH_MOUSE", "1")]);
        assert!(captured(&session));
        assert_eq!(session.parser.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::PressRelease);
        session.types(key);
        let session = session.ends_clean(code);
        assert!(!captured(&session));
    }
    let session = Session::start(&[("WITH_MOUSE", "1")]);
    session.signal(Sent::TERM);
    assert!(!captured(&session.ends_clean(15)));
    assert!(!captured(&Session::start(&[])), "not asked for");
}

#[test]
fn a_program_alone_in_its_terminal_is_not_stopped() {
    let mut session = Session::start(&[]);
    session.types("z");
    session.sees("suspended: false");
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn stopped_and_continued_from_outside_it_claims_the_terminal_again() {
    let mut session = Session::start(&[]);
    session.signal(Sent::STOP);
    session.signal(Sent::CONT);
    session.hears("\x1b[?1049h", 2);
    session.types("j");
    session.sees("keys 1");
    assert!(session.is_claimed());
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn suspended_it_gives_the_terminal_back_and_claims_it_again_when_continued() {
    for suspend in ["z", ""] {
        let program = program_path();
        // A shell with jobs of its own, which goes on once the program is stopped.
        let script = format!(
            "set -m; sh -c 'echo job $$; exec {} --ignored --exact {} --nocapture'; echo shell is back; read go; fg >/dev/null; exit $?",
            program.display(),
            crate::program::NAME
        );
        let mut session =
            Session::run(&PathBuf::from("/bin/sh"), &["-c", &script], &[("WITH_MOUSE", "1")]).after_start();
        if suspend.is_empty() {
            let raw = String::from_utf8_lossy(&session.raw).into_owned();
            let job = raw.split("job ").nth(1).unwrap().split_whitespace().next().unwrap();
            kill_process(Pid::from_raw(job.parse().unwrap()).unwrap(), Sent::TSTP).unwrap();
        } else {
            session.types(suspend);
        }
        session.sees("shell is back");
        assert!(!session.parser.screen().alternate_screen() && !session.parser.screen().hide_cursor());
        let mouse = |session: &Session| session.parser.screen().mouse_protocol_mode();
        assert_eq!(mouse(&session), vt100::MouseProtocolMode::None, "the shell's, too");
        // What the shell leaves behind must not matter.
        let mut modes = tcgetattr(&session.device).unwrap();
        assert!(modes.local_modes.contains(LocalModes::ICANON));
        modes.local_modes.insert(LocalModes::ECHO);
        tcsetattr(&session.device, OptionalActions::Now, &modes).unwrap();
        session.types("\n");
        session.sees("suspended: true");
        session.sees("size 80x24");
        assert!(session.is_claimed());
        assert_eq!(mouse(&session), vt100::MouseProtocolMode::PressRelease);
        session.types("q");
        session.ends_clean(0);
    }
}
